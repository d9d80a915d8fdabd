"""Chapter 11's distances, mirrors and networks, against answers found another way.

The definitions are run as they stand in the notebook, without its data.
"""

import math

import numpy as np
import pytest
import torch
from chapter_definitions import answers
from surface_people import chapter, some_people
from torchvision.models.detection.keypoint_rcnn import (
    KeypointRCNNHeads,
    KeypointRCNNPredictor,
)
from torchvision.ops import MultiScaleRoIAlign

from course_lib.simple_baseline import Trunk
from data_scripts.people.charts import MIRROR_PART


@pytest.fixture(scope="module")
def built():
    return chapter()


@pytest.fixture(scope="module")
def reference():
    return answers("11")


@pytest.fixture(scope="module")
def people():
    return some_people()


def seeded(seed):
    return torch.Generator().manual_seed(seed)


# --- Distances -----------------------------------------------------------------------


def sheet(rows, columns, generator):
    """A flat mesh with moved inner vertices: vertices (V, 3), faces (F, 3)."""
    y, x = np.mgrid[:rows, :columns].astype(float)
    inner = (slice(1, -1), slice(1, -1))
    x[inner] += generator.uniform(-0.2, 0.2, x[inner].shape)
    y[inner] += generator.uniform(-0.2, 0.2, y[inner].shape)
    number = np.arange(rows * columns).reshape(rows, columns)
    a, b, c, d = number[:-1, :-1], number[:-1, 1:], number[1:, :-1], number[1:, 1:]
    faces = np.stack([np.stack([a, b, c], -1), np.stack([b, d, c], -1)])
    return np.stack([x, y, 0 * x], -1).reshape(-1, 3), faces.reshape(-1, 3)


def test_each_edge_comes_once(built):
    _, faces = sheet(4, 5, np.random.default_rng(0))
    wanted = {
        frozenset(pair)
        for a, b, c in faces.tolist()
        for pair in ((a, b), (b, c), (c, a))
    }
    found = built["mesh_edges"](faces)
    assert {frozenset(pair) for pair in found.tolist()} == wanted
    assert len(found) == len(wanted)


def test_a_chord_is_the_straight_line_of_a_folded_sheet(built):
    for angle in (0.0, 0.7, 2.0):  # the second triangle turned about the common edge
        vertices = np.array([[0.0, 0, 0], [1, 0, 0], [0.4, 0.8, 0], [0.6, -0.5, 0]])
        flat = math.dist(vertices[2], vertices[3])
        vertices[3, 1:] = -0.5 * np.array([math.cos(angle), math.sin(angle)])
        faces = np.array([[0, 1, 2], [1, 0, 3]])
        pairs, lengths = built["unrolled_chords"](vertices, faces)
        assert sorted(pairs[0].tolist()) == [2, 3]
        assert lengths == pytest.approx([flat])


def test_no_chord_where_the_line_leaves_the_triangles(built):
    vertices = np.array([[0.0, 0, 0], [1, 0, 0], [2.5, 0.4, 0], [2.6, -0.4, 0]])
    pairs, _ = built["unrolled_chords"](vertices, np.array([[0, 1, 2], [1, 0, 3]]))
    assert len(pairs) == 0


@pytest.mark.parametrize("has_chords", [False, True])
def test_ways_are_those_of_floyd_and_warshall(built, reference, has_chords):
    vertices, faces = sheet(4, 6, np.random.default_rng(1))
    pairs = built["mesh_edges"](faces)
    lengths = np.linalg.norm(vertices[pairs[:, 0]] - vertices[pairs[:, 1]], axis=1)
    if has_chords:
        more, far = built["unrolled_chords"](vertices, faces)
        pairs, lengths = np.concatenate([pairs, more]), np.concatenate([lengths, far])
    wanted = reference["geodesic"](pairs, lengths, len(vertices))
    which = np.array([3, 0, 17, 22])
    found = built["shortest_ways"](vertices, faces, which, has_chords)
    np.testing.assert_allclose(found, wanted[np.ix_(which, which)], atol=1e-5)
    straight = np.linalg.norm(vertices[which, None] - vertices[which], axis=-1)
    assert (found >= straight - 1e-5).all()
    if has_chords:
        assert (found <= 1.09 * straight + 1e-5).all()


def test_distances_are_looked_up(built):
    generator = seeded(6)
    labels = torch.randint(25, (2, 60), generator=generator)
    uv = torch.rand(2, 60, 2, generator=generator)
    uv[:, 0], uv[:, 1] = 0.0, 1.0  # the corners of the charts
    far = built["surface_distance"](labels[0], uv[0], labels[1], uv[1])
    for n in range(60):
        ends = []
        for label, (u, v) in zip(labels[:, n].tolist(), uv[:, n].tolist(), strict=True):
            place = (min(math.floor(64 * x), 63) for x in (u, v))
            ends.append(int(built["VERTEX"][label, *place]))
        wanted = built["WAYS"][ends[0], ends[1]].item()
        if 0 in labels[:, n].tolist():
            wanted = math.inf
        assert far[n].item() == wanted
    assert far.isinf().any()
    assert far.isfinite().any()


def test_a_place_beside_a_bone_is_told_by_its_joints(built):
    generator = seeded(7)
    joints = 90 * torch.rand(3, 17, 2, generator=generator, dtype=torch.double)
    points = 110 * torch.rand(3, 40, 2, generator=generator, dtype=torch.double) - 10
    codes = built["bone_places"](points, joints)
    share = torch.linspace(0, 1, 4001, dtype=torch.double)[:, None]
    for person in range(3):
        for point, code in zip(points[person], codes[person].tolist(), strict=True):
            ends = joints[person][built["BONES"]]  # (L, 2, 2)
            near = [
                ((1 - share) * a + share * b - point).norm(dim=1).min() for a, b in ends
            ]
            bone, rest = divmod(code, 40)
            assert near[bone] <= min(near) + 1e-6
            (a, b), (step, side) = ends[bone], divmod(rest, 2)
            turn = torch.linalg.det(torch.stack([point - a, b - a]))
            assert side == int(turn > 0)
            off, bone_length = point - a, (b - a).norm()
            angle = math.atan2(*off.flip(0)) - math.atan2(*(b - a).flip(0))
            along = (off.norm() * math.cos(angle) / bone_length).item()
            assert step == int(10 * min(max(along, -0.5), 1.49) + 5)


# --- Labels --------------------------------------------------------------------------


def test_left_and_right_change_places(built):
    assert built["SWAP"].tolist() == [0, *(MIRROR_PART[p] for p in range(1, 25))]


def test_coarse_labels_are_those_of_the_challenge(built):
    wanted = {1: (1, 2), 2: (3,), 3: (4,), 4: (5,), 5: (6,), 6: (7, 9), 7: (8, 10)}
    wanted |= {8: (11, 13), 9: (12, 14), 10: (15, 17), 11: (16, 18), 12: (19, 21)}
    wanted |= {13: (20, 22), 14: (23, 24)}
    table = {part: coarse for coarse, parts in wanted.items() for part in parts}
    assert built["TO_COARSE"].tolist() == [0, *(table[p] for p in range(1, 25))]


def test_a_mirror_is_the_exercise_with_tables(built, reference, people):
    whole = torch.arange(256)
    u_table = whole[None, :, None].repeat(25, 1, 256)
    v_table = whole[None, None].repeat(25, 256, 1)
    u_table[1:3] = 255 - u_table[1:3]
    for iuv in people.iuv:
        found = built["mirror_image"](iuv).long()
        wanted = reference["flip_iuv"](iuv.long(), built["SWAP"], u_table, v_table)
        assert torch.equal(found, wanted)
        assert torch.equal(built["mirror_image"](found.byte()), iuv)


# --- Networks ------------------------------------------------------------------------


def test_a_pyramid_has_strides_of_4_8_16(built):
    net = built["Pyramid"](built["TRUNK"], 16)
    maps = net(torch.rand(2, 3, 97, 130))
    assert [tuple(one.shape) for one in maps] == [
        (2, 16, 25, 33), (2, 16, 13, 17), (2, 16, 7, 9),
    ]  # fmt: skip


def test_a_pyramid_adds_what_is_above(built):
    net = built["Pyramid"](Trunk((1, 1), 4, (6, 8)), 5).eval()
    image = torch.rand(1, 3, 32, 32, generator=seeded(0))
    with torch.no_grad():
        fine, coarse = net(image)
        stem, first, second = net.trunk
        low = first(stem(image))
        top = net.across[1](second(low))
        below = net.across[0](low) + top.repeat_interleave(2, 2).repeat_interleave(2, 3)
    assert torch.allclose(coarse, net.smooth[1](top), atol=1e-5)
    assert torch.allclose(fine, net.smooth[0](below), atol=1e-5)


def test_regions_are_those_of_torchvision(built):
    generator = seeded(0)
    image_size, names = (256, 320), ["0", "1", "2"]
    pyramid = [
        torch.randn(2, 3, 256 // s, 320 // s, generator=generator) for s in (4, 8, 16)
    ]
    corner = 100 * torch.rand(8, 2, generator=generator)
    size = torch.tensor([20.0, 55.9, 56.1, 90, 111.9, 112.1, 200, 300])
    boxes = torch.cat([corner, torch.stack([size, size], 1)], 1)
    edges = torch.cat([corner, corner + size[:, None]], 1)
    theirs = MultiScaleRoIAlign(names, 14, 2)
    theirs.scales, theirs.map_levels = None, None
    # theirs reads px x at x / stride, ours at the box's edge, half a px before
    wanted = theirs(
        dict(zip(names, pyramid, strict=True)),
        [edges[:4] - 0.5, edges[4:] - 0.5],
        [image_size] * 2,
    )
    found = built["pool_regions"](pyramid, boxes)
    assert torch.allclose(found, wanted, atol=1e-5)


def test_a_region_reads_where_the_trunk_puts_a_pixel(built):
    ramp = 4.0 * torch.arange(60.0).expand(1, 1, 60, 60)  # px x at cell x / 4
    boxes = torch.tensor([[40.0, 60.0, 28.0, 42.0]])
    found = built["pool_regions"]([ramp], boxes)[0, 0]
    centres = 39.5 + 28 * (torch.arange(14) + 0.5) / 14
    assert torch.allclose(found, centres.expand(14, 14), atol=1e-4)


def test_the_head_is_as_large_as_published(built):
    with torch.device("meta"):
        found = built["Head"](256, 512, 8, (17,))
        theirs = KeypointRCNNHeads(256, (512,) * 8), KeypointRCNNPredictor(512, 17)
    count = [sum(p.numel() for p in net.parameters()) for net in (found, *theirs)]
    assert count[0] == sum(count[1:])
    surface = built["Head"](8, 12, 2)
    assert surface(torch.rand(3, 8, 14, 14)).shape == (3, 90, 56, 56)
