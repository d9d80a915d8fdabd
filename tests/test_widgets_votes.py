"""The vote catcher, and vectors that are read and cast bilinearly: NumPy and Pillow."""

from __future__ import annotations

import itertools
import math
import re

import numpy as np
import pytest
from explorer_marks import caption, of, plain, read

from course_lib.widgets import (
    Arrows,
    Circle,
    HeatMap,
    Lines,
    Points,
    Polyline,
    Scale,
    vote_catcher,
)
from course_lib.widgets.offsets import sampled, voted
from course_lib.widgets.votes_data import TRUTH, disk, means, shown

WHITE, RED, ORANGE, BLUE = "#FFFFFF", "#D55E00", "#E69F00", "#0072B2"
CATCHER = vote_catcher()
STATES = {control.name: control.states for control in CATCHER.controls}
STARTS = CATCHER.values()
# Both ends of every control, all others at their start; then all of them together.
ENDS = [{name: state} for name, all_ in STATES.items() for state in (all_[0], all_[-1])]
ENDS += [
    dict(zip(STATES, states, strict=True))
    for states in itertools.product(("flat", "soft"), (4, 8, 32), (0, 2, 6))
]
REACH = 14  # px; of the map of votes


def tent(far: float) -> float:
    """The bilinear kernel along one axis."""
    return max(0.0, 1 - abs(far))


def pixels(now: dict) -> list[tuple[float, float, float, float, float]]:
    """Pixel, heat and tip of everyone who votes, one at a time."""
    made = shown(now["radius"], now["heat"])
    rows = zip(made.pixels, made.heats, made.errors, strict=True)
    return [
        (*at, heat, *(np.array(TRUTH) + now["noise"] * error))
        for at, heat, error in rows
    ]


def caught(now: dict) -> dict[tuple[int, int], float]:
    """The height of h at each px from -14 to 14, vote by vote."""
    made: dict[tuple[int, int], float] = {}
    for *_, heat, x, y in pixels(now):
        for i, j in itertools.product((0, 1), (0, 1)):
            u, v = math.floor(x) + i, math.floor(y) + j
            if max(abs(u), abs(v)) <= REACH:
                share = heat * tent(x - u) * tent(y - v)
                made[u, v] = made.get((u, v), 0.0) + share
    area = math.pi * now["radius"] ** 2
    return {cell: total / area for cell, total in made.items()}


def answers(now: dict) -> tuple[float, dict[str, tuple[float, float]]]:
    """The peak, and the places of the three rules by their colours."""
    votes, hottest = caught(now), max(pixels(now), key=lambda row: row[2])
    best = max(votes, key=lambda cell: votes[cell])
    return votes[best], {RED: hottest[:2], ORANGE: hottest[3:], BLUE: best}


def off(now: dict) -> tuple[float, dict[str, float]]:
    """The peak, and how far each rule is from the keypoint, px."""
    peak, places = answers(now)
    return peak, {hue: math.dist(at, TRUTH) for hue, at in places.items()}


# --- Reading and voting between cells ------------------------------------------------


def test_a_field_is_read_bilinearly_and_beyond_it_at_its_border():
    rng = np.random.default_rng(0)
    field = rng.normal(size=(2, 5, 7))
    places = rng.uniform(-3, 9, (60, 2))
    places[:3] = [(2, 3), (6, 4), (2.5, 3.5)]
    found = sampled(field, places)
    for (x, y), value in zip(places, found, strict=True):
        x, y = min(max(x, 0), 6), min(max(y, 0), 4)
        wanted = sum(
            field[:, v, u] * tent(x - u) * tent(y - v)
            for u, v in itertools.product(range(7), range(5))
        )
        np.testing.assert_allclose(value, wanted, atol=1e-12)
    np.testing.assert_allclose(found[2], field[:, 3:5, 2:4].mean(axis=(1, 2)))


def test_votes_are_shared_by_four_cells_and_lost_beyond_the_map():
    rng = np.random.default_rng(1)
    places, weights = rng.uniform(-2, 9, (80, 2)), rng.uniform(size=80)
    wanted = np.zeros((5, 7))
    for (x, y), weight in zip(places, weights, strict=True):
        for v, u in np.ndindex(wanted.shape):
            wanted[v, u] += weight * tent(x - u) * tent(y - v)
    np.testing.assert_allclose(voted(places, weights, (5, 7)), wanted, atol=1e-12)
    inner = rng.uniform(0, 4, (30, 2))
    assert voted(inner, np.ones(30), (5, 7)).sum() == pytest.approx(30)
    half = voted(np.array([[2.5, 1.0]]), np.ones(1), (5, 7))
    assert (half[1, 2], half[1, 3]) == (0.5, 0.5)
    assert not voted(np.zeros((0, 2)), np.zeros(0), (5, 7)).any()


# --- The planted disk ----------------------------------------------------------------


@pytest.mark.parametrize(("radius", "kind"), itertools.product((4, 32), STATES["heat"]))
def test_a_disk_holds_each_px_within_r_and_heat_as_it_says(radius, kind):
    made = shown(radius, kind)
    side = range(-radius - 1, radius + 2)
    wanted = {p for p in itertools.product(side, side) if math.dist(p, TRUTH) <= radius}
    assert set(map(tuple, made.pixels.astype(int).tolist())) == wanted
    far = np.array([math.dist(p, TRUTH) for p in made.pixels]) / radius
    model = 0.95 - (0.5 * far if kind == "soft" else 0)
    noise = made.heats - model
    assert abs(noise.mean()) < 0.03
    assert noise.std() == pytest.approx(0.05 if kind == "soft" else 0.01, rel=0.2)
    assert made.errors.std() == pytest.approx(1, rel=0.12)


def test_a_small_disk_is_a_part_of_a_large_one_with_the_same_noise():
    small, large = shown(4, "flat"), shown(32, "soft")
    there = {
        tuple(p): tuple(e) for p, e in zip(large.pixels, large.errors, strict=True)
    }
    for place, error in zip(small.pixels, small.errors, strict=True):
        assert there[tuple(place)] == tuple(error)


def test_without_noise_on_a_pixel_the_peak_is_the_heat():
    made = disk(8, "flat", np.zeros(2), np.random.default_rng(0))
    peak, misses = made.missed(0)
    assert peak == pytest.approx(0.95 * len(made.pixels) / (math.pi * 64), abs=0.01)
    assert 0.9 < peak < 1.0
    assert misses["own"] == misses["hough"] == 0


@pytest.mark.parametrize("radius", STATES["radius"])
def test_means_agree_with_what_is_known_in_closed_form(radius):
    flat, soft = (means(radius, kind) for kind in ("flat", "soft"))
    # A flat disk has its largest value anywhere, 2 R / 3 off on average.
    assert flat.misses["argmax"][0] == pytest.approx(2 * radius / 3, rel=0.12)
    assert soft.misses["argmax"][0] < 0.4 * flat.misses["argmax"][0]
    for at, noise in enumerate(STATES["noise"]):
        # One offset is a Gaussian in two dimensions: s * sqrt(pi / 2) off.
        wanted = noise * math.sqrt(math.pi / 2)
        assert flat.misses["own"][at] == pytest.approx(wanted, rel=0.15)
        if noise > 1:
            assert flat.misses["hough"][at] < flat.misses["own"][at]
    if radius == 32:
        for noise in (1, 2, 3):
            # The kernel's variance, 1/6 px^2, widens the spread of the votes.
            height = 0.95 / (2 * math.pi * (noise**2 + 1 / 6))
            found = flat.peaks[STATES["noise"].index(noise)]
            assert found == pytest.approx(height, rel=0.12)
            assert soft.peaks[STATES["noise"].index(noise)] < 0.75 * found


# --- What is drawn -------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_the_disk_shows_heat_and_offsets(values):
    now = STARTS | values
    marks = CATCHER.frame(values).panels["disk"]
    scale, heat = of(marks, Scale)[0], of(marks, HeatMap)[0]
    reach, radius = now["radius"] + 1, now["radius"]
    assert heat.array.shape == (2 * reach + 1, 2 * reach + 1)
    assert (heat.x, heat.y, heat.w, heat.h) == (0, 0, 240, 240)
    hot = {(int(x), int(y)): value for x, y, value, *_ in pixels(now)}
    for row, column in np.ndindex(heat.array.shape):
        value = hot.get((column - reach, row - reach), 0.0)
        assert heat.array[row, column] / 255 == pytest.approx(value, abs=0.046)
    circle = of(marks, Circle)[0]
    assert read(scale, (circle.x, circle.y)) == pytest.approx(tuple(TRUTH), abs=0.1)
    assert read(scale, (circle.x + circle.r, 0))[0] == pytest.approx(
        TRUTH[0] + radius, abs=0.1
    )
    arrows = of(marks, Arrows, "ink")[0]
    tips = {(round(x), round(y)): (u, v) for x, y, _, u, v in pixels(now)}
    assert len(arrows.start) >= 25
    grain = 0.01 + (2 * reach + 1) / 240  # half a panel unit on either side, in px
    for start, end in zip(arrows.start, arrows.end, strict=True):
        place = read(scale, start)
        pixel = round(place[0]), round(place[1])
        assert place == pytest.approx(pixel, abs=grain)
        assert read(scale, end) == pytest.approx(tips[pixel], abs=grain)
    told = caption(marks)
    assert told.startswith(f"{len(hot)} pixels vote; ")
    every = 1 if radius == 4 else (radius // 3) ** 2
    assert ("each arrow is" if every == 1 else f"one arrow in {every} is") in told


@pytest.mark.parametrize("values", ENDS)
def test_the_three_rules_and_the_truth_are_marked(values):
    now = STARTS | values
    frame = CATCHER.frame(values)
    peak, places = answers(now)
    marks = frame.panels["disk"]
    scale = of(marks, Scale)[0]
    reach = (2 * now["radius"] + 3) / 240
    for hue, place in places.items():
        dot = of(marks, Points, hue)[0].points[0]
        assert read(scale, dot) == pytest.approx(place, abs=0.1 * reach + 1e-9)
    own = of(marks, Arrows, ORANGE)[0]
    assert own.start[0] == of(marks, Points, RED)[0].points[0]
    assert own.end[0] == of(marks, Points, ORANGE)[0].points[0]
    ring = of(marks, Points, WHITE)[0].points[0]
    assert read(scale, ring) == pytest.approx(tuple(TRUTH), abs=0.1 * reach)
    marks = frame.panels["votes"]
    scale = of(marks, Scale)[0]
    dot, ring = (of(marks, Points, hue)[0].points[0] for hue in (BLUE, WHITE))
    assert read(scale, dot) == pytest.approx(places[BLUE])
    assert read(scale, ring) == pytest.approx(tuple(TRUTH))
    one = 1 / (math.pi * now["radius"] ** 2)
    assert caption(marks) == f"Peak {peak:.2g}; one vote counts {one:.2g} at most."


@pytest.mark.parametrize("values", ENDS)
def test_the_votes_are_drawn_in_eight_shades_up_to_their_peak(values):
    now = STARTS | values
    heat = of(CATCHER.frame(values).panels["votes"], HeatMap)[0]
    votes = caught(now)
    peak = max(votes.values())
    assert heat.array.shape == (29, 29)
    assert heat.high == pytest.approx(peak)
    for row, column in np.ndindex(heat.array.shape):
        share = votes.get((column - REACH, row - REACH), 0.0) / peak
        wanted = max(0.0, (share - 0.1) / 0.9)
        assert heat.array[row, column] / 255 == pytest.approx(wanted, abs=0.065)


@pytest.mark.parametrize("values", ENDS)
def test_the_sentence_tells_peak_line_threshold_and_errors(values):
    now = STARTS | values
    told = plain(CATCHER.frame(values).readout)
    peak, misses = off(now)
    s = now["noise"]
    line = f"{1 / (2 * math.pi * s * s):.2g}" if s else "∞"
    verdict = "above" if peak > 0.01 else "not above"
    wanted = f"Peak {peak:.2g}, the line 1/(2πs²) {line}: {verdict} the threshold 0.01."
    assert told.startswith(wanted)
    numbers = [float(text) for text in re.findall(r"(\d+\.\d) px", told)]
    wanted_px = [misses[RED], misses[ORANGE], misses[BLUE]]
    np.testing.assert_allclose(numbers, wanted_px, atol=0.051)


def test_one_vote_of_a_small_disk_passes_the_threshold_and_many_of_a_large_do_not():
    small = CATCHER.frame({"radius": 4, "noise": 6, "heat": "flat"})
    large = CATCHER.frame({"radius": 32, "noise": 6, "heat": "flat"})
    assert "not above" not in small.readout
    assert "not above" in large.readout


@pytest.mark.parametrize("values", ENDS)
def test_the_charts_stand_at_the_noise(values):
    now = STARTS | values
    frame = CATCHER.frame(values)
    peak, misses = off(now)
    marks = frame.panels["peak"]
    scale = of(marks, Scale)[0]
    assert scale.y_name == "log₁₀ of the peak"
    x, y = read(scale, of(marks, Points, BLUE)[0].points[0])
    assert (x, y) == pytest.approx((now["noise"], math.log10(peak)), abs=0.03)
    marks = frame.panels["off"]
    scale = of(marks, Scale)[0]
    for hue, miss in misses.items():
        dot = read(scale, of(marks, Points, hue)[0].points[0])
        assert dot == pytest.approx((now["noise"], miss), abs=0.02 * scale.y[1])
        assert miss <= scale.y[1]


@pytest.mark.parametrize(("radius", "heat"), itertools.product((4, 8, 32), ("flat",)))
def test_the_lines_of_the_charts_are_what_the_legend_says(radius, heat):
    frame = CATCHER.frame({"radius": radius, "heat": heat})
    marks = frame.panels["peak"]
    scale = of(marks, Scale)[0]
    line = of(marks, Polyline, "ink")[0]
    for s, height in (read(scale, place) for place in line.points):
        wanted = min(1 / (2 * math.pi * s * s), 1.3)
        assert 10**height == pytest.approx(wanted, rel=0.03)
    flat = [m for m in of(marks, Lines, "#009E73") if m.dash]
    assert 10 ** read(scale, flat[0].start[0])[1] == pytest.approx(0.01, rel=0.02)
    votes = [m for m in of(marks, Lines, "muted") if m.dash]
    assert len(votes) == (radius < 32)  # one vote of 3217 lies below the chart
    if votes:
        height = 10 ** read(scale, votes[0].start[0])[1]
        assert height == pytest.approx(1 / (math.pi * radius**2), rel=0.02)
    mean = of(marks, Polyline, BLUE)[0]
    found = [10 ** read(scale, place)[1] for place in mean.points]
    np.testing.assert_allclose(found, means(radius, heat).peaks, rtol=0.03)
    marks = frame.panels["off"]
    scale = of(marks, Scale)[0]
    hues = zip((RED, ORANGE, BLUE), means(radius, heat).misses.values(), strict=True)
    for hue, wanted in hues:
        found = [read(scale, at)[1] for at in of(marks, Polyline, hue)[0].points]
        np.testing.assert_allclose(found, wanted, atol=0.02 * scale.y[1])


# --- What is stored ------------------------------------------------------------------


def test_what_is_stored_is_small_self_contained_and_repeatable():
    bundle, _ = CATCHER._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 108_000
    assert "http" not in bundle["text/html"]
    assert vote_catcher().html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_the_legend_names_each_mark_once():
    width, height = CATCHER.static().size
    assert width == 900
    assert height < 880
    texts = [key.text for key in CATCHER.legend]
    assert len(set(texts)) == len(texts)
    assert {"keypoint", "argmax of p", "Hough peak", "1/(2πs²)"} <= set(texts)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"noise": 7}, "'noise' takes 0 ... 6, got 7"),
        ({"radius": 16}, "'radius' takes 4 ... 32, got 16"),
        ({"heat": "warm"}, "'heat' takes 'flat' ... 'soft', got 'warm'"),
    ],
)
def test_a_state_that_there_is_not_is_named(values, message):
    with pytest.raises(ValueError, match=message):
        CATCHER.frame(values)
