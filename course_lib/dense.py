"""People with labels of their surface, read from a set such as `dense`.

A point of the surface is a part, 1 to 24 (0: background), and its place (U, V) in that
part's chart, 0 to 1. Each picture shows one person.
"""

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor

from course_lib.coco_files import field_of, read_coco, split_file
from course_lib.data import load
from course_lib.files import DataError
from course_lib.skeletons import Skeleton


@dataclass
class DensePeople:
    """Pictures of one person each, with IUV images and annotated points.

    images, iuv: (N, 3, H, W) uint8, iuv 0 where nobody is seen. boxes: (N, 4) px, of
    what is seen. keypoints: (N, K, 2) px, visible: (N, K). points: (N, P, 2) px;
    labels: (N, P), 0 for a slot without a point; uv: (N, P, 2) in 0..1.
    """

    images: Tensor
    iuv: Tensor
    boxes: Tensor
    keypoints: Tensor
    visible: Tensor
    points: Tensor
    labels: Tensor
    uv: Tensor
    skeleton: Skeleton

    def __len__(self) -> int:
        return len(self.images)

    def with_points(self, points: Tensor, labels: Tensor, uv: Tensor) -> "DensePeople":
        """The same people, annotated at other points."""
        return replace(self, points=points, labels=labels, uv=uv)

    def with_fewer(self, count: int) -> "DensePeople":
        """The same people with the first `count` of their points."""
        parts = (self.points, self.labels, self.uv)
        return self.with_points(*(part[:, :count] for part in parts))


def read_dense(
    root: str | Path,
    split: str,
    points: int,
    limit: int | None = None,
    device: str | torch.device = "cpu",
    seed: int = 7,
) -> DensePeople:
    """The people of a split, each annotated at `points` random pixels, COCO17 joints.

    limit: only the first pictures. seed: of the points. People without a labelled joint
    are left out, as in `load`; one person a picture is expected, not checked. Raises
    DataError naming the label file when it names no IUV image for somebody; an OSError
    of Pillow or Python when an image that it names is missing or damaged.
    """
    people = load(root, split, "coco17", device, limit)
    path = split_file(Path(root), split)
    records = field_of(read_coco(path), "images", path)
    names = {record["id"]: record.get("iuv") for record in records}
    own = [names[int(n)] for n in people.image_ids[people.image_index]]
    if None in own:
        raise DataError(f"{path}: no IUV images; prepare the set `dense`")
    maps = [np.asarray(Image.open(Path(root) / "images" / name)) for name in own]
    iuv = torch.from_numpy(np.stack(maps)).permute(0, 3, 1, 2).to(device)
    labels = sample_points(iuv, points, torch.Generator().manual_seed(seed))
    images, boxes = people.images[people.image_index], people.boxes
    joints = people.keypoints, people.visible
    return DensePeople(images, iuv, boxes, *joints, *labels, people.skeleton)


def sample_points(
    iuv: Tensor, count: int, generator: torch.Generator
) -> tuple[Tensor, Tensor, Tensor]:
    """Points (N, P, 2) px, labels (N, P), uv (N, P, 2) of IUV images (N, 3, H, W).

    Random pixels of each body, all different unless it has fewer than `count`; without
    any, the slots' labels are 0.
    """
    points = torch.zeros(len(iuv), count, 2)
    labels = torch.zeros(len(iuv), count, dtype=torch.long)
    uv = torch.zeros(len(iuv), count, 2)
    for person, maps in enumerate(iuv.cpu()):
        rows, columns = maps[0].nonzero(as_tuple=True)
        if count and len(rows):
            order = torch.randperm(len(rows), generator=generator)
            order = order.repeat(-(-count // len(order)))[:count]
            rows, columns = rows[order], columns[order]
            points[person] = torch.stack([columns, rows], dim=1).float()
            labels[person] = maps[0, rows, columns].long()
            uv[person] = maps[1:, rows, columns].T / 255
    return points.to(iuv.device), labels.to(iuv.device), uv.to(iuv.device)


def pixel_places(height: int, width: int, device: str | torch.device) -> Tensor:
    """The places (h, w, 2) of all pixels."""
    rows, columns = (torch.arange(n, device=device).float() for n in (height, width))
    return torch.stack(torch.meshgrid(columns, rows, indexing="xy"), dim=-1)
