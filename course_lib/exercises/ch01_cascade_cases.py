"""What right answers to exercises 01.5 to 01.7 do; the hints are in ch01_cascade."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_pair, expect_shape

SHOULDER, HIP = 0, 2  # the torso joints of TORSO, 5 px apart
TORSO = tensor([[10.0, 20.0], [30.0, 5.0], [13.0, 24.0]])


def refine_still(refine) -> None:
    found = refine(TORSO, 1, torch.zeros(2), 2.0, SHOULDER, HIP, 0.0)
    expect_close(found, TORSO[1], "a displacement of zero")


def refine_scale(refine) -> None:
    found = refine(TORSO, 1, tensor([0.1, -0.2]), 1.0, SHOULDER, HIP, 0.0)
    expect_close(found, [30.5, 4.0], "(0.1, -0.2) of a box of side 5")


def refine_numbers(refine) -> None:
    pose = tensor([[6.0, 8.0], [1.0, 1.0], [0.0, 0.0], [7.0, 1.0]])
    found = refine(pose, 3, tensor([0.1, 0.2]), 1.0, 2, 0, 0.0)
    expect_close(found, [8.0, 3.0], "i=3, left_shoulder=2, right_hip=0")


def refine_sigma(refine) -> None:
    found = refine(TORSO, 1, tensor([0.1, -0.2]), 3.0, SHOULDER, HIP, 0.0)
    expect_close(found, [31.5, 2.0], "(0.1, -0.2) with sigma 3, diameter 5")


def refine_collapsed(refine) -> None:
    # Seen from the side, the torso joints come near each other or coincide.
    for length, want in ((0.0, 5.0), (3.0, 5.0), (5.0, 6.0)):
        pose = tensor([[length, 0.0], [1.0, 1.0], [0.0, 0.0]])
        found = refine(pose, 1, tensor([0.5, 0.0]), 2.0, SHOULDER, HIP, 4.0)
        what = f"a torso of {length:.0f} px, min_diameter 4, sigma 2"
        expect_close(found, [want, 1.0], what)


TRUTH = tensor([[50.0, 60.0], [20.0, 30.0]])
MEAN, STD = tensor([[1.0, -2.0], [0.0, 3.0]]), tensor([[2.0, 4.0], [1.0, 0.5]])


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def draw(sample_refinement, std=STD, n=4000, generator=None, sigma=2.0):
    """Offsets of the box centres from the truth (n, K, 2), boxes and targets."""
    generator = generator or seeded(1)
    found = sample_refinement(generator, TRUTH, MEAN, std, 10.0, sigma, n)
    boxes, targets = expect_pair(found, "boxes and targets")
    expect_shape(boxes, (n, 2, 4), f"the boxes, n={n} and K=2")
    expect_shape(targets, (n, 2, 2), f"the targets, n={n} and K=2")
    centres = boxes[..., :2] + (boxes[..., 2:] - 1) / 2
    return centres - TRUTH, boxes, targets


def sample_box(sample_refinement) -> None:
    std = torch.zeros(2, 2)
    for sigma in (2.0, 1.5):
        offsets, boxes, _ = draw(sample_refinement, std, n=3, sigma=sigma)
        size = torch.full((3, 2, 2), 10 * sigma)
        what = f"width and height, sigma {sigma}, diameter 10"
        expect_close(boxes[..., 2:], size, what)
        expect_close(offsets, MEAN.expand(3, 2, 2), "box centre - truth when std is 0")


def sample_target(sample_refinement) -> None:
    offsets, _, targets = draw(sample_refinement, n=5)
    expect_close(targets * 20, -offsets, "the way back to the truth in px", 1e-3)


def sample_statistics(sample_refinement) -> None:
    offsets, _, _ = draw(sample_refinement)
    far = 5 * STD / 4000**0.5  # five standard errors
    found = ((offsets.mean(dim=0) - MEAN).abs() < far).all()
    assert found, "the mean displacement of 4000 boxes is not `mean`"
    ratio = offsets.std(dim=0) / STD
    assert ((ratio - 1).abs() < 0.06).all(), "their standard deviation is not `std`"
    near = ((offsets - MEAN).abs() < STD / 2).double().mean().item()
    is_normal = abs(near - 0.383) < 0.02  # five standard errors
    assert is_normal, f"not normal: {near:.0%} are within std / 2 of the mean, not 38%"


def sample_independent(sample_refinement) -> None:
    offsets, _, _ = draw(sample_refinement)
    correlations = torch.corrcoef(offsets.flatten(1).T) - torch.eye(4)
    assert (correlations.abs() < 0.1).all(), "joints or axes share their displacement"


def sample_generator(sample_refinement) -> None:
    state = torch.get_rng_state()
    generator = seeded(1)
    first = draw(sample_refinement, n=5, generator=generator)[0]
    later = draw(sample_refinement, n=5, generator=generator)[0]
    again = draw(sample_refinement, n=5, generator=seeded(1))[0]
    other = draw(sample_refinement, n=5, generator=seeded(2))[0]
    is_same = torch.equal(first, again)
    assert is_same, "two generators of the same seed gave different boxes"
    is_kept = torch.equal(state, torch.get_rng_state())
    assert is_kept, "numbers were drawn from the global stream"
    assert not torch.equal(first, other), "generators of two seeds gave the same boxes"
    assert not torch.equal(first, later), "one generator gave the same boxes twice"


SIGMAS = [0.5, 1.0, 2.0, 3.0]


def sigma_half(choose_sigma) -> None:
    for side, error in (("right", 0.9), ("left", -0.9)):
        found = choose_sigma(tensor([[error, 0.0]] * 4), SIGMAS, 0.9)
        expect_close(found, 2.0, f"errors of 0.9 torso diameters, to the {side}")


def sigma_axes(choose_sigma) -> None:
    found = choose_sigma(tensor([[0.4, 0.4], [-0.4, -0.4]]), SIGMAS, 0.9)
    expect_close(found, 1.0, "errors of 0.4 along both axes")


def sigma_edge(choose_sigma) -> None:
    found = choose_sigma(tensor([[0.5, 0.0], [0.0, -0.5]]), SIGMAS, 0.9)
    expect_close(found, 1.0, "errors of exactly half a torso diameter")


def sigma_share(choose_sigma) -> None:
    errors = tensor([[0.2, 0.0], [0.0, -0.2], [0.2, 0.1], [0.0, 1.2]])
    expect_close(choose_sigma(errors, SIGMAS, 0.75), 0.5, "three of four are enough")
    expect_close(choose_sigma(errors, SIGMAS, 0.8), 3.0, "three of four are too few")
    found = choose_sigma(tensor([[0.1, 0.0]]), [3.0, 1.0, 2.0], 0.5)
    expect_close(found, 1.0, "an error of 0.1, the sigmas 3, 1 and 2")


def sigma_none(choose_sigma) -> None:
    found = choose_sigma(tensor([[9.0, 0.0]]), SIGMAS, 0.5)
    assert found is not None, "no sigma is large enough: expected the largest, got None"
    expect_close(found, 3.0, "no sigma is large enough: the largest")
