"""Made-up figures for the tests of the explorers: NumPy and Pillow only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw

from course_lib.widgets import (
    Event,
    Handle,
    Layer,
    Panel,
    Readout,
    Widget,
    heat_map,
    slider,
    toggle,
)

JOINTS = (
    "right_ankle right_knee right_hip left_hip left_knee left_ankle right_wrist "
    "right_elbow right_shoulder left_shoulder left_elbow left_wrist neck head_top"
).split()
LIMBS = [
    ("left_shoulder", "left_elbow"),
    ("right_shoulder", "right_elbow"),
    ("left_elbow", "left_wrist"),
    ("right_elbow", "right_wrist"),
    ("left_hip", "left_knee"),
    ("right_hip", "right_knee"),
    ("left_knee", "left_ankle"),
    ("right_knee", "right_ankle"),
    ("left_shoulder", "left_hip"),
    ("right_shoulder", "right_hip"),
    ("left_hip", "right_hip"),
    ("neck", "left_shoulder"),
    ("neck", "right_shoulder"),
    ("neck", "head_top"),
]
BASE = np.array(
    [
        [-0.22, 1.9], [-0.2, 1.0], [-0.16, 0.1], [0.16, 0.1], [0.2, 1.0], [0.22, 1.9],
        [-0.62, 0.0], [-0.5, -0.5], [-0.3, -0.95], [0.3, -0.95], [0.5, -0.5],
        [0.62, 0.0], [0.0, -1.05], [0.0, -1.6],
    ]
)  # fmt: skip
HUES = {"left": "#0072B2", "right": "#E69F00"}


@dataclass(frozen=True)
class Sticks:
    """A skeleton of fourteen joints, as the explorers need it."""

    joints: tuple[str, ...] = tuple(JOINTS)

    @property
    def limb_indices(self) -> list[tuple[int, int]]:
        return [(JOINTS.index(a), JOINTS.index(b)) for a, b in LIMBS]

    @property
    def joint_colours(self) -> list[str]:
        return [HUES.get(joint.split("_")[0], "#009E73") for joint in JOINTS]

    @property
    def colours(self) -> list[str]:
        sides = [{a.split("_")[0], b.split("_")[0]} for a, b in LIMBS]
        return [HUES[s.pop()] if len(s) == 1 else "#009E73" for s in sides]


def _draw(joints: np.ndarray, shape: tuple[int, int], rng) -> np.ndarray:
    """A clothed stick figure on a plain gradient, (H, W, 3) uint8."""
    height, width = shape
    wall = np.linspace(150, 205, height)[:, None] + np.linspace(0, 25, width)[None]
    hue = rng.uniform(0.75, 1.05, 3)
    picture = np.clip(wall[..., None] * hue + rng.normal(0, 4, (*shape, 1)), 0, 255)
    big = Image.fromarray(picture.astype(np.uint8)).resize((4 * width, 4 * height))
    pen = ImageDraw.Draw(big)
    place = {n: tuple(4 * (p + 0.5)) for n, p in zip(JOINTS, joints, strict=True)}
    top, legs, skin = (tuple(int(v) for v in rng.integers(40, 215, 3)) for _ in "abc")
    torso = ("left_shoulder", "right_shoulder", "right_hip", "left_hip")
    for names, colour, wide in ((LIMBS[4:8], legs, 26), (LIMBS[:4], skin, 20)):
        for a, b in names:
            pen.line([place[a], place[b]], fill=colour, width=wide)
    pen.polygon([place[name] for name in torso], fill=top, outline=top, width=14)
    x, y = (np.array(place["neck"]) + place["head_top"]) / 2
    pen.ellipse((x - 28, y - 34, x + 28, y + 34), fill=skin)
    return np.asarray(big.resize((width, height), Image.Resampling.LANCZOS))


def _cut(image: np.ndarray, box: np.ndarray, size: int) -> np.ndarray:
    """The box (x, y, w, h) of an image, resized to size x size."""
    x, y, w, h = box
    edges = (x, y, x + w, y + h)
    bilinear = Image.Resampling.BILINEAR
    cut = Image.fromarray(image).transform(
        (size, size), Image.Transform.EXTENT, edges, bilinear
    )
    return np.asarray(cut)


def _joint_boxes(pose: np.ndarray, hip: int, shoulder: int) -> np.ndarray:
    """A square box (N, K, 4) around every joint of poses (N, K, 2), one torso wide."""
    side = np.linalg.norm(pose[:, hip] - pose[:, shoulder], axis=-1)
    sides = np.broadcast_to(side[:, None, None], pose.shape)
    return np.concatenate([pose - (sides - 1) / 2, sides], axis=-1)


def people(
    examples: int = 4,
    stages: int = 3,
    shape: tuple[int, int] = (128, 96),
    size: int = 48,
    seed: int = 0,
) -> dict:
    """Arguments of `cascade_stepper`: each stage halves the error, about."""
    rng = np.random.default_rng(seed)
    height, width = shape
    scale = height / 4.4
    sway = rng.normal(0, 0.14, (examples, len(JOINTS), 2)) * [1.4, 0.7]
    centre = [(width - 1) / 2, height * 0.46]
    truth = (BASE + sway) * scale + centre
    images = np.stack([_draw(joints, shape, rng) for joints in truth])
    spread = rng.normal(0, 0.055 * height, truth.shape)
    shrink = [0.5**s for s in range(stages)]
    noise = [rng.normal(0, 0.008 * height, truth.shape) for _ in shrink]
    poses = np.stack(
        [truth + spread * k + e for k, e in zip(shrink, noise, strict=True)]
    )
    visible = np.full((examples, len(JOINTS)), 2)
    visible[-1, 0] = 0
    hips, shoulders = JOINTS.index("right_hip"), JOINTS.index("left_shoulder")
    torso = np.linalg.norm(truth[:, hips] - truth[:, shoulders], axis=-1)
    whole = np.tile([0.0, 0.0, width, height], (examples, 1, 1))
    boxes = [whole, *(_joint_boxes(pose, hips, shoulders) for pose in poses[:-1])]
    crops = [
        np.stack(
            [
                np.stack([_cut(images[n], box, size) for box in b[n]])
                for n in range(examples)
            ]
        )
        for b in boxes
    ]
    return {
        "images": images, "truth": truth, "visible": visible, "poses": poses,
        "boxes": boxes, "crops": crops, "skeleton": Sticks(), "torso": torso,
    }  # fmt: skip


def draggable() -> Widget:
    """A blob that follows a dot; a toggle shows it, a slider sets its width."""

    def blob(spot: tuple[float, float], width: float, shown: bool) -> list:
        rows, cols = np.mgrid[:48, :64]
        far = (cols - spot[0]) ** 2 + (rows - spot[1]) ** 2
        return [heat_map(np.exp(-far / (2 * width**2)))] if shown else []

    def respond(values: dict, event: Event) -> dict:
        if event.x < 0:
            raise ValueError("left of the picture")
        return values | {"spot": (round(event.x, 1), round(event.y, 1))}

    return Widget(
        title="A blob",
        question="Where is its peak?",
        panels=[Panel("map", 64, 48, "The map")],
        controls=[slider("width", "Width", (2, 4, 8), 4), toggle("shown", "Map", True)],
        layers=[
            Layer("map", ("spot", "width", "shown"), blob),
            Layer("map", ("spot",), lambda spot: [Handle("peak", *spot)]),
        ],
        readout=Readout(("spot",), lambda spot: f"Peak at {spot[0]:g}, {spot[1]:g}."),
        state={"spot": (20.0, 24.0)},
        respond=respond,
    )
