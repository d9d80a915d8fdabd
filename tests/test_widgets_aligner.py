"""The flip aligner: NumPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from explorer_marks import caption, of, plain
from mirrored_maps import CELLS, NAMES, STRIDE, centroid, flips

from course_lib.widgets import (
    HeatMap,
    Lines,
    Points,
    Polyline,
    Scale,
    Text,
    flip_aligner,
)
from course_lib.widgets.aligner_data import SHIFTS, shifted

WHITE, BLUE, PURPLE, GREEN = "#FFFFFF", "#0072B2", "#CC79A7", "#009E73"
COLOUR = {"plain": BLUE, "mirrored": PURPLE, "mean": GREEN}
DATA = flips()
ALIGNER = flip_aligner(**DATA)
ENDS = list(itertools.product((-2.0, 0.0, 0.75, 2.0), NAMES))
WIDE, HIGH = 13, 11  # cells of a window


def frame(shift: float, joint: str):
    return ALIGNER.frame({"shift": shift, "joint": joint})


def moved(heatmap: np.ndarray, shift: float) -> np.ndarray:
    """The map moved to the right, cell by cell."""
    made, last = np.zeros_like(heatmap), heatmap.shape[1] - 1
    for u in range(last + 1):
        start = min(max(u - shift, 0), last)
        left, share = math.floor(start), start - math.floor(start)
        right = min(left + 1, last)
        made[:, u] = (1 - share) * heatmap[:, left] + share * heatmap[:, right]
    return made


def maps_at(shift: float, joint: str) -> dict[str, np.ndarray]:
    picture, mirrored = DATA["maps"][NAMES.index(joint)]
    aligned = moved(mirrored, shift)
    return {"plain": picture, "mirrored": aligned, "mean": 0.5 * (picture + aligned)}


def corner(joint: str) -> tuple[int, int]:
    """The first column and row of the window."""
    x, y = DATA["truth"][NAMES.index(joint)]
    left = min(max(round(x) - WIDE // 2, 0), CELLS[1] - WIDE)
    return left, min(max(round(y) - HIGH // 2, 0), CELLS[0] - HIGH)


def in_cells(place, joint: str) -> np.ndarray:
    """Cells of a place on a map's panel."""
    unit = ALIGNER.panels[0].width / WIDE
    return (np.array(place) + 0.5) / unit - 0.5 + corner(joint)


# --- Shifting ------------------------------------------------------------------------


@pytest.mark.parametrize("shift", SHIFTS)
def test_shifting_is_linear_between_cells(shift):
    heatmap = np.random.default_rng(0).random((5, 7))
    np.testing.assert_allclose(shifted(heatmap, shift), moved(heatmap, shift))


def test_a_shift_of_one_is_that_of_the_papers_code():
    heatmap = np.random.default_rng(1).random((4, 6))
    wanted = heatmap.copy()
    wanted[:, 1:] = heatmap[:, :-1]
    np.testing.assert_allclose(shifted(heatmap, 1.0), wanted)
    np.testing.assert_array_equal(shifted(heatmap, 0.0), heatmap)


def test_the_exact_shift_follows_from_mirroring_pixels():
    # A joint at pixel x is at cell x / s; in the mirror image at (W - 1 - x) / s.
    for stride in (1, 2, 4, 8):
        width, x = 24 * stride, 37.0
        back = 24 - 1 - (width - 1 - x) / stride
        explorer = flip_aligner(**flips(stride=stride))
        marks = explorer.frame().panels["curve"]
        exact = next(m for m in of(marks, Lines, "#D55E00"))
        assert read(of(marks, Scale)[0], exact.start[0])[0] == pytest.approx(
            x / stride - back
        )


# --- The three maps ------------------------------------------------------------------


@pytest.mark.parametrize(("shift", "joint"), ENDS)
def test_each_panel_shows_a_window_of_its_map(shift, joint):
    shown, (left, top) = frame(shift, joint), corner(joint)
    peak = DATA["maps"][NAMES.index(joint)].max()
    for name, whole in maps_at(shift, joint).items():
        mark = of(shown.panels[name], HeatMap)[0]
        panel = next(p for p in ALIGNER.panels if p.name == name)
        assert (mark.x, mark.y, mark.w, mark.h) == (0, 0, panel.width, panel.height)
        assert mark.low == 0
        assert mark.high == pytest.approx(peak, abs=1e-3)  # one scale for all three
        window = whole[top : top + HIGH, left : left + WIDE]
        np.testing.assert_allclose(mark.array / 255 * peak, window, atol=peak / 500)


@pytest.mark.parametrize(("shift", "joint"), ENDS)
def test_true_and_decoded_places_lie_where_they_should(shift, joint):
    shown, truth = frame(shift, joint), DATA["truth"][NAMES.index(joint)]
    for name, whole in maps_at(shift, joint).items():
        marks = shown.panels[name]
        ring, dot = of(marks, Points)
        assert (ring.colour, ring.filled) == (WHITE, False)
        assert (dot.colour, dot.filled) == (COLOUR[name], True)
        # Places are rounded to 0.1 of 24 units to a cell.
        np.testing.assert_allclose(in_cells(ring.points[0], joint), truth, atol=0.01)
        place = centroid(whole[None])[0]
        np.testing.assert_allclose(in_cells(dot.points[0], joint), place, atol=0.01)
        upright = of(marks, Lines)[0]
        assert upright.start[0][0] == upright.end[0][0] == ring.points[0][0]
        off = STRIDE * math.dist(place, truth)
        assert caption(marks) == f"{off:.1f} px off."


@pytest.mark.parametrize(("shift", "joint"), ENDS)
def test_the_sentence_gives_all_three_errors(shift, joint):
    told, truth = plain(frame(shift, joint).readout), DATA["truth"][NAMES.index(joint)]
    errors = [
        STRIDE * math.dist(centroid(whole[None])[0], truth)
        for whole in maps_at(shift, joint).values()
    ]
    named = zip(("picture", "un-mirrored", "average"), errors, strict=True)
    words = ", ".join(f"{name} {error:.1f} px" for name, error in named)
    assert told.endswith(f" Error: {words}.")
    way = {-2.0: "8.0 px to the left", 0.75: "3.0 px to the right", 0.0: "not shifted"}
    assert way.get(shift, "8.0 px to the right") in told


# --- The charts ----------------------------------------------------------------------


def read(scale: Scale, place) -> tuple[float, float]:
    across = (place[0] - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - place[1]) / (scale.bottom - scale.top)
    (x0, x1), (y0, y1) = scale.x, scale.y
    return x0 + across * (x1 - x0), y0 + up * (y1 - y0)


@pytest.mark.parametrize(("shift", "joint"), ENDS)
def test_the_rows_are_those_of_the_true_place(shift, joint):
    marks, (left, _) = frame(shift, joint).panels["rows"], corner(joint)
    scale, truth = of(marks, Scale)[0], DATA["truth"][NAMES.index(joint)]
    row = round(truth[1])
    dashes = set()
    for name, whole in maps_at(shift, joint).items():
        line = of(marks, Polyline, COLOUR[name])[0]
        dashes.add(line.dash)
        places = [read(scale, place) for place in line.points]
        wanted = [(left + n, whole[row, left + n]) for n in range(WIDE)]
        np.testing.assert_allclose(places, wanted, atol=0.005)
    assert len(dashes) == 3
    upright = next(m for m in of(marks, Lines, "ink") if m.dash)
    assert read(scale, upright.start[0])[0] == pytest.approx(truth[0])
    word = next(m for m in of(marks, Text) if m.text == "truth")
    side = -50 if word.align == "right" else 50
    assert scale.left < word.x + side < scale.right
    assert f"Row {row} " in caption(marks)


@pytest.mark.parametrize("shift", [SHIFTS[0], 0.75, SHIFTS[-1]])
def test_the_curve_has_its_mean_its_runs_and_both_marks(shift):
    marks = frame(shift, NAMES[0]).panels["curve"]
    scale, means = of(marks, Scale)[0], DATA["curve"].mean(axis=0)
    mean = of(marks, Polyline, GREEN)[0]
    np.testing.assert_allclose(
        [read(scale, p) for p in mean.points],
        np.stack([SHIFTS, means], axis=1),
        atol=0.05,  # places are rounded to 0.1 units
    )
    runs = of(marks, Polyline, "muted")
    assert len(runs) == 2
    for line, run in zip(runs, DATA["curve"], strict=True):
        found = [read(scale, place)[1] for place in line.points]
        np.testing.assert_allclose(found, run, atol=0.05)
    dashed = [m for m in of(marks, Lines) if m.dash]
    at = [read(scale, m.start[0])[0] for m in dashed if m.start[0][0] == m.end[0][0]]
    np.testing.assert_allclose(at, [0.75, 1.0])
    level = next(m for m in dashed if m.start[0][1] == m.end[0][1])
    assert read(scale, level.start[0])[1] == pytest.approx(DATA["single"])
    texts = {m.text for m in of(marks, Text)}
    assert {"exact 0.75", "paper's code 1", "without flip test"} <= texts
    here = of(marks, Points, "ink")[0]
    wanted = (shift, means[SHIFTS.index(shift)])
    np.testing.assert_allclose(read(scale, here.points[0]), wanted, atol=0.05)


def test_the_caption_names_the_best_shift():
    means = DATA["curve"].mean(axis=0)
    told = caption(frame(-2.0, NAMES[0]).panels["curve"])
    best = SHIFTS[int(means.argmax())]
    assert told == (
        f"PCK@0.05 (%): {means[0]:.1f} at −2, best {means.max():.1f} at +{best:g}."
    )
    assert "best" not in caption(frame(best, NAMES[0]).panels["curve"])
    errors = flip_aligner(**flips(curve=100 - means, is_error=True, single=None))
    told = caption(errors.frame({"shift": 0.0}).panels["curve"])
    assert told.endswith(f"best {100 - means.max():.1f} at +{best:g}.")


def test_one_run_has_no_thin_lines_and_a_level_curve_has_axes():
    marks = flip_aligner(**flips(curve=[0] * 17, single=0)).frame().panels["curve"]
    assert not of(marks, Polyline, "muted")
    assert [m.text for m in of(marks, Text)].count("without flip test") == 1
    marks = flip_aligner(**flips(single=None)).frame().panels["curve"]
    assert "without flip test" not in {m.text for m in of(marks, Text)}


def test_it_starts_without_a_shift_at_the_first_joint():
    assert ALIGNER.values() == {"shift": 0.0, "joint": NAMES[0]}
    texts = ALIGNER.controls[0].texts
    assert (texts[0], texts[8], texts[11], texts[-1]) == ("−2", "0", "+0.75", "+2")


def test_small_maps_are_shown_whole():
    maps = np.random.default_rng(0).random((1, 2, 4, 6))
    explorer = flip_aligner(**flips(maps=maps, truth=[[5.4, -0.4]], names=["nose"]))
    shown = explorer.frame({"shift": 2.0})
    assert of(shown.panels["plain"], HeatMap)[0].array.shape == (4, 6)
    assert explorer.static().size[0] == 900
    dark = flip_aligner(
        **flips(
            maps=0 * maps - 1,
            truth=[[0, 0]],
            names=["nose"],
            decode=lambda m: np.zeros((len(m), 2)),
        )
    )
    assert not of(dark.frame().panels["mean"], HeatMap)[0].array.any()


def test_what_is_stored_is_self_contained_and_small():
    bundle, metadata = ALIGNER._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert sum(len(part.encode()) for part in bundle.values()) <= 130_000
    assert metadata["image/jpeg"]["alt"].startswith("How far does")
    assert flip_aligner(**flips()).html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    width, height = ALIGNER.static().size
    assert width == 900
    assert height < 850
    texts = [key.text for key in ALIGNER.legend]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"maps": DATA["maps"][:, 0]}, r"maps should have shape \(E, 2, h, w\)"),
        ({"maps": DATA["maps"][:, :1]}, "maps should have shape"),
        ({"maps": DATA["maps"] * np.nan}, "maps hold NaN"),
        ({"truth": np.zeros((2, 2))}, r"truth should have shape \(3, 2\)"),
        ({"truth": np.full((3, 2), 40.0)}, r"truth lies off the maps of \(32, 24\)"),
        ({"truth": np.full((3, 2), np.nan)}, "truth lies off the maps"),
        ({"names": NAMES[:2]}, "3 pairs of maps, 2 names"),
        ({"names": ("a", "b", "a")}, "names differ"),
        ({"curve": np.zeros(9)}, r"curve should have shape \(1, 17\), got \(1, 9\)"),
        ({"curve": np.zeros((2, 2, 17))}, r"curve should have shape \(S,\) or"),
        ({"curve": np.full(17, np.inf)}, "curve holds NaN"),
        ({"stride": np.nan}, "stride is a finite number, got nan"),
        ({"stride": 0.5}, "stride is 1 px or more, got 0.5"),
        ({"single": np.inf}, "single is a finite number, got inf"),
        ({"decode": lambda maps: maps[:, 0, :3]}, r"decode's result should have shape"),
        ({"decode": lambda maps: maps[:, 0, :2] * np.nan}, "decode's result holds NaN"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        flip_aligner(**flips(**changes))
