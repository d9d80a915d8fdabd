"""The explorer of pooling and refinement: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from explorer_marks import of, plain
from stick_people import JOINTS, people

from course_lib.widgets import (
    Arrows,
    Caption,
    HeatMap,
    Image,
    Lines,
    Points,
    Polyline,
    Rect,
    Scale,
)
from course_lib.widgets.encode import to_json
from course_lib.widgets.page import packed, payload
from course_lib.widgets.pooling import pooling_explorer
from course_lib.widgets.pooling_data import FLOOR, cell_centre
from course_lib.widgets.pooling_marks import COLOUR, Zoom

HEIGHT, WIDTH, WINDOW = 80, 64, 20
STRIDES = (4, 8, 16)
ALPHAS = np.linspace(0, 0.5, 11)
KINDS = ("perfect maps", "coarse", "cascade")


def bump(shape: tuple[int, int], x: float, y: float, width: float) -> np.ndarray:
    """A Gaussian at column x and row y of a map (h, w)."""
    rows, cols = np.mgrid[: shape[0], : shape[1]]
    return np.exp(-((cols - x) ** 2 + (rows - y) ** 2) / (2 * width**2))


def one_joint(rng, truth: np.ndarray, stride: int) -> tuple:
    """Coarse map, place, window, fine map, refined place: a net that errs a little."""
    shape = HEIGHT // stride, WIDTH // stride
    x, y = (truth + rng.normal(0, 4, 2) - (stride - 1) / 2) / stride
    coarse = 0.7 * bump(shape, x, y, 1.5) + rng.normal(0, 0.01, shape)
    row, column = divmod(int(coarse.argmax()), shape[1])
    place = np.array([column, row]) * stride + (stride - 1) / 2
    corner = np.rint((place - (WINDOW - 1) / 2) / 4) * 4
    at = truth + rng.normal(0, 0.5, 2) - corner
    fine = 0.6 * bump((WINDOW, WINDOW), *at, 2) + rng.normal(0, 0.01, (WINDOW, WINDOW))
    down, across = divmod(int(fine.argmax()), WINDOW)
    return (
        coarse,
        place,
        [*corner, WINDOW, WINDOW],
        fine,
        np.add(corner, (across, down)),
    )


def arguments(**changes) -> dict:
    """Arguments of `pooling_explorer`: 4 examples, one joint of the last unlabelled."""
    data, rng = people(shape=(HEIGHT, WIDTH)), np.random.default_rng(1)
    kept = {n: data[n] for n in ("images", "truth", "visible", "skeleton", "torso")}
    names = ("maps", "coarse", "windows", "fine_maps", "refined")
    made: dict = {name: {} for name in names}
    for stride in STRIDES:
        rows = [[one_joint(rng, at, stride) for at in pose] for pose in data["truth"]]
        for place, name in enumerate(names):
            made[name][stride] = np.array([[joint[place] for joint in r] for r in rows])
    curves = {
        s: {
            k: 1 - np.exp(-ALPHAS * c / s)
            for k, c in zip(KINDS, (90, 25, 40), strict=True)
        }
        for s in STRIDES
    }
    return kept | made | {"curves": curves, "alphas": ALPHAS} | changes


DATA = arguments()
EXPLORER = pooling_explorer(**DATA)
CORNERS = [
    {"stride": s, "example": n, "joint": j, "maps": m}
    for s, n, j, m in itertools.product(
        (4, 16), (1, 4), (JOINTS[0], JOINTS[-1]), ("network", "perfect")
    )
]


def points(marks, colour: str) -> list:
    """The one dot or ring of a colour, as (x, y)."""
    return [m.points[0] for m in of(marks, Points) if m.colour == colour]


def case(values: dict) -> tuple[int, int, int]:
    return values["stride"], values["example"] - 1, JOINTS.index(values["joint"])


def far(a, b) -> float:
    return math.hypot(a[0] - b[0], a[1] - b[1])


def expected_cell(values: dict) -> tuple[int, int] | None:
    """Column and row of the cell to be outlined, by looking at every cell."""
    s, n, k = case(values)
    cells = list(itertools.product(range(WIDTH // s), range(HEIGHT // s)))
    if values["maps"] == "network":
        return max(cells, key=lambda cell: DATA["maps"][s][n, k][cell[1], cell[0]])
    if not DATA["visible"][n, k]:
        return None
    pixels = {u: np.mean([s * u + step for step in range(s)]) for u in range(HEIGHT)}
    truth = DATA["truth"][n, k]
    return min(cells, key=lambda cell: far((pixels[cell[0]], pixels[cell[1]]), truth))


@pytest.mark.parametrize("values", CORNERS)
def test_the_largest_cell_is_outlined_and_decoded_at_its_centre(values):
    marks = EXPLORER.frame(values).panels["image"]
    s, n, k = case(values)
    cell = expected_cell(values)
    if cell is None:
        assert not of(marks, Rect)
        return
    colour = COLOUR["coarse" if values["maps"] == "network" else "perfect maps"]
    outline = of(marks, Rect)[-1]
    assert (outline.x, outline.y, outline.w, outline.h) == (
        *(s * c for c in cell),
        s,
        s,
    )
    decoded = [s * c + (s - 1) / 2 for c in cell]
    assert points(marks, colour) == [tuple(decoded)]
    arrows = of(marks, Arrows)
    if DATA["visible"][n, k]:
        assert points(marks, "#FFFFFF") == [tuple(DATA["truth"][n, k])]
        assert arrows[0].start == (tuple(decoded),)
        assert arrows[0].end == (tuple(DATA["truth"][n, k]),)
    else:
        assert not arrows


@pytest.mark.parametrize("values", CORNERS)
def test_the_map_covers_the_image_and_peaks_in_the_outlined_cell(values):
    marks = EXPLORER.frame(values).panels["image"]
    s, n, k = case(values)
    shown = of(marks, HeatMap)[0]
    assert (shown.x, shown.y, shown.w, shown.h) == (0, 0, WIDTH, HEIGHT)
    cell = expected_cell(values)
    if cell is None:
        assert shown.array.max() == 0
        return
    assert shown.array[cell[1], cell[0]] == shown.array.max() == 255
    if values["maps"] == "network":
        back = shown.low + shown.array / 255 * (shown.high - shown.low)
        wanted = np.maximum(DATA["maps"][s][n, k], shown.low)
        np.testing.assert_allclose(back, wanted, atol=shown.high / 32)  # 16 shades


@pytest.mark.parametrize("stride", [4, 16])
def test_the_grid_parts_the_image_into_cells(stride):
    marks = EXPLORER.frame({"stride": stride}).panels["image"]
    lines = of(marks, Lines)[0]
    upright = [a for a, b in zip(lines.start, lines.end, strict=True) if a[0] == b[0]]
    assert [x for x, _ in upright] == [
        u * stride - 0.5 for u in range(1, WIDTH // stride)
    ]
    assert len(lines.start) - len(upright) == HEIGHT // stride - 1


@pytest.mark.parametrize("values", CORNERS)
def test_the_window_is_dashed_where_the_truth_is_none_of_its_pixels(values):
    frame = EXPLORER.frame(values)
    s, n, k = case(values)
    if values["maps"] == "perfect":
        assert len(of(frame.panels["image"], Rect)) <= 1  # no window
        return
    x, y, w, h = DATA["windows"][s][n, k]
    shown = of(frame.panels["image"], Rect)[0]
    assert (shown.x, shown.y, shown.w, shown.h) == (x, y, w, h)
    nearest = [math.floor(v + 0.5) for v in DATA["truth"][n, k]]
    is_in = nearest[0] in range(int(x), int(x + w))
    is_in = is_in and nearest[1] in range(int(y), int(y + h))
    is_lost = bool(DATA["visible"][n, k]) and not is_in
    assert bool(shown.dash) == is_lost
    assert ("outside of the window" in frame.readout) == is_lost


@pytest.mark.parametrize("axis", [0, 1])
@pytest.mark.parametrize(
    ("at", "is_lost"), [(-0.6, True), (-0.4, False), (19.4, False), (19.6, True)]
)
def test_the_windows_border_runs_around_its_outer_pixels(axis, at, is_lost):
    truth = DATA["truth"].copy()
    truth[0, 5] = DATA["windows"][8][0, 5, :2] + 10
    truth[0, 5, axis] += at - 10
    explorer = pooling_explorer(**arguments(truth=truth))
    marks = explorer.frame({"stride": 8, "joint": JOINTS[5]}).panels["image"]
    assert bool(of(marks, Rect)[0].dash) == is_lost


def test_a_truth_out_of_the_window_is_told_of():
    windows = {s: w.copy() for s, w in DATA["windows"].items()}
    windows[8][0, 3, 0] += 200
    explorer = pooling_explorer(**arguments(windows=windows))
    frame = explorer.frame({"stride": 8, "joint": JOINTS[3]})
    assert "cannot find it" in frame.readout
    assert of(frame.panels["image"], Rect)[0].dash
    captions = of(frame.panels["zoom"], Caption)
    assert "out of sight" in captions[0].text


@pytest.mark.parametrize("values", CORNERS)
def test_the_zoom_shows_the_window_one_unit_a_pixel(values):
    marks = EXPLORER.frame(values).panels["zoom"]
    s, n, k = case(values)
    if values["maps"] == "perfect":
        cell = expected_cell(values)
        assert not of(marks, HeatMap)
        if cell is None:
            assert not of(marks, Image)
            return
        # The cell's centre lies in the middle of the panel, at 9.5 of 0 ... 19.
        assert points(marks, COLOUR["perfect maps"]) == [(9.5, 9.5)]
        outline = of(marks, Rect)[0]
        assert outline.x + (outline.w - 1) / 2 == 9.5
        assert outline.w == s
        return
    x, y, _, _ = DATA["windows"][s][n, k]
    image = of(marks, Image)[0]
    assert (image.x, image.y, image.w, image.h) == (-x, -y, WIDTH, HEIGHT)
    fine = of(marks, HeatMap)[0]
    assert (fine.x, fine.y, fine.w, fine.h) == (0, 0, WINDOW, WINDOW)
    down, across = np.unravel_index(fine.array.argmax(), fine.array.shape)
    refined = DATA["refined"][s][n, k] - [x, y]
    assert fine.array[int(refined[1]), int(refined[0])] == 255
    assert far(refined, (across, down)) < 3
    arrow = of(marks, Arrows)[0]
    np.testing.assert_allclose(arrow.start[0], DATA["coarse"][s][n, k] - [x, y])
    np.testing.assert_allclose(arrow.end[0], refined)
    step = far(DATA["coarse"][s][n, k], DATA["refined"][s][n, k])
    assert f"by {step:.1f} px" in plain(of(marks, Caption)[0].text)


def test_a_window_of_another_shape_fills_the_panel_it_can():
    zoom = Zoom((10, 20, 5, 10), (20, 20))  # twice as large, 10 units of 20 wide
    assert zoom.box((10, 20, 5, 10)) == (5, 0, 10, 20)
    np.testing.assert_allclose(zoom.point((12, 24.5)), (9.5, 9.5))
    np.testing.assert_allclose(zoom.point((9.5, 19.5)), (4.5, -0.5))


@pytest.mark.parametrize("values", CORNERS)
def test_the_sentence_gives_pixels_and_torsos(values):
    readout = plain(EXPLORER.frame(values).readout)
    s, n, k = case(values)
    if not DATA["visible"][n, k]:
        assert "not labelled" in readout
        return
    truth, torso = DATA["truth"][n, k], DATA["torso"][n]
    decoded = [s * c + (s - 1) / 2 for c in expected_cell(values)]
    error = far(decoded, truth)
    assert f"Pooling {s}×" in readout
    assert f"{error:.1f} px ({error / torso:.2f} torsos)" in readout
    assert f"0.383 × {s} px = {0.3826 * s:.1f} px" in readout
    if values["maps"] == "perfect":
        assert error <= s / math.sqrt(2) + 1e-9
        return
    after = far(DATA["refined"][s][n, k], truth)
    assert f"{after:.1f} px ({after / torso:.2f} torsos)" in readout
    if "outside" not in readout:
        assert ("lowers" in readout) == (after < error)


def test_the_floor_is_the_mean_distance_from_the_centre_of_a_square():
    steps = (np.arange(400) + 0.5) / 400 - 0.5
    assert math.isclose(np.hypot(steps, steps[:, None]).mean(), FLOOR, abs_tol=1e-4)
    np.testing.assert_allclose(cell_centre((3, 0), 4), [np.mean([12, 13, 14, 15]), 1.5])


def read(scale: Scale, place) -> tuple[float, float]:
    """Data (x, y) at a place of the panel."""
    across = (place[0] - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - place[1]) / (scale.bottom - scale.top)
    low, high = scale.x
    return low + across * (high - low), up


@pytest.mark.parametrize("values", CORNERS)
def test_the_chart_shows_each_curve_and_where_this_joint_stands(values):
    marks = EXPLORER.frame(values).panels["curves"]
    s, n, k = case(values)
    scale = of(marks, Scale)[0]
    shown = {line.colour: line for line in of(marks, Polyline)}
    for kind in KINDS:
        data = [read(scale, place) for place in shown[COLOUR[kind]].points]
        wanted = np.stack([ALPHAS, DATA["curves"][s][kind]], axis=1)
        np.testing.assert_allclose(data, wanted, atol=1e-9)
    assert len(of(marks, Polyline)) == 3 + 2  # and the coarse ones of two strides
    is_perfect = values["maps"] == "perfect"
    for kind in KINDS[:1] if is_perfect else KINDS[1:]:
        dots = points(marks, COLOUR[kind])
        place = DATA["coarse" if kind == "coarse" else "refined"][s][n, k]
        if is_perfect and DATA["visible"][n, k]:
            place = [s * c + (s - 1) / 2 for c in expected_cell(values)]
        alpha = far(place, DATA["truth"][n, k]) / DATA["torso"][n]
        if not DATA["visible"][n, k] or alpha > ALPHAS[-1]:
            assert not dots
            continue
        x, y = read(scale, dots[0])
        share = np.interp(alpha, ALPHAS, DATA["curves"][s][kind])
        # Places are rounded to whole units: 282 of them are 0.5 torsos, 240 are 1.
        assert abs(x - alpha) < 0.5 / 564 + 1e-9
        assert abs(y - share) < 1 / 480 + 1e-9
    text = of(marks, Caption)[-1].text
    for kind in KINDS:
        value = DATA["curves"][s][kind][1]  # at 0.05
        assert f"{kind.split()[0]} {value:.2f}" in text


def test_alphas_need_not_hold_the_papers_threshold():
    alphas = np.linspace(0.1, 0.6, 11)
    frame = pooling_explorer(**arguments(alphas=alphas)).frame()
    assert of(frame.panels["curves"], Caption)[-1].text == "Pooling 8×."


def test_it_starts_in_the_middle_at_a_joint_that_gains():
    start = EXPLORER.values()
    k = JOINTS.index(start["joint"])
    first, second = (
        far(DATA[name][8][0, k], DATA["truth"][0, k]) for name in ("coarse", "refined")
    )
    assert start["stride"] == 8
    assert second < first


def test_one_stride_one_example_and_no_labels():
    one = {n: {16: DATA[n][16][:1]} for n in ("maps", "coarse", "windows")}
    one |= {n: {16: DATA[n][16][:1]} for n in ("fine_maps", "refined")}
    one |= {n: DATA[n][:1] for n in ("images", "torso")}
    unknown = np.full((1, 14, 2), np.nan)
    explorer = pooling_explorer(
        **arguments(
            **one,
            curves={16: DATA["curves"][16]},
            truth=unknown,
            visible=np.zeros((1, 14)),
        )
    )
    for maps in ("network", "perfect"):
        assert "not labelled" in explorer.frame({"maps": maps}).readout


def test_page_is_self_contained_and_small():
    text = EXPLORER.html()
    assert "http" not in text
    assert len(text.encode()) < 200_000
    assert len(packed(to_json(payload(EXPLORER)))) < 100_000
    assert pooling_explorer(**arguments()).html() == text


def changed(name: str, stride: int, value) -> dict:
    """One stride's part of an argument replaced."""
    return {name: DATA[name] | {stride: value}}


def without(name: str) -> dict:
    return {name: {s: DATA[name][s] for s in STRIDES[:2]}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"images": np.zeros((4, 80, 64, 3))}, "images are"),
        ({"truth": np.zeros((4, 13, 2))}, r"truth should have shape \(4, 14, 2\)"),
        ({"truth": np.full((4, 14, 2), np.nan)}, "truth holds NaN"),
        ({"visible": np.zeros((4, 13))}, "visible should have shape"),
        ({"torso": np.ones(3)}, "torso should have shape"),
        ({"torso": np.zeros(4)}, "torso sizes"),
        ({"maps": {}}, "maps should be a dict"),
        ({"maps": DATA["maps"][8]}, "maps should be a dict"),
        ({"maps": {0: DATA["maps"][8]}}, "whole number of px, got 0"),
        ({"maps": {2.5: DATA["maps"][8]}}, "whole number of px, got 2.5"),
        (changed("maps", 8, DATA["maps"][4]), "maps of stride 8 should have shape"),
        (changed("maps", 8, np.zeros((4, 14, 10))), "maps of stride 8 should have"),
        (changed("maps", 8, DATA["maps"][8] * np.nan), "maps of stride 8 hold NaN"),
        (without("coarse"), "coarse has strides"),
        (without("curves"), "curves has strides"),
        (changed("coarse", 4, np.zeros((4, 14))), "coarse of stride 4 should have"),
        (changed("refined", 4, np.zeros((4, 2, 2))), "refined of stride 4 should"),
        (
            changed("refined", 4, np.full((4, 14, 2), np.inf)),
            "refined of stride 4 hold",
        ),
        (changed("windows", 16, np.zeros((4, 14, 4))), "windows are"),
        (changed("windows", 16, np.zeros((4, 14, 2))), "windows of stride 16 should"),
        (changed("fine_maps", 16, np.zeros((4, 14, 20))), "fine_maps of stride 16"),
        ({"alphas": ALPHAS[::-1]}, "alphas should increase"),
        ({"alphas": [0.1]}, "alphas should increase"),
        ({"curves": dict.fromkeys(STRIDES, ALPHAS)}, "curves should be a dict"),
        (changed("curves", 4, {"coarse": ALPHAS}), "curves of stride 4 should be"),
        (
            changed("curves", 4, dict.fromkeys(KINDS, ALPHAS[1:])),
            "curves of stride 4, 'perfect maps', should have shape",
        ),
        (
            changed("curves", 8, dict.fromkeys(KINDS, ALPHAS * 9)),
            "shares from 0 to 1",
        ),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        pooling_explorer(**arguments(**changes))
