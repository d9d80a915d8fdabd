"""One frame of an explorer as a picture: what print and locked-down pages show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from PIL import Image as PILImage
from PIL import ImageDraw
from PIL.Image import Image as Picture

from .palette import BLUE, LIGHT, rgb
from .pillow_canvas import DRAW, FINE, Spot, View, font
from .primitives import Caption, Primitive
from .widget import Frame, Panel, Widget

WIDTH, MARGIN, GAP = 900, 16, 18  # screen pixels
ROW_HEIGHT, TALLEST = 230.0, 360.0  # a row is filled down to, and up to, this
LINE = 18


class Sheet:
    """A picture being drawn: width x height screen pixels on a light page."""

    def __init__(self, width: int, height: int) -> None:
        self.picture = PILImage.new("RGB", (width * FINE, height * FINE), LIGHT["page"])
        self.pen = ImageDraw.Draw(self.picture, "RGBA")

    def finish(self) -> Picture:
        """The picture at its true size."""
        size = (self.picture.width // FINE, self.picture.height // FINE)
        return self.picture.resize(size, PILImage.Resampling.LANCZOS)

    def words(
        self,
        at: Spot,
        text: str,
        size: float = 13,
        colour: str = "ink",
        bold: bool = False,
        anchor: str = "la",
    ) -> None:
        """One line of text; `anchor` as Pillow names it (la: left, ascender)."""
        spot = (at[0] * FINE, at[1] * FINE)
        self.pen.text(spot, text, rgb(colour), font(size, bold), anchor=anchor)

    def panel(self, marks: Sequence[Primitive], box: tuple, scale: float) -> None:
        """Draw primitives into the box (left, top, width, height), clipped to it."""
        left, top, width, height = (round(side * FINE) for side in box)
        part = self.picture.crop((left, top, left + width, top + height))
        view = View(part, scale * FINE)
        for mark in marks:
            draw = DRAW.get(type(mark))
            if draw is not None:
                draw(view, mark)
        self.picture.paste(part, (left, top))


def wrap(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """The text in lines no wider than `width` screen pixels."""
    face = font(size, bold)
    lines: list[str] = []
    for word in re.findall(r" *[^ ]+", text):
        longer = f"{lines[-1]}{word}" if lines else word
        if lines and face.getlength(longer) / FINE <= width:
            lines[-1] = longer
        else:
            lines.append(word.strip())
    return lines


def rows_of(panels: Sequence[Panel]) -> list[list[Panel]]:
    """Panels in rows, as many in each as fit at `ROW_HEIGHT`."""
    rows: list[list[Panel]] = [[]]
    for panel in panels:
        shapes = [p.width / p.height for p in [*rows[-1], panel]]
        needed = sum(shapes) * ROW_HEIGHT + GAP * (len(shapes) - 1)
        if rows[-1] and needed > WIDTH - 2 * MARGIN:
            rows.append([])
        rows[-1].append(panel)
    return rows


def row_height(row: Sequence[Panel]) -> float:
    """The common height at which a row's panels fill the width."""
    room = WIDTH - 2 * MARGIN - GAP * (len(row) - 1)
    return min(TALLEST, room / sum(panel.width / panel.height for panel in row))


class _Layout:
    """Writes down the page; first with no sheet to find its height, then on one."""

    def __init__(self, sheet: Sheet | None) -> None:
        self.sheet = sheet
        self.y = float(MARGIN)

    def lines(
        self,
        text: str,
        size: float,
        colour: str = "ink",
        bold: bool = False,
        x: float = MARGIN,
        width: float = WIDTH - 2 * MARGIN,
    ) -> None:
        """A paragraph."""
        for line in wrap(text, width, size, bold):
            if self.sheet:
                self.sheet.words((x, self.y), line, size, colour, bold)
            self.y += size * 1.4

    def row(self, row: Sequence[Panel], frame: Frame) -> None:
        """Panels of one height beside each other, titles above, captions below."""
        height, x, top = row_height(row), float(MARGIN), self.y
        lowest = top
        for panel in row:
            scale = height / panel.height
            width = panel.width * scale
            self.y = top
            if panel.title:
                self.lines(panel.title, 13, bold=True, x=x, width=10_000)
            self.y = top + LINE + 4
            marks = frame.panels[panel.name]
            if self.sheet:
                self._panel(panel, marks, (x, self.y, width, height), scale)
            self.y += height + 7
            captions = [mark.text for mark in marks if isinstance(mark, Caption)]
            self.lines(captions[-1] if captions else "", 12, "muted", x=x, width=width)
            lowest = max(lowest, self.y)
            x += width + GAP
        self.y = lowest + 8

    def _panel(
        self, panel: Panel, marks: Sequence[Primitive], box: tuple, scale: float
    ):
        assert self.sheet
        if panel.kind == "picture":
            left, top, width, height = (round(side * FINE) for side in box)
            corners = (left, top, left + width - 1, top + height - 1)
            self.sheet.pen.rectangle(corners, fill=rgb("surface"))
        self.sheet.panel(marks, box, scale)

    def legend(self, widget: Widget) -> None:
        """Swatches and their words, in lines."""
        x = float(MARGIN)
        for key in widget.legend:
            width = 33 + font(12).getlength(key.text) / FINE
            if x > MARGIN and x + width > WIDTH - MARGIN:
                x, self.y = float(MARGIN), self.y + LINE + 2
            if self.sheet:
                self.sheet.panel(key.swatch, (x, self.y, 26, 14), 1.0)
                self.sheet.words((x + 33, self.y + 7), key.text, 12, anchor="lm")
            x += width + 16
        self.y += LINE + 8 if widget.legend else 0

    def bar(self, top: float, bottom: float) -> None:
        """The upright mark beside the read-out."""
        if self.sheet and bottom > top:
            left, upper, lower = (
                round(v * FINE) for v in (MARGIN, top - 1, bottom - 2)
            )
            box = (left, upper, left + 3 * FINE, lower)
            self.sheet.pen.rectangle(box, fill=rgb(BLUE))

    def rule(self) -> None:
        """A thin line across the page."""
        if self.sheet:
            y = round(self.y * FINE)
            ends = [(MARGIN * FINE, y), ((WIDTH - MARGIN) * FINE, y)]
            self.sheet.pen.line(ends, fill=(212, 217, 223), width=FINE)
        self.y += 8


def _write(widget: Widget, frame: Frame, settings: str, sheet: Sheet | None) -> float:
    """Put everything on the sheet, if there is one; returns the height it takes."""
    page = _Layout(sheet)
    page.lines(widget.title, 17, bold=True)
    page.y += 2
    page.lines(widget.question, 13, "muted")
    page.y += 8
    page.rule()
    if settings:
        page.lines(settings, 13)
        page.y += 2
        page.rule()
    page.y += 4
    for row in rows_of(widget.panels):
        page.row(row, frame)
    page.legend(widget)
    page.y += 4
    top = page.y
    page.lines(frame.readout, 14, x=MARGIN + 14, width=WIDTH - 2 * MARGIN - 14)
    page.bar(top, page.y)
    return page.y + MARGIN - 4


def draw_widget(widget: Widget, values: Mapping[str, Any] | None = None) -> Picture:
    """One frame with title, settings, legend and read-out; 900 pixels wide, RGB."""
    full, frame = widget.values(values), widget.frame(values)
    settings = "   ·   ".join(
        f"{control.label}: {control.texts[control.index(full[control.name])]}".replace(
            " ", "\u00a0"
        )
        for control in widget.controls
    )
    height = _write(widget, frame, settings, None)
    sheet = Sheet(WIDTH, round(height))
    _write(widget, frame, settings, sheet)
    return sheet.finish()
