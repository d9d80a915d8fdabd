"""The rendered sets: format, determinism, consistency."""

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval
from rendered_sets import COUNTS, digests, read, sharded

from course_lib.data import load
from data_scripts.people import write
from data_scripts.people.prepare import prepare_spec
from data_scripts.people.sets import GOLDEN, SPECS, SPLITS, sample_rng

# Small versions of every set, so that a test renders each in a few seconds.
SMALL = {
    "single-easy": SPECS["single-easy"],
    "single": SPECS["single"],
    "groups": replace(SPECS["groups"], height=160, width=160),
    "crowds": replace(SPECS["crowds"], height=160, width=160),
    "clips": replace(SPECS["clips"], height=96, width=128, frames=4),
    "dense": replace(SPECS["dense"], height=96, width=72),
}
FEW = {"train": 2, "val": 2, "test": 2}


@pytest.fixture(scope="module")
def folders(tmp_path_factory) -> dict[str, Path]:
    """One small folder of each set."""
    root = tmp_path_factory.mktemp("sets")
    return {
        name: prepare_spec(spec, root / name, 0, 1, FEW) for name, spec in SMALL.items()
    }


def every_split(folders):
    return itertools.product(folders.items(), SPLITS)


def test_pycocotools_scores_the_truth_as_perfect(folders, capsys):
    for (name, folder), split in every_split(folders):
        truth = COCO(folder / f"{split}.json")
        people = [a for a in truth.dataset["annotations"] if a["num_keypoints"]]
        found = [
            {
                "image_id": person["image_id"],
                "category_id": 1,
                "keypoints": person["keypoints"],
                "score": 1.0,
            }
            for person in people
        ]
        scores = COCOeval(truth, truth.loadRes(found), "keypoints")
        scores.evaluate()
        scores.accumulate()
        scores.summarize()
        assert scores.stats[0] == pytest.approx(1.0), (name, split)
    capsys.readouterr()


def test_boxes_areas_and_masks_agree(folders):
    for (_name, folder), split in every_split(folders):
        content = read(folder, split)
        images = {image["id"]: image for image in content["images"]}
        for person in content["annotations"]:
            image = images[person["image_id"]]
            mask = coco_mask.decode(person["segmentation"]).astype(bool)
            assert mask.shape == (image["height"], image["width"])
            rows, columns = np.nonzero(mask)
            x, y = columns.min(), rows.min()
            width, height = np.ptp(columns) + 1, np.ptp(rows) + 1
            assert person["bbox"] == [x, y, width, height]
            assert person["area"] == mask.sum()


def test_the_full_box_holds_the_visible_one(folders):
    """Within a pixel: the visible box counts whole pixels."""
    for (_name, folder), split in every_split(folders):
        for person in read(folder, split)["annotations"]:
            x, y, width, height = person["bbox"]
            fx, fy, full_width, full_height = person["bbox_full"]
            assert fx <= x + 1
            assert fy <= y + 1
            assert fx + full_width >= x + width - 1
            assert fy + full_height >= y + height - 1


def test_joints_are_complete_and_inside(folders):
    for (_name, folder), split in every_split(folders):
        content = read(folder, split)
        category = content["categories"][0]
        names = category["keypoints"] + category["keypoints_extra"]
        assert len(names) == 27
        images = {image["id"]: image for image in content["images"]}
        for person in content["annotations"]:
            joints = person["keypoints"] + person["keypoints_extra"]
            joints = np.array(joints).reshape(27, 3)
            image = images[person["image_id"]]
            shown = joints[:, 2] > 0
            assert (joints[~shown] == 0).all()
            limit = (image["width"] - 0.5, image["height"] - 0.5)
            assert (joints[shown, :2] >= -0.51).all()
            assert (joints[shown, :2] <= np.array(limit) + 0.01).all()
            assert person["num_keypoints"] == shown[:17].sum()
            assert np.array(person["joints_3d"]).shape == (27, 3)
            assert np.isfinite(person["joints_3d"]).all()


def test_joints_are_the_projected_3d_points(folders):
    """Camera and 3-D points explain the labels to rounding (0.05 px)."""
    for (_name, folder), split in every_split(folders):
        content = read(folder, split)
        images = {image["id"]: image for image in content["images"]}
        for person in content["annotations"]:
            camera = images[person["image_id"]]["camera"]
            x, y, z = np.array(person["joints_3d"]).T
            u = camera["f"] * x / z + camera["cx"]
            v = camera["f"] * y / z + camera["cy"]
            joints = np.array(person["keypoints"] + person["keypoints_extra"])
            joints = joints.reshape(27, 3)
            shown = joints[:, 2] > 0
            np.testing.assert_allclose(joints[shown, 0], u[shown], atol=0.05)
            np.testing.assert_allclose(joints[shown, 1], v[shown], atol=0.05)


def test_images_are_there_and_as_described(folders):
    for (_name, folder), split in every_split(folders):
        content = read(folder, split)
        for image in content["images"]:
            size = (image["width"], image["height"])
            for kind in ("file_name", "iuv", "instances"):
                if kind in image:
                    with Image.open(folder / "images" / image[kind]) as picture:
                        picture.load()
                        assert picture.size == size
            assert 0 <= image["crowd_index"] <= 1


def test_instance_images_are_the_masks(folders):
    for name in ("groups", "crowds", "clips", "dense"):
        content = read(folders[name], "val")
        images = {image["id"]: image for image in content["images"]}
        for person in content["annotations"]:
            path = folders[name] / "images" / images[person["image_id"]]["instances"]
            with Image.open(path) as picture:
                instances = np.asarray(picture)
            mask = coco_mask.decode(person["segmentation"]).astype(bool)
            assert ((instances == person["instance"]) == mask).all()


def test_body_parts_cover_the_person(folders):
    content = read(folders["dense"], "train")
    for image, person in zip(content["images"], content["annotations"], strict=True):
        with Image.open(folders["dense"] / "images" / image["iuv"]) as picture:
            part, u, v = np.moveaxis(np.asarray(picture), -1, 0)
        mask = coco_mask.decode(person["segmentation"]).astype(bool)
        assert part.max() <= 24
        assert ((part > 0) == mask).mean() > 0.98
        assert (u[part == 0] == 0).all()
        assert (v[part == 0] == 0).all()
        assert np.ptp(u[part > 0]) > 100


def test_clips_keep_their_people(folders):
    content = read(folders["clips"], "train")
    frames = [(image["clip"], image["frame"]) for image in content["images"]]
    assert frames == list(itertools.product(range(2), range(4)))
    images = {image["id"]: image for image in content["images"]}
    tracks: dict[tuple[int, int], list[float]] = {}
    for person in content["annotations"]:
        key = (images[person["image_id"]]["clip"], person["track_id"])
        tracks.setdefault(key, []).append(person["depth"])
    assert any(len(depths) == 4 for depths in tracks.values())


def test_the_loader_reads_every_set(folders):
    for (_name, folder), split in every_split(folders):
        assert len(load(folder, split, "coco17")) >= 1


def test_ids_are_unique(folders):
    for folder in folders.values():
        contents = [read(folder, split) for split in SPLITS]
        for kind in ("images", "annotations"):
            ids = [entry["id"] for content in contents for entry in content[kind]]
            assert len(ids) == len(set(ids))


def test_same_seed_same_bytes_other_seed_other_people(easy, tmp_path):
    again = prepare_spec(sharded(), tmp_path / "again", 0, 1, COUNTS)
    assert digests(again) == digests(easy)
    other = prepare_spec(sharded(), tmp_path / "other", 1, 1, COUNTS)
    mine = {file: hash_ for file, hash_ in digests(easy).items() if "jpg" in file}
    assert not set(mine.values()) & set(digests(other).values())


def test_splits_share_nothing(easy, folders):
    draws = {
        sample_rng(spec, seed, split, index).integers(2**63)
        for spec in SPECS.values()
        for seed in (0, 1)
        for split in SPLITS
        for index in range(20)
    }
    assert len(draws) == len(SPECS) * 2 * len(SPLITS) * 20
    for folder in (easy, *folders.values()):
        pictures = [path.read_bytes() for path in folder.glob("images/*/*.jpg")]
        assert len(pictures) == len(set(pictures))


def test_a_set_grows_without_changing(easy, tmp_path):
    folder = prepare_spec(sharded(), tmp_path / "set", 0, 1, COUNTS | {"train": 4})
    before = digests(folder)
    prepare_spec(sharded(), folder, 0, 1, COUNTS)
    assert digests(folder) == digests(easy)
    kept = [file for file in before if file.endswith(".jpg")]
    assert all(digests(folder)[file] == before[file] for file in kept)
    prepare_spec(sharded(), folder, 0, 1, FEW)
    assert digests(folder) == digests(easy)


def test_a_sample_without_anybody_is_drawn_again(easy, tmp_path, monkeypatch):
    answers = itertools.chain([False, False], itertools.repeat(True))
    monkeypatch.setattr(write, "is_anybody_seen", lambda _frames: next(answers))
    folder = prepare_spec(sharded(), tmp_path / "set", 0, 1, COUNTS)
    mine, theirs = digests(folder), digests(easy)
    pictures = sorted(file for file in mine if file.endswith(".jpg"))
    changed = [file for file in pictures if mine[file] != theirs[file]]
    assert changed == ["images/train/000000.jpg"]


def test_somebody_is_seen_in_every_sample(folders):
    for (_name, folder), split in every_split(folders):
        content = read(folder, split)
        spec = content["info"]["spec"]
        people = [a["image_id"] for a in content["annotations"] if a["num_keypoints"]]
        images = content["images"]
        for start in range(0, len(images), spec["frames"]):
            frames = {i["id"] for i in images[start : start + spec["frames"]]}
            assert frames & set(people)


def test_golden_sets():
    from course_lib.data import GOLDEN as PLACE

    if not PLACE.is_dir():
        pytest.skip("the golden set is not rendered yet")
    assert sum(f.stat().st_size for f in PLACE.rglob("*") if f.is_file()) < 1.5e6
    for name, spec in GOLDEN.items():
        for split, count in spec.default_counts().items():
            content = read(PLACE / name, split)
            assert len(content["images"]) == count * spec.frames
            assert content["info"]["spec_digest"] == spec.digest()
            assert len(load(PLACE / name, split, "coco17")) >= count
