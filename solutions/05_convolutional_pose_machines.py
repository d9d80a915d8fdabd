"""Chapter 05, convolutional pose machines: answers, wrong ones, hidden cases."""

import torch
import torch.nn.functional as F
from torch import tensor

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch
from course_lib.exercises.ch05_net_cases import Chain

NO_HINTS = ("", "", "")  # of hidden cases; they `watch`, since no `check` does it


def receptive_field(layers):
    """Exercise 05.1: (field, stride) in px of layers [(kernel, stride), ...]."""
    field, step = 1, 1
    for kernel, stride in layers:
        field += (kernel - 1) * step
        step *= stride
    return field, step


def field_stride_first(layers):
    field, step = 1, 1
    for kernel, stride in layers:
        step *= stride
        field += (kernel - 1) * step
    return field, step


def field_from_first(layers):
    (field, step), rest = layers[0], layers[1:]
    more, stride = receptive_field(rest)
    return field + (more - 1) * step, step * stride


def belief_targets(joints, visible, size, stride, sigma):
    """Exercise 05.2: beliefs (K + 1, h, w) of joints (N, K, 2), background last."""
    y, x = (stride * torch.arange(n) + (stride - 1) / 2 for n in size)  # (h,), (w,)
    across = (x - joints[..., 0, None]).square()  # (N, K, w)
    down = (y - joints[..., 1, None]).square()  # (N, K, h)
    squared = down[..., :, None] + across[..., None, :]  # (N, K, h, w)
    bells = torch.exp(-squared / (2 * sigma**2))
    bells = bells * (bells >= 0.01) * (visible > 0)[..., None, None]
    maps = bells.sum(dim=0).clamp(max=1)  # (K, h, w)
    return torch.cat([maps, 1 - maps.amax(dim=0, keepdim=True)])


def drawn(joints, visible, size, stride, sigma, cut=0.01, shift=None):
    """The cut bells (N, K, h, w) of all people; shift: of the cell centres, px."""
    shift = (stride - 1) / 2 if shift is None else shift
    y, x = (stride * torch.arange(n) + shift for n in size)
    across = (x - joints[..., 0, None]).square()
    down = (y - joints[..., 1, None]).square()
    bells = torch.exp(-(down[..., :, None] + across[..., None, :]) / (2 * sigma**2))
    return bells * (bells >= cut) * (visible > 0)[..., None, None]


def finished(bells, bound=1):
    """Targets of bells (N, K, h, w), summed and clipped."""
    maps = bells.sum(dim=0).clamp(max=bound)
    return torch.cat([maps, 1 - maps.amax(dim=0, keepdim=True)])


def targets_cut_late(*given):
    maps = finished(drawn(*given, cut=0))[:-1]
    return finished((maps * (maps >= 0.01))[None])


def targets_background_of_sum(*given):
    maps = belief_targets(*given)[:-1]
    return torch.cat([maps, (1 - maps.sum(dim=0, keepdim=True)).clamp(min=0)])


def targets_stacked(joints, visible, *rest):
    people = zip(joints, visible, strict=True)
    return finished(torch.stack([drawn(*person, *rest) for person in people]))


def draws_a_crowd(answer):
    joints = (torch.arange(24.0) * 5 % 31).view(4, 3, 2)
    visible = tensor([[2, 1, 0], [0, 2, 2], [1, 1, 1], [0, 0, 0]])
    want = torch.zeros(4, 7, 10)
    for n, k, row, column in torch.cartesian_prod(*map(torch.arange, (4, 3, 7, 10))):
        cell = torch.stack([column, row]) * 3 + 1.0
        value = torch.exp(-(joints[n, k] - cell).square().sum() / (2 * 3.5**2))
        if value >= 0.01 and visible[n, k]:
            want[k, row, column] = min(1.0, want[k, row, column] + value)
    want[3] = 1 - want[:3].max(dim=0).values
    found = watch(answer)(joints, visible, (7, 10), 3, 3.5)
    expect_close(found, want, "four people")


def later_stage(feature_channels, belief_channels, width, kernel):
    """Exercise 05.3: features, beliefs and centre map -> beliefs (B, K + 1, h, w)."""
    inputs = feature_channels + belief_channels + 1

    class LaterStage(torch.nn.Module):
        def __init__(self):
            super().__init__()
            layers, kernels = [], [kernel, kernel, kernel, 1]
            for c_in, k in zip([inputs, width, width, width], kernels, strict=True):
                convolution = torch.nn.Conv2d(c_in, width, k, padding=k // 2)
                layers += [convolution, torch.nn.ReLU()]
            last = torch.nn.Conv2d(width, belief_channels, 1)
            self.layers = torch.nn.Sequential(*layers, last)

        def forward(self, features, beliefs, centre):
            return self.layers(torch.cat([features, beliefs, centre], dim=1))

    return LaterStage()


def stage_with(change):
    """A wrong answer: the right stage with its list of layers changed."""

    def answer(*sizes):
        net = later_stage(*sizes)
        net.layers = torch.nn.Sequential(*change(list(net.layers), *sizes))
        return net

    return answer


def stage_shown(change):
    """A wrong answer: the right stage, its three inputs changed first."""

    def answer(*sizes):
        net = later_stage(*sizes)
        net.register_forward_pre_hook(lambda _, given: change(*given))
        return net

    return answer


def narrow(layers, features, beliefs, width, kernel):
    fourth = torch.nn.Conv2d(width, width // 2, 1)
    last = torch.nn.Conv2d(width // 2, beliefs, 1)
    return [*layers[:6], fourth, torch.nn.ReLU(), last]


def stage_unpadded(*sizes):
    net = later_stage(*sizes)
    net.layers[2].padding = (0, 0)
    return net


def stage_without_bias(*sizes):
    net = later_stage(*sizes)
    for layer in net.layers[::2]:
        layer.bias = None
    return net


def belief_loss(outputs, everybody, subject):
    """Exercise 05.4: half the squared errors, summed over stages, mean over images."""
    targets = [everybody] + [subject] * (len(outputs) - 1)
    pairs = zip(outputs, targets, strict=True)
    return sum((o - t).square().sum() for o, t in pairs) / (2 * len(everybody))


def loss_of_last(outputs, everybody, subject):
    target = everybody if len(outputs) == 1 else subject
    return belief_loss(outputs[-1:], target, target)


def loss_cut_off(outputs, everybody, subject):
    earlier = [output.detach() for output in outputs[:-1]]
    return belief_loss([*earlier, outputs[-1]], everybody, subject)


def sums_four_stages(answer):
    everybody = torch.arange(3.0 * 4 * 5 * 2).cos().view(3, 4, 5, 2)
    subject = everybody.flip(0)
    outputs = [everybody + 1, subject - 2, subject + 3, subject.clone()]
    found = watch(answer)(outputs, everybody, subject)
    expect_close(found, 40 * (1 + 4 + 9) / 2, "four stages, off by 1, 2, 3 and 0")


def gradient_profile(net, images, targets, is_supervised):
    """Exercise 05.5: mean |gradient| of the weight of each convolution."""
    parts = [part for part in net.modules() if isinstance(part, torch.nn.Conv2d)]
    outputs = net(images) if is_supervised else net(images)[-1:]
    loss = sum((output - targets).square().sum() for output in outputs)
    weights = [part.weight for part in parts]
    gradients = torch.autograd.grad(loss, weights, allow_unused=True)
    means = [torch.zeros(()) if g is None else g.abs().mean() for g in gradients]
    return torch.stack(means)


def profile_of(size, unused=True):
    """A wrong answer: another size of a gradient; unused: whether None is allowed."""

    def answer(net, images, targets, is_supervised):
        parts = [part for part in net.modules() if isinstance(part, torch.nn.Conv2d)]
        outputs = net(images) if is_supervised else net(images)[-1:]
        loss = sum((output - targets).square().sum() for output in outputs)
        weights = [part.weight for part in parts]
        found = torch.autograd.grad(loss, weights, allow_unused=unused)
        return torch.stack([torch.zeros(()) if g is None else size(g) for g in found])

    return answer


def profile_stage_mean(net, images, targets, is_supervised):
    count = len(net(images)) if is_supervised else 1
    return gradient_profile(net, images, targets, is_supervised) / count


def profile_by_backward(net, images, targets, is_supervised):
    outputs = net(images) if is_supervised else net(images)[-1:]
    sum((output - targets).square().sum() for output in outputs).backward()
    parts = [part for part in net.modules() if isinstance(part, torch.nn.Conv2d)]
    gradients = [part.weight.grad for part in parts]
    return tensor([0.0 if g is None else g.abs().mean() for g in gradients])


def tells_a_vanishing_gradient(answer):
    weights, ones = tensor([0.1, -0.2, 0.3, 0.1, -0.5]), torch.ones(2, 1, 4, 5)
    squares = 2 * 40 * weights.cumprod(dim=0).square()
    later = squares.flip(0).cumsum(dim=0).flip(0)  # of this stage and those behind it
    for is_supervised, sums in ((True, later), (False, squares[-1].repeat(5))):
        net = Chain(tuple(weights.tolist()), (0, 1, 2, 3, 4))
        found = watch(answer)(net, ones, 0 * ones, is_supervised)
        what = f"five stages, is_supervised {is_supervised}"
        expect_close(found, sums / weights.abs(), what, tolerance=1e-9)


def multi_scale(net, images, scales):
    """Exercise 05.6: joints (B, K, 2) px, peaks of the maps summed over scales."""
    height, width = images.shape[-2:]
    total = 0.0
    for scale in scales:
        resized = F.interpolate(images, scale_factor=scale, mode="bilinear")
        maps = net(resized)[-1][:, :-1]  # (B, K, h, w)
        total = total + F.interpolate(maps, size=(height, width), mode="bilinear")
    index = total.flatten(-2).argmax(dim=-1)  # (B, K)
    return torch.stack([index % width, index // width], dim=-1).float()


def scale_grown(**grow):
    """A wrong answer: the maps grow to the images' size in another way."""

    def answer(net, images, scales):
        size = images.shape[-2:]
        grown = lambda x: [F.interpolate(net(x)[-1], size=size, **grow)]  # noqa: E731
        return multi_scale(grown, images, scales)

    return answer


def scale_last(net, images, scales):
    return [multi_scale(net, images, [scale]) for scale in scales][-1]


def scale_mean_place(net, images, scales):
    return sum(multi_scale(net, images, [s]) for s in scales) / len(scales)


def scale_highest(net, images, scales):
    size, seen = images.shape[-2:], []
    for scale in scales:
        maps = net(F.interpolate(images, scale_factor=scale, mode="bilinear"))[-1]
        seen.append(F.interpolate(maps, size=size, mode="bilinear"))
    return multi_scale(lambda _: [torch.stack(seen).amax(dim=0)], images, [1.0])


def sums_linear_maps(answer):
    def linear(count, length):  # weights by which `length` values become `count`
        places = (torch.arange(count).double() + 0.5) * length / count - 0.5
        away = places.clamp(0, length - 1)[:, None] - torch.arange(length)
        return (1 - away.abs()).clamp(min=0)

    images = (torch.arange(2.0 * 4 * 16 * 24).double() ** 1.3).sin().view(2, 4, 16, 24)
    found = watch(answer)(lambda x: [F.avg_pool2d(x, 2)], images, [0.5, 1.0, 1.5])
    total = 0.0
    for h, w in ((8, 12), (16, 24), (24, 36)):
        resized = linear(h, 16) @ images[:, :3] @ linear(w, 24).T
        maps = resized.unflatten(-1, (-1, 2)).unflatten(-3, (-1, 2)).mean(dim=(-3, -1))
        total = total + linear(16, h // 2) @ maps @ linear(24, w // 2).T
    index = total.flatten(-2).argmax(dim=-1)
    want = torch.stack([index % 24, index // 24], dim=-1)
    expect_close(found, want, "three scales of noise")


def equal_budget(kernels, inputs, outputs, budget):
    """Exercise 05.7: the greatest widths (n,) of later stages within the budget."""

    def count(kernel, n):
        wide = kernel**2 * n * (inputs + 2 * n) + 3 * n
        return wide + n * (n + 1) + outputs * (n + 1)

    widths = torch.zeros(len(kernels), dtype=torch.long)
    for place, kernel in enumerate(kernels.tolist()):
        while count(kernel, int(widths[place]) + 1) <= budget:
            widths[place] += 1
    return widths


def widths_by(fits):
    """A wrong answer: the greatest width for which fits(kernel, n, i, o, budget)."""

    def answer(kernels, inputs, outputs, budget):
        widths = torch.zeros(len(kernels), dtype=torch.long)
        for place, kernel in enumerate(kernels.tolist()):
            while fits(kernel, int(widths[place]) + 1, inputs, outputs, budget):
                widths[place] += 1
        return widths

    return answer


def learned(kernel, n, i, o):
    """The numbers that a later stage of width n learns."""
    return kernel**2 * n * (i + 2 * n) + n * (4 + n + o) + o


def widths_nearest(kernels, inputs, outputs, budget):
    found = equal_budget(kernels, inputs, outputs, budget)
    for place, (k, n) in enumerate(zip(kernels.tolist(), found.tolist(), strict=True)):
        above = learned(k, n + 1, inputs, outputs) - budget
        found[place] += above < budget - learned(k, n, inputs, outputs)
    return found


def spends_a_budget(answer):
    kernels = tensor([1, 3, 5, 7, 9, 11])
    found = watch(answer)(kernels, 25, 9, 60_000)
    factor, linear_part = 2 * kernels**2 + 1, 25 * kernels**2 + 13
    root = (linear_part**2 + 4.0 * factor * (60_000 - 9)).double().sqrt()
    want = ((root - linear_part) / (2 * factor)).floor()
    expect_close(found, want, "budget 60,000, 25 inputs, 9 outputs")


SOLUTIONS = [
    Solution(
        "05.1",
        "receptive_field",
        receptive_field,
        [
            Wrong(
                lambda x: (sum(k for k, _ in x), receptive_field(x)[1]), "kernel less 1"
            ),
            Wrong(
                lambda x: (receptive_field(x)[0], max([1, *(s for _, s in x)])),
                "strides multiply",
            ),
            Wrong(field_stride_first, "a layer's own stride"),
            Wrong(
                lambda x: (1 + sum(k - 1 for k, _ in x), receptive_field(x)[1]),
                "far apart",
            ),
            Wrong(
                lambda x: receptive_field([(1 if k == s else k, s) for k, s in x]),
                "pools look, too",
            ),
            Wrong(field_from_first, "no layer"),
        ],
        points=2,
    ),
    Solution(
        "05.2",
        "belief_targets",
        belief_targets,
        [
            Wrong(lambda *a: belief_targets(*a)[:-1], "one channel more"),
            Wrong(lambda *a: belief_targets(*a).roll(1, dims=0), "one channel more"),
            Wrong(lambda j, *a: belief_targets(j.flip(-1), *a), "x goes to the right"),
            Wrong(lambda *a: finished(drawn(*a, shift=0)), "centres of cells"),
            Wrong(lambda *a: finished(drawn(*a, shift=a[3] / 2)), "centres of cells"),
            Wrong(lambda *a: belief_targets(*a[:4], a[4] * a[3]), "sigma in pixels"),
            Wrong(lambda *a: belief_targets(*a[:4], a[4] / 2**0.5), "sigma in pixels"),
            Wrong(lambda *a: finished(drawn(*a, cut=0)), "below one percent"),
            Wrong(lambda *a: finished(drawn(*a).amax(dim=0)[None]), "two people"),
            Wrong(lambda *a: finished(drawn(*a), bound=9), "never above 1"),
            Wrong(targets_cut_late, "each bell for itself"),
            Wrong(targets_background_of_sum, "the background"),
            Wrong(lambda j, v, *a: belief_targets(j, v + 1, *a), "labels"),
            Wrong(lambda j, v, *a: belief_targets(j, v == 2, *a), "labels"),
            Wrong(targets_stacked, "nobody"),
        ],
        points=4,
        hidden=[Case("a crowd", draws_a_crowd, NO_HINTS)],
    ),
    Solution(
        "05.3",
        "later_stage",
        later_stage,
        [
            Wrong(stage_unpadded, "height and width stay"),
            Wrong(stage_shown(lambda f, b, c: (f, b, 0 * c)), "three inputs"),
            Wrong(stage_shown(lambda f, b, c: (0 * f, b, c)), "three inputs"),
            Wrong(stage_with(lambda x, *_: [*x[:4], *x[6:]]), "five kernels"),
            Wrong(stage_with(narrow), "as wide as asked"),
            Wrong(stage_with(lambda x, *_: x[::2]), "ReLU between them"),
            Wrong(stage_with(lambda x, *_: [*x, torch.nn.ReLU()]), "bare beliefs"),
            Wrong(stage_shown(lambda f, b, c: (f, b.detach(), c)), "the way back"),
            Wrong(stage_without_bias, "numbers to learn"),
        ],
        points=5,
    ),
    Solution(
        "05.4",
        "belief_loss",
        belief_loss,
        [
            Wrong(
                lambda o, e, s: belief_loss(o, e, s) / e[0].numel(),
                "half of the squares",
            ),
            Wrong(lambda *a: 2 * belief_loss(*a), "half of the squares"),
            Wrong(lambda o, e, s: belief_loss(o, e, s) * len(e), "a mean of images"),
            Wrong(loss_of_last, "every stage"),
            Wrong(lambda o, e, s: belief_loss(o, e, s) / len(o), "a sum over stages"),
            Wrong(lambda o, e, s: belief_loss(o, s, s), "the first stage"),
            Wrong(lambda o, e, s: belief_loss(o, e, e), "the later stages"),
            Wrong(loss_cut_off, "what each stage learns"),
        ],
        points=3,
        hidden=[Case("four stages", sums_four_stages, NO_HINTS)],
    ),
    Solution(
        "05.5",
        "gradient_profile",
        gradient_profile,
        [
            Wrong(
                lambda n, x, t, s: gradient_profile(n, x, t, s) / t.numel(),
                "squares, summed",
            ),
            Wrong(profile_of(lambda g: g.mean().abs()), "without a sign"),
            Wrong(profile_of(torch.norm), "without a sign"),
            Wrong(lambda *a: gradient_profile(*a).flip(0), "from the start"),
            Wrong(lambda *a: gradient_profile(*a[:3], True), "the last stage alone"),
            Wrong(lambda *a: gradient_profile(*a[:3], False), "all stages"),
            Wrong(profile_stage_mean, "all stages"),
            Wrong(profile_of(lambda g: g.abs().mean(), unused=False), "an idle one"),
            Wrong(profile_by_backward, "no traces"),
        ],
        points=5,
        hidden=[Case("five stages", tells_a_vanishing_gradient, NO_HINTS)],
    ),
    Solution(
        "05.6",
        "multi_scale",
        multi_scale,
        [
            Wrong(lambda *a: multi_scale(*a).flip(-1), "x before y"),
            Wrong(
                lambda net, *a: multi_scale(lambda x: [net(x)[-1].roll(-1, 1)], *a),
                "no background",
            ),
            Wrong(
                lambda net, *a: multi_scale(lambda x: net(x)[:1], *a), "the last stage"
            ),
            Wrong(scale_grown(mode="nearest"), "back to pixels"),
            Wrong(scale_grown(mode="bilinear", align_corners=True), "back to pixels"),
            Wrong(lambda net, x, s: multi_scale(lambda _: net(x), x, s), "other sizes"),
            Wrong(scale_mean_place, "one peak for all"),
            Wrong(scale_last, "every scale counts"),
            Wrong(scale_highest, "a sum, not the highest"),
        ],
        points=5,
        hidden=[Case("noise", sums_linear_maps, NO_HINTS)],
    ),
    Solution(
        "05.7",
        "equal_budget",
        equal_budget,
        [
            Wrong(
                widths_by(lambda k, n, i, o, b: (3 * k**2 + 1) * i * n <= b), "counted"
            ),
            Wrong(widths_nearest, "not above the budget"),
            Wrong(lambda *a: equal_budget(*a) // 8 * 8, "to the last channel"),
            Wrong(
                widths_by(lambda k, n, i, o, b: learned(k, n, i, o) <= b + n * (n + o)),
                "five convolutions",
            ),
            Wrong(
                widths_by(lambda k, n, i, o, b: learned(k, n, i, o) <= b + 4 * n + o),
                "biases",
            ),
            Wrong(lambda *a: equal_budget(*a).clamp(min=1), "too small a budget"),
            Wrong(lambda k, *a: equal_budget(k[:1], *a).expand(len(k)), "each kernel"),
        ],
        points=4,
        hidden=[Case("a budget", spends_a_budget, NO_HINTS)],
    ),
]
