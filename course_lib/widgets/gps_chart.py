"""The thresholds that a person passes, and all people of all networks.

rule, kappa, network and person as in `gps_views`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .axes import Axes
from .gps_data import THRESHOLDS, Errors, passed
from .gps_views import reached
from .palette import BLUE, ORANGE
from .pdj_views import HIT, MISS
from .primitives import Caption, Lines, Points, Primitive, Text

SIDE = (425, 231)  # panel units
NAMES, LETTER = 96, 7.6  # panel units beside the axes: at least, for each letter
VALUES = 58  # panel units on their other side, for numbers
TICKS = (0, 0.25, 0.5, 0.75, 1)
KINDS = ("GPS", "masked GPS")
HUES = (BLUE, ORANGE)  # of both
MARK = 5.0  # screen px: a threshold
TALL, MEAN = 0.3, 0.14  # rows: half a tick at a score, and at a mean
TALLEST = 26.0  # panel units: half a tick
APART = 0.34  # rows between GPS and masked GPS of a network


def score_mark(place: Sequence[float], hue: str, half: float) -> Lines:
    """A score on its axis, as a thick upright tick."""
    x, y = place
    return Lines([(x, y - half)], [(x, y + half)], hue, 4)


class ScoreViews:
    """Draws scores from checked data."""

    def __init__(self, data: Errors) -> None:
        self.data = data
        self.kinds = KINDS if data.ious is not None else KINDS[:1]

    # The thresholds.

    def scale_axes(self) -> Axes:
        """Scores to the right, a row for GPS, and one for masked GPS."""
        rows = (0.5 - len(self.kinds), 0.5)
        more = {"y_ticks": (), "left_margin": NAMES, "right_margin": VALUES}
        return Axes((0, 1), rows, "score and thresholds", "", *SIDE, TICKS, **more)

    def scale(self) -> list[Primitive]:
        """The axis and the names of the rows."""
        axes = self.scale_axes()
        return [*axes.primitives(), *self._names(axes, self.kinds)]

    def _names(self, axes: Axes, names: Sequence[str]) -> list[Primitive]:
        """What each row is, at the left."""
        rows = [axes.to_panel([0, -n])[0].tolist() for n in range(len(names))]
        texts = zip(names, rows, strict=True)
        return [Text(x - 10, y, name, "ink", 12, "right") for name, (x, y) in texts]

    def scores(self, network: str, person: str, rule: str, kappa: float) -> list[float]:
        """The GPS of a person, and the masked GPS where it is known."""
        n = self.data.person(person)
        gps = self.data.gps(network, n, rule, kappa)
        masked = self.data.masked(network, n, rule, kappa)
        return [gps] if masked is None else [gps, masked]

    def thresholds(
        self, row: int, network: str, person: str, rule: str, kappa: float
    ) -> list[Primitive]:
        """The ten thresholds in a row, filled where they are passed."""
        count = passed(self.scores(network, person, rule, kappa)[row])
        places = self.scale_axes().to_panel([(t, -row) for t in THRESHOLDS]).round(1)
        styles = (places[:count], HIT, True), (places[count:], MISS, False)
        return [
            Points(some, (), hue, MARK, is_filled, 2)
            for some, hue, is_filled in styles
            if len(some)
        ]

    def now(
        self, network: str, person: str, rule: str, kappa: float
    ) -> list[Primitive]:
        """The scores, as ticks and as numbers."""
        axes, marks = self.scale_axes(), []
        half = self._height(axes, TALL)
        for row, score in enumerate(self.scores(network, person, rule, kappa)):
            x, y = axes.to_panel([score, -row])[0].round().tolist()
            marks.append(score_mark((x, y), HUES[row], half))
            number = f"{score:.3f}"
            marks.append(Text(axes.area[2] + 10, y, number, "ink", 13, bold=True))
        return marks

    def told(
        self, network: str, person: str, rule: str, kappa: float
    ) -> list[Primitive]:
        """Which thresholds are passed, in words."""
        scores = self.scores(network, person, rule, kappa)
        pairs = zip(self.kinds, scores, strict=True)
        text = "; ".join(f"{kind} passes {reached(score)}" for kind, score in pairs)
        return [Caption(f"{text}.")]

    @staticmethod
    def _height(axes: Axes, rows: float) -> float:
        """Panel units of a part of a row."""
        (_, high), (_, low) = axes.to_panel([(0, rows), (0, 0)])
        return min(float(low - high), TALLEST)

    # All people.

    def people_axes(self) -> Axes:
        """Scores to the right, a row for each network."""
        rows = (0.5 - len(self.data.distances), 0.5)
        left = max(NAMES, 14 + LETTER * max(map(len, self.data.distances)))
        more = {"y_ticks": (), "left_margin": left, "right_margin": VALUES}
        return Axes((0, 1), rows, "score of each person", "", *SIDE, TICKS, **more)

    def people(self) -> list[Primitive]:
        """The axis and the names of the networks."""
        axes = self.people_axes()
        return [*axes.primitives(), *self._names(axes, list(self.data.distances))]

    def everyone(self, rule: str, kappa: float) -> list[Primitive]:
        """The scores of all people, and their means."""
        axes, marks = self.people_axes(), []
        half = self._height(axes, MEAN)
        for row, network in enumerate(self.data.distances):
            for kind, hue in zip(range(len(self.kinds)), HUES, strict=False):
                scores = self.data.scores(network, rule, kappa, bool(kind))
                height, mean = self.level(row, kind), float(np.mean(scores))
                places = axes.to_panel([(score, height) for score in scores]).round()
                x, y = axes.to_panel([mean, height])[0].round().tolist()
                labels = [f"person {name}" for name in self.data.names]
                marks += [
                    Points(places, labels, hue, 3.6, not kind, 1.8),
                    score_mark((x, y), hue, half),
                    Text(axes.area[2] + 10, y, f"{mean:.3f}", "ink", 13),
                ]
        return marks

    def level(self, row: int, kind: int) -> float:
        """The height of GPS, or masked GPS, of a network."""
        if len(self.kinds) == 1:
            return -row
        return -row + (APART / 2 if not kind else -APART / 2)

    def chosen(
        self, network: str, person: str, rule: str, kappa: float
    ) -> list[Primitive]:
        """A ring around the person's scores."""
        axes, n = self.people_axes(), self.data.person(person)
        row = list(self.data.distances).index(network)
        places = []
        for kind in range(len(self.kinds)):
            score = self.data.scores(network, rule, kappa, bool(kind))[n]
            places.append((score, self.level(row, kind)))
        ring = axes.to_panel(places).round()
        return [Points(ring, (), "ink", 7, False, 1.6)]
