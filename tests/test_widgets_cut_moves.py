"""The explorer of cuts in the reader's hands, its page, and what it refuses."""

from __future__ import annotations

import itertools
import json

import numpy as np
import pytest
from cut_people import SIZE
from explorer_marks import caption, of
from test_widgets_cut import (
    APART,
    DATA,
    EXPLORER,
    MANY,
    STORED,
    TOGETHER,
    brute,
    minus,
    places,
    read,
    segments,
)

from course_lib.widgets import (
    Circle,
    Event,
    Lines,
    Points,
    Rect,
    Scale,
    Text,
    cut_explorer,
)
from course_lib.widgets.page import payload

HT, N, RS, LS, RE, LE = range(6)
N2 = 9
NAMES = ["HT", "N", "RS", "LS", "RE", "LE"]
LAST = len(DATA["crowding"])
GROUPS = {"scope": "all"}
KEEPS = {"click": "keeps"}


def click(values: dict, *candidates: int) -> dict:
    """The values after clicks on candidates, one after the other."""
    for d in candidates:
        x, y = places(EXPLORER.frame(values))[d]
        values = EXPLORER.after(values, Event("click", "image", x + 1, y - 1))
    return values


def press(values: dict, name: str) -> dict:
    """The values after a click on a button."""
    text = next(
        m for m in of(EXPLORER.frame(values).panels["image"], Text) if m.text == name
    )
    return EXPLORER.after(values, Event("click", "image", text.x, text.y))


def begin(**changes) -> dict:
    return EXPLORER.values(changes)


def now(values: dict) -> tuple[set, set]:
    """Kept candidates and joined pairs of the reader's cut, as the picture has them."""
    frame = EXPLORER.frame(values | {"edges": "joined"})
    texts = of(frame.panels["image"], Text)[:MANY]
    at = {tuple(place): d for d, place in enumerate(places(frame))}
    pairs = {
        tuple(sorted(at[p] for p in ends)) for ends in segments(frame.panels["image"])
    }
    return {d for d, text in enumerate(texts) if text.colour == "ink"}, pairs


def let_go(values: dict) -> dict:
    """The values after a click beside all candidates."""
    return EXPLORER.after(values, Event("click", "image", 1, 1))


def total(kept: set, pairs: set, position: int) -> float:
    s = position - 1
    return sum(DATA["alpha"][s, d] for d in kept) + sum(
        DATA["beta"][s, d, e] for d, e in pairs
    )


EVERYBODY = set(range(MANY))


# --- Where the reader starts ---------------------------------------------------------


@pytest.mark.parametrize("position", [1, LAST])
def test_the_four_starts(position):
    found = {
        start: now(begin(crowding=position, start=start))
        for start in ("alone", "nothing", "greedy", "optimum")
    }
    assert found["alone"] == (EVERYBODY, set())
    assert found["nothing"] == (set(), set())
    for show in ("greedy", "optimum"):
        clusters = DATA[show][position - 1]
        assert found[show][0] == set(np.flatnonzero(clusters >= 0))
        every = itertools.combinations(range(MANY), 2)
        same = {(d, e) for d, e in every if clusters[d] == clusters[e] >= 0}
        assert found[show][1] == same
    told = EXPLORER.frame(begin(crowding=position, start="nothing")).readout
    assert told.startswith("Your cut costs 0.0, the optimum")
    assert f"{MANY} suppressed. No constraint is broken." in told
    told = EXPLORER.frame(begin(crowding=position, start="optimum")).readout
    assert "(gap 0.0)" in told
    assert told.endswith("No constraint is broken: this is the optimum.")


# --- One variable at a time ----------------------------------------------------------


def test_two_clicks_join_a_pair_and_the_third_cuts_it():
    values = click(begin(), N, LS)
    joined = let_go(values)
    assert now(joined) == (EVERYBODY, {(N, LS)})
    cost = total(EVERYBODY, {(N, LS)}, 1)
    told = EXPLORER.frame(joined).readout
    gap = cost - brute(1, "optimum")
    assert told == (
        f"Your cut costs {minus(cost)}, the optimum {minus(brute(1, 'optimum'))} "
        f"(gap {minus(gap)}). 1 person of 2 parts, 16 parts alone. "
        "No constraint is broken."
    )
    assert now(let_go(click(values, LS))) == (EVERYBODY, set())


def test_the_picked_candidate_stays_picked_and_shows_its_pairs():
    values = click(begin(), N)
    frame = EXPLORER.frame(values)
    lines = segments(frame.panels["image"])
    at = [tuple(place) for place in places(frame)]
    others = [d for d in range(MANY) if d != N]
    assert set(lines) == {frozenset((at[N], at[d])) for d in others}
    for d in others:
        hue = TOGETHER if DATA["beta"][0, N, d] < 0 else APART
        assert lines[frozenset((at[N], at[d]))].colour == hue
    ring = max(of(frame.panels["image"], Circle), key=lambda mark: mark.r)
    assert (ring.x, ring.y) == at[N]
    assert caption(frame.panels["image"]).startswith("Neck picked.")
    labels = next(m.labels for m in of(frame.panels["image"], Points) if m.labels)
    assert labels[LS].endswith(f", pair with N {minus(DATA['beta'][0, N, LS])}")
    assert "pair" not in labels[N]
    values = click(values, LS, RS)
    assert values["cuts"]["1 alone"]["picked"] == N
    gone = click(values, N)
    assert gone["cuts"]["1 alone"]["picked"] is None
    assert now(gone)[1] == {(N, LS), (N, RS)}
    assert let_go(values)["cuts"] == gone["cuts"]


def test_broken_triangles_are_counted_named_and_drawn():
    values = let_go(click(begin(), N, LS, RS))
    frame = EXPLORER.frame(values)
    assert frame.readout.endswith("1 triangle is broken: RS–N–LS.")
    at = places(frame)
    (missing,) = [m for m in of(frame.panels["image"], Lines) if m.width == 1.3]
    assert (missing.start, missing.end) == ((tuple(at[RS]),), (tuple(at[LS]),))
    assert missing.dash
    more = let_go(click(values, N, HT, RE))  # four around the neck: six pairs
    told = EXPLORER.frame(more).readout
    assert "6 triangles are broken: " in told
    named = told.split("broken: ")[1].removesuffix(" and more.").split(", ")
    assert len(named) == 4
    for text in named:
        a, b, c = (NAMES.index(code) for code in text.split("–"))
        assert b == N
        assert {a, c} < {HT, RS, LS, RE}
    whole = let_go(click(values, RS, LS))
    assert "No constraint is broken." in EXPLORER.frame(whole).readout
    assert not [
        m for m in of(EXPLORER.frame(whole).panels["image"], Lines) if m.width == 1.3
    ]


def test_a_suppressed_end_breaks_the_coupling():
    values = let_go(click(begin(), N, LS))
    off = click(values | KEEPS, LS)
    assert now(off) == (EVERYBODY - {LS}, {(N, LS)})
    told = EXPLORER.frame(off).readout
    assert "1 joined pair has a suppressed end: N–LS." in told
    assert minus(total(EVERYBODY - {LS}, {(N, LS)}, 1)) in told
    both = click(off, N)
    assert "2 suppressed. 1 joined pair has" in EXPLORER.frame(both).readout
    assert now(click(off, LS)) == now(values)


def test_an_illegal_cut_may_cost_less_than_the_optimum():
    beta = DATA["beta"][0]
    values = begin()
    for d in range(MANY):
        cheap = [e for e in range(d + 1, MANY) if beta[d, e] < 0]
        values = let_go(click(values, d, *cheap))
    told = EXPLORER.frame(values).readout
    assert "(gap −" in told
    assert "triangles are broken" in told
    assert told.endswith("So it may cost less than the optimum.")


# --- Whole groups --------------------------------------------------------------------


def test_groups_unite_completely_and_part_one_by_one():
    values = let_go(click(begin(**GROUPS), N, LS, RS))
    assert now(values)[1] == {(N, RS), (N, LS), (RS, LS)}
    values = let_go(click(values, RE, LE))
    united = let_go(click(values, RE, N))
    five = (N, RS, LS, RE, LE)
    assert now(united)[1] == set(itertools.combinations(five, 2))
    told = EXPLORER.frame(united).readout
    assert "1 person of 5 parts, 13 parts alone. No constraint" in told
    left = let_go(click(united, N, RE))
    assert now(left)[1] == set(itertools.combinations((N, RS, LS, LE), 2))
    again = let_go(click(left, N, RE))
    assert now(again) == now(united)


def test_suppressing_takes_the_pairs_along_and_joining_keeps():
    values = let_go(click(begin(**GROUPS), N, LS, RS))
    off = click(values | KEEPS, LS)
    assert now(off) == (EVERYBODY - {LS}, {(N, RS)})
    back = let_go(click(off | {"click": "joins"}, N, LS))
    assert now(back) == now(values)
    nothing = let_go(click(begin(start="nothing", **GROUPS), N, LS))
    assert now(nothing) == ({N, LS}, {(N, LS)})
    assert now(click(off, LS)) == (EVERYBODY, {(N, RS)})


def test_whole_groups_lead_to_the_optimum():
    clusters = DATA["optimum"][0]
    values = begin(**GROUPS)
    for person in range(clusters.max() + 1):
        first, *others = np.flatnonzero(clusters == person)
        values = let_go(click(values, first, *others))
    values = click(values | KEEPS, *np.flatnonzero(clusters < 0))
    told = EXPLORER.frame(values).readout
    assert "(gap 0.0)" in told
    assert told.endswith("No constraint is broken: this is the optimum.")
    assert now(values) == now(begin(start="optimum"))


@pytest.mark.parametrize("seed", range(3))
def test_whole_groups_never_break_a_constraint(seed):
    rng = np.random.default_rng(seed)
    values = begin(start="greedy", crowding=LAST, **GROUPS)
    for _ in range(25):
        values |= {"click": str(rng.choice(["joins", "keeps"]))}
        values = click(values, int(rng.integers(MANY)))
        assert "No constraint is broken" in EXPLORER.frame(values).readout


# --- Buttons and state ---------------------------------------------------------------


def test_undo_takes_back_one_change_at_a_time():
    first = let_go(click(begin(), N, LS))
    second = click(first | KEEPS, RE)
    third = click(second | {"click": "joins"} | GROUPS, N, RS)
    undone = press(third, "Undo")
    assert now(undone) == now(second)
    assert undone["cuts"]["1 alone"]["picked"] is None
    assert now(press(undone, "Undo")) == now(first)
    start = press(press(undone, "Undo"), "Undo")
    assert now(start) == (EVERYBODY, set())
    assert now(press(start, "Undo")) == (EVERYBODY, set())


def test_start_anew_forgets_and_repair_completes():
    values = let_go(click(begin(), N, LS, RS))
    broken = click(values | KEEPS, LS)
    repaired = press(broken, "Repair")
    assert now(repaired) == (EVERYBODY - {LS}, {(N, RS)})
    assert "No constraint is broken." in EXPLORER.frame(repaired).readout
    assert now(press(repaired, "Undo")) == now(broken)
    assert press(broken, "Start anew")["cuts"] == {}


def test_each_position_and_start_keeps_its_own_cut():
    values = let_go(click(begin(), N, LS))
    other = let_go(click(values | {"start": "greedy"}, N, N2))
    far = let_go(click(other | {"crowding": LAST}, N, N2))
    assert now(far | {"crowding": 1, "start": "alone"}) == now(values)
    assert now(far | {"crowding": 1}) == now(other)
    assert set(far["cuts"]) == {"1 alone", "1 greedy", f"{LAST} greedy"}
    assert json.loads(json.dumps(far)) == far


@pytest.mark.parametrize("show", ["greedy", "optimum"])
def test_given_solutions_cannot_be_clicked(show):
    values = begin(show=show)
    assert click(values, N, LS) == values
    assert press(values, "Repair") == values
    marks = EXPLORER.frame(values).panels["image"]
    assert {m.colour for m in of(marks, Rect)} == {"muted"}
    assert "Show" in caption(marks)


def test_only_clicks_on_the_picture_count():
    values = click(begin(), N)
    for event in (Event("click", "chart", 50, 50), Event("drag", "image", 50, 50, "x")):
        assert EXPLORER.after(values, event) == values
    assert let_go(begin())["cuts"] == {"1 alone": {"picked": None, "done": []}}


def test_the_hint_says_what_a_click_does():
    told = {
        (clicks, scope): caption(
            EXPLORER.frame(begin(click=clicks, scope=scope)).panels["image"]
        )
        for clicks in ("joins", "keeps")
        for scope in ("one", "all")
    }
    assert len(set(told.values())) == 4
    assert "its pairs stay joined" in told["keeps", "one"]
    assert "its pairs are cut" in told["keeps", "all"]


def test_buttons_lie_below_the_picture_and_candidates_above():
    panel = EXPLORER.panels[0]
    boxes = of(EXPLORER.frame().panels["image"], Rect)
    assert len(boxes) == 3
    for box in boxes:
        assert box.y > SIZE[1]
        assert box.y + box.h <= panel.height
        assert box.x >= 0
        assert box.x + box.w <= panel.width
    for left, right in itertools.pairwise(boxes):
        assert left.x + left.w < right.x
    assert STORED.panels[0].height == SIZE[1]
    assert not of(STORED.frame().panels["image"], Rect)


@pytest.mark.parametrize("position", [1, LAST])
def test_a_cross_marks_the_readers_cost(position):
    values = let_go(click(begin(crowding=position), N, LS))
    marks = EXPLORER.frame(values).panels["chart"]
    scale = of(marks, Scale)[0]
    cross = next(m for m in of(marks, Lines) if m.width == 2.8)
    middle = np.mean([cross.start, cross.end], axis=(0, 1))
    cost = total(EVERYBODY, {(N, LS)}, position)
    np.testing.assert_allclose(read(scale, middle), (position, cost), atol=1e-6)
    texts = [m.text for m in of(marks, Text)]
    found = 1 / 56  # one of 28 + 28 true pairs, and no wrong one
    assert texts[-2:] == ["your F1", f"{2 * found / (1 + found):.2f}"]


def test_a_cost_beyond_the_chart_stands_at_its_edge():
    values = begin(start="nothing", **GROUPS)
    values = click(values, *range(MANY))
    assert total(EVERYBODY, set(itertools.combinations(range(MANY), 2)), 1) > 20
    marks = EXPLORER.frame(values).panels["chart"]
    cross = next(m for m in of(marks, Lines) if m.width == 2.8)
    scale = of(marks, Scale)[0]
    middle = np.mean([cross.start, cross.end], axis=(0, 1))
    assert read(scale, middle)[1] == pytest.approx(scale.y[1])


# --- Hosts ---------------------------------------------------------------------------


def test_the_live_host_answers_clicks():
    live = pytest.importorskip("course_lib.widgets.live")
    host = EXPLORER.live()
    host.values = begin(start="optimum", crowding=LAST, edges="all")
    for d in (N, LS, RS, N2, HT, RE):
        x, y = places(EXPLORER.frame(host.values))[d]
        question = {"kind": "click", "panel": "image", "handle": "", "x": x, "y": y}
        host.values = host.after(question)
        frame = live.encode_frame(EXPLORER, host.values)
    assert "broken" in frame["frame"]["readout"]
    assert host.meta["drag"] == "no"


def test_a_page_leaves_out_what_only_python_can_answer(tmp_path):
    meta = payload(STORED)["meta"]
    names = [control["name"] for control in meta["controls"]]
    assert names == ["crowding", "show", "edges"]
    assert meta["controls"][1]["texts"] == ["greedy", "optimum"]
    assert meta["drag"] == "no"
    assert EXPLORER.html() == STORED.html()
    page = EXPLORER.save(tmp_path / "cut.html").read_text(encoding="utf-8")
    assert STORED.html() in page
    assert ".live()" in caption(STORED.frame().panels["image"])
    live = {control.name for control in EXPLORER.controls}
    assert live == {*names, "start", "click", "scope"}


def test_what_a_notebook_stores_is_small_and_stable():
    bundle, _ = EXPLORER._repr_mimebundle_()
    assert set(bundle) == {"text/html", "image/jpeg", "text/plain"}
    assert sum(len(part.encode()) for part in bundle.values()) <= 120 * 1024
    assert "http" not in EXPLORER.html()
    assert cut_explorer(**DATA, label="distance (px)").html() == EXPLORER.html()


@pytest.mark.parametrize("edges", ["joined", "none"])
def test_the_static_picture_follows_the_controls(edges):
    picture = EXPLORER.static({"start": "greedy", "edges": edges, "crowding": LAST})
    assert picture.size[0] == 900
    assert 500 < picture.size[1] < 800
    assert not np.array_equal(np.asarray(picture), np.asarray(EXPLORER.static()))


# --- What does not fit ---------------------------------------------------------------


def with_(name: str, place: tuple, value: float) -> dict:
    array = np.array(DATA[name], dtype=float)
    array[place] = value
    return {name: array}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"names": DATA["names"][:1]}, "2 to 20 candidates, got 1"),
        ({"names": DATA["names"] + ["neck"] * 3}, "2 to 20 candidates, got 21"),
        ({"names": DATA["names"][:17]}, r"points should have shape \(6, 17, 2\)"),
        ({"names": ["tail", *DATA["names"][1:]]}, "'tail' is no joint"),
        ({"points": DATA["points"][:0]}, "points hold no position"),
        ({"points": DATA["points"] + [100, 0]}, "points lie outside of the 160 x 120"),
        ({"points": DATA["points"] - [0, 60]}, "points lie outside of the 160 x 120"),
        (with_("points", (0, 0), np.nan), "points holds NaN"),
        ({"size": (100, 120)}, "points lie outside of the 100 x 120"),
        ({"size": (0, 120)}, "size is"),
        ({"size": (160, 120, 3)}, "size is"),
        ({"alpha": DATA["alpha"][0]}, r"alpha should have shape \(6, 18\)"),
        (with_("alpha", (0, 3), np.inf), "alpha holds NaN or infinity"),
        ({"beta": DATA["beta"][0]}, r"beta should have shape \(6, 18, 18\)"),
        (with_("beta", (2, 0, 1), np.inf), "beta holds NaN or infinity"),
        (with_("beta", (2, 4, 1), 9), r"symmetric, but beta\[2, 1, 4\] is .* is 9"),
        ({"truth": DATA["truth"][:-1]}, r"truth should have shape \(18,\)"),
        (with_("truth", (0,), 2), "truth is from -1 to 1, .* got -1 to 2"),
        (with_("truth", (0,), -2), "truth is from -1 to 1"),
        (with_("truth", (0,), 0.5), "truth holds numbers of persons"),
        ({"greedy": DATA["greedy"][:2]}, r"greedy should have shape \(6, 18\)"),
        (with_("optimum", (0, 0), -3), "optimum holds persons 0, 1, ... or -1, got -3"),
        (with_("greedy", (0, 0), np.nan), "greedy holds numbers of persons"),
        (
            {"greedy": DATA["optimum"], "optimum": DATA["greedy"]},
            r"optimum\[\d\] costs .*, more than greedy",
        ),
        ({"crowding": DATA["crowding"][:-1]}, "crowding should hold 6 texts, got 5"),
        ({"crowding": ["a distance"] * 6}, "'a distance' is over 8 letters"),
        ({"people": DATA["people"][0]}, r"people should have shape \(6, 1, 8, 2\)"),
        ({"people": DATA["people"][:, :, :7]}, r"people should have shape \(6, 2, 8"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        cut_explorer(**{**DATA, **changes})


def test_the_diagonal_of_beta_is_not_used():
    beta = DATA["beta"].copy()
    beta[:, range(MANY), range(MANY)] = np.nan
    assert cut_explorer(**{**DATA, "beta": beta}, label="distance (px)").html() == (
        EXPLORER.html()
    )
