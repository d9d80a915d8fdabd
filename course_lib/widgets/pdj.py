"""Explorer of PDJ curves: how good each stage is depends on the threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import SkeletonLike
from .controls import Control, slider
from .palette import WHITE
from .pdj_views import HIT, MISS, STYLES, PdjViews, check
from .primitives import Circle, Points, Polyline
from .widget import Key, Layer, Panel, Readout, Widget


def pdj_cursor(
    alphas: ArrayLike,
    curves: ArrayLike,
    images: ArrayLike,
    truth: ArrayLike,
    visible: ArrayLike,
    poses: ArrayLike,
    skeleton: SkeletonLike,
    torso: ArrayLike,
) -> Widget:
    """The explorer of PDJ at A thresholds for S stages, with N examples to look at.

    alphas: (A,) torsos, increasing. curves: (S, A, K), PDJ on the whole test set;
    NaN for a joint without labels. images: (N, H, W, 3) uint8. truth: (N, K, 2) image
    px; visible: (N, K), 0 where not labelled. poses: (S, N, K, 2) px. torso: (N,) px.
    Raises ValueError naming the argument that does not fit.
    """
    views = PdjViews(
        alphas=np.asarray(alphas, dtype=float),
        curves=np.asarray(curves, dtype=float),
        images=np.asarray(images),
        truth=np.asarray(truth, dtype=float),
        labelled=np.asarray(visible) > 0,
        poses=np.asarray(poses, dtype=float),
        skeleton=skeleton,
        torso=np.asarray(torso, dtype=float),
    )
    check(views)
    return Widget(
        title="How close is close enough?",
        question="At which threshold do the later stages gain, and at which joints?",
        panels=_panels(views),
        controls=_controls(views),
        layers=_layers(views),
        readout=Readout(("alpha",), views.sentence),
        legend=_legend(len(views.poses)),
    )


def _panels(views: PdjViews) -> list[Panel]:
    """Picture, curves, one row per joint."""
    height, width = views.images.shape[1:3]
    axes, rows = views.axes(), views.rows()
    return [
        Panel("image", width, height, "Detected or missed"),
        Panel("curves", axes.width, axes.height, "PDJ, mean of joints", "chart"),
        Panel("joints", rows.width, rows.height, "PDJ of each joint", "chart"),
    ]


def _controls(views: PdjViews) -> list[Control]:
    """Threshold (first 0.1 or the nearest), stage (first the last) and example."""
    stages, count = len(views.poses), len(views.images)
    ordinals = [f"{s} of {stages}" for s in range(1, stages + 1)]
    examples = [f"{n} of {count}" for n in range(1, count + 1)]
    start = float(views.alphas[views.at(0.1)])
    return [
        slider("alpha", "Threshold α", views.alphas, start),
        slider("stage", "Stage", range(1, stages + 1), stages, ordinals),
        slider("example", "Example", range(1, count + 1), 1, examples),
    ]


def _layers(views: PdjViews) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    return [
        Layer("image", ("example",), views.picture),
        Layer("image", ("alpha", "example"), views.circles),
        Layer("image", ("alpha", "stage", "example"), views.dots),
        Layer("curves", (), views.chart),
        Layer("curves", ("alpha",), views.cursor),
        Layer("joints", (), views.names),
        Layer("joints", ("alpha",), views.shares),
    ]


def _legend(stages: int) -> list[Key]:
    """Curves, then the marks on the picture."""
    bar = [(1, 6.5), (24, 6.5)]
    keys = [
        Key(f"stage {stage}", (Polyline(bar, colour, 2.5, dash),))
        for stage, (colour, dash) in enumerate(STYLES[:stages], start=1)
    ]
    middle = [(12.5, 6.5)]
    return [
        *keys,
        Key("detected", (Points(middle, (), HIT, 4, halo=True),)),
        Key("missed", (Points(middle, (), MISS, 4, False, halo=True),)),
        Key(
            "α torsos around the truth", (Circle(12.5, 6.5, 5, WHITE, 1.5, halo=True),)
        ),
    ]
