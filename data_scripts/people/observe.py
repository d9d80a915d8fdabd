"""What is seen of whom: label maps at image resolution, and labels per person.

A joint lies inside of the body, so "visible" needs a rule: a joint is seen if, at its
pixel or a direct neighbour, the nearest surface belongs to the same person and the
surface point lies within the joint's RADIUS, in space. Then neither another person nor
an object nor another part of the own body is in front.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from data_scripts.people.body import REGIONS, Body
from data_scripts.people.structures import PersonLabel

if TYPE_CHECKING:
    from data_scripts.people.render import Cameras, Crowd, Samples

# Metres from a joint to the skin around it, on a body whose trunk is TRUNK long.
RADIUS = {
    "nose": 0.045,
    "left_eye": 0.04,
    "right_eye": 0.04,
    "left_ear": 0.05,
    "right_ear": 0.05,
    "left_shoulder": 0.13,
    "right_shoulder": 0.13,
    "left_elbow": 0.09,
    "right_elbow": 0.09,
    "left_wrist": 0.08,
    "right_wrist": 0.08,
    "left_hip": 0.16,
    "right_hip": 0.16,
    "left_knee": 0.11,
    "right_knee": 0.11,
    "left_ankle": 0.09,
    "right_ankle": 0.09,
    "head_top": 0.08,
    "neck": 0.12,
    "upper_neck": 0.12,
    "pelvis": 0.2,
}
SMALL_RADIUS = 0.07  # toes and heels
TRUNK = 0.48  # metres from the middle of the shoulders to the middle of the hips
NEIGHBOURS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


@dataclass
class Maps:
    """instances (N, H, W) uint8, iuv (N, H, W, 3) uint8, depth (N, H, W) metres, inf
    where nothing is."""

    instances: Tensor
    iuv: Tensor
    depth: Tensor


@dataclass(frozen=True)
class Grid:
    """The samples of a batch: `supersample` a side for each pixel of N images."""

    images: int
    height: int
    width: int
    supersample: int

    @property
    def rows(self) -> int:
        return self.height * self.supersample

    @property
    def columns(self) -> int:
        return self.width * self.supersample

    def spread(self, where: Tensor, values: Tensor, empty: float) -> Tensor:
        """Values (n, ...) at flat samples (n,) as (N, H, W, samples of a pixel, ...)."""
        rest, k = values.shape[1:], self.supersample
        flat = values.new_full((self.images * self.rows * self.columns, *rest), empty)
        flat[where] = values
        blocks = flat.view(self.images, self.height, k, self.width, k, *rest)
        return blocks.transpose(2, 3).flatten(3, 4)


def reduce_samples(
    samples: Samples, instance: Tensor, iuv: Tensor | None, grid: Grid
) -> Maps:
    """Maps whose pixels repeat their most frequent sample; a tie takes the first.

    instance (n,) and iuv (n, 3) or None (then zeros) are of the covered samples.
    """
    where = (samples.image * grid.rows + samples.row) * grid.columns + samples.column
    names = grid.spread(where, instance.to(torch.uint8), 0)  # (N, H, W, k * k)
    votes = (names[..., None] == names[..., None, :]).sum(dim=-1, dtype=torch.uint8)
    chosen = votes.argmax(dim=-1, keepdim=True)  # (N, H, W, 1)
    surface = names.new_zeros(*names.shape[:3], 3)
    if iuv is not None:
        index = chosen[..., None].expand(*chosen.shape, 3)
        surface = grid.spread(where, iuv, 0).gather(3, index)[..., 0, :]
    return Maps(
        names.gather(3, chosen)[..., 0],
        surface,
        grid.spread(where, samples.depth, torch.inf).gather(3, chosen)[..., 0],
    )


def label_people(
    body: Body, crowd: Crowd, cameras: Cameras, maps: Maps
) -> list[list[PersonLabel]]:
    """Labels of everybody, one list for each image."""
    screen = cameras.project(crowd.joints, crowd.image)  # (B, 27, 3)
    camera_frame = crowd.joints - cameras.eye[crowd.image][:, None]
    camera_frame = camera_frame @ cameras.rotation[crowd.image].mT
    visible = visibility(body, crowd, cameras, maps, screen, camera_frame)
    outline = cameras.project(crowd.vertices, crowd.image)[..., :2]
    full = extent(outline)
    head = extent(outline[:, body.vertex_region == REGIONS.index("head")])
    labels: list[list[PersonLabel]] = [[] for _ in cameras.placed]
    pelvis = body.joint_names.index("pelvis")
    for i, image in enumerate(crowd.image.tolist()):
        labels[image].append(
            PersonLabel(
                instance=int(crowd.instance[i]),
                keypoints=screen[i, :, :2].cpu().numpy(),
                visible=visible[i].cpu().numpy(),
                box_full=full[i].cpu().numpy(),
                head_box=head[i].cpu().numpy(),
                depth=float(camera_frame[i, pelvis, 2]),
                joints_3d=camera_frame[i].cpu().numpy(),
            )
        )
    return labels


def extent(points: Tensor) -> Tensor:
    """Boxes (B, 4) whose edges touch the outermost of the points (B, P, 2).

    A box (x, y, w, h) covers x - 1/2 .. x + w - 1/2; so x is the leftmost point + 1/2.
    """
    low, high = points.amin(dim=1), points.amax(dim=1)
    return torch.cat([low + 0.5, high - low], dim=-1)


def visibility(
    body: Body,
    crowd: Crowd,
    cameras: Cameras,
    maps: Maps,
    screen: Tensor,
    camera_frame: Tensor,
) -> Tensor:
    """2 seen, 1 hidden, 0 outside of the image or behind the camera; (B, 27) long."""
    height, width = maps.depth.shape[1:]
    size = screen.new_tensor([width, height])
    inside = ((screen[..., :2] >= -0.5) & (screen[..., :2] < size - 0.5)).all(dim=-1)
    inside &= screen[..., 2] > 0.05
    reach = radii(body, crowd)  # (B, 27)
    seen = torch.zeros_like(inside)
    image = crowd.image[:, None].expand_as(inside)
    focal = cameras.focal[crowd.image][:, None]
    centre = cameras.centre[crowd.image][:, None]  # (B, 1, 2)
    pixel = screen[..., :2].round().long()
    for dx, dy in NEIGHBOURS:
        x = (pixel[..., 0] + dx).clamp(0, width - 1)
        y = (pixel[..., 1] + dy).clamp(0, height - 1)
        depth = maps.depth[image, y, x]
        plane = (torch.stack([x, y], dim=-1) - centre) / focal[..., None]
        surface = torch.cat([plane * depth[..., None], depth[..., None]], dim=-1)
        distance = (surface - camera_frame).norm(dim=-1).nan_to_num(torch.inf)
        is_own = maps.instances[image, y, x] == crowd.instance[:, None]
        seen |= is_own & (distance < reach)
    return torch.where(inside, 1 + seen.long(), 0)


def radii(body: Body, crowd: Crowd) -> Tensor:
    """RADIUS of all joints, (B, 27) metres, scaled to each body's trunk."""
    joints = dict(zip(body.joint_names, crowd.joints.unbind(1), strict=True))
    shoulders = joints["left_shoulder"] + joints["right_shoulder"]
    hips = joints["left_hip"] + joints["right_hip"]
    scale = (shoulders - hips).norm(dim=-1) / 2 / TRUNK  # (B,)
    reach = [RADIUS.get(name, SMALL_RADIUS) for name in body.joint_names]
    return scale.clamp(0.3, 1.3)[:, None] * crowd.joints.new_tensor(reach)


def with_track_ids(people: list[PersonLabel], track_ids) -> list[PersonLabel]:
    """The same labels with track ids (N,), in order."""
    return [
        replace(label, track_id=int(track_id))
        for label, track_id in zip(people, track_ids, strict=True)
    ]
