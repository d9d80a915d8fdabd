"""The exercises of chapter 02, Efficient Object Localization: their cases and hints.

Those on windows and their refinement, 02.5 to 02.7, are in ch02_fine.
"""

from course_lib.exercises import ch02_cases as cases
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch02_fine import CROP, REFINE, WINDOW

CELL = [
    Case(
        "the centre of a cell",
        cases.cell_centre,
        (
            "Cell 0 of stride 4 covers the pixels 0, 1, 2 and 3. Where is its centre?",
            "Half-way between its first and its last pixel, at (stride - 1) / 2.",
            "offset = points - (stride * cells + (stride - 1) / 2).",
        ),
    ),
    Case(
        "the area of a cell",
        cases.cell_area,
        (
            "Does a point at 3.75 lie in pixel 3 or in pixel 4?",
            "Pixel 0 begins at -1/2, and so does cell 0: begin counting there.",
            "cells = torch.floor((points + 0.5) / stride).",
        ),
    ),
    Case(
        "x and y",
        cases.cell_axes,
        (
            "In which order do points come, and in which order should cells go?",
            "Cells are (column, row), as points are (x, y); leading axes stay.",
            "Nothing is swapped or flattened: one formula for the whole tensor.",
        ),
    ),
    Case(
        "points left of the image",
        cases.cell_negative,
        (
            "Which cell comes before cell 0?",
            "It is cell -1; a conversion to whole numbers cuts -0.1 to 0 instead.",
            "torch.floor goes down on both sides of 0; clamp nothing.",
        ),
    ),
    Case(
        "an edge between two cells",
        cases.cell_edge,
        (
            "What does rounding do with 0.5, and what with 1.5?",
            "It takes the even neighbour; here the edge belongs to the later cell.",
            "Use torch.floor((points + 0.5) / stride), not torch.round.",
        ),
    ),
    Case(
        "numbers that index a map",
        cases.cell_type,
        (
            "Can a tensor of floats say which element of a map you mean?",
            "torch.floor keeps the type of its input; indices are of type long.",
            "Return cells.long(), converted after torch.floor.",
        ),
    ),
]

QUARTER = [
    Case(
        "the cell of the peak",
        cases.quarter_cell,
        (
            "How does one number, the argmax of a flat map, give a row and a column?",
            "Rows lie one after another, w numbers each; every map has its own peak.",
            "best = heatmaps.flatten(2).argmax(dim=-1); x = best % w, y = best // w.",
        ),
    ),
    Case(
        "from cells to pixels",
        cases.quarter_pixels,
        (
            "Which pixel is at the centre of cell 0, when the stride is 8?",
            "Cell u covers the pixels s * u to s * u + s - 1; take their middle.",
            "stride * cell + (stride - 1) / 2.",
        ),
    ),
    Case(
        "a quarter to the left or right",
        cases.quarter_x,
        (
            "If the left neighbour is larger than the right, where is the joint?",
            "Only the sign of right - left counts; the step is a quarter of a cell.",
            "x = cell + 0.25 * (right - left).sign(), in cells, before the stride.",
        ),
    ),
    Case(
        "each axis by itself",
        cases.quarter_both,
        (
            "May a joint lie to the left of the centre and below it at once?",
            "Left and right decide on x, above and below on y; both may shift.",
            "y = cell + 0.25 * (below - above).sign(), like x, for every map.",
        ),
    ),
    Case(
        "a peak on the border",
        cases.quarter_border,
        (
            "Which neighbours does a cell of the first column have?",
            "One is missing, so x stays; y still shifts if it has both of its own.",
            "Shift x only where (x > 0) & (x < w - 1), y where (y > 0) & (y < h - 1).",
        ),
    ),
    Case(
        "equal neighbours",
        cases.quarter_equal,
        (
            "Which neighbour pulls the joint when both are the same?",
            "There are three outcomes: one way, the other, and none.",
            "sign() of the difference is -1, 0 or 1; `right > left` knows only two.",
        ),
    ),
]

DROPOUT = [
    Case(
        "in evaluation",
        cases.dropout_evaluation,
        (
            "What does the next layer receive in training, on average?",
            "A share 1 - p of x; Torch7 corrects that in evaluation, not in training.",
            "if not training: return x * (1 - p).",
        ),
    ),
    Case(
        "whole maps",
        cases.dropout_maps,
        (
            "Does a neighbour tell what a dropped activation was?",
            "Draw once for a map of H x W numbers, not once for each of them.",
            "Draw a mask of shape (N, C, 1, 1); multiplying repeats it over the map.",
        ),
    ),
    Case(
        "the maps that are left",
        cases.dropout_survivors,
        (
            "Where does the factor 1 - p enter: in training, in evaluation, or twice?",
            "PyTorch's Dropout2d divides by 1 - p in training; Torch7 did not.",
            "return x * keep, with a mask of zeros and ones and no other factor.",
        ),
    ),
    Case(
        "every map for itself",
        cases.dropout_independent,
        (
            "How many coins are tossed for N samples of C maps?",
            "N * C: no two samples share a mask, and no count is fixed in advance.",
            "torch.rand(N, C, 1, 1, generator=generator): nothing repeated or sorted.",
        ),
    ),
    Case(
        "the share of zeroed maps",
        cases.dropout_share,
        (
            "Is p the chance to stay or the chance to go?",
            "p is the chance that a map is zeroed; it stays with 1 - p.",
            "keep = torch.rand(..., generator=generator) >= p.",
        ),
    ),
    Case(
        "the generator",
        cases.dropout_generator,
        (
            "Who decides which maps are zeroed, and can somebody else repeat it?",
            "All numbers come from the generator passed in, just as it arrives.",
            "torch.rand(..., generator=generator); no global draw, no manual_seed.",
        ),
    ),
]

PCKH = [
    Case(
        "the size of a head",
        cases.pckh_head,
        (
            "In which unit does PCKh measure an error, and how long is that unit?",
            "0.6 times the diagonal of the head box; the box is (x, y, w, h).",
            "limit = alpha * 0.6 * boxes[:, 2:].norm(dim=-1); the result is a share.",
        ),
    ),
    Case(
        "exactly at the limit",
        cases.pckh_limit,
        (
            "Is a joint right when its error is just what is allowed?",
            "The comparison of the official evaluation includes equality.",
            "Use <=, not <.",
        ),
    ),
    Case(
        "a small and a large head",
        cases.pckh_people,
        (
            "Is an error of 10 px as bad for a large head as for a small one?",
            "Each person has a limit of their own; (N,) against (N, K) needs an axis.",
            "distance <= limit[:, None]: rows are people, columns are joints.",
        ),
    ),
    Case(
        "joints without a label",
        cases.pckh_labels,
        (
            "What can a joint whose place nobody marked say about a prediction?",
            "0 has no label and counts nowhere; 1 and 2 count once each.",
            "labelled = visible > 0; it selects in numerator and denominator.",
        ),
    ),
    Case(
        "people with different numbers of labels",
        cases.pckh_pooled,
        (
            "Is the total a mean of means, by person or by joint?",
            "It pools: all right joints over all labelled joints, divided once.",
            "(is_right & labelled).sum() / labelled.sum().",
        ),
    ),
    Case(
        "a missing prediction",
        cases.pckh_missing,
        (
            "Would a detector gain by staying silent on hard joints?",
            "NaN counts as wrong, and still counts; comparisons with NaN are False.",
            "Count distance <= limit as right; skip, fill or negate nothing.",
        ),
    ),
]

EXERCISES = [
    Exercise("02.1", CELL),
    Exercise("02.2", QUARTER),
    Exercise("02.3", DROPOUT),
    Exercise("02.4", PCKH),
    Exercise("02.5", CROP),
    Exercise("02.6", REFINE),
    Exercise("02.7", WINDOW),
]
