"""What right answers to exercises 03.1 to 03.4 do; the hints are in ch03."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import (
    FormError,
    expect_close,
    expect_pair,
    expect_shape,
)


def check_corrections(
    bounded_correction, gaps, limit, want, what: str, tolerance=1e-4
) -> None:
    """AssertionError when targets these gaps away do not give these corrections."""
    gaps = tensor(gaps)
    current = torch.arange(10.0, 10.0 + gaps.numel()).view(gaps.shape)
    found = bounded_correction(current + gaps, current, limit)
    expect_close(found, want, f"{what}, limit {limit}", tolerance)


def correction_direction(bounded_correction) -> None:
    for way, gap in (
        ("right", [5.0, 0.0]),
        ("left", [-5.0, 0.0]),
        ("up", [0.0, -5.0]),
        ("right and down", [3.0, 4.0]),
    ):
        what = f"a target 5 px away, {way}"
        check_corrections(bounded_correction, [gap], 5, [gap], what)


def correction_near(bounded_correction) -> None:
    for gap, limit in (([3.0, -4.0], 20), ([-0.5, 0.0], 2)):
        what = f"a gap of ({gap[0]}, {gap[1]}) px"
        check_corrections(bounded_correction, [gap], limit, [gap], what)


def correction_far(bounded_correction) -> None:
    for gap, limit, want in (
        ([30.0, 0.0], 5, [5.0, 0.0]),
        ([0.0, -12.5], 2, [0.0, -2.0]),
    ):
        what = f"a gap of ({gap[0]}, {gap[1]}) px"
        check_corrections(bounded_correction, [gap], limit, [want], what)


def correction_slanted(bounded_correction) -> None:
    for gap, want in (
        ([30.0, 40.0], [6.0, 8.0]),
        ([-9.0, 12.0], [-6.0, 8.0]),
        ([6.0, 6.0], [6.0, 6.0]),
    ):
        what = f"a gap of ({gap[0]}, {gap[1]}) px"
        check_corrections(bounded_correction, [gap], 10, [want], what)


def correction_joints(bounded_correction) -> None:
    gaps = [[3.0, 4.0], [30.0, 40.0], [0.0, -8.0]]
    want = [[3.0, 4.0], [6.0, 8.0], [0.0, -8.0]]
    what = "three joints, 5, 50 and 8 px from their targets"
    check_corrections(bounded_correction, gaps, 10, want, what)


def correction_batch(bounded_correction) -> None:
    gaps = [[[3.0, 4.0], [30.0, 40.0], [0.0, -8.0]], [[-20.0, 0.0], [1.0, 1.0], [0, 9]]]
    want = [[[3.0, 4.0], [6.0, 8.0], [0.0, -8.0]], [[-10.0, 0.0], [1.0, 1.0], [0, 9]]]
    what = "two poses of three joints"
    check_corrections(bounded_correction, gaps, 10, want, what)
    what = "three times two poses of three joints"
    check_corrections(bounded_correction, [gaps] * 3, 10, [want] * 3, what)


def correction_arrived(bounded_correction) -> None:
    what = "a joint on its target"
    check_corrections(bounded_correction, [[0.0, 0.0]], 10, [[0, 0]], what, tolerance=0)
    what = "a joint on its target and one 50 px away"
    gaps, want = [[0.0, 0.0], [30.0, 40.0]], [[0, 0], [6, 8]]
    check_corrections(bounded_correction, gaps, 10, want, what)


def maps_of(render_pose, joints, size, std) -> torch.Tensor:
    """The maps of joints (B, K, 2), of the shape that they should have."""
    joints = torch.as_tensor(joints, dtype=torch.float32)
    found = render_pose(joints, size, std)
    expect_shape(found, (*joints.shape[:2], *size), f"the maps, size {size}")
    return found


def render_range(render_pose) -> None:
    for std in (2.0, 1.0):
        found = maps_of(render_pose, [[[20, 20]]], (41, 41), std)[0, 0]
        expect_close(found[20, 20], 1.0, f"on the joint, std {std}")
        what = f"28 px from the joint, std {std}"
        expect_close(found[0, 0], -1.0, what, tolerance=0.1)


def render_axes(render_pose) -> None:
    for x, y, size in ((3, 1, (5, 9)), (1, 3, (9, 5))):
        found = maps_of(render_pose, [[[x, y]]], size, 2.0)[0, 0]
        row, column = divmod(found.argmax().item(), size[1])
        is_there = (row, column) == (y, x)
        want = f"the joint ({x}, {y}) belongs into row {y}, column {x}"
        assert is_there, f"{want}: the peak is in row {row}, column {column}"


def render_width(render_pose) -> None:
    for std in (2, 4, 1):
        found = maps_of(render_pose, [[[10, 10]]], (21, 21), std)[0, 0]
        for steps in (1, 2):
            want = 2 * math.exp(-(steps**2) / 2) - 1
            away = 10 + steps * std
            what = f"std {std}, {steps * std} px"
            expect_close(found[10, away], want, f"{what} right of the joint")
            expect_close(found[away, 10], want, f"{what} below the joint")


def render_slanted(render_pose) -> None:
    for std, (right, down) in ((5.0, (3, 4)), (2.5, (-4, 3)), (6.5, (5, -12))):
        found = maps_of(render_pose, [[[13, 13]]], (27, 27), std)[0, 0]
        want = 2 * math.exp(-(right**2 + down**2) / (2 * std**2)) - 1
        what = f"std {std}, {right} px right of the joint and {down} px below it"
        expect_close(found[13 + down, 13 + right], want, what)


def brute(joint, size, std) -> torch.Tensor:
    """One map (h, w), one number after the other."""
    values = [
        [2 * math.exp(-(math.dist((x, y), joint) ** 2) / (2 * std**2)) - 1]
        for y in range(size[0])
        for x in range(size[1])
    ]
    return tensor(values).view(size)


def render_between(render_pose) -> None:
    for joint in ((2.5, 3.25), (4.875, 0.4)):
        found = maps_of(render_pose, [[joint]], (5, 7), 1.5)
        want = brute(joint, (5, 7), 1.5)[None, None]
        expect_close(found, want, f"the joint {joint} on a map 5 high and 7 wide")


def render_outside(render_pose) -> None:
    for joint in ((-2.0, 1.0), (3.0, 8.5), (9.0, -3.0), (500.0, 2.0)):
        found = maps_of(render_pose, [[joint]], (5, 7), 2.0)
        want = brute(joint, (5, 7), 2.0)[None, None]
        expect_close(found, want, f"the joint {joint} on a map 5 high and 7 wide")


def render_many(render_pose) -> None:
    joints = [[(1, 1), (5, 2), (3, 3)], [(6, 4), (0, 2), (2, 0)]]
    want = [torch.stack([brute(joint, (5, 7), 1.0) for joint in row]) for row in joints]
    found = maps_of(render_pose, joints, (5, 7), 1.0)
    expect_close(found, torch.stack(want), "two poses of three joints")


def walk(fixed_path, start, target, limit, steps) -> tuple:
    """Poses and corrections; AssertionError when their number is wrong."""
    found = fixed_path(tensor(start), tensor(target), limit, steps)
    poses, corrections = expect_pair(found, "poses and corrections")
    for part, count, name in (
        (poses, steps + 1, "poses"),
        (corrections, steps, "corrections"),
    ):
        if not isinstance(part, torch.Tensor):
            kind = type(part).__name__
            raise FormError(f"the {name}: expected a tensor, got {kind}")
        shape = (count, len(start), 2)
        has_count = part.shape[1:] != shape[1:] or len(part) == count
        assert has_count, f"{steps} steps: expected {count} {name}, got {len(part)}"
        expect_shape(part, shape, f"the {name}, {steps} steps")
    return poses, corrections


def check_line(fixed_path, places, target, limit) -> None:
    """Compare the path of one joint that moves along x with these places."""
    steps = len(places) - 1
    start, end = [[places[0], 7.0]], [[target, 7.0]]
    poses, corrections = walk(fixed_path, start, end, limit, steps)
    what = f"from {places[0]} to {target}, limit {limit}"
    expect_close(poses[:, 0, 0], places, f"the poses {what}")
    want = tensor(places).diff()
    expect_close(corrections[:, 0, 0], want, f"the corrections {what}")
    expect_close(poses[:, 0, 1], [7.0] * (steps + 1), f"y, {what} along x")
    expect_close(corrections[:, 0, 1], [0.0] * steps, f"corrections of y, {what}")


def path_count(fixed_path) -> None:
    for steps in (4, 1, 2):
        walk(fixed_path, [[1.0, 7.0], [4.0, 4.0]], [[9.0, 7.0], [4.0, 9.0]], 2.0, steps)


def path_start(fixed_path) -> None:
    start = [[1.0, 7.0], [4.0, 4.0], [9.0, 2.0]]
    target = [[30.0, 7.0], [4.0, 40.0], [-9.0, 2.0]]
    poses, _ = walk(fixed_path, start, target, 2.0, 3)
    expect_close(poses[0], start, "the first of four poses")


def path_far(fixed_path) -> None:
    check_line(fixed_path, [1.0, 3.0, 5.0, 7.0, 9.0], 21.0, 2.0)
    check_line(fixed_path, [8.0, 5.0, 2.0], -40.0, 3.0)


def path_still(fixed_path) -> None:
    check_line(fixed_path, [5.0, 5.0, 5.0, 5.0], 5.0, 2.0)


def path_arrives(fixed_path) -> None:
    check_line(fixed_path, [1.0, 3.0, 5.0, 5.0, 5.0], 5.0, 2.0)


def path_rest(fixed_path) -> None:
    check_line(fixed_path, [1.0, 4.0, 5.0, 5.0], 5.0, 3.0)
    check_line(fixed_path, [9.0, 8.5, 8.5], 8.5, 4.0)


def path_joints(fixed_path) -> None:
    start = [[0.0, 0.0], [10.0, 10.0], [3.0, 3.0]]
    target = [[30.0, 40.0], [16.0, 2.0], [3.0, 3.0]]
    poses, corrections = walk(fixed_path, start, target, 5.0, 3)
    want = [[[3.0 * t, 4.0 * t] for t in range(4)]]
    want += [[[10.0 + 3 * t, 10.0 - 4 * t] for t in (0, 1, 2, 2)], [[3.0, 3.0]] * 4]
    want = tensor(want).transpose(0, 1)
    what = "three joints, 50, 10 and 0 px from their targets, limit 5"
    expect_close(poses, want, f"the poses of {what}")
    expect_close(corrections, want.diff(dim=0), f"the corrections of {what}")


def check_reach(
    reachable, gaps, want, what: str, visible=None, limit=10.0, steps=3
) -> None:
    """AssertionError when targets these gaps from the start give another share."""
    gaps = tensor(gaps)
    start = torch.arange(2.0 * gaps.shape[1]).view(-1, 2) * 8
    labels = torch.full(gaps.shape[:2], 2) if visible is None else tensor(visible)
    found = reachable(start, start + gaps, labels, limit, steps)
    expect_close(found, want, what)


def reach_start(reachable) -> None:
    start = tensor([[20.0, 20.0], [500.0, 500.0]])
    target = torch.stack([start + 3, start - 4])
    found = reachable(start, target, torch.full((2, 2), 2), 10.0, 3)
    expect_close(found, 1.0, "two people, joints within 6 px of their starts")


def reach_steps(reachable) -> None:
    gaps = [[[25.0, 0.0], [0.0, -35.0]], [[-35.0, 0.0], [0.0, 5.0]]]
    what = "limit 10, gaps of 5, 25, 35 and 35 px"
    for steps, want in ((3, 0.5), (4, 1.0), (1, 0.25)):
        check_reach(reachable, gaps, want, f"{what}, {steps} steps", steps=steps)


def reach_slanted(reachable) -> None:
    what = "limit 10, 3 steps, a gap of"
    check_reach(reachable, [[[24.0, 24.0]]], 0.0, f"{what} (24, 24) px")
    check_reach(reachable, [[[-20.0, 20.0]]], 1.0, f"{what} (-20, 20) px")


def reach_edge(reachable) -> None:
    gaps = [[[30.0, 0.0], [18.0, -24.0], [0.0, 31.0]]]
    check_reach(reachable, gaps, 2 / 3, "limit 10, 3 steps, gaps of 30, 30 and 31 px")


def reach_labels(reachable) -> None:
    gaps = [[[1.0, 0.0], [90.0, 0.0], [2.0, 0.0], [90.0, 9.0], [3.0, 0.0]]]
    what = "joints without a label, far and near"
    check_reach(reachable, gaps, 2 / 3, what, visible=[[2, 1, 1, 0, 0]])


def reach_pooled(reachable) -> None:
    gaps = [[[1.0, 0.0]] * 3, [[90.0, 0.0]] * 3]
    what = "one label, within reach, and three labels out of reach"
    check_reach(reachable, gaps, 0.25, what, visible=[[2, 0, 0], [2, 1, 2]])
