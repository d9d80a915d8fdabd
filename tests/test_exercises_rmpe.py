"""Chapter 08: right answers of another kind, and answers of the wrong form."""

import math
import statistics
from itertools import product

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from second_answers import expect_passes, expect_writing_is_told

from course_lib.exercises import checking, expect_close, first_failure
from course_lib.geometry import box_centre
from course_lib.notebooks import ROOT, load_solutions

PATH = ROOT / "notebooks" / "08_rmpe.ipynb"
SOLVED = {solution.id: solution for solution in load_solutions(PATH).SOLUTIONS}
place_joints, pose_similarity = (SOLVED[n].reference for n in ("08.4", "08.2"))


def inverse_of_homogeneous(theta, least=1e-6):
    last = theta.new_tensor([0.0, 0.0, 1.0]).expand(len(theta), 1, 3)
    square = torch.cat([theta, last], dim=1)  # (B, 3, 3)
    if torch.linalg.det(square).abs().lt(least).any():
        raise ValueError("no way back")
    return torch.linalg.inv(square)[:, :2]


def similarity_by_loops(pose, score, box, poses, scores, sigma1, sigma2):
    near, far = [], []
    for other, sure in zip(poses.tolist(), scores.tolist(), strict=True):
        joints = zip(pose.tolist(), other, score.tolist(), sure, strict=True)
        near.append(0.0)
        far.append(0.0)
        for a, b, c, d in joints:
            r = 10 * math.dist(a, b) / max(box.tolist()[2:])
            far[-1] += math.exp(-r / sigma2)
            if r <= 1:
                near[-1] += math.tanh(c / sigma1) * math.tanh(d / sigma1)
    return torch.tensor(near), torch.tensor(far)


def nms_of_table(
    poses, scores, boxes, sigma1=0.01, sigma2=2.08, weight=2.08, eta=22.48
):
    """In NumPy: all pairs first, then references from the surest pose on."""
    p, c, sides = (x.double().numpy() for x in (poses, scores, boxes[:, 2:]))
    r = np.linalg.norm(p[:, None] - p, axis=-1) * 10  # (N, N, K)
    r /= sides.max(axis=1, initial=0)[:, None, None]  # of the row, the reference
    sure, near = np.tanh(c / sigma1), r < 1 + 1e-6
    table = (sure[:, None] * sure * near).sum(axis=-1)
    table += weight * np.exp(-r / sigma2).sum(axis=-1)
    owner = np.full(len(p), -1)
    for row in np.argsort(-c.mean(axis=1), kind="stable"):
        if owner[row] < 0:
            owner[(owner < 0) & (table[row] > eta)] = row
            owner[row] = row
    kept = np.flatnonzero(owner == np.arange(len(p)))
    kept = kept[np.argsort(-c[kept].mean(axis=1), kind="stable")]
    merged = [
        np.average(p[owner == row], axis=0, weights=two(c * near[row], owner == row))
        for row in kept
    ]
    merged = np.reshape(merged, (-1, *p.shape[1:]))
    return torch.tensor(kept), torch.tensor(merged, dtype=torch.float32)


def two(weights, rows):
    """The same weights for x and for y, (n, K, 2)."""
    return np.repeat(weights[rows][..., None], 2, axis=-1)


def place_by_matrices(joints, theta, boxes, size):
    """One 3 x 3 matrix from map cells to image px, about the centres."""
    half = theta.new_tensor([size[1], size[0], 2.0]) / 2
    enter = torch.diag(1 / half)
    enter[:2, 2] = (0.5 - half[:2]) / half[:2]
    back = torch.zeros(len(boxes), 3, 3)
    back[:, 0, 0], back[:, 1, 1], back[:, 2, 2] = *(boxes[:, 2:] / 2).T, 1.0
    back[:, :2, 2] = box_centre(boxes)
    last = torch.tensor([0.0, 0.0, 1.0]).expand(len(theta), 1, 3)
    whole = back @ torch.cat([theta, last], dim=1) @ enter  # (B, 3, 3)
    homogeneous = F.pad(joints, (0, 1), value=1.0)
    return torch.einsum("bij,bkj->bki", whole, homogeneous)[..., :2]


def offsets_by_loops(found, truth, clusters, count):
    errors = [[[] for _ in range(4)] for _ in range(count)]
    boxes = zip(found.tolist(), truth.tolist(), clusters.tolist(), strict=True)
    for (x, y, w, h), (u, v, across, down), number in boxes:
        for side, error in enumerate((x - u, y - v, x + w - u - across, 0)):
            errors[number][side].append(error / (down if side % 2 else across))
        errors[number][3][-1] = (y + h - v - down) / down
    return tuple(
        torch.tensor(
            [[of(some) if some else math.nan for some in row] for row in errors]
        )
        for of in (statistics.fmean, statistics.pstdev)
    )


def tune_by_recursion(score, start, grids, turn=0, idle=0):
    if idle == 2:
        return start, score(start)
    changed = (0, 1) if turn == 0 else (2, 3)
    tried = [start]
    for values in product(*(grids[n].tolist() for n in changed)):
        point = start.tolist()
        for n, value in zip(changed, values, strict=True):
            point[n] = value
        tried.append(torch.tensor(point))
    best = max(tried, key=score)  # of equals the first, which is where we are
    idle = idle + 1 if best is start else 0
    return tune_by_recursion(score, best, grids, 1 - turn, idle)


RIGHT = {
    "08.1": inverse_of_homogeneous,
    "08.2": similarity_by_loops,
    "08.3": nms_of_table,
    "08.4": place_by_matrices,
    "08.5": offsets_by_loops,
    "08.6": tune_by_recursion,
}


@pytest.mark.parametrize("number", RIGHT)
def test_another_right_answer_passes(number):
    expect_passes(SOLVED[number], RIGHT[number])


def thetas_of_noise(generator):
    return (torch.eye(2, 3) + 0.3 * torch.randn(4, 2, 3, generator=generator),)


def pose_of_noise(generator):
    poses = torch.rand(9, 6, 2, generator=generator) * 30
    poses[1:] = poses[0] + (poses[1:] - 15) / 2
    scores = torch.rand(9, 6, generator=generator)
    box = 40 + 60 * torch.rand(4, generator=generator)
    return poses[0], scores[0], box, poses[1:], scores[1:], 0.4, 1.3


def crowd_of_noise(generator):
    people = 50 * torch.rand(3, 1, 16, 2, generator=generator)
    poses = people + 4 * torch.randn(3, 5, 16, 2, generator=generator)
    scores = 0.05 + torch.rand(15, 16, generator=generator)
    return poses.flatten(0, 1), scores, 40 + 60 * torch.rand(15, 4, generator=generator)


def joints_of_noise(generator):
    joints = 9 * torch.rand(4, 3, 2, generator=generator)
    boxes = 5 + 90 * torch.rand(4, 4, generator=generator)
    return joints, *thetas_of_noise(generator), boxes, (9, 7)


def boxes_of_noise(generator):
    truth = 5 + 90 * torch.rand(40, 4, generator=generator)
    found = truth + 4 * torch.randn(40, 4, generator=generator)
    return found, truth, torch.randint(3, (40,), generator=generator), 4


@pytest.mark.parametrize(
    ("number", "noise"),
    [
        ("08.1", thetas_of_noise),
        ("08.2", pose_of_noise),
        ("08.3", crowd_of_noise),
        ("08.4", joints_of_noise),
        ("08.5", boxes_of_noise),
    ],
)
def test_both_right_answers_agree_on_noise(number, noise):
    for seed in range(10):
        given = noise(torch.Generator().manual_seed(seed))
        want, found = SOLVED[number].reference(*given), RIGHT[number](*given)
        several = isinstance(want, tuple)
        for a, b in zip(want, found, strict=True) if several else [(want, found)]:
            a, b = (x.double().nan_to_num(nan=-99.0) for x in (a, b))
            expect_close(a, b, f"seed {seed}", 1e-3)


def test_crowds_of_noise_have_duplicates_and_people():
    """So that the comparison above is of something."""
    counts = set()
    for seed in range(10):
        given = crowd_of_noise(torch.Generator().manual_seed(seed))
        counts.add(len(SOLVED["08.3"].reference(*given)[0]))
    assert max(counts) < 15
    assert min(counts) >= 3


def test_a_blob_seen_through_theta_goes_back_where_it_was():
    """Not by coordinates, but by a picture that torch warps; to half a map cell."""
    box = torch.tensor([[37.0, 12.0, 60.0, 40.0]])  # shown by a crop 40 x 60
    rows, columns = torch.meshgrid(torch.arange(40), torch.arange(60), indexing="ij")
    for matrix, x, y in (
        ([[0.6, 0.0, 0.3], [0.0, 0.6, -0.2]], 41, 14),
        ([[0.7, 0.3, -0.1], [-0.4, 0.8, 0.1]], 22, 27),
        ([[-0.9, 0.0, 0.1], [0.0, 1.1, 0.0]], 35, 9),
    ):
        blob = torch.exp(-((rows - y) ** 2 + (columns - x) ** 2) / 40)[None, None]
        theta = torch.tensor([matrix])
        grid = F.affine_grid(theta, [1, 1, 20, 24], align_corners=False)
        seen = F.grid_sample(blob, grid, align_corners=False)[0, 0]
        row, column = divmod(int(seen.argmax()), 24)
        found = place_joints(torch.tensor([[[column, row]]]), theta, box, (20, 24))
        cell = box[0, 2:] * theta[0, :, :2].abs().sum(dim=1) / torch.tensor([24, 20])
        off = found[0, 0] - torch.tensor([37.0 + x, 12.0 + y])
        assert (off.abs() <= cell).all()


@pytest.mark.parametrize(
    ("count", "far", "value"),
    [
        (16, 0.0, 49.28),
        (0, 1.0, 36.6),
        (0, 1.01, 20.5),
        (6, 3.0, 23.4),
        (5, 3.0, 20.8),
        (8, 1e6, 24.6),
        (7, 1e6, 21.6),
    ],
)
def test_the_counts_of_the_released_constants(count, far, value):
    """K + 2.08 H of 16 joints, from the formulas by hand, to the digits told."""
    pose = torch.zeros(16, 2)
    other = pose.clone()
    other[count:, 0] = far * 8  # a tenth of 80 px
    box, sure = torch.tensor([0.0, 0.0, 80.0, 30.0]), torch.ones(16)
    k, h = pose_similarity(pose, sure, box, other[None], sure[None], 0.01, 2.08)
    matched = 16 if far <= 1 else count
    by_hand = matched + 2.08 * (count + (16 - count) * math.exp(-far / 2.08))
    assert (k + 2.08 * h).item() == pytest.approx(by_hand, abs=1e-3)
    assert by_hand == pytest.approx(value, abs=0.05)


def test_the_order_of_poses_changes_nothing_but_their_numbers():
    for seed in range(5):
        generator = torch.Generator().manual_seed(seed)
        given = crowd_of_noise(generator)
        kept, merged = SOLVED["08.3"].reference(*given)
        order = torch.randperm(15, generator=generator)
        others = SOLVED["08.3"].reference(*(part[order] for part in given))
        assert order[others[0]].tolist() == kept.tolist()
        expect_close(others[1], merged, f"seed {seed}")


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("08.1", lambda *_, **__: None, "a tensor of shape (1, 2, 3), got None"),
        ("08.1", lambda t, **_: t[:, :, :2], "shape (1, 2, 3), got (1, 2, 2)"),
        ("08.2", lambda *_: None, "a pair, K and H, got None"),
        ("08.2", lambda *_: (1.0, 1.0), "K: expected a tensor of shape (1,)"),
        ("08.2", lambda p, *_: (p[0], p[0]), "K: expected shape (1,), got (2,)"),
        ("08.3", lambda p, *_: p, "a pair, kept and merged poses, got one tensor"),
        ("08.3", lambda p, *_: ([0, 1], p), "a tensor (M,) of indices kept, got [0"),
        ("08.3", lambda p, s, b: (s[:, 0], p), "whole numbers kept, got torch.float"),
        ("08.3", lambda p, *_: (torch.arange(2), p[0]), "expected shape (2, 16, 2)"),
        ("08.4", lambda *_: None, "a tensor of shape (1, 3, 2), got None"),
        ("08.4", lambda j, *_: j[0], "expected shape (1, 3, 2), got (3, 2)"),
        ("08.5", lambda f, *_: f, "a pair, means and deviations, got one tensor"),
        ("08.5", lambda f, *_: (f[:1], f[0]), "the deviations: expected shape (1, 4)"),
        ("08.6", lambda score, start, _: start, "a pair, parameters and score"),
        ("08.6", lambda *_: ([0.0] * 4, 1.0), "the parameters: expected a tensor"),
        ("08.6", lambda f, start, _: (start, start), "the score: expected shape ()"),
        ("08.6", lambda f, s, _: (s, f(s[:2])), "score takes four parameters, got"),
    ],
)
def test_the_wrong_form_is_told(number, answer, words):
    failure = first_failure(checking.find_exercise(number).cases, answer)
    assert failure.case is checking.FORM
    assert words in failure.why


@pytest.mark.parametrize("form", [list, np.array, lambda point: point.double()])
def test_a_score_takes_parameters_of_any_form(form):
    def tune(score, start, grids):
        return SOLVED["08.6"].reference(lambda at: score(form(at)), start, grids)

    assert first_failure(checking.find_exercise("08.6").cases, tune) is None


def test_a_search_without_end_is_told():
    def tune(score, start, grids):
        while True:
            score(start)

    failure = first_failure(checking.find_exercise("08.6").cases, tune)
    assert failure.case.name == "nothing to gain"
    assert "does the search end?" in failure.why


@pytest.mark.parametrize("number", RIGHT)
def test_writing_into_any_input_is_told(number):
    expect_writing_is_told(SOLVED[number])
