"""A contact sheet of rendered sets: pictures, joints, masks and body parts.

    python -m data_scripts.people.sheet DIR --out FILE

DIR is the folder of one set or of several; each gets two rows.
"""

import argparse
import io
import sys
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image, ImageDraw

from course_lib.skeletons import COCO17
from data_scripts.files import DataError, plain_errors, read_json, write_atomic
from data_scripts.people.sets import SPECS

ROW_HEIGHT = 192  # px
SHEET_WIDTH = 1300  # px
GAP = 4  # px
MAX_BYTES = 400_000
VISIBLE, HIDDEN = "#FFFFFF", "#000000"


def find_sets(folder: Path) -> list[Path]:
    """Folders of sets: `folder` itself or those below it, in the order of `SPECS`."""
    found = [
        path
        for path in (folder, *sorted(folder.glob("*"), key=place))
        if (path / "train.json").is_file()
    ]
    if not found:
        raise DataError(f"{folder} holds no rendered set: prepare one first.")
    return found


def place(folder: Path) -> int:
    """Place of a set among all sets, by its folder's name (`NAME` or `NAME-v...`)."""
    names = list(SPECS)
    name = folder.name.split("-v")[0]
    return names.index(name) if name in names else len(names)


def draw_people(picture: Image.Image, people: list[dict[str, Any]]) -> Image.Image:
    """The picture with limbs, joints (white visible, black hidden) and boxes."""
    picture = picture.copy()
    draw = ImageDraw.Draw(picture)
    for person in people:
        joints = np.array(person["keypoints"], dtype=float).reshape(-1, 3)
        for (a, b), colour in zip(COCO17.limb_indices, COCO17.colours, strict=True):
            if joints[a, 2] > 0 and joints[b, 2] > 0:
                draw.line([*joints[a, :2], *joints[b, :2]], fill=colour, width=2)
        for x, y, flag in joints:
            if flag > 0:
                corners = [x - 1.5, y - 1.5, x + 1.5, y + 1.5]
                draw.ellipse(corners, fill=VISIBLE if flag == 2 else HIDDEN)
    return picture


def paint_parts(path: Path) -> Image.Image:
    """Body parts in 24 colours, shaded by the surface coordinate U."""
    with Image.open(path) as picture:
        values = np.asarray(picture).astype(float)  # (H, W, 3)
    part, u = values[..., 0], values[..., 1] / 255
    hue = part * 67 % 255
    value = np.where(part > 0, 140 + 115 * u, 0)
    hsv = np.stack([hue, np.full_like(hue, 170), value], axis=-1).astype(np.uint8)
    return Image.fromarray(hsv, "HSV").convert("RGB")


def tiles(folder: Path) -> tuple[list[Image.Image], list[Image.Image]]:
    """Pictures of a set, plain and with their labels drawn, at the sheet's height."""
    content = read_json(folder / "train.json")
    plain, labelled, used = [], [], 0
    images = content["images"]
    step = max(1, len(images) // 16) if "clip" not in images[0] else 4
    for image in images[::step]:
        scale = ROW_HEIGHT / image["height"]
        size = (round(image["width"] * scale), ROW_HEIGHT)
        used += size[0] + GAP
        if used > SHEET_WIDTH + GAP:
            break
        with Image.open(folder / "images" / image["file_name"]) as opened:
            picture = opened.convert("RGB")
        people = [a for a in content["annotations"] if a["image_id"] == image["id"]]
        drawn = draw_people(picture.resize(size), scaled(people, scale))
        if "iuv" in image:
            drawn = paint_parts(folder / "images" / image["iuv"]).resize(size)
        plain.append(picture.resize(size))
        labelled.append(drawn)
    return plain, labelled


def scaled(people: list[dict[str, Any]], scale: float) -> list[dict[str, Any]]:
    """The people's keypoints in a picture resized by `scale`."""
    result = []
    for person in people:
        joints = np.array(person["keypoints"], dtype=float).reshape(-1, 3)
        joints[:, :2] = (joints[:, :2] + 0.5) * scale - 0.5
        result.append({"keypoints": joints.ravel()})
    return result


def make_sheet(folders: list[Path]) -> Image.Image:
    """One picture with two rows per set."""
    rows = [row for folder in folders for row in tiles(folder)]
    height = len(rows) * (ROW_HEIGHT + GAP) - GAP
    sheet = Image.new("RGB", (SHEET_WIDTH, height), "white")
    for number, row in enumerate(rows):
        x = 0
        for tile in row:
            sheet.paste(tile, (x, number * (ROW_HEIGHT + GAP)))
            x += tile.width + GAP
    return sheet


def encode(sheet: Image.Image) -> bytes:
    """The sheet as a JPEG below the size limit."""
    for quality in range(88, 30, -6):
        buffer = io.BytesIO()
        sheet.save(buffer, "JPEG", quality=quality, optimize=True)
        if buffer.tell() < MAX_BYTES:
            break
    return buffer.getvalue()


def main(arguments: list[str] | None = None) -> int:
    """Run the command; 2 on an error in one sentence."""
    parser = argparse.ArgumentParser(prog="python -m data_scripts.people.sheet")
    parser.add_argument("folder", type=Path, help="folder of one set or of several")
    parser.add_argument("--out", type=Path, required=True, help="the JPEG to write")
    options = parser.parse_args(arguments)
    try:
        sheet = make_sheet(find_sets(options.folder))
        with plain_errors(options.out):
            write_atomic(options.out, encode(sheet))
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
