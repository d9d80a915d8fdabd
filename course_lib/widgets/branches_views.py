"""The picture and the two maps of the viewer of two branches, as layers of primitives.

network, joint, row: names. x: the patch's centre, px.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from .branches_data import (
    COVERED,
    HIDDEN,
    OCCLUDED,
    UNKNOWN,
    VISIBLE,
    Branches,
    Pixels,
)
from .cascade_data import px, words
from .palette import BLUE, ORANGE, WHITE
from .pictures import Image
from .pooling_marks import glow
from .primitives import Caption, Dash, Points, Polyline, Primitive, Rect, Text

TALL = 300.0  # screen pixels; about how high the picture is shown
COLOURS = BLUE, ORANGE  # of the visible and of the occluded branch
TRUE_SIZE, ANSWER = 7.5, 4.8  # screen px: a true place's and an answer's mark
ASIDE = 12.0  # screen px from an answer to its word
EDGE: Dash = (4.0, 3.0)  # around the patch
WON = "wins"
DENSE = 0.75  # alpha of a map
SHADES = 8  # steps of their colours: a page holds hundreds
STATES = {
    VISIBLE: "visible",
    COVERED: "covered",
    OCCLUDED: "occluded already",
    UNKNOWN: "not labelled",
}


def true_mark(
    place: ArrayLike, is_hidden: bool, unit: float, size: float = TRUE_SIZE
) -> Primitive:
    """The true place: a ring where it is to be seen, a square where it is not.

    unit: panel units to a screen pixel. size: screen px.
    """
    x, y = np.asarray(place, dtype=float).tolist()
    if not is_hidden:
        labels = ("true place, visible",)
        return Points([(x, y)], labels, WHITE, size, False, 2.2, halo=True)
    r = round(0.95 * size * unit, 2)
    corners = [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
    return Polyline(corners, WHITE, 2.2, closed=True, halo=True)


def answer_mark(place: ArrayLike, branch: int, unit: float) -> list[Primitive]:
    """A branch's answer: a dot, or a triangle around a small one."""
    x, y = np.asarray(place, dtype=float).tolist()
    if not branch:
        dot = Points([(x, y)], ("visible branch",), BLUE, ANSWER, halo=True)
        rim = Points([(x, y)], (), WHITE, ANSWER + 0.6, False, 1.2)
        return [dot, rim]
    r = 2.4 * ANSWER * unit
    corners = [(x, y - r), (x + 0.87 * r, y + r / 2), (x - 0.87 * r, y + r / 2)]
    dot = Points([(x, y)], ("occluded branch",), ORANGE, 2, halo=True)
    return [Polyline(corners, ORANGE, 2.6, closed=True, halo=True), dot]


def greyed(image: Pixels) -> Pixels:
    """A picture in grey, (H, W, 3): pictures in colour may be stored small."""
    return np.rint(image.mean(axis=-1, keepdims=True)).astype(np.uint8).repeat(3, -1)


class BranchViews:
    """Draws each layer from checked data."""

    def __init__(self, data: Branches) -> None:
        self.data = data
        self.unit = data.size[1] / TALL  # px to a screen pixel, about
        self.grey, self.grey_patch = map(greyed, (data.image, data.patch))

    # The picture.

    def picture(self) -> list[Primitive]:
        """The image without the patch."""
        return [Image(self.data.image)]

    def patch(self, row: str, x: float) -> list[Primitive]:
        """The patch, and where it ends."""
        corner, (height, width) = self.data.corner(row, x), self.data.patch.shape[:2]
        edge = Rect(*corner, width, height, WHITE, 1.2, EDGE, halo=True)
        return [Image(self.data.patch, *corner), edge]

    def truth(self, joint: str, row: str, x: float) -> list[Primitive]:
        """The true place, where it is known."""
        state = self.data.state(joint, row, x)
        if state == UNKNOWN:
            return []
        place = self.data.truth[list(self.data.skeleton.joints).index(joint)]
        return [true_mark(np.round(place, 1), state in HIDDEN, self.unit)]

    def word(self, network: str, joint: str, row: str, x: float) -> list[Primitive]:
        """A word beside the winner, on the side away from the other answer."""
        now = self.data.heard(network, joint, row, x)
        places, room = now.places.round(1), 4 * ASIDE * self.unit
        (x, y), (other, _) = places[now.winner], places[1 - now.winner]
        is_left = x < other if x != other else x > self.data.size[0] / 2
        is_left = (is_left or x > self.data.size[0] - room) and x > room
        x = float(x) + ASIDE * self.unit * (-1 if is_left else 1)
        align = "right" if is_left else "left"
        style = {"size": 13, "align": align, "bold": True, "halo": True}
        return [Text(round(x, 1), float(y), WON, WHITE, **style)]

    def told(self, joint: str, row: str, x: float) -> list[Primitive]:
        """The state of the true joint."""
        state = STATES[self.data.state(joint, row, x)]
        return [Caption(f"{words(joint).capitalize()}: {state}.")]

    # The maps.

    def backdrop(self) -> list[Primitive]:
        """The picture in grey, to lie below a map."""
        return [Image(self.grey)]

    def plain_patch(self, row: str, x: float) -> list[Primitive]:
        """The patch on it."""
        return [Image(self.grey_patch, *self.data.corner(row, x))]

    def heat(
        self, branch: int, network: str, joint: str, row: str, x: float
    ) -> list[Primitive]:
        """A branch's map, dense, so that low values are seen too."""
        data = self.data
        k = data.joints.index(joint)
        values = data.drawn[data.at(network, row, x)][branch, k]
        h, w = values.shape
        box = 0, 0, w * data.stride, h * data.stride
        return [replace(glow(values, box, data.peak, SHADES), fade=False, alpha=DENSE)]

    def answer(
        self, branch: int, network: str, joint: str, row: str, x: float
    ) -> list[Primitive]:
        """A branch's answer on its map."""
        place = self.data.heard(network, joint, row, x).places[branch]
        return answer_mark(place.round(1), branch, self.unit)

    def verdict(
        self, branch: int, network: str, joint: str, row: str, x: float
    ) -> list[Primitive]:
        """A frame around the map that wins; in words how far off its place is."""
        heard = self.data.heard(network, joint, row, x)
        off = "" if heard.truth is None else f", {px(heard.error(branch))} off"
        if branch != heard.winner:
            return [Caption(f"Loses{off}.")]
        width, height = self.data.size
        inner = Rect(1, 1, width - 2, height - 2, COLOURS[branch], 4)
        return [inner, Caption(f"Wins{off}.")]
