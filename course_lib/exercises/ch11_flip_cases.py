"""What right answers to exercise 11.5 do; the hints are in ch11_train."""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_shape

# Numbers of the mirrored parts, the background first; the last is the released list.
SWAPS = [
    [0, 2, 1, 3],
    [0, 1, 5, 6, 4, 2, 3],
    [0, 1, 2, *(n + 1 if n % 2 else n - 1 for n in range(3, 25))],
]
NAMES = ("I", "U", "V")


def image_of(size: tuple, count: int, levels: int, seed=0, low=0) -> torch.Tensor:
    """An IUV image (3, h, w) of noise; low: 1 leaves no background."""
    generator = torch.Generator().manual_seed(seed)
    parts = torch.randint(low, count, size, generator=generator)
    uv = torch.randint(levels, (2, *size), generator=generator) * (parts > 0)
    return torch.cat([parts[None], uv])


def same(count: int, levels: int) -> torch.Tensor:
    """Tables (2, C, T, T) by which all U and V stay."""
    grid = torch.meshgrid(torch.arange(levels), torch.arange(levels), indexing="ij")
    return torch.stack(grid)[:, None].repeat(1, count, 1, 1)


def consistent(swap: list, levels: int, seed=0) -> torch.Tensor:
    """Tables (2, C, T, T) of noise: one part's lead back from where the other's led.

    Those of the background are noise that leads nowhere.
    """
    generator = torch.Generator().manual_seed(seed)
    square = levels**2
    places = torch.randint(square, (len(swap), square), generator=generator)
    for part, other in enumerate(swap[1:], start=1):
        order = torch.randperm(square, generator=generator)
        if part < other:
            places[part], places[other] = order, order.argsort()
        elif part == other:  # pairs of places change with each other
            half = square // 2
            first, second = order[:half], order[half : 2 * half]
            places[part] = torch.arange(square)
            places[part, first], places[part, second] = second, first
    places = places.view(-1, levels, levels)
    return torch.stack([places // levels, places % levels])


def mirrored(image: torch.Tensor, swap: list, tables: torch.Tensor) -> torch.Tensor:
    """The image (3, h, w) that must come back, pixel by pixel."""
    height, width = image.shape[1:]
    found = torch.zeros_like(image)
    for y in range(height):
        for x in range(width):
            part, u, v = image[:, y, x].tolist()
            if part:
                new = [swap[part], *tables[:, part, u, v].tolist()]
                found[:, y, width - 1 - x] = tensor(new)
    return found


def check_flip(answer, image, swap: list, tables, what: str, shown="IUV") -> None:
    """AssertionError when the mirrored image is another; shown: what is looked at."""
    told = f"{what}, image {tuple(image.shape[1:])}, T = {tables.shape[-1]}"
    found = answer(image, tensor(swap), *tables)
    expect_shape(found, tuple(image.shape), told)
    want = mirrored(image, swap, tables)
    for n, name in enumerate(NAMES):
        if name in shown:
            expect_close(found[n], want[n], f"{told}: {name}")


def flip_columns(flip_iuv) -> None:
    """U and V are in the middle, which any mirror leaves as it is."""
    for size, levels in (((3, 4), 5), ((4, 7), 3), ((5, 1), 7), ((1, 6), 255)):
        image, tables = image_of(size, 3, levels), same(3, levels)
        image[1:] = levels // 2 * (image[0] > 0)
        what = f"no part changes, U and V are {levels // 2} and stay"
        check_flip(flip_iuv, image, [0, 1, 2], tables, what)


def flip_sides(flip_iuv) -> None:
    for swap in SWAPS[::-1]:
        image, tables = image_of((6, 9), len(swap), 4, low=1), same(len(swap), 4)
        check_flip(flip_iuv, image, swap, tables, f"parts become {swap}", "I")


def flip_uv(flip_iuv) -> None:
    """The new U depends on U alone, and the new V on V alone."""
    generator = torch.Generator().manual_seed(0)
    for levels in (2, 5, 8):
        image = image_of((4, 5), 2, levels, low=1)
        orders = torch.stack(
            [torch.randperm(levels, generator=generator).flip(0) for _ in range(2)]
        )
        tables = same(2, levels)
        tables[0], tables[1] = orders[0, tables[0]], orders[1, tables[1]]
        new = f"{orders[0].tolist()} for U, {orders[1].tolist()} for V"
        what = f"one part, its own mirror image, and the new values are {new}"
        check_flip(flip_iuv, image, [0, 1], tables, what)


def flip_axes(flip_iuv) -> None:
    """Nothing is moved but one value of U, and one of V, of one place each."""
    for levels, (u, v) in ((4, (1, 3)), (5, (0, 2)), (3, (2, 1))):
        tables, places = same(2, levels), torch.arange(levels)
        tables[0, 1, u, v], tables[1, 1, v, u] = levels - 1 - u, levels - 1 - v
        grid = torch.meshgrid(places, places, indexing="ij")
        image = torch.stack([torch.ones_like(grid[0]), *grid])
        what = f"new: U of (U, V) = ({u}, {v}), and V of ({v}, {u})"
        check_flip(flip_iuv, image, [0, 1], tables, what)


def flip_twice(flip_iuv) -> None:
    """Parts that are their own mirror images."""
    for count, levels in ((3, 4), (6, 7)):
        swap = list(range(count))
        image, tables = image_of((5, 6), count, levels), consistent(swap, levels)
        tables[:, 0] = 0
        once = flip_iuv(image, tensor(swap), *tables)
        what = f"parts {swap} stay, T = {levels}"
        expect_shape(once, tuple(image.shape), what)
        twice = flip_iuv(once.long(), tensor(swap), *tables)
        for n, name in enumerate(NAMES):
            expect_close(twice[n], image[n], f"mirrored twice, {what}: {name}")


def flip_whose(flip_iuv) -> None:
    for swap in SWAPS:
        image, tables = image_of((6, 7), len(swap), 5, low=1), consistent(swap, 5)
        check_flip(flip_iuv, image, swap, tables, f"parts become {swap}")


def flip_background(flip_iuv) -> None:
    for swap in SWAPS:
        for levels in (5, 8):
            tables = consistent(swap, levels, seed=1)
            what = f"parts become {swap}, some pixels show the background"
            image = image_of((7, 8), len(swap), levels)
            check_flip(flip_iuv, image, swap, tables, what)
            check_flip(flip_iuv, 0 * image, swap, tables, "nobody is there")
