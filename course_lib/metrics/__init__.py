"""How good predicted joints are, each metric by its paper's own rule.

Everywhere: points (N, K, 2) in px, `visible` (N, K) with > 0 = labelled. Only labelled
joints count; a predicted NaN counts as wrong. Where nothing is labelled the answer is
NaN ("unknown"), never 0. Images of several people (`mpii_ap`) have predictions and true
people apart, (P, K, 2) and (G, K, 2); there a predicted NaN is a joint that is missed.
The frames of clips (`mota`) are such images whose people have ids.
"""

from course_lib.metrics.multi_person import (
    ImagePeople,
    assign_people,
    average_precision,
    mpii_ap,
)
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
from course_lib.metrics.tracking import TrackedPeople, Tracking, mota

__all__ = [
    "ImagePeople",
    "PCKh",
    "TrackedPeople",
    "Tracking",
    "assign_people",
    "average_precision",
    "coco_ap",
    "coco_results",
    "coco_truth",
    "head_size",
    "mota",
    "mpii_ap",
    "oks",
    "pck",
    "pck_curve",
    "pckh",
    "pcp",
    "pdj",
    "torso_diameter",
    "torso_size",
]
