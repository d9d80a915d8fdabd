"""The picture and the chart of the explorer of bad boxes, as layers of primitives.

person: a name. x, y: shifts in shares of the true box's sides. edits: what drags add
to the box, in the live explorer. show: which system's pose is drawn.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from .axes import Axes
from .bad_box_data import ALONG_X, BOTH, BadBoxes, Edits, Floats, iou, middle
from .cascade_data import px
from .palette import BLUE, ORANGE, WHITE
from .pictures import Image
from .pose_nms_chart import signed
from .primitives import (
    Caption,
    Dash,
    Handle,
    Lines,
    Points,
    Polyline,
    Primitive,
    Rect,
)
from .theatre_views import shrunk

PLAIN, CUT = ORANGE, BLUE  # the system that sees the box, and the one that re-crops
COLOURS = (PLAIN, CUT)
TRUE_DASH: Dash = (4.0, 3.0)
FRAME_DASH: Dash = (8.0, 4.0)
LINE_DASHES: tuple[Dash, Dash] = ((6.0, 4.0), ())  # of the curves
CHART = (430, 320)  # panel units
LIVE = "Drag the box with\u00a0.live()."
HINT = "Drag the dots of the box; click beside to put it back."
MOVE, NEAR, FAR = "move", "near", "far"  # dots: the whole box, its two corners


class BoxViews:
    """Draws each layer from checked data."""

    def __init__(self, data: BadBoxes, is_live: bool) -> None:
        self.data = data
        self.is_live = is_live
        self.images = shrunk(data.images)

    # The picture.

    def picture(self, person: str) -> list[Primitive]:
        """The image, the true box and the true pose."""
        data, n = self.data, self.data.person(person)
        width, height = data.size
        truth = data.truth[n]
        has = np.isfinite(truth).all(axis=-1)
        limbs = [(a, b) for a, b in data.skeleton.limb_indices if has[a] and has[b]]
        starts, ends = [truth[a] for a, _ in limbs], [truth[b] for _, b in limbs]
        return [
            Image(self.images[n], w=width, h=height),
            Rect(*data.boxes[n].round(1).tolist(), WHITE, 1.4, TRUE_DASH, halo=True),
            Lines(starts, ends, WHITE, 1.5, TRUE_DASH, halo=True),
            Points(truth[has], (), WHITE, 2.4, halo=True),
        ]

    def boxes(
        self, person: str, x: float, y: float, scale: float, edits: Edits
    ) -> list[Primitive]:
        """The box that both systems are given."""
        box = self.data.box(self.data.person(person), x, y, scale, edits)
        return [Rect(*box.round(1).tolist(), PLAIN, 2.6, halo=True)]

    def frame(
        self, person: str, x: float, y: float, scale: float, show: str, edits: Edits
    ) -> list[Primitive]:
        """What the second system cuts from the picture, unless it is not shown."""
        if show == self.data.systems[0]:
            return []
        now = self.data.now(self.data.person(person), x, y, scale, edits)
        corners = np.rint(now.frames[0])
        return [Polyline(corners, CUT, 2.6, FRAME_DASH, closed=True, halo=True)]

    def plain(
        self, person: str, x: float, y: float, scale: float, show: str, edits: Edits
    ) -> list[Primitive]:
        """The joints that the first system finds, as rings, if it is shown."""
        return self._found(0, show, self.data.person(person), x, y, scale, edits)

    def cut(
        self, person: str, x: float, y: float, scale: float, show: str, edits: Edits
    ) -> list[Primitive]:
        """The joints that the second system finds, as dots, if it is shown."""
        return self._found(1, show, self.data.person(person), x, y, scale, edits)

    def _found(self, at: int, show: str, *now: Any) -> list[Primitive]:
        """The pose of one system, unless only the other is shown."""
        if show not in (BOTH, self.data.systems[at]):
            return []
        return self._pose(self.data.now(*now).poses[at, 0], at)

    def _pose(self, pose: Floats, at: int) -> list[Primitive]:
        """Limbs and joints of one system."""
        places, colour, is_cut = np.rint(pose), COLOURS[at], at == 1
        limbs = self.data.skeleton.limb_indices
        starts, ends = [places[a] for a, _ in limbs], [places[b] for _, b in limbs]
        return [
            Lines(starts, ends, colour, 2.4, halo=True),
            Points(places, (), colour, 3, is_cut, 1.6, halo=True),
        ]

    def handles(
        self, person: str, x: float, y: float, scale: float, edits: Edits
    ) -> list[Primitive]:
        """Dots that drag the box or two of its corners; only the live explorer's."""
        box = self.data.box(self.data.person(person), x, y, scale, edits)
        corners = box[:2], box[:2] + box[2:] - 1
        top = middle(box)[0], box[1]
        dots = zip((MOVE, NEAR, FAR), (top, *corners), strict=True)
        last = np.array(self.data.size) - 1
        return [
            Handle(name, *np.clip(place, 0, last).round(1).tolist(), PLAIN, 6)
            for name, place in dots
        ]

    def told(
        self, person: str, x: float, y: float, scale: float, edits: Edits
    ) -> list[Primitive]:
        """How far off box and frame are, and what can be dragged."""
        data, n = self.data, self.data.person(person)
        now, goal = data.now(n, x, y, scale, edits), middle(data.boxes[n])
        box, frame = middle(now.boxes[0]), now.frames[0].mean(axis=0)
        off = [px(float(np.hypot(*(centre - goal)))) for centre in (box, frame)]
        text = f"Centre off: box {off[0]}, {data.systems[1]}'s frame {off[1]}."
        more = HINT if self.is_live else LIVE if data.solve else ""
        return [Caption(f"{text} {more}".strip())]

    # The chart.

    def axes(self, along: str) -> Axes:
        """Shifts along an axis; one scale of errors for everything."""
        data = self.data
        steps = np.array(data.xs if along == ALONG_X else data.ys)
        room = 0.06 * float(np.ptp(steps))
        side = "width" if along == ALONG_X else "height"
        ends = float(steps[0]) - room, float(steps[-1]) + room
        top = 1.08 * max(float(data.errors.max()), 1e-3)
        name = f"shift in {along} (share of the box's {side})"
        ticks = steps[:: -(-len(steps) // 7)].tolist()
        return Axes(ends, (0, top), name, data.measure, *CHART, ticks)

    def places(self, along: str, steps: Floats, errors: Floats) -> Floats:
        """Panel places of errors; at the rim where they are beyond it."""
        axes = self.axes(along)
        inside = np.clip(steps, *axes.x), np.clip(errors, *axes.y)
        return np.round(axes.to_panel(np.stack(inside, axis=1)), 1)

    def chart(self, along: str) -> list[Primitive]:
        """The axes."""
        return self.axes(along).primitives()

    def curves(
        self, person: str, x: float, y: float, scale: float, along: str, edits: Edits
    ) -> list[Primitive]:
        """The error of both systems at every shift along the axis."""
        data = self.data
        steps = np.array(data.xs if along == ALONG_X else data.ys)
        errors = data.along(data.person(person), x, y, scale, along, edits)
        marks: list[Primitive] = []
        for at, row in enumerate(errors):
            line = self.places(along, steps, row)
            marks += [
                Polyline(line, COLOURS[at], 2.5, LINE_DASHES[at]),
                Points(line, (), COLOURS[at], 3.2, at == 1, 1.8),
            ]
        return marks

    def here(
        self, person: str, x: float, y: float, scale: float, along: str, edits: Edits
    ) -> list[Primitive]:
        """The present box: a line at its shift, a ring on each curve."""
        data, n = self.data, self.data.person(person)
        now = data.now(n, x, y, scale, edits)
        across, down = data.shift(n, now.boxes[0]).tolist()
        shift = across if along == ALONG_X else down
        rings = self.places(along, np.full(2, shift), now.errors[:, 0])
        axes = self.axes(along)
        at = float(rings[0, 0])
        foot, head = axes.area[3], axes.area[1]
        other = "y" if along == ALONG_X else "x"
        rest = share(down if along == ALONG_X else across)
        size = now.boxes[0, 2:] / data.boxes[n, 2:]
        return [
            Lines([(at, foot)], [(at, head)], "ink", 1.5, (2, 3)),
            Points(rings, (), "ink", 7, False, 2.2),
            Caption(f"With a shift in {other} of {rest}, sides × {scaled(size)}."),
        ]

    # The sentence.

    def sentence(
        self, person: str, x: float, y: float, scale: float, edits: Edits
    ) -> str:
        """The box, and both systems' errors."""
        data, n = self.data, self.data.person(person)
        now = data.now(n, x, y, scale, edits)
        across, down = map(share, data.shift(n, now.boxes[0]).tolist())
        overlap = iou(now.boxes[0], data.boxes[n])
        first, second = now.errors[:, 0]
        way = "less" if second < first else "more"
        gain = f", that is {abs(first - second):.2f} {way}"
        if f"{first:.2f}" == f"{second:.2f}":
            gain = ""
        box = f"Box shifted by {across} widths and {down} heights"
        errors = f"{data.systems[0]} {first:.2f}, {data.systems[1]} {second:.2f}"
        name = data.measure[:1].upper() + data.measure[1:]
        return f"{box}: IoU {overlap:.2f}. {name}: {errors}{gain}."


def share(shift: float) -> str:
    """A shift in sides of a box as prose, with its sign and at most two decimals."""
    return signed(round(shift, 2))


def scaled(size: Floats) -> str:
    """The scale of both sides, once where it is one."""
    wide, high = (f"{round(side, 2):g}" for side in size)
    return wide if wide == high else f"{wide} and {high}"
