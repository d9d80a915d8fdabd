"""Skin, hair and clothes: drawn at random, then looked up on the body's surface.

All coordinates are of the body at rest: metres, X to its left, Y backward, Z up, the
pelvis near the origin. `limb_t` runs from 0 at shoulder or hip over 1 at elbow or knee
to 2 at wrist or ankle. Everybody wears a top and trousers (or shorts).
"""

import colorsys

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from data_scripts.people.body import REGIONS, Body

SKIN_TONES = (
    np.array(
        [
            [255, 224, 196],
            [250, 209, 180],
            [240, 200, 165],
            [224, 172, 125],
            [210, 160, 120],
            [190, 132, 86],
            [160, 108, 72],
            [132, 84, 52],
            [100, 64, 44],
            [72, 46, 34],
        ],
        dtype=np.float32,
    )
    / 255
)
HAIR_COLOURS = (
    np.array(
        [
            [22, 18, 16],
            [50, 34, 24],
            [88, 58, 34],
            [146, 104, 62],
            [200, 166, 110],
            [130, 126, 122],
            [205, 203, 198],
            [118, 56, 30],
        ],
        dtype=np.float32,
    )
    / 255
)
PLAIN, STRIPES_ACROSS, STRIPES_DOWN, CHECKS, DOTS, BLOTCHES, YOKE, PRINT = range(8)
NO_HAIR, SHORT_HAIR, MIDDLE_HAIR, LONG_HAIR = range(4)
Appearance = dict[str, np.ndarray]


def cloth_colour(rng: np.random.Generator, count: int) -> np.ndarray:
    """Colours of clothes (count, 3), 0..1: many muted, a few bright, none like skin."""
    hues = (0.14 + 0.84 * rng.random(count)) % 1.0  # leaves out orange and brown
    saturations = 0.85 * rng.beta(1.1, 2.0, count)
    values = 0.1 + 0.85 * rng.beta(1.6, 1.2, count)
    rows = zip(hues, saturations, values, strict=True)
    colours = [colorsys.hsv_to_rgb(*row) for row in rows]
    return np.array(colours, dtype=np.float32).reshape(count, 3)


def sample_appearance(rng: np.random.Generator, count: int) -> Appearance:
    """How `count` people look; every array has first axis `count`."""

    def between(low: float, high: float) -> np.ndarray:
        return rng.uniform(low, high, count).astype(np.float32)

    def one_of(values: list[float], weights: list[float]) -> np.ndarray:
        chosen = rng.choice(len(values), count, p=weights)
        return np.array(values, dtype=np.float32)[chosen]

    tones = SKIN_TONES[rng.integers(len(SKIN_TONES), size=count)]
    patterns = one_of(list(range(8)), [0.42, 0.14, 0.08, 0.08, 0.06, 0.08, 0.08, 0.06])
    return {
        "skin": tones * between(0.92, 1.05)[:, None],
        "hair": HAIR_COLOURS[rng.integers(len(HAIR_COLOURS), size=count)],
        "hair_length": one_of([0, 1, 2, 3], [0.1, 0.5, 0.22, 0.18]),
        "top": cloth_colour(rng, count),
        "top_second": cloth_colour(rng, count),
        "top_pattern": patterns,
        "frequency": between(6, 22),
        "sleeve": one_of([0.1, 0.55, 1.1, 1.95], [0.12, 0.4, 0.08, 0.4])
        + between(-0.06, 0.06),
        "hem": between(-0.1, 0.05),
        "collar": between(0.47, 0.53),
        "trousers": cloth_colour(rng, count),
        "trousers_second": cloth_colour(rng, count),
        "trousers_pattern": one_of([0, 1, 2, 3, 5], [0.72, 0.06, 0.1, 0.06, 0.06]),
        "trousers_length": one_of([0.45, 0.75, 1.3, 1.97], [0.08, 0.2, 0.1, 0.62])
        + between(-0.05, 0.05),
        "shoe": cloth_colour(rng, count),
        "shoe_height": one_of([1.93, 1.8, 2.6], [0.62, 0.26, 0.12]),  # 2.6: barefoot
        "sock": cloth_colour(rng, count),
        "sock_height": one_of([3.0, 1.85, 1.6], [0.5, 0.35, 0.15]),  # 3: none
        "looseness": between(0.1, 1.0),
        "trousers_looseness": between(0.1, 1.0),
        "roughness": between(0.1, 1.0),
        "has_hat": one_of([0, 1], [0.87, 0.13]),
        "hat": cloth_colour(rng, count),
    }


class Surface:
    """Looks up what covers a body, at its vertices or at points of its surface."""

    def __init__(self, body: Body):
        generator = torch.Generator().manual_seed(7)
        self.lattice = torch.rand(1, 4, 24, 24, 24, generator=generator).to(body.rest)
        self.body = body
        joints = dict(zip(body.joint_names, body.rest_joints, strict=True))
        self.eyes = (joints["left_eye"], joints["right_eye"])
        self.mouth = joints["nose"] * joints["nose"].new_tensor([0.0, 1.0, 1.0])
        self.mouth = self.mouth - self.mouth.new_tensor([0.0, 0.0, 0.045])
        self.sole = body.rest[:, 2].min() + 0.022

    def noise(self, points: Tensor, frequency: float, channel: int = 0) -> Tensor:
        """Smooth noise (n,) in 0..1 at points (n, 3), `frequency` cells per metre."""
        where = ((points * (frequency / 24)) % 1.0) * 2 - 1
        volume = self.lattice[:, channel : channel + 1]
        where = where.view(1, -1, 1, 1, 3)
        sampled = F.grid_sample(
            volume, where, padding_mode="border", align_corners=False
        )
        return sampled.flatten()

    def offsets(self, looks: dict[str, Tensor]) -> Tensor:
        """How far clothes and hair stand off the skin, (B, V) metres."""
        body = self.body
        count = len(looks["hem"])
        points = body.rest.expand(count, -1, -1)  # (B, V, 3)
        looks = {name: value[:, None] for name, value in looks.items()}
        limb_t, region = body.limb_t[None], body.vertex_region[None]
        top, trousers, _, shoe = self.covers(points, limb_t, region, looks)
        fold = 0.4 + self.noise(body.rest, 9.0, 2)[None]
        hair = self.hair(points, region, looks)
        return (
            top * (0.004 + 0.016 * looks["looseness"] * fold)
            + trousers * (0.003 + 0.015 * looks["trousers_looseness"] * fold)
            + shoe * 0.008
            + hair * (0.006 + 0.01 * looks["hair_length"] * fold)
        )

    @staticmethod
    def covers(
        points: Tensor, limb_t: Tensor, region: Tensor, looks: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Whether top, trousers, socks, shoes cover points; shapes broadcast."""
        z, x = points[..., 2], points[..., 0]
        torso = region == REGIONS.index("torso")
        arm = is_region(region, "upper_arm", "lower_arm")
        leg = is_region(region, "upper_leg", "lower_leg")
        throat = (z > looks["collar"]) & (x.abs() < 0.075)
        top = (((torso | leg) & (z > looks["hem"])) & ~throat) | (
            arm & (limb_t < looks["sleeve"])
        )
        trousers = (torso & (z <= looks["hem"])) | (
            leg & ((limb_t < looks["trousers_length"]) | (z > -0.1))
        )
        trousers = trousers & ~top
        sock = leg & (limb_t > looks["sock_height"]) & ~trousers
        foot = is_region(region, "foot")
        shoe = (foot | (leg & (limb_t > looks["shoe_height"]))) & (
            looks["shoe_height"] < 2.5
        )
        return top, trousers, sock, shoe

    def hair(self, points: Tensor, region: Tensor, looks: dict[str, Tensor]) -> Tensor:
        """Whether hair covers points; it reaches further down at the back."""
        above_eyes = points[..., 2] - self.eyes[0][2]
        y, length = points[..., 1], looks["hair_length"]
        line = 0.055 - (y + 0.09).clamp(0, 0.1) * 1.6 - 0.012 * length
        head = region == REGIONS.index("head")
        neck = region == REGIONS.index("neck")
        behind = (y > 0) & (above_eyes > -0.02 - 0.03 * length)
        cap = head & ((above_eyes > line) | behind)
        nape = neck & (y > 0) & (length >= MIDDLE_HAIR)
        back = (region == REGIONS.index("torso")) & (points[..., 2] > 0.38) & (y > 0)
        back = back & (points[..., 0].abs() < 0.12) & (length >= LONG_HAIR)
        return (cap | nape | back) & (length > NO_HAIR)

    def colour(
        self, points: Tensor, limb_t: Tensor, region: Tensor, looks: dict[str, Tensor]
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Colours (n, 3), bumps of the normal (n, 3) and gloss (n,) at points (n, 3).

        looks: the appearance of each point's person, (n,) or (n, 3).
        """
        fine, coarse = self.noise(points, 60.0), self.noise(points, 14.0, 2)
        top, trousers, sock, shoe = self.covers(points, limb_t, region, looks)
        skin = looks["skin"] * (0.95 + 0.1 * fine)[:, None]
        front = (region == REGIONS.index("head")) & (points[:, 1] < -0.05)
        colour = skin.clone()
        colour[front] = self.face(skin[front], points[front], looks["hair"][front])
        for mask, name in ((top, "top"), (trousers, "trousers")):
            cloth = self.cloth(points, limb_t, region, coarse, looks, name)
            colour = paint(colour, mask, cloth * (0.94 + 0.1 * fine)[:, None])
        colour = paint(colour, sock, looks["sock"])
        sole = shoe & (points[:, 2] < self.sole)
        colour = paint(colour, shoe, looks["shoe"] * (0.9 + 0.15 * fine)[:, None])
        colour = paint(colour, sole, torch.full_like(colour, 0.82))
        hair = self.hair(points, region, looks)
        colour[hair] = self.strands(points[hair], looks["hair"][hair])
        is_head = region == REGIONS.index("head")
        is_above = points[:, 2] > self.eyes[0][2] + 0.045
        hat = is_head & is_above & (looks["has_hat"] > 0)
        colour = paint(colour, hat, looks["hat"] * (0.9 + 0.15 * fine)[:, None])
        fabric = top | trousers
        bump = torch.stack([coarse, self.noise(points, 22.0, 3), fine], dim=1) - 0.5
        bump = 0.6 * bump * (fabric * looks["roughness"])[:, None]
        return colour.clamp(0, 1), bump, 0.5 * (~fabric)

    def strands(self, points: Tensor, hair: Tensor) -> Tensor:
        """Colours (n, 3) of hair (n, 3), in strands that run down."""
        stretched = points * points.new_tensor([1.0, 1.0, 0.15])
        return hair * (0.75 + 0.5 * self.noise(stretched, 160.0, 3))[:, None]

    def cloth(
        self,
        points: Tensor,
        limb_t: Tensor,
        region: Tensor,
        coarse: Tensor,
        looks: dict[str, Tensor],
        name: str,
    ) -> Tensor:
        """Colours (n, 3) of a garment, `name` "top" or "trousers", with its pattern."""
        x, y, z = points.unbind(-1)
        arm = is_region(region, "upper_arm", "lower_arm")
        on_limb = arm | is_region(region, "upper_leg", "lower_leg")
        along = torch.where(on_limb, 0.3 * limb_t, z) * looks["frequency"] * 6.28
        around = torch.where(arm, y, x) * looks["frequency"] * 6.28
        across, down = along.sin() > 0, around.sin() > 0
        kind = looks[f"{name}_pattern"]
        second = (kind == STRIPES_ACROSS) & across | (kind == STRIPES_DOWN) & down
        second = second | (kind == CHECKS) & (across ^ down)
        second = second | (kind == DOTS) & (along.sin() * around.sin() > 0.45)
        second = second | (kind == BLOTCHES) & (coarse > 0.55)
        second = second | (kind == YOKE) & (z > 0.3)
        chest = (x.abs() < 0.09) & (z > 0.2) & (z < 0.38) & (y < 0)
        second = second | (kind == PRINT) & chest
        return torch.where(second[:, None], looks[f"{name}_second"], looks[name])

    def face(self, skin: Tensor, points: Tensor, hair: Tensor) -> Tensor:
        """Colours (n, 3) of the front of heads: skin with eyes, brows and mouth."""

        def blend(colour: Tensor, place: Tensor, size: tuple, new: Tensor) -> Tensor:
            across = (points[:, 0] - place[0]) / size[0]
            up = (points[:, 2] - place[2]) / size[1]
            weight = torch.exp(-(across**2) - up**2)[:, None]
            return colour * (1 - weight) + weight * new

        colour = skin
        for eye in self.eyes:
            brow = eye + eye.new_tensor([0.0, 0.0, 0.022])
            colour = blend(colour, eye, (0.016, 0.008), skin.new_tensor(0.92))
            colour = blend(colour, eye, (0.008, 0.008), skin.new_tensor(0.1))
            colour = blend(colour, brow, (0.022, 0.005), hair)
        lips = skin * skin.new_tensor([0.85, 0.5, 0.5])
        return blend(colour, self.mouth, (0.024, 0.008), lips)


def is_region(region: Tensor, *names: str) -> Tensor:
    """Whether regions are any of the named ones, on either side."""
    wanted = [name[:-2] in names for name in REGIONS]
    return torch.tensor(wanted, device=region.device)[region]


def paint(colour: Tensor, mask: Tensor, new: Tensor) -> Tensor:
    """Colours (n, 3), replaced by `new` where mask (n,) holds."""
    return torch.where(mask[:, None], new, colour)
