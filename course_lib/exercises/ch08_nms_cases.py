"""What right answers to exercise 08.3 do; the hints are in ch08_nms."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import (
    FormError,
    expect_close,
    expect_pair,
    expect_shape,
)

J = 16  # joints
RADIUS = 5.0  # px, a tenth of the longer side of BOX
BOX = [0.0, 0.0, 30.0, 50.0]


def figure(dx: float = 0.0, dy: float = 0.0, joints: int = J) -> torch.Tensor:
    """A pose (joints, 2), px, moved by (dx, dy)."""
    places = [[7.0 * (n % 4) + dx, 11.0 * (n // 4) + dy] for n in range(joints)]
    return tensor(places)


def shared(count: int, far: float) -> torch.Tensor:
    """A figure of which `count` joints are in place; the others are far * RADIUS off"""
    pose = figure()
    pose[count:, 0] += far * RADIUS
    return pose


def suppress(answer, poses: list, scores: list, what: str, boxes=None, **constants):
    """The indices and the poses that come back; FormError when they are not such.

    scores: per pose, one for all of its joints or one for each.
    """
    joints = len(poses[0])
    sure = torch.stack([torch.as_tensor(s).expand(joints) for s in scores])
    given = torch.stack(poses), sure, tensor(boxes or [BOX] * len(poses))
    kept, merged = expect_pair(answer(*given, **constants), "kept and merged poses")
    if not isinstance(kept, torch.Tensor) or kept.ndim != 1:
        raise FormError(f"{what}: expected a tensor (M,) of indices kept, got {kept}")
    if kept.is_floating_point():
        raise FormError(f"{what}: expected whole numbers kept, got {kept.dtype}")
    expect_shape(merged, (len(kept), joints, 2), f"{what}: the merged poses")
    return kept.tolist(), merged


def check_kept(answer, poses, scores, want: list, what, boxes=None, **constants):
    """AssertionError when others than those wanted are kept; the merged poses."""
    kept, merged = suppress(answer, poses, scores, what, boxes, **constants)
    assert kept == want, f"{what}: expected {want} to be kept, got {kept}"
    return merged


def nms_two_people(pose_nms) -> None:
    poses = [figure(), figure(200.0, 10.0)]
    what = "two people, 200 px apart, scores 0.9 and 0.8"
    merged = check_kept(pose_nms, poses, [0.9, 0.8], [0, 1], what)
    expect_close(merged, torch.stack(poses), f"{what}: the merged poses")
    what = "one pose"
    merged = check_kept(pose_nms, poses[:1], [0.9], [0], what)
    expect_close(merged[0], poses[0], f"{what}: the merged pose")


def nms_copy(pose_nms) -> None:
    for poses, scores, want in (
        ([figure(), figure()], [0.9, 0.8], [0]),
        ([figure(), figure(200.0), figure(1.0, 1.0)], [0.9, 0.8, 0.7], [0, 1]),
        ([figure(), figure(2.0), figure(-2.0), figure(0.0, 3.0)], [9, 8, 7, 6], [0]),
    ):
        what = f"{len(poses)} poses, the first with nearly equal ones"
        check_kept(pose_nms, poses, [float(s) for s in scores], want, what)


def nms_order(pose_nms) -> None:
    what = "scores 0.3, 0.9, 0.6 of three people"
    people = [figure(), figure(200.0), figure(0.0, 300.0)]
    check_kept(pose_nms, people, [0.3, 0.9, 0.6], [1, 2, 0], what)
    peak = torch.full((J,), 0.5)
    peak[3] = 1.0
    what = "two equal poses, one with score 1 once and 0.5 else, one with 0.6"
    check_kept(pose_nms, [figure(), figure()], [peak, 0.6], [1], what)
    check_kept(pose_nms, [figure(), figure()], [0.6, peak], [0], what)


def nms_count(pose_nms) -> None:
    for count, far, is_kept in (
        (6, 3.0, False),
        (5, 3.0, True),
        (8, 1e4, False),
        (7, 1e4, True),
        (0, 0.99, False),
        (0, 1.01, True),
    ):
        what = f"{count} of 16 joints in place, the others at r = {far}"
        poses, want = [figure(), shared(count, far)], [0, 1] if is_kept else [0]
        check_kept(pose_nms, poses, [0.9, 0.8], want, what)


def nms_whose_box(pose_nms) -> None:
    large, small, wide = [0.0, 0.0, 60, 100], [0.0, 0.0, 20, 10], [9.0, 9.0, 100, 40]
    poses = [figure(), figure(6.0)]
    for boxes, want in (
        ([large, small], [0]),
        ([wide, small], [0]),
        ([small, large], [0, 1]),
    ):
        sizes = [box[2:] for box in boxes]
        what = f"poses 6 px apart, boxes of sizes {sizes}"
        check_kept(pose_nms, poses, [0.9, 0.8], want, what, boxes)


def nms_chain(pose_nms) -> None:
    step = 0.9 * RADIUS
    poses = [figure(n * step) for n in range(3)]
    what = "three poses in a row, each at r = 0.9 of the one before"
    merged = check_kept(pose_nms, poses, [0.9, 0.8, 0.7], [0, 2], what)
    expect_close(merged[1], poses[2], f"{what}: the second merged pose")
    poses = [figure(n * step) for n in range(5)]
    scores = [0.5, 0.8, 0.6, 0.9, 0.7]
    what = "five poses in a row, each at r = 0.9, the fourth is the surest"
    check_kept(pose_nms, poses, scores, [3, 1], what)


def nms_exact(pose_nms) -> None:
    for eta, want in ((24.0, [0, 1]), (23.5, [0])):
        what = f"two equal poses, K + 0.5 H = 24, eta {eta}"
        given = [figure(), figure()], [0.9, 0.8], want, what
        check_kept(pose_nms, *given, weight=0.5, eta=eta)


def nms_merged(pose_nms) -> None:
    first, second = torch.linspace(0.9, 0.6, J), torch.linspace(0.2, 0.8, J)
    other = figure(2.0, 1.0)
    other[3, 0] += 60  # two joints are somewhere else
    other[12, 1] -= 80
    what = "a pose and one moved by (2, 1) px, but two of its joints far away"
    merged = check_kept(pose_nms, [figure(), other], [first, second], [0], what)
    share = (second / (first + second))[:, None] * tensor([2.0, 1.0])
    share[3] = share[12] = 0
    expect_close(merged[0], figure() + share, what)
    what = "three poses, moved by 0, 3 and -2 px, scores 0.5, 0.25 and 0.25"
    poses = [figure(), figure(3.0), figure(-2.0)]
    merged = check_kept(pose_nms, poses, [0.5, 0.25, 0.25], [0], what)
    expect_close(merged[0], figure(0.25), what)


def nms_few_joints(pose_nms) -> None:
    what = "two equal poses of 4 joints, K + 2.08 H = 12.32"
    poses = [figure(joints=4), figure(1.0, joints=4)]
    merged = check_kept(pose_nms, poses, [0.9, 0.8], [0, 1], what)
    expect_close(merged, torch.stack(poses), f"{what}: the merged poses")
    check_kept(pose_nms, poses, [0.9, 0.8], [0], f"{what}, eta 10", eta=10.0)


def nms_nobody(pose_nms) -> None:
    given = torch.zeros(0, J, 2), torch.zeros(0, J), torch.zeros(0, 4)
    kept, merged = expect_pair(pose_nms(*given), "kept and merged poses")
    expect_close(kept, [], "no poses: kept")
    expect_shape(merged, (0, J, 2), "no poses: the merged poses")
