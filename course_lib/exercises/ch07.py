"""The exercises of chapter 07, Simple Baselines: their cases and hints.

07.3 and 07.4, on linking poses, are in ch07_track, 07.5 and 07.6 in ch07_mota.
"""

from course_lib.exercises import ch07_cases as cases
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch07_mota import CLEAR_MOT, THRESHOLDS
from course_lib.exercises.ch07_track import BOX, MATCH

SIMILARITY = [
    Case(
        "the same pose",
        cases.similarity_same,
        (
            "How alike is a pose to itself?",
            "1 is as alike as can be; far away, nothing is left. A distance of 0 gives "
            "exp(0).",
            "torch.exp(-...), with a minus sign and nothing around it.",
        ),
    ),
    Case(
        "a bell",
        cases.similarity_bell,
        (
            "At some distance a joint scores 1/2. And twice as far away?",
            "1/16, for the exponent grows with the square of the distance.",
            "(pred - truth).square().sum(dim=-1), without a root, is d squared.",
        ),
    ),
    Case(
        "the area",
        cases.similarity_area,
        (
            "A picture is printed three times as large. Are its poses less alike?",
            "No. Lengths grow 3 times, squared distances and the area 9 times.",
            "Squared distance over `area`: neither area**2 nor its root.",
        ),
    ),
    Case(
        "twice sigma",
        cases.similarity_sigma,
        (
            "At which distance is one joint's score 1/2?",
            "At 2 sigma * sqrt(2 * area * ln 2); there are a 2 before sigma and one in "
            "front of the area.",
            "torch.exp(-squared / (2 * area * (2 * sigmas) ** 2)).",
        ),
    ),
    Case(
        "a mean of scores",
        cases.similarity_mean,
        (
            "One joint is perfect, the other far away. How alike are the poses?",
            "By one half: first each joint has its score, then their mean is taken.",
            "exp first, mean after it, and each joint with its own sigma.",
        ),
    ),
    Case(
        "labels",
        cases.similarity_labels,
        (
            "Who counts, and who is counted?",
            "Joints with label 1 and with label 2, alike, above and below the line.",
            "labelled = visible > 0; scores[labelled].mean().",
        ),
    ),
    Case(
        "dropped",
        cases.similarity_dropped,
        (
            "A prediction drops all but its best joint. Is it better now?",
            "No: a labelled joint that is not predicted scores 0, and is counted.",
            "scores.nan_to_num(nan=0.0), before the mean.",
        ),
    ),
    Case(
        "where nothing is labelled",
        cases.similarity_unlabelled,
        (
            "What is NaN times 0?",
            "NaN: a mask that multiplies cannot remove it.",
            "Index with the mask, or replace NaN before you multiply.",
        ),
    ),
    Case(
        "no label",
        cases.similarity_no_label,
        (
            "How alike are poses of which nothing is known?",
            "Unknown is NaN, neither 0 nor 1; 0 / 0 says so by itself.",
            "The sum of scores / the number of labels, without clamp(min=1).",
        ),
    ),
]

FLIP = [
    Case(
        "turned back",
        cases.flip_turned,
        (
            "On which side of a mirrored map is a hand that is on the left?",
            "On the right: reverse each row of the map. Rows stay where they are.",
            "heatmaps.flip(-1); the last axis is the width.",
        ),
    ),
    Case(
        "left and right",
        cases.flip_channels,
        (
            "Which hand does the network see when you lift your left one in a mirror?",
            "The right one: the two channels of each pair change places, others stay.",
            "order = list(range(K)); order[a], order[b] = b, a; maps[:, order]. In "
            "maps[:, a], maps[:, b] = maps[:, b], maps[:, a] both sides are views.",
        ),
    ),
    Case(
        "to the right",
        cases.flip_shift,
        (
            "Where is a peak of column 2 after a shift of 1, and after what?",
            "In column 3, of the map that is turned back already.",
            "Flip first; then column u of the answer is column u - shift.",
        ),
    ),
    Case(
        "the free columns",
        cases.flip_edge,
        (
            "What stands in the columns that become free on the left?",
            "The first column of the map that was turned back, in each of them; what "
            "leaves on the right is lost.",
            "columns = (torch.arange(w) - shift).clamp(min=0); maps[..., columns].",
        ),
    ),
    Case(
        "no shift",
        cases.flip_no_shift,
        (
            "What does maps[..., :-shift] hold for a shift of 0?",
            "Nothing: -0 is 0. Without a shift every column stays.",
            "Count from the left, maps[..., : w - shift], or use an index.",
        ),
    ),
    Case(
        "a far shift",
        cases.flip_far,
        (
            "What is left of a map of 5 columns after a shift of 7?",
            "Its first column, five times.",
            "The index u - shift is never below 0: clamp(min=0).",
        ),
    ),
    Case(
        "many maps",
        cases.flip_many,
        (
            "Do images, rows and other channels keep their places?",
            "All of them: only columns move, and only the pairs change places.",
            "The channel is axis 1, the width axis -1, for any B, K, h and w.",
        ),
    ),
]

EXERCISES = [
    Exercise("07.1", SIMILARITY),
    Exercise("07.2", FLIP),
    Exercise("07.3", BOX),
    Exercise("07.4", MATCH),
    Exercise("07.5", CLEAR_MOT),
    Exercise("07.6", THRESHOLDS),
]
