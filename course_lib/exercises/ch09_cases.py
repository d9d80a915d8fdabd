"""What right answers to exercise 09.1 do; the hints are in ch09."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape

SIZE = (7, 9)  # rows and columns
STRIDES = (4, 3, 8)


def drawn(
    answer, joints: list, what: str, size=SIZE, stride=1, sigma=2.0
) -> torch.Tensor:
    """The map (h, w) that comes back; FormError when it is none."""
    places = tensor(joints, dtype=torch.float32).view(-1, 2)
    found = answer(places, size, stride, sigma)
    expect_shape(found, size, what)
    return found


def bell(distance: float, sigma: float) -> float:
    """The value of a Gaussian with peak 1 at this distance."""
    return math.exp(-(distance**2) / (2 * sigma**2))


def map_peak(confidence_map) -> None:
    for size, x, y in ((SIZE, 6, 1), (SIZE, 2, 5), ((5, 4), 1, 4), ((1, 1), 0, 0)):
        what = f"a map of size {size}, stride 1, a joint at ({x}, {y})"
        found = drawn(confidence_map, [[x, y]], what, size)
        expect_close(found.max(), 1.0, f"{what}: the highest value")
        row, column = divmod(int(found.argmax()), size[1])
        told = f"{what}: it is highest in row {row}, column {column}"
        assert (row, column) == (y, x), told


def map_sigma(confidence_map) -> None:
    for sigma in (1.5, 2.0, 3.5):
        what = f"stride 1, sigma {sigma} px, a joint at (4, 3)"
        found = drawn(confidence_map, [[4, 3]], what, sigma=sigma)
        for x, y in ((5, 3), (2, 3), (4, 6), (7, 1), (0, 0)):
            off = math.dist((x, y), (4, 3))
            told = f"{what}: row {y}, column {x}, {off:.3g} px away"
            expect_close(found[y, x], bell(off, sigma), told)


def map_cells(confidence_map) -> None:
    for stride in STRIDES:
        for column, row in ((2, 3), (7, 1), (0, 0)):
            x, y = (stride * cell + (stride - 1) / 2 for cell in (column, row))
            what = f"stride {stride}, a joint at ({x}, {y}): row {row}, column {column}"
            found = drawn(confidence_map, [[x, y]], what, stride=stride, sigma=6.0)
            expect_close(found[row, column], 1.0, what)


def map_pixels(confidence_map) -> None:
    for stride in STRIDES:
        x, y = 3 * stride + (stride - 1) / 2, 2 * stride + (stride - 1) / 2
        what = f"stride {stride}, sigma 6 px, a joint in row 2, column 3"
        found = drawn(confidence_map, [[x, y]], what, stride=stride, sigma=6.0)
        told = f"{what}: {stride} px to the right, and as many down"
        want = bell(stride, 6.0)
        expect_close(tensor([found[2, 4], found[3, 3]]), [want, want], told)


def map_between(confidence_map) -> None:
    for x, y, stride in ((4.5, 3.25, 1), (13.0, 9.4, 4)):
        what = f"stride {stride}, sigma 3 px, a joint at ({x}, {y})"
        found = drawn(confidence_map, [[x, y]], what, stride=stride, sigma=3.0)
        for column, row in ((3, 2), (4, 3), (5, 3)):
            centre = [stride * cell + (stride - 1) / 2 for cell in (column, row)]
            told = f"{what}: row {row}, column {column}"
            want = bell(math.dist(centre, (x, y)), 3.0)
            expect_close(found[row, column], want, told)


def map_people(confidence_map) -> None:
    for columns in ([3, 5], [5, 3], [1, 3, 7], [7, 3, 3, 1]):
        what = f"stride 1, sigma 2 px, joints in row 3, columns {columns}"
        joints = [[column, 3] for column in columns]
        found = drawn(confidence_map, joints, what)
        nearest = [min(abs(u - column) for column in columns) for u in range(SIZE[1])]
        want = [bell(away, 2.0) for away in nearest]
        expect_close(found[3], want, f"{what}: row 3")


def map_outside(confidence_map) -> None:
    for x, y in ((-2, 3), (10, 3)):
        what = f"stride 1, sigma 2 px, a joint at ({x}, {y}), outside of the map"
        found = drawn(confidence_map, [[x, y]], what)
        want = [bell(u - x, 2.0) for u in range(SIZE[1])]
        expect_close(found[3], want, f"{what}: row 3")


def map_nobody(confidence_map) -> None:
    for size in (SIZE, (1, 3)):
        what = f"nobody, size {size}"
        found = drawn(confidence_map, [], what, size, 4)
        expect_close(found, torch.zeros(size), what)
