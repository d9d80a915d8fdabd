"""What right answers to exercise 09.4 do; the hints are in ch09_fields."""

from __future__ import annotations

import math
from numbers import Real

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape


def integral(answer, paf: torch.Tensor, a, b, what: str, stride=1, **rule) -> float:
    """The score that comes back; FormError when it is not one number."""
    ends = [tensor(end, dtype=torch.float32) for end in (a, b)]
    found = answer(paf, *ends, stride, **rule)
    if not isinstance(found, Real):
        expect_shape(found, (), what)
    return float(found)


def uniform(vector: tuple, size=(11, 13)) -> torch.Tensor:
    """A field (2, h, w) of one vector."""
    return tensor(vector)[:, None, None].expand(2, *size).clone()


def row_of(values: list) -> torch.Tensor:
    """A field (2, 3, w): in row 1 the vectors (value, 9), in the other rows (9, 9)."""
    paf = torch.full((2, 3, len(values)), 9.0)
    paf[0, 1] = tensor(values)
    return paf


def check_row(answer, values: list, want: float, told: str, **rule) -> None:
    """AssertionError when the score of a limb through a row of these vectors differs.

    The limb leads from the first to the last cell; with as many samples as values, each
    cell has one.
    """
    rule = {"samples": len(values), **rule}
    what = f"{told}: the samples are {values}, {rule}"
    ends = (0.0, 1.0), (len(values) - 1.0, 1.0)
    found = integral(answer, row_of(values), *ends, what, **rule)
    expect_close(found, want, what)


def integral_own(line_integral) -> None:
    for a, b, v in (
        ((1, 4), (10, 4), (1.0, 0.0)),
        ((3, 8), (3, 2), (0.0, -1.0)),
        ((7, 9), (1, 1), (-0.6, -0.8)),
        ((2, 2), (3, 2), (1.0, 0.0)),
    ):
        for stride in (1, 4):
            places = [[stride * x for x in end] for end in (a, b)]
            what = f"stride {stride}, from {places[0]} to {places[1]}, PAF {v}"
            found = integral(line_integral, uniform(v), *places, what, stride)
            expect_close(found, 1.0, what)


def integral_direction(line_integral) -> None:
    for v, want in (
        ((1.0, 0.0), 0.6),
        ((0.0, 1.0), 0.8),
        ((0.5, 0.5), 0.7),
        ((-0.8, 0.6), 0.0),
        ((-0.6, -0.8), 0.0),
    ):
        what = f"stride 1, from (2, 1) to (8, 9), every vector of the PAF is {v}"
        found = integral(line_integral, uniform(v), (2, 1), (8, 9), what)
        expect_close(found, want, what)


def integral_rows(line_integral) -> None:
    paf = torch.zeros(2, 5, 9)
    paf[0, 1], paf[1, :, 7] = 0.5, 0.75
    for a, b, want in (
        ((1, 1), (6, 1), 0.5),
        ((7, 2), (7, 4), 0.75),
        ((1, 3), (5, 3), 0),
    ):
        what = f"PAF (0.5, 0) in row 1, (0, 0.75) in column 7, from {a} to {b}"
        expect_close(integral(line_integral, paf, a, b, what), want, what)


def integral_ends(line_integral) -> None:
    values = [0.1, 0.9, 0.5, 0.2, 0.4, 0.8, 0.6, 0.3, 0.7]
    for samples in (2, 3, 5, 9):
        picked = values[:: 8 // (samples - 1)]
        want = sum(picked) / samples
        check_row(line_integral, values, want, "nine cells", samples=samples)


def integral_cells(line_integral) -> None:
    values = [0.2, 0.4, 0.9, 0.3, 0.7, 0.6]
    for stride in (1, 3, 4, 8):
        for share in (-0.45, 0.0, 0.3, 0.45):  # of a cell, off its centre
            first, last, y = (
                stride * (cell + share) + (stride - 1) / 2 for cell in (0, 5, 1)
            )
            ends = f"from ({first:.4g}, {y:.4g}) to ({last:.4g}, {y:.4g})"
            what = f"stride {stride}, 6 samples {ends}, PAF {values} along row 1"
            given = row_of(values), (first, y), (last, y), what, stride
            found = integral(line_integral, *given, samples=6)
            expect_close(found, sum(values) / 6, what)


def integral_least(line_integral) -> None:
    high = [0.9, 0.5, 0.6, 0.8, 0.7, 1.0, 0.9, 0.8, 0.6]
    mean = sum(high) / 9
    for low in (0.0, 0.04, -0.8):
        check_row(line_integral, [*high, low], mean, "one of ten is low")
    check_row(line_integral, [*high, 0.25], mean, "one is at the least", least=0.25)
    values = [0.5, 0.06, 0.5, 0.5, 0.06]
    check_row(line_integral, values, sum(values) / 5, "all are over 0.05")


def integral_share(line_integral) -> None:
    for values, share, want in (
        ([0.9, 0.9, 0.0, 0.9, 0.0, 0.9, 0.9, 0.0, 0.9, 0.9], 0.8, 0.0),
        ([0.9, 0.9, 0.0, 0.9, 0.0, 0.9, 0.9, 0.0, 0.9, 0.9], 0.6, 0.9),
        ([0.5, 0.7, 0.0, 0.9], 0.75, 0.0),  # exactly the share
        ([0.5, 0.7, 0.0, 0.9], 0.7, 0.7),
        ([0.0, 0.8, -0.5, 0.8], 0.5, 0.0),
        ([0.5, 0.6, 0.0, 0.0, 0.7], 0.5, 0.6),
        ([0.0, 0.0, 0.0], 0.0, 0.0),
    ):
        check_row(line_integral, values, want, "some are low", share=share)


def integral_no_length(line_integral) -> None:
    for place, stride in (((4, 4), 1), ((9.5, 13.5), 4)):
        what = f"stride {stride}, both candidates at {place}"
        given = uniform((0.6, 0.8)), place, place, what, stride
        found = integral(line_integral, *given)
        assert math.isfinite(found), f"{what}: got {found}"
        expect_close(found, 0.0, what)
