"""The second host: the same front end with Python behind it, through anywidget.

The page sends what the reader did; Python keeps the values, lets the explorer's
`respond` change them, and answers with the new frame.
"""

from __future__ import annotations

from typing import Any

import anywidget
import traitlets

from .encode import Encoder
from .page import colour_maps, describe, source
from .palette import COLOUR_MAPS
from .widget import Event, Widget

FILES = ("canvas.js", "explorer.js", "player.js", "live_host.js")
CODE = "\n".join(source(name) for name in FILES)


def encode_frame(widget: Widget, values: dict[str, Any]) -> dict[str, Any]:
    """One frame and the pictures and styles it refers to, as JSON."""
    frame = widget.frame(values)
    encoder = Encoder(widget.lossless, together=False, quality=widget.quality)
    panels = {name: encoder.marks(marks) for name, marks in frame.panels.items()}
    shown = {"panels": panels, "readout": frame.readout}
    return {"frame": shown, "book": encoder.book()}


class LiveExplorer(anywidget.AnyWidget):
    """An explorer whose frames are computed when they are asked for.

    values: the present value of every control and of the explorer's state.
    """

    _esm = CODE
    _css = source("canvas.css")
    meta = traitlets.Dict().tag(sync=True)

    def __init__(self, explorer: Widget) -> None:
        meta = describe(explorer, live=True) | {"maps": colour_maps(set(COLOUR_MAPS))}
        super().__init__(meta=meta)
        self.explorer = explorer
        self.values = explorer.values()
        self.on_msg(self._answer)

    def _answer(self, _widget: Any, question: dict[str, Any], _buffers: list) -> None:
        """Send the frame that follows from a question, or what went wrong."""
        try:
            self.values = self.after(question)
            self.send(encode_frame(self.explorer, self.values))
        except Exception as error:
            self.send({"error": f"{type(error).__name__}: {error}"})

    def after(self, question: dict[str, Any]) -> dict[str, Any]:
        """All values after a control moved, or after a drag or click."""
        kind = question["kind"]
        if kind == "control":
            control = self.explorer.controls[question["control"]]
            return self.values | {control.name: control.states[question["index"]]}
        if kind == "frame":
            return self.values
        x, y = float(question["x"]), float(question["y"])
        event = Event(kind, question["panel"], x, y, question["handle"])
        return self.explorer.after(self.values, event)

    def _repr_mimebundle_(self, **_options: Any) -> Any:
        """The live view, and the page and picture for where no kernel runs."""
        stored, _ = self.explorer._repr_mimebundle_()
        view = super()._repr_mimebundle_()
        if view is None:
            return stored
        if isinstance(view, tuple):
            return stored | view[0] | {"text/plain": stored["text/plain"]}, view[1]
        return stored | view | {"text/plain": stored["text/plain"]}
