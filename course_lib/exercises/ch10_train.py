"""Cases and hints of the exercises 10.3 and 10.4, on training for crowds."""

from course_lib.exercises import ch10_loss_cases as losses
from course_lib.exercises import ch10_paste_cases as pastes
from course_lib.exercises.cases import Case

LOSS = [
    Case(
        "a plain mean",
        losses.loss_plain,
        (
            "Everything is visible, and the occluded branch weighs nothing. What is "
            "left?",
            "The mean squared difference of the visible maps and the targets, soft or "
            "hard: no sum, no root, no factor.",
            "((visible_maps - targets).square() * mask[..., None, None]).mean().",
        ),
    ),
    Case(
        "the gradient",
        losses.loss_gradient,
        (
            "Who learns from this number?",
            "Both branches, each from its own labels: the loss must be differentiable "
            "with respect to both.",
            "No .item(), .detach() or no_grad() on the way, and no new tensor of the "
            "result.",
        ),
    ),
    Case(
        "which branch",
        losses.loss_branch,
        (
            "Which of the two branches learns an occluded joint, and which a visible "
            "one?",
            "The occluded branch those with flag 1, the visible branch those with "
            "flag 2.",
            "(flags == 2) masks the visible maps, (flags == 1) the occluded ones.",
        ),
    ),
    Case(
        "soft is silent",
        losses.loss_silent,
        (
            "In the soft loss, what does the occluded branch learn of a visible joint?",
            "Nothing, whatever it says there: the gradient is 0. And the same the "
            "other way round.",
            "If not is_hard, one mask for each branch, and not flags >= 1 for both.",
        ),
    ),
    Case(
        "no label",
        losses.loss_unlabelled,
        (
            "What should a map look like whose joint has no label?",
            "Nobody knows: it costs nothing, in neither branch. It is not occluded.",
            "flags == 1, and not flags < 2.",
        ),
    ),
    Case(
        "joint by joint",
        losses.loss_joints,
        (
            "A person has visible and occluded joints. Which branch learns them?",
            "Each joint decides for itself, in each image.",
            "flags[..., None, None] has the shape (B, K, 1, 1): no any() over K.",
        ),
    ),
    Case(
        "the weight",
        losses.loss_weight,
        (
            "What does `weight` multiply?",
            "The loss of the occluded branch, and nothing else.",
            "visible_loss + weight * occluded_loss, not divided by 1 + weight.",
        ),
    ),
    Case(
        "all values count",
        losses.loss_all_values,
        (
            "One joint of eight is occluded. By what is its squared error divided?",
            "By the number of all values B K h w: else the few occluded joints would "
            "weigh far more than `weight` says.",
            "(square * mask).mean(): no square[mask].mean(), no / mask.sum().",
        ),
    ),
    Case(
        "hard",
        losses.loss_hard,
        (
            "What is the target of the occluded branch at a visible joint, if "
            "`is_hard`?",
            "An empty map, and it is supervised: who fires there pays.",
            "(occluded_maps - targets * is_occluded).square() * is_labelled, and "
            "likewise for the visible branch.",
        ),
    ),
    Case(
        "hard without label",
        losses.loss_hard_unlabelled,
        (
            "Is an empty map the target of a joint without label, too?",
            "No: both branches are free there, also in the hard loss.",
            "Both masks are (flags >= 1).",
        ),
    ),
    Case(
        "nothing to learn",
        losses.loss_nothing,
        (
            "No joint of a batch is labelled. What is the loss?",
            "0, as a tensor that still hangs on the maps, and not NaN.",
            "No early return of a number: 0 * maps, averaged, is 0 and keeps its "
            "history.",
        ),
    ),
]

PASTE = [
    Case(
        "inside",
        pastes.paste_inside,
        (
            "Where does the first pixel of a cut-out go?",
            "To column x, row y of the image, unchanged: nothing is blended.",
            "image[:, y + row, x + column] = colours[:, row, column], in a copy.",
        ),
    ),
    Case(
        "its outline",
        pastes.paste_outline,
        (
            "Is all of the rectangle pasted?",
            "Only where the mask is True; the image shows around it.",
            "torch.where(mask, colours, image_part).",
        ),
    ),
    Case(
        "black is a colour",
        pastes.paste_black,
        (
            "A cut-out has black shoes. What is seen there?",
            "Black. The released code asks for pixel values over 0, and gets holes.",
            "Use the mask, and not colours > 0.",
        ),
    ),
    Case(
        "over the edge",
        pastes.paste_over_edge,
        (
            "The cut-out is larger than what is left of the image. What is pasted?",
            "Its part on the image, at the same place: neither moved nor shrunk.",
            "columns = min(x + w, W) - x; the same number on both sides of the =.",
        ),
    ),
    Case(
        "before the first pixel",
        pastes.paste_before,
        (
            "The corner is at x = -2. Which column of the cut-out is in column 0?",
            "Column 2. A slice from -2 would begin at the other end of the image.",
            "first = max(0, -x): colours[:, :, first:] begins at column x + first.",
        ),
    ),
    Case(
        "outside",
        pastes.paste_outside,
        (
            "What if no pixel of a cut-out is on the image?",
            "Nothing changes. Beware of slices such as 0:-2, which are not empty.",
            "if columns <= 0 or rows <= 0: continue; or keep the pixels with 0 <= u < "
            "W and 0 <= v < H.",
        ),
    ),
    Case(
        "hidden joints",
        pastes.paste_hidden,
        (
            "What becomes of a visible joint that is pasted over?",
            "It is occluded, flag 1, not unlabelled: else the visible branch would "
            "learn to see it. In the rectangle, but outside of the mask, it stays "
            "visible.",
            "covered (H, W), bool, True where something was pasted; flags[covered[y, "
            "x]] = 1, in a copy.",
        ),
    ),
    Case(
        "other flags",
        pastes.paste_flags,
        (
            "May a cut-out give a label to a joint that has none?",
            "No: 0 stays 0, and 1 stays 1.",
            "torch.where(is_covered & (flags == 2), 1, flags).",
        ),
    ),
    Case(
        "the nearest pixel",
        pastes.paste_nearest,
        (
            "A joint lies at x = 3.6. On which pixel?",
            "On 4, whose centre is the nearest.",
            "joints.round().long(), not .long() alone.",
        ),
    ),
    Case(
        "off the image",
        pastes.paste_off_image,
        (
            "A joint is at x = -1, and the last column of the image is covered. Is "
            "the joint?",
            "No; covered[y, -1] would read that column. Who is off the image keeps the "
            "flag, even under a part of a cut-out that is lost there.",
            "is_on = (x >= 0) & (x < W) & (y >= 0) & (y < H), and clamp the indices.",
        ),
    ),
    Case(
        "one after another",
        pastes.paste_several,
        (
            "Two cut-outs overlap. Which is in front, and which of them hides joints?",
            "The later one is in front, and both hide: in the released code, the "
            "second mask takes the place of the first.",
            "covered |= its own mask, in the loop over the cut-outs.",
        ),
    ),
    Case(
        "none",
        pastes.paste_none,
        (
            "What if the list is empty?",
            "The image and the flags are as before: a stack of no masks raises.",
            "covered = torch.zeros(H, W, dtype=torch.bool), before the loop.",
        ),
    ),
]
