"""The explorer of surface coordinates: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest
from dense_person import (
    BLOCK,
    COLUMNS,
    HEIGHT,
    LEFT,
    ROWS,
    SIDE,
    TOP,
    WIDTH,
    dense,
    distance,
    iuv,
    picture,
    shifted,
)
from explorer_marks import caption, of, plain

from course_lib.widgets import Image, Points, Text, iuv_explorer
from course_lib.widgets.iuv_mesh import RIM, TALL, as_mesh, views_of
from course_lib.widgets.iuv_parts import COLOURS, NAMES

WHITE, BLUE, RED = "#FFFFFF", "#0072B2", "#D55E00"
LIVE = iuv_explorer(**dense())
EXPLORER = LIVE.stored
ANSWERS = {"true": iuv(), "student": shifted(), "oracle": iuv()}
LAYERS = ("picture", "part", "u", "v", "texture")
STATES = {control.name: control.states for control in EXPLORER.controls}
STARTS = EXPLORER.values()
# Both ends of every control, all others at their start; all of them at their ends; and
# pixels of all kinds: right, wrong, and background by either.
ENDS = [{name: state} for name, all_ in STATES.items() for state in (all_[0], all_[-1])]
ENDS += [{name: all_[end] for name, all_ in STATES.items()} for end in (0, -1)]
XS, YS = STATES["x"], STATES["y"]
ENDS += [
    {"source": source, "x": x, "y": y}
    for source, x, y in itertools.product(ANSWERS, XS[::3], YS[::3])
]
# In the student's answer: background rightly, missed, invented, a wrong part, right.
KINDS = {
    (a[0] > 0, b[0] > 0, a[0] == b[0]): {"source": "student", "x": x, "y": y}
    for x, y in itertools.product(XS, YS)
    for a, b in [(iuv()[y, x], shifted()[y, x])]
}
ENDS += KINDS.values()
# The template: pixels to a metre, and the width of a view.
SCALE = (TALL - 2 * RIM) / (SIDE * ROWS)
VIEW = math.ceil(SCALE * SIDE * COLUMNS) + 2 * RIM


def said(answer: str, now: dict) -> tuple[int, float, float] | None:
    """I, U and V of the pixel."""
    part, u, v = (int(value) for value in ANSWERS[answer][now["y"], now["x"]])
    return (part, u / 255, v / 255) if part else None


def on_template(x: int, y: int) -> tuple[int, float, float] | None:
    """I, U and V at a pixel of the template, from the squares on the walls."""
    is_front = x < VIEW
    across = ((x % VIEW) + 0.5 - VIEW / 2) / SCALE * (1 if is_front else -1)
    column = math.floor((across + SIDE * COLUMNS / 2) / SIDE)
    up = SIDE * ROWS / 2 - (y + 0.5 - RIM) / SCALE
    row = math.floor((up + SIDE * ROWS / 2) / SIDE)
    if not (0 <= column < COLUMNS and 0 <= row < ROWS):
        return None
    part = 1 + column + COLUMNS * row + (0 if is_front else 12)
    return (
        part,
        (across + SIDE * COLUMNS / 2) / SIDE - column,
        (up + SIDE * ROWS / 2) / SIDE - row,
    )


TEMPLATE = {
    (x, y): on_template(x, y)
    for x, y in itertools.product(range(2 * VIEW), range(TALL))
    if on_template(x, y)
}


def gap(place: tuple[float, float], point: tuple[int, float, float]) -> float:
    """How far off in U and V a pixel of the template is; infinite on another part."""
    part, u, v = TEMPLATE[int(place[0]), int(place[1])]
    return math.hypot(u - point[1], v - point[2]) if part == point[0] else math.inf


# --- The template --------------------------------------------------------------------


def test_both_views_show_the_surface_at_every_pixel():
    made = dense()
    views = views_of(
        as_mesh(*(made[name] for name in ("vertices", "faces", "parts", "uv")))
    )
    assert views.size == (2 * VIEW, TALL)
    for y, x in np.ndindex(views.parts.shape):
        point = TEMPLATE.get((x, y))
        assert views.parts[y, x] == (point[0] if point else 0)
        if point:
            np.testing.assert_allclose(views.uv[y, x], point[1:], atol=1e-6)


@pytest.mark.parametrize("layer", LAYERS)
def test_the_template_is_painted_as_the_picture_is(layer):
    """Well inside of the squares, where no border darkens it."""
    marks = EXPLORER.frame({"layer": layer}).panels["template"]
    array = of(marks, Image)[0].array
    assert array.shape == (TALL, 2 * VIEW, 3)
    assert [m.text for m in of(marks, Text)] == ["front", "back"]
    assert [m.x < VIEW for m in of(marks, Text)] == [True, False]
    shades = {True: set(), False: set()}
    for (x, y), (part, u, v) in TEMPLATE.items():
        if not (0.1 < u < 0.9 and 0.1 < v < 0.9) or (x + y) % 7:
            continue
        bare = np.full(3, 204.0) if layer == "picture" else painted(layer, part, u, v)
        found = array[y, x].astype(float)
        if near_edge(layer, u, v):
            continue
        far = bare.argmax()
        shade = found[far] / bare[far]
        np.testing.assert_allclose(found, bare * shade, atol=4)
        shades[x < VIEW].add(round(shade, 1))
    # Each wall is flat, so it has one light; the lamp is in front of either view.
    assert all(len(found) == 1 and 0.7 < min(found) <= 1 for found in shades.values())


def near_edge(layer: str, u: float, v: float) -> bool:
    """Whether a square of the checker ends here."""
    return layer == "texture" and any(abs(5 * a - round(5 * a)) < 0.1 for a in (u, v))


def viridis(value: float) -> np.ndarray:
    """A colour of the map, as Matplotlib has it."""
    from matplotlib import colormaps

    return 255 * np.array(colormaps["viridis"](value)[:3])


def painted(layer: str, part: int, u: float, v: float) -> np.ndarray:
    """The colour of a point of the surface."""
    if layer == "part":
        return hexed(COLOURS[part - 1])
    if layer in ("u", "v"):
        return viridis(u if layer == "u" else v)
    squares = sum(min(int(5 * at), 4) for at in (u, v)) + part
    return hexed(("#0072B2", "#F0E442")[squares % 2])


def hexed(colour: str) -> np.ndarray:
    return np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)], float)


# --- The picture ---------------------------------------------------------------------


@pytest.mark.parametrize(("source", "layer"), itertools.product(ANSWERS, LAYERS))
def test_the_body_is_painted_and_the_rest_is_faint(source, layer):
    marks = EXPLORER.frame({"source": source, "layer": layer}).panels["image"]
    array = of(marks, Image)[0].array.astype(float)
    if layer == "picture":
        np.testing.assert_array_equal(array, picture())
        return
    for y, x in np.ndindex(HEIGHT, WIDTH):
        point = said(source, {"x": x, "y": y})
        if point:
            np.testing.assert_allclose(array[y, x], painted(layer, *point), atol=4)
        else:
            grey = picture()[y, x].mean()
            wanted = 255 - 0.2 * (255 - grey)
            np.testing.assert_allclose(array[y, x], wanted, atol=1)


@pytest.mark.parametrize("source", ANSWERS)
def test_hidden_dots_tell_the_parts_names(source):
    frame = EXPLORER.frame({"source": source})
    dots = next(m for m in of(frame.panels["image"], Points) if m.alpha == 0)
    assert len(dots.points) > 20
    for (x, y), label in zip(dots.points, dots.labels, strict=True):
        assert label == NAMES[said(source, {"x": int(x), "y": int(y)})[0] - 1]
    dots = next(m for m in of(frame.panels["template"], Points) if m.alpha == 0)
    for (x, y), label in zip(dots.points, dots.labels, strict=True):
        assert label == NAMES[TEMPLATE[int(x), int(y)][0] - 1]
    # Every place of a body is near one.
    assert len(dots.points) == sum(x % 8 == y % 8 == 0 for x, y in TEMPLATE)


@pytest.mark.parametrize("values", ENDS)
def test_the_pixel_is_marked_on_the_picture(values):
    now, marks = STARTS | values, EXPLORER.frame(values).panels["image"]
    dot = of(marks, Points, BLUE)[0]
    assert dot.points == ((now["x"], now["y"]),)
    told = caption(marks)
    assert ("lighter" in told) == (now["layer"] == "part")
    assert told.endswith("Drag the point with .live().")


# --- Points of the surface -----------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_points_are_marked_where_u_and_v_are_nearest(values):
    now, marks = STARTS | values, EXPLORER.frame(values).panels["template"]
    rings = [m for m in of(marks, Points, WHITE) if m.radius > 7]
    dots = of(marks, Points, RED)
    truth = said("true", now)
    point = said(now["source"], now) if now["source"] != "true" else None
    for found, wanted in ((rings, truth), (dots, point)):
        assert len(found) == (wanted is not None)
        if wanted:
            place = found[0].points[0]
            best = min(gap(other, wanted) for other in TEMPLATE)
            assert gap(place, wanted) == pytest.approx(best, abs=1e-9)
    assert not dots or dots[0].labels == (now["source"],)


@pytest.mark.parametrize("values", ENDS)
def test_the_caption_says_in_which_view_they_lie(values):
    now, told = STARTS | values, caption(EXPLORER.frame(values).panels["template"])
    truth = said("true", now)
    point = said(now["source"], now) if now["source"] != "true" else None
    views = [("front" if p[0] <= 12 else "back") if p else None for p in (truth, point)]
    if views == [None, None]:
        assert told == "Nothing to mark: background."
    elif None not in views and len(set(views)) == 1:
        assert told == f"Both points lie in the {views[0]} view."
    else:
        named = zip(("true", "predicted"), views, strict=True)
        parts = [f"{name} point in the {view} view" for name, view in named if view]
        assert told.lower() == f"{', '.join(parts)}."
        assert told[0].isupper()


def spelt(point: tuple[int, float, float] | None) -> str:
    if point is None:
        return "the background"
    part, u, v = point
    return f"the {NAMES[part - 1]} (I = {part}, U = {u:.2f}, V = {v:.2f})"


@pytest.mark.parametrize("values", ENDS)
def test_the_sentence_says_what_the_pixel_shows(values):
    now, told = STARTS | values, plain(EXPLORER.frame(values).readout)
    truth, point = said("true", now), said(now["source"], now)
    if now["source"] == "true":
        assert told == f"This pixel shows {spelt(truth)}."
        return
    start = f"{now['source'].capitalize()} says {spelt(point)}"
    if point is None and truth is None:
        assert told == f"{start}, and rightly so."
    elif truth is None:
        assert told == f"{start}; in truth it is background."
    elif point is None:
        assert told == f"{start}; in truth it is {spelt(truth)}: an infinite distance."
    else:
        found = re.fullmatch(
            rf"{re.escape(start)}; in truth it is {re.escape(spelt(truth))}: "
            r"(\d\.\d\d) m apart\.",
            told,
        )
        wanted = distance(np.array([point]), np.array([truth]))[0]
        assert float(found[1]) == pytest.approx(wanted, abs=0.0051)


def test_pixels_of_every_kind_were_looked_at():
    """Background rightly, missed, invented, a wrong part, the right one."""
    told = {plain(EXPLORER.frame(values).readout) for values in KINDS.values()}
    assert len(KINDS) == len(told) == 5
    for words in ("rightly so", "infinite", "it is background"):
        assert len([text for text in told if words in text]) == 1
    assert len([text for text in told if "m apart" in text]) == 2


# --- Where it starts, and where the sliders lead -------------------------------------


def test_it_starts_where_the_first_prediction_is_farthest_off():
    assert STARTS["source"] == "student"
    assert STARTS["layer"] == "part"
    far = {}
    for x, y in itertools.product(XS, YS):
        both = [said(name, {"x": x, "y": y}) for name in ("student", "true")]
        if all(both):
            far[x, y] = distance(*(np.array([point]) for point in both))[0]
    assert far[STARTS["x"], STARTS["y"]] == max(far.values())


def test_without_distances_it_starts_in_the_middle_of_the_body():
    for changes in ({"distance": None}, {"predicted": None}):
        start = iuv_explorer(**dense(**changes)).values()
        assert start["source"] == ("true" if "predicted" in changes else "student")
        middle = LEFT + 3 * BLOCK, TOP + 2 * BLOCK
        assert math.dist((start["x"], start["y"]), middle) < 6


def test_the_sliders_go_around_every_body():
    bodies = [answer[..., 0] > 0 for answer in ANSWERS.values()]
    rows, columns = np.nonzero(np.any(bodies, axis=0))
    for states, body, side in ((XS, columns, WIDTH), (YS, rows, HEIGHT)):
        steps = np.diff(states)
        assert len(set(steps.tolist())) == 1
        assert min(states) >= 0
        assert max(states) < side
        assert body.min() - steps[0] <= min(states) < body.min()
        assert body.max() < max(states) <= body.max() + steps[0]
    assert len(XS) * len(YS) * len(ANSWERS) <= 4000
