"""What the explorer of cuts says of a cut: its cost, its people, what it breaks.

Positions count from 1. `show`, `start` and `cuts` say which cut is shown.
"""

from __future__ import annotations

from .cut_data import GREEDY, OPTIMUM, Cuts
from .cut_energy import Cut, broken_triangles, groups, loose_pairs
from .cut_moves import YOURS, Entries, shown
from .cut_views import number

NAMED = 4  # broken constraints spelt out
SAME = 0.05  # costs that differ by less read alike


def counted(count: int, one: str, more: str = "") -> str:
    """A number of things: "1 part", "3 parts"."""
    return f"{count} {one if count == 1 else more or one + 's'}"


def listed(items: list[str]) -> str:
    """Words joined as in prose."""
    if len(items) < 2:
        return "".join(items)
    return ", ".join(items[:-1]) + " and " + items[-1]


def some(items: list[str]) -> str:
    """The first few, and that there are more."""
    return ", ".join(items[:NAMED]) + (" and more" if len(items) > NAMED else "")


class Sentences:
    """Writes about a cut from checked data."""

    def __init__(self, data: Cuts) -> None:
        self.data = data

    def sentence(self, crowding: int, show: str, start: str, cuts: Entries) -> str:
        """What the cut costs, who is in it, and which constraints it breaks."""
        cut = shown(self.data, crowding, show, start, cuts)
        costs = {name: values[crowding - 1] for name, values in self.data.costs.items()}
        if show == OPTIMUM:
            gap = number(costs[GREEDY] - costs[OPTIMUM])
            first = f"The optimum costs {number(costs[OPTIMUM])}, greedy"
            return f"{first} {number(costs[GREEDY])} (gap {gap}). {self.people(cut)}"
        cost = self.data.cost(cut, crowding)
        whose = "Your cut" if show == YOURS else "Greedy"
        gap = number(cost - costs[OPTIMUM])
        first = f"{whose} costs {number(cost)}, the optimum {number(costs[OPTIMUM])}"
        first += f" (gap {gap}). {self.people(cut)}"
        if show != YOURS:
            return first
        return f"{first} {self.verdict(cut, cost - costs[OPTIMUM])}"

    def people(self, cut: Cut) -> str:
        """How many people of how many parts."""
        persons, off = self.data.persons(cut), int((~cut.kept).sum())
        single = len(groups(cut)) - len(persons)
        sizes = listed([str(len(group)) for group in persons])
        found = [f"{counted(len(persons), 'person', 'people')} of {sizes} parts"]
        found = found if persons else []
        found += [f"{counted(single, 'part')} alone"] if single else []
        found += [f"{off} suppressed"] if off else []
        return ", ".join(found) + "."

    def verdict(self, cut: Cut, gap: float) -> str:
        """The broken constraints; without any, how far from the optimum."""
        tags = self.data.tags
        triangles = ["–".join(tags[d] for d in t) for t in broken_triangles(cut.joined)]
        loose = ["–".join(tags[d] for d in pair) for pair in loose_pairs(cut)]
        told = []
        if triangles:
            count = counted(len(triangles), "triangle is", "triangles are")
            told.append(f"{count} broken: {some(triangles)}.")
        if loose:
            count = counted(len(loose), "joined pair has", "joined pairs have")
            told.append(f"{count} a suppressed end: {some(loose)}.")
        if not told:
            if gap < SAME:
                return "No constraint is broken: this is the optimum."
            return "No constraint is broken."
        if gap < -SAME:
            told.append("So it may cost less than the optimum.")
        return " ".join(told)
