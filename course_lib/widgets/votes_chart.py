"""The charts of the vote catcher: how high the peak is, how far off each rule is.

radius, noise and heat as in `votes_views`.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from .axes import Axes, nice_ticks
from .palette import BLUE, GREEN
from .primitives import Caption, Dash, Lines, Points, Polyline, Primitive, Scale, Text
from .votes_data import (
    DRAWS,
    NOISES,
    RULES,
    SOFT,
    THRESHOLD,
    Floats,
    line,
    means,
    one_vote,
    shown,
)
from .votes_views import HUES, NAMES

PEAK, OFF = (380, 250), (640, 186)  # panel units
LEFT = 58
LOW, HIGH = math.log10(0.003), math.log10(1.3)  # of the axis of peaks
TENS = (0.01, 0.1, 1.0)
PEAK_NAME, NOISE_NAME = "height of the peak", "noise s of an offset (px)"
POWER = "log₁₀ of the peak"  # what the read-out tells of a place
LINE_DASH: Dash = (7.0, 4.0)
LIMIT_DASH: Dash = (2.0, 3.0)
VOTE_DASH: Dash = (1.5, 5.0)
# How the error of each rule is drawn, besides its colour.
DASHES: dict[str, Dash] = dict(zip(RULES, ((2.0, 3.0), (7.0, 4.0), ()), strict=True))
SWEEP = np.linspace(0.35, NOISES[-1], 40)  # px; corners of the line


def log_axis(axes: Axes) -> list[Primitive]:
    """Numbers at the powers of ten, where the axis counts the powers."""
    left, _, right, _ = axes.area
    marks: list[Primitive] = []
    for value in TENS:
        y = float(axes.to_panel([0, math.log10(value)])[0, 1])
        marks += [
            Lines([(left, y)], [(right, y)], "grid", 1),
            Text(left - 8, y, f"{value:g}", "muted", 12, "right"),
        ]
    return marks


# The peak.


def peak_axes() -> Axes:
    """The noise to the right, the power of ten of the peak upwards."""
    more = {"x_ticks": range(0, NOISES[-1] + 1), "y_ticks": (), "left_margin": LEFT}
    return Axes((0, NOISES[-1]), (LOW, HIGH), NOISE_NAME, PEAK_NAME, *PEAK, **more)


def level(value: float) -> float:
    """Where a height of the map lies on the axis of powers, within it."""
    return float(np.clip(math.log10(value), LOW, HIGH))


def across(axes: Axes, value: float) -> tuple[Floats, Floats]:
    """The two ends of a line through the chart at a height of the map."""
    start, end = axes.to_panel([(x, level(value)) for x in axes.x]).round(1)
    return start, end


def peak_chart() -> list[Primitive]:
    """Axes, the line of many votes and the threshold."""
    axes = peak_axes()
    heights = [(s, min(math.log10(line(s)), HIGH)) for s in SWEEP]
    start, end = across(axes, THRESHOLD)
    scale, *rest = axes.primitives()
    assert isinstance(scale, Scale)
    return [
        replace(scale, y_name=POWER),
        *rest,
        *log_axis(axes),
        Polyline(axes.to_panel(heights).round(1), "ink", 2, LINE_DASH),
        Lines([start], [end], GREEN, 2, LIMIT_DASH),
    ]


def peak_means(radius: int, heat: str) -> list[Primitive]:
    """The mean peak at each noise, and what one vote counts."""
    axes = peak_axes()
    found = means(radius, heat).peaks
    places = axes.to_panel([(s, level(p)) for s, p in zip(NOISES, found, strict=True)])
    lower = "the mean heat is two thirds; " if heat == SOFT else ""
    text = f"Off the line: {lower}the bilinear kernel blunts it below 1 px; "
    marks: list[Primitive] = [
        Polyline(places.round(1), BLUE, 2.5),
        Caption(f"{text}few votes leave chance peaks."),
    ]
    if math.log10(one_vote(radius)) > LOW:
        start, end = across(axes, one_vote(radius))
        marks.insert(0, Lines([start], [end], "muted", 1.6, VOTE_DASH))
    return marks


def peak_now(radius: int, noise: float, heat: str) -> list[Primitive]:
    """The peak of the draw that is shown."""
    peak, _ = shown(radius, heat).missed(noise)
    place = peak_axes().to_panel([noise, level(peak)]).round(1)
    return [Points(place, (f"peak {peak:.2g}",), BLUE, 5.5, halo=True)]


# The errors.


def off_axes(radius: int, heat: str) -> Axes:
    """The noise to the right, the distance to the keypoint upwards."""
    top = max(max(miss) for miss in means(radius, heat).misses.values())
    for noise in NOISES:
        top = max(top, *shown(radius, heat).missed(noise)[1].values())
    step = nice_ticks(0, top, 4)[1]
    more = {"x_ticks": range(0, NOISES[-1] + 1), "left_margin": LEFT}
    high = step * math.ceil(top / step)
    return Axes((0, NOISES[-1]), (0, high), NOISE_NAME, "error (px)", *OFF, **more)


def off_means(radius: int, heat: str) -> list[Primitive]:
    """The mean error of each rule at each noise."""
    axes = off_axes(radius, heat)
    marks = axes.primitives()
    for rule, miss in means(radius, heat).misses.items():
        places = axes.to_panel(list(zip(NOISES, miss, strict=True))).round(1)
        marks.append(Polyline(places, HUES[rule], 2.5, DASHES[rule]))
    text = f"Lines: means of {DRAWS} draws. Dots: the draw that is shown."
    return [*marks, Caption(text)]


def off_now(radius: int, noise: float, heat: str) -> list[Primitive]:
    """The errors of the draw that is shown."""
    axes = off_axes(radius, heat)
    off = shown(radius, heat).missed(noise)[1]
    return [
        Points(
            axes.to_panel([noise, off[rule]]).round(1),
            (f"{NAMES[rule]} {off[rule]:.1f} px",),
            HUES[rule],
            5.5,
            halo=True,
        )
        for rule in RULES
    ]
