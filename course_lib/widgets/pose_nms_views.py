"""The picture of the playground of pose NMS, as layers of primitives.

x, y: the sliders' shift of the second pose, px. offset: what dragging adds to it.
edits: the joints that the reader moved. drag: what a dot drags, in the live explorer.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .cascade_data import px, words
from .palette import BLACK, BLUE, GREEN, ORANGE, WHITE
from .pictures import Image
from .pose_nms_data import Compared, Edits, Floats, Rivals
from .primitives import (
    Caption,
    Circle,
    Dash,
    Handle,
    Lines,
    Points,
    Primitive,
)

FIRST, SECOND, MATCH = BLUE, ORANGE, GREEN
SECOND_DASH: Dash = (7.0, 3.0)
# A faint circle and its shadow, so that it shows on light and on dark: the radius in
# reaches, the colour and the alpha of each. Without a picture one will do.
RIMS = ((1.04, BLACK, 0.35), (1.0, WHITE, 0.65))
PLAIN_RIMS = ((1.0, "muted", 0.7),)
LEVELS = (0.3, 0.7)  # confidences at which dots grow
RADII = (1.8, 3.0, 4.4)  # of dots, screen px
WHOLE, JOINTS, REFERENCE = "whole", "joints", "reference"  # what a dot drags
LIVE = "Drag the poses with\u00a0.live()."
HINT = {
    WHOLE: "Drag a dot to shift the second pose",
    JOINTS: "Drag a joint of the second pose",
    REFERENCE: "Drag a joint of the reference",
}
Offset = Sequence[float]


def total(x: float, y: float, offset: Offset) -> Floats:
    """The shift of the second pose, (2,) px."""
    return np.array([x, y]) + offset


def dots(places: Floats, scores: Floats, colour: str, halo: bool) -> list[Points]:
    """Joints (M, 2) whose dots grow with the confidence, in up to three sizes."""
    levels = np.searchsorted(LEVELS, scores, side="right")
    return [
        Points(places[levels == n], (), colour, RADII[n], halo=halo)
        for n in np.unique(levels)
    ]


class PictureViews:
    """Draws the layers of the picture from checked data."""

    def __init__(self, data: Rivals, is_live: bool) -> None:
        self.data = data
        self.is_live = is_live
        self.halo = data.image is not None
        self.rims = RIMS if self.halo else PLAIN_RIMS

    def picture(self) -> list[Primitive]:
        """The image, if there is one."""
        return [] if self.data.image is None else [Image(self.data.image)]

    def compared(self, x: float, y: float, offset: Offset, edits: Edits) -> Compared:
        """The two poses as they are shown."""
        return self.data.compared(total(x, y, offset), edits)

    def discs(self, edits: Edits) -> list[Primitive]:
        """How far a joint of the second pose may lie off and still match."""
        now = self.data.compared((0, 0), edits)
        return [
            Circle(*place, round(wide * now.reach, 1), colour, 1.1, alpha=alpha)
            for wide, colour, alpha in self.rims
            for place in np.rint(now.first).tolist()
        ]

    def matches(
        self, x: float, y: float, offset: Offset, edits: Edits
    ) -> list[Primitive]:
        """The discs that hold the second pose's joint."""
        now = self.compared(x, y, offset, edits)
        reach, style = round(now.reach, 1), {"halo": self.halo, "fill": MATCH}
        return [
            Circle(*place, reach, MATCH, 1.8, **style)
            for place in np.rint(now.first[now.matched]).tolist()
        ]

    def reference(self, edits: Edits) -> list[Primitive]:
        """The reference, with the joints' names and confidences for the pointer."""
        return self._pose(0, self.data.edited(edits)[0])

    def second(
        self, x: float, y: float, offset: Offset, edits: Edits
    ) -> list[Primitive]:
        """The second pose, shifted."""
        return self._pose(1, self.compared(x, y, offset, edits).second)

    def _pose(self, person: int, pose: Floats) -> list[Primitive]:
        """Limbs, and joints that grow with their confidence."""
        data, places = self.data, np.rint(pose)
        colour, dash = (SECOND, SECOND_DASH) if person else (FIRST, ())
        limbs = data.skeleton.limb_indices
        scores, who = data.scores[person], "second" if person else "reference"
        named = zip(data.skeleton.joints, scores, strict=True)
        labels = [f"{who}: {words(joint)}, {score:.2f}" for joint, score in named]
        starts, ends = [places[a] for a, _ in limbs], [places[b] for _, b in limbs]
        return [
            Lines(starts, ends, colour, 2.6, dash, halo=self.halo),
            *dots(places, scores, colour, self.halo),
            Points(places, labels, colour, 1, alpha=0.0),
        ]

    def handles(
        self, x: float, y: float, offset: Offset, edits: Edits, drag: str
    ) -> list[Primitive]:
        """A dot on every joint that can be dragged; only the live explorer has them."""
        now = self.compared(x, y, offset, edits)
        is_first = drag == REFERENCE
        pose, colour = (now.first, FIRST) if is_first else (now.second, SECOND)
        far = np.array(self.data.size) - 1
        return [
            Handle(str(k), *np.clip(place, 0, far).round(1).tolist(), colour, 4.5)
            for k, place in enumerate(pose)
        ]

    def told(
        self, x: float, y: float, offset: Offset, edits: Edits, drag: str
    ) -> list[Primitive]:
        """How many joints match, and what can be dragged."""
        now = self.compared(x, y, offset, edits)
        count = f"{now.matched.sum()} of {self.data.joints} joints match"
        text = f"{count} (within {px(now.reach)})."
        more = f"{HINT[drag]}; click beside to put all back." if self.is_live else LIVE
        return [Caption(f"{text} {more}")]
