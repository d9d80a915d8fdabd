"""What the viewer of two branches is made of: what both say wherever a patch lies."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .aligner_data import Decode, Floats
from .cascade_data import SkeletonLike
from .checks import need, need_shape
from .maps_data import stride_of
from .page import MOST_STATES
from .pooling_data import peak

Pixels = NDArray[np.uint8]
# pictures (M, H, W, 3) -> maps of the visible and of the occluded branch, (M, K, h, w)
Run = Callable[[Pixels], tuple[ArrayLike, ArrayLike]]

BRANCHES = VISIBLE, OCCLUDED = "visible", "occluded"  # in the order of `Run`
COVERED, UNKNOWN = "covered", "not labelled"  # further states of a true joint
HIDDEN = COVERED, OCCLUDED
NO_LABEL = 0  # flags of joints, as in the course's data
FLAGS = (NO_LABEL, 1, 2)
GRAIN = 0.1  # of the colours' range; a map that differs by less is drawn as the last


def largest_cells(maps: Floats) -> Floats:
    """Column and row (M, 2) of the largest cell of maps (M, h, w)."""
    return np.array([peak(heatmap) for heatmap in maps], dtype=float).reshape(-1, 2)


def pasted(image: Pixels, patch: Pixels, corner: tuple[int, int]) -> Pixels:
    """The image (H, W, 3) with a patch whose first pixel lies at (x, y), cut off at
    the borders."""
    made, (left, top) = image.copy(), corner
    under = made[max(top, 0) : max(top + len(patch), 0)]
    under = under[:, max(left, 0) : max(left + patch.shape[1], 0)]
    over = patch[max(-top, 0) :, max(-left, 0) :]
    under[:] = over[: under.shape[0], : under.shape[1]]
    return made


def is_on(place: Floats, size: Sequence[int]) -> bool:
    """Whether a place (x, y) lies on a picture of this width and height."""
    return bool(((place >= -0.5) & (place < np.array(size) - 0.5)).all())


@dataclass(frozen=True, eq=False)
class Heard:
    """What both branches say of a joint, the visible one first.

    maxima: (2,). places: (2, 2) px. truth: (2,) px, or None where there is no label.
    state: "visible", "covered" by the patch, "occluded" without it or "not labelled".
    """

    maxima: Floats
    places: Floats
    truth: Floats | None
    state: str

    @property
    def winner(self) -> int:
        """The branch with the larger maximum; of equals the visible one."""
        return int(self.maxima[1] > self.maxima[0])

    @property
    def is_hidden(self) -> bool:
        """Whether the true joint is covered or occluded."""
        return self.state in HIDDEN

    def error(self, branch: int) -> float:
        """How far off a branch's place is, px; NaN without a label."""
        if self.truth is None:
            return math.nan
        return float(np.hypot(*(self.places[branch] - self.truth)))


@dataclass(frozen=True, eq=False)
class Branches:
    """Checked data of the viewer; see `two_branch_viewer` for shapes and units.

    joints: the names that are offered. rows: the patch's centre in y, px, by name.
    """

    image: Pixels
    truth: Floats
    flags: NDArray[np.int64]
    patch: Pixels
    xs: tuple[float, ...]
    rows: dict[str, float]
    runs: dict[str, Run]
    skeleton: SkeletonLike
    joints: tuple[str, ...]
    decode: Decode
    peak: float

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        height, width = self.image.shape[:2]
        return width, height

    def corner(self, row: str, x: float) -> tuple[int, int]:
        """The first column and row of the patch at a place of the controls."""
        height, width = self.patch.shape[:2]
        left, top = x - (width - 1) / 2, self.rows[row] - (height - 1) / 2
        return math.floor(left + 0.5), math.floor(top + 0.5)

    @cached_property
    def maps(self) -> Floats:
        """What the networks say, (networks, rows, xs, 2, joints offered, h, w)."""
        places = [(row, x) for row in self.rows for x in self.xs]
        images = np.stack(
            [pasted(self.image, self.patch, self.corner(*place)) for place in places]
        )
        made = [self._asked(name, images) for name in self.runs]
        shapes = {maps.shape[-2:] for maps in made}
        need(len(shapes) == 1, f"runs return maps of different sizes: {shapes}")
        sides = len(self.rows), len(self.xs)
        return np.stack([maps.reshape(*sides, *maps.shape[1:]) for maps in made])

    def _asked(self, name: str, images: Pixels) -> Floats:
        """The maps (M, 2, joints offered, h, w) of one network."""
        found, what = self.runs[name](images), f"what run {name!r} returns"
        need(len(found) == len(BRANCHES), f"{what} should be the maps of two branches")
        maps = [np.asarray(part, dtype=float) for part in found]
        joints = list(self.skeleton.joints)
        for branch in maps:
            fits = branch.ndim == 4 and branch.size > 0
            wanted = (len(images), len(joints), *branch.shape[2:])
            text = f"({len(images)}, {len(joints)}, h, w)"
            fits = fits and branch.shape == wanted and branch.shape == maps[0].shape
            need(fits, f"{what} should have shape {text} twice, got {branch.shape}")
            need(bool(np.isfinite(branch).all()), f"{what} holds NaN or infinity")
        offered = [joints.index(joint) for joint in self.joints]
        return np.stack(maps, axis=1)[:, :, offered]

    @property
    def stride(self) -> int:
        """Image px per cell of the maps; 0 if the maps do not cover the picture."""
        return stride_of(self.maps.shape[-2:], self.image.shape[:2])

    @cached_property
    def maxima(self) -> Floats:
        """The largest value of each map, (networks, rows, xs, 2, joints offered)."""
        return self.maps.max(axis=(-2, -1))

    @cached_property
    def places(self) -> Floats:
        """The decoded places, (networks, rows, xs, 2, joints offered, 2) px."""
        flat = self.maps.reshape(-1, *self.maps.shape[-2:])
        found = np.asarray(self.decode(flat), dtype=float)
        need_shape("decode's result", found, (len(flat), 2))
        need(bool(np.isfinite(found).all()), "decode's result holds NaN or infinity")
        places = self.stride * found + (self.stride - 1) / 2
        return places.reshape(*self.maps.shape[:-2], 2)

    @cached_property
    def drawn(self) -> Floats:
        """The maps as they are drawn: one that hardly differs from the last that was
        drawn as the patch slides is drawn as that, since a page stores equal ones once.
        """
        made = self.maps.copy()
        for n in range(1, len(self.xs)):
            before, now = made[:, :, n - 1], made[:, :, n]
            off = np.abs(now - before).max(axis=(-2, -1), keepdims=True)
            now[:] = np.where(off < GRAIN * self.peak, before, now)
        return made

    def at(self, network: str, row: str, x: float) -> tuple[int, int, int]:
        """Where a network and a place of the patch lie in the arrays."""
        return (
            list(self.runs).index(network),
            list(self.rows).index(row),
            self.xs.index(x),
        )

    def state(self, joint: str, row: str, x: float) -> str:
        """Whether the true joint is to be seen; one off the picture has no label."""
        k = list(self.skeleton.joints).index(joint)
        if self.flags[k] == NO_LABEL or not is_on(self.truth[k], self.size):
            return UNKNOWN
        if is_on(self.truth[k] - self.corner(row, x), self.patch.shape[1::-1]):
            return COVERED
        return OCCLUDED if self.flags[k] == 1 else VISIBLE

    def heard(self, network: str, joint: str, row: str, x: float) -> Heard:
        """What both branches of a network say of a joint."""
        at, k = self.at(network, row, x), self.joints.index(joint)
        state = self.state(joint, row, x)
        truth = self.truth[list(self.skeleton.joints).index(joint)]
        known = None if state == UNKNOWN else truth
        return Heard(self.maxima[at][:, k], self.places[at][:, k], known, state)


def check(data: Branches) -> Branches:
    """The data itself. Raises ValueError naming what does not fit."""
    for name in ("image", "patch"):
        picture = getattr(data, name)
        fits = picture.ndim == 3 and picture.shape[2] == 3 and picture.size > 0
        text = f"{name} is (H, W, 3) uint8, got {picture.shape} {picture.dtype}"
        need(fits and picture.dtype == np.uint8, text)
    _check_joints(data)
    need(len(data.xs) > 1, f"xs are two places or more, got {data.xs}")
    need(len(data.rows) > 0, "rows are empty")
    fine = bool(np.isfinite(list(data.rows.values())).all())
    need(fine, f"rows hold finite heights in px, got {data.rows}")
    need(len(data.runs) > 0, "runs are empty")
    fine = bool(np.isfinite(data.peak)) and data.peak > 0
    need(fine, f"peak is above 0, got {data.peak}")
    _check_count([len(data.runs), len(data.joints), len(data.rows), len(data.xs)])
    h, w = data.maps.shape[-2:]
    text = f"maps of {w} x {h} cells do not cover a picture of "
    text += f"{data.size[0]} x {data.size[1]} px with square cells of whole px"
    need(data.stride > 0, text)
    _ = data.places  # decoded here, so that a bad decoder is refused
    return data


def _check_count(sizes: Sequence[int]) -> None:
    """As many states as a page can hold."""
    most = int(np.prod(sizes))
    text = f"runs, joints, rows and xs make {most} combinations, more than"
    need(most <= MOST_STATES, f"{text} {MOST_STATES}")


def _check_joints(data: Branches) -> None:
    """Joints of the skeleton, with places and flags."""
    names = list(data.skeleton.joints)
    need_shape("truth", data.truth, (len(names), 2))
    need_shape("visible", data.flags, (len(names),))
    need(set(data.flags.tolist()) <= set(FLAGS), f"visible holds one of {FLAGS}")
    fine = np.isfinite(data.truth[data.flags != NO_LABEL]).all()
    need(bool(fine), "truth holds NaN or infinity at a labelled joint")
    need(len(data.joints) > 0, "joints are empty")
    need(len(set(data.joints)) == len(data.joints), f"joints differ: {data.joints}")
    for joint in data.joints:
        need(joint in names, f"joints: the skeleton has no {joint!r}")


def best_start(data: Branches) -> tuple[str, str, float]:
    """Joint, row and x at which, in the first network, a patch over the joint makes
    the occluded branch gain most on the visible one; the middle without such a place.
    """
    lead = data.maxima[0, :, :, 1] - data.maxima[0, :, :, 0]  # (rows, xs, joints)
    gain = lead - lead.min(axis=1, keepdims=True)
    best, start = -math.inf, (data.joints[0], next(iter(data.rows)))
    x = data.xs[len(data.xs) // 2]
    for r, row in enumerate(data.rows):
        for k, joint in enumerate(data.joints):
            for n, place in enumerate(data.xs):
                if data.state(joint, row, place) == COVERED and gain[r, n, k] > best:
                    best, start, x = float(gain[r, n, k]), (joint, row), place
    return *start, x


def as_runs(runs: Mapping[str, Run]) -> dict[str, Run]:
    """The networks by name; ValueError for what cannot be called."""
    for name, run in runs.items():
        need(callable(run), f"runs: {name!r} is not a function, got {run!r}")
    return dict(runs)
