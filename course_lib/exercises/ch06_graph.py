"""Cases and hints of the exercises 06.3 and 06.5, on the graph of candidates."""

from course_lib.exercises import ch06_graph_cases as cases
from course_lib.exercises import ch06_search_cases as search
from course_lib.exercises.cases import Case

CYCLE = [
    Case(
        "a triangle",
        cases.cycle_triangle,
        (
            "d and e are one person, e and f, too. What does the cut edge d-f say?",
            "The opposite. The answer is the way d, e, f, from one end of the cut edge "
            "to the other.",
            "[0, 1, 2] or [2, 1, 0] for the cut edge (0, 2): nodes, and none twice.",
        ),
    ),
    Case(
        "both ways",
        cases.cycle_both_ways,
        (
            "If a joined edge leads from 1 to 0, does it lead from 0 to 1?",
            "Yes: in which order an edge names its ends says nothing.",
            "neighbours[a].append(b) and neighbours[b].append(a).",
        ),
    ),
    Case(
        "without a diagonal",
        cases.cycle_square,
        (
            "A ring of four nodes, one edge cut: which triangle is violated?",
            "There is no triangle, and still this is no partition: longer ways count.",
            "Search from one end of the cut edge through joined edges, level by level.",
        ),
    ),
    Case(
        "whole components",
        cases.cycle_components,
        (
            "May two candidates be apart between which no joined edges lead?",
            "Yes, that is a cut between two people: only joined edges lead on.",
            "Neighbours come from edges[joined] alone; without a way, the next edge.",
        ),
    ),
    Case(
        "any cut edge",
        cases.cycle_any,
        (
            "The first cut edge lies between two people. What of the others?",
            "Each of them may lie within one.",
            "Loop over edges[~joined]; return None after the loop, not inside.",
        ),
    ),
    Case(
        "one cut edge only",
        cases.cycle_joined_only,
        (
            "What does a way tell that passes over a second cut edge?",
            "Nothing: with two cut edges a cycle may belong to a partition.",
            "Search through joined edges only, also when you know there is a way.",
        ),
    ),
    Case(
        "the shortest way",
        cases.cycle_shortest,
        (
            "Two ways lead around. Which of the two inequalities forbids more?",
            "The shorter one, and a search that walks level by level finds it first.",
            "A queue: paths.pop(0), not paths.pop(), and no node seen twice.",
        ),
    ),
    Case(
        "nothing joined",
        cases.cycle_nothing,
        (
            "Has a node neighbours of which no joined edge tells?",
            "No: it still is a node, from 0 to count - 1, with an empty list.",
            "neighbours = [[] for _ in range(count)].",
        ),
    ),
]

SEARCH = [
    Case(
        "still a solution",
        search.search_solution,
        (
            "To which person does a suppressed candidate belong?",
            "To none: -1 in both arrays, or in none of them.",
            "Set labels[d] and clusters[d] together, in every move.",
        ),
    ),
    Case(
        "two clean people",
        search.search_clean,
        (
            "Everyone is alone at first. Which move makes a pair?",
            "One candidate goes to the person of another, and its class may stay.",
            "Try every person in clusters for every candidate, until nothing helps.",
        ),
    ),
    Case(
        "never above the start",
        search.search_start,
        (
            "Two candidates pay only together. Does a search from nothing find them?",
            "Not by moves of one. Begin where you are told, and only go down.",
            "labels, clusters = labels.copy(), clusters.copy(), then lower moves only.",
        ),
    ),
    Case(
        "left out",
        search.search_leaves_out,
        (
            "What does a candidate cost that is not kept?",
            "Nothing; when keeping it costs more, it is suppressed.",
            "Compare with 0.0, label -1 and person -1, for every candidate.",
        ),
    ),
    Case(
        "kept again",
        search.search_keeps_again,
        (
            "Is what is suppressed at first lost?",
            "No, it may be kept in any class and person, where it costs 0 now.",
            "Loop over all candidates, with 0.0 as present cost where labels[d] < 0.",
        ),
    ),
    Case(
        "a person of its own",
        search.search_own_person,
        (
            "Two in one person do not fit, but each is likely. Where does one go?",
            "To a person that nobody has yet; others are not enough.",
            "range(clusters.max() + 2): all there are, and one more.",
        ),
    ),
    Case(
        "another class",
        search.search_class,
        (
            "Can a wrist turn out to be an elbow?",
            "Yes: a move chooses the class as well as the person.",
            "For each person all classes, alpha[d] + sum of beta[d, e, :, labels[e]].",
        ),
    ),
    Case(
        "whose class",
        search.search_which_class,
        (
            "Which index of beta is the class of the first candidate?",
            "The third: beta[d, e, c, k] has c for d and k for e.",
            "beta[d, e, label, labels[e]].",
        ),
    ),
    Case(
        "pruned classes",
        search.search_pruned,
        (
            "What is a class worth that was pruned?",
            "It costs infinitely much, whatever the pairs pay.",
            "Leave inf in the sums: no comparison finds it lower.",
        ),
    ),
    Case(
        "no pair with itself",
        search.search_itself,
        (
            "Is a candidate one of the others in its person?",
            "No: beta[d, d] is not used, whatever stands there.",
            "members = np.flatnonzero(clusters == person); members[members != d].",
        ),
    ),
    Case(
        "no move is left",
        search.search_end,
        (
            "A candidate moved. Are those before it still in the best place?",
            "Not always: go around again, until a whole round changes nothing.",
            "while is_lower: is_lower = False; for each d ...; True after a move.",
        ),
    ),
    Case(
        "no candidate",
        search.search_nobody,
        (
            "What is the largest number of an empty array?",
            "There is none: max() of it raises, unless it is asked inside the loop.",
            "clusters.max(initial=-1), or no call at all where D = 0.",
        ),
    ),
]
