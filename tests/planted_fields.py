"""Planted people, their part affinity fields and a parse, for tests of the explorer.

NumPy and Pillow only. The parse is a plain greedy one over all limbs at once.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw
from stick_people import BASE, JOINTS, LIMBS

from course_lib.widgets import AssemblyStep

SIDE, STRIDE, CELLS = 192, 8, 24
HALF, LEAK = 8.0, 5.0  # px; half the width of a planted limb, and beyond its ends
MORE = [("neck", "left_hip"), ("neck", "right_hip")]  # redundant limbs
PAIRS = [*LIMBS, *MORE]
CENTRES = [(46.0, 92.0), (86.0, 104.0), (146.0, 96.0)]
SCALES = (42.0, 38.0, 41.0)  # px of a unit of `BASE`
STAGES = 4


def poses(seed: int = 2) -> np.ndarray:
    """Three people side by side, the first two with arms that cross, (3, 14, 2) px."""
    rng = np.random.default_rng(seed)
    made = []
    for centre, scale in zip(CENTRES, SCALES, strict=True):
        sway = rng.normal(0, 0.08, BASE.shape)
        made.append(np.clip((BASE + sway) * scale + centre, 4, SIDE - 5))
    return np.array(made)


def draw(people: np.ndarray) -> np.ndarray:
    """The people on a plain gradient, (H, W, 3) uint8."""
    wall = np.linspace(205, 160, SIDE)[:, None, None] * np.array([0.98, 1.0, 1.04])
    picture = np.broadcast_to(wall, (SIDE, SIDE, 3)).clip(0, 255).astype(np.uint8)
    big = Image.fromarray(picture).resize((4 * SIDE, 4 * SIDE))
    pen = ImageDraw.Draw(big)
    for pose, hue in zip(people, ("#7b4a3a", "#3f5d4c", "#4a4a78"), strict=True):
        at = {n: tuple(4 * (p + 0.5)) for n, p in zip(JOINTS, pose, strict=True)}
        torso = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
        pen.polygon([at[name] for name in torso], fill=hue, outline=hue, width=20)
        for a, b in LIMBS[:8]:
            pen.line([at[a], at[b]], fill="#c69a7c", width=28)
        x, y = (np.array(at["neck"]) + at["head_top"]) / 2
        pen.ellipse((x - 34, y - 40, x + 34, y + 40), fill="#c69a7c")
    return np.asarray(big.resize((SIDE, SIDE), Image.Resampling.LANCZOS))


def planted(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """The field (2, h, w) of one limb: its direction on the cells near the segment."""
    rows, columns = np.mgrid[:CELLS, :CELLS]
    length = math.dist(a, b)
    x, y = (b - a) / length
    off_x = STRIDE * columns + (STRIDE - 1) / 2 - a[0]
    off_y = STRIDE * rows + (STRIDE - 1) / 2 - a[1]
    along, across = off_x * x + off_y * y, off_x * y - off_y * x
    inside = (along >= -LEAK) & (along <= length + LEAK) & (abs(across) <= HALF)
    return np.stack([x * inside, y * inside])


def target(people: np.ndarray, limbs: list) -> np.ndarray:
    """The fields (L, 2, h, w) of all people, averaged where they overlap."""
    made = []
    for a, b in limbs:
        i, j = JOINTS.index(a), JOINTS.index(b)
        one = np.array([planted(pose[i], pose[j]) for pose in people])
        count = (np.hypot(one[:, 0], one[:, 1]) > 0).sum(axis=0)
        made.append(one.sum(axis=0) / np.maximum(count, 1))
    return np.array(made)


def blurred(fields: np.ndarray) -> np.ndarray:
    """Fields (..., h, w) averaged over 3 x 3 cells."""
    room = [(0, 0)] * (fields.ndim - 2) + [(1, 1), (1, 1)]
    wide = np.pad(fields, room)
    shifts = [(i, j) for i in range(3) for j in range(3)]
    return np.mean([wide[..., i : i + CELLS, j : j + CELLS] for i, j in shifts], axis=0)


def stages(people: np.ndarray, limbs: list, seed: int = 0) -> np.ndarray:
    """The fields (S, L, 2, h, w) of made-up stages: ever sharper and less noisy."""
    rng = np.random.default_rng(seed)
    true = target(people, limbs)
    made = []
    for stage in range(STAGES):
        soft = true
        for _ in range(STAGES - 1 - stage):
            soft = blurred(soft)
        noise = rng.normal(0, 0.09 / (1 + stage), true.shape)
        made.append(0.95 * soft + blurred(noise) + 0.3 * noise)
    return np.array(made)


def peaks_of(people: np.ndarray, seed: int = 0) -> list[np.ndarray]:
    """For each part (n, 3): places a little off, confidences; some are missing."""
    rng = np.random.default_rng(seed)
    made = []
    for part in range(len(JOINTS)):
        places = people[:, part] + rng.normal(0, 1.2, (len(people), 2))
        scores = rng.uniform(0.5, 0.95, (len(people), 1))
        made.append(np.concatenate([places, scores], axis=1))
    made[JOINTS.index("left_wrist")] = made[JOINTS.index("left_wrist")][:2]
    ghost = (*(people[0, JOINTS.index("right_wrist")] + (5, -9)), 0.31)
    made[JOINTS.index("right_wrist")] = np.array(
        [*made[JOINTS.index("right_wrist")], ghost]
    )
    return made


def mean_along(paf: np.ndarray, a: np.ndarray, b: np.ndarray) -> tuple[float, float]:
    """Share of ten samples above 0.05, and the score, one sample at a time."""
    x, y = np.subtract(b, a) / math.dist(a, b)
    samples = []
    for n in range(10):
        p = np.add(a, n / 9 * np.subtract(b, a))
        column, row = (min(int((side + 0.5) // STRIDE), CELLS - 1) for side in p)
        samples.append(x * paf[0, row, column] + y * paf[1, row, column])
    good = [s for s in samples if s > 0.05]
    penalty = min(0.5 * SIDE / math.dist(a, b) - 1, 0)
    return len(good) / 10, sum(good) / max(len(good), 1) + penalty


@dataclass
class Parse:
    """People so far, each a peak by part."""

    people: list[dict[int, int]] = field(default_factory=list)

    def take(self, a: int, i: int, b: int, j: int) -> str:
        """Peak i of part a and j of part b connected; which case it was."""
        owners = [
            next((p for p in self.people if p.get(part) == peak), None)
            for part, peak in ((a, i), (b, j))
        ]
        one, two = owners
        if one is None and two is None:
            self.people.append({a: i, b: j})
            return "new"
        if one is not None and one is two:
            return "redundant"
        if one is not None and two is not None:
            if set(one) & set(two):
                return "conflict"
            one |= two
            self.people = [p for p in self.people if p is not two]
            return "merge"
        owner, part, peak = (one, b, j) if two is None else (two, a, i)
        if part in owner:
            return "conflict"
        owner[part] = peak
        return "add"

    @property
    def plain(self) -> tuple[tuple[int, ...], ...]:
        return tuple(
            tuple(person.get(part, -1) for part in range(len(JOINTS)))
            for person in self.people
        )


def parsed(pafs: np.ndarray, peaks: list[np.ndarray], limbs: list) -> list:
    """Every connection whose integral is good enough, best first, as steps."""
    found = []
    for limb, pair in enumerate(limbs):
        a, b = (JOINTS.index(name) for name in pair)
        for i, first in enumerate(peaks[a]):
            for j, second in enumerate(peaks[b]):
                ratio, score = mean_along(pafs[limb], first[:2], second[:2])
                if ratio > 0.8 and score > 0:
                    found.append((score, limb, i, j))
    parse, steps = Parse(), []
    for score, limb, i, j in sorted(found, reverse=True):
        a, b = (JOINTS.index(name) for name in limbs[limb])
        case = parse.take(a, i, b, j)
        steps.append(AssemblyStep(limb, i, j, score, case, parse.plain))
    return steps


def planted_people(limbs: list = PAIRS, **changes) -> dict:
    """Arguments of `paf_explorer`: three people, four stages."""
    people = poses()
    pafs, peaks = stages(people, limbs), peaks_of(people)
    made = {
        "picture": draw(people),
        "pafs": pafs,
        "peaks": peaks,
        "steps": parsed(pafs[-1], peaks, limbs),
        "parts": JOINTS,
        "limbs": limbs,
        "stride": STRIDE,
    }
    return made | changes
