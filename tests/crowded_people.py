"""Made-up people side by side, and how many joints lie in whose box: NumPy only."""

from __future__ import annotations

import numpy as np
from stick_people import BASE, JOINTS, Sticks

SIZE = WIDTH, HEIGHT = 256, 192
CENTRES = [(58.0, 88.0), (112.0, 96.0), (200.0, 90.0), (160.0, 98.0)]
SCALES = (42.0, 38.0, 41.0, 36.0)  # px of a unit of `BASE`


def poses(people: int = 3, seed: int = 1) -> np.ndarray:
    """People (N, 14, 2) px, the first two close to each other."""
    rng = np.random.default_rng(seed)
    made = []
    for centre, scale in zip(CENTRES[:people], SCALES, strict=False):
        sway = rng.normal(0, 0.1, BASE.shape)
        made.append(np.clip((BASE + sway) * scale + centre, 3, [WIDTH - 4, HEIGHT - 4]))
    return np.array(made)


def flags(people: int = 3) -> np.ndarray:
    """Labels (N, 14): some joints have none."""
    made = np.full((people, len(JOINTS)), 2)
    made[0, [JOINTS.index("right_ankle"), JOINTS.index("right_knee")]] = 1, 0
    made[1, JOINTS.index("left_wrist")] = 0
    return made


def margins(people: int) -> np.ndarray:
    """The boxes: around the labelled joints, with a tenth of each side on each side."""
    made = []
    for pose, labels in zip(poses(people), flags(people), strict=True):
        known = [place for place, has in zip(pose, labels, strict=True) if has]
        xs, ys = zip(*known, strict=True)
        w, h = max(xs) - min(xs) + 1, max(ys) - min(ys) + 1
        made.append([min(xs) - 0.1 * w, min(ys) - 0.1 * h, 1.2 * w, 1.2 * h])
    return np.array(made)


def moved(people: int, apart: float) -> np.ndarray:
    """How far each person goes, (N, 2): to or from the mean of the boxes' centres."""
    boxes = margins(people)
    centres = [(x + (w - 1) / 2, y + (h - 1) / 2) for x, y, w, h in boxes]
    middle = np.mean(centres, axis=0)
    shifts = []
    for (x, y), (left, top, w, h) in zip(centres, boxes, strict=True):
        dx, dy = (apart - 1) * (x - middle[0]), (apart - 1) * (y - middle[1])
        # Nobody leaves the picture, or goes farther out of it than given.
        dx = min(max(dx, min(-left, 0)), max(WIDTH - left - w, 0))
        dy = min(max(dy, min(-top, 0)), max(HEIGHT - top - h, 0))
        shifts.append((dx, dy))
    return np.array(shifts)


def count(boxes, keypoints, visible) -> tuple[list[int], list[int]]:
    """Own and foreign joints in each box, one joint at a time."""
    own, foreign = [], []
    for i, (x, y, w, h) in enumerate(boxes):
        sums = [0, 0]
        for j, (pose, labels) in enumerate(zip(keypoints, visible, strict=True)):
            for (u, v), label in zip(pose, labels, strict=True):
                across = x - 0.5 <= u <= x + w - 0.5
                if label > 0 and across and y - 0.5 <= v <= y + h - 0.5:
                    sums[int(j != i)] += 1
        own.append(sums[0])
        foreign.append(sums[1])
    return own, foreign


def crowd(people: int = 3, **changes) -> dict:
    """Arguments of `crowd_index_calculator`."""
    made = {
        "keypoints": poses(people),
        "visible": flags(people),
        "skeleton": Sticks(),
        "count": count,
    }
    return made | changes
