"""Residuals and hourglasses: parameters by arithmetic, shapes, what reaches what."""

import pytest
import torch

from course_lib.hourglass import Hourglass, Residual


def count(net):
    """Learned numbers of a network."""
    return sum(parameter.numel() for parameter in net.parameters())


def expected(channels_in, channels_out):
    """Learned numbers of a residual: three convolutions with bias, three norms."""
    half = channels_out // 2
    norms = 2 * (channels_in + half + half)
    convolutions = (channels_in + 1) * half + (9 * half + 1) * half
    last = (half + 1) * channels_out
    skip = (channels_in + 1) * channels_out if channels_in != channels_out else 0
    return norms + convolutions + last + skip


@pytest.mark.parametrize("sizes", [(256, 256), (64, 128), (6, 10)])
def test_parameters_of_a_residual(sizes):
    assert count(Residual(*sizes)) == expected(*sizes)
    assert expected(256, 256) == 214_528  # the published network


@pytest.mark.parametrize("depth", [1, 2, 4])
def test_an_hourglass_is_three_residuals_a_level_and_one_below(depth):
    net = Hourglass(depth, 8)
    assert count(net) == (3 * depth + 1) * expected(8, 8)
    size = (2**depth, 3 * 2**depth)
    z = torch.randn(2, 8, *size)
    out = net(z)
    assert out.shape == z.shape
    out.sum().backward()
    assert all(p.grad is not None for p in net.parameters())


def test_a_size_that_cannot_be_halved_is_an_error():
    with pytest.raises(RuntimeError, match="size"):
        Hourglass(2, 8)(torch.randn(1, 8, 6, 8))


def test_every_cell_sees_its_own_place_and_the_block_below_it():
    """With zero residual branches the recursion is max-pooling plus repetition."""
    net = Hourglass(2, 2).eval()
    for part in net.modules():
        if isinstance(part, Residual):
            torch.nn.init.zeros_(part.branch[-1].weight)
            torch.nn.init.zeros_(part.branch[-1].bias)
    z = torch.randn(1, 2, 8, 4)
    pooled = [torch.nn.functional.max_pool2d(z, side) for side in (2, 4)]
    grown = [
        p.repeat_interleave(side, dim=-1).repeat_interleave(side, dim=-2)
        for p, side in zip(pooled, (2, 4), strict=True)
    ]
    torch.testing.assert_close(net(z), z + sum(grown))
