"""The field of a limb on the picture, and the samples along a segment in it.

limb: its name, "left elbow – left wrist". first, second: numbers of peaks, from 1.
samples: how many. stage: from 1. edits: the ends that the reader moved.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .axes import Axes
from .cascade_data import px, words
from .paf_data import Edits, Fields, Floats, Integral, Peak, penalty
from .palette import BLACK, BLUE, GREEN, ORANGE, PURPLE, SKY, VERMILLION, WHITE
from .pictures import Image
from .primitives import (
    Arrows,
    Caption,
    Dash,
    Handle,
    Lines,
    Points,
    Polyline,
    Primitive,
    Text,
)

ENDS = (PURPLE, ORANGE)  # of a segment
# Where the numbers of their peaks are written: px aside, alignment.
ASIDE = ((-3, "right", "bottom"), (3, "left", "top"))
# Lengths of the field from which an arrow is drawn, and drawn darker.
LEVELS = (0.1, 0.4, 0.7)
DARKER = (SKY, BLUE, BLACK)
WIDTH, HEAD = 1.4, 4.5  # of arrows, screen px
ABOVE, BELOW = GREEN, VERMILLION  # samples
FAINT = 0.5  # of the picture's distance from white, so that arrows show
REACH = 0.85  # strides; how long arrows are
STEPS = 8  # to a stride; where arrows can begin and end
CHART, LEFT = (330, 300), 62  # panel units, and those beside the axes
GRAIN = 3.0  # panel units; to which samples are rounded
LOW, HIGH = -1.1, 1.1  # of the chart; samples beyond lie at its rim
THRESHOLD_DASH: Dash = (6.0, 3.0)
LIVE = "Drag the ends with\u00a0.live()."
HINT = "Drag the two ends; click beside to put them back."


def value(number: float) -> str:
    """A number as prose: two decimals and a true minus sign."""
    return f"{round(number, 2) + 0.0:.2f}".replace("-", "−")


def limb_name(pair: Sequence[str]) -> str:
    """A limb as prose."""
    return " – ".join(map(words, pair))


class FieldViews:
    """Draws field and segment from checked data."""

    def __init__(self, data: Fields, is_live: bool) -> None:
        self.data = data
        self.is_live = is_live
        self.names = [limb_name(pair) for pair in data.limbs]

    def peak_name(self, peak: Peak) -> str:
        """A peak as prose: "left wrist 2"."""
        part, place = peak
        return f"{words(self.data.parts[part])}\u00a0{place + 1}"

    def peak_labels(self, part: int) -> list[str]:
        """What the read-out says near each peak of a part."""
        return [
            f"{self.peak_name((part, n))}, confidence {peak[2]:.2f}"
            for n, peak in enumerate(self.data.peaks[part])
        ]

    # The picture.

    def picture(self) -> list[Primitive]:
        """The picture, faint."""
        white = 255 - FAINT * (255.0 - self.data.picture)
        return [Image(np.rint(white).astype(np.uint8))]

    def field(self, limb: str, stage: int) -> list[Primitive]:
        """An arrow across each cell along the field, darker where that is long."""
        stride = self.data.stride
        field = self.data.pafs[stage - 1, self.names.index(limb)]
        norm = np.hypot(*field)
        row, column = np.nonzero(norm >= LEVELS[0])
        long = norm[row, column]
        way = REACH * stride * (field[:, row, column] / long).T
        grain = stride / STEPS
        start = stride * np.stack([column, row], axis=1) + (stride - 1) / 2 - way / 2
        start, way = (grain * np.rint(ends / grain) for ends in (start, way))
        levels = np.searchsorted(LEVELS, long, side="right") - 1
        return [
            Arrows(
                start[levels == n],
                (start + way)[levels == n],
                colour,
                WIDTH,
                head=HEAD,
            )
            for n, colour in enumerate(DARKER)
        ]

    def peaks(self, limb: str) -> list[Primitive]:
        """The peaks of the limb's two parts, with their numbers."""
        marks: list[Primitive] = []
        pair = self.data.indices[self.names.index(limb)]
        styles = zip(pair, ENDS, ASIDE, strict=True)
        for part, colour, (off, align, base) in styles:
            places = np.rint(self.data.peaks[part][:, :2])
            marks.append(Points(places, self.peak_labels(part), colour, 3.5, halo=True))
            marks += [
                Text(x + off, y + off, f"{n}", WHITE, 12, align, base, halo=True)
                for n, (x, y) in enumerate(places.tolist(), 1)
            ]
        return marks

    def ends(self, limb: str, first: int, second: int, edits: Edits) -> Floats | None:
        """The ends of the segment (2, 2) px; None where a part has no peak."""
        number = self.names.index(limb)
        chosen = self.data.chosen(number, (first, second))
        return None if chosen is None else self.data.ends(number, chosen, edits)

    def segment(
        self, limb: str, first: int, second: int, edits: Edits
    ) -> list[Primitive]:
        """The segment, from its first to its second end."""
        ends = self.ends(limb, first, second, edits)
        if ends is None:
            return []
        start, end = np.round(ends, 1)
        marks: list[Primitive] = [Lines([start], [end], WHITE, 2, halo=True)]
        for place, colour in zip((start, end), ENDS, strict=True):
            marks.append(Points([place], (), colour, 6.5, halo=True))
        return marks

    def integral(
        self, limb: str, first: int, second: int, samples: int, stage: int, edits: Edits
    ) -> Integral | None:
        """The line integral along the segment; None where a part has no peak."""
        ends = self.ends(limb, first, second, edits)
        if ends is None:
            return None
        return self.data.integral(stage, self.names.index(limb), ends, samples)

    def places(
        self, limb: str, first: int, second: int, samples: int, stage: int, edits: Edits
    ) -> list[Primitive]:
        """Where samples are taken, and which of them are above the threshold."""
        ends = self.ends(limb, first, second, edits)
        now = self.integral(limb, first, second, samples, stage, edits)
        if ends is None or now is None:
            return []
        places = np.rint(np.linspace(*ends, samples))
        return [Points(places, (), sample_colours(now), 2.8, halo=True)]

    def handles(
        self, limb: str, first: int, second: int, edits: Edits
    ) -> list[Primitive]:
        """A dot on either end; only the live explorer has them."""
        ends = self.ends(limb, first, second, edits)
        if ends is None:
            return []
        return [
            Handle(str(n), *place, colour, 6)
            for n, (place, colour) in enumerate(
                zip(ends.round(1).tolist(), ENDS, strict=True)
            )
        ]

    def told(self) -> list[Primitive]:
        """Where arrows are, and what can be dragged."""
        text = f"An arrow in each cell where |L| is {LEVELS[0]:g} or more."
        return [Caption(f"{text} {HINT if self.is_live else LIVE}")]

    # The chart.

    def axes(self) -> Axes:
        """The way along the segment, and the samples."""
        names = "share of the way", "sample sᵢ = L(pᵢ)·v"
        ticks = {"x_ticks": (0, 0.5, 1), "y_ticks": (-1, -0.5, 0, 0.5, 1)}
        return Axes(
            (-0.03, 1.03), (LOW, HIGH), *names, *CHART, **ticks, left_margin=LEFT
        )

    def chart(self) -> list[Primitive]:
        """Axes and threshold; either end in its colour."""
        axes = self.axes()
        feet = axes.to_panel([(0, LOW), (1, LOW)]).round(1)
        heights = [(x, self.data.threshold) for x in axes.x]
        start, end = axes.to_panel(heights).round(1)
        line = Lines([start], [end], "ink", 1.6, THRESHOLD_DASH)
        return [*axes.primitives(), line, Points(feet, (), ENDS, 5)]

    def samples(
        self, limb: str, first: int, second: int, samples: int, stage: int, edits: Edits
    ) -> list[Primitive]:
        """The samples, joined from the first end to the second."""
        now = self.integral(limb, first, second, samples, stage, edits)
        if now is None:
            return []
        heights = np.clip(now.samples, LOW, HIGH)
        data = np.stack([np.linspace(0, 1, samples), heights], axis=1)
        places = GRAIN * np.rint(self.axes().to_panel(data) / GRAIN)
        return [
            Polyline(places, "muted", 1.5),
            Points(places, (), sample_colours(now), 4.5),
        ]

    def length(
        self, limb: str, first: int, second: int, edits: Edits
    ) -> list[Primitive]:
        """How long the segment is, and what that takes off its score."""
        number = self.names.index(limb)
        chosen = self.data.chosen(number, (first, second))
        if chosen is None:
            return [Caption("No segment.")]
        ends, half = self.data.ends(number, chosen, edits), self.data.half
        length = float(np.hypot(*(ends[1] - ends[0])))
        name = " – ".join(map(self.peak_name, chosen))
        rule = f" = min({half:g} / {length:.1f} − 1, 0)" if length else ""
        text = f"{name}, {px(length)} long: penalty {value(penalty(length, half))}"
        return [Caption(f"{text[:1].upper()}{text[1:]}{rule}.")]

    # The sentence.

    def sentence(
        self, limb: str, first: int, second: int, samples: int, stage: int, edits: Edits
    ) -> str:
        """The ratio, the mean, the penalty, the score and what follows."""
        now = self.integral(limb, first, second, samples, stage, edits)
        if now is None:
            pair = self.data.indices[self.names.index(limb)]
            lacking = [self.data.parts[p] for p in pair if not len(self.data.peaks[p])]
            return f"No peak of the {' and the '.join(map(words, lacking))}."
        count = int(now.above.sum())
        enough = ">" if now.ratio > now.share else "≤"
        start = (
            f"{count} of {samples} samples above {now.threshold:g}: "
            f"ratio {now.ratio:.2f} {enough} {now.share:g}"
        )
        sign = "−" if now.penalty < 0 else "+"
        score = (
            f"mean of those {value(now.mean)} {sign} {value(abs(now.penalty))} "
            f"= score {value(now.score)}"
        )
        verdict = "accepted" if now.is_accepted else "rejected"
        return f"{start}; {score if count else 'no mean'}: {verdict}."


def sample_colours(integral: Integral) -> list[str]:
    """A colour for each sample: above the threshold or not."""
    return [ABOVE if above else BELOW for above in integral.above]
