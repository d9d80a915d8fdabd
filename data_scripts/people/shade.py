"""Light on bodies and objects, and what a camera does to a picture."""

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from data_scripts.people.structures import Light


def sample_light(rng: np.random.Generator) -> Light:
    """A light above the horizon, nearly white, with some light from everywhere."""
    azimuth, elevation = np.radians([rng.uniform(0, 360), rng.uniform(18, 75)])
    direction = np.array(
        [
            np.cos(azimuth) * np.cos(elevation),
            np.sin(azimuth) * np.cos(elevation),
            np.sin(elevation),
        ]
    )
    colour = np.clip(1 + 0.06 * rng.normal(size=3), 0.8, 1.2)
    return Light(direction, float(rng.uniform(0.45, 0.75)), colour)


def shade(
    colour: Tensor,
    normal: Tensor,
    direction: Tensor,
    ambient: Tensor,
    light_colour: Tensor,
    gloss: Tensor | float = 0.0,
) -> Tensor:
    """Colours (n, 3) under a light: ambient from above, diffuse, a little gloss.

    colour, normal, direction, light_colour: (n, 3). ambient, gloss: (n,).
    """
    facing = (normal * direction).sum(dim=-1)  # (n,)
    diffuse = (0.85 * facing + 0.15).clamp(min=0)
    sky = 0.8 + 0.2 * normal[:, 2]
    light = (1.1 * ambient * sky)[:, None]
    light = light + (1.5 * (1 - ambient) * diffuse)[:, None] * light_colour
    highlight = 0.2 * gloss * facing.clamp(min=0) ** 20
    return colour * light + highlight[:, None]


def finish(images: Tensor, seeds: list[tuple[int, int]]) -> np.ndarray:
    """Images (N, H, W, 3) as uint8 with exposure, some blur and sensor noise.

    images: float, about 0..1. seeds: a pair per image, so that an image does not depend
    on the others of its batch; the first sets exposure and blur, both set the noise.
    """
    finished = []
    for image, seed in zip(images.permute(0, 3, 1, 2).cpu(), seeds, strict=True):
        rng = np.random.default_rng(seed[0])
        gain, gamma = rng.uniform(0.85, 1.15), rng.uniform(0.8, 1.2)
        image = (gain * image).clamp(0, 1.3) ** gamma
        if rng.random() < 0.3:
            blurred = F.avg_pool2d(image[None], 3, 1, 1, count_include_pad=False)[0]
            image = 0.6 * blurred + 0.4 * image
        strength = float(rng.uniform(0.003, 0.015))
        noise = np.random.default_rng(seed).standard_normal(image.shape, np.float32)
        finished.append(image + strength * torch.from_numpy(noise))
    pixels = (255 * torch.stack(finished).clamp(0, 1)).round().to(torch.uint8)
    return pixels.permute(0, 2, 3, 1).numpy()
