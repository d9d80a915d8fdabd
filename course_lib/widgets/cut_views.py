"""The picture of the explorer of cuts, as layers of primitives.

Positions count from 1. `show`, `start` and `cuts` say which cut is shown.
"""

from __future__ import annotations

import math

import numpy as np

from .cascade_data import words
from .cut_data import DOT, Cuts
from .cut_energy import Bools, Cut, Pair, broken_triangles, pairs
from .cut_moves import KEEPS, ONE, YOURS, Entries, buttons, entry, shown
from .palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION
from .primitives import (
    Caption,
    Circle,
    Dash,
    Lines,
    Points,
    Polyline,
    Primitive,
    Rect,
    Text,
)

TOGETHER, APART = GREEN, VERMILLION  # pair costs below and above 0
APART_DASH: Dash = (6.0, 4.0)
MISSING_DASH: Dash = (2.0, 3.0)
# Width and alpha of a pair: its cost up to a third, two thirds of a large one, more.
STRENGTHS = ((1.0, 0.4), (2.0, 0.55), (3.2, 0.75))
HUES = (BLUE, ORANGE, PURPLE, SKY)
# Corners (0: round), the turn of the first and the radius in dots of a person's mark.
SHAPES = (
    (0, 0.0, 1.0),
    (4, math.pi / 4, 1.25),
    (4, 0.0, 1.4),
    (3, -math.pi / 2, 1.6),
    (3, math.pi / 2, 1.6),
)
BONES: tuple[Dash, ...] = ((), (9.0, 5.0))  # of the true people, in turn
JOINED, AGAINST, EVERY, NO_EDGES = "joined", "against", "all", "none"


def number(value: float) -> str:
    """A cost as prose: one decimal and a true minus sign."""
    return f"{round(value, 1) + 0.0:.1f}".replace("-", "−")


def mark(person: int, x: float, y: float, r: float, width: float = 2.5) -> Primitive:
    """The outline of a person's candidates; its colour and shape are the person's."""
    colour = HUES[person % len(HUES)]
    corners, turn, wide = SHAPES[person % len(SHAPES)]
    if not corners:
        return Circle(x, y, r, colour, width, fill=colour)
    turns = turn + 2 * math.pi * np.arange(corners) / corners
    ring = np.stack([np.cos(turns), np.sin(turns)], axis=1)
    ends = (x, y) + wide * r * ring
    return Polyline(ends, colour, width, closed=True, fill=colour)


def alone(x: float, y: float, r: float) -> Primitive:
    """The outline of a kept candidate that no other is joined to."""
    return Circle(x, y, r, "ink", 1.8)


def suppressed(x: float, y: float, r: float) -> Primitive:
    """The outline of a suppressed candidate."""
    return Circle(x, y, r, "muted", 1.2, (2.0, 3.0))


class PictureViews:
    """Draws the layers of the picture from checked data."""

    def __init__(self, data: Cuts) -> None:
        self.data = data

    def people(self, crowding: int) -> list[Primitive]:
        """The true skeletons, faint."""
        marks: list[Primitive] = []
        for n, pose in enumerate(self.data.people[crowding - 1]):
            limbs = self.data.skeleton.limb_indices
            ends = [(pose[a], pose[b]) for a, b in limbs]
            drawn = [(a, b) for a, b in ends if np.isfinite([a, b]).all()]
            starts, stops = [a for a, _ in drawn], [b for _, b in drawn]
            dash = BONES[n % len(BONES)]
            marks.append(Lines(starts, stops, "muted", 5, dash, alpha=0.28))
        return marks

    def edges(
        self, crowding: int, show: str, edges: str, start: str, cuts: Entries
    ) -> list[Primitive]:
        """The pairs asked for; those of the picked candidate, if there is one."""
        cut = shown(self.data, crowding, show, start, cuts)
        picked = self.picked(crowding, show, start, cuts)
        if picked is not None:
            mask = np.zeros_like(cut.joined)
            mask[picked] = mask[:, picked] = True
            return self._drawn(crowding, mask)
        return self._drawn(crowding, self._asked(edges, cut, crowding))

    def _asked(self, edges: str, cut: Cut, crowding: int) -> Bools:
        """Which pairs a choice of edges means, (D, D)."""
        if edges == JOINED:
            return cut.joined
        if edges == AGAINST:
            wanted = self.data.beta[crowding - 1] < 0
            return (cut.joined != wanted) & cut.kept & cut.kept[:, None]
        return np.full_like(cut.joined, edges == EVERY)

    def _drawn(self, crowding: int, mask: Bools) -> list[Primitive]:
        """Pairs as lines: colour and dash by sign, width by size of their cost."""
        beta, strong = self.data.beta[crowding - 1], self.data.strong
        levels: dict[tuple[int, bool], list[Pair]] = {}
        for d, e in pairs(mask):
            share = abs(beta[d, e]) / strong if strong else 0.0
            level = min(int(3 * share), 2)
            levels.setdefault((level, bool(beta[d, e] < 0)), []).append((d, e))
        marks: list[Primitive] = []
        for (level, together), found in sorted(levels.items()):
            width, alpha = STRENGTHS[level]
            colour, dash = (TOGETHER, ()) if together else (APART, APART_DASH)
            marks.append(
                Lines(*self._ends(crowding, found), colour, width, dash, alpha)
            )
        return marks

    def _ends(self, crowding: int, found: list[Pair]) -> tuple[list, list]:
        """Where the lines of pairs start and end."""
        places = self.data.places[crowding - 1]
        return [places[d] for d, _ in found], [places[e] for _, e in found]

    def missing(
        self, crowding: int, show: str, start: str, cuts: Entries
    ) -> list[Primitive]:
        """The third sides that broken triangles lack."""
        cut = shown(self.data, crowding, show, start, cuts)
        sides = sorted({(a, c) for a, _, c in broken_triangles(cut.joined)})
        if not sides:
            return []
        return [Lines(*self._ends(crowding, sides), "ink", 1.3, MISSING_DASH)]

    def points(self, crowding: int) -> list[Primitive]:
        """Where a candidate lies, if its mark had to move aside."""
        places, points = self.data.places[crowding - 1], self.data.points[crowding - 1]
        moved = np.linalg.norm(places - points, axis=-1) > 3 * self.data.unit
        if not moved.any():
            return []
        return [
            Lines(points[moved], places[moved], "muted", 1),
            Points(points[moved], (), "muted", 2.2),
        ]

    def dots(
        self, crowding: int, show: str, start: str, cuts: Entries
    ) -> list[Primitive]:
        """Every candidate: its class as a code, its person as colour and shape."""
        data, places = self.data, self.data.places[crowding - 1]
        cut = shown(data, crowding, show, start, cuts)
        labels = self._labels(crowding, self.picked(crowding, show, start, cuts))
        marks: list[Primitive] = [Points(places, labels, "surface", DOT)]
        whose = {d: n for n, group in enumerate(data.persons(cut)) for d in group}
        for d, (x, y) in enumerate(places):
            if d in whose:
                marks.append(mark(whose[d], x, y, DOT * data.unit))
            elif cut.kept[d]:
                marks.append(alone(x, y, DOT * data.unit))
            else:
                marks.append(suppressed(x, y, DOT * data.unit))
            colour = "ink" if cut.kept[d] else "muted"
            marks.append(Text(x, y, data.tags[d], colour, 12, "centre"))
        return marks

    def _labels(self, crowding: int, picked: int | None) -> list[str]:
        """What the read-out says near each candidate."""
        data = self.data
        truths = [f"true person {t + 1}" if t >= 0 else "of nobody" for t in data.truth]
        told = zip(data.names, data.alpha[crowding - 1], truths, strict=True)
        labels = [f"{words(name)}, cost {number(a)}, {who}" for name, a, who in told]
        if picked is None:
            return labels
        shared = data.beta[crowding - 1, picked]
        tag = data.tags[picked]
        return [
            label if d == picked else f"{label}, pair with {tag} {number(shared[d])}"
            for d, label in enumerate(labels)
        ]

    # What only the live explorer shows.

    def picked(self, crowding: int, show: str, start: str, cuts: Entries) -> int | None:
        """The candidate that the reader picked."""
        return entry(crowding, start, cuts)["picked"] if show == YOURS else None

    def ring(
        self, crowding: int, show: str, start: str, cuts: Entries
    ) -> list[Primitive]:
        """A frame around the picked candidate."""
        picked = self.picked(crowding, show, start, cuts)
        if picked is None:
            return []
        x, y = self.data.places[crowding - 1, picked]
        return [Circle(x, y, 1.5 * DOT * self.data.unit, "ink", 2.5)]

    def buttons(self, show: str) -> list[Primitive]:
        """The row of buttons; grey while the cut shown is not the reader's."""
        colour = "ink" if show == YOURS else "muted"
        marks: list[Primitive] = []
        for name, (x, y, w, h) in buttons(self.data).items():
            marks.append(Rect(x, y, w, h, colour, 1, fill="muted"))
            middle = x + (w - 1) / 2, y + (h - 1) / 2
            marks.append(Text(*middle, name, colour, 13, "centre"))
        return marks

    def hint(
        self,
        crowding: int,
        show: str,
        start: str,
        cuts: Entries,
        click: str,
        scope: str,
    ) -> list[Primitive]:
        """What a click does next."""
        if show != YOURS:
            return [Caption("Choose “Show: your cut” to change it.")]
        if click == KEEPS:
            rest = "its pairs stay joined" if scope == ONE else "its pairs are cut"
            return [Caption(f"Click a candidate to suppress it ({rest}) or keep it.")]
        one = "join them to it, or cut them from it"
        does = one if scope == ONE else "unite the groups, or take one out of its group"
        picked = self.picked(crowding, show, start, cuts)
        if picked is None:
            return [Caption(f"Click a candidate to pick it, then others to {does}.")]
        name = words(self.data.names[picked]).capitalize()
        return [Caption(f"{name} picked. Click others to {does}; itself to let go.")]
