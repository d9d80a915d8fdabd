"""Made-up maps for the tests of the explorers, and what these explorers drew."""

from __future__ import annotations

import itertools

import numpy as np

from course_lib.widgets import Caption, Scale


def of(marks, kind, colour: str | None = None) -> list:
    """The marks of one kind, in the order drawn; of one colour, if it is given."""
    found = [mark for mark in marks if type(mark) is kind]
    return [mark for mark in found if colour is None or mark.colour == colour]


def plain(text: str) -> str:
    """The text with ordinary spaces between numbers and units."""
    return text.replace("\u00a0", " ")


def caption(marks) -> str:
    """The last caption in plain text."""
    return plain(of(marks, Caption)[-1].text)


def read(scale: Scale, place) -> tuple[float, float]:
    """The data at a place (x, y) of a chart."""
    across = (place[0] - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - place[1]) / (scale.bottom - scale.top)
    (x0, x1), (y0, y1) = scale.x, scale.y
    return x0 + across * (x1 - x0), y0 + up * (y1 - y0)


def bump(shape: tuple[int, int], place, stride: int, width: float) -> np.ndarray:
    """A Gaussian around an image place (x, y) on a map (h, w)."""
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    x, y = (np.asarray(place) - (stride - 1) / 2) / stride
    return np.exp(-((cols - x) ** 2 + (rows - y) ** 2) / (2 * width**2))


def decoded(heatmap: np.ndarray, stride: int) -> list[float]:
    """The centre of the largest cell, image px."""
    cells = itertools.product(range(heatmap.shape[0]), range(heatmap.shape[1]))
    row, column = max(cells, key=lambda cell: heatmap[cell])
    return [np.mean([stride * u + i for i in range(stride)]) for u in (column, row)]


def all_decoded(maps: np.ndarray, stride: int) -> np.ndarray:
    """The poses (..., 2) of maps (..., h, w)."""
    flat = [decoded(one, stride) for one in maps.reshape(-1, *maps.shape[-2:])]
    return np.reshape(flat, (*maps.shape[:-2], 2))
