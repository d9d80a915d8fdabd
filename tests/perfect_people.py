"""What chapter 12 defines, and people with perfect fields."""

import heapq
import math
from dataclasses import dataclass, replace

import numpy as np
import torch
import torch.nn.functional as F
from chapter_definitions import definitions
from torch import Tensor, nn

from course_lib import geometry, masks
from course_lib.crops import everyone_on
from course_lib.data import Crops
from course_lib.simple_baseline import oks_nms
from course_lib.skeletons import COCO17

JOINTS = len(COCO17)


def chapter():
    """What the chapter defines, without its data."""
    around = {"torch": torch, "F": F, "nn": nn, "np": np, "Tensor": Tensor}
    around |= {"dataclass": dataclass, "replace": replace, "heapq": heapq}
    around |= {"geometry": geometry, "Crops": Crops, "everyone_on": everyone_on}
    around |= {"skeleton": COCO17, "joint_count": JOINTS, "masks": masks}
    around |= {"device": torch.device("cpu"), "STRIDE": 8, "RADIUS": 16.0}
    around["oks_nms"] = oks_nms
    names = {"dilate", "densify", "Fields", "PersonLab", "cell_centres", "mid_targets"}
    names |= {"disks_of", "TREE", "PAIRS", "DOWN", "EDGES", "STARTS", "read_all"}
    names |= {"long_targets", "make_truth", "refined", "refine_all", "GRID", "corners"}
    names |= {"read", "cast_votes", "find_peaks", "walk_from", "WALKS", "grow", "REACH"}
    names |= {"decode", "KAPPA", "box_areas", "joint_scores", "soft_scores", "cut_out"}
    names |= {"find_people", "enlarge", "pixel_distances", "WEIGHTS", "total_loss"}
    names |= {"mean_at", "LEAST", "masks_by", "placed", "planted", "limb_errors"}
    names |= {"joint_errors", "other_way"}
    return definitions("12", names, around)


def some_people(generator, count, height=120, width=200, labelled=0.9):
    """Joints (1, N, 17, 2) px and flags (1, N, 17) of random people."""
    joints = torch.rand(1, count, JOINTS, 2, generator=generator)
    flags = (torch.rand(1, count, JOINTS, generator=generator) < labelled).float()
    return joints * torch.tensor([width, height]), flags


def standing(count, width=656, height=368):
    """Poses (N, 17, 2) px, each in a field of its own."""
    columns = math.ceil((count * width / height) ** 0.5)
    room = torch.tensor([width / columns, height / math.ceil(count / columns)])
    generator = torch.Generator().manual_seed(count)
    shape = torch.rand(1, JOINTS, 2, generator=generator)
    shape = (shape + 0.2 * torch.rand(count, JOINTS, 2, generator=generator)) / 1.2
    place = torch.tensor([[n % columns, n // columns] for n in range(count)])
    return (place[:, None] + 0.08 + 0.84 * shape) * room


def oracle(built, people, size):
    """Perfect fields (B = 1) of poses (N, 17, 2): M, S and p, nothing for masks."""
    seen = people[None], torch.ones(1, *people.shape[:2])
    heat, short, nearest = built["disks_of"](*seen, size, 16.0)
    mid, _ = built["mid_targets"](*seen, heat, nearest)
    maps = 20.0 * heat - 10
    body = 20.0 * heat.any(dim=1, keepdim=True) - 10
    return built["Fields"](maps, short, mid, body, torch.zeros_like(short))
