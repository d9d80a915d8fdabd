"""Cases and hints of the exercises 07.3 and 07.4, on poses from frame to frame."""

from course_lib.exercises import ch07_box_cases as boxes
from course_lib.exercises import ch07_match_cases as matches
from course_lib.exercises.cases import Case

BOX = [
    Case(
        "moved by the flow",
        boxes.box_moved,
        (
            "A joint is at x = 4, and the flow there is 3 to the right. Where is it?",
            "At x = 7: flow[0] is added to x, flow[1] to y.",
            "joints + flow[:, y, x].T, with the column x as the last index.",
        ),
    ),
    Case(
        "whole pixels",
        boxes.box_covers,
        (
            "How many pixels wide is a box around joints at x = 3 and x = 5?",
            "Three, 3, 4 and 5: a box is (x, y, w, h), and w is not the second corner.",
            "w = rightmost - leftmost + 1, and h likewise.",
        ),
    ),
    Case(
        "margin",
        boxes.box_margin,
        (
            "A box 20 px wide grows by 15 %. How wide is it, and where does it begin?",
            "23 px in all, not on each side; its centre stays where it was.",
            "x - margin * w / 2 and (1 + margin) * w.",
        ),
    ),
    Case(
        "the old place",
        boxes.box_old_place,
        (
            "For which pixels does the flow say where they go?",
            "For those of the frame before: read it where the joint was, once.",
            "flow[:, y, x] at `joints`, not at joints + flow, and not turned around.",
        ),
    ),
    Case(
        "between pixels",
        boxes.box_between,
        (
            "The flow is 0 at x = 3 and 1 at x = 4. What is it at x = 3.25?",
            "0.25: of the four pixels around a joint the nearer ones count more.",
            "In x first, (1 - fx) * left + fx * right, for both rows; then the same in "
            "y with fy.",
        ),
    ),
    Case(
        "the last pixel",
        boxes.box_last_pixel,
        (
            "Which pixel is to the right of the last one?",
            "None. A joint on it is inside, and reads it with the full weight.",
            "Right column: (x0 + 1).clamp(max=w - 1); its weight is 0 there.",
        ),
    ),
    Case(
        "which joints",
        boxes.box_visible,
        (
            "Does a hidden joint belong into the box, and one that was dropped?",
            "Those with `visible` 1 and 2 do; the place of the others may be NaN.",
            "joints[visible > 0], before anything else.",
        ),
    ),
    Case(
        "out of the image",
        boxes.box_leaves,
        (
            "A hand leaves the image. Where does the box end?",
            "At the joints that are left inside: 0 <= x <= w - 1, and y likewise, ends "
            "included.",
            "moved[((moved >= 0) & (moved <= limit)).all(dim=-1)].",
        ),
    ),
    Case(
        "never in the image",
        boxes.box_was_outside,
        (
            "What is the flow where there is no pixel?",
            "Unknown: a joint whose old place is outside is dropped, wherever the "
            "nearest pixel goes.",
            "Ask both places, the old before reading the flow, the new after it.",
        ),
    ),
    Case(
        "too few",
        boxes.box_too_few,
        (
            "Two joints are left. Is that a person?",
            "Not with least = 3: None. Count those that are left at the end.",
            "if len(moved) < least: return None.",
        ),
    ),
]

MATCH = [
    Case(
        "whose id",
        matches.match_ids,
        (
            "Is the answer a column or an id?",
            "An id: the most similar earlier pose lends its own.",
            "answer[row] = ids[column].",
        ),
    ),
    Case(
        "new ids",
        matches.match_new,
        (
            "Who gets a new id, and which one?",
            "Who is left at the end: `fresh` first, one more for each, row by row.",
            "for row in range(N), if it has no id: answer[row] = fresh; fresh += 1.",
        ),
    ),
    Case(
        "one pose an id",
        matches.match_unique,
        (
            "May two people of one frame have the same id?",
            "No: once given, an id is out; the other pose looks at the columns left.",
            "After a match, set the row and the column to -inf in a copy.",
        ),
    ),
    Case(
        "the largest first",
        matches.match_largest,
        (
            "Is the first pose allowed to choose first?",
            "Only if its entry is the largest of the whole table.",
            "table.argmax() of all entries, again after every match.",
        ),
    ),
    Case(
        "greedy",
        matches.match_greedy,
        (
            "Taking 0.9 and then 0.1, or 0.8 twice: which one is greedy?",
            "0.9, although the sum is lower. The paper does not solve an assignment.",
            "A loop over the largest entry, no linear_sum_assignment.",
        ),
    ),
    Case(
        "one id, several columns",
        matches.match_queue,
        (
            "A person is in the queue three times. How many poses get its id?",
            "One: all columns with this id go out together.",
            "table[:, ids == ids[column]] = -inf.",
        ),
    ),
    Case(
        "over the least",
        matches.match_least,
        (
            "Is a similarity of exactly `least` enough?",
            "No, and nothing below it: the largest entry left must be over it.",
            "while table.max() > least.",
        ),
    ),
    Case(
        "NaN",
        matches.match_nan,
        (
            "What is the argmax of a table with a NaN?",
            "The NaN. Poses that cannot be compared never match.",
            "table = similarity.nan_to_num(nan=-torch.inf), a copy as well.",
        ),
    ),
    Case(
        "of equals the first",
        matches.match_ties,
        (
            "Two entries are equally large. Which one counts?",
            "That of the first row, and within a row that of the first column.",
            "argmax of the flat table, row by row, names the first of equals.",
        ),
    ),
    Case(
        "nobody",
        matches.match_nobody,
        (
            "What is the largest entry of an empty table?",
            "There is none, and max() raises: in the first frame all ids are new.",
            "while table.numel() and table.max() > least.",
        ),
    ),
]
