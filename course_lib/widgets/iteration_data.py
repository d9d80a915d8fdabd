"""What the iteration explorer is made of: walks of a pose, checked once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_data import SkeletonLike
from .checks import check_examples, need, need_shape

Floats = NDArray[np.float64]
# Poses (K, 2) px and the example, from 0 -> the network's corrections (K, 2) px.
Step = Callable[[Floats, int], ArrayLike]
Pair = tuple[int, str]  # example, from 1, and how the walk starts

MEDIAN, SHUFFLED = "median", "shuffled"
CLOSE = 0.05  # px; float32 and batches of another size differ by far less


@dataclass(frozen=True, eq=False)
class Walk:
    """Poses y_0 ... y_T of one example and the correction at each, (T + 1, K, 2) px."""

    poses: Floats
    corrections: Floats


@dataclass(frozen=True, eq=False)
class Iteration:
    """Checked data of the explorer; see `iteration_explorer` for shapes and units."""

    images: NDArray[np.uint8]
    truth: Floats
    labelled: NDArray[np.bool_]
    poses: Floats
    corrections: Floats
    limit: float
    std: float
    trained: int
    skeleton: SkeletonLike
    torso: Floats
    step: Step | None
    shuffled: dict[int, Walk] = field(default_factory=dict)  # those walked so far

    @property
    def last(self) -> int:
        """The number T of the last step."""
        return len(self.poses) - 1

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the images."""
        height, width = self.images.shape[1:3]
        return width, height

    def walk(self, example: int, start: str, walks: Mapping[Pair, Walk]) -> Walk:
        """The walk shown: the reader's own from `walks`, else that of the start."""
        if (example, start) in walks:
            return walks[example, start]
        n = example - 1
        if start == MEDIAN:
            return Walk(self.poses[:, n], self.corrections[:, n])
        if n not in self.shuffled:
            first = np.random.default_rng(n).permutation(self.poses[0, n])
            self.shuffled[n] = self.run(first, n)
        return self.shuffled[n]

    def corrected(self, pose: Floats, n: int) -> Floats:
        """The network's corrections (K, 2) px at a pose of example n, from 0."""
        assert self.step is not None
        found = np.asarray(self.step(pose.copy(), n), dtype=float)
        need_shape("step's result", found, pose.shape)
        need(bool(np.isfinite(found).all()), "step's result holds NaN or infinity")
        return found

    def run(self, start: Floats, n: int) -> Walk:
        """The walk from any pose (K, 2) px of example n, from 0."""
        poses, corrections = [start], []
        for _ in range(self.last):
            corrections.append(self.corrected(poses[-1], n))
            poses.append(poses[-1] + corrections[-1])
        corrections.append(self.corrected(poses[-1], n))
        return Walk(np.stack(poses), np.stack(corrections))

    def errors(self, walk: Walk, example: int) -> Floats:
        """Distance of each joint to the truth, (T + 1, K) px; NaN: no label."""
        far = np.linalg.norm(walk.poses - self.truth[example - 1], axis=-1)
        return np.where(self.labelled[example - 1], far, np.nan)

    @cached_property
    def rows(self) -> list[tuple[str, list[int]]]:
        """Joints of one name, left before right, by the height of the first pose."""
        groups: dict[str, list[int]] = {}
        for k, joint in enumerate(self.skeleton.joints):
            groups.setdefault(_sideless(joint), []).append(k)
        names = self.skeleton.joints
        pairs = [(b, sorted(ks, key=lambda k: names[k])) for b, ks in groups.items()]
        height = self.poses[0, :, :, 1].mean(axis=0)
        return sorted(pairs, key=lambda row: float(height[row[1]].mean()))


def _sideless(joint: str) -> str:
    """A joint's name without its side."""
    return joint.removeprefix("left_").removeprefix("right_")


def check(data: Iteration) -> Iteration:
    """The data itself. Raises ValueError naming what does not fit."""
    count, joints = len(data.images), len(data.skeleton.joints)
    check_examples(data)
    need_shape("poses", data.poses, (len(data.poses), count, joints, 2))
    need_shape("corrections", data.corrections, data.poses.shape)
    need(data.last > 0, "poses hold no step: the first axis is y_0 ... y_T")
    for name in ("poses", "corrections"):
        found = np.isfinite(getattr(data, name)).all()
        need(bool(found), f"{name} hold NaN or infinity")
    need(bool(data.labelled.any(axis=1).all()), "visible: an example has no label")
    _check_lengths(data)
    _check_steps(data)
    return data


def _check_lengths(data: Iteration) -> None:
    """Lengths above 0 px."""
    for name in ("limit", "std"):
        value = getattr(data, name)
        need(
            bool(np.isfinite(value) and value > 0),
            f"{name} is finite and above 0 px, got {value}",
        )


def _check_steps(data: Iteration) -> None:
    """Corrections that lead from pose to pose, and a network that gives them."""
    is_whole = isinstance(data.trained, (int, np.integer))
    need(
        is_whole and 1 <= data.trained <= data.last,
        f"trained_steps is from 1 to {data.last}, the last step; got {data.trained}",
    )
    gap = np.abs(data.poses[:-1] + data.corrections[:-1] - data.poses[1:])
    need(
        bool((gap <= CLOSE).all()),
        "corrections do not lead from one pose to the next: poses[t] + corrections[t] "
        f"and poses[t + 1] differ by up to {gap.max():.2f} px",
    )
    for n in range(len(data.images) if data.step is not None else 0):
        found = data.corrected(data.poses[0, n], n)
        off = float(np.abs(found - data.corrections[0, n]).max())
        need(
            off <= CLOSE,
            f"step does not give corrections[0] of example {n}: off by {off:.2f} px",
        )
