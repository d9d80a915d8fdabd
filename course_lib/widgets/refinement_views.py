"""The refinement stepper's picture, chart and sentence, as primitives.

pixel: of those to choose from, from 1. length: of the limb, px. share: of it by which
mid offsets miss, percent. step: how many were taken.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .axes import Axes
from .cascade_data import px
from .palette import BLUE, GREEN, SKY, VERMILLION, WHITE
from .primitives import (
    Arrows,
    Caption,
    Circle,
    Dash,
    Lines,
    Points,
    Polyline,
    Primitive,
)
from .refinement_data import (
    JOINT,
    LENGTHS,
    RADIUS,
    TIPS,
    Floats,
    limit,
    medians,
    missed,
    outside,
    pixels,
    short_offsets,
    sources,
    walked,
)

MID, SHORT, NEAR, LOST = VERMILLION, BLUE, GREEN, "muted"
CHART = (425, 230)  # panel units
HIGHEST = 50  # px; of the chart
HUES = (VERMILLION, SKY, BLUE)  # of the steps
DASHES: tuple[Dash, ...] = ((2.0, 3.0), (7.0, 4.0), ())
SOURCE_DASH: Dash = (4.0, 3.0)
SPARSE, SHORTER = 8, 0.22  # px between two short offsets; how much shorter they are
GRAIN = 0.5  # px; to which the way of a pixel is rounded
TAKEN = ("no step", "one step", "two steps")


def joint_mark(place: Sequence[float], size: float = 7.0) -> Points:
    """The joint that the tips should meet."""
    return Points([place], ("joint l",), WHITE, size, False, 2.4, halo=True)


# The picture.


def field() -> list[Primitive]:
    """The disk of the joint, and some of its short offsets."""
    reach = np.arange(-RADIUS, RADIUS + 1, SPARSE)
    places = np.stack(np.meshgrid(reach, reach), axis=-1).reshape(-1, 2)
    far = np.hypot(*places.T)
    places = (places[(far > 0) & (far <= RADIUS)] + JOINT).astype(int)
    column, row = places.T
    ways = SHORTER * short_offsets()[:, row, column].T
    x, y = JOINT.tolist()
    return [
        Circle(x, y, RADIUS, SHORT, 1.8, fill=SHORT),
        Arrows(places, (places + ways).round(1), SKY, 1.4, head=5),
    ]


def limb(length: int) -> list[Primitive]:
    """The limb, and the disk of the joint where it starts."""
    start = (JOINT - [length, 0]).tolist()
    return [
        Circle(*start, RADIUS, "muted", 1.2, SOURCE_DASH),
        Lines([start], [JOINT], "ink", 2),
        Points([start], ("joint k",), "ink", 5),
        joint_mark(JOINT.tolist()),
    ]


def is_near(tips: Floats) -> NDArray[np.bool_]:
    """Which tips (..., 2) lie in the disk of the joint, (...) bool."""
    return missed(tips) <= RADIUS


def tips_layer(length: int, share: int, step: int) -> list[Primitive]:
    """All tips after so many steps, grey beyond the disk."""
    tips = walked(length, share)[step]
    near = is_near(tips)
    marks: list[Primitive] = [
        Points(np.rint(some), (), hue, 2.8)
        for some, hue in ((tips[~near], LOST), (tips[near], NEAR))
        if len(some)
    ]
    text = f"After {TAKEN[step]}, {near.sum()} of {TIPS} tips lie in the disk. Of all "
    lost = f"{100 * outside(length, share):.0f}\u00a0%"
    return [*marks, Caption(f"{text}raw tips, exp(−R²/2σ²) = {lost} miss it.")]


def way(number: int, pixel: int, length: int, share: int, step: int) -> list[Primitive]:
    """The mid offset of a pixel (number 0), or the short one that a step adds to it
    (1, 2), grey where it belongs to a tip beyond the disk; none before that step."""
    if step < number:
        return []
    places, near = path(pixel, length, share)
    start, end = places[number : number + 1], places[number + 1 : number + 2]
    hue = (SHORT if number else MID) if near[max(number - 1, 0)] else LOST
    arrow = Arrows(start, end, hue, 2.4, halo=True, head=9)
    dot = Points(start, ("pixel x",), hue, 4, halo=True)
    return [arrow] if number else [dot, arrow]


def tip(pixel: int, length: int, share: int, step: int) -> list[Primitive]:
    """The tip of a pixel after so many steps."""
    places, near = path(pixel, length, share)
    hue = NEAR if near[step] else LOST
    return [Points(places[step + 1 : step + 2], ("its tip",), hue, 4.5, halo=True)]


def path(pixel: int, length: int, share: int) -> tuple[Floats, NDArray[np.bool_]]:
    """A pixel and its tips, (4, 2) px, and which tips lie in the disk, (3,)."""
    number = pixels()[pixel - 1]
    tips = walked(length, share)[:, number]
    places = np.stack([sources(length)[number], *tips])
    return GRAIN * np.rint(places / GRAIN), is_near(tips)


# The chart.


def axes() -> Axes:
    """The limb's length to the right, the median distance upwards."""
    names = "length of the limb (px)", "median distance to the joint (px)"
    ends = (LENGTHS[0], LENGTHS[-1]), (0, HIGHEST)
    more = {
        "x_ticks": LENGTHS[1::2],
        "y_ticks": range(0, HIGHEST + 1, 25),
        "left_margin": 58,
    }
    return Axes(*ends, names[0], "median error (px)", *CHART, **more)


def curves(share: int) -> list[Primitive]:
    """The medians after each step, and the length at which half of them are lost."""
    frame, far = axes(), limit(share)
    marks = frame.primitives()
    for row, hue, dash in zip(medians(share), HUES, DASHES, strict=True):
        places = frame.to_panel(list(zip(LENGTHS, row, strict=True))).round(1)
        marks.append(Polyline(places, hue, 2.5, dash))
    if far > LENGTHS[-1]:
        return [*marks, Caption("At no length here half of the tips leave the disk.")]
    foot, head = frame.to_panel([(far, 0), (far, HIGHEST)]).round(1)
    text = f"From {px(far)} on, half of the tips start beyond the disk."
    return [*marks, Lines([foot], [head], LOST, 1.6, SOURCE_DASH), Caption(text)]


def here(length: int, share: int, step: int) -> list[Primitive]:
    """The median at this length after this step."""
    value = float(medians(share)[step, LENGTHS.index(length)])
    place = axes().to_panel([length, value]).round(1)
    return [Points(place, (f"median {px(value)}",), HUES[step], 5.5, halo=True)]


# The sentence.


def sentence(pixel: int, length: int, share: int) -> str:
    """How far the tip of the pixel, and the tips of all, are off after each step."""
    tips = walked(length, share)
    one = missed(tips[:, pixels()[pixel - 1]])
    middle = np.median(missed(tips), axis=1)
    told, all_ = (" → ".join(map(px, values)) for values in (one, middle))
    start = f"Before and after each step the tip of pixel {pixel} is {told} off"
    if one[0] > RADIUS:
        start += ": it starts beyond the disk"
    return f"{start}. Median of {TIPS} tips: {all_}."
