"""Whose each pixel is: labels, rules that need no network, and COCO's AP of masks."""

import contextlib
import io
import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from pycocotools import mask as coder
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from scipy import ndimage
from torch import Tensor

from course_lib import geometry
from course_lib.coco_files import split_file
from course_lib.data import Crops, PoseDataset

NOBODY, CROWD = -1, -2
MASK_NAMES = ("AP", "AP50", "AP75", "APs", "APm", "APl")


def read_owners(root: str | Path, split: str, people: PoseDataset) -> Tensor:
    """Whose each pixel is, (M, H, W) int16: a row of `people`, NOBODY or CROWD.

    people: what `load`, or `subset` of it, made of this split of a rendered set, its
    annotations with a compressed RLE as `segmentation` (KeyError without). The pictures
    keep its order and size; labels are read at the pixel nearest to each centre. Masks
    of people whom `load` left out, and crowds, are CROWD, and so is what pads a smaller
    picture.
    """
    everyone = json.loads(split_file(Path(root), split).read_text("utf-8"))
    rows = {int(own): n for n, own in enumerate(people.annotation_ids)}
    pictures = {int(own): m for m, own in enumerate(people.image_ids)}
    shape = len(pictures), *people.images.shape[-2:]
    owners = torch.full(shape, CROWD, dtype=torch.int16)
    for owner, (height, width) in zip(owners, people.sizes.tolist(), strict=True):
        owner[:height, :width] = NOBODY
    for label in everyone["annotations"]:
        if label["image_id"] in pictures:
            m = pictures[label["image_id"]]
            height, width = people.sizes[m].tolist()
            mask = _shrunk(label["segmentation"], height, width)
            owners[m, :height, :width][mask] = rows.get(label["id"], CROWD)
    return owners.to(people.images.device)


def _shrunk(runs: dict, height: int, width: int) -> Tensor:
    """A mask (height, width) bool of a compressed RLE, each pixel the nearest one."""
    mask = torch.from_numpy(coder.decode(runs)).bool()
    rows = ((torch.arange(height) + 0.5) * mask.shape[0] / height).long()
    columns = ((torch.arange(width) + 0.5) * mask.shape[1] / width).long()
    return mask[rows[:, None], columns]


def owners_on(people: PoseDataset, owners: Tensor, crops: Crops, stride: int) -> Tensor:
    """Whose the centre of each cell on B windows is, (B, h, w) of `stride` px.

    owners: (M, H, W), see `read_owners`; CROWD off the pictures, too.
    """
    size = (n // stride for n in crops.images.shape[-2:])
    rows, columns = (
        stride * torch.arange(n, device=owners.device) + (stride - 1) / 2 for n in size
    )
    places = torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)
    back = geometry.invert_affine(crops.affine)
    places = geometry.apply_affine(back, places.expand(len(back), -1, -1, -1))
    column, row = places.round().long().unbind(dim=-1)  # (B, h, w) each
    height, width = owners.shape[-2:]
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    image = people.image_index[crops.index][:, None, None]
    own = owners[image, row.clamp(0, height - 1), column.clamp(0, width - 1)]
    return own.long().where(inside, CROWD)


def true_masks(owners: Tensor, people: PoseDataset) -> list[Tensor]:
    """Masks (N, H, W) bool of each picture's people, in their order.

    owners: (M, H, W), see `read_owners`.
    """
    return [
        owner == (people.image_index == m).nonzero()[..., None]
        for m, owner in enumerate(owners)
    ]


def body_pixels(owner: Tensor, boxes: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """People's pixels (n, 2) px, whose each is, and if it lies in several boxes.

    owner: (H, W) of one picture, see `read_owners`; boxes: (N, 4) of all its people.
    """
    row, column = (owner >= 0).nonzero(as_tuple=True)
    pixels = torch.stack([column, row], dim=1).float()
    off = pixels[:, None] - boxes[:, :2] + 0.5  # (n, N, 2)
    inside = ((off >= 0) & (off <= boxes[:, 2:])).all(dim=-1).sum(dim=1)
    return pixels, owner[row, column], inside > 1


def nearest_owner(owner: Tensor) -> Tensor:
    """Whose the nearest body pixel is, (H, W), of an owner (H, W), not without body."""
    off = (owner < 0).cpu().numpy()
    at = ndimage.distance_transform_edt(
        off, return_distances=False, return_indices=True
    )
    row, column = torch.from_numpy(at).long().to(owner.device)
    return owner[row, column]


def by_boxes(boxes: Tensor, pixels: Tensor) -> Tensor:
    """Distances (N, n) of pixels (n, 2) from middles of boxes (N, 4), in box sizes."""
    off = pixels - geometry.box_centre(boxes)[:, None]  # (N, n, 2)
    return (off / boxes[:, None, 2:]).norm(dim=-1)


def by_joints(poses: Tensor, pixels: Tensor) -> Tensor:
    """Distances (N, n) px of pixels (n, 2) from nearest joints of poses (N, K, 2)."""
    return torch.cdist(pixels, poses).amin(dim=-1)


def by_pieces(poses: Tensor, body: Tensor) -> Tensor:
    """Masks (N, H, W): the connected piece of `body` with most of a pose's joints.

    poses: (N, K, 2) px; body: (H, W) bool; pixels connect along rows and columns. Of
    equal pieces the upper one; nothing where no joint is on a body.
    """
    pieces = torch.from_numpy(ndimage.label(body.cpu().numpy())[0])
    height, width = pieces.shape
    masks = torch.zeros(len(poses), height, width, dtype=torch.bool)
    for mask, pose in zip(masks, poses.cpu().round().long(), strict=True):
        x, y = pose[((pose >= 0) & (pose < torch.tensor([width, height]))).all(dim=1)].T
        votes = pieces[y, x].bincount(minlength=2)[1:]  # 0 is no piece
        if votes.any():
            mask[:] = pieces == votes.argmax() + 1
    return masks.to(body.device)


def coco_mask_ap(
    truth: Sequence[Tensor], found: Sequence[Tensor], scores: Sequence[Tensor]
) -> dict[str, float]:
    """COCO's numbers "AP" to "APl" of masks, by pycocotools; at most 100 a picture.

    One entry for each picture: truth (G, H, W) bool, found (D, H, W) bool, scores (D,).
    -1 where an area range holds nobody; all 0 if nothing is found. A mask on a crowd is
    a false alarm, other than in COCO. Raises ValueError if there is nobody to score, or
    where lists, or a picture's masks and scores, differ in length.
    """
    if not len(truth) == len(found) == len(scores):
        seen = f"{len(truth)}, {len(found)} and {len(scores)}"
        raise ValueError(f"need one entry a picture in each list, got {seen}")
    people, results, images = [], [], []
    for image, (true, own, sure) in enumerate(
        zip(truth, found, scores, strict=True), 1
    ):
        images.append({"id": image, "height": true.shape[1], "width": true.shape[2]})
        people += _records(true, image, torch.ones(len(true)))
        results += _records(own, image, sure)
    if not people:
        raise ValueError("there is nobody to score: the truth has no masks")
    if not results:
        return dict.fromkeys(MASK_NAMES, 0.0)
    people = [{**one, "id": number} for number, one in enumerate(people, 1)]
    with contextlib.redirect_stdout(io.StringIO()):  # pycocotools prints its steps
        coco = COCO()
        coco.dataset = {"images": images, "annotations": people}
        coco.dataset["categories"] = [{"id": 1, "name": "person"}]
        coco.createIndex()
        judge = COCOeval(coco, coco.loadRes(results), "segm")
        judge.evaluate()
        judge.accumulate()
        judge.summarize()
    return dict(zip(MASK_NAMES, judge.stats[:6].tolist(), strict=True))


def _records(owned: Tensor, image: int, scores: Tensor) -> list[dict]:
    """Masks (N, H, W) bool of a picture as COCO's records."""
    pixels = np.asfortranarray(owned.permute(1, 2, 0).byte().cpu().numpy())
    return [
        {
            "image_id": image,
            "category_id": 1,
            "iscrowd": 0,
            "segmentation": runs,
            "area": float(coder.area(runs)),
            "score": score,
        }
        for runs, score in zip(coder.encode(pixels), scores.tolist(), strict=True)
    ]
