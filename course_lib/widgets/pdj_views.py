"""The three panels of the PDJ explorer, as layers of primitives."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .axes import Axes
from .cascade_data import SkeletonLike, words
from .palette import BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, WHITE
from .pictures import Image
from .primitives import (
    Caption,
    Circle,
    Dash,
    Lines,
    Points,
    Polyline,
    Primitive,
    Text,
)

# Colour and dash of each stage's curve, first to last.
STYLES: tuple[tuple[str, Dash], ...] = (
    (SKY, (2.0, 4.0)),
    (BLUE, (7.0, 4.0)),
    ("ink", ()),
    (PURPLE, (7.0, 3.0, 2.0, 3.0)),
)
HIT, MISS = GREEN, VERMILLION
ROW = 19  # panel units of a joint's row


@dataclass(frozen=True)
class PdjViews:
    """Draws each layer; stages and examples count from 1. See `pdj_cursor`."""

    alphas: NDArray[np.float64]
    curves: NDArray[np.float64]
    images: NDArray[np.uint8]
    truth: NDArray[np.float64]
    labelled: NDArray[np.bool_]
    poses: NDArray[np.float64]
    skeleton: SkeletonLike
    torso: NDArray[np.float64]

    @property
    def means(self) -> NDArray[np.float64]:
        """PDJ averaged over the joints that have one, (S, A)."""
        return np.nanmean(self.curves, axis=-1)

    def at(self, alpha: float) -> int:
        """The place of a threshold among all."""
        return int(np.abs(self.alphas - alpha).argmin())

    def hits(self, alpha: float, stage: int, example: int) -> NDArray[np.bool_]:
        """Which joints of an example are detected, (K,)."""
        n = example - 1
        far = np.linalg.norm(self.poses[stage - 1, n] - self.truth[n], axis=-1)
        return self.labelled[n] & (far <= alpha * self.torso[n] + 1e-9)

    def picture(self, example: int) -> list[Primitive]:
        """The image of an example."""
        return [Image(self.images[example - 1])]

    def circles(self, alpha: float, example: int) -> list[Primitive]:
        """What counts as detected: alpha torsos around every true joint."""
        n = example - 1
        radius = alpha * self.torso[n]
        truth = self.truth[n][self.labelled[n]]
        return [Circle(x, y, radius, WHITE, 1.5, halo=True) for x, y in truth]

    def dots(self, alpha: float, stage: int, example: int) -> list[Primitive]:
        """Predictions: filled where detected, else a ring and a line to the truth."""
        n, pose = example - 1, self.poses[stage - 1, example - 1]
        hits = self.hits(alpha, stage, example)
        misses = self.labelled[n] & ~hits
        names = [words(joint) for joint in self.skeleton.joints]
        told = [
            [n for n, m in zip(names, mask, strict=True) if m]
            for mask in (hits, misses)
        ]
        counted = int(self.labelled[n].sum())
        reach = alpha * self.torso[n]
        return [
            Lines(pose[misses], self.truth[n][misses], MISS, 1.5, halo=True),
            Points(pose[hits], told[0], HIT, 4, halo=True),
            Points(pose[misses], told[1], MISS, 4, False, halo=True),
            Caption(
                f"Stage {stage}: {int(hits.sum())} of {counted} joints lie within "
                f"{alpha:g} torsos ({reach:.1f}\u00a0px)."
            ),
        ]

    def axes(self) -> Axes:
        """The chart of all curves."""
        ends = float(self.alphas[0]), float(self.alphas[-1])
        return Axes(ends, (0, 1), "threshold α (torsos)", "share of joints detected")

    def chart(self) -> list[Primitive]:
        """One curve per stage, the mean over joints."""
        axes = self.axes()
        marks = axes.primitives()
        for mean, (colour, dash) in zip(
            self.means, STYLES[: len(self.means)], strict=True
        ):
            line = axes.to_panel(np.stack([self.alphas, mean], axis=1))
            marks.append(Polyline(line, colour, 2.5, dash))
        return marks

    def cursor(self, alpha: float) -> list[Primitive]:
        """The threshold as an upright line, a dot on each curve."""
        axes, at = self.axes(), self.at(alpha)
        foot, head = axes.to_panel([[alpha, 0], [alpha, 1]])
        marks: list[Primitive] = [Lines([foot], [head], ORANGE, 2)]
        for stage, mean in enumerate(self.means[:, at], start=1):
            colour, _ = STYLES[stage - 1]
            name = f"stage {stage}: {mean:.2f}"
            marks.append(Points(axes.to_panel([alpha, mean]), (name,), colour, 4.5))
        gains = " → ".join(f"{mean:.2f}" for mean in self.means[:, at])
        return [*marks, Caption(f"At α = {alpha:g}, stage by stage: {gains}.")]

    def rows(self) -> Axes:
        """The chart with one row per joint."""
        count = len(self.skeleton.joints)
        return Axes(
            (0, 1),
            (0.5 - count, 0.5),
            "share detected",
            "",
            width=330,
            height=60 + ROW * count,
            x_ticks=(0, 0.5, 1),
            y_ticks=range(1 - count, 1),
            left_margin=118,
        )

    def names(self) -> list[Primitive]:
        """Rows and the joints they stand for."""
        axes = self.rows()
        plain = [m for m in axes.primitives() if not _is_row_number(m, axes)]
        places = axes.to_panel([[0, -row] for row in range(len(self.skeleton.joints))])
        labels = zip(places, self.skeleton.joints, strict=True)
        return plain + [
            Text(x - 9, y, words(joint), "ink", 12, "right") for (x, y), joint in labels
        ]

    def shares(self, alpha: float) -> list[Primitive]:
        """Each joint's PDJ at the threshold, a dot per stage."""
        axes, at = self.rows(), self.at(alpha)
        marks: list[Primitive] = []
        for stage, shares in enumerate(self.curves[:, at], start=1):
            colour, _ = STYLES[stage - 1]
            rows = [(share, -row) for row, share in enumerate(shares) if share == share]
            labels = [f"stage {stage}: {share:.2f}" for share, _ in rows]
            filled = stage == len(self.curves)
            places = axes.to_panel(rows)
            marks.append(Points(places, labels, colour, 4, filled, 2))
        return marks

    def sentence(self, alpha: float) -> str:
        """What the threshold does to the gain of the last stage."""
        first, last = self.means[0, self.at(alpha)], self.means[-1, self.at(alpha)]
        text = f"At α = {alpha:g} torsos stage 1 detects {first:.0%} of the joints"
        if len(self.means) == 1:
            return text + "."
        grown = f", {last / first:.1f} times as many" if first > 0 else ""
        return f"{text} and stage {len(self.means)} detects {last:.0%}{grown}."


def _is_row_number(mark: Primitive, axes: Axes) -> bool:
    """Whether a mark is one of the y axis' numbers, which names replace."""
    return (
        isinstance(mark, Text) and mark.x < axes.left_margin and mark.align == "right"
    )


def check(views: PdjViews) -> None:
    """Raise ValueError naming what does not fit."""
    stages, count, joints = (
        len(views.poses),
        len(views.images),
        len(views.skeleton.joints),
    )
    wanted = {
        "alphas": (views.alphas, (len(views.alphas),)),
        "curves": (views.curves, (stages, len(views.alphas), joints)),
        "truth": (views.truth, (count, joints, 2)),
        "visible": (views.labelled, (count, joints)),
        "poses": (views.poses, (stages, count, joints, 2)),
        "torso": (views.torso, (count,)),
    }
    for name, (array, shape) in wanted.items():
        if array.shape != shape:
            raise ValueError(f"{name} should have shape {shape}, got {array.shape}")
    if not 1 <= stages <= len(STYLES):
        raise ValueError(f"1 to {len(STYLES)} stages can be told apart, got {stages}")
    if len(views.alphas) < 2 or not (np.diff(views.alphas) > 0).all():
        raise ValueError("alphas should increase")
    if not np.isfinite(views.poses).all():
        raise ValueError("poses hold NaN or infinity")
    if not (np.isfinite(views.torso).all() and (views.torso > 0).all()):
        raise ValueError(f"torso sizes are finite and above 0 px, got {views.torso}")
    known = views.curves[~np.isnan(views.curves)]
    if not known.size or known.min() < 0 or known.max() > 1:
        raise ValueError("curves are shares from 0 to 1")
