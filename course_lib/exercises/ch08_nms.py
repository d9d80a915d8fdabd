"""Cases and hints of the exercise 08.3, on suppressing poses that are found twice."""

from course_lib.exercises import ch08_nms_cases as nms
from course_lib.exercises.cases import Case

NMS = [
    Case(
        "two people",
        nms.nms_two_people,
        (
            "Is K + lambda H large or small for two people far apart?",
            "Small, and both stay: it is a similarity, so the paper's sign is turned.",
            "Eliminate where K + weight * H > eta, never where it is <= eta.",
        ),
    ),
    Case(
        "a copy",
        nms.nms_copy,
        (
            "Two poses are nearly equal. How many of them are kept?",
            "One, the surer: the other one is over eta, and is neither kept nor a "
            "reference later.",
            "left = [n for n in left if n is not the reference and not eliminated].",
        ),
    ),
    Case(
        "the surest first",
        nms.nms_order,
        (
            "Which pose may eliminate the others?",
            "The one with the highest mean score of those left, wherever it stands; "
            "one sure joint does not make a sure pose.",
            "scores.mean(dim=-1).argsort(descending=True), and `kept` in this order.",
        ),
    ),
    Case(
        "how many joints",
        nms.nms_count,
        (
            "Six joints of 16 coincide, the others are at r = 3. What are K and H?",
            "6 and 6 + 10 exp(-3 / 2.08) = 8.4: all joints count for H, and 6 + 2.08 * "
            "8.4 = 23.4 is over 22.48.",
            "r = distance / (0.1 * longer side); K: tanh * tanh where r <= 1; H: "
            "exp(-r / sigma2); K + weight * H.",
        ),
    ),
    Case(
        "whose box",
        nms.nms_whose_box,
        (
            "A large and a small box: which one says what is near?",
            "That of the reference, its longer side; the boxes of the others are not "
            "used.",
            "0.1 * boxes[best, 2:].max().",
        ),
    ),
    Case(
        "only the reference",
        nms.nms_chain,
        (
            "B is like A, and C is like B, but not like A. Who stays if A is surest?",
            "A and C: B is gone before it is a reference.",
            "Compare with the pose kept now, and only those that are left.",
        ),
    ),
    Case(
        "more than eta",
        nms.nms_exact,
        (
            "K + lambda H is eta exactly. Eliminated?",
            "No: it takes more than eta.",
            "> eta, not >= eta.",
        ),
    ),
    Case(
        "merged",
        nms.nms_merged,
        (
            "A copy is surer of the left hand than its reference. Where is the hand?",
            "Between them, nearer to the surer one; but joints with r > 1 of an "
            "eliminated pose do not count.",
            "w = scores[cluster] * (r[cluster] <= 1); (w[..., None] * "
            "poses[cluster]).sum(dim=0) / w.sum(dim=0)[:, None], the reference "
            "included.",
        ),
    ),
    Case(
        "few joints",
        nms.nms_few_joints,
        (
            "How alike is a pose of four joints to itself?",
            "By 12.32, less than eta. The reference is kept and leaves the list "
            "anyway, and is always part of its own merged pose.",
            "eliminated[reference] = True, whatever its similarity to itself.",
        ),
    ),
    Case(
        "nobody",
        nms.nms_nobody,
        (
            "What comes back if there is no pose?",
            "No index, and merged poses of shape (0, K, 2).",
            "torch.stack of an empty list raises; poses[kept].clone() does not, and "
            "can be filled.",
        ),
    ),
]
