"""Chapter 11's losses, its teacher and its metrics, against answers found another way.

The definitions are run as they stand in the notebook, without its data.
"""

import contextlib
import io
import math
from functools import partial
from types import SimpleNamespace

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from chapter_definitions import answers
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from surface_people import chapter, some_people, two_in_one
from torch import nn

from course_lib import dense, geometry
from course_lib.scenes import Scenes, alone


@pytest.fixture(scope="module")
def built():
    return chapter()


@pytest.fixture(scope="module")
def reference():
    return answers("11")


@pytest.fixture(scope="module")
def people():
    return some_people()


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# --- Answers and losses --------------------------------------------------------------


def value_at(maps, view, point):
    """The values (C,) of maps (C, h, w) at a px, by hand."""
    height, width = maps.shape[-2:]
    x, y, w, h = view.tolist()
    column = (point[0].item() - x + 0.5) / w * width - 0.5
    row = (point[1].item() - y + 0.5) / h * height - 0.5
    column, row = min(max(column, 0), width - 1), min(max(row, 0), height - 1)
    left, top = min(int(column), width - 2), min(int(row), height - 2)
    a, b = column - left, row - top
    upper = (1 - a) * maps[:, top, left] + a * maps[:, top, left + 1]
    lower = (1 - a) * maps[:, top + 1, left] + a * maps[:, top + 1, left + 1]
    return (1 - b) * upper + b * lower


@pytest.mark.parametrize("views", [2, 6])
def test_an_answer_is_read_bilinearly(built, views):
    generator = seeded(views)
    maps = torch.randn(views, 4, 5, 7, generator=generator)
    boxes = torch.tensor([[3.0, -2.0, 14.0, 20.0]]) + torch.arange(views)[:, None]
    points = 24 * torch.rand(6, 9, 2, generator=generator) - 2
    found = built["Answer"](maps, boxes).at(points)
    for n in range(6):
        row = n * views // 6
        for p in range(9):
            wanted = value_at(maps[row], boxes[row], points[n, p])
            assert torch.allclose(found[n, p], wanted, atol=1e-4)


def test_both_systems_see_the_same_place(built):
    """A point that is lit is found by either, to a cell."""
    image = torch.zeros(1, 3, 128, 128)
    point = torch.tensor([[[61.0, 45.0]]])
    image[..., 43:48, 59:64] = 1
    boxes = torch.tensor([[30.0, 20.0, 56.0, 56.0]])
    grid = dense.pixel_places(128, 128, "cpu").reshape(1, -1, 2)
    grid = grid[:, geometry.in_boxes(grid, boxes)[0]]
    for kind in ("Whole", "Regions"):
        net = built[kind](Bare(), nn.Identity())
        values = net(image, boxes).at(grid)[0, :, 0]
        centre = (grid[0] * values[:, None]).sum(dim=0) / values.sum()
        assert (centre - point[0, 0]).abs().max() < 1.5


class Bare(nn.Module):
    """A pyramid that copies the picture, px x at cell x / 4, as the trunk does."""

    def forward(self, images):
        blurred = F.avg_pool2d(F.pad(images, (2, 2, 2, 2)), 5, stride=1)
        return [blurred[:, :1, ::4, ::4]]


def test_coarse_targets_are_those_of_a_loop(built, people):
    rows = torch.tensor([0, 1, 2])
    scenes, _ = alone(people, rows, 96)
    boxes = geometry.expand_box(scenes.boxes, 1.2)
    answer = built["Answer"](torch.zeros(3, 90, 8, 6), boxes)
    found = built["coarse_target"](answer, scenes)
    for n in range(3):
        x, y, w, h = boxes[n].tolist()
        for row in range(8):
            for column in range(6):
                px = round(x - 0.5 + w * (column + 0.5) / 6)
                py = round(y - 0.5 + h * (row + 0.5) / 8)
                part = 0
                if 0 <= px < 96 and 0 <= py < 96:
                    part = int(scenes.parts[n, py, px])
                assert found[n, row, column] == built["TO_COARSE"][part]


def test_others_are_background_in_a_persons_view(built, people):
    scenes = two_in_one(people)
    everything = torch.tensor([[0.0, 0.0, 64.0, 32.0]]).repeat(2, 1)
    answer = built["Answer"](torch.zeros(2, 90, 32, 64), everything)
    left, right = built["coarse_target"](answer, scenes)
    wanted = built["TO_COARSE"][scenes.parts[0]]
    assert torch.equal(left[:, :32], wanted[:, :32])
    assert not left[:, 32:].any()
    assert torch.equal(right[:, 32:], wanted[:, 32:])
    picture = built["Answer"](torch.zeros(1, 90, 32, 64), everything[:1])
    assert torch.equal(built["coarse_target"](picture, scenes)[0], wanted)


def test_errors_at_points_are_those_of_the_exercise(built, reference):
    generator = seeded(0)
    maps = torch.randn(3, 90, 6, 9, generator=generator)
    views = torch.tensor([[0.0, 0.0, 9.0, 6.0]]).repeat(3, 1)
    points = torch.rand(3, 8, 2, generator=generator) * torch.tensor([8.0, 5.0])
    labels = torch.randint(25, (3, 8), generator=generator)
    uv = torch.rand(3, 8, 2, generator=generator)
    values = built["Answer"](maps, views).at(points)
    entropy, error = built["point_errors"](values, labels, uv)
    _, logits, u, v = maps.split(built["CHANNELS"], dim=1)
    count = int((labels > 0).sum())
    wanted = reference["densepose_loss"](logits, u, v, points, labels, uv, 1.0, 0.0)
    assert entropy.item() == pytest.approx(wanted.item(), rel=1e-4)
    wanted = reference["densepose_loss"](logits, u, v, points, labels, uv, 0.0, 1.0)
    assert count * error.item() == pytest.approx(wanted.item(), rel=1e-4)


def test_without_a_gate_all_channels_learn_alike(built):
    values = torch.randn(1, 2, 90, generator=seeded(1)).requires_grad_()
    labels, uv = torch.tensor([[7, 0]]), torch.rand(1, 2, 2, generator=seeded(2))
    for is_gated, wanted in ((True, [7]), (False, list(range(25)))):
        _, error = built["point_errors"](values, labels, uv, is_gated)
        (slope,) = torch.autograd.grad(error, values)
        _, logits, u, v = slope[0, 0].split(built["CHANNELS"])
        assert (
            u.nonzero().flatten().tolist() == v.nonzero().flatten().tolist() == wanted
        )
        assert not logits.any()
        assert not slope[0, 1].any()


def test_bodies_are_half_of_a_mask(built):
    """The loss is that of a loop, and as much background again changes nothing."""
    generator = seeded(4)
    logits = torch.randn(2, 15, 5, 7, generator=generator)
    labels = torch.randint(1, 15, (2, 5, 7), generator=generator)
    labels[:, :3] = 0
    sums, counts = [0.0, 0.0], [0, 0]
    for n, row, column in np.ndindex(2, 5, 7):
        label = int(labels[n, row, column])
        sums[label > 0] -= logits[n, :, row, column].log_softmax(dim=0)[label].item()
        counts[label > 0] += 1
    wanted = pytest.approx((sums[0] / counts[0] + sums[1] / counts[1]) / 2, rel=1e-5)
    assert built["mask_loss"](logits, labels).item() == wanted
    more = torch.cat([logits, logits[:, :, :3]], dim=2)
    nobody = torch.cat([labels, labels[:, :3]], dim=1)
    assert built["mask_loss"](more, nobody).item() == wanted
    half = built["mask_loss"](logits[:, :, :3], labels[:, :3])  # nobody at all
    assert half.item() == pytest.approx(sums[0] / counts[0] / 2, rel=1e-5)


def test_scenes_without_points_have_a_finite_loss(built, people):
    scenes = two_in_one(people)
    scenes = Scenes(**{**vars(scenes), "labels": torch.zeros_like(scenes.labels)})
    maps = torch.randn(2, 90, 8, 8).requires_grad_()
    loss = built["surface_loss"](built["Answer"](maps, scenes.boxes), scenes)
    loss.backward()
    assert loss.isfinite()
    assert maps.grad[:, : built["COARSE"]].any()
    assert not maps.grad[:, built["COARSE"] :].any()


def test_a_surface_is_read_as_in_a_loop(built):
    values = 2 * torch.randn(40, 90, generator=seeded(3))
    values[:, 0] += 3  # half of them background
    labels, uv = built["read_surface"](values)
    body, _ = built["read_surface"](values, is_all_body=True)
    assert 5 < int((labels == 0).sum()) < 35
    for row, label, (u, v), anyhow in zip(
        values.tolist(), labels.tolist(), uv.tolist(), body.tolist(), strict=True
    ):
        coarse, parts = row[:15], row[15:40]
        share = math.exp(coarse[0]) / sum(map(math.exp, coarse))
        best = max(range(1, 25), key=parts.__getitem__)
        assert anyhow == best
        assert label == (0 if share >= 0.5 else best)
        wanted = [min(max(row[start + best], 0), 1) for start in (40, 65)]
        assert [u, v] == pytest.approx(wanted if label else [0, 0], abs=1e-6)


def test_a_teacher_is_asked_where_the_points_are(built, people, monkeypatch):
    """One that knows the truth tells it, to a px of the picture that it sees."""

    def teacher(images, boxes):
        assert (
            (images == -0.5).all(dim=1) == (truth[-1].owner < 0)
        ).float().mean() > 0.9
        parts = F.one_hot(truth[-1].parts, 25).permute(0, 3, 1, 2).float()
        maps = torch.zeros(len(images), 90, 128, 128)
        maps[:, 15:40] = 9 * parts
        maps[:, 40:65] = 0.25
        view = torch.tensor([[0.0, 0.0, 128.0, 128.0]]).repeat(len(images), 1)
        return built["Answer"](maps, view)

    truth = []

    def spied(*given):
        scenes, affine = alone(*given)
        truth.append(scenes)
        return scenes, affine

    monkeypatch.setitem(built, "alone", spied)
    few = people.with_fewer(10)
    taught = built["teach"](teacher, few, 0)
    assert taught.points.shape == (len(people), 30, 2)
    assert torch.equal(taught.labels[:, :10], few.labels)
    column, row = taught.points.long().unbind(dim=-1)
    true = torch.stack(
        [maps[0, y, x] for maps, y, x in zip(people.iuv, row, column, strict=True)]
    )
    assert (taught.labels == true).float().mean() > 0.85  # a px off at borders
    assert (taught.uv[:, 10:, 0] == 0.25).all()


@pytest.mark.parametrize(("has_second", "stages"), [(False, 1), (True, 2)])
def test_joints_come_with_the_surface(built, people, has_second, stages):
    scenes = two_in_one(people)
    pyramid = built["Pyramid"](built["TRUNK"], built["FEATURES"])
    net = built["WithJoints"](pyramid, 17, has_second)
    answer = net(scenes.images, scenes.boxes)
    assert answer.maps.shape == (2, 90, 28, 28)
    assert answer.joints.shape == (2, 17, 28, 28)
    count, one = 0, answer
    while one is not None:
        count, one = count + 1, one.before
    assert count == stages
    loss = built["all_losses"](answer, scenes)
    wanted = sum(
        built["surface_loss"](part, scenes)
        + built["JOINT_WEIGHT"] * built["joint_loss"](part, scenes)
        for part in (answer, answer.before)
        if part is not None
    )
    assert loss.item() == pytest.approx(wanted.item(), rel=1e-5)


def test_a_joint_is_one_cell_among_all(built):
    logits = torch.randn(2, 3, 5, 4, generator=seeded(5))
    views = torch.tensor([[10.0, 20.0, 8.0, 20.0], [0.0, 0.0, 4.0, 5.0]])
    joints = torch.tensor([[[10.0, 20.0], [17.4, 39.4], [17.6, 30.0]],
                           [[0.0, 0.0], [3.0, 4.0], [1.2, 2.0]]])  # fmt: skip
    visible = torch.tensor([[2, 2, 2], [1, 2, 0]])
    scenes = SimpleNamespace(keypoints=joints, visible=visible)
    answer = built["Answer"](torch.zeros(2, 90, 5, 4), views, logits)
    log = logits.flatten(2).log_softmax(dim=-1)
    wanted = -(log[0, 0, 0] + log[0, 1, 19] + log[1, 1, 19]) / 3
    assert built["joint_loss"](answer, scenes).item() == pytest.approx(wanted.item())


# --- Metrics -------------------------------------------------------------------------


def some_distances(generator, count=200):
    far = -0.1 * torch.rand(count, generator=generator).log()
    far[::17] = torch.inf
    far[::13] = 0.0
    return far


@pytest.mark.parametrize("a", [0.1, 0.3])
def test_the_area_is_that_of_the_curve(built, reference, a):
    far = some_distances(seeded(0))
    thresholds = (torch.arange(20000) + 0.5) / 20000 * a
    curve = built["ratio_curve"](far, thresholds)
    assert built["area_under"](far, a) == pytest.approx(curve.mean().item(), abs=1e-3)
    assert built["area_under"](far, a) == pytest.approx(reference["rcp_auc"](far, a))


def test_similarity_is_that_of_the_exercise(built, reference):
    far = some_distances(seeded(1)).view(8, 25)
    is_point = torch.rand(8, 25, generator=seeded(2)) < 0.7
    known = far.where(is_point, torch.nan)
    for kappa in (0.255, torch.rand(8, 25, generator=seeded(3)) + 0.05):
        found = built["similarity"](far, is_point, kappa)
        assert torch.allclose(found, reference["gps"](known, kappa), atol=1e-6)
    assert built["similarity"](torch.tensor([0.3]), torch.ones(1)).item() == (
        pytest.approx(0.5006, abs=1e-4)
    )


def gps_as_iou(run: COCOeval, likeness: dict, image, category):
    """Likeness (D, G) of a picture, where COCO's evaluation asks for IoU."""
    found = run._dts[image, category]
    if not found or not run._gts[image, category]:
        return []
    order = np.argsort([-one["score"] for one in found], kind="mergesort")
    return likeness[image][order[: run.params.maxDets[-1]]]


def coco_precisions(likeness: dict, scores: list) -> dict[float, float]:
    """COCO's AP by threshold, of pictures with likeness (D, G) and scores (D,)."""
    truth, found = [], []
    for (image, table), own in zip(likeness.items(), scores, strict=True):
        box = {"image_id": image, "category_id": 1, "bbox": [0, 0, 9, 9], "area": 81}
        for _ in range(table.shape[1]):
            truth.append({**box, "id": len(truth) + 1, "iscrowd": 0})
        found += [{**box, "score": score} for score in own.tolist()]
    known = COCO()
    known.dataset = {
        "images": [{"id": image} for image in likeness],
        "annotations": truth,
        "categories": [{"id": 1, "name": "person"}],
    }
    with contextlib.redirect_stdout(io.StringIO()):
        known.createIndex()
        run = COCOeval(known, known.loadRes(found), "bbox")
        run.computeIoU = partial(gps_as_iou, run, likeness)
        run.evaluate()
        run.accumulate()
    wanted = run.eval["precision"][:, :, 0, 0, -1].mean(axis=1)
    return dict(zip(run.params.iouThrs.tolist(), wanted.tolist(), strict=True))


def assert_as_coco(built, likeness, scores):
    """The chapter's precision is COCO's at each of its thresholds."""
    tables = [torch.from_numpy(table) for table in likeness.values()]
    for least, wanted in coco_precisions(likeness, scores).items():
        value = built["precision"](tables, scores, least)
        assert value == pytest.approx(wanted, abs=1e-9)


@pytest.mark.parametrize("seed", range(6))
def test_precision_is_that_of_coco(built, seed):
    rng = np.random.default_rng(seed)
    likeness, scores = {}, []
    for image in range(1, 13):
        count, more = rng.integers(1, 5), rng.integers(0, 6)
        likeness[image] = rng.random((more, count))
        own = rng.permutation(1000)[:more] / 1000 + image * 1e-5
        scores.append(torch.from_numpy(own))
    assert_as_coco(built, likeness, scores)


def test_precision_takes_the_hit_at_the_recall_itself(built):
    """A hundred people: each recall is one of COCO's thresholds."""
    rng = np.random.default_rng(7)
    likeness = {image: rng.random((4, 4)) ** 0.25 for image in range(1, 26)}
    order = rng.permutation(100).reshape(25, 4) / 100
    assert_as_coco(built, likeness, [torch.from_numpy(own) for own in order])


def test_right_answers_are_perfect_in_a_report(built):
    far = torch.zeros(6, 4)
    likeness = torch.eye(3).repeat(2, 1)
    is_point = torch.ones(6, 4).bool()
    is_point[5] = False  # somebody who is not seen
    ones = torch.ones(6)
    scores = torch.linspace(0.1, 0.9, 6)
    found = built["Report"](far, far.long(), likeness, ones, scores, is_point).numbers()
    for name in ("AUC10", "AUC30", "GPS", "GPSm", "AP", "AP50"):
        assert found[name] == pytest.approx(100)
    assert found["median"] == found["missed"] == 0
    lost = torch.where(torch.arange(4) > 0, far, torch.inf)
    lost = built["Report"](lost, far.long(), likeness, ones, scores, is_point)
    assert lost.numbers()["missed"] == pytest.approx(25)
    halved = built["Report"](far, far.long(), likeness, ones / 4, scores, is_point)
    assert halved.numbers()["GPSm"] == pytest.approx(50)
    assert halved.numbers()["GPS"] == pytest.approx(100)


def test_the_truth_is_judged_to_be_right(built, people, monkeypatch):
    scenes = two_in_one(people)
    parts = F.one_hot(scenes.parts, 25).permute(0, 3, 1, 2).float()
    maps = torch.zeros(1, 90, 32, 64)
    maps[:, 0] = 20 * (scenes.parts == 0)
    maps[:, 1] = 20 * (scenes.parts > 0)
    maps[:, 15:40] = 9 * parts
    answer = built["Answer"](maps, torch.tensor([[0.0, 0.0, 64.0, 32.0]]))

    def apart(labels, uv, true_labels, true_uv):
        far = (labels != true_labels).float()
        return far.masked_fill((labels == 0) | (true_labels == 0), torch.inf)

    monkeypatch.setitem(built, "surface_distance", apart)
    places = dense.pixel_places(32, 64, "cpu")
    small = SimpleNamespace(pixel_places=lambda *_: places)
    monkeypatch.setitem(built, "dense", small)
    far, labels, likeness, iou, _ = built["judge"](answer, scenes.boxes, scenes, False)
    is_point = scenes.labels > 0
    is_right = (labels == scenes.labels)[is_point]
    assert is_right.float().mean() > 0.85  # px here are five times larger
    assert torch.equal(far[is_point] == 0, is_right)
    assert torch.allclose(iou, torch.ones(2))
    assert likeness[0, 0] > 0.85
    assert likeness[1, 1] > 0.85
    assert likeness[0, 1] == likeness[1, 0] == 0  # beyond the box
