"""The picture of the calculator of the crowd index, as layers of primitives.

apart: the distances between people, in shares of those given. edits: what drags add,
in the live explorer. every: whether joints without a label count. box: whose box is
looked at, a number from 1.
"""

from __future__ import annotations

import numpy as np

from .bad_box_data import middle
from .cascade_data import words
from .crowd_data import Counted, Crowd, Edits, Floats
from .cut_data import spread
from .cut_words import counted, listed
from .primitives import Caption, Dash, Handle, Lines, Points, Primitive, Rect
from .theatre_views import BADGE, HUES, badge

BOXES: tuple[Dash, ...] = ((), (9.0, 4.0), (3.0, 3.0), (10.0, 3.0, 2.0, 3.0))
TALL = 330.0  # screen pixels; about how high the picture is shown
# Screen px: radius of a joint in the box, of others, of one that does not count, and of
# the ring around one of another person in the box.
DOT, SMALL, RING, OTHER = 4.2, 2.4, 3.0, 6.6
LIVE = "Drag people with\u00a0.live()."
HINT = "Drag the dots; click beside to put all back."


class CrowdViews:
    """Draws the layers of the picture from checked data."""

    def __init__(self, data: Crowd, is_live: bool) -> None:
        self.data = data
        self.is_live = is_live
        self.unit = data.size[1] / TALL  # px to a screen pixel, about

    def limbs(self, apart: float, edits: Edits, every: bool) -> list[Primitive]:
        """What joins the joints that are known."""
        marks: list[Primitive] = []
        for n, pose in enumerate(self._places(self.data.counted(apart, edits, every))):
            has = np.isfinite(pose).all(axis=-1)
            pairs = self.data.skeleton.limb_indices
            drawn = [(pose[a], pose[b]) for a, b in pairs if has[a] and has[b]]
            starts, ends = [a for a, _ in drawn], [b for _, b in drawn]
            marks.append(Lines(starts, ends, HUES[n], 2.4, alpha=0.75))
        return marks

    def _places(self, now: Counted) -> Floats:
        """Where joints are drawn, (N, K, 2): whole px."""
        return np.rint(now.keypoints)

    def boxes(
        self, box: str, apart: float, edits: Edits, every: bool
    ) -> list[Primitive]:
        """Everybody's box, that which is looked at thick and tinted."""
        marks: list[Primitive] = []
        now, looked = self.data.counted(apart, edits, every), int(box) - 1
        for n, sides in enumerate(now.boxes.round(1).tolist()):
            width, fill = (3.2, HUES[n]) if n == looked else (1.5, None)
            marks.append(Rect(*sides, HUES[n], width, BOXES[n], fill=fill))
        return marks

    def joints(self, apart: float, edits: Edits, every: bool) -> list[Primitive]:
        """Small dots, or rings where a joint does not count, with their names."""
        now, known = self.data.counted(apart, edits, every), self.data.known
        marks: list[Primitive] = []
        for n, pose in enumerate(self._places(now)):
            counts, names = now.visible[n] > 0, self._names(n)
            for chosen, radius in ((counts, SMALL), (known[n] & ~counts, RING)):
                labels = [names[k] for k in np.flatnonzero(chosen)]
                if labels:
                    is_filled = radius == SMALL
                    dots = pose[chosen], labels, HUES[n], radius, is_filled, 1.5
                    marks.append(Points(*dots))
        return marks

    def inside(
        self, box: str, apart: float, edits: Edits, every: bool
    ) -> list[Primitive]:
        """Large dots on the joints in the box, with a ring around those of others."""
        now, looked = self.data.counted(apart, edits, every), int(box) - 1
        marks: list[Primitive] = []
        for n, chosen in enumerate(now.inside(looked)):
            places = self._places(now)[n][chosen]
            if len(places):
                marks.append(Points(places, (), HUES[n], DOT))
            if len(places) and n != looked:
                marks.append(Points(places, (), "ink", OTHER, False, 2))
        return marks

    def _names(self, n: int) -> list[str]:
        """What the read-out says near a person's joints."""
        labelled = self.data.flags[n] > 0
        return [
            f"person {n + 1}: {words(joint)}{'' if has else ', no label'}"
            for joint, has in zip(self.data.skeleton.joints, labelled, strict=True)
        ]

    def badges(self, apart: float, edits: Edits, every: bool) -> list[Primitive]:
        """The number of each person above its box, or in it at the picture's rim."""
        now, room = self.data.counted(apart, edits, every), 1.4 * BADGE * self.unit
        gap = (2 * BADGE + 3) * self.unit
        last = np.array(self.data.size) - 1 - room
        corners = np.clip(now.boxes[:, :2] + [room, -room], room, last)
        places = np.rint(spread(corners, gap, self.data.size)).tolist()
        marks: list[Primitive] = []
        for n, place in enumerate(places):
            marks += badge(f"{n + 1}", HUES[n], *place, f"person {n + 1}")
        return marks

    def handles(self, apart: float, edits: Edits, every: bool) -> list[Primitive]:
        """A dot on each person to drag it by; only the live explorer has them."""
        last = np.array(self.data.size) - 1
        places = [
            self.grip(box) for box in self.data.counted(apart, edits, every).boxes
        ]
        return [
            Handle(str(n), *np.clip(place, 0, last).round(1).tolist(), HUES[n], 6)
            for n, place in enumerate(places)
        ]

    @staticmethod
    def grip(box: Floats) -> Floats:
        """Where a person is dragged: the middle of the lower side of its box."""
        return np.array([middle(box)[0], box[1] + box[3] - 1])

    def told(
        self, box: str, apart: float, edits: Edits, every: bool
    ) -> list[Primitive]:
        """Whose joints lie in the box, and what can be dragged."""
        now, n = self.data.counted(apart, edits, every), int(box) - 1
        own, row = counted(int(now.own[n]), "own joint"), now.table[n]
        others = [
            f"{row[j]} of person {j + 1}" for j in range(len(row)) if j != n and row[j]
        ]
        text = f"In box {box}: {own}, {listed(others) or 'none of others'}."
        return [Caption(f"{text} {HINT if self.is_live else LIVE}")]
