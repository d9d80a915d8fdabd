"""Joint orders, mirror pairs and views of the skeletons."""

import pytest
import torch
from pycocotools.cocoeval import Params

from course_lib import skeletons
from course_lib.skeletons import BODY25, BODY27, COCO17, LSP14, MPII16, SKELETONS, view

ALL = list(SKELETONS.values())


@pytest.mark.parametrize("skeleton", ALL, ids=lambda s: s.name)
def test_every_skeleton_is_consistent(skeleton):
    assert len(set(skeleton.joints)) == len(skeleton) == len(skeleton.sigmas)
    assert skeleton.name.endswith(str(len(skeleton)))
    assert len(set(map(frozenset, skeleton.limbs))) == len(skeleton.limbs)
    for (a, b), (i, j) in zip(skeleton.limbs, skeleton.limb_indices, strict=True):
        assert (skeleton.joints[i], skeleton.joints[j]) == (a, b)
    assert len(skeleton.colours) == len(skeleton.line_styles) == len(skeleton.limbs)
    assert len(skeleton.joint_colours) == len(skeleton)
    assert all(0.02 < sigma < 0.12 for sigma in skeleton.sigmas)


@pytest.mark.parametrize("skeleton", ALL, ids=lambda s: s.name)
def test_flips_swap_the_sides_and_twice_is_nothing(skeleton):
    order = skeleton.flip_permutation
    assert [order[i] for i in order] == list(range(len(skeleton)))
    for joint, mirror in zip(skeleton.joints, order, strict=True):
        swapped = joint.replace("left", "L").replace("right", "left")
        assert skeleton.joints[mirror] == swapped.replace("L", "right")


@pytest.mark.parametrize("skeleton", ALL, ids=lambda s: s.name)
def test_limbs_connect_all_joints(skeleton):
    reached = {skeleton.joints[0]}
    for _ in skeleton.joints:
        for limb in skeleton.limbs:
            if reached & set(limb):
                reached |= set(limb)
    assert reached == set(skeleton.joints)


def test_published_orders():
    assert LSP14.flip_pairs
    assert {tuple(sorted(map(LSP14.index, pair))) for pair in LSP14.flip_pairs} == {
        (0, 5),
        (1, 4),
        (2, 3),
        (6, 11),
        (7, 10),
        (8, 9),
    }
    assert LSP14.joints[12:] == ("neck", "head_top")
    pairs = {tuple(sorted(map(MPII16.index, pair))) for pair in MPII16.flip_pairs}
    assert pairs == {(0, 5), (1, 4), (2, 3), (10, 15), (11, 14), (12, 13)}
    assert MPII16.joints[6:10] == ("pelvis", "thorax", "upper_neck", "head_top")
    assert BODY27.joints[:17] == COCO17.joints
    assert BODY25.index("mid_hip") == 8
    assert BODY25.index("right_heel") == 24


def test_coco_constants_and_limbs_are_those_of_pycocotools():
    assert COCO17.sigmas == pytest.approx(Params("keypoints").kpt_oks_sigmas)
    official = """16-14 14-12 17-15 15-13 12-13 6-12 7-13 6-7 6-8 7-9 8-10 9-11 2-3
    1-2 1-3 2-4 3-5 4-6 5-7"""
    official = {frozenset(map(int, limb.split("-"))) for limb in official.split()}
    ours = {frozenset((i + 1, j + 1)) for i, j in COCO17.limb_indices}
    assert ours == official


def test_sides_differ_in_colour_and_line():
    styles = dict(zip(LSP14.limbs, LSP14.line_styles, strict=True))
    colours = dict(zip(LSP14.limbs, LSP14.colours, strict=True))
    left, right = ("left_hip", "left_knee"), ("right_hip", "right_knee")
    assert styles[left] != styles[right]
    assert colours[left] != colours[right]
    assert colours["left_hip", "right_hip"] == skeletons.CENTRE


@pytest.mark.parametrize("skeleton", ALL, ids=lambda s: s.name)
def test_view_averages_the_sources(skeleton):
    points = torch.randn(2, 3, 27, 2)
    visible = torch.randint(0, 3, (2, 3, 27))
    seen, flags = view(points, visible, BODY27.joints, skeleton)
    assert seen.shape == (2, 3, len(skeleton), 2)
    for k, joint in enumerate(skeleton.joints):
        rows = [BODY27.index(name) for name in skeleton.recipe[joint]]
        for n in range(6):
            lowest = min(int(visible.view(6, 27)[n, row]) for row in rows)
            mean = sum(points.view(6, 27, 2)[n, row] for row in rows) / len(rows)
            assert int(flags.view(6, -1)[n, k]) == lowest
            expected = mean if lowest else torch.zeros(2)
            torch.testing.assert_close(seen.view(6, -1, 2)[n, k], expected)


@pytest.mark.parametrize("skeleton", ALL, ids=lambda s: s.name)
def test_view_of_a_set_in_its_own_joints_changes_nothing(skeleton):
    plain = [joint for joint in skeleton.joints if joint not in ("neck", "mid_hip")]
    rows = [skeleton.index(joint) for joint in plain]
    points, visible = (
        torch.randn(4, len(skeleton), 2),
        torch.full((4, len(skeleton)), 2),
    )
    seen, flags = view(points, visible, skeleton.joints, skeleton)
    assert torch.equal(seen[:, rows], points[:, rows])
    assert torch.equal(flags, visible)


def test_clear_errors():
    with pytest.raises(ValueError, match="lsp14 needs head_top, neck"):
        view(torch.zeros(17, 2), torch.zeros(17), COCO17.joints, LSP14)
    with pytest.raises(ValueError, match=r"no skeleton 'lsp'; there are .*lsp14"):
        skeletons.get_skeleton("lsp")
    with pytest.raises(ValueError, match="lsp14 has no joint 'nose'"):
        LSP14.index("nose")
    assert skeletons.get_skeleton(LSP14) is LSP14
