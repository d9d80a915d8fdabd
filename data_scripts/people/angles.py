"""The 33 angles of a pose: names, limits, mirror image, and a readable builder.

Angles are in degrees. The body frame has X to the subject's left, Y backward (the
subject faces -Y) and Z up. All angles 0 is standing with straight limbs that hang
straight down, palms towards the thighs.

    pitch roll yaw      the pelvis in the world: pitch + leans forward, roll + tips
                        over to the left, yaw + turns to the left about Z
    sp_* hd_*           spine and head: flex + bows forward, side + bends to the left,
                        twist + turns to the left
    *_sf *_sa *_sr      shoulder: flexion + raises the arm forward, abduction + raises
                        it sideways, rotation + turns it inward
    *_el *_pro *_wr     elbow flexion, forearm turn (+ thumb outward), wrist (+ inward)
    *_hf *_ha *_hr      hip: flexion + raises the thigh forward, abduction + opens the
                        legs, rotation + turns the foot outward
    *_kn *_an *_curl    knee flexion, ankle (+ toes up, - toes pointed), finger curl

The prefix L_ or R_ names the subject's own side.
"""

from collections.abc import Sequence
from typing import NamedTuple, TypeVar

import numpy as np

TRUNK = (
    *("pitch", "roll", "yaw"),
    *("sp_flex", "sp_side", "sp_twist"),
    *("hd_flex", "hd_side", "hd_twist"),
)
ARM = ("sf", "sa", "sr", "el", "pro", "wr")
LEG = ("hf", "ha", "hr", "kn", "an")
SIDE = (*ARM, *LEG, "curl")
ANGLES = (*TRUNK, *(f"{side}_{angle}" for side in "LR" for angle in SIDE))

_RANGES = {
    "pitch": (-180, 180),
    "roll": (-180, 180),
    "yaw": (-180, 180),
    "sp_flex": (-35, 75),
    "sp_side": (-35, 35),
    "sp_twist": (-45, 45),
    "hd_flex": (-45, 45),
    "hd_side": (-30, 30),
    "hd_twist": (-70, 70),
    "sf": (-55, 185),
    "sa": (-25, 175),
    "sr": (-80, 90),
    "el": (0, 148),
    "pro": (-80, 80),
    "wr": (-60, 60),
    "hf": (-30, 128),
    "ha": (-22, 70),
    "hr": (-35, 45),
    "kn": (0, 148),
    "an": (-48, 25),
    "curl": (0, 80),
}
_MIRRORED_SIGN = ("roll", "yaw", "sp_side", "sp_twist", "hd_side", "hd_twist")


def index(name: str) -> int:
    """Column of the angle `name` in a pose vector. Raises ValueError if unknown."""
    return ANGLES.index(name)


def base_name(name: str) -> str:
    """The angle's name without the side: "L_el" gives "el", "sp_flex" stays."""
    return name[2:] if name.startswith(("L_", "R_")) else name


def _limits() -> np.ndarray:
    """Smallest and largest value of every angle, (33, 2) float32, degrees."""
    return np.array([_RANGES[base_name(name)] for name in ANGLES], np.float32)


def _mirror_columns() -> np.ndarray:
    """Column (33,) that each angle takes its value from in the mirror image."""
    other = {"L_": "R_", "R_": "L_"}
    return np.array(
        [index(other.get(name[:2], name[:2]) + name[2:]) for name in ANGLES]
    )


LIMITS = _limits()
_MIRROR_COLUMNS = _mirror_columns()
_MIRROR_SIGNS = np.array(
    [-1 if name in _MIRRORED_SIGN else 1 for name in ANGLES], np.float32
)


def mirror(angles: np.ndarray) -> np.ndarray:
    """The same poses seen in a mirror: (..., 33) to (..., 33), degrees."""
    return angles[..., _MIRROR_COLUMNS] * _MIRROR_SIGNS


def clip(angles: np.ndarray) -> np.ndarray:
    """Poses (..., 33) with every angle moved inside LIMITS, float32, degrees."""
    return np.clip(angles, LIMITS[:, 0], LIMITS[:, 1]).astype(np.float32)


class Arm(NamedTuple):
    """One arm, degrees; the default hangs relaxed."""

    flexion: float = 0
    abduction: float = 8
    rotation: float = 0
    elbow: float = 12
    forearm: float = 0
    wrist: float = 0


class Leg(NamedTuple):
    """One leg, degrees; the default stands."""

    flexion: float = 0
    abduction: float = 4
    rotation: float = 6
    knee: float = 0
    ankle: float = 0


RELAXED_ARM = Arm()
STANDING_LEG = Leg()
Triple = tuple[float, float, float]
Limb = TypeVar("Limb", Arm, Leg)


def _sides(both: Limb, left: Limb | None, right: Limb | None) -> tuple[Limb, Limb]:
    """The two limbs, where a side's own setting wins over the one for both."""
    return (left or both, right or both)


def pose(
    *,
    pelvis: Triple = (0, 0, 0),
    spine: Triple = (0, 0, 0),
    head: Triple = (0, 0, 0),
    arms: Arm = RELAXED_ARM,
    left_arm: Arm | None = None,
    right_arm: Arm | None = None,
    legs: Leg = STANDING_LEG,
    left_leg: Leg | None = None,
    right_leg: Leg | None = None,
    curl: float = 25,
) -> np.ndarray:
    """A pose vector (33,) float32 in the order of ANGLES, degrees.

    pelvis is (pitch, roll, yaw); spine and head are (flex, side, twist). `arms` and
    `legs` set both sides; left_* and right_* win over them.
    """
    arm_pair = _sides(arms, left_arm, right_arm)
    leg_pair = _sides(legs, left_leg, right_leg)
    values: list[float] = [*pelvis, *spine, *head]
    limbs: Sequence[tuple[Arm, Leg]] = list(zip(arm_pair, leg_pair, strict=True))
    for arm, leg in limbs:
        values += [*arm, *leg, curl]
    return np.array(values, np.float32)
