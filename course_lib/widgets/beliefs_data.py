"""What the explorer of belief maps is made of, checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from .checks import need, need_shape
from .maps_data import Floats, Mapped, check_maps

NOTHING = "nothing"
OTHERS = ("background", "all parts")  # what may be silenced besides a joint


@dataclass(frozen=True, eq=False)
class Beliefs(Mapped):
    """Checked data of the explorer; see `belief_explorer` for shapes and units.

    silenced: (M, E, K, h, w), and silenced_poses: (M, E, K, 2), one of each part.
    """

    fields: Floats
    tested: int
    parts: tuple[str, ...]
    silenced: Floats
    silenced_poses: Floats

    @property
    def messages(self) -> int:
        """How many examples have a message test: the first ones."""
        return self.silenced.shape[1] if self.parts else 0

    def belief(self, part: str, example: int) -> Floats:
        """The beliefs (K, h, w) of the tested stage, with a part silenced."""
        if part == NOTHING:
            return self.maps[self.tested - 1, example]
        return self.silenced[self.parts.index(part), example]

    def pose(self, part: str, example: int) -> Floats:
        """The pose (K, 2) of the tested stage, with a part silenced."""
        if part == NOTHING:
            return self.poses[self.tested - 1, example]
        return self.silenced_poses[self.parts.index(part), example]


def entropy(belief: Floats) -> float:
    """Entropy of a map's positive part scaled to sum 1, bits; NaN: no such part."""
    share = np.clip(belief, 0, None).ravel()
    total = share.sum()
    if total <= 0:
        return float("nan")
    share = share[share > 0] / total
    return float(-(share * np.log2(share)).sum()) + 0.0  # never -0


def spread(belief: Floats) -> str:
    """A map's entropy in words."""
    bits = entropy(belief)
    return "nothing above 0" if np.isnan(bits) else f"entropy {bits:.1f}\u00a0bits"


def by_part(
    value: Mapping[str, ArrayLike] | None, name: str
) -> tuple[tuple[str, ...], Floats]:
    """The silenced parts and one array for all of them."""
    value = {} if value is None else value
    need(isinstance(value, Mapping), f"{name}: a dict by part, got {type(value)}")
    arrays = [np.asarray(part, dtype=float) for part in value.values()]
    shapes = sorted({array.shape for array in arrays})
    need(len(shapes) <= 1, f"{name}: parts differ in shape, {shapes}")
    return tuple(value), np.stack(arrays) if arrays else np.zeros((0, 0))


def check(data: Beliefs, posed: tuple[str, ...]) -> Beliefs:
    """The data itself. Raises ValueError naming what does not fit.

    posed: the parts that silenced_poses has.
    """
    check_maps(data, "beliefs", "T")
    stages = len(data.maps)
    need_shape("fields", data.fields, (stages,))
    is_good = np.isfinite(data.fields).all() and (data.fields > 0).all()
    need(bool(is_good), f"fields are finite and above 0 px, got {data.fields}")
    need(
        set(posed) == set(data.parts) and len(posed) == len(data.parts),
        f"silenced_poses should have {list(data.parts)}, got {list(posed)}",
    )
    if data.parts:
        _check_messages(data)
    return data


def _check_messages(data: Beliefs) -> None:
    """Silenced parts that exist, with the beliefs and poses of a later stage."""
    (stages, count), known = data.maps.shape[:2], [*data.skeleton.joints, *OTHERS]
    need(
        data.tested in range(2, stages + 1),
        f"tested is a stage from 2 to {stages}, got {data.tested}",
    )
    unknown = [part for part in data.parts if part not in known]
    need(not unknown, f"silenced: {unknown} are neither joints nor of {OTHERS}")
    shape = data.silenced.shape
    need(
        shape[2:] == data.maps.shape[2:] and 1 <= shape[1] <= count,
        f"silenced should hold (1 to {count}, *{data.maps.shape[2:]}) "
        f"for each part, got {shape[1:]}",
    )
    need_shape("silenced_poses", data.silenced_poses, (*shape[:3], 2))
    for name in ("silenced", "silenced_poses"):
        found = np.isfinite(getattr(data, name)).all()
        need(bool(found), f"{name} hold NaN or infinity")
