"""The picture of the tracking theatre, as layers of primitives.

Frames count from 1 here.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PILImage

from .cut_data import spread
from .cut_words import counted
from .palette import PEOPLE, WHITE, YELLOW
from .pictures import Image
from .primitives import Arrows, Caption, Dash, Lines, Points, Primitive, Rect, Text
from .theatre_data import Floats, Theatre, TrackedFrame, TrackedRun

Hues = dict[int, str]  # by id

HUES = PEOPLE  # of ids, in turn
DETECTED, MOVED = WHITE, YELLOW  # what comes from the detector and from propagation
THIN, THICK = 1.5, 4.0  # a candidate and a box that NMS kept, screen px
MOVED_DASH: Dash = (6.0, 4.0)
LOST_DASH: Dash = (1.5, 4.0)
GHOST_DASH: Dash = (2.0, 3.0)
BADGE, TALL = 9.0, 330.0  # screen px: radius of an id's mark, height of the picture
STORED = 192  # px; the width of stored pictures
STILL = 0.5  # px; joints that moved less get no arrow


def hues(run: TrackedRun) -> Hues:
    """A colour for each id. Ids of one time differ in it while there are enough."""
    made: Hues = {}
    for person, (first, last) in run.lives.items():
        turn = person % len(HUES)
        order = HUES[turn:] + HUES[:turn]
        lives = ((other, run.lives[other]) for other in made)
        taken = {made[other] for other, (a, b) in lives if a <= last and b >= first}
        made[person] = next((hue for hue in order if hue not in taken), order[0])
    return made


def snap(points: Floats) -> Floats:
    """Places to whole pixels, which few digits tell."""
    return np.rint(points)


def centres(poses: Floats) -> Floats:
    """The mean of each pose's joints, (P, 2) px; NaN where it has none."""
    found = np.isfinite(poses)
    total = np.where(found, poses, 0).sum(axis=1)
    with np.errstate(invalid="ignore"):
        return total / found.sum(axis=1)


def shrunk(images: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The pictures (F, H, W, 3), no wider than `STORED`."""
    height, width = images.shape[1:3]
    if width <= STORED:
        return images
    size = (STORED, round(height * STORED / width))
    how = PILImage.Resampling.LANCZOS
    return np.stack([PILImage.fromarray(i).resize(size, how) for i in images])


class TheatreViews:
    """Draws the layers of the picture from checked data."""

    def __init__(self, data: Theatre) -> None:
        self.data = data
        self.images = shrunk(data.images)
        self.unit = data.size[1] / TALL  # px to a screen pixel, about

    def layer(
        self, draw: Callable[..., list[Primitive]], has_ids: bool = False
    ) -> Callable[..., list[Primitive]]:
        """What `draw` makes of the frame asked for, unless it is switched off.

        has_ids: whether it needs the colours of ids too.
        """

        def drawn(
            frame: int,
            dropout: float,
            propagation: bool,
            similarity: str,
            **switch: bool,
        ) -> list[Primitive]:
            if not all(switch.values()):
                return []
            run = self.data.runs[dropout, propagation, similarity]
            shown = run.frames[frame - 1]
            return draw(shown, hues(run)) if has_ids else draw(shown)

        return drawn

    def picture(self, frame: int) -> list[Primitive]:
        """The image, as large as the panel."""
        width, height = self.data.size
        return [Image(self.images[frame - 1], w=width, h=height)]

    def detections(self, shown: TrackedFrame) -> list[Primitive]:
        """What the detector found, and what was taken from it."""
        lost = (DETECTED, 2.2, LOST_DASH)
        return [
            *(Rect(*box, *lost, halo=True) for box in snap(shown.lost)),
            *(Rect(*box, DETECTED, THIN, halo=True) for box in snap(shown.detections)),
        ]

    def losses(self, shown: TrackedFrame) -> list[Primitive]:
        """A word below each detection that was taken away."""
        if not len(shown.lost):
            return []
        x, y, w, h = shown.lost.T
        below = np.stack([x + (w - 1) / 2, y + h + 8 * self.unit], axis=1)
        places = snap(spread(below, 20 * self.unit, self.data.size))
        style = {"align": "centre", "halo": True}
        return [Text(*place, "lost", DETECTED, **style) for place in places]

    def ghosts(self, shown: TrackedFrame) -> list[Primitive]:
        """The last frame's joints where the flow takes them, and their ways there."""
        if not len(shown.propagated):
            return []
        starts, ends = snap(shown.origins), snap(shown.propagated)
        far = np.linalg.norm(ends - starts, axis=-1) > STILL  # False where NaN
        arrows = Arrows(starts[far], ends[far], MOVED, 1.3, halo=True, head=6)
        return [*(self._bones(pose) for pose in ends), arrows]

    def _bones(self, pose: Floats) -> Lines:
        """The dotted skeleton of a propagated pose."""
        starts, ends, _ = self.limbs(pose)
        return Lines(starts, ends, MOVED, 1.6, GHOST_DASH)

    def limbs(self, pose: Floats) -> tuple[list, list, list]:
        """Where the limbs of a pose (K, 2) start and end, and joints without one."""
        has = np.isfinite(pose).all(axis=-1)
        limbs = self.data.skeleton.limb_indices
        pairs = [(a, b) for a, b in limbs if has[a] and has[b]]
        ends = {k for pair in pairs for k in pair}
        alone = [pose[k] for k in np.flatnonzero(has) if k not in ends]
        return [pose[a] for a, _ in pairs], [pose[b] for _, b in pairs], alone

    def flow_boxes(self, shown: TrackedFrame) -> list[Primitive]:
        """The boxes around propagated joints."""
        style = (MOVED, THIN + 0.5, MOVED_DASH)
        return [Rect(*box, *style, halo=True) for box in snap(shown.flow_boxes)]

    def kept(self, shown: TrackedFrame) -> list[Primitive]:
        """The boxes that NMS kept, in the style of where they come from, but thick."""
        marks: list[Primitive] = []
        boxes = snap(shown.candidates[shown.kept])
        for box, is_moved in zip(boxes, shown.is_from_flow, strict=True):
            style = (MOVED, THICK, MOVED_DASH) if is_moved else (DETECTED, THICK)
            marks.append(Rect(*box, *style, halo=True))
        return marks

    def poses(self, shown: TrackedFrame, colours: Hues) -> list[Primitive]:
        """The final poses, each in the colour of its id."""
        marks: list[Primitive] = []
        for pose, person in zip(shown.joints, shown.ids.tolist(), strict=True):
            starts, ends, alone = self.limbs(snap(pose))
            marks.append(Lines(starts, ends, colours[person], 3, halo=True))
            if alone:
                marks.append(Points(alone, (), colours[person], 2.5, halo=True))
        return marks

    def badges(self, shown: TrackedFrame, colours: Hues) -> list[Primitive]:
        """The id of each pose above its highest joint."""
        has = [p for p, c in enumerate(centres(shown.joints)) if np.isfinite(c).all()]
        if not has:
            return []
        tops = np.nanmin(shown.joints[has, :, 1], axis=1) - 2 * BADGE * self.unit
        across = centres(shown.joints[has])[:, 0]
        gap = (2 * BADGE + 3) * self.unit
        places = snap(spread(np.stack([across, tops], axis=1), gap, self.data.size))
        marks: list[Primitive] = []
        for p, place in zip(has, places, strict=True):
            person, has_joint = int(shown.ids[p]), np.isfinite(shown.joints[p, :, 0])
            score = shown.scores[p, has_joint].mean()
            label = f"id {person}, mean score {score:.2f}"
            marks += badge(str(person), colours[person], *place, label)
        return marks

    def told(self, shown: TrackedFrame) -> list[Primitive]:
        """How many boxes came from where, and how many NMS kept."""
        text = counted(len(shown.detections), "detection")
        if len(shown.lost):
            text += f", {len(shown.lost)} lost"
        moved, kept = len(shown.flow_boxes), counted(len(shown.kept), "box", "boxes")
        if moved:
            text += f"; {counted(moved, 'box', 'boxes')} propagated"
        text += f". NMS keeps {kept}"
        if moved:
            text += f", {int(shown.is_from_flow.sum()) or 'none'} propagated"
        return [Caption(f"{text}.")]


def badge(
    text: str, colour: str, x: float, y: float, label: str = ""
) -> list[Primitive]:
    """The mark of an id: its number on a disc of its colour."""
    labels = (label,) if label else ()
    return [
        Points([(x, y)], labels, colour, BADGE, halo=True),
        Text(x, y, text, WHITE, 13, "centre", bold=True, halo=True),
    ]
