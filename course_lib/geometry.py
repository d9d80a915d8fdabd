"""Boxes, crops and flips, batched, on any device.

Pixel centres lie at integers, points are (x, y). A box (x, y, w, h) covers the
interval [x - 1/2, x + w - 1/2] across, as pycocotools counts; the whole image is
(0, 0, W, H). An affine (B, 2, 3) maps homogeneous points: new = affine @ (x, y, 1).
"""

import math
from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor

from course_lib.skeletons import Skeleton


def box_centre(boxes: Tensor) -> Tensor:
    """Centres (..., 2) of boxes (..., 4), px: x + (w - 1) / 2, likewise y."""
    return boxes[..., :2] + (boxes[..., 2:] - 1) / 2


def box_from_centre(centre: Tensor, size: Tensor) -> Tensor:
    """Boxes (..., 4) from centres (..., 2) and sizes (..., 2) as (w, h), px."""
    return torch.cat([centre - (size - 1) / 2, size.expand_as(centre)], dim=-1)


def expand_box(boxes: Tensor, factor: float, aspect: float | None = None) -> Tensor:
    """Boxes (..., 4) around the same centres, `factor` times as large.

    aspect: wanted w / h; first the shorter side grows until it fits, so that nothing
    of the box is lost. None keeps each box's own.
    """
    size = boxes[..., 2:]
    if aspect is not None:
        width = torch.maximum(size[..., 0], size[..., 1] * aspect)
        size = torch.stack([width, width / aspect], dim=-1)
    return box_from_centre(box_centre(boxes), size * factor)


def crop_affine(
    boxes: Tensor,
    size: tuple[int, int],
    angle: Tensor | None = None,
    flip: Tensor | None = None,
) -> Tensor:
    """Affines (B, 2, 3) from image px to crop px.

    boxes: (B, 4) px, positive sizes; each fills the crop of `size` (h, w) exactly, so
    a box of another aspect is stretched (see `expand_box`). angle: (B,) degrees, by
    which the picture turns counter-clockwise on screen about the box centre.
    flip: (B,) bool, mirror left and right last. The box centre always lands on the
    crop's centre ((w - 1) / 2, (h - 1) / 2).
    """
    empty = ~(boxes[:, 2:] > 0).all(dim=-1)
    if empty.any():
        seen = boxes[empty][0].tolist()
        raise ValueError(f"boxes need positive width and height, got {seen}")
    height, width = size
    crop_size = boxes.new_tensor([width, height])
    angle = torch.zeros_like(boxes[:, 0]) if angle is None else angle.to(boxes)
    cos, sin = (angle * math.pi / 180).cos(), (angle * math.pi / 180).sin()
    turn = torch.stack([cos, sin, -sin, cos], dim=-1).view(-1, 2, 2)  # y points down
    stretch = crop_size / boxes[:, 2:]  # (B, 2)
    if flip is not None:
        mirror = 1 - 2 * flip.to(boxes)
        stretch = stretch * torch.stack([mirror, torch.ones_like(mirror)], dim=-1)
    linear = stretch[..., None] * turn  # (B, 2, 2)
    shift = (crop_size - 1) / 2 - (linear @ box_centre(boxes)[..., None])[..., 0]
    return torch.cat([linear, shift[..., None]], dim=-1)


def apply_affine(affine: Tensor, points: Tensor) -> Tensor:
    """Points (B, ..., 2) sent through affines (B, 2, 3), one each."""
    flat = points.reshape(len(points), math.prod(points.shape[1:-1]), 2)  # (B, P, 2)
    moved = flat @ affine[:, :, :2].mT + affine[:, None, :, 2]
    return moved.reshape(points.shape)


def invert_affine(affine: Tensor) -> Tensor:
    """The affines (B, 2, 3) that lead back."""
    a, b, c, d = affine[:, :, :2].reshape(-1, 4).unbind(-1)
    inverse = torch.stack([d, -b, -c, a], dim=-1) / (a * d - b * c)[:, None]
    inverse = inverse.view(-1, 2, 2)
    return torch.cat([inverse, -(inverse @ affine[:, :, 2:])], dim=-1)


def warp(
    images: Tensor, affine: Tensor, size: tuple[int, int], antialias: bool = True
) -> Tensor:
    """Images (B, C, h, w), float, seen through affines from image px to output px.

    images: (B, C, H, W), uint8 (becomes 0..1) or float (keeps its range). Bilinear;
    outside of the image all is 0. With antialias, an image that shrinks k times (the
    square root of the change in area, rounded) is first averaged over k x k px. k is
    chosen per image, so that a result does not depend on its batch.
    """
    if images.dtype == torch.uint8:  # scaled last, where there are fewest pixels
        return warp(images.float(), affine, size, antialias) / 255
    affine = affine.to(images)
    if not antialias:
        return warp_averaged(images, affine, size, 1)
    out = images.new_empty(*images.shape[:2], *size)
    for k, own in by_shrinkage(affine):
        out[own] = warp_averaged(average(images[own], k), affine[own], size, k)
    return out


def by_shrinkage(affine: Tensor) -> Iterator[tuple[int, Tensor]]:
    """How many times images shrink under affines (B, 2, 3), and which rows do so.

    The square root of the change in area, rounded, at least 1; each row comes once.
    """
    a, b, c, d = affine[:, :, :2].reshape(-1, 4).unbind(-1)
    shrink = (a * d - b * c).abs().rsqrt().round().clamp(min=1)  # (B,)
    for k in shrink.unique().tolist():
        yield int(k), (shrink == k).nonzero()[:, 0]


def average(images: Tensor, k: int) -> Tensor:
    """Images (B, C, H, W), float, averaged over k x k px; 0 right and below."""
    height, width = images.shape[-2:]
    if width % k or height % k:
        images = F.pad(images, (0, -width % k, 0, -height % k))
    return F.avg_pool2d(images, k) if k > 1 else images


def warp_averaged(
    images: Tensor, affine: Tensor, size: tuple[int, int], k: int
) -> Tensor:
    """`warp` of images that `average` has shrunk k times; affine: of the original."""
    back = invert_affine(affine)
    # px x of the original is px (x - (k - 1) / 2) / k of its average
    linear, shift = back[:, :, :2] / k, (back[:, :, 2] - (k - 1) / 2) / k
    # which grid_sample calls (2 x + 1) / width - 1
    size_in = images.new_tensor([images.shape[-1], images.shape[-2]])
    linear = 2 * linear / size_in[:, None]
    shift = (2 * shift + 1) / size_in - 1
    rows, columns = (torch.arange(n, device=images.device) for n in size)
    across = linear[:, None, None, :, 0] * columns[:, None]  # (B, 1, w, 2)
    down = linear[:, None, None, :, 1] * rows[:, None, None]  # (B, h, 1, 2)
    grid = across + (down + shift[:, None, None])  # (B, h, w, 2)
    return F.grid_sample(images, grid, align_corners=False)


def flip_keypoints(
    keypoints: Tensor, visible: Tensor, width: float | Tensor, skeleton: Skeleton
) -> tuple[Tensor, Tensor]:
    """Keypoints (..., K, 2) and visible (..., K) of the mirrored image.

    x becomes width - 1 - x, and left joints change places with right ones; joints
    without a label (visible 0) are at 0, 0. width: of the image in px, a number or a
    tensor that broadcasts against (..., K).
    """
    order = skeleton.flip_permutation
    x, y = keypoints[..., order, :].unbind(-1)
    points, flags = torch.stack([width - 1 - x, y], dim=-1), visible[..., order]
    return points.where(flags[..., None] > 0, torch.zeros_like(points)), flags


def box_iou(a: Tensor, b: Tensor) -> Tensor:
    """Intersection over union (N, M) of boxes (N, 4) and (M, 4); 0 for empty ones."""
    top_left = torch.maximum(a[:, None, :2], b[None, :, :2])
    bottom_right = torch.minimum(
        (a[:, :2] + a[:, 2:])[:, None], (b[:, :2] + b[:, 2:])[None]
    )
    overlap = (bottom_right - top_left).clamp(min=0).prod(dim=-1)  # (N, M)
    union = a[:, None, 2:].prod(dim=-1) + b[None, :, 2:].prod(dim=-1) - overlap
    return overlap / union.clamp(min=1e-9)


def points_box(points: Tensor, visible: Tensor) -> Tensor:
    """Smallest boxes (..., 4) that cover the pixels of the labelled points.

    points: (..., K, 2), visible: (..., K), > 0 = labelled. Without any: zeros.
    """
    labelled = (visible > 0)[..., None]
    low = points.masked_fill(~labelled, torch.inf).amin(dim=-2)
    high = points.masked_fill(~labelled, -torch.inf).amax(dim=-2)
    boxes = torch.cat([low, high - low + 1], dim=-1)
    return boxes.where(labelled.any(dim=-2), torch.zeros_like(boxes))


def in_boxes(points: Tensor, boxes: Tensor) -> Tensor:
    """Whether points (N, P, 2) px lie in boxes (N, 4): (N, P)."""
    offset = points - boxes[:, None, :2] + 0.5
    return ((offset >= 0) & (offset <= boxes[:, None, 2:])).all(dim=-1)
