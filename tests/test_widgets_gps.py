"""The tuner of GPS: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math
import re
from statistics import fmean

import numpy as np
import pytest
from explorer_marks import caption, of, plain, read
from surface_errors import COUNTS, KAPPAS, NETWORKS, distances, errors, ious, parts

from course_lib.widgets import (
    Lines,
    Points,
    Polyline,
    Rect,
    Scale,
    Text,
    gps_tuner,
)
from course_lib.widgets.gps_data import passed, similarity

BLUE, ORANGE, GREEN, RED = HUES = "#0072B2", "#E69F00", "#009E73", "#D55E00"
TEN = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95)
PEOPLE = tuple(f"{n}" for n in range(1, len(COUNTS) + 1))
TUNER = gps_tuner(**errors())
BARE = gps_tuner(**errors(ious=None))
STATES = {control.name: control.states for control in TUNER.controls}
STARTS = TUNER.values()
# Both ends of every control, all others at their start; then all people, networks and
# rules with the kappas at both ends and of the paper.
ENDS = [{name: state} for name, all_ in STATES.items() for state in (all_[0], all_[-1])]
ENDS += [
    {"network": network, "person": person, "rule": rule, "kappa": kappa}
    for network, person, rule, kappa in itertools.product(
        NETWORKS, PEOPLE, ("one", "each"), (0.05, 0.255, 0.5)
    )
]


def points_of(now: dict) -> tuple[list[float], list[int]]:
    """Distances and parts of the person's points."""
    n = PEOPLE.index(now["person"])
    return distances()[now["network"]][n].tolist(), parts()[n].tolist()


def counts(now: dict) -> list[float]:
    """What each point counts, one at a time."""
    made = []
    for far, part in zip(*points_of(now), strict=True):
        kappa = now["kappa"] if now["rule"] == "one" else KAPPAS[part - 1]
        shrink = 0.0 if math.isinf(far) else math.e ** -(far * far / (2 * kappa**2))
        made.append(shrink)
    return made


def scores(now: dict) -> tuple[float, float]:
    """GPS and masked GPS."""
    gps = fmean(counts(now))
    iou = ious()[now["network"]][PEOPLE.index(now["person"])]
    return gps, (gps * iou) ** 0.5


def all_scores(now: dict, network: str) -> list[tuple[float, float]]:
    """Both scores of every person."""
    return [scores(now | {"network": network, "person": name}) for name in PEOPLE]


def reached(score: float) -> int:
    return len([t for t in TEN if score > t - 1e-9])


# --- The score -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("far", "kappa", "worth"),
    [
        (0.0, 0.255, 1.0),
        (0.3, 0.255, 0.5006),
        (0.05, 0.255, 0.981),
        (0.1, 0.255, 0.926),
        (0.2, 0.255, 0.735),
        (math.inf, 0.255, 0.0),
        (0.107, 0.107, math.exp(-0.5)),
    ],
)
def test_a_point_counts_what_the_paper_says(far, kappa, worth):
    assert similarity(far, kappa) == pytest.approx(worth, abs=5e-4)


def test_a_threshold_is_passed_when_it_is_reached():
    for n, threshold in enumerate(TEN):
        assert passed(threshold) == n + 1
        assert passed(threshold - 1e-12) == n + 1
        assert passed(threshold - 1e-6) == n
    assert (passed(0.0), passed(1.0)) == (0, 10)


@pytest.mark.parametrize("values", ENDS)
def test_the_sentence_tells_scores_thresholds_and_means(values):
    now = STARTS | values
    told = plain(TUNER.frame(values).readout)
    by = f"κ = {now['kappa']:g} m" if now["rule"] == "one" else "a κ for each part"
    name = now["network"].capitalize()
    assert told.startswith(f"{name}, person {now['person']}, {by}: GPS ")
    found = re.search(
        r"GPS (\S+) passes (\d+) of 10 thresholds, with the mask "
        r"√\((\S+) · (\S+)\) = (\S+) passes (\d+)\. "
        r"Mean of 3 people: (\S+) and (\S+)\.$",
        told,
    )
    gps, masked = scores(now)
    every = all_scores(now, now["network"])
    means = [fmean(both[kind] for both in every) for kind in (0, 1)]
    iou = ious()[now["network"]][PEOPLE.index(now["person"])]
    numbers = [float(found[k]) for k in (1, 3, 4, 5, 7, 8)]
    wanted = [gps, gps, iou, masked, *means]
    np.testing.assert_allclose(numbers, wanted, atol=0.00051)
    assert (int(found[2]), int(found[6])) == (reached(gps), reached(masked))
    short = plain(BARE.frame(values).readout)
    assert short == f"{told.split(', with')[0]}. Mean of 3 people: {found[7]}."


# --- The histogram -------------------------------------------------------------------


def binned(now: dict, weights: list[float]) -> dict[int, float]:
    """Sums of weights by bin: 0 to 19 of 5 cm, 20 beyond, 21 background."""
    made: dict[int, float] = {}
    for far, weight in zip(points_of(now)[0], weights, strict=True):
        at = 21 if math.isinf(far) else 20
        for n in range(20):
            if 0.05 * n - 1e-9 <= far < 0.05 * (n + 1) - 1e-9:
                at = n
        made[at] = made.get(at, 0.0) + weight
    return made


def at_bin(x: float) -> int:
    """The bin that stands at a place of the axis."""
    return 20 if 1 < x < 1.15 else 21 if x > 1.15 else int(x // 0.05)


def points_scale(marks) -> float:
    """How many points the height of similarity 1 stands for."""
    scale, texts = of(marks, Scale)[0], of(marks, Text)
    ticks = [m for m in texts if m.x == scale.right + 8]
    top = max(ticks, key=lambda m: float(m.text))
    return float(top.text) / read(scale, (0, top.y))[1]


@pytest.mark.parametrize("values", ENDS)
def test_the_bars_are_points_and_their_solid_parts_what_they_count(values):
    now = STARTS | values
    marks = TUNER.frame(values).panels["errors"]
    scale, unit = of(marks, Scale)[0], points_scale(marks)
    grain = 1.1 * unit / (scale.bottom - scale.top) * scale.y[1]  # a panel unit
    pale = {}
    for mark in of(marks, Rect):
        x, _ = read(scale, (mark.x - 0.5 + mark.w / 2, 0))
        low = mark.y - 0.5 + mark.h
        assert low == pytest.approx(scale.bottom, abs=0.2)
        pale[at_bin(x)] = unit * read(scale, (0, mark.y - 0.5))[1]
    every = [1.0] * len(points_of(now)[0])
    wanted = binned(now, every)
    assert set(pale) == set(wanted)
    for at, count in wanted.items():
        assert pale[at] == pytest.approx(count, abs=grain)
    solid = {}
    for mark in of(marks, Lines, BLUE):
        for (x, foot), (_, top) in zip(mark.start, mark.end, strict=True):
            assert foot == scale.bottom
            solid[at_bin(read(scale, (x, 0))[0])] = unit * read(scale, (0, top))[1]
    for at, worth in binned(now, counts(now)).items():
        assert solid.get(at, 0.0) == pytest.approx(worth, abs=grain)
    share = sum(solid.values()) / len(every)
    assert share == pytest.approx(scores(now)[0], abs=22 * grain / len(every))


def test_networks_share_one_scale_of_points():
    for person in PEOPLE:
        scales = {
            points_scale(
                TUNER.frame({"network": name, "person": person}).panels["errors"]
            )
            for name in NETWORKS
        }
        every = [1.0] * COUNTS[PEOPLE.index(person)]
        fullest = max(
            max(binned({"network": name, "person": person}, every).values())
            for name in NETWORKS
        )
        assert len(scales) == 1
        assert scales.pop() == pytest.approx(fullest, rel=1e-6)


@pytest.mark.parametrize("kappa", STATES["kappa"])
def test_the_curve_is_the_similarity(kappa):
    marks = TUNER.frame({"kappa": kappa}).panels["errors"]
    scale, curve = of(marks, Scale)[0], of(marks, Polyline, RED)
    assert len(curve) == 1
    tall = 1.1 / (scale.bottom - scale.top)
    for place in curve[0].points:
        far, worth = read(scale, place)
        slope = 0.61 / kappa * 1.29 / (scale.right - scale.left)
        wanted = math.exp(-(far**2) / (2 * kappa**2))
        assert worth == pytest.approx(wanted, abs=tall + slope)
    assert read(scale, curve[0].points[0]) == (0, pytest.approx(1, abs=tall))
    assert read(scale, curve[0].points[-1])[0] == pytest.approx(1, abs=0.002)
    names = [m.text for m in of(marks, Text) if "κ" in m.text]
    assert names == [f"κ = {kappa:g} m"]
    half = float(re.search(r"one half at (\S+) m\.", caption(marks))[1])
    assert math.exp(-(half**2) / (2 * kappa**2)) == pytest.approx(0.5, abs=0.06)
    assert caption(marks).startswith("GPS is the solid share of all bars. With κ = ")


@pytest.mark.parametrize(("network", "person"), itertools.product(NETWORKS, PEOPLE))
def test_with_a_kappa_for_each_part_every_point_lies_on_its_own_curve(network, person):
    now = STARTS | {"network": network, "person": person, "rule": "each"}
    marks = TUNER.frame(now).panels["errors"]
    scale, curves = of(marks, Scale)[0], of(marks, Polyline, RED)
    assert [bool(curve.dash) for curve in curves] == [False, True]
    names = [m for m in of(marks, Text) if "κ" in m.text]
    assert [m.text for m in names] == ["hand: κ = 0.107 m", "torso: κ = 0.351 m"]
    assert names[1].y - names[0].y > 14
    samples = of(marks, Lines, RED)
    assert [line.dash for line in samples] == [curve.dash for curve in curves]
    assert [line.start[0][1] for line in samples] == [m.y for m in names]
    assert "the slider is not used" in caption(marks)
    far, labels = points_of(now)
    near = [k for k, d in enumerate(far) if d < 1]
    dots = of(marks, Points, ORANGE)
    assert bool(dots) == bool(near)
    if near:
        found = np.array([read(scale, place) for place in dots[0].points])
        wanted = [(far[k], counts(now)[k]) for k in near]
        np.testing.assert_allclose(found, wanted, atol=0.004)
        for k, text in zip(near, dots[0].labels, strict=True):
            assert ("hand" in text) == (labels[k] in (3, 4))
            assert ("torso" in text) == (labels[k] in (1, 2))
    assert not of(TUNER.frame(now | {"rule": "one"}).panels["errors"], Points, ORANGE)


# --- The thresholds ------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_thresholds_are_filled_where_they_are_passed(values):
    now, marks = STARTS | values, TUNER.frame(values).panels["scale"]
    scale = of(marks, Scale)[0]
    names = [m for m in of(marks, Text) if "GPS" in m.text]
    assert [m.text for m in names] == ["GPS", "masked GPS"]
    told = caption(marks)
    for name, score, hue in zip(names, scores(now), HUES, strict=False):
        height = read(scale, (0, name.y))[1]
        found = {}
        for mark in (*of(marks, Points, GREEN), *of(marks, Points, RED)):
            assert mark.filled == (mark.colour == GREEN)
            for place in mark.points:
                at, row = read(scale, place)
                if abs(row - height) < 0.01:
                    found[round(at, 2)] = mark.filled
        assert found == {t: t < score + 1e-9 for t in TEN}
        tick = of(marks, Lines, hue)[0]
        assert read(scale, tick.start[0])[0] == pytest.approx(score, abs=0.002)
        number = next(m for m in of(marks, Text) if m.bold and abs(m.y - name.y) < 1)
        assert float(number.text) == pytest.approx(score, abs=0.00051)
        count = reached(score)
        words = "none" if not count else f".50 to {f'{TEN[count - 1]:.2f}'[1:]}"
        words = ".50 alone" if count == 1 else words
        assert f"{name.text} passes {words}" in told
    bare = BARE.frame(values).panels["scale"]
    assert [m.text for m in of(bare, Text) if "GPS" in m.text] == ["GPS"]
    assert f"{told.split(';')[0]}." == caption(bare)


def test_every_kind_of_verdict_was_looked_at():
    found = {reached(score) for v in ENDS for score in scores(STARTS | v)}
    assert found >= {0, 10}
    assert len(found) > 6


# --- All people ----------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_all_people_and_their_means_are_shown(values):
    now, marks = STARTS | values, TUNER.frame(values).panels["people"]
    scale, texts = of(marks, Scale)[0], of(marks, Text)
    rows = [next(m for m in texts if m.text == name) for name in NETWORKS]
    numbers = [m for m in texts if m.x > scale.right]
    for row, network in zip(rows, NETWORKS, strict=True):
        every = all_scores(now, network)
        for kind, hue in enumerate((BLUE, ORANGE)):
            side = -1 if not kind else 1  # GPS above, masked GPS below

            def is_here(y, row=row, side=side):
                return 0 < side * (y - row.y) < 25

            dots = next(m for m in of(marks, Points, hue) if is_here(m.points[0][1]))
            found = [read(scale, place)[0] for place in dots.points]
            np.testing.assert_allclose(found, [s[kind] for s in every], atol=0.002)
            assert dots.labels == tuple(f"person {name}" for name in PEOPLE)
            assert dots.filled == (not kind)
            mean = fmean(s[kind] for s in every)
            tick = next(m for m in of(marks, Lines, hue) if is_here(m.start[0][1] + 6))
            assert read(scale, tick.start[0])[0] == pytest.approx(mean, abs=0.002)
            number = next(m for m in numbers if is_here(m.y))
            assert float(number.text) == pytest.approx(mean, abs=0.00051)
    ring = of(marks, Points, "ink")[0]
    found = [read(scale, place)[0] for place in ring.points]
    np.testing.assert_allclose(found, scores(now), atol=0.002)
    chosen = rows[NETWORKS.index(now["network"])]
    assert [np.sign(y - chosen.y) for _, y in ring.points] == [-1, 1]
    assert all(abs(y - chosen.y) < 25 for _, y in ring.points)
