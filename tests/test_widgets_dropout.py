"""The explorer of dropout: NumPy and Pillow only."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from explorer_marks import of

from course_lib.widgets import Caption, HeatMap, Points, Polyline, Rect, Scale, Text
from course_lib.widgets.dropout_viewer import dropout_viewer, told
from course_lib.widgets.encode import to_json
from course_lib.widgets.page import packed, payload

SHAPE = (13, 10)  # rows and columns, not square
SEEDS = 3


def smooth(shape: tuple[int, int] = SHAPE, seed: int = 0) -> np.ndarray:
    """Six maps (6, h, w) of a few slow waves each."""
    rng = np.random.default_rng(seed)
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    waves = rng.uniform(0.2, 0.5, (6, 2, 1, 1)) * np.stack([rows, cols])
    return 3 + np.sin(waves.sum(axis=1) + rng.uniform(0, 6, (6, 1, 1)))


MAPS = smooth()
VIEWER = dropout_viewer(MAPS, SEEDS)
CORNERS = list(
    itertools.product(("none", "dropout", "SpatialDropout"), (0, 0.1, 0.8), (1, SEEDS))
)


def frame(kind: str, p: float, seed: int, viewer=VIEWER):
    return viewer.frame({"kind": kind, "p": p, "seed": seed})


def covered(marks, shape=SHAPE) -> np.ndarray:
    """Which values of each map are white on the panel, (6, h, w), place by place."""
    (h, w), white = shape, np.zeros((6, *shape), dtype=bool)
    for mark in of(marks, HeatMap):
        if mark.fade:
            column, row = int(mark.x) // (w + 2), int(mark.y) // (h + 2)
            assert (mark.x, mark.y) == (column * (w + 2), row * (h + 2))
            assert (mark.w, mark.h) == (w, h)
            assert set(np.unique(mark.array)) <= {0, 255}
            white[3 * row + column] |= mark.array == 255
    return white


def predicted(maps: np.ndarray, gone: np.ndarray) -> list[tuple[int, float, float]]:
    """(map, value, mean of its surviving neighbours), one dropped value at a time."""
    found = []
    _, h, w = maps.shape
    for c, y, x in itertools.product(range(len(maps)), range(h), range(w)):
        around = [
            maps[c, y + dy, x + dx]
            for dy, dx in itertools.product((-1, 0, 1), repeat=2)
            if (dy or dx) and 0 <= y + dy < h and 0 <= x + dx < w
            and not gone[c, y + dy, x + dx]
        ]  # fmt: skip
        if gone[c, y, x] and around:
            found.append((c, maps[c, y, x], sum(around) / len(around)))
    return found


def r_squared(maps: np.ndarray, gone: np.ndarray) -> float | None:
    """1 - squared misses over squared distances to the mean of the same map."""
    found = predicted(maps, gone)
    missed = sum((value - guess) ** 2 for _, value, guess in found)
    levels = {c: np.mean([v for m, v, _ in found if m == c]) for c, _, _ in found}
    spread = sum((value - levels[c]) ** 2 for c, value, _ in found)
    return 1 - missed / spread if found else None


@pytest.mark.parametrize(("kind", "p", "seed"), CORNERS)
def test_the_sentence_counts_what_is_white(kind, p, seed):
    shown = frame(kind, p, seed)
    white = covered(shown.panels["maps"])
    count, size = int(white.sum()), white.size
    if kind == "none" or p == 0:
        assert count == 0
    if kind == "dropout" and p > 0:
        # 780 values: three standard deviations of a share are 0.054 at most.
        assert abs(count / size - p) < 0.055
    if count == 0:
        assert shown.readout == f"Nothing is dropped: all {size} values are there."
    else:
        assert f"{count} of {size} values ({count / size:.0%})" in shown.readout


@pytest.mark.parametrize(("p", "seed"), itertools.product((0, 0.1, 0.8), (1, SEEDS)))
def test_spatial_dropout_takes_whole_maps_and_leaves_nothing_to_go_by(p, seed):
    shown = frame("SpatialDropout", p, seed)
    white = covered(shown.panels["maps"])
    whole = [bool(one.all()) for one in white]
    assert whole == [bool(one.any()) for one in white]
    assert len(of(shown.panels["maps"], Text)) == sum(whole)
    if sum(whole):
        assert f"{sum(whole)} of 6 maps whole" in shown.readout
        assert "nothing to go by" in shown.readout
    assert not of(shown.panels["chart"], Points)


@pytest.mark.parametrize(("p", "seed"), itertools.product((0.1, 0.8), (1, SEEDS)))
def test_r_squared_agrees_with_one_value_at_a_time(p, seed):
    shown = frame("dropout", p, seed)
    white = covered(shown.panels["maps"])
    score = r_squared(MAPS, white)
    assert f"R² = {score:.2f}." in shown.readout
    marks = shown.panels["chart"]
    assert f"R² = {score:.2f}." in of(marks, Caption)[-1].text
    scale, (x, y) = of(marks, Scale)[0], of(marks, Points)[0].points[0]
    across = (x - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - y) / (scale.bottom - scale.top)
    np.testing.assert_allclose(across * scale.x[1], p, atol=1e-9)
    low, high = scale.y
    np.testing.assert_allclose(low + up * (high - low), max(score, low), atol=1e-9)


def test_the_line_is_the_mean_over_draws():
    marks = frame("dropout", 0.5, 1).panels["chart"]
    scale, line = of(marks, Scale)[0], of(marks, Polyline)[0].points
    for p, (_, y) in zip((0.1, 0.8), (line[0], line[-1]), strict=True):
        scores = [
            r_squared(MAPS, covered(frame("dropout", p, seed).panels["maps"]))
            for seed in range(1, SEEDS + 1)
        ]
        up = (scale.bottom - y) / (scale.bottom - scale.top)
        low, high = scale.y
        np.testing.assert_allclose(low + up * (high - low), np.mean(scores), atol=1e-9)


def test_neighbours_tell_a_slope_but_not_noise():
    rows, cols = np.mgrid[:40, :32].astype(float)
    slope = np.stack([rows, cols, rows + cols, rows - cols, 2 * rows, 3 * cols])
    noise = np.random.default_rng(3).normal(size=(6, 40, 32))
    gone = np.random.default_rng(4).random((6, 40, 32)) < 0.5
    assert told(slope, gone) > 0.98
    assert told(noise, gone) < 0
    levels = noise + 100 * np.arange(6)[:, None, None]
    np.testing.assert_allclose(told(levels, gone), told(noise, gone))
    assert told(slope, np.ones_like(gone)) is None
    assert told(slope, np.zeros_like(gone)) is None
    assert told(np.ones((6, 40, 32)), gone) is None


@pytest.mark.parametrize("kind", ["dropout", "SpatialDropout"])
def test_what_is_dropped_stays_so_as_p_grows_and_draws_differ(kind):
    few, many = (covered(frame(kind, p, 1).panels["maps"]) for p in (0.3, 0.8))
    assert (few <= many).all()
    assert few.sum() < many.sum()
    draws = [covered(frame(kind, 0.5, seed).panels["maps"]) for seed in (1, 2, 3)]
    assert any((draws[0] != other).any() for other in draws[1:])
    again = covered(frame(kind, 0.5, 1, dropout_viewer(MAPS, 1)).panels["maps"])
    np.testing.assert_array_equal(again, draws[0])


@pytest.mark.parametrize(("kind", "p", "seed"), CORNERS)
def test_survivors_are_those_of_inverted_dropout(kind, p, seed):
    marks = frame(kind, p, seed).panels["maps"]
    maps = [mark for mark in of(marks, HeatMap) if not mark.fade]
    assert len(maps) == len(of(marks, Rect)) == 6
    factor = 1 if kind == "none" else 1 / (1 - p)
    for shown, values in zip(maps, MAPS, strict=True):
        back = shown.low + shown.array / 255 * (shown.high - shown.low)
        step = np.ptp(values) * factor / 255
        np.testing.assert_allclose(back, values * factor, atol=step / 2 + 1e-9)
    text = of(marks, Caption)[-1].text
    assert (f"= {factor:.2f}." in text) == (factor != 1)


def test_maps_without_spread_tell_nothing():
    viewer = dropout_viewer(np.ones((6, 5, 4)), 1)
    assert "nothing to go by" in frame("dropout", 0.5, 1, viewer).readout


def test_page_is_self_contained_and_small():
    viewer = dropout_viewer(smooth((40, 32)))
    text = viewer.html()
    assert "http" not in text
    assert len(packed(to_json(payload(viewer)))) < 60_000
    assert len(text.encode()) < 150_000
    assert dropout_viewer(smooth((40, 32))).html() == text


@pytest.mark.parametrize(
    ("maps", "seeds", "message"),
    [
        (np.zeros((5, 8, 8)), 4, r"maps should have shape \(6, h, w\)"),
        (np.zeros((6, 8)), 4, "maps should have shape"),
        (np.zeros((6, 1, 8)), 4, "maps should have shape"),
        (np.full((6, 8, 8), np.nan), 4, "maps hold NaN"),
        (np.zeros((6, 8, 8)), 0, "seeds is a whole number"),
        (np.zeros((6, 8, 8)), 1.5, "seeds is a whole number"),
    ],
)
def test_names_what_does_not_fit(maps, seeds, message):
    with pytest.raises(ValueError, match=message):
        dropout_viewer(maps, seeds)
