"""The exercises of chapter 01, DeepPose: their cases and hints.

Those on the cascade, 01.5 to 01.7, are in ch01_cascade.
"""

from course_lib.exercises import ch01_cases as cases
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch01_cascade import REFINE, SAMPLE, SIGMA

NORMALIZE = [
    Case(
        "the centre of the box",
        cases.normalize_centre,
        (
            "A box of width 1 covers one pixel. Where is the centre of that pixel?",
            "Pixel centres are integers: the box covers x - 1/2 to x + w - 1/2.",
            "The centre is (x + (w - 1) / 2, y + (h - 1) / 2); subtract it.",
        ),
    ),
    Case(
        "the edges of the box",
        cases.normalize_edges,
        (
            "How far is it from the centre of a box to its right edge, in widths?",
            "The box runs from -1/2 to 1/2: divide by the width, not by half of it.",
            "(joints - centre) / size, with size = box[2:].",
        ),
    ),
    Case(
        "a box that is not square",
        cases.normalize_sides,
        (
            "Which side of the box does an x coordinate have to do with?",
            "x is divided by the width, y by the height.",
            "Divide by box[2:], the tensor (w, h), not by one number.",
        ),
    ),
    Case(
        "a joint outside the box",
        cases.normalize_outside,
        (
            "Must a joint lie inside the box? Think of a raised hand.",
            "The formula has no limits; a target beyond 1/2 is a correct target.",
            "Remove the clamp.",
        ),
    ),
]

MASKED_L2 = [
    Case(
        "all joints are visible",
        cases.l2_all,
        (
            "Is 13 a sum or a mean, and over what: joints, or coordinates?",
            "Square, add x and y of a joint, then take the mean over the joints.",
            "(pred - target).square().sum(dim=-1) is (B, K); its mean is the loss.",
        ),
    ),
    Case(
        "a joint that is not labelled",
        cases.l2_hidden,
        (
            "What should a joint whose position nobody knows teach the network?",
            "Joints of visibility 0 count neither in the sum nor in the number.",
            "Multiply by labelled = visible > 0; divide by labelled.sum().",
        ),
    ),
    Case(
        "an occluded joint",
        cases.l2_occluded,
        (
            "What do the visibilities 1 and 2 have in common?",
            "1 is occluded, 2 visible: both have a labelled position, both count once.",
            "The mask is visible > 0, not visible itself.",
        ),
    ),
    Case(
        "images with different numbers of labels",
        cases.l2_batch,
        (
            "Does a joint count less when its image has many labelled joints?",
            "Every labelled joint of the batch counts alike: one sum, one number.",
            "Add over (B, K) at once and divide once; nothing is averaged per image.",
        ),
    ),
    Case(
        "a batch without any labelled joint",
        cases.l2_none,
        (
            "By what do you divide when there is nothing to count?",
            "0 / 0 is NaN and spoils every weight; a constant 0 has no gradient.",
            "Divide by labelled.sum().clamp(min=1).",
        ),
    ),
]

PCP = [
    Case(
        "the truth as prediction",
        cases.pcp_perfect,
        (
            "What does a limb need to count as found?",
            "Compare the distances at both ends with alpha times the limb's length.",
            "a, b = limbs[j]; length = (truth[:, a] - truth[:, b]).norm(dim=-1); (N,).",
        ),
    ),
    Case(
        "a limb predicted too long",
        cases.pcp_length,
        (
            "Whose limb is measured: the predicted one or the true one?",
            "A prediction must not move its own goal posts.",
            "length comes from truth only.",
        ),
    ),
    Case(
        "one end good, one bad",
        cases.pcp_both_ends,
        (
            "Can a good end make up for a bad one? In which mode?",
            "strict: each end by itself; loose: the mean of the two distances.",
            "strict: (first <= limit) & (second <= limit); loose: the mean <= limit.",
        ),
    ),
    Case(
        "another alpha",
        cases.pcp_alpha,
        (
            "What changes when alpha is 0.1?",
            "The limit is a share of the limb's length, and alpha is that share.",
            "limit = alpha * length.",
        ),
    ),
    Case(
        "exactly at the limit",
        cases.pcp_boundary,
        (
            "The paper says: at most half the length. Is half at most half?",
            "The comparison includes equality.",
            "Use <=, not <.",
        ),
    ),
    Case(
        "a slanted limb",
        cases.pcp_slanted,
        (
            "How long is a limb from (0, 0) to (6, 8): 6, 8, 10 or 14?",
            "Lengths and errors are distances in a straight line, over x and y.",
            "(u - v).norm(dim=-1), not (u - v).abs().sum(dim=-1), not x alone.",
        ),
    ),
    Case(
        "a small and a large person",
        cases.pcp_images,
        (
            "Is an error of 6 px as bad for a limb of 40 px as for one of 10 px?",
            "Every image has its own limit, from the limb in that image.",
            "length is (N,): compare image by image, then average what is found.",
        ),
    ),
]

FLIP = [
    Case(
        "a dot in the image",
        cases.flip_dot,
        (
            "Which axis of (C, H, W) does a mirror reverse?",
            "Left and right lie along the width, the last axis.",
            "image.flip(-1).",
        ),
    ),
    Case(
        "the joint on the dot",
        cases.flip_joint,
        (
            "Where does the first column of an image of width W go?",
            "Column 0 becomes column W - 1: the last one that exists.",
            "x becomes W - 1 - x.",
        ),
    ),
    Case(
        "left and right",
        cases.flip_names,
        (
            "In a mirror, which hand does a left hand look like?",
            "Swap the positions of each pair, after mirroring them; leave the others.",
            "For each (a, b): order[a], order[b] = b, a; at the end joints[order].",
        ),
    ),
]

EXERCISES = [
    Exercise("01.1", NORMALIZE),
    Exercise("01.2", MASKED_L2),
    Exercise("01.3", PCP),
    Exercise("01.4", FLIP),
    Exercise("01.5", REFINE),
    Exercise("01.6", SAMPLE),
    Exercise("01.7", SIGMA),
]
