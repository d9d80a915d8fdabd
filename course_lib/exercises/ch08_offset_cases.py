"""What right answers to exercise 08.5 do; the hints are in ch08_boxes."""

from __future__ import annotations

import torch
from torch import nan, tensor

from course_lib.exercises.cases import expect_close, expect_pair, expect_shape

TRUTH = [[10.0, 20.0, 50.0, 100.0], [5.0, 8.0, 20.0, 40.0], [30.0, 0.0, 80.0, 60.0]]


def moved(box: list, sides: list) -> list:
    """The box whose left, top, right, bottom are off by `sides` px."""
    x, y, w, h = box
    left, top, right, bottom = sides
    return [x + left, y + top, w + right - left, h + bottom - top]


def fitted(answer, found: list, truth: list, clusters: list, count: int, what: str):
    """Mean and deviation (count, 4); FormError when they are not such."""
    boxes = [tensor(some, dtype=torch.float32).view(-1, 4) for some in (found, truth)]
    given = *boxes, tensor(clusters, dtype=torch.long), count
    mean, deviation = expect_pair(answer(*given), "means and deviations")
    expect_shape(mean, (count, 4), f"{what}: the means")
    expect_shape(deviation, (count, 4), f"{what}: the deviations")
    return mean, deviation


def offsets_perfect(fit_offsets) -> None:
    what = "three boxes that are found as they are"
    mean, deviation = fitted(fit_offsets, TRUTH, TRUTH, [0, 0, 0], 1, what)
    expect_close(mean, torch.zeros(1, 4), f"{what}: the mean")
    expect_close(deviation, torch.zeros(1, 4), f"{what}: the deviation")


def check_one(fit_offsets, truth: list, sides: list) -> None:
    """AssertionError when the mean of a box twice with these errors (px) is amiss."""
    what = f"twice box {truth}, its left, top, right, bottom found {sides} px off"
    found = [moved(truth, sides)] * 2
    mean, _ = fitted(fit_offsets, found, [truth] * 2, [0, 0], 1, what)
    w, h = truth[2:]
    want = [side / size for side, size in zip(sides, (w, h, w, h), strict=True)]
    expect_close(mean[0], want, f"{what}: the mean")


def offsets_sides(fit_offsets) -> None:
    square = [10.0, 20.0, 100.0, 100.0]
    for sides in (
        [-10.0, 10.0, -10.0, 10.0],  # shifted; what was found has the true size
        [20.0, 0.0, 20.0, 0.0],
        [0.0, -5.0, 0.0, -5.0],
    ):
        check_one(fit_offsets, square, sides)


def offsets_size(fit_offsets) -> None:
    for truth in TRUTH:
        check_one(fit_offsets, truth, [-8.0, 12.0, 16.0, -4.0])
        check_one(fit_offsets, truth, [-0.5 * truth[2], 0.0, 0.5 * truth[2], 0.0])


def offsets_share(fit_offsets) -> None:
    what = "a box of 20 px that is 4 px off, and one of 200 px that is 0 px off"
    truth = [[0.0, 0.0, 20.0, 20.0], [50.0, 50.0, 200.0, 200.0]]
    found = [moved(truth[0], [4.0, -4.0, 4.0, -4.0]), truth[1]]
    mean, _ = fitted(fit_offsets, found, truth, [0, 0], 1, what)
    expect_close(mean[0], [0.1, -0.1, 0.1, -0.1], f"{what}: the mean")


def offsets_deviation(fit_offsets) -> None:
    box = [10.0, 20.0, 50.0, 100.0]
    for lefts, want in (([-5.0, 5.0], 0.1), ([0, 10.0, 20.0, 30.0], 0.22360680)):
        what = f"a box 50 px wide, its left found {lefts} px off"
        found = [moved(box, [left, 0.0, 0.0, 0.0]) for left in lefts]
        many = len(lefts)
        _, deviation = fitted(fit_offsets, found, [box] * many, [0] * many, 1, what)
        expect_close(deviation[0], [want, 0.0, 0.0, 0.0], f"{what}: the deviation")
    what = "one box"
    _, deviation = fitted(fit_offsets, [TRUTH[0]], [TRUTH[1]], [0], 1, what)
    expect_close(deviation[0], [0.0] * 4, f"{what}: the deviation")


def offsets_clusters(fit_offsets) -> None:
    box = [0.0, 0.0, 10.0, 10.0]
    tops, clusters = [-5.0, 1.0, -3.0, 2.0, 3.0], [0, 2, 0, 1, 2]
    what = f"boxes 10 px high, tops {tops} px off, clusters {clusters}"
    found = [moved(box, [0.0, top, 0.0, 0.0]) for top in tops]
    mean, deviation = fitted(fit_offsets, found, [box] * 5, clusters, 3, what)
    expect_close(mean[:, 1], [-0.4, 0.2, 0.2], f"{what}: the means of the top")
    expect_close(deviation[:, 1], [0.1, 0.0, 0.1], f"{what}: the top's deviations")


def offsets_empty(fit_offsets) -> None:
    for clusters, there in (([2, 2, 2], [2]), ([0, 1, 0], [0, 1]), ([], [])):
        many = len(clusters)
        what = f"three clusters, the boxes are in {clusters}"
        given = TRUTH[:many], TRUTH[:many], clusters, 3
        for part, name in zip(fitted(fit_offsets, *given, what), "md", strict=True):
            want = torch.full((3, 4), nan)
            want[there] = 0.0
            told = f"{what}: the {'means' if name == 'm' else 'deviations'}"
            is_nan, got = want.isnan(), part.isnan()
            assert (got == is_nan).all(), f"{told} are NaN in {rows_of(got)}"
            expect_close(part[~is_nan], want[~is_nan], told)


def rows_of(flags: torch.Tensor) -> str:
    """The rows of a table of flags in which all are set, in words."""
    rows = flags.all(dim=1).nonzero()[:, 0].tolist()
    return f"clusters {rows}" if rows else "no cluster"
