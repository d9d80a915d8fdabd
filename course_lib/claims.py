"""A paper's claims under test: what was fixed before the run, and the verdict.

The effect of a seed is signed so that positive is as claimed. With the 95 % interval
[lo, hi] of the mean effect, a claim holds if lo >= threshold, fails if hi < threshold,
and is else inconclusive.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten

CONFIDENCE = 0.95
STATEMENT_WIDTH = 44


@dataclass(frozen=True)
class Claim:
    """What is fixed before any run.

    id: such as "01.C1". statement: one sentence, effect and direction. source: its
    place in the paper. protocol: the toy experiment and what the effect is. threshold:
    the smallest effect that counts, in the effect's unit. seeds: five or more.
    """

    id: str
    statement: str
    source: str
    protocol: str
    threshold: float
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)

    def __post_init__(self) -> None:
        if len(set(self.seeds)) < 5:
            raise ValueError(f"claim {self.id} needs five seeds, not {self.seeds}")
        if not math.isfinite(self.threshold):
            raise ValueError(f"claim {self.id} has the threshold {self.threshold}")


@dataclass(frozen=True)
class Judgement:
    """The mean effect, its 95 % interval (None for one seed) and the verdict."""

    estimate: float
    interval: tuple[float, float] | None
    verdict: str
    text: str


def judge(effects: Sequence[float], threshold: float) -> Judgement:
    """The verdict on the effects of several seeds, paired by seed.

    The interval is Student's t on the mean; equal effects give one of length zero.
    One effect is an illustration without verdict. ValueError on none, or on NaN.
    """
    effects = [float(effect) for effect in effects]
    if not effects or not all(map(math.isfinite, effects)):
        raise ValueError(f"effects must be finite and at least one, not {effects}")
    count, mean = len(effects), math.fsum(effects) / len(effects)
    if count < 2:
        text = f"{mean:.3g} from one seed: an illustration, no verdict"
        return Judgement(mean, None, "illustration", text)
    variance = math.fsum((effect - mean) ** 2 for effect in effects) / (count - 1)
    half = _t_quantile(count - 1) * math.sqrt(variance / count)
    low, high = mean - half, mean + half
    verdict = "inconclusive"
    if low >= threshold:
        verdict = "holds"
    elif high < threshold:
        verdict = "fails"
    text = f"{mean:.3g} [{low:.3g}, {high:.3g}], threshold {threshold:.3g}: {verdict}"
    return Judgement(mean, (low, high), verdict, text)


def _t_quantile(degrees: int) -> float:
    """How many standard errors the interval reaches to either side."""
    from scipy.special import stdtrit  # scipy.stats would take seconds to import

    return float(stdtrit(degrees, (1 + CONFIDENCE) / 2))


def stored_table(claims: Sequence[Claim], entry: Mapping | None) -> None:
    """Prints the claims: threshold, stored estimate and interval, verdict.

    entry: of `results.stored`, None while there is none. A stored claim whose protocol
    or threshold differs from `claims` gets no verdict.
    """
    stored = {item["id"]: item for item in (entry or {}).get("claims", [])}
    header = ["claim", "", "needs", "stored", "95 % interval", "verdict"]
    rows = [header, *(_row(claim, stored.get(claim.id)) for claim in claims)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = (cell.ljust(width) for cell, width in zip(row, widths, strict=True))
        print("  ".join(cells).rstrip())
    print(_origin(entry))


def _row(claim: Claim, stored: Mapping | None) -> list[str]:
    statement = shorten(claim.statement, STATEMENT_WIDTH, placeholder=" …")
    start = [claim.id, statement, f">= {claim.threshold:.3g}"]
    if stored is None:
        return [*start, "-", "-", "not run yet"]
    values, verdict = "-", stored["verdict"]
    if stored["interval"]:
        values = "[{:.3g}, {:.3g}]".format(*stored["interval"])
    if any(stored[key] != getattr(claim, key) for key in ("protocol", "threshold")):
        verdict = "protocol changed: run again"
    return [*start, f"{stored['estimate']:.3g}", values, verdict]


def _origin(entry: Mapping | None) -> str:
    if entry is None:
        return "Stored: nothing yet."
    seeds = f"{len(entry['seeds'])} seeds"
    profile = f"profile {entry['profile']}, data {entry['data']}"
    return f"Stored: {profile}, {seeds}, {entry['device']}, {entry['date']}."
