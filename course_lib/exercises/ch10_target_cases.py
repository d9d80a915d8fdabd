"""What right answers to exercise 10.6 do; the hints are in ch10_maps."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape

SIZE = (12, 9)  # rows and columns of the maps
BOX = [30.0, 14.0, 36.0, 48.0]  # its cells measure 4 x 4 px
SMALL = [30.0, 14.0, 9.0, 12.0]  # its cells are pixels
WIDTH = 150.0  # of the picture, which BOX is left of the middle of
OFF = [-500.0, -500.0]
ORDER = [4, 1, 3, 2, 0]  # of joints whose pairs (4, 0) and (2, 3) changed places


def place(column: float, row: float, box=BOX, size=SIZE, factor=1.0) -> list[float]:
    """Where in the image, px, a cell's centre is, if the box grows about its centre."""
    centre = [box[0] + (box[2] - 1) / 2, box[1] + (box[3] - 1) / 2]
    shares = (column + 0.5) / size[1] - 0.5, (row + 0.5) / size[0] - 0.5
    sides = factor * box[2], factor * box[3]
    return [c + s * side for c, s, side in zip(centre, shares, sides, strict=True)]


def target(
    answer, people: list, what: str, flags=None, own=0, box=BOX, size=SIZE, **rule
) -> torch.Tensor:
    """The target (K, h, w) that comes back for people, (P, K) places in px.

    flags: 2 for all if left out. rule: sigma, 2 unless told, pairs, mirror, factor, 1
    unless told, and weight.
    """
    joints = tensor(people, dtype=torch.float32)
    shown = torch.full(joints.shape[:2], 2) if flags is None else tensor(flags)
    sigma, pairs = rule.pop("sigma", 2.0), rule.pop("pairs", [])
    rule = {"factor": 1.0, **rule}
    found = answer(joints, shown, own, tensor(box), size, sigma, pairs, **rule)
    expect_shape(found, (joints.shape[1], *size), what)
    return found


def bell(column: float, row: float, size=SIZE, sigma=2.0, height=1.0) -> torch.Tensor:
    """A map (h, w) with its peak at a place in cells."""
    return tensor(
        [
            [
                height * math.exp(-((u - column) ** 2 + (v - row) ** 2) / 2 / sigma**2)
                for u in range(size[1])
            ]
            for v in range(size[0])
        ]
    )


def target_own(interference_target) -> None:
    for sigma in (2.0, 1.5, 3.0):
        for x, y in ((33, 21), (36, 16), (30, 25)):
            what = f"alone, box {SMALL}, size {SIZE}, sigma {sigma}, a joint at {x, y}"
            given = [[[x, y]]], what
            found = target(interference_target, *given, box=SMALL, sigma=sigma)
            expect_close(found[0], bell(x - 30, y - 14, sigma=sigma), what)


def target_cells(interference_target) -> None:
    for box, size in (
        ([30.0, 14.0, 45.0, 24.0], (6, 9)),
        ([3.0, 7.0, 20.0, 35.0], (7, 10)),
        ([-8.0, 90.0, 33.0, 11.0], (11, 11)),
    ):
        for column, row in ((4, 2), (1.25, 3.5), (7.4, 0.8)):
            what = f"box {box}, size {size}, a joint in column {column}, row {row}"
            people = [[place(column, row, box, size)]]
            found = target(interference_target, people, what, box=box, size=size)
            expect_close(found[0], bell(column, row, size), what)


def target_centre(interference_target) -> None:
    for factor in (1.25, 1.5, 0.75):
        for column, row in ((4, 6), (1, 1), (7, 10.5)):
            what = f"factor {factor}, a joint in column {column}, row {row}"
            people = [[place(column, row, factor=factor)]]
            found = target(interference_target, people, what, factor=factor)
            expect_close(found[0], bell(column, row), what)
    what = "factor left out, a joint in column 2, row 9"
    joints = tensor([[place(2, 9, factor=1.25)]])
    given = joints, tensor([[2]]), 0, tensor(BOX), SIZE, 2.0, []
    found = interference_target(*given)
    expect_close(found, bell(2, 9)[None], what)


def target_others(interference_target) -> None:
    for weight in (0.5, 0.3, 0.0):
        what = f"weight {weight}, the other one's joint in column 5, row 8"
        people = [[OFF], [place(5, 8)]]
        rule = {} if weight == 0.5 else {"weight": weight}
        found = target(interference_target, people, what, **rule)
        expect_close(found[0], bell(5, 8, height=weight), what)
    what = "the own joint in column 1, row 1, another one's in column 7, row 10"
    people = [[place(1, 1)], [place(7, 10)]]
    found = target(interference_target, people, what, sigma=1.0)
    want = torch.maximum(bell(1, 1, sigma=1.0), bell(7, 10, sigma=1.0, height=0.5))
    expect_close(found[0], want, what)


def target_whose(interference_target) -> None:
    cells = [(1, 1), (7, 2), (4, 10)]
    people = [[place(*cell)] for cell in cells]
    for own in range(3):
        what = f"three people, own = {own}, joints in the cells (x, y) {cells}"
        found = target(interference_target, people, what, own=own, sigma=1.0)
        for n, (column, row) in enumerate(cells):
            told = f"{what}: at the joint of person {n}"
            expect_close(found[0, row, column], 1.0 if n == own else 0.5, told)


def target_channels(interference_target) -> None:
    what = "two people, three joints each"
    people = [
        [place(1, 1), place(4, 1), place(7, 1)],
        [place(1, 9), place(4, 9), place(7, 9)],
    ]
    found = target(interference_target, people, what, sigma=1.0)
    for k, column in enumerate((1, 4, 7)):
        for row, height in ((1, 1.0), (9, 0.5)):
            told = f"{what}: channel {k}, row {row}"
            want = bell(column, row, sigma=1.0, height=height)[row]
            expect_close(found[k, row], want, told)


def target_maximum(interference_target) -> None:
    for cells in ([(3, 5), (5, 5)], [(4, 5), (4, 5)], [(3, 5), (5, 5), (4, 6)]):
        what = f"own = 0, sigma 2, joints in the cells (x, y) {cells}"
        people = [[place(*cell)] for cell in cells]
        found = target(interference_target, people, what)
        bells = [
            bell(*cell, height=0.5 + 0.5 * (not n)) for n, cell in enumerate(cells)
        ]
        expect_close(found[0], torch.stack(bells).amax(dim=0), what)


def target_labelled(interference_target) -> None:
    cells = [(1, 1), (7, 10)]
    people = [[place(*cell)] for cell in cells]
    for flags in ([[1], [1]], [[2], [0]], [[0], [2]], [[0], [1]], [[0], [0]]):
        what = f"own = 0, flags {flags}, joints in the cells (x, y) {cells}"
        found = target(interference_target, people, what, flags, sigma=1.0)
        first, second = flags[0][0] > 0, flags[1][0] > 0
        bells = bell(1, 1, sigma=1.0) * first, bell(7, 10, sigma=1.0) * second / 2
        expect_close(found[0], torch.maximum(*bells), what)


def target_outside(interference_target) -> None:
    for factor in (1.0, 1.25):
        for column, row in ((-0.6, 4), (8.6, 4), (3, -0.6), (3, 11.6), (-0.6, 11.6)):
            what = f"factor {factor}, a joint in column {column}, row {row}"
            there, lost = place(2, 6, factor=factor), place(column, row, factor=factor)
            for people, height in (([[there], [lost]], 1.0), ([[lost], [there]], 0.5)):
                found = target(interference_target, people, what, factor=factor)
                expect_close(found[0], bell(2, 6, height=height), what)
        what = f"factor {factor}, someone with a joint in column 2, row 6 and one off"
        people = [[place(2, 6, factor=factor), OFF]]
        found = target(interference_target, people, what, factor=factor)
        expect_close(found, torch.stack([bell(2, 6), torch.zeros(SIZE)]), what)
        for column, row in ((-0.4, 4), (8.4, 4), (3, -0.4), (3, 11.4)):
            what = f"factor {factor}, a joint in column {column}, row {row}"
            people = [[place(column, row, factor=factor)]]
            found = target(interference_target, people, what, factor=factor)
            expect_close(found[0], bell(column, row), what)


def target_mirror(interference_target) -> None:
    for column, row in ((2, 3), (7.25, 9), (0, 0)):
        for width in (WIDTH, 97.0):
            what = f"a picture {width} px wide, mirrored, box {BOX}"
            told = f"{what}, a joint that was in column {column}, row {row}"
            people = [[place(column, row, factor=1.25)]]
            rule = {"factor": 1.25, "mirror": width}
            found = target(interference_target, people, told, **rule)
            expect_close(found[0], bell(SIZE[1] - 1 - column, row), told)


def target_sides(interference_target) -> None:
    people = [[place(4, 1), place(1, 6), place(6, 8), place(2, 10), place(7, 3)]]
    rule = {"mirror": WIDTH, "sigma": 1.5}
    for pairs, order in (([(1, 2)], [0, 2, 1, 3, 4]), ([(4, 0), (2, 3)], ORDER)):
        for flags in ([[2, 2, 2, 2, 2]], [[0, 2, 0, 1, 1]]):
            what = f"pairs {pairs}, flags {flags}"
            plain = target(interference_target, people, what, flags, sigma=1.5)
            given = people, f"mirrored, {what}", flags
            found = target(interference_target, *given, pairs=pairs, **rule)
            for k, old in enumerate(order):
                told = f"mirrored, {what}: channel {k}, whose joint was {old}"
                expect_close(found[k], plain[old].flip(-1), f"{told}, reversed")
            told = f"{what}, not mirrored"
            again = target(interference_target, *given, pairs=pairs, sigma=1.5)
            expect_close(again, plain, told)


def target_mirror_others(interference_target) -> None:
    people = [
        [place(4, 1), place(1, 6), place(6, 8)],
        [place(7, 3), place(2, 10), place(7, 6)],
        [place(1, 2), place(8, 11), OFF],
    ]
    flags = [[2, 1, 2], [2, 2, 0], [0, 1, 2]]
    for own in range(3):
        for box in (BOX, [75.0, 14.0, 36.0, 48.0]):
            shift = box[0] - BOX[0]
            moved = [[[x + shift, y] for x, y in joints] for joints in people]
            what = f"mirrored, three people, own = {own}, box {box}, pairs [(1, 2)]"
            rule = {"box": box, "pairs": [(1, 2)], "sigma": 1.2}
            given = moved, what, flags, own
            found = target(interference_target, *given, **rule, mirror=WIDTH)
            plain = target(interference_target, *given, **rule)
            for k, old in enumerate((0, 2, 1)):
                told = f"{what}: channel {k}, whose joints were {old}, columns reversed"
                expect_close(found[k], plain[old].flip(-1), told)
