"""The table and the scale of the calculator of the crowd index, and its sentence.

apart, edits, every and box as in `crowd_views`.
"""

from __future__ import annotations

from itertools import pairwise

from .axes import Axes
from .crowd_data import EDGE, LEVELS, RULES, Crowd, Edits, level
from .palette import GREEN, ORANGE, VERMILLION
from .primitives import Caption, Lines, Points, Primitive, Rect, Text
from .theatre_views import HUES, badge

TABLE, SCALE = (440, 300), (868, 150)  # panel units
LEFT, TOP, ROW = 66, 74, 42  # panel units: the table's first column and row, a row
COLUMN, WIDE = 38, 66  # panel units: a column of people, and one of sums
SUMS = ("Nᵃ", "Nᵇ", "Nᵇ / Nᵃ")
COLOURS = dict(zip(LEVELS, (GREEN, ORANGE, VERMILLION), strict=True))
LOW, HIGH = 0.0, 1.2  # of the scale
TICKS = (0, 0.1, 0.2, 0.4, 0.6, 0.8, 1)
NAMES = 104  # panel units beside the scale, for the rules
HALF = 0.38  # of a bar of the scale, in rows
CUT = -0.2, -0.56  # rows: between these below a bar's upper side its word is written
CLOSE = 0.005  # crowd indices nearer to a limit are told with three decimals


def told(index: float) -> str:
    """A crowd index as prose."""
    limits = [limit for pair in RULES.values() for limit in pair]
    is_close = any(EDGE < abs(index - limit) < CLOSE for limit in limits)
    return f"{index:.3f}" if is_close else f"{index:.2f}"


class CrowdChart:
    """Draws the numbers from checked data."""

    def __init__(self, data: Crowd) -> None:
        self.data = data

    # The table.

    def column(self, at: int) -> float:
        """The middle of a column: people, then sums."""
        people = self.data.people
        if at < people:
            return LEFT + COLUMN * (at + 0.5)
        return LEFT + COLUMN * people + 14 + WIDE * (at - people + 0.5)

    def row(self, at: int) -> float:
        """The middle of a row, from 0; the last one is that of the mean."""
        return TOP + ROW * (at + 0.5) + (6 if at == self.data.people else 0)

    def heads(self) -> list[Primitive]:
        """What rows and columns are, and lines between them."""
        people, right = self.data.people, self.column(self.data.people + 2) + WIDE / 2
        marks: list[Primitive] = [
            Text(LEFT + COLUMN * people / 2, 12, "joints of", "muted", 12, "centre"),
            Text(34, TOP - 24, "box of", "muted", 12, "centre"),
        ]
        for n in range(people):
            marks += badge(f"{n + 1}", HUES[n], self.column(n), TOP - 24)
            marks += badge(f"{n + 1}", HUES[n], 34, self.row(n))
        for at, name in enumerate(SUMS, start=people):
            x = self.column(at)
            marks.append(Text(x, TOP - 24, name, "ink", 13, "centre", bold=True))
        last = TOP + ROW * people + 2
        rules = [(TOP - 4, 8), (last, self.column(people) - WIDE / 2)]
        told = "In each box: Nᵃ joints of its own person, Nᵇ of others."
        lines = Lines(
            [(x, y) for y, x in rules], [(right, y) for y, _ in rules], "muted", 1
        )
        return [*marks, lines, Caption(told)]

    def cells(self, apart: float, edits: Edits, every: bool) -> list[Primitive]:
        """The counts, the ratios and their mean."""
        now, people = self.data.counted(apart, edits, every), self.data.people
        marks: list[Primitive] = []
        for i in range(people):
            sums = [f"{now.own[i]}", f"{now.foreign[i]}", f"{now.ratios[i]:.2f}"]
            texts = [*map(str, now.table[i].tolist()), *sums]
            for at, text in enumerate(texts):
                colour = "muted" if at < people and not now.table[i, at] else "ink"
                style = {"size": 14, "align": "centre", "bold": at == i}
                marks.append(Text(self.column(at), self.row(i), text, colour, **style))
        x, y = self.column(people + 2), self.row(people)
        mean = Text(x, y, told(now.index), "ink", 15, "centre", bold=True)
        name = Text(
            x - WIDE / 2 - 6, y, "mean: crowd index", "ink", 13, "right", bold=True
        )
        return [*marks, name, mean]

    def chosen(self, box: str) -> list[Primitive]:
        """A frame around the row of the box that is looked at."""
        n, right = int(box) - 1, self.column(self.data.people + 2) + WIDE / 2
        return [Rect(10, self.row(n) - ROW / 2 + 3, right - 10, ROW - 6, HUES[n], 2)]

    # The scale.

    def axes(self) -> Axes:
        """The crowd index to the right, a row for each rule."""
        rows = (0.5 - len(RULES), 0.5)
        more = {"y_ticks": (), "left_margin": NAMES}
        return Axes((LOW, HIGH), rows, "crowd index", "", *SCALE, TICKS, **more)

    def scale(self) -> list[Primitive]:
        """The axis and the names of the rules."""
        axes = self.axes()
        marks = axes.primitives()
        for n, rule in enumerate(RULES):
            x, y = axes.to_panel([LOW, -n])[0].tolist()
            marks.append(Text(x - 8, y, rule, "ink", 12, "right"))
        return marks

    def levels(self, apart: float, edits: Edits, every: bool) -> list[Primitive]:
        """What each rule calls which crowd index; the present one is framed."""
        index, axes = self.data.counted(apart, edits, every).index, self.axes()
        calm: list[Primitive] = []
        framed: list[Primitive] = []
        for n, limits in enumerate(RULES.values()):
            for name, ends in zip(LEVELS, pairwise((LOW, *limits, HIGH)), strict=True):
                corners = [(ends[0], HALF - n), (ends[1], -HALF - n)]
                (left, top), (right, bottom) = axes.to_panel(corners).round(1).tolist()
                is_now = level(index, limits) == name
                hue, width = COLOURS[name], 3.5 if is_now else 1
                box = left + 1.5, top, right - left - 2, bottom - top
                made = [Rect(*box, hue, width, fill=hue)]
                x, y = (left + right) / 2, (top + bottom) / 2
                made.append(Text(x, y, name, "ink", 13, "centre", bold=is_now))
                (framed if is_now else calm).extend(made)
        return [*calm, *framed]

    def now(self, apart: float, edits: Edits, every: bool) -> list[Primitive]:
        """Where the present picture lies on the scale; at its rim beyond it."""
        index, axes = self.data.counted(apart, edits, every).index, self.axes()
        heights = [0.5, *(HALF - n + s for n in range(len(RULES)) for s in CUT), -1.5]
        places = axes.to_panel([(min(index, HIGH), height) for height in heights])
        places = places.round(1)  # in pieces that leave the words free
        line = Lines(places[::2], places[1::2], "ink", 2.4)
        dot = Points(places[:1], (f"crowd index {told(index)}",), "ink", 4.5)
        text = f"{told(index)} lies beyond the scale." if index > HIGH else ""
        return [line, dot, Caption(text)]

    # The sentence.

    def sentence(self, apart: float, edits: Edits, every: bool) -> str:
        """The mean, spelt out, and what both rules call it."""
        now = self.data.counted(apart, edits, every)
        terms = " + ".join(f"{value:.2f}" for value in now.ratios)
        start = f"Crowd index ({terms}) / {self.data.people} = {told(now.index)}"
        paper, code = (level(now.index, limits) for limits in RULES.values())
        if paper == code:
            return f"{start}: {paper} by both rules."
        return f"{start}: {paper} by the paper's rule, {code} by the official code's."
