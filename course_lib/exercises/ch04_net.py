"""Cases and hints of the exercises 04.1, 04.4 and 04.5, on the network's parts."""

from course_lib.exercises import ch04_nested_cases as nested
from course_lib.exercises import ch04_net_cases as cases
from course_lib.exercises.cases import Case

BOTTLENECK = [
    Case(
        "height and width stay",
        cases.block_shape,
        (
            "How many columns does a 3 x 3 convolution leave of seven?",
            "Five, unless it is padded; and only equal shapes can be added.",
            "torch.nn.Conv2d(middle, middle, 3, padding=1).",
        ),
    ),
    Case(
        "nothing on the skip",
        cases.block_identity,
        (
            "What has to be learnt to hand the input on as it is?",
            "Nothing: with equal channels the skip is the identity, with no layer.",
            "torch.nn.Identity() if channels_in == channels_out else a convolution.",
        ),
    ),
    Case(
        "1, 3, 1",
        cases.block_kernels,
        (
            "Which of the convolutions looks at neighbours?",
            "The one in the middle; those around it change the number of channels.",
            "Kernels 1, 3 and 1, in this order, and no others.",
        ),
    ),
    Case(
        "half as wide",
        cases.block_width,
        (
            "Where is the neck of the bottle?",
            "The 3 x 3 convolution has half of the channels that come out.",
            "channels_in -> middle -> middle -> channels_out, "
            "middle = channels_out // 2.",
        ),
    ),
    Case(
        "before each convolution",
        cases.block_before,
        (
            "In which order do convolution, normalization and ReLU come?",
            "The residual is pre-activated: all three convolutions are the last step.",
            "BatchNorm2d(c), ReLU(), Conv2d(c, ...), three times; c is what comes in.",
        ),
    ),
    Case(
        "nothing behind the sum",
        cases.block_sum,
        (
            "The branch says 0. May the module change its input then?",
            "No: what is added is the end, so negative numbers come through, too.",
            "return skip(x) + branch(x), without a ReLU or a norm around it.",
        ),
    ),
    Case(
        "a bare convolution",
        cases.block_bare,
        (
            "What does the skip see when the channels change?",
            "The input itself, through one 1 x 1 convolution and nothing else.",
            "torch.nn.Conv2d(channels_in, channels_out, 1), applied to x.",
        ),
    ),
    Case(
        "numbers to learn",
        cases.block_count,
        (
            "Which layers have a bias, and which norms a scale and a shift?",
            "In this paper's code all of them, also where a norm follows.",
            "Leave out bias=False and affine=False.",
        ),
    ),
]

NESTED = [
    Case(
        "the same shape",
        nested.nested_shape,
        (
            "What shape does the next module, or the next hourglass, expect?",
            "Both branches have C channels and the size of z, so they are added.",
            "skip(z) + up(low) with up = torch.nn.Upsample(scale_factor=2); no cat.",
        ),
    ),
    Case(
        "the lowest resolution",
        nested.nested_lowest,
        (
            "How often is the map halved in an hourglass of depth 2?",
            "Twice: depth 1 halves too, and holds no other hourglass.",
            "The middle is nested(depth - 1, ...), or make(channels) where depth is 1.",
        ),
    ),
    Case(
        "the skip branch",
        nested.nested_skip,
        (
            "How does a detail of two pixels get through a map of 4 x 4 cells?",
            "It does not: it goes past it, at full resolution.",
            "Return self.skip(z) + ..., with z as it came in.",
        ),
    ),
    Case(
        "where the modules work",
        nested.nested_places,
        (
            "At which of both sizes do R1 and R3 cost less?",
            "On the small map: R1 follows the pooling, R3 comes before the upsampling.",
            "up(R3(M(R1(pool(z))))), M one module if depth is 1, and a module of its "
            "own on the skip.",
        ),
    ),
    Case(
        "how a map is halved",
        nested.nested_pool,
        (
            "A peak stands in one of four cells. What is left of it?",
            "All of it: the largest of the four values is kept.",
            "torch.nn.MaxPool2d(2).",
        ),
    ),
    Case(
        "how a map is doubled",
        nested.nested_nearest,
        (
            "What lies between two cells of the small map?",
            "Nothing new: every value is repeated, 2 x 2 times.",
            'torch.nn.Upsample(scale_factor=2, mode="nearest").',
        ),
    ),
    Case(
        "a module for every place",
        nested.nested_count,
        (
            "Does a module that sees 64 x 64 maps learn the same as one for 4 x 4?",
            "No weights are shared: skip, R1 and R3 on each level, R2 on the lowest.",
            "Call make(channels) for each of them: 3 * depth + 1 times in all.",
        ),
    ),
    Case(
        "all of it learns",
        nested.nested_learns,
        (
            "How does the optimizer hear of a module?",
            "It asks net.parameters(), which finds modules that are attributes.",
            "self.skip = make(channels), or a torch.nn.ModuleList; no plain list, no "
            "detach().",
        ),
    ),
]

REINJECT = [
    Case(
        "the stream goes on",
        cases.link_stream,
        (
            "What does the next stack start from when this one found nothing?",
            "From what this one started from: the stream is handed on, unchanged.",
            "return stream + ...",
        ),
    ),
    Case(
        "the features",
        cases.link_features,
        (
            "Which convolution turns features into something to be added?",
            "from_features takes `features`, and they come in by it alone.",
            "stream + from_features(features) + ...",
        ),
    ),
    Case(
        "the predictions",
        cases.link_heatmaps,
        (
            "How does the next stack learn where this one saw the joints?",
            "The maps go in as they are, K channels turned into those of the stream.",
            "... + from_heatmaps(heatmaps), without sigmoid, softmax or argmax.",
        ),
    ),
    Case(
        "the way back",
        cases.link_gradient,
        (
            "Can a later stack tell an earlier one what it would have needed?",
            "Yes, the whole network is trained at once, through all three terms.",
            "Remove detach() and no_grad().",
        ),
    ),
]
