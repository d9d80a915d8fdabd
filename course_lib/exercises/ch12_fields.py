"""Cases and hints of the exercises 12.3 to 12.5, on what fields of offsets tell."""

from course_lib.exercises import ch12_hough_cases as votes
from course_lib.exercises import ch12_oks_cases as scores
from course_lib.exercises import ch12_refine_cases as fields
from course_lib.exercises.cases import Case

HOUGH = [
    Case(
        "where a vote goes",
        votes.hough_where,
        (
            "Cell (2, 1) has the offset (4, 2). For which place does it vote?",
            "For (6, 3): from its centre along the offset, dx to columns, dy to rows.",
            "x = columns + short[0] / stride, y = rows + short[1] / stride, in cells.",
        ),
    ),
    Case(
        "its weight",
        votes.hough_weight,
        (
            "How much does a vote count, and by what is their sum divided?",
            "Its heat counts. The sum is divided by the number of cells that a disk "
            "covers: pi * radius**2, if the stride is 1.",
            "h / (torch.pi * (radius / stride) ** 2): not by its sum, and not by its "
            "maximum.",
        ),
    ),
    Case(
        "a vote is split",
        votes.hough_split,
        (
            "A vote arrives half-way between two centres. Who gets it?",
            "Both, a half each: in general the four cells around, the nearer the more.",
            "Column floor(x) gets 1 - s of it, the next one s, with s = x - floor(x); "
            "rows likewise, and the two shares are multiplied.",
        ),
    ),
    Case(
        "votes add up",
        votes.hough_many,
        (
            "Two cells vote for the same place. What is there?",
            "The sum of both. h[rows, columns] += weights keeps only one of several.",
            "h.index_put_((rows, columns), weights, accumulate=True), or np.add.at.",
        ),
    ),
    Case(
        "every cell votes",
        votes.hough_all,
        (
            "Does a cell with heat 0.01 vote?",
            "It does, with 0.01: there is no threshold.",
            "All cells of the map, no heat > 0.5, and nothing rounded.",
        ),
    ),
    Case(
        "cells and pixels",
        votes.hough_cells,
        (
            "Offsets and the radius are in px. How far is 8 px on a map of stride 4?",
            "Two cells. A cell with offset 0 votes for itself, at any stride, and a "
            "disk covers fewer cells.",
            "columns + short[0] / stride, and torch.pi * (radius / stride) ** 2.",
        ),
    ),
    Case(
        "over the border",
        votes.hough_border,
        (
            "A vote leads off the map. Where does it go?",
            "It is lost. Of a vote on the border, each of the four shares is kept or "
            "lost for itself, and an index of -1 is not the last column.",
            "For each of the four corners: is_on = (x >= 0) & (x < w) & (y >= 0) & "
            "(y < h), and no clamp.",
        ),
    ),
]

REFINE = [
    Case(
        "one step",
        fields.refine_joint,
        (
            "A mid offset leads near the other joint. Who knows the rest of the way?",
            "The short offset there: at x + M(x), not at x, and not at M(x). It is "
            "added to M(x).",
            "mid + S, where S is `short`, read at (column + mid[0], row + mid[1]).",
        ),
    ),
    Case(
        "between centres",
        fields.refine_between,
        (
            "The mid offset ends between four cells. Which short offset is it?",
            "A mean of all four, bilinearly.",
            "F.grid_sample as in 12.2, no rounding.",
        ),
    ),
    Case(
        "cells and pixels",
        fields.refine_cells,
        (
            "A cell covers 4 x 4 px. Where does its mid offset begin?",
            "At the cell's centre, in px. For the look-up the place is taken to cells, "
            "and what is read there is in px again.",
            "place = stride * cell + (stride - 1) / 2 + mid; cell there = (place - "
            "(stride - 1) / 2) / stride; mid + what is read.",
        ),
    ),
    Case(
        "several steps",
        fields.refine_steps,
        (
            "Where is the short offset of the second step?",
            "At the place that the first step has reached. There are as many steps as "
            "`steps` says, two if it is left out.",
            "for _ in range(steps): mid = mid + read(short, centres + mid).",
        ),
    ),
    Case(
        "no step",
        fields.refine_none,
        (
            "And if `steps` is 0?",
            "Then the mid offsets are as before.",
            "range(0) is empty: no step before the loop, and none after it.",
        ),
    ),
    Case(
        "beyond the border",
        fields.refine_border,
        (
            "The mid offset leads off the map. What is the short offset there?",
            "That of the nearest place within the outer cells' centres, as in 12.2; M "
            "itself is not cut off.",
            'padding_mode="border".',
        ),
    ),
    Case(
        "gradients",
        fields.refine_gradient,
        (
            "Which fields learn from the refined one?",
            "Both; and the mid offsets in two ways, directly and through the place "
            "where S is read.",
            "No .detach() and no no_grad(), neither for M, for S, nor for x + M.",
        ),
    ),
]

OKS = [
    Case(
        "all at the joint",
        scores.oks_sure,
        (
            "All votes are where the joint is, in one cell. How sure are we?",
            "As sure as p: however high the map is there, its sum in the disk is "
            "taken to 1.",
            "presence * (share * similarity).sum(), with share = h / h.sum() in the "
            "disk.",
        ),
    ),
    Case(
        "away from it",
        scores.oks_far,
        (
            "All votes are 3 px away. How similar is that?",
            "exp(-9 / (2 * area * kappa**2)), as in OKS: the distance and kappa are "
            "squared, the area is a square already.",
            "torch.exp(-(dx**2 + dy**2) / (2 * area * kappa**2)).",
        ),
    ),
    Case(
        "an expectation",
        scores.oks_mean,
        (
            "Half of the votes are right, half are 3 px off. What do we expect?",
            "The mean of the two similarities, weighted by the votes: not the "
            "similarity of a mean distance, and not that of the highest cell.",
            "(h * similarity).sum() / h.sum().",
        ),
    ),
    Case(
        "in the disk",
        scores.oks_disk,
        (
            "Somebody else has votes far away. Do they count?",
            "Neither above nor below the line: h is 0 outside of the disk, before its "
            "sum is taken.",
            "h = h * (distance <= radius), first of all.",
        ),
    ),
    Case(
        "the disk's border",
        scores.oks_border,
        (
            "A centre is exactly `radius` px away. Is it in the disk?",
            "Yes: at most `radius`.",
            "<= and not <.",
        ),
    ),
    Case(
        "cells and pixels",
        scores.oks_cells,
        (
            "A cell covers 4 x 4 px. How far is the next centre?",
            "4 px: joint, radius and area are in px, and the centre of cell 0 is at "
            "1.5.",
            "x = stride * torch.arange(w) + (stride - 1) / 2, then all in px.",
        ),
    ),
    Case(
        "each joint",
        scores.oks_joints,
        (
            "How many scores do K joints have?",
            "K: each has its own map, disk, presence and kappa.",
            "kappa[:, None, None] with maps (K, h, w); sums over dims 1 and 2.",
        ),
    ),
    Case(
        "the height of h",
        scores.oks_height,
        (
            "All votes are a hundredth of what they were. How does the score change?",
            "Not at all: h is a density, and its height depends on the resolution.",
            "Divide by the sum alone; an eps that is added changes low maps.",
        ),
    ),
    Case(
        "off the map",
        scores.oks_off_map,
        (
            "A joint lies off the map. Where is its disk?",
            "Around it, as ever: some of its cells may be on the map.",
            "Do not clamp the joint to the map, and cut no window out of it.",
        ),
    ),
    Case(
        "no votes",
        scores.oks_nothing,
        (
            "There are no votes in the disk. What is 0 / 0?",
            "NaN; the score is 0, and those of the other joints stay.",
            "torch.where(total > 0, score / total, 0).",
        ),
    ),
]
