"""Whose pixels are whose, and AP of masks."""

import itertools
from collections import Counter

import pytest
import torch

from course_lib import geometry
from course_lib.data import GOLDEN, Augment, golden, load, sample_crops
from course_lib.masks import (
    CROWD,
    NOBODY,
    body_pixels,
    by_boxes,
    by_joints,
    by_pieces,
    coco_mask_ap,
    nearest_owner,
    owners_on,
    read_owners,
    true_masks,
)


def blocks():
    """Two pictures with three masks in all."""
    one = torch.zeros(2, 40, 50, dtype=torch.bool)
    one[0, 5:20, 5:25], one[1, 22:38, 10:40] = True, True
    other = torch.zeros(1, 40, 50, dtype=torch.bool)
    other[0, 10:30, 10:30] = True
    return [one, other]


def test_every_label_has_its_pixels():
    people = golden("groups", skeleton="coco17")
    owners = read_owners(GOLDEN / "groups", "val", people)
    assert owners.shape == (len(people.images), *people.images.shape[-2:])
    for row in range(len(people)):
        area = (owners[people.image_index[row]] == row).sum().item()
        assert area == pytest.approx(people.areas[row].item(), rel=0.01)
        assert not (owners[people.image_index[row] - 1] == row).any()
    assert ((owners >= 0) | (owners == NOBODY) | (owners == CROWD)).all()


def test_true_masks_are_those_of_the_owners():
    people = golden("groups", skeleton="coco17")
    owners = read_owners(GOLDEN / "groups", "val", people)
    found = true_masks(owners, people)
    assert sum(map(len, found)) == len(people)
    for m, some in enumerate(found):
        rows = [n for n, image in enumerate(people.image_index.tolist()) if image == m]
        for mask, row in zip(some, rows, strict=True):
            assert torch.equal(mask, owners[m] == row)


def test_smaller_pictures_have_smaller_masks():
    path = GOLDEN / "groups"
    small = load(path, "val", skeleton="coco17", max_side=96)
    owners = read_owners(path, "val", small)
    assert owners.shape[-2:] == small.images.shape[-2:]
    for row in range(len(small)):
        area = (owners == row).sum().item()
        assert abs(area - small.areas[row].item()) <= 3 + 0.02 * small.areas[row].item()


def test_people_who_were_left_out_are_crowds():
    people = golden("groups", skeleton="coco17")
    everyone = read_owners(GOLDEN / "groups", "val", people)
    owners = read_owners(GOLDEN / "groups", "val", people.subset(torch.arange(1)))
    assert (owners == 0).any()
    assert (owners == CROWD).any()
    assert torch.equal(owners == CROWD, everyone[: len(owners)] > 0)


def test_windows_show_the_pixels_that_they_are_cut_from():
    people = golden("groups", skeleton="coco17")
    owners = read_owners(GOLDEN / "groups", "val", people)
    height, width = owners.shape[-2:]
    rows = torch.arange(min(4, len(people)))
    side = torch.full((len(rows), 2), 160.0)
    boxes = geometry.box_from_centre(geometry.box_centre(people.boxes_full[rows]), side)
    augment = Augment(flip=0.5, scale=(0.8, 1.2), rotate=20.0, shift=0.1)
    generator = torch.Generator().manual_seed(0)
    crops = sample_crops(people, rows, boxes, (120, 96), augment, generator)
    own = owners_on(people, owners, crops, 7)
    assert own.shape == (len(rows), 17, 13)
    for b, row, column in itertools.product(range(len(rows)), range(17), range(13)):
        place = torch.tensor([7.0 * column + 3, 7.0 * row + 3, 1.0])
        back = torch.linalg.inv(
            torch.cat([crops.affine[b], torch.tensor([[0.0, 0.0, 1.0]])])
        )
        x, y, _ = (back @ place).tolist()
        expected = CROWD
        if -0.5 < x < width - 0.5 and -0.5 < y < height - 0.5:
            expected = owners[people.image_index[rows[b]], round(y), round(x)]
        near_half = min(abs(x % 1 - 0.5), abs(y % 1 - 0.5)) < 1e-3
        assert near_half or own[b, row, column] == expected


def test_body_pixels_are_counted_by_hand():
    owner = torch.full((4, 6), NOBODY)
    owner[1, 1:4], owner[2, 3], owner[0, 0] = 7, 9, CROWD
    boxes = torch.tensor([[0.5, 0.5, 3.0, 2.0], [2.6, 0.5, 3.0, 2.0]])
    pixels, whose, is_shared = body_pixels(owner, boxes)
    assert pixels.tolist() == [[1, 1], [2, 1], [3, 1], [3, 2]]
    assert whose.tolist() == [7, 7, 7, 9]
    assert is_shared.tolist() == [False, False, True, True]


def test_the_nearest_owner_is_that_of_all_distances():
    generator = torch.Generator().manual_seed(1)
    owner = torch.full((13, 17), NOBODY)
    owner[torch.rand(13, 17, generator=generator) < 0.03] = 4
    owner[torch.rand(13, 17, generator=generator) < 0.03] = 2
    owner[5:8, 3:9], owner[0, 0] = CROWD, 3
    found, body = nearest_owner(owner), (owner >= 0).nonzero().float()
    for row, column in itertools.product(range(13), range(17)):
        off = (body - torch.tensor([row, column])).norm(dim=1)
        best = {
            int(owner[r, c]) for r, c in body[off == off.min()].long().tolist()
        }  # ties are anyone's
        assert int(found[row, column]) in best


def test_boxes_and_joints_give_pixels_to_the_nearest():
    pixels = torch.tensor([[2.0, 2.0], [30.0, 2.0]])
    boxes = torch.tensor([[0.0, 0.0, 5.0, 5.0], [25.0, 0.0, 11.0, 5.0]])
    assert by_boxes(boxes, pixels).argmin(dim=0).tolist() == [0, 1]
    poses = torch.tensor([[[0.0, 0.0], [1.0, 3.0]], [[28.0, 3.0], [40.0, 9.0]]])
    off = by_joints(poses, pixels)
    assert off.argmin(dim=0).tolist() == [0, 1]
    assert off[1, 1].item() == pytest.approx(5**0.5)
    assert by_joints(poses[:0], pixels).shape == (0, 2)


def flooded(body, row, column):
    """The pixels that a flood from one pixel of `body` reaches, and the pixel."""
    reached, edge = {(row, column)}, [(row, column)]
    while edge:
        r, c = edge.pop()
        for near in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
            is_on = 0 <= near[0] < len(body) and 0 <= near[1] < len(body[0])
            if near not in reached and is_on and body[near]:
                reached.add(near)
                edge.append(near)
    return frozenset(reached)


@pytest.mark.parametrize("seed", range(5))
def test_the_piece_with_most_joints_is_that_of_a_flood(seed):
    generator = torch.Generator().manual_seed(seed)
    body = torch.rand(14, 19, generator=generator) < 0.6
    poses = 24 * torch.rand(4, 9, 2, generator=generator) - 3  # some off the picture
    masks = by_pieces(poses, body)
    for mask, pose in zip(masks, poses.round().long().tolist(), strict=True):
        votes = Counter(
            flooded(body, y, x)
            for x, y in pose
            if 0 <= x < 19 and 0 <= y < 14 and body[y, x]
        )
        most = max(votes.values(), default=0)
        found = frozenset(map(tuple, mask.nonzero().tolist()))
        best = {piece for piece, count in votes.items() if count == most}
        assert found in (best or {frozenset()})


def test_of_equal_pieces_the_upper_one():
    body = torch.zeros(5, 6, dtype=torch.bool)
    body[0, 5] = body[4, 0] = True
    poses = torch.tensor([[[0.0, 4.0], [5.0, 0.0]]])
    assert by_pieces(poses, body)[0].nonzero().tolist() == [[0, 5]]


def test_no_joint_on_a_body_is_no_piece():
    body = torch.zeros(5, 6, dtype=torch.bool)
    body[2, 2] = True
    poses = torch.tensor([[[0.0, 0.0], [90.0, -4.0]], [[2.0, 2.0], [0.0, 0.0]]])
    assert by_pieces(poses, body).sum(dim=(1, 2)).tolist() == [0, 1]
    assert by_pieces(poses[:0], body).shape == (0, 5, 6)


def test_the_true_masks_score_one():
    truth = blocks()
    scores = [torch.ones(len(one)) for one in truth]
    numbers = coco_mask_ap(truth, truth, scores)
    assert numbers["AP"] == pytest.approx(1.0)
    none = coco_mask_ap(truth, [one[:0] for one in truth], [one[:0] for one in scores])
    assert none["AP"] == 0.0


def test_ap_counts_by_hand():
    """One of three found well, one false alarm before it: precision 1/2, recall 1/3."""
    truth = blocks()
    found = [truth[0][:1], torch.zeros(1, 40, 50, dtype=torch.bool)]
    found[1][0, :4, :4] = True
    numbers = coco_mask_ap(truth, found, [torch.tensor([0.5]), torch.tensor([0.9])])
    # COCO reads precision at 101 recalls; those up to 1/3 have 1/2
    assert numbers["AP50"] == pytest.approx(0.5 * 34 / 101, abs=1e-6)


def test_a_smaller_mask_passes_lower_thresholds_only():
    truth = blocks()[1:]
    found = truth[0].clone()
    found[:, 10:16] = False  # IoU 14 / 20
    numbers = coco_mask_ap(truth, [found], [torch.ones(1)])
    assert numbers["AP50"] == pytest.approx(1.0)
    assert numbers["AP75"] == 0.0
    assert numbers["AP"] == pytest.approx(0.5, abs=0.11)


def test_bad_lists_are_refused():
    truth = blocks()
    with pytest.raises(ValueError, match="2, 1 and 2"):
        coco_mask_ap(truth, truth[:1], [torch.ones(2), torch.ones(1)])
    with pytest.raises(ValueError, match="nobody"):
        coco_mask_ap([truth[0][:0]], [truth[0]], [torch.ones(2)])
