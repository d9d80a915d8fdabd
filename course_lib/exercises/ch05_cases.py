"""What right answers to exercises 05.1, 05.4 and 05.7 do; the hints are in ch05."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import (
    FormError,
    expect_close,
    expect_pair,
    expect_shape,
)

Layers = list[tuple[int, int]]

CONVOLUTIONS = [(9, 1), (9, 1), (9, 1), (5, 1), (9, 1), (1, 1), (1, 1)]
CONTEXT = [(11, 1)] * 3


def first_stage(pool: int) -> Layers:
    """The paper's first stage, its three pools of this size."""
    layers = [layer for conv in CONVOLUTIONS[:3] for layer in (conv, (pool, 2))]
    return layers + CONVOLUTIONS[3:]


def measured(receptive_field, layers: Layers) -> tuple:
    """Field and stride, as the answer tells them."""
    return expect_pair(receptive_field(list(layers)), "field and stride")


def check_field(receptive_field, layers: Layers, field: int, stride: int, what) -> None:
    """AssertionError when the layers get another field or stride."""
    found = measured(receptive_field, layers)
    expect_close(found[0], field, f"{what}: the field")
    expect_close(found[1], stride, f"{what}: the stride")


def field_small(receptive_field) -> None:
    for kernels, field in (((9,), 9), ((3, 3), 5), ((1, 5, 1, 7), 11)):
        layers = [(kernel, 1) for kernel in kernels]
        check_field(receptive_field, layers, field, 1, f"kernels {kernels}, stride 1")


def field_stride(receptive_field) -> None:
    for strides, want in (((2, 2, 2), 8), ((3, 1, 4), 12), ((2, 1), 2)):
        layers = [(5, stride) for stride in strides]
        found = measured(receptive_field, layers)[1]
        expect_close(found, want, f"kernels 5, strides {strides}: the stride")


def field_own(receptive_field) -> None:
    for kernel, stride in ((3, 2), (7, 4)):
        what = f"one layer, kernel {kernel}, stride {stride}"
        check_field(receptive_field, [(kernel, stride)], kernel, stride, what)


def field_apart(receptive_field) -> None:
    check_field(receptive_field, [(3, 2), (3, 1)], 7, 2, "(3, 2), (3, 1)")
    check_field(receptive_field, [(3, 1), (3, 2)], 5, 2, "(3, 1), (3, 2)")
    check_field(receptive_field, [(5, 3), (4, 2), (3, 1)], 26, 6, "three layers")


def field_paper(receptive_field) -> None:
    for pool, field in ((2, 160), (3, 167)):
        layers, what = first_stage(pool), f"the first stage, {pool} x {pool} pools"
        check_field(receptive_field, layers, field, 8, what)
        layers, what = layers + CONTEXT, f"{what}, and the second one behind it"
        check_field(receptive_field, layers, field + 240, 8, what)


def field_none(receptive_field) -> None:
    check_field(receptive_field, [], 1, 1, "no layer at all")


SHAPE = (3, 4, 6)  # channels and cells of the beliefs
PLACES = ((1, 3, 5), (0, 2, 2))  # where the targets for all and for one have a peak


def labels(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Targets for everybody and for the subject, of `count` images."""
    everybody = torch.zeros(count, *SHAPE)
    everybody[:, 1, 1, 1] = 1.0
    subject = everybody.clone()
    for place in PLACES:
        everybody[(slice(None), *place)] = 2.0
    return everybody, subject


def off_by(target: torch.Tensor, *errors: float) -> list[torch.Tensor]:
    """One output a stage, which misses the target by this in the first image."""
    outputs = [target.clone() for _ in errors]
    for output, error in zip(outputs, errors, strict=True):
        output[0, 2, 3, 1] += error
    return outputs


def check_alike(belief_loss, count: int, errors: tuple, want: float, what) -> None:
    """AssertionError for another loss when both targets are the same."""
    target = labels(count)[0]
    found = belief_loss(off_by(target, *errors), target, target.clone())
    expect_close(found, want, what)


def loss_sum(belief_loss) -> None:
    for error in (2.0, -6.0):
        what = f"one image, one stage, one value off by {error}"
        check_alike(belief_loss, 1, (error,), error**2 / 2, what)
    target = labels(1)[0]
    what = "one image, one stage, each of 72 values off by 0.5"
    found = belief_loss([target + 0.5], target, target.clone())
    expect_close(found, 9.0, what)


def loss_images(belief_loss) -> None:
    for count in (2, 4):
        what = f"{count} images, one value of the first off by 4"
        check_alike(belief_loss, count, (4.0,), 8 / count, what)


def loss_each(belief_loss) -> None:
    for errors in ((6.0, 0.0, 0.0), (0.0, 6.0, 0.0), (0.0, 0.0, 6.0)):
        target = labels(2)[0]
        found = belief_loss(off_by(target, *errors), target, target.clone())
        expect_shape(torch.as_tensor(found), (), "the loss")
        told = f"three stages, off by {', '.join(map(str, errors))}: the loss is 0"
        assert found > 0, told


def loss_stages(belief_loss) -> None:
    for errors in ((6.0, 6.0), (6.0, 2.0, -4.0)):
        what = f"{len(errors)} stages, off by {', '.join(map(str, errors))}"
        want = sum(error**2 for error in errors) / 4
        check_alike(belief_loss, 2, errors, want, what)


def loss_first(belief_loss) -> None:
    everybody, subject = labels(2)
    what = "one stage, one image, which shows"
    outputs = [everybody[:1].clone()]
    found = belief_loss(outputs, everybody[:1], subject[:1])
    expect_close(found, 0.0, f"{what} everybody")
    found = belief_loss([subject[:1].clone()], everybody[:1], subject[:1])
    expect_close(found, 4.0, f"{what} the subject alone")


def loss_later(belief_loss) -> None:
    everybody, subject = labels(1)
    outputs = [everybody.clone(), subject.clone(), subject.clone()]
    what = "everybody in the first of three stages, the subject in the others"
    expect_close(belief_loss(outputs, everybody, subject), 0.0, what)
    outputs[1] = everybody.clone()
    what = "everybody in the second of three stages, too"
    expect_close(belief_loss(outputs, everybody, subject), 4.0, what)


def loss_gradient(belief_loss) -> None:
    everybody, subject = labels(2)
    errors = (6.0, -2.0, 4.0)
    sources = (everybody, subject, subject)
    outputs = [
        off_by(source, error)[0].requires_grad_()
        for source, error in zip(sources, errors, strict=True)
    ]
    loss = belief_loss(outputs, everybody, subject)
    if not (isinstance(loss, torch.Tensor) and loss.requires_grad):
        raise FormError(f"the loss must be a tensor with a gradient, got {loss!r}")
    expect_shape(loss, (), "the loss")
    loss.backward()
    for stage, (output, error) in enumerate(zip(outputs, errors, strict=True), 1):
        assert output.grad is not None, f"stage {stage} of 3 gets no gradient"
        want = torch.zeros_like(output)
        want[0, 2, 3, 1] = error / 2
        expect_close(output.grad, want, f"the gradient of stage {stage} of 3")


INPUTS, OUTPUTS = 48, 15  # of the paper's later stages


def numbers(kernel: int, width: int) -> int:
    """What a later stage of this kernel and width learns."""
    wide = kernel**2 * width * (INPUTS + 2 * width) + 3 * width
    return wide + width * (width + 1) + OUTPUTS * (width + 1)


def check_width(equal_budget, kernel: int, budget: int, want: int) -> None:
    """AssertionError when a stage of this kernel gets another width."""
    what = f"kernel {kernel}, {INPUTS} inputs, {OUTPUTS} outputs, budget {budget:,}"
    found = equal_budget(tensor([kernel]), INPUTS, OUTPUTS, budget)
    expect_close(found, [want], f"{what}: the width")


def budget_exact(equal_budget) -> None:
    for kernel, width in ((11, 128), (7, 64), (9, 32)):
        check_width(equal_budget, kernel, numbers(kernel, width), width)


def budget_over(equal_budget) -> None:
    for kernel, width in ((11, 64), (9, 32)):
        low, high = numbers(kernel, width), numbers(kernel, width + 1)
        check_width(equal_budget, kernel, low + 6 * (high - low) // 10, width)


def budget_last(equal_budget) -> None:
    for kernel, width in ((11, 37), (7, 53)):
        check_width(equal_budget, kernel, numbers(kernel, width), width)


def budget_narrow(equal_budget) -> None:
    for kernel, width in ((1, 40), (1, 127), (3, 150)):
        check_width(equal_budget, kernel, numbers(kernel, width), width)


def budget_biases(equal_budget) -> None:
    for kernel, width in ((1, 40), (3, 127), (11, 20)):
        check_width(equal_budget, kernel, numbers(kernel, width) - 1, width - 1)


def budget_none(equal_budget) -> None:
    check_width(equal_budget, 11, numbers(11, 1) - 1, 0)
    check_width(equal_budget, 5, numbers(5, 1), 1)


def budget_each(equal_budget) -> None:
    kernels, budget = [11, 1, 3, 11], numbers(11, 30)
    found = equal_budget(tensor(kernels), INPUTS, OUTPUTS, budget)
    want = [sum(numbers(k, w) <= budget for w in range(1, 900)) for k in kernels]
    expect_close(found, want, f"kernels {kernels}, budget {budget:,}")
