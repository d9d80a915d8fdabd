"""The verdict on a claim, from the effects of several seeds.

With the 95 % interval [lo, hi] of the mean effect, a claim holds if lo >= threshold,
fails if hi < threshold, and is else inconclusive.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

CONFIDENCE = 0.95


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
