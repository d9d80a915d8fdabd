"""What the tracking theatre is made of: runs of a tracker over one clip, checked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_data import SkeletonLike
from .checks import need, need_shape
from .primitives import set_field

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Key = tuple[float, bool, str]  # share of detections lost, propagation, similarity

COUNTS = ("misses", "false_positives", "switches")


@dataclass(frozen=True, eq=False)
class TrackedFrame:
    """What a tracker did in one frame. Boxes are [x, y, w, h] px, joints (x, y) px.

    detections: (D, 4). lost: (L, 4), detections that were taken away. propagated:
    (Q, K, 2), joints of the last frame after the flow moved them, and origins,
    (Q, K, 2), before; NaN where a joint was dropped. flow_boxes: (M, 4), boxes around
    them. kept: (B,), what NMS kept, as places in [*detections, *flow_boxes]. joints:
    (P, K, 2), the final poses, NaN where a joint was dropped. scores: (P, K). ids:
    (P,), from 0.
    """

    detections: ArrayLike
    kept: ArrayLike
    joints: ArrayLike
    scores: ArrayLike
    ids: ArrayLike
    propagated: ArrayLike = ()
    origins: ArrayLike = ()
    flow_boxes: ArrayLike = ()
    lost: ArrayLike = ()

    def __post_init__(self) -> None:
        empty = {"boxes": (0, 4), "joints": (0, 0, 2), "scores": (0, 0), "whole": (0,)}
        for kind, names in FIELDS.items():
            for name in names:
                array = np.asarray(getattr(self, name), dtype=float)
                set_field(self, name, array if array.size else np.zeros(empty[kind]))
        for name in FIELDS["whole"]:
            set_field(self, name, whole(name, getattr(self, name)))

    @property
    def candidates(self) -> Floats:
        """All boxes that NMS chose from, (D + M, 4)."""
        return np.concatenate([self.detections, self.flow_boxes])

    @property
    def is_from_flow(self) -> NDArray[np.bool_]:
        """Which kept boxes come from propagation, (B,)."""
        return self.kept >= len(self.detections)


FIELDS = {
    "boxes": ("detections", "flow_boxes", "lost"),
    "joints": ("joints", "propagated", "origins"),
    "scores": ("scores",),
    "whole": ("kept", "ids"),
}


@dataclass(frozen=True, eq=False)
class TrackedRun:
    """A tracker's way through a clip of F frames, and its score so far.

    frames: F of them. misses, false_positives, switches: (F,), how many up to and with
    each frame. mota: (F,), percent, over the frames up to and with each.
    """

    frames: Sequence[TrackedFrame]
    misses: ArrayLike
    false_positives: ArrayLike
    switches: ArrayLike
    mota: ArrayLike

    def __post_init__(self) -> None:
        set_field(self, "frames", tuple(self.frames))
        set_field(self, "mota", np.asarray(self.mota, dtype=float))
        for name in COUNTS:
            set_field(self, name, whole(name, getattr(self, name)))

    def events(self, name: str) -> Ints:
        """How many of one of `COUNTS` each frame adds, (F,)."""
        return np.diff(getattr(self, name), prepend=0)

    @cached_property
    def lives(self) -> dict[int, tuple[int, int]]:
        """The first and the last frame of each id, from 0, by id."""
        made: dict[int, tuple[int, int]] = {}
        for n, frame in enumerate(self.frames):
            for person in frame.ids.tolist():
                made[person] = made.get(person, (n, n))[0], n
        return dict(sorted(made.items()))


@dataclass(frozen=True, eq=False)
class Theatre:
    """Checked data of the explorer; see `tracking_theatre` for shapes and units."""

    images: NDArray[np.uint8]
    truth: tuple[Floats, ...]
    runs: dict[Key, TrackedRun]
    skeleton: SkeletonLike

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the images."""
        height, width = self.images.shape[1:3]
        return width, height

    @property
    def dropouts(self) -> list[float]:
        """The shares of detections lost, smallest first."""
        return sorted({dropout for dropout, _, _ in self.runs})

    @property
    def similarities(self) -> list[str]:
        """The similarities, in the order in which the runs name them."""
        return list(dict.fromkeys(similarity for _, _, similarity in self.runs))

    @cached_property
    def most(self) -> int:
        """The most events of one kind in one frame, over all runs; at least 1."""
        runs = self.runs.values()
        return max(1, *(int(run.events(name).max()) for run in runs for name in COUNTS))


def whole(name: str, values: ArrayLike) -> Ints:
    """The values as integers from 0. Raises ValueError where one is none."""
    numbers = np.asarray(values, dtype=float)
    good = np.isfinite(numbers) & (numbers == np.rint(numbers)) & (numbers >= 0)
    need(bool(good.all()), f"{name} are whole numbers from 0, got {numbers.ravel()}")
    return numbers.astype(np.int64)


def check(data: Theatre) -> Theatre:
    """The data itself. Raises ValueError naming what does not fit."""
    images, runs = data.images, data.runs
    is_picture = images.ndim == 4 and images.shape[-1] == 3 and len(images) > 0
    need(
        is_picture and images.dtype == np.uint8,
        f"images are (F, H, W, 3) uint8, got {images.shape} {images.dtype}",
    )
    count, joints = len(images), len(data.skeleton.joints)
    need(len(data.truth) == count, f"{count} images but truth of {len(data.truth)}")
    for true in data.truth:
        need_shape("truth", true, (len(true), joints, 2))
        need(not np.isinf(true).any(), "truth holds infinity")
    need(len(runs) > 0, "runs are empty")
    for share in data.dropouts:
        need(0 <= share < 1, f"runs: a share of lost detections is {share}")
    lacking = [
        (dropout, propagation, similarity)
        for dropout in data.dropouts
        for propagation in (False, True)
        for similarity in data.similarities
        if (dropout, propagation, similarity) not in runs
    ]
    need(not lacking, f"runs lack {lacking}")
    for key, run in runs.items():
        _check_run(f"run {key}", run, count, joints)
    return data


def _check_run(what: str, run: TrackedRun, count: int, joints: int) -> None:
    """As many frames and scores as images, and counts that do not fall."""
    need(len(run.frames) == count, f"{what}: {count} images, {len(run.frames)} frames")
    need_shape(f"{what}: mota", run.mota, (count,))
    need(bool(np.isfinite(run.mota).all()), f"{what}: mota holds NaN or infinity")
    for name in COUNTS:
        need_shape(f"{what}: {name}", getattr(run, name), (count,))
        fewest = int(run.events(name).min())
        need(fewest >= 0, f"{what}: {name} fall by {-fewest}, but they add up")
    for number, frame in enumerate(run.frames, start=1):
        _check_frame(f"{what}, frame {number}", frame, joints)


def _check_frame(what: str, frame: TrackedFrame, joints: int) -> None:
    """Boxes, poses and ids that fit each other."""
    for name in FIELDS["boxes"]:
        boxes = getattr(frame, name)
        need_shape(f"{what}: {name}", boxes, (len(boxes), 4))
        good = np.isfinite(boxes).all() and (boxes[:, 2:] > 0).all()
        need(bool(good), f"{what}: {name} are [x, y, w, h] with w, h > 0, got {boxes}")
    for name in FIELDS["joints"]:
        points = getattr(frame, name)
        wanted = (len(points), joints if len(points) else 0, 2)
        need_shape(f"{what}: {name}", points, wanted)
        need(not np.isinf(points).any(), f"{what}: {name} hold infinity")
    need_shape(f"{what}: origins", frame.origins, frame.propagated.shape)
    people = len(frame.joints)
    need_shape(f"{what}: scores", frame.scores, (people, joints if people else 0))
    found = frame.scores[np.isfinite(frame.joints).all(axis=-1)]
    need(bool(np.isfinite(found).all()), f"{what}: scores hold NaN or infinity")
    need_shape(f"{what}: ids", frame.ids, (people,))
    ids, kept = frame.ids.tolist(), frame.kept.tolist()
    need(len(set(ids)) == people, f"{what}: ids differ within a frame, got {ids}")
    choice = len(frame.candidates)
    good = len(set(kept)) == len(kept) and all(place < choice for place in kept)
    need(good, f"{what}: kept are {choice} places or fewer, each once, got {kept}")


def as_runs(value: Mapping[Key, TrackedRun]) -> dict[Key, TrackedRun]:
    """Runs by plain keys. Raises ValueError for another key or value."""
    made: dict[Key, TrackedRun] = {}
    for key, run in value.items():
        need(
            isinstance(key, tuple) and len(key) == 3 and isinstance(key[2], str),
            f"runs: a key is (share lost, propagation, similarity), got {key!r}",
        )
        need(isinstance(run, TrackedRun), f"runs: a TrackedRun, got {type(run)}")
        made[float(key[0]), bool(key[1]), key[2]] = run
    return made
