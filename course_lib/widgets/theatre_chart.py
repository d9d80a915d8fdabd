"""The chart of the tracking theatre: where every id is, and what goes wrong when.

Frames count from 1 here. `dropout`, `propagation` and `similarity` say which run.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np

from .axes import BOTTOM, TOP, Axes
from .cut_data import spread
from .cut_views import number
from .cut_words import counted
from .palette import VERMILLION
from .primitives import Caption, Lines, Points, Polyline, Primitive, Rect, Scale, Text
from .theatre_data import COUNTS, Floats, Theatre, TrackedRun
from .theatre_views import centres, hues, snap

SIZE = WIDTH, HEIGHT = 400, 350  # panel units
LEFT, RIGHT = 76, 34  # panel units beside the axes
ROW, TICKS = 26, 38  # panel units: a row of bars, and what lies below the rows
MOST_TICKS = 8
LONG = 4  # frames; an id seen so long has its number at both ends
NAMES = dict(zip(COUNTS, ("missed", "false", "switched"), strict=True))
BAR = {"misses": "muted", "false_positives": "muted", "switches": VERMILLION}
AGAIN = (2.0, 3.0)  # dash between two places where an id was lost in between


def switch_mark(x: float, y: float, r: float = 5.0) -> Polyline:
    """A triangle that points at a frame with identity switches."""
    corners = [(x - r, y - r), (x + r, y - r), (x, y + r)]
    return Polyline(corners, VERMILLION, 2, closed=True, fill=VERMILLION)


class TheatreChart:
    """Draws the layers of the chart from checked data."""

    def __init__(self, data: Theatre) -> None:
        self.data = data
        self.count = len(data.images)
        width = data.size[0]
        self.axes = Axes(
            (-0.3, self.count + 1.3),
            (0, width),
            "",
            "x of each person (px)",
            WIDTH,
            HEIGHT - len(COUNTS) * ROW - TICKS + round(BOTTOM),
            x_ticks=(),
            left_margin=LEFT,
            right_margin=RIGHT,
        )

    def across(self, frame: int) -> float:
        """The panel's x of a frame."""
        return float(np.round(self.axes.to_panel([frame, 0])[0, 0], 1))

    def foot(self, row: int) -> float:
        """The base line of a row of bars."""
        return HEIGHT - TICKS - (len(COUNTS) - 1 - row) * ROW

    def frame_lines(self) -> list[Primitive]:
        """Axes, rows and frame numbers, and a ring for every true person."""
        marks = self.axes.primitives()
        scale = next(mark for mark in marks if isinstance(mark, Scale))
        marks[marks.index(scale)] = replace(scale, x_name="frame")
        left, _, right, _ = self.axes.area
        for row, name in enumerate(COUNTS):
            y = self.foot(row)
            marks.append(Lines([(left, y)], [(right, y)], "grid", 1))
            marks.append(Text(LEFT - 8, y - 8, NAMES[name], "muted", align="right"))
        step = -(-self.count // MOST_TICKS)
        for frame in range(1, self.count + 1, step):
            x, y = self.across(frame), self.foot(len(COUNTS) - 1) + 6
            style = {"align": "centre", "base": "top"}
            marks.append(Text(x, y, f"{frame}", "muted", **style))
        middle, bottom = (left + right) / 2, HEIGHT - 2
        marks.append(Text(middle, bottom, "frame", "muted", 12, "centre", "bottom"))
        return [*marks, Points(self._true(), (), "muted", 4, False, 1.2)]

    def _true(self) -> Floats:
        """Where the true people are, on the panel (N, 2)."""
        found = [
            (frame, x)
            for frame, poses in enumerate(self.data.truth, start=1)
            for x, _ in centres(poses)
            if np.isfinite(x)
        ]
        return np.round(self.axes.to_panel(found), 1)

    def tracks(self, run: TrackedRun) -> dict[int, list[tuple[int, float]]]:
        """Frame and x of every id, by id."""
        made: dict[int, list[tuple[int, float]]] = {}
        for frame, shown in enumerate(run.frames, start=1):
            places = centres(shown.joints)
            for person, (x, _) in zip(shown.ids.tolist(), places, strict=True):
                if np.isfinite(x):
                    made.setdefault(person, []).append((frame, x))
        return made

    def lines(
        self, dropout: float, propagation: bool, similarity: str
    ) -> list[Primitive]:
        """A line for every id, broken where it was lost, with its number."""
        run = self.data.runs[dropout, propagation, similarity]
        tracks, colours = self.tracks(run), hues(run)
        marks: list[Primitive] = []
        for person, track in tracks.items():
            places = np.round(self.axes.to_panel(track), 1)
            frames = [frame for frame, _ in track]
            breaks = [n for n, (a, b) in enumerate(pairwise(frames), 1) if b > a + 1]
            for n in breaks:
                marks.append(
                    Lines(
                        places[n - 1 : n],
                        places[n : n + 1],
                        colours[person],
                        1.5,
                        AGAIN,
                    )
                )
            for piece in np.split(places, breaks):
                marks.append(Polyline(piece, colours[person], 2.5))
            marks.append(Points(places, (), colours[person], 2.5))
        return [*marks, *self._numbers(tracks)]

    def _numbers(self, tracks: dict[int, list[tuple[int, float]]]) -> list[Primitive]:
        """The number of each id before its line, and after it if it is long."""
        texts, places = [], []
        for person, track in tracks.items():
            ends = [(track[0], -9)]
            if track[-1][0] - track[0][0] >= LONG:
                ends.append((track[-1], 9))
            for end, aside in ends:
                x, y = self.axes.to_panel(end)[0]
                texts.append(str(person))
                places.append((x + aside, y))
        if not texts:
            return []
        apart = snap(spread(np.array(places), 12, (WIDTH, self.axes.area[3])))
        style = {"size": 13, "align": "centre", "bold": True}
        return [
            Text(x, y, text, "ink", **style)
            for text, (x, y) in zip(texts, apart, strict=True)
        ]

    def bars(
        self, dropout: float, propagation: bool, similarity: str
    ) -> list[Primitive]:
        """What each frame adds to the counts, their sums, and marks at switches."""
        run = self.data.runs[dropout, propagation, similarity]
        pitch = self.across(2) - self.across(1)
        marks: list[Primitive] = []
        for row, name in enumerate(COUNTS):
            foot = self.foot(row)
            events = run.events(name)
            for n in np.flatnonzero(events):
                high = max(2.0, round((ROW - 6) * events[n] / self.data.most, 1))
                left = self.across(n + 1) - 0.35 * pitch + 0.5
                bar = (left, foot - high + 0.5, 0.7 * pitch, high)
                marks.append(Rect(*bar, BAR[name], 1.2, fill=BAR[name]))
            total = str(getattr(run, name)[-1])
            marks.append(Text(WIDTH - 2, foot - 8, total, "ink", align="right"))
        for n in np.flatnonzero(run.events("switches")):
            marks.append(switch_mark(self.across(n + 1), TOP))
        return marks

    def now(self, frame: int) -> list[Primitive]:
        """The frame shown."""
        x, foot = self.across(frame), self.foot(len(COUNTS) - 1)
        return [Lines([(x, TOP - 4)], [(x, foot)], "ink", 1.5, (2, 3))]

    def compared(self, dropout: float, propagation: bool) -> list[Primitive]:
        """What the clip as a whole scores with each similarity."""
        told = []
        for similarity in self.data.similarities:
            run = self.data.runs[dropout, propagation, similarity]
            switches = int(run.switches[-1])
            told.append(f"{similarity} {number(run.mota[-1])} ({switches})")
        return [Caption(f"MOTA (switches) of the whole clip: {', '.join(told)}.")]

    def sentence(
        self, frame: int, dropout: float, propagation: bool, similarity: str
    ) -> str:
        """The counts and MOTA up to a frame, and of the whole clip."""
        run, n = self.data.runs[dropout, propagation, similarity], frame - 1
        so_far = [
            counted(int(run.misses[n]), "joint") + " missed",
            counted(int(run.false_positives[n]), "false positive"),
            counted(int(run.switches[n]), "id switch", "id switches"),
            f"MOTA {number(run.mota[n])}\u00a0%",
        ]
        whole = (
            f"Whole clip: {run.misses[-1]} missed, {run.false_positives[-1]} false, "
            f"{run.switches[-1]} switched, MOTA {number(run.mota[-1])}\u00a0%."
        )
        return f"Up to frame {frame}: {', '.join(so_far)}. {whole}"
