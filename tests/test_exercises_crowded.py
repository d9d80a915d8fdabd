"""Chapter 10: right answers of another kind, and answers of the wrong form."""

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from second_answers import expect_passes, expect_writing_is_told

from course_lib.exercises import checking, expect_close, first_failure
from course_lib.exercises.ch10_target_cases import BOX, SIZE, WIDTH, place
from course_lib.geometry import apply_affine, crop_affine, expand_box
from course_lib.heatmaps import quarter_offset, render_heatmaps
from course_lib.notebooks import ROOT, load_solutions

PATH = ROOT / "notebooks" / "10_crowded_scenarios.ipynb"
SOLVED = {solution.id: solution for solution in load_solutions(PATH).SOLUTIONS}
crowd_index, branch_masks, occ_loss = (SOLVED[f"10.{n}"].reference for n in (1, 2, 3))
paste_cutouts, merge_branches, interference_target = (
    SOLVED[f"10.{n}"].reference for n in (4, 5, 6)
)


def index_by_loops(boxes, joints, flags):
    ratios = []
    for x, y, w, h in boxes.tolist():
        counts = []
        for places, shown in zip(joints.tolist(), flags.tolist(), strict=True):
            counts.append(0)
            for (u, v), flag in zip(places, shown, strict=True):
                across, down = abs(u + 0.5 - x - w / 2), abs(v + 0.5 - y - h / 2)
                counts[-1] += flag > 0 and across <= w / 2 and down <= h / 2
        own = counts[len(ratios)]
        ratios.append((sum(counts) - own) / own if own else 0)
    return sum(ratios) / max(len(ratios), 1)


def masks_of_one_hot(flags, joints, size):
    centred = (joints + 0.5) / torch.tensor(size[::-1]) - 0.5  # -1/2 to 1/2 on the crop
    left = flags.long().where(centred.abs().amax(dim=-1) <= 0.5, 0)
    zero, one, two = F.one_hot(left, 3).double().unbind(dim=-1)
    return [two, one, 1 - zero]


def loss_of_tables(visible_maps, occluded_maps, targets, flags, weight, is_hard):
    """Of each joint: what either branch pays for a map, and what for an empty one."""
    own, empty = (
        torch.stack([(m - goal).square().mean(dim=(2, 3)) for m in maps])
        for maps, goal in (
            ((visible_maps, occluded_maps), targets),
            ((visible_maps, occluded_maps), torch.zeros_like(targets)),
        )
    )
    table = torch.zeros_like(flags, dtype=targets.dtype)
    table = torch.where(flags == 2, own[0] + is_hard * weight * empty[1], table)
    table = torch.where(flags == 1, weight * own[1] + is_hard * empty[0], table)
    return table.mean()


def paste_by_pixels(image, cutouts, joints, flags):
    """Each pixel asks the cut-outs, from the last one on, whether it is theirs."""
    image, height, width = image.numpy().copy(), *image.shape[1:]
    covered = set()
    for v, u in np.ndindex(height, width):
        for colours, mask, (x, y) in reversed(cutouts):
            row, column = v - y, u - x
            inside = 0 <= row < mask.shape[0] and 0 <= column < mask.shape[1]
            if inside and mask[row, column]:
                image[:, v, u] = colours[:, row, column]
                covered.add((u, v))
                break
    places = np.floor(joints.numpy() + 0.5).astype(int).tolist()
    shown = [
        1 if flag == 2 and tuple(place) in covered else flag
        for place, flag in zip(places, flags.tolist(), strict=True)
    ]
    return torch.from_numpy(image), torch.tensor(shown)


def merge_by_library(visible_maps, occluded_maps):
    (seen, first), (hidden, second) = (
        quarter_offset(maps, 1) for maps in (visible_maps, occluded_maps)
    )
    points = torch.where((first >= second)[..., None], seen, hidden)
    return points, torch.maximum(first, second), torch.where(first < second, 1.0, 2.0)


def target_by_library(
    joints, flags, own, box, size, sigma, pairs, mirror=None, factor=1.25, weight=0.5
):
    """The crop is mirrored, and then the channels of each pair change places."""
    flip = torch.tensor([mirror is not None])
    affine = crop_affine(expand_box(box[None], factor), size, flip=flip)
    cells = apply_affine(affine.expand(len(joints), 2, 3), joints)
    off = ((cells + 0.5) / torch.tensor(size[::-1]) - 0.5).abs().amax(dim=-1) > 0.5
    maps = render_heatmaps(cells, flags * ~off, size, 1, sigma)  # (P, K, h, w)
    others = torch.cat([maps[:own], maps[own + 1 :], torch.zeros_like(maps[:1])])
    found = torch.maximum(maps[own], weight * others.amax(dim=0))
    for left, right in pairs if mirror is not None else []:
        found[[left, right]] = found[[right, left]]
    return found


RIGHT = {
    "10.1": index_by_loops,
    "10.2": masks_of_one_hot,
    "10.3": loss_of_tables,
    "10.4": paste_by_pixels,
    "10.5": merge_by_library,
    "10.6": target_by_library,
}


@pytest.mark.parametrize("number", RIGHT)
def test_another_right_answer_passes(number):
    expect_passes(SOLVED[number], RIGHT[number])


def flags_of_noise(generator, *shape):
    return torch.randint(3, shape, generator=generator)


def crowd_of_noise(generator):
    boxes = 10 + 30 * torch.rand(5, 4, generator=generator)
    joints = boxes[:, None, :2] + 40 * torch.rand(5, 7, 2, generator=generator) - 5
    return boxes, joints, flags_of_noise(generator, 5, 7)


def crops_of_noise(generator):
    joints = 80 * torch.rand(6, 5, 2, generator=generator) - 10
    return flags_of_noise(generator, 6, 5), joints, (64, 48)


def maps_of_noise(generator):
    maps = torch.rand(3, 2, 4, 5, 7, generator=generator)
    is_hard = bool(torch.rand((), generator=generator) < 0.5)
    return *maps, flags_of_noise(generator, 2, 4), 1.5, is_hard


def cutouts_of_noise(generator):
    cutouts = []
    for h, w, x, y in torch.randint(1, 10, (3, 4), generator=generator).tolist():
        mask = torch.rand(h, w, generator=generator) < 0.7
        colours = torch.rand(3, h, w, generator=generator)
        cutouts.append((colours, mask, (x - 4, y - 4)))
    joints = torch.tensor([15.0, 10.0]) * torch.rand(60, 2, generator=generator) - 2
    image = torch.rand(3, 7, 12, generator=generator)
    return image, cutouts, joints, flags_of_noise(generator, 60)


def branches_of_noise(generator):
    return tuple(torch.randn(2, 3, 4, 5, 8, generator=generator))


def people_of_noise(generator):
    own = int(torch.randint(4, (), generator=generator))
    joints = 70 * torch.rand(4, 5, 2, generator=generator)
    box = torch.tensor([15.0, 20.0, 31.0, 44.0])
    mirror = 90.0 if torch.rand((), generator=generator) < 0.5 else None
    given = joints, flags_of_noise(generator, 4, 5), own, box, (11, 8)
    return *given, 1.5, [(0, 2), (4, 3)], mirror, 1.25, 0.4


NOISE = {
    "10.1": crowd_of_noise,
    "10.2": crops_of_noise,
    "10.3": maps_of_noise,
    "10.4": cutouts_of_noise,
    "10.5": branches_of_noise,
    "10.6": people_of_noise,
}


def noises(number, count=10):
    """Arguments of an exercise, drawn from so many seeds."""
    return [NOISE[number](torch.Generator().manual_seed(n)) for n in range(count)]


@pytest.mark.parametrize("number", NOISE)
def test_both_right_answers_agree_on_noise(number):
    for given in noises(number, 20):
        want, found = SOLVED[number].reference(*given), RIGHT[number](*given)
        several = isinstance(want, tuple)
        for a, b in zip(want, found, strict=True) if several else [(want, found)]:
            expect_close(torch.as_tensor(a), torch.as_tensor(b), number)


def test_noise_has_something_of_everything():
    """So that the comparison above is of something."""
    indices = [crowd_index(*given) for given in noises("10.1")]
    assert min(indices) > 0
    assert max(indices) > 1
    masks = torch.stack([branch_masks(*given)[2] for given in noises("10.2")])
    labelled = torch.stack([given[0] > 0 for given in noises("10.2")])
    assert masks.sum() > 50
    assert labelled.sum() - masks.sum() > 20
    assert {given[5] for given in noises("10.3")} == {False, True}
    hidden = [(paste_cutouts(*g)[1] != g[3]).sum().item() for g in noises("10.4")]
    assert sum(hidden) > 20
    flags = torch.stack([merge_branches(*given)[2] for given in noises("10.5")])
    assert 0.3 < (flags == 2).float().mean() < 0.7
    assert {given[7] for given in noises("10.6")} == {None, 90.0}


def test_the_crowd_index_is_of_the_picture_not_of_its_numbers():
    for boxes, joints, flags in noises("10.1"):
        want = crowd_index(boxes, joints, flags)
        order = torch.tensor([3, 0, 4, 2, 1])
        found = crowd_index(boxes[order], joints[order], flags[order])
        assert found == pytest.approx(want)
        shift = torch.tensor([32.0, -8.0])
        moved = torch.cat([boxes[:, :2] + shift, boxes[:, 2:]], dim=1)
        assert crowd_index(moved, joints + shift, flags) == pytest.approx(want)
        left = torch.cat([128 - boxes[:, :1] - boxes[:, 2:3], boxes[:, 1:]], dim=1)
        mirrored = torch.stack([127 - joints[..., 0], joints[..., 1]], dim=-1)
        assert crowd_index(left, mirrored, flags) == pytest.approx(want)


def test_the_masks_of_the_branches_make_up_the_third():
    for given in noises("10.2"):
        visible, occluded, labelled = branch_masks(*given)
        assert torch.equal(visible + occluded, labelled)
        assert not (visible * occluded).any()


def test_the_soft_loss_teaches_one_branch_and_the_hard_one_both():
    for visible, occluded, targets, flags, weight, _ in noises("10.3"):
        for is_hard in (False, True):
            maps = [part.clone().requires_grad_() for part in (visible, occluded)]
            occ_loss(*maps, targets, flags, weight, is_hard).backward()
            for part, own in zip(maps, (2, 1), strict=True):
                reached = part.grad.abs().amax(dim=(2, 3)) > 0
                taught = flags > 0 if is_hard else flags == own
                assert torch.equal(reached, taught)


def test_the_losses_are_equal_where_the_wrong_branch_is_silent():
    for visible, occluded, targets, flags, weight, _ in noises("10.3"):
        seen, hidden = ((flags == n)[..., None, None] for n in (2, 1))
        maps = visible * seen, occluded * hidden
        soft, hard = (occ_loss(*maps, targets, flags, weight, h) for h in (False, True))
        assert soft > 0
        expect_close(soft, hard, "both losses")


def test_a_mirrored_crop_with_mirrored_cutouts_is_the_crop_mirrored():
    for image, cutouts, joints, flags in noises("10.4"):
        image_there, flags_there = paste_cutouts(image, cutouts, joints, flags)
        width = image.shape[2]
        turned = [
            (colours.flip(-1), mask.flip(-1), (width - x - mask.shape[1], y))
            for colours, mask, (x, y) in cutouts
        ]
        places = torch.stack([width - 1 - joints[:, 0], joints[:, 1]], dim=-1)
        found, shown = paste_cutouts(image.flip(-1), turned, places, flags)
        assert torch.equal(found.flip(-1), image_there)
        assert torch.equal(shown, flags_there)
        changed = flags_there != flags
        assert (flags[changed] == 2).all()
        assert (flags_there[changed] == 1).all()


def test_writing_into_a_cutout_is_told():
    def spoil(image, cutouts, joints, flags):
        result = paste_cutouts(image, cutouts, joints, flags)
        cutouts[0][0].add_(1)
        return result

    failure = first_failure(checking.find_exercise("10.4").cases, spoil)
    assert failure.case is checking.UNCHANGED


def test_branches_that_change_places_change_their_flags_alone():
    for visible, occluded in noises("10.5"):
        points, scores, flags = merge_branches(visible, occluded)
        others = merge_branches(occluded, visible)
        assert torch.equal(points, others[0])
        assert torch.equal(scores, others[1])
        assert torch.equal(flags, 3 - others[2])
        mirrored, *_ = merge_branches(visible.flip(-1), occluded.flip(-1))
        expect_close(mirrored[..., 0], 7 - points[..., 0], "x of mirrored maps")
        expect_close(mirrored[..., 1], points[..., 1], "y of mirrored maps")


@pytest.mark.parametrize("sigma", [1.0, 2.0])
def test_a_rendered_joint_comes_back_within_a_quarter_of_a_cell(sigma):
    generator = torch.Generator().manual_seed(0)
    joints = 1 + torch.tensor([8.0, 12.0]) * torch.rand(3, 9, 2, generator=generator)
    maps = render_heatmaps(joints, torch.ones(3, 9), (15, 11), 1, sigma)
    for weak in (0.0, 0.9):
        points, _, flags = merge_branches(weak * maps, maps)
        assert ((points - joints).abs() <= 0.25 + 1e-4).all()
        assert (flags == 1).all()


def test_a_target_is_between_its_own_bells_and_those_of_equal_people():
    for *given, mirror, factor, _ in noises("10.6"):
        found = [interference_target(*given, mirror, factor, w) for w in (0, 0.5, 1)]
        assert (found[0] <= found[1]).all()
        assert (found[1] <= found[2]).all()
        joints, flags, own, *rest = given
        alone = joints[own : own + 1], flags[own : own + 1], 0, *rest, mirror, factor
        assert torch.equal(interference_target(*alone), found[0])
        other = joints, flags, 3 - own, *rest, mirror, factor, 1
        assert torch.equal(interference_target(*other), found[2])


def test_an_image_that_is_mirrored_twice_has_its_target_back():
    for joints, flags, own, box, size, sigma, pairs, *_ in noises("10.6"):
        order = [2, 1, 0, 4, 3]
        x, y = joints[:, order].unbind(dim=-1)
        turned = torch.stack([89.0 - x, y], dim=-1), flags[:, order]
        first = torch.stack([90 - box[0] - box[2], *box[1:]])
        rest = size, sigma, pairs
        want = interference_target(joints, flags, own, box, *rest)
        found = interference_target(*turned, own, first, *rest, 90.0)
        expect_close(found, want, "the target")
        plain = interference_target(*turned, own, first, *rest)
        expect_close(plain[order].flip(-1), want, "the target of the mirrored image")


def test_the_released_mirror_is_right_in_the_middle_of_the_picture_alone():
    """Others that are not mirrored, in a map that is: the last of the wrong answers."""
    *_, released, _ = SOLVED["10.6"].wrong
    assert released.case == "the others too"
    for shift, is_right in ((0.0, True), (20.0, False)):
        box = torch.tensor([(WIDTH - BOX[2]) / 2 + shift, *BOX[1:]])
        places = [[place(2, 3, box.tolist())], [place(6, 7, box.tolist())]]
        given = torch.tensor(places), torch.tensor([[2], [2]]), 0, box, SIZE, 1.0, []
        rule = {"mirror": WIDTH, "factor": 1.0}
        want = interference_target(*given, **rule)
        found = released.answer(*given, **rule)
        assert torch.allclose(found, want, atol=1e-5) == is_right


@pytest.mark.parametrize(
    ("number", "answer", "words"),
    [
        ("10.1", lambda *_: None, "one person: expected one number, got None"),
        ("10.1", lambda b, *_: b[:, 0], "expected shape (), got (1,)"),
        ("10.2", lambda *_: None, "masks, three tensors, got a value of type NoneType"),
        ("10.2", lambda f, *_: (f, f), "masks, three tensors, got 2 results"),
        (
            "10.2",
            lambda f, *_: (f, f, f[0]),
            "the labelled mask: expected shape (3, 4)",
        ),
        ("10.2", lambda f, *_: f.tolist(), "the visible mask: expected a tensor of"),
        ("10.3", lambda *_: None, "expected one number, got None"),
        ("10.3", lambda v, *_: v, "expected shape (), got (2, 3, 4, 6)"),
        ("10.3", lambda *a: occ_loss(*a).item(), "got a value of type float"),
        ("10.4", lambda *_: None, "a pair, image and flags, got None"),
        ("10.4", lambda *a: paste_cutouts(*a)[0], "a pair, image and flags, got one"),
        ("10.4", lambda i, c, j, f: (f, i), "the image: expected shape (3, 6, 9)"),
        ("10.4", lambda i, c, j, f: (i, f.tolist()), "the flags: expected a tensor"),
        ("10.5", lambda a, b: a, "points, confidences and flags, three tensors, got a"),
        ("10.5", lambda *a: merge_branches(*a)[:2], "three tensors, got 2 results"),
        ("10.5", lambda a, b: (a, a, a), "the points: expected shape (1, 1, 2)"),
        ("10.6", lambda *_, **__: None, "a tensor of shape (1, 12, 9), got None"),
        ("10.6", lambda j, *_, **__: j, "expected shape (1, 12, 9), got (1, 1, 2)"),
    ],
)
def test_the_wrong_form_is_told(number, answer, words):
    failure = first_failure(checking.find_exercise(number).cases, answer)
    assert failure.case is checking.FORM
    assert words in failure.why


@pytest.mark.parametrize("form", [float, np.float64, np.float32, torch.tensor])
def test_a_crowd_index_may_have_any_form(form):
    def answer(*given):
        return form(crowd_index(*given))

    assert first_failure(checking.find_exercise("10.1").cases, answer) is None


@pytest.mark.parametrize("form", [list, tuple])
@pytest.mark.parametrize("dtype", [torch.int32, torch.float32])
def test_flags_may_have_any_type_of_numbers(form, dtype):
    def merge(*given):
        points, scores, flags = merge_branches(*given)
        return form([points, scores, flags.to(dtype)])

    def paste(*given):
        image, flags = paste_cutouts(*given)
        return form([image, flags.to(dtype)])

    for number, answer in (("10.5", merge), ("10.4", paste)):
        assert first_failure(checking.find_exercise(number).cases, answer) is None


@pytest.mark.parametrize("number", RIGHT)
def test_writing_into_any_input_is_told(number):
    expect_writing_is_told(SOLVED[number])
