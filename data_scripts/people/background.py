"""Painted surroundings: walls, floors, furniture-like clutter, in calm colours."""

import colorsys
import math

import cv2
import numpy as np

from data_scripts.people.appearance import SKIN_TONES

Rng = np.random.Generator


def muted_colour(rng: Rng) -> np.ndarray:
    """A plausible colour of a room or street, (3,) 0..1."""
    hue, saturation = rng.random(), 0.7 * rng.beta(1.2, 3)
    value = rng.uniform(0.2, 0.88)
    return np.array(colorsys.hsv_to_rgb(hue, saturation, value), dtype=np.float32)


def paint_background(
    rng: Rng, height: int, width: int, horizon: float | None, distractors: bool
) -> np.ndarray:
    """A background (height, width, 3), float32 in 0..1.

    horizon: row (px) where floor meets wall, None without a floor. distractors: also
    paint skin-coloured limb-like shapes, which a local detector would take for people.
    """
    image = gradient(rng, height, width)
    if horizon is not None:
        paint_floor(rng, image, horizon)
    image += soft_noise(rng, height, width)
    for _ in range(int(rng.integers(2, 12))):
        paint_object(rng, image)
    if distractors:
        for _ in range(int(rng.integers(0, 4))):
            paint_limb(rng, image)
    return np.clip(image, 0, 1)


def gradient(rng: Rng, height: int, width: int) -> np.ndarray:
    """A wall or sky between two colours, from top to bottom."""
    down = np.linspace(0, 1, height, dtype=np.float32)[:, None, None]
    top, bottom = muted_colour(rng), muted_colour(rng)
    wall = top * (1 - 0.6 * down) + bottom * 0.6 * down
    return np.repeat(wall, width, axis=1)


def paint_floor(rng: Rng, image: np.ndarray, horizon: float) -> None:
    """A floor below the horizon, often with tiles or boards in perspective."""
    height, width = image.shape[:2]
    first = int(np.clip(horizon, 0, height))
    if first >= height:
        return
    rows = np.arange(first, height, dtype=np.float32)[:, None] - horizon + 2
    image[first:] = muted_colour(rng) * (0.85 + 0.2 * rows[:, :, None] / height)
    if rng.random() < 0.5:
        boards = rng.uniform(1.5, 6)  # across the image, where a row is as deep as high
        columns = np.arange(width, dtype=np.float32)[None] - width / 2
        pattern = square_wave(boards * columns / rows + rng.random(), rows / boards)
        if rng.random() < 0.6:
            length = boards * rng.uniform(0.3, 1)
            size = rows**2 / (length * height)
            pattern = 2 * pattern * square_wave(length * height / rows, size)
        image[first:] += (pattern * rng.uniform(0.02, 0.1))[..., None]


def square_wave(phase: np.ndarray, size: np.ndarray) -> np.ndarray:
    """A wave of -1/2 and 1/2 that changes at every half-way between whole phases.

    size: pixels from change to change. Edges are one pixel soft, and where the changes
    come close, the wave fades out, so that nothing flickers at a horizon.
    """
    triangle = np.abs(phase % 2 - 1) - 0.5
    return np.clip(triangle * size, -0.5, 0.5) * np.clip(size / 4 - 0.5, 0, 1)


def soft_noise(rng: Rng, height: int, width: int) -> np.ndarray:
    """Blotches, the smaller the fainter, (height, width, 3) around 0."""
    total = np.zeros((height, width, 3), dtype=np.float32)
    for _ in range(int(rng.integers(1, 4))):
        cell = 2 ** int(rng.integers(2, 8))
        channels = 1 if rng.random() < 0.7 else 3
        small = rng.random((height // cell + 2, width // cell + 2, channels)) - 0.5
        large = cv2.resize(
            small.astype(np.float32), (width, height), interpolation=cv2.INTER_CUBIC
        )
        strength = rng.uniform(0.2, 1) * 0.014 * math.sqrt(cell)
        total += large.reshape(height, width, channels) * strength
    return total


def paint_object(rng: Rng, image: np.ndarray) -> None:
    """One flat object: window, board, lamp, rail, post or leaf-like polygon."""
    height, width = image.shape[:2]
    side = max(height, width)
    x, y = rng.uniform(-0.1, 1.1) * width, rng.uniform(-0.1, 1.0) * height
    w, h = rng.gamma(2.0, 0.07, 2) * side
    colour = muted_colour(rng)
    kind = rng.integers(5)
    if kind == 0:
        fill_box(image, x, y, w, 1.6 * h, colour)
        fill_box(image, x + 0.1 * w, y + 0.16 * h, 0.8 * w, 1.28 * h, 1.15 * colour)
    elif kind == 1:
        centre, axes = (int(x), int(y)), (max(1, int(w / 2)), max(1, int(h / 2)))
        cv2.ellipse(image, centre, axes, 0, 0, 360, colour.tolist(), -1, cv2.LINE_AA)
    elif kind == 2:
        corners = np.array([x, y]) + 0.7 * rng.normal(size=(4, 2)) * (w, h)
        hull = cv2.convexHull(corners.astype(np.int32))
        cv2.fillConvexPoly(image, hull, colour.tolist(), cv2.LINE_AA)
    elif kind == 3:
        thickness = 1 + int(rng.uniform(0, 0.02) * side)
        end = (int(x + rng.normal() * 0.4 * side), int(y + rng.normal() * 0.4 * side))
        cv2.line(image, (int(x), int(y)), end, colour.tolist(), thickness, cv2.LINE_AA)
    else:
        for post in range(int(rng.integers(2, 7))):
            fill_box(image, x + 0.5 * post * w, y, 0.2 * w, 2 * h, colour)


def fill_box(
    image: np.ndarray, x: float, y: float, w: float, h: float, colour: np.ndarray
) -> None:
    """Fills a rectangle, cut off at the border of the image."""
    left, right = (int(np.clip(v, 0, image.shape[1])) for v in (x, x + w))
    top, bottom = (int(np.clip(v, 0, image.shape[0])) for v in (y, y + h))
    image[top:bottom, left:right] = colour


def paint_limb(rng: Rng, image: np.ndarray) -> None:
    """Two joined skin-coloured bars, like an arm that belongs to nobody."""
    height, width = image.shape[:2]
    colour = SKIN_TONES[rng.integers(len(SKIN_TONES))].tolist()
    length = max(height, width) * rng.uniform(0.05, 0.16)
    thickness = max(1, int(length * rng.uniform(0.2, 0.35)))
    point, angle = rng.random(2) * (width, height), rng.uniform(0, 2 * math.pi)
    for _ in range(2):
        end = point + length * np.array([math.cos(angle), math.sin(angle)])
        start_px, end_px = (tuple(int(v) for v in p) for p in (point, end))
        cv2.line(image, start_px, end_px, colour, thickness, cv2.LINE_AA)
        point, angle = end, angle + rng.normal() * 0.8
