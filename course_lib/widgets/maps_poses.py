"""The pose of each stage of a chain of maps, as layers of primitives.

Stages and examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

import numpy as np

from .cascade_data import px, words
from .cascade_views import CHOSEN, Views
from .maps_data import Floats, Mapped
from .palette import WHITE, YELLOW
from .primitives import Arrows, Caption, Lines, Points, Primitive

WRONG, ARM = YELLOW, 0.028  # of a cross: its colour, and half its side in image sides
SEEN = 0.25  # torsos; so near a prediction is said to be at another joint
MOVED = 0.5  # px; shorter moves are not drawn


class PoseViews(Views):
    """Draws poses from checked data; what it can as those of a cascade.

    UNIT: what a stage is called.
    """

    UNIT = "stage"
    data: Mapped

    def __init__(self, data: Mapped) -> None:
        super().__init__(data)
        self.wrong = data.is_wrong  # (S, N, K)

    def best(self) -> tuple[str, int]:
        """The joint of example 1 that gains most, and the stage where it does."""
        errors = self.errors[:, 0]
        gain = np.nan_to_num(errors[0] - errors[-1], nan=-np.inf)
        joint = int(gain.argmax())
        falls = errors[:-1, joint] - errors[1:, joint]
        stage = int(falls.argmax()) + 2 if len(falls) else 1
        return list(self.data.skeleton.joints)[joint], stage

    def pose(self, stage: int, example: int) -> list[Primitive]:
        """The predicted pose, and a cross on each joint more than half a torso off."""
        pose = self.data.poses[stage - 1, example - 1]
        bad = np.flatnonzero(self.wrong[stage - 1, example - 1])
        known = int(self.data.labelled[example - 1].sum())
        caption = Caption(f"Crosses: {len(bad)} of {known} joints.")
        marks = [*self.prediction(stage, example), caption]
        return [*marks, self.crosses(pose[bad])] if len(bad) else marks

    def crosses(self, places: Floats, colour: str = WRONG) -> Lines:
        """Two strokes through each place (M, 2)."""
        arm = ARM * max(self.data.size)
        up, down = np.array([arm, -arm]), np.array([arm, arm])
        starts, ends = [*(places - up), *(places - down)], [*(places + up)]
        return Lines(starts, [*ends, *(places + down)], colour, 2.6, halo=True)

    def chosen(self, stage: int, example: int, joint: str) -> list[Primitive]:
        """The chosen joint: its true place, and its way from the last stage to here."""
        k = self.place(joint)
        ways = np.round(self.data.poses[:, example - 1, k], 1)
        here = ways[stage - 1]
        marks = self.goal(example, joint)
        if stage > 1 and np.hypot(*(here - ways[stage - 2])) > MOVED:
            before, label = ways[stage - 2], f"{self.UNIT} before"
            marks += [
                Arrows([before], [here], CHOSEN, 2.2, halo=True, head=11),
                Points([before], (label,), CHOSEN, 4, False, 2, halo=True),
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

    # The sentence.

    def told(self, stage: int, example: int, joint: str) -> str:
        """What the stage did to the chosen joint."""
        n, k, name = example - 1, self.place(joint), words(joint)
        if not self.data.labelled[n, k]:
            return f"The {name} is not labelled in example {example}: it has no error."
        error = self.errors[stage - 1, n, k]
        now = f"{px(error)} ({error / self.data.torso[n]:.2f} torsos)"
        who, other = f"{self.UNIT.capitalize()} {stage}", self.taken_for(stage, n, k)
        if stage == 1:
            return f"{who} places the {name} {now} from the truth{other}."
        before = self.errors[stage - 2, n, k]
        change = f"{'falls' if error < before else 'rises'} from {px(before)} to"
        if px(before) == px(error):
            change = "stays at"
        step = self.data.poses[stage - 1, n, k] - self.data.poses[stage - 2, n, k]
        moved = f"{who} moves the {name} by {px(np.hypot(*step))}"
        return f"{moved}: its error {change} {now}{other}."

    def taken_for(self, stage: int, n: int, k: int) -> str:
        """Words for a wrong prediction that lies at the place of another joint."""
        data = self.data
        if not self.wrong[stage - 1, n, k]:
            return ""
        gaps = np.linalg.norm(data.truth[n] - data.poses[stage - 1, n, k], axis=-1)
        gaps[~data.labelled[n]] = np.inf
        other = int(gaps.argmin())
        if gaps[other] > SEEN * data.torso[n]:
            return ""
        name = words(data.skeleton.joints[other])
        return f", {px(gaps[other])} from the true {name}"
