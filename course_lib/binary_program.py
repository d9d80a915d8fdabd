"""Linear programs whose variables are 0 or 1, solved by HiGHS through SciPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import coo_array

Row = tuple[Sequence[int], Sequence[float], float]
STATUS = {0: "optimal", 1: "time limit", 2: "infeasible"}


@dataclass(frozen=True)
class Answer:
    """What the solver found.

    values: (n,) of the variables, None if there is no solution yet. bound: no solution
    has a smaller sum of costs; -inf if not even that is known. status: "optimal", "time
    limit" or "infeasible".
    """

    values: NDArray[np.float64] | None
    bound: float
    status: str


def minimise(
    cost: Sequence[float],
    rows: Sequence[Row],
    *,
    is_whole: bool = True,
    seconds: float = 60.0,
    fixed: Mapping[int, float] | None = None,
) -> Answer:
    """The variables (n,), each 0 or 1, of least cost that obey all rows.

    rows: (columns, coefficients, largest), meaning that the sum of coefficients times
    variables is at most `largest`. is_whole: False allows fractions between 0 and 1,
    which is faster and gives a bound. fixed: column to value. The gap is 0: "optimal"
    is proven up to the solver's tolerances (1e-6 on a row). One thread. Raises
    ValueError for a program without variables, a cost that is not finite, a column
    that does not exist, or any other ending of the solver.
    """
    cost = np.asarray(cost, dtype=float)
    if not len(cost) or not np.isfinite(cost).all():
        raise ValueError(f"need finite costs of at least one variable, got {cost}")
    low, high = np.zeros(len(cost)), np.ones(len(cost))
    for column, value in (fixed or {}).items():
        low[column] = high[column] = value
    answer = milp(
        cost,
        integrality=int(is_whole),
        bounds=Bounds(low, high),
        constraints=_constraint(rows, len(cost)) if rows else None,
        options={"time_limit": max(seconds, 0.01), "mip_rel_gap": 0.0},
    )
    if answer.status not in STATUS:
        raise ValueError(f"the solver ended without an answer: {answer.message}")
    bound = answer.mip_dual_bound if is_whole else answer.fun
    return Answer(answer.x, -np.inf if bound is None else bound, STATUS[answer.status])


def _constraint(rows: Sequence[Row], count: int) -> LinearConstraint:
    """The rows as one sparse matrix and its upper bounds."""
    index = np.repeat(np.arange(len(rows)), [len(columns) for columns, *_ in rows])
    columns = np.array([c for row in rows for c in row[0]], dtype=int)
    values = [v for row in rows for v in row[1]]
    if len(values) != len(columns):
        raise ValueError(f"{len(columns)} columns in rows with {len(values)} values")
    if len(columns) and not 0 <= columns.min() <= columns.max() < count:
        seen = f"{columns.min()} to {columns.max()}"
        raise ValueError(f"rows name columns {seen}, of {count} variables")
    matrix = coo_array((values, (index, columns)), shape=(len(rows), count)).tocsr()
    return LinearConstraint(matrix, ub=[largest for *_, largest in rows])
