"""The three panels of the cascade's explorer, as layers of primitives.

Stages and examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .axes import Axes, nice_ticks
from .cascade_data import Cascade, px, words
from .palette import VERMILLION, WHITE
from .pictures import Image
from .primitives import Arrows, Caption, Lines, Points, Polyline, Primitive, Rect

CHOSEN = VERMILLION
DASH = (4.0, 3.0)
CHART = (350, 300)  # panel units of the error chart


class Views:
    """Draws each layer from checked data."""

    def __init__(self, data: Cascade) -> None:
        self.data = data
        self.errors = data.errors  # (S, N, K)
        self.means = data.means  # (S, N)
        self.stages = len(data.poses)

    def place(self, joint: str) -> int:
        """The joint's place in the skeleton."""
        return list(self.data.skeleton.joints).index(joint)

    # The picture with both skeletons and the box.

    def picture(self, example: int) -> list[Primitive]:
        """The image and the true skeleton: hollow joints, dashed limbs."""
        data, n = self.data, example - 1
        has, truth = data.labelled[n], data.truth[n]
        limbs = [(a, b) for a, b in data.skeleton.limb_indices if has[a] and has[b]]
        joints = [words(joint) for joint in data.skeleton.joints]
        labels = [f"true {name}" for name, ok in zip(joints, has, strict=True) if ok]
        starts, ends = [truth[a] for a, _ in limbs], [truth[b] for _, b in limbs]
        return [
            Image(data.images[n]),
            Lines(starts, ends, WHITE, 1.5, DASH, halo=True),
            Points(truth[has], labels, WHITE, 3.5, False, 1.5, halo=True),
        ]

    def prediction(self, stage: int, example: int) -> list[Primitive]:
        """The predicted skeleton after a stage: filled joints, solid limbs."""
        data, pose = self.data, self.data.poses[stage - 1, example - 1]
        limbs, colours = data.skeleton.limb_indices, data.skeleton.colours
        labels = [f"predicted {words(joint)}" for joint in data.skeleton.joints]
        starts, ends = [pose[a] for a, _ in limbs], [pose[b] for _, b in limbs]
        return [
            Lines(starts, ends, tuple(colours), 3, halo=True),
            Points(pose, labels, tuple(data.skeleton.joint_colours), 3.5, halo=True),
        ]

    def choice(self, stage: int, example: int, joint: str) -> list[Primitive]:
        """The box the stage looked at, and the chosen joint in its two places."""
        data, n, k = self.data, example - 1, self.place(joint)
        x, y, w, h = data.box(stage - 1, n, k)
        marks: list[Primitive] = [Rect(x, y, w, h, CHOSEN, 2.5, halo=True)]
        if data.labelled[n, k]:
            truth = data.truth[n, k : k + 1]
            marks.append(Points(truth, (), WHITE, 6, False, 2.2, halo=True))
        pose = data.poses[stage - 1, n, k : k + 1]
        marks.append(Points(pose, (), CHOSEN, 5.5, halo=True))
        of = "the whole person" if stage == 1 else f"the {words(joint)}"
        marks.append(
            Caption(f"Box around {of}: {w:.0f} × {h:.0f}\u00a0px of the image.")
        )
        return marks

    # The network's input.

    def in_crop(
        self, stage: int, example: int, joint: int, points: ArrayLike
    ) -> NDArray[np.float64]:
        """Where image points (M, 2) lie on the crop's panel, (M, 2) panel units."""
        x, y, w, h = self.data.box(stage - 1, example - 1, joint)
        left, top, width, height = self.crop_place(stage, example, joint)
        share = (np.reshape(points, (-1, 2)) - [x - 0.5, y - 0.5]) / [w, h]
        return share * [width, height] + [left - 0.5, top - 0.5]

    def crop_place(
        self, stage: int, example: int, joint: int
    ) -> tuple[float, float, float, float]:
        """The box of the crop on its panel: as large as fits, in the middle."""
        wide, high = self.data.crop_panel
        h, w = self.data.crop(stage - 1, example - 1, joint).shape[:2]
        zoom = min(wide / w, high / h)
        return (wide - w * zoom) / 2, (high - h * zoom) / 2, w * zoom, h * zoom

    def crop(self, stage: int, example: int, joint: str) -> list[Primitive]:
        """The exact input, the truth in it, and the displacement from its centre."""
        data, n, k = self.data, example - 1, self.place(joint)
        pixels = data.crop(stage - 1, n, k)
        x, y, w, h = data.box(stage - 1, n, k)
        centre = self.in_crop(stage, example, k, [x + (w - 1) / 2, y + (h - 1) / 2])
        goal = self.in_crop(stage, example, k, data.poses[stage - 1, n, k])
        marks: list[Primitive] = [
            Image(pixels, *self.crop_place(stage, example, k), smooth=False),
        ]
        if data.labelled[n, k]:
            truth = self.in_crop(stage, example, k, data.truth[n, k])
            name = f"true {words(joint)}"
            marks.append(Points(truth, (name,), WHITE, 7, False, 2.2, halo=True))
        marks += [
            Points(centre, ("centre of the box",), CHOSEN, 3.5, halo=True),
            Arrows(centre, goal, CHOSEN, 3, halo=True, head=13),
            Caption(
                f"{pixels.shape[1]} × {pixels.shape[0]} px, shown as fed. "
                "Arrow: predicted step. Ring: truth."
            ),
        ]
        return marks

    # The error from stage to stage.

    def axes(self, example: int) -> Axes:
        """One scale for all joints of an example, so that they can be compared."""
        worst = max(float(np.nanmax(self.errors[:, example - 1])), 1e-3)
        step = nice_ticks(0, worst, 4)[1]
        top = float(np.ceil(worst / step) * step)
        stages = (0.75, self.stages + 0.25)
        ticks = range(1, self.stages + 1)
        names = "stage", "error (px)"
        return Axes(stages, (0, top), *names, *CHART, x_ticks=ticks, right_margin=54)

    def chart(self, example: int) -> list[Primitive]:
        """Axes in px and torsos, one grey line per joint, and their mean."""
        axes, n = self.axes(example), example - 1
        marks = axes.primitives() + axes.second_y("error (torsos)", self.data.torso[n])
        for k in np.flatnonzero(self.data.labelled[n]):
            line = self._line(axes, self.errors[:, n, k])
            marks.append(Polyline(line, "muted", 1.2, alpha=0.4))
        mean = self._line(axes, self.means[:, n])
        marks.append(Polyline(mean, "ink", 2, DASH))
        return marks

    def joint_line(self, example: int, joint: str) -> list[Primitive]:
        """The chosen joint's error at every stage; nothing where it has no label."""
        n, k = example - 1, self.place(joint)
        if not self.data.labelled[n, k]:
            return []
        line = self._line(self.axes(example), self.errors[:, n, k])
        labels = [f"{words(joint)} {px(e)}" for e in self.errors[:, n, k]]
        return [
            Polyline(line, CHOSEN, 3),
            Points(line, labels, CHOSEN, 4),
        ]

    def now(self, stage: int, example: int, joint: str) -> list[Primitive]:
        """Where the reader stands: a line at the stage, rings on both curves."""
        axes, n, k = self.axes(example), example - 1, self.place(joint)
        foot, head = axes.to_panel([[stage, 0], [stage, axes.y[1]]])
        mean = self.means[stage - 1, n]
        rings = axes.to_panel([stage, mean])
        marks: list[Primitive] = [
            Lines([foot], [head], "muted", 1, (2, 3)),
            Points(rings, (f"mean {px(mean)}",), "ink", 4),
        ]
        if not self.data.labelled[n, k]:
            return [*marks, Caption(f"Mean {px(mean)}; {words(joint)}: no label.")]
        error = self.errors[stage - 1, n, k]
        marks.append(Points(axes.to_panel([stage, error]), (), CHOSEN, 8, False, 2))
        share = error / self.data.torso[n]
        text = f"{px(error)} = {share:.2f} torsos; mean {px(mean)}."
        return [*marks, Caption(f"{words(joint).capitalize()} {text}")]

    def _line(self, axes: Axes, errors: NDArray) -> NDArray[np.float64]:
        """Panel places (S, 2) of one error per stage."""
        stages = np.arange(1, self.stages + 1)
        return axes.to_panel(np.stack([stages, errors], axis=1))

    # The sentence.

    def sentence(self, stage: int, example: int, joint: str) -> str:
        """What the stage did to the chosen joint, in words and numbers."""
        n, k, name = example - 1, self.place(joint), words(joint)
        if not self.data.labelled[n, k]:
            return f"The {name} is not labelled in example {example}: it has no error."
        error, torso = self.errors[stage - 1, n, k], self.data.torso[n]
        now = f"{px(error)} ({error / torso:.2f} torsos)"
        mean = f"Mean of all labelled joints: {px(self.means[stage - 1, n])}."
        if stage == 1:
            start = f"Stage 1 sees the whole box and places the {name} {now}"
            return f"{start} from the truth.{self._outside(stage, n, k)} {mean}"
        before = self.errors[stage - 2, n, k]
        change = "falls" if error < before else "rises" if error > before else "stays"
        step = self.data.poses[stage - 1, n, k] - self.data.poses[stage - 2, n, k]
        moved = f"Stage {stage} moves the {name} by {px(np.linalg.norm(step))}"
        gain = f"its error {change} from {px(before)} to {now}."
        return f"{moved}: {gain}{self._outside(stage, n, k)} {mean}"

    def _outside(self, stage: int, n: int, k: int) -> str:
        """A warning where the stage could not see the joint's true place."""
        x, y, w, h = self.data.box(stage - 1, n, k)
        share = (self.data.truth[n, k] - [x - 0.5, y - 0.5]) / [w, h]
        is_inside = bool(((share >= 0) & (share <= 1)).all())
        return (
            "" if is_inside else " The true place lies outside the box, out of sight."
        )
