"""The bars and the map of the playground of pose NMS, as layers of primitives.

x, y, offset and edits as in `pose_nms_views`; sigma1, sigma2, lam and eta are the
parameters of the rule.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .axes import BOTTOM, RIGHT, TOP, Axes, nice_ticks
from .cut_views import number
from .palette import BLACK, BLUE, SKY, VERMILLION, WHITE
from .pictures import HeatMap
from .pose_nms_data import RELEASED, Bools, Edits, Floats, Rivals
from .pose_nms_views import Offset, total
from .primitives import (
    BUTT,
    Caption,
    Dash,
    Handle,
    Lines,
    Points,
    Primitive,
    Scale,
    Text,
)

BARS = (640, 150)  # panel units
THICK, SPAN = 20, 14  # of a bar and of the threshold in a row, screen px and units
BESIDE = 92, 50  # panel units beside the bars
HARD, SOFT, LIMIT = BLUE, SKY, VERMILLION
LIMIT_DASH: Dash = (6.0, 3.0)
ROWS = ("K", "λH", "K + λH")
MAP, SIDE = 340, 60  # panel units: the longer side of the map, and beside it
SHAPES = 0.5, 2.0  # of the map: the least and the most width to height
RIM = 0.55  # alpha of the dark rim of the outline
CLOSE = 0.1  # sums nearer to the threshold are told with two decimals


def signed(shift: float) -> str:
    """A shift as prose, with its sign."""
    return f"{shift:+.4g}".replace("-", "−") if abs(shift) > 1e-6 else "0"


def outline(inside: Bools) -> tuple[list, list]:
    """Starts and ends of the border of cells (h, w), cell centres at integers.

    Cells at the rim have a border there; straight pieces are as long as they can be.
    """
    starts, ends = [], []
    for turned in (False, True):
        cells = np.pad(inside.T if turned else inside, 1)
        border = cells[1:, 1:-1] != cells[:-1, 1:-1]  # between row n - 1 and row n
        for n, row in enumerate(border):
            change = np.flatnonzero(np.diff(row.astype(int), prepend=0, append=0))
            for a, b in change.reshape(-1, 2):
                low, high = (a - 0.5, n - 0.5), (b - 0.5, n - 0.5)
                starts.append(low[::-1] if turned else low)
                ends.append(high[::-1] if turned else high)
    return starts, ends


class BarViews:
    """Draws K, lambda H and their sum from checked data."""

    def __init__(self, data: Rivals) -> None:
        self.data = data
        best = (1 + data.steps["lam"][-1]) * data.joints
        self.most = max(best, 1.05 * data.steps["eta"][-1])

    def axes(self) -> Axes:
        """The similarity to the right, a row for each of the three."""
        size = {"left_margin": BESIDE[0], "right_margin": BESIDE[1]}
        return Axes(
            (0, self.most), (-2.5, 0.5), "similarity", "", *BARS, y_ticks=(), **size
        )

    def at(self, value: float, row: int) -> tuple[float, float]:
        """Where a value of a row lies on the panel."""
        x, y = self.axes().to_panel([value, -row])[0]
        return round(float(x), 1), round(float(y), 1)

    def frame(self) -> list[Primitive]:
        """Axis and the names of the rows."""
        marks = self.axes().primitives()
        for row, name in enumerate(ROWS):
            x, y = self.at(0, row)
            bold = row == len(ROWS) - 1
            marks.append(Text(x - 8, y, name, "ink", 13, "right", bold=bold))
        return marks

    def _bar(self, low: float, high: float, row: int, colour: str) -> list[Primitive]:
        """A bar from one value to another."""
        start, end = self.at(low, row), self.at(high, row)
        return [] if start == end else [Lines([start], [end], colour, THICK, BUTT)]

    def _value(self, value: float, row: int, bold: bool = False) -> Text:
        """The number behind a bar."""
        x, y = self.at(value, row)
        return Text(x + 6, y, number(value), "ink", 13, bold=bold)

    def hard(
        self, x: float, y: float, sigma1: float, offset: Offset, edits: Edits
    ) -> list[Primitive]:
        """K, in its own row and as the first part of the sum."""
        now = self.data.compared(total(x, y, offset), edits)
        value = float(self.data.hard(now.r, sigma1))
        bars = [*self._bar(0, value, 0, HARD), *self._bar(0, value, 2, HARD)]
        return [*bars, self._value(value, 0)]

    def soft(
        self,
        x: float,
        y: float,
        sigma2: float,
        lam: float,
        offset: Offset,
        edits: Edits,
    ) -> list[Primitive]:
        """Lambda H in its own row."""
        now = self.data.compared(total(x, y, offset), edits)
        _, value = self.data.parts(now, 1.0, sigma2, lam)
        return [*self._bar(0, value, 1, SOFT), self._value(value, 1)]

    def summed(
        self,
        x: float,
        y: float,
        sigma1: float,
        sigma2: float,
        lam: float,
        offset: Offset,
        edits: Edits,
    ) -> list[Primitive]:
        """Lambda H upon K."""
        now = self.data.compared(total(x, y, offset), edits)
        hard, soft = self.data.parts(now, sigma1, sigma2, lam)
        bar = self._bar(hard, hard + soft, 2, SOFT)
        return [*bar, self._value(hard + soft, 2, bold=True)]

    def limit(self, eta: float) -> list[Primitive]:
        """The threshold."""
        (x, y), (_, low) = self.at(eta, 0), self.at(eta, 2)
        return [
            Lines([(x, y - SPAN)], [(x, low + SPAN)], LIMIT, 2.2, LIMIT_DASH),
            Text(x, 0, f"η {eta:g}", "ink", 12, "centre", "top"),
        ]

    def sentence(
        self,
        x: float,
        y: float,
        sigma1: float,
        sigma2: float,
        lam: float,
        eta: float,
        offset: Offset,
        edits: Edits,
    ) -> str:
        """K, lambda H, their sum, the threshold and what follows."""
        now = self.data.compared(total(x, y, offset), edits)
        hard, soft = self.data.parts(now, sigma1, sigma2, lam)
        both = hard + soft
        told = f"{both:.2f}" if abs(both - eta) < CLOSE else number(both)
        start = f"K + λH = {number(hard)} + {number(soft)} = {told}"
        if both > eta:
            return f"{start} > η = {eta:g}: the second pose is eliminated."
        return f"{start} ≤ η = {eta:g}: the second pose is kept."


class MapViews:
    """Draws the map of all shifts from checked data."""

    def __init__(self, data: Rivals, is_live: bool) -> None:
        self.data = data
        self.is_live = is_live
        wide, high = (side[-1] - side[0] + side[1] - side[0] for side in data.grid)
        shape = float(np.clip(wide / high, *SHAPES))
        width = min(MAP, MAP * shape)
        self.room = round(width), round(width / shape)
        self.cell = np.divide(self.room, [len(side) for side in data.grid])

    @property
    def panel(self) -> tuple[int, int]:
        """Width and height of the map's panel."""
        width, height = self.room
        return width + SIDE + round(RIGHT), height + round(TOP + BOTTOM)

    def axes(self) -> Axes:
        """Shifts to the right and, as in the picture, down: y is negated."""
        half = [(s[1] - s[0]) / 2 for s in self.data.grid]
        (left, right), (top, bottom) = (
            (float(s[0] - h), float(s[-1] + h))
            for s, h in zip(self.data.grid, half, strict=True)
        )
        names = "shift in x (px)", "shift in y (px)"
        ends, size = ((left, right), (-bottom, -top)), self.panel
        return Axes(*ends, *names, *size, y_ticks=(), left_margin=SIDE)

    def on_panel(self, shift: Floats) -> tuple[float, float]:
        """Where a shift (x, y) lies on the panel; at the rim if it is beyond."""
        axes = self.axes()
        x, y = np.clip(shift[0], *axes.x), np.clip(-shift[1], *axes.y)
        place = axes.to_panel([x, y])[0]
        return round(float(place[0]), 1), round(float(place[1]), 1)

    def shift_at(self, x: float, y: float) -> Floats:
        """The shift (x, y) px at a place of the panel; the map's rim if beside it."""
        axes = self.axes()
        left, top, right, bottom = axes.area
        share = np.clip(
            [(x - left) / (right - left), (bottom - y) / (bottom - top)], 0, 1
        )
        low, high = np.array([axes.x, axes.y]).T
        across, up = low + share * (high - low)
        return np.array([across, -up])

    def frame(self) -> list[Primitive]:
        """Axes; y grows downwards."""
        axes = self.axes()
        low, high = axes.y
        marks = [
            replace(mark, y=(-low, -high)) if isinstance(mark, Scale) else mark
            for mark in axes.primitives()
        ]
        for tick in nice_ticks(-high, -low, 4):
            y = axes.to_panel([axes.x[0], -tick])[0, 1]
            marks.append(Text(SIDE - 8, y, f"{tick:g}", "muted", 12, "right"))
        return marks

    def similarity(
        self, sigma1: float, sigma2: float, lam: float, edits: Edits
    ) -> list[Primitive]:
        """K + lambda H of every shift, from 0 to that of equal, confident poses."""
        values = self.data.similarity(sigma1, sigma2, lam, edits)
        top = (1 + lam) * self.data.joints
        array = np.rint(255 * np.clip(values / top, 0, 1)).astype(np.uint8)
        left, up, right, bottom = self.axes().area
        place = left + 0.5, up + 0.5, right - left, bottom - up
        return [HeatMap(array, 0.0, top, *place)]

    def region(
        self, sigma1: float, sigma2: float, lam: float, eta: float, edits: Edits
    ) -> list[Primitive]:
        """The border of the shifts that eliminate the second pose, and their share."""
        inside = self.data.similarity(sigma1, sigma2, lam, edits) > eta
        starts, ends = outline(inside)
        left, top, _, _ = self.axes().area
        to_panel = [
            np.round((np.reshape(side, (-1, 2)) + 0.5) * self.cell + (left, top), 1)
            for side in (starts, ends)
        ]
        text = f"Outlined: {100 * inside.mean():.0f}\u00a0% of these shifts."
        if not inside.any():
            text = "None of those shown."
        if self.is_live:
            text += " Click or drag to choose a shift."
        rim = Lines(*to_panel, BLACK, 4.2, alpha=RIM)
        return [rim, Lines(*to_panel, WHITE, 1.8), Caption(text)]

    def now(self, x: float, y: float, offset: Offset) -> list[Primitive]:
        """The present shift; where the second pose was given, a cross."""
        place = self.on_panel(total(x, y, offset))
        start = self.on_panel(np.zeros(2))
        arm = 4.0
        cross = [(start[0] - arm, start[1]), (start[0], start[1] - arm)]
        ends = [(start[0] + arm, start[1]), (start[0], start[1] + arm)]
        marks: list[Primitive] = [Lines(cross, ends, WHITE, 1.6, halo=True)]
        if self.is_live:
            return [*marks, Handle("shift", *place, LIMIT, 6)]
        ring = Points([place], (), WHITE, 7.5, halo=True)
        return [*marks, ring, Points([place], ("present shift",), LIMIT, 5)]


def starts(data: Rivals) -> dict[str, float]:
    """The state that each parameter starts at: the released code's, or the first."""
    return {
        name: RELEASED[name] if RELEASED[name] in states else states[0]
        for name, states in data.steps.items()
    }
