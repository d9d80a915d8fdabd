"""What right answers to exercise 06.5 do; the hints are in ch06_graph.

Every search of single moves passes them, in whichever order it takes its moves.
"""

from __future__ import annotations

import numpy as np

from course_lib.exercises.cases import FormError, expect_pair

Placed = tuple[tuple[int, int], ...]  # (label, person) of the first candidates
MARGIN = 1e-6  # of an energy, far above what rounding does


def problem(alpha: list, costs: dict) -> tuple[np.ndarray, np.ndarray]:
    """alpha (D, C) and beta (D, D, C, C); costs: by candidates and classes (d, e, c, k)

    A pair that has no cost of its own has 0.
    """
    count, classes = np.shape(alpha)
    beta = np.zeros((count, count, classes, classes))
    for (d, e, c, k), cost in costs.items():
        beta[d, e, c, k] = beta[e, d, k, c] = cost
    return np.array(alpha, dtype=float), beta


def noisy_problem(count: int, classes: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """alpha and beta of noise, every fourth class pruned, but never all of one."""
    random = np.random.default_rng(seed)
    alpha = random.normal(-0.5, 1.5, (count, classes))
    alpha[:, 1:][random.random((count, classes - 1)) < 0.25] = np.inf
    noise = random.normal(0, 2, (count, count, classes, classes))
    beta = noise + noise.transpose(1, 0, 3, 2)
    beta[np.arange(count), np.arange(count)] = 0
    return alpha, beta


def energy(labels: list, clusters: list, alpha: np.ndarray, beta: np.ndarray) -> float:
    """The energy of a solution, candidate by candidate and pair by pair."""
    kept = [d for d, person in enumerate(clusters) if person >= 0]
    total = sum(alpha[d, labels[d]] for d in kept)
    for d in kept:
        for e in kept:
            if d < e and clusters[d] == clusters[e]:
                total += beta[d, e, labels[d], labels[e]]
    return float(total)


def optimum(alpha: np.ndarray, beta: np.ndarray, placed: Placed = ()) -> float:
    """Lowest energy that the candidates after those placed can add: all are tried."""
    d = len(placed)
    if d == len(alpha):
        return 0.0
    best = optimum(alpha, beta, (*placed, (-1, -1)))
    people = 1 + max([person for _, person in placed], default=-1)
    for label in range(alpha.shape[1]):
        for person in range(people + 1):
            cost = alpha[d, label]
            for e, (other, where) in enumerate(placed):
                cost += beta[d, e, label, other] if where == person else 0.0
            after = optimum(alpha, beta, (*placed, (label, person)))
            best = min(best, float(cost + after))
    return best


def lower_move(labels, clusters, alpha, beta) -> str:
    """A single move that lowers the energy, in words; empty when there is none."""
    now = energy(labels, clusters, alpha, beta)
    for d in range(len(labels)):
        people = sorted({*clusters, max(clusters, default=-1) + 1} - {-1})
        places = [(c, person) for c in range(alpha.shape[1]) for person in people]
        for label, person in [(-1, -1), *places]:
            new_labels, new_clusters = list(labels), list(clusters)
            new_labels[d], new_clusters[d] = label, person
            after = energy(new_labels, new_clusters, alpha, beta)
            if after < now - MARGIN:
                told = f"candidate {d} as class {label} in person {person}"
                told = told if label >= 0 else f"candidate {d} suppressed"
                return f"{told} lowers {now:.3g} to {after:.3g}"
    return ""


def searched(local_search, labels, clusters, alpha, beta, what) -> tuple[list, list]:
    """Labels and persons that the answer returns, after a look at their form."""
    start = np.array(labels, dtype=int), np.array(clusters, dtype=int)
    found = expect_pair(local_search(*start, alpha, beta), "labels and clusters")
    for values, name in zip(found, ("labels", "clusters"), strict=True):
        shape, kind = np.shape(values), getattr(values, "dtype", type(values).__name__)
        if shape != (len(alpha),) or kind != start[0].dtype:
            told = f"expected whole numbers ({len(alpha)},), got {kind} {shape}"
            raise FormError(f"{what}: the {name}: {told}")
    new_labels, new_clusters = (values.tolist() for values in found)
    for d, (label, person) in enumerate(zip(new_labels, new_clusters, strict=True)):
        told = f"{what}: candidate {d} has class {label} and person {person}"
        is_kept = label in range(alpha.shape[1]) and person >= 0
        assert is_kept or label == person == -1, told
    return new_labels, new_clusters


def search_solution(local_search) -> None:
    for labels, clusters in (([0, 0, 1], [0, 0, 0]), ([0, 0, 0], [0, 1, 2])):
        given = problem([[2, 1], [3, 2], [-1, -2]], {(0, 1, 0, 0): 1, (0, 2, 1, 1): 1})
        what = f"labels {labels}, clusters {clusters}"
        searched(local_search, labels, clusters, *given, what)


def clean() -> tuple[np.ndarray, np.ndarray]:
    """Two people: candidates 0, 1 and 2, two of them of one class, and 3 and 4."""
    right, people = np.array([0, 1, 0, 0, 1]), np.array([0, 0, 0, 1, 1])
    alpha = np.where(right[:, None] == np.arange(2), -2.0, 3.0)
    is_one = people[:, None] == people
    beta = np.where(is_one, -1.5, 2.5)[:, :, None, None] * np.ones((1, 1, 2, 2))
    beta[np.arange(5), np.arange(5)] = 0
    return alpha, beta


def search_clean(local_search) -> None:
    given = clean()
    want = optimum(*given)
    what = "two clean people, each candidate alone at first"
    found = searched(local_search, [0, 1, 0, 0, 1], [0, 1, 2, 3, 4], *given, what)
    got = energy(*found, *given)
    told = f"{what}: the lowest energy is {want:.4g}, yours {got:.4g} with"
    assert got < want + MARGIN, f"{told} labels {found[0]}, clusters {found[1]}"


def search_start(local_search) -> None:
    starts = [([0, 0], [0, 0], problem([[0.5], [0.5]], {(0, 1, 0, 0): -3}))]
    for seed in range(3):
        starts.append(([0] * 6, [0, 0, 0, 1, 1, 1], noisy_problem(6, 1, seed)))
    for labels, clusters, given in starts:
        what = f"{len(labels)} candidates, clusters {clusters}"
        found = searched(local_search, labels, clusters, *given, what)
        before, after = energy(labels, clusters, *given), energy(*found, *given)
        told = f"{what}: the energy was {before:.4g}, and is {after:.4g}"
        assert after < before + MARGIN, told


def search_leaves_out(local_search) -> None:
    given = problem([[1.0], [-2.0], [0.5]], {(0, 1, 0, 0): 1, (1, 2, 0, 0): 3})
    what = "alpha 1, -2, 0.5, no pair that pays"
    labels, _ = searched(local_search, [0, 0, 0], [0, 1, 2], *given, what)
    assert labels == [-1, 0, -1], f"{what}: expected labels [-1, 0, -1], got {labels}"


def search_keeps_again(local_search) -> None:
    given = problem([[-1.0, 2.0], [4.0, -1.0]], {(0, 1, 0, 1): -2})
    what = "alpha -1 and beta -2 for a candidate that is suppressed at first"
    labels, _ = searched(local_search, [0, -1], [0, -1], *given, what)
    assert labels == [0, 1], f"{what}: expected labels [0, 1], got {labels}"


def search_own_person(local_search) -> None:
    given = problem([[-3.0], [-3.0]], {(0, 1, 0, 0): 2.0})
    what = "alpha -3, beta 2, both candidates in one person at first"
    _, clusters = searched(local_search, [0, 0], [0, 0], *given, what)
    people = {person for person in clusters if person >= 0}
    assert len(people) == 2, f"{what}: expected two people, got clusters {clusters}"


def search_class(local_search) -> None:
    given = problem([[-1.0, -3.0], [-2.0, 1.0]], {(0, 1, 1, 0): -1})
    what = "alpha -1 for class 0, which it has at first, and -3 for class 1"
    for clusters in ([0, 0], [0, 1]):
        labels, _ = searched(local_search, [0, 0], clusters, *given, what)
        assert labels == [1, 0], f"{what}: expected labels [1, 0], got {labels}"


def search_which_class(local_search) -> None:
    costs = {(0, 1, 0, 1): -3, (0, 1, 1, 0): 3, (0, 1, 0, 0): 3, (0, 1, 1, 1): 3}
    given = problem([[-1.0, np.inf], [np.inf, -1.0]], costs)
    what = "beta[0, 1, 0, 1] = -3, beta[0, 1, 1, 0] = 3"
    _, clusters = searched(local_search, [0, 1], [0, 1], *given, what)
    told = f"{what}, classes 0 and 1: expected one person, got clusters {clusters}"
    assert clusters[0] == clusters[1], told


def search_pruned(local_search) -> None:
    given = problem([[-1.0, np.inf], [-1.0, -1.0]], {(0, 1, 1, 1): -9.0})
    what = "class 1 pruned for candidate 0, beta -9 if both had it"
    labels, _ = searched(local_search, [0, 1], [0, 0], *given, what)
    assert labels[0] == 0, f"{what}: expected class 0 for it, got {labels[0]}"


def search_itself(local_search) -> None:
    for diagonal in (-9.0, 9.0):
        alpha, beta = problem([[-1.0], [1.0]], {(0, 1, 0, 0): 2.0})
        beta[[0, 1], [0, 1]] = diagonal
        what = f"alpha -1 and 1, beta[d, d] = {diagonal}, which is not used"
        labels, _ = searched(local_search, [0, 0], [0, 1], alpha, beta, what)
        assert labels == [0, -1], f"{what}: expected labels [0, -1], got {labels}"


def search_end(local_search) -> None:
    for seed in range(6):
        given = noisy_problem(6, 3, seed)
        alone = [0] * 6, list(range(6))
        for labels, clusters in (alone, ([0] * 6, [0] * 6), ([-1] * 6, [-1] * 6)):
            what = f"six noisy candidates (seed {seed}), clusters {clusters}"
            found = searched(local_search, labels, clusters, *given, what)
            move = lower_move(*found, *given)
            assert not move, f"{what}: {move}"


def search_nobody(local_search) -> None:
    searched(local_search, [], [], *problem(np.zeros((0, 2)), {}), "no candidate")
