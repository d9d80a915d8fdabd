"""The two building blocks of stacked hourglasses (Newell and others, 2016)."""

import torch.nn.functional as F
from torch import Tensor, nn


class Residual(nn.Module):
    """R: (B, channels_in, h, w) to (B, channels_out, h, w).

    Built in chapter 04, "A residual".
    """

    def __init__(self, channels_in: int, channels_out: int):
        super().__init__()
        half = channels_out // 2
        self.branch = nn.Sequential(
            nn.BatchNorm2d(channels_in),
            nn.ReLU(),
            nn.Conv2d(channels_in, half, 1),
            nn.BatchNorm2d(half),
            nn.ReLU(),
            nn.Conv2d(half, half, 3, padding=1),
            nn.BatchNorm2d(half),
            nn.ReLU(),
            nn.Conv2d(half, channels_out, 1),
        )
        self.skip = nn.Identity()
        if channels_in != channels_out:
            self.skip = nn.Conv2d(channels_in, channels_out, 1)

    def forward(self, x: Tensor) -> Tensor:
        return self.skip(x) + self.branch(x)


class Hourglass(nn.Module):
    """HG: (B, C, h, w) to the same shape; h and w divisible by 2 ** depth.

    Built in chapter 04, "The hourglass".
    """

    def __init__(self, depth: int, channels: int):
        super().__init__()
        self.skip = Residual(channels, channels)  # R_0
        self.down = Residual(channels, channels)  # R_1
        self.up = Residual(channels, channels)  # R_3
        if depth > 1:
            self.middle = Hourglass(depth - 1, channels)
        else:
            self.middle = Residual(channels, channels)  # R_2

    def forward(self, z: Tensor) -> Tensor:
        low = self.down(F.max_pool2d(z, 2))  # (B, C, h/2, w/2)
        low = self.up(self.middle(low))  # (B, C, h/2, w/2)
        return self.skip(z) + F.interpolate(low, scale_factor=2)  # (B, C, h, w)
