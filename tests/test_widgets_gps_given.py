"""The tuner of GPS: what it is given and stores."""

from __future__ import annotations

import numpy as np
import pytest
from explorer_marks import of
from surface_errors import COUNTS, KAPPAS, NETWORKS, distances, errors, ious, parts

from course_lib.widgets import Points, Rect, Scale, Text, gps_tuner

TUNER = gps_tuner(**errors())


def test_it_starts_with_the_kappa_of_the_paper():
    start = TUNER.values()
    assert start == {"network": "sparse", "person": "1", "rule": "one", "kappa": 0.255}
    control = TUNER.controls[-1]
    assert (control.states[0], control.states[-1]) == (0.05, 0.5)
    assert {0.05, 0.1, 0.25, 0.255, 0.26, 0.5} <= set(control.states)
    assert control.texts[0] == "0.05\u00a0m"


def test_one_network_and_one_person_need_no_choice():
    alone = gps_tuner(
        distances={"sparse": distances()["sparse"][:1]},
        parts=parts()[:1],
        kappas=KAPPAS,
    )
    assert [control.name for control in alone.controls] == ["rule", "kappa"]
    one, other = (
        w.frame({"kappa": 0.1}) for w in (alone, gps_tuner(**errors(ious=None)))
    )
    assert one.readout.split(". ")[0] == other.readout.split(". ")[0]
    assert one.readout.endswith(
        "Mean of 1 person: " + one.readout.split("GPS ")[1][:5] + "."
    )
    assert "masked GPS" not in [key.text for key in alone.legend]
    assert "masked GPS" in [key.text for key in TUNER.legend]


def test_people_may_have_names():
    named = gps_tuner(**errors(names=("runner", "dancer", "child")))
    frame = named.frame({"person": "dancer"})
    assert ", person dancer, " in frame.readout
    labels = {x for m in of(frame.panels["people"], Points) for x in m.labels}
    assert labels == {"person runner", "person dancer", "person child"}


def test_many_people_get_a_coarser_slider():
    def copies(count: int):
        far = {name: distances()[name][:1] * count for name in NETWORKS}
        return errors(distances=far, parts=parts()[:1] * count, ious=None)

    steps = {n: gps_tuner(**copies(n)).controls[-1].states for n in (6, 12, 25)}
    assert [len(states) for states in steps.values()] == [47, 20, 11]
    for states in steps.values():
        assert states[0] == 0.05
        assert states[-1] == 0.5
        assert 0.255 in states
    with pytest.raises(ValueError, match="make 200 combinations, more than a page"):
        gps_tuner(**copies(100))


def test_kappas_of_parts_may_be_any():
    kappas = np.full(24, 0.2)
    kappas[[22, 4]] = 0.05, 0.4
    frame = gps_tuner(**errors(kappas=kappas)).frame({"rule": "each"})
    names = [m.text for m in of(frame.panels["errors"], Text) if "κ" in m.text]
    assert names == ["head: κ = 0.05 m", "foot: κ = 0.4 m"]


def test_points_without_any_worth_leave_no_solid_bar():
    frame = TUNER.frame({"person": "3"})
    assert "GPS 0.000 passes 0 of 10" in frame.readout
    bars = of(frame.panels["errors"], Rect)
    assert len(bars) == 1  # all are called background
    scale = of(frame.panels["errors"], Scale)[0]
    assert bars[0].x > scale.left + 0.85 * (scale.right - scale.left)


def test_long_names_of_networks_stay_on_the_panel():
    names = ("w" * 20, "m" * 20)
    far = dict(zip(names, distances().values(), strict=True))
    made = gps_tuner(**errors(distances=far, ious=None))
    marks = made.frame().panels["people"]
    for name in names:
        text = next(m for m in of(marks, Text) if m.text == name)
        assert text.align == "right"
        assert text.x >= 7.6 * len(name)


# --- What is stored ------------------------------------------------------------------


def heavy() -> dict:
    """Three networks and four people of 100 points each."""
    rng = np.random.default_rng(2)
    names = ("sparse", "distilled", "all foreground")
    far = {name: list(rng.exponential(0.15, (4, 100))) for name in names}
    for people in far.values():
        for person in people:
            person[rng.random(100) < 0.1] = np.inf
    masks = {name: rng.uniform(0.4, 0.9, 4) for name in names}
    labels = list(rng.integers(1, 25, (4, 100)))
    return errors(distances=far, parts=labels, ious=masks)


def test_three_networks_and_four_people_fit_into_135_kilobytes():
    bundle, _ = gps_tuner(**heavy())._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 135_000


def test_what_is_stored_is_self_contained_and_repeatable():
    bundle, metadata = TUNER._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    alt = metadata["image/jpeg"]["alt"]
    assert alt.startswith("What an error on the surface costs. How strict is GPS?")
    assert gps_tuner(**errors()).html() == bundle["text/html"]
    assert TUNER.respond is None


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    width, height = TUNER.static().size
    assert width == 900
    assert height < 800
    texts = [key.text for key in TUNER.legend]
    assert len(set(texts)) == len(texts)


def other(what: str, person: int, value: object) -> dict:
    """Distances of which one entry is another."""
    made = distances()
    made[what][person] = value
    return {"distances": made}


def wrong(value: float) -> np.ndarray:
    far = np.zeros(COUNTS[0])
    far[7] = value
    return far


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"parts": []}, "parts are empty"),
        ({"parts": [[], *parts()[1:]]}, r"parts\[0\] are \(P,\), got \(0,\)"),
        ({"parts": [[[1]], *parts()[1:]]}, r"parts\[0\] are \(P,\), got \(1, 1\)"),
        ({"parts": [parts()[0] - 1, *parts()[1:]]}, r"parts\[0\] are from 1 to 24"),
        ({"parts": [parts()[0] + 0.5, *parts()[1:]]}, r"parts\[0\] are from 1 to 24"),
        ({"names": ("a", "b")}, "2 names for 3 people"),
        ({"names": ("a", "b", "a")}, "names differ"),
        ({"distances": {}}, "distances are of 1 to 4 networks"),
        ({"distances": dict.fromkeys("abcde", ())}, "distances are of 1 to 4 networks"),
        ({"distances": {"": ()}}, "names of networks have 1 to 20 letters"),
        ({"distances": {"w" * 21: ()}}, "names of networks have 1 to 20 letters"),
        ({"distances": {"a": distances()["sparse"][:2]}}, "'a': 2 people, not 3"),
        (other("sparse", 1, [0.1]), r"'sparse'\[1\] should have shape \(25,\)"),
        (other("taught", 0, wrong(-0.1)), r"'taught'\[0\] are metres from 0"),
        (other("taught", 0, wrong(np.nan)), r"'taught'\[0\] are metres from 0"),
        ({"kappas": KAPPAS[:8]}, r"kappas should have shape \(24,\)"),
        ({"kappas": np.zeros(24)}, "kappas are above 0 m"),
        ({"kappas": np.full(24, np.nan)}, "kappas are above 0 m"),
        ({"ious": {"sparse": [1, 1, 1]}}, r"ious are of \['sparse', 'taught'\]"),
        ({"ious": ious() | {"taught": [0.5]}}, r"'taught' should have shape \(3,\)"),
        ({"ious": ious() | {"taught": [0, 1, 1.1]}}, "'taught' are from 0 to 1"),
        ({"ious": ious() | {"taught": [0, 1, np.nan]}}, "'taught' are from 0 to 1"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        gps_tuner(**errors(**changes))
