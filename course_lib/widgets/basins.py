"""Explorer of basins: whose is this pixel?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .basins_data import ALL, PAPER, THRESHOLDS, Basins, as_variants, check
from .basins_views import (
    LIMIT_DASH,
    BasinViews,
    belief_mark,
)
from .cascade_data import SkeletonLike, words
from .controls import Control, select, slider
from .iteration import Startable
from .palette import BLACK, NOBODY, SEVERAL
from .picking import look_mark, moved
from .primitives import BUTT, Lines, Points
from .theatre_views import HUES, badge
from .widget import Event, Key, Layer, Panel, Readout, Values, Widget

TITLE = "Every pixel believes in a pose"
QUESTION = "Whose is this pixel, and which pixels are whose?"
PLACE = ("x", "y", "edits")
NOW = ("variant", *PLACE)
PRINTED, QUALITY = 6, 50  # of the stored frame and of the picture


def basin_explorer(
    image: ArrayLike,
    long_offsets: ArrayLike,
    poses: ArrayLike,
    presence: ArrayLike,
    segmentation: ArrayLike,
    stride: float,
    skeleton: SkeletonLike,
    names: Sequence[str] | None = None,
    joints: Sequence[str] | None = None,
    scales: ArrayLike | None = None,
) -> Widget:
    """The explorer of V variants of long offsets, and of N people found, 1 to 6.

    image: (H, W, 3) uint8. long_offsets: (V, K, 2, h, w) px, x first: from a cell to
    each joint of its person, before and after refinement, or true ones; cell u lies at
    px stride * u + (stride - 1) / 2. poses: (N, K, 2) px. presence: (N, K), 0 to 1, the
    heat of a joint where it was put; 0 leaves it out. segmentation: (h, w), 0 to 1; a
    cell is a person's from 0.5 on. skeleton: of K joints. names: (V,), of the variants,
    else their numbers; the last one is shown first. joints: whose basins the reader
    can look at, all unless given. scales: (N,) px, the size of each person, else the
    root of the area of the box around the joints with presence.
    A page offers pixels some way apart, in the live explorer any is dragged or clicked
    to. Raises ValueError naming what does not fit.
    """
    every = tuple(skeleton.joints)
    data = Basins(
        image=np.asarray(image),
        offsets=np.asarray(long_offsets, dtype=float),
        poses=np.asarray(poses, dtype=float),
        presence=np.asarray(presence, dtype=float),
        segmentation=np.asarray(segmentation, dtype=float),
        stride=float(stride),
        skeleton=skeleton,
        variants=as_variants(long_offsets, names),
        joints=every if joints is None else tuple(joints),
        given=None if scales is None else np.asarray(scales, dtype=float),
    )
    stored = _widget(check(data), is_live=False)
    return Startable(**vars(_widget(data, is_live=True)), stored=stored)


def _widget(data: Basins, is_live: bool) -> Widget:
    """Panels, controls and layers; with a dot to drag if it is live."""
    views = BasinViews(data, is_live)
    fixed: Values = {} if len(data.variants) > 1 else {"variant": data.variants[0]}
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "The pose it believes in"),
            Panel("cells", *data.size, "Whose cells"),
            Panel("distances", *views.chart_size, "How far from whom?", "chart"),
        ],
        controls=_controls(data, is_live),
        layers=_layers(views),
        readout=Readout(NOW, views.sentence),
        legend=_legend(data),
        state={"edits": {}} | fixed,
        respond=_responder(data) if is_live else None,
        quality=QUALITY,
        print_quality=PRINTED,
    )


def _controls(data: Basins, is_live: bool) -> list[Control]:
    """Variant, if there are several; joint and threshold; the cell."""
    xs, ys = [range(side) for side in data.cells] if is_live else data.grid
    x, y = data.start
    texts = ["all joints, within t", *map(words, data.joints)]
    several = [select("variant", "Offsets", data.variants, data.variants[-1])]
    thresholds = [f"{t:.2f}" for t in THRESHOLDS]
    return [
        *(several if len(data.variants) > 1 else []),
        select("joint", "Colour by", (ALL, *data.joints), ALL, texts),
        slider("t", "Threshold t", THRESHOLDS, PAPER, thresholds),
        slider("x", "Column", xs, x),
        slider("y", "Row", ys, y),
    ]


def _layers(views: BasinViews) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    return [
        Layer("image", (), views.picture),
        Layer("image", (), views.people),
        Layer("image", ("variant", "joint"), views.targets),
        Layer("image", NOW, views.believed),
        Layer("image", (), views.badges),
        Layer("image", PLACE, views.looked),
        Layer("image", ("joint",), views.told),
        Layer("cells", ("variant", "joint", "t"), views.owners),
        Layer("cells", (), views.badges),
        Layer("cells", PLACE, views.ringed),
        Layer("distances", (), views.chart),
        Layer("distances", NOW, views.bars),
        Layer("distances", ("t",), views.limit),
    ]


def _responder(data: Basins) -> Callable[[Values, Event], Values]:
    """A drag of the pixel, or a click, takes it to another cell."""

    def respond(values: Values, event: Event) -> Values:
        if event.panel not in ("image", "cells"):
            return values
        return moved(values, data.cell((event.x, event.y)), data.cells)

    return respond


def _legend(data: Basins) -> list[Key]:
    """The people, other cells, the marks."""
    feet, heads, middle = [(2, 6.5)], [(23, 6.5)], (12.5, 6.5)
    people = [
        Key(f"person {n}", (Lines(feet, heads, hue, 3), *badge(f"{n}", hue, *middle)))
        for n, hue in enumerate(HUES[: len(data.poses)], 1)
    ]
    cells = [
        Key(text, (Lines([(6.5, 6.5)], [(18.5, 6.5)], hue, 12, BUTT),))
        for text, hue in (("of several people", SEVERAL), ("of nobody", NOBODY))
    ]
    return [
        *people,
        *cells,
        Key("the pixel", tuple(look_mark(middle, BLACK))),
        Key("pose it believes in", (belief_mark(feet, heads),)),
        Key("where a cell sees the joint", (Points([middle], (), HUES[0], 2.6),)),
        Key("threshold t", (Lines([(12.5, 0)], [(12.5, 13)], "ink", 2.4, LIMIT_DASH),)),
    ]
