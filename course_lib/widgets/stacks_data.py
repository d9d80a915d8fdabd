"""What the explorer of stacked hourglasses is made of, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .checks import need, need_shape
from .maps_data import Floats, Mapped, check_maps, stride_of

KINDS = ("down", "skip", "up", "merged")  # in the order in which they are computed


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
class Stacks(Mapped):
    """Checked data of the explorer; see `stack_explorer` for shapes and units."""

    levels: tuple[Level, ...]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The tensors that at least one level has."""
        levels = self.levels
        return tuple(k for k in KINDS if any(v.mean(k) is not None for v in levels))


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
    check_maps(data, "maps", "S")
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
