"""Vectors read from a map, and votes cast on one: both bilinear.

Places are cells (column, row), centres at integers. A place between cells shares its
weight among the four around it, by how near they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

CORNERS = np.array([(0, 0), (1, 0), (0, 1), (1, 1)])


def around(places: Floats) -> tuple[Ints, Floats]:
    """The four cells around each place (M, 2), and their shares, which sum to 1.

    Returns cells (M, 4, 2) and shares (M, 4); a share may be 0.
    """
    first = np.floor(places)
    far = (places - first)[:, None]  # (M, 1, 2), 0 to 1
    shares = np.where(CORNERS == 1, far, 1 - far).prod(axis=-1)
    return first[:, None].astype(np.int64) + CORNERS, shares


def sampled(field: Floats, places: Floats) -> Floats:
    """What a field (C, h, w) holds at places (M, 2), (M, C); beyond it, its border."""
    last = np.array(field.shape[:0:-1]) - 1
    cells, shares = around(np.clip(places, 0, last))
    column, row = np.minimum(cells, last).transpose(2, 0, 1)
    return np.einsum("cmn,mn->mc", field[:, row, column], shares)


def voted(places: Floats, weights: Floats, shape: tuple[int, int]) -> Floats:
    """The sums (h, w) of weights (M,) that vote for places (M, 2); what falls beyond
    the map is lost."""
    height, width = shape
    cells, shares = around(places)
    column, row = cells.reshape(-1, 2).T
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index = (row * width + column)[inside]
    given = (weights[:, None] * shares).ravel()[inside]
    return np.bincount(index, given, height * width).reshape(shape)
