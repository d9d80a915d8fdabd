"""The controls and the legend that explorers of a chain of maps share."""

from __future__ import annotations

from .cascade_data import SkeletonLike, words
from .cascade_views import CHOSEN, DASH
from .controls import Control, select, slider
from .legend import colour_scale, side_colours
from .maps_poses import WRONG, PoseViews
from .palette import WHITE
from .primitives import Arrows, Lines, Points, Rect
from .widget import Key


def chain_controls(views: PoseViews, unit: str) -> list[Control]:
    """Stage, example and joint; first the joint of example 1 that gains most.

    unit: the name of the first control.
    """
    joints, count = list(views.data.skeleton.joints), len(views.data.images)
    best, first = views.best()
    stages, examples = range(1, views.stages + 1), range(1, count + 1)
    ordinals = [f"{s} of {views.stages}" for s in stages]
    return [
        slider(unit, unit.capitalize(), stages, first, ordinals),
        slider(
            "example", "Example", examples, 1, [f"{n} of {count}" for n in examples]
        ),
        select("joint", "Joint", joints, best, [words(j) for j in joints]),
    ]


def chain_keys(skeleton: SkeletonLike) -> list[Key]:
    """The poses, what marks the chosen joint, and its map."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], [(12.5, 6.5)]
    ends = [(3.5, 6.5), (21.5, 6.5)]
    limb = Lines(feet, heads, WHITE, 1.5, DASH, halo=True)
    keys = [
        Key("true pose", (limb, Points(ends, (), WHITE, 3.5, False, 1.5, halo=True)))
    ]
    for side, hue in side_colours(skeleton).items():
        marks = Lines(feet, heads, hue, 3), Points(ends, (), hue, 3.5)
        keys.append(Key(side, marks))
    cross = Lines([(8, 2), (8, 11)], [(17, 11), (17, 2)], WRONG, 2.6, halo=True)
    before = Points([(4, 6.5)], (), CHOSEN, 3.5, False, 2, halo=True)
    move = Arrows([(4, 6.5)], [(20, 6.5)], CHOSEN, 2.2, halo=True)
    return [
        *keys,
        Key("over ½ torso off", (cross,)),
        Key("chosen joint", (Points(middle, (), CHOSEN, 5, halo=True),)),
        Key("true place", (Points(middle, (), WHITE, 5.5, False, 2.2, halo=True),)),
        Key("moved here", (move, before)),
        Key("map, up to its peak", (colour_scale("magma"),)),
        Key("largest cell", (Rect(7, 1.5, 11, 11, CHOSEN, 2.5, halo=True),)),
    ]
