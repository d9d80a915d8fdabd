"""The people of chapter 12: decoding, scores, masks, against other ways.

The definitions are run as they stand in the notebook, without its data.
"""

from dataclasses import replace

import pytest
import torch
from chapter_definitions import answers
from perfect_people import JOINTS, chapter, oracle, standing


@pytest.fixture(scope="module")
def built():
    return chapter()


@pytest.fixture(scope="module")
def references():
    return answers("12")


def test_the_tree_is_a_tree_in_both_directions(built):
    pairs = built["PAIRS"]
    assert len(pairs) == JOINTS - 1
    assert built["EDGES"][JOINTS - 1 :] == [(b, a) for a, b in built["EDGES"][:16]]
    assert {a for edge in built["EDGES"] for a in edge} == set(range(JOINTS))
    for root, walk in enumerate(built["WALKS"].tolist()):
        reached = {root}
        for edge in walk:
            a, b = built["EDGES"][edge]
            assert a in reached
            assert b not in reached
            reached.add(b)
        assert reached == set(range(JOINTS))


def test_any_root_grows_the_same_person(built):
    people = standing(5)
    fields = oracle(built, people, (46, 82))
    kinds = torch.arange(JOINTS).repeat(5)
    grown = built["grow"](kinds, people.flatten(0, 1), fields.mid[0])
    assert torch.allclose(
        grown.view(5, JOINTS, JOINTS, 2), people[:, None].expand(-1, JOINTS, -1, -1),
        atol=0.01,
    )  # fmt: skip


@pytest.mark.parametrize("count", [1, 5, 20, 50])
def test_planted_people_are_found(built, count):
    people = standing(count)
    fields = built["refine_all"](oracle(built, people, (46, 82)))
    poses, sure, scores = built["find_people"](fields, count)
    assert poses.shape == (count, JOINTS, 2)
    assert sure.shape == (count, JOINTS)
    error = (poses[:, None] - people).norm(dim=-1).mean(dim=-1)  # (P, N)
    assert sorted(error.argmin(dim=0).tolist()) == list(range(count))
    assert error.amin(dim=0).max() <= 1  # px
    assert scores.tolist() == sorted(scores.tolist(), reverse=True)
    assert (scores <= sure.mean(dim=1) + 1e-6).all()


@pytest.mark.parametrize("seed", range(6))
def test_the_queue_is_that_of_the_exercise(built, references, seed):
    generator = torch.Generator().manual_seed(seed)
    kinds = torch.randint(JOINTS, (40,), generator=generator)
    places = 8 + 180 * torch.rand(40, 2, generator=generator)
    heights = torch.rand(40, generator=generator)
    mid = 20 * torch.randn(32, 2, 25, 25, generator=generator)
    edges = built["EDGES"]

    def offset(start, end, y):
        number = torch.tensor([edges.index((start, end))])
        return built["read"](mid, number, y[None])[0]

    for reach in (5.0, 40.0):
        found = built["decode"]((kinds, places, heights), mid, reach)
        expected, _ = references["greedy_decode"](
            heights, kinds, places, edges[: JOINTS - 1], offset, reach
        )
        assert found.shape == expected.shape
        assert torch.allclose(found, expected, atol=1e-3)


def test_scores_are_those_of_the_exercise(built, references):
    generator = torch.Generator().manual_seed(9)
    score = torch.rand(JOINTS, 24, 36, generator=generator)
    heat = torch.rand(JOINTS, 12, 18, generator=generator)
    poses = torch.rand(3, JOINTS, 2, generator=generator) * torch.tensor([150.0, 100.0])
    scores = built["joint_scores"](score, heat, poses)
    areas = built["box_areas"](poses)
    for own, pose, area in zip(scores, poses, areas, strict=True):
        sure = built["read"](heat[:, None], torch.arange(JOINTS), pose)[:, 0]
        for radius in (16.0, 30.0):
            expected = references["expected_oks"](
                score, sure, pose, float(area), built["KAPPA"], 4, radius
            )
            found = built["joint_scores"](score, heat, pose[None], radius)[0]
            assert torch.allclose(found, expected, atol=1e-4)
            assert radius != 16 or torch.allclose(own, expected, atol=1e-4)
        assert (own <= sure + 1e-6).all()
        assert (own >= 0).all()
    assert torch.allclose(
        built["joint_scores"](7 * score, heat, poses), scores, atol=1e-5
    )


def test_a_joint_that_moves_away_from_the_votes_is_less_sure(built):
    people = standing(1)
    fields = oracle(built, people, (46, 82))
    heat = torch.ones(JOINTS, 46, 82)
    score = built["cast_votes"](fields.heat[0].sigmoid(), fields.short[0])
    one = [
        built["joint_scores"](score, heat, people + shift)[0]
        for shift in (0.0, 3.0, 6.0)
    ]
    assert (one[0] >= one[1]).all()
    assert (one[1] >= one[2]).all()


def looped_scores(poses, sure, reach):
    """Soft scores (N,), one joint at a time."""
    order = sorted(range(len(poses)), key=lambda n: -sure[n].mean().item())
    scores = [0.0] * len(poses)
    for rank, n in enumerate(order):
        for joint in range(poses.shape[1]):
            near = [
                (poses[n, joint] - poses[other, joint]).norm() <= reach
                for other in order[:rank]
            ]
            scores[n] += 0.0 if any(near) else sure[n, joint].item() / poses.shape[1]
    return scores


def test_soft_scores_are_those_of_a_loop(built):
    generator = torch.Generator().manual_seed(10)
    base = 60 * torch.rand(3, JOINTS, 2, generator=generator)
    poses = base[[0, 0, 1, 1, 2]] + 4 * torch.randn(5, JOINTS, 2, generator=generator)
    sure = torch.rand(5, JOINTS, generator=generator)
    scores = built["soft_scores"](poses, sure, 5.0)
    assert scores.tolist() == pytest.approx(looped_scores(poses, sure, 5.0), abs=1e-6)
    assert scores.sum() <= sure.mean(dim=1).sum() + 1e-6
    assert scores.max().item() == pytest.approx(sure.mean(dim=1).max().item(), abs=1e-6)
    none = built["soft_scores"](poses[:0], sure[:0])
    assert none.shape == (0,)


def test_somebody_far_away_changes_nobodys_score(built):
    people = standing(4)
    fields = [oracle(built, people[:n], (46, 82)) for n in (3, 4)]
    three, four = (built["find_people"](built["refine_all"](one)) for one in fields)
    for pose, score in zip(three[0], three[2], strict=True):
        same = (four[0] - pose).norm(dim=-1).mean(dim=1).argmin()
        assert torch.allclose(four[0][same], pose, atol=1e-3)
        assert four[2][same].item() == pytest.approx(score.item(), abs=1e-5)


def masked_person(built, people, owner):
    """Perfect fields of poses (N, 17, 2); owner (h, w): whose a cell is, or -1."""
    fields = oracle(built, people, owner.shape)
    places = built["cell_centres"](owner.shape)
    way = people[owner.clamp(min=0)] - places[:, :, None]  # (h, w, K, 2)
    person = 20.0 * (owner >= 0)[None, None] - 10
    return replace(fields, long=way.permute(2, 3, 0, 1)[None], person=person)


def test_alone_all_pixels_are_ones_own(built):
    people = 40 + standing(1, 100, 90)
    owner = torch.full((20, 24), -1)
    owner[4:15, 4:19] = 0
    fields = masked_person(built, people, owner)
    pixels = torch.cartesian_prod(torch.arange(40, 150), torch.arange(36, 116)).float()
    distances = built["pixel_distances"](fields, people, pixels)
    assert distances.max() < 1e-4
    masks = built["cut_out"](fields, people)
    assert torch.equal(masks[0], built["enlarge"](fields.person)[0] >= 0)


def test_distances_are_those_of_the_exercise(built, references):
    """At the centres of a stride of 1, where nothing is read between cells."""
    generator = torch.Generator().manual_seed(11)
    people = 40 * torch.rand(3, JOINTS, 2, generator=generator)
    long = 10 * torch.randn(JOINTS, 2, 5, 7, generator=generator)
    heat = torch.randn(1, JOINTS, 5, 7, generator=generator)
    person = torch.randn(1, 1, 5, 7, generator=generator)
    zero = torch.zeros(1)
    fields = built["Fields"](heat, zero, zero, person, long[None])
    large = built["enlarge"](fields.long.flatten(1, 2)).unflatten(0, (-1, 2))
    presence = torch.stack(
        [
            built["read"](heat[0].sigmoid()[:, None], torch.arange(JOINTS), pose)[:, 0]
            for pose in people
        ]
    )
    body = built["enlarge"](person)[0].sigmoid()
    for limit in (0.25, 0.6, 1.5):
        masks = built["cut_out"](fields, people, limit)
        expected = references["assign_pixels"](
            body, large, people, presence, 1, 0.5, limit
        )
        assert (masks != expected).float().mean() < 1e-3  # rounding at the limit
    assert built["cut_out"](fields, people[:0]).shape == (0, 40, 56)


def test_a_pixel_may_be_of_two(built):
    people = 40 + standing(1, 100, 90).repeat(2, 1, 1)
    owner = torch.zeros(20, 24, dtype=torch.long)
    masks = built["cut_out"](masked_person(built, people, owner), people)
    assert masks.all()


def test_rules_differ_where_people_touch(built):
    """Two people on one piece: L knows whose a cell is, the other rules do not."""
    people = torch.stack([40 + standing(1, 60, 90)[0], 40 + standing(1, 60, 90)[0]])
    people[1, :, 0] += 50
    owner = torch.full((20, 24), -1)
    owner[4:15, 4:11], owner[4:15, 11:18] = 0, 1
    fields = masked_person(built, people, owner)
    cut = {
        rule: built["masks_by"](rule, fields, people)
        for rule in ("by L", "by raw L", "by joint", "by piece")
    }
    body = built["enlarge"](fields.person)[0] >= 0
    inner = torch.zeros_like(body)
    inner[40:112, 40:80] = True  # left of the border's blur
    assert (cut["by raw L"][0] & inner).sum() == inner.sum()
    assert not (cut["by raw L"][1] & inner).any()
    assert torch.equal(cut["by joint"].sum(dim=0) > 0, body)
    assert (cut["by joint"].sum(dim=0) <= 1).all()
    assert torch.equal(cut["by piece"], body.expand(2, -1, -1))
    assert built["masks_by"]("by joint", fields, people[:0]).shape == (0, 160, 192)
