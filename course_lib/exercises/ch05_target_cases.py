"""What right answers to exercise 05.2 do; the hints are in ch05_targets."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import FormError, expect_close, expect_shape

h, w = 6, 9
FAR = [500.0, 500.0]  # a place that no map shows


def beliefs(belief_targets, people, stride, sigma, what, visible=None) -> torch.Tensor:
    """The maps of an answer for joints people (N, K, 2), all of them labelled."""
    joints = tensor(people)
    visible = torch.full(joints.shape[:2], 2) if visible is None else tensor(visible)
    found = belief_targets(joints, visible, (h, w), stride, sigma)
    if not isinstance(found, torch.Tensor):
        expect_shape(found, (joints.shape[1] + 1, h, w), what)
    count = joints.shape[1]
    told = f"{what}: {len(found)} channels for {count} joints"
    assert found.ndim != 3 or len(found) != count, told
    expect_shape(found, (count + 1, h, w), what)
    return found


def bell(distance: float, sigma: float) -> float:
    """The belief so far from the joint, both in px."""
    return math.exp(-(distance**2) / (2 * sigma**2))


def target_channels(belief_targets) -> None:
    what = "two joints, stride 4, sigma 3"
    found = beliefs(belief_targets, [[[13.5, 13.5], FAR]], 4, 3.0, what)
    told = f"{what}: away from both joints the highest is channel"
    assert found[:, 0, 8].argmax() == 2, f"{told} {int(found[:, 0, 8].argmax())}"
    told = f"{what}: at joint 0 the highest is channel"
    assert found[:, 3, 3].argmax() == 0, f"{told} {int(found[:, 3, 3].argmax())}"


def target_axes(belief_targets) -> None:
    what = "a joint at (29.5, 5.5), stride 4"
    found = beliefs(belief_targets, [[[29.5, 5.5]]], 4, 6.0, what)
    row, column = divmod(int(found[0].argmax()), w)
    told = f"{what}: the peak is in row {row}, column {column}, not in row 1, column 7"
    assert (row, column) == (1, 7), told


def target_centres(belief_targets) -> None:
    for stride, (column, row) in ((4, (5, 2)), (1, (3, 4)), (3, (1, 1))):
        x, y = (stride * cell + (stride - 1) / 2 for cell in (column, row))
        what = f"stride {stride}, a joint at ({x}, {y})"
        found = beliefs(belief_targets, [[[x, y]]], stride, 2.0 * stride, what)
        place = f"{what}: the cell in column {column}, row {row}"
        expect_close(found[0, row, column], 1.0, place)


def target_width(belief_targets) -> None:
    for stride, sigma in ((4, 6.0), (2, 5.0)):
        x, y = stride * 4 + (stride - 1) / 2 + 1, stride * 2 + (stride - 1) / 2
        what = f"stride {stride}, sigma {sigma}, the belief"
        found = beliefs(belief_targets, [[[x, y]]], stride, sigma, what)
        want = bell(stride - 1, sigma)
        expect_close(found[0, 2, 5], want, f"{what} {stride - 1} px from the joint")
        want = bell(math.hypot(1, stride), sigma)
        expect_close(found[0, 3, 4], want, f"{what} (1, {stride}) px from the joint")


def target_cut(belief_targets) -> None:
    what = "stride 1, sigma 2, a joint at (1, 3), the belief"
    found = beliefs(belief_targets, [[[1.0, 3.0]]], 1, 2.0, what)
    expect_close(found[0, 3, 7], bell(6, 2.0), f"{what} 6 px from it", 1e-6)
    expect_close(found[0, 3, 8], 0.0, f"{what} 7 px from it", 1e-6)
    expect_close(found[1, 3, 8], 1.0, "the background there", 1e-6)


def target_people(belief_targets) -> None:
    what = "stride 1, sigma 2, two people, a joint at (1, 3) and at (7, 3)"
    people = [[[1.0, 3.0]], [[7.0, 3.0]]]
    found = beliefs(belief_targets, people, 1, 2.0, what)
    expect_close(found[0, 3, 4], 2 * bell(3, 2.0), f"{what}: half-way")


def target_clip(belief_targets) -> None:
    what = "stride 1, sigma 2, two people with a joint at (4, 3)"
    found = beliefs(belief_targets, [[[4.0, 3.0]]] * 2, 1, 2.0, what)
    expect_close(found[0, 3, 4], 1.0, f"{what}: in that cell")
    expect_close(found[0, 3, 5], 1.0, f"{what}: in the cell beside it")


def target_cut_first(belief_targets) -> None:
    for count, sigma, want in ((2, 2.2, 0.0), (2, 2.5, 2 * bell(7, 2.5))):
        told = f"{bell(7, sigma):.4f} of each of two people"
        people = [[[0.0, 5.0]]] * count
        found = beliefs(belief_targets, people, 1, sigma, told)
        expect_close(found[0, 5, 7], want, told, 1e-6)


def target_background(belief_targets) -> None:
    what = "stride 1, sigma 2, two joints 2 px apart"
    found = beliefs(belief_targets, [[[3.0, 3.0], [5.0, 3.0]]], 1, 2.0, what)
    middle = 1 - bell(1, 2.0)
    expect_close(found[2, 3, 4], middle, f"{what}: the background between them")
    expect_close(found[2, 3, 5], 0.0, f"{what}: the background at one of them")


def target_labels(belief_targets) -> None:
    what = "stride 1, sigma 2, two joints, labels"
    people = [[[2.0, 3.0], [6.0, 3.0]]]
    for visible in ([[2, 0]], [[0, 1]], [[1, 1]]):
        told = f"{what} {visible[0]}"
        found = beliefs(belief_targets, people, 1, 2.0, told, visible)
        for joint, column in ((0, 2), (1, 6)):
            place = f"{told}: channel {joint} at its joint"
            expect_close(found[joint, 3, column], visible[0][joint] > 0, place)


def target_nobody(belief_targets) -> None:
    what = "nobody in the image, three joints"
    found = belief_targets(torch.zeros(0, 3, 2), torch.zeros(0, 3), (h, w), 4, 7.0)
    if not isinstance(found, torch.Tensor):
        raise FormError(f"{what}: expected a tensor, got {type(found).__name__}")
    want = torch.zeros(4, h, w)
    want[3] = 1.0
    expect_close(found, want, what)
