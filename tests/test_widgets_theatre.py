"""The tracking theatre: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from explorer_marks import caption, of, plain
from stick_people import JOINTS, LIMBS
from walkers import (
    COUNTS,
    CROSS,
    FRAMES,
    HIDDEN,
    KEYS,
    LOST,
    SIMILARITIES,
    SIZE,
    crossing,
    one,
    pose,
    still,
    there,
)

from course_lib.widgets import (
    Arrows,
    Image,
    Lines,
    Points,
    Polyline,
    Rect,
    Scale,
    Text,
    TrackedFrame,
    tracking_theatre,
)

WHITE, YELLOW, SWITCH = "#FFFFFF", "#F0E442", "#D55E00"
DATA = crossing()
THEATRE = tracking_theatre(**DATA)
SHOWS = ("detected", "moved", "boxes", "nms", "found")
ENDS = list(itertools.product((1, 5, FRAMES), (0.0, 0.4), (False, True), SIMILARITIES))


def values(frame: int, share: float, propagation: bool, similarity: str) -> dict:
    run = {"dropout": share, "propagation": propagation, "similarity": similarity}
    return {"frame": frame, **run}


def shown(*state, **switches):
    """The picture's marks with all layers on but those switched off."""
    given = values(*state) | dict.fromkeys(SHOWS, True) | switches
    return THEATRE.frame(given).panels["image"]


def only(*state, layer: str):
    """The marks of one layer of the picture."""
    return shown(*state, **{name: name == layer for name in SHOWS})


def given(frame: int, *run) -> TrackedFrame:
    return DATA["runs"][run].frames[frame - 1]


def boxes(marks) -> list[tuple]:
    return [(m.x, m.y, m.w, m.h) for m in of(marks, Rect)]


def near(found, wanted) -> bool:
    """Equal to half a pixel: places are drawn at whole pixels."""
    if len(found) != len(wanted):
        return False
    return all(
        np.abs(a - np.array(b)).max() <= 0.5 for a, b in zip(found, wanted, strict=True)
    )


# --- The picture ---------------------------------------------------------------------


@pytest.mark.parametrize("state", ENDS)
def test_detections_and_lost_ones(state):
    marks, data = only(*state, layer="detected"), given(*state)
    lost, found = len(data.lost), len(data.detections)
    assert near(boxes(marks), np.concatenate([data.lost, data.detections]))
    assert [bool(m.dash) for m in of(marks, Rect)] == [True] * lost + [False] * found
    assert {m.colour for m in of(marks, Rect)} == {WHITE}
    assert [m.text for m in of(marks, Text)] == ["lost"] * lost
    assert all(m.y < SIZE[1] for m in of(marks, Text))
    assert lost == sum(frame == state[0] for frame, _ in LOST[state[1]])


@pytest.mark.parametrize("state", ENDS)
def test_ghosts_go_from_the_old_place_to_the_new(state):
    marks, data = only(*state, layer="moved"), given(*state)
    if not state[2] or state[0] == 1:
        assert not of(marks, Arrows)
        assert not of(marks, Lines)
        return
    arrows = of(marks, Arrows, YELLOW)[0]
    far = np.rint(data.propagated) - np.rint(data.origins)
    moved = np.linalg.norm(far, axis=-1) > 0.5
    assert near(arrows.start, data.origins[moved])
    assert near(arrows.end, data.propagated[moved])
    skeletons = of(marks, Lines, YELLOW)
    assert len(skeletons) == len(data.propagated)
    for bones, joints in zip(skeletons, data.propagated, strict=True):
        assert bones.dash
        limbs = drawn_limbs(joints)
        assert near(bones.start, [joints[a] for a, _ in limbs])
        assert near(bones.end, [joints[b] for _, b in limbs])


def drawn_limbs(joints) -> list[tuple[int, int]]:
    pairs = [(JOINTS.index(a), JOINTS.index(b)) for a, b in LIMBS]
    return [(a, b) for a, b in pairs if np.isfinite(joints[[a, b]]).all()]


@pytest.mark.parametrize("state", ENDS)
def test_boxes_of_propagated_joints_and_what_nms_keeps(state):
    data = given(*state)
    flow = only(*state, layer="boxes")
    assert near(boxes(flow), data.flow_boxes)
    assert all(m.dash and m.colour == YELLOW for m in of(flow, Rect))
    kept = of(only(*state, layer="nms"), Rect)
    many = len(data.detections)
    wanted = [
        data.detections[n] if n < many else data.flow_boxes[n - many] for n in data.kept
    ]
    assert near([(m.x, m.y, m.w, m.h) for m in kept], wanted)
    for mark, place in zip(kept, data.kept, strict=True):
        style = (mark.colour, bool(mark.dash))
        assert style == ((WHITE, False) if place < many else (YELLOW, True))
        thin = max(m.width for m in of(shown(*state, nms=False), Rect))
        assert mark.width > 1.5 * thin


@pytest.mark.parametrize("state", ENDS)
def test_poses_have_the_colour_of_their_id_and_its_number(state):
    marks, data = only(*state, layer="found"), given(*state)
    skeletons, badges = of(marks, Lines), [m for m in of(marks, Points) if m.labels]
    texts = of(marks, Text)
    assert [m.text for m in texts] == [str(n) for n in data.ids]
    for joints, bones, badge in zip(data.joints, skeletons, badges, strict=True):
        limbs = drawn_limbs(joints)
        assert near(bones.start, [joints[a] for a, _ in limbs])
        assert near(bones.end, [joints[b] for _, b in limbs])
        assert bones.colour == badge.colour
        assert badge.points[0][1] < np.nanmin(joints[:, 1])
    assert len({m.colour for m in skeletons}) == len(data.ids)
    assert [m.labels[0] for m in badges] == [
        f"id {n}, mean score 0.80" for n in data.ids
    ]


@pytest.mark.parametrize("state", ENDS)
def test_everything_switched_off_leaves_the_picture(state):
    marks = shown(*state, **dict.fromkeys(SHOWS, False))
    picture = of(marks, Image)[0]
    np.testing.assert_array_equal(picture.array, DATA["images"][state[0] - 1])
    assert (picture.w, picture.h) == SIZE
    assert len(marks) == 2  # and a caption


def test_a_dropped_joint_is_in_no_limb():
    marks = only(1, 0.0, True, "flow", layer="found")
    joints = given(1, 0.0, True, "flow").joints[1]
    assert np.isnan(joints[HIDDEN]).all()
    ends = sum(HIDDEN in (JOINTS.index(a), JOINTS.index(b)) for a, b in LIMBS)
    assert len(of(marks, Lines)[1].start) == len(LIMBS) - ends


def test_a_joint_without_its_neighbours_is_a_dot():
    lonely = np.full((1, len(JOINTS), 2), np.nan)
    lonely[0, [0, 7]] = [[20.2, 30.8], [40, 50]]
    frames = [still(joints=lonely, scores=lonely[..., 0] * 0 + 0.5, ids=[7])]
    marks = one(frames).frame().panels["image"]
    dots = next(m for m in of(marks, Points) if not m.labels)
    assert dots.points == ((20.0, 31.0), (40.0, 50.0))
    assert not of(marks, Lines)[0].start
    assert of(marks, Text)[0].text == "7"


def test_a_pose_without_joints_has_no_number():
    nothing = np.full((1, len(JOINTS), 2), np.nan)
    theatre = one([still(joints=nothing, scores=nothing[..., 0], ids=[3])])
    assert not of(theatre.frame().panels["image"], Text)
    assert "3" not in {m.text for m in numbers(theatre)}


def test_people_of_one_time_differ_in_colour():
    many = np.stack([pose(frame, 0) for frame in (1, 6, 12)])
    later = {"joints": many, "scores": many[..., 0]}
    theatre = one([still(**later, ids=[1, 2, 7]), still(**later, ids=[13, 7, 8])])
    colours = {}
    for frame, ids in ((1, (1, 2, 7)), (2, (13, 7, 8))):
        skeletons = of(theatre.frame({"frame": frame}).panels["image"], Lines)
        assert len({m.colour for m in skeletons}) == 3
        for mark, person in zip(skeletons, ids, strict=True):
            assert colours.setdefault(person, mark.colour) == mark.colour
    lines = [m for m in of(theatre.frame().panels["chart"], Points) if m.filled]
    assert {m.colour for m in lines} <= set(colours.values())


def test_numbers_of_people_on_one_spot_lie_apart():
    same = np.stack([pose(8, 0)] * 3)
    theatre = one([still(joints=same, scores=same[..., 0], ids=[1, 2, 3])])
    spots = [(m.x, m.y) for m in of(theatre.frame().panels["image"], Text)]
    unit = SIZE[1] / 330
    assert min(math.dist(a, b) for a, b in itertools.combinations(spots, 2)) > 17 * unit


def test_large_pictures_are_stored_small_and_shown_large():
    big = np.zeros((FRAMES, 192, 256, 3), np.uint8)
    picture = of(
        tracking_theatre(**crossing(images=big)).frame().panels["image"], Image
    )
    assert picture[0].array.shape == (144, 192, 3)
    assert (picture[0].w, picture[0].h) == (256, 192)


# --- What the theatre is for ---------------------------------------------------------


def test_propagation_saves_whom_the_detector_misses():
    for share in (0.2, 0.4):
        for frame, walker in LOST[share]:
            with_it = given(frame, share, True, "flow")
            without = given(frame, share, False, "flow")
            assert len(with_it.ids) == len(without.ids) + sum(
                not there(frame, w, share, False) for w in (0, 1)
            )
            before = given(frame - 1, share, True, "flow").ids
            marks = only(frame, share, True, "flow", layer="found")
            assert {int(m.text) for m in of(marks, Text)} == set(before)
            assert there(frame, walker, share, True)


def test_box_iou_swaps_ids_at_the_crossing_and_flow_does_not():
    sides = {}
    for similarity, frame in itertools.product(SIMILARITIES, (1, FRAMES)):
        marks = only(frame, 0.2, True, similarity, layer="found")
        left = min(of(marks, Text), key=lambda mark: mark.x)
        sides[similarity, frame] = left.text
    assert sides["flow", 1] != sides["flow", FRAMES]  # they changed sides
    assert sides["box IoU", 1] == sides["box IoU", FRAMES]  # so the ids did not


# --- The chart -----------------------------------------------------------------------


def chart(*run):
    return THEATRE.frame(values(1, *run)).panels["chart"]


def read(scale: Scale, place) -> tuple[float, float]:
    """Frame and x at a place of the chart."""
    across = (place[0] - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - place[1]) / (scale.bottom - scale.top)
    (x0, x1), (y0, y1) = scale.x, scale.y
    return x0 + across * (x1 - x0), y0 + up * (y1 - y0)


def numbers(theatre) -> list[Text]:
    return [m for m in of(theatre.frame().panels["chart"], Text) if m.bold]


@pytest.mark.parametrize("key", KEYS)
def test_each_id_has_a_line_where_it_was_found(key):
    marks, run = chart(*key), DATA["runs"][key]
    scale = of(marks, Scale)[0]
    wanted: dict[int, list] = {}
    for frame, data in enumerate(run.frames, start=1):
        for joints, person in zip(data.joints, data.ids.tolist(), strict=True):
            found = [x for x, _ in joints if np.isfinite(x)]
            wanted.setdefault(person, []).append((frame, sum(found) / len(found)))
    dots = [m for m in of(marks, Points) if m.filled]
    assert len(dots) == len(wanted)
    # The chart rounds to 0.1 of its units, of which a pixel has more than one.
    for mark, track in zip(dots, wanted.values(), strict=True):
        places = [read(scale, place) for place in mark.points]
        np.testing.assert_allclose(places, track, atol=0.05)
    lines = [m for m in of(marks, Polyline) if not m.closed]
    for line in lines:
        assert line.colour in {m.colour for m in dots}
    steps = sum(len(line.points) - 1 for line in lines)
    together = [
        b - a for t in wanted.values() for (a, _), (b, _) in itertools.pairwise(t)
    ]
    assert steps == together.count(1)
    again = [
        m for m in of(marks, Lines) if m.dash and m.colour in {d.colour for d in dots}
    ]
    assert len(again) == len(together) - together.count(1)
    texts = [m.text for m in of(marks, Text) if m.bold]
    assert set(texts) == {str(person) for person in wanted}


def test_an_id_that_comes_back_is_joined_to_its_past():
    frames = [still(joints=[pose(1, 0)], scores=np.ones((1, 14)), ids=[1])] * 5
    frames[2:4] = [still()] * 2
    marks = one(frames).frame().panels["chart"]
    scale = of(marks, Scale)[0]
    gap = next(m for m in of(marks, Lines) if m.dash and m.colour != "ink")
    ends = [read(scale, gap.start[0])[0], read(scale, gap.end[0])[0]]
    np.testing.assert_allclose(ends, [2, 5], atol=0.01)


def test_a_ring_lies_at_every_true_person():
    marks = chart(0.4, False, "flow")
    scale = of(marks, Scale)[0]
    rings = next(m for m in of(marks, Points) if not m.filled)
    wanted = [
        (f, pose(f, w)[:, 0].mean()) for f in range(1, FRAMES + 1) for w in (0, 1)
    ]
    found = [read(scale, place) for place in rings.points]
    np.testing.assert_allclose(found, wanted, atol=0.05)


@pytest.mark.parametrize("key", KEYS)
def test_bars_and_triangles_mark_what_goes_wrong(key):
    marks, run = chart(*key), DATA["runs"][key]
    scale = of(marks, Scale)[0]
    bars = of(marks, Rect)
    feet = sorted({round(m.y + m.h, 3) for m in of(chart(0.4, False, "box IoU"), Rect)})
    for name, foot in zip(COUNTS, feet, strict=True):
        events = np.diff([0, *getattr(run, name)])
        row = [m for m in bars if round(m.y + m.h, 3) == foot]
        middles = [m.x + (m.w - 1) / 2 for m in row]
        frames = [round(read(scale, (x, 0))[0], 1) for x in middles]
        assert frames == [f for f, n in enumerate(events, start=1) if n]
        heights = {n: m.h for n, m in zip(events[events > 0], row, strict=True)}
        for (a, high), (b, higher) in itertools.combinations(heights.items(), 2):
            assert (high < higher) == (a < b)
    triangles = [np.mean(m.points, axis=0)[0] for m in of(marks, Polyline) if m.closed]
    switched = np.flatnonzero(np.diff([0, *run.switches])) + 1
    np.testing.assert_allclose(
        [read(scale, (x, 0))[0] for x in triangles], switched, atol=0.05
    )
    totals = [m.text for m in of(marks, Text) if m.x > 390]
    assert totals == [str(getattr(run, name)[-1]) for name in COUNTS]


@pytest.mark.parametrize("frame", [1, FRAMES])
def test_an_upright_line_marks_the_frame(frame):
    marks = THEATRE.frame({"frame": frame}).panels["chart"]
    upright = next(m for m in of(marks, Lines, "ink") if m.dash)
    for place in (upright.start[0], upright.end[0]):
        assert read(of(marks, Scale)[0], place)[0] == pytest.approx(frame, abs=0.01)


# --- The words -----------------------------------------------------------------------


def score(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


@pytest.mark.parametrize("state", ENDS)
def test_the_sentence_counts_up_to_the_frame_and_in_total(state):
    frame, *key = state
    run, n = DATA["runs"][tuple(key)], state[0] - 1
    told = plain(THEATRE.frame(values(*state)).readout)
    first, last = told.split(" Whole clip: ")
    assert first.startswith(f"Up to frame {frame}: {run.misses[n]} joint")
    assert f", {run.false_positives[n]} false positive" in first
    assert f", {run.switches[n]} id switch" in first
    assert first.endswith(f"MOTA {score(run.mota[n])} %.")
    assert last == (
        f"{run.misses[-1]} missed, {run.false_positives[-1]} false, "
        f"{run.switches[-1]} switched, MOTA {score(run.mota[-1])} %."
    )


@pytest.mark.parametrize(("share", "propagation"), [(0.0, False), (0.4, True)])
def test_the_chart_compares_the_similarities(share, propagation):
    told = caption(chart(share, propagation, "flow"))
    for similarity in SIMILARITIES:
        run = DATA["runs"][share, propagation, similarity]
        assert f"{similarity} {score(run.mota[-1])} ({run.switches[-1]})" in told


def test_the_picture_tells_where_its_boxes_come_from():
    told = {
        key: caption(shown(5, *key))
        for key in ((0.0, False, "flow"), (0.2, False, "flow"), (0.2, True, "flow"))
    }
    assert list(told.values()) == [
        "2 detections. NMS keeps 2 boxes.",
        "1 detection, 1 lost. NMS keeps 1 box.",
        "1 detection, 1 lost; 2 boxes propagated. NMS keeps 2 boxes, 1 propagated.",
    ]
    assert caption(shown(4, 0.2, True, "flow")).endswith("2 boxes, none propagated.")


def test_it_starts_where_propagation_first_saves_someone():
    start = THEATRE.values()
    assert (start["dropout"], start["propagation"]) == (0.2, True)
    assert start["similarity"] == SIMILARITIES[-1]
    assert start["frame"] == min(LOST[0.2])[0]
    assert tracking_theatre(**DATA, frame=CROSS).values()["frame"] == CROSS
    easy = {key: run for key, run in DATA["runs"].items() if key[0] == 0.0}
    assert tracking_theatre(**crossing(runs=easy)).values()["frame"] == 1


def test_what_is_stored_is_self_contained_and_small():
    bundle, metadata = THEATRE._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert sum(len(part.encode()) for part in bundle.values()) <= 130_000
    assert metadata["image/jpeg"]["alt"].startswith("Who is who")
    assert tracking_theatre(**crossing()).html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    width, height = THEATRE.static().size
    assert width == 900
    assert height < 700
    texts = [key.text for key in THEATRE.legend]
    assert len(set(texts)) == len(texts)


def test_a_clip_of_one_frame_without_people():
    theatre = one([still()])
    assert theatre.values()["frame"] == 1
    frame = theatre.frame()
    assert caption(frame.panels["image"]) == "0 detections. NMS keeps 0 boxes."
    assert frame.readout.startswith("Up to frame 1: 0 joints missed, 0 false positives")
    assert theatre.static().size[0] == 900
    assert theatre.html()
