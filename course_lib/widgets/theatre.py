"""Explorer of tracking: what propagation and similarity do, frame by frame."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import SkeletonLike
from .checks import need
from .controls import Control, player, select, slider, toggle
from .primitives import Arrows, Lines, Points, Rect
from .theatre_chart import AGAIN, SIZE, TheatreChart, switch_mark
from .theatre_data import Key as RunKey
from .theatre_data import Theatre, TrackedRun, as_runs, check
from .theatre_views import (
    DETECTED,
    HUES,
    LOST_DASH,
    MOVED,
    MOVED_DASH,
    THICK,
    THIN,
    TheatreViews,
    badge,
)
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "Who is who, frame by frame"
QUESTION = "What saves a person whom the detector misses, and what keeps ids apart?"
RUN = ("dropout", "propagation", "similarity")
NOW = ("frame", *RUN)
QUALITY, PRINTED = 45, 20  # of the clip's pictures and of the stored frame


def tracking_theatre(
    images: ArrayLike,
    truth: Sequence[ArrayLike],
    runs: Mapping[RunKey, TrackedRun],
    skeleton: SkeletonLike,
    frame: int | None = None,
) -> Widget:
    """The explorer of runs of a tracker over one clip of F frames, with K joints.

    images: (F, H, W, 3) uint8. truth: F arrays (G, K, 2) px, the true joints, NaN where
    not labelled. runs: by (share of detections lost, propagation, similarity), one for
    each combination, such as (0.2, True, "flow"); the similarity's name is what the
    reader sees. frame: the one shown first, from 1; by default the first, in a run
    with propagation, that keeps a propagated box.
    It starts with the middle share, propagation and the last similarity.
    Raises ValueError naming what does not fit.
    """
    data = Theatre(
        images=np.asarray(images),
        truth=tuple(np.asarray(poses, dtype=float) for poses in truth),
        runs=as_runs(runs),
        skeleton=skeleton,
    )
    check(data)
    count = len(data.images)
    first = _start(data) if frame is None else frame
    need(first in range(1, count + 1), f"frame is from 1 to {count}, got {first}")
    return _widget(data, first)


def _first_run(data: Theatre) -> RunKey:
    """The middle share of lost detections, propagation, the last similarity."""
    return data.dropouts[len(data.dropouts) // 2], True, data.similarities[-1]


def _start(data: Theatre) -> int:
    """The first frame, from 1, in which a person is there thanks to propagation."""
    frames = data.runs[_first_run(data)].frames
    saved = [n for n, shown in enumerate(frames, 1) if shown.is_from_flow.any()]
    return saved[0] if saved else 1


def _widget(data: Theatre, first: int) -> Widget:
    """Panels, controls and layers put together."""
    views, chart = TheatreViews(data), TheatreChart(data)
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "The clip"),
            Panel("chart", *SIZE, "Who is where, and what goes wrong", "chart"),
        ],
        controls=_controls(data, first),
        layers=_layers(views, chart),
        readout=Readout(NOW, chart.sentence),
        legend=_legend(),
        quality=QUALITY,
        print_quality=PRINTED,
    )


def _controls(data: Theatre, first: int) -> list[Control]:
    """The frame comes first, so that frames that runs share lie side by side."""
    dropout, _, similarity = _first_run(data)
    shares = [f"{100 * share:.0f}\u00a0%" for share in data.dropouts]
    return [
        player("frame", "Frame", range(1, len(data.images) + 1), first),
        slider("dropout", "Detections lost", data.dropouts, dropout, shares),
        toggle("propagation", "Propagation", True),
        select("similarity", "Similarity", data.similarities, similarity),
        toggle("detected", "Show detections", True),
        toggle("moved", "propagated joints", True),
        toggle("boxes", "their boxes", False),
        toggle("nms", "kept by NMS", False),
        toggle("found", "poses and ids", True),
    ]


def _layers(views: TheatreViews, chart: TheatreChart) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    return [
        Layer("image", ("frame",), views.picture),
        Layer("image", (*NOW, "detected"), views.layer(views.detections)),
        Layer("image", (*NOW, "boxes"), views.layer(views.flow_boxes)),
        Layer("image", (*NOW, "nms"), views.layer(views.kept)),
        Layer("image", (*NOW, "found"), views.layer(views.poses, has_ids=True)),
        Layer("image", (*NOW, "moved"), views.layer(views.ghosts)),
        Layer("image", (*NOW, "detected"), views.layer(views.losses)),
        Layer("image", (*NOW, "found"), views.layer(views.badges, has_ids=True)),
        Layer("image", NOW, views.layer(views.told)),
        Layer("chart", (), chart.frame_lines),
        Layer("chart", RUN, chart.lines),
        Layer("chart", RUN, chart.bars),
        Layer("chart", ("frame",), chart.now),
        Layer("chart", RUN[:2], chart.compared),
    ]


def _legend() -> list[Key]:
    """The boxes, from candidate to kept; joints and ids; the chart."""
    box, feet, heads = (3, 1, 20, 12), [(1, 6.5)], [(24, 6.5)]
    ways = [(4, 2), (4, 11)], [(20, 5), (20, 11)]
    again = Points([(1.5, 6.5), (24, 6.5)], (), HUES[0], 2.5)
    return [
        Key("detection", (Rect(*box, DETECTED, THIN, halo=True),)),
        Key("lost detection", (Rect(*box, DETECTED, 2.2, LOST_DASH, halo=True),)),
        Key("propagated joints", (Arrows(*ways, MOVED, 1.3, halo=True, head=6),)),
        Key("their box", (Rect(*box, MOVED, THIN + 0.5, MOVED_DASH, halo=True),)),
        Key("kept by NMS", (Rect(5, 3.5, 16, 7, DETECTED, THICK, halo=True),)),
        Key(
            "pose and id",
            (Lines(feet, heads, HUES[1], 3), *badge("1", HUES[1], 12.5, 6.5)),
        ),
        Key("true person", (Points([(12.5, 6.5)], (), "muted", 4, False, 1.2),)),
        Key("same id, lost between", (Lines(feet, heads, HUES[0], 1.5, AGAIN), again)),
        Key("id switch", (switch_mark(12.5, 6.5),)),
    ]
