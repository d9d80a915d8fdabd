"""The primitives drawn with Pillow: the same picture as canvas.js, for print.

Everything is drawn `FINE` times too large and shrunk once at the end, which
smooths edges; sizes here are screen pixels, as in the primitives.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from PIL import Image as PILImage
from PIL import ImageDraw, ImageFont

from .palette import colour_table, rgb
from .pictures import HeatMap, Image
from .primitives import (
    Arrows,
    Circle,
    Dash,
    Handle,
    Lines,
    Points,
    Polyline,
    Rect,
    Text,
)

FINE = 3
HALO = (0, 0, 0, 140)
Spot = tuple[float, float]


@lru_cache
def font(size: float, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Matplotlib's own typeface at `size` screen pixels, else Pillow's."""
    found = find_spec("matplotlib")
    pixels = round(size * FINE)
    if found and found.origin:
        name = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
        path = Path(found.origin).parent / "mpl-data" / "fonts" / "ttf" / name
        if path.exists():
            return ImageFont.truetype(str(path), pixels)
    return ImageFont.load_default(pixels)


class View:
    """One panel: where its units lie on the picture, and strokes on it."""

    def __init__(self, picture: PILImage.Image, scale: float) -> None:
        self.picture = picture
        self.scale = scale
        self.pen = ImageDraw.Draw(picture, "RGBA")

    def spot(self, x: float, y: float) -> Spot:
        """The place of panel units on the picture."""
        return (x + 0.5) * self.scale - 0.5, (y + 0.5) * self.scale - 0.5

    def line(self, spots: list[Spot], fill: tuple, width: float, dash: Dash) -> None:
        """A line through places of the picture, `width` screen pixels wide."""
        thick = max(1, round(width * FINE))
        for piece in dashes(spots, [step * FINE for step in dash]):
            self.pen.line(piece, fill=fill, width=thick, joint="curve")
            if not dash and thick > 3:
                for x, y in (piece[0], piece[-1]):
                    self.disc(x, y, (thick - 1) / 2, fill)

    def disc(self, x: float, y: float, r: float, fill: tuple) -> None:
        """A filled circle of r picture pixels."""
        self.pen.ellipse((x - r, y - r, x + r, y + r), fill=fill)

    def ring(self, x: float, y: float, r: float, fill: tuple, width: float) -> None:
        """A circle whose line runs half inside and half outside r picture pixels."""
        half = width * FINE / 2
        box = (x - r - half, y - r - half, x + r + half, y + r + half)
        self.pen.ellipse(box, outline=fill, width=max(1, round(width * FINE)))


def dashes(spots: list[Spot], pattern: list[float]) -> list[list[Spot]]:
    """The drawn pieces of a line; the line itself where there is no pattern."""
    if not pattern or len(spots) < 2:
        return [spots] if len(spots) > 1 else []
    pieces: list[list[Spot]] = []
    at, step, used = 0, 0, 0.0
    here = spots[0]
    piece = [here]
    while at < len(spots) - 1:
        end = spots[at + 1]
        rest = math.dist(here, end)
        left = pattern[step % len(pattern)] - used
        if rest <= left:
            here, used, at = end, used + rest, at + 1
            piece.append(here)
            continue
        share = left / rest
        here = (
            here[0] + share * (end[0] - here[0]),
            here[1] + share * (end[1] - here[1]),
        )
        piece.append(here)
        if step % 2 == 0:
            pieces.append(piece)
        piece, step, used = [here], step + 1, 0.0
    if step % 2 == 0 and len(piece) > 1:
        pieces.append(piece)
    return pieces


def _ink(colour: str, alpha: float) -> tuple[int, int, int, int]:
    return (*rgb(colour), round(255 * alpha))


def _each(colour: str | tuple[str, ...], count: int) -> tuple[str, ...]:
    return (colour,) * count if isinstance(colour, str) else colour


def _stroke(view: View, mark: Polyline | Rect | Lines, spots: list[Spot], colour: str):
    """A line with the mark's width and dash, on a dark rim if it has a halo."""
    if mark.halo:
        view.line(spots, HALO, mark.width + 2.4, ())
    view.line(spots, _ink(colour, mark.alpha), mark.width, mark.dash)


def draw_picture(view: View, mark: Image | HeatMap) -> None:
    """A picture or a map in its place, magnified as asked."""
    array, cover = mark.array, None
    if isinstance(mark, HeatMap):
        cover = array if mark.fade else None
        array = colour_table(mark.colours)[array]
    left, top = view.spot(mark.x - 0.5, mark.y - 0.5)
    left, top = round(left + 0.5), round(top + 0.5)
    size = (max(1, round(mark.w * view.scale)), max(1, round(mark.h * view.scale)))
    how = PILImage.Resampling.BICUBIC if mark.smooth else PILImage.Resampling.NEAREST
    picture = PILImage.fromarray(array).convert("RGB").resize(size, how)
    if cover is None:
        cover = np.full(array.shape[:2], 255, np.uint8)
    opacity = np.rint(cover * mark.alpha).astype(np.uint8)
    mask = PILImage.fromarray(opacity).resize(size, how)
    view.picture.paste(picture, (left, top), mask)


def draw_lines(view: View, mark: Lines) -> None:
    """Segments, with heads where they are arrows."""
    colours = _each(mark.colour, len(mark.start))
    for start, end, colour in zip(mark.start, mark.end, colours, strict=True):
        spots = [view.spot(*start), view.spot(*end)]
        _stroke(view, mark, spots, colour)
        if isinstance(mark, Arrows):
            _head(view, mark, spots, colour)


def _head(view: View, mark: Arrows, spots: list[Spot], colour: str) -> None:
    """A triangle at the second spot that points away from the first."""
    (x0, y0), (x1, y1) = spots
    length = math.hypot(x1 - x0, y1 - y0)
    if length < 1e-6:
        return
    size = min(mark.head * FINE, length)
    ux, uy = (x1 - x0) / length, (y1 - y0) / length
    along = [(0.25, 0.0), (-1.0, 0.5), (-1.0, -0.5)]
    corners = [
        (x1 + size * (a * ux - b * uy), y1 + size * (a * uy + b * ux)) for a, b in along
    ]
    if mark.halo:
        view.line([*corners, corners[0]], HALO, 2.4, ())
    view.pen.polygon(corners, fill=_ink(colour, mark.alpha))


def draw_polyline(view: View, mark: Polyline) -> None:
    """A line through points, tinted inside if asked."""
    spots = [view.spot(x, y) for x, y in mark.points]
    if mark.fill and len(spots) > 2:
        view.pen.polygon(spots, fill=_ink(mark.fill, 0.18 * mark.alpha))
    if mark.closed:
        spots = spots + spots[:1]
    _stroke(view, mark, spots, mark.colour)


def draw_rect(view: View, mark: Rect) -> None:
    """The outline of a box."""
    left, top = view.spot(mark.x - 0.5, mark.y - 0.5)
    right, bottom = view.spot(mark.x + mark.w - 0.5, mark.y + mark.h - 0.5)
    spots = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
    if mark.fill:
        view.pen.polygon(spots, fill=_ink(mark.fill, 0.18 * mark.alpha))
    _stroke(view, mark, spots, mark.colour)


def draw_circle(view: View, mark: Circle) -> None:
    """A circle, drawn as a fine polygon so that it can be dashed."""
    turns = np.linspace(0, 2 * math.pi, 73)
    points = [
        (mark.x + mark.r * math.cos(t), mark.y + mark.r * math.sin(t)) for t in turns
    ]
    spots = [view.spot(x, y) for x, y in points]
    if mark.fill:
        view.pen.polygon(spots, fill=_ink(mark.fill, 0.18 * mark.alpha))
    _stroke(view, mark, spots, mark.colour)


def draw_points(view: View, mark: Points) -> None:
    """Dots, or rings where not filled."""
    colours = _each(mark.colour, len(mark.points))
    r = mark.radius * FINE
    for (x, y), colour in zip(mark.points, colours, strict=True):
        px, py = view.spot(x, y)
        if mark.halo and mark.filled:
            view.disc(px, py, r + 1.2 * FINE, HALO)
        elif mark.halo:
            view.ring(px, py, r, HALO, mark.width + 2.4)
        if mark.filled:
            view.disc(px, py, r, _ink(colour, mark.alpha))
        else:
            view.ring(px, py, r, _ink(colour, mark.alpha), mark.width)


def draw_handle(view: View, mark: Handle) -> None:
    """A dot with a white rim."""
    px, py = view.spot(mark.x, mark.y)
    view.disc(px, py, (mark.radius + 2) * FINE, HALO)
    view.disc(px, py, (mark.radius + 1) * FINE, (255, 255, 255, 255))
    view.disc(px, py, (mark.radius - 1) * FINE, _ink(mark.colour, 1))


def draw_text(view: View, mark: Text) -> None:
    """Words, turned a quarter to the left if asked."""
    across = {"left": "l", "centre": "m", "right": "r"}[mark.align]
    anchor = across + {"top": "t", "middle": "m", "bottom": "b"}[mark.base]
    face = font(mark.size, mark.bold)
    spot = view.spot(mark.x, mark.y)
    rim = (
        {"stroke_width": round(1.2 * FINE), "stroke_fill": HALO[:3]}
        if mark.halo
        else {}
    )
    if not mark.turned:
        view.pen.text(spot, mark.text, rgb(mark.colour), face, anchor=anchor, **rim)
        return
    box = face.getbbox(mark.text)
    plate = PILImage.new("L", (int(box[2]) + 4, int(box[3]) + 4), 0)
    ImageDraw.Draw(plate).text((2, 2), mark.text, 255, face)
    plate = plate.rotate(90, expand=True)
    x = round(spot[0] - {"t": 0, "m": 0.5, "b": 1}[anchor[1]] * plate.width)
    y = round(spot[1] - {"l": 1, "m": 0.5, "r": 0}[anchor[0]] * plate.height)
    view.picture.paste(PILImage.new("RGB", plate.size, rgb(mark.colour)), (x, y), plate)


DRAW: dict[type, Callable] = {
    Image: draw_picture,
    HeatMap: draw_picture,
    Lines: draw_lines,
    Arrows: draw_lines,
    Polyline: draw_polyline,
    Points: draw_points,
    Circle: draw_circle,
    Rect: draw_rect,
    Text: draw_text,
    Handle: draw_handle,
}
