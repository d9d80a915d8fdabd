"""CPU milliseconds that a live explorer takes to answer and redraw, medians.

    python -m benchmarks.widgets

The bound is 50 ms for an explorer without a network. The instance is that of the tests:
18 candidates, all pairs shown.
"""

import itertools
import statistics
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from course_lib.machine import device_name
from course_lib.widgets import Widget, cut_explorer
from course_lib.widgets.live import encode_frame

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
from cut_people import crowd

REPEATS = 20
BOUND = 50


def cost(answer: Callable[[], object]) -> float:
    """Median CPU milliseconds of calling `answer`."""
    times = []
    for _ in range(REPEATS + 1):
        start = time.process_time()
        answer()
        times.append(time.process_time() - start)
    return 1000 * statistics.median(times[1:])  # the first one warms up


def clicks(explorer: Widget, spots: NDArray[np.float64]) -> Callable[[], object]:
    """A click on the next of the spots (N, 2), in turn, and the frame that follows."""
    host, turn = explorer.live(), itertools.cycle(spots.tolist())
    host.values = explorer.values({"show": "yours", "start": "optimum", "edges": "all"})

    def answer() -> object:
        x, y = next(turn)
        question = {"kind": "click", "panel": "image", "handle": "", "x": x, "y": y}
        host.values = host.after(question)
        return encode_frame(explorer, host.values)

    return answer


def main() -> None:
    """Print the table."""
    data = crowd()
    explorer = cut_explorer(**data, label="distance (px)")
    settings = explorer.values({"start": "greedy", "edges": "all"})
    rows = [
        ("cut explorer, redraw", cost(lambda: encode_frame(explorer, settings))),
        ("cut explorer, click", cost(clicks(explorer, data["points"][0]))),
    ]
    print(f"{device_name()}, {date.today().isoformat()}")
    print(f"{'explorer':<24}{'CPU ms':>8}{'bound':>8}")
    for name, value in rows:
        print(f"{name:<24}{value:>8.1f}{BOUND:>8}")


if __name__ == "__main__":
    main()
