"""Joint names, limbs, mirror pairs and OKS constants of every label set in the course.

BODY27 is the superset that the rendered people carry; every other skeleton is a view
of it. Left and right are the person's own. Joint orders are those of the published
annotation files (LSP, MPII, COCO, CrowdPose, PoseTrack 2018, OpenPose BODY_25).
"""

from dataclasses import dataclass

import torch
from torch import Tensor

LEFT, RIGHT, CENTRE = "#0072B2", "#E69F00", "#009E73"  # Okabe and Ito
_STYLES = {LEFT: "-", RIGHT: (0, (3, 1)), CENTRE: "-"}

# Joints that other label sets call by another name.
ALIASES = {
    "head": "head_top",  # CrowdPose
    "top_head": "head_top",
    "head_bottom": "upper_neck",  # PoseTrack
    "thorax": "neck",  # MPII
}

Limb = tuple[str, str]


@dataclass(frozen=True)
class Skeleton:
    """A fixed list of joints and what is known about them.

    name: lower-case key for `get_skeleton`. joints: names in array order.
    limbs, flip_pairs: pairs of joint names. sigmas: OKS constant per joint.
    made: joints that are not joints of BODY27, with the BODY27 joints whose mean
    they are.
    """

    name: str
    joints: tuple[str, ...]
    limbs: tuple[Limb, ...]
    flip_pairs: tuple[Limb, ...]
    sigmas: tuple[float, ...]
    made: tuple[tuple[str, tuple[str, ...]], ...] = ()

    def __len__(self) -> int:
        return len(self.joints)

    def index(self, name: str) -> int:
        """Position of a joint. Raises ValueError naming the joints there are."""
        if name not in self.joints:
            known = ", ".join(self.joints)
            raise ValueError(f"{self.name} has no joint {name!r}; it has {known}")
        return self.joints.index(name)

    @property
    def recipe(self) -> dict[str, tuple[str, ...]]:
        """Joint -> the BODY27 joints whose mean it is (mostly itself alone)."""
        return {joint: (joint,) for joint in self.joints} | dict(self.made)

    @property
    def flip_permutation(self) -> list[int]:
        """Per joint the index of its mirror joint; a middle joint's is its own."""
        mirror = dict(self.flip_pairs) | {b: a for a, b in self.flip_pairs}
        return [self.index(mirror.get(joint, joint)) for joint in self.joints]

    @property
    def limb_indices(self) -> list[tuple[int, int]]:
        """The limbs as pairs of joint indices."""
        return [(self.index(a), self.index(b)) for a, b in self.limbs]

    @property
    def colours(self) -> list[str]:
        """One colour per limb: blue left, orange right, green across the middle."""
        return [_colour(*limb) for limb in self.limbs]

    @property
    def line_styles(self) -> list:
        """One Matplotlib line style per limb: dashed on the right, else solid."""
        return [_STYLES[colour] for colour in self.colours]

    @property
    def joint_colours(self) -> list[str]:
        """One colour per joint, by side."""
        return [_colour(joint) for joint in self.joints]


def _colour(*joints: str) -> str:
    """Colour of the side that all given joints (or all but middle ones) lie on."""
    sides = {joint.split("_")[0] for joint in joints} & {"left", "right"}
    return CENTRE if len(sides) != 1 else (LEFT if "left" in sides else RIGHT)


def _expand(name: str) -> str:
    """Joint name from its short form: l_ and r_ stand for left_ and right_."""
    short = {"l": "left", "r": "right"}
    head, _, rest = name.partition("_")
    return f"{short[head]}_{rest}" if head in short else name


def _limbs(text: str) -> tuple[Limb, ...]:
    """Limbs from "a-b c-d": a limb with * stands for a left and a right one."""
    limbs = []
    for limb in text.split():
        for side in "lr" if "*" in limb else "-":
            a, b = limb.replace("*", side).split("-")
            limbs.append((_expand(a), _expand(b)))
    return tuple(limbs)


# The four rows of a PCP table, as limbs.
PARTS = {
    "upper arm": _limbs("*_shoulder-*_elbow"),
    "lower arm": _limbs("*_elbow-*_wrist"),
    "upper leg": _limbs("*_hip-*_knee"),
    "lower leg": _limbs("*_knee-*_ankle"),
}
_ARMS_LEGS = "*_shoulder-*_elbow *_elbow-*_wrist *_hip-*_knee *_knee-*_ankle "
_TRUNK = "*_shoulder-*_hip l_hip-r_hip l_shoulder-r_shoulder "
_FACE = "nose-*_eye *_eye-*_ear "
_FEET = "*_ankle-*_big_toe *_big_toe-*_small_toe *_ankle-*_heel "

# COCO's own, as in pycocotools; feet as published with COCO-WholeBody (there left and
# right differ); head top and neck as in CrowdPose's evaluation. No value is published
# for upper_neck (here that of the neck), pelvis and mid_hip (here that of the hips).
_SIGMAS = dict(
    pair.split("=")
    for pair in """nose=.026 eye=.025 ear=.035 shoulder=.079 elbow=.072 wrist=.062
    hip=.107 knee=.087 ankle=.089 left_big_toe=.068 right_big_toe=.092
    left_small_toe=.066 right_small_toe=.094 left_heel=.066 right_heel=.094
    head_top=.079 neck=.079 upper_neck=.079 pelvis=.107 mid_hip=.107""".split()
)


def _sigma(joint: str) -> float:
    joint = ALIASES.get(joint, joint)
    side_free = joint.removeprefix("left_").removeprefix("right_")
    return float(_SIGMAS.get(joint) or _SIGMAS[side_free])


def _skeleton(name: str, joints: str, limbs: str, **made: str) -> Skeleton:
    """A skeleton from short joint names, limbs, and what made joints are made of."""
    names = tuple(_expand(joint) for joint in joints.split())
    pairs = tuple((a, a.replace("left", "right")) for a in names if a[:5] == "left_")
    sigmas = tuple(_sigma(joint) for joint in names)
    recipe = tuple(
        (joint, tuple(map(_expand, text.split()))) for joint, text in made.items()
    )
    return Skeleton(name, names, _limbs(limbs), pairs, sigmas, recipe)


_COCO_JOINTS = """nose l_eye r_eye l_ear r_ear l_shoulder r_shoulder l_elbow r_elbow
l_wrist r_wrist l_hip r_hip l_knee r_knee l_ankle r_ankle """
_BY_CHAIN = """r_ankle r_knee r_hip l_hip l_knee l_ankle {} r_wrist r_elbow r_shoulder
l_shoulder l_elbow l_wrist """
_BY_PAIR = """l_shoulder r_shoulder l_elbow r_elbow l_wrist r_wrist l_hip r_hip
l_knee r_knee l_ankle r_ankle """

COCO17 = _skeleton(
    "coco17", _COCO_JOINTS, _ARMS_LEGS + _TRUNK + _FACE + "l_eye-r_eye *_ear-*_shoulder"
)
BODY27 = _skeleton(
    "body27",
    _COCO_JOINTS
    + "l_big_toe r_big_toe l_small_toe r_small_toe l_heel r_heel "
    + "head_top neck upper_neck pelvis",
    _ARMS_LEGS + _FACE + _FEET + "pelvis-neck pelvis-*_hip neck-*_shoulder "
    "neck-upper_neck upper_neck-head_top upper_neck-nose",
)
LSP14 = _skeleton(
    "lsp14",
    _BY_CHAIN.format("") + "neck head_top",
    _ARMS_LEGS + "*_shoulder-*_hip l_hip-r_hip neck-*_shoulder neck-head_top",
)
MPII16 = _skeleton(
    "mpii16",
    _BY_CHAIN.format("pelvis thorax upper_neck head_top"),
    _ARMS_LEGS + "pelvis-thorax pelvis-*_hip thorax-*_shoulder "
    "thorax-upper_neck upper_neck-head_top",
    thorax="neck",
)
CROWDPOSE14 = _skeleton(
    "crowdpose14",
    _BY_PAIR + "head neck",
    _ARMS_LEGS + _TRUNK + "head-neck neck-*_shoulder",
    head="head_top",
)
# PoseTrack 2018 files list the ears too, but they were never annotated.
POSETRACK15 = _skeleton(
    "posetrack15",
    "nose head_bottom head_top " + _BY_PAIR,
    _ARMS_LEGS + _TRUNK + "nose-head_bottom nose-head_top head_bottom-*_shoulder",
    head_bottom="upper_neck",
)
BODY25 = _skeleton(
    "body25",
    """nose neck r_shoulder r_elbow r_wrist l_shoulder l_elbow l_wrist mid_hip
    r_hip r_knee r_ankle l_hip l_knee l_ankle r_eye l_eye r_ear l_ear
    l_big_toe l_small_toe l_heel r_big_toe r_small_toe r_heel""",
    _ARMS_LEGS + _FACE + _FEET + "mid_hip-neck mid_hip-*_hip neck-*_shoulder neck-nose",
    neck="l_shoulder r_shoulder",
    mid_hip="l_hip r_hip",
)
SKELETONS = {
    skeleton.name: skeleton
    for skeleton in (BODY27, COCO17, LSP14, MPII16, CROWDPOSE14, POSETRACK15, BODY25)
}


def get_skeleton(name: str | Skeleton) -> Skeleton:
    """The skeleton of that name (a skeleton is handed back). Raises ValueError."""
    if isinstance(name, Skeleton):
        return name
    if name not in SKELETONS:
        raise ValueError(f"no skeleton {name!r}; there are {', '.join(SKELETONS)}")
    return SKELETONS[name]


def view(
    keypoints: Tensor,
    visible: Tensor,
    source_names: list[str] | tuple[str, ...],
    skeleton: Skeleton,
) -> tuple[Tensor, Tensor]:
    """Keypoints and visibility of a label set, as another skeleton sees them.

    keypoints (..., S, 2) and visible (..., S): the S joints in `source_names`.
    Returns (..., K, 2) and (..., K). A joint made from several has their mean and
    the lowest of their visibilities; it is unlabelled (0, at 0, 0) if one of them is.
    Raises ValueError naming the joints that the source lacks.
    """
    sources = [ALIASES.get(name, name) for name in source_names]
    wanted = [skeleton.recipe[joint] for joint in skeleton.joints]
    lacking = sorted({name for names in wanted for name in names} - set(sources))
    if lacking:
        raise ValueError(f"{skeleton.name} needs {', '.join(lacking)}, not in the set")
    rows = [[sources.index(name) for name in names] for names in wanted]
    points = [keypoints[..., row, :].mean(dim=-2) for row in rows]
    flags = [visible[..., row].amin(dim=-1) for row in rows]
    flags = torch.stack(flags, dim=-1)  # (..., K)
    points = torch.stack(points, dim=-2)  # (..., K, 2)
    return points.where(flags[..., None] > 0, torch.zeros_like(points)), flags
