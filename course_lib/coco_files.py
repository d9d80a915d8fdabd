"""Reads and checks the files of a data set: COCO JSON and pictures.

Every fault is a DataError whose one sentence names the file and what to do.
"""

from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image
from torch import Tensor

from course_lib.files import DataError, read_json
from course_lib.skeletons import Skeleton, view

SPLITS = ("train", "val", "test")
# Labels are in px as stored, so a picture's orientation tag is not applied.
_FLAGS = cv2.IMREAD_COLOR | cv2.IMREAD_IGNORE_ORIENTATION
# OpenCV fills what a cut-off file lacks with grey; whole ones carry an end mark.
_ENDS = {b"\xff\xd8": b"\xff\xd9", b"\x89P": b"IEND"}


def split_file(root: Path, split: str) -> Path:
    if not root.is_dir():
        raise DataError(f"{root}: no such folder; prepare the data set first")
    path = root / f"{split}.json"
    if not path.is_file():
        there = [name for name in SPLITS if (root / f"{name}.json").is_file()]
        raise DataError(
            f"{path}: no split {split!r} here; there are: {', '.join(there) or 'none'}"
        )
    return path


def read_coco(path: Path) -> dict:
    content = read_json(path)
    if not isinstance(content, dict):
        raise DataError(f"{path}: expected an object with images and annotations")
    return content


def field_of(record: dict, name: str, path: Path):
    """record[name], or a DataError that names the record."""
    if name not in record:
        which = f" of record {record['id']}" if "id" in record else ""
        raise DataError(f"{path}: field {name!r}{which} is missing; prepare it again")
    return record[name]


def whole_number(record: dict, name: str, path: Path) -> int:
    """A whole-number field, or a DataError."""
    value = field_of(record, name, path)
    if not isinstance(value, int):
        raise DataError(f"{path}: {name!r} is {value!r}, not a whole number; mend it")
    return value


def read_labels(
    people: list[dict], content: dict, skeleton: Skeleton, path: Path
) -> dict[str, Tensor]:
    """Everything known of each person, checked, in px of the files."""
    if not people:
        raise DataError(f"{path}: holds no people; choose another split or a new limit")
    category = (field_of(content, "categories", path) or [{}])[0]
    names = list(field_of(category, "keypoints", path))
    joints = _numbers(people, "keypoints", 3 * len(names), path)
    extra = list(category.get("keypoints_extra", []))
    if extra:
        more = _numbers(people, "keypoints_extra", 3 * len(extra), path)
        joints = np.concatenate([joints, more], axis=1)
    joints = torch.from_numpy(joints).view(len(people), -1, 3)
    flags = joints[..., 2].long()
    if not torch.isin(joints[..., 2], torch.tensor([0.0, 1.0, 2.0])).all():
        raise DataError(f"{path}: visibility other than 0, 1, 2; prepare it again")
    try:
        keypoints, visible = view(joints[..., :2], flags, names + extra, skeleton)
    except ValueError as error:
        raise DataError(f"{path}: {error}; choose another skeleton") from None
    boxes = torch.from_numpy(_numbers(people, "bbox", 4, path))
    areas = boxes[:, 2] * boxes[:, 3]
    if all("area" in person for person in people):
        areas = torch.from_numpy(_numbers(people, "area", 1, path))[:, 0]
    return {
        "keypoints": keypoints,
        "visible": visible,
        "boxes": boxes,
        "boxes_full": _optional_boxes(people, "bbox_full", boxes, path),
        "head_boxes": _optional_boxes(people, "head_box", boxes * torch.nan, path),
        "areas": areas,
        "annotation_ids": torch.tensor(
            [whole_number(one, "id", path) for one in people]
        ),
    }


def _numbers(people: list[dict], name: str, count: int, path: Path) -> np.ndarray:
    """(N, count) float32 of one field, or a DataError naming the annotation."""
    rows = np.empty((len(people), count), np.float32)
    for row, person in zip(rows, people, strict=True):
        value = np.atleast_1d(field_of(person, name, path))
        if value.shape != (count,) or value.dtype.kind not in "iuf":
            got = f"annotation {person.get('id')} has {value.size} values"
            raise DataError(f"{path}: {got} in {name!r}, expected {count} numbers")
        row[:] = value
    finite = np.isfinite(rows).all(axis=1)
    if not finite.all():
        who = f"annotation {people[int(np.argmin(finite))].get('id')}"
        raise DataError(f"{path}: {who} has NaN in {name!r}; repair or drop it")
    return rows


def _optional_boxes(people: list[dict], name: str, default: Tensor, path: Path):
    """Boxes (N, 4) of the people that have the field, the default for the others."""
    boxes = default.clone()
    having = [row for row, person in enumerate(people) if person.get(name)]
    if having:
        found = _numbers([people[row] for row in having], name, 4, path)
        boxes[having] = torch.from_numpy(found)
    return boxes


def shrink_labels(labels: dict[str, Tensor], scale: Tensor) -> dict[str, Tensor]:
    """Labels in px of the loaded images, `scale` (N,) original px per loaded one."""
    per_box = scale[:, None]
    points = (labels["keypoints"] + 0.5) / per_box[..., None] - 0.5
    points = points.where(labels["visible"][..., None] > 0, torch.zeros_like(points))
    boxes = {k: labels[k] / per_box for k in ("boxes", "boxes_full", "head_boxes")}
    return labels | boxes | {"keypoints": points, "areas": labels["areas"] / scale**2}


def read_images(
    folder: Path, records: list[dict], max_side: int | None, path: Path
) -> tuple[Tensor, Tensor, Tensor]:
    """Images (M, 3, H, W) uint8, their sizes (M, 2) and scales (M,)."""
    full = [
        (whole_number(r, "height", path), whole_number(r, "width", path))
        for r in records
    ]
    if np.min(full) < 1:
        raise DataError(f"{path}: an image has width or height below 1; mend it")
    scale = [max(1.0, max(size) / (max_side or max(size))) for size in full]
    sizes = [
        (max(1, int(h / s + 1e-6)), max(1, int(w / s + 1e-6)))
        for (h, w), s in zip(full, scale, strict=True)
    ]
    height, width = np.max(sizes, axis=0)
    images = np.zeros((len(records), 3, height, width), np.uint8)
    for row, (record, (h, w)) in enumerate(zip(records, sizes, strict=True)):
        file = folder / field_of(record, "file_name", path)
        picture = _decode(file, full[row], (h, w), scale[row])
        images[row, :, :h, :w] = picture.transpose(2, 0, 1)
    return torch.from_numpy(images), torch.tensor(sizes), torch.tensor(scale)


def decode_picture(file: Path) -> np.ndarray:
    """A picture file as (h, w, 3) uint8 RGB; DataError if missing, cut off or none."""
    try:
        content = file.read_bytes()
    except OSError:
        raise DataError(f"{file}: missing picture; prepare the set again") from None
    end = _ENDS.get(content[:2], b"")
    if end not in content[-1024:]:
        raise DataError(f"{file}: picture is cut off; fetch or make it again")
    picture = (
        cv2.imdecode(np.frombuffer(content, np.uint8), _FLAGS) if content else None
    )
    if picture is None:
        raise DataError(f"{file}: no readable picture; replace or drop it")
    return cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)


def _decode(
    file: Path, full: tuple[int, int], size: tuple[int, int], scale: float
) -> np.ndarray:
    """One picture (h, w, 3) uint8, shrunk by exactly `scale` in both directions."""
    picture = decode_picture(file)
    if picture.shape[:2] != full:
        seen = f"picture is {picture.shape[1]} x {picture.shape[0]}"
        raise DataError(
            f"{file}: {seen}, its label says {full[1]} x {full[0]}; mend one"
        )
    if size == full:
        return picture
    box = (0, 0, min(full[1], size[1] * scale), min(full[0], size[0] * scale))
    shrunk = Image.fromarray(picture).resize(size[::-1], Image.BILINEAR, box=box)
    return np.asarray(shrunk)
