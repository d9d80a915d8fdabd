"""Explorer of a cascade of regressors: what each stage sees, and what it gains."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import Cascade, SkeletonLike, check, per_stage, words
from .cascade_views import CHART, CHOSEN, DASH, Views
from .controls import Control, select, slider
from .legend import side_colours
from .palette import WHITE
from .primitives import Lines, Points, Polyline, Rect
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "A cascade looks again, from close by"
QUESTION = (
    "What does each stage see, which way does it move the joint, and how much does "
    "that gain?"
)


def cascade_stepper(
    images: ArrayLike,
    truth: ArrayLike,
    visible: ArrayLike,
    poses: ArrayLike,
    boxes: ArrayLike | Sequence[ArrayLike],
    crops: ArrayLike | Sequence[ArrayLike],
    skeleton: SkeletonLike,
    torso: ArrayLike,
) -> Widget:
    """The explorer of N examples, K joints and S stages.

    images: (N, H, W, 3) uint8. truth: (N, K, 2) image px; visible: (N, K), 0 where
    not labelled. poses: (S, N, K, 2), the pose after each stage. boxes: per stage
    (N, K or 1, 4), the (x, y, w, h) it looked at, image px. crops: per stage
    (N, K or 1, h, w, 3) uint8, the exact input; stages may differ in h and w.
    torso: (N,) px, the unit of relative errors.
    Raises ValueError naming the argument that does not fit.
    """
    data = Cascade(
        images=np.asarray(images),
        truth=np.asarray(truth, dtype=float),
        labelled=np.asarray(visible) > 0,
        poses=np.asarray(poses, dtype=float),
        boxes=tuple(part.astype(float) for part in per_stage(boxes, 3, "boxes")),
        crops=per_stage(crops, 5, "crops"),
        skeleton=skeleton,
        torso=np.asarray(torso, dtype=float),
    )
    views = Views(check(data))
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=_panels(data),
        controls=_controls(views),
        layers=_layers(views),
        readout=Readout(("stage", "example", "joint"), views.sentence),
        legend=_legend(skeleton),
    )


def _panels(data: Cascade) -> list[Panel]:
    """Picture, network input, chart."""
    height, width = data.images.shape[1:3]
    return [
        Panel("image", width, height, "The image"),
        Panel("crop", *data.crop_panel, "What the network is fed"),
        Panel("error", *CHART, "Error after each stage", kind="chart"),
    ]


def _controls(views: Views) -> list[Control]:
    """Stage, example and joint; the joint that gains most in example 1 comes first."""
    count, joints = len(views.data.images), list(views.data.skeleton.joints)
    gain = np.nan_to_num(views.errors[0, 0] - views.errors[-1, 0], nan=-np.inf)
    first = joints[int(gain.argmax())]
    stages, examples = range(1, views.stages + 1), range(1, count + 1)
    return [
        slider(
            "stage",
            "Stage",
            stages,
            min(2, views.stages),
            [f"{s} of {views.stages}" for s in stages],
        ),
        slider(
            "example", "Example", examples, 1, [f"{n} of {count}" for n in examples]
        ),
        select("joint", "Joint", joints, first, [words(j) for j in joints]),
    ]


def _layers(views: Views) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    all_three = ("stage", "example", "joint")
    return [
        Layer("image", ("example",), views.picture),
        Layer("image", ("stage", "example"), views.prediction),
        Layer("image", all_three, views.choice),
        Layer("crop", all_three, views.crop),
        Layer("error", ("example",), views.chart),
        Layer("error", ("example", "joint"), views.joint_line),
        Layer("error", all_three, views.now),
    ]


def _legend(skeleton: SkeletonLike) -> list[Key]:
    """True and predicted skeleton by side, the chosen joint, the other lines."""
    bar = [(1, 6.5)], [(24, 6.5)]
    dots = [(1 + 2.5, 6.5), (24 - 2.5, 6.5)]
    keys = [
        Key(
            "true pose",
            (
                Lines(*bar, WHITE, 1.5, DASH, halo=True),
                Points(dots, (), WHITE, 3.5, False, 1.5, halo=True),
            ),
        )
    ]
    for side, colour in side_colours(skeleton).items():
        marks = Lines(*bar, colour, 3), Points(dots, (), colour, 3.5)
        keys.append(Key(f"predicted, {side}", marks))
    box = Rect(2, 1, 22, 12, CHOSEN, 2.5)
    other = Polyline([(1, 6.5), (24, 6.5)], "muted", 1.2, alpha=0.6)
    mean = Polyline([(1, 6.5), (24, 6.5)], "ink", 2, DASH)
    return [
        *keys,
        Key("chosen joint", (box, Points([(12.5, 6.5)], (), CHOSEN, 3))),
        Key("other joints", (other,)),
        Key("mean", (mean,)),
    ]
