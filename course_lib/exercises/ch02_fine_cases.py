"""What right answers to exercises 02.5 to 02.7 do; the hints are in ch02_fine."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close


def numbered(*shape: int) -> torch.Tensor:
    """Maps (B, C, H, W) that hold 1, 2, 3, ..."""
    return torch.arange(1.0, torch.Size(shape).numel() + 1).view(shape)


def covered(maps: torch.Tensor, centre, size: int) -> list[tuple[int, int, int, int]]:
    """Cells of the map in a window, each as row and column there, then in the map."""
    x, y = (int(value) - size // 2 for value in centre)
    return [
        (i, j, y + i, x + j)
        for i in range(size)
        for j in range(size)
        if 0 <= y + i < maps.shape[-2] and 0 <= x + j < maps.shape[-1]
    ]


def windows(maps: torch.Tensor, centres: torch.Tensor, size: int) -> torch.Tensor:
    """(B, K, C, size, size), one number after the other."""
    out = torch.zeros(*centres.shape[:2], maps.shape[1], size, size)
    for b, points in enumerate(centres):
        for k, centre in enumerate(points):
            for i, j, row, column in covered(maps, centre, size):
                out[b, k, :, i, j] = maps[b, :, row, column].detach()
    return out


def check_windows(crop_at, maps, centres, sizes, what: str) -> None:
    for size in sizes:
        found = crop_at(maps, centres, size)
        expect_close(found, windows(maps, centres, size), f"{what}, size {size}")


def crop_inside(crop_at) -> None:
    maps = numbered(1, 1, 5, 7)
    what = "centre (4, 2) of a map 5 high and 7 wide"
    check_windows(crop_at, maps, tensor([[[4, 2]]]), (3, 1, 5), what)


def crop_batch(crop_at) -> None:
    centres = tensor([[[1, 1], [5, 3], [3, 4]], [[6, 2], [2, 4], [1, 3]]])
    what = "two samples of three joints and two channels"
    check_windows(crop_at, numbered(2, 2, 6, 8), centres, (3,), what)
    what = "one sample of two joints and three channels"
    check_windows(crop_at, numbered(1, 3, 8, 6), tensor([[[4, 6], [2, 1]]]), (3,), what)


def crop_border(crop_at) -> None:
    corners = tensor([[[0, 0], [6, 0]], [[0, 4], [6, 4]]])
    what = "the corners of a map 5 high and 7 wide"
    check_windows(crop_at, numbered(2, 2, 5, 7), corners, (3, 5), what)
    what = "a window larger than the map"
    check_windows(crop_at, numbered(1, 1, 3, 4), tensor([[[1, 1]]]), (9,), what)


def crop_outside(crop_at) -> None:
    centres = tensor([[[-1, 2], [-9, 2], [3, -2], [8, 2], [40, -20], [3, 11], [2, 2]]])
    check_windows(crop_at, numbered(1, 2, 5, 7), centres, (3, 1), "centres outside")


def crop_gradient(crop_at) -> None:
    maps = numbered(2, 2, 4, 6).requires_grad_()
    centres = tensor([[[1, 1], [2, 1], [5, 3]], [[0, 0], [0, 0], [-5, 9]]])
    found = crop_at(maps, centres, 3)
    expect_close(found, windows(maps, centres, 3), "windows that overlap")
    assert found.requires_grad, "the windows cannot be differentiated"
    weights = numbered(*found.shape[1:])
    (found * weights).sum().backward()
    want = torch.zeros_like(maps)
    for b, points in enumerate(centres):
        for k, centre in enumerate(points):
            for i, j, row, column in covered(maps, centre, 3):
                want[b, :, row, column] += weights[k, :, i, j]
    expect_close(maps.grad, want, "the gradient where windows overlap")


COARSE = tensor([[[12.25, 30.5]]])


def fine_map(n: int, x: int, y: int, best=1.0, others=0.0) -> torch.Tensor:
    """A map (n, n) with its largest value in column x and row y."""
    out = torch.full((n, n), others)
    out[y, x] = best
    return out


def refine_middle(refine) -> None:
    for stride in (4, 1, 2):
        found = refine(COARSE.clone(), fine_map(5, 2, 2)[None, None], stride)
        expect_close(found, COARSE, f"a peak in the middle, stride_fine {stride}")


def refine_axes(refine) -> None:
    found = refine(COARSE.clone(), fine_map(5, 4, 1)[None, None], 1)
    expect_close(found, COARSE + tensor([2.0, -1.0]), "2 cells right, 1 up, 1 px each")


def refine_stride(refine) -> None:
    for stride in (4, 2, 0.5):
        found = refine(COARSE.clone(), fine_map(5, 0, 3)[None, None], stride)
        want = COARSE + stride * tensor([-2.0, 1.0])
        expect_close(found, want, f"2 cells left, 1 down, {stride} px each")


def refine_batch(refine) -> None:
    steps = tensor([[[1, -1], [0, 1], [-1, 0]], [[-1, -1], [1, 1], [1, 0]]])
    coarse = tensor([[[3.0, 60.0], [9.5, 1.0], [7.0, 7.0]], [[0.0, 0.0]] * 3])
    for n in (3, 7, 9):
        places = (steps + n // 2).flatten(0, 1).tolist()
        maps = [fine_map(n, x, y, best=1 + k) for k, (x, y) in enumerate(places)]
        found = refine(coarse, torch.stack(maps).view(2, 3, n, n), 2)
        what = f"two samples of three joints, windows of {n} cells"
        expect_close(found, coarse + 2 * steps, what)


def refine_empty(refine) -> None:
    for best, others in ((0.0, 0.0), (-0.1, -0.5), (0.0, -1.0)):
        maps = fine_map(5, 3, 0, best, others)[None, None]
        what = f"best value {best:.1f}, the others {others:.1f}"
        expect_close(refine(COARSE.clone(), maps, 2), COARSE, what)


def refine_mixed(refine) -> None:
    maps = [
        fine_map(3, 2, 0),
        fine_map(3, 2, 0, best=0.01, others=-1.0),
        fine_map(3, 2, 0, best=-0.01, others=-1.0),
        fine_map(3, 2, 0, best=0.0),
    ]
    coarse = tensor([[[5.0, 6.0], [7.0, 8.0]], [[1.0, 2.0], [3.0, 4.0]]])
    found = refine(coarse, torch.stack(maps).view(2, 2, 3, 3), 2)
    steps = tensor([[[2.0, -2.0], [2.0, -2.0]], [[0.0, 0.0], [0.0, 0.0]]])
    expect_close(found, coarse + steps, "best values 1, 0.01, -0.01 and 0")


SIZES = (9, 18, 36, 72)


def window_half(smallest_window) -> None:
    for side, error in (("right", 8.0), ("left", -8.0)):
        found = smallest_window(tensor([[error, 0.0]] * 4), list(SIZES), 0.5)
        expect_close(found, 18, f"errors of 8 px, to the {side}")


def window_axes(smallest_window) -> None:
    found = smallest_window(tensor([[8.0, 8.0], [-8.0, -8.0]]), list(SIZES), 0.5)
    expect_close(found, 18, "errors of 8 px along both axes")
    found = smallest_window(tensor([[1.0, 8.0], [30.0, -2.0]]), list(SIZES), 1.0)
    expect_close(found, 72, "errors of (1, 8) and (30, -2) px, all to be held")


def window_edge(smallest_window) -> None:
    found = smallest_window(tensor([[9.0, 0.0], [0.0, -9.0]]), list(SIZES), 1.0)
    expect_close(found, 18, "errors of exactly 9 px")
    found = smallest_window(tensor([[4.5, -4.5]]), list(SIZES), 1.0)
    expect_close(found, 9, "an error of exactly 4.5 px along both axes")


def window_share(smallest_window) -> None:
    errors = tensor([[2.0, 0.0], [0.0, -2.0], [2.0, 1.0], [0.0, 20.0]])
    found = smallest_window(errors, list(SIZES), 0.75)
    expect_close(found, 9, "three of four inside, share 0.75")
    found = smallest_window(errors, list(SIZES), 0.8)
    expect_close(found, 72, "three of four inside, share 0.8")
    found = smallest_window(errors[[0, 3]], list(SIZES), 0.5)
    expect_close(found, 9, "one of two inside, share 0.5")


def window_order(smallest_window) -> None:
    found = smallest_window(tensor([[2.0, 0.0]]), [36, 9, 18], 0.5)
    expect_close(found, 9, "an error of 2 px, the sizes 36, 9 and 18")


def window_none(smallest_window) -> None:
    for sizes in ([9, 18, 36, 72], [36, 72, 18]):
        found = smallest_window(tensor([[90.0, 0.0]]), list(sizes), 0.5)
        assert found is not None, "no size is enough: expected the largest, got None"
        expect_close(found, 72, f"an error of 90 px, the sizes {sizes}")
