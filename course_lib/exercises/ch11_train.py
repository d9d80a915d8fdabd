"""Cases and hints of the exercises 11.4 and 11.5, on training for dense labels."""

from course_lib.exercises import ch11_flip_cases as flips
from course_lib.exercises import ch11_loss_cases as losses
from course_lib.exercises.cases import Case

LOSS = [
    Case(
        "at a cell",
        losses.loss_cell,
        (
            "A point lies on the centre of a cell. Which logits does it see?",
            "Those of this cell: x is the column, y the row. Then the cross-entropy, "
            "from logits.",
            "F.grid_sample takes (x, y), -1 to 1; with align_corners=True these are "
            "the centres of the first and last cells: 2 * x / (w - 1) - 1.",
        ),
    ),
    Case(
        "the gradient",
        losses.loss_gradient,
        (
            "Who learns from this number?",
            "The part logits, U and V: the loss must be differentiable with respect "
            "to all three.",
            "No .item(), .detach() or no_grad() on the way, and no new tensor of the "
            "result.",
        ),
    ),
    Case(
        "between cells",
        losses.loss_between,
        (
            "A point lies between four cells. Whose logits does it see?",
            "Those of all four, bilinearly: by the shares of the distances. First the "
            "logits are sampled, then comes the softmax.",
            "F.grid_sample(part_logits, ...), mode bilinear, then F.cross_entropy; no "
            "rounding.",
        ),
    ),
    Case(
        "U and V of its part",
        losses.loss_channel,
        (
            "Each part has a channel for U. Which of them learns from a point?",
            "Only that of the annotated part, and so for V; label 1 is channel 1.",
            "u[torch.arange(Q), labels] of u (Q, C), U before V.",
        ),
    ),
    Case(
        "smooth L1",
        losses.loss_smooth,
        (
            "How much does a difference z cost?",
            "z^2 / 2 below 1, and |z| - 1/2 above.",
            'F.smooth_l1_loss(found, target, reduction="sum").',
        ),
    ),
    Case(
        "a wrong part",
        losses.loss_wrong_part,
        (
            "The network names another part. Do U and V learn?",
            "They do, in the channel of the annotated part: the label opens the gate, "
            "not the prediction.",
            "Index by labels, and never by argmax of the logits.",
        ),
    ),
    Case(
        "a mean and a sum",
        losses.loss_mean_and_sum,
        (
            "Three points instead of one. Which of the two terms grows?",
            "The second: cross-entropies are averaged over the points, errors of U "
            "and V are added.",
            'reduction="mean" for the parts, "sum" for U and V.',
        ),
    ),
    Case(
        "the weights",
        losses.loss_weights,
        (
            "What does each weight multiply?",
            "part_weight the cross-entropy, uv_weight the rest: 0.3 and 0.1 if left "
            "out.",
            "part_weight * entropy + uv_weight * errors, not divided by anything.",
        ),
    ),
    Case(
        "unused slots",
        losses.loss_unused,
        (
            "A slot has label 0 and the place (0, 0). What does the network learn "
            "there?",
            "Nothing, and the slot is not counted. In the released code, such slots "
            "teach that pixel (0, 0) of the first crop is background.",
            "is_used = labels > 0; then logits[is_used], and a mean over what is left.",
        ),
    ),
    Case(
        "off the map",
        losses.loss_outside,
        (
            "A point lies outside of the outer cells' centres. What is sampled there?",
            "Nothing: it is dropped, and does not count in the mean. grid_sample "
            "would read zeros.",
            "(points >= 0) & (points <= tensor([w - 1, h - 1])), both in x and in y.",
        ),
    ),
    Case(
        "on the edge",
        losses.loss_edge,
        (
            "A point lies exactly in the last column. Is it on the map?",
            "Yes, as in the first: its neighbour beyond has no share.",
            "<= and >=; if you sample by hand, clamp the second index to w - 1.",
        ),
    ),
    Case(
        "the whole batch",
        losses.loss_batch,
        (
            "One crop has three points, another one. How much does each point weigh?",
            "The same: the mean is over all points of the batch. Each is sampled from "
            "its own crop.",
            "One mask (B, P), one mean over its points, and no mean of means.",
        ),
    ),
    Case(
        "no points",
        losses.loss_nothing,
        (
            "No point is left. What is the loss?",
            "0, as a tensor that still hangs on the maps, and not NaN.",
            'F.cross_entropy(..., reduction="sum") / max(number, 1); no early return '
            "of a number.",
        ),
    ),
]

FLIP = [
    Case(
        "columns",
        flips.flip_columns,
        (
            "Where does the first column go?",
            "It becomes the last one, in I, U and V; rows stay.",
            "iuv.flip(-1).",
        ),
    ),
    Case(
        "left and right",
        flips.flip_sides,
        (
            "Which hand is the right one in a mirror?",
            "The one that was the left one: part i becomes swap[i], all of them at "
            "once, whatever number of parts there is.",
            "swap[parts]; a loop that writes one part after another turns some back.",
        ),
    ),
    Case(
        "new U and V",
        flips.flip_uv,
        (
            "Does a mirror change U and V?",
            "It does, and not always to T - 1 - U: the tables say how. U is the first "
            "index, V the second.",
            "u_table[parts, u, v] and v_table[parts, u, v].",
        ),
    ),
    Case(
        "of both",
        flips.flip_axes,
        (
            "Is U enough to know the new U?",
            "No: the new U depends on U and V, and so does the new V.",
            "u_table[parts, u, v], with all three indices.",
        ),
    ),
    Case(
        "twice",
        flips.flip_twice,
        (
            "What is the mirror image of the mirror image?",
            "The image, where the tables are consistent. Which U did you look up the "
            "new V with?",
            "Both look-ups take the old U and V: write no new U into u in between.",
        ),
    ),
    Case(
        "whose table",
        flips.flip_whose,
        (
            "A left hand becomes a right hand. Which of the two tables is read?",
            "The left one: U and V are places on the part that the pixel had before. "
            "The other table leads the other way.",
            "First all look-ups with the old parts, then swap[parts].",
        ),
    ),
    Case(
        "background",
        flips.flip_background,
        (
            "What are U and V where nobody is?",
            "0, as before: the tables of part 0 mean nothing.",
            "u_table[parts, u, v] * (parts > 0).",
        ),
    ),
]
