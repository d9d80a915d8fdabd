"""The 24 parts of DensePose's surface: names, colours, and a texture for all of them.

A part's hue tells the region of the body. Left parts are lighter than right ones, and
fronts lighter than backs; so lightness alone parts what hue does not, for colour-blind
readers too.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .palette import BLUE, YELLOW, rgb

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Part - 1 -> what a reader calls it.
NAMES = (
    *("back of the torso", "front of the torso"),
    *("right hand", "left hand", "left foot", "right foot"),
    *("back of the right upper leg", "back of the left upper leg"),
    *("front of the right upper leg", "front of the left upper leg"),
    *("back of the right lower leg", "back of the left lower leg"),
    *("front of the right lower leg", "front of the left lower leg"),
    *("back of the left upper arm", "back of the right upper arm"),
    *("front of the left upper arm", "front of the right upper arm"),
    *("back of the left lower arm", "back of the right lower arm"),
    *("front of the left lower arm", "front of the right lower arm"),
    *("right half of the head", "left half of the head"),
)
COLOURS = (
    *("#55848B", "#99C9D1"),
    *("#7069B1", "#C8BFFC", "#F5BD68", "#976A14"),
    *("#1B5DB2", "#93AEFC", "#5784DE", "#CCD6FF"),
    *("#056B5B", "#09C7AB", "#089782", "#53EFD1"),
    *("#ABB773", "#576425", "#D2DD98", "#808C4B"),
    *("#FD919F", "#A5374E", "#FDCBCF", "#D46174"),
    *("#93694C", "#EEBC9D"),
)
COUNT = len(NAMES)
# Rows of parts: fronts, then backs; in each the right one, then the left one.
REGIONS = {
    "head": ((23, 24),),
    "torso": ((2,), (1,)),
    "upper arm": ((18, 17), (16, 15)),
    "lower arm": ((22, 21), (20, 19)),
    "hand": ((3, 4),),
    "upper leg": ((9, 10), (7, 8)),
    "lower leg": ((13, 14), (11, 12)),
    "foot": ((6, 5),),
}
TABLE = np.array([rgb(colour) for colour in COLOURS], np.uint8)  # (24, 3)
SQUARES, DARK, LIGHT = 5, BLUE, YELLOW  # of the checker, along U and along V


def region(part: int) -> str:
    """The region of the body in which a part lies."""
    rows = REGIONS.items()
    return next(name for name, parts in rows if any(part in row for row in parts))


def checker(parts: Ints, u: Floats, v: Floats) -> Pixels:
    """The colours (N, 3) of a checker on every part, at U and V of 0 to 1, (N,)."""
    across, down = (np.minimum(SQUARES * at, SQUARES - 1).astype(int) for at in (u, v))
    table = np.array([rgb(DARK), rgb(LIGHT)], np.uint8)
    return table[(across + down + parts) % 2]
