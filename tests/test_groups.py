"""Pictures of groups: scale, place and labels against crops of single people."""

from dataclasses import replace

import pytest
import torch

from course_lib.data import golden, sample_crops
from course_lib.geometry import box_centre
from course_lib.groups import (
    empty_corners,
    group_boxes,
    group_scales,
    person_windows,
    read_scenes,
    unlabelled,
)

SIZE, REFERENCE = (97, 150), 50.0


@pytest.fixture(scope="module")
def dataset():
    return golden("groups", "train", "lsp14")


@pytest.fixture(scope="module")
def scenes(dataset):
    return read_scenes(dataset, SIZE, REFERENCE)


def test_people_of_a_group_have_the_reference_size_on_average(dataset):
    scale = group_scales(dataset, REFERENCE)
    for m in range(len(dataset.images)):
        own = dataset.boxes_full[dataset.image_index == m]
        longest = own[:, 2:].amax(dim=1) / scale[m]
        assert longest.mean().item() == pytest.approx(REFERENCE, rel=1e-5)


def test_windows_have_the_group_s_scale_and_the_person_in_the_middle(dataset):
    windows = person_windows(dataset, 64.0, REFERENCE)
    assert torch.allclose(box_centre(windows), box_centre(dataset.boxes_full))
    scale = group_scales(dataset, REFERENCE)[dataset.image_index]
    assert torch.allclose(windows[:, 2:], (64 * scale)[:, None].expand(-1, 2))


def test_a_group_is_in_the_middle_of_its_picture_and_whole(dataset, scenes):
    for scene in scenes:
        low = scene.boxes[:, :2].amin(dim=0)
        high = (scene.boxes[:, :2] + scene.boxes[:, 2:]).amax(dim=0)
        middle = (low + high) / 2
        assert (middle - torch.tensor([75.0, 48.5])).abs().max() < 1
        assert (low > 7).all()
        assert (high < torch.tensor([143.5, 90.5])).all()


def test_only_groups_that_are_too_large_are_smaller_than_the_reference(dataset, scenes):
    natural = group_scales(dataset, REFERENCE)
    actual = group_boxes(dataset, SIZE, REFERENCE)[:, 2] / SIZE[1]
    assert (actual >= natural - 1e-5).all()
    roomy = group_boxes(dataset, (4000, 4000), REFERENCE)[:, 2] / 4000
    assert torch.allclose(roomy, natural)
    assert (actual > natural * 1.01).any(), "a group that had to shrink is in the set"


def test_scenes_agree_with_a_crop_of_each_person(dataset, scenes):
    """The same picture cut for any of its people shows them at these joints."""
    boxes = group_boxes(dataset, SIZE, REFERENCE)[dataset.image_index]
    crops = sample_crops(dataset, torch.arange(len(dataset)), boxes, SIZE)
    seen = [0] * len(scenes)
    for person, image in enumerate(dataset.image_index.tolist()):
        scene, row = scenes[image], seen[image]
        seen[image] += 1
        assert torch.allclose(scene.joints[row], crops.keypoints[person], atol=1e-3)
        assert torch.equal(scene.visible[row], crops.visible[person])
        assert torch.allclose(scene.image, crops.images[person])
    assert seen == [len(scene.joints) for scene in scenes]


def test_head_sizes_and_boxes_shrink_with_the_picture(dataset, scenes):
    half = read_scenes(dataset, (49, 75), REFERENCE / 2)
    for large, small in zip(scenes[:5], half, strict=False):
        shrunk = (large.boxes[:, 2:] / small.boxes[:, 2:]).mean()
        assert torch.allclose(large.head / small.head, shrunk, rtol=1e-3)
        assert (large.head > 0).all()


def test_an_image_without_people_is_named(dataset):
    alone = dataset.image_index == 0
    with pytest.raises(ValueError, match="nobody is on image 1"):
        read_scenes(replace(dataset).subset(alone), SIZE, REFERENCE)


def test_the_owner_of_a_place_is_the_nearest_person_in_reach(scenes):
    """Against a loop over people, with places near joints, far away and between."""
    generator = torch.Generator().manual_seed(0)
    for scene in scenes[:6]:
        people, classes = scene.visible.shape
        points = scene.joints + torch.randn(scene.joints.shape, generator=generator) * 4
        owners = scene.owners(points, 0.4)
        for d in range(people):
            for k in range(classes):
                best, who = 0.4, -1
                for g in range(people):
                    distance = (points[d, k] - scene.joints[g, k]).norm().item()
                    distance /= scene.head[g].item()
                    if scene.visible[g, k] > 0 and distance <= best:
                        best, who = distance, g
                assert owners[d, k] == who


def test_adjacent_joints_are_of_another_kind_and_labelled(scenes):
    """Against a loop over pairs."""
    assert any(scene.adjacent(6.0).any() for scene in scenes)
    for scene in scenes[:6]:
        shown = (scene.visible > 0).nonzero().tolist()
        near = torch.zeros(scene.visible.shape, dtype=torch.bool)
        for g, k in shown:
            for other, kind in shown:
                distance = (scene.joints[g, k] - scene.joints[other, kind]).norm()
                near[g, k] |= bool(kind != k and distance <= 6.0)
        assert torch.equal(scene.adjacent(6.0), near)


def test_empty_corners_show_nobody(dataset):
    side = 40
    corners = empty_corners(dataset, side)
    assert len(corners) > 0
    assert corners.shape[1:] == (3, side, side)
    assert corners.max() <= 1
    height, width = dataset.images.shape[-2:]
    count = 0
    for m in range(len(dataset.images)):
        own = dataset.boxes_full[dataset.image_index == m]
        for x in (0, width - side):
            for y in (0, height - side):
                misses = (own[:, 0] >= x + side) | (own[:, 0] + own[:, 2] <= x)
                misses |= (own[:, 1] >= y + side) | (own[:, 1] + own[:, 3] <= y)
                count += int(misses.all())
    assert count == len(corners)
    assert empty_corners(dataset, min(height, width)).shape[0] == 0


def test_nothing_is_known_of_an_unlabelled_picture():
    scene = unlabelled(torch.rand(3, 20, 30), 14)
    assert scene.joints.shape == (0, 14, 2)
    assert scene.owners(torch.rand(5, 14, 2)).tolist() == [[-1] * 14] * 5
    assert scene.owners(torch.rand(0, 14, 2)).shape == (0, 14)
    assert scene.adjacent(9.0).shape == (0, 14)


def test_crowding_is_the_mean_of_the_largest_overlap(scenes):
    square = torch.tensor([[0.0, 0, 10, 10], [5, 0, 10, 10], [100, 0, 10, 10]])
    third = 50 / 150
    two_near = replace(scenes[0], boxes=square)
    assert two_near.crowding == pytest.approx((third + third + 0) / 3)
    assert replace(scenes[0], boxes=square[:1]).crowding == 0
    assert unlabelled(torch.rand(3, 8, 8), 14).crowding == 0
