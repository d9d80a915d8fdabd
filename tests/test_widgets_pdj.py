"""The explorer of PDJ curves: NumPy and Pillow only."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from stick_people import JOINTS, people

from course_lib.widgets import Caption, Circle, Points, Scale, pdj_cursor

ALPHAS = [0.0, 0.1, 0.25, 0.5]


def arguments(**changes) -> dict:
    """Arguments of `pdj_cursor`; each curve counts the very examples shown."""
    data = people(stages=2)
    far = np.linalg.norm(data["poses"] - data["truth"], axis=-1)
    far = far / data["torso"][:, None]  # (S, N, K)
    curves = np.stack([(far <= alpha).mean(axis=1) for alpha in ALPHAS], axis=1)
    kept = {name: data[name] for name in data if name not in ("boxes", "crops")}
    return {"alphas": ALPHAS, "curves": curves} | kept | changes


DATA = arguments()
CURSOR = pdj_cursor(**DATA)


@pytest.mark.parametrize(
    ("alpha", "stage", "example"), itertools.product((0, 0.5), (1, 2), (1, 4))
)
def test_hits_and_circles_agree_with_a_plain_count(alpha, stage, example):
    values = {"alpha": alpha, "stage": stage, "example": example}
    marks = CURSOR.frame(values).panels["image"]
    n = example - 1
    hits, labelled = 0, 0
    for k in range(len(JOINTS)):
        if DATA["visible"][n, k]:
            dx, dy = DATA["poses"][stage - 1, n, k] - DATA["truth"][n, k]
            hits += (dx * dx + dy * dy) ** 0.5 <= alpha * DATA["torso"][n]
            labelled += 1
    text = next(mark.text for mark in marks if isinstance(mark, Caption))
    assert f"{hits} of {labelled} joints" in text
    circles = [mark for mark in marks if isinstance(mark, Circle)]
    assert len(circles) == labelled
    assert {c.r for c in circles} == {alpha * DATA["torso"][n]}


@pytest.mark.parametrize("alpha", [0, 0.5])
def test_dots_lie_at_the_curves_values(alpha):
    at = ALPHAS.index(alpha)
    frame = CURSOR.frame({"alpha": alpha})
    for stage in (0, 1):
        for panel, wanted in (
            ("curves", [DATA["curves"][stage, at].mean()]),
            ("joints", DATA["curves"][stage, at]),
        ):
            marks = frame.panels[panel]
            scale = next(mark for mark in marks if isinstance(mark, Scale))
            dots = [mark for mark in marks if isinstance(mark, Points)][stage].points
            if panel == "curves":
                share = (scale.bottom - dots[0][1]) / (scale.bottom - scale.top)
                np.testing.assert_allclose(share, wanted[0], atol=1e-9)
            else:
                shares = (np.array(dots)[:, 0] - scale.left) / (
                    scale.right - scale.left
                )
                np.testing.assert_allclose(shares, wanted, atol=1e-9)


def test_sentence_names_first_and_last_stage():
    first, last = DATA["curves"][:, 1].mean(axis=-1)
    sentence = CURSOR.frame({"alpha": 0.1}).readout
    assert f"{first:.0%}" in sentence
    assert f"{last:.0%}" in sentence
    assert "times" not in CURSOR.frame({"alpha": 0}).readout  # nothing to divide by


def test_a_joint_without_labels_has_no_dot():
    curves = DATA["curves"].copy()
    curves[:, :, 3] = np.nan
    frame = pdj_cursor(**arguments(curves=curves)).frame()
    dots = [mark for mark in frame.panels["joints"] if isinstance(mark, Points)]
    assert [len(mark.points) for mark in dots] == [13, 13]


def test_page_is_self_contained_and_small():
    bundle, _ = CURSOR._repr_mimebundle_()
    assert "http" not in bundle["text/html"]
    assert sum(map(len, bundle.values())) < 200_000


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"alphas": [0.0, 0.1, 0.1, 0.5]}, "increase"),
        ({"alphas": [0.0, 0.1]}, "curves should have shape"),
        ({"curves": np.full((2, 4, 14), 1.5)}, "shares from 0 to 1"),
        ({"curves": np.full((2, 4, 14), np.nan)}, "shares from 0 to 1"),
        ({"truth": np.zeros((4, 3, 2))}, "truth should have shape"),
        ({"torso": np.zeros(4)}, "torso sizes"),
        ({"poses": np.full((2, 4, 14, 2), np.nan)}, "poses hold NaN"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        pdj_cursor(**arguments(**changes))
