"""What chapter 11 defines, and people to try it on."""

from dataclasses import dataclass
from functools import partial

import numpy as np
import torch
import torch.nn.functional as F
from chapter_definitions import definitions
from scipy import sparse, spatial
from torch import Tensor, nn
from torchvision.ops import roi_align

from course_lib import dense, geometry
from course_lib.data import GOLDEN
from course_lib.scenes import Scenes, alone, look_up
from course_lib.simple_baseline import Trunk, make_trunk
from course_lib.skeletons import COCO17

PARTS = 24


def some_tables():
    """VERTEX (25, 64, 64) and WAYS (40, 40) m of a surface that is made up."""
    generator = torch.Generator().manual_seed(3)
    vertex = torch.randint(40, (PARTS + 1, 64, 64), generator=generator)
    ways = torch.rand(40, 40, generator=generator).half()
    return {"VERTEX": vertex, "WAYS": torch.minimum(ways, ways.T)}


def chapter():
    """What the chapter defines, without its data."""
    around = {"torch": torch, "F": F, "nn": nn, "np": np, "Tensor": Tensor}
    around |= {"dataclass": dataclass, "partial": partial, "geometry": geometry}
    around |= {"sparse": sparse, "spatial": spatial, "dense": dense}
    around |= {"Trunk": Trunk, "make_trunk": make_trunk, "roi_align": roi_align}
    around |= {"Scenes": Scenes, "look_up": look_up}
    around |= {"alone": alone, "device": torch.device("cpu")}
    around |= {"PARTS": PARTS, "POINTS": 30, "SCENE": 128, "CHART": 64}
    around["BONES"] = torch.tensor(COCO17.limb_indices)
    around |= some_tables()
    names = {"mesh_edges", "unrolled_chords", "shortest_ways", "SIDES", "SWAP"}
    names |= {"mirror_labels", "surface_vertex", "surface_distance", "bone_places"}
    names |= {"Pyramid", "pool_regions", "COARSE", "CHANNELS", "Head", "Answer"}
    names |= {"Whole", "Regions", "TRUNK", "FEATURES", "OURS", "LIMBS", "TO_COARSE"}
    names |= {"coarse_target", "mask_loss", "point_errors", "WEIGHTS", "surface_loss"}
    names |= {"read_surface", "inpaint", "teach", "WithJoints", "JOINT_WEIGHT"}
    names |= {"joint_loss", "all_losses", "KAPPA", "ratio_curve", "area_under"}
    names |= {"similarity", "match_people", "precision", "METRICS", "judge", "Report"}
    names |= {"mirror_image"}
    return definitions("11", names, around)


def some_people():
    """The people of the committed sample, each annotated at 30 points."""
    return dense.read_dense(GOLDEN / "dense", "train", 30)


def two_in_one(people):
    """A scene (64 x 64) of two people side by side, and its parts."""
    scenes, _ = alone(people, torch.tensor([0, 1]), 32)
    parts = torch.cat(list(scenes.parts), dim=1)[None]
    owner = torch.cat([scenes.owner[0], torch.where(scenes.owner[1] == 0, 1, -1)], 1)
    images = torch.cat(list(scenes.images), dim=2)[None]
    shift = torch.tensor([[0.0, 0.0], [32.0, 0.0]])
    boxes = scenes.boxes.clone()
    boxes[:, :2] += shift
    rest = {"labels": scenes.labels, "uv": scenes.uv, "visible": scenes.visible}
    points = scenes.points + shift[:, None]
    joints = scenes.keypoints + shift[:, None]
    places = {"points": points, "keypoints": joints}
    return Scenes(images, parts, owner[None], boxes, **rest, **places)
