"""Explorer of part affinity fields: a line integral, and people from connections."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike

from .checks import need
from .controls import Control, select, slider
from .iteration import Startable
from .paf_checks import check
from .paf_data import (
    CASES,
    CONFLICT,
    AssemblyStep,
    Fields,
    Sample,
    as_peaks,
    end_key,
    nearest_samples,
)
from .paf_order import SIZE as ORDER
from .paf_order import OrderViews, case_mark
from .paf_people import GLOW, HUES, NAMES, PRESENT, PeopleViews
from .paf_views import (
    ABOVE,
    BELOW,
    CHART,
    DARKER,
    ENDS,
    HEAD,
    LEVELS,
    THRESHOLD_DASH,
    WIDTH,
    FieldViews,
    limb_name,
)
from .page import MOST_STATES
from .primitives import Arrows, Lines, Points
from .theatre_views import badge
from .widget import Event, Key, Layer, Panel, Readout, Values, Widget

TITLE = "From a field to people"
QUESTION = "Which two joints belong together, and who are the people then?"
SEGMENT = ("limb", "first", "second")
NOW = (*SEGMENT, "samples", "stage", "edits")
COUNTS = tuple(range(2, 26))  # of samples
# Those of a stored page: the first that leave it with `ROOM` samples or fewer.
STORED = ((2, 5, 10, 25), (2, 5, 10, 15), (2, 5, 10), (2, 10), (10,))
ROOM = 20_000
PAPER = 10  # samples
PRINTED, QUALITY = 15, 60  # of the stored frame and of the picture


def paf_explorer(
    picture: ArrayLike,
    pafs: ArrayLike,
    peaks: Sequence[ArrayLike],
    steps: Sequence[AssemblyStep],
    parts: Sequence[str],
    limbs: Sequence[tuple[str, str]],
    stride: float,
    threshold: float = 0.05,
    share: float = 0.8,
    sample: Sample = nearest_samples,
    step: int | None = None,
) -> Widget:
    """The explorer of the fields of L limbs after S stages, and of a parse of them.

    picture: (H, W, 3) uint8. pafs: (S, L, 2, h, w), x first; cell u lies at picture px
    stride * u + (stride - 1) / 2. peaks: for each of K parts (n_k, 3), x and y in px
    and a confidence. steps: the connections in the order in which the parser takes
    them. parts: (K,), names. limbs: (L,), the names of two parts each. threshold: what
    a sample has to exceed to count; share: what the share of those has to exceed.
    sample: field (2, h, w), ends (2, 2) px, N and the stride -> the dot products of
    field and direction at N places, evenly from the first end to the second, both
    included; by default read from the nearest cell, as in the paper. The rest of the
    parser stays outside. step: the connection shown first, from 1; by default the
    first that is ignored, else the last.
    A page lets the reader choose peaks as ends, and has few counts of samples; in the
    live explorer ends are dragged, and samples are 2 to 25.
    Raises ValueError naming the argument that does not fit.
    """
    data = Fields(
        picture=np.asarray(picture),
        pafs=np.asarray(pafs, dtype=float),
        peaks=tuple(map(as_peaks, peaks)),
        steps=tuple(steps),
        parts=tuple(parts),
        limbs=tuple(map(tuple, limbs)),
        stride=float(stride),
        threshold=float(threshold),
        share=float(share),
        sample=sample,
    )
    check(data)
    count = len(data.steps)
    first = _start(data) if step is None else step
    need(first in range(1, count + 1), f"step is from 1 to {count}, got {step}")
    stored = _widget(data, first, is_live=False)
    return Startable(**vars(_widget(data, first, is_live=True)), stored=stored)


def _start(data: Fields) -> int:
    """The first connection, from 1, that is ignored; else the last."""
    cases = [step.case for step in data.steps]
    return cases.index(CONFLICT) + 1 if CONFLICT in cases else len(cases)


def _stored_counts(data: Fields) -> tuple[int, ...]:
    """The counts of samples that a page has room for."""
    stages, limbs = data.pafs.shape[:2]
    states = stages * limbs * int(np.prod(data.most))
    pairs = stages * sum(
        len(data.peaks[a]) * len(data.peaks[b]) for a, b in data.indices
    )
    fitting = [
        counts
        for counts in STORED
        if states * len(counts) <= MOST_STATES and pairs * sum(counts) <= ROOM
    ]
    need(
        bool(fitting),
        f"{stages} stages and {limbs} limbs with up to {max(data.most)} peaks make "
        f"{pairs} segments, more than a page has room for",
    )
    return fitting[0]


def _widget(data: Fields, step: int, is_live: bool) -> Widget:
    """Panels, controls and layers; with dots to drag if it is live."""
    fields, order = FieldViews(data, is_live), OrderViews(data)
    people = PeopleViews(data, fields)
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "The field of the limb"),
            Panel("samples", *CHART, "Its integral along the segment", "chart"),
            Panel("people", *data.size, "The people so far"),
            Panel("order", *ORDER, "All connections", "chart"),
        ],
        controls=_controls(data, step, COUNTS if is_live else _stored_counts(data)),
        layers=[
            *_field_layers(fields, is_live),
            *_people_layers(people, order),
        ],
        readout=Readout(NOW, fields.sentence),
        legend=_legend(data),
        state={"edits": {}},
        respond=_responder(data) if is_live else None,
        quality=QUALITY,
        print_quality=PRINTED,
    )


def _controls(data: Fields, step: int, counts: tuple[int, ...]) -> list[Control]:
    """The segment starts at the connection shown; stages come last among its controls,
    so that what they share lies side by side in a page."""
    shown, names = data.steps[step - 1], [limb_name(pair) for pair in data.limbs]
    stages, total = range(1, len(data.pafs) + 1), len(data.steps)
    first, second = data.most
    texts = [f"{n} of {total}" for n in range(1, total + 1)]
    return [
        select("limb", "Limb", names, names[shown.limb]),
        slider("first", "First end", range(1, first + 1), shown.first + 1),
        slider("second", "Second end", range(1, second + 1), shown.second + 1),
        slider("samples", "Samples", counts, PAPER),
        slider("stage", "Stage", stages, stages[-1]),
        slider("step", "Connection", range(1, total + 1), step, texts),
    ]


def _field_layers(views: FieldViews, is_live: bool) -> list[Layer]:
    """Field and segment; each layer depends on as little as it can."""
    ends = (*SEGMENT, "edits")
    dots = [Layer("image", ends, views.handles)] if is_live else []
    return [
        Layer("image", (), views.picture),
        Layer("image", ("limb", "stage"), views.field),
        Layer("image", ends, views.segment),
        Layer("image", ("limb",), views.peaks),
        Layer("image", NOW, views.places),
        *dots,
        Layer("image", (), views.told),
        Layer("samples", (), views.chart),
        Layer("samples", NOW, views.samples),
        Layer("samples", ends, views.length),
    ]


def _people_layers(people: PeopleViews, order: OrderViews) -> list[Layer]:
    """The assembly, which knows nothing of the segment."""
    return [
        Layer("people", (), people.fields.picture),
        Layer("people", (), people.peaks),
        Layer("people", ("step",), people.now),
        Layer("people", ("step",), people.people),
        Layer("people", ("step",), people.badges),
        Layer("people", ("step",), people.told),
        Layer("order", (), order.chart),
        Layer("order", ("step",), order.now),
    ]


def _responder(data: Fields) -> Callable[[Values, Event], Values]:
    """What a drag of an end, or a click beside them, does to the segment."""
    names = [limb_name(pair) for pair in data.limbs]
    last = np.array(data.size) - 1

    def respond(values: Values, event: Event) -> Values:
        if event.panel != "image":
            return values
        if event.kind == "click":
            return values | {"edits": {}}
        limb, end = names.index(values["limb"]), int(event.handle)
        chosen = data.chosen(limb, (values["first"], values["second"]))
        if chosen is None:
            return values
        place = np.clip((event.x, event.y), 0, last).round(2).tolist()
        edit = {end_key(end, limb, chosen[end][1]): place}
        return values | {"edits": values["edits"] | edit}

    return respond


def _legend(data: Fields) -> list[Key]:
    """Field and ends, samples and threshold, the people and the cases."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], (12.5, 6.5)
    arrows = [
        Arrows([(x, 10.5)], [(x + 4, 2.5)], colour, WIDTH, head=HEAD)
        for x, colour in zip((2, 10, 18), DARKER, strict=True)
    ]
    steps = ", ".join(f"{level:g}" for level in LEVELS)
    ends = [
        Key(f"{which} end", (Points([middle], (), colour, 5, halo=True),))
        for which, colour in zip(("first", "second"), ENDS, strict=True)
    ]
    samples = [
        Key(text, (Points([middle], (), colour, 4),))
        for text, colour in (("sample above it", ABOVE), ("sample not above", BELOW))
    ]
    line = Lines(feet, heads, "ink", 1.6, THRESHOLD_DASH)
    bone = Lines(feet, heads, HUES[0], 3)
    return [
        Key(f"field |L|: from {steps}", tuple(arrows)),
        *ends,
        Key(f"threshold {data.threshold:g}", (line,)),
        *samples,
        Key("person and number", (bone, *badge("1", HUES[0], *middle))),
        Key("present connection", (Lines(feet, heads, PRESENT, GLOW, halo=True),)),
        *(Key(NAMES[case], (case_mark(case, *middle),)) for case in CASES),
    ]
