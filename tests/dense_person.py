"""A made-up surface of 24 squares on two walls and IUV images of it, and a rendered
person with the body's own mesh: NumPy and Pillow only."""

from __future__ import annotations

from importlib import resources

import numpy as np
from PIL import Image as PILImage

PARTS = range(1, 25)
SIDE = 0.3  # metres; of a square
COLUMNS, ROWS = 4, 3  # squares on a wall
WALLS = {1: -0.1, 2: 0.1}  # the front one and the back one, by y
BLOCK = 8  # pixels; of a part in the picture
LEFT, TOP = 6, 10  # pixels around the body
HEIGHT, WIDTH = 56, 64
METRES_BEHIND = 2.0  # from wall to wall, along the surface
ASSETS = resources.files("course_lib") / "assets"
STEP = 5e-5  # metres; the unit of the stored mesh


def corner(part: int) -> tuple[float, float]:
    """X and Z of the lowest corner of a part's square; parts 1 to 12 are in front."""
    n = (part - 1) % 12
    return SIDE * (n % COLUMNS) - 0.6, SIDE * (n // COLUMNS) - 0.45


def place(part: float, u: float, v: float) -> tuple[float, float, int]:
    """X, Z and the wall of a point of the surface: U to the body's left, V up."""
    x, z = corner(int(part))
    return x + SIDE * u, z + SIDE * v, 1 if part <= 12 else 2


def mesh() -> dict:
    """Arguments of `iuv_explorer`: two triangles a square, outward anticlockwise."""
    vertices, faces, parts, uv = [], [], [], []
    unit = np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    for part in PARTS:
        x, z = corner(part)
        wall = 1 if part <= 12 else 2
        first = len(vertices)
        vertices += [(x + SIDE * u, WALLS[wall], z + SIDE * v) for u, v in unit]
        for turn in ((0, 1, 2), (0, 2, 3)):
            order = turn if wall == 1 else turn[::-1]
            faces.append([first + k for k in order])
            parts.append(part)
            uv.append(unit[list(order)])
    made = {"vertices": vertices, "faces": faces, "parts": parts, "uv": uv}
    return {name: np.array(values) for name, values in made.items()}


def iuv() -> np.ndarray:
    """Six by four blocks of pixels, a part each; U grows to the right, V downwards."""
    made = np.zeros((HEIGHT, WIDTH, 3), np.uint8)
    ramp = np.linspace(20, 240, BLOCK).round().astype(int)
    for part in PARTS:
        row, column = divmod(part - 1, 6)
        y, x = TOP + BLOCK * row, LEFT + BLOCK * column
        block = made[y : y + BLOCK, x : x + BLOCK]
        block[..., 0] = part
        block[..., 1], block[..., 2] = ramp, ramp[:, None]
    return made


def shifted() -> np.ndarray:
    """A prediction: two pixels too far right and one too far down; the lowest row of
    parts is called background, and the two torso parts are mixed up."""
    made = np.roll(iuv(), (1, 2), axis=(0, 1))
    torso = made[..., 0] <= 2
    made[..., 0] = np.where(torso & (made[..., 0] > 0), 3 - made[..., 0], made[..., 0])
    made[made[..., 0] > 18] = 0
    return made


def picture() -> np.ndarray:
    """A picture (H, W, 3) of smooth colours."""
    y, x = np.mgrid[:HEIGHT, :WIDTH]
    made = np.stack([3 * x + 20, 4 * y, 120 + x - y], axis=-1)
    return np.clip(made, 0, 255).astype(np.uint8)


def distance(first: np.ndarray, second: np.ndarray) -> list[float]:
    """Metres between points (M, 3): on a wall the straight way, else two more."""
    made = []
    for a, b in zip(first.tolist(), second.tolist(), strict=True):
        (x, z, wall), (x2, z2, wall2) = place(*a), place(*b)
        over = 0.0 if wall == wall2 else METRES_BEHIND
        made.append(float(np.hypot(x - x2, z - z2)) + over)
    return made


def dense(**changes) -> dict:
    """Arguments of `iuv_explorer`: a prediction that is off, and one that is right."""
    made = {
        "image": picture(),
        "iuv": iuv(),
        "predicted": {"student": shifted(), "oracle": iuv()},
        "distance": distance,
    }
    return made | mesh() | changes


def body() -> dict:
    """The small mesh of the package, as arguments of `iuv_explorer`."""
    with np.load(ASSETS / "body_low.npz") as stored:
        return {
            "vertices": STEP * stored["rest"],
            "faces": stored["faces"],
            "parts": stored["parts"],
            "uv": (stored["chart_uv"] / 65535)[stored["chart_corners"]],
        }


def rendered() -> dict:
    """A rendered person at the size of the set `dense`, and two answers that err."""
    folder = ASSETS / "golden" / "dense" / "images" / "train"
    names = "000002.jpg", "000002_iuv.png"
    size, how = (144, 192), (PILImage.Resampling.BICUBIC, PILImage.Resampling.NEAREST)
    image, labels = (
        np.asarray(PILImage.open(str(folder / name)).convert("RGB").resize(size, kind))
        for name, kind in zip(names, how, strict=True)
    )
    mixed = labels.copy()
    low = np.arange(192)[:, None] > 96
    mirrored = [part + 1 if part % 2 else part - 1 for part in range(3, 25)]
    swap = np.array([0, 1, 2, *mirrored], np.uint8)
    mixed[..., 0] = np.where(low, swap[labels[..., 0]], labels[..., 0])
    answers = {"sparse": mixed, "taught": np.roll(labels, (2, 3), axis=(0, 1))}
    made = {"image": image, "iuv": labels, "predicted": answers, "distance": off}
    return made | body()


def off(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Some distances between points (M, 3): a metre to another part."""
    far = np.hypot(*(first - second).T[1:])
    return np.where(first[:, 0] == second[:, 0], 0.3 * far, 1.0)
