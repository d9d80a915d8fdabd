"""The inside of an hourglass, level by level, as layers of primitives.

Examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

from dataclasses import replace

from .cascade_views import CHOSEN
from .maps_data import cell_at
from .palette import SKY
from .pictures import HeatMap, heat_map
from .primitives import Caption, Primitive, Rect, Text
from .stacks_data import Level, Stacks, stride_of
from .stacks_views import XRAY

# Panel units: beside the tiles, above them, between them; the narrowest column.
SIDE, HEAD, RIM, PITCH = 64, 20, 6, 60
# What is drawn on the way down, from high to low, and on the way up; a row for each.
WAYS = (("skip", "down"), ("merged", "up"))
SEES = SKY


class XrayViews:
    """Draws the layers of the X-ray from checked data.

    glass: the number of the stack whose hourglass it is.
    """

    def __init__(self, data: Stacks, glass: int, panel: tuple[int, int]) -> None:
        self.data, self.glass = data, glass
        self.names = [level.name for level in data.levels]
        self.kinds = data.kinds
        self.panel = panel
        width, height = data.size
        columns = 2 * len(data.levels)
        room = (panel[0] - 2 * SIDE) / columns - RIM, (panel[1] - HEAD) / 2 - RIM
        zoom = min(room[0] / width, room[1] / height)
        self.wide, self.high = width * zoom, height * zoom
        self.pitch = max(PITCH, self.wide + RIM)

    def level(self, name: str) -> Level:
        """The level of this name."""
        return self.data.levels[self.names.index(name)]

    def map(self, level: Level, tensor: str, example: int) -> HeatMap | None:
        """The mean activation over the image, from its lowest to its highest value."""
        values = level.mean(tensor)
        if values is None:
            return None
        stride = stride_of(level.resolution, self.data.images.shape[1:3])
        return heat_map(values[example - 1], stride, alpha=0.8)

    # Over the picture.

    def over(self, view: str, level: str, tensor: str, example: int) -> list[Primitive]:
        """The chosen tensor over the picture, and its size in words."""
        if view != XRAY:
            return []
        chosen = self.level(level)
        shown = self.map(chosen, tensor, example)
        if shown is None:
            return [Caption(f"Level {level} has no tensor {tensor!r}.")]
        return [shown, Caption(f"{self.shape(chosen)} {self.sight(chosen, tensor)}")]

    def shape(self, level: Level) -> str:
        """The tensor's shape in words."""
        h, w = level.resolution
        return f"Mean of {level.channels} channels, {w} × {h} cells."

    def sight(self, level: Level, tensor: str) -> str:
        """The receptive field in words."""
        reach = level.reach(tensor)
        more = ", more than the picture" if reach > max(self.data.size) else ""
        return f"Each sees {reach}\u00a0px across{more}."

    def square(
        self, view: str, level: str, tensor: str, example: int, joint: str
    ) -> list[Primitive]:
        """The cell at the chosen joint's true place, and the square that it sees."""
        data, chosen = self.data, self.level(level)
        n, k = example - 1, data.place(joint)
        if view != XRAY or chosen.mean(tensor) is None or not data.labelled[n, k]:
            return []
        stride = stride_of(chosen.resolution, data.images.shape[1:3])
        cell = cell_at(data.truth[n, k], chosen.resolution, stride)
        reach = chosen.reach(tensor)
        near = cell * stride + (stride - reach) / 2
        marks: list[Primitive] = [
            Rect(*(cell * stride), stride, stride, SEES, 2, halo=True)
        ]
        if (near > 0).any() or (near + reach < data.size).any():  # a side is in sight
            square = Rect(*near, reach, reach, SEES, 2.5, (7.0, 4.0), halo=True)
            marks.append(square)
        return marks

    # All tensors.

    def column(self, level: int, way: int) -> float:
        """Where the middle of a level's tiles lies, from left to right.

        level: from 0. way: 0 on the way down, 1 on the way up.
        """
        last = 2 * len(self.names) - 1
        at = level if way == 0 else last - level
        return (self.panel[0] - 1) / 2 + (at - last / 2) * self.pitch

    def box(self, level: int, kind: str) -> tuple[float, float, float, float]:
        """The box (x, y, w, h) of a tile; levels from 0."""
        way = next(way for way, kinds in enumerate(WAYS) if kind in kinds)
        left = self.column(level, way) - self.wide / 2
        top = HEAD + WAYS[way].index(kind) * (self.high + RIM)
        return left, top, self.wide, self.high

    def heads(self, view: str) -> list[Primitive]:
        """The size of each column and the name of each row."""
        if view != XRAY:
            return []
        marks: list[Primitive] = []
        for way, kinds in enumerate(WAYS):
            align, side = ("right", -1) if way == 0 else ("left", 1)
            for at, level in enumerate(self.data.levels):
                h, w = level.resolution
                x = self.column(at, way)
                marks.append(Text(x, 8, f"{w} × {h}", "muted", align="centre"))
            for kind in kinds:
                if kind in self.kinds:
                    _, y, _, h = self.box(0, kind)
                    x = self.column(0, way) + side * (self.wide / 2 + 8)
                    marks.append(Text(x, y + h / 2, kind, "ink", align=align))
        text = (
            f"Hourglass of stack {self.glass}, from left to right: the mean over "
            "channels of each tensor, each on its own scale."
        )
        return [*marks, Caption(text)]

    def tiles(self, view: str, example: int) -> list[Primitive]:
        """All tensors, small."""
        if view != XRAY:
            return []
        marks: list[Primitive] = []
        for at, level in enumerate(self.data.levels):
            for kind in self.kinds:
                shown = self.map(level, kind, example)
                if shown is not None:
                    x, y, w, h = self.box(at, kind)
                    marks.append(replace(shown, x=x, y=y, w=w, h=h, alpha=1.0))
        return marks

    def frame(self, view: str, level: str, tensor: str) -> list[Primitive]:
        """A frame around the chosen tensor."""
        if view != XRAY:
            return []
        return [Rect(*self.box(self.names.index(level), tensor), CHOSEN, 3.5)]
