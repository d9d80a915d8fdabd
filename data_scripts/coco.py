"""COCO person keypoints (2017) in our format, from the release on your disk.

    python -m data_scripts.coco --source FOLDER [--out DIR] [--limit 2000]

Source: T.-Y. Lin and others, "Microsoft COCO: Common Objects in Context", ECCV 2014.
The annotations are under CC BY 4.0; the photographs come from Flickr under licences of
their own, named in the label file. This course neither holds nor passes them on.

FOLDER holds `annotations/person_keypoints_train2017.json`, or that of val2017, or
both, and the pictures in `train2017/` and `val2017/`, as the release unpacks. It is too
large (19 GB) to be fetched unasked. The format is COCO's own already: pictures on which
somebody has a labelled joint are linked, their people kept as they are, crowd regions
and people without joints too.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from course_lib.coco_files import field_of, read_coco
from course_lib.skeletons import COCO17
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

CONVERTER_VERSION = "1"
SPLITS = {"train": "train2017", "val": "val2017"}
KEPT = ("id", "width", "height")  # of an image, beside its name and licence


def prepare(
    source: str | os.PathLike[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    limit: int | None = None,
) -> Path:
    """Folder of COCO's people in the course's format, at full resolution.

    source: the folder of the release. out: the folder to write, by default inside the
    course's cache. limit: at most so many pictures a split, by their number. A folder
    that is finished is handed out as it is and needs no source; another limit than its
    own is an error. Pictures are hard links where the disk allows, else
    copies. Raises `DataError`, one sentence naming the file and the fix.
    """
    folder = Path(out).expanduser() if out is not None else cache_dir() / "coco"
    recipe = {"set": "coco", "converter_version": CONVERTER_VERSION}
    make_folder(folder)
    with folder_lock(folder), plain_errors(folder):
        manifest = claim_folder(folder, recipe)
        if not manifest["splits"]:
            convert(release(source), folder, manifest, limit)
        elif limit is not None and limit != manifest.get("limit"):
            raise DataError(
                f"{folder} was made with limit {manifest.get('limit')}, not {limit}: "
                "choose another folder or delete this one."
            )
    return folder


def release(source: str | os.PathLike[str] | None) -> Path:
    """The folder of the release; `DataError` where it has no person keypoints."""
    need = "give --source, the folder that holds annotations/ and the pictures."
    if source is None:
        raise DataError(f"COCO has to be on this computer already: {need}")
    root = Path(source).expanduser()
    if not any(labels_of(root, part).is_file() for part in SPLITS.values()):
        raise DataError(f"{labels_of(root, 'train2017')} is missing: {need}")
    return root


def labels_of(root: Path, part: str) -> Path:
    """The label file of one part of the release."""
    return root / "annotations" / f"person_keypoints_{part}.json"


def convert(
    root: Path, folder: Path, manifest: dict[str, Any], limit: int | None
) -> None:
    """Write pictures, label files and, last, the manifest."""
    splits = {}
    for split, part in SPLITS.items():
        if labels_of(root, part).is_file():
            content = people_of(labels_of(root, part), split, part, limit)
            for image in content["images"]:
                link(image, root / image["file_name"], folder / "images")
            write_json(folder / f"{split}.json", content)
            counts = {name: len(content[name]) for name in ("images", "annotations")}
            splits[split] = counts
    write_json(folder / MANIFEST, {**manifest, "splits": splits, "limit": limit})


def people_of(path: Path, split: str, part: str, limit: int | None) -> dict[str, Any]:
    """The label file of a split: pictures with a labelled joint, all people on them."""
    content = read_coco(path)
    category, *_ = [*field_of(content, "categories", path), {}]
    if list(field_of(category, "keypoints", path)) != list(COCO17.joints):
        raise DataError(f"{path} has other joints than COCO's 17: unpack it again.")
    everyone = field_of(content, "annotations", path)
    labelled = {
        field_of(person, "image_id", path)
        for person in everyone
        if field_of(person, "num_keypoints", path)
    }
    images = [
        {name: field_of(image, name, path) for name in KEPT}
        | {"file_name": f"{part}/{field_of(image, 'file_name', path)}"}
        | ({"license": image["license"]} if "license" in image else {})
        for image in field_of(content, "images", path)
        if field_of(image, "id", path) in labelled
    ]
    images = sorted(images, key=lambda image: image["id"])[:limit]
    if not images:
        raise DataError(f"{path} labels nobody's joints: unpack the release again.")
    kept = {image["id"] for image in images}
    title = "COCO 2017, person keypoints (Lin and others, ECCV 2014)"
    names = ("description", "version", "spec", "split")
    info = dict(zip(names, (title, CONVERTER_VERSION, "coco", split), strict=True))
    return {
        "info": info,
        "licenses": content.get("licenses", []),
        "categories": [category],
        "images": images,
        "annotations": [p for p in everyone if p["image_id"] in kept],
    }


def link(image: dict[str, Any], source: Path, images: Path) -> None:
    """Put a picture into the set, if it has the size that its label says."""
    target = images / image["file_name"]
    target.parent.mkdir(parents=True, exist_ok=True)
    size = take_image(source, target)
    if size != (image["width"], image["height"]):
        label = f"{image['width']} x {image['height']}"
        raise DataError(
            f"{source} is {size[0]} x {size[1]}, its label says {label}: unpack the "
            "release again."
        )


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 0 when the set is ready, 2 on an error."""
    parser = argparse.ArgumentParser(prog="python -m data_scripts.coco")
    parser.add_argument("--source", help="folder of the release")
    parser.add_argument("--out", help="folder to write (default: the course's cache)")
    parser.add_argument("--limit", type=int, help="at most so many pictures a split")
    options = parser.parse_args(arguments)
    try:
        print(prepare(options.source, options.out, options.limit))
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
