"""The picture, the cells and the distances of the explorer of basins, as primitives.

variant: name of the long offsets. joint: its name, or "all". t: the threshold. x, y: a
cell, column and row. edits: how far it is moved from there, in the live explorer.
"""

from __future__ import annotations

import numpy as np

from .axes import Axes
from .basins_data import ALL, PAPER, Basins, Floats
from .cascade_data import words
from .cut_data import spread
from .cut_words import counted, listed
from .palette import BLACK, WHITE
from .picking import LOOK, Edits, Pixel, look, picked
from .pictures import HeatMap, Image
from .primitives import BUTT, Caption, Dash, Lines, Points, Primitive, Text
from .theatre_views import BADGE, HUES, badge

TALL = 330.0  # screen px; about how high the picture is shown
LAST = 16  # of the numbers for which the map "owners" has colours
GROUND, NOBODY, SEVERAL = 0, 7, 8  # those of cells that are no one person's
TARGETS = 48  # cells whose targets are drawn
FARTHEST = 0.8  # of the axis of distances
WIDE, ROW = 600, 24  # panel units: the chart, and a bar of it
LIMIT_DASH: Dash = (2.0, 3.0)
LIVE = "Move the pixel freely with\u00a0.live()."
HINT = "Drag the pixel, or click where it should go."


class BasinViews:
    """Draws the layers from checked data."""

    def __init__(self, data: Basins, is_live: bool) -> None:
        self.data = data
        self.is_live = is_live
        self.unit = data.size[1] / TALL  # px to a screen pixel, about
        self.chart_size = WIDE, 62 + ROW * len(data.poses)

    def cell(self, x: int, y: int, edits: Edits) -> Pixel:
        """The cell looked at."""
        return picked(x, y, edits, self.data.cells)

    # The picture.

    def picture(self) -> list[Primitive]:
        """The picture."""
        return [Image(self.data.image)]

    def limbs(self, pose: Floats, has: np.ndarray) -> tuple[list, list]:
        """Where the limbs of a pose (K, 2) start and end, of the joints it has."""
        pairs = [
            (a, b) for a, b in self.data.skeleton.limb_indices if has[a] and has[b]
        ]
        return [pose[a] for a, _ in pairs], [pose[b] for _, b in pairs]

    def people(self) -> list[Primitive]:
        """The detected poses."""
        marks: list[Primitive] = []
        people = zip(self.data.poses, self.data.present, HUES, strict=False)
        for n, (pose, has, hue) in enumerate(people, 1):
            starts, ends = self.limbs(np.rint(pose), has)
            names = zip(self.data.skeleton.joints, has, strict=True)
            labels = [f"person {n}, {words(joint)}" for joint, ok in names if ok]
            marks += [
                Lines(starts, ends, hue, 2.2, halo=True),
                Points(np.rint(pose[has]), labels, hue, 2.4, halo=True),
            ]
        return marks

    def badges(self) -> list[Primitive]:
        """The number of each person above its highest joint."""
        tops = []
        for pose, has in zip(self.data.poses, self.data.present, strict=True):
            tops.append(min(pose[has].tolist(), key=lambda place: place[1]))
        above = np.array(tops) - [0, 2 * BADGE * self.unit]
        gap = (2 * BADGE + 3) * self.unit
        places = np.rint(spread(above, gap, self.data.size)).tolist()
        marks: list[Primitive] = []
        for n, (hue, place) in enumerate(zip(HUES, places, strict=False), 1):
            marks += badge(f"{n}", hue, *place, f"person {n}")
        return marks

    def targets(self, variant: str, joint: str) -> list[Primitive]:
        """Where some cells see the joint, in the hue of the person nearest to that."""
        if joint == ALL:
            return []
        rows, columns = np.nonzero(self.data.person)
        step = max(-(-len(rows) // TARGETS), 1)
        rows, columns = rows[::step], columns[::step]
        k = list(self.data.skeleton.joints).index(joint)
        number = self.data.variants.index(variant)
        places = np.rint(self.data.embedding[number, k, :, rows, columns])
        owner = self.data.nearest(variant, joint)[rows, columns]
        return [
            Points(places[owner == n], (), HUES[n], 2.6, halo=True)
            for n in np.unique(owner[owner >= 0])
        ]

    def believed(self, variant: str, x: int, y: int, edits: Edits) -> list[Primitive]:
        """The pose that the cell believes in; none where it is background."""
        cell = self.cell(x, y, edits)
        if not self.data.person[cell[::-1]]:
            return []
        pose = np.rint(self.data.believed(variant, cell))
        return [belief_mark(*self.limbs(pose, np.ones(len(pose), bool)))]

    def looked(self, x: int, y: int, edits: Edits) -> list[Primitive]:
        """The cell looked at; a dot to drag in the live explorer."""
        place = self.data.centre(self.cell(x, y, edits)).round(1).tolist()
        return look(place, self.is_live, BLACK)

    def ringed(self, x: int, y: int, edits: Edits) -> list[Primitive]:
        """The cell looked at, among all cells; a dot to drag in the live explorer."""
        if self.is_live:
            return self.looked(x, y, edits)
        place = self.data.centre(self.cell(x, y, edits)).round(1)
        return [Points([place], (), BLACK, LOOK, halo=True)]

    def told(self, joint: str) -> list[Primitive]:
        """What the dots are, and what can be dragged."""
        hint = HINT if self.is_live else LIVE
        if joint == ALL:
            return [Caption(hint)]
        return [Caption(f"Dots: where cells see their {words(joint)}. {hint}")]

    # The cells.

    def owners(self, variant: str, joint: str, t: float) -> list[Primitive]:
        """Each cell in the colour of its owner, and how many cells those have."""
        width, height = (self.data.stride * side for side in self.data.cells)
        person = self.data.person
        if joint == ALL:
            masks = self.data.masks(variant, t)
            owner, count = masks.argmax(axis=0), masks.sum(axis=0)
            text = self._counted(masks[:, person])
        else:
            owner = self.data.nearest(variant, joint)
            count = (owner >= 0).astype(int)
            text = f"Whose {words(joint)} is nearest to where the cell sees it; no t."
        number = np.select([count == 1, count > 1], [owner + 1, SEVERAL], NOBODY)
        levels = np.rint(np.where(person, number, GROUND) * 255 / LAST)
        place = {"w": width, "h": height, "colours": "owners"}
        return [HeatMap(levels.astype(np.uint8), 0, LAST, **place), Caption(text)]

    def _counted(self, masks: np.ndarray) -> str:
        """How many cells each person has, of masks (N, cells)."""
        sizes = [f"{n}: {mask.sum()}" for n, mask in enumerate(masks, 1)]
        owners = masks.sum(axis=0)
        cells = counted(masks.shape[1], "cell")
        rest = f"{(owners > 1).sum()} of several, {(owners == 0).sum()} of nobody"
        return f"Of {cells}, person {', '.join(sizes)}; {rest}."

    # The distances.

    def axes(self) -> Axes:
        """D to the right, a row for each person."""
        rows = (0.4 - len(self.data.poses), 0.6)
        more = {"y_ticks": (), "left_margin": 104, "right_margin": 60}
        name = (
            f"distance D, all joints, in sizes of the person (bars end at {FARTHEST})"
        )
        return Axes((0, FARTHEST), rows, name, "", *self.chart_size, **more)

    def chart(self) -> list[Primitive]:
        """The axis and the names of the rows."""
        axes = self.axes()
        marks = axes.primitives()
        for n in range(len(self.data.poses)):
            x, y = axes.to_panel([0, -n])[0].tolist()
            marks.append(Text(x - 10, y, f"person {n + 1}", "ink", 12, "right"))
        return marks

    def bars(self, variant: str, x: int, y: int, edits: Edits) -> list[Primitive]:
        """How far the cell is from each person."""
        cell = self.cell(x, y, edits)
        if not self.data.person[cell[::-1]]:
            return []
        axes, far = self.axes(), self.data.distances(variant)[:, cell[1], cell[0]]
        rows = -np.arange(len(far))
        feet = axes.to_panel(np.stack([0 * far, rows], axis=1)).round()
        ends = np.stack([np.minimum(far, FARTHEST), rows], axis=1)
        ends = axes.to_panel(ends).round()
        side = axes.area[2] + 8
        numbers = [
            Text(side, float(y), f"{value:.2f}", "ink", 12)
            for value, (_, y) in zip(far, ends, strict=True)
        ]
        return [Lines(feet, ends, HUES[: len(far)], ROW - 8, BUTT), *numbers]

    def limit(self, t: float) -> list[Primitive]:
        """The threshold."""
        axes = self.axes()
        start, end = axes.to_panel([(t, height) for height in axes.y]).round(1)
        paper = ", as in the paper" if t == PAPER else ""
        text = f"A cell belongs to every person with D ≤ t = {t:g}{paper}."
        return [Lines([start], [end], "ink", 2.4, LIMIT_DASH), Caption(text)]

    # The sentence.

    def sentence(self, variant: str, x: int, y: int, edits: Edits) -> str:
        """Whose pose the cell believes in, and how far it is from everyone's."""
        column, row = cell = self.cell(x, y, edits)
        start = f"Cell {column}, {row}"
        if not self.data.person[cell[::-1]]:
            return f"{start} is background: it is asked for no pose."
        far = self.data.distances(variant)[:, row, column]
        named = [f"{value:.2f} from person {n}" for n, value in enumerate(far, 1)]
        best = int(far.argmin()) + 1
        told = f"{start}, {variant}, believes in a pose {listed(named)}"
        return f"{told}: person {best} is nearest."


def belief_mark(starts: list, ends: list, width: float = 3.2) -> Lines:
    """The limbs of a pose that a cell believes in."""
    return Lines(starts, ends, WHITE, width, halo=True)
