"""Explorer of stacked hourglasses: what each stack sees, and what the next corrects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import SkeletonLike
from .cascade_views import DASH
from .checks import need
from .controls import Control, select
from .legend import colour_scale
from .maps_controls import chain_controls, chain_keys
from .primitives import Polyline, Rect
from .stacks_chart import CHART, StackViews
from .stacks_data import Level, Stacks, as_levels, check
from .stacks_views import MAPS, STRIP, XRAY, MapViews
from .stacks_xray import SEES, XrayViews
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "Each stack thinks the answer over"
QUESTION = "Where does each stack look, and what does the next one put right?"
TEXTS = ("heat maps", "hourglass X-ray")
NOW = ("stack", "example", "joint")


def stack_explorer(
    images: ArrayLike,
    truth: ArrayLike,
    visible: ArrayLike,
    maps: ArrayLike,
    poses: ArrayLike,
    levels: Sequence[Level | Mapping[str, Any]],
    skeleton: SkeletonLike,
    torso: ArrayLike,
    glass: int = 1,
) -> Widget:
    """The explorer of N examples, K joints and S stacks.

    images: (N, H, W, 3) uint8. truth: (N, K, 2) image px; visible: (N, K), 0 where
    not labelled. maps: (S, N, K, h, w), any numbers; cell u lies at pixel
    s * u + (s - 1) / 2 of the image. poses: (S, N, K, 2) px, decoded from the maps.
    levels: the inside of one hourglass, highest resolution first; each a `Level` or
    a dict of its fields: name, resolution (h, w), channels, field (image px across,
    or a dict of them by kind), and down, skip, up, merged: mean activation (N, h, w)
    or None. torso: (N,) px. glass: the stack, from 1, whose hourglass the levels show.
    Raises ValueError naming the argument that does not fit.
    """
    data = Stacks(
        images=np.asarray(images),
        truth=np.asarray(truth, dtype=float),
        labelled=np.asarray(visible) > 0,
        poses=np.asarray(poses, dtype=float),
        boxes=(),
        crops=(),
        skeleton=skeleton,
        torso=np.asarray(torso, dtype=float),
        maps=np.asarray(maps, dtype=float),
        levels=as_levels(levels),
    )
    check(data)
    stacks = len(data.maps)
    need(glass in range(1, stacks + 1), f"glass is from 1 to {stacks}, got {glass}")
    return _widget(data, glass)


def _widget(data: Stacks, glass: int) -> Widget:
    """Panels, controls and layers put together."""
    maps = MapViews(data)
    strip = STRIP, maps.height
    views, xray = StackViews(data), XrayViews(data, glass, strip)
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "The pose of this stack"),
            Panel("map", *data.size, "The chosen map"),
            Panel("error", *CHART, "Error after each stack", kind="chart"),
            Panel("strip", *strip, "Stack by stack, or level by level", kind="chart"),
        ],
        controls=_controls(views, xray),
        layers=_layers(views, maps, xray),
        readout=Readout(NOW, views.told_of),
        legend=_legend(data.skeleton),
    )


def _controls(views: StackViews, xray: XrayViews) -> list[Control]:
    """First the joint of example 1 that gains most, at the stack where it does."""
    merged = "merged" if "merged" in xray.kinds else xray.kinds[0]
    return [
        *chain_controls(views, "stack"),
        select("view", "View", (MAPS, XRAY), MAPS, TEXTS),
        select("level", "Level", xray.names),
        select("tensor", "Tensor", xray.kinds, merged),
    ]


def _layers(views: StackViews, maps: MapViews, xray: XrayViews) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    tensor = ("view", "level", "tensor")
    return [
        Layer("image", ("example",), views.picture),
        Layer("image", ("stack", "example"), views.pose_of),
        Layer("image", NOW, views.chosen_of),
        Layer("map", ("example",), maps.backdrop),
        Layer("map", ("view", *NOW), maps.heat),
        Layer("map", (*tensor, "example"), xray.over),
        Layer("map", (*tensor, "example", "joint"), xray.square),
        Layer("map", ("example", "joint"), views.goal),
        Layer("error", ("example",), views.chart),
        Layer("error", ("example", "joint"), views.joint_line),
        Layer("error", ("stack", "example"), views.here),
        Layer("error", NOW, views.ring),
        Layer("strip", ("view", "example"), maps.pictures),
        Layer("strip", ("view", "example", "joint"), maps.strip),
        Layer("strip", ("view", "stack"), maps.frame),
        Layer("strip", ("view",), xray.heads),
        Layer("strip", ("view", "example"), xray.tiles),
        Layer("strip", tensor, xray.frame),
    ]


def _legend(skeleton: SkeletonLike) -> list[Key]:
    """The poses, what marks the chosen joint, then lines and colours."""
    bar = [(1, 6.5), (24, 6.5)]
    return [
        *chain_keys(skeleton),
        Key("X-ray, low to high", (colour_scale("viridis"),)),
        Key("seen by a cell", (Rect(3, 1, 20, 12, SEES, 2.5, (7.0, 4.0)),)),
        Key("mean of joints", (Polyline(bar, "ink", 2, DASH),)),
        Key("other joints", (Polyline(bar, "muted", 1.2, alpha=0.6),)),
    ]
