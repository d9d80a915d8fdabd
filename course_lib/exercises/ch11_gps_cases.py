"""What right answers to exercise 11.2 do; the hints are in ch11."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close

INF, NAN = math.inf, math.nan


def similarity(distance: float, kappa: float = 0.255) -> float:
    """What one point adds to the mean."""
    return math.exp(-(distance**2) / (2 * kappa**2))


def check_gps(answer, rows: list, want: list, kappa=None) -> None:
    """AssertionError when people with these distances have another GPS.

    kappa: a number, rows of numbers, or None to leave it out.
    """
    what = f"distances {rows}, kappa {kappa or 'left out'}"
    given = [tensor(rows)]
    if kappa is not None:
        given.append(kappa if isinstance(kappa, float) else tensor(kappa))
    expect_close(answer(*given), want, what)


def gps_one(gps) -> None:
    for distance, want in (
        (0.0, 1.0),
        (0.3, 0.5006),
        (0.05, 0.981),
        (0.1, 0.926),
        (0.2, 0.7353),
        (2.0, 0.0),
    ):
        what = f"one point, {distance} m off"
        expect_close(gps(tensor([[distance]])), [want], what, tolerance=5e-4)


def gps_mean(gps) -> None:
    for row in ([0.0, 0.3], [0.0, 0.6, 0.1], [0.05, 0.1, 0.8, 0.0, 0.4]):
        want = sum(map(similarity, row)) / len(row)
        check_gps(gps, [row], [want])


def gps_people(gps) -> None:
    rows = [[0.0, 0.1, 0.2], [0.3, 0.4, 0.5], [0.0, 0.0, 0.9], [0.2, 0.2, 0.2]]
    for some in (rows, rows[:2]):
        check_gps(gps, some, [sum(map(similarity, row)) / 3 for row in some])


def gps_background(gps) -> None:
    check_gps(gps, [[INF]], [0.0])
    check_gps(gps, [[0.0, INF, 0.0, INF, INF]], [2 / 5])
    rows = [[0.3, INF], [INF, INF], [0.1, 0.0]]
    want = [similarity(0.3) / 2, 0.0, (similarity(0.1) + 1) / 2]
    check_gps(gps, rows, want)


def gps_unused(gps) -> None:
    check_gps(gps, [[0.1, NAN, NAN, 0.3]], [(similarity(0.1) + similarity(0.3)) / 2])
    rows = [[0.2, 0.0, 0.1], [NAN, NAN, 0.4], [INF, NAN, 0.0], [NAN, INF, NAN]]
    first = (similarity(0.2) + 1 + similarity(0.1)) / 3
    check_gps(gps, rows, [first, similarity(0.4), 1 / 2, 0.0])


def gps_kappa(gps) -> None:
    rows = [[0.1, 0.3], [NAN, 0.2]]
    for kappa in (0.107, 0.351, 0.05):
        a, b, c = (similarity(distance, kappa) for distance in (0.1, 0.3, 0.2))
        check_gps(gps, rows, [(a + b) / 2, c], kappa)


def gps_kappas(gps) -> None:
    rows = [[0.1, 0.1, 0.1], [0.3, NAN, 0.2], [INF, 0.0, NAN]]
    kappas = [[0.107, 0.351, 0.15], [0.237, 0.126, 0.173], [0.142, 0.351, 0.128]]
    a, b, c = (similarity(0.1, kappa) for kappa in kappas[0])
    d, e = similarity(0.3, 0.237), similarity(0.2, 0.173)
    check_gps(gps, rows, [(a + b + c) / 3, (d + e) / 2, 1 / 2], kappas)
    check_gps(gps, rows[:1], [(a + b + c) / 3], kappas[:1])


def gps_nobody(gps) -> None:
    for count in (5, 196):
        what = f"nobody, {count} slots"
        expect_close(gps(torch.zeros(0, count)), torch.zeros(0), what)
