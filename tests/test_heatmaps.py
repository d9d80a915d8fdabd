"""Heat maps against loops over cells, and what must hold for any joint."""

import math
from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from course_lib.heatmaps import decode_heatmaps, quarter_offset, render_heatmaps

SIZE = (7, 12)  # cells
SIGMA = 1.5  # cells
STRIDES = [1, 4, 8, 2.5]  # px per cell
MEAN_DISTANCE = (math.sqrt(2) + math.log(1 + math.sqrt(2))) / 6  # to a square's centre
CLOSE = {"atol": 1e-5, "rtol": 0}  # float32, values up to 1
quick = settings(max_examples=50, deadline=None)
every_stride = pytest.mark.parametrize("stride", STRIDES)
share = st.floats(0, 1, width=32)
needs_gpu = pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a GPU")


def centre(cell, stride):
    """Pixel in the middle of a cell; the first cell begins at the edge, -0.5."""
    left, right = cell * stride - 0.5, (cell + 1) * stride - 0.5
    return (left + right) / 2


def random_joints(*axes, stride, size=SIZE, seed=0):
    """Joints (*axes, 2), uniform over the picture that the maps cover."""
    generator = torch.Generator().manual_seed(seed)
    extent = torch.tensor([size[1], size[0]]) * stride
    return torch.rand(*axes, 2, generator=generator) * extent - 0.5


def render(joints, stride, size=SIZE, sigma=SIGMA):
    """Maps of joints that are all labelled."""
    return render_heatmaps(joints, torch.ones(joints.shape[:-1]), size, stride, sigma)


def loop_over_cells(joint, size, stride, sigma):
    """One map, a cell at a time, with every length in pixels."""
    rows = []
    for v in range(size[0]):
        rows.append([])
        for u in range(size[1]):
            distance = math.dist(joint, (centre(u, stride), centre(v, stride)))
            rows[-1].append(math.exp(-0.5 * (distance / (sigma * stride)) ** 2))
    return torch.tensor(rows)


@every_stride
@pytest.mark.parametrize("sigma", [0.7, 1.5, 2.3])
@pytest.mark.parametrize("size", [SIZE, (5, 5), (9, 1)])
def test_maps_equal_a_loop_over_cells(size, stride, sigma):
    joints = random_joints(4, stride=stride, size=size)
    joints[3] += size[1] * stride  # this one is outside
    each = [loop_over_cells(one, size, stride, sigma) for one in joints.tolist()]
    found = render(joints, stride, size, sigma)
    torch.testing.assert_close(found, torch.stack(each), **CLOSE)


@pytest.mark.parametrize("axes", [(), (3,), (2, 3)])
def test_leading_axes_are_kept(axes):
    joints = random_joints(*axes, 5, stride=4)
    visible = torch.arange(joints[..., 0].numel()).view(joints.shape[:-1]) % 3
    maps = render_heatmaps(joints, visible, SIZE, 4, SIGMA)
    found, scores = decode_heatmaps(maps, 4)
    assert maps.shape == (*axes, 5, *SIZE)
    assert (found.shape, scores.shape) == ((*axes, 5, 2), (*axes, 5))
    for at in product(*map(range, (*axes, 5))):
        alone = loop_over_cells(joints[at].tolist(), SIZE, 4, SIGMA) * (visible[at] > 0)
        torch.testing.assert_close(maps[at], alone, **CLOSE)
        one, score = decode_heatmaps(maps[at], 4)
        assert torch.equal(one, found[at])
        assert torch.equal(score, scores[at])


@every_stride
def test_a_joint_on_a_cell_centre_has_peak_one_there(stride):
    joints = torch.tensor([[centre(u, stride), centre(3, stride)] for u in range(12)])
    maps = render(joints, stride)
    for u, one in enumerate(maps):
        assert one[3, u] == 1
        assert (one == 1).sum() == 1


@quick
@given(share, share, st.sampled_from(STRIDES), st.floats(0.5, 4))
def test_the_way_back_is_off_by_half_a_cell_at_most(across, down, stride, sigma):
    extent = torch.tensor([SIZE[1], SIZE[0]]) * stride
    joint = torch.tensor([across, down]) * extent - 0.5
    found, _ = decode_heatmaps(render(joint, stride, sigma=sigma), stride)
    assert (found - joint).abs().max() <= stride * (0.5 + 1e-4)


@every_stride
def test_a_joint_on_a_cell_centre_comes_back(stride):
    joints = torch.tensor([[centre(u, stride), centre(5, stride)] for u in range(12)])
    found, _ = decode_heatmaps(render(joints, stride), stride)
    torch.testing.assert_close(found, joints, **CLOSE)


@every_stride
def test_moving_by_one_stride_moves_the_map_by_one_cell(stride):
    joints = random_joints(6, stride=stride)
    before = render(joints, stride)
    right = render(joints + torch.tensor([stride, 0]), stride)
    below = render(joints + torch.tensor([0, stride]), stride)
    torch.testing.assert_close(right[:, :, 1:], before[:, :, :-1], **CLOSE)
    torch.testing.assert_close(below[:, 1:], before[:, :-1], **CLOSE)


@every_stride
@pytest.mark.parametrize("axis", [0, 1])
def test_mirrored_joints_have_mirrored_maps(stride, axis):
    joints = random_joints(6, stride=stride)
    mirrored = joints.clone()
    mirrored[:, axis] = SIZE[1 - axis] * stride - 1 - joints[:, axis]
    expected = render(joints, stride).flip(2 - axis)
    torch.testing.assert_close(render(mirrored, stride), expected, **CLOSE)


def test_permuted_joints_have_permuted_maps():
    joints = random_joints(2, 6, stride=4)
    visible = torch.tensor([[1, 1, 0, 1, 0, 1], [0, 1, 1, 1, 1, 0]])
    order = torch.tensor([3, 0, 5, 1, 4, 2])
    maps = render_heatmaps(joints, visible, SIZE, 4, SIGMA)
    again = render_heatmaps(joints[:, order], visible[:, order], SIZE, 4, SIGMA)
    assert torch.equal(again, maps[:, order])


def test_unlabelled_joints_have_empty_maps_whatever_they_hold():
    joints = torch.full((5, 2), 9.0)
    joints[1] = math.nan
    joints[2] = math.inf
    visible = torch.tensor([0, 0, 0, 1, 2])
    maps = render_heatmaps(joints, visible, SIZE, 4, SIGMA)
    assert (maps[:3] == 0).all()
    assert torch.equal(maps[3:], render(joints[3:], 4))  # 1 and 2 are both labelled
    for flags in (visible > 0, visible.float()):
        assert torch.equal(render_heatmaps(joints, flags, SIZE, 4, SIGMA), maps)


@pytest.mark.parametrize("sigma", [0.7, 2.3])
def test_a_joint_outside_leaves_its_tail(sigma):
    joint = torch.tensor([centre(-2, 4), centre(3, 4)])
    one = render(joint, 4, sigma=sigma)
    expected = [math.exp(-0.5 * ((u + 2) / sigma) ** 2) for u in range(12)]
    torch.testing.assert_close(one[3], torch.tensor(expected), **CLOSE)
    assert one.argmax() == 3 * 12


@pytest.mark.parametrize("joint", [(-1e4, 9.0), (9.0, 1e4), (-1e4, -1e4), (1e6, 1e6)])
def test_a_joint_far_outside_leaves_nothing(joint):
    assert render(torch.tensor(joint), 4).abs().max() < 1e-6


@pytest.mark.parametrize("axes", [(0, 5), (3, 0), (0,)])
def test_no_people_and_no_joints_make_no_maps(axes):
    maps = render(torch.zeros(*axes, 2), 4)
    assert maps.shape == (*axes, *SIZE)
    found, scores = decode_heatmaps(maps, 4)
    assert (found.shape, scores.shape) == ((*axes, 2), axes)


def test_of_equal_cells_the_first_in_reading_order_is_taken():
    maps = torch.zeros(3, *SIZE)
    maps[0, 4, 1] = maps[0, 2, 8] = maps[0, 2, 9] = 1  # the row comes before the column
    maps[1, 6, 11] = maps[1, 6, 5] = 1
    found, _ = decode_heatmaps(maps, 1)
    assert found.tolist() == [[8, 2], [5, 6], [0, 0]]


@quick
@given(st.integers(0, 2**32), st.integers(1, 9), st.integers(1, 9), st.integers(1, 30))
def test_the_highest_cell_is_the_one_that_numpy_finds(seed, height, width, levels):
    generator = torch.Generator().manual_seed(seed)
    maps = torch.randint(levels, (4, height, width), generator=generator) - 10.0
    found, scores = decode_heatmaps(maps, 4)
    for one, joint, score in zip(maps.numpy(), found.numpy(), scores, strict=True):
        v, u = np.unravel_index(one.argmax(), one.shape)
        assert joint.tolist() == [centre(u, 4), centre(v, 4)]
        assert score == one[v, u] == one.max()


@every_stride
def test_the_error_of_perfect_maps_is_that_of_rounding(stride):
    joints = random_joints(20_000, stride=stride)
    found, _ = decode_heatmaps(render(joints, stride), stride)
    error = (found - joints) / stride  # in cells
    assert error.norm(dim=-1).mean().item() == pytest.approx(MEAN_DISTANCE, rel=0.02)
    assert error.mean(dim=0).abs().max() < 0.02  # no bias


def test_scores_are_the_peaks():
    maps = render(random_joints(3, 5, stride=4), 4)
    maps *= torch.linspace(0, 1, 15).view(3, 5, 1, 1)
    _, scores = decode_heatmaps(maps, 4)
    assert torch.equal(scores, maps.amax(dim=(-2, -1)))


@pytest.mark.parametrize("stride", [*STRIDES, 4.0])
def test_all_results_are_single_precision(stride):
    maps = render(random_joints(5, stride=stride), stride)
    found, scores = decode_heatmaps(maps, stride)
    assert maps.dtype == found.dtype == scores.dtype == torch.float32


@pytest.mark.parametrize("device", ["meta", pytest.param("cuda", marks=needs_gpu)])
def test_all_results_stay_on_the_device(device):
    joints = random_joints(2, 5, stride=4).to(device)
    visible = torch.ones(2, 5, device=device)
    maps = render_heatmaps(joints, visible, SIZE, 4, SIGMA)
    found, scores = decode_heatmaps(maps, 4)
    assert {one.device.type for one in (maps, found, scores)} == {device}


@needs_gpu
def test_a_gpu_makes_the_same_maps_and_takes_the_same_cells():
    joints = random_joints(2, 5, stride=4)
    visible = torch.ones(2, 5).cuda()
    maps = render_heatmaps(joints.cuda(), visible, SIZE, 4, SIGMA)
    torch.testing.assert_close(maps.cpu(), render(joints, 4), **CLOSE)
    ties = (maps * 3).round()
    for one, other in zip(
        decode_heatmaps(ties, 4), decode_heatmaps(ties.cpu(), 4), strict=True
    ):
        assert torch.equal(one.cpu(), other)


@pytest.mark.parametrize(("stride", "sigma"), [(0, 1), (-4, 1), (4, 0), (4, -0.5)])
def test_stride_and_sigma_must_be_positive(stride, sigma):
    with pytest.raises(ValueError, match="must be positive"):
        render(torch.zeros(3, 2), stride, sigma=sigma)


@pytest.mark.parametrize("stride", STRIDES)
def test_the_quarter_offset_against_a_loop(stride):
    generator = torch.Generator().manual_seed(3)
    maps = torch.randint(0, 9, (40, 3, 4, 5), generator=generator).float()
    points, scores = quarter_offset(maps, stride)
    for heatmap, point, score in zip(
        maps.flatten(0, 1).numpy(), points.flatten(0, 1), scores.flatten(), strict=True
    ):
        row, column = np.unravel_index(heatmap.argmax(), heatmap.shape)
        shift = np.zeros(2)
        if 0 < row < 3 and 0 < column < 4:
            shift[0] = np.sign(heatmap[row, column + 1] - heatmap[row, column - 1])
            shift[1] = np.sign(heatmap[row + 1, column] - heatmap[row - 1, column])
        expected = [centre(cell, stride) for cell in (column, row) + shift / 4]
        assert point.tolist() == pytest.approx(expected)
        assert score == heatmap.max()


@pytest.mark.parametrize("sigma", [0.7, 1, 1.75])
def test_the_quarter_offset_halves_the_error_of_the_highest_cell(sigma):
    cells = 3 + 6 * torch.rand(500, 1, 2, generator=torch.Generator().manual_seed(0))
    maps = render(cells, stride=1, size=(12, 12), sigma=sigma)
    plain, quarter = (
        decode(maps, 1)[0] for decode in (decode_heatmaps, quarter_offset)
    )
    plain, quarter = ((p - cells).norm(dim=-1).mean() for p in (plain, quarter))
    assert 0.45 < quarter / plain < 0.55


def test_equal_neighbours_and_a_dark_map_are_not_moved():
    maps = torch.zeros(1, 2, 5, 5)
    maps[0, 0, 2, 2] = 1.0
    points, scores = quarter_offset(maps, 1)
    assert points.tolist() == [[[2, 2], [0, 0]]]
    assert scores.tolist() == [[1, 0]]
