"""What right answers to exercise 10.2 do; the hints are in ch10."""

from __future__ import annotations

from typing import Any

import torch
from torch import tensor

from course_lib.exercises.cases import FormError, expect_close, expect_shape

SIZE = (40, 40)
NAMES = ("visible", "occluded", "labelled")
FLAGS = [[2, 1, 0, 2], [0, 0, 1, 2], [1, 2, 2, 1]]


def expect_three(found: Any, what: str) -> tuple[Any, Any, Any]:
    """The three results of an answer; FormError when there are not three."""
    if not isinstance(found, tuple | list):
        kind = type(found).__name__
        raise FormError(f"expected {what}, three tensors, got a value of type {kind}")
    if len(found) != 3:
        raise FormError(f"expected {what}, three tensors, got {len(found)} results")
    return found[0], found[1], found[2]


def masks_of(answer, flags: list, what: str, joints=None, size=SIZE) -> list:
    """The three masks that come back; joints: in the middle if left out."""
    shown = tensor(flags)
    places = torch.full((*shown.shape, 2), 17.0) if joints is None else tensor(joints)
    masks = expect_three(answer(shown, places, size), "masks")
    for mask, name in zip(masks, NAMES, strict=True):
        expect_shape(mask, tuple(shown.shape), f"{what}: the {name} mask")
    return list(masks)


def check_mask(answer, number: int, kept: tuple) -> None:
    """AssertionError when a mask is not 1 for these flags and 0 for the others."""
    for flags in (FLAGS, [[0, 1, 2, 1, 0]], [[0]], [[1]], [[2]]):
        what = f"flags {flags}"
        mask = masks_of(answer, flags, what)[number]
        want = [[float(flag in kept) for flag in row] for row in flags]
        expect_close(mask, want, f"{what}: the {NAMES[number]} mask")


def masks_visible(branch_masks) -> None:
    check_mask(branch_masks, 0, (2,))


def masks_occluded(branch_masks) -> None:
    check_mask(branch_masks, 1, (1,))


def masks_labelled(branch_masks) -> None:
    check_mask(branch_masks, 2, (1, 2))


def masks_floats(branch_masks) -> None:
    masks = masks_of(branch_masks, FLAGS, f"flags {FLAGS}")
    for mask, name in zip(masks, NAMES, strict=True):
        told = f"the {name} mask: expected floats, got {mask.dtype}"
        assert mask.is_floating_point(), told


def check_places(answer, places: list, is_on: list, size: tuple = SIZE) -> None:
    """AssertionError when joints at these places are kept, or not, against is_on."""
    for flag in (2, 1):
        flags = [[flag] * len(places)]
        joints = [[[float(x), float(y)] for x, y in places]]
        what = f"size {size}, joints {places}, all flags {flag}"
        masks = masks_of(answer, flags, what, joints, size)
        own, other = masks[::-1][1:] if flag == 1 else masks[:2]
        kept = [[float(one) for one in is_on]]
        expect_close(own, kept, f"{what}: the {NAMES[2 - flag]} mask")
        expect_close(other, [[0.0] * len(places)], f"{what}: the other branch's mask")
        expect_close(masks[2], kept, f"{what}: the labelled mask")


def masks_outside(branch_masks) -> None:
    places = [(20, 20), (50, 20), (20, 55), (-6, 20), (20, -9), (-7, 60), (3, 36)]
    check_places(branch_masks, places, [1, 0, 0, 0, 0, 0, 1])


def masks_edges(branch_masks) -> None:
    for inside, outside in ((-0.5, -0.6), (39.5, 39.6)):
        places = [(inside, 9), (outside, 9), (12, inside), (12, outside)]
        check_places(branch_masks, places, [1, 0, 1, 0])
        check_places(branch_masks, [(inside, inside), (inside, outside)], [1, 0])


def masks_rows(branch_masks) -> None:
    for size, x, y in (((64, 48), 47, 63), ((31, 57), 56, 30), ((3, 1), 0, 2)):
        places = [(x, y), (x + 1, y), (x, y + 1)]
        check_places(branch_masks, places, [1, 0, 0], size)


def masks_nobody(branch_masks) -> None:
    for count in (4, 14):
        given = torch.zeros(0, count), torch.zeros(0, count, 2), SIZE
        masks = expect_three(branch_masks(*given), "masks")
        for mask, name in zip(masks, NAMES, strict=True):
            what = f"no crops, K = {count}: the {name} mask"
            expect_close(mask, torch.zeros(0, count), what)
