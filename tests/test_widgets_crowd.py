"""The calculator of the crowd index: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import re

import numpy as np
import pytest
from crowded_people import (
    HEIGHT,
    WIDTH,
    count,
    crowd,
    flags,
    margins,
    moved,
    poses,
)
from explorer_marks import caption, of, plain, read
from stick_people import JOINTS, LIMBS

from course_lib.widgets import (
    Lines,
    Points,
    Rect,
    Scale,
    Text,
    crowd_index_calculator,
)
from course_lib.widgets.crowd_data import RULES, level, ratios

HUES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
LEVELS = {"easy": "#009E73", "medium": "#E69F00", "hard": "#D55E00"}
PEOPLE = (2, 3, 4)
LIVE = {n: crowd_index_calculator(**crowd(n)) for n in PEOPLE}
STORED = {n: explorer.stored for n, explorer in LIVE.items()}
ENDS = [
    (n, {"box": box, "apart": apart, "every": every})
    for n in PEOPLE
    for box, apart, every in itertools.product(("1", f"{n}"), (0.0, 1.0, 1.5), (0, 1))
]


def expected(people: int, apart: float, every: bool) -> tuple[list, np.ndarray]:
    """Boxes, and the table of whose joints lie in whose box."""
    shifts = moved(people, apart)
    boxes = margins(people)
    boxes[:, :2] += shifts
    keypoints, labels = poses(people) + shifts[:, None], flags(people)
    table = []
    for x, y, w, h in boxes:
        table.append(
            [
                sum(
                    (every or label > 0)
                    and x - 0.5 <= u <= x + w - 0.5
                    and y - 0.5 <= v <= y + h - 0.5
                    for (u, v), label in zip(pose, own, strict=True)
                )
                for pose, own in zip(keypoints, labels, strict=True)
            ]
        )
    return boxes, np.array(table)


def index_of(table: np.ndarray) -> tuple[list[float], float]:
    """Each ratio and their mean."""
    shares = []
    for i, row in enumerate(table.tolist()):
        others = sum(row) - row[i]
        shares.append(others / row[i] if row[i] else 0.0)
    return shares, sum(shares) / len(shares)


def written(marks) -> dict[tuple[float, float], str]:
    """The texts of the table, by place."""
    return {(mark.x, mark.y): mark.text for mark in of(marks, Text)}


# --- The table -----------------------------------------------------------------------


@pytest.mark.parametrize(("people", "values"), ENDS)
def test_the_table_says_whose_joints_lie_in_whose_box(people, values):
    marks = STORED[people].frame(values).panels["table"]
    _, table = expected(people, values["apart"], values["every"])
    texts = of(marks, Text)
    numbers = [mark for mark in texts if mark.size == 14]
    rows = sorted({mark.y for mark in numbers})
    assert len(rows) == people
    shares, mean = index_of(table)
    for i, y in enumerate(rows):
        found = [m.text for m in sorted(numbers, key=lambda m: m.x) if m.y == y]
        own, others = table[i, i], table[i].sum() - table[i, i]
        wanted = [*map(str, table[i]), f"{own}", f"{others}", f"{shares[i]:.2f}"]
        assert found == wanted
    result = next(mark.text for mark in texts if mark.size == 15)
    assert float(result) == pytest.approx(mean, abs=0.0051)
    frame = of(marks, Rect)[0]
    y = rows[int(values["box"]) - 1]
    assert frame.y < y - 6 < y + 6 < frame.y + frame.h
    assert frame.colour == HUES[int(values["box"]) - 1]


def test_columns_stand_apart_and_inside_the_panel():
    for people, explorer in STORED.items():
        width = explorer.panels[1].width
        texts = of(explorer.frame().panels["table"], Text)
        heads = [m for m in texts if m.bold and "N" in m.text]
        assert [m.text for m in heads] == ["Nᵃ", "Nᵇ", "Nᵇ / Nᵃ"]
        assert all(b.x - a.x > 60 for a, b in itertools.pairwise(heads))
        assert max(m.x for m in texts) + 33 < width
        rules = of(explorer.frame().panels["table"], Lines)[0]
        assert max(x for x, _ in rules.end) <= width - 1
        assert len({(m.x, m.y) for m in texts}) == len(texts), people


# --- The index and its classes -------------------------------------------------------


@pytest.mark.parametrize(
    ("index", "paper", "code"),
    [
        (0.0, "easy", "easy"),
        (0.0999, "easy", "easy"),
        (0.1, "medium", "easy"),
        (0.1999, "medium", "easy"),
        (0.2 - 1e-12, "medium", "medium"),
        (0.2, "medium", "medium"),
        (0.7999, "medium", "medium"),
        (0.8, "hard", "hard"),
        (3.02, "hard", "hard"),
    ],
)
def test_both_rules_have_their_own_limits(index, paper, code):
    assert level(index, RULES["paper"]) == paper
    assert level(index, RULES["official code"]) == code


def test_a_person_without_own_joints_adds_nothing():
    own, foreign = np.array([0, 4, 5]), np.array([3, 2, 0])
    assert ratios(own, foreign).tolist() == [0, 0.5, 0]


@pytest.mark.parametrize(("people", "values"), ENDS)
def test_the_sentence_and_the_scale_tell_the_index(people, values):
    frame = STORED[people].frame(values)
    _, table = expected(people, values["apart"], values["every"])
    shares, mean = index_of(table)
    terms = " + ".join(f"{share:.2f}" for share in shares)
    told = re.fullmatch(
        rf"Crowd index \({re.escape(terms)}\) / {people} = (\d\.\d+): (.*)\.",
        frame.readout,
    )
    assert float(told[1]) == pytest.approx(mean, abs=0.0051)
    paper = "easy" if mean < 0.1 else "medium" if mean < 0.8 else "hard"
    code = "easy" if mean < 0.2 else "medium" if mean < 0.8 else "hard"
    same = f"{paper} by both rules"
    other = f"{paper} by the paper's rule, {code} by the official code's"
    assert told[2] == (same if paper == code else other)
    marks = frame.panels["scale"]
    scale, line = of(marks, Scale)[0], of(marks, Lines, "ink")[0]
    at = read(scale, line.start[0])[0]
    assert at == pytest.approx(min(mean, 1.2), abs=0.001)
    assert [m.text for m in of(marks, Text) if m.bold] == [paper, code]
    wide = [(m.colour, m.width) for m in of(marks, Rect) if m.width > 2]
    assert [colour for colour, _ in wide] == [LEVELS[paper], LEVELS[code]]
    if mean > 1.2:
        assert caption(marks) == f"{told[1]} lies beyond the scale."
    else:
        assert caption(marks) == ""


def test_the_scale_shows_the_limits_of_both_rules():
    marks = STORED[3].frame().panels["scale"]
    scale = of(marks, Scale)[0]
    boxes = sorted(of(marks, Rect), key=lambda m: (m.y, m.x))
    names = [m for m in of(marks, Text) if m.text in LEVELS]
    for row, limits in enumerate(((0, 0.1, 0.8, 1.2), (0, 0.2, 0.8, 1.2))):
        own = boxes[3 * row : 3 * row + 3]
        for box, ends, name in zip(
            own, itertools.pairwise(limits), LEVELS, strict=True
        ):
            low, high = (read(scale, (x, 0))[0] for x in (box.x, box.x + box.w))
            assert (low, high) == (
                pytest.approx(ends[0], abs=0.004),
                pytest.approx(ends[1], abs=0.004),
            )
            inside = [
                m.text
                for m in names
                if box.x < m.x < box.x + box.w and box.y < m.y < box.y + box.h
            ]
            assert inside == [name]
            assert box.colour == box.fill == LEVELS[name]
    # The line of the present index leaves the words free.
    line = of(marks, Lines, "ink")[0]
    for start, end in zip(line.start, line.end, strict=True):
        assert all(not start[1] - 5 < m.y < end[1] + 5 for m in names)


def test_an_index_close_to_a_limit_is_told_more_finely():
    def close(boxes, keypoints, visible):
        return [1000] * len(boxes), [102] * len(boxes)

    explorer = crowd_index_calculator(**crowd(2, count=close))
    assert "= 0.102: medium by the paper's rule" in explorer.frame().readout

    def equal(boxes, keypoints, visible):
        return [10] * len(boxes), [2] * len(boxes)

    explorer = crowd_index_calculator(**crowd(2, count=equal))
    assert explorer.frame().readout.endswith("= 0.20: medium by both rules.")


# --- The picture ---------------------------------------------------------------------


@pytest.mark.parametrize(("people", "values"), ENDS)
def test_the_picture_has_the_boxes_and_the_one_looked_at(people, values):
    marks = STORED[people].frame(values).panels["image"]
    boxes, _ = expected(people, values["apart"], values["every"])
    found = of(marks, Rect)
    for n, (mark, box) in enumerate(zip(found, boxes, strict=True)):
        np.testing.assert_allclose((mark.x, mark.y, mark.w, mark.h), box, atol=0.051)
        looked = n == int(values["box"]) - 1
        assert mark.colour == HUES[n]
        assert (mark.width > 3, bool(mark.fill)) == (looked, looked)
    assert len({mark.dash for mark in found}) == people
    numbers = of(marks, Text)
    assert [mark.text for mark in numbers] == [f"{n + 1}" for n in range(people)]
    places = [(mark.x, mark.y) for mark in numbers]
    for a, b in itertools.combinations(places, 2):
        assert np.hypot(*np.subtract(a, b)) > 9
    assert all(0 < x < WIDTH - 1 and 0 < y < HEIGHT - 1 for x, y in places)


def named_dots(marks, hue: str | None = None) -> list[Points]:
    """The small dots that have a joint's name."""
    return [m for m in of(marks, Points, hue) if m.labels and m.radius < 4]


@pytest.mark.parametrize(("people", "values"), ENDS)
def test_every_joint_has_a_name_and_shows_whether_it_counts(people, values):
    marks = STORED[people].frame(values).panels["image"]
    joints = poses(people) + moved(people, values["apart"])[:, None]
    for n, labels in enumerate(flags(people)):
        found = {}
        for mark in named_dots(marks, HUES[n]):
            for place, label in zip(mark.points, mark.labels, strict=True):
                found[plain(label)] = place, mark.filled
        assert len(found) == len(JOINTS)
        for k, name in enumerate(JOINTS):
            said = f"person {n + 1}: {name.replace('_', ' ')}"
            said += "" if labels[k] > 0 else ", no label"
            place, is_filled = found[said]
            np.testing.assert_allclose(place, joints[n, k], atol=0.51)
            assert is_filled == (labels[k] > 0 or bool(values["every"]))


@pytest.mark.parametrize(("people", "values"), ENDS)
def test_joints_in_the_box_are_large_and_ringed_if_they_are_of_others(people, values):
    marks, looked = STORED[people].frame(values).panels["image"], int(values["box"]) - 1
    boxes, table = expected(people, values["apart"], values["every"])
    joints = poses(people) + moved(people, values["apart"])[:, None]
    x, y, w, h = boxes[looked]
    middle, half = np.array([x + (w - 1) / 2, y + (h - 1) / 2]), np.array([w, h]) / 2
    ringed = []
    for n, labels in enumerate(flags(people)):
        counts = (labels > 0) | bool(values["every"])
        wanted = joints[n][counts & (abs(joints[n] - middle) <= half).all(axis=1)]
        large = [m for m in of(marks, Points, HUES[n]) if 4 < m.radius < 6]
        found = [place for mark in large for place in mark.points]
        assert len(found) == len(wanted) == table[looked, n]
        if found:
            np.testing.assert_allclose(found, wanted, atol=0.51)
        ringed += wanted.tolist() if n != looked else []
    rings = [place for mark in of(marks, Points, "ink") for place in mark.points]
    assert len(rings) == len(ringed)
    if rings:
        np.testing.assert_allclose(rings, ringed, atol=0.51)


@pytest.mark.parametrize(("people", "values"), ENDS)
def test_the_caption_counts_for_the_box(people, values):
    told = caption(STORED[people].frame(values).panels["image"])
    n = int(values["box"]) - 1
    _, table = expected(people, values["apart"], values["every"])
    found = re.match(rf"In box {n + 1}: (\d+) own joints?, (.*)\. Drag people", told)
    assert int(found[1]) == table[n, n]
    shares = {int(b): int(a) for a, b in re.findall(r"(\d+) of person (\d)", found[2])}
    wanted = {j + 1: c for j, c in enumerate(table[n]) if j != n and c}
    assert shares == wanted
    assert (found[2] == "none of others") == (not wanted)


def test_limbs_join_what_is_known():
    marks = STORED[3].frame().panels["image"]
    for n, mark in enumerate(m for m in of(marks, Lines)):
        assert mark.colour == HUES[n]
        wanted = [[poses()[n, JOINTS.index(end)] for end in limb] for limb in LIMBS]
        found = np.stack([mark.start, mark.end], axis=1)
        np.testing.assert_allclose(found, wanted, atol=0.51)


# --- What is handed in ---------------------------------------------------------------


def test_it_starts_as_given_with_the_fullest_box():
    for people, explorer in STORED.items():
        _, table = expected(people, 1.0, False)
        shares, _ = index_of(table)
        start = explorer.values()
        assert shares[int(start["box"]) - 1] == max(shares)
        assert (start["apart"], start["every"], start["edits"]) == (1.0, False, {})
    assert STORED[2].controls[1].texts[:2] == ("0\u00a0%", "10\u00a0%")


def test_joints_without_a_label_may_count_where_their_places_are_known():
    keypoints = np.where(flags()[..., None] > 0, poses(), np.nan)
    nowhere = crowd_index_calculator(**crowd(keypoints=keypoints)).stored
    assert [control.name for control in nowhere.controls] == ["box", "apart"]
    shown = nowhere.frame({"apart": 0.5})
    assert shown.readout == STORED[3].frame({"apart": 0.5}).readout
    dots = named_dots(shown.panels["image"])
    assert sum(len(m.points) for m in dots) == (flags() > 0).sum()
    limbs = of(shown.panels["image"], Lines)[0]
    assert len(limbs.start) == sum("right_knee" not in limb for limb in LIMBS)
    assert "joint not counted" not in [key.text for key in nowhere.legend]
    whole = crowd_index_calculator(**crowd(visible=np.ones((3, 14))))
    assert [control.name for control in whole.controls] == ["box", "apart"]


def test_count_gets_plain_numbers_and_only_flags_of_known_joints():
    given = []

    def noting(boxes, keypoints, visible):
        given.append((boxes.shape, keypoints.shape, visible.shape))
        assert np.isfinite(keypoints).all()
        assert (keypoints[visible == 0] == 0).all()
        assert visible.dtype == np.int64
        found = count(boxes, keypoints, visible)
        boxes[:], keypoints[:], visible[:] = 0, 0, 0  # what it spoils is a copy
        return found

    keypoints = poses()
    keypoints[2, 3] = np.nan
    labels = flags()
    labels[2, 3] = 0
    data = crowd(keypoints=keypoints, visible=labels, count=noting)
    explorer = crowd_index_calculator(**data)
    every = explorer.frame({"every": True})
    assert set(given) == {((n, 4), (n, 14, 2), (n, 14)) for n in (2, 3)}
    known = named_dots(every.panels["image"])
    assert sum(len(m.points) for m in known) == 3 * 14 - 1
    before = len(given)
    explorer.frame({"every": True, "box": "2"})
    assert len(given) == before  # one state is counted once


def test_boxes_may_be_handed_in():
    boxes = [[10, 20, 60, 100], [100, 30, 40, 90], [180, 10, 60, 170]]
    explorer = crowd_index_calculator(**crowd(boxes=boxes), margin=9).stored
    found = of(explorer.frame().panels["image"], Rect)
    assert [(m.x, m.y, m.w, m.h) for m in found] == [tuple(box) for box in boxes]
    own, foreign = count(boxes, poses(), flags())
    index = np.mean([b / a for a, b in zip(own, foreign, strict=True)])
    assert float(re.search(r"= (\S+):", explorer.frame().readout)[1]) == pytest.approx(
        index, abs=0.0051
    )


def test_people_outside_are_moved_no_farther_out():
    boxes = [[-30, 20, 60, 100], [100, 30, 40, 90], [180, 10, 90, 200]]
    explorer = crowd_index_calculator(**crowd(boxes=boxes))
    for apart in (0.0, 1.0, 1.5):
        found = of(explorer.frame({"apart": apart}).panels["image"], Rect)
        assert found[0].x >= -30
        assert found[2].x + found[2].w <= 270
        assert found[2].y + found[2].h <= 210
