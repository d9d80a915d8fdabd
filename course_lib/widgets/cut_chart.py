"""The chart of the explorer of cuts: cost against crowding, and pair F1 below.

Positions count from 1. `start` and `cuts` say which cut is the reader's.
"""

from __future__ import annotations

import numpy as np

from .axes import BOTTOM, Axes
from .cut_data import GREEDY, OPTIMUM, Cuts
from .cut_moves import ALONE, NOTHING, YOURS, Entries, begun, shown
from .cut_views import number
from .primitives import Dash, Lines, Points, Polyline, Primitive, Text

HEIGHT = 340  # panel units
SHAPE = 2.5  # width to height of picture and chart together: they fill a row
ROW = 20  # panel units; of a row of numbers below the axes
LEFT, MARGIN = 92, 24  # panel units beside the axes
MOST_TICKS = 6
# Colour, dash and whether the dots are filled, of each solver's curve.
CURVES: dict[str, tuple[str, Dash, bool]] = {
    GREEDY: ("muted", (6.0, 4.0), False),
    OPTIMUM: ("ink", (), True),
}


def cross(x: float, y: float, r: float = 5.5) -> Lines:
    """The mark of the reader's cut in the chart."""
    starts, ends = [(x - r, y - r), (x - r, y + r)], [(x + r, y + r), (x + r, y - r)]
    return Lines(starts, ends, "ink", 2.8)


class ChartViews:
    """Draws the layers of the chart from checked data; `label` names the slider.

    is_live: leave room for the cost of the reader's cuts.
    """

    def __init__(self, data: Cuts, label: str, is_live: bool) -> None:
        self.data = data
        self.label = label
        self.is_live = is_live
        self.rows = 4 if is_live else 3
        self.positions = range(1, len(data.points) + 1)
        self.ticks = self.positions[:: -(-len(self.positions) // MOST_TICKS)]

    @property
    def panel(self) -> tuple[int, int]:
        """Width and height of the chart."""
        shape = self.data.size[0] / self.data.size[1]
        return round(HEIGHT * max(1.0, SHAPE - shape)), HEIGHT

    def axes(self) -> Axes:
        """One scale for all positions; from nothing kept on, if the reader may cut."""
        data, width = self.data, self.panel[0]
        costs = np.concatenate(list(data.costs.values()))
        if self.is_live:
            first = [
                data.cost(begun(data, s, start), s)
                for start in (ALONE, NOTHING)
                for s in self.positions
            ]
            costs = np.concatenate([first, costs])
        room = max(float(np.ptp(costs)), 1.0) / 10
        return Axes(
            (0.6, len(self.positions) + 0.4),
            (float(costs.min()) - room, float(costs.max()) + room),
            "",
            "cost",
            width,
            HEIGHT - self.rows * ROW + BOTTOM - 6,
            x_ticks=(),
            left_margin=LEFT,
            right_margin=MARGIN,
        )

    def place(self, position: int, cost: float) -> tuple[float, float]:
        """Where a cost lies on the panel; at the edge of the axes if it is beyond."""
        axes = self.axes()
        x, y = axes.to_panel([position, np.clip(cost, *axes.y)])[0]
        return float(x), float(y)

    def row(self, at: int) -> float:
        """The middle of a row of numbers below the axes."""
        return HEIGHT - (self.rows - at - 0.5) * ROW

    def chart(self) -> list[Primitive]:
        """Axes, the cost of each solver, and rows of crowding and pair F1 below."""
        marks = self.axes().primitives()
        for solver, (colour, dash, filled) in CURVES.items():
            costs = self.data.costs[solver]
            line = [self.place(s, costs[s - 1]) for s in self.positions]
            labels = [f"{solver} {number(cost)}" for cost in costs]
            marks.append(Polyline(line, colour, 2, dash))
            marks.append(Points(line, labels, colour, 4.5, filled, 2))
        marks += self._numbers(0, self.label, self.data.crowding)
        for at, solver in enumerate(CURVES, start=1):
            cuts = [self.data.solution(solver, s) for s in self.positions]
            marks += self._numbers(
                at, f"{solver} F1", [f"{self.data.f1(c):.2f}" for c in cuts]
            )
        return marks

    def _numbers(self, at: int, name: str, texts: tuple | list) -> list[Primitive]:
        """A row of texts below the axes, one for each position that has room."""
        y = self.row(at)
        return [
            Text(2, y, name, "muted"),
            *[
                Text(self.place(s, 0)[0], y, texts[s - 1], "ink", align="centre")
                for s in self.ticks
            ],
        ]

    def now(self, crowding: int) -> list[Primitive]:
        """The position of the slider."""
        low, high = self.axes().y
        foot, head = self.place(crowding, low), self.place(crowding, high)
        return [Lines([foot], [head], "ink", 1.5, (2, 3))]

    def yours(self, crowding: int, start: str, cuts: Entries) -> list[Primitive]:
        """The cost of the reader's cut, and its pair F1."""
        cut = shown(self.data, crowding, YOURS, start, cuts)
        x, y = self.place(crowding, self.data.cost(cut, crowding))
        f1 = f"{self.data.f1(cut):.2f}"
        return [
            cross(x, y),
            Text(2, self.row(3), "your F1", "muted"),
            Text(x, self.row(3), f1, "ink", align="centre"),
        ]
