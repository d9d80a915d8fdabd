"""A place of a picture that the reader looks at: chosen by sliders, or moved there.

x, y: the sliders' place, columns and rows. edits: how far it was moved from there, in
the live explorer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .palette import BLUE, WHITE
from .primitives import Handle, Points, Primitive
from .widget import Values

Pixel = tuple[int, int]  # column and row
Edits = Mapping[str, Sequence[float]]  # what a drag adds, (x, y)

HANDLE = "pixel"
LOOK = 5.5  # screen px: the dot of the place


def picked(x: int, y: int, edits: Edits, size: Sequence[int]) -> Pixel:
    """The place looked at, in a picture of this width and height."""
    place = np.add((x, y), edits.get(HANDLE, (0, 0)))
    column, row = np.clip(np.rint(place), 0, np.array(size) - 1)
    return int(column), int(row)


def moved(values: Values, place: ArrayLike, size: Sequence[int]) -> Values:
    """The values after a drag or a click took the place looked at to `place`."""
    there = np.clip(np.rint(place), 0, np.array(size) - 1)
    edit = there - [values["x"], values["y"]]
    return values | {"edits": {HANDLE: edit.tolist()}}


def look_mark(place: Sequence[float], colour: str = BLUE) -> list[Primitive]:
    """The place looked at, on a page: a dot like that which can be dragged."""
    dot = Points([place], ("the pixel",), colour, LOOK, halo=True)
    return [dot, Points([place], (), WHITE, LOOK + 0.6, False, 1.6)]


def look(place: Sequence[float], is_live: bool, colour: str = BLUE) -> list[Primitive]:
    """The place looked at; a dot to drag in the live explorer."""
    if is_live:
        return [Handle(HANDLE, *map(float, place), colour, 6)]
    return look_mark(place, colour)


def spaced(
    body: NDArray[np.bool_], finest: int, most: tuple[int, int]
) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Columns and rows of places around a body (H, W), as close together as a page has
    room for: `most` of all places, and of those on the body, but `finest` apart."""
    size = body.shape[::-1]
    ends = [np.flatnonzero(body.any(axis=axis))[[0, -1]] for axis in (0, 1)]
    for step in range(finest, max(size) + finest):
        xs, ys = (
            _steps(low, high, step, side)
            for (low, high), side in zip(ends, size, strict=True)
        )
        on_body = int(body[np.ix_(ys, xs)].sum())
        if len(xs) * len(ys) <= most[0] and on_body <= most[1]:
            break
    return xs, ys


def _steps(low: int, high: int, step: int, side: int) -> tuple[int, ...]:
    """Places `step` apart over a body from low to high, and one beyond either end
    where the picture goes on."""
    spare = (high - low) % step // 2
    places = range(low + spare - step, high + step + 1, step)
    return tuple(int(at) for at in places if 0 <= at < side)
