"""Triangles to pixels: which triangle is nearest at every pixel centre.

Plain torch, on the CPU or a GPU. Every triangle is cut into rows of pixels and every
row into the pixels between its two edges, so that no pixel outside a triangle is ever
looked at. One scatter_reduce with "amax" over keys that hold the inverse depth in the
high bits and the triangle's number in the low bits then keeps the nearest.

Pixel centres lie at integers; x points right, y down; depth is in metres.
"""

from itertools import pairwise

import torch
from torch import Tensor

# Triangles with a corner nearer than this are dropped (metres).
NEAR = 0.05
# Pixels handled at once: small enough for the processor's cache, large for a GPU.
CHUNK = {"cpu": 1 << 18, "cuda": 1 << 24}
_SMALLEST_AREA = 1e-9
_KEY_BITS = 62


def signed_area(triangles: Tensor) -> Tensor:
    """Twice the signed area (T,) of triangles (T, 3, 3), px^2.

    Negative if the corners run anticlockwise on the screen (y down): a front face.
    """
    x, y = triangles[..., 0], triangles[..., 1]
    first = (x[:, 1] - x[:, 0]) * (y[:, 2] - y[:, 0])
    return first - (y[:, 1] - y[:, 0]) * (x[:, 2] - x[:, 0])


def _visible(triangles: Tensor, height: int, width: int, cull: bool) -> Tensor:
    """Numbers (N,) of the triangles that may cover a pixel centre of the picture."""
    area = signed_area(triangles)
    area = -area if cull else area.abs()
    low, high = triangles.aminmax(dim=1)
    size = torch.tensor([width - 1, height - 1], device=triangles.device)
    first = low[:, :2].ceil().clamp(min=0)
    last = torch.minimum(high[:, :2].floor(), size)
    keep = (area > _SMALLEST_AREA) & (low[:, 2] > NEAR)
    return (keep & (first <= last).all(dim=1)).nonzero()[:, 0]


def _edge_table(triangles: Tensor) -> Tensor:
    """Edges of triangles (N, 3, 3), corners sorted by y: (N, 10).

    Columns: top (x, y), slope of the long edge, slope of the upper edge, middle (x, y),
    slope of the lower edge, then inverse depth at the top and its change per pixel
    across and per pixel down. Two triangles that share an edge find the same crossings
    to the last bit, so no pixel falls between them.
    """
    order = triangles[..., 1].argsort(dim=1, stable=True)
    top, middle, bottom = triangles.gather(
        1, order[..., None].expand_as(triangles)
    ).unbind(1)

    def slope(start: Tensor, end: Tensor) -> Tensor:
        rise = end[:, 1] - start[:, 1]
        return (end[:, 0] - start[:, 0]) / torch.where(rise > 0, rise, 1.0)

    inverse = [1 / corner[:, 2] for corner in (top, middle, bottom)]
    to_middle, to_bottom = (middle - top)[:, :2], (bottom - top)[:, :2]
    q_middle, q_bottom = inverse[1] - inverse[0], inverse[2] - inverse[0]
    area = to_middle[:, 0] * to_bottom[:, 1] - to_middle[:, 1] * to_bottom[:, 0]
    across = (q_middle * to_bottom[:, 1] - q_bottom * to_middle[:, 1]) / area
    down = (q_bottom * to_middle[:, 0] - q_middle * to_bottom[:, 0]) / area
    columns = [top[:, 0], top[:, 1], slope(top, bottom), slope(top, middle)]
    columns += [middle[:, 0], middle[:, 1], slope(middle, bottom)]
    return torch.stack([*columns, inverse[0], across, down], dim=1)


def _expand(counts: Tensor) -> tuple[Tensor, Tensor]:
    """For item i repeated counts[i] times: the item and the repetition, (sum,) each."""
    total = int(counts.sum())
    item = torch.repeat_interleave(counts, output_size=total)
    start = counts.cumsum(0) - counts
    step = torch.arange(total, device=counts.device, dtype=counts.dtype) - start[item]
    return item, step


def _spans(
    triangles: Tensor, height: int, width: int
) -> tuple[Tensor, Tensor, Tensor, Tensor, Tensor, Tensor]:
    """Rows of pixels that triangles (N, 3, 3) cover.

    Returns the triangle, the row y, the first column x, the number of pixels (R,) long,
    and the inverse depth at the first and the last pixel, (R,), 1/m.
    """
    low, high = triangles[..., 1].aminmax(dim=1)
    first_row = low.ceil().clamp(min=0).long()
    last_row = high.floor().clamp(max=height - 1).long()
    owner, step = _expand((last_row - first_row + 1).clamp(min=0))
    row = first_row[owner] + step
    edges = _edge_table(triangles)[owner].unbind(1)
    top_x, top_y, long_slope, upper_slope, middle_x, middle_y, lower_slope = edges[:7]
    y = row.to(top_y.dtype)
    below_top, below_middle = y - top_y, y - middle_y
    long_x = top_x + below_top * long_slope
    upper_x = top_x + below_top * upper_slope
    lower_x = middle_x + below_middle * lower_slope
    short_x = torch.where(below_middle < 0, upper_x, lower_x)
    first = torch.minimum(long_x, short_x).ceil().clamp(min=0)
    last = torch.maximum(long_x, short_x).floor().clamp(max=width - 1)
    count = (last - first + 1).clamp(min=0).long()
    at_top, across, down = edges[7:]
    at_row = at_top + below_top * down
    inverse = 1 / triangles[..., 2]
    nearest, farthest = inverse.amax(dim=1)[owner], inverse.amin(dim=1)[owner]
    ends = [
        torch.minimum(torch.maximum(at_row + (x - top_x) * across, farthest), nearest)
        for x in (first, last)
    ]
    return owner, row, first.long(), count, ends[0], ends[1]


def _scatter(
    buffer: Tensor, cell: Tensor, key: Tensor, change: Tensor, count: Tensor
) -> None:
    """Write rows of pixels into buffer (P,) where they are nearer than what is there.

    cell, key, change, count: (R,) first pixel, its key, the key's change per pixel, and
    the number of pixels.
    """
    limit = CHUNK.get(buffer.device.type, CHUNK["cpu"])
    ends = count.cumsum(0)
    total = int(ends[-1]) if len(ends) else 0
    if total <= limit:
        cuts = [0, len(count)]
    else:
        marks = torch.arange(limit, total, limit, device=ends.device)
        inner = torch.searchsorted(ends, marks).tolist()
        cuts = sorted({0, *inner, len(count)})
    for start, end in pairwise(cuts):
        part = slice(start, end)
        span, step = _expand(count[part])
        index = cell[part][span].add_(step)
        value = change[part][span].mul_(step).add_(key[part][span])
        buffer.scatter_reduce_(0, index, value, "amax")


def rasterise(
    triangles: Tensor,
    image_index: Tensor,
    images: int,
    height: int,
    width: int,
    cull: bool = True,
) -> Tensor:
    """Number of the nearest triangle at every pixel, (images, height, width) long.

    triangles: (T, 3, 3), three corners as x, y in px and depth in m. image_index: (T,),
    the picture each belongs to. -1 where there is none. cull drops back faces, whose
    signed area is positive. Triangles with a corner nearer than NEAR are dropped.
    """
    device = triangles.device
    buffer = torch.full((images * height * width,), -1, device=device)
    shown = _visible(triangles, height, width, cull)
    if len(shown):
        owner, row, column, count, near_key, far_key = _spans(
            triangles[shown], height, width
        )
        number_bits = max(1, (len(triangles) - 1).bit_length())
        # Inverse depth is below 1 / NEAR; what is left of 62 bits is its fraction.
        unit = 2.0 ** (_KEY_BITS - number_bits) * NEAR
        start = (near_key.double() * unit).long()
        change = (far_key.double() - near_key.double()) * unit
        change = (change / (count - 1).clamp(min=1)).long()
        number = shown[owner]
        key = (start << number_bits) | number
        cell = (image_index[number] * height + row) * width + column
        _scatter(buffer, cell, key, change << number_bits, count)
        mask = (1 << number_bits) - 1
        buffer = torch.where(buffer >= 0, buffer & mask, buffer)
    return buffer.view(images, height, width)


def barycentric(triangles: Tensor, x: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Perspective-correct weights (n, 3) of the corners, and the depth (n,) in m.

    triangles: (n, 3, 3), the triangle under each pixel. x, y: (n,), the pixels. The
    weights are at least 0 and add up to 1; a corner's attribute times its weight,
    summed, is the attribute at the pixel.
    """
    corners = triangles[..., :2]
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    dx, dy = x - corners[:, 0, 0], y - corners[:, 0, 1]
    area = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    one = (dx * second[:, 1] - dy * second[:, 0]) / area
    two = (first[:, 0] * dy - first[:, 1] * dx) / area
    flat = torch.stack([1 - one - two, one, two], dim=1).clamp(0, 1)
    weights = flat / triangles[..., 2]
    depth = flat.sum(dim=1) / weights.sum(dim=1)
    return weights / weights.sum(dim=1, keepdim=True), depth
