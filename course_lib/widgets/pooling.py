"""Explorer of pooling: what a coarse map loses, and what a second look wins back."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import SkeletonLike, words
from .controls import Control, select, slider
from .palette import WHITE
from .pooling_data import (
    CASCADE,
    COARSE,
    PERFECT,
    Pooling,
    by_stride,
    check,
    curves_by_stride,
)
from .pooling_marks import COLOUR, LOST, LOST_DASH, STYLE
from .pooling_views import CHART, PoolingViews
from .primitives import Arrows, Points, Polyline, Rect
from .widget import Key, Layer, Panel, Readout, Widget

QUESTION = "What does pooling cost, and what can the second look win back?"
TEXTS = ("the network's", "perfect")
ALL = ("stride", "example", "joint", "maps")


def pooling_explorer(
    images: ArrayLike,
    truth: ArrayLike,
    visible: ArrayLike,
    maps: Mapping[int, ArrayLike],
    coarse: Mapping[int, ArrayLike],
    windows: Mapping[int, ArrayLike],
    fine_maps: Mapping[int, ArrayLike],
    refined: Mapping[int, ArrayLike],
    curves: Mapping[int, Mapping[str, ArrayLike]],
    alphas: ArrayLike,
    skeleton: SkeletonLike,
    torso: ArrayLike,
) -> Widget:
    """The explorer of N examples, K joints and a few strides, the keys of the dicts.

    images: (N, H, W, 3) uint8. truth: (N, K, 2) image px; visible: (N, K), 0 where
    not labelled. Per stride s: maps (N, K, H / s, W / s), any numbers, cell u at
    pixel s * u + (s - 1) / 2; coarse (N, K, 2), decoded px; windows (N, K, 4), the
    (x, y, w, h) of the second look, px; fine_maps (N, K, h, w), which cover them;
    refined (N, K, 2) px; curves: "perfect maps", "coarse" and "cascade", (A,) each,
    PCK on the whole test set at alphas (A,), torsos, increasing. torso: (N,) px.
    Raises ValueError naming the argument that does not fit.
    """
    data = Pooling(
        images=np.asarray(images),
        truth=np.asarray(truth, dtype=float),
        labelled=np.asarray(visible) > 0,
        maps=by_stride(maps, "maps"),
        coarse=by_stride(coarse, "coarse"),
        windows=by_stride(windows, "windows"),
        fine_maps=by_stride(fine_maps, "fine_maps"),
        refined=by_stride(refined, "refined"),
        curves=curves_by_stride(curves),
        alphas=np.asarray(alphas, dtype=float),
        skeleton=skeleton,
        torso=np.asarray(torso, dtype=float),
    )
    return _widget(PoolingViews(check(data)))


def _widget(views: PoolingViews) -> Widget:
    """Panels, controls and layers put together."""
    return Widget(
        title="Pooling blurs the place, a second look sharpens it",
        question=QUESTION,
        panels=_panels(views),
        controls=_controls(views),
        layers=_layers(views),
        readout=Readout(ALL, views.sentence),
        legend=_legend(),
    )


def _panels(views: PoolingViews) -> list[Panel]:
    """Picture with its cells, the window from close by, curves."""
    height, width = views.data.images.shape[1:3]
    return [
        Panel("image", width, height, "First look: cells"),
        Panel("zoom", *views.zoom_panel, "Second look: pixels"),
        Panel("curves", *CHART, "PCK on the test set", kind="chart"),
    ]


def _controls(views: PoolingViews) -> list[Control]:
    """Stride (first the middle one), example, joint and whose maps."""
    data, strides, count = views.data, views.data.strides, len(views.data.images)
    joints = list(data.skeleton.joints)
    start = strides[len(strides) // 2]
    first = joints[views.best_joint(start)]
    examples = [f"{n} of {count}" for n in range(1, count + 1)]
    return [
        slider("stride", "Pooling", strides, start, [f"{s}×" for s in strides]),
        slider("example", "Example", range(1, count + 1), 1, examples),
        select("joint", "Joint", joints, first, [words(j) for j in joints]),
        select("maps", "Maps", ("network", "perfect"), None, TEXTS),
    ]


def _layers(views: PoolingViews) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    return [
        Layer("image", ("example",), views.picture),
        Layer("image", ALL, views.heat),
        Layer("image", ("stride",), views.grid),
        Layer("image", ALL, views.marks),
        Layer("zoom", ALL, views.zoom),
        Layer("curves", (), views.chart),
        Layer("curves", ("stride",), views.lines),
        Layer("curves", ALL, views.now),
    ]


def _legend() -> list[Key]:
    """Places and curves share a colour: one entry for both."""
    bar = [(1, 6.5), (24, 6.5)]
    middle = [(12.5, 6.5)]
    ring = Points(middle, (), WHITE, 4.5, False, 2, halo=True)

    arrow = Arrows([(2, 6.5)], [(21, 6.5)], COLOUR[COARSE], 2.5, halo=True)

    def key(text: str, name: str) -> Key:
        line = Polyline(bar, COLOUR[name], 2.5, STYLE[name])
        return Key(text, (line, Points(middle, (), COLOUR[name], 4)))

    return [
        Key("true place", (ring,)),
        key("coarse: first look", COARSE),
        key("cascade: second look", CASCADE),
        key("perfect maps", PERFECT),
        Key("error", (arrow,)),
        Key("coarse, other pooling", (Polyline(bar, "muted", 1.2),)),
        Key("its window", (Rect(3, 0.5, 20, 13, COLOUR[CASCADE], 2.5),)),
        Key("window without the truth", (Rect(3, 0.5, 20, 13, LOST, 2.5, LOST_DASH),)),
    ]
