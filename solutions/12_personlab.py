"""Chapter 12, PersonLab: answers, wrong ones, hidden cases."""

import inspect
import math
from functools import partial

import torch
import torch.nn.functional as F

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch
from course_lib.exercises.ch12_decode_cases import TREE, bent, walked
from course_lib.exercises.ch12_hough_cases import voted
from course_lib.exercises.ch12_oks_cases import expected
from course_lib.exercises.ch12_pixel_cases import masks
from course_lib.exercises.ch12_refine_cases import refined

INPUT, CELLS = "the inputs stay as they are", "cells and pixels"  # names of cases
FLAT, OFFSETS, MISSING = "a flat disk", "the short offsets", "a missing joint"
FIRST, BETWEEN, BEYOND = "at a centre", "between centres", "beyond the border"
WHERE, WEIGHT, LOST = "where a vote goes", "its weight", "over the border"
AWAY, EXPECT, EACH = "away from it", "an expectation", "each joint"
TOLD, ALONG, THERE = "what comes back", "along the tree", "already there"
HIGHEST, OWN, SIZE = "the highest first", "its own pixels", "by the person's size"
MEAN, WEIGHTS = "a mean of distances", "the weights"


def hidden(test):
    """The hidden case of an exercise; it must `watch`, since no `check` does it."""
    return [Case("noise", test, ("", "", ""))]


def spoiling(reference):
    """A wrong answer: right, but it changes its first argument."""

    def answer(*given, **named):
        result = reference(*given, **named)
        given[0].data += 1
        return result

    return answer


def edited(reference, old, new):
    """A wrong answer: the right one, with a piece of its text replaced.

    ValueError when its text has no such piece.
    """
    source = inspect.getsource(reference)
    if old not in source:
        raise ValueError(f"{reference.__name__} has no {old!r}.")
    namespace = {"torch": torch, "F": F}
    exec(source.replace(old, new), namespace)
    return namespace[reference.__name__]


def with_given(reference, change):
    """A wrong answer: right for other arguments, change(*arguments)."""
    return lambda *given, **named: reference(*change(*given), **named)


def with_result(reference, change):
    """A wrong answer: change(the right result, *arguments)."""
    return lambda *given, **named: change(reference(*given, **named), *given)


def disk_targets(joints, size, stride, radius):
    """Exercise 12.1: heat (h, w), short offsets (2, h, w) and owner (h, w)."""
    x, y = (stride * torch.arange(n) + (stride - 1) / 2 for n in size[::-1])
    nobody = joints.new_full((1, 2), torch.inf)
    joints = torch.cat([joints, nobody])  # so that there is always a minimum
    dx, dy = joints[:, :1] - x, joints[:, 1:] - y  # (P + 1, w), (P + 1, h)
    ways = torch.broadcast_tensors(dx[:, None], dy[:, :, None])
    ways = torch.stack(ways, dim=1)  # (P + 1, 2, h, w)
    distance, owner = ways.norm(dim=1).nan_to_num(nan=torch.inf).min(dim=0)
    is_in = distance <= radius
    heat, short = is_in.float(), ways.gather(0, owner.expand(1, 2, *size))[0]
    return heat, short.where(is_in, 0), owner.where(is_in, -1)


disk, disk_with = (partial(f, disk_targets) for f in (edited, with_given))
first_disk = disk(".min(", ".gt(radius).mul(1e9).min(")  # the first joint that is near


def backwards(answer):
    """A wrong answer: joints are taken from the last to the first."""

    def turned(joints, *rest):
        heat, short, owner = answer(joints.flip(0), *rest)
        return heat, short, torch.where(owner < 0, owner, len(joints) - 1 - owner)

    return turned


def sample(field, points, stride):
    """Exercise 12.2: the field (C, h, w) at points (N, 2), px, (N, C)."""
    size = points.new_tensor(field.shape[:0:-1])  # w, h
    cells = (points - (stride - 1) / 2) / stride
    grid = ((2 * cells + 1) / size - 1)[None, :, None]  # (1, N, 1, 2)
    rule = {"padding_mode": "border", "align_corners": False}
    return F.grid_sample(field[None], grid, **rule)[0, :, :, 0].T


read, read_with = (partial(f, sample) for f in (edited, with_given))


def sample_by_corners(field, points, stride):
    """A wrong answer: it divides by w - 1 and h - 1, and clamps what comes of it."""
    size = points.new_tensor(field.shape[:0:-1])
    cells = (points - (stride - 1) / 2) / stride
    grid = (2 * cells / (size - 1) - 1).clamp(-1, 1)[None, :, None]
    return F.grid_sample(field[None], grid, align_corners=True)[0, :, :, 0].T


def sample_one_by_one(field, points, stride):
    return torch.cat([sample(field, point[None], stride) for point in points])


def hough(heat, short, stride, radius):
    """Exercise 12.3: the Hough map (h, w) of heat (h, w) and offsets (2, h, w), px."""
    height, width = heat.shape
    x = torch.arange(width) + short[0] / stride  # in cells
    y = torch.arange(height)[:, None] + short[1] / stride
    found = torch.zeros_like(heat)
    for right, down in ((0, 0), (1, 0), (0, 1), (1, 1)):
        column, row = x.floor() + right, y.floor() + down
        share = (1 - (x - column).abs()) * (1 - (y - row).abs())
        is_on = (column >= 0) & (column < width) & (row >= 0) & (row < height)
        place = row[is_on].long(), column[is_on].long()
        found.index_put_(place, (heat * share)[is_on], accumulate=True)
    return found / (torch.pi * (radius / stride) ** 2)


vote, vote_with = (partial(f, hough) for f in (edited, with_given))
AREA = "(torch.pi * (radius / stride) ** 2)"
IS_ON = "(column >= 0) & (column < width) & (row >= 0) & (row < height)"
ONTO_MAP = "column, row = column.clamp(0, width - 1), row.clamp(0, height - 1)"
WHOLE = "(x >= 0) & (x < width - 1) & (y >= 0) & (y < height - 1)"  # or not at all


def votes_of_noise(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        heat = torch.rand(6, 9, generator=generator)
        short = 12 * torch.randn(2, 6, 9, generator=generator)
        found = watch(answer)(heat, short, 3, 7.0)
        expect_close(found, voted(heat, short, 3, 7.0), f"votes of noise (seed {seed})")


def refine(mid, short, stride, steps=2):
    """Exercise 12.4: mid offsets (2, h, w) after steps by short ones (2, h, w), px."""
    rows, columns = (torch.arange(n) for n in mid.shape[1:])
    cells = torch.stack(torch.broadcast_tensors(columns, rows[:, None]), dim=-1)
    size = mid.new_tensor(mid.shape[:0:-1])  # w, h
    rule = {"padding_mode": "border", "align_corners": False}
    for _ in range(steps):
        there = cells + mid.movedim(0, -1) / stride  # (h, w, 2), in cells
        grid = ((2 * there + 1) / size - 1)[None]
        found = F.grid_sample(short[None], grid, **rule)[0]
        mid = mid + found
    return mid


step, step_with = (partial(f, refine) for f in (edited, with_given))


def step_at_once(mid, short, stride, steps=2):
    return mid + steps * (refine(mid, short, stride, 1) - mid)


def step_of_short(mid, short, stride, steps=2):
    for _ in range(steps - 1):
        short = refine(short, short, stride, 1)
    return refine(mid, short, stride, min(steps, 1))


def refines_noise(answer):
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        mid = 12 * torch.randn(2, 6, 9, generator=generator)
        short = 4 * torch.randn(2, 6, 9, generator=generator)
        for steps in (1, 2):
            found = watch(answer)(mid, short, 3, steps)
            what = f"fields of noise (seed {seed}), steps {steps}"
            expect_close(found, refined(mid, short, 3, steps), what, 1e-3)


def expected_oks(maps, presence, joints, area, kappa, stride, radius):
    """Exercise 12.5: the expected OKS (K,) of joints (K, 2) by maps (K, h, w)."""
    x, y = (stride * torch.arange(n) + (stride - 1) / 2 for n in maps.shape[:0:-1])
    dx, dy = x - joints[:, :1, None], y[:, None] - joints[:, 1:, None]
    squares = dx**2 + dy**2  # (K, h, w)
    votes = maps * (squares <= radius**2)
    value = torch.exp(-squares / (2 * area * kappa[:, None, None] ** 2))
    total, score = votes.sum(dim=(1, 2)), (votes * value).sum(dim=(1, 2))
    return presence * torch.where(total > 0, score / total, 0)


sure, sure_with = (partial(f, expected_oks) for f in (edited, with_given))
EXPONENT = "squares / (2 * area * kappa[:, None, None] ** 2)"
MODE = "(value * (votes == votes.amax((1, 2), True))).amax((1, 2))"


def oks_of_mean(maps, presence, joints, area, kappa, *rest):
    """A wrong answer: the similarity of the mean squared distance."""
    squares = sure(f"torch.exp(-{EXPONENT})", "squares")
    mean = squares(maps, presence**0, joints, area, kappa, *rest)
    return presence * torch.exp(-mean / (2 * area * kappa**2))


def expects_noise(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        maps = torch.rand(5, 6, 9, generator=generator) ** 4
        presence, kappa, x, y = torch.rand(4, 5, generator=generator) + 0.05
        joints = torch.stack([30 * x - 3, 21 * y - 3], dim=1).round() + 0.25
        rest = 3, 7.5
        found = watch(answer)(maps, presence, joints, 250.0, kappa, *rest)
        want = [
            expected(maps[k], presence[k].item(), joint, 250.0, kappa[k].item(), *rest)
            for k, joint in enumerate(joints.tolist())
        ]
        expect_close(found, want, f"five joints (seed {seed})")


def greedy_decode(scores, parts, places, edges, mid, radius):
    """Exercise 12.6: poses (M, K, 2), and the peak (M,) that each began with."""
    count = len(edges) + 1
    poses, firsts = torch.zeros(0, count, 2), []
    for n in scores.argsort(descending=True, stable=True).tolist():
        root = parts[n].item()
        if ((poses[:, root] - places[n]).norm(dim=1) <= radius).any():
            continue
        pose, placed = torch.zeros(count, 2), [root]
        pose[root] = places[n]
        for k in placed:  # it grows
            for a, b in edges:
                other = b if k == a else a
                if k in (a, b) and other not in placed:
                    pose[other] = pose[k] + mid(k, other, pose[k])
                    placed.append(other)
        poses, firsts = torch.cat([poses, pose[None]]), [*firsts, n]
    return poses, torch.tensor(firsts, dtype=torch.long)


decode = partial(edited, greedy_decode)
order = partial(decode, "scores.argsort(descending=True, stable=True)")
grow = partial(decode, "pose[k] + mid(k, other, pose[k])")
rivals = partial(decode, "poses[:, root]")
FROM_JOINTS = "for k in placed:  # it grows\n            for a, b in edges:"
ONE_ROUND = "for a, b in edges:\n            for k in list(placed):"
LAST = "(len(scores) - 1 - scores.flip(0).argsort(descending=True, stable=True))"
HIGHER = "places[(parts == root) & (scores > scores[n])]"  # rejected or not


def decodes_noise(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        scores = torch.randint(9, (14,), generator=generator) / 8
        parts = torch.randint(6, (14,), generator=generator)
        places = 60 * torch.rand(14, 2, generator=generator)
        mid, people = bent(TREE), {}
        for n in sorted(range(14), key=lambda n: -scores[n]):
            k = parts[n].item()
            gaps = [math.dist(pose[k], places[n]) for pose in people.values()]
            if min(gaps, default=99) > 15:
                people[n] = walked(k, places[n].tolist(), TREE, mid)
        poses, firsts = watch(answer)(scores, parts, places, TREE, mid, 15.0)
        what = f"peaks of noise (seed {seed})"
        expect_close(firsts, list(people), f"{what}: first peaks")
        expect_close(poses, torch.stack([*people.values()]), f"{what}: poses", 1e-2)


def assign_pixels(person, long, poses, presence, stride, least=0.5, limit=0.25):
    """Exercise 12.7: masks (N, h, w), bool, of poses (N, K, 2), px."""
    x, y = (stride * torch.arange(n) + (stride - 1) / 2 for n in person.shape[::-1])
    centres = torch.stack(torch.broadcast_tensors(x, y[:, None]))  # (2, h, w)
    is_there = ~poses.isnan().any(dim=-1)  # (N, K)
    low = poses.where(is_there[..., None], torch.inf).amin(dim=1)
    high = poses.where(is_there[..., None], -torch.inf).amax(dim=1)
    scale = (high - low).prod(dim=1).sqrt()[:, None, None]
    weight = presence.where(is_there, 0)[..., None, None]
    poses = poses.nan_to_num(0)[..., None, None]
    gaps = (centres + long - poses).norm(dim=2)  # (N, K, h, w)
    mean = (weight * gaps).sum(dim=1) / weight.sum(dim=1)
    return (mean / scale <= limit) & (person >= least)


assign, assign_with = (partial(f, assign_pixels) for f in (edited, with_given))
AVERAGE = "(weight * gaps).sum(dim=1) / weight.sum(dim=1)"
ROOT, NEAREST = "(high - low).prod(dim=1).sqrt()", "(mean == mean.amin(dim=0))"


def masks_in_turn(person, long, poses, presence, *rest, **rule):
    pairs = [(poses[j, None], presence[j, None]) for j in range(len(poses))]
    return torch.cat([assign_pixels(person, long, *p, *rest, **rule) for p in pairs])


def assigns_noise(answer):
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        person = torch.rand(5, 8, generator=generator)
        poses = 30 * torch.rand(3, 4, 2, generator=generator)
        presence = torch.rand(3, 4, generator=generator) + 0.1
        poses[seed % 3, seed % 4] = torch.nan
        long = 30 * torch.rand(4, 2, 5, 8, generator=generator) - 12
        found = watch(answer)(person, long, poses, presence, 3, 0.3, 0.8)
        given = poses.tolist(), presence.tolist()
        want = masks(person, long, *given, 3, 0.3, 0.8)
        expect_close(found, want, f"fields of noise (seed {seed})")


DISKS = [
    Wrong(disk("is_in.float()", "is_in * (-distance).exp()"), FLAT),
    Wrong(disk_with(lambda j, *rest: (j.flip(-1), *rest)), FLAT),
    Wrong(disk(".norm(dim=1)", ".abs().amax(dim=1)"), FLAT),
    Wrong(disk(".norm(dim=1)", ".abs().sum(dim=1)"), FLAT),
    Wrong(disk("<= radius", "< radius"), "its border"),
    Wrong(disk(" + (stride - 1) / 2", ""), CELLS),
    Wrong(disk("<= radius", "<= radius * stride"), CELLS),
    Wrong(disk_with(lambda j, n, s, r: (j / s, n, 1, r / s)), CELLS),
    Wrong(disk("short.where", "(-short).where"), OFFSETS),
    Wrong(disk("short.where", "short.flip(0).where"), OFFSETS),
    Wrong(disk("short.where", "(short / stride).where"), OFFSETS),
    Wrong(disk("short.where(is_in, 0)", "short"), OFFSETS),
    Wrong(disk("owner.where(is_in, -1)", "owner * is_in"), "the owner"),
    Wrong(disk("owner.where(is_in, -1)", "(owner + 1) * is_in"), "the owner"),
    Wrong(disk("is_in.", "(ways.norm(dim=1) <= radius).sum(dim=0)."), "two disks meet"),
    Wrong(first_disk, "two disks meet"),
    Wrong(backwards(first_disk), "two disks meet"),
    Wrong(backwards(disk_targets), "equally near"),
    Wrong(disk(".nan_to_num(nan=torch.inf)", ""), MISSING),
    Wrong(disk_with(lambda j, *rest: (j[~j.isnan().any(1)], *rest)), MISSING),
    Wrong(disk_with(lambda j, *rest: (j.nan_to_num(0), *rest)), MISSING),
    Wrong(disk("torch.cat([joints, nobody])", "joints"), "nobody"),
    Wrong(spoiling(disk_targets), INPUT),
]
SAMPLES = [
    Wrong(read_with(lambda f, p, s: (f, p.flip(-1), s)), FIRST),
    Wrong(read("(2 * cells + 1) / size", "2 * cells / size"), FIRST),
    Wrong(read("False", "True"), FIRST),
    Wrong(lambda *a: sample(*a).T, TOLD),
    Wrong(read("{", '{"mode": "nearest", '), BETWEEN),
    Wrong(read("{", '{"mode": "bicubic", '), BETWEEN),
    Wrong(read("(points - (stride - 1) / 2) / stride", "points / stride"), CELLS),
    Wrong(read("(points - (stride - 1) / 2) / stride", "points"), CELLS),
    Wrong(lambda f, p, s: sample(f, p, s) / s, CELLS),
    Wrong(read("border", "zeros"), BEYOND),
    Wrong(read("border", "reflection"), BEYOND),
    Wrong(read("field[None]", "field[None].detach()"), "gradients to the field"),
    Wrong(lambda *a: sample(*a).detach(), "gradients to the field"),
    Wrong(read("grid, **", "grid.detach(), **"), "gradients to the points"),
    Wrong(sample_by_corners, "a single row"),
    Wrong(sample_one_by_one, "no points"),
    Wrong(spoiling(sample), INPUT),
]
HOUGHS = [
    Wrong(vote_with(lambda h, s, *rest: (h, s.flip(0), *rest)), WHERE),
    Wrong(vote_with(lambda h, s, *rest: (h, -s, *rest)), WHERE),
    Wrong(vote_with(lambda h, s, *rest: (h, 0 * s, *rest)), WHERE),
    Wrong(vote(AREA, "1"), WEIGHT),
    Wrong(vote(AREA, "(torch.pi * radius / stride)"), WEIGHT),
    Wrong(vote(AREA, "found.sum()"), WEIGHT),
    Wrong(vote_with(lambda h, *rest: (1.0 * (h > 0), *rest)), WEIGHT),
    Wrong(vote_with(lambda h, s, *rest: (h, s.round(), *rest)), "a vote is split"),
    Wrong(vote_with(lambda h, s, *rest: (h, s.floor(), *rest)), "a vote is split"),
    Wrong(vote("True", "False"), "votes add up"),
    Wrong(vote_with(lambda h, *rest: (h * (h > 0.5), *rest)), "every cell votes"),
    Wrong(vote_with(lambda h, *rest: (h * (h > 0.01), *rest)), "every cell votes"),
    Wrong(vote(AREA, "(torch.pi * radius**2)"), CELLS),
    Wrong(vote_with(lambda h, a, s, r: (h, a, 1, r / s)), CELLS),
    Wrong(vote_with(lambda h, a, s, r: (h, a + (s - 1) / 2, s, r)), CELLS),
    Wrong(vote("is_on = (", f"{ONTO_MAP}; is_on = ("), LOST),
    Wrong(vote(IS_ON, WHOLE), LOST),
    Wrong(spoiling(hough), INPUT),
]
REFINED = [
    Wrong(step("cells + mid", "cells + 0 * mid"), "one step"),
    Wrong(step("cells + mid", "mid"), "one step"),
    Wrong(step("mid + found", "found"), "one step"),
    Wrong(step("mid + found", "mid - found"), "one step"),
    Wrong(step("mid.movedim(0, -1)", "mid.flip(0).movedim(0, -1)"), "one step"),
    Wrong(step("{", '{"mode": "nearest", '), BETWEEN),
    Wrong(step("-1) / stride", "-1)"), CELLS),
    Wrong(step("-1) / stride", "-1) / stride - (stride - 1) / (2 * stride)"), CELLS),
    Wrong(step("mid + found", "mid + found / stride"), CELLS),
    Wrong(step_at_once, "several steps"),
    Wrong(step_of_short, "several steps"),
    Wrong(step("steps=2", "steps=1"), "several steps"),
    Wrong(step("range(steps)", "range(2)"), "several steps"),
    Wrong(step("range(steps)", "range(max(steps, 1))"), "no step"),
    Wrong(step("border", "zeros"), BEYOND),
    Wrong(step("border", "reflection"), BEYOND),
    Wrong(step("grid, **", "grid.detach(), **"), "gradients"),
    Wrong(step_with(lambda m, s, *rest: (m, s.detach(), *rest)), "gradients"),
    Wrong(step_with(lambda m, s, *rest: (m.detach(), s, *rest)), "gradients"),
    Wrong(spoiling(refine), INPUT),
]
SCORES = [
    Wrong(sure("presence *", "1 *"), "all at the joint"),
    Wrong(sure("score / total", "score"), "all at the joint"),
    Wrong(sure("2 * area *", "2 * area**2 *"), AWAY),
    Wrong(sure("2 * area *", "area *"), AWAY),
    Wrong(sure("2 * area *", "8 * area *"), AWAY),  # kappa is 2 sigma already
    Wrong(sure("[:, None, None] ** 2", "[:, None, None]"), AWAY),
    Wrong(sure("-squares", "-(squares**0.5)"), AWAY),
    Wrong(oks_of_mean, EXPECT),
    Wrong(sure("score / total", MODE), EXPECT),
    Wrong(sure("maps * (", "(maps > 0) * ("), EXPECT),
    Wrong(sure("total, score = votes", "total, score = maps"), "in the disk"),
    Wrong(sure("<= radius**2", "< 1e9"), "in the disk"),
    Wrong(sure("<= radius", "< radius"), "the disk's border"),
    Wrong(sure(" + (stride - 1) / 2", ""), CELLS),
    Wrong(
        sure("stride * torch.arange(n) + (stride - 1) / 2", "torch.arange(n)"), CELLS
    ),
    Wrong(sure("<= radius**2", "<= (radius * stride) ** 2"), CELLS),
    Wrong(sure("kappa[:,", "kappa[:1,"), EACH),
    Wrong(
        sure("score / total, 0)", "score / total, 0).mean().expand(len(maps))"), EACH
    ),
    Wrong(sure("maps *", "maps.sum(dim=0) *"), EACH),
    Wrong(sure("score / total", "score / (total + 1e-5)"), "the height of h"),
    Wrong(sure_with(lambda m, p, j, *b: (m, p, j.clamp(min=0), *b)), "off the map"),
    Wrong(
        sure("torch.where(total > 0, score / total, 0)", "score / total"), "no votes"
    ),
    Wrong(sure("total, 0)", "total, 1)"), "no votes"),
    Wrong(spoiling(expected_oks), INPUT),
]
DECODED = [
    Wrong(decode("placed.append(other)", "pass"), ALONG),  # neighbours alone
    Wrong(grow("mid(k, other, pose[k])"), ALONG),
    Wrong(grow("pose[root] + mid(k, other, pose[k])"), ALONG),
    Wrong(grow("pose[k] + mid(k, other, pose[root])"), ALONG),
    Wrong(decode("k in (a, b)", "k == a"), "both directions"),
    Wrong(
        grow("pose[k] + (1 if k == a else -1) * mid(a, b, pose[k])"), "both directions"
    ),
    Wrong(decode(FROM_JOINTS, ONE_ROUND), "edges in any order"),
    Wrong(decode(".tolist()", ".tolist()[:1]"), "several people"),
    Wrong(decode("<= radius", "< 0"), THERE),
    Wrong(decode("continue", "break"), THERE),
    Wrong(rivals("poses[-1:, root]"), THERE),
    Wrong(rivals("places[[m for m in firsts if parts[m] == root]]"), "found by others"),
    Wrong(rivals("poses.flatten(0, 1)"), "another joint"),
    Wrong(decode("<= radius", "< radius"), "at the radius"),
    Wrong(decode(".norm(dim=1)", ".abs().amax(dim=1)"), "at the radius"),
    Wrong(order("torch.arange(len(scores))"), HIGHEST),
    Wrong(order("(scores - 9 * parts).argsort(descending=True)"), HIGHEST),
    Wrong(rivals(f"torch.cat([poses[:, root], {HIGHER}])"), "the rejected"),
    Wrong(order(LAST), "equal scores"),
    Wrong(order("(scores - 1e-3 * parts).argsort(descending=True)"), "equal scores"),
    Wrong(decode("len(edges) + 1", "max(map(max, edges)) + 1"), "a single joint"),
    Wrong(
        with_result(greedy_decode, lambda a, *_: (torch.stack([*a[0]]), a[1])),
        "no peaks",
    ),
    Wrong(spoiling(greedy_decode), INPUT),
]
MASKS = [
    Wrong(assign("centres + long", "long"), OWN),
    Wrong(assign("centres + long", "centres - long"), OWN),
    Wrong(assign("centres + long", "centres.flip(0) + long"), OWN),
    Wrong(assign("(person >= least)", "True"), "the person map"),
    Wrong(assign("person >= least", "person > least"), "the person map"),
    Wrong(assign(".sqrt()", ""), SIZE),
    Wrong(assign("mean / scale", "mean / 8"), SIZE),
    Wrong(assign(ROOT, "(high - low).amax(dim=1)"), SIZE),
    Wrong(assign(ROOT, "(high - low).norm(dim=1)"), SIZE),
    Wrong(assign("<= limit", "< limit"), "at the limit"),
    Wrong(lambda *a, **rule: assign_pixels(*a), "at the limit"),
    Wrong(assign(".norm(dim=2)", ".abs().sum(dim=2)"), MEAN),
    Wrong(assign(AVERAGE, "(weight * gaps).amax(dim=1)"), MEAN),
    Wrong(assign(AVERAGE, "(gaps**2).mean(dim=1).sqrt()"), MEAN),
    Wrong(assign(AVERAGE, "gaps.mean(dim=1)"), WEIGHTS),
    Wrong(assign(AVERAGE, "(weight * gaps).mean(dim=1)"), WEIGHTS),
    Wrong(assign(" + (stride - 1) / 2", ""), CELLS),
    Wrong(assign("stride * torch.arange(n)", "torch.arange(n)"), CELLS),
    Wrong(
        assign("mean / scale <= limit)", f"mean / scale <= limit) & {NEAREST}"),
        "several owners",
    ),
    Wrong(assign("isnan()", "isinf()"), MISSING),
    Wrong(assign("presence.where(is_there, 0)", "presence"), MISSING),
    Wrong(assign_with(lambda a, b, c, *rest: (a, b, c.nan_to_num(0), *rest)), MISSING),
    Wrong(masks_in_turn, "nobody"),
    Wrong(spoiling(assign_pixels), INPUT),
]
SOLUTIONS = [
    Solution("12.1", "disk_targets", disk_targets, DISKS, points=2),
    Solution("12.2", "sample", sample, SAMPLES, points=2),
    Solution("12.3", "hough", hough, HOUGHS, 4, hidden(votes_of_noise)),
    Solution("12.4", "refine", refine, REFINED, 4, hidden(refines_noise)),
    Solution("12.5", "expected_oks", expected_oks, SCORES, 4, hidden(expects_noise)),
    Solution("12.6", "greedy_decode", greedy_decode, DECODED, 6, hidden(decodes_noise)),
    Solution("12.7", "assign_pixels", assign_pixels, MASKS, 4, hidden(assigns_noise)),
]
