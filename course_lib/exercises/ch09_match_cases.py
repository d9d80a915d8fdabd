"""What right answers to exercise 09.5 do; the hints are in ch09_parse."""

from __future__ import annotations

import operator
from collections import Counter
from itertools import pairwise
from typing import Any

import torch
from torch import tensor

from course_lib.exercises.cases import FormError

Connections = list[tuple[int, int]]


def connections_of(found: Any, what: str) -> Connections:
    """The answer as a list of pairs of whole numbers; FormError when it is not one."""
    if not isinstance(found, list):
        kind = type(found).__name__
        raise FormError(f"{what}: expected a list of pairs, got a value of type {kind}")
    try:
        return [(operator.index(i), operator.index(j)) for i, j in found]
    except (TypeError, ValueError):
        told = f"{what}: expected pairs (i, j) of whole numbers, got {found}"
        raise FormError(told) from None


def matched(answer, scores: list, what: str, columns: int = 0) -> Connections:
    """The connections of a table; columns: how many if it has no rows."""
    table = tensor(scores, dtype=torch.float32)
    if not table.numel():
        table = table.view(len(scores), columns)
    return connections_of(answer(table), what)


def check_match(answer, scores: list, want: Connections, in_order=False) -> None:
    """AssertionError when other connections are made; in_order: or in another order."""
    what = f"scores {scores}"
    found = matched(answer, scores, what)
    same = found == want if in_order else sorted(found) == sorted(want)
    assert same, f"{what}: expected {want}, got {found}"


def check_greedy(found: Connections, scores: torch.Tensor, what: str) -> None:
    """AssertionError when a list of connections is not what greedy matching may make.

    Each row and each column is there once at most, scores are over 0 and descend, and
    what is left out has a row or a column that was taken at no lower a score.
    """
    for ends, name in zip(zip(*found, strict=True), ("row", "column"), strict=False):
        for end, times in Counter(ends).items():
            assert times == 1, f"{what}: {name} {end} is taken {times} times: {found}"
    values = [scores[pair].item() for pair in found]
    told = f"{what}: {found} have the scores {values}"
    assert all(value > 0 for value in values), told
    assert all(a >= b for a, b in pairwise(values)), told
    for i, j in scores.gt(0).nonzero().tolist():
        taken = [scores[a, b] for a, b in found if a == i or b == j]
        told = f"{what}: ({i}, {j}) is free, or is higher than what took its place"
        assert any(value >= scores[i, j] for value in taken), f"{told}: {found}"


def match_each(greedy_match) -> None:
    check_match(greedy_match, [[0.2, 0.9], [0.8, 0.1]], [(0, 1), (1, 0)])
    table = [[0.1, 0.8, 0.2, 0.1], [0.1, 0.2, 0.1, 0.9], [0.7, 0.1, 0.1, 0.2]]
    check_match(greedy_match, table, [(0, 1), (1, 3), (2, 0)])
    check_match(greedy_match, [[0.3]], [(0, 0)])


def match_once(greedy_match) -> None:
    check_match(greedy_match, [[0.9, 0.3], [0.8, 0.5]], [(0, 0), (1, 1)])
    check_match(greedy_match, [[0.9], [0.8]], [(0, 0)])
    check_match(greedy_match, [[0.9, 0.8, 0.7]], [(0, 0)])


def match_highest(greedy_match) -> None:
    check_match(greedy_match, [[0.6, 0.3], [0.9, 0.1]], [(1, 0), (0, 1)])
    check_match(greedy_match, [[0.7, 0.8], [0.1, 0.9]], [(1, 1), (0, 0)])
    table = [[0.6, 0.5, 0.1], [0.7, 0.4, 0.3], [0.8, 0.2, 0.1]]
    check_match(greedy_match, table, [(2, 0), (0, 1), (1, 2)])


def match_greedy(greedy_match) -> None:
    check_match(greedy_match, [[0.9, 0.8], [0.8, 0.1]], [(0, 0), (1, 1)])
    table = [[0.9, 0.85, 0.1], [0.85, 0.3, 0.2], [0.1, 0.2, 0.6]]
    check_match(greedy_match, table, [(0, 0), (2, 2), (1, 1)])


def match_positive(greedy_match) -> None:
    check_match(greedy_match, [[0.9, 0.4], [0.3, 0.0]], [(0, 0)])
    check_match(greedy_match, [[-0.5, 0.0], [0.2, -0.1]], [(1, 0)])
    check_match(greedy_match, [[0.0, 0.0]], [])
    check_match(greedy_match, [[-0.2], [-0.9]], [])


def match_order(greedy_match) -> None:
    table = [[0.2, 0.0, 0.0], [0.0, 0.0, 0.9], [0.0, 0.5, 0.0]]
    check_match(greedy_match, table, [(1, 2), (2, 1), (0, 0)], in_order=True)
    table = [[0.1, 0.4], [0.7, 0.3], [0.5, 0.6]]
    check_match(greedy_match, table, [(1, 0), (2, 1)], in_order=True)


def match_equal(greedy_match) -> None:
    for scores in (
        [[0.5], [0.5]],
        [[0.5, 0.5]],
        [[0.5, 0.5], [0.5, 0.5]],
        [[0.25, 0.5, 0.5], [0.5, 0.5, 0.25], [0.5, 0.0, 0.5]],
    ):
        what = f"scores {scores}"
        check_greedy(matched(greedy_match, scores, what), tensor(scores), what)


def match_nobody(greedy_match) -> None:
    for scores, columns in (([], 3), ([[], []], 0), ([], 0)):
        what = f"a table of {len(scores)} rows and {columns} columns"
        found = matched(greedy_match, scores, what, columns)
        assert found == [], f"{what}: expected [], got {found}"
