"""Which part of a picture a network for one person gets to see."""

import torch
from torch import Tensor

from course_lib.data import Augment, Crops, PoseDataset, sample_crops
from course_lib.geometry import expand_box

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
