"""What a panel can show: small frozen values that say nothing about how to draw.

Places are panel units: (x, y) with pixel centres at integers, so a panel of
width W covers [-1/2, W - 1/2]. Line widths, point radii and text sizes are
screen pixels, so that they stay legible when a panel shrinks. A box is
(x, y, w, h) and covers [x - 1/2, x + w - 1/2], as everywhere in the course.

Each class names its wire code and the fields that change from frame to frame
(`PLACE`); the other fields are style, sent once however often they occur.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import ArrayLike

from .palette import check_colour

Pairs = tuple[tuple[float, float], ...]
Dash = tuple[float, ...]

BUTT: Dash = (9999.0, 1.0)  # one dash: a bar ends at its value, with no round cap


class Primitive:
    """Anything a panel can draw."""

    CODE: ClassVar[str] = ""
    PLACE: ClassVar[tuple[str, ...]] = ()


def set_field(primitive: Primitive, name: str, value: Any) -> None:
    """Fill a field of a frozen dataclass while it is being made."""
    object.__setattr__(primitive, name, value)


def _pairs(points: ArrayLike, what: str) -> Pairs:
    """Points (N, 2) as a tuple of (x, y); ValueError if not finite or not (N, 2)."""
    array = np.asarray(points, dtype=float)
    if array.size == 0:
        return ()
    if array.ndim != 2 or array.shape[1] != 2:
        raise ValueError(f"{what} takes points (N, 2), got shape {array.shape}")
    if not np.isfinite(array).all():
        row = int(np.argwhere(~np.isfinite(array))[0, 0])
        raise ValueError(f"{what} takes finite points; row {row} is {array[row]}")
    return tuple((float(x), float(y)) for x, y in array)


def check_finite(what: str, **numbers: float) -> None:
    """Raise ValueError naming the first number that is not finite."""
    for name, value in numbers.items():
        if not math.isfinite(value):
            raise ValueError(f"{what}: {name} must be finite, got {value}")


def _colours(colour: str | Sequence[str], count: int, what: str) -> str | tuple:
    """One colour for all, or one for each of `count` marks."""
    if isinstance(colour, str):
        return check_colour(colour)
    colours = tuple(check_colour(c) for c in colour)
    if len(colours) != count:
        raise ValueError(f"{what} has {count} marks but {len(colours)} colours")
    return colours


@dataclass(frozen=True)
class Lines(Primitive):
    """Separate segments from `start` to `end`, (N, 2) each, e.g. limbs.

    colour: one for all or one for each. halo: a dark rim, for use on pictures.
    """

    CODE = "l"
    PLACE = ("start", "end")
    start: Pairs
    end: Pairs
    colour: str | tuple[str, ...] = "ink"
    width: float = 2.5
    dash: Dash = ()
    alpha: float = 1.0
    halo: bool = False

    def __post_init__(self) -> None:
        start, end = _pairs(self.start, "Lines"), _pairs(self.end, "Lines")
        if len(start) != len(end):
            raise ValueError(f"Lines has {len(start)} starts but {len(end)} ends")
        set_field(self, "start", start)
        set_field(self, "end", end)
        set_field(self, "colour", _colours(self.colour, len(start), "Lines"))


@dataclass(frozen=True)
class Arrows(Lines):
    """Segments with a head at `end`: one displacement, or a whole field."""

    CODE = "a"
    head: float = 9.0


@dataclass(frozen=True)
class Polyline(Primitive):
    """A line through points (N, 2); closed and filled if asked."""

    CODE = "p"
    PLACE = ("points",)
    points: Pairs
    colour: str = "ink"
    width: float = 2.0
    dash: Dash = ()
    alpha: float = 1.0
    closed: bool = False
    fill: str | None = None
    halo: bool = False

    def __post_init__(self) -> None:
        set_field(self, "points", _pairs(self.points, "Polyline"))
        check_colour(self.colour)


@dataclass(frozen=True)
class Points(Primitive):
    """Dots (N, 2) of `radius` screen pixels; rings where not filled.

    labels: what the read-out says when the pointer is near, one each or none.
    """

    CODE = "o"
    PLACE = ("points", "labels")
    points: Pairs
    labels: tuple[str, ...] = ()
    colour: str | tuple[str, ...] = "ink"
    radius: float = 4.0
    filled: bool = True
    width: float = 2.0
    alpha: float = 1.0
    halo: bool = False

    def __post_init__(self) -> None:
        points = _pairs(self.points, "Points")
        labels = tuple(self.labels)
        if labels and len(labels) != len(points):
            raise ValueError(f"Points has {len(points)} dots, {len(labels)} labels")
        set_field(self, "points", points)
        set_field(self, "labels", labels)
        set_field(self, "colour", _colours(self.colour, len(points), "Points"))


@dataclass(frozen=True)
class Circle(Primitive):
    """A circle of radius r in panel units, e.g. a tolerance around a joint."""

    CODE = "c"
    PLACE = ("x", "y", "r")
    x: float
    y: float
    r: float
    colour: str = "ink"
    width: float = 1.5
    dash: Dash = ()
    alpha: float = 1.0
    fill: str | None = None
    halo: bool = False

    def __post_init__(self) -> None:
        check_finite("Circle", x=self.x, y=self.y, r=self.r)
        check_colour(self.colour)


@dataclass(frozen=True)
class Rect(Primitive):
    """The outline of the box (x, y, w, h); `fill` tints its inside."""

    CODE = "r"
    PLACE = ("x", "y", "w", "h")
    x: float
    y: float
    w: float
    h: float
    colour: str = "ink"
    width: float = 2.0
    dash: Dash = ()
    alpha: float = 1.0
    fill: str | None = None
    halo: bool = False

    def __post_init__(self) -> None:
        check_finite("Rect", x=self.x, y=self.y, w=self.w, h=self.h)
        check_colour(self.colour)


@dataclass(frozen=True)
class Text(Primitive):
    """Words at (x, y); align left, centre or right, base top, middle or bottom."""

    CODE = "t"
    PLACE = ("x", "y", "text")
    x: float
    y: float
    text: str
    colour: str = "ink"
    size: float = 12.0
    align: str = "left"
    base: str = "middle"
    bold: bool = False
    turned: bool = False
    halo: bool = False

    def __post_init__(self) -> None:
        check_finite("Text", x=self.x, y=self.y)
        check_colour(self.colour)
        if self.size < 12:
            raise ValueError(f"text is at least 12 px (9 pt), got {self.size}")


@dataclass(frozen=True)
class Handle(Primitive):
    """A dot to drag. The live host sends its new place to the widget's `respond`."""

    CODE = "d"
    PLACE = ("name", "x", "y")
    name: str
    x: float
    y: float
    colour: str = "#D55E00"
    radius: float = 7.0
    label: str = ""

    def __post_init__(self) -> None:
        check_finite(f"Handle {self.name}", x=self.x, y=self.y)
        check_colour(self.colour)


@dataclass(frozen=True)
class Caption(Primitive):
    """The sentence under the panel; the last one of a frame counts."""

    CODE = "n"
    PLACE = ("text",)
    text: str


@dataclass(frozen=True)
class Scale(Primitive):
    """Nothing to see: what the panel's units mean, for the read-out.

    left, top, right, bottom: the plotting area in panel units; x, y: the data
    range (from, to) along it; x_name, y_name: what the axes measure.
    """

    CODE = "x"
    PLACE = ("x", "y")
    left: float
    top: float
    right: float
    bottom: float
    x: tuple[float, float]
    y: tuple[float, float]
    x_name: str
    y_name: str
