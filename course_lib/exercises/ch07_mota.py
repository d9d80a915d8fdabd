"""Cases and hints of the exercises 07.5 and 07.6, on MOTA."""

from course_lib.exercises import ch07_mota_cases as mota
from course_lib.exercises import ch07_threshold_cases as thresholds
from course_lib.exercises.cases import Case

CLEAR_MOT = [
    Case(
        "a perfect track",
        mota.mota_perfect,
        (
            "Who is matched for the first time makes no switch. What is left?",
            "Nothing: a match costs nothing, at a distance of 0 as well.",
            "Begin with no track for each person; a switch needs an earlier one.",
        ),
    ),
    Case(
        "too far",
        mota.mota_missed,
        (
            "A track is too far from its person. How many errors is that?",
            "Two: the person is missed, and the track is a false positive.",
            "labelled.sum() and predicted.sum(), each less the number of matches.",
        ),
    ),
    Case(
        "a switch",
        mota.mota_switch,
        (
            "A track ends, another takes over for ten frames. How many switches?",
            "One, in the first of them, with the track before; nobody is missed.",
            "Compare with the last track of the person, and renew it.",
        ),
    ),
    Case(
        "over a gap",
        mota.mota_gap,
        (
            "A person is missed for a while, and has another track after it. A switch?",
            "Yes: the last track is remembered, however long ago that was.",
            "One entry for each person; a frame without a match does not erase it.",
        ),
    ),
    Case(
        "kept",
        mota.mota_kept,
        (
            "Another track comes nearer than a person's own. Whose is it?",
            "Its own: first the last tracks are kept, over gaps as well, then the rest "
            "is matched.",
            "If distance[f, g, last[g]] is a number, match them and take out both.",
        ),
    ),
    Case(
        "kept while possible",
        mota.mota_released,
        (
            "May a person keep a track that is too far away?",
            "No: NaN ends it, and both are free for others.",
            "Keep only where the distance is not NaN.",
        ),
    ),
    Case(
        "least in all",
        mota.mota_least,
        (
            "Is the nearest pair always part of the best matching?",
            "No: the sum of the distances decides.",
            "linear_sum_assignment of the distances that are left.",
        ),
    ),
    Case(
        "as many as possible",
        mota.mota_many,
        (
            "One pair at 0.1, or two at 0.4. Which matching is better?",
            "Two pairs: only among matchings of equally many pairs the sum counts.",
            "NaN becomes a cost above the sum of all distances; drop these pairs after "
            "it.",
        ),
    ),
    Case(
        "nothing there",
        mota.mota_nothing,
        (
            "What is counted in a frame without tracks, or in a clip without frames?",
            "Labelled people are misses; where there is nobody, nothing.",
            "Sums over empty tensors are 0. Avoid max() and the first frame.",
        ),
    ),
    Case(
        "two with one track",
        mota.mota_claims,
        (
            "One track was the last of two people. Whose is it now?",
            "It stays with the one who had it last, if both can have it.",
            "Ask people in the order of their last match, the newest first, and take "
            "the track out at once.",
        ),
    ),
]

THRESHOLDS = [
    Case(
        "all right",
        thresholds.threshold_right,
        (
            "All joints are right. Which ones do you keep, and what is MOTA?",
            "All of them, so the lowest score is the threshold; MOTA is 1 - missed / "
            "total.",
            "The number kept over `totals`, not over the number predicted.",
        ),
    ),
    Case(
        "all wrong",
        thresholds.threshold_wrong,
        (
            "All joints are wrong. Which threshold is best?",
            "One that keeps nothing: infinity, with MOTA 0.",
            "torch.inf is tried like each of the scores.",
        ),
    ),
    Case(
        "one against the other",
        thresholds.threshold_net,
        (
            "What does a wrong joint cost, and what does a right one bring?",
            "One error each: MOTA is (right - wrong) / total, of what is kept. It may "
            "fall and rise again, so every threshold is to be tried.",
            "For each score: ((scores >= score) * (2 * is_right - 1)).sum().",
        ),
    ),
    Case(
        "equal scores",
        thresholds.threshold_equal,
        (
            "Can a threshold keep one of two joints with the same score?",
            "No: both stay or both go, in whichever order they stand.",
            "Compare scores with >=; a running sum may only be read behind the last of "
            "equal ones.",
        ),
    ),
    Case(
        "of equals the lowest",
        thresholds.threshold_lowest,
        (
            "Two thresholds give the same MOTA. Which one is kinder to AP?",
            "The lower one: it keeps more joints, and AP does not mind low scores.",
            "The smallest of all thresholds whose MOTA is the maximum.",
        ),
    ),
    Case(
        "not predicted",
        thresholds.threshold_nan,
        (
            "Is a joint that is not predicted a false positive?",
            "No, and NaN is no threshold: it is never kept.",
            "NaN >= t is False; leave NaN out of the thresholds you try.",
        ),
    ),
    Case(
        "class by class",
        thresholds.threshold_classes,
        (
            "Is one threshold for wrists and heads the best one?",
            "No, each column has its own, and is divided by its own total.",
            "All sums over dim 0; the two results are (K,) each.",
        ),
    ),
    Case(
        "no joint",
        thresholds.threshold_none,
        (
            "What is the best threshold where there is nothing to keep?",
            "Infinity, as where all are wrong; MOTA is 0.",
            "With torch.inf among the thresholds there is always one to choose.",
        ),
    ),
]
