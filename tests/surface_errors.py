"""Made-up errors on the surface of a few people, by two networks: NumPy only."""

from __future__ import annotations

import numpy as np

# Metres, by region of the body; rows of parts as DensePose numbers them.
BY_REGION = {
    0.351: (1, 2),
    0.107: (3, 4),
    0.126: (5, 6),
    0.237: (7, 8, 9, 10),
    0.173: (11, 12, 13, 14),
    0.142: (15, 16, 17, 18),
    0.128: (19, 20, 21, 22),
    0.15: (23, 24),
}
KAPPAS = [next(k for k, parts in BY_REGION.items() if p in parts) for p in range(1, 25)]
COUNTS = (40, 25, 60)  # points of each person
NETWORKS = ("sparse", "taught")


def parts() -> list[np.ndarray]:
    """The true part of each point."""
    rng = np.random.default_rng(5)
    return [rng.integers(1, 25, count) for count in COUNTS]


def distances() -> dict[str, list[np.ndarray]]:
    """Metres: most are near, some far, and a few are called background."""
    rng = np.random.default_rng(6)
    made: dict[str, list[np.ndarray]] = {}
    for scale, network in zip((0.16, 0.07), NETWORKS, strict=True):
        made[network] = []
        for n, count in enumerate(COUNTS):
            far = rng.exponential(scale * (1 + 0.5 * n), count)
            far[:3] = 0.0, 0.05, 1.7  # at no distance, on the edge of a bin, far off
            far[3 : 5 + 2 * n] = np.inf
            made[network].append(far)
    made["taught"][0] = np.full(COUNTS[0], 0.01)
    made["sparse"][2] = np.full(COUNTS[2], np.inf)
    return made


def ious() -> dict[str, list[float]]:
    """IoUs of the masks."""
    return {"sparse": [0.81, 0.66, 0.0], "taught": [1.0, 0.72, 0.4]}


def errors(**changes) -> dict:
    """Arguments of `gps_tuner`."""
    made = {
        "distances": distances(),
        "parts": parts(),
        "kappas": KAPPAS,
        "ious": ious(),
    }
    return made | changes
