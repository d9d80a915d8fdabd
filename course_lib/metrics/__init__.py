"""How good predicted joints are, each metric by its paper's own rule.

Everywhere: points (N, K, 2) in px, `visible` (N, K) with > 0 = labelled. Only labelled
joints count; a predicted NaN counts as wrong. Where nothing is labelled the answer is
NaN ("unknown"), never 0.
"""

from course_lib.metrics.oks import coco_ap, coco_results, coco_truth, oks
from course_lib.metrics.pck import (
    PCKh,
    head_size,
    pck,
    pck_curve,
    pckh,
    pdj,
    torso_diameter,
    torso_size,
)
from course_lib.metrics.pcp import pcp

__all__ = [
    "PCKh",
    "coco_ap",
    "coco_results",
    "coco_truth",
    "head_size",
    "oks",
    "pck",
    "pck_curve",
    "pckh",
    "pcp",
    "pdj",
    "torso_diameter",
    "torso_size",
]
