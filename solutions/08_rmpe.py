"""Chapter 08, RMPE: answers, wrong ones, hidden cases."""

from itertools import product

import torch
import torch.nn.functional as F
from torch import tensor

from course_lib import geometry
from course_lib.exercises import Case, Solution, Wrong, expect_close, watch
from course_lib.exercises.ch08_tune_cases import counted

NO_HINTS = ("", "", "")  # of hidden cases; they `watch`, since no `check` does it


def spoiling(reference, place=0):
    """A wrong answer: right, but it writes into its argument at this place."""

    def answer(*given, **named):
        result = reference(*given, **named)
        given[place].data.add_(1)
        return result

    return answer


def invert_theta(theta, least=1e-6):
    """Exercise 08.1: gamma (B, 2, 3), the way back of theta (B, 2, 3)."""
    a, b, c, d = theta[:, :, :2].reshape(-1, 4).unbind(-1)
    det = a * d - b * c  # (B,)
    if (det.abs() < least).any():
        raise ValueError(f"no way back: determinants {det.tolist()}, least {least}")
    matrix = torch.stack([d, -b, -c, a], dim=-1).view(-1, 2, 2) / det[:, None, None]
    return torch.cat([matrix, -matrix @ theta[:, :, 2:]], dim=-1)


def inverse_by(matrix=torch.linalg.inv, shift=lambda m, s: -m @ s, is_bad=None):
    """A wrong answer: another matrix of A (B, 2, 2), shift, or rule of no way back."""

    def answer(theta, least=1e-6):
        if is_bad and is_bad(torch.linalg.det(theta[:, :, :2]), least):
            raise ValueError("no way back")
        found = matrix(theta[:, :, :2])
        return torch.cat([found, shift(found, theta[:, :, 2:])], dim=-1)

    return answer


def pose_similarity(pose, score, box, poses, scores, sigma1, sigma2):
    """Exercise 08.2: K (N,) and H (N,) of a pose (K, 2) and of poses (N, K, 2)."""
    r = (poses - pose).norm(dim=-1) / (0.1 * box[2:].max())  # (N, K)
    sure = torch.tanh(score / sigma1) * torch.tanh(scores / sigma1)
    return (sure * (r <= 1)).sum(dim=-1), torch.exp(-r / sigma2).sum(dim=-1)


PRODUCT, EMPTY = "the product of two", "an empty cluster"  # names of cases


def decay_near(r, sigma2):
    return torch.exp(-r / sigma2) * (r <= 1)


def bell(r, sigma2):
    return torch.exp(-r.square() / sigma2)


def similarity_by(
    sure=lambda a, b, s: (a / s).tanh() * (b / s).tanh(),
    near=lambda offset: offset.norm(dim=-1) <= 1,
    side=lambda box: box[2:].max(),
    decay=lambda r, sigma2: torch.exp(-r / sigma2),
):
    """A wrong answer: one part of K or H is another."""

    def answer(pose, score, box, poses, scores, sigma1, sigma2):
        offset = (poses - pose) / (0.1 * side(box))  # (N, K, 2)
        k = (sure(score, scores, sigma1) * near(offset)).sum(dim=-1)
        return k, decay(offset.norm(dim=-1), sigma2).sum(dim=-1)

    return answer


def similarity_then(change):
    """A wrong answer: change(K, H, how many joints)."""
    return lambda *given: change(*pose_similarity(*given), len(given[0]))


def pose_nms(poses, scores, boxes, sigma1=0.01, sigma2=2.08, weight=2.08, eta=22.48):
    """Exercise 08.3: indices (M,) of poses kept and merged poses (M, K, 2)."""
    left = scores.mean(dim=-1).argsort(descending=True)
    kept, merged = [], poses.clone()
    sure = torch.tanh(scores / sigma1)
    while len(left):
        best = left[0].item()
        r = (poses[left] - poses[best]).norm(dim=-1) / (0.1 * boxes[best, 2:].max())
        k = (sure[left] * sure[best] * (r <= 1)).sum(dim=-1)
        is_gone = k + weight * torch.exp(-r / sigma2).sum(dim=-1) > eta
        is_gone[0] = True  # the reference, also if it is not alike to itself
        cluster = left[is_gone]
        w = (scores[cluster] * (r[is_gone] <= 1))[..., None]  # (n, K, 1)
        merged[best] = (w * poses[cluster]).sum(dim=0) / w.sum(dim=0)
        kept.append(best)
        left = left[~is_gone]
    kept = torch.tensor(kept, dtype=torch.long)
    return kept, merged[kept]


def nms_by(
    surest=lambda scores: scores.mean(dim=-1),
    like=lambda k, h, weight, eta: k + weight * h > eta,
    decay=lambda r, sigma2: torch.exp(-r / sigma2),
    whose=lambda best, n: best,
    weights=lambda scores, near: scores * near,
    is_chain=False,
    is_own=True,
):
    """A wrong answer: one part of the way is another; is_chain: also the eliminated
    eliminate, is_own: the reference is part of its cluster in any case."""

    def answer(poses, scores, boxes, sigma1=0.01, sigma2=2.08, weight=2.08, eta=22.48):
        reach, sure = 0.1 * boxes[:, 2:].amax(dim=-1), torch.tanh(scores / sigma1)
        kept, merged, gone = [], [], torch.zeros(len(poses), dtype=torch.bool)
        for best in surest(scores).argsort(descending=True).tolist():
            owners = [whose(best, n) for n in range(len(poses))]
            r = (poses - poses[best]).norm(dim=-1) / reach[owners][:, None]  # (N, K)
            k, h = (sure * sure[best] * (r <= 1)).sum(dim=-1), decay(r, sigma2).sum(-1)
            own = like(k, h, weight, eta) & ~gone
            own[best] |= is_own
            if not gone[best]:
                kept.append(best)
                w = weights(scores, r <= 1)[own][..., None]
                merged.append((w * poses[own]).sum(dim=0) / w.sum(dim=0))
            if is_chain or best in kept:
                gone |= own
        return tensor(kept), torch.stack(merged)

    return answer


def nms_then(change):
    """A wrong answer: change(kept, merged, poses)."""
    return lambda poses, *rest, **named: change(*pose_nms(poses, *rest, **named), poses)


def suppresses_crowds(answer):
    def similar(n, best, poses, scores, boxes):
        """K + 1.5 H of two poses, sigma1 0.3, sigma2 2, and which joints are near."""
        r = torch.hypot(*(poses[n] - poses[best]).T) / (boxes[best, 2:].max() / 10)
        sure = torch.tanh(scores[n] / 0.3) * torch.tanh(scores[best] / 0.3)
        return sure[r <= 1].sum() + 1.5 * torch.exp(-r / 2).sum(), r <= 1

    for seed in range(8):
        generator = torch.Generator().manual_seed(seed)
        people = 60 * torch.rand(3, 1, 16, 2, generator=generator)
        noise = 5 * torch.randn(3, 4, 16, 2, generator=generator)
        poses = (people + noise).flatten(0, 1)
        scores = 0.05 + 0.9 * torch.rand(12, 16, generator=generator)
        given = poses, scores, 40 + 60 * torch.rand(12, 4, generator=generator)
        kept, merged = watch(answer)(*given, 0.3, 2.0, 1.5, 15.0)
        left, want, places = set(range(12)), [], []
        while left:
            best = max(left, key=lambda n, s=scores: s[n].mean().item())
            parts = {n: similar(n, best, *given) for n in left}
            gone = [n for n in left if n == best or parts[n][0] > 15]
            w = torch.stack([scores[n] * parts[n][1] for n in gone])  # (n, K)
            places.append(torch.einsum("nk,nkd->kd", w / w.sum(dim=0), poses[gone]))
            want.append(best)
            left -= {*gone}
        expect_close(kept, want, f"a crowd (seed {seed}): kept")
        told = f"a crowd (seed {seed}): the merged poses"
        expect_close(merged, torch.stack(places), told, 1e-3)


def place_joints(joints, theta, boxes, size):
    """Exercise 08.4: joints (B, K, 2) of re-cropped maps, as places in image px."""
    height, width = size
    t = (2 * joints + 1) / joints.new_tensor([width, height]) - 1  # (B, K, 2)
    s = t @ theta[:, :, :2].mT + theta[:, None, :, 2]
    return boxes[:, None, :2] - 0.5 + (s + 1) / 2 * boxes[:, None, 2:]


def place_by(
    enter=lambda joints, cells: (2 * joints + 1) / cells - 1,
    through=lambda t, a, shift: t @ a.mT + shift,
    leave=lambda s, boxes: boxes[..., :2] - 0.5 + (s + 1) / 2 * boxes[..., 2:],
    is_swapped=False,
):
    """A wrong answer: one of the three steps is another."""

    def answer(joints, theta, boxes, size):
        cells = joints.new_tensor(size if is_swapped else size[::-1])
        t = enter(joints, cells)
        s = through(t, theta[:, :, :2], theta[:, None, :, 2])
        return leave(s, boxes[:, None])

    return answer


def edge_enter(joints, cells):
    return 2 * joints / cells - 1


def edge_leave(s, boxes):
    return boxes[..., :2] + (s + 1) / 2 * boxes[..., 2:]


def corner_enter(joints, cells):
    return 2 * joints / (cells - 1) - 1


def corner_leave(s, boxes):
    return boxes[..., :2] + (s + 1) / 2 * (boxes[..., 2:] - 1)


def reads_the_grid(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        theta = torch.rand(3, 2, 3, generator=generator) - 0.5 + torch.eye(2, 3)
        boxes = 20 + 50 * torch.rand(3, 4, generator=generator)
        grid = F.affine_grid(theta, [3, 1, 5, 7], align_corners=False)  # (3, 5, 7, 2)
        cells = torch.cartesian_prod(torch.arange(5.0), torch.arange(7.0)).flip(-1)
        joints = cells.expand(3, 35, 2).contiguous()
        found = watch(answer)(joints, theta, boxes, (5, 7))
        share = (grid.reshape(3, 35, 2) + 1) / 2
        want = boxes[:, None, :2] - 0.5 + share * boxes[:, None, 2:]
        expect_close(found, want, f"every cell of affine_grid (seed {seed})", 1e-3)


def fit_offsets(found, truth, clusters, count):
    """Exercise 08.5: mean and deviation (count, 4) of the four sides' offsets."""
    start = found[:, :2] - truth[:, :2]
    end = start + found[:, 2:] - truth[:, 2:]
    offsets = torch.cat([start, end], dim=-1) / truth[:, 2:].repeat(1, 2)  # (D, 4)
    means, deviations = [], []
    for number in range(count):
        own = offsets[clusters == number]
        means.append(own.mean(dim=0))
        deviations.append((own - means[-1]).square().mean(dim=0).sqrt())
    return torch.stack(means), torch.stack(deviations)


def sides_of(boxes):
    return torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], dim=-1)


def sizes_of(found, truth):
    return truth[:, 2:].repeat(1, 2)


def offsets_by(
    sides=sides_of,
    size=sizes_of,
    offset=lambda found, truth: found - truth,
    mean=lambda offsets, sizes: (offsets / sizes).mean(dim=0),
    spread=lambda own: own.var(dim=0, correction=0).sqrt(),
    own=lambda clusters, number: clusters == number,
):
    """A wrong answer: one part of the statistics is another."""

    def answer(found, truth, clusters, count):
        offsets, sizes = offset(sides(found), sides(truth)), size(found, truth)
        rows = [own(clusters, number) for number in range(count)]
        means = [mean(offsets[row], sizes[row]) for row in rows]
        spreads = [spread((offsets / sizes)[row]) for row in rows]
        return torch.stack(means), torch.stack(spreads)

    return answer


def tune_pose_nms(score, start, grids):
    """Exercise 08.6: parameters (4,) and their score, two searched at a time."""
    best, value, idle, turn = start.clone(), score(start), 0, 0
    while idle < 2:
        first, second = ((0, 1), (2, 3))[turn % 2]
        here, is_better = best.clone(), False
        for a in grids[first]:
            for b in grids[second]:
                tried = here.clone()
                tried[first], tried[second] = a, b
                if (found := score(tried)) > value:
                    best, value, is_better = tried, found, True
        idle, turn = 0 if is_better else idle + 1, turn + 1
    return best, value


def search(score, at, value, grids, axes, is_better=lambda new, old: new > old):
    """The best of all combinations of the grids of these axes, or what there was."""
    best = at
    for values in product(*(grids[axis].tolist() for axis in axes)):
        tried = at.clone()
        tried[list(axes)] = tensor(values)
        found = score(tried)
        if is_better(found, value):
            best, value = tried, found
    return best, value


PAIRS = [(0, 1), (2, 3)]


def tune_by(axes=PAIRS, rounds=99, forgets=False, stops=False, **rule):
    """A wrong answer: other axes, few rounds, or another rule for moving."""

    def answer(score, start, grids):
        best, value = start, score(start)
        for _ in range(rounds):
            before = best
            for some in axes:
                at, low = best, -torch.inf if forgets else value
                found = search(score, at, low, grids, some, **rule)
                best, value = found if found[1] != value or not forgets else (at, value)
                if stops and torch.equal(at, best):
                    return best, value
            if torch.equal(before, best):
                break
        return best, value

    return answer


def tune_apart(score, start, grids):
    ends = [search(score, start, score(start), grids, some)[0] for some in PAIRS]
    best = torch.cat([ends[0][:2], ends[1][2:]])
    return best, score(best)


def tune_all(score, start, grids):
    wider = [torch.cat([start[n : n + 1], grids[n]]) for n in range(4)]
    return search(score, start, score(start), wider, range(4))


def climbs_noise(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        table = torch.randperm(5**4, generator=generator).view(5, 5, 5, 5) / 5**4
        start = torch.randint(5, (4,), generator=generator)
        scored, _ = counted(lambda *at, t=table: t[tuple(map(int, at))].item())
        grids = [torch.arange(5.0)] * 4
        best, value = watch(answer)(scored, start.float(), grids)
        at, last = start.tolist(), None
        while at != last:
            last = list(at)
            at[:2] = divmod(table[:, :, at[2], at[3]].argmax().item(), 5)
            at[2:] = divmod(table[at[0], at[1]].argmax().item(), 5)
        expect_close(best, at, f"scores of noise (seed {seed}): the parameters")
        expect_close(value, table[tuple(at)], f"scores of noise (seed {seed})")


SOLUTIONS = [
    Solution(
        "08.1",
        "invert_theta",
        invert_theta,
        [
            Wrong(lambda theta, least=0: theta, "a shift"),
            Wrong(inverse_by(shift=lambda m, s: m @ s), "a shift"),
            Wrong(inverse_by(shift=lambda m, s: -s), "a zoom"),
            Wrong(inverse_by(lambda a: a.mT), "a zoom"),
            Wrong(inverse_by(lambda a: (1 / a).nan_to_num(posinf=0)), "any matrix"),
            Wrong(inverse_by(shift=lambda m, s: -m.mT @ s), "any matrix"),
            Wrong(lambda t, least=0: invert_theta(t[:1]).expand_as(t), "each its own"),
            Wrong(inverse_by(is_bad=lambda d, least: (d < least).any()), "a mirror"),
            Wrong(lambda t, least=0: geometry.invert_affine(t), "no way back"),
            Wrong(inverse_by(), "no way back"),
            Wrong(inverse_by(is_bad=lambda d, e: (d.abs() < e).all()), "no way back"),
            Wrong(inverse_by(is_bad=lambda d, _: (d == 0).any()), "no way back"),
            Wrong(lambda t, least=1e-6: invert_theta(t.data, least), "the gradient"),
            Wrong(spoiling(invert_theta), "the inputs stay as they are"),
        ],
        points=2,
    ),
    Solution(
        "08.2",
        "pose_similarity",
        pose_similarity,
        [
            Wrong(similarity_then(lambda k, h, m: (k / m, h / m)), "the same pose"),
            Wrong(similarity_then(lambda k, h, _: (h, k)), "the product of two"),
            Wrong(similarity_by(lambda a, b, s: (a * b / s).tanh()), PRODUCT),
            Wrong(similarity_by(lambda a, b, s: (b / s).tanh()), PRODUCT),
            Wrong(similarity_by(near=lambda o: o.abs().amax(-1) <= 1), "a disc"),
            Wrong(similarity_by(near=lambda o: o.norm(dim=-1) < 1), "a disc"),
            Wrong(similarity_by(side=lambda box: box[3]), "the longer side"),
            Wrong(similarity_by(side=lambda box: box.max()), "the longer side"),
            Wrong(similarity_by(decay=bell), "a decay"),
            Wrong(similarity_by(decay=lambda r, s: (-5 * r / s).exp()), "a decay"),
            Wrong(similarity_by(decay=decay_near), "matched or not"),
            Wrong(similarity_then(lambda k, h, _: (k.sum() + 0 * k, h)), "many poses"),
            Wrong(spoiling(pose_similarity, 3), "the inputs stay as they are"),
        ],
        points=3,
    ),
    Solution(
        "08.3",
        "pose_nms",
        pose_nms,
        [
            Wrong(nms_by(like=lambda k, h, w, eta: k + w * h <= eta), "two people"),
            Wrong(nms_by(like=lambda k, h, w, eta: k < 0), "a copy"),
            Wrong(nms_by(lambda s: -torch.arange(len(s))), "the surest first"),
            Wrong(nms_by(lambda s: s.amax(dim=-1)), "the surest first"),
            Wrong(nms_then(lambda k, m, _: (k.sort()[0], m)), "the surest first"),
            Wrong(nms_by(like=lambda k, h, w, eta: k + h > eta), "how many joints"),
            Wrong(nms_by(decay=decay_near), "how many joints"),
            Wrong(nms_by(decay=bell), "how many joints"),
            Wrong(nms_by(whose=lambda best, n: n), "whose box"),
            Wrong(nms_by(is_chain=True), "only the reference"),
            Wrong(nms_by(like=lambda k, h, w, eta: k + w * h >= eta), "more than eta"),
            Wrong(nms_then(lambda kept, _, poses: (kept, poses[kept])), "merged"),
            Wrong(nms_by(weights=lambda s, near: 1.0 * near), "merged"),
            Wrong(nms_by(weights=lambda s, near: s), "merged"),
            Wrong(nms_by(weights=lambda s, near: s.mean(-1, True) * near), "merged"),
            Wrong(nms_by(is_own=False), "few joints"),
            Wrong(nms_by(), "nobody"),
            Wrong(spoiling(pose_nms), "the inputs stay as they are"),
        ],
        points=4,
        hidden=[Case("a crowd", suppresses_crowds, NO_HINTS)],
    ),
    Solution(
        "08.4",
        "place_joints",
        place_joints,
        [
            Wrong(place_by(leave=lambda s, boxes: s), "nothing moves"),
            Wrong(place_by(corner_enter), "nothing moves"),
            Wrong(place_by(is_swapped=True), "nothing moves"),
            Wrong(place_by(corner_enter, leave=corner_leave), "cells and pixels"),
            Wrong(place_by(edge_enter, leave=edge_leave), "cells and pixels"),
            Wrong(
                place_by(leave=lambda s, b: ((s + 1) * b[..., 2:] - 1) / 2), "the box"
            ),
            Wrong(
                place_by(through=lambda t, a, b: (t - b) @ a.inverse().mT), "which way"
            ),
            Wrong(place_by(through=lambda t, a, b: (t + b) @ a.mT), "a zoom"),
            Wrong(place_by(through=lambda t, a, b: t @ a.inverse().mT + b), "a zoom"),
            Wrong(place_by(through=lambda t, a, b: t @ a + b), "a turn"),
            Wrong(lambda j, t, *b: place_joints(j, 0 * t + t[:1], *b), "each its own"),
            Wrong(spoiling(place_joints), "the inputs stay as they are"),
        ],
        points=4,
        hidden=[Case("every cell", reads_the_grid, NO_HINTS)],
    ),
    Solution(
        "08.5",
        "fit_offsets",
        fit_offsets,
        [
            Wrong(offsets_by(offset=lambda f, t: f / (t + 1e-9)), "no error"),
            Wrong(offsets_by(spread=lambda own: own.std(dim=0)), "the deviation"),
            Wrong(offsets_by(lambda boxes: boxes), "four sides"),
            Wrong(offsets_by(offset=lambda f, t: t - f), "four sides"),
            Wrong(offsets_by(lambda b: sides_of(b)[:, [0, 2, 1, 3]]), "four sides"),
            Wrong(offsets_by(size=lambda f, t: sizes_of(t, f)), "the true size"),
            Wrong(offsets_by(size=lambda f, t: t[:, 2:3]), "the true size"),
            Wrong(offsets_by(mean=lambda o, s: o.sum(0) / s.sum(0)), "divided first"),
            Wrong(offsets_by(spread=lambda own: own.var(0, False)), "the deviation"),
            Wrong(offsets_by(spread=lambda own: own.norm(dim=0)), "the deviation"),
            Wrong(offsets_by(own=lambda c, _: c > -1), "cluster by cluster"),
            Wrong(lambda *a: [p.nan_to_num() for p in fit_offsets(*a)], EMPTY),
            Wrong(spoiling(fit_offsets), "the inputs stay as they are"),
        ],
        points=4,
    ),
    Solution(
        "08.6",
        "tune_pose_nms",
        tune_pose_nms,
        [
            Wrong(tune_by(is_better=lambda new, old: new >= old), "nothing to gain"),
            Wrong(tune_by([(0,), (1,), (2,), (3,)]), "two at once"),
            Wrong(lambda f, s, g: (tune_pose_nms(f, s, g)[0], f(s)), "two at once"),
            Wrong(tune_apart, "from the new place"),
            Wrong(tune_by(stops=True), "both pairs"),
            Wrong(tune_by(rounds=1), "in turns"),
            Wrong(tune_by(rounds=2), "in turns"),
            Wrong(tune_by(forgets=True), "never worse"),
            Wrong(tune_all, "few tries"),
            Wrong(spoiling(tune_pose_nms, 1), "the inputs stay as they are"),
        ],
        points=6,
        hidden=[Case("noise", climbs_noise, NO_HINTS)],
    ),
]
