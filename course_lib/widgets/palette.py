"""Colours of the explorers: one palette, two themes, colour maps.

The eight hues are those of Okabe and Ito, which stay apart for colour-blind
readers. `ink`, `muted`, `grid` and `surface` are names, not colours: the page
fills them in for its own light or dark background.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

BLACK = "#000000"
ORANGE = "#E69F00"
SKY = "#56B4E9"
GREEN = "#009E73"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILLION = "#D55E00"
PURPLE = "#CC79A7"
WHITE = "#FFFFFF"

PEOPLE = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION)  # by number, in turn
NOBODY, SEVERAL = "#B4BAC2", "#30353C"  # of no person, of more than one

LIGHT = {
    "ink": "#1B1F24",
    "muted": "#59636E",
    "grid": "#E3E6EA",
    "surface": "#EEF0F2",
    "page": "#FFFFFF",
}
DARK = {
    "ink": "#E8EAED",
    "muted": "#A6AEB8",
    "grid": "#3A4048",
    "surface": "#262A30",
    "page": "#111111",
}

# Not a scale: background, people 1 to 6, nobody, several people, and nothing more.
_OWNERS = [LIGHT["surface"], *PEOPLE, NOBODY, SEVERAL, *[LIGHT["surface"]] * 8]
# Seventeen evenly spaced anchors of each map, six hex digits apiece.
COLOUR_MAPS = {
    "grey": "000000ffffff",
    "viridis": (
        "44015448186a472d7b4240863b528b33638d2c728e26828e21918c"
        "1fa08828ae803fbc735ec96284d44baddc30d8e219fde725"
    ),
    "magma": (
        "0000040a08221d114736106b51127c6a1c818326819c2e7fb73779"
        "d0416fe75263f56b5cfc8961fea772fec488fde2a3fcfdbf"
    ),
    "diverging": (
        "05306115508d2870b13e8cbf68abd098c8e0c0dcebdeebf2f6f7f7"
        "fbe6dafbceb7f5ac8be58368d25849bb2a34960f2767001f"
    ),
    "owners": "".join(colour.lstrip("#") for colour in _OWNERS),
}


def colour_table(name: str) -> NDArray[np.uint8]:
    """The 256 colours of a map, (256, 3) uint8.

    Raises ValueError for a name that is not in `COLOUR_MAPS`.
    """
    if name not in COLOUR_MAPS:
        known = ", ".join(COLOUR_MAPS)
        raise ValueError(f"no colour map {name!r}; there are {known}")
    anchors = np.frombuffer(bytes.fromhex(COLOUR_MAPS[name]), np.uint8).reshape(-1, 3)
    at = np.linspace(0, 1, len(anchors))
    to = np.linspace(0, 1, 256)
    channels = [np.interp(to, at, anchors[:, c]) for c in range(3)]
    return np.rint(np.stack(channels, axis=1)).astype(np.uint8)


def rgb(colour: str, theme: dict[str, str] = LIGHT) -> tuple[int, int, int]:
    """The red, green and blue (0 to 255) of "#rrggbb" or of a theme's name."""
    value = theme.get(colour, colour).lstrip("#")
    return int(value[0:2], 16), int(value[2:4], 16), int(value[4:6], 16)


def check_colour(colour: str) -> str:
    """The colour itself; ValueError unless it is "#rrggbb" or a theme's name."""
    is_hex = len(colour) == 7 and colour[0] == "#"
    if colour not in LIGHT and not is_hex:
        raise ValueError(f"a colour is '#rrggbb' or one of {list(LIGHT)}: {colour!r}")
    return colour
