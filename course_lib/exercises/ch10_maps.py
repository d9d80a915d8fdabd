"""Cases and hints of the exercises 10.5 and 10.6, on the maps of a crowd."""

from course_lib.exercises import ch10_merge_cases as merges
from course_lib.exercises import ch10_target_cases as targets
from course_lib.exercises.cases import Case

MERGE = [
    Case(
        "the higher peak",
        merges.merge_peak,
        (
            "Two maps have a peak each, one is higher. Where is the joint, and how "
            "sure are you?",
            "At the higher peak, as (x, y), with its value; the other one is not used.",
            "values, index = maps.flatten(-2).max(dim=-1); x = index % w, y = index "
            "// w.",
        ),
    ),
    Case(
        "its flag",
        merges.merge_flag,
        (
            "What does the winning branch say about the joint?",
            "That it is visible, 2, or occluded, 1: the course's flags, no bool.",
            "torch.where(visible_peak >= occluded_peak, 2, 1).",
        ),
    ),
    Case(
        "joint by joint",
        merges.merge_joints,
        (
            "The head is seen and the knee is hidden. Which branch wins?",
            "Each joint of each person has its own winner.",
            "maps.amax(dim=(-2, -1)), (B, K), of both branches.",
        ),
    ),
    Case(
        "peaks, not areas",
        merges.merge_areas,
        (
            "One map is low and wide, the other one has a narrow peak. Which wins?",
            "The one with the larger maximum; sums and means are not asked.",
            "Compare amax, not sum or mean, and do not mix the maps.",
        ),
    ),
    Case(
        "a quarter",
        merges.merge_quarter,
        (
            "The right neighbour of the peak is higher than the left one. Where is "
            "the joint?",
            "A quarter of a cell to the right: x + 0.25. Rows count downwards.",
            "0.25 * torch.sign(right - left), and likewise below - above.",
        ),
    ),
    Case(
        "its own neighbours",
        merges.merge_neighbours,
        (
            "Whose neighbours decide on the quarter?",
            "Those in the map of the winner. The larger of both maps in each cell has "
            "the right peak, and other neighbours.",
            "torch.where(is_visible[..., None, None], visible_maps, occluded_maps), "
            "then decode.",
        ),
    ),
    Case(
        "equal neighbours",
        merges.merge_even,
        (
            "Both neighbours are equal. Which way does the joint go?",
            "Neither: torch.sign(0) is 0.",
            "No torch.where(right > left, 0.25, -0.25).",
        ),
    ),
    Case(
        "the border",
        merges.merge_border,
        (
            "What is the right neighbour of a peak in the last column?",
            "There is none, so such a peak stays, in x and in y; and so in the first "
            "column, the first row and the last.",
            "is_inner = (x > 0) & (x < w - 1) & (y > 0) & (y < h - 1), times both "
            "shifts; clamp the indices.",
        ),
    ),
    Case(
        "equal peaks",
        merges.merge_tie,
        (
            "Both branches are equally sure. Which counts?",
            "The visible one.",
            ">=, not >.",
        ),
    ),
    Case(
        "below zero",
        merges.merge_negative,
        (
            "A network may answer with values below 0. What is the peak then?",
            "Still the maximum: nothing is clamped, and no absolute value is taken.",
            "No relu, no clamp, no zeros to begin with.",
        ),
    ),
]

TARGET = [
    Case(
        "its own joints",
        targets.target_own,
        (
            "A joint lies on the centre of a cell. How high is the map there, and "
            "how wide is the bell?",
            "1 there; exp(-1/2) at sigma cells. x is the column, y the row.",
            "torch.exp(-(across**2 + down**2) / (2 * sigma**2)), in cells.",
        ),
    ),
    Case(
        "cells and pixels",
        targets.target_cells,
        (
            "The crop's left edge is at x - 1/2, its right edge at x + w - 1/2. Where "
            "is the centre of the first cell?",
            "Half a cell from the edge. Cells may be wider than high, and joints are "
            "not rounded to them.",
            "cells = (joints - corner + 0.5) / extent * tensor([w, h]) - 0.5.",
        ),
    ),
    Case(
        "about its centre",
        targets.target_centre,
        (
            "The box grows by a quarter. To which sides?",
            "To all four: the centre x + (w - 1) / 2 stays. In the released code, the "
            "box in which it looks for others keeps its corner: it grows only to the "
            "right and down.",
            "extent = factor * box[2:]; corner = box[:2] + (box[2:] - extent) / 2.",
        ),
    ),
    Case(
        "half as high",
        targets.target_others,
        (
            "How high is the map at another person's joint?",
            "`weight`: the same bell, times 0.5 unless told otherwise.",
            "bells * torch.where(torch.arange(P) == own, 1.0, weight), person by "
            "person.",
        ),
    ),
    Case(
        "whose crop",
        targets.target_whose,
        (
            "Who has the full height?",
            "The person number `own`, not the first one.",
            "height = torch.full((P,), weight); height[own] = 1.",
        ),
    ),
    Case(
        "its own channel",
        targets.target_channels,
        (
            "Someone's elbow lies near your wrist. In which channel is it?",
            "In that of the elbows alone.",
            "A maximum over the people (P, K, h, w), dim 0, and not over the joints.",
        ),
    ),
    Case(
        "the maximum",
        targets.target_maximum,
        (
            "Two wrists are close. How high is the map between them?",
            "As high as the higher one of the two bells: a sum would be over 1, and "
            "move the peak.",
            "(bells * height).amax(dim=0).",
        ),
    ),
    Case(
        "labelled",
        targets.target_labelled,
        (
            "Which joints have a bell?",
            "Visible and occluded ones, not those with flag 0. If the own joint has no "
            "label, the others' are there all the same.",
            "bells * (flags > 0)[..., None, None].",
        ),
    ),
    Case(
        "off the crop",
        targets.target_outside,
        (
            "A joint is half a cell outside of the crop. Does its tail reach in?",
            "It would, but it has no bell, whoever it belongs to. What counts is the "
            "enlarged box.",
            "share = (joints - corner + 0.5) / extent; is_on = ((share >= 0) & (share "
            "<= 1)).all(dim=-1).",
        ),
    ),
    Case(
        "a mirror",
        targets.target_mirror,
        (
            "The picture is `mirror` px wide. Where is pixel x after it is mirrored, "
            "and where is the box?",
            "At mirror - 1 - x. The box begins where its last pixel lands, and shows "
            "the same part of the picture.",
            "The target of a mirrored picture is that of the picture, its columns "
            "reversed.",
        ),
    ),
    Case(
        "left and right",
        targets.target_sides,
        (
            "Which wrist is the left one in a mirror?",
            "The one that was the right one: joints and flags of each pair change "
            "places.",
            "order = list(range(K)); order[left], order[right] = right, left, for each "
            "pair; joints[:, order] and flags[:, order].",
        ),
    ),
    Case(
        "the others too",
        targets.target_mirror_others,
        (
            "Who is mirrored?",
            "Everybody. In the released code, the joints of the others are not, and "
            "their left and right stay: right only for someone in the middle.",
            "Mirror and swap all P people at once, before any bell is drawn.",
        ),
    ),
]
