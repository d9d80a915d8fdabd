"""The explorer of belief maps: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from explorer_marks import all_decoded, bump, caption, decoded, of, plain
from stick_people import JOINTS, people

from course_lib.widgets import (
    Arrows,
    HeatMap,
    Image,
    Lines,
    Points,
    Rect,
    Scale,
    Text,
    belief_explorer,
)
from course_lib.widgets.beliefs_data import OTHERS, entropy
from course_lib.widgets.maps_data import cell_at

HEIGHT, WIDTH, STAGES, COUNT, STRIDE = 64, 48, 4, 4, 4
CHOSEN, WHITE, CROSS, SEES = "#D55E00", "#FFFFFF", "#F0E442", "#56B4E9"
FIELDS = [17, 41, 81, 161]
SWAPPED = "left_wrist"  # of example 1; stage 1 takes the right one for it
MENTOR = "left_elbow"  # without it stage 2 takes the right one for it again


def some_beliefs(truth: np.ndarray, stages: int, shape: tuple[int, int], stride: int):
    """Beliefs (T, N, K, h, w): each stage errs less; some lie below 0."""
    rng = np.random.default_rng(1)
    left, right = (JOINTS.index(name) for name in (SWAPPED, "right_wrist"))
    made = np.zeros((stages, *truth.shape[:2], *shape))
    for s, n, k in itertools.product(*map(range, made.shape[:3])):
        place = truth[n, k] + rng.normal(0, 3 / (s + 1), 2)
        at = truth[n, right] if (s, n, k) == (0, 0, left) else place
        made[s, n, k] = (0.4 + 0.15 * s) * bump(shape, at, stride, 0.9)
        made[s, n, k] += rng.normal(0, 0.01, shape)
    return made


def some_silenced(truth: np.ndarray, whole: np.ndarray, parts, stride: int) -> dict:
    """Beliefs (E, K, h, w) by part: weaker, and wider, the nearer the part is."""
    rng, made = np.random.default_rng(3), {}
    left, right = (JOINTS.index(name) for name in (SWAPPED, "right_wrist"))
    for part in parts:
        beliefs = np.zeros(whole.shape)
        for n, k in itertools.product(*map(range, whole.shape[:2])):
            near = part in JOINTS and abs(JOINTS.index(part) - k) < 3
            at = truth[n, k] + rng.normal(0, 2.5 if near else 0.5, 2)
            is_lost = (part, n, k) == (MENTOR, 0, left)
            height = 0.12 if is_lost else 0.3 if near else 0.55
            wide = 1.6 if near else 0.9
            at = truth[n, right] if is_lost else at
            beliefs[n, k] = height * bump(whole.shape[-2:], at, stride, wide)
            beliefs[n, k] += rng.normal(0, 0.01, whole.shape[-2:])
        made[part] = beliefs
    return made


def arguments(
    stages: int = STAGES,
    image: tuple[int, int] = (HEIGHT, WIDTH),
    tests: int = 3,
    parts=JOINTS,
    **changes,
) -> dict:
    """Arguments of `belief_explorer`; the last example has no message test."""
    data = people(examples=COUNT, shape=image)
    kept = {n: data[n] for n in ("images", "truth", "visible", "skeleton", "torso")}
    shape = tuple(math.ceil(side / STRIDE) for side in image)
    beliefs = some_beliefs(data["truth"], stages, shape, STRIDE)
    made = {"beliefs": beliefs, "poses": all_decoded(beliefs, STRIDE)}
    made["fields"] = [*FIELDS, 321, 641][:stages]
    if tests and stages > 1:
        silenced = some_silenced(data["truth"], beliefs[1, :tests], parts, STRIDE)
        poses = {part: all_decoded(b, STRIDE) for part, b in silenced.items()}
        made |= {"silenced": silenced, "silenced_poses": poses}
    return kept | made | changes


DATA = arguments(parts=[*JOINTS, *OTHERS])
EXPLORER = belief_explorer(**DATA)
CORNERS = [
    {"stage": s, "example": n, "joint": j}
    for s, n, j in itertools.product((1, STAGES), (1, COUNT), (JOINTS[0], JOINTS[-1]))
]
CORNERS += [{"stage": s, "example": 1, "joint": SWAPPED} for s in (1, 2)]
TESTS = [
    {"silenced": p, "example": n, "joint": j}
    for p, n, j in itertools.product(
        ("nothing", JOINTS[0], MENTOR, "all parts"), (1, 3), (JOINTS[0], SWAPPED)
    )
]


def far(a, b) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def case(values: dict) -> tuple[int, int, int]:
    """Stage, example and joint, each from 0."""
    s, n = values.get("stage", 2), values["example"]
    return s - 1, n - 1, JOINTS.index(values["joint"])


def error(s: int, n: int, k: int) -> float | None:
    """Distance to the truth, px; None: no label."""
    if not DATA["visible"][n, k]:
        return None
    return far(DATA["poses"][s, n, k], DATA["truth"][n, k])


def bits(belief: np.ndarray) -> float:
    """Entropy of the positive part, one cell after the other."""
    positive = [v for v in belief.ravel() if v > 0]
    shares = [v / sum(positive) for v in positive]
    return -sum(p * math.log2(p) for p in shares)


def back(shown: HeatMap) -> np.ndarray:
    """The numbers that a map stands for."""
    return shown.low + shown.array / 255 * (shown.high - shown.low)


@pytest.mark.parametrize("values", CORNERS)
def test_the_image_shows_the_pose_and_the_way_of_the_chosen_joint(values):
    marks = EXPLORER.frame(values).panels["image"]
    s, n, k = case(values)
    pose = tuple(map(tuple, DATA["poses"][s, n]))
    assert any(dots.points == pose for dots in of(marks, Points))
    off = [error(s, n, j) or 0 for j in range(len(JOINTS))]
    wrong = sum(e > DATA["torso"][n] / 2 for e in off)
    assert sum(len(m.start) for m in of(marks, Lines, CROSS)) == 2 * wrong
    rings = [m.points for m in of(marks, Points, WHITE) if m.radius > 5]
    truth = DATA["truth"][n, k]
    assert rings == ([(tuple(truth),)] if DATA["visible"][n, k] else [])
    moved = s > 0 and far(*DATA["poses"][s - 1 : s + 1, n, k]) > 0.5
    arrows = of(marks, Arrows)
    assert len(arrows) == moved
    for arrow in arrows:
        assert far(arrow.start[0], DATA["poses"][s - 1, n, k]) < 0.1  # rounded
        assert far(arrow.end[0], DATA["poses"][s, n, k]) < 0.1


@pytest.mark.parametrize("values", [*CORNERS, *({**c, "stage": 3} for c in CORNERS)])
def test_the_square_is_the_field_of_the_joints_cell_clipped_at_the_picture(values):
    marks = EXPLORER.frame(values).panels["image"]
    s, n, k = case(values)
    known = DATA["visible"][n] > 0
    place = DATA["truth"][n, k] if known[k] else DATA["poses"][s, n, k]
    cell = [int((p + 0.5) // STRIDE) for p in place]
    middle = [STRIDE * u + (STRIDE - 1) / 2 for u in cell]
    half = FIELDS[s] / 2
    square = of(marks, Rect, SEES)[0]
    assert square.dash
    # The outer borders of the first and of the last pixel seen.
    for low, side, centre, end in (
        (square.x, square.w, middle[0], WIDTH),
        (square.y, square.h, middle[1], HEIGHT),
    ):
        assert math.isclose(low - 0.5, max(centre - half, -0.5))
        assert math.isclose(low + side - 0.5, min(centre + half, end - 0.5))
    seen = [
        all(abs(p - c) <= half for p, c in zip(joint, middle, strict=True))
        for joint in DATA["truth"][n][known]
    ]
    fits = f"only {sum(seen)} of {len(seen)} joints fit"
    fits = "the whole figure fits" if all(seen) else fits
    assert caption(marks) == f"Stage {s + 1} sees {FIELDS[s]} × {FIELDS[s]} px: {fits}."


@pytest.mark.parametrize(("joint", "first"), [(SWAPPED, 3), ("left_ankle", 4)])
def test_the_whole_figure_fits_sooner_around_its_middle(joint, first):
    for stage in range(1, STAGES + 1):
        marks = EXPLORER.frame({"stage": stage, "joint": joint}).panels["image"]
        assert ("the whole figure fits" in caption(marks)) == (stage >= first)


@pytest.mark.parametrize("values", CORNERS)
def test_the_belief_covers_the_image_and_its_largest_cell_is_outlined(values):
    marks = EXPLORER.frame(values).panels["map"]
    s, n, k = case(values)
    belief = DATA["beliefs"][s, n, k]
    shown, top = of(marks, HeatMap)[0], belief.max()
    assert (shown.x, shown.y, shown.w, shown.h) == (0, 0, WIDTH, HEIGHT)
    # 16 shades, and the peak is rounded to 0.01.
    clear = np.maximum(belief, 0.1 * top)
    np.testing.assert_allclose(back(shown), clear, atol=top / 32 + 0.01)
    outline = of(marks, Rect)[0]
    centre = [outline.x + (outline.w - 1) / 2, outline.y + (outline.h - 1) / 2]
    assert centre == decoded(belief, STRIDE)
    text = f"12 × 16 cells, peak {top:.2f}, entropy {bits(belief):.1f} bits."
    assert caption(marks) == text
    rings = [m.points[0] for m in of(marks, Points, WHITE)]
    assert rings == ([tuple(DATA["truth"][n, k])] if DATA["visible"][n, k] else [])


@pytest.mark.parametrize("values", CORNERS)
def test_the_strip_shows_the_joint_at_every_stage(values):
    marks = EXPLORER.frame(values).panels["strip"]
    s, n, k = case(values)
    pictures, maps = of(marks, Image), of(marks, HeatMap)
    assert len(pictures) == len(maps) == STAGES
    for left, right in itertools.pairwise(pictures):
        assert left.x + left.w < right.x
    for stage, (picture, shown) in enumerate(zip(pictures, maps, strict=True)):
        belief = DATA["beliefs"][stage, n, k]
        assert belief.flat[shown.array.argmax()] > 0.96 * belief.max()
        box = (shown.x, shown.y, shown.w, shown.h)
        assert box == pytest.approx((picture.x, picture.y, picture.w, picture.h))
    zoom = pictures[0].h / HEIGHT
    dots = [m.points[0] for m in of(marks, Points, CHOSEN)]
    for stage, (dot, picture) in enumerate(zip(dots, pictures, strict=True)):
        x, y = dot[0] + 0.5 - picture.x, dot[1] + 0.5 - picture.y
        at = (x / zoom - 0.5, y / zoom - 0.5)
        assert far(at, DATA["poses"][stage, n, k]) < 0.05  # 0.1 units, rounded
    rings = of(marks, Points, WHITE)
    assert len(rings) == (STAGES if DATA["visible"][n, k] else 0)
    frame = of(marks, Rect, CHOSEN)[0]
    assert (frame.x, frame.w) == (pictures[s].x, pictures[s].w)
    assert [m.text for m in of(marks, Text)] == [f"stage {i + 1}" for i in range(4)]
    peaks = [f"{DATA['beliefs'][i, n, k].max():.2f}" for i in range(STAGES)]
    assert caption(marks).startswith(f"Peaks: {', '.join(peaks)}.")


def heard(part: str, n: int) -> tuple[np.ndarray, np.ndarray]:
    """Beliefs and pose of stage 2 with a part silenced."""
    if part == "nothing":
        return DATA["beliefs"][1, n], DATA["poses"][1, n]
    return DATA["silenced"][part][n], DATA["silenced_poses"][part][n]


@pytest.mark.parametrize("values", TESTS)
def test_the_message_test_shows_the_belief_in_the_colours_of_the_whole(values):
    marks = EXPLORER.frame(values).panels["message"]
    _, n, k = case(values)
    (whole, before), (beliefs, pose) = (
        heard(part, n) for part in ("nothing", values["silenced"])
    )
    shown, top = of(marks, HeatMap)[0], whole[k].max()
    expected = np.clip(beliefs[k], 0.1 * top, top)
    np.testing.assert_allclose(back(shown), expected, atol=top / 32 + 0.01)
    filled = [m for m in of(marks, Points, CHOSEN) if m.filled]
    assert far(filled[0].points[0], pose[k]) < 0.1
    step = far(pose[k], before[k])
    arrows = of(marks, Arrows)
    assert len(arrows) == (step > 0.5)
    for arrow in arrows:
        assert far(arrow.start[0], before[k]) < 0.1
        assert far(arrow.end[0], pose[k]) < 0.1
    if values["silenced"] == "nothing":
        assert caption(marks) == f"Nothing silenced: peak {top:.2f}."
        return
    moved = f"moved {step:.1f} px" if step > 0.5 else "not moved"
    text = f"Peak {top:.2f} → {beliefs[k].max():.2f}, {moved}."
    assert caption(marks) == f"{text} Colours up to the first peak."


@pytest.mark.parametrize("values", TESTS)
def test_a_cross_lies_where_stage_1_places_the_silenced_part(values):
    marks = EXPLORER.frame(values).panels["message"]
    crosses = of(marks, Lines)
    assert len(crosses) == (values["silenced"] in JOINTS)
    for cross in crosses:
        place = DATA["poses"][0, values["example"] - 1]
        place = place[JOINTS.index(values["silenced"])]
        for start, end in zip(cross.start, cross.end, strict=True):
            assert far(np.mean([start, end], axis=0), place) < 1e-6


@pytest.mark.parametrize("values", TESTS)
def test_the_chart_shows_every_peak_with_and_without_the_part(values):
    marks = EXPLORER.frame(values).panels["peaks"]
    _, n, k = case(values)
    scale = of(marks, Scale)[0]
    per_unit = (scale.x[1] - scale.x[0]) / (scale.right - scale.left)

    def peaks(dots: Points) -> list[float]:
        return [scale.x[0] + (x - scale.left) * per_unit for x, _ in dots.points]

    before, after = of(marks, Points, "muted")[0], of(marks, Points, "ink")[0]
    whole, now = (
        heard(part, n)[0].max(axis=(-2, -1)) for part in ("nothing", values["silenced"])
    )
    np.testing.assert_allclose(peaks(before), whole, atol=1e-9)
    np.testing.assert_allclose(peaks(after), now, atol=1e-9)
    names = of(marks, Text, "ink")
    assert [m.text for m in names] == [joint.replace("_", " ") for joint in JOINTS]
    heights = [y for _, y in after.points]
    np.testing.assert_allclose([m.y for m in names], heights)
    assert heights == sorted(heights)
    frame = of(marks, Rect, CHOSEN)[0]
    assert [frame.y < y < frame.y + frame.h for y in heights] == [
        joint == k for joint in range(len(JOINTS))
    ]
    falls = [w - v for w, v in zip(whole, now, strict=True)]
    worst = falls.index(max(falls))
    text = f"{JOINTS[worst].replace('_', ' ')}, {whole[worst]:.2f} → {now[worst]:.2f}."
    nothing = values["silenced"] == "nothing"
    expected = "Nothing silenced." if nothing else f"Falls most: {text}"
    assert caption(marks) == expected


def test_an_example_without_a_message_test_says_so():
    frame = EXPLORER.frame({"example": COUNT})
    message, peaks = frame.panels["message"], frame.panels["peaks"]
    assert not of(message, HeatMap) and not of(message, Lines)  # noqa: PT018
    assert caption(message) == "Tested: examples 1 to 3."
    assert not of(peaks, Points)
    assert caption(peaks) == "No message test of this example."
    one = belief_explorer(**arguments(tests=1)).frame({"example": 2})
    assert caption(one.panels["message"]) == "Tested: example 1."


def test_without_stored_tests_there_is_neither_control_nor_panel():
    explorer = belief_explorer(**arguments(tests=0))
    assert [c.name for c in explorer.controls] == ["stage", "example", "joint"]
    assert [p.name for p in explorer.panels] == ["image", "map", "strip"]
    assert "silenced" not in " ".join(key.text for key in explorer.legend)


def test_a_later_stage_may_be_tested_and_poses_come_in_any_order():
    made = arguments(parts=JOINTS[:3])
    turned = dict(reversed(made["silenced_poses"].items()))
    explorer = belief_explorer(**made | {"tested": 4, "silenced_poses": turned})
    values = {"silenced": JOINTS[1], "joint": JOINTS[2], "example": 2}
    marks = explorer.frame(values).panels["message"]
    dot = next(m for m in of(marks, Points, CHOSEN) if m.filled)
    assert far(dot.points[0], made["silenced_poses"][JOINTS[1]][1, 2]) < 0.1
    whole = made["beliefs"][3, 1, 2].max()
    assert caption(marks).startswith(f"Peak {whole:.2f} → ")
    assert "stage 4" in next(p for p in explorer.panels if p.name == "peaks").title


@pytest.mark.parametrize("values", CORNERS)
def test_the_sentence_gives_the_error_and_how_sure_the_stage_is(values):
    readout = plain(EXPLORER.frame(values).readout)
    s, n, k = case(values)
    belief, name = DATA["beliefs"][s, n, k], values["joint"].replace("_", " ")
    sure = f"Peak {belief.max():.2f}, entropy {bits(belief):.1f} bits, as of "
    assert readout.endswith(f"{sure}{round(2 ** bits(belief))} equal cells.")
    if not DATA["visible"][n, k]:
        assert readout.startswith(f"The {name} has no label in example {n + 1}")
        return
    now = f"{error(s, n, k):.1f} px ({error(s, n, k) / DATA['torso'][n]:.2f} torsos)"
    if s == 0:
        assert readout.startswith(f"Stage 1 places the {name} {now} from the truth")
        return
    step = far(*DATA["poses"][s - 1 : s + 1, n, k])
    assert readout.startswith(f"Stage {s + 1} moves the {name} by {step:.1f} px")
    assert now in readout


def test_the_entropy_is_that_of_the_positive_part():
    assert entropy(np.array([[0.2, -5.0], [0.0, 0.0]])) == 0
    assert entropy(np.full((4, 8), 0.3)) == pytest.approx(5)
    assert entropy(np.array([[3.0, 1.0]])) == pytest.approx(2 - 0.75 * math.log2(3))
    assert math.isnan(entropy(-np.ones((2, 2))))
    beliefs = DATA["beliefs"].copy()
    beliefs[0] = -0.1
    frame = belief_explorer(**DATA | {"beliefs": beliefs}).frame({"stage": 1})
    assert frame.readout.endswith("Peak -0.10, nothing above 0.")
    beliefs[0, ..., 3, 4] = 0.2
    frame = belief_explorer(**DATA | {"beliefs": beliefs}).frame({"stage": 1})
    assert plain(frame.readout).endswith("entropy 0.0 bits, as of 1 equal cell.")


def test_the_cell_of_a_place_lies_on_the_map():
    for place, cell in (((0, 0), (0, 0)), ((3.4, 3.6), (0, 1)), ((-9, 99), (0, 15))):
        np.testing.assert_array_equal(cell_at(np.array(place), (16, 12), 4), cell)


def test_it_starts_where_most_is_gained_and_at_the_part_that_matters_most():
    start = EXPLORER.values()
    gains = [error(0, 0, k) - error(STAGES - 1, 0, k) for k in range(len(JOINTS))]
    assert start["joint"] == JOINTS[int(np.argmax(gains))] == SWAPPED
    assert (start["stage"], start["example"]) == (2, 1)
    assert start["silenced"] == MENTOR
    alone = belief_explorer(**arguments(parts=[SWAPPED]))
    assert alone.values()["silenced"] == SWAPPED


@pytest.mark.parametrize(
    ("stages", "image"), [(1, (64, 48)), (2, (65, 49)), (3, (64, 64)), (6, (40, 64))]
)
def test_other_numbers_of_stages_and_other_shapes(stages, image):
    explorer = belief_explorer(**arguments(stages, image))
    ends = [(1, stages), (1, COUNT), (JOINTS[0], JOINTS[-1])]
    for state in itertools.product(*ends):
        values = dict(zip(("stage", "example", "joint"), state, strict=True))
        frame = explorer.frame(values)
        assert frame.readout
        square = of(frame.panels["image"], Rect, SEES)[0]
        assert square.w <= image[1]
        assert square.h <= image[0]
    assert explorer.static().size[0] == 900
    if stages == 1:
        assert caption(explorer.frame().panels["strip"]).startswith("Peak 0.")


def test_what_is_stored_is_self_contained_and_small():
    made = arguments(tests=COUNT)
    explorer = belief_explorer(**made)
    bundle, metadata = explorer._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert sum(len(part.encode()) for part in bundle.values()) <= 260_000
    assert metadata["image/jpeg"]["alt"].startswith("Each stage hears")
    assert belief_explorer(**made).html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    assert 700 < EXPLORER.static().size[1] < 850
    assert belief_explorer(**arguments(image=(64, 64))).static().size[1] < 1150
    texts = [key.text for key in EXPLORER.legend]
    assert len(set(texts)) == len(texts)
    panels = EXPLORER.frame().panels.values()
    assert min(m.size for marks in panels for m in of(marks, Text)) >= 12


PARTS, POSED = DATA["silenced"], DATA["silenced_poses"]
NOSE = {n: {"left_nose": DATA[n]["neck"]} for n in ("silenced", "silenced_poses")}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": np.zeros((4, 64, 48, 3))}, "images are"),
        ({"truth": np.zeros((4, 13, 2))}, r"truth should have shape \(4, 14, 2\)"),
        ({"truth": np.full((4, 14, 2), np.nan)}, "truth holds NaN"),
        ({"visible": np.zeros((4, 14))}, "visible: an example has no label"),
        ({"torso": np.zeros(4)}, "torso sizes"),
        ({"beliefs": DATA["beliefs"][0]}, r"beliefs should have shape \(T, 4, 14"),
        ({"beliefs": DATA["beliefs"][:0]}, "beliefs should have"),
        ({"beliefs": DATA["beliefs"][..., :5]}, "beliefs of .* do not cover images"),
        ({"beliefs": DATA["beliefs"] * np.nan}, "beliefs hold NaN"),
        ({"poses": DATA["poses"][:2]}, "poses should have shape"),
        ({"poses": DATA["poses"] * np.inf}, "poses hold NaN"),
        ({"fields": FIELDS[1:]}, r"fields should have shape \(4,\)"),
        ({"fields": [0, 9, 9, 9]}, "fields are finite and above 0 px"),
        ({"fields": [math.nan, 9, 9, 9]}, "fields are finite"),
        ({"tested": 1}, "tested is a stage from 2 to 4, got 1"),
        ({"tested": 5}, "tested is a stage from 2 to 4, got 5"),
        ({"silenced": [1]}, "silenced: a dict by part"),
        ({"silenced": None}, "silenced_poses should have"),
        ({"silenced_poses": None}, "silenced_poses should have"),
        ({"silenced": PARTS | {"neck": np.zeros((1, 14, 16, 12))}}, "differ in shape"),
        ({"silenced": {k: v[..., :5] for k, v in PARTS.items()}}, "silenced should"),
        ({"silenced": {k: v[:0] for k, v in PARTS.items()}}, "silenced should hold"),
        ({"silenced": {k: v[0] for k, v in PARTS.items()}}, "silenced should hold"),
        ({"silenced": {k: v * np.nan for k, v in PARTS.items()}}, "silenced hold NaN"),
        ({"silenced_poses": {k: v[:2] for k, v in POSED.items()}}, "silenced_poses sh"),
        ({"silenced_poses": {k: v + np.inf for k, v in POSED.items()}}, "poses hold"),
        (NOSE, r"silenced: \['left_nose'\] are neither joints"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        belief_explorer(**DATA | changes)
