"""What right answers to exercise 11.4 do; the hints are in ch11_train."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape

SIZE = (5, 7)
PARTS = 4  # and the background
RIGHT, LOW = 9.0, [0.25, 0.75]  # a logit that wins, U and V of points
Rows = list[list]


def noise(batch: int, size=SIZE, channels=PARTS + 1, seed=0) -> torch.Tensor:
    """Maps (3, B, C, h, w) of noise: part logits, U and V."""
    generator = torch.Generator().manual_seed(seed)
    return torch.randn(3, batch, channels, *size, generator=generator)


def sample(maps: torch.Tensor, x: float, y: float) -> list[float]:
    """Values of maps (C, h, w) between the four cells around a place."""
    height, width = maps.shape[1:]
    column, row = min(int(x), width - 2), min(int(y), height - 2)
    s, t = x - column, y - row
    weights = tensor([[(1 - s) * (1 - t), s * (1 - t)], [(1 - s) * t, s * t]])
    around = maps[:, row : row + 2, column : column + 2]
    return (around * weights).sum(dim=(1, 2)).tolist()


def smooth(z: float) -> float:
    """Smooth L1."""
    return 0.5 * z * z if abs(z) < 1 else abs(z) - 0.5


def parts_of(maps, points: Rows, labels: Rows, uv: Rows) -> tuple[list, list]:
    """Per point on a map: its cross-entropy, and its smooth L1 of U and V."""
    entropies, errors = [], []
    height, width = maps.shape[-2:]
    for b, row in enumerate(labels):
        for (x, y), label, goal in zip(points[b], row, uv[b], strict=True):
            if label and 0 <= x <= width - 1 and 0 <= y <= height - 1:
                logits, u, v = (sample(one[b], x, y) for one in maps)
                total = math.log(sum(map(math.exp, logits)))
                entropies.append(total - logits[label])
                errors.append(smooth(u[label] - goal[0]) + smooth(v[label] - goal[1]))
    return entropies, errors


def loss_of(answer, maps, points: Rows, labels: Rows, uv: Rows, what: str, *weights):
    """The loss that comes back, a tensor; all of points, (B, P) each, are lists."""
    given = tensor(points, dtype=torch.float32), tensor(labels), tensor(uv)
    found = answer(*maps, *given, *weights)
    expect_shape(found, (), what)
    return found


def check_loss(answer, maps, points, labels, uv=None, weights=(1.0, 0.5), what=""):
    """AssertionError when the loss of these points is another.

    uv: as LOW in all points if left out. weights: of the parts, and of U and V.
    """
    uv = [[LOW] * len(row) for row in labels] if uv is None else uv
    told = f"points {points}, labels {labels}, maps {tuple(maps.shape[-2:])}"
    told = f"{told}, weights {weights or 'left out'}{what and ', '}{what}"
    found = loss_of(answer, maps, points, labels, uv, told, *weights)
    entropies, errors = parts_of(maps, points, labels, uv)
    first, second = weights or (0.3, 0.1)
    want = first * sum(entropies) / max(len(entropies), 1) + second * sum(errors)
    expect_close(found, want, told)


def loss_cell(densepose_loss) -> None:
    """Parts alone, in the middle of the maps."""
    for size, channels in ((SIZE, PARTS + 1), ((8, 4), 25), ((5, 5), 3)):
        for x, y, label in ((2, 1, 1), (1, 3, 2), (2, 3, 2)):
            maps = noise(1, size, channels)
            check_loss(densepose_loss, maps, [[[x, y]]], [[label]], None, (1.0, 0.0))


def loss_gradient(densepose_loss) -> None:
    for points, labels in (([[[2, 1]]], [[1]]), ([[[3, 2], [1, 1]]], [[4, 4]])):
        maps = noise(1)
        maps[0, 0, labels[0][0]] += RIGHT  # the annotated part is predicted
        maps.requires_grad_()
        told = f"points {points}, labels {labels}"
        uv = [[LOW] * len(row) for row in labels]
        found = loss_of(densepose_loss, maps, points, labels, uv, told, 1.0, 1.0)
        assert found.requires_grad, f"{told}: the loss cannot be differentiated"
        (slopes,) = torch.autograd.grad(found, maps)
        for slope, name in zip(slopes, ("part logits", "U", "V"), strict=True):
            assert slope.any(), f"{told}: no gradient reaches the {name}"


def loss_between(densepose_loss) -> None:
    for x, y in ((2.5, 1.0), (3.0, 2.25), (1.7, 2.6), (4.2, 1.1)):
        for size in (SIZE, (4, 9)):
            maps = noise(1, size)
            check_loss(densepose_loss, maps, [[[x, y]]], [[3]], None, (1.0, 0.0))


def planted(label: int, goals: list, predicted: int) -> torch.Tensor:
    """Maps of noise whose U and V in the label's channels are the goals, all over.

    predicted: the part with the largest logit in every cell.
    """
    maps = noise(1, seed=label)
    maps[0, 0, predicted] = RIGHT
    maps[1, 0, label], maps[2, 0, label] = goals
    return maps


def loss_channel(densepose_loss) -> None:
    for label in (1, 3, PARTS):
        maps = planted(label, LOW, label)
        what = f"part {label} is predicted, and U and V of its channels are right"
        check_loss(densepose_loss, maps, [[[2, 1]]], [[label]], None, (0.0, 1.0), what)


def loss_smooth(densepose_loss) -> None:
    for u, v in ((0.65, 0.75), (0.25, 0.15), (-2.0, 0.75), (0.25, 3.5), (1.2, -0.4)):
        maps = planted(2, [u, v], 2)
        what = f"U {u} and V {v} instead of {LOW[0]} and {LOW[1]}"
        check_loss(densepose_loss, maps, [[[3, 2]]], [[2]], None, (0.0, 1.0), what)


def loss_wrong_part(densepose_loss) -> None:
    for label, predicted in ((1, 3), (4, 1), (2, 0)):
        maps = planted(label, [0.9, 0.2], predicted)
        what = f"part {predicted} is predicted"
        check_loss(densepose_loss, maps, [[[2, 3]]], [[label]], None, (0.0, 1.0), what)


POINTS = [[[2.5, 1.0], [4.0, 3.2], [1.2, 2.6]]]


def loss_mean_and_sum(densepose_loss) -> None:
    maps, labels = noise(1, seed=3), [[1, 4, 2]]
    for weights in ((1.0, 0.0), (0.0, 1.0)):
        check_loss(densepose_loss, maps, POINTS, labels, None, weights)
        check_loss(densepose_loss, maps, [POINTS[0][:2]], [[3, 3]], None, weights)


def loss_weights(densepose_loss) -> None:
    maps, labels = noise(1, seed=4), [[2, 1, 3]]
    for weights in ((2.0, 0.5), (0.3, 0.1), ()):
        check_loss(densepose_loss, maps, POINTS, labels, None, weights)


def loss_unused(densepose_loss) -> None:
    maps = noise(1, seed=5)
    points = [[[0, 0], *POINTS[0], [0, 0], [0, 0]]]
    check_loss(densepose_loss, maps, points, [[0, 1, 4, 2, 0, 0]])
    points = [[*POINTS[0], [0, 0]]]
    check_loss(densepose_loss, maps, points, [[0, 0, 3, 0]])


def loss_outside(densepose_loss) -> None:
    maps = noise(1, seed=6)
    for off in ([-0.4, 2], [6.4, 2], [3, -0.2], [3, 4.3], [-30, 90]):
        check_loss(densepose_loss, maps, [[*POINTS[0], off]], [[1, 4, 2, 3]])
        check_loss(densepose_loss, maps, [[off, *POINTS[0]]], [[2, 1, 4, 2]])


def loss_edge(densepose_loss) -> None:
    for size in (SIZE, (3, 4)):
        maps, (right, bottom) = noise(1, size, seed=7), (size[1] - 1, size[0] - 1)
        for place in ([0, 1.5], [right, 1.25], [1.5, 0], [2.25, bottom], [0, 0]):
            check_loss(densepose_loss, maps, [[place]], [[2]])
        check_loss(densepose_loss, maps, [[[right, bottom]]], [[3]])


def loss_batch(densepose_loss) -> None:
    maps = noise(3, seed=8)
    other = [[1.5, 1.5], [3.0, 2.4], [5.2, 3.1]]
    points, zero = [*POINTS, other, other[::-1]], [0, 0]
    check_loss(densepose_loss, maps[:, :1], POINTS, [[1, 2, 3]])
    check_loss(densepose_loss, maps, points, [[1, 2, 3], [4, 0, 0], [2, 4, 0]])
    check_loss(densepose_loss, maps, points, [[0, 0, 0], [4, 1, 0], [0, 0, 2]])
    uv = [[[0.1, 0.2], [0.3, 0.4], zero], [[0.5, 0.6], zero, zero]]
    check_loss(densepose_loss, maps[:, 1:], points[1:], [[1, 2, 0], [3, 0, 0]], uv)


def loss_nothing(densepose_loss) -> None:
    off = [[-3, 2], [9, 9], [3, 50]]
    for points, labels in ((POINTS, [[0, 0, 0]]), ([off], [[1, 2, 3]])):
        maps = noise(1).requires_grad_()
        told = f"points {points}, labels {labels}"
        found = loss_of(densepose_loss, maps, points, labels, [[LOW] * 3], told)
        expect_close(found, 0.0, told)
        assert found.requires_grad, f"{told}: the loss cannot be differentiated"
        (slopes,) = torch.autograd.grad(found, maps, allow_unused=True)
        is_flat = slopes is None or not slopes.any()
        assert is_flat, f"{told}: expected no gradient"
