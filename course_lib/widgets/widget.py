"""The explorer itself: panels, controls and layers joined by a pure function.

`Widget.frame(values)` says what each panel shows for the given values of the
controls. Everything else is a host of it: `html()` carries every frame of every
layer, `static()` draws one as a picture, `live()` asks Python for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .controls import Control
from .primitives import Primitive

if TYPE_CHECKING:
    from PIL.Image import Image as Picture

    from .live import LiveExplorer

Values = dict[str, Any]


@dataclass(frozen=True)
class Panel:
    """One canvas of width x height panel units.

    title: a few words above it. kind: "picture" (framed) or "chart".
    """

    name: str
    width: int
    height: int
    title: str = ""
    kind: str = "picture"

    def __post_init__(self) -> None:
        if self.width < 1 or self.height < 1:
            raise ValueError(f"panel {self.name!r} has no size")
        if self.kind not in ("picture", "chart"):
            raise ValueError(f"panel {self.name!r}: kind is picture or chart")


@dataclass(frozen=True)
class Layer:
    """What is drawn on one panel, as a function of a few controls.

    draw gets the controls named in `depends` as keywords and returns primitives.
    A layer that depends on little is stored seldom: split by what it depends on.
    """

    panel: str
    depends: tuple[str, ...]
    draw: Callable[..., Sequence[Primitive]]


@dataclass(frozen=True)
class Readout:
    """The sentence under the panels, as a function of a few controls."""

    depends: tuple[str, ...]
    write: Callable[..., str]


@dataclass(frozen=True)
class Key:
    """A legend entry: the words and the primitives of a swatch 26 x 14 units."""

    text: str
    swatch: tuple[Primitive, ...]


@dataclass(frozen=True)
class Event:
    """What the reader did on a panel of the live host.

    kind: "drag" (then `handle` is the name of the dragged dot) or "click".
    """

    kind: str
    panel: str
    x: float
    y: float
    handle: str = ""


@dataclass(frozen=True)
class Frame:
    """What every panel shows, and the read-out."""

    panels: dict[str, tuple[Primitive, ...]]
    readout: str


@dataclass
class Widget:
    """An explorer that answers one question.

    title, question: above the panels. legend: below them. state: further values,
    not set by a control, which layers may depend on. respond(values, event) ->
    values: what a drag or click changes; only the live host calls it. drags: whether
    there are dots to drag. lossless: keep maps exact even where that takes more room.
    quality, print_quality: 0 to 100, of stored pictures in colour (high unless given)
    and of the frame that is stored as a picture.
    """

    title: str
    question: str
    panels: Sequence[Panel]
    controls: Sequence[Control]
    layers: Sequence[Layer]
    readout: Readout
    legend: Sequence[Key] = ()
    state: Values = field(default_factory=dict)
    respond: Callable[[Values, Event], Values] | None = None
    drags: bool = True
    lossless: bool = False
    quality: int | None = None
    print_quality: int = 45  # text stays sharp, and 300 kB must hold two explorers

    def __post_init__(self) -> None:
        panels = [panel.name for panel in self.panels]
        known = [control.name for control in self.controls] + list(self.state)
        for what, names in (("panels", panels), ("controls", known)):
            if len(set(names)) != len(names) or (what == "panels" and not names):
                raise ValueError(f"{what} need distinct names, got {names}")
        for layer in self.layers:
            if layer.panel not in panels:
                raise ValueError(f"a layer names panel {layer.panel!r}; have {panels}")
        for part in [*self.layers, self.readout]:
            missing = set(part.depends) - set(known)
            if missing:
                raise ValueError(f"nothing is named {sorted(missing)}; have {known}")

    def values(self, given: Mapping[str, Any] | None = None) -> Values:
        """Every value by name: those given, else the start; ValueError if not valid."""
        known = {control.name: control.start for control in self.controls} | self.state
        given = dict(given or {})
        unknown = set(given) - set(known)
        if unknown:
            raise ValueError(f"nothing is named {sorted(unknown)}; have {list(known)}")
        for control in self.controls:
            if control.name in given:
                place = control.index(given[control.name])
                given[control.name] = control.states[place]
        return known | given

    def frame(self, values: Mapping[str, Any] | None = None) -> Frame:
        """What the panels show for these values; missing ones take their start."""
        full = self.values(values)
        panels: dict[str, list[Primitive]] = {panel.name: [] for panel in self.panels}
        for layer in self.layers:
            panels[layer.panel].extend(layer.draw(**_some(full, layer.depends)))
        sentence = self.readout.write(**_some(full, self.readout.depends))
        return Frame({name: tuple(marks) for name, marks in panels.items()}, sentence)

    def after(self, values: Mapping[str, Any], event: Event) -> Values:
        """All values after a drag or click; unchanged where nothing responds."""
        full = self.values(values)
        return full if self.respond is None else self.values(self.respond(full, event))

    def static(self, values: Mapping[str, Any] | None = None) -> Picture:
        """One frame with title, legend and read-out as an RGB picture."""
        from .static import draw_widget

        return draw_widget(self, values)

    def html(self) -> str:
        """The explorer as one self-contained piece of HTML: no network, no kernel."""
        from .page import fragment

        return fragment(self)

    def save(self, path: str | Path) -> Path:
        """Write the explorer as a page of its own, to open in any browser."""
        from .page import page

        target = Path(path)
        target.write_text(page(self), encoding="utf-8")
        return target

    def live(self) -> LiveExplorer:
        """The explorer with Python behind it: drags and clicks reach `respond`."""
        from .live import LiveExplorer

        return LiveExplorer(self)

    def _repr_mimebundle_(self, **_options: Any) -> tuple[dict, dict]:
        """HTML, a picture for where scripts do not run, and one line of text."""
        from .page import mime_bundle

        return mime_bundle(self)


def _some(values: Values, names: Sequence[str]) -> Values:
    """The named values only."""
    return {name: values[name] for name in names}
