"""The iteration explorer's live walks, its page, and what it refuses."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from explorer_marks import caption, of, plain
from stick_people import JOINTS
from test_widgets_iteration import (
    CHOSEN,
    DATA,
    EXPLORER,
    LAST,
    MEDIAN,
    SIDE,
    arguments,
    far,
    net,
    read,
    walked,
)

from course_lib.widgets import (
    Arrows,
    Caption,
    Circle,
    Event,
    Handle,
    Lines,
    Points,
    Polyline,
    Rect,
    Scale,
    Text,
    iteration_explorer,
)
from course_lib.widgets.page import payload

FREE = iteration_explorer(**DATA, step=net)


# --- A walk that the reader starts ---------------------------------------------------


def dragged(x: float, y: float, values: dict | None = None, joint="left_wrist") -> dict:
    event = Event("drag", "image", x, y, joint)
    return FREE.after(values or {"step": 0, "example": 2}, event)


def test_a_dragged_joint_starts_the_whole_walk_anew():
    k = JOINTS.index("left_wrist")
    start = MEDIAN.copy()
    start[k] = 40.25, 12.5
    poses, corrections = walked(start, 1)
    after = dragged(40.25, 12.5)
    for t in range(LAST + 1):
        marks = FREE.frame(after | {"step": t, "joint": "left_wrist"}).panels["image"]
        arrows = of(marks, Arrows)[0]
        np.testing.assert_allclose(arrows.start, poses[t], atol=1e-9)
        np.testing.assert_allclose(arrows.end, poses[t] + corrections[t], atol=1e-9)
        assert "Started by hand" in caption(marks)
        assert ("click" in caption(marks)) == (t == 0)
    chart = FREE.frame(after | {"joint": "left_wrist"}).panels["error"]
    curve = next(c for c in of(chart, Polyline) if c.colour == CHOSEN)
    scale = of(chart, Scale)[0]
    wanted = [far(pose[k], DATA["truth"][1, k]) for pose in poses]
    np.testing.assert_allclose([read(scale, p)[1] for p in curve.points], wanted)


def test_a_second_joint_keeps_the_first_and_other_examples_stay():
    after = dragged(20, 50, dragged(40, 12), "neck")
    handles = {m.name: m for m in of(FREE.frame(after).panels["image"], Handle)}
    assert (handles["left_wrist"].x, handles["left_wrist"].y) == (40, 12)
    assert (handles["neck"].x, handles["neck"].y) == (20, 50)
    assert same(FREE.frame(after | {"example": 1}), FREE.frame({"example": 1}))


def same(a, b) -> bool:
    """Whether two frames say and mark the same, pictures aside."""
    kinds = (Arrows, Circle, Lines, Points, Polyline, Handle, Text, Caption)
    marks = [
        [m for panel in f.panels.values() for m in panel if isinstance(m, kinds)]
        for f in (a, b)
    ]
    return marks[0] == marks[1] and a.readout == b.readout


def test_a_click_beside_the_joints_starts_at_the_median_again():
    after = dragged(40, 12)
    assert not same(FREE.frame(after), FREE.frame({"example": 2}))
    undone = FREE.after(after, Event("click", "image", 3, 3))
    assert same(FREE.frame(undone), FREE.frame({"example": 2}))
    assert "by hand" not in caption(FREE.frame(undone).panels["image"])


def test_only_the_first_pose_can_be_dragged_and_only_on_the_image():
    for t in range(LAST + 1):
        handles = of(FREE.frame({"step": t}).panels["image"], Handle)
        assert [h.name for h in handles] == (JOINTS if t == 0 else [])
    late = dragged(9, 9, {"step": 3})
    assert late == FREE.values({"step": 3})
    before = dragged(40, 12)
    for panel, t in (("error", 0), ("image", 2)):
        click = Event("click", panel, 5, 5)
        assert FREE.after(before | {"step": t}, click)["walks"] == before["walks"]


def test_a_joint_cannot_leave_the_image():
    handles = of(FREE.frame(dragged(-20, 900)).panels["image"], Handle)
    wrist = next(h for h in handles if h.name == "left_wrist")
    assert (wrist.x, wrist.y) == (0, SIDE - 1)


def test_the_shuffled_start_has_the_same_places_in_another_order():
    values = {"start": "shuffled", "example": 3}
    marks = FREE.frame(values | {"step": 0}).panels["image"]
    start = np.array(of(marks, Arrows)[0].start)
    assert not np.allclose(start, MEDIAN)
    np.testing.assert_allclose(sorted(map(tuple, start)), sorted(map(tuple, MEDIAN)))
    poses, _ = walked(start, 2)
    last = of(FREE.frame(values | {"step": LAST}).panels["image"], Arrows)[0]
    np.testing.assert_allclose(last.start, poses[-1], atol=1e-9)
    moved = dragged(30, 30, FREE.values(values))
    assert same(FREE.frame(moved | {"start": "median"}), FREE.frame({"example": 3}))


def test_without_a_network_nothing_can_be_moved():
    assert EXPLORER.respond is None
    assert "start" not in [control.name for control in EXPLORER.controls]
    assert not of(EXPLORER.frame({"step": 0}).panels["image"], Handle)


def test_a_walk_takes_no_more_steps_than_it_needs():
    calls = []

    def counted(pose, example):
        calls.append(example)
        return net(pose, example)

    explorer = iteration_explorer(**DATA, step=counted)
    assert calls == [0, 1, 2]  # once for each example: are these its corrections?
    explorer.frame({"step": 3})
    assert len(calls) == 3
    explorer.after({"step": 0}, Event("drag", "image", 9, 9, "neck"))
    assert calls[3:] == [0] * (LAST + 1)


def test_the_live_host_answers_drags():
    live = pytest.importorskip("course_lib.widgets.live")
    host = FREE.live()
    for x in range(20, 26):
        question = {"kind": "drag", "panel": "image", "handle": "neck", "x": x, "y": 9}
        host.values = host.after(question)
        frame = live.encode_frame(FREE, host.values)
    dots = [m for m in frame["frame"]["panels"]["image"] if m[0] == "d"]
    assert [25, 9] in [m[3:5] for m in dots]


# --- Pages, pictures and other sizes -------------------------------------------------


def weight(explorer) -> int:
    bundle, _ = explorer._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/jpeg", "text/plain"}
    return sum(len(part.encode()) for part in bundle.values())


def test_what_a_notebook_stores_is_small_and_stable():
    assert weight(EXPLORER) <= 250_000
    assert weight(FREE) <= 250_000
    assert "http" not in EXPLORER.html()
    assert iteration_explorer(**arguments()).html() == EXPLORER.html()


def test_a_stored_page_holds_the_given_walks_and_tells_how_to_move_dots():
    meta = payload(FREE.stored)["meta"]
    assert [control["name"] for control in meta["controls"]] == [
        "step",
        "example",
        "joint",
    ]
    assert meta["drag"] == "asleep"
    assert FREE.html() == FREE.stored.html()
    assert same(FREE.stored.frame(), FREE.frame())


@pytest.mark.parametrize("step", [0, LAST])
def test_the_static_picture_follows_the_step(step):
    picture = EXPLORER.static({"step": step})
    assert picture.size[0] == 900
    assert 700 < picture.size[1] < 1000
    assert not np.array_equal(np.asarray(picture), np.asarray(EXPLORER.static()))


@dataclass(frozen=True)
class Face:
    """Three joints, one without a mirror joint."""

    joints: tuple[str, ...] = ("nose", "left_eye", "right_eye")
    limb_indices: tuple = ((0, 1), (0, 2))
    colours: tuple = ("#0072B2", "#E69F00")
    joint_colours: tuple = ("#009E73", "#0072B2", "#E69F00")


def test_a_small_skeleton_on_a_wide_picture():
    poses = np.tile([[20.0, 14.0], [24.0, 9.0], [16.0, 9.0]], (3, 1, 1, 1))
    explorer = iteration_explorer(
        images=np.full((1, 30, 50, 3), 99, np.uint8),
        truth=poses[0] + 1,
        visible=np.ones((1, 3)),
        poses=poses,
        corrections=np.zeros_like(poses),
        limit=2,
        std=3,
        trained_steps=2,
        skeleton=Face(),
        torso=[10],
    )
    panel = explorer.panels[1]
    assert (panel.width, panel.height) == (70, 30)  # five rows of channels fit
    for joint in Face().joints:
        frame = explorer.frame({"joint": joint})
        box = of(frame.panels["channels"], Rect)[-1]
        assert box.w / box.h == pytest.approx(50 / 30)
        assert "1.4 px off (0.14 torsos)" in plain(frame.readout)
    assert explorer.static().size[0] == 900


# --- What does not fit ---------------------------------------------------------------


def holed(name: str) -> dict:
    array = np.array(DATA[name], dtype=float)
    array[0, 0] = np.nan
    return {name: array}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": np.zeros((3, 64, 64, 3))}, "images are"),
        ({"truth": np.zeros((3, 13, 2))}, r"truth should have shape \(3, 14, 2\)"),
        (holed("truth"), "truth holds NaN"),
        ({"visible": np.ones((3, 13))}, "visible should have shape"),
        ({"visible": np.zeros((3, 14))}, "visible: an example has no label"),
        ({"torso": np.ones(2)}, "torso should have shape"),
        ({"torso": np.zeros(3)}, "torso sizes"),
        ({"poses": DATA["poses"][:, :2]}, "poses should have shape"),
        ({"poses": DATA["poses"][0]}, "poses should have shape"),
        (holed("poses"), "poses hold NaN"),
        ({"corrections": DATA["corrections"][:-1]}, "corrections should have shape"),
        (holed("corrections"), "corrections hold NaN"),
        ({"corrections": DATA["corrections"][::-1]}, "corrections do not lead"),
        ({"corrections": -DATA["corrections"]}, "corrections do not lead"),
        ({n: DATA[n][:1] for n in ("poses", "corrections")}, "poses hold no step"),
        ({"limit": 0}, "limit is finite"),
        ({"limit": np.inf}, "limit is finite"),
        ({"std": -1}, "std is finite"),
        ({"trained_steps": 0}, "trained_steps is from 1 to 8"),
        ({"trained_steps": 9}, "trained_steps is from 1 to 8"),
        ({"trained_steps": 3.5}, "trained_steps is from 1 to 8"),
        ({"step": lambda pose, n: pose[:5]}, "step's result should have shape"),
        ({"step": lambda pose, n: pose * np.nan}, "step's result holds NaN"),
        ({"step": lambda pose, n: net(pose, n) + 1}, "step does not give"),
        ({"step": lambda pose, n: net(pose, 0)}, r"corrections\[0\] of example 1"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        iteration_explorer(**arguments(**changes))


def test_a_network_that_fails_on_a_dragged_pose_is_told_of():
    def brittle(pose, example):
        return net(pose, example) if np.allclose(pose, MEDIAN) else pose * np.inf

    explorer = iteration_explorer(**DATA, step=brittle)
    with pytest.raises(ValueError, match="step's result holds NaN or infinity"):
        explorer.after({"step": 0}, Event("drag", "image", 9, 9, "neck"))
