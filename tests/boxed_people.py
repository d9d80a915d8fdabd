"""Made-up pairs of poses and bad boxes for the tests of two explorers: NumPy only."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from stick_people import Sticks, people

from course_lib.widgets import moved_boxes

SIDE = 192  # px of the square pictures
XS, YS, SCALES = (-0.4, -0.2, 0.0, 0.2, 0.4), (-0.3, 0.0, 0.3), (0.8, 1.0)
SYSTEMS = ("alone", "re-cropped")


@dataclass(frozen=True)
class Dots:
    """A skeleton of so many joints, the first ones joined in a row."""

    count: int = 16

    @property
    def joints(self) -> tuple[str, ...]:
        return tuple(f"joint_{k}" for k in range(self.count))

    @property
    def limb_indices(self) -> list[tuple[int, int]]:
        return [(k, k + 1) for k in range(self.count - 1)]

    @property
    def colours(self) -> list[str]:
        return ["#009E73"] * (self.count - 1)

    @property
    def joint_colours(self) -> list[str]:
        return ["#009E73"] * self.count


def twins(**changes) -> dict:
    """Arguments of `pose_nms_playground`: one person twice, an arm apart."""
    rng = np.random.default_rng(3)
    figure = people(examples=1, shape=(SIDE, SIDE))
    first = figure["truth"][0]
    second = first + rng.normal(0, 3, first.shape)
    second[6:8] += (22, -15)
    made = {
        "poses": np.stack([first, second]),
        "scores": rng.uniform(0.05, 1, (2, len(first))),
        "skeleton": Sticks(),
        "image": figure["images"][0],
    }
    return made | changes


FIGURES = people(examples=2, shape=(SIDE, SIDE), seed=5)
TRUTH = FIGURES["truth"]
LOW, HIGH = TRUTH.min(axis=1) - 10, TRUTH.max(axis=1) + 10
BOXES = np.concatenate([LOW, HIGH - LOW + 1], axis=1)


def corners(box: np.ndarray) -> list[tuple[float, float]]:
    """The corner pixels of a box, in order around."""
    x, y, w, h = box
    right, bottom = x + w - 1, y + h - 1
    return [(x, y), (right, y), (right, bottom), (x, bottom)]


def answers(boxes: np.ndarray, person: int) -> tuple[np.ndarray, ...]:
    """What two made-up systems find in boxes (M, 4): the second is less far off."""
    true, poses, frames = BOXES[person], [], []
    for box in boxes:
        off = box[:2] + box[2:] / 2 - true[:2] - true[2:] / 2
        wide = 4 * (box[2] / true[2] - 1)
        poses.append([TRUTH[person] + share * off + wide for share in (0.5, 0.1)])
        frames.append(np.array(corners(box)) - 0.6 * off)
    found = np.array(poses).transpose(1, 0, 2, 3)
    errors = np.linalg.norm(found - TRUTH[person], axis=-1).mean(axis=-1) / 10
    return found, np.array(frames), errors


def bad_boxes(
    xs: tuple = XS, ys: tuple = YS, scales: tuple = SCALES, **changes
) -> dict:
    """Arguments of `bad_box_explorer`: two people, the answers of `answers`."""
    sides = len(xs), len(ys), len(scales)
    grid = moved_boxes(BOXES, xs, ys, scales)
    found = [answers(grid[n].reshape(-1, 4), n) for n in range(len(BOXES))]
    poses, frames, errors = zip(*found, strict=True)
    joints = TRUTH.shape[1:]
    made = {
        "images": FIGURES["images"],
        "truth": TRUTH,
        "boxes": BOXES,
        "xs": xs,
        "ys": ys,
        "scales": scales,
        "poses": np.stack(poses, axis=1).reshape(2, len(BOXES), *sides, *joints),
        "frames": np.stack(frames).reshape(len(BOXES), *sides, 4, 2),
        "errors": np.stack(errors, axis=1).reshape(2, len(BOXES), *sides),
        "measure": "mean error (head sizes)",
        "skeleton": Sticks(),
        "systems": SYSTEMS,
        "names": ("Ada", "Ben"),
    }
    return made | changes
