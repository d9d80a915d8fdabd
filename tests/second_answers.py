"""What tests of exercises ask of any answer: that it passes, that it writes nowhere."""

from __future__ import annotations

import inspect
from collections.abc import Callable

import torch

from course_lib.exercises import checking, first_failure


def expect_passes(solution, answer: Callable) -> None:
    """An answer other than the reference passes all cases, hidden ones too."""
    cases = [*checking.find_exercise(solution.id).cases, *solution.hidden]
    failure = first_failure(cases, answer)
    assert failure is None, f"{failure.case.name}: {failure.why}"


def expect_writing_is_told(solution) -> None:
    """Inputs of all kinds, bool, with NaN or lists of tensors, are looked after."""
    cases = checking.find_exercise(solution.id).cases
    for place in range(len(inspect.signature(solution.reference).parameters)):
        is_written = False

        def spoil(*given, place=place, **named):
            nonlocal is_written
            result = solution.reference(*given, **named)
            value = given[place] if place < len(given) else None
            value = value[0] if isinstance(value, list) and value else value
            if isinstance(value, torch.Tensor):
                is_written = True
                value.copy_(value == 0)
            return result

        failure = first_failure(cases, spoil)
        assert (failure is not None) == is_written
        assert failure is None or failure.case is checking.UNCHANGED
