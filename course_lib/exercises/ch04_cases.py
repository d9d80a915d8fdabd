"""What right answers to exercises 04.2, 04.3, 04.6, 04.7 do; the hints are in ch04."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Real

import torch
import torch.nn.functional as F
from torch import tensor

from course_lib.exercises.cases import FormError, expect_close, expect_shape

B, K, H, W = 2, 5, 8, 16  # of the images; the maps are h x w
h, w = 4, 8
PERMUTATION = [0, 2, 1, 4, 3]


def expect_nan(found, what: str) -> None:
    """AssertionError when an answer is a number all the same."""
    if not isinstance(found, Real):
        expect_shape(found, (), what)
    assert found != found, f"{what}: expected NaN, got {float(found):.4g}"


class Net(torch.nn.Module):
    """One list entry for each rule that makes maps (B, K, h, w) of images."""

    def __init__(self, *rules: Callable) -> None:
        super().__init__()
        self.rules = rules

    def forward(self, images: torch.Tensor) -> list[torch.Tensor]:
        told = f"the net was shown images of shape {tuple(images.shape)}"
        assert images.shape[1:] == (3, H, W), told
        return [rule(images) for rule in self.rules]


def says(value: float) -> Callable:
    """The rule that every map is this number everywhere."""
    return lambda images: torch.full((len(images), K, h, w), value)


def corner(images: torch.Tensor) -> torch.Tensor:
    """Maps that hold the upper left value of their image's first colour."""
    return images[:, :1, :1, :1].expand(-1, K, h, w)


def shrunk(images: torch.Tensor) -> torch.Tensor:
    """Maps that show the first colour in 4 x 8 cells, each a mean of 2 x 2 pixels."""
    return F.avg_pool2d(images[:, :1], 2).expand(-1, K, h, w)


def numbered() -> torch.Tensor:
    """Images (B, 3, H, W), no number twice."""
    return torch.arange(1.0 * B * 3 * H * W).view(B, 3, H, W) / 100


def averaged(flip_average, net: Net, images: torch.Tensor, what: str) -> torch.Tensor:
    """The maps of an answer, of the shape that they should have."""
    found = flip_average(net, images, list(PERMUTATION))
    expect_shape(found, (len(images), K, h, w), what)
    return found


def flip_mean(flip_average) -> None:
    for value in (3.0, -0.5):
        what = f"a net that says {value} everywhere"
        found = averaged(flip_average, Net(says(value)), numbered(), what)
        expect_close(found, torch.full((B, K, h, w), value), what)


def flip_mirror(flip_average) -> None:
    images = numbered()
    what = "a net that says the upper left value of the image it is shown"
    found = averaged(flip_average, Net(corner), images, what)
    ends = (images[:, 0, 0, 0] + images[:, 0, 0, -1]) / 2
    expect_close(found, ends.view(B, 1, 1, 1).expand(B, K, h, w), what)


def flip_last(flip_average) -> None:
    for values in ((1.0, 2.0, 5.0), (4.0, -3.0)):
        what = f"a net whose stacks say {', '.join(map(str, values))}"
        net = Net(*map(says, values))
        found = averaged(flip_average, net, numbered(), what)
        expect_close(found, torch.full((B, K, h, w), values[-1]), what)


def flip_back(flip_average) -> None:
    images = torch.zeros(B, 3, H, W)
    images[..., : W // 2] = 1.0
    what = "images that are 1 on the left and 0 on the right, a net that copies them"
    found = averaged(flip_average, Net(shrunk), images, what)
    for column, want in ((2, 1.0), (5, 0.0)):
        expect_close(
            found[..., column], torch.full((B, K, h), want), f"{what}: column {column}"
        )


def flip_cells(flip_average) -> None:
    images = numbered()
    what = "a net that shows its image in small"
    found = averaged(flip_average, Net(shrunk), images, what)
    expect_close(found, shrunk(images), what)


def flip_channels(flip_average) -> None:
    def channels(images: torch.Tensor) -> torch.Tensor:
        return corner(images) * torch.arange(1.0, K + 1).view(K, 1, 1)

    images = numbered()
    what = f"permutation {PERMUTATION}, a net whose channels differ"
    found = averaged(flip_average, Net(channels), images, what)
    ends = images[:, :1, 0, 0], images[:, :1, 0, -1]  # (B, 1) each
    want = ends[0] * tensor([1, 2, 3, 4, 5]) + ends[1] * tensor([1, 3, 2, 5, 4])
    expect_close(found, (want / 2).view(B, K, 1, 1).expand(B, K, h, w), what)


def maps_with(peaks: torch.Tensor) -> torch.Tensor:
    """Maps (N, K, h, w) with these peaks (N, K), 1 lower everywhere else."""
    maps = (peaks - 1)[..., None, None].repeat(1, 1, h, w)
    for n, k in torch.cartesian_prod(*map(torch.arange, peaks.shape)).tolist():
        maps[n, k, n % h, (n + 3 * k) % w] = peaks[n, k]
    return maps


def check_presence(presence, peaks, labelled, want: float, what: str) -> None:
    """AssertionError when maps with these peaks (N, K) give another area."""
    found = presence(maps_with(tensor(peaks)), tensor(labelled))
    expect_close(found, want, what)


def presence_ranked(presence) -> None:
    peaks, labelled = [[0.9], [0.2], [0.8], [0.3]], [[True], [False], [True], [False]]
    check_presence(presence, peaks, labelled, 1.0, "labelled joints have higher peaks")
    labelled = [[not value] for (value,) in labelled]
    check_presence(presence, peaks, labelled, 0.0, "labelled joints have lower peaks")


def presence_pairs(presence) -> None:
    peaks = [[0.9], [0.4], [0.3], [0.35], [0.1]]
    labelled = [[True], [True], [True], [False], [False]]
    what = "labelled 0.9, 0.4, 0.3, not labelled 0.35, 0.1"
    check_presence(presence, peaks, labelled, 5 / 6, what)
    labelled = [[False], [False], [False], [True], [True]]
    what = "labelled 0.35, 0.1, not labelled 0.9, 0.4, 0.3"
    check_presence(presence, peaks, labelled, 1 / 6, what)


def presence_peak(presence) -> None:
    broad = torch.full((2, 1, h, w), 0.5)
    sharp = torch.zeros(2, 1, h, w)
    sharp[0, 0, 1, 2], sharp[1, 0, 3, 7] = 0.9, 0.8
    labelled = tensor([[False], [False], [True], [True]])
    found = presence(torch.cat([broad, sharp]), labelled)
    what = "labelled: 0.9 and 0.8 in one cell; not labelled: 0.5 in every cell"
    expect_close(found, 1.0, what)


def presence_pooled(presence) -> None:
    peaks = [[0.9, 0.3], [0.8, 0.2], [0.95, 0.25]]
    labelled = [[True, True], [False, False], [True, True]]
    what = "joint 0 labelled 0.9, 0.95, not 0.8; joint 1 labelled 0.3, 0.25, not 0.2"
    check_presence(presence, peaks, labelled, 0.75, what)


def presence_ties(presence) -> None:
    labelled = [[True], [True], [False], [False]]
    what = "every peak 0.5"
    check_presence(presence, [[0.5]] * 4, labelled, 0.5, what)
    what = "labelled 0.5, 0.25, not labelled 0.5, 0.75"
    check_presence(presence, [[0.5], [0.25], [0.5], [0.75]], labelled, 0.125, what)


def presence_alone(presence) -> None:
    maps = maps_with(tensor([[0.9, 0.1], [0.5, 0.5]]))
    for value, what in ((True, "all joints labelled"), (False, "no joint labelled")):
        expect_nan(presence(maps, torch.full((2, 2), value)), what)


SHAPE = (2, 3, 4, 6)  # of outputs and targets
CELLS = 2 * 3 * 4 * 6


def full_targets() -> torch.Tensor:
    """Targets of SHAPE, no map without a peak."""
    targets = torch.zeros(SHAPE)
    targets[:, :, 1, 4] = 1.0
    return targets


def off_by(*errors: float) -> list[torch.Tensor]:
    """Outputs, one for each stack, that miss one value of full_targets by this."""
    outputs = [full_targets() for _ in errors]
    for output, error in zip(outputs, errors, strict=True):
        output[1, 2, 3, 5] += error
    return outputs


def loss_one(stacked_loss) -> None:
    for error in (2.0, -0.5):
        what = f"one stack, one of {CELLS} values off by {error}"
        found = stacked_loss(off_by(error), full_targets())
        expect_close(found, error**2 / CELLS, what, tolerance=1e-5)


def loss_each(stacked_loss) -> None:
    for errors in ((6.0, 0.0, 0.0), (0.0, 6.0, 0.0), (0.0, 0.0, 6.0)):
        found = stacked_loss(off_by(*errors), full_targets())
        expect_shape(torch.as_tensor(found), (), "the loss")
        told = f"three stacks, off by {', '.join(map(str, errors))}: the loss is 0"
        assert found > 0, told


def loss_sum(stacked_loss) -> None:
    for errors in ((6.0, 6.0), (6.0, 12.0, -3.0)):
        what = f"{len(errors)} stacks, off by {', '.join(map(str, errors))}"
        found = stacked_loss(off_by(*errors), full_targets())
        want = sum(error**2 for error in errors) / CELLS
        expect_close(found, want, what)


def loss_empty(stacked_loss) -> None:
    targets = full_targets()
    targets[0, 1] = 0.0
    outputs = [targets.clone(), targets.clone()]
    outputs[0][0, 1], outputs[1][0, 1, 2, 2] = 0.5, 6.0
    what = "an error of 0.5 in all 24 cells of a joint without label, then 6 in one"
    found = stacked_loss(outputs, targets)
    expect_close(found, (24 * 0.25 + 36) / CELLS, what)


def loss_gradient(stacked_loss) -> None:
    errors = (6.0, -12.0, 3.0)
    outputs = [output.requires_grad_() for output in off_by(*errors)]
    loss = stacked_loss(outputs, full_targets())
    if not (isinstance(loss, torch.Tensor) and loss.requires_grad):
        raise FormError(f"the loss must be a tensor with a gradient, got {loss!r}")
    expect_shape(loss, (), "the loss")
    loss.backward()
    for stack, (output, error) in enumerate(zip(outputs, errors, strict=True)):
        told = f"stack {stack} of 3 gets no gradient"
        assert output.grad is not None, told
        want = torch.zeros(SHAPE)
        want[1, 2, 3, 5] = 2 * error / CELLS
        expect_close(output.grad, want, f"the gradient of stack {stack} of 3")
