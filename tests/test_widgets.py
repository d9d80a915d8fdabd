"""The explorers' Python side: NumPy and Pillow only, no browser, no kernel."""

from __future__ import annotations

import base64
import dataclasses
import html
import io
import itertools
import json
import re
import subprocess
import sys
import zlib

import numpy as np
import pytest
from explorer_marks import caption, plain
from PIL import Image as PILImage
from stick_people import JOINTS, draggable, people

from course_lib.widgets import (
    Arrows,
    Axes,
    Caption,
    Circle,
    Event,
    Handle,
    HeatMap,
    Image,
    Key,
    Layer,
    Lines,
    Panel,
    Points,
    Polyline,
    Readout,
    Rect,
    Scale,
    Text,
    Widget,
    cascade_stepper,
    heat_map,
    player,
    select,
    slider,
    slider_between,
    toggle,
)
from course_lib.widgets.axes import nice_ticks
from course_lib.widgets.encode import Encoder, data_address, to_json

DATA = people()
STEPPER = cascade_stepper(**DATA)
CORNERS = list(itertools.product((1, 3), (1, 4), (JOINTS[0], JOINTS[-1])))


def only(frame_panel, kind):
    """The one primitive of a kind, in the order drawn the first if there are more."""
    return next(mark for mark in frame_panel if type(mark) is kind)


# --- The cascade's explorer ------------------------------------------------------


@pytest.mark.parametrize(("stage", "example", "joint"), CORNERS)
def test_cascade_frame_agrees_with_plain_arithmetic(stage, example, joint):
    frame = STEPPER.frame({"stage": stage, "example": example, "joint": joint})
    n, k = example - 1, JOINTS.index(joint)
    box = DATA["boxes"][stage - 1][n]
    x, y, w, h = box[k if len(box) > 1 else 0]

    assert only(frame.panels["image"], Image).array is not None
    np.testing.assert_array_equal(
        only(frame.panels["image"], Image).array, DATA["images"][n]
    )
    shown = only(frame.panels["image"], Rect)
    assert (shown.x, shown.y, shown.w, shown.h) == (x, y, w, h)

    crops = DATA["crops"][stage - 1][n]
    crop = crops[k if len(crops) > 1 else 0]
    np.testing.assert_array_equal(only(frame.panels["crop"], Image).array, crop)
    arrow = only(frame.panels["crop"], Arrows)
    pose = DATA["poses"][stage - 1, n, k]
    # Crop pixel u covers w / 48 image pixels, the first from x - 1/2 on.
    expected = [(pose[0] - x + 0.5) * 48 / w - 0.5, (pose[1] - y + 0.5) * 48 / h - 0.5]
    np.testing.assert_allclose(arrow.end[0], expected, atol=1e-9)
    np.testing.assert_allclose(arrow.start[0], [23.5, 23.5], atol=1e-9)


@pytest.mark.parametrize(("stage", "example", "joint"), CORNERS)
def test_cascade_read_out_gives_pixels_and_torsos(stage, example, joint):
    frame = STEPPER.frame({"stage": stage, "example": example, "joint": joint})
    n, k = example - 1, JOINTS.index(joint)
    if not DATA["visible"][n, k]:
        assert "not labelled" in frame.readout
        assert not [p for p in frame.panels["crop"] if "true" in str(p)]
        return
    far = [
        float(np.hypot(*(DATA["poses"][stage - 1, n, j] - DATA["truth"][n, j])))
        for j in range(len(JOINTS))
        if DATA["visible"][n, j]
    ]
    error = float(np.hypot(*(DATA["poses"][stage - 1, n, k] - DATA["truth"][n, k])))
    assert f"{error:.1f} px ({error / DATA['torso'][n]:.2f} torsos)" in plain(
        frame.readout
    )
    assert f"{sum(far) / len(far):.1f} px" in plain(frame.readout)
    assert f"{error:.1f} px = " in caption(frame.panels["error"])


def test_cascade_chart_places_errors_on_its_own_axis():
    frame = STEPPER.frame({"stage": 2, "example": 1, "joint": "left_wrist"})
    scale = only(frame.panels["error"], Scale)
    k = JOINTS.index("left_wrist")
    errors = np.linalg.norm(DATA["poses"][:, 0, k] - DATA["truth"][0, k], axis=-1)
    lines = [m for m in frame.panels["error"] if type(m) is Polyline]
    chosen = next(line for line in lines if line.width == 3)
    up = [(scale.bottom - y) / (scale.bottom - scale.top) for _, y in chosen.points]
    np.testing.assert_allclose(np.array(up) * scale.y[1], errors, atol=1e-9)
    assert max(errors) <= scale.y[1]


def test_cascade_tells_when_the_truth_is_out_of_sight():
    data = people(examples=1)
    data["boxes"][1] = data["boxes"][1] + [200.0, 0, 0, 0]
    frame = cascade_stepper(**data).frame({"stage": 2})
    assert "out of sight" in frame.readout
    assert "out of sight" not in STEPPER.frame({"stage": 1}).readout


def test_cascade_of_one_stage_one_example_and_crops_of_two_sizes():
    single = cascade_stepper(**people(examples=1, stages=1))
    assert single.frame().readout.startswith("Stage 1")
    data = people(examples=2, stages=2)
    data["crops"][0] = data["crops"][0][:, :, :, 6:42]  # 48 high, 36 wide
    wide = cascade_stepper(**data)
    image = only(wide.frame({"stage": 1}).panels["crop"], Image)
    assert (image.x, image.y, image.w, image.h) == (6, 0, 36, 48)


def _with(**changes):
    return people(examples=2, stages=2) | changes


def _nan(name, index):
    array = np.array(people(examples=2, stages=2)[name], dtype=float)
    array[index] = np.nan
    return _with(**{name: array})


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (_nan("poses", (0, 0, 0)), "poses hold NaN"),
        (_nan("truth", (0, 1)), "truth holds NaN"),
        (_nan("torso", 0), "torso"),
        (_with(torso=np.zeros(2)), "torso"),
        (_with(torso=np.ones(3)), r"torso should have shape \(2,\)"),
        (_with(truth=np.zeros((2, 13, 2))), r"truth should have shape \(2, 14, 2\)"),
        (_with(visible=np.zeros((2, 14))), "no labelled joint"),
        (_with(images=np.zeros((2, 8, 8, 3))), "uint8"),
        (_with(boxes=np.zeros((2, 2, 1, 4))), "boxes are"),
        (_with(boxes=np.ones((1, 2, 1, 4))), "2 stages but boxes for 1"),
        (_with(boxes=np.ones((2, 2, 5, 4))), "14 or 1"),
        (_with(boxes=np.ones((2, 2, 4))), "3 axes"),
        (_with(crops=np.zeros((2, 2, 1, 8, 8, 3))), "crops are uint8"),
    ],
)
def test_cascade_names_what_does_not_fit(data, message):
    with pytest.raises(ValueError, match=message):
        cascade_stepper(**data)


# --- Frames ----------------------------------------------------------------------


def test_values_are_checked_and_completed():
    assert STEPPER.values({"stage": np.int64(3)})["stage"] == 3
    assert STEPPER.values()["example"] == 1
    for bad in ({"stage": 4}, {"stage": 0}, {"joint": "tail"}, {"speed": 1}):
        with pytest.raises(ValueError, match=next(iter(bad))):
            STEPPER.frame(bad)


def test_widget_names_what_is_missing():
    panel, readout = Panel("a", 4, 4), Readout((), lambda: "")
    draw = Layer("b", (), lambda: [])
    with pytest.raises(ValueError, match="panel 'b'"):
        Widget("t", "q", [panel], [], [draw], readout)
    with pytest.raises(ValueError, match="speed"):
        Widget("t", "q", [panel], [], [Layer("a", ("speed",), lambda: [])], readout)
    with pytest.raises(ValueError, match="distinct"):
        Widget("t", "q", [panel, panel], [], [], readout)


def test_drag_changes_only_the_values_it_should():
    blob = draggable()
    assert Handle("peak", 20.0, 24.0) in blob.frame({}).panels["map"]
    after = blob.after({"width": 8}, Event("drag", "map", 31.04, 8.0, "peak"))
    assert after == {"width": 8, "shown": True, "spot": (31.0, 8.0)}
    assert blob.frame(after).readout == "Peak at 31, 8."
    marked = np.unravel_index(
        only(blob.frame(after).panels["map"], HeatMap).array.argmax(), (48, 64)
    )
    assert tuple(int(v) for v in marked) == (8, 31)
    assert STEPPER.after({}, Event("click", "image", 1, 1)) == STEPPER.values()


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: slider("s", "S", [0, np.nan]), "finite"),
        (lambda: slider("s", "S", []), "finite"),
        (lambda: slider("s", "S", [1, 1]), "distinct"),
        (lambda: slider("s", "S", [1, 2], 3), "takes 1 ... 2"),
        (lambda: slider("two words", "S", [1]), "identifier"),
        (lambda: slider_between("s", "S", 1, 0, 0.1), "bad range"),
        (lambda: select("s", "S", ["a"], texts=["x", "y"]), "1 states, 2 texts"),
    ],
)
def test_controls_refuse_nonsense(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_controls_cover_their_range():
    ends = slider_between("s", "S", 0, 0.5, 0.1)
    assert ends.states == (0, 0.1, 0.2, 0.3, 0.4, 0.5)
    assert toggle("t", "T").states == (False, True)
    frames = player("f", "Frame", range(1, 4), 2)
    assert (frames.kind, frames.start) == ("player", 2)
    assert frames.texts == ("1 of 3", "2 of 3", "3 of 3")


# --- Primitives ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Points([[0, np.nan]]), "row 0"),
        (lambda: Points([[0, 1, 2]]), r"\(N, 2\)"),
        (lambda: Points([[0, 1]], labels=["a", "b"]), "1 dots, 2 labels"),
        (lambda: Lines([[0, 0]], [[0, 1], [1, 1]]), "1 starts but 2 ends"),
        (lambda: Lines([[0, 0]], [[0, 1]], ["ink", "ink"]), "2 colours"),
        (lambda: Lines([[0, 0]], [[0, 1]], "red"), "colour"),
        (lambda: Circle(0, 0, np.inf), "r must be finite"),
        (lambda: Rect(0, np.nan, 1, 1), "y must be finite"),
        (lambda: Handle("h", np.nan, 0), "Handle h"),
        (lambda: Text(0, 0, "small", size=9), "at least 12"),
        (lambda: Image(np.zeros((4, 4, 3))), "uint8"),
        (lambda: Image(np.zeros((4, 4, 4), np.uint8)), "uint8"),
        (lambda: Image(np.zeros((4, 4), np.uint8), w=0), "above 0"),
        (lambda: HeatMap(np.zeros((4, 4, 3), np.uint8)), "uint8"),
        (lambda: HeatMap(np.zeros((4, 4), np.uint8), colours="jet"), "jet"),
        (lambda: heat_map([[0, np.nan]]), "finite"),
        (lambda: Axes((0, 0), (0, 1), "x", "y"), "low < high"),
        (lambda: Panel("p", 0, 4), "no size"),
    ],
)
def test_primitives_refuse_nonsense(make, message):
    with pytest.raises(ValueError, match=message):
        make()


def test_heat_map_covers_its_image_cell_by_cell():
    made = heat_map([[0.0, 0.5], [1.0, 2.0]], stride=4)
    assert (made.x, made.y, made.w, made.h) == (0, 0, 8, 8)
    back = made.low + made.array / 255 * (made.high - made.low)
    np.testing.assert_allclose(back, [[0, 0.5], [1, 2]], atol=2 / 510 + 1e-9)
    assert heat_map(np.ones((2, 2))).array.max() == 0


def test_axes_place_their_corners_and_round_ticks():
    axes = Axes((0, 2), (10, 20), "x", "y", 100, 80)
    left, top, right, bottom = axes.area
    np.testing.assert_allclose(
        axes.to_panel([[0, 10], [2, 20]]), [[left, bottom], [right, top]]
    )
    assert nice_ticks(0, 1) == [0, 0.2, 0.4, 0.6, 0.8, 1.0]
    assert nice_ticks(3, 17, 4) == [5, 10, 15]
    twins = [m for m in axes.second_y("z", 5) if m.text == "3"]
    assert [m.y for m in twins] == [axes.to_panel([0, 15])[0, 1]]


# --- The page --------------------------------------------------------------------


def packed_data(text: str) -> dict:
    """What a page carries, read back the way the page does."""
    coded = re.search(r'<script type="text/plain">([^<]*)</script>', text).group(1)
    return json.loads(zlib.decompress(base64.b64decode(coded)))


def looked_up(data: dict, values: dict, controls) -> tuple[dict, str]:
    """The frame the page shows for some values, by table."""
    indices = [c.index(values[c.name]) for c in controls]
    sizes = [len(c.states) for c in controls]

    def pick(part):
        chosen = [indices[d] for d in part["depends"]]
        shape = [sizes[d] for d in part["depends"]]
        at = int(np.ravel_multi_index(chosen, shape)) if shape else 0
        return part["entries"][part["table"][at]]

    panels: dict[str, list] = {}
    for layer in data["layers"]:
        panels.setdefault(layer["panel"], []).extend(pick(layer))
    return panels, pick(data["readout"])


def numbers_of(marks: list) -> list:
    """Marks without the numbers of their styles and pictures."""
    skip = {"i": 3, "h": 3}
    return [[mark[0], *mark[skip.get(mark[0], 2) :]] for mark in marks]


def test_page_holds_every_frame():
    data = packed_data(STEPPER.html())
    for stage, example, joint in itertools.product((1, 2, 3), (1, 2, 3, 4), JOINTS):
        values = {"stage": stage, "example": example, "joint": joint}
        panels, readout = looked_up(data, values, STEPPER.controls)
        frame = STEPPER.frame(values)
        assert readout == frame.readout
        for name, marks in frame.panels.items():
            expected = json.loads(to_json(Encoder().marks(marks)))
            assert numbers_of(panels[name]) == numbers_of(expected)


def test_page_pictures_are_those_of_the_frame():
    data = packed_data(STEPPER.html())
    book = data["book"]
    values = {"stage": 3, "example": 2, "joint": "head_top"}
    panels, _ = looked_up(data, values, STEPPER.controls)
    sprite = next(mark[2] for mark in panels["crop"] if mark[0] == "i")
    sheet, x, y, w, h = book["sprites"][sprite]
    coded = base64.b64decode(book["sheets"][sheet].split(",")[1])
    found = np.asarray(PILImage.open(io.BytesIO(coded)).convert("RGB"), dtype=float)
    wanted = DATA["crops"][2][1][JOINTS.index("head_top")]
    far = np.abs(found[y : y + h, x : x + w] - wanted)
    assert (h, w) == wanted.shape[:2]
    assert far.mean() < 3  # grey levels: a JPEG of quality 85


def test_sheets_without_loss_give_back_every_pixel():
    rng = np.random.default_rng(0)
    arrays = rng.integers(0, 256, (11, 5, 7), dtype=np.uint8)
    encoder = Encoder(lossless=True)
    encoder.marks([Image(array) for array in [*arrays, arrays[0]]])
    book = encoder.book()
    assert len(book["sprites"]) == 11
    for array, (sheet, x, y, w, h) in zip(arrays, book["sprites"], strict=True):
        coded = base64.b64decode(book["sheets"][sheet].split(",")[1])
        found = np.asarray(PILImage.open(io.BytesIO(coded)))
        np.testing.assert_array_equal(found[y : y + h, x : x + w], array)


@pytest.mark.parametrize(("quality", "form"), [(None, "jpeg"), (50, "webp")])
def test_pictures_in_colour_are_as_good_as_asked(quality, form):
    picture = np.asarray(PILImage.fromarray(DATA["images"][0]).resize((96, 128)))
    grey = picture.mean(axis=-1).astype(np.uint8)
    colour = data_address(picture, quality=quality)
    assert colour.startswith(f"data:image/{form};")
    assert data_address(grey, quality=quality) == data_address(grey)
    assert data_address(picture, True, quality) == data_address(picture, True)
    found = PILImage.open(io.BytesIO(base64.b64decode(colour.split(",")[1])))
    far = np.abs(np.asarray(found.convert("RGB"), dtype=float) - picture)
    assert far.mean() < 6  # grey levels
    encoder = Encoder(quality=quality)
    encoder.marks([Image(one) for one in (picture, picture[::-1], grey, grey[::-1])])
    assert len(encoder.book()["sheets"]) == (2 if quality is None else 3)


def test_page_is_self_contained_small_and_stable(tmp_path):
    text = STEPPER.html()
    assert "http" not in text
    assert "http" not in json.dumps(packed_data(text))
    assert len(text.encode()) <= 300_000
    bundle, _ = STEPPER._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 300_000
    assert cascade_stepper(**people()).html() == text
    page = STEPPER.save(tmp_path / "page.html").read_text(encoding="utf-8")
    assert page.startswith("<!DOCTYPE html>")
    assert "http" not in page


def test_words_cannot_break_out_of_the_page():
    evil = '</script><script>alert("1")</script><!--'
    layer = Layer("p", (), lambda: [Text(1, 1, evil)])
    panel = Panel("p", 4, 4, evil)
    widget = Widget(evil, evil, [panel], [], [layer], Readout((), lambda: evil))
    text = widget.html()
    assert text.count("</script") == 2  # the data's end and the code's
    assert "<!--" not in text
    assert html.escape(evil) in text
    assert packed_data(text)["meta"]["title"] == evil
    assert "</script" not in to_json(evil)


def test_page_refuses_too_many_frames():
    many = [slider(n, n, range(40)) for n in "abc"]
    layer = Layer("p", ("a", "b", "c"), lambda **v: [Points([[v["a"], v["b"]]])])
    widget = Widget("t", "q", [Panel("p", 9, 9)], many, [layer], Readout((), str))
    with pytest.raises(ValueError, match="64000 combinations"):
        widget.html()


def test_mime_bundle_has_page_picture_and_one_line():
    bundle, metadata = STEPPER._repr_mimebundle_(include=None, exclude=None)
    assert metadata == {"image/jpeg": {"alt": bundle["text/plain"]}}
    assert set(bundle) == {"text/html", "image/jpeg", "text/plain"}
    picture = PILImage.open(io.BytesIO(base64.b64decode(bundle["image/jpeg"])))
    assert picture.size == STEPPER.static().size
    assert "\n" not in bundle["text/plain"]
    assert STEPPER.frame().readout in bundle["text/plain"]


# --- The picture -----------------------------------------------------------------


@pytest.mark.parametrize(("stage", "example", "joint"), CORNERS)
def test_static_picture_is_full_and_follows_the_controls(stage, example, joint):
    values = {"stage": stage, "example": example, "joint": joint}
    picture = STEPPER.static(values)
    assert picture.mode == "RGB"
    assert picture.width == 900
    assert 400 < picture.height < 800
    pixels = np.asarray(picture)
    assert (pixels != 255).any(axis=(1, 2)).mean() > 0.8  # few rows are blank
    assert not np.array_equal(pixels[:400], np.asarray(STEPPER.static())[:400])


def every_primitive() -> Widget:
    """One panel with each primitive in a place of its own, 64 x 64 units."""
    ramp = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    marks = [
        HeatMap(ramp, x=0, y=0, w=16, h=16, colours="magma"),
        HeatMap(ramp, x=16, y=0, w=16, h=16, fade=True, alpha=0.8, smooth=True),
        Image(ramp, x=32, y=0, w=16, h=16, smooth=False),
        Lines([[2, 20]], [[12, 30]], "#D55E00", dash=(4, 3), halo=True),
        Arrows([[18, 20], [18, 30]], [[30, 20], [30, 30]], ["#0072B2", "#009E73"]),
        Polyline([[34, 20], [44, 20], [40, 30]], "ink", closed=True, fill="#E69F00"),
        Points([[52, 22], [58, 28]], ["a", "b"], "#CC79A7"),
        Points([[52, 28]], (), "ink", filled=False, halo=True),
        Circle(8, 42, 5, dash=(3, 2), fill="#56B4E9"),
        Rect(18, 37, 10, 10, "#0072B2", fill="#F0E442"),
        Text(40, 42, "up", turned=True, bold=True),
        Text(48, 42, "words", "ink", 14, halo=True),
        Handle("h", 8, 56),
        Caption("All of them."),
    ]
    return Widget(
        "Every primitive",
        "Is each drawn?",
        [Panel("p", 64, 64)],
        [],
        [Layer("p", (), lambda: marks)],
        Readout((), lambda: "Yes."),
        legend=[Key("dot", (Points([(12, 6)]),))],
    )


def test_every_primitive_leaves_ink():
    widget = every_primitive()
    full = np.asarray(widget.static())
    marks = widget.frame().panels["p"]
    for dropped in marks[:-1]:
        rest = [mark for mark in marks if mark is not dropped]
        layer = Layer("p", (), lambda rest=rest: rest)
        fewer = dataclasses.replace(widget, layers=[layer])
        assert not np.array_equal(np.asarray(fewer.static()), full), dropped


def test_static_map_has_the_colours_of_its_values():
    layer = Layer("p", (), lambda: [heat_map([[0.0, 1.0]], stride=32)])
    readout = Readout((), lambda: "")
    widget = Widget("t", "q", [Panel("p", 64, 32)], [], [layer], readout)
    pixels = np.asarray(widget.static())
    row = pixels[pixels.shape[0] // 2]
    assert tuple(row[200]) == (0x44, 0x01, 0x54)  # both ends of viridis
    assert tuple(row[700]) == (0xFD, 0xE7, 0x25)


def test_explorers_need_no_torch_and_no_kernel():
    code = (
        "import sys; import course_lib.widgets; "
        "print({'torch', 'anywidget', 'matplotlib', 'IPython'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60
    )
    assert done.stdout.strip() == "set()", done.stderr
