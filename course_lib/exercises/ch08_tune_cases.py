"""What right answers to exercise 08.6 do; the hints are in ch08_boxes."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real
from typing import Any

import torch
from torch import tensor

from course_lib.exercises.cases import (
    FormError,
    expect_close,
    expect_pair,
    expect_shape,
)

ENDLESS = 10_000  # calls of a score after which nobody waits for an end
GRIDS = [range(5), range(6), range(4), range(7)]


def counted(score: Callable[..., float]) -> tuple[Callable[[Any], float], list]:
    """A function of four parameters in one tensor, and the list of all its calls."""
    calls: list = []

    def scored(parameters: Any) -> float:
        values = torch.as_tensor(parameters).tolist()
        if not isinstance(values, list) or len(values) != 4:
            raise FormError(f"score takes four parameters, got {parameters}")
        calls.append(values)
        told = f"the score is asked over {ENDLESS} times: does the search end?"
        assert len(calls) <= ENDLESS, told
        return float(score(*values))

    return scored, calls


def tuned(tune_pose_nms, score, start: list, what: str, grids=GRIDS):
    """Parameters (4,), their score and all calls; FormError when they are not such."""
    scored, calls = counted(score)
    given = tensor(start), [tensor([float(v) for v in grid]) for grid in grids]
    answer = tune_pose_nms(scored, *given)
    best, value = expect_pair(answer, "parameters and score")
    expect_shape(best, (4,), f"{what}: the parameters")
    if not isinstance(value, Real):
        expect_shape(value, (), f"{what}: the score")
    return best, float(value), calls


def check_tuned(answer, score, start: list, want: list, what: str) -> None:
    """AssertionError when a search from `start` ends elsewhere than in `want`."""
    best, value, _ = tuned(answer, score, start, what)
    expect_close(best, want, f"{what}: the parameters")
    expect_close(value, score(*want), f"{what}: the score")


def tune_flat(tune_pose_nms) -> None:
    for start in ([2.0, 1.0, 3.0, 4.0], [0.5, 0.5, 0.5, 0.5]):
        what = f"every score is 0.7, start {start}"
        check_tuned(tune_pose_nms, lambda *_: 0.7, start, start, what)


def tune_pairs(tune_pose_nms) -> None:
    def score(a, b, c, d):
        return a - 10 * abs(a - b) + c - 10 * abs(c - d)

    what = "a score of a + c where a = b and c = d, far less elsewhere"
    check_tuned(tune_pose_nms, score, [0.0] * 4, [4.0, 4.0, 3.0, 3.0], what)


def tune_new_place(tune_pose_nms) -> None:
    def score(a, b, c, d):
        return -10 * (a - 3) ** 2 - (c - a) ** 2 - 10 * (b - 2) ** 2 - (d - b) ** 2

    what = "a score that wants a = 3, b = 2 most, then c = a, d = b"
    check_tuned(tune_pose_nms, score, [0.0] * 4, [3.0, 2.0, 3.0, 2.0], what)


def tune_second_pair(tune_pose_nms) -> None:
    def score(a, b, c, d):
        return -((a - 2) ** 2) - (b - 1) ** 2 - (c - 3) ** 2 - (d - 5) ** 2

    what = "a score that wants 2, 1, 3, 5, where the first two are right already"
    start = [2.0, 1.0, 0.0, 0.0]
    check_tuned(tune_pose_nms, score, start, [2.0, 1.0, 3.0, 5.0], what)


def climbing(a, b, c, d) -> float:
    """A score at which the pairs take turns, one step each."""
    return 1.2 * (b + d) - (b - d) ** 2 - (a - 2) ** 2 - (c - 1) ** 2


def tune_turns(tune_pose_nms) -> None:
    what = "1.2 (b + d) - (b - d)^2 - (a - 2)^2 - (c - 1)^2"
    check_tuned(tune_pose_nms, climbing, [0.0] * 4, [2.0, 5.0, 1.0, 6.0], what)


def tune_never_worse(tune_pose_nms) -> None:
    def score(a, b, c, d):
        return -((a - 0.5) ** 2) - (b - 0.25) ** 2 - (c - 2) ** 2 - (d - 3) ** 2

    what = "a score that wants 0.5, 0.25, 2, 3; the first two are not on the grids"
    for start in ([0.5, 0.25, 0.0, 0.0], [0.5, 0.25, 1.0, 6.0]):
        told = f"{what}, start {start}"
        check_tuned(tune_pose_nms, score, start, [0.5, 0.25, 2.0, 3.0], told)


def tune_calls(tune_pose_nms) -> None:
    what = "grids of 7 values each, a score that is the product of all four"
    given = [1.0] * 4, what, [range(7)] * 4
    _, value, calls = tuned(tune_pose_nms, lambda a, b, c, d: a * b * c * d, *given)
    expect_close(value, 6.0**4, f"{what}: the score")
    enough = 400  # 49 in each of four searches of a pair, and as many again
    told = f"{what}: it is asked {len(calls)} times, {enough} are more than enough"
    assert len(calls) <= enough, told
