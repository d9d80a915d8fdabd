"""Chapter 02, object localization: reference answers, wrong ones, hidden cases."""

import torch
from torch import tensor

from course_lib.exercises import Case, Solution, Wrong, expect_close, watch

NO_HINTS = ("", "", "")  # hidden cases are for grading
# They watch the answer themselves: a graded cell calls them without `check`.


def cell_of(points, stride):
    """Exercise 02.1: cells (..., 2), long, and offsets from their centres in px."""
    cells = torch.floor((points + 0.5) / stride).long()
    return cells, points - (stride * cells + (stride - 1) / 2)


def cell_from_corner(points, stride):
    cells, _ = cell_of(points, stride)
    return cells, points - stride * cells


def cell_half_pixel(points, stride):
    cells = torch.floor(points / stride).long()
    return cells, points - (stride * cells + (stride - 1) / 2)


def cell_swapped(points, stride):
    return cell_of(points.flip(-1), stride)


def cell_cut(points, stride):
    cells = ((points + 0.5) / stride).long()
    return cells, points - (stride * cells + (stride - 1) / 2)


def cell_rounded(points, stride):
    cells = torch.round((points - (stride - 1) / 2) / stride).long()
    return cells, points - (stride * cells + (stride - 1) / 2)


def cell_float(points, stride):
    cells, offsets = cell_of(points, stride)
    return cells.float(), offsets


def puts_each_pixel_in_its_cell(answer):
    answer = watch(answer)
    rows = torch.arange(-6.0, 6.0)
    cells, offsets = answer(torch.stack([rows, 2 * rows], dim=-1), 3)
    expect_close(cells[:, 0], [-2] * 3 + [-1] * 3 + [0] * 3 + [1] * 3, "x, stride 3")
    expect_close(offsets[:, 0], [-1.0, 0.0, 1.0] * 4, "offsets in x, stride 3")
    expect_close(
        cells[:, 1],
        2 * rows.div(3, rounding_mode="floor") + tensor([0, 0, 1] * 4),
        "y, stride 3",
    )


def decode_quarter(heatmaps, stride):
    """Exercise 02.2: points (B, K, 2) in px, a quarter of a cell off their centres."""
    h, w = heatmaps.shape[-2:]
    values = heatmaps.flatten(2)
    best = values.argmax(dim=-1, keepdim=True)
    points = []
    for cell, step, count in ((best % w, 1, w), (best // w, w, h)):
        step = step * ((cell > 0) & (cell < count - 1))
        difference = values.gather(2, best + step) - values.gather(2, best - step)
        points.append(cell + 0.25 * difference.sign())
    return stride * torch.cat(points, dim=-1) + (stride - 1) / 2


def quarter_swapped(heatmaps, stride):
    return decode_quarter(heatmaps, stride).flip(-1)


def quarter_corner(heatmaps, stride):
    return decode_quarter(heatmaps, stride) - (stride - 1) / 2


def quarter_never(heatmaps, stride):
    w = heatmaps.shape[-1]
    best = heatmaps.flatten(2).argmax(dim=-1)
    return stride * torch.stack([best % w, best // w], dim=-1) + (stride - 1) / 2


def quarter_of_pixel(heatmaps, stride):
    cells = quarter_never(heatmaps, stride)
    return cells + (decode_quarter(heatmaps, stride) - cells) / stride


def quarter_y_up(heatmaps, stride):
    found, cells = decode_quarter(heatmaps, stride), quarter_never(heatmaps, stride)
    return torch.where(tensor([True, False]), found, 2 * cells - found)


def quarter_padded(heatmaps, stride):
    padded = torch.nn.functional.pad(heatmaps, (1, 1, 1, 1))
    return decode_quarter(padded, stride) - stride


def quarter_never_zero(heatmaps, stride):
    return decode_quarter(
        heatmaps + torch.linspace(0, 1e-4, heatmaps.shape[-1]), stride
    )


def decodes_small_maps(answer):
    answer = watch(answer)
    column = tensor([-3.0, -1.0, -2.0]).view(1, 1, 3, 1)
    expect_close(answer(column, 4), [[[1.5, 6.5]]], "a map of one column, stride 4")
    row = tensor([-2.0, -1.0, -3.0, -9.0]).view(1, 1, 1, 4)
    expect_close(answer(row, 8), [[[9.5, 3.5]]], "a map of one row, stride 8")


def spatial_dropout_torch7(x, p, training, generator):
    """Exercise 02.3: (N, C, H, W) with maps zeroed, or scaled by 1 - p."""
    if not training:
        return x * (1 - p)
    draws = torch.rand(*x.shape[:2], 1, 1, generator=generator)
    return x * (draws >= p)


def dropout_as_today(x, p, training, generator):
    y = spatial_dropout_torch7(x, p, training, generator)
    return y / (1 - p) if training else x


def dropout_elements(x, p, training, generator):
    keep = torch.rand(x.shape, generator=generator) >= p
    return x * keep if training else x * (1 - p)


def dropout_rescaled(x, p, training, generator):
    y = spatial_dropout_torch7(x, p, training, generator)
    return y / (1 - p) if training else y


def dropout_keeps_p(x, p, training, generator):
    if training:
        return spatial_dropout_torch7(x, 1 - p, training, generator)
    return x * (1 - p)


def dropout_same_channels(x, p, training, generator):
    keep = torch.rand(1, x.shape[1], 1, 1, generator=generator) >= p
    return x * keep if training else x * (1 - p)


def dropout_fixed_number(x, p, training, generator):
    order = torch.rand(*x.shape[:2], 1, 1, generator=generator).argsort(dim=1)
    return x * (order >= p * x.shape[1]) if training else x * (1 - p)


def dropout_global(x, p, training, generator):
    keep = torch.rand(*x.shape[:2], 1, 1) >= p
    return x * keep if training else x * (1 - p)


def dropout_in_place(x, p, training, generator):
    x *= spatial_dropout_torch7(torch.ones_like(x), p, training, generator)
    return x


def drops_single_maps(answer):
    answer = watch(answer)
    x, generator = torch.ones(1, 1, 3, 2), torch.Generator().manual_seed(5)
    sums = [answer(x, 0.5, True, generator).sum().item() for _ in range(60)]
    assert set(sums) == {0.0, 6.0}, f"one map, drawn 60 times: sums {sorted(set(sums))}"
    expect_close(answer(x, 0.25, False, generator), 0.75 * x, "one map in evaluation")


def pckh_total(pred, truth, head_boxes, visible, alpha):
    """Exercise 02.4: share of all labelled joints that are right."""
    limit = alpha * 0.6 * head_boxes[:, 2:].norm(dim=-1)
    is_right = (pred - truth).norm(dim=-1) <= limit[:, None]
    labelled = visible > 0
    return (is_right & labelled).sum() / labelled.sum()


def pckh_right(pred, truth, head_boxes, alpha):
    limit = alpha * 0.6 * head_boxes[:, 2:].norm(dim=-1)
    return ((pred - truth).norm(dim=-1) <= limit[:, None]).float()


def pckh_whole_diagonal(pred, truth, head_boxes, visible, alpha):
    return pckh_total(pred, truth, head_boxes, visible, alpha / 0.6)


def pckh_below(pred, truth, head_boxes, visible, alpha):
    return pckh_total(pred, truth, head_boxes, visible, alpha - 1e-6)


def pckh_broadcast(pred, truth, head_boxes, visible, alpha):
    limit = alpha * 0.6 * head_boxes[:, 2:].norm(dim=-1)
    is_right = (pred - truth).norm(dim=-1) <= limit  # people along the joints' axis
    return is_right[visible > 0].float().mean()


def pckh_of_everything(pred, truth, head_boxes, visible, alpha):
    return pckh_right(pred, truth, head_boxes, alpha).mean()


def pckh_seen_only(pred, truth, head_boxes, visible, alpha):
    return pckh_total(pred, truth, head_boxes, visible > 1, alpha)


def pckh_by_person(pred, truth, head_boxes, visible, alpha):
    right = pckh_right(pred, truth, head_boxes, alpha) * (visible > 0)
    return (right.sum(dim=1) / (visible > 0).sum(dim=1)).nanmean()


def pckh_by_joint(pred, truth, head_boxes, visible, alpha):
    right = pckh_right(pred, truth, head_boxes, alpha) * (visible > 0)
    return (right.sum(dim=0) / (visible > 0).sum(dim=0)).nanmean()


def pckh_skips_missing(pred, truth, head_boxes, visible, alpha):
    counted = visible * ~pred.isnan().any(dim=-1)
    return pckh_total(pred, truth, head_boxes, counted, alpha)


def counts_fourteen_joints(answer):
    answer = watch(answer)
    truth = torch.zeros(3, 14, 2)
    pred = truth + torch.arange(14.0)[:, None] * tensor([0.6, 0.8])  # 0 to 13 px off
    boxes = tensor([[5.0, 5.0, 3.0, 4.0], [0.0, 0.0, 30.0, 40.0], [9.0, 1.0, 8.0, 6.0]])
    visible = torch.arange(42).view(3, 14) % 3  # 28 of 42 are labelled
    found = answer(pred, truth, boxes, visible, 0.75)  # limits of 2.25, 22.5 and 4.5
    expect_close(found, (2 + 9 + 4) / 28, "three people with other heads")


def crop_at(maps, centres, size):
    """Exercise 02.5: windows (B, K, C, size, size), 0 outside of the map."""
    h, w = maps.shape[-2:]
    steps = torch.arange(size, device=maps.device) - size // 2
    x = centres[..., 0, None, None] + steps
    y = centres[..., 1, None, None] + steps[:, None]
    b = torch.arange(len(maps), device=maps.device)[:, None, None, None]
    windows = maps[b, :, y.clamp(0, h - 1), x.clamp(0, w - 1)].movedim(-1, 2)
    inside = (x >= 0) & (x < w) & (y >= 0) & (y < h)
    return windows * inside[:, :, None]


def crop_swapped(maps, centres, size):
    return crop_at(maps, centres.flip(-1), size)


def crop_first_sample(maps, centres, size):
    return crop_at(maps[:1].expand_as(maps), centres, size)


def crop_repeats_edge(maps, centres, size):
    reach = size // 2
    padded = torch.nn.functional.pad(maps, (reach,) * 4, mode="replicate")
    return crop_at(padded, centres + reach, size)


def crop_padded(maps, centres, size):
    padded = torch.nn.functional.pad(maps, (size // 2,) * 4)
    rows = [
        torch.stack([sample[:, y : y + size, x : x + size] for x, y in points])
        for sample, points in zip(padded, centres.tolist(), strict=True)
    ]
    return torch.stack(rows)


def crop_detached(maps, centres, size):
    return crop_at(maps.detach(), centres, size)


def crops_a_delta(answer):
    answer = watch(answer)
    maps = torch.zeros(1, 1, 9, 4)
    maps[0, 0, 7, 2] = 1.0
    found = answer(maps, tensor([[[2, 7], [1, 8], [3, 5]]]), 5)
    want = torch.zeros(1, 3, 1, 5, 5)
    want[0, 0, 0, 2, 2] = want[0, 1, 0, 1, 3] = want[0, 2, 0, 4, 1] = 1.0
    expect_close(found, want, "one cell of 1, seen from three centres")


def refine(coarse, fine_maps, stride_fine):
    """Exercise 02.6: (B, K, 2) in px, moved to the peak of its fine map."""
    n = fine_maps.shape[-1]
    value, best = fine_maps.flatten(2).max(dim=-1)
    steps = torch.stack([best % n, best // n], dim=-1) - n // 2
    return torch.where(value[..., None] > 0, coarse + stride_fine * steps, coarse)


def refine_from_corner(coarse, fine_maps, stride_fine):
    shift = fine_maps.shape[-1] // 2 * stride_fine
    found = (fine_maps.amax(dim=(-2, -1)) > 0)[..., None]
    return refine(coarse, fine_maps, stride_fine) + shift * found


def refine_half_cell(coarse, fine_maps, stride_fine):
    found = (fine_maps.amax(dim=(-2, -1)) > 0)[..., None]
    return refine(coarse, fine_maps, stride_fine) + (stride_fine - 1) / 2 * found


def refine_swapped(coarse, fine_maps, stride_fine):
    return refine(coarse, fine_maps.transpose(-2, -1), stride_fine)


def refine_in_cells(coarse, fine_maps, stride_fine):
    return refine(coarse, fine_maps, 1)


def refine_first_joint(coarse, fine_maps, stride_fine):
    return refine(coarse, fine_maps[:1, :1].expand_as(fine_maps), stride_fine)


def refine_always(coarse, fine_maps, stride_fine):
    return refine(coarse, fine_maps.exp(), stride_fine)


def refine_all_or_none(coarse, fine_maps, stride_fine):
    if fine_maps.max() <= 0:
        return coarse
    return refine(coarse, fine_maps.exp(), stride_fine)


def refine_by_sum(coarse, fine_maps, stride_fine):
    found = fine_maps.sum(dim=(-2, -1)) > 0
    return torch.where(found[..., None], refine(coarse, fine_maps, stride_fine), coarse)


def reaches_every_cell(answer):
    answer = watch(answer)
    maps = 2.0 * torch.eye(9).view(3, 3, 3, 3) - 1  # best: cell 3b + k
    coarse = torch.arange(18.0).view(3, 3, 2)
    cells = torch.arange(3.0)
    steps = torch.stack(torch.meshgrid(cells, cells, indexing="xy"), dim=-1) - 1
    found = answer(coarse, maps, 1.5)
    expect_close(found, coarse + 1.5 * steps, "each cell of a window of 3, 1.5 px each")


def smallest_window(errors, sizes, share):
    """Exercise 02.7: the smallest window that holds this share of the joints."""
    for size in sorted(sizes):
        inside = (errors.abs() <= size / 2).all(dim=-1)
        if inside.float().mean() >= share:
            return size
    return max(sizes)


def window_as_reach(errors, sizes, share):
    return smallest_window(errors / 2, sizes, share)


def window_round(errors, sizes, share):
    return smallest_window(errors.norm(dim=-1, keepdim=True), sizes, share)


def window_without_edge(errors, sizes, share):
    return smallest_window(errors * (1 + 1e-6), sizes, share)


def window_for_all(errors, sizes, share):
    return smallest_window(errors, sizes, 1.0)


def window_first(errors, sizes, share):
    for size in sizes:
        if smallest_window(errors, [size, 1e9], share) == size:
            return size
    return max(sizes)


def window_last(errors, sizes, share):
    found = smallest_window(errors, [*sizes, 1e9], share)
    return sizes[-1] if found == 1e9 else found


def chooses_among_unsorted(answer):
    answer = watch(answer)
    errors = tensor([[3.0, -7.0], [-12.0, 2.0], [0.0, 0.5]])
    for share, want in ((0.3, 5), (0.6, 14), (0.7, 25), (1.0, 25)):
        expect_close(answer(errors, [25, 5, 14], share), want, f"share {share}")
    expect_close(answer(20 * errors, [14, 25, 5], 0.5), 25, "errors of up to 240 px")


SOLUTIONS = [
    Solution(
        "02.1",
        "cell_of",
        cell_of,
        [
            Wrong(cell_from_corner, "the centre of a cell"),
            Wrong(cell_half_pixel, "the area of a cell"),
            Wrong(cell_swapped, "x and y"),
            Wrong(cell_cut, "points left of the image"),
            Wrong(cell_rounded, "an edge between two cells"),
            Wrong(cell_float, "numbers that index a map"),
        ],
        points=2,
        hidden=[Case("every pixel", puts_each_pixel_in_its_cell, NO_HINTS)],
    ),
    Solution(
        "02.2",
        "decode_quarter",
        decode_quarter,
        [
            Wrong(quarter_swapped, "the cell of the peak"),
            Wrong(quarter_corner, "from cells to pixels"),
            Wrong(quarter_never, "a quarter to the left or right"),
            Wrong(quarter_of_pixel, "a quarter to the left or right"),
            Wrong(quarter_y_up, "each axis by itself"),
            Wrong(quarter_padded, "a peak on the border"),
            Wrong(quarter_never_zero, "equal neighbours"),
        ],
        points=3,
        hidden=[Case("small maps", decodes_small_maps, NO_HINTS)],
    ),
    Solution(
        "02.3",
        "spatial_dropout_torch7",
        spatial_dropout_torch7,
        [
            Wrong(dropout_as_today, "in evaluation"),
            Wrong(dropout_elements, "whole maps"),
            Wrong(dropout_rescaled, "the maps that are left"),
            Wrong(dropout_same_channels, "every map for itself"),
            Wrong(dropout_fixed_number, "every map for itself"),
            Wrong(dropout_keeps_p, "the share of zeroed maps"),
            Wrong(dropout_global, "the generator"),
            Wrong(dropout_in_place, "the inputs stay as they are"),
        ],
        points=3,
        hidden=[Case("single maps", drops_single_maps, NO_HINTS)],
    ),
    Solution(
        "02.4",
        "pckh_total",
        pckh_total,
        [
            Wrong(pckh_whole_diagonal, "the size of a head"),
            Wrong(pckh_below, "exactly at the limit"),
            Wrong(pckh_broadcast, "a small and a large head"),
            Wrong(pckh_of_everything, "joints without a label"),
            Wrong(pckh_seen_only, "joints without a label"),
            Wrong(pckh_by_person, "people with different numbers of labels"),
            Wrong(pckh_by_joint, "people with different numbers of labels"),
            Wrong(pckh_skips_missing, "a missing prediction"),
        ],
        points=4,
        hidden=[Case("fourteen joints", counts_fourteen_joints, NO_HINTS)],
    ),
    Solution(
        "02.5",
        "crop_at",
        crop_at,
        [
            Wrong(crop_swapped, "a window inside the map"),
            Wrong(crop_first_sample, "samples, joints, channels"),
            Wrong(crop_repeats_edge, "over the border"),
            Wrong(crop_padded, "a centre far outside"),
            Wrong(crop_detached, "the gradient"),
        ],
        points=5,
        hidden=[Case("a delta", crops_a_delta, NO_HINTS)],
    ),
    Solution(
        "02.6",
        "refine",
        refine,
        [
            Wrong(refine_from_corner, "a peak in the middle"),
            Wrong(refine_half_cell, "a peak in the middle"),
            Wrong(refine_swapped, "right and up"),
            Wrong(refine_in_cells, "other strides"),
            Wrong(refine_first_joint, "many joints, other windows"),
            Wrong(refine_always, "a map without a peak"),
            Wrong(refine_all_or_none, "each map decides alone"),
            Wrong(refine_by_sum, "each map decides alone"),
        ],
        points=4,
        hidden=[Case("every cell", reaches_every_cell, NO_HINTS)],
    ),
    Solution(
        "02.7",
        "smallest_window",
        smallest_window,
        [
            Wrong(window_as_reach, "half a window to each side"),
            Wrong(window_round, "along both axes"),
            Wrong(window_without_edge, "a joint on the edge"),
            Wrong(window_for_all, "enough joints"),
            Wrong(window_first, "sizes in any order"),
            Wrong(window_last, "none is large enough"),
        ],
        points=3,
        hidden=[Case("any order", chooses_among_unsorted, NO_HINTS)],
    ),
]
