"""Poses of people: key poses, random poses between them, and a walking cycle.

A pose is a vector of 33 angles in degrees, in the order of ANGLES (`angles.py` says
what each means). A random pose blends two key poses of one family, now and then takes
the arms of a third, and adds noise inside the joints' limits.
"""

from collections.abc import Mapping

import numpy as np

from data_scripts.people.angles import (
    ANGLES,
    ARM,
    LIMITS,
    base_name,
    clip,
    index,
    mirror,
)
from data_scripts.people.key_poses import FAMILIES

__all__ = [
    "ANGLES",
    "DEFAULT_MIX",
    "KEY_POSES",
    "LIMITS",
    "index",
    "mirror",
    "sample_poses",
    "walk_cycle",
]

KEY_POSES: dict[str, tuple[str, np.ndarray]] = {
    name: (family, vector)
    for family, table in FAMILIES.items()
    for name, vector in table.items()
}
DEFAULT_MIX: dict[str, float] = {
    "daily": 0.24,
    "walk": 0.14,
    "run": 0.12,
    "low": 0.17,
    "sport": 0.23,
    "inverted": 0.03,
    "dance": 0.07,
}

# Two poses whose pelvis differs by more than this are not blended (degrees): half-way
# between a handstand and standing there is no pose that a person takes.
MAX_BLENDED_TURN = 60.0
ARM_SWAP_SHARE = 0.25
_ARM_COLUMNS = np.array([index(f"{side}_{angle}") for side in "LR" for angle in ARM])


def _noise_scale(noise: float) -> np.ndarray:
    """Standard deviation of the noise on every angle, (33,) float32, degrees."""
    scale = np.full(len(ANGLES), noise, np.float32)
    for column, name in enumerate(ANGLES):
        if base_name(name) in ("sf", "sa", "sr", "el", "pro"):
            scale[column] *= 1.6
    # The heading is the scene's to choose; lean stays small so that people balance.
    fixed = {"yaw": 0.0, "pitch": min(noise, 4.0), "roll": min(noise, 4.0)}
    for name, value in fixed.items():
        scale[index(name)] = value
    scale[index("hd_twist")] *= 18 / 7
    return scale


def _blend(first: np.ndarray, second: np.ndarray, share: float) -> np.ndarray:
    """(33,) `share` of the way from first to second, unless the pelvises disagree."""
    turn = np.abs(first[:2] - second[:2]).max()
    if turn > MAX_BLENDED_TURN:
        return first.copy()
    return first * (1 - share) + second * share


def _draw(rng: np.random.Generator, keys: np.ndarray) -> np.ndarray:
    """One pose (33,) from the key poses (n, 33) of a family, before noise."""
    first, second, third = keys[rng.choice(len(keys), 3)]
    if rng.random() < 0.5:
        first = mirror(first)
    if rng.random() < 0.5:
        second = mirror(second)
    angles = _blend(first, second, rng.beta(0.5, 1.6))
    if rng.random() < ARM_SWAP_SHARE:
        angles[_ARM_COLUMNS] = third[_ARM_COLUMNS]
    return angles


def sample_poses(
    rng: np.random.Generator,
    count: int,
    mix: Mapping[str, float] | None = None,
    noise: float = 7.0,
) -> np.ndarray:
    """Random poses (count, 33) float32, degrees, inside LIMITS.

    mix: family to weight, need not add up to 1; DEFAULT_MIX if None. noise: standard
    deviation in degrees; arms get 1.6 times as much. The yaw gets none. Raises
    ValueError for an unknown family or weights that leave nothing to draw.
    """
    mix = DEFAULT_MIX if mix is None else mix
    unknown = sorted(set(mix) - set(FAMILIES))
    if unknown:
        raise ValueError(f"unknown families {unknown}, use {sorted(FAMILIES)}")
    weights = np.array(list(mix.values()), np.float64)
    if weights.size == 0 or (weights < 0).any() or weights.sum() <= 0:
        raise ValueError(f"weights must be >= 0 and not all 0, got {dict(mix)}")
    tables = [np.stack(list(FAMILIES[family].values())) for family in mix]
    drawn = rng.choice(len(tables), count, p=weights / weights.sum())
    angles = np.zeros((count, len(ANGLES)), np.float32)
    for row, family in enumerate(drawn):
        angles[row] = _draw(rng, tables[family])
    spread = rng.normal(size=angles.shape).astype(np.float32)
    return clip(angles + spread * _noise_scale(noise))


def _leg_and_arm(
    angles: np.ndarray, side: str, cycle: np.ndarray, speed: float, run: float
) -> None:
    """Write one side's swing into angles (T, 33); cycle (T,) in radians, 0 = heel."""
    stride = (24 + 16 * run) * speed
    swing = np.clip(np.sin(cycle + np.pi + 0.35), 0, 1) ** 1.5
    loading = np.clip(np.cos(cycle - 0.7), 0, 1)
    push_off = np.clip(np.sin(cycle + np.pi - 0.5), 0, 1)
    columns = {
        "hf": 6 + 8 * run + stride * np.cos(cycle),
        "kn": 6 + 10 * run + (54 + 40 * run) * swing * speed + 8 * loading,
        "an": 4 - 18 * push_off,
        "sf": 2 - (22 + 18 * run) * speed * np.cos(cycle),
        "el": 16 + 70 * run - 12 * np.cos(cycle),
    }
    for name, values in columns.items():
        angles[:, index(f"{side}_{name}")] = values


def walk_cycle(phase: np.ndarray, speed: float = 1.0, run: float = 0.0) -> np.ndarray:
    """A walking or running person, (T, 33) float32, degrees.

    phase: (T,) in cycles, where 0 has the left leg forward and 0.5 the right one.
    speed: scales the stride, 1 is a normal walk. run: 0 walks, 1 runs.
    """
    cycle = 2 * np.pi * np.asarray(phase, np.float64)
    angles = np.tile(KEY_POSES["stand"][1], (len(cycle), 1)).astype(np.float64)
    _leg_and_arm(angles, "L", cycle, speed, run)
    _leg_and_arm(angles, "R", cycle + np.pi, speed, run)
    angles[:, index("sp_twist")] = -5 * np.cos(cycle)
    angles[:, index("sp_side")] = 2 * np.sin(cycle)
    angles[:, index("sp_flex")] = 3 + 6 * run
    angles[:, index("pitch")] = 2 + 7 * run
    return clip(angles)
