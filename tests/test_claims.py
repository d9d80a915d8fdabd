"""Verdicts against hand-computed intervals, and the printed table."""

import math

import pytest

from course_lib.claims import Claim, stored_table
from course_lib.judging import judge

CLAIM = Claim("01.C1", "A second stage lowers the error", "sec. 3", "five runs", 0.5)


def entry(**changes):
    item = {
        "id": "01.C1",
        "protocol": "five runs",
        "threshold": 0.5,
        "estimate": 0.61234,
        "interval": [0.52, 0.71],
        "verdict": "holds",
        **changes,
    }
    return {
        "data": "rendered",
        "profile": "full",
        "device": "CPU (2 cores)",
        "date": "2026-01-31",
        "seeds": [0, 1, 2, 3, 4],
        "claims": [item],
    }


def test_interval_against_the_printed_table_of_student():
    """Effects 1..5: mean 3, s = sqrt(2.5), t(4, 0.975) = 2.776 in every table."""
    half = 2.776 * math.sqrt(2.5) / math.sqrt(5)
    result = judge([1, 2, 3, 4, 5], threshold=1.0)
    assert result.estimate == 3
    assert result.interval == pytest.approx((3 - half, 3 + half), abs=1e-3)
    two = judge([0.0, 1.0], threshold=0)  # t(1, 0.975) = 12.706
    assert two.interval[1] == pytest.approx(0.5 + 12.706 * 0.5, abs=1e-3)


@pytest.mark.parametrize(
    ("effects", "threshold", "verdict"),
    [
        ([1, 2, 3, 4, 5], 1.0, "holds"),
        ([1, 2, 3, 4, 5], 1.1, "inconclusive"),
        ([1, 2, 3, 4, 5], 4.9, "inconclusive"),
        ([1, 2, 3, 4, 5], 5.0, "fails"),
        ([2, 2, 2, 2, 2], 2.0, "holds"),
        ([2, 2, 2, 2, 2], 2.1, "fails"),
        ([7], 0.0, "illustration"),
    ],
)
def test_verdicts(effects, threshold, verdict):
    result = judge(effects, threshold)
    assert result.verdict == verdict
    assert verdict in result.text


@pytest.mark.parametrize("effects", [[], [1.0, math.nan], [math.inf]])
def test_effects_must_be_numbers(effects):
    with pytest.raises(ValueError, match="effects must be finite"):
        judge(effects, 0.0)


def test_a_claim_fixes_five_seeds_and_a_threshold():
    with pytest.raises(ValueError, match=r"01\.C1 needs five seeds"):
        Claim("01.C1", "", "", "", 0.1, seeds=(0, 0, 1, 2, 3))
    with pytest.raises(ValueError, match="threshold nan"):
        Claim("01.C1", "", "", "", math.nan)


def test_table_shows_what_is_stored(capsys):
    stored_table([CLAIM], entry())
    lines = capsys.readouterr().out.splitlines()
    for text in ("01.C1", ">= 0.5", "0.612", "[0.52, 0.71]", "holds"):
        assert text in lines[1]
    assert lines[0].index("stored") == lines[1].index("0.612")
    assert "profile full" in lines[2]
    assert "2026-01-31" in lines[2]
    assert "5 seeds" in lines[2]


def test_table_before_any_run_and_after_a_change(capsys):
    stored_table([CLAIM], None)
    text = capsys.readouterr().out
    assert "not run yet" in text
    assert "nothing yet" in text
    stored_table([CLAIM], entry(threshold=0.2))
    text = capsys.readouterr().out
    assert "protocol changed" in text
    assert "holds" not in text


def test_one_stored_seed_has_no_interval(capsys):
    stored_table([CLAIM], entry(interval=None, verdict="illustration"))
    assert "illustration" in capsys.readouterr().out
