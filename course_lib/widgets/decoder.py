"""Explorer of decoding: what a quarter of a cell gives back of a Gaussian peak."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .axes import Axes
from .checks import need
from .controls import select, slider_between
from .legend import colour_scale
from .palette import BLUE, VERMILLION, WHITE
from .pictures import HeatMap
from .pooling_data import FLOOR
from .primitives import (
    BUTT,
    Arrows,
    Caption,
    Lines,
    Points,
    Primitive,
    Rect,
    Text,
)
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "A quarter of a cell"
QUESTION = "How much of the lost half cell does a quarter give back?"
SIDE, REACH = 7, 3  # cells of the neighbourhood: across, and on each side
STEP, SHADES = 0.05, 10  # cells between two places; steps of colour
LEAST, MOST = 0.4, 10.0  # cells: widths whose neighbours differ by more than rounding
BARS = (480, 250)  # panel units
PLAIN, QUARTER = VERMILLION, BLUE
PLACE = ("x", "y")
NAMES, MEANS = ("argmax", "quarter offset"), (FLOOR, FLOOR / 2)  # cells


def decoder_microscope(sigmas: Sequence[float]) -> Widget:
    """The explorer of 7 x 7 cells around a Gaussian peak, of one or more widths.

    sigmas: standard deviations in cells, from 0.4 to 10, distinct; nothing else goes
    in, and no network is asked. Raises ValueError naming what does not fit.
    """
    widths = tuple(float(sigma) for sigma in np.ravel(sigmas))
    need(len(widths) > 0, "sigmas are empty")
    fits = all(LEAST <= sigma <= MOST for sigma in widths)
    need(fits, f"sigmas are from {LEAST} to {MOST:g} cells, got {widths}")
    names = [f"{sigma:g}" for sigma in widths]
    need(len(set(names)) == len(names), f"sigmas are distinct, got {names}")
    views = Microscope(dict(zip(names, widths, strict=True)))
    start = names[len(names) // 2]
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("cells", SIDE, SIDE, "Around the peak"),
            Panel("bars", *BARS, "Two answers", kind="chart"),
        ],
        controls=[
            select("sigma", "σ (cells)", names, start),  # first: its maps pack best
            slider_between("x", "True x", -0.5, 0.5, STEP, 0.3),
            slider_between("y", "True y", -0.5, 0.5, STEP, -0.2),
        ],
        layers=[
            Layer("cells", ("x", "y", "sigma"), views.heat),
            Layer("cells", PLACE, views.answers),
            Layer("cells", PLACE, views.truth),
            Layer("cells", ("sigma",), views.odds),
            Layer("bars", (), views.frame),
            Layer("bars", PLACE, views.bars),
        ],
        readout=Readout(PLACE, sentence),
        legend=_legend(),
    )


def bell(at: float, sigma: float) -> NDArray[np.float64]:
    """A Gaussian of peak 1 at `at`, at the cells -3 ... 3 of a line, (7,)."""
    cells = np.arange(-REACH, REACH + 1)
    return np.exp(-((cells - at) ** 2) / (2 * sigma**2))


def decode(at: float, sigma: float = 1.0) -> tuple[int, float]:
    """The largest cell of a line, the first of equals, and the quarter offset's place.

    A Gaussian's rows and columns are decoded each on their own: its values are those
    of x times those of y. The width changes neither answer.
    """
    values = bell(at, sigma)
    best = int(values.argmax())
    step = np.sign(values[best + 1] - values[best - 1])
    return best - REACH, float(best - REACH + 0.25 * step)


def errors(x: float, y: float) -> tuple[float, float]:
    """How far the largest cell and the quarter offset are off, cells."""
    (column, across), (row, down) = decode(x), decode(y)
    return math.hypot(column - x, row - y), math.hypot(across - x, down - y)


@dataclass(frozen=True)
class Microscope:
    """Draws each layer. widths: sigma in cells, by the name the reader chooses."""

    widths: dict[str, float]

    # The cells.

    def heat(self, x: float, y: float, sigma: str) -> list[Primitive]:
        """The values of all cells, from 0 to 1, with the peak moved to a tenth.

        A page holds 441 places for each width: the tenth keeps it small. With the
        steps of colour it changes a value by up to 0.09 at a width of 1, 0.14 at 0.4.
        """
        width = self.widths[sigma]
        values = bell(to_tenth(y), width)[:, None] * bell(to_tenth(x), width)
        array = np.rint(np.rint(values * SHADES) * 255 / SHADES).astype(np.uint8)
        return [HeatMap(array)]

    def answers(self, x: float, y: float) -> list[Primitive]:
        """The largest cell and the step of a quarter."""
        (column, across), (row, down) = decode(x), decode(y)
        cell, place = (column + REACH, row + REACH), (across + REACH, down + REACH)
        marks: list[Primitive] = [Rect(*cell, 1, 1, PLAIN, 3, halo=True)]
        if place != cell:
            marks.append(Arrows([cell], [place], QUARTER, 2.5, halo=True, head=9))
        return [
            *marks,
            Points([cell], ("argmax",), PLAIN, 5, halo=True),
            Points([place], ("quarter offset",), QUARTER, 5, halo=True),
        ]

    def truth(self, x: float, y: float) -> list[Primitive]:
        """The true place."""
        place = x + REACH, y + REACH
        return [Points([place], ("truth",), WHITE, 7, False, 2.2, halo=True)]

    def odds(self, sigma: str) -> list[Primitive]:
        """How small a difference the step hangs on, as the caption."""
        left, right = bell(0.1, self.widths[sigma])[[REACH - 1, REACH + 1]]
        text = f"At x = 0.1 the neighbours differ by {right - left:.2f}."
        return [Caption(text)]

    # The errors here.

    def axes(self) -> Axes:
        """The error to the right, a row for each answer."""
        size = {"left_margin": 104, "right_margin": 44}
        label = "error (cells)"
        return Axes((0, 0.75), (-1.6, 0.6), label, "", *BARS, y_ticks=(), **size)

    def frame(self) -> list[Primitive]:
        """The names of the rows, and the mean over all places in each."""
        axes = self.axes()
        marks = axes.primitives()
        left = axes.area[0]
        for row, (name, mean) in enumerate(zip(NAMES, MEANS, strict=True)):
            x, y = axes.to_panel([mean, -row])[0]
            marks.append(Text(left - 8, y, name, "ink", 12, "right"))
            marks.append(Lines([(x, y - 32)], [(x, y + 32)], "ink", 2))
        text = "Along each axis, a quarter pays beyond ⅛ of a cell."
        return [*marks, Caption(text)]

    def bars(self, x: float, y: float) -> list[Primitive]:
        """How far each answer is off, as a bar and as a number."""
        axes, values = self.axes(), errors(x, y)
        rows = [(0, -row) for row in range(len(values))]
        feet = axes.to_panel(rows)
        ends = axes.to_panel(
            [(v, row) for v, (_, row) in zip(values, rows, strict=True)]
        )
        side = axes.area[2] + 8
        labels = [
            Text(side, height, f"{value:.2f}", "ink")
            for value, (_, height) in zip(values, feet, strict=True)
        ]
        return [Lines(feet, ends, (PLAIN, QUARTER), 34, BUTT), *labels]


def to_tenth(at: float) -> float:
    """A place moved to a tenth of a cell, towards 0 but never onto it."""
    tenths = math.floor(abs(at) * 10 + 1e-9)
    return math.copysign(max(tenths, 1) / 10, at) if at else 0.0


def sentence(x: float, y: float) -> str:
    """Both errors, which is smaller, and what they are on average."""
    plain, quarter = errors(x, y)
    change = "lowers this to" if quarter < plain else "raises this to"
    if math.isclose(quarter, plain, abs_tol=1e-9):
        change = "leaves it at"
    return (
        f"The argmax is {plain:.2f} cells off, the quarter offset {change} "
        f"{quarter:.2f}. On average: {FLOOR:.2f} and {FLOOR / 2:.2f}."
    )


def _legend() -> list[Key]:
    """What the marks on the cells mean; the bars have the same colours."""
    middle = [(12.5, 6.5)]
    ring = Points(middle, (), WHITE, 5.5, False, 2.2, halo=True)
    box = Rect(6.5, 0.5, 13, 13, PLAIN, 2.5, halo=True)
    step = Arrows([(4, 6.5)], [(19, 6.5)], QUARTER, 2.5, halo=True)
    return [
        Key("value, roughly", (colour_scale("viridis"),)),
        Key("true place", (ring,)),
        Key("argmax", (box, Points(middle, (), PLAIN, 3.5))),
        Key("quarter offset", (step,)),
        Key("mean of all places", (Lines([(12.5, 1)], [(12.5, 12)], "ink", 2),)),
    ]
