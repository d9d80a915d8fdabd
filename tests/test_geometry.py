"""Boxes, affines and warps against other ways to compute them."""

import cv2
import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn.functional import interpolate

from course_lib import geometry
from course_lib.geometry import apply_affine, crop_affine, invert_affine, warp
from course_lib.skeletons import LSP14, SKELETONS

PIXELS = 1e-3  # float32 at coordinates of some hundred px
number = st.floats(-200, 200, width=32)
length = st.floats(1, 300, width=32)
box = st.tuples(number, number, length, length)
some_boxes = st.lists(box, min_size=1, max_size=4)
quick = settings(max_examples=50, deadline=None)


def random_image(height, width, channels=3):
    return torch.rand(1, channels, height, width)


@quick
@given(some_boxes)
def test_centre_and_size_give_the_box_back(boxes):
    boxes = torch.tensor(boxes)
    back = geometry.box_from_centre(geometry.box_centre(boxes), boxes[:, 2:])
    torch.testing.assert_close(back, boxes, atol=PIXELS, rtol=0)


def test_centre_is_the_mean_of_the_pixels():
    centre = geometry.box_centre(torch.tensor([3.0, 5.0, 4.0, 1.0]))
    assert centre.tolist() == [np.mean([3, 4, 5, 6]), 5]


@quick
@given(some_boxes, st.floats(0.25, 4), st.floats(0.3, 3))
def test_expanded_boxes_keep_centre_and_cover(boxes, factor, aspect):
    boxes = torch.tensor(boxes)
    grown = geometry.expand_box(boxes, factor, aspect)
    centres = geometry.box_centre(boxes)
    torch.testing.assert_close(geometry.box_centre(grown), centres, atol=PIXELS, rtol=0)
    ratio = grown[:, 2] / grown[:, 3]
    torch.testing.assert_close(ratio, torch.full_like(ratio, aspect))
    assert (grown[:, 2:] >= boxes[:, 2:] * factor * (1 - 1e-5)).all()


@quick
@given(box, st.floats(-180, 180), st.booleans(), st.tuples(number, number))
def test_affine_round_trip(one, angle, flip, point):
    affine = crop_affine(
        torch.tensor([one]), (17, 9), torch.tensor([angle]), torch.tensor([flip])
    )
    points = torch.tensor([[point]])
    back = apply_affine(invert_affine(affine), apply_affine(affine, points))
    torch.testing.assert_close(back, points, atol=0.05, rtol=0)


@quick
@given(box, st.floats(-180, 180), st.booleans(), st.tuples(number, number))
def test_crop_is_translation_equivariant(one, angle, flip, move):
    angle, flip = torch.tensor([angle]), torch.tensor([flip])
    start, move = torch.tensor([one]), torch.tensor([move])
    moved = torch.cat([start[:, :2] + move, start[:, 2:]], dim=-1)
    point = geometry.box_centre(start)[:, None] + start[:, None, 2:] * 0.3
    before = apply_affine(crop_affine(start, (12, 20), angle, flip), point)
    after = apply_affine(
        crop_affine(moved, (12, 20), angle, flip), point + move[:, None]
    )
    # Worst case: a box 1 px wide spread over 20 px, 400 px from the origin.
    torch.testing.assert_close(after, before, atol=0.02, rtol=0)


def test_box_edges_land_on_crop_edges():
    affine = crop_affine(torch.tensor([[10.0, 20.0, 30.0, 50.0]]), (25, 90))
    corners = torch.tensor([[[9.5, 19.5], [39.5, 69.5]]])
    expected = torch.tensor([[[-0.5, -0.5], [89.5, 24.5]]])
    torch.testing.assert_close(apply_affine(affine, corners), expected)


def test_positive_angle_turns_counter_clockwise_on_screen():
    affine = crop_affine(
        torch.tensor([[0.0, 0, 11, 11]]), (11, 11), torch.tensor([90.0])
    )
    right_of_centre = torch.tensor([[[8.0, 5.0]]])
    torch.testing.assert_close(
        apply_affine(affine, right_of_centre), torch.tensor([[[5.0, 2.0]]])
    )
    matrix = cv2.getRotationMatrix2D((5, 5), 90, 1)
    np.testing.assert_allclose(affine[0].numpy(), matrix, atol=1e-5)


@pytest.mark.parametrize("size", [(1, 1), (5, 8), (31, 17), (64, 48)])
def test_identity_warp_changes_nothing(size):
    image = random_image(*size)
    affine = crop_affine(torch.tensor([[0.0, 0, size[1], size[0]]]), size)
    torch.testing.assert_close(warp(image, affine, size), image, atol=1e-5, rtol=0)


@pytest.mark.parametrize("angle", [0.0, 17.0, -120.0])
@pytest.mark.parametrize("flip", [False, True])
def test_warp_equals_opencv(angle, flip):
    image = torch.from_numpy(
        cv2.GaussianBlur(random_image(41, 30)[0].permute(1, 2, 0).numpy(), (5, 5), 1.5)
    )
    affine = crop_affine(
        torch.tensor([[4.3, -2.0, 20.0, 33.0]]),
        (50, 37),
        torch.tensor([angle]),
        torch.tensor([flip]),
    )
    ours = warp(image.permute(2, 0, 1)[None], affine, (50, 37))[0].permute(1, 2, 0)
    theirs = cv2.warpAffine(
        image.numpy(), affine[0].numpy(), (37, 50), flags=cv2.INTER_LINEAR
    )
    # OpenCV rounds positions to 1/32 px; the blurred image changes slowly.
    assert np.abs(ours.numpy() - theirs).max() < 0.03


@pytest.mark.parametrize("factor", [2, 3, 4])
def test_shrinking_by_a_whole_factor_is_the_mean(factor):
    image = random_image(12 * factor, 8 * factor)
    affine = crop_affine(torch.tensor([[0.0, 0, 8 * factor, 12 * factor]]), (12, 8))
    expected = interpolate(image, size=(12, 8), mode="area")
    torch.testing.assert_close(
        warp(image, affine, (12, 8)), expected, atol=1e-5, rtol=0
    )
    if factor > 2:  # at 2 a plain bilinear sample is the mean already
        plain = warp(image, affine, (12, 8), antialias=False)
        assert (plain - expected).abs().max() > 0.05


def test_a_crop_does_not_depend_on_its_batch():
    images = random_image(40, 40).expand(3, -1, -1, -1)
    boxes = torch.tensor([[0.0, 0, 40, 40], [5, 5, 10, 10], [2, 2, 25, 25]])
    affine = crop_affine(boxes, (10, 10))
    together = warp(images, affine, (10, 10))
    for row in range(3):
        alone = warp(images[row : row + 1], affine[row : row + 1], (10, 10))
        torch.testing.assert_close(together[row : row + 1], alone)


def test_warp_takes_bytes_and_empty_batches_and_blackens_the_outside():
    image = torch.full((1, 3, 6, 9), 255, dtype=torch.uint8)
    affine = crop_affine(torch.tensor([[-9.0, 0, 18, 6]]), (6, 18))
    out = warp(image, affine, (6, 18))
    assert out.dtype == torch.float32
    assert (out[..., :8] == 0).all()
    assert torch.allclose(out[..., 10:], torch.ones(()))
    assert warp(image[:0], affine[:0], (6, 18)).shape == (0, 3, 6, 18)


@quick
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 4))
def test_a_dot_and_its_joint_move_together(width, height, turns):
    """Flips and quarter turns carry pixel (x, y) to where the affine says."""
    x, y = (width - 1) // 3, (height - 1) // 2
    image = torch.zeros(1, 1, height, width)
    image[..., y, x] = 1
    side = max(width, height)
    frame = torch.tensor([[0.0, 0, side, side]])
    affine = crop_affine(
        frame, (side, side), torch.tensor([90.0 * turns]), torch.tensor([True])
    )
    u, v = apply_affine(affine, torch.tensor([[[float(x), y]]]))[0, 0].round().int()
    assert warp(image, affine, (side, side))[0, 0, v, u] > 0.99


@pytest.mark.parametrize("skeleton", SKELETONS.values(), ids=lambda s: s.name)
def test_flipping_keypoints_twice_is_nothing(skeleton):
    visible = torch.randint(0, 3, (5, len(skeleton)))
    points = torch.randn(5, len(skeleton), 2) * (visible > 0)[..., None]
    once = geometry.flip_keypoints(points, visible, 33, skeleton)
    twice = geometry.flip_keypoints(*once, 33, skeleton)
    torch.testing.assert_close(twice, (points, visible), atol=1e-5, rtol=0)


def test_flip_mirrors_and_swaps():
    points = torch.zeros(14, 2)
    points[LSP14.index("left_wrist")] = torch.tensor([2.0, 7.0])
    visible = torch.zeros(14)
    visible[LSP14.index("left_wrist")] = 1
    moved, flags = geometry.flip_keypoints(points, visible, 10, LSP14)
    assert moved[LSP14.index("right_wrist")].tolist() == [7, 7]
    assert flags.nonzero().flatten().tolist() == [LSP14.index("right_wrist")]


def test_iou_counts_pixels():
    boxes = torch.tensor([[0.0, 0, 4, 4], [2, 1, 5, 2], [0, 0, 0, 3], [9, 9, 2, 2]])

    def pixels(one):
        x, y, w, h = map(int, one)
        return {(i, j) for i in range(x, x + w) for j in range(y, y + h)}

    sets = [pixels(one) for one in boxes.tolist()]
    expected = [[len(a & b) / max(len(a | b), 1) for b in sets] for a in sets]
    torch.testing.assert_close(geometry.box_iou(boxes, boxes), torch.tensor(expected))
    assert geometry.box_iou(boxes[:0], boxes).shape == (0, 4)


def test_points_box_leaves_out_what_is_not_labelled():
    points = torch.tensor([[[2.0, 3.0], [5.0, 9.0], [-50.0, 99.0]]] * 2)
    visible = torch.tensor([[1, 2, 0], [0, 0, 0]])
    boxes = geometry.points_box(points, visible)
    assert boxes.tolist() == [[2, 3, 4, 7], [0, 0, 0, 0]]


def test_empty_box_is_refused():
    with pytest.raises(ValueError, match="positive width and height"):
        crop_affine(torch.tensor([[0.0, 0, 0, 5]]), (4, 4))


def test_what_lies_in_a_box():
    boxes = torch.tensor([[2.0, 3.0, 4.0, 2.0]])
    points = torch.tensor([[[1.5, 2.5], [5.5, 4.5], [1.4, 3.0], [3.0, 4.6]]])
    assert geometry.in_boxes(points, boxes).tolist() == [[True, True, False, False]]
