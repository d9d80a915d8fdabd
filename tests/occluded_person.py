"""A made-up person under a patch, and networks of two branches: NumPy only."""

from __future__ import annotations

import numpy as np
from explorer_marks import bump
from stick_people import JOINTS, Sticks, people

HEIGHT, WIDTH, STRIDE = 128, 96, 4
FIGURE = people(examples=1, shape=(HEIGHT, WIDTH), seed=4)
IMAGE, TRUTH = FIGURE["images"][0], FIGURE["truth"][0]
XS = tuple(range(-12, 109, 10))
ROWS = {"shoulders": 32.0, "knees": 92.0}
REACH = 10  # px around a joint within which a patch matters


def patch(side: tuple[int, int] = (30, 26), seed: int = 0) -> np.ndarray:
    """A striped patch (h, w, 3) with some noise, unlike anything in the picture."""
    rng = np.random.default_rng(seed)
    stripes = 40 * ((np.arange(side[1]) // 4) % 2)[None, :, None]
    colour = np.array([70.0, 20.0, 90.0])
    return np.clip(colour + stripes + rng.normal(0, 6, (*side, 3)), 0, 255).astype(
        np.uint8
    )


def hidden(image: np.ndarray, joint: np.ndarray) -> float:
    """The share of the pixels around a joint that differ from the bare picture."""
    x, y = np.rint(joint).astype(int)
    part = np.s_[max(y - REACH, 0) : y + REACH + 1, max(x - REACH, 0) : x + REACH + 1]
    return float((image[part] != IMAGE[part]).any(axis=-1).mean())


def noise(image: np.ndarray, joint: int, branch: int) -> np.ndarray:
    """Small, smooth noise of one sign or the other that the whole picture decides."""
    cells = image.mean(axis=-1).reshape(HEIGHT // STRIDE, STRIDE, -1, STRIDE)
    grey = np.roll(cells.mean(axis=(1, 3)), 5 * joint + 3 * branch, axis=branch)
    return 0.02 * (grey - grey.mean()) / grey.std()


def network(is_hard: bool):
    """A network: the visible branch fades, the occluded one rises and misses a bit."""

    def run(images: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        shape = HEIGHT // STRIDE, WIDTH // STRIDE
        maps = np.empty((2, len(images), len(JOINTS), *shape))
        for m, image in enumerate(images):
            for k, joint in enumerate(TRUTH):
                share = hidden(image, joint)
                off = 6 * share * np.array([np.cos(k), np.sin(k)])
                heights = 0.85 - 0.7 * share, (0.1 if is_hard else 0.5) + 0.35 * share
                for branch, height in enumerate(heights):
                    place = joint + (branch + 0.3) * off
                    blob = bump(shape, place, STRIDE, 1.7 + 0.4 * branch)
                    maps[branch, m, k] = height * blob + noise(image, k, branch)
        return maps[0], maps[1]

    return run


def branches(**changes) -> dict:
    """Arguments of `two_branch_viewer`: one person, two networks, two rows."""
    visible = np.full(len(JOINTS), 2)
    visible[JOINTS.index("right_elbow")] = 1
    visible[JOINTS.index("left_ankle")] = 0
    made = {
        "image": IMAGE,
        "truth": TRUTH,
        "visible": visible,
        "patch": patch(),
        "xs": XS,
        "rows": ROWS,
        "runs": {"soft": network(False), "hard": network(True)},
        "skeleton": Sticks(),
    }
    return made | changes
