"""What right answers to exercise 10.5 do; the hints are in ch10_maps."""

from __future__ import annotations

import torch

from course_lib.exercises.cases import expect_close, expect_shape
from course_lib.exercises.ch10_mask_cases import expect_three

SIZE = (7, 5)  # rows and columns
Values = dict[tuple[int, int], float]  # by (x, y)


def drawn(values: Values, size: tuple = SIZE, floor: float = 0.0) -> torch.Tensor:
    """A map (h, w) of these values, `floor` elsewhere."""
    made = torch.full(size, floor)
    for (x, y), value in values.items():
        made[y, x] = value
    return made


def words(values: Values) -> str:
    """What a map is told to be: its values, or the highest one of many."""
    if len(values) < 9:
        return str(values)
    place = max(values, key=values.get)
    return f"{len(values)} values, the highest {values[place]} at {place},"


def merged(answer, first: torch.Tensor, second: torch.Tensor, what: str) -> list:
    """Points, confidences and flags that come back for maps (B, K, h, w)."""
    names = "points, confidences and flags"
    found = expect_three(answer(first, second), names)
    count = tuple(first.shape[:2])
    expect_shape(found[0], (*count, 2), f"{what}: the points")
    expect_shape(found[1], count, f"{what}: the confidences")
    expect_shape(found[2], count, f"{what}: the flags")
    return list(found)


def check_joint(
    answer, first: Values, second: Values, point=None, cell=None, **wanted
) -> None:
    """AssertionError when another joint comes back for two maps of one joint.

    first: of the visible branch's map, second: of the occluded one's. cell: that of the
    point, whatever its quarters. wanted: also score and flag, and how maps are drawn.
    """
    drawing = {key: wanted[key] for key in ("size", "floor") if key in wanted}
    maps = [drawn(values, **drawing)[None, None] for values in (first, second)]
    size = tuple(maps[0].shape[-2:])
    told = f"visible {words(first)}, occluded {words(second)}"
    what = f"maps {size}, by (x, y): {told}"
    points, scores, flags = merged(answer, *maps, what)
    if point is not None:
        expect_close(points[0, 0], point, f"{what}: the point")
    if cell is not None:
        expect_close(points[0, 0].round(), cell, f"{what}: the cell of the point")
    if "score" in wanted:
        expect_close(scores[0, 0], wanted["score"], f"{what}: the confidence")
    if "flag" in wanted:
        expect_close(flags[0, 0], wanted["flag"], f"{what}: the flag")


def merge_peak(merge_branches) -> None:
    for a, b in (({(1, 4): 0.9}, {(3, 2): 0.6}), ({(3, 5): 0.7}, {(1, 1): 0.2})):
        ((cell, score),) = a.items()
        for given in ((a, b), (b, a)):
            check_joint(merge_branches, *given, cell=cell, score=score)
    given = {(4, 9): 0.8}, {(9, 4): 0.5}
    check_joint(merge_branches, *given, cell=(4, 9), score=0.8, size=(11, 13))


def merge_flag(merge_branches) -> None:
    for high, low in ((0.9, 0.6), (0.3, 0.29)):
        a, b = {(1, 4): high}, {(3, 2): low}
        check_joint(merge_branches, a, b, flag=2)
        check_joint(merge_branches, b, a, flag=1)
        check_joint(merge_branches, a, {(1, 4): low}, flag=2)


def merge_joints(merge_branches) -> None:
    """The peaks of the visible branch are in rows 1 and 2, of the other one below."""
    for heights in (
        [[[0.9, 0.5], [0.2, 0.6]], [[0.3, 0.4], [0.8, 0.7]]],
        [[[0.3, 0.9], [0.8, 0.7]], [[0.6, 0.2], [0.1, 0.5]]],
    ):
        maps = torch.zeros(2, 2, 2, *SIZE)
        what = f"2 people with 2 joints, peaks (visible, occluded) {heights}"
        places = [(b, k) for b in (0, 1) for k in (0, 1)]
        for b, k in places:
            maps[0, b, k, 1 + b, 1 + k], maps[1, b, k, 4 + b, 2 + k] = heights[b][k]
        points, scores, flags = merged(merge_branches, *maps, what)
        for b, k in places:
            seen, hidden = heights[b][k]
            cell = (1 + k, 1 + b) if seen > hidden else (2 + k, 4 + b)
            told = f"{what}: person {b}, joint {k}"
            expect_close(points[b, k].round(), cell, f"{told}: the cell of the point")
            expect_close(scores[b, k], max(seen, hidden), f"{told}: the confidence")
            expect_close(flags[b, k], 2 if seen > hidden else 1, f"{told}: the flag")


def merge_areas(merge_branches) -> None:
    wide = {(x, y): 0.6 for x in (0, 1, 2, 3, 4) for y in (2, 3, 4, 5)}
    wide[2, 4] = 0.65
    narrow = {(2, 1): 0.8}
    wanted = {"cell": (2, 1), "score": 0.8}
    check_joint(merge_branches, narrow, wide, flag=2, **wanted)
    check_joint(merge_branches, wide, narrow, flag=1, **wanted)
    left, right = {(1, 3): 0.5, (2, 2): 0.45}, {(3, 3): 0.7, (2, 2): 0.45}
    check_joint(merge_branches, left, right, cell=(3, 3), score=0.7, flag=1)


def merge_quarter(merge_branches) -> None:
    for dx, dy in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
        high = {(2, 3): 0.9, (2 + dx, 3): 0.4, (2, 3 + dy): 0.3}
        place = (2 + 0.25 * dx, 3 + 0.25 * dy)
        check_joint(merge_branches, high, {(3, 5): 0.2}, place)
        check_joint(merge_branches, {(3, 5): 0.2}, high, place)
    both = {(2, 3): 0.9, (1, 3): 0.5, (3, 3): 0.4, (2, 2): 0.1, (2, 4): 0.2}
    check_joint(merge_branches, both, {}, (1.75, 3.25))


def merge_neighbours(merge_branches) -> None:
    """The loser is higher beside the winner's peak, on the other sides."""
    high = {(2, 3): 0.9, (3, 3): 0.3, (2, 2): 0.2}
    low = {(1, 3): 0.8, (2, 4): 0.7, (2, 3): 0.1}
    check_joint(merge_branches, high, low, (2.25, 2.75), score=0.9, flag=2)
    check_joint(merge_branches, low, high, (2.25, 2.75), score=0.9, flag=1)


def merge_even(merge_branches) -> None:
    for one, other in ((0.4, 0.0), (0.5, 0.5)):
        high = {(2, 3): 0.9, (1, 3): one, (3, 3): one, (2, 2): other, (2, 4): other}
        check_joint(merge_branches, high, {}, (2, 3))
        check_joint(merge_branches, {}, high, (2, 3))
    high = {(2, 3): 0.9, (1, 3): 0.4, (3, 3): 0.4, (2, 4): 0.1}
    check_joint(merge_branches, high, {}, (2, 3.25))


def merge_border(merge_branches) -> None:
    height, width = SIZE
    for x, y in ((0, 3), (width - 1, 3), (2, 0), (2, height - 1), (0, 0)):
        full = {(u, v): 0.02 * (u + 3 * v) for u in range(width) for v in range(height)}
        high = full | {(x, y): 0.9}
        check_joint(merge_branches, high, {}, (x, y))
        check_joint(merge_branches, {}, high, (x, y))
    for x, y in ((1, 1), (3, 5)):  # next to the border
        high = {(x, y): 0.9, (x + 1, y): 0.3, (x, y - 1): 0.2}
        check_joint(merge_branches, high, {}, (x + 0.25, y - 0.25))
    for size in ((1, 4), (4, 1), (2, 2), (1, 1)):
        place = (size[1] - 1, size[0] - 1)
        check_joint(merge_branches, {place: 0.9}, {}, place, size=size, floor=0.1)


def merge_tie(merge_branches) -> None:
    for cell, other, score in (((1, 4), (3, 2), 0.5), ((3, 2), (1, 4), 0.25)):
        given = {cell: score}, {other: score}
        check_joint(merge_branches, *given, cell=cell, score=score, flag=2)


def merge_negative(merge_branches) -> None:
    a, b = {(1, 4): -0.2}, {(3, 2): -0.5}
    wanted = {"cell": (1, 4), "score": -0.2, "floor": -0.9}
    check_joint(merge_branches, a, b, flag=2, **wanted)
    check_joint(merge_branches, b, a, flag=1, **wanted)
    a, b = {(1, 4): 0.3, (2, 2): -0.8}, {(3, 2): 0.1, (1, 1): -0.9}
    check_joint(merge_branches, a, b, cell=(1, 4), score=0.3, flag=2)
    check_joint(merge_branches, b, a, cell=(1, 4), score=0.3, flag=1)
