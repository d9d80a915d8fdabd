"""Loading, its refusals, and crops whose labels stay on their pixels."""

import json
import time

import cv2
import numpy as np
import pytest
import torch

from course_lib.data import GOLDEN, Augment, DataError, golden, load, sample_crops
from course_lib.geometry import apply_affine, expand_box, invert_affine, warp
from course_lib.skeletons import BODY27, COCO17, LSP14

SIZES = [(33, 20), (16, 47), (1, 1)]  # h, w


def person(number, image, joints):
    """An annotation in the rendered layout from joints (27, 3)."""
    return {
        "id": number, "image_id": image, "category_id": 1, "iscrowd": 0,
        "bbox": [1, 2, 10, 12], "bbox_full": [0, 1, 14, 15], "area": 77.5,
        "head_box": [3, 3, 3, 4], "keypoints": joints[:17].ravel().tolist(),
        "keypoints_extra": joints[17:].ravel().tolist(),
    }  # fmt: skip


def write(root, content, split="train"):
    (root / f"{split}.json").write_text(json.dumps(content))


@pytest.fixture
def content(tmp_path):
    """A set of three images (the last 1 x 1) and three people, written to tmp_path."""
    rng = np.random.default_rng(1)
    (tmp_path / "images" / "train").mkdir(parents=True)
    images, people = [], []
    for number, (height, width) in enumerate(SIZES, 1):
        name = f"train/{number}.png"
        pixels = rng.integers(0, 256, (height, width, 3), np.uint8)
        cv2.imwrite(str(tmp_path / "images" / name), pixels)
        images.append({"id": number * 10, "width": width, "height": height,
                       "file_name": name})  # fmt: skip
        joints = np.c_[rng.uniform(0, (width, height), (27, 2)), rng.integers(0, 3, 27)]
        joints[joints[:, 2] == 0] = 0
        joints[5] = (width / 2, height / 2, 2)
        people.append(person(number, number * 10, joints))
    names = list(BODY27.joints)
    category = {"id": 1, "keypoints": names[:17], "keypoints_extra": names[17:]}
    content = {"images": images, "annotations": people, "categories": [category]}
    write(tmp_path, content)
    return content


def test_load_keeps_pixels_and_labels(tmp_path, content):
    data = load(tmp_path, "train", "body27")
    assert data.images.shape == (3, 3, 33, 47)
    assert len(data) == 3
    assert data.sizes.tolist() == [list(size) for size in SIZES]
    for row, one in enumerate(content["annotations"]):
        file = tmp_path / "images" / content["images"][row]["file_name"]
        pixels = cv2.imread(str(file))[..., ::-1].transpose(2, 0, 1)
        assert np.array_equal(data.picture(row).numpy(), pixels)
        height, width = SIZES[row]
        assert data.images[row, :, height:].sum() == 0
        assert data.images[row, :, :, width:].sum() == 0
        joints = np.array(one["keypoints"] + one["keypoints_extra"]).reshape(27, 3)
        np.testing.assert_allclose(data.keypoints[row], joints[:, :2], atol=1e-4)
        assert data.visible[row].tolist() == joints[:, 2].astype(int).tolist()
    assert data.boxes[0].tolist() == [1, 2, 10, 12]
    assert data.areas[0] == 77.5
    assert data.boxes_full[0].tolist() == [0, 1, 14, 15]
    assert data.head_boxes[0].tolist() == [3, 3, 3, 4]
    assert data.image_ids.tolist() == [10, 20, 30]
    assert data.image_boxes[1].tolist() == [0, 0, 47, 16]


@pytest.mark.parametrize("skeleton", ["lsp14", "coco17", "mpii16", "body25"])
def test_load_as_any_skeleton(tmp_path, content, skeleton):
    assert len(content["images"]) == 3
    data = load(tmp_path, "train", skeleton)
    whole = load(tmp_path, "train", BODY27)
    ankle, source = data.skeleton.index("left_ankle"), BODY27.index("left_ankle")
    assert torch.equal(data.keypoints[:, ankle], whole.keypoints[:, source])


def test_limit_counts_images_and_keeps_all_their_people(tmp_path, content):
    again = dict(content["annotations"][0], id=9)
    content["annotations"].append(again)
    write(tmp_path, content)
    data = load(tmp_path, "train", limit=1)
    assert data.annotation_ids.tolist() == [1, 9]
    assert len(data.images) == 1


def test_crowds_and_the_unlabelled_are_left_out(tmp_path, content):
    content["annotations"][0]["iscrowd"] = 1
    content["annotations"][1]["keypoints"] = [0] * 51
    content["annotations"][1]["keypoints_extra"] = [0] * 30
    write(tmp_path, content)
    data = load(tmp_path, "train")
    assert data.annotation_ids.tolist() == [3]
    assert data.image_index.tolist() == [2]


def test_optional_fields_have_defaults(tmp_path, content):
    for one in content["annotations"]:
        del one["area"], one["bbox_full"], one["head_box"]
    write(tmp_path, content)
    data = load(tmp_path, "train")
    assert data.areas.tolist() == [120] * 3
    assert data.head_boxes.isnan().all()
    assert torch.equal(data.boxes_full, data.boxes)


@pytest.mark.parametrize("side", [10, 15, 16, 33])
def test_shrinking_leads_back(tmp_path, content, side):
    assert content
    whole, small = load(tmp_path, "train"), load(tmp_path, "train", max_side=side)
    assert max(small.images.shape[-2:]) == side
    back = small.to_original(small.keypoints, torch.arange(3))
    error = (back - whole.keypoints)[whole.visible > 0].abs()
    assert error.max() < 1e-4
    centre = small.keypoints[0, LSP14.index("left_shoulder")]
    assert centre[0] == pytest.approx(float((10 + 0.5) / small.scale[0] - 0.5))


def test_shrunk_pictures_stay_in_place(tmp_path, content):
    """A blob's centre of mass moves exactly as the labels do."""
    rows, columns = np.mgrid[:33, :20]
    blob = 255 * np.exp(-((columns - 12.0) ** 2 + (rows - 20.0) ** 2) / 18)
    file = tmp_path / "images" / content["images"][0]["file_name"]
    cv2.imwrite(str(file), blob[..., None].repeat(3, -1).astype(np.uint8))
    small = load(tmp_path, "train", max_side=14)
    weights = small.picture(0)[0].double()
    h, w = weights.shape
    x = (weights.sum(0) * torch.arange(w)).sum() / weights.sum()
    y = (weights.sum(1) * torch.arange(h)).sum() / weights.sum()
    back = small.to_original(torch.stack([x, y])[None], torch.tensor([0]))
    # The blob's tail is cut at the picture's edge and bytes are rounded.
    torch.testing.assert_close(
        back[0], torch.tensor([12.0, 20.0]), atol=0.15, rtol=0, check_dtype=False
    )


def test_missing_things_are_named(tmp_path, content):
    assert content
    with pytest.raises(DataError, match="nowhere: no such folder; prepare"):
        load(tmp_path / "nowhere", "train")
    with pytest.raises(DataError, match=r"val.json: no split 'val' here.*: train$"):
        load(tmp_path, "val")
    with pytest.raises(DataError, match=r"no split 'val' here; there are: none"):
        load(tmp_path / "images", "val")
    (tmp_path / "images" / "train" / "2.png").unlink()
    with pytest.raises(DataError, match=r"2\.png: missing picture"):
        load(tmp_path, "train")
    assert len(load(tmp_path, "train", limit=1)) == 1


def damage(content, change):
    """Applies one named fault to a set's JSON."""
    first, image = content["annotations"][0], content["images"][0]
    if change == "nan":
        first["keypoints"][3] = float("nan")
    elif change == "flag":
        first["keypoints"][2] = 5
    elif change == "short":
        first["keypoints"].pop()
    elif change == "words":
        first["bbox"] = ["a"] * 4
    elif change == "size":
        image["width"] += 1
    elif change == "id":
        image["id"] = "ten"
    elif change == "flat":
        image["height"] = 0
    elif change == "nobody":
        content["annotations"] = []
    elif change == "unlabelled":
        for one in content["annotations"]:
            one.update(keypoints=[0] * 51, keypoints_extra=[0] * 30)
    elif change == "head":
        content["categories"][0]["keypoints_extra"] = []
    elif change == "category":
        content["categories"] = []


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ("nan", r"train\.json: annotation 1 has NaN in 'keypoints'"),
        ("flag", r"train\.json: visibility other than 0, 1, 2"),
        ("short", r"annotation 1 has 50 values in 'keypoints', expected 51 numbers"),
        ("words", r"annotation 1 has 4 values in 'bbox', expected 4 numbers"),
        ("size", r"1\.png: picture is 20 x 33, its label says 21 x 33"),
        ("id", r"'id' is 'ten', not a whole number"),
        ("flat", r"width or height below 1"),
        ("nobody", r"train\.json: holds no people"),
        ("unlabelled", r"nobody in it has a labelled joint"),
        ("head", r"lsp14 needs head_top, neck, not in the set; choose"),
        ("category", r"field 'keypoints' is missing"),
    ],
)
def test_bad_labels_are_named(tmp_path, content, change, message):
    damage(content, change)
    write(tmp_path, content)
    with pytest.raises(DataError, match=message) as caught:
        load(tmp_path, "train")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("field", ["images", "annotations", "categories"])
def test_missing_lists_are_named(tmp_path, content, field):
    del content[field]
    write(tmp_path, content)
    with pytest.raises(DataError, match=f"train.json: field '{field}' is missing"):
        load(tmp_path, "train")


@pytest.mark.parametrize("field", ["id", "image_id", "bbox", "keypoints"])
def test_missing_fields_of_people_are_named(tmp_path, content, field):
    del content["annotations"][1][field]
    write(tmp_path, content)
    with pytest.raises(DataError, match=f"field '{field}'.* is missing"):
        load(tmp_path, "train")


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe\x00", b"[1, 2]", b"3"])
def test_broken_json_is_named(tmp_path, text):
    (tmp_path / "train.json").write_bytes(text)
    with pytest.raises(DataError, match=r"train\.json(: expected an| is damaged)"):
        load(tmp_path, "train")


@pytest.mark.parametrize("kind", [".png", ".jpg"])
@pytest.mark.parametrize("keep", [0.0, 0.02, 0.5, 0.95])
def test_cut_off_pictures_are_named(tmp_path, content, kind, keep):
    name = f"train/new{kind}"
    pixels = np.random.default_rng(0).integers(0, 256, (33, 20, 3), np.uint8)
    ok, coded = cv2.imencode(kind, pixels)
    assert ok
    file = tmp_path / "images" / name
    file.write_bytes(coded.tobytes())
    content["images"][0]["file_name"] = name
    write(tmp_path, content)
    assert len(load(tmp_path, "train")) == 3
    file.write_bytes(coded.tobytes()[: int(len(coded) * keep)])
    with pytest.raises(
        DataError, match=rf"new\{kind}: (picture is cut off|no readable)"
    ):
        load(tmp_path, "train")
    file.write_bytes(b"no picture at all")
    with pytest.raises(DataError, match=r"no readable picture"):
        load(tmp_path, "train")


def test_grey_and_transparent_pictures_become_rgb(tmp_path, content):
    shades = np.full((33, 20), 40, np.uint8)
    file = tmp_path / "images" / content["images"][0]["file_name"]
    for pixels in (shades, np.dstack([shades] * 4)):
        cv2.imwrite(str(file), pixels)
        assert (load(tmp_path, "train").picture(0) == 40).all()


def test_crops_without_augmentation_are_repeatable(tmp_path, content):
    assert content
    data = load(tmp_path, "train")
    before = data.keypoints.clone()
    index = torch.tensor([1, 0, 1])
    crops = [sample_crops(data, index, data.image_boxes[index], (12, 9)) for _ in "ab"]
    assert torch.equal(crops[0].images, crops[1].images)
    assert torch.equal(crops[0].keypoints, crops[1].keypoints)
    assert torch.equal(data.keypoints, before)
    assert crops[0].images.shape == (3, 3, 12, 9)
    back = apply_affine(invert_affine(crops[0].affine), crops[0].keypoints)
    seen = crops[0].visible > 0
    torch.testing.assert_close(back[seen], before[index][seen], atol=1e-3, rtol=0)


def dotted(tmp_path, content):
    """The set with image 0 black but for one white pixel under every shoulder."""
    content["annotations"] = content["annotations"][:1]
    joints = np.zeros((27, 3))
    joints[COCO17.index("left_shoulder")] = (5, 9, 2)
    joints[COCO17.index("right_shoulder")] = (14, 22, 1)
    content["annotations"][0] = person(1, 10, joints)
    write(tmp_path, content)
    pixels = np.zeros((33, 20, 3), np.uint8)
    pixels[9, 5] = pixels[22, 14] = 255
    cv2.imwrite(str(tmp_path / "images" / "train" / "1.png"), pixels)
    return load(tmp_path, "train")


def test_crops_are_what_warp_makes_of_the_picture(tmp_path, content):
    """Crops come from averages kept as bytes: half a step of 1/255 off at most."""
    dataset = load(tmp_path, "train")
    for side in (4, 5, 9, 40):
        crops = sample_crops(
            dataset, torch.arange(len(dataset)), dataset.image_boxes, (side, side)
        )
        images = dataset.images[dataset.image_index]
        whole = warp(images, crops.affine, (side, side))
        assert (crops.images - whole).abs().max() <= 0.5 / 255 + 1e-5
    assert max(dataset.averages) > 1
    assert dataset.subset(torch.arange(1)).averages is dataset.averages
    assert not dataset.to("cpu").averages


def test_augmented_joints_stay_on_their_pixels(tmp_path, content):
    data = dotted(tmp_path, content)
    index = torch.zeros(200, dtype=torch.long)
    boxes = expand_box(data.image_boxes[index], 2.0, aspect=1.0)
    generator = torch.Generator().manual_seed(3)
    crops = sample_crops(data, index, boxes, (264, 264), Augment(), generator)
    names = [LSP14.index("left_shoulder"), LSP14.index("right_shoulder")]
    assert (crops.visible > 0).sum() == 400
    for image, joints in zip(crops.images, crops.keypoints[:, names], strict=True):
        for x, y in joints.round().long().tolist():
            assert image[0, y, x] > 0.6  # within 0.7 crop px of a dot some 3 px wide


def test_flips_swap_labels_and_keep_unlabelled_at_zero(tmp_path, content):
    data = dotted(tmp_path, content)
    index = torch.zeros(2, dtype=torch.long)
    left, right = LSP14.index("left_shoulder"), LSP14.index("right_shoulder")
    always = Augment(flip=1, scale=(1, 1), rotate=0, shift=0)
    generator = torch.Generator().manual_seed(0)
    boxes = data.image_boxes[index]
    crops = sample_crops(data, index, boxes, (33, 20), always, generator)
    point = crops.keypoints[0]
    torch.testing.assert_close(point[right], torch.tensor([19.0 - 5, 9]))
    torch.testing.assert_close(point[left], torch.tensor([19.0 - 14, 22]))
    assert crops.visible[0, right] == 2
    assert crops.visible[0, left] == 1
    assert (crops.keypoints[crops.visible == 0] == 0).all()


def test_inside_tells_cut_off_joints(tmp_path, content):
    data = dotted(tmp_path, content)
    index = torch.tensor([0])
    crops = sample_crops(data, index, torch.tensor([[5, 0, 8, 33]]), (33, 8))
    left, right = LSP14.index("left_shoulder"), LSP14.index("right_shoulder")
    assert crops.inside[0, left]
    assert not crops.inside[0, right]
    assert crops.keypoints[0, right].tolist() == pytest.approx([9, 22])
    assert crops.visible[0, right] == 1
    assert crops.inside.sum() == 1


def test_augmentation_has_the_promised_ranges(tmp_path, content):
    data = dotted(tmp_path, content)
    index = torch.zeros(2000, dtype=torch.long)
    boxes = data.boxes[index]
    generator = torch.Generator().manual_seed(0)
    crops = sample_crops(data, index, boxes, (12, 10), Augment(), generator)
    a, b, c, d = crops.affine[:, :, :2].reshape(-1, 4).unbind(-1)
    scale = (a * d - b * c).abs().sqrt()  # the box has the crop's size
    assert 0.75 <= scale.min() < 0.76
    assert 1.24 < scale.max() <= 1.25
    turn = torch.atan2(-c, d).rad2deg()
    assert -30 <= turn.min() < -29
    assert 29 < turn.max() <= 30
    assert 0.45 < (a < 0).float().mean() < 0.55
    middle = apply_affine(invert_affine(crops.affine), torch.tensor([[[4.5, 5.5]]])
                          .expand(2000, -1, -1))[:, 0]  # fmt: skip
    moved = (middle - torch.tensor([5.5, 7.5])).abs().amax(0) / torch.tensor([10, 12])
    assert (moved > 0.048).all()
    assert (moved <= 0.0501).all()


def test_crops_check_their_input(tmp_path, content):
    assert content
    data = load(tmp_path, "train")
    with pytest.raises(ValueError, match=r"needs a torch\.Generator"):
        sample_crops(data, [0], data.boxes[:1], (8, 8), Augment())
    with pytest.raises(ValueError, match=r"each of 2 people, got shape \(1, 4\)"):
        sample_crops(data, [0, 1], data.boxes[:1], (8, 8))
    empty = torch.tensor([], dtype=torch.long)
    crops = sample_crops(data, empty, data.boxes[:0], (8, 8), Augment(),
                         torch.Generator())  # fmt: skip
    assert crops.images.shape == (0, 3, 8, 8)


def test_subset_and_device(tmp_path, content):
    assert content
    data = load(tmp_path, "train").to("cpu")
    some = data.subset(torch.tensor([2, 0]))
    assert some.annotation_ids.tolist() == [3, 1]
    assert len(some.images) == 3
    assert torch.equal(some.picture(1), data.picture(0))
    assert len(data.subset(data.boxes[:, 0] > 5)) == 0


def test_five_thousand_small_pictures_load_in_three_seconds(tmp_path, content):
    pixels = cv2.GaussianBlur(
        np.random.default_rng(0).integers(0, 256, (128, 96, 3), np.uint8), (5, 5), 2
    )
    cv2.imwrite(str(tmp_path / "images" / "one.jpg"), pixels)
    record = {"width": 96, "height": 128, "file_name": "one.jpg"}
    one = content["annotations"][0]
    count = 5000
    content["images"] = [dict(record, id=i) for i in range(count)]
    content["annotations"] = [dict(one, id=i, image_id=i) for i in range(count)]
    write(tmp_path, content)
    start = time.process_time()
    data = load(tmp_path, "train")
    assert len(data) == count
    assert time.process_time() - start < 3


@pytest.mark.skipif(not GOLDEN.is_dir(), reason="the golden sets are not built yet")
@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*/[!m]*.json")), ids=str)
def test_golden_sets_load(path):
    data = golden(path.parent.name, path.stem, "body27")
    assert len(data) > 0
    assert (data.visible > 0).float().mean() > 0.5
    assert (data.keypoints[data.visible > 0] > -0.5).all()
