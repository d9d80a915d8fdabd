"""Scenes: collages of people, cut out by their own labels, on painted backgrounds."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import torch
from torch import Tensor

from course_lib.dense import DensePeople, pixel_places
from course_lib.geometry import (
    apply_affine,
    box_centre,
    box_from_centre,
    crop_affine,
    invert_affine,
    warp,
)

MARGIN = 1.15  # of the box around a person who is shown alone
# labels (...) and uv (..., 2) -> those of the mirrored picture
Mirror = Callable[[Tensor, Tensor], tuple[Tensor, Tensor]]


@dataclass
class Scenes:
    """B pictures, and N people, N / B in each, one picture's after the other's.

    images: (B, 3, h, w) in 0..1. parts: (B, h, w), the part of each pixel. owner: (B,
    h, w), whose it is, 0 .. N / B - 1, -1 nobody's. boxes: (N, 4) px, of what is seen;
    the whole picture for somebody who is not. points: (N, P, 2) px; labels: (N, P), 0
    where a point is hidden by others or outside; uv: (N, P, 2). keypoints: (N, K, 2)
    px; visible: (N, K), 0 where hidden by others or outside.
    """

    images: Tensor
    parts: Tensor
    owner: Tensor
    boxes: Tensor
    points: Tensor
    labels: Tensor
    uv: Tensor
    keypoints: Tensor
    visible: Tensor

    @property
    def slots(self) -> int:
        """How many people a picture has."""
        return len(self.boxes) // max(len(self.images), 1)

    def whose(self) -> Tensor:
        """(N, h, w), where each person is seen."""
        return whose(self.owner, len(self.boxes))

    def erased(self) -> "Scenes":
        """The same scenes, black where nobody is."""
        return replace(self, images=self.images * (self.owner >= 0)[:, None])


def whose(owner: Tensor, count: int) -> Tensor:
    """(N, h, w), where each of N = `count` people is seen; owner: (B, h, w)."""
    slots = count // max(len(owner), 1)
    slot = torch.arange(count, device=owner.device) % max(slots, 1)
    return owner.repeat_interleave(slots, dim=0) == slot[:, None, None]


def look_up(maps: Tensor, places: Tensor) -> Tensor:
    """Values (N, ...) of maps (N, H, W) at the pixels nearest to places (N, ..., 2).

    0 (or False) outside of the maps.
    """
    height, width = maps.shape[-2:]
    column, row = places.round().long().unbind(dim=-1)
    is_inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    index = row.clamp(0, height - 1) * width + column.clamp(0, width - 1)
    values = maps.flatten(1).gather(1, index.flatten(1)).view(index.shape)
    return values.where(is_inside, torch.zeros_like(values))


def compose(
    people: DensePeople,
    rows: Tensor,
    affine: Tensor,
    flip: Tensor,
    images: Tensor,
    mirror: Mirror,
) -> Scenes:
    """Scenes of people rows (N,), N / B on each of images (B, 3, h, w), 0..1.

    affine: (N, 2, 3), px of a person's picture to px of the scene. flip: (N,), whether
    it mirrors, and so `mirror` is asked for labels. Who comes later stands in front.
    """
    slots, size = len(rows) // len(images), tuple(images.shape[-2:])
    iuv = people.iuv[rows]
    layers = torch.cat([people.images[rows], 255 * (iuv[:, :1] > 0)], dim=1).float()
    layers = warp(layers, affine, size).unflatten(0, (-1, slots)) / 255
    grid = pixel_places(*size, images.device).expand(len(rows), -1, -1, -1)
    found = look_up(iuv[:, 0].long(), apply_affine(invert_affine(affine), grid))
    turned, _ = mirror(found, torch.zeros_like(grid))
    found = turned.where(flip[:, None, None], found).unflatten(0, (-1, slots))
    parts, owner = torch.zeros_like(found[:, 0]), torch.full_like(found[:, 0], -1)
    for slot in range(slots):
        picture, alpha = layers[:, slot, :3], layers[:, slot, 3:]
        images = images + alpha * (picture - images)
        is_on = found[:, slot] > 0
        parts = found[:, slot].where(is_on, parts)
        owner = owner.masked_fill(is_on, slot)
    seen = whose(owner, len(rows))
    labels = _points(people, rows, affine, flip, seen, mirror)
    joints = _joints(people, rows, affine, flip, seen, owner)
    return Scenes(images, parts, owner, _boxes(seen), *labels, *joints)


def _points(people, rows, affine, flip, seen: Tensor, mirror: Mirror) -> tuple:
    """Points, labels and uv of people in scenes; label 0 where they are not seen."""
    points = apply_affine(affine, people.points[rows])
    labels, uv = people.labels[rows], people.uv[rows]
    turned, turned_uv = mirror(labels, uv)
    labels = turned.where(flip[:, None], labels) * look_up(seen, points)
    return points, labels, turned_uv.where(flip[:, None, None], uv)


def _joints(people, rows, affine, flip, seen: Tensor, owner: Tensor) -> tuple:
    """Joints and flags in scenes, 0 where outside or behind somebody else."""
    order = people.skeleton.flip_permutation
    joints, flags = apply_affine(affine, people.keypoints[rows]), people.visible[rows]
    joints = joints[:, order].where(flip[:, None, None], joints)
    flags = flags[:, order].where(flip[:, None], flags)
    free = owner.repeat_interleave(len(rows) // len(owner), dim=0) < 0
    return joints, flags * look_up(seen | free, joints)


def _boxes(seen: Tensor) -> Tensor:
    """Boxes (N, 4) of masks (N, h, w); all of it around an empty one."""
    columns, rows = seen.any(dim=1).int(), seen.any(dim=2).int()
    first = torch.stack([line.argmax(dim=1) for line in (columns, rows)], dim=1)
    after = [line.shape[1] - line.flip(1).argmax(dim=1) for line in (columns, rows)]
    return torch.cat([first, torch.stack(after, dim=1) - first], dim=1).float()


def draw_scenes(
    people: DensePeople,
    backgrounds: Tensor,
    count: int,
    sides: tuple[float, float],
    generator: torch.Generator,
    mirror: Mirror,
    slots: int = 3,
    turn: float = 20.0,
) -> Scenes:
    """Random scenes, `count` of them, with `slots` people each, both 1 or more.

    backgrounds: (M, 3, S, S) uint8, to choose from. sides: px, shortest and longest of
    the longer side of a person's box, drawn evenly on a logarithmic scale; the smaller
    in a scene stands in front. turn: up to so many degrees either way, after the side
    was measured. Each person is mirrored with a probability of one half.
    """
    size, total = backgrounds.shape[-1], count * slots
    rows = torch.randint(len(people), (total,), generator=generator)
    chance = torch.rand(5, total, generator=generator)
    low, high = torch.tensor(sides).log()
    side = (low + (high - low) * chance[0]).exp().view(count, slots)
    side = side.sort(dim=1, descending=True).values.flatten()
    boxes = people.boxes[rows.to(people.boxes.device)].cpu()
    zoom = side / boxes[:, 2:].amax(dim=1)  # px of the scene in a px
    half = (zoom[:, None] * boxes[:, 2:] / 2).clamp(max=size / 2)
    centre = half + (size - 2 * half) * chance[1:3].T - 0.5
    views = box_from_centre(box_centre(boxes), (size / zoom)[:, None].expand(-1, 2))
    flip = chance[4] < 0.5
    affine = crop_affine(views, (size, size), turn * (2 * chance[3] - 1), flip)
    affine[:, :, 2] += centre - (size - 1) / 2  # from the middle to its place
    which = torch.randint(len(backgrounds), (count,), generator=generator)
    device = people.images.device
    images = backgrounds[which.to(device)].float() / 255
    rows, affine, flip = (part.to(device) for part in (rows, affine, flip))
    return compose(people, rows, affine, flip, images, mirror)


def alone(
    people: DensePeople, rows: Tensor, size: int, side: float | None = None
) -> tuple[Scenes, Tensor]:
    """Scenes (size x size) of people rows (N,), N > 0, each alone; their affines.

    side: px, of the longer side of a person's box; None: the box, 15 % larger, fills
    the scene.
    """
    longer = people.boxes[rows, 2:].amax(dim=1, keepdim=True)
    zoom = MARGIN if side is None else size / side
    centre = box_centre(people.boxes[rows])
    views = box_from_centre(centre, (longer * zoom).expand(-1, 2))
    affine = crop_affine(views, (size, size))
    images = warp(people.images[rows].float(), affine, (size, size)) / 255
    still = torch.zeros(len(rows), dtype=torch.bool, device=rows.device)
    return compose(people, rows, affine, still, images, lambda *labels: labels), affine


def jitter_boxes(boxes: Tensor, generator: torch.Generator) -> Tensor:
    """Boxes (N, 4) px as a detector might find them, with a margin and a little off.

    Each side is 1 to 1.2 times as long; the centre is off by up to a twentieth of it.
    """
    chance = (2 * torch.rand(len(boxes), 4, generator=generator) - 1).to(boxes)
    size = boxes[:, 2:] * (1.1 + 0.1 * chance[:, 2:])
    centre = box_centre(boxes) + 0.05 * chance[:, :2] * boxes[:, 2:]
    return box_from_centre(centre, size)
