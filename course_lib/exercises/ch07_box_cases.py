"""What right answers to exercise 07.3 do; the hints are in ch07_track."""

from __future__ import annotations

import torch
from torch import nan, tensor

from course_lib.exercises.cases import expect_close, expect_shape

h, w = 30, 50  # of the image, px


def constant_flow(dx: float, dy: float) -> torch.Tensor:
    """A flow (2, h, w) that is the same everywhere."""
    return tensor([dx, dy])[:, None, None].expand(2, h, w).clone()


def joint_flow(places: list, moves: list) -> torch.Tensor:
    """A flow (2, h, w) that is (90, 90), but moves[n] around the pixel places[n]."""
    flow = constant_flow(90.0, 90.0)
    for (x, y), move in zip(places, moves, strict=True):
        flow[:, y - 1 : y + 2, x - 1 : x + 2] = tensor(move)[:, None, None]
    return flow


def box_of(propagate_box, joints, flow, what, *rest, visible=None) -> torch.Tensor:
    """The box (4,) that comes back; AssertionError when there is none.

    rest: the margin, and after it the least number of joints, where they are given.
    """
    visible = [2] * len(joints) if visible is None else visible
    found = propagate_box(tensor(joints), tensor(visible), flow, *rest)
    assert found is not None, f"{what}: expected a box, got None"
    expect_shape(found, (4,), what)
    return found


def check_none(propagate_box, joints, flow, what, *rest, visible=None) -> None:
    """AssertionError when a box comes back."""
    visible = [2] * len(joints) if visible is None else visible
    found = propagate_box(tensor(joints), tensor(visible), flow, *rest)
    got = found.tolist() if isinstance(found, torch.Tensor) else found
    assert found is None, f"{what}: expected None, got {got}"


# Four joints, 13 px wide and 11 px high.
CORNERS = [[10.0, 8.0], [22.0, 12.0], [16.0, 18.0], [15.0, 11.0]]


def box_moved(propagate_box) -> None:
    for dx, dy in ((0.0, 0.0), (3.0, 0.0), (0.0, 4.0), (-2.0, 5.0)):
        what = f"joints from (10, 8) on, flow ({dx}, {dy}), margin 0: the corner"
        found = box_of(propagate_box, CORNERS, constant_flow(dx, dy), what, 0.0)
        expect_close(found[:2], [10 + dx, 8 + dy], what)


def box_covers(propagate_box) -> None:
    what = "joints from (10, 8) to (22, 18), no flow, margin 0"
    found = box_of(propagate_box, CORNERS, constant_flow(0.0, 0.0), what, 0.0)
    expect_close(found, [10.0, 8.0, 13.0, 11.0], what)
    what = "four joints at one place, flow (3, 1), margin 0"
    joints = [[7.0, 9.0]] * 4
    found = box_of(propagate_box, joints, constant_flow(3.0, 1.0), what, 0.0)
    expect_close(found, [10.0, 10.0, 1.0, 1.0], what)


def box_margin(propagate_box) -> None:
    flow = constant_flow(3.0, -2.0)
    for margin in (0.15, 0.5):
        what = f"joints from (13, 6) to (25, 16) after the flow, margin {margin}"
        found = box_of(propagate_box, CORNERS, flow, what, margin)
        more_x, more_y = 13 * margin, 11 * margin
        want = [13 - more_x / 2, 6 - more_y / 2, 13 + more_x, 11 + more_y]
        expect_close(found, want, what)
    what = "joints from (13, 6) to (25, 16) after the flow, margin as it is"
    found = box_of(propagate_box, CORNERS, flow, what)
    expect_close(found, [12.025, 5.175, 14.95, 12.65], what)


def box_old_place(propagate_box) -> None:
    places = [(10, 8), (30, 12), (20, 20), (40, 5)]
    for moves in (
        [[20.0, 4.0], [-10.0, 8.0], [20.0, -15.0], [-30.0, 3.0]],  # where others were
        [[5.0, 0.0], [0.0, 3.0], [-6.0, -2.0], [-3.0, 4.0]],
    ):
        joints = [[float(x), float(y)] for x, y in places]
        moved = tensor(joints) + tensor(moves)
        low, high = moved.amin(dim=0), moved.amax(dim=0)
        flow = joint_flow(places, moves)
        what = f"joints {joints}, moved by {moves}, margin 0"
        found = box_of(propagate_box, joints, flow, what, 0.0)
        expect_close(found, torch.cat([low, high - low + 1]), what)


def box_between(propagate_box) -> None:
    y, x = (torch.arange(float(n)) for n in (h, w))
    flow = torch.stack([0.1 * x + 0 * y[:, None], 0 * x + 0.2 * y[:, None]])
    for joint in ([10.25, 8.0], [10.0, 8.5], [10.75, 8.25]):
        what = f"joints at {joint}, flow (0.1 x, 0.2 y), margin 0"
        found = box_of(propagate_box, [joint] * 4, flow, what, 0.0)
        expect_close(found, [1.1 * joint[0], 1.2 * joint[1], 1.0, 1.0], what)
    flow = torch.stack([x * y[:, None] / 20, 3 - x * y[:, None] / 50])
    for px, py in ((10.25, 8.5), (4.5, 12.75)):
        what = f"joints at ({px}, {py}), flow (xy / 20, 3 - xy / 50), margin 0"
        found = box_of(propagate_box, [[px, py]] * 4, flow, what, 0.0)
        move = [px * py / 20, 3 - px * py / 50]
        expect_close(found, [px + move[0], py + move[1], 1.0, 1.0], what)


def box_last_pixel(propagate_box) -> None:
    flow = constant_flow(-4.0, -3.0)
    for joint in ([w - 1.0, 10.0], [20.0, h - 1.0], [w - 1.0, h - 1.0]):
        what = f"an image {w} x {h}, joints at {joint}, flow (-4, -3), margin 0"
        found = box_of(propagate_box, [joint] * 4, flow, what, 0.0)
        expect_close(found, [joint[0] - 4, joint[1] - 3, 1.0, 1.0], what)
    y, x = (torch.arange(float(n)) for n in (h, w))
    flow = torch.stack([-0.2 * x + 0 * y[:, None], 0 * x - 0.2 * y[:, None]])
    for joint in ([w - 1.25, 10.0], [20.0, h - 1.5]):
        what = f"an image {w} x {h}, joints at {joint}, flow (-0.2 x, -0.2 y), margin 0"
        found = box_of(propagate_box, [joint] * 4, flow, what, 0.0)
        expect_close(found, [0.8 * joint[0], 0.8 * joint[1], 1.0, 1.0], what)


def box_visible(propagate_box) -> None:
    for visible, other in (
        ([2, 1, 2, 1, 0], [40.0, 25.0]),
        ([1, 1, 1, 1, 0], [nan, nan]),
        ([0, 2, 2, 1, 1], [40.0, 25.0]),
    ):
        joints = [*CORNERS, other] if visible[4] == 0 else [other, *CORNERS]
        what = f"joints {joints}, visible {visible}, no flow, margin 0"
        flow = constant_flow(0.0, 0.0)
        found = box_of(propagate_box, joints, flow, what, 0.0, visible=visible)
        expect_close(found, [10.0, 8.0, 13.0, 11.0], what)


def box_leaves(propagate_box) -> None:
    for (dx, dy), joint in (
        ((4.0, 0.0), [w - 4.0, 10.0]),
        ((0.0, 3.0), [12.0, h - 3.5]),
        ((-6.0, 0.0), [5.5, 10.0]),
        ((0.0, -7.0), [12.0, 6.0]),
    ):
        what = f"an image {w} x {h}, joints {[*CORNERS, joint]}, flow ({dx}, {dy})"
        flow, joints = constant_flow(dx, dy), [*CORNERS, joint]
        found = box_of(propagate_box, joints, flow, what, 0.0)
        expect_close(found, [10 + dx, 8 + dy, 13.0, 11.0], f"{what}, margin 0")
    for corner in ([0.0, 0.0], [w - 1.0, h - 1.0]):
        what = f"an image {w} x {h}, joints that stay at {corner}, margin 0"
        found = box_of(propagate_box, [corner] * 4, constant_flow(0.0, 0.0), what, 0.0)
        expect_close(found, [*corner, 1.0, 1.0], what)


def box_was_outside(propagate_box) -> None:
    for (dx, dy), joint in (
        ((5.0, 0.0), [-2.0, 10.0]),
        ((0.0, 4.0), [30.0, -0.5]),
        ((-6.0, 0.0), [w + 1.0, 10.0]),
        ((0.0, -4.0), [12.0, h - 0.5]),
    ):
        joints = [*CORNERS, joint]
        what = f"an image {w} x {h}, joints {joints}, flow ({dx}, {dy}), margin 0"
        found = box_of(propagate_box, joints, constant_flow(dx, dy), what, 0.0)
        expect_close(found, [10 + dx, 8 + dy, 13.0, 11.0], what)


def box_too_few(propagate_box) -> None:
    flow = constant_flow(0.0, 0.0)
    check_none(propagate_box, CORNERS[:2], flow, "two joints, least as it is")
    box_of(propagate_box, CORNERS[:3], flow, "three joints, least as it is")
    check_none(propagate_box, CORNERS[:3], flow, "three joints, least 4", 0.15, 4)
    box_of(propagate_box, CORNERS[:1], flow, "one joint, least 1", 0.15, 1)
    joints = [*CORNERS[:2], [20.0, 1.0], [45.0, 20.0]]
    what = "four joints, visible 2, 2, 0, 0"
    check_none(propagate_box, joints, flow, what, visible=[2, 2, 0, 0])
    flow = constant_flow(8.0, -5.0)
    what = "four joints, two of which leave the image"
    check_none(propagate_box, joints, flow, what)
    what = "four joints, none of them visible"
    check_none(propagate_box, [[nan, nan]] * 4, flow, what, visible=[0] * 4)
