"""What the reader has cut so far, and what a click does to it.

The explorer's state "cuts" holds, by position and start, {"picked": a candidate or
None, "done": cuts one after the other}, a cut being {"kept": candidates, "joined":
pairs}: lists and numbers only.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from .cut_data import DOT, GREEDY, OPTIMUM, Cuts
from .cut_energy import Bools, Cut, cut_of, groups, pairs, repaired
from .widget import Event, Values

YOURS = "yours"
ALONE, NOTHING = "alone", "nothing"
JOINS, KEEPS = "joins", "keeps"
ONE, ALL = "one", "all"
UNDO, ANEW, REPAIR = "Undo", "Start anew", "Repair"
BUTTONS = (UNDO, ANEW, REPAIR)
STRIP = 34.0  # screen pixels; the height of the row of buttons

Entry = dict[str, Any]
Entries = Mapping[str, Entry]


def key(position: int, start: str) -> str:
    """Under which name the reader's cuts of a position and a start are kept."""
    return f"{position} {start}"


def entry(position: int, start: str, cuts: Entries) -> Entry:
    """What the reader did at a position, from a start."""
    return cuts.get(key(position, start), {"picked": None, "done": []})


def begun(data: Cuts, position: int, start: str) -> Cut:
    """The cut that the reader starts from."""
    many = len(data.names)
    if start == ALONE:
        return cut_of(np.arange(many))
    if start == NOTHING:
        return cut_of(np.full(many, -1))
    return data.solution(start, position)


def as_plain(cut: Cut) -> dict[str, list]:
    """A cut as lists of numbers."""
    kept = [int(d) for d in np.flatnonzero(cut.kept)]
    return {"kept": kept, "joined": [list(pair) for pair in pairs(cut.joined)]}


def from_plain(plain: Mapping[str, list], many: int) -> Cut:
    """The cut that `as_plain` wrote down, of so many candidates."""
    kept, joined = np.zeros(many, bool), np.zeros((many, many), bool)
    kept[plain["kept"]] = True
    for d, e in plain["joined"]:
        joined[d, e] = joined[e, d] = True
    return Cut(kept, joined)


def shown(data: Cuts, position: int, show: str, start: str, cuts: Entries) -> Cut:
    """The cut on show: a given one, or the reader's."""
    if show in (GREEDY, OPTIMUM):
        return data.solution(show, position)
    done = entry(position, start, cuts)["done"]
    if not done:
        return begun(data, position, start)
    return from_plain(done[-1], len(data.names))


# One change.


def toggled_pair(cut: Cut, a: int, b: int) -> Cut:
    """The pair joined, or cut if it was joined; nothing else changes."""
    joined = cut.joined.copy()
    joined[a, b] = joined[b, a] = not joined[a, b]
    return Cut(cut.kept, joined)


def toggled_groups(cut: Cut, a: int, b: int) -> Cut:
    """The groups of both made one, complete; b alone if they were one already."""
    members = _group(cut, a)
    if b in members:
        return Cut(cut.kept, _without(cut.joined, b))
    members = members + _group(cut, b)
    kept, joined = cut.kept.copy(), cut.joined.copy()
    kept[members] = True
    joined[np.ix_(members, members)] = ~np.eye(len(members), dtype=bool)
    return Cut(kept, joined)


def toggled_kept(cut: Cut, a: int, scope: str) -> Cut:
    """The candidate suppressed, or kept again; its pairs stay if only one changes."""
    kept = cut.kept.copy()
    kept[a] = not kept[a]
    return Cut(kept, cut.joined if scope == ONE else _without(cut.joined, a))


def _group(cut: Cut, a: int) -> list[int]:
    """The group of a candidate; itself where it is suppressed."""
    return next((group for group in groups(cut) if a in group), [a])


def _without(joined: Bools, a: int) -> Bools:
    """The pairs but those of one candidate."""
    joined = joined.copy()
    joined[a] = joined[:, a] = False
    return joined


# Clicks.


def buttons(data: Cuts) -> dict[str, tuple[float, float, float, float]]:
    """The box (x, y, w, h) of each button, below the picture."""
    width, height = data.size
    gap, tall = 6 * data.unit, STRIP * data.unit
    wide = (width - gap * (len(BUTTONS) + 1)) / len(BUTTONS)
    return {
        name: (gap + n * (wide + gap), height + gap / 2, wide, tall - gap)
        for n, name in enumerate(BUTTONS)
    }


def responder(data: Cuts) -> Callable[[Values, Event], Values]:
    """What a click on the picture does to the reader's cut."""

    def respond(values: Values, event: Event) -> Values:
        is_ours = event.kind == "click" and event.panel == "image"
        if not is_ours or values["show"] != YOURS:
            return values
        name = key(values["crowding"], values["start"])
        cuts = {k: v for k, v in values["cuts"].items() if k != name}
        changed = _clicked(data, values, event)
        return values | {"cuts": cuts | ({name: changed} if changed else {})}

    return respond


def _clicked(data: Cuts, values: Values, event: Event) -> Entry | None:
    """The reader's entry after a click; None once it is begun anew."""
    position, start, cuts = values["crowding"], values["start"], values["cuts"]
    before = entry(position, start, cuts)
    picked, done = before["picked"], before["done"]
    cut = shown(data, position, YOURS, start, cuts)
    for name, (x, y, w, h) in buttons(data).items():
        if 0 <= event.x + 0.5 - x <= w and 0 <= event.y + 0.5 - y <= h:
            return _pressed(name, before, cut)
    far = np.linalg.norm(data.places[position - 1] - (event.x, event.y), axis=-1)
    near = int(far.argmin())
    if far[near] > (DOT + 4) * data.unit:
        return {"picked": None, "done": done}
    if values["click"] == KEEPS:
        changed = toggled_kept(cut, near, values["scope"])
        return {"picked": None, "done": [*done, as_plain(changed)]}
    if picked is None or picked == near:
        return {"picked": near if picked is None else None, "done": done}
    toggled = toggled_pair if values["scope"] == ONE else toggled_groups
    return {"picked": picked, "done": [*done, as_plain(toggled(cut, picked, near))]}


def _pressed(name: str, before: Entry, cut: Cut) -> Entry | None:
    """The reader's entry after a press of a button."""
    if name == ANEW:
        return None
    done = before["done"]
    if name == UNDO:
        return {"picked": None, "done": done[:-1]}
    return {"picked": None, "done": [*done, as_plain(repaired(cut))]}
