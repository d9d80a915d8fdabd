"""What the explorer of basins is made of: the pose that each cell believes in.

A cell at x points with its long offsets L_k to the joints of its person; its embedding
is G_k(x) = x + L_k(x). It lies from person j, of pose y_j and size l_j,

    D = sum_k p_jk |G_k(x) - y_jk| / l_j / sum_k p_jk,

p_jk the presence of joint k, and belongs to every person for whom D <= t (PersonLab,
instance segmentation). Only cells that the segmentation calls a person are asked.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_data import SkeletonLike
from .checks import need, need_shape
from .picking import Pixel, spaced
from .theatre_views import HUES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]

ALL = "all"  # joints together
THRESHOLDS = tuple(n / 20 for n in range(1, 13))  # t
PAPER = 0.25  # t
PERSON = 0.5  # of the segmentation, from which on a cell is a person's
# In a page, times the variants: places of the cell, and those of them on a person.
PLACES, BODIES = 540, 120
MOST = len(HUES)  # people


@dataclass(frozen=True, eq=False)
class Basins:
    """Checked data of the explorer; see `basin_explorer` for shapes and units."""

    image: NDArray[np.uint8]
    offsets: Floats
    poses: Floats
    presence: Floats
    segmentation: Floats
    stride: float
    skeleton: SkeletonLike
    variants: tuple[str, ...]
    joints: tuple[str, ...]
    given: Floats | None

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture, px."""
        height, width = self.image.shape[:2]
        return width, height

    @property
    def cells(self) -> tuple[int, int]:
        """Columns and rows of the maps."""
        height, width = self.segmentation.shape
        return width, height

    @cached_property
    def person(self) -> Bools:
        """Which cells are a person's, (h, w)."""
        return self.segmentation >= PERSON

    @property
    def present(self) -> Bools:
        """Which joints a person has, (N, K)."""
        return self.presence > 0

    @cached_property
    def scales(self) -> Floats:
        """The size l of each person, (N,) px: the root of the area of the box around
        its joints, unless it is given."""
        if self.given is not None:
            return self.given
        made = []
        for pose, has in zip(self.poses, self.present, strict=True):
            made.append(math.sqrt(np.prod(np.ptp(pose[has], axis=0))))
        return np.array(made)

    def centre(self, cell: Sequence[float]) -> Floats:
        """Where a cell (column, row) lies in the picture, (2,) px."""
        return self.stride * np.asarray(cell, dtype=float) + (self.stride - 1) / 2

    def cell(self, place: Sequence[float]) -> Floats:
        """The place (2,) px in cells, not rounded."""
        return (np.asarray(place, dtype=float) - (self.stride - 1) / 2) / self.stride

    @cached_property
    def embedding(self) -> Floats:
        """The joints that each cell points to, (V, K, 2, h, w) px."""
        width, height = self.cells
        grid = np.stack(np.meshgrid(np.arange(width), np.arange(height)))
        return self.offsets + self.centre(grid)

    @cached_property
    def apart(self) -> Floats:
        """How far each cell points past each joint, (V, N, K, h, w), in sizes; 0 where
        the person lacks it."""
        off = self.embedding[:, None] - self.poses[:, :, :, None, None]
        far = np.hypot(*np.moveaxis(off, 3, 0)) / self.scales[:, None, None, None]
        return np.where(self.present[:, :, None, None], far, 0.0)

    def distances(self, variant: str, joint: str = ALL) -> Floats:
        """D of each cell to each person, (N, h, w): of all joints, or of one alone,
        then infinite where the person lacks it."""
        apart = self.apart[self.variants.index(variant)]
        if joint == ALL:
            weights = self.presence / self.presence.sum(axis=1, keepdims=True)
            return np.einsum("nkhw,nk->nhw", apart, weights)
        k = list(self.skeleton.joints).index(joint)
        has = self.present[:, k, None, None]
        return np.where(has, apart[:, k], np.inf)

    def believed(self, variant: str, cell: Pixel) -> Floats:
        """The pose that a cell believes in, (K, 2) px."""
        column, row = cell
        return self.embedding[self.variants.index(variant), :, :, row, column]

    def nearest(self, variant: str, joint: str) -> Ints:
        """The nearest person of each cell, from 0, (h, w); -1 where none has it."""
        far = self.distances(variant, joint)
        return np.where(np.isfinite(far).any(axis=0), far.argmin(axis=0), -1)

    def masks(self, variant: str, threshold: float) -> Bools:
        """The cells that belong to each person, (N, h, w)."""
        return (self.distances(variant) <= threshold) & self.person

    @cached_property
    def grid(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Columns and rows at which a page offers the cell."""
        many = len(self.variants)
        return spaced(self.person, 1, (PLACES // many, BODIES // many))

    @cached_property
    def start(self) -> Pixel:
        """The cell shown first: a person's whose nearest person the last variant
        changes, the one that then is nearest to its own; else one near the middle."""
        xs, ys = self.grid
        places = [(x, y) for y in ys for x in xs if self.person[y, x]]
        if not places:
            return xs[len(xs) // 2], ys[len(ys) // 2]
        first, last = (self.variants[n] for n in (0, -1))
        before, after = (self.nearest(name, ALL) for name in (first, last))
        far = self.distances(last).min(axis=0)
        changed = [p for p in places if before[p[::-1]] != after[p[::-1]]]
        if changed:
            return min(changed, key=lambda place: far[place[::-1]])
        middle = np.mean([[xs[0], ys[0]], [xs[-1], ys[-1]]], axis=0)
        return min(places, key=lambda place: math.dist(place, middle))


def as_variants(offsets: ArrayLike, names: Sequence[str] | None) -> tuple[str, ...]:
    """The names of the variants; their numbers from 1 unless given."""
    count = len(np.asarray(offsets))
    return tuple(names) if names is not None else tuple(map(str, range(1, count + 1)))


def check(data: Basins) -> Basins:
    """The data itself. Raises ValueError naming what does not fit."""
    image, offsets = data.image, data.offsets
    fits = image.ndim == 3 and image.shape[2] == 3 and image.size > 0
    text = f"image is (H, W, 3) uint8, got {image.shape} {image.dtype}"
    need(fits and image.dtype == np.uint8, text)
    joints = tuple(data.skeleton.joints)
    segmentation = data.segmentation
    fits = segmentation.ndim == 2 and segmentation.size > 0
    need(fits, f"segmentation is (h, w), got {segmentation.shape}")
    wanted = (len(data.variants), len(joints), 2, *segmentation.shape)
    need_shape("long_offsets", offsets, wanted)
    different = len(set(data.variants)) == len(data.variants) > 0
    need(different, f"names of variants differ, got {data.variants}")
    need(bool(np.isfinite(offsets).all()), "long_offsets hold NaN or infinity")
    _check_range("segmentation", segmentation)
    need(bool(data.person.any()), f"segmentation nowhere reaches {PERSON:g}: no person")
    _check_stride(data)
    _check_people(data)
    unknown = [joint for joint in data.joints if joint not in joints]
    need(not unknown, f"joints are of {joints}, got {unknown}")
    return data


def _check_range(name: str, values: Floats) -> None:
    """Probabilities, with no NaN among them."""
    fine = bool(((values >= 0) & (values <= 1)).all())
    need(fine, f"{name} is from 0 to 1, got {values.min():g} to {values.max():g}")


def _check_stride(data: Basins) -> None:
    """Maps that cover the picture, and less than a cell more."""
    need(data.stride > 0, f"stride is above 0 px, got {data.stride:g}")
    covered = [data.stride * side for side in data.cells]
    over = [far - side for far, side in zip(covered, data.size, strict=True)]
    need(
        all(0 <= far < data.stride for far in over),
        f"maps of stride {data.stride:g} cover {covered[0]:g} x {covered[1]:g} px, but "
        f"the image has {data.size[0]} x {data.size[1]}",
    )


def _check_people(data: Basins) -> None:
    """People who have joints, and a size."""
    count, joints = len(data.poses), len(data.skeleton.joints)
    need(1 <= count <= MOST, f"poses are of 1 to {MOST} people, got {count}")
    need_shape("poses", data.poses, (count, joints, 2))
    need_shape("presence", data.presence, (count, joints))
    _check_range("presence", data.presence)
    places = data.poses[data.present]
    need(bool(np.isfinite(places).all()), "poses hold NaN at a joint that is present")
    for n, has in enumerate(data.present):
        need(bool(has.any()), f"presence: person {n + 1} has no joint")
    need_shape("scales", data.scales, (count,))
    good = np.isfinite(data.scales) & (data.scales > 0)
    fix = "give scales where a person's joints span no box"
    need(bool(good.all()), f"scales are above 0 px, got {data.scales}: {fix}")
