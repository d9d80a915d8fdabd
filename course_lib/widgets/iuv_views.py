"""The picture and the template of the explorer of surface coordinates, as primitives.

source: whose answer is looked at. layer: what is drawn on both. x, y: a pixel of the
picture. edits: how far it is dragged from there, in the live explorer.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from .branches_views import greyed
from .iuv_data import PART, PICTURE, TRUE, Dense, Point, U, V
from .iuv_mesh import BACK, FINE, FRONT
from .iuv_parts import NAMES, TABLE, Floats, Ints, Pixels
from .palette import LIGHT, VERMILLION, WHITE, colour_table, rgb
from .picking import Edits, Pixel, look, picked
from .pictures import Image
from .primitives import Caption, Points, Primitive, Text

FAINT = 0.2  # of the picture's contrast around a body that is painted
SHADE = 0.72  # brightness of the template where no light falls
PLAIN, LINE = 0.8, 0.45  # brightness of the bare template, and of a border of parts
TRUTH, SMALL = 8.0, 4.4  # screen px: the ring around a true point, in the legend
SAID = 5.5  # screen px: the dot of a predicted point
NAMED = 6, 8  # px between two places that tell their part: picture, template
LIGHTNESS = "Left is lighter than right, front than back."
LIVE = "Drag the point with\u00a0.live()."
HINT = "Drag the point, or click where it should go."


class DenseViews:
    """Draws the layers from checked data."""

    def __init__(self, data: Dense, is_live: bool) -> None:
        self.data = data
        self.is_live = is_live
        self.picture_of = lru_cache(maxsize=None)(self._picture)
        self.template_of = lru_cache(maxsize=None)(self._template)

    # Both.

    def paint(self, layer: str, parts: Ints, uv: Floats) -> Pixels:
        """Colours (N, 3) of pixels with these parts (N,) and U, V (N, 2)."""
        if layer == PART:
            return TABLE[parts - 1]
        if layer in (U, V):
            value = uv[:, (U, V).index(layer)]
            return colour_table("viridis")[np.rint(255 * value).astype(int)]
        return self.data.textured(parts, uv)

    def pixel(self, x: int, y: int, edits: Edits) -> Pixel:
        """The pixel looked at."""
        return picked(x, y, edits, self.data.size)

    # The picture.

    def picture(self, source: str, layer: str) -> list[Primitive]:
        """The picture, or an answer laid over it."""
        return [Image(self.picture_of(TRUE if layer == PICTURE else source, layer))]

    def _picture(self, source: str, layer: str) -> Pixels:
        image, iuv = self.data.image, self.data.answers[source]
        if layer == PICTURE:
            return image
        made = np.rint(255 - FAINT * (255.0 - greyed(image))).astype(np.uint8)
        body = iuv[..., 0] > 0
        parts, uv = iuv[body][:, 0].astype(np.int64), iuv[body][:, 1:] / 255
        made[body] = self.paint(layer, parts, uv)
        return made

    def names(self, source: str) -> list[Primitive]:
        """Nothing to see: what the read-out says near a place of a body."""
        return named(self.data.answers[source][..., 0], NAMED[0])

    def look(self, x: int, y: int, edits: Edits) -> list[Primitive]:
        """The pixel looked at; a dot to drag in the live explorer."""
        return look(self.pixel(x, y, edits), self.is_live)

    def told(self, layer: str) -> list[Primitive]:
        """What lightness means, and what can be dragged."""
        hint = HINT if self.is_live else LIVE
        return [Caption(f"{LIGHTNESS} {hint}" if layer == PART else hint)]

    # The template.

    def template(self, layer: str) -> list[Primitive]:
        """The body from the front and from behind."""
        width, _ = self.data.views.size
        marks: list[Primitive] = [Image(self.template_of(layer))]
        for x, word in ((6, FRONT), (width / 2 + 6, BACK)):
            marks.append(Text(x, 6, word, LIGHT["ink"], 13, base="top", bold=True))
        return marks

    def _template(self, layer: str) -> Pixels:
        views, (width, height) = self.data.views, self.data.views.size
        body, light = views.samples > 0, SHADE + (1 - SHADE) * views.light
        made = np.full((*body.shape, 3), rgb("surface"), float)
        shade = np.where(borders(views.samples), LINE, light)[body, None]
        if layer == PICTURE:
            made[body] = 255 * PLAIN * shade
        else:
            parts, uv = views.samples[body], views.places[body]
            made[body] = self.paint(layer, parts, uv) * shade
        means = made.reshape(height, FINE, width, FINE, 3).mean(axis=(1, 3))
        return np.rint(means).astype(np.uint8)

    def parts(self) -> list[Primitive]:
        """Nothing to see: what the read-out says near a place of the template."""
        return named(self.data.views.parts, NAMED[1])

    def points(self, source: str, x: int, y: int, edits: Edits) -> list[Primitive]:
        """The true point, and what an answer says."""
        pixel = self.pixel(x, y, edits)
        marks: list[Primitive] = []
        for answer in dict.fromkeys((TRUE, source)):
            place = self.place(answer, pixel)
            if place is not None:
                marks += point_marks(answer, place)
        return marks

    def place(self, answer: str, pixel: Pixel) -> Pixel | None:
        """Where on the template an answer puts a pixel."""
        point = self.data.point(answer, pixel)
        if point is None:
            return None
        return self.data.views.nearest(point.part, np.array([point.u, point.v]))

    def seen(self, source: str, x: int, y: int, edits: Edits) -> list[Primitive]:
        """In which view the marks lie."""
        pixel, told = self.pixel(x, y, edits), {}
        for answer in dict.fromkeys((TRUE, source)):
            place = self.place(answer, pixel)
            if place is not None:
                side = self.data.views.side(place[0])
                told[TRUE if answer == TRUE else "predicted"] = side
        if not told:
            return [Caption("Nothing to mark: background.")]
        if len(told) == 2 and len(set(told.values())) == 1:
            return [Caption(f"Both points lie in the {told[TRUE]} view.")]
        words = [f"{name} point in the {side} view" for name, side in told.items()]
        text = ", ".join(words)
        return [Caption(f"{text[:1].upper()}{text[1:]}.")]

    # The sentence.

    def sentence(self, source: str, x: int, y: int, edits: Edits) -> str:
        """What the pixel shows, truly and by the answer, and how far apart they are."""
        pixel = self.pixel(x, y, edits)
        said, true = (self.data.point(answer, pixel) for answer in (source, TRUE))
        if source == TRUE:
            return f"This pixel shows {spoken(true)}."
        start = f"{source[:1].upper()}{source[1:]} says {spoken(said)}"
        if said is None and true is None:
            return f"{start}, and rightly so."
        if true is None:
            return f"{start}; in truth it is background."
        start = f"{start}; in truth it is {spoken(true)}"
        if said is None:
            return f"{start}: an infinite distance."
        apart = self.data.apart(source, pixel)
        return f"{start}." if apart is None else f"{start}: {metres(apart)} apart."


def numbers(point: Point) -> str:
    """I, U and V of a point."""
    named = (("I", f"{point.part}"), ("U", f"{point.u:.2f}"), ("V", f"{point.v:.2f}"))
    return ", ".join(f"{name}\u00a0=\u00a0{text}" for name, text in named)


def spoken(point: Point | None) -> str:
    """A point as prose."""
    if point is None:
        return "the background"
    return f"the {NAMES[point.part - 1]} ({numbers(point)})"


def metres(length: float) -> str:
    """A length as prose."""
    return f"{length:.2f}\u00a0m" if np.isfinite(length) else "infinitely far"


def borders(parts: Ints) -> NDArray[np.bool_]:
    """Where in (h, w) a body's part lies beside another one."""
    made = np.zeros(parts.shape, bool)
    for near, far in ((np.s_[:, :-1], np.s_[:, 1:]), (np.s_[:-1], np.s_[1:])):
        differ = (parts[near] != parts[far]) & (parts[near] > 0) & (parts[far] > 0)
        made[near] |= differ
        made[far] |= differ
    return made


def named(parts: NDArray, step: int) -> list[Primitive]:
    """Clear dots with the parts' names, `step` px apart."""
    rows, columns = np.nonzero(parts[::step, ::step])
    places = step * np.stack([columns, rows], axis=1)
    labels = [NAMES[parts[y, x] - 1] for x, y in places]
    return [Points(places, labels, "ink", 1.0, alpha=0.0)]


def point_marks(
    answer: str, place: Sequence[float], size: float = TRUTH
) -> list[Primitive]:
    """A point of the template: a ring for the true one, a dot for what is said."""
    if answer == TRUE:
        return [Points([place], ("true point",), WHITE, size, False, 2.6, halo=True)]
    return [Points([place], (answer,), VERMILLION, SAID, halo=True)]
