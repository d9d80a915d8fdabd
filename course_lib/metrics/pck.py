"""Percentage of correct keypoints: PCK, PDJ (torso) and PCKh (head)."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.metrics.checks import joint_errors, share
from course_lib.skeletons import Skeleton

HEAD_FACTOR = 0.6  # SC_BIAS of the official MPII evaluation
NOT_SCORED = ("pelvis", "thorax")
# The seven columns of an MPII table; "head" is the mean of upper neck and head top.
MPII_COLUMNS = {
    "head": ("upper_neck", "head_top"),
    "shoulder": ("left_shoulder", "right_shoulder"),
    "elbow": ("left_elbow", "right_elbow"),
    "wrist": ("left_wrist", "right_wrist"),
    "hip": ("left_hip", "right_hip"),
    "knee": ("left_knee", "right_knee"),
    "ankle": ("left_ankle", "right_ankle"),
}


def pck_curve(
    pred: Tensor,
    truth: Tensor,
    visible: Tensor,
    norm: Tensor,
    alphas: Sequence[float] | Tensor,
) -> Tensor:
    """Share (A, K) of each joint's labels within alpha * norm, for A thresholds.

    norm: (N,) px, one length per person. People whose norm is NaN are left out.
    """
    errors, labelled = joint_errors(pred, truth, visible)
    norm = torch.as_tensor(norm).to(errors)
    if norm.shape != errors.shape[:1]:
        seen = tuple(norm.shape)
        raise ValueError(f"norm must be ({len(errors)},), one a person, got {seen}")
    counted = labelled & ~norm.isnan()[:, None]
    limits = torch.as_tensor(alphas).to(errors)[:, None] * norm  # (A, N)
    return torch.stack([share(errors <= row[:, None], counted) for row in limits])


def pck(
    pred: Tensor, truth: Tensor, visible: Tensor, norm: Tensor, alpha: float
) -> Tensor:
    """Share (K,) of each joint's labels within alpha * norm (N,), see `pck_curve`."""
    return pck_curve(pred, truth, visible, norm, [alpha])[0]


def torso_diameter(
    keypoints: Tensor, skeleton: Skeleton, minimum: float = 1.0
) -> Tensor:
    """Distance (N,) in px from left shoulder to right hip, at least `minimum`.

    From the side these two can nearly coincide; the minimum keeps a norm or a crop
    made from the diameter from collapsing.
    """
    shoulder = keypoints[:, skeleton.index("left_shoulder")]
    hip = keypoints[:, skeleton.index("right_hip")]
    return (shoulder - hip).norm(dim=-1).clamp(min=minimum)


def torso_size(
    keypoints: Tensor, visible: Tensor, skeleton: Skeleton, minimum: float = 1.0
) -> Tensor:
    """PCK's norm on FLIC, (N,) px: right shoulder to left hip, at least `minimum`.

    NaN where one of the two has no label. This is the other diagonal than PDJ's, as
    in the papers.
    """
    ends = [skeleton.index("right_shoulder"), skeleton.index("left_hip")]
    length = (keypoints[:, ends[0]] - keypoints[:, ends[1]]).norm(dim=-1)
    is_labelled = (torch.as_tensor(visible)[:, ends] > 0).all(dim=-1)
    return length.clamp(min=minimum).where(is_labelled.to(length.device), torch.nan)


def pdj(
    pred: Tensor,
    truth: Tensor,
    visible: Tensor,
    skeleton: Skeleton,
    alphas: Sequence[float] | Tensor,
) -> Tensor:
    """Percent of detected joints, PDJ of DeepPose (2014), as shares (A, K).

    The norm is the true torso diameter; people whose left shoulder or right hip is
    not labelled are left out.
    """
    joint_errors(pred, truth, visible)  # complains of wrong shapes
    torso = [skeleton.index("left_shoulder"), skeleton.index("right_hip")]
    has_torso = (torch.as_tensor(visible)[:, torso] > 0).all(dim=-1)
    norm = torso_diameter(torch.as_tensor(truth), skeleton)
    norm = norm.masked_fill(~has_torso.to(norm.device), torch.nan)
    return pck_curve(pred, truth, visible, norm, alphas)


def head_size(head_boxes: Tensor) -> Tensor:
    """PCKh's norm (N,) in px: 0.6 of the diagonal of head rectangles (N, 4)."""
    return HEAD_FACTOR * head_boxes[:, 2:].norm(dim=-1)


@dataclass(frozen=True)
class PCKh:
    """Shares of correct joints. per_joint: (K,), NaN for joints that do not count.

    mean: of the joints that count, each the same weight. pooled: of all labels at
    once, the "Total" of the official MPII table. columns: that table's seven columns.
    """

    per_joint: Tensor
    mean: float
    pooled: float
    columns: dict[str, float]


def pckh(
    pred: Tensor,
    truth: Tensor,
    visible: Tensor,
    head_size: Tensor,
    skeleton: Skeleton,
    alpha: float = 0.5,
) -> PCKh:
    """PCKh at alpha (Andriluka and others, 2014) without pelvis and thorax.

    head_size: (N,) px from `head_size`, positive. A joint is right if its error is at
    most alpha * head_size. Raises ValueError for a head size that is not positive.
    """
    errors, labelled = joint_errors(pred, truth, visible)
    head_size = torch.as_tensor(head_size).to(errors)
    if not (head_size > 0).all():
        bad = head_size[~(head_size > 0)]
        seen = f"{len(bad)} are not, the first is {bad[0].item()}"
        raise ValueError(f"head sizes must be positive; {seen}; leave these people out")
    scored = torch.tensor([joint not in NOT_SCORED for joint in skeleton.joints])
    labelled = labelled & scored.to(labelled.device)
    per_joint = pck(pred, truth, labelled, head_size, alpha)
    correct = errors <= alpha * head_size[:, None]
    columns = {
        name: per_joint[[skeleton.index(joint) for joint in joints]].mean().item()
        for name, joints in MPII_COLUMNS.items()
        if set(joints) <= set(skeleton.joints)
    }
    pooled = share(correct.flatten(), labelled.flatten()).item()
    return PCKh(per_joint, per_joint.nanmean().item(), pooled, columns)
