"""What the explorer of bad boxes is made of: two systems on boxes that are off."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_data import SkeletonLike
from .checks import need, need_shape

Floats = NDArray[np.float64]
# boxes (M, 4), a person from 0 -> poses (2, M, K, 2), frames (M, 4, 2), errors (2, M)
Solve = Callable[[Floats, int], tuple[ArrayLike, ArrayLike, ArrayLike]]
Edits = Mapping[str, Sequence[float]]  # what drags add to a box, by the person's number

ALONG_X, ALONG_Y = "x", "y"
BOTH = "both"  # systems shown
PARTS = ("poses", "frames", "errors")  # of what they find
SMALLEST = 8.0  # px; drags make no side of a box shorter
KEPT = 64  # answers of `solve` that are remembered


def moved_boxes(
    boxes: ArrayLike,
    xs: Sequence[float],
    ys: Sequence[float],
    scales: Sequence[float],
) -> Floats:
    """Boxes (N, 4) scaled about their centres and shifted, (N, X, Y, S, 4) px.

    boxes: [x, y, w, h], covering the pixels x ... x + w - 1. xs, ys: shifts in shares
    of the box's width and height, before it is scaled. scales: factors of both sides.
    """
    true = np.asarray(boxes, dtype=float)[:, None, None, None]
    x, y, scale = np.meshgrid(xs, ys, scales, indexing="ij")
    shift = np.stack([x, y], axis=-1)
    centre = true[..., :2] + (true[..., 2:] - 1) / 2 + shift * true[..., 2:]
    size = scale[..., None] * true[..., 2:]
    return np.concatenate([centre - (size - 1) / 2, size], axis=-1)


def middle(box: Floats) -> Floats:
    """The centre (x, y) of a box, px."""
    return box[:2] + (box[2:] - 1) / 2


def iou(a: Floats, b: Floats) -> float:
    """Intersection over union of two boxes (4,)."""
    low, high = np.maximum(a[:2], b[:2]), np.minimum(a[:2] + a[2:], b[:2] + b[2:])
    both = float(np.clip(high - low, 0, None).prod())
    return both / float(a[2:].prod() + b[2:].prod() - both)


@dataclass(frozen=True, eq=False)
class Answers:
    """What both systems make of M boxes of a person.

    poses: (2, M, K, 2) px. frames: (M, 4, 2) px. errors: (2, M).
    """

    boxes: Floats
    poses: Floats
    frames: Floats
    errors: Floats


@dataclass(frozen=True, eq=False)
class BadBoxes:
    """Checked data of the explorer; see `bad_box_explorer` for shapes and units."""

    images: NDArray[np.uint8]
    truth: Floats
    boxes: Floats
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    scales: tuple[float, ...]
    poses: Floats
    frames: Floats
    errors: Floats
    measure: str
    skeleton: SkeletonLike
    systems: tuple[str, ...]
    names: tuple[str, ...]
    solve: Solve | None
    first: str

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the pictures."""
        height, width = self.images.shape[1:3]
        return width, height

    @cached_property
    def grid(self) -> Floats:
        """The box at every position of the controls, (N, X, Y, S, 4) px."""
        return moved_boxes(self.boxes, self.xs, self.ys, self.scales)

    def person(self, name: str) -> int:
        """The place of a person, from 0."""
        return self.names.index(name)

    def place(self, x: float, y: float, scale: float) -> tuple[int, int, int]:
        """The place of a position in the grid."""
        return self.xs.index(x), self.ys.index(y), self.scales.index(scale)

    def box(self, n: int, x: float, y: float, scale: float, edits: Edits) -> Floats:
        """The box [x, y, w, h] px at a position, with what drags add to it."""
        slid = self.grid[n, *self.place(x, y, scale)]
        if str(n) not in edits:
            return slid
        changed = slid + np.asarray(edits[str(n)])
        changed[2:] = np.maximum(changed[2:], SMALLEST)
        return changed

    def shift(self, n: int, box: Floats) -> Floats:
        """How far a box's centre lies off, (2,) in shares of the true box's sides."""
        true = self.boxes[n]
        return (middle(box) - middle(true)) / true[2:]

    def now(self, n: int, x: float, y: float, scale: float, edits: Edits) -> Answers:
        """What both systems make of the present box, M = 1."""
        box = self.box(n, x, y, scale, edits)[None]
        if str(n) in edits:
            return self.ask(n, box)
        at = n, *self.place(x, y, scale)
        poses, frames, errors = self.poses, self.frames, self.errors
        answer = poses[:, *at][:, None], frames[at][None], errors[:, *at][:, None]
        return Answers(box, *answer)

    def along(
        self, n: int, x: float, y: float, scale: float, along: str, edits: Edits
    ) -> Floats:
        """The errors (2, X or Y) of the present box, were it shifted along an axis."""
        if str(n) not in edits:
            i, j, k = self.place(x, y, scale)
            errors = self.errors[:, n, :, :, k]
            return errors[:, :, j] if along == ALONG_X else errors[:, i]
        axis, steps = (0, self.xs) if along == ALONG_X else (1, self.ys)
        boxes = np.tile(self.box(n, x, y, scale, edits), (len(steps), 1))
        centre, side = middle(self.boxes[n])[axis], self.boxes[n, 2 + axis]
        sides = boxes[:, 2 + axis]
        boxes[:, axis] = centre + np.array(steps) * side - (sides - 1) / 2
        return self.ask(n, boxes).errors

    def ask(self, n: int, boxes: Floats) -> Answers:
        """What `solve` says of boxes (M, 4) of person n."""
        return self._asked(n, tuple(map(tuple, boxes.tolist())))

    @cached_property
    def _asked(self) -> Callable[[int, tuple], Answers]:
        """`solve` with a memory, since several layers ask for the same boxes."""

        @lru_cache(maxsize=KEPT)
        def asked(n: int, boxes: tuple) -> Answers:
            assert self.solve
            asked_of = np.array(boxes)
            parts = [np.asarray(part, float) for part in self.solve(asked_of, n)]
            need(len(parts) == len(PARTS), f"solve returns {', '.join(PARTS)}")
            many, joints = len(boxes), len(self.skeleton.joints)
            shapes = (2, many, joints, 2), (many, 4, 2), (2, many)
            for name, part, shape in zip(PARTS, parts, shapes, strict=True):
                need_shape(f"solve's {name}", part, shape)
                fine = bool(np.isfinite(part).all())
                need(fine, f"solve's {name} hold NaN or infinity")
            return Answers(asked_of, *parts)

        return asked


def check(data: BadBoxes) -> BadBoxes:
    """The data itself. Raises ValueError naming what does not fit."""
    images, count, joints = data.images, len(data.images), len(data.skeleton.joints)
    need(
        images.ndim == 4 and images.dtype == np.uint8 and images.size > 0,
        f"images are (N, H, W, 3) uint8, got {images.shape} {images.dtype}",
    )
    is_axis = data.first in (ALONG_X, ALONG_Y)
    need(is_axis, f'along is "x" or "y", got {data.first!r}')
    sides = len(data.xs), len(data.ys), len(data.scales)
    need_shape("truth", data.truth, (count, joints, 2))
    need_shape("boxes", data.boxes, (count, 4))
    need_shape("poses", data.poses, (2, count, *sides, joints, 2))
    need_shape("frames", data.frames, (count, *sides, 4, 2))
    need_shape("errors", data.errors, (2, count, *sides))
    for name in ("boxes", *PARTS):
        fine = bool(np.isfinite(getattr(data, name)).all())
        need(fine, f"{name} hold NaN or infinity")
    need(bool((data.boxes[:, 2:] > 0).all()), "boxes are [x, y, w, h] with w, h > 0")
    need(bool((data.errors >= 0).all()), "errors are 0 or more")
    for name in ("xs", "ys"):
        shifts = getattr(data, name)
        need(len(shifts) > 1, f"{name} are two shifts or more, got {shifts}")
    need(data.scales[0] > 0, f"scales are above 0, got {data.scales}")
    for name, wanted in (("systems", 2), ("names", count)):
        words = getattr(data, name)
        need(len(words) == wanted, f"{name} are {wanted} words, got {words}")
        need(len(set(words)) == wanted, f"{name} differ, got {words}")
    need(BOTH not in data.systems, f"systems have names other than {BOTH!r}")
    return data
