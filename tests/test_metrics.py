"""Metrics against loops, pycocotools and published predictions."""

import contextlib
import io
import math
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from course_lib import metrics
from course_lib.skeletons import COCO17, CROWDPOSE14, LSP14, MPII16

quick = settings(max_examples=30, deadline=None)
seeds = st.integers(0, 10**6)
LIMBS = LSP14.limb_indices


def people(seed, count=7, joints=14):
    """Predictions, truth and visibility; errors of some 8 px on bodies of some 100."""
    generator = torch.Generator().manual_seed(seed)
    truth = torch.rand(count, joints, 2, generator=generator) * 100
    pred = truth + torch.randn(truth.shape, generator=generator) * 8
    visible = torch.randint(0, 3, (count, joints), generator=generator)
    return pred, truth, visible


def nan_equal(a, b):
    torch.testing.assert_close(a, b, equal_nan=True, check_dtype=False)


@quick
@given(seeds, st.floats(0.05, 1), st.sampled_from(["strict", "loose"]))
def test_pcp_equals_a_loop(seed, alpha, mode):
    pred, truth, visible = people(seed)
    expected = []
    for a, b in LIMBS:
        hits = []
        for p, g, v in zip(
            pred.tolist(), truth.tolist(), visible.tolist(), strict=True
        ):
            if v[a] == 0 or v[b] == 0:
                continue
            ends = math.dist(p[a], g[a]), math.dist(p[b], g[b])
            limit = alpha * math.dist(g[a], g[b])
            worst = max(ends) if mode == "strict" else sum(ends) / 2
            hits.append(worst <= limit)
        expected.append(sum(hits) / len(hits) if hits else math.nan)
    result = metrics.pcp(pred, truth, visible, LIMBS, alpha, mode)
    nan_equal(result, torch.tensor(expected))


def test_pcp_case_that_is_loose_correct_and_strict_wrong():
    truth = torch.tensor([[[0.0, 0.0], [10.0, 0.0]]])
    pred = torch.tensor([[[0.0, 7.0], [10.0, 1.0]]])  # 0.7 and 0.1 of the length
    visible = torch.ones(1, 2)
    assert metrics.pcp(pred, truth, visible, [(0, 1)], mode="strict").item() == 0
    assert metrics.pcp(pred, truth, visible, [(0, 1)], mode="loose").item() == 1


@quick
@given(seeds, st.floats(0.1, 10))
def test_pcp_properties(seed, scale):
    pred, truth, visible = people(seed)
    strict = metrics.pcp(pred, truth, visible, LIMBS)
    loose = metrics.pcp(pred, truth, visible, LIMBS, mode="loose")
    assert (loose.nan_to_num() >= strict.nan_to_num()).all()
    order = torch.randperm(len(pred))
    nan_equal(metrics.pcp(pred[order], truth[order], visible[order], LIMBS), strict)
    perfect = metrics.pcp(truth, truth, torch.ones(7, 14), LIMBS)
    assert (perfect == 1).all()
    scaled = metrics.pcp(pred * scale, truth * scale, visible, LIMBS)
    assert (scaled - strict).nan_to_num().abs().max() < 1e-6


@quick
@given(seeds, st.floats(0.02, 1))
def test_pck_and_pdj_equal_loops(seed, alpha):
    pred, truth, visible = people(seed)
    pred[0, 3] = torch.nan  # a missing prediction is wrong
    shoulder, hip = LSP14.index("left_shoulder"), LSP14.index("right_hip")
    for norm in ("given", "torso"):
        expected = []
        for k in range(14):
            hits = []
            for n in range(7):
                torso = visible[n, shoulder] > 0 and visible[n, hip] > 0
                if visible[n, k] == 0 or (norm == "torso" and not torso):
                    continue
                size = max(1.0, math.dist(truth[n, shoulder], truth[n, hip]))
                limit = alpha * (10.0 + n if norm == "given" else size)
                hits.append(math.dist(pred[n, k], truth[n, k]) <= limit)
            expected.append(sum(hits) / len(hits) if hits else math.nan)
        if norm == "given":
            result = metrics.pck(pred, truth, visible, torch.arange(7) + 10.0, alpha)
        else:
            result = metrics.pdj(pred, truth, visible, LSP14, [alpha])[0]
        nan_equal(result, torch.tensor(expected))


@quick
@given(seeds)
def test_curves_rise_and_do_not_depend_on_scale_or_order(seed):
    pred, truth, visible = people(seed)
    alphas = torch.linspace(0, 2, 21)
    curve = metrics.pdj(pred, truth, visible, LSP14, alphas)
    assert curve.shape == (21, 14)
    assert (curve.diff(dim=0).nan_to_num() >= 0).all()
    order = torch.randperm(7)
    again = metrics.pdj(
        pred[order] * 2, truth[order] * 2, visible[order], LSP14, alphas
    )
    nan_equal(again, curve)


def test_a_collapsed_torso_is_clamped():
    truth = torch.zeros(1, 14, 2)
    assert metrics.torso_diameter(truth, LSP14).tolist() == [1]
    assert metrics.torso_diameter(truth, LSP14, minimum=5).tolist() == [5]
    pred = truth + torch.tensor([0.15, 0.0])
    shares = metrics.pdj(pred, truth, torch.ones(1, 14), LSP14, [0.1, 0.2])
    assert shares.mean(dim=1).tolist() == [0, 1]


def test_the_torso_of_pck_is_the_other_diagonal():
    truth = torch.zeros(3, 14, 2)
    truth[:, LSP14.index("right_shoulder")] = torch.tensor([1.0, 2.0])
    truth[:, LSP14.index("left_hip")] = torch.tensor([4.0, 6.0])
    visible = torch.ones(3, 14)
    visible[1, LSP14.index("left_hip")] = 0
    truth[2] = 0
    size = metrics.torso_size(truth, visible, LSP14, minimum=2)
    assert size[[0, 2]].tolist() == [5, 2]
    assert size[1].isnan()


def test_nobody_labelled_is_unknown_and_nobody_at_all_is_an_error():
    pred, truth, visible = people(0)
    nothing = torch.zeros_like(visible)
    assert metrics.pcp(pred, truth, nothing, LIMBS).isnan().all()
    assert metrics.pdj(pred, truth, nothing, LSP14, [0.2]).isnan().all()
    result = metrics.pckh(pred, truth, nothing, torch.ones(7), LSP14)
    assert math.isnan(result.mean)
    assert math.isnan(result.pooled)
    assert metrics.oks(pred, truth, nothing, torch.ones(7), LSP14.sigmas).isnan().all()
    with pytest.raises(ValueError, match="there is nobody to score: N is 0"):
        metrics.pcp(pred[:0], truth[:0], visible[:0], LIMBS)
    with pytest.raises(ValueError, match="there is nobody to score"):
        metrics.coco_ap({"annotations": [], "images": []}, [], LSP14)


def test_wrong_shapes_are_named():
    pred, truth, visible = people(0)
    with pytest.raises(ValueError, match=r"got \(7, 13, 2\) and \(7, 14, 2\)"):
        metrics.pcp(pred[:, :13], truth, visible, LIMBS)
    with pytest.raises(ValueError, match=r"visible must be \(7, 14\), got \(7, 3\)"):
        metrics.pcp(pred, truth, visible[:, :3], LIMBS)
    with pytest.raises(ValueError, match=r"norm must be \(7,\).*got \(1,\)"):
        metrics.pck(pred, truth, visible, torch.ones(1), 0.5)
    with pytest.raises(ValueError, match="got 'soft'"):
        metrics.pcp(pred, truth, visible, LIMBS, mode="soft")
    sizes = torch.tensor([1.0] * 6 + [math.nan])
    with pytest.raises(
        ValueError, match="must be positive; 1 are not, the first is nan"
    ):
        metrics.pckh(pred, truth, visible, sizes, LSP14)
    with pytest.raises(ValueError, match=r"got shapes .*\(17,\)"):
        metrics.oks(pred, truth, visible, torch.ones(7), COCO17.sigmas)


def test_pckh_leaves_pelvis_and_thorax_out():
    pred, truth, visible = people(3, joints=16)
    sizes = metrics.head_size(torch.tensor([[5.0, 5, 30, 40]]).expand(7, -1))
    assert sizes.tolist() == pytest.approx([30] * 7)
    right = [MPII16.index("pelvis"), MPII16.index("thorax")]
    pred[:, right] = truth[:, right]
    result = metrics.pckh(pred, truth, visible, sizes, MPII16, alpha=0.3)
    assert result.per_joint[right].isnan().all()
    hits, shares = [], []
    for k in set(range(16)) - set(right):
        mine = [
            math.dist(pred[n, k], truth[n, k]) <= 9
            for n in range(7)
            if visible[n, k] > 0
        ]
        hits += mine
        shares += [np.mean(mine)] if mine else []
    assert result.pooled == pytest.approx(np.mean(hits))
    assert result.mean == pytest.approx(np.mean(shares))
    wrists = [MPII16.index("left_wrist"), MPII16.index("right_wrist")]
    expected = float(result.per_joint[wrists].mean())
    assert result.columns["wrist"] == pytest.approx(expected)
    assert "head" not in metrics.pckh(*people(0), torch.ones(7), LSP14).columns


def coco_case(skeleton, seed, images=6):
    """COCO truth and results of up to three people an image, some unlabelled."""
    rng = np.random.default_rng(seed)
    count = 3 * images
    pred, truth, visible = people(seed, count, len(skeleton))
    visible[rng.integers(count)] = 0
    image_ids = torch.arange(count) % images + 1
    areas = torch.from_numpy(rng.uniform(500, 20000, count)).float()
    low = truth.amin(dim=1)
    boxes = torch.cat([low, truth.amax(dim=1) - low], dim=-1)
    truth_file = metrics.coco_truth(truth, visible, boxes, areas, image_ids)
    scores = torch.from_numpy(rng.uniform(size=count)).float()
    return pred, truth, visible, areas, image_ids, truth_file, scores


def judge(truth, results, skeleton):
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(results), "keypoints")
    evaluation.params.kpt_oks_sigmas = np.array(skeleton.sigmas)
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.evaluate()
    return evaluation


@pytest.mark.parametrize("skeleton", [COCO17, LSP14, CROWDPOSE14], ids=lambda s: s.name)
@pytest.mark.parametrize("seed", range(3))
def test_oks_equals_pycocotools(skeleton, seed):
    case = coco_case(skeleton, seed)
    pred, truth, visible, areas, image_ids, truth_file, scores = case
    results = metrics.coco_results(pred, scores, image_ids)
    evaluation = judge(truth_file, results, skeleton)
    for image in image_ids.unique().tolist():
        rows = (image_ids == image).nonzero()[:, 0]
        ranked = rows[scores[rows].argsort(descending=True)]
        ours = metrics.oks(
            pred[ranked][:, None], truth[rows], visible[rows], areas[rows],
            skeleton.sigmas,
        )  # fmt: skip
        theirs = torch.from_numpy(evaluation.ious[image, 1]).float()
        known = (visible[rows] > 0).any(dim=-1)  # else pycocotools falls back on boxes
        torch.testing.assert_close(
            ours[:, known], theirs[:, known], atol=1e-5, rtol=1e-4
        )


def test_oks_at_a_known_distance():
    """exp(-1/2) at d = k * s and 1/2 at k * s * sqrt(2 ln 2), with k = 2 sigma."""
    sigma, area = 0.062, 900.0
    for factor, expected in ((1, math.exp(-0.5)), (math.sqrt(2 * math.log(2)), 0.5)):
        pred = torch.tensor([[[factor * 2 * sigma * 30, 0.0]]])
        truth, visible = torch.zeros(1, 1, 2), torch.ones(1, 1)
        score = metrics.oks(pred, truth, visible, torch.tensor([area]), [sigma])
        assert score.item() == pytest.approx(expected, rel=1e-5)
    missing = metrics.oks(pred * torch.nan, truth, visible, torch.tensor([1.0]), [1.0])
    assert missing.item() == 0


@pytest.mark.parametrize("skeleton", [COCO17, LSP14], ids=lambda s: s.name)
def test_ap_equals_pycocotools_and_knows_perfection(skeleton):
    pred, truth, visible, _, image_ids, truth_file, scores = coco_case(skeleton, 5)
    results = metrics.coco_results(pred, scores, image_ids)
    evaluation = judge(truth_file, metrics.coco_results(pred, scores, image_ids),
                       skeleton)  # fmt: skip
    with contextlib.redirect_stdout(io.StringIO()):
        evaluation.accumulate()
        evaluation.summarize()
    ours = metrics.coco_ap(truth_file, results, skeleton)
    assert list(ours.values()) == pytest.approx(evaluation.stats.tolist())
    assert "bbox" not in results[0]  # the caller's list stays as it was
    labelled = (visible > 0).any(dim=-1)
    perfect = metrics.coco_results(
        truth[labelled], scores[labelled], image_ids[labelled]
    )
    assert metrics.coco_ap(truth_file, perfect, skeleton)["AP"] == pytest.approx(1)
    assert metrics.coco_ap(truth_file, [], skeleton)["AP"] == 0


def test_ap_names_wrong_input():
    pred, _, _, _, image_ids, truth_file, scores = coco_case(LSP14, 0)
    results = metrics.coco_results(pred, scores, image_ids)
    with pytest.raises(ValueError, match="coco17 needs 51 numbers each, got 42"):
        metrics.coco_ap(truth_file, results, COCO17)
    with pytest.raises(ValueError, match="must not hold NaN"):
        metrics.coco_results(pred * torch.nan, scores, image_ids)
    results[0]["image_id"] = 99
    with pytest.raises(ValueError, match="images that the truth lacks: 99"):
        metrics.coco_ap(truth_file, results, LSP14)


REAL = os.environ.get("COURSE_REAL")
MPII = Path(REAL or ".") / "mpii"


@pytest.mark.skipif(not REAL or not MPII.is_dir(), reason="COURSE_REAL has no mpii")
@pytest.mark.parametrize(
    ("name", "alpha", "published"),
    # Of all 2,958 people of the validation set, by the official evaluator's rules.
    [("newell", 0.5, 88.4), ("newell", 0.2, 56.8), ("newell", 0.1, 21.2),
     ("tompson", 0.5, 82.3), ("tompson", 0.2, 58.4), ("tompson", 0.1, 28.9)],
)  # fmt: skip
def test_pckh_of_published_predictions(name, alpha, published):
    h5py = pytest.importorskip("h5py")
    with h5py.File(MPII / "annot" / "valid.h5") as file:
        truth = torch.from_numpy(file["part"][...])
        sizes = torch.from_numpy(file["normalize"][...])
    with h5py.File(MPII / "preds" / f"{name}.h5") as file:
        pred = torch.from_numpy(file["preds"][...]).to(truth)
    if pred.shape[-1] != 2:
        pred = pred.permute(2, 1, 0)
    visible = (truth > 0).all(dim=-1)
    result = metrics.pckh(pred, truth, visible, sizes, MPII16, alpha)
    # The file holds 1451 of the 2958 people. One person's share scatters by about 0.3,
    # so that the mean of half of them scatters by some 0.6 points about that of all.
    assert 100 * result.pooled == pytest.approx(published, abs=0.6)
    if (name, alpha) == ("tompson", 0.5):
        row = {"head": 96.6, "shoulder": 92.7, "elbow": 83.4, "wrist": 76.7,
               "hip": 81.9, "knee": 73.3, "ankle": 65.4}  # fmt: skip
        ours = {column: 100 * value for column, value in result.columns.items()}
        assert ours == pytest.approx(row, abs=1.0)
        assert 100 * result.mean == pytest.approx(81.4, abs=0.6)
    if name == "newell":
        # Knees and ankles are labelled less often: they weigh less in the pooled share.
        mean, pooled = {0.5: (88.1, 88.5), 0.2: (55.9, 56.5), 0.1: (20.7, 20.9)}[alpha]
        assert 100 * result.mean == pytest.approx(mean, abs=0.06)
        assert 100 * result.pooled == pytest.approx(pooled, abs=0.06)
