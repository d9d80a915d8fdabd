"""Pinhole cameras: where they look and how they project.

The world has Z up, in metres. The camera frame has x right, y down and z forward.
Pixel centres lie at integers, so a picture that is `width` wide has its middle at
(width - 1) / 2.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

# Points at the camera or behind it are projected as if they lay this far in front
# (metres), so that nothing becomes infinite; their depth is returned unchanged.
NEAREST = 1e-3
_WORLD_UP = np.array([0.0, 0.0, 1.0])
_WORLD_NORTH = np.array([0.0, 1.0, 0.0])


@dataclass(frozen=True)
class Camera:
    """One camera.

    rotation: (3, 3), rows are the camera's right, down and forward in the world.
    eye: (3,), its position in the world, metres. focal: focal length, px.
    centre: (2,), the principal point (x, y), px.
    """

    rotation: np.ndarray
    eye: np.ndarray
    focal: float
    centre: np.ndarray


def look_at(eye: np.ndarray, target: np.ndarray, roll: float = 0.0) -> np.ndarray:
    """Rotation (3, 3) float32 of a camera at eye (3,) that looks at target (3,).

    The rows are right, down and forward. roll, in degrees: positive turns the camera
    anticlockwise about its axis, so that the picture turns clockwise. A camera that
    looks straight up or down has +Y or -Y at the top of its picture. Raises
    ValueError if eye and target are the same point.
    """
    forward = np.asarray(target, np.float64) - np.asarray(eye, np.float64)
    distance = np.linalg.norm(forward)
    if not distance > 0:
        raise ValueError("eye and target are the same point")
    forward /= distance
    right = np.cross(forward, _WORLD_UP)
    if np.linalg.norm(right) < 1e-6:
        right = np.cross(forward, -np.sign(forward[2]) * _WORLD_NORTH)
    right /= np.linalg.norm(right)
    down = np.cross(forward, right)
    angle = np.radians(roll)
    cos, sin = np.cos(angle), np.sin(angle)
    turned = [cos * right - sin * down, sin * right + cos * down, forward]
    return np.stack(turned).astype(np.float32)


def project(
    points: Tensor,
    rotation: Tensor,
    eye: Tensor,
    focal: Tensor,
    centre: Tensor,
    scale: float = 1.0,
) -> Tensor:
    """Points (B, P, 3) in the world, metres, to (B, P, 3): x, y in px and depth in m.

    rotation (B, 3, 3), eye (B, 3), focal (B,) px and centre (B, 2) px are the cameras.
    scale: pixels across one pixel of the picture, for supersampling; its pixel x
    becomes scale * x + (scale - 1) / 2, which keeps the pixel centres at integers.
    """
    seen = (points - eye[:, None]) @ rotation.transpose(1, 2)
    depth = seen[..., 2:]
    plane = seen[..., :2] / depth.clamp(min=NEAREST)
    pixels = plane * focal[:, None, None] + centre[:, None]
    pixels = pixels * scale + (scale - 1) / 2
    return torch.cat([pixels, depth], dim=-1)
