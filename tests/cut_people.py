"""Made-up people, candidates and costs for the tests of the explorer of cuts."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

JOINTS = (
    "head_top neck right_shoulder left_shoulder right_elbow left_elbow "
    "right_wrist left_wrist"
).split()
LIMBS = [(0, 1), (1, 2), (1, 3), (2, 4), (3, 5), (4, 6), (5, 7)]
POSE = np.array(
    [[0, -34], [0, -16], [-13, -14], [13, -14], [-20, 6], [20, 6], [-14, 26], [25, 25]],
    dtype=float,
)
SIZE = (160, 120)
DISTANCES = (84, 60, 44, 32, 22, 14)  # px between the two people
STRAY = [("left_wrist", (74.0, 100.0)), ("right_elbow", (92.0, 24.0))]


@dataclass(frozen=True)
class Busts:
    """A skeleton of eight joints, as the explorers need it."""

    joints: tuple[str, ...] = tuple(JOINTS)
    limb_indices: tuple = tuple(LIMBS)
    colours: tuple = ("#009E73",) * len(LIMBS)
    joint_colours: tuple = ("#009E73",) * len(JOINTS)


def best(alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """The cheapest partition (D,), -1 where suppressed, from the integer program."""
    many = len(alpha)
    pairs = list(itertools.combinations(range(many), 2))
    place = {pair: many + n for n, pair in enumerate(pairs)}
    rows = []
    for (d, e), y in place.items():
        rows += [{y: 1, d: -1}, {y: 1, e: -1}]
    limits = [0.0] * len(rows)
    for three in itertools.combinations(range(many), 3):
        sides = [place[pair] for pair in itertools.combinations(three, 2)]
        for third in sides:
            rows.append({side: -1 if side == third else 1 for side in sides})
            limits.append(1.0)
    matrix = np.zeros((len(rows), many + len(pairs)))
    for at, row in enumerate(rows):
        matrix[at, list(row)] = list(row.values())
    costs = np.concatenate([alpha, [beta[pair] for pair in pairs]])
    found = milp(
        costs,
        integrality=np.ones(len(costs)),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(matrix, ub=limits),
    )
    chosen = found.x > 0.5
    clusters = np.full(many, -1)
    for d in np.flatnonzero(chosen[:many]):
        friends = [e for e in range(d) if chosen[place[e, d]]]
        clusters[d] = clusters[friends[0]] if friends else clusters.max() + 1
    return clusters


def merged(alpha: np.ndarray, beta: np.ndarray) -> np.ndarray:
    """A greedy partition: drop costly candidates, then merge while that pays."""
    groups = [[d] for d in range(len(alpha)) if alpha[d] < 0]
    while len(groups) > 1:
        gains = {
            (a, b): beta[np.ix_(groups[a], groups[b])].sum()
            for a, b in itertools.combinations(range(len(groups)), 2)
        }
        a, b = min(gains, key=gains.get)
        if gains[a, b] >= 0:
            break
        groups[a] += groups.pop(b)
    clusters = np.full(len(alpha), -1)
    for number, group in enumerate(groups):
        clusters[group] = number
    return clusters


def costs(points: np.ndarray, kinds: list[int], rng) -> np.ndarray:
    """Pair costs (D, D): how far two candidates are from their usual offset."""
    off = points[:, None] - points
    usual = POSE[kinds][:, None] - POSE[kinds]
    wide = 4 + 0.22 * np.linalg.norm(usual, axis=-1)
    far = np.linalg.norm(off - usual, axis=-1) / wide
    noise = rng.normal(0, 0.9, far.shape)
    beta = np.clip(far**2 / 2 - 1.6 + (noise + noise.T) / 2, -3, 5)
    same = np.equal.outer(kinds, kinds)
    return np.where(same, np.linalg.norm(off, axis=-1) / 4 - 0.5, beta)


def crowd(distances=DISTANCES, seed: int = 3) -> dict:
    """Arguments of `cut_explorer`: two people of eight parts, two strays."""
    rng = np.random.default_rng(seed)
    names = JOINTS * 2 + [name for name, _ in STRAY]
    truth = [0] * 8 + [1] * 8 + [-1] * len(STRAY)
    kinds = [JOINTS.index(name) for name in names]
    jitter, pose = rng.normal(0, 2.0, (16, 2)), rng.normal(0, 2.5, (2, 8, 2))
    chance = np.where(np.array(truth) >= 0, rng.uniform(0.6, 0.95, 18), 0.42)
    alpha = np.log((1 - chance) / chance)
    people, points, beta = [], [], []
    for distance in distances:
        centre = np.array(SIZE) / 2 + [0, 6]
        both = POSE + pose + np.array([[[-0.5, 0]], [[0.5, 0.1]]]) * distance + centre
        stray = np.array([place for _, place in STRAY])
        here = np.concatenate([both.reshape(16, 2) + jitter, stray])
        people.append(both)
        points.append(here)
        beta.append(costs(here, kinds, rng))
    return {
        "points": np.array(points),
        "alpha": np.tile(alpha, (len(distances), 1)),
        "beta": np.array(beta),
        "names": names,
        "truth": truth,
        "greedy": np.array([merged(alpha, b) for b in beta]),
        "optimum": np.array([best(alpha, b) for b in beta]),
        "crowding": [str(distance) for distance in distances],
        "size": SIZE,
        "people": np.array(people),
        "skeleton": Busts(),
    }
