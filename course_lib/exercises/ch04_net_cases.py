"""What right answers to exercises 04.1 and 04.5 do; the hints are in ch04_net."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from course_lib.exercises.cases import FormError, expect_close, expect_shape
from course_lib.exercises.checking import watch

ORDER = ("first", "second", "third")


def waves(*shape: int) -> torch.Tensor:
    """A tensor of this shape with numbers from -1 to 1, each channel another."""
    count = torch.Size(shape).numel()
    return (0.7 * torch.arange(float(count)) ** 1.1).sin().view(shape)


def module(bottleneck, channels_in: int, channels_out: int) -> nn.Module:
    """What the answer makes; torch's own random numbers stay as they were."""
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(0)
        net = bottleneck(channels_in, channels_out)
    if not isinstance(net, nn.Module):
        raise FormError(f"expected a torch.nn.Module, got a {type(net).__name__}")
    return net.train()


def run(net: nn.Module, x: torch.Tensor) -> torch.Tensor:
    """The output of the net, without its gradient; it must leave x as it is."""
    with torch.no_grad():
        return watch(net)(x)


def convolutions(net: nn.Module) -> list[nn.Conv2d]:
    """The convolutions that the net owns."""
    return [part for part in net.modules() if isinstance(part, nn.Conv2d)]


def record(net: nn.Module, x: torch.Tensor) -> list[tuple]:
    """Per convolution, as they run: itself, what it is given, what it makes of it."""
    seen: list[tuple] = []

    def note(part, given, made) -> None:
        seen.append((part, given[0].clone(), made.clone()))

    hooks = [part.register_forward_hook(note) for part in convolutions(net)]
    run(net, x)
    for hook in hooks:
        hook.remove()
    return seen


def block_shape(bottleneck) -> None:
    for c_in, c_out in ((8, 8), (8, 12), (12, 6)):
        what = f"{c_in} to {c_out} channels"
        found = run(module(bottleneck, c_in, c_out), waves(2, c_in, 5, 7))
        expect_shape(found, (2, c_out, 5, 7), what)


def block_identity(bottleneck) -> None:
    for channels in (8, 6):
        count = len(convolutions(module(bottleneck, channels, channels)))
        told = f"{channels} to {channels} channels: {count} convolutions, not 3"
        assert count <= 3, told


def block_kernels(bottleneck) -> None:
    seen = record(module(bottleneck, 8, 8), waves(2, 8, 5, 7))
    kernels = [f"{part.kernel_size[0]} x {part.kernel_size[1]}" for part, *_ in seen]
    told = f"8 to 8 channels: the convolutions are {', '.join(kernels) or 'none'}"
    assert kernels == ["1 x 1", "3 x 3", "1 x 1"], told


def block_width(bottleneck) -> None:
    for c_in, c_out in ((8, 8), (8, 12), (12, 6)):
        half = c_out // 2
        parts = convolutions(module(bottleneck, c_in, c_out))
        found = [(part.in_channels, part.out_channels) for part in parts]
        for want in ((c_in, half), (half, half), (half, c_out)):
            told = f"{c_in} to {c_out} channels: no convolution of {want[0]} to"
            assert want in found, f"{told} {want[1]} channels"


def block_before(bottleneck) -> None:
    x = 3 * waves(4, 8, 5, 7) + 1
    source = x
    for name, (_, given, made) in zip(
        ORDER, record(module(bottleneck, 8, 8), x), strict=True
    ):
        what = f"what the {name} convolution is given"
        assert (given >= 0).all(), f"{what} has values below 0"
        want = F.relu(F.batch_norm(source, None, None, training=True))
        expect_close(given, want, what, tolerance=1e-3)
        source = made


def block_sum(bottleneck) -> None:
    net, x = module(bottleneck, 8, 8), waves(2, 8, 5, 7)
    last = record(net, x)[-1][0]
    for values in last.parameters():
        values.data.zero_()
    found = run(net, x)
    expect_close(found, x, "8 to 8 channels, the last convolution all 0, the output")


def block_bare(bottleneck) -> None:
    net, x = module(bottleneck, 8, 12), waves(2, 8, 5, 7)
    parts = {(part.in_channels, part.out_channels): part for part in convolutions(net)}
    assert (8, 12) in parts, "8 to 12 channels: no convolution leads past the branch"
    skip, last = parts[8, 12], parts[6, 12]
    for values in last.parameters():
        values.data.zero_()
    want = F.conv2d(x, skip.weight, skip.bias)
    what = "8 to 12 channels, the last convolution all 0, the output"
    expect_close(run(net, x), want, what)


def block_count(bottleneck) -> None:
    for c_in, c_out, want in ((256, 256, 214_528), (64, 128, 58_112)):
        parts = module(bottleneck, c_in, c_out).parameters()
        count = sum(part.numel() for part in parts if part.requires_grad)
        told = f"{c_in} to {c_out} channels: expected {want:,} numbers to learn"
        assert count == want, f"{told}, got {count:,}"


C, K = 4, 3  # channels of the stream and the features; of the heat maps


def pointwise(channels_in: int, bias: float = 0.0) -> nn.Conv2d:
    """A 1 x 1 convolution to C channels, its weights fixed."""
    with torch.random.fork_rng(devices=[]):
        convolution = nn.Conv2d(channels_in, C, 1)
    convolution.weight.data = waves(C, channels_in, 1, 1)
    convolution.bias.data.fill_(bias)
    return convolution


def link(reinject, stream, features, heatmaps) -> torch.Tensor:
    """What the answer feeds to the next stack, of the shape that it should have."""
    found = reinject(stream, features, heatmaps, pointwise(C), pointwise(K))
    expect_shape(found, tuple(stream.shape), "the input of the next stack")
    return found


def nothing(channels: int) -> torch.Tensor:
    return torch.zeros(2, channels, 5, 6)


def link_stream(reinject) -> None:
    stream = waves(2, C, 5, 6)
    found = link(reinject, stream, nothing(C), nothing(K))
    expect_close(found, stream, "features and heat maps of 0, without bias")


def link_features(reinject) -> None:
    features = waves(2, C, 5, 6)
    found = link(reinject, nothing(C), features, nothing(K))
    want = F.conv2d(features, waves(C, C, 1, 1))
    expect_close(found, want, "a stream and heat maps of 0")


def link_heatmaps(reinject) -> None:
    heatmaps = 2 * waves(2, K, 5, 6)
    found = link(reinject, nothing(C), nothing(C), heatmaps)
    want = F.conv2d(heatmaps, waves(C, K, 1, 1))
    expect_close(found, want, "a stream and features of 0")


def link_gradient(reinject) -> None:
    parts = {
        "stream": waves(2, C, 5, 6),
        "features": waves(2, C, 5, 6),
        "heatmaps": waves(2, K, 5, 6),
    }
    for part in parts.values():
        part.requires_grad_()
    convolutions = pointwise(C, 0.5), pointwise(K, -0.25)
    found = reinject(*parts.values(), *convolutions)
    if not (isinstance(found, torch.Tensor) and found.requires_grad):
        raise FormError(f"expected a tensor with a gradient, got {type(found)}")
    found.sum().backward()
    for name, part in parts.items():
        assert part.grad is not None, f"no gradient reaches `{name}`"
    for name, convolution in zip(("features", "heatmaps"), convolutions, strict=True):
        told = f"no gradient reaches from_{name}"
        assert convolution.weight.grad is not None, told
