"""Leeds Sports Pose (`lsp`) and its extended training set (`lspet`) in our format.

    python -m data_scripts.lsp lspet --out DIR [--source FOLDER]

Sources: S. Johnson and M. Everingham, "Clustered Pose and Nonlinear Appearance Models
for Human Pose Estimation", BMVC 2010 (LSP), and "Learning Effective Human Pose
Estimation from Inaccurate Annotation", CVPR 2011 (LSPET). The images are photographs
from Flickr, released for research without a stated licence: this course neither holds
nor passes them on, and what you prepare is for your own study.

How visibility is read is told in `lsp_release`. A joint outside its image is written as
not labelled.
"""

import argparse
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from course_lib.skeletons import LSP14
from data_scripts.files import (
    MANIFEST,
    DataError,
    cache_dir,
    claim_folder,
    folder_lock,
    make_folder,
    plain_errors,
    take_image,
    write_json,
)
from data_scripts.lsp_release import (
    VARIANTS,
    Variant,
    find_release,
    read_joints,
)

CONVERTER_VERSION = "1"
BOX_MARGIN = 0.15  # of the longer side of the box of the joints, on every side


def prepare(
    variant: str = "lspet",
    out: str | os.PathLike[str] | None = None,
    source: str | os.PathLike[str] | None = None,
) -> Path:
    """Folder of LSP or LSPET in the course's format, at full resolution.

    variant: `lspet` or `lsp`. out: the folder, by default inside the course's cache.
    source: the unpacked release (`joints.mat` and `images/`); downloaded without it. A
    folder that is finished is handed out as it is, whatever the source.
    Splits by index: LSPET keeps its last 500 images as `val` (the last tenth of a
    part of fewer than 5,000) and has no `test`; LSP has the official `train`
    (1 - 1000) and `test` (1001 - 2000). Images are hard links to the source where
    the disk allows, else copies. Raises `DataError`, one sentence naming the fix.
    """
    if variant not in VARIANTS:
        raise DataError(
            f"There is no {variant!r}: choose one of {', '.join(VARIANTS)}."
        )
    chosen = VARIANTS[variant]
    folder = Path(out).expanduser() if out is not None else cache_dir() / variant
    recipe = {"set": variant, "converter_version": CONVERTER_VERSION}
    make_folder(folder)
    with folder_lock(folder), plain_errors(folder):
        manifest = claim_folder(folder, recipe)
        if not manifest["splits"]:
            convert(chosen, locate(chosen, source), folder, manifest)
    return folder


def locate(variant: Variant, source: str | os.PathLike[str] | None) -> Path:
    """Folder of the unpacked release, downloaded where no source is given."""
    if source is not None:
        return find_release(Path(source).expanduser())
    from data_scripts.fetch import fetch_archive

    return find_release(fetch_archive(variant.address, variant.name))


def split_ranges(variant: Variant, count: int) -> dict[str, range]:
    """Indices of each split; empty splits are left out."""
    if variant.name == "lsp":
        splits = {"train": range(min(count, 1000)), "test": range(1000, count)}
    else:
        held = min(500, max(1, count // 10)) if count > 1 else 0
        splits = {"train": range(count - held), "val": range(count - held, count)}
    return {name: indices for name, indices in splits.items() if len(indices)}


def convert(
    variant: Variant, root: Path, folder: Path, manifest: dict[str, Any]
) -> None:
    """Write images, label files and manifest of a release."""
    points, visible = read_joints(variant, root / "joints.mat")
    (folder / "images").mkdir(exist_ok=True)
    splits = {}
    for split, indices in split_ranges(variant, len(points)).items():
        images, annotations = [], []
        for index in show(indices, f"{variant.name} {split}"):
            name = variant.file_name(index)
            width, height = take_image(root / "images" / name, folder / "images" / name)
            images.append(
                {"id": index + 1, "width": width, "height": height, "file_name": name}
            )
            person = annotate(points[index], visible[index], width, height, index + 1)
            annotations += [person] if person else []
        if not annotations:
            raise DataError(
                f"{root / 'joints.mat'} labels no person of {split}: unpack the "
                "release again."
            )
        write_json(
            folder / f"{split}.json", dataset(variant, split, images, annotations)
        )
        splits[split] = {"images": len(images), "people": len(annotations)}
    write_json(folder / MANIFEST, {**manifest, "splits": splits})


def show(indices: range, title: str) -> Iterator[int]:
    """The indices, with a bar where there is a terminal."""
    from tqdm import tqdm

    return iter(tqdm(indices, desc=title, disable=not sys.stderr.isatty()))


def annotate(
    points: np.ndarray, visible: np.ndarray, width: int, height: int, image_id: int
) -> dict[str, Any] | None:
    """The annotation of one person, None when no joint is labelled.

    points: (14, 2) pixels; visible: (14,) 2, 1 or 0. The box is that of the labelled
    joints with a margin, cut at the image; the area is the area of that box.
    """
    inside = (points > -0.5).all(-1) & (points < (width - 0.5, height - 0.5)).all(-1)
    visible = np.where(inside, visible, 0)
    labelled = visible > 0
    if not labelled.any():
        return None
    low, high = points[labelled].min(0), points[labelled].max(0)  # (2,) each
    margin = BOX_MARGIN * max(*(high - low), 1.0)
    low = np.maximum(np.floor(low - margin), 0)
    high = np.minimum(np.ceil(high + margin), (width - 1, height - 1))
    size = high - low + 1
    keypoints = np.where(labelled[:, None], np.round(points, 2), 0)
    flat = np.concatenate([keypoints, visible[:, None]], axis=1).ravel()
    return {
        "id": image_id,
        "image_id": image_id,
        "category_id": 1,
        "iscrowd": 0,
        "bbox": [float(value) for value in (*low, *size)],
        "area": float(size.prod()),
        "num_keypoints": int(labelled.sum()),
        "keypoints": [
            int(value) if place % 3 == 2 else float(value)
            for place, value in enumerate(flat)
        ],
    }


def dataset(
    variant: Variant, split: str, images: list[Any], annotations: list[Any]
) -> dict[str, Any]:
    """The label file of a split as one COCO dictionary."""
    skeleton = [[a + 1, b + 1] for a, b in LSP14.limb_indices]
    category = {
        "id": 1,
        "name": "person",
        "keypoints": list(LSP14.joints),
        "skeleton": skeleton,
    }
    info = {
        "description": variant.title,
        "version": CONVERTER_VERSION,
        "spec": variant.name,
        "split": split,
    }
    return {
        "info": info,
        "categories": [category],
        "images": images,
        "annotations": annotations,
    }


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when the set is ready, 2 on an error."""
    parser = argparse.ArgumentParser(prog="python -m data_scripts.lsp")
    parser.add_argument("variant", choices=sorted(VARIANTS))
    parser.add_argument("--out", help="folder to write (default: the course's cache)")
    parser.add_argument("--source", help="the unpacked release instead of a download")
    options = parser.parse_args(arguments)
    try:
        print(prepare(options.variant, out=options.out, source=options.source))
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
