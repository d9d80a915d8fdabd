"""The people and the order of connections in the explorer of part affinity fields."""

from __future__ import annotations

import itertools
import re
from collections import Counter

import numpy as np
import pytest
from explorer_marks import caption, of
from planted_fields import PAIRS, planted_people
from stick_people import JOINTS

from course_lib.widgets import Lines, Points, Polyline, Scale, Text, paf_explorer

VERMILLION, YELLOW = "#D55E00", "#F0E442"
DATA = planted_people()
EXPLORER = paf_explorer(**DATA).stored
STEPS, PEAKS = DATA["steps"], DATA["peaks"]


# --- The people ----------------------------------------------------------------------


def groups(step: int) -> list[set]:
    """Peaks joined by the connections up to a step that were not ignored."""
    sets: list[set] = []
    for done in STEPS[:step]:
        if done.case == "conflict":
            continue
        pair = {
            (JOINTS.index(name), peak)
            for name, peak in zip(
                PAIRS[done.limb], (done.first, done.second), strict=True
            )
        }
        touched = [one for one in sets if one & pair]
        sets = [one for one in sets if not one & pair]
        sets.append(pair.union(*touched))
    return sets


def spots(peaks: set) -> set:
    return {tuple(np.rint(PEAKS[part][peak, :2])) for part, peak in peaks}


def people_of(marks) -> list[set]:
    """The dots of each person, in the order drawn."""
    found = [m for m in of(marks, Points) if m.radius == 3]
    return [set(mark.points) for mark in found]


@pytest.mark.parametrize("step", range(1, len(STEPS) + 1))
def test_people_are_what_their_connections_join(step):
    marks = EXPLORER.frame({"step": step}).panels["people"]
    wanted = [spots(group) for group in groups(step)]
    found = people_of(marks)
    assert len(found) == len(wanted)
    assert all(spot in wanted for spot in found)
    lines = [m for m in of(marks, Lines) if m.width == 3]
    drawn = [
        tuple(zip(mark.start, mark.end, strict=True)) for mark in lines if mark.start
    ]
    done = [one for one in STEPS[:step] if one.case != "conflict"]
    assert sum(map(len, drawn)) == len(done)
    # The present connection glows, from peak to peak.
    now = STEPS[step - 1]
    glow = of(marks, Lines, YELLOW)[0]
    for place, name, peak in zip(
        (glow.start[0], glow.end[0]),
        PAIRS[now.limb],
        (now.first, now.second),
        strict=True,
    ):
        np.testing.assert_allclose(
            place, PEAKS[JOINTS.index(name)][peak, :2], atol=0.51
        )
    dashed = [mark for mark in of(marks, Lines) if mark.dash]
    assert bool(dashed) == (now.case == "conflict")


def test_a_person_keeps_its_number_and_its_colour():
    before: dict[str, tuple] = {}
    for step in range(1, len(STEPS) + 1):
        marks = EXPLORER.frame({"step": step}).panels["people"]
        texts = [mark.text for mark in of(marks, Text)]
        dots = [mark for mark in of(marks, Points) if mark.radius == 3]
        assert len(set(texts)) == len(texts) == len(dots)
        now = {
            text: (mark.colour, set(mark.points))
            for text, mark in zip(texts, dots, strict=True)
        }
        for text, (colour, places) in before.items():
            heir = text if text in now else None
            if heir:
                assert now[heir][0] == colour
                assert places <= now[heir][1]
            else:  # merged into an older one
                assert any(
                    places <= other and int(name) < int(text)
                    for name, (_, other) in now.items()
                )
        before = now
    assert len({colour for colour, _ in before.values()}) == len(before)


def test_every_case_is_told():
    cases = Counter(step.case for step in STEPS)
    assert set(cases) == {"new", "add", "redundant", "merge", "conflict"}
    words = {
        "new": r"New person \d+\.$",
        "add": r"The [a-z ]+ is added to person \d+\.$",
        "redundant": r"Both are of person \d+ already: score only\.$",
        "merge": r"Persons \d+ and \d+ are merged\.$",
        "conflict": r"Conflict, ignored: they are of \w+ ?\d* and of \w+ ?\d*\.$",
    }
    for number, step in enumerate(STEPS, 1):
        told = caption(EXPLORER.frame({"step": number}).panels["people"])
        assert re.search(words[step.case], told), told
        assert f"score {step.score:.2f}" in told
        first, second = (name.replace("_", " ") for name in PAIRS[step.limb])
        names = f"{first} {step.first + 1} – {second} {step.second + 1},"
        assert told.lower().startswith(names)


def test_an_added_part_is_named():
    for number, (before, step) in enumerate(itertools.pairwise(STEPS), 2):
        if step.case != "add":
            continue
        had = {(part, peak) for p in before.people for part, peak in enumerate(p)}
        ends = zip(PAIRS[step.limb], (step.first, step.second), strict=True)
        new = [name for name, n in ends if (JOINTS.index(name), n) not in had]
        told = caption(EXPLORER.frame({"step": number}).panels["people"])
        assert f"The {new[0].replace('_', ' ')} is added" in told


# --- All connections -----------------------------------------------------------------


def test_the_order_has_a_mark_for_every_connection():
    marks = EXPLORER.frame({"step": 1}).panels["order"]
    scale, cases = of(marks, Scale)[0], Counter(step.case for step in STEPS)
    points, lines = of(marks, Points), of(marks, Lines)
    polygons = of(marks, Polyline)
    assert sum(mark.filled for mark in points) == cases["new"]
    assert sum(not mark.filled for mark in points) == cases["add"] + 1  # the ring
    assert sum(len(mark.points) == 3 for mark in polygons) == cases["merge"]
    assert sum(len(mark.points) == 4 for mark in polygons) == cases["redundant"]
    assert (
        len([mark for mark in lines if mark.colour == VERMILLION])
        == (cases["conflict"])
    )
    assert scale.y[0] < 0 < max(step.score for step in STEPS) < scale.y[1]


@pytest.mark.parametrize("step", [1, 7, len(STEPS)])
def test_the_order_marks_the_present_connection_and_counts(step):
    marks = EXPLORER.frame({"step": step}).panels["order"]
    scale, ring = of(marks, Scale)[0], of(marks, Points)[-1]
    (x, y), now = ring.points[0], STEPS[step - 1]
    across = (x - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - y) / (scale.bottom - scale.top)
    at = scale.x[0] + across * (scale.x[1] - scale.x[0])
    score = scale.y[0] + up * (scale.y[1] - scale.y[0])
    assert (at, score) == (
        pytest.approx(step, abs=0.02),
        pytest.approx(now.score, 0.01),
    )
    cases = Counter(done.case for done in STEPS[:step])
    order = ("new", "add", "redundant", "merge", "conflict")
    found = [int(number) for number in re.findall(r"\d+", caption(marks))]
    assert found == [step, *(cases[case] for case in order)]
