"""A small chart inside a panel: data to panel units, grid, ticks, names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .primitives import Lines, Primitive, Scale, Text

LEFT, RIGHT, TOP, BOTTOM = 46.0, 14.0, 14.0, 46.0  # margins, panel units


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers from low to high, about `count`, at steps of 1, 2 or 5 x 10^n."""
    if not (math.isfinite(low) and math.isfinite(high) and high > low):
        raise ValueError(f"ticks need low < high, got {low} and {high}")
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(m * power for m in (1, 2, 5, 10) if m * power >= rough * 0.999)
    first, last = math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9)
    return [round(k * step, 10) for k in range(first, last + 1)]


@dataclass(frozen=True)
class Axes:
    """A chart of `width` x `height` panel units showing the ranges x and y.

    x_label, y_label: what is measured, with its unit. x_ticks, y_ticks: the
    numbers written at the axes; round ones when not given. An empty label is left out.
    """

    x: tuple[float, float]
    y: tuple[float, float]
    x_label: str
    y_label: str
    width: int = 320
    height: int = 300
    x_ticks: Sequence[float] | None = None
    y_ticks: Sequence[float] | None = None
    left_margin: float = LEFT
    right_margin: float = RIGHT

    def __post_init__(self) -> None:
        for name, (low, high) in (("x", self.x), ("y", self.y)):
            if not (math.isfinite(low) and math.isfinite(high) and high > low):
                raise ValueError(f"axis {name} needs low < high, got {low}, {high}")

    @property
    def area(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the plotting area, panel units."""
        return (
            self.left_margin,
            TOP,
            self.width - self.right_margin,
            self.height - BOTTOM,
        )

    def to_panel(self, points: ArrayLike) -> NDArray[np.float64]:
        """Panel units of data points (N, 2); y grows upwards in the data."""
        data = np.asarray(points, dtype=float).reshape(-1, 2)
        left, top, right, bottom = self.area
        x = left + (data[:, 0] - self.x[0]) / (self.x[1] - self.x[0]) * (right - left)
        y = bottom - (data[:, 1] - self.y[0]) / (self.y[1] - self.y[0]) * (bottom - top)
        return np.stack([x, y], axis=1)

    def primitives(self) -> list[Primitive]:
        """Grid, base line, ticks and names, to be drawn before the data."""
        left, top, right, bottom = self.area
        scale = Scale(*self.area, self.x, self.y, self.x_label, self.y_label)
        middle_x, middle_y = (left + right) / 2, (top + bottom) / 2
        return [
            scale,
            *self._grid(),
            Lines([(left, bottom)], [(right, bottom)], colour="muted", width=1),
            Text(
                middle_x, self.height - 4, self.x_label, "muted", 12, "centre", "bottom"
            ),
            Text(2, middle_y, self.y_label, "muted", 12, "centre", "top", turned=True),
        ]

    def _grid(self) -> list[Primitive]:
        """The horizontal grid and the numbers at both axes."""
        left, _, right, bottom = self.area
        y_ticks = nice_ticks(*self.y) if self.y_ticks is None else self.y_ticks
        x_ticks = nice_ticks(*self.x) if self.x_ticks is None else self.x_ticks
        heights = [self.to_panel([self.x[0], t])[0, 1] for t in y_ticks]
        places = [self.to_panel([t, self.y[0]])[0, 0] for t in x_ticks]
        starts, ends = [(left, h) for h in heights], [(right, h) for h in heights]
        marks: list[Primitive] = [Lines(starts, ends, colour="grid", width=1)]
        for tick, height in zip(y_ticks, heights, strict=True):
            marks.append(Text(left - 8, height, f"{tick:g}", "muted", 12, "right"))
        for tick, place in zip(x_ticks, places, strict=True):
            marks.append(
                Text(place, bottom + 7, f"{tick:g}", "muted", 12, "centre", "top")
            )
        return marks

    def second_y(self, label: str, unit: float) -> list[Primitive]:
        """A right-hand axis for y in another unit, `unit` of the first to one of it.

        Needs a `right_margin` of about 46.
        """
        _, top, right, bottom = self.area
        ticks = nice_ticks(self.y[0] / unit, self.y[1] / unit)
        heights = [self.to_panel([self.x[1], t * unit])[0, 1] for t in ticks]
        marks: list[Primitive] = [
            Text(right + 8, height, f"{tick:g}", "muted")
            for tick, height in zip(ticks, heights, strict=True)
        ]
        middle = (top + bottom) / 2
        name = Text(
            self.width - 2, middle, label, "muted", 12, "centre", "bottom", turned=True
        )
        return [*marks, name]
