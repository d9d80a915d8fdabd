"""Tuner of GPS: how strict is the geodesic similarity of a person?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from numpy.typing import ArrayLike

from .controls import Control, select, slider
from .gps_chart import HUES, MARK, SIDE, ScoreViews, score_mark
from .gps_data import EACH, ONE, PAPER, Errors, as_errors
from .gps_views import BIN, CHART, CURVE, POINT, HistogramViews
from .palette import BLUE
from .pdj_views import HIT, MISS
from .primitives import BUTT, Lines, Points, Rect
from .widget import Key, Layer, Panel, Readout, Values, Widget

TITLE = "What an error on the surface costs"
QUESTION = "How strict is GPS?"
SHOWN = ("network", "person")
RULE = ("rule", "kappa")
NOW = (*SHOWN, *RULE)
PRINTED = 8  # quality of the stored frame


def gps_tuner(
    distances: Mapping[str, Sequence[ArrayLike]],
    parts: Sequence[ArrayLike],
    kappas: ArrayLike,
    ious: Mapping[str, ArrayLike] | None = None,
    names: Sequence[str] | None = None,
) -> Widget:
    """The explorer of the geodesic errors of N people by one to four networks.

    distances: by the network's name, for each person (P_n,) metres on the surface from
    what is said of each annotated point to the truth, infinite where it is called
    background. parts: for each person (P_n,), the true part of each point, 1 to 24.
    kappas: (24,) metres, of parts 1 to 24, such as those of the released evaluator; the
    reader chooses between them and one kappa for all, 0.05 to 0.5 m. ious: by the
    network's name (N,), 0 to 1, of each person's mask; with them masked GPS, the root
    of GPS times IoU, is shown beside GPS. names: (N,), of the people, else their
    numbers. Raises ValueError naming what does not fit.
    """
    data = as_errors(distances, parts, kappas, ious, names)
    bars, scores = HistogramViews(data), ScoreViews(data)
    networks, people = list(data.distances), data.names
    fixed: Values = {} if len(networks) > 1 else {"network": networks[0]}
    fixed |= {} if len(people) > 1 else {"person": people[0]}
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel(
                "errors", *CHART, f"The person's points, in bins of {BIN:g} m", "chart"
            ),
            Panel("scale", *SIDE, "Which thresholds are passed?", "chart"),
            Panel("people", *SIDE, "All people, and their mean", "chart"),
        ],
        controls=_controls(data),
        layers=[*_histogram(bars), *_scores(scores)],
        readout=Readout(NOW, bars.sentence),
        legend=_legend(data),
        state=fixed,
        print_quality=PRINTED,
    )


def _controls(data: Errors) -> list[Control]:
    """Network and person, if there are several; the rule and its kappa."""
    networks = [select("network", "Network", data.distances)]
    people = [select("person", "Person", data.names)]
    texts = "one κ for all", "κ of each part"
    lengths = [f"{kappa:g}\u00a0m" for kappa in data.steps]
    return [
        *(networks if len(data.distances) > 1 else []),
        *(people if len(data.names) > 1 else []),
        select("rule", "Rule", (ONE, EACH), ONE, texts),
        slider("kappa", "One κ", data.steps, PAPER, lengths),
    ]


def _histogram(views: HistogramViews) -> list[Layer]:
    """Distances; each layer depends on as little as it can."""
    return [
        Layer("errors", (), views.chart),
        Layer("errors", ("person",), views.points_axis),
        Layer("errors", SHOWN, views.bars),
        Layer("errors", NOW, views.counted),
        Layer("errors", RULE, views.curves),
        Layer("errors", (*SHOWN, "rule"), views.points),
    ]


def _scores(views: ScoreViews) -> list[Layer]:
    """Thresholds and people."""
    return [
        Layer("scale", (), views.scale),
        *(
            Layer("scale", NOW, partial(views.thresholds, row))
            for row in range(len(views.kinds))
        ),
        Layer("scale", NOW, views.now),
        Layer("scale", NOW, views.told),
        Layer("people", (), views.people),
        Layer("people", RULE, views.everyone),
        Layer("people", NOW, views.chosen),
    ]


def _legend(data: Errors) -> list[Key]:
    """Bars and curve, then scores and thresholds."""
    feet, heads, middle = [(1, 6.5)], [(24, 6.5)], [(12.5, 6.5)]
    pale = Rect(3, 1, 20, 12, "muted", 1, fill="muted")
    keys = [
        Key("points in a bin", (pale,)),
        Key("what they count", (pale, Lines([(13, 13)], [(13, 5)], BLUE, 18, BUTT))),
        Key("similarity", (Lines(feet, heads, CURVE, 2.5),)),
        Key("a point, by the κ of its part", (Points(middle, (), POINT, 3.4),)),
        Key("threshold passed", (Points(middle, (), HIT, MARK),)),
        Key("not passed", (Points(middle, (), MISS, MARK, False, 2),)),
        Key("GPS", (Points(middle, (), HUES[0], 3.6),)),
    ]
    if data.ious is not None:
        keys.append(Key("masked GPS", (Points(middle, (), HUES[1], 3.6, False, 1.8),)))
    mean = score_mark(middle[0], HUES[0], 5)
    ring = Points(middle, (), "ink", 5.6, False, 1.6)
    return [*keys, Key("person's score, or mean", (mean,)), Key("the person", (ring,))]
