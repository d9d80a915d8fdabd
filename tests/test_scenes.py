"""People with labels of their surface, and scenes made of them."""

import numpy as np
import pytest
import torch

from course_lib.data import GOLDEN, golden
from course_lib.dense import pixel_places, read_dense, sample_points
from course_lib.files import DataError
from course_lib.geometry import box_centre
from course_lib.scenes import (
    alone,
    compose,
    draw_scenes,
    jitter_boxes,
    look_up,
    whose,
)


def seeded(seed):
    return torch.Generator().manual_seed(seed)


def same(labels, uv):
    """A mirror in which nothing changes."""
    return labels, uv


def turned(labels, uv):
    """A mirror that can be seen in the labels."""
    return torch.where(labels > 0, 25 - labels, labels), 1 - uv


@pytest.fixture(scope="module")
def people():
    return read_dense(GOLDEN / "dense", "train", 40)


def test_points_are_pixels_of_the_body(people):
    other = golden("dense", "train", "coco17")
    assert torch.equal(people.images, other.images)
    assert torch.equal(people.boxes, other.boxes)
    column, row = people.points.long().unbind(dim=-1)
    for n, iuv in enumerate(people.iuv):
        values = iuv[:, row[n], column[n]].long()
        assert torch.equal(values[0], people.labels[n])
        assert torch.allclose(255 * people.uv[n].T, values[1:].float())
    pixels = (row * people.iuv.shape[-1] + column).tolist()
    assert all(len(set(own)) == 40 for own in pixels)


def test_the_same_points_every_time(people):
    again = read_dense(GOLDEN / "dense", "train", 40)
    assert torch.equal(again.points, people.points)
    assert not torch.equal(
        read_dense(GOLDEN / "dense", "train", 40, seed=8).points, people.points
    )
    assert len(read_dense(GOLDEN / "dense", "train", 3, limit=2)) == 2


def test_small_bodies_repeat_their_points_and_nobody_has_none():
    iuv = torch.zeros(2, 3, 5, 6, dtype=torch.uint8)
    iuv[0, :, 2, 3] = torch.tensor([7, 51, 102], dtype=torch.uint8)
    points, labels, uv = sample_points(iuv, 3, seeded(0))
    assert points[0].tolist() == [[3, 2]] * 3
    assert labels.tolist() == [[7] * 3, [0] * 3]
    assert torch.allclose(uv[0], torch.tensor([[0.2, 0.4]]).repeat(3, 1))
    assert [part.shape[1] for part in sample_points(iuv, 0, seeded(0))] == [0, 0, 0]


def test_fewer_points_are_the_first_ones(people):
    few = people.with_fewer(5)
    assert torch.equal(few.points, people.points[:, :5])
    assert torch.equal(few.labels, people.labels[:, :5])
    assert few.uv.shape == (len(people), 5, 2)


def test_a_set_without_surface_says_so():
    with pytest.raises(DataError, match="no IUV images; prepare the set `dense`"):
        read_dense(GOLDEN / "single", "train", 5)


def test_a_look_up_is_that_of_a_loop():
    maps = torch.randint(9, (2, 5, 7), generator=seeded(0))
    places = 10 * torch.rand(2, 4, 6, 2, generator=seeded(1)) - 1.5
    found = look_up(maps, places)
    for index in np.ndindex(2, 4, 6):
        x, y = (round(at) for at in places[index].tolist())
        inside = 0 <= x < 7 and 0 <= y < 5
        assert found[index] == (maps[index[0], y, x] if inside else 0)


def test_places_are_x_then_y():
    places = pixel_places(2, 3, "cpu")
    assert places.tolist() == [[[0, 0], [1, 0], [2, 0]], [[0, 1], [1, 1], [2, 1]]]


def still(count):
    return torch.eye(3)[:2].repeat(count, 1, 1), torch.zeros(count).bool()


def test_a_person_who_is_not_moved_stays(people):
    images = torch.zeros(2, 3, *people.images.shape[-2:])
    rows = torch.tensor([4, 1])
    scenes = compose(people, rows, *still(2), images, same)
    assert scenes.slots == 1
    assert torch.equal(scenes.parts, people.iuv[rows, 0].long())
    is_on = scenes.owner[:, None] == 0
    assert torch.equal(is_on[:, 0], people.iuv[rows, 0] > 0)
    true = people.images[rows].float() / 255 * is_on
    assert (scenes.images - true).abs().max() < 1e-4
    assert torch.equal(scenes.labels, people.labels[rows])
    assert torch.allclose(scenes.points, people.points[rows])
    assert torch.equal(scenes.boxes, people.boxes[rows])


def test_who_comes_later_stands_in_front(people):
    images = torch.zeros(1, 3, *people.images.shape[-2:])
    rows = torch.tensor([0, 3])
    scenes = compose(people, rows, *still(2), images, same)
    under, above = people.iuv[rows, 0].long()
    assert torch.equal(scenes.parts[0], torch.where(above > 0, above, under))
    first, second = scenes.whose()
    assert torch.equal(second, above > 0)
    assert torch.equal(first, (under > 0) & (above == 0))
    column, row = people.points[0].long().unbind(dim=-1)
    wanted = people.labels[0] * (above[row, column] == 0)
    assert torch.equal(scenes.labels[0], wanted)
    assert torch.equal(scenes.labels[1], people.labels[3])
    x, y = scenes.keypoints[0].round().long().unbind(dim=-1)
    inside = (x >= 0) & (x < above.shape[1]) & (y >= 0) & (y < above.shape[0])
    is_under = above[y.clamp(0, above.shape[0] - 1), x.clamp(0, above.shape[1] - 1)] > 0
    wanted = people.visible[0] * (inside & ~is_under)
    assert torch.equal(scenes.visible[0], wanted)
    away, _ = still(1)
    away[:, 0, 2] += people.images.shape[-1] / 2  # half a picture to the right
    moved = compose(people, rows[:1], away, torch.zeros(1).bool(), images[:1], same)
    is_out = moved.keypoints[0, :, 0].round() >= above.shape[1]
    assert is_out.any()
    assert torch.equal(moved.visible[0] > 0, (people.visible[0] > 0) & ~is_out)


def test_mirrored_people_have_mirrored_labels(people):
    width = people.images.shape[-1]
    affine = torch.tensor([[[-1.0, 0, width - 1], [0, 1, 0]]])
    images = torch.zeros(1, 3, *people.images.shape[-2:])
    rows = torch.tensor([2])
    plain = compose(people, rows, *still(1), images, turned)
    found = compose(people, rows, affine, torch.ones(1).bool(), images, turned)
    assert torch.allclose(found.images, plain.images.flip(-1), atol=1e-4)
    assert torch.equal(found.owner, plain.owner.flip(-1))
    labels, uv = turned(plain.labels, plain.uv)
    assert torch.equal(found.parts, turned(plain.parts, plain.uv)[0].flip(-1))
    assert torch.equal(found.labels, labels)
    assert torch.allclose(found.uv, uv)
    order = people.skeleton.flip_permutation
    assert torch.equal(found.visible[0], plain.visible[0, order])
    assert plain.visible.any()
    x = width - 1 - plain.keypoints[0, order, 0]
    assert torch.allclose(found.keypoints[0, :, 0], x, atol=1e-3)


@pytest.mark.parametrize("slots", [1, 3])
def test_random_scenes_keep_what_they_promise(people, slots):
    backgrounds = torch.full((2, 3, 96, 96), 128, dtype=torch.uint8)
    scenes = draw_scenes(
        people, backgrounds, 20, (24, 80), seeded(3), same, slots=slots, turn=0.0
    )
    assert scenes.images.shape == (20, 3, 96, 96)
    assert len(scenes.boxes) == 20 * slots
    seen = scenes.whose().flatten(1).any(dim=1)
    longest = scenes.boxes[seen, 2:].amax(dim=1)
    assert longest.max() <= 82
    if slots == 1:
        assert longest.min() >= 22
        assert longest.max() / longest.min() > 2
    for n in seen.nonzero()[:, 0].tolist():
        rows, columns = scenes.whose()[n].nonzero(as_tuple=True)
        x, y, w, h = scenes.boxes[n].tolist()
        assert (columns.min(), columns.max()) == (x, x + w - 1)
        assert (rows.min(), rows.max()) == (y, y + h - 1)
    whole = scenes.boxes[~seen]
    assert torch.equal(whole, torch.tensor([[0.0, 0, 96, 96]]).expand_as(whole))
    empty = scenes.owner < 0
    assert (scenes.images.permute(0, 2, 3, 1)[empty] - 0.5).abs().median() < 0.01
    again = draw_scenes(
        people, backgrounds, 20, (24, 80), seeded(3), same, slots=slots, turn=0.0
    )
    assert torch.equal(again.images, scenes.images)


def test_points_of_scenes_lie_on_their_person(people):
    backgrounds = torch.zeros(1, 3, 96, 96, dtype=torch.uint8)
    scenes = draw_scenes(people, backgrounds, 12, (40, 90), seeded(1), same)
    is_point = scenes.labels > 0
    single = draw_scenes(
        people, backgrounds, 12, (40, 90), seeded(1), same, slots=1, turn=0.0
    )
    inside = ((single.points >= 0) & (single.points <= 95)).all(dim=-1)
    assert (single.labels > 0)[inside].float().mean() > 0.9  # else at borders
    assert not (single.labels > 0)[~inside].any()
    there = look_up(scenes.parts.repeat_interleave(3, 0), scenes.points)
    assert (there == scenes.labels)[is_point].float().mean() > 0.85  # else at borders


def test_alone_means_the_own_picture(people):
    rows = torch.arange(3)
    for side in (None, 50.0):
        scenes, affine = alone(people, rows, 64, side)
        wanted = 64 / 1.15 if side is None else side
        assert (scenes.boxes[:, 2:].amax(dim=1) - wanted).abs().max() <= 2
        assert (box_centre(scenes.boxes) - 31.5).abs().max() <= 1.5
        assert affine.shape == (3, 2, 3)
        black = scenes.erased().images
        assert not black.permute(0, 2, 3, 1)[scenes.owner < 0].any()
        assert torch.equal(
            black.permute(0, 2, 3, 1)[scenes.owner >= 0],
            scenes.images.permute(0, 2, 3, 1)[scenes.owner >= 0],
        )


def test_owners_by_person():
    owner = torch.tensor([[[0, 1, -1]], [[1, 1, 0]]])
    assert whose(owner, 4).tolist() == [
        [[True, False, False]],
        [[False, True, False]],
        [[False, False, True]],
        [[True, True, False]],
    ]


def test_jittered_boxes_are_a_little_off():
    boxes = torch.tensor([[10.0, 20.0, 30.0, 60.0]]).repeat(500, 1)
    found = jitter_boxes(boxes, seeded(0))
    stretch = found[:, 2:] / boxes[:, 2:]
    assert 1 <= stretch.min() < 1.01
    assert 1.19 < stretch.max() <= 1.2
    off = ((box_centre(found) - box_centre(boxes)) / boxes[:, 2:]).abs()
    assert 0.049 < off.max() <= 0.0501
