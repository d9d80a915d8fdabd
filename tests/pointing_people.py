"""Planted people whose cells point to their joints, for tests of the basin explorer.

NumPy and Pillow only. The two people at the left touch.
"""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw
from planted_fields import SIDE, draw, poses
from stick_people import JOINTS, LIMBS, Sticks

STRIDE = 4
CELLS = SIDE // STRIDE
TORSO = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
VARIANTS = ("raw", "refined", "true")
SPREADS = {"raw": 4, "refined": 1, "true": 0}  # cells over which embeddings blur


def mask(pose: np.ndarray) -> np.ndarray:
    """The cells of one person, (h, w)."""
    picture = Image.new("L", (SIDE, SIDE))
    pen = ImageDraw.Draw(picture)
    at = {name: tuple(place) for name, place in zip(JOINTS, pose, strict=True)}
    pen.polygon([at[name] for name in TORSO], fill=255, outline=255, width=5)
    for a, b in LIMBS:
        pen.line([at[a], at[b]], fill=255, width=9)
    half = (STRIDE - 1) // 2
    return np.asarray(picture)[half::STRIDE, half::STRIDE] > 0


def owners(people: np.ndarray) -> np.ndarray:
    """Whose each cell is, from 0, (h, w); -1 for none. The last person is in front."""
    made = np.full((CELLS, CELLS), -1)
    for number, pose in enumerate(people):
        made[mask(pose)] = number
    return made


def centres() -> np.ndarray:
    """Where cells lie, (2, h, w) px."""
    side = STRIDE * np.arange(CELLS) + (STRIDE - 1) / 2
    return np.stack(np.meshgrid(side, side))


def blurred(fields: np.ndarray, inside: np.ndarray, reach: int) -> np.ndarray:
    """Fields (..., h, w), each the mean over the cells inside within reach."""
    total, count = np.zeros_like(fields), np.zeros(inside.shape)
    for dy in range(-reach, reach + 1):
        for dx in range(-reach, reach + 1):
            moved = np.roll(fields * inside, (dy, dx), axis=(-2, -1))
            total += moved
            count += np.roll(inside, (dy, dx), axis=(0, 1))
    return total / np.maximum(count, 1)


def long_offsets(people: np.ndarray) -> np.ndarray:
    """The offsets (V, K, 2, h, w): where people touch, raw ones mix them up."""
    whose, grid = owners(people), centres()
    true = people[np.maximum(whose, 0)].transpose(2, 3, 0, 1)  # (K, 2, h, w)
    inside = whose >= 0
    made = [blurred(true, inside, SPREADS[name]) - grid for name in VARIANTS]
    return np.where(inside, np.array(made), 3.0)


def presence() -> np.ndarray:
    """How sure each joint is, (N, K); the second person lacks its left ankle."""
    made = np.random.default_rng(4).uniform(0.5, 0.99, (3, len(JOINTS)))
    made[1, JOINTS.index("left_ankle")] = 0.0
    return made


def pointing(**changes) -> dict:
    """Arguments of `basin_explorer`."""
    people = poses()
    made = {
        "image": draw(people),
        "long_offsets": long_offsets(people),
        "poses": people,
        "presence": presence(),
        "segmentation": np.where(owners(people) >= 0, 0.93, 0.08),
        "stride": STRIDE,
        "skeleton": Sticks(),
        "names": VARIANTS,
    }
    return made | changes
