"""CPU milliseconds that the score of a tracked clip costs, medians.

    python -m benchmarks.tracking

The bound is half a second. The clip has 100 frames of 20 people and 17 joints; its
people are missed now and then, some joints are dropped, and they change their ids with
a probability in each frame, from never to always (so that nothing can be kept).
"""

import statistics
import time
from datetime import date

import torch

from course_lib.machine import device_name
from course_lib.metrics import TrackedPeople, mota

REPEATS = 7
BOUND = 500
FRAMES, PEOPLE, JOINTS = 100, 20, 17


def clip(changes: float) -> list[TrackedPeople]:
    """A clip in which a part of the people, 0..1, gets a new id in every frame."""
    generator = torch.Generator().manual_seed(0)
    start = 200 * torch.rand(PEOPLE, 1, 2, generator=generator)
    body = 60 * torch.rand(PEOPLE, JOINTS, 2, generator=generator)
    speed = torch.randn(PEOPLE, 1, 2, generator=generator)
    ids, frames = torch.arange(PEOPLE), []
    for number in range(FRAMES):
        truth = start + body + number * speed
        pred = truth + 3 * torch.randn(truth.shape, generator=generator)
        pred[torch.rand(PEOPLE, JOINTS, generator=generator) < 0.1] = torch.nan
        is_new = torch.rand(PEOPLE, generator=generator) < changes
        ids = ids.where(~is_new, ids + 1000 * (number + 1))
        seen = torch.rand(PEOPLE, generator=generator) > 0.1
        frame = TrackedPeople(
            pred=pred[seen],
            scores=torch.ones(PEOPLE, JOINTS)[seen],
            truth=truth,
            visible=torch.ones(PEOPLE, JOINTS),
            head=torch.full((PEOPLE,), 12.0),
            ids=ids[seen],
            true_ids=torch.arange(PEOPLE),
        )
        frames.append(frame)
    return frames


def cost(frames: list[TrackedPeople]) -> float:
    """Median CPU milliseconds of scoring a clip."""
    times = []
    for _ in range(REPEATS + 1):
        start = time.process_time()
        mota([frames])
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times[1:])  # the first one warms up


def main() -> None:
    """Print the table."""
    print(f"{device_name()}, {date.today().isoformat()}")
    print(f"{'ids that change':<18}{'CPU ms':>8}{'bound':>8}")
    for changes in (0.0, 0.1, 1.0):
        print(f"{changes:<18.0%}{cost(clip(changes)):>8.1f}{BOUND:>8}")


if __name__ == "__main__":
    main()
