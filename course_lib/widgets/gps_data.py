"""What the tuner of GPS is made of: distances on the surface, and what they score.

A point whose geodesic distance is d counts exp(-d^2 / (2 kappa^2)); the GPS of a person
is the mean over its points, its masked GPS the root of GPS times the mask's IoU (Güler
et al., 2018, and the evaluation of 2019).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .checks import need, need_shape
from .iuv_parts import COUNT, NAMES, Floats, Ints, region

ONE, EACH = "one", "each"  # kappa for all points; a kappa for each part
PAPER = 0.255  # metres: 0.3 m then count one half
LEAST, LARGEST = 0.05, 0.5  # metres: ends of the slider
STEPS = (0.01, 0.025, 0.05)  # metres; the finest for which a page has room
ROOM = 600  # combinations of network, person and kappa
THRESHOLDS = tuple(n / 100 for n in range(50, 100, 5))
EDGE = 1e-9  # scores that lie closer to a threshold have reached it
MOST, LETTERS = 4, 20  # networks, and letters of their names


def similarity(distances: ArrayLike, kappas: ArrayLike) -> Floats:
    """What points at these distances count, 0 to 1; 0 at infinity."""
    return np.exp(-((np.asarray(distances) / np.asarray(kappas)) ** 2) / 2)


def passed(score: float) -> int:
    """How many of the thresholds a score reaches."""
    return sum(score >= threshold - EDGE for threshold in THRESHOLDS)


@dataclass(frozen=True, eq=False)
class Errors:
    """Checked data of the tuner; see `gps_tuner` for shapes and units."""

    distances: dict[str, list[Floats]]
    parts: list[Ints]
    kappas: Floats
    ious: dict[str, Floats] | None
    names: tuple[str, ...]

    @property
    def steps(self) -> tuple[float, ...]:
        """The one kappas that the reader chooses from; none where no page has room."""
        combinations = len(self.distances) * len(self.parts)
        for step in STEPS:
            count = round((LARGEST - LEAST) / step) + 1
            values = {round(LEAST + n * step, 3) for n in range(count)}
            if len(values | {PAPER}) * combinations <= ROOM:
                return tuple(sorted(values | {PAPER}))
        return ()

    def person(self, name: str) -> int:
        """The number of a person, from 0."""
        return self.names.index(name)

    def counts(self, network: str, n: int, rule: str, kappa: float) -> Floats:
        """What each point of a person counts, (P,)."""
        kappas = kappa if rule == ONE else self.kappas[self.parts[n] - 1]
        return similarity(self.distances[network][n], kappas)

    def gps(self, network: str, n: int, rule: str, kappa: float) -> float:
        """The GPS of a person."""
        return float(self.counts(network, n, rule, kappa).mean())

    def masked(self, network: str, n: int, rule: str, kappa: float) -> float | None:
        """The masked GPS of a person; None without IoUs."""
        if self.ious is None:
            return None
        gps = self.gps(network, n, rule, kappa)
        return math.sqrt(gps * float(self.ious[network][n]))

    def scores(
        self, network: str, rule: str, kappa: float, is_masked: bool
    ) -> list[float]:
        """The GPS, or masked GPS, of every person."""
        score = self.masked if is_masked else self.gps
        people = range(len(self.names))
        return [score(network, n, rule, kappa) or 0.0 for n in people]

    def extremes(self) -> tuple[tuple[str, float], tuple[str, float]]:
        """Region and kappa of the strictest part, and of the laxest."""
        ends = int(self.kappas.argmin()), int(self.kappas.argmax())
        first, last = ((region(n + 1), float(self.kappas[n])) for n in ends)
        return first, last

    def label(self, n: int, point: int) -> str:
        """The part of a person's point."""
        return NAMES[self.parts[n][point] - 1]


def as_errors(
    distances: Mapping[str, Sequence[ArrayLike]],
    parts: Sequence[ArrayLike],
    kappas: ArrayLike,
    ious: Mapping[str, ArrayLike] | None,
    names: Sequence[str] | None,
) -> Errors:
    """The data, checked. Raises ValueError naming what does not fit."""
    labels = [np.asarray(part) for part in parts]
    people = [f"{n}" for n in range(1, len(labels) + 1)] if names is None else names
    made = Errors(
        distances={
            name: [np.asarray(far, dtype=float) for far in person]
            for name, person in distances.items()
        },
        parts=[part.astype(np.int64) for part in labels],
        kappas=np.asarray(kappas, dtype=float),
        ious=None
        if ious is None
        else {name: np.asarray(iou, dtype=float) for name, iou in ious.items()},
        names=tuple(people),
    )
    _check_people(made, labels)
    _check_networks(made)
    need_shape("kappas", made.kappas, (COUNT,))
    fine = bool(np.isfinite(made.kappas).all()) and bool((made.kappas > 0).all())
    need(fine, f"kappas are above 0 m, got {made.kappas}")
    count = len(made.distances) * len(labels)
    text = "networks and people make {} combinations, more than a page has room for"
    need(bool(made.steps), text.format(count))
    return made


def _check_people(data: Errors, labels: Sequence[np.ndarray]) -> None:
    """People with parts of 1 to 24 and names that differ."""
    count = len(labels)
    need(count > 0, "parts are empty")
    for n, part in enumerate(labels):
        need(part.ndim == 1 and part.size > 0, f"parts[{n}] are (P,), got {part.shape}")
        known = np.isin(part, np.arange(1, COUNT + 1)).all()
        need(bool(known), f"parts[{n}] are from 1 to {COUNT}")
    need(len(data.names) == count, f"{len(data.names)} names for {count} people")
    need(len(set(data.names)) == count, f"names differ, got {data.names}")


def _check_networks(data: Errors) -> None:
    """Distances, and IoUs if there are any, of every network and person."""
    networks, count = list(data.distances), len(data.parts)
    need(0 < len(networks) <= MOST, f"distances are of 1 to {MOST} networks")
    short = all(0 < len(name) <= LETTERS for name in networks)
    need(short, f"names of networks have 1 to {LETTERS} letters, got {networks}")
    for name, people in data.distances.items():
        what = f"distances of {name!r}"
        need(len(people) == count, f"{what}: {len(people)} people, not {count}")
        for n, far in enumerate(people):
            need_shape(f"{what}[{n}]", far, data.parts[n].shape)
            fine = bool((far >= 0).all())  # False where NaN
            need(fine, f"{what}[{n}] are metres from 0, infinity allowed, and no NaN")
    if data.ious is None:
        return
    need(list(data.ious) == networks, f"ious are of {networks}, got {list(data.ious)}")
    for name, iou in data.ious.items():
        need_shape(f"ious of {name!r}", iou, (count,))
        fine = bool(((iou >= 0) & (iou <= 1)).all())
        need(fine, f"ious of {name!r} are from 0 to 1, got {iou}")
