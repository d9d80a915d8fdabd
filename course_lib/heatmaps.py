"""Heat maps: one small picture per joint, high where the joint is.

With stride s (px per cell) the centre of cell u lies at pixel s * u + (s - 1) / 2.
"""

import torch
from torch import Tensor


def render_heatmaps(
    joints: Tensor, visible: Tensor, size: tuple[int, int], stride: float, sigma: float
) -> Tensor:
    """Gaussian targets (..., K, h, w) with peak 1 at joints (..., K, 2) in px.

    visible: (..., K), 0 gives an empty map. size: (h, w) cells. stride: px per cell.
    sigma: of the Gaussian, in cells. A joint outside leaves the tail that reaches in.
    Built in chapter 02, "From a joint to a map".
    """
    if stride <= 0 or sigma <= 0:
        raise ValueError(f"stride {stride} and sigma {sigma} must be positive")
    rows, columns = (torch.arange(n, device=joints.device) for n in size)
    cells = (joints - (stride - 1) / 2) / stride  # (..., K, 2)
    across = (columns - cells[..., 0, None]).square()  # (..., K, w)
    down = (rows - cells[..., 1, None]).square()  # (..., K, h)
    across, down = (torch.exp(-d / (2 * sigma**2)) for d in (across, down))
    maps = down[..., :, None] * across[..., None, :]  # (..., K, h, w)
    return maps.where((visible > 0)[..., None, None], torch.zeros_like(maps))


def decode_heatmaps(heatmaps: Tensor, stride: float) -> tuple[Tensor, Tensor]:
    """Centre of the highest cell, (..., K, 2) px, and its value (..., K).

    heatmaps: (..., K, h, w), stride: px per cell. Of equal cells the first is taken.
    Built in chapter 02, "From a joint to a map".
    """
    width = heatmaps.shape[-1]
    scores, index = heatmaps.flatten(-2).max(dim=-1)  # (..., K) each
    cells = torch.stack([index % width, index // width], dim=-1)  # (..., K, 2)
    return cells * stride + (stride - 1) / 2, scores


def quarter_offset(heatmaps: Tensor, stride: float) -> tuple[Tensor, Tensor]:
    """Decoded joints (B, K, 2) px and their values (B, K) from maps (B, K, h, w).

    The centre of the highest cell, moved along each axis by a quarter of a cell towards
    the higher neighbour; not from a cell on the border, nor where both are equal.
    Built in chapter 04, "A quarter of a cell, and a mirror".
    """
    points, scores = decode_heatmaps(heatmaps, 1)  # (B, K, 2) whole cells
    height, width = heatmaps.shape[-2:]
    cells = points.long()
    ends = cells.new_tensor([width - 1, height - 1])
    is_inner = ((cells > 0) & (cells < ends)).all(dim=-1)  # (B, K)
    index = cells[..., 1] * width + cells[..., 0]  # (B, K)
    flat, last = heatmaps.flatten(-2), height * width - 1
    for axis, step in enumerate((1, width)):
        sides = torch.stack([index + step, index - step], dim=-1).clamp(0, last)
        after, before = flat.gather(-1, sides).unbind(dim=-1)  # (B, K) each
        points[..., axis] += 0.25 * torch.sign(after - before) * is_inner
    return points * stride + (stride - 1) / 2, scores
