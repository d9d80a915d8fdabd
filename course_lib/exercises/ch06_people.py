"""Cases and hints of the exercises 06.4, 06.5 and 06.6, on people and their joints."""

from course_lib.exercises import ch06_people_cases as cases
from course_lib.exercises import ch06_refinement_cases as refinement
from course_lib.exercises.cases import Case

MERGE = [
    Case(
        "one joint each",
        cases.merge_one_each,
        (
            "Where is a joint that one candidate shows?",
            "Where the candidate is, whatever its score; its class says which joint.",
            "joints[person, label]: weighted sum of points over the sum of weights.",
        ),
    ),
    Case(
        "several people",
        cases.merge_people,
        (
            "Two candidates of one class in two people: one joint or two?",
            "Two. Only those of one person and of one class are merged.",
            "is_member = (clusters == person) & (labels == label).",
        ),
    ),
    Case(
        "two of a class",
        cases.merge_two,
        (
            "Two wrists, close to each other, in one person. Which one is it?",
            "Both are: the mean of their places, nearer to the one with more score.",
            "np.average(points[is_member], axis=0, weights=scores[is_member]).",
        ),
    ),
    Case(
        "three of a class",
        cases.merge_three,
        (
            "A mean of two and a third point: how much weight does each of them have?",
            "Its own score, over the sum of the three. Add up first, divide once.",
            "(scores[:, None] * points).sum(axis=0) / scores.sum(), of all members.",
        ),
    ),
    Case(
        "suppressed",
        cases.merge_suppressed,
        (
            "Which place of an array has the index -1?",
            "The last: a suppressed candidate slips into the last person and class.",
            "Use candidates with clusters >= 0 only.",
        ),
    ),
    Case(
        "a missing class",
        cases.merge_missing,
        (
            "Where is a joint that no candidate shows?",
            "Nobody knows, and (0, 0) would be a place.",
            "joints = np.full((people, class_count, 2), np.nan) to begin with.",
        ),
    ),
    Case(
        "no people",
        cases.merge_nobody,
        (
            "How many people are there when nobody is kept?",
            "None: an array (0, C, 2). The largest person number is then -1.",
            "people = clusters.max(initial=-1) + 1 works without candidates, too.",
        ),
    ),
]

REFINEMENT = [
    Case(
        "x goes to the right",
        refinement.refine_axes,
        (
            "Which index of a map counts columns?",
            "The last one, and columns go with x; grid is (h, w).",
            "x of the centres has w values, y has h: centres (h, w, 2).",
        ),
    ),
    Case(
        "centres of cells",
        refinement.refine_centres,
        (
            "Which pixels does cell 0 of a map with stride 4 stand for?",
            "Those from 0 to 3, so its centre is at 1.5.",
            "stride * torch.arange(n) + (stride - 1) / 2.",
        ),
    ),
    Case(
        "a disc in px",
        refinement.refine_disc,
        (
            "Which shape have all points within one distance of a joint?",
            "A disc, and its radius is in px of the image, not in cells.",
            "(joint - centres).square().sum(dim=-1) <= radius**2.",
        ),
    ),
    Case(
        "the rim",
        refinement.refine_rim,
        (
            "Is a centre within 20 px that is 20 px away?",
            "Yes: the mask holds the rim as well.",
            "<= radius.",
        ),
    ),
    Case(
        "to the joint",
        refinement.refine_sign,
        (
            "The cell is known, the joint is not. What is to be added to the centre?",
            "The way from the centre to the joint.",
            "joint - centres, not centres - joint.",
        ),
    ),
    Case(
        "x first",
        refinement.refine_order,
        (
            "Which of the two numbers of an offset goes to the right?",
            "The first: offsets are (x, y), although cells are [row, column].",
            "torch.stack([x, y], dim=-1), each of them (h, w).",
        ),
    ),
    Case(
        "in deviations",
        refinement.refine_deviation,
        (
            "How large a number can a network predict well?",
            "One of the order of 1: px are divided by `deviation`, not by the stride.",
            "(joint - centres) / deviation, with the deviation that is given.",
        ),
    ),
    Case(
        "nothing outside",
        refinement.refine_zero,
        (
            "What should cells learn that are far from the joint?",
            "Nothing: only those of the mask have a target.",
            "offsets * mask[..., None].",
        ),
    ),
    Case(
        "a joint outside",
        refinement.refine_outside,
        (
            "Can a cell at the border point out of the map?",
            "Yes, when it is within the radius: the joint stays where it is.",
            "No clamp() and no rounding of the joint, no look-up of its own cell.",
        ),
    ),
]

ASSIGNMENT = [
    Case(
        "each its own",
        cases.people_each,
        (
            "Whose number stands at place i of the answer?",
            "The person of prediction i: the answer is as long as shares has rows.",
            "answer[prediction] = person.",
        ),
    ),
    Case(
        "no share",
        cases.people_no_share,
        (
            "Which person is the best one for a prediction that matches no joint?",
            "None: a share of 0 counts for nobody, although argmax names someone.",
            "Begin with np.full(P, -1), and assign where the share left is > 0.",
        ),
    ),
    Case(
        "one prediction a person",
        cases.people_one_prediction,
        (
            "Two predictions of one person: are both right?",
            "No, the one with the higher share, wherever it stands; the other is -1.",
            "For each person, the argmax over the predictions that kept this person.",
        ),
    ),
    Case(
        "only its best person",
        cases.people_only_best,
        (
            "Does the loser go to the person whom it matches second best?",
            "No: its other shares are gone before people choose, unlike in an optimal "
            "assignment.",
            "kept = 0 everywhere, but kept[i, best[i]] = shares[i, best[i]].",
        ),
    ),
    Case(
        "of equals the first",
        cases.people_ties,
        (
            "Two equal shares: who wins?",
            "The first one, along both axes.",
            "argmax names the first of equals; compare with >, not with >=.",
        ),
    ),
    Case(
        "nobody",
        cases.people_nobody,
        (
            "What is the best of no people?",
            "There is none, and argmax of an empty axis raises.",
            "if shares.size == 0: return np.full(len(shares), -1).",
        ),
    ),
]
