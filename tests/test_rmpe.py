"""What chapter 08 defines, against answers found another way.

The definitions are run as they stand in the notebook, without its data.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from chapter_definitions import definitions
from scipy.stats import multivariate_normal
from test_exercises_rmpe import nms_of_table
from torch import Tensor, nn

from course_lib import geometry
from course_lib.data import golden, sample_crops
from course_lib.heatmaps import render_heatmaps
from course_lib.simple_baseline import PoseNet, Trunk
from course_lib.training import load_weights, weights_file


@pytest.fixture(scope="module")
def built():
    around = {"torch": torch, "F": F, "nn": nn, "np": np, "Tensor": Tensor}
    around |= {"dataclass": dataclass, "replace": replace, "geometry": geometry}
    around["SIZE"] = (128, 96)
    names = {"Rule", "apart", "terms", "keep_surest", "eliminate", "RELEASED", "GRID"}
    names |= {"resample", "invert", "put_back", "move_sides", "edges", "fit_mixture"}
    names |= {"ideal_theta", "PAIRS", "learn_rule", "random_thetas", "Frozen"}
    return definitions("08", names, around)


@pytest.mark.parametrize("seed", range(20))
def test_pose_nms_is_that_of_a_table(built, seed):
    rng = torch.Generator().manual_seed(seed)
    count, joints = int(torch.randint(1, 30, (), generator=rng)), 5 + seed
    people = 100 * torch.rand(count, joints, 2, generator=rng)
    twins = torch.randint(count, (3 * count,), generator=rng)
    poses = people[twins] + 4 * torch.randn(3 * count, joints, 2, generator=rng)
    heights = torch.rand(3 * count, joints, generator=rng)
    boxes = torch.cat([poses.amin(1), poses.amax(1) - poses.amin(1)], dim=1)
    numbers = {"sigma1": 0.3, "sigma2": 1.5, "weight": 1.2, "eta": 0.6 * joints}
    kept = built["eliminate"](
        built["apart"](poses, boxes), heights, built["Rule"](**numbers)
    )
    expected, *_ = nms_of_table(poses, heights, boxes, **numbers)
    assert kept.tolist() == list(expected)


def test_pose_nms_of_nobody(built):
    r = built["apart"](torch.zeros(0, 17, 2), torch.zeros(0, 4))
    assert built["eliminate"](r, torch.zeros(0, 17), built["Rule"]()).tolist() == []


def test_pose_nms_does_not_mind_the_order(built):
    rng = torch.Generator().manual_seed(3)
    poses = 60 * torch.rand(40, 17, 2, generator=rng)
    poses += 400 * torch.rand(40, 1, 2, generator=rng)
    heights = torch.rand(40, 17, generator=rng)
    boxes = torch.tensor([[0.0, 0.0, 300.0, 200.0]]).expand(40, 4)
    order = torch.randperm(40, generator=rng)
    kept = built["eliminate"](built["apart"](poses, boxes), heights, built["Rule"]())
    again = built["eliminate"](
        built["apart"](poses[order], boxes), heights[order], built["Rule"]()
    )
    assert 1 < len(kept) < 40
    assert order[again].tolist() == kept.tolist()


def test_released_numbers_count_joints(built):
    """K + lambda H in closed form: n equal joints of 16, the others at r."""
    rule = built["RELEASED"]
    for n, far in ((6, 3.0), (5, 3.0), (8, 1e6), (7, 1e6), (16, 0.0)):
        r = torch.full((1, 1, 16), far, dtype=torch.double)
        r[..., :n] = 0
        hard, soft = built["terms"](r, torch.ones(1, 16, dtype=torch.double), rule)
        expected = n + 2.08 * (n + (16 - n) * math.exp(-far / 2.08))
        assert float(hard + rule.weight * soft) == pytest.approx(expected)


def test_a_window_leads_there_and_back(built):
    theta = built["random_thetas"](50, torch.Generator().manual_seed(1)).double()
    gamma = built["invert"](theta)
    last = torch.tensor([[[0.0, 0.0, 1.0]]], dtype=torch.double).expand(50, 1, 3)
    product = torch.cat([gamma, last], 1) @ torch.cat([theta, last], 1)
    assert torch.allclose(product, torch.eye(3, dtype=torch.double).expand(50, 3, 3))


@pytest.mark.parametrize("size", [(128, 96), (31, 47)])
def test_points_go_back_to_the_pixel_that_was_read(built, size):
    """A picture of its own coordinates, read by the window, tells where from."""
    theta = built["random_thetas"](20, torch.Generator().manual_seed(2)).double()
    rows, columns = (torch.arange(n, dtype=torch.double) for n in size)
    picture = torch.stack(torch.meshgrid(columns, rows, indexing="xy"))  # (2, h, w)
    seen = built["resample"](picture.expand(20, -1, -1, -1), theta)
    middle = torch.tensor([size[1] // 2, size[0] // 2])
    expected = seen[:, :, middle[1], middle[0]]  # inside in all
    points = middle.double().expand(20, 1, 2)
    assert torch.allclose(built["put_back"](points, theta, size)[:, 0], expected)


def test_the_ideal_window_is_the_wanted_box(built):
    rng = torch.Generator().manual_seed(4)
    views, wanted = (50 + 100 * torch.rand(2, 30, 4, generator=rng)).unbind()
    theta = built["ideal_theta"](views, wanted)
    corners = torch.tensor([[-1.0, -1.0], [1.0, 1.0]]).expand(30, 2, 2)
    at = (geometry.apply_affine(theta, corners) + 1) / 2  # shares of the view
    found = views[:, None, :2] + at * views[:, None, 2:]
    low, size = wanted.split(2, dim=1)
    assert torch.allclose(found, torch.stack([low, low + size], 1), atol=1e-3)


def test_sides_move_as_told_and_boxes_stay_boxes(built):
    box = torch.tensor([[10.0, 20.0, 40.0, 80.0]])
    offsets = torch.tensor([[0.1, -0.2, 0.3, -0.4]])
    moved = built["edges"](built["move_sides"](box, offsets))
    assert torch.allclose(moved, torch.tensor([[14.0, 4.0, 62.0, 68.0]]))
    crossed = built["move_sides"](box, torch.tensor([[0.9, 0.9, -0.9, -0.9]]))
    assert torch.allclose(crossed[:, 2:], 0.2 * box[:, 2:])


def test_one_gaussian_is_mean_and_deviation(built):
    x = torch.randn(400, 4, generator=torch.Generator().manual_seed(5)) * 0.3 + 0.1
    share, mean, deviation = built["fit_mixture"](x, 1)
    assert torch.allclose(share, torch.ones(1))
    assert torch.allclose(mean[0], x.mean(dim=0), atol=1e-5)
    assert torch.allclose(deviation[0], x.std(dim=0, correction=0), atol=1e-4)


def test_steps_of_a_mixture_raise_its_likelihood(built):
    rng = torch.Generator().manual_seed(6)
    x = 0.1 * torch.randn(300, 4, generator=rng)
    x[:100, 2] += 0.7

    def likelihood(steps):
        parts = zip(*built["fit_mixture"](x, 2, steps=steps), strict=True)
        density = sum(
            float(share) * multivariate_normal(mean.numpy(), spread.numpy() ** 2).pdf(x)
            for share, mean, spread in parts
        )
        return float(torch.as_tensor(density).log().mean())

    values = [likelihood(steps) for steps in (1, 2, 4, 8, 20, 40)]
    assert values == sorted(values)


def test_the_search_climbs_and_ends(built):
    """On a score with one summit on the grid, by turns, it gets there."""
    best = {"sigma1": 0.1, "sigma2": 1.0, "weight": 4.0, "eta": 32.0}
    grid = built["GRID"]

    def score(rule):
        steps = [grid[k].index(getattr(rule, k)) - grid[k].index(best[k]) for k in grid]
        return -sum(step**2 for step in steps)

    rule, history = built["learn_rule"](score)
    assert {name: getattr(rule, name) for name in best} == best
    assert history == sorted(history)
    assert history[-1] == 0


def test_frozen_stays_as_it_is(built):
    net = torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4))
    before = {name: value.clone() for name, value in net.state_dict().items()}
    around = torch.nn.Sequential(torch.nn.Conv2d(3, 3, 1), built["Frozen"](net))
    around.train()
    around(torch.randn(2, 3, 8, 8)).sum().backward()
    assert around[0].weight.grad.abs().sum() > 0
    assert all(p.grad is None for p in net.parameters())
    assert all(torch.equal(before[k], v) for k, v in net.state_dict().items())


def test_the_stored_network_answers_where_the_chapter_says():
    """Its loss is least with labels moved by SHIFT_07, right and down."""
    people = golden("groups", "train", "coco17")
    views = geometry.expand_box(people.boxes_full, 1.25, 0.75)
    crops = sample_crops(people, torch.arange(len(people)), views, (128, 96))
    net = PoseNet(17, Trunk((1, 1, 1), 24, (32, 64, 128)), 2, 64)
    net = load_weights(net, weights_file("07_long")).eval()
    with torch.no_grad():
        maps = net(crops.images - 0.5)
    shown = (crops.visible * crops.inside)[..., None, None] > 0

    def loss(shift):
        places = crops.keypoints + shift
        target = render_heatmaps(places, crops.visible, maps.shape[-2:], 4, 1.0)
        return float(((maps - target) * shown).square().mean())

    shift = definitions("08", {"SHIFT_07"}, {"STRIDE": 4})["SHIFT_07"]
    assert loss(shift) < min(loss(0), loss(-shift), loss(2 * shift))
