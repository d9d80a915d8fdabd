"""What right answers to exercise 12.7 do; the hints are in ch12_people."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close
from course_lib.exercises.ch12_refine_cases import centres

SIZE = (7, 10)
NAN = [math.nan, math.nan]
# K = 4; the boxes are 8 x 8, 16 x 4 and 16 x 16 px.
SQUARE = [[2.0, 1.0], [10.0, 3.0], [5.0, 9.0], [7.0, 6.0]]
FLAT = [[20.0, 2.0], [30.0, 1.0], [36.0, 5.0], [25.0, 4.0]]
LARGE = [[1.0, 20.0], [17.0, 9.0], [8.0, 4.0], [11.0, 17.0]]
Pose = list[list[float]]


def owners(*rows: str) -> list[list[int]]:
    """Whose pose each cell believes in, from rows of digits."""
    return [[int(mark) for mark in row] for row in rows]


LEFT_RIGHT = owners(*["0000011111"] * SIZE[0])


def believing(poses: list[Pose], owner: list, errors, stride: int) -> torch.Tensor:
    """Long offsets (K, 2, h, w) to each cell's pose, off by errors (N, K, 2), px.

    A missing joint is believed to be at (0, 0).
    """
    there = (tensor(poses) + tensor(errors)).nan_to_num(0)  # (N, K, 2)
    target = there[tensor(owner)]  # (h, w, K, 2)
    return target.permute(2, 3, 0, 1) - centres(SIZE, stride)


def score(poses: list[Pose], presence: list, point: list, j: int) -> float:
    """D of one pose and of a cell that believes in the pose (K, 2) `point`."""
    there = [k for k, (x, _) in enumerate(poses[j]) if x == x]
    sides = [
        max(poses[j][k][axis] for k in there) - min(poses[j][k][axis] for k in there)
        for axis in (0, 1)
    ]
    total = sum(presence[j][k] for k in there)
    gaps = [presence[j][k] * math.dist(point[k], poses[j][k]) for k in there]
    return sum(gaps) / math.sqrt(math.prod(sides)) / total


def masks(person, long, poses, presence, stride, least, limit) -> list:
    """The masks (N, h, w), cell by cell."""
    believed = (
        (long + centres(tuple(person.shape), stride)).permute(2, 3, 0, 1).tolist()
    )
    return [
        [
            [
                p >= least - 1e-6 and score(poses, presence, point, j) <= limit + 1e-6
                for p, point in zip(seen, row, strict=True)
            ]
            for seen, row in zip(person.tolist(), believed, strict=True)
        ]
        for j in range(len(poses))
    ]


def check_pixels(
    answer, poses, what: str, owner=None, errors=None, presence=None, **rule
) -> None:
    """AssertionError when other masks come back.

    owner: pose 0 in every cell if left out. errors: (N, K, 2), px, 0 if left out.
    presence: 1 if left out. rule: person, the map; stride; least and limit.
    """
    stride = rule.pop("stride", 1)
    person = rule.pop("person", torch.ones(SIZE))
    count = [len(poses), 4]
    owner = [[0] * SIZE[1]] * SIZE[0] if owner is None else owner
    errors = torch.zeros(*count, 2).tolist() if errors is None else errors
    presence = torch.ones(count).tolist() if presence is None else presence
    long = believing(poses, owner, errors, stride)
    told = f"{what}: poses {poses}, presence {presence}, stride {stride}, {rule}"
    found = answer(person, long, tensor(poses), tensor(presence), stride, **rule)
    limits = rule.get("least", 0.5), rule.get("limit", 0.25)
    want = masks(person, long, poses, presence, stride, *limits)
    expect_close(found, want, told)


def pixels_own(assign_pixels) -> None:
    for pose in (SQUARE, FLAT, LARGE):
        check_pixels(assign_pixels, [pose], "one person, all cells believe in it")
    poses = [SQUARE, FLAT]
    what = "two people, the left cells believe in the first one"
    check_pixels(assign_pixels, poses, what, LEFT_RIGHT)


def pixels_person(assign_pixels) -> None:
    person = torch.linspace(0, 1, SIZE[0] * SIZE[1] + 1)[1:].view(SIZE)
    person[2, 4:7], person[5, 3] = 0.5, 0.5
    what = "a person map from 0 to 1, some cells are 0.5"
    check_pixels(assign_pixels, [SQUARE], what, person=person)
    person = torch.tensor([0.25, 0.75]).repeat(35).view(SIZE)
    check_pixels(assign_pixels, [SQUARE], "0.25 and 0.75 in turns", person=person)


def each_off(*gaps: float) -> list:
    """Errors (N, 4, 2), people in turns, all joints down or right by so many px."""
    return [[[gap, 0.0] if k % 2 else [0.0, gap] for k in range(4)] for gap in gaps]


def pixels_scale(assign_pixels) -> None:
    """SQUARE and FLAT have the same area, LARGE has four times as much."""
    for gap in (0.0, 1.9, 2.1, 3.9, 4.1):
        for pose in (SQUARE, FLAT, LARGE):
            what = f"all joints are {gap} px off"
            check_pixels(assign_pixels, [pose], what, errors=each_off(gap))


def pixels_limit(assign_pixels) -> None:
    for gap, limit in ((2.0, 0.25), (2.25, 0.25), (4.0, 0.5), (3.75, 0.5), (1.25, 0.1)):
        what = f"all joints are {gap} px off"
        check_pixels(assign_pixels, [SQUARE], what, errors=each_off(gap), limit=limit)
    person = torch.tensor([0.25, 0.75]).repeat(35).view(SIZE)
    what = "0.25 and 0.75 in turns"
    for least in (0.2, 0.75, 0.8):
        check_pixels(assign_pixels, [SQUARE], what, person=person, least=least)


def pixels_mean(assign_pixels) -> None:
    for errors in (
        [[7.5, 0], [0, 0], [0, 0], [0, 0]],
        [[9, 0], [0, 0], [0, 0], [0, 0]],
        [[3, 0], [-3, 0], [0, 3], [0, -3]],
        [[1.8, 1.8], [0, 2], [-1.8, 1.8], [0, 0]],
        [[0, 0], [1.5, -1.5], [1.5, 1.5], [1.5, 1.5]],
        [[0, 2.2], [0, 1.6], [0, 2.2], [0, 1.6]],
    ):
        given = [[[float(x), float(y)] for x, y in errors]]
        what = f"joints are off by {errors}"
        check_pixels(assign_pixels, [SQUARE], what, errors=given)


def pixels_presence(assign_pixels) -> None:
    errors = [[[9.0, 0.0], [0.0, 1.0], [1.0, 0.0], [0.0, 1.5]]]
    for presence in (
        [0.05, 0.9, 0.8, 0.9],
        [0.9, 0.2, 0.1, 0.2],
        [0.1, 0.1, 0.1, 0.1],
        [0.0, 1.0, 0.5, 0.5],
        [0.02, 0.02, 0.04, 0.06],
    ):
        what = "joint 0 is 9 px off, the others 1 to 1.5"
        check_pixels(assign_pixels, [SQUARE], what, errors=errors, presence=[presence])


def pixels_cells(assign_pixels) -> None:
    for stride in (4, 3, 8):
        poses = [SQUARE, FLAT]
        for gap in (0.0, 1.4, 2.6):
            what = f"all joints are {gap} px off"
            check_pixels(
                *(assign_pixels, poses, what, LEFT_RIGHT),
                errors=each_off(gap, gap),
                stride=stride,
            )


def pixels_several(assign_pixels) -> None:
    near = [[x + 1.0, y] for x, y in SQUARE]
    other = [[x, y + 1.5] for x, y in SQUARE]
    for poses in ([SQUARE, near], [SQUARE, near, other], [near, FLAT, SQUARE]):
        owner = [
            [(row + column) % len(poses) for column in range(10)] for row in range(7)
        ]
        check_pixels(assign_pixels, poses, "some poses are near each other", owner)


def pixels_missing(assign_pixels) -> None:
    alone = [[22.0, 30.0], NAN, [30.0, 34.0], [26.0, 38.0]]
    half = [NAN, [38.0, 9.0], NAN, [30.0, 1.0]]
    presence = [[0.9, 0.8, 0.5, 0.7], [0.3, 0.9, 0.6, 0.4]]
    for gap in (0.0, 1.4, 2.6):
        what = f"missing joints, the others are {gap} px off"
        for poses in ([alone, half], [half, alone]):
            check_pixels(
                *(assign_pixels, poses, what, LEFT_RIGHT, each_off(gap, gap)),
                presence=presence,
            )


def pixels_nobody(assign_pixels) -> None:
    given = torch.ones(SIZE), torch.zeros(4, 2, *SIZE)
    none = torch.zeros(0, 4, 2), torch.zeros(0, 4)
    found = assign_pixels(*given, *none, 4)
    expect_close(found, torch.zeros(0, *SIZE), "no poses")
