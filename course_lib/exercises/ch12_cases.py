"""What right answers to exercise 12.1 do; the hints are in ch12."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape
from course_lib.exercises.ch10_mask_cases import expect_three

SIZE = (9, 12)
NAN = [math.nan, math.nan]
NAMES = ("heat", "short offsets", "owner")


def centre(cell: int, stride: int) -> float:
    """Where the centre of a cell is, px, in x or in y."""
    return stride * cell + (stride - 1) / 2


def drawn_targets(joints: list, size: tuple, stride: int, radius: float) -> list:
    """Heat, short offsets and owner, cell by cell; all numbers are exact."""
    heat, short = torch.zeros(size), torch.zeros(2, *size)
    owner = torch.full(size, -1)
    for row in range(size[0]):
        for column in range(size[1]):
            best = radius**2 + 1e-6
            for number, (x, y) in enumerate(joints):
                dx, dy = x - centre(column, stride), y - centre(row, stride)
                if dx**2 + dy**2 < best:  # false for NaN
                    best = dx**2 + dy**2
                    heat[row, column], owner[row, column] = 1, number
                    short[:, row, column] = tensor([dx, dy])
    return [heat, short, owner]


def check_targets(
    answer, joints: list, what: str, shown=NAMES, size=SIZE, stride=1, radius=2.5
) -> None:
    """AssertionError when the targets of these joints are others.

    shown: which of the three results are looked at.
    """
    told = f"{what}, joints {joints}, radius {radius}, stride {stride}, maps {size}"
    given = tensor(joints, dtype=torch.float32).view(-1, 2)
    names = "heat, short offsets and owner"
    found = expect_three(answer(given, size, stride, radius), names)
    for result, name in zip(found, NAMES, strict=True):
        channels = (2,) if name == "short offsets" else ()
        expect_shape(result, (*channels, *size), f"{told}: the {name}")
    wanted = drawn_targets(joints, size, stride, radius)
    for result, want, name in zip(found, wanted, NAMES, strict=True):
        if name in shown:
            expect_close(result, want, f"{told}: the {name}")


def disk_flat(disk_targets) -> None:
    for joint in ([7, 3], [4, 5], [1, 0], [13, 8]):
        for radius in (2.5, 3.3, 0.9):
            check_targets(disk_targets, [joint], "one joint", "heat", radius=radius)


def disk_border(disk_targets) -> None:
    for joint, radius in (([6, 4], 2.0), ([7, 6], 5.0), ([5.5, 4], 2.5)):
        check_targets(
            disk_targets, [joint], "one joint", "heat", (13, 15), radius=radius
        )


def disk_cells(disk_targets) -> None:
    for joint, stride, radius in (
        ([17.5, 13.5], 4, 9.0),
        ([30.25, 16.5], 4, 7.0),
        ([16, 13], 3, 8.5),
        ([40.5, 20], 8, 12.25),
    ):
        check_targets(
            disk_targets, [joint], "one joint", "heat", stride=stride, radius=radius
        )


def disk_offsets(disk_targets) -> None:
    shown = "short offsets"
    for joint, stride, radius in (
        ([7, 3], 1, 3.3),
        ([4.25, 5.5], 1, 2.4),
        ([18.75, 12.5], 4, 9.0),
        ([20, 11], 3, 8.5),
    ):
        check_targets(
            disk_targets, [joint], "one joint", shown, stride=stride, radius=radius
        )


def disk_owner(disk_targets) -> None:
    for joints in ([[6, 4]], [[9, 2], [2, 6]], [[2, 2], [10, 6], [5, 7]]):
        what = f"{len(joints)} apart"
        check_targets(disk_targets, joints, what, "owner", radius=1.5)


def disk_overlap(disk_targets) -> None:
    for joints in (
        [[5, 4], [7.25, 4]],
        [[7.25, 4], [5, 4]],
        [[5, 3], [6.25, 5.25], [8, 3.5]],
        [[6.25, 5.25], [8, 3.5], [5, 3]],
    ):
        what = f"{len(joints)} joints"
        check_targets(disk_targets, joints, what, radius=3.3)


def disk_equal(disk_targets) -> None:
    for joints in (
        [[4, 4], [8, 4]],
        [[8, 4], [4, 4]],
        [[6, 2], [6, 6], [6, 2]],
        [[7, 4], [5, 6], [5, 2], [3, 4]],
    ):
        what = "some cells are equally near to two joints"
        check_targets(disk_targets, joints, what, radius=3.3)


def disk_missing(disk_targets) -> None:
    for joints in (
        [NAN, [6, 4]],
        [[3, 4], NAN, [8, 5.25]],
        [NAN, [1, 1], NAN, NAN, [9, 6]],
        [[4, 2], NAN],
    ):
        check_targets(disk_targets, joints, "some lack the joint", radius=2.6)


def disk_nobody(disk_targets) -> None:
    for joints, what in (([], "nobody"), ([NAN], "one"), ([NAN, NAN], "two")):
        for stride in (1, 4):
            told = f"{what} without the joint" if joints else what
            check_targets(disk_targets, joints, told, stride=stride)
