"""LSP and LSPET become our format, and bad input is named in one sentence."""

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from scipy.io import loadmat, savemat

from course_lib.skeletons import LSP14
from data_scripts import fetch
from data_scripts.files import DataError
from data_scripts.lsp import main, prepare

HEIGHT, WIDTH = 60, 48


def write_release(folder: Path, joints: np.ndarray, digits: int = 5) -> Path:
    """A release of small grey images with these joints, images on the last axis."""
    (folder / "images").mkdir(parents=True)
    savemat(folder / "joints.mat", {"joints": joints})
    for index in range(joints.shape[-1]):
        pixels = np.full((HEIGHT, WIDTH, 3), index * 7 % 255, np.uint8)
        name = f"im{index + 1:0{digits}d}.jpg"
        Image.fromarray(pixels).save(folder / "images" / name)
    return folder


def lspet_joints(count: int) -> np.ndarray:
    """(14, 3, N) joints inside the image; the first is filler, not visible."""
    rng = np.random.default_rng(0)
    joints = np.ones((14, 3, count))
    joints[:, 0] = rng.uniform(5, WIDTH - 6, (14, count))
    joints[:, 1] = rng.uniform(5, HEIGHT - 6, (14, count))
    joints[0] = np.array([-12.0, 0.0, 0.0])[:, None]
    return joints


def read(folder: Path, split: str) -> dict:
    return json.loads((folder / f"{split}.json").read_text())


def test_lspet_keeps_visible_joints_and_drops_the_filler(tmp_path):
    joints = lspet_joints(20)
    source = write_release(tmp_path / "release", joints)
    folder = prepare("lspet", out=tmp_path / "out", source=source)
    assert prepare("lspet", out=folder, source=tmp_path / "gone") == folder

    train, val = read(folder, "train"), read(folder, "val")
    assert (len(train["images"]), len(val["images"])) == (18, 2)
    assert [image["file_name"] for image in val["images"]] == [
        "im00019.jpg",
        "im00020.jpg",
    ]
    assert not (folder / "test.json").exists()
    assert train["categories"][0]["keypoints"] == list(LSP14.joints)
    person = train["annotations"][3]
    labels = np.array(person["keypoints"]).reshape(14, 3)
    np.testing.assert_allclose(labels[1:, :2], joints[1:, :2, 3], atol=0.006)
    assert labels[0].tolist() == [0, 0, 0]
    assert (labels[1:, 2] == 2).all()
    assert person["num_keypoints"] == 13
    x, y, width, height = person["bbox"]
    assert person["area"] == width * height
    assert (labels[1:, :2] >= (x, y)).all()
    assert (labels[1:, :2] <= (x + width - 1, y + height - 1)).all()
    assert x >= 0
    assert x + width <= WIDTH
    assert y + height <= HEIGHT
    for image in train["images"]:
        with Image.open(folder / "images" / image["file_name"]) as picture:
            assert picture.size == (image["width"], image["height"])


def test_lsp_reads_one_as_occluded(tmp_path):
    joints = lspet_joints(12).transpose(1, 0, 2)  # (3, 14, N)
    joints[2] = 0
    joints[2, 5] = 1
    joints[0, 0] = 10
    source = write_release(tmp_path / "release", joints, digits=4)
    folder = prepare("lsp", out=tmp_path / "out", source=source)
    labels = np.array(read(folder, "train")["annotations"][0]["keypoints"])
    assert labels.reshape(14, 3)[:, 2].tolist() == [2] * 5 + [1] + [2] * 8
    assert not (folder / "val.json").exists()


def test_joints_outside_the_image_are_not_labelled(tmp_path):
    joints = lspet_joints(2)
    joints[4, :2, 0] = WIDTH, 10
    joints[5, :2, 0] = WIDTH - 0.6, HEIGHT - 0.6
    source = write_release(tmp_path / "release", joints)
    folder = prepare("lspet", out=tmp_path / "out", source=source)
    labels = np.array(read(folder, "train")["annotations"][0]["keypoints"])
    assert labels.reshape(14, 3)[4:6, 2].tolist() == [0, 2]


def test_the_loader_and_pycocotools_read_it(tmp_path, capsys):
    from pycocotools.coco import COCO

    from course_lib.data import load

    source = write_release(tmp_path / "release", lspet_joints(20))
    folder = prepare("lspet", out=tmp_path / "out", source=source)
    assert len(COCO(folder / "val.json").getAnnIds()) == 2
    capsys.readouterr()
    assert len(load(folder, "train", "lsp14")) == 18
    with pytest.raises(ValueError, match="test"):
        load(folder, "test", "lsp14")


def break_nothing_labelled(source: Path) -> None:
    joints = lspet_joints(20)
    joints[:, 2] = 0
    savemat(source / "joints.mat", {"joints": joints})


def break_shape(source: Path) -> None:
    savemat(source / "joints.mat", {"joints": np.zeros((3, 14, 20))})


def break_nan(source: Path) -> None:
    joints = lspet_joints(20)
    joints[3, 0, 6] = np.nan
    savemat(source / "joints.mat", {"joints": joints})


def break_key(source: Path) -> None:
    savemat(source / "joints.mat", {"points": lspet_joints(20)})


def break_mat(source: Path) -> None:
    (source / "joints.mat").write_text("this is no matrix")


def break_image(source: Path) -> None:
    (source / "images" / "im00004.jpg").write_text("this is no image")


def truncate_image(source: Path) -> None:
    path = source / "images" / "im00004.jpg"
    path.write_bytes(path.read_bytes()[:400])


def remove_image(source: Path) -> None:
    (source / "images" / "im00004.jpg").unlink()


def remove_mat(source: Path) -> None:
    (source / "joints.mat").unlink()


@pytest.mark.parametrize(
    ("damage", "named"),
    [
        (break_nothing_labelled, "labels no person"),
        (break_shape, "14 x 3 x N"),
        (break_nan, "im00007.jpg"),
        (break_key, "joints.mat"),
        (break_mat, "joints.mat"),
        (break_image, "im00004.jpg is no readable image"),
        (truncate_image, "im00004.jpg is no readable image"),
        (remove_image, "im00004.jpg is missing"),
        (remove_mat, "holds no joints.mat"),
    ],
)
def test_bad_input_is_one_sentence(tmp_path, capsys, damage, named):
    source = write_release(tmp_path / "release", lspet_joints(20))
    damage(source)
    arguments = ["lspet", "--out", str(tmp_path / "out"), "--source", str(source)]
    assert main(arguments) == 2
    message = capsys.readouterr().err.strip()
    assert named in message
    assert "\n" not in message
    assert str(source) in message
    assert not (tmp_path / "out" / "val.json").exists()


def test_other_errors_are_one_sentence(tmp_path):
    with pytest.raises(DataError, match="choose one of"):
        prepare("lspx")
    with pytest.raises(DataError, match="is not a folder"):
        prepare("lspet", out=tmp_path / "out", source=tmp_path / "nowhere")
    source = write_release(tmp_path / "release", lspet_joints(20))
    with pytest.raises(DataError, match="holds other files"):
        prepare("lspet", out=source, source=source)
    prepare("lspet", out=tmp_path / "out", source=source)
    with pytest.raises(DataError, match="another data set"):
        prepare("lsp", out=tmp_path / "out", source=source)


def test_a_changed_download_is_refused(tmp_path, monkeypatch):
    """The first download is noted; a later one must be the same file."""
    import zipfile

    import pooch

    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path / "cache"))
    content = {"text": "first"}

    def retrieve(_address, known_hash, fname, path):
        target = Path(path) / fname
        with zipfile.ZipFile(target, "w") as files:
            files.writestr("a.txt", content["text"])
        digest = hashlib.sha256(target.read_bytes()).hexdigest()
        if known_hash is not None and known_hash != digest:
            raise ValueError("hash differs")
        return str(target)

    monkeypatch.setattr(pooch, "retrieve", retrieve)
    folder = fetch.fetch_archive("https://example.org/set.zip", "set")
    assert (folder / "a.txt").read_text() == "first"
    (folder / "a.txt").unlink()
    folder.rmdir()
    content["text"] = "second"
    with pytest.raises(DataError, match=r"set\.zip\.sha256"):
        fetch.fetch_archive("https://example.org/set.zip", "set")


def real_release() -> Path:
    root = os.environ.get("COURSE_REAL")
    if not root or not (Path(root) / "lspet" / "joints.mat").is_file():
        pytest.skip("COURSE_REAL has no lspet/")
    return Path(root) / "lspet"


@pytest.mark.slow
def test_real_lspet(tmp_path):
    source = real_release()
    joints = loadmat(source / "joints.mat")["joints"]
    folder = prepare("lspet", out=tmp_path / "out", source=source)
    train, val = read(folder, "train"), read(folder, "val")
    assert len(train["images"]) + len(val["images"]) == joints.shape[2]
    assert len(val["images"]) == 500
    people = train["annotations"] + val["annotations"]
    labelled = sum(person["num_keypoints"] for person in people)
    assert labelled == pytest.approx(joints[:, 2].sum(), rel=1e-3)
    points = np.array([person["keypoints"] for person in people]).reshape(-1, 14, 3)
    shown = points[..., 2] > 0
    np.testing.assert_allclose(
        points[shown][:, :2], joints.transpose(2, 0, 1)[shown][:, :2], atol=0.006
    )
