"""The microscope of decoding: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from explorer_marks import of

from course_lib.widgets import (
    Arrows,
    Caption,
    HeatMap,
    Lines,
    Points,
    Rect,
    Scale,
    Text,
    decoder_microscope,
)

SIGMAS = (0.5, 1.0, 1.75)
PLAIN, QUARTER, WHITE = "#D55E00", "#0072B2", "#FFFFFF"
MICROSCOPE = decoder_microscope(SIGMAS)
STEPS = [round(0.05 * k - 0.5, 10) for k in range(21)]
PLACES = [(x, y) for x in (-0.5, -0.15, 0.0, 0.5) for y in (-0.5, 0.05, 0.3, 0.5)]
CORNERS = [(x, y, s) for (x, y), s in itertools.product(PLACES, ("0.5", "1.75"))]


def gaussian(x: float, y: float, sigma: float) -> dict[tuple[int, int], float]:
    """The value of each of 7 x 7 cells (column, row), the middle one (0, 0)."""
    return {
        (u, v): math.exp(-((u - x) ** 2 + (v - y) ** 2) / (2 * sigma**2))
        for v in range(-3, 4)
        for u in range(-3, 4)
    }


def answers(x: float, y: float, sigma: float) -> tuple:
    """The largest cell, the first of equals, and the quarter offset, by comparing."""
    values = gaussian(x, y, sigma)
    u, v = max(values, key=lambda cell: values[cell])
    place = [float(u), float(v)]
    for axis, (dx, dy) in enumerate(((1, 0), (0, 1))):
        after, before = values[u + dx, v + dy], values[u - dx, v - dy]
        if after != before:
            place[axis] += 0.25 if after > before else -0.25
    return (u, v), tuple(place)


def distances(x: float, y: float, sigma: float) -> list[float]:
    return [math.hypot(a - x, b - y) for a, b in answers(x, y, sigma)]


def frame(x: float, y: float, sigma: str):
    return MICROSCOPE.frame({"x": x, "y": y, "sigma": sigma})


@pytest.mark.parametrize(("x", "y", "sigma"), CORNERS)
def test_the_answers_are_those_of_the_cells_values(x, y, sigma):
    marks = frame(x, y, sigma).panels["cells"]
    cell, place = answers(x, y, float(sigma))
    outline = of(marks, Rect)[0]
    assert (outline.x, outline.y, outline.w, outline.h) == (
        cell[0] + 3,
        cell[1] + 3,
        1,
        1,
    )
    for colour, expected in ((PLAIN, cell), (QUARTER, place), (WHITE, (x, y))):
        shown = of(marks, Points, colour)[0].points[0]
        np.testing.assert_allclose(np.subtract(shown, 3), expected, atol=1e-12)
    arrows = of(marks, Arrows)
    assert len(arrows) == (place != cell)
    for arrow in arrows:
        np.testing.assert_allclose(np.subtract(arrow.end[0], 3), place)


def test_no_width_changes_an_answer():
    for x, y in itertools.product(STEPS, STEPS[::4]):
        found = {answers(x, y, sigma) for sigma in (0.4, *SIGMAS, 10.0)}
        assert len(found) == 1
        marks = frame(x, y, "1").panels["cells"]
        assert {m.points[0] for m in of(marks, Points, QUARTER)} == {
            tuple(c + 3 for c in place) for _, place in found
        }


@pytest.mark.parametrize(("sigma", "tolerance"), [("0.5", 0.13), ("1", 0.09)])
def test_the_map_shows_the_values_roughly(sigma, tolerance):
    for x, y in itertools.product(STEPS[::2], STEPS[::3]):
        shown = of(frame(x, y, sigma).panels["cells"], HeatMap)[0]
        assert shown.array.shape == (7, 7)
        assert (shown.x, shown.y, shown.low, shown.high) == (0, 0, 0, 1)
        values = gaussian(x, y, float(sigma))
        wanted = np.reshape(list(values.values()), (7, 7))
        np.testing.assert_allclose(shown.array / 255, wanted, atol=tolerance)


def test_the_higher_neighbour_is_never_shown_as_the_lower():
    for x in STEPS:
        shown = of(frame(x, 0.0, "1").panels["cells"], HeatMap)[0].array[3].astype(int)
        assert np.sign(shown[4] - shown[2]) in (0, np.sign(x))


@pytest.mark.parametrize(("x", "y", "sigma"), CORNERS)
def test_bars_and_sentence_give_both_errors(x, y, sigma):
    shown = frame(x, y, sigma)
    marks = shown.panels["bars"]
    scale = of(marks, Scale)[0]
    expected = distances(x, y, float(sigma))
    bars = next(m for m in of(marks, Lines) if m.colour == (PLAIN, QUARTER))
    unit = scale.x[1] / (scale.right - scale.left)
    lengths = [
        (end[0] - start[0]) * unit
        for start, end in zip(bars.start, bars.end, strict=True)
    ]
    np.testing.assert_allclose(lengths, expected, atol=1e-9)
    assert max(ends[0] for ends in bars.end) <= scale.right
    words = [m.text for m in of(marks, Text)]
    assert [w for w in words if len(w) == 4 and w[1] == "."] == [
        f"{value:.2f}" for value in expected
    ]
    assert {"argmax", "quarter offset"} <= set(words)
    first, second = (f"{value:.2f}" for value in expected)
    how = "lowers this to" if expected[1] < expected[0] - 1e-9 else "raises this to"
    how = "leaves it at" if abs(expected[0] - expected[1]) < 1e-9 else how
    assert shown.readout == (
        f"The argmax is {first} cells off, the quarter offset {how} {second}. "
        "On average: 0.38 and 0.19."
    )


def test_the_mean_over_all_places_is_halved():
    fine = (np.arange(200) + 0.5) / 200 - 0.5
    x, y = np.meshgrid(fine, fine)
    plain = np.hypot(x, y).mean()
    quarter = np.hypot(np.abs(x) - 0.25, np.abs(y) - 0.25).mean()
    marks = MICROSCOPE.frame().panels["bars"]
    scale = of(marks, Scale)[0]
    strokes = [m for m in of(marks, Lines, "ink") if m.start[0][0] == m.end[0][0]]
    unit = scale.x[1] / (scale.right - scale.left)
    means = [(m.start[0][0] - scale.left) * unit for m in strokes]
    np.testing.assert_allclose(means, [plain, quarter], atol=1e-3)
    for x in (0.1, 0.15):  # an eighth lies between them
        first, second = distances(x, 0.0, 1.0)
        assert (second < first) == (x > 0.125)


@pytest.mark.parametrize(("sigma", "gap"), [("0.5", 0.11), ("1.75", 0.06)])
def test_the_caption_says_how_small_a_difference_decides(sigma, gap):
    values = gaussian(0.1, 0.0, float(sigma))
    assert round(values[1, 0] - values[-1, 0], 2) == gap
    text = of(frame(0.0, 0.0, sigma).panels["cells"], Caption)[-1].text
    assert text == f"At x = 0.1 the neighbours differ by {gap:.2f}."


def test_controls_have_the_asked_states():
    states = {control.name: control.states for control in MICROSCOPE.controls}
    assert list(states["x"]) == list(states["y"]) == STEPS
    assert states["sigma"] == ("0.5", "1", "1.75")
    assert MICROSCOPE.values() == {"x": 0.3, "y": -0.2, "sigma": "1"}
    assert decoder_microscope([2]).values()["sigma"] == "2"


def test_page_is_self_contained_and_small():
    text = MICROSCOPE.html()
    assert "http" not in text
    assert len(text.encode()) <= 60_000
    bundle, _ = MICROSCOPE._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 95_000
    assert decoder_microscope(SIGMAS).html() == text
    width, height = MICROSCOPE.static().size
    assert width == 900
    assert 400 < height < 600


@pytest.mark.parametrize(
    ("sigmas", "message"),
    [
        ([], "sigmas are empty"),
        ([0.0], "sigmas are from 0.4 to 10 cells"),
        ([1.0, -1.0], "sigmas are from"),
        ([float("nan")], "sigmas are from"),
        ([11.0], "sigmas are from"),
        ([1.0, 1.0], "sigmas are distinct"),
    ],
)
def test_names_what_does_not_fit(sigmas, message):
    with pytest.raises(ValueError, match=message):
        decoder_microscope(sigmas)
