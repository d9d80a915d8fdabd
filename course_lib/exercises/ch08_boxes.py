"""Cases and hints of the exercises 08.4 to 08.6, on proposals and on tuning."""

from course_lib.exercises import ch08_offset_cases as offsets
from course_lib.exercises import ch08_place_cases as places
from course_lib.exercises import ch08_tune_cases as tuning
from course_lib.exercises.cases import Case

PLACE = [
    Case(
        "nothing moves",
        places.place_same,
        (
            "The box is as large as the map, at (0, 0), theta is the identity. What "
            "changes?",
            "Nothing: the way into normalised coordinates and the way out cancel.",
            "t = (2 * joints + 1) / cells - 1, out with ((s + 1) * size - 1) / 2.",
        ),
    ),
    Case(
        "cells and pixels",
        places.place_cells,
        (
            "A cell is 4 x 4 px. Where in the box is the centre of cell 0?",
            "At 1.5, since -1 is the outer edge of the first cell and of the first "
            "pixel: both at -1/2.",
            "(2 * joints + 1) / cells - 1, where cells is (w, h), and `size` is (h, "
            "w).",
        ),
    ),
    Case(
        "the box",
        places.place_box,
        (
            "Where is the left edge of a box that begins at pixel x?",
            "At x - 1/2; its width and height may be stretched by different factors.",
            "boxes[..., :2] - 0.5 + (s + 1) / 2 * boxes[..., 2:].",
        ),
    ),
    Case(
        "which way",
        places.place_shift,
        (
            "theta_3 = (0.25, 0): where in the proposal does the centre of the crop "
            "come from?",
            "From the right of its centre: theta leads from the crop to the proposal, "
            "and joints go the same way. Only maps need gamma.",
            "s = A t + theta_3.",
        ),
    ),
    Case(
        "a zoom",
        places.place_zoom,
        (
            "With A = 0.5 * identity, how much of the proposal is in the crop?",
            "Half of its sides. t is scaled, and then shifted by theta_3 in units of "
            "the proposal.",
            "A t + theta_3: not A (t + theta_3), and not t / A.",
        ),
    ),
    Case(
        "a turn",
        places.place_turn,
        (
            "Where does t = (1, 0) go, if A is not symmetric?",
            "To the first column of A, plus theta_3.",
            "t @ theta[:, :, :2].mT + theta[:, None, :, 2]: rows times the transpose.",
        ),
    ),
    Case(
        "each its own",
        places.place_each,
        (
            "Do two proposals share theta or a box?",
            "No: image b of the batch has theta[b] and boxes[b], for all its joints.",
            "boxes[:, None, :2] and theta[:, None, :, 2] broadcast over the joints.",
        ),
    ),
]

OFFSETS = [
    Case(
        "no error",
        offsets.offsets_perfect,
        (
            "What is the offset of a side that is found where it is?",
            "0, and so are its mean and its deviation.",
            "A difference of sides, found - truth.",
        ),
    ),
    Case(
        "four sides",
        offsets.offsets_sides,
        (
            "A box is shifted to the right, its width stays. How is its right side "
            "off?",
            "As much as its left one: sides are x, y, x + w, y + h, in this order.",
            "torch.cat([boxes[:, :2], boxes[:, :2] + boxes[:, 2:]], dim=-1), of both, "
            "then found - truth.",
        ),
    ),
    Case(
        "the true size",
        offsets.offsets_size,
        (
            "Left is 10 px off. By what do you divide, and by what if it is the top?",
            "By the true width, and by the true height: a detector may have lost half "
            "of its own.",
            "offsets / truth[:, 2:].repeat(1, 2).",
        ),
    ),
    Case(
        "divided first",
        offsets.offsets_share,
        (
            "Does a large person count more than a small one?",
            "No: each offset is divided by its own size, and then the mean is taken.",
            "(offsets / sizes).mean(dim=0), no sum over a sum.",
        ),
    ),
    Case(
        "the deviation",
        offsets.offsets_deviation,
        (
            "Two boxes are 0.1 off, to either side. And if there is only one?",
            "0.1, the root of the mean square; 0 for one box. Nothing is divided by "
            "n - 1.",
            "(own - own.mean(dim=0)).square().mean(dim=0).sqrt().",
        ),
    ),
    Case(
        "cluster by cluster",
        offsets.offsets_clusters,
        (
            "Raised arms move the top, sitting does not. Whose errors are averaged?",
            "Those of boxes of one cluster, around the mean of this cluster.",
            "own = offsets[clusters == c], for c in range(count).",
        ),
    ),
    Case(
        "an empty cluster",
        offsets.offsets_empty,
        (
            "How well are poses found that nobody took?",
            "Unknown is NaN, neither 0 nor left out: there are `count` rows.",
            "The mean of no rows is NaN; do not clamp their number.",
        ),
    ),
]

TUNE = [
    Case(
        "nothing to gain",
        tuning.tune_flat,
        (
            "All scores are equal. Where does the search end, and when?",
            "Where it began, after one look at each pair.",
            "Move only if the best score of a grid is > the score now; >= never ends.",
        ),
    ),
    Case(
        "two at once",
        tuning.tune_pairs,
        (
            "Two parameters help only if both are changed. Is one at a time enough?",
            "No: all combinations of two grids are tried, for the first two and for "
            "the last two. The score that comes back is that of the end.",
            "itertools.product(grids[first], grids[second]).",
        ),
    ),
    Case(
        "from the new place",
        tuning.tune_new_place,
        (
            "Where do the first two parameters stand while the last two are searched?",
            "At what the search before has found, not at the start.",
            "Set the best pair in `parameters` before you go on.",
        ),
    ),
    Case(
        "both pairs",
        tuning.tune_second_pair,
        (
            "The first pair gains nothing. Is that the end?",
            "Not before the other pair has been tried from the same place.",
            "Stop when both pairs, one after the other, gain nothing.",
        ),
    ),
    Case(
        "in turns",
        tuning.tune_turns,
        (
            "The second pair has moved. Is the first still at its best?",
            "Perhaps not any more: go on in turns until neither gains.",
            "while gained: gained = False; for pair in ((0, 1), (2, 3)): ...",
        ),
    ),
    Case(
        "never worse",
        tuning.tune_never_worse,
        (
            "The start is not on the grids, and better than all of them. What then?",
            "It stays: a search of a pair must not lower the score.",
            "Begin each search with the parameters and the score that you have.",
        ),
    ),
    Case(
        "few tries",
        tuning.tune_calls,
        (
            "How often is the score asked for four grids of 7 values?",
            "49 times for each pair, not 7^4 = 2,401 times: that is why the paper "
            "takes turns.",
            "A loop over two grids, with the two other parameters fixed.",
        ),
    ),
]
