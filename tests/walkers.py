"""Made-up walkers who cross, and runs of a tracker over them, for tests."""

from __future__ import annotations

import itertools

import numpy as np
from PIL import Image, ImageDraw
from stick_people import BASE, JOINTS, LIMBS, Sticks

from course_lib.widgets import TrackedFrame, TrackedRun, Widget, tracking_theatre

FRAMES, SIZE, CROSS = 16, (128, 96), 9  # they swap places before this frame, from 1
SIMILARITIES = ("box IoU", "flow")
# Frames, from 1, and walkers, from 0, that the detector misses, by their share.
LOST = {
    0.0: set(),
    0.2: {(5, 0), (6, 0), (12, 1), (13, 1)},
    0.4: {(3, 1), (4, 1), (5, 0), (6, 0), (7, 0), (12, 1), (13, 1), (14, 0)},
}
HIDDEN = JOINTS.index("left_wrist")  # of walker 1: dropped in every frame
COUNTS = ("misses", "false_positives", "switches")
KEYS = list(itertools.product(LOST, (False, True), SIMILARITIES))
CLOTHES = ((150, 60, 50), (60, 90, 150))


def pose(frame: int, walker: int) -> np.ndarray:
    """The joints (K, 2) px of a walker; frames from 1."""
    share = (frame - 1) / (FRAMES - 1)
    across = 24 + 80 * (share if walker == 0 else 1 - share)
    swing = np.sin(1.1 * frame + walker)
    sway = np.zeros((len(JOINTS), 2))
    for k, joint in enumerate(JOINTS):
        side = 1 if joint.startswith("left") else -1
        reach = {"ankle": 0.5, "knee": 0.22, "wrist": -0.4, "elbow": -0.2}
        sway[k, 0] = side * swing * reach.get(joint.split("_")[-1], 0.0)
    narrow = BASE * [0.55, 1.0]
    return (narrow + sway) * (17 - 3 * walker) + [across, 52 - 6 * walker]


def pictures() -> np.ndarray:
    """The clip, (F, H, W, 3) uint8."""
    made = []
    for frame in range(1, FRAMES + 1):
        picture = Image.new("RGB", (4 * SIZE[0], 4 * SIZE[1]), (196, 196, 204))
        pen = ImageDraw.Draw(picture)
        pen.rectangle((0, 4 * 62, 4 * SIZE[0], 4 * SIZE[1]), fill=(120, 132, 120))
        for walker in (1, 0):
            spots = pose(frame, walker)
            at = {n: tuple(4 * p) for n, p in zip(JOINTS, spots, strict=True)}
            for a, b in LIMBS:
                pen.line([at[a], at[b]], fill=CLOTHES[walker], width=22 - 4 * walker)
        made.append(np.asarray(picture.resize(SIZE, Image.Resampling.LANCZOS)))
    return np.stack(made)


def box(points: np.ndarray, grow: float) -> np.ndarray:
    """The box [x, y, w, h] around joints, `grow` times as large."""
    low, high = np.nanmin(points, axis=0), np.nanmax(points, axis=0)
    size = grow * (high - low)
    return np.concatenate([(low + high - size) / 2, size])


def estimate(frame: int, walker: int) -> np.ndarray:
    """What the pose network answers: near the truth, one joint dropped."""
    rng = np.random.default_rng([frame, walker])
    made = pose(frame, walker) + rng.normal(0, 0.6, (len(JOINTS), 2))
    if walker == 1:
        made[HIDDEN] = np.nan
    return made


def there(frame: int, walker: int, share: float, propagation: bool) -> bool:
    """Whether a walker is found: detected, or carried on from the frame before."""
    if (frame, walker) not in LOST[share]:
        return True
    return propagation and frame > 1 and there(frame - 1, walker, share, True)


def identities(share: float, propagation: bool, similarity: str) -> list[dict]:
    """The id of each walker that is found, by frame: box IoU swaps at the crossing."""
    given, now, last = [], {}, 0
    for frame in range(1, FRAMES + 1):
        found = [w for w in (0, 1) if there(frame, w, share, propagation)]
        if frame == CROSS and similarity == "box IoU" and set(now) == {0, 1}:
            now = {0: now[1], 1: now[0]}
        now = {walker: now.get(walker) for walker in found}
        for walker in found:
            if now[walker] is None:
                last += 1
                now[walker] = last
        given.append(dict(now))
    return given


def tracked(
    frame: int, share: float, propagation: bool, given: list[dict]
) -> TrackedFrame:
    """What the tracker did in a frame; the ids of all frames are given."""
    seen = [w for w in (0, 1) if (frame, w) not in LOST[share]]
    before = list(given[frame - 2]) if propagation and frame > 1 else []
    flow = {w: pose(frame, w) - pose(frame - 1, w) for w in before}
    origins = [estimate(frame - 1, w) for w in before]
    moved = [start + flow[w] for start, w in zip(origins, before, strict=True)]
    found = list(given[frame - 1])
    candidates = [*seen, *before]  # a walker is first in it as a detection
    return TrackedFrame(
        detections=[box(pose(frame, w), 1.2) for w in seen],
        lost=[box(pose(frame, w), 1.2) for w in (0, 1) if w not in seen],
        propagated=moved,
        origins=origins,
        flow_boxes=[box(points, 1.15) for points in moved],
        kept=[candidates.index(w) for w in found],
        joints=[estimate(frame, w) for w in found],
        scores=np.full((len(found), len(JOINTS)), 0.8),
        ids=[given[frame - 1][w] for w in found],
    )


def run(share: float, propagation: bool, similarity: str) -> TrackedRun:
    """A run and its counts: K joints for a person missed or switched, one false."""
    given, many = identities(share, propagation, similarity), len(JOINTS)
    misses, switches = np.zeros((2, FRAMES), dtype=int)
    last: dict[int, int] = {}
    for n, ids in enumerate(given):
        misses[n] = many * (2 - len(ids))
        switches[n] = many * sum(last.get(w, ids[w]) != ids[w] for w in ids)
        last |= ids
    false = (np.arange(FRAMES) == 3).astype(int)
    counts = [np.cumsum(events) for events in (misses, false, switches)]
    true = 2 * many * np.arange(1, FRAMES + 1)
    return TrackedRun(
        [tracked(f, share, propagation, given) for f in range(1, FRAMES + 1)],
        *counts,
        mota=100 * (1 - sum(counts) / true),
    )


def crossing(**changes) -> dict:
    """Arguments of `tracking_theatre`."""
    truth = [[pose(f, w) for w in (0, 1)] for f in range(1, FRAMES + 1)]
    made = {
        "images": pictures(),
        "truth": [np.array(poses) for poses in truth],
        "runs": {key: run(*key) for key in KEYS},
        "skeleton": Sticks(),
    }
    return made | changes


def still(**changes) -> TrackedFrame:
    """A frame in which nothing was found."""
    nothing = {"detections": [], "kept": [], "joints": [], "scores": [], "ids": []}
    return TrackedFrame(**(nothing | changes))


def scored(frames: list[TrackedFrame], **changes) -> TrackedRun:
    """A run that does nothing wrong."""
    zeros = dict.fromkeys((*COUNTS, "mota"), np.zeros(len(frames)))
    return TrackedRun(frames=frames, **(zeros | changes))


def one(frames: list[TrackedFrame]) -> Widget:
    """A theatre of a single drop-out and similarity, with all runs alike."""
    run = scored(frames)
    return tracking_theatre(
        images=np.zeros((len(frames), *SIZE[::-1], 3), np.uint8),
        truth=[np.zeros((0, len(JOINTS), 2))] * len(frames),
        runs={(0.1, on, "pose"): run for on in (False, True)},
        skeleton=Sticks(),
    )
