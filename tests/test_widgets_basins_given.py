"""The explorer of basins: what it is given and stores."""

from __future__ import annotations

import numpy as np
import pytest
from explorer_marks import caption, of
from pointing_people import CELLS, STRIDE, VARIANTS, pointing
from stick_people import JOINTS

from course_lib.skeletons import COCO17
from course_lib.widgets import (
    Lines,
    basin_explorer,
    refinement_stepper,
    vote_catcher,
)


def test_one_variant_and_one_person_need_no_choice():
    data = pointing()
    alone = pointing(
        long_offsets=data["long_offsets"][-1:],
        names=["true"],
        poses=data["poses"][:1],
        presence=data["presence"][:1],
        joints=["neck", "left_wrist"],
    )
    explorer = basin_explorer(**alone).stored
    assert [c.name for c in explorer.controls] == ["joint", "t", "x", "y"]
    assert explorer.controls[0].texts == ("all joints, within t", "neck", "left wrist")
    frame = explorer.frame({"joint": "neck"})
    assert ", true, believes in a pose " in frame.readout
    assert frame.readout.endswith(" from person 1: person 1 is nearest.")
    assert [key.text for key in explorer.legend][:2] == [
        "person 1",
        "of several people",
    ]


def test_variants_without_names_are_numbered():
    explorer = basin_explorer(**pointing(names=None))
    assert explorer.controls[0].states == ("1", "2", "3")


def test_given_sizes_replace_the_boxes():
    box = basin_explorer(**pointing())
    wide = basin_explorer(**pointing(scales=[300.0, 300.0, 300.0]))
    cell = {"variant": "raw", "t": 0.05}
    few, many = (caption(w.frame(cell).panels["cells"]) for w in (box, wide))
    assert int(many.split("person 1: ")[1].split(",")[0]) > int(
        few.split("person 1: ")[1].split(",")[0]
    )


def test_a_larger_picture_with_a_larger_stride_has_the_same_owners():
    """D has no unit: a picture twice as large says the same."""
    data = pointing()
    twice = pointing(
        image=data["image"].repeat(2, axis=0).repeat(2, axis=1),
        long_offsets=2 * data["long_offsets"],
        poses=2 * data["poses"] + 0.5,
        stride=2 * STRIDE,
    )
    one, other = (basin_explorer(**d) for d in (data, twice))
    values = {"variant": "raw", "t": 0.1}
    first, second = (w.frame(values) for w in (one, other))
    assert first.readout == second.readout
    assert caption(first.panels["cells"]) == caption(second.panels["cells"])


def test_joints_that_are_not_there_may_be_nan():
    poses = pointing()["poses"].copy()
    poses[1, JOINTS.index("left_ankle")] = np.nan
    explorer = basin_explorer(**pointing(poses=poses))
    plain = basin_explorer(**pointing())
    for values in ({}, {"joint": "left_ankle", "variant": "raw"}, {"t": 0.6}):
        assert explorer.frame(values).readout == plain.frame(values).readout
        for panel in ("image", "cells"):
            one, other = (w.frame(values).panels[panel] for w in (explorer, plain))
            assert of(one, Lines) == of(other, Lines)


def test_a_map_may_reach_beyond_the_picture_by_less_than_a_cell():
    narrow = pointing(image=pointing()["image"][:, : -STRIDE + 1])
    basin_explorer(**narrow)
    with pytest.raises(ValueError, match="cover 192 x 192 px, but the image has 188"):
        basin_explorer(**pointing(image=pointing()["image"][:, :-STRIDE]))


def test_all_three_explorers_fit_into_a_notebook():
    made = basin_explorer(**pointing()), vote_catcher(), refinement_stepper()
    total = 0
    for explorer in made:
        bundle, metadata = explorer._repr_mimebundle_()
        assert "http" not in bundle["text/html"]
        assert explorer.question in metadata["image/jpeg"]["alt"]
        total += sum(len(part.encode()) for part in bundle.values())
    assert total <= 280_000
    assert basin_explorer(**pointing()).html() == made[0].html()


def test_the_picture_is_not_too_tall_and_the_legend_names_each_mark_once():
    explorer = basin_explorer(**pointing()).stored
    width, height = explorer.static().size
    assert width == 900
    assert height < 900
    texts = [key.text for key in explorer.legend]
    assert len(set(texts)) == len(texts)


def spoilt(name: str, value: float, at: int = 4) -> dict:
    array = np.array(pointing()[name], dtype=float)
    array.flat[at] = value
    return {name: array}


def flat() -> dict:
    """The third person has its joints on a line."""
    poses = pointing()["poses"].copy()
    poses[2, :, 0] = 150.0
    return {"poses": poses}


def nobody(n: int) -> dict:
    presence = pointing()["presence"]
    presence[n] = 0
    return {"presence": presence}


DATA = pointing()
SEVEN = {"poses": np.tile(DATA["poses"][:1], (7, 1, 1)), "presence": np.ones((7, 14))}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"image": DATA["image"] / 255}, r"image is \(H, W, 3\) uint8"),
        ({"image": DATA["image"][..., 0]}, r"image is \(H, W, 3\) uint8"),
        (
            {"segmentation": DATA["segmentation"][None]},
            r"segmentation is \(h, w\), got",
        ),
        ({"segmentation": DATA["segmentation"] * 2}, "segmentation is from 0 to 1"),
        (
            {"segmentation": DATA["segmentation"] / 2},
            "segmentation nowhere reaches 0.5",
        ),
        (spoilt("segmentation", np.nan), "segmentation is from 0 to 1"),
        (
            {"long_offsets": DATA["long_offsets"][:, :, 0]},
            rf"long_offsets should have shape \(3, 14, 2, {CELLS}, {CELLS}\)",
        ),
        ({"names": VARIANTS[:2]}, r"long_offsets should have shape \(2, 14, 2"),
        ({"names": ("a", "b", "a")}, "names of variants differ"),
        ({"long_offsets": DATA["long_offsets"][:0], "names": ()}, "names of variants"),
        (spoilt("long_offsets", np.nan), "long_offsets hold NaN or infinity"),
        ({"stride": 0}, "stride is above 0 px, got 0"),
        ({"stride": 8}, "maps of stride 8 cover 384 x 384 px, but the image has 192"),
        (
            {"poses": DATA["poses"][:0], "presence": DATA["presence"][:0]},
            "1 to 6 people",
        ),
        (SEVEN, "poses are of 1 to 6 people, got 7"),
        ({"poses": DATA["poses"][..., 0]}, r"poses should have shape \(3, 14, 2\)"),
        ({"presence": DATA["presence"][:2]}, r"presence should have shape \(3, 14\)"),
        ({"presence": 2 * DATA["presence"]}, "presence is from 0 to 1"),
        (spoilt("poses", np.nan), "poses hold NaN at a joint that is present"),
        (nobody(1), "presence: person 2 has no joint"),
        (flat(), "give scales where a person's joints span no box"),
        ({"scales": [50.0, 50.0]}, r"scales should have shape \(3,\)"),
        ({"scales": [50.0, 0.0, 50.0]}, "scales are above 0 px"),
        ({"joints": ["neck", "tail"]}, r"got \['tail'\]"),
        ({"skeleton": COCO17}, r"long_offsets should have shape \(3, 17, 2"),
    ],
)
def test_names_what_does_not_fit(changes, message):
    with pytest.raises(ValueError, match=message):
        basin_explorer(**pointing(**changes))


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"t": 0.3001}, "'t' takes 0.05 ... 0.6, got 0.3001"),
        ({"joint": "tail"}, "'joint' takes 'all' ..."),
        ({"x": CELLS}, "'x' takes 0 ... 47, got 48"),
        ({"variant": "best"}, "'variant' takes 'raw' ... 'true'"),
    ],
)
def test_a_state_that_there_is_not_is_named(values, message):
    with pytest.raises(ValueError, match=message):
        basin_explorer(**pointing()).frame(values)
