"""Cases and hints of the exercises 01.5 to 01.7, on the cascade of DeepPose."""

from course_lib.exercises import ch01_cascade_cases as cases
from course_lib.exercises.cases import Case

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
        "another skeleton",
        cases.refine_numbers,
        (
            "Does every skeleton count its joints in the same order?",
            "Which joint moves and which two span the torso is given, not fixed.",
            "Use pose[i], pose[left_shoulder] and pose[right_hip], no plain numbers.",
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
            "How large is the crop when the torso looks 3 px long, or 0?",
            "The diameter, not the crop, is raised to min_diameter if smaller.",
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
            "Which shape has a normal distribution, and which two numbers describe it?",
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
            "Who decides which samples come, and can somebody else repeat them?",
            "All numbers come from the generator passed in, just as it arrives.",
            "torch.randn(..., generator=gen); no other generator, no manual_seed.",
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
        "a joint on the edge",
        cases.sigma_edge,
        (
            "Does a box hold a joint that lies just on its edge?",
            "The edge belongs to the box: the comparison includes equality.",
            "Use <=, not <.",
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
