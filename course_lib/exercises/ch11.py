"""The exercises of chapter 11, DensePose: their cases and hints.

11.4 and 11.5 are in ch11_train, 11.3 and 11.6 in ch11_surface.
"""

from course_lib.exercises import ch11_cases as cases
from course_lib.exercises import ch11_gps_cases as points
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch11_surface import AREA, PATHS
from course_lib.exercises.ch11_train import FLIP, LOSS

DECODE = [
    Case(
        "the winning part",
        cases.decode_part,
        (
            "Which part does a pixel show?",
            "The channel of the largest part logit, however large it is. Channel 0 is "
            "the background, channel 1 is part 1.",
            "part_logits.argmax(dim=1), over all channels.",
        ),
    ),
    Case(
        "its U and V",
        cases.decode_uv,
        (
            "There is a U and a V for each part. Which do you read?",
            "Those in the winner's channel: no mean, no maximum, no neighbour, and U "
            "before V.",
            "u_maps.gather(1, parts), with parts (B, 1, h, w).",
        ),
    ),
    Case(
        "pixel by pixel",
        cases.decode_pixels,
        (
            "Do all pixels of a crop show the same part?",
            "No: each pixel of each crop has its own winner.",
            "argmax over the channels alone, dim 1, not over rows and columns, and "
            "not for the first crop only.",
        ),
    ),
    Case(
        "the coarse mask",
        cases.decode_coarse,
        (
            "What do the coarse logits decide?",
            "Whether there is a person at all: I is 0 where channel 0 is their "
            "largest. All the other channels are body.",
            "is_person = coarse_logits.argmax(dim=1) > 0; no sum, no sign, no == 1.",
        ),
    ),
    Case(
        "background of the parts",
        cases.decode_fine,
        (
            "The coarse logits say person, and the part logits background. Who wins?",
            "The background: either of the two may say so.",
            "argmax over all part channels, 0 too, and not over part_logits[:, 1:].",
        ),
    ),
    Case(
        "background is 0",
        cases.decode_zero,
        (
            "What are U and V where nobody is?",
            "0, as I is. Channel 0 of the U and V maps is never trained: anything may "
            "be there.",
            "u * (parts > 0), after the coarse mask.",
        ),
    ),
    Case(
        "in the unit square",
        cases.decode_unit,
        (
            "A regressor answers 1.2. Where on the part is that?",
            "On its edge: U and V are cut off at 0 and at 1.",
            "u.clamp(0, 1), no sigmoid and no % 1.",
        ),
    ),
    Case(
        "no crops",
        cases.decode_nobody,
        (
            "What comes back for no crops?",
            "An image of shape (0, 3, h, w): a stack of an empty list raises.",
            "torch.cat([parts, u, v], dim=1), without a loop over the crops.",
        ),
    ),
]

GPS = [
    Case(
        "one point",
        points.gps_one,
        (
            "How similar are a point and its prediction 0.3 m away?",
            "By half, if kappa is 0.255. Both are in metres and both are squared; "
            "there is a 2.",
            "torch.exp(-distances**2 / (2 * kappa**2)).",
        ),
    ),
    Case(
        "a mean of similarities",
        points.gps_mean,
        (
            "One point is right, one is far off. How good is the person?",
            "About 1/2: first each point's similarity, then their mean.",
            "exp(...).mean(dim=1), and not exp of a mean; no sum.",
        ),
    ),
    Case(
        "each person",
        points.gps_people,
        (
            "Two people: one result or two?",
            "Two, the mean of each row.",
            "dim=1 in the mean: from (N, P) to (N,).",
        ),
    ),
    Case(
        "called background",
        points.gps_background,
        (
            "A point of the body is called background. Does it count?",
            "With 0, since its distance is infinite; and it stays in the mean.",
            "exp(-inf) is 0 by itself: no isfinite, no nan_to_num.",
        ),
    ),
    Case(
        "unused slots",
        points.gps_unused,
        (
            "People have different numbers of points. By what do you divide?",
            "By each person's own number: a slot with NaN is no point, neither right "
            "nor wrong.",
            "similarity.nanmean(dim=1).",
        ),
    ),
    Case(
        "another kappa",
        points.gps_kappa,
        (
            "And if kappa is smaller?",
            "Then the same distance counts less: take the kappa that is given.",
            "kappa is an argument; 0.255 is only what it is if left out.",
        ),
    ),
    Case(
        "kappa of each point",
        points.gps_kappas,
        (
            "Ten centimetres on a hand and on the torso: equally bad?",
            "Not if each point has a kappa of its own: then kappa is (N, P), as the "
            "distances are.",
            "distances**2 / (2 * kappa**2), entry by entry, without a mean of kappa.",
        ),
    ),
    Case(
        "nobody",
        points.gps_nobody,
        (
            "What comes back for no people?",
            "A tensor of shape (0,): a stack of an empty list raises.",
            "One mean over dim 1, without a loop over the people.",
        ),
    ),
]

EXERCISES = [
    Exercise("11.1", DECODE),
    Exercise("11.2", GPS),
    Exercise("11.3", AREA),
    Exercise("11.4", LOSS),
    Exercise("11.5", FLIP),
    Exercise("11.6", PATHS),
]
