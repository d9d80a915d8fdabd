"""The viewer of two branches: its rules, and what it is given and stores."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from explorer_marks import caption, of
from occluded_person import IMAGE, ROWS, STRIDE, TRUTH, XS, branches
from stick_people import JOINTS

from course_lib.widgets import HeatMap, Lines, Points, Text, two_branch_viewer
from course_lib.widgets.branches_data import GRAIN

BLUE, ORANGE = HUES = "#0072B2", "#E69F00"
BRANCHES = ("visible", "occluded")
DATA = branches()
PATCH, FLAGS = DATA["patch"], DATA["visible"]
EXPLORER = two_branch_viewer(**DATA)
STARTS = EXPLORER.values()


# --- Rules, starts and what may be handed in -----------------------------------------


def constant(first: float, second: float):
    """A network whose branches have these maxima, in the middle of the map."""

    def run(images):
        blob = np.zeros((32, 24))
        blob[16, 12] = 1.0
        whole = np.tile(blob, (len(images), 14, 1, 1))
        return first * whole, second * whole

    return run


@pytest.mark.parametrize(
    ("first", "second", "words"),
    [
        (0.5, 0.5, "The visible branch speaks for the neck: 0.50 ≥ 0.50."),
        (0.5, 0.5 + 1e-9, "The occluded branch speaks for the neck: 0.50 ≥ 0.50."),
        (0.51, 0.5, "The visible branch speaks for the neck: 0.51 > 0.50."),
        (0.0, 0.2, "The occluded branch speaks for the neck: 0.20 > 0.00."),
    ],
)
def test_the_larger_maximum_wins_and_of_equals_the_visible_one(first, second, words):
    explorer = two_branch_viewer(**DATA | {"runs": {"one": constant(first, second)}})
    assert explorer.frame({"joint": "neck"}).readout.startswith(words)
    frame = explorer.frame({"joint": "neck"})
    bars = [of(frame.panels["bars"], Lines, hue) for hue in HUES]
    assert [len(bar) for bar in bars] == [int(first > 0), int(second > 0)]


def test_maxima_below_zero_have_no_bar():
    def run(images):
        shape = len(images), 14, 32, 24
        return np.full(shape, -0.25), np.full(shape, -0.5)

    frame = two_branch_viewer(**DATA | {"runs": {"one": run}}).frame()
    assert "−0.25 > −0.50" in frame.readout
    assert not [m for hue in HUES for m in of(frame.panels["bars"], Lines, hue)]


def test_it_starts_where_covering_a_joint_helps_the_occluded_branch_most():
    assert STARTS["network"] == "soft"

    def told(joint, row, x):
        """Whether the joint is covered, and by how much the occluded branch leads."""
        frame = EXPLORER.frame({"joint": joint, "row": row, "x": x})
        numbers = [t.text for t in of(frame.panels["bars"], Text) if "." in t.text]
        first, second = (float(text) for text in numbers[-2:])
        return caption(frame.panels["image"]).endswith("covered."), second - first

    gains = {}
    for joint, row in itertools.product(JOINTS, ROWS):
        found = {x: told(joint, row, x) for x in XS}
        least = min(lead for _, lead in found.values())
        for x, (is_covered, lead) in found.items():
            if is_covered:
                gains[joint, row, x] = lead - least
    start = STARTS["joint"], STARTS["row"], STARTS["x"]
    assert gains[start] >= max(gains.values()) - 0.02  # numbers have two decimals
    off = two_branch_viewer(**DATA | {"rows": {"beside": 500.0}})
    start = off.values()
    assert (start["joint"], start["x"]) == (JOINTS[0], XS[len(XS) // 2])


def test_some_joints_only_may_be_offered():
    chosen = ("left_wrist", "right_knee")
    explorer = two_branch_viewer(**DATA, joints=chosen)
    control = explorer.controls[1]
    assert control.states == chosen
    assert control.texts == ("left wrist", "right knee")
    for joint in chosen:
        one, other = (e.frame(STARTS | {"joint": joint}) for e in (explorer, EXPLORER))
        assert one.readout == other.readout
        for name in ("bars", "way"):
            assert one.panels[name] == other.panels[name]
        for name in BRANCHES:
            first, second = (of(f.panels[name], HeatMap)[0].array for f in (one, other))
            np.testing.assert_array_equal(first, second)
    texts = {c.name: c.texts for c in EXPLORER.controls}
    assert texts["x"][0] == "−12\u00a0px"
    assert texts["row"] == tuple(ROWS)


def test_targets_may_have_another_height():
    def large(run):
        return lambda images: [255 * part for part in run(images)]

    runs = {name: large(run) for name, run in DATA["runs"].items()}
    explorer = two_branch_viewer(**DATA | {"runs": runs}, peak=255)
    for name in BRANCHES:
        one, other = (
            of(e.frame(STARTS).panels[name], HeatMap)[0] for e in (explorer, EXPLORER)
        )
        np.testing.assert_array_equal(one.array, other.array)
        assert (one.low, one.high) == (pytest.approx(25.5), 255)
    assert any(key.text == "map, 25.5 to 255" for key in explorer.legend)


def test_the_chapter_may_decode_in_its_own_way():
    given = []

    def decode(maps):
        given.append(maps.shape)
        return np.tile([3.0, 5.5], (len(maps), 1))

    explorer = two_branch_viewer(**DATA, decode=decode)
    assert given == [(2 * len(ROWS) * len(XS) * 2 * 14, 32, 24)]
    dot = of(explorer.frame().panels["image"], Points, BLUE)[0]
    assert dot.points[0] == (STRIDE * 3 + 1.5, STRIDE * 5.5 + 1.5)
    for wrong, message in (
        (lambda maps: maps, r"decode's result should have shape \(1456, 2\)"),
        (lambda maps: np.full((len(maps), 2), np.nan), "decode's result holds NaN"),
    ):
        with pytest.raises(ValueError, match=message):
            two_branch_viewer(**DATA, decode=wrong)


def test_maps_that_hardly_differ_are_drawn_as_one():
    """Maxima that rise by 0.02 from place to place: every sixth map is a new one."""
    heights = 0.5 + 0.02 * np.arange(len(XS))

    def run(images):
        blob = np.zeros((32, 24))
        blob[16, 12] = 1.0
        maps = np.resize(heights, len(images))[:, None, None, None] * blob
        return [np.repeat(maps, 14, axis=1)] * 2

    explorer = two_branch_viewer(**DATA | {"runs": {"one": run}})
    frames = [explorer.frame({"x": x}) for x in XS]
    maps = [of(frame.panels["visible"], HeatMap)[0].array for frame in frames]
    assert len({array.tobytes() for array in maps}) == 3
    for array, height in zip(maps, heights, strict=True):
        drawn = 0.1 + 0.9 * array.max() / 255
        assert abs(drawn - height) <= GRAIN + 0.9 / 16


# --- What is stored ------------------------------------------------------------------


def textured() -> dict:
    """The planted person in a picture with texture."""
    rng = np.random.default_rng(0)
    blocks = rng.normal(0, 25, (64, 48, 3)).repeat(2, 0).repeat(2, 1)
    noisy = IMAGE + blocks + rng.normal(0, 5, IMAGE.shape)
    return DATA | {"image": np.clip(noisy, 0, 255).astype(np.uint8)}


def test_two_networks_two_rows_and_all_joints_fit_into_130_kilobytes():
    bundle, _ = two_branch_viewer(**textured())._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 130_000


def test_what_is_stored_is_self_contained_and_repeatable():
    bundle, metadata = EXPLORER._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert metadata["image/jpeg"]["alt"].startswith("Two maps of a joint, one answer")
    assert two_branch_viewer(**branches()).html() == bundle["text/html"]
    assert EXPLORER.respond is None


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    width, height = EXPLORER.static().size
    assert width == 900
    assert height < 760
    texts = [key.text for key in EXPLORER.legend]
    assert len(set(texts)) == len(texts)


def made(shape: tuple, value: float = 0.5):
    return lambda images: [np.full((len(images), *shape), value)] * 2


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": IMAGE / 255}, r"image is \(H, W, 3\) uint8"),
        ({"image": IMAGE[..., 0]}, r"image is \(H, W, 3\) uint8"),
        ({"patch": PATCH[..., :2]}, r"patch is \(H, W, 3\) uint8"),
        ({"patch": PATCH[:0]}, r"patch is \(H, W, 3\) uint8"),
        ({"truth": TRUTH[:5]}, r"truth should have shape \(14, 2\), got \(5, 2\)"),
        ({"truth": TRUTH * np.nan}, "truth holds NaN or infinity at a labelled joint"),
        ({"visible": FLAGS[:3]}, r"visible should have shape \(14,\)"),
        ({"visible": FLAGS + 1}, r"visible holds one of \(0, 1, 2\)"),
        ({"xs": [4]}, "xs are two places or more"),
        ({"xs": [4, 2]}, "xs are finite numbers that rise"),
        ({"rows": {}}, "rows are empty"),
        ({"rows": {"here": np.inf}}, "rows hold finite heights"),
        ({"runs": {}}, "runs are empty"),
        ({"runs": {"soft": 3}}, "runs: 'soft' is not a function, got 3"),
        ({"joints": ()}, "joints are empty"),
        ({"joints": ("neck", "neck")}, "joints differ"),
        ({"joints": ("tail",)}, "joints: the skeleton has no 'tail'"),
        ({"peak": 0}, "peak is above 0, got 0"),
        ({"xs": range(100), "rows": dict.fromkeys("abcd", 5.0)}, "11200 combinations"),
        ({"runs": {"a": lambda i: [i]}}, "what run 'a' returns should be the maps of"),
        ({"runs": {"a": made((14, 32))}}, r"should have shape \(26, 14, h, w\) twice"),
        ({"runs": {"a": made((13, 32, 24))}}, r"shape \(26, 14, h, w\) twice, got"),
        ({"runs": {"a": made((14, 32, 24), np.nan)}}, "run 'a' returns holds NaN"),
        ({"runs": {"a": made((14, 30, 24))}}, "maps of 24 x 30 cells do not cover"),
        (
            {"runs": {"a": made((14, 32, 24)), "b": made((14, 16, 12))}},
            "runs return maps of different sizes",
        ),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        two_branch_viewer(**DATA | changes)


def test_a_joint_off_the_picture_counts_as_not_labelled():
    truth = TRUTH.copy()
    truth[JOINTS.index("neck")] = 40.0, -1.0
    truth[JOINTS.index("head_top")] = 40.0, -0.4
    explorer = two_branch_viewer(**DATA | {"truth": truth})
    for joint, end in (("neck", "not labelled."), ("head_top", "visible.")):
        marks = explorer.frame({"joint": joint, "row": "knees"}).panels["image"]
        assert caption(marks).endswith(end)


def test_a_joint_without_a_label_needs_no_place():
    truth = TRUTH.copy()
    truth[JOINTS.index("left_ankle")] = np.nan
    explorer = two_branch_viewer(**DATA | {"truth": truth})
    frame = explorer.frame({"joint": "left_ankle"})
    assert caption(frame.panels["image"]) == "Left ankle: not labelled."
