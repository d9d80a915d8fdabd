"""Clips: short films of people who keep their identity from frame to frame."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from course_lib.coco_files import field_of, read_coco, split_file, whole_number
from course_lib.data import PoseDataset, load
from course_lib.files import DataError
from course_lib.metrics import head_size
from course_lib.skeletons import Skeleton


@dataclass(frozen=True)
class Frame:
    """One picture of a clip and the P people on it; P may be 0.

    pixels: (3, h, w) uint8, a view into all pictures read together. joints: (P, K, 2)
    px, visible: (P, K), 2 visible, 1 occluded, 0 not labelled. boxes, visible_boxes:
    (P, 4) px, of the whole bodies and of what is seen of them. head: (P,) px, as
    `head_size`. ids: (P,) whole numbers, the same for a person in all of the clip.
    """

    pixels: Tensor
    joints: Tensor
    visible: Tensor
    boxes: Tensor
    visible_boxes: Tensor
    head: Tensor
    ids: Tensor

    @property
    def image(self) -> Tensor:
        """The picture (3, h, w) as float 0..1, made anew by each call."""
        return self.pixels.float() / 255

    @property
    def hidden(self) -> Tensor:
        """Share (P,) of each whole box outside the box of what is seen, 0 to 1."""
        seen, whole = (b[:, 2:].prod(dim=-1) for b in (self.visible_boxes, self.boxes))
        return (1 - seen / whole).clamp(0, 1)


def read_clips(
    root: str | Path,
    split: str,
    skeleton: str | Skeleton = "coco17",
    limit: int | None = None,
) -> list[list[Frame]]:
    """The clips of one split of the set in folder `root`, each a list of its frames.

    Clips and frames are in the order of their numbers, people in that of the file.
    limit: only the first clips. People of whom hardly anything is seen (`iscrowd`) or
    of whom the skeleton has no labelled joint are left out. Raises DataError, in one
    sentence that names what to do, for a set without clips and as `load` does.
    """
    path = split_file(Path(root), split)
    content = read_coco(path)
    records = field_of(content, "images", path)
    if not all("clip" in record for record in records):
        raise DataError(f"{root}: its images belong to no clip; choose the set 'clips'")
    places = [
        tuple(whole_number(record, name, path) for name in ("clip", "frame"))
        for record in records
    ]
    if len(set(places)) < len(places):
        raise DataError(f"{path}: two images have one clip and frame; prepare it again")
    chosen = sorted({clip for clip, _ in places})[:limit]
    rows = [row for row, (clip, _) in enumerate(places) if clip in chosen]
    dataset = load(root, split, skeleton, limit=max(rows, default=-1) + 1)
    ids = _track_ids(dataset, field_of(content, "annotations", path), path)
    rows.sort(key=places.__getitem__)
    return [
        [_frame(dataset, ids, row) for row in rows if places[row][0] == clip]
        for clip in chosen
    ]


def _track_ids(dataset: PoseDataset, people: Sequence[dict], path: Path) -> Tensor:
    """The identity (N,) of each person of the data set."""
    known = {whole_number(person, "id", path): person for person in people}
    persons = [known[number] for number in dataset.annotation_ids.tolist()]
    return torch.tensor([whole_number(one, "track_id", path) for one in persons])


def _frame(dataset: PoseDataset, ids: Tensor, row: int) -> Frame:
    """Image `row` of the data set and its people."""
    own = dataset.image_index == row
    height, width = dataset.sizes[row].tolist()
    return Frame(
        pixels=dataset.images[row, :, :height, :width],
        joints=dataset.keypoints[own],
        visible=dataset.visible[own],
        boxes=dataset.boxes_full[own],
        visible_boxes=dataset.boxes[own],
        head=head_size(dataset.head_boxes[own]),
        ids=ids[own],
    )
