"""What right answers to exercises 07.1 and 07.2 do; the hints are in ch07."""

from __future__ import annotations

import math
from numbers import Real

import torch
from torch import nan, tensor

from course_lib.exercises.cases import FormError, expect_close, expect_shape

AWAY = [1e6, 1e6]  # so far from every joint that nothing is left of its score


def similarity(answer, pred, truth, visible, area, sigmas, what) -> float:
    """The similarity that the answer gives; FormError when it is not one number."""
    given = tensor(pred), tensor(truth), tensor(visible), area, tensor(sigmas)
    found = answer(*given)
    if not isinstance(found, Real):
        expect_shape(found, (), what)
    return float(found)


def half_at(sigma: float, area: float) -> float:
    """Distance, px, at which a joint scores 1/2."""
    return 2 * sigma * math.sqrt(2 * area * math.log(2))


def similarity_same(pose_oks) -> None:
    pose = [[10.0, 20.0], [30.0, 5.0]]
    what = "a pose and itself"
    found = similarity(pose_oks, pose, pose, [2, 2], 900.0, [0.1, 0.05], what)
    expect_close(found, 1.0, what)
    what = "a pose and one a million px away"
    found = similarity(pose_oks, [AWAY, AWAY], pose, [2, 2], 900.0, [0.1, 0.05], what)
    expect_close(found, 0.0, what)


def one_joint(answer, shift: tuple, area: float, sigma: float, what: str) -> float:
    """The similarity of two poses of one labelled joint, which are `shift` apart."""
    x, y = 12.0 + shift[0], 7.0 + shift[1]
    return similarity(answer, [[x, y]], [[12.0, 7.0]], [2], area, [sigma], what)


def similarity_bell(pose_oks) -> None:
    for dx, dy in ((3.0, 0.0), (0.0, 4.0), (3.0, 4.0)):
        near, far = (
            one_joint(pose_oks, (n * dx, n * dy), 400.0, 0.1, "one joint")
            for n in (1, 2)
        )
        what = f"a score of {near:.4g} at ({dx}, {dy}) px, twice as far away"
        expect_close(far, near**4, what)
        told = f"({dx}, {dy}) px away: expected a score between 0 and 1, got {near:.4g}"
        assert 0 < near < 1, told


def similarity_area(pose_oks) -> None:
    small = one_joint(pose_oks, (3.0, 4.0), 400.0, 0.1, "one joint")
    for size in (3, 10):
        shift, area = (3.0 * size, 4.0 * size), 400.0 * size**2
        found = one_joint(pose_oks, shift, area, 0.1, "one joint")
        expect_close(found, small, f"a picture {size} times as large")


def similarity_sigma(pose_oks) -> None:
    for sigma, area in ((0.1, 400.0), (0.026, 2500.0), (0.107, 1.0)):
        shift = (0.6 * half_at(sigma, area), 0.8 * half_at(sigma, area))
        what = f"sigma {sigma}, area {area}, {half_at(sigma, area):.4g} px away"
        found = one_joint(pose_oks, shift, area, sigma, what)
        expect_close(found, 0.5, what)


def check_scores(answer, scores: list, visible: list, want: float, what: str) -> None:
    """AssertionError when joints of scores 1, 0.5, 0, or dropped, None, are amiss."""
    area, sigmas = 900.0, [0.02 + 0.01 * k for k in range(len(scores))]
    truth = [[10.0 * k, 50.0 - k] for k in range(len(scores))]
    pred = []
    for (x, y), sigma, score in zip(truth, sigmas, scores, strict=True):
        places = {1: [x, y], 0.5: [x + half_at(sigma, area), y], 0: AWAY}
        pred.append(places.get(score, [nan, nan]))
    found = similarity(answer, pred, truth, visible, area, sigmas, what)
    expect_close(found, want, what)


def similarity_mean(pose_oks) -> None:
    for scores in ([1, 0], [1, 0.5], [0.5, 1, 0, 0.5]):
        want = sum(scores) / len(scores)
        what = f"joints that score {scores}"
        check_scores(pose_oks, scores, [2] * len(scores), want, what)


def similarity_labels(pose_oks) -> None:
    for scores, visible, want in (
        ([1, 0.5], [2, 0], 1.0),
        ([1, 0, 0.5], [0, 1, 2], 0.25),
        ([1, 0.5, 0], [1, 1, 0], 0.75),
        ([0.5, 1, 0], [1, 2, 2], 0.5),
    ):
        what = f"joints that score {scores}, labels {visible}"
        check_scores(pose_oks, scores, visible, want, what)


def similarity_dropped(pose_oks) -> None:
    for scores, visible, want in (
        ([1, None], [2, 2], 0.5),
        ([None, 0.5, None, 0.5], [1, 2, 2, 1], 0.25),
        ([None, None], [2, 1], 0.0),
    ):
        what = f"joints that score {scores}, None if dropped, labels {visible}"
        check_scores(pose_oks, scores, visible, want, what)


def similarity_unlabelled(pose_oks) -> None:
    place, none = [8.0, 9.0], [nan, nan]
    for pred, truth in (([1.0, 1.0], none), (none, [1.0, 1.0]), (none, none)):
        given = [place, pred], [place, truth], [2, 0], 900.0, [0.1, 0.1]
        what = f"pred {pred} and truth {truth} where nothing is labelled"
        found = similarity(pose_oks, *given, what)
        expect_close(found, 1.0, what)


def similarity_no_label(pose_oks) -> None:
    for pred in ([[1.0, 2.0]] * 2, [[nan, nan]] * 2):
        given = pred, [[1.0, 2.0]] * 2, [0, 0], 900.0, [0.1, 0.1]
        what = "no labelled joint"
        found = similarity(pose_oks, *given, what)
        assert math.isnan(found), f"{what}: expected NaN, got {found:.4g}"


def noisy_maps(*shape: int) -> torch.Tensor:
    """Maps (B, K, h, w) in which every value is another one."""
    generator = torch.Generator().manual_seed(sum(shape))
    order = torch.randperm(math.prod(shape), generator=generator)
    return order.view(shape) / len(order)


def peaks(places: list, shape: tuple[int, int]) -> torch.Tensor:
    """Maps (1, K, h, w) that are 1 at the (column, row) of each channel, 0 elsewhere"""
    maps = torch.zeros(1, len(places), *shape)
    for channel, (column, row) in enumerate(places):
        maps[0, channel, row, column] = 1.0
    return maps


def maps_of(flip_back, maps: torch.Tensor, pairs: list, shift: int) -> torch.Tensor:
    """The maps that come back; FormError when they are not of the same shape."""
    what = f"maps {tuple(maps.shape)}, pairs {pairs}, shift {shift}"
    found = flip_back(maps, pairs, shift)
    if isinstance(found, tuple | list):
        raise FormError(f"{what}: expected a tensor, got {type(found).__name__}")
    expect_shape(found, tuple(maps.shape), what)
    return found


def place_of(heatmap: torch.Tensor) -> tuple[int, int]:
    """(column, row) of the highest value of one map."""
    row, column = divmod(int(heatmap.argmax()), heatmap.shape[1])
    return column, row


def flip_turned(flip_back) -> None:
    maps = peaks([(2, 1)], (4, 9)) + 0.5 * peaks([(5, 2)], (4, 9))
    found = maps_of(flip_back, maps, [], 1)[0, 0]
    column, row = place_of(found)
    half, half_row = place_of(found.where(found < 1, torch.zeros_like(found)))
    told = "peaks in rows 1 and 2: they are in rows"
    assert (row, half_row) == (1, 2), f"{told} {row} and {half_row}"
    told = "a low peak to the right of a high one: turned back it is in column"
    assert half < column, f"{told} {half}, the high one in {column}"


def flip_channels(flip_back) -> None:
    rows = [0, 1, 2, 3, 4]  # the channel tells the row of its peak
    maps = peaks([(3, row) for row in rows], (5, 8))
    for pairs in ([(1, 2)], [(0, 3), (1, 4)], [(4, 0)]):
        found = maps_of(flip_back, maps, pairs, 1)
        got = [place_of(one)[1] for one in found[0]]
        want = list(rows)
        for a, b in pairs:
            want[a], want[b] = want[b], want[a]
        told = f"pairs {pairs}: expected the channels {want}, got {got}"
        assert got == want, told


def flip_shift(flip_back) -> None:
    for column, shift in ((5, 1), (3, 1), (6, 2), (4, 3)):
        found = maps_of(flip_back, peaks([(column, 1)], (3, 9)), [], shift)
        want, got = 8 - column + shift, place_of(found[0, 0])[0]
        told = f"a peak in column {column} of 9, shift {shift}: expected it in"
        assert got == want, f"{told} column {want}, got {got}"


def flip_edge(flip_back) -> None:
    row = torch.arange(1.0, 7.0)
    for shift in (1, 2, 4):
        found = maps_of(flip_back, row.view(1, 1, 1, 6), [], shift)
        want = torch.cat([row[-1:].expand(shift), row.flip(0)[: 6 - shift]])
        what = f"a row {row.tolist()}, shift {shift}"
        expect_close(found[0, 0, 0], want, what)


def flip_no_shift(flip_back) -> None:
    row = torch.arange(1.0, 7.0)
    found = maps_of(flip_back, row.view(1, 1, 1, 6), [], 0)
    expect_close(found[0, 0, 0], row.flip(0), f"a row {row.tolist()}, shift 0")
    maps = noisy_maps(1, 3, 4, 5)
    twice = maps_of(flip_back, maps_of(flip_back, maps, [(0, 2)], 0), [(0, 2)], 0)
    expect_close(twice, maps, "twice, pairs [(0, 2)], shift 0")


def flip_far(flip_back) -> None:
    row = torch.arange(1.0, 6.0)
    for shift in (5, 7, 12):
        found = maps_of(flip_back, row.view(1, 1, 1, 5), [], shift)
        what = f"a row {row.tolist()}, shift {shift}"
        expect_close(found[0, 0, 0], row[-1:].expand(5), what)


def flip_many(flip_back) -> None:
    for shape, pairs in (((2, 4, 3, 5), [(0, 3)]), ((3, 5, 6, 4), [(1, 0), (2, 4)])):
        maps, partner = noisy_maps(*shape), dict([*pairs, *((b, a) for a, b in pairs)])
        found = maps_of(flip_back, maps, pairs, 1)
        for channel in range(shape[1]):
            turned = maps[:, partner.get(channel, channel)].flip(-1)
            want = torch.cat([turned[..., :1], turned[..., :-1]], dim=-1)
            what = f"maps {shape}, pairs {pairs}, shift 1, channel {channel}"
            expect_close(found[:, channel], want, what)
