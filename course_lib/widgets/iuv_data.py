"""What the explorer of surface coordinates is made of: which point a pixel shows."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike

from .checks import need, need_shape
from .iuv_mesh import Views
from .iuv_parts import COUNT, Floats, Ints, Pixels
from .picking import Pixel, spaced

# points (M, 3) and (M, 3), rows of I, U and V -> metres along the surface, (M,)
Distance = Callable[[Floats, Floats], ArrayLike]
# parts, U and V of N pixels -> their colours (N, 3) uint8
Texture = Callable[[Ints, Floats, Floats], ArrayLike]

TRUE = "true"  # the answer that is right
PICTURE, PART, U, V, TEXTURE = "picture", "part", "u", "v", "texture"
LAYERS = (PICTURE, PART, U, V, TEXTURE)
# In a page, times the answers: places of the pixel, and those of them on a body.
PLACES, BODIES = 2200, 480
FINEST = 4  # px between two places


@dataclass(frozen=True, eq=False)
class Point:
    """A point of the surface: its part from 1, U and V of 0 to 1."""

    part: int
    u: float
    v: float

    @property
    def row(self) -> Floats:
        """The point as a row (1, 3) of I, U and V."""
        return np.array([[self.part, self.u, self.v]])


@dataclass(frozen=True, eq=False)
class Dense:
    """Checked data of the explorer; see `iuv_explorer` for shapes and units.

    answers: IUV images (H, W, 3) uint8 by name, the true one first.
    """

    image: Pixels
    answers: dict[str, Pixels]
    views: Views
    distance: Distance | None
    texture: Texture

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        height, width = self.image.shape[:2]
        return width, height

    @property
    def predicted(self) -> list[str]:
        """The names of the answers that may be wrong."""
        return list(self.answers)[1:]

    def point(self, answer: str, pixel: Pixel) -> Point | None:
        """What a pixel shows as an answer says; None for the background."""
        column, row = pixel
        part, u, v = self.answers[answer][row, column].tolist()
        return Point(part, u / 255, v / 255) if part else None

    def apart(self, answer: str, pixel: Pixel) -> float | None:
        """Metres from an answer's point to the true one; None where it is not asked or
        either is background."""
        said, true = self.point(answer, pixel), self.point(TRUE, pixel)
        if self.distance is None or said is None or true is None:
            return None
        return float(self.ask(said.row, true.row)[0])

    def ask(self, first: Floats, second: Floats) -> Floats:
        """What `distance` says of rows (M, 3), checked."""
        assert self.distance
        found = np.asarray(self.distance(first, second), dtype=float)
        need_shape("distance's result", found, (len(first),))
        fine = bool((found >= 0).all())  # False where NaN
        need(fine, "distance's result is metres from 0, infinity allowed, and no NaN")
        return found

    def textured(self, parts: Ints, uv: Floats) -> Pixels:
        """What `texture` says of parts (N,) and U, V (N, 2), checked."""
        colours = np.asarray(self.texture(parts, *uv.T))
        need_shape("texture's result", colours, (len(parts), 3))
        is_fine = colours.dtype == np.uint8
        need(is_fine, f"texture's result is uint8, got {colours.dtype}")
        return colours

    @cached_property
    def grid(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Columns and rows at which a page offers the pixel: around every body, as
        close together as it has room for."""
        body = np.any([iuv[..., 0] > 0 for iuv in self.answers.values()], axis=0)
        many = len(self.answers)
        return spaced(body, FINEST, (PLACES // many, BODIES // many))

    @cached_property
    def start(self) -> tuple[str, Pixel]:
        """Answer and pixel shown first: where the first prediction is farthest off
        among those that have a distance, else the body's pixel nearest to the middle
        of the grid."""
        xs, ys = self.grid
        places = [(x, y) for y in ys for x in xs if self.point(TRUE, (x, y))]
        if not places:
            return TRUE, (xs[len(xs) // 2], ys[len(ys) // 2])
        middle = np.mean([[xs[0], ys[0]], [xs[-1], ys[-1]]], axis=0)
        nearest = min(places, key=lambda place: math.dist(place, middle))
        first = self.predicted[0] if self.predicted else TRUE
        both = [place for place in places if self.point(first, place)]
        if first == TRUE or self.distance is None or not both:
            return first, nearest
        said, true = (
            np.concatenate([self.point(answer, place).row for place in both])
            for answer in (first, TRUE)
        )
        far = self.ask(said, true)
        far = np.where(np.isfinite(far), far, -1.0)
        return first, both[int(far.argmax())]


def as_answers(iuv: ArrayLike, predicted: Mapping[str, ArrayLike]) -> dict[str, Pixels]:
    """All IUV images by name, the true one first."""
    need(TRUE not in predicted, f"predicted: {TRUE!r} is the name of the true one")
    return {TRUE: np.asarray(iuv)} | {n: np.asarray(p) for n, p in predicted.items()}


def check(data: Dense) -> Dense:
    """The data itself. Raises ValueError naming what does not fit."""
    image = data.image
    fits = image.ndim == 3 and image.shape[2] == 3 and image.size > 0
    text = f"image is (H, W, 3) uint8, got {image.shape} {image.dtype}"
    need(fits and image.dtype == np.uint8, text)
    for name, iuv in data.answers.items():
        what = "iuv" if name == TRUE else f"predicted {name!r}"
        need(iuv.dtype == np.uint8, f"{what} is uint8, got {iuv.dtype}")
        need_shape(what, iuv, image.shape)
        parts = np.unique(iuv[..., 0]).tolist()
        need(parts[-1] <= COUNT, f"{what}: parts are 0 to {COUNT}, got {parts[-1]}")
        unseen = set(parts) - {0} - set(data.views.parts.ravel().tolist())
        need(not unseen, f"{what}: no view of the mesh shows the parts {unseen}")
    need(bool(data.answers[TRUE][..., 0].any()), "iuv shows no body")
    is_fine = data.distance is None or callable(data.distance)
    need(is_fine, f"distance is a function, got {data.distance!r}")
    need(callable(data.texture), f"texture is a function, got {data.texture!r}")
    seen = data.views.parts > 0  # asked here, so that a bad one is refused
    data.textured(data.views.parts[seen], data.views.uv[seen])
    return data
