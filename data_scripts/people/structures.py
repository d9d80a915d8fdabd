"""What goes into the renderer and what comes out of it.

World frame: metres, Z up, the ground at z = 0. Angles of bodies are in degrees.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from data_scripts.people.camera import Camera


@dataclass(frozen=True)
class People:
    """N people of a scene.

    angles: (N, 33) degrees, see `poses.ANGLES`. shape: phenotype arrays (N,) or (N, 3),
    see `body.sample_shapes`. appearance: arrays with first axis N, see `appearance`.
    position: (N, 2) metres on the ground. yaw: (N,) degrees, 0 faces -Y and positive
    turns counter-clockwise seen from above. track_ids: (N,) or None.
    """

    angles: np.ndarray
    shape: dict[str, np.ndarray]
    appearance: dict[str, np.ndarray]
    position: np.ndarray
    yaw: np.ndarray
    track_ids: np.ndarray | None = None

    def __len__(self) -> int:
        return len(self.angles)


@dataclass(frozen=True)
class Occluder:
    """A box or cylinder: unit mesh, scaled by `size` (3,) metres, turned by `rotation`.

    centre: (3,) metres in the world; or, `is_in_view`, (right, down) metres and the
    fraction of the way from the camera to the framed person.
    """

    shape: str
    size: np.ndarray
    rotation: np.ndarray
    centre: np.ndarray
    colour: np.ndarray
    is_in_view: bool = False


@dataclass(frozen=True)
class Framing:
    """A camera still to be placed so that one person fills the image.

    azimuth, elevation, roll: degrees. distance: metres from the person's middle. fill:
    the part of the image that the person's extent takes. shift: (2,) part of the image
    by which the person is off centre.
    """

    azimuth: float
    elevation: float
    roll: float
    distance: float
    fill: float
    shift: np.ndarray


@dataclass(frozen=True)
class Light:
    """direction: (3,) unit vector towards the light. ambient: 0..1. colour: (3,)."""

    direction: np.ndarray
    ambient: float
    colour: np.ndarray


@dataclass(frozen=True)
class Scene:
    """One image to render; background (H, W, 3) float 0..1 fixes its size.

    shadow: how dark shadows are, 0..1. grain_seed: seeds exposure and sensor noise;
    frames of a clip share it, and with it the exposure, and differ in `frame`.
    """

    people: People
    camera: Camera | Framing
    light: Light
    background: np.ndarray
    occluders: list[Occluder] = field(default_factory=list)
    shadow: float = 0.5
    grain_seed: int = 0
    frame: int = 0


@dataclass(frozen=True)
class PersonLabel:
    """What is known of one rendered person.

    instance: 1, 2, ... as in the instance image. keypoints: (27, 2) px. visible: (27,)
    2 seen, 1 hidden by anything, 0 outside of the image. box_full: (4,) px, the whole
    body, also hidden or outside. head_box: (4,) px. depth: metres to the pelvis.
    joints_3d: (27, 3) metres in the camera frame (right, down, forward).
    """

    instance: int
    keypoints: np.ndarray
    visible: np.ndarray
    box_full: np.ndarray
    head_box: np.ndarray
    depth: float
    joints_3d: np.ndarray
    track_id: int | None = None


@dataclass(frozen=True)
class Rendered:
    """One image: `image` (H, W, 3) uint8 RGB; `instances` (H, W) uint8, 0 background,
    255 objects; `iuv` (H, W, 3) uint8, body part 1..24 and its U, V; `people`; `camera`
    as plain numbers (R, eye in metres, f, cx, cy in px)."""

    image: np.ndarray
    instances: np.ndarray
    iuv: np.ndarray
    people: list[PersonLabel]
    camera: dict[str, Any]
