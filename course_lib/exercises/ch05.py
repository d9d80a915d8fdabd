"""The exercises of chapter 05, Convolutional Pose Machines: their cases and hints.

Those on the network, 05.3, 05.5 and 05.6, are in ch05_net, 05.2 in ch05_targets.
"""

from course_lib.exercises import ch05_cases as cases
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch05_net import PROFILE, SCALES, STAGE
from course_lib.exercises.ch05_targets import TARGETS

FIELD = [
    Case(
        "kernel less 1",
        cases.field_small,
        (
            "How many pixels do two kernels of 3 see, one behind the other?",
            "Five: the second sees three outputs of the first, which overlap.",
            "field = 1; then field += kernel - 1 for each layer of stride 1.",
        ),
    ),
    Case(
        "strides multiply",
        cases.field_stride,
        (
            "Three times half the size: what size is left?",
            "An eighth. One cell of the last map is the product of all strides wide.",
            "stride = 1; then stride *= the layer's stride.",
        ),
    ),
    Case(
        "a layer's own stride",
        cases.field_own,
        (
            "Does one output of a first layer see more when the layer skips pixels?",
            "No, it sees its kernel. The stride only moves the next output away.",
            "First field += (kernel - 1) * stride_so_far, then stride_so_far *= s.",
        ),
    ),
    Case(
        "far apart",
        cases.field_apart,
        (
            "How many pixels lie between two neighbours on a map of stride 2?",
            "Two: each further cell of a kernel adds the stride reached so far.",
            "field += (kernel - 1) * stride, with the stride of all layers before.",
        ),
    ),
    Case(
        "pools look, too",
        cases.field_paper,
        (
            "How many pixels does one value behind a pool of 2 x 2 depend on?",
            "On two in each direction: a pool is a layer with a kernel of its own.",
            "Treat all layers alike; the paper's first stage sees 160 px.",
        ),
    ),
    Case(
        "no layer",
        cases.field_none,
        (
            "What does a pixel see of the image when nothing was done to it?",
            "Itself: field 1, stride 1.",
            "Begin with field, stride = 1, 1 and loop over all layers.",
        ),
    ),
]

LOSS = [
    Case(
        "half of the squares",
        cases.loss_sum,
        (
            "By what do you divide when the maps get larger?",
            "By nothing: squares summed over all channels and cells, then halved.",
            "((output - target) ** 2).sum() / 2 for one image.",
        ),
    ),
    Case(
        "a mean of images",
        cases.loss_images,
        (
            "Should twice as many images double the step?",
            "No: it is a mean over the B images, the only mean there is.",
            "Divide by len(everybody), the number of images, and by 2.",
        ),
    ),
    Case(
        "every stage",
        cases.loss_each,
        (
            "Which stages have to be right?",
            "All of them; each of the outputs is compared with a target.",
            "Loop over all of `outputs`, the first and the last, too.",
        ),
    ),
    Case(
        "a sum over stages",
        cases.loss_stages,
        (
            "Does a stage learn more slowly when others are put behind it?",
            "It must not: the losses of the stages are added, all with weight 1.",
            "sum(...) over the stages, not divided by their number.",
        ),
    ),
    Case(
        "the first stage",
        cases.loss_first,
        (
            "Can a stage that sees one limb know whose limb it is?",
            "No, so the first stage is to find the joints of everybody.",
            "outputs[0] is compared with `everybody`.",
        ),
    ),
    Case(
        "the later stages",
        cases.loss_later,
        (
            "What does the centre map tell, and to whom?",
            "Who is meant, to all stages after the first: they show the subject.",
            "outputs[1:] are compared with `subject`, every one of them.",
        ),
    ),
    Case(
        "what each stage learns",
        cases.loss_gradient,
        (
            "Which of the outputs does one backward() move?",
            "All: each gets its own error, divided by B.",
            "Remove detach(), .data and no_grad() from the outputs.",
        ),
    ),
]

BUDGET = [
    Case(
        "counted",
        cases.budget_exact,
        (
            "What happens to the numbers of a convolution when its width doubles?",
            "Two of the wide ones have it on both sides: theirs grow fourfold.",
            "k^2 * inputs * n + 2 * k^2 * n^2 for the three wide ones, and the rest.",
        ),
    ),
    Case(
        "not above the budget",
        cases.budget_over,
        (
            "Is a stage allowed that is closer to the budget, but above it?",
            "No: the widest one that does not exceed it.",
            "Take the largest n with count(n) <= budget; round down.",
        ),
    ),
    Case(
        "to the last channel",
        cases.budget_last,
        (
            "Does a width have to be a round number?",
            "No, any whole number: one channel more would be too many.",
            "n = 0; while count(n + 1) <= budget: n += 1.",
        ),
    ),
    Case(
        "five convolutions",
        cases.budget_narrow,
        (
            "Which convolutions matter when the kernel is 1?",
            "The two at the end as much as the three before: n * n and n * outputs.",
            "Add n * n + n * outputs to the numbers of the three wide ones.",
        ),
    ),
    Case(
        "biases",
        cases.budget_biases,
        (
            "What else does a convolution learn, besides its kernels?",
            "One bias for every channel that comes out.",
            "Add 4 * n + outputs.",
        ),
    ),
    Case(
        "too small a budget",
        cases.budget_none,
        (
            "How wide is a stage for which not even one channel can be paid?",
            "It has width 0, which tells that there is none.",
            "Begin the search at 0, without max(1, ...).",
        ),
    ),
    Case(
        "each kernel",
        cases.budget_each,
        (
            "How many answers are asked for?",
            "One width a kernel, in the order of `kernels`.",
            "Loop over kernels.tolist() and stack the widths, (n,).",
        ),
    ),
]

EXERCISES = [
    Exercise("05.1", FIELD),
    Exercise("05.2", TARGETS),
    Exercise("05.3", STAGE),
    Exercise("05.4", LOSS),
    Exercise("05.5", PROFILE),
    Exercise("05.6", SCALES),
    Exercise("05.7", BUDGET),
]
