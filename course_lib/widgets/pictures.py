"""The two primitives that hold pixels: pictures and maps of numbers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .palette import COLOUR_MAPS
from .primitives import Primitive, check_finite, set_field


def _fit(primitive: Any, what: str) -> None:
    """Give a picture its own size where none was asked for; check its place."""
    height, width = primitive.array.shape[:2]
    set_field(primitive, "w", float(width if primitive.w is None else primitive.w))
    set_field(primitive, "h", float(height if primitive.h is None else primitive.h))
    check_finite(what, x=primitive.x, y=primitive.y, w=primitive.w, h=primitive.h)
    if primitive.w <= 0 or primitive.h <= 0:
        raise ValueError(f"{what} needs a size above 0: {primitive.w}, {primitive.h}")


@dataclass(frozen=True, eq=False)
class Image(Primitive):
    """A picture in the box (x, y, w, h); by default one unit per pixel.

    array: (H, W, 3) or (H, W) uint8. smooth: blend pixels when magnified; else
    they show as squares, which is how to show what a network is fed.
    """

    CODE = "i"
    PLACE = ("array",)
    array: NDArray[np.uint8]
    x: float = 0.0
    y: float = 0.0
    w: float | None = None
    h: float | None = None
    smooth: bool = True
    alpha: float = 1.0

    def __post_init__(self) -> None:
        array = np.asarray(self.array)
        is_colour = array.ndim == 3 and array.shape[2] == 3
        if array.dtype != np.uint8 or not (array.ndim == 2 or is_colour):
            raise ValueError(
                "Image takes (H, W, 3) or (H, W) uint8, "
                f"got {array.shape} {array.dtype}"
            )
        set_field(self, "array", array)
        _fit(self, "Image")


@dataclass(frozen=True, eq=False)
class HeatMap(Primitive):
    """A map of numbers laid over the box (x, y, w, h).

    array: (h, w) uint8, where 0 stands for `low` and 255 for `high`
    (`heat_map` makes it from floats). fade: let low values show what is below.
    """

    CODE = "h"
    PLACE = ("array", "low", "high")
    array: NDArray[np.uint8]
    low: float = 0.0
    high: float = 1.0
    x: float = 0.0
    y: float = 0.0
    w: float | None = None
    h: float | None = None
    colours: str = "viridis"
    alpha: float = 1.0
    fade: bool = False
    smooth: bool = False

    def __post_init__(self) -> None:
        array = np.asarray(self.array)
        if array.dtype != np.uint8 or array.ndim != 2:
            raise ValueError(
                f"HeatMap takes (h, w) uint8, got {array.shape} {array.dtype}"
            )
        if self.colours not in COLOUR_MAPS:
            raise ValueError(f"no colour map {self.colours!r}: {list(COLOUR_MAPS)}")
        check_finite("HeatMap", low=self.low, high=self.high)
        set_field(self, "array", array)
        _fit(self, "HeatMap")


def heat_map(
    values: ArrayLike,
    stride: float = 1.0,
    colours: str = "viridis",
    alpha: float = 1.0,
    fade: bool = False,
) -> HeatMap:
    """A HeatMap of floats (h, w) that covers the image they were computed from.

    stride: image pixels per cell; cell u lies at pixel stride * u + (stride - 1) / 2.
    colours, alpha, fade: as in `HeatMap`. A constant map is drawn as all low.
    Raises ValueError for values that are not finite or not (h, w).
    """
    array = np.asarray(values, dtype=float)
    if array.ndim != 2 or not array.size or not np.isfinite(array).all():
        raise ValueError(f"heat_map takes finite values (h, w), got {array.shape}")
    low, high = float(array.min()), float(array.max())
    span = high - low or 1.0
    return HeatMap(
        np.rint((array - low) / span * 255).astype(np.uint8),
        low=low,
        high=low + span,
        w=array.shape[1] * stride,
        h=array.shape[0] * stride,
        colours=colours,
        alpha=alpha,
        fade=fade,
    )
