"""The viewer of two branches: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from explorer_marks import caption, decoded, of, read
from occluded_person import IMAGE, ROWS, STRIDE, TRUTH, XS, branches
from stick_people import JOINTS

from course_lib.widgets import (
    HeatMap,
    Image,
    Lines,
    Points,
    Polyline,
    Rect,
    Scale,
    Text,
    two_branch_viewer,
)
from course_lib.widgets.branches_data import GRAIN, pasted
from course_lib.widgets.branches_views import DENSE

BLUE, ORANGE, WHITE = "#0072B2", "#E69F00", "#FFFFFF"
HUES, BRANCHES = (BLUE, ORANGE), ("visible", "occluded")
DATA = branches()
PATCH, FLAGS = DATA["patch"], DATA["visible"]
PLACES = [(row, x) for row in ROWS for x in XS]
asked: dict[str, list] = {name: [] for name in DATA["runs"]}


def listening(name: str):
    """A network that notes which pictures it was given."""

    def run(images):
        asked[name].append(images.copy())
        return DATA["runs"][name](images)

    return run


EXPLORER = two_branch_viewer(**DATA | {"runs": {n: listening(n) for n in asked}})
IMAGES = asked["soft"][0]
MAPS = {name: np.stack(run(IMAGES), 1) for name, run in DATA["runs"].items()}
STATES = {control.name: control.states for control in EXPLORER.controls}
STARTS = EXPLORER.values()
# Both ends of every control, all others at their start; all of them at their ends; and
# joints that are covered, occluded already and without a label.
ENDS = [{name: state} for name, all_ in STATES.items() for state in (all_[0], all_[-1])]
ENDS += [{name: all_[end] for name, all_ in STATES.items()} for end in (0, -1)]
ENDS += [
    {"network": network, "joint": joint, "x": x, "row": row}
    for network, joint, x, row in (
        ("hard", "right_shoulder", 28, "shoulders"),
        ("hard", "right_elbow", 108, "knees"),
        ("soft", "right_elbow", 18, "shoulders"),
        ("soft", "left_ankle", 58, "knees"),
        ("hard", "right_knee", 48, "knees"),
    )
]


def covered(joint: str, row: str, x: float) -> bool:
    """Whether a joint's pixel is one of the patch's, found by pasting it on nothing."""
    blank = np.zeros_like(IMAGE)
    (h, w), top = PATCH.shape[:2], ROWS[row]
    for i, j in itertools.product(range(h), range(w)):
        v, u = round(top - (h - 1) / 2 + i + 1e-6), round(x - (w - 1) / 2 + j + 1e-6)
        if 0 <= v < blank.shape[0] and 0 <= u < blank.shape[1]:
            blank[v, u] = 1
    u, v = np.rint(TRUTH[JOINTS.index(joint)]).astype(int)
    return bool(blank[v, u, 0])


def shown(values: dict) -> dict:
    """What should be seen: the maps, the maxima, the places, the state."""
    now = STARTS | values
    k, m = JOINTS.index(now["joint"]), PLACES.index((now["row"], now["x"]))
    maps = MAPS[now["network"]][m, :, k]
    state = "visible"
    if FLAGS[k] == 0:
        state = "not labelled"
    elif covered(now["joint"], now["row"], now["x"]):
        state = "covered"
    elif FLAGS[k] == 1:
        state = "occluded already"
    return now | {
        "k": k,
        "maps": maps,
        "maxima": [max(map(max, heatmap)) for heatmap in maps.tolist()],
        "places": [decoded(heatmap, STRIDE) for heatmap in maps],
        "state": state,
        "words": now["joint"].replace("_", " "),
    }


def winner(now: dict) -> int:
    return 1 if now["maxima"][1] > now["maxima"][0] else 0


# --- The pictures that the networks see ----------------------------------------------


@pytest.mark.parametrize("corner", [(3, 2), (-2, 1), (4, -3), (6, 5), (-9, 0), (0, 40)])
def test_a_patch_is_pasted_pixel_by_pixel(corner):
    rng = np.random.default_rng(0)
    image, patch = (rng.integers(0, 255, (*s, 3), np.uint8) for s in ((9, 8), (4, 5)))
    wanted = image.copy()
    for i, j in itertools.product(range(4), range(5)):
        u, v = corner[0] + j, corner[1] + i
        if 0 <= u < 8 and 0 <= v < 9:
            wanted[v, u] = patch[i, j]
    before = image.copy()
    np.testing.assert_array_equal(pasted(image, patch, corner), wanted)
    np.testing.assert_array_equal(image, before)


def test_each_network_is_asked_once_for_all_places():
    for pictures in asked.values():
        assert [part.shape for part in pictures] == [(len(PLACES), *IMAGE.shape)]
    np.testing.assert_array_equal(asked["hard"][0], IMAGES)


@pytest.mark.parametrize("values", ENDS)
def test_the_picture_is_what_the_networks_see(values):
    now = STARTS | values
    base, patch = of(EXPLORER.frame(values).panels["image"], Image)
    made = pasted(base.array, patch.array, (int(patch.x), int(patch.y)))
    wanted = IMAGES[PLACES.index((now["row"], now["x"]))]
    np.testing.assert_array_equal(made, wanted)
    edge = of(EXPLORER.frame(values).panels["image"], Rect)[0]
    h, w = PATCH.shape[:2]
    assert (edge.x, edge.y, edge.w, edge.h) == (patch.x, patch.y, w, h)
    for branch in BRANCHES:
        grey, under = of(EXPLORER.frame(values).panels[branch], Image)
        off = grey.array.astype(float) - IMAGE.mean(axis=-1, keepdims=True)
        assert abs(off).max() <= 0.51
        assert (under.x, under.y, under.array.shape) == (patch.x, patch.y, PATCH.shape)


# --- Truth and answers ---------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_the_true_place_has_a_shape_that_tells_its_state(values):
    now, frame = shown(values), EXPLORER.frame(values)
    for name in ("image", *BRANCHES):
        marks = frame.panels[name]
        rings = [m for m in of(marks, Points, WHITE) if m.radius > 6]
        squares = of(marks, Polyline, WHITE)
        wanted = {"visible": (1, 0), "not labelled": (0, 0)}.get(now["state"], (0, 1))
        assert (len(rings), len(squares)) == wanted
        if rings:
            np.testing.assert_allclose(rings[0].points[0], TRUTH[now["k"]], atol=0.051)
        if squares:
            middle = np.mean(squares[0].points, axis=0)
            np.testing.assert_allclose(middle, TRUTH[now["k"]], atol=0.051)
    said = f"{now['words'].capitalize()}: {now['state']}."
    assert caption(frame.panels["image"]) == said


@pytest.mark.parametrize("values", ENDS)
def test_both_answers_are_the_largest_cells_and_the_winner_has_a_word(values):
    now, frame = shown(values), EXPLORER.frame(values)
    marks = frame.panels["image"]
    dot, triangle = of(marks, Points, BLUE)[0], of(marks, Polyline, ORANGE)[0]
    assert len(triangle.points) == 3
    np.testing.assert_allclose(dot.points[0], now["places"][0], atol=0.051)
    middle = np.mean(triangle.points, axis=0)
    np.testing.assert_allclose(middle, now["places"][1], atol=0.2)
    for n, name in enumerate(BRANCHES):
        own = of(frame.panels[name], Points, HUES[n])
        np.testing.assert_allclose(own[-1].points[0], now["places"][n], atol=0.051)
        assert not of(frame.panels[name], Points, HUES[1 - n])
    word = of(marks, Text)[0]
    place, other = now["places"][winner(now)], now["places"][1 - winner(now)]
    assert (word.text, word.y) == ("wins", pytest.approx(place[1], abs=0.051))
    is_right = word.align == "left"
    assert (word.x > place[0]) == is_right
    if place[0] != other[0] and 25 < place[0] < 70:
        assert is_right == (place[0] > other[0])


def test_the_word_stays_on_the_picture():
    """An answer at either rim, the other one between it and the picture's middle."""
    for edge, inner, align in ((1, 4, "left"), (22, 19, "right")):
        columns = np.arange(24)
        sides = (edge, 1.0), (inner, 0.5)
        maps = [np.tile(columns == at, (32, 1)) * top for at, top in sides]

        def run(images, maps=maps):
            return [np.tile(part, (len(images), 14, 1, 1)) for part in maps]

        explorer = two_branch_viewer(**DATA | {"runs": {"one": run}})
        word = of(explorer.frame().panels["image"], Text)[0]
        assert word.align == align


# --- The maps ------------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_the_maps_are_shown_on_one_scale(values):
    now, frame = shown(values), EXPLORER.frame(values)
    for n, name in enumerate(BRANCHES):
        heat = of(frame.panels[name], HeatMap)[0]
        share = np.clip((now["maps"][n] - 0.1) / 0.9, 0, 1)
        off = np.abs(heat.array / 255 - share).max()
        assert off <= 1 / 16 + GRAIN / 0.9 + 1e-9  # half a shade, and the grain
        assert (heat.low, heat.high) == (pytest.approx(0.1), 1.0)
        assert (heat.x, heat.y, heat.w, heat.h) == (0, 0, 96, 128)
        assert (heat.fade, heat.alpha) == (False, DENSE)


@pytest.mark.parametrize("values", ENDS)
def test_the_map_that_wins_is_framed_and_named(values):
    now, frame = shown(values), EXPLORER.frame(values)
    for n, name in enumerate(BRANCHES):
        won = n == winner(now)
        assert len(of(frame.panels[name], Rect, HUES[n])) == won
        told = "Wins" if won else "Loses"
        if now["state"] != "not labelled":
            off = math.dist(now["places"][n], TRUTH[now["k"]])
            told += f", {off:.1f} px off"
        assert caption(frame.panels[name]) == f"{told}."


# --- Bars and curves -----------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_the_bars_are_the_maxima(values):
    now, marks = shown(values), EXPLORER.frame(values).panels["bars"]
    scale, texts = of(marks, Scale)[0], of(marks, Text)
    for n, most in enumerate(now["maxima"]):
        bar = of(marks, Lines, HUES[n])[0]
        foot, head = read(scale, bar.start[0]), read(scale, bar.end[0])
        assert (foot[0], foot[1]) == (pytest.approx(n, abs=0.01), pytest.approx(0))
        assert head[1] == pytest.approx(most, abs=0.01)
        number = next(
            t for t in texts if t.text == f"{most:.2f}" and t.x == head_x(bar)
        )
        assert number.y < bar.end[0][1]
        names = [t for t in texts if t.text == BRANCHES[n]]
        assert names[0].x == pytest.approx(head_x(bar), abs=0.6)
    word, best = next(t for t in texts if t.text == "wins"), HUES[winner(now)]
    x, y = of(marks, Lines, best)[0].end[0]
    assert word.x == pytest.approx(x, abs=0.6)
    assert word.y + 12 < y - 13


def head_x(bar: Lines) -> float:
    return bar.end[0][0]


@pytest.mark.parametrize("values", ENDS)
def test_the_curves_are_the_maxima_at_every_place(values):
    now, marks = shown(values), EXPLORER.frame(values).panels["way"]
    scale = of(marks, Scale)[0]
    tall = 1.01 * (scale.y[1] - scale.y[0]) / (scale.bottom - scale.top)  # a unit
    wide = 1.01 * (scale.x[1] - scale.x[0]) / (scale.right - scale.left)
    every = [shown(values | {"x": x}) for x in XS]
    for n, hue in enumerate(HUES):
        curve, dots = of(marks, Polyline, hue)[0], of(marks, Points, hue)[0]
        assert curve.points == dots.points
        found = np.array([read(scale, place) for place in curve.points])
        np.testing.assert_allclose(found[:, 0], XS, atol=wide)
        wanted = [one["maxima"][n] for one in every]
        np.testing.assert_allclose(found[:, 1], wanted, atol=tall)
        assert (bool(curve.dash), dots.filled) == (n == 1, n == 0)
    here = next(m for m in of(marks, Lines, "ink") if m.dash)
    assert read(scale, here.start[0])[0] == pytest.approx(now["x"], abs=0.1)
    assert scale.x_name == "centre of the patch in x (px)"


@pytest.mark.parametrize("values", ENDS)
def test_the_chart_says_where_the_joint_is_covered_and_who_wins_where(values):
    marks = EXPLORER.frame(values).panels["way"]
    scale = of(marks, Scale)[0]
    every = [shown(values | {"x": x}) for x in XS]
    wanted = {x for x, one in zip(XS, every, strict=True) if one["state"] == "covered"}
    bands = of(marks, Rect)
    found = set()
    for band in bands:
        low, high = (read(scale, (at, 0))[0] for at in (band.x, band.x + band.w))
        found |= {x for x in XS if low <= x <= high}
    assert found == wanted
    assert len([t for t in of(marks, Text) if t.text == "covered"]) == len(bands)
    winners = [winner(one) for one in every]
    told = caption(marks)
    if len(set(winners)) == 1:
        assert told == f"The {BRANCHES[winners[0]]} branch wins everywhere."
        return
    assert told.startswith(f"The {BRANCHES[winners[0]]} branch wins at first, ")
    steps = zip(XS[1:], itertools.pairwise(winners), strict=True)
    turns = [x for x, (before, after) in steps if before != after]
    for x in turns:
        assert f"{BRANCHES[winners[XS.index(x)]]} one from {x:g} px on" in told
    assert told.count(" one from ") == len(turns)


@pytest.mark.parametrize("values", ENDS)
def test_the_sentence_says_who_speaks_and_whether_the_flag_is_right(values):
    now = shown(values)
    high, low = sorted(now["maxima"], reverse=True)
    flag = BRANCHES[winner(now)]
    start = f"The {flag} branch speaks for the {now['words']}: {high:.2f} > {low:.2f}."
    if now["state"] == "not labelled":
        end = "; it has no label."
    else:
        is_hidden = now["state"] != "visible"
        way = "rightly" if is_hidden == (flag == "occluded") else "wrongly"
        end = f", {way}: it is {now['state']}."
    assert EXPLORER.frame(values).readout == f"{start} So it is called {flag}{end}"


def test_states_of_every_kind_were_looked_at():
    seen = {(shown(v)["state"], winner(shown(v))) for v in ENDS}
    assert seen >= {("visible", 0), ("covered", 1), ("not labelled", 0)}
    assert {state for state, _ in seen} >= {"occluded already"}
