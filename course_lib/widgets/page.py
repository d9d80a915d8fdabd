"""The first host: an explorer as HTML that holds everything, and its picture."""

from __future__ import annotations

import base64
import hashlib
import html
import io
import itertools
import zlib
from collections.abc import Callable, Sequence
from functools import partial
from importlib import resources
from typing import Any

from PIL import features
from PIL.Image import Image as Picture

from .encode import Encoder, to_json
from .palette import DARK, LIGHT, colour_table
from .widget import Widget

MOST_STATES = 4000  # frames of one layer; beyond that a page is the wrong host


def source(name: str) -> str:
    """A front-end file of this package without comment lines and indentation."""
    text = resources.files(__package__).joinpath(name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))


def describe(widget: Widget, live: bool) -> dict[str, Any]:
    """What the front end needs to know once: words, controls, legend, colours."""
    swatches = Encoder()
    keys = [[key.text, swatches.marks(key.swatch)] for key in widget.legend]
    can_drag = widget.respond is not None and widget.drags
    drag = "no" if not can_drag else "yes" if live else "asleep"
    return {
        "title": widget.title,
        "question": widget.question,
        "drag": drag,
        "panels": [
            {k: getattr(p, k) for k in ("name", "title", "width", "height", "kind")}
            for p in widget.panels
        ],
        "controls": [
            {
                "name": c.name,
                "label": c.label,
                "kind": c.kind,
                "texts": list(c.texts),
                "start": c.index(c.start),
            }
            for c in widget.controls
        ],
        "legend": swatches.book() | {"keys": keys},
        "themes": {"light": LIGHT, "dark": DARK},
    }


def colour_maps(names: set[str]) -> dict[str, str]:
    """The colour maps of these names as hex digits, 256 colours each."""
    return {name: colour_table(name).tobytes().hex() for name in sorted(names)}


def _table(widget: Widget, depends: Sequence[str], entry: Callable) -> dict[str, Any]:
    """entry(**values) for the whole product of some controls, equal ones once.

    Returns depends (control numbers), table (entry number for each combination, the
    last control fastest) and entries.
    """
    controls = [c for c in widget.controls if c.name in depends]
    fixed = {name: widget.state[name] for name in depends if name in widget.state}
    count = 1
    for control in controls:
        count *= len(control.states)
    if count > MOST_STATES:
        raise ValueError(
            f"a layer depends on {count} combinations of {list(depends)}, more than "
            f"{MOST_STATES}: give it fewer controls or states, or use live()"
        )
    entries: list[Any] = []
    numbers: dict[str, int] = {}
    table = []
    for states in itertools.product(*(control.states for control in controls)):
        values = {c.name: s for c, s in zip(controls, states, strict=True)}
        made = entry(**values, **fixed)
        number = numbers.setdefault(to_json(made), len(entries))
        if number == len(entries):
            entries.append(made)
        table.append(number)
    places = [widget.controls.index(control) for control in controls]
    return {"depends": places, "table": table, "entries": entries}


def _marks(encoder: Encoder, draw: Callable, **values: Any) -> list:
    """A layer's primitives for some values, encoded."""
    return encoder.marks(draw(**values))


def payload(widget: Widget) -> dict[str, Any]:
    """Everything the page shows, as one JSON value."""
    encoder = Encoder(lossless=widget.lossless, quality=widget.quality)
    layers = []
    for layer in widget.layers:
        draw = partial(_marks, encoder, layer.draw)
        table = _table(widget, layer.depends, draw)
        layers.append({"panel": layer.panel} | table)
    readout = _table(widget, widget.readout.depends, widget.readout.write)
    meta = describe(widget, live=False) | {"maps": colour_maps(encoder.colour_maps)}
    return {"meta": meta, "layers": layers, "readout": readout, "book": encoder.book()}


def coded(shown: Picture, form: str, quality: int) -> str:
    """A picture as a file of this form (JPEG or WEBP), in base64."""
    out = io.BytesIO()
    jpeg = {"optimize": True, "progressive": True}
    options = jpeg if form == "JPEG" else {"method": 6}
    shown.save(out, form, quality=quality, **options)
    return base64.b64encode(out.getvalue()).decode("ascii")


def packed(text: str) -> str:
    """Text, deflated and in base64: about a quarter of its size."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def spoken(widget: Widget) -> str:
    """One line that says what the explorer is and what its first frame shows."""
    return f"{widget.title}. {widget.question} {widget.frame().readout}"


def fragment(widget: Widget, shown: Picture | None = None) -> str:
    """Self-contained HTML. Where scripts are not run, its picture shows instead."""
    data = to_json(payload(widget))
    name = "x" + hashlib.sha256(data.encode()).hexdigest()[:12]
    form = "WEBP" if features.check("webp") else "JPEG"
    fallback = coded(shown or widget.static(), form, widget.print_quality)
    has_player = any(control.kind == "player" for control in widget.controls)
    players = ["player.js"] if has_player else []
    files = ("canvas.js", "explorer.js", *players, "inline_host.js")
    code = "\n".join(source(file) for file in files)
    return (
        f'<div class="px-host" data-explorer="{name}">'
        f"<style>{source('canvas.css')}</style>"
        f'<div class="px-root"><img alt="{html.escape(spoken(widget))}" '
        f'src="data:image/{form.lower()};base64,{fallback}"></div>'
        f'<script type="text/plain">{packed(data)}</script>'
        f'<script>(() => {{\n"use strict";\n{code}\nmountAll("{name}");\n}})();'
        "</script></div>"
    )


def page(widget: Widget) -> str:
    """A whole HTML document with the explorer, which follows the reader's theme."""
    return (
        '<!DOCTYPE html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(widget.title)}</title>"
        "<style>:root{color-scheme:light dark}body{margin:24px;"
        "background:Canvas;color:CanvasText;font-family:system-ui,sans-serif}"
        f"</style></head><body>{widget.html()}</body></html>\n"
    )


def mime_bundle(widget: Widget) -> tuple[dict[str, str], dict[str, Any]]:
    """What a notebook stores: the explorer, its picture, one line of text; and, as
    metadata, that line as the picture's alt text."""
    shown = widget.static()
    line = spoken(widget).replace("\n", " ")
    bundle = {
        "text/html": fragment(widget, shown),
        "image/jpeg": coded(shown, "JPEG", widget.print_quality),
        "text/plain": line,
    }
    return bundle, {"image/jpeg": {"alt": line}}
