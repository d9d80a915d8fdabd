"""The two charts of the iteration explorer, as layers of primitives, and its sentence.

Steps count from 0, examples from 1. `start` and `walks` say which walk is shown.
"""

from __future__ import annotations

import numpy as np

from .axes import Axes, nice_ticks
from .cascade_data import px, words
from .iteration_data import MEDIAN, Floats, Iteration
from .iteration_views import CHOSEN, Walks
from .primitives import (
    BUTT,
    Caption,
    Dash,
    Lines,
    Points,
    Polyline,
    Primitive,
    Rect,
    Text,
)

CHART = (440, 200)  # panel units of the error chart
BARS_WIDTH, BARS_ROW = 290, 22.5  # panel units of the bars, and of a row of them
PERFECT: Dash = (7.0, 4.0)  # of the mean error with perfect corrections


class ChartViews:
    """Draws the layers of the two charts from checked data."""

    def __init__(self, data: Iteration) -> None:
        self.data = data
        self.joints = list(data.skeleton.joints)

    def errors(self, example: int, start: str, walks: Walks) -> Floats:
        """Errors of the walk shown, (T + 1, K) px; NaN: no label."""
        return self.data.errors(self.data.walk(example, start, walks), example)

    def top(self, example: int, start: str, walks: Walks) -> float:
        """A round number above all errors of a walk, the end of both charts."""
        worst = max(float(np.nanmax(self.errors(example, start, walks))), 1e-3)
        tick = nice_ticks(0, worst, 4)[1]
        return float(np.ceil(worst / tick) * tick)

    # The error from step to step.

    def axes(self, example: int, start: str, walks: Walks) -> Axes:
        """One scale for all joints of an example, so that they can be compared."""
        last = self.data.last
        return Axes(
            (-0.2, last + 0.3),
            (0, self.top(example, start, walks)),
            "step",
            "error (px)",
            *CHART,
            x_ticks=range(last + 1),
            left_margin=58,
            right_margin=60,
        )

    def chart(self, example: int, start: str, walks: Walks) -> list[Primitive]:
        """Axes in px and torsos, the joints' errors, their mean and its lower bound."""
        axes = self.axes(example, start, walks)
        errors = self.errors(example, start, walks)
        torso = float(self.data.torso[example - 1])
        marks = axes.primitives() + axes.second_y("error (torsos)", torso)
        marks += self._untrained(axes)
        for k in np.flatnonzero(self.data.labelled[example - 1]):
            line = self._line(axes, errors[:, k])
            marks.append(Polyline(line, "muted", 1.2, alpha=0.4))
        # On the fixed path every step goes straight to the truth, as far as it may.
        steps = np.arange(self.data.last + 1)[:, None]
        left = np.maximum(errors[0] - steps * self.data.limit, 0)
        perfect, mean = np.nanmean(left, axis=-1), np.nanmean(errors, axis=-1)
        marks.append(Polyline(self._line(axes, perfect), "ink", 1.6, PERFECT))
        marks.append(Polyline(self._line(axes, mean), "ink", 2.5))
        return marks

    def _untrained(self, axes: Axes) -> list[Primitive]:
        """A line at the last trained step, and a tint beyond it."""
        trained = self.data.trained
        x, top = axes.to_panel([trained, axes.y[1]])[0]
        _, _, right, bottom = axes.area
        line = Lines([(x, bottom)], [(x, top)], "muted", 1.5)
        if trained == self.data.last:
            return [line]
        box = x + 0.5, top + 0.5, right - x, bottom - top
        tint = Rect(*box, "grid", 1, fill="muted")
        return [tint, line, Text(x + 7, top + 4, "not trained", "muted", base="top")]

    def joint_line(
        self, example: int, joint: str, start: str, walks: Walks
    ) -> list[Primitive]:
        """The chosen joint's error at every step; nothing where it has no label."""
        k = self.joints.index(joint)
        if not self.data.labelled[example - 1, k]:
            return []
        errors = self.errors(example, start, walks)[:, k]
        line = self._line(self.axes(example, start, walks), errors)
        labels = [f"{words(joint)} {px(error)}" for error in errors]
        return [Polyline(line, CHOSEN, 2.5), Points(line, labels, CHOSEN, 3)]

    def now(self, step: int, example: int, start: str, walks: Walks) -> list[Primitive]:
        """Where the reader stands: a line at the step, a dot on the mean."""
        axes = self.axes(example, start, walks)
        means = np.nanmean(self.errors(example, start, walks), axis=-1)
        foot, head = axes.to_panel([[step, 0], [step, axes.y[1]]])
        here = axes.to_panel([step, means[step]])
        best = int(means.argmin())
        text = f"Mean {px(means[step])}; lowest {px(means[best])}, at step {best}."
        return [
            Lines([foot], [head], "ink", 1.5, (2, 3)),
            Points(here, (f"mean {px(means[step])}",), "ink", 4.5),
            Caption(text),
        ]

    def ring(
        self, step: int, example: int, joint: str, start: str, walks: Walks
    ) -> list[Primitive]:
        """The chosen joint's error at the step, if there is one."""
        k = self.joints.index(joint)
        if not self.data.labelled[example - 1, k]:
            return []
        error = self.errors(example, start, walks)[step, k]
        place = self.axes(example, start, walks).to_panel([step, error])
        return [Points(place, (), CHOSEN, 7, False, 2)]

    def _line(self, axes: Axes, errors: Floats) -> Floats:
        """Panel places (T + 1, 2) of one error per step."""
        return axes.to_panel(np.stack([np.arange(len(errors)), errors], axis=1))

    # The error of each joint.

    @property
    def bars_panel(self) -> tuple[int, int]:
        """Width and height of the bars."""
        return BARS_WIDTH, max(240, round(60 + BARS_ROW * len(self.data.rows)))

    def bar_axes(self, example: int, start: str, walks: Walks) -> Axes:
        """The error to the right, a row per name from the top."""
        count, top = len(self.data.rows), self.top(example, start, walks)
        ends = (0, top), (0.5 - count, 0.5)
        return Axes(
            *ends, "error (px)", "", *self.bars_panel, y_ticks=(), left_margin=76
        )

    def heights(self) -> dict[int, float]:
        """Where the bar of each joint lies, in rows; its mirror joint's is close by."""
        places = {}
        for row, (_, joints) in enumerate(self.data.rows):
            for at, k in enumerate(joints):
                places[k] = -row + 0.42 * ((len(joints) - 1) / 2 - at)
        return places

    def names(self, example: int, start: str, walks: Walks) -> list[Primitive]:
        """Rows with their names, and a tick where each joint began."""
        axes, rows = self.bar_axes(example, start, walks), self.data.rows
        left, top, _, bottom = axes.area
        ticks = [axes.to_panel([t, 0])[0, 0] for t in nice_ticks(0, axes.x[1])]
        grid = Lines([(x, bottom) for x in ticks], [(x, top) for x in ticks], "grid", 1)
        marks = [*axes.primitives(), grid]
        for row, (name, _) in enumerate(rows):
            y = axes.to_panel([0, -row])[0, 1]
            marks.append(Text(left - 8, y, words(name), "ink", 12, "right"))
        first = self.errors(example, start, walks)[0]
        has, places = self.data.labelled[example - 1], self.heights().items()
        blank = axes.to_panel([(0, y) for k, y in places if not has[k]])
        marks += [Text(x + 5, y, "no label", "muted") for x, y in blank]
        began = axes.to_panel([(first[k], y) for k, y in places if has[k]])
        tick = np.array([0, 3.5])
        return [*marks, Lines(began - tick, began + tick, "muted", 1.5)]

    def bars(
        self, step: int, example: int, start: str, walks: Walks
    ) -> list[Primitive]:
        """A bar for each joint's error, in the colour of its side."""
        errors = self.errors(example, start, walks)[step]
        axes = self.bar_axes(example, start, walks)
        has = self.data.labelled[example - 1]
        known = [(k, y) for k, y in self.heights().items() if has[k]]
        ends = axes.to_panel([(errors[k], y) for k, y in known])
        feet = axes.to_panel([(0, y) for _, y in known])
        hues = tuple(self.data.skeleton.joint_colours[k] for k, _ in known)
        worst = int(np.nanargmax(errors))
        text = f"Farthest: {words(self.joints[worst])}, {px(errors[worst])}."
        return [Lines(feet, ends, hues, 7, BUTT), Caption(text)]

    def chosen_row(self, joint: str) -> list[Primitive]:
        """A frame around the chosen joint's bar."""
        axes = self.bar_axes(1, MEDIAN, {})
        left, _, right, _ = axes.area
        y = axes.to_panel([0, self.heights()[self.joints.index(joint)]])[0, 1]
        box = left + 0.5, y - 5, right - left, 11
        return [Rect(*box, CHOSEN, 1.5, fill=CHOSEN)]

    # The sentence.

    def sentence(
        self, step: int, example: int, joint: str, start: str, walks: Walks
    ) -> str:
        """How far the chosen joint is off, and what the network does about it."""
        data, k, name = self.data, self.joints.index(joint), words(joint)
        walk = data.walk(example, start, walks)
        pose, correction = walk.poses[step, k], walk.corrections[step, k]
        move = px(float(np.linalg.norm(correction)))
        beyond, torso = step - data.trained, data.torso[example - 1]
        when = f"Step {step}" + (f", {beyond} beyond training" if beyond > 0 else "")
        moved = f"the network moves it by {move} (bound {px(data.limit)})"
        if not data.labelled[example - 1, k]:
            return f"{when}: the {name} has no label, so no error; {moved}."
        truth = data.truth[example - 1, k]
        left = float(np.linalg.norm(pose + correction - truth))
        error = float(np.linalg.norm(pose - truth))
        off = f"{px(error)} off ({error / torso:.2f} torsos)"
        return f"{when}: the {name} is {off}; {moved}, {px(left)} remain."
