"""A paper's claims under test: what was fixed before the run, and what came of it.

The effect of a seed is signed so that positive is as claimed. Verdicts are those of
`judging`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from textwrap import shorten

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
