"""Explorer of the flip test: where the un-mirrored map belongs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .aligner_data import KINDS, SHIFTS, Decode, Flips, check
from .aligner_views import (
    CHART,
    CODE_DASH,
    COLOUR,
    EXACT_DASH,
    STYLE,
    WORDS,
    AlignerViews,
    signed,
)
from .controls import select, slider
from .legend import colour_scale
from .palette import VERMILLION, WHITE
from .primitives import Lines, Points
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "How far does the mirrored answer lie off?"
QUESTION = (
    "By how many cells must the un-mirrored map move before the two are averaged?"
)
NOW = ("shift", "joint")
PRINTED = 20  # quality of the stored frame: cells with sharp borders take much room


def flip_aligner(
    maps: ArrayLike,
    truth: ArrayLike,
    decode: Decode,
    curve: ArrayLike,
    score: str,
    names: Sequence[str],
    stride: float = 4.0,
    single: float | None = None,
    is_error: bool = False,
) -> Widget:
    """The explorer of E joints, each on two maps.

    maps: (E, 2, h, w), the map of the picture, and that of the mirrored picture after
    it was mirrored back and left and right swapped, but not shifted. truth: (E, 2), the
    true places (x, y) in map cells. decode: the chapter's own, maps (M, h, w) -> places
    (M, 2) in cells. curve: (S,), or (R, S) of R runs, a score of the averaged maps at
    the S = 17 shifts -2, -1.75 ... 2 of the slider. score: its name and unit, such as
    "PCK@0.05 (%)". names: (E,), what the reader chooses. stride: px in a cell, with
    cell u at pixel stride * u, so that the exact shift is (stride - 1) / stride.
    single: the score without the flip test. is_error: the least score is the best.
    Raises ValueError naming the argument that does not fit.
    """
    data = Flips(
        maps=np.asarray(maps, dtype=float),
        truth=np.asarray(truth, dtype=float),
        decode=decode,
        curve=np.atleast_2d(np.asarray(curve, dtype=float)),
        score=score,
        names=tuple(names),
        stride=float(stride),
        single=None if single is None else float(single),
        is_error=is_error,
    )
    return _widget(check(data))


def _widget(data: Flips) -> Widget:
    """Panels, controls and layers put together."""
    views = AlignerViews(data)
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("plain", *views.panel, "Map of the picture"),
            Panel("mirrored", *views.panel, "Un-mirrored map, shifted"),
            Panel("mean", *views.panel, "Their average"),
            Panel("rows", *CHART, "The three along a row", "chart"),
            Panel("curve", *CHART, "Score against the shift", "chart"),
        ],
        controls=[
            slider("shift", "Shift (cells)", SHIFTS, 0.0, map(signed, SHIFTS)),
            select("joint", "Joint", data.names),
        ],
        layers=_layers(views),
        readout=Readout(NOW, views.told),
        legend=_legend(),
        print_quality=PRINTED,
    )


def _layers(views: AlignerViews) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    return [
        Layer("plain", ("joint",), views.plain),
        Layer("mirrored", NOW, views.mirrored),
        Layer("mean", NOW, views.mean),
        Layer("rows", ("joint",), views.rows_frame),
        Layer("rows", ("joint",), views.rows_of_plain),
        Layer("rows", NOW, views.rows_of_rest),
        Layer("curve", (), views.curve),
        Layer("curve", ("shift",), views.now),
    ]


def _legend() -> list[Key]:
    """The maps' marks, the three lines, the two shifts."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], [(12.5, 6.5)]
    keys = [
        Key("0 to the peak", (colour_scale("magma"),)),
        Key("true place", (Points(middle, (), WHITE, 5, False, 2.2, halo=True),)),
    ]
    for kind in KINDS:
        line = Lines(feet, heads, COLOUR[kind], 2.5, STYLE[kind])
        dot = Points(middle, (), COLOUR[kind], 4.5, halo=True)
        keys.append(Key(WORDS[kind], (line, dot)))
    keys.append(Key("exact shift", (Lines(feet, heads, VERMILLION, 1.8, EXACT_DASH),)))
    keys.append(Key("paper's code", (Lines(feet, heads, "ink", 1.8, CODE_DASH),)))
    now = Points(middle, (), "ink", 5, False, 2.2)
    return [*keys, Key("score at this shift", (now,))]
