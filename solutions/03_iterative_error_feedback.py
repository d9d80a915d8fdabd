"""Chapter 03, error feedback: reference answers, wrong ones, hidden cases, points."""

import math

import torch
from torch import tensor

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch

NO_HINTS = ("", "", "")  # hidden cases are for grading
# They watch the answer themselves: a graded cell calls them without `check`.


def bounded_correction(target, current, limit):
    """Exercise 03.1: (..., K, 2) in px, each at most `limit` long."""
    gap = target - current
    length = gap.norm(dim=-1, keepdim=True)
    return gap * (limit / length.clamp(min=1e-9)).clamp(max=1)


def bounded_reversed(target, current, limit):
    return bounded_correction(current, target, limit)


def bounded_always(target, current, limit):
    gap = target - current
    return limit * gap / gap.norm(dim=-1, keepdim=True).clamp(min=1e-9)


def bounded_never(target, current, limit):
    return target - current


def bounded_coordinates(target, current, limit):
    return (target - current).clamp(-limit, limit)


def bounded_whole_pose(target, current, limit):
    gap = target - current
    length = gap.norm(dim=(-2, -1), keepdim=True)
    return gap * (limit / length.clamp(min=1e-9)).clamp(max=1)


def bounded_dim_one(target, current, limit):
    gap = target - current
    return gap * (limit / gap.norm(dim=1, keepdim=True).clamp(min=1e-9)).clamp(max=1)


def bounded_nan(target, current, limit):
    length = (target - current).norm(dim=-1, keepdim=True)
    return (target - current) / length * length.clamp(max=limit)


def bounded_in_place(target, current, limit):
    target -= current
    return bounded_correction(target, torch.zeros_like(target), limit)


def bounds_all_around(answer):
    angles, lengths = torch.arange(12.0) * math.pi / 6, torch.arange(12.0) / 8
    ways = torch.stack([angles.cos(), angles.sin()], dim=-1)
    current = torch.arange(24.0).view(2, 6, 2)
    target = current + (lengths[:, None] * ways).view(2, 6, 2)
    want = (lengths.clamp(max=0.75)[:, None] * ways).view(2, 6, 2)
    found = watch(answer)(target, current, 0.75)
    expect_close(found, want, "twelve directions, limit 0.75")


def render_pose(joints, size, std):
    """Exercise 03.2: maps (B, K, h, w), 1 on the joint and -1 far from it."""
    rows, columns = map(torch.arange, size)
    across = (columns.to(joints) - joints[..., 0, None]).square()  # (B, K, w)
    down = (rows.to(joints) - joints[..., 1, None]).square()  # (B, K, h)
    distance = down[..., :, None] + across[..., None, :]  # squared, (B, K, h, w)
    return 2 * torch.exp(-distance / (2 * std**2)) - 1


def render_zero_to_one(joints, size, std):
    return (render_pose(joints, size, std) + 1) / 2


def render_swapped(joints, size, std):
    return render_pose(joints.flip(-1), size, std)


def render_std_as_sigma(joints, size, std):
    return render_pose(joints, size, (2 * std) ** -0.5)  # exp(-std d^2)


def render_std_not_squared(joints, size, std):
    return render_pose(joints, size, std**0.5)


def render_square(joints, size, std):
    across = render_pose(joints * tensor([1, 0]), (1, size[1]), std)
    down = render_pose(joints * tensor([0, 1]), (size[0], 1), std)
    return torch.minimum(across, down)  # the larger of both distances


def render_rounded(joints, size, std):
    return render_pose(joints.round(), size, std)


def render_clamped(joints, size, std):
    last = tensor([size[1] - 1.0, size[0] - 1.0])
    return render_pose(joints.clamp(min=tensor(0.0)).minimum(last), size, std)


def render_together(joints, size, std):
    maps = render_pose(joints, size, std)
    return maps.amax(dim=1, keepdim=True).expand_as(maps)


def renders_a_grid(answer):
    joints = tensor([[[0.5, 0.0], [-1.0, 2.0]], [[7.0, 1.25], [2.0, 9.0]]])
    rows, columns = torch.meshgrid(torch.arange(3), torch.arange(8), indexing="ij")
    gaps = torch.stack([columns, rows], dim=-1) - joints[:, :, None, None]
    want = 2 * torch.exp(-gaps.square().sum(dim=-1) / 4.5) - 1
    expect_close(watch(answer)(joints, (3, 8), 1.5), want, "four joints, std 1.5")


def fixed_path(start, target, limit, steps):
    """Exercise 03.3: poses (steps + 1, K, 2) and corrections (steps, K, 2)."""
    poses, corrections = [start], []
    for _ in range(steps):
        gap = target - poses[-1]
        length = gap.norm(dim=-1, keepdim=True)
        corrections.append(gap * (limit / length.clamp(min=1e-9)).clamp(max=1))
        poses.append(poses[-1] + corrections[-1])
    return torch.stack(poses), torch.stack(corrections)


def path_of(correct, start, steps):
    """The path whose corrections, of the pose so far and the step, are `correct`."""
    poses, corrections = [start], []
    for t in range(steps):
        corrections.append(correct(poses[-1], t))
        poses.append(poses[-1] + corrections[-1])
    return torch.stack(poses), torch.stack(corrections)


def path_without_last(start, target, limit, steps):
    poses, corrections = fixed_path(start, target, limit, steps)
    return poses[:-1], corrections


def path_one_tensor(start, target, limit, steps):
    poses, corrections = fixed_path(start, target, limit, steps)
    return poses[-1:].expand_as(poses), corrections


def path_equal_parts(start, target, limit, steps):
    return path_of(lambda *_: (target - start) / steps, start, steps)


def path_nan(start, target, limit, steps):
    return path_of(lambda pose, _: bounded_nan(target, pose, limit), start, steps)


def path_from_start(start, target, limit, steps):
    first = bounded_correction(target, start, limit)
    return path_of(lambda *_: first, start, steps)


def path_overshoots(start, target, limit, steps):
    return path_of(lambda pose, _: bounded_always(target, pose, limit), start, steps)


def path_whole_pose(start, target, limit, steps):
    return path_of(lambda p, _: bounded_whole_pose(target, p, limit), start, steps)


def walks_in_closed_form(answer):
    start = tensor([[0.0, 0.0], [9.0, -3.0], [5.0, 5.0], [-2.0, 8.0]])
    ways = tensor([[0.6, 0.8], [-0.8, 0.6], [1.0, 0.0], [0.0, -1.0]])
    lengths = tensor([12.0, 4.0, 0.0, 6.5])
    poses, corrections = watch(answer)(start, start + lengths[:, None] * ways, 2.5, 4)
    covered = torch.minimum(2.5 * torch.arange(5.0)[:, None], lengths)  # (5, 4)
    want = start + covered[..., None] * ways
    expect_close(poses, want, "four joints, limit 2.5, the poses")
    expect_close(corrections, want.diff(dim=0), "four joints, the corrections")


def reachable(start, target, visible, limit, steps):
    """Exercise 03.4: share of the labelled joints within limit * steps of `start`."""
    is_reachable = (target - start).norm(dim=-1) <= limit * steps
    labelled = visible > 0
    return (is_reachable & labelled).sum() / labelled.sum()


def reach_start_of_person(start, target, visible, limit, steps):
    return reachable(start[:, None], target, visible, limit, steps)


def reach_one_step(start, target, visible, limit, steps):
    return reachable(start, target, visible, limit, 1)


def reach_coordinates(start, target, visible, limit, steps):
    inside = ((target - start).abs() <= limit * steps).all(dim=-1)
    return inside[visible > 0].float().mean()


def reach_below(start, target, visible, limit, steps):
    return reachable(start, target, visible, limit * (1 - 1e-6), steps)


def reach_of_everything(start, target, visible, limit, steps):
    return reachable(start, target, visible * 0 + 1, limit, steps)


def reach_by_person(start, target, visible, limit, steps):
    people = zip(target[:, None], visible[:, None], strict=True)
    shares = [reachable(start, *person, limit, steps) for person in people]
    return torch.stack(shares).mean()


def counts_fourteen_joints(answer):
    gaps = torch.arange(14.0)[:, None] * tensor([0.6, -0.8])  # 0 to 13 px
    start = torch.arange(28.0).view(14, 2)
    target = start + torch.stack([gaps, 2 * gaps, 10 * gaps])
    visible = torch.arange(42).view(3, 14) % 3  # 28 of 42 are labelled
    found = watch(answer)(start, target, visible, 2.6, 2)  # up to 5, 2 and 0
    expect_close(found, (4 + 2 + 1) / 28, "three people, limit 2.6, two steps")


def ief_predict(net, images, start, limit, steps, render):
    """Exercise 03.5: list of steps + 1 poses (B, K, 2), the start first."""
    poses = [start.expand(len(images), -1, -1)]
    for _ in range(steps):
        x = torch.cat([images, render(poses[-1])], dim=1)  # (B, 3 + K, h, w)
        poses.append(poses[-1] + limit * net(x).detach())  # torch.no_grad() is as good
    return poses


def predict_maps_first(net, images, start, limit, steps, render):
    turned = lambda x: net(x.roll(-3, dims=1))  # noqa: E731
    return ief_predict(turned, images, start, limit, steps, render)


def predict_without_start(net, images, start, limit, steps, render):
    return ief_predict(net, images, start, limit, steps, render)[1:]


def predict_one_tensor(net, images, start, limit, steps, render):
    poses = ief_predict(net, images, start, limit, steps, render)
    return poses[-1:] * len(poses)


def predict_in_units(net, images, start, limit, steps, render):
    return ief_predict(net, images, start, 1.0, steps, render)


def predict_from_start(net, images, start, limit, steps, render):
    poses = torch.stack(ief_predict(net, images, start, limit, steps, render))
    return [poses[0], *(poses[0] + poses.diff(dim=0))]


def predict_stale(net, images, start, limit, steps, render):
    maps = render(start.expand(len(images), -1, -1))
    return ief_predict(net, images, start, limit, steps, lambda _: maps)


def predict_clamped(net, images, start, limit, steps, render):
    clamped = lambda x: net(x).clamp(-1, 1)  # noqa: E731
    return ief_predict(clamped, images, start, limit, steps, render)


def predict_with_gradient(net, images, start, limit, steps, render):
    poses = [start.expand(len(images), -1, -1)]
    for _ in range(steps):
        x = torch.cat([images, render(poses[-1])], dim=1)
        poses.append(poses[-1] + limit * net(x))
    return poses


def arrives_with_a_perfect_net(answer):
    class Perfect(torch.nn.Module):
        def forward(self, x):  # channel 0 holds the targets, the maps the pose
            gap = (x[:, 0, :, :2] - x[:, 3:, 0, :2]) / 2.5
            return gap / gap.norm(dim=-1, keepdim=True).clamp(min=1)

    def render(poses):
        return poses[:, :, None].repeat(1, 1, 3, 1)  # (2, 3, 3, 2)

    start, way = tensor([[0.0, 0.0], [6.0, 8.0], [3.0, 3.0]]), tensor([0.8, -0.6])
    lengths = tensor([[0.0, 2.0, 12.0], [2.5, 5.0, 7.0]])  # (2, 3)
    images = (start + lengths[..., None] * way)[:, None].repeat(1, 3, 1, 1)
    found = watch(answer)(Perfect(), images, start, 2.5, 4, render)
    covered = torch.minimum(2.5 * torch.arange(5.0)[:, None, None], lengths)
    want = start + covered[..., None] * way
    expect_close(torch.stack(list(found)), want, "a perfect net, limit 2.5, four steps")


def widen_first_conv(weight, extra, std, generator):
    """Exercise 03.6: weights (C, 3 + extra, k, k), the first three planes as given."""
    c, _, *kernel = weight.shape
    noise = std * torch.randn(c, extra, *kernel, generator=generator)
    return torch.cat([weight, noise.to(weight)], dim=1)


def widen_new_first(weight, extra, std, generator):
    return widen_first_conv(weight, extra, std, generator).roll(extra, dims=1)


def widen_variance(weight, extra, std, generator):
    return widen_first_conv(weight, extra, std**0.5, generator)


def widen_uniform(weight, extra, std, generator):
    wide = widen_first_conv(weight, extra, std, generator)
    wide[:, 3:].uniform_(-(3**0.5) * std, 3**0.5 * std, generator=generator)
    return wide


def widen_one_filter(weight, extra, std, generator):
    noise = widen_first_conv(weight[:1], extra, std, generator)[:, 3:]
    return torch.cat([weight, noise.repeat(len(weight), 1, 1, 1)], dim=1)


def widen_global(weight, extra, std, generator):
    return widen_first_conv(weight, extra, std, None)


def sees_the_image_as_before(answer):
    weight = torch.arange(64.0 * 3 * 49).sin().view(64, 3, 7, 7)
    wide = watch(answer)(weight, 17, 0.1**0.5, torch.Generator().manual_seed(3))
    images = torch.arange(2.0 * 3 * 9 * 8).cos().view(2, 3, 9, 8)
    x = torch.cat([images, torch.zeros(2, 17, 9, 8)], dim=1)
    conv = torch.nn.functional.conv2d
    expect_close(conv(x, wide), conv(images, weight), "no pose in 17 channels", 1e-3)
    variance = wide[:, 3:].var().item()
    assert abs(variance - 0.1) < 0.005, f"variance {variance:.3f}, not the paper's 0.1"


def steps_needed(start, targets, visible, limit, share):
    """Exercise 03.7: steps after which this share of the joints can be reached."""
    distances = (targets - start).norm(dim=-1)[visible > 0]
    steps = 0
    while (distances <= steps * limit).float().mean() < share:
        steps += 1
    return steps


def steps_cut(start, targets, visible, limit, share):
    distances = (targets - start).norm(dim=-1)[visible > 0].sort().values
    return distances[math.ceil(share * len(distances)) - 1] // limit


def steps_below(start, targets, visible, limit, share):
    return steps_needed(start, targets, visible, limit * (1 - 1e-6), share)


def steps_by_coordinate(start, targets, visible, limit, share):
    ways = (targets - start).abs().amax(dim=-1, keepdim=True)
    return steps_needed(torch.zeros(1), ways, visible, limit, share)


def steps_of_everything(start, targets, visible, limit, share):
    return steps_needed(start, targets, visible * 0 + 1, limit, share)


def steps_quantile(start, targets, visible, limit, share):
    distances = (targets - start).norm(dim=-1)[visible > 0]
    return (distances.quantile(share) / limit).ceil()


def steps_by_person(start, targets, visible, limit, share):
    people = zip(targets, visible, strict=True)
    return max(steps_needed(start, *person, limit, share) for person in people)


def steps_from_one(start, targets, visible, limit, share):
    return max(1, steps_needed(start, targets, visible, limit, share))


def counts_steps_of_a_crowd(answer):
    answer = watch(answer)
    gaps = torch.arange(20.0).view(5, 4, 1) * tensor([0.6, 0.8]) + 0.01  # up to 19 px
    start, visible = torch.ones(4, 2), torch.tensor([2, 1, 0, 2]).expand(5, 4)
    for share, want in ((0.05, 1), (0.5, 4), (0.9, 7), (1.0, 8)):
        found = answer(start, start + gaps, visible.clone(), 2.5, share)
        expect_close(found, want, f"five people, limit 2.5, share {share}")


SOLUTIONS = [
    Solution(
        "03.1",
        "bounded_correction",
        bounded_correction,
        [
            Wrong(bounded_reversed, "towards the target"),
            Wrong(bounded_always, "a joint that is near"),
            Wrong(bounded_never, "a joint that is far"),
            Wrong(bounded_coordinates, "a slanted gap"),
            Wrong(bounded_whole_pose, "each joint by itself"),
            Wrong(bounded_dim_one, "a batch of poses"),
            Wrong(bounded_nan, "a joint on its target"),
            Wrong(bounded_in_place, "the inputs stay as they are"),
        ],
        points=2,
        hidden=[Case("all around", bounds_all_around, NO_HINTS)],
    ),
    Solution(
        "03.2",
        "render_pose",
        render_pose,
        [
            Wrong(render_zero_to_one, "from -1 to 1"),
            Wrong(render_swapped, "x and y"),
            Wrong(render_std_as_sigma, "a standard deviation away"),
            Wrong(render_std_not_squared, "a standard deviation away"),
            Wrong(render_square, "a slanted distance"),
            Wrong(render_rounded, "between pixels"),
            Wrong(render_clamped, "outside of the map"),
            Wrong(render_together, "a channel for each joint"),
        ],
        points=3,
        hidden=[Case("a grid", renders_a_grid, NO_HINTS)],
    ),
    Solution(
        "03.3",
        "fixed_path",
        fixed_path,
        [
            Wrong(path_without_last, "one more pose than steps"),
            Wrong(path_one_tensor, "the start comes first"),
            Wrong(path_equal_parts, "a far target"),
            Wrong(path_nan, "a joint that starts at its target"),
            Wrong(path_from_start, "1, 3, 5, 5, 5"),
            Wrong(path_overshoots, "a last step that is shorter"),
            Wrong(path_whole_pose, "joints of their own pace"),
        ],
        points=4,
        hidden=[Case("closed form", walks_in_closed_form, NO_HINTS)],
    ),
    Solution(
        "03.4",
        "reachable",
        reachable,
        [
            Wrong(reach_start_of_person, "each joint from its own start"),
            Wrong(reach_one_step, "all steps together"),
            Wrong(reach_coordinates, "a slanted way"),
            Wrong(reach_below, "at the end of the reach"),
            Wrong(reach_of_everything, "joints without a label"),
            Wrong(reach_by_person, "people with different numbers of labels"),
        ],
        points=3,
        hidden=[Case("fourteen joints", counts_fourteen_joints, NO_HINTS)],
    ),
    Solution(
        "03.5",
        "ief_predict",
        ief_predict,
        [
            Wrong(predict_maps_first, "what the net is shown"),
            Wrong(predict_without_start, "one more pose than steps"),
            Wrong(predict_one_tensor, "the start comes first"),
            Wrong(predict_in_units, "in units of the limit"),
            Wrong(predict_from_start, "one step after another"),
            Wrong(predict_stale, "the pose as it is now"),
            Wrong(predict_clamped, "a net that says more than 1"),
            Wrong(predict_with_gradient, "without gradients"),
        ],
        points=5,
        hidden=[Case("a perfect net", arrives_with_a_perfect_net, NO_HINTS)],
    ),
    Solution(
        "03.6",
        "widen_first_conv",
        widen_first_conv,
        [
            Wrong(widen_new_first, "the trained planes"),
            Wrong(widen_variance, "the size of the noise"),
            Wrong(widen_uniform, "normal noise"),
            Wrong(widen_one_filter, "every weight for itself"),
            Wrong(widen_global, "the generator"),
        ],
        points=3,
        hidden=[Case("as before", sees_the_image_as_before, NO_HINTS)],
    ),
    Solution(
        "03.7",
        "steps_needed",
        steps_needed,
        [
            Wrong(steps_cut, "whole steps"),
            Wrong(steps_below, "at the end of the reach"),
            Wrong(steps_by_coordinate, "a slanted way"),
            Wrong(steps_of_everything, "joints without a label"),
            Wrong(steps_quantile, "enough joints"),
            Wrong(steps_by_person, "people with different numbers of labels"),
            Wrong(steps_from_one, "no step at all"),
        ],
        points=3,
        hidden=[Case("a crowd", counts_steps_of_a_crowd, NO_HINTS)],
    ),
]
