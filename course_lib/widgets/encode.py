"""Frames as small JSON: equal pictures, styles and frames are stored once.

Pictures of one shape are laid side by side on sheets, since a sheet costs far
less than its parts. Both hosts of the front end read this form (canvas.js).
"""

from __future__ import annotations

import base64
import hashlib
import io
import json
import math
from collections.abc import Sequence
from dataclasses import fields
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image as PILImage
from PIL import features

from .pictures import HeatMap, Image
from .primitives import Primitive

SHEET_SIDE = 2048  # pixels; what every browser can decode
MAP_QUALITY, PICTURE_QUALITY = 92, 85


def to_json(value: Any) -> str:
    """Compact JSON that may stand inside a script element: no "<" survives."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.replace("<", "\\u003c")


def short_number(value: float) -> float | int:
    """A number rounded to 1/100, as an integer where it is one."""
    rounded = round(float(value), 2)
    return int(rounded) if rounded == int(rounded) else rounded


def _wire(value: Any) -> Any:
    """A field of a primitive as JSON can hold it; points become one flat list."""
    if isinstance(value, tuple) and value and isinstance(value[0], tuple):
        return [short_number(number) for pair in value for number in pair]
    if isinstance(value, tuple):
        return [_wire(item) for item in value]
    return short_number(value) if isinstance(value, float) else value


def _save(array: NDArray[np.uint8], form: str, quality: int) -> bytes:
    """The bytes of a PNG, JPEG or WebP file of an array (H, W) or (H, W, 3)."""
    out = io.BytesIO()
    picture = PILImage.fromarray(array)
    if form == "png":
        picture.save(out, "PNG", optimize=True)
    elif form == "webp":
        picture.save(out, "WEBP", quality=quality, method=6)
    else:
        picture.save(out, "JPEG", quality=quality, subsampling=0, progressive=True)
    return out.getvalue()


def _high(array: NDArray[np.uint8]) -> int:
    """The quality at which a loss is not seen."""
    return MAP_QUALITY if array.ndim == 2 else PICTURE_QUALITY


def data_address(
    array: NDArray[np.uint8], lossless: bool = False, quality: int | None = None
) -> str:
    """An array (H, W) or (H, W, 3) uint8 as a data address: the smaller of two files.

    A PNG, or a JPEG of high quality if that is smaller and `lossless` is not asked.
    quality: 0 to 100; a picture in colour is then WebP, or JPEG without WebP in Pillow.
    """
    if quality is not None and array.ndim == 3 and not lossless:
        form = "webp" if features.check("webp") else "jpeg"
        best = _save(array, form, quality)
    else:
        best, form = _save(array, "png", 0), "png"
        other = best if lossless else _save(array, "jpeg", _high(array))
        if len(other) < len(best):
            best, form = other, "jpeg"
    return f"data:image/{form};base64," + base64.b64encode(best).decode("ascii")


def _tile(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The array with its last row and column repeated up to multiples of 8 pixels.

    A JPEG codes blocks of 8 x 8: so no block holds parts of two pictures.
    """
    below, right = (-array.shape[0]) % 8, (-array.shape[1]) % 8
    padding = [(0, below), (0, right)] + [(0, 0)] * (array.ndim - 2)
    return np.pad(array, padding, mode="edge")


class Encoder:
    """Collects pictures and styles while frames are encoded, then packs them.

    lossless: keep every map and picture exact. together: lay pictures on shared
    sheets (for a page); else one sheet each (for a single frame). quality: see
    `data_address`; pictures in colour are then on sheets of their own.
    """

    def __init__(
        self,
        lossless: bool = False,
        together: bool = True,
        quality: int | None = None,
    ) -> None:
        self.lossless = lossless
        self.quality = quality
        self.together = together
        self.arrays: list[NDArray[np.uint8]] = []
        self._places: dict[tuple, int] = {}
        self._styles: dict[str, int] = {}
        self.colour_maps: set[str] = set()

    def marks(self, primitives: Sequence[Primitive]) -> list[list[Any]]:
        """Each primitive as [code, style number, ...places]."""
        return [self._mark(primitive) for primitive in primitives]

    def _mark(self, primitive: Primitive) -> list[Any]:
        place = [getattr(primitive, name) for name in primitive.PLACE]
        if isinstance(primitive, (Image, HeatMap)):
            place[0] = self._sprite(place[0])
        if isinstance(primitive, HeatMap):
            self.colour_maps.add(primitive.colours)
            place[1:] = [float(f"{value:.4g}") for value in place[1:]]
            return [primitive.CODE, self._style(primitive), *place]
        return [primitive.CODE, self._style(primitive), *map(_wire, place)]

    def _style(self, primitive: Primitive) -> int:
        """The number of the primitive's style: all its fields but the places."""
        names = [f.name for f in fields(primitive) if f.name not in primitive.PLACE]
        style = {name: _wire(getattr(primitive, name)) for name in names}
        return self._styles.setdefault(to_json(style), len(self._styles))

    def _sprite(self, array: NDArray[np.uint8]) -> int:
        """The number of a picture among all distinct ones."""
        content = np.ascontiguousarray(array)
        key = (content.shape, hashlib.sha256(content.tobytes()).hexdigest())
        if key not in self._places:
            self._places[key] = len(self.arrays)
            self.arrays.append(content)
        return self._places[key]

    def book(self) -> dict[str, list]:
        """Sheets (data addresses), sprites [sheet, x, y, w, h] and styles."""
        sprites: list[list[int]] = [[] for _ in self.arrays]
        sheets: list[str] = []
        by_shape: dict[tuple, list[int]] = {}
        for number, array in enumerate(self.arrays):
            # At a low quality neighbours on a sheet would stain each other's borders.
            is_poor = self.quality is not None and array.ndim == 3
            key = (number,) if is_poor or not self.together else array.shape
            by_shape.setdefault(key, []).append(number)
        for numbers in by_shape.values():
            for group in self._groups(numbers):
                sheet, places = self._sheet(group)
                for number, (x, y) in zip(group, places, strict=True):
                    height, width = self.arrays[number].shape[:2]
                    sprites[number] = [len(sheets), x, y, width, height]
                sheets.append(data_address(sheet, self.lossless, self.quality))
        styles = [json.loads(style) for style in self._styles]
        return {"sheets": sheets, "sprites": sprites, "styles": styles}

    def _groups(self, numbers: list[int]) -> list[list[int]]:
        """Pictures of one shape, in groups that fit on a sheet."""
        height, width = _tile(self.arrays[numbers[0]]).shape[:2]
        most = max(1, SHEET_SIDE // width) * max(1, SHEET_SIDE // height)
        return [numbers[at : at + most] for at in range(0, len(numbers), most)]

    def _sheet(self, group: list[int]) -> tuple[NDArray[np.uint8], list]:
        """One array holding all pictures of a group, and where each begins (x, y)."""
        if len(group) == 1:
            return self.arrays[group[0]], [(0, 0)]
        tiles = [_tile(self.arrays[number]) for number in group]
        height, width = tiles[0].shape[:2]
        columns = min(math.ceil(math.sqrt(len(tiles))), max(1, SHEET_SIDE // width))
        rows = math.ceil(len(tiles) / columns)
        shape = (rows * height, columns * width, *tiles[0].shape[2:])
        sheet = np.full(shape, 128, np.uint8)
        places = []
        for at, tile in enumerate(tiles):
            x, y = at % columns * width, at // columns * height
            sheet[y : y + height, x : x + width] = tile
            places.append((x, y))
        return sheet, places
