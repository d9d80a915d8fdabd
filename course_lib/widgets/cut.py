"""Explorer of DeepCut's integer program: cut a crowd of candidates into people."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from .cascade_data import SkeletonLike, words
from .controls import Control, select, slider
from .cut_chart import CURVES, ChartViews, cross
from .cut_data import GREEDY, OPTIMUM, Cuts, check, sided, whole
from .cut_moves import (
    ALL,
    ALONE,
    JOINS,
    KEEPS,
    NOTHING,
    ONE,
    STRIP,
    YOURS,
    responder,
)
from .cut_views import (
    AGAINST,
    APART,
    APART_DASH,
    EVERY,
    JOINED,
    MISSING_DASH,
    NO_EDGES,
    TOGETHER,
    PictureViews,
    alone,
    mark,
    suppressed,
)
from .cut_words import Sentences
from .iteration import Startable
from .primitives import Caption, Lines, Points, Polyline, Primitive, Text
from .widget import Key, Layer, Panel, Readout, Values, Widget

TITLE = "Cut it yourself"
QUESTION = "Who belongs together, and at what cost?"
LIVE = "Cut it yourself with .live()."
NOW = ("crowding", "show", "start", "cuts")


def cut_explorer(
    points: ArrayLike,
    alpha: ArrayLike,
    beta: ArrayLike,
    names: Sequence[str],
    truth: ArrayLike,
    greedy: ArrayLike,
    optimum: ArrayLike,
    crowding: Sequence[str],
    size: tuple[int, int],
    people: ArrayLike,
    skeleton: SkeletonLike,
    label: str = "crowding",
) -> Widget:
    """The explorer of D candidates, at most 20, in S positions of P people.

    points: (S, D, 2) px, inside the picture. alpha: (S, D), cost of keeping each.
    beta: (S, D, D), symmetric, cost of joining two; its diagonal is not used. names:
    (D,), the joint that each is a candidate of. truth: (D,), the person of each, -1 for
    a false positive. greedy, optimum: (S, D), the person that a solver gives to each,
    -1 where suppressed. crowding: (S,), at most 8 letters each, what the slider says.
    size: width and height of the picture, px. people: (S, P, K, 2) px, the true joints;
    NaN where there is none. label: what the slider sets.
    A page shows greedy and optimum; the live explorer also the reader's own cut. Pairs
    against their sign are joined though that costs, or apart though joining pays.
    Raises ValueError naming the argument that does not fit.
    """
    data = Cuts(
        points=np.asarray(points, dtype=float),
        alpha=np.asarray(alpha, dtype=float),
        beta=np.asarray(beta, dtype=float),
        names=tuple(names),
        truth=whole("truth", truth),
        solutions={
            GREEDY: whole("greedy", greedy),
            OPTIMUM: whole("optimum", optimum),
        },
        crowding=tuple(map(str, crowding)),
        size=tuple(map(int, size)),
        people=np.asarray(people, dtype=float),
        skeleton=skeleton,
    )
    check(data)
    stored = _widget(data, label, is_live=False)
    return Startable(**vars(_widget(data, label, is_live=True)), stored=stored)


def _widget(data: Cuts, label: str, is_live: bool) -> Widget:
    """Panels, controls and layers; with those of the reader's cut if it is live."""
    picture, chart = PictureViews(data), ChartViews(data, label, is_live)
    width, height = data.size
    strip = round(STRIP * data.unit) if is_live else 0
    more = _live_layers(picture, chart) if is_live else [_invitation()]
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", width, height + strip, "Candidates"),
            Panel("chart", *chart.panel, "Cost and pair F1", "chart"),
        ],
        controls=_controls(data, label, is_live),
        layers=[*_layers(picture, chart), *more],
        readout=Readout(NOW, Sentences(data).sentence),
        legend=_legend(data, is_live),
        state=_state(is_live),
        respond=responder(data) if is_live else None,
        drags=False,
    )


def _state(is_live: bool) -> Values:
    """What no control sets; without the live controls, what they would say."""
    return {"cuts": {}} if is_live else {"cuts": {}, "start": ALONE}


def _controls(data: Cuts, label: str, is_live: bool) -> list[Control]:
    """A page starts where greedy is worst, the live explorer at the first position."""
    positions = range(1, len(data.points) + 1)
    gaps = data.costs[GREEDY] - data.costs[OPTIMUM]
    first = 1 if is_live else int(gaps.argmax()) + 1
    shows = [*([YOURS] if is_live else []), GREEDY, OPTIMUM]
    texts = {YOURS: "your cut"}
    edges = (JOINED, AGAINST, EVERY, NO_EDGES)
    named = "joined pairs", "pairs against their sign", "all pairs", "none"
    starts = (ALONE, NOTHING, GREEDY, OPTIMUM)
    begins = "everyone alone", "nothing kept", "greedy", "optimum"
    label = label[:1].upper() + label[1:]
    always = [
        slider("crowding", label, positions, first, data.crowding),
        select(
            "show",
            "Show",
            shows,
            YOURS if is_live else OPTIMUM,
            [texts.get(show, show) for show in shows],
        ),
        select("edges", "Edges", edges, JOINED, named),
    ]
    clicks = "joins or cuts", "suppresses or keeps"
    scopes = "one variable", "whole groups"
    live = [
        select("start", "Start from", starts, ALONE, begins),
        select("click", "A click", (JOINS, KEEPS), JOINS, clicks),
        select("scope", "Changing", (ONE, ALL), ONE, scopes),
    ]
    return [*always, *(live if is_live else [])]


def _layers(picture: PictureViews, chart: ChartViews) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    return [
        Layer("image", ("crowding",), picture.people),
        Layer("image", ("crowding", "show", "edges", "start", "cuts"), picture.edges),
        Layer("image", NOW, picture.missing),
        Layer("image", ("crowding",), picture.points),
        Layer("image", NOW, picture.dots),
        Layer("chart", (), chart.chart),
        Layer("chart", ("crowding",), chart.now),
    ]


def _live_layers(picture: PictureViews, chart: ChartViews) -> list[Layer]:
    """What only the live explorer shows."""
    return [
        Layer("image", NOW, picture.ring),
        Layer("image", ("show",), picture.buttons),
        Layer("image", (*NOW, "click", "scope"), picture.hint),
        Layer("chart", ("crowding", "start", "cuts"), chart.yours),
    ]


def _invitation() -> Layer:
    """What a page says of the live explorer."""
    return Layer("image", (), lambda: [Caption(LIVE)])


def _legend(data: Cuts, is_live: bool) -> list[Key]:
    """The codes of the classes, the marks of the picture, the curves."""
    middle, feet, heads = (12.5, 6.5), [(1, 6.5)], [(24, 6.5)]
    codes = [("L, R", "left, right")] if any(sided(n)[0] for n in data.names) else []
    codes += [(code, words(part)) for part, code in data.codes.items()]
    keys = [
        Key(text, (Text(25, 6.5, code, "ink", 12, "right"),)) for code, text in codes
    ]
    three = tuple(mark(n, 4 + 8.5 * n, 6.5, 3.2, 1.8) for n in range(3))
    bone = Lines(feet, heads, "muted", 5, alpha=0.28)
    keys += [
        Key("true people", (bone,)),
        Key("people found", three),
        Key("alone", (alone(*middle, 5),)),
        Key("suppressed", (suppressed(*middle, 5),)),
        Key("pair cost < 0", (Lines(feet, heads, TOGETHER, 2.6),)),
        Key("pair cost > 0", (Lines(feet, heads, APART, 2.6, APART_DASH),)),
    ]
    yours: list[tuple[str, Primitive]] = [
        ("missing side", Lines(feet, heads, "ink", 1.5, MISSING_DASH)),
        ("yours", cross(*middle, 4.5)),
    ]
    keys += [Key(text, (sign,)) for text, sign in yours] if is_live else []
    for solver, (colour, dash, filled) in CURVES.items():
        line = Polyline([*feet, *heads], colour, 2, dash)
        dot = Points([middle], (), colour, 4, filled, 2)
        keys.append(Key(solver, (line, dot)))
    return keys
