"""The chart of all connections in order: what each scored and what came of it.

step: which connection, from 1.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from .axes import Axes, nice_ticks
from .cut_chart import cross
from .paf_data import ADD, CASES, CONFLICT, MERGE, NEW, Fields
from .paf_people import NAMES
from .palette import BLUE, GREEN, ORANGE, PURPLE, VERMILLION
from .primitives import Caption, Lines, Points, Polyline, Primitive

SIZE, LEFT = (520, 150), 62  # panel units, and those beside the axes
MARK = 3.6  # panel units; the radius of a connection's mark


def case_mark(case: str, x: float, y: float, r: float = MARK) -> Primitive:
    """The mark of a case: a shape and a colour of its own."""
    if case == NEW:
        return Points([(x, y)], (), GREEN, r)
    if case == ADD:
        return Points([(x, y)], (), BLUE, r - 0.5, False, 2)
    if case == CONFLICT:
        return replace(cross(x, y, r), colour=VERMILLION, width=2)
    if case == MERGE:
        corners = [(x - r, y + r), (x, y - r), (x + r, y + r)]
        return Polyline(corners, ORANGE, 2, closed=True, fill=ORANGE)
    corners = [(x - r, y), (x, y - r), (x + r, y), (x, y + r)]
    return Polyline(corners, PURPLE, 2, closed=True, fill=PURPLE)


class OrderViews:
    """Draws the chart from checked data."""

    def __init__(self, data: Fields) -> None:
        self.data = data
        self.scores = np.array([step.score for step in data.steps])
        low = min(0.0, float(self.scores.min()))
        high = max(1.0, float(self.scores.max()))
        room = 0.08 * (high - low)
        ends = 0.3, len(data.steps) + 0.7
        ticks = [t for t in nice_ticks(1, ends[1], 10) if t == round(t)] or [1]
        name = "connection, in the parser's order"
        self.axes = Axes(
            ends,
            (low - room, high + room),
            name,
            "score",
            *SIZE,
            x_ticks=ticks,
            left_margin=LEFT,
        )
        numbers = np.arange(1, len(data.steps) + 1)
        self.places = self.axes.to_panel(np.stack([numbers, self.scores], axis=1))

    def chart(self) -> list[Primitive]:
        """Axes, and a mark for each connection."""
        cases = [step.case for step in self.data.steps]
        places = self.places.round(1).tolist()
        marks = [case_mark(case, *at) for case, at in zip(cases, places, strict=True)]
        return [*self.axes.primitives(), *marks]

    def now(self, step: int) -> list[Primitive]:
        """The present connection, and how often each case came up so far."""
        place = self.places[step - 1].round(1)
        _, top, _, bottom = self.axes.area
        line = Lines([(place[0], bottom)], [(place[0], top)], "ink", 1.5, (2, 3))
        cases = [done.case for done in self.data.steps[:step]]
        counts = ", ".join(f"{NAMES[case]} {cases.count(case)}" for case in CASES)
        told = f"Up to connection {step}: {counts}."
        return [line, Points([place], (), "ink", 8, False, 2.2), Caption(told)]
