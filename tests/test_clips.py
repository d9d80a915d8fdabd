"""Clips against the JSON read by itself, and what stands in no clip."""

import json
import math
import os
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch

from course_lib.clips import read_clips
from course_lib.data import GOLDEN, DataError
from course_lib.skeletons import COCO17

CACHE = Path(os.environ.get("COURSE_DATA_DIR", "")) / "clips-v2-seed0"
SETS = [
    GOLDEN / "clips",
    pytest.param(
        CACHE,
        marks=pytest.mark.skipif(
            not (CACHE / "val.json").is_file(), reason="COURSE_DATA_DIR has no clips"
        ),
    ),
]


def people_of(content, image):
    """The annotations of an image that are of a person with a labelled COCO joint."""
    return [
        one
        for one in content["annotations"]
        if one["image_id"] == image["id"]
        and not one["iscrowd"]
        and any(one["keypoints"][2::3])
    ]


@pytest.mark.parametrize("root", SETS)
@pytest.mark.parametrize("split", ["train", "val", "test"])
def test_clips_are_what_the_file_says(root, split):
    content = json.loads((root / f"{split}.json").read_text())
    clips = read_clips(root, split, limit=4)
    table = {(one["clip"], one["frame"]): one for one in content["images"]}
    assert len(clips) == min(4, 1 + max(clip for clip, _ in table))
    for number, clip in enumerate(clips):
        assert len(clip) == sum(place[0] == number for place in table)
        for position, frame in enumerate(clip):
            image = table[number, position]
            people = people_of(content, image)
            assert frame.ids.tolist() == [one["track_id"] for one in people]
            joints = np.array([one["keypoints"] for one in people])
            joints = joints.reshape(len(people), 17, 3)
            np.testing.assert_allclose(frame.joints, joints[..., :2], atol=1e-4)
            assert frame.visible.tolist() == joints[..., 2].tolist()
            for name, boxes in (
                ("bbox_full", frame.boxes),
                ("bbox", frame.visible_boxes),
            ):
                want = np.array([one[name] for one in people]).reshape(-1, 4)
                np.testing.assert_allclose(boxes, want, rtol=1e-6)
            head = [0.6 * math.hypot(*one["head_box"][2:]) for one in people]
            np.testing.assert_allclose(frame.head, head, rtol=1e-5)


def test_pictures_are_those_of_the_frames():
    content = json.loads((GOLDEN / "clips" / "val.json").read_text())
    (clip,) = read_clips(GOLDEN / "clips", "val")
    for frame, image in zip(clip, content["images"], strict=True):
        pixels = cv2.imread(str(GOLDEN / "clips" / "images" / image["file_name"]))
        pixels = torch.from_numpy(pixels[..., ::-1].transpose(2, 0, 1).copy())
        assert frame.pixels.dtype == torch.uint8
        assert torch.equal(frame.pixels, pixels)
        assert torch.allclose(frame.image * 255, pixels.float())
    addresses = {frame.pixels.untyped_storage().data_ptr() for frame in clip}
    assert len(addresses) == 1, "pictures are read once and only looked at"


def test_the_skeleton_is_that_which_is_asked_for():
    (coco,), (posetrack,) = (
        read_clips(GOLDEN / "clips", "test", name) for name in ("coco17", "posetrack15")
    )
    for ours, theirs in zip(coco, posetrack, strict=True):
        assert ours.ids.tolist() == theirs.ids.tolist()
        assert theirs.joints.shape[1:] == (15, 2)
        nose = COCO17.index("nose")
        assert torch.equal(ours.joints[:, nose], theirs.joints[:, 0])


def test_hidden_is_the_share_of_the_whole_box_that_is_not_seen():
    frames = [f for clip in read_clips(GOLDEN / "clips", "test") for f in clip]
    assert any((frame.hidden > 0.5).any() for frame in frames)
    for frame in frames:
        rows = zip(frame.boxes.tolist(), frame.visible_boxes.tolist(), strict=True)
        want = [max(0, 1 - s[2] * s[3] / (b[2] * b[3])) for b, s in rows]
        assert frame.hidden.tolist() == pytest.approx(want, abs=1e-6)
        assert ((frame.hidden >= 0) & (frame.hidden <= 1)).all()


@pytest.fixture
def copied(tmp_path):
    """A copy of the golden clips, and its file of the split val."""
    root = shutil.copytree(GOLDEN / "clips", tmp_path / "clips")
    return root, json.loads((root / "val.json").read_text())


def write(root, content):
    (root / "val.json").write_text(json.dumps(content))


def test_hardly_seen_people_are_nobody(copied):
    root, content = copied
    (before,) = read_clips(root, "val")
    first = content["annotations"][0]
    first["iscrowd"] = 1
    write(root, content)
    (after,) = read_clips(root, "val")
    assert first["track_id"] in before[0].ids
    assert first["track_id"] not in after[0].ids
    assert len(after[0].ids) == len(before[0].ids) - 1
    assert after[1].ids.tolist() == before[1].ids.tolist()


def test_a_frame_may_show_nobody(copied):
    root, content = copied
    gone = content["images"][3]["id"]
    people = [one for one in content["annotations"] if one["image_id"] != gone]
    write(root, content | {"annotations": people})
    (clip,) = read_clips(root, "val")
    assert clip[3].joints.shape == (0, 17, 2)
    assert [len(x) for x in (clip[3].ids, clip[3].boxes, clip[3].hidden)] == [0, 0, 0]


def test_clips_come_in_order_whatever_the_file_s(copied):
    root, content = copied
    for row, image in enumerate(content["images"]):
        image["clip"] = 4 if row < 5 else 2
        image["frame"] = 100 - row
    write(root, content)
    mixed = content | {"images": content["images"][::-1]}
    order = [[7, 6, 5], [4, 3, 2, 1, 0]]
    for whole in (content, mixed):
        write(root, whole)
        clips = read_clips(root, "val")
        for clip, rows in zip(clips, order, strict=True):
            for frame, row in zip(clip, rows, strict=True):
                people = people_of(content, content["images"][row])
                np.testing.assert_allclose(
                    frame.boxes, [one["bbox_full"] for one in people], rtol=1e-6
                )
        (only,) = read_clips(root, "val", limit=1)
        assert [frame.ids.tolist() for frame in only] == [
            frame.ids.tolist() for frame in clips[0]
        ]


def test_wrong_sets_are_named(copied, tmp_path):
    root, content = copied
    with pytest.raises(DataError, match=r"groups: .* no clip; choose the set 'clips'"):
        read_clips(GOLDEN / "groups", "val")
    with pytest.raises(DataError, match="nowhere: no such folder"):
        read_clips(tmp_path / "nowhere", "val")
    with pytest.raises(DataError, match="no split 'extra' here"):
        read_clips(root, "extra")
    with pytest.raises(DataError, match=r"holds no people; .* a new limit"):
        read_clips(root, "val", limit=0)
    person = content["annotations"][1]
    del person["track_id"]
    write(root, content)
    message = f"'track_id' of record {person['id']} is missing"
    with pytest.raises(DataError, match=message):
        read_clips(root, "val")
    content["images"][1]["frame"] = 0
    write(root, content)
    with pytest.raises(DataError, match=r"val\.json: two images have one clip and fra"):
        read_clips(root, "val")
