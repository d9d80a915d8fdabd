"""The exercises of chapter 08, RMPE: their cases and hints.

08.3 is in ch08_nms, 08.4 to 08.6 are in ch08_boxes.
"""

from course_lib.exercises import ch08_cases as cases
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch08_boxes import OFFSETS, PLACE, TUNE
from course_lib.exercises.ch08_nms import NMS

INVERSE = [
    Case(
        "a shift",
        cases.inverse_shift,
        (
            "A crop is shifted to the right. Which shift undoes it?",
            "The opposite one: gamma_3 has the other sign. The matrix stays the "
            "identity.",
            "torch.cat([matrix, shift], dim=-1), with the minus sign before the shift.",
        ),
    ),
    Case(
        "a zoom",
        cases.inverse_zoom,
        (
            "Reading half of the sides enlarges twice. How long is the shift in the "
            "enlarged crop?",
            "Twice as long too: solve s = A t + theta_3 for t, as a whole.",
            "t = Gamma (s - theta_3), so gamma_3 = -Gamma theta_3.",
        ),
    ),
    Case(
        "any matrix",
        cases.inverse_any,
        (
            "Which matrix times A is the identity, if A also turns and shears?",
            "Neither the transpose nor the reciprocal numbers: the inverse. The shift "
            "is multiplied from the left.",
            "For A = (a, b; c, d): (d, -b; -c, a) / (ad - bc), then inverse @ shift.",
        ),
    ),
    Case(
        "each its own",
        cases.inverse_each,
        (
            "Do all images of a batch have the same way back?",
            "No, each has its own matrix, its own determinant and its own shift.",
            "theta[:, :, :2] is (B, 2, 2), theta[:, :, 2:] is (B, 2, 1); @ works on "
            "each.",
        ),
    ),
    Case(
        "a mirror",
        cases.inverse_mirror,
        (
            "What is the determinant of a mirror, and can it be undone?",
            "It is negative, and the same mirror undoes it. Only a determinant near 0 "
            "is bad.",
            "Compare det.abs() with `least`.",
        ),
    ),
    Case(
        "no way back",
        cases.inverse_singular,
        (
            "All of a crop was read along one line. What can be put back?",
            "Nothing: one such image is enough for a ValueError, neither inf nor the "
            "error of torch.linalg.inv.",
            "if (det.abs() < least).any(): raise ValueError(...), before you divide.",
        ),
    ),
    Case(
        "the gradient",
        cases.inverse_gradient,
        (
            "Who learns theta, if the loss sees gamma?",
            "The network before it, so every step from theta to gamma must be one of "
            "torch, on tensors that keep their history.",
            "No .detach(), .item(), .tolist() or no_grad(); torch.stack of entries and "
            "torch.linalg.inv keep the gradient.",
        ),
    ),
]

SIMILARITY = [
    Case(
        "the same pose",
        cases.similarity_same,
        (
            "How large are K and H if a pose is compared with itself?",
            "As large as there are joints: each adds tanh(100)^2 = 1, and exp(0) = 1.",
            ".sum(dim=-1) over the joints, no mean; exp has a minus sign inside.",
        ),
    ),
    Case(
        "the product of two",
        cases.similarity_scores,
        (
            "One pose is sure of a joint, the other is not. What does it add to K?",
            "tanh of one score over sigma1 times tanh of the other; to H, whatever the "
            "scores are, 1.",
            "(torch.tanh(score / sigma1) * torch.tanh(scores / sigma1)).sum(dim=-1); "
            "K comes first, H second.",
        ),
    ),
    Case(
        "a disc",
        cases.similarity_disc,
        (
            "Which joints are near enough for K?",
            "Those on and inside of a circle: the distance counts, not dx and dy one "
            "by one.",
            "r = (poses - pose).norm(dim=-1) / (a tenth of the longer side); r <= 1.",
        ),
    ),
    Case(
        "the longer side",
        cases.similarity_tenth,
        (
            "How far apart may two joints of someone lying down be?",
            "A tenth of the longer side of the box, which is its width then. A box is "
            "(x, y, w, h).",
            "0.1 * box[2:].max().",
        ),
    ),
    Case(
        "a decay",
        cases.similarity_decay,
        (
            "What does the released code put into exp, other than the paper?",
            "r, the distance over a tenth of the longer side, and not its square.",
            "torch.exp(-r / sigma2).",
        ),
    ),
    Case(
        "matched or not",
        cases.similarity_all_joints,
        (
            "Does a joint that is too far away for K add something to H?",
            "Yes, a little: only K asks whether r <= 1.",
            "torch.exp(-r / sigma2).sum(dim=-1), without a mask.",
        ),
    ),
    Case(
        "many poses",
        cases.similarity_many,
        (
            "Three poses are compared with the reference. How many numbers come back?",
            "Two for each, even if there are none: sums over joints, not over poses.",
            "pose (K, 2) broadcasts against poses (N, K, 2); the last axis after the "
            "norm is the joints.",
        ),
    ),
]

EXERCISES = [
    Exercise("08.1", INVERSE),
    Exercise("08.2", SIMILARITY),
    Exercise("08.3", NMS),
    Exercise("08.4", PLACE),
    Exercise("08.5", OFFSETS),
    Exercise("08.6", TUNE),
]
