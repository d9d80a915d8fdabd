"""The two pictures of the iteration explorer, as layers of primitives.

Steps count from 0, examples from 1. `start` and `walks` say which walk is shown.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from .cascade_data import px, words
from .iteration_data import Floats, Iteration, Pair, Walk
from .palette import BLACK, PURPLE, VERMILLION, WHITE, YELLOW
from .pictures import HeatMap, Image
from .primitives import (
    Arrows,
    Caption,
    Circle,
    Dash,
    Handle,
    Lines,
    Points,
    Polyline,
    Primitive,
    Rect,
)

Walks = Mapping[Pair, Walk]

CHOSEN = VERMILLION
TRAINED, UNTRAINED = YELLOW, PURPLE  # corrections
DASH: Dash = (4.0, 3.0)
# A faint circle and its shadow, so that it shows on light and on dark: the radius in
# bounds, the colour and the alpha of each.
BOUND = ((1.04, BLACK, 0.3), (1.0, WHITE, 0.5))
REACH, FINE = 3.0, 49  # a channel's blob: its half width in std, and its cells
CELLS, SHADES = 15, 16  # of a small channel: each way, and its steps of colour
FEWEST_ROWS = 5  # of small channels, so that they stay small
ZERO = math.sqrt(2 * math.log(2))  # std; where a channel, 2 exp(...) - 1, is 0


def bumps(places: Floats, x: float, std: float) -> Floats:
    """exp(-d² / 2 std²) at places (M,) of a line, for a centre at x."""
    return np.exp(-((places - x) ** 2) / (2 * std**2))


def as_bytes(peak: Floats) -> NDArray[np.uint8]:
    """A channel 2 g - 1, from g in [0, 1], as a map: 0 stands for -1, 255 for +1."""
    return np.rint(peak * 255).astype(np.uint8)


class PictureViews:
    """Draws the layers of the two pictures from checked data."""

    def __init__(self, data: Iteration) -> None:
        self.data = data
        line = bumps(np.linspace(-1, 1, FINE) * REACH * (1 - 1 / FINE), 0, 1)
        self.blob = as_bytes(line[:, None] * line)
        pairs = [ks for _, ks in data.rows if len(ks) == 2]
        single = chain.from_iterable(ks for _, ks in data.rows if len(ks) != 2)
        order = [*chain.from_iterable(pairs), *single]
        self.slots = {k: divmod(at, 2) for at, k in enumerate(order)}  # row, column
        self.tile_rows = max(FEWEST_ROWS, math.ceil(len(order) / 2))
        self.strip_width = math.ceil(2 * data.size[0] / self.tile_rows)

    def place(self, joint: str) -> int:
        """The joint's place in the skeleton."""
        return list(self.data.skeleton.joints).index(joint)

    def can_drag(self, step: int) -> bool:
        """Whether the joints shown are those of the first pose, and free to move."""
        return step == 0 and self.data.step is not None

    def colour(self, step: int) -> str:
        """That of the corrections at a step."""
        return TRAINED if step < self.data.trained else UNTRAINED

    # The image with the pose.

    def picture(self, example: int) -> list[Primitive]:
        """The image and the true skeleton, thin."""
        data, n = self.data, example - 1
        has, truth = data.labelled[n], data.truth[n]
        limbs = [(a, b) for a, b in data.skeleton.limb_indices if has[a] and has[b]]
        starts, ends = [truth[a] for a, _ in limbs], [truth[b] for _, b in limbs]
        return [
            Image(data.images[n]),
            Lines(starts, ends, WHITE, 1.3, DASH, halo=True),
            Points(truth[has], (), WHITE, 2.2, halo=True),
        ]

    def pose(
        self, step: int, example: int, start: str, walks: Walks
    ) -> list[Primitive]:
        """The pose, and around each joint the bound of its correction."""
        data, pose = self.data, self.data.walk(example, start, walks).poses[step]
        limbs, skeleton = data.skeleton.limb_indices, data.skeleton
        starts, ends = [pose[a] for a, _ in limbs], [pose[b] for _, b in limbs]
        colours = tuple(skeleton.joint_colours)
        names = [words(joint) for joint in skeleton.joints]
        marks: list[Primitive] = []
        for share, hue, alpha in BOUND:
            r = share * data.limit
            marks.extend(Circle(x, y, r, hue, 1, alpha=alpha) for x, y in pose)
        marks.append(Lines(starts, ends, tuple(skeleton.colours), 3, halo=True))
        if self.can_drag(step):
            dots = zip(skeleton.joints, pose, colours, strict=True)
            marks += [Handle(name, x, y, c, 5) for name, (x, y), c in dots]
            marks.append(Points(pose, names, colours, 2))
        else:
            marks.append(Points(pose, names, colours, 3.5, halo=True))
        return marks

    def moves(
        self, step: int, example: int, start: str, walks: Walks
    ) -> list[Primitive]:
        """The network's correction of each joint."""
        walk = self.data.walk(example, start, walks)
        pose, move = walk.poses[step], walk.corrections[step]
        mean = float(np.linalg.norm(move, axis=-1).mean())
        text = f"Mean correction {px(mean)}, bound {px(self.data.limit)}."
        return [
            Arrows(pose, pose + move, self.colour(step), 2, halo=True, head=8),
            Caption(text + self._by_hand(step, example, start, walks)),
        ]

    def _by_hand(self, step: int, example: int, start: str, walks: Walks) -> str:
        """What to tell of a walk that the reader started."""
        if (example, start) not in walks:
            return ""
        if step > 0:
            return " Started by hand."
        return " Started by hand; click beside the joints to undo."

    def goal(self, example: int, joint: str) -> list[Primitive]:
        """The chosen joint's true place, if it is known."""
        n, k = example - 1, self.place(joint)
        if not self.data.labelled[n, k]:
            return []
        place = self.data.truth[n, k : k + 1]
        return [Points(place, (), WHITE, 6, False, 2, halo=True)]

    def way(
        self, step: int, example: int, joint: str, start: str, walks: Walks
    ) -> list[Primitive]:
        """The chosen joint's way so far, and the bound of its next step."""
        walk, k = self.data.walk(example, start, walks), self.place(joint)
        way = walk.poses[: step + 1, k]
        bound = Circle(*way[-1], self.data.limit, CHOSEN, 2.2)
        marks: list[Primitive] = [bound]
        if step > 0:
            marks.append(Polyline(way, CHOSEN, 1.6, halo=True))
            marks.append(Points(way[:-1], (), CHOSEN, 2.4, halo=True))
        dot = Points(way[-1:], (), CHOSEN, 5, halo=not self.can_drag(step))
        return [*marks, dot]

    # What is fed back.

    @property
    def channel_panel(self) -> tuple[int, int]:
        """Width and height of the picture and, to its right, the small channels."""
        width, height = self.data.size
        return width + self.strip_width, height

    def backdrop(self, example: int) -> list[Primitive]:
        """The image, faint, for the channel to be seen on."""
        return [Image(self.data.images[example - 1], alpha=0.5)]

    def channel(
        self, step: int, example: int, joint: str, start: str, walks: Walks
    ) -> list[Primitive]:
        """The chosen joint's channel over the image: one blob, moved to its place."""
        data, k = self.data, self.place(joint)
        x, y = data.walk(example, start, walks).poses[step, k]
        wide = 2 * REACH * data.std
        left, top = float(x + (1 - wide) / 2), float(y + (1 - wide) / 2)
        look = {"colours": "magma", "alpha": 0.9, "fade": True, "smooth": True}
        return [
            HeatMap(self.blob, -1.0, 1.0, left, top, wide, wide, **look),
            Points([(x, y)], (), CHOSEN, 4, halo=True),
        ]

    def levels(self, joint: str) -> list[Primitive]:
        """The numbers in the chosen joint's channel, as the caption."""
        zero = px(ZERO * self.data.std)
        return [Caption(f"+1 at the {words(joint)}, 0 at {zero} from it, −1 far away.")]

    def channels(
        self, step: int, example: int, start: str, walks: Walks
    ) -> list[Primitive]:
        """All channels, small, one below the other in two columns."""
        data, pitch = self.data, CELLS + 1
        pose = data.walk(example, start, walks).poses[step]
        peaks = np.zeros((self.tile_rows * pitch, 2 * pitch))
        across, down = (
            (np.arange(CELLS) + 0.5) * side / CELLS - 0.5 for side in data.size
        )
        for k, (row, column) in self.slots.items():
            x, y = pose[k]
            top, left = row * pitch + 1, column * pitch + 1
            tile = bumps(down, y, data.std)[:, None] * bumps(across, x, data.std)
            peaks[top : top + CELLS, left : left + CELLS] = tile
        shown = as_bytes(np.rint(peaks * SHADES) / SHADES)
        width, height = data.size
        box = width, 0, self.strip_width, height
        return [HeatMap(shown, -1.0, 1.0, *box, colours="magma", smooth=True)]

    def frames(self) -> list[Primitive]:
        """A frame around each small channel, in the colour of its side."""
        colours = self.data.skeleton.joint_colours
        boxes = [(self.tile(k), colours[k]) for k in self.slots]
        return [Rect(*box, colour, 1.2) for box, colour in boxes]

    def chosen_frame(self, joint: str) -> list[Primitive]:
        """The frame of the chosen joint's channel."""
        return [Rect(*self.tile(self.place(joint)), CHOSEN, 3, halo=True)]

    def tile(self, joint: int) -> tuple[float, float, float, float]:
        """The box (x, y, w, h) of a joint's small channel on the panel."""
        row, column = self.slots[joint]
        width, height = self.data.size
        wide, high = self.strip_width / 2, height / self.tile_rows
        rim = 1 / (CELLS + 1)
        left, top = width + (column + rim) * wide, (row + rim) * high
        return left, top, wide * (1 - rim), high * (1 - rim)
