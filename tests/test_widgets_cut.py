"""The explorer of cuts: costs, constraints and frames; NumPy, SciPy and Pillow only."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from cut_people import DISTANCES, JOINTS, SIZE, best, crowd
from explorer_marks import of

from course_lib.widgets import (
    Circle,
    Lines,
    Points,
    Polyline,
    Scale,
    Text,
    cut_explorer,
)
from course_lib.widgets.cut_energy import (
    Cut,
    broken_triangles,
    cost,
    cut_of,
    groups,
    loose_pairs,
    pair_f1,
    pairs,
    repaired,
)

TOGETHER, APART = "#009E73", "#D55E00"
DATA = crowd()
EXPLORER = cut_explorer(**DATA, label="distance (px)")
STORED = EXPLORER.stored
MANY = len(DATA["names"])
ENDS = list(itertools.product((1, len(DISTANCES)), ("greedy", "optimum")))
EDGES = ("joined", "against", "all", "none")


# --- Costs and constraints -----------------------------------------------------------


def drawn(many: int, seed: int) -> tuple[Cut, np.ndarray, np.ndarray]:
    """Any cut, legal or not, and costs."""
    rng = np.random.default_rng(seed)
    upper = np.triu(rng.random((many, many)) < 0.4, 1)
    beta = rng.normal(size=(many, many))
    cut = Cut(rng.random(many) < 0.8, upper | upper.T)
    return cut, rng.normal(size=many), beta + beta.T


def clusterings(many: int):
    """Every solution (D,), each many times over."""
    for clusters in itertools.product(range(-1, many), repeat=many):
        yield np.array(clusters)


@pytest.mark.parametrize("seed", range(20))
def test_the_cost_is_the_objective_of_the_integer_program(seed):
    cut, alpha, beta = drawn(6, seed)
    x, y = cut.kept.astype(int), cut.joined.astype(int)
    total = sum(alpha[d] * x[d] for d in range(6))
    total += sum(beta[d, e] * y[d, e] for d in range(6) for e in range(d))
    assert cost(cut, alpha, beta) == pytest.approx(total)
    every = [(d, e) for d in range(6) for e in range(d + 1, 6)]
    assert pairs(cut.joined) == [pair for pair in every if y[pair]]
    ghosts = [(d, e) for d, e in every if y[d, e] > min(x[d], x[e])]
    assert loose_pairs(cut) == ghosts


@pytest.mark.parametrize("seed", range(20))
def test_every_broken_triangle_is_one_violated_inequality(seed):
    y = drawn(7, seed)[0].joined.astype(int)
    violated = {
        (a, b, c)
        for a, b, c in itertools.permutations(range(7), 3)
        if a < c and y[a, b] + y[b, c] - 1 > y[a, c]
    }
    found = broken_triangles(y.astype(bool))
    assert set(found) == violated
    assert len(found) == len(violated)


def test_solutions_break_nothing_and_other_cuts_do():
    for clusters in itertools.islice(clusterings(4), 0, None, 3):
        cut = cut_of(clusters)
        assert not broken_triangles(cut.joined)
        assert not loose_pairs(cut)
        assert (cut.kept == (clusters >= 0)).all()
        same = [
            (d, e)
            for d, e in itertools.combinations(range(4), 2)
            if clusters[d] == clusters[e] >= 0
        ]
        assert pairs(cut.joined) == same
        assert (cut.joined == cut.joined.T).all()
    legal = {tuple(pairs(cut_of(c).joined)) for c in clusterings(4) if (c >= 0).all()}
    for chosen in itertools.product((False, True), repeat=6):
        joined = np.zeros((4, 4), bool)
        joined[np.triu_indices(4, 1)] = chosen
        joined |= joined.T
        is_legal = tuple(pairs(joined)) in legal
        assert is_legal == (not broken_triangles(joined))


@pytest.mark.parametrize("seed", range(20))
def test_groups_are_what_chains_of_joined_pairs_reach(seed):
    cut, _, _ = drawn(9, seed)
    inside = np.outer(cut.kept, cut.kept)
    reach = np.linalg.matrix_power((cut.joined & inside) + np.eye(9), 9) > 0
    found = groups(cut)
    assert sorted(d for group in found for d in group) == list(np.flatnonzero(cut.kept))
    for group in found:
        assert group == list(np.flatnonzero(reach[group[0]]))
    assert [group[0] for group in found] == sorted(group[0] for group in found)
    mended = repaired(cut)
    assert not broken_triangles(mended.joined)
    assert not loose_pairs(mended)
    assert groups(mended) == found
    assert (mended.kept == cut.kept).all()


def test_pair_f1_by_hand():
    truth = [0, 0, 0, 1, 1, -1]
    assert pair_f1(cut_of([5, 5, 5, 2, 2, -1]), truth) == 1
    # Found 0-1, 2-3; true 0-1, 0-2, 1-2, 3-4: precision 1/2, recall 1/4.
    assert pair_f1(cut_of([0, 0, 1, 1, -1, -1]), truth) == pytest.approx(1 / 3)
    assert pair_f1(cut_of([0, 1, 2, 3, 4, 5]), truth) == 0
    assert pair_f1(cut_of([-1, -1]), [-1, 0]) == 1
    ghost = cut_of([0, 0, -1, -1, -1, -1])
    ghost.joined[2, 0] = ghost.joined[0, 2] = True  # does not count: 2 is suppressed
    assert pair_f1(ghost, truth) == pytest.approx(2 / 5)


@pytest.mark.parametrize("seed", range(4))
def test_the_samples_optimum_is_that_of_exhaustive_search(seed):
    _, alpha, beta = drawn(5, seed)
    least = min(cost(cut_of(c), alpha, beta) for c in clusterings(5))
    assert cost(cut_of(best(alpha, beta)), alpha, beta) == pytest.approx(least)


# --- The picture ---------------------------------------------------------------------


def places(frame) -> np.ndarray:
    """Where the candidates' codes stand."""
    texts = of(frame.panels["image"], Text)[:MANY]
    return np.array([(mark.x, mark.y) for mark in texts])


def clusters_of(position: int, show: str) -> list[int]:
    return [int(c) for c in DATA[show][position - 1]]


def outline(marks, place) -> tuple:
    """The kind, colour and dash of the mark around a place."""
    rounds = [((m.x, m.y), m) for m in of(marks, Circle)]
    corners = [m for m in of(marks, Polyline) if m.closed]
    rounds += [(np.mean(m.points, axis=0), m) for m in corners]
    near = [m for centre, m in rounds if math.dist(centre, place) < 3]
    assert len(near) == 1
    corner = len(near[0].points) if isinstance(near[0], Polyline) else 0
    return corner, near[0].colour, near[0].dash


@pytest.mark.parametrize(("position", "show"), ENDS)
def test_candidates_of_one_person_share_a_mark(position, show):
    frame = STORED.frame({"crowding": position, "show": show})
    marks, clusters = frame.panels["image"], clusters_of(position, show)
    texts = of(marks, Text)
    looks = [outline(marks, place) for place in places(frame)]
    sizes = {c: clusters.count(c) for c in clusters}
    for d, e in itertools.combinations(range(MANY), 2):
        if (
            min(clusters[d], clusters[e]) >= 0
            and sizes[clusters[d]] > 1 < sizes[clusters[e]]
        ):
            assert (looks[d] == looks[e]) == (clusters[d] == clusters[e])
    for d, look in enumerate(looks):
        is_off = clusters[d] < 0
        assert (look[1] == "muted") == is_off
        assert bool(look[2]) == is_off
        assert (texts[d].colour == "muted") == is_off


def test_persons_differ_in_shape_and_in_colour_and_keep_them():
    looks = {}
    for position, show in ENDS:
        frame = STORED.frame({"crowding": position, "show": show})
        found = [outline(frame.panels["image"], place) for place in places(frame)]
        looks[position, show] = found
    first, second = looks[1, "optimum"][0], looks[1, "optimum"][8]
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert looks[1, "greedy"][:16] == looks[1, "optimum"][:16]


def test_codes_name_class_and_side():
    texts = of(EXPLORER.frame().panels["image"], Text)[:MANY]
    codes = "HT N RS LS RE LE RW LW".split()
    wanted = [*codes, *[f"{code}²" for code in codes], "LW³", "RE³"]
    assert [mark.text for mark in texts] == wanted
    keys = {key.swatch[0].text: key.text for key in EXPLORER.legend[:6]}
    assert keys["L, R"] == "left, right"
    assert keys["HT"] == "head top"
    assert keys["W"] == "wrist"


def test_codes_grow_until_they_differ():
    names = ["left_elbow", "left_eye", "right_ear", "nose", "neck"]
    explorer = cut_explorer(**few(names), skeleton=Named(tuple(names)))
    texts = of(explorer.frame().panels["image"], Text)[:5]
    assert [mark.text for mark in texts] == ["LEl", "LEy", "REa", "No", "Ne"]


@pytest.mark.parametrize("position", [1, 4, len(DISTANCES)])
def test_marks_do_not_overlap_and_stay_near_their_points(position):
    frame = EXPLORER.frame({"crowding": position, "start": "greedy"})
    at, points = places(frame), DATA["points"][position - 1]
    radius = next(m.r for m in of(frame.panels["image"], Circle))
    for a, b in itertools.combinations(at, 2):
        assert math.dist(a, b) > 1.98 * radius
    assert (at >= radius).all()
    assert (at <= np.array(SIZE) - 1 - radius).all()
    far = np.linalg.norm(at - points, axis=-1)
    assert far.max() < 4 * radius
    moved = [tuple(p) for p, f in zip(points, far, strict=True) if f > 3 * 120 / 330]
    small = [m for m in of(frame.panels["image"], Points) if m.radius < 3]
    assert [p for m in small for p in m.points] == moved


def segments(marks) -> dict[tuple, Lines]:
    """The lines of pairs by their ends, as sets of two places."""
    lines = [m for m in of(marks, Lines) if m.colour in (TOGETHER, APART)]
    return {
        frozenset((start, end)): mark
        for mark in lines
        for start, end in zip(mark.start, mark.end, strict=True)
    }


@pytest.mark.parametrize("edges", EDGES)
@pytest.mark.parametrize(("position", "show"), ENDS)
def test_edges_are_those_asked_for_in_the_style_of_their_sign(position, show, edges):
    frame = STORED.frame({"crowding": position, "show": show, "edges": edges})
    clusters, beta = clusters_of(position, show), DATA["beta"][position - 1]
    at = [tuple(place) for place in places(frame)]
    found = segments(frame.panels["image"])
    widths = {}
    for d, e in itertools.combinations(range(MANY), 2):
        both = min(clusters[d], clusters[e]) >= 0
        joined = both and clusters[d] == clusters[e]
        against = both and joined == (beta[d, e] > 0)
        is_wanted = {"joined": joined, "against": against, "all": True, "none": False}
        line = found.pop(frozenset((at[d], at[e])), None)
        assert (line is not None) == is_wanted[edges]
        if line:
            assert line.colour == (TOGETHER if beta[d, e] < 0 else APART)
            assert bool(line.dash) == (beta[d, e] >= 0)
            widths[abs(beta[d, e])] = line.width
    assert not found
    ordered = [widths[size] for size in sorted(widths)]
    assert ordered == sorted(ordered)


def test_true_people_are_faint_and_told_apart_by_their_line():
    for position in (1, len(DISTANCES)):
        marks = STORED.frame({"crowding": position}).panels["image"]
        bones = [m for m in of(marks, Lines) if m.width == 5]
        assert [bool(bone.dash) for bone in bones] == [False, True]
        for bone, pose in zip(bones, DATA["people"][position - 1], strict=True):
            assert bone.alpha < 0.5
            assert bone.start[0] == tuple(pose[JOINTS.index("head_top")])
            assert bone.end[0] == tuple(pose[JOINTS.index("neck")])


def test_a_joint_that_is_not_there_leaves_out_its_limbs():
    people = DATA["people"].copy()
    people[:, 1, JOINTS.index("neck")] = np.nan
    marks = cut_explorer(**{**DATA, "people": people}).frame().panels["image"]
    bones = [m for m in of(marks, Lines) if m.width == 5]
    assert [len(bone.start) for bone in bones] == [7, 4]


def test_labels_tell_class_cost_and_truth():
    marks = STORED.frame({"crowding": 1}).panels["image"]
    labels = next(m.labels for m in of(marks, Points) if m.labels)
    alpha = f"{DATA['alpha'][0, 8]:.1f}".replace("-", "−")
    assert labels[8] == f"head top, cost {alpha}, true person 2"
    assert labels[16] == "left wrist, cost 0.3, of nobody"


# --- The chart and the sentence ------------------------------------------------------


def brute(position: int, show: str) -> float:
    """The cost of a solution, pair by pair."""
    s, clusters = position - 1, clusters_of(position, show)
    total = sum(DATA["alpha"][s, d] for d in range(MANY) if clusters[d] >= 0)
    for d, e in itertools.combinations(range(MANY), 2):
        if clusters[d] == clusters[e] >= 0:
            total += DATA["beta"][s, d, e]
    return total


def brute_f1(position: int, show: str) -> float:
    clusters, truth = clusters_of(position, show), DATA["truth"]
    every = list(itertools.combinations(range(MANY), 2))
    found = {(d, e) for d, e in every if clusters[d] == clusters[e] >= 0}
    true = {(d, e) for d, e in every if truth[d] == truth[e] >= 0}
    precision, recall = len(found & true) / len(found), len(found & true) / len(true)
    return 2 * precision * recall / (precision + recall)


def read(scale: Scale, place) -> tuple[float, float]:
    """Data (x, y) at a place of the panel."""
    across = (place[0] - scale.left) / (scale.right - scale.left)
    up = (scale.bottom - place[1]) / (scale.bottom - scale.top)
    (x0, x1), (y0, y1) = scale.x, scale.y
    return x0 + across * (x1 - x0), y0 + up * (y1 - y0)


@pytest.mark.parametrize("explorer", [STORED, EXPLORER])
def test_the_chart_shows_both_solvers_at_every_position(explorer):
    marks = explorer.frame().panels["chart"]
    scale = of(marks, Scale)[0]
    curves = {m.colour: m for m in of(marks, Polyline)}
    assert curves["muted"].dash
    assert not curves["ink"].dash
    positions = range(1, len(DISTANCES) + 1)
    for show, colour in (("greedy", "muted"), ("optimum", "ink")):
        wanted = [(s, brute(s, show)) for s in positions]
        found = [read(scale, place) for place in curves[colour].points]
        np.testing.assert_allclose(found, wanted, atol=1e-6)
        dots = next(m for m in of(marks, Points) if m.colour == colour)
        assert dots.points == curves[colour].points
        assert dots.filled == (show == "optimum")
        row = next(m for m in of(marks, Text) if m.text == f"{show} F1")
        texts = [m.text for m in of(marks, Text) if m.y == row.y][1:]
        assert texts == [f"{brute_f1(s, show):.2f}" for s in positions]
    texts = [m.text for m in of(marks, Text)]
    assert [text for text in texts if text in map(str, DISTANCES)] == DATA["crowding"]


@pytest.mark.parametrize("position", [1, len(DISTANCES)])
def test_an_upright_line_marks_the_position(position):
    marks = STORED.frame({"crowding": position}).panels["chart"]
    scale = of(marks, Scale)[0]
    upright = next(m for m in of(marks, Lines) if m.dash)
    for place in (upright.start[0], upright.end[0]):
        assert read(scale, place)[0] == pytest.approx(position)


def minus(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")


@pytest.mark.parametrize(("position", "show"), ENDS)
def test_the_sentence_gives_costs_gap_and_people(position, show):
    told = STORED.frame({"crowding": position, "show": show}).readout
    greedy, optimum = brute(position, "greedy"), brute(position, "optimum")
    gap = f"(gap {minus(greedy - optimum)})"
    clusters = clusters_of(position, show)
    assert gap in told
    if show == "optimum":
        costs = f"The optimum costs {minus(optimum)}, greedy {minus(greedy)}"
    else:
        costs = f"Greedy costs {minus(greedy)}, the optimum {minus(optimum)}"
    assert told.startswith(costs)
    people = {c for c in clusters if c >= 0 and clusters.count(c) > 1}
    assert f"{len(people)} people of " in told
    assert f"{clusters.count(-1)} suppressed." in told


def test_a_page_begins_where_greedy_is_worst():
    positions = range(1, len(DISTANCES) + 1)
    gaps = {s: brute(s, "greedy") - brute(s, "optimum") for s in positions}
    assert STORED.values()["crowding"] == max(gaps, key=gaps.get)
    assert EXPLORER.values()["crowding"] == 1


# --- Small ones ----------------------------------------------------------------------


class Named:
    """A skeleton of some joints without limbs."""

    def __init__(self, joints: tuple[str, ...]) -> None:
        self.joints = joints
        self.limb_indices = ()
        self.colours = ()
        self.joint_colours = ("#009E73",) * len(joints)


def few(names: list[str]) -> dict:
    """Candidates in a row, one of each class, that cost and gain nothing."""
    many = len(names)
    places = np.stack([np.linspace(10, 90, many), np.full(many, 20.0)], axis=1)
    return {
        "points": places[None],
        "alpha": np.zeros((1, many)),
        "beta": np.zeros((1, many, many)),
        "names": names,
        "truth": [0] * many,
        "greedy": [[0] * many],
        "optimum": [[-1] * many],
        "crowding": ["one"],
        "size": (100, 40),
        "people": np.full((1, 1, many, 2), np.nan),
    }


def test_two_candidates_that_cost_nothing_in_one_position():
    names = ["neck", "head_top"]
    explorer = cut_explorer(**few(names), skeleton=Named(tuple(names)))
    assert explorer.stored.frame({"show": "greedy"}).readout == (
        "Greedy costs 0.0, the optimum 0.0 (gap 0.0). 1 person of 2 parts."
    )
    assert "2 suppressed." in explorer.stored.frame().readout
    assert explorer.static().size[0] == 900
    assert "2 parts alone. No constraint is broken: this is the optimum." in (
        explorer.frame().readout
    )
    # On a wide picture the chart is as wide as it is high.
    assert explorer.panels[1].width == explorer.panels[1].height


def test_candidates_on_one_point_are_drawn_apart():
    names = ["neck"] * 20
    data = few(names) | {"points": np.full((1, 20, 2), 20.0), "size": (160, 120)}
    data["people"] = np.full((1, 1, 1, 2), np.nan)
    at = places_of(cut_explorer(**data, skeleton=Named(("neck",))), 20)
    assert min(math.dist(a, b) for a, b in itertools.combinations(at, 2)) > 9


def places_of(explorer, many: int) -> list[tuple[float, float]]:
    texts = of(explorer.frame().panels["image"], Text)[:many]
    return [(mark.x, mark.y) for mark in texts]
