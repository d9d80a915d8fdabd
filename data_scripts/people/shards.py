"""Render the missing samples of a set, on one process or several.

A shard is a run of samples rendered together. Its images are written first, its
label file last, under `.shards/`; so a label file proves that the shard is complete
and an interrupted run loses at most the shards it was busy with. When a split is
complete, its shards become `SPLIT.json` and are removed.
"""

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from data_scripts.files import (
    MANIFEST,
    DataError,
    read_json,
    read_manifest,
    write_json,
)
from data_scripts.people.sets import GENERATOR_VERSION, SPLITS, SetSpec

SHARDS = ".shards"


@dataclass(frozen=True)
class ShardTask:
    """Samples start .. stop - 1 of one split of a set in `folder`."""

    spec: SetSpec
    folder: Path
    seed: int
    split: str
    start: int
    stop: int

    @property
    def labels(self) -> Path:
        """The file that proves the shard complete."""
        name = f"{self.start:06d}-{self.stop:06d}.json"
        return self.folder / SHARDS / self.split / name


def render_missing(
    spec: SetSpec, folder: Path, seed: int, wanted: dict[str, int], workers: int
) -> None:
    """Bring every split up to the wanted number of samples."""
    tasks = []
    for split in SPLITS:
        spans = finished_spans(folder, split)
        tasks += [
            ShardTask(spec, folder, seed, split, start, stop)
            for start, stop in missing_spans(spans, wanted[split], spec.shard)
        ]
    images = sum(task.stop - task.start for task in tasks) * spec.frames
    done = run_tasks(tasks, min(workers, len(tasks)))
    for _ in show_progress(done, images, f"Rendering {spec.name}"):
        pass
    for split in SPLITS:
        merge_split(spec, folder, seed, split)


def finished_spans(folder: Path, split: str) -> list[tuple[int, int]]:
    """Ranges of samples that are complete, from the split file and its shards."""
    spans = []
    path = folder / f"{split}.json"
    if path.is_file():
        spans.append((0, int(read_json(path)["info"]["samples"])))
    for shard in sorted((folder / SHARDS / split).glob("*-*.json")):
        start, stop = shard.stem.split("-")
        spans.append((int(start), int(stop)))
    return spans


def missing_spans(
    spans: Iterable[tuple[int, int]], wanted: int, shard: int
) -> Iterator[tuple[int, int]]:
    """Ranges that cover 0 .. wanted - 1 but for `spans`, cut at multiples of shard."""
    position = 0
    for start, stop in [*sorted(spans), (wanted, wanted)]:
        while position < min(start, wanted):
            end = min(position + shard - position % shard, start, wanted)
            yield position, end
            position = end
        position = max(position, stop)


def run_tasks(tasks: list[ShardTask], workers: int) -> Iterator[int]:
    """Render the tasks; gives the number of images as each is finished.

    One worker renders in this process. Several are fresh processes (`spawn`) that
    leave Ctrl-C to this one: they finish the shard in hand, and the rest is dropped.
    """
    if workers <= 1:
        yield from map(render_task, tasks)
        return
    pool = ProcessPoolExecutor(
        workers, multiprocessing.get_context("spawn"), initializer=start_worker
    )
    try:
        futures = [pool.submit(render_task, task) for task in tasks]
        for future in as_completed(futures):
            yield future.result()
    except BrokenProcessPool as error:
        raise DataError(
            f"A worker that rendered {tasks[0].folder} was ended from outside, often "
            "for want of memory: run the command again with fewer workers; finished "
            "parts are kept."
        ) from error
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def render_task(task: ShardTask) -> int:
    """Render one shard; torch is loaded here, in the process that renders."""
    from data_scripts.people import write

    return write.render_shard(task)


def start_worker() -> None:
    """Prepare a worker: it ignores Ctrl-C and ends when its parent is gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = multiprocessing.parent_process()

    def follow_parent() -> None:
        parent.join()
        os._exit(1)

    if parent is not None:
        threading.Thread(target=follow_parent, daemon=True).start()


def show_progress(done: Iterable[int], total: int, title: str) -> Iterator[int]:
    """Pass `done` through with a bar, or ten plain lines where there is no terminal."""
    if sys.stdout.isatty():
        from tqdm import tqdm

        with tqdm(total=total, desc=title, unit="image", file=sys.stdout) as bar:
            for images in done:
                bar.update(images)
                yield images
        return
    count = tenths = 0
    for images in done:
        count += images
        if count * 10 // total > tenths:
            tenths = count * 10 // total
            print(f"{title}: {count} of {total} images", flush=True)
        yield images


def merge_split(spec: SetSpec, folder: Path, seed: int, split: str) -> None:
    """Join a split's shards to `SPLIT.json`, note it in the manifest, remove them.

    Shards beyond a gap, left by an interrupted larger run, stay for later.
    """
    path = folder / f"{split}.json"
    shards = sorted((folder / SHARDS / split).glob("*-*.json"))
    if not shards and not path.is_file():
        return
    images, annotations, samples = [], [], 0
    if path.is_file():
        before = read_json(path)
        images, annotations = before["images"], before["annotations"]
        samples = before["info"]["samples"]
    used = []
    for shard in shards:
        start, stop = (int(text) for text in shard.stem.split("-"))
        if start == samples:
            part = read_json(shard)
            images, annotations = images + part["images"], annotations + part["people"]
            samples = stop
        if stop <= samples:
            used.append(shard)
    info = split_info(spec, seed, split, samples)
    from data_scripts.people.labels import category

    write_json(
        path,
        {
            "info": info,
            "categories": [category()],
            "images": images,
            "annotations": annotations,
        },
    )
    note_split(folder, split, samples, len(images), len(annotations))
    for shard in used:
        shard.unlink()
    remove_if_empty(folder / SHARDS / split)
    remove_if_empty(folder / SHARDS)


def split_info(spec: SetSpec, seed: int, split: str, samples: int) -> dict[str, Any]:
    """The `info` of a split: all that is needed to render it again."""
    return {
        "description": f"Rendered people, set {spec.name}: {spec.summary}",
        "version": "1",
        "generator_version": GENERATOR_VERSION,
        "spec": spec.pixels(),
        "spec_digest": spec.digest(),
        "seed": seed,
        "split": split,
        "samples": samples,
    }


def note_split(
    folder: Path, split: str, samples: int, images: int, people: int
) -> None:
    """Enter a finished split into the manifest."""
    manifest = read_manifest(folder)
    if manifest is None:
        raise DataError(f"{folder / MANIFEST} was removed: run the command again.")
    manifest["splits"][split] = {
        "samples": samples,
        "images": images,
        "people": people,
    }
    write_json(folder / MANIFEST, manifest)


def remove_if_empty(folder: Path) -> None:
    """Remove a folder that holds nothing."""
    if folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
