"""What right answers to exercise 12.2 do; the hints are in ch12."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape
from course_lib.exercises.ch12_cases import centre

SIZE = (5, 7)


def noise(*shape: int, seed: int = 0) -> torch.Tensor:
    """Fields of normal numbers, times 4."""
    return 4 * torch.randn(shape, generator=torch.Generator().manual_seed(seed))


def tents(points: torch.Tensor, size: tuple, stride: int) -> torch.Tensor:
    """The shares (N, h, w) that the cells have in what is read at points (N, 2)."""
    last = tensor(size[::-1]) - 1.0
    cells = ((points - (stride - 1) / 2) / stride).clamp(min=0).minimum(last)
    across, down = (  # (N, w), (N, h)
        (1 - (cells[:, axis, None] - torch.arange(count)).abs()).clamp(min=0)
        for axis, count in enumerate(size[::-1])
    )
    return down[:, :, None] * across[:, None]


def read(field: torch.Tensor, points: torch.Tensor, stride: int) -> torch.Tensor:
    """What is read, (N, C), of a field (C, h, w) at points (N, 2)."""
    shares = tents(points, tuple(field.shape[1:]), stride)
    return torch.einsum("nij,cij->nc", shares, field)


def in_px(cells: list, stride: int) -> list:
    """Points in px from points in cells."""
    return [[centre(u, stride), centre(v, stride)] for u, v in cells]


def check_sample(answer, points: list, what: str, field=None, stride=1) -> None:
    """AssertionError when something else is read of a field at points in px."""
    field = noise(2, *SIZE) if field is None else field
    told = f"{what}: points {points}, stride {stride}, field {tuple(field.shape)}"
    given = tensor(points, dtype=torch.float32).view(-1, 2)
    expect_close(answer(field, given, stride), read(field, given, stride), told)


def sample_centre(sample) -> None:
    for channels in (1, 2, 5):
        for size in (SIZE, (8, 4)):
            field = noise(channels, *size)
            cells = [[1, 2], [2, 1], [2, 3]]
            check_sample(sample, cells, "at the centres of cells", field)
            check_sample(sample, cells[:1], "at the centre of a cell", field)


def sample_between(sample) -> None:
    for points in (
        [[2.5, 1], [3, 2.5], [1.5, 2.5]],
        [[2.25, 1.75], [4.8, 3.1], [0.3, 0.6]],
    ):
        check_sample(sample, points, "between the centres")


def sample_cells(sample) -> None:
    cells = [[2, 1], [3.25, 2.5], [0.75, 3]]
    for stride in (4, 3, 8):
        check_sample(sample, in_px(cells, stride), "a wide cell", stride=stride)


def sample_border(sample) -> None:
    for stride in (1, 4):
        for cells in (
            [[6, 2.25], [3.5, 4], [6, 4], [0, 0]],
            [[-0.4, 2], [6.3, 1.25], [2.5, -0.3], [4, 4.4]],
            [[-7, 1.5], [12, 2], [2.25, -9], [3, 8], [-5, 20]],
        ):
            points = in_px(cells, stride)
            check_sample(sample, points, "on the border or beyond", stride=stride)


def sample_field_gradient(sample) -> None:
    for stride in (1, 4):
        points = in_px([[2.25, 1.5], [3, 2], [2.5, 1.75]], stride)
        field = noise(2, *SIZE).requires_grad_()
        what = f"points {points}, stride {stride}"
        given = tensor(points)
        found = sample(field, given, stride)
        expect_shape(found, (3, 2), what)
        assert found.requires_grad, f"{what}: what is read has no gradient"
        (slopes,) = torch.autograd.grad(found[:, 1].sum(), field)
        want = torch.stack([torch.zeros(SIZE), tents(given, SIZE, stride).sum(0)])
        expect_close(slopes, want, f"{what}: the gradient of the field")


def sample_point_gradient(sample) -> None:
    """Two channels that rise like planes, per px, in x and in y."""
    for stride in (1, 4):
        down, across = torch.meshgrid(*(torch.arange(n) for n in SIZE), indexing="ij")
        x, y = (stride * cell + (stride - 1) / 2 for cell in (across, down))
        field = torch.stack([0.5 * x - 2 * y, 3 * x + y])
        points = in_px([[2.25, 1.5], [3.5, 2.75]], stride)
        what = f"a field that rises by 3 and 1 per px, stride {stride}"
        given = tensor(points).requires_grad_()
        found = sample(field, given, stride)
        expect_shape(found, (2, 2), what)
        assert found.requires_grad, f"{what}: no gradient reaches the points"
        (slopes,) = torch.autograd.grad(found[:, 1].sum(), given, allow_unused=True)
        assert slopes is not None, f"{what}: no gradient reaches the points"
        expect_close(slopes, [[3.0, 1.0]] * 2, f"{what}: the gradient of the points")


def sample_single(sample) -> None:
    for size in ((1, 7), (5, 1), (1, 1)):
        points = [[2.25, 1.5], [0, 0], [-3, 2]]
        what = "a single row or column"
        check_sample(sample, points, what, noise(2, *size))


def sample_nowhere(sample) -> None:
    for channels in (1, 2):
        check_sample(sample, [], "no points", noise(channels, *SIZE))
