"""The pose, the belief and the receptive field of a stage, and the sentence.

Stages and examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

import numpy as np

from .beliefs_data import Beliefs, entropy, spread
from .cascade_data import words
from .maps_data import cell_at
from .maps_poses import PoseViews
from .maps_strip import StripViews
from .palette import SKY
from .primitives import Caption, Primitive, Rect

SEES = SKY
SEES_DASH = (7.0, 4.0)


class BeliefViews(PoseViews):
    """Draws the layers of one stage from checked data."""

    data: Beliefs

    def __init__(self, data: Beliefs) -> None:
        super().__init__(data)
        self.maps = StripViews(data)

    def ruler(self, stage: int, example: int, joint: str) -> list[Primitive]:
        """The square seen by the chosen joint's cell, and whether the figure fits."""
        data, n, k = self.data, example - 1, self.place(joint)
        known = data.labelled[n, k]
        place = data.truth[n, k] if known else data.poses[stage - 1, n, k]
        reach, stride = float(data.fields[stage - 1]), data.stride
        cell = cell_at(place, data.maps.shape[-2:], stride)
        near = cell * stride + (stride - reach) / 2
        low, high = np.maximum(near, 0), np.minimum(near + reach, data.size)
        truth = data.truth[n, data.labelled[n]]
        inside = ((truth >= near - 0.5) & (truth <= near + reach - 0.5)).all(axis=-1)
        count, all_known = int(inside.sum()), len(inside)
        fits = f"only {count} of {all_known} joints fit"
        if count == all_known:
            fits = "the whole figure fits"
        text = f"Stage {stage} sees {reach:g} × {reach:g}\u00a0px: {fits}."
        square = Rect(*low, *(high - low), SEES, 2.5, SEES_DASH, halo=True)
        return [square, Caption(text)]

    def heat(self, stage: int, example: int, joint: str) -> list[Primitive]:
        """The belief and its largest cell."""
        belief = self.maps.heatmap(stage, example, joint)
        caption = Caption(f"{self.maps.size(belief)}, {spread(belief)}.")
        return [self.maps.over(belief), self.maps.cell(belief), caption]

    def sentence(self, stage: int, example: int, joint: str) -> str:
        """What the stage did to the chosen joint, and how sure it is."""
        belief = self.maps.heatmap(stage, example, joint)
        sure = f"Peak {belief.max():.2f}, {spread(belief)}"
        bits = entropy(belief)
        if np.isfinite(bits):
            cells = round(2**bits)
            sure += f", as of {cells} equal cell{'s' if cells > 1 else ''}"
        told = self.told(stage, example, joint)
        if not self.data.labelled[example - 1, self.place(joint)]:
            told = f"The {words(joint)} has no label in example {example}: no error."
        return f"{told} {sure}."
