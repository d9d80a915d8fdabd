"""What right answers to exercise 10.4 do; the hints are in ch10_train.

Pictures are drawn in letters: each has a colour of its own, "." is what was there
before. In a cut-out "." and "?" are outside of the mask, black and bright; "_" is black
and inside.
"""

from __future__ import annotations

import torch
from torch import tensor

from course_lib.exercises.cases import expect_close, expect_pair, expect_shape

SIZE = (6, 9)  # rows and columns
NONE = ["." * SIZE[1]] * SIZE[0]
CutOut = tuple[torch.Tensor, torch.Tensor, tuple[int, int]]


def background() -> torch.Tensor:
    """An image (3, H, W), every value another one, from 0.1 to 0.4."""
    return torch.linspace(0.1, 0.4, 3 * SIZE[0] * SIZE[1]).view(3, *SIZE)


def colour(letter: str) -> list[float]:
    """The three channels of a letter."""
    if letter in "._":
        return [0.0, 0.0, 0.0]
    if letter == "?":
        return [0.95, 0.9, 0.97]
    share = 0.5 + (ord(letter) - ord("a")) / 60
    return [share, share + 0.005, share - 0.005]


def cutout(rows: list[str], corner: tuple[int, int]) -> CutOut:
    """Colours (3, h, w), mask (h, w) and corner (x, y) of what is drawn in letters."""
    colours = tensor([[colour(letter) for letter in row] for row in rows])
    mask = tensor([[letter not in ".?" for letter in row] for row in rows])
    return colours.permute(2, 0, 1).contiguous(), mask, corner


def pasted(answer, cutouts: list, joints, flags, what: str) -> tuple:
    """Image and flags that come back; FormError when their shapes are others."""
    places = tensor(joints, dtype=torch.float32)
    given = background(), cutouts, places, tensor(flags)
    image, shown = expect_pair(answer(*given), "image and flags")
    expect_shape(image, (3, *SIZE), f"{what}: the image")
    expect_shape(shown, (len(flags),), f"{what}: the flags")
    return image, shown


def check_image(answer, cutouts: list[tuple], rows: list[str]) -> None:
    """AssertionError when the picture is another; cutouts: pairs (rows, corner)."""
    what = f"cut-outs (rows, corner) {cutouts}"
    made = [cutout(*one) for one in cutouts]
    image, _ = pasted(answer, made, [[4.0, 3.0]], [2], what)
    want = background()
    for v, row in enumerate(rows):
        for u, letter in enumerate(row):
            if letter != ".":
                want[:, v, u] = tensor(colour(letter))
    expect_close(image, want, f"{what}: the image")


def check_flags(answer, cutouts: list[tuple], joints, flags, wanted: list) -> None:
    """AssertionError when other flags come back than wanted."""
    what = f"cut-outs (rows, corner) {cutouts}, joints {joints}, flags {flags}"
    made = [cutout(*one) for one in cutouts]
    _, shown = pasted(answer, made, joints, flags, what)
    expect_close(shown, wanted, f"{what}: the flags")


def paste_inside(paste_cutouts) -> None:
    rows = [*NONE[:1], "....abc..", "....def..", *NONE[3:]]
    check_image(paste_cutouts, [(["abc", "def"], (4, 1))], rows)
    rows = ["a........", "b........", "c........", *NONE[3:]]
    check_image(paste_cutouts, [(["a", "b", "c"], (0, 0))], rows)
    rows = ["abcdefghi"[n:] + "abcdefghi"[:n] for n in range(6)]
    check_image(paste_cutouts, [(rows, (0, 0))], rows)
    check_image(paste_cutouts, [(["z"], (8, 5))], [*NONE[:5], "........z"])


def paste_outline(paste_cutouts) -> None:
    drawn = [".a.", "bcd", "e.f"]
    rows = [*NONE[:2], "......a..", ".....bcd.", ".....e.f.", NONE[5]]
    check_image(paste_cutouts, [(drawn, (5, 2))], rows)
    check_image(paste_cutouts, [(["...", "..."], (1, 1))], NONE)


def paste_black(paste_cutouts) -> None:
    rows = [*NONE[:2], ".a_b.....", ".__......", *NONE[4:]]
    check_image(paste_cutouts, [(["a_b", "__."], (1, 2))], rows)
    rows = [*NONE[:2], "..ab.....", "..._.....", *NONE[4:]]
    check_image(paste_cutouts, [(["?ab", "??_"], (1, 2))], rows)


def paste_over_edge(paste_cutouts) -> None:
    drawn = ["abc", "def", "g.h"]
    rows = [*NONE[:1], ".......ab", ".......de", ".......g.", *NONE[4:]]
    check_image(paste_cutouts, [(drawn, (7, 1))], rows)
    rows = [*NONE[:4], "..abc....", "..def...."]
    check_image(paste_cutouts, [(drawn, (2, 4))], rows)
    check_image(paste_cutouts, [(drawn, (8, 5))], [*NONE[:5], "........a"])


def paste_before(paste_cutouts) -> None:
    drawn = ["abc", "def", "g.h"]
    rows = [*NONE[:2], "c........", "f........", "h........", NONE[5]]
    check_image(paste_cutouts, [(drawn, (-2, 2))], rows)
    rows = ["...def...", "...g.h...", *NONE[2:]]
    check_image(paste_cutouts, [(drawn, (3, -1))], rows)
    rows = ["ef.......", ".h.......", *NONE[2:]]
    check_image(paste_cutouts, [(drawn, (-1, -1))], rows)
    wide = ["abcdefghijklm"] * 8
    check_image(paste_cutouts, [(wide, (-2, -1))], ["cdefghijk"] * 6)


def paste_outside(paste_cutouts) -> None:
    for x, y in ((9, 2), (11, 2), (-3, 2), (-5, 2), (4, 6), (4, 8), (4, -3), (4, -5)):
        check_image(paste_cutouts, [(["abc", "def", "ghi"], (x, y))], NONE)
    for x, y in ((-40, -40), (-5, 90), (200, 3)):
        check_image(paste_cutouts, [(["abc", "def", "ghi"], (x, y))], NONE)


def paste_hidden(paste_cutouts) -> None:
    joints = [[2, 2], [3, 2], [5, 2], [4, 4], [3, 3], [2, 3]]
    given = [([".ab", "c_.", "..d"], (2, 2))], joints, [2] * 6
    check_flags(paste_cutouts, *given, [2, 1, 2, 1, 1, 1])
    given = [(["a", "b"], (2, 4))], [[2, 5], [5, 2], [2, 4], [4, 2]], [2] * 4
    check_flags(paste_cutouts, *given, [1, 2, 1, 2])


def paste_flags(paste_cutouts) -> None:
    joints = [[4, 2], [4, 2], [4, 2], [0, 0], [0, 0], [0, 0]]
    given = [(["abc"], (3, 2))], joints, [0, 1, 2, 0, 1, 2]
    check_flags(paste_cutouts, *given, [0, 1, 1, 0, 1, 2])
    given = [(["abc"], (0, 0))], [[0, 0], [1, 0], [8, 5]], [0, 2, 2]  # none at (0, 0)
    check_flags(paste_cutouts, *given, [0, 1, 2])


def paste_nearest(paste_cutouts) -> None:
    for dx, dy in ((0.4, 0.4), (-0.4, 0.4), (0.4, -0.4), (-0.4, -0.4)):
        joints = [[x + dx, y + dy] for x, y in ((4, 3), (3, 3), (5, 3), (4, 2), (4, 4))]
        given = [(["a"], (4, 3))], joints, [2] * 5
        check_flags(paste_cutouts, *given, [1, 2, 2, 2, 2])
    for corner, joint in (((0, 0), [-0.4, 0.3]), ((8, 5), [8.4, 5.4])):
        check_flags(paste_cutouts, [(["a"], corner)], [joint], [2], [1])


def paste_off_image(paste_cutouts) -> None:
    full = ["abcdefghi"] * SIZE[0], (0, 0)
    joints = [[-1, 2], [3, -1], [9, 2], [3, 6], [-40, 2], [400, 900], [3, 2]]
    check_flags(paste_cutouts, [full], joints, [2] * 7, [2] * 6 + [1])
    given = [(["abc", "def"], (-2, -1))], [[-1, 0], [-2, -1], [0, 0]], [2, 2, 2]
    check_flags(paste_cutouts, *given, [2, 2, 1])


def paste_several(paste_cutouts) -> None:
    first, second = (["aaa", "aaa"], (2, 1)), (["bb", "b.", "bb"], (4, 2))
    rows = [NONE[0], "..aaa....", "..aabb...", "....b....", "....bb...", NONE[5]]
    check_image(paste_cutouts, [first, second], rows)
    rows = [NONE[0], "..aaa....", "..aaab...", "....b....", "....bb...", NONE[5]]
    check_image(paste_cutouts, [second, first], rows)
    joints = [[2, 1], [4, 2], [5, 4], [5, 3], [7, 0]]
    for cutouts in ([first, second], [second, first]):
        check_flags(paste_cutouts, cutouts, joints, [2] * 5, [1, 1, 1, 2, 2])
    cutouts = [first, second, (["c"], (7, 0))]
    check_flags(paste_cutouts, cutouts, joints, [2] * 5, [1, 1, 1, 2, 1])


def paste_none(paste_cutouts) -> None:
    check_image(paste_cutouts, [], NONE)
    check_flags(paste_cutouts, [], [[0, 0], [4, 3], [9, 9]], [2, 1, 0], [2, 1, 0])
