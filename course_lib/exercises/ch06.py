"""The exercises of chapter 06, DeepCut: their cases and hints.

06.3 and 06.5, on the graph, are in ch06_graph, 06.4 in ch06_people.
"""

from course_lib.exercises import ch06_cases as cases
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch06_graph import CYCLE, SEARCH
from course_lib.exercises.ch06_people import ASSIGNMENT

COST = [
    Case(
        "even odds",
        cases.cost_even,
        (
            "What should it cost to keep a candidate that is as likely as not?",
            "Nothing, for leaving it out costs nothing, too: p and 1 - p are compared.",
            "The logarithm of a quotient of 1 - p and p, which is log 1 at p = 0.5.",
        ),
    ),
    Case(
        "what is likely pays",
        cases.cost_sign,
        (
            "The program looks for the lowest sum. Should it want a likely part?",
            "Yes, so the cost of what is likely is below 0, a reward.",
            "1 - p stands above, p below: log((1 - p) / p).",
        ),
    ),
    Case(
        "off is priced, too",
        cases.cost_antisymmetric,
        (
            "With which p does switching on cost what it pays with 0.75?",
            "With 0.25: on and off change places, and the sign of the cost turns.",
            "log(1 - p) - log(p), both of them, not log(p) alone.",
        ),
    ),
    Case(
        "natural logarithm",
        cases.cost_natural,
        (
            "Which probability does a cost of 1 stand for?",
            "1 / (1 + exp(1)): the cost is a natural logarithm.",
            "np.log((1 - p) / p), without a factor.",
        ),
    ),
    Case(
        "forbidden",
        cases.cost_forbidden,
        (
            "Is what hardly ever happens expensive, or is it no variable at all?",
            "No variable: None says so, up to and including p = eps.",
            "if p <= eps: return None, before anything else, with the eps given.",
        ),
    ),
    Case(
        "nearly certain",
        cases.cost_certain,
        (
            "What happens to a sum of costs of which one is minus infinity?",
            "One candidate decides everything. p is cut at 1 - eps, and stays allowed.",
            "p = min(p, 1 - eps), after the question of p <= eps.",
        ),
    ),
]

SIZE = [
    Case(
        "an x for what is left",
        cases.size_x,
        (
            "Is there a switch for a class that was pruned?",
            "No: x is counted over the True entries, not over D and C.",
            "allowed.sum().",
        ),
    ),
    Case(
        "a y for each pair",
        cases.size_y,
        (
            "Are (d, e) and (e, d) two pairs?",
            "One: both say that d and e are one person. And d is no pair with itself.",
            "D * (D - 1) // 2.",
        ),
    ),
    Case(
        "one class each",
        cases.size_one_each,
        (
            "How many ways has a pair when each of the two has one class left?",
            "One, of the same class or not: there is one z for each y.",
            "For a pair, (classes left of d) * (classes left of e); sum over pairs.",
        ),
    ),
    Case(
        "the full program",
        cases.size_full,
        (
            "Left wrist and right elbow: is that the same as left elbow, right wrist?",
            "No, it matters which of the two has which class; both may be equal, too.",
            "With all classes left, each pair has C * C of them.",
        ),
    ),
    Case(
        "pruned unevenly",
        cases.size_uneven,
        (
            "One candidate has one class left, the other three. How many pairs?",
            "Three. A mean of classes does not tell; look at each pair by itself.",
            "n = allowed.sum(axis=1); then n[d] * n[e] summed over d < e.",
        ),
    ),
    Case(
        "a candidate without class",
        cases.size_without_class,
        (
            "What is left of a candidate that can be nothing?",
            "No x and no z; its y are created all the same.",
            "Count y from D = len(allowed), whatever the classes.",
        ),
    ),
    Case(
        "one candidate, or none",
        cases.size_few,
        (
            "How many pairs has one candidate, and how many has nobody?",
            "None: a sum without terms is 0, and needs no first candidate.",
            "allowed.sum(axis=1) works for (0, C) as well; stacking rows does not.",
        ),
    ),
]

EXERCISES = [
    Exercise("06.1", COST),
    Exercise("06.2", SIZE),
    Exercise("06.3", CYCLE),
    Exercise("06.4", ASSIGNMENT),
    Exercise("06.5", SEARCH),
]
