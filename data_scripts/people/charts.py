"""Regions, the coordinate along a limb and the 24 surface charts of the body mesh.

Used once, by `bake.py`; the results are stored with the mesh. Frame as in `body.py`:
metres, X to the subject's left, Y backward, Z up, here in the model's A-pose.

The parts follow DensePose's numbering (Güler et al. 2018): 1 torso back, 2 torso
front, 3 right hand, 4 left hand, 5 left foot, 6 right foot, then back and front of the
right and left upper leg (7, 9 and 8, 10), lower leg (11, 13 and 12, 14), left and
right upper arm (15, 17 and 16, 18), lower arm (19, 21 and 20, 22), 23 right and 24 left
half of head and neck. The coordinates inside a part are this project's own.
"""

import numpy as np

from data_scripts.people.body import REGIONS

# Region -> (back part, front part).
_BACK_FRONT = {
    "torso": (1, 2),
    "hand_r": (3, 3),
    "hand_l": (4, 4),
    "foot_l": (5, 5),
    "foot_r": (6, 6),
    "upper_leg_r": (7, 9),
    "upper_leg_l": (8, 10),
    "lower_leg_r": (11, 13),
    "lower_leg_l": (12, 14),
    "upper_arm_l": (15, 17),
    "upper_arm_r": (16, 18),
    "lower_arm_l": (19, 21),
    "lower_arm_r": (20, 22),
}
_TORSO, _HANDS, _FEET, _HEAD = (1, 2), (3, 4), (5, 6), (23, 24)
_LEGS, _ARMS = range(7, 15), range(15, 23)
_RIGHT_PARTS = (3, 6, 7, 9, 11, 13, 16, 18, 20, 22, 23)
# Part -> the same part of the body's other side.
MIRROR_PART = {1: 1, 2: 2, 3: 4, 4: 3, 5: 6, 6: 5, 23: 24, 24: 23} | {
    part: part + 1 if part % 2 else part - 1 for part in range(7, 23)
}
_HEAD_AXIS_Y = -0.02  # metres, where the vertical axis passes through head and neck
_BONE_REGIONS = (
    ("neck", "neck"),
    ("head", "head"),
    ("upperarm", "upper_arm"),
    ("lowerarm", "lower_arm"),
    ("wrist", "hand"),
    ("finger", "hand"),
    ("upperleg", "upper_leg"),
    ("lowerleg", "lower_leg"),
    ("foot", "foot"),
)


def bone_region(bone: str) -> int:
    """Index into REGIONS of the skin that follows the bone."""
    for start, region in _BONE_REGIONS:
        if bone.startswith(start):
            side = bone[-2:].replace(".", "_").lower() if "." in bone else ""
            return REGIONS.index(region + side)
    return REGIONS.index("torso")


def face_regions(vertex_region: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """(F,) the region of most corners, the first of REGIONS where all three differ."""
    corners = np.sort(vertex_region[faces], axis=1)
    return np.where(corners[:, 1] == corners[:, 2], corners[:, 1], corners[:, 0])


def limb_coordinate(
    points: np.ndarray, vertex_region: np.ndarray, joints: dict[str, np.ndarray]
) -> np.ndarray:
    """(V,) 0 shoulder or hip, 1 elbow or knee, 2 wrist or ankle; 0 off the limbs.

    points (V,3); joints: name -> (3,), all in the A-pose. Continuous along a limb.
    """
    result = np.zeros(len(points))
    for side in ("left", "right"):
        for limb, names in (
            (("upper_arm", "lower_arm", "hand"), ("shoulder", "elbow", "wrist")),
            (("upper_leg", "lower_leg", "foot"), ("hip", "knee", "ankle")),
        ):
            regions = [REGIONS.index(f"{part}_{side[0]}") for part in limb]
            on_limb = np.isin(vertex_region, regions)
            ends = [joints[f"{side}_{name}"] for name in names]
            result[on_limb] = _along(points[on_limb], *ends)
    return result


def _along(
    points: np.ndarray, start: np.ndarray, middle: np.ndarray, end: np.ndarray
) -> np.ndarray:
    """(N,) place of points (N,3) along the bent line start - middle - end."""
    first, second = middle - start, end - middle
    upper = (points - start) @ first / (first @ first)
    lower = (points - middle) @ second / (second @ second)
    return (np.minimum(upper, 1) + np.maximum(lower, 0)).clip(-0.6, 2.5)


def face_parts(
    points: np.ndarray,
    normals: np.ndarray,
    faces: np.ndarray,
    face_region: np.ndarray,
) -> np.ndarray:
    """(F,) the part, 1..24; points and normals (V,3) in the A-pose."""
    front = normals[faces].mean(1)[:, 1] < 0
    right = points[faces].mean(1)[:, 0] < 0
    parts = np.where(right, *_HEAD)  # the head and the neck, unless set below
    for region, (back_part, front_part) in _BACK_FRONT.items():
        inside = face_region == REGIONS.index(region)
        parts[inside] = np.where(front, front_part, back_part)[inside]
    return parts


def _chart(
    part: int, points: np.ndarray, limb_t: np.ndarray, arm_axis: np.ndarray
) -> np.ndarray:
    """(N,2) raw coordinates in one part of points (N,3); arm_axis (3,) of the left."""
    x, y, z = points.T
    outward = -x if part in _RIGHT_PARTS else x
    if part in _TORSO:
        across, along = x, z
    elif part in _HEAD:
        # Arc length from the ear round the vertical axis; continuous at the crown.
        azimuth = np.arctan2(np.abs(x), -(y - _HEAD_AXIS_Y))
        across = np.hypot(x, y - _HEAD_AXIS_Y) * (azimuth - np.pi / 2)
        along = z
    elif part in _HANDS:
        across, along = y, z
    elif part in _FEET:
        across, along = outward, y
    elif part in _LEGS:
        across, along = outward, limb_t
    else:
        across, along = z * arm_axis[0] - outward * arm_axis[2], limb_t
    return np.stack([across, along], 1)


def charts(
    points: np.ndarray,
    faces: np.ndarray,
    parts: np.ndarray,
    limb_t: np.ndarray,
    joints: dict[str, np.ndarray],
) -> tuple[np.ndarray, np.ndarray]:
    """Places (C,2) in 0..1 of all chart points and each corner's chart point (F,3).

    A vertex is one chart point in every part that touches it, so that a chart is
    continuous inside its part. Mirror parts share one scale.
    """
    arm_axis = joints["left_wrist"] - joints["left_shoulder"]
    arm_axis = arm_axis / np.linalg.norm(arm_axis)
    keys = parts[:, None].astype(np.int64) * len(points) + faces
    unique, corners = np.unique(keys, return_inverse=True)
    part_of, vertex_of = np.divmod(unique, len(points))
    places = np.zeros((len(unique), 2))
    for part in range(1, 25):
        rows = part_of == part
        vertices = vertex_of[rows]
        places[rows] = _chart(part, points[vertices], limb_t[vertices], arm_axis)
    for part in range(1, 25):
        if part <= MIRROR_PART[part]:
            rows = np.isin(part_of, (part, MIRROR_PART[part]))
            low, high = places[rows].min(0), places[rows].max(0)
            places[rows] = (places[rows] - low) / (high - low)
    return places, corners.reshape(faces.shape)
