"""Which part of a picture a network for one person gets to see."""

from dataclasses import replace

import torch
from torch import Tensor

from course_lib.data import Augment, Crops, PoseDataset, sample_crops
from course_lib.geometry import apply_affine, box_centre, box_from_centre, expand_box

MARGIN = 1.5  # a person's box, as large as this times that of the labelled joints


def person_boxes(dataset: PoseDataset, data: str, aspect: float) -> Tensor:
    """A box (N, 4) in image px around each person, width / height = `aspect`.

    data: the setting of that name. On "rendered" people it is the whole picture, which
    holds one person; on photographs, the box of the labelled joints, half as large
    again. That box uses the labels in the test, too; a detector would have to find it.
    """
    if data == "rendered":
        return expand_box(dataset.image_boxes, 1.0, aspect)
    return expand_box(dataset.boxes, MARGIN, aspect)


def cut_people(
    dataset: PoseDataset, boxes: Tensor, size: tuple[int, int]
) -> PoseDataset:
    """A data set with one picture (h, w) = `size` for each person: its box, enlarged.

    boxes: (N, 4) image px, of the aspect of `size`. Training on crops of small pictures
    is faster than on crops of whole scenes. Labels are in px of the new pictures, where
    joints and boxes may reach beyond the border; `scale` is NaN, as no way leads back.
    """
    people, parts = torch.arange(len(dataset), device=dataset.images.device), []
    for index in people.split(256):
        crops = sample_crops(dataset, index, boxes[index], size)
        images = (255 * crops.images).round().byte()
        parts.append((images, crops.keypoints, crops.affine))
    images, keypoints, affine = (torch.cat(part) for part in zip(*parts, strict=True))
    zoom = affine[:, 0, 0]  # (N,) new px per px

    def moved(some: Tensor) -> Tensor:
        centre = apply_affine(affine, box_centre(some)[:, None])[:, 0]
        return box_from_centre(centre, some[:, 2:] * zoom[:, None])

    names = ("boxes", "boxes_full", "head_boxes")
    return replace(
        dataset,
        **{name: moved(getattr(dataset, name)) for name in names},
        images=images,
        sizes=dataset.sizes.new_tensor(size).expand(len(people), 2),
        image_index=people,
        keypoints=keypoints,
        areas=dataset.areas * zoom**2,
        image_ids=dataset.image_ids[dataset.image_index],
        scale=torch.full_like(zoom, torch.nan),
        averages={},
    )


def random_crops(
    dataset: PoseDataset,
    boxes: Tensor,
    size: tuple[int, int],
    count: int,
    augment: Augment,
    generator: torch.Generator,
) -> Crops:
    """Augmented crops of `count` people drawn with replacement, each (h, w) = `size`.

    boxes: (N, 4) image px, one for each person. A joint that the augmentation moves
    out of the crop counts as not labelled.
    """
    index = torch.randint(len(dataset), (count,), generator=generator)
    index = index.to(dataset.images.device)
    crops = sample_crops(dataset, index, boxes[index], size, augment, generator)
    crops.visible = crops.visible * crops.inside
    return crops


def everyone_on(dataset: PoseDataset, crops: Crops) -> tuple[Tensor, Tensor]:
    """Joints (B, M, K, 2) in crop px and visible (B, M, K) of all on a crop's image.

    The crop's own person comes first; a row beyond those who are there is 0. Joints
    outside of the crop keep their labels. On a mirrored crop left and right are
    swapped for everyone.
    """
    image = dataset.image_index
    together = image[crops.index][:, None] == image  # (B, N)
    first = together.long()
    first.scatter_(1, crops.index[:, None], 2)
    who = first.argsort(dim=1, descending=True, stable=True)  # (B, N)
    who = who[:, : max(together.sum(dim=1).tolist(), default=0)]  # (B, M)
    joints = apply_affine(crops.affine, dataset.keypoints[who])
    visible = dataset.visible[who] * together.gather(1, who)[..., None]
    is_mirrored = torch.linalg.det(crops.affine[:, :, :2]) < 0
    order = dataset.skeleton.flip_permutation
    joints[is_mirrored] = joints[is_mirrored][:, :, order]
    visible[is_mirrored] = visible[is_mirrored][:, :, order]
    return joints.where(visible[..., None] > 0, torch.zeros_like(joints)), visible
