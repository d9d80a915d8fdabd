"""The explorer of basins: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math
from functools import cache

import numpy as np
import pytest
from explorer_marks import caption, of, plain, read
from planted_fields import SIDE
from pointing_people import CELLS, STRIDE, VARIANTS, owners, pointing
from stick_people import JOINTS, LIMBS

from course_lib.widgets import (
    Event,
    Handle,
    HeatMap,
    Image,
    Lines,
    Points,
    Scale,
    Text,
    basin_explorer,
)
from course_lib.widgets.palette import colour_table

WHITE, BLACK, GREEN = "#FFFFFF", "#000000", "#009E73"
HUES = ("#0072B2", "#E69F00", GREEN)
MORE = ("#CC79A7", "#56B4E9", "#D55E00")
NOBODY, SEVERAL, GROUND = "#B4BAC2", "#30353C", "#EEF0F2"
DATA = pointing()
LIVE = basin_explorer(**DATA)
EXPLORER = LIVE.stored
STATES = {control.name: control.states for control in EXPLORER.controls}
STARTS = EXPLORER.values()
XS, YS = STATES["x"], STATES["y"]
# Both ends of every control, all others at their start; all of them at their ends; and
# cells of all variants.
ENDS = [{name: state} for name, all_ in STATES.items() for state in (all_[0], all_[-1])]
ENDS += [{name: all_[end] for name, all_ in STATES.items()} for end in (0, -1)]
ENDS += [
    {"variant": variant, "x": x, "y": y}
    for variant, x, y in itertools.product(VARIANTS, XS[::2], YS[::3])
]
MASKS = [
    {"variant": variant, "joint": joint, "t": t}
    for variant, (joint, t) in itertools.product(
        VARIANTS,
        [("all", t) for t in (0.05, 0.25, 0.6)],
    )
]
MASKS += [
    {"variant": variant, "joint": joint, "t": t}
    for variant in VARIANTS
    for joint, t in (("left_ankle", 0.05), ("left_wrist", 0.6))
]


def is_person(x: int, y: int) -> bool:
    return bool(DATA["segmentation"][y, x] >= 0.5)


def centre(x: int, y: int) -> tuple[float, float]:
    """The middle of the four by four pixels of a cell."""
    return tuple(np.mean([STRIDE * u + i for i in range(STRIDE)]) for u in (x, y))


def seen(variant: str, k: int, x: int, y: int) -> tuple[float, float]:
    """Where a cell sees a joint."""
    dx, dy = DATA["long_offsets"][VARIANTS.index(variant), k, :, y, x]
    return centre(x, y)[0] + dx, centre(x, y)[1] + dy


def size(n: int) -> float:
    """The root of the area of the box around a person's joints."""
    places = [
        p for p, s in zip(DATA["poses"][n], DATA["presence"][n], strict=True) if s
    ]
    xs, ys = zip(*places, strict=True)
    return math.sqrt((max(xs) - min(xs)) * (max(ys) - min(ys)))


SIZES = [size(n) for n in range(3)]


@cache
def distance(variant: str, n: int, x: int, y: int, joint: str = "all") -> float:
    """D of a cell to a person, joint by joint."""
    total = weight = 0.0
    for k, name in enumerate(JOINTS):
        if joint in ("all", name):
            sure = float(DATA["presence"][n, k])
            gap = math.dist(seen(variant, k, x, y), DATA["poses"][n, k])
            total, weight = total + sure * gap / SIZES[n], weight + sure
    return total / weight if weight else math.inf


def colour(now: dict, x: int, y: int) -> str:
    """What a cell is painted."""
    if not is_person(x, y):
        return GROUND
    far = [distance(now["variant"], n, x, y, now["joint"]) for n in range(3)]
    if now["joint"] != "all":
        return HUES[far.index(min(far))]
    within = [n for n, value in enumerate(far) if value <= now["t"]]
    return HUES[within[0]] if len(within) == 1 else SEVERAL if within else NOBODY


def hues(marks) -> list[list[str]]:
    """The colour of each cell: the numbers 0 to 8 stand for one each."""
    named = [GROUND, *HUES, *MORE, NOBODY, SEVERAL]
    shown = of(marks, HeatMap)[0]
    assert (shown.low, shown.high, shown.colours) == (0, 16, "owners")
    table = colour_table("owners")
    for number, hue in enumerate(named):
        pixel = table[round(255 * number / 16)].astype(int)
        wanted = [int(hue[at : at + 2], 16) for at in (1, 3, 5)]
        np.testing.assert_allclose(pixel, wanted, atol=6)  # half a step off
    numbers = np.rint(shown.array / 255 * 16).astype(int)
    return [[named[number] for number in row] for row in numbers.tolist()]


# --- The cells -----------------------------------------------------------------------


@pytest.mark.parametrize("values", MASKS)
def test_each_cell_has_the_colour_of_its_owner(values):
    now = STARTS | values
    marks = EXPLORER.frame(values).panels["cells"]
    shown = of(marks, HeatMap)[0]
    assert (shown.x, shown.y, shown.w, shown.h) == (0, 0, SIDE, SIDE)
    assert shown.array.shape == (CELLS, CELLS)
    painted = hues(marks)
    counts: dict[str, int] = {}
    for y, x in np.ndindex(CELLS, CELLS):
        wanted = colour(now, x, y)
        counts[wanted] = counts.get(wanted, 0) + 1
        assert painted[y][x] == wanted
    told = caption(marks)
    if now["joint"] != "all":
        joint = now["joint"].replace("_", " ")
        assert told == f"Whose {joint} is nearest to where the cell sees it; no t."
        return
    total = sum(is_person(x, y) for y, x in np.ndindex(CELLS, CELLS))
    assert told.startswith(f"Of {total} cells, person 1: ")
    several, nobody = counts.get(SEVERAL, 0), counts.get(NOBODY, 0)
    assert told.endswith(f"; {several} of several, {nobody} of nobody.")
    for n in range(3):
        own = sum(
            distance(now["variant"], n, x, y) <= now["t"]
            for y, x in np.ndindex(CELLS, CELLS)
            if is_person(x, y)
        )
        assert f"{n + 1}: {own}" in told


def test_true_offsets_give_every_cell_to_its_person_alone():
    painted = hues(EXPLORER.frame({"t": 0.05}).panels["cells"])
    for (y, x), n in np.ndenumerate(owners(DATA["poses"])):
        wanted = HUES[n] if n >= 0 else GROUND
        assert painted[y][x] == wanted


def test_raw_offsets_mix_up_those_who_touch_and_a_wide_threshold_gives_many_owners():
    raw, wide = (
        caption(EXPLORER.frame(values).panels["cells"])
        for values in ({"variant": "raw"}, {"variant": "raw", "t": 0.6})
    )
    assert "; 0 of several" not in raw
    assert int(wide.split("; ")[1].split()[0]) > int(raw.split("; ")[1].split()[0])


def test_nobody_without_a_joint_is_its_owner():
    """The second person lacks the left ankle: none of its cells is painted as its."""
    frame = EXPLORER.frame({"joint": "left_ankle"})
    painted = {hue for row in hues(frame.panels["cells"]) for hue in row}
    assert painted == {HUES[0], HUES[2], GROUND}


# --- The picture ---------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_the_pose_that_a_cell_believes_in_is_drawn(values):
    now = STARTS | values
    marks = EXPLORER.frame(values).panels["image"]
    x, y = now["x"], now["y"]
    np.testing.assert_array_equal(of(marks, Image)[0].array, DATA["image"])
    assert of(marks, Points, BLACK)[0].points[0] == pytest.approx(centre(x, y))
    white = of(marks, Lines, WHITE)
    assert len(white) == is_person(x, y)
    if white:
        for (a, b), start, end in zip(LIMBS, white[0].start, white[0].end, strict=True):
            for name, place in ((a, start), (b, end)):
                wanted = seen(now["variant"], JOINTS.index(name), x, y)
                np.testing.assert_allclose(place, wanted, atol=0.5001)


def test_people_are_drawn_with_the_joints_they_have():
    marks = EXPLORER.frame().panels["image"]
    for n, hue in enumerate(HUES):
        bones = of(marks, Lines, hue)[0]
        has = {name for k, name in enumerate(JOINTS) if DATA["presence"][n, k] > 0}
        pairs = [(a, b) for a, b in LIMBS if {a, b} <= has]
        for (a, b), start, end in zip(pairs, bones.start, bones.end, strict=True):
            for name, place in ((a, start), (b, end)):
                wanted = DATA["poses"][n, JOINTS.index(name)]
                np.testing.assert_allclose(place, wanted, atol=0.5001)
        labels = {text for m in of(marks, Points, hue) for text in m.labels}
        assert f"person {n + 1}, neck" in labels
        assert (f"person {n + 1}, left ankle" in labels) == (n != 1)
    assert {m.text for m in of(marks, Text)} == {"1", "2", "3"}


@pytest.mark.parametrize("joint", ["right_ankle", "left_ankle", "left_wrist"])
@pytest.mark.parametrize("variant", VARIANTS)
def test_dots_show_where_cells_see_the_joint(variant, joint):
    marks = EXPLORER.frame({"variant": variant, "joint": joint}).panels["image"]
    dots = {m.colour: m.points for m in of(marks, Points) if m.radius == 2.6}
    k = JOINTS.index(joint)
    cells = [(x, y) for y, x in np.ndindex(CELLS, CELLS) if is_person(x, y)]
    wanted: dict[str, set] = {}
    for x, y in cells:
        far = [distance(variant, n, x, y, joint) for n in range(3)]
        place = tuple(np.rint(seen(variant, k, x, y)).tolist())
        wanted.setdefault(HUES[far.index(min(far))], set()).add(place)
    assert 25 <= sum(map(len, dots.values())) <= 48
    for hue, places in dots.items():
        assert set(places) <= wanted[hue]
    assert caption(marks).startswith(
        f"Dots: where cells see their {joint.replace('_', ' ')}. Move the pixel"
    )
    plain_ = EXPLORER.frame({"variant": variant}).panels["image"]
    assert not [m for m in of(plain_, Points) if m.radius == 2.6]


# --- The distances -------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_bars_and_the_sentence_tell_how_far_the_cell_is_from_whom(values):
    now = STARTS | values
    frame = EXPLORER.frame(values)
    x, y, variant = now["x"], now["y"], now["variant"]
    marks, told = frame.panels["distances"], plain(frame.readout)
    scale = of(marks, Scale)[0]
    bars = [m for m in of(marks, Lines) if isinstance(m.colour, tuple)]
    if not is_person(x, y):
        assert not bars
        assert told == f"Cell {x}, {y} is background: it is asked for no pose."
        return
    far = [distance(variant, n, x, y) for n in range(3)]
    assert bars[0].colour == HUES
    for n, (start, end) in enumerate(zip(bars[0].start, bars[0].end, strict=True)):
        assert read(scale, start) == pytest.approx((0, -n), abs=0.03)
        assert read(scale, end) == pytest.approx((min(far[n], 0.8), -n), abs=0.03)
    texts = [m.text for m in of(marks, Text)]
    assert [text for text in texts if text.count(".") == 1 and len(text) == 4] == [
        f"{value:.2f}" for value in far
    ]
    one, two, three = (
        f"{value:.2f} from person {n + 1}" for n, value in enumerate(far)
    )
    nearest = far.index(min(far)) + 1
    assert told == (
        f"Cell {x}, {y}, {variant}, believes in a pose {one}, {two} and {three}: "
        f"person {nearest} is nearest."
    )


@pytest.mark.parametrize("t", STATES["t"])
def test_the_threshold_stands_in_the_chart(t):
    marks = EXPLORER.frame({"t": t}).panels["distances"]
    scale, line = (
        of(marks, Scale)[0],
        next(m for m in of(marks, Lines, "ink") if m.dash),
    )
    for end in (line.start[0], line.end[0]):
        assert read(scale, end)[0] == pytest.approx(t, abs=0.001)
    paper = ", as in the paper" if t == 0.25 else ""
    wanted = f"A cell belongs to every person with D ≤ t = {t:g}{paper}."
    assert caption(marks) == wanted


# --- Where it starts, and what can be moved ------------------------------------------


def test_it_starts_where_the_variants_disagree():
    assert (STARTS["variant"], STARTS["joint"], STARTS["t"]) == ("true", "all", 0.25)
    x, y = STARTS["x"], STARTS["y"]
    near = {
        name: min(range(3), key=lambda n: distance(name, n, x, y))
        for name in ("raw", "true")
    }
    assert near["raw"] != near["true"] == owners(DATA["poses"])[y, x]


def test_a_click_or_a_drag_takes_the_pixel_to_any_cell():
    for kind, panel in itertools.product(("click", "drag"), ("image", "cells")):
        after = LIVE.after({}, Event(kind, panel, 41.3, 90.6, "pixel"))
        frame = LIVE.frame(after)
        assert frame.readout.startswith("Cell 10, 22")
        for name in ("image", "cells"):
            handle = of(frame.panels[name], Handle)[0]
            assert (handle.x, handle.y) == centre(10, 22)
    beyond = LIVE.after({}, Event("click", "cells", -5.0, 500.0))
    assert LIVE.frame(beyond).readout.startswith(f"Cell 0, {CELLS - 1}")
    assert LIVE.after({}, Event("click", "distances", 5, 5)) == LIVE.values()
    assert caption(LIVE.frame().panels["image"]).startswith("Drag the pixel")
    assert "live()" in caption(EXPLORER.frame().panels["image"])


def test_the_sliders_go_around_every_person_and_live_ones_everywhere():
    rows, columns = np.nonzero(DATA["segmentation"] >= 0.5)
    for states, body in ((XS, columns), (YS, rows)):
        (step,) = set(np.diff(states).tolist())
        assert body.min() - step <= min(states) < body.min() + step
        assert body.max() - step < max(states) <= body.max() + step
    live = {control.name: control.states for control in LIVE.controls}
    assert live["x"] == live["y"] == tuple(range(CELLS))
