"""Maps of every joint at every stage of a chain of networks, checked once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .cascade_data import Cascade
from .checks import check_examples, need, need_shape

Floats = NDArray[np.float64]

HALF = 0.5  # torsos; a joint farther off counts as wrong


@dataclass(frozen=True, eq=False)
class Mapped(Cascade):
    """A cascade that looks at the whole image every time: no boxes, no crops.

    maps: (S, N, K, h, w), from which the poses (S, N, K, 2) were decoded.
    """

    maps: Floats

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the images."""
        height, width = self.images.shape[1:3]
        return width, height

    @property
    def stride(self) -> int:
        """Image px per cell of the maps."""
        return stride_of(self.maps.shape[-2:], self.images.shape[1:3])

    @property
    def is_wrong(self) -> NDArray[np.bool_]:
        """Which predictions are more than half a torso off, (S, N, K)."""
        return self.errors > HALF * self.torso[:, None]  # False where no label is

    def place(self, joint: str) -> int:
        """The joint's place in the skeleton."""
        return list(self.skeleton.joints).index(joint)


def stride_of(cells: Sequence[int], image: Sequence[int]) -> int:
    """Image px per cell of a map (h, w) over an image (H, W); 0 if none fits.

    Cells may end short of the border, or reach beyond it, by less than one cell. Of
    two that fit as well, the larger.
    """
    (h, w), (height, width) = cells, image
    gaps = {s: (h * s - height, w * s - width) for s in range(1, max(image) + 1)}
    fitting = [s for s, gap in gaps.items() if max(map(abs, gap)) < s]
    return min(fitting, key=lambda s: (sum(map(abs, gaps[s])), -s), default=0)


def cell_at(place: Floats, cells: Sequence[int], stride: int) -> Floats:
    """Column and row of the cell of a map (h, w) nearest to an image place (x, y)."""
    last = np.array(cells[::-1]) - 1
    return np.clip((place + 0.5) // stride, 0, last)


def check_maps(data: Mapped, name: str, stages: str) -> None:
    """Examples, maps and poses that fit each other.

    name, stages: what the explorer calls the maps, and how many there are.
    """
    check_examples(data)
    count, joints = len(data.images), len(data.skeleton.joints)
    need(bool(data.labelled.any(axis=1).all()), "visible: an example has no label")
    shape = data.maps.shape
    need(
        len(shape) == 5 and shape[1:3] == (count, joints) and min(shape) > 0,
        f"{name} should have shape ({stages}, {count}, {joints}, h, w), got {shape}",
    )
    image = data.images.shape[1:3]
    need(
        data.stride > 0,
        f"{name} of {shape[3:]} cells do not cover images of {image} px with square "
        "cells of whole px",
    )
    need_shape("poses", data.poses, (shape[0], count, joints, 2))
    for what, values in ((name, data.maps), ("poses", data.poses)):
        need(bool(np.isfinite(values).all()), f"{what} hold NaN or infinity")
