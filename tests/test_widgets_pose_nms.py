"""The playground of pose NMS: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest
from boxed_people import SIDE, Dots, twins
from explorer_marks import caption, of, plain
from stick_people import JOINTS, LIMBS

from course_lib.widgets import (
    Circle,
    Event,
    Handle,
    HeatMap,
    Image,
    Lines,
    Points,
    Scale,
    Text,
    pose_nms_playground,
)
from course_lib.widgets.pose_nms_chart import outline

BLUE, ORANGE, GREEN, SKY = "#0072B2", "#E69F00", "#009E73", "#56B4E9"
DATA = twins()
LIVE = pose_nms_playground(**DATA)
STORED = LIVE.stored
STATES = {control.name: control.states for control in STORED.controls}
PARTS = ("sigma1", "sigma2", "lam", "eta")
FIRST, SECOND = DATA["poses"]
# Both ends of every control, all others at their start; and all of them at their ends.
STARTS = STORED.values()
ENDS = [{name: state} for name, all_ in STATES.items() for state in (all_[0], all_[-1])]
ENDS += [{name: all_[end] for name, all_ in STATES.items()} for end in (0, -1)]
ENDS += [{"x": STATES["x"][4], "y": STATES["y"][1], "lam": 4.0, "sigma1": 1.0}]


def reach(first=FIRST) -> float:
    """A tenth of the longer side of the box that covers the joints' pixels."""
    return 0.1 * max(np.ptp(first[:, axis]) + 1 for axis in (0, 1))


def rule(values: dict, first=FIRST, second=SECOND, scores=DATA["scores"], radius=None):
    """K and lambda H, joint by joint."""
    radius = radius or reach(first)
    hard = soft = 0.0
    for n, (a, b) in enumerate(zip(first, second, strict=True)):
        far = math.dist(a, (b[0] + values["x"], b[1] + values["y"])) / radius
        if far <= 1:
            weights = [math.tanh(scores[p][n] / values["sigma1"]) for p in (0, 1)]
            hard += weights[0] * weights[1]
        soft += math.exp(-far / values["sigma2"])
    return hard, values["lam"] * soft


def full(values: dict) -> dict:
    return {name: state for name, state in (STARTS | values).items() if name in STATES}


def told(sentence: str) -> list[float]:
    """K, lambda H, their sum and the threshold, as the read-out says them."""
    return [float(number) for number in re.findall(r"\d+\.?\d*", plain(sentence))]


# --- The rule ------------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_the_sentence_says_the_numbers_and_the_verdict(values):
    sentence, now = STORED.frame(values).readout, full(values)
    hard, soft = rule(now)
    np.testing.assert_allclose(
        told(sentence), [hard, soft, hard + soft, now["eta"]], atol=0.051
    )
    out = hard + soft > now["eta"]
    assert sentence.endswith("eliminated." if out else "kept.")
    assert (" > η" in sentence) == out


def placed(far: list[float]) -> dict:
    """Sixteen joints, the second pose's so many reaches of 10 px off."""
    first = np.array([[20.0 + 8 * k, 30.0 + 7 * (k % 5)] for k in range(len(far))])
    second = first + [(0, 10 * r) for r in far]
    return {
        "poses": [first, second],
        "scores": np.full((2, len(far)), 0.5),
        "skeleton": Dots(len(far)),
        "size": (160, 400),
        "box": [0, 0, 60, 100],
        "xs": (-5.0, 0.0, 5.0),
        "ys": (-5.0, 0.0),
    }


@pytest.mark.parametrize(
    ("far", "similarity"),
    [
        ([0.0] * 16, 49.3),
        ([1.0] * 16, 36.6),
        ([1.01] * 16, 20.5),
        ([0.0] * 6 + [3.0] * 10, 23.4),
        ([0.0] * 5 + [3.0] * 11, 20.8),
        ([0.0] * 8 + [30.0] * 8, 24.6),
        ([0.0] * 7 + [30.0] * 9, 21.6),
    ],
)
def test_released_constants_behave_as_their_formula_says(far, similarity):
    explorer = pose_nms_playground(**placed(far)).stored
    assert explorer.values({})["eta"] == 22.48
    sentence = explorer.frame().readout
    assert told(sentence)[2] == pytest.approx(similarity, abs=0.051)
    assert sentence.endswith("eliminated." if similarity > 22.48 else "kept.")


def test_sums_near_the_threshold_have_two_decimals():
    explorer = pose_nms_playground(**placed([1.0] * 16), eta=(36.58, 36.6, 36.65))
    sentence = explorer.stored.frame({"eta": 36.6}).readout
    assert "= 36.58 ≤ η = 36.6" in plain(sentence)


# --- The picture ---------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_both_poses_and_the_discs_that_match(values):
    marks, now = STORED.frame(values).panels["image"], full(values)
    np.testing.assert_array_equal(of(marks, Image)[0].array, DATA["image"])
    shift = np.array([now["x"], now["y"]])
    for colour, pose in ((BLUE, FIRST), (ORANGE, SECOND + shift)):
        limbs = of(marks, Lines, colour)[0]
        wanted = [[pose[JOINTS.index(end)] for end in limb] for limb in LIMBS]
        found = np.stack([limbs.start, limbs.end], axis=1)
        np.testing.assert_allclose(found, wanted, atol=0.5)  # whole pixels
        assert bool(limbs.dash) == (colour == ORANGE)
    matched = [
        a
        for a, b in zip(FIRST, SECOND + shift, strict=True)
        if math.dist(a, b) <= reach()
    ]
    discs = of(marks, Circle, GREEN)
    np.testing.assert_allclose(
        np.reshape([(d.x, d.y) for d in discs], (-1, 2)),
        np.reshape(matched, (-1, 2)),
        atol=0.5,
    )
    assert all(disc.r == pytest.approx(reach(), abs=0.05) for disc in discs)
    every = [mark for mark in of(marks, Circle) if mark.colour == "#FFFFFF"]
    assert len(every) == len(FIRST)
    start = f"{len(matched)} of 14 joints match (within {reach():.1f} px)."
    assert caption(marks) == f"{start} Drag the poses with .live()."


def test_dots_grow_with_the_confidence():
    marks = STORED.frame().panels["image"]
    for colour, scores in ((BLUE, DATA["scores"][0]), (ORANGE, DATA["scores"][1])):
        dots = [mark for mark in of(marks, Points, colour) if mark.alpha]
        counts = [
            sum(score < 0.3 for score in scores),
            sum(0.3 <= score < 0.7 for score in scores),
            sum(score >= 0.7 for score in scores),
        ]
        assert [len(mark.points) for mark in dots] == [n for n in counts if n]
        radii = [mark.radius for mark in dots]
        assert radii == sorted(set(radii))
        labels = next(mark.labels for mark in of(marks, Points, colour) if mark.labels)
        assert labels[0].endswith(f": right ankle, {scores[0]:.2f}")


def test_without_a_picture_the_poses_lie_on_a_plain_one():
    explorer = pose_nms_playground(**twins(image=None)).stored
    assert (explorer.panels[0].width, explorer.panels[0].height) == (SIDE, SIDE)
    marks = explorer.frame().panels["image"]
    assert not of(marks, Image)
    assert not any(mark.halo for mark in marks if hasattr(mark, "halo"))


# --- The bars ------------------------------------------------------------------------


def value(scale: Scale, x: float) -> float:
    low, high = scale.x
    return low + (x - scale.left) / (scale.right - scale.left) * (high - low)


@pytest.mark.parametrize("values", ENDS)
def test_bars_are_as_long_as_the_numbers(values):
    marks, now = STORED.frame(values).panels["bars"], full(values)
    scale, (hard, soft) = of(marks, Scale)[0], rule(now)
    found = [
        (bar.start[0][1], value(scale, bar.start[0][0]), value(scale, bar.end[0][0]))
        for colour in (BLUE, SKY)
        for bar in of(marks, Lines, colour)
    ]
    spans = [(0, hard), (0, hard), (0, soft), (hard, hard + soft)]
    spans = [span for span in spans if span[1] - span[0] > 0.02]  # nothing to draw
    np.testing.assert_allclose([span for _, *span in found], spans, atol=0.02)
    if len(found) == 4:
        rows = [row for row, *_ in found]
        assert rows[0] < rows[2] < rows[1] == rows[3]
    texts = {mark.text for mark in of(marks, Text)}
    assert {f"{number:.1f}" for number in (hard, soft, hard + soft)} <= texts
    limit = next(m for m in of(marks, Lines, "#D55E00"))
    assert value(scale, limit.start[0][0]) == pytest.approx(now["eta"], abs=0.02)
    assert f"η {now['eta']:g}" in texts


def test_the_axis_holds_every_sum_and_threshold():
    scale = of(STORED.frame().panels["bars"], Scale)[0]
    assert scale.x[1] >= 14 * (1 + STATES["lam"][-1])
    tall = pose_nms_playground(**twins(eta=(1, 200))).stored
    assert of(tall.frame().panels["bars"], Scale)[0].x[1] > 200


# --- The map -------------------------------------------------------------------------


def on_map(marks, shift) -> tuple[float, float]:
    """Column and row of the heat map under a shift, as fractions."""
    scale, heat = of(marks, Scale)[0], of(marks, HeatMap)[0]
    (left, right), (bottom, top) = scale.x, scale.y
    across = (shift[0] - left) / (right - left)
    down = (shift[1] - top) / (bottom - top)
    rows, columns = heat.array.shape
    return across * columns - 0.5, down * rows - 0.5


def eliminated(marks) -> np.ndarray:
    """Which cells lie inside the outline: odd crossings to their left."""
    heat, lines = of(marks, HeatMap)[0], of(marks, Lines, "#FFFFFF")[0]
    rows, columns = heat.array.shape
    wide, high = heat.w / columns, heat.h / rows
    inside = np.zeros((rows, columns), bool)
    for row, column in itertools.product(range(rows), range(columns)):
        x, y = heat.x - 0.5 + (column + 0.5) * wide, heat.y - 0.5 + (row + 0.5) * high
        crossings = [
            a[0] < x and min(a[1], b[1]) < y < max(a[1], b[1])
            for a, b in zip(lines.start, lines.end, strict=True)
            if abs(a[0] - b[0]) < 0.01
        ]
        inside[row, column] = sum(crossings) % 2
    return inside


@pytest.mark.parametrize("values", ENDS)
def test_the_map_says_what_every_shift_does(values):
    marks, now = STORED.frame(values).panels["map"], full(values)
    heat, inside = of(marks, HeatMap)[0], eliminated(marks)
    assert heat.high == 14 * (1 + now["lam"])
    for x, y in itertools.product(STATES["x"], STATES["y"]):
        column, row = on_map(marks, (x, y))
        assert (column % 4, row % 4) == (pytest.approx(0), pytest.approx(0))
        cell = round(row), round(column)
        both = sum(rule(now | {"x": x, "y": y}))
        assert heat.array[cell] / 255 * heat.high == pytest.approx(
            both, abs=heat.high / 500
        )
        assert inside[cell] == (both > now["eta"])
    # A shift between the steps of the sliders.
    scale, (rows, columns) = of(marks, Scale)[0], heat.array.shape
    for cell in itertools.product(range(1, rows, 6), range(2, columns, 7)):
        x = scale.x[0] + (cell[1] + 0.5) / columns * (scale.x[1] - scale.x[0])
        y = scale.y[1] + (cell[0] + 0.5) / rows * (scale.y[0] - scale.y[1])
        assert inside[cell] == (sum(rule(now | {"x": x, "y": y})) > now["eta"])
    words = f"Outlined: {100 * inside.mean():.0f} % of these shifts."
    assert caption(marks) == (words if inside.any() else "None of those shown.")
    here = of(marks, Points, "#D55E00")[0].points[0]
    wanted = on_map(marks, (now["x"], now["y"]))
    found = (
        (here[0] - heat.x + 0.5) / heat.w * columns - 0.5,
        (here[1] - heat.y + 0.5) / heat.h * rows - 0.5,
    )
    np.testing.assert_allclose(found, wanted, atol=0.02)


def test_down_is_down_on_the_map_too():
    scale = of(STORED.frame().panels["map"], Scale)[0]
    assert scale.top < scale.bottom
    assert scale.y[0] > scale.y[1]  # (at the bottom, at the top)
    ticks = [m for m in of(STORED.frame().panels["map"], Text) if m.align == "right"]
    heights = sorted((float(mark.text), mark.y) for mark in ticks)
    assert len(heights) > 2
    assert [y for _, y in heights] == sorted({y for _, y in heights})


@pytest.mark.parametrize("seed", range(10))
def test_an_outline_is_where_neighbours_differ(seed):
    inside = np.random.default_rng(seed).random((5, 7)) < 0.6
    padded = np.pad(inside, 1)
    wanted = int(
        (padded[1:] != padded[:-1]).sum() + (padded.T[1:] != padded.T[:-1]).sum()
    )
    starts, ends = outline(inside)
    assert sum(math.dist(a, b) for a, b in zip(starts, ends, strict=True)) == wanted
    assert outline(np.zeros((2, 3), bool)) == ([], [])


# --- Controls and defaults -----------------------------------------------------------


def test_it_starts_at_the_released_constants_without_a_shift():
    start = {"x": 0, "y": 0, "sigma1": 0.01, "sigma2": 2.08, "lam": 2.08, "eta": 22.48}
    assert {name: STARTS[name] for name in STATES} == start
    assert [control.texts[0] for control in STORED.controls[:2]] == [
        f"−{-STATES[axis][0]:g}" for axis in "xy"
    ]
    other = pose_nms_playground(**twins(eta=(5, 6), xs=(2, 4), ys=(-7, -3))).values()
    assert (other["eta"], other["x"], other["y"]) == (5, 2, -3)


def test_shifts_reach_from_here_to_where_the_poses_coincide():
    for off in ((0, 0), (40, -18), (-33, 25)):
        poses = np.stack([FIRST, np.clip(FIRST - off, 0, SIDE - 1)])
        explorer = pose_nms_playground(**twins(poses=poses))
        for axis, (control, count) in enumerate(
            zip(explorer.controls[:2], (7, 5), strict=True)
        ):
            states, goal = control.states, (poses[0] - poses[1]).mean(axis=0)[axis]
            assert len(states) == count
            assert 0 in states
            assert min(states) < goal < max(states)


def test_the_box_sets_the_reach():
    box = [10, 20, 60, 150]
    explorer = pose_nms_playground(**twins(box=box)).stored
    now = explorer.values({"sigma1": 1.0, "lam": 4.0})
    hard, soft = rule(now, radius=15.0)
    found = told(explorer.frame(now).readout)
    np.testing.assert_allclose(found[:2], [hard, soft], atol=0.051)
    assert "(within 15.0 px)" in caption(explorer.frame().panels["image"])


# --- The live explorer ---------------------------------------------------------------


def pulled(values: dict, handle: str, x: float, y: float, panel: str = "image") -> dict:
    return LIVE.after(values, Event("drag", panel, x, y, handle))


def dots(values: dict) -> list[Handle]:
    return of(LIVE.frame(values).panels["image"], Handle)


def test_only_the_live_explorer_has_dots():
    assert not of(STORED.frame().panels["image"], Handle)
    assert not of(STORED.frame().panels["map"], Handle)
    assert STORED.respond is None
    found = dots({})
    places = [(dot.x, dot.y) for dot in found]
    np.testing.assert_allclose(places, np.clip(SECOND, 0, SIDE - 1), atol=0.05)
    reference = dots({"drag": "reference"})
    np.testing.assert_allclose([(d.x, d.y) for d in reference], FIRST, atol=0.05)
    assert {dot.colour for dot in reference} == {BLUE}


def test_dragging_the_second_pose_shifts_all_its_joints():
    start = LIVE.values({"x": STATES["x"][5], "y": STATES["y"][0]})
    goal = SECOND[3] + (9.5, -6.25)
    values = pulled(start, "3", *goal)
    now = full({"x": 9.5, "y": -6.25})
    hard, soft = rule(now)
    found = told(LIVE.frame(values).readout)
    np.testing.assert_allclose(found[:2], [hard, soft], atol=0.051)
    # The map stays, its mark follows.
    before, after = (LIVE.frame(v).panels["map"] for v in (start, values))
    np.testing.assert_array_equal(
        of(before, HeatMap)[0].array, of(after, HeatMap)[0].array
    )
    mark, heat = of(after, Handle)[0], of(after, HeatMap)[0]
    column, row = on_map(after, (9.5, -6.25))
    wide, high = heat.w / heat.array.shape[1], heat.h / heat.array.shape[0]
    wanted = heat.x - 0.5 + (column + 0.5) * wide, heat.y - 0.5 + (row + 0.5) * high
    np.testing.assert_allclose((mark.x, mark.y), wanted, atol=0.2)


def test_dragging_a_joint_moves_it_alone_whatever_the_shift():
    for person, drag in ((1, "joints"), (0, "reference")):
        start = LIVE.values({"drag": drag, "x": STATES["x"][-1]})
        values = pulled(start, "6", 100.0, 80.0)
        values = pulled(values, "0", 90.0, 150.0)
        poses = DATA["poses"].copy()
        shift = (start["x"], 0) if person else (0, 0)
        poses[person, 6], poses[person, 0] = (
            np.subtract((100, 80), shift),
            np.subtract((90, 150), shift),
        )
        dot = next(dot for dot in dots(values) if dot.name == "6")
        assert (dot.x, dot.y) == (100, 80)
        hard, soft = rule(full({"x": start["x"]}), *poses)
        found = told(LIVE.frame(values).readout)
        np.testing.assert_allclose(found[:2], [hard, soft], atol=0.051)
        assert LIVE.frame(start).readout != LIVE.frame(values).readout
        # A click beside the dots puts all back.
        back = LIVE.after(values, Event("click", "image", 5, 5))
        assert back == start


def test_a_click_or_a_drag_on_the_map_chooses_the_shift():
    start = LIVE.values({"x": STATES["x"][1]})
    heat = of(LIVE.frame(start).panels["map"], HeatMap)[0]
    for kind, name in (("click", ""), ("drag", "shift")):
        centre = heat.x + heat.w / 2 - 0.5, heat.y + heat.h / 2 - 0.5
        values = LIVE.after(start, Event(kind, "map", *centre, name))
        hard, soft = rule(full({"x": 0, "y": 0}))
        found = told(LIVE.frame(values).readout)
        np.testing.assert_allclose(found[:2], [hard, soft], atol=0.051)
        off = LIVE.after(start, Event(kind, "map", -500, 900, name))
        x, y = np.add(off["offset"], (start["x"], start["y"]))
        scale = of(LIVE.frame(start).panels["map"], Scale)[0]
        assert (x, y) == (pytest.approx(scale.x[0]), pytest.approx(scale.y[0]))
    assert LIVE.after(start, Event("click", "bars", 10, 10)) == start


def test_dots_stay_on_the_picture():
    values = pulled(LIVE.values({"drag": "joints"}), "2", -40, 900)
    dot = next(dot for dot in dots(values) if dot.name == "2")
    assert (dot.x, dot.y) == (0, SIDE - 1)


def test_the_live_explorer_says_what_to_drag():
    for drag, words in (
        ("whole", "Drag a dot to shift the second pose"),
        ("joints", "Drag a joint of the second pose"),
        ("reference", "Drag a joint of the reference"),
    ):
        assert words in caption(LIVE.frame({"drag": drag}).panels["image"])
    assert "Click or drag" in caption(LIVE.frame().panels["map"])
    assert LIVE.live().after({"kind": "frame"}) == LIVE.values()


# --- What is stored ------------------------------------------------------------------


def test_what_is_stored_is_self_contained_and_small():
    bundle, metadata = LIVE._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert sum(len(part.encode()) for part in bundle.values()) <= 155_000
    assert metadata["image/jpeg"]["alt"].startswith("One person found twice")
    assert pose_nms_playground(**twins()).html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    width, height = STORED.static().size
    assert width == 900
    assert height < 900
    texts = [key.text for key in STORED.legend]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"poses": FIRST}, r"poses should have shape \(2, 14, 2\)"),
        ({"poses": DATA["poses"] * np.nan}, "poses hold NaN"),
        ({"poses": DATA["poses"] + 150}, "poses lie outside the picture of 192 x 192"),
        ({"scores": DATA["scores"][0]}, r"scores should have shape \(2, 14\)"),
        ({"scores": -DATA["scores"]}, "scores are finite and 0 or more"),
        ({"image": DATA["image"] / 255}, r"image is \(H, W, 3\) uint8"),
        ({"image": DATA["image"][..., 0]}, r"image is \(H, W, 3\) uint8"),
        ({"image": None, "size": (0, 90)}, r"size is above 0 px, got \(0, 90\)"),
        ({"box": [1, 2, 3]}, r"box should have shape \(4,\)"),
        ({"box": [1, 2, 3, 0]}, r"box is \[x, y, w, h\] with w, h > 0"),
        ({"xs": [3]}, "xs are two shifts or more"),
        ({"xs": [0, 1, 3]}, "xs are equal steps apart"),
        ({"ys": [1, 0]}, "ys are finite numbers that rise"),
        ({"ys": []}, "ys are finite numbers that rise"),
        ({"sigma1": (0, 1)}, "sigma1 is above 0"),
        ({"sigma2": (-1, 1)}, "sigma2 is above 0"),
        ({"lam": (-1, 1)}, "lam is 0 or more"),
        ({"eta": (np.nan,)}, "eta are finite numbers"),
        ({"eta": (-2, 1)}, "eta is 0 or more"),
        ({"eta": range(9), "lam": range(9)}, "make 25515 combinations"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        pose_nms_playground(**twins(**changes))
