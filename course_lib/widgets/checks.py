"""What explorers of examples ask of their data; each refusal names what is wrong."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from .cascade_data import SkeletonLike


class Examples(Protocol):
    """N examples of K joints."""

    images: NDArray[np.uint8]
    truth: NDArray[np.float64]
    labelled: NDArray[np.bool_]
    torso: NDArray[np.float64]
    skeleton: SkeletonLike


def need(ok: bool, message: str) -> None:
    """Raises ValueError with the message unless ok."""
    if not ok:
        raise ValueError(message)


def need_shape(name: str, array: NDArray, wanted: tuple[int, ...]) -> None:
    """Raises ValueError unless the array has the wanted shape."""
    need(array.shape == wanted, f"{name} should have shape {wanted}, got {array.shape}")


def check_examples(data: Examples) -> None:
    """Pictures, true places, labels and torsos that fit each other."""
    count, joints = len(data.images), len(data.skeleton.joints)
    need(
        data.images.ndim == 4 and data.images.dtype == np.uint8 and count > 0,
        f"images are (N, H, W, 3) uint8, got {data.images.shape} {data.images.dtype}",
    )
    need_shape("truth", data.truth, (count, joints, 2))
    need_shape("visible", data.labelled, (count, joints))
    need_shape("torso", data.torso, (count,))
    need(
        bool(np.isfinite(data.truth[data.labelled]).all()),
        "truth holds NaN or infinity at a labelled joint",
    )
    positive = np.isfinite(data.torso).all() and (data.torso > 0).all()
    need(bool(positive), f"torso sizes are finite and above 0 px, got {data.torso}")
