"""The exercises of chapter 01, DeepPose: their cases and hints."""

from course_lib.exercises import ch01_cases as cases
from course_lib.exercises.cases import Case, Exercise

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
            "Which number is small when a prediction is good: per joint, or per axis?",
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
        "a batch without any labelled joint",
        cases.l2_none,
        (
            "By what do you divide when there is nothing to count?",
            "0 / 0 is NaN, and one NaN spoils every weight of the network.",
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
        "a limb predicted too long",
        cases.pcp_length,
        (
            "Whose limb is measured: the predicted one or the true one?",
            "A prediction must not move its own goal posts.",
            "length comes from truth only.",
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
            "order = [2, 1, 0] for pairs [(0, 2)]; then joints[order].",
        ),
    ),
]

REFINE = [
    Case(
        "a displacement of zero",
        cases.refine_still,
        (
            "Where should the joint be when the network says: do not move?",
            "The update of the paper, read literally, counts the box's centre twice.",
            "pose[i] + size * displacement: scale the displacement, add it once.",
        ),
    ),
    Case(
        "the size of the box",
        cases.refine_scale,
        (
            "In which unit is the displacement that the network predicts?",
            "In sides of its crop: sigma times the distance of the two torso joints.",
            "diameter = (pose[left_shoulder] - pose[right_hip]).norm().",
        ),
    ),
    Case(
        "a larger sigma",
        cases.refine_sigma,
        (
            "What happens to a step of 0.1 when the crop is three times as large?",
            "The side of the crop is sigma times the diameter.",
            "size = sigma * diameter.",
        ),
    ),
    Case(
        "a torso seen from the side",
        cases.refine_collapsed,
        (
            "How large is the crop when both torso joints fall on one point?",
            "The diameter, not the crop, must be at least min_diameter.",
            "size = sigma * diameter.clamp(min=min_diameter).",
        ),
    ),
]

SAMPLE = [
    Case(
        "the boxes",
        cases.sample_box,
        (
            "Where is the centre of the box (x, y, w, h)?",
            "The centre is truth + displacement; x is (w - 1) / 2 to its left.",
            "size = sigma * diameter; corner = truth + delta - (size - 1) / 2.",
        ),
    ),
    Case(
        "the targets",
        cases.sample_target,
        (
            "Which way must the network go, from the box's centre to the truth?",
            "The target undoes the displacement, in sides of the box.",
            "targets = -delta / size.",
        ),
    ),
    Case(
        "mean and spread",
        cases.sample_statistics,
        (
            "Which two numbers describe a normal distribution?",
            "A standard normal number times std, plus mean: std, not its square.",
            "delta = mean + std * torch.randn(n, K, 2, generator=gen).",
        ),
    ),
    Case(
        "one joint says nothing about another",
        cases.sample_independent,
        (
            "How many random numbers does one sample of all joints need?",
            "Each joint and each axis has its own: n * K * 2 numbers.",
            "Draw with the shape (n, K, 2), then there is nothing to repeat.",
        ),
    ),
    Case(
        "the generator",
        cases.sample_generator,
        (
            "Could somebody else repeat your samples?",
            "All numbers have to come from the generator that is passed in.",
            "torch.randn(..., generator=gen).",
        ),
    ),
]

SIGMA = [
    Case(
        "half a box to each side",
        cases.sigma_half,
        (
            "The joint sits at the centre of a box of side sigma. How far can it see?",
            "The box reaches sigma / 2 to each side.",
            "An error is inside when errors.abs() <= sigma / 2.",
        ),
    ),
    Case(
        "along both axes",
        cases.sigma_axes,
        (
            "What is the shape of the region that the crop shows: a disc?",
            "It is a square: x and y each have to be inside.",
            "inside = (errors.abs() <= sigma / 2).all(dim=-1).",
        ),
    ),
    Case(
        "enough joints",
        cases.sigma_share,
        (
            "Why not take a crop that no joint ever leaves?",
            "Take the smallest sigma at which at least this share is inside.",
            "Go through sorted(sigmas); return at inside.float().mean() >= share.",
        ),
    ),
    Case(
        "none is large enough",
        cases.sigma_none,
        (
            "What is the best that one can do with errors of nine diameters?",
            "If no sigma reaches the share, the largest comes closest.",
            "After the loop, return max(sigmas).",
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
