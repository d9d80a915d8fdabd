"""The residual trunk against torchvision's, the head's sizes, OKS-NMS against pairs."""

import pytest
import torch
import torchvision
from torch import nn

from course_lib import metrics
from course_lib.simple_baseline import (
    PoseNet,
    Trunk,
    make_trunk,
    oks_nms,
    take_weights,
)

WIDE = (256, 512, 1024, 2048)
TRUNKS = {
    "resnet18": Trunk((2, 2, 2, 2), 64, (64, 128, 256, 512)),
    "resnet34": Trunk((3, 4, 6, 3), 64, (64, 128, 256, 512)),
    "resnet50": Trunk((3, 4, 6, 3), 64, WIDE, is_bottleneck=True),
}


def count(net):
    """Learned numbers of a network."""
    return sum(parameter.numel() for parameter in net.parameters())


def torchvision_net(name, generator):
    """A ResNet of torchvision whose batch normalisations differ from one another."""
    net = getattr(torchvision.models, name)()
    for value in net.state_dict().values():
        if value.ndim == 1:
            value.copy_(0.5 + torch.rand(value.shape, generator=generator))
    return net.eval()


@pytest.mark.parametrize("name", TRUNKS)
@pytest.mark.parametrize("size", [(64, 96), (65, 43)])
def test_a_state_dict_of_torchvision_loads_and_the_features_agree(name, size):
    generator = torch.Generator().manual_seed(1)
    net, trunk = torchvision_net(name, generator), make_trunk(TRUNKS[name]).eval()
    take_weights(trunk, net.state_dict())
    images = torch.rand(2, 3, *size, generator=generator)
    with torch.no_grad():
        theirs = nn.Sequential(*list(net.children())[:-2])(images)
        torch.testing.assert_close(trunk(images), theirs)


def test_weights_of_another_network_are_an_error():
    weights = torchvision_net("resnet18", torch.Generator()).state_dict()
    with pytest.raises((ValueError, RuntimeError)):
        take_weights(make_trunk(TRUNKS["resnet50"]), weights)


@pytest.mark.parametrize(
    ("blocks", "millions"),
    [((3, 4, 6, 3), 34.0), ((3, 4, 23, 3), 53.0), ((3, 8, 36, 3), 68.6)],
)
def test_published_heads_are_exact(blocks, millions):
    """Trunk as counted by torchvision, three transposed convolutions, one by one."""
    with torch.device("meta"):
        net = PoseNet(17, Trunk(blocks, 64, WIDE, is_bottleneck=True))
        maps = net(torch.empty(1, 3, 256, 192))
        names = {(3, 4, 6, 3): "resnet50", (3, 4, 23, 3): "resnet101"}
        whole = getattr(torchvision.models, names.get(blocks, "resnet152"))()
    trunk = count(whole) - count(whole.fc)
    head = 16 * (2048 * 256 + 2 * 256 * 256) + 3 * 2 * 256 + 257 * 17
    assert count(net) == trunk + head
    assert round(count(net) / 1e6, 1) == millions
    assert maps.shape == (1, 17, 64, 48)


@pytest.mark.parametrize("doublings", [0, 1, 2])
def test_maps_have_the_stride_that_the_network_names(doublings):
    trunk = Trunk((1, 1, 1), 4, (4, 6, 8))
    net = PoseNet(5, trunk, doublings, 4)
    assert (trunk.stride, net.stride) == (16, 16 // 2**doublings)
    size = [side // net.stride for side in (64, 96)]
    assert net(torch.rand(2, 3, 64, 96)).shape == (2, 5, *size)


def people(count, generator):
    """Poses (P, 4, 2) px, some of them near others, distinct scores, areas."""
    centres = 40 * torch.rand(count, 1, 2, generator=generator)
    shape = 20 * torch.rand(1, 4, 2, generator=generator)
    scores = torch.randperm(count, generator=generator) / count
    return centres.round(decimals=-1) + shape, scores, 200 + 50 * scores


SIGMAS = [0.1, 0.05, 0.08, 0.2]


@pytest.mark.parametrize("most", [0.1, 0.5, 0.9])
def test_oks_nms_keeps_who_is_like_nobody_better_that_is_kept(most):
    """Kept, or too like one that is kept and better: pair by pair, for all."""
    joints, scores, areas = people(30, torch.Generator().manual_seed(0))
    kept = oks_nms(joints, scores, areas, SIGMAS, most).tolist()
    assert scores[kept].tolist() == sorted(scores[kept].tolist(), reverse=True)
    assert 1 < len(kept) < 30
    for i in range(30):
        twins = [
            metrics.oks(
                joints[i], joints[j], torch.ones(4), (areas[i] + areas[j]) / 2, SIGMAS
            )
            for j in kept
            if scores[j] > scores[i]
        ]
        assert (i in kept) == all(value <= most for value in twins)


def test_oks_nms_does_not_depend_on_the_order_of_people():
    joints, scores, areas = people(25, torch.Generator().manual_seed(2))
    order = torch.randperm(25, generator=torch.Generator().manual_seed(3))
    kept = oks_nms(joints, scores, areas, SIGMAS, 0.5)
    again = oks_nms(joints[order], scores[order], areas[order], SIGMAS, 0.5)
    assert order[again].tolist() == kept.tolist()


def test_oks_nms_of_nobody_and_of_one():
    nobody = torch.zeros(0, 4, 2), torch.zeros(0), torch.zeros(0)
    assert oks_nms(*nobody, SIGMAS).shape == (0,)
    assert oks_nms(torch.ones(1, 4, 2), torch.ones(1), torch.ones(1), SIGMAS) == 0
