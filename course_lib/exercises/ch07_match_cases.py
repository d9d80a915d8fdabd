"""What right answers to exercise 07.4 do; the hints are in ch07_track."""

from __future__ import annotations

import torch
from torch import nan, tensor

from course_lib.exercises.cases import FormError, expect_close, expect_shape


def check_match(
    greedy_match, similarity: list, ids: list, want: list, least=0.2, fresh=50
) -> None:
    """AssertionError when the poses with these similarities get other ids."""
    table = tensor(similarity, dtype=torch.float32).view(len(similarity), len(ids))
    found = greedy_match(table, tensor(ids, dtype=torch.long), least, fresh)
    what = f"similarity {similarity}, ids {ids}, least {least}, fresh {fresh}"
    expect_shape(found, (len(want),), what)
    if found.is_floating_point():
        raise FormError(f"{what}: expected whole numbers, got {found.dtype}")
    expect_close(found, want, what)


def match_ids(greedy_match) -> None:
    check_match(greedy_match, [[0.1, 0.9], [0.8, 0.1]], [4, 7], [7, 4])
    table = [[0.1, 0.8, 0.0], [0.1, 0.2, 0.9], [0.7, 0.1, 0.1]]
    check_match(greedy_match, table, [9, 3, 12], [3, 12, 9])


def match_new(greedy_match) -> None:
    check_match(greedy_match, [[0.1], [0.9], [0.0]], [4], [50, 4, 51])
    check_match(greedy_match, [[0.1, 0.0], [0.0, 0.1]], [4, 7], [8, 9], fresh=8)
    table = [[0.0, 0.0], [0.1, 0.1], [0.6, 0.0], [0.1, 0.0]]
    check_match(greedy_match, table, [30, 2], [40, 41, 30, 42], fresh=40)


def match_unique(greedy_match) -> None:
    check_match(greedy_match, [[0.9, 0.3], [0.8, 0.5]], [4, 7], [4, 7])
    check_match(greedy_match, [[0.9], [0.8]], [4], [4, 50])
    table = [[0.9, 0.5, 0.3], [0.8, 0.5, 0.4], [0.6, 0.1, 0.3]]
    check_match(greedy_match, table, [4, 7, 1], [4, 7, 1])


def match_largest(greedy_match) -> None:
    check_match(greedy_match, [[0.6, 0.3], [0.9, 0.1]], [4, 7], [7, 4])
    check_match(greedy_match, [[0.7, 0.8], [0.1, 0.9]], [4, 7], [4, 7])
    table = [[0.6, 0.5, 0.0], [0.7, 0.4, 0.3], [0.8, 0.1, 0.1]]
    check_match(greedy_match, table, [4, 7, 1], [7, 1, 4])


def match_greedy(greedy_match) -> None:
    check_match(greedy_match, [[0.9, 0.8], [0.8, 0.1]], [4, 7], [4, 50])
    check_match(greedy_match, [[0.8, 0.3], [0.9, 0.8]], [4, 7], [50, 4], least=0.4)
    table = [[0.9, 0.85, 0.0], [0.85, 0.3, 0.0], [0.0, 0.0, 0.6]]
    check_match(greedy_match, table, [4, 7, 1], [4, 7, 1])


def match_queue(greedy_match) -> None:
    check_match(greedy_match, [[0.9, 0.7], [0.8, 0.6]], [4, 4], [4, 50])
    table = [[0.5, 0.4, 0.9, 0.4], [0.7, 0.3, 0.8, 0.6]]
    check_match(greedy_match, table, [4, 7, 4, 7], [4, 7])
    table = [[0.3, 0.0, 0.6], [0.5, 0.0, 0.4], [0.0, 0.9, 0.8]]
    check_match(greedy_match, table, [7, 4, 4], [50, 7, 4], least=0.3)


def match_least(greedy_match) -> None:
    check_match(greedy_match, [[0.5, 0.0]], [4, 7], [50], least=0.5)
    check_match(greedy_match, [[0.5625], [0.25]], [4], [4, 50], least=0.5)
    table = [[0.75, 0.5], [0.5, 0.25]]
    check_match(greedy_match, table, [4, 7], [4, 50], least=0.25)
    check_match(greedy_match, [[0.0, 0.0]], [4, 7], [50], least=0.0)


def match_nan(greedy_match) -> None:
    check_match(greedy_match, [[nan, 0.4], [0.6, nan]], [4, 7], [7, 4])
    check_match(greedy_match, [[nan, nan], [0.5, 0.3]], [4, 7], [50, 4])
    check_match(greedy_match, [[nan]], [4], [50], least=0.0)


def match_ties(greedy_match) -> None:
    check_match(greedy_match, [[0.5], [0.5]], [4], [4, 50])
    check_match(greedy_match, [[0.5, 0.5]], [7, 4], [7])
    table = [[0.25, 0.5, 0.5], [0.5, 0.5, 0.25], [0.5, 0.0, 0.5]]
    check_match(greedy_match, table, [4, 7, 1], [7, 4, 1])


def match_nobody(greedy_match) -> None:
    check_match(greedy_match, [[], [], []], [], [1, 2, 3], fresh=1)
    check_match(greedy_match, [], [4, 7], [])
    check_match(greedy_match, [], [], [])
