"""What right answers to exercise 11.3 do; the hints are in ch11_surface."""

from __future__ import annotations

import math
from itertools import pairwise

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close

INF = math.inf
ROUGH = 0.02  # what a sum over a hundred thresholds is off by at most, and more


def under_steps(distances: list, a: float) -> float:
    """The area under f up to a, step by step, divided by a."""
    ends = [0.0, *sorted(d for d in distances if d < a), a]
    area = sum((end - begin) * n for n, (begin, end) in enumerate(pairwise(ends)))
    return area / len(distances) / a


def check_auc(answer, distances: list, a: float, tolerance=ROUGH, want=None) -> None:
    """AssertionError when the area of points this far off is another."""
    what = f"distances {distances}, a = {a}"
    want = under_steps(distances, a) if want is None else want
    expect_close(answer(tensor(distances), a), want, what, tolerance)


def auc_ends(rcp_auc) -> None:
    for a in (0.1, 0.3, 0.75):
        for count in (1, 3, 8):
            check_auc(rcp_auc, [0.0] * count, a, want=1.0)
            check_auc(rcp_auc, [a] * count, a, want=0.0)


def auc_one(rcp_auc) -> None:
    for distance, a, want in (
        (0.05, 0.1, 0.5),
        (0.09, 0.3, 0.7),
        (0.27, 0.3, 0.1),
        (0.02, 0.1, 0.8),
    ):
        check_auc(rcp_auc, [distance], a, want=want)


def auc_several(rcp_auc) -> None:
    for distances in (
        [0.05, 0.25],
        [0.24, 0.03, 0.12],
        [0.1, 0.2, 0.1, 0.1, 0.01],
        [0.2, 0.2, 0.2, 0.0],
    ):
        check_auc(rcp_auc, distances, 0.3)


def auc_beyond(rcp_auc) -> None:
    for distances, a in (
        ([0.0, 0.9], 0.3),
        ([0.05, 0.4, 0.02, 1.7], 0.1),
        ([0.11, 0.5], 0.1),
        ([3.0, 0.15, 0.31], 0.3),
    ):
        check_auc(rcp_auc, distances, a)


def auc_exact(rcp_auc) -> None:
    for distances, a in (
        ([0.0333], 0.1),
        ([0.12345, 0.0017], 0.3),
        ([0.1009, 0.2013, 0.0502], 0.3),
        ([1 / 7, 0.0, 0.5], 0.7),
    ):
        check_auc(rcp_auc, distances, a, tolerance=2e-5)


def auc_infinite(rcp_auc) -> None:
    for distances in ([INF], [0.0, INF], [INF, 0.04, INF, 0.09, 0.02], [INF] * 3):
        for a in (0.1, 0.3):
            check_auc(rcp_auc, distances, a, tolerance=2e-5)


def auc_none(rcp_auc) -> None:
    for a in (0.1, 0.3):
        expect_close(rcp_auc(torch.zeros(0), a), 0.0, f"no points, a = {a}")
