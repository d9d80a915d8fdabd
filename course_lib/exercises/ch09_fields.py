"""Cases and hints of the exercises 09.2 to 09.4, on Part Affinity Fields."""

from course_lib.exercises import ch09_field_cases as fields
from course_lib.exercises import ch09_integral_cases as integrals
from course_lib.exercises.cases import Case

PAF = [
    Case(
        "a unit vector",
        fields.paf_unit,
        (
            "What does a long limb have that a short one has not?",
            "More cells, no longer vectors: the length of each is 1, it points from a "
            "to b, and x comes first.",
            "v = (b - a) / (b - a).norm(); field[0] holds v[0], field[1] holds v[1].",
        ),
    ),
    Case(
        "any direction",
        fields.paf_any_way,
        (
            "And if b is to the left of a, or above it?",
            "The same cells, but the components of the vectors are negative.",
            "No abs() on v: only the distance from the line has no sign.",
        ),
    ),
    Case(
        "its ends",
        fields.paf_ends,
        (
            "Does the field begin before a, or end after b?",
            "Neither, however wide the limb is; the cells of a and of b belong to it.",
            "along = v[0] * (x - a[0]) + v[1] * (y - a[1]); (along >= 0) & "
            "(along <= length).",
        ),
    ),
    Case(
        "how wide",
        fields.paf_width,
        (
            "With width 1, how many cells of 1 px are across a horizontal limb?",
            "Three: `width` counts to either side of the line, and includes it.",
            "across = v[0] * (y - a[1]) - v[1] * (x - a[0]); across.abs() <= width.",
        ),
    ),
    Case(
        "a slanted limb",
        fields.paf_slanted,
        (
            "Which cells are near a slanted line?",
            "Those at a small distance perpendicular to it: not straight up or down, "
            "and no box around the two ends.",
            "Two products: with v for the way along it, with (-v[1], v[0]) for the "
            "distance from it.",
        ),
    ),
    Case(
        "cells and pixels",
        fields.paf_cells,
        (
            "Joints and width are in px. And the cells?",
            "Their centres are, once you have made them so: cell 0 of stride 4 is at "
            "1.5.",
            "x = stride * torch.arange(w) + (stride - 1) / 2, and y likewise.",
        ),
    ),
    Case(
        "over the edge",
        fields.paf_edge,
        (
            "One end is outside of the map. Where does the limb point to?",
            "To where it is: the direction stays, and some cells are missing.",
            "Do not clamp a and b to the map, and leave nothing out because of them.",
        ),
    ),
    Case(
        "no length",
        fields.paf_no_length,
        (
            "Which way does a limb point whose two ends coincide?",
            "No way: its field is 0, and not NaN, which 0 / 0 makes.",
            "if length == 0: return torch.zeros(2, h, w).",
        ),
    ),
]

AVERAGE = [
    Case(
        "one person",
        fields.average_one,
        (
            "What is the mean over one person?",
            "This person's field, where it is 0 too: 0 / 0 is NaN.",
            "total / count.clamp(min=1).",
        ),
    ),
    Case(
        "apart",
        fields.average_apart,
        (
            "Two people, far apart. Is either field halved?",
            "No: in each cell count the people who have a vector there.",
            "n = (fields != 0).any(dim=1).sum(dim=0), (h, w), for each cell its own.",
        ),
    ),
    Case(
        "equal limbs",
        fields.average_same,
        (
            "Two people have the same vector in a cell. How long is their mean?",
            "As long as one: the sum is divided by two.",
            "fields.sum(dim=0) / n.clamp(min=1).",
        ),
    ),
    Case(
        "crossing",
        fields.average_crossing,
        (
            "A horizontal and a vertical limb cross. What is left in the cell?",
            "(0.5, 0.5): both count, in both components, and the mean is shorter than "
            "1.",
            "One n for x and y, and no division by the length of the mean.",
        ),
    ),
    Case(
        "who counts",
        fields.average_others,
        (
            "Which of three vectors in a cell are zero: (0, 0), (0, 1), (0.7, -0.7)?",
            "Only the first: a vector is not zero if x or y is not, whatever their "
            "signs and their sum.",
            "(fields != 0).any(dim=1): compare with 0 first, then ask both components.",
        ),
    ),
    Case(
        "opposite",
        fields.average_opposite,
        (
            "(1, 0) and (-1, 0) are in one cell. What is their mean, and of how many?",
            "0, of two people: count the people's vectors, not what is left of the "
            "sum.",
            "n from `fields`, (P, 2, h, w), before it is summed.",
        ),
    ),
    Case(
        "nobody",
        fields.average_nobody,
        (
            "What is the field of no people?",
            "0 everywhere, (2, h, w). fields.mean(dim=0) would be NaN.",
            "A sum over no people is 0, and so is n: clamp it to 1 at least.",
        ),
    ),
]

INTEGRAL = [
    Case(
        "its own limb",
        integrals.integral_own,
        (
            "All vectors of the PAF point from a to b. What is the score?",
            "1, for every length: the mean of products of two unit vectors.",
            "v = (b - a) / (b - a).norm(); s = (samples of the PAF * v).sum over x, y; "
            "s.mean().",
        ),
    ),
    Case(
        "the direction",
        integrals.integral_direction,
        (
            "Is a long vector of the PAF enough, whichever way it points?",
            "No: across the limb it gives 0, and a reversed one less than 0, which is "
            "not over `least`.",
            "vx * v[0] + vy * v[1]: no norm, no abs.",
        ),
    ),
    Case(
        "rows and columns",
        integrals.integral_rows,
        (
            "A sample is at x = 7, y = 2. Which row is that?",
            "Row 2, column 7: arrays index [y, x], points are (x, y).",
            "paf[:, y, x].",
        ),
    ),
    Case(
        "both ends",
        integrals.integral_ends,
        (
            "Five samples from 0 to 8: where are they?",
            "At 0, 2, 4, 6, 8: a and b are two of them.",
            "a + t * (b - a), with t in torch.linspace(0, 1, samples).",
        ),
    ),
    Case(
        "the nearest cell",
        integrals.integral_cells,
        (
            "A cell covers 4 x 4 px. Which pixels belong to cell 1?",
            "4, 5, 6 and 7, its centre is at 5.5. The nearest centre tells, nothing "
            "is interpolated.",
            "cell = ((point - (stride - 1) / 2) / stride).round().long().",
        ),
    ),
    Case(
        "over the least",
        integrals.integral_least,
        (
            "Nine samples support the limb, one does not. What is the mean of?",
            "Of the nine: neither those below `least` count, nor one that equals it.",
            "s[s > least].mean(), not the mean of all, and no sum / samples.",
        ),
    ),
    Case(
        "the share",
        integrals.integral_share,
        (
            "Three of ten samples lie on no limb. Is there a limb?",
            "Not for share = 0.8: over 0.8 of all samples must be over `least`, and "
            "exactly this share is too few.",
            "if not (s > least).sum() > share * samples: return 0.0.",
        ),
    ),
    Case(
        "no length",
        integrals.integral_no_length,
        (
            "Which way does a limb lead whose two candidates coincide?",
            "No way: the score is 0, neither NaN nor an error.",
            "if length == 0: return 0.0, before you divide.",
        ),
    ),
]
