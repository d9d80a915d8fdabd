"""Pictures of several people, each group at one scale, as bottom-up methods see them.

As on MPII, it is known where a group is and how large its people are on average.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

from course_lib.data import PoseDataset, sample_crops
from course_lib.geometry import apply_affine, box_centre, box_from_centre, box_iou
from course_lib.metrics import head_size

SPARE = 8  # px that a group too large for its picture keeps on each side


@dataclass(frozen=True)
class Scene:
    """One picture of G people.

    image: (3, h, w) float 0..1. joints: (G, K, 2) px of the picture, visible: (G, K).
    boxes: (G, 4) px, of the whole bodies. head: (G,) px, as `head_size`.
    """

    image: Tensor
    joints: Tensor
    visible: Tensor
    boxes: Tensor
    head: Tensor

    @property
    def crowding(self) -> float:
        """Mean, over the people, of the largest IoU with another one's box; 0 alone."""
        iou = box_iou(self.boxes, self.boxes).fill_diagonal_(0)
        return iou.amax(dim=1).mean().item() if len(iou) else 0.0

    def owners(self, points: Tensor, heads: float = 0.5) -> Tensor:
        """The person (D, K) whose labelled joint k is near points[d, k], or -1.

        points: (D, K, 2) px, a place for each kind of joint. Near is at most `heads`
        head sizes away, as MPII's scores have it; of several people, the nearest in
        head sizes.
        """
        if not len(self.joints):
            return points.new_full(points.shape[:2], -1, dtype=torch.long)
        distance = (points[:, None] - self.joints).norm(dim=-1)  # (D, G, K)
        distance = distance / self.head[:, None]
        distance = distance.masked_fill(self.visible == 0, torch.inf)
        nearest, who = distance.min(dim=1)
        return who.masked_fill(nearest > heads, -1)

    def adjacent(self, radius: float) -> Tensor:
        """Whether a labelled joint of another kind is within radius px, (G, K) bool."""
        places, shown = self.joints.flatten(0, 1), self.visible.flatten() > 0  # (G K,)
        kind = torch.arange(self.visible.shape[1], device=places.device)
        kind = kind.repeat(len(self.joints))
        near = (torch.cdist(places, places) <= radius) & (kind[:, None] != kind)
        return ((near & shown).any(dim=1) & shown).view(self.visible.shape)


def unlabelled(image: Tensor, joints: int) -> Scene:
    """The scene of a picture (3, h, w) of which nothing is known: of no people."""
    people = [image.new_zeros(0, *rest) for rest in ((joints, 2), (joints,), (4,), ())]
    return Scene(image, *people)


def group_scales(dataset: PoseDataset, reference: float) -> Tensor:
    """Image px (M,) per px of the pictures in which people are of one size.

    The mean, over the people of an image, of the longest side of their whole boxes
    becomes `reference` px.
    """
    longest = dataset.boxes_full[:, 2:].amax(dim=1)  # (N,) px
    people = torch.bincount(dataset.image_index, minlength=len(dataset.images))
    total = longest.new_zeros(len(people)).index_add(0, dataset.image_index, longest)
    return total / people / reference


def person_windows(dataset: PoseDataset, side: float, reference: float) -> Tensor:
    """Square boxes (N, 4) image px around people: `side` px at their group's scale."""
    scale = group_scales(dataset, reference)[dataset.image_index]  # (N,)
    size = (side * scale)[:, None].expand(-1, 2)
    return box_from_centre(box_centre(dataset.boxes_full), size)


def group_boxes(
    dataset: PoseDataset, size: tuple[int, int], reference: float
) -> Tensor:
    """A box (M, 4) image px around each group that becomes its picture (h, w) = size.

    Its people are of the size `reference`, smaller if the group were cut off otherwise.
    """
    boxes, rows = dataset.boxes_full, dataset.image_index[:, None].expand(-1, 2)
    far = boxes.new_full((len(dataset.images), 2), torch.inf)
    low = far.scatter_reduce(0, rows, boxes[:, :2], "amin")  # (M, 2)
    high = (-far).scatter_reduce(0, rows, boxes[:, :2] + boxes[:, 2:], "amax")
    extent = boxes.new_tensor([size[1], size[0]])
    needed = ((high - low) / (extent - 2 * SPARE)).amax(dim=1)  # (M,)
    scale = torch.maximum(group_scales(dataset, reference), needed)
    return box_from_centre((low + high) / 2, scale[:, None] * extent)


def read_scenes(
    dataset: PoseDataset, size: tuple[int, int], reference: float
) -> list[Scene]:
    """The picture, (h, w) = size, of each image's group; see `group_boxes`.

    Raises ValueError where an image shows nobody.
    """
    image = dataset.image_index
    groups = [(image == m).nonzero()[:, 0] for m in range(len(dataset.images))]
    empty = [m for m, group in enumerate(groups) if not len(group)]
    if empty:
        raise ValueError(f"nobody is on image {empty[0]}: it has no group to look at")
    first = torch.stack([group[0] for group in groups])  # (M,) one person of each
    crops = sample_crops(dataset, first, group_boxes(dataset, size, reference), size)
    pictures = zip(crops.images, crops.affine, groups, strict=True)
    return [Scene(one, *_people(dataset, group, to)) for one, to, group in pictures]


def empty_corners(dataset: PoseDataset, side: int) -> Tensor:
    """The corners (M, 3, side, side), 0..1, of images that nobody's whole box reaches.

    May be none. Images are those of the data set, not brought to a group's scale.
    """
    height, width = dataset.images.shape[-2:]
    corners = [(x, y) for x in (0, width - side) for y in (0, height - side)]
    boxes = dataset.boxes_full.new_tensor([[x, y, side, side] for x, y in corners])
    is_hit = box_iou(boxes, dataset.boxes_full) > 0  # (4, N)
    found = [
        image[:, y : y + side, x : x + side]
        for m, image in enumerate(dataset.images)
        for (x, y), hit in zip(corners, is_hit, strict=True)
        if not hit[dataset.image_index == m].any()
    ]
    if not found:
        return dataset.boxes.new_zeros(0, 3, side, side)
    return torch.stack(found).to(dataset.boxes) / 255


def _people(dataset: PoseDataset, group: Tensor, affine: Tensor) -> tuple[Tensor, ...]:
    """Joints, flags, boxes and head sizes of people (G,), moved by affine (2, 3)."""
    scale = torch.linalg.det(affine[:, :2]).sqrt()
    visible = dataset.visible[group]
    joints = apply_affine(affine.expand(len(group), 2, 3), dataset.keypoints[group])
    joints = joints.where(visible[..., None] > 0, torch.zeros_like(joints))
    boxes = dataset.boxes_full[group]
    centres = apply_affine(affine[None], box_centre(boxes)[None])[0]
    moved = box_from_centre(centres, boxes[:, 2:] * scale)
    return joints, visible, moved, head_size(dataset.head_boxes[group]) * scale
