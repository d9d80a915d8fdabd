"""A body's surface to measure on and to show: an adult who stands upright."""

from dataclasses import dataclass

import numpy as np
import torch

from data_scripts.people.angles import ANGLES
from data_scripts.people.body import Body, vertex_normals

APART = {"L_sa": 38.0, "R_sa": 38.0, "L_ha": 9.0, "R_ha": 9.0}  # arms and legs, degrees
ADULT = 0.72  # age, on the scale of `body.ANCHORS`


@dataclass(frozen=True)
class Surface:
    """A mesh in the body frame, with its charts.

    vertices (V, 3) m, normals (V, 3) outward, faces (F, 3), parts (F,) 1 to 24, uv (F,
    3, 2) 0..1, the places of the corners in the part's chart.
    """

    vertices: np.ndarray
    normals: np.ndarray
    faces: np.ndarray
    parts: np.ndarray
    uv: np.ndarray


def adult(resolution: str = "full") -> Surface:
    """An adult of average shape, limbs a little apart; resolution as in `Body`."""
    body, angles = Body(resolution), torch.zeros(1, len(ANGLES))
    for name, degrees in APART.items():
        angles[0, ANGLES.index(name)] = degrees
    vertices, _ = body.pose(angles, {"age": torch.tensor([ADULT])})
    normals = vertex_normals(vertices, body.faces)
    arrays = vertices[0].double(), normals[0].double(), body.faces, body.parts.long()
    return Surface(*(array.numpy() for array in (*arrays, body.uv.double())))
