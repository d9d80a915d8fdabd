"""What is seen of whom: label maps at image resolution, and labels per person.

A joint lies inside of the body, so "visible" needs a rule: a joint is seen if, at its
sample, the nearest surface belongs to the same person and the surface point lies within
the joint's RADIUS, in space. Then neither another person nor an object nor another part
of the own body is in front. Heels and the top of the head lie at the outline; so where
nothing is in front of a joint, such a surface one pixel beside it will do.
"""

from dataclasses import dataclass, replace

import numpy as np
import torch
from torch import Tensor

from data_scripts.people.batch import Cameras, Crowd
from data_scripts.people.body import REGIONS, Body
from data_scripts.people.structures import PersonLabel

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
NEAR = 0.05  # metres; what is nearer to the camera than this is behind it
NEIGHBOURS = ((0, 0), (1, 0), (-1, 0), (0, 1), (0, -1))


@dataclass
class Maps:
    """What is where in N images.

    At the pixels' centres: instances (N, H, W) uint8 and iuv (N, H, W, 3) uint8. At the
    samples: names (N, rows, columns) uint8, again the instances, and depth, metres, inf
    where nothing is.
    """

    instances: Tensor
    iuv: Tensor
    names: Tensor
    depth: Tensor


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
    """2 seen, 1 hidden, 0 outside of the image or behind the camera; (B, 27) long.

    screen (B, 27, 3) px and depth, camera_frame (B, 27, 3) metres: the joints.
    """
    height, width = maps.instances.shape[1:]
    size = screen.new_tensor([width, height])
    inside = ((screen[..., :2] >= -0.5) & (screen[..., :2] < size - 0.5)).all(dim=-1)
    inside &= screen[..., 2] > NEAR
    reach = radii(body, crowd)  # (B, 27)
    is_near, is_covered = [], []
    for offset in NEIGHBOURS:
        pixels = screen[..., :2] + screen.new_tensor(offset)
        name, point = surface_at(crowd, cameras, maps, pixels)
        is_own = name == crowd.instance[:, None]
        is_near.append(is_own & ((point - camera_frame).norm(dim=-1) < reach))
        is_covered.append(point[..., 2] <= screen[..., 2])
    beside = torch.stack(is_near[1:]).any(dim=0) & ~is_covered[0]
    return torch.where(inside, 1 + (is_near[0] | beside).long(), 0)


def surface_at(
    crowd: Crowd, cameras: Cameras, maps: Maps, pixels: Tensor
) -> tuple[Tensor, Tensor]:
    """What is seen at the samples next to pixels (B, P, 2), or to the image's border.

    Returns the instances (B, P) and the surface points (B, P, 3), metres in the camera
    frame.
    """
    rows, columns = maps.names.shape[1:]
    step = rows // maps.instances.shape[1]  # samples across a pixel
    sample = (pixels * step + (step - 1) / 2).round().long()
    x, y = sample[..., 0].clamp(0, columns - 1), sample[..., 1].clamp(0, rows - 1)
    image = crowd.image[:, None].expand_as(x)
    depth = maps.depth[image, y, x][..., None]
    place = (torch.stack([x, y], dim=-1) - (step - 1) / 2) / step  # px
    centre = cameras.centre[crowd.image][:, None]
    across = (place - centre) / cameras.focal[crowd.image][:, None, None]
    return maps.names[image, y, x], torch.cat([across * depth, depth], dim=-1)


def radii(body: Body, crowd: Crowd) -> Tensor:
    """RADIUS of all joints, (B, 27) metres, scaled to each body's trunk."""
    joints = dict(zip(body.joint_names, crowd.joints.unbind(1), strict=True))
    shoulders = joints["left_shoulder"] + joints["right_shoulder"]
    hips = joints["left_hip"] + joints["right_hip"]
    scale = (shoulders - hips).norm(dim=-1) / 2 / TRUNK  # (B,)
    reach = [RADIUS.get(name, SMALL_RADIUS) for name in body.joint_names]
    return scale.clamp(0.3, 1.3)[:, None] * crowd.joints.new_tensor(reach)


def with_track_ids(
    people: list[PersonLabel], track_ids: np.ndarray
) -> list[PersonLabel]:
    """The same labels with track ids (N,), in order."""
    return [
        replace(label, track_id=int(track_id))
        for label, track_id in zip(people, track_ids, strict=True)
    ]
