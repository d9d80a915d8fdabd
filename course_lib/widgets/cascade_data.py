"""What the cascade's explorer is made of, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class SkeletonLike(Protocol):
    """What is used of `course_lib.skeletons.Skeleton`."""

    joints: Sequence[str]

    @property
    def limb_indices(self) -> Sequence[tuple[int, int]]: ...

    @property
    def colours(self) -> Sequence[str]: ...

    @property
    def joint_colours(self) -> Sequence[str]: ...


@dataclass(frozen=True)
class Cascade:
    """Checked data of the explorer; see `cascade_stepper` for shapes and units."""

    images: NDArray[np.uint8]
    truth: NDArray[np.float64]
    labelled: NDArray[np.bool_]
    poses: NDArray[np.float64]
    boxes: tuple[NDArray[np.float64], ...]
    crops: tuple[NDArray[np.uint8], ...]
    skeleton: SkeletonLike
    torso: NDArray[np.float64]

    @property
    def errors(self) -> NDArray[np.float64]:
        """Distance of every prediction to the truth, (S, N, K) px; NaN: no label."""
        far = np.linalg.norm(self.poses - self.truth, axis=-1)
        return np.where(self.labelled, far, np.nan)

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean error over an example's labelled joints, (S, N) px."""
        return np.nanmean(self.errors, axis=-1)

    def box(self, stage: int, example: int, joint: int) -> NDArray[np.float64]:
        """The box (x, y, w, h) that a stage looked at for a joint; all from 0."""
        boxes = self.boxes[stage][example]
        return boxes[min(joint, len(boxes) - 1)]

    def crop(self, stage: int, example: int, joint: int) -> NDArray[np.uint8]:
        """The pixels (h, w, 3) that a stage was fed for a joint; all from 0."""
        crops = self.crops[stage][example]
        return crops[min(joint, len(crops) - 1)]

    @property
    def crop_panel(self) -> tuple[int, int]:
        """Width and height of the panel for crops: the size of the last stage's."""
        height, width = self.crops[-1].shape[2:4]
        return width, height


def px(length: float) -> str:
    """A length as prose: one decimal, never parted from its unit."""
    return f"{length:.1f}\u00a0px"


def words(joint: str) -> str:
    """A joint's name as prose."""
    return joint.replace("_", " ")


def per_stage(value: Any, dims: int, what: str) -> tuple[NDArray, ...]:
    """One array (N, 1 or K, ...) per stage, from an array or a sequence of arrays."""
    arrays = tuple(np.asarray(part) for part in value)
    for stage, array in enumerate(arrays, start=1):
        if array.ndim != dims:
            raise ValueError(
                f"{what} of stage {stage} need {dims} axes, got shape {array.shape}"
            )
    return arrays


def _need(ok: bool, message: str) -> None:
    if not ok:
        raise ValueError(message)


def check(data: Cascade) -> Cascade:
    """The data itself. Raises ValueError naming what does not fit."""
    count, joints = len(data.images), len(data.skeleton.joints)
    shapes = {
        "truth": (data.truth.shape, (count, joints, 2)),
        "visible": (data.labelled.shape, (count, joints)),
        "poses": (data.poses.shape, (len(data.poses), count, joints, 2)),
        "torso": (data.torso.shape, (count,)),
    }
    _need(
        data.images.ndim == 4 and data.images.dtype == np.uint8 and count > 0,
        f"images are (N, H, W, 3) uint8, got {data.images.shape} {data.images.dtype}",
    )
    for name, (found, wanted) in shapes.items():
        _need(found == wanted, f"{name} should have shape {wanted}, got {found}")
    _need(len(data.poses) > 0, "poses hold no stage")
    _need(bool(np.isfinite(data.poses).all()), "poses hold NaN or infinity")
    _need(
        bool(np.isfinite(data.truth[data.labelled]).all()),
        "truth holds NaN or infinity at a labelled joint",
    )
    _need(bool(data.labelled.any(axis=1).all()), "an example has no labelled joint")
    positive = np.isfinite(data.torso).all() and (data.torso > 0).all()
    _need(bool(positive), f"torso sizes are finite and above 0 px, got {data.torso}")
    _check_stages(data, count, joints)
    return data


def _check_stages(data: Cascade, count: int, joints: int) -> None:
    """Boxes and crops: one of each per stage, example and joint (or one for all)."""
    stages = len(data.poses)
    for name, parts in (("boxes", data.boxes), ("crops", data.crops)):
        _need(len(parts) == stages, f"{stages} stages but {name} for {len(parts)}")
        for part in parts:
            _need(
                part.shape[0] == count and part.shape[1] in (1, joints),
                f"{name} should begin ({count}, {joints} or 1), got {part.shape}",
            )
    for boxes in data.boxes:
        good = np.isfinite(boxes).all() and boxes.shape[2] == 4
        _need(bool(good and (boxes[..., 2:] > 0).all()), "boxes are (x, y, w, h) > 0")
    for crops in data.crops:
        good = crops.dtype == np.uint8 and crops.shape[-1] == 3
        _need(good, f"crops are uint8 (..., h, w, 3), got {crops.shape} {crops.dtype}")
