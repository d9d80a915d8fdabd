"""Chapter 10, Crowded Scenarios: answers, wrong ones, hidden cases."""

from functools import partial

import torch
from torch import tensor

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch
from course_lib.heatmaps import quarter_offset

INPUT, NO_OWN, INSIDE = "the inputs stay as they are", "no joint of its own", "inside"
BLACK, FIRST, NEXT = "black is a colour", "before the first pixel", "one after another"
PEAK, AREAS, CELLS = "the higher peak", "peaks, not areas", "cells and pixels"
ALL, OTHERS = "all values count", "the others too"  # names of cases, all of these


def spoiling(reference):
    """A wrong answer: right, but it changes its first argument."""

    def answer(*given, **named):
        result = reference(*given, **named)
        given[0].data.add_(1)
        return result

    return answer


def with_given(reference, change):
    """A wrong answer: right for other arguments, change(*arguments)."""
    return lambda *given, **named: reference(*change(*given), **named)


def with_result(reference, change):
    """A wrong answer: change(the right result, *arguments)."""
    return lambda *given, **named: change(reference(*given, **named), *given)


def crowd_index(boxes, joints, flags):
    """Exercise 10.1: the mean of N^b / N^a; boxes (N, 4), joints (N, K, 2)."""
    if not len(boxes):
        return 0.0
    low = (boxes[:, :2] - 0.5)[:, None, None]  # (N, 1, 1, 2)
    high = low + boxes[:, None, None, 2:]
    is_inside = ((joints >= low) & (joints <= high)).all(dim=-1)  # (N, N, K)
    counts = (is_inside & (flags > 0)).sum(dim=-1)  # (N, N), box i and person j
    own = counts.diagonal()
    others = counts.sum(dim=1) - own
    return torch.where(own > 0, others / own.clamp(min=1), 0.0).mean().item()


def index_by(
    edges=lambda first, size: (first - 0.5, first + size - 0.5),
    shown=lambda f: f > 0,
    own=lambda own, shown: own,
    others=lambda rest, own: rest.sum(dim=1),
    index=lambda a, b: torch.where(a > 0, b / a, 0).mean(),
):
    """A wrong answer: one part is another; rest: counts (N, N) of others' joints."""

    def answer(boxes, joints, flags):
        low, high = edges(boxes[:, None, None, :2], boxes[:, None, None, 2:])
        is_inside = ((joints >= low) & (joints <= high)).all(dim=-1)
        counts = (is_inside & shown(flags)).sum(dim=-1)  # (N, N)
        a = counts.diagonal()
        return index(own(a, shown(flags)), others(counts - a.diag(), a))

    return answer


def branch_masks(flags, joints, size):
    """Exercise 10.2: masks (B, K) of the visible and occluded branch, and of both."""
    limit = joints.new_tensor(size[::-1]) - 0.5  # w and h
    is_on = ((joints >= -0.5) & (joints <= limit)).all(dim=-1)
    masks = (flags == 2) & is_on, (flags == 1) & is_on, (flags >= 1) & is_on
    return tuple(mask.float() for mask in masks)


def masks_by(
    visible=lambda f: f == 2,
    occluded=lambda f: f == 1,
    both=lambda f: f >= 1,
    edges=lambda size: (-0.5, size - 0.5),
    left=lambda f, is_on: f * is_on.all(dim=-1),
):
    """A wrong answer: other masks of the flags left, or other flags are left."""

    def answer(flags, joints, size):
        low, high = edges(joints.new_tensor(size[::-1]))
        found = left(flags, (joints >= low) & (joints <= high))
        return tuple(rule(found).float() for rule in (visible, occluded, both))

    return answer


def masks_of_rows(flags, joints, size):
    rows = [branch_masks(*one, size) for one in zip(flags, joints, strict=True)]
    return tuple(torch.stack([row[n] for row in rows]) for n in range(3))


def occ_loss(visible_maps, occluded_maps, targets, flags, weight, is_hard):
    """Exercise 10.3: the soft or hard loss of two branches, maps (B, K, h, w)."""
    flags = flags[..., None, None]  # (B, K, 1, 1)
    losses = []
    for maps, is_own in ((visible_maps, flags == 2), (occluded_maps, flags == 1)):
        target = targets * is_own if is_hard else targets
        mask = flags >= 1 if is_hard else is_own
        losses.append(((maps - target).square() * mask).mean())
    return losses[0] + weight * losses[1]


def loss_by(
    visible=lambda f: f == 2,
    occluded=lambda f: f == 1,
    both=lambda f: f >= 1,
    mean=lambda errors, mask: (errors * mask).mean(),
    join=lambda a, b, w: a + w * b,
    goal=lambda target, is_own: target * is_own,
):
    """A wrong answer: one part of the loss is another."""

    def answer(visible_maps, occluded_maps, targets, flags, weight, is_hard):
        flags, losses = flags[..., None, None], []
        for maps, rule in ((visible_maps, visible), (occluded_maps, occluded)):
            target = goal(targets, rule(flags)) if is_hard else targets
            mask = both(flags) if is_hard else rule(flags)
            losses.append(mean((maps - target).square(), mask.expand_as(maps)))
        return join(*losses, weight)

    return answer


def early_return(*given):
    return occ_loss(*given) if given[3].any() else torch.tensor(0.0)


loss_with, loss_then = partial(with_given, occ_loss), partial(with_result, occ_loss)


def paste_cutouts(image, cutouts, joints, flags):
    """Exercise 10.4: the image (3, H, W) with cut-outs in front, and the new flags."""
    image, (height, width) = image.clone(), image.shape[1:]
    covered = torch.zeros(height, width, dtype=torch.bool)
    for colours, mask, (x, y) in cutouts:
        rows, columns = mask.nonzero().unbind(dim=1)
        v, u = rows + y, columns + x
        is_on = (v >= 0) & (v < height) & (u >= 0) & (u < width)
        v, u = v[is_on], u[is_on]
        image[:, v, u] = colours[:, v - y, u - x]
        covered[v, u] = True
    u, v = joints.round().long().unbind(dim=-1)  # (K,) each
    is_on = (v >= 0) & (v < height) & (u >= 0) & (u < width)
    is_hidden = is_on & covered[v.clamp(0, height - 1), u.clamp(0, width - 1)]
    return image, torch.where(is_hidden & (flags == 2), 1, flags)


def each_cutout(change):
    """A wrong answer: change(colours, mask, x, y, (H, W)) for each cut-out."""

    def changed(image, cutouts, *rest):
        size = image.shape[1:]
        return image, [change(c, m, *at, size) for c, m, at in cutouts], *rest

    return with_given(paste_cutouts, changed)


def flags_by(
    flag=lambda f, is_hidden: f.where(~is_hidden | (f != 2), 1),
    pixel=torch.round,
    outline=lambda mask: mask,
    whose=slice(None),
    inside=lambda is_on: is_on,
    start=lambda masks, size: [torch.zeros(size) > 0, *masks],
):
    """A wrong answer: the image is right, the flags follow another rule."""

    def answer(image, cutouts, joints, flags):
        size, masks = image.shape[1:], []
        for _, mask, corner in cutouts[whose]:
            white = [(torch.ones(1, *mask.shape), outline(mask), corner)]
            pasted, _ = paste_cutouts(torch.zeros(1, *size), white, joints, flags)
            masks.append(pasted[0] > 0)
        covered = torch.stack(start(masks, size)).any(dim=0)
        places, limit = pixel(joints).long(), tensor(size[::-1])
        is_on = inside(((places >= 0) & (places < limit)).all(dim=-1))
        u, v = places.clamp(-limit, limit - 1).unbind(dim=-1)
        image, _ = paste_cutouts(image, cutouts, joints, flags)
        return image, flag(flags, is_on & covered[v, u])

    return answer


def sliced(limits):
    """A wrong answer: limits(start, length, size) are slices of image and cut-out."""

    def answer(image, cutouts, joints, flags):
        _, shown = paste_cutouts(image, cutouts, joints, flags)
        image = image.clone()
        for colours, mask, corner in cutouts:
            sides = zip(corner[::-1], mask.shape, image.shape[1:], strict=True)
            there, own = zip(*(limits(*side) for side in sides), strict=True)
            part = image[:, *there]
            part[:] = torch.where(mask[own], colours[:, *own], part)
        return image, shown

    return answer


def both_clipped(at, n, size):
    return slice(max(at, 0), min(at + n, size)), slice(max(-at, 0), min(n, size - at))


def pushed_in(c, m, x, y, size):
    return c, m, (min(x, size[1] - m.shape[1]), min(y, size[0] - len(m)))


def merge_branches(visible_maps, occluded_maps):
    """Exercise 10.5: points (B, K, 2) in cells, confidences and flags (B, K)."""
    height, width = visible_maps.shape[-2:]
    peaks = [maps.amax(dim=(-2, -1)) for maps in (visible_maps, occluded_maps)]
    is_seen = peaks[0] >= peaks[1]  # (B, K)
    maps = torch.where(is_seen[..., None, None], visible_maps, occluded_maps)
    scores, index = maps.flatten(-2).max(dim=-1)
    x, y = index % width, index // width
    is_inner = (x > 0) & (x < width - 1) & (y > 0) & (y < height - 1)
    points = torch.stack([x, y], dim=-1).to(maps)
    for axis, step in enumerate((1, width)):
        sides = torch.stack([index + step, index - step], dim=-1)
        sides = sides.clamp(0, height * width - 1)
        after, before = maps.flatten(-2).gather(-1, sides).unbind(dim=-1)
        points[..., axis] += 0.25 * torch.sign(after - before) * is_inner
    return points, scores, is_seen.long() + 1


def higher(a, b, dims=(2, 3)):
    return a.amax(dims, keepdim=True) >= b.amax(dims, keepdim=True)


def merge_by(
    pick=higher,
    mix=lambda a, b, is_seen: torch.where(is_seen, a, b),
    step=lambda a, b: 0.25 * torch.sign(a - b),
    inner=lambda x, y: (x & y, x & y),
    margin=1,
):
    """A wrong answer: another choice of branch, other maps, or another shift."""

    def answer(visible, occluded):
        is_seen, (height, width) = pick(visible, occluded), visible.shape[-2:]
        maps = mix(visible, occluded, is_seen).flatten(-2)
        scores, index = maps.max(dim=-1)
        places = index % width, index // width
        ends = zip(places, (width, height), strict=True)
        allowed = inner(*((at >= margin) & (at < n - margin) for at, n in ends))
        points = torch.stack(places, dim=-1).float()
        for axis, way in enumerate((1, width)):
            sides = torch.stack([index + way, index - way], dim=-1)
            sides = maps.gather(-1, sides % (height * width)).unbind(dim=-1)
            points[..., axis] += step(*sides) * allowed[axis]
        return points, scores, (is_seen + 1).expand_as(visible)[:, :, 0, 0]

    return answer


def decodes_noise(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        maps = torch.randn(2, 3, 4, 5, 8, generator=generator)
        points, scores = zip(*(quarter_offset(one, 1) for one in maps), strict=True)
        is_seen, what = scores[0] > scores[1], f"maps of noise (seed {seed})"
        found = watch(answer)(*maps)
        want = torch.where(is_seen[..., None], *points), torch.maximum(*scores)
        for got, wanted in zip(found, (*want, 1 + 1 * is_seen), strict=True):
            expect_close(got, wanted, what)


NOISE = [Case("noise", decodes_noise, ("", "", ""))]  # must `watch`: no `check` does it


def interference_target(
    joints, flags, own, box, size, sigma, pairs, mirror=None, factor=1.25, weight=0.5
):
    """Exercise 10.6: the target (K, h, w) of one of P people, the others' joints too"""
    extent = factor * box[2:]  # (2,)
    corner = box[:2] + (box[2:] - extent) / 2  # the centre stays
    if mirror is not None:
        order = list(range(joints.shape[1]))
        for left, right in pairs:
            order[left], order[right] = right, left
        x, y = joints[:, order].unbind(dim=-1)
        joints, flags = torch.stack([mirror - 1 - x, y], dim=-1), flags[:, order]
        corner = torch.stack([mirror - corner[0] - extent[0], corner[1]])
    share = (joints - corner + 0.5) / extent  # (P, K, 2), 0 to 1 on the crop
    has_bell = ((share >= 0) & (share <= 1)).all(dim=-1) & (flags > 0)
    cells = share * share.new_tensor(size[::-1]) - 0.5
    rows, columns = (torch.arange(n) for n in size)
    across = (columns - cells[..., 0, None]).square()  # (P, K, w)
    down = (rows - cells[..., 1, None]).square()  # (P, K, h)
    bells = torch.exp(-(across[..., None, :] + down[..., None]) / (2 * sigma**2))
    height = has_bell * weight  # (P, K)
    height[own] = has_bell[own].to(height)
    return (height[..., None, None] * bells).amax(dim=0)


target_with = partial(with_given, interference_target)


def people_by(height=lambda own, w: own + w * ~own, join=lambda bells: bells.amax(0)):
    """A wrong answer: other heights of the bells, or another join of (P, K, h, w)."""

    def answer(joints, flags, own, *rest, **rule):
        weight = rule.pop("weight", 0.5)
        people = zip(joints[:, None], flags[:, None], strict=True)
        bells = [interference_target(*one, 0, *rest, **rule) for one in people]
        heights = height(torch.arange(len(joints)) == own, weight)
        return join(torch.stack(bells) * heights.view(-1, 1, 1, 1))

    return answer


def keeps_corner(joints, flags, own, box, *rest, **rule):
    low = box[:2] + (rule.get("factor", 1.25) - 1) / 2 * box[2:]
    box = torch.cat([low, box[2:]])
    return interference_target(joints, flags, own, box, *rest, **rule)


def moved(change):
    """A wrong answer: joints are at change(x, y in cells, a cell's sides in px)."""

    def changed(joints, flags, own, box, size, *rest):
        side = box[2:] / tensor(size[::-1])
        cells = change((joints - box[:2] + 0.5) / side - 0.5, side)
        return box[:2] - 0.5 + (cells + 0.5) * side, flags, own, box, size, *rest

    return target_with(changed)


def with_tails(joints, flags, own, box, size, *rest, **rule):
    """On maps larger by as much again on each side, which are cut at the end."""
    (height, width), wide = size, torch.cat([box[:2] - box[2:], 3 * box[2:]])
    size = 3 * height, 3 * width
    found = interference_target(joints, flags, own, wide, size, *rest, **rule)
    return found[:, height : 2 * height, width : 2 * width]


def mirror_by(x=lambda x, width, box: x, is_swapped=True, is_own=False):
    """A wrong answer: joints are at other x, or change places, before the mirror."""

    def answer(joints, flags, own, box, *rest, **rule):
        if "mirror" in rule:
            order = list(range(joints.shape[1]))
            for left, right in rest[-1] if is_swapped else []:
                order[left], order[right] = right, left
            across, down = joints[:, order].unbind(dim=-1)
            wrong = torch.stack([x(across, rule["mirror"], box), down], dim=-1)
            is_kept = (torch.arange(len(joints)) == own)[:, None] & is_own
            joints = joints.where(is_kept[..., None], wrong)
            flags = flags.where(is_kept, flags[:, order])
        return interference_target(joints, flags, own, box, *rest, **rule)

    return answer


def crop_stays(x, width, box):
    return x + 2 * box[0] + box[2] - width  # right in the middle of the picture


INDICES = [
    Wrong(index_by(others=lambda rest, own: rest.sum(dim=1) + own), "apart"),
    Wrong(index_by(index=lambda a, b: (b / a).sum()), "two people"),
    Wrong(index_by(edges=lambda first, size: (first, size)), "two people"),
    Wrong(index_by(others=lambda rest, _: (rest > 0).sum(dim=1)), "two people"),
    Wrong(index_by(others=lambda rest, _: rest.amax(dim=1)), "many others"),
    Wrong(with_result(crowd_index, lambda found, *_: min(found, 1)), "many others"),
    Wrong(index_by(index=lambda a, b: b.sum() / a.sum()), "a mean of ratios"),
    Wrong(index_by(own=lambda _, shown: shown.sum(dim=1)), "its own box"),
    Wrong(index_by(others=lambda rest, _: rest.sum(dim=0)), "its own box"),
    Wrong(index_by(shown=lambda f: f > -1), "labelled"),
    Wrong(index_by(shown=lambda f: f == 2), "labelled"),
    Wrong(index_by(edges=lambda first, size: (first, first + size)), "the edges"),
    Wrong(index_by(edges=lambda at, size: (at, at + size - 1)), "the edges"),
    Wrong(index_by(index=lambda a, b: (b / a.clamp(min=1)).mean()), NO_OWN),
    Wrong(index_by(index=lambda a, b: (b / a)[a > 0].mean().nan_to_num()), NO_OWN),
    Wrong(index_by(), "nobody"),
    Wrong(spoiling(crowd_index), INPUT),
]
MASKS = [
    Wrong(masks_by(visible=lambda f: f >= 1), "visible"),
    Wrong(with_result(branch_masks, lambda m, *_: (m[1], m[0], m[2])), "visible"),
    Wrong(masks_by(occluded=lambda f: f < 2), "occluded"),
    Wrong(masks_by(both=lambda f: f == 2), "labelled"),
    Wrong(with_result(branch_masks, lambda m, *_: [a > 0 for a in m]), "floats"),
    Wrong(masks_by(left=lambda f, _: f), "off the crop"),
    Wrong(masks_by(left=lambda f, on: f.where(on.all(-1), f % 2)), "off the crop"),
    Wrong(masks_by(left=lambda f, on: f * on.any(-1)), "off the crop"),
    Wrong(masks_by(left=lambda f, on: f * on.all(-1).all(1, True)), "off the crop"),
    Wrong(masks_by(edges=lambda size: (-1e9, size - 0.5)), "off the crop"),
    Wrong(masks_by(edges=lambda size: (0, size - 1)), "the edges"),
    Wrong(masks_by(edges=lambda size: (0, size)), "the edges"),
    Wrong(masks_by(edges=lambda size: (-0.5, size.flip(0) - 0.5)), "rows and columns"),
    Wrong(masks_of_rows, "no crops"),
    Wrong(spoiling(branch_masks), INPUT),
]
LOSSES = [
    Wrong(loss_by(mean=lambda e, mask: (e * mask).sum()), "a plain mean"),
    Wrong(loss_by(mean=lambda e, mask: (e.sqrt() * mask).mean()), "a plain mean"),
    Wrong(loss_by(join=lambda a, b, w: w * (a + b)), "a plain mean"),
    Wrong(loss_with(lambda a, b, *rest: ((a + b) / 2, b, *rest)), "a plain mean"),
    Wrong(loss_then(lambda loss, *_: loss.item()), "what comes back"),
    Wrong(loss_then(lambda loss, *_: loss.detach()), "the gradient"),
    Wrong(loss_by(occluded=lambda f: f == 2), "which branch"),
    Wrong(loss_by(visible=lambda f: f >= 1), "soft is silent"),
    Wrong(loss_with(lambda *given: (*given[:5], True)), "soft is silent"),
    Wrong(loss_by(occluded=lambda f: f < 2), "no label"),
    Wrong(loss_by(lambda f: (f == 2).any(dim=1, keepdim=True)), "joint by joint"),
    Wrong(loss_by(join=lambda a, b, w: (a + w * b) / (1 + w)), "the weight"),
    Wrong(loss_by(mean=lambda e, m: (e * m).sum() / m.sum().clamp(min=1)), ALL),
    Wrong(loss_with(lambda *given: (*given[:5], False)), "hard"),
    Wrong(loss_by(goal=lambda target, _: target), "hard"),
    Wrong(loss_by(both=lambda f: f > -1), "hard without label"),
    Wrong(early_return, "nothing to learn"),
    Wrong(spoiling(occ_loss), INPUT),
]
PASTES = [
    Wrong(each_cutout(lambda c, m, x, y, _: (c, m, (y, x))), "inside"),
    Wrong(
        with_result(paste_cutouts, lambda f, i, *_: (f[0] / 2 + i / 2, f[1])), INSIDE
    ),
    Wrong(each_cutout(lambda c, m, x, y, _: (c, m | True, (x, y))), "its outline"),
    Wrong(each_cutout(lambda c, m, x, y, _: (c, c.sum(dim=0) > 0, (x, y))), BLACK),
    Wrong(sliced(lambda at, n, _: (slice(at, at + n), slice(n))), "over the edge"),
    Wrong(each_cutout(pushed_in), "over the edge"),
    Wrong(sliced(lambda at, n, size: (slice(at, at + n), slice(size - at))), FIRST),
    Wrong(sliced(both_clipped), "outside"),
    Wrong(flags_by(lambda f, is_hidden: f), "hidden joints"),
    Wrong(flags_by(lambda f, is_hidden: f * ~is_hidden), "hidden joints"),
    Wrong(flags_by(outline=lambda mask: mask | True), "hidden joints"),
    Wrong(flags_by(lambda f, is_hidden: f.where(~is_hidden, 1)), "other flags"),
    Wrong(flags_by(lambda f, is_hidden: (f - 1 * is_hidden).relu()), "other flags"),
    Wrong(flags_by(pixel=torch.trunc), "the nearest pixel"),
    Wrong(flags_by(inside=lambda is_on: is_on | True), "off the image"),
    Wrong(with_given(paste_cutouts, lambda i, c, *rest: (i, c[::-1], *rest)), NEXT),
    Wrong(flags_by(whose=slice(-1, None)), NEXT),
    Wrong(flags_by(start=lambda masks, _: masks), "none"),
    Wrong(spoiling(paste_cutouts), INPUT),
]
MERGES = [
    Wrong(merge_by(mix=lambda a, b, _: (a + b) / 2), PEAK),
    Wrong(merge_by(mix=lambda a, b, _: a), PEAK),
    Wrong(with_result(merge_branches, lambda f, *_: (f[0].flip(-1), *f[1:])), PEAK),
    Wrong(with_result(merge_branches, lambda f, *_: (*f[:2], 3 - f[2])), "its flag"),
    Wrong(with_result(merge_branches, lambda f, *_: (*f[:2], f[2] == 1)), "its flag"),
    Wrong(merge_by(lambda a, b: higher(a, b, (1, 2, 3))), "joint by joint"),
    Wrong(merge_by(mix=lambda a, b, _: a + b), "peaks, not areas"),
    Wrong(merge_by(lambda a, b: higher(a.mean(2, True), b.mean(2, True))), AREAS),
    Wrong(merge_by(step=lambda a, b: 0), "a quarter"),
    Wrong(merge_by(step=lambda a, b: 0.5 * (a - b).sign()), "a quarter"),
    Wrong(merge_by(step=lambda a, b: 0.25 * (b - a).sign()), "a quarter"),
    Wrong(merge_by(mix=lambda a, b, _: torch.maximum(a, b)), "its own neighbours"),
    Wrong(merge_by(step=lambda a, b: 0.25 - 0.5 * (a <= b)), "equal neighbours"),
    Wrong(merge_by(inner=lambda x, y: (x | True, y | True)), "the border"),
    Wrong(merge_by(inner=lambda x, y: (x, y)), "the border"),
    Wrong(merge_by(margin=2), "the border"),
    Wrong(merge_by(lambda a, b: ~higher(b, a)), "equal peaks"),
    Wrong(lambda a, b: merge_branches(a.relu(), b.relu()), "below zero"),
    Wrong(spoiling(merge_branches), INPUT),
]
TARGETS = [
    Wrong(target_with(lambda j, *rest: (j.flip(-1), *rest)), "its own joints"),
    Wrong(target_with(lambda *a: (*a[:5], a[5] / 2**0.5, a[6])), "its own joints"),
    Wrong(target_with(lambda *a: (*a[:5], a[5] * a[4][1] / a[3][2], a[6])), CELLS),
    Wrong(moved(lambda cells, side: cells.round()), CELLS),
    Wrong(moved(lambda cells, side: cells + 0.5 - 0.5 / side), CELLS),
    Wrong(moved(lambda cells, side: cells * side / side[0]), CELLS),
    Wrong(keeps_corner, "about its centre"),
    Wrong(people_by(lambda own, w: own | True), "half as high"),
    Wrong(target_with(lambda j, f, own, *rest: (j, f, 0, *rest)), "whose crop"),
    Wrong(people_by(join=lambda b: b.amax((0, 1)).expand_as(b[0])), "its own channel"),
    Wrong(people_by(join=lambda bells: bells.sum(0)), "the maximum"),
    Wrong(people_by(join=lambda bells: bells.sum(0).clamp(max=1)), "the maximum"),
    Wrong(target_with(lambda j, f, *rest: (j, f | 1, *rest)), "labelled"),
    Wrong(target_with(lambda j, f, *rest: (j, f // 2, *rest)), "labelled"),
    Wrong(with_tails, "off the crop"),
    Wrong(lambda *a, **b: interference_target(*a, **b | {"mirror": None}), "a mirror"),
    Wrong(mirror_by(lambda x, width, box: x - 1, False), "a mirror"),
    Wrong(mirror_by(crop_stays), "a mirror"),
    Wrong(mirror_by(), "left and right"),
    Wrong(mirror_by(lambda x, width, box: width - 1 - x, is_own=True), OTHERS),
    Wrong(mirror_by(is_own=True), OTHERS),
    Wrong(mirror_by(crop_stays, is_own=True), OTHERS),
    Wrong(spoiling(interference_target), INPUT),
]
SOLUTIONS = [
    Solution("10.1", "crowd_index", crowd_index, INDICES, points=2),
    Solution("10.2", "branch_masks", branch_masks, MASKS, points=2),
    Solution("10.3", "occ_loss", occ_loss, LOSSES, points=4),
    Solution("10.4", "paste_cutouts", paste_cutouts, PASTES, points=4),
    Solution("10.5", "merge_branches", merge_branches, MERGES, 4, NOISE),
    Solution("10.6", "interference_target", interference_target, TARGETS, points=6),
]
