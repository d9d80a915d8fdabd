"""What an exercise and its solution are made of, and what stands for no answer yet."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from numbers import Real
from typing import Any, NoReturn

import numpy as np
import torch


class NotStartedError(Exception):
    """An exercise was used before it was answered."""


class FormError(AssertionError):
    """An answer handed back something of the wrong type, shape or number of parts."""


class _Todo:
    """What an unanswered exercise returns; computing with it raises NotStartedError."""

    def __repr__(self) -> str:
        return "TODO"

    def _refuse(self, *_: Any) -> NoReturn:
        raise NotStartedError("TODO stands for an answer that is not written yet.")

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("_"):
            raise AttributeError(name)  # Python and Jupyter ask for such names
        self._refuse()

    __bool__ = __len__ = __iter__ = __getitem__ = __call__ = __float__ = _refuse
    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __neg__ = __lt__ = __gt__ = __le__ = __ge__ = _refuse


TODO = _Todo()


@dataclass(frozen=True)
class Case:
    """One thing that a right answer does.

    test(answer) raises AssertionError with a sentence when the answer does not. hints:
    a question, a pointer, and nearly the answer.
    """

    name: str
    test: Callable[[Any], None]
    hints: tuple[str, str, str]


@dataclass(frozen=True)
class Exercise:
    """An exercise of a chapter: id such as "01.1", cases from basic to special."""

    id: str
    cases: list[Case]


@dataclass(frozen=True)
class Wrong:
    """A typical wrong answer, and the name of the case whose hint it must earn."""

    answer: Callable
    case: str


@dataclass(frozen=True)
class Solution:
    """The teacher's side of an exercise.

    name: what the exercise's cell defines. reference: a right answer, using only torch,
    NumPy and what its own source defines, since it is pasted into the notebook. hidden:
    cases that only grading runs.
    """

    id: str
    name: str
    reference: Callable
    wrong: list[Wrong]
    points: int
    hidden: list[Case] = field(default_factory=list)


def expect_close(
    actual: Any, expected: Any, what: str, tolerance: float = 1e-4
) -> None:
    """AssertionError saying what differs when two numbers or arrays are not close.

    It is a FormError when the type or the shape differs; where one number is expected,
    a plain one does as well as a tensor.
    """
    expected = torch.as_tensor(expected, dtype=torch.float64).detach()
    if not (isinstance(actual, Real) and expected.ndim == 0):
        expect_shape(actual, tuple(expected.shape), what)
    actual = torch.as_tensor(actual).detach().to("cpu", torch.float64)
    is_close = torch.isclose(actual, expected, rtol=1e-5, atol=tolerance)
    _expect_everywhere(is_close.numpy(), actual.numpy(), expected.numpy(), what)


def expect_array(
    actual: Any, expected: Any, what: str, tolerance: float = 1e-4
) -> None:
    """AssertionError saying what differs when two NumPy arrays are not close.

    It is a FormError when the type or the shape differs; a tensor does as well as an
    array.
    """
    expected = np.asarray(expected, dtype=np.float64)
    if not isinstance(actual, np.ndarray | torch.Tensor):
        shape, kind = expected.shape, _describe(actual)
        raise FormError(f"{what}: expected an array of shape {shape}, got {kind}")
    if isinstance(actual, torch.Tensor):
        actual = actual.detach().cpu().numpy()
    if actual.shape != expected.shape:
        shapes = f"expected shape {expected.shape}, got {actual.shape}"
        raise FormError(f"{what}: {shapes}")
    is_close = np.isclose(actual, expected, 1e-5, tolerance)
    _expect_everywhere(is_close, actual, expected, what)


def expect_shape(actual: Any, shape: tuple[int, ...], what: str) -> None:
    """FormError saying what came instead of a tensor of this shape."""
    if not isinstance(actual, torch.Tensor):
        kind = "one number" if shape == () else f"a tensor of shape {shape}"
        raise FormError(f"{what}: expected {kind}, got {_describe(actual)}")
    if actual.shape != shape:
        raise FormError(f"{what}: expected shape {shape}, got {tuple(actual.shape)}")


def expect_pair(actual: Any, what: str) -> tuple[Any, Any]:
    """The two results of an answer; FormError when there are not two."""
    if not isinstance(actual, tuple | list):
        raise FormError(f"expected a pair, {what}, got {_describe(actual)}")
    if len(actual) != 2:
        raise FormError(f"expected a pair, {what}, got {len(actual)} results")
    return actual[0], actual[1]


def _expect_everywhere(
    is_close: np.ndarray, actual: np.ndarray, expected: np.ndarray, what: str
) -> None:
    """AssertionError with the first place at which two arrays are not close."""
    if not is_close.all():
        place = tuple(np.argwhere(~is_close)[0].tolist())
        where = f" at index {place}" if place else ""
        want, got = float(expected[place]), float(actual[place])
        raise AssertionError(f"{what}: expected {want:.4g}{where}, got {got:.4g}")


def _describe(value: Any) -> str:
    if isinstance(value, torch.Tensor):
        return f"one tensor of shape {tuple(value.shape)}"
    return "None" if value is None else f"a value of type {type(value).__name__}"
