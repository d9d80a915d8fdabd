"""What the vote catcher is made of: a disk of pixels whose offsets err.

Pixels within R of a keypoint vote, each with its heat p, for the place that its offset
indicates, which misses the keypoint by Gaussian noise of s px along each axis:

    h(x) = 1 / (pi R^2) * sum of p(x_i) * B(x_i + S(x_i) - x),

B the bilinear kernel (PersonLab, Hough score map). Many votes reach about 1/(2 pi s^2)
times their mean heat. Pixels are one px apart, places px from a window's centre.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache

import numpy as np

from .offsets import Floats, voted

RADII = (4, 8, 32)  # px; the last one is the paper's
NOISES = (0, 0.5, 1, 1.5, 2, 3, 4, 6)  # px
HALF = 14  # px; the map of votes goes as far to each side of its centre
FLAT, SOFT = KINDS = "flat", "soft"
# Of the heat in the disk: at the keypoint, how much lower at the rim, its noise.
HEAT = 0.95
FALL = {FLAT: 0.0, SOFT: 0.5}
ROUGH = {FLAT: 0.01, SOFT: 0.05}
THRESHOLD = 0.01  # of h, for a keypoint
TRUTH = np.array([0.3, -0.2])  # of the draw that is shown
DRAWS, SEED = 100, 12

ARGMAX, OWN, HOUGH = RULES = "argmax", "own", "hough"


def line(noise: float) -> float:
    """The height that many votes of heat 1 reach; infinite without noise."""
    return 1 / (2 * math.pi * noise**2) if noise else math.inf


def one_vote(radius: float) -> float:
    """What one vote of heat 1 counts."""
    return 1 / (math.pi * radius**2)


@dataclass(frozen=True, eq=False)
class Disk:
    """The pixels around a keypoint, and what would be random of them.

    truth: (2,) px. pixels: (M, 2) px. heats: (M,). errors: (M, 2), of offsets where
    the noise is 1 px.
    """

    radius: int
    truth: Floats
    pixels: Floats
    heats: Floats
    errors: Floats

    def tips(self, noise: float) -> Floats:
        """What the offsets indicate, (M, 2) px."""
        return self.truth + noise * self.errors

    def votes(self, noise: float) -> Floats:
        """The map h, (2 HALF + 1, 2 HALF + 1), of cells from -HALF to HALF px."""
        shape = (2 * HALF + 1, 2 * HALF + 1)
        made = voted(self.tips(noise) + HALF, self.heats, shape)
        return made * one_vote(self.radius)

    def answers(self, noise: float) -> tuple[float, dict[str, Floats]]:
        """The peak of h, and the places (2,) that three rules name: the hottest pixel,
        what its own offset indicates, the highest cell of h."""
        votes, best = self.votes(noise), int(self.heats.argmax())
        row, column = np.unravel_index(votes.argmax(), votes.shape)
        places = {
            ARGMAX: self.pixels[best],
            OWN: self.tips(noise)[best],
            HOUGH: np.array([column - HALF, row - HALF], float),
        }
        return float(votes.max()), places

    def missed(self, noise: float) -> tuple[float, dict[str, float]]:
        """The peak of h, and how far off each rule is, px."""
        peak, places = self.answers(noise)
        return peak, {rule: math.dist(at, self.truth) for rule, at in places.items()}


def disk(radius: int, kind: str, truth: Floats, rng: np.random.Generator) -> Disk:
    """A disk around `truth`, within half a px of the centre, with noise from `rng`.

    Of one state of `rng`, a smaller disk is a part of a larger one, and of a flat and
    a soft heat the noise is the same.
    """
    reach = RADII[-1] + 1
    steps = np.arange(-reach, reach + 1.0)
    pixels = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    drawn = rng.standard_normal((len(pixels), 3))
    far = np.hypot(*(pixels - truth).T)
    inside = far <= radius
    heats = HEAT - FALL[kind] * far / radius + ROUGH[kind] * drawn[:, 2]
    return Disk(radius, truth, pixels[inside], heats[inside], drawn[inside, :2])


@cache
def shown(radius: int, kind: str) -> Disk:
    """The draw that the reader sees."""
    return disk(radius, kind, TRUTH, np.random.default_rng(SEED))


@dataclass(frozen=True)
class Means:
    """Over many draws: the mean peak, and how far off each rule is, by noise."""

    peaks: tuple[float, ...]
    misses: dict[str, tuple[float, ...]]


@cache
def means(radius: int, kind: str) -> Means:
    """The means over `DRAWS` draws, the keypoint anywhere in its cell."""
    peaks, misses = [], []
    for draw in range(DRAWS):
        rng = np.random.default_rng([SEED, draw])
        made = disk(radius, kind, rng.uniform(-0.5, 0.5, 2), rng)
        found = [made.missed(noise) for noise in NOISES]
        peaks.append([peak for peak, _ in found])
        misses.append([[miss[rule] for rule in RULES] for _, miss in found])
    by_rule = np.mean(misses, axis=0).T.tolist()
    named = zip(RULES, map(tuple, by_rule), strict=True)
    return Means(tuple(np.mean(peaks, axis=0).tolist()), dict(named))
