"""What the playground of pose NMS is made of: two poses, shifted and compared.

The rule is that of the released code of RMPE (Fang et al., 2017). With r the distance
of two joints in reaches, and a reach a tenth of the longer side of the reference's box,

    K = sum over r <= 1 of tanh(c_i / sigma1) tanh(c_j / sigma1),
    H = sum of exp(-r / sigma2),

and the second pose is eliminated where K + lambda H > eta.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_data import SkeletonLike
from .checks import need, need_shape
from .page import MOST_STATES

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Edits = Mapping[str, Sequence[float]]  # place (x, y) of a joint, by its `joint_key`

REACH = 0.1  # of the longer side of the reference's box
FINE = 4  # cells of the map to a step of the shift
EDGE = 1e-9  # reaches; joints that lie on the disc's edge match
STEPS = {"sigma1": "σ₁", "sigma2": "σ₂", "lam": "λ", "eta": "η"}
RELEASED = {"sigma1": 0.01, "sigma2": 2.08, "lam": 2.08, "eta": 22.48}


def joint_key(person: int, joint: int) -> str:
    """Under which name the place of a joint that the reader moved is kept."""
    return f"{person} {joint}"


def box_around(pose: Floats) -> Floats:
    """The smallest box [x, y, w, h] that covers the pixels of joints (K, 2)."""
    low, high = pose.min(axis=0), pose.max(axis=0)
    return np.concatenate([low, high - low + 1])


def reach_of(first: Floats, box: Floats | None) -> float:
    """The reach in px, of a box or, without one, of that around joints (K, 2)."""
    sides = (box_around(first) if box is None else box)[2:]
    return float(REACH * sides.max())


def soft_matches(r: Floats, sigma2: float) -> Floats:
    """H of distances (..., K) in reaches."""
    return np.exp(-r / sigma2).sum(axis=-1)


@dataclass(frozen=True, eq=False)
class Compared:
    """The reference and the second pose (K, 2) px, with the reach in px."""

    first: Floats
    second: Floats
    reach: float

    @property
    def r(self) -> Floats:
        """Distance of the two places of each joint, in reaches, (K,)."""
        return np.linalg.norm(self.second - self.first, axis=-1) / self.reach

    @property
    def matched(self) -> Bools:
        """Which joints of the second pose lie in the reference's discs, (K,)."""
        return self.r <= 1 + EDGE


@dataclass(frozen=True, eq=False)
class Rivals:
    """Checked data of the playground; see `pose_nms_playground`.

    steps: the states of sigma1, sigma2, lam and eta, by name.
    """

    poses: Floats
    scores: Floats
    skeleton: SkeletonLike
    image: NDArray[np.uint8] | None
    size: tuple[int, int]
    box: Floats | None
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    steps: dict[str, tuple[float, ...]]

    @property
    def joints(self) -> int:
        """How many joints a pose has."""
        return len(self.skeleton.joints)

    def edited(self, edits: Edits) -> Floats:
        """The two poses (2, K, 2) before any shift, with what the reader moved."""
        poses = self.poses.copy()
        for key, place in edits.items():
            person, joint = map(int, key.split())
            poses[person, joint] = place
        return poses

    def reach(self, first: Floats) -> float:
        """The radius of the discs around the reference's joints (K, 2), px."""
        return reach_of(first, self.box)

    def compared(self, shift: ArrayLike, edits: Edits) -> Compared:
        """Both poses, the second one shifted by (x, y) px."""
        first, second = self.edited(edits)
        return Compared(first, second + np.asarray(shift), self.reach(first))

    def hard(self, r: Floats, sigma1: float) -> Floats:
        """K of distances (..., K) in reaches."""
        weights = np.tanh(self.scores / sigma1).prod(axis=0)
        return (weights * (r <= 1 + EDGE)).sum(axis=-1)

    def parts(
        self, compared: Compared, sigma1: float, sigma2: float, lam: float
    ) -> tuple[float, float]:
        """K and lambda H."""
        r = compared.r
        return float(self.hard(r, sigma1)), float(lam * soft_matches(r, sigma2))

    @property
    def grid(self) -> tuple[Floats, Floats]:
        """The shifts of the map's columns and rows, px."""
        across, down = (
            np.linspace(ends[0], ends[-1], FINE * (len(ends) - 1) + 1)
            for ends in (self.xs, self.ys)
        )
        return across, down

    def similarity(
        self, sigma1: float, sigma2: float, lam: float, edits: Edits
    ) -> Floats:
        """K + lambda H at every shift of the map, (rows, columns)."""
        first, second = self.edited(edits)
        shifts = np.stack(np.meshgrid(*self.grid), axis=-1)
        off = second - first + shifts[:, :, None]
        r = np.linalg.norm(off, axis=-1) / self.reach(first)
        return self.hard(r, sigma1) + lam * soft_matches(r, sigma2)


def as_steps(name: str, values: Sequence[float]) -> tuple[float, ...]:
    """Numbers in order; ValueError unless they rise and are finite."""
    states = tuple(float(value) for value in np.ravel(values))
    rises = all(a < b for a, b in pairwise(states))
    fine = bool(states) and bool(np.isfinite(states).all()) and rises
    need(fine, f"{name} are finite numbers that rise, got {states}")
    return states


def as_poses(values: ArrayLike, skeleton: SkeletonLike) -> Floats:
    """Two poses (2, K, 2); ValueError unless they are finite and of that shape."""
    poses = np.asarray(values, dtype=float)
    need_shape("poses", poses, (2, len(skeleton.joints), 2))
    need(bool(np.isfinite(poses).all()), "poses hold NaN or infinity")
    return poses


def as_box(values: ArrayLike | None) -> Floats | None:
    """A box [x, y, w, h], or None; ValueError unless w and h are above 0."""
    if values is None:
        return None
    box = np.asarray(values, dtype=float)
    need_shape("box", box, (4,))
    fine = np.isfinite(box).all() and (box[2:] > 0).all()
    need(bool(fine), f"box is [x, y, w, h] with w, h > 0, got {box}")
    return box


def check(data: Rivals) -> Rivals:
    """The data itself. Raises ValueError naming what does not fit."""
    need_shape("scores", data.scores, (2, data.joints))
    fine = np.isfinite(data.scores).all() and (data.scores >= 0).all()
    need(bool(fine), "scores are finite and 0 or more")
    _check_picture(data)
    for name in ("xs", "ys"):
        shifts = getattr(data, name)
        need(len(shifts) > 1, f"{name} are two shifts or more, got {shifts}")
        equal = np.allclose(np.diff(shifts), shifts[1] - shifts[0])
        need(equal, f"{name} are equal steps apart, got {shifts}")
    for name in ("sigma1", "sigma2"):
        need(data.steps[name][0] > 0, f"{name} is above 0, got {data.steps[name]}")
    for name in ("lam", "eta"):
        need(data.steps[name][0] >= 0, f"{name} is 0 or more, got {data.steps[name]}")
    sizes = [len(data.xs), len(data.ys), *map(len, data.steps.values())]
    most = int(np.prod(sizes))
    text = f"xs, ys, sigma1, sigma2, lam and eta make {most} combinations, more than"
    need(most <= MOST_STATES, f"{text} {MOST_STATES}")
    return data


def _check_picture(data: Rivals) -> None:
    """A picture that holds both poses."""
    image, (width, height) = data.image, data.size
    if image is not None:
        need(
            image.ndim == 3 and image.shape[2] == 3 and image.dtype == np.uint8,
            f"image is (H, W, 3) uint8, got {image.shape} {image.dtype}",
        )
    need(min(width, height) > 0, f"size is above 0 px, got {data.size}")
    inside = (data.poses >= -0.5) & (data.poses <= np.array(data.size) - 0.5)
    need(bool(inside.all()), f"poses lie outside the picture of {width} x {height} px")
