"""What the flip aligner is made of: pairs of maps, decoded at every shift, checked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from .checks import need, need_shape

Floats = NDArray[np.float64]
Decode = Callable[[Floats], object]  # maps (M, h, w) -> (M, 2) cells, as (x, y)

PLAIN, MIRRORED, MEAN = "plain", "mirrored", "mean"
KINDS = (PLAIN, MIRRORED, MEAN)
SHIFTS = tuple(n / 4 for n in range(-8, 9))  # cells


def shifted(heatmap: Floats, shift: float) -> Floats:
    """A map (h, w) moved `shift` cells to the right, linear between cells.

    What comes in from beyond a border repeats the border.
    """
    columns = np.arange(heatmap.shape[1])
    return np.stack([np.interp(columns - shift, columns, row) for row in heatmap])


@dataclass(frozen=True, eq=False)
class Flips:
    """Checked data of the explorer; see `flip_aligner` for shapes and units."""

    maps: Floats
    truth: Floats
    decode: Decode
    curve: Floats
    score: str
    names: tuple[str, ...]
    stride: float
    single: float | None
    is_error: bool

    @property
    def exact(self) -> float:
        """The shift that aligns the two maps where cell u lies at pixel stride * u."""
        return (self.stride - 1) / self.stride

    @property
    def means(self) -> Floats:
        """The score at each shift, over all runs, (S,)."""
        return self.curve.mean(axis=0)

    def shown(self, kind: str, n: int, shift: float) -> Floats:
        """A map (h, w) of example n, from 0."""
        plain, mirrored = self.maps[n]
        if kind == PLAIN:
            return plain
        moved = shifted(mirrored, shift)
        return moved if kind == MIRRORED else (plain + moved) / 2

    @cached_property
    def places(self) -> dict[tuple[str, float], Floats]:
        """The decoded places (E, 2), cells, by kind of map and shift."""
        keys = [(kind, shift) for kind in KINDS for shift in SHIFTS]
        count = range(len(self.maps))
        maps = np.array([[self.shown(k, n, shift) for n in count] for k, shift in keys])
        flat = maps.reshape(-1, *maps.shape[-2:])
        found = np.asarray(self.decode(flat), dtype=float)
        need_shape("decode's result", found, (len(flat), 2))
        need(bool(np.isfinite(found).all()), "decode's result holds NaN or infinity")
        return dict(zip(keys, found.reshape(len(keys), len(self.maps), 2), strict=True))

    def error(self, kind: str, n: int, shift: float) -> float:
        """How far off the decoded place of example n is, px."""
        off = self.places[kind, shift][n] - self.truth[n]
        return float(self.stride * np.hypot(*off))


def check(data: Flips) -> Flips:
    """The data itself. Raises ValueError naming what does not fit."""
    shape = data.maps.shape
    need(
        len(shape) == 4 and shape[1] == 2 and min(shape) > 0,
        f"maps should have shape (E, 2, h, w), got {shape}",
    )
    need(bool(np.isfinite(data.maps).all()), "maps hold NaN or infinity")
    need_shape("truth", data.truth, (len(data.maps), 2))
    last = np.array(shape[:1:-1]) - 1
    inside = (data.truth >= -0.5) & (data.truth <= last + 0.5)
    need(bool(inside.all()), f"truth lies off the maps of {shape[2:]} cells")
    count = len(data.names)
    need(count == len(data.maps), f"{len(data.maps)} pairs of maps, {count} names")
    need(len(set(data.names)) == count, f"names differ, got {list(data.names)}")
    need(
        data.curve.ndim == 2 and len(data.curve) > 0,
        f"curve should have shape (S,) or (R, S), got {data.curve.shape}",
    )
    need_shape("curve", data.curve, (len(data.curve), len(SHIFTS)))
    need(bool(np.isfinite(data.curve).all()), "curve holds NaN or infinity")
    for name in ("stride", "single"):
        value = getattr(data, name)
        is_number = value is None or bool(np.isfinite(value))
        need(is_number, f"{name} is a finite number, got {value}")
    need(data.stride >= 1, f"stride is 1 px or more, got {data.stride}")
    return data
