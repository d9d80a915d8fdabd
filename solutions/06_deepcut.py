"""Chapter 06, DeepCut: answers, wrong ones, hidden cases."""

from itertools import product

import numpy as np
from scipy.optimize import linear_sum_assignment

from course_lib.exercises import Case, Solution, Wrong, watch
from course_lib.exercises.cases import expect_array
from course_lib.exercises.ch06_graph_cases import steps_between
from course_lib.exercises.ch06_search_cases import energy, lower_move, noisy_problem

NO_HINTS = ("", "", "")  # of hidden cases; they `watch`, since no `check` does it


def log_odds_cost(p, eps=1 / 255):
    """Exercise 06.1: log((1 - p) / p), None where p <= eps."""
    if p <= eps:
        return None
    p = min(p, 1 - eps)
    return np.log((1 - p) / p)


def cost_uncut(p, eps=1 / 255):
    return None if p <= eps else -np.log(p / max(1 - p, 1e-9))


def cost_between(p, eps=1 / 255):
    p = min(max(p, eps), 1 - eps)
    return np.log((1 - p) / p)


def program_size(allowed):
    """Exercise 06.2: how many x, y and z for the classes left, allowed (D, C)."""
    left = allowed.sum(axis=1)  # classes of each candidate (D,)
    x, count = left.sum(), len(left)
    y = count * (count - 1) // 2
    z = (x**2 - (left**2).sum()) // 2  # products of all pairs, less those with itself
    return int(x), y, int(z)


def size_with(rule):
    """A wrong answer: z of a pair by another rule for its two rows of classes."""

    def answer(allowed):
        count = len(allowed)
        pairs = [(d, e) for d in range(count) for e in range(d)]
        z = sum(int(rule(allowed[d], allowed[e])) for d, e in pairs)
        return *program_size(allowed)[:2], z

    return answer


def size_by_mean(allowed):
    x, y, _ = program_size(allowed)
    return x, y, round(y * (x / max(len(allowed), 1)) ** 2)


def violated_cycle(edges, joined, count):
    """Exercise 06.3: nodes from one end of a cut edge to the other, or None."""
    neighbours = [[] for _ in range(count)]
    for a, b in edges[joined].tolist():
        neighbours[a].append(b)
        neighbours[b].append(a)
    for start, end in edges[~joined].tolist():
        paths, seen = [[start]], {start}
        while paths:
            path = paths.pop(0)  # the oldest is the shortest
            if path[-1] == end:
                return path
            for node in neighbours[path[-1]]:
                if node not in seen:
                    seen.add(node)
                    paths.append([*path, node])
    return None


def cycle_of_three(*given):
    path = violated_cycle(*given)
    return path if path and len(path) == 3 else None


def cycle_one_way(edges, joined, count):
    steps = np.eye(count)
    steps[tuple(edges[joined].T)] = 1
    is_end = np.linalg.matrix_power(steps, count)[tuple(edges.T)] > 0
    return violated_cycle(edges[joined | is_end], joined[joined | is_end], count)


def cycle_of_first(edges, joined, count):
    is_used = joined | (np.cumsum(~joined) == 1)
    return violated_cycle(edges[is_used], joined[is_used], count)


def cycle_over_cuts(edges, joined, count, is_checked=False):
    for number in np.flatnonzero(~joined):
        others = np.arange(len(edges)) != number
        alone = joined | ~others
        if not is_checked or violated_cycle(edges[alone], joined[alone], count):
            path = violated_cycle(edges, others, count)
            if path:
                return path
    return None


def cycle_in_forest(edges, joined, count):
    component, is_used = np.arange(count), ~joined
    for number in np.flatnonzero(joined):
        a, b = component[edges[number]]
        is_used[number] = a != b
        component[component == b] = a
    return violated_cycle(edges[is_used], joined[is_used], count)


def finds_cycles(answer):
    for seed in range(40):
        random = np.random.default_rng(seed)
        edges = np.argwhere(np.triu(random.random((12, 12)) < 0.3, 1))
        joined = random.random(len(edges)) < 0.15 + 0.3 * (seed % 2)
        path = watch(answer)(edges, joined, 12)
        steps = steps_between(edges[joined].tolist(), 12)
        is_violated = np.isfinite(steps[tuple(edges[~joined].T)]).any()
        told = f"12 nodes (seed {seed}): got {path}"
        assert is_violated == (path is not None), told
        if path is not None:
            assert sorted([path[0], path[-1]]) in edges[~joined].tolist(), told
            assert (steps[path[:-1], path[1:]] == 1).all(), told
            assert len(path) - 1 == steps[path[0], path[-1]], told


def assign_people(shares):
    """Exercise 06.4: for each prediction the person it is scored with, or -1."""
    assigned = np.full(len(shares), -1)
    if shares.size == 0:
        return assigned
    predictions, best = np.arange(len(shares)), shares.argmax(axis=1)
    kept = np.zeros_like(shares)
    kept[predictions, best] = shares[predictions, best]
    for person in range(shares.shape[1]):
        winner = kept[:, person].argmax()
        if kept[winner, person] > 0:
            assigned[winner] = person
    return assigned


def people_best_each(shares):
    return np.where(shares.max(axis=1) > 0, shares.argmax(axis=1), -1)


def people_optimal(shares):
    assigned = np.full(len(shares), -1)
    predictions, people = linear_sum_assignment(shares, maximize=True)
    assigned[predictions] = np.where(shares[predictions, people] > 0, people, -1)
    return assigned


def people_take_best(shares):
    assigned, is_any = np.full(len(shares), -1), shares.any(axis=0)
    assigned[shares.argmax(axis=0)[is_any]] = np.flatnonzero(is_any)
    return assigned


def people_last(shares):
    assigned = assign_people(shares[::-1, ::-1])[::-1]
    return np.where(assigned >= 0, shares.shape[1] - 1 - assigned, -1)


def assigns_a_crowd(answer):
    for seed in range(20):
        shares = np.random.default_rng(seed).integers(0, 6, (9, 7)) / 5
        want, taken = [-1] * 9, [0.0] * 7
        for i, row in enumerate(shares.tolist()):
            best = row.index(max(row))
            if row[best] > taken[best]:
                want = [-1 if person == best else person for person in want]
                want[i], taken[best] = best, row[best]
        expect_array(watch(answer)(shares), want, f"nine predictions (seed {seed})")


def local_search(labels, clusters, alpha, beta):
    """Exercise 06.5: labels and clusters that no move of one candidate betters."""
    labels, clusters = labels.copy(), clusters.copy()

    def costs_in(person, d):  # of candidate d in this person, for each class (C,)
        members = np.flatnonzero(clusters == person)
        members = members[members != d]
        return alpha[d] + beta[d, members, :, labels[members]].sum(axis=0)

    is_lower = True
    while is_lower:
        is_lower = False
        for d in range(len(labels)):
            now = costs_in(clusters[d], d)[labels[d]] if labels[d] >= 0 else 0.0
            moves = [(0.0, -1, -1)]  # cost, class, person
            for person in range(clusters.max() + 2):
                costs = costs_in(person, d)
                moves.append((costs.min(), costs.argmin(), person))
            if min(moves)[0] < now - 1e-9:
                _, labels[d], clusters[d] = min(moves)
                is_lower = True
    return labels, clusters


def search_by(allows, rounds=100):
    """A wrong answer: moves from (class, person) to (class, person) where allowed.

    allows(old, new, people): people are those of the other candidates.
    """

    def answer(labels, clusters, alpha, beta):
        solution = np.stack([labels, clusters])  # (2, D)
        places = [(-1, -1), *product(range(alpha.shape[1]), range(len(labels)))]
        for _ in range(rounds):
            start = solution
            for d, new in product(range(len(labels)), places):
                people = np.delete(solution[1], d)
                moved = solution.copy()
                moved[:, d] = new
                now, after = (energy(*s, alpha, beta) for s in (solution, moved))
                if after < now - 1e-9 and allows(solution[:, d], new, people):
                    solution = moved
            if solution is start:
                break
        return tuple(solution)

    return answer


def search_in_place(labels, clusters, *given):
    labels[:], clusters[:] = local_search(labels, clusters, *given)
    return labels, clusters


def searches_noise(answer):
    for seed in range(20, 26):
        given = noisy_problem(5, 2, seed)
        start = np.zeros(5, int), np.arange(5) // 2
        found = [values.tolist() for values in watch(answer)(*start, *given)]
        what = f"five noisy candidates (seed {seed})"
        is_above = energy(*found, *given) > energy(*start, *given) + 1e-6
        assert not is_above, f"{what}: above the start"
        assert not lower_move(*found, *given), f"{what}: a move is left"


SOLUTIONS = [
    Solution(
        "06.1",
        "log_odds_cost",
        log_odds_cost,
        [
            Wrong(lambda p, eps=1 / 255: -np.log(p), "even odds"),
            Wrong(lambda p, eps=1 / 255: -log_odds_cost(p, eps), "what is likely pays"),
            Wrong(lambda p, eps=1 / 255: -np.log(2 * p), "off is priced, too"),
            Wrong(lambda p, eps=1 / 255: np.log2((1 - p) / p), "natural logarithm"),
            Wrong(cost_between, "forbidden"),
            Wrong(lambda p, eps=1 / 255: log_odds_cost(p, eps - 1e-9), "forbidden"),
            Wrong(lambda p, eps=1 / 255: log_odds_cost(p), "forbidden"),
            Wrong(cost_uncut, "nearly certain"),
        ],
        points=2,
    ),
    Solution(
        "06.2",
        "program_size",
        program_size,
        [
            Wrong(lambda a: (a.size, *program_size(a)[1:]), "an x for what is left"),
            Wrong(lambda a: (a.sum(), len(a) ** 2, 0), "a y for each pair"),
            Wrong(lambda a: (a.sum(), len(a) * (len(a) - 1), 0), "a y for each pair"),
            Wrong(size_with(lambda a, b: len(a) ** 2), "one class each"),
            Wrong(
                size_with(lambda a, b: sum(a) * sum(b) - sum(a & b)), "one class each"
            ),
            Wrong(size_with(lambda a, b: max(sum(a), sum(b))), "the full program"),
            Wrong(size_by_mean, "pruned unevenly"),
            Wrong(
                lambda a: program_size(a[a.any(axis=1)]), "a candidate without class"
            ),
            Wrong(lambda a: program_size(np.stack(list(a))), "one candidate, or none"),
        ],
        points=3,
    ),
    Solution(
        "06.3",
        "violated_cycle",
        violated_cycle,
        [
            Wrong(lambda *a: [*violated_cycle(*a), 0], "a triangle"),
            Wrong(cycle_one_way, "both ways"),
            Wrong(cycle_of_three, "without a diagonal"),
            Wrong(cycle_over_cuts, "whole components"),
            Wrong(cycle_of_first, "any cut edge"),
            Wrong(lambda *a: cycle_over_cuts(*a, True), "one cut edge only"),
            Wrong(cycle_in_forest, "the shortest way"),
            Wrong(
                lambda e, j, _: violated_cycle(e, j, e[j].max() + 1), "nothing joined"
            ),
        ],
        points=5,
        hidden=[Case("sparse graphs", finds_cycles, NO_HINTS)],
    ),
    Solution(
        "06.4",
        "assign_people",
        assign_people,
        [
            Wrong(lambda s: np.argsort(assign_people(s)), "each its own"),
            Wrong(lambda s: s.argmax(axis=1), "no share"),
            Wrong(people_best_each, "one prediction a person"),
            Wrong(people_optimal, "only its best person"),
            Wrong(people_take_best, "only its best person"),
            Wrong(people_last, "of equals the first"),
            Wrong(lambda s: assign_people(s[: len(s.argmax(axis=1))]), "nobody"),
        ],
        points=4,
        hidden=[Case("a crowd", assigns_a_crowd, NO_HINTS)],
    ),
    Solution(
        "06.5",
        "local_search",
        local_search,
        [
            Wrong(lambda *a: (local_search(*a)[0], a[1].copy()), "still a solution"),
            Wrong(lambda *a: tuple(a[:2]), "two clean people"),
            Wrong(search_by(lambda o, n, p: n[1] not in p), "two clean people"),
            Wrong(
                lambda x, y, *a: local_search(0 * x - 1, 0 * y - 1, *a),
                "never above the start",
            ),
            Wrong(search_by(lambda o, n, p: n[0] >= 0), "left out"),
            Wrong(search_by(lambda o, n, p: o[0] >= 0), "kept again"),
            Wrong(
                search_by(lambda o, n, p: n[1] in (-1, o[1], *p)), "a person of its own"
            ),
            Wrong(
                search_by(lambda o, n, p: o[0] in (-1, n[0]) or n[0] < 0),
                "another class",
            ),
            Wrong(lambda *a: local_search(*a[:3], a[3].swapaxes(2, 3)), "whose class"),
            Wrong(
                lambda x, y, a, b: local_search(x, y, np.nan_to_num(a, posinf=0), b),
                "pruned classes",
            ),
            Wrong(
                lambda x, y, a, b: local_search(x, y, a + np.einsum("ddcc->dc", b), b),
                "no pair with itself",
            ),
            Wrong(search_by(lambda *_: True, rounds=1), "no move is left"),
            Wrong(lambda *a: a[1].max() < 99 and local_search(*a), "no candidate"),
            Wrong(search_in_place, "the inputs stay as they are"),
        ],
        points=6,
        hidden=[Case("noise", searches_noise, NO_HINTS)],
    ),
]
