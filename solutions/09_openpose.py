"""Chapter 09, OpenPose: answers, wrong ones, hidden cases."""

import math
from functools import partial

import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment
from torch import tensor

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch
from course_lib.exercises.ch09_match_cases import check_greedy

CELLS, INPUT = "cells and pixels", "the inputs stay as they are"  # names of cases


def noise(test):
    """The hidden case of an exercise; it must `watch`, since no `check` does it."""
    return [Case("noise", test, ("", "", ""))]


def spoiling(reference, change=lambda given: given.data.add_(1)):
    """A wrong answer: right, but it changes its first argument."""

    def answer(*given, **named):
        result = reference(*given, **named)
        change(given[0])
        return result

    return answer


def with_given(reference, change):
    """A wrong answer: right for other arguments, change(*arguments)."""
    return lambda *given, **named: reference(*change(*given), **named)


def with_result(reference, change):
    """A wrong answer: change(the right result, *arguments)."""
    return lambda *given, **named: change(reference(*given, **named), *given)


def confidence_map(joints, size, stride, sigma):
    """Exercise 09.1: the map (h, w) of joints (P, 2), px."""
    x, y = (stride * torch.arange(n) + (stride - 1) / 2 for n in size[::-1])
    across, down = x - joints[:, :1], y - joints[:, 1:]  # (P, w), (P, h)
    squares = across[:, None].square() + down[:, :, None].square()  # (P, h, w)
    maps = torch.exp(-squares / (2 * sigma**2))
    return torch.cat([maps, torch.zeros(1, *size)]).amax(dim=0)


map_with = partial(with_given, confidence_map)


def map_people(change):
    """A wrong answer: change(maps (P, h, w)) instead of their maximum."""

    def answer(joints, *rest):
        maps = [confidence_map(joint[None], *rest) for joint in joints]
        return change(torch.stack(maps))

    return answer


def in_cells(joints, stride):
    return ((joints - (stride - 1) / 2) / stride).round() * stride + (stride - 1) / 2


def on_map(joints, size, stride, _=0):
    return joints.clamp(min=0).minimum(tensor(size[::-1]) * stride - 1)


def paf_target(a, b, size, stride, width):
    """Exercise 09.2: the field (2, h, w) of a limb from a to b, px."""
    length = (b - a).norm()
    if length == 0:
        return torch.zeros(2, *size)
    v = (b - a) / length
    x, y = (stride * torch.arange(n) + (stride - 1) / 2 for n in size[::-1])
    dx, dy = x - a[0], (y - a[1])[:, None]
    along, across = v[0] * dx + v[1] * dy, v[0] * dy - v[1] * dx  # (h, w)
    is_on = (along >= 0) & (along <= length) & (across.abs() <= width)
    return v[:, None, None] * is_on


paf_with = partial(with_given, paf_target)
paf_then = partial(with_result, paf_target)


def longer(widths):
    """A wrong answer: the limb is so many widths longer at both ends."""

    def change(a, b, size, stride, width):
        more = F.normalize(b - a, dim=0) * widths * width
        return a - more, b + more, size, stride, width

    return paf_with(change)


def wider(change):
    """A wrong answer: change(width, stride, v) px to either side."""
    return paf_with(
        lambda a, b, n, s, w: (a, b, n, s, change(w, s, F.normalize(b - a, dim=0)))
    )


def clamped(a, b, size, *rest):
    return on_map(a, size, *rest), on_map(b, size, *rest), size, *rest


def draws_limbs(answer):
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        a, b = 44 * torch.rand(2, 2, generator=generator) - 4
        found, length = watch(answer)(a, b, (9, 13), 3, 4.0), math.dist(a, b)
        for row, column in torch.cartesian_prod(torch.arange(9), torch.arange(13)):
            p = 3 * complex(column, row) + 1 + 1j - complex(*a.tolist())
            turned = p / complex(*(b - a).tolist())  # a is at 0, b at 1
            gaps = turned.real, 1 - turned.real, 4 - abs(turned.imag * length)
            if min(map(abs, gaps)) > 1e-4:  # not on the border of the limb
                want = (b - a) / length * (min(gaps) > 0)
                what = f"a limb (seed {seed}): row {row}, column {column}"
                expect_close(found[:, row, column], want, what)


def average_pafs(fields):
    """Exercise 09.3: the mean (2, h, w) of fields (P, 2, h, w), where not zero."""
    count = (fields != 0).any(dim=1).sum(dim=0)  # (h, w)
    return fields.sum(dim=0) / count.clamp(min=1)


def average_by(who):
    """A wrong answer: who(fields) counts the people in each cell."""
    return lambda fields: fields.sum(dim=0) / who(fields).clamp(min=1)


def last_wins(fields):
    total = torch.zeros(fields.shape[1:])
    for field in fields:
        total = torch.where((field != 0).any(dim=0), field, total)
    return total


def count_of_totals(fields):
    """People whose vector is not zero, and the sum up to them neither."""
    is_left = (fields.cumsum(dim=0) != 0).any(dim=1)
    return (is_left & (fields != 0).any(dim=1)).sum(dim=0)


def line_integral(paf, a, b, stride, samples=10, least=0.05, share=0.8):
    """Exercise 09.4: the score of a limb from a to b, px, in a field (2, h, w)."""
    length = (b - a).norm()
    if length == 0:
        return 0.0
    points = a + torch.linspace(0, 1, samples)[:, None] * (b - a)  # (n, 2)
    x, y = ((points - (stride - 1) / 2) / stride).round().long().T
    s = (b - a) / length @ paf[:, y, x]  # (n,)
    is_high = s > least
    if is_high.sum() <= share * samples:
        return 0.0
    return s[is_high].mean().item()


integral_with = partial(with_given, line_integral)
integral_then = partial(with_result, line_integral)


def aligned(change):
    """A wrong answer: change(vectors, v) for the products with the unit vector v."""

    def turned(paf, a, b, stride):
        v = F.normalize(b - a, dim=0)[:, None, None]
        return v * change(paf, v), a, b, stride

    return integral_with(turned)


def shifted(px):
    """A wrong answer: points are off by px(stride)."""
    return integral_with(lambda paf, a, b, s: (paf, a + px(s), b + px(s), s))


def rule_off(in_least=0.0, in_share=0.0):
    """A wrong answer: `least` and `share` are lower by so much."""

    def answer(*given, **rule):
        rule = {"least": 0.05, "share": 0.8, **rule}
        lower = {"least": rule["least"] - in_least, "share": rule["share"] - in_share}
        return line_integral(*given, **rule | lower)

    return answer


def mean_of_all(*given, **rule):
    found = line_integral(*given, **rule)
    return line_integral(*given, **rule | {"least": -9.0}) if found else 0.0


def without_end(paf, a, b, stride, samples=10, **rule):
    return line_integral(paf, a, b - (b - a) / samples, stride, samples, **rule)


def between_cells(paf, a, b, stride):
    fine = F.interpolate(paf[None], scale_factor=9, mode="bilinear")[0]
    return fine, a, b, stride / 9


def adds_noise(answer):
    for seed in range(40):
        generator = torch.Generator().manual_seed(seed)
        paf = torch.rand(2, 9, 13, generator=generator)
        a, b = torch.rand(2, 2, generator=generator) * tensor([38.0, 26.0])
        turn, s, gaps = math.atan2(b[1] - a[1], b[0] - a[0]), [], []
        for n in range(7):
            x, y = ((a + n / 6 * (b - a) - 1) / 3).tolist()
            right, down = paf[:, round(y), round(x)].tolist()
            s.append(right * math.cos(turn) + down * math.sin(turn))
            gaps += [0.5 - abs(u - round(u)) for u in (x, y)] + [abs(s[-1] - 0.3)]
        high = [value for value in s if value > 0.3]
        want = sum(high) / len(high) if len(high) > 3.5 else 0.0
        if min(gaps) > 1e-4:  # no sample is between two cells, or at the least
            found = watch(answer)(paf, a, b, 3, samples=7, least=0.3, share=0.5)
            expect_close(found, want, f"a field of noise (seed {seed})")


def greedy_match(scores):
    """Exercise 09.5: connections (i, j) of a table (A, B), the highest first."""
    left, found = scores.clone(), []
    while left.numel() and left.max() > 0:
        i, j = divmod(left.argmax().item(), left.shape[1])
        found.append((i, j))
        left[i] = left[:, j] = 0
    return found


def match_by(least=0.0, is_single=True, is_careful=True):
    """A wrong answer: another end, all the highest at once, or no empty tables."""

    def answer(scores):
        left, found = scores.clone(), []
        while (left.numel() or not is_careful) and left.max() > least:
            pairs = (left == left.max()).nonzero().tolist()
            for i, j in pairs[:1] if is_single else pairs:
                found.append((i, j))
                left[i] = left[:, j] = -torch.inf
        return found

    return answer


def match_rows(scores):
    left, found = scores.clone(), []
    for i in range(len(left)):
        if left[i].max() > 0:
            found.append((i, left[i].argmax().item()))
            left[:, found[-1][1]] = 0
    return by_score(found, scores)


def by_score(found, scores):
    return sorted(found, key=lambda pair: -scores[pair])


def match_best(scores):
    found = [(i, row.argmax().item()) for i, row in enumerate(scores) if row.max() > 0]
    return by_score(found, scores)


def match_of_sum(scores):
    found = zip(*linear_sum_assignment(scores, maximize=True), strict=True)
    return by_score([(int(i), int(j)) for i, j in found if scores[i, j] > 0], scores)


def matches_noise(answer):
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        scores = torch.randint(-3, 9, (6, 8), generator=generator) / 8
        what = f"a table of noise (seed {seed})"
        found = watch(answer)(scores)
        check_greedy(found, scores, what)
        best = scores.clamp(min=0)
        best = best[linear_sum_assignment(best, maximize=True)].sum()
        told = f"{what}: less than half of the best sum"
        assert 2 * sum(scores[pair] for pair in found) >= best, told


def assemble(connections, parts, least=3):
    """Exercise 09.6: people (N, parts), -1 where a part is missing, and scores (N,)."""
    people, scores, owner = {}, {}, {}  # owner: the person's number, of each joint
    for score, part_a, a, part_b, b in sorted(connections, reverse=True):
        ends = {part_a: a, part_b: b}.items()
        found = [owner[end] for end in ends if end in owner]
        joins = {part: c for part, c in ends if (part, c) not in owner}  # 0 to 2 ends
        if not found:  # a new person
            found = [len(scores)]
            people[found[0]], scores[found[0]] = {}, 0.0
        first, last = found[0], found[-1]
        if first != last:
            joins = people[last]  # all of another person
        if people[first].keys() & joins.keys():
            continue  # a part would be there twice
        people[first].update(joins)
        owner.update(dict.fromkeys(joins.items(), first))
        scores[first] += score
        if first != last:
            scores[first] += scores[last]
            del people[last]
    kept = [n for n, person in people.items() if len(person) >= least]
    rows = [[people[n].get(part, -1) for part in range(parts)] for n in kept]
    table = torch.tensor(rows, dtype=torch.long).view(-1, parts)
    return table, torch.tensor([scores[n] for n in kept])


def case_of(found, people, joins):
    """Which of the five cases a connection is, the last one by its two causes."""
    known = [n for n in found if n is not None]
    if not known:
        return "new"
    if len(known) == 1:
        return "taken" if people[known[0]].keys() & joins.keys() else "add"
    if known[0] == known[1]:
        return "redundant"
    return "overlap" if people[known[0]].keys() & people[known[1]].keys() else "merge"


def people_by(
    rule=None,
    gain=lambda case, score, other: score + other,
    listed=lambda connections: sorted(connections, reverse=True),
    joint=lambda end: end,
    slips=(),
):
    """A wrong answer: `rule` treats a case as another one, or another part differs.

    gain(case, score, the merged person's score). slips: "one end" is asked, "stale"
    owners after a merge, "marks" an end that is ignored, "pops" from the list of people
    and "stays", so that a merged person is there twice.
    """

    def answer(connections, parts, least=3):
        people, scores, owner = [], [], {}
        for score, *ends in listed(connections):
            ends = [tuple(ends[:2]), tuple(ends[2:])]
            found = [owner.get(joint(end)) for end in ends]
            found[1] = None if "one end" in slips else found[1]
            joins = dict(e for e, n in zip(ends, found, strict=True) if n is None)
            case = case_of(found, people, joins)
            case = (rule or {}).get(case, case)
            known = sorted({n for n in found if n is not None})
            if case in ("taken", "overlap"):
                if "marks" in slips:
                    owner |= {joint(end): known[0] for end in joins.items()}
                continue
            if case == "new":
                people, scores = [*people, {}], [*scores, 0.0]
                known, joins = [len(people) - 1], dict(ends)
            first, last = known[0], known[-1]
            joins = people[last] if case == "merge" else joins
            people[first] |= {} if case == "redundant" else joins
            if case != "merge" or "stale" not in slips:
                owner |= {joint(end): first for end in joins.items()}
            scores[first] += gain(case, score, scores[last] if case == "merge" else 0)
            if case == "merge" and "stays" not in slips:
                people[last : last + 1] = [] if "pops" in slips else [{}]
        kept = [n for n, person in enumerate(people) if len(person) >= least]
        table = [[people[n].get(part, -1) for part in range(parts)] for n in kept]
        table = torch.tensor(table, dtype=torch.long).view(-1, parts)
        return table, torch.tensor([scores[n] for n in kept])

    return answer


def one_of_equals(connections):
    by_score = {connection[0]: connection for connection in connections}
    return [by_score[score] for score in sorted(by_score, reverse=True)]


MAPS = [
    Wrong(lambda j, n, r, s: confidence_map(j, n, r, s) / s, "the peak"),
    Wrong(map_with(lambda j, *rest: (j.flip(-1), *rest)), "the peak"),
    Wrong(lambda j, *rest: confidence_map(j, *rest).T, "what comes back"),
    Wrong(map_with(lambda j, n, r, s: (j, n, r, s / 2**0.5)), "how wide"),
    Wrong(map_with(lambda j, n, r, s: (j, n, r, s**0.5)), "how wide"),
    Wrong(map_with(lambda j, n, r, s: (j + (r - 1) / 2, n, r, s)), CELLS),
    Wrong(map_with(lambda j, n, r, s: (j - 0.5 * (r > 1), n, r, s)), CELLS),
    Wrong(map_with(lambda j, n, r, s: (j, n, r, s * r)), "sigma in px"),
    Wrong(map_with(lambda j, n, r, s: (in_cells(j, r), n, r, s)), "between cells"),
    Wrong(map_people(lambda maps: maps.sum(dim=0)), "several people"),
    Wrong(map_people(lambda maps: maps.sum(dim=0).clamp(max=1)), "several people"),
    Wrong(map_people(lambda maps: maps.mean(dim=0)), "several people"),
    Wrong(map_people(lambda maps: maps[-1]), "several people"),
    Wrong(map_with(lambda j, n, r, s: (on_map(j, n, r), n, r, s)), "outside"),
    Wrong(map_people(lambda maps: maps.amax(dim=0)), "nobody"),
    Wrong(spoiling(confidence_map), INPUT),
]
FIELDS = [
    Wrong(paf_then(lambda f, a, b, *_: f * (b - a).norm()), "a unit vector"),
    Wrong(paf_then(lambda field, *_: field.flip(0)), "a unit vector"),
    Wrong(paf_with(lambda a, b, *rest: (b, a, *rest)), "a unit vector"),
    Wrong(paf_then(lambda field, *_: field.abs()), "any direction"),
    Wrong(longer(1e4), "its ends"),  # the whole line
    Wrong(longer(1), "its ends"),
    Wrong(longer(-1e-3), "its ends"),  # < instead of <=
    Wrong(wider(lambda width, *_: width / 2), "how wide"),
    Wrong(wider(lambda width, *_: width - 1e-3), "how wide"),
    Wrong(wider(lambda width, _, v: width * v.abs().max()), "a slanted limb"),
    Wrong(
        paf_with(lambda a, b, n, s, w: (a + s / 2 - 0.5, b + s / 2 - 0.5, n, s, w)),
        CELLS,
    ),
    Wrong(wider(lambda width, stride, _: width * stride), CELLS),
    Wrong(paf_with(clamped), "over the edge"),
    Wrong(paf_then(lambda f, a, b, *_: f / (a != b).any()), "no length"),
    Wrong(spoiling(paf_target), INPUT),
]
MEANS = [
    Wrong(lambda f: f.sum(dim=0) / f.any(dim=1).sum(dim=0), "one person"),
    Wrong(lambda f: f.mean(dim=0), "apart"),
    Wrong(lambda f: f.sum(dim=0), "equal limbs"),
    Wrong(last_wins, "crossing"),
    Wrong(lambda f: F.normalize(average_pafs(f), dim=0), "crossing"),
    Wrong(average_by(lambda f: (f != 0).sum(dim=0)), "crossing"),
    Wrong(average_by(lambda f: (f > 0).any(dim=1).sum(dim=0)), "who counts"),
    Wrong(average_by(lambda f: (f.sum(dim=1) != 0).sum(dim=0)), "who counts"),
    Wrong(average_by(count_of_totals), "opposite"),
    Wrong(lambda f: average_pafs(f) + 0 * f[0], "nobody"),
    Wrong(spoiling(average_pafs), INPUT),
]
INTEGRALS = [
    Wrong(integral_then(lambda score, *_: 10 * score), "its own limb"),
    Wrong(integral_then(lambda s, p, a, b, _: s * math.dist(a, b)), "its own limb"),
    Wrong(integral_with(lambda paf, *rest: (-paf, *rest)), "its own limb"),
    Wrong(aligned(lambda paf, v: paf.norm(dim=0)), "the direction"),
    Wrong(aligned(lambda paf, v: (paf * v).sum(dim=0).abs()), "the direction"),
    Wrong(integral_with(lambda paf, *rest: (paf.mT, *rest)), "rows and columns"),
    Wrong(without_end, "both ends"),
    Wrong(shifted(lambda stride: (stride - 1) / 2), "the nearest cell"),
    Wrong(shifted(lambda _: -0.49), "the nearest cell"),
    Wrong(integral_with(between_cells), "the nearest cell"),
    Wrong(mean_of_all, "over the least"),
    Wrong(rule_off(in_least=1e-6), "over the least"),  # >= instead of >
    Wrong(rule_off(in_share=1e-6), "the share"),
    Wrong(rule_off(in_share=0.8), "the share"),
    Wrong(integral_then(lambda s, p, a, b, _: s / (a != b).any()), "no length"),
    Wrong(spoiling(line_integral), INPUT),
]
MATCHES = [
    Wrong(lambda s: [pair[::-1] for pair in greedy_match(s)], "each its own"),
    Wrong(lambda s: greedy_match(s)[:1], "each its own"),
    Wrong(match_best, "one-to-one"),
    Wrong(match_rows, "the highest first"),
    Wrong(match_of_sum, "greedy"),
    Wrong(match_by(least=-1e-6), "only positive"),
    Wrong(match_by(least=-9), "only positive"),
    Wrong(lambda s: sorted(greedy_match(s)), "in order"),
    Wrong(lambda s: greedy_match(s)[::-1], "in order"),
    Wrong(match_by(is_single=False), "equal scores"),
    Wrong(match_by(is_careful=False), "nobody"),
    Wrong(spoiling(greedy_match), INPUT),
]
ASSEMBLIES = [
    Wrong(people_by({"add": "new"}), "one person"),
    Wrong(people_by(gain=lambda c, s, other: s * (c == "new")), "one person"),
    Wrong(people_by(slips="one end"), "either end"),
    Wrong(people_by(joint=lambda end: end[1]), "part and candidate"),
    Wrong(people_by({"redundant": "taken"}), "redundant"),
    Wrong(people_by({"redundant": "new"}), "redundant"),
    Wrong(people_by({"taken": "add"}), "a part is taken"),
    Wrong(people_by({"taken": "new"}), "a part is taken"),
    Wrong(people_by({"taken": "redundant"}), "a part is taken"),
    Wrong(people_by(slips="marks"), "a part is taken"),
    Wrong(people_by({"merge": "overlap"}), "two halves"),
    Wrong(people_by(gain=lambda c, s, other: s), "two halves"),
    Wrong(people_by(gain=lambda c, s, other: other or s), "two halves"),
    Wrong(people_by(slips="stale"), "two halves"),
    Wrong(people_by(slips="stays"), "two halves"),
    Wrong(people_by({"overlap": "merge"}), "a part in common"),
    Wrong(people_by({"overlap": "redundant"}), "a part in common"),
    Wrong(people_by(listed=list), "the highest first"),
    Wrong(lambda *given, **_: assemble(*given), "few parts"),
    Wrong(lambda *given, **_: assemble(*given, least=1), "few parts"),
    Wrong(with_result(assemble, lambda f, *_: (torch.stack([*f[0]]), f[1])), "nobody"),
    Wrong(people_by(slips="pops"), "a crowd"),
    Wrong(people_by(listed=one_of_equals), "a crowd"),
    Wrong(spoiling(assemble, lambda given: given.sort()), INPUT),
]
SOLUTIONS = [
    Solution("09.1", "confidence_map", confidence_map, MAPS, points=2),
    Solution("09.2", "paf_target", paf_target, FIELDS, 3, noise(draws_limbs)),
    Solution("09.3", "average_pafs", average_pafs, MEANS, points=2),
    Solution("09.4", "line_integral", line_integral, INTEGRALS, 4, noise(adds_noise)),
    Solution("09.5", "greedy_match", greedy_match, MATCHES, 3, noise(matches_noise)),
    Solution("09.6", "assemble", assemble, ASSEMBLIES, points=6),
]
