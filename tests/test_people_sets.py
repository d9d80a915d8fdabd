"""The rendered sets: format, determinism, interruption, errors in one sentence."""

import errno
import hashlib
import itertools
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from pycocotools import mask as coco_mask
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from course_lib.data import load
from data_scripts import files
from data_scripts.files import PART, DataError
from data_scripts.people import prepare, shards, write
from data_scripts.people.__main__ import main
from data_scripts.people.prepare import default_folder, prepare_spec
from data_scripts.people.sets import GOLDEN, SPECS, SPLITS, sample_rng
from data_scripts.people.shards import missing_spans

COUNTS = {"train": 6, "val": 2, "test": 2}
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


@pytest.fixture(scope="module")
def easy(tmp_path_factory) -> Path:
    """A finished small set of single people, shards of two samples."""
    folder = tmp_path_factory.mktemp("easy") / "set"
    return prepare_spec(sharded(), folder, 0, 1, COUNTS)


def sharded():
    return replace(SPECS["single-easy"], shard=2)


def read(folder: Path, split: str) -> dict:
    return json.loads((folder / f"{split}.json").read_text())


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a set but its lock."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
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


def test_missing_spans_fill_every_gap():
    assert list(missing_spans([], 5, 2)) == [(0, 2), (2, 4), (4, 5)]
    assert list(missing_spans([(0, 3)], 5, 2)) == [(3, 4), (4, 5)]
    assert list(missing_spans([(2, 4), (0, 2)], 4, 2)) == []
    assert list(missing_spans([(4, 6)], 6, 4)) == [(0, 4)]
    assert list(missing_spans([(0, 8)], 6, 4)) == []
    assert list(missing_spans([(2, 4)], 0, 2)) == []


@pytest.mark.parametrize("after", [0, 1, 3, 8, 16, 17, 19, 21])
def test_an_interrupted_run_goes_on(easy, tmp_path, monkeypatch, after):
    """Stopped at any write, the folder resumes to what one run would have made."""
    folder = tmp_path / "set"
    calls = itertools.count()
    real = files.write_atomic

    def stop_midway(path, data):
        if next(calls) == after:
            path.with_name(path.name + PART).write_bytes(data[: len(data) // 2])
            raise KeyboardInterrupt
        real(path, data)

    monkeypatch.setattr(write, "write_atomic", stop_midway)
    monkeypatch.setattr(files, "write_atomic", stop_midway)
    with pytest.raises(KeyboardInterrupt):
        prepare_spec(sharded(), folder, 0, 1, COUNTS)
    assert list(folder.rglob("*" + PART))
    monkeypatch.undo()
    prepare_spec(sharded(), folder, 0, 1, COUNTS)
    assert digests(folder) == digests(easy)


def test_finished_shards_are_not_rendered_again(tmp_path, monkeypatch):
    folder = tmp_path / "set"
    real, done = write.render_shard, []

    def stop_at_third(task):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(task)
        return real(task)

    monkeypatch.setattr(write, "render_shard", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        prepare_spec(sharded(), folder, 0, 1, COUNTS)
    rendered = []
    monkeypatch.setattr(
        write, "render_shard", lambda task: rendered.append(task) or real(task)
    )
    prepare_spec(sharded(), folder, 0, 1, COUNTS)
    assert len(rendered) == 3
    assert not set(rendered) & set(done)


def test_a_finished_set_is_handed_out_at_once(easy, monkeypatch):
    monkeypatch.setattr(shards, "render_missing", None)
    start = time.perf_counter()
    prepare_spec(sharded(), easy, 0, 1, COUNTS)
    assert time.perf_counter() - start < 0.1


def test_preparing_needs_no_torch():
    code = (
        "import sys; from data_scripts.people import prepare; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def command(folder: Path, *more: str) -> list[str]:
    counts = [text for split in SPLITS for text in (f"--{split}", str(COUNTS[split]))]
    start = [sys.executable, "-m", "data_scripts.people", "single-easy"]
    return [*start, "--out", str(folder), *counts, *more]


@pytest.mark.slow
def test_two_at_once_render_once(tmp_path):
    line = command(tmp_path / "set", "--workers", "1")
    both = [subprocess.Popen(line, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Rendering" in output for output in outputs) == 1
    assert all(str(tmp_path / "set") in output for output in outputs)


def start_and_wait_for_a_shard(folder: Path) -> subprocess.Popen:
    """A run with two workers that has just finished one more shard."""
    before = len(list(folder.glob(".shards/*/*.json")))
    process = subprocess.Popen(
        command(folder, "--workers", "2", "--train", "400"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 90
    while len(list(folder.glob(".shards/*/*.json"))) <= before:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def workers_of(process: subprocess.Popen) -> list[int]:
    """Process ids of the workers of a run."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [
        int(child)
        for child in children.split()
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_a_killed_worker_and_ctrl_c_leave_a_run_that_goes_on(tmp_path):
    folder = tmp_path / "set"
    process = start_and_wait_for_a_shard(folder)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    message = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert "run the command again with fewer workers" in message
    assert "Traceback" not in message

    process = start_and_wait_for_a_shard(folder)
    os.killpg(process.pid, signal.SIGINT)
    message = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "Traceback" not in message

    kept = digests(folder / ".shards" / "train")
    assert len(kept) >= 2
    assert main(command(folder, "--workers", "1", "--train", "60")[3:]) == 0
    assert len(read(folder, "train")["images"]) >= 60


def sentence(capsys) -> str:
    """The error that a command printed: one line on stderr, no traceback."""
    message = capsys.readouterr().err.strip()
    assert message
    assert "\n" not in message
    assert "Traceback" not in message
    return message


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["singles"], "choose one of single-easy, single"),
        (["single", "--workers", "0"], "give 1 or more"),
        (["single", "--seed", "-1"], "give a whole number"),
        (["single", "--train", "-3"], "give a whole number"),
    ],
)
def test_bad_options(tmp_path, capsys, arguments, named):
    assert main([*arguments, "--out", str(tmp_path / "set")]) == 2
    assert named in sentence(capsys)
    assert not (tmp_path / "set").exists()


def test_bad_counts(tmp_path):
    with pytest.raises(DataError, match="no split called 'dev'"):
        prepare("single", tmp_path / "set", counts={"dev": 3})
    with pytest.raises(DataError, match="whole number"):
        prepare("single", tmp_path / "set", counts={"val": 2.5})


def test_path_is_a_file(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("kept")
    for path in (file, file / "below"):
        assert main(["single", "--out", str(path)]) == 2
        assert str(path) in sentence(capsys)
    assert file.read_text() == "kept"


def test_folder_without_permission(tmp_path, capsys, monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert main(["single", "--out", str(tmp_path / "set")]) == 2
    message = sentence(capsys)
    assert "cannot be written" in message
    assert str(tmp_path / "set") in message


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_disk_full_keeps_what_is_finished(easy, tmp_path, capsys, monkeypatch, number):
    folder = tmp_path / "set"
    real, calls = write.write_atomic, itertools.count()

    def fill(path, data):
        if next(calls) > 4:
            raise OSError(number, "No space left on device")
        real(path, data)

    monkeypatch.setattr(write, "write_atomic", fill)
    monkeypatch.setitem(SPECS, "single-easy", sharded())
    arguments = command(folder, "--workers", "1")[3:]
    assert main(arguments) == 2
    message = sentence(capsys)
    assert "is full" in message
    assert str(folder) in message
    assert list(folder.glob(".shards/train/*.json"))
    monkeypatch.setattr(write, "write_atomic", real)
    assert main(arguments) == 0
    assert digests(folder) == digests(easy)


def test_a_part_file_is_removed_when_writing_fails(tmp_path):
    with pytest.raises(IsADirectoryError):
        write.write_atomic(tmp_path, b"text")
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write.write_atomic(tmp_path / "taken", b"text")
    assert not list(tmp_path.glob("*" + PART))


def test_another_set_is_left_alone(easy, tmp_path, capsys):
    before = digests(easy)
    for arguments in (["single"], ["single-easy", "--seed", "1"], ["dense"]):
        assert main([*arguments, "--out", str(easy), "--workers", "1"]) == 2
        assert "another data set" in sentence(capsys)
    assert digests(easy) == before
    (tmp_path / "letter.txt").write_text("kept")
    assert main(["single", "--out", str(tmp_path)]) == 2
    assert "letter.txt" in sentence(capsys)
    assert [path.name for path in tmp_path.iterdir() if path.suffix] == ["letter.txt"]


def test_damaged_manifest(easy, tmp_path, capsys):
    (tmp_path / "manifest.json").write_text("{")
    assert main(["single", "--out", str(tmp_path)]) == 2
    assert "manifest.json is damaged" in sentence(capsys)


def test_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    assert default_folder("single", 3).parent == tmp_path
    assert default_folder("single", 3) != default_folder("single", 4)
    monkeypatch.delenv("COURSE_DATA_DIR")
    assert default_folder("single").is_absolute()


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
