"""What a batch of N scenes is made of while it is rendered."""

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from data_scripts.people.camera import Camera, project


@dataclass
class Crowd:
    """Everybody in a batch: B bodies over N images.

    vertices, normals: (B, V, 3). joints: (B, 27, 3) metres. looks: appearance tensors.
    image: (B,) the image of a body. instance: (B,) its number there, from 1.
    """

    vertices: Tensor
    normals: Tensor
    joints: Tensor
    looks: dict[str, Tensor]
    image: Tensor
    instance: Tensor


@dataclass
class Cameras:
    """The cameras of N images, as given and as tensors (N, ...)."""

    placed: list[Camera]
    rotation: Tensor
    eye: Tensor
    focal: Tensor
    centre: Tensor

    def project(self, points: Tensor, image: Tensor, scale: float = 1.0) -> Tensor:
        """Points (B, P, 3) metres in images (B,): (B, P, 3) as x, y px and depth m."""
        own = (v[image] for v in (self.rotation, self.eye, self.focal, self.centre))
        return project(points, *own, scale=scale)

    def numbers(self, image: int) -> dict[str, object]:
        """One camera in plain numbers for a label file."""
        camera = self.placed[image]
        return {
            "R": np.round(camera.rotation, 6).tolist(),
            "eye": np.round(camera.eye, 4).tolist(),
            "f": round(float(camera.focal), 3),
            "cx": round(float(camera.centre[0]), 3),
            "cy": round(float(camera.centre[1]), 3),
        }


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

    def spread(self, samples: "Samples", values: Tensor, empty: float) -> Tensor:
        """Values (n, ...) of covered samples as (N, rows, columns, ...)."""
        size = (self.images, self.rows, self.columns, *values.shape[1:])
        full = values.new_full(size, empty)
        full[samples.image, samples.row, samples.column] = values
        return full

    def average(self, samples: "Samples", values: Tensor, rest: Tensor) -> Tensor:
        """Pixels (N, H, W, 3) from covered samples (n, 3); the others show `rest`.

        rest: (N, H, W, 3), what is seen where no sample of a pixel is covered.
        """
        k = self.supersample
        row, column = samples.row // k, samples.column // k
        pixel = (samples.image * self.height + row) * self.width + column
        flat = rest.flatten(0, 2)
        total = torch.zeros_like(flat).index_add_(0, pixel, values)
        free = k * k - torch.bincount(pixel, minlength=len(flat))
        return ((total + free[:, None] * flat) / k**2).view_as(rest)


@dataclass
class Samples:
    """The n covered samples of a batch and what covers them.

    image, row, column: (n,). triangle: (n,) among all triangles. weight: (n, 3)
    perspective-correct. depth: (n,) metres.
    """

    image: Tensor
    row: Tensor
    column: Tensor
    triangle: Tensor
    weight: Tensor
    depth: Tensor


def yaw_rotation(degrees: Tensor) -> Tensor:
    """Rotations (B, 3, 3) about the vertical, counter-clockwise seen from above."""
    cos, sin = torch.cos(degrees * torch.pi / 180), torch.sin(degrees * torch.pi / 180)
    zero, one = torch.zeros_like(cos), torch.ones_like(cos)
    rows = [cos, -sin, zero, sin, cos, zero, zero, zero, one]
    return torch.stack(rows, dim=-1).view(-1, 3, 3)
