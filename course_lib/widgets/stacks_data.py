"""What the explorer of stacked hourglasses is made of, checked once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_data import Cascade
from .checks import check_examples, need, need_shape

Floats = NDArray[np.float64]

KINDS = ("down", "skip", "up", "merged")  # in the order in which they are computed
HALF = 0.5  # torsos; a joint farther off counts as wrong


@dataclass(frozen=True, eq=False)
class Level:
    """One resolution of an hourglass.

    name: what the reader chooses. resolution: its cells (h, w). channels: how many
    maps were averaged. field: receptive field of a cell, image px across; one number,
    or one for each kind. down, skip, up, merged: mean activation (N, h, w), or None.
    """

    name: str
    resolution: tuple[int, int]
    channels: int
    field: int | Mapping[str, int]
    down: ArrayLike | None = None
    skip: ArrayLike | None = None
    up: ArrayLike | None = None
    merged: ArrayLike | None = None

    def mean(self, kind: str) -> Floats | None:
        """The mean activation (N, h, w) of a tensor, if there is one."""
        found = getattr(self, kind)
        return None if found is None else np.asarray(found, dtype=float)

    def reach(self, kind: str) -> int:
        """The receptive field of one cell of a tensor, image px across."""
        return int(self.field[kind] if isinstance(self.field, Mapping) else self.field)


@dataclass(frozen=True, eq=False)
class Stacks(Cascade):
    """Checked data of the explorer; see `stack_explorer` for shapes and units.

    A cascade that looks at the whole image every time, so without boxes and crops.
    """

    maps: Floats
    levels: tuple[Level, ...]

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

    @property
    def kinds(self) -> tuple[str, ...]:
        """The tensors that at least one level has."""
        levels = self.levels
        return tuple(k for k in KINDS if any(v.mean(k) is not None for v in levels))

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


def as_levels(value: Any) -> tuple[Level, ...]:
    """Levels from a sequence of `Level` or of dicts with its fields as keys."""
    known = [field.name for field in fields(Level)]
    made = []
    for part in value:
        if isinstance(part, Mapping):
            lacking = [name for name in known[:4] if name not in part]
            extra = [name for name in part if name not in known]
            need(
                not lacking and not extra,
                f"levels: a level has {known}; here {lacking} lack, {extra} are extra",
            )
            part = Level(**part)
        need(isinstance(part, Level), f"levels: a Level or a dict, got {type(part)}")
        made.append(part)
    return tuple(made)


def check(data: Stacks) -> Stacks:
    """The data itself. Raises ValueError naming what does not fit."""
    check_examples(data)
    count, joints = len(data.images), len(data.skeleton.joints)
    need(bool(data.labelled.any(axis=1).all()), "visible: an example has no label")
    shape = data.maps.shape
    need(
        len(shape) == 5 and shape[1:3] == (count, joints) and min(shape) > 0,
        f"maps should have shape (S, {count}, {joints}, h, w), got {shape}",
    )
    image = data.images.shape[1:3]
    need(
        data.stride > 0,
        f"maps of {shape[3:]} cells do not cover images of {image} px with square "
        "cells of whole px",
    )
    need_shape("poses", data.poses, (shape[0], count, joints, 2))
    for name in ("maps", "poses"):
        found = np.isfinite(getattr(data, name)).all()
        need(bool(found), f"{name} hold NaN or infinity")
    _check_levels(data)
    return data


def _check_levels(data: Stacks) -> None:
    """Levels that shrink, each with cells that cover the images."""
    levels, image = data.levels, data.images.shape[1:3]
    need(len(levels) > 0, "levels are empty")
    names = [level.name for level in levels]
    need(len(set(names)) == len(names), f"levels need distinct names, got {names}")
    need(len(data.kinds) > 0, "levels hold no activations")
    for level in levels:
        _check_level(level, data)
    for above, below in pairwise(levels):
        strides = [stride_of(level.resolution, image) for level in (above, below)]
        need(
            strides[0] < strides[1],
            "levels go from the highest resolution to the lowest, but "
            f"{above.resolution} is followed by {below.resolution}",
        )


def _check_level(level: Level, data: Stacks) -> None:
    """Numbers above 0 and mean activations of the level's own shape."""
    what, image = f"levels: {level.name!r}", data.images.shape[1:3]
    cells = tuple(level.resolution)
    need(
        len(cells) == 2 and min(cells) > 0 and stride_of(cells, image) > 0,
        f"{what}: {cells} cells do not cover images of {image} px",
    )
    need(level.channels > 0, f"{what}: channels are above 0, got {level.channels}")
    for kind in KINDS:
        values = level.mean(kind)
        if values is None:
            continue
        need_shape(f"{what}: {kind}", values, (len(data.images), *cells))
        need(bool(np.isfinite(values).all()), f"{what}: {kind} holds NaN or infinity")
        has_field = not isinstance(level.field, Mapping) or kind in level.field
        need(has_field, f"{what}: field lacks {kind!r}, got {level.field}")
        need(level.reach(kind) > 0, f"{what}: field is above 0 px, got {level.field}")
