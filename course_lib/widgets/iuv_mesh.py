"""A body mesh seen from the front and from behind: parts, U, V and light at its pixels.

Metres; X to the body's left, Y backward, Z up. Both views are parallel projections.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from .checks import need, need_shape
from .iuv_parts import COUNT, Floats, Ints

FRONT, BACK = "front", "back"
SIDES = {FRONT: 1.0, BACK: -1.0}  # the sign of X across the view, and of Y into it
TALL, RIM = 200, 7  # px: a view, and what stays free around the body
FINE = 3  # samples of a pixel along each side, an odd number: one is its centre
LAMP = np.array([-0.35, -0.75, 0.55])  # from the body to the light, in the view's frame
SMOOTH = 30  # rounds in which normals are averaged with those beside them
FLAT = 1e-12  # px^2; triangles seen edge-on
EDGE = 1e-9  # a pixel on the edge of two triangles belongs to both


@dataclass(frozen=True, eq=False)
class Mesh:
    """The template: vertices (V, 3) m, faces (F, 3), parts (F,), uv (F, 3, 2)."""

    vertices: Floats
    faces: Ints
    parts: Ints
    uv: Floats

    @cached_property
    def normals(self) -> Floats:
        """Unit normals (V, 3), outward where faces run anticlockwise, smoothed so that
        the light shows no features."""
        a, b, c = self.vertices[self.faces].transpose(1, 0, 2)
        across = np.cross(b - a, c - a)  # (F, 3)
        for _ in range(SMOOTH):
            made = np.zeros_like(self.vertices)
            for corner in self.faces.T:
                np.add.at(made, corner, across)
            length = np.linalg.norm(made, axis=1, keepdims=True)
            made /= np.maximum(length, FLAT)
            across = made[self.faces].mean(axis=1)
        return made


@dataclass(frozen=True, eq=False)
class Views:
    """Both views side by side, the front on the left, at `FINE` samples a pixel.

    samples: (h, w), their parts, 0 where there is no body. places: (h, w, 2), U and V.
    light: (h, w), 0 to 1.
    """

    samples: Ints
    places: Floats
    light: Floats

    @property
    def parts(self) -> Ints:
        """The parts at the pixels' centres."""
        return self.samples[FINE // 2 :: FINE, FINE // 2 :: FINE]

    @property
    def uv(self) -> Floats:
        """U and V at the pixels' centres."""
        return self.places[FINE // 2 :: FINE, FINE // 2 :: FINE]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of both together, px."""
        height, width = self.parts.shape
        return width, height

    def nearest(self, part: int, uv: Floats) -> tuple[int, int] | None:
        """The pixel (x, y) of a part whose U and V are nearest to these; None where
        neither view shows the part."""
        rows, columns = np.nonzero(self.parts == part)
        if not len(rows):
            return None
        far = ((self.uv[rows, columns] - uv) ** 2).sum(axis=1)
        best = int(far.argmin())
        return int(columns[best]), int(rows[best])

    def side(self, x: float) -> str:
        """The view in which a column lies."""
        return FRONT if x < self.size[0] / 2 else BACK


def as_mesh(
    vertices: ArrayLike, faces: ArrayLike, parts: ArrayLike, uv: ArrayLike
) -> Mesh:
    """The mesh; ValueError naming what does not fit."""
    points, places = np.asarray(vertices, dtype=float), np.asarray(uv, dtype=float)
    corners, labels = np.asarray(faces), np.asarray(parts)
    fits = points.ndim == 2 and points.shape[1] == 3 and len(points) > 2
    need(fits, f"vertices are (V, 3), got {points.shape}")
    need(bool(np.isfinite(points).all()), "vertices hold NaN or infinity")
    need(bool((np.ptp(points, axis=0)[[0, 2]] > 0).all()), "vertices have no extent")
    fits = corners.ndim == 2 and corners.shape[1] == 3 and len(corners) > 0
    need(fits, f"faces are (F, 3), got {corners.shape}")
    whole = np.issubdtype(corners.dtype, np.integer)
    inside = whole and corners.min() >= 0 and corners.max() < len(points)
    need(bool(inside), f"faces hold numbers of the {len(points)} vertices")
    need_shape("parts", labels, (len(corners),))
    known = np.isin(labels, np.arange(1, COUNT + 1)).all()
    need(bool(known), f"parts are from 1 to {COUNT}")
    need_shape("uv", places, (len(corners), 3, 2))
    need(bool(((places >= 0) & (places <= 1)).all()), "uv is from 0 to 1")
    return Mesh(points, corners.astype(np.int64), labels.astype(np.int64), places)


def views_of(mesh: Mesh) -> Views:
    """Both views of a mesh, `TALL` px high."""
    made = [_view(mesh, sign) for sign in SIDES.values()]
    parts, uv, light = (np.concatenate(both, 1) for both in zip(*made, strict=True))
    return Views(parts, uv, light)


def _view(mesh: Mesh, sign: float) -> tuple[Ints, Floats, Floats]:
    """Parts, U and V, and light of one view's samples."""
    x, y, z = (mesh.vertices * [sign, sign, 1]).T
    scale = (TALL - 2 * RIM) / np.ptp(z)  # px a metre
    width = int(np.ceil(scale * np.ptp(x))) + 2 * RIM
    across = (x - (x.min() + x.max()) / 2) * scale + width / 2
    seen = np.stack([across, RIM + (z.max() - z) * scale], axis=1)  # from the corner
    samples = np.column_stack([FINE * seen - 0.5, y])[mesh.faces]
    number, weights = rasterise(samples, (FINE * TALL, FINE * width))
    normals = mesh.normals[mesh.faces[number]] * [sign, sign, 1]
    lamp = LAMP / np.linalg.norm(LAMP)
    light = np.clip((weights[..., None] * normals).sum(axis=2) @ lamp, 0, 1)
    uv = (weights[..., None] * mesh.uv[number]).sum(axis=2)
    return np.where(number < 0, 0, mesh.parts[number]), uv, light


def rasterise(
    corners: Floats, shape: tuple[int, int]
) -> tuple[Ints, NDArray[np.float64]]:
    """The triangle nearest at each pixel's centre, (h, w), -1 where there is none; and
    the weights (h, w, 3) of its corners there, which add up to 1.

    corners: (F, 3, 3), x and y in px and depth.
    """
    height, width = shape
    low = np.maximum(np.ceil(corners.min(axis=1)[:, :2] - EDGE), 0).astype(int)
    high = np.floor(corners.max(axis=1)[:, :2] + EDGE).astype(int)
    spans = np.maximum(np.minimum(high, [width - 1, height - 1]) - low + 1, 0)
    counts = spans.prod(axis=1)  # every pixel of every triangle's box
    face = np.repeat(np.arange(len(corners)), counts)
    step = np.arange(counts.sum()) - np.repeat(counts.cumsum() - counts, counts)
    down, across = np.divmod(step, np.maximum(spans[face, 0], 1))
    x, y = low[face, 0] + across, low[face, 1] + down
    weights = _weights(corners[face], x, y)
    inside = (weights >= -EDGE).all(axis=1)
    face, x, y, weights = face[inside], x[inside], y[inside], weights[inside]
    depth = (weights * corners[face, :, 2]).sum(axis=1)
    order = np.argsort(-depth, kind="stable")  # the nearest is written last
    number = np.full(shape, -1)
    shares = np.zeros((*shape, 3))
    number[y[order], x[order]] = face[order]
    shares[y[order], x[order]] = weights[order]
    return number, shares


def _weights(corners: Floats, x: Ints, y: Ints) -> Floats:
    """Weights (N, 3) of the corners (N, 3, 3) of a triangle at each of N pixels; -1
    where it is seen edge-on."""
    (x0, y0), (x1, y1), (x2, y2) = corners[..., :2].transpose(1, 2, 0)
    area = (x1 - x0) * (y2 - y0) - (y1 - y0) * (x2 - x0)
    one = (x - x0) * (y2 - y0) - (y - y0) * (x2 - x0)
    two = (x1 - x0) * (y - y0) - (y1 - y0) * (x - x0)
    weights = np.stack([area - one - two, one, two], axis=1)
    is_flat = np.abs(area) < FLAT
    weights = weights / np.where(is_flat, 1, area)[:, None]
    return np.where(is_flat[:, None], -1.0, weights)
