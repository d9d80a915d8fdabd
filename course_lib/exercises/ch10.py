"""The exercises of chapter 10, Crowded Scenarios: their cases and hints.

10.3 and 10.4 are in ch10_train, 10.5 and 10.6 in ch10_maps.
"""

from course_lib.exercises import ch10_cases as cases
from course_lib.exercises import ch10_mask_cases as masks
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch10_maps import MERGE, TARGET
from course_lib.exercises.ch10_train import LOSS, PASTE

INDEX = [
    Case(
        "apart",
        cases.index_apart,
        (
            "Nobody else is near. How crowded is a box?",
            "By 0: the person's own joints are in it, but only those of others count.",
            "N^b is the number of all labelled joints in the box, less N^a.",
        ),
    ),
    Case(
        "two people",
        cases.index_two,
        (
            "Two boxes overlap. Do you compare areas, people or joints?",
            "Joints: others' in a box over own in the same box; then the mean over "
            "the people.",
            "counts[i, j] = joints of person j in box i; ratio i = (counts[i].sum() - "
            "counts[i, i]) / counts[i, i].",
        ),
    ),
    Case(
        "many others",
        cases.index_many,
        (
            "Three people share one box. Is the index 1?",
            "More than that: the joints of each other person count, and nothing is "
            "cut at 1.",
            "A sum over all others, no max and no clamp.",
        ),
    ),
    Case(
        "a mean of ratios",
        cases.index_ratios,
        (
            "One person has few joints in the box, another has many. Who counts more?",
            "Neither: first a ratio for each person, then the mean.",
            "(others / own).mean(), no sum over a sum.",
        ),
    ),
    Case(
        "its own box",
        cases.index_own_box,
        (
            "An arm reaches out of its box. Does it count in N^a?",
            "No: for N^a and for N^b, box i alone says what is inside.",
            "N^a of person i is counts[i, i], and N^b the rest of row i.",
        ),
    ),
    Case(
        "labelled",
        cases.index_labelled,
        (
            "Which joints have a place at all?",
            "The visible and the occluded ones, the own as well as the others'; not "
            "those with flag 0.",
            "is_inside & (flags > 0).",
        ),
    ),
    Case(
        "the edges",
        cases.index_edges,
        (
            "A box begins at pixel x and is w wide. Where are its edges?",
            "At x - 1/2 and x + w - 1/2, since pixels have their centres at integers; "
            "a joint on an edge is inside.",
            "(joints >= boxes[:, :2] - 0.5) & (joints <= boxes[:, :2] + boxes[:, 2:] "
            "- 0.5), in x and in y.",
        ),
    ),
    Case(
        "no joint of its own",
        cases.index_no_joint,
        (
            "N^a is 0. What does this person add to the sum, and to n?",
            "0 to the sum, neither N^b nor infinity; and 1 to n, as everybody does.",
            "torch.where(own > 0, others / own.clamp(min=1), 0.0).mean().",
        ),
    ),
    Case(
        "nobody",
        cases.index_nobody,
        (
            "How crowded is an empty image?",
            "By 0; a mean over nobody is NaN.",
            "if not len(boxes): return 0.0.",
        ),
    ),
]

MASKS = [
    Case(
        "visible",
        masks.masks_visible,
        (
            "Which flag says that a joint can be seen?",
            "2 alone; the mask of the visible branch is the first of the three.",
            "flags == 2, and not flags >= 1 as for a single branch.",
        ),
    ),
    Case(
        "occluded",
        masks.masks_occluded,
        (
            "Is a joint without label an occluded one?",
            "No: 0 is unlabelled, 1 is occluded. This mask is the second.",
            "flags == 1, and not flags < 2.",
        ),
    ),
    Case(
        "labelled",
        masks.masks_labelled,
        (
            "Which joints does one of the two branches learn?",
            "All with a label: the third mask is the sum of the other two.",
            "flags >= 1.",
        ),
    ),
    Case(
        "floats",
        masks.masks_floats,
        (
            "What do masks do in a loss, and of which type are they?",
            "They are multiplied and subtracted, as floats: 1 - mask of a bool mask "
            "raises.",
            "(flags == 2).float().",
        ),
    ),
    Case(
        "off the crop",
        masks.masks_outside,
        (
            "A joint has left the crop to the right. What can a branch learn of it?",
            "Nothing: it is in none of the three masks, and no occluded joint. All "
            "four sides count, for each joint by itself.",
            "is_inside = ((joints >= low) & (joints <= high)).all(dim=-1), (B, K), "
            "times each mask.",
        ),
    ),
    Case(
        "the edges",
        masks.masks_edges,
        (
            "The crop is w px wide. Where does its last pixel end?",
            "At w - 1/2, and the first one begins at -1/2; a joint on an edge is on "
            "the crop.",
            "low = -0.5, high = tensor([w, h]) - 0.5, with >= and <=.",
        ),
    ),
    Case(
        "rows and columns",
        masks.masks_rows,
        (
            "`size` is (h, w), a joint is (x, y). Which belongs to which?",
            "x to w, and y to h.",
            "joints.new_tensor([w, h]), that is size[::-1].",
        ),
    ),
    Case(
        "no crops",
        masks.masks_nobody,
        (
            "What are the masks of an empty batch?",
            "Three tensors (0, K): a stack of an empty list raises.",
            "Compare whole tensors, without a loop over the crops.",
        ),
    ),
]

EXERCISES = [
    Exercise("10.1", INDEX),
    Exercise("10.2", MASKS),
    Exercise("10.3", LOSS),
    Exercise("10.4", PASTE),
    Exercise("10.5", MERGE),
    Exercise("10.6", TARGET),
]
