"""Strokes that the panels of the pooling explorer share, and their colours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .palette import BLUE, GREEN, VERMILLION, WHITE
from .pictures import HeatMap
from .pooling_data import CASCADE, COARSE, PERFECT, Look
from .primitives import Arrows, Dash, Points, Primitive, Rect

Box = tuple[float, float, float, float]

CLEAR, SHADES = 0.1, 16  # of a map's peak; steps of colour
DASH: Dash = (2.0, 4.0)
LOST, LOST_DASH = VERMILLION, (7.0, 5.0)
# What a place and its curve are drawn in.
COLOUR = {PERFECT: GREEN, COARSE: VERMILLION, CASCADE: BLUE}
STYLE: dict[str, Dash] = {PERFECT: (8.0, 4.0), COARSE: DASH, CASCADE: ()}


@dataclass(frozen=True)
class Zoom:
    """A window of the image magnified on a panel, as large as fits, in the middle.

    window: (x, y, w, h) image px. panel: its width and height.
    """

    window: Sequence[float]
    panel: tuple[int, int]

    @property
    def zoom(self) -> float:
        """Panel units per image px."""
        _, _, w, h = self.window
        return float(min(self.panel[0] / w, self.panel[1] / h))

    def point(self, place: ArrayLike) -> NDArray[np.float64]:
        """Panel place (2,) of an image place (x, y)."""
        x, y, w, h = self.window
        centre = np.array([x + (w - 1) / 2, y + (h - 1) / 2])
        middle = (np.array(self.panel) - 1) / 2
        return (np.asarray(place) - centre) * self.zoom + middle

    def box(self, box: Sequence[float]) -> Box:
        """A box (x, y, w, h) of the image on the panel."""
        x, y, w, h = box
        left, top = self.point((x - 0.5, y - 0.5)) + 0.5
        return float(left), float(top), float(w * self.zoom), float(h * self.zoom)


def glow(
    values: NDArray[np.float64],
    box: Sequence[float],
    top: float | None = None,
    shades: int = SHADES,
) -> HeatMap:
    """A map laid over a box of the panel, clear below a tenth of `top`.

    top: where its colours end; its peak unless given. It is drawn in so many steps:
    a page holds hundreds of maps.
    """
    top = max(float(values.max()) if top is None else top, 1e-6)
    share = np.clip((values / top - CLEAR) / (1 - CLEAR), 0, 1)
    array = np.rint(np.rint(share * shades) * 255 / shades).astype(np.uint8)
    x, y, w, h = box
    look = {"colours": "magma", "alpha": 0.85, "fade": True}
    return HeatMap(array, CLEAR * top, top, x, y, w, h, **look)


def cell(look: Look, stride: int, zoom: Zoom | None = None) -> Rect:
    """The outline of the largest cell, on the image or on a zoom of it."""
    column, row = look.cell
    box: Sequence[float] = (column * stride, row * stride, stride, stride)
    return Rect(*(zoom.box(box) if zoom else box), COLOUR[look.kind], 2, halo=True)


def window(look: Look) -> Rect:
    """What the second look sees; dashed where the true place lies outside."""
    if look.is_lost:
        return Rect(*look.window, LOST, 3, LOST_DASH)
    return Rect(*look.window, COLOUR[CASCADE], 2.5, halo=True)


def ring(place: NDArray[np.float64]) -> Points:
    """The true place."""
    return Points([place], ("truth",), WHITE, 6, False, 2.2, halo=True)


def dot(place: NDArray[np.float64], kind: str) -> Points:
    """A predicted place."""
    return Points([place], (kind,), COLOUR[kind], 4.5, halo=True)


def arrow(start: NDArray[np.float64], end: NDArray[np.float64], kind: str) -> Arrows:
    """A step from one place to another."""
    return Arrows([start], [end], COLOUR[kind], 2.5, halo=True, head=11)


def missing(
    look: Look, place: NDArray[np.float64], truth: NDArray[np.float64] | None
) -> list[Primitive]:
    """A decoded place and, where it has a label, the way from there to the truth."""
    here = dot(place, look.kind)
    if truth is None:
        return [here]
    return [arrow(place, truth, look.kind), here, ring(truth)]
