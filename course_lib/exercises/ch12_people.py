"""Cases and hints of the exercises 12.6 and 12.7, from fields to people."""

from course_lib.exercises import ch12_decode_cases as decodes
from course_lib.exercises import ch12_pixel_cases as pixels
from course_lib.exercises.cases import Case

DECODE = [
    Case(
        "along the tree",
        decodes.decode_tree,
        (
            "A peak is one joint. Where are the others?",
            "Each where its neighbour's mid offset leads: read at the neighbour, "
            "added to the neighbour's place, and so on to the last.",
            "pose[l] = pose[k] + mid(k, l, pose[k]), for an edge of a placed k and an "
            "l that is not.",
        ),
    ),
    Case(
        "both directions",
        decodes.decode_back,
        (
            "The peak is an ankle. Who leads to the hip?",
            "The same edges, from their other end: mid(l, k, y) is a field of its "
            "own, not minus the other one.",
            "For an edge (a, b): if a is placed, mid(a, b, pose[a]); if b is, mid(b, "
            "a, pose[b]).",
        ),
    ),
    Case(
        "edges in any order",
        decodes.decode_order,
        (
            "The first edge of the list is far from the peak. What do you do with it?",
            "It has to wait until one of its ends is placed.",
            "A list of placed joints that grows while you go through it, or several "
            "rounds over the edges, until all are placed.",
        ),
    ),
    Case(
        "several people",
        decodes.decode_two,
        (
            "Two peaks, far apart: how many people?",
            "Two, each complete, in the order in which they were begun.",
            "A loop over all peaks; one pose and one index more for each that is not "
            "rejected.",
        ),
    ),
    Case(
        "already there",
        decodes.decode_near,
        (
            "A second peak of the same joint, 5 px away. Whose is it?",
            "The same person's: within the radius of any person's joint k, it is "
            "rejected.",
            "any(distance(pose[k], place) <= radius for pose in poses).",
        ),
    ),
    Case(
        "found by others",
        decodes.decode_found,
        (
            "A person was begun by the nose. Here is a peak of the knee. A new one?",
            "Not if it is near the knee that the tree has led to: all joints count, "
            "not only those that were begun with.",
            "Compare with pose[k] of complete poses, and not with earlier peaks.",
        ),
    ),
    Case(
        "another joint",
        decodes.decode_kind,
        (
            "A hand lies on somebody's hip. Is its peak rejected?",
            "No: a hand is compared with hands.",
            "pose[k] alone, with the peak's own k, not all joints of the pose.",
        ),
    ),
    Case(
        "at the radius",
        decodes.decode_radius,
        (
            "A peak is exactly `radius` px away. And a little farther, diagonally?",
            "The first is rejected, the second is not: distances are Euclidean.",
            "(pose[k] - place).norm() <= radius.",
        ),
    ),
    Case(
        "the highest first",
        decodes.decode_highest,
        (
            "Which peak comes first: that of joint 0, or the first in the list?",
            "The highest, of whatever joint: no joint is privileged. The index is "
            "that in the list as it was given.",
            "for n in scores.argsort(descending=True, stable=True).tolist().",
        ),
    ),
    Case(
        "the rejected",
        decodes.decode_rejected,
        (
            "Peaks at 0, 7 and 14 px, the radius is 10. How many people?",
            "Two: the second is rejected, and so it rejects nobody.",
            "Compare with people only, and forget rejected peaks.",
        ),
    ),
    Case(
        "equal scores",
        decodes.decode_equal,
        (
            "Two peaks have the same score. Which one begins?",
            "The one that comes first in the list, whatever its joint.",
            "A stable sort, or a heap of (-score, index).",
        ),
    ),
    Case(
        "a single joint",
        decodes.decode_single,
        (
            "What if there are no edges?",
            "Then people have one joint, and a pose is its peak: (M, 1, 2).",
            "K = len(edges) + 1, not the highest number in edges.",
        ),
    ),
    Case(
        "no peaks",
        decodes.decode_nobody,
        (
            "What comes back for no peaks?",
            "Two tensors: (0, K, 2) and (0,). A stack of an empty list raises.",
            "torch.zeros(len(poses), K, 2), filled in a loop.",
        ),
    ),
]

PIXELS = [
    Case(
        "its own pixels",
        pixels.pixels_own,
        (
            "Where does a cell believe that the joints are?",
            "Where the long offsets lead from its centre: at x + L, dx first.",
            "believed = torch.stack([x, y]) + long, (K, 2, h, w).",
        ),
    ),
    Case(
        "the person map",
        pixels.pixels_person,
        (
            "A cell shows the floor. Whose is it?",
            "Nobody's, whatever it believes; at exactly `least` it is a person's.",
            "(person >= least) & (D <= limit).",
        ),
    ),
    Case(
        "by the person's size",
        pixels.pixels_scale,
        (
            "4 px: is that much?",
            "Not for a large person: distances are divided by the root of the box's "
            "area, one number for both sides.",
            "scale = (width * height).sqrt(), from the pose's lowest and highest x "
            "and y.",
        ),
    ),
    Case(
        "at the limit",
        pixels.pixels_limit,
        (
            "D is exactly `limit`. And what are the limits?",
            "The cell belongs to the person. `least` and `limit` are what is given; "
            "0.5 and 0.25 if left out.",
            "D <= limit.",
        ),
    ),
    Case(
        "a mean of distances",
        pixels.pixels_mean,
        (
            "One joint is 3 px to the left, one 3 px to the right. How far on average?",
            "3 px: the length of each difference first, then their mean; no squares.",
            "(believed - pose).norm(dim=1) over x and y, then the mean over joints.",
        ),
    ),
    Case(
        "the weights",
        pixels.pixels_presence,
        (
            "A joint with presence 0.05 is 9 px off. How much does that count?",
            "Little: each distance is weighted, and the sum is divided by the sum of "
            "the weights, however small.",
            "(presence * distance).sum() / presence.sum().",
        ),
    ),
    Case(
        "cells and pixels",
        pixels.pixels_cells,
        (
            "A cell covers 4 x 4 px. Where does its offset begin?",
            "At its centre, in px: for cell 0 at 1.5. Offsets are in px already.",
            "x = stride * torch.arange(w) + (stride - 1) / 2, and y likewise.",
        ),
    ),
    Case(
        "several owners",
        pixels.pixels_several,
        (
            "Two poses are near each other. To which does a cell belong?",
            "To both, if both are within the limit.",
            "D <= limit for each pose by itself; no argmin over the poses.",
        ),
    ),
    Case(
        "a missing joint",
        pixels.pixels_missing,
        (
            "A joint is NaN. How large is the box, and what is the mean over?",
            "Both are of the joints that are there: (0, 0) would enlarge the box, and "
            "0 * NaN is NaN.",
            "is_there = ~poses.isnan().any(dim=-1); inf and -inf for the others in min "
            "and max, and weight 0 after their NaN is gone.",
        ),
    ),
    Case(
        "nobody",
        pixels.pixels_nobody,
        (
            "What comes back for no poses?",
            "A tensor of shape (0, h, w): a stack of an empty list raises.",
            "All poses at once, without a loop, or torch.zeros(N, h, w) to fill.",
        ),
    ),
]
