"""Cases and hints of the exercises 03.5 to 03.7, on the loop, the net and its reach."""

from course_lib.exercises import ch03_loop_cases as cases
from course_lib.exercises.cases import Case

PREDICT = [
    Case(
        "what the net is shown",
        cases.predict_input,
        (
            "In which order do the channels of the image and of the pose come?",
            "Images, then maps, along the channel axis; each image gets the start.",
            "x = torch.cat([images, render(pose)], dim=1), with "
            "pose = start.expand(len(images), -1, -1).",
        ),
    ),
    Case(
        "one more pose than steps",
        cases.predict_count,
        (
            "How many fence posts do four boards need?",
            "The list holds the start and the pose after each step.",
            "poses = [start of every image]; append once in each of `steps` rounds.",
        ),
    ),
    Case(
        "the start comes first",
        cases.predict_start,
        (
            "Where are the joints before the first correction?",
            "poses[0] is the start. Do all entries of your list share one tensor?",
            "Append poses[-1] + ..., a new tensor, instead of pose += ... .",
        ),
    ),
    Case(
        "in units of the limit",
        cases.predict_units,
        (
            "The net says 0.5. Half of what?",
            "A correction of length 1 is one of `limit` px.",
            "Add limit * net(x).",
        ),
    ),
    Case(
        "one step after another",
        cases.predict_adds,
        (
            "To which pose does the third correction belong?",
            "To the one that the net was shown, after two corrections.",
            "poses.append(poses[-1] + limit * net(x)).",
        ),
    ),
    Case(
        "the pose as it is now",
        cases.predict_updated,
        (
            "Can the net notice an error of a pose that it is not shown?",
            "The images stay, the maps do not: they are drawn anew for every step.",
            "Call render(poses[-1]), and torch.cat, inside of the loop.",
        ),
    ),
    Case(
        "a net that says more than 1",
        cases.predict_unbounded,
        (
            "What does the bound apply to, in the paper?",
            "To the targets of training; what the net says is added as it is.",
            "Remove clamp, tanh or whatever shortens net(x).",
        ),
    ),
    Case(
        "without gradients",
        cases.predict_gradient,
        (
            "What does autograd keep of each step, and who will need it here?",
            "Prediction trains nothing: tell torch so before the net is called.",
            "Put the loop under `with torch.no_grad():`.",
        ),
    ),
]

WIDEN = [
    Case(
        "the trained planes",
        cases.widen_trained,
        (
            "What does the network still know about the image, once it is widened?",
            "The first three planes are `weight`, in its order, unchanged.",
            "torch.cat([weight, noise], dim=1): weights are (filter, plane, y, x).",
        ),
    ),
    Case(
        "the size of the noise",
        cases.widen_size,
        (
            "Is `std` a variance, its root, or its square?",
            "Numbers of standard deviation 1, times std, have standard deviation std.",
            "std * torch.randn(...), with mean 0: neither std**2 nor its root.",
        ),
    ),
    Case(
        "every weight for itself",
        cases.widen_independent,
        (
            "What could two filters of the same weights tell apart?",
            "Each number is drawn by itself: none is repeated, no mean is removed.",
            "torch.randn(C, extra, k, k, generator=generator), without expand.",
        ),
    ),
    Case(
        "normal noise",
        cases.widen_normal,
        (
            "Which function of torch draws from a Gaussian?",
            "torch.rand is uniform, and so are the usual initializations of layers.",
            "torch.randn(..., generator=generator).",
        ),
    ),
    Case(
        "the generator",
        cases.widen_generator,
        (
            "Who decides which numbers are drawn, and can somebody else repeat it?",
            "All numbers come from the generator passed in, as it arrives.",
            "torch.randn(..., generator=generator); no global draw, no manual_seed.",
        ),
    ),
]

STEPS = [
    Case(
        "whole steps",
        cases.steps_whole,
        (
            "How many steps of 10 px does a way of 25 px take?",
            "Two are too few: what is left over needs a step of its own.",
            "The smallest whole number with distance <= steps * limit: round up.",
        ),
    ),
    Case(
        "at the end of the reach",
        cases.steps_edge,
        (
            "And how many does a way of 30 px take?",
            "The third step ends on the target: equality is enough.",
            "Compare with <=, or use math.ceil(distance / limit), not // and + 1.",
        ),
    ),
    Case(
        "a slanted way",
        cases.steps_slanted,
        (
            "How long is the way to a joint 24 px to the right and 24 px below?",
            "Steps go in a straight line, so the distance does, too.",
            "(targets - start).norm(dim=-1), (N, K).",
        ),
    ),
    Case(
        "joints without a label",
        cases.steps_labels,
        (
            "Where is the target of a joint whose place nobody marked?",
            "0 has no label and counts nowhere; 1 and 2 count once each.",
            "Keep only distances[visible > 0], in numerator and denominator.",
        ),
    ),
    Case(
        "enough joints",
        cases.steps_share,
        (
            "Is it worth a step for all when one hand in a hundred needs it?",
            "At least `share` of the joints: neither all, nor on average, nor more.",
            "Return steps as soon as (distances <= steps * limit).float().mean() "
            ">= share.",
        ),
    ),
    Case(
        "people with different numbers of labels",
        cases.steps_pooled,
        (
            "Is the share a mean of means, by person or by joint?",
            "It pools the labelled joints of all people; the means may differ.",
            "distances[visible > 0] is one long list: take one mean of it.",
        ),
    ),
    Case(
        "no step at all",
        cases.steps_none,
        (
            "What is the smallest whole number of steps?",
            "It is 0, and enough where the start is right already.",
            "Begin counting at 0.",
        ),
    ),
]
