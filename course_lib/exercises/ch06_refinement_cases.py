"""What right answers to exercise 06.5 do; the hints are in ch06_people."""

from __future__ import annotations

import math

import torch

from course_lib.exercises.cases import (
    FormError,
    expect_close,
    expect_pair,
    expect_shape,
)

h, w = 5, 9
DEVIATION = 7.2801


def centre(cell: int, stride: int) -> float:
    """Where a cell's centre lies, px."""
    return stride * cell + (stride - 1) / 2


def targets(refinement_targets, joint, stride, radius, *deviation, grid=(h, w)):
    """mask and offsets as the answer tells them; FormError for another form."""
    given = torch.tensor(joint), grid, stride, radius, *deviation
    mask, offsets = expect_pair(refinement_targets(*given), "mask and offsets")
    expect_shape(mask, grid, "the mask")
    expect_shape(offsets, (*grid, 2), "the offsets")
    if mask.dtype != torch.bool:
        raise FormError(f"the mask: expected a bool tensor, got {mask.dtype}")
    return mask, offsets


def cells_of(mask: torch.Tensor) -> list[list[int]]:
    """The cells (column, row) that a mask holds."""
    return mask.nonzero().flip(-1).tolist()


def refine_axes(refinement_targets) -> None:
    what = f"a joint at (29.5, 5.5), stride 4, grid ({h}, {w})"
    mask, _ = targets(refinement_targets, [29.5, 5.5], 4, 2.4)
    told = f"{what}: the cell in column 7, row 1 is not in the mask"
    assert mask[1, 7], told
    told = f"{what}: the mask holds cells in columns 0 to 3"
    assert not mask[:, :4].any(), told


def refine_centres(refinement_targets) -> None:
    for stride, (column, row) in ((4, (5, 2)), (1, (3, 4)), (3, (1, 1)), (8, (0, 0))):
        joint = [centre(column, stride), centre(row, stride)]
        mask, _ = targets(refinement_targets, joint, stride, 0.4)
        what = f"stride {stride}, a joint at ({joint[0]}, {joint[1]}), radius 0.4"
        told = f"{what}: expected the cell ({column}, {row}) alone"
        assert cells_of(mask) == [[column, row]], f"{told}, got {cells_of(mask)}"


def refine_disc(refinement_targets) -> None:
    for stride, radius in ((4, 9.0), (2, 5.0), (1, 2.3)):
        joint = centre(4, stride) + 0.1, centre(2, stride) - 0.2
        mask, _ = targets(refinement_targets, list(joint), stride, radius)
        want = [
            [
                math.dist((centre(x, stride), centre(y, stride)), joint) <= radius
                for x in range(w)
            ]
            for y in range(h)
        ]
        expect_close(mask, want, f"stride {stride}, radius {radius}: the mask")


def refine_rim(refinement_targets) -> None:
    for stride, radius in ((4, 20.0), (2, 10.0)):
        joint = [centre(0, stride), centre(0, stride)]
        mask, _ = targets(refinement_targets, joint, stride, radius, grid=(4, 6))
        told = f"the centre (4, 3) is {radius} px away, the radius is {radius} px"
        assert mask[3, 4], f"stride {stride}: {told}, and it is not in the mask"


def refine_sign(refinement_targets) -> None:
    for step in (1.0, -1.5):
        joint = [centre(3, 4) + step, centre(2, 4) + step]
        _, offsets = targets(refinement_targets, joint, 4, 6.0)
        x, y = offsets[2, 3].tolist()
        told = f"a joint at ({step}, {step}) px from a centre: the offset is"
        assert x * step > 0, f"{told} ({x:.3g}, {y:.3g})"


def refine_order(refinement_targets) -> None:
    joint = [centre(3, 4) + 1.5, centre(2, 4) - 1.0]
    _, offsets = targets(refinement_targets, joint, 4, 6.0)
    x, y = offsets[2, 3].tolist()
    told = f"a joint at (1.5, -1) px from a centre: the offset is ({x:.3g}, {y:.3g})"
    assert x > 0 > y, told


def refine_deviation(refinement_targets) -> None:
    for stride, deviation in ((4, None), (2, None), (4, 1.0), (2, 5.0)):
        joint = [centre(3, stride) + 1.2, centre(2, stride) - 0.7]
        given = [deviation] if deviation else []
        _, offsets = targets(refinement_targets, joint, stride, 6.0, *given)
        want = [step / (deviation or DEVIATION) for step in (1.2, -0.7)]
        what = f"stride {stride}, deviation {deviation or DEVIATION}"
        expect_close(offsets[2, 3], want, f"{what}: (1.2, -0.7) px")


def refine_zero(refinement_targets) -> None:
    joint = [centre(4, 4) + 1, centre(2, 4)]
    mask, offsets = targets(refinement_targets, joint, 4, 5.0)
    outside = offsets[~mask].abs().max()
    expect_close(outside, 0.0, "the largest offset outside of the mask")


def refine_outside(refinement_targets) -> None:
    for joint, cells in (
        ([-5.0, 9.5], [[0, 2]]),
        ([37.5, 17.5], [[8, 3], [8, 4]]),
        ([33.5, 24.0], [[8, 4]]),
        ([500.0, 9.5], []),
        ([9.5, -20.0], []),
    ):
        mask, offsets = targets(refinement_targets, joint, 4, 7.0)
        want = torch.zeros(h, w, 2)
        for column, row in cells:
            place = torch.tensor([centre(column, 4), centre(row, 4)])
            want[row, column] = (torch.tensor(joint) - place) / DEVIATION
        what = f"a joint at ({joint[0]}, {joint[1]}), radius 7"
        told = f"{what}: expected cells {cells}"
        assert cells_of(mask) == cells, f"{told}, got {cells_of(mask)}"
        expect_close(offsets, want, f"{what}: the offsets")
