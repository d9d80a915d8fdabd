"""The released files of LSP and LSPET: what is in them, read and checked.

What they leave to the reader, and what is done here:

- LSPET marks a joint 1 when it is visible; the coordinates of all others are filler,
  mostly zero or negative. Those joints are written as not labelled (v = 0).
- LSP, whose own note says the opposite, marks 1 where a joint is occluded (about 7 %
  of them); all have coordinates. 1 becomes v = 1, 0 becomes v = 2.
- Coordinates are taken as released. In LSPET they span 0 .. width - 1, which is our
  convention (the first pixel's centre is 0); LSP may be off by one pixel.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from data_scripts.files import DataError


@dataclass(frozen=True)
class Variant:
    """One of the two releases.

    digits: of the image names. address: the official archive. joints_first: whether
    `joints` is (14, 3, N) rather than (3, 14, N). occluded: whether the third value 1
    means occluded rather than visible.
    """

    name: str
    title: str
    digits: int
    address: str
    joints_first: bool
    occluded: bool

    def file_name(self, index: int) -> str:
        """Name of image `index`, counted from 0."""
        return f"im{index + 1:0{self.digits}d}.jpg"


VARIANTS = {
    "lspet": Variant(
        name="lspet",
        title="Leeds Sports Pose Extended (Johnson and Everingham, CVPR 2011)",
        digits=5,
        address="https://sam.johnson.io/research/lspet_dataset.zip",
        joints_first=True,
        occluded=False,
    ),
    "lsp": Variant(
        name="lsp",
        title="Leeds Sports Pose, original size (Johnson and Everingham, BMVC 2010)",
        digits=4,
        address="https://sam.johnson.io/research/lsp_dataset_original.zip",
        joints_first=False,
        occluded=True,
    ),
}


def find_release(source: Path) -> Path:
    """The folder that holds `joints.mat`: `source` or one just below it."""
    if not source.is_dir():
        raise DataError(
            f"{source} is not a folder: give the unpacked release, with joints.mat "
            "and images/ in it."
        )
    found = [source / "joints.mat", *sorted(source.glob("*/joints.mat"))]
    for path in found:
        if path.is_file():
            return path.parent
    raise DataError(
        f"{source} holds no joints.mat: give the unpacked release, with joints.mat "
        "and images/ in it."
    )


def read_joints(variant: Variant, path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Joints of a release: points (N, 14, 2) in pixels and visibility (N, 14).

    Visibility is 2 visible, 1 occluded, 0 not labelled. `DataError` on a file of
    another kind or shape.
    """
    from scipy.io import loadmat

    try:
        joints = np.asarray(loadmat(path)["joints"], dtype=float)
    except Exception as error:  # a damaged file ends the reader in many ways
        raise DataError(
            f"{path} is not the joints.mat of {variant.name}: unpack the release again."
        ) from error
    layout = (14, 3) if variant.joints_first else (3, 14)
    if joints.ndim != 3 or joints.shape[:2] != layout or joints.shape[2] == 0:
        raise DataError(
            f"{path} has joints of shape {joints.shape}, {variant.name} has "
            f"{layout[0]} x {layout[1]} x N: choose the other variant or unpack the "
            "release again."
        )
    order = (2, 0, 1) if variant.joints_first else (2, 1, 0)
    joints = joints.transpose(order)  # (N, 14, 3)
    flag = joints[..., 2]
    if not np.isin(flag, (0, 1)).all():
        raise DataError(
            f"{path} has visibility values other than 0 and 1: unpack the release "
            "again."
        )
    visible = np.where(flag == 1, 1, 2) if variant.occluded else 2 * (flag == 1)
    points = joints[..., :2]  # (N, 14, 2)
    bad = (~np.isfinite(points).all(-1) & (visible > 0)).any(-1)
    if bad.any():
        raise DataError(
            f"{path} has labelled joints that are not numbers, first for "
            f"{variant.file_name(int(bad.argmax()))}: unpack the release again."
        )
    return points, visible.astype(int)
