"""What right answers to exercise 12.5 do; the hints are in ch12_fields."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close
from course_lib.exercises.ch12_cases import centre

SIZE = (13, 15)
Joint = tuple[float, float]
Masses = dict[tuple[int, int], float]  # by cell (x, y)


def drawn(masses: Masses, size: tuple = SIZE) -> torch.Tensor:
    """A Hough map (h, w) of these values, 0 elsewhere."""
    made = torch.zeros(size)
    for (x, y), mass in masses.items():
        made[y, x] = mass
    return made


def similarity(distance: float, area: float, kappa: float) -> float:
    """What a joint so far off, px, is worth."""
    return math.exp(-(distance**2) / (2 * area * kappa**2))


def expected(hough, presence, joint, area, kappa, stride, radius) -> float:
    """The expected OKS of one joint, cell by cell."""
    total = score = 0.0
    for row, values in enumerate(hough.tolist()):
        for column, mass in enumerate(values):
            place = centre(column, stride), centre(row, stride)
            if math.dist(place, joint) <= radius + 1e-6:
                total += mass
                score += mass * similarity(math.dist(place, joint), area, kappa)
    return presence * score / total if total else 0.0


def check_oks(answer, *joints: tuple, what="", stride=1, radius=5.0, area=400.0):
    """AssertionError when joints have other scores.

    joints: of each its masses or its map, presence, place and kappa.
    """
    maps = [drawn(m) if isinstance(m, dict) else m for m, *_ in joints]
    _, presence, places, kappas = (list(part) for part in zip(*joints, strict=True))
    told = what or f"values by cell (x, y) {[m for m, *_ in joints]}"
    told = f"{told}, presence {presence}, joints {places}, kappa {kappas}"
    told = f"{told}, area {area}, radius {radius}, stride {stride}"
    given = torch.stack(maps), tensor(presence), tensor(places, dtype=torch.float32)
    found = answer(*given, area, tensor(kappas), stride, radius)
    want = [
        expected(m, p, place, area, kappa, stride, radius)
        for m, p, place, kappa in zip(maps, presence, places, kappas, strict=True)
    ]
    expect_close(found, want, told)


def oks_sure(expected_oks) -> None:
    for presence in (1.0, 0.75, 0.2):
        for mass in (1.0, 0.4, 2.5):
            check_oks(expected_oks, ({(7, 4): mass}, presence, (7, 4), 0.15))


def oks_far(expected_oks) -> None:
    for place in ((9, 4), (7, 1), (4, 6)):
        for area, kappa in ((400.0, 0.15), (900.0, 0.1), (100.0, 0.25)):
            joint = ({place: 0.5}, 0.8, (7, 4), kappa)
            check_oks(expected_oks, joint, area=area)


def oks_mean(expected_oks) -> None:
    for masses in (
        {(7, 4): 0.5, (10, 4): 0.5},
        {(7, 4): 0.2, (7, 7): 0.6, (5, 4): 0.1},
        {(6, 6): 0.1, (9, 4): 0.9, (7, 5): 0.3, (8, 4): 0.25},
    ):
        check_oks(expected_oks, (masses, 0.9, (7, 4), 0.15))


def oks_disk(expected_oks) -> None:
    for masses in (
        {(7, 4): 0.5, (13, 4): 0.9},
        {(8, 4): 0.2, (7, 11): 0.6, (2, 1): 0.3, (11, 8): 0.4},
    ):
        for area in (400.0, 1600.0):
            joint = (masses, 0.9, (7, 4), 0.15)
            check_oks(expected_oks, joint, radius=5.3, area=area)


def oks_border(expected_oks) -> None:
    for place in ((12, 4), (10, 8), (4, 8), (7, 9)):
        joint = ({(7, 4): 0.5, place: 0.4}, 0.9, (7, 4), 0.15)
        check_oks(expected_oks, joint, radius=5.0)


def oks_cells(expected_oks) -> None:
    for stride in (4, 3, 8):
        place = (centre(7, stride) + 0.25 * stride, centre(5, stride) - 0.75)
        for cells in (
            {(7, 5): 0.6, (8, 5): 0.3, (12, 5): 0.5},
            {(6, 6): 0.6, (7, 3): 0.3, (2, 10): 0.7},
        ):
            joint = (cells, 0.9, place, 0.15)
            sizes = {"radius": 3.3 * stride, "area": 400.0 * stride}
            check_oks(expected_oks, joint, stride=stride, **sizes)


JOINTS = [
    ({(3, 4): 0.5, (5, 4): 0.2}, 0.9, (3, 4), 0.1),
    ({(10, 6): 0.1, (10, 8): 0.2}, 0.4, (10, 6), 0.2),
    ({(6, 11): 0.7, (7, 9): 0.3, (5, 10): 0.2}, 0.7, (6.5, 10.25), 0.15),
    ({(8, 2): 0.6, (1, 9): 0.8}, 0.3, (8, 3), 0.05),
]


def oks_joints(expected_oks) -> None:
    for some in (JOINTS, JOINTS[::-1], JOINTS[1:3]):
        check_oks(expected_oks, *some, radius=3.3)


def oks_height(expected_oks) -> None:
    for height in (1e-3, 1e-4, 30.0):
        masses = {(7, 4): height, (9, 5): 2 * height, (6, 2): height / 2}
        check_oks(expected_oks, (masses, 0.9, (7, 4), 0.15))


def oks_nothing(expected_oks) -> None:
    for masses, place in (
        ({}, (7, 4)),
        ({(1, 11): 0.5}, (7, 4)),
        ({(7, 4): 0.5}, (-20, 4)),
        ({(7, 4): 0.5}, (7, 90)),
    ):
        check_oks(expected_oks, (masses, 0.9, place, 0.15))
        check_oks(expected_oks, JOINTS[0], (masses, 0.9, place, 0.15))


def oks_off_map(expected_oks) -> None:
    for masses, place in (
        ({(0, 4): 0.5, (1, 5): 0.4}, (-1, 4)),
        ({(14, 11): 0.5, (12, 12): 0.2}, (16, 13)),
        ({(7, 0): 0.3, (7, 2): 0.1}, (7, -2)),
        ({(0, 12): 0.3, (0, 11): 0.6}, (0, 12)),
    ):
        check_oks(expected_oks, (masses, 0.9, place, 0.15))
