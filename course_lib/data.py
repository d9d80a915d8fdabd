"""People with joints, read from the course's one on-disk format, kept on the device.

A set is a folder with `{train,val,test}.json` (COCO person keypoints) and `images/`.
`load` checks everything once; after that all work is batched tensor work.
"""

from dataclasses import dataclass, field, fields, replace
from pathlib import Path

import torch
from torch import Tensor

from course_lib.coco_files import (
    decode_picture,
    field_of,
    read_coco,
    read_images,
    read_labels,
    shrink_labels,
    split_file,
    whole_number,
)
from course_lib.files import DataError
from course_lib.geometry import (
    apply_affine,
    average,
    box_centre,
    box_from_centre,
    by_shrinkage,
    crop_affine,
    warp_averaged,
)
from course_lib.skeletons import Skeleton, get_skeleton

GOLDEN = Path(__file__).parent / "assets" / "golden"
ASTRONAUT = Path(__file__).parent / "assets" / "astronaut.png"  # public domain


@dataclass
class PoseDataset:
    """M images and the N people on them, as tensors on one device.

    images: (M, 3, H, W) uint8, smaller ones padded with 0 right and below.
    sizes: (M, 2) as (h, w) before padding. image_index: (N,) each person's image.
    keypoints: (N, K, 2) px. visible: (N, K), 2 visible, 1 occluded, 0 not labelled.
    boxes, boxes_full, head_boxes: (N, 4) px, of the visible part, the whole body and
    the head (head is NaN where a set has none). areas: (N,) px^2. image_ids: (M,) and
    annotation_ids: (N,) as in the file. scale: (M,) original px per loaded px, 1 unless
    `load` had a `max_side`. averages: what `averaged` keeps.
    """

    images: Tensor
    sizes: Tensor
    image_index: Tensor
    keypoints: Tensor
    visible: Tensor
    boxes: Tensor
    boxes_full: Tensor
    areas: Tensor
    head_boxes: Tensor
    image_ids: Tensor
    annotation_ids: Tensor
    scale: Tensor
    skeleton: Skeleton
    averages: dict[int, Tensor] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.image_index)

    @property
    def image_boxes(self) -> Tensor:
        """(N, 4) each person's whole image as a box, (0, 0, w, h)."""
        width_height = self.sizes[self.image_index].flip(-1).to(self.boxes)
        return torch.cat([torch.zeros_like(width_height), width_height], dim=-1)

    def picture(self, person: int) -> Tensor:
        """The image (3, h, w) uint8 that a person is on, without padding."""
        image = int(self.image_index[person])
        height, width = self.sizes[image].tolist()
        return self.images[image, :, :height, :width]

    def averaged(self, k: int) -> Tensor:
        """All images averaged over k x k px, uint8; made once and kept."""
        if k == 1:
            return self.images
        if k not in self.averages:
            parts = (average(part.float(), k) for part in self.images.split(256))
            self.averages[k] = torch.cat([part.round().byte() for part in parts])
        return self.averages[k]

    def subset(self, index: Tensor) -> "PoseDataset":
        """The same images with only the people in `index` (positions or a mask)."""
        per_person = ("image_index", "keypoints", "visible", "boxes", "boxes_full")
        per_person += ("areas", "head_boxes", "annotation_ids")
        return replace(
            self, **{name: getattr(self, name)[index] for name in per_person}
        )

    def to(self, device: str | torch.device) -> "PoseDataset":
        """The same data set on another device."""
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        tensors = {k: v.to(device) for k, v in values.items() if isinstance(v, Tensor)}
        return replace(self, **tensors, averages={})

    def to_original(self, points: Tensor, person: Tensor) -> Tensor:
        """Points (B, ..., 2) of people (B,) in px of the image files as stored."""
        scale = self.scale[self.image_index[person]]
        return (points + 0.5) * scale.view(-1, *[1] * (points.ndim - 1)) - 0.5


def load(
    root: str | Path,
    split: str,
    skeleton: str | Skeleton = "lsp14",
    device: str | torch.device = "cpu",
    limit: int | None = None,
    max_side: int | None = None,
) -> PoseDataset:
    """One split of the set in folder `root`, its joints as `skeleton` sees them.

    limit: only the first images of the file. max_side: images with a longer side are
    shrunk to it (and labels with them; `to_original` leads back). Crowd regions and
    people without a labelled joint are left out. Raises DataError, in one sentence
    that names the file and what to do, for whatever is missing or damaged.
    """
    root, skeleton = Path(root), get_skeleton(skeleton)
    path = split_file(root, split)
    content = read_coco(path)
    everyone = field_of(content, "annotations", path)
    records = field_of(content, "images", path)[:limit]
    ids = {whole_number(one, "id", path): row for row, one in enumerate(records)}
    people = [one for one in everyone if whole_number(one, "image_id", path) in ids]
    people = [one for one in people if not one.get("iscrowd")]
    labels = read_labels(people, content, skeleton, path)
    rows = torch.tensor([ids[person["image_id"]] for person in people])
    images, sizes, scale = read_images(root / "images", records, max_side, path)
    labels = {"image_index": rows} | shrink_labels(labels, scale[rows])
    labelled = (labels["visible"] > 0).any(dim=-1)
    if not labelled.any():
        raise DataError(f"{path}: nobody in it has a labelled joint; prepare it again")
    dataset = PoseDataset(
        images=images,
        sizes=sizes,
        image_ids=torch.tensor(list(ids)),
        scale=scale,
        skeleton=skeleton,
        **{name: value[labelled] for name, value in labels.items()},
    )
    return dataset.to(device)


def golden(
    name: str = "single-easy",
    split: str = "val",
    skeleton: str | Skeleton = "lsp14",
    device: str | torch.device = "cpu",
) -> PoseDataset:
    """A small rendered set that travels inside the package."""
    return load(GOLDEN / name, split, skeleton, device)


def read_photograph(path: str | Path | None = None) -> Tensor:
    """A picture file as (3, H, W) uint8 RGB; None is the packaged astronaut (NASA).

    Raises DataError naming a file that is missing or is no image.
    """
    picture = decode_picture(Path(path) if path is not None else ASTRONAUT)
    return torch.from_numpy(picture).permute(2, 0, 1)


@dataclass(frozen=True)
class Augment:
    """Ranges of random changes to a crop, each drawn evenly per sample.

    flip: probability of mirroring. scale: factors on the person's size. rotate: up to
    so many degrees either way. shift: up to this part of the box, in x and in y.
    """

    flip: float = 0.5
    scale: tuple[float, float] = (0.75, 1.25)
    rotate: float = 30.0
    shift: float = 0.05


@dataclass
class Crops:
    """A batch of crops and the labels in crop px.

    images: (B, 3, h, w) float 0..1. keypoints: (B, K, 2). visible: (B, K) as labelled:
    a joint that the crop cuts off keeps its flag and its true coordinates outside (a
    regression may want it); `inside` tells. affine: (B, 2, 3), image px to crop px.
    index: (B,) people of the data set.
    """

    images: Tensor
    keypoints: Tensor
    visible: Tensor
    affine: Tensor
    index: Tensor

    @property
    def inside(self) -> Tensor:
        """(B, K) bool: labelled and on the crop's pixels."""
        height, width = self.images.shape[-2:]
        limit = self.keypoints.new_tensor([width, height]) - 0.5
        on_crop = ((self.keypoints >= -0.5) & (self.keypoints <= limit)).all(dim=-1)
        return on_crop & (self.visible > 0)


def sample_crops(
    dataset: PoseDataset,
    index: Tensor,
    boxes: Tensor,
    size: tuple[int, int],
    augment: Augment | None = None,
    generator: torch.Generator | None = None,
) -> Crops:
    """Crops of people `index` (B,), each of its box (B, 4) in image px, size (h, w).

    augment needs a generator (on any device). A mirrored crop has left and right
    joints swapped. Joints without a label (visible 0) stay at 0, 0. Outside of the
    image a crop is black.
    """
    index = torch.as_tensor(index, device=dataset.images.device)
    boxes = torch.as_tensor(boxes).to(dataset.boxes)
    if boxes.shape != (len(index), 4):
        raise ValueError(
            f"need one box for each of {len(index)} people, got shape "
            f"{tuple(boxes.shape)}"
        )
    angle = flip = None
    if augment is not None:
        boxes, angle, flip = _augment(boxes, augment, generator)
    affine = crop_affine(boxes, size, angle, flip)
    images = _cut(dataset, dataset.image_index[index], affine, size)
    keypoints = apply_affine(affine, dataset.keypoints[index])
    visible = dataset.visible[index]
    if flip is not None:
        order = dataset.skeleton.flip_permutation
        keypoints = keypoints.where(~flip[:, None, None], keypoints[:, order])
        visible = visible.where(~flip[:, None], visible[:, order])
    keypoints = keypoints.where(visible[..., None] > 0, torch.zeros_like(keypoints))
    return Crops(images, keypoints, visible, affine, index)


def _cut(
    dataset: PoseDataset, rows: Tensor, affine: Tensor, size: tuple[int, int]
) -> Tensor:
    """What `warp` makes of images `rows` (B,), from averages made once."""
    out = affine.new_empty(len(rows), 3, *size)
    for k, own in by_shrinkage(affine):
        images = dataset.averaged(k)[rows[own]].to(affine)
        out[own] = warp_averaged(images, affine[own], size, k)
    return out / 255


def _augment(
    boxes: Tensor, augment: Augment, generator: torch.Generator | None
) -> tuple[Tensor, Tensor, Tensor]:
    """Changed boxes (B, 4), angles (B,) in degrees and flips (B,) bool."""
    if generator is None:
        raise ValueError("augment needs a torch.Generator, got None")
    draws = torch.rand(len(boxes), 5, generator=generator, device=generator.device)
    draws = draws.to(boxes)
    low, high = augment.scale
    size = boxes[:, 2:] / (low + (high - low) * draws[:, :1])
    shift = (2 * draws[:, 1:3] - 1) * augment.shift * boxes[:, 2:]
    angle = (2 * draws[:, 3] - 1) * augment.rotate
    moved = box_from_centre(box_centre(boxes) + shift, size)
    return moved, angle, draws[:, 4] < augment.flip
