"""What right answers to exercises 05.3 and 05.5 do; the hints are in ch05_net."""

from __future__ import annotations

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

from course_lib.exercises.cases import FormError, expect_close, expect_shape
from course_lib.exercises.ch04_net_cases import convolutions, waves
from course_lib.exercises.checking import watch

FEATURES, BELIEFS, WIDTH, KERNEL = 5, 3, 6, 7
NAMES = ("features", "beliefs", "centre")


def stage(later_stage, sizes=(FEATURES, BELIEFS, WIDTH, KERNEL)) -> nn.Module:
    """What the answer makes; torch's own random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        net = later_stage(*sizes)
    if not isinstance(net, nn.Module):
        raise FormError(f"expected a torch.nn.Module, got a {type(net).__name__}")
    return net.train()


def shown(count: int = 2, height: int = 8, width: int = 10) -> list[torch.Tensor]:
    """Features, beliefs and the centre map, each with other numbers."""
    channels = FEATURES, BELIEFS, 1
    return [waves(count, c, height, width).roll(c, dims=-1) for c in channels]


def run(net: nn.Module, given: list[torch.Tensor]) -> torch.Tensor:
    """The output of the net, without its gradient; it must leave its inputs."""
    with torch.no_grad():
        return watch(net)(*given)


def record(net: nn.Module, given: list[torch.Tensor]) -> tuple[list[tuple], object]:
    """Per convolution, as they run: itself, what it gets and makes; and the output."""
    seen: list[tuple] = []

    def note(part, inputs, made) -> None:
        seen.append((part, inputs[0].clone(), made.clone()))

    hooks = [part.register_forward_hook(note) for part in convolutions(net)]
    output = run(net, given)
    for hook in hooks:
        hook.remove()
    return seen, output


def stage_shape(later_stage) -> None:
    for kernel in (7, 3, 1):
        net = stage(later_stage, (FEATURES, BELIEFS, WIDTH, kernel))
        what = f"kernel {kernel}, maps of 8 x 10 cells"
        found = run(net, shown())
        if not (isinstance(found, torch.Tensor) and found.ndim == 4):
            expect_shape(found, (2, BELIEFS, 8, 10), what)
        height, width = found.shape[-2:]
        told = f"{what}: the beliefs have {height} x {width}"
        assert (height, width) == (8, 10), told
        expect_shape(found, (2, BELIEFS, 8, 10), what)


def stage_inputs(later_stage) -> None:
    net, given = stage(later_stage), shown()
    before = run(net, given)
    for place, name in enumerate(NAMES):
        other = [2 * x + 1 if n == place else x for n, x in enumerate(given)]
        told = f"other numbers in `{name}` change nothing in the output"
        assert not torch.allclose(run(net, other), before, atol=1e-7), told


def stage_kernels(later_stage) -> None:
    for kernel in (7, 3):
        net = stage(later_stage, (FEATURES, BELIEFS, WIDTH, kernel))
        found = [part.kernel_size[0] for part, *_ in record(net, shown())[0]]
        told = f"kernel {kernel}: the convolutions have the kernels {found}"
        assert found == [kernel] * 3 + [1, 1], told


def stage_width(later_stage) -> None:
    seen, _ = record(stage(later_stage), shown())
    found = [(part.in_channels, part.out_channels) for part, *_ in seen]
    inputs = FEATURES + BELIEFS + 1
    want = [(inputs, WIDTH), *[(WIDTH, WIDTH)] * 3, (WIDTH, BELIEFS)]
    assert found == want, f"channels in and out: expected {want}, got {found}"


def stage_relu(later_stage) -> None:
    seen, _ = record(stage(later_stage), shown())
    for number, (before, after) in enumerate(pairwise(seen), 2):
        what = f"what convolution {number} is given"
        expect_close(after[1], F.relu(before[2]), what)


def stage_bare(later_stage) -> None:
    seen, output = record(stage(later_stage), shown())
    expect_close(output, seen[-1][2], "the output, against the last convolution's")


def stage_gradient(later_stage) -> None:
    net, given = stage(later_stage), shown()
    for x in given:
        x.requires_grad_()
    net(*given).square().sum().backward()
    for name, x in zip(NAMES, given, strict=True):
        told = f"no gradient reaches `{name}`"
        assert x.grad is not None, told
        assert x.grad.abs().sum() > 0, told


def stage_count(later_stage) -> None:
    for sizes, want in (((32, 15, 128, 11), 4_727_183), ((5, 3, 6, 7), 6_255)):
        parts = stage(later_stage, sizes).parameters()
        count = sum(part.numel() for part in parts if part.requires_grad)
        told = f"later_stage{sizes}: expected {want:,} numbers to learn"
        assert count == want, f"{told}, got {count:,}"


class Chain(nn.Module):
    """1 x 1 convolutions in a row that tell some of what they make.

    channels: of the images; one channel follows. idle: convolutions not in use.
    """

    def __init__(
        self, weights: tuple, told: tuple, idle: int = 0, channels: int = 1
    ) -> None:
        super().__init__()
        sizes = [channels] + [1] * (len(weights) + idle - 1)
        with torch.random.fork_rng(devices=[]):
            parts = [nn.Conv2d(size, 1, 1) for size in sizes]
        self.parts, self.told, self.count = nn.ModuleList(parts), told, len(weights)
        for part in parts:
            part.bias.data.zero_()
        for part, weight in zip(parts, weights, strict=False):
            part.weight.data.fill_(weight)

    def forward(self, images: torch.Tensor) -> list[torch.Tensor]:
        made = []
        for part in self.parts[: self.count]:
            images = part(images)
            made.append(images)
        return [made[place] for place in self.told]


ONES, ZEROS = torch.ones(2, 1, 3, 4), torch.zeros(2, 1, 3, 4)  # 24 values each


def check_profile(profile, net, is_supervised: bool, want, what: str) -> None:
    """AssertionError when images of 1, targets of 0, give another profile."""
    found = profile(net, ONES.clone(), ZEROS.clone(), is_supervised)
    expect_close(found, want, what)


def profile_loss(profile) -> None:
    for value in (True, False):
        what = "one stage, weight 3, images 1, targets 0, 24 values"
        check_profile(profile, Chain((3.0,), (0,)), value, [144.0], what)


def profile_absolute(profile) -> None:
    images = torch.cat([ONES, -3 * ONES], dim=1)
    found = profile(Chain((0.0,), (0,), channels=2), images, ONES.clone(), True)
    expect_close(found, [96.0], "a convolution with the gradients -48 and 144")


def profile_order(profile) -> None:
    net = Chain((2.0, 0.5, 3.0), (2,))
    what = "one stage of three convolutions, weights 2, 0.5 and 3"
    check_profile(profile, net, True, [216.0, 864.0, 144.0], what)


def profile_last(profile) -> None:
    what = "two stages, weights 2 and 0.5, supervised at the end only"
    check_profile(profile, Chain((2.0, 0.5), (0, 1)), False, [24.0, 96.0], what)


def profile_all(profile) -> None:
    what = "two stages, weights 2 and 0.5, both supervised"
    check_profile(profile, Chain((2.0, 0.5), (0, 1)), True, [120.0, 96.0], what)
    what = "three stages, weights 1, all supervised"
    net = Chain((1.0, 1.0, 1.0), (0, 1, 2))
    check_profile(profile, net, True, [144.0, 96.0, 48.0], what)


def profile_idle(profile) -> None:
    what = "two stages, weights 2 and 0.5, and a convolution that is not used"
    for value, first in ((True, 120.0), (False, 24.0)):
        net = Chain((2.0, 0.5), (0, 1), idle=1)
        check_profile(profile, net, value, [first, 96.0, 0.0], what)


def profile_traces(profile) -> None:
    net = Chain((2.0, 0.5), (0, 1))
    for values in net.parameters():
        values.grad = torch.full_like(values, 7.0)
    for time in ("first", "second"):
        what = f"the {time} profile of a net whose .grad held 7"
        check_profile(profile, net, True, [120.0, 96.0], what)
    for values in net.parameters():
        told = "the parameters' .grad, which held 7 before"
        assert values.grad is not None, f"{told}: it is None now"
        expect_close(values.grad, torch.full_like(values, 7.0), told)
