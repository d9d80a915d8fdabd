"""What right answers to exercise 06.4 do; the hints are in ch06_people."""

from __future__ import annotations

import numpy as np

from course_lib.exercises.cases import expect_array


def check_people(assign_people, shares: list, want: list) -> None:
    """AssertionError when the predictions with these shares get other people."""
    expect_array(assign_people(np.array(shares, dtype=float)), want, f"shares {shares}")


def people_each(assign_people) -> None:
    shares = [[0.1, 0.8, 0.0], [0.0, 0.2, 0.9], [0.7, 0.1, 0.1]]
    check_people(assign_people, shares, [1, 2, 0])
    check_people(assign_people, [[0.2, 0.9], [0.6, 0.3]], [1, 0])


def people_no_share(assign_people) -> None:
    check_people(assign_people, [[0, 0], [0.5, 0]], [-1, 0])
    check_people(assign_people, [[0, 0], [0, 0]], [-1, -1])
    check_people(assign_people, [[0, 0.1], [0, 0]], [1, -1])


def people_one_prediction(assign_people) -> None:
    check_people(assign_people, [[0.9, 0], [0.8, 0], [0, 0.7]], [0, -1, 1])
    check_people(assign_people, [[0.6, 0], [0, 0.3], [0.8, 0]], [-1, 1, 0])


def people_only_best(assign_people) -> None:
    check_people(assign_people, [[0.9, 0.4], [0.8, 0.5]], [0, -1])
    check_people(assign_people, [[0.3, 0.2], [0.9, 0.6]], [-1, 0])
    shares = [[0.5, 0.4, 0.0], [0.6, 0.5, 0.4], [0.2, 0.3, 0.1]]
    check_people(assign_people, shares, [-1, 0, 1])


def people_ties(assign_people) -> None:
    check_people(assign_people, [[0.5, 0.5]], [0])
    check_people(assign_people, [[0.5, 0], [0.5, 0]], [0, -1])
    check_people(assign_people, [[0, 0.5, 0.5], [0.5, 0, 0.5]], [1, 0])


def people_nobody(assign_people) -> None:
    expect_array(assign_people(np.zeros((0, 3))), [], "shares of shape (0, 3)")
    expect_array(assign_people(np.zeros((2, 0))), [-1, -1], "shares of shape (2, 0)")
