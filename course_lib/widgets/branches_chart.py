"""The maxima of both branches as bars and along the patch's way, and the sentence.

network, joint, row: names. x: the patch's centre, px.
"""

from __future__ import annotations

import itertools

import numpy as np

from .axes import Axes, nice_ticks
from .branches_data import BRANCHES, COVERED, OCCLUDED, UNKNOWN, Branches, Floats
from .branches_views import COLOURS, STATES, WON
from .cascade_data import words
from .paf_views import value
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

BARS, WAY = (190, 300), (868, 170)  # panel units
THICK = 30  # of a bar, screen px
DASHES: tuple[Dash, Dash] = ((), (6.0, 4.0))  # of the branches' curves
GRAIN = 2.0  # panel units; to which curves are rounded
ROOM = 1.22  # of the axis of the bars to the largest maximum, for the words above them


class MaximaViews:
    """Draws the maxima from checked data."""

    def __init__(self, data: Branches) -> None:
        self.data = data
        self.top = max(data.peak, float(data.maxima.max()))
        step = (data.xs[-1] - data.xs[0]) / (len(data.xs) - 1)
        self.ends = data.xs[0] - step / 4, data.xs[-1] + step / 4

    # The bars.

    def bar_axes(self) -> Axes:
        """A bar for each branch, side by side."""
        ticks = [t for t in nice_ticks(0, ROOM * self.top, 4) if t <= self.top]
        ends = (-0.6, 1.6), (0, ROOM * self.top)
        more = {"x_ticks": (), "y_ticks": ticks, "left_margin": 38, "right_margin": 6}
        return Axes(*ends, "", "", *BARS, **more)

    def frame(self) -> list[Primitive]:
        """Axis and names."""
        axes = self.bar_axes()
        marks = axes.primitives()
        for n, name in enumerate(BRANCHES):
            x, y = axes.to_panel([n, 0])[0].round(1).tolist()
            marks.append(Text(x, y + 7, name, "ink", 12, "centre", "top"))
        return marks

    def bar(
        self, branch: int, network: str, joint: str, row: str, x: float
    ) -> list[Primitive]:
        """A branch's maximum."""
        most = float(self.data.heard(network, joint, row, x).maxima[branch])
        ends = [(branch, 0), (branch, max(round(most, 2), 0))]
        foot, head = self.bar_axes().to_panel(ends).round().tolist()
        bar = Lines([foot], [head], COLOURS[branch], THICK, BUTT)
        x, y = head[0], head[1] - 4
        told = Text(x, y, value(most), "ink", 13, "centre", "bottom")
        return [told] if foot == head else [bar, told]

    def winner(self, network: str, joint: str, row: str, x: float) -> list[Primitive]:
        """A word above the larger one."""
        now, axes = self.data.heard(network, joint, row, x), self.bar_axes()
        x, y = axes.to_panel([now.winner, axes.y[1]])[0].round(1).tolist()
        return [Text(x, y + 4, WON, "ink", 13, "centre", "top", bold=True)]

    # The maxima along the way of the patch.

    def way_axes(self) -> Axes:
        """Places of the patch, and maxima."""
        name = "centre of the patch in x (px)"
        return Axes(self.ends, (0, 1.08 * self.top), name, "maximum", *WAY)

    def way(self) -> list[Primitive]:
        """The axes."""
        return self.way_axes().primitives()

    def cover(self, joint: str, row: str) -> list[Primitive]:
        """Where the patch covers the joint: between the places of the slider."""
        axes, states = self.way_axes(), self._states(joint, row)
        _, top, _, bottom = axes.area
        marks: list[Primitive] = []
        at = 0
        for is_covered, group in itertools.groupby(s == COVERED for s in states):
            count = len(list(group))
            if is_covered:
                low, high = axes.to_panel(self._edges(at, at + count))[:, 0].round(1)
                box = low, top, high - low, bottom - top
                x = float(low + high) / 2
                marks += [
                    Rect(*map(float, box), "muted", 1, (2, 3), fill="muted"),
                    Text(x, top - 1, "covered", "ink", 12, "centre", "bottom"),
                ]
            at += count
        return marks

    def _states(self, joint: str, row: str) -> list[str]:
        """The state of the joint at every place of the slider."""
        return [self.data.state(joint, row, x) for x in self.data.xs]

    def _edges(self, first: int, last: int) -> Floats:
        """Half a step before a place and half a step before another, (2, 2)."""
        xs = np.array(self.data.xs)
        between = [self.ends[0], *((xs[1:] + xs[:-1]) / 2), self.ends[1]]
        return np.array([(between[first], 0), (between[last], 0)])

    def curves(self, network: str, joint: str, row: str) -> list[Primitive]:
        """The maxima at every place of the slider."""
        data, axes, k = self.data, self.way_axes(), self.data.joints.index(joint)
        network_at, row_at, _ = data.at(network, row, data.xs[0])
        marks: list[Primitive] = []
        for n, values in enumerate(data.maxima[network_at, row_at, :, :, k].T):
            heights = np.clip(values, *axes.y)
            places = axes.to_panel(np.stack([data.xs, heights], axis=1))
            line = GRAIN * np.rint(places / GRAIN)
            marks += [
                Polyline(line, COLOURS[n], 2.5, DASHES[n]),
                Points(line, (), COLOURS[n], 3.4, n == 0, 1.8),
            ]
        return marks

    def here(self, x: float) -> list[Primitive]:
        """The present place."""
        axes = self.way_axes()
        foot, head = axes.to_panel([(x, height) for height in axes.y]).round(1)
        return [Lines([foot], [head], "ink", 1.6, (2, 3))]

    def changes(self, network: str, joint: str, row: str) -> list[Primitive]:
        """Where the branch that counts changes, in words."""
        heard = [self.data.heard(network, joint, row, x) for x in self.data.xs]
        told = [f"The {BRANCHES[heard[0].winner]} branch wins at first"]
        for x, (before, after) in zip(
            self.data.xs[1:], itertools.pairwise(heard), strict=True
        ):
            if before.winner != after.winner:
                told.append(f"the {BRANCHES[after.winner]} one from {at_px(x)} on")
        if len(told) == 1:
            return [Caption(f"The {BRANCHES[heard[0].winner]} branch wins everywhere.")]
        return [Caption(f"{', '.join(told)}.")]

    # The sentence.

    def sentence(self, network: str, joint: str, row: str, x: float) -> str:
        """Which branch speaks, the flag that follows, and whether it is right."""
        now, name = self.data.heard(network, joint, row, x), words(joint)
        winner, loser = now.maxima[now.winner], now.maxima[1 - now.winner]
        sign = ">" if value(winner) != value(loser) else "≥"
        flag = BRANCHES[now.winner]
        start = f"The {flag} branch speaks for the {name}: {value(winner)} {sign}"
        start = f"{start} {value(loser)}. So it is called {flag}"
        if now.state == UNKNOWN:
            return f"{start}; it has no label."
        right = "rightly" if now.is_hidden == (flag == OCCLUDED) else "wrongly"
        return f"{start}, {right}: it is {STATES[now.state]}."


def at_px(x: float) -> str:
    """A place as prose, with a true minus sign."""
    return f"{x:g}\u00a0px".replace("-", "−")
