"""The three panels of the pooling explorer, as layers of primitives.

Examples count from 1 here, as the reader sees them. `maps` is "network" or "perfect".
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .axes import Axes
from .cascade_data import px, words
from .palette import WHITE
from .pictures import Image
from .pooling_data import CASCADE, COARSE, CURVES, FLOOR, PERFECT, Pooling
from .pooling_marks import (
    COLOUR,
    STYLE,
    Zoom,
    arrow,
    cell,
    dot,
    glow,
    missing,
    ring,
    window,
)
from .primitives import Caption, Lines, Points, Polyline, Primitive, Text

CHART = (350, 300)  # panel units of the curves
TIGHT = 0.05  # torsos: the threshold of the paper's tables


class PoolingViews:
    """Draws each layer from checked data."""

    def __init__(self, data: Pooling) -> None:
        self.data = data
        sides = [w[..., 2:].max(axis=(0, 1)) for w in data.windows.values()]
        width, height = np.ceil(np.max(sides, axis=0)).astype(int)
        self.zoom_panel = int(width), int(height)

    def best_joint(self, stride: int) -> int:
        """The joint of example 1 whose error the second look lowers most.

        One well within its window, if there is one.
        """
        data, truth = self.data, self.data.truth[0]
        first, second = (
            np.linalg.norm(places[stride][0] - truth, axis=-1)
            for places in (data.coarse, data.refined)
        )
        corners, sides = np.split(data.windows[stride][0], 2, axis=-1)
        share = (truth - corners + 0.5) / sides
        is_clear = ((share > 0.15) & (share < 0.85)).all(axis=-1)
        gain = np.where(data.labelled[0], first - second, -np.inf)
        return int(np.where(is_clear, gain, gain - 1e6).argmax())

    # The picture with its cells.

    def picture(self, example: int) -> list[Primitive]:
        """The image of an example."""
        return [Image(self.data.images[example - 1])]

    def heat(self, stride: int, example: int, joint: str, maps: str) -> list[Primitive]:
        """The joint's map over the image."""
        heatmap = self.data.look(stride, example, joint, maps).heatmap
        h, w = heatmap.shape
        return [glow(heatmap, (0, 0, w * stride, h * stride))]

    def grid(self, stride: int) -> list[Primitive]:
        """The borders of the cells."""
        height, width = self.data.images.shape[1:3]
        across = np.arange(stride, width, stride) - 0.5
        down = np.arange(stride, height, stride) - 0.5
        starts = [(x, -0.5) for x in across] + [(-0.5, y) for y in down]
        ends = [(x, height - 0.5) for x in across] + [(width - 0.5, y) for y in down]
        return [Lines(starts, ends, WHITE, 1, alpha=0.35)]

    def marks(
        self, stride: int, example: int, joint: str, maps: str
    ) -> list[Primitive]:
        """The window of the second look, the largest cell, the error of its centre."""
        look = self.data.look(stride, example, joint, maps)
        if look.kind == PERFECT and look.truth is None:
            return [Caption("Not labelled: there is no perfect map.")]
        marks: list[Primitive] = []
        if look.refined is not None:
            marks += [window(look), dot(look.refined, CASCADE)]
        marks += [cell(look, stride), *missing(look, look.decoded, look.truth)]
        column, row = look.cell
        h, w = look.heatmap.shape
        text = f"{w} × {h} cells, peak {look.heatmap[row, column]:.2f}."
        return [*marks, Caption(text)]

    # The window from close by.

    def zoom(self, stride: int, example: int, joint: str, maps: str) -> list[Primitive]:
        """The window's pixels, the fine map over them and the step it takes."""
        data, n = self.data, example - 1
        look = data.look(stride, example, joint, maps)
        height, width = data.images.shape[1:3]
        zoom = Zoom(look.window, self.zoom_panel)
        box = zoom.box((0, 0, width, height))
        marks: list[Primitive] = [Image(data.images[n], *box, False)]
        truth = None if look.truth is None else zoom.point(look.truth)
        start = zoom.point(look.decoded)
        if look.refined is None:
            if truth is None:
                return [Caption("Not labelled: there is no perfect map.")]
            marks += [cell(look, stride, zoom), *missing(look, start, truth)]
            text = "A perfect map names the cell, not the place in it. No second look."
            return [*marks, Caption(text)]
        fine = data.fine_maps[stride][n, list(data.skeleton.joints).index(joint)]
        end = zoom.point(look.refined)
        marks += [glow(fine, zoom.box(look.window)), cell(look, stride, zoom)]
        marks += [arrow(start, end, CASCADE), dot(start, COARSE), dot(end, CASCADE)]
        marks += [] if truth is None else [ring(truth)]
        step = float(np.hypot(*(look.refined - look.decoded)))
        lost = " The truth is out of sight." if look.is_lost else ""
        text = f"The second look moves the joint by {px(step)}.{lost}"
        return [*marks, Caption(text)]

    # PCK against the threshold.

    def axes(self) -> Axes:
        """The chart of all curves."""
        ends = float(self.data.alphas[0]), float(self.data.alphas[-1])
        names = ("threshold α (torsos)", "share of joints")
        return Axes(ends, (0, 1), *names, *CHART, left_margin=54)

    def chart(self) -> list[Primitive]:
        """The axes, and the paper's threshold where it is among those shown."""
        axes = self.axes()
        marks = axes.primitives()
        if not axes.x[0] < TIGHT < axes.x[1]:
            return marks
        foot, head = axes.to_panel([[TIGHT, 0], [TIGHT, 1]])
        return [*marks, Lines([foot], [head], "muted", 1, (2, 3))]

    def lines(self, stride: int) -> list[Primitive]:
        """The three curves of a stride, and the coarse ones of the others."""
        data, axes = self.data, self.axes()
        marks: list[Primitive] = []
        others = [s for s in data.strides if s != stride]
        grey = [self._curve(axes, other, COARSE) for other in others]
        chosen = [self._curve(axes, stride, name) for name in CURVES]
        for other, line in zip(others, grey, strict=True):
            marks.append(Polyline(line, "muted", 1.2))
            x, y = beside(line, [*grey, *chosen], axes)
            marks.append(Text(x, y, f"{other}×", "muted", align="centre"))
        for name, line in zip(CURVES, chosen, strict=True):
            marks.append(Polyline(line, COLOUR[name], 2.5, STYLE[name]))
        low, high = data.alphas[[0, -1]]
        if not low <= TIGHT <= high:
            return [*marks, Caption(f"Pooling {stride}×.")]
        curves = data.curves[stride]
        values = ", ".join(
            f"{name.split()[0]} {np.interp(TIGHT, data.alphas, curves[name]):.2f}"
            for name in CURVES
        )
        return [*marks, Caption(f"At α = {TIGHT:g}: {values}.")]

    def now(self, stride: int, example: int, joint: str, maps: str) -> list[Primitive]:
        """This joint's errors as thresholds, each with a dot on its own curve."""
        data, axes = self.data, self.axes()
        look = data.look(stride, example, joint, maps)
        places = [(look.kind, look.decoded), (CASCADE, look.refined)]
        marks: list[Primitive] = []
        for name, place in places:
            alpha = np.nan if place is None else look.error(place) / look.torso
            if not data.alphas[0] <= alpha <= data.alphas[-1]:
                continue
            share = float(np.interp(alpha, data.alphas, data.curves[stride][name]))
            foot, head = np.rint(axes.to_panel([[alpha, 0], [alpha, share]]))
            marks += [
                Lines([foot], [head], COLOUR[name], 1.5),
                Points([head], ("this joint",), COLOUR[name], 4.5),
            ]
        return marks

    def _curve(self, axes: Axes, stride: int, name: str) -> NDArray[np.float64]:
        """Panel places (A, 2) of one curve."""
        shares = self.data.curves[stride][name]
        return axes.to_panel(np.stack([self.data.alphas, shares], axis=1))

    # The sentence.

    def sentence(self, stride: int, example: int, joint: str, maps: str) -> str:
        """The errors of a joint after both looks, and the floor of its stride."""
        look, name = self.data.look(stride, example, joint, maps), words(joint)
        if look.truth is None:
            return f"The {name} is not labelled in example {example}: it has no error."
        first = _length(look.error(look.decoded), look.torso)
        floor = f"{FLOOR:.3f} × {stride}\u00a0px = {px(FLOOR * stride)}"
        if look.refined is None:
            return (
                f"Pooling {stride}×, perfect map: the centre of the best cell lies "
                f"{first} from the true {name}. The average over all places is "
                f"{floor}: no training lowers this floor."
            )
        change = look.error(look.refined) - look.error(look.decoded)
        second = _length(look.error(look.refined), look.torso)
        how = "lowers" if change < 0 else "raises" if change > 0 else "keeps"
        then = f"the second look {how} this error to {second}."
        if look.is_lost:
            then = (
                "the true place lies outside of the window: the second look cannot "
                f"find it and leaves {second}."
            )
        return (
            f"Pooling {stride}×: the first look places the {name} {first} from the "
            f"truth; {then} Perfect maps would err by {floor} on average."
        )


def beside(
    line: NDArray[np.float64], lines: list[NDArray[np.float64]], axes: Axes
) -> tuple[float, float]:
    """Where two letters right below or left above a line are farthest from all lines.

    line, lines: panel places (A, 2), at the same x.
    """
    left, top, right, bottom = axes.area
    x = np.arange(left + 16, right - 16, 2.0)
    y = np.interp(x, *line.T)
    upright = axes.to_panel([TIGHT, 0])[0, 0]
    around = np.arange(-14.0, 15.0, 2.0)
    best, place = -1.0, (float(x[0]), float(y[0]))
    for dx, dy in ((15, 10), (-15, -10)):
        spots = (x + dx)[:, None] + around  # (X, 15)
        heights = np.array([np.interp(spots, *other.T) for other in lines])
        room = np.abs(heights - (y + dy)[:, None]).min(axis=(0, 2))  # (X,)
        is_out = (y + dy < top + 8) | (y + dy > bottom - 8) | (x + dx > right - 16)
        room[is_out | (x + dx < left + 16) | (np.abs(x + dx - upright) < 16)] = -1
        at = int(room.argmax())
        if room[at] > best:
            best, place = float(room[at]), (float(x[at] + dx), float(y[at] + dy))
    return place


def _length(error: float, torso: float) -> str:
    """A distance in both units."""
    return f"{px(error)} ({error / torso:.2f} torsos)"
