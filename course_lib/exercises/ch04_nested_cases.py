"""What right answers to exercise 04.4 do; the hints are in ch04_net."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import nn

from course_lib.exercises.cases import FormError, expect_close
from course_lib.exercises.ch04_net_cases import waves
from course_lib.exercises.checking import watch

C, H, W = 4, 16, 24
DEPTHS = (1, 2, 3)


class Block(nn.Module):
    """Stands for a residual module: a rule, and the sizes of the maps it was shown."""

    def __init__(self, rule: Callable) -> None:
        super().__init__()
        self.rule = rule
        self.weight = nn.Parameter(torch.ones(C, 1, 1))
        self.sizes: list[tuple[int, int]] = []

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        told = f"a module for {C} channels was shown maps of shape {tuple(x.shape)}"
        assert x.ndim == 4, told
        assert x.shape[1] == C, told
        self.sizes.append((x.shape[-2], x.shape[-1]))
        return self.weight * self.rule(x)


def same(x: torch.Tensor) -> torch.Tensor:
    return x.clone()


def only_large(x: torch.Tensor) -> torch.Tensor:
    """The rule of modules that say 0 wherever the map was halved."""
    return x.clone() if x.shape[-2:] == (H, W) else 0 * x


def only_small(x: torch.Tensor) -> torch.Tensor:
    """The rule of modules that say 0 where the map is as large as at first."""
    return x - only_large(x)


def build(nested, depth: int, rule: Callable) -> tuple[nn.Module, list[Block]]:
    """The hourglass that the answer makes, and its modules."""
    made: list[Block] = []

    def make(channels: int) -> Block:
        assert channels == C, f"make was called with {channels}, not with {C} channels"
        made.append(Block(rule))
        return made[-1]

    net = nested(depth, C, make)
    if not isinstance(net, nn.Module):
        raise FormError(f"expected a torch.nn.Module, got a {type(net).__name__}")
    return net, made


def run(nested, depth: int, rule: Callable, z: torch.Tensor) -> tuple:
    """What the hourglass makes of z, of its shape, and the modules."""
    net, made = build(nested, depth, rule)
    found = watch(net)(z)
    assert isinstance(found, torch.Tensor), f"the output is a {type(found).__name__}"
    told = f"depth {depth}: the input is {tuple(z.shape)}, the output"
    assert found.shape == z.shape, f"{told} {tuple(found.shape)}"
    return found, made


def nested_shape(nested) -> None:
    for depth in DEPTHS:
        run(nested, depth, same, waves(2, C, H, W))


def nested_lowest(nested) -> None:
    for depth in DEPTHS:
        _, made = run(nested, depth, same, waves(2, C, H, W))
        sizes = [size for block in made for size in block.sizes]
        assert sizes, "none of the modules that make(channels) made was used"
        lowest = min(sizes)
        want = H >> depth, W >> depth
        told = f"depth {depth}, input {H} x {W}: the smallest map is"
        assert lowest == want, f"{told} {lowest[0]} x {lowest[1]}"


def nested_skip(nested) -> None:
    z = waves(2, C, H, W)
    for depth in DEPTHS:
        found, _ = run(nested, depth, only_large, z)
        what = f"depth {depth}, modules that say 0 on smaller maps, the output"
        expect_close(found, z, what)


def nested_places(nested) -> None:
    ones = torch.ones(1, C, H, W)
    for depth, doubled in zip(DEPTHS, (10, 42, 170), strict=True):
        found, made = run(nested, depth, lambda x: 2 * x, ones)
        counts = Counter(size for block in made for size in block.sizes)
        for level in range(depth + 1):
            size = H >> level, W >> level
            want = 3 if level else 1
            told = f"depth {depth}, maps of {size[0]} x {size[1]}: {counts[size]}"
            assert counts[size] == want, f"{told} modules work there, not {want}"
        what = f"depth {depth}, input 1, modules that double, the output"
        expect_close(found, doubled * ones, what)


def nested_pool(nested) -> None:
    cell = torch.tensor([[0.0, 1.0], [-2.0, 3.0]])
    z = cell.repeat(H // 2, W // 2).expand(1, C, H, W).clone()
    found, _ = run(nested, 1, only_small, z)
    what = "cells of 0, 1, -2 and 3, the skip branch 0, the output"
    expect_close(found, torch.full_like(z, 3.0), what)


def nested_nearest(nested) -> None:
    z = waves(2, C, H, W)
    found, _ = run(nested, 1, only_small, z)
    low = F.max_pool2d(z, 2)
    want = low.repeat_interleave(2, dim=-1).repeat_interleave(2, dim=-2)
    what = "depth 1, the skip branch 0: each small cell as 2 x 2 equal ones"
    expect_close(found, want, what)


def nested_count(nested) -> None:
    for depth in (*DEPTHS, 4):
        count = len(build(nested, depth, same)[1])
        told = f"depth {depth}: expected {3 * depth + 1} modules"
        assert count == 3 * depth + 1, f"{told}, make was called {count} times"


def nested_learns(nested) -> None:
    for depth in DEPTHS:
        net, made = build(nested, depth, same)
        owned = {id(values) for values in net.parameters()}
        count = sum(id(block.weight) in owned for block in made)
        told = f"depth {depth}: net.parameters() holds those of {count}"
        assert count == len(made), f"{told} modules, not of {len(made)}"
        net(waves(2, C, H, W) + 2).sum().backward()
        moved = [values.grad is not None for values in net.parameters()]
        told = f"depth {depth}: the gradient reaches {sum(moved)} of {len(moved)}"
        assert all(moved), f"{told} parameters"
