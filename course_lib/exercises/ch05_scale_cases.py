"""What right answers to exercise 05.6 do; the hints are in ch05_net."""

from __future__ import annotations

from collections.abc import Callable

import torch
import torch.nn.functional as F
from torch import tensor

from course_lib.exercises.cases import expect_close

H, W = 32, 48  # of the images; three channels stand for two joints and the background
HERE, THERE = (10.0, 8.0), (36.0, 22.0)


class Net(torch.nn.Module):
    """One list entry for each rule that makes maps of images; notes their sizes."""

    def __init__(self, *rules: Callable) -> None:
        super().__init__()
        self.rules = rules
        self.sizes: list[tuple[int, int]] = []

    def forward(self, images: torch.Tensor) -> list[torch.Tensor]:
        told = f"the net was shown images of shape {tuple(images.shape)}"
        assert images.ndim == 4, told
        self.sizes.append((images.shape[-2], images.shape[-1]))
        return [rule(images) for rule in self.rules]


def copies(images: torch.Tensor) -> torch.Tensor:
    return images.clone()


def strided(images: torch.Tensor) -> torch.Tensor:
    """Maps of stride 4."""
    return F.avg_pool2d(images, 4)


def dots(*places: tuple[int, int]) -> torch.Tensor:
    """An image (1, 3, H, W), black but for one dot (x, y) in each channel."""
    image = torch.zeros(1, 3, H, W)
    for channel, (x, y) in enumerate(places):
        image[0, channel, y, x] = 1.0
    return image


def check_points(multi_scale, net, images, scales, want, what, tolerance=1e-4) -> None:
    """AssertionError when the answer finds the joints (B, 2, 2) elsewhere."""
    found = multi_scale(net, images, list(scales))
    expect_close(found, want, what, tolerance=tolerance)


def scale_axes(multi_scale) -> None:
    what = "a net that copies its images, scale 1, a dot at (30, 5)"
    images = dots((30, 5), (30, 5), (30, 5))
    check_points(multi_scale, Net(copies), images, [1.0], [[[30, 5]] * 2], what)


def scale_background(multi_scale) -> None:
    images = torch.cat([dots((30, 5), (7, 9), (2, 2)), dots((40, 31), (0, 3), (3, 3))])
    what = "a net that copies its images, scale 1"
    want = [[[30, 5], [7, 9]], [[40, 31], [0, 3]]]
    check_points(multi_scale, Net(copies), images, [1.0], want, what)


def scale_stage(multi_scale) -> None:
    net = Net(copies, copies, lambda x: x.flip(-1))
    what = "three stages, the last of them mirrored, scale 1"
    images = dots((30, 5), (7, 9), (2, 2))
    check_points(multi_scale, net, images, [1.0], [[[17, 5], [40, 9]]], what)


def scale_pixels(multi_scale) -> None:
    cells = torch.zeros(1, 3, H // 4, W // 4)
    cells[0, 0, 1, 1:3], cells[0, 0, 2, 1] = tensor([1.0, 0.9]), 0.5
    cells[0, 1, 6, 9:11], cells[0, 1, 5, 10] = tensor([0.9, 1.0]), 0.5
    images = cells.repeat_interleave(4, dim=-1).repeat_interleave(4, dim=-2)
    what = "maps of stride 4, scale 1, joints near cells (1, 1) and (10, 6)"
    want = [[[6, 6], [41, 25]]]
    check_points(multi_scale, Net(strided), images, [1.0], want, what)


def scale_sizes(multi_scale) -> None:
    net = Net(copies)
    multi_scale(net, dots((30, 5), (7, 9), (2, 2)), [0.5, 1.0, 1.5])
    told = f"{H} x {W}, scales 0.5, 1 and 1.5: the net was shown images of"
    found = ", ".join(f"{height} x {width}" for height, width in net.sizes)
    assert sorted(net.sizes) == [(16, 24), (32, 48), (48, 72)], f"{told} {found}"


def tents(*heights: tuple[float, float]) -> Callable:
    """The rule of a net that shows both places with heights that depend on the scale.

    heights: at the scales 0.5, 1 and 1.5.
    """

    def rule(images: torch.Tensor) -> torch.Tensor:
        rows, columns = images.shape[-2:]
        at = heights[(16, 32, 48).index(rows)]
        y = (torch.arange(rows) + 0.5) * H / rows - 0.5
        x = (torch.arange(columns) + 0.5) * W / columns - 0.5
        maps = torch.zeros(rows, columns)
        for height, place in zip(at, (HERE, THERE), strict=True):
            across = (1 - (x - place[0]).abs() / 12).clamp(min=0)
            down = (1 - (y - place[1]).abs() / 12).clamp(min=0)
            maps = maps + height * down[:, None] * across
        return maps.expand(len(images), 3, -1, -1)

    return rule


def check_tents(multi_scale, heights: list, scales: list, want, what: str) -> None:
    """AssertionError when both joints are not within 3 px of the place."""
    images = torch.zeros(1, 3, H, W)
    net = Net(tents(*heights))
    check_points(multi_scale, net, images, scales, [[want, want]], what, tolerance=3.0)


def scale_all(multi_scale) -> None:
    heights = [(2.0, 0.0), (0.6, 0.5), (0.1, 0.9)]
    for scales in ([0.5, 1.0, 1.5], [1.5, 1.0, 0.5], [1.5, 0.5]):
        what = f"(10, 8) very high at scale 0.5, (36, 22) at 1.5; scales {scales}"
        check_tents(multi_scale, heights, scales, HERE, what)


def scale_one_peak(multi_scale) -> None:
    heights = [(1.0, 0.0), (1.0, 0.0), (0.0, 3.0)]
    what = "(36, 22) at scale 1.5 higher than (10, 8) at 0.5 and 1 together"
    check_tents(multi_scale, heights, [0.5, 1.0, 1.5], THERE, what)


def scale_sum(multi_scale) -> None:
    heights = [(0.6, 0.0), (0.0, 1.0), (0.7, 0.0)]
    what = "(10, 8) with 0.6 and 0.7 at two scales, (36, 22) with 1 at one"
    check_tents(multi_scale, heights, [0.5, 1.0, 1.5], HERE, what)
