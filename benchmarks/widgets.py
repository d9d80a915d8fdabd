"""CPU milliseconds that a live explorer takes to answer and redraw, medians.

    python -m benchmarks.widgets

The bound is 50 ms for an explorer without a network. The instances are those of the
tests: 18 candidates, all pairs shown; a clip of two walkers, 192 x 256 pixels, all
layers on, one frame after the other; three joints on maps of 32 x 24 cells, one shift
after the other; two poses of 14 joints, one of them dragged; a dragged box of a person
that a plain function answers; fields of 16 limbs on 24 x 24 cells, one end of a segment
dragged; a person of 14 joints below a patch at 26 places, seen by two networks, one
place after the other; four people of 14 joints, one of them dragged; a person of 144 x
192 pixels and two answers, a pixel dragged; errors of three people by two networks; a
disk of 3219 votes, one noise after the other; 30 tips, one length after the other;
three people on 48 x 48 cells, one of these dragged, and one threshold after the other.
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
from course_lib.widgets import (
    Widget,
    bad_box_explorer,
    basin_explorer,
    crowd_index_calculator,
    cut_explorer,
    flip_aligner,
    gps_tuner,
    iuv_explorer,
    paf_explorer,
    pose_nms_playground,
    refinement_stepper,
    tracking_theatre,
    two_branch_viewer,
    vote_catcher,
)
from course_lib.widgets.live import encode_frame

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))
import crowded_people
from boxed_people import answers, bad_boxes, twins
from cut_people import crowd
from dense_person import rendered
from mirrored_maps import flips
from occluded_person import branches
from planted_fields import planted_people
from pointing_people import pointing
from surface_errors import errors
from walkers import crossing

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


def drags(explorer: Widget, handle: str) -> Callable[[], object]:
    """A dot of the picture dragged to and fro, and the frame that follows."""
    host, turn = explorer.live(), itertools.cycle(np.linspace(60, 120, 41).tolist())

    def answer() -> object:
        x = next(turn)
        question = {"kind": "drag", "panel": "image", "handle": handle, "x": x, "y": 80}
        host.values = host.after(question)
        return encode_frame(explorer, host.values)

    return answer


def walk(explorer: Widget, name: str, **settings: object) -> Callable[[], object]:
    """The frame at the next state of a control, in turn."""
    control = next(control for control in explorer.controls if control.name == name)
    turn = itertools.cycle(control.states)

    def answer() -> object:
        return encode_frame(explorer, explorer.values({**settings, name: next(turn)}))

    return answer


def theatre() -> Widget:
    """The walkers' clip, magnified to 192 x 256 pixels; the rest is not."""
    images = crossing()["images"].repeat(2, axis=1).repeat(2, axis=2)
    return tracking_theatre(**crossing(images=images))


def main() -> None:
    """Print the table."""
    data = crowd()
    explorer = cut_explorer(**data, label="distance (px)")
    settings = explorer.values({"start": "greedy", "edges": "all"})
    layers = dict.fromkeys(("boxes", "nms"), True)
    box = bad_box_explorer(**bad_boxes(), solve=answers)
    four = crowd_index_calculator(**crowded_people.crowd(4))
    basins = basin_explorer(**pointing())
    rows = [
        ("cut explorer, redraw", cost(lambda: encode_frame(explorer, settings))),
        ("cut explorer, click", cost(clicks(explorer, data["points"][0]))),
        ("tracking theatre, redraw", cost(walk(theatre(), "frame", **layers))),
        ("flip aligner, redraw", cost(walk(flip_aligner(**flips()), "shift"))),
        ("pose NMS, drag", cost(drags(pose_nms_playground(**twins()), "7"))),
        ("bad box, drag", cost(drags(box, "move"))),
        ("PAF explorer, drag", cost(drags(paf_explorer(**planted_people()), "1"))),
        ("two branches, redraw", cost(walk(two_branch_viewer(**branches()), "x"))),
        ("crowd index, drag", cost(drags(four, "1"))),
        ("IUV explorer, drag", cost(drags(iuv_explorer(**rendered()), "pixel"))),
        ("GPS tuner, redraw", cost(walk(gps_tuner(**errors()), "kappa"))),
        ("vote catcher, redraw", cost(walk(vote_catcher(), "noise", radius=32))),
        ("refinement, redraw", cost(walk(refinement_stepper(), "length"))),
        ("basins, drag", cost(drags(basins, "pixel"))),
        ("basins, redraw", cost(walk(basins, "t", variant="raw"))),
    ]
    print(f"{device_name()}, {date.today().isoformat()}")
    print(f"{'explorer':<26}{'CPU ms':>8}{'bound':>8}")
    for name, value in rows:
        print(f"{name:<26}{value:>8.1f}{BOUND:>8}")


if __name__ == "__main__":
    main()
