"""What right answers to exercises 02.1 to 02.4 do; the hints are in ch02."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_pair, expect_shape


def check_cells(cell_of, points: torch.Tensor, stride: int, cells) -> torch.Tensor:
    """The answer's cells, after comparing them and the offsets with these cells."""
    found = cell_of(points, stride)
    found, offset = expect_pair(found, "cells and offsets")
    cells = torch.as_tensor(cells, dtype=torch.float64)
    expect_close(found, cells, f"the cells, stride {stride}")
    want = points - (stride * cells + (stride - 1) / 2)
    expect_close(offset, want, f"the offsets in px, stride {stride}")
    return found


def diagonal(*places: float) -> torch.Tensor:
    """Points (K, 2) whose x and y are the same."""
    return tensor([[place, place] for place in places])


def cell_centre(cell_of) -> None:
    for stride in (4, 8, 1):
        centres = stride * diagonal(0.0, 1.0, 5.0) + (stride - 1) / 2
        for step in (0.0, stride / 4):
            check_cells(cell_of, centres + step, stride, diagonal(0, 1, 5))


def cell_area(cell_of) -> None:
    points = diagonal(0, 3, 3.25, 3.75, 4, 7)
    check_cells(cell_of, points, 4, diagonal(0, 0, 0, 1, 1, 1))
    check_cells(cell_of, points, 8, diagonal(0, 0, 0, 0, 0, 0))
    check_cells(cell_of, points, 1, diagonal(0, 3, 3, 4, 4, 7))


def cell_axes(cell_of) -> None:
    points = tensor([[[9.0, 2.0], [0.0, 31.0], [6.0, 14.0]], [[40.0, 5.0]] * 3])
    cells = [[[2, 0], [0, 7], [1, 3]], [[10, 1]] * 3]
    check_cells(cell_of, points, 4, cells)
    check_cells(cell_of, points[1, 0], 8, [5, 0])


def cell_negative(cell_of) -> None:
    points = diagonal(-0.25, -0.75, -4.0, -5.0)
    check_cells(cell_of, points, 4, diagonal(0, -1, -1, -2))
    check_cells(cell_of, points, 8, diagonal(0, -1, -1, -1))
    check_cells(cell_of, points, 1, diagonal(0, -1, -4, -5))


def cell_edge(cell_of) -> None:
    points = diagonal(-0.5, 3.5, 7.5, 11.5)
    check_cells(cell_of, points, 4, diagonal(0, 1, 2, 3))
    check_cells(cell_of, points[:3], 1, diagonal(0, 4, 8))


def cell_type(cell_of) -> None:
    cells = check_cells(cell_of, diagonal(5.0), 4, diagonal(1))
    assert cells.dtype == torch.long, f"expected cells of type long, got {cells.dtype}"


def peak(x: int, y: int, left=0.5, right=0.2, up=0.4, down=0.3) -> torch.Tensor:
    """A map (5, 6) that is 1 at (x, y), has these neighbours there, and is 0 else."""
    padded = torch.zeros(7, 8)
    x, y = x + 1, y + 1
    padded[y, x] = 1.0
    padded[y, x - 1], padded[y, x + 1] = left, right
    padded[y - 1, x], padded[y + 1, x] = up, down
    return padded[1:-1, 1:-1].contiguous()


def check_inside(found, cells, stride: int) -> None:
    """AssertionError when a point is over 0.3 cells off the centre of its cell."""
    cells = tensor(cells, dtype=torch.float32)
    expect_shape(found, tuple(cells.shape), f"points, stride {stride}")
    off = (found - stride * cells - (stride - 1) / 2).abs()
    place = tuple((~(off <= 0.3 * stride)).any(dim=-1).nonzero().tolist())
    if place:
        b, k = place[0]
        x, y = (round(value, 2) for value in found[b, k].tolist())
        column, row = cells[b, k].int().tolist()
        raise AssertionError(
            f"stride {stride}, peak in column {column} and row {row}: ({x}, {y}) px "
            "is not within 0.3 cells of that cell's centre"
        )


def quarter_cell(decode_quarter) -> None:
    cells = [[(5, 1), (0, 0), (1, 3)], [(2, 4), (3, 2), (5, 4)]]
    heatmaps = torch.full((2, 3, 5, 6), -1.0)
    for b, row in enumerate(cells):
        for k, (x, y) in enumerate(row):
            heatmaps[b, k, y, x] = 1.0 + b + k
    check_inside(decode_quarter(heatmaps, 1), cells, 1)


def quarter_pixels(decode_quarter) -> None:
    heatmaps = torch.stack([peak(3, 2), peak(1, 3)])[None]
    for stride in (8, 4):
        check_inside(decode_quarter(heatmaps, stride), [[(3, 2), (1, 3)]], stride)


def quarter_x(decode_quarter) -> None:
    heatmaps = torch.stack([peak(3, 2), peak(3, 2, left=0.1, right=0.9)])[None]
    for stride in (4, 8, 1):
        found = decode_quarter(heatmaps, stride)
        expect_shape(found, (1, 2, 2), f"points, stride {stride}")
        want = [[stride * cell + (stride - 1) / 2 for cell in (2.75, 3.25)]]
        what = f"x, stride {stride}, peaks in column 3, left or right neighbour larger"
        expect_close(found[..., 0], want, what)


def quarter_both(decode_quarter) -> None:
    first = [peak(3, 2, up=0.1, down=0.8), peak(2, 1, up=0.8, down=0.1)]
    right = {"left": 0.2, "right": 0.25}
    second = [
        peak(1, 2, up=0.1, down=0.8, **right),
        peak(4, 3, up=0.8, down=0.1, **right),
    ]
    heatmaps = torch.stack([torch.stack(first), torch.stack(second)])
    cells = tensor([[[2.75, 2.25], [1.75, 0.75]], [[1.25, 2.25], [4.25, 2.75]]])
    for stride in (1, 4):
        want = stride * cells + (stride - 1) / 2
        found = decode_quarter(heatmaps, stride)
        expect_close(
            found, want, f"four peaks with a shift along both axes, stride {stride}"
        )


def quarter_border(decode_quarter) -> None:
    places = [(0, 2), (5, 2), (3, 0), (3, 4), (0, 0), (5, 4)]
    want = tensor([[0, 1.75], [5, 1.75], [2.75, 0], [2.75, 4], [0, 0], [5, 4]])
    for stride in (1, 4):
        for place, cell in zip(places, want, strict=True):
            found = decode_quarter(peak(*place)[None, None], stride)
            what = f"stride {stride}, peak {place} of a map 5 high and 6 wide"
            expect_close(found, (stride * cell + (stride - 1) / 2)[None, None], what)


def quarter_equal(decode_quarter) -> None:
    heatmaps = [
        peak(3, 2, left=0.5, right=0.5),
        peak(3, 2, up=0.0, down=0.0),
        peak(3, 2, left=-0.1, right=-0.1, up=0.9, down=0.9),
    ]
    found = decode_quarter(torch.stack(heatmaps)[None], 4)
    cells = tensor([[[3, 1.75], [2.75, 2], [3, 2]]])
    expect_close(found, 4 * cells + 1.5, "equal neighbours in x, in y, in both")


def seeded(seed: int) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def drop(answer, x, p=0.2, training=True, generator=None) -> torch.Tensor:
    """The answer's result, of the shape of x."""
    found = answer(x, p, training, generator or seeded(3))
    expect_shape(found, tuple(x.shape), "the result")
    return found


def features(n=30, c=40, h=2, w=3) -> torch.Tensor:
    """(N, C, H, W) without a zero, both signs."""
    x = torch.arange(1.0, n * c * h * w + 1).view(n, c, h, w) / 100
    return torch.where(torch.arange(w) == 0, -x, x)


def zeroed(answer, n=200, p=0.2) -> torch.Tensor:
    """(n, n) of 1 where a map of n samples of n maps is zeroed."""
    return (drop(answer, features(n, n), p) == 0).flatten(2).all(dim=-1).double()


def dropout_evaluation(answer) -> None:
    x = features(2, 3)
    for p in (0.2, 0.5):
        what = f"evaluation, p={p}"
        expect_close(drop(answer, x, p, training=False), (1 - p) * x, what)


def dropout_maps(answer) -> None:
    dead = (drop(answer, features(), 0.5) == 0).flatten(2)
    assert dead.any(), "no map of 1200 was zeroed at p=0.5"
    is_whole = (dead.all(dim=-1) == dead.any(dim=-1)).all()
    assert is_whole, "some maps are zeroed in part, not as a whole"


def dropout_survivors(answer) -> None:
    x = features()
    for p in (0.2, 0.5):
        found = drop(answer, x, p)
        left = found != 0
        assert left.any(), f"no map of 1200 was left at p={p}"
        expect_close(found[left], x[left], f"training, p={p}, maps that are left")


def dropout_independent(answer) -> None:
    dead = zeroed(answer)
    for axis, what in ((1, "samples"), (0, "channels")):
        spread = dead.sum(dim=axis).var().item() / (200 * 0.2 * 0.8)
        # 1 up to five standard errors; a shared mask gives 200, or 0 across it
        is_free = 0.5 < spread < 1.5
        told = f"the numbers of zeroed maps of {what} vary {spread:.1f} times as much"
        assert is_free, f"{told} as for independent draws"


def dropout_share(answer) -> None:
    for p in (0.2, 0.7):
        share = zeroed(answer, p=p).mean().item()
        is_near = abs(share - p) < 0.0125  # five standard errors of 40000 maps
        assert is_near, f"p={p}: expected {p:.0%} of 40000 maps zeroed, got {share:.0%}"
    for p, want in ((0.0, 0.0), (1.0, 1.0)):
        expect_close(zeroed(answer, 20, p).mean(), want, f"p={p}: the share zeroed")


def dropout_generator(answer) -> None:
    x, state, generator = features(), torch.get_rng_state(), seeded(1)
    first = drop(answer, x, generator=generator)
    later = drop(answer, x, generator=generator)
    is_same = torch.equal(first, drop(answer, x, generator=seeded(1)))
    assert is_same, "two generators of the same seed zeroed different maps"
    is_kept = torch.equal(state, torch.get_rng_state())
    assert is_kept, "numbers were drawn from the global stream"
    other = drop(answer, x, generator=seeded(2))
    assert not torch.equal(first, other), "generators of two seeds zeroed the same maps"
    assert not torch.equal(first, later), "one generator zeroed the same maps twice"


HEAD = (70.0, 90.0, 24.0, 32.0)  # diagonal 40, so PCKh measures in units of 24 px
SMALL_HEAD = (50.0, 20.0, 6.0, 8.0)  # diagonal 10: 6 px


def predict(errors) -> tuple[torch.Tensor, torch.Tensor]:
    """Prediction and truth (N, K, 2) with these errors in px, along x, (N, K)."""
    errors = tensor(errors)
    truth = torch.arange(20.0, 20.0 + 2 * errors.numel()).view(*errors.shape, 2)
    return truth + torch.stack([errors, 0 * errors], dim=-1), truth


def all_visible(pred: torch.Tensor) -> torch.Tensor:
    return torch.full(pred.shape[:2], 2)


def pckh_head(pckh_total) -> None:
    truth = tensor([[[80.0, 90.0], [100.0, 70.0]]])
    for alpha, near in ((0.5, 12.0), (0.25, 6.0)):
        # Slanted errors: 0.9 and 1.1 of what is allowed, in a straight line.
        steps = near * tensor([[[0.9 * 0.6, 0.9 * 0.8], [-1.1 * 0.8, 1.1 * 0.6]]])
        found = pckh_total(
            truth + steps, truth, tensor([HEAD]), tensor([[2, 2]]), alpha
        )
        what = f"head box 24 x 32, alpha {alpha}, errors {0.9 * near:.1f}"
        expect_close(found, 0.5, f"{what} and {1.1 * near:.1f} px")


def pckh_limit(pckh_total) -> None:
    pred, truth = predict([[12.0, -12.0]])
    found = pckh_total(pred, truth, tensor([HEAD]), all_visible(pred), 0.5)
    expect_close(found, 1.0, "head box 24 x 32, alpha 0.5, two errors of 12 px")


def pckh_people(pckh_total) -> None:
    for errors, want in (
        ([[10.0, 10.0], [2.0, 10.0]], 0.75),
        ([[10.0, 10.0, 2.0], [2.0, 10.0, 10.0]], 4 / 6),
    ):
        pred, truth = predict(errors)
        found = pckh_total(
            pred, truth, tensor([HEAD, SMALL_HEAD]), all_visible(pred), 0.5
        )
        expect_close(found, want, f"limits of 12 and 3 px, errors of {errors}")


def pckh_labels(pckh_total) -> None:
    # Joints without a label are stored at (0, 0), but not only they lie there.
    truth = tensor([[[0.0, 0.0], [50.0, 60.0], [70.0, 8.0], [0.0, 0.0], [0.0, 0.0]]])
    pred = tensor([[[1.0, 0.0], [50.0, 90.0], [9.0, 8.0], [0.0, 0.0], [90.0, 0.0]]])
    found = pckh_total(pred, truth, tensor([HEAD]), tensor([[2, 1, 1, 0, 0]]), 0.5)
    expect_close(found, 1 / 3, "one right, two wrong, two without a label at (0, 0)")


def pckh_pooled(pckh_total) -> None:
    pred, truth = predict([[1.0, 1.0, 1.0], [90.0, 90.0, 90.0]])
    visible = tensor([[2, 0, 0], [2, 1, 2]])
    found = pckh_total(pred, truth, tensor([HEAD, HEAD]), visible, 0.5)
    expect_close(found, 0.25, "one label, right, and three labels, wrong")


def pckh_missing(pckh_total) -> None:
    nan = float("nan")
    truth = tensor([[[1.0, 1.0], [2.0, 1.0], [3.0, 2.0], [1.0, 4.0]]])
    pred = tensor([[[1.0, 1.0], [nan, nan], [nan, 2.0], [1.0, nan]]])
    found = pckh_total(pred, truth, tensor([HEAD]), all_visible(pred), 0.5)
    expect_close(found, 0.25, "one right prediction and three with NaN")
