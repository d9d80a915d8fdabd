"""The explorer of iterative error feedback: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from explorer_marks import caption, of, plain
from stick_people import HUES, JOINTS, LIMBS, people

from course_lib.widgets import (
    Arrows,
    Circle,
    HeatMap,
    Image,
    Lines,
    Points,
    Polyline,
    Rect,
    Scale,
    Text,
    iteration_explorer,
)

SIDE, LAST, TRAINED = 64, 8, 4
LIMIT, STD = 5.7, 6.4
CHOSEN, WHITE, YELLOW, PINK = "#D55E00", "#FFFFFF", "#F0E442", "#CC79A7"
MADE = people(examples=3, shape=(SIDE, SIDE))
MEDIAN = np.median(MADE["truth"], axis=0) + np.array([6.0, 3.0])


def net(pose: np.ndarray, example: int) -> np.ndarray:
    """Corrections that go most of the way, and on where the pose came from."""
    off = MADE["truth"][example] - pose
    far = np.linalg.norm(off, axis=-1, keepdims=True)
    step = 0.8 * off * np.minimum(1, LIMIT / np.maximum(far, 1e-9))
    return np.where(far > 3, step, 0.4 * off) + 0.08 * (pose - MEDIAN)


def walked(start: np.ndarray, example: int) -> tuple[np.ndarray, np.ndarray]:
    """Poses and corrections of one walk, (9, K, 2) each."""
    poses, corrections = [start], [net(start, example)]
    for _ in range(LAST):
        poses.append(poses[-1] + corrections[-1])
        corrections.append(net(poses[-1], example))
    return np.array(poses), np.array(corrections)


def arguments(**changes) -> dict:
    """Arguments of `iteration_explorer`: 3 examples, one joint without a label."""
    kept = ("images", "truth", "visible", "skeleton", "torso")
    walks = [walked(MEDIAN, n) for n in range(3)]
    poses, corrections = (np.stack(part, axis=1) for part in zip(*walks, strict=True))
    made = {"poses": poses, "corrections": corrections, "limit": LIMIT, "std": STD}
    return {n: MADE[n] for n in kept} | made | {"trained_steps": TRAINED, **changes}


DATA = arguments()
EXPLORER = iteration_explorer(**DATA)
CORNERS = [
    {"step": t, "example": n, "joint": j}
    for t, n, j in itertools.product((0, LAST), (1, 3), (JOINTS[0], JOINTS[-1]))
]
CORNERS.append({"step": TRAINED - 1, "example": 2, "joint": "left_wrist"})


def case(values: dict) -> tuple[int, int, int]:
    return values["step"], values["example"] - 1, JOINTS.index(values["joint"])


def far(a, b) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def errors(t: int, n: int) -> dict[int, float]:
    """The error of each labelled joint."""
    pose, truth = DATA["poses"][t, n], DATA["truth"][n]
    return {k: far(pose[k], truth[k]) for k in range(14) if DATA["visible"][n, k]}


# --- The image ---------------------------------------------------------------------


@pytest.mark.parametrize("values", CORNERS)
def test_arrows_lead_from_each_joint_along_its_correction(values):
    marks = EXPLORER.frame(values).panels["image"]
    t, n, _ = case(values)
    (arrows,) = of(marks, Arrows)
    for k in range(14):
        x, y = DATA["poses"][t, n, k]
        dx, dy = DATA["corrections"][t, n, k]
        assert arrows.start[k] == (x, y)
        assert far(arrows.end[k], (x + dx, y + dy)) < 1e-9
    assert arrows.colour == (YELLOW if t < TRAINED else PINK)
    if t < LAST:
        np.testing.assert_allclose(arrows.end, DATA["poses"][t + 1, n])
    mean = sum(far((0, 0), move) for move in DATA["corrections"][t, n]) / 14
    assert caption(marks) == f"Mean correction {mean:.1f} px, bound 5.7 px."


@pytest.mark.parametrize("values", CORNERS)
def test_a_circle_of_the_bound_lies_around_each_joint(values):
    marks = EXPLORER.frame(values).panels["image"]
    t, n, k = case(values)
    circles = [c for c in of(marks, Circle) if c.colour != "#000000"]  # no shadows
    assert {circle.r for circle in circles} == {LIMIT}
    pose = [tuple(place) for place in DATA["poses"][t, n]]
    faint, strong = circles[:14], circles[14:]
    assert [(c.x, c.y) for c in faint] == pose
    assert [(c.x, c.y) for c in strong] == [pose[k]]
    assert strong[0].colour == CHOSEN
    assert strong[0].width > faint[0].width
    assert faint[0].alpha < strong[0].alpha


@pytest.mark.parametrize("values", CORNERS)
def test_both_skeletons_are_drawn_and_the_true_one_thin(values):
    marks = EXPLORER.frame(values).panels["image"]
    t, n, _ = case(values)
    np.testing.assert_array_equal(of(marks, Image)[0].array, DATA["images"][n])
    true, now = of(marks, Lines)
    assert true.width < now.width
    assert true.dash
    assert not now.dash
    known = [
        (a, b)
        for a, b in LIMBS
        if all(DATA["visible"][n, JOINTS.index(j)] for j in (a, b))
    ]
    for lines, limbs, pose in (
        (true, known, DATA["truth"][n]),
        (now, LIMBS, DATA["poses"][t, n]),
    ):
        assert len(lines.start) == len(limbs)
        for (a, b), start, end in zip(limbs, lines.start, lines.end, strict=True):
            assert start == tuple(pose[JOINTS.index(a)])
            assert end == tuple(pose[JOINTS.index(b)])
    sides = [{j.split("_")[0] for j in limb} for limb in LIMBS]
    hues = [HUES.get(min(s), "#009E73") if len(s) == 1 else "#009E73" for s in sides]
    assert list(now.colour) == hues


@pytest.mark.parametrize("values", CORNERS)
def test_the_chosen_joint_shows_its_way_and_its_goal(values):
    marks = EXPLORER.frame(values).panels["image"]
    t, n, k = case(values)
    way = [tuple(DATA["poses"][s, n, k]) for s in range(t + 1)]
    lines = of(marks, Polyline)
    assert [list(line.points) for line in lines] == ([way] if t else [])
    dots = [m for m in of(marks, Points) if m.colour == CHOSEN]
    assert [p for m in dots for p in m.points] == way
    rings = [m for m in of(marks, Points) if not m.filled]
    goal = tuple(DATA["truth"][n, k])
    assert [m.points for m in rings] == ([(goal,)] if DATA["visible"][n, k] else [])


# --- The channels ------------------------------------------------------------------


@pytest.mark.parametrize("values", CORNERS)
def test_the_channel_is_the_papers_gaussian_at_the_joint(values):
    marks = EXPLORER.frame(values).panels["channels"]
    t, n, k = case(values)
    blob = of(marks, HeatMap)[0]
    x, y = DATA["poses"][t, n, k]
    assert (blob.low, blob.high) == (-1, 1)
    cells = len(blob.array)
    for row, column in ((0, 0), (5, 30), (24, 24), (cells - 1, cells - 1)):
        # Cell u of a box (x, w) is centred at x - 1/2 + (u + 1/2) w / cells.
        px = blob.x - 0.5 + (column + 0.5) * blob.w / cells
        py = blob.y - 0.5 + (row + 0.5) * blob.h / cells
        value = 2 * math.exp(-(far((px, py), (x, y)) ** 2) / (2 * STD**2)) - 1
        assert blob.array[row, column] / 255 * 2 - 1 == pytest.approx(value, abs=0.005)
    assert blob.array[cells // 2, cells // 2] == 255
    assert blob.array[0].max() <= 4  # it ends where it is -1 all but a hundredth
    zero = next(d / 100 for d in range(2000) if math.exp(-((d / 100) ** 2) / 82) < 0.5)
    assert f"0 at {zero:.1f} px" in caption(marks)


@pytest.mark.parametrize("values", CORNERS)
def test_small_channels_peak_where_the_joints_are(values):
    marks = EXPLORER.frame(values).panels["channels"]
    t, n, k = case(values)
    strip = of(marks, HeatMap)[1]
    frames = of(marks, Rect)
    assert frames[-1].colour == CHOSEN
    assert len(frames) == 15
    boxes = [(r.x, r.y, r.w, r.h) for r in frames]
    chosen = boxes.index(boxes[-1])
    rows, columns = strip.array.shape
    pitch = strip.w / columns, strip.h / rows
    x, y, w, h = boxes[chosen]
    column, row = round((x - strip.x) / pitch[0]), round((y - strip.y) / pitch[1])
    wide, high = round(w / pitch[0]), round(h / pitch[1])
    tile = strip.array[row : row + high, column : column + wide]
    assert tile.shape == (15, 15)
    for v, u in itertools.product(range(0, 15, 7), repeat=2):
        place = (u + 0.5) * SIDE / 15 - 0.5, (v + 0.5) * SIDE / 15 - 0.5
        peak = math.exp(-(far(place, DATA["poses"][t, n, k]) ** 2) / (2 * STD**2))
        assert tile[v, u] / 255 == pytest.approx(peak, abs=0.5 / 16 + 0.005)
    # Tiles do not touch, and none leaves the panel.
    size = next(p for p in EXPLORER.panels if p.name == "channels")
    assert all(x >= SIDE and x + w <= size.width + 1e-9 for x, _, w, _ in boxes)
    assert all(y >= 0 and y + h <= SIDE + 1e-9 for _, y, _, h in boxes)
    for (ax, ay, aw, ah), (bx, by, bw, bh) in itertools.combinations(boxes[:-1], 2):
        assert ax + aw < bx or bx + bw < ax or ay + ah < by or by + bh < ay


def test_left_and_right_channels_stand_side_by_side():
    places = {}
    for joint in JOINTS:
        marks = EXPLORER.frame({"joint": joint}).panels["channels"]
        places[joint] = (of(marks, Rect)[-1].x, of(marks, Rect)[-1].y)
    for joint in JOINTS:
        if joint.startswith("left_"):
            x, y = places[joint]
            other_x, other_y = places[joint.replace("left", "right")]
            assert x < other_x
            assert y == other_y


# --- The charts --------------------------------------------------------------------


def read(scale: Scale, place) -> tuple[float, float]:
    """Data (x, y) at a place of the panel."""
    across = (place[0] - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - place[1]) / (scale.bottom - scale.top)
    (x0, x1), (y0, y1) = scale.x, scale.y
    return x0 + across * (x1 - x0), y0 + up * (y1 - y0)


def perfect(n: int) -> list[float]:
    """Mean error after each step of the fixed path, walked joint by joint."""
    left, means = list(errors(0, n).values()), []
    for _ in range(LAST + 1):
        means.append(sum(left) / len(left))
        left = [0.0 if e <= LIMIT else e - LIMIT for e in left]
    return means


@pytest.mark.parametrize("values", CORNERS)
def test_the_chart_shows_errors_against_steps(values):
    marks = EXPLORER.frame(values).panels["error"]
    t, n, k = case(values)
    scale = of(marks, Scale)[0]
    told = [list(errors(s, n).values()) for s in range(LAST + 1)]
    means = [sum(row) / len(row) for row in told]
    curves = {(c.colour, bool(c.dash)): c for c in of(marks, Polyline)}
    wanted = {("ink", False): means, ("ink", True): perfect(n)}
    if DATA["visible"][n, k]:
        wanted[CHOSEN, False] = [errors(s, n)[k] for s in range(LAST + 1)]
    else:
        assert (CHOSEN, False) not in curves
    for key, curve in wanted.items():
        data = [read(scale, place) for place in curves[key].points]
        np.testing.assert_allclose(data, list(enumerate(curve)), atol=1e-9)
    grey = [c for c in of(marks, Polyline) if c.colour == "muted"]
    assert len(grey) == len(told[0])
    assert max(max(row) for row in told) <= scale.y[1]
    best = min(means)
    text = f"Mean {means[t]:.1f} px; lowest {best:.1f} px, at step {means.index(best)}."
    assert caption(marks) == text


@pytest.mark.parametrize("values", CORNERS)
def test_the_chart_marks_the_step_and_the_end_of_training(values):
    marks = EXPLORER.frame(values).panels["error"]
    t, n, k = case(values)
    scale = of(marks, Scale)[0]
    upright = [m for m in of(marks, Lines) if m.start and m.start[0][0] == m.end[0][0]]
    at = [(read(scale, m.start[0])[0], bool(m.dash)) for m in upright]
    np.testing.assert_allclose(at, [(TRAINED, False), (t, True)], atol=1e-9)
    tint = of(marks, Rect)[0]
    assert read(scale, (tint.x - 0.5, 0))[0] == pytest.approx(TRAINED)
    assert tint.x - 0.5 + tint.w == pytest.approx(scale.right)
    dot = next(m for m in of(marks, Points) if m.colour == "ink")
    told = errors(t, n)
    mean = sum(told.values()) / len(told)
    np.testing.assert_allclose(read(scale, dot.points[0]), (t, mean), atol=1e-9)
    rings = [m for m in of(marks, Points) if not m.filled]
    if DATA["visible"][n, k]:
        ring = read(scale, rings[0].points[0])
        np.testing.assert_allclose(ring, (t, told[k]), atol=1e-9)
    else:
        assert not rings


@pytest.mark.parametrize("values", CORNERS)
def test_bars_are_as_long_as_the_errors(values):
    marks = EXPLORER.frame(values).panels["joints"]
    t, n, k = case(values)
    scale = of(marks, Scale)[0]
    bars = next(m for m in of(marks, Lines) if m.width == 7)
    ticks = next(m for m in of(marks, Lines) if m.width == 1.5)
    lengths = [read(scale, end)[0] for end in bars.end]
    np.testing.assert_allclose(sorted(lengths), sorted(errors(t, n).values()))
    assert all(read(scale, start)[0] == pytest.approx(0) for start in bars.start)
    began = [read(scale, start)[0] for start in ticks.start]
    np.testing.assert_allclose(sorted(began), sorted(errors(0, n).values()))
    unknown = [m for m in of(marks, Text) if m.text == "no label"]
    assert len(unknown) == 14 - len(lengths)
    frame = of(marks, Rect)[0]
    inside = [
        read(scale, end)[0]
        for end in bars.end
        if frame.y - 0.5 < end[1] < frame.y - 0.5 + frame.h
    ]
    expected = [errors(t, n)[k]] if DATA["visible"][n, k] else []
    np.testing.assert_allclose(inside, expected)
    worst = max(errors(t, n).values())
    assert f"{worst:.1f} px" in caption(marks)


def test_both_charts_have_one_end_and_rows_run_from_head_to_feet():
    panels = EXPLORER.frame().panels
    assert of(panels["error"], Scale)[0].y[1] == of(panels["joints"], Scale)[0].x[1]
    names = [m for m in of(panels["joints"], Text) if m.align == "right"]
    order = [m.text for m in sorted(names, key=lambda m: m.y)]
    assert order[:3] == ["head top", "neck", "shoulder"]
    assert order[-2:] == ["knee", "ankle"]
    assert len(order) == 8


# --- The sentence and the controls ---------------------------------------------------


@pytest.mark.parametrize("values", CORNERS)
def test_the_sentence_gives_error_correction_and_what_remains(values):
    readout = plain(EXPLORER.frame(values).readout)
    t, n, k = case(values)
    name = JOINTS[k].replace("_", " ")
    move = far((0, 0), DATA["corrections"][t, n, k])
    moved = f"the network moves it by {move:.1f} px (bound 5.7 px)"
    when = "Step 8, 4 beyond training" if t == LAST else f"Step {t}"
    if not DATA["visible"][n, k]:
        assert readout == f"{when}: the {name} has no label, so no error; {moved}."
        return
    error = errors(t, n)[k]
    share = error / DATA["torso"][n]
    after = DATA["poses"][t, n, k] + DATA["corrections"][t, n, k]
    left = far(after, DATA["truth"][n, k])
    assert readout == (
        f"{when}: the {name} is {error:.1f} px off ({share:.2f} torsos); {moved}, "
        f"{left:.1f} px remain."
    )


def test_the_steps_beyond_training_are_marked():
    step = EXPLORER.controls[0]
    assert step.states == tuple(range(9))
    assert [text for text in step.texts if "extra" in text] == [
        f"{t} (extra)" for t in range(5, 9)
    ]
    assert EXPLORER.values()["step"] == 2
    first = JOINTS.index(EXPLORER.values()["joint"])
    gains = {k: e - errors(4, 0)[k] for k, e in errors(0, 0).items()}
    assert gains[first] == max(gains.values())


def test_all_steps_may_be_trained_and_one_is_enough():
    marks = iteration_explorer(**arguments(trained_steps=8)).frame().panels["error"]
    assert not of(marks, Rect)
    cut = {n: DATA[n][:2] for n in ("poses", "corrections")}
    single = iteration_explorer(**arguments(trained_steps=1, **cut))
    assert single.controls[0].states == (0, 1)
    assert single.frame({"step": 1}).readout.startswith("Step 1:")
