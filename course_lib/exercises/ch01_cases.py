"""What right answers to exercises 01.1 to 01.4 do; the hints are in ch01."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import (
    FormError,
    expect_close,
    expect_pair,
    expect_shape,
)

BOX = tensor([10.0, 20.0, 40.0, 80.0])  # its centre is (29.5, 59.5)


def normalize_centre(normalize) -> None:
    found = normalize(tensor([[29.5, 59.5]]), BOX)
    expect_close(found, [[0.0, 0.0]], "the centre of the box (10, 20, 40, 80)")


def normalize_edges(normalize) -> None:
    ends = tensor([[9.5, 59.5], [49.5, 59.5]])
    expect_close(normalize(ends, BOX), [[-0.5, 0], [0.5, 0]], "left and right edge")


def normalize_sides(normalize) -> None:
    joints = tensor([[39.5, 59.5], [29.5, 69.5]])
    expect_close(normalize(joints, BOX), [[0.25, 0], [0, 0.125]], "10 px right or down")


def normalize_outside(normalize) -> None:
    found = normalize(tensor([[69.5, 59.5]]), BOX)
    expect_close(found, [[1.0, 0.0]], "a joint 40 px right of the centre")


def l2_all(masked_l2) -> None:
    pred, target = torch.zeros(1, 2, 2), tensor([[[3.0, 4.0], [0.0, 1.0]]])
    found = masked_l2(pred, target, tensor([[2, 2]]))
    expect_close(found, 13.0, "two joints, 5 and 1 away: (25 + 1) / 2")


def l2_hidden(masked_l2) -> None:
    pred, target = torch.zeros(1, 2, 2), tensor([[[3.0, 4.0], [1e3, 1e3]]])
    found = masked_l2(pred, target, tensor([[2, 0]]))
    expect_close(found, 25.0, "one joint 5 away, one not labelled")


def l2_occluded(masked_l2) -> None:
    pred, target = torch.zeros(1, 2, 2), tensor([[[3.0, 4.0], [0.0, 1.0]]])
    found = masked_l2(pred, target, tensor([[2, 1]]))
    expect_close(found, 13.0, "a visible joint 5 away, an occluded one 1 away")


NO_GRADIENT = "the loss must be a tensor that can be differentiated"


def has_gradient(loss) -> bool:
    return isinstance(loss, torch.Tensor) and loss.requires_grad


def l2_batch(masked_l2) -> None:
    pred = torch.zeros(2, 2, 2, requires_grad=True)
    target = tensor([[[3.0, 4.0], [0.0, 1.0]], [[0.0, 2.0], [9.0, 9.0]]])
    loss = masked_l2(pred, target, tensor([[2, 2], [1, 0]]))
    expect_close(loss, 10.0, "images with 2 and 1 labelled joints: (25 + 1 + 4) / 3")
    if not has_gradient(loss):
        raise FormError(f"{NO_GRADIENT}, got {loss!r}")
    loss.backward()
    want = [[[-2.0, -8 / 3], [0.0, -2 / 3]], [[0.0, -4 / 3], [0.0, 0.0]]]
    expect_close(pred.grad, want, "its gradient")


def l2_none(masked_l2) -> None:
    pred = torch.ones(2, 3, 2, requires_grad=True)
    loss = masked_l2(pred, torch.zeros(2, 3, 2), torch.zeros(2, 3, dtype=torch.long))
    expect_close(loss, 0.0, "a batch without any labelled joint")
    assert has_gradient(loss), f"{NO_GRADIENT}, got {loss!r}"
    loss.backward()
    expect_close(pred.grad, torch.zeros(2, 3, 2), "its gradient")


LIMB = tensor([[[0.0, 0.0], [10.0, 0.0]]])  # (1, 2, 2): one limb of length 10


def moved(first: float, second: float) -> torch.Tensor:
    """A prediction of LIMB whose ends are this far off, upwards."""
    return LIMB + tensor([[[0.0, first], [0.0, second]]])


def pcp_perfect(pcp) -> None:
    truth = torch.cat([LIMB, LIMB + 3])
    for mode in ("strict", "loose"):
        found = pcp(truth.clone(), truth, [(0, 1)], 0.5, mode)
        expect_close(found, [1.0], f"the truth as prediction, {mode}")


def pcp_length(pcp) -> None:
    pred = LIMB + tensor([[[-6.0, 0.0], [6.0, 0.0]]])  # predicted length: 22
    found = pcp(pred, LIMB, [(0, 1)], 0.5, "strict")
    expect_close(found, [0.0], "both ends 0.6 limb lengths off, outwards")


def pcp_both_ends(pcp) -> None:
    for mode, first, second, want in (
        ("strict", 0, 6, 0.0),
        ("strict", 6, 0, 0.0),
        ("loose", 0, 6, 1.0),
        ("loose", 0, 12, 0.0),
        ("loose", 6, -6, 0.0),  # one up, one down: the middle of the limb is right
    ):
        found = pcp(moved(first, second), LIMB, [(0, 1)], 0.5, mode)
        ends = f"{abs(first) / 10} and {abs(second) / 10}"
        expect_close(found, [want], f"{mode}, ends {ends} limb lengths off")


def pcp_alpha(pcp) -> None:
    for mode in ("strict", "loose"):
        for alpha, want in ((0.1, 0.0), (0.3, 1.0)):
            found = pcp(moved(2, 2), LIMB, [(0, 1)], alpha, mode)
            expect_close(found, [want], f"{mode}, alpha {alpha}, both ends 0.2 off")


def pcp_boundary(pcp) -> None:
    for mode in ("strict", "loose"):
        found = pcp(moved(5, 5), LIMB, [(0, 1)], 0.5, mode)
        expect_close(found, [1.0], f"{mode}, both ends exactly half a limb off")


def pcp_slanted(pcp) -> None:
    truth = tensor([[[0.0, 0.0], [6.0, 8.0]]])
    for right, down, want in ((0.0, 5.5, 0.0), (4.5, 0.0, 1.0)):
        pred = truth + tensor([[[0.0, 0.0], [right, down]]])
        found = pcp(pred, truth, [(0, 1)], 0.5, "strict")
        what = f"a limb from (0, 0) to (6, 8), one end {right + down} px off"
        expect_close(found, [want], what)


def pcp_images(pcp) -> None:
    truth = torch.cat([LIMB, 4 * LIMB])
    pred = truth + tensor([[[0.0, 6.0], [0.0, 6.0]]])
    found = pcp(pred, truth, [(0, 1)], 0.5, "strict")
    expect_close(found, [0.5], "limbs of 10 and 40 px in two images, all ends 6 px off")


def dot(height: int, width: int, x: int, y: int) -> torch.Tensor:
    """A black image (3, height, width) with one orange pixel."""
    image = torch.zeros(3, height, width)
    image[:, y, x] = tensor([1.0, 0.5, 0.25])
    return image


def flip_one(flip_sample) -> tuple[torch.Tensor, torch.Tensor]:
    """Image and joints of a 7 x 4 image with a dot and a joint at (1, 2)."""
    found = flip_sample(dot(4, 7, x=1, y=2), tensor([[1.0, 2.0]]), [])
    image, joints = expect_pair(found, "image and joints")
    expect_shape(image, (3, 4, 7), "the image")
    expect_shape(joints, (1, 2), "the joints")
    return image, joints


def flip_dot(flip_sample) -> None:
    image, _ = flip_one(flip_sample)
    expect_close(image, dot(4, 7, x=5, y=2), "an orange dot at (1, 2) of a 7 x 4 image")


def flip_joint(flip_sample) -> None:
    _, joints = flip_one(flip_sample)
    expect_close(joints, [[5.0, 2.0]], "the joint on the dot")


def flip_names(flip_sample) -> None:
    joints = tensor([[0.5, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 0.0], [4.25, 1.0]])
    found = flip_sample(dot(4, 7, x=1, y=2), joints, [(0, 2), (1, 4)])
    _, found = expect_pair(found, "image and joints")
    want = [[4.0, 1.0], [1.75, 1.0], [5.5, 1.0], [3.0, 0.0], [5.0, 0.0]]
    expect_close(found, want, "five joints, the pairs (0, 2) and (1, 4)")
