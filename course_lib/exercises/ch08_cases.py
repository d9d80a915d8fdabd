"""What right answers to exercises 08.1 and 08.2 do; the hints are in ch08."""

from __future__ import annotations

import math

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_pair, expect_shape

EYE = [[1.0, 0.0], [0.0, 1.0]]
ANY = [  # matrix and shift; none is symmetric or orthogonal
    ([[0.8, 0.3], [-0.1, 0.6]], [0.2, -0.4]),
    ([[0.0, -0.7], [1.2, 0.3]], [-0.1, 0.5]),
    ([[1.0, 0.6], [0.0, 1.0]], [0.3, 0.1]),
]


def affine(matrix: list, shift: list) -> torch.Tensor:
    """One affine (2, 3)."""
    return torch.cat([tensor(matrix), tensor(shift)[:, None]], dim=1)


def zoom(share: float, shift: list) -> torch.Tensor:
    """The affine (2, 3) that reads `share` of the proposal's sides."""
    return affine([[share, 0.0], [0.0, share]], shift)


def inverse_of(invert_theta, theta: torch.Tensor, what: str, **least) -> torch.Tensor:
    """What comes back for affines (B, 2, 3); FormError when the shape is another."""
    found = invert_theta(theta, **least)
    expect_shape(found, tuple(theta.shape), what)
    return found


def inverse_shift(invert_theta) -> None:
    for shift in ([0.0, 0.0], [0.3, -0.2], [-0.5, 0.1]):
        what = f"the identity, shifted by {shift}"
        found = inverse_of(invert_theta, affine(EYE, shift)[None], what)
        expect_close(found[0], affine(EYE, [-shift[0], -shift[1]]), what)


def inverse_zoom(invert_theta) -> None:
    for share, shift in ((0.5, [0.0, 0.0]), (0.5, [0.2, -0.1]), (1.25, [0.5, 0.3])):
        what = f"A = {share} * identity, theta_3 = {shift}"
        found = inverse_of(invert_theta, zoom(share, shift)[None], what)
        want = zoom(1 / share, [-shift[0] / share, -shift[1] / share])
        expect_close(found[0], want, what)


def inverse_any(invert_theta) -> None:
    points = 2 * torch.rand(100, 2, generator=torch.Generator().manual_seed(0)) - 1
    for matrix, shift in ANY:
        what = f"A = {matrix}, theta_3 = {shift}: 100 points t, there and back"
        theta = affine(matrix, shift)
        found = inverse_of(invert_theta, theta[None], what)[0]
        there = points @ theta[:, :2].T + theta[:, 2]
        expect_close(there @ found[:, :2].T + found[:, 2], points, what, 1e-5)


def inverse_each(invert_theta) -> None:
    theta = torch.stack([affine(*ANY[0]), zoom(0.5, [0.2, 0.0]), affine(*ANY[1])])
    found = inverse_of(invert_theta, theta, "three images")
    for number in range(3):
        own = theta[number : number + 1]
        alone = inverse_of(invert_theta, own, "one image")
        expect_close(found[number], alone[0], f"image {number} of three")


def inverse_mirror(invert_theta) -> None:
    for a, d in ((-1.0, 1.0), (0.5, -0.8)):
        what = f"A = [[{a}, 0], [0, {d}]]"
        theta = affine([[a, 0.0], [0.0, d]], [0.2, 0.1])
        found = inverse_of(invert_theta, theta[None], what)
        want = affine([[1 / a, 0.0], [0.0, 1 / d]], [-0.2 / a, -0.1 / d])
        expect_close(found[0], want, what)


def refuses(invert_theta, theta: torch.Tensor, **least) -> str:
    """Empty when a ValueError is raised, else what happened."""
    try:
        invert_theta(theta, **least)
    except ValueError:
        return ""
    except (ArithmeticError, RuntimeError) as error:
        return f"{type(error).__name__} was raised"
    return "a result came back"


def inverse_singular(invert_theta) -> None:
    flat, small = affine([[1.0, 0.5], [2.0, 1.0]], [0.1, 0.2]), zoom(0.1, [0.0, 0.0])
    good = affine(*ANY[0])
    for theta, least, what in (
        ([flat], {}, "det A = 0"),
        ([good, flat], {}, "det A = 0 in the second of two images"),
        ([zoom(1e-4, [0.0, 0.0])], {}, "det A = 1e-8, least as it is"),
        ([good, small], {"least": 0.02}, "det A = 0.01 in the second, least 0.02"),
    ):
        told = refuses(invert_theta, torch.stack(theta), **least)
        assert not told, f"{what}: expected a ValueError, but {told}"
    what = "det A = 0.01, least 0.005"
    found = inverse_of(invert_theta, small[None], what, least=0.005)
    expect_close(found[0], zoom(10.0, [0.0, 0.0]), what)


def inverse_gradient(invert_theta) -> None:
    theta = torch.stack([affine(*ANY[0]), affine(*ANY[2])]).requires_grad_()
    gradient = tensor([[[0.3, -1.0, 0.5], [0.7, 0.2, -0.4]]]).expand(2, 2, 3)
    found = inverse_of(invert_theta, theta, "two images")
    assert found.requires_grad, "no gradient reaches theta"
    (got,) = torch.autograd.grad((found * gradient).sum(), theta)
    back = torch.linalg.inv(theta.detach()[:, :, :2]).mT  # (2, 2, 2)
    last = gradient[:, :, 2:]
    inner = gradient[:, :, :2] - last @ theta.detach()[:, None, :, 2]
    want = torch.cat([-back @ inner @ back, -back @ last], dim=-1)
    expect_close(got, want, "the gradient of a weighted sum of gamma", 1e-3)


POSE = [[20.0, 10.0], [32.0, 18.0], [15.0, 40.0], [44.0, 51.0]]
BOX = [10.0, 5.0, 40.0, 50.0]  # a tenth of its longer side is 5 px


def compare(
    answer,
    moves: list,
    what: str,
    score=1.0,
    other=1.0,
    box=BOX,
    sigma1=0.01,
    sigma2=2.0,
) -> tuple[torch.Tensor, torch.Tensor]:
    """K and H (N,) of a pose and of others, whose joints are moved by moves (N, J, 2).

    score, other: confidences (J,) of the pose and (N, J) of the others, or one for all.
    """
    shifts = tensor(moves)  # (N, J, 2)
    pose = tensor(POSE[: shifts.shape[1]])
    sure = torch.as_tensor(score).expand(shifts.shape[1]).clone()
    others = torch.as_tensor(other).expand(shifts.shape[:2]).clone()
    given = pose, sure, tensor(box), pose + shifts, others, sigma1, sigma2
    k, h = expect_pair(answer(*given), "K and H")
    expect_shape(k, (len(moves),), f"{what}: K")
    expect_shape(h, (len(moves),), f"{what}: H")
    return k, h


def similarity_same(pose_similarity) -> None:
    for joints in (4, 1, 3):
        what = f"{joints} joints, sure of all, and the same again"
        k, h = compare(pose_similarity, [[[0.0, 0.0]] * joints], what)
        expect_close(k, [float(joints)], f"{what}: K")
        expect_close(h, [float(joints)], f"{what}: H")


def similarity_scores(pose_similarity) -> None:
    for score, other, sigma1 in (
        ([0.5, 0.2], [0.3, 0.9], 0.5),
        ([0.4, 0.1], [0.2, 0.6], 0.2),
        ([0.0, 0.3], [0.7, 0.7], 1.0),
    ):
        what = f"two joints in place, scores {score} and {other}, sigma1 {sigma1}"
        given = [[[0.0, 0.0]] * 2], what, tensor(score), tensor([other])
        k, h = compare(pose_similarity, *given, sigma1=sigma1)
        pairs = zip(score, other, strict=True)
        want = sum(math.tanh(a / sigma1) * math.tanh(b / sigma1) for a, b in pairs)
        expect_close(k, [want], f"{what}: K")
        expect_close(h, [2.0], f"{what}: H")


def check_match(answer, shift: list, is_match: bool, box=BOX) -> None:
    """AssertionError when a joint moved by `shift` is counted, or not, against K."""
    what = f"one joint moved by {shift} px, box {box}: K"
    k, _ = compare(answer, [[shift]], what, box=box)
    expect_close(k, [float(is_match)], what)


def similarity_disc(pose_similarity) -> None:
    for shift, is_match in (
        ([4.5, 0.0], True),
        ([5.5, 0.0], False),
        ([3.4, -3.4], True),
        ([3.8, 3.8], False),
        ([-3.8, 3.8], False),
        ([0.0, -5.0], True),  # on the circle
        ([5.0, 0.0], True),
    ):
        check_match(pose_similarity, shift, is_match)


def similarity_tenth(pose_similarity) -> None:
    for box in ([90.0, 5.0, 40.0, 80.0], [3.0, 60.0, 120.0, 30.0]):
        radius = max(box[2:]) / 10
        for share, is_match in ((0.9, True), (1.1, False)):
            check_match(pose_similarity, [0.0, share * radius], is_match, box)


def similarity_decay(pose_similarity) -> None:
    for px, sigma2 in ((1.0, 2.0), (2.5, 0.5), (4.0, 2.0), (4.5, 3.0)):
        what = f"one joint moved by {px} px, r = {px / 5}, sigma2 {sigma2}: H"
        _, h = compare(pose_similarity, [[[0.0, px]]], what, sigma2=sigma2)
        expect_close(h, [math.exp(-px / 5 / sigma2)], what)


def similarity_all_joints(pose_similarity) -> None:
    what = "joints moved by r = 0, 0.6, 2 and 4, sigma2 2"
    moves = [[[0.0, 0.0], [3.0, 0.0], [0.0, 10.0], [-12.0, 16.0]]]
    k, h = compare(pose_similarity, moves, what)
    expect_close(k, [2.0], f"{what}: K")
    want = sum(math.exp(-r / 2) for r in (0.0, 0.6, 2.0, 4.0))
    expect_close(h, [want], f"{what}: H")


def similarity_many(pose_similarity) -> None:
    moves = [[[3.0, 0.0], [0.0, 20.0]], [[0.0, 0.0]] * 2, [[-40.0, 0.0], [0.0, 4.0]]]
    other = tensor([[0.2, 0.9], [0.5, 0.1], [0.8, 0.4]])
    score = tensor([0.3, 0.6])
    k, h = compare(pose_similarity, moves, "three poses", score, other, sigma1=0.5)
    for n in range(3):
        given = [moves[n]], "one pose", score, other[n : n + 1]
        alone = compare(pose_similarity, *given, sigma1=0.5)
        expect_close(k[n], alone[0][0], f"pose {n} of three: K")
        expect_close(h[n], alone[1][0], f"pose {n} of three: H")
    none = torch.zeros(0, 4, 2), torch.zeros(0, 4)
    given = tensor(POSE), torch.ones(4), tensor(BOX), *none, 0.01, 2.0
    k, h = expect_pair(pose_similarity(*given), "K and H")
    expect_close(k, [], "no poses: K")
    expect_close(h, [], "no poses: H")
