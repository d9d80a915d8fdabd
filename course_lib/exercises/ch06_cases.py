"""What right answers to exercises 06.1 and 06.2 do; the hints are in ch06."""

from __future__ import annotations

import math
from numbers import Real

import numpy as np

from course_lib.exercises.cases import FormError, expect_close

EPS = 1 / 255


def cost_of(log_odds_cost, p: float, *eps: float) -> float:
    """The cost as the answer tells it; AssertionError when it forbids this p."""
    found = log_odds_cost(p, *eps)
    limit = f", eps = {eps[0]}" if eps else ""
    assert found is not None, f"p = {p:.4g}{limit}: expected a cost, got None"
    return found


def cost_even(log_odds_cost) -> None:
    expect_close(log_odds_cost(0.5), 0.0, "p = 0.5")


def cost_sign(log_odds_cost) -> None:
    for p in (0.9, 0.6):
        found = cost_of(log_odds_cost, p)
        assert found < 0, f"p = {p}: expected a cost below 0, got {found:.4g}"
        found = cost_of(log_odds_cost, 1 - p)
        assert found > 0, f"p = {1 - p:.1f}: expected a cost over 0, got {found:.4g}"


def cost_antisymmetric(log_odds_cost) -> None:
    for p in (0.6, 0.75, 0.98):
        found = cost_of(log_odds_cost, p) + cost_of(log_odds_cost, 1 - p)
        expect_close(found, 0.0, f"the costs of p = {p} and p = {1 - p:.2f} together")


def cost_natural(log_odds_cost) -> None:
    for cost in (-5.0, -1.0, 0.5, 4.0):
        p = 1 / (1 + math.exp(cost))
        expect_close(cost_of(log_odds_cost, p), cost, f"p = 1 / (1 + exp({cost}))")


def cost_forbidden(log_odds_cost) -> None:
    for p, eps in ((0.0, EPS), (0.003, EPS), (EPS, EPS), (0.1, 0.2), (0.2, 0.2)):
        found = log_odds_cost(p, eps)
        told = f"p = {p:.4g}, eps = {eps:.4g}: expected None, got {found}"
        assert found is None, told
    found = log_odds_cost(EPS)
    assert found is None, f"p = 1/255, eps as it is: expected None, got {found}"
    expect_close(cost_of(log_odds_cost, 0.25, 0.2), math.log(3), "p = 0.25, eps = 0.2")
    expect_close(cost_of(log_odds_cost, 1 / 251), math.log(250), "p = 1/251")


def cost_certain(log_odds_cost) -> None:
    for p in (1.0, 0.999, 254 / 255):
        expect_close(cost_of(log_odds_cost, p), -math.log(254), f"p = {p:.4g}")
    for p in (1.0, 0.9):
        what = f"p = {p}, eps = 0.2"
        expect_close(cost_of(log_odds_cost, p, 0.2), -math.log(4), what)


def classes_left(*counts: int, classes: int = 4) -> np.ndarray:
    """Which classes are left (D, C), with so many of them for each candidate."""
    allowed = np.arange(classes) < np.array(counts, dtype=int)[:, None]
    shifts = range(len(counts))  # not the same classes for every candidate
    return np.array([np.roll(row, s) for row, s in zip(allowed, shifts, strict=True)])


def sizes_of(program_size, allowed: np.ndarray) -> list:
    """The three numbers as the answer tells them; FormError when they are not three."""
    found = program_size(allowed)
    if not isinstance(found, tuple | list):
        kind = type(found).__name__
        raise FormError(f"expected three numbers, got a value of type {kind}")
    if len(found) != 3 or not all(isinstance(value, Real) for value in found):
        raise FormError(f"expected three whole numbers, got {found!r}")
    return found


def check_size(program_size, allowed: np.ndarray, letter: str, want: int, what) -> None:
    """AssertionError when the answer counts another number of x, y or z."""
    found = sizes_of(program_size, allowed)["xyz".index(letter)]
    told = f"{what}: expected {want:,} variables {letter}, got {found:,}"
    assert found == want, told


def size_x(program_size) -> None:
    for counts in ((4, 4, 4), (1, 2), (3, 1, 4, 2)):
        what = f"of 4 classes, {counts} left"
        check_size(program_size, classes_left(*counts), "x", sum(counts), what)


def size_y(program_size) -> None:
    for count, want in ((2, 1), (3, 3), (6, 15), (100, 4950)):
        what = f"{count} candidates"
        check_size(program_size, classes_left(*[1] * count), "y", want, what)


def size_one_each(program_size) -> None:
    for count, want in ((2, 1), (5, 10), (9, 36)):
        what = f"{count} candidates, one class each"
        check_size(program_size, classes_left(*[1] * count), "z", want, what)


def size_full(program_size) -> None:
    for count, classes in ((2, 2), (3, 4), (100, 14)):
        what = f"{count} candidates, each with all of {classes} classes"
        want = count * (count - 1) // 2 * classes**2
        check_size(program_size, np.ones((count, classes), bool), "z", want, what)


def size_uneven(program_size) -> None:
    for counts, want in (((1, 3), 3), ((4, 1, 2), 14), ((2, 1, 3, 1), 17)):
        what = f"candidates with {counts} classes left"
        check_size(program_size, classes_left(*counts), "z", want, what)


def size_without_class(program_size) -> None:
    for counts, want in (((2, 0), (2, 1, 0)), ((0, 2, 3), (5, 3, 6))):
        what = f"candidates with {counts} classes left"
        for letter, number in zip("xyz", want, strict=True):
            check_size(program_size, classes_left(*counts), letter, number, what)


def size_few(program_size) -> None:
    for count, want in ((1, (3, 0, 0)), (0, (0, 0, 0))):
        for letter, number in zip("xyz", want, strict=True):
            allowed = np.ones((count, 3), bool)
            what = f"{count} candidates, each with all of 3 classes"
            check_size(program_size, allowed, letter, number, what)
