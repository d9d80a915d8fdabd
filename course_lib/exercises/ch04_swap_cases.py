"""What right answers to exercise 04.7 do; the hints are in ch04."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close
from course_lib.exercises.ch04_cases import expect_nan

PAIRS = [(1, 2), (4, 3)]  # joint 0 has no partner
RIGHT = [0, 1, 2, 3, 4]  # each prediction on its own joint
LIMIT = 10.0


def people(count: int) -> torch.Tensor:
    """Truth (N, 5, 2): joints 100 px from each other, people in different places."""
    x = 100.0 * torch.arange(5)
    return torch.stack([x, 0 * x + 7], dim=-1) + torch.arange(count).view(-1, 1, 1)


def landing(truth: torch.Tensor, lands: list[list[int]]) -> torch.Tensor:
    """Predictions (N, 5, 2), each 3 px right of the joint whose index is named."""
    rows = [person[row] for person, row in zip(truth, lands, strict=True)]
    return torch.stack(rows) + tensor([3.0, 0.0])


def pairs_only(count: int) -> torch.Tensor:
    """Labels (N, 5) for the joints of the pairs alone."""
    return tensor([[0, 2, 1, 2, 2]] * count)


def check_share(swapped, lands, want: float, what: str, visible=None) -> None:
    """AssertionError when predictions that land there give another share."""
    truth = people(len(lands))
    visible = pairs_only(len(lands)) if visible is None else tensor(visible)
    pred = landing(truth, lands)
    expect_close(swapped(pred, truth, visible, list(PAIRS), LIMIT), want, what)


def swap_both(swapped) -> None:
    check_share(swapped, [RIGHT], 0.0, "every joint in its place")
    check_share(swapped, [[0, 2, 1, 4, 3]], 1.0, "both pairs exchanged")
    check_share(swapped, [[0, 2, 1, 3, 4]], 0.5, "one of two pairs exchanged")


def swap_miss(swapped) -> None:
    truth = people(1)
    pred = landing(truth, [RIGHT])
    pred[0, 1] += tensor([0.0, 40.0])
    pred[0, 4] += tensor([0.0, -300.0])
    found = swapped(pred, truth, pairs_only(1), list(PAIRS), LIMIT)
    expect_close(found, 0.0, "two joints far from anything, limit 10")


def swap_crossed(swapped) -> None:
    truth = people(1)
    truth[0, 2] = truth[0, 1] + tensor([16.0, 0.0])
    pred = landing(truth, [RIGHT])
    pred[0, 1] += tensor([6.0, 0.0])
    pred[0, 2] -= tensor([12.0, 0.0])
    found = swapped(pred, truth, pairs_only(1), list(PAIRS), LIMIT)
    what = "a pair, each 9 px off and 7 px from its partner's place, limit 10"
    expect_close(found, 0.0, what)
    found = swapped(pred, truth, pairs_only(1), list(PAIRS), 8.0)
    expect_close(found, 0.5, what.replace("limit 10", "limit 8"))


def swap_close(swapped) -> None:
    truth = people(1)
    truth[0, 2] = truth[0, 1] + tensor([6.0, 0.0])
    pred = truth[:, [0, 2, 1, 4, 3]]
    found = swapped(pred, truth, pairs_only(1), list(PAIRS), LIMIT)
    what = "both pairs exchanged, one of them only 6 px apart, limit"
    expect_close(found, 1.0, f"{what} 10")
    found = swapped(pred, truth, pairs_only(1), list(PAIRS), 5.0)
    expect_close(found, 1.0, f"{what} 5")


def swap_towards(swapped) -> None:
    truth = people(1)
    pred = landing(truth, [RIGHT])
    pred[0, 1] = truth[0, 1] + tensor([80.0, 0.0])
    found = swapped(pred, truth, pairs_only(1), list(PAIRS), LIMIT)
    what = "a joint 80 px off, 20 px from its partner's place, limit 10"
    expect_close(found, 0.0, what)


def swap_one(swapped) -> None:
    what = "both predictions of one pair on the same joint, the other pair right"
    check_share(swapped, [[0, 2, 2, 3, 4]], 0.25, what)
    check_share(swapped, [[0, 1, 2, 4, 4]], 0.25, what)


def swap_middle(swapped) -> None:
    what = "one of two pairs exchanged, and a joint without partner"
    check_share(swapped, [[0, 2, 1, 3, 4]], 0.5, what, visible=[[2, 2, 2, 2, 2]])


def swap_labels(swapped) -> None:
    lands = [[0, 2, 1, 3, 4]]
    what = "one of two pairs exchanged, the other"
    check_share(swapped, lands, 1.0, f"{what} unlabelled", visible=[[0, 2, 2, 0, 0]])
    half = f"{what} labelled on one side only"
    check_share(swapped, lands, 1.0, half, visible=[[0, 2, 2, 2, 0]])
    check_share(swapped, lands, 0.5, f"{what} occluded", visible=[[0, 2, 2, 1, 1]])


def swap_pooled(swapped) -> None:
    lands = [[0, 2, 1, 3, 4], RIGHT, RIGHT]
    visible = [[0, 2, 2, 0, 0], [2, 2, 2, 2, 2], [0, 0, 0, 1, 1]]
    what = "a person with 2 swapped joints, two with 4 and 2 right ones"
    check_share(swapped, lands, 0.25, what, visible=visible)


def swap_none(swapped) -> None:
    truth = people(2)
    pred, visible = landing(truth, [RIGHT] * 2), [[2, 2, 0, 0, 2], [1, 0, 0, 2, 0]]
    found = swapped(pred, truth, tensor(visible), list(PAIRS), LIMIT)
    expect_nan(found, "no pair with both labels")
