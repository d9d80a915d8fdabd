"""Vote catcher: what do many wrong offsets know together?"""

from __future__ import annotations

from . import votes_chart as chart
from . import votes_views as views
from .controls import Control, select, slider
from .legend import colour_scale
from .palette import BLUE, GREEN
from .primitives import Arrows, Circle, Lines, Points
from .votes_data import (
    FLAT,
    HALF,
    KINDS,
    NOISES,
    RADII,
    RULES,
    THRESHOLD,
)
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "Every pixel votes for the keypoint"
QUESTION = "What do many noisy offsets know that no single one does?"
DRAW = ("radius", "noise", "heat")
PLANTED = ("radius", "heat")
PRINTED = 7  # quality of the stored frame


def vote_catcher() -> Widget:
    """The explorer of short offsets that vote for a keypoint; nothing goes in.

    The reader sets how far offsets miss, how large the disk is that votes, and whether
    its heat is flat, as a disk target has it, or peaked. All pixels, offsets and heats
    are planted (`votes_data`), at a stride of 1 px.
    """
    side = 2 * HALF + 1
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("disk", views.SIDE, views.SIDE, "Heat p and offsets"),
            Panel("votes", side, side, "The votes h"),
            Panel("peak", *chart.PEAK, "How high is the peak?", "chart"),
            Panel("off", *chart.OFF, "How far off is each rule?", "chart"),
        ],
        controls=_controls(),
        layers=_layers(),
        readout=Readout(DRAW, views.sentence),
        legend=_legend(),
        print_quality=PRINTED,
    )


def _controls() -> list[Control]:
    """The heat, the radius and the noise."""
    radii = [f"{radius}\u00a0px" for radius in RADII]
    noises = [f"{noise:g}\u00a0px" for noise in NOISES]
    return [
        select("heat", "Heat", KINDS, FLAT, ("flat in the disk", "peaked")),
        slider("radius", "Radius R", RADII, 8, radii),
        slider("noise", "Noise s", NOISES, 2, noises),
    ]


def _layers() -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    return [
        Layer("disk", PLANTED, views.heat_layer),
        Layer("disk", DRAW, views.arrows),
        Layer("disk", PLANTED, views.told_disk),
        Layer("disk", DRAW, views.disk_marks),
        Layer("votes", DRAW, views.votes_layer),
        Layer("votes", DRAW, views.votes_marks),
        Layer("peak", (), chart.peak_chart),
        Layer("peak", PLANTED, chart.peak_means),
        Layer("peak", DRAW, chart.peak_now),
        Layer("off", PLANTED, chart.off_means),
        Layer("off", DRAW, chart.off_now),
    ]


def _legend() -> list[Key]:
    """Marks of both pictures, then the lines of the charts."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], (12.5, 6.5)
    offset = Arrows([(3, 10)], [(22, 4)], "ink", 1.4, head=5)
    rules = [
        Key(
            views.NAMES[rule],
            (
                Lines(feet, heads, views.HUES[rule], 2.5, chart.DASHES[rule]),
                Points([middle], (), views.HUES[rule], 4),
            ),
        )
        for rule in RULES
    ]
    return [
        Key("heat, 0 to 1", (colour_scale("viridis"),)),
        Key("disk", (Circle(12.5, 6.5, 5.5, "muted", 1.2),)),
        Key("offset", (offset,)),
        Key("keypoint", (views.truth_mark(middle, 5.5),)),
        *rules,
        Key("votes, up to the peak", (colour_scale("magma"),)),
        Key("mean peak", (Lines(feet, heads, BLUE, 2.5),)),
        Key("1/(2πs²)", (Lines(feet, heads, "ink", 2, chart.LINE_DASH),)),
        Key(
            f"threshold {THRESHOLD:g}",
            (Lines(feet, heads, GREEN, 2, chart.LIMIT_DASH),),
        ),
        Key("one vote", (Lines(feet, heads, "muted", 1.6, chart.VOTE_DASH),)),
    ]
