"""Cases and hints of the exercises 05.3, 05.5 and 05.6, on the network."""

from course_lib.exercises import ch05_net_cases as cases
from course_lib.exercises import ch05_scale_cases as scales
from course_lib.exercises.cases import Case

STAGE = [
    Case(
        "height and width stay",
        cases.stage_shape,
        (
            "How many columns does a kernel of 7 leave of ten?",
            "Four, unless the map is padded by half of the kernel.",
            "torch.nn.Conv2d(c, width, kernel, padding=kernel // 2).",
        ),
    ),
    Case(
        "three inputs",
        cases.stage_inputs,
        (
            "What does a later stage know that the first one did not?",
            "It sees features, beliefs and the centre map, as channels side by side.",
            "x = torch.cat([features, beliefs, centre], dim=1).",
        ),
    ),
    Case(
        "five kernels",
        cases.stage_kernels,
        (
            "Which convolutions look at the other joints, and how many are there?",
            "Three with the large kernel; two of 1 x 1 follow and look nowhere.",
            "Kernels kernel, kernel, kernel, 1, 1, and no others.",
        ),
    ),
    Case(
        "as wide as asked",
        cases.stage_width,
        (
            "How many channels are there between two convolutions?",
            "`width`, four times; only the last one makes the beliefs.",
            "feature_channels + belief_channels + 1 -> width x 4 -> belief_channels.",
        ),
    ),
    Case(
        "ReLU between them",
        cases.stage_relu,
        (
            "What can five convolutions do that one cannot, without a ReLU?",
            "Nothing but reach farther: each of the first four is followed by one.",
            "Conv2d, ReLU, Conv2d, ReLU, Conv2d, ReLU, Conv2d, ReLU, Conv2d.",
        ),
    ),
    Case(
        "bare beliefs",
        cases.stage_bare,
        (
            "May a belief be below 0 or above 1?",
            "Yes, the loss alone draws it to its target.",
            "Nothing follows the last convolution: no ReLU, sigmoid or softmax.",
        ),
    ),
    Case(
        "the way back",
        cases.stage_gradient,
        (
            "Can a stage tell the one before which belief would have helped?",
            "Yes, all stages are trained at once, through the beliefs as well.",
            "Remove detach() and no_grad().",
        ),
    ),
    Case(
        "numbers to learn",
        cases.stage_count,
        (
            "What does a convolution add when all it sees is 0?",
            "Its bias: all five have one, and nothing else learns.",
            "Keep bias=True, the default, and no normalization.",
        ),
    ),
]

PROFILE = [
    Case(
        "squares, summed",
        cases.profile_loss,
        (
            "Of which number is this the gradient?",
            "Of the squared differences summed over everything, without a factor.",
            "loss = ((output - targets) ** 2).sum() for one stage.",
        ),
    ),
    Case(
        "without a sign",
        cases.profile_absolute,
        (
            "Two gradients of 5 and -5: is there little to learn?",
            "No: absolute values first, then their mean over the weight.",
            "gradient.abs().mean() for each convolution.",
        ),
    ),
    Case(
        "from the start",
        cases.profile_order,
        (
            "Where does a gradient come from, and in which order do you list it?",
            "It comes from the end, but the list begins at the first convolution.",
            "[m.weight for m in net.modules() if isinstance(m, torch.nn.Conv2d)].",
        ),
    ),
    Case(
        "the last stage alone",
        cases.profile_last,
        (
            "Which outputs meet a target when supervision is at the end only?",
            "The last one; the others only carry its gradient back.",
            "if not is_supervised: outputs = outputs[-1:].",
        ),
    ),
    Case(
        "all stages",
        cases.profile_all,
        (
            "Which outputs meet a target with intermediate supervision?",
            "Every one, and their losses are added, not averaged.",
            "sum(((output - targets) ** 2).sum() for output in outputs).",
        ),
    ),
    Case(
        "an idle one",
        cases.profile_idle,
        (
            "How does the loss change with a weight that is not used?",
            "Not at all: its gradient is 0, which torch tells as None.",
            "torch.autograd.grad(loss, weights, allow_unused=True), None becomes 0.",
        ),
    ),
    Case(
        "no traces",
        cases.profile_traces,
        (
            "What does backward() do with gradients that are there already?",
            "It adds to them: a look at the net must not change its .grad.",
            "torch.autograd.grad(loss, weights) returns gradients and stores none.",
        ),
    ),
]

SCALES = [
    Case(
        "x before y",
        scales.scale_axes,
        (
            "Is a place (row, column) or (x, y)?",
            "(x, y): the column comes first.",
            "torch.stack([index % W, index // W], dim=-1).",
        ),
    ),
    Case(
        "no background",
        scales.scale_background,
        (
            "Which of the K + 1 channels has no place to be found?",
            "The last one, the background.",
            "maps[:, :-1].",
        ),
    ),
    Case(
        "the last stage",
        scales.scale_stage,
        (
            "Which of the predictions has seen all others?",
            "The last one of the list.",
            "net(images)[-1].",
        ),
    ),
    Case(
        "back to pixels",
        scales.scale_pixels,
        (
            "Two cells are high, side by side. Where between them is the joint?",
            "Nearer to the higher one: before the argmax the maps grow to H x W, "
            "bilinearly, cell centres where they belong.",
            'F.interpolate(maps, size=(H, W), mode="bilinear"), align_corners False.',
        ),
    ),
    Case(
        "other sizes",
        scales.scale_sizes,
        (
            "How does a person who is too large come to fit the network?",
            "The image is made smaller before the net sees it, once for each scale.",
            'F.interpolate(images, scale_factor=scale, mode="bilinear").',
        ),
    ),
    Case(
        "one peak for all",
        scales.scale_one_peak,
        (
            "Two scales say left, one says right. Is the joint in the middle?",
            "No: maps are joined, not places.",
            "One argmax, after the loop.",
        ),
    ),
    Case(
        "every scale counts",
        scales.scale_all,
        (
            "How many of the scales have a say?",
            "All of them, in whichever order they come.",
            "total = total + maps, in the loop over scales.",
        ),
    ),
    Case(
        "a sum, not the highest",
        scales.scale_sum,
        (
            "Two scales agree on a place, a third is surer of another. Who wins?",
            "Those who agree, when together they are higher: the maps are added.",
            "sum(maps of each scale), without a maximum over scales.",
        ),
    ),
]
