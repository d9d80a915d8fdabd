"""What right answers to the exercises of chapter 01 do; the hints are in ch01."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close

SHOULDER, HIP = 0, 2  # the torso joints of TORSO, one unit of diameter 5 apart
TORSO = tensor([[10.0, 20.0], [30.0, 5.0], [13.0, 24.0]])
BOX = tensor([10.0, 20.0, 40.0, 80.0])  # its centre is (29.5, 59.5)


def normalize_centre(normalize) -> None:
    found = normalize(tensor([[29.5, 59.5]]), BOX)
    expect_close(found, [[0.0, 0.0]], "the centre of the box (10, 20, 40, 80)")


def normalize_edges(normalize) -> None:
    ends = tensor([[9.5, 59.5], [49.5, 59.5]])
    expect_close(normalize(ends, BOX), [[-0.5, 0], [0.5, 0]], "left and right edge")


def normalize_sides(normalize) -> None:
    joints = tensor([[39.5, 59.5], [29.5, 69.5]])
    expect_close(normalize(joints, BOX), [[0.25, 0], [0, 0.125]], "10 px right or down")


def normalize_outside(normalize) -> None:
    found = normalize(tensor([[69.5, 59.5]]), BOX)
    expect_close(found, [[1.0, 0.0]], "a joint 40 px right of the centre")


def l2_all(masked_l2) -> None:
    pred, target = torch.zeros(1, 2, 2), tensor([[[3.0, 4.0], [0.0, 1.0]]])
    found = masked_l2(pred, target, tensor([[2, 2]]))
    expect_close(found, 13.0, "two joints, 5 and 1 away: (25 + 1) / 2")


def l2_hidden(masked_l2) -> None:
    pred, target = torch.zeros(1, 2, 2), tensor([[[3.0, 4.0], [1e3, 1e3]]])
    found = masked_l2(pred, target, tensor([[2, 0]]))
    expect_close(found, 25.0, "one joint 5 away, one not labelled")


def l2_occluded(masked_l2) -> None:
    pred, target = torch.zeros(1, 2, 2), tensor([[[3.0, 4.0], [0.0, 1.0]]])
    found = masked_l2(pred, target, tensor([[2, 1]]))
    expect_close(found, 13.0, "a visible joint 5 away, an occluded one 1 away")


def l2_none(masked_l2) -> None:
    pred = torch.ones(2, 3, 2, requires_grad=True)
    loss = masked_l2(pred, torch.zeros(2, 3, 2), torch.zeros(2, 3, dtype=torch.long))
    expect_close(loss, 0.0, "a batch without any labelled joint")
    loss.backward()
    expect_close(pred.grad, torch.zeros(2, 3, 2), "its gradient")


LIMB = tensor([[[0.0, 0.0], [10.0, 0.0]]])  # (1, 2, 2): one limb of length 10


def moved(first: float, second: float) -> torch.Tensor:
    """A prediction of LIMB whose ends are this far off, upwards."""
    return LIMB + tensor([[[0.0, first], [0.0, second]]])


def pcp_perfect(pcp) -> None:
    truth = torch.cat([LIMB, LIMB + 3])
    for mode in ("strict", "loose"):
        found = pcp(truth.clone(), truth, [(0, 1)], 0.5, mode)
        expect_close(found, [1.0], f"the truth as prediction, {mode}")


def pcp_both_ends(pcp) -> None:
    found = pcp(moved(0, 6), LIMB, [(0, 1)], 0.5, "strict")
    expect_close(found, [0.0], "strict, ends 0 and 0.6 limb lengths off")
    found = pcp(moved(0, 6), LIMB, [(0, 1)], 0.5, "loose")
    expect_close(found, [1.0], "loose, ends 0 and 0.6 limb lengths off")


def pcp_alpha(pcp) -> None:
    found = [pcp(moved(2, 2), LIMB, [(0, 1)], a, "strict") for a in (0.1, 0.3)]
    expect_close(found[0], [0.0], "alpha 0.1, both ends 0.2 off")
    expect_close(found[1], [1.0], "alpha 0.3, both ends 0.2 off")


def pcp_boundary(pcp) -> None:
    found = pcp(moved(5, 5), LIMB, [(0, 1)], 0.5, "strict")
    expect_close(found, [1.0], "both ends exactly half a limb off")


def pcp_length(pcp) -> None:
    pred = LIMB + tensor([[[-4.0, 0.0], [6.0, 0.0]]])  # predicted length: 20
    expect_close(pcp(pred, LIMB, [(0, 1)], 0.5, "strict"), [0.0], "an end 0.6 off")


def dot(height: int, width: int, x: int, y: int) -> torch.Tensor:
    """A black image (3, height, width) with one white pixel."""
    image = torch.zeros(3, height, width)
    image[:, y, x] = 1
    return image


def flip_dot(flip_sample) -> None:
    image, _ = flip_sample(dot(4, 7, x=1, y=2), tensor([[1.0, 2.0]]), [])
    expect_close(image, dot(4, 7, x=5, y=2), "a dot at (1, 2) of a 7 x 4 image")


def flip_joint(flip_sample) -> None:
    _, joints = flip_sample(dot(4, 7, x=1, y=2), tensor([[1.0, 2.0]]), [])
    expect_close(joints, [[5.0, 2.0]], "the joint on the dot")


def flip_names(flip_sample) -> None:
    joints = tensor([[1.0, 2.0], [4.0, 0.0], [0.0, 3.0]])
    _, found = flip_sample(dot(4, 7, x=1, y=2), joints, [(0, 2)])
    want = [[6.0, 3.0], [2.0, 0.0], [5.0, 2.0]]
    expect_close(found, want, "joints 0 (left) and 2 (right) of three")


def refine_still(refine) -> None:
    found = refine(TORSO, 1, torch.zeros(2), 2.0, SHOULDER, HIP, 1.0)
    expect_close(found, TORSO[1], "a displacement of zero")


def refine_scale(refine) -> None:
    found = refine(TORSO, 1, tensor([0.1, -0.2]), 1.0, SHOULDER, HIP, 1.0)
    expect_close(found, [30.5, 4.0], "(0.1, -0.2) of a box of side 5")


def refine_sigma(refine) -> None:
    found = refine(TORSO, 1, tensor([0.1, -0.2]), 3.0, SHOULDER, HIP, 1.0)
    expect_close(found, [31.5, 2.0], "(0.1, -0.2) with sigma 3, diameter 5")


def refine_collapsed(refine) -> None:
    pose = torch.ones(3, 2)  # seen from the side, the torso joints coincide
    found = refine(pose, 1, tensor([0.5, 0.0]), 2.0, SHOULDER, HIP, 4.0)
    expect_close(found, [5.0, 1.0], "a torso of length 0, at least 4, sigma 2")


TRUTH = tensor([[50.0, 60.0], [20.0, 30.0]])
MEAN, STD = tensor([[1.0, -2.0], [0.0, 3.0]]), tensor([[2.0, 4.0], [1.0, 0.5]])


def draw(sample_refinement, std=STD, n=4000, seed=1, truth=TRUTH):
    """Offsets of the box centres from the truth (n, K, 2), boxes and targets."""
    generator = torch.Generator().manual_seed(seed)
    boxes, targets = sample_refinement(generator, truth, MEAN, std, 10.0, 2.0, n)
    shapes = [tuple(boxes.shape), tuple(targets.shape)]
    assert shapes == [(n, 2, 4), (n, 2, 2)], f"n={n}, K=2: got the shapes {shapes}"
    centres = boxes[..., :2] + (boxes[..., 2:] - 1) / 2
    return centres - truth, boxes, targets


def sample_box(sample_refinement) -> None:
    offsets, boxes, _ = draw(sample_refinement, std=torch.zeros(2, 2), n=3)
    size = torch.full((3, 2, 2), 20.0)
    expect_close(boxes[..., 2:], size, "width and height, sigma 2, diameter 10")
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


def sample_independent(sample_refinement) -> None:
    offsets, _, _ = draw(sample_refinement)
    correlations = torch.corrcoef(offsets.flatten(1).T) - torch.eye(4)
    assert (correlations.abs() < 0.1).all(), "joints or axes share their displacement"


def sample_generator(sample_refinement) -> None:
    state = torch.get_rng_state()
    same = draw(sample_refinement, n=5)[0] == draw(sample_refinement, n=5)[0]
    assert same.all(), "two generators of the same seed gave different boxes"
    is_kept = torch.equal(state, torch.get_rng_state())
    assert is_kept, "numbers were drawn from the global stream"


SIGMAS = [0.5, 1.0, 2.0, 3.0]


def sigma_half(choose_sigma) -> None:
    found = choose_sigma(tensor([[0.9, 0.0]] * 4), SIGMAS, 0.9)
    expect_close(found, 2.0, "errors of 0.9 torso diameters, to the right")


def sigma_axes(choose_sigma) -> None:
    found = choose_sigma(tensor([[0.4, 0.4], [-0.4, -0.4]]), SIGMAS, 0.9)
    expect_close(found, 1.0, "errors of 0.4 along both axes")


def sigma_share(choose_sigma) -> None:
    errors = tensor([[0.2, 0.0], [0.0, -0.2], [0.2, 0.1], [0.0, 1.2]])
    expect_close(choose_sigma(errors, SIGMAS, 0.75), 0.5, "three of four are enough")
    expect_close(choose_sigma(errors, SIGMAS, 0.8), 3.0, "three of four are too few")


def sigma_none(choose_sigma) -> None:
    found = choose_sigma(tensor([[9.0, 0.0]]), SIGMAS, 0.5)
    expect_close(found, 3.0, "no sigma is large enough: the largest")
