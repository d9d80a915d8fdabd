"""Render the samples of one shard and write their images and labels."""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import numpy as np
import torch
from PIL import Image

from data_scripts.files import write_atomic, write_json
from data_scripts.people.clips import clip_scenes
from data_scripts.people.labels import (
    COCO_JOINTS,
    MIN_AREA,
    annotate_image,
    crowd_index,
)
from data_scripts.people.render import Renderer
from data_scripts.people.scene import crop_scene, crowd_scene, group_scene
from data_scripts.people.sets import SPLITS, SetSpec, sample_rng
from data_scripts.people.shards import ShardTask
from data_scripts.people.structures import Rendered, Scene

BATCH_PIXELS = 1024 * 1024  # samples rendered together; bounds a worker's memory
IDS_PER_SPLIT = 1_000_000
SEEN_JOINTS = 4  # visible joints of somebody in every sample, or it is drawn again
REDRAWS = 8
GOLDEN_RATIO = 0.6180339887498949


@lru_cache(maxsize=2)
def renderer(body: str) -> Renderer:
    """This process's renderer for one baked body, loaded once."""
    return Renderer(body)


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch use one thread, so that workers do not crowd each other out."""
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def render_shard(task: ShardTask) -> int:
    """Render and write one shard; returns its number of images.

    The label file comes last: it is what makes the shard count.
    """
    with one_thread():
        images, people = [], []
        (task.folder / "images" / task.split).mkdir(parents=True, exist_ok=True)
        for number, rendered in render_images(task):
            image, annotations = write_image(task, number, rendered)
            images.append(image)
            people += annotations
    task.labels.parent.mkdir(parents=True, exist_ok=True)
    write_json(task.labels, {"images": images, "people": people})
    return len(images)


def make_scenes(spec: SetSpec, rng: np.random.Generator, index: int) -> list[Scene]:
    """The scenes of sample `index` of a split: one, or the frames of a clip."""
    size = (spec.height, spec.width)
    if spec.kind == "crop":
        return [crop_scene(rng, *size, level=spec.level)]
    if spec.kind == "group":
        return [group_scene(rng, *size, people=spec.people)]
    if spec.kind == "crowd":
        wanted = (index * GOLDEN_RATIO) % 1.0  # any run of samples spreads evenly
        return [crowd_scene(rng, *size, people=spec.people, crowd_index=wanted)]
    return clip_scenes(rng, *size, frames=spec.frames, people=spec.people)


def render_images(task: ShardTask) -> Iterator[tuple[int, Rendered]]:
    """Each image of a shard with its number in the split, rendered in batches."""
    spec = task.spec
    samples = max(1, batch_size(spec) // spec.frames)
    for start in range(task.start, task.stop, samples):
        indices = range(start, min(start + samples, task.stop))
        rngs = [sample_rng(spec, task.seed, task.split, index) for index in indices]
        scenes = []
        for index, rng in zip(indices, rngs, strict=True):
            scenes += make_scenes(spec, rng, index)
        rendered = render(spec, scenes)
        for place, (index, rng) in enumerate(zip(indices, rngs, strict=True)):
            frames = rendered[place * spec.frames : (place + 1) * spec.frames]
            frames = redraw(spec, rng, index, frames)
            yield from enumerate(frames, index * spec.frames)


def batch_size(spec: SetSpec) -> int:
    """Images of a set that are rendered together."""
    return max(1, BATCH_PIXELS // (spec.height * spec.width * spec.supersample**2))


def render(spec: SetSpec, scenes: list[Scene]) -> list[Rendered]:
    """The scenes as pictures with labels, in batches that fit the memory."""
    size, draw = batch_size(spec), renderer(spec.body)
    rendered = []
    for start in range(0, len(scenes), size):
        batch = scenes[start : start + size]
        rendered += draw.render(batch, spec.supersample, spec.iuv)
    return rendered


def redraw(
    spec: SetSpec, rng: np.random.Generator, index: int, frames: list[Rendered]
) -> list[Rendered]:
    """The frames, drawn anew from the same random numbers while nobody is seen."""
    for _ in range(REDRAWS):
        if is_anybody_seen(frames):
            break
        frames = render(spec, make_scenes(spec, rng, index))
    return frames


def is_anybody_seen(frames: list[Rendered]) -> bool:
    """Whether somebody can be labelled: some visible joints and enough pixels."""
    return any(
        (person.visible[:COCO_JOINTS] == 2).sum() >= SEEN_JOINTS
        and (rendered.instances == person.instance).sum() >= MIN_AREA
        for rendered in frames
        for person in rendered.people
    )


def write_image(
    task: ShardTask, number: int, rendered: Rendered
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Write the files of one image; returns its entry and those of its people."""
    spec = task.spec
    image_id = SPLITS.index(task.split) * IDS_PER_SPLIT + number + 1
    people = annotate_image(rendered.people, rendered.instances, image_id)
    names = picture_names(task, number)
    entry = {
        "id": image_id,
        "width": spec.width,
        "height": spec.height,
        **names,
        "crowd_index": crowd_index(people),
        "camera": rendered.camera,
    }
    if spec.frames > 1:
        entry |= {"clip": number // spec.frames, "frame": number % spec.frames}
    pictures = {
        "file_name": rendered.image,
        "iuv": rendered.iuv,
        "instances": rendered.instances,
    }
    for kind, name in names.items():
        data = encode(pictures[kind], name, spec.quality)
        write_atomic(task.folder / "images" / name, data)
    return entry, people


def picture_names(task: ShardTask, number: int) -> dict[str, str]:
    """Files of an image relative to `images/`, by their field in the label file."""
    start = f"{task.split}/{number:06d}"
    names = {"file_name": f"{start}.jpg"}
    if task.spec.iuv:
        names["iuv"] = f"{start}_iuv.png"
    if task.spec.instances:
        names["instances"] = f"{start}_instances.png"
    return names


def encode(pixels: np.ndarray, name: str, quality: int) -> bytes:
    """Pixels (H, W) or (H, W, 3) uint8 as the bytes of a JPEG or PNG file."""
    buffer = io.BytesIO()
    picture = Image.fromarray(pixels)
    if name.endswith(".png"):
        picture.save(buffer, "PNG", optimize=True)
    else:
        picture.save(buffer, "JPEG", quality=quality, optimize=True)
    return buffer.getvalue()
