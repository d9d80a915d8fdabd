"""The chosen joint's maps, stack by stack, where the reader asks for maps.

Stacks and examples count from 1 here, as the reader sees them.
"""

from __future__ import annotations

from .maps_strip import STRIP, StripViews
from .primitives import Caption, Primitive

MAPS, XRAY = "maps", "xray"  # what the middle panel shows

__all__ = ["MAPS", "STRIP", "XRAY", "MapViews"]


class MapViews(StripViews):
    """Draws the layers of the map and of the strip from checked data."""

    UNIT = "stack"

    def heat(self, view: str, stack: int, example: int, joint: str) -> list[Primitive]:
        """The map and its largest cell."""
        if view != MAPS:
            return []
        heatmap = self.heatmap(stack, example, joint)
        caption = Caption(f"{self.size(heatmap)}.")
        return [self.over(heatmap), self.cell(heatmap), caption]

    def pictures(self, view: str, example: int) -> list[Primitive]:
        """The dark picture, once for each stack."""
        return self.backdrops(example) if view == MAPS else []

    def strip(self, view: str, example: int, joint: str) -> list[Primitive]:
        """The joint's map in each stack, with the truth and the place it gives."""
        return self.row(example, joint) if view == MAPS else []

    def frame(self, view: str, stack: int) -> list[Primitive]:
        """The number of its stack on each picture, the chosen one in a frame."""
        return self.numbers(stack) if view == MAPS else []
