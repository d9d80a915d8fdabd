"""What right answers to exercise 08.4 do; the hints are in ch08_boxes."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape
from course_lib.exercises.ch08_cases import ANY, EYE, affine, zoom

SAME = affine(EYE, [0.0, 0.0])
CELLS = [[0.0, 0.0], [3.0, 1.0], [7.5, 2.25]]


def placed(place_joints, joints: list, theta, box: list, size, what) -> torch.Tensor:
    """The joints (K, 2) of one re-cropped image, in px; FormError for other shapes."""
    given = tensor([joints]), theta[None].clone(), tensor([box]), size
    found = place_joints(*given)
    expect_shape(found, (1, len(joints), 2), what)
    return found[0]


def place_same(place_joints) -> None:
    for height, width in ((16, 16), (12, 20)):
        what = f"maps {height} x {width}, a box of that size at (0, 0), theta identity"
        box = [0.0, 0.0, float(width), float(height)]
        found = placed(place_joints, CELLS, SAME, box, (height, width), what)
        expect_close(found, CELLS, what)


def place_cells(place_joints) -> None:
    for height, width, stride in ((16, 16, 4), (12, 20, 4), (6, 9, 3)):
        what = f"maps {height} x {width}, a box {stride} times as large, theta identity"
        box = [0.0, 0.0, float(stride * width), float(stride * height)]
        found = placed(place_joints, CELLS, SAME, box, (height, width), what)
        expect_close(found, stride * tensor(CELLS) + (stride - 1) / 2, what)


def place_box(place_joints) -> None:
    for x, y, across, down in ((30.0, 12.0, 2, 2), (-7.5, 40.0, 3, 2)):
        box = [x, y, 16.0 * across, 16.0 * down]
        what = f"maps 16 x 16, box {box}, theta identity"
        found = placed(place_joints, CELLS, SAME, box, (16, 16), what)
        scale = tensor([float(across), float(down)])
        want = tensor([x, y]) + scale * tensor(CELLS) + (scale - 1) / 2
        expect_close(found, want, what)


def place_shift(place_joints) -> None:
    for dx, dy in ((0.25, 0.0), (0.0, -0.5), (-0.125, 0.25)):
        what = (
            f"the centre of a map 17 x 17, box (10, 20, 64, 32), theta_3 ({dx}, {dy})"
        )
        theta, box = affine(EYE, [dx, dy]), [10.0, 20.0, 64.0, 32.0]
        found = placed(place_joints, [[8.0, 8.0]], theta, box, (17, 17), what)
        expect_close(found, [[41.5 + 32 * dx, 35.5 + 16 * dy]], what)


def place_zoom(place_joints) -> None:
    corners = [[-0.5, -0.5], [15.5, 15.5], [7.5, 7.5]]  # of the map, and its centre
    for share, dx in ((0.5, 0.0), (0.5, 0.25), (1.5, -0.25)):
        what = f"corners and centre of a map, A = {share} * identity, shift ({dx}, 0)"
        theta, box = zoom(share, [dx, 0.0]), [0.0, 0.0, 40.0, 40.0]
        found = placed(place_joints, corners, theta, box, (16, 16), what)
        want = [[x + 20 * dx, x] for x in (19.5 - 20 * share, 19.5 + 20 * share, 19.5)]
        expect_close(found, want, what)


def place_turn(place_joints) -> None:
    box = [0.0, 0.0, 40.0, 20.0]
    ends = [[15.5, 7.5], [7.5, 15.5]]  # t = (1, 0) and (0, 1) in a map 16 x 16
    for matrix, shift in ANY:
        what = f"t = (1, 0) and (0, 1), A = {matrix}, theta_3 = {shift}"
        found = placed(place_joints, ends, affine(matrix, shift), box, (16, 16), what)
        (a, b), (c, d) = matrix
        sources = [[a + shift[0], c + shift[1]], [b + shift[0], d + shift[1]]]
        want = tensor([19.5, 9.5]) + tensor([20.0, 10.0]) * tensor(sources)
        expect_close(found, want, what)


def place_each(place_joints) -> None:
    theta = torch.stack([zoom(0.5, [0.2, 0.0]), *(affine(*one) for one in ANY)])
    boxes = tensor([[10.0 * n, 5.0, 30.0 + n, 40.0 - n] for n in range(4)])
    joints = 12 * torch.rand(4, 3, 2, generator=torch.Generator().manual_seed(1))
    found = place_joints(joints, theta, boxes, (12, 16))
    expect_shape(found, (4, 3, 2), "four images")
    for n in range(4):
        given = joints[n].tolist(), theta[n], boxes[n].tolist(), (12, 16)
        alone = placed(place_joints, *given, "one image")
        expect_close(found[n], alone, f"image {n} of four")
