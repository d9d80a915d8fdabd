"""What the tracking theatre refuses: NumPy and Pillow only."""

from __future__ import annotations

import numpy as np
import pytest
from walkers import COUNTS, FRAMES, KEYS, crossing, scored

from course_lib.widgets import TrackedFrame, TrackedRun, tracking_theatre

DATA = crossing()
RUN = DATA["runs"][KEYS[0]]
FIELDS = "detections lost propagated origins flow_boxes kept joints scores ids".split()
NAN = np.full((2, 4), np.nan)
RISING = np.arange(FRAMES)


def recounted(**changes) -> dict:
    """Runs of which one has other frames or counts."""
    kept = {name: getattr(RUN, name) for name in ("frames", "mota", *COUNTS)}
    return {"runs": DATA["runs"] | {KEYS[0]: TrackedRun(**(kept | changes))}}


def changed(**changes) -> dict:
    """Runs in which one frame, the fourth of a run, is another."""
    frames = list(RUN.frames)
    kept = {name: getattr(frames[3], name) for name in FIELDS}
    frames[3] = TrackedFrame(**(kept | changes))
    return recounted(frames=frames)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: {"images": DATA["images"] / 255}, "images are"),
        (lambda: {"images": DATA["images"][:0]}, "images are"),
        (lambda: {"truth": DATA["truth"][1:]}, "16 images but truth of 15"),
        (lambda: {"truth": [np.zeros((2, 3, 2))] * FRAMES}, "truth should have shape"),
        (lambda: {"truth": [np.full((1, 14, 2), np.inf)] * FRAMES}, "truth holds inf"),
        (lambda: {"runs": {}}, "runs are empty"),
        (lambda: {"runs": {"flow": 1}}, "a key is"),
        (lambda: {"runs": {(0.0, True, "flow"): 1}}, "a TrackedRun, got"),
        (lambda: {"runs": {(1.2, True, "a"): scored([])}}, "is 1.2"),
        (lambda: {"runs": {(0.0, True, "a"): scored([])}}, r"lack \[\(0.0, False, 'a'"),
        (lambda: {"frame": 0}, "frame is from 1 to 16, got 0"),
        (lambda: {"frame": 17}, "frame is from 1 to 16, got 17"),
        (lambda: recounted(frames=[]), "16 images, 0 frames"),
        (lambda: recounted(mota=[1.0]), "mota should have shape"),
        (lambda: recounted(mota=RISING * np.nan), "mota holds NaN"),
        (lambda: recounted(misses=RISING[::-1]), "misses fall by 1"),
        (lambda: recounted(switches=RISING[1:]), "switches should have shape"),
        (lambda: recounted(switches=RISING / 2), "switches are whole numbers from 0"),
        (lambda: changed(detections=[[1, 2, 3]]), "detections should have shape"),
        (lambda: changed(detections=[[1, 2, 0, 4]] * 2), "w, h > 0"),
        (lambda: changed(lost=NAN), r"frame 4: lost are \[x, y, w, h\]"),
        (lambda: changed(joints=np.zeros((2, 3, 2))), "joints should have shape"),
        (lambda: changed(joints=np.full((2, 14, 2), np.inf)), "joints hold infinity"),
        (lambda: changed(propagated=np.zeros((1, 14, 2))), "origins should have shape"),
        (lambda: changed(scores=np.zeros((2, 3))), "scores should have shape"),
        (lambda: changed(scores=np.full((2, 14), np.nan)), "scores hold NaN"),
        (lambda: changed(ids=[1]), "ids should have shape"),
        (lambda: changed(ids=[1, 1]), r"ids differ within a frame, got \[1, 1\]"),
        (lambda: changed(ids=[1, -2]), "ids are whole numbers from 0"),
        (lambda: changed(kept=[0, 0]), "kept are 2 places or fewer, each once"),
        (lambda: changed(kept=[0, 2]), "kept are 2 places or fewer, each once"),
    ],
)
def test_names_what_does_not_fit(make, message):
    with pytest.raises(ValueError, match=message):
        tracking_theatre(**crossing(**make()))
