"""Chapter 07: right answers of another kind, and answers of the wrong form."""

from itertools import permutations

import pytest
import torch
import torch.nn.functional as F
from second_answers import expect_passes, expect_writing_is_told

from course_lib.exercises import checking, expect_close, first_failure
from course_lib.geometry import expand_box, points_box
from course_lib.metrics import oks
from course_lib.notebooks import ROOT, load_solutions

PATH = ROOT / "notebooks" / "07_simple_baselines.ipynb"
SOLVED = {solution.id: solution for solution in load_solutions(PATH).SOLUTIONS}


def oks_of_library(pred, truth, visible, area, sigmas):
    return oks(pred, truth, visible, torch.tensor(area), sigmas).item()


def flip_by_slices(heatmaps, pairs, shift):
    maps = heatmaps.flip(-1)
    for a, b in pairs:
        maps[:, [a, b]] = maps[:, [b, a]]
    padded = F.pad(maps, (shift, 0, 0, 0), mode="replicate")
    return padded[..., : heatmaps.shape[-1]]


def box_of_library(joints, visible, flow, margin=0.15, least=3):
    limit = joints.new_tensor(flow.shape[:0:-1]) - 1
    places = joints.where((visible > 0)[:, None], torch.full_like(joints, -1))
    grid = (2 * places / limit - 1)[None, None]
    moved = places + F.grid_sample(flow[None], grid, align_corners=True)[0, :, 0].T
    is_in = torch.stack([places, moved]).ge(0) & torch.stack([places, moved]).le(limit)
    kept = is_in.all(dim=-1).all(dim=0)
    if kept.sum() < least:
        return None
    return expand_box(points_box(moved, kept), 1 + margin)


def match_by_rank(similarity, ids, least, fresh):
    names = {}
    rows, columns = similarity.shape
    entries = [(-similarity[r, c], r, c) for r in range(rows) for c in range(columns)]
    for value, row, column in sorted(entry for entry in entries if -entry[0] > least):
        name = int(ids[column])
        if row not in names and name not in names.values() and value < 0:
            names[row] = name
    for row in range(rows):
        if row not in names:
            names[row], fresh = fresh, fresh + 1
    return torch.tensor([names[row] for row in range(rows)], dtype=torch.int32)


def best_pairs(frame, held):
    """Of all ways to match the rows of a frame that keep those held, the best."""
    people, tracks = len(frame), len(frame[0]) if frame else 0
    ways = {}
    for way in permutations(range(tracks + people), people):
        pairs = {g: p for g, p in enumerate(way) if p < tracks}
        total = sum(frame[g][p] for g, p in pairs.items())
        if held.items() <= pairs.items() and total >= 0:  # NaN is not
            ways[-len(pairs), total] = pairs
    return ways[min(ways)]


def mot_of_all_ways(distance, labelled, predicted):
    last, when, matches, switches = {}, {}, torch.tensor(0), torch.tensor(0)
    for time, frame in enumerate(distance.tolist()):
        held = {}
        for g in sorted(last, key=when.get, reverse=True):
            p = last[g]
            if frame[g][p] >= 0 and p not in held.values():
                held[g] = p
        pairs = best_pairs(frame, held)
        switches += sum(last.get(g, p) != p for g, p in pairs.items())
        matches += len(pairs)
        last |= pairs
        when |= dict.fromkeys(pairs, time)
    return [labelled.sum() - matches, predicted.sum() - matches, switches]


def thresholds_by_loops(scores, is_right, totals):
    found = []
    for column, flags, total in zip(scores.T, is_right.T, totals, strict=True):
        best = (0.0, -torch.inf)
        for threshold in column[~column.isnan()].tolist():
            kept = flags[column >= threshold].tolist()
            net = kept.count(True) - kept.count(False)
            best = max(best, (net / int(total), -threshold))
        found.append((-best[1], best[0]))
    return list(torch.tensor(found).T)


RIGHT = {
    "07.1": oks_of_library,
    "07.2": flip_by_slices,
    "07.3": box_of_library,
    "07.4": match_by_rank,
    "07.5": mot_of_all_ways,
    "07.6": thresholds_by_loops,
}


@pytest.mark.parametrize("number", RIGHT)
def test_another_right_answer_passes(number):
    expect_passes(SOLVED[number], RIGHT[number])


def pose_of_noise(generator):
    truth = 80 * torch.rand(17, 2, generator=generator)
    pred = truth + 5 * torch.randn(17, 2, generator=generator)
    pred[torch.rand(17, generator=generator) < 0.2] = torch.nan
    visible = torch.randint(3, (17,), generator=generator)
    return pred, truth, visible, 2500.0, 0.02 + torch.rand(17, generator=generator) / 9


def maps_of_noise(generator):
    shift = int(torch.randint(9, (), generator=generator))
    return torch.rand(2, 5, 4, 7, generator=generator), [(4, 1), (0, 2)], shift


def joints_of_noise(generator):
    scores = torch.randint(-8, 8, (30, 3), generator=generator) / 8
    is_right = torch.rand(30, 3, generator=generator) < 0.5 + scores / 3
    scores[torch.rand(30, 3, generator=generator) < 0.2] = torch.nan
    return scores, is_right, torch.tensor([30, 25, 40])


@pytest.mark.parametrize(
    ("number", "noise"),
    [("07.1", pose_of_noise), ("07.2", maps_of_noise), ("07.6", joints_of_noise)],
)
def test_both_right_answers_agree_on_noise(number, noise):
    """Those without hidden cases, which compare the others with noise."""
    for seed in range(20):
        given = noise(torch.Generator().manual_seed(seed))
        want, found = SOLVED[number].reference(*given), RIGHT[number](*given)
        several = isinstance(want, tuple)
        for a, b in zip(want, found, strict=True) if several else [(want, found)]:
            expect_close(torch.as_tensor(b), a, f"seed {seed}")


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("07.1", lambda *_: None, "expected one number, got None"),
        ("07.1", lambda p, *_: p[:, 0], "expected shape (), got (2,)"),
        ("07.2", lambda *_: None, "a tensor of shape (1, 1, 4, 9), got None"),
        ("07.2", lambda maps, *_: (maps, 0), "expected a tensor, got tuple"),
        ("07.2", lambda maps, *_: maps[0], "shape (1, 1, 4, 9), got (1, 4, 9)"),
        ("07.3", lambda *_, **__: [1.0] * 4, "shape (4,), got a value of type list"),
        ("07.3", lambda j, *_: j, "expected shape (4,), got (4, 2)"),
        ("07.4", lambda s, *_: s[:, 0], "expected whole numbers, got torch.float32"),
        ("07.4", lambda s, *_: [1, 2], "shape (2,), got a value of type list"),
        ("07.4", lambda s, ids, *_: ids[:1], "expected shape (2,), got (1,)"),
        ("07.5", lambda *_: 0, "expected three numbers, got a value of type int"),
        ("07.5", lambda *_: (0, 0), "expected three numbers, got 2"),
        ("07.5", lambda *_: (0, 0, None), "whole numbers, got (0, 0, None)"),
        ("07.6", lambda *_: None, "a pair, thresholds and MOTA, got None"),
        ("07.6", lambda s, r, t: s[0], "pair, thresholds and MOTA, got one tensor"),
        ("07.6", lambda s, r, t: (0.37, 1.0), "the thresholds: expected a tensor"),
        ("07.6", lambda s, r, t: (s, s), "the thresholds: expected shape (1,)"),
    ],
)
def test_the_wrong_form_is_told(number, answer, words):
    failure = first_failure(checking.find_exercise(number).cases, answer)
    assert failure.case is checking.FORM
    assert words in failure.why


def test_a_person_without_box_is_told():
    failure = first_failure(checking.find_exercise("07.3").cases, lambda *_, **__: None)
    assert failure.case.name == "moved by the flow"
    assert "expected a box, got None" in failure.why


@pytest.mark.parametrize("number", RIGHT)
def test_writing_into_any_input_is_told(number):
    expect_writing_is_told(SOLVED[number])
