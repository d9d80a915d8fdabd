"""COCO's release becomes our format, people untouched; bad input is named."""

import json
import os
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image
from pycocotools.coco import COCO

from course_lib.data import load
from course_lib.skeletons import COCO17
from data_scripts.coco import main, prepare
from data_scripts.files import DataError

SIZE = (40, 30)  # width, height


def person(number, image, labelled=17, crowd=0):
    """An annotation whose first joints are labelled, at 3 px steps."""
    keypoints = np.array([[3 + k, 4 + k, 1 + k % 2] for k in range(17)])
    keypoints[labelled:] = 0
    return {
        "id": number,
        "image_id": image,
        "category_id": 1,
        "iscrowd": crowd,
        "bbox": [2.5, 3.25, 20.0, 22.5],
        "area": 300.5,
        "num_keypoints": labelled,
        "keypoints": keypoints.ravel().tolist(),
        "segmentation": [[2.5, 3.25, 22.5, 3.25, 22.5, 25.75]],
    }


@pytest.fixture
def release(tmp_path):
    """A release of four pictures: two people, nobody, a crowd, somebody unlabelled."""
    root = tmp_path / "release"
    (root / "annotations").mkdir(parents=True)
    (root / "val2017").mkdir()
    images = []
    for number in (7, 3, 5, 9):
        name = f"{number:012d}.jpg"
        Image.new("RGB", SIZE, (number, 90, 30)).save(root / "val2017" / name)
        images.append(
            {"id": number, "width": SIZE[0], "height": SIZE[1], "file_name": name}
            | {"license": 4, "coco_url": "elsewhere"}
        )
    people = [
        *(person(1, 7), person(2, 7, labelled=0), person(3, 3, labelled=5)),
        *(person(4, 3, labelled=0, crowd=1), person(5, 9, labelled=0)),
    ]
    category = {"id": 1, "name": "person", "keypoints": list(COCO17.joints)}
    write(root, images, people, category)
    return root


def write(root, images, people, category):
    content = {"images": images, "annotations": people, "categories": [category]}
    path = root / "annotations" / "person_keypoints_val2017.json"
    path.write_text(json.dumps(content))


def read(folder):
    return json.loads((folder / "val.json").read_text())


def test_people_and_pictures_are_those_of_the_release(release, tmp_path):
    folder = prepare(release, tmp_path / "out")
    content = read(folder)
    names = [image["file_name"] for image in content["images"]]
    assert names == ["val2017/000000000003.jpg", "val2017/000000000007.jpg"]
    assert not (folder / "train.json").exists()
    source = json.loads(
        (release / "annotations" / "person_keypoints_val2017.json").read_text()
    )
    kept = [one for one in source["annotations"] if one["image_id"] in (3, 7)]
    assert content["annotations"] == kept
    assert len(COCO(folder / "val.json").getAnnIds(imgIds=[3])) == 2
    people = load(folder, "val", "coco17")
    assert people.annotation_ids.tolist() == [1, 3]  # with a labelled joint, no crowd
    assert people.keypoints[0, 2].tolist() == [5, 6]
    assert people.boxes[0].tolist() == people.boxes_full[0].tolist()
    assert prepare(out=folder) == folder  # finished: needs no source


def test_a_limit_takes_the_first_pictures_and_is_remembered(release, tmp_path):
    folder = prepare(release, tmp_path / "out", limit=1)
    assert [image["id"] for image in read(folder)["images"]] == [3]
    assert prepare(release, folder, limit=1) == folder
    with pytest.raises(DataError, match="made with limit 1, not 2: choose another"):
        prepare(release, folder, limit=2)


def test_an_interrupted_run_goes_on(release, tmp_path):
    lost = release / "val2017" / "000000000007.jpg"
    content = lost.read_bytes()
    lost.unlink()
    with pytest.raises(DataError, match=r"000000000007\.jpg is missing: unpack"):
        prepare(release, tmp_path / "out")
    assert not (tmp_path / "out" / "val.json").exists()
    lost.write_bytes(content)
    assert len(read(prepare(release, tmp_path / "out"))["images"]) == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"joints": ["nose"]}, "has other joints than COCO's 17: unpack it again"),
        ({"labelled": 0}, "labels nobody's joints: unpack the release again"),
        ({"width": 41}, r"is 40 x 30, its label says 41 x 30: unpack the release"),
        ({"drop": "num_keypoints"}, "field 'num_keypoints' of record 1 is missing"),
        ({"drop": "height"}, "field 'height' of record 7 is missing"),
    ],
)
def test_bad_labels_are_named(release, tmp_path, change, words):
    joints = change.get("joints", list(COCO17.joints))
    one = person(1, 7, change.get("labelled", 17))
    image = {"id": 7, "width": change.get("width", 40), "height": 30}
    image["file_name"] = "000000000007.jpg"
    for record in (one, image):
        record.pop(change.get("drop"), None)
    write(release, [image], [one], {"id": 1, "name": "person", "keypoints": joints})
    with pytest.raises(DataError, match=words):
        prepare(release, tmp_path / "out")


def test_the_command_says_what_it_needs(release, tmp_path, capsys):
    assert main(["--out", str(tmp_path / "out")]) == 2
    assert (
        "give --source, the folder that holds annotations/" in capsys.readouterr().err
    )
    assert main(["--source", str(tmp_path), "--out", str(tmp_path / "out")]) == 2
    assert "person_keypoints_train2017.json is missing" in capsys.readouterr().err
    assert main(["--source", str(release), "--out", str(tmp_path / "out")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "out")


@pytest.mark.slow
def test_real_coco(tmp_path):
    root = Path(os.environ.get("COURSE_REAL", "")) / "coco_mini"
    if not os.environ.get("COURSE_REAL") or not root.is_dir():
        pytest.skip("COURSE_REAL has no coco_mini/")
    folder = prepare(root, tmp_path / "out")
    truth = COCO(root / "annotations" / "person_keypoints_train2017.json")
    people = load(folder, "train", "coco17", max_side=320)
    kept = [truth.anns[number] for number in people.annotation_ids.tolist()]
    wanted = [
        one["id"]
        for one in truth.anns.values()
        if one["num_keypoints"] and not one["iscrowd"]
    ]
    assert sorted(people.annotation_ids.tolist()) == sorted(wanted)
    joints = torch.tensor([one["keypoints"] for one in kept]).view(-1, 17, 3)
    back = people.to_original(people.keypoints, torch.arange(len(people)))
    shown = people.visible > 0
    torch.testing.assert_close(
        back[shown], joints[..., :2][shown].float(), atol=0.01, rtol=0
    )
    assert torch.equal(people.visible, joints[..., 2])
