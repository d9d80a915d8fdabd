"""Running the cases of an exercise on a reader's answer, and saying what happened."""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import os
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import CodeType
from typing import Any

import numpy as np
import torch

from course_lib.exercises.cases import TODO, Case, Exercise, FormError, NotStartedError

UNCHANGED = Case(
    "the inputs stay as they are",
    test=lambda _: None,  # every call of every case tests it
    hints=(
        "Who else holds the tensors, arrays and lists that your function is given?",
        "x[0] = ..., x += ..., x.clamp_() and x.sort() of a list write into the input.",
        "Begin with a copy, x.clone() of a tensor, x.copy() of an array or sorted(x) "
        "of a list, or build a new one.",
    ),
)
FORM = Case(
    "what comes back",
    test=lambda _: None,  # every comparison of every case tests it
    hints=(
        "What does your function hand back?",
        "A torch tensor, or a NumPy array if the exercise says so, of the shape that "
        "it names (or the module, or list); for two results, a pair of them. A single "
        "number may be a plain one, unless it is a loss.",
        "Is there a `return`, for both results of two? Convert lists and arrays with "
        "torch.as_tensor(...), or with np.array(...) where arrays are asked for; "
        ".item() and .detach() cut a loss off its gradient.",
    ),
)
# By exercise and case: the different tries, each its code and why it failed.
_failed_tries: defaultdict[tuple[str, str], set[tuple]] = defaultdict(set)


class ExerciseError(AssertionError):
    """An exercise is not solved; raised under COURSE_STRICT=1."""


class _InputChangedError(Exception):
    """The answer wrote into its arguments."""


@dataclass(frozen=True)
class Failure:
    """The first case that an answer fails, and why in one line."""

    case: Case
    number: int
    why: str


def check(id: str, answer: Any) -> None:  # noqa: A002 - the name readers know
    """Prints whether the answer passes, else its first failing case and a hint.

    The hint grows with every failed try on the same case; the same code failing in the
    same way is no new try. Nothing is raised, unless COURSE_STRICT=1: then
    ExerciseError when the answer is missing or wrong.
    """
    is_solved, text = _judge(id, answer)
    if not is_solved and os.environ.get("COURSE_STRICT") == "1":
        raise ExerciseError(text)
    print(text)


def first_failure(cases: Sequence[Case], answer: Any) -> Failure | None:
    """The first case that the answer fails, None when it passes all.

    Raises NotStartedError when the answer is, or returns, TODO.
    """
    if answer is TODO:
        raise NotStartedError
    watched = watch(answer) if callable(answer) else answer
    for number, case in enumerate(cases, start=1):
        try:
            case.test(watched)
        except NotStartedError:
            raise
        except _InputChangedError as error:
            return Failure(UNCHANGED, number, str(error))
        except FormError as error:
            return Failure(FORM, number, _first_line(str(error)))
        except AssertionError as error:
            return Failure(
                case, number, _first_line(str(error) or "an assertion failed")
            )
        except Exception as error:  # whatever a reader's code may raise
            why = f"{type(error).__name__}: {_first_line(str(error))}"
            return Failure(case, number, why)
    return None


def find_exercise(id: str) -> Exercise:  # noqa: A002
    """The exercise "NN.n" of chapter NN. ValueError saying what there is instead."""
    match = re.fullmatch(r"(\d\d)\.(\d+)", str(id))
    if not match:
        raise ValueError(f'An exercise has an id such as "01.1", not {id!r}.')
    name = f"course_lib.exercises.ch{match[1]}"
    if importlib.util.find_spec(name) is None:
        raise ValueError(f"Chapter {match[1]} has no exercises.")
    exercises = {item.id: item for item in importlib.import_module(name).EXERCISES}
    if id not in exercises:
        have = ", ".join(exercises)
        raise ValueError(f"There is no exercise {id}; chapter {match[1]} has {have}.")
    return exercises[id]


def _judge(id: str, answer: Any) -> tuple[bool, str]:  # noqa: A002
    """Whether the answer is right, and what to tell the reader."""
    try:
        exercise = find_exercise(id)
        failure = first_failure(exercise.cases, answer)
    except ValueError as error:
        return False, str(error)
    except NotStartedError:
        text = f"{id} not started: replace TODO in the cell above, run it, then this."
        return False, text
    count = len(exercise.cases)
    if failure is None:
        return True, f"{id} passed: {count} cases." if count else f"{id} is open."
    number = min(_count_try(id, answer, failure), len(failure.case.hints))
    return False, (
        f"{id} case {failure.number} of {count}, {failure.case.name}: {failure.why}\n"
        f"Hint {number} of {len(failure.case.hints)}: {failure.case.hints[number - 1]}"
    )


def _count_try(id: str, answer: Any, failure: Failure) -> int:  # noqa: A002
    """How many different tries failed on this case so far, this one included."""
    tries = _failed_tries[id, failure.case.name]
    tries.add((_fingerprint(answer), failure.why))
    return len(tries)


def _fingerprint(function: Any) -> tuple:
    """What a function does, as far as its own code tells; empty for other objects."""
    # Running a cell again makes a new function of equal bytecode, names and constants;
    # comments and line numbers are not among them. Changed helpers are not seen.
    code = getattr(inspect.unwrap(function), "__code__", function)
    if not isinstance(code, CodeType):
        return ()
    constants = [
        _fingerprint(value) if isinstance(value, CodeType) else repr(value)
        for value in code.co_consts
    ]
    return (code.co_code, code.co_names, code.co_varnames, *constants)


def watch(answer: Callable) -> Callable:
    """The answer, refusing TODO as a result and changes of its arguments.

    Changed arguments are put back as they were: cases share them.
    """

    def watched(*arguments: Any, **named: Any) -> Any:
        before = _copy([arguments, named])
        try:
            result = answer(*arguments, **named)
        finally:
            is_changed = not _is_equal(before, [arguments, named])
            _restore([arguments, named], before)
        parts = result if isinstance(result, tuple | list) else [result]
        if any(part is TODO for part in parts):
            raise NotStartedError
        if is_changed:
            raise _InputChangedError("your function changed one of its arguments")
        return result

    return watched


def _copy(value: Any) -> Any:
    """A copy of the arrays and containers in a value; other objects are shared."""
    if isinstance(value, torch.Tensor):
        return value.detach().clone()
    if isinstance(value, np.ndarray):
        return value.copy()
    if isinstance(value, tuple | list):
        return [_copy(part) for part in value]
    if isinstance(value, dict):
        return {key: _copy(part) for key, part in value.items()}
    return value


def _restore(value: Any, before: Any) -> None:
    """Give arrays and lists inside a value the contents of a copy made by `_copy`."""
    if isinstance(value, torch.Tensor) and not _is_equal(before, value):
        value.data = before
    elif isinstance(value, np.ndarray) and not _is_equal(before, value):
        value[...] = before
    elif isinstance(value, tuple | list):
        for part, part_before in zip(value, before, strict=False):
            _restore(part, part_before)
        if isinstance(value, list) and not _is_equal(before, value):
            value[:] = before


def _is_equal(before: Any, after: Any) -> bool:
    """Whether a copy made by `_copy` still equals its original; NaN equals NaN."""
    if isinstance(before, torch.Tensor | np.ndarray):
        if before.shape != after.shape:
            return False
        return np.array_equal(before, _copy(after), equal_nan=True)
    if isinstance(before, list):
        pairs = zip(before, after, strict=False)
        return len(before) == len(after) and all(_is_equal(a, b) for a, b in pairs)
    if isinstance(before, dict):
        is_same = before.keys() == after.keys()
        return is_same and all(_is_equal(before[key], after[key]) for key in before)
    return before is after


def _first_line(text: str) -> str:
    return text.strip().split("\n")[0]
