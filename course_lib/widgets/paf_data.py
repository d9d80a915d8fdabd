"""What the explorer of part affinity fields is made of: fields, peaks and a parse.

A segment from d1 to d2 in the field L of a limb is judged as in the paper: with
v = (d2 - d1) / |d2 - d1| and N places p_i, evenly from d1 to d2, both included,

    s_i = L(p_i) . v,
    score = mean of the s_i above the threshold + min(H / (2 |d2 - d1|) - 1, 0),

H the height of the picture; the segment is accepted where the score is above 0 and the
share of the s_i above the threshold is above a least one.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import need, need_shape

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
# field (2, h, w), ends (2, 2) px, N, stride -> the s_i, (N,)
Sample = Callable[[Floats, Floats, int, float], ArrayLike]
Edits = Mapping[str, Sequence[float]]  # place (x, y) of an end, by its `end_key`
Peak = tuple[int, int]  # a part, and the place of a peak among its peaks

NEW, ADD, REDUNDANT, MERGE, CONFLICT = CASES = (
    "new",
    "add",
    "redundant",
    "merge",
    "conflict",
)


@dataclass(frozen=True)
class AssemblyStep:
    """One connection that a parser looks at, and the people there are after it.

    limb: its place among the limbs. first, second: the peaks that it connects, as
    places among those of the limb's first and second part. case: "new" (person),
    "add" (a part to a person), "redundant" (both ends are one person's already),
    "merge" (two people become one) or "conflict" (ignored). people: for each person a
    peak of every part, -1 where it has none. All places count from 0.
    """

    limb: int
    first: int
    second: int
    score: float
    case: str
    people: tuple[tuple[int, ...], ...]


def nearest_samples(
    field: Floats, ends: Floats, count: int, stride: float
) -> NDArray[np.float64]:
    """The s_i of a segment, (count,), each read from the cell that holds its place.

    field: (2, h, w), x first. ends: (2, 2) px, beyond the map the nearest cell counts;
    where they coincide there is no direction, and all s_i are 0.
    """
    way = ends[1] - ends[0]
    length = float(np.hypot(*way))
    if not length:
        return np.zeros(count)
    cells = np.floor((np.linspace(*ends, count) + 0.5) / stride).astype(int)
    column, row = np.clip(cells, 0, np.array(field.shape[:0:-1]) - 1).T
    return way / length @ field[:, row, column]


def penalty(length: float, half: float) -> float:
    """What is taken off a segment longer than half the picture, px: 0 or below."""
    return min(half / length - 1, 0.0) if length else 0.0


@dataclass(frozen=True, eq=False)
class Integral:
    """The line integral along a segment of `length` px, and what follows from it.

    samples: the s_i, (N,). half: half the picture's height, px. share: the least share
    of samples above the threshold, which itself is not enough.
    """

    samples: Floats
    length: float
    half: float
    threshold: float
    share: float

    @property
    def above(self) -> Bools:
        """Which samples count, (N,)."""
        return self.samples > self.threshold

    @property
    def ratio(self) -> float:
        """The share of samples that count."""
        return float(self.above.mean())

    @property
    def mean(self) -> float:
        """The mean of those; 0 where there is none."""
        return float(self.samples[self.above].mean()) if self.above.any() else 0.0

    @property
    def penalty(self) -> float:
        """What is taken off for the length, 0 or below."""
        return penalty(self.length, self.half)

    @property
    def score(self) -> float:
        """The mean and the penalty together."""
        return self.mean + self.penalty

    @property
    def is_accepted(self) -> bool:
        """Whether the two ends may be one limb."""
        return self.score > 0 and self.ratio > self.share


def end_key(end: int, limb: int, peak: int) -> str:
    """Under which name the place of an end (0 or 1) that the reader moved is kept."""
    return f"{end} {limb} {peak}"


@dataclass(frozen=True, eq=False)
class Fields:
    """Checked data of the explorer; see `paf_explorer` for shapes and units."""

    picture: NDArray[np.uint8]
    pafs: Floats
    peaks: tuple[Floats, ...]
    steps: tuple[AssemblyStep, ...]
    parts: tuple[str, ...]
    limbs: tuple[tuple[str, str], ...]
    stride: float
    threshold: float
    share: float
    sample: Sample

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of the picture."""
        height, width = self.picture.shape[:2]
        return width, height

    @property
    def half(self) -> float:
        """Half the height of the picture, px."""
        return self.size[1] / 2

    @cached_property
    def indices(self) -> list[tuple[int, int]]:
        """The two parts of each limb, as places among the parts."""
        return [(self.parts.index(a), self.parts.index(b)) for a, b in self.limbs]

    @property
    def most(self) -> tuple[int, int]:
        """The most peaks of any limb's first and of any limb's second part."""
        counts = [[len(self.peaks[part]) for part in pair] for pair in self.indices]
        first, second = np.max(counts, axis=0).tolist()
        return first, second

    def chosen(self, limb: int, numbers: Sequence[int]) -> tuple[Peak, Peak] | None:
        """The peaks with two numbers, from 1, or a part's last; None without peaks."""
        pair = self.indices[limb]
        counts = [len(self.peaks[part]) for part in pair]
        if not all(counts):
            return None
        first, second = np.minimum(numbers, counts) - 1
        return (pair[0], int(first)), (pair[1], int(second))

    def ends(self, limb: int, chosen: tuple[Peak, Peak], edits: Edits) -> Floats:
        """Where a segment begins and ends, (2, 2) px, with what the reader moved."""
        return np.array(
            [
                edits.get(end_key(end, limb, peak), self.peaks[part][peak, :2])
                for end, (part, peak) in enumerate(chosen)
            ]
        )

    def integral(self, stage: int, limb: int, ends: Floats, count: int) -> Integral:
        """The line integral of a stage, from 1, along a segment."""
        field = self.pafs[stage - 1, limb]
        samples = np.asarray(self.sample(field, ends, count, self.stride), dtype=float)
        need_shape("what sample returns", samples, (count,))
        need(bool(np.isfinite(samples).all()), "sample returns NaN or infinity")
        length = float(np.hypot(*(ends[1] - ends[0])))
        return Integral(samples, length, self.half, self.threshold, self.share)

    # The people, step by step.

    def connected(self, step: AssemblyStep) -> tuple[Peak, Peak]:
        """The two peaks that a step looks at."""
        first, second = self.indices[step.limb]
        return (first, step.first), (second, step.second)

    @cached_property
    def owners(self) -> list[dict[Peak, int]]:
        """After each step the number of the person, from 1, that has a peak.

        A person keeps its number, and of two that merge the older one's stays.
        """
        made: list[dict[Peak, int]] = []
        before: dict[Peak, int] = {}
        born = 0
        for step in self.steps:
            now: dict[Peak, int] = {}
            for person in step.people:
                peaks = held(person)
                known = {before[peak] for peak in peaks if peak in before}
                known -= set(now.values())
                born += not known
                now |= dict.fromkeys(peaks, min(known, default=born))
            made.append(now)
            before = now
        return made

    def joined(self, step: int) -> dict[int, list[tuple[Peak, Peak]]]:
        """The connections made up to and with a step, from 1, by the person's number.

        A connection counts while its ends are of one person.
        """
        owners = self.owners[step - 1]
        made: dict[int, list[tuple[Peak, Peak]]] = {n: [] for n in owners.values()}
        for earlier in self.steps[:step]:
            first, second = self.connected(earlier)
            person = owners.get(first)
            is_made = earlier.case != CONFLICT and person is not None
            if is_made and owners.get(second) == person:
                made[person].append((first, second))
        return dict(sorted(made.items()))


def as_peaks(values: ArrayLike) -> Floats:
    """The peaks of a part as an array, (0, 3) where there is none."""
    peaks = np.asarray(values, dtype=float)
    return peaks if peaks.size else np.zeros((0, 3))


def held(person: Sequence[int]) -> list[Peak]:
    """The peaks that a person has."""
    return [(part, peak) for part, peak in enumerate(person) if peak >= 0]
