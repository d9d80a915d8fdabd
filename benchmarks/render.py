"""CPU milliseconds that a rendered crop and a rendered scene cost: one thread, medians.

    python -m benchmarks.render

The bounds beside the results are what the prototype of the renderer needed on one core
of the machine that the course was planned on: 18 to 20 ms a crop of 128 x 96 pixels
with two samples a side (about 55 a second), 74 ms a scene of 384 x 384 with six people.
Drawing the scene at random is counted with rendering it; writing files is not.
"""

import platform
import statistics
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import torch

from data_scripts.people.render import Renderer
from data_scripts.people.scene import crop_scene, group_scene
from data_scripts.people.structures import Scene
from data_scripts.people.write import BATCH_PIXELS, one_thread

REPEATS = 7
Maker = Callable[[np.random.Generator], Scene]


def make_crop(rng: np.random.Generator) -> Scene:
    """A crop of the set `single`."""
    return crop_scene(rng, 128, 96)


def make_group(rng: np.random.Generator) -> Scene:
    """A scene of the set `groups` with the most people it can have."""
    return group_scene(rng, 384, 384, (6, 6))


def cost(renderer: Renderer, make: Maker, supersample: int, surface: bool) -> float:
    """Median CPU milliseconds to draw and render one image, in batches as for a set."""
    rng = np.random.default_rng(0)
    samples = supersample**2 * make(rng).background[..., 0].size
    batch = max(1, BATCH_PIXELS // samples)
    times = []
    for _ in range(REPEATS + 1):
        start = time.process_time()
        scenes = [make(rng) for _ in range(batch)]
        renderer.render(scenes, supersample, surface)
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times[1:]) / batch  # the first one warms up


def processor() -> str:
    """What the operating system calls the processor."""
    listed = Path("/proc/cpuinfo")
    if listed.is_file():
        for line in listed.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def measure() -> list[tuple[str, str, str, float, str]]:
    """Rows of the table: what, samples a side, surface, milliseconds, bound."""
    renderer, rows = Renderer(), []
    for surface in (False, True):
        value = cost(renderer, make_crop, 2, surface)
        label = "yes" if surface else "no"
        rows.append(("crop 128 x 96", "2", label, value, "18-20"))
    for supersample, bound in ((1, "74"), (2, "-")):
        value = cost(renderer, make_group, supersample, False)
        rows.append(("six people 384 x 384", str(supersample), "no", value, bound))
    return rows


def main() -> None:
    """Print the table."""
    with one_thread():
        rows = measure()
    print(f"{processor()}, torch {torch.__version__}, {date.today().isoformat()}")
    print(f"{'image':<22}{'samples':>8}{'surface':>9}{'CPU ms':>8}{'bound':>8}")
    for name, supersample, surface, value, bound in rows:
        print(f"{name:<22}{supersample:>8}{surface:>9}{value:>8.1f}{bound:>8}")


if __name__ == "__main__":
    main()
