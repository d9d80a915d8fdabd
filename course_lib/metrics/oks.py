"""Object keypoint similarity, and COCO's average precision through pycocotools."""

import contextlib
import copy
import io
from collections.abc import Sequence

import numpy as np
import torch
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from torch import Tensor

from course_lib.skeletons import Skeleton

NAMES = ("AP", "AP50", "AP75", "APm", "APl", "AR", "AR50", "AR75", "ARm", "ARl")
TINY = float(np.spacing(1))  # pycocotools adds it to every area


def oks(
    pred: Tensor,
    truth: Tensor,
    visible: Tensor,
    areas: Tensor,
    sigmas: Sequence[float] | Tensor,
) -> Tensor:
    """OKS (...): mean over labelled joints of exp(-d^2 / (2 area (2 sigma)^2)).

    pred, truth: (..., K, 2) px, visible: (..., K), areas: (...) px^2, sigmas: (K,).
    Shapes broadcast, so pred (D, 1, K, 2) against truth (G, K, 2) gives all pairs
    (D, G). Without a labelled joint the answer is NaN; a predicted NaN scores 0.
    """
    sigmas = torch.as_tensor(sigmas).to(truth)
    if pred.shape[-2:] != truth.shape[-2:] or sigmas.shape != truth.shape[-2:-1]:
        seen = f"{tuple(pred.shape)}, {tuple(truth.shape)}, {tuple(sigmas.shape)}"
        raise ValueError(f"need (..., K, 2) twice and K sigmas, got shapes {seen}")
    squared = (pred.to(truth) - truth).square().sum(dim=-1)  # (..., K)
    scale = 2 * (areas.to(truth)[..., None] + TINY) * (2 * sigmas) ** 2
    scores = (-squared / scale).exp().nan_to_num(nan=0.0)
    labelled = visible > 0
    return (scores * labelled).sum(dim=-1) / labelled.sum(dim=-1)


def coco_truth(
    keypoints: Tensor, visible: Tensor, boxes: Tensor, areas: Tensor, image_ids: Tensor
) -> dict:
    """People (N) as the COCO dictionary that `coco_ap` scores against."""
    flags = visible[..., None].to(keypoints)
    joints = torch.cat([keypoints, flags], dim=-1).flatten(1).tolist()
    columns = (joints, boxes.tolist(), areas.tolist(), image_ids.tolist())
    people = [
        {
            "id": number,
            "image_id": image,
            "category_id": 1,
            "iscrowd": 0,
            "bbox": box,
            "area": area,
            "keypoints": row,
            "num_keypoints": sum(flag > 0 for flag in row[2::3]),
        }
        for number, (row, box, area, image) in enumerate(zip(*columns, strict=True), 1)
    ]
    images = [{"id": image} for image in sorted(set(image_ids.tolist()))]
    category = [{"id": 1, "name": "person"}]
    return {"images": images, "annotations": people, "categories": category}


def coco_results(keypoints: Tensor, scores: Tensor, image_ids: Tensor) -> list[dict]:
    """Predictions keypoints (D, K, 2) with scores (D,), as a COCO result list.

    Raises ValueError for NaN, which pycocotools would count as a perfect match.
    """
    if keypoints.isnan().any() or scores.isnan().any():
        raise ValueError("COCO results must not hold NaN; drop or fill these joints")
    ones = torch.ones_like(keypoints[..., :1])
    joints = torch.cat([keypoints, ones], dim=-1).flatten(1).tolist()
    rows = zip(joints, scores.tolist(), image_ids.tolist(), strict=True)
    return [
        {"image_id": image, "category_id": 1, "keypoints": row, "score": score}
        for row, score, image in rows
    ]


def coco_ap(truth: dict, results: list[dict], skeleton: Skeleton) -> dict[str, float]:
    """COCO's ten keypoint numbers, "AP" to "ARl", by pycocotools.

    truth: a COCO dictionary (read from a file or made by `coco_truth`) whose keypoints
    are those of `skeleton`; its sigmas are used. results: see `coco_results`. At most
    20 predictions an image; -1 where an area range holds nobody, as in COCO. Raises
    ValueError if there is nobody to score or a count of joints is off.
    """
    people = truth["annotations"]
    if not people:
        raise ValueError("there is nobody to score: the truth has no annotations")
    for entry in (*people, *results):
        if len(entry["keypoints"]) != 3 * len(skeleton):
            need, seen = 3 * len(skeleton), len(entry["keypoints"])
            raise ValueError(f"{skeleton.name} needs {need} numbers each, got {seen}")
    unknown = {r["image_id"] for r in results} - {i["id"] for i in truth["images"]}
    if unknown:
        raise ValueError(f"results name images that the truth lacks: {min(unknown)}")
    if not results:
        return dict.fromkeys(NAMES, 0.0)
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools prints its steps
        coco = COCO()
        coco.dataset = truth
        coco.createIndex()
        found = coco.loadRes(copy.deepcopy(results))  # it writes into the list
        judge = COCOeval(coco, found, "keypoints")
        judge.params.kpt_oks_sigmas = np.array(skeleton.sigmas)
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return dict(zip(NAMES, judge.stats.tolist(), strict=True))
