"""Explorer of belief maps: what each stage believes, sees and hears."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from .beliefs_data import NOTHING, Beliefs, by_part, check
from .beliefs_message import MUTE, MessageViews
from .beliefs_views import SEES, SEES_DASH, BeliefViews
from .cascade_data import SkeletonLike, words
from .controls import Control, select
from .maps_controls import chain_controls, chain_keys
from .maps_strip import STRIP
from .primitives import Lines, Points, Rect
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "Each stage hears what the one before believes"
QUESTION = "Which part's belief does a joint lean on, and how far can each stage see?"
NOW = ("stage", "example", "joint")


def belief_explorer(
    images: ArrayLike,
    truth: ArrayLike,
    visible: ArrayLike,
    beliefs: ArrayLike,
    poses: ArrayLike,
    fields: ArrayLike,
    skeleton: SkeletonLike,
    torso: ArrayLike,
    silenced: Mapping[str, ArrayLike] | None = None,
    silenced_poses: Mapping[str, ArrayLike] | None = None,
    tested: int = 2,
) -> Widget:
    """The explorer of N examples, K joints and T stages.

    images: (N, H, W, 3) uint8. truth: (N, K, 2) image px; visible: (N, K), 0 where
    not labelled. beliefs: (T, N, K, h, w), any numbers; cell u lies at pixel
    s * u + (s - 1) / 2 of the image. poses: (T, N, K, 2) px, decoded from them.
    fields: (T,), the receptive field of each stage, image px across. torso: (N,) px.
    silenced: by part, the beliefs (E, K, h, w) of the stage `tested` in the first E
    examples, had that part's belief after stage 1 told nothing (been 0, or what it is
    on average); a part is a joint, "background" or "all parts". silenced_poses: by
    part, (E, K, 2) px, decoded from them. Without these two there is no message test.
    Raises ValueError naming the argument that does not fit.
    """
    parts, changed = by_part(silenced, "silenced")
    posed, moved = by_part(silenced_poses, "silenced_poses")
    order = [posed.index(part) for part in parts if part in posed]
    data = Beliefs(
        images=np.asarray(images),
        truth=np.asarray(truth, dtype=float),
        labelled=np.asarray(visible) > 0,
        poses=np.asarray(poses, dtype=float),
        boxes=(),
        crops=(),
        skeleton=skeleton,
        torso=np.asarray(torso, dtype=float),
        maps=np.asarray(beliefs, dtype=float),
        fields=np.asarray(fields, dtype=float),
        tested=tested,
        parts=parts,
        silenced=changed,
        silenced_poses=moved[order],
    )
    return _widget(check(data, posed))


def _widget(data: Beliefs) -> Widget:
    """Panels, controls and layers put together."""
    views = BeliefViews(data)
    message = MessageViews(data, views) if data.parts else None
    panels = [
        Panel("image", *data.size, "The pose of this stage"),
        Panel("map", *data.size, "The chosen belief"),
    ]
    layers, controls = _layers(views), chain_controls(views, "stage")
    if message:
        stage = f"stage {data.tested}"
        panels += [
            Panel("message", *data.size, f"Message test, {stage}"),
            Panel("peaks", *message.size, f"All peaks, {stage}", kind="chart"),
        ]
        layers += _message_layers(message, views)
        controls.append(_silencer(message, controls[-1].start))
    strip = Panel("strip", STRIP, views.maps.height, "Stage by stage", kind="chart")
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[*panels, strip],
        controls=controls,
        layers=layers,
        readout=Readout(NOW, views.sentence),
        legend=_legend(data),
    )


def _silencer(message: MessageViews, joint: str) -> Control:
    """What is silenced; first what the joint shown first leans on most."""
    parts = [NOTHING, *message.data.parts]
    texts = [words(part) for part in parts]
    return select("silenced", "Silenced", parts, message.start(joint), texts)


def _layers(views: BeliefViews) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    maps = views.maps
    return [
        Layer("image", ("example",), views.picture),
        Layer("image", ("stage", "example"), views.pose),
        Layer("image", NOW, views.ruler),
        Layer("image", NOW, views.chosen),
        Layer("map", ("example",), maps.backdrop),
        Layer("map", NOW, views.heat),
        Layer("map", ("example", "joint"), views.goal),
        Layer("strip", ("example",), maps.backdrops),
        Layer("strip", ("example", "joint"), maps.row),
        Layer("strip", ("stage",), maps.numbers),
    ]


def _message_layers(message: MessageViews, views: BeliefViews) -> list[Layer]:
    """The two panels of the message test."""
    return [
        Layer("message", ("example",), views.maps.backdrop),
        Layer("message", ("silenced", "example", "joint"), message.heat),
        Layer("message", ("silenced", "example"), message.cross),
        Layer("message", ("example", "joint"), views.goal),
        Layer("peaks", (), message.frame),
        Layer("peaks", ("joint",), message.chosen),
        Layer("peaks", ("silenced", "example"), message.shares),
    ]


def _legend(data: Beliefs) -> list[Key]:
    """What all chains of maps show, the square, and the dots of the chart."""
    square = Rect(3, 1, 20, 12, SEES, 2.5, SEES_DASH, halo=True)
    keys = [*chain_keys(data.skeleton), Key("seen by its cell", (square,))]
    if data.parts:
        whole, now = (
            Points([(4, 6.5)], (), "muted", 4, False, 1.6),
            Points([(21, 6.5)], (), "ink", 3.5),
        )
        line = Lines([(4, 6.5)], [(21, 6.5)], "muted", 2)
        strokes = Lines([(8, 2), (8, 11)], [(17, 11), (17, 2)], MUTE, 2.6, halo=True)
        keys.append(Key("silenced part, by stage 1", (strokes,)))
        keys.append(Key("peak, whole message to silenced", (line, whole, now)))
    return keys
