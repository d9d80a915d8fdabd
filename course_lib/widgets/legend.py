"""What the legends of several explorers show."""

from __future__ import annotations

import numpy as np

from .cascade_data import SkeletonLike
from .palette import colour_table
from .primitives import Lines


def colour_scale(name: str) -> Lines:
    """The colours of a map, lowest to highest, as strokes that fill a swatch."""
    places = np.arange(2.0, 25.0, 2.0)
    table = colour_table(name)[np.linspace(0, 255, len(places)).astype(int)]
    hues = ["#" + bytes(colour).hex() for colour in table]
    return Lines([(x, 2) for x in places], [(x, 12) for x in places], hues, 2.5)


def side_colours(skeleton: SkeletonLike) -> dict[str, str]:
    """The colour of "left", of "middle" and of "right", where there is one."""
    hues = zip(skeleton.joints, skeleton.joint_colours, strict=True)
    named = {joint.partition("_")[0]: hue for joint, hue in hues}
    sides = {s if s in ("left", "right") else "middle": c for s, c in named.items()}
    return dict(sorted(sides.items()))
