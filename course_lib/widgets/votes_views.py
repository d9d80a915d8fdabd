"""The disk of offsets and the map of their votes, as layers of primitives.

radius: R, px. noise: s of an offset, px along each axis. heat: which p.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .cascade_data import px
from .palette import BLUE, ORANGE, VERMILLION, WHITE
from .pictures import HeatMap
from .pooling_marks import glow
from .primitives import Arrows, Caption, Circle, Points, Primitive, Scale
from .votes_data import (
    ARGMAX,
    HALF,
    HOUGH,
    OWN,
    RULES,
    THRESHOLD,
    Floats,
    line,
    one_vote,
    shown,
)

SIDE = 240  # panel units; of the disk's panel
RIM = 1.5  # px beyond the disk on its panel
SPARSE = 3  # arrows from the disk's centre to its rim
SHADES = 12  # steps of the heat
NAMES = {
    ARGMAX: "argmax of p",
    OWN: "argmax + its offset",
    HOUGH: "Hough peak",
}
HUES = {ARGMAX: VERMILLION, OWN: ORANGE, HOUGH: BLUE}


def number(value: float) -> str:
    """A height of the map as prose: two digits that count."""
    return "∞" if np.isinf(value) else f"{value:.2g}"


def rule_mark(rule: str, place: Sequence[float]) -> Points:
    """The place that a rule names."""
    return Points([place], (NAMES[rule],), HUES[rule], 5, halo=True)


def truth_mark(place: Sequence[float], size: float = 7.5) -> Points:
    """The true place of the keypoint."""
    return Points([place], ("true keypoint",), WHITE, size, False, 2.4, halo=True)


# The disk.


def zoomed(radius: int, points: Floats) -> Floats:
    """Where places (M, 2) px lie on the disk's panel, which it always fills."""
    reach = radius + RIM
    return ((np.asarray(points) + reach) * SIDE / (2 * reach) - 0.5).round(1)


def heat_layer(radius: int, heat: str) -> list[Primitive]:
    """The heat of the disk's pixels, and its rim."""
    disk = shown(radius, heat)
    reach = radius + 1  # the map ends where the panel does
    array = np.zeros((2 * reach + 1, 2 * reach + 1))
    column, row = disk.pixels.astype(int).T + reach
    array[row, column] = disk.heats
    levels = np.rint(np.rint(SHADES * array) * 255 / SHADES).astype(np.uint8)
    x, y = zoomed(radius, disk.truth).tolist()
    far = radius + RIM
    edges = -0.5, -0.5, SIDE - 0.5, SIDE - 0.5
    return [
        Scale(*edges, (-far, far), (far, -far), "x (px)", "y (px)"),
        HeatMap(levels, w=SIDE, h=SIDE, alpha=0.5, fade=True),
        Circle(x, y, radius * SIDE / (2 * far), "muted", 1.2),
    ]


def spacing(radius: int) -> int:
    """Px between two pixels whose offsets are drawn."""
    return max(radius // SPARSE, 1)


def arrows(radius: int, noise: float, heat: str) -> list[Primitive]:
    """The offsets of some of the pixels."""
    disk, step = shown(radius, heat), spacing(radius)
    some = (disk.pixels % step == 0).all(axis=1)
    starts, ends = disk.pixels[some], disk.tips(noise)[some]
    ways = zoomed(radius, starts).round(), zoomed(radius, ends).round()
    return [Arrows(*ways, "ink", 1.2, alpha=0.75, head=5)]


def told_disk(radius: int, heat: str) -> list[Primitive]:
    """How many pixels vote, and how many of them have an arrow."""
    disk, step = shown(radius, heat), spacing(radius)
    which = "each arrow" if step == 1 else f"one arrow in {step**2}"
    return [Caption(f"{len(disk.pixels)} pixels vote; {which} is drawn.")]


def disk_marks(radius: int, noise: float, heat: str) -> list[Primitive]:
    """The hottest pixel, its own offset, the Hough peak and the truth."""
    disk = shown(radius, heat)
    places = {
        rule: zoomed(radius, [at])[0].tolist()
        for rule, at in disk.answers(noise)[1].items()
    }
    own = Arrows([places[ARGMAX]], [places[OWN]], ORANGE, 2.6, halo=True)
    truth = truth_mark(zoomed(radius, [disk.truth])[0].tolist())
    return [own, *(rule_mark(rule, places[rule]) for rule in RULES), truth]


# The votes.


def votes_layer(radius: int, noise: float, heat: str) -> list[Primitive]:
    """The map h, each with its own colours up to its peak."""
    side = 2 * HALF + 1
    votes = shown(radius, heat).votes(noise)
    ends = -HALF - 0.5, HALF + 0.5
    edges = -0.5, -0.5, side - 0.5, side - 0.5
    scale = Scale(*edges, ends, ends[::-1], "x (px)", "y (px)")
    return [scale, glow(votes, (0, 0, side, side))]


def votes_marks(radius: int, noise: float, heat: str) -> list[Primitive]:
    """The peak and the truth; in words how high it is."""
    disk = shown(radius, heat)
    peak, places = disk.answers(noise)
    at, truth = (places[HOUGH] + HALF).tolist(), (disk.truth + HALF).tolist()
    text = f"Peak {number(peak)}; one vote counts {number(one_vote(radius))} at most."
    return [rule_mark(HOUGH, at), truth_mark(truth), Caption(text)]


def sentence(radius: int, noise: float, heat: str) -> str:
    """The peak against line and threshold, and how far off each rule is."""
    peak, off = shown(radius, heat).missed(noise)
    verdict = "above" if peak > THRESHOLD else "not above"
    return (
        f"Peak {number(peak)}, the line 1/(2πs²) {number(line(noise))}: {verdict} the "
        f"threshold {THRESHOLD:g}. Off the keypoint: argmax of p {px(off[ARGMAX])}, "
        f"with its own offset {px(off[OWN])}, Hough peak {px(off[HOUGH])}."
    )
