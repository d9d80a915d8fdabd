"""Explorer of bad boxes: what a shifted box does to a pose, with and without SSTN."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .bad_box_data import (
    ALONG_X,
    ALONG_Y,
    BOTH,
    SMALLEST,
    BadBoxes,
    Solve,
    check,
)
from .bad_box_views import (
    CHART,
    CUT,
    FRAME_DASH,
    LINE_DASHES,
    MOVE,
    NEAR,
    PLAIN,
    TRUE_DASH,
    BoxViews,
)
from .cascade_data import SkeletonLike
from .controls import Control, select, slider
from .iteration import Startable
from .palette import WHITE
from .pose_nms_chart import signed
from .pose_nms_data import as_steps
from .primitives import Lines, Points, Rect
from .widget import Event, Key, Layer, Panel, Readout, Values, Widget

TITLE = "A bad box, two answers"
QUESTION = "How far may the box be off before the pose is lost?"
NOW = ("person", "x", "y", "scale")
PRINTED, QUALITY = 15, 60  # of the stored frame and of the pictures


def bad_box_explorer(
    images: ArrayLike,
    truth: ArrayLike,
    boxes: ArrayLike,
    xs: Sequence[float],
    ys: Sequence[float],
    scales: Sequence[float],
    poses: ArrayLike,
    frames: ArrayLike,
    errors: ArrayLike,
    measure: str,
    skeleton: SkeletonLike,
    systems: Sequence[str] = ("plain", "SSTN"),
    names: Sequence[str] | None = None,
    solve: Solve | None = None,
    along: str = ALONG_X,
) -> Widget:
    """The explorer of N people, K joints, and boxes at X x Y x S positions.

    images: (N, H, W, 3) uint8. truth: (N, K, 2) px, the true joints, NaN where not
    labelled. boxes: (N, 4), the true boxes [x, y, w, h] px. xs, ys: (X,), (Y,), shifts
    of the box in shares of its width and height, rising. scales: (S,), factors of both
    its sides about the centre; `moved_boxes` makes the boxes. poses: (2, N, X, Y, S, K,
    2) px, the joints that each of two systems finds. frames: (N, X, Y, S, 4, 2) px, the
    corners, in order around, of what the second system cuts from the picture. errors:
    (2, N, X, Y, S), of each system. measure: their name and unit, such as "mean error
    (head sizes)". systems: the names of the two; names: (N,), of the people.
    solve: boxes (M, 4) px and a person from 0 -> (poses (2, M, K, 2), frames (M, 4, 2),
    errors (2, M)); with it the live explorer lets the reader drag the box. along: "x"
    or "y", in which the box is shifted at first. Raises ValueError naming the misfit.
    """
    pictures = np.asarray(images)
    people = [f"{n}" for n in range(1, len(pictures) + 1)] if names is None else names
    data = BadBoxes(
        images=pictures,
        truth=np.asarray(truth, dtype=float),
        boxes=np.asarray(boxes, dtype=float),
        xs=as_steps("xs", xs),
        ys=as_steps("ys", ys),
        scales=as_steps("scales", scales),
        poses=np.asarray(poses, dtype=float),
        frames=np.asarray(frames, dtype=float),
        errors=np.asarray(errors, dtype=float),
        measure=measure,
        skeleton=skeleton,
        systems=tuple(systems),
        names=tuple(people),
        solve=solve,
        first=along,
    )
    stored = _widget(check(data), is_live=False)
    if solve is None:
        return stored
    return Startable(**vars(_widget(data, is_live=True)), stored=stored)


def _widget(data: BadBoxes, is_live: bool) -> Widget:
    """Panels, controls and layers; with dots to drag if it is live."""
    views = BoxViews(data, is_live)
    has_choice = len(data.names) > 1
    state: Values = {"edits": {}}
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "The box and the poses"),
            Panel("chart", *CHART, "Error against the shift", "chart"),
        ],
        controls=_controls(data, has_choice),
        layers=_layers(views, is_live),
        readout=Readout((*NOW, "edits"), views.sentence),
        legend=_legend(data),
        state=state if has_choice else state | {"person": data.names[0]},
        respond=_responder(data) if is_live else None,
        quality=QUALITY,
        print_quality=PRINTED,
    )


def _controls(data: BadBoxes, has_choice: bool) -> list[Control]:
    """The person, if there are several; where the box is; what is shown."""
    shifts = [
        slider(
            name,
            f"Shift {name} ({side})",
            states,
            start,
            [signed(state) for state in states],
        )
        for name, side, states, start in (
            ("x", "widths", data.xs, _start(data.xs, data.first == ALONG_X)),
            ("y", "heights", data.ys, _start(data.ys, data.first == ALONG_Y)),
        )
    ]
    middling = min(data.scales, key=lambda scale: abs(scale - 1))
    first, second = data.systems
    texts = [f"{first} and {second}", first, second]
    return [
        *([select("person", "Person", data.names)] if has_choice else []),
        *shifts,
        slider("scale", "Scale", data.scales, middling),
        select("show", "Show", (BOTH, *data.systems), BOTH, texts),
        select(
            "along", "Chart", (ALONG_X, ALONG_Y), data.first, ("along x", "along y")
        ),
    ]


def _start(steps: Sequence[float], is_shifted: bool) -> float:
    """The first step over 0 if there is one, or the step nearest to 0."""
    if is_shifted:
        return next((step for step in steps if step > 0), steps[0])
    return min(steps, key=abs)


def _layers(views: BoxViews, is_live: bool) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    box = (*NOW, "edits")
    dots = [Layer("image", box, views.handles)] if is_live else []
    return [
        Layer("image", ("person",), views.picture),
        Layer("image", box, views.boxes),
        Layer("image", (*NOW, "show", "edits"), views.frame),
        Layer("image", (*NOW, "show", "edits"), views.plain),
        Layer("image", (*NOW, "show", "edits"), views.cut),
        *dots,
        Layer("image", box, views.told),
        Layer("chart", ("along",), views.chart),
        Layer("chart", (*NOW, "along", "edits"), views.curves),
        Layer("chart", (*NOW, "along", "edits"), views.here),
    ]


def _responder(data: BadBoxes) -> Callable[[Values, Event], Values]:
    """What a drag of the box's dots, or a click beside them, does to the box."""
    last = np.array(data.size) - 1

    def respond(values: Values, event: Event) -> Values:
        if event.panel != "image":
            return values
        n = data.person(values["person"])
        edits = {key: edit for key, edit in values["edits"].items() if key != str(n)}
        if event.kind == "click":
            return values | {"edits": edits}
        at = n, values["x"], values["y"], values["scale"]
        box = _pulled(
            data.box(*at, values["edits"]),
            event.handle,
            np.clip((event.x, event.y), 0, last),
        )
        change = (box - data.box(*at, {})).round(2).tolist()
        return values | {"edits": edits | {str(n): change}}

    return respond


def _pulled(
    box: NDArray[np.float64], handle: str, place: NDArray[np.float64]
) -> NDArray[np.float64]:
    """The box [x, y, w, h] after one of its dots was dragged to a place (x, y)."""
    near, far = box[:2], box[:2] + box[2:] - 1
    if handle == MOVE:
        top = np.array([(near[0] + far[0]) / 2, near[1]])
        return np.concatenate([near + place - top, box[2:]])
    if handle == NEAR:
        near = np.minimum(place, far - SMALLEST + 1)
    else:
        far = np.maximum(place, near + SMALLEST - 1)
    return np.concatenate([near, far - near + 1])


def _legend(data: BadBoxes) -> list[Key]:
    """Truth, then each system: what it sees, what it finds, its curve."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], [(12.5, 6.5)]
    true = Lines(feet, heads, WHITE, 1.5, TRUE_DASH, halo=True)
    ends = Points([(3.5, 6.5), (21.5, 6.5)], (), WHITE, 2.4, halo=True)
    frame = Rect(3, 1, 20, 12, CUT, 2.6, FRAME_DASH, halo=True)
    plain, cut = data.systems
    now = Points(middle, (), "ink", 5.5, False, 2.2)
    return [
        Key("true pose", (true, ends)),
        Key("true box", (Rect(3, 1, 20, 12, WHITE, 1.4, TRUE_DASH, halo=True),)),
        Key("box given", (Rect(3, 1, 20, 12, PLAIN, 2.6, halo=True),)),
        Key(f"{cut}'s frame", (frame,)),
        *(
            Key(
                f"{system}: pose and error",
                (
                    Lines(feet, heads, colour, 2.4, dash),
                    Points(middle, (), colour, 3.2, is_cut, 1.8),
                ),
            )
            for system, colour, dash, is_cut in (
                (plain, PLAIN, LINE_DASHES[0], False),
                (cut, CUT, LINE_DASHES[1], True),
            )
        ),
        Key("error of the box given", (now,)),
    ]
