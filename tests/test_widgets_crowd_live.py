"""The live calculator of the crowd index, and what it is given and stores."""

from __future__ import annotations

import numpy as np
import pytest
from crowded_people import (
    HEIGHT,
    SIZE,
    WIDTH,
    count,
    crowd,
    flags,
    margins,
    moved,
    poses,
)
from explorer_marks import caption, of

from course_lib.widgets import (
    Event,
    Handle,
    Lines,
    Rect,
    crowd_index_calculator,
)

HUES = ("#0072B2", "#E69F00", "#009E73", "#CC79A7")
PEOPLE = (2, 3, 4)
LIVE = {n: crowd_index_calculator(**crowd(n)) for n in PEOPLE}
STORED = {n: explorer.stored for n, explorer in LIVE.items()}


# --- The live explorer ---------------------------------------------------------------


def pulled(people: int, values: dict, handle: str, x: float, y: float) -> dict:
    return LIVE[people].after(values, Event("drag", "image", x, y, handle))


def box_of(people: int, values: dict, n: int) -> np.ndarray:
    mark = of(LIVE[people].frame(values).panels["image"], Rect)[n]
    return np.array([mark.x, mark.y, mark.w, mark.h])


def grip(box: np.ndarray) -> tuple[float, float]:
    """The middle of a box's lower side."""
    x, y, w, h = box
    return x + (w - 1) / 2, y + h - 1


def test_only_the_live_explorer_has_a_dot_for_each_person():
    for people in PEOPLE:
        assert not of(STORED[people].frame().panels["image"], Handle)
        assert STORED[people].respond is None
        dots = of(LIVE[people].frame().panels["image"], Handle)
        assert [dot.name for dot in dots] == [f"{n}" for n in range(people)]
        for n, dot in enumerate(dots):
            wanted = np.clip(grip(box_of(people, {}, n)), 0, [WIDTH - 1, HEIGHT - 1])
            np.testing.assert_allclose((dot.x, dot.y), wanted, atol=0.11)
        assert LIVE[people].live().after({"kind": "frame"}) == LIVE[people].values()
    assert caption(LIVE[3].frame().panels["image"]).endswith("to put all back.")


@pytest.mark.parametrize("people", PEOPLE)
@pytest.mark.parametrize("apart", [0.0, 0.5, 1.0])
def test_a_dragged_person_takes_joints_and_box_along(people, apart):
    start = LIVE[people].values({"apart": apart})
    before = [box_of(people, start, n) for n in range(people)]
    values = pulled(people, start, "1", 140.25, 183.5)
    after = box_of(people, values, 1)
    np.testing.assert_allclose(grip(after), (140.25, 183.5), atol=0.11)
    np.testing.assert_allclose(after[2:], before[1][2:])
    for n in range(people):
        if n != 1:
            np.testing.assert_allclose(box_of(people, values, n), before[n])
    shift = np.subtract((140.25, 183.5), grip(before[1]))
    frames = [LIVE[people].frame(v) for v in (start, values)]
    limbs = [of(frame.panels["image"], Lines, HUES[1])[0].start for frame in frames]
    assert abs(np.subtract(*limbs[::-1]) - shift).max() < 1.1  # whole px
    # All is counted anew.
    shifts = moved(people, apart)
    shifts[1] = np.subtract((140.25, 183.5), grip(margins(people)[1]))
    boxes = margins(people) + np.pad(shifts, [(0, 0), (0, 2)])
    keypoints = poses(people) + shifts[:, None]
    own, foreign = count(boxes, keypoints, flags(people))
    terms = " + ".join(f"{b / a:.2f}" for a, b in zip(own, foreign, strict=True))
    assert f"({terms})" in frames[1].readout
    # Two people may be dragged; a click beside the dots puts all back.
    both = pulled(people, values, "0", 60, 185)
    assert set(both["edits"]) == {"0", "1"}
    np.testing.assert_allclose(box_of(people, both, 1), box_of(people, values, 1))
    assert LIVE[people].after(both, Event("click", "image", 3, 3)) == start
    assert LIVE[people].after(both, Event("click", "table", 3, 3)) == both


def test_the_slider_still_moves_a_dragged_person():
    values = pulled(3, LIVE[3].values(), "1", 120, 181)
    offset = np.subtract(box_of(3, values, 1), box_of(3, {}, 1))
    slid = values | {"apart": 0.5}
    without = box_of(3, {"apart": 0.5}, 1)
    np.testing.assert_allclose(box_of(3, slid, 1), without + offset, atol=0.11)


def test_a_dragged_person_stays_on_the_picture_and_can_come_back():
    values = pulled(3, LIVE[3].values(), "1", -500, 900)
    x, y, _, h = box_of(3, values, 1)
    assert (x, y + h) == (0, HEIGHT)
    back = pulled(3, values, "1", 112, 184)
    np.testing.assert_allclose(grip(box_of(3, back, 1)), (112, 184), atol=0.11)
    dots = of(LIVE[3].frame(values).panels["image"], Handle)
    assert all(0 <= dot.x < WIDTH and 0 <= dot.y < HEIGHT for dot in dots)


# --- What is stored ------------------------------------------------------------------


def test_four_people_fit_into_130_kilobytes():
    bundle, _ = LIVE[4]._repr_mimebundle_()
    assert sum(len(part.encode()) for part in bundle.values()) <= 130_000


def test_what_is_stored_is_self_contained_and_repeatable():
    bundle, metadata = LIVE[3]._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert metadata["image/jpeg"]["alt"].startswith("How crowded is this picture?")
    assert crowd_index_calculator(**crowd()).html() == bundle["text/html"]


def test_the_picture_is_not_too_tall_and_says_what_is_shown():
    width, height = STORED[4].static().size
    assert width == 900
    assert height < 800
    texts = [key.text for key in STORED[4].legend]
    assert len(set(texts)) == len(texts)


def no_labels() -> np.ndarray:
    labels = flags()
    labels[1] = 0
    return labels


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"keypoints": poses()[0]}, r"keypoints are \(N, 14, 2\), got \(14, 2\)"),
        ({"keypoints": poses()[:1]}, "keypoints are of 2 to 4 people, got 1"),
        ({"keypoints": np.tile(poses()[:1], (5, 1, 1))}, "of 2 to 4 people, got 5"),
        ({"keypoints": poses()[:, :9]}, r"keypoints should have shape \(3, 14, 2\)"),
        ({"keypoints": poses() * np.nan}, "keypoints hold NaN or infinity at a lab"),
        ({"keypoints": poses() + 99}, "keypoints lie outside of the 256 x 192 px"),
        ({"visible": flags()[:2]}, r"visible should have shape \(3, 14\)"),
        ({"visible": -flags()}, "visible is 0 or more"),
        ({"visible": no_labels()}, "visible: a person has no labelled joint"),
        ({"boxes": np.ones((2, 4))}, r"boxes should have shape \(3, 4\)"),
        ({"boxes": np.zeros((3, 4))}, r"boxes are finite \[x, y, w, h\]"),
        ({"boxes": np.full((3, 4), np.nan)}, r"boxes are finite \[x, y, w, h\]"),
        ({"margin": -0.6}, "margin is from 0 to 1, got -0.6"),
        ({"margin": np.nan}, "margin is from 0 to 1, got nan"),
        ({"size": (0, 192)}, r"size is \(width, height\) above 0 px"),
        ({"size": SIZE[:1]}, r"size is \(width, height\) above 0 px"),
        ({"count": 3}, "count is a function, got 3"),
        ({"count": lambda b, k, v: [1, 2, 3]}, "count returns own and foreign"),
        ({"count": lambda b, k, v: (1, 2)}, r"count's own should have shape \(3,\)"),
        (
            {"count": lambda b, k, v: ([1] * len(b), [0.5] * len(b))},
            "count's foreign are whole numbers from 0",
        ),
        (
            {"count": lambda b, k, v: ([-1] * len(b), [1] * len(b))},
            "count's own are whole numbers from 0",
        ),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        crowd_index_calculator(**crowd(**changes))
