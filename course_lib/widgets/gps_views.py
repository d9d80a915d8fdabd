"""The histogram of the tuner of GPS, and its sentence.

rule: "one" kappa for all points, or that of "each" part. kappa: the one, metres.
network, person: names.
"""

from __future__ import annotations

import math

import numpy as np

from .axes import Axes
from .cut_words import counted
from .gps_data import ONE, THRESHOLDS, Errors, passed, similarity
from .palette import BLUE, ORANGE, VERMILLION
from .primitives import (
    BUTT,
    Caption,
    Dash,
    Lines,
    Points,
    Polyline,
    Primitive,
    Rect,
    Text,
)

CHART, LEFT, RIGHT = (868, 236), 58, 52  # panel units, and those beside the axes
TENTHS, QUARTERS = (0, 0.2, 0.4, 0.6, 0.8, 1), (0, 0.25, 0.5, 0.75, 1)
BIN, BINS = 0.05, 20  # metres; bins up to 1 m
FARTHER, NOBODY, END = 1.085, 1.215, 1.29  # places of the last two bars, of the axis
THICK, RIM = 22, 1.5  # panel units: a bar and what stays free beside it
ROOM = 1.1  # of the axis of points to the tallest bar
CURVE, POINT = VERMILLION, ORANGE
LAX: Dash = (7.0, 4.0)  # the curve of the laxest part
NODES = np.linspace(0, 4, 25)  # kappas; where a curve has its corners
HALF = math.sqrt(2 * math.log(2))  # kappas at which a point counts one half


class HistogramViews:
    """Draws the distances of a person from checked data."""

    def __init__(self, data: Errors) -> None:
        self.data = data

    def most(self, person: str) -> int:
        """The points in the fullest bin of a person, of all networks."""
        n = self.data.person(person)
        return max(int(self.bins(name, n).max()) for name in self.data.distances)

    def numbers(self, network: str, n: int) -> np.ndarray:
        """The bin of each point of a person, (P,); the last two are those beyond 1 m
        and those called background."""
        far = self.data.distances[network][n]
        near = np.minimum(np.where(np.isinf(far), 0, far) / BIN + 1e-9, BINS)
        return np.where(np.isinf(far), BINS + 1, near.astype(int))

    def bins(self, network: str, n: int, weights: np.ndarray | None = None):
        """How many points lie in each bin, or what they count, (22,)."""
        return np.bincount(self.numbers(network, n), weights, BINS + 2)

    def axes(self) -> Axes:
        """Distances to the right, similarities upwards."""
        name = "geodesic distance (m)"
        ticks = {"x_ticks": TENTHS, "y_ticks": QUARTERS}
        margins = {"left_margin": LEFT, "right_margin": RIGHT}
        ends = (0, END), (0, ROOM)
        return Axes(*ends, name, "similarity", *CHART, **ticks, **margins)

    def chart(self) -> list[Primitive]:
        """The axes, and the names of the last two bars."""
        axes = self.axes()
        marks = axes.primitives()
        for x, text in ((FARTHER, "farther"), (NOBODY, "background")):
            place, low = axes.to_panel([x, 0])[0].round(1).tolist()
            marks.append(Text(place, low + 7, text, "muted", 12, "centre", "top"))
        return marks

    def points_axis(self, person: str) -> list[Primitive]:
        """The axis of the bars."""
        return self.axes().second_y("points", 1 / self.most(person))

    def middles(self) -> np.ndarray:
        """Where each bar stands, (22,) metres."""
        return np.array([*(BIN * (np.arange(BINS) + 0.5)), FARTHER, NOBODY])

    def bars(self, network: str, person: str) -> list[Primitive]:
        """How many points lie in each bin, as pale bars."""
        axes, most = self.axes(), self.most(person)
        found = self.bins(network, self.data.person(person)) / most
        half = self.half()
        marks: list[Primitive] = []
        for x, height in zip(self.middles(), found, strict=True):
            if height:
                (mid, top), (_, low) = axes.to_panel([(x, height), (x, 0)]).round(1)
                box = mid - half + 0.5, top + 0.5, 2 * half, low - top
                marks.append(Rect(*map(float, box), "muted", 1, fill="muted"))
        return marks

    def half(self) -> float:
        """Half the width of a bar, panel units."""
        (left, _), (right, _) = self.axes().to_panel([(0, 0), (BIN, 0)])
        return float(right - left) / 2 - RIM

    def counted(
        self, network: str, person: str, rule: str, kappa: float
    ) -> list[Primitive]:
        """What the points of each bin count, as solid bars."""
        axes, n, most = self.axes(), self.data.person(person), self.most(person)
        worth = self.data.counts(network, n, rule, kappa)
        sums = self.bins(network, n, worth) / most
        tops = axes.to_panel(np.stack([self.middles(), sums], axis=1)).round()
        low = axes.area[3]
        shown = tops[tops[:, 1] < low - 0.5]
        feet = np.stack([shown[:, 0], np.full(len(shown), low)], axis=1)
        return [Lines(feet, shown, BLUE, THICK, BUTT)] if len(shown) else []

    def curves(self, rule: str, kappa: float) -> list[Primitive]:
        """What a point counts at each distance; for parts, the strictest and laxest."""
        if rule == ONE:
            half = f"{HALF * kappa:.2f}"
            told = f"With κ = {kappa:g} m a point counts one half at {half} m."
            named = [(f"κ = {kappa:g} m", kappa, ())]
        else:
            both = self.data.extremes()
            told = "Each point counts by the κ of its part; the slider is not used."
            named = [
                (f"{name}: κ = {k:g} m", k, dash)
                for (name, k), dash in zip(both, ((), LAX), strict=True)
            ]
        marks: list[Primitive] = []
        for row, (name, value, dash) in enumerate(named):
            marks += self._curve(name, value, dash, row)
        return [*marks, Caption(f"GPS is the solid share of all bars. {told}")]

    def _curve(self, name: str, kappa: float, dash: Dash, row: int) -> list[Primitive]:
        """A curve, and its name in the corner."""
        axes, far = self.axes(), np.append(kappa * NODES, np.inf).clip(max=BIN * BINS)
        line = axes.to_panel(np.stack([far, similarity(far, kappa)], axis=1)).round()
        x, y = 0.74, 1.03 - 0.1 * row
        start, end, words = axes.to_panel([(x, y), (x + 0.05, y), (x + 0.06, y)])
        return [
            Polyline(line, CURVE, 2.5, dash),
            Lines([start], [end], CURVE, 2.5, dash),
            Text(*words.tolist(), name, "ink", 12),
        ]

    def points(self, network: str, person: str, rule: str) -> list[Primitive]:
        """Each point, with its part's name, on the curve of that part."""
        if rule == ONE:
            return []
        n = self.data.person(person)
        far = self.data.distances[network][n]
        worth = self.data.counts(network, n, rule, 1.0)
        shown = np.flatnonzero(far < BIN * BINS)
        if not len(shown):
            return []
        places = self.axes().to_panel(np.stack([far, worth], axis=1)[shown]).round()
        labels = [self.data.label(n, k) for k in shown]
        return [Points(places, labels, POINT, 2.8, halo=True)]

    # The sentence.

    def sentence(self, network: str, person: str, rule: str, kappa: float) -> str:
        """The person's scores, how many thresholds they pass, and the means."""
        data, n = self.data, self.data.person(person)
        gps = data.gps(network, n, rule, kappa)
        by = f"κ = {kappa:g}\u00a0m" if rule == ONE else "a κ for each part"
        start = f"{network[:1].upper()}{network[1:]}, person {person}, {by}"
        told = f"{start}: GPS {gps:.3f} passes {passed(gps)} of 10 thresholds"
        means = [np.mean(data.scores(network, rule, kappa, False))]
        masked = data.masked(network, n, rule, kappa)
        if masked is not None:
            assert data.ious
            root = f"√({gps:.3f} · {data.ious[network][n]:.3f}) = {masked:.3f}"
            told += f", with the mask {root} passes {passed(masked)}"
            means.append(np.mean(data.scores(network, rule, kappa, True)))
        people = counted(len(data.names), "person", "people")
        return f"{told}. Mean of {people}: {' and '.join(f'{m:.3f}' for m in means)}."


def reached(score: float) -> str:
    """Which thresholds a score passes, as prose."""
    count = passed(score)
    if not count:
        return "none"
    last = f"{THRESHOLDS[count - 1]:.2f}"[1:]
    return f".50 to {last}" if count > 1 else ".50 alone"
