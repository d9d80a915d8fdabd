"""Chapter 07, Simple Baselines: answers, wrong ones, hidden cases."""

from itertools import pairwise, permutations

import torch
import torch.nn.functional as F
from scipy.optimize import linear_sum_assignment
from torch import nan, tensor

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch
from course_lib.geometry import expand_box, points_box

NO_HINTS = ("", "", "")  # of hidden cases; they `watch`, since no `check` does it


def pose_oks(pred, truth, visible, area, sigmas):
    """Exercise 07.1: OKS of one predicted and one true pose (K, 2)."""
    squared = (pred - truth).square().sum(dim=-1)  # (K,)
    scores = torch.exp(-squared / (2 * area * (2 * sigmas) ** 2))
    return scores.nan_to_num(nan=0.0)[visible > 0].mean()


def oks_by_distance(pred, truth, *rest):
    distance = (pred - truth).norm(dim=-1, keepdim=True).clamp(min=1e-9)
    return pose_oks(truth + (pred - truth) / distance.sqrt(), truth, *rest)


def oks_of_mean(pred, truth, visible, area, sigmas):
    squared = (pred - truth).square().sum(dim=-1) / (8 * area * sigmas**2)
    return torch.exp(-squared[visible > 0].mean())


def oks_masked(pred, truth, visible, area, sigmas):
    squared = (pred - truth).square().sum(dim=-1) / (8 * area * sigmas**2)
    squared = squared.masked_fill((visible > 0) & pred.isnan().any(dim=-1), torch.inf)
    return (torch.exp(-squared) * (visible > 0)).sum() / (visible > 0).sum()


def flip_back(heatmaps, pairs, shift):
    """Exercise 07.2: maps (B, K, h, w) of mirrored images as maps of the images."""
    order = list(range(heatmaps.shape[1]))
    for a, b in pairs:
        order[a], order[b] = b, a
    turned = heatmaps.flip(-1)[:, order]
    columns = torch.arange(heatmaps.shape[-1], device=heatmaps.device) - shift
    return turned[..., columns.clamp(min=0)]


def flip_of_views(heatmaps, pairs, shift):
    maps = heatmaps.clone()
    for a, b in pairs:
        maps[:, a], maps[:, b] = maps[:, b], maps[:, a]
    return flip_back(maps, [], shift)


def flip_in_place(heatmaps, pairs, shift):
    for a, b in pairs:
        heatmaps[:, [a, b]] = heatmaps[:, [b, a]]
    return flip_back(heatmaps, [], shift)


def flip_by(left):
    """A wrong answer: left(maps, shift) is what stays of maps that are turned back."""

    def answer(heatmaps, pairs, shift):
        maps = flip_back(heatmaps, pairs, 0)
        moved = maps[..., :1].expand_as(maps).clone()
        moved[..., shift:] = left(maps, shift)
        return moved

    return answer


def propagate_box(joints, visible, flow, margin=0.15, least=3):
    """Exercise 07.3: box (4,) of the joints after flow (2, h, w), None for too few."""
    h, w = flow.shape[1:]
    limit = joints.new_tensor([w - 1, h - 1])

    def inside(points):  # those between the outermost pixel centres
        return points[((points >= 0) & (points <= limit)).all(dim=-1)]

    old = inside(joints[visible > 0])  # (n, 2)
    x0, y0 = old.long().T
    x1, y1 = (x0 + 1).clamp(max=w - 1), (y0 + 1).clamp(max=h - 1)
    fx, fy = (old - old.floor()).T
    upper = (1 - fx) * flow[:, y0, x0] + fx * flow[:, y0, x1]  # (2, n)
    lower = (1 - fx) * flow[:, y1, x0] + fx * flow[:, y1, x1]
    new = inside(old + ((1 - fy) * upper + fy * lower).T)
    if len(new) < least:
        return None
    size = new.amax(dim=0) - new.amin(dim=0) + 1
    return torch.cat([new.amin(dim=0) - margin * size / 2, (1 + margin) * size])


def flow_at(points, flow):
    """The flow (n, 2) at points (n, 2), the border's outside of the image."""
    scale = points.new_tensor(flow.shape[:0:-1]) - 1
    grid = (2 * points / scale - 1)[None, None]
    read = F.grid_sample(flow[None], grid, padding_mode="border", align_corners=True)
    return read[0, :, 0].T


def flow_of_four(points, flow):
    x, y = points.long().T
    return flow_at(points, flow) + 0 * flow[:, y + 1, x + 1].T  # is there a pixel?


def box_by(
    move=flow_at,
    is_old_inside=True,
    is_new_inside=True,
    counts=lambda visible: visible > 0,
    enough=lambda left, seen, least: left >= least,
):
    """A wrong answer: one step of the way is another one, or left out."""

    def answer(joints, visible, flow, margin=0.15, least=3):
        limit = joints.new_tensor(flow.shape[:0:-1]) - 1
        old = joints[counts(visible)]
        old = old[((old >= 0) & (old <= limit)).all(dim=-1) | (not is_old_inside)]
        new = old + move(old, flow)
        new = new[((new >= 0) & (new <= limit)).all(dim=-1) | (not is_new_inside)]
        if not len(new) or not enough(len(new), int(counts(visible).sum()), least):
            return None
        return expand_box(points_box(new, torch.ones(len(new))), 1 + margin)

    return answer


def box_then(change):
    """A wrong answer: change(the box without margin, margin)."""
    return lambda joints, visible, flow, margin=0.15, least=3: change(
        propagate_box(joints, visible, flow, 0.0, least), margin
    )


def box_in_place(joints, visible, flow, margin=0.15, least=3):
    joints += flow_at(joints, flow)
    return propagate_box(joints, visible, 0 * flow, margin, least)


def moves_a_crowd(answer):
    for seed in range(20):
        generator = torch.Generator().manual_seed(seed)
        flow = 3 * torch.randn(2, 12, 19, generator=generator)
        limit = tensor([18.0, 11.0])
        joints = (limit + 3) * torch.rand(6, 2, generator=generator) - 1
        visible = torch.randint(3, (6,), generator=generator)
        grid = (2 * joints / limit - 1)[None, None]
        move = F.grid_sample(flow[None], grid, align_corners=True)[0, :, 0].T
        places = torch.stack([joints, joints + move])  # (2, 6, 2)
        kept = ((places >= 0) & (places <= limit)).all(dim=-1).all(dim=0)
        kept &= visible > 0
        found = watch(answer)(joints, visible, flow, 0.3, 2)
        told = f"six joints (seed {seed}), {int(kept.sum())} left: got {found}"
        assert (found is None) == (kept.sum() < 2), told
        if found is not None:
            expect_close(found, expand_box(points_box(places[1], kept), 1.3), told)


def greedy_match(similarity, ids, least, fresh):
    """Exercise 07.4: ids (N,) of new poses, from similarity (N, M) and ids (M,)."""
    table = similarity.masked_fill(similarity.isnan(), -torch.inf)
    answer = torch.zeros(len(table), dtype=torch.long)
    is_new = torch.ones(len(table), dtype=torch.bool)
    while table.numel() and table.max() > least:
        row, column = divmod(table.argmax().item(), table.shape[1])
        answer[row], is_new[row] = ids[column], False
        table[row] = -torch.inf
        table[:, ids == ids[column]] = -torch.inf
    answer[is_new] = fresh + torch.arange(int(is_new.sum()))
    return answer


def match_by(pairs_of):
    """A wrong answer: pairs_of(table, ids, least) instead of the greedy pairs."""

    def answer(similarity, ids, least, fresh):
        table = similarity.nan_to_num(nan=-1.0)
        found = torch.full((len(table),), -1)
        for row, column in pairs_of(table, ids, least):
            if table[row, column] > least:
                found[row] = ids[column]
        found[found < 0] = fresh + torch.arange(int((found < 0).sum()))
        return found

    return answer


def pairs_in_order(table, ids, least):
    for row in range(len(table)):
        column = int(table[row].argmax())
        if table[row, column] > least:
            table[row + 1 :, ids == ids[column]] = -1.0
            yield row, column


def pairs_of_sum(table, *_):
    return zip(*linear_sum_assignment(table, maximize=True), strict=True)


def pairs_of_columns(table, ids, least):
    left = table.clone()
    while left.numel() and left.max() > least:
        row, column = divmod(left.argmax().item(), left.shape[1])
        yield row, column
        left[row] = left[:, column] = -1.0


def match_last(similarity, ids, least, fresh):
    found = greedy_match(similarity.flip(0, 1), ids.flip(0), least, 10**6).flip(0)
    found[found >= 10**6] = fresh + torch.arange(int((found >= 10**6).sum()))
    return found


def match_in_place(similarity, ids, least, fresh):
    found = greedy_match(similarity, ids, least, fresh)
    similarity[:, torch.isin(ids, found)] = -torch.inf
    return found


def names_noise(answer):
    for seed in range(30):
        generator = torch.Generator().manual_seed(seed)
        table = torch.randint(9, (5, 8), generator=generator) / 8
        table[torch.rand(5, 8, generator=generator) < 0.2] = nan
        ids = torch.randint(4, (8,), generator=generator)
        entries = [(-table[r, c].item(), r, c) for r in range(5) for c in range(8)]
        names = {}
        for _, row, column in sorted(e for e in entries if e[0] < -0.25):
            if row not in names and ids[column].item() not in names.values():
                names[row] = ids[column].item()
        new = iter(range(10, 20))
        want = [names[row] if row in names else next(new) for row in range(5)]
        found = watch(answer)(table, ids, 0.25, 10)
        expect_close(found, want, f"five poses, eight before (seed {seed})")


def clear_mot(distance, labelled, predicted):
    """Exercise 07.5: misses, false positives, switches; distance is (F, G, P)."""
    from scipy.optimize import linear_sum_assignment  # so that it stands alone

    last, matches, switches = {}, 0, 0  # last: tracks by person, the newest at the end
    for frame in distance:
        free, pairs = frame.clone(), []
        for g, p in reversed(last.items()):
            if not free[g, p].isnan():
                free[g] = free[:, p] = torch.nan
                pairs.append((g, p))
        costs = free.nan_to_num(nan=1 + frame.nansum().item())  # one more pair pays
        found = zip(*linear_sum_assignment(costs), strict=True)
        pairs += [(g, p) for g, p in found if not free[g, p].isnan()]
        for g, p in pairs:
            switches += last.pop(g, p) != p
            last[g] = p
        matches += len(pairs)
    return int(labelled.sum()) - matches, int(predicted.sum()) - matches, switches


def mot_by(keeps=lambda pair, _: pair >= 0, forgets=False, is_first=False, never=1e9):
    """A wrong answer: CLEAR-MOT by rows, and with another rule besides.

    keeps(distance, is the track there), whether memory ends in a gap or is never
    renewed; never: the cost of what cannot match, None for greedy pairs.
    """

    def answer(distance, labelled, predicted):
        last, matches, switches = {}, 0, 0
        for frame, tracks in zip(distance, predicted, strict=True):
            free, pairs = frame.clone(), {}
            for g, p in sorted(last.items()):
                if keeps(frame[g, p], tracks[p]) and p not in pairs.values():
                    pairs[g] = p
                    free[g] = free[:, p] = nan
            pairs |= dict(nearest(free) if never is None else assigned(free, never))
            switches += sum(last.get(g, p) != p for g, p in pairs.items())
            last = pairs | last if is_first else ({} if forgets else last) | pairs
            matches += len(pairs)
        return int(labelled.sum()) - matches, int(predicted.sum()) - matches, switches

    return answer


def assigned(free, never):
    pairs = zip(*linear_sum_assignment(free.nan_to_num(nan=never)), strict=True)
    return [(g, p) for g, p in pairs if not free[g, p].isnan()]


def nearest(free):
    while not free.isnan().all():
        g, p = divmod(free.nan_to_num(nan=torch.inf).argmin().item(), free.shape[1])
        free[g] = free[:, p] = nan
        yield g, p


def mot_then(change):
    """A wrong answer: change(how many people, *the right counts)."""
    return lambda d, *there: change(d.shape[1], *clear_mot(d, *there))


def counts_noise(answer):
    for seed in range(15):
        generator = torch.Generator().manual_seed(seed)
        labelled = torch.rand(7, 3, generator=generator) < 0.8
        predicted = torch.rand(7, 4, generator=generator) < 0.7
        clip = torch.rand(7, 3, 4, generator=generator)
        clip[(clip > 0.6) | ~labelled[:, :, None] | ~predicted[:, None]] = nan
        last, matched, switches = {}, 0, 0
        for frame in clip.tolist():
            held, ways = {}, {}
            for g, p in reversed(last.items()):
                if frame[g][p] < 1 and p not in held.values():
                    held[g] = p
            for way in permutations(range(7), 3):  # 4, 5 and 6 stand for no track
                pairs = {g: p for g, p in enumerate(way) if p < 4}
                total = sum(frame[g][p] for g, p in pairs.items())
                if held.items() <= pairs.items() and total < 9:
                    ways[-len(pairs), total] = pairs
            pairs = ways[min(ways)]
            switches += sum(last.get(g, p) != p for g, p in pairs.items())
            last = {g: p for g, p in last.items() if g not in pairs} | pairs
            matched += len(pairs)
        counts = int(labelled.sum()) - matched, int(predicted.sum()) - matched, switches
        found = tuple(map(int, watch(answer)(clip, labelled, predicted)))
        assert found == counts, f"seed {seed}: expected {counts}, got {found}"


def best_thresholds(scores, is_right, totals):
    """Exercise 07.6: thresholds (K,) and MOTA (K,) for joints (D, K)."""
    gain = torch.where(is_right, 1, -1)  # (D, K)
    nothing = scores.new_full((1, scores.shape[1]), torch.inf)
    tried = torch.cat([scores.nan_to_num(nan=torch.inf), nothing])  # (D + 1, K)
    net = torch.stack([((scores >= t) * gain).sum(dim=0) for t in tried])
    best = net.amax(dim=0)  # (K,)
    return tried.masked_fill(net < best, torch.inf).amin(dim=0), best / totals


def thresholds_by(choose):
    """A wrong answer: choose(scores, is_right) is (threshold, net) of one class."""

    def answer(scores, is_right, totals):
        columns = zip(scores.T, is_right.T, strict=True)
        found = [choose(s[~s.isnan()], r[~s.isnan()]) for s, r in columns]
        return tensor(found)[:, 0], tensor(found)[:, 1] / totals

    return answer


def nets_of(scores, is_right):
    """Every (threshold, net), from the highest threshold down."""
    tried = [torch.inf, *sorted(scores.unique().tolist(), reverse=True)]
    return [(t, float((2 * is_right[scores >= t] - 1.0).sum())) for t in tried]


def choose_a_score(*given):
    return max(nets_of(*given)[1:], key=lambda item: (item[1], -item[0]))


def choose_highest(*given):
    return max(nets_of(*given), key=lambda item: item[1])


def choose_first_peak(*given):
    nets = nets_of(*given)
    return next((now for now, new in pairwise(nets) if new[1] < now[1]), nets[-1])


def choose_running(scores, is_right):
    order = scores.argsort(descending=True, stable=True)
    nets = (2 * is_right[order] - 1.0).cumsum(dim=0).tolist()
    running = zip(scores[order].tolist(), nets, strict=True)
    return min([(torch.inf, 0.0), *running], key=lambda item: (-item[1], item[0]))


def thresholds_of_all(scores, is_right, totals):
    threshold, _ = best_thresholds(scores.view(-1, 1), is_right.view(-1, 1), 1)
    net = ((scores >= threshold) * torch.where(is_right, 1, -1)).sum(dim=0)
    return threshold.expand(len(totals)), net / totals


SOLUTIONS = [
    Solution(
        "07.1",
        "pose_oks",
        pose_oks,
        [
            Wrong(lambda *a: 1 - pose_oks(*a), "the same pose"),
            Wrong(oks_by_distance, "a bell"),
            Wrong(lambda p, t, v, a, s: pose_oks(p, t, v, a**2, s), "the area"),
            Wrong(lambda p, t, v, a, s: pose_oks(p, t, v, a, s / 2), "twice sigma"),
            Wrong(lambda p, t, v, a, s: pose_oks(p, t, v, a / 2, s), "twice sigma"),
            Wrong(oks_of_mean, "a mean of scores"),
            Wrong(lambda p, t, v, a, s: pose_oks(p, t, v + 1, a, s), "labels"),
            Wrong(lambda p, t, v, a, s: pose_oks(p, t, v - 1, a, s), "labels"),
            Wrong(lambda p, t, v, *a: pose_oks(p, t, v * (p[:, 1] > 0), *a), "dropped"),
            Wrong(oks_masked, "where nothing is labelled"),
            Wrong(lambda *a: pose_oks(*a).nan_to_num(), "no label"),
        ],
        points=2,
    ),
    Solution(
        "07.2",
        "flip_back",
        flip_back,
        [
            Wrong(lambda m, p, s: flip_back(m.flip(-1), p, s), "turned back"),
            Wrong(lambda m, p, s: flip_back(m, [], s), "left and right"),
            Wrong(flip_of_views, "left and right"),
            Wrong(lambda m, p, s: flip_back(m, p, 0), "to the right"),
            Wrong(lambda m, p, s: flip_back(m.roll(s, -1), p, 0), "to the right"),
            Wrong(lambda m, p, s: flip_back(m, p, 0).roll(s, -1), "the free columns"),
            Wrong(flip_by(lambda m, s: m[..., :-s]), "no shift"),
            Wrong(flip_by(lambda m, s: m[..., : m.shape[-1] - s]), "a far shift"),
            Wrong(lambda m, p, s: flip_back(m[:1], p, s).expand_as(m), "many maps"),
            Wrong(flip_in_place, "the inputs stay as they are"),
        ],
        points=3,
    ),
    Solution(
        "07.3",
        "propagate_box",
        propagate_box,
        [
            Wrong(box_by(lambda p, f: -flow_at(p, f)), "moved by the flow"),
            Wrong(box_by(lambda p, f: flow_at(p, f).flip(1)), "moved by the flow"),
            Wrong(box_then(lambda b, m: b - tensor([0, 0, 1, 1])), "whole pixels"),
            Wrong(box_then(lambda b, m: expand_box(b, 1 + 2 * m)), "margin"),
            Wrong(box_then(lambda b, m: b * tensor([1, 1, 1 + m, 1 + m])), "margin"),
            Wrong(box_by(lambda p, f: flow_at(p + flow_at(p, f), f)), "the old place"),
            Wrong(box_by(lambda p, f: flow_at(p.round(), f)), "between pixels"),
            Wrong(box_by(flow_of_four), "the last pixel"),
            Wrong(box_by(counts=lambda v: v == 2), "which joints"),
            Wrong(box_by(counts=lambda v: v > -1), "which joints"),
            Wrong(box_by(is_new_inside=False), "out of the image"),
            Wrong(box_by(is_old_inside=False), "never in the image"),
            Wrong(box_by(enough=lambda left, _, least: left > least), "too few"),
            Wrong(box_by(enough=lambda _, seen, least: seen >= least), "too few"),
            Wrong(box_in_place, "the inputs stay as they are"),
        ],
        points=4,
        hidden=[Case("a crowd", moves_a_crowd, NO_HINTS)],
    ),
    Solution(
        "07.4",
        "greedy_match",
        greedy_match,
        [
            Wrong(lambda s, i, *a: greedy_match(s, i.argsort(), *a), "whose id"),
            Wrong(lambda s, i, x, _: greedy_match(s, i, x, i.max() + 1), "new ids"),
            Wrong(match_by(lambda t, *_: enumerate(t.argmax(1))), "one pose an id"),
            Wrong(match_by(pairs_in_order), "the largest first"),
            Wrong(match_by(pairs_of_sum), "greedy"),
            Wrong(match_by(pairs_of_columns), "one id, several columns"),
            Wrong(lambda s, i, x, f: greedy_match(s, i, x - 1e-6, f), "over the least"),
            Wrong(lambda s, *a: greedy_match(s.nan_to_num(nan=1), *a), "NaN"),
            Wrong(match_last, "of equals the first"),
            Wrong(lambda s, *a: s.max() != 9 and greedy_match(s, *a), "nobody"),
            Wrong(match_in_place, "the inputs stay as they are"),
        ],
        points=4,
        hidden=[Case("a crowd", names_noise, NO_HINTS)],
    ),
    Solution(
        "07.5",
        "clear_mot",
        clear_mot,
        [
            Wrong(mot_then(lambda n, m, f, s: (m, f, s + n)), "a perfect track"),
            Wrong(lambda d, *a: clear_mot(d.where(d > 0, nan), *a), "a perfect track"),
            Wrong(mot_then(lambda n, m, f, s: (m, max(f - m, 0), s)), "too far"),
            Wrong(mot_then(lambda n, m, f, s: (m + s, f, s)), "a switch"),
            Wrong(mot_by(is_first=True), "a switch"),
            Wrong(mot_by(forgets=True), "over a gap"),
            Wrong(mot_by(keeps=lambda *_: False), "kept"),
            Wrong(mot_by(keeps=lambda _, there: there), "kept while possible"),
            Wrong(mot_by(never=None), "least in all"),
            Wrong(mot_by(never=1.0), "as many as possible"),
            Wrong(lambda d, *a: d.max() != 9 and clear_mot(d, *a), "nothing there"),
            Wrong(mot_by(), "two with one track"),
        ],
        points=5,
        hidden=[Case("noise", counts_noise, NO_HINTS)],
    ),
    Solution(
        "07.6",
        "best_thresholds",
        best_thresholds,
        [
            Wrong(lambda s, r, t: best_thresholds(s, r, t * 0 + len(s)), "all right"),
            Wrong(thresholds_by(choose_a_score), "all wrong"),
            Wrong(thresholds_by(choose_first_peak), "one against the other"),
            Wrong(thresholds_by(choose_running), "equal scores"),
            Wrong(thresholds_by(choose_highest), "of equals the lowest"),
            Wrong(lambda s, *a: best_thresholds(s.nan_to_num(), *a), "not predicted"),
            Wrong(thresholds_of_all, "class by class"),
            Wrong(lambda s, *a: s.max() != 9 and best_thresholds(s, *a), "no joint"),
        ],
        points=6,
    ),
]
