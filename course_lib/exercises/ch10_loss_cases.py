"""What right answers to exercise 10.3 do; the hints are in ch10_train."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape

MAP = (3, 5)
LEVEL = 0.75  # of all targets


def flat(errors: list, base: float = 0.0) -> torch.Tensor:
    """Maps (B, K, h, w), each of one value: base + the error of its joint."""
    levels = base + tensor(errors, dtype=torch.float32)
    return levels[..., None, None].expand(*levels.shape, *MAP).clone()


def loss_of(
    answer, first: list, second: list, flags: list, what: str, weight=1.0, is_hard=False
) -> float:
    """The loss of maps that are off by `first` and `second`, (B, K), all over.

    first: of the visible branch, second: of the occluded one.
    """
    maps = flat(first, LEVEL), flat(second, LEVEL), torch.full_like(flat(first), LEVEL)
    found = answer(*maps, tensor(flags), weight, is_hard)
    expect_shape(found, (), what)
    return found.item()


def check_loss(answer, first, second, flags, want: float, **rule) -> None:
    """AssertionError when the loss of maps with these errors is another."""
    told = f"errors {first} of the visible branch and {second} of the occluded one"
    what = f"flags {flags}, {told}, {rule or 'soft'}"
    expect_close(loss_of(answer, first, second, flags, what, **rule), want, what)


def slopes(answer, flags: list, what: str, is_hard=False) -> list:
    """Per branch: for which joints, (B, K), a gradient reaches the maps."""
    ones = [[1.0] * len(row) for row in flags]
    maps = [flat(ones, LEVEL).requires_grad_() for _ in range(2)]
    found = answer(*maps, torch.full_like(maps[0], LEVEL), tensor(flags), 1.0, is_hard)
    expect_shape(found, (), what)
    told = f"{what}: the loss cannot be differentiated"
    assert found.requires_grad, told
    given = torch.autograd.grad(found, maps, allow_unused=True)
    return [
        torch.zeros(tensor(flags).shape)
        if one is None
        else one.abs().sum(dim=(-2, -1)).ne(0).float()
        for one in given
    ]


def loss_plain(occ_loss) -> None:
    generator = torch.Generator().manual_seed(0)
    for shape in ((2, 3, 4, 6), (1, 14, 5, 3), (3, 1, 7, 7)):
        first, second, target = torch.rand(3, *shape, generator=generator)
        flags = torch.full(shape[:2], 2)
        for hard in (False, True):
            what = f"maps {shape} of noise, all visible, weight 0, is_hard {hard}"
            found = occ_loss(first, second, target, flags, 0.0, hard)
            expect_shape(found, (), what)
            expect_close(found, F.mse_loss(first, target), what)


def loss_gradient(occ_loss) -> None:
    for flags in ([[2, 1]], [[1, 2], [2, 1]]):
        for hard in (False, True):
            what = f"flags {flags}, is_hard {hard}"
            visible, occluded = slopes(occ_loss, flags, what, hard)
            assert visible.any(), f"{what}: no gradient in the visible branch"
            assert occluded.any(), f"{what}: no gradient in the occluded branch"


def check_reached(answer, flags: list, first, second, is_hard=False) -> None:
    """AssertionError when gradients reach other joints than wanted, (B, K).

    first: of the visible branch, second: of the occluded one, None: not looked at.
    """
    what = f"flags {flags}, {'hard' if is_hard else 'soft'}"
    found = slopes(answer, flags, what, is_hard)
    wanted = {"visible": first, "occluded": second}
    for got, (name, want) in zip(found, wanted.items(), strict=True):
        rows = [] if want is None else want
        for b, row in enumerate(rows):
            for k, is_wanted in enumerate(row):
                told = "expected a gradient" if is_wanted else "expected no gradient"
                where = f"the {name} branch, image {b}, joint {k}"
                assert bool(got[b, k]) == bool(is_wanted), f"{what}: {where}: {told}"


def loss_branch(occ_loss) -> None:
    check_reached(occ_loss, [[2]], [[1]], None)
    check_reached(occ_loss, [[1]], None, [[1]])


def loss_silent(occ_loss) -> None:
    check_reached(occ_loss, [[2], [2]], None, [[0], [0]])
    check_reached(occ_loss, [[1], [1]], [[0], [0]], None)
    flags = [[2], [1], [2]]
    check_reached(occ_loss, flags, [[1], [0], [1]], [[0], [1], [0]])
    check_loss(occ_loss, [[0], [3], [0]], [[5], [0], [4]], flags, 0.0)


def loss_unlabelled(occ_loss) -> None:
    check_reached(occ_loss, [[0], [2]], [[0], [1]], [[0], [0]])
    check_reached(occ_loss, [[1], [0]], [[0], [0]], [[1], [0]])
    check_loss(occ_loss, [[0], [4]], [[0], [3]], [[2], [0]], 0.0)
    check_loss(occ_loss, [[4], [0]], [[3], [0]], [[0], [1]], 0.0)


def loss_joints(occ_loss) -> None:
    flags = [[2, 1, 0], [1, 2, 2], [0, 0, 1], [2, 2, 2]]
    seen = [[1, 0, 0], [0, 1, 1], [0, 0, 0], [1, 1, 1]]
    hidden = [[0, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 0]]
    check_reached(occ_loss, flags, seen, hidden)


def loss_weight(occ_loss) -> None:
    for weight in (1.0, 1.5, 0.25):
        none, rule = [[0.0, 0.0]], {"weight": weight}
        check_loss(occ_loss, [[0.6, 0.2]], none, [[2, 2]], 0.2, **rule)
        check_loss(occ_loss, none, [[0.2, 0.6]], [[1, 1]], 0.2 * weight, **rule)


def loss_all_values(occ_loss) -> None:
    flags = [[2, 2, 1, 2], [2, 2, 2, 2]]
    none = [[0.0] * 4] * 2
    off = [[0, 0, 0.8, 0], [0, 0, 0, 0]]
    check_loss(occ_loss, none, off, flags, 0.64 / 8)
    check_loss(occ_loss, none, off, flags, 1.5 * 0.64 / 8, weight=1.5)
    flags = [[2, 0, 1, 0], [0, 0, 1, 0]]
    off = [[0.8, 9, 9, 9], [9, 9, 9, 9]], [[9, 9, 0.4, 9], [9, 9, -0.4, 9]]
    check_loss(occ_loss, *off, flags, 0.64 / 8 + 2 * 0.32 / 8, weight=2.0)


def loss_hard(occ_loss) -> None:
    """Errors of -LEVEL make an empty map."""
    flags, rule = [[2, 1]], {"weight": 1.5, "is_hard": True}
    check_loss(occ_loss, [[0, -LEVEL]], [[-LEVEL, 0]], flags, 0.0, **rule)
    check_loss(occ_loss, [[0, 0]], [[-LEVEL, 0]], flags, LEVEL**2 / 2, **rule)
    want = 1.5 * LEVEL**2 / 2
    check_loss(occ_loss, [[0, -LEVEL]], [[0, 0]], flags, want, **rule)
    want = (0.04 + 1.5 * 0.36) / 2
    check_loss(occ_loss, [[0.2, -LEVEL]], [[-LEVEL, 0.6]], flags, want, **rule)
    check_reached(occ_loss, flags, [[1, 1]], [[1, 1]], is_hard=True)


def loss_hard_unlabelled(occ_loss) -> None:
    flags, rule = [[0, 2], [1, 0]], {"is_hard": True}
    first, second = [[0, 0], [-LEVEL, 0]], [[0, -LEVEL], [0, 0]]
    check_loss(occ_loss, first, second, flags, 0.0, **rule)
    first, second = [[9, 0.4], [0, 9]], [[9, -LEVEL], [0, -9]]
    want = (0.16 + LEVEL**2) / 4
    check_loss(occ_loss, first, second, flags, want, **rule)


def loss_nothing(occ_loss) -> None:
    for flags in ([[0]], [[0, 0, 0], [0, 0, 0]]):
        off = [[2.0] * len(row) for row in flags]
        for hard in (False, True):
            check_loss(occ_loss, off, off, flags, 0.0, is_hard=hard)
            what = f"flags {flags}, is_hard {hard}, where gradients arrive"
            slopes(occ_loss, flags, what, hard)
