"""What right answers to exercises 09.2 and 09.3 do; the hints are in ch09_fields."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape

SIZE = (11, 11)
DIAGONAL = 0.5**0.5
SLANTED = [  # the limb from (2.3, 1.6) to (5.9, 6.4), 1.2 px to either side
    ".........",
    ".........",
    "..###....",
    "..###....",
    "...###...",
    "....###..",
    ".....##..",
    ".....#...",
    ".........",
]


def field(answer, a, b, what: str, size=SIZE, stride=1, width=1.0) -> torch.Tensor:
    """The field (2, h, w) that comes back; FormError when it is none."""
    ends = [tensor(end, dtype=torch.float32) for end in (a, b)]
    found = answer(*ends, size, stride, width)
    expect_shape(found, (2, *size), what)
    return found


def along(direction: tuple, rows: list[str]) -> torch.Tensor:
    """A field (2, h, w): `direction` in the cells marked #, 0 elsewhere."""
    marks = tensor([[mark == "#" for mark in row] for row in rows])
    return tensor(direction)[:, None, None] * marks


def paf_unit(paf_target) -> None:
    for a, b, cell, want in (
        ((2, 3), (8, 3), (5, 3), (1.0, 0.0)),
        ((3, 2), (3, 9), (3, 5), (0.0, 1.0)),
        ((1, 1), (7, 9), (4, 5), (0.6, 0.8)),
    ):
        what = f"stride 1, a limb from {a} to {b}: row {cell[1]}, column {cell[0]}"
        found = field(paf_target, a, b, what)
        expect_close(found[:, cell[1], cell[0]], want, what)


def paf_any_way(paf_target) -> None:
    for a, b, v in (  # all of them pass (5, 5); no centre is on the border of a limb
        ((8.2, 5), (1.8, 5), (-1.0, 0.0)),
        ((5, 9.2), (5, 1.8), (0.0, -1.0)),
        ((1.8, 8.2), (8.2, 1.8), (DIAGONAL, -DIAGONAL)),
        ((9.08, 8.06), (0.92, 1.94), (-0.8, -0.6)),
    ):
        what = f"stride 1, a limb from {a} to {b}"
        found = field(paf_target, a, b, what, width=1.1)
        expect_close(found[:, 5, 5], v, f"{what}: row 5, column 5")
        other = field(paf_target, b, a, what, width=1.1)
        expect_close(found, -other, f"{what}, minus the field from {b} to {a}")
        ends = (10 - a[1], a[0]), (10 - b[1], b[0])
        turned = field(paf_target, *ends, what, width=1.1)
        want = torch.rot90(torch.stack([-found[1], found[0]]), -1, (1, 2))
        expect_close(turned, want, f"{what}, turned by a quarter")


def paf_ends(paf_target) -> None:
    for width in (1.0, 2.0):
        what = f"stride 1, width {width} px, a limb from (2, 3) to (5, 3)"
        found = field(paf_target, (2, 3), (5, 3), what, (6, 9), width=width)
        want = [0.0, 0, 1, 1, 1, 1, 0, 0, 0]
        expect_close(found[0, 3], want, f"{what}: x in row 3")
        what = f"stride 1, width {width} px, a limb from (3, 7) to (3, 5)"
        found = field(paf_target, (3, 7), (3, 5), what, (9, 6), width=width)
        want = [0.0, 0, 0, 0, 0, -1, -1, -1, 0]
        expect_close(found[1, :, 3], want, f"{what}: y in column 3")


def paf_width(paf_target) -> None:
    for width, reach in ((1.0, 1), (2.0, 2), (2.6, 2), (0.4, 0)):
        what = f"stride 1, width {width} px, a limb from (1, 4) to (7, 4)"
        found = field(paf_target, (1, 4), (7, 4), what, (9, 9), width=width)
        want = [float(abs(row - 4) <= reach) for row in range(9)]
        expect_close(found[0, :, 3], want, f"{what}: x in column 3")


def paf_slanted(paf_target) -> None:
    what = "stride 1, width 1.2 px, a limb from (2.3, 1.6) to (5.9, 6.4)"
    found = field(paf_target, (2.3, 1.6), (5.9, 6.4), what, (9, 9), width=1.2)
    expect_close(found, along((0.6, 0.8), SLANTED), what)


def paf_cells(paf_target) -> None:
    for stride, width in ((4, 5.0), (3, 4.0), (8, 9.0)):
        first, last, y = (stride * cell + (stride - 1) / 2 for cell in (2, 5, 2))
        a, b = (first - 0.25, y + 0.25), (last + 0.25, y + 0.25)
        what = f"stride {stride}, width {width} px, a limb from {a} to {b}"
        found = field(paf_target, a, b, what, (6, 9), stride, width)
        rows = [".........", "..####...", "..####...", "..####...", *["........."] * 2]
        expect_close(found, along((1.0, 0.0), rows), what)


def paf_edge(paf_target) -> None:
    what = "stride 1, width 1.1 px, a limb from (-4, -2) to (8, 7), partly outside"
    found = field(paf_target, (-4, -2), (8, 7), what, (5, 6), width=1.1)
    rows = ["#.....", "##....", "####..", ".####.", "...###"]
    expect_close(found, along((0.8, 0.6), rows), what)
    what = "stride 1, a limb outside of the map"
    found = field(paf_target, (-9, 2), (-3, 2), what, (5, 6))
    expect_close(found, torch.zeros(2, 5, 6), what)


def paf_no_length(paf_target) -> None:
    for place, stride in (((3, 4), 1), ((9.5, 5.5), 4)):
        what = f"stride {stride}, a limb from {place} to {place}"
        found = field(paf_target, place, place, what, (6, 8), stride)
        expect_close(found, torch.zeros(2, 6, 8), what)


def averaged(answer, fields: list, what: str) -> torch.Tensor:
    """The mean field of a list of fields (2, h, w)."""
    found = answer(torch.stack(fields))
    expect_shape(found, tuple(fields[0].shape), what)
    return found


def check_cells(answer, vectors: list, want: tuple, what: str) -> None:
    """AssertionError when the mean of one vector a person, in one cell, is amiss."""
    fields = [tensor(vector, dtype=torch.float32).view(2, 1, 1) for vector in vectors]
    found = averaged(answer, fields, what)
    expect_close(found[:, 0, 0], want, f"{what}: {vectors} in one cell")


RIGHT = along((1.0, 0.0), [".....", "###..", "....."])
DOWN = along((0.0, 1.0), ["....#", "....#", "....#"])
SLOPE = along((DIAGONAL, -DIAGONAL), ["..#..", ".....", "....."])


def average_one(average_pafs) -> None:
    for one in (RIGHT, DOWN, -RIGHT, SLOPE):
        what = "one person"
        expect_close(averaged(average_pafs, [one], what), one, what)


def average_apart(average_pafs) -> None:
    for many in ([RIGHT, DOWN], [DOWN, RIGHT, torch.zeros(2, 3, 5)]):
        what = f"{len(many)} people, no cell is on two limbs"
        expect_close(averaged(average_pafs, many, what), sum(many), what)


def average_same(average_pafs) -> None:
    for one in (RIGHT, DOWN):
        for many in (2, 3):
            what = f"{many} people with equal limbs"
            expect_close(averaged(average_pafs, [one] * many, what), one, what)


def average_crossing(average_pafs) -> None:
    for vectors, want in (
        ([(1, 0), (0, 1)], (0.5, 0.5)),
        ([(0, 1), (1, 0), (0.6, 0.8)], (1.6 / 3, 0.6)),
        ([(1, 0), (0.6, 0.8)], (0.8, 0.4)),
    ):
        check_cells(average_pafs, vectors, want, f"{len(vectors)} people cross")


def average_others(average_pafs) -> None:
    for vectors, want in (
        ([(1, 0), (0, 0), (0, 1)], (0.5, 0.5)),
        ([(DIAGONAL, -DIAGONAL), (0, 0), (1, 0)], ((DIAGONAL + 1) / 2, -DIAGONAL / 2)),
        ([(0, 0), (-1, 0), (0, 0), (0, -1)], (-0.5, -0.5)),
    ):
        check_cells(average_pafs, vectors, want, "some of them are elsewhere")


def average_opposite(average_pafs) -> None:
    for one in ((1, 0), (0, -1), (0.6, 0.8)):
        other = (-one[0], -one[1])
        check_cells(average_pafs, [one, other], (0, 0), "two opposite limbs")
        want = (one[0] / 3, one[1] / 3)
        check_cells(average_pafs, [one, other, one], want, "two limbs against one")


def average_nobody(average_pafs) -> None:
    for size in ((3, 5), (1, 1)):
        found = average_pafs(torch.zeros(0, 2, *size))
        expect_close(found, torch.zeros(2, *size), f"nobody, maps of size {size}")
