"""Chapter 04, stacked hourglass: reference answers, wrong ones, hidden cases."""

import torch
from torch import tensor

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch

NO_HINTS = ("", "", "")  # of hidden cases; they `watch`, since no `check` does it


def bottleneck(channels_in, channels_out):
    """Exercise 04.1: (B, channels_in, h, w) -> (B, channels_out, h, w)."""
    middle = channels_out // 2
    sizes = [(channels_in, middle, 1), (middle, middle, 3), (middle, channels_out, 1)]

    class Bottleneck(torch.nn.Module):
        def __init__(self):
            super().__init__()
            layers = []
            for c_in, c_out, kernel in sizes:
                convolution = torch.nn.Conv2d(c_in, c_out, kernel, padding=kernel // 2)
                layers += [torch.nn.BatchNorm2d(c_in), torch.nn.ReLU(), convolution]
            self.branch = torch.nn.Sequential(*layers)
            self.skip = torch.nn.Identity()
            if channels_in != channels_out:
                self.skip = torch.nn.Conv2d(channels_in, channels_out, 1)

        def forward(self, x):
            return self.skip(x) + self.branch(x)

    return Bottleneck()


def bottleneck_unpadded(channels_in, channels_out):
    net = bottleneck(channels_in, channels_out)
    net.branch[5].padding = (0, 0)
    return net


def bottleneck_projects(channels_in, channels_out):
    skip = torch.nn.Conv2d(channels_in, channels_out, 1)
    return with_part(bottleneck(channels_in, channels_out), "skip", skip)


def bottleneck_basic(channels_in, channels_out):
    first = torch.nn.Conv2d(channels_in, channels_out, 3, padding=1)
    last = torch.nn.Conv2d(channels_out, channels_out, 3, padding=1)
    branch = torch.nn.Sequential(first, torch.nn.ReLU(), last)
    return with_part(bottleneck(channels_in, channels_out), "branch", branch)


def bottleneck_half_input(channels_in, channels_out):
    net = bottleneck(channels_in, channels_out)
    last = torch.nn.Conv2d(channels_in // 2, channels_out, 1)
    before = bottleneck(channels_in, channels_in).branch[:8]
    net.branch = torch.nn.Sequential(*before, last)
    return net


def bottleneck_post(channels_in, channels_out):
    net = bottleneck(channels_in, channels_out)
    layers = *net.branch[2:], torch.nn.BatchNorm2d(channels_out)
    net.branch = torch.nn.Sequential(*layers)
    return net


def bottleneck_relu_last(channels_in, channels_out):
    return torch.nn.Sequential(bottleneck(channels_in, channels_out), torch.nn.ReLU())


def bottleneck_norm_on_skip(channels_in, channels_out):
    net = bottleneck(channels_in, channels_out)
    if channels_in != channels_out:
        net.skip = torch.nn.Sequential(net.skip, torch.nn.BatchNorm2d(channels_out))
    return net


def bottleneck_without_bias(channels_in, channels_out):
    net = bottleneck(channels_in, channels_out)
    for place in (2, 5, 8):
        net.branch[place].bias = None
    return net


def flip_average(net, images, permutation):
    """Exercise 04.2: maps (B, K, h, w) of the last stack, both views averaged."""
    return (net(images)[-1] + net(images.flip(-1))[-1].flip(-1)[:, permutation]) / 2


def flip_sum(net, images, permutation):
    return 2 * flip_average(net, images, permutation)


def flip_of_maps(net, images, permutation):
    return flip_average(lambda _: net(images), images, permutation)


def flip_first_stack(net, images, permutation):
    return flip_average(lambda x: net(x)[:1], images, permutation)


def flip_not_back(net, images, permutation):
    return (net(images)[-1] + net(images.flip(-1))[-1][:, permutation]) / 2


def flip_rolled(net, images, permutation):
    mirrored = net(images.flip(-1))[-1].flip(-1)[:, permutation].roll(1, dims=-1)
    return (net(images)[-1] + mirrored) / 2


def flip_same_sides(net, images, permutation):
    return flip_average(net, images, slice(None))


def is_the_same_in_a_mirror(answer):
    answer, order = watch(answer), [1, 0, 2]
    images = torch.arange(2.0 * 3 * 6 * 10).sin().view(2, 3, 6, 10)
    net = lambda x: [x[..., ::2], x.cumsum(dim=-1)]  # noqa: E731
    found = answer(net, images, order)
    again = answer(net, images.flip(-1), order)
    expect_close(again, found.flip(-1)[:, order], "the mirrored images")
    from_right = images.sum(dim=-1, keepdim=True) + images - images.cumsum(dim=-1)
    want = (images.cumsum(dim=-1) + from_right[:, order]) / 2
    expect_close(found, want, "a net that adds up columns")


def presence(heatmaps, labelled):
    """Exercise 04.3: area under the ROC curve of the peak height, 0 to 1, or NaN."""
    scores = heatmaps.amax(dim=(-2, -1))  # (N, K)
    there, absent = scores[labelled][:, None], scores[~labelled]
    wins = (there > absent).double() + 0.5 * (there == absent)  # one for each pair
    return wins.mean()  # NaN where there is no pair


def presence_negated(heatmaps, labelled):
    return presence(heatmaps, ~labelled)


def presence_accuracy(heatmaps, labelled):
    return ((heatmaps.amax(dim=(-2, -1)) > 0.5) == labelled).double().mean()


def presence_of_mean(heatmaps, labelled):
    return presence(heatmaps.mean(dim=(-2, -1), keepdim=True), labelled)


def presence_by_joint(heatmaps, labelled):
    joints = zip(heatmaps.split(1, dim=1), labelled.split(1, dim=1), strict=True)
    return torch.tensor([float(presence(*joint)) for joint in joints]).mean()


def presence_ties_lost(heatmaps, labelled):
    scores = heatmaps.amax(dim=(-2, -1))
    return (scores[labelled][:, None] > scores[~labelled]).double().mean()


def presence_ties_won(heatmaps, labelled):
    return 1 - presence_ties_lost(heatmaps, ~labelled)


def presence_of_nothing(heatmaps, labelled):
    return torch.as_tensor(presence(heatmaps, labelled)).nan_to_num(0.5)


def ranks_every_pair(answer):
    heights = (torch.arange(60) * 7 % 23).double().view(20, 3) / 10 - 1  # some equal
    labelled = torch.arange(60).view(20, 3) % 4 != 1
    widths = torch.arange(6.0).view(2, 3) * (1 + labelled[..., None, None])
    absent, there = heights[~labelled].sort().values, heights[labelled]
    ranks = [torch.searchsorted(absent, there, right=end) for end in (False, True)]
    want = sum(ranks).double().mean() / (2 * len(absent))
    found = watch(answer)(heights[..., None, None] - widths, labelled)
    expect_close(found, want, "60 joints")


def nested(depth, channels, make):
    """Exercise 04.4: halves its maps `depth` times; depth 0 is one module."""
    if depth == 0:
        return make(channels)

    class Level(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.skip, self.first, self.last = (make(channels) for _ in range(3))
            self.middle = nested(depth - 1, channels, make)
            self.pool = torch.nn.MaxPool2d(2)
            self.up = torch.nn.Upsample(scale_factor=2, mode="nearest")

        def forward(self, z):
            low = self.last(self.middle(self.first(self.pool(z))))
            return self.skip(z) + self.up(low)

    return Level()


def with_part(net, name, part):
    """The net with this part in place of all that have the name."""
    for level in list(net.modules()):
        if hasattr(level, name):
            setattr(level, name, part)
    return net


def nested_shallow(depth, channels, make):
    return nested(max(1, depth - 1), channels, make)


def nested_joined(depth, channels, make):
    net = nested(depth, channels, make)
    net.register_forward_hook(lambda _, given, made: torch.cat([*given, made], dim=1))
    return net


def nested_without_skip(depth, channels, make):
    zero = torch.nn.Threshold(float("inf"), 0.0)
    return with_part(nested(depth, channels, make), "skip", zero)


def nested_bare_skip(depth, channels, make):
    return with_part(nested(depth, channels, make), "skip", torch.nn.Identity())


def nested_averages(depth, channels, make):
    return with_part(nested(depth, channels, make), "pool", torch.nn.AvgPool2d(2))


def nested_bilinear(depth, channels, make):
    up = torch.nn.Upsample(scale_factor=2, mode="bilinear")
    return with_part(nested(depth, channels, make), "up", up)


def nested_shared(depth, channels, make):
    parts = iter([make(channels) for _ in range(4)] * depth)
    return nested(depth, channels, lambda _: next(parts))


def nested_in_a_list(depth, channels, make):
    parts, net = [nested(depth, channels, make)], torch.nn.Identity()
    net.register_forward_hook(lambda *given: parts[0](given[2]))
    return net


def reinject(stream, features, heatmaps, from_features, from_heatmaps):
    """Exercise 04.5: the next stack's input (B, C, h, w)."""
    return stream + from_features(features) + from_heatmaps(heatmaps)


def reinject_new_stream(stream, features, heatmaps, from_features, from_heatmaps):
    return from_features(features) + from_heatmaps(heatmaps)


def reinject_maps_only(stream, features, heatmaps, from_features, from_heatmaps):
    return stream + from_heatmaps(heatmaps)


def reinject_features_only(stream, features, heatmaps, from_features, from_heatmaps):
    return stream + from_features(features)


def reinject_detached(stream, features, heatmaps, from_features, from_heatmaps):
    return stream + from_features(features) + from_heatmaps(heatmaps.detach())


def reinject_in_place(stream, features, heatmaps, from_features, from_heatmaps):
    stream.data += from_features(features) + from_heatmaps(heatmaps)
    return stream


def adds_three_terms(answer):
    stream, features, heatmaps = torch.arange(3 * 24.0).cos().view(3, 1, 4, 2, 3)
    found = watch(answer)(stream, features, heatmaps, torch.neg, torch.square)
    expect_close(found, stream - features + heatmaps**2, "-u and H^2")


def stacked_loss(outputs, targets):
    """Exercise 04.6: sum over the stacks of the mean squared difference."""
    return sum((output - targets).square().mean() for output in outputs)


def loss_per_map(outputs, targets):
    return stacked_loss(outputs, targets) * targets[0, 0].numel()


def loss_of_last(outputs, targets):
    return stacked_loss(outputs[-1:], targets)


def loss_mean(outputs, targets):
    return stacked_loss(outputs, targets) / len(outputs)


def loss_masked(outputs, targets):
    has_label = targets.amax(dim=(-2, -1)) > 0
    return stacked_loss([output[has_label] for output in outputs], targets[has_label])


def loss_cut_off(outputs, targets):
    earlier = [output.detach() for output in outputs[:-1]]
    return stacked_loss([*earlier, outputs[-1]], targets)


def sums_five_stacks(answer):
    targets = torch.arange(2.0 * 4 * 5 * 3).cos().view(2, 4, 5, 3)
    targets[0, 2] = 0.0
    outputs = [targets + n for n in range(5)]  # means 0, 1, 4, 9 and 16
    outputs[1][0, 2] += 1.0  # 4 in one map of eight, where there was 1
    expect_close(watch(answer)(outputs, targets), 30.375, "five stacks, off by 0 to 4")


def swapped(pred, truth, visible, pairs, limit):
    """Exercise 04.7: share of the joints of pairs that lie on their partner, or NaN."""
    own, other = [a for p in pairs for a in p], [a for p in pairs for a in p[::-1]]
    counts = (visible[:, own] > 0) & (visible[:, other] > 0)  # (N, 2 P)
    counts &= (truth[:, own] - truth[:, other]).norm(dim=-1) > limit
    far = (pred[:, own] - truth[:, own]).norm(dim=-1) > limit
    near = (pred[:, own] - truth[:, other]).norm(dim=-1) < limit
    return (far & near)[counts].double().mean()  # NaN where nothing counts


def distances(pred, truth, visible, pairs):
    """To the own truth and the partner's, and whether both are labelled; (N, 2 P)."""
    own, other = [a for p in pairs for a in p], [a for p in pairs for a in p[::-1]]
    to_own = (pred[:, own] - truth[:, own]).norm(dim=-1)
    to_other = (pred[:, own] - truth[:, other]).norm(dim=-1)
    return to_own, to_other, (visible[:, own] > 0) & (visible[:, other] > 0)


def swapped_not(pred, truth, visible, pairs, limit):
    return 1 - swapped(pred, truth, visible, pairs, limit)


def swapped_far(pred, truth, visible, pairs, limit):
    to_own, _, counts = distances(pred, truth, visible, pairs)
    return (to_own > limit)[counts].double().mean()


def swapped_nearest(pred, truth, visible, pairs, limit):
    to_own, to_other, counts = distances(pred, truth, visible, pairs)
    return (to_other < to_own)[counts].double().mean()


def swapped_close(pred, truth, visible, pairs, limit):
    to_own, to_other, counts = distances(pred, truth, visible, pairs)
    return ((to_own > limit) & (to_other < limit))[counts].double().mean()


def swapped_towards(pred, truth, visible, pairs, limit):
    to_own, to_other, counts = distances(pred, truth, visible, pairs)
    return ((to_own > limit) & (to_other < to_own))[counts].double().mean()


def swapped_in_pairs(pred, truth, visible, pairs, limit):
    to_own, to_other, counts = distances(pred, truth, visible, pairs)
    both = ((to_own > limit) & (to_other < limit)).unflatten(1, (-1, 2)).all(dim=-1)
    return both.repeat_interleave(2, dim=1)[counts].double().mean()


def swapped_of_all(pred, truth, visible, pairs, limit):
    counts = distances(pred, truth, visible, pairs)[2].sum()
    return swapped(pred, truth, visible, pairs, limit) * counts / (visible > 0).sum()


def swapped_own_label(pred, truth, visible, pairs, limit):
    to_own, to_other, _ = distances(pred, truth, visible, pairs)
    is_swapped = (to_own > limit) & (to_other < limit)
    is_labelled = visible[:, [joint for pair in pairs for joint in pair]] > 0
    return is_swapped[is_labelled].double().mean()


def swapped_by_person(pred, truth, visible, pairs, limit):
    people = zip(*(x[:, None] for x in (pred, truth, visible)), strict=True)
    return torch.stack([swapped(*person, pairs, limit) for person in people]).nanmean()


def swapped_of_nothing(pred, truth, visible, pairs, limit):
    return swapped(pred, truth, visible, pairs, limit).nan_to_num(0)


def counts_swaps_of_a_crowd(answer):
    truth = 50 * torch.arange(12.0).view(1, 6, 2).repeat(4, 1, 1)
    visible = tensor([[2, 2, 1, 1, 2, 0], [2, 0, 2, 2, 2, 2], [1] * 6, [0] * 6])
    pred = truth[:, [0, 4, 2, 3, 1, 5]]  # 1 and 4 exchanged
    pred[0, 2] += tensor([60.0, 80.0])  # (40, 20) from its partner
    pred[1, 0] += 300.0  # nearer to its partner, but 283 px from it
    found = watch(answer)(pred, truth, visible, [(1, 4), (3, 2), (5, 0)], 45.0)
    expect_close(found, 5 / 14, "four people, limit 45")  # labelled pairs: 2, 2, 3, 0


SOLUTIONS = [
    Solution(
        "04.1",
        "bottleneck",
        bottleneck,
        [
            Wrong(bottleneck_unpadded, "height and width stay"),
            Wrong(bottleneck_projects, "nothing on the skip"),
            Wrong(bottleneck_basic, "1, 3, 1"),
            Wrong(bottleneck_half_input, "half as wide"),
            Wrong(bottleneck_post, "before each convolution"),
            Wrong(bottleneck_relu_last, "nothing behind the sum"),
            Wrong(bottleneck_norm_on_skip, "a bare convolution"),
            Wrong(bottleneck_without_bias, "numbers to learn"),
        ],
        points=4,
    ),
    Solution(
        "04.2",
        "flip_average",
        flip_average,
        [
            Wrong(flip_sum, "half of each"),
            Wrong(flip_of_maps, "the mirror image"),
            Wrong(flip_first_stack, "the last stack"),
            Wrong(flip_not_back, "turned back"),
            Wrong(flip_rolled, "cell for cell"),
            Wrong(flip_same_sides, "left and right"),
        ],
        points=3,
        hidden=[Case("in a mirror", is_the_same_in_a_mirror, NO_HINTS)],
    ),
    Solution(
        "04.3",
        "presence",
        presence,
        [
            Wrong(presence_negated, "the right way round"),
            Wrong(presence_accuracy, "every pair counts once"),
            Wrong(presence_of_mean, "the height of the peak"),
            Wrong(presence_by_joint, "all joints together"),
            Wrong(presence_ties_lost, "a draw"),
            Wrong(presence_ties_won, "a draw"),
            Wrong(presence_of_nothing, "only one kind"),
        ],
        points=4,
        hidden=[Case("every pair", ranks_every_pair, NO_HINTS)],
    ),
    Solution(
        "04.4",
        "nested",
        nested,
        [
            Wrong(nested_joined, "the same shape"),
            Wrong(nested_shallow, "the lowest resolution"),
            Wrong(nested_without_skip, "the skip branch"),
            Wrong(nested_bare_skip, "where the modules work"),
            Wrong(nested_averages, "how a map is halved"),
            Wrong(nested_bilinear, "how a map is doubled"),
            Wrong(nested_shared, "a module for every place"),
            Wrong(nested_in_a_list, "all of it learns"),
        ],
        points=6,
    ),
    Solution(
        "04.5",
        "reinject",
        reinject,
        [
            Wrong(reinject_new_stream, "the stream goes on"),
            Wrong(reinject_maps_only, "the features"),
            Wrong(reinject_features_only, "the predictions"),
            Wrong(reinject_detached, "the way back"),
            Wrong(reinject_in_place, "the inputs stay as they are"),
        ],
        points=2,
        hidden=[Case("three terms", adds_three_terms, NO_HINTS)],
    ),
    Solution(
        "04.6",
        "stacked_loss",
        stacked_loss,
        [
            Wrong(loss_per_map, "the mean of the squares"),
            Wrong(loss_of_last, "every stack"),
            Wrong(loss_mean, "a sum over the stacks"),
            Wrong(loss_masked, "a joint without a label"),
            Wrong(loss_cut_off, "what each stack learns"),
        ],
        points=3,
        hidden=[Case("five stacks", sums_five_stacks, NO_HINTS)],
    ),
    Solution(
        "04.7",
        "swapped",
        swapped,
        [
            Wrong(swapped_not, "left is right and right is left"),
            Wrong(swapped_far, "a miss is no swap"),
            Wrong(swapped_nearest, "crossed wrists"),
            Wrong(swapped_close, "a pair in one place"),
            Wrong(swapped_towards, "nearer is not near"),
            Wrong(swapped_in_pairs, "each joint for itself"),
            Wrong(swapped_of_all, "a joint without a partner"),
            Wrong(swapped_own_label, "labels on both sides"),
            Wrong(swapped_by_person, "people with different numbers of labels"),
            Wrong(swapped_of_nothing, "no pair at all"),
        ],
        points=4,
        hidden=[Case("a crowd", counts_swaps_of_a_crowd, NO_HINTS)],
    ),
]
