"""The six rendered sets: what they show, how large they are, how they are seeded.

Cheap to import: no torch here, so that `prepare` can look before it renders.
"""

import hashlib
import json
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

import numpy as np

from data_scripts.files import DataError

# Raise it with any change of a rendered pixel or label; cached sets of another
# version are left alone and rendered again beside them.
GENERATOR_VERSION = "2"
SPLITS = ("train", "val", "test")
Kind = Literal["crop", "group", "crowd", "clip"]


@dataclass(frozen=True)
class SetSpec:
    """One rendered set.

    height, width: pixels of every image. frames: images per sample (clips > 1).
    people: fewest and most people in a scene. body: which baked mesh. supersample:
    rendered pixels per image pixel along a side. iuv: write body-part (I, U, V) images.
    instances: write instance images. quality: of the JPEG. counts: of train, val, test.
    shard: samples rendered and saved together; it changes no pixel.
    """

    name: str
    kind: Kind
    height: int
    width: int
    counts: tuple[int, int, int]
    level: Literal["easy", "hard"] = "hard"
    people: tuple[int, int] = (1, 1)
    frames: int = 1
    body: Literal["low", "full"] = "low"
    supersample: int = 2
    iuv: bool = False
    instances: bool = False
    quality: int = 90
    shard: int = 50
    summary: str = field(default="", compare=False)

    def default_counts(self) -> dict[str, int]:
        """Samples per split: `{"train": ..., "val": ..., "test": ...}`."""
        return dict(zip(SPLITS, self.counts, strict=True))

    def pixels(self) -> dict[str, Any]:
        """The fields that decide what an image looks like."""
        values = asdict(self)
        for name in ("counts", "shard", "summary"):
            del values[name]
        return json.loads(json.dumps(values))

    def digest(self) -> str:
        """Twelve hexadecimal digits that change with any of `pixels()`."""
        text = json.dumps(self.pixels(), sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()[:12]


SPECS = {
    spec.name: spec
    for spec in (
        SetSpec(
            name="single-easy",
            kind="crop",
            level="easy",
            height=128,
            width=96,
            counts=(5000, 500, 500),
            summary="one person, everyday poses, within 60 degrees of frontal",
        ),
        SetSpec(
            name="single",
            kind="crop",
            height=128,
            width=96,
            counts=(5000, 500, 500),
            summary="one person, all poses and views, clutter, occluders",
        ),
        SetSpec(
            name="groups",
            kind="group",
            height=384,
            width=384,
            people=(1, 6),
            counts=(1000, 200, 200),
            supersample=1,
            instances=True,
            shard=10,
            summary="scenes with 1 to 6 people and objects",
        ),
        SetSpec(
            name="crowds",
            kind="crowd",
            height=384,
            width=384,
            people=(2, 20),
            counts=(400, 100, 100),
            supersample=1,
            instances=True,
            shard=5,
            summary="2 to 20 people, crowd index spread over 0 to 1",
        ),
        SetSpec(
            name="clips",
            kind="clip",
            height=192,
            width=256,
            people=(2, 6),
            frames=24,
            counts=(24, 6, 6),
            instances=True,
            shard=1,
            summary="24-frame clips: walkers who cross, moving camera, occluders",
        ),
        SetSpec(
            name="dense",
            kind="crop",
            height=192,
            width=144,
            counts=(1000, 200, 200),
            body="full",
            iuv=True,
            instances=True,
            shard=20,
            summary="one person with a body-part and surface-coordinate image",
        ),
    )
}

# The small set inside the package: the same kinds, fewer and smaller images.
GOLDEN_SEED = 12
GOLDEN_QUALITY = 84
GOLDEN = {
    spec.name: replace(spec, quality=GOLDEN_QUALITY)
    for spec in (
        replace(SPECS["single-easy"], counts=(64, 16, 16)),
        replace(SPECS["single"], counts=(24, 8, 8)),
        replace(SPECS["groups"], counts=(6, 4, 4), height=192, width=192),
        replace(SPECS["crowds"], counts=(2, 4, 2), height=192, width=192),
        replace(SPECS["clips"], counts=(1, 1, 1), frames=8, height=96, width=128),
        replace(SPECS["dense"], counts=(6, 4, 4), height=128, width=96),
    )
}


def get_spec(name: str) -> SetSpec:
    """The set called `name`; `DataError` lists the names there are."""
    if name not in SPECS:
        raise DataError(
            f"There is no set called {name!r}: choose one of {', '.join(SPECS)}."
        )
    return SPECS[name]


def resolve_counts(spec: SetSpec, counts: dict[str, int] | None) -> dict[str, int]:
    """Samples of each split: the defaults, replaced where `counts` says so."""
    chosen = spec.default_counts()
    for split, count in (counts or {}).items():
        if split not in SPLITS:
            raise DataError(
                f"There is no split called {split!r}: choose from {', '.join(SPLITS)}."
            )
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise DataError(
                f"The number of samples of {split} is {count!r}: give a whole number, "
                "0 or more."
            )
        chosen[split] = count
    return chosen


def sample_rng(spec: SetSpec, seed: int, split: str, index: int) -> np.random.Generator:
    """Random numbers of one sample (an image, or a whole clip).

    They depend on generator version, set, seed, split and index alone: splits never
    share a stream, and a larger set begins with the samples of a smaller one.
    """
    text = f"people/{GENERATOR_VERSION}/{spec.name}/{seed}"
    entropy = int.from_bytes(hashlib.sha256(text.encode()).digest()[:16], "big")
    key = (SPLITS.index(split), index)
    return np.random.default_rng(np.random.SeedSequence(entropy, spawn_key=key))
