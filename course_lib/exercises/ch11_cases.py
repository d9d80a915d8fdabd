"""What right answers to exercise 11.1 do; the hints are in ch11."""

from __future__ import annotations

import torch
import torch.nn.functional as F

from course_lib.exercises.cases import expect_close, expect_shape

COUNTS = (2, 6)  # channels of the coarse and of the part logits
NAMES = ("I", "U", "V")


def labelled(labels: torch.Tensor, count: int, generator) -> torch.Tensor:
    """Logits (B, count, h, w), all below 0, whose largest are those of these labels."""
    winner = F.one_hot(labels, count).movedim(-1, 1)
    return 2 * winner - 3 + torch.rand(winner.shape, generator=generator)


def drawn(shape: tuple, low: int, high: int, generator) -> torch.Tensor:
    """Labels of noise, low to high - 1."""
    return torch.randint(low, high, shape, generator=generator)


def check_iuv(
    answer, coarse, parts, what: str, shown="IUV", counts=COUNTS, reach=(0.0, 1.0)
) -> None:
    """AssertionError when an IUV image of these labels, (B, h, w) each, is another.

    shown: what of the image is looked at. reach: the lowest and the highest U and V,
    drawn at random.
    """
    generator = torch.Generator().manual_seed(parts.numel())
    given = [
        labelled(labels, count, generator)
        for labels, count in zip((coarse, parts), counts, strict=True)
    ]
    low, high = reach
    shape = (2, len(parts), counts[1], *parts.shape[1:])
    uv = low + (high - low) * torch.rand(shape, generator=generator)
    sizes = f"{counts[0]} coarse and {counts[1]} part channels"
    told = f"{what}, {sizes}, maps {tuple(parts.shape[1:])}"
    found = answer(*given, *uv)
    expect_shape(found, (len(parts), 3, *parts.shape[1:]), told)
    want = [parts * (coarse > 0)]
    one_hot = F.one_hot(want[0], counts[1]).movedim(-1, 1) * (want[0] > 0)[:, None]
    want += [(maps.clamp(0, 1) * one_hot).sum(dim=1) for maps in uv]
    for n, name in enumerate(NAMES):
        if name in shown:
            expect_close(found[:, n], want[n], f"{told}: {name}")


def decode_part(decode_iuv) -> None:
    for counts in (COUNTS, (2, 25), (2, 4)):
        for part in (1, 2, counts[1] - 1):
            parts = torch.full((1, 4, 5), part)
            what = f"part {part} has the largest logits everywhere"
            check_iuv(decode_iuv, parts.clamp(max=1), parts, what, "I", counts)


def decode_uv(decode_iuv) -> None:
    for counts in (COUNTS, (2, 25)):
        for part in (1, 3, counts[1] - 1):
            parts = torch.full((1, 5, 3), part)
            what = f"part {part} has the largest logits everywhere"
            check_iuv(decode_iuv, parts.clamp(max=1), parts, what, counts=counts)


def decode_pixels(decode_iuv) -> None:
    generator = torch.Generator().manual_seed(0)
    for shape in ((1, 4, 7), (3, 6, 5)):
        parts = drawn(shape, 1, COUNTS[1], generator)
        what = f"crops: {shape[0]}, in each pixel a part of noise"
        check_iuv(decode_iuv, parts.clamp(max=1), parts, what)


def decode_coarse(decode_iuv) -> None:
    generator = torch.Generator().manual_seed(1)
    for counts in (COUNTS, (15, 25), (5, 3)):
        coarse = drawn((2, 6, 4), 0, counts[0], generator)
        parts = drawn((2, 6, 4), 1, counts[1], generator)
        what = "coarse labels and parts of noise"
        check_iuv(decode_iuv, coarse, parts, what, "I", counts)


def decode_fine(decode_iuv) -> None:
    generator = torch.Generator().manual_seed(2)
    for counts in (COUNTS, (15, 25)):
        coarse = drawn((2, 5, 6), 1, counts[0], generator)
        parts = drawn((2, 5, 6), 0, 3, generator)
        what = "the coarse logits say person, and some part logits background"
        check_iuv(decode_iuv, coarse, parts, what, "I", counts)


def decode_zero(decode_iuv) -> None:
    generator = torch.Generator().manual_seed(3)
    for low, why in ((0, "either of the two says"), (1, "the coarse logits say")):
        coarse, parts = (drawn((2, 4, 6), n, 2 + n, generator) for n in (0, low))
        check_iuv(decode_iuv, coarse, parts, f"{why} background in some pixels")


def decode_unit(decode_iuv) -> None:
    generator = torch.Generator().manual_seed(4)
    for reach in ((-0.6, 1.0), (0.0, 1.7), (-2.0, 3.0)):
        coarse, parts = (drawn((1, 5, 7), 0, n, generator) for n in COUNTS)
        what = f"U and V of noise, from {reach[0]} to {reach[1]}"
        check_iuv(decode_iuv, coarse, parts, what, reach=reach)


def decode_nobody(decode_iuv) -> None:
    for counts in (COUNTS, (15, 25)):
        none = torch.zeros(0, 4, 3, dtype=torch.long)
        check_iuv(decode_iuv, none, none, "no crops", counts=counts)
