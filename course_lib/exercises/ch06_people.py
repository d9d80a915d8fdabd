"""Cases and hints of exercise 06.4, on predictions and people."""

from course_lib.exercises import ch06_people_cases as cases
from course_lib.exercises.cases import Case

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
