"""Explorer of parametric pose NMS: when does one pose eliminate another?"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import SkeletonLike
from .controls import Control, select, slider
from .iteration import Startable
from .legend import colour_scale
from .palette import WHITE
from .pose_nms_chart import (
    BARS,
    HARD,
    LIMIT,
    LIMIT_DASH,
    SOFT,
    BarViews,
    MapViews,
    signed,
    starts,
)
from .pose_nms_data import (
    REACH,
    STEPS,
    Rivals,
    as_box,
    as_poses,
    as_steps,
    check,
    joint_key,
    reach_of,
)
from .pose_nms_views import (
    FIRST,
    JOINTS,
    MATCH,
    RADII,
    REFERENCE,
    SECOND,
    SECOND_DASH,
    WHOLE,
    PictureViews,
    total,
)
from .primitives import BUTT, Circle, Lines, Points, Rect
from .widget import Event, Key, Layer, Panel, Readout, Values, Widget

TITLE = "One person found twice, or two people?"
QUESTION = "How alike must two poses be for the rule to eliminate one of them?"
SHIFT = ("x", "y")
MOVED = ("offset", "edits")
PRINTED, QUALITY = 15, 60  # of the stored frame and of the picture below the poses
# Of the shifts in x and in y: reaches beside those of interest, and how many there are.
ROOMS, COUNTS = (1.8, 1.2), (7, 5)


def pose_nms_playground(
    poses: ArrayLike,
    scores: ArrayLike,
    skeleton: SkeletonLike,
    image: ArrayLike | None = None,
    size: tuple[int, int] = (192, 192),
    box: ArrayLike | None = None,
    xs: Sequence[float] | None = None,
    ys: Sequence[float] | None = None,
    sigma1: Sequence[float] = (0.01, 0.3, 1.0),
    sigma2: Sequence[float] = (0.5, 2.08, 5.0),
    lam: Sequence[float] = (0.0, 2.08, 4.0),
    eta: Sequence[float] = (10.0, 22.48, 35.0),
) -> Widget:
    """The explorer of two poses of K joints; the first is the reference.

    poses: (2, K, 2) px, inside the picture. scores: (2, K), the joints' confidences.
    image: (H, W, 3) uint8, or None for a plain picture of `size` = (width, height) px.
    box: [x, y, w, h] px, that of the reference; by default the box around its joints.
    xs, ys: the shifts of the second pose, px, in equal steps; by default seven and
    five, from 0 to the shift that lays the poses' centres on each other, and 1.8 and
    1.2 reaches more each way. sigma1, sigma2, lam, eta: the steps of the rule's
    parameters, rising; they start at the released code's 0.01, 2.08, 2.08 and 22.48,
    where these are among them. Shifts and parameters make at most 4000 combinations.
    In the live explorer the second pose, its joints or the reference's are dragged.
    Raises ValueError naming the argument that does not fit.
    """
    steps = {"sigma1": sigma1, "sigma2": sigma2, "lam": lam, "eta": eta}
    pair, frame = as_poses(poses, skeleton), as_box(box)
    picture = None if image is None else np.asarray(image)
    reach, goals = reach_of(pair[0], frame), (pair[0] - pair[1]).mean(axis=0)
    rooms = [reach * room for room in ROOMS]
    across, down = map(_steps, goals.tolist(), rooms, COUNTS)
    data = Rivals(
        poses=pair,
        scores=np.asarray(scores, dtype=float),
        skeleton=skeleton,
        image=picture,
        size=tuple(map(int, size if picture is None else picture.shape[1::-1])),
        box=frame,
        xs=as_steps("xs", across if xs is None else xs),
        ys=as_steps("ys", down if ys is None else ys),
        steps={name: as_steps(name, states) for name, states in steps.items()},
    )
    check(data)
    stored = _widget(data, is_live=False)
    return Startable(**vars(_widget(data, is_live=True)), stored=stored)


def _steps(goal: float, room: float, count: int) -> Sequence[float]:
    """Shifts in px from 0 to about a goal, and so much room on either side."""
    low, high = min(0.0, goal) - room, max(0.0, goal) + room
    step = max(1, round((high - low) / (count - 1)))
    first = round(low / step)
    return [step * n for n in range(first, first + count)]


def _widget(data: Rivals, is_live: bool) -> Widget:
    """Panels, controls and layers; with dots to drag if it is live."""
    picture = PictureViews(data, is_live)
    bars, plane = BarViews(data), MapViews(data, is_live)
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "Two poses"),
            Panel(
                "map", *plane.panel, "Shifts that eliminate the second pose", "chart"
            ),
            Panel("bars", *BARS, "Similarity against the threshold η", "chart"),
        ],
        controls=_controls(data, is_live),
        layers=[
            *_picture_layers(picture, is_live),
            *_map_layers(plane),
            *_bar_layers(bars),
        ],
        readout=Readout((*SHIFT, *STEPS, *MOVED), bars.sentence),
        legend=_legend(),
        state=_state(is_live),
        respond=_responder(data, plane) if is_live else None,
        quality=QUALITY,
        print_quality=PRINTED,
    )


def _state(is_live: bool) -> Values:
    """What no control sets; without the live control, what it would say."""
    state: Values = {"offset": (0.0, 0.0), "edits": {}}
    return state if is_live else state | {"drag": WHOLE}


def _controls(data: Rivals, is_live: bool) -> list[Control]:
    """The shift, then the rule's parameters; in the live explorer what dots drag."""
    made = [
        slider(
            name,
            f"Shift {name} (px)",
            states,
            min(states, key=abs),
            [signed(state) for state in states],
        )
        for name, states in (("x", data.xs), ("y", data.ys))
    ]
    first = starts(data)
    made += [
        slider(name, STEPS[name], states, first[name])
        for name, states in data.steps.items()
    ]
    texts = "second pose", "its joints", "reference's joints"
    drag = select("drag", "Drag", (WHOLE, JOINTS, REFERENCE), WHOLE, texts)
    return [*made, *([drag] if is_live else [])]


def _picture_layers(views: PictureViews, is_live: bool) -> list[Layer]:
    """What is drawn on the picture; each layer depends on as little as it can."""
    now = (*SHIFT, *MOVED)
    dots = [Layer("image", (*now, "drag"), views.handles)] if is_live else []
    return [
        Layer("image", (), views.picture),
        Layer("image", ("edits",), views.discs),
        Layer("image", now, views.matches),
        Layer("image", ("edits",), views.reference),
        Layer("image", now, views.second),
        *dots,
        Layer("image", (*now, "drag"), views.told),
    ]


def _map_layers(views: MapViews) -> list[Layer]:
    """What is drawn on the map: only its mark depends on the shift."""
    return [
        Layer("map", (), views.frame),
        Layer("map", ("sigma1", "sigma2", "lam", "edits"), views.similarity),
        Layer("map", (*STEPS, "edits"), views.region),
        Layer("map", (*SHIFT, "offset"), views.now),
    ]


def _bar_layers(views: BarViews) -> list[Layer]:
    """The bars: K and lambda H do not share their parameters, their sum has all."""
    return [
        Layer("bars", (), views.frame),
        Layer("bars", (*SHIFT, "sigma1", *MOVED), views.hard),
        Layer("bars", (*SHIFT, "sigma2", "lam", *MOVED), views.soft),
        Layer("bars", (*SHIFT, "sigma1", "sigma2", "lam", *MOVED), views.summed),
        Layer("bars", ("eta",), views.limit),
    ]


def _responder(data: Rivals, plane: MapViews) -> Callable[[Values, Event], Values]:
    """What drags and clicks do to the shift and to single joints."""

    def respond(values: Values, event: Event) -> Values:
        slid = np.array([values["x"], values["y"]])
        if event.panel == "map":
            shift = plane.shift_at(event.x, event.y) - slid
            return values | {"offset": tuple(shift.round(2).tolist())}
        if event.panel != "image":
            return values
        if event.kind == "click":
            return values | {"offset": (0.0, 0.0), "edits": {}}
        return values | _dragged(data, values, event)

    return respond


def _dragged(data: Rivals, values: Values, event: Event) -> Values:
    """What changes when a joint's dot is dragged on the picture."""
    joint, edits = int(event.handle), values["edits"]
    place = np.clip((event.x, event.y), 0, np.array(data.size) - 1)
    slid = np.array([values["x"], values["y"]])
    if values["drag"] == WHOLE:
        shift = place - data.edited(edits)[1, joint] - slid
        return {"offset": tuple(shift.round(2).tolist())}
    person = 0 if values["drag"] == REFERENCE else 1
    if person:
        place = place - total(*slid, values["offset"])
    return {"edits": edits | {joint_key(person, joint): place.round(2).tolist()}}


def _legend() -> list[Key]:
    """The poses, what matches, the bars and the marks of the map."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], [(12.5, 6.5)]
    sizes = [
        Points([(x, 6.5)], (), "ink", radius)
        for x, radius in zip((4, 11.5, 20), RADII, strict=True)
    ]
    small = f"{100 * REACH:.0f}\u00a0% of the box around each joint"
    disc = Circle(12.5, 6.5, 5.8, "muted", 1.2)
    match = Circle(12.5, 6.5, 5.8, MATCH, 1.8, fill=MATCH)
    ring = Points(middle, (), WHITE, 6, halo=True)
    return [
        Key("reference", (Lines(feet, heads, FIRST, 2.6), Points(middle, (), FIRST))),
        Key("second pose", (Lines(feet, heads, SECOND, 2.6, SECOND_DASH),)),
        Key("confidence: to 0.3, to 0.7, above", tuple(sizes)),
        Key(small, (disc,)),
        Key("joint matches", (match,)),
        Key("K", (Lines(feet, heads, HARD, 11, BUTT),)),
        Key("λH", (Lines(feet, heads, SOFT, 11, BUTT),)),
        Key("η", (Lines([(12.5, 0)], [(12.5, 13)], LIMIT, 2.2, LIMIT_DASH),)),
        Key("map: 0 to two equal poses", (colour_scale("viridis"),)),
        Key("eliminated", (Rect(3, 1, 20, 12, WHITE, 1.8, halo=True),)),
        Key("present shift", (ring, Points(middle, (), LIMIT, 4))),
    ]
