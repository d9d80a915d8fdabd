"""What right answers to exercises 06.4 and 06.6 do; the hints are in ch06_people."""

from __future__ import annotations

import numpy as np

from course_lib.exercises.cases import expect_array

NAN = (np.nan, np.nan)  # a person's missing joint
Kept = tuple[float, float, float, int, int]  # x, y, score, label, person


def check_merged(merge_duplicates, kept: list[Kept], joints: list, what) -> None:
    """AssertionError when the answer merges these candidates to other joints."""
    x, y, scores, labels, clusters = np.array(kept, dtype=float).reshape(-1, 5).T
    points, classes = np.stack([x, y], axis=1), np.shape(joints)[1]
    given = points, scores.copy(), labels.astype(int), clusters.astype(int)
    expect_array(merge_duplicates(*given, classes), joints, what)


def merge_one_each(merge_duplicates) -> None:
    kept = [(8, 3, 0.5, 2, 0), (1, 2, 0.9, 0, 0), (5, 9, 0.7, 1, 0)]
    what = "one candidate for each class of one person"
    check_merged(merge_duplicates, kept, [[(1, 2), (5, 9), (8, 3)]], what)


def merge_people(merge_duplicates) -> None:
    kept = [
        (40, 6, 0.8, 0, 1),
        (1, 2, 0.9, 0, 0),
        (5, 9, 0.7, 1, 0),
        (44, 7, 0.6, 1, 1),
    ]
    what = "two people with one candidate for each of two classes"
    want = [[(1, 2), (5, 9)], [(40, 6), (44, 7)]]
    check_merged(merge_duplicates, kept, want, what)


def merge_two(merge_duplicates) -> None:
    for scores in ((0.9, 0.3), (0.3, 0.9), (0.2, 0.2)):
        kept = [(10, 4, scores[0], 0, 0), (14, 8, scores[1], 0, 0)]
        share = scores[1] / sum(scores)
        what = f"(10, 4) and (14, 8) of one class with scores {scores}"
        want = [[(10 + 4 * share, 4 + 4 * share)]]
        check_merged(merge_duplicates, kept, want, what)


def merge_three(merge_duplicates) -> None:
    kept = [(0, 8, 0.9, 1, 0), (3, 3, 0.6, 0, 0), (6, 8, 0.6, 1, 0), (12, 0, 0.5, 1, 0)]
    what = "(0, 8), (6, 8), (12, 0) of one class with scores 0.9, 0.6 and 0.5"
    check_merged(merge_duplicates, kept, [[(3, 3), (4.8, 6)]], what)


def merge_suppressed(merge_duplicates) -> None:
    kept = [(90, 90, 0.8, -1, -1), (1, 2, 0.9, 0, 0), (4, 5, 0.6, 1, 0)]
    kept += [(90, 80, 0.9, -1, -1)]
    what = "two candidates suppressed, label and person -1"
    check_merged(merge_duplicates, kept, [[(1, 2), (4, 5)]], what)


def merge_missing(merge_duplicates) -> None:
    kept = [(1, 2, 0.9, 0, 0), (7, 6, 0.5, 1, 1), (9, 6, 0.5, 1, 1)]
    what = "two people with one class each, of three"
    want = [[(1, 2), NAN, NAN], [NAN, (8, 6), NAN]]
    check_merged(merge_duplicates, kept, want, what)


def merge_nobody(merge_duplicates) -> None:
    nobody = np.zeros((0, 3, 2))
    kept = [(1, 2, 0.4, -1, -1), (5, 6, 0.3, -1, -1)]
    check_merged(merge_duplicates, kept, nobody, "two candidates, both suppressed")
    check_merged(merge_duplicates, [], nobody, "no candidate at all")


def check_people(assign_people, shares: list, want: list) -> None:
    """AssertionError when the predictions with these shares get other people."""
    expect_array(assign_people(np.array(shares, dtype=float)), want, f"shares {shares}")


def people_each(assign_people) -> None:
    shares = [[0.1, 0.8, 0.0], [0.0, 0.2, 0.9], [0.7, 0.1, 0.1]]
    check_people(assign_people, shares, [1, 2, 0])
    check_people(assign_people, [[0.2, 0.9], [0.6, 0.3]], [1, 0])


def people_no_share(assign_people) -> None:
    check_people(assign_people, [[0, 0], [0.5, 0]], [-1, 0])
    check_people(assign_people, [[0, 0], [0, 0]], [-1, -1])
    check_people(assign_people, [[0, 0.1], [0, 0]], [1, -1])


def people_one_prediction(assign_people) -> None:
    check_people(assign_people, [[0.9, 0], [0.8, 0], [0, 0.7]], [0, -1, 1])
    check_people(assign_people, [[0.6, 0], [0, 0.3], [0.8, 0]], [-1, 1, 0])


def people_only_best(assign_people) -> None:
    check_people(assign_people, [[0.9, 0.4], [0.8, 0.5]], [0, -1])
    check_people(assign_people, [[0.3, 0.2], [0.9, 0.6]], [-1, 0])
    shares = [[0.5, 0.4, 0.0], [0.6, 0.5, 0.4], [0.2, 0.3, 0.1]]
    check_people(assign_people, shares, [-1, 0, 1])


def people_ties(assign_people) -> None:
    check_people(assign_people, [[0.5, 0.5]], [0])
    check_people(assign_people, [[0.5, 0], [0.5, 0]], [0, -1])
    check_people(assign_people, [[0, 0.5, 0.5], [0.5, 0, 0.5]], [1, 0])


def people_nobody(assign_people) -> None:
    expect_array(assign_people(np.zeros((0, 3))), [], "shares of shape (0, 3)")
    expect_array(assign_people(np.zeros((2, 0))), [-1, -1], "shares of shape (2, 0)")
