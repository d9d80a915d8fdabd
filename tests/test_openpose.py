"""What chapter 09 defines, against answers found another way.

The definitions are run as they stand in the notebook, without its data.
"""

import itertools
import math
from dataclasses import dataclass

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from chapter_definitions import answers, definitions
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn

from course_lib import geometry
from course_lib.data import Augment, Crops, PoseDataset, golden, sample_crops
from course_lib.skeletons import get_skeleton

BODY = get_skeleton("body25")
EARS = (("left_shoulder", "left_ear"), ("right_shoulder", "right_ear"))
LIMBS = [[BODY.index(name) for name in limb] for limb in (*BODY.limbs, *EARS)]


@pytest.fixture(scope="module")
def built():
    around = {"torch": torch, "F": F, "nn": nn, "np": np, "Tensor": Tensor}
    around |= {"dataclass": dataclass, "geometry": geometry, "LIMBS": LIMBS}
    around |= {"Crops": Crops, "PoseDataset": PoseDataset, "itertools": itertools}
    around |= {"device": torch.device("cpu"), "STRIDE": 8, "part_count": len(BODY)}
    around |= {"linear_sum_assignment": linear_sum_assignment, "CELLS": (20, 20)}
    names = {"SIGMA", "WIDTH", "cell_centres", "nearest", "confidence_maps"}
    names |= {"unit_vectors", "limb_fields", "conv", "Dense", "Stage", "TwoBranch"}
    names |= {"Refine", "FieldsFirst", "MapsFirst", "ENLARGE", "find_peaks", "SAMPLES"}
    names |= {"all_pairs", "integrate", "Connection", "grade", "score_pairs", "match"}
    names |= {
        "bordered",
        "surest",
        "group_peaks",
        "parse",
        "mask_of",
        "match_best",
        "total_of",
        "best_total",
    }
    return definitions("09", names, around)


@pytest.fixture(scope="module")
def reference():
    """The answer to the exercise that groups peaks, which is written another way."""
    return answers("09")["assemble"]


def some_people(generator, count, height=184, width=328, labelled=0.9):
    """Joints (1, M, 25, 2) px and flags (1, M, 25) of random people."""
    joints = torch.rand(1, count, 25, 2, generator=generator)
    flags = torch.rand(1, count, 25, generator=generator) < labelled
    return joints * torch.tensor([width - 1.0, height - 1.0]), flags.float()


def standing(count, height=368, width=656):
    """Joints (M, 25, 2) of people who stand on a grid, each in a frame of its own."""
    columns = math.ceil((count * width / height) ** 0.5)
    room = torch.tensor([width / columns, height / math.ceil(count / columns)])
    generator = torch.Generator().manual_seed(count)
    shape = torch.rand(1, 25, 2, generator=generator)  # far enough apart in all
    shape = (shape + 0.2 * torch.rand(count, 25, 2, generator=generator)) / 1.2
    place = torch.tensor([[n % columns, n // columns] for n in range(count)])
    return (place[:, None] + 0.08 + 0.84 * shape) * room


@pytest.mark.parametrize("sigma", [3.0, 7.0, 11.5])
def test_confidence_maps_are_those_of_a_loop(built, sigma):
    generator = torch.Generator().manual_seed(int(sigma))
    joints, flags = some_people(generator, 3, 56, 88)
    maps = built["confidence_maps"](joints, flags, (7, 11), sigma)
    assert maps.shape == (1, 26, 7, 11)
    for part, row, column in itertools.product(range(25), range(7), range(11)):
        x, y = 8 * column + 3.5, 8 * row + 3.5
        values = [
            math.exp(-((x - a) ** 2 + (y - b) ** 2) / (2 * sigma**2))
            for (a, b), flag in zip(
                joints[0, :, part].tolist(), flags[0, :, part].tolist(), strict=True
            )
            if flag
        ]
        expected = max(values, default=0.0)
        assert maps[0, part, row, column].item() == pytest.approx(expected, abs=1e-5)
    assert torch.allclose(maps[:, 25], 1 - maps[:, :25].amax(dim=1))


def test_confidence_maps_of_nobody(built):
    maps = built["confidence_maps"](
        torch.zeros(2, 0, 25, 2), torch.zeros(2, 0, 25), (3, 5)
    )
    assert (maps[:, :25] == 0).all()
    assert (maps[:, 25] == 1).all()


@pytest.mark.parametrize("further", [0.0, 3.0, 8.0])
def test_fields_are_those_of_a_loop(built, further):
    generator = torch.Generator().manual_seed(7)
    joints, flags = some_people(generator, 3, 72, 104)
    joints[0, 0, LIMBS[4][0]] = joints[0, 0, LIMBS[4][1]]  # a limb without length
    fields = built["limb_fields"](joints, flags, (9, 13), LIMBS, further)
    assert fields.shape == (1, 26, 2, 9, 13)
    for limb, row, column in itertools.product(range(26), range(9), range(13)):
        p, own = np.array([8 * column + 3.5, 8 * row + 3.5]), []
        for person in range(3):
            a, b = (joints[0, person, end].double().numpy() for end in LIMBS[limb])
            length = np.linalg.norm(b - a)
            if flags[0, person, LIMBS[limb]].min() == 0 or length == 0:
                continue
            v = (b - a) / length
            across = abs(np.array([-v[1], v[0]]) @ (p - a))
            if -further <= v @ (p - a) <= length + further and across <= 8:
                own.append(v)
        expected = np.mean(own, axis=0) if own else np.zeros(2)
        np.testing.assert_allclose(fields[0, limb, :, row, column], expected, atol=1e-4)


def test_mirrored_people_have_mirrored_fields(built):
    generator = torch.Generator().manual_seed(2)
    joints, flags = some_people(generator, 4, 96, 120)
    mirrored = joints.clone()
    mirrored[..., 0] = 119 - mirrored[..., 0]
    size = (12, 15)
    fields = built["limb_fields"](joints, flags, size)
    turned = built["limb_fields"](mirrored, flags, size).flip(-1)
    turned[:, :, 0] *= -1
    assert torch.allclose(fields, turned, atol=1e-4)
    maps = built["confidence_maps"](joints, flags, size)
    assert torch.allclose(
        maps, built["confidence_maps"](mirrored, flags, size).flip(-1), atol=1e-5
    )


def test_a_field_does_not_mind_the_order_of_people(built):
    generator = torch.Generator().manual_seed(3)
    joints, flags = some_people(generator, 5)
    order = torch.randperm(5, generator=generator)
    one = built["limb_fields"](joints, flags, (23, 41))
    other = built["limb_fields"](joints[:, order], flags[:, order], (23, 41))
    assert torch.allclose(one, other, atol=1e-6)
    assert one.norm(dim=2).max() <= 1 + 1e-5


def test_no_person_no_field(built):
    none = torch.zeros(1, 0, 25, 2), torch.zeros(1, 0, 25)
    assert (built["limb_fields"](*none, (4, 6)) == 0).all()


def test_a_peak_is_found_where_it_was_put(built):
    generator = torch.Generator().manual_seed(0)
    edge = torch.tensor([119.0, 95.0])
    places = torch.rand(300, 2, generator=generator) * edge  # up to the border
    places[:3] = torch.tensor([[43.5, 51.5], [0.5, 47.0], [7.4, 94.9]])
    for x, y in places.tolist():
        joints = torch.full((1, 1, 25, 2), torch.tensor(0.0))
        joints[0, 0, 3] = torch.tensor([x, y])
        flags = torch.zeros(1, 1, 25)
        flags[0, 0, 3] = 1
        maps = built["confidence_maps"](joints, flags, (12, 15))[0, :25]
        part, found, heights = built["find_peaks"](maps)
        assert part.tolist() == [3]
        assert heights[0] > 0.8
        assert (found[0] - torch.tensor([x, y])).norm() < 0.1  # px; cells are 8


def test_two_peaks_of_a_part_stay_two(built):
    joints = torch.zeros(1, 2, 25, 2)
    joints[0, :, 0] = torch.tensor([[40.0, 40.0], [64.0, 44.0]])
    flags = torch.zeros(1, 2, 25)
    flags[0, :, 0] = 1
    maps = built["confidence_maps"](joints, flags, (12, 15))[0, :25]
    part, found, _ = built["find_peaks"](maps)
    assert part.tolist() == [0, 0]
    off = torch.cdist(found, joints[0, :, 0]).amin(dim=1)
    assert off.max() < 2  # px: each pulls the other by a little


def test_no_peak_in_an_empty_map(built):
    part, places, heights = built["find_peaks"](torch.zeros(25, 6, 9))
    assert len(part) == len(places) == len(heights) == 0


def test_pairs_are_all_there_are(built):
    generator = torch.Generator().manual_seed(4)
    part = torch.randint(25, (60,), generator=generator)
    limb, a, b = built["all_pairs"](part)
    found = set(zip(limb.tolist(), a.tolist(), b.tolist(), strict=True))
    expected = {
        (number, i, j)
        for number, (first, second) in enumerate(LIMBS)
        for i, j in itertools.product(range(60), repeat=2)
        if part[i] == first and part[j] == second
    }
    assert found == expected
    assert len(limb) == len(expected)


@pytest.mark.parametrize("samples", [2, 7, 10])
def test_integrals_are_those_of_a_loop(built, samples):
    generator = torch.Generator().manual_seed(samples)
    fields = torch.randn(26, 2, 9, 14, generator=generator)
    limb = torch.randint(26, (40,), generator=generator)
    a, b = 120 * torch.rand(2, 40, 2, generator=generator) - 4
    b[0] = a[0]  # no length: finite
    along = built["integrate"](fields, limb, a, b, samples)
    assert along.shape == (40, samples)
    assert along.isfinite().all()
    for number in range(1, 40):
        v = (b[number] - a[number]) / (b[number] - a[number]).norm()
        for i in range(samples):
            p = a[number] + i / (samples - 1) * (b[number] - a[number])
            column, row = (((c - 3.5) / 8) for c in p.tolist())
            if min(abs(c % 1 - 0.5) for c in (column, row)) < 1e-4:
                continue  # between two cells: either is the nearest
            row, column = min(max(round(row), 0), 8), min(max(round(column), 0), 13)
            value = fields[limb[number], :, row, column] @ v
            assert along[number, i].item() == pytest.approx(value.item(), abs=1e-4)


def test_a_limb_scores_one_and_its_reverse_is_refused(built):
    joints, flags = torch.zeros(1, 1, 25, 2), torch.ones(1, 1, 25)
    joints[0, 0, LIMBS[0][0]] = torch.tensor([20.0, 20.0])
    joints[0, 0, LIMBS[0][1]] = torch.tensor([90.0, 60.0])
    field = built["limb_fields"](joints, flags, (12, 15))
    a, b = (joints[0, :, end] for end in LIMBS[0])
    zero = torch.zeros(1).long()
    for ends, is_wanted in (((a, b), True), ((b, a), False)):
        along = built["integrate"](field[0], zero, *ends)
        score, is_good = built["grade"](along, (b - a).norm(dim=-1), 1000.0)
        assert bool(is_good) == is_wanted
        assert score.item() == pytest.approx(1.0 if is_wanted else 0.0, abs=1e-3)


def test_long_limbs_are_lowered(built):
    along = torch.ones(3, 10)
    score, is_good = built["grade"](along, torch.tensor([40.0, 50.0, 200.0]), 100.0)
    assert score.tolist() == pytest.approx([1.0, 1.0, 0.25])
    assert is_good.tolist() == [True, True, True]
    score, is_good = built["grade"](0.5 * along, torch.tensor([40.0, 50.0, 200.0]), 100)
    assert is_good.tolist() == [True, True, False]  # 0.5 - 0.75 < 0


def test_more_than_eight_samples_of_ten_are_needed(built):
    along = torch.ones(2, 10)
    along[0, :2], along[1, :1] = 0.05, -3.0
    _, is_good = built["grade"](along, torch.ones(2), 100.0)
    assert is_good.tolist() == [False, True]


def random_pairs(generator, count=40, limbs=(0, 1, 2)):
    """Random connections, the surest first, and the parts of their peaks."""
    kinds = sorted({part for limb in limbs for part in LIMBS[limb]})
    part = torch.tensor([kinds[n % len(kinds)] for n in range(5 * len(kinds))])
    pairs = set()
    for _ in range(count):
        limb = limbs[int(torch.randint(len(limbs), (), generator=generator))]
        ends = [(part == end).nonzero()[:, 0] for end in LIMBS[limb]]
        a, b = (
            int(own[torch.randint(len(own), (), generator=generator)]) for own in ends
        )
        pairs.add((limb, a, b))
    scores = torch.rand(len(pairs), generator=generator).tolist()
    rows = [(*pair, score) for pair, score in zip(sorted(pairs), scores, strict=True)]
    return sorted(rows, key=lambda row: row[3], reverse=True), part


@pytest.mark.parametrize("seed", range(10))
def test_matching_is_one_to_one_and_half_as_good_as_the_best(built, seed):
    pairs, _ = random_pairs(torch.Generator().manual_seed(seed))
    chosen, best = built["match"](pairs), built["match_best"](pairs)
    for kept in (chosen, best):
        for side in (1, 2):
            ends = [(row[0], row[side]) for row in kept]
            assert len(set(ends)) == len(ends)
        assert [row[3] for row in kept] == sorted(
            (row[3] for row in kept), reverse=True
        )
    total, most = (sum(row[3] for row in kept) for kept in (chosen, best))
    assert most >= total >= most / 2
    for row in pairs:  # what was left out meets something as good
        if row not in chosen:
            assert any(
                other[0] == row[0] and other[3] >= row[3]
                and (other[1] == row[1] or other[2] == row[2])
                for other in chosen
            )  # fmt: skip


@pytest.mark.parametrize("seed", range(10))
def test_grouping_is_that_of_the_exercise(built, reference, seed):
    pairs, part = random_pairs(torch.Generator().manual_seed(seed), 30, (0, 1, 2, 3))
    people, scores, cases = built["group_peaks"](pairs, part, torch.zeros(len(part)))
    rank = {peak: int((part[:peak] == part[peak]).sum()) for peak in range(len(part))}
    told = [
        (score, int(part[a]), rank[a], int(part[b]), rank[b])
        for _, a, b, score in pairs
    ]
    expected, totals = reference(told, 25, least=2)
    ours = {
        tuple(rank[one[kind]] if kind in one else -1 for kind in range(25)): score
        for one, score in zip(people, scores, strict=True)
        if len(one) > 1
    }
    theirs = dict(zip(map(tuple, expected.tolist()), totals.tolist(), strict=True))
    assert ours.keys() == theirs.keys()
    for row, score in ours.items():
        assert score == pytest.approx(theirs[row], abs=1e-5)
    assert len(cases) == len(pairs)


def test_the_five_cases(built):
    part = torch.tensor([0, 1, 2, 3, 0, 1])
    rows = [(0, 0, 1, 0.9), (0, 2, 3, 0.8), (0, 1, 2, 0.7), (0, 0, 3, 0.6)]
    rows += [(0, 4, 1, 0.5), (0, 5, 4, 0.4)]
    *_, cases = built["group_peaks"](rows, part, torch.zeros(6))
    assert cases == ["new", "new", "merge", "redundant", "conflict", "new"]
    *_, cases = built["group_peaks"]([*rows[:1], (0, 1, 2, 0.1)], part, torch.zeros(6))
    assert cases == ["new", "add"]


def test_no_more_than_the_best_of_all_subsets(built):
    generator = torch.Generator().manual_seed(5)
    for _ in range(5):
        pairs, part = random_pairs(generator, 8, (0, 2))
        best = built["best_total"](pairs, part)
        assert best + 1e-6 >= built["total_of"](built["match"](pairs), part) >= best / 2


@pytest.mark.parametrize("count", [1, 5, 20, 50])
def test_planted_people_are_found(built, count):
    people = standing(count)
    inputs = people[None], torch.ones(1, count, 25), (46, 82)
    maps, fields = built["confidence_maps"](*inputs), built["limb_fields"](*inputs)
    joints, sure, scores = built["parse"](maps[0], fields[0])
    assert joints.shape == (count, 25, 2)
    assert sure.shape == joints.shape[:2]
    assert len(scores) == len(joints)
    error = (joints[:, None] - people).norm(dim=-1).nanmean(dim=-1)  # (P, M)
    assert sorted(error.argmin(dim=0).tolist()) == list(range(count))
    assert error.amin(dim=0).mean() <= 1  # px


def test_nobody_is_found_in_nothing(built):
    joints, sure, scores = built["parse"](
        torch.zeros(26, 7, 9), torch.zeros(26, 2, 7, 9)
    )
    assert joints.shape == (0, 25, 2)
    assert sure.shape == (0, 25)
    assert len(scores) == 0


def test_the_network_of_2017_takes_any_size(built):
    stages = [built["Stage"](1, 8, 12), built["Stage"](2, 8, 12, 5, True)]
    front = nn.Conv2d(3, 6, 3, stride=8, padding=1)
    net = built["TwoBranch"](front, 6, 4, 3, stages)
    fields, maps = net(torch.rand(2, 3, 41, 73))
    assert fields.shape == (2, 2, 3, 2, 6, 10)
    assert maps.shape == (2, 2, 5, 6, 10)


@pytest.mark.parametrize("name", ["FieldsFirst", "MapsFirst"])
def test_networks_in_turn(built, name):
    stage = built["Stage"](2, 4, 8, is_normed=True)
    front = nn.Conv2d(3, 6, 3, stride=8, padding=1)
    net = built[name](front, 6, 4, 3, [stage] * 3, [stage] * 2)
    fields, maps = net(torch.rand(2, 3, 41, 73))
    assert fields.shape == (3, 2, 3, 2, 6, 10)
    assert maps.shape == (2, 2, 5, 6, 10)
    maps.sum().backward()  # of fields first alone the maps depend on the fields
    has_gradient = [p.grad is not None for p in net.to_fields.parameters()]
    assert all(has_gradient) if name == "FieldsFirst" else not any(has_gradient)


def test_the_mask_is_where_the_picture_is(built):
    dataset = golden(skeleton="body25")
    white = PoseDataset(
        **{**vars(dataset), "images": torch.full_like(dataset.images, 255)}
    )
    rows = torch.arange(len(white))
    side = torch.full((len(white), 2), 300.0)
    boxes = geometry.box_from_centre(geometry.box_centre(white.boxes_full), side)
    augment = Augment(flip=0.5, scale=(0.7, 1.4), rotate=20.0, shift=0.1)
    generator = torch.Generator().manual_seed(1)
    crops = sample_crops(white, rows, boxes, (160, 160), augment, generator)
    mask = built["mask_of"](crops, white, None)
    seen = F.avg_pool2d(crops.images, 8)[:, 0]  # (B, 20, 20), 1 on the picture
    is_clear = (seen < 0.02) | (seen > 0.98)
    assert is_clear.float().mean() > 0.8
    assert ((seen > 0.5).float() == mask)[is_clear].all()
    hidden = built["mask_of"](crops, white, white)
    assert (hidden <= mask).all()
    assert hidden.sum() < mask.sum()
