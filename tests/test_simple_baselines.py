"""What chapter 07 defines, against answers found another way.

The definitions are run as they stand in the notebook, without its data. Those that
`course_lib.simple_baseline` has, too, are tested there.
"""

import itertools
import math
from dataclasses import dataclass, replace
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
import torch
import torchvision
from chapter_definitions import definitions
from scipy.ndimage import map_coordinates, shift
from scipy.optimize import linear_sum_assignment
from torch import Tensor, nn

from course_lib import geometry, metrics
from course_lib.clips import Frame
from course_lib.data import golden
from course_lib.detections import DetectorErrors, simulate_detections
from course_lib.heatmaps import decode_heatmaps, quarter_offset, render_heatmaps
from course_lib.simple_baseline import PoseNet, oks_nms
from course_lib.skeletons import get_skeleton

BODY = get_skeleton("coco17")
KINDS = [0] * 5 + [1] * 6 + [2] * 6  # joints of the head, of arms, of legs
NAMES = "crossing wrong_names encode decode move unmirror predict rescore DIS People"
NAMES += " flow_between flows_of carry flow_boxes thin_out LEAST similarity SURE Step"
NAMES += " match_greedily find_people step_on name_people pose_loss find_in_clip"
NAMES += " detections_in films_of scores_of flow_error MEASURES"


def around(**more):
    """What the chapter's definitions find beside them, and more or other things."""
    made = {"torch": torch, "nn": nn, "np": np, "Tensor": Tensor, "cv2": cv2}
    made |= {"dataclass": dataclass, "replace": replace, "itertools": itertools}
    made |= {"torchvision": torchvision, "map_coordinates": map_coordinates}
    made |= {
        "geometry": geometry,
        "metrics": metrics,
        "Frame": Frame,
        "oks_nms": oks_nms,
    }
    made |= {"quarter_offset": quarter_offset, "decode_heatmaps": decode_heatmaps}
    made |= {"render_heatmaps": render_heatmaps, "PoseNet": PoseNet, "SIGMA": 1.0}
    made |= {"simulate_detections": simulate_detections, "skeleton": BODY, "seed": 0}
    made |= {"HEIGHT": 128, "WIDTH": 96, "SIZE": (128, 96), "STRIDE": 4}
    made |= {"joint_count": 17, "device": torch.device("cpu"), "clips": CLIPS}
    made["ERRORS"] = DetectorErrors(occlusion=0.5, jitter=0.05, false_boxes=0.3)
    return made | more


def walk(seed, people=4, frames=6, size=(72, 104), gone=0.3):
    """A clip of people who move 6 px a frame and are away from time to time."""
    rng, clip = torch.Generator().manual_seed(seed), []
    places = 20 + 50 * torch.rand(people, 1, 2, generator=rng)
    shape = 12 * torch.randn(people, 17, 2, generator=rng)
    steps = 6 * torch.randn(people, 1, 2, generator=rng)
    for t in range(frames):
        here = (torch.rand(people, generator=rng) > gone).nonzero()[:, 0]
        joints = (places + shape + t * steps)[here]
        visible = torch.randint(3, (len(here), 17), generator=rng)
        boxes = geometry.points_box(joints, torch.ones(len(here), 17))
        pixels = torch.randint(256, (3, *size), generator=rng, dtype=torch.uint8)
        heads = torch.full((len(here),), 9.0)
        seen = boxes * torch.tensor([1.0, 1.0, 1.0, 0.7])
        clip.append(Frame(pixels, joints, visible, boxes, seen, heads, 3 + here))
    return clip


CLIPS = [walk(seed) for seed in range(3)]


@pytest.fixture(scope="module")
def built():
    return definitions("07", set(NAMES.split()), around())


def steps_of(built, clip, rng):
    """Steps in which the people of a clip are found, in any order, some joints low."""
    steps = []
    for frame in clip:
        order = torch.randperm(len(frame.ids), generator=rng)
        heights = torch.rand(len(order), 17, generator=rng)
        scores = torch.rand(len(order), generator=rng)
        found = frame.joints[order] + torch.randn(len(order), 17, 2, generator=rng)
        people = built["People"](found, heights, scores, frame.boxes[order])
        steps.append(built["Step"](people, *[None] * 4))
    return steps


def test_crossings_and_wrong_names_are_those_of_a_loop(built):
    clip = walk(9, frames=12)
    most = {}
    for t in range(3, 9):
        boxes = clip[t].boxes
        pairs = itertools.combinations(range(len(boxes)), 2)
        both = (geometry.box_iou(boxes[[a]], boxes[[b]]).item() for a, b in pairs)
        most[t] = max(both, default=0.0)
    value, t = built["crossing"](clip, margin=3)
    assert value == pytest.approx(max(most.values()))
    assert most[t] == pytest.approx(value)
    for step in (1, 2, 4):
        wrong = total = 0
        for one in CLIPS:
            for old, new in zip(one, one[step:], strict=False):
                for i in range(len(new.ids)):
                    if new.ids[i] in old.ids:
                        iou = geometry.box_iou(new.boxes[[i]], old.boxes)[0]
                        wrong += bool(old.ids[iou.argmax()] != new.ids[i])
                        total += 1
        assert built["wrong_names"](step) == [step, wrong, total]
        assert total >= wrong > 0


@pytest.mark.parametrize("stride", [1, 4, 8])
@pytest.mark.parametrize("sigma", [1.0, 1.7])
def test_targets_are_those_of_a_loop_and_lead_back(stride, sigma):
    """Pixel x is x / stride on the map; half a cell, a quarter with more."""
    own = definitions("07", {"encode", "decode"}, around(SIGMA=sigma))
    rng = torch.Generator().manual_seed(stride)
    joints = torch.rand(40, 3, 2, generator=rng) * torch.tensor([7, 3]) + 1.5
    joints *= stride
    visible = torch.randint(3, (40, 3), generator=rng)
    maps = own["encode"](joints, visible, (7, 11), stride)
    for k, row, column in itertools.product(range(3), range(7), range(11)):
        x, y = (joints[0, k] / stride).tolist()
        value = math.exp(-((column - x) ** 2 + (row - y) ** 2) / (2 * sigma**2))
        value *= visible[0, k].item() > 0
        assert maps[0, k, row, column].item() == pytest.approx(value, abs=1e-5)
    shown = visible > 0
    for finer, share in ((decode_heatmaps, 0.5), (quarter_offset, 0.2501)):
        found, heights = own["decode"](maps, stride, finer)
        off = (found - joints).abs().amax(dim=-1)[shown]
        assert off.max() <= share * stride + 1e-4
        assert (heights[~shown] == 0).all()


@pytest.mark.parametrize("cells", [-3.5, -1.0, -0.25, 0.0, 0.75, 1.0, 2.3, 20.0])
def test_maps_move_as_scipy_moves_them(built, cells):
    maps = torch.rand(2, 3, 4, 9, generator=torch.Generator().manual_seed(0))
    expected = shift(maps.numpy(), (0, 0, 0, cells), order=1, mode="nearest")
    moved = built["move"](maps, cells)
    assert torch.allclose(moved, torch.from_numpy(expected), atol=1e-5)


@pytest.mark.parametrize("stride", [1, 2, 4])
def test_mirrored_maps_come_back_by_what_the_formula_says(stride):
    """(s - 1) / s cells: then both ways agree, left is left and right is right."""
    own = definitions("07", {"encode", "move", "unmirror"}, around())
    rng = torch.Generator().manual_seed(1)
    joints = (8 + 24 * torch.rand(5, 17, 2, generator=rng)).round() * stride
    flags, size = torch.randint(2, (5, 17), generator=rng), (40, 44)
    flipped = geometry.flip_keypoints(joints, flags, stride * 44, BODY)
    both = (joints, flags), flipped
    maps, mirrored = (own["encode"](*points, size, stride) for points in both)
    back = own["unmirror"](mirrored, (stride - 1) / stride)
    columns = torch.arange(44)
    middles = [(one.sum(dim=2) * columns).sum(dim=-1) for one in (maps, back)]
    assert torch.allclose(*middles, atol=1e-3)
    if stride == 1:
        assert torch.allclose(maps, back, atol=1e-5)


def test_the_average_is_of_both_ways(built):
    """A network that looks at each pixel alone: 17 kinds of light."""
    torch.manual_seed(0)
    light = nn.Conv2d(3, 17, 1)
    images = torch.rand(2, 3, 8, 12, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        alone = light(images - 0.5)
    assert torch.allclose(built["predict"](light, images, None), alone)
    both = (alone + alone[:, BODY.flip_permutation]) / 2
    assert torch.allclose(built["predict"](light, images, 0.0), both, atol=1e-6)
    both = (alone + alone[:, BODY.flip_permutation][..., [0, *range(11)]]) / 2
    assert torch.allclose(built["predict"](light, images), both, atol=1e-6)


def test_scores_of_people_are_those_of_a_loop(built):
    rng = torch.Generator().manual_seed(3)
    boxes, heights = torch.rand(20, generator=rng), torch.rand(20, 5, generator=rng)
    heights[0], heights[1] = 0.1, 0.2  # none is over 0.2
    found = built["rescore"](boxes, heights)
    for score, box, row in zip(found, boxes, heights.tolist(), strict=True):
        sure = [height for height in row if height > heights[1, 0]]
        expected = float(box) * (sum(sure) / len(sure) if sure else 0)
        assert float(score) == pytest.approx(expected, rel=1e-5)
    assert len(built["rescore"](torch.zeros(0), torch.zeros(0, 5))) == 0


def test_joints_are_carried_as_a_loop_does(built):
    rng = np.random.default_rng(4)
    flow = rng.normal(0, 5, (9, 14, 2)).astype(np.float32)
    joints = torch.from_numpy(rng.uniform(-3, 16, (6, 5, 2))).float()
    moved = built["carry"](joints, flow)
    for p, k in itertools.product(range(6), range(5)):
        x, y = joints[p, k].clamp(min=0).minimum(torch.tensor([13.0, 8.0])).tolist()
        a, b = min(int(x), 12), min(int(y), 7)
        u, v = x - a, y - b
        read = (1 - v) * ((1 - u) * flow[b, a] + u * flow[b, a + 1])
        read = read + v * ((1 - u) * flow[b + 1, a] + u * flow[b + 1, a + 1])
        np.testing.assert_allclose(moved[p, k], joints[p, k].numpy() + read, atol=1e-4)
    assert built["carry"](torch.zeros(0, 17, 2), flow).shape == (0, 17, 2)


@pytest.mark.parametrize("step", [(3, 2), (-4, 0), (1, -5)])
def test_the_flow_of_a_moved_texture_is_its_motion(built, step):
    noise = torch.rand(1, 3, 11, 15, generator=torch.Generator().manual_seed(5))
    wide = nn.functional.interpolate(noise, (104, 136), mode="bicubic")[0].clamp(0, 1)
    x, y = step
    old, new = (wide[:, 8 - b : 96 - b, 8 - a : 128 - a] for a, b in ((0, 0), (x, y)))
    flow = built["flow_between"](old, new)
    assert flow.shape == (88, 120, 2)
    inner = np.median(flow[16:-16, 16:-16].reshape(-1, 2), axis=0)
    np.testing.assert_allclose(inner, step, atol=0.3)  # px
    frames = [SimpleNamespace(image=one) for one in (old, new, new)]
    none, first, second = built["flows_of"](frames)
    assert none is None
    assert np.array_equal(first, flow)
    assert np.abs(second).max() < 0.1


@pytest.mark.parametrize("least", [1, 3, 5])
def test_carried_boxes_are_those_of_a_loop(built, least):
    rng = torch.Generator().manual_seed(6)
    joints = 80 * torch.rand(60, 6, 2, generator=rng) - 12
    joints[0, :3] = torch.tensor([[-0.5, 7.0], [63.5, 47.5], [20.0, 20.0]])
    joints[0, 3:] = 99.0
    boxes = built["flow_boxes"](joints, (48, 64), least)
    kept = 0
    for person, box in zip(joints.tolist(), boxes.tolist(), strict=True):
        inside = [p for p in person if -0.5 <= p[0] <= 63.5 and -0.5 <= p[1] <= 47.5]
        if len(inside) < least:
            assert box[2:] == [0, 0]
            continue
        low, high = np.min(inside, axis=0) - 0.5, np.max(inside, axis=0) + 0.5
        margin = 0.075 * (high - low)
        edges = [*(low - margin + 0.5), *(1.15 * (high - low))]
        assert box == pytest.approx(edges, abs=1e-4)
        kept += 1
    assert 0 < kept < 60
    assert built["flow_boxes"](joints[:0], (48, 64)).shape == (0, 4)


@pytest.mark.parametrize("most", [0.0, 0.4, 0.8, 1.0])
def test_boxes_are_thinned_out_as_a_loop_does(built, most):
    rng = torch.Generator().manual_seed(7)
    boxes = 30 * torch.rand(40, 4, generator=rng) + torch.tensor([0, 0, 5, 5])
    scores, kept = torch.randperm(40, generator=rng) / 40, []
    iou = geometry.box_iou(boxes, boxes)
    for i in sorted(range(40), key=lambda i: -float(scores[i])):
        if all(iou[i, j] <= most for j in kept):
            kept.append(i)
    assert built["thin_out"](boxes, scores, most).tolist() == kept
    assert len(built["thin_out"](boxes[:0], scores[:0])) == 0


def likeness(measure, new, old, i, j, carried):
    """How like a new person and an old one are, joint by joint."""
    if measure == "Bbox":
        return geometry.box_iou(new.boxes[[i]], old.boxes[[j]]).item()
    places = old.joints if measure == "Pose" else carried
    area, terms = float(old.boxes[j, 2] * old.boxes[j, 3]), []
    for k, sigma in enumerate(BODY.sigmas):
        if old.heights[j, k] > 0.4:
            squared = math.dist(new.joints[i, k].tolist(), places[j, k].tolist()) ** 2
            terms.append(math.exp(-squared / (2 * area * (2 * sigma) ** 2)))
    return sum(terms) / len(terms) if terms else 0.0


def greedy(values, least=0.2):
    """Pairs of (row, column) in the order of their values."""
    pairs = []
    ranked = sorted(values, key=values.get, reverse=True)
    for row, column in (one for one in ranked if values[one] > least):
        if all(row != r and column != c for r, c in pairs):
            pairs.append((row, column))
    return pairs


@pytest.mark.parametrize("size", [(0, 0), (0, 3), (3, 0), (1, 1), (4, 7), (6, 3)])
def test_matching_is_greedy_and_at_least_half_of_the_best(built, size):
    rng = torch.Generator().manual_seed(sum(size))
    for _ in range(5):
        values = torch.rand(size, generator=rng)
        before = values.clone()
        table = dict(zip(np.ndindex(size), values.flatten().tolist(), strict=True))
        pairs = built["match_greedily"](values)
        assert pairs == greedy(table)
        assert torch.equal(values, before)
        every = built["match_greedily"](values, least=0.0)
        best = values[linear_sum_assignment(values, maximize=True)].sum().item()
        assert best + 1e-6 >= sum(table[one] for one in every) >= best / 2


def named(steps, flows, measure, length, carry):
    """Ids of each frame's people: of all names of the last frames the likest."""
    ids, fresh, poses = [], 0, {}
    for t, step in enumerate(steps):
        new, values = step.people, {}
        for then in range(max(t - length, 0), t):
            old = steps[then].people
            poses[then] = carry(poses[then], flows[t])
            for i, j in np.ndindex(len(new.scores), len(old.scores)):
                value = likeness(measure, new, old, i, j, poses[then])
                name = ids[then][j]
                values[i, name] = max(values.get((i, name), 0.0), value)
        matched = dict(greedy(values))
        ids.append([])
        for i in range(len(new.scores)):
            if i not in matched:
                matched[i], fresh = fresh, fresh + 1
            ids[-1].append(matched[i])
        poses[t] = new.joints
    return ids


@pytest.mark.parametrize("measure", ["Bbox", "Pose", "Flow"])
@pytest.mark.parametrize("length", [1, 3, 5])
def test_names_are_those_of_a_loop(built, measure, length):
    clip = walk(length, people=5, frames=4) + walk(length, people=0, frames=1)
    clip += walk(length, people=4, frames=3)
    steps = steps_of(built, clip, torch.Generator().manual_seed(length))
    flow = np.random.default_rng(length).normal(0, 3, (7, 72, 104, 2))
    flows = [None, *flow.astype(np.float32)]
    found = built["name_people"](steps, flows, measure, length)
    expected = named(steps, flows, measure, length, built["carry"])
    assert [one.tolist() for one in found] == expected
    for one in found:
        assert one.dtype == torch.long
        assert len(set(one.tolist())) == len(one)


def test_a_queue_bridges_a_gap_and_the_flow_a_crossing(built):
    """Two who swap places, one of whom is away for two frames."""
    shape = 4 * torch.rand(17, 2, generator=torch.Generator().manual_seed(9))
    steps, flows, true = [], [None], []
    for t in range(6):
        here = [1] if t in (1, 2) else [t % 2, 1 - t % 2]
        across = torch.tensor([5.0 + 20 * t, 95.0 - 20 * t])
        joints = (
            torch.stack([across, torch.full((2,), 30.0)], dim=1)[here, None] + shape
        )
        ones = torch.ones(len(here), 17)
        boxes = geometry.points_box(joints, ones)
        people = built["People"](joints, ones, ones[:, 0], boxes)
        steps.append(built["Step"](people, *[None] * 4))
        flow = np.full((60, 120, 2), [20.0, 0.0], np.float32)  # of the one on the left
        is_swapped = bool(across[0] > across[1])
        flow[:, 52:, 0] *= -1
        flows.append(-flow if is_swapped else flow)
        true.append(here)
    for length, names in ((5, 2), (1, 3)):
        ids = built["name_people"](steps, flows[:-1], "Flow", length)
        told = zip(torch.cat(ids).tolist(), itertools.chain(*true), strict=True)
        assert len(set(told)) == names


class Lamps(nn.Module):
    """Maps of stride 4 that show how red heads are, how green arms, how blue legs."""

    stride = 4

    def forward(self, images):
        return (images[:, KINDS] + 0.5)[..., ::4, ::4]


def lit(places, size=(100, 136)):
    """A picture (3, h, w) with a spot of each colour for each person, (P, 3, 2) px."""
    columns, rows = torch.arange(size[1]), torch.arange(size[0])
    grid = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)
    squared = (places[:, :, None, None] - grid).square().sum(dim=-1)
    return torch.exp(-squared / 50).sum(dim=0)


SPOTS = torch.tensor([[[32.0, 24.0], [24.0, 50.0], [40.0, 76.0]]])  # px
BOXES = torch.tensor([[8.0, 10.0, 48.0, 80.0], [9.0, 10.0, 48.0, 80.0]])


def test_people_are_found_where_they_stand_once_and_not_in_the_dark(built):
    spots = torch.cat([SPOTS, SPOTS + torch.tensor([56.0, 3.0])])
    image = lit(spots)
    boxes = torch.cat([BOXES, BOXES[:1] + torch.tensor([56.0, 3.0, 0.0, 0.0])])
    scores = torch.tensor([0.7, 0.9, 0.8])
    found = built["find_people"](Lamps(), image, boxes, scores, shift=0.75)
    assert torch.equal(found.boxes, boxes[1:])  # the surer of two twins, first
    assert (found.joints - spots[:, KINDS]).norm(
        dim=-1
    ).max() < 1.2  # px: a quarter cell
    mean = scores[1:] * found.heights.mean(dim=1)
    assert torch.allclose(found.scores, mean)
    assert found.heights.min() > 0.85
    both = built["find_people"](Lamps(), image, boxes, scores, alike=1.0)
    assert len(both.scores) == 3
    for picture, some in ((0 * image, boxes), (image, boxes[:0])):
        none = built["find_people"](Lamps(), picture, some, scores[: len(some)])
        assert (none.joints.shape, none.boxes.shape) == ((0, 17, 2), (0, 4))


@pytest.mark.parametrize("has_flow", [False, True])
def test_who_is_not_detected_is_carried(built, has_flow):
    step, clip, found = torch.tensor([5.0, 0.0]), [], []
    for t in range(6):
        image = lit(SPOTS + t * step)
        clip.append(SimpleNamespace(image=image, pixels=image))
        box = BOXES[:1] + t * torch.tensor([5.0, 0.0, 0.0, 0.0])
        found.append((box, torch.tensor([0.3 if t in (2, 3) else 0.9])))
    flows = [None] + [np.full((100, 136, 2), [5.0, 0.0], np.float32)] * 5
    steps = built["find_in_clip"](Lamps(), clip, found, flows, has_flow)
    counts = [len(one.people.scores) for one in steps]
    assert counts == ([1] * 6 if has_flow else [1, 1, 0, 0, 1, 1])
    assert [len(one.offered) for one in steps] == [0] + [int(has_flow)] * 5
    names = built["name_people"](steps, flows, "Flow", 5)
    assert {n for one in names for n in one.tolist()} == {0}
    if has_flow:
        for t, one in enumerate(steps):
            spots = (SPOTS + t * step)[:, KINDS]
            assert (one.people.joints - spots).norm(dim=-1).max() < 1.5
        sure = [one.people.scores.item() for one in steps]
        assert sure[1] > sure[2] > sure[3] < sure[4]


def test_the_loss_is_that_of_a_loop(built):
    rng = torch.Generator().manual_seed(10)
    maps = torch.rand(3, 5, 6, 7, generator=rng)
    joints, visible = 24 * torch.rand(3, 5, 2, generator=rng), torch.arange(15) % 3
    net = Lamps()
    net.forward = lambda _: maps
    batch = torch.zeros(3, 3, 24, 28), joints, visible.view(3, 5)
    total = 0.0
    for b, k, row, column in np.ndindex(maps.shape):
        x, y = (joints[b, k] / 4).tolist()
        target = math.exp(-((column - x) ** 2 + (row - y) ** 2) / 2)
        off = maps[b, k, row, column].item() - target
        total += off**2 / 2 * (batch[2][b, k].item() > 0)
    found = built["pose_loss"](net, batch)
    assert found.item() == pytest.approx(total / maps.numel(), rel=1e-4)


def test_perfect_clips_score_a_hundred_and_weak_joints_are_misses(built):
    frame = walk(11, people=3, gone=0.0)[0]
    frame = replace(frame, visible=torch.full((3, 17), 2))
    clip, flows = [frame] * 4, [None] + [np.zeros((72, 104, 2), np.float32)] * 3
    steps = steps_of(built, clip, torch.Generator().manual_seed(0))
    for one in steps:
        one.people.heights[:] = 0.9
        one.people.heights[:, 4] = 0.3
    for least, share in ((0.4, 16 / 17), (-np.inf, 1.0)):
        films = built["films_of"]([steps], "Bbox", [clip], [flows], least)
        expected = {"mAP": 100 * share, "MOTA": 100 * share, "switches": 0.0}
        assert built["scores_of"](films) == pytest.approx(expected)


def test_errors_of_the_flow_are_those_of_a_loop(built):
    clip, rng = CLIPS[1], np.random.default_rng(12)
    flows = [None, *rng.normal(0, 4, (5, 72, 104, 2)).astype(np.float32)]
    moves, errors = [], []
    for t, i, j in itertools.product(range(1, 6), range(4), range(4)):
        old, new = clip[t - 1], clip[t]
        if i >= len(new.ids) or j >= len(old.ids) or new.ids[i] != old.ids[j]:
            continue
        for k in range(17):
            if old.visible[j, k] == 2 and new.visible[i, k] > 0:
                start, goal = old.joints[j, k], new.joints[i, k]
                moved = built["carry"](start[None, None], flows[t])[0, 0]
                moves.append(math.dist(start.tolist(), goal.tolist()))
                errors.append(math.dist(moved.tolist(), goal.tolist()))
    found = built["flow_error"](clip, flows)
    np.testing.assert_allclose(found, [moves, errors], atol=1e-3)


def test_who_is_missed_is_missed_with_more_drop_out_too(built):
    runs = [built["detections_in"](1, share) for share in (0.0, 0.3, 0.3, 1.0)]
    assert all(len(run) == len(CLIPS[1]) for run in runs)
    for none, some, again, all_gone in zip(*runs, strict=True):
        rows = [{tuple(box) for box in one[0].tolist()} for one in (none, some)]
        assert rows[1] <= rows[0]
        assert torch.equal(some[0], again[0])
        assert len(all_gone[0]) <= len(some[0])


def test_true_people_score_one_and_those_of_another_picture_do_not():
    test = golden("groups", "train", "coco17")
    labels = test.keypoints, test.visible, test.boxes, test.areas

    def find_people(net, image, picture, scores, shift, least):
        own = test.image_index == picture
        return SimpleNamespace(joints=test.keypoints[own], scores=scores[own] + 0.5)

    parts = {"test": test, "find_people": find_people}
    parts["answer"] = metrics.coco_truth(*labels, test.image_ids[test.image_index])
    numbers = definitions("07", {"coco_numbers"}, around(**parts))["coco_numbers"]
    scores, count = torch.rand(len(test)), len(test.images)
    assert numbers(None, lambda m: (m, scores))["AP"] == pytest.approx(1.0)
    assert numbers(None, lambda m: ((m + 1) % count, scores))["AP"] < 0.1
