"""Cases and hints of exercise 05.2, on the targets."""

from course_lib.exercises import ch05_target_cases as targets
from course_lib.exercises.cases import Case

TARGETS = [
    Case(
        "one channel more",
        targets.target_channels,
        (
            "What should the network say of a cell in which there is no joint?",
            "It has a channel for that, the background, behind the K joints.",
            "torch.cat([maps, background[None]]), (K + 1, h, w).",
        ),
    ),
    Case(
        "x goes to the right",
        targets.target_axes,
        (
            "Which index of a map counts columns?",
            "The last one, and columns go with x; size is (h, w).",
            "Distances in x have shape (..., 1, w), those in y (..., h, 1).",
        ),
    ),
    Case(
        "centres of cells",
        targets.target_centres,
        (
            "Which pixels does cell 0 of a map with stride 4 stand for?",
            "Those from 0 to 3, so its centre is at 1.5.",
            "x = stride * torch.arange(w) + (stride - 1) / 2, and y likewise.",
        ),
    ),
    Case(
        "sigma in pixels",
        targets.target_width,
        (
            "How high is the bell at a distance of one sigma?",
            "exp(-1/2), with distance and sigma in px, not in cells.",
            "torch.exp(-squared_distance / (2 * sigma**2)).",
        ),
    ),
    Case(
        "below one percent",
        targets.target_cut,
        (
            "Where does a bell end?",
            "Nowhere by itself: a value below 0.01 is set to 0.",
            "bells.where(bells >= 0.01, 0.0).",
        ),
    ),
    Case(
        "two people",
        targets.target_people,
        (
            "Two people, one map. What holds it where both bells reach?",
            "Their sum.",
            "bells.sum(dim=0), over the people, with bells (N, K, h, w).",
        ),
    ),
    Case(
        "never above 1",
        targets.target_clip,
        (
            "Can a belief be 2, where the same joint of two people meets?",
            "No, the sum over people is clipped at 1.",
            "bells.sum(dim=0).clamp(max=1).",
        ),
    ),
    Case(
        "each bell for itself",
        targets.target_cut_first,
        (
            "Two people leave 0.006 each. What is there together?",
            "Nothing: each bell ends where it alone falls below 0.01.",
            "Cut the (N, K, h, w) bells, and sum over people after that.",
        ),
    ),
    Case(
        "the background",
        targets.target_background,
        (
            "Between two joints both bells are 0.9. How much is background?",
            "0.1: the highest of the K maps decides, not their sum.",
            "1 - maps.amax(dim=0).",
        ),
    ),
    Case(
        "labels",
        targets.target_labels,
        (
            "Does a hand behind the back belong into the map?",
            "Yes if someone labelled it: 1 and 2 count, 0 leaves nothing.",
            "bells * (visible > 0)[..., None, None].",
        ),
    ),
    Case(
        "nobody",
        targets.target_nobody,
        (
            "What does an image without people teach?",
            "That all is background. A sum over nobody is 0.",
            "Vectorise over N: zeros (0, K, h, w) summed over dim=0 are (K, h, w).",
        ),
    ),
]
