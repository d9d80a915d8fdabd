"""Made-up maps of pictures and of mirrored pictures, for tests of the flip aligner."""

from __future__ import annotations

import numpy as np

from course_lib.widgets.aligner_data import SHIFTS

STRIDE, CELLS = 4, (32, 24)  # rows and columns of a map
NAMES = ("left wrist", "right knee", "nose near the edge")
JOINTS = np.array([[52.0, 61.0], [33.0, 90.0], [91.0, 7.0]])  # px, cell u at px 4 u


def bump(place: np.ndarray, height: float) -> np.ndarray:
    """A Gaussian at a place (x, y) in cells."""
    rows, columns = np.mgrid[: CELLS[0], : CELLS[1]]
    far = (columns - place[0]) ** 2 + (rows - place[1]) ** 2
    return height * np.exp(-far / (2 * 1.5**2))


def answer(place: np.ndarray, seed: int) -> np.ndarray:
    """What a network says of a joint at a place in px: near it, with some noise."""
    rng = np.random.default_rng(seed)
    off = rng.normal(0, 0.25, 2)
    noise = rng.normal(0, 0.01, CELLS)
    return np.clip(bump(place / STRIDE + off, rng.uniform(0.7, 0.9)) + noise, 0, None)


def pair(place: np.ndarray, seed: int) -> np.ndarray:
    """The map of the picture and that of its mirror image, mirrored back."""
    width = STRIDE * CELLS[1]
    across = np.array([width - 1 - place[0], place[1]])
    return np.stack([answer(place, seed), answer(across, seed + 100)[:, ::-1]])


def centroid(maps: np.ndarray) -> np.ndarray:
    """Where maps (M, h, w) have their mass above half of the peak, (M, 2) cells."""
    rows, columns = np.mgrid[: maps.shape[1], : maps.shape[2]]
    weights = np.clip(maps - 0.5 * maps.max(axis=(1, 2), keepdims=True), 0, None)
    total = weights.sum(axis=(1, 2))
    return np.stack(
        [(weights * grid).sum(axis=(1, 2)) / total for grid in (columns, rows)], axis=1
    )


def flips(**changes) -> dict:
    """Arguments of `flip_aligner`: three joints, two runs."""
    runs = [90 - 9 * (np.array(SHIFTS) - best) ** 2 for best in (0.7, 0.85)]
    made = {
        "maps": np.stack([pair(place, n) for n, place in enumerate(JOINTS)]),
        "truth": JOINTS / STRIDE,
        "decode": centroid,
        "curve": np.array(runs),
        "score": "PCK@0.05 (%)",
        "names": NAMES,
        "single": 84.0,
    }
    return made | changes
