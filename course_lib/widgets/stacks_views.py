"""The chosen joint's maps, stack by stack, as layers of primitives.

Stacks and examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_views import CHOSEN
from .palette import WHITE
from .pictures import HeatMap, Image
from .pooling_data import peak
from .pooling_marks import glow
from .primitives import Caption, Points, Primitive, Rect, Text
from .stacks_data import Floats, Stacks

MAPS, XRAY = "maps", "xray"  # what the middle panel shows
STRIP, GAP = 868, 8  # panel units: the width of the strip, between its maps
LOWEST, TALLEST = 170, 190  # panel units: the height of the strip
DIM = 0.3  # brightness of the grey picture behind maps


class MapViews:
    """Draws the layers of the map and of the strip from checked data."""

    def __init__(self, data: Stacks) -> None:
        self.data = data
        grey = data.images.mean(axis=-1) * DIM
        self.dim = np.rint(grey).astype(np.uint8)  # (N, H, W)
        self.peaks = data.maps.max(axis=(-2, -1))  # (S, N, K)
        width, height = data.size
        stacks = len(data.maps)
        most = (STRIP - (stacks - 1) * GAP) / (stacks * width)  # units per image px
        self.height = round(min(TALLEST, max(LOWEST, most * height)))
        self.zoom = min(most, self.height / height)

    def heatmap(self, stack: int, example: int, joint: str) -> Floats:
        """The joint's map (h, w)."""
        return self.data.maps[stack - 1, example - 1, self.data.place(joint)]

    def over(self, heatmap: Floats) -> HeatMap:
        """A map over the whole image."""
        (h, w), stride = heatmap.shape, self.data.stride
        made = glow(heatmap, (0, 0, w * stride, h * stride))
        return replace(made, low=round(made.low, 3), high=round(made.high, 2))

    # One map.

    def backdrop(self, example: int) -> list[Primitive]:
        """The picture, grey and dark, for a map to be seen on."""
        return [Image(self.dim[example - 1])]

    def heat(self, view: str, stack: int, example: int, joint: str) -> list[Primitive]:
        """The map and its largest cell."""
        if view != MAPS:
            return []
        data, heatmap = self.data, self.heatmap(stack, example, joint)
        n, k, stride = example - 1, data.place(joint), data.stride
        cell = peak(heatmap)
        h, w = heatmap.shape
        text = f"{w} × {h} cells, peak {self.peaks[stack - 1, n, k]:.2f}."
        return [self.over(heatmap), self.cell(cell, stride), Caption(text)]

    def cell(self, cell: tuple[int, int], stride: int) -> Rect:
        """The outline of a cell (column, row)."""
        column, row = cell
        box = column * stride, row * stride, stride, stride
        return Rect(*box, CHOSEN, 2.5, halo=True)

    # The maps of all stacks.

    @property
    def stacks(self) -> range:
        """All stacks."""
        return range(1, len(self.data.maps) + 1)

    def on_tile(self, stack: int, place: ArrayLike) -> NDArray[np.float64]:
        """Where an image place (x, y) lies in a stack's picture on the strip."""
        left, top, _, _ = self.box(stack)
        exact = (np.asarray(place) + 0.5) * self.zoom + [left - 0.5, top - 0.5]
        return np.round(exact, 1)

    def box(self, stack: int) -> tuple[float, float, float, float]:
        """The box (x, y, w, h) of a stack's picture: in a row, in the middle."""
        wide, high = (side * self.zoom for side in self.data.size)
        count = len(self.stacks)
        left = (STRIP - count * wide - (count - 1) * GAP) / 2
        return left + (stack - 1) * (wide + GAP), (self.height - high) / 2, wide, high

    def pictures(self, view: str, example: int) -> list[Primitive]:
        """The dark picture, once for each stack."""
        if view != MAPS:
            return []
        array = self.dim[example - 1]
        return [Image(array, *self.box(stack)) for stack in self.stacks]

    def strip(self, view: str, example: int, joint: str) -> list[Primitive]:
        """The joint's map in each stack, with the truth and the place it gives."""
        if view != MAPS:
            return []
        data, n, k = self.data, example - 1, self.data.place(joint)
        marks: list[Primitive] = []
        for stack in self.stacks:
            over = self.over(self.heatmap(stack, example, joint))
            x, y, _, _ = self.box(stack)
            w, h = over.w * self.zoom, over.h * self.zoom
            marks.append(replace(over, x=x, y=y, w=w, h=h))
            if data.labelled[n, k]:
                ring = self.on_tile(stack, data.truth[n, k])
                marks.append(Points([ring], (), WHITE, 6, False, 2, halo=True))
            place = self.on_tile(stack, data.poses[stack - 1, n, k])
            marks.append(Points([place], (), CHOSEN, 3.5, halo=True))
        peaks = ", ".join(f"{value:.2f}" for value in self.peaks[:, n, k])
        if len(self.stacks) == 1:
            return [*marks, Caption(f"Peak {peaks}.")]
        text = f"Peaks: {peaks}. Each map is on its own scale."
        return [*marks, Caption(text)]

    def frame(self, view: str, stack: int) -> list[Primitive]:
        """The number of its stack on each picture, the chosen one in a frame."""
        if view != MAPS:
            return []
        marks: list[Primitive] = [Rect(*self.box(stack), CHOSEN, 4)]
        for number in self.stacks:
            x, y, _, _ = self.box(number)
            style = {"size": 13, "base": "top", "bold": True}
            marks.append(Text(x + 7, y + 7, f"stack {number}", WHITE, **style))
        return marks
