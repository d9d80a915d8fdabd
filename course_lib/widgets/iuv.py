"""Explorer of surface coordinates: which point of the body does a pixel show?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from .controls import Control, select, slider
from .iteration import Startable
from .iuv_data import (
    LAYERS,
    PART,
    TRUE,
    Dense,
    Distance,
    Texture,
    as_answers,
    check,
)
from .iuv_mesh import as_mesh, views_of
from .iuv_parts import COLOURS, REGIONS, checker
from .iuv_views import SMALL, DenseViews, point_marks
from .legend import colour_scale
from .picking import look_mark, moved
from .primitives import BUTT, Lines, Primitive
from .widget import Event, Key, Layer, Panel, Readout, Values, Widget

TITLE = "Every pixel has a place on the body"
QUESTION = "Which point of the body does this pixel show?"
PLACE = ("x", "y", "edits")
NOW = ("source", *PLACE)
TEXTS = ("picture", "I, the part", "U", "V", "texture")  # of the layers
PRINTED, QUALITY = 10, 30  # of the stored frame and of the pictures


def iuv_explorer(
    image: ArrayLike,
    iuv: ArrayLike,
    vertices: ArrayLike,
    faces: ArrayLike,
    parts: ArrayLike,
    uv: ArrayLike,
    predicted: Mapping[str, ArrayLike] | None = None,
    distance: Distance | None = None,
    texture: Texture = checker,
) -> Widget:
    """The explorer of a person, and of a template on which its pixels are found.

    image: (H, W, 3) uint8. iuv: (H, W, 3) uint8, the true part I of each pixel, 0 for
    the background, and U and V in 255ths, as in the set `dense`. The template is a mesh
    in any pose: vertices (V, 3) m, X to the body's left, Y backward, Z up; faces (F,
    3); parts (F,), 1 to 24; uv (F, 3, 2), U and V at the corners of each face, 0 to 1.
    Show a featureless adult. predicted: by name, further images like iuv, which the
    reader compares with it. distance: points (M, 3) and (M, 3), rows of I, U and V (0
    to 1) -> metres along the surface (M,); with it the read-out tells how far off a
    prediction is. It is not asked about the background. texture: parts (N,), U (N,), V
    (N,) -> colours (N, 3) uint8; a checker unless given.
    A pixel is marked at the pixel of the template with its part whose U and V are
    nearest. A page offers pixels some way apart, on and around the body; in the live
    explorer the point is dragged to any. Raises ValueError naming what does not fit.
    """
    data = Dense(
        image=np.asarray(image),
        answers=as_answers(iuv, predicted or {}),
        views=views_of(as_mesh(vertices, faces, parts, uv)),
        distance=distance,
        texture=texture,
    )
    stored = _widget(check(data), is_live=False)
    return Startable(**vars(_widget(data, is_live=True)), stored=stored)


def _widget(data: Dense, is_live: bool) -> Widget:
    """Panels, controls and layers; with a dot to drag if it is live."""
    views = DenseViews(data, is_live)
    state: Values = {"edits": {}}
    return Widget(
        title=TITLE,
        question=QUESTION,
        panels=[
            Panel("image", *data.size, "The picture"),
            Panel("template", *data.views.size, "The body's surface"),
        ],
        controls=_controls(data),
        layers=_layers(views),
        readout=Readout(NOW, views.sentence),
        legend=_legend(data),
        state=state if data.predicted else state | {"source": TRUE},
        respond=_responder(data) if is_live else None,
        quality=QUALITY,
        print_quality=PRINTED,
    )


def _controls(data: Dense) -> list[Control]:
    """Whose answer, if there are several; what is painted; the pixel."""
    source, (x, y) = data.start
    xs, ys = data.grid
    several = [select("source", "Answer", data.answers, source)]
    return [
        *(several if data.predicted else []),
        select("layer", "Show", LAYERS, PART, TEXTS),
        slider("x", "Pixel x", xs, x),
        slider("y", "Pixel y", ys, y),
    ]


def _layers(views: DenseViews) -> list[Layer]:
    """What is drawn where; each layer depends on as little as it can."""
    return [
        Layer("image", ("source", "layer"), views.picture),
        Layer("image", ("source",), views.names),
        Layer("image", PLACE, views.look),
        Layer("image", ("layer",), views.told),
        Layer("template", ("layer",), views.template),
        Layer("template", (), views.parts),
        Layer("template", NOW, views.points),
        Layer("template", NOW, views.seen),
    ]


def _responder(data: Dense) -> Callable[[Values, Event], Values]:
    """A drag of the point, or a click, takes it to another pixel of the picture."""

    def respond(values: Values, event: Event) -> Values:
        if event.panel != "image":
            return values
        return moved(values, (event.x, event.y), data.size)

    return respond


def _legend(data: Dense) -> list[Key]:
    """The regions' hues, the scale of U and V, the marks."""
    keys = [Key(name, tuple(_swatch(rows))) for name, rows in REGIONS.items()]
    middle = (12.5, 6.5)
    keys += [
        Key("U or V, 0 to 1", (colour_scale("viridis"),)),
        Key("the pixel", tuple(look_mark(middle))),
        Key("true point", tuple(point_marks(TRUE, middle, SMALL))),
    ]
    if data.predicted:
        keys.append(Key("predicted point", tuple(point_marks("", middle))))
    return keys


def _swatch(rows: tuple[tuple[int, ...], ...]) -> list[Primitive]:
    """A region's parts: right and left, front above back."""
    tall, marks = 12 / len(rows), []
    for n, row in enumerate(rows):
        edges = np.linspace(1, 25, len(row) + 1)
        y = 0.5 + tall * (n + 0.5)
        starts, ends = [(x, y) for x in edges[:-1]], [(x, y) for x in edges[1:]]
        hues = [COLOURS[part - 1] for part in row]
        marks.append(Lines(starts, ends, hues, tall, BUTT))
    return marks
