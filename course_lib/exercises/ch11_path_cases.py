"""What right answers to exercise 11.6 do; the hints are in ch11_surface."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np

from course_lib.exercises.cases import expect_array

INF = math.inf
Edges = list[tuple[int, int, float]]  # both ends, and the length


def mesh(edges: Edges) -> tuple[np.ndarray, np.ndarray]:
    """edges (E, 2), whole numbers, and lengths (E,)."""
    ends = np.array([edge[:2] for edge in edges], dtype=np.int64).reshape(-1, 2)
    return ends, np.array([edge[2] for edge in edges], dtype=np.float64)


def told(edges: Edges) -> str:
    """What a mesh is told to be."""
    return " ".join(f"{a}-{b} ({length:g})" for a, b, length in edges) or "no edges"


def distances(answer, edges: Edges, count: int) -> np.ndarray:
    """What comes back for a mesh of so many vertices."""
    return answer(*mesh(edges), count)


def check_paths(answer, edges: Edges, want: list) -> None:
    """AssertionError when the distances are others."""
    what = f"{len(want)} vertices, {told(edges)}"
    expect_array(distances(answer, edges, len(want)), want, what)


def check_line(answer, order: list, steps: list) -> None:
    """AssertionError when distances along a line of vertices are others."""
    edges = [(*ends, step) for ends, step in zip(pairwise(order), steps, strict=True)]
    places = np.zeros(len(order))
    places[order[1:]] = np.cumsum(steps)
    check_paths(answer, edges, np.abs(places[:, None] - places))


def path_neighbours(geodesic) -> None:
    for length in (0.5, 2.0, 7.25):
        for ends in ((0, 1), (1, 0)):
            check_paths(geodesic, [(*ends, length)], [[0, length], [length, 0]])


def path_chain(geodesic) -> None:
    check_line(geodesic, [0, 1, 2], [0.5, 0.25])
    check_line(geodesic, [1, 2, 0], [0.3, 0.4])
    check_line(geodesic, [2, 0, 1], [2.0, 1.5])


def path_detour(geodesic) -> None:
    edges = [(0, 1, 5.0), (1, 2, 1.0), (0, 2, 1.5)]
    check_paths(geodesic, edges, [[0, 2.5, 1.5], [2.5, 0, 1], [1.5, 1, 0]])
    edges = [(0, 1, 2.0), (3, 0, 1.0), (1, 2, 9.0), (0, 2, 3.0), (2, 3, 4.5)]
    want = [[0, 2, 3, 1], [2, 0, 5, 3], [3, 5, 0, 4], [1, 3, 4, 0]]
    check_paths(geodesic, edges, want)


def sheet(rows: int, columns: int, step: float) -> Edges:
    """A grid of vertices, numbered row by row, with both diagonals of each square."""
    found = []
    for row in range(rows):
        for column in range(columns):
            for down, right in ((0, 1), (1, 0), (1, 1), (1, -1)):
                v, u = row + down, column + right
                if v < rows and 0 <= u < columns:
                    length = step * math.hypot(down, right)
                    found.append((row * columns + column, v * columns + u, length))
    return found


def sheet_distances(rows: int, columns: int, step: float) -> np.ndarray:
    """First as many diagonals as there are, then straight on."""
    row, column = np.divmod(np.arange(rows * columns), columns)
    down, right = (np.abs(place[:, None] - place) for place in (row, column))
    return step * (np.abs(down - right) + math.sqrt(2) * np.minimum(down, right))


def path_sheet(geodesic) -> None:
    for rows, columns, step in ((5, 7, 0.05), (1, 12, 0.4), (6, 3, 1.0)):
        edges, shape = sheet(rows, columns, step), (rows, columns, step)
        found = distances(geodesic, edges, rows * columns)
        what = f"a flat grid of {rows} x {columns} vertices, {step} m, with diagonals"
        expect_array(found, sheet_distances(*shape), what)
    check_line(geodesic, [5, 2, 0, 7, 3, 6, 1, 4], [1, 2, 3, 1, 2, 3, 1])


def path_apart(geodesic) -> None:
    check_paths(geodesic, [(0, 2, 3.0)], [[0, INF, 3], [INF, 0, INF], [3, INF, 0]])
    edges = [(0, 1, 1.0), (3, 2, 2.0)]
    far = [INF, INF]
    want = [[0, 1, *far], [1, 0, *far], [*far, 0, 2], [*far, 2, 0]]
    check_paths(geodesic, edges, want)


def path_twice(geodesic) -> None:
    """In every order of the lengths, and with the ends in either order."""
    for lengths in ((2.0, 3.0), (3.0, 2.0), (5.0, 2.0, 2.5), (2.5, 5.0, 2.0)):
        for turned in (False, True):
            edges = [(0, 1, length) for length in lengths]
            if turned:
                edges[0] = (1, 0, lengths[0])
            want = [[0, 2, 3], [2, 0, 1], [3, 1, 0]]
            check_paths(geodesic, [*edges, (1, 2, 1.0)], want)


def path_zero(geodesic) -> None:
    check_paths(geodesic, [(0, 1, 0.0)], [[0, 0], [0, 0]])
    check_line(geodesic, [0, 1, 2, 3], [2.0, 0.0, 1.0])
    check_line(geodesic, [3, 1, 2, 0], [0.0, 0.5, 0.0])
    edges = [(0, 1, 0.4), (0, 1, 0.0), (1, 2, 1.0), (2, 0, 3.0)]
    check_paths(geodesic, edges, [[0, 0, 1], [0, 0, 1], [1, 1, 0]])


def path_alone(geodesic) -> None:
    for count in (1, 3):
        want = np.full((count, count), INF)
        np.fill_diagonal(want, 0)
        check_paths(geodesic, [], want)
    far = [INF] * 3
    want = [[0, 2, *far], [2, 0, *far], *([INF] * 5 for _ in range(3))]
    np.fill_diagonal(want := np.array(want), 0)
    check_paths(geodesic, [(0, 1, 2.0)], want)
