"""Chapter 06: what its cases compare with, and right answers of another kind."""

import math
from itertools import combinations, product

import numpy as np
import pytest
import torch
from scipy.sparse import csgraph

from course_lib.exercises import ch06_graph_cases as graph_cases
from course_lib.exercises import ch06_search_cases as search_cases
from course_lib.exercises import checking, first_failure
from course_lib.notebooks import ROOT, load_solutions

PATH = ROOT / "notebooks" / "06_deepcut.ipynb"
HIDDEN = {solution.id: solution.hidden for solution in load_solutions(PATH).SOLUTIONS}


def cost_of_odds(p, eps=1 / 255):
    return None if p <= eps else float(torch.logit(torch.tensor(max(1 - p, eps))))


def size_by_loops(allowed):
    count, classes = allowed.shape
    pairs = list(combinations(range(count), 2))
    ways = product(pairs, range(classes), range(classes))
    z = [allowed[d, c] and allowed[e, k] for (d, e), c, k in ways]
    return [np.count_nonzero(allowed), len(pairs), np.sum(z, dtype=np.int32)]


def cycle_from_behind(edges, joined, count):
    """The shortest way of the last cut edge that has one, from its second end."""
    steps = np.zeros((count, count))
    steps[tuple(edges[joined].T)] = 1
    for start, end in edges[~joined][::-1]:
        found = csgraph.breadth_first_order(steps, end, directed=False)
        nodes, before = found[0].tolist(), found[1]
        if start in nodes:
            path = [start]
            while path[-1] != end:
                path.append(before[path[-1]])
            return tuple(path[::-1])
    return None


def people_by_rank(shares):
    """Predictions in falling order of their best share, the first of equals first."""
    assigned, taken = np.full(len(shares), -1), set()
    best = [max(row, default=0.0) for row in shares.tolist()]
    for i in sorted(range(len(shares)), key=lambda i: (-best[i], i)):
        person = shares[i].tolist().index(best[i]) if best[i] > 0 else -1
        if person not in taken:
            assigned[i] = person
            taken |= {person} - {-1}
    return torch.from_numpy(assigned)


def neighbours(solution, given):
    """All solutions one move away, and their energies."""
    labels, clusters = solution
    places = product(range(given[0].shape[1]), range(-1, len(labels) + 1))
    places = [(-1, -1), *((c, p) for c, p in places if p >= 0)]
    for d, (label, person) in product(range(len(labels)), places):
        moved = labels.copy(), clusters.copy()
        moved[0][d], moved[1][d] = label, person
        yield moved, search_cases.energy(*moved, *given)


def search_steepest(labels, clusters, alpha, beta):
    """The best of all moves, again and again."""
    solution, given = (labels, clusters), (alpha, beta)
    now = search_cases.energy(*solution, *given)
    while len(labels):
        best, energy = min(neighbours(solution, given), key=lambda item: item[1])
        if energy > now - 1e-9:
            break
        solution, now = best, energy
    return solution[0].copy(), solution[1].copy()


def search_at_random(seed):
    """Any move that lowers the energy, drawn at random."""

    def answer(labels, clusters, alpha, beta):
        random = np.random.default_rng(seed)
        solution, given = (labels.copy(), clusters.copy()), (alpha, beta)
        while True:
            now = search_cases.energy(*solution, *given)
            lower = [s for s, e in neighbours(solution, given) if e < now - 1e-9]
            if not lower:
                return solution
            solution = lower[random.integers(len(lower))]

    return answer


@pytest.mark.parametrize(
    ("number", "answer"),
    [
        ("06.1", cost_of_odds),
        ("06.2", size_by_loops),
        ("06.3", cycle_from_behind),
        ("06.4", people_by_rank),
        ("06.5", search_steepest),
        *(("06.5", search_at_random(seed)) for seed in range(3)),
    ],
)
def test_another_right_answer_passes(number, answer):
    cases = [*checking.find_exercise(number).cases, *HIDDEN[number]]
    failure = first_failure(cases, answer)
    assert failure is None, f"{failure.case.name}: {failure.why}"


def solutions(count, classes):
    """Every solution of so many candidates, labels and clusters."""
    places = [(-1, -1), *product(range(classes), range(count))]
    for chosen in product(places, repeat=count):
        yield [label for label, _ in chosen], [person for _, person in chosen]


@pytest.mark.parametrize("seed", range(3))
def test_optimum_is_the_lowest_energy_of_all_solutions(seed):
    given = search_cases.noisy_problem(4, 2, seed)
    energies = [search_cases.energy(*each, *given) for each in solutions(4, 2)]
    assert math.isclose(search_cases.optimum(*given), min(energies), abs_tol=1e-9)


def test_a_lower_move_is_found_when_there_is_one():
    given = search_cases.noisy_problem(4, 2, 5)
    random = np.random.default_rng(0)
    found = []
    for _ in range(300):
        clusters = random.integers(-1, 4, 4)
        labels = np.where(clusters < 0, -1, random.integers(0, 2, 4))
        now = search_cases.energy(labels, clusters, *given)
        if np.isinf(now):
            continue
        is_lower = any(e < now - 1e-6 for _, e in neighbours((labels, clusters), given))
        move = search_cases.lower_move(labels.tolist(), clusters.tolist(), *given)
        assert bool(move) == is_lower
        found.append(is_lower)
    assert 0 < sum(found) < len(found)


def test_every_order_of_moves_solves_the_clean_people():
    given = search_cases.clean()
    best = search_cases.optimum(*given)
    waiting = [(np.array([0, 1, 0, 0, 1]), np.arange(5))]
    seen = set()
    while waiting:
        solution = waiting.pop()
        now = search_cases.energy(*solution, *given)
        lower = [s for s, e in neighbours(solution, given) if e < now - 1e-9]
        assert lower or now == pytest.approx(best)
        new = {tuple(np.concatenate(s).tolist()): s for s in lower}
        waiting += [s for key, s in new.items() if key not in seen]
        seen |= set(new)


@pytest.mark.parametrize("seed", range(5))
def test_steps_are_those_of_a_shortest_path(seed):
    ways = np.argwhere(np.triu(np.random.default_rng(seed).random((9, 9)) < 0.25, 1))
    steps = np.zeros((9, 9))
    steps[tuple(ways.T)] = 1
    want = csgraph.shortest_path(steps, directed=False, unweighted=True)
    assert np.array_equal(graph_cases.steps_between(ways.tolist(), 9), want)
