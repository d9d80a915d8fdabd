"""Which part of a picture a network for one person gets to see."""

from types import SimpleNamespace

import pytest
import torch

from course_lib.crops import (
    cut_people,
    everyone_on,
    person_boxes,
    random_crops,
)
from course_lib.data import Augment, golden, sample_crops
from course_lib.geometry import box_centre, expand_box

PLAIN = Augment(flip=0.0, scale=(1.0, 1.0), rotate=0.0, shift=0.0)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def test_rendered_people_are_seen_whole_and_photographs_by_their_box():
    boxes = torch.tensor([[10.0, 20.0, 8.0, 30.0]])
    pictures = torch.tensor([[0.0, 0.0, 96.0, 128.0]])
    dataset = SimpleNamespace(boxes=boxes, image_boxes=pictures)
    (whole,) = person_boxes(dataset, "rendered", 0.75).tolist()
    assert whole == [0, 0, 96, 128]
    around = person_boxes(dataset, "lspet", 0.75)
    assert torch.allclose(box_centre(around), box_centre(boxes))
    assert around[0, 2:].tolist() == pytest.approx([0.75 * 45, 45])


def test_random_crops_are_those_of_the_generator_and_of_everybody():
    dataset = golden("single", skeleton="lsp14")
    boxes = person_boxes(dataset, "rendered", 1.0)
    draw = [
        random_crops(dataset, boxes, (33, 21), 40, PLAIN, seeded(s)) for s in (1, 1, 2)
    ]
    assert draw[0].images.shape == (40, 3, 33, 21)
    assert torch.equal(draw[0].images, draw[1].images)
    assert not torch.equal(draw[0].index, draw[2].index)
    assert set(draw[0].index.tolist()) == set(range(len(dataset)))


def test_a_joint_that_leaves_the_crop_counts_as_not_labelled():
    dataset = golden("single", skeleton="lsp14")
    boxes = person_boxes(dataset, "rendered", 1.0)
    small = torch.cat([boxes[:, :2], boxes[:, 2:] / 3], dim=1)  # the upper left corner
    crops = random_crops(dataset, small, (32, 32), 20, PLAIN, seeded(0))
    inside = ((crops.keypoints > -0.5) & (crops.keypoints < 31.5)).all(dim=-1)
    assert (crops.visible[~inside] == 0).all()
    labels = dataset.visible[crops.index]
    assert torch.equal(crops.visible[inside], labels[inside] * (labels[inside] > 0))
    assert (labels[~inside] > 0).any()


def test_everyone_on_a_crop_lies_where_a_crop_of_their_own_would_show_them():
    """Seen through the same boxes, turned and mirrored alike, person by person."""
    dataset = golden("groups", "train", "lsp14")
    boxes = expand_box(dataset.boxes_full, 1.2, 0.75)
    change = Augment(flip=0.5, scale=(0.7, 1.2), rotate=30.0, shift=0.2)
    index = torch.arange(len(dataset)).repeat(3)
    crops = sample_crops(dataset, index, boxes[index], (31, 22), change, seeded(3))
    joints, visible = everyone_on(dataset, crops)
    assert torch.equal(joints[:, 0], crops.keypoints)
    assert torch.equal(visible[:, 0], crops.visible)
    for row, person in enumerate(index.tolist()):
        own = dataset.image_index == dataset.image_index[person]
        others = [other for other in own.nonzero()[:, 0].tolist() if other != person]
        for place, other in enumerate(others, start=1):
            swapped = index.clone()
            swapped[row] = other
            alone = sample_crops(
                dataset, swapped, boxes[index], (31, 22), change, seeded(3)
            )
            assert torch.allclose(joints[row, place], alone.keypoints[row], atol=1e-4)
            assert torch.equal(visible[row, place], alone.visible[row])
        assert not visible[row, len(others) + 1 :].any()
        assert not joints[row, len(others) + 1 :].any()
    assert (torch.linalg.det(crops.affine[:, :, :2]) < 0).any()  # some are mirrored


def test_everyone_on_a_crop_of_one_person_is_that_person():
    dataset = golden("single", skeleton="lsp14")
    boxes = person_boxes(dataset, "rendered", 1.0)
    crops = sample_crops(dataset, torch.tensor([2, 0]), boxes[[2, 0]], (20, 20))
    joints, visible = everyone_on(dataset, crops)
    assert torch.equal(joints, crops.keypoints[:, None])
    assert torch.equal(visible, crops.visible[:, None])
    nobody = sample_crops(dataset, torch.zeros(0, dtype=int), boxes[:0], (20, 20))
    joints, visible = everyone_on(dataset, nobody)
    assert joints.shape == (0, 0, 14, 2)
    assert visible.shape == (0, 0, 14)


def test_people_cut_out_once_are_seen_as_in_crops_of_the_scene():
    """Labels to a rounding; pixels to what a second interpolation blurs."""
    dataset = golden("groups", "train", "lsp14")
    wide = expand_box(dataset.boxes_full, 1.8, 0.75)
    cut = cut_people(dataset, wide, (240, 180))
    assert cut.images.shape == (len(dataset), 3, 240, 180)
    assert cut.image_ids.tolist() == dataset.image_ids[dataset.image_index].tolist()
    index, size = torch.arange(len(dataset)), (41, 30)
    whole = sample_crops(
        dataset, index, expand_box(dataset.boxes_full, 1.2, 0.75), size
    )
    again = sample_crops(cut, index, expand_box(cut.boxes_full, 1.2, 0.75), size)
    torch.testing.assert_close(
        again.keypoints, whole.keypoints, atol=1e-3, rtol=0, check_device=False
    )
    assert torch.equal(again.visible, whole.visible)
    assert (again.images - whole.images).abs().mean() < 0.02
    ratio = cut.areas / cut.boxes_full[:, 2:].prod(dim=1)
    before = dataset.areas / dataset.boxes_full[:, 2:].prod(dim=1)
    torch.testing.assert_close(ratio, before)
    heads = cut.head_boxes[:, 2:] / cut.boxes_full[:, 2:]
    torch.testing.assert_close(
        heads, dataset.head_boxes[:, 2:] / dataset.boxes_full[:, 2:]
    )
