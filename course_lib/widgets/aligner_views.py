"""The panels of the flip aligner, as layers of primitives.

A joint is called by its name, or by its place n among the examples, from 0; shifts are
cells to the right.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .aligner_data import KINDS, MEAN, MIRRORED, PLAIN, SHIFTS, Flips, Floats
from .axes import Axes
from .cascade_data import px
from .palette import BLUE, GREEN, PURPLE, VERMILLION, WHITE
from .pictures import HeatMap
from .primitives import Caption, Dash, Lines, Points, Polyline, Primitive, Text

CELL, COLUMNS, ROWS = 24, 13, 11  # of a map's panel: units in a cell, the most cells
CHART = (430, 250)  # panel units
LEFT = 56  # panel units, beside the axes
COLOUR = {PLAIN: BLUE, MIRRORED: PURPLE, MEAN: GREEN}
STYLE: dict[str, Dash] = {PLAIN: (8.0, 4.0), MIRRORED: (2.0, 4.0), MEAN: ()}
WORDS = {PLAIN: "picture", MIRRORED: "un-mirrored", MEAN: "average"}
EXACT_DASH: Dash = (6.0, 3.0)
CODE_DASH: Dash = (2.0, 3.0)
PUBLISHED = 1.0  # cells; the shift of the paper's code


def signed(shift: float) -> str:
    """A shift as prose, with a true minus sign."""
    return f"{shift:+g}".replace("-", "−") if shift else "0"


class AlignerViews:
    """Draws each layer from checked data."""

    def __init__(self, data: Flips) -> None:
        self.data = data
        self.places = data.places  # found here, so that a bad decoder is refused
        h, w = data.maps.shape[-2:]
        self.cells = np.minimum([COLUMNS, ROWS], [w, h])  # of a window
        self.panel = tuple(int(side) for side in CELL * self.cells)

    # The three maps.

    def example(self, joint: str) -> int:
        """The place of a joint among the examples."""
        return self.data.names.index(joint)

    def corner(self, n: int) -> NDArray[np.int64]:
        """The first column and row of the window around the true place."""
        most = np.array(self.data.maps.shape[:1:-1]) - self.cells
        centre = np.rint(self.data.truth[n]).astype(int)
        return np.clip(centre - self.cells // 2, 0, most)

    def on_panel(self, place: Floats, n: int) -> Floats:
        """Where a place (x, y) in cells lies on a map's panel."""
        return np.round((place - self.corner(n) + 0.5) * CELL - 0.5, 1)

    def top(self, n: int) -> float:
        """Where the colours of an example's maps end."""
        return max(float(self.data.maps[n].max()), 1e-6)

    def window(self, kind: str, n: int, shift: float) -> Floats:
        """The part of a map that is shown."""
        (x, y), (w, h) = self.corner(n), self.cells
        return self.data.shown(kind, n, shift)[y : y + h, x : x + w]

    def plain(self, joint: str) -> list[Primitive]:
        """The map of the picture; no shift moves it."""
        return self._map(PLAIN, self.example(joint), 0.0)

    def mirrored(self, shift: float, joint: str) -> list[Primitive]:
        """The map of the mirrored picture, mirrored back and shifted."""
        return self._map(MIRRORED, self.example(joint), shift)

    def mean(self, shift: float, joint: str) -> list[Primitive]:
        """The average of the two."""
        return self._map(MEAN, self.example(joint), shift)

    def _map(self, kind: str, n: int, shift: float) -> list[Primitive]:
        """A map, the true place and the decoded one."""
        top = self.top(n)
        share = np.clip(self.window(kind, n, shift) / top, 0, 1)
        array = np.rint(255 * share).astype(np.uint8)
        truth = self.on_panel(self.data.truth[n], n)
        place = self.on_panel(self.places[kind, shift][n], n)
        width, height = self.panel
        upright = [(truth[0], -0.5)], [(truth[0], height - 0.5)]
        error = self.data.error(kind, n, shift)
        return [
            HeatMap(array, 0.0, round(top, 3), w=width, h=height, colours="magma"),
            Lines(*upright, WHITE, 1, (2.0, 4.0)),
            Points([truth], ("true place",), WHITE, 8, False, 2.2, halo=True),
            Points([place], (WORDS[kind],), COLOUR[kind], 5, halo=True),
            Caption(f"{px(error)} off."),
        ]

    # Their values along a row.

    def rows_axes(self, n: int) -> Axes:
        """Columns of the window, and values up to the colours' end."""
        left = int(self.corner(n)[0])
        wide = int(self.cells[0])
        ends = (left - 0.5, left + wide - 0.5)
        ticks = range(left, left + wide, 2)
        names = "column (cells)", "value"
        high = (0, 1.12 * self.top(n))
        return Axes(ends, high, *names, *CHART, ticks, left_margin=LEFT)

    def rows_frame(self, joint: str) -> list[Primitive]:
        """Axes, and a line at the true place."""
        n = self.example(joint)
        axes, (x, y) = self.rows_axes(n), self.data.truth[n]
        foot, head = axes.to_panel([(x, 0), (x, axes.y[1])])
        align, aside = ("left", 5) if x < np.mean(axes.x) else ("right", -5)
        row = int(np.rint(y))
        return [
            *axes.primitives(),
            Lines([foot], [head], "ink", 1.5, (2.0, 4.0)),
            Text(head[0] + aside, head[1] + 6, "truth", "ink", align=align),
            Caption(f"Row {row} of the maps, that of the true place."),
        ]

    def rows_of_plain(self, joint: str) -> list[Primitive]:
        """The values of the picture's map."""
        return [self._row(PLAIN, self.example(joint), 0.0)]

    def rows_of_rest(self, shift: float, joint: str) -> list[Primitive]:
        """The values of the un-mirrored map and of the average."""
        n = self.example(joint)
        return [self._row(kind, n, shift) for kind in (MIRRORED, MEAN)]

    def _row(self, kind: str, n: int, shift: float) -> Polyline:
        """A map's values along the row of the true place."""
        left, top = self.corner(n)
        row = int(np.rint(self.data.truth[n, 1])) - top
        row = int(np.clip(row, 0, self.cells[1] - 1))
        values = np.clip(self.window(kind, n, shift)[row], 0, None)
        columns = left + np.arange(self.cells[0])
        places = self.rows_axes(n).to_panel(np.stack([columns, values], axis=1))
        return Polyline(np.round(places, 1), COLOUR[kind], 2.5, STYLE[kind])

    # The score against the shift.

    @property
    def axes(self) -> Axes:
        """All shifts, and the scores of all runs."""
        data = self.data
        values = [*data.curve.ravel(), *([] if data.single is None else [data.single])]
        room = max(0.08 * float(np.ptp(values)), 1e-3)
        low, high = min(values) - room, max(values) + 2.5 * room
        ends = SHIFTS[0] - 0.1, SHIFTS[-1] + 0.1
        ticks = range(-2, 3)
        names = "shift (cells)", data.score
        return Axes(ends, (low, high), *names, *CHART, ticks, left_margin=LEFT)

    def curve(self) -> list[Primitive]:
        """The score at every shift, each run thin, and the two shifts of interest."""
        axes, data = self.axes, self.data
        marks = axes.primitives()
        for run in data.curve if len(data.curve) > 1 else []:
            marks.append(Polyline(self._along(run), "muted", 1, alpha=0.6))
        for x, dash, colour in (
            (data.exact, EXACT_DASH, VERMILLION),
            (PUBLISHED, CODE_DASH, "ink"),
        ):
            foot, head = axes.to_panel([(x, axes.y[0]), (x, axes.y[1])])
            marks.append(Lines([foot], [head], colour, 1.8, dash))
        _, top, _, _ = axes.area
        exact, code = axes.to_panel([(data.exact, 0), (PUBLISHED, 0)])[:, 0]
        text = f"exact {round(data.exact, 2):g}"
        marks.append(Text(exact - 6, top + 6, text, "ink", align="right"))
        marks.append(Text(code + 6, top + 6, "paper's code 1", "ink"))
        marks.append(Polyline(self._along(data.means), GREEN, 2.5))
        marks.append(Points(self._along(data.means), (), GREEN, 3))
        if data.single is not None:
            ends = axes.to_panel([(x, data.single) for x in axes.x])
            marks.append(Lines(ends[:1], ends[1:], "muted", 1.5, STYLE[PLAIN]))
            x, y = ends[0] + [4, -4]
            marks.append(Text(x, y, "without flip test", "muted", base="bottom"))
        return marks

    def _along(self, scores: Floats) -> Floats:
        """Panel places of a score at every shift."""
        places = self.axes.to_panel(np.stack([SHIFTS, scores], axis=1))
        return np.round(places, 1)

    def now(self, shift: float) -> list[Primitive]:
        """The score at the slider's shift."""
        means, at = self.data.means, SHIFTS.index(shift)
        best = int(means.argmin() if self.data.is_error else means.argmax())
        place = self._along(means)[at]
        text = f"{self.data.score}: {means[at]:.1f} at {signed(shift)}"
        if best != at:
            text += f", best {means[best]:.1f} at {signed(SHIFTS[best])}"
        return [Points([place], (), "ink", 8, False, 2.5), Caption(f"{text}.")]

    # The sentence.

    def told(self, shift: float, joint: str) -> str:
        """The error of each of the three maps."""
        n = self.example(joint)
        way = "to the right" if shift > 0 else "to the left"
        moved = f"shifted {px(self.data.stride * abs(shift))} {way}"
        errors = [
            f"{WORDS[kind]} {px(self.data.error(kind, n, shift))}" for kind in KINDS
        ]
        start = f"Un-mirrored map {moved if shift else 'not shifted'}"
        return f"{start}. Error: {', '.join(errors)}."
