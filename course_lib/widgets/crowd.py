"""Calculator of the crowd index: whose joints lie in whose box?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import SkeletonLike
from .controls import Control, select, slider, toggle
from .crowd_chart import SCALE, TABLE, CrowdChart
from .crowd_data import Count, Crowd, boxes_around, check, check_people
from .crowd_views import BOXES, DOT, RING, SMALL, CrowdViews
from .iteration import Startable
from .primitives import Points, Rect
from .theatre_views import HUES
from .widget import Event, Key, Layer, Panel, Readout, Values, Widget

TITLE = "How crowded is this picture?"
QUESTION = "Whose joints lie in whose box, and what does that make of the picture?"
APART = tuple(n / 10 for n in range(16))  # shares of the distances given
MOVED = ("apart", "edits", "every")
NOW = ("box", *MOVED)
PRINTED = 10  # quality of the stored frame


def crowd_index_calculator(
    keypoints: ArrayLike,
    visible: ArrayLike,
    skeleton: SkeletonLike,
    count: Count,
    boxes: ArrayLike | None = None,
    size: tuple[int, int] = (256, 192),
    margin: float = 0.1,
) -> Widget:
    """The explorer of two to four people with K joints, who can be dragged.

    keypoints: (N, K, 2) px, inside the picture; NaN where a joint without a label has
    no known place. visible: (N, K), above 0 where labelled. count: the chapter's own,
    boxes (N, 4), keypoints (N, K, 2) and visible (N, K), as arrays of any N -> own and
    foreign counts (N,): of the joints that are visible > 0 in each box, those of its
    person, and those of others. It gets 0, 0 for joints that are not, and is asked
    for pairs of people too. boxes: (N, 4), [x, y, w, h] px; by default around the
    labelled joints, with a margin on each side in shares of that side. size: width and
    height of the picture, px. Where joints without a label have places, the reader may
    count them too. Raises ValueError naming the argument that does not fit.
    """
    poses = np.asarray(keypoints, dtype=float)
    flags = np.asarray(visible).astype(np.int64)
    check_people(poses, flags, skeleton)
    made = boxes_around(poses, flags, margin) if boxes is None else boxes
    data = Crowd(
        keypoints=poses,
        flags=flags,
        boxes=np.asarray(made, dtype=float),
        size=tuple(map(int, size)),
        skeleton=skeleton,
        count=count,
    )
    stored = _widget(check(data), is_live=False)
    return Startable(**vars(_widget(data, is_live=True)), stored=stored)


def _widget(data: Crowd, is_live: bool) -> Widget:
    """Panels, controls and layers; with dots to drag if it is live."""
    views, chart = CrowdViews(data, is_live), CrowdChart(data)
    state: Values = {"edits": {}}
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "People and their boxes"),
            Panel("table", *TABLE, "Joints in each box", "chart"),
            Panel("scale", *SCALE, "Easy, medium or hard?", "chart"),
        ],
        controls=_controls(data),
        layers=[*_picture_layers(views, is_live), *_chart_layers(chart)],
        readout=Readout(MOVED, chart.sentence),
        legend=_legend(data),
        state=state if data.has_more else state | {"every": False},
        respond=_responder(data, views) if is_live else None,
        print_quality=PRINTED,
    )


def _controls(data: Crowd) -> list[Control]:
    """Whose box, first that with the largest ratio; how far apart; what counts."""
    people = [f"{n}" for n in range(1, data.people + 1)]
    first = int(data.counted(1.0, {}, False).ratios.argmax())
    texts = [f"{100 * share:.0f}\u00a0%" for share in APART]
    every = [toggle("every", "Count joints without a label")] if data.has_more else []
    return [
        select("box", "Box of person", people, people[first]),
        slider("apart", "Distances", APART, 1.0, texts),
        *every,
    ]


def _picture_layers(views: CrowdViews, is_live: bool) -> list[Layer]:
    """What is drawn on the picture; each layer depends on as little as it can."""
    dots = [Layer("image", MOVED, views.handles)] if is_live else []
    return [
        Layer("image", MOVED, views.limbs),
        Layer("image", NOW, views.boxes),
        Layer("image", MOVED, views.joints),
        Layer("image", NOW, views.inside),
        *dots,
        Layer("image", MOVED, views.badges),
        Layer("image", NOW, views.told),
    ]


def _chart_layers(chart: CrowdChart) -> list[Layer]:
    """The table and the scale."""
    return [
        Layer("table", ("box",), chart.chosen),
        Layer("table", (), chart.heads),
        Layer("table", MOVED, chart.cells),
        Layer("scale", (), chart.scale),
        Layer("scale", MOVED, chart.levels),
        Layer("scale", MOVED, chart.now),
    ]


def _responder(data: Crowd, views: CrowdViews) -> Callable[[Values, Event], Values]:
    """What a drag of a person, or a click beside the dots, does."""

    def respond(values: Values, event: Event) -> Values:
        if event.panel != "image":
            return values
        if event.kind == "click":
            return values | {"edits": {}}
        n, last = int(event.handle), np.array(data.size) - 1
        start = views.grip(data.boxes[n]) + data.slid(values["apart"])[n]
        edit = np.clip([event.x, event.y], 0, last) - start
        edits = values["edits"] | {event.handle: edit.round(2).tolist()}
        return values | {"edits": edits}

    return respond


def _legend(data: Crowd) -> list[Key]:
    """The joints and the box that is looked at."""
    middle, hue = [(12.5, 6.5)], HUES[0]
    both = Points([(6, 6.5)], (), HUES[0], DOT), Points([(19, 6.5)], (), HUES[1], DOT)
    dot = Points(middle, (), HUES[1], 3.8)
    other = dot, Points(middle, (), "ink", 5.8, False, 1.8)
    ring = Points(middle, (), hue, RING, False, 1.5)
    keys = [
        Key("box looked at", (Rect(3, 1, 20, 12, hue, 3.2, fill=hue),)),
        Key("other box", (Rect(3, 1, 20, 12, HUES[1], 1.5, BOXES[1]),)),
        Key("joint in the box", both),
        Key("joint of another person in the box", other),
        Key("joint elsewhere", (Points(middle, (), hue, SMALL),)),
    ]
    return [*keys, *([Key("joint not counted", (ring,))] if data.has_more else [])]
