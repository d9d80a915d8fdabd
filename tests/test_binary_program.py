"""Binary programs against exhaustive search, bounds, time limits and bad input."""

import itertools

import numpy as np
import pytest

from course_lib.binary_program import minimise


def random_program(seed, count=7, rows=5):
    rng = np.random.default_rng(seed)
    cost, made = rng.normal(0, 2, count), []
    for _ in range(rows):
        columns = rng.choice(count, 3, replace=False).tolist()
        made.append((columns, rng.integers(-2, 3, 3).tolist(), int(rng.integers(0, 2))))
    return cost, made


def least_of_all(cost, rows, fixed=()):
    """The least cost of all 0/1 vectors that obey the rows, None without one."""
    found = [
        np.dot(cost, v)
        for v in itertools.product((0, 1), repeat=len(cost))
        if all(np.dot([v[c] for c in cs], ws) <= top for cs, ws, top in rows)
        and all(v[c] == value for c, value in dict(fixed).items())
    ]
    return min(found, default=None)


@pytest.mark.parametrize("seed", range(40))
def test_the_least_of_all_vectors_is_found(seed):
    cost, rows = random_program(seed)
    answer = minimise(cost, rows)
    assert answer.status == "optimal"
    assert set(np.round(answer.values, 6)) <= {0, 1}
    assert cost @ answer.values == pytest.approx(least_of_all(cost, rows), abs=1e-6)
    assert answer.bound == pytest.approx(cost @ answer.values, abs=1e-6)


@pytest.mark.parametrize("seed", range(10))
def test_fixed_columns_stay_and_the_rest_is_best_or_nothing_fits(seed):
    cost, rows = random_program(seed)
    fixed = {0: 1, 3: 0, 5: 1}
    answer, least = minimise(cost, rows, fixed=fixed), least_of_all(cost, rows, fixed)
    if least is None:
        assert answer.status == "infeasible"
        assert answer.values is None
        return
    assert [round(answer.values[c]) for c in fixed] == list(fixed.values())
    assert cost @ answer.values == pytest.approx(least, abs=1e-6)


def test_fractions_bound_whole_numbers_from_below():
    """Of three in a triangle at most one each pair: 3 halves against one whole."""
    rows = [([0, 1], [1, 1], 1), ([1, 2], [1, 1], 1), ([0, 2], [1, 1], 1)]
    loose = minimise([-1, -1, -1], rows, is_whole=False)
    assert loose.values.tolist() == pytest.approx([0.5, 0.5, 0.5])
    assert loose.bound == pytest.approx(-1.5)
    assert minimise([-1, -1, -1], rows).bound == pytest.approx(-1)


def test_without_rows_what_pays_is_taken():
    assert minimise([1.0, -2.0], []).values.tolist() == [0, 1]


def test_no_time_is_said():
    rng = np.random.default_rng(0)
    rows = [
        (rng.choice(300, 30, replace=False).tolist(), rng.normal(size=30).tolist(), 0.0)
        for _ in range(400)
    ]
    answer = minimise(rng.normal(size=300), rows, seconds=0.0)
    assert answer.status == "time limit"
    assert answer.bound <= 0


@pytest.mark.parametrize(
    ("cost", "rows", "words"),
    [
        ([], [], "at least one"),
        ([1.0, np.inf], [], "finite"),
        ([1.0], [([1], [1], 0)], "columns 1 to 1, of 1"),
        ([1.0], [([-1], [1], 0)], "columns -1 to -1"),
        ([1.0, 1.0], [([0, 1], [1], 0)], "2 columns in rows with 1 values"),
    ],
)
def test_what_does_not_fit_is_said(cost, rows, words):
    with pytest.raises(ValueError, match=words):
        minimise(cost, rows)
