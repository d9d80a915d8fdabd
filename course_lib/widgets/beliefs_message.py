"""The message test: what a stage makes of a message with a part silenced.

Examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

import numpy as np

from .axes import Axes
from .beliefs_data import NOTHING, Beliefs
from .beliefs_views import BeliefViews
from .cascade_data import px, words
from .cascade_views import CHOSEN
from .maps_data import Floats
from .maps_poses import MOVED
from .palette import PURPLE
from .primitives import Arrows, Caption, Lines, Points, Primitive, Rect, Text

MUTE = PURPLE
SLIM, WIDE = (320, 320), (868, 270)  # panel units of the chart of peaks
LABELS = 116  # panel units left of it, for the names of the joints


def chart_size(size: tuple[int, int]) -> tuple[int, int]:
    """The chart's panel: beside three pictures of this size, or below them."""
    width, height = size
    return SLIM if width <= 0.8 * height else WIDE


class MessageViews:
    """Draws the layers of the message test from checked data."""

    def __init__(self, data: Beliefs, views: BeliefViews) -> None:
        self.data, self.views = data, views
        self.size = chart_size(data.size)
        self.joints = list(data.skeleton.joints)
        tested = data.maps[data.tested - 1, : data.messages]
        peaks = [tested.max(axis=(-2, -1)), *data.silenced.max(axis=(-2, -1))]
        self.low = min(0.0, float(np.min(peaks)))
        self.high = max(float(np.max(peaks)), self.low + 1e-3)

    def start(self, joint: str) -> str:
        """The part without which the joint's peak falls most in example 1."""
        k, others = self.joints.index(joint), [p for p in self.data.parts if p != joint]
        parts = others or list(self.data.parts)
        return min(parts, key=lambda part: self.data.belief(part, 0)[k].max())

    def has(self, example: int) -> bool:
        """Whether an example has a message test."""
        return example <= self.data.messages

    def peaks(self, part: str, example: int) -> Floats:
        """The peak (K,) of each joint's belief with a part silenced."""
        return self.data.belief(part, example - 1).max(axis=(-2, -1))

    # The chosen joint's belief.

    def heat(self, silenced: str, example: int, joint: str) -> list[Primitive]:
        """The belief with a part silenced, in the colours of the whole message."""
        data, n, k = self.data, example - 1, self.joints.index(joint)
        if not self.has(example):
            last = data.messages
            which = "example 1" if last == 1 else f"examples 1 to {last}"
            return [Caption(f"Tested: {which}.")]
        belief = data.belief(silenced, n)[k]
        whole = float(self.peaks(NOTHING, example)[k])
        before, here = (np.round(data.pose(p, n)[k], 1) for p in (NOTHING, silenced))
        marks: list[Primitive] = [self.views.maps.over(belief, whole)]
        step = float(np.hypot(*(here - before)))
        if step > MOVED:
            marks += [
                Arrows([before], [here], CHOSEN, 2.2, halo=True, head=11),
                Points([before], ("whole message",), CHOSEN, 4, False, 2, halo=True),
            ]
        marks.append(Points([here], (), CHOSEN, 5, halo=True))
        if silenced == NOTHING:
            return [*marks, Caption(f"Nothing silenced: peak {whole:.2f}.")]
        moved = f"moved {px(step)}" if step > MOVED else "not moved"
        text = f"Peak {whole:.2f} → {belief.max():.2f}, {moved}. Colours up to the"
        return [*marks, Caption(f"{text} first peak.")]

    def cross(self, silenced: str, example: int) -> list[Primitive]:
        """A cross where stage 1 places the silenced part."""
        if silenced not in self.joints or not self.has(example):
            return []
        place = self.data.poses[0, example - 1, self.joints.index(silenced)]
        return [self.views.crosses(place[None], MUTE)]

    # The peaks of all joints.

    @property
    def axes(self) -> Axes:
        """Peaks from left to right, joints from top to bottom."""
        ends, rows = (self.low, self.high), (0.5, len(self.joints) + 0.5)
        more = {"y_ticks": (), "left_margin": LABELS}
        return Axes(ends, rows, "peak of the belief", "", *self.size, **more)

    def row(self, joint: int) -> int:
        """The height of a joint's row on the chart: the first at the top."""
        return len(self.joints) - joint

    def frame(self) -> list[Primitive]:
        """The axis and the names of the joints."""
        axes = self.axes
        marks = axes.primitives()
        for k, joint in enumerate(self.joints):
            x, y = axes.to_panel([self.low, self.row(k)])[0]
            marks.append(Text(x - 8, y, words(joint), "ink", align="right"))
        return marks

    def chosen(self, joint: str) -> list[Primitive]:
        """A frame around the chosen joint's row."""
        row = self.row(self.joints.index(joint))
        (left, top), (right, bottom) = self.axes.to_panel(
            [(self.low, row + 0.5), (self.high, row - 0.5)]
        )
        return [Rect(left, top, right - left + 8, bottom - top, CHOSEN, 2)]

    def shares(self, silenced: str, example: int) -> list[Primitive]:
        """The peak of each joint's belief with and without the whole message."""
        if not self.has(example):
            return [Caption("No message test of this example.")]
        whole, now = self.peaks(NOTHING, example), self.peaks(silenced, example)
        rows = [self.row(k) for k in range(len(self.joints))]
        before, after = (
            self.axes.to_panel(np.stack([values, rows], axis=1))
            for values in (whole, now)
        )
        told = [f"{words(j)} {v:.2f}" for j, v in zip(self.joints, now, strict=True)]
        marks: list[Primitive] = [
            Lines(before, after, "muted", 2),
            Points(before, (), "muted", 4, False, 1.6),
            Points(after, told, "ink", 3.5),
        ]
        if silenced == NOTHING:
            return [*marks, Caption("Nothing silenced.")]
        k = int((now - whole).argmin())
        text = f"Falls most: {words(self.joints[k])}, {whole[k]:.2f} → {now[k]:.2f}."
        return [*marks, Caption(text if now[k] < whole[k] else "No peak falls.")]
