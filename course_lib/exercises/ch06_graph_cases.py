"""What right answers to exercise 06.3 do; the hints are in ch06_graph."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

from course_lib.exercises.cases import FormError

Pairs = list[tuple[int, int]]


def graph(kept: Pairs, cut: Pairs) -> tuple[np.ndarray, np.ndarray]:
    """edges (M, 2) and joined (M,) of a graph with these edges, first the joined."""
    edges = np.array([*kept, *cut], dtype=int).reshape(-1, 2)
    return edges, np.arange(len(edges)) < len(kept)


def steps_between(kept: Pairs, count: int) -> np.ndarray:
    """Fewest joined edges from node to node (count, count), inf where there is no way.

    After step n of the loop it is right for all ways through the nodes below n.
    """
    steps = np.full((count, count), np.inf)
    np.fill_diagonal(steps, 0)
    for a, b in kept:
        steps[a, b] = steps[b, a] = 1
    for node in range(count):
        steps = np.minimum(steps, steps[:, node, None] + steps[None, node])
    return steps


def nodes_of(found: Any, what: str) -> list[int]:
    """The answer as a list of whole numbers; FormError when it is something else."""
    if not isinstance(found, list | tuple):
        kind = type(found).__name__
        raise FormError(f"{what}: expected a list of nodes, got a value of type {kind}")
    if not all(isinstance(node, int | np.integer) for node in found):
        raise FormError(f"{what}: expected whole numbers, got {found}")
    return [int(node) for node in found]


def check_cycle(violated_cycle, kept: Pairs, cut: Pairs, count: int, what) -> None:
    """AssertionError when the answer is not a cycle with one of the cut edges."""
    found = violated_cycle(*graph(kept, cut), count)
    assert found is not None, f"{what}: there is such a cycle, got None"
    nodes = nodes_of(found, what)
    ends = [frozenset(pair) for pair in cut]
    told = f"{what}: no cut edge joins the two ends of {nodes}"
    assert frozenset((*nodes[:1], *nodes[-1:])) in ends, told
    edges = [frozenset(pair) for pair in kept]
    for a, b in pairwise(nodes):
        told = f"{what}: {nodes} goes from {a} to {b}, and no joined edge does"
        assert frozenset((a, b)) in edges, told
    fewest = int(steps_between(kept, count)[nodes[0], nodes[-1]])
    told = f"{what}: {nodes} takes {len(nodes) - 1} joined edges where {fewest} do"
    assert len(nodes) - 1 == fewest, told


def check_none(violated_cycle, kept: Pairs, cut: Pairs, count: int, what) -> None:
    """AssertionError when the answer finds a cycle."""
    found = violated_cycle(*graph(kept, cut), count)
    assert found is None, f"{what}: expected None, got {found}"


def cycle_triangle(violated_cycle) -> None:
    for a, b, c in ((0, 1, 2), (1, 2, 3), (0, 2, 3)):
        what = f"a triangle whose edge {a}-{c} is cut"
        check_cycle(violated_cycle, [(a, b), (b, c)], [(a, c)], 4, what)


def cycle_both_ways(violated_cycle) -> None:
    for kept in ([(1, 0), (1, 2)], [(0, 1), (2, 1)], [(1, 0), (2, 1)]):
        for cut in ((0, 2), (2, 0)):
            what = f"joined edges {kept}, cut edge {cut}"
            check_cycle(violated_cycle, kept, [cut], 3, what)


def cycle_square(violated_cycle) -> None:
    for count in (4, 6):
        kept = [(n, n + 1) for n in range(count - 1)]
        what = f"a ring of {count} nodes without diagonals, one edge cut"
        check_cycle(violated_cycle, kept, [(0, count - 1)], count, what)


def cycle_components(violated_cycle) -> None:
    what = "pairs 0-1 and 2-3, all edges between them cut"
    kept, cut = [(0, 1), (2, 3)], [(1, 2), (0, 3), (0, 2), (1, 3)]
    check_none(violated_cycle, kept, cut, 4, what)
    what = "a triangle 0, 1, 2 and a pair 3-4, edges 2-3 and 0-4 cut"
    kept, cut = [(0, 1), (1, 2), (0, 2), (3, 4)], [(2, 3), (0, 4)]
    check_none(violated_cycle, kept, cut, 5, what)


def cycle_any(violated_cycle) -> None:
    kept, cut = [(0, 1), (1, 2), (3, 4)], [(2, 3), (0, 2), (1, 4)]
    for _ in cut:  # each is the first one once
        what = f"0-1-2 and 3-4 joined, cut edges {cut}"
        check_cycle(violated_cycle, kept, cut, 5, what)
        cut = [*cut[1:], cut[0]]


def cycle_joined_only(violated_cycle) -> None:
    kept = [(n, n + 1) for n in range(4)]
    for cut in ([(0, 4), (0, 2)], [(0, 4), (2, 4)], [(0, 4), (1, 3)]):
        what = f"0-1-2-3-4 joined, cut edges {cut}"
        check_cycle(violated_cycle, kept, cut, 5, what)


def cycle_shortest(violated_cycle) -> None:
    kept = [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)]
    for cut in ((0, 3), (0, 2), (2, 4)):
        what = f"a ring 0-1-2-3-4-0 joined, its diagonal {cut} cut"
        check_cycle(violated_cycle, kept, [cut], 5, what)


def cycle_nothing(violated_cycle) -> None:
    for count, kept, cut in (
        (3, [], [(0, 1), (1, 2), (0, 2)]),
        (4, [(0, 1)], [(1, 2)]),
        (3, [], []),
        (0, [], []),
    ):
        what = f"{count} nodes, {len(kept)} joined edges, {len(cut)} cut ones"
        check_none(violated_cycle, kept, cut, count, what)
