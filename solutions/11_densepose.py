"""Chapter 11, DensePose: answers, wrong ones, hidden cases."""

import math
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra
from torch import tensor

from course_lib.exercises import Case, Solution, Wrong, watch
from course_lib.exercises.cases import expect_array, expect_close

INPUT, WINNER = "the inputs stay as they are", "the winning part"
OWN_UV, PIXELS, COARSE = "its U and V", "pixel by pixel", "the coarse mask"
FINE, UNIT, LOST = "background of the parts", "in the unit square", "called background"
MEAN, KAPPAS, UNUSED = "a mean of similarities", "kappa of each point", "unused slots"
SEVERAL, GRADIENT, BETWEEN = "several points", "the gradient", "between cells"
CHANNEL, OTHER, ADDED = "U and V of its part", "a wrong part", "a mean and a sum"
WEIGHTS, SIDES, NEW_UV = "the weights", "left and right", "new U and V"
APART, TWICE = "not connected", "twice the same edge"  # names of cases, all of these


def hidden(test):
    """The hidden case of an exercise; it must `watch`, since no `check` does it."""
    return [Case("noise", test, ("", "", ""))]


def spoiling(reference):
    """A wrong answer: right, but it changes its first argument."""

    def answer(*given, **named):
        result = reference(*given, **named)
        values = given[0].data if isinstance(given[0], torch.Tensor) else given[0]
        values += 1
        return result

    return answer


def with_given(reference, change):
    """A wrong answer: right for other arguments, change(*arguments)."""
    return lambda *given, **named: reference(*change(*given), **named)


def with_result(reference, change):
    """A wrong answer: change(the right result, *arguments)."""
    return lambda *given, **named: change(reference(*given, **named), *given)


def decode_iuv(coarse_logits, part_logits, u_maps, v_maps):
    """Exercise 11.1: the IUV image (B, 3, h, w); logits and maps are (B, C, h, w)."""
    is_person = coarse_logits.argmax(dim=1, keepdim=True) > 0  # (B, 1, h, w)
    parts = part_logits.argmax(dim=1, keepdim=True) * is_person
    u, v = (maps.gather(1, parts).clamp(0, 1) for maps in (u_maps, v_maps))
    is_body = parts > 0
    return torch.cat([parts, u * is_body, v * is_body], dim=1)


def decode_by(
    person=lambda coarse: coarse.argmax(1, True) > 0,
    part=lambda logits: logits.argmax(1, True),
    pick=lambda maps, parts, logits: maps.gather(1, parts),
    cut=lambda uv: uv.clamp(0, 1),
    left=lambda uv, parts: uv * (parts > 0),
):
    """A wrong answer: one part of the decoder is another."""

    def answer(coarse, logits, *uv):
        parts = part(logits) * person(coarse)
        picked = [left(cut(pick(maps, parts, logits)), parts) for maps in uv]
        return torch.cat([parts, *picked], dim=1)

    return answer


def one_part(logits):
    return logits.mean((2, 3), True).argmax(1, True).expand_as(logits[:, :1])


def crop_by_crop(*given):
    crops = zip(*(one.split(1) for one in given), strict=True)
    return torch.cat([decode_iuv(*crop) for crop in crops if len(crop[0])])


def decodes_noise(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        coarse = torch.randn(2, 3, 4, 5, generator=generator)
        parts, *uv = torch.randn(3, 2, 7, 4, 5, generator=generator)
        found = watch(answer)(coarse, parts, *uv)
        want = torch.zeros(2, 3, 4, 5)
        for b, y, x in np.ndindex(2, 4, 5):
            label = max(range(7), key=lambda c: parts[b, c, y, x].item())
            if label and coarse[b, 1:, y, x].max() > coarse[b, 0, y, x]:
                numbers = [maps[b, label, y, x].item() for maps in uv]
                numbers = [min(max(number, 0), 1) for number in numbers]
                want[b, :, y, x] = tensor([label, *numbers])
        expect_close(found, want, f"logits and maps of noise (seed {seed})")


def gps(distances, kappa=0.255):
    """Exercise 11.2: (N,) of the distances (N, P), metres, NaN in unused slots."""
    return torch.exp(-(distances**2) / (2 * kappa**2)).nanmean(dim=1)


def gps_by(
    score=lambda d, k: torch.exp(-(d**2) / (2 * k**2)), mean=lambda s, d: s.nanmean(1)
):
    """A wrong answer: another score of the points, or another mean."""
    return lambda distances, kappa=0.255: mean(score(distances, kappa), distances)


def gps_of(pooled, power):
    """A wrong answer: the score of one pooled distance for each person."""
    return lambda d, k=0.255: torch.exp(-(pooled(d) ** power) / (2 * k**2))


def rcp_auc(distances, a):
    """Exercise 11.3: the area under the ratio of correct points up to a, over a."""
    if not len(distances):
        return 0.0
    return (1 - distances / a).clamp(min=0).mean().item()


def auc_of(area):
    """A wrong answer: area(distances / a), 0 without points."""
    return lambda distances, a: area(distances / a) if len(distances) else 0.0


def auc_grid(count, first=0.5):
    """A wrong answer: the mean of f at so many thresholds."""
    thresholds = (torch.arange(count) + first)[:, None] / count
    return auc_of(lambda d: (d <= thresholds).float().mean())


def sloped(d):
    """The area under lines instead of steps."""
    kept = d[d < 1].sort().values
    heights = tensor([0, *range(1, len(kept) + 1), len(kept)]) / len(d)
    return torch.trapezoid(heights, torch.cat([d.new_zeros(1), kept, d.new_ones(1)]))


def densepose_loss(
    part_logits, u_maps, v_maps, points, labels, uv, part_weight=0.3, uv_weight=0.1
):
    """Exercise 11.4: the loss at points (B, P, 2); logits and maps (B, C, h, w)."""
    limit = points.new_tensor(part_logits.shape[:1:-1]) - 1  # w - 1 and h - 1
    is_used = ((points >= 0) & (points <= limit)).all(dim=-1) & (labels > 0)  # (B, P)
    grid = (2 * points / limit - 1)[:, None]  # (B, 1, P, 2)
    logits, u, v = (
        F.grid_sample(maps, grid, align_corners=True)[:, :, 0].mT[is_used]  # (Q, C)
        for maps in (part_logits, u_maps, v_maps)
    )
    labels = labels[is_used]  # (Q,)
    entropy = F.cross_entropy(logits, labels, reduction="sum") / max(len(labels), 1)
    found = torch.stack([u, v], dim=-1)[torch.arange(len(labels)), labels]  # (Q, 2)
    errors = F.smooth_l1_loss(found, uv[is_used], reduction="sum")
    return part_weight * entropy + uv_weight * errors


def sampled(maps, points, mode="bilinear", padding="zeros", is_centre=True):
    """The maps (B, C, h, w) at points (B, P, 2), (B, P, C)."""
    shares = 2 * points / (points.new_tensor(maps.shape[:1:-1]) - 1) - 1
    found = F.grid_sample(maps, shares[:, None], mode, padding, is_centre)
    return found[:, :, 0].mT


def inside(points, limit):
    return ((points >= 0) & (points <= limit)).all(dim=-1)


def nll(logits, labels, is_used):
    return F.nll_loss(logits, labels)


def smooth(z, is_right=True):
    return F.smooth_l1_loss(z, 0 * z, reduction="none") * is_right


def loss_by(
    sample=sampled,
    before=lambda logits: logits,
    used=lambda labels, is_on: (labels > 0) & is_on,
    on=inside,
    entropy=lambda logits, labels, is_used: F.cross_entropy(logits, labels),
    channel=lambda labels, logits: labels[:, None],
    error=lambda z, is_right: smooth(z),
    join=lambda entropy, errors, a, b: a * entropy + b * errors.sum(),
):
    """A wrong answer: one part of the loss is another."""

    def answer(part_logits, u, v, points, labels, uv, a=0.3, b=0.1):
        limit = points.new_tensor(u.shape[:1:-1]) - 1
        is_used = used(labels, on(points, limit))
        maps = before(part_logits), u, v
        logits, *found = (sample(one, points)[is_used] for one in maps)
        labels, goal = labels[is_used], uv[is_used][:, None]
        channels = channel(labels, logits)  # (Q, n)
        found = torch.stack([one.gather(1, channels) for one in found], dim=-1)
        is_right = (logits.argmax(dim=1) == labels)[:, None, None]
        errors = error(found - goal, is_right)  # (Q, n, 2)
        return join(entropy(logits, labels, is_used), errors, a, b)

    return answer


def mean_of_means(logits, labels, is_used):
    counts = is_used.sum(dim=1).tolist()
    crops = zip(logits.split(counts), labels.split(counts), strict=True)
    return torch.stack([F.cross_entropy(*one) for one in crops if len(one[1])]).mean()


loss_with = partial(with_given, densepose_loss)


def loses_noise(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        maps = 2 * torch.randn(3, 2, 5, 4, 6, generator=generator)
        points = torch.rand(2, 7, 2, generator=generator) * tensor([6.0, 4.0]) - 0.5
        labels = torch.randint(5, (2, 7), generator=generator)
        uv = torch.rand(2, 7, 2, generator=generator)
        found = watch(answer)(*maps, points, labels, uv, 0.7, 0.4)
        entropies, errors, weights = [], 0.0, torch.zeros(2, 7, 4, 6)
        for b, p in labels.nonzero().tolist():
            (x, y), label = points[b, p].tolist(), labels[b, p].item()
            if 0 <= x <= 5 and 0 <= y <= 3:
                for row, column in np.ndindex(4, 6):  # a tent over the four cells
                    tent = max(1 - abs(column - x), 0) * max(1 - abs(row - y), 0)
                    weights[b, p, row, column] = tent
                logits, u, v = (maps[:, b] * weights[b, p]).sum(dim=(2, 3))
                entropies.append((logits.logsumexp(0) - logits[label]).item())
                for z in (u[label] - uv[b, p, 0], v[label] - uv[b, p, 1]):
                    errors += min(z.square().item() / 2, max(abs(z.item()) - 0.5, 0.5))
        want = 0.7 * sum(entropies) / len(entropies) + 0.4 * errors
        expect_close(found, want, f"maps and points of noise (seed {seed})")


def flip_iuv(iuv, swap, u_table, v_table):
    """Exercise 11.5: the mirrored IUV image (3, h, w); the tables are (C, T, T)."""
    parts, u, v = iuv.flip(-1)  # (h, w) each
    is_body = parts > 0
    new_u, new_v = (table[parts, u, v] * is_body for table in (u_table, v_table))
    return torch.stack([swap[parts], new_u, new_v])


def flip_by(
    turn=lambda iuv: iuv.flip(-1),
    label=lambda parts, swap: swap[parts],
    owner=lambda parts, swap: parts,
    look=lambda tables, parts, u, v: [table[parts, u, v] for table in tables],
    left=lambda uv, parts: uv * (parts > 0),
):
    """A wrong answer: one step of the mirror is another."""

    def answer(iuv, swap, *tables):
        parts, u, v = turn(iuv)
        uv = look(tables, owner(parts, swap), u, v)
        return torch.stack([label(parts, swap), *(left(one, parts) for one in uv)])

    return answer


def one_by_one(parts, swap):
    parts = parts.clone()
    for old, new in enumerate(swap):
        parts[parts == old] = new
    return parts


def mirrors_noise(answer):
    for seed in range(10):
        generator = torch.Generator().manual_seed(seed)
        swap = tensor([0, 3, 2, 1, 6, 5, 4])
        parts = torch.randint(7, (5, 8), generator=generator)
        uv = torch.randint(9, (2, 5, 8), generator=generator) * (parts > 0)
        tables = torch.randint(9, (2, 7, 9, 9), generator=generator)
        found = watch(answer)(torch.stack([parts, *uv]), swap, *tables)
        for y, x in np.ndindex(5, 8):
            part, (u, v) = parts[y, x], uv[:, y, x]
            want = [swap[part], *tables[:, part, u, v]] if part else [0, 0, 0]
            told = f"tables of noise (seed {seed}), the pixel from row {y}, column {x}"
            expect_close(found[:, y, 7 - x], want, told)


def geodesic(edges, lengths, count):
    """Exercise 11.6: distances (count, count) along edges (E, 2) with lengths (E,)."""
    from scipy.sparse.csgraph import csgraph_from_dense, dijkstra  # so it stands alone

    table = np.full((count, count), np.inf)
    np.minimum.at(table, (edges[:, 0], edges[:, 1]), lengths)  # keeps the shortest
    graph = csgraph_from_dense(table, null_value=np.inf)  # keeps zeros
    return dijkstra(graph, directed=False)


def direct(edges, lengths, count):
    """A wrong answer: edges alone, the shortest of some."""
    table = np.full((count, count), np.inf)
    np.fill_diagonal(table, 0)
    for rows, columns in (edges.T, edges[:, ::-1].T):
        np.minimum.at(table, (rows, columns), lengths)
    return table


def inner_middle(*given):
    """Floyd and Warshall, with the vertex in the middle in the innermost loop."""
    table = direct(*given)
    for i, j in np.ndindex(table.shape):
        table[i, j] = (table[i] + table[:, j]).min()
    return table


def by_loop(edges, lengths, count):
    """A wrong answer: an assignment keeps the last."""
    table = np.full((count, count), np.inf)
    np.fill_diagonal(table, 0)
    for (a, b), length in zip(edges, lengths, strict=True):
        table[a, b] = table[b, a] = length
    for k in range(count):
        table = np.minimum(table, table[:, k, None] + table[None, k])
    return table


def zeros_are_none(*given):
    table = direct(*given)
    return dijkstra(np.where(table < np.inf, table, 0))


def sparse(edges, lengths, count, directed=False):
    """A wrong answer: a sparse matrix of the edges as they are."""
    graph = coo_array((lengths, (edges[:, 0], edges[:, 1])), shape=(count, count))
    return dijkstra(graph, directed=directed)


def finds_ways(answer):
    for seed in range(10):
        generator = np.random.default_rng(seed)
        edges = generator.integers(9, size=(14, 2))
        edges = edges[edges[:, 0] != edges[:, 1]]
        edges = np.concatenate([edges, edges[:3], edges[3:6, ::-1]])
        lengths = generator.integers(8, size=len(edges)) / 4  # some are 0
        found = watch(answer)(edges, lengths, 11)
        want = np.full((11, 11), np.inf)
        np.fill_diagonal(want, 0)
        for _ in range(11):  # after n rounds, all ways of n edges
            for (a, b), length in zip(edges, lengths, strict=True):
                want[a] = np.minimum(want[a], want[b] + length)
                want[b] = np.minimum(want[b], want[a] + length)
        expect_array(found, want, f"edges of noise (seed {seed})")


DECODED = [
    Wrong(decode_by(part=lambda a: a[:, 1:].argmax(1, True)), WINNER),
    Wrong(decode_by(part=lambda a: a.softmax(1).round().argmax(1, True)), WINNER),
    Wrong(with_result(decode_iuv, lambda iuv, *_: iuv[:, [0, 2, 1]]), OWN_UV),
    Wrong(decode_by(pick=lambda maps, parts, _: maps.gather(1, parts - 1)), OWN_UV),
    Wrong(decode_by(pick=lambda maps, *_: maps.mean(1, True)), OWN_UV),
    Wrong(decode_by(pick=lambda a, _, b: (a * b.softmax(1)).sum(1, True)), OWN_UV),
    Wrong(decode_by(cut=torch.sigmoid), OWN_UV),
    Wrong(decode_by(part=one_part), PIXELS),
    Wrong(with_given(decode_iuv, lambda a, b, *c: (a, b[:1].expand_as(b), *c)), PIXELS),
    Wrong(decode_by(lambda coarse: True), COARSE),
    Wrong(decode_by(lambda coarse: coarse[:, :1] < 0), COARSE),
    Wrong(decode_by(lambda coarse: coarse.argmax(1, True) == 1), COARSE),
    Wrong(decode_by(lambda a: a[:, 1:].sum(1, True) > a[:, :1]), COARSE),
    Wrong(decode_by(part=lambda a: a[:, 1:].argmax(1, True) + 1), FINE),
    Wrong(decode_by(left=lambda uv, _: uv), "background is 0"),
    Wrong(decode_by(cut=lambda uv: uv), UNIT),
    Wrong(decode_by(cut=lambda uv: uv % 1), UNIT),
    Wrong(crop_by_crop, "no crops"),
    Wrong(spoiling(decode_iuv), INPUT),
]
SIMILAR = [
    Wrong(gps_by(lambda d, k: torch.exp(-(d**2) / k**2)), "one point"),
    Wrong(gps_by(lambda d, k: torch.exp(-d / (2 * k**2))), "one point"),
    Wrong(gps_by(lambda d, k: torch.exp(-(d**2) / (2 * k))), "one point"),
    Wrong(with_given(gps, lambda d, *k: (100 * d, *k)), "one point"),
    Wrong(gps_of(lambda d: d.nanmean(1), 2), MEAN),
    Wrong(gps_of(lambda d: (d**2).nanmean(1), 1), MEAN),
    Wrong(gps_by(mean=lambda s, _: s.nansum(1)), MEAN),
    Wrong(gps_by(mean=lambda s, _: s.nanmean().expand(len(s))), "each person"),
    Wrong(gps_by(mean=lambda s, d: s.where(d < math.inf, math.nan).nanmean(1)), LOST),
    Wrong(with_given(gps, lambda d, *k: (d.nan_to_num(math.nan, 0), *k)), LOST),
    Wrong(gps_by(mean=lambda s, _: s.mean(1)), UNUSED),
    Wrong(gps_by(mean=lambda s, _: s.nan_to_num(0).mean(1)), UNUSED),
    Wrong(with_given(gps, lambda d, *k: (d.nan_to_num(0, math.inf), *k)), UNUSED),
    Wrong(lambda d, kappa=0: gps(d), "another kappa"),
    Wrong(lambda d, kappa=0.255: gps(d, torch.as_tensor(kappa).mean()), KAPPAS),
    Wrong(gps_by(mean=lambda s, _: torch.stack([a.nanmean() for a in s])), "nobody"),
    Wrong(spoiling(gps), INPUT),
]
AREAS = [
    Wrong(with_result(rcp_auc, lambda area, _, a: area * a), "all or none"),
    Wrong(lambda distances, a: rcp_auc(distances, 0.3), "all or none"),
    Wrong(auc_of(lambda d: (d < 1).float().mean()), "one point"),
    Wrong(auc_of(lambda d: ((1 - d).clamp(min=0) ** 2).mean()), "one point"),
    Wrong(auc_of(sloped), "one point"),
    Wrong(auc_of(lambda d: (1 - d).clamp(min=0).median()), SEVERAL),
    Wrong(auc_of(lambda d: (1 - d.unique()).clamp(min=0).mean()), SEVERAL),
    Wrong(auc_of(lambda d: (1 - d).clamp(min=0).sum().clamp(max=1)), SEVERAL),
    Wrong(auc_of(lambda d: (1 - d).mean()), "beyond a"),
    Wrong(auc_of(lambda d: (1 - d.mean()).clamp(min=0)), "beyond a"),
    Wrong(auc_of(lambda d: (1 - d[d <= 1]).mean()), "beyond a"),
    Wrong(auc_grid(100), "exact"),
    Wrong(auc_grid(1000, 0), "exact"),
    Wrong(auc_of(lambda d: ((1 - d) * (d < 1)).mean()), "infinite"),
    Wrong(auc_of(lambda d: (1 - d[d < math.inf]).clamp(min=0).mean()), "infinite"),
    Wrong(lambda distances, a: (1 - distances / a).clamp(min=0).mean(), "no points"),
    Wrong(spoiling(rcp_auc), INPUT),
]
LOSSES = [
    Wrong(loss_with(lambda *a: (*a[:3], a[3].flip(-1), *a[4:])), "at a cell"),
    Wrong(loss_by(entropy=nll), "at a cell"),
    Wrong(loss_by(partial(sampled, is_centre=False)), "at a cell"),
    Wrong(loss_by(lambda maps, points: sampled(maps, points - 0.5)), "at a cell"),
    Wrong(with_result(densepose_loss, lambda loss, *_: loss.item()), "what comes back"),
    Wrong(with_result(densepose_loss, lambda loss, *_: loss.detach()), GRADIENT),
    Wrong(loss_with(lambda a, b, *rest: (a, b.detach(), *rest)), GRADIENT),
    Wrong(loss_by(lambda maps, points: sampled(maps, points.round())), BETWEEN),
    Wrong(loss_by(partial(sampled, mode="bicubic")), BETWEEN),
    Wrong(loss_by(before=lambda logits: logits.log_softmax(1), entropy=nll), BETWEEN),
    Wrong(loss_by(channel=lambda labels, _: labels[:, None] - 1), CHANNEL),
    Wrong(loss_by(channel=lambda _, logits: logits.argsort(1)), CHANNEL),  # all
    Wrong(loss_with(lambda a, b, c, *rest: (a, c, b, *rest)), CHANNEL),
    Wrong(loss_by(error=lambda z, _: z.abs()), "smooth L1"),
    Wrong(loss_by(error=lambda z, _: z.square()), "smooth L1"),
    Wrong(loss_by(error=lambda z, _: z.square() / 2), "smooth L1"),
    Wrong(loss_by(channel=lambda _, logits: logits.argmax(1, True)), OTHER),
    Wrong(loss_by(error=smooth), OTHER),
    Wrong(loss_by(entropy=lambda a, b, _: len(b) * F.cross_entropy(a, b)), ADDED),
    Wrong(loss_by(join=lambda p, q, a, b: a * p + b * q.sum(-1).mean()), ADDED),
    Wrong(loss_by(join=lambda p, q, a, b: (a * p + b * q.sum()) / (a + b)), WEIGHTS),
    Wrong(lambda *a: densepose_loss(*a, *[1, 1][len(a) - 6 :]), WEIGHTS),
    Wrong(loss_by(used=lambda labels, is_on: is_on), UNUSED),
    Wrong(
        loss_by(entropy=lambda a, b, c: F.cross_entropy(a, b) * (1.0 * c).mean()),
        UNUSED,
    ),
    Wrong(loss_by(used=lambda labels, _: labels > 0), "off the map"),
    Wrong(loss_by(on=lambda p, limit: inside(p, limit - 1e-3)), "on the edge"),
    Wrong(loss_by(on=lambda p, limit: ((p > 0) & (p < limit)).all(-1)), "on the edge"),
    Wrong(loss_by(entropy=mean_of_means), "the whole batch"),
    Wrong(loss_with(lambda a, *rest: (a[:1].expand_as(a), *rest)), "the whole batch"),
    Wrong(loss_by(), "no points"),
    Wrong(lambda *a: densepose_loss(*a) if a[4].any() else tensor(0.0), "no points"),
    Wrong(spoiling(densepose_loss), INPUT),
]
FLIPS = [
    Wrong(flip_by(lambda iuv: iuv), "columns"),
    Wrong(flip_by(lambda iuv: iuv.flip(-2)), "columns"),
    Wrong(flip_by(lambda iuv: torch.cat([iuv[:1].flip(-1), iuv[1:]])), "columns"),
    Wrong(flip_by(label=lambda parts, _: parts), SIDES),
    Wrong(flip_by(label=one_by_one), SIDES),
    Wrong(flip_by(label=lambda a, _: a + (a > 2) * (2 * (a % 2) - 1)), SIDES),
    Wrong(flip_by(look=lambda tables, parts, *uv: uv), NEW_UV),
    Wrong(flip_by(look=lambda a, _, u, v: (a[0].shape[1] - 1 - u, v)), NEW_UV),
    Wrong(flip_by(look=lambda tables, p, u, v: [a[p, v, u] for a in tables]), NEW_UV),
    Wrong(with_given(flip_iuv, lambda a, b, u, v: (a, b, v, u)), NEW_UV),
    Wrong(flip_by(look=lambda a, p, u, v: (a[0][p, u, 0], a[1][p, 0, v])), "of both"),
    Wrong(
        flip_by(look=lambda t, p, u, v: (u := t[0][p, u, v], t[1][p, u, v])), "twice"
    ),
    Wrong(flip_by(owner=lambda parts, swap: swap[parts]), "whose table"),
    Wrong(flip_by(left=lambda uv, _: uv), "background"),
    Wrong(spoiling(flip_iuv), INPUT),
]
WAYS = [
    Wrong(lambda *a: sparse(*a, directed=True), "neighbours"),
    Wrong(lambda e, a, n: geodesic(e, a, n) + np.diag([np.inf] * n), "neighbours"),
    Wrong(lambda e, a, n: geodesic(e, a * 0 + 1, n), "neighbours"),
    Wrong(direct, "along a line"),
    Wrong(
        lambda *a: np.where(direct(*a) < np.inf, direct(*a), geodesic(*a)), "a detour"
    ),
    Wrong(lambda e, a, n: geodesic(e, a + 1000, n) % 1000, "a detour"),  # fewest edges
    Wrong(lambda *a: (direct(*a)[:, :, None] + direct(*a)).min(axis=1), "a sheet"),
    Wrong(inner_middle, "a sheet"),
    Wrong(lambda *a: np.nan_to_num(geodesic(*a), posinf=0), APART),
    Wrong(lambda *a: np.minimum(geodesic(*a), 1e9), APART),
    Wrong(sparse, TWICE),
    Wrong(by_loop, TWICE),
    Wrong(lambda e, a, n: by_loop(e[::-1], a[::-1], n), TWICE),
    Wrong(zeros_are_none, "no length"),
    Wrong(lambda e, a, _: geodesic(e, a, e.max() + 1), "alone"),
    Wrong(spoiling(geodesic), INPUT),
]
SOLUTIONS = [
    Solution("11.1", "decode_iuv", decode_iuv, DECODED, 2, hidden(decodes_noise)),
    Solution("11.2", "gps", gps, SIMILAR, points=2),
    Solution("11.3", "rcp_auc", rcp_auc, AREAS, points=4),
    Solution("11.4", "densepose_loss", densepose_loss, LOSSES, 4, hidden(loses_noise)),
    Solution("11.5", "flip_iuv", flip_iuv, FLIPS, 4, hidden(mirrors_noise)),
    Solution("11.6", "geodesic", geodesic, WAYS, 6, hidden(finds_ways)),
]
