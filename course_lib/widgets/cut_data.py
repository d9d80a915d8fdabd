"""What the explorer of cuts is made of: candidates, costs and solutions, checked."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .cascade_data import SkeletonLike, words
from .checks import need, need_shape
from .cut_energy import Cut, Floats, cost, cut_of, groups, pair_f1

Ints = NDArray[np.int64]

MOST = 20  # candidates; more cannot be told apart
LONGEST = 8  # letters of a text below the axis
TALL = 330.0  # screen pixels; about how high the picture is shown
DOT = 13.5  # screen pixels; the radius of a candidate's mark
GREEDY, OPTIMUM = "greedy", "optimum"
POWERS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
CLOSE = 1e-6  # of costs; a solver's tolerance


@dataclass(frozen=True, eq=False)
class Cuts:
    """Checked data of the explorer; see `cut_explorer` for shapes and units."""

    points: Floats
    alpha: Floats
    beta: Floats
    names: tuple[str, ...]
    truth: Ints
    solutions: dict[str, Ints]
    crowding: tuple[str, ...]
    size: tuple[int, ...]
    people: Floats
    skeleton: SkeletonLike

    @cached_property
    def codes(self) -> dict[str, str]:
        """A short code for each part, whatever its side, such as E for "elbow"."""
        parts = list(dict.fromkeys(sided(name)[1] for name in self.names))
        for letters in range(1, max(map(len, parts)) + 1):
            codes = [code(part, letters) for part in parts]
            if len(set(codes)) == len(parts):
                break
        return dict(zip(parts, codes, strict=True))

    @cached_property
    def tags(self) -> tuple[str, ...]:
        """What each candidate is called: LE, LE² and so on for left elbows."""
        seen: list[str] = []
        tags = []
        for name in self.names:
            number = seen.count(name) + 1
            power = str(number).translate(POWERS) if number > 1 else ""
            side, part = sided(name)
            tags.append(side + self.codes[part] + power)
            seen.append(name)
        return tuple(tags)

    @property
    def unit(self) -> float:
        """Panel units to a screen pixel, about."""
        return self.size[1] / TALL

    @cached_property
    def places(self) -> Floats:
        """Where the marks are drawn, (S, D, 2): at the points, but not overlapping."""
        gap = (2 * DOT + 4) * self.unit
        return np.stack([spread(points, gap, self.size) for points in self.points])

    @cached_property
    def strong(self) -> float:
        """The size of a large pair cost: nineteen in twenty are smaller."""
        upper = np.triu_indices(len(self.names), 1)
        return float(np.quantile(np.abs(self.beta[:, *upper]), 0.95))

    def solution(self, solver: str, position: int) -> Cut:
        """The cut of "greedy" or "optimum" at a position, from 1."""
        return cut_of(self.solutions[solver][position - 1])

    def cost(self, cut: Cut, position: int) -> float:
        """What a cut costs at a position, from 1."""
        return cost(cut, self.alpha[position - 1], self.beta[position - 1])

    def f1(self, cut: Cut) -> float:
        """Pair F1 of a cut against the true people."""
        return pair_f1(cut, self.truth)

    @cached_property
    def costs(self) -> dict[str, Floats]:
        """What the given solutions cost, (S,) each."""
        positions = range(1, len(self.points) + 1)
        return {
            name: np.array([self.cost(self.solution(name, s), s) for s in positions])
            for name in self.solutions
        }

    def persons(self, cut: Cut) -> list[list[int]]:
        """Groups of two parts or more; first those with most of true person 1, ...

        So a person keeps its place, and its mark, from one cut to the next.
        """
        left = [group for group in groups(cut) if len(group) > 1]
        ordered: list[list[int]] = []
        for person in range(int(self.truth.max(initial=-1)) + 1):
            shares = [int((self.truth[group] == person).sum()) for group in left]
            if shares and max(shares) > 0:
                ordered.append(left.pop(int(np.argmax(shares))))
        return ordered + sorted(left, key=len, reverse=True)


def sided(name: str) -> tuple[str, str]:
    """A joint's side, "L", "R" or "", and its name without it."""
    for side in ("left_", "right_"):
        if name.startswith(side):
            return side[0].upper(), name.removeprefix(side)
    return "", name


def code(part: str, letters: int) -> str:
    """The first letter of each word of a part's name, and more of the last word."""
    *first, last = part.split("_")
    start = "".join(word[:1] for word in [*first, last]).upper()
    return start + last[1:letters]


def spread(points: Floats, gap: float, size: tuple[int, int]) -> Floats:
    """Places (D, 2) near the points, at least about `gap` apart, inside the picture."""
    turns = np.arange(len(points), dtype=float)
    nudges = 1e-3 * np.stack([np.cos(turns), np.sin(turns)], axis=1)  # for equal points
    places, low, high = points, gap / 2, np.array(size) - 1 - gap / 2
    for _ in range(300):
        off = places[:, None] - places + nudges[:, None] - nudges
        far = np.linalg.norm(off, axis=-1) + 2 * gap * np.eye(len(points))
        push = np.maximum(gap - far, 0) / far
        if push.max() < 0.01:
            break
        move = 0.4 * (off * push[..., None]).sum(axis=1)
        places = places + np.clip(move, -gap / 2, gap / 2)
        places = np.clip(places, low, np.maximum(low, high))
    return places


def whole(name: str, values: ArrayLike) -> Ints:
    """The values as integers. Raises ValueError where one is none."""
    numbers = np.asarray(values, dtype=float)
    need(
        bool((np.isfinite(numbers) & (numbers == np.rint(numbers))).all()),
        f"{name} holds numbers of persons, got {numbers.ravel()}",
    )
    return numbers.astype(np.int64)


def check(data: Cuts) -> Cuts:
    """The data itself. Raises ValueError naming what does not fit."""
    count, many = len(data.points), len(data.names)
    need(2 <= many <= MOST, f"names are of 2 to {MOST} candidates, got {many}")
    need(count > 0, "points hold no position")
    need_shape("points", data.points, (count, many, 2))
    need_shape("alpha", data.alpha, (count, many))
    need_shape("beta", data.beta, (count, many, many))
    need_shape("truth", data.truth, (many,))
    for name in ("points", "alpha"):
        found = np.isfinite(getattr(data, name)).all()
        need(bool(found), f"{name} holds NaN or infinity")
    _check_beta(data.beta)
    _check_names(data)
    _check_places(data)
    _check_solutions(data)
    return data


def _check_beta(beta: Floats) -> None:
    """Costs of pairs that do not depend on the order of the two."""
    upper = np.triu_indices(beta.shape[-1], 1)
    above, below = beta[:, *upper], beta.swapaxes(1, 2)[:, *upper]
    found = np.isfinite(above).all() and np.isfinite(below).all()
    need(bool(found), "beta holds NaN or infinity beside its diagonal")
    off = np.abs(above - below)
    s, pair = (int(i) for i in np.unravel_index(off.argmax(), off.shape))
    d, e = (int(side[pair]) for side in upper)
    need(
        off[s, pair] <= CLOSE,
        f"beta should be symmetric, but beta[{s}, {d}, {e}] is {beta[s, d, e]:g} and "
        f"beta[{s}, {e}, {d}] is {beta[s, e, d]:g}",
    )


def _check_names(data: Cuts) -> None:
    """Known joints, and one short text for each position."""
    joints = list(data.skeleton.joints)
    for name in data.names:
        need(name in joints, f"names: {words(name)!r} is no joint of the skeleton")
    count = len(data.points)
    need(
        len(data.crowding) == count,
        f"crowding should hold {count} texts, got {len(data.crowding)}",
    )
    for text in data.crowding:
        need(len(text) <= LONGEST, f"crowding: {text!r} is over {LONGEST} letters")


def _check_places(data: Cuts) -> None:
    """Candidates inside the picture, and whole people to draw below them."""
    need(
        len(data.size) == 2 and min(data.size) > 0,
        f"size is (width, height) above 0 px, got {data.size}",
    )
    width, height = data.size
    low, high = data.points.min(axis=(0, 1)), data.points.max(axis=(0, 1))
    inside = (low >= -0.5).all() and (high <= [width - 0.5, height - 0.5]).all()
    need(
        bool(inside),
        f"points lie outside of the {width} x {height} px: from {low} to {high}",
    )
    joints = len(data.skeleton.joints)
    number = data.people.shape[1] if data.people.ndim == 4 else 1
    need_shape("people", data.people, (len(data.points), number, joints, 2))
    largest = int(data.truth.max())
    need(
        bool(data.truth.min() >= -1 and largest < number),
        f"truth is from -1 to {number - 1}, the last of people; got "
        f"{int(data.truth.min())} to {largest}",
    )


def _check_solutions(data: Cuts) -> None:
    """Solutions of every position, the optimum never above greedy."""
    for name, clusters in data.solutions.items():
        need_shape(name, clusters, data.alpha.shape)
        low = int(clusters.min())
        need(low >= -1, f"{name} holds persons 0, 1, ... or -1, got {low}")
    worse = data.costs[OPTIMUM] - data.costs[GREEDY]
    s = int(worse.argmax())
    need(
        bool(worse[s] <= CLOSE),
        f"optimum[{s}] costs {data.costs[OPTIMUM][s]:.3f}, more than greedy[{s}] with "
        f"{data.costs[GREEDY][s]:.3f}",
    )
