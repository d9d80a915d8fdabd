"""Boxes and cylinders that stand in the way, and cameras that frame a person."""

from itertools import pairwise

import numpy as np

from data_scripts.people.camera import Camera, look_at
from data_scripts.people.structures import Framing, Occluder, Scene

LOWEST_EYE = 0.15  # metres: a framing camera never goes underground
CYLINDER_SIDES = 14


def unit_box() -> np.ndarray:
    """The 12 triangles (12, 3, 3) of a cube of side 1, fronts outward."""
    faces = []
    for axis in range(3):
        for sign in (-0.5, 0.5):
            u, v = np.roll(np.eye(3), axis, axis=0)[1:] * 0.5
            normal = np.roll(np.eye(3), axis, axis=0)[0] * sign
            u = sign * 2 * u  # keeps the corners counter-clockwise from outside
            a, b, c, d = (normal + s * u + t * v for s, t in SQUARE)
            faces += [[a, b, c], [a, c, d]]
    return np.array(faces)


SQUARE = ((-1, -1), (1, -1), (1, 1), (-1, 1))


def unit_cylinder() -> np.ndarray:
    """The triangles (4 * sides, 3, 3) of an upright cylinder, diameter and height 1."""
    turn = np.arange(CYLINDER_SIDES + 1) * 2 * np.pi / CYLINDER_SIDES
    rim = np.stack([np.cos(turn) / 2, np.sin(turn) / 2, np.zeros_like(turn)], axis=1)
    up = np.array([0.0, 0.0, 0.5])
    faces = []
    for a, b in pairwise(rim):
        faces += [[a - up, b - up, b + up], [a - up, b + up, a + up]]
        faces += [[up, a + up, b + up], [-up, b - up, a - up]]
    return np.array(faces)


MESHES = {"box": unit_box(), "cylinder": unit_cylinder()}


def place_camera(framing: Framing, body: np.ndarray, height: int, width: int) -> Camera:
    """The camera (height x width px) that frames a body (V, 3), metres.

    The body's projected extent takes `fill` of the image, along the tighter side.
    """
    azimuth, elevation = np.radians([framing.azimuth, framing.elevation])
    middle = (body.min(axis=0) + body.max(axis=0)) / 2
    away = np.array(
        [
            np.sin(azimuth) * np.cos(elevation),
            -np.cos(azimuth) * np.cos(elevation),
            np.sin(elevation),
        ]
    )
    eye = middle + framing.distance * away
    eye[2] = max(eye[2], LOWEST_EYE)
    rotation = look_at(eye, middle, framing.roll)
    seen = (body - eye) @ rotation.T
    plane = seen[:, :2] / seen[:, 2:]
    low, high = plane.min(axis=0), plane.max(axis=0)
    size = np.array([width, height])
    focal = float(framing.fill * (size / (high - low)).min())
    centre = (size - 1) / 2 - focal * (low + high) / 2 + framing.shift * size
    return Camera(rotation, eye, focal, centre)


def occluder_mesh(occluder: Occluder, camera: Camera, target: np.ndarray) -> np.ndarray:
    """World triangles (T, 3, 3) of one object, metres; target: (3,), see `Occluder`."""
    centre = occluder.centre
    if occluder.is_in_view:
        right, down, share = centre
        axes = camera.rotation
        centre = camera.eye + share * (target - camera.eye)
        centre = centre + right * axes[0] + down * axes[1]
    return MESHES[occluder.shape] * occluder.size @ occluder.rotation.T + centre


def occluder_triangles(
    scenes: list[Scene], cameras: list[Camera]
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Triangles (T, 3, 3) metres of all objects, their images (T,), colours and
    outward normals (T, 3)."""
    corners, images, colours = [np.zeros((0, 3, 3))], [], [np.zeros((0, 3))]
    for image, (scene, camera) in enumerate(zip(scenes, cameras, strict=True)):
        framed = scene.people.position[0] if len(scene.people) else np.zeros(2)
        target = np.array([*framed, 0.9])  # about the middle of a person
        for occluder in scene.occluders:
            mesh = occluder_mesh(occluder, camera, target)
            corners.append(mesh)
            images += [image] * len(mesh)
            colours.append(np.broadcast_to(occluder.colour, (len(mesh), 3)))
    triangles = np.concatenate(corners)
    sides = triangles[:, 1:] - triangles[:, :1]
    normals = np.cross(sides[:, 0], sides[:, 1])
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    return triangles, np.array(images, dtype=np.int64), np.concatenate(colours), normals
