"""What chapter 06 defines, against answers found another way.

The definitions are run as they stand in the notebook, without its data.
"""

import cmath
import itertools
import math
import time
from dataclasses import dataclass, replace
from functools import cache

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from chapter_definitions import definitions
from scipy.optimize import linear_sum_assignment, minimize
from scipy.sparse.csgraph import connected_components
from scipy.special import logit
from torch import Tensor, nn

from course_lib import geometry, groups
from course_lib.binary_program import minimise
from course_lib.exercises.ch06_search_cases import energy as energy_of_loop
from course_lib.exercises.ch06_search_cases import noisy_problem
from course_lib.skeletons import get_skeleton

BODY = get_skeleton("lsp14")
STAGES = ({"head", "neck", "shoulder"}, {"elbow", "wrist"}, {"hip", "knee", "ankle"})


def scene(people, size=(96, 136)):
    """A scene of people with joints (G, 14, 2), those of a class 20 px apart."""
    rng = torch.Generator().manual_seed(people)
    places = torch.cartesian_prod(*(torch.arange(10, n - 10, 26.0) for n in size[::-1]))
    order = torch.rand(14, len(places), generator=rng).argsort(dim=1)[:, :people]
    joints = places[order.T] + 6 * torch.rand(people, 14, 2, generator=rng)
    shown = (torch.rand(people, 14, generator=rng) < 0.8).long()
    image, heads = torch.zeros(3, *size), torch.full((people,), 8.0)
    return groups.Scene(image, joints, shown, heads, heads)


SCENES = [scene(people) for people in range(1, 6)]


@pytest.fixture(scope="module")
def built():
    around = {"torch": torch, "F": F, "nn": nn, "np": np, "Tensor": Tensor}
    around |= {"dataclass": dataclass, "replace": replace, "itertools": itertools}
    around |= {"time": time, "LIMIT": 600.0, "minimise": minimise}
    around |= {"linear_sum_assignment": linear_sum_assignment, "skeleton": BODY}
    around |= {"connected_components": connected_components, "joint_count": 14}
    around |= {"groups": groups, "Scene": groups.Scene, "device": torch.device("cpu")}
    names = "REFERENCE STRIDE is_loop TREE LEAST log_odds MOST Sizes conv RADIUS"
    names += " PartDetector cell_middles part_targets DEVIATION Candidates fit_logistic"
    names += " find_candidates part_features fit_parts KEEP prune RINGS nearness bins"
    names += (
        " posterior pairs_of pair_features instance PRIOR fit_pair fit_pairs factors"
    )
    names += " Program variables_of uniqueness coupling product_above product_below Cut"
    names += (
        " impossible_pairs transitivity broken_triangles one_person FAMILIES energy"
    )
    names += " nothing joined_by read_cut decided solve all_cuts try_everything plant"
    names += " costs_as keep_cheap single_linkage greedy_additive along_tree people_of"
    names += " drop_duplicates HEADS STAGES solve_in_stages detector_loss examples_of"
    names += " by_program count_people cut_image"
    return definitions("06", set(names.split()), around)


@cache
def partitions(count):
    """All ways to divide `count` things into groups, as numbers of the groups."""
    every = itertools.product(range(count), repeat=count)
    return [w for w in every if all(n <= len({*w[:i]}) for i, n in enumerate(w))]


def every_cut(alpha):
    """Labels and persons of all cuts."""
    classes = [(-1, *np.flatnonzero(np.isfinite(row)).tolist()) for row in alpha]
    for labels in itertools.product(*classes):
        kept = [d for d, label in enumerate(labels) if label >= 0]
        for persons in partitions(len(kept)):
            found = dict(zip(kept, persons, strict=True))
            yield labels, tuple(found.get(d, -1) for d in range(len(labels)))


def people_in(labels, persons):
    """A cut as sets of (candidate, class): without the persons' numbers."""
    rows = [(p, (d, int(labels[d]))) for d, p in enumerate(persons) if p >= 0]
    return {frozenset(one for q, one in rows if q == p) for p, _ in rows}


def same_people(a, b):
    """Whether two lists of persons divide in the same way."""
    return len({*a}) == len({*b}) == len({*zip(a, b, strict=True)})


def body_noise(seed, count=6, classes=14):
    """alpha (D, 14) of one or two classes each, beta of noise with two impossible."""
    rng = np.random.default_rng(seed)
    _, beta = noisy_problem(count, classes, seed)
    alpha = np.full((count, classes), np.inf)
    for d in range(count):
        own = rng.choice(classes, 1 + d % 2, replace=False)
        alpha[d, own] = rng.normal(-0.5, 1.5, len(own))
    c, k = (int(np.argmin(alpha[d])) for d in (0, 1))
    beta[0, 1, c, k] = beta[1, 0, k, c] = np.inf
    return alpha, beta


def test_cells_look_evenly_to_both_sides_and_move_with_the_picture(built):
    """Mirrored kernels, mirrored answers; moved by two cells, moved answers."""
    sizes = built["Sizes"](blocks=((4, 1),) * 5, wide=(3, 1, 8), is_normed=True)
    torch.manual_seed(0)
    net = built["PartDetector"](2, sizes).double().eval()
    for layer in net.modules():
        if isinstance(layer, nn.Conv2d):
            layer.weight.data += layer.weight.data.flip(-1)
    image = torch.rand(1, 3, 37, 192, dtype=torch.double)
    scores = net(image)[0]
    assert (scores.shape, bool(scores.std() > 1e-4)) == ((1, 2, 5, 24), True)
    assert torch.allclose(net(image.flip(-1))[0], scores.flip(-1))
    moved = net(image.roll(16, dims=-1))[0]
    assert torch.allclose(moved[..., 12:14], scores[..., 10:12])


@pytest.mark.parametrize("size", [(5, 8), (1, 3)])
def test_part_targets_are_those_of_a_loop(built, size):
    rng = torch.Generator().manual_seed(size[0])
    joints = 70 * torch.rand(1, 3, 4, 2, generator=rng) - 3
    visible = torch.randint(3, (1, 3, 4), generator=rng)
    visible[0, :, 2] = 0  # nobody has that joint
    labels, offsets = built["part_targets"](joints, visible, size)
    assert offsets.shape == (1, 4, 2, *size)
    for k, row, column in itertools.product(*map(range, (4, *size))):
        middle = torch.tensor([8 * column + 3.5, 8 * row + 3.5])
        off = [
            o
            for o, v in zip(joints[0, :, k] - middle, visible[0, :, k], strict=True)
            if v
        ]
        nearest = min(off, key=torch.norm, default=torch.tensor(torch.inf))
        assert labels[0, k, row, column] == (nearest.norm() <= 8)
        if off:
            found = offsets[0, k, :, row, column] * 53**0.5
            assert torch.allclose(found, nearest, atol=1e-4)


@pytest.mark.parametrize("least", [0.0, 0.2, 0.7])
def test_candidates_are_those_of_a_loop(built, least):
    rng, one = torch.Generator().manual_seed(2), SCENES[2]
    scores = torch.rand(14, 12, 17, generator=rng)
    offsets = torch.randn(14, 2, 12, 17, generator=rng)
    found, number = built["find_candidates"](scores, offsets, one, least), 0
    for row, column in itertools.product(range(12), range(17)):
        around = scores[:, max(row - 1, 0) : row + 2, max(column - 1, 0) : column + 2]
        own = scores[:, row, column]
        is_peak = (own >= around.amax(dim=(1, 2))) & (own >= least)
        if not is_peak.any():
            continue
        middle = torch.tensor([8 * column + 3.5, 8 * row + 3.5])
        points = middle + 53**0.5 * offsets[:, :, row, column]
        assert found.is_peak[number].tolist() == is_peak.tolist()
        np.testing.assert_allclose(found.points[number], points, atol=1e-4)
        np.testing.assert_array_equal(found.scores[number], own)
        np.testing.assert_array_equal(found.owner[[number]], one.owners(points[None]))
        number += 1
    assert number == len(found.points)


def test_planted_joints_are_found_where_they_are(built):
    for one in SCENES:
        given = one.joints[None], one.visible[None], (12, 17)
        offsets = built["part_targets"](*given)[1][0]
        far = built["DEVIATION"] * offsets.norm(dim=1)  # (K, h, w) px
        p = torch.exp(-far / 8) * (one.visible > 0).any(dim=0)[:, None, None]
        found = built["find_candidates"](p, offsets, one)
        assert found.is_peak.sum() == (one.visible > 0).sum()
        d, k = found.is_peak.nonzero()
        who = found.owner[d, k]
        assert (who >= 0).all()
        np.testing.assert_allclose(found.points[d, k], one.joints[who, k], atol=1e-3)


@pytest.mark.parametrize("prior", [0.1, 1.0, 30.0])
def test_the_logistic_fit_is_that_of_another_solver(built, prior):
    rng = np.random.default_rng(0)
    features = np.c_[rng.normal(0, 2, (300, 3)), np.ones(300)]
    is_true = features @ [1.0, -2.0, 0.0, 0.5] + rng.logistic(size=300) > 0

    def cost(theta):
        signed = np.where(is_true, 1, -1) * (features @ theta)
        return np.logaddexp(0, -signed).sum() + prior / 2 * theta @ theta

    expected = minimize(cost, np.zeros(4), tol=1e-9).x
    found = built["fit_logistic"](features, is_true, prior)
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_pruned_candidates_are_those_of_a_loop(built):
    rng = np.random.default_rng(1)
    one, theta = built["plant"](SCENES[3].joints, rng), rng.normal(0, 0.2, (14, 15))
    one.scores[:] = rng.uniform(0, 1, (56, 14))
    kept, chance = built["prune"](one, theta), np.zeros((56, 14))
    for d, k in np.argwhere(one.is_peak).tolist():
        x = [*(logit(min(max(s, 1 / 255), 254 / 255)) for s in one.scores[d]), 1.0]
        p = 1 / (1 + math.exp(-np.dot(theta[k], x)))
        chance[d, k] = p if p > 0.2 else 0
    rows = chance.any(axis=1)
    assert 0 < rows.sum() < 56
    np.testing.assert_allclose(kept.chance, chance[rows])
    np.testing.assert_array_equal(kept.points, one.points[rows])
    found = built["fit_parts"]([one])
    x = np.c_[logit(one.scores.clip(1 / 255, 254 / 255)), np.ones(56)]
    p = 1 / (1 + np.exp(-x @ found.T))  # the slope is 0 at the best
    np.testing.assert_allclose(x.T @ (p - (one.owner >= 0)) + found.T, 0, atol=1e-6)


def test_the_posterior_is_bayes_rule_on_histograms(built):
    rng = np.random.default_rng(3)
    delta, is_same = rng.normal(0, 60, (400, 2)), rng.random(400) < 0.3
    table = built["posterior"](delta, is_same)
    places = [complex(*one) for one in delta.tolist()]
    rings = [min(int(abs(z) / (128 / 12)), 11) for z in places]
    sectors = [int(cmath.phase(-z) % math.tau * 6 / math.pi) for z in places]
    cells = list(zip(rings, sectors, strict=True))
    for cell in itertools.product(range(12), range(12)):
        shares = []
        for answer in (True, False):
            own = [c for c, same in zip(cells, is_same, strict=True) if same == answer]
            shares.append(0.95 * own.count(cell) / len(own) + 0.05 / 144)
        assert table[cell] == pytest.approx(shares[0] / sum(shares), abs=1e-6)
    np.testing.assert_allclose(built["posterior"](delta, ~is_same), 1 - table)
    np.testing.assert_allclose(built["posterior"](delta[:0], is_same[:0]), 0.5)


def near_features(x, y, side=0.2 * 128.0):
    """Distances in boxes and the boxes' overlap; squares, exponentials, and 1."""
    boxes = torch.tensor([[0, 0, side, side], [x, y, side, side]]).double()
    terms = [abs(x) / side, abs(y) / side, geometry.box_iou(boxes, boxes)[0, 1].item()]
    return [*terms, *(t**2 for t in terms), *(math.exp(-t) for t in terms), 1.0]


def test_pairs_and_their_costs_are_those_of_a_loop(built):
    """beta is minus theta times the features, and knows who is of which class."""
    found = [built["plant"](one.joints, np.random.default_rng(4)) for one in SCENES]
    found[3].chance[:, 1] = found[3].chance[:, 0]  # candidates of two classes
    models = {pair: built["fit_pair"](found, *pair, 0.4) for pair in ((0, 0), (0, 1))}
    one = found[3]
    alpha, beta = built["instance"](one, models)
    priced = np.where(one.chance > 0, math.log(0.1 / 0.9), np.inf)
    np.testing.assert_allclose(alpha, priced)
    wanted = np.zeros_like(beta)
    for d, f in itertools.permutations(range(len(alpha)), 2):
        for (c, k), (table, theta) in models.items():
            if one.chance[d, c] == 0 or one.chance[f, k] == 0:
                continue
            delta = (one.points[f, k] - one.points[d, c])[None]
            x = near_features(*delta[0])
            if c != k:
                x = [*table[built["bins"](delta)], *one.scores[d], *one.scores[f], 1]
            cost = min(max(-np.dot(x, theta), -math.log(254)), math.log(254))
            wanted[d, f, c, k] = wanted[f, d, k, c] = cost
    np.testing.assert_allclose(beta, wanted, atol=1e-5)
    ready, honest = (built["fit_pair"](found, 0, 2, t)[1] for t in (0.5, 0.0))
    odds = sum(n * n for n in range(1, 6)) / sum(range(1, 6)) - 1  # people are 1 to 5
    np.testing.assert_allclose(ready - honest, [*[0] * 29, 0.5 * math.log(odds)])
    assert np.less(*built["pairs_of"](one, 0, 0)).all()  # each pair once


def test_each_family_says_what_its_formula_says(built):
    """Of all values of all variables those are allowed that the words allow."""
    alpha, beta = body_noise(0, 3, classes=3)
    alpha[1, :2] = 0.0
    beta[0, 1, int(alpha[0].argmin()), 0] = np.inf
    p = built["variables_of"](alpha, beta)
    count = len(p.cost)
    assert len(p.z) < len(p.pairs)
    values = np.array(list(itertools.product((False, True), repeat=count)))  # (V, n)
    x, y, z = ({k: values[:, v] for k, v in own.items()} for own in (p.x, p.y, p.z))
    kept = [sum(x[d, c] for c in own) for d, own in enumerate(p.classes)]
    both = {(d, f, c, k): x[d, c] & x[f, k] for d, f, c, k in p.pairs}
    all_three = {name: both[name] & y[name[:2]] for name in p.pairs}
    rules = {
        "uniqueness": [n <= 1 for n in kept],
        "coupling": [~y[pair] | (kept[d] > 0) for pair in y for d in pair],
        "product_above": [~z[name] | all_three[name] for name in z],
        "product_below": [z[name] | ~all_three[name] for name in z],
        "impossible_pairs": [~all_three[n] for n in p.pairs if n not in z],
        "one_person": [~both[name] | y[name[:2]] for name in p.pairs],
    }
    for name, rule in rules.items():
        allowed = np.ones(len(values), dtype=bool)
        for columns, weights, most in built[name](p):
            allowed &= values[:, columns] @ np.array(weights) <= most
        assert np.array_equal(allowed, np.all(rule, axis=0)), name


@pytest.mark.parametrize("seed", range(12))
def test_the_program_finds_the_best_of_all_cuts(built, seed):
    """Of all, of those of one person, and of those that keep two decisions."""
    alpha, beta = body_noise(seed, 2 + seed % 5)
    every = [(energy_of_loop(*cut, alpha, beta), cut) for cut in every_cut(alpha)]
    least, (labels, persons) = min(every)
    start = built["nothing"](len(alpha))
    cut = built["solve"](alpha, beta, start)
    assert (cut.status, cut.energy) == ("optimal", pytest.approx(least))
    assert cut.bound == pytest.approx(least, abs=1e-5)
    assert people_in(cut.labels, cut.clusters) == people_in(labels, persons)
    assert built["try_everything"](alpha, beta) == pytest.approx(least)
    families = (*built["FAMILIES"], built["one_person"])
    alone = built["solve"](alpha, beta, start, families=families)
    assert alone.energy == pytest.approx(min(e for e, (_, p) in every if max(p) < 1))
    for left_out in built["FAMILIES"]:  # with fewer rows the sum is never more
        fewer = [family for family in built["FAMILIES"] if family is not left_out]
        assert built["solve"](alpha, beta, start, families=fewer).bound <= least + 1e-5
    both = (one for one in every if min(one[1][0][:2]) >= 0)
    e, (labels, persons) = next(one for one in both if np.isfinite(one[0]))
    given = built["Cut"](np.array(labels), np.array(persons), e)
    kept = built["solve"](alpha, beta, given, keeps=(0, 1))
    every = [one for one in every if one[1][0][:2] == labels[:2]]
    stays = [e for e, (_, p) in every if same_people(p[:2], persons[:2])]
    assert kept.energy == pytest.approx(min(stays))


def test_without_time_or_candidates_there_is_a_cut(built):
    alpha, beta = body_noise(2, 40)
    start = built["greedy_additive"](alpha, beta)
    late = built["solve"](alpha, beta, start, limit=0.0)
    assert late.status == "time limit"
    assert late.bound <= late.energy <= start.energy
    for rule in (*RULES, "by_program", "solve_in_stages"):
        none = built[rule](np.zeros((0, 14)), np.zeros((0, 0, 14, 14)))
        assert (len(none.labels), none.energy) == (0, 0)
        dear = built[rule](np.full((3, 14), 2.0), np.ones((3, 3, 14, 14)))
        assert (dear.labels.tolist(), dear.energy) == ([-1] * 3, 0)


RULES = ("greedy_additive", "single_linkage", "along_tree")


def joined_by_greed(pairs, _):
    """The two groups of least sum, again and again."""
    own = [[d] for d in range(len(pairs))]
    while len(own) > 1:
        two = itertools.combinations(range(len(own)), 2)
        sums = {(a, b): pairs[np.ix_(own[a], own[b])].sum() for a, b in two}
        a, b = min(sums, key=sums.get)
        if sums[a, b] >= 0:
            break
        own[a] += own.pop(b)
    return own


def connected(is_joined):
    """Groups of who is connected by a chain of pairs."""
    steps = (is_joined | is_joined.T | np.eye(len(is_joined), dtype=bool)).astype(int)
    reach = np.linalg.matrix_power(steps, len(steps)) > 0
    return [list(one) for one in {tuple(np.flatnonzero(row)) for row in reach}]


def joined_by_limbs(pairs, labels):
    """Of each limb's ends all one-to-one ways, tried; the hips are no limb."""
    is_joined = np.zeros(pairs.shape, dtype=bool)
    for limb in set(BODY.limbs) - {("left_hip", "right_hip")}:
        ends = [np.flatnonzero(labels == BODY.index(name)).tolist() for name in limb]
        few, many = sorted(ends, key=len)
        ways = itertools.permutations(many, len(few))
        sums = {w: np.minimum(pairs[few, list(w)], 0).sum() for w in ways if few}
        for d, f in zip(few, min(sums, key=sums.get, default=()), strict=True):
            is_joined[d, f] = pairs[d, f] < 0
    return connected(is_joined)


ORACLES = (joined_by_greed, lambda pairs, _: connected(pairs < 0), joined_by_limbs)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(("rule", "oracle"), zip(RULES, ORACLES, strict=True))
def test_rules_are_those_of_a_loop_and_not_below_the_program(built, rule, oracle, seed):
    rng, every = np.random.default_rng(seed), np.arange(8)
    _, beta = noisy_problem(8, 14, seed)
    alpha = np.full((8, 14), np.inf)
    labels = np.r_[rng.integers(0, 4, 6), 8, 9]  # a leg, two hips, an elbow
    alpha[every, labels] = rng.normal(-1, 1, 8)
    people = []
    for group in oracle(beta[every[:, None], every, labels[:, None], labels], labels):
        own = np.where(np.isin(every, group), 0, -1)
        if energy_of_loop(labels, own, alpha, beta) < 0:
            people.append(frozenset((d, int(labels[d])) for d in group))
    cut = built[rule](alpha, beta)
    assert people_in(cut.labels, cut.clusters) == set(people)
    expected = energy_of_loop(cut.labels, cut.clusters, alpha, beta)
    assert cut.energy == pytest.approx(expected)
    assert built["by_program"](alpha, beta).energy <= cut.energy + 1e-6


def best_in_stages(alpha, beta):
    """Class and person of each candidate, each stage by trying all its cuts."""
    placed = {}  # candidate to (class, person)
    for stage in STAGES:
        sure = {}
        for d in sorted(placed, key=lambda d: alpha[d, placed[d][0]]):
            sure.setdefault(placed[d], d)
        placed = {d: role for role, d in sure.items()}
        own = np.full_like(alpha, np.inf)
        for d, c in np.argwhere(np.isfinite(alpha)).tolist():
            is_new = d not in placed and bool({*BODY.joints[c].split("_")} & stage)
            if is_new or placed.get(d, (-1, 0))[0] == c:
                own[d, c] = alpha[d, c]
        costs = {}
        for labels, persons in every_cut(own):
            is_kept = all(labels[d] == c for d, (c, _) in placed.items())
            now, before = [persons[d] for d in placed], [p for _, p in placed.values()]
            if is_kept and same_people(now, before):
                costs[labels, persons] = energy_of_loop(labels, persons, alpha, beta)
        labels, persons = min(costs, key=costs.get)
        placed = {d: (c, persons[d]) for d, c in enumerate(labels) if c >= 0}
    return labels, persons


@pytest.mark.parametrize("seed", range(10))
def test_each_stage_is_the_best_after_those_before(built, seed):
    alpha, beta = body_noise(seed + 50, 6)
    cut = built["solve_in_stages"](alpha, beta)
    assert cut.status == "each stage"
    expected = best_in_stages(alpha, beta)
    assert people_in(cut.labels, cut.clusters) == people_in(*expected)
    assert cut.energy == pytest.approx(energy_of_loop(*expected, alpha, beta))


def test_people_of_a_cut_are_weighted_means(built):
    found = built["plant"](SCENES[2].joints, np.random.default_rng(7))
    rng = np.random.default_rng(8)
    labels = rng.integers(-1, 4, 42)
    persons = np.where(labels < 0, -1, rng.integers(0, 4, 42) * 3)
    found.chance[:] = rng.uniform(0.1, 1, (42, 14))
    cut = built["Cut"](labels, persons, 0.0)
    joints, scores = built["people_of"](cut, found)
    for row, k in itertools.product(range(4), range(14)):
        own = (labels == k) & (persons == 3 * row)
        chance, points = found.chance[own, k, None], found.points[own, k]
        with np.errstate(invalid="ignore"):  # nothing of nothing is NaN
            mean = (chance * points).sum(axis=0) / chance.sum()
        np.testing.assert_allclose(joints[row, k], mean)
        assert scores[row, k] == chance.max(initial=0)
    built["drop_duplicates"](cut, -found.chance)
    assert torch.equal(built["people_of"](cut, found)[1], scores)
    left = [(c, p) for c, p in zip(cut.labels, cut.clusters, strict=True) if c >= 0]
    assert len(set(left)) == len(left) == int((scores > 0).sum())


@pytest.mark.parametrize("is_softmax", [False, True])
def test_the_loss_is_that_of_a_loop(built, is_softmax):
    rng = torch.Generator().manual_seed(9)
    scores = torch.randn(2, 14 + is_softmax, 3, 4, generator=rng)
    guess, offsets = 2 * torch.randn(2, 2, 14, 2, 3, 4, generator=rng)
    labels = (torch.rand(2, 14, 3, 4, generator=rng) < 0.1).float()
    total = errors = 0.0
    for b, row, column in itertools.product(range(2), range(3), range(4)):
        s, own = scores[b, :, row, column].double(), labels[b, :, row, column] > 0
        if is_softmax:
            logs = s - s.logsumexp(0)
            total -= (logs[:14][own].mean() if own.any() else logs[14]) / 24
        else:
            total += (1 + s.where(~own, -s).exp()).log().sum() / 24
        for e in (guess - offsets)[b, own, :, row, column].abs().flatten().tolist():
            errors += e * e / 2 if e < 1 else e - 0.5
    batch, net = (None, labels, offsets), lambda _: (scores, guess)
    found = built["detector_loss"](net, batch, is_softmax)
    assert float(found) == pytest.approx(float(total + errors / labels.sum()), rel=1e-4)
    empty = None, 0 * labels, offsets
    assert built["detector_loss"](net, empty, is_softmax).isfinite()


def test_planted_people_are_found_and_nobody_in_nothing(built):
    """Costs learned where people are alike, then people apart: each one found."""
    shape = 60 * torch.rand(14, 2, generator=torch.Generator().manual_seed(10))
    rng, crowds = np.random.default_rng(11), []
    for count in (2, 3, 4, 3):
        at = torch.from_numpy(rng.uniform(0, 300, (count, 1, 2))).float()
        crowds.append(built["plant"](shape + at, rng))
    models = built["fit_pairs"](crowds)
    apart = shape + torch.tensor([[[0.0, 0.0]], [[150.0, 10.0]], [[310.0, 0.0]]])
    found = built["plant"](apart, rng)
    one = built["instance"](found, models)
    for rule in ("by_program", "solve_in_stages", "greedy_additive"):
        cut = built[rule](*one)
        joints, _ = built["people_of"](cut, found)
        assert built["count_people"](cut) == len(joints) == 3
        assert (joints[joints[:, 0, 0].argsort()] - apart).norm(dim=-1).max() < 9

    def net(images):
        return torch.full((1, 14, 3, 4), -9.0), torch.zeros(1, 14, 2, 3, 4)

    image, theta = torch.zeros(3, 24, 32), np.zeros((14, 15))
    cut, found = built["cut_image"](image, net, theta, {})
    assert len(found.points) == len(cut.labels) == built["count_people"](cut) == 0
