"""Which part of a picture a network for one person gets to see."""

from types import SimpleNamespace

import pytest
import torch

from course_lib.crops import person_boxes, random_crops
from course_lib.data import Augment, golden
from course_lib.geometry import box_centre

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
