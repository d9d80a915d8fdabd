"""What the pooling explorer is made of, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .cascade_data import SkeletonLike
from .checks import check_examples, need, need_shape

Floats = NDArray[np.float64]

SIGMA = 1.5  # cells: the width of a perfect map's peak
FLOOR = 0.3826  # mean distance from a square's centre, in sides of the square
PERFECT, COARSE, CASCADE = "perfect maps", "coarse", "cascade"
CURVES = (PERFECT, COARSE, CASCADE)


@dataclass(frozen=True)
class Look:
    """All that is shown of one joint; places in image px, None where not known.

    refined: None for a perfect map, which has no second look. window: (x, y, w, h).
    """

    heatmap: Floats
    cell: tuple[int, int]
    decoded: Floats
    truth: Floats | None
    window: Floats
    refined: Floats | None
    torso: float

    @property
    def kind(self) -> str:
        """Which curve the decoded place belongs to."""
        return PERFECT if self.refined is None else COARSE

    @property
    def is_lost(self) -> bool:
        """Whether the true place is known and lies outside of the window."""
        if self.truth is None:
            return False
        x, y, w, h = self.window
        share = (self.truth - [x - 0.5, y - 0.5]) / [w, h]
        return not bool(((share >= 0) & (share <= 1)).all())

    def error(self, place: Floats) -> float:
        """Distance of a place to the truth, px; NaN where there is no label."""
        return np.nan if self.truth is None else float(np.hypot(*(place - self.truth)))


@dataclass(frozen=True)
class Pooling:
    """Checked data of the explorer; see `pooling_explorer` for shapes and units."""

    images: NDArray[np.uint8]
    truth: Floats
    labelled: NDArray[np.bool_]
    maps: dict[int, Floats]
    coarse: dict[int, Floats]
    windows: dict[int, Floats]
    fine_maps: dict[int, Floats]
    refined: dict[int, Floats]
    curves: dict[int, dict[str, Floats]]
    alphas: Floats
    skeleton: SkeletonLike
    torso: Floats

    @property
    def strides(self) -> list[int]:
        """Image pixels per cell, smallest first."""
        return sorted(self.maps)

    def perfect(self, stride: int, example: int, joint: int) -> Floats:
        """A joint's ideal map (h, w): a Gaussian of its true place; 0 if no label."""
        h, w = self.maps[stride].shape[2:]
        if not self.labelled[example, joint]:
            return np.zeros((h, w))
        x, y = (self.truth[example, joint] - (stride - 1) / 2) / stride  # cells
        far = (np.arange(w) - x) ** 2 + (np.arange(h)[:, None] - y) ** 2
        # Less the smallest distance: the peak stays above 0 however far the joint is.
        return np.exp(-(far - far.min()) / (2 * SIGMA**2))

    def look(self, stride: int, example: int, joint: str, maps: str) -> Look:
        """What is shown of a joint; examples count from 1.

        maps: "network", or "perfect" for the ideal map and its largest cell.
        """
        n, k = example - 1, list(self.skeleton.joints).index(joint)
        is_perfect = maps == "perfect"
        heatmap = self.perfect(stride, n, k) if is_perfect else self.maps[stride][n, k]
        decoded, window = self.coarse[stride][n, k], self.windows[stride][n, k]
        if is_perfect:  # As large a part of the image as the window, around the cell.
            decoded = cell_centre(peak(heatmap), stride)
            window = np.concatenate([decoded - (window[2:] - 1) / 2, window[2:]])
        return Look(
            heatmap,
            peak(heatmap),
            decoded,
            self.truth[n, k] if self.labelled[n, k] else None,
            window,
            None if is_perfect else self.refined[stride][n, k],
            float(self.torso[n]),
        )


def peak(heatmap: Floats) -> tuple[int, int]:
    """Column and row of a map's largest cell, the first of equals."""
    row, column = np.unravel_index(int(heatmap.argmax()), heatmap.shape)
    return int(column), int(row)


def cell_centre(cell: tuple[int, int], stride: int) -> Floats:
    """Where a cell (column, row) lies in the image: (x, y) px."""
    return np.array(cell, dtype=float) * stride + (stride - 1) / 2


def by_stride(value: Mapping[int, Any], what: str) -> dict[int, Floats]:
    """One float array per stride. Raises ValueError unless strides are whole, > 0."""
    if not isinstance(value, Mapping) or not value:
        raise ValueError(f"{what} should be a dict with an entry per stride")
    for stride in value:
        if int(stride) != stride or stride < 1:
            raise ValueError(f"{what}: a stride is a whole number of px, got {stride}")
    return {int(s): np.asarray(part, dtype=float) for s, part in value.items()}


def curves_by_stride(value: Mapping[int, Mapping]) -> dict[int, dict[str, Floats]]:
    """Three named curves per stride. Raises ValueError unless it is a dict of dicts."""
    dicts = isinstance(value, Mapping)
    if not dicts or not all(isinstance(named, Mapping) for named in value.values()):
        raise ValueError(f"curves should be a dict per stride, with {CURVES} in each")
    return {
        int(stride): {name: np.asarray(c, dtype=float) for name, c in named.items()}
        for stride, named in value.items()
    }


def check(data: Pooling) -> Pooling:
    """The data itself. Raises ValueError naming what does not fit."""
    count, joints = len(data.images), len(data.skeleton.joints)
    check_examples(data)
    for name in ("coarse", "windows", "fine_maps", "refined", "curves"):
        found = sorted(getattr(data, name))
        need(found == data.strides, f"{name} has strides {found}, not {data.strides}")
    for stride in data.strides:
        _check_stride(data, stride, count, joints)
    _check_curves(data)
    return data


def _check_stride(data: Pooling, stride: int, count: int, joints: int) -> None:
    """Everything that there is once per stride."""
    height, width = data.images.shape[1:3]
    cells = data.maps[stride].shape
    fits = len(cells) == 4 and cells[:2] == (count, joints)
    fits = fits and cells[2] > 0 and abs(cells[2] * stride - height) < stride
    fits = fits and cells[3] > 0 and abs(cells[3] * stride - width) < stride
    wanted = (count, joints, height // stride, width // stride)
    need(fits, f"maps of stride {stride} should have shape {wanted}, got {cells}")
    need_shape(f"coarse of stride {stride}", data.coarse[stride], (count, joints, 2))
    need_shape(f"refined of stride {stride}", data.refined[stride], (count, joints, 2))
    need_shape(f"windows of stride {stride}", data.windows[stride], (count, joints, 4))
    fine = data.fine_maps[stride].shape
    need(
        len(fine) == 4 and fine[:2] == (count, joints) and min(fine) > 0,
        f"fine_maps of stride {stride} should begin ({count}, {joints}), got {fine}",
    )
    for name in ("maps", "coarse", "windows", "fine_maps", "refined"):
        found = np.isfinite(getattr(data, name)[stride]).all()
        need(bool(found), f"{name} of stride {stride} hold NaN or infinity")
    sizes = data.windows[stride][..., 2:]
    need(bool((sizes > 0).all()), "windows are (x, y, w, h) with w and h above 0")


def _check_curves(data: Pooling) -> None:
    """Thresholds that increase, and three curves of shares at each stride."""
    alphas = data.alphas
    rising = alphas.ndim == 1 and len(alphas) > 1 and np.isfinite(alphas).all()
    need(bool(rising and (np.diff(alphas) > 0).all()), "alphas should increase")
    for stride, curves in data.curves.items():
        named = set(curves) == set(CURVES)
        need(named, f"curves of stride {stride} should be {CURVES}, got {[*curves]}")
        for name, curve in curves.items():
            what = f"curves of stride {stride}, {name!r},"
            need_shape(what, curve, alphas.shape)
            shares = bool(((curve >= 0) & (curve <= 1)).all())
            need(shares, f"{what} should be shares from 0 to 1")
