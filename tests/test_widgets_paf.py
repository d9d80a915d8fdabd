"""The explorer of part affinity fields: NumPy and Pillow only."""

from __future__ import annotations

import math
import re
from dataclasses import replace

import numpy as np
import pytest
from explorer_marks import caption, of, plain
from planted_fields import PAIRS, SIDE, STAGES, STRIDE, planted_people
from stick_people import JOINTS

from course_lib.widgets import (
    Arrows,
    AssemblyStep,
    Event,
    Handle,
    Image,
    Lines,
    Points,
    Polyline,
    Scale,
    Text,
    paf_explorer,
)
from course_lib.widgets.paf_data import nearest_samples

GREEN, VERMILLION, WHITE = "#009E73", "#D55E00", "#FFFFFF"
PURPLE, ORANGE = "#CC79A7", "#E69F00"
SHADES = {"#56B4E9": (0.1, 0.4), "#0072B2": (0.4, 0.7), "#000000": (0.7, 9.0)}
DATA = planted_people()
LIVE = paf_explorer(**DATA)
STORED = LIVE.stored
STEPS, PEAKS, FIELDS = DATA["steps"], DATA["peaks"], DATA["pafs"]
STATES = {control.name: control.states for control in STORED.controls}
STARTS = STORED.values()
# Both ends of every control, all others at their start; and all of them at their ends.
ENDS = [{name: state} for name, all_ in STATES.items() for state in (all_[0], all_[-1])]
ENDS += [{name: all_[end] for name, all_ in STATES.items()} for end in (0, -1)]
# A segment across two people, upwards.
ENDS += [{"limb": "left shoulder – left hip", "first": 2, "second": 1, "stage": 2}]


def named(limb: tuple[str, str]) -> str:
    return " – ".join(name.replace("_", " ") for name in limb)


NAMES = [named(limb) for limb in PAIRS]


def full(values: dict) -> dict:
    return STARTS | values


def ends_of(now: dict) -> list[np.ndarray]:
    """Where the segment lies: the peaks of the two numbers, or a part's last."""
    pair = PAIRS[NAMES.index(now["limb"])]
    found = []
    for name, number in zip(pair, (now["first"], now["second"]), strict=True):
        peaks = PEAKS[JOINTS.index(name)]
        found.append(peaks[min(number, len(peaks)) - 1, :2])
    return found


def along(field: np.ndarray, a, b, count: int, stride: int = STRIDE) -> list[float]:
    """The samples, one at a time: the cell that contains each place."""
    length, samples = math.dist(a, b), []
    for n in range(count):
        x, y = (a[k] + n / (count - 1) * (b[k] - a[k]) for k in (0, 1))
        h, w = field.shape[1:]
        column = min(max(math.floor((x + 0.5) / stride), 0), w - 1)
        row = min(max(math.floor((y + 0.5) / stride), 0), h - 1)
        vector = field[:, row, column]
        samples.append(sum(vector[k] * (b[k] - a[k]) for k in (0, 1)) / length)
    return samples


def judged(samples: list[float], length: float) -> tuple[int, float, float, float]:
    """How many count, their mean, the penalty and the score."""
    good = [sample for sample in samples if sample > 0.05]
    mean = sum(good) / len(good) if good else 0.0
    penalty = SIDE / 2 / length - 1 if length > SIDE / 2 else 0.0
    return len(good), mean, penalty, mean + penalty


def expected(now: dict, ends=None) -> list[float]:
    a, b = ends or ends_of(now)
    field = FIELDS[now["stage"] - 1, NAMES.index(now["limb"])]
    return along(field, a, b, now["samples"])


def numbers(sentence: str) -> list[float]:
    """The numbers of a sentence, with their signs."""
    text = plain(sentence).replace("−", "-").replace("+ ", "").replace("- ", "-")
    return [float(number) for number in re.findall(r"-?\d+\.?\d*", text)]


# --- The samples ---------------------------------------------------------------------


@pytest.mark.parametrize("stride", [1, 4, 8])
def test_samples_are_dot_products_at_the_cells_that_hold_the_places(stride):
    rng = np.random.default_rng(stride)
    field = rng.normal(0, 1, (2, 7, 11))
    for count in (2, 5, 25):
        ends = rng.uniform(-9, 90, (2, 2))
        found = nearest_samples(field, ends, count, stride)
        np.testing.assert_allclose(found, along(field, *ends, count, stride))
        # The other way round: other signs, other order.
        back = nearest_samples(field, ends[::-1], count, stride)
        np.testing.assert_allclose(back, -found[::-1])


def test_a_unit_field_along_the_segment_gives_ones_and_across_it_zeros():
    ends = np.array([[10.0, 20.0], [40.0, 60.0]])
    way = np.array([0.6, 0.8])
    for turned, value in ((way, 1), (-way, -1), (np.array([-0.8, 0.6]), 0)):
        field = np.broadcast_to(turned[:, None, None], (2, 9, 9))
        found = nearest_samples(field, ends, 6, 8)
        np.testing.assert_allclose(found, value, atol=1e-12)
    point = np.array([[5.0, 5.0], [5.0, 5.0]])
    assert nearest_samples(field, point, 4, 8).tolist() == [0, 0, 0, 0]


# --- The field and the segment -------------------------------------------------------


@pytest.mark.parametrize("values", ENDS)
def test_arrows_lie_along_the_field(values):
    now = full(values)
    field = FIELDS[now["stage"] - 1, NAMES.index(now["limb"])]
    marks, shown = STORED.frame(values).panels["image"], 0
    for colour, (low, high) in SHADES.items():
        arrows = of(marks, Arrows, colour)[0]
        for start, end in zip(arrows.start, arrows.end, strict=True):
            way, middle = np.subtract(end, start), np.add(start, end) / 2
            column, row = ((middle + 0.5) // STRIDE).astype(int)
            centre = STRIDE * np.array([column, row]) + (STRIDE - 1) / 2
            assert abs(middle - centre).max() <= 1  # ends are whole px
            vector = field[:, row, column]
            assert low <= math.hypot(*vector) < high
            assert math.hypot(*way) == pytest.approx(0.85 * STRIDE, abs=0.75)
            cosine = way @ vector / math.hypot(*way) / math.hypot(*vector)
            assert cosine > 0.98
        shown += len(arrows.start)
    assert shown == (np.hypot(*field) >= 0.1).sum() > 0


@pytest.mark.parametrize("values", ENDS)
def test_the_picture_has_the_segment_its_peaks_and_its_samples(values):
    now, marks = full(values), STORED.frame(values).panels["image"]
    white = (255 + DATA["picture"].astype(float)) / 2
    np.testing.assert_allclose(of(marks, Image)[0].array, white, atol=0.51)
    a, b = ends_of(now)
    line = of(marks, Lines, WHITE)[0]
    np.testing.assert_allclose([line.start[0], line.end[0]], [a, b], atol=0.051)
    texts = of(marks, Text)
    for colour, name in zip(
        (PURPLE, ORANGE), PAIRS[NAMES.index(now["limb"])], strict=True
    ):
        peaks = PEAKS[JOINTS.index(name)]
        dots = next(mark for mark in of(marks, Points, colour) if mark.labels)
        np.testing.assert_allclose(dots.points, peaks[:, :2], atol=0.51)
        label = f"{name.replace('_', ' ')} 1, confidence {peaks[0, 2]:.2f}"
        assert plain(dots.labels[0]) == label
        assert len({mark.text for mark in texts}) >= len(peaks)
    samples = expected(now)
    dots = of(marks, Points)[-1]
    places = [a + share * (b - a) for share in np.linspace(0, 1, len(samples))]
    np.testing.assert_allclose(dots.points, places, atol=0.51)
    wanted = [GREEN if sample > 0.05 else VERMILLION for sample in samples]
    assert list(dots.colour) == wanted


@pytest.mark.parametrize("values", ENDS)
def test_the_chart_has_the_samples_and_the_threshold(values):
    now, marks = full(values), STORED.frame(values).panels["samples"]
    scale, samples = of(marks, Scale)[0], expected(now)
    dots, line = of(marks, Points)[-1], of(marks, Polyline)[0]
    assert dots.points == line.points
    for n, ((x, y), sample) in enumerate(zip(dots.points, samples, strict=True)):
        across = (x - scale.left) / (scale.right - scale.left)
        up = (scale.bottom - y) / (scale.bottom - scale.top)
        share = scale.x[0] + across * (scale.x[1] - scale.x[0])
        assert share == pytest.approx(n / (len(samples) - 1), abs=0.01)
        found = scale.y[0] + up * (scale.y[1] - scale.y[0])
        assert found == pytest.approx(np.clip(sample, *scale.y), abs=0.015)
    limit = next(mark for mark in of(marks, Lines) if mark.dash)
    up = (scale.bottom - limit.start[0][1]) / (scale.bottom - scale.top)
    assert scale.y[0] + up * (scale.y[1] - scale.y[0]) == pytest.approx(0.05, abs=2e-3)


@pytest.mark.parametrize("values", ENDS)
def test_the_sentence_has_the_score_and_the_verdict(values):
    now, frame = full(values), STORED.frame(values)
    a, b = ends_of(now)
    count, mean, penalty, score = judged(expected(now), math.dist(a, b))
    told = numbers(frame.readout)
    ratio = count / now["samples"]
    np.testing.assert_allclose(
        told[:5], [count, now["samples"], 0.05, ratio, 0.8], atol=0.0051
    )
    if count:
        np.testing.assert_allclose(told[5:], [mean, penalty, score], atol=0.0051)
    accepted = score > 0 and ratio > 0.8
    assert frame.readout.endswith("accepted." if accepted else "rejected.")
    under = caption(frame.panels["samples"])
    assert f"{math.dist(a, b):.1f} px long" in under
    first = PAIRS[NAMES.index(now["limb"])][0].replace("_", " ")
    assert under.startswith(f"{first.capitalize()} ")


def test_long_segments_pay_and_none_above_is_rejected():
    fields = np.zeros((1, 1, 2, 24, 24))
    fields[:, :, 1, :12] = 1.0
    peaks = [[(20, 10, 1)], [(20, 170, 1), (90, 10, 1), (20, 10, 1)]]
    one = AssemblyStep(0, 0, 0, 0.3, "new", ((0, 0),))
    data = {"pafs": fields, "peaks": peaks, "steps": [one]}
    data |= {"parts": ("neck", "nose"), "limbs": [("neck", "nose")]}
    explorer = paf_explorer(**DATA | data)
    long, across, same = (explorer.frame({"second": n}) for n in (1, 2, 3))
    words = "5 of 10 samples above 0.05: ratio 0.50 ≤ 0.8; mean of those 1.00 − 0.40"
    assert long.readout == f"{words} = score 0.60: rejected."
    told = caption(long.panels["samples"])
    assert told.endswith("160.0 px long: penalty −0.40 = min(96 / 160.0 − 1, 0).")
    for frame in (across, same):
        words = "0 of 10 samples above 0.05: ratio 0.00 ≤ 0.8; no mean: rejected."
        assert frame.readout == words
    assert caption(same.panels["samples"]).endswith("0.0 px long: penalty 0.00.")


def test_the_chapter_may_sample_in_its_own_way():
    asked = []

    def sample(field, ends, count, stride):
        asked.append((field.shape, ends.shape, count, stride))
        return [0.25] * count

    explorer = paf_explorer(**DATA, sample=sample)
    readout = explorer.frame({"samples": 7}).readout
    assert "mean of those 0.25" in readout
    assert set(asked) == {((2, 24, 24), (2, 2), 7, STRIDE)}
    for wrong, message in (
        ([1.0], r"what sample returns should have shape \(10,\)"),
        ([math.nan] * 10, "sample returns NaN or infinity"),
    ):
        explorer = paf_explorer(**DATA, sample=lambda *_, wrong=wrong: wrong)
        with pytest.raises(ValueError, match=message):
            explorer.frame()


def test_a_part_without_peaks_has_no_segment():
    peaks = list(PEAKS)
    peaks[JOINTS.index("left_wrist")] = []
    gone = next(n for n, limb in enumerate(PAIRS) if "left_wrist" in limb)
    kept = [replace_people(step) for step in STEPS if step.limb != gone]
    explorer = paf_explorer(**DATA | {"peaks": peaks, "steps": kept})
    frame = explorer.frame({"limb": NAMES[gone]})
    assert frame.readout == "No peak of the left wrist."
    assert caption(frame.panels["samples"]) == "No segment."
    assert not of(frame.panels["image"], Handle)
    event = Event("drag", "image", 5, 5, "0")
    values = explorer.values({"limb": NAMES[gone]})
    assert explorer.after(values, event) == values


def replace_people(step: AssemblyStep) -> AssemblyStep:
    """The step without left wrists; they are of no limb but one."""
    wrist = JOINTS.index("left_wrist")
    people = [(*p[:wrist], -1, *p[wrist + 1 :]) for p in step.people]
    people = tuple(person for person in people if max(person) >= 0)
    return replace(step, people=people)


# --- Where it starts, and the live explorer ---------------------------------------


def test_it_starts_at_a_conflict_with_its_own_segment():
    first = [step.case for step in STEPS].index("conflict")
    now = STEPS[first]
    wanted = {"step": first + 1, "limb": NAMES[now.limb], "first": now.first + 1}
    wanted |= {"second": now.second + 1, "samples": 10, "stage": STAGES}
    assert {name: STARTS[name] for name in wanted} == wanted
    calm = [step for step in STEPS if step.case != "conflict"]
    assert paf_explorer(**DATA | {"steps": calm}).values()["step"] == len(calm)
    chosen = paf_explorer(**DATA, step=3).values()
    assert (chosen["step"], chosen["limb"]) == (3, NAMES[STEPS[2].limb])


def test_the_live_explorer_has_two_dots_and_all_samples():
    assert not of(STORED.frame().panels["image"], Handle)
    assert STORED.respond is None
    assert caption(STORED.frame().panels["image"]).endswith("with .live().")
    control = next(c for c in LIVE.controls if c.name == "samples")
    assert control.states == tuple(range(2, 26))
    dots = of(LIVE.frame().panels["image"], Handle)
    places = [(dot.x, dot.y) for dot in dots]
    np.testing.assert_allclose(places, ends_of(STARTS), atol=0.051)
    assert LIVE.live().after({"kind": "frame"}) == LIVE.values()


def test_dragged_ends_are_integrated_and_put_back():
    start = LIVE.values({"samples": 13, "stage": 3})
    values = LIVE.after(start, Event("drag", "image", 40.5, 30.25, "0"))
    values = LIVE.after(values, Event("drag", "image", 150, 160, "1"))
    a, b = (40.5, 30.25), (150.0, 160.0)
    frame = LIVE.frame(values)
    count, *rest = judged(expected(values, (a, b)), math.dist(a, b))
    told = numbers(frame.readout)
    assert told[:2] == [count, 13]
    if count:
        np.testing.assert_allclose(told[5:], rest, atol=0.0051)
    dots = of(frame.panels["image"], Handle)
    np.testing.assert_allclose([(d.x, d.y) for d in dots], [a, b], atol=0.051)
    # Other peaks are where they were, and so are the people.
    other = values | {"limb": NAMES[0], "first": 1, "second": 1}
    untouched = start | {"limb": NAMES[0], "first": 1, "second": 1}
    assert LIVE.frame(other).readout == LIVE.frame(untouched).readout
    assert frame.panels["people"][1:] == LIVE.frame(start).panels["people"][1:]
    assert LIVE.after(values, Event("click", "image", 3, 3)) == start
    assert LIVE.after(values, Event("click", "samples", 3, 3)) == values


def test_dragged_ends_stay_on_the_picture():
    values = LIVE.after(LIVE.values(), Event("drag", "image", -40, 900, "1"))
    dot = of(LIVE.frame(values).panels["image"], Handle)[1]
    assert (dot.x, dot.y) == (0, SIDE - 1)


# --- What is stored ------------------------------------------------------------------

MORE = [("head_top", "left_shoulder"), ("head_top", "right_shoulder")]
MORE += [("left_shoulder", "right_hip"), ("right_shoulder", "left_hip")]


def textured(limbs: list) -> dict:
    """The planted people in a picture with texture."""
    data = planted_people(limbs)
    rng = np.random.default_rng(0)
    blocks = rng.normal(0, 25, (SIDE // 2, SIDE // 2, 3)).repeat(2, 0).repeat(2, 1)
    noisy = data["picture"] + blocks + rng.normal(0, 5, data["picture"].shape)
    return data | {"picture": np.clip(noisy, 0, 255).astype(np.uint8)}


def test_twenty_limbs_and_four_stages_fit_into_a_notebook():
    explorer = paf_explorer(**textured([*PAIRS, *MORE]))
    bundle, _ = explorer._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 260_000


def test_what_is_stored_is_self_contained_and_repeatable():
    bundle, metadata = LIVE._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert metadata["image/jpeg"]["alt"].startswith("From a field to people")
    assert paf_explorer(**planted_people()).html() == bundle["text/html"]


def test_a_page_has_as_many_counts_of_samples_as_it_has_room_for():
    alone = [step for step in STEPS if step.limb == 0 and step.case == "new"][:1]
    few = planted_people(PAIRS[:6], steps=alone)
    for data, counts in ((few, (2, 5, 10, 25)), (DATA, (2, 5, 10, 15))):
        states = paf_explorer(**data).stored.controls[3].states
        assert states == counts
    many = [np.tile([9.0, 9.0, 1.0], (12, 1)) for _ in JOINTS]
    with pytest.raises(ValueError, match="segments, more than a page has room for"):
        paf_explorer(**DATA | {"peaks": many})


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    width, height = STORED.static().size
    assert width == 900
    assert height < 900
    texts = [key.text for key in STORED.legend]
    assert len(set(texts)) == len(texts)


def changed(**fields) -> list[AssemblyStep]:
    """The steps, the first one changed."""
    return [replace(STEPS[0], **fields), *STEPS[1:]]


ONE = STEPS[0].people[0]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"picture": DATA["picture"] / 255}, r"picture is \(H, W, 3\) uint8"),
        ({"picture": DATA["picture"][..., 0]}, r"picture is \(H, W, 3\) uint8"),
        ({"pafs": FIELDS[0]}, r"pafs should have shape \(S, 16, 2, h, w\)"),
        ({"pafs": FIELDS[:, :3]}, r"pafs should have shape \(S, 16, 2, h, w\)"),
        ({"pafs": FIELDS[:0]}, r"pafs should have shape \(S, 16, 2, h, w\)"),
        ({"pafs": FIELDS * np.nan}, "pafs hold NaN or infinity"),
        ({"stride": 0}, "stride is above 0 px, got 0"),
        ({"stride": 4}, "pafs of stride 4 cover 96 x 96 px, but the picture has 192"),
        ({"threshold": np.nan}, "threshold is nan"),
        ({"share": 1.5}, "share is from 0 to 1, got 1.5"),
        ({"peaks": PEAKS[:3]}, "peaks are of 14 parts, not 3"),
        ({"peaks": [p[:, :2] for p in PEAKS]}, "peaks of right_ankle should have"),
        ({"peaks": [p * np.nan for p in PEAKS]}, "peaks of right_ankle hold NaN"),
        ({"peaks": [p + 100 for p in PEAKS]}, "peaks of right_ankle lie outside"),
        ({"parts": [*JOINTS[:-1], JOINTS[0]]}, "parts differ"),
        ({"limbs": []}, "limbs are empty"),
        ({"limbs": [PAIRS[0], *PAIRS[:-1]]}, "limbs differ"),
        ({"limbs": [("tail", "neck"), *PAIRS[1:]]}, "limbs join two of the parts"),
        ({"steps": []}, "steps are empty"),
        ({"steps": [7]}, r"steps\[0\] is an AssemblyStep, not 7"),
        ({"steps": changed(case="join")}, r"steps\[0\]: a case is one of"),
        ({"steps": changed(score=np.inf)}, r"steps\[0\]: its score is inf"),
        ({"steps": changed(limb=16)}, "limb 16, but there are 16"),
        ({"steps": changed(first=9)}, r"steps\[0\]: peak 9 of [a-z_]+, which has 3"),
        ({"steps": changed(people=(ONE[:5],))}, "5 peaks of a person, not 14"),
        ({"steps": changed(people=((9,) * 14,))}, "people hold peaks from -1 to"),
        ({"steps": changed(people=(ONE, (-1,) * 14))}, "a person has no peak"),
        ({"steps": changed(people=())}, "after 'new' one person should have both"),
        ({"steps": changed(people=(ONE, ONE))}, "one person should have both"),
        (
            {"steps": changed(case="conflict", people=(ONE, ONE))},
            r"steps\[0\]: two people share a peak",
        ),
        ({"step": 0}, "step is from 1 to"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        paf_explorer(**DATA | changes)
