"""What the calculator of the crowd index is made of: people, boxes and counts.

With N_i^a the joints of person i inside its own box, and N_i^b those of the others in
it, the crowd index of n people is the mean of N_i^b / N_i^a (Li et al., 2019).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .bad_box_data import middle
from .cascade_data import SkeletonLike
from .checks import need, need_shape
from .pose_nms_data import box_around

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
# boxes (N, 4), keypoints (N, K, 2), visible (N, K) -> N_i^a and N_i^b, (N,) each
Count = Callable[[Floats, Floats, Ints], tuple[ArrayLike, ArrayLike]]
Edits = Mapping[str, Sequence[float]]  # what drags add, (x, y), by the person's number

FEWEST, MOST = 2, 4  # people
PARTS = ("own", "foreign")  # of what a count returns
LEVELS = ("easy", "medium", "hard")
# Crowd indices at which a picture is medium, and hard.
RULES = {"paper": (0.1, 0.8), "official code": (0.2, 0.8)}
EDGE = 1e-9  # crowd indices that lie closer to a limit have reached it
KEPT = 64  # counts that are remembered


def level(index: float, limits: Sequence[float]) -> str:
    """How hard a picture with a crowd index is called."""
    return LEVELS[sum(index >= limit - EDGE for limit in limits)]


def ratios(own: Ints, foreign: Ints) -> Floats:
    """N_i^b / N_i^a of each person, 0 where N_i^a is 0."""
    return np.where(own > 0, foreign / np.maximum(own, 1), 0.0)


@dataclass(frozen=True, eq=False)
class Counted:
    """People where they are now, and how many joints lie in whose box.

    keypoints: (N, K, 2) px, NaN where not known. boxes: (N, 4) px. visible: (N, K),
    above 0 where a joint counts. table: (N, N), of each box (row) the joints of each
    person (column) in it.
    """

    keypoints: Floats
    boxes: Floats
    visible: Ints
    own: Ints
    foreign: Ints
    table: Ints

    @property
    def ratios(self) -> Floats:
        """N_i^b / N_i^a of each person."""
        return ratios(self.own, self.foreign)

    @property
    def index(self) -> float:
        """The crowd index."""
        return float(self.ratios.mean())

    def inside(self, person: int) -> NDArray[np.bool_]:
        """Which joints that count lie in a person's box, (N, K)."""
        low, size = self.boxes[person, :2] - 0.5, self.boxes[person, 2:]
        off = self.keypoints - low  # NaN compares as False
        return ((off >= 0) & (off <= size)).all(axis=-1) & (self.visible > 0)


@dataclass(frozen=True, eq=False)
class Crowd:
    """Checked data of the calculator; see `crowd_index_calculator` for shapes."""

    keypoints: Floats
    flags: Ints
    boxes: Floats
    size: tuple[int, int]
    skeleton: SkeletonLike
    count: Count

    @property
    def people(self) -> int:
        """How many people there are."""
        return len(self.keypoints)

    @property
    def known(self) -> NDArray[np.bool_]:
        """Which joints have a place, labelled or not, (N, K)."""
        return np.isfinite(self.keypoints).all(axis=-1)

    @property
    def has_more(self) -> bool:
        """Whether joints without a label have places."""
        return bool((self.known & (self.flags == 0)).any())

    def slid(self, apart: float) -> Floats:
        """How far people are moved, (N, 2) px, where the distances of their boxes'
        centres become so large, in shares of those given."""
        centres = np.array([middle(box) for box in self.boxes])
        return (apart - 1) * (centres - centres.mean(axis=0))

    def shifts(self, apart: float, edits: Edits) -> Floats:
        """How far each person is moved, (N, 2) px, with what drags add; nobody farther
        out of the picture than given."""
        moved = self.slid(apart)
        for person, edit in edits.items():
            moved[int(person)] += edit
        low = -self.boxes[:, :2]
        high = self.size - self.boxes[:, :2] - self.boxes[:, 2:]
        return np.clip(moved, np.minimum(low, 0), np.maximum(high, 0))

    def counted(self, apart: float, edits: Edits, every: bool) -> Counted:
        """The people and the counts; every: joints without a label count too."""
        shifts = tuple(map(tuple, self.shifts(apart, edits).tolist()))
        return self._counted(shifts, every)

    @cached_property
    def _counted(self) -> Callable[[tuple, bool], Counted]:
        """The counts with a memory, since several layers ask for the same ones."""

        @lru_cache(maxsize=KEPT)
        def counted(shifts: tuple, every: bool) -> Counted:
            moved = np.array(shifts)
            keypoints = self.keypoints + moved[:, None]
            boxes = self.boxes + np.pad(moved, [(0, 0), (0, 2)])
            flags = np.maximum(self.flags, 1) if every else self.flags
            visible = np.where(self.known, flags, 0)
            own, foreign = self._ask(boxes, keypoints, visible)
            table = np.diag(own)
            for i in range(self.people):
                for j in range(i):
                    two = [i, j]
                    found = self._ask(boxes[two], keypoints[two], visible[two])[1]
                    table[i, j], table[j, i] = found
            return Counted(keypoints, boxes, visible, own, foreign, table)

        return counted

    def _ask(self, boxes: Floats, keypoints: Floats, visible: Ints) -> list[Ints]:
        """What `count` says, checked; it gets no NaN."""
        places = np.where(visible[..., None] > 0, keypoints, 0.0)
        parts = self.count(boxes.copy(), places, visible.copy())
        need(len(parts) == len(PARTS), f"count returns {' and '.join(PARTS)}")
        made = []
        for name, part in zip(PARTS, parts, strict=True):
            found = np.asarray(part, dtype=float)
            need_shape(f"count's {name}", found, (len(boxes),))
            whole = np.isfinite(found).all() and (found == np.rint(found)).all()
            fine = bool(whole and (found >= 0).all())
            need(fine, f"count's {name} are whole numbers from 0, got {found}")
            made.append(found.astype(np.int64))
        return made


def boxes_around(keypoints: Floats, flags: Ints, margin: float) -> Floats:
    """The box [x, y, w, h] of each person's labelled joints, (N, 4) px, with a margin
    on each side in shares of that side."""
    need(0 <= margin <= 1, f"margin is from 0 to 1, got {margin}")
    need(bool((flags > 0).any(axis=1).all()), "visible: a person has no labelled joint")
    tight = np.array(
        [box_around(p[f > 0]) for p, f in zip(keypoints, flags, strict=True)]
    )
    more = margin * tight[:, 2:]
    return np.concatenate([tight[:, :2] - more, tight[:, 2:] + 2 * more], axis=1)


def check_people(keypoints: Floats, flags: Ints, skeleton: SkeletonLike) -> None:
    """Raises ValueError unless there are two to four people with places and flags."""
    joints, count = len(skeleton.joints), len(keypoints)
    need(keypoints.ndim == 3, f"keypoints are (N, {joints}, 2), got {keypoints.shape}")
    need(FEWEST <= count <= MOST, f"keypoints are of 2 to 4 people, got {count}")
    need_shape("keypoints", keypoints, (count, joints, 2))
    need_shape("visible", flags, (count, joints))
    need(bool((flags >= 0).all()), "visible is 0 or more")
    fine = bool(np.isfinite(keypoints[flags > 0]).all())
    need(fine, "keypoints hold NaN or infinity at a labelled joint")


def check(data: Crowd) -> Crowd:
    """The data itself. Raises ValueError naming what does not fit."""
    need_shape("boxes", data.boxes, (data.people, 4))
    fine = bool(np.isfinite(data.boxes).all()) and bool((data.boxes[:, 2:] > 0).all())
    need(fine, "boxes are finite [x, y, w, h] with w, h > 0")
    need(
        len(data.size) == 2 and min(data.size) > 0,
        f"size is (width, height) above 0 px, got {data.size}",
    )
    places = data.keypoints[data.known]
    inside = (places >= -0.5) & (places <= np.array(data.size) - 0.5)
    width, height = data.size
    need(bool(inside.all()), f"keypoints lie outside of the {width} x {height} px")
    need(callable(data.count), f"count is a function, got {data.count!r}")
    data.counted(1.0, {}, False)
    return data
