"""What chapter 10 defines, against answers found another way.

The definitions are run as they stand in the notebook, without its data.
"""

import itertools
import json
import os
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from chapter_definitions import definitions
from torch import Tensor, nn

from course_lib import geometry
from course_lib.data import PoseDataset
from course_lib.heatmaps import quarter_offset, render_heatmaps
from course_lib.simple_baseline import PoseNet, Trunk, make_trunk
from course_lib.skeletons import get_skeleton

CROWD = get_skeleton("crowdpose14")
REAL = os.environ.get("COURSE_REAL", "")
ANNOTATION = Path(REAL) / "crowdpose" / "annotations" / "crowdpose_val.json"


@pytest.fixture(scope="module")
def built():
    around = {"torch": torch, "F": F, "nn": nn, "np": np, "Tensor": Tensor}
    around |= {"dataclass": dataclass, "replace": replace, "geometry": geometry}
    around |= {"Trunk": Trunk, "make_trunk": make_trunk, "PoseNet": PoseNet}
    around |= {"quarter_offset": quarter_offset, "render_heatmaps": render_heatmaps}
    around |= {"HEIGHT": 128, "WIDTH": 96, "SIZE": (128, 96), "STRIDE": 4}
    around |= {"skeleton": CROWD, "MARGIN": 1.25, "device": "cpu"}
    around["PoseDataset"] = PoseDataset
    generator = torch.Generator().manual_seed(0)
    bank = torch.randint(256, (5, 4, 128, 96), generator=generator, dtype=torch.uint8)
    around["bank"] = bank
    names = {"count_joints", "crowd_index", "doubled", "OccNet", "SIGMA", "WEIGHT"}
    names |= {"masked_loss", "tight", "take", "place", "paste", "CHANCES", "occlude"}
    names |= {"both_ways", "merge", "BATCH", "draw_views", "draw_people"}
    return definitions("10", names, around)


def some_people(generator, count, joints=14):
    """Boxes (N, 4), keypoints (N, K, 2) and flags (N, K) of random people."""
    corner = 60 * torch.rand(count, 2, generator=generator)
    size = 10 + 50 * torch.rand(count, 2, generator=generator)
    points = corner[:, None] + size[:, None] * (
        1.4 * torch.rand(count, joints, 2, generator=generator) - 0.2
    )
    flags = torch.randint(3, (count, joints), generator=generator)
    return torch.cat([corner, size], dim=1), points, flags


@pytest.mark.parametrize("seed", range(8))
def test_the_crowd_index_is_that_of_a_loop(built, seed):
    boxes, points, flags = some_people(torch.Generator().manual_seed(seed), 1 + seed)
    ratios = []
    for x, y, w, h in boxes.tolist():
        counts = [
            sum(
                flag > 0 and x - 0.5 <= a <= x + w - 0.5 and y - 0.5 <= b <= y + h - 0.5
                for (a, b), flag in zip(person, marks, strict=True)
            )
            for person, marks in zip(points.tolist(), flags.tolist(), strict=True)
        ]
        own = counts[len(ratios)]
        ratios.append((sum(counts) - own) / own if own else 0.0)
    found = built["crowd_index"](boxes, points, flags)
    assert found == pytest.approx(np.mean(ratios), abs=1e-6)


def test_the_crowd_index_of_nobody_is_zero(built):
    none = torch.zeros(0, 4), torch.zeros(0, 14, 2), torch.zeros(0, 14)
    assert built["crowd_index"](*none) == 0.0


@pytest.mark.skipif(not ANNOTATION.exists(), reason="COURSE_REAL has no CrowdPose")
def test_the_crowd_index_is_near_that_of_the_real_annotation(built):
    document = json.loads(ANNOTATION.read_text("utf-8"))
    people = {image["id"]: [] for image in document["images"]}
    for one in document["annotations"]:
        if not one["iscrowd"]:
            people[one["image_id"]].append(one)
    off = []
    for image in document["images"]:
        own = people[image["id"]]
        joints = torch.tensor([one["keypoints"] for one in own]).float().view(-1, 14, 3)
        boxes = torch.tensor([one["bbox"] for one in own]).float().view(-1, 4)
        found = built["crowd_index"](boxes, joints[..., :2], joints[..., 2])
        off.append(abs(found - image["crowdIndex"]))
    off = np.array(off)
    assert len(off) >= 1000
    assert (off <= 0.01).mean() > 0.5  # of 2,000 pictures 1,095 agreed
    assert off.mean() < 0.08


@pytest.mark.parametrize("is_hard", [False, True])
def test_the_loss_is_that_of_a_loop(built, is_hard):
    generator = torch.Generator().manual_seed(2)
    maps = torch.rand(2, 2, 5, 3, 4, generator=generator)
    target = torch.rand(2, 5, 3, 4, generator=generator)
    flags = torch.randint(3, (2, 5), generator=generator)
    total = 0.0
    for b, k in itertools.product(range(2), range(5)):
        flag, g = int(flags[b, k]), target[b, k]
        for branch, own in ((0, 2), (1, 1)):
            wanted = g if flag == own else torch.zeros_like(g)
            counts = flag > 0 if is_hard else flag == own
            total += float(((maps[branch, b, k] - wanted) ** 2).sum()) * counts
    found = built["masked_loss"](maps, target, flags, is_hard)
    assert float(found) == pytest.approx(total / target.numel(), rel=1e-5)


def test_the_baselines_loss_counts_labelled_joints(built):
    generator = torch.Generator().manual_seed(3)
    maps, target = torch.rand(2, 1, 4, 3, 5, generator=generator)
    flags = torch.tensor([[0, 1, 2, 0]])
    found = built["masked_loss"](maps, target, flags, False)
    expected = (maps - target)[:, 1:3].square().sum() / maps.numel()
    assert float(found) == pytest.approx(float(expected), rel=1e-5)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_pasted_covers_and_nothing_else_changes(built, seed):
    generator = torch.Generator().manual_seed(seed)
    image = torch.rand(3, 128, 96, generator=generator)
    layer = torch.rand(4, 40, 30, generator=generator)
    layer[3] = (layer[3] > 0.4).float()
    row, column = 110 if seed % 2 else 20, 80 if seed % 3 else 10
    changed = image.clone()
    covered = built["paste"](changed, layer, row, column)
    for y, x in itertools.product(range(128), range(96)):
        v, u = y - row, x - column
        is_on = 0 <= v < 40 and 0 <= u < 30 and bool(layer[3, v, u])
        assert bool(covered[y, x]) == is_on
        assert torch.equal(
            changed[:, y, x], layer[:3, v, u] if is_on else image[:, y, x]
        )


def test_objects_are_ellipses_and_parts_belong_to_somebody(built):
    generator = torch.Generator().manual_seed(7)
    for _ in range(5):
        layer = built["take"]("object", generator)
        assert layer.shape[1] / layer.shape[2] == pytest.approx(128 / 96, rel=0.05)
        assert float(layer[3].mean()) == pytest.approx(np.pi / 4, abs=0.02)
    colours = {
        tuple(pixel) for pixel in built["bank"].flatten(2).mT.reshape(-1, 4).tolist()
    }
    for _ in range(5):
        part = built["take"]("part", generator)
        assert max(part.shape[1:]) <= 64
        pixels = (255 * part).round().int().flatten(1).T.tolist()
        assert all(tuple(pixel) in colours for pixel in pixels if pixel[3] > 0)


def test_covered_joints_become_hidden_and_no_others(built):
    generator = torch.Generator().manual_seed(4)
    images = torch.rand(30, 3, 128, 96, generator=generator)
    joints = (
        torch.rand(30, 14, 2, generator=generator) * torch.tensor([110.0, 140.0]) - 7
    )
    flags = torch.randint(3, (30, 14), generator=generator)
    changed, marks = built["occlude"](images, joints, flags, generator)
    is_new = (changed != images).any(dim=1)  # (B, H, W)
    assert is_new.any()
    assert ((marks == flags) | ((flags == 2) & (marks == 1))).all()
    for b, k in (marks != flags).nonzero().tolist():
        x, y = joints[b, k].round().int().tolist()
        assert is_new[b, y, x]
    for b, k in ((marks == 2) & (flags == 2)).nonzero().tolist():
        x, y = joints[b, k].round().int().tolist()
        if 0 <= x < 96 and 0 <= y < 128:
            assert not is_new[b, y, x]


def test_the_louder_branch_wins(built):
    generator = torch.Generator().manual_seed(5)
    maps = torch.rand(2, 3, 14, 11, 9, generator=generator)
    joints, heights, is_hidden = built["merge"](maps)
    for b, k in itertools.product(range(3), range(14)):
        seen, hidden = maps[0, b, k], maps[1, b, k]
        assert bool(is_hidden[b, k]) == bool(hidden.max() > seen.max())
        best = hidden if hidden.max() > seen.max() else seen
        assert heights[b, k] == best.max()
        row, column = divmod(int(best.argmax()), 9)
        off = (joints[b, k] - torch.tensor([4 * column + 1.5, 4 * row + 1.5])).abs()
        assert (off <= 1).all()  # a quarter of a cell


def test_mirrored_pictures_get_mirrored_answers(built):
    net = nn.Sequential(nn.Conv2d(3, 14, 3, 4, padding=1))
    images = torch.rand(2, 3, 32, 24)
    maps = built["both_ways"](net, images)
    turned = built["both_ways"](net, images.flip(-1))
    order = CROWD.flip_permutation
    assert torch.allclose(maps.flip(-1)[:, order], turned, atol=1e-5)


@pytest.mark.parametrize(("shared", "own"), [(2, 1), (1, 2), (0, 3)])
@pytest.mark.parametrize("is_crossed", [False, True])
def test_branches_take_any_size(built, shared, own, is_crossed):
    net = built["OccNet"](5, Trunk((1, 1), 4, (6, 8)), shared, own, 7, is_crossed)
    assert net(torch.rand(2, 3, 48, 80)).shape == (2, 2, 5, 48, 80)


def test_only_the_crossed_branches_hear_each_other(built):
    for is_crossed in (False, True):
        net = built["OccNet"](5, Trunk((1, 1), 4, (6, 8)), 1, 2, 7, is_crossed)
        net(torch.rand(2, 3, 32, 32))[0].sum().backward()
        grads = [p.grad for p in net.branches[1].parameters()]
        hears = any(grad is not None and bool(grad.any()) for grad in grads)
        assert hears == is_crossed


@dataclass
class DottedPeople:
    """Black pictures in which left wrists are red and right wrists are green."""

    images: Tensor
    keypoints: Tensor
    visible: Tensor
    boxes_full: Tensor

    def __len__(self) -> int:
        return len(self.images)


def test_joints_stay_on_their_pixels_and_change_sides_in_the_mirror(built):
    wrists = [CROWD.index(f"{side}_wrist") for side in ("left", "right")]
    images = torch.zeros(4, 3, 205, 154, dtype=torch.uint8)
    points = torch.full((4, 14, 2), 77.0)
    for n in range(4):
        for channel, joint in enumerate(wrists):
            x, y = 55 + 30 * channel + 3 * n, 70 + 8 * n + 15 * channel
            points[n, joint] = torch.tensor([x, y])
            images[n, channel, y - 2 : y + 3, x - 2 : x + 3] = 255
    flags = torch.full((4, 14), 2)
    flags[:, wrists[1]] = 1  # hidden ones stay hidden, on the other side
    boxes = torch.tensor([[35.0, 40.0, 84.0, 112.0]]).expand(4, -1)
    people, sides, checked = DottedPeople(images, points, flags, boxes), set(), 0
    for seed in range(3):
        *_, flip = built["draw_views"](people, torch.Generator().manual_seed(seed))
        drawn = built["draw_people"](people, torch.Generator().manual_seed(seed))
        for image, joints, marks, is_flipped in zip(*drawn, flip.tolist(), strict=True):
            for channel, joint in enumerate(wrists):
                if not marks[joint]:
                    continue  # off the picture
                x, y = joints[joint].round().long().tolist()
                told = channel ^ is_flipped  # whose dot it is
                assert image[told, y, x] > 0.8 > 0.2 > image[1 - told, y, x]
                assert marks[joint] == 2 - told
                sides.add(is_flipped)
                checked += 1
    assert checked > 40
    assert sides == {False, True}
