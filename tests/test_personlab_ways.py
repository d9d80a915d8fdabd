"""How chapter 12 measures: planted joints, limbs, other ways to decode.

The definitions are run as they stand in the notebook, without its data.
"""

import math
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from perfect_people import JOINTS, chapter, oracle, standing

SHIFT = torch.tensor([1.8, -2.4])  # px, 3 px long


@pytest.fixture(scope="module")
def built():
    return chapter()


@pytest.fixture
def crowd(built, monkeypatch):
    """Four people in a test picture, their fields, and M off by SHIFT everywhere."""
    people = standing(4)
    test = SimpleNamespace(
        image_index=torch.zeros(4, dtype=torch.long),
        keypoints=people,
        visible=torch.full((4, JOINTS), 2),
    )
    monkeypatch.setitem(built, "test", test)
    fields = oracle(built, people, (46, 82))
    at = fields.mid.abs().sum(dim=2, keepdim=True) > 0
    off = fields.mid + torch.where(at, SHIFT[:, None, None], 0)
    return people, fields, replace(fields, mid=off)


def errors_of(built, noise, is_soft, trials=400):
    generator = torch.Generator().manual_seed(trials)
    fields, joints = built["planted"](trials, noise, is_soft, generator)
    ways = built["placed"](fields, joints, torch.arange(trials))
    return {way: (places - joints).norm(dim=-1) for way, places in ways.items()}


@pytest.mark.parametrize("is_soft", [False, True])
def test_without_noise_offsets_and_votes_are_exact(built, is_soft):
    errors = errors_of(built, 0.0, is_soft)
    assert errors["own offset"].max() < 1e-3
    assert errors["votes"].max() < 1e-2
    reach = 8 / math.sqrt(2) if is_soft else 16.0  # the nearest cell, or any
    assert errors["cell"].max() <= reach + 1e-3
    assert errors["cell"].max() > 0.7 * reach


@pytest.mark.parametrize("noise", [2.0, 6.0])
def test_an_own_offset_is_off_by_its_noise_alone(built, noise):
    errors = errors_of(built, noise, True, trials=2000)
    mean = noise * math.sqrt(math.pi / 2)  # of a length in two dimensions
    assert errors["own offset"].mean().item() == pytest.approx(mean, rel=0.05)
    assert errors["votes"].mean() < errors["own offset"].mean()
    assert errors["cell"].mean() < 8 / math.sqrt(2)  # whatever the offsets do


def test_a_joint_that_is_hardly_seen_is_placed_by_no_way(built):
    generator = torch.Generator().manual_seed(0)
    fields, joints = built["planted"](3, 1.0, False, generator)
    fields.heat[0, 1] = fields.heat[0, 1].clamp(max=math.log(0.15 / 0.85))
    for places in built["placed"](fields, joints, torch.arange(3)).values():
        assert places.isnan().any(dim=1).tolist() == [False, True, False]


def test_limbs_have_the_length_and_the_error_of_a_loop(built, crowd):
    people, fields, shifted = crowd
    length, errors = built["limb_errors"](fields, 0)
    wanted = [
        math.dist(person[a], person[b]) for person in people for a, b in built["EDGES"]
    ]
    assert length.tolist() == pytest.approx(wanted, rel=1e-5)
    assert max(one.max().item() for one in errors) < 1e-2
    _, errors = built["limb_errors"](shifted, 0)
    assert errors[0].tolist() == pytest.approx([3.0] * len(wanted), abs=1e-2)
    assert errors[2].max() < 1e-2  # short offsets mend it


def test_labels_that_are_missing_are_no_limbs_and_no_joints(built, crowd):
    _, fields, _ = crowd
    whole = built["joint_errors"](fields, 0)
    assert whole["votes"].shape == (4 * JOINTS,)
    assert whole["votes"].nanmean() < 0.5
    built["test"].visible[2, 5] = 0
    assert len(built["joint_errors"](fields, 0)["votes"]) == 4 * JOINTS - 1
    count = sum(5 in edge for edge in built["EDGES"])
    length, _ = built["limb_errors"](fields, 0)
    assert len(length) == 4 * len(built["EDGES"]) - count


def off_by(poses, people):
    """Each person's mean distance px from the nearest pose."""
    return (poses[:, None] - people).norm(dim=-1).mean(dim=-1).amin(dim=0)


def test_all_parts_is_how_people_are_found(built, crowd):
    people, _, shifted = crowd
    poses, scores = built["other_way"](shifted, "all parts")
    wanted = built["find_people"](built["refine_all"](shifted))
    assert torch.allclose(poses, wanted[0])
    assert torch.allclose(scores, wanted[2])
    assert off_by(poses, people).max() < 0.1


@pytest.mark.parametrize("way", ["M not refined", "plain"])
def test_without_refinement_errors_of_limbs_stay(built, crowd, way):
    people, _, shifted = crowd
    poses, _ = built["other_way"](shifted, way)
    assert off_by(poses, people).min() > 2


def test_who_hides_the_nose_is_lost_to_noses_alone(built, crowd):
    people, fields, _ = crowd
    nose = people[1, 0]
    away = (built["cell_centres"]((46, 82)) - nose).norm(dim=-1) <= 16
    fields.heat[0, 0][away] = -10.0
    found = off_by(built["other_way"](fields, "noses")[0], people)
    assert (found < 1).tolist() == [True, False, True, True]
    assert off_by(built["other_way"](fields, "all parts")[0], people).max() < 1


def test_roots_at_cells_are_off_unless_moved(built, crowd):
    people, fields, _ = crowd
    centres = built["cell_centres"]((46, 82)).flatten(0, 1)
    for way, is_moved in (("cells", False), ("cells, own offsets", True)):
        poses, _ = built["other_way"](fields, way)
        near = torch.cdist(poses, centres.expand(len(poses), -1, -1)).amin(dim=-1)
        # some joint of each is the cell at which the walk began
        assert (near.amin(dim=1) < 1e-3).all() != is_moved
        assert off_by(poses, people).max() < (0.1 if is_moved else 16)


def test_hard_suppression_leaves_no_two_alike(built, crowd):
    _, fields, _ = crowd
    generator = torch.Generator().manual_seed(1)
    noise = 12 * torch.randn(fields.mid.shape, generator=generator)  # past the disks
    noisy = replace(fields, mid=fields.mid + noise)
    ways = ("all parts", "means", "hard")
    soft, many, few = (built["other_way"](noisy, way) for way in ways)
    assert len(soft[0]) == len(many[0])
    assert soft[1].sum() < many[1].sum()  # joints that a better one has count 0
    assert len(few[0]) < len(many[0])
    kappa = built["KAPPA"]
    area = built["box_areas"](few[0])
    off = (few[0][:, None] - few[0]).square().sum(dim=-1)  # (N, N, K)
    alike = (-off / (2 * area[:, None, None] * kappa**2)).exp().mean(dim=-1)
    assert alike.triu(1).max() <= 0.5 + 1e-6
    assert few[1].tolist() == sorted(few[1].tolist(), reverse=True)


def test_heights_of_peaks_are_scores_of_their_own(built, crowd):
    _, fields, _ = crowd
    poses, scores = built["other_way"](fields, "h")
    assert torch.equal(poses.sum(dim=(1, 2)).sort()[0], built["other_way"](
        fields, "all parts")[0].sum(dim=(1, 2)).sort()[0])  # fmt: skip
    score = built["cast_votes"](fields.heat[0].sigmoid(), fields.short[0])
    kinds = torch.arange(JOINTS)
    for pose, wanted in zip(poses, scores.tolist(), strict=True):
        heights = built["read"](score[:, None], kinds, pose, 4)[:, 0]
        assert heights.mean().item() == pytest.approx(wanted, abs=1e-4)
