"""The explorer of bad boxes: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from boxed_people import (
    BOXES,
    FIGURES,
    SCALES,
    SIDE,
    SYSTEMS,
    TRUTH,
    XS,
    YS,
    answers,
    bad_boxes,
    corners,
    twins,
)
from explorer_marks import caption, of, plain, read
from stick_people import JOINTS, LIMBS

from course_lib.skeletons import get_skeleton
from course_lib.widgets import (
    Event,
    Handle,
    Image,
    Lines,
    Points,
    Polyline,
    Rect,
    Scale,
    bad_box_explorer,
    moved_boxes,
    pose_nms_playground,
)

ORANGE, BLUE, WHITE = "#E69F00", "#0072B2", "#FFFFFF"
COLOURS = {SYSTEMS[0]: ORANGE, SYSTEMS[1]: BLUE}
NAMES = ("Ada", "Ben")
DATA = bad_boxes()
EXPLORER = bad_box_explorer(**DATA)
LIVE = bad_box_explorer(**DATA, solve=answers)
NOW = ("person", "x", "y", "scale")
ENDS = list(itertools.product(NAMES, (XS[0], 0.2, XS[-1]), (YS[0], YS[-1]), (0.8, 1.0)))


def frame(*state, explorer=EXPLORER, **more):
    return explorer.frame(dict(zip(NOW, state, strict=True)) | more)


def box_at(person: str, x: float, y: float, scale: float) -> np.ndarray:
    """The box, side by side."""
    left, top, wide, high = BOXES[NAMES.index(person)]
    right, bottom = left + wide - 1, top + high - 1
    across, down = (left + right) / 2 + x * wide, (top + bottom) / 2 + y * high
    w, h = scale * wide, scale * high
    return np.array([across - w / 2 + 0.5, down - h / 2 + 0.5, w, h])


def overlap(a, b) -> float:
    """Intersection over union on a fine grid of samples."""
    side = np.arange(-150, 350, 0.25) + 0.125 - 0.5
    inside = [
        ((side >= box[axis] - 0.5) & (side < box[axis] + box[axis + 2] - 0.5))
        for box in (a, b)
        for axis in (0, 1)
    ]
    both = (inside[0] & inside[2]).sum() * (inside[1] & inside[3]).sum()
    one, two = inside[0].sum() * inside[1].sum(), inside[2].sum() * inside[3].sum()
    return both / (one + two - both)


# --- The boxes -----------------------------------------------------------------------


def test_moved_boxes_are_scaled_about_their_centres_and_shifted():
    grid = moved_boxes(BOXES, XS, YS, SCALES)
    assert grid.shape == (2, len(XS), len(YS), len(SCALES), 4)
    for n, (i, x), (j, y), (k, scale) in itertools.product(
        range(2), enumerate(XS), enumerate(YS), enumerate(SCALES)
    ):
        np.testing.assert_allclose(grid[n, i, j, k], box_at(NAMES[n], x, y, scale))
    np.testing.assert_allclose(grid[:, 2, 1, 1], BOXES)
    np.testing.assert_allclose(
        moved_boxes([[3, 4, 10, 20]], [0], [0], [2])[0, 0, 0, 0], [-2, -6, 20, 40]
    )


@pytest.mark.parametrize("state", ENDS)
def test_the_picture_has_the_true_box_and_the_one_given(state):
    marks, n = frame(*state).panels["image"], NAMES.index(state[0])
    np.testing.assert_array_equal(of(marks, Image)[0].array, DATA["images"][n])
    true, given = of(marks, Rect, WHITE)[0], of(marks, Rect, ORANGE)[0]
    assert (true.dash != (), given.dash) == (True, ())
    for mark, box in ((true, BOXES[n]), (given, box_at(*state))):
        np.testing.assert_allclose((mark.x, mark.y, mark.w, mark.h), box, atol=0.051)
    limbs = of(marks, Lines, WHITE)[0]
    wanted = [TRUTH[n, JOINTS.index(a)] for a, _ in LIMBS]
    np.testing.assert_allclose(limbs.start, wanted)


@pytest.mark.parametrize("state", ENDS)
@pytest.mark.parametrize("show", ["both", *SYSTEMS])
def test_the_picture_has_the_poses_and_the_frame_that_are_asked_for(state, show):
    marks, n = frame(*state, show=show).panels["image"], NAMES.index(state[0])
    poses, frames, _ = answers(box_at(*state)[None], n)
    for at, system in enumerate(SYSTEMS):
        dots = of(marks, Points, COLOURS[system])
        limbs = of(marks, Lines, COLOURS[system])
        if show not in ("both", system):
            assert not dots + limbs
            continue
        np.testing.assert_allclose(dots[0].points, poses[at, 0], atol=0.51)
        assert dots[0].filled == bool(at)
        wanted = [[poses[at, 0, JOINTS.index(end)] for end in limb] for limb in LIMBS]
        found = np.stack([limbs[0].start, limbs[0].end], axis=1)
        np.testing.assert_allclose(found, wanted, atol=0.51)  # whole pixels
    sides = of(marks, Polyline, BLUE)
    assert len(sides) == (show != SYSTEMS[0])
    for side in sides:
        assert side.closed
        assert side.dash
        np.testing.assert_allclose(side.points, frames[0], atol=0.51)


@pytest.mark.parametrize("state", ENDS)
def test_the_caption_says_how_far_the_centres_are_off(state):
    n, box = NAMES.index(state[0]), box_at(*state)
    true = np.mean(corners(BOXES[n]), axis=0)
    _, frames, _ = answers(box[None], n)
    off = [math.dist(np.mean(c, axis=0), true) for c in (corners(box), frames[0])]
    assert caption(frame(*state).panels["image"]) == (
        f"Centre off: box {off[0]:.1f} px, re-cropped's frame {off[1]:.1f} px."
    )


# --- The chart and the sentence ------------------------------------------------------


@pytest.mark.parametrize("state", ENDS)
@pytest.mark.parametrize("along", ["x", "y"])
def test_the_curves_are_the_errors_along_an_axis(state, along):
    marks, n = frame(*state, along=along).panels["chart"], NAMES.index(state[0])
    person, x, y, scale = state
    steps = XS if along == "x" else YS
    line = [(s, y) if along == "x" else (x, s) for s in steps]
    boxes = np.array([box_at(person, *shift, scale) for shift in line])
    axes, errors = of(marks, Scale)[0], answers(boxes, n)[2]
    tall = (axes.y[1] - axes.y[0]) / 250  # places are rounded to 0.1 units
    for at, system in enumerate(SYSTEMS):
        curve = of(marks, Polyline, COLOURS[system])[0]
        found = np.array([read(axes, place) for place in curve.points])
        np.testing.assert_allclose(found[:, 0], steps, atol=0.002)
        np.testing.assert_allclose(found[:, 1], errors[at], atol=tall)
        assert bool(curve.dash) == (at == 0)
    rings = of(marks, Points, "ink")[0]
    here = x if along == "x" else y
    wanted = [(here, error) for error in errors[:, steps.index(here)]]
    found = [read(axes, place) for place in rings.points]
    np.testing.assert_allclose(found, wanted, atol=max(tall, 0.002))
    assert axes.y_name == DATA["measure"]
    assert axes.x_name.startswith(f"shift in {along} (share of the box's ")
    other, rest = ("y", y) if along == "x" else ("x", x)
    signed = f"{rest:+g}".replace("-", "−")
    assert caption(marks) == f"With a shift in {other} of {signed}, sides × {scale:g}."


@pytest.mark.parametrize("state", ENDS)
def test_the_sentence_says_the_box_and_both_errors(state):
    told, n = plain(frame(*state).readout), NAMES.index(state[0])
    first, second = answers(box_at(*state)[None], n)[2][:, 0]
    x, y = (f"{shift:+g}".replace("-", "−") for shift in state[1:3])
    assert told.startswith(f"Box shifted by {x} widths and {y} heights: IoU ")
    found = float(told.split("IoU ")[1][:4])
    assert found == pytest.approx(overlap(box_at(*state), BOXES[n]), abs=0.012)
    errors = f"alone {first:.2f}, re-cropped {second:.2f}"
    way = "less" if second < first else "more"
    gain = f", that is {abs(first - second):.2f} {way}"
    assert told.endswith(f"Mean error (head sizes): {errors}{gain}.")


def test_equal_errors_are_not_compared():
    equal = bad_boxes(errors=np.ones((2, 2, 5, 3, 2)))
    assert bad_box_explorer(**equal).frame().readout.endswith("re-cropped 1.00.")


def test_it_starts_with_a_small_shift():
    wanted = {"person": "Ada", "x": 0.2, "y": 0.0, "scale": 1.0}
    assert {name: EXPLORER.values()[name] for name in NOW} == wanted
    texts = {control.name: control.texts for control in EXPLORER.controls}
    assert texts["x"] == ("−0.4", "−0.2", "0", "+0.2", "+0.4")
    assert texts["show"] == ("alone and re-cropped", *SYSTEMS)


def test_it_starts_along_the_axis_asked_for():
    explorer = bad_box_explorer(**DATA, along="y")
    assert [explorer.values()[name] for name in ("x", "y", "along")] == [0, YS[-1], "y"]
    with pytest.raises(ValueError, match='along is "x" or "y", got \'z\''):
        bad_box_explorer(**DATA, along="z")


def test_joints_without_a_label_are_left_out():
    truth = TRUTH.copy()
    truth[0, JOINTS.index("neck")] = np.nan
    explorer = bad_box_explorer(**bad_boxes(truth=truth))
    limbs = of(explorer.frame().panels["image"], Lines, WHITE)[0]
    assert len(limbs.start) == sum("neck" not in limb for limb in LIMBS)


def only_one(**changes) -> dict:
    """The data of one person."""
    data = bad_boxes()
    first = ("images", "truth", "boxes", "frames")
    cut = {name: data[name][:1] for name in first}
    cut |= {name: data[name][:, :1] for name in ("poses", "errors")}
    return data | cut | {"names": None} | changes


def test_one_person_needs_no_choice():
    explorer = bad_box_explorer(**only_one())
    assert [control.name for control in explorer.controls][:1] == ["x"]
    assert explorer.values()["person"] == "1"
    state = ("Ada", 0.2, 0.0, 1.0)
    assert explorer.frame().readout == frame(*state).readout
    assert "http" not in explorer.html()


def test_wide_pictures_are_stored_smaller_but_shown_as_large():
    images = FIGURES["images"].repeat(2, axis=1).repeat(2, axis=2)
    explorer = bad_box_explorer(**bad_boxes(images=images))
    assert explorer.panels[0].width == 2 * SIDE
    shown = of(explorer.frame().panels["image"], Image)[0]
    assert shown.array.shape[1] == SIDE
    assert (shown.w, shown.h) == (2 * SIDE, 2 * SIDE)


# --- The live explorer ---------------------------------------------------------------


def pulled(values: dict, handle: str, x: float, y: float) -> dict:
    return LIVE.after(values, Event("drag", "image", x, y, handle))


def given(values: dict) -> np.ndarray:
    """The box [x, y, w, h] that is drawn."""
    mark = of(LIVE.frame(values).panels["image"], Rect, ORANGE)[0]
    return np.array([mark.x, mark.y, mark.w, mark.h])


def test_only_the_live_explorer_has_dots():
    assert not of(EXPLORER.frame().panels["image"], Handle)
    assert not of(LIVE.stored.frame().panels["image"], Handle)
    assert LIVE.stored.respond is None
    assert caption(LIVE.stored.frame().panels["image"]).endswith("with .live().")
    x, y, w, h = given({})
    found = {m.name: (m.x, m.y) for m in of(LIVE.frame().panels["image"], Handle)}
    places = {
        "move": (x + (w - 1) / 2, y),
        "near": (x, y),
        "far": (x + w - 1, y + h - 1),
    }
    assert set(found) == set(places)
    for name, place in places.items():
        wanted = np.clip(place, 0, SIDE - 1)
        np.testing.assert_allclose(found[name], wanted, atol=0.11)
    assert LIVE.live().after({"kind": "frame"}) == LIVE.values()


def test_without_a_drag_the_live_explorer_shows_what_was_computed():
    def refuse(boxes, person):
        raise AssertionError("asked")

    explorer = bad_box_explorer(**DATA, solve=refuse)
    for state in ENDS:
        live = frame(*state, explorer=explorer)
        assert live.readout == frame(*state).readout
        assert live.panels["chart"] == frame(*state).panels["chart"]


def dragged(person: str) -> tuple[dict, np.ndarray]:
    """All values after both corners and then the whole box were dragged; the box."""
    values = LIVE.values({"person": person, "x": -0.2, "scale": 0.8})
    x, y, w, h = given(values)
    values = pulled(values, "near", x + 9.25, y + 14.5)
    wanted = [x + 9.25, y + 14.5, w - 9.25, h - 14.5]
    np.testing.assert_allclose(given(values), wanted, atol=0.11)
    values = pulled(values, "far", x + w - 20, y + h - 8)
    wanted[2:] = [w - 9.25 - 19, h - 14.5 - 7]
    np.testing.assert_allclose(given(values), wanted, atol=0.11)
    values = pulled(values, "move", 80.5, 40.0)
    wanted[:2] = [80.5 - (wanted[2] - 1) / 2, 40.0]
    np.testing.assert_allclose(given(values), wanted, atol=0.11)
    return values, np.array(wanted)


@pytest.mark.parametrize("person", NAMES)
def test_python_answers_for_a_dragged_box(person):
    (values, box), n = dragged(person), NAMES.index(person)
    shown = LIVE.frame(values)
    poses, frames, errors = answers(box[None], n)
    marks = shown.panels["image"]
    for at, system in enumerate(SYSTEMS):
        dots = of(marks, Points, COLOURS[system])[0]
        np.testing.assert_allclose(dots.points, poses[at, 0], atol=0.61)
    sides = of(marks, Polyline, BLUE)[0]
    np.testing.assert_allclose(sides.points, frames[0], atol=0.61)
    told = float(shown.readout.split("alone ")[1][:4])
    assert told == pytest.approx(errors[0, 0], abs=0.02)
    # The other person keeps the box of the controls, and a click puts this one back.
    other = values | {"person": NAMES[1 - n]}
    assert LIVE.frame(other).readout == frame(NAMES[1 - n], -0.2, 0.0, 0.8).readout
    back = LIVE.after(values, Event("click", "image", 3, 3))
    assert back["edits"] == {}
    assert LIVE.after(values, Event("click", "chart", 3, 3)) == values


@pytest.mark.parametrize("person", NAMES)
@pytest.mark.parametrize(("along", "steps"), [("x", XS), ("y", YS)])
def test_the_curves_follow_a_dragged_box(person, along, steps):
    (values, box), n = dragged(person), NAMES.index(person)
    chart = LIVE.frame(values | {"along": along}).panels["chart"]
    axes, axis = of(chart, Scale)[0], int(along == "y")
    boxes = np.tile(box, (len(steps), 1))
    true = BOXES[n, axis] + (BOXES[n, 2 + axis] - 1) / 2
    for at, step in enumerate(steps):
        centre = true + step * BOXES[n, 2 + axis]
        boxes[at, axis] = centre - (box[2 + axis] - 1) / 2
    for at, row in enumerate(answers(boxes, n)[2]):
        curve = of(chart, Polyline, COLOURS[SYSTEMS[at]])[0]
        found = [read(axes, place)[1] for place in curve.points]
        np.testing.assert_allclose(found, np.clip(row, *axes.y), atol=0.03)
    share = (box[axis] + (box[2 + axis] - 1) / 2 - true) / BOXES[n, 2 + axis]
    ring = read(axes, of(chart, Points, "ink")[0].points[0])
    assert ring[0] == pytest.approx(np.clip(share, *axes.x), abs=0.005)


def test_the_sliders_still_move_a_dragged_box():
    values = LIVE.values({"x": 0.0})
    x, y, w, h = given(values)
    values = pulled(values, "move", x + (w - 1) / 2 + 5, y + 6)
    slid = values | {"x": 0.2, "y": 0.3}
    wide, high = BOXES[0, 2:]
    wanted = [x + 5 + 0.2 * wide, y + 6 + 0.3 * high, w, h]
    np.testing.assert_allclose(given(slid), wanted, atol=0.11)


def test_a_box_keeps_a_size():
    values = LIVE.values({"x": 0.0})
    x, y, _, _ = given(values)
    values = pulled(values, "far", 0, 0)
    np.testing.assert_allclose(given(values), [x, y, 8, 8], atol=0.11)
    values = pulled(values, "near", 191, 191)
    assert given(values)[2:] == pytest.approx([8, 8], abs=0.02)
    off = pulled(LIVE.values(), "move", -300, 900)
    dots = of(LIVE.frame(off).panels["image"], Handle)
    assert all(0 <= dot.x < SIDE and 0 <= dot.y < SIDE for dot in dots)


def test_python_is_asked_once_for_each_box():
    asked = []

    def solve(boxes, person):
        asked.append(len(boxes))
        return answers(boxes, person)

    explorer = bad_box_explorer(**DATA, solve=solve)
    event = Event("drag", "image", 90, 50, "move")
    explorer.frame(explorer.after(explorer.values(), event))
    assert sorted(asked) == [1, len(XS)]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda p, f, e: (p, f), "solve returns poses, frames, errors"),
        (lambda p, f, e: (p[0], f, e), "solve's poses should have shape"),
        (lambda p, f, e: (p, f[:, :3], e), "solve's frames should have shape"),
        (lambda p, f, e: (p, f, e.T), "solve's errors should have shape"),
        (lambda p, f, e: (p, f, e * np.nan), "solve's errors hold NaN"),
    ],
)
def test_names_what_solve_gets_wrong(wrong, message):
    explorer = bad_box_explorer(**DATA, solve=lambda *asked: wrong(*answers(*asked)))
    values = explorer.after(explorer.values(), Event("drag", "image", 90, 50, "move"))
    with pytest.raises(ValueError, match=message):
        explorer.frame(values)


# --- What is stored ------------------------------------------------------------------


def realistic() -> dict:
    """Two people of 17 joints in pictures of 192 x 192, with 5 x 5 x 3 boxes."""
    rng = np.random.default_rng(0)
    steps = (-0.4, -0.2, 0.0, 0.2, 0.4)
    truth = rng.uniform(40, 150, (2, 17, 2))
    poses = truth[None, :, None, None, None] + rng.normal(0, 9, (2, 2, 5, 5, 3, 17, 2))
    frames = moved_boxes(BOXES, steps, steps, (0.8, 1, 1.3))[..., None, :2]
    return {
        "images": FIGURES["images"],
        "truth": truth,
        "boxes": BOXES,
        "xs": steps,
        "ys": steps,
        "scales": (0.8, 1.0, 1.3),
        "poses": poses,
        "frames": frames + rng.uniform(0, 60, (2, 5, 5, 3, 4, 2)),
        "errors": rng.uniform(0, 2, (2, 2, 5, 5, 3)),
        "measure": "mean error (head sizes)",
        "skeleton": get_skeleton("coco17"),
    }


def test_both_explorers_fit_into_one_notebook():
    data = realistic()
    pair = {"poses": np.stack([data["truth"][0], data["truth"][0] + 4])}
    pair |= {"scores": np.full((2, 17), 0.8), "skeleton": data["skeleton"]}
    total = 0
    for explorer in (bad_box_explorer(**data), pose_nms_playground(**twins(**pair))):
        bundle, _ = explorer._repr_mimebundle_()
        total += sum(len(part.encode()) for part in bundle.values())
    assert total <= 300_000


def test_what_is_stored_is_self_contained_and_repeatable():
    bundle, metadata = LIVE._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert metadata["image/jpeg"]["alt"].startswith("A bad box, two answers")
    assert bad_box_explorer(**bad_boxes(), solve=answers).html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    width, height = EXPLORER.static().size
    assert width == 900
    assert height < 700
    texts = [key.text for key in EXPLORER.legend]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": DATA["images"] / 255}, r"images are \(N, H, W, 3\) uint8"),
        ({"images": DATA["images"][0]}, r"images are \(N, H, W, 3\) uint8"),
        ({"truth": TRUTH[:1]}, r"truth should have shape \(2, 14, 2\)"),
        ({"boxes": BOXES[:, :3]}, r"boxes should have shape \(2, 4\)"),
        ({"boxes": BOXES * [1, 1, 0, 1]}, r"boxes are \[x, y, w, h\]"),
        ({"boxes": BOXES * np.nan}, "boxes hold NaN"),
        ({"poses": DATA["poses"][:1]}, r"poses should have shape \(2, 2, 5, 3, 2"),
        ({"poses": DATA["poses"].swapaxes(2, 3)}, "poses should have shape"),
        ({"frames": DATA["frames"][..., :3, :]}, "frames should have shape"),
        ({"frames": DATA["frames"] * np.inf}, "frames hold NaN or infinity"),
        ({"errors": DATA["errors"][..., 0]}, "errors should have shape"),
        ({"errors": DATA["errors"] - 9}, "errors are 0 or more"),
        ({"names": ("Ada",)}, "names are 2 words"),
        ({"names": ("Ada", "Ada")}, "names differ"),
        ({"systems": ("a", "b", "c")}, "systems are 2 words"),
        ({"systems": ("a", "both")}, "systems have names other than 'both'"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        bad_box_explorer(**bad_boxes(**changes))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"xs": (0.2, 0.1)}, "xs are finite numbers that rise"),
        ({"ys": (0.1,)}, "ys are two shifts or more"),
        ({"scales": (0, 1)}, "scales are above 0"),
        ({"scales": ()}, "scales are finite numbers that rise"),
        ({"scales": (1, np.inf)}, "scales are finite numbers that rise"),
    ],
)
def test_names_positions_that_do_not_fit(changes, message):
    sides = [len(changes.get(n, DATA[n])) for n in ("xs", "ys", "scales")]
    arrays = {
        "poses": np.zeros((2, 2, *sides, 14, 2)),
        "frames": np.zeros((2, *sides, 4, 2)),
        "errors": np.zeros((2, 2, *sides)),
    }
    with pytest.raises(ValueError, match=message):
        bad_box_explorer(**DATA | arrays | changes)
