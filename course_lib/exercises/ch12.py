"""The exercises of chapter 12, PersonLab: their cases and hints.

12.3 to 12.5 are in ch12_fields, 12.6 and 12.7 in ch12_people.
"""

from course_lib.exercises import ch12_cases as cases
from course_lib.exercises import ch12_sample_cases as samples
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch12_fields import HOUGH, OKS, REFINE
from course_lib.exercises.ch12_people import DECODE, PIXELS

DISK = [
    Case(
        "a flat disk",
        cases.disk_flat,
        (
            "How high is the target 2 px from the joint, and how high at 1 px?",
            "1 at both, in a circle of this radius around the joint; x is the column, "
            "y the row. It is no Gaussian.",
            "heat = (distance <= radius).float(), with (dx**2 + dy**2).sqrt().",
        ),
    ),
    Case(
        "its border",
        cases.disk_border,
        (
            "A centre is exactly `radius` px away. Is the cell in the disk?",
            "Yes: at most `radius`.",
            "<= and not <.",
        ),
    ),
    Case(
        "cells and pixels",
        cases.disk_cells,
        (
            "A cell covers 4 x 4 px. Where is the centre of cell 0, and how wide is "
            "the disk?",
            "At 1.5. Joints and the radius are in px: take cells to px, and not the "
            "joints to cells.",
            "x = stride * torch.arange(w) + (stride - 1) / 2, and y likewise.",
        ),
    ),
    Case(
        "the short offsets",
        cases.disk_offsets,
        (
            "Where does the arrow of a cell begin, and where does it end?",
            "It leads from the cell's centre to the joint, in px, dx first; outside "
            "of the disk it is 0.",
            "torch.stack([joint_x - x, joint_y - y]) * heat: not divided by the "
            "stride, and not rounded.",
        ),
    ),
    Case(
        "the owner",
        cases.disk_owner,
        (
            "Whose disk is this, and whose is the rest?",
            "The row of the joint in `joints`, from 0; -1 outside of all disks, since "
            "0 is a person.",
            "owner = torch.where(heat > 0, nearest, -1).",
        ),
    ),
    Case(
        "two disks meet",
        cases.disk_overlap,
        (
            "A cell is in two disks. How high is the heat, and where does it point?",
            "The heat is 1, not 2, and the offset leads to the nearer joint: neither "
            "to their mean, nor to the last one.",
            "Distances (P, h, w), and their min over dim 0: its values say whether, "
            "its indices say whose.",
        ),
    ),
    Case(
        "equally near",
        cases.disk_equal,
        (
            "Two joints are equally near. Which one owns the cell?",
            "The first of them in `joints`.",
            "argmin takes the first; in a loop, replace only what is nearer, by <.",
        ),
    ),
    Case(
        "a missing joint",
        cases.disk_missing,
        (
            "Someone lacks the joint. Whose number does the next one have?",
            "Its row, as before: the missing one has no disk, but keeps its place in "
            "the list. NaN is not (0, 0), and a minimum over NaN is NaN.",
            "distance.nan_to_num(nan=torch.inf) before the minimum.",
        ),
    ),
    Case(
        "nobody",
        cases.disk_nobody,
        (
            "What are the targets if nobody has the joint?",
            "Heat and offsets 0, owner -1, all of the usual shape, although a minimum "
            "over nothing raises.",
            "Add a joint that is infinitely far away as the last one, or return early.",
        ),
    ),
]

SAMPLE = [
    Case(
        "at a centre",
        samples.sample_centre,
        (
            "A point is at the centre of a cell. What is read there?",
            "All channels of this cell, (N, C): x is the column, y the row.",
            "F.grid_sample takes (x, y), -1 to 1. With align_corners=False these are "
            "the outer edges of the map: (2 * u + 1) / w - 1 for column u.",
        ),
    ),
    Case(
        "between centres",
        samples.sample_between,
        (
            "A point is between four centres. What is read?",
            "A mean of all four, bilinearly: weighted by 1 - distance along x, times "
            "1 - distance along y.",
            "F.grid_sample with its mode bilinear, no rounding.",
        ),
    ),
    Case(
        "cells and pixels",
        samples.sample_cells,
        (
            "Points are in px. In which column is x = 1.5, if a cell has 4 px?",
            "In column 0, at its centre. Only places are converted, not the values, "
            "which stay as they are.",
            "u = (x - (stride - 1) / 2) / stride.",
        ),
    ),
    Case(
        "beyond the border",
        samples.sample_border,
        (
            "A point is outside of the outer cells' centres. What is read there?",
            "What is at the nearest place within them: no zeros, no mirror image, "
            "nothing extrapolated.",
            'padding_mode="border", or u.clamp(0, w - 1) before anything else; if you '
            "take four cells by hand, keep the second ones on the map too.",
        ),
    ),
    Case(
        "gradients to the field",
        samples.sample_field_gradient,
        (
            "Who learns from what is read?",
            "The cells around each point, by their shares.",
            "No .detach(), .item() or no_grad() on the way, and no new tensor of "
            "values.",
        ),
    ),
    Case(
        "gradients to the points",
        samples.sample_point_gradient,
        (
            "What happens to what is read if a point moves by 1 px?",
            "It changes by the slope of the field there, per px: the shares depend on "
            "the point.",
            "Only the corners are rounded; u - u.floor() keeps the gradient. No "
            "tensor(...) or .detach() of the points.",
        ),
    ),
    Case(
        "a single row",
        samples.sample_single,
        (
            "What is read of a field of one row?",
            "The row, wherever the point is in y; w - 1 or h - 1 may be 0, and 0 / 0 "
            "is NaN.",
            "With align_corners=False, (2 * u + 1) / w - 1 divides by w, never 0.",
        ),
    ),
    Case(
        "no points",
        samples.sample_nowhere,
        (
            "What comes back for no points?",
            "A tensor of shape (0, C): a stack of an empty list raises.",
            "All points at once, without a loop.",
        ),
    ),
]

EXERCISES = [
    Exercise("12.1", DISK),
    Exercise("12.2", SAMPLE),
    Exercise("12.3", HOUGH),
    Exercise("12.4", REFINE),
    Exercise("12.5", OKS),
    Exercise("12.6", DECODE),
    Exercise("12.7", PIXELS),
]
