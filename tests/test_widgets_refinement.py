"""The refinement stepper: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math
import re
from statistics import median

import numpy as np
import pytest
from explorer_marks import caption, of, plain, read

from course_lib.widgets import (
    Arrows,
    Circle,
    Lines,
    Points,
    Polyline,
    Scale,
    refinement_stepper,
)
from course_lib.widgets.refinement_data import (
    medians,
    outside,
    short_offsets,
    spread_tips,
)

RED, BLUE, SKY, GREEN, GREY = "#D55E00", "#0072B2", "#56B4E9", "#009E73", "muted"
STEPPER = refinement_stepper()
STATES = {control.name: control.states for control in STEPPER.controls}
STARTS = STEPPER.values()
WIDTH, HEIGHT, R = 340, 184, 32
JOINT = (236.0, 92.0)
# Both ends of every control, all others at their start; then all of them together.
ENDS = [{name: state} for name, all_ in STATES.items() for state in (all_[0], all_[-1])]
ENDS += [
    dict(zip(STATES, states, strict=True))
    for states in itertools.product((20, 120, 200), (5, 15, 20), (1, 3, 5), (0, 1, 2))
]


def short(x: float, y: float) -> tuple[float, float]:
    """The short offset at a place, from the four pixels around it."""
    x, y = min(max(x, 0), WIDTH - 1), min(max(y, 0), HEIGHT - 1)
    made = [0.0, 0.0]
    for i, j in itertools.product((0, 1), (0, 1)):
        u, v = math.floor(x) + i, math.floor(y) + j
        share = (1 - abs(x - u)) * (1 - abs(y - v))
        if share > 0:
            made = [
                m + share * float(s[v, u]) for m, s in zip(made, OFFSETS, strict=True)
            ]
    return made[0], made[1]


OFFSETS = short_offsets()


def tips(now: dict, count: int = 30) -> list[list[tuple[float, float]]]:
    """Before and after each step, every tip, one at a time."""
    sigma = now["share"] / 100 * now["length"]
    walks = []
    for x, y in spread_tips(count).tolist():
        places = [(JOINT[0] + sigma * x, JOINT[1] + sigma * y)]
        for _ in range(2):
            (x, y), (dx, dy) = places[-1], short(*places[-1])
            places.append((x + dx, y + dy))
        walks.append(places)
    return walks


def chosen(now: dict) -> list[tuple[float, float]]:
    """The places of the tip that is followed: the nearer ones come first."""
    numbers = [round(2 + 26 * n / 4) for n in range(5)]
    return tips(now)[numbers[now["pixel"] - 1]]


def far(place) -> float:
    return math.dist(place, JOINT)


# --- What is planted -----------------------------------------------------------------


def test_short_offsets_point_to_the_joint_in_its_disk_alone():
    assert OFFSETS.shape == (2, HEIGHT, WIDTH)
    inside, beyond = [], []
    for v, u in itertools.product(range(0, HEIGHT, 3), range(0, WIDTH, 3)):
        dx, dy = OFFSETS[:, v, u]
        if far((u, v)) <= R:
            inside.append(math.dist((u + dx, v + dy), JOINT))
        else:
            beyond.append(math.hypot(dx, dy))
    # The length of Gaussian noise of 1 px along each axis.
    for lengths in (inside, beyond):
        assert np.mean(lengths) == pytest.approx(math.sqrt(math.pi / 2), rel=0.08)


def test_raw_tips_are_spread_as_a_gaussian():
    made = spread_tips(400)
    assert np.abs(made.mean(axis=0)).max() < 0.03
    assert made.std(axis=0) == pytest.approx((1, 1), abs=0.03)
    for share, length in itertools.product((10, 20), (60, 200)):
        sigma = share / 100 * length
        beyond = np.mean([math.hypot(*at) * sigma > R for at in made])
        assert outside(length, share) == pytest.approx(beyond, abs=0.01)
    assert outside(200, 20) == pytest.approx(0.726, abs=0.001)


def test_refinement_is_flat_in_length_until_tips_leave_the_disk():
    flat, broken = medians(10), medians(20)
    np.testing.assert_allclose(flat[0], 1.177 * 0.1 * np.arange(20, 201, 20), rtol=0.01)
    assert flat[1:].max() < 1.5
    assert np.abs(broken[2, -1] - broken[0, -1]) < 1
    assert broken[2, :5].max() < 1.5


# --- What is drawn -------------------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_all_tips_are_green_in_the_disk_and_grey_beyond(values):
    now = STARTS | values
    marks = STEPPER.frame(values).panels["limb"]
    drawn = {
        hue: sorted(p for m in of(marks, Points, hue) if m.radius < 3 for p in m.points)
        for hue in (GREEN, GREY)
    }
    now_at = [walk[now["step"]] for walk in tips(now)]
    for hue, is_near in ((GREEN, True), (GREY, False)):
        some = [at for at in now_at if (far(at) <= R) == is_near]
        wanted = sorted(tuple(np.rint(at).tolist()) for at in some)
        np.testing.assert_allclose(
            np.reshape(drawn[hue], (-1, 2)), np.reshape(wanted, (-1, 2))
        )
    near = sum(far(at) <= R for at in now_at)
    steps = ("no step", "one step", "two steps")[now["step"]]
    sigma = now["share"] / 100 * now["length"]
    lost = 100 * math.exp(-R * R / (2 * sigma**2))
    assert caption(marks) == (
        f"After {steps}, {near} of 30 tips lie in the disk. Of all raw tips, "
        f"exp(−R²/2σ²) = {lost:.0f} % miss it."
    )


@pytest.mark.parametrize("values", ENDS)
def test_a_step_adds_a_blue_arrow_to_the_red_one_grey_beyond_the_disk(values):
    now = STARTS | values
    marks = STEPPER.frame(values).panels["limb"]
    ways = [m for m in of(marks, Arrows) if m.halo]
    places = chosen(now)
    assert len(ways) == now["step"] + 1
    k = (JOINT[0] - now["length"], JOINT[1])
    assert math.dist(ways[0].start[0], k) <= R + 0.5
    np.testing.assert_allclose(ways[0].end[0], places[0], atol=0.26)
    assert ways[0].colour == (RED if far(places[0]) <= R else GREY)
    for n, way in enumerate(ways[1:]):
        np.testing.assert_allclose(way.start[0], places[n], atol=0.26)
        np.testing.assert_allclose(way.end[0], places[n + 1], atol=0.26)
        assert way.colour == (BLUE if far(places[n]) <= R else GREY)
    dot = next(m for m in of(marks, Points) if m.radius == 4.5)
    np.testing.assert_allclose(dot.points[0], places[now["step"]], atol=0.26)
    assert dot.colour == (GREEN if far(places[now["step"]]) <= R else GREY)


@pytest.mark.parametrize("length", STATES["length"])
def test_the_limb_has_its_length_and_both_disks(length):
    marks = STEPPER.frame({"length": length}).panels["limb"]
    bone = of(marks, Lines, "ink")[0]
    assert math.dist(bone.start[0], bone.end[0]) == length
    assert [c.r for c in of(marks, Circle)] == [R, R]
    centres = [(c.x, c.y) for c in of(marks, Circle)]
    assert centres == [JOINT, bone.start[0]]
    assert bone.end[0] == JOINT
    assert bone.start[0][0] - R >= 0  # the source disk is on the panel
    field = of(marks, Arrows, SKY)[0]
    for start, end in zip(field.start, field.end, strict=True):
        way = 0.22 * OFFSETS[:, int(start[1]), int(start[0])]
        np.testing.assert_allclose(np.subtract(end, start), way, atol=0.051)
        assert far(start) <= R


@pytest.mark.parametrize("values", ENDS)
def test_the_sentence_tells_the_distance_at_each_step(values):
    now = STARTS | values
    told = plain(STEPPER.frame(values).readout)
    numbers = [float(text) for text in re.findall(r"(\d+\.\d) px", told)]
    walks = tips(now)
    wanted = [far(at) for at in chosen(now)]
    wanted += [median(far(walk[n]) for walk in walks) for n in range(3)]
    np.testing.assert_allclose(numbers, wanted, atol=0.051)
    start = f"Before and after each step the tip of pixel {now['pixel']} is "
    assert told.startswith(start)
    assert ("starts beyond the disk" in told) == (wanted[0] > R)


@pytest.mark.parametrize("share", STATES["share"])
def test_the_chart_shows_medians_over_lengths(share):
    for length, step in ((20, 0), (200, 2), (120, 1)):
        values = {"share": share, "length": length, "step": step}
        marks = STEPPER.frame(values).panels["medians"]
        scale = of(marks, Scale)[0]
        for row, hue in zip(medians(share), (RED, SKY, BLUE), strict=True):
            points = of(marks, Polyline, hue)[0].points
            found = np.array([read(scale, at) for at in points])
            np.testing.assert_allclose(found[:, 0], STATES["length"], atol=0.1)
            np.testing.assert_allclose(found[:, 1], row, atol=0.1)
            assert row.max() <= scale.y[1]
        now = {"length": length, "share": share}
        wanted = median(far(walk[step]) for walk in tips(now, 400))
        dot = of(marks, Points)[0]
        assert dot.colour == (RED, SKY, BLUE)[step]
        assert read(scale, dot.points[0]) == pytest.approx((length, wanted), abs=0.2)
    limit = R / (math.sqrt(2 * math.log(2)) * share / 100)
    lines = [m for m in of(marks, Lines, GREY) if m.dash]
    assert len(lines) == (limit <= 200)
    if lines:
        assert read(scale, lines[0].start[0])[0] == pytest.approx(limit, abs=0.2)
        assert f"From {limit:.1f} px on, half of the tips" in caption(marks)
    else:
        assert caption(marks) == "At no length here half of the tips leave the disk."


# --- What is stored ------------------------------------------------------------------


def test_what_is_stored_is_small_self_contained_and_repeatable():
    bundle, _ = STEPPER._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 80_000
    assert "http" not in bundle["text/html"]
    assert refinement_stepper().html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_the_legend_names_each_mark_once():
    width, height = STEPPER.static().size
    assert width == 900
    assert height < 560
    texts = [key.text for key in STEPPER.legend]
    assert len(set(texts)) == len(texts)
    assert {"mid offset", "short offset added", "tip in the disk"} <= set(texts)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"length": 210}, "'length' takes 20 ... 200, got 210"),
        ({"step": 3}, "'step' takes 0 ... 2, got 3"),
        ({"pixel": 0}, "'pixel' takes 1 ... 5, got 0"),
        ({"share": 7}, "'share' takes 5 ... 20, got 7"),
    ],
)
def test_a_state_that_there_is_not_is_named(values, message):
    with pytest.raises(ValueError, match=message):
        STEPPER.frame(values)
