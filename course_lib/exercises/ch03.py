"""The exercises of chapter 03, Iterative Error Feedback: their cases and hints.

Those on the loop, the net and its reach, 03.5 to 03.7, are in ch03_loop.
"""

from course_lib.exercises import ch03_cases as cases
from course_lib.exercises.cases import Case, Exercise
from course_lib.exercises.ch03_loop import PREDICT, STEPS, WIDEN

CORRECTION = [
    Case(
        "towards the target",
        cases.correction_direction,
        (
            "You stand at `current`. What do you add to get to `target`?",
            "A correction is added to `current`, so it points away from there.",
            "gap = target - current, and not the other way round.",
        ),
    ),
    Case(
        "a joint that is near",
        cases.correction_near,
        (
            "What happens to a joint that is 5 px off and moves 20 px?",
            "`limit` is the most that a joint moves; a shorter gap is closed exactly.",
            "Its length is the smaller of limit and the gap's own length.",
        ),
    ),
    Case(
        "a joint that is far",
        cases.correction_far,
        (
            "Does the network have to get there in a single step?",
            "A gap longer than `limit` is cut to that length, and keeps its direction.",
            "gap * limit / length where the length of the gap is more than limit.",
        ),
    ),
    Case(
        "a slanted gap",
        cases.correction_slanted,
        (
            "How long is a correction of (10, 10), when 10 px are allowed?",
            "The length in a straight line is bounded, not x and y by themselves.",
            "length = gap.norm(dim=-1, keepdim=True); scale x and y by one factor.",
        ),
    ),
    Case(
        "each joint by itself",
        cases.correction_joints,
        (
            "Must a head that is nearly right wait for a hand that is far off?",
            "Every joint has a length and a factor of its own.",
            "length has shape (..., K, 1): the norm runs over the last axis alone.",
        ),
    ),
    Case(
        "a batch of poses",
        cases.correction_batch,
        (
            "Which axis holds x and y, when there are three axes, or four?",
            "Counted from the front it moves; counted from the end it stays.",
            "Use dim=-1, and keepdim=True so that the shapes fit for any batch.",
        ),
    ),
    Case(
        "a joint on its target",
        cases.correction_arrived,
        (
            "In which direction does a gap of length 0 point?",
            "0 / 0 is NaN: keep the length that you divide by above 0.",
            "gap * (limit / length.clamp(min=1e-9)).clamp(max=1) is 0 there.",
        ),
    ),
]

RENDER = [
    Case(
        "from -1 to 1",
        cases.render_range,
        (
            "What should a channel say far away from its joint?",
            "A Gaussian with peak 1 runs from 0 to 1: stretch it and shift it.",
            "2 * torch.exp(...) - 1, with no factor that depends on std.",
        ),
    ),
    Case(
        "x and y",
        cases.render_axes,
        (
            "Which index of a map is x, the first or the second?",
            "Joints are (x, y), maps are indexed [y, x]; x goes with the columns.",
            "across = arange(w) - x, down = arange(h) - y, for size = (h, w).",
        ),
    ),
    Case(
        "a standard deviation away",
        cases.render_width,
        (
            "How large is a Gaussian one standard deviation from its middle?",
            "It is exp(-1/2) there: the squared distance, over twice the squared std.",
            "torch.exp(-distance_squared / (2 * std**2)).",
        ),
    ),
    Case(
        "a slanted distance",
        cases.render_slanted,
        (
            "How far is a pixel that is 3 px to the right and 4 px below?",
            "By Pythagoras: the squares of both steps are added, then nothing else.",
            "across[..., None, :] ** 2 + down[..., :, None] ** 2, without a root.",
        ),
    ),
    Case(
        "between pixels",
        cases.render_between,
        (
            "Does the network see a correction of a third of a pixel?",
            "A joint keeps its fraction; only the pixels are whole numbers.",
            "Remove round() and long(): subtract the joint as it is.",
        ),
    ),
    Case(
        "outside of the map",
        cases.render_outside,
        (
            "A wrong pose may leave the crop. What is then left of its Gaussian?",
            "The formula holds for any joint: the tail that reaches in is drawn.",
            "Clamp nothing, skip nothing; far away all values are -1.",
        ),
    ),
    Case(
        "a channel for each joint",
        cases.render_many,
        (
            "If all joints shared one channel, which of its peaks were the knee?",
            "Map [b, k] shows joint k of pose b, and no other.",
            "joints[..., 0, None] is (B, K, 1); minus arange(w) it is (B, K, w).",
        ),
    ),
]

PATH = [
    Case(
        "one more pose than steps",
        cases.path_count,
        (
            "How many fence posts do four boards need?",
            "Each step leads from one pose to the next; both ends are poses.",
            "poses = [start]; each of `steps` rounds appends to both lists.",
        ),
    ),
    Case(
        "the start comes first",
        cases.path_start,
        (
            "Where is the joint before the first correction?",
            "poses[0] is the start. Do all entries of your list share one tensor?",
            "poses = [start]; append poses[-1] + correction, a new tensor; no +=.",
        ),
    ),
    Case(
        "a far target",
        cases.path_far,
        (
            "Does the length of a step depend on how many steps there are?",
            "No: a joint that is far moves by `limit`, arriving or not.",
            "Per joint min(limit, length) px long, whatever `steps` is.",
        ),
    ),
    Case(
        "a joint that starts at its target",
        cases.path_still,
        (
            "What does your function do with a gap of length 0?",
            "0 / 0 is NaN, and a step of 0 px has no direction; it needs none.",
            "gap * (limit / length.clamp(min=1e-9)).clamp(max=1) is 0 there.",
        ),
    ),
    Case(
        "1, 3, 5, 5, 5",
        cases.path_arrives,
        (
            "After two steps the joint is there. From where do you measure the third?",
            "Each correction begins at the pose reached so far, not at the start.",
            "gap = target - poses[-1], inside of the loop, before that step.",
        ),
    ),
    Case(
        "a last step that is shorter",
        cases.path_rest,
        (
            "One pixel is left and three are allowed. How long is the step?",
            "A joint never passes its target: the rest is one shorter step.",
            "The factor is (limit / length).clamp(max=1): at most the whole gap.",
        ),
    ),
    Case(
        "joints of their own pace",
        cases.path_joints,
        (
            "May a joint that has arrived stop while another goes on?",
            "Length and bound belong to one joint, over both x and y.",
            "gap.norm(dim=-1, keepdim=True) is (K, 1): one length for each joint.",
        ),
    ),
]

REACH = [
    Case(
        "each joint from its own start",
        cases.reach_start,
        (
            "From which row of `start` does joint k of each person begin?",
            "From start[k], for everybody; the share is a number from 0 to 1.",
            "target - start is (N, K, 2): the missing axis is added in front.",
        ),
    ),
    Case(
        "all steps together",
        cases.reach_steps,
        (
            "How far does a joint come in four steps of at most 20 px?",
            "Steps in one straight line add up.",
            "The reach is limit * steps px.",
        ),
    ),
    Case(
        "a slanted way",
        cases.reach_slanted,
        (
            "Which targets does a disc hold that a square or a diamond does not?",
            "The bound is on the length in a straight line, so the reach is a disc.",
            "(target - start).norm(dim=-1), neither abs().sum() nor abs().max().",
        ),
    ),
    Case(
        "at the end of the reach",
        cases.reach_edge,
        (
            "Three steps of 10 px, a target 30 px away: does the joint get there?",
            "It arrives with its last step: the comparison includes equality.",
            "Use <=, not <.",
        ),
    ),
    Case(
        "joints without a label",
        cases.reach_labels,
        (
            "Where is the target of a joint whose place nobody marked?",
            "0 has no label and counts nowhere; 1 and 2 count once each.",
            "labelled = visible > 0; it selects in numerator and denominator.",
        ),
    ),
    Case(
        "people with different numbers of labels",
        cases.reach_pooled,
        (
            "Is the share a mean of means, by person or by joint?",
            "It pools: all reachable joints over all labelled joints, divided once.",
            "(is_reachable & labelled).sum() / labelled.sum().",
        ),
    ),
]

EXERCISES = [
    Exercise("03.1", CORRECTION),
    Exercise("03.2", RENDER),
    Exercise("03.3", PATH),
    Exercise("03.4", REACH),
    Exercise("03.5", PREDICT),
    Exercise("03.6", WIDEN),
    Exercise("03.7", STEPS),
]
