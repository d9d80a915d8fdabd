"""The error of each stack as layers of primitives, and the sentence.

Stacks and examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

import numpy as np

from .axes import Axes
from .cascade_data import px
from .cascade_views import CHOSEN
from .maps_data import HALF
from .maps_poses import PoseViews
from .primitives import Caption, Lines, Points, Primitive, Text
from .stacks_data import Stacks

CHART = (440, 290)  # panel units of the error chart


class StackViews(PoseViews):
    """Draws each layer from checked data; what it can as that of a cascade."""

    UNIT = "stack"
    data: Stacks

    # The pictures: the control is called `stack`.

    def pose_of(self, stack: int, example: int) -> list[Primitive]:
        """The predicted pose, and a cross on each joint more than half a torso off."""
        return self.pose(stack, example)

    def chosen_of(self, stack: int, example: int, joint: str) -> list[Primitive]:
        """The chosen joint: its true place, and its way from the last stack to here."""
        return self.chosen(stack, example, joint)

    # The error against the stack.

    def axes(self, example: int) -> Axes:
        """The cascade's axes, with room for a word before the first stack."""
        made = super().axes(example)
        room = max(0.25, 0.2 * (self.stages - 1))
        ends, ticks = (1 - room, self.stages + 0.25), range(1, self.stages + 1)
        return Axes(
            ends,
            made.y,
            "stack",
            made.y_label,
            *CHART,
            x_ticks=ticks,
            right_margin=made.right_margin,
        )

    def chart(self, example: int) -> list[Primitive]:
        """Every joint's error, their mean, and where half a torso lies."""
        axes, marks = self.axes(example), super().chart(example)
        half = HALF * self.data.torso[example - 1]
        if half > axes.y[1]:
            return marks
        ends = axes.to_panel([(x, half) for x in axes.x])
        line = Lines(ends[:1], ends[1:], "muted", 1.5, (8, 4))
        label = Text(ends[0, 0] + 4, ends[0, 1] - 4, "½ torso", "muted", base="bottom")
        return [*marks, line, label]

    def here(self, stack: int, example: int) -> list[Primitive]:
        """Where the reader stands: a line at the stack, a dot on the mean."""
        axes, means = self.axes(example), self.means[:, example - 1]
        foot, head = axes.to_panel([[stack, 0], [stack, axes.y[1]]])
        text = f"Mean of joints {px(means[stack - 1])}"
        if stack > 1:
            text += f", {px(means[stack - 2])} after stack {stack - 1}"
        return [
            Lines([foot], [head], "muted", 1, (2, 3)),
            Points(axes.to_panel([stack, means[stack - 1]]), (), "ink", 4),
            Caption(f"{text}."),
        ]

    def ring(self, stack: int, example: int, joint: str) -> list[Primitive]:
        """The chosen joint's error at the stack, if there is one."""
        n, k = example - 1, self.place(joint)
        if not self.data.labelled[n, k]:
            return []
        place = self.axes(example).to_panel([stack, self.errors[stack - 1, n, k]])
        return [Points(np.rint(place), (), CHOSEN, 8, False, 2)]

    # The sentence.

    def told_of(self, stack: int, example: int, joint: str) -> str:
        """What the stack did to the chosen joint."""
        return self.told(stack, example, joint)
