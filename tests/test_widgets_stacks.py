"""The explorer of stacked hourglasses: NumPy and Pillow only."""

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
    Polyline,
    Rect,
    Scale,
    Text,
    stack_explorer,
)
from course_lib.widgets.stacks_data import Level, stride_of

HEIGHT, WIDTH, STACKS = 64, 48, 4
CHOSEN, WHITE, CROSS, SEES = "#D55E00", "#FFFFFF", "#F0E442", "#56B4E9"
FIELDS = {"down": 9, "skip": 13, "up": 190, "merged": 190}
SWAPPED = "left_wrist"  # of example 1; stack 1 takes the right one for it


def some_maps(truth: np.ndarray, stacks: int, shape: tuple[int, int], stride: int):
    """Maps (S, N, K, h, w): each stack errs less than the one before."""
    rng, wrists = np.random.default_rng(1), ("left_wrist", "right_wrist")
    left, right = (JOINTS.index(name) for name in wrists)
    maps = np.zeros((stacks, *truth.shape[:2], *shape))
    for s, n, k in itertools.product(*map(range, maps.shape[:3])):
        place = truth[n, k] + rng.normal(0, 2.5 / (s + 1), 2)
        at = truth[n, right] if (s, n, k) == (0, 0, left) else place
        maps[s, n, k] = (0.3 + 0.15 * s) * bump(shape, at, stride, 1.2)
        maps[s, n, k] += rng.normal(0, 0.005, shape)
    return maps


def some_levels(count: int, image: tuple[int, int], levels: int) -> list[dict]:
    """Mean activations; the lowest level has neither skip nor merged."""
    rng, made = np.random.default_rng(2), []
    for depth in range(levels):
        cells = tuple(math.ceil(side / 2 ** (depth + 1)) for side in image)
        level = {"resolution": cells, "channels": 32, "field": FIELDS}
        level["name"] = f"{cells[1]} × {cells[0]}"
        kinds = ("down", "up") if depth == levels - 1 else tuple(FIELDS)
        waves = np.cumsum(rng.normal(0, 0.1, (len(kinds), count, *cells)), axis=-1)
        made.append(level | dict(zip(kinds, waves, strict=True)))
    return made


def arguments(
    stacks: int = STACKS, image: tuple[int, int] = (HEIGHT, WIDTH), **changes
) -> dict:
    """Arguments of `stack_explorer`: 3 examples, one joint of the last unlabelled."""
    data = people(examples=3, shape=image)
    kept = {n: data[n] for n in ("images", "truth", "visible", "skeleton", "torso")}
    shape = tuple(math.ceil(side / 2) for side in image)
    maps = some_maps(data["truth"], stacks, shape, 2)
    poses = all_decoded(maps, 2)
    levels = some_levels(3, image, 3)
    return kept | {"maps": maps, "poses": poses, "levels": levels} | changes


DATA = arguments()
EXPLORER = stack_explorer(**DATA)
NAMES = [level["name"] for level in DATA["levels"]]
CORNERS = [
    {"stack": s, "example": n, "joint": j}
    for s, n, j in itertools.product((1, STACKS), (1, 3), (JOINTS[0], JOINTS[-1]))
]
CORNERS += [{"stack": s, "example": 1, "joint": SWAPPED} for s in (1, 2)]
TENSORS = list(itertools.product((NAMES[0], NAMES[-1]), FIELDS))


def far(a, b) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def case(values: dict) -> tuple[int, int, int]:
    """Stack, example and joint, each from 0."""
    return values["stack"] - 1, values["example"] - 1, JOINTS.index(values["joint"])


def error(s: int, n: int, k: int) -> float | None:
    """Distance to the truth, px; None: no label."""
    if not DATA["visible"][n, k]:
        return None
    return far(DATA["poses"][s, n, k], DATA["truth"][n, k])


def wrong(s: int, n: int) -> list[int]:
    """Joints more than half a torso off."""
    off = [error(s, n, k) or 0 for k in range(len(JOINTS))]
    return [k for k, e in enumerate(off) if e > DATA["torso"][n] / 2]


def inside(mark, box) -> bool:
    """Whether a mark's box lies in another."""
    x, y, w, h = box
    at = mark.x >= x - 1e-6 and mark.y >= y - 1e-6
    return at and mark.x + mark.w <= x + w + 1e-6 and mark.y + mark.h <= y + h + 1e-6


@pytest.mark.parametrize("values", CORNERS)
def test_a_cross_lies_on_each_joint_that_is_more_than_half_a_torso_off(values):
    marks = EXPLORER.frame(values).panels["image"]
    s, n, _ = case(values)
    expected = wrong(s, n)
    strokes = of(marks, Lines, CROSS)
    centres = set()
    for mark in strokes:
        for start, end in zip(mark.start, mark.end, strict=True):
            assert start[0] != end[0] and start[1] != end[1]  # noqa: PT018
            centres.add(tuple(np.round(np.mean([start, end], axis=0), 6)))
    assert centres == {tuple(np.round(DATA["poses"][s, n, k], 6)) for k in expected}
    known = int((DATA["visible"][n] > 0).sum())
    assert caption(marks) == f"Crosses: {len(expected)} of {known} joints."


@pytest.mark.parametrize("values", CORNERS)
def test_the_image_shows_both_poses_and_the_way_of_the_chosen_joint(values):
    marks = EXPLORER.frame(values).panels["image"]
    s, n, k = case(values)
    pose = tuple(map(tuple, DATA["poses"][s, n]))
    assert any(dots.points == pose for dots in of(marks, Points))
    rings = [m.points for m in of(marks, Points, WHITE) if m.radius > 5]
    truth = DATA["truth"][n, k]
    assert rings == ([(tuple(truth),)] if DATA["visible"][n, k] else [])
    filled = [m for m in of(marks, Points, CHOSEN) if m.filled]
    assert far(filled[0].points[0], DATA["poses"][s, n, k]) < 0.1  # rounded
    moved = s > 0 and far(*DATA["poses"][s - 1 : s + 1, n, k]) > 0.5
    arrows = of(marks, Arrows)
    assert len(arrows) == moved
    for arrow in arrows:
        assert far(arrow.start[0], DATA["poses"][s - 1, n, k]) < 0.1
        assert far(arrow.end[0], DATA["poses"][s, n, k]) < 0.1


@pytest.mark.parametrize("values", CORNERS)
def test_the_map_covers_the_image_and_its_largest_cell_is_outlined(values):
    marks = EXPLORER.frame(values).panels["map"]
    s, n, k = case(values)
    heatmap = DATA["maps"][s, n, k]
    shown = of(marks, HeatMap)[0]
    assert (shown.x, shown.y, shown.w, shown.h) == (0, 0, WIDTH, HEIGHT)
    top = heatmap.max()
    back = shown.low + shown.array / 255 * (shown.high - shown.low)
    # 16 shades, and the peak is rounded to 0.01.
    np.testing.assert_allclose(
        back, np.maximum(heatmap, 0.1 * top), atol=top / 32 + 0.01
    )
    outline = of(marks, Rect)[0]
    centre = [outline.x + (outline.w - 1) / 2, outline.y + (outline.h - 1) / 2]
    assert centre == decoded(heatmap, 2)
    assert (outline.w, outline.h) == (2, 2)
    assert caption(marks) == f"24 × 32 cells, peak {top:.2f}."
    rings = [m.points[0] for m in of(marks, Points, WHITE)]
    assert rings == ([tuple(DATA["truth"][n, k])] if DATA["visible"][n, k] else [])


@pytest.mark.parametrize("values", CORNERS)
def test_the_strip_shows_the_joint_in_every_stack(values):
    marks = EXPLORER.frame(values).panels["strip"]
    s, n, k = case(values)
    pictures, maps = of(marks, Image), of(marks, HeatMap)
    assert len(pictures) == len(maps) == STACKS
    for left, right in itertools.pairwise(pictures):
        assert left.x + left.w < right.x
    for stack, (picture, shown) in enumerate(zip(pictures, maps, strict=True)):
        row, column = np.unravel_index(shown.array.argmax(), shown.array.shape)
        heatmap = DATA["maps"][stack, n, k]
        assert heatmap[row, column] > 0.96 * heatmap.max()
        assert inside(shown, (picture.x, picture.y, picture.w, picture.h))
    zoom = pictures[0].h / HEIGHT
    assert math.isclose(pictures[0].w / WIDTH, zoom)

    def back(place, picture) -> tuple[float, float]:
        x, y = place
        at_x, at_y = x + 0.5 - picture.x, y + 0.5 - picture.y
        return at_x / zoom - 0.5, at_y / zoom - 0.5

    dots = [m.points[0] for m in of(marks, Points, CHOSEN)]
    for stack, (dot, picture) in enumerate(zip(dots, pictures, strict=True)):
        # Panel places are rounded to 0.1, that is 0.05 / zoom px.
        assert far(back(dot, picture), DATA["poses"][stack, n, k]) < 0.05
    rings = [m.points[0] for m in of(marks, Points, WHITE)]
    assert len(rings) == (STACKS if DATA["visible"][n, k] else 0)
    for ring, picture in zip(rings, pictures, strict=False):
        assert far(back(ring, picture), DATA["truth"][n, k]) < 0.05
    frame = of(marks, Rect, CHOSEN)[0]
    assert (frame.x, frame.w) == (pictures[s].x, pictures[s].w)
    assert [m.text for m in of(marks, Text)] == [f"stack {i + 1}" for i in range(4)]
    peaks = [f"{DATA['maps'][i, n, k].max():.2f}" for i in range(STACKS)]
    assert caption(marks).startswith(f"Peaks: {', '.join(peaks)}.")


def xray(level: str, tensor: str, **more):
    values = {"view": "xray", "level": level, "tensor": tensor}
    return EXPLORER.frame(values | {"example": 1, "joint": SWAPPED} | more)


@pytest.mark.parametrize(("name", "tensor"), TENSORS)
def test_the_xray_shows_the_mean_activation_and_what_a_cell_sees(name, tensor):
    marks = xray(name, tensor).panels["map"]
    level = DATA["levels"][NAMES.index(name)]
    if tensor not in level:
        assert not of(marks, HeatMap) and not of(marks, Rect)  # noqa: PT018
        assert caption(marks) == f"Level {name} has no tensor {tensor!r}."
        return
    shown, values = of(marks, HeatMap)[0], level[tensor][0]
    assert (shown.x, shown.y, shown.w, shown.h) == (0, 0, WIDTH, HEIGHT)
    back = shown.low + shown.array / 255 * (shown.high - shown.low)
    np.testing.assert_allclose(back, values, atol=np.ptp(values) / 500)
    h, w = level["resolution"]
    text = f"Mean of 32 channels, {w} × {h} cells. Each sees {FIELDS[tensor]} px across"
    assert caption(marks).startswith(text)
    assert ("more than the picture" in caption(marks)) == (FIELDS[tensor] > HEIGHT)
    stride, (x, y) = HEIGHT / h, DATA["truth"][0, JOINTS.index(SWAPPED)]
    cell, *square = of(marks, Rect, SEES)
    assert cell.x - 0.5 <= x <= cell.x + cell.w - 0.5
    assert cell.y - 0.5 <= y <= cell.y + cell.h - 0.5
    assert cell.w == cell.h == stride
    assert len(square) == (FIELDS[tensor] < HEIGHT)  # else all its sides lie outside
    for box in square:
        assert box.w == box.h == FIELDS[tensor]
        assert box.dash
        assert box.x + box.w / 2 == cell.x + cell.w / 2
        assert box.y + box.h / 2 == cell.y + cell.h / 2


@pytest.mark.parametrize(("name", "tensor"), TENSORS)
def test_the_hourglass_narrows_from_left_to_right_and_widens_again(name, tensor):
    marks = xray(name, tensor).panels["strip"]
    tiles = of(marks, HeatMap)
    bottom = max(tile.y for tile in tiles)
    ordered = sorted(tiles, key=lambda tile: tile.x)
    lower = [tile.array.shape for tile in ordered if tile.y == bottom]
    upper = [tile.array.shape for tile in ordered if tile.y < bottom]
    cells = [level["resolution"] for level in DATA["levels"]]
    assert lower == cells + cells[::-1]
    assert upper == cells[:-1] + cells[-2::-1]
    assert not of(marks, Image)
    words = [m.text for m in of(marks, Text)]
    assert words.count(name) == 2
    assert set(FIELDS) <= set(words)
    panel = next(p for p in EXPLORER.panels if p.name == "strip")
    assert all(inside(tile, (0, 0, panel.width, panel.height)) for tile in tiles)
    frame = of(marks, Rect, CHOSEN)[0]
    framed = [t for t in tiles if math.isclose(t.x, frame.x) and t.y == frame.y]
    if tensor in DATA["levels"][NAMES.index(name)]:
        values = DATA["levels"][NAMES.index(name)][tensor][0]
        assert math.isclose(framed[0].high, values.max())
    else:
        assert not framed
    assert caption(marks).startswith("Hourglass of stack 1")


def test_an_unlabelled_joint_has_no_cell_and_one_field_may_do_for_all():
    marks = xray(NAMES[0], "skip", example=3, joint=JOINTS[0]).panels["map"]
    assert of(marks, HeatMap)
    assert not of(marks, Rect)
    levels = [Level(**(level | {"field": 7})) for level in DATA["levels"]]
    explorer = stack_explorer(**arguments(levels=levels, glass=STACKS))
    frame = explorer.frame({"view": "xray", "level": NAMES[1], "tensor": "up"})
    assert "Each sees 7 px across." in caption(frame.panels["map"])
    assert "Hourglass of stack 4" in caption(frame.panels["strip"])


def read(scale: Scale, place) -> tuple[float, float]:
    """Data (x, y) at a place of the panel."""
    across = (place[0] - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - place[1]) / (scale.bottom - scale.top)
    (low, high), (_, top) = scale.x, scale.y
    return low + across * (high - low), up * top


@pytest.mark.parametrize("values", CORNERS)
def test_the_chart_shows_errors_against_stacks(values):
    marks = EXPLORER.frame(values).panels["error"]
    s, n, k = case(values)
    scale = of(marks, Scale)[0]
    means = []
    for stack in range(STACKS):
        known = [error(stack, n, j) for j in range(len(JOINTS))]
        means.append(np.mean([e for e in known if e is not None]))
    mean = next(m for m in of(marks, Polyline, "ink") if m.dash)
    shown = [read(scale, place) for place in mean.points]
    np.testing.assert_allclose(shown, list(enumerate(means, start=1)), atol=1e-9)
    dot = read(scale, of(marks, Points, "ink")[0].points[0])
    np.testing.assert_allclose(dot, (s + 1, means[s]), atol=1e-9)
    text = f"Mean of joints {means[s]:.1f} px"
    text += f", {means[s - 1]:.1f} px after stack {s}" if s else ""
    assert caption(marks) == f"{text}."
    own = of(marks, Polyline, CHOSEN)
    if not DATA["visible"][n, k]:
        assert not own and not of(marks, Points, CHOSEN)  # noqa: PT018
        return
    shown = [read(scale, place) for place in own[0].points]
    expected = [(i + 1, error(i, n, k)) for i in range(STACKS)]
    np.testing.assert_allclose(shown, expected, atol=1e-9)
    ring = next(m for m in of(marks, Points, CHOSEN) if not m.filled)
    unit = scale.y[1] / (scale.bottom - scale.top)  # places are rounded to units
    assert abs(read(scale, ring.points[0])[1] - expected[s][1]) <= 0.5 * unit + 1e-9


@pytest.mark.parametrize("n", [1, 3])
def test_a_line_lies_at_half_a_torso_where_the_chart_reaches_it(n):
    marks = EXPLORER.frame({"example": n}).panels["error"]
    scale, half = of(marks, Scale)[0], DATA["torso"][n - 1] / 2
    lines = [m for m in of(marks, Lines, "muted") if m.dash == (8.0, 4.0)]
    assert len(lines) == (half <= scale.y[1])
    for line in lines:
        for place in (line.start[0], line.end[0]):
            assert math.isclose(read(scale, place)[1], half)
    assert ("½ torso" in [m.text for m in of(marks, Text)]) == bool(lines)


@pytest.mark.parametrize("values", CORNERS)
def test_the_sentence_gives_the_error_and_what_the_stack_did(values):
    readout = plain(EXPLORER.frame(values).readout)
    s, n, k = case(values)
    name = values["joint"].replace("_", " ")
    if not DATA["visible"][n, k]:
        assert readout == f"The {name} is not labelled in example 3: it has no error."
        return
    now = f"{error(s, n, k):.1f} px ({error(s, n, k) / DATA['torso'][n]:.2f} torsos)"
    if s == 0:
        assert readout.startswith(f"Stack 1 places the {name} {now} from the truth")
        return
    before, step = error(s - 1, n, k), far(*DATA["poses"][s - 1 : s + 1, n, k])
    assert readout.startswith(f"Stack {s + 1} moves the {name} by {step:.1f} px")
    if f"{before:.1f}" == f"{error(s, n, k):.1f}":
        assert f"stays at {now}" in readout
    else:
        how = "falls" if error(s, n, k) < before else "rises"
        assert f"{how} from {before:.1f} px to {now}" in readout


def test_a_joint_taken_for_another_is_told_of():
    frames = [EXPLORER.frame({"stack": s, "joint": SWAPPED}) for s in (1, 2)]
    first, second = (plain(frame.readout) for frame in frames)
    pose, right = DATA["poses"][0, 0], DATA["truth"][0, JOINTS.index("right_wrist")]
    gap = far(pose[JOINTS.index(SWAPPED)], right)
    assert first.endswith(f", {gap:.1f} px from the true right wrist.")
    assert "from the true" not in second


def test_it_starts_at_the_joint_that_gains_most_and_the_stack_where_it_does():
    start = EXPLORER.values()
    gains = [error(0, 0, k) - error(STACKS - 1, 0, k) for k in range(len(JOINTS))]
    assert start["joint"] == JOINTS[int(np.argmax(gains))] == SWAPPED
    assert (start["stack"], start["example"], start["view"]) == (2, 1, "maps")
    assert (start["level"], start["tensor"]) == (NAMES[0], "merged")
    visible = DATA["visible"].copy()
    visible[0, JOINTS.index(SWAPPED)] = 0
    other = stack_explorer(**arguments(visible=visible)).values()["joint"]
    gains[JOINTS.index(SWAPPED)] = -np.inf
    assert other == JOINTS[int(np.argmax(gains))]


def test_without_a_tensor_merged_it_starts_at_the_first_there_is():
    levels = [{k: v for k, v in x.items() if k != "merged"} for x in DATA["levels"]]
    explorer = stack_explorer(**arguments(levels=levels))
    assert explorer.values()["tensor"] == "down"
    marks = explorer.frame({"view": "xray"}).panels["strip"]
    assert "merged" not in [m.text for m in of(marks, Text)]


@pytest.mark.parametrize(
    ("stacks", "image"), [(1, (64, 48)), (2, (65, 49)), (3, (48, 48)), (8, (40, 64))]
)
def test_other_numbers_of_stacks_and_other_shapes(stacks, image):
    data = arguments(stacks, image)
    explorer = stack_explorer(**data)
    names = [level["name"] for level in data["levels"]]
    ends = [(1, stacks), (1, 3), (JOINTS[0], JOINTS[-1]), ("maps", "xray")]
    ends += [(names[0], names[-1]), ("down", "merged")]
    for state in itertools.product(*ends):
        controls = ("stack", "example", "joint", "view", "level", "tensor")
        frame = explorer.frame(dict(zip(controls, state, strict=True)))
        marks = frame.panels["strip"]
        panel = next(p for p in explorer.panels if p.name == "strip")
        # The last cells may reach beyond the image by one of its pixels.
        box = (-1, -1, panel.width + 6, panel.height + 6)
        assert all(inside(m, box) for m in of(marks, HeatMap))
        assert frame.readout
    if stacks == 1:
        assert caption(explorer.frame().panels["strip"]).startswith("Peak 0.")
        assert explorer.values()["stack"] == 1
    assert explorer.static().size[0] == 900


@pytest.mark.parametrize("stacks", [2, 4])
def test_what_is_stored_is_self_contained_and_small(stacks):
    made = arguments(stacks, levels=some_levels(3, (HEIGHT, WIDTH), 4))
    explorer = stack_explorer(**made)
    bundle, metadata = explorer._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert sum(len(part.encode()) for part in bundle.values()) <= 200_000
    assert metadata["image/jpeg"]["alt"].startswith("Each stack thinks")
    assert stack_explorer(**made).html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    picture = EXPLORER.static()
    assert 700 < picture.size[1] < 850
    texts = [key.text for key in EXPLORER.legend]
    assert len(set(texts)) == len(texts)
    sizes = [
        m.size for marks in EXPLORER.frame().panels.values() for m in of(marks, Text)
    ]
    assert min(sizes) >= 12


def test_the_stride_is_that_of_square_cells():
    assert stride_of((32, 24), (64, 48)) == 2
    assert stride_of((33, 25), (65, 49)) == 2  # the last cells reach beyond the border
    assert stride_of((16, 12), (65, 49)) == 4  # the last pixels lie in no cell
    assert stride_of((1, 1), (64, 48)) == 64
    assert stride_of((32, 12), (64, 48)) == 0
    assert stride_of((64, 48), (64, 48)) == 1


def level(**changes) -> list:
    return [DATA["levels"][0] | changes, *DATA["levels"][1:]]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": np.zeros((3, 64, 48, 3))}, "images are"),
        ({"truth": np.zeros((3, 13, 2))}, r"truth should have shape \(3, 14, 2\)"),
        ({"truth": np.full((3, 14, 2), np.nan)}, "truth holds NaN"),
        ({"visible": np.zeros((3, 13))}, "visible should have shape"),
        ({"visible": np.zeros((3, 14))}, "visible: an example has no label"),
        ({"torso": np.ones(2)}, "torso should have shape"),
        ({"torso": np.zeros(3)}, "torso sizes"),
        ({"maps": DATA["maps"][0]}, r"maps should have shape \(S, 3, 14, h, w\)"),
        ({"maps": DATA["maps"][:0]}, "maps should have"),
        ({"maps": DATA["maps"][..., :11]}, "do not cover images"),
        ({"maps": DATA["maps"] * np.nan}, "maps hold NaN"),
        ({"poses": DATA["poses"][:2]}, "poses should have shape"),
        ({"poses": DATA["poses"] * np.inf}, "poses hold NaN"),
        ({"glass": 0}, "glass is from 1 to 4, got 0"),
        ({"glass": 5}, "glass is from 1 to 4, got 5"),
        ({"levels": []}, "levels are empty"),
        ({"levels": [3]}, "levels: a Level or a dict"),
        ({"levels": [{"name": "a"}]}, "levels: a level has"),
        ({"levels": level(size=3)}, r"\['size'\] are extra"),
        ({"levels": level(name=NAMES[1])}, "levels need distinct names"),
        ({"levels": DATA["levels"][::-1]}, "levels go from the highest"),
        ({"levels": [DATA["levels"][0] | dict.fromkeys(FIELDS)]}, "no activations"),
        ({"levels": level(resolution=(32, 12))}, "do not cover images"),
        ({"levels": level(resolution=(0, 24))}, "do not cover images"),
        ({"levels": level(channels=0)}, "channels are above 0"),
        ({"levels": level(skip=np.zeros((3, 24, 32)))}, "skip should have shape"),
        ({"levels": level(up=np.full((3, 32, 24), np.nan))}, "up holds NaN"),
        ({"levels": level(field={"down": 3})}, "field lacks 'skip'"),
        ({"levels": level(field=0)}, "field is above 0 px"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        stack_explorer(**arguments(**changes))
