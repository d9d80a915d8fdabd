"""What right answers to exercise 07.6 do; the hints are in ch07_mota."""

from __future__ import annotations

from math import inf

import torch
from torch import nan, tensor

from course_lib.exercises.cases import expect_close, expect_pair


def check_thresholds(
    best_thresholds, scores, is_right, totals, thresholds, mota
) -> None:
    """AssertionError when the answer finds other thresholds or another MOTA."""
    what = f"scores {scores}, right {is_right}, totals {totals}"
    given = tensor(scores), tensor(is_right, dtype=torch.bool), tensor(totals)
    found = expect_pair(best_thresholds(*given), "thresholds and MOTA")
    expect_close(found[0], thresholds, f"{what}: the thresholds")
    expect_close(found[1], mota, f"{what}: MOTA")


def check_class(best_thresholds, joints: list, total: int, threshold, mota) -> None:
    """Of one class, joints: pairs (score, whether it is right)."""
    scores, is_right = ([[joint[n]] for joint in joints] for n in (0, 1))
    given = scores, is_right, [total], [threshold], [mota]
    check_thresholds(best_thresholds, *given)


def threshold_right(best_thresholds) -> None:
    joints = [(0.9, True), (0.37, True), (0.6, True)]
    check_class(best_thresholds, joints, 3, 0.37, 1.0)
    check_class(best_thresholds, joints, 4, 0.37, 0.75)
    check_class(best_thresholds, [(0.05, True)], 10, 0.05, 0.1)


def threshold_wrong(best_thresholds) -> None:
    check_class(best_thresholds, [(0.9, False), (0.4, False)], 3, inf, 0.0)
    joints = [(0.9, False), (0.8, False), (0.4, True)]
    check_class(best_thresholds, joints, 2, inf, 0.0)


def threshold_net(best_thresholds) -> None:
    joints = [(0.9, True), (0.8, False), (0.7, True), (0.6, True), (0.5, False)]
    check_class(best_thresholds, joints, 4, 0.6, 0.5)
    joints = [(0.3, False), (0.8, True), (0.4, False), (0.35, False), (0.7, True)]
    check_class(best_thresholds, joints, 5, 0.7, 0.4)
    joints = [(0.91, False), (0.82, True), (0.81, True), (0.1, False)]
    check_class(best_thresholds, joints, 2, 0.81, 0.5)


def threshold_equal(best_thresholds) -> None:
    for order in ((0, 1, 2, 3), (3, 2, 1, 0), (2, 1, 3, 0)):
        joints = [(0.8, True), (0.5, True), (0.5, False), (0.5, False)]
        joints = [joints[n] for n in order]
        check_class(best_thresholds, joints, 4, 0.8, 0.25)
        joints = [(0.8, True), (0.5, True), (0.5, False), (0.5, True)]
        joints = [joints[n] for n in order]
        check_class(best_thresholds, joints, 4, 0.5, 0.5)


def threshold_lowest(best_thresholds) -> None:
    joints = [(0.9, True), (0.8, False), (0.7, True)]
    check_class(best_thresholds, joints, 2, 0.7, 0.5)
    joints = [(0.6, True), (0.9, True), (0.4, True), (0.3, False), (0.5, False)]
    check_class(best_thresholds, joints, 8, 0.4, 0.25)
    check_class(best_thresholds, [(0.9, False), (0.2, True)], 2, 0.2, 0.0)


def threshold_nan(best_thresholds) -> None:
    joints = [(nan, False), (0.9, True), (nan, False), (0.6, True)]
    check_class(best_thresholds, joints, 4, 0.6, 0.5)
    check_class(best_thresholds, [(nan, False), (0.5, False)], 2, inf, 0.0)
    check_class(best_thresholds, [(nan, False), (-0.5, True)], 2, -0.5, 0.5)


def threshold_classes(best_thresholds) -> None:
    scores = [[0.9, 0.4, 0.8], [0.6, 0.9, nan], [0.3, 0.5, 0.7]]
    is_right = [[True, False, True], [True, True, False], [False, True, True]]
    want = [0.6, 0.5, 0.7], [0.5, 1.0, 0.25]
    check_thresholds(best_thresholds, scores, is_right, [4, 2, 8], *want)


def threshold_none(best_thresholds) -> None:
    given = [[nan, 0.5]], [[False, True]], [3, 2]
    check_thresholds(best_thresholds, *given, [inf, 0.5], [0.0, 0.5])
    given = torch.zeros(0, 2), torch.zeros(0, 2, dtype=torch.bool), tensor([3, 2])
    found = expect_pair(best_thresholds(*given), "thresholds and MOTA")
    expect_close(found[0], [inf, inf], "nothing predicted: the thresholds")
    expect_close(found[1], [0.0, 0.0], "nothing predicted: MOTA")
