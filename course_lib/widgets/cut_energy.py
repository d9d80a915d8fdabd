"""Cuts of a graph of candidates: what they cost, and the constraints they break.

Every candidate d has one class, so that a cut is x_d (kept) and y_dd' (joined) of
DeepCut's integer program, in which z equals y.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.sparse.csgraph import connected_components

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Pair = tuple[int, int]


@dataclass(frozen=True, eq=False)
class Cut:
    """Candidates kept, (D,), and pairs joined, (D, D), symmetric, no diagonal."""

    kept: Bools
    joined: Bools


def cut_of(clusters: ArrayLike) -> Cut:
    """The cut of a solution (D,): candidates of one number joined, -1 suppressed."""
    clusters = np.asarray(clusters)
    kept = clusters >= 0
    joined = (clusters[:, None] == clusters) & kept
    np.fill_diagonal(joined, False)
    return Cut(kept, joined)


def pairs(mask: Bools) -> list[Pair]:
    """The pairs d < e of a symmetric mask (D, D), in order."""
    return [(int(d), int(e)) for d, e in np.argwhere(np.triu(mask, 1))]


def cost(cut: Cut, alpha: Floats, beta: Floats) -> float:
    """The sum of alpha (D,) over kept candidates and of beta (D, D) over joined pairs.

    A joined pair counts even where an end is suppressed: the objective alone does not
    forbid it, only the constraints do.
    """
    return float(alpha[cut.kept].sum() + np.triu(beta, 1)[cut.joined].sum())


def groups(cut: Cut) -> list[list[int]]:
    """Kept candidates that chains of joined pairs connect, by their first member."""
    linked = cut.joined & cut.kept & cut.kept[:, None]
    _, group = connected_components(linked, directed=False)
    members = (np.flatnonzero(cut.kept & (group == g)) for g in np.unique(group))
    return sorted(some.tolist() for some in members if len(some))


def broken_triangles(joined: Bools) -> list[tuple[int, int, int]]:
    """Triples (a, b, c), a < c, with a-b and b-c joined but a-c not: transitivity.

    Each is one violated inequality y_ab + y_bc - 1 <= y_ac. Ordered by a, c and b.
    """
    broken = []
    for a, c in pairs(~joined):
        middles = np.flatnonzero(joined[a] & joined[c])
        broken += [(a, int(b), c) for b in middles]
    return broken


def loose_pairs(cut: Cut) -> list[Pair]:
    """Joined pairs with a suppressed end: the coupling constraint is broken."""
    return pairs(cut.joined & ~(cut.kept & cut.kept[:, None]))


def repaired(cut: Cut) -> Cut:
    """The cut with every group complete and no pair of a suppressed candidate."""
    clusters = np.full(len(cut.kept), -1)
    for number, group in enumerate(groups(cut)):
        clusters[group] = number
    return cut_of(clusters)


def pair_f1(cut: Cut, truth: ArrayLike) -> float:
    """F1 of the joined pairs of kept candidates, against those of one true person.

    truth: (D,), the person of each candidate, -1 for a false positive. 1 where there is
    no pair to find and none is joined.
    """
    true = cut_of(truth).joined
    found = cut.joined & cut.kept & cut.kept[:, None]
    both = true.sum() + found.sum()
    return float(2 * (true & found).sum() / both) if both else 1.0
