"""The chosen joint's maps, stage by stage, as layers of primitives.

Stages and examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_views import CHOSEN
from .maps_data import Floats, Mapped
from .palette import WHITE
from .pictures import HeatMap, Image
from .pooling_data import peak
from .pooling_marks import glow
from .primitives import Caption, Points, Primitive, Rect, Text

STRIP, GAP = 868, 8  # panel units: the width of the strip, between its maps
LOWEST, TALLEST = 170, 190  # panel units: the height of the strip
DIM = 0.3  # brightness of the grey picture behind maps


class StripViews:
    """Draws a map over the picture, and the maps of all stages in a row.

    UNIT: what a stage is called.
    """

    UNIT = "stage"

    def __init__(self, data: Mapped) -> None:
        self.data = data
        grey = data.images.mean(axis=-1) * DIM
        self.dim = np.rint(grey).astype(np.uint8)  # (N, H, W)
        self.peaks = data.maps.max(axis=(-2, -1))  # (S, N, K)
        width, height = data.size
        stages = len(data.maps)
        most = (STRIP - (stages - 1) * GAP) / (stages * width)  # units per image px
        self.height = round(min(TALLEST, max(LOWEST, most * height)))
        self.zoom = min(most, self.height / height)

    def heatmap(self, stage: int, example: int, joint: str) -> Floats:
        """The joint's map (h, w)."""
        return self.data.maps[stage - 1, example - 1, self.data.place(joint)]

    def over(self, heatmap: Floats, top: float | None = None) -> HeatMap:
        """A map over the whole image, its colours up to `top` or to its peak."""
        (h, w), stride = heatmap.shape, self.data.stride
        made = glow(heatmap, (0, 0, w * stride, h * stride), top)
        return replace(made, low=round(made.low, 3), high=round(made.high, 2))

    # One map.

    def backdrop(self, example: int) -> list[Primitive]:
        """The picture, grey and dark, for a map to be seen on."""
        return [Image(self.dim[example - 1])]

    def size(self, heatmap: Floats) -> str:
        """How many cells a map has, and its peak, in words."""
        h, w = heatmap.shape
        return f"{w} × {h} cells, peak {heatmap.max():.2f}"

    def cell(self, heatmap: Floats) -> Rect:
        """The outline of a map's largest cell."""
        stride = self.data.stride
        column, row = peak(heatmap)
        box = column * stride, row * stride, stride, stride
        return Rect(*box, CHOSEN, 2.5, halo=True)

    # The maps of all stages.

    @property
    def stages(self) -> range:
        """All stages."""
        return range(1, len(self.data.maps) + 1)

    def on_tile(self, stage: int, place: ArrayLike) -> NDArray[np.float64]:
        """Where an image place (x, y) lies in a stage's picture on the strip."""
        left, top, _, _ = self.box(stage)
        exact = (np.asarray(place) + 0.5) * self.zoom + [left - 0.5, top - 0.5]
        return np.round(exact, 1)

    def box(self, stage: int) -> tuple[float, float, float, float]:
        """The box (x, y, w, h) of a stage's picture: in a row, in the middle."""
        wide, high = (side * self.zoom for side in self.data.size)
        count = len(self.stages)
        left = (STRIP - count * wide - (count - 1) * GAP) / 2
        return left + (stage - 1) * (wide + GAP), (self.height - high) / 2, wide, high

    def backdrops(self, example: int) -> list[Primitive]:
        """The dark picture, once for each stage."""
        array = self.dim[example - 1]
        return [Image(array, *self.box(stage)) for stage in self.stages]

    def row(self, example: int, joint: str) -> list[Primitive]:
        """The joint's map at each stage, with the truth and the place it gives."""
        data, n, k = self.data, example - 1, self.data.place(joint)
        marks: list[Primitive] = []
        for stage in self.stages:
            over = self.over(self.heatmap(stage, example, joint))
            x, y, _, _ = self.box(stage)
            w, h = over.w * self.zoom, over.h * self.zoom
            marks.append(replace(over, x=x, y=y, w=w, h=h))
            if data.labelled[n, k]:
                ring = self.on_tile(stage, data.truth[n, k])
                marks.append(Points([ring], (), WHITE, 6, False, 2, halo=True))
            place = self.on_tile(stage, data.poses[stage - 1, n, k])
            marks.append(Points([place], (), CHOSEN, 3.5, halo=True))
        peaks = ", ".join(f"{value:.2f}" for value in self.peaks[:, n, k])
        if len(self.stages) == 1:
            return [*marks, Caption(f"Peak {peaks}.")]
        text = f"Peaks: {peaks}. Each map is on its own scale."
        return [*marks, Caption(text)]

    def numbers(self, stage: int) -> list[Primitive]:
        """The number of its stage on each picture, the chosen one in a frame."""
        marks: list[Primitive] = [Rect(*self.box(stage), CHOSEN, 4)]
        for number in self.stages:
            x, y, _, _ = self.box(number)
            style = {"size": 13, "base": "top", "bold": True}
            marks.append(Text(x + 7, y + 7, f"{self.UNIT} {number}", WHITE, **style))
        return marks
