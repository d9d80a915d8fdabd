"""Chapter 12: right answers of another kind, and answers of the wrong form."""

import heapq
import math
from functools import partial
from itertools import permutations, product

import numpy as np
import pytest
import torch
from second_answers import expect_passes, expect_writing_is_told

from course_lib.exercises import checking, expect_close, first_failure
from course_lib.exercises.ch12_decode_cases import POSE, TREE, bent, pointing, rigid
from course_lib.exercises.ch12_pixel_cases import score
from course_lib.exercises.ch12_refine_cases import centres
from course_lib.notebooks import ROOT, load_solutions

PATH = ROOT / "notebooks" / "12_personlab.ipynb"
SOLVED = {solution.id: solution for solution in load_solutions(PATH).SOLUTIONS}
disk_targets, sample, hough, refine, expected_oks, greedy_decode, assign_pixels = (
    solution.reference for solution in SOLVED.values()
)


def disks_by_cell(joints, size, stride, radius):
    """Cell by cell, over those who have the joint."""
    heat, short = np.zeros(size), np.zeros((2, *size))
    owner = np.full(size, -1)
    known = [
        (n, place) for n, place in enumerate(joints.tolist()) if place[0] == place[0]
    ]
    for v, u in np.ndindex(size):
        x, y = stride * u + (stride - 1) / 2, stride * v + (stride - 1) / 2
        gaps = [(math.hypot(a - x, b - y), n, a - x, b - y) for n, (a, b) in known]
        if gaps and min(gaps)[0] <= radius:
            _, owner[v, u], *short[:, v, u] = min(gaps)
            heat[v, u] = 1
    return tuple(torch.from_numpy(made) for made in (heat, short, owner))


def sample_by_hand(field, points, stride):
    """Four gathers, and lines between them."""
    height, width = field.shape[1:]
    u, v = ((points - (stride - 1) / 2) / stride).T
    u, v = u.clamp(0, width - 1), v.clamp(0, height - 1)
    left, top = u.long(), v.long()
    right, bottom = (left + 1).clamp(max=width - 1), (top + 1).clamp(max=height - 1)
    s, t = u - left, v - top
    upper = field[:, top, left] + s * (field[:, top, right] - field[:, top, left])
    lower = field[:, bottom, left] * (1 - s) + s * field[:, bottom, right]
    return torch.stack([*(upper + t * (lower - upper))], dim=-1)


def hough_by_tents(heat, short, stride, radius):
    """Every cell's share of every vote, (h, w, h, w)."""
    height, width = heat.shape
    rows, columns = torch.arange(height), torch.arange(width)
    x = columns + short[0] / stride
    y = rows[:, None] + short[1] / stride
    across = (1 - (x[..., None] - columns).abs()).clamp(min=0)  # (h, w, w)
    down = (1 - (y[..., None] - rows).abs()).clamp(min=0)  # (h, w, h)
    votes = torch.einsum("ij,ijr,ijc->rc", heat, down, across)
    return votes * stride**2 / (math.pi * radius**2)


def refine_by_places(mid, short, stride, steps=2):
    """All places are moved, and the way that they made is what comes back."""
    start = centres(tuple(mid.shape[1:]), stride).flatten(1).T
    places = start + mid.flatten(1).T
    for _ in range(steps):
        places = places + sample_by_hand(short, places, stride)
    return (places - start).T.reshape(mid.shape)


def oks_by_list(maps, presence, joints, area, kappa, stride, radius):
    found = []
    for votes, p, (x, y), k in zip(
        maps.double().numpy(), presence.tolist(), joints.tolist(), kappa, strict=True
    ):
        v, u = np.indices(votes.shape)
        squares = np.square(stride * u + (stride - 1) / 2 - x)
        squares += np.square(stride * v + (stride - 1) / 2 - y)
        is_in = (squares <= radius**2) & (votes > 0)
        values = np.exp(-squares[is_in] / (2 * area)) ** (1 / k.item() ** 2)
        weights = votes[is_in]
        found.append(p * np.average(values, weights=weights) if is_in.any() else 0)
    return torch.tensor(found, dtype=torch.float64)


def decode_by_heap(scores, parts, places, edges, mid, radius):
    """A queue of peaks, and people as dicts that grow from joint to joint."""
    queue = [(-score, n) for n, score in enumerate(scores.tolist())]
    heapq.heapify(queue)
    people, begun = [], []

    def follow(person, k):
        for a, b in edges:
            for here, there in ((a, b), (b, a)):
                if here == k and there not in person:
                    person[there] = person[k] + mid(k, there, person[k])
                    follow(person, there)
        return person

    while queue:
        _, n = heapq.heappop(queue)
        k, place = int(parts[n]), places[n]
        if all(torch.dist(person[k], place) > radius for person in people):
            people.append(follow({k: place}, k))
            begun.append(n)
    poses = torch.zeros(len(people), len(edges) + 1, 2)
    for pose, person in zip(poses, people, strict=True):
        for k, place in person.items():
            pose[k] = place
    return [poses, torch.tensor(begun, dtype=torch.int32)]


def pixels_by_person(person, long, poses, presence, stride, least=0.5, limit=0.25):
    masks = torch.zeros(len(poses), *person.shape, dtype=torch.bool)
    believed = (long + centres(tuple(person.shape), stride)).numpy()
    for mask, pose, weights in zip(masks, poses.numpy(), presence.numpy(), strict=True):
        size = math.sqrt(np.prod(np.nanmax(pose, axis=0) - np.nanmin(pose, axis=0)))
        total = weight = 0.0
        for k, (x, y) in enumerate(pose):
            if x == x:
                total += weights[k] * np.hypot(believed[k, 0] - x, believed[k, 1] - y)
                weight += weights[k]
        mask |= torch.from_numpy(total <= limit * size * weight) & (person >= least)
    return masks


RIGHT = {
    "12.1": disks_by_cell,
    "12.2": sample_by_hand,
    "12.3": hough_by_tents,
    "12.4": refine_by_places,
    "12.5": oks_by_list,
    "12.6": decode_by_heap,
    "12.7": pixels_by_person,
}


@pytest.mark.parametrize("number", RIGHT)
def test_another_right_answer_passes(number):
    expect_passes(SOLVED[number], RIGHT[number])


def joints_of_noise(generator):
    joints = 40 * torch.rand(6, 2, generator=generator) - 4
    joints[torch.rand(6, generator=generator) < 0.3] = math.nan
    return joints, (9, 12), 3, 7.3


def points_of_noise(generator):
    field = torch.randn(3, 6, 8, generator=generator)
    return field, 40 * torch.rand(9, 2, generator=generator) - 8, 3


def votes_of_noise(generator):
    heat = torch.rand(7, 9, generator=generator)
    return heat, 9 * torch.randn(2, 7, 9, generator=generator), 3, 7.0


def fields_of_noise(generator):
    mid = 12 * torch.randn(2, 7, 9, generator=generator)
    return mid, 5 * torch.randn(2, 7, 9, generator=generator), 3, 3


def maps_of_noise(generator):
    maps = torch.rand(5, 7, 9, generator=generator) ** 4
    presence, kappa, x, y = torch.rand(4, 5, generator=generator) + 0.05
    return (
        maps,
        presence,
        torch.stack([50 * x - 15, 40 * y - 12], 1),
        200.0,
        kappa,
        3,
        6.3,
    )


def peaks_of_noise(generator):
    scores = torch.randint(9, (16,), generator=generator) / 8
    parts = torch.randint(6, (16,), generator=generator)
    places = 60 * torch.rand(16, 2, generator=generator)
    return scores, parts, places, TREE, bent(TREE), 18.0


def people_of_noise(generator):
    poses = 30 * torch.rand(3, 5, 2, generator=generator)
    poses[:, 1:3][torch.rand(3, 2, generator=generator) < 0.4] = math.nan
    presence = torch.rand(3, 5, generator=generator) + 0.05
    long = 30 * torch.rand(5, 2, 6, 8, generator=generator) - 12
    return torch.rand(6, 8, generator=generator), long, poses, presence, 3, 0.3, 0.8


NOISE = {
    "12.1": joints_of_noise,
    "12.2": points_of_noise,
    "12.3": votes_of_noise,
    "12.4": fields_of_noise,
    "12.5": maps_of_noise,
    "12.6": peaks_of_noise,
    "12.7": people_of_noise,
}


def noises(number, count=10):
    """Arguments of an exercise, drawn from so many seeds."""
    return [NOISE[number](torch.Generator().manual_seed(n)) for n in range(count)]


@pytest.mark.parametrize("number", NOISE)
def test_both_right_answers_agree_on_noise(number):
    for given in noises(number, 20):
        results = SOLVED[number].reference(*given), RIGHT[number](*given)
        if isinstance(results[0], torch.Tensor):
            results = [[result] for result in results]
        for want, found in zip(*results, strict=True):
            expect_close(found, want, number, 1e-3)


def test_noise_has_something_of_everything():
    """So that the comparison above is of something."""
    owners = torch.stack([disk_targets(*given)[2] for given in noises("12.1")])
    assert {*owners.unique().tolist()} == {*range(-1, 6)}
    lost = [hough(*given).sum() < 0.9 * votes(*given) for given in noises("12.3")]
    assert all(lost)
    scores = torch.stack([expected_oks(*given) for given in noises("12.5")])
    assert (scores == 0).any()
    counts = [len(greedy_decode(*given)[1]) for given in noises("12.6")]
    assert 2 < min(counts) < max(counts) < 16
    people = torch.stack([assign_pixels(*given) for given in noises("12.7")])
    assert (people.sum(dim=1) > 1).any()
    assert 0.1 < people.float().mean() < 0.9


def test_no_cell_of_the_hidden_noise_is_at_the_limit():
    """Another order of sums must not decide whether an answer is right."""
    gaps = []

    def look(person, long, poses, presence, *rest):
        believed = long + centres((5, 8), 3)
        for j, row, column in np.ndindex(3, 5, 8):
            point = believed[..., row, column].tolist()
            gaps.append(score(poses.tolist(), presence.tolist(), point, j) - 0.8)
        return assign_pixels(person, long, poses, presence, *rest)

    SOLVED["12.7"].hidden[0].test(look)
    assert min(map(abs, gaps)) > 1e-5


def votes(heat, short, stride, radius):
    """The sum of a Hough map from which nothing is lost."""
    return heat.sum() * stride**2 / (math.pi * radius**2)


def test_disks_of_mirrored_joints_are_mirrored():
    for joints, size, stride, radius in noises("12.1"):
        heat, short, owner = disk_targets(joints, size, stride, radius)
        there = joints.clone()
        there[:, 0] = stride * size[1] - 1 - joints[:, 0]
        found = disk_targets(there, size, stride, radius)
        assert torch.equal(found[0].flip(-1), heat)
        expect_close(found[1].flip(-1)[1], short[1], "dy")
        expect_close(found[1].flip(-1)[0], -short[0], "dx")
        assert torch.equal(found[2].flip(-1), owner)


def test_the_owner_goes_with_its_joint():
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    for joints, *rest in noises("12.1"):
        heat, short, owner = disk_targets(joints, *rest)
        found = disk_targets(joints[order], *rest)
        assert torch.equal(found[0], heat)
        assert torch.equal(found[1], short)
        assert torch.equal(torch.where(found[2] < 0, -1, order[found[2]]), owner)


def test_a_sample_is_what_grid_sample_reads():
    for field, points, stride in noises("12.2"):
        height, width = field.shape[1:]
        inside = points.clamp(min=0).minimum(torch.tensor([width, height]) * stride - 1)
        grid = 2 * (inside + 0.5) / (stride * torch.tensor([width, height])) - 1
        rule = {"padding_mode": "border", "align_corners": False}
        want = torch.nn.functional.grid_sample(field[None], grid[None, None], **rule)
        expect_close(sample(field, points, stride), want[0, :, 0].T, "grid_sample")


def test_gradients_of_samples_and_of_refined_fields():
    check = partial(torch.autograd.gradcheck, fast_mode=True)
    field, points = (part.double() for part in noises("12.2")[0][:2])
    given = field.requires_grad_(), points.requires_grad_()
    assert check(lambda a, b: sample(a, b, 3), given)
    mid, short = (part[:, :3, :4].double() for part in noises("12.4")[0][:2])
    given = mid.requires_grad_(), short.requires_grad_()
    assert check(lambda a, b: refine(a, b, 3, 2), given)


def test_no_vote_is_lost_inside_the_map():
    for heat, short, stride, radius in noises("12.3"):
        middle = torch.zeros_like(heat)
        middle[3, 3:6] = heat[3, 3:6]
        near = short.clamp(-2.9 * stride, 2.9 * stride)
        total = hough(middle, near, stride, radius).sum()
        expect_close(total, votes(middle, near, stride, radius), "the sum of the votes")


@pytest.mark.parametrize(("stride", "radius"), [(1, 8.0), (4, 32.0), (4, 20.0)])
def test_a_perfect_disk_has_a_peak_of_one(stride, radius):
    joint = torch.tensor([[stride * 20 + (stride - 1) / 2] * 2])
    heat, short, _ = disk_targets(joint, (41, 43), stride, radius)
    found = hough(heat, short, stride, radius)
    assert found.argmax() == 20 * 43 + 20
    assert 0.9 < found.max() < 1.1
    expect_close(found.sum(), found.max(), "all votes are in one cell")


@pytest.mark.parametrize("noise", [2.0, 3.0, 4.0])
def test_the_peak_of_noisy_offsets_is_that_of_a_density(noise):
    """1 / (2 pi s^2), less what the split between cells spreads."""
    generator = torch.Generator().manual_seed(0)
    heat, short, _ = disk_targets(torch.tensor([[60.0, 60.0]]), (121, 121), 1, 32.0)
    short = short + noise * torch.randn(short.shape, generator=generator)
    found = hough(heat, short, 1, 32.0)[59:62, 59:62].mean()
    assert 0.75 < found * 2 * math.pi * noise**2 < 1.1


def test_true_short_offsets_end_the_way_of_whatever_reaches_their_disk():
    joint = torch.tensor([[61.0, 42.5]])
    stride, radius = 4, 32.0
    _, short, _ = disk_targets(joint, (24, 32), stride, radius)
    way = joint[0][:, None, None] - centres((24, 32), stride)
    generator = torch.Generator().manual_seed(0)
    turn = 6.3 * torch.rand(24, 32, generator=generator)
    error = torch.stack([turn.cos(), turn.sin()]) * (radius - 8)
    for steps in (1, 2):
        found = refine(way + error, short, stride, steps)
        assert (found - way).norm(dim=0).max() < 0.1
    error = torch.stack([turn.cos(), turn.sin()]) * (radius + 8)
    assert (refine(way + error, short, stride) - way).norm(dim=0).min() > radius


def test_two_steps_are_one_after_another():
    for mid, short, stride, _ in noises("12.4"):
        once = refine(mid, short, stride, 1)
        expect_close(refine(once, short, stride, 1), refine(mid, short, stride), "two")
        assert torch.equal(refine(mid, short, stride, 0), mid)


def test_expected_oks_is_at_most_the_presence_and_has_no_unit():
    for maps, presence, joints, area, kappa, stride, radius in noises("12.5"):
        rest = stride, radius
        found = expected_oks(maps, presence, joints, area, kappa, *rest)
        assert (found >= 0).all()
        assert (found <= presence + 1e-6).all()
        lower = expected_oks(maps / 64, presence, joints, area, kappa, *rest)
        expect_close(lower, found, "a lower map")
        wider = expected_oks(maps, presence, joints, 4 * area, kappa / 2, *rest)
        expect_close(wider, found, "four times the area and half of kappa")


def test_expected_oks_falls_as_the_votes_move_away():
    scores = []
    for distance in range(6):
        maps = torch.zeros(1, 9, 15)
        maps[0, 4, 5 + distance] = 0.3
        given = torch.tensor([0.9]), torch.tensor([[5.0, 4.0]]), 400.0
        scores.append(expected_oks(maps, *given, torch.tensor([0.15]), 1, 5.0).item())
    assert scores == sorted(scores, reverse=True)
    assert scores[0] == pytest.approx(0.9)
    assert scores[5] > 0


def test_any_root_and_any_order_of_edges_gives_the_same_pose_by_true_offsets():
    truth = torch.tensor(POSE)
    for edges in permutations(TREE):
        for root in range(6):
            given = torch.ones(1), torch.tensor([root]), truth[root, None]
            mid = pointing(TREE, [POSE])
            poses, _ = greedy_decode(*given, list(edges), mid, 10.0)
            expect_close(poses[0], truth, f"root {root}, edges {edges}", 1e-3)


def test_each_peak_is_near_its_joint_of_somebody_and_first_peaks_are_apart():
    for scores, parts, places, edges, mid, radius in noises("12.6"):
        poses, firsts = greedy_decode(scores, parts, places, edges, mid, radius)
        gaps = (poses[:, parts] - places).norm(dim=-1)  # (M, N)
        assert (gaps.amin(dim=0) <= radius).all()
        pairs = product(range(len(firsts)), repeat=2)
        assert all(gaps[i, firsts[j]] > radius for i, j in pairs if i < j)
        assert (scores[firsts].diff() <= 0).all()
        expect_close(poses[range(len(firsts)), parts[firsts]], places[firsts], "roots")


def test_whoever_is_far_away_changes_nothing():
    for scores, parts, places, edges, _, radius in noises("12.6"):
        mid = rigid(edges, POSE)
        poses, firsts = greedy_decode(scores, parts, places, edges, mid, radius)
        more = (
            torch.cat([scores, torch.tensor([2.0])]),
            torch.cat([parts, torch.tensor([3])]),
            torch.cat([places, torch.tensor([[9000.0, 0.0]])]),
        )
        found = greedy_decode(*more, edges, mid, radius)
        assert found[1].tolist() == [len(scores), *firsts.tolist()]
        expect_close(found[0][1:], poses, "the others")


def test_true_offsets_give_every_cell_of_a_person_to_that_person():
    for person, _, poses, presence, stride, *_ in noises("12.7"):
        owner = torch.randint(3, (6, 8), generator=torch.Generator().manual_seed(0))
        target = poses.nan_to_num(5)[owner].permute(2, 3, 0, 1)
        long = target - centres((6, 8), stride)
        found = assign_pixels(person, long, poses, presence, stride, 0.3, 1e-4)
        for j, mask in enumerate(found):
            assert torch.equal(mask, (owner == j) & (person >= 0.3))


def test_masks_have_no_unit_and_grow_with_the_limit():
    for person, long, poses, presence, _, least, limit in noises("12.7"):
        found = assign_pixels(person, long, poses, presence, 1, least, limit)
        at = centres((6, 8), 1)
        larger = 3 * (at + long) - at, 3 * poses, presence  # all px but the cells'
        again = assign_pixels(person, *larger, 1, least, limit)
        assert torch.equal(again, found)
        few = assign_pixels(person, long, poses, 0.5 * presence, 1, least, limit)
        assert torch.equal(few, found)
        less = assign_pixels(person, long, poses, presence, 1, least, limit / 2)
        assert (less <= found).all()


PAIR = "a pair, poses and first peaks, got "


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("12.1", lambda *_: None, "heat, short offsets and owner, three tensors, got"),
        ("12.1", lambda *a: disk_targets(*a)[:2], "three tensors, got 2 results"),
        ("12.1", lambda *_: (None,) * 3, "the heat: expected a tensor of shape"),
        ("12.2", lambda *_: None, "a tensor of shape (3, 1), got None"),
        ("12.2", lambda *a: sample(*a)[:, 0], "expected shape (3, 1), got (3,)"),
        ("12.3", lambda *_: None, "a tensor of shape (6, 9), got None"),
        ("12.3", lambda *a: hough(*a)[None], "shape (6, 9), got (1, 6, 9)"),
        ("12.3", lambda *a: hough(*a).numpy(), "got a value of type ndarray"),
        ("12.4", lambda *_: None, "a tensor of shape (2, 8, 11), got None"),
        ("12.4", lambda *a: refine(*a)[0], "shape (2, 8, 11), got (8, 11)"),
        ("12.5", lambda *_: None, "a tensor of shape (1,), got None"),
        ("12.5", lambda *a: expected_oks(*a)[0], "expected shape (1,), got ()"),
        ("12.5", lambda *a: expected_oks(*a).tolist(), "got a value of type list"),
        ("12.6", lambda *_: None, f"{PAIR}None"),
        ("12.6", lambda *a: greedy_decode(*a)[0], f"{PAIR}one tensor of shape"),
        ("12.6", lambda *a: greedy_decode(*a)[::-1], "first peaks (M,), got tensor"),
        ("12.6", lambda *a: (greedy_decode(*a)[0], [0]), "first peaks (M,), got [0]"),
        ("12.6", lambda *a: (None, torch.ones(1)), "whole numbers, got torch.float32"),
        ("12.6", lambda *a: ([POSE], torch.zeros(1).long()), "of shape (1, 4, 2), got"),
        ("12.7", lambda *_: None, "a tensor of shape (1, 7, 10), got None"),
        ("12.7", lambda *a: assign_pixels(*a)[0], "shape (1, 7, 10), got (7, 10)"),
    ],
)
def test_the_wrong_form_is_told(number, answer, words):
    failure = first_failure(checking.find_exercise(number).cases, answer)
    assert failure.case is checking.FORM
    assert words in failure.why


def test_results_may_have_any_type():
    for number, change in (
        ("12.1", lambda result: [part.double() for part in result]),
        ("12.3", torch.Tensor.double),
        ("12.5", torch.Tensor.double),
        ("12.6", lambda result: [result[0].double(), result[1].int()]),
        ("12.7", torch.Tensor.float),
        ("12.7", torch.Tensor.int),
    ):

        def answer(*given, number=number, change=change, **named):
            return change(SOLVED[number].reference(*given, **named))

        assert first_failure(checking.find_exercise(number).cases, answer) is None


@pytest.mark.parametrize("number", RIGHT)
def test_writing_into_any_input_is_told(number):
    expect_writing_is_told(SOLVED[number])


def test_writing_into_the_edges_is_told():
    def spoil(scores, parts, places, edges, mid, radius):
        result = greedy_decode(scores, parts, places, edges, mid, radius)
        edges.sort(reverse=True)
        return result

    failure = first_failure(checking.find_exercise("12.6").cases, spoil)
    assert failure.case is checking.UNCHANGED
