"""A residual trunk, a head of transposed convolutions, and OKS-NMS (Xiao et al., 2018).

Top-down systems of later chapters start from them.
"""

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from course_lib import metrics


def conv(channels_in: int, channels: int, kernel: int, stride: int = 1) -> list:
    """[convolution without bias, padded to keep the place, batch normalisation].

    Built in chapter 07, "The trunk".
    """
    pad = kernel // 2
    layer = nn.Conv2d(channels_in, channels, kernel, stride, pad, bias=False)
    return [layer, nn.BatchNorm2d(channels)]


class Block(nn.Module):
    """(B, channels_in, h, w) to (B, channels, h / stride, w / stride), rounded up.

    Built in chapter 07, "The trunk".
    """

    def __init__(
        self, channels_in: int, channels: int, stride: int, is_bottleneck: bool
    ):
        super().__init__()
        if is_bottleneck:
            width = channels // 4
            layers = [*conv(channels_in, width, 1), nn.ReLU()]
            layers += [*conv(width, width, 3, stride), nn.ReLU()]
            layers += conv(width, channels, 1)
        else:
            layers = [*conv(channels_in, channels, 3, stride), nn.ReLU()]
            layers += conv(channels, channels, 3)
        self.branch = nn.Sequential(*layers)
        self.skip = nn.Identity()
        if channels_in != channels or stride > 1:
            self.skip = nn.Sequential(*conv(channels_in, channels, 1, stride))

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(self.skip(x) + self.branch(x))


@dataclass(frozen=True)
class Trunk:
    """Sizes of a residual network.

    Built in chapter 07, "The trunk".
    """

    blocks: tuple[int, ...]  # of each layer
    stem: int  # channels
    channels: tuple[int, ...]  # of each layer
    is_bottleneck: bool = False

    @property
    def stride(self) -> int:
        "px in a cell of its maps."
        return 4 * 2 ** (len(self.blocks) - 1)


def make_trunk(sizes: Trunk) -> nn.Sequential:
    """(B, 3, H, W) to (B, channels[-1], H / stride, W / stride), rounded up.

    Built in chapter 07, "The trunk".
    """
    stem = [*conv(3, sizes.stem, 7, 2), nn.ReLU(), nn.MaxPool2d(3, 2, padding=1)]
    layers, width = [nn.Sequential(*stem)], sizes.stem
    for number, count in enumerate(sizes.blocks):
        layer, channels = [], sizes.channels[number]
        for i in range(count):
            stride = 2 if number > 0 and i == 0 else 1
            layer.append(Block(width, channels, stride, sizes.is_bottleneck))
            width = channels
        layers.append(nn.Sequential(*layer))
    return nn.Sequential(*layers)


@torch.no_grad()
def take_weights(trunk: nn.Module, weights: dict[str, Tensor]) -> None:
    """Copies torchvision's weights of a ResNet, those of its classifier aside.

    Built in chapter 07, "The trunk".
    """
    theirs = [value for name, value in weights.items() if not name.startswith("fc.")]
    for own, value in zip(trunk.state_dict().values(), theirs, strict=True):
        own.copy_(value)


class PoseNet(nn.Module):
    """(B, 3, H, W) to heat maps (B, K, h, w), the trunk's doubled `doublings` times.

    Built in chapter 07, "The head".
    """

    def __init__(
        self, joints: int, trunk: Trunk, doublings: int = 3, channels: int = 256
    ):
        super().__init__()
        self.trunk = make_trunk(trunk)
        self.stride = trunk.stride // 2**doublings  # px in a cell of the heat maps
        layers, width = [], trunk.channels[-1]
        for _ in range(doublings):
            up = nn.ConvTranspose2d(width, channels, 4, 2, padding=1, bias=False)
            layers += [up, nn.BatchNorm2d(channels), nn.ReLU()]
            width = channels
        self.head = nn.Sequential(*layers, nn.Conv2d(width, joints, 1))
        for layer in self.head:
            if not isinstance(layer, (nn.BatchNorm2d, nn.ReLU)):
                nn.init.normal_(layer.weight, std=0.001)  # as released; its bias: 0

    def forward(self, images: Tensor) -> Tensor:
        return self.head(self.trunk(images))


def oks_nms(
    joints: Tensor, scores: Tensor, areas: Tensor, sigmas, most: float = 0.9
) -> Tensor:
    """Which people stay (M,), best first, after OKS-NMS at `most`.

    joints: (P, K, 2) px, scores: (P,), areas: (P,) px^2, sigmas: (K,). Of two whose
    OKS, with the mean of their areas, is over `most`, the less sure one goes.

    Built in chapter 07, "A score for a person, and twins".
    """
    labelled = torch.ones(joints.shape[:2], device=joints.device)
    between = (areas[:, None] + areas) / 2  # (P, P)
    alike = metrics.oks(joints[:, None], joints, labelled, between, sigmas)  # (P, P)
    kept, is_gone = [], torch.zeros_like(scores, dtype=torch.bool)
    for person in scores.argsort(descending=True, stable=True).tolist():
        if not is_gone[person]:
            kept.append(person)
            is_gone |= alike[person] > most
    return torch.tensor(kept, dtype=torch.long, device=joints.device)
