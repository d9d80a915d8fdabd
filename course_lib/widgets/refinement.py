"""Refinement stepper: how far do short offsets carry a long one?"""

from __future__ import annotations

from functools import partial

from . import refinement_views as views
from .controls import Control, slider
from .primitives import Arrows, Circle, Lines, Points
from .refinement_data import (
    CHOSEN,
    LENGTHS,
    RADIUS,
    SHARES,
    SIZE,
    STEPS,
)
from .widget import Key, Layer, Panel, Readout, Widget

TITLE = "A short offset at the tip of a long one"
QUESTION = "When does refinement help, and when does it do nothing?"
NOW = ("length", "share", "step")
PIXEL = ("pixel", *NOW)
PRINTED = 8  # quality of the stored frame


def refinement_stepper() -> Widget:
    """The explorer of mid offsets that short ones refine; nothing goes in.

    The reader sets the limb's length, by how much of it mid offsets miss, which pixel
    is followed, and takes steps. All offsets are planted (`refinement_data`).
    """
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("limb", *SIZE, "From joint k to joint l"),
            Panel("medians", *views.CHART, "Is the error flat in length?", "chart"),
        ],
        controls=_controls(),
        layers=[
            Layer("limb", (), views.field),
            Layer("limb", ("length",), views.limb),
            Layer("limb", NOW, views.tips_layer),
            *(Layer("limb", PIXEL, partial(views.way, n)) for n in STEPS),
            Layer("limb", PIXEL, views.tip),
            Layer("medians", ("share",), views.curves),
            Layer("medians", NOW, views.here),
        ],
        readout=Readout(("pixel", "length", "share"), views.sentence),
        legend=_legend(),
        print_quality=PRINTED,
    )


def _controls() -> list[Control]:
    """The limb, the raw error, the pixel, the steps."""
    lengths = [f"{length}\u00a0px" for length in LENGTHS]
    shares = [f"{share}\u00a0%" for share in SHARES]
    numbers = range(1, CHOSEN + 1)
    texts = [f"{n} of {CHOSEN}" for n in numbers]
    return [
        slider("length", "Limb length", LENGTHS, 120, lengths),
        slider("share", "Raw error", SHARES, 15, shares),
        slider("pixel", "Pixel", numbers, 3, texts),
        slider("step", "Step", STEPS, 1),
    ]


def _legend() -> list[Key]:
    """The marks of the picture, then the lines of the chart."""
    feet, heads, middle = [(2, 10)], [(22, 3)], (12.5, 6.5)
    arrows = [
        Key(text, (Arrows(feet, heads, hue, 2, halo=True, head=7),))
        for text, hue in (
            ("mid offset", views.MID),
            ("short offset added", views.SHORT),
            ("from beyond the disk", views.LOST),
        )
    ]
    tips = [
        Key(text, (Points([middle], (), hue, 3.2),))
        for text, hue in (("tip in the disk", views.NEAR), ("beyond", views.LOST))
    ]
    disk = Circle(12.5, 6.5, 5.5, views.SHORT, 1.6, fill=views.SHORT)
    source = Circle(12.5, 6.5, 5.5, "muted", 1.2, views.SOURCE_DASH)
    field = Arrows(feet, heads, views.HUES[1], 1.4, head=5)
    lines = [
        Key(f"median, {text}", (Lines([(1, 6.5)], [(24, 6.5)], hue, 2.5, dash),))
        for text, hue, dash in zip(views.TAKEN, views.HUES, views.DASHES, strict=True)
    ]
    return [
        Key(f"disk of l, R = {RADIUS} px", (disk,)),
        Key("short offset, shortened", (field,)),
        Key("disk of k", (source,)),
        *arrows,
        *tips,
        *lines,
    ]
