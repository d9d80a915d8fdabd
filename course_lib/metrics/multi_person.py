"""Average precision per joint where an image holds several people, by MPII's rule."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class ImagePeople:
    """Predicted and true people of one image, P and G of them; P or G may be 0.

    pred: (P, K, 2) px, NaN where a joint is not predicted. scores: (P, K), higher means
    surer, read only where a joint is predicted. truth: (G, K, 2) px, visible: (G, K),
    head: (G,) px from `head_size`, positive.
    """

    pred: Tensor
    scores: Tensor
    truth: Tensor
    visible: Tensor
    head: Tensor


def assign_people(
    pred: Tensor, truth: Tensor, visible: Tensor, head: Tensor, alpha: float = 0.5
) -> Tensor:
    """Index (P,) of the true person that each prediction stands for, -1 for none.

    pred: (P, K, 2) px, truth: (G, K, 2) px, visible: (G, K), head: (G,) px. A joint
    matches within alpha * head of the true person. Each prediction keeps the true
    person of whose labelled joints it matches the largest share; each true person then
    takes the prediction with the largest share among those that kept it. The others get
    none, even where they also match somebody else. Scores take no part. Of equal shares
    the first counts. Raises ValueError for shapes that do not fit or a head size that
    is not positive. The rule of DeepCut (2016), as in its released evaluation.
    """
    return _assignment(*_matched_joints(pred, truth, visible, head, alpha))


def mpii_ap(images: Sequence[ImagePeople], alpha: float = 0.5) -> Tensor:
    """Average precision (K,) of each joint over a set of images, from 0 to 1.

    A predicted joint is right if it matches that joint of the true person that
    `assign_people` gives to its prediction. It is wrong if it lies elsewhere, if this
    joint has no label there, or if its prediction stands for nobody. A joint that is
    not predicted is neither, but its label stays in the denominator of the recall. NaN
    for a joint that is labelled nowhere. Raises ValueError for no image at all, shapes
    that do not fit, a head size that is not positive or a predicted joint whose score
    is NaN. MPII's multi-person AP (DeepCut, 2016) has alpha 0.5; tables print its mean
    over the joints.
    """
    if not images:
        raise ValueError("there is nothing to score: the list of images is empty")
    correct = [_correct_joints(image, alpha) for image in images]
    counts = sorted({joints.shape[1] for joints in correct})
    if len(counts) > 1:
        raise ValueError(f"all images need the same number of joints, got {counts}")
    is_true = torch.cat(correct)
    scores = torch.cat([image.scores for image in images])
    is_predicted = ~torch.cat([image.pred for image in images]).isnan().any(dim=-1)
    totals = torch.cat([image.visible > 0 for image in images]).sum(dim=0).tolist()
    columns = zip(scores.T, is_true.T, is_predicted.T, totals, strict=True)
    return torch.tensor(
        [average_precision(s[p], t[p], total) for s, t, p, total in columns]
    )


def average_precision(scores: Tensor, is_true: Tensor, total: int) -> float:
    """Area under precision over recall, from 0 to 1, NaN where total is 0.

    scores: (D,), is_true: (D,), total: how many could be found. The precision at a
    recall is the best at this recall or a higher one (PASCAL VOC's area over all
    points). Of equal scores the false ones count first: the lowest value that any order
    of them can give. So constant scores give precision times recall of the whole set.
    Raises ValueError for a NaN score, shapes that differ or more true ones than total.
    """
    scores, is_true = torch.as_tensor(scores), torch.as_tensor(is_true).bool()
    if scores.ndim != 1 or scores.shape != is_true.shape:
        seen = f"{tuple(scores.shape)} and {tuple(is_true.shape)}"
        raise ValueError(f"scores and is_true must both be (D,), got {seen}")
    if scores.isnan().any():
        seen = f"{int(scores.isnan().sum())} of {len(scores)} are NaN"
        raise ValueError(f"each prediction needs a score, {seen}")
    if is_true.sum() > total:
        seen = f"{int(is_true.sum())} of {total}"
        raise ValueError(f"more are true than can be found: {seen}")
    if total == 0:
        return torch.nan
    order = is_true.int().argsort(stable=True)  # false ones first, then by score
    order = order[scores[order].argsort(descending=True, stable=True)]
    hits = is_true[order]  # (D,)
    rank = torch.arange(1, len(hits) + 1, device=hits.device)
    precision = hits.cumsum(dim=0).double() / rank
    envelope = precision.flip(0).cummax(dim=0).values.flip(0)
    return (envelope[hits].sum() / total).item()  # each hit adds 1 / total of recall


def matching_distances(
    pred: Tensor, truth: Tensor, visible: Tensor, head: Tensor, alpha: float = 0.5
) -> tuple[Tensor, Tensor]:
    """Distances (P, G, K) of joints in head sizes, and the labelled mask (G, K).

    From each prediction's joint to that of each true person; infinite where the two do
    not match, by the rule and with the errors of `assign_people`.
    """
    match, labelled = _matched_joints(pred, truth, visible, head, alpha)
    distance = (pred.to(truth)[:, None] - truth).norm(dim=-1)
    distance = distance / head.to(truth)[:, None]
    return distance.masked_fill(~match, torch.inf), labelled


def _matched_joints(
    pred: Tensor, truth: Tensor, visible: Tensor, head: Tensor, alpha: float
) -> tuple[Tensor, Tensor]:
    """Whether (P, G, K) a joint matches a person's, and the labelled mask (G, K)."""
    truth = torch.as_tensor(truth)
    pred, head = torch.as_tensor(pred).to(truth), torch.as_tensor(head).to(truth)
    labelled = torch.as_tensor(visible).to(truth.device) > 0
    _check_people(pred, truth, labelled, head)
    distance = (pred[:, None] - truth).norm(dim=-1)  # (P, G, K), NaN: not predicted
    return (distance <= alpha * head[:, None]) & labelled, labelled


def _check_people(pred: Tensor, truth: Tensor, labelled: Tensor, head: Tensor) -> None:
    for name, points in (("pred", pred), ("truth", truth)):
        if points.ndim != 3 or points.shape[-1] != 2:
            raise ValueError(f"{name} must be (N, K, 2), got {tuple(points.shape)}")
    if pred.shape[1] != truth.shape[1]:
        seen = f"{pred.shape[1]} and {truth.shape[1]}"
        raise ValueError(f"pred and truth must have the same joints, got {seen}")
    for name, values, need in (
        ("visible", labelled, truth.shape[:2]),
        ("head", head, truth.shape[:1]),
    ):
        if values.shape != need:
            seen = tuple(values.shape)
            raise ValueError(f"{name} must be {tuple(need)}, got {seen}")
    bad = head[~(head > 0)]
    if len(bad):
        seen = f"{len(bad)} are not, the first is {bad[0].item()}"
        raise ValueError(f"head sizes must be positive; {seen}")


def _assignment(match: Tensor, labelled: Tensor) -> Tensor:
    """Index (P,) of true people from matches (P, G, K) and the labelled mask (G, K)."""
    count, people = match.shape[:2]
    person = torch.full((count,), -1, device=match.device)
    if count == 0 or people == 0:
        return person
    share = match.sum(dim=-1) / labelled.sum(dim=-1).clamp(min=1)  # (P, G)
    best = share.argmax(dim=1, keepdim=True)  # (P, 1)
    kept = share * (torch.arange(people, device=best.device) == best)  # (P, G)
    taken, winner = kept.max(dim=0)  # (G,) each
    found = (taken > 0).nonzero()[:, 0]
    person[winner[found]] = found
    return person


def _correct_joints(image: ImagePeople, alpha: float) -> Tensor:
    """Whether (P, K) a joint matches the person that its prediction stands for."""
    match, labelled = _matched_joints(
        image.pred, image.truth, image.visible, image.head, alpha
    )
    if image.scores.shape != image.pred.shape[:2]:
        need, seen = tuple(image.pred.shape[:2]), tuple(image.scores.shape)
        raise ValueError(f"scores must be {need}, got {seen}")
    person = _assignment(match, labelled)
    is_own = person[:, None] == torch.arange(len(labelled), device=person.device)
    return (match & is_own[..., None]).any(dim=1)  # (P, G, K) -> (P, K)
