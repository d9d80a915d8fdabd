"""What right answers to exercise 12.3 do; the hints are in ch12_fields."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape
from course_lib.exercises.ch12_cases import centre

SIZE = (6, 9)
FINE = 1e-6  # tolerance: votes are small numbers
Votes = dict[tuple[int, int], tuple]  # of cells (x, y): heat, dx and dy in px


def voted(heat, short, stride: int, radius: float) -> torch.Tensor:
    """The Hough map (h, w), cell by cell."""
    found = torch.zeros(heat.shape, dtype=torch.float64)
    height, width = heat.shape
    for row in range(height):
        for column in range(width):
            dx, dy = short[:, row, column].tolist()
            u, v = column + dx / stride, row + dy / stride
            for i in (math.floor(v), math.floor(v) + 1):
                for j in (math.floor(u), math.floor(u) + 1):
                    if 0 <= i < height and 0 <= j < width:
                        share = (1 - abs(u - j)) * (1 - abs(v - i))
                        found[i, j] += heat[row, column].item() * share
    return found / (math.pi * (radius / stride) ** 2)


def fields(votes: Votes, stride: int = 1) -> tuple[torch.Tensor, torch.Tensor]:
    """Heat (h, w) and offsets (2, h, w), px, of these votes.

    The other cells have no heat, and lead to the first cell.
    """
    down, across = torch.meshgrid(*(torch.arange(n) for n in SIZE), indexing="ij")
    heat, short = torch.zeros(SIZE), -1.0 * stride * torch.stack([across, down])
    for (x, y), (weight, dx, dy) in votes.items():
        heat[y, x], short[:, y, x] = weight, tensor([dx, dy], dtype=torch.float32)
    return heat, short


def hough_map(answer, votes: Votes, what: str, stride=1, radius=3.0) -> torch.Tensor:
    """The Hough map that comes back for these votes; FormError when it is none."""
    found = answer(*fields(votes, stride), stride, radius)
    expect_shape(found, SIZE, what)
    return found


def check_votes(answer, votes: Votes, what: str, stride=1, radius=3.0) -> None:
    """AssertionError when these votes make another Hough map."""
    told = f"{what}: by cell (x, y), heat and offset {votes}"
    told = f"{told}, stride {stride}, radius {radius}"
    found = hough_map(answer, votes, told, stride, radius)
    expect_close(found, voted(*fields(votes, stride), stride, radius), told, FINE)


def hough_where(hough) -> None:
    for (x, y), (dx, dy) in (((2, 1), (4, 2)), ((5, 4), (-2, -3)), ((3, 3), (0, 0))):
        what = f"one vote, from cell ({x}, {y}), offset ({dx}, {dy}), stride 1"
        found = hough_map(hough, {(x, y): (1.0, dx, dy)}, what)
        assert found.max() > 0, f"{what}: nothing arrives"
        want, _ = fields({(x + dx, y + dy): (1.0, 0, 0)})
        expect_close(found / found.max(), want, f"{what}: where it arrives")


def hough_weight(hough) -> None:
    for votes in (
        {(2, 1): (1.0, 4, 2)},
        {(2, 1): (0.75, 1, 3)},
        {(2, 1): (0.9, 1, 3), (6, 2): (0.6, -4, 0)},
    ):
        for radius in (2.0, 3.0, 5.5):
            check_votes(hough, votes, "votes for centres of cells", radius=radius)


def hough_split(hough) -> None:
    for dx, dy in ((0.5, 0), (0, -0.5), (2.5, 1.5), (1.25, -0.75), (-1.9, 2.3)):
        check_votes(hough, {(3, 2): (0.8, dx, dy)}, "one vote")


def hough_many(hough) -> None:
    for votes in (
        {(1, 1): (0.8, 3, 2), (6, 2): (0.6, -2, 1)},
        {(3, 3): (0.8, 1, 0), (4, 3): (0.9, 0, 0), (5, 3): (0.7, -1, 0)},
        {(3, 3): (0.8, 1.25, 0.5), (5, 3): (0.9, -1, 0.25), (4, 4): (0.6, 0.5, -0.75)},
    ):
        check_votes(hough, votes, "votes for the same place")


def hough_all(hough) -> None:
    generator = torch.Generator().manual_seed(0)
    for highest in (0.4, 0.02, 0.004):
        heat = highest * torch.rand(SIZE, generator=generator)
        heat[-1] = heat[:, -1] = 0
        short = torch.zeros(2, *SIZE)
        short[0, :, -1] = short[1, -1] = -1  # so that no vote touches the border
        what = f"heat from 0 to {highest}, no offsets where it is over 0"
        what = f"{what}, stride 1, radius 1"
        found = hough(heat, short, 1, 1.0)
        expect_close(found, heat / math.pi, what, FINE)


def hough_cells(hough) -> None:
    for stride in (4, 3, 8):
        for du, dv in ((2, 1), (0, 0), (1.5, -0.25)):
            votes = {(3, 2): (0.8, du * stride, dv * stride)}
            check_votes(hough, votes, "one vote", stride, 2.25 * stride)


def hough_border(hough) -> None:
    for stride in (1, 4):
        last = centre(SIZE[1] - 1, stride), centre(SIZE[0] - 1, stride)
        for (x, y), (u, v) in (
            ((2, 1), (-3.0, 2.0)),
            ((2, 1), (4.0, -2.0)),
            ((7, 3), (9.0, 3.0)),
            ((7, 3), (7.0, 7.0)),
            ((1, 1), (-0.25, 1.5)),
            ((1, 1), (2.5, -0.5)),
            ((6, 4), (8.75, 4.0)),
            ((6, 4), (8.5, 5.25)),
            ((6, 4), (8.0, 5.0)),
        ):
            offset = stride * (u - x), stride * (v - y)
            what = f"one vote, the last centre is at {last}"
            check_votes(hough, {(x, y): (0.8, *offset)}, what, stride, 2.0 * stride)
