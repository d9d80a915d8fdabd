"""Viewer of two branches: the visible or the occluded one speaks for a joint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

import numpy as np
from numpy.typing import ArrayLike

from .aligner_data import Decode
from .branches_chart import BARS, DASHES, WAY, MaximaViews, at_px
from .branches_data import (
    BRANCHES,
    Branches,
    Run,
    as_runs,
    best_start,
    check,
    largest_cells,
)
from .branches_views import COLOURS, BranchViews, answer_mark, true_mark
from .cascade_data import SkeletonLike, words
from .controls import Control, select, slider
from .legend import colour_scale
from .pooling_marks import CLEAR
from .pose_nms_data import as_steps
from .primitives import Lines, Points
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "Two maps of a joint, one answer"
QUESTION = (
    "Who speaks, the visible or the occluded branch, when something slides over a "
    "joint?"
)
BOTH = tuple(enumerate(BRANCHES))
NOW = ("network", "joint", "row", "x")
PRINTED, QUALITY = 10, 60  # of the stored frame and of the pictures


def two_branch_viewer(
    image: ArrayLike,
    truth: ArrayLike,
    visible: ArrayLike,
    patch: ArrayLike,
    xs: Sequence[float],
    rows: Mapping[str, float],
    runs: Mapping[str, Run],
    skeleton: SkeletonLike,
    joints: Sequence[str] | None = None,
    decode: Decode = largest_cells,
    peak: float = 1.0,
) -> Widget:
    """The explorer of a person with K joints, over whom a patch slides.

    image: (H, W, 3) uint8, the crop. truth: (K, 2) px; visible: (K,), 0 not labelled,
    1 occluded without the patch, 2 visible; off the image nothing is labelled. patch:
    (h, w, 3) uint8, pasted on the image. xs: (X,), its centre in x, px, rising; rows:
    its centre in y, px, by a name that the reader chooses. It may reach over the
    borders, or lie beyond them.
    runs: networks by name, each images (M, H, W, 3) uint8 -> maps of the visible and of
    the occluded branch, (M, K, h, w) each, arrays or tensors on the CPU; cell u lies at
    px s * u + (s - 1) / 2, s the stride. Each is asked once, for all places. Of the two
    branches the one with the larger maximum wins; of equals the visible one. joints:
    those that are offered; all unless given. decode: the chapter's own, maps (M, h, w)
    -> places (M, 2) in cells; the largest cell unless given. peak: where the colours
    end, the height of the targets. Raises ValueError naming what does not fit.
    """
    names = skeleton.joints if joints is None else joints
    data = Branches(
        image=np.asarray(image),
        truth=np.asarray(truth, dtype=float),
        flags=np.asarray(visible).astype(np.int64),
        patch=np.asarray(patch),
        xs=as_steps("xs", xs),
        rows={name: float(y) for name, y in rows.items()},
        runs=as_runs(runs),
        skeleton=skeleton,
        joints=tuple(names),
        decode=decode,
        peak=float(peak),
    )
    return _widget(check(data))


def _widget(data: Branches) -> Widget:
    """Panels, controls and layers put together."""
    views, maxima = BranchViews(data), MaximaViews(data)
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "Both answers"),
            Panel(BRANCHES[0], *data.size, "Visible branch"),
            Panel(BRANCHES[1], *data.size, "Occluded branch"),
            Panel("bars", *BARS, "Their maxima", "chart"),
            Panel("way", *WAY, "Their maxima as the patch slides", "chart"),
        ],
        controls=_controls(data),
        layers=[*_picture_layers(views), *_chart_layers(maxima)],
        readout=Readout(NOW, maxima.sentence),
        legend=_legend(data.peak),
        quality=QUALITY,
        print_quality=PRINTED,
    )


def _controls(data: Branches) -> list[Control]:
    """The patch's place comes last, so that equal maps lie side by side in a page."""
    joint, row, x = best_start(data)
    texts = [at_px(place) for place in data.xs]
    return [
        select("network", "Network", data.runs),
        select("joint", "Joint", data.joints, joint, map(words, data.joints)),
        select("row", "Patch at the height of", data.rows, row),
        slider("x", "Patch at x", data.xs, x, texts),
    ]


def _picture_layers(views: BranchViews) -> list[Layer]:
    """Picture and maps; equal layers follow each other, which a page stores as one."""
    place, seen = ("row", "x"), ("joint", "row", "x")
    layers = [
        Layer("image", (), views.picture),
        Layer("image", place, views.patch),
        *(Layer(panel, (), views.backdrop) for panel in BRANCHES),
        *(Layer(panel, place, views.plain_patch) for panel in BRANCHES),
        *(Layer(panel, NOW, partial(views.heat, n)) for n, panel in BOTH),
        *(Layer(panel, seen, views.truth) for panel in ("image", *BRANCHES)),
    ]
    for n, panel in reversed(BOTH):  # the smaller mark lies on the larger one
        answer = partial(views.answer, n)
        layers += [Layer(panel, NOW, answer), Layer("image", NOW, answer)]
    return [
        *layers,
        *(Layer(panel, NOW, partial(views.verdict, n)) for n, panel in BOTH),
        Layer("image", NOW, views.word),
        Layer("image", seen, views.told),
    ]


def _chart_layers(views: MaximaViews) -> list[Layer]:
    """Bars and curves; only bars depend on everything."""
    return [
        Layer("bars", (), views.frame),
        *(Layer("bars", NOW, partial(views.bar, n)) for n, _ in BOTH),
        Layer("bars", NOW, views.winner),
        Layer("way", (), views.way),
        Layer("way", ("joint", "row"), views.cover),
        Layer("way", NOW[:3], views.curves),
        Layer("way", ("x",), views.here),
        Layer("way", NOW[:3], views.changes),
    ]


def _legend(peak: float) -> list[Key]:
    """True places, the branches' answers and curves, the maps' colours."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], (12.5, 6.5)
    branches = [
        Key(f"{name} branch: answer", tuple(answer_mark((12.5, 7.5), n, 0.6)))
        for n, name in enumerate(BRANCHES)
    ]
    curves = [
        Key(
            f"{name} branch: maximum",
            (
                Lines(feet, heads, COLOURS[n], 2.5, DASHES[n]),
                Points([middle], (), COLOURS[n], 3.4, n == 0, 1.8),
            ),
        )
        for n, name in enumerate(BRANCHES)
    ]
    return [
        Key("true place, visible", (true_mark(middle, False, 1, 5),)),
        Key("covered or occluded", (true_mark(middle, True, 1, 5),)),
        *branches,
        *curves,
        Key(f"map, {CLEAR * peak:g} to {peak:g}", (colour_scale("magma"),)),
    ]
