"""Exercises that check themselves: `return TODO`, then `check("01.1", answer)`."""

from course_lib.exercises.cases import (
    TODO,
    Case,
    Exercise,
    Solution,
    Wrong,
    expect_array,
    expect_close,
    expect_pair,
    expect_shape,
)
from course_lib.exercises.checking import ExerciseError, check, first_failure, watch

__all__ = [
    "TODO",
    "Case",
    "Exercise",
    "ExerciseError",
    "Solution",
    "Wrong",
    "check",
    "expect_array",
    "expect_close",
    "expect_pair",
    "expect_shape",
    "first_failure",
    "watch",
]
