"""The fields of chapter 12: targets, refinement, votes, against other ways.

The definitions are run as they stand in the notebook, without its data.
"""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from chapter_definitions import answers
from perfect_people import JOINTS, chapter, some_people
from torch import nn

from course_lib import geometry
from course_lib.data import GOLDEN, Augment, golden, sample_crops
from course_lib.masks import CROWD, owners_on, read_owners
from course_lib.simple_baseline import Trunk, make_trunk
from course_lib.skeletons import COCO17


@pytest.fixture(scope="module")
def built():
    return chapter()


@pytest.fixture(scope="module")
def references():
    return answers("12")


def golden_groups():
    return golden("groups", skeleton=COCO17)


@pytest.mark.parametrize("is_bottleneck", [False, True])
@pytest.mark.parametrize("stride", [4, 8, 16])
def test_a_dense_trunk_says_the_same_where_the_old_one_spoke(
    built, stride, is_bottleneck
):
    sizes = Trunk((1, 2, 2, 1), 8, (8, 16, 16, 16), is_bottleneck)
    trunk, dense = make_trunk(sizes).eval(), make_trunk(sizes).eval()
    dense.load_state_dict(trunk.state_dict())
    built["densify"](dense, stride)
    image = torch.rand(1, 3, 64, 128)
    with torch.no_grad():
        coarse, fine = trunk(image), dense(image)
    step = 32 // stride
    assert fine.shape[-2:] == (64 // stride, 128 // stride)
    assert torch.allclose(fine[..., ::step, ::step], coarse, atol=1e-5)


def test_the_network_has_150_channels_for_17_joints(built):
    net = built["PersonLab"](nn.Conv2d(3, 6, 3, stride=8, padding=1), 6, 16.0)
    fields = net(torch.rand(2, 3, 41, 73))
    shapes = {name: tuple(part.shape) for name, part in vars(fields).items()}
    assert shapes == {
        "heat": (2, 17, 6, 10),
        "short": (2, 17, 2, 6, 10),
        "mid": (2, 32, 2, 6, 10),
        "person": (2, 1, 6, 10),
        "long": (2, 17, 2, 6, 10),
    }
    assert sum(head.out_channels for head in net.heads.values()) == 150


@pytest.mark.parametrize("radius", [5.0, 16.0, 31.5])
def test_disks_are_those_of_the_exercise(built, references, radius):
    generator = torch.Generator().manual_seed(int(radius))
    joints, flags = some_people(generator, 4)
    heat, short, owner = built["disks_of"](joints, flags, (15, 25), radius)
    known = joints[0].where(flags[0, ..., None] > 0, torch.nan)
    for joint in range(JOINTS):
        expected = references["disk_targets"](known[:, joint], (15, 25), 8, radius)
        assert torch.equal(heat[0, joint], expected[0] > 0)
        assert torch.allclose(short[0, joint], expected[1], atol=1e-4)
        assert torch.equal(owner[0, joint][heat[0, joint]], expected[2][heat[0, joint]])


def test_mid_offsets_are_those_of_a_loop(built):
    joints, flags = some_people(torch.Generator().manual_seed(1), 3, labelled=0.7)
    size = (15, 25)
    heat, _, nearest = built["disks_of"](joints, flags, size, 16.0)
    mid, at = built["mid_targets"](joints, flags, heat, nearest)
    for edge, (a, b) in enumerate(built["EDGES"]):
        for row, column in itertools.product(range(15), range(25)):
            place = np.array([8 * column + 3.5, 8 * row + 3.5])
            off = [
                np.linalg.norm(person[a].numpy() - place) if flag[a] else math.inf
                for person, flag in zip(joints[0], flags[0], strict=True)
            ]
            who, expected = int(np.argmin(off)), np.zeros(2)
            counts = off[who] <= 16 and bool(flags[0, who, b])
            if counts:
                expected = joints[0, who, b].numpy() - place
            assert bool(at[0, edge, row, column]) == counts
            np.testing.assert_allclose(
                mid[0, edge, :, row, column], expected, atol=1e-4
            )


def test_mirrored_people_have_mirrored_fields(built):
    joints, flags = some_people(torch.Generator().manual_seed(2), 3)
    order, size, turned = COCO17.flip_permutation, (15, 25), joints.clone()
    turned[..., 0] = 199 - joints[..., 0]
    turned, there = turned[:, :, order], flags[:, :, order]
    heat, short, nearest = built["disks_of"](joints, flags, size, 16.0)
    mid, _ = built["mid_targets"](joints, flags, heat, nearest)
    other, back, owner = built["disks_of"](turned, there, size, 16.0)
    mid_back, _ = built["mid_targets"](turned, there, other, owner)
    edges = [built["EDGES"].index((order[a], order[b])) for a, b in built["EDGES"]]
    assert torch.equal(other.flip(-1)[:, order], heat)
    for ours, theirs in (
        (short, back[:, order]),
        (mid, mid_back[:, edges]),
    ):
        theirs = theirs.flip(-1)
        theirs[:, :, 0] *= -1
        assert torch.allclose(ours, theirs, atol=1e-4)


def test_targets_do_not_mind_the_order_of_people(built):
    joints, flags = some_people(torch.Generator().manual_seed(3), 5)
    order = [3, 0, 4, 1, 2]
    one = built["disks_of"](joints, flags, (15, 25), 16.0)
    other = built["disks_of"](joints[:, order], flags[:, order], (15, 25), 16.0)
    assert torch.equal(one[0], other[0])
    assert torch.equal(one[1], other[1])
    mids = [
        built["mid_targets"](*people, heat, nearest)[0]
        for people, (heat, _, nearest) in (
            ((joints, flags), one),
            ((joints[:, order], flags[:, order]), other),
        )
    ]
    assert torch.equal(*mids)


def test_reading_is_that_of_the_exercise(built, references):
    generator = torch.Generator().manual_seed(4)
    fields = torch.randn(3, 2, 7, 11, generator=generator)
    places = 130 * torch.rand(40, 2, generator=generator) - 20  # beyond it, too
    which = torch.randint(3, (40,), generator=generator)
    found = built["read"](fields, which, places)
    for value, field, place in zip(found, which.tolist(), places, strict=True):
        expected = references["sample"](fields[field], place[None], 8)[0]
        assert torch.allclose(value, expected, atol=1e-4)
    dense = 130 * torch.rand(3, 7, 11, 2, generator=generator) - 20
    image = built["read_all"](fields, dense)
    for n in range(3):
        flat = built["read"](fields, torch.full((77,), n), dense[n].view(-1, 2))
        assert torch.allclose(image[n].flatten(1).T, flat, atol=1e-4)


def test_linear_fields_are_read_without_error(built):
    way = torch.tensor([50.0, 31.0]) - built["cell_centres"]((9, 14))
    places = 3.5 + torch.rand(50, 2) * torch.tensor([104.0, 64.0])
    found = built["read"](way.movedim(-1, 0)[None], torch.zeros(50).long(), places)
    assert torch.allclose(found, torch.tensor([50.0, 31.0]) - places, atol=1e-4)


def test_voting_is_reading_the_other_way_round(built):
    """For any maps: the sum of votes times values = the sum of weights times reads."""
    generator = torch.Generator().manual_seed(5)
    heat = 0.02 + torch.rand(4, 6, 9, generator=generator)
    short = 12 * torch.randn(4, 2, 6, 9, generator=generator)
    score = built["cast_votes"](heat, short) * math.pi * 16**2 / 8**2
    values = torch.randn(4, 1, 12, 18, generator=generator)
    places = built["cell_centres"]((6, 9)) + short.movedim(1, -1)  # (4, 6, 9, 2)
    edge = torch.tensor([4 * 17 + 1.5, 4 * 11 + 1.5])
    inside = ((places >= 1.5) & (places <= edge)).all(dim=-1)
    read = built["read"](
        values, torch.arange(4).repeat_interleave(54), places.view(-1, 2), 4
    ).view(4, 6, 9)
    kept = built["cast_votes"](heat * inside, short) * math.pi * 16**2 / 8**2
    total = (heat * inside * read).sum()
    assert (kept * values[:, 0]).sum().item() == pytest.approx(total.item(), abs=1e-3)
    assert score.sum() <= heat.sum() + 1e-4


def test_a_vote_half_way_is_split_equally(built):
    heat, short = torch.zeros(1, 5, 5), torch.zeros(1, 2, 5, 5)
    heat[0, 2, 2] = 1.0  # at 19.5 px, grid points at 17.5, 21.5, ...
    score = built["cast_votes"](heat, short)[0] * math.pi * 16**2 / 8**2
    assert score[4:6, 4:6].flatten().tolist() == pytest.approx([0.25] * 4)
    assert score.sum().item() == pytest.approx(1.0)


def test_a_perfect_disk_peaks_near_one(built):
    for x, y in ((93.5, 101.5), (65.5, 121.5), (81.5, 89.5)):  # grid points
        joints = torch.full((1, 1, 1, 2), 0.0) + torch.tensor([x, y])
        heat, short, _ = built["disks_of"](joints, torch.ones(1, 1, 1), (24, 24), 16.0)
        score = built["cast_votes"](heat[0].float(), short[0])
        assert 0.75 < score.max() < 1.25  # 12 to 16 cells in a disk of 12.6


@pytest.mark.parametrize("radius", [8.0, 24.0, 32.0])
def test_other_disks_peak_near_one_too(built, radius):
    joints = torch.tensor([[[[93.5, 101.5]]]])
    heat, short, _ = built["disks_of"](joints, torch.ones(1, 1, 1), (24, 24), radius)
    score = built["cast_votes"](heat[0].float(), short[0], radius)
    assert 0.7 < score.max() < 1.3


def test_a_joint_is_found_between_grid_points(built):
    generator = torch.Generator().manual_seed(6)
    for x, y in (24 + 140 * torch.rand(40, 2, generator=generator)).tolist():
        joints = torch.tensor([[[[x, y]]]])
        heat, short, _ = built["disks_of"](joints, torch.ones(1, 1, 1), (24, 24), 16.0)
        kind, places, heights = built["find_peaks"](
            built["cast_votes"](heat[0].float(), short[0])
        )
        assert set(kind.tolist()) == {0}
        best = places[heights.argmax()]
        assert (best - joints[0, 0, 0]).norm() < 0.01  # px; cells are 8


def test_no_peak_in_an_empty_map(built):
    score = built["cast_votes"](torch.zeros(17, 6, 9), torch.zeros(17, 2, 6, 9))
    kind, places, heights = built["find_peaks"](score)
    assert len(kind) == len(places) == len(heights) == 0
    poses = built["decode"]((kind, places, heights), torch.zeros(32, 2, 6, 9))
    assert poses.shape == (0, 17, 2)


def test_refinement_is_that_of_the_exercise(built, references):
    generator = torch.Generator().manual_seed(7)
    vectors = 9 * torch.randn(5, 2, 7, 10, generator=generator)
    offsets = 4 * torch.randn(5, 2, 7, 10, generator=generator)
    for steps in (0, 1, 2, 3):
        found = built["refined"](vectors, offsets, steps)
        for one, mid, short in zip(found, vectors, offsets, strict=True):
            expected = references["refine"](mid, short, 8, steps)
            assert torch.allclose(one, expected, atol=1e-3)
    assert torch.equal(built["refined"](vectors, offsets, 0), vectors)


def test_a_perfect_short_offset_mends_what_lands_in_its_disk(built):
    joints = torch.tensor([[[[140.0, 76.0]]]])
    _, short, _ = built["disks_of"](joints, torch.ones(1, 1, 1), (20, 24), 32.0)
    way = joints[0, 0, 0] - built["cell_centres"]((20, 24))
    generator = torch.Generator().manual_seed(8)
    off = torch.randn(20, 24, 2, generator=generator)
    off = 20 * off / off.norm(dim=-1, keepdim=True)  # tips 20 px off, in the disk of 32
    fine = built["refined"]((way + off).movedim(-1, 0), short[0, 0], 2)
    assert (fine.movedim(0, -1) - way).norm(dim=-1).max() < 0.1


def test_gradients_reach_both_fields_and_the_place_of_reading(built):
    generator = torch.Generator().manual_seed(13)
    rough = 9 * torch.randn(1, 2, 6, 8, generator=generator, dtype=torch.double)
    short = 4 * torch.randn(1, 2, 6, 8, generator=generator, dtype=torch.double)
    rough.requires_grad_()
    short.requires_grad_()
    weights = torch.randn(1, 2, 6, 8, generator=generator, dtype=torch.double)
    (weights * built["refined"](rough, short, 2)).sum().backward()
    at, step = (0, 1, 3, 4), 1e-6
    for field in (rough, short):
        moved = field.detach().clone()
        moved[at] += step
        pair = (moved, short) if field is rough else (rough, moved)
        with torch.no_grad():
            new, old = (
                (weights * built["refined"](*fields, 2)).sum()
                for fields in (pair, (rough, short))
            )
        assert ((new - old) / step).item() == pytest.approx(
            field.grad[at].item(), abs=1e-3
        )
        assert field.grad[at].item() != 0


def test_far_tips_stay_where_they_are(built):
    joints = torch.tensor([[[[140.0, 76.0]]]])
    _, short, _ = built["disks_of"](joints, torch.ones(1, 1, 1), (20, 24), 16.0)
    rough = torch.zeros(2, 20, 24)  # every cell points to itself
    fine = built["refined"](rough, short[0, 0], 2)
    far = (joints[0, 0, 0] - built["cell_centres"]((20, 24))).norm(dim=-1) > 16
    assert fine[:, far].abs().max() < 1e-3  # px, of rounding


def test_owners_and_long_offsets_are_those_of_the_labels(built):
    people = golden_groups()
    owners = read_owners(GOLDEN / "groups", "val", people)
    rows = torch.arange(min(6, len(people)))
    side = torch.full((len(rows), 2), 160.0)
    boxes = geometry.box_from_centre(geometry.box_centre(people.boxes_full[rows]), side)
    augment = Augment(flip=0.5, scale=(0.8, 1.2), rotate=20.0, shift=0.1)
    generator = torch.Generator().manual_seed(0)
    crops = sample_crops(people, rows, boxes, (160, 160), augment, generator)
    true, at = built["make_truth"](people, owners, crops, 16.0)
    own = owners_on(people, owners, crops, 8)
    places = built["cell_centres"]((20, 20))
    order = COCO17.flip_permutation
    for b, row, column in itertools.product(range(len(rows)), range(20), range(20)):
        who = int(own[b, row, column])
        if who < 0:
            assert not at.long[b, :, row, column].any()
            continue
        mirrored = torch.linalg.det(crops.affine[b, :, :2]) < 0
        joints = geometry.apply_affine(
            crops.affine[b][None], people.keypoints[who][None]
        )
        flags = people.visible[who] > 0
        if mirrored:
            joints, flags = joints[:, order], flags[order]
        assert torch.equal(at.long[b, :, row, column], flags)
        told = places[row, column] + true.long[b, :, :, row, column]
        assert torch.allclose(told[flags], joints[0][flags], atol=1e-2)
    share = (own >= 0).float().mean(dim=(1, 2))
    assert torch.allclose(true.person.mean(dim=(1, 2, 3)), share, atol=0.05)


def test_nothing_is_asked_in_crowds_and_off_the_picture(built):
    people = golden_groups()
    owners = read_owners(GOLDEN / "groups", "val", people)
    row = people.areas.argmax()[None]
    m = int(people.image_index[row])
    owners[m][owners[m] == int(row)] = CROWD  # as if this person had no label
    box = people.boxes_full[row].clone()
    box[:, :2] -= box[:, 2:] / 2  # partly off the picture, or nearly
    crops = sample_crops(people, row, box, (160, 160))
    true, at = built["make_truth"](people, owners, crops, 16.0)
    own = owners_on(people, owners, crops, 8)
    off = own == CROWD
    assert off.any()
    for part in vars(at).values():
        assert not (part & off[:, None]).any()
    assert torch.equal(at.heat, at.person)
    assert torch.equal(at.short, (true.heat > 0) & ~off[:, None])
    assert (true.heat[:, :, off[0]] > 0).any()  # there is something to leave out


def test_a_perfect_network_has_hardly_a_loss(built):
    joints, flags = some_people(torch.Generator().manual_seed(12), 2, 160, 160, 1.0)
    heat, short, nearest = built["disks_of"](joints, flags, (20, 20), 16.0)
    mid, mid_at = built["mid_targets"](joints, flags, heat, nearest)
    none = torch.zeros(1, 17, 2, 20, 20)
    person = torch.zeros(1, 1, 20, 20)
    true = built["Fields"](heat.float(), short, mid, person, none)
    at = built["Fields"](
        ~person.bool(), heat, mid_at, ~person.bool(), none[:, :, 0] > 0
    )

    def said(images):
        return replace(true, heat=40.0 * heat - 20, person=person - 20)

    loss = built["total_loss"](said, (torch.zeros(1, 3, 160, 160), true, at), steps=0)
    assert loss.item() == pytest.approx(0.0, abs=1e-6)

    def shifted(images):
        return replace(said(images), short=short + 16.0)

    loss = built["total_loss"](
        shifted, (torch.zeros(1, 3, 160, 160), true, at), steps=0
    )
    assert loss.item() == pytest.approx(2.0, abs=1e-4)  # |dx| + |dy|, in R, weight 1
