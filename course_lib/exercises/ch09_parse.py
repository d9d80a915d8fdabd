"""Cases and hints of the exercises 09.5 and 09.6, from scores to people."""

from course_lib.exercises import ch09_match_cases as matches
from course_lib.exercises import ch09_people_cases as people
from course_lib.exercises.cases import Case

MATCH = [
    Case(
        "each its own",
        matches.match_each,
        (
            "Which is first in a pair, the row or the column?",
            "The row, i: the candidate for the limb's first end. Two rows give two "
            "connections.",
            "i, j = divmod(scores.argmax().item(), scores.shape[1]), and again without "
            "row i and column j.",
        ),
    ),
    Case(
        "one-to-one",
        matches.match_once,
        (
            "May two elbows go to the same wrist?",
            "No: once taken, a row and a column are both out.",
            "After each connection set left[i] = left[:, j] = 0 in a copy.",
        ),
    ),
    Case(
        "the highest first",
        matches.match_highest,
        (
            "Is the first candidate allowed to choose first?",
            "Only if its score is the highest of the whole table.",
            "The argmax of all entries left, again after each connection.",
        ),
    ),
    Case(
        "greedy",
        matches.match_greedy,
        (
            "Taking 0.9 and then 0.1, or 0.8 twice: which one is greedy?",
            "0.9, although the sum is lower: no assignment is solved.",
            "A loop over the highest score left, no linear_sum_assignment.",
        ),
    ),
    Case(
        "only positive",
        matches.match_positive,
        (
            "A row and a column are free, and their score is 0. A connection?",
            "No: nothing speaks for it. There may be fewer than min(A, B).",
            "Go on while the highest score left is > 0.",
        ),
    ),
    Case(
        "in order",
        matches.match_order,
        (
            "Which connection is first in the list?",
            "That of the highest score, whatever its row is.",
            "Append each when it is taken, and do not sort by i.",
        ),
    ),
    Case(
        "equal scores",
        matches.match_equal,
        (
            "Two entries of a row are the highest. How many are taken?",
            "One, either of them; then the other one's row is out.",
            "One argmax at a time, not all places where scores == scores.max().",
        ),
    ),
    Case(
        "nobody",
        matches.match_nobody,
        (
            "What is the highest score of an empty table?",
            "There is none, and max() and argmax() raise: the answer is [].",
            "while left.numel() and left.max() > 0.",
        ),
    ),
]

ASSEMBLE = [
    Case(
        "one person",
        people.people_one,
        (
            "Neck to shoulder, shoulder to elbow: how many people are these?",
            "One: the second connection has an end that is someone's already, and its "
            "other end joins, with its score.",
            "If only the first end has a person: person[part_b] = candidate_b, and "
            "add the score.",
        ),
    ),
    Case(
        "either end",
        people.people_either_end,
        (
            "What if the second end is someone's, and the first is not?",
            "Then the first one joins: both ends are asked.",
            "Also if only the second end has a person: person[part_a] = candidate_a.",
        ),
    ),
    Case(
        "part and candidate",
        people.people_two,
        (
            "Candidate 1 of the elbows and candidate 1 of the wrists: the same joint?",
            "No, each part counts its own from 0: a joint is a part and a candidate.",
            "owner = {}, with keys (part, candidate).",
        ),
    ),
    Case(
        "redundant",
        people.people_redundant,
        (
            "Both ends are of the same person already. What does the connection add?",
            "Its score: nobody is new, and nothing is joined.",
            "if the two owners are one: scores[owner] += score.",
        ),
    ),
    Case(
        "a part is taken",
        people.people_taken,
        (
            "A person has a left wrist. Here is another left wrist, of nobody. What "
            "now?",
            "The person keeps its own, of the higher score, and gains nothing. The "
            "other wrist stays free, for someone else.",
            "if part_b in person: continue, before anything is changed.",
        ),
    ),
    Case(
        "two halves",
        people.people_merge,
        (
            "A head and legs were found apart. What does a connection of both make?",
            "One person with the parts of both, and with three scores added: both "
            "people's and its own. Every joint of the second has a new owner.",
            "first.update(second), then for each part of the second owner[part, "
            "candidate] = the first; and forget the second.",
        ),
    ),
    Case(
        "a part in common",
        people.people_overlap,
        (
            "Two people have a neck each. May a connection merge them?",
            "No: whoever shares a part is not one person. The connection is ignored, "
            "with its score.",
            "if not first.keys() & second.keys(): merge; else nothing.",
        ),
    ),
    Case(
        "the highest first",
        people.people_sorted,
        (
            "Which of two connections that exclude each other is taken?",
            "The one with the higher score, wherever it stands in the list.",
            "for ... in sorted(connections, reverse=True).",
        ),
    ),
    Case(
        "few parts",
        people.people_few,
        (
            "Whom do you drop, and when?",
            "Those who have fewer than `least` parts at the end: until then, they may "
            "still grow.",
            "[person for person in persons if len(person) >= least], after the loop.",
        ),
    ),
    Case(
        "nobody",
        people.people_nobody,
        (
            "What comes back if there is nobody?",
            "Two tensors without rows: (0, parts) and (0,).",
            "torch.full((len(kept), parts), -1): a stack of an empty list raises.",
        ),
    ),
    Case(
        "a crowd",
        people.people_crowd,
        (
            "Many people grow at the same time, and two of them merge. Does every "
            "joint still find its own person?",
            "Only if nobody's number has moved: in a list, whoever stands after the "
            "one removed moves up. Connections of equal scores are several ones.",
            "Keep people in a dict by number, or leave None in the list where one was, "
            "and drop these at the end.",
        ),
    ),
]
