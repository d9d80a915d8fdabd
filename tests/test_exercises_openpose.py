"""Chapter 09: right answers of another kind, and answers of the wrong form."""

import math
from functools import reduce
from itertools import permutations

import numpy as np
import pytest
import torch
from second_answers import expect_passes, expect_writing_is_told

from course_lib.exercises import checking, expect_close, first_failure
from course_lib.exercises.ch09_match_cases import check_greedy
from course_lib.exercises.ch09_people_cases import LIMBS, assembled
from course_lib.heatmaps import render_heatmaps
from course_lib.notebooks import ROOT, load_solutions

PATH = ROOT / "notebooks" / "09_openpose.ipynb"
SOLVED = {solution.id: solution for solution in load_solutions(PATH).SOLUTIONS}
confidence_map, paf_target, average_pafs, line_integral, greedy_match, assemble = (
    solution.reference for solution in SOLVED.values()
)


def map_of_library(joints, size, stride, sigma):
    seen = torch.ones(len(joints))
    maps = render_heatmaps(joints, seen, size, stride, sigma / stride)  # (P, h, w)
    return reduce(torch.maximum, maps, torch.zeros(size))


def paf_of_complex(a, b, size, stride, width):
    """The limb is turned and scaled until it leads from 0 to 1."""
    field = torch.zeros(2, *size)
    limb = complex(*(b - a).tolist())
    for row in range(size[0]):
        for column in range(size[1]):
            centre = stride * complex(column, row) + (stride - 1) * (0.5 + 0.5j)
            if limb:
                place = (centre - complex(*a.tolist())) / limb
                is_near = abs(place.imag) * abs(limb) <= width + 1e-6
                if is_near and -1e-6 <= place.real <= 1 + 1e-6:
                    v = limb / abs(limb)
                    field[:, row, column] = torch.tensor([v.real, v.imag])
    return field


def average_of_nan(fields):
    is_there = fields.norm(dim=1, keepdim=True) > 0
    return fields.where(is_there, fields.new_tensor(torch.nan)).nanmean(0).nan_to_num()


def integral_of_distances(paf, a, b, stride, samples=10, least=0.05, share=0.8):
    rows, columns = (stride * torch.arange(n) + (stride - 1) / 2 for n in paf.shape[1:])
    high = []
    for n in range(samples):
        x, y = (a + n * (b - a) / (samples - 1)).tolist()
        row, column = (rows - y).abs().argmin(), (columns - x).abs().argmin()
        turn = math.atan2(b[1] - a[1], b[0] - a[0])
        right, down = paf[:, row, column].tolist()
        product = right * math.cos(turn) + down * math.sin(turn)
        high += [product] if product > least + 1e-6 else []
    if torch.equal(a, b) or len(high) / samples <= share:
        return torch.tensor(0.0)
    return torch.tensor(high).mean()


def match_of_sorted(scores):
    places = np.argwhere(scores.numpy() > 0)
    found = []
    for i, j in sorted(places, key=lambda place: -scores[*place]):
        if all(i != row and j != column for row, column in found):
            found.append((i, j))
    return found


def assemble_by_union(connections, parts, least=3):
    """All ends are people of one part at first, and two people merge or do not."""
    people = {}  # of each joint: the joints, and the scores
    for score, *ends in sorted(connections, key=lambda one: -one[0]):
        joints = tuple(ends[:2]), tuple(ends[2:])
        one, other = (people.setdefault(j, ({j}, [])) for j in joints)
        if one is other:
            one[1].append(score)
        elif not {part for part, _ in one[0]} & {part for part, _ in other[0]}:
            both = one[0] | other[0], [*one[1], *other[1], score]
            people |= dict.fromkeys(both[0], both)
    kept = {min(p[0]): p for p in people.values() if len(p[0]) >= least}.values()
    table = torch.full((len(kept), parts), -1, dtype=torch.int32)
    for row, (joints, _) in zip(table, kept, strict=True):
        for part, candidate in joints:
            row[part] = candidate
    return [table, torch.tensor([sum(scores) for _, scores in kept])]


RIGHT = {
    "09.1": map_of_library,
    "09.2": paf_of_complex,
    "09.3": average_of_nan,
    "09.4": integral_of_distances,
    "09.5": match_of_sorted,
    "09.6": assemble_by_union,
}


@pytest.mark.parametrize("number", RIGHT)
def test_another_right_answer_passes(number):
    expect_passes(SOLVED[number], RIGHT[number])


def joints_of_noise(generator):
    return 50 * torch.rand(5, 2, generator=generator) - 5, (9, 13), 3, 4.5


def limb_of_noise(generator):
    a, b = 50 * torch.rand(2, 2, generator=generator) - 5
    return a, b, (9, 13), 3, 4.0


def fields_of_noise(generator):
    angles = 6.3 * torch.rand(4, 5, 7, generator=generator)
    fields = torch.stack([angles.cos(), angles.sin()], dim=1)
    return (fields * (torch.rand(4, 1, 5, 7, generator=generator) < 0.6),)


def points_of_noise(generator):
    paf = torch.rand(2, 9, 13, generator=generator)
    a, b = torch.rand(2, 2, generator=generator) * torch.tensor([38.0, 26.0])
    return paf, a, b, 3, 7, 0.3, 0.5


@pytest.mark.parametrize(
    ("number", "noise"),
    [
        ("09.1", joints_of_noise),
        ("09.2", limb_of_noise),
        ("09.3", fields_of_noise),
        ("09.4", points_of_noise),
    ],
)
def test_both_right_answers_agree_on_noise(number, noise):
    for seed in range(10):
        given = noise(torch.Generator().manual_seed(seed))
        want, found = SOLVED[number].reference(*given), RIGHT[number](*given)
        expect_close(torch.as_tensor(want), found, f"seed {seed}")


def test_points_of_noise_have_limbs_and_none():
    """So that the comparison above is of something."""
    scores = [
        line_integral(*points_of_noise(torch.Generator().manual_seed(seed)))
        for seed in range(10)
    ]
    assert 0 < scores.count(0.0) < 10


def matchings(rows, columns):
    """All ways to connect rows and columns one-to-one, each in all orders."""
    for count in range(min(rows, columns) + 1):
        for some in permutations(range(rows), count):
            for others in permutations(range(columns), count):
                yield list(zip(some, others, strict=True))


def test_one_matching_of_all_is_greedy():
    """The check of 09.5 accepts the reference's answer, and no other."""
    for seed in range(10):
        scores = torch.randn(3, 3, generator=torch.Generator().manual_seed(seed))
        accepted = []
        for found in matchings(3, 3):
            try:
                check_greedy(found, scores, "")
                accepted.append(found)
            except AssertionError:
                pass
        assert accepted == [greedy_match(scores)] == [match_of_sorted(scores)]


def connections_of_noise(seed):
    """Connections of four candidates a part, one-to-one for each limb, unsorted."""
    generator = torch.Generator().manual_seed(seed)
    found = []
    for first, second in LIMBS:
        scores = torch.rand(4, generator=generator).tolist()
        others = torch.randperm(4, generator=generator).tolist()
        for a, (score, b) in enumerate(zip(scores, others, strict=True)):
            found.append((score, first, a, second, b))
    return [found[n] for n in torch.randperm(len(found), generator=generator).tolist()]


def test_both_ways_of_assembling_agree_on_noise():
    counts, are_some_ignored = set(), set()
    for seed in range(40):
        connections = connections_of_noise(seed)
        for least in (2, 3, 5):
            want = assembled(assemble, connections, 5, "", least=least)
            found = assembled(assemble_by_union, connections, 5, "", least=least)
            assert [row for row, _ in found] == [row for row, _ in want]
            expect_close(torch.tensor([s for _, s in found]), [s for _, s in want], "")
            counts.add(len(want))
        people = assembled(assemble, connections, 5, "", least=2)
        total = sum(score for score, *_ in connections)
        are_some_ignored.add(sum(score for _, score in people) < total - 1e-3)
    assert len(counts) > 2
    assert are_some_ignored == {True, False}


def test_the_order_of_ends_and_the_numbers_of_candidates_do_not_matter():
    for seed in range(10):
        connections = connections_of_noise(seed)
        want = assembled(assemble, connections, 5, "")
        other = [(s, d, e + 7, b, c + 7) for s, b, c, d, e in reversed(connections)]
        found = assembled(assemble, other, 5, "")
        for (row, score), (numbers, got) in zip(want, found, strict=True):
            assert numbers == [c if c < 0 else c + 7 for c in row]
            assert got == pytest.approx(score, abs=1e-5)


@pytest.mark.parametrize("stride", [1, 3, 4, 8])
def test_a_limb_is_found_in_the_field_that_is_drawn_for_it(stride):
    """Two people who cross: each limb's own score is near 1, the false ones are 0."""
    places = torch.tensor([[[2.0, 3], [14, 9]], [[3.0, 15], [16, 14]]]) * stride
    size, width = (19, 21), 1.5 * stride
    paf = average_pafs(
        torch.stack([paf_target(a, b, size, stride, width) for a, b in places])
    )
    for (a, b), (_, d) in (places, places.flip(0)):
        assert line_integral(paf, a, b, stride) > 0.95
        assert line_integral(paf, b, a, stride) == 0
        assert line_integral(paf, a, d, stride) == 0
    starts, ends = places.unbind(dim=1)
    table = [[line_integral(paf, a, b, stride) for b in ends] for a in starts]
    assert sorted(greedy_match(torch.tensor(table))) == [(0, 0), (1, 1)]


def test_people_who_meet_leave_two_peaks_and_a_sum_would_leave_one():
    """What the maximum is for, at a distance of 1.8 sigma."""
    joints = torch.tensor([[8.0, 3], [13.4, 3]])
    row = confidence_map(joints, (7, 23), 1, 3.0)[3]
    total = sum(confidence_map(one[None], (7, 23), 1, 3.0)[3] for one in joints)
    peaks = [
        int(((line[1:-1] > line[:-2]) & (line[1:-1] > line[2:])).sum())
        for line in (row, total)
    ]
    assert peaks == [2, 1]


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("09.1", lambda *_: None, "a tensor of shape (7, 9), got None"),
        ("09.1", lambda joints, *_: joints, "expected shape (7, 9), got (1, 2)"),
        ("09.1", lambda *a: confidence_map(*a).numpy(), "got a value of type ndarray"),
        ("09.2", lambda *_: None, "a tensor of shape (2, 11, 11), got None"),
        ("09.2", lambda *a: paf_target(*a)[0], "shape (2, 11, 11), got (11, 11)"),
        ("09.3", lambda fields: fields, "expected shape (2, 3, 5), got (1, 2, 3, 5)"),
        ("09.3", lambda fields: None, "a tensor of shape (2, 3, 5), got None"),
        ("09.4", lambda *_, **__: None, "expected one number, got None"),
        ("09.4", lambda p, *_, **__: p[:, 0, 0], "expected shape (), got (2,)"),
        ("09.5", lambda scores: None, "a list of pairs, got a value of type NoneType"),
        ("09.5", lambda scores: scores, "a list of pairs, got a value of type Tensor"),
        ("09.5", lambda scores: [0, 1], "pairs (i, j) of whole numbers, got [0, 1]"),
        ("09.5", lambda scores: [(0.0, 1.0)], "of whole numbers, got [(0.0, 1.0)]"),
        ("09.5", lambda scores: [(0, 1, 2)], "of whole numbers, got [(0, 1, 2)]"),
        ("09.6", lambda *_, **__: None, "a pair, people and scores, got None"),
        ("09.6", lambda *a: assemble(*a)[0], "a pair, people and scores, got one"),
        ("09.6", lambda *a: ([{0: 3}], torch.ones(1)), "expected people (N, 4), got"),
        ("09.6", lambda *a: (torch.ones(1, 3), 1), "expected shape (1, 4), got (1, 3)"),
        ("09.6", lambda *a: (torch.ones(1, 4), 1), "whole numbers, got torch.float32"),
        ("09.6", lambda *a: (assemble(*a)[0], 2.15), "the scores: expected a tensor"),
    ],
)
def test_the_wrong_form_is_told(number, answer, words):
    failure = first_failure(checking.find_exercise(number).cases, answer)
    assert failure.case is checking.FORM
    assert words in failure.why


@pytest.mark.parametrize("form", [list, torch.tensor, np.array, tuple])
def test_connections_may_be_pairs_of_any_form(form):
    def answer(scores):
        return [form(pair) for pair in greedy_match(scores)]

    assert first_failure(checking.find_exercise("09.5").cases, answer) is None


@pytest.mark.parametrize("form", [float, np.float64, np.float32, torch.tensor])
def test_a_score_may_have_any_form(form):
    def answer(*given, **rule):
        return form(line_integral(*given, **rule))

    assert first_failure(checking.find_exercise("09.4").cases, answer) is None


@pytest.mark.parametrize("number", RIGHT)
def test_writing_into_any_input_is_told(number):
    expect_writing_is_told(SOLVED[number])
