"""What right answers to exercise 10.1 do; the hints are in ch10."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close

PLACES = [(1, 1), (8, 2), (3, 12), (6, 17)]  # in a box of 10 x 20 px
FAR = 1000


def person(x: float, y: float = 0, moved: dict | None = None) -> tuple[list, list]:
    """A box at (x, y) and its joints; moved: other places for joints by number."""
    joints = [[x + dx, y + dy] for dx, dy in PLACES]
    for number, place in (moved or {}).items():
        joints[number] = list(place)
    return [x, y, 10, 20], joints


def check_index(answer, people: list, want: float, what: str, flags=None) -> None:
    """AssertionError when the crowd index of (box, joints) each is another.

    flags: one row for each person, 2 for all joints if left out.
    """
    boxes = tensor([box for box, _ in people], dtype=torch.float32)
    joints = tensor([places for _, places in people], dtype=torch.float32)
    shown = torch.full(joints.shape[:2], 2) if flags is None else tensor(flags)
    expect_close(answer(boxes, joints, shown), want, what)


def index_apart(crowd_index) -> None:
    check_index(crowd_index, [person(3, 5)], 0.0, "one person")
    people = [person(0), person(50, 10), person(20, 80)]
    check_index(crowd_index, people, 0.0, "three people far apart")


def index_two(crowd_index) -> None:
    first = [0, 0, 10, 10], [[1, 1], [4, 5], [8, 9]]
    second = [5, 0, 10, 10], [[6, 2], [12, 4], [14, 9]]
    what = f"boxes and joints {first} and {second}"
    check_index(crowd_index, [first, second], 1 / 3, what)
    people = [person(20, 5), person(26, 5)]
    what = "two people, 2 of 4 joints in the other's box"
    check_index(crowd_index, people, 0.5, what)
    people = [person(20, 5), person(20, 9), person(200)]
    what = "two people, 3 and 2 of 4 joints in the other's box, and a third far away"
    check_index(crowd_index, people, (3 / 4 + 2 / 4 + 0) / 3, what)


def index_many(crowd_index) -> None:
    for count in (2, 3, 4):
        what = f"{count} people in the same box"
        check_index(crowd_index, [person(7, 3)] * count, count - 1, what)


def index_ratios(crowd_index) -> None:
    """One joint of each is in the other's box; unlabelled ones are nowhere near."""
    far = (FAR, FAR)
    people = [person(0, moved={0: far, 2: far, 3: far}), person(8, 1), person(-FAR)]
    flags = [[0, 2, 0, 0], [2] * 4, [2] * 4]
    what = "a person with 1 joint and one with 4, each with 1 of the other's"
    check_index(crowd_index, people[:2], (1 / 1 + 1 / 4) / 2, what, flags[:2])
    what = f"{what}, and a third far away"
    check_index(crowd_index, people, (1 / 1 + 1 / 4 + 0) / 3, what, flags)


def index_own_box(crowd_index) -> None:
    people = [person(0, moved={3: (30, 17)}), person(6)]
    what = "one of 4 joints is outside of its own box, and 2 and 1 are in the other's"
    check_index(crowd_index, people, (2 / 3 + 1 / 4) / 2, what)
    people = [person(0), person(50, moved={0: (4, 4), 2: (5, 9)})]
    what = "two of 4 joints are in the other's box, and not in their own"
    check_index(crowd_index, people, (2 / 4 + 0) / 2, what)


def index_labelled(crowd_index) -> None:
    people = [person(0), person(0)]
    for flags, want in (
        ([[2, 1, 1, 2], [1, 1, 2, 1]], 1.0),
        ([[2, 0, 2, 2], [2, 2, 0, 2]], 1.0),
        ([[2, 2, 2, 2], [2, 0, 1, 0]], (2 / 4 + 4 / 2) / 2),
        ([[0, 1, 2, 0], [2, 0, 0, 0]], (1 / 2 + 2 / 1) / 2),
    ):
        what = f"two people in the same box, flags {flags}"
        check_index(crowd_index, people, want, what, flags)


def index_edges(crowd_index) -> None:
    """A joint of the second person, whose other joint is at home."""
    first = [3, 2, 10, 20], [[8, 12], [8, 12]]
    for place, is_inside in (
        ((2.5, 8), True),
        ((2.4, 8), False),
        ((12.5, 8), True),
        ((12.6, 8), False),
        ((5, 1.5), True),
        ((5, 1.4), False),
        ((5, 21.5), True),
        ((5, 21.6), False),
        ((2.5, 21.5), True),
        ((12.7, 21.7), False),
    ):
        second = [FAR, 0, 10, 20], [list(place), [FAR + 1, 1]]
        what = f"box {first[0]} with 2 joints, and someone else's at {place}"
        check_index(crowd_index, [first, second], is_inside / 4, what)


def index_no_joint(crowd_index) -> None:
    people = [person(0), person(0), person(FAR)]
    flags = [[2] * 4, [0] * 4, [2] * 4]
    what = "two people in the same box, one without labels, and one far away"
    check_index(crowd_index, people, 0.0, what, flags)
    lost = [5, 0, 10, 20], [[1, 1], [2, 9], [1, 12], [FAR, 17]]
    what = "the second of two people has no joint in its own box, but 3 in the other's"
    check_index(crowd_index, [person(0), lost], (3 / 4 + 0) / 2, what)
    what = "three people in the same box, two of them without labels"
    flags = [[0] * 4, [2, 2, 0, 0], [0] * 4]
    check_index(crowd_index, [person(0)] * 3, 0.0, what, flags)


def index_nobody(crowd_index) -> None:
    for count in (4, 14):
        given = torch.zeros(0, 4), torch.zeros(0, count, 2), torch.zeros(0, count)
        expect_close(crowd_index(*given), 0.0, f"nobody, K = {count}")
