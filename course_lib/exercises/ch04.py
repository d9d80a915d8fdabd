"""The exercises of chapter 04, Stacked Hourglass: their cases and hints.

Those on the parts of the network, 04.1, 04.4 and 04.5, are in ch04_net.
"""

from course_lib.exercises import ch04_cases as cases
from course_lib.exercises import ch04_swap_cases as swaps
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch04_net import BOTTLENECK, NESTED, REINJECT

FLIP = [
    Case(
        "half of each",
        cases.flip_mean,
        (
            "Two sets of maps go in. How high is a peak on which both agree?",
            "As high as in each: an average, not a sum.",
            "(maps + turned) / 2.",
        ),
    ),
    Case(
        "the mirror image",
        cases.flip_mirror,
        (
            "How often does the net look, and at what?",
            "Twice: at the images, and at the images with left and right exchanged.",
            "net(images) and net(images.flip(-1)); the last axis is the width.",
        ),
    ),
    Case(
        "the last stack",
        cases.flip_last,
        (
            "The net predicts once for each stack. Which prediction is the answer?",
            "The last: it has seen all earlier ones.",
            "net(...)[-1], for the images and for their mirror images.",
        ),
    ),
    Case(
        "turned back",
        cases.flip_back,
        (
            "On which side of the mirrored map does a person's left hand appear?",
            "On the other one: mirror the maps before they meet the first ones.",
            "net(images.flip(-1))[-1].flip(-1).",
        ),
    ),
    Case(
        "cell for cell",
        cases.flip_cells,
        (
            "Where is column 0 of a map with w columns, once it is mirrored?",
            "In column w - 1, and mirrored again in column 0: nothing is to be moved.",
            "flip(-1) alone does it; remove roll and whatever shifts by one cell.",
        ),
    ),
    Case(
        "left and right",
        cases.flip_channels,
        (
            "In a mirror you lift your left hand. Which one does the net see?",
            "The right one: the mirrored maps have left and right channels exchanged.",
            "turned[:, permutation]; the maps of the images keep their order.",
        ),
    ),
]

PRESENCE = [
    Case(
        "the right way round",
        cases.presence_ranked,
        (
            "Does a high peak speak for a label or against it?",
            "The area is 1 when every labelled joint peaks above every other one.",
            "Count the pairs in which the labelled joint has the higher score.",
        ),
    ),
    Case(
        "every pair counts once",
        cases.presence_pairs,
        (
            "How likely does a labelled joint beat an unlabelled one, both by chance?",
            "That share of the pairs is the area, without any threshold.",
            "Compare scores[labelled][:, None] with scores[~labelled], take the mean.",
        ),
    ),
    Case(
        "the height of the peak",
        cases.presence_peak,
        (
            "Which number of a map says how sure the network is of its joint?",
            "The largest one; a mean also grows with the width of the bump.",
            "scores = heatmaps.amax(dim=(-2, -1)), (N, K).",
        ),
    ),
    Case(
        "all joints together",
        cases.presence_pooled,
        (
            "Is a labelled knee compared with an unlabelled wrist?",
            "Yes: one list of labelled joints, one of the others, over all (N, K).",
            "scores[labelled] and scores[~labelled] are those lists; take one area.",
        ),
    ),
    Case(
        "a draw",
        cases.presence_ties,
        (
            "What is the area when all scores are equal, and nothing is known?",
            "One half, so each pair of equal scores counts one half.",
            "(higher + 0.5 * equal).mean(), with higher = a > b and equal = a == b.",
        ),
    ),
    Case(
        "only one kind",
        cases.presence_alone,
        (
            "How good is a detector of what is always, or never, there?",
            "Without a pair there is no area, which is neither 0 nor 1 nor an error.",
            "Return float('nan') unless both lists hold something.",
        ),
    ),
]

LOSS = [
    Case(
        "the mean of the squares",
        cases.loss_one,
        (
            "By what do you divide, and how does a miss of 2 compare with one of 1?",
            "Squared differences, averaged over all B * K * h * w values.",
            "((output - targets) ** 2).mean(), without a root or a factor.",
        ),
    ),
    Case(
        "every stack",
        cases.loss_each,
        (
            "Which stacks have to be right in the middle of the network?",
            "All of them: each output is compared with the same targets.",
            "for output in outputs: add its mean square, the first and the last, too.",
        ),
    ),
    Case(
        "a sum over the stacks",
        cases.loss_sum,
        (
            "Does a stack learn more slowly when others are put behind it?",
            "It must not: means within a stack, then a sum, not a mean, over stacks.",
            "sum(((output - targets) ** 2).mean() for output in outputs).",
        ),
    ),
    Case(
        "a joint without a label",
        cases.loss_empty,
        (
            "What should the map of a joint show that is not in the image?",
            "Nothing, and the loss says so: an empty target counts as any other.",
            "Remove the mask or the weight; divide by B * K * h * w in any case.",
        ),
    ),
    Case(
        "what each stack learns",
        cases.loss_gradient,
        (
            "Which of the outputs are moved by one call of backward()?",
            "Every stack gets the gradient of its own mean square.",
            "Remove detach(), .data and no_grad() from the outputs.",
        ),
    ),
]

SWAPPED = [
    Case(
        "left is right and right is left",
        swaps.swap_both,
        (
            "Which number grows when the network confuses the sides more often?",
            "The share of joints that lie where their partner should be.",
            "Compare pred of the one joint with truth of the other, and average.",
        ),
    ),
    Case(
        "a miss is no swap",
        swaps.swap_miss,
        (
            "The hand was found on the wall. Did the network swap the sides?",
            "A swap is also near the truth of the partner.",
            "far_from_own & near_partner, both of them.",
        ),
    ),
    Case(
        "crossed wrists",
        swaps.swap_crossed,
        (
            "One hand is close to the other. Can a right prediction look swapped?",
            "Whatever is within `limit` of its own truth is right, not swapped.",
            "Ask for distance_to_own > limit first; which is nearer is not asked.",
        ),
    ),
    Case(
        "nearer is not near",
        swaps.swap_towards,
        (
            "Does a point half-way to the other hand belong to that hand?",
            "The same `limit` decides on both sides.",
            "near_partner is distance_to_partner < limit.",
        ),
    ),
    Case(
        "each joint for itself",
        swaps.swap_one,
        (
            "Both hands were found in one place. How many of them are swapped?",
            "One: every joint of a pair is judged alone, and either may be swapped.",
            "Put (left, right) and (right, left) into the list: two joints a pair.",
        ),
    ),
    Case(
        "a joint without a partner",
        swaps.swap_middle,
        (
            "With what could the head be exchanged?",
            "Only joints of `pairs` count, also in the number that you divide by.",
            "Index pred, truth and visible with the joints of `pairs`.",
        ),
    ),
    Case(
        "labels on both sides",
        swaps.swap_labels,
        (
            "Where is the partner's truth when nobody marked the partner?",
            "A joint counts when both are labelled; 1 and 2 are labels.",
            "(visible[:, own] > 0) & (visible[:, other] > 0).",
        ),
    ),
    Case(
        "people with different numbers of labels",
        swaps.swap_pooled,
        (
            "Is the share a mean of means, by person or by pair?",
            "It pools: all swapped joints over all that count, divided once.",
            "is_swapped[counts].float().mean().",
        ),
    ),
    Case(
        "no pair at all",
        swaps.swap_none,
        (
            "What share of nothing is swapped?",
            "None that could be named: 0 would claim that all is right.",
            "The mean of an empty tensor is NaN already; otherwise return it.",
        ),
    ),
    Case(
        "a pair in one place",
        swaps.swap_close,
        (
            "One hand lies on the other. Who could tell whether they are exchanged?",
            "A joint counts only where it and its partner are over `limit` apart.",
            "(truth[:, own] - truth[:, other]).norm(dim=-1) > limit, in what counts.",
        ),
    ),
]

EXERCISES = [
    Exercise("04.1", BOTTLENECK),
    Exercise("04.2", FLIP),
    Exercise("04.3", PRESENCE),
    Exercise("04.4", NESTED),
    Exercise("04.5", REINJECT),
    Exercise("04.6", LOSS),
    Exercise("04.7", SWAPPED),
]
