"""The explorer of surface coordinates: live, given and stored; its colours."""

from __future__ import annotations

import colorsys
import itertools

import numpy as np
import pytest
from dense_person import (
    HEIGHT,
    WIDTH,
    body,
    dense,
    iuv,
    mesh,
    picture,
    rendered,
)
from explorer_marks import caption, of, plain

from course_lib.widgets import Event, Handle, Image, Points, iuv_explorer
from course_lib.widgets.iuv_mesh import as_mesh, rasterise, views_of
from course_lib.widgets.iuv_parts import COLOURS, NAMES, REGIONS, region
from data_scripts.people.charts import MIRROR_PART

LIVE = iuv_explorer(**dense())
STORED = LIVE.stored


# --- The live explorer ---------------------------------------------------------------


def pulled(values: dict, x: float, y: float) -> dict:
    return LIVE.after(values, Event("drag", "image", x, y, "pixel"))


def pixel(values: dict) -> tuple[float, float]:
    """Where the dot is."""
    (dot,) = of(LIVE.frame(values).panels["image"], Handle)
    assert dot.name == "pixel"
    return dot.x, dot.y


def test_only_the_live_explorer_has_a_dot_to_drag():
    assert not of(STORED.frame().panels["image"], Handle)
    assert STORED.respond is None
    start = LIVE.values()
    assert pixel({}) == (start["x"], start["y"])
    assert LIVE.live().after({"kind": "frame"}) == start
    told = caption(LIVE.frame().panels["image"])
    assert told.endswith("Drag the point, or click where it should go.")


@pytest.mark.parametrize(
    ("place", "wanted"),
    [
        ((17.4, 22.6), (17, 23)),
        ((-90.0, 500.0), (0, HEIGHT - 1)),
        ((WIDTH + 3.0, -1.0), (WIDTH - 1, 0)),
    ],
)
@pytest.mark.parametrize("kind", ["drag", "click"])
def test_the_point_goes_to_the_nearest_pixel(place, wanted, kind):
    handle = "pixel" if kind == "drag" else ""
    values = LIVE.after({"source": "true"}, Event(kind, "image", *place, handle))
    assert pixel(values) == wanted
    part, u, v = (int(value) for value in iuv()[wanted[1], wanted[0]])
    told = plain(LIVE.frame(values).readout)
    if part:
        numbers = f"I = {part}, U = {u / 255:.2f}, V = {v / 255:.2f}"
        assert told == f"This pixel shows the {NAMES[part - 1]} ({numbers})."
    else:
        assert told == "This pixel shows the background."


def test_the_sliders_still_move_a_dragged_point():
    xs = LIVE.controls[2].states
    start = LIVE.values({"x": xs[1]})
    values = pulled(start, 20.0, 30.0)
    assert pixel(values) == (20, 30)
    assert pixel(values | {"x": xs[2]}) == (20 + xs[2] - xs[1], 30)
    assert pixel(pulled(values | {"x": xs[2]}, 33.0, 12.0)) == (33, 12)
    assert pixel(values | {"x": xs[-1]})[0] <= WIDTH - 1


def test_the_template_does_not_answer():
    values = pulled(LIVE.values(), 20.0, 30.0)
    for kind in ("click", "drag"):
        event = Event(kind, "template", 30.0, 30.0, "pixel")
        assert LIVE.after(values, event) == values


# --- What is given -------------------------------------------------------------------


def test_the_distance_is_asked_about_bodies_only():
    given = []

    def noting(first, second):
        given.append((first.copy(), second.copy()))
        return dense()["distance"](first, second)

    explorer = iuv_explorer(**dense(distance=noting))
    for x, y in itertools.product(*(control.states for control in LIVE.controls[2:])):
        for source in ("true", "student"):
            explorer.frame({"source": source, "x": x, "y": y})
    assert len(given) > 50
    for first, second in given:
        assert first.shape == second.shape
        assert first.shape[1] == 3
        for rows in (first, second):
            assert set(rows[:, 0]) <= set(range(1, 25))
            assert ((rows[:, 1:] >= 0) & (rows[:, 1:] <= 1)).all()


def test_without_a_distance_none_is_told():
    frame = iuv_explorer(**dense(distance=None)).frame({"source": "student"})
    assert "in truth it is the" in frame.readout
    assert "apart" not in frame.readout
    far = iuv_explorer(**dense(distance=lambda a, b: np.full(len(a), np.inf)))
    assert far.frame().readout.endswith(": infinitely far apart.")


def test_the_truth_alone_needs_no_choice_of_an_answer():
    alone = iuv_explorer(**dense(predicted=None))
    assert [control.name for control in alone.controls] == ["layer", "x", "y"]
    frame = alone.frame()
    assert not of(frame.panels["template"], Points, "#D55E00")
    assert "predicted point" not in [key.text for key in alone.legend]
    assert "predicted point" in [key.text for key in LIVE.legend]


def test_a_texture_may_be_handed_in():
    def stripes(parts, u, v):
        assert parts.shape == u.shape == v.shape
        hue = np.stack([10 * parts, 255 * u, np.where(v < 0.5, 0, 200)], axis=1)
        return hue.astype(np.uint8)

    explorer = iuv_explorer(**dense(texture=stripes))
    values = {"source": "true", "layer": "texture"}
    array = of(explorer.frame(values).panels["image"], Image)[0].array
    for y, x in zip(*np.nonzero(iuv()[..., 0]), strict=True):
        part, u, v = iuv()[y, x].tolist()
        wanted = [10 * part, u, 0 if v < 127.5 else 200]
        np.testing.assert_allclose(array[y, x].astype(int), wanted, atol=1)


def solved(corners: np.ndarray, x: int, y: int) -> tuple[int, np.ndarray]:
    """The nearest triangle at a pixel and its weights, by a linear system for each."""
    best, nearest, shares = -1, np.inf, np.zeros(3)
    for n, corner in enumerate(corners):
        system = np.vstack([corner[:, :2].T, np.ones(3)])
        weights = np.linalg.solve(system, [x, y, 1])
        depth = weights @ corner[:, 2]
        if (weights >= -1e-9).all() and depth < nearest:
            best, nearest, shares = n, depth, weights
    return best, shares


def test_the_nearest_triangle_is_seen_at_every_pixel():
    rng = np.random.default_rng(3)
    corners = rng.uniform(-6, 26, (40, 3, 3))
    flat = np.repeat(corners[:1], 3, axis=1)[:, [0, 0, 0]]
    number, weights = rasterise(np.concatenate([corners, flat]), (17, 21))
    for y, x in np.ndindex(number.shape):
        wanted, shares = solved(corners, x, y)
        assert number[y, x] == wanted
        np.testing.assert_allclose(weights[y, x], shares, atol=1e-6)


def test_triangles_that_share_an_edge_leave_no_gap():
    grid = np.stack(np.meshgrid(np.arange(0, 13, 3.0), np.arange(0, 13, 3.0)), -1)
    turned = grid @ np.array([[0.8, -0.6], [0.6, 0.8]]) + [2.0, 9.0]
    corners = []
    for i, j in itertools.product(range(4), range(4)):
        a, b, c, d = (
            turned[k] for k in ((i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j))
        )
        corners += [(a, b, c), (a, c, d)]
    flat = np.pad(np.array(corners), [(0, 0), (0, 0), (0, 1)], constant_values=1.0)
    number, _ = rasterise(flat, (24, 24))
    for y, x in np.ndindex(number.shape):
        u, v = (np.array([x, y]) - [2.0, 9.0]) @ np.array([[0.8, 0.6], [-0.6, 0.8]])
        assert (number[y, x] >= 0) == (
            -1e-7 <= u <= 12 + 1e-7 and -1e-7 <= v <= 12 + 1e-7
        )


# --- On a rendered person and the body's own mesh ------------------------------------


def test_every_pixel_of_a_person_is_found_near_its_place_on_the_template():
    data = rendered()
    views = views_of(as_mesh(*(data[name] for name in body())))
    assert set(np.unique(views.parts)) == set(range(25))
    far = []
    for part, u, v in np.unique(data["iuv"].reshape(-1, 3), axis=0).tolist():
        if part:
            x, y = views.nearest(part, np.array([u, v]) / 255)
            assert views.parts[y, x] == part
            far.append(np.abs(views.uv[y, x] - np.array([u, v]) / 255).max())
    assert np.mean(np.array(far) < 0.06) > 0.9  # the rest is hidden in both views


def test_the_front_view_shows_fronts_and_the_left_side_to_the_right():
    views = views_of(as_mesh(*body().values()))
    width = views.size[0] // 2
    for n, name in enumerate(NAMES, start=1):
        columns = np.nonzero(views.parts == n)[1]
        in_front = columns[columns < width]
        if "front of" in name:
            assert len(in_front) > 0.8 * len(columns)
        if "back of" in name:
            assert len(in_front) < 0.2 * len(columns)
        if "left" in name and len(in_front):
            assert in_front.mean() > width / 2
        if "right" in name and len(in_front):
            assert in_front.mean() < width / 2
    assert views.light[views.samples > 0].max() > 0.9


# --- Colours and names ---------------------------------------------------------------

PROTAN = [
    *([0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216]),
    [-0.003882, -0.048116, 1.051998],
]
DEUTAN = [
    *([0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413]),
    [-0.01182, 0.04294, 0.968881],
]
TO_XYZ = [
    *([0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]),
]


def lab(colour: str, sight: np.ndarray) -> np.ndarray:
    """CIE L*a*b* of a colour, as one sees it whose cones work like this matrix
    (Machado et al., 2009)."""
    code = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)]) / 255
    linear = np.where(code > 0.04045, ((code + 0.055) / 1.055) ** 2.4, code / 12.92)
    white = np.array(TO_XYZ) @ np.ones(3)
    share = np.array(TO_XYZ) @ np.clip(sight @ linear, 0, 1) / white
    x, y, z = np.where(share > 0.008856, np.cbrt(share), 7.787 * share + 16 / 116)
    return np.array([116 * y - 16, 500 * (x - y), 200 * (y - z)])


def touching() -> set[tuple[int, int]]:
    """Parts that share a vertex of the mesh, and parts of one region."""
    made = body()
    at: dict[int, set[int]] = {}
    for face, part in zip(made["faces"].tolist(), made["parts"].tolist(), strict=True):
        for vertex in face:
            at.setdefault(vertex, set()).add(part)
    pairs = {pair for some in at.values() for pair in itertools.combinations(some, 2)}
    every = itertools.combinations(range(1, 25), 2)
    pairs |= {(a, b) for a, b in every if region(a) == region(b)}
    return {(min(pair), max(pair)) for pair in pairs}


@pytest.mark.parametrize("sight", [np.eye(3), np.array(PROTAN), np.array(DEUTAN)])
def test_parts_stay_tellable_for_colour_blind_readers(sight):
    seen = {n: lab(colour, sight) for n, colour in enumerate(COLOURS, start=1)}
    near = touching()
    assert len(near) > 50
    for a, b in itertools.combinations(seen, 2):
        apart = np.linalg.norm(seen[a] - seen[b])
        assert apart > (13 if (a, b) in near else 8), (a, b, apart)


def test_left_is_lighter_than_right_and_front_than_back():
    light = {n: lab(colour, np.eye(3))[0] for n, colour in enumerate(COLOURS, start=1)}
    for n, name in enumerate(NAMES, start=1):
        if "left" in name:
            assert light[n] > light[MIRROR_PART[n]] + 10
        if "front" in name:
            back = NAMES.index(name.replace("front", "back")) + 1
            assert light[n] > light[back] + 10


def test_regions_hold_every_part_once_and_share_a_hue():
    rows = [part for parts in REGIONS.values() for row in parts for part in row]
    assert sorted(rows) == list(range(1, 25))
    for name, parts in REGIONS.items():
        for part in (part for row in parts for part in row):
            assert region(part) == name
            assert name in NAMES[part - 1]
        first, *rest = (
            colorsys.rgb_to_hls(*bytes.fromhex(COLOURS[part - 1][1:]))[0]
            for row in parts
            for part in row
        )
        for hue in rest:
            assert min(abs(hue - first), 1 - abs(hue - first)) < 0.06
    for n, mirror in MIRROR_PART.items():
        swapped = NAMES[n - 1].replace("left", "-").replace("right", "left")
        assert swapped.replace("-", "right") == NAMES[mirror - 1]


# --- What is stored ------------------------------------------------------------------


def test_a_rendered_person_and_two_answers_fit_into_130_kilobytes():
    data = rendered()
    explorer = iuv_explorer(**data)
    bundle, _ = explorer._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 130_000
    xs, ys = (control.states for control in explorer.controls[2:])
    parts = data["iuv"][..., 0]
    seen = sum(bool(parts[y, x]) for x, y in itertools.product(xs, ys))
    assert seen > 80  # places on the body


def test_what_is_stored_is_self_contained_and_repeatable():
    bundle, metadata = LIVE._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    alt = metadata["image/jpeg"]["alt"]
    assert alt.startswith(
        "Every pixel has a place on the body. Which point of the body"
    )
    assert iuv_explorer(**dense()).html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    explorer = iuv_explorer(**rendered()).stored
    width, height = explorer.static().size
    assert width == 900
    assert height < 700
    texts = [key.text for key in explorer.legend]
    assert len(set(texts)) == len(texts)
    assert set(texts) >= set(REGIONS)


def strange(part: int) -> np.ndarray:
    labels = iuv()
    labels[20, 20, 0] = part
    return labels


def without(part: int) -> dict:
    """The mesh without the faces of a part."""
    keep = mesh()["parts"] != part
    return {name: mesh()[name][keep] for name in ("faces", "parts", "uv")}


def spoilt(name: str, value: float) -> dict:
    array = mesh()[name].astype(float)
    array.flat[4] = value
    return {name: array}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": picture() / 255}, r"image is \(H, W, 3\) uint8"),
        ({"image": picture()[..., 0]}, r"image is \(H, W, 3\) uint8"),
        ({"iuv": iuv() / 255}, "iuv is uint8, got float64"),
        ({"iuv": iuv()[1:]}, r"iuv should have shape \(56, 64, 3\), got \(55, 64, 3\)"),
        ({"iuv": strange(25)}, "iuv: parts are 0 to 24, got 25"),
        ({"iuv": 0 * iuv()}, "iuv shows no body"),
        ({"predicted": {"true": iuv()}}, "predicted: 'true' is the name of the true"),
        ({"predicted": {"net": iuv()[..., 0]}}, "predicted 'net' should have shape"),
        ({"predicted": {"net": strange(99)}}, "predicted 'net': parts are 0 to 24"),
        (without(7), r"iuv: no view of the mesh shows the parts \{7\}"),
        ({"vertices": mesh()["vertices"][:, :2]}, r"vertices are \(V, 3\)"),
        (spoilt("vertices", np.nan), "vertices hold NaN or infinity"),
        ({"vertices": 0 * mesh()["vertices"]}, "vertices have no extent"),
        ({"faces": mesh()["faces"][:, :2]}, r"faces are \(F, 3\)"),
        ({"faces": mesh()["faces"] + 9}, "faces hold numbers of the 96 vertices"),
        ({"faces": mesh()["faces"] - 1}, "faces hold numbers of the 96 vertices"),
        ({"faces": mesh()["faces"] / 2}, "faces hold numbers of the 96 vertices"),
        ({"parts": mesh()["parts"][:5]}, r"parts should have shape \(48,\)"),
        ({"parts": mesh()["parts"] - 1}, "parts are from 1 to 24"),
        ({"uv": mesh()["uv"][:, 0]}, r"uv should have shape \(48, 3, 2\)"),
        (spoilt("uv", 1.5), "uv is from 0 to 1"),
        (spoilt("uv", np.nan), "uv is from 0 to 1"),
        ({"distance": 3}, "distance is a function, got 3"),
        ({"distance": lambda a, b: [1.0]}, r"distance's result should have shape"),
        ({"distance": lambda a, b: -np.ones(len(a))}, "distance's result is metres"),
        ({"distance": lambda a, b: a[:, 0] * np.nan}, "distance's result is metres"),
        ({"texture": "checker"}, "texture is a function, got 'checker'"),
        ({"texture": lambda p, u, v: p}, "texture's result should have shape"),
        (
            {"texture": lambda p, u, v: np.zeros((len(p), 3))},
            "texture's result is uint8",
        ),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        iuv_explorer(**dense(**changes))
