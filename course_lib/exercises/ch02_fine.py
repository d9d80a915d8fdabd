"""Cases and hints of the exercises 02.5 to 02.7, on windows and their refinement."""

from course_lib.exercises import ch02_fine_cases as cases
from course_lib.exercises.cases import Case

CROP = [
    Case(
        "a window inside the map",
        cases.crop_inside,
        (
            "Which columns does a window of size 3 around column 4 show?",
            "size // 2 to each side of the centre: y picks rows, x columns.",
            "rows = y + arange(-r, r + 1), columns = x + arange(-r, r + 1), "
            "r = size // 2.",
        ),
    ),
    Case(
        "samples, joints, channels",
        cases.crop_batch,
        (
            "How many windows does one joint get, and from which sample's maps?",
            "One for each channel, cut from its own sample; the order is B, K, C.",
            "maps[b, :, rows, columns] with b = arange(B)[:, None, None, None] puts C "
            "last: move it with movedim(-1, 2).",
        ),
    ),
    Case(
        "over the border",
        cases.crop_border,
        (
            "What does the map hold at column -1?",
            "Nothing, so 0: neither the nearest cell nor one from the other end.",
            "inside = (x >= 0) & (x < W) & (y >= 0) & (y < H); clamp the indices, then "
            "multiply by inside.",
        ),
    ),
    Case(
        "a centre far outside",
        cases.crop_outside,
        (
            "How far can the coarse network be off, and how far can a centre be?",
            "Padding by size // 2 reaches only the nearest centres; any may come.",
            "Clamp the indices to the map before indexing and zero what was outside.",
        ),
    ),
    Case(
        "the gradient",
        cases.crop_gradient,
        (
            "How does the fine loss reach the features that it shares?",
            "Indexing can be differentiated; .data, .detach() and NumPy cut it off.",
            "Index `maps` itself: autograd adds where windows overlap.",
        ),
    ),
]

REFINE = [
    Case(
        "a peak in the middle",
        cases.refine_middle,
        (
            "Where is the joint when the fine map peaks at its very centre?",
            "Cell n // 2 lies on the coarse point; count cells from there.",
            "coarse + stride_fine * (best - n // 2); no half cell is left to add.",
        ),
    ),
    Case(
        "right and up",
        cases.refine_axes,
        (
            "Which index of a map is x, the first or the second?",
            "A map is indexed [y, x]: % n gives the column, // n the row.",
            "torch.stack([best % n, best // n], dim=-1).",
        ),
    ),
    Case(
        "other strides",
        cases.refine_stride,
        (
            "How many px are two cells of the fine map?",
            "A cell measures stride_fine px, which need not be a whole number.",
            "Multiply the steps from the middle cell by stride_fine.",
        ),
    ),
    Case(
        "many joints, other windows",
        cases.refine_batch,
        (
            "How many peaks are there to find in a tensor (B, K, n, n)?",
            "B * K, one for each map; n is read from the shape.",
            "fine_maps.flatten(2).argmax(dim=-1) is (B, K).",
        ),
    ),
    Case(
        "a map without a peak",
        cases.refine_empty,
        (
            "Where is the largest value of a map that is 0 everywhere?",
            "argmax names some cell all the same; 0 and less mean: not seen.",
            "Where fine_maps.amax(dim=(-2, -1)) <= 0, return the coarse point.",
        ),
    ),
    Case(
        "each map decides alone",
        cases.refine_mixed,
        (
            "One joint has left its window. What about the others?",
            "Every map has its own test, on its best value: a small one is enough.",
            "found = fine_maps.amax(dim=(-2, -1)) > 0; "
            "torch.where(found[..., None], moved, coarse).",
        ),
    ),
]

WINDOW = [
    Case(
        "half a window to each side",
        cases.window_half,
        (
            "The window is centred on the coarse point. How far does it reach?",
            "size / 2 to the left and as far to the right; errors have a sign.",
            "A joint is inside when errors.abs() <= size / 2.",
        ),
    ),
    Case(
        "along both axes",
        cases.window_axes,
        (
            "Which joints does a square hold that a disc of its width does not?",
            "x and y each have to be inside; their distance does not matter.",
            "inside = (errors.abs() <= size / 2).all(dim=-1).",
        ),
    ),
    Case(
        "a joint on the edge",
        cases.window_edge,
        (
            "Does a window hold a joint that lies just on its edge?",
            "Here it does: the comparison includes equality.",
            "Use <=, not <.",
        ),
    ),
    Case(
        "enough joints",
        cases.window_share,
        (
            "What does a window cost that no joint ever leaves?",
            "Take the smallest that holds at least this share of the joints.",
            "return size as soon as inside.float().mean() >= share.",
        ),
    ),
    Case(
        "sizes in any order",
        cases.window_order,
        (
            "Is the first window that suffices the smallest one?",
            "Only if the sizes grow; go through them in that order.",
            "for size in sorted(sizes).",
        ),
    ),
    Case(
        "none is large enough",
        cases.window_none,
        (
            "What is the best choice when every window loses too many joints?",
            "The largest loses the fewest.",
            "After the loop, return max(sizes).",
        ),
    ),
]
