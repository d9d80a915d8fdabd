"""The pose and the error of each stack as layers of primitives, and the sentence.

Stacks and examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

import numpy as np

from .axes import Axes
from .cascade_data import px, words
from .cascade_views import CHOSEN, Views
from .palette import WHITE, YELLOW
from .primitives import Arrows, Caption, Lines, Points, Primitive, Text
from .stacks_data import HALF, Floats, Stacks

CHART = (440, 290)  # panel units of the error chart
WRONG, ARM = YELLOW, 0.028  # of a cross: its colour, and half its side in image sides
SEEN = 0.25  # torsos; so near a prediction is said to be at another joint
MOVED = 0.5  # px; shorter moves are not drawn


class StackViews(Views):
    """Draws each layer from checked data; what it can as that of a cascade."""

    data: Stacks

    def __init__(self, data: Stacks) -> None:
        super().__init__(data)
        self.wrong = data.is_wrong  # (S, N, K)

    # The picture with both poses.

    def pose(self, stack: int, example: int) -> list[Primitive]:
        """The predicted pose, and a cross on each joint more than half a torso off."""
        pose = self.data.poses[stack - 1, example - 1]
        bad = np.flatnonzero(self.wrong[stack - 1, example - 1])
        known = int(self.data.labelled[example - 1].sum())
        caption = Caption(f"Crosses: {len(bad)} of {known} joints.")
        marks = [*self.prediction(stack, example), caption]
        return [*marks, self.crosses(pose[bad])] if len(bad) else marks

    def crosses(self, places: Floats) -> Lines:
        """Two strokes through each place (M, 2)."""
        arm = ARM * max(self.data.size)
        up, down = np.array([arm, -arm]), np.array([arm, arm])
        starts, ends = [*(places - up), *(places - down)], [*(places + up)]
        return Lines(starts, [*ends, *(places + down)], WRONG, 2.6, halo=True)

    def chosen(self, stack: int, example: int, joint: str) -> list[Primitive]:
        """The chosen joint: its true place, and its way from the last stack to here."""
        k = self.place(joint)
        ways = np.round(self.data.poses[:, example - 1, k], 1)
        here = ways[stack - 1]
        marks = self.goal(example, joint)
        if stack > 1 and np.hypot(*(here - ways[stack - 2])) > MOVED:
            before = ways[stack - 2]
            marks += [
                Arrows([before], [here], CHOSEN, 2.2, halo=True, head=11),
                Points([before], ("stack before",), CHOSEN, 4, False, 2, halo=True),
            ]
        return [*marks, Points([here], (), CHOSEN, 5, halo=True)]

    def goal(self, example: int, joint: str) -> list[Primitive]:
        """A ring at the chosen joint's true place, if it is known."""
        n, k = example - 1, self.place(joint)
        if not self.data.labelled[n, k]:
            return []
        return [
            Points(self.data.truth[n, k : k + 1], (), WHITE, 7, False, 2.2, halo=True)
        ]

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

    def told(self, stack: int, example: int, joint: str) -> str:
        """What the stack did to the chosen joint."""
        n, k, name = example - 1, self.place(joint), words(joint)
        if not self.data.labelled[n, k]:
            return f"The {name} is not labelled in example {example}: it has no error."
        error = self.errors[stack - 1, n, k]
        now = f"{px(error)} ({error / self.data.torso[n]:.2f} torsos)"
        other = self.taken_for(stack, n, k)
        if stack == 1:
            return f"Stack 1 places the {name} {now} from the truth{other}."
        before = self.errors[stack - 2, n, k]
        change = f"{'falls' if error < before else 'rises'} from {px(before)} to"
        if px(before) == px(error):
            change = "stays at"
        step = self.data.poses[stack - 1, n, k] - self.data.poses[stack - 2, n, k]
        moved = f"Stack {stack} moves the {name} by {px(np.hypot(*step))}"
        return f"{moved}: its error {change} {now}{other}."

    def taken_for(self, stack: int, n: int, k: int) -> str:
        """Words for a wrong prediction that lies at the place of another joint."""
        data = self.data
        if not self.wrong[stack - 1, n, k]:
            return ""
        gaps = np.linalg.norm(data.truth[n] - data.poses[stack - 1, n, k], axis=-1)
        gaps[~data.labelled[n]] = np.inf
        other = int(gaps.argmin())
        if gaps[other] > SEEN * data.torso[n]:
            return ""
        name = words(data.skeleton.joints[other])
        return f", {px(gaps[other])} from the true {name}"
