"""Explorer of iterative error feedback: a pose that walks to its place."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import SkeletonLike, words
from .controls import Control, select, slider
from .iteration_chart import CHART, PERFECT, ChartViews
from .iteration_data import MEDIAN, SHUFFLED, Iteration, Step, check
from .iteration_views import CHOSEN, DASH, TRAINED, UNTRAINED, PictureViews
from .legend import colour_scale, side_colours
from .palette import WHITE
from .primitives import Arrows, Circle, Lines, Points, Polyline
from .widget import Event, Key, Layer, Panel, Readout, Values, Widget

TITLE = "The network corrects the pose it is shown"
QUESTION = "How does a pose walk to its place, and when does it stop?"
WALK = ("example", "start", "walks")
NOW = ("step", *WALK)
ALL = ("step", "example", "joint", "start", "walks")


def iteration_explorer(
    images: ArrayLike,
    truth: ArrayLike,
    visible: ArrayLike,
    poses: ArrayLike,
    corrections: ArrayLike,
    limit: float,
    std: float,
    trained_steps: int,
    skeleton: SkeletonLike,
    torso: ArrayLike,
    step: Step | None = None,
) -> Widget:
    """The explorer of N examples, K joints and the steps 0 ... T.

    images: (N, H, W, 3) uint8. truth: (N, K, 2) image px; visible: (N, K), 0 where
    not labelled. poses: (T + 1, N, K, 2) px, from the median pose y_0 on.
    corrections: (T + 1, N, K, 2) px, the network's at each of these poses. limit: the
    bound L of a correction, px. std: that of the Gaussians in the pose channels, px.
    trained_steps: from 1 to T; what comes later is marked. torso: (N,) px. step: the
    network, (K, 2) px and an example from 0 -> corrections (K, 2) px; with it the
    live explorer lets the reader drag the joints of y_0.
    Raises ValueError naming the argument that does not fit.
    """
    data = Iteration(
        images=np.asarray(images),
        truth=np.asarray(truth, dtype=float),
        labelled=np.asarray(visible) > 0,
        poses=np.asarray(poses, dtype=float),
        corrections=np.asarray(corrections, dtype=float),
        limit=float(limit),
        std=float(std),
        trained=trained_steps,
        skeleton=skeleton,
        torso=np.asarray(torso, dtype=float),
        step=step,
    )
    check(data)
    views = PictureViews(data), ChartViews(data)
    stored = _widget(data, *views, is_free=False)
    if step is None:
        return stored
    return Startable(**vars(_widget(data, *views, is_free=True)), stored=stored)


@dataclass
class Startable(Widget):
    """The explorer with the control Start; a stored page does without its walks."""

    stored: Widget | None = None

    def html(self) -> str:
        """The explorer of the given walks as one self-contained piece of HTML."""
        assert self.stored
        return self.stored.html()

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict, dict]:
        assert self.stored
        return self.stored._repr_mimebundle_()


def _widget(
    data: Iteration, pictures: PictureViews, charts: ChartViews, is_free: bool
) -> Widget:
    """Panels, controls and layers; with the control Start if the start is free."""
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "The pose and its correction"),
            Panel("channels", *pictures.channel_panel, "Fed back: a channel per joint"),
            Panel("error", *CHART, "Error against step", kind="chart"),
            Panel("joints", *charts.bars_panel, "Error of each joint", kind="chart"),
        ],
        controls=[*_controls(data), *([_start()] if is_free else [])],
        layers=[*_picture_layers(pictures), *_chart_layers(charts)],
        readout=Readout(ALL, charts.sentence),
        legend=_legend(data),
        state={"walks": {}} if is_free else {"walks": {}, "start": MEDIAN},
        respond=_responder(data) if data.step else None,
    )


def _controls(data: Iteration) -> list[Control]:
    """Step, example, and joint: first the one that gains most in example 1."""
    count, joints = len(data.images), list(data.skeleton.joints)
    steps, examples = range(data.last + 1), range(1, count + 1)
    texts = [f"{t}" if t <= data.trained else f"{t} (extra)" for t in steps]
    ordinals = [f"{n} of {count}" for n in examples]
    errors = data.errors(data.walk(1, MEDIAN, {}), 1)
    gain = np.nan_to_num(errors[0] - errors[data.trained], nan=-np.inf)
    best, first = joints[gain.argmax()], 0 if data.step else min(2, data.trained)
    return [
        slider("step", "Step", steps, first, texts),
        slider("example", "Example", examples, 1, ordinals),
        select("joint", "Joint", joints, best, [words(j) for j in joints]),
    ]


def _start() -> Control:
    """Where a walk starts, if the network is there to walk."""
    texts = "median pose", "median, shuffled"
    return select("start", "Start", (MEDIAN, SHUFFLED), MEDIAN, texts)


def _picture_layers(views: PictureViews) -> list[Layer]:
    """What is drawn on the pictures; each layer depends on as little as it can."""
    return [
        Layer("image", ("example",), views.picture),
        Layer("image", NOW, views.pose),
        Layer("image", ("example", "joint"), views.goal),
        Layer("image", ALL, views.way),
        Layer("image", NOW, views.moves),
        Layer("channels", ("example",), views.backdrop),
        Layer("channels", ALL, views.channel),
        Layer("channels", ("example", "joint"), views.goal),
        Layer("channels", NOW, views.channels),
        Layer("channels", (), views.frames),
        Layer("channels", ("joint",), views.chosen_frame),
        Layer("channels", ("joint",), views.levels),
    ]


def _chart_layers(views: ChartViews) -> list[Layer]:
    """What is drawn on the charts; each layer depends on as little as it can."""
    return [
        Layer("error", WALK, views.chart),
        Layer("error", ("example", "joint", "start", "walks"), views.joint_line),
        Layer("error", NOW, views.now),
        Layer("error", ALL, views.ring),
        Layer("joints", WALK, views.names),
        Layer("joints", ("joint",), views.chosen_row),
        Layer("joints", NOW, views.bars),
    ]


def _responder(data: Iteration) -> Callable[[Values, Event], Values]:
    """What a drag of a joint, or a click beside them, does to the first pose."""
    joints, far = list(data.skeleton.joints), np.array(data.size) - 1

    def respond(values: Values, event: Event) -> Values:
        key = values["example"], values["start"]
        if event.panel != "image" or values["step"] != 0:
            return values
        others = {k: walk for k, walk in values["walks"].items() if k != key}
        if event.kind == "click":
            return values | {"walks": others}
        start = data.walk(*key, values["walks"]).poses[0].copy()
        start[joints.index(event.handle)] = np.clip((event.x, event.y), 0, far)
        return values | {"walks": others | {key: data.run(start, key[0] - 1)}}

    return respond


def _legend(data: Iteration) -> list[Key]:
    """The pose and what corrects it, then what the other panels add."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], [(12.5, 6.5)]
    tail, tip = [(2, 6.5)], [(20, 6.5)]
    limb = Lines(feet, heads, WHITE, 1.3, DASH, halo=True)
    ends = Points([(3.5, 6.5), (21.5, 6.5)], (), WHITE, 2.2, halo=True)
    keys = [Key("true pose", (limb, ends))]
    for side, colour in side_colours(data.skeleton).items():
        marks = Lines(feet, heads, colour, 3), Points(middle, (), colour, 3.5)
        keys.append(Key(side, marks))
    ring = Circle(12.5, 6.5, 5.5, CHOSEN, 2), Points(middle, (), CHOSEN, 2.5)
    bound = Circle(12.5, 6.5, 5.5, WHITE, 1, halo=True)
    bar = [*feet, *heads]
    return [
        *keys,
        Key("chosen joint", ring),
        Key("correction", (Arrows(tail, tip, TRAINED, 2, halo=True),)),
        Key("its bound", (bound,)),
        Key("correction, not trained", (Arrows(tail, tip, UNTRAINED, 2, halo=True),)),
        Key("channel, −1 to +1", (colour_scale("magma"),)),
        Key("mean of joints", (Polyline(bar, "ink", 2.5),)),
        Key("mean with perfect corrections", (Polyline(bar, "ink", 1.6, PERFECT),)),
        Key("error at step 0", (Lines([(12.5, 2)], [(12.5, 11)], "muted", 1.5),)),
    ]
