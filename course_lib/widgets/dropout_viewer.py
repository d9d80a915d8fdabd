"""Explorer of dropout on feature maps: what goes, and whether neighbours tell it."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .axes import Axes
from .controls import select, slider
from .legend import colour_scale
from .palette import BLUE, LIGHT, VERMILLION, WHITE
from .pictures import HeatMap
from .primitives import Caption, Lines, Points, Polyline, Primitive, Rect, Text
from .widget import Key, Layer, Panel, Readout, Widget

KINDS = ("none", "dropout", "SpatialDropout")
RATES = tuple(round(0.1 * step, 1) for step in range(9))  # p = 0 ... 0.8
COLUMNS, GAP = 3, 2  # maps in a row; cells between them
CHART = (460, 220)  # panel units
GREY = LIGHT["muted"]  # in both themes, since what is dropped is white in both
ALL = ("kind", "p", "seed")
QUESTION = "What can the surviving neighbours of a dropped value still tell about it?"


def dropout_viewer(maps: ArrayLike, seeds: int = 4) -> Widget:
    """The explorer of six feature maps under dropout, each value or each map at once.

    maps: (6, h, w), any finite numbers, e.g. the output of a first layer. seeds: how
    many draws there are; draw s uses NumPy's generator of seed s.
    Raises ValueError naming the argument that does not fit.
    """
    array = np.asarray(maps, dtype=float)
    if array.ndim != 3 or len(array) != 6 or min(array.shape) < 2:
        raise ValueError(f"maps should have shape (6, h, w), got {array.shape}")
    if not np.isfinite(array).all():
        raise ValueError("maps hold NaN or infinity")
    if int(seeds) != seeds or seeds < 1:
        raise ValueError(f"seeds is a whole number above 0, got {seeds}")
    views = Dropout(array, int(seeds))
    draws = range(1, views.seeds + 1)
    ordinals = [f"{s} of {views.seeds}" for s in draws]
    return Widget(
        title="Dropout leaves the neighbours, SpatialDropout does not",
        question=QUESTION,
        panels=[
            Panel("maps", *views.size, "Six feature maps"),
            Panel("chart", *CHART, "A dropped value from its neighbours", "chart"),
        ],
        controls=[
            select("kind", "Drop", KINDS, "SpatialDropout", ("nothing", *KINDS[1:])),
            slider("p", "p", RATES, 0.5),
            slider("seed", "Draw", draws, 1, ordinals),
        ],
        layers=[
            Layer("maps", ("kind", "p"), views.survivors),
            Layer("maps", ALL, views.holes),
            Layer("maps", (), views.borders),
            Layer("chart", (), views.curves),
            Layer("chart", ALL, views.now),
        ],
        readout=Readout(ALL, views.sentence),
        legend=_legend(),
    )


@dataclass(frozen=True)
class Dropout:
    """Draws each layer; draws count from 1."""

    maps: NDArray[np.float64]
    seeds: int

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the panel with all maps, cells."""
        _, h, w = self.maps.shape
        rows = len(self.maps) // COLUMNS
        return COLUMNS * (w + GAP) - GAP, rows * (h + GAP) - GAP

    def corner(self, index: int) -> tuple[int, int]:
        """Where a map's first cell lies on the panel."""
        _, h, w = self.maps.shape
        return index % COLUMNS * (w + GAP), index // COLUMNS * (h + GAP)

    def chances(self, kind: str, seed: int) -> NDArray[np.float64]:
        """A number in [0, 1) for each value, (6, h, w); it is dropped below p.

        The same for all p, so that a value once dropped stays so as p grows.
        """
        rng = np.random.default_rng(seed)
        of_maps, of_values = rng.random((len(self.maps), 1, 1)), self.maps.shape
        if kind == "dropout":
            return rng.random(of_values)
        return np.broadcast_to(of_maps if kind == "SpatialDropout" else 1.0, of_values)

    def dropped(self, kind: str, p: float, seed: int) -> NDArray[np.bool_]:
        """Which values are set to 0, (6, h, w)."""
        return self.chances(kind, seed) < p

    # The maps.

    def survivors(self, kind: str, p: float) -> list[Primitive]:
        """All maps, each on its own scale; values are those after 1 / (1 - p)."""
        grown = 1 / (1 - p) if kind != "none" else 1.0
        marks: list[Primitive] = []
        for index, values in enumerate(self.maps):
            low, high = float(values.min()), float(values.max())
            span = high - low or 1.0
            array = np.rint((values - low) / span * 255).astype(np.uint8)
            low, high = low * grown, (low + span) * grown
            marks.append(HeatMap(array, low, high, *self.corner(index)))
        return marks

    def holes(self, kind: str, p: float, seed: int) -> list[Primitive]:
        """White over what is dropped; the values that went at each p are one map."""
        chances, (_, h, w) = self.chances(kind, seed), self.maps.shape
        marks: list[Primitive] = []
        for low, high in itertools.pairwise(RATES):
            gone = (chances >= low) & (chances < high)
            for index in np.flatnonzero(gone.any(axis=(1, 2)) & (high <= p)):
                x, y = self.corner(int(index))
                array = gone[index].astype(np.uint8) * 255
                style = {"colours": "grey", "fade": True}
                marks.append(HeatMap(array, 0.0, 0.0, x, y, w, h, **style))
        if kind == "none" or p == 0:
            return [*marks, Caption("Every map on its own scale.")]
        whole = self.dropped(kind, p, seed).all(axis=(1, 2))
        for x, y in (self.corner(int(index)) for index in np.flatnonzero(whole)):
            marks.append(Text(x + w / 2, y + h / 2, "dropped", GREY, align="centre"))
        text = f"Survivors are multiplied by 1 / (1 − p) = {1 / (1 - p):.2f}."
        return [*marks, Caption(text)]

    def borders(self) -> list[Primitive]:
        """A thin line around every map."""
        _, h, w = self.maps.shape
        corners = [self.corner(index) for index in range(len(self.maps))]
        return [Rect(x, y, w, h, "muted", 1) for x, y in corners]

    # How well a dropped value can be told.

    @property
    def draws(self) -> range:
        """All draws."""
        return range(1, self.seeds + 1)

    def score(self, kind: str, p: float, seed: int) -> float | None:
        """R² of the mean of the survivors next to a dropped value; see `told`."""
        return told(self.maps, self.dropped(kind, p, seed))

    @cached_property
    def means(self) -> list[tuple[float, float]]:
        """p and the mean R² of dropout over all draws, where there is one."""
        means = []
        for p in RATES[1:]:
            scores = [self.score("dropout", p, seed) for seed in self.draws]
            known = [score for score in scores if score is not None]
            means += [(p, float(np.mean(known)))] if known else []
        return means

    def axes(self) -> Axes:
        """R² against p; from below 0, down to -1, where the neighbours mislead."""
        lowest = min((mean for _, mean in self.means), default=0.0)
        low = -1.0 if lowest < -0.5 else -0.5 if lowest < 0 else 0.0
        return Axes((0, 0.85), (low, 1), "p, the chance to be dropped", "R²", *CHART)

    def curves(self) -> list[Primitive]:
        """The mean over draws for dropout; nothing can be said of SpatialDropout."""
        axes = self.axes()
        points = [(p, max(mean, axes.y[0])) for p, mean in self.means]
        return [*axes.primitives(), Polyline(axes.to_panel(points), BLUE, 2.5)]

    def now(self, kind: str, p: float, seed: int) -> list[Primitive]:
        """The chosen p, and its R² where there is one."""
        axes, score = self.axes(), self.score(kind, p, seed)
        foot, head = axes.to_panel([[p, axes.y[0]], [p, axes.y[1]]])
        marks: list[Primitive] = [Lines([foot], [head], "muted", 1, (2, 3))]
        if not self.dropped(kind, p, seed).any():
            return [*marks, Caption("Nothing is dropped.")]
        if score is None:
            height = axes.to_panel([p, 0])[0, 1] - 14
            side = "right" if p > 0.4 else "left"
            x = foot[0] + (-8 if side == "right" else 8)
            words = Text(x, height, f"{kind}: nothing to go by", "ink", 12, side)
            return [*marks, words, Caption("R² is not defined here.")]
        text = f"R² = {score:.2f}. 1: told exactly; 0: no better than the map's mean."
        place = axes.to_panel([p, max(score, axes.y[0])])
        marks.append(Points(place, (f"draw {seed}",), VERMILLION, 5))
        return [*marks, Caption(text)]

    def sentence(self, kind: str, p: float, seed: int) -> str:
        """How much is dropped, and how much of it the neighbours tell."""
        gone = self.dropped(kind, p, seed)
        count, size = int(gone.sum()), gone.size
        if not count:
            return f"Nothing is dropped: all {size} values are there."
        share = f"{count} of {size} values ({count / size:.0%})"
        score = self.score(kind, p, seed)
        if kind == "SpatialDropout":
            whole = int(gone.all(axis=(1, 2)).sum())
            return (
                f"SpatialDropout takes {whole} of {len(gone)} maps whole, {share}: a "
                "dropped value has no surviving neighbour, nothing to go by."
            )
        if score is None:
            return f"Dropout takes {share}: there is nothing to go by."
        return (
            f"Dropout takes {share}; the mean of a dropped value's surviving "
            f"neighbours in the same map tells it with R² = {score:.2f}."
        )


def told(maps: NDArray[np.float64], gone: NDArray[np.bool_]) -> float | None:
    """R² of predicting dropped values by the mean of their surviving neighbours.

    maps, gone: (C, h, w). Up to 8 neighbours in the same map; over all dropped values
    that have one. Spread is about each map's own mean, so that no map is told by its
    level alone. None where no dropped value has a neighbour or none differ.
    """
    kept = ~gone
    total, count = around(maps * kept), around(kept.astype(float))
    seen = gone & (count > 0)
    missed = spread = 0.0
    for values, sums, counts, here in zip(maps, total, count, seen, strict=True):
        if here.any():
            wanted = values[here]
            missed += float(((wanted - sums[here] / counts[here]) ** 2).sum())
            spread += float(((wanted - wanted.mean()) ** 2).sum())
    return 1 - missed / spread if spread > 0 else None


def around(maps: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum over the 8 neighbours of every value, (C, h, w); 0 beyond the border."""
    _, h, w = maps.shape
    padded = np.pad(maps, [(0, 0), (1, 1), (1, 1)])
    shifts = [(dy, dx) for dy in range(3) for dx in range(3) if (dy, dx) != (1, 1)]
    return np.sum([padded[:, y : y + h, x : x + w] for y, x in shifts], axis=0)


def _legend() -> list[Key]:
    """The colours of the maps, as strokes, what is dropped, and the chart's marks."""
    hole = Rect(6, 1, 14, 12, "muted", 1, fill=WHITE)
    line = Polyline([(1, 6.5), (24, 6.5)], BLUE, 2.5)
    return [
        Key("lowest to highest", (colour_scale("viridis"),)),
        Key("dropped (0)", (hole,)),
        Key("dropout, mean of draws", (line,)),
        Key("this draw", (Points([(12.5, 6.5)], (), VERMILLION, 5),)),
    ]
