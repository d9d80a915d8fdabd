"""The assembly of people from connections, step by step, as layers of primitives.

step: which connection, from 1.
"""

from __future__ import annotations

import numpy as np

from .cascade_data import words
from .cut_data import spread
from .cut_words import listed
from .paf_data import ADD, CONFLICT, MERGE, NEW, REDUNDANT, Fields, Peak
from .paf_views import FieldViews, value
from .palette import VERMILLION, WHITE, YELLOW
from .primitives import Caption, Dash, Lines, Points, Primitive
from .theatre_views import BADGE, HUES, badge

TALL = 300.0  # screen pixels; about how high the picture is shown
FREE = 2.2  # screen pixels; the radius of a peak
GLOW = 11.0  # screen pixels; the width of the present connection
PRESENT, IGNORED = YELLOW, VERMILLION
IGNORED_DASH: Dash = (7.0, 5.0)
NAMES = {
    NEW: "new person",
    ADD: "part added",
    REDUNDANT: "redundant (score only)",
    MERGE: "two people merged",
    CONFLICT: "conflict (ignored)",
}


def hues(lives: dict[int, tuple[int, int]]) -> dict[int, str]:
    """A colour for each person, by the first and last step at which there is one.

    People of one time differ in it while there are enough; the longest-lived choose
    first, so that those left at the end differ.
    """
    made: dict[int, str] = {}
    for person in sorted(lives, key=lambda n: lives[n][0] - lives[n][1]):
        first, last = lives[person]
        others = ((other, lives[other]) for other in made)
        taken = {made[other] for other, (a, b) in others if a <= last and b >= first}
        free = (hue for hue in HUES if hue not in taken)
        made[person] = next(free, HUES[person % len(HUES)])
    return made


class PeopleViews:
    """Draws the people so far from checked data; `fields` names the peaks."""

    def __init__(self, data: Fields, fields: FieldViews) -> None:
        self.data = data
        self.fields = fields
        self.unit = data.size[1] / TALL  # px to a screen pixel, about
        lives: dict[int, tuple[int, int]] = {}
        for step, owners in enumerate(data.owners):
            for person in owners.values():
                lives[person] = lives.get(person, (step, step))[0], step
        self.hues = hues(lives)

    def place(self, peak: Peak) -> tuple[float, float]:
        """Where a peak lies, whole px."""
        x, y = np.rint(self.data.peaks[peak[0]][peak[1], :2]).tolist()
        return x, y

    def peaks(self) -> list[Primitive]:
        """Every peak of every part."""
        return [
            Points(
                np.rint(peaks[:, :2]),
                self.fields.peak_labels(part),
                WHITE,
                FREE,
                halo=True,
            )
            for part, peaks in enumerate(self.data.peaks)
        ]

    def now(self, step: int) -> list[Primitive]:
        """The present connection, below the people."""
        now = self.data.steps[step - 1]
        ends = [self.place(peak) for peak in self.data.connected(now)]
        marks: list[Primitive] = [Lines(ends[:1], ends[1:], PRESENT, GLOW, halo=True)]
        if now.case == CONFLICT:
            marks.append(Lines(ends[:1], ends[1:], IGNORED, 3.5, IGNORED_DASH))
        return marks

    def people(self, step: int) -> list[Primitive]:
        """What each person is made of, in its colour."""
        marks: list[Primitive] = []
        for person, pairs in self.data.joined(step).items():
            colour = self.hues[person]
            starts = [self.place(first) for first, _ in pairs]
            ends = [self.place(second) for _, second in pairs]
            peaks = self._peaks(step, person)
            marks += [
                Lines(starts, ends, colour, 3, halo=True),
                Points(peaks, (), colour, 3, halo=True),
            ]
        return marks

    def _peaks(self, step: int, person: int) -> list[tuple[float, float]]:
        """Where the peaks of a person lie after a step."""
        owners = self.data.owners[step - 1]
        return [self.place(peak) for peak, owner in owners.items() if owner == person]

    def badges(self, step: int) -> list[Primitive]:
        """The number of each person above its highest peak."""
        people = list(self.data.joined(step))
        if not people:
            return []
        peaks = [self._peaks(step, person) for person in people]
        tops = np.array([min(own, key=lambda place: place[1]) for own in peaks])
        above = tops - [0, 2 * BADGE * self.unit]
        gap = (2 * BADGE + 3) * self.unit
        places = np.rint(spread(above, gap, self.data.size)).tolist()
        marks: list[Primitive] = []
        for person, own, place in zip(people, peaks, places, strict=True):
            label = f"person {person}, {len(own)} parts"
            marks += badge(f"{person}", self.hues[person], *place, label)
        return marks

    def told(self, step: int) -> list[Primitive]:
        """The present connection, its case, and whom it concerns."""
        now = self.data.steps[step - 1]
        pair = self.data.connected(now)
        name = " – ".join(map(self.fields.peak_name, pair))
        start = f"{name[:1].upper()}{name[1:]}, score {value(now.score)}"
        return [Caption(f"{start}. {self._case(step, now.case, pair)}.")]

    def _case(self, step: int, case: str, pair: tuple[Peak, Peak]) -> str:
        """What a step does to whom."""
        after = self.data.owners[step - 1]
        before = self.data.owners[step - 2] if step > 1 else {}
        olds = [before.get(peak) for peak in pair]
        if case == NEW:
            return f"New person {after[pair[0]]}"
        if case == ADD:
            added = pair[0] if olds[0] is None else pair[1]
            part = words(self.data.parts[added[0]])
            return f"The {part} is added to person {after[pair[0]]}"
        if case == REDUNDANT:
            return f"Both are of person {after[pair[0]]} already: score only"
        if case == MERGE:
            both = listed([f"{n}" for n in sorted(n for n in olds if n)])
            return f"Persons {both} are merged"
        whose = [f"person {n}" if n else "nobody" for n in olds]
        return f"Conflict, ignored: they are of {whose[0]} and of {whose[1]}"
