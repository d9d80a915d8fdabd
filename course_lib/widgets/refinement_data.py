"""What the refinement stepper is made of: mid offsets that err, short ones that help.

Pixels around joint k point along a limb to joint l. The tip of such a mid offset misses
l by Gaussian noise along each axis of `share` times the limb's length. A step adds what
the short offsets hold at the tip, bilinearly (PersonLab, recurrent offset refinement):

    tip <- tip + S_l(tip).

In the disk of radius R around l they point to it; beyond nothing taught them, and they
hold noise alone. Places are px of the panel; pixels are one px apart.
"""

from __future__ import annotations

import math
from functools import cache, lru_cache

import numpy as np

from .offsets import Floats, sampled

RADIUS = 32  # px; the paper's
LENGTHS = tuple(range(20, 201, 20))  # px
SHARES = (5, 10, 15, 20)  # percent of the length
STEPS = (0, 1, 2)
SIZE = (340, 184)  # px; of the panel
JOINT = np.array([236.0, 92.0])  # l
NOISE, SEED = 1.0, 3  # px; of the short offsets, along each axis
TIPS, CHOSEN, MANY = 30, 5, 400  # drawn, to be chosen, behind the curves
GOLDEN = math.pi * (3 - math.sqrt(5))  # spreads directions evenly
MEDIAN = math.sqrt(2 * math.log(2))  # sigmas from the centre to half of all tips


def spread_tips(count: int) -> Floats:
    """Places (count, 2) spread as a Gaussian of deviation 1, the nearest first."""
    turn = GOLDEN * np.arange(count)
    far = np.sqrt(-2 * np.log(1 - (np.arange(count) + 0.5) / count))
    return far[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)


def sources(length: int) -> Floats:
    """The pixels (TIPS, 2) px, in the disk of joint k, whose tips are drawn."""
    turn = -GOLDEN * np.arange(TIPS)
    far = RADIUS * np.sqrt((np.arange(TIPS)[::-1] + 0.5) / TIPS)
    way = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    return far[:, None] * way + JOINT - [length, 0]


@lru_cache(maxsize=1)
def short_offsets() -> Floats:
    """The short offsets (2, H, W) px of joint l, x first."""
    width, height = SIZE
    noise = np.random.default_rng(SEED).normal(0, NOISE, (2, height, width))
    rows, columns = np.mgrid[:height, :width]
    way = JOINT[:, None, None] - np.stack([columns, rows])
    return way * (np.hypot(*way) <= RADIUS) + noise


@cache
def walked(length: int, share: int, count: int = TIPS) -> Floats:
    """The tips (3, count, 2) px before and after each step."""
    tips = JOINT + share / 100 * length * spread_tips(count)
    made = [tips]
    for _ in STEPS[1:]:
        made.append(made[-1] + sampled(short_offsets(), made[-1]))
    return np.stack(made)


def missed(tips: Floats) -> Floats:
    """How far tips (..., 2) are from joint l, (...) px."""
    return np.hypot(*np.moveaxis(tips - JOINT, -1, 0))


def medians(share: int) -> Floats:
    """The median distance to joint l by step and length, (3, lengths) px."""
    far = [np.median(missed(walked(n, share, MANY)), axis=1) for n in LENGTHS]
    return np.array(far).T


def outside(length: int, share: int) -> float:
    """The share of all tips that lie beyond the disk before the first step."""
    return math.exp(-((RADIUS / (share / 100 * length)) ** 2) / 2)


def limit(share: int) -> float:
    """The limb's length, px, at which half of all tips lie beyond the disk."""
    return RADIUS / (MEDIAN * share / 100)


def pixels() -> list[int]:
    """The numbers of the pixels that the reader chooses from, tips near to far."""
    return np.rint(np.linspace(2, TIPS - 2, CHOSEN)).astype(int).tolist()
