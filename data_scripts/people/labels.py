"""Label entries of the COCO files: one person, one image, the category."""

from typing import Any

import numpy as np
from pycocotools import mask as coco_mask

from course_lib.skeletons import BODY27, COCO17
from data_scripts.people.structures import PersonLabel

IDS_PER_IMAGE = 100
MIN_AREA = 32  # visible pixels; a smaller person becomes a region to ignore
COCO_JOINTS = len(COCO17)


def category() -> dict[str, Any]:
    """The one category: the 17 joints of COCO, and the names of the further ten."""
    return {
        "id": 1,
        "name": "person",
        "supercategory": "person",
        "keypoints": list(COCO17.joints),
        "skeleton": [[a + 1, b + 1] for a, b in COCO17.limb_indices],
        "keypoints_extra": list(BODY27.joints[COCO_JOINTS:]),
    }


def flat_keypoints(points: np.ndarray, visible: np.ndarray) -> list[float]:
    """x, y, visibility of each joint in a row, with 0, 0, 0 for the unlabelled.

    points: (K, 2) pixels. visible: (K,) 2, 1 or 0.
    """
    row = []
    for (x, y), flag in zip(points.tolist(), visible.tolist(), strict=True):
        row += [round(x, 2), round(y, 2), int(flag)] if flag > 0 else [0, 0, 0]
    return row


def rounded(values: np.ndarray, digits: int) -> list[Any]:
    """Nested lists of rounded floats."""
    return np.round(np.asarray(values, dtype=float), digits).tolist()


def visible_part(mask: np.ndarray) -> dict[str, Any]:
    """Box, area and run lengths of a person's visible pixels; mask: (H, W) bool."""
    code = coco_mask.encode(np.asfortranarray(mask.astype(np.uint8)))
    return {
        "bbox": [float(value) for value in coco_mask.toBbox(code)],
        "area": int(coco_mask.area(code)),
        "segmentation": {
            "size": [int(side) for side in code["size"]],
            "counts": code["counts"].decode("ascii"),
        },
    }


def annotate_image(
    people: list[PersonLabel], instances: np.ndarray, image_id: int
) -> list[dict[str, Any]]:
    """Annotations of everybody of whom a pixel is seen.

    instances: (H, W) uint8, the person's `instance` at each pixel.
    """
    return [
        annotate(person, instances == person.instance, image_id)
        for person in people
        if (instances == person.instance).any()
    ]


def annotate(person: PersonLabel, mask: np.ndarray, image_id: int) -> dict[str, Any]:
    """One annotation; mask: (H, W) bool, the person's visible pixels."""
    part = visible_part(mask)
    is_region = part["area"] < MIN_AREA
    visible = np.asarray(person.visible) * (not is_region)  # (27,)
    points = np.asarray(person.keypoints, dtype=float)  # (27, 2)
    entry = {
        "id": image_id * IDS_PER_IMAGE + person.instance,
        "image_id": image_id,
        "category_id": 1,
        "iscrowd": int(is_region),
        **part,
        "num_keypoints": int((visible[:COCO_JOINTS] > 0).sum()),
        "keypoints": flat_keypoints(points[:COCO_JOINTS], visible[:COCO_JOINTS]),
        "keypoints_extra": flat_keypoints(points[COCO_JOINTS:], visible[COCO_JOINTS:]),
        "bbox_full": rounded(person.box_full, 2),
        "head_box": rounded(person.head_box, 2),
        "depth": round(float(person.depth), 4),
        "instance": int(person.instance),
        "joints_3d": rounded(person.joints_3d, 4),
    }
    if person.track_id is not None:
        entry["track_id"] = int(person.track_id)
    return entry


def crowd_index(people: list[dict[str, Any]]) -> float:
    """Crowd index of an image from its annotations, 0 without people.

    Mean over people of min(1, b / a): a labelled joints of the person inside the
    person's box, b those of all others. Source: Li et al., "CrowdPose", CVPR 2019.
    """
    if not people:
        return 0.0
    joints = np.array([person["keypoints"] for person in people], dtype=float)
    joints = joints.reshape(len(people), -1, 3)  # (N, K, 3)
    ratios = []
    for row, person in enumerate(people):
        x, y, width, height = person["bbox"]
        low, high = (x - 0.5, y - 0.5), (x + width - 0.5, y + height - 0.5)
        inside = (joints[..., :2] >= low) & (joints[..., :2] <= high)
        counts = (inside.all(-1) & (joints[..., 2] > 0)).sum(-1)  # (N,)
        own = counts[row]
        ratios.append(min(1.0, (counts.sum() - own) / own) if own else 0.0)
    return round(float(np.mean(ratios)), 4)
