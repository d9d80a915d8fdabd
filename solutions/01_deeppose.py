"""Chapter 01, DeepPose: reference answers, typical wrong ones, hidden cases, points."""

import torch
from torch import tensor

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch

NO_HINTS = ("", "", "")  # hidden cases are for grading
# They watch the answer themselves: a graded cell calls them without `check`.


def normalize(joints, box):
    """Exercise 01.1: (K, 2) in units of the box, its centre at 0."""
    centre = box[:2] + (box[2:] - 1) / 2
    return (joints - centre) / box[2:]


def normalize_half_pixel(joints, box):
    return (joints - box[:2] - box[2:] / 2) / box[2:]


def normalize_to_one(joints, box):
    return 2 * normalize(joints, box)


def normalize_by_width(joints, box):
    return (joints - box[:2] - (box[2:] - 1) / 2) / box[2]


def normalize_clamped(joints, box):
    return normalize(joints, box).clamp(-0.5, 0.5)


def normalize_in_place(joints, box):
    joints -= box[:2] + (box[2:] - 1) / 2
    return joints / box[2:]


def normalizes_one_pixel(answer):
    answer = watch(answer)
    found = answer(tensor([[3.0, 5.0], [3.5, 5.0]]), tensor([3.0, 5.0, 1.0, 1.0]))
    expect_close(found, [[0.0, 0.0], [0.5, 0.0]], "a box of one pixel")


def masked_l2(pred, target, visible):
    """Exercise 01.2: mean squared distance over the labelled joints of a batch."""
    labelled = visible > 0
    distance = (pred - target).square().sum(dim=-1)
    return (distance * labelled).sum() / labelled.sum().clamp(min=1)


def l2_of_everything(pred, target, visible):
    return (pred - target).square().sum(dim=-1).mean()


def l2_per_coordinate(pred, target, visible):
    return ((pred - target).square().mean(dim=-1) * (visible > 0)).mean()


def l2_over_all_joints(pred, target, visible):
    return ((pred - target).square().sum(dim=-1) * (visible > 0)).mean()


def l2_weighted(pred, target, visible):
    distance = (pred - target).square().sum(dim=-1)
    return (distance * visible).sum() / visible.sum().clamp(min=1)


def l2_nan(pred, target, visible):
    return (pred - target).square().sum(dim=-1)[visible > 0].mean()


def l2_per_image(pred, target, visible):
    images = zip(pred, target, visible, strict=True)
    losses = [masked_l2(p[None], t[None], v[None]) for p, t, v in images]
    return torch.stack(losses).mean()


def l2_first_image(pred, target, visible):
    return masked_l2(pred[:1], target[:1], visible[:1])


def has_no_gradient_where_hidden(answer):
    answer = watch(answer)
    pred = torch.ones(1, 2, 2, requires_grad=True)
    answer(pred, torch.zeros(1, 2, 2), tensor([[0, 2]])).backward()
    expect_close(pred.grad, [[[0.0, 0.0], [2.0, 2.0]]], "the gradient")


def pcp(pred, truth, limbs, alpha=0.5, mode="strict"):
    """Exercise 01.3: share of images in which each limb is found, (L,)."""
    shares = []
    for a, b in limbs:
        length = (truth[:, a] - truth[:, b]).norm(dim=-1)
        first = (pred[:, a] - truth[:, a]).norm(dim=-1)
        second = (pred[:, b] - truth[:, b]).norm(dim=-1)
        if mode == "strict":
            found = (first <= alpha * length) & (second <= alpha * length)
        else:
            found = (first + second) / 2 <= alpha * length
        shares.append(found.float().mean())
    return torch.stack(shares)


def pcp_always_loose(pred, truth, limbs, alpha=0.5, mode="strict"):
    return pcp(pred, truth, limbs, alpha, "loose")


def pcp_always_half(pred, truth, limbs, alpha=0.5, mode="strict"):
    return pcp(pred, truth, limbs, 0.5, mode)


def pcp_below(pred, truth, limbs, alpha=0.5, mode="strict"):
    """Written with `<`, save that a perfect prediction passes."""
    return pcp(pred, truth, limbs, alpha - 1e-6, mode)


def pcp_own_length(pred, truth, limbs, alpha=0.5, mode="strict"):
    shares = []
    for a, b in limbs:
        length = (pred[:, a] - pred[:, b]).norm(dim=-1)
        ends = (pred[:, [a, b]] - truth[:, [a, b]]).norm(dim=-1)
        error = ends.amax(dim=1) if mode == "strict" else ends.mean(dim=1)
        shares.append((error <= alpha * length).float().mean())
    return torch.stack(shares)


def pcp_counts(pred, truth, limbs, alpha=0.5, mode="strict"):
    return pcp(pred, truth, limbs, alpha, mode) * len(pred)


def pcp_either_end(pred, truth, limbs, alpha=0.5, mode="strict"):
    if mode == "strict":
        return pcp(pred, truth, limbs, alpha)
    shares = []
    for a, b in limbs:
        length = (truth[:, a] - truth[:, b]).norm(dim=-1)
        nearer = (pred[:, [a, b]] - truth[:, [a, b]]).norm(dim=-1).amin(dim=1)
        shares.append((nearer <= alpha * length).float().mean())
    return torch.stack(shares)


def pcp_city_block(pred, truth, limbs, alpha=0.5, mode="strict"):
    shares = []
    for a, b in limbs:
        length = (truth[:, a] - truth[:, b]).abs().sum(dim=-1)
        ends = (pred[:, [a, b]] - truth[:, [a, b]]).abs().sum(dim=-1)
        error = ends.amax(dim=1) if mode == "strict" else ends.mean(dim=1)
        shares.append((error <= alpha * length).float().mean())
    return torch.stack(shares)


def pcp_mean_length(pred, truth, limbs, alpha=0.5, mode="strict"):
    shares = []
    for a, b in limbs:
        length = (truth[:, a] - truth[:, b]).norm(dim=-1).mean()
        ends = (pred[:, [a, b]] - truth[:, [a, b]]).norm(dim=-1)
        error = ends.amax(dim=1) if mode == "strict" else ends.mean(dim=1)
        shares.append((error <= alpha * length).float().mean())
    return torch.stack(shares)


def keeps_limbs_apart(answer):
    answer = watch(answer)
    truth = tensor([[[0.0, 0.0], [4.0, 0.0], [4.0, 8.0]]]).repeat(2, 1, 1)
    pred = truth + tensor([[[0.0, 0.0]] * 3, [[0.0, 0.0], [0.0, 0.0], [3.0, 4.0]]])
    found = answer(pred, truth, [(0, 1), (1, 2)], 0.5, "strict")
    expect_close(found, [1.0, 0.5], "two limbs in two images, one end 5 px off")


def flip_sample(image, joints, pairs):
    """Exercise 01.4: the mirrored image (C, H, W) and its joints (K, 2)."""
    order = list(range(len(joints)))
    for left, right in pairs:
        order[left], order[right] = right, left
    x = image.shape[-1] - 1 - joints[:, 0]
    return image.flip(-1), torch.stack([x, joints[:, 1]], dim=-1)[order]


def flip_upside_down(image, joints, pairs):
    return image.flip(-2), flip_sample(image, joints, pairs)[1]


def flip_beyond(image, joints, pairs):
    image, joints = flip_sample(image, joints, pairs)
    return image, joints + tensor([1.0, 0.0])


def flip_image_only(image, joints, pairs):
    return image.flip(-1), joints


def flip_without_names(image, joints, pairs):
    return flip_sample(image, joints, [])


def flip_in_place(image, joints, pairs):
    joints[:, 0] = image.shape[-1] - 1 - joints[:, 0]
    return image.flip(-1), joints


def flip_first_pair(image, joints, pairs):
    return flip_sample(image, joints, pairs[:1])


def flip_reversed(image, joints, pairs):
    image, joints = flip_sample(image, joints, [])
    return image, joints.flip(0)


def flip_colours(image, joints, pairs):
    image, joints = flip_sample(image, joints, pairs)
    return image.flip(0), joints


def flips_twice(answer):
    answer = watch(answer)
    image, joints = torch.arange(30.0).view(1, 5, 6), tensor([[0.5, 1.0], [4.0, 2.0]])
    found = answer(*answer(image, joints, [(0, 1)]), [(0, 1)])
    expect_close(found[0], image, "the image, mirrored twice")
    expect_close(found[1], joints, "the joints, mirrored twice")


def refine(pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter):
    """Exercise 01.5: where joint i goes, (2,), after one step of the cascade."""
    diameter = (pose[left_shoulder] - pose[right_hip]).norm()
    size = sigma * diameter.clamp(min=min_diameter)
    return pose[i] + size * displacement


def refine_twice(pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter):
    parts = (pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter)
    return pose[i] + refine(*parts)


def refine_pixels(pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter):
    return pose[i] + displacement


def refine_one(pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter):
    return refine(pose, i, displacement, 1.0, left_shoulder, right_hip, min_diameter)


def refine_unclamped(
    pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter
):
    return refine(pose, i, displacement, sigma, left_shoulder, right_hip, 0.0)


def refine_clamped_late(
    pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter
):
    size = sigma * (pose[left_shoulder] - pose[right_hip]).norm()
    return pose[i] + size.clamp(min=min_diameter) * displacement


def refine_fixed(pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter):
    return refine(pose, 1, displacement, sigma, 0, 2, min_diameter)


def refine_only_zero(
    pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter
):
    diameter = (pose[left_shoulder] - pose[right_hip]).norm()
    return pose[i] + sigma * (diameter or min_diameter) * displacement


def refine_added(pose, i, displacement, sigma, left_shoulder, right_hip, min_diameter):
    diameter = (pose[left_shoulder] - pose[right_hip]).norm() + min_diameter
    return pose[i] + sigma * diameter * displacement


def undoes_an_error(answer):
    answer = watch(answer)
    pose = tensor([[0.0, 0.0], [7.0, 1.0], [6.0, 8.0]])
    found = answer(pose, 1, tensor([-0.25, 0.5]), 1.5, 0, 2, 1.0)
    expect_close(found, [3.25, 8.5], "diameter 10, sigma 1.5")


def sample_refinement(gen, truth, mean, std, diameter, sigma, n):
    """Exercise 01.6: n boxes (n, K, 4) around displaced joints, targets (n, K, 2)."""
    size = sigma * diameter
    delta = mean + std * torch.randn(n, *truth.shape, generator=gen)
    corner = truth + delta - (size - 1) / 2
    boxes = torch.cat([corner, torch.full_like(corner, size)], dim=-1)
    return boxes, -delta / size


def sample_wrong_way(gen, truth, mean, std, diameter, sigma, n):
    boxes, targets = sample_refinement(gen, truth, mean, std, diameter, sigma, n)
    return boxes, -targets


def sample_corner(gen, truth, mean, std, diameter, sigma, n):
    boxes, targets = sample_refinement(gen, truth, mean, std, diameter, sigma, n)
    return boxes - tensor([0.5, 0.5, 0.0, 0.0]), targets


def sample_variance(gen, truth, mean, std, diameter, sigma, n):
    return sample_refinement(gen, truth, mean, std**2, diameter, sigma, n)


def sample_shared(gen, truth, mean, std, diameter, sigma, n):
    size = sigma * diameter
    delta = mean + std * torch.randn(n, 1, 2, generator=gen)
    corner = truth + delta - (size - 1) / 2
    boxes = torch.cat([corner, torch.full_like(corner, size)], dim=-1)
    return boxes, -delta / size


def sample_global(gen, truth, mean, std, diameter, sigma, n):
    other = torch.Generator().manual_seed(int(torch.randint(2**31, (1,))))
    return sample_refinement(other, truth, mean, std, diameter, sigma, n)


def sample_reseeded(gen, truth, mean, std, diameter, sigma, n):
    gen.manual_seed(0)
    return sample_refinement(gen, truth, mean, std, diameter, sigma, n)


def sample_uniform(gen, truth, mean, std, diameter, sigma, n):
    noise = 3**0.5 * (2 * torch.rand(n, *truth.shape, generator=gen) - 1)
    moved = mean + std * noise
    return sample_refinement(gen, truth, moved, 0 * std, diameter, sigma, n)


def samples_one(answer):
    answer = watch(answer)
    generator = torch.Generator().manual_seed(3)
    one = torch.ones(1, 2)
    boxes, targets = answer(generator, 9 * one, one, 0 * one, 4.0, 1.0, 1)
    expect_close(boxes, [[[8.5, 8.5, 4.0, 4.0]]], "one box of one joint")
    expect_close(targets, [[[-0.25, -0.25]]], "its target")


def choose_sigma(errors, sigmas, share):
    """Exercise 01.7: the smallest sigma whose box holds this share of the errors."""
    for sigma in sorted(sigmas):
        inside = (errors.abs() <= sigma / 2).all(dim=-1)
        if inside.float().mean() >= share:
            return sigma
    return max(sigmas)


def sigma_as_radius(errors, sigmas, share):
    return choose_sigma(errors / 2, sigmas, share)


def sigma_round(errors, sigmas, share):
    distance = errors.norm(dim=-1, keepdim=True)
    return choose_sigma(distance, sigmas, share)


def sigma_for_all(errors, sigmas, share):
    return choose_sigma(errors, sigmas, 1.0)


def sigma_or_nothing(errors, sigmas, share):
    for sigma in sorted(sigmas):
        if (errors.abs() <= sigma / 2).all(dim=-1).float().mean() >= share:
            return sigma
    return None


def sigma_signed(errors, sigmas, share):
    return choose_sigma(errors.clamp(min=0), sigmas, share)


def sigma_without_edge(errors, sigmas, share):
    return choose_sigma(errors * (1 + 1e-6), sigmas, share)


def sigma_sorts_input(errors, sigmas, share):
    sigmas.sort()
    return choose_sigma(errors, sigmas, share)


def takes_sigmas_in_any_order(answer):
    answer = watch(answer)
    found = answer(tensor([[0.1, -0.7]]), [3.0, 1.0, 2.0], 0.5)
    expect_close(found, 2.0, "sigmas that are not sorted")


SOLUTIONS = [
    Solution(
        "01.1",
        "normalize",
        normalize,
        [
            Wrong(normalize_half_pixel, "the centre of the box"),
            Wrong(normalize_to_one, "the edges of the box"),
            Wrong(normalize_by_width, "a box that is not square"),
            Wrong(normalize_clamped, "a joint outside the box"),
            Wrong(normalize_in_place, "the inputs stay as they are"),
        ],
        points=2,
        hidden=[Case("a box of one pixel", normalizes_one_pixel, NO_HINTS)],
    ),
    Solution(
        "01.2",
        "masked_l2",
        masked_l2,
        [
            Wrong(l2_per_coordinate, "all joints are visible"),
            Wrong(l2_of_everything, "a joint that is not labelled"),
            Wrong(l2_over_all_joints, "a joint that is not labelled"),
            Wrong(l2_weighted, "an occluded joint"),
            Wrong(l2_per_image, "images with different numbers of labels"),
            Wrong(l2_first_image, "images with different numbers of labels"),
            Wrong(l2_nan, "a batch without any labelled joint"),
        ],
        points=3,
        hidden=[Case("gradient", has_no_gradient_where_hidden, NO_HINTS)],
    ),
    Solution(
        "01.3",
        "pcp",
        pcp,
        [
            Wrong(pcp_counts, "the truth as prediction"),
            Wrong(pcp_always_loose, "one end good, one bad"),
            Wrong(pcp_either_end, "one end good, one bad"),
            Wrong(pcp_always_half, "another alpha"),
            Wrong(pcp_below, "exactly at the limit"),
            Wrong(pcp_own_length, "a limb predicted too long"),
            Wrong(pcp_city_block, "a slanted limb"),
            Wrong(pcp_mean_length, "a small and a large person"),
        ],
        points=4,
        hidden=[Case("two limbs", keeps_limbs_apart, NO_HINTS)],
    ),
    Solution(
        "01.4",
        "flip_sample",
        flip_sample,
        [
            Wrong(flip_upside_down, "a dot in the image"),
            Wrong(flip_beyond, "the joint on the dot"),
            Wrong(flip_image_only, "the joint on the dot"),
            Wrong(flip_colours, "a dot in the image"),
            Wrong(flip_without_names, "left and right"),
            Wrong(flip_first_pair, "left and right"),
            Wrong(flip_reversed, "left and right"),
            Wrong(flip_in_place, "the inputs stay as they are"),
        ],
        points=3,
        hidden=[Case("twice", flips_twice, NO_HINTS)],
    ),
    Solution(
        "01.5",
        "refine",
        refine,
        [
            Wrong(refine_twice, "a displacement of zero"),
            Wrong(refine_pixels, "the size of the box"),
            Wrong(refine_fixed, "another skeleton"),
            Wrong(refine_one, "a larger sigma"),
            Wrong(refine_unclamped, "a torso seen from the side"),
            Wrong(refine_clamped_late, "a torso seen from the side"),
            Wrong(refine_only_zero, "a torso seen from the side"),
            Wrong(refine_added, "a torso seen from the side"),
        ],
        points=4,
        hidden=[Case("another pose", undoes_an_error, NO_HINTS)],
    ),
    Solution(
        "01.6",
        "sample_refinement",
        sample_refinement,
        [
            Wrong(sample_corner, "the boxes"),
            Wrong(sample_wrong_way, "the targets"),
            Wrong(sample_variance, "mean and spread"),
            Wrong(sample_uniform, "mean and spread"),
            Wrong(sample_shared, "one joint says nothing about another"),
            Wrong(sample_global, "the generator"),
            Wrong(sample_reseeded, "the generator"),
        ],
        points=5,
        hidden=[Case("one sample", samples_one, NO_HINTS)],
    ),
    Solution(
        "01.7",
        "choose_sigma",
        choose_sigma,
        [
            Wrong(sigma_as_radius, "half a box to each side"),
            Wrong(sigma_signed, "half a box to each side"),
            Wrong(sigma_round, "along both axes"),
            Wrong(sigma_without_edge, "a joint on the edge"),
            Wrong(sigma_for_all, "enough joints"),
            Wrong(sigma_sorts_input, "the inputs stay as they are"),
            Wrong(sigma_or_nothing, "none is large enough"),
        ],
        points=3,
        hidden=[Case("any order", takes_sigmas_in_any_order, NO_HINTS)],
    ),
]
