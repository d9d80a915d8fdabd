"""MOTA per joint: how well people are found and kept apart over the frames of clips."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from torch import Tensor

from course_lib.metrics.multi_person import ImagePeople, matching_distances

Floats, Ints, Bools = NDArray[np.float64], NDArray[np.int64], NDArray[np.bool_]


@dataclass(frozen=True)
class TrackedPeople(ImagePeople):
    """People of one frame of a clip: an `ImagePeople`, and who they are.

    ids: (P,) whole numbers, of the predictions; true_ids: (G,), of the true people.
    Each is unique within the frame; who has the same number in two frames is the same.
    """

    ids: Tensor
    true_ids: Tensor


@dataclass(frozen=True)
class Tracking:
    """What `mota` counts, each (K,), over all frames of all clips.

    objects: labels. misses: labels without a prediction. false_positives: predictions
    without a label. switches: changes of identity. distance: sum over the matches, in
    head sizes.
    """

    objects: Tensor
    misses: Tensor
    false_positives: Tensor
    switches: Tensor
    distance: Tensor

    @property
    def per_joint(self) -> Tensor:
        """MOTA (K,) in percent, 100 at best, NaN for a joint that is labelled nowhere.

        100 (1 - (misses + false positives + switches) / objects); may be negative.
        """
        errors = self.misses + self.false_positives + self.switches
        share = (errors / self.objects).where(self.objects > 0, torch.nan)
        return 100 * (1 - share)

    @property
    def total(self) -> float:
        """Mean of `per_joint`, in percent, without joints that are labelled nowhere."""
        return self.per_joint.nanmean().item()

    @property
    def motp(self) -> float:
        """100 (1 - mean distance of a match in head sizes), the mean of the joints.

        Joints without a match take no part; NaN where nothing matches.
        """
        mean = self.distance / (self.objects - self.misses)  # (K,), 0 / 0 is NaN
        return 100 * (1 - mean.nanmean().item())


def mota(clips: Sequence[Sequence[TrackedPeople]], alpha: float = 0.5) -> Tracking:
    """The errors of tracking in a set of clips, each a sequence of its frames.

    Each kind of joint is tracked for itself (CLEAR MOT, 2008). Two joints can match
    within alpha * head of the true person. In a frame, a person first keeps the
    prediction, by its id, that it matched last, however long ago, if both are there and
    can match; of several people who would keep one prediction, the one who had it last
    does. Of the rest as many as possible are paired, at the least total distance. It is
    a switch where a person's match has another id than its last one. A joint that has
    no label, or is not predicted (NaN), is not there.

    Ids count within their clip; scores take no part. Raises ValueError for nothing to
    score, ids that are not whole numbers or that a frame has twice, shapes that do not
    fit, or a head size that is not positive.

    PoseTrack (2018) has alpha 0.5 and prints `total`. Its program, as released, leaves
    out the last frame of each clip (pass `clip[:-1]` to do so), and counts a frame with
    nobody true or nobody predicted as one miss and one false positive of each joint.
    """
    if not clips or not all(map(len, clips)):
        raise ValueError("there is nothing to score: no clips, or one without frames")
    scenes = [[_matching(frame, alpha) for frame in clip] for clip in clips]
    counts = sorted({len(distance) for scene in scenes for distance, _, _ in scene})
    if len(counts) > 1:
        raise ValueError(f"all frames need the same number of joints, got {counts}")
    total = sum(map(_count, clips, scenes))  # (5, K)
    return Tracking(*torch.from_numpy(total[:4]).long(), torch.from_numpy(total[4]))


def _matching(frame: TrackedPeople, alpha: float) -> tuple[Floats, Ints, Ints]:
    """Distances (K, G, P) in head sizes, and how many joints (K,) are true, predicted.

    A distance is infinite where two joints cannot match.
    """
    distance, labelled = matching_distances(
        frame.pred, frame.truth, frame.visible, frame.head, alpha
    )
    predicted = ~frame.pred.isnan().any(dim=-1)  # (P, K)
    counts = [known.sum(dim=0).cpu().numpy() for known in (labelled, predicted)]
    return distance.cpu().double().permute(2, 1, 0).numpy(), *counts


def _count(
    clip: Sequence[TrackedPeople], scene: list[tuple[Floats, Ints, Ints]]
) -> Floats:
    """The fields of `Tracking` (5, K) for one clip."""
    people = _rows("true_ids", [(frame.true_ids, frame.truth) for frame in clip])
    tracks = _rows("ids", [(frame.ids, frame.pred) for frame in clip])
    joints = len(scene[0][0])
    partner = np.full((joints, 1 + max(row.max(initial=-1) for row in people)), -1)
    since = partner.copy()
    total = np.zeros((5, joints))
    frames = zip(people, tracks, scene, strict=True)
    for time, (row, track, (distance, objects, predicted)) in enumerate(frames):
        pairs = _pairs(distance, partner[:, row], since[:, row], track)  # (K, G, P)
        k, g, p = pairs.nonzero()
        last = partner[k, row[g]]
        is_switch = (last >= 0) & (last != track[p])
        partner[k, row[g]], since[k, row[g]] = track[p], time
        matches = pairs.sum(axis=(1, 2))
        switches = np.bincount(k[is_switch], minlength=joints)
        apart = np.bincount(k, distance[pairs], minlength=joints)
        total += [objects, objects - matches, predicted - matches, switches, apart]
    return total


def _rows(name: str, frames: list[tuple[Tensor, Tensor]]) -> list[Ints]:
    """The ids of each frame as numbers from 0, the same for the same id.

    frames: the ids, and the people they belong to. ValueError names wrong ids.
    """
    ids = [torch.as_tensor(own).cpu().numpy() for own, _ in frames]
    for number, (own, (_, people)) in enumerate(zip(ids, frames, strict=True)):
        if own.shape != (len(people),) or (own.size and own.dtype.kind not in "iu"):
            need = f"{name} of frame {number} must be ({len(people)},) whole numbers"
            raise ValueError(f"{need}, got {own.shape} of {own.dtype}")
        if len(np.unique(own)) < len(own):
            seen = sorted(own.tolist())
            raise ValueError(f"{name} of frame {number} must differ, got {seen}")
    known = np.unique(np.concatenate([own.astype(np.int64) for own in ids]))
    return [np.searchsorted(known, own) for own in ids]


def _pairs(distance: Floats, partner: Ints, since: Ints, tracks: Ints) -> Bools:
    """Who (K, G, P) is matched with which prediction in one frame.

    distance: (K, G, P), infinite for no match. partner, since: (K, G) the track that
    each person matched last and when, -1 for never. tracks: (P,).
    """
    pairs = np.isfinite(distance) & (partner[..., None] == tracks)
    latest = np.where(pairs, since[..., None], -1)
    pairs &= latest == latest.max(axis=1, keepdims=True, initial=-1)
    is_taken = pairs.any(axis=2, keepdims=True) | pairs.any(axis=1, keepdims=True)
    free = np.where(is_taken, np.inf, distance)
    for k in np.isfinite(free).any(axis=(1, 2)).nonzero()[0]:
        possible = np.isfinite(free[k])
        far = free[k][possible].sum() + 1  # more than all possible pairs together
        rows, columns = linear_sum_assignment(np.where(possible, free[k], far))
        pairs[k, rows, columns] |= possible[rows, columns]
    return pairs
