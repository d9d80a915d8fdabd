"""What right answers to exercise 12.4 do; the hints are in ch12_fields."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape
from course_lib.exercises.ch12_sample_cases import noise, read

SIZE = (8, 11)


def centres(size: tuple, stride: int) -> torch.Tensor:
    """The places (2, h, w) of the cells' centres, px, x first."""
    down, across = torch.meshgrid(*(torch.arange(n) for n in size), indexing="ij")
    return stride * torch.stack([across, down]) + (stride - 1) / 2


def places_inside(seed: int, stride: int, step: float, margin=0.0) -> torch.Tensor:
    """Places of noise (2, h, w), px, on the map; in cells they are multiples of step.

    margin: how far from the outer centres they stay, in cells.
    """
    generator = torch.Generator().manual_seed(seed)
    last = tensor(SIZE[::-1])[:, None, None] - 1.0
    cells = torch.rand(2, *SIZE, generator=generator) * (last - 2 * margin) + margin
    return stride * ((cells / step).round() * step) + (stride - 1) / 2


def refined(mid, short, stride: int, steps: int) -> torch.Tensor:
    """The field after so many steps, each read by the shares of all cells."""
    at = centres(tuple(mid.shape[1:]), stride)
    for _ in range(steps):
        points = (at + mid).flatten(1).T
        mid = mid + read(short, points, stride).T.reshape(mid.shape)
    return mid


def check_refine(answer, mid, short, what: str, stride=1, steps=1, want=None) -> None:
    """AssertionError when another field comes back; steps: None leaves them out."""
    told = f"{what}, stride {stride}, steps {'left out' if steps is None else steps}"
    given = [mid, short, stride] if steps is None else [mid, short, stride, steps]
    found = answer(*given)
    if want is None:
        want = refined(mid, short, stride, 2 if steps is None else steps)
    expect_close(found, want, told)


def check_joint(answer, joint: tuple, step: float, stride=1) -> None:
    """AssertionError when short offsets to one joint leave the mid offsets wrong."""
    at = centres(SIZE, stride)
    way = tensor(joint)[:, None, None] - at  # to the joint, from everywhere
    mid = places_inside(int(joint[0]), stride, step) - at
    what = f"all short offsets lead to {joint}, places are on the map"
    check_refine(answer, mid, way, what, stride, want=way)


def refine_joint(refine) -> None:
    for joint in ((6.0, 3.0), (2.0, 5.0), (9.5, 1.25)):
        check_joint(refine, joint, 1.0)


def refine_between(refine) -> None:
    for joint in ((6.0, 3.0), (4.25, 5.5)):
        for step in (0.5, 0.03):
            check_joint(refine, joint, step)


def refine_cells(refine) -> None:
    for stride in (4, 3, 8):
        for joint in ((stride * 6.0, stride * 3.0), (stride * 2.25, 17.0)):
            check_joint(refine, joint, 0.03, stride)


def refine_steps(refine) -> None:
    for stride in (1, 4):
        for steps in (1, 2, 3, None):
            mid = places_inside(7, stride, 0.03, margin=3.0) - centres(SIZE, stride)
            short = noise(2, *SIZE, seed=3).clamp(-1, 1) * stride
            what = "short offsets of noise, up to a cell"
            check_refine(refine, mid, short, what, stride, steps)


def refine_none(refine) -> None:
    mid, short = noise(2, *SIZE, seed=1), noise(2, *SIZE, seed=2)
    check_refine(refine, mid, short, "fields of noise", steps=0, want=mid)


def refine_border(refine) -> None:
    for stride in (1, 4):
        at = centres(SIZE, stride)
        for away in ((30.0, 0.0), (-40.0, 2.0), (0.5, 60.0), (3.0, -50.0)):
            mid = noise(2, *SIZE, seed=4) + tensor(away)[:, None, None]
            short = tensor([6.0, 3.0])[:, None, None] * stride - at
            what = f"mid offsets near {away}, many lead off the map"
            check_refine(refine, mid, short, what, stride)


def slopes_of(answer, given: list, steps: int, what: str) -> list:
    """The gradients of both fields, by the sum of all that comes back, weighted."""
    leaves = [field.clone().requires_grad_() for field in given]
    found = answer(*leaves, 1, steps)
    expect_shape(found, (2, *SIZE), what)
    assert found.requires_grad, f"{what}: what comes back has no gradient"
    total = (found * noise(2, *SIZE, seed=6)).sum()
    return list(torch.autograd.grad(total, leaves, allow_unused=True))


def refine_gradient(refine) -> None:
    mid = places_inside(7, 1, 0.03, margin=3.0) + 0.013 - centres(SIZE, 1)
    short = noise(2, *SIZE, seed=3).clamp(-1, 1)
    for steps in (1, 2):
        what = f"fields of noise, stride 1, steps {steps}"
        found = slopes_of(refine, [mid, short], steps, what)
        want = slopes_of(refined, [mid, short], steps, what)
        names = ("mid offsets", "short offsets")
        for slope, right, name in zip(found, want, names, strict=True):
            assert slope is not None, f"{what}: no gradient reaches the {name}"
            expect_close(slope, right, f"{what}: the gradient of the {name}", 1e-3)
