"""One look for all figures: palette, skeletons, image grids, curves, tables.

Colour never stands alone: left limbs are solid and blue, right ones dashed and orange,
curves differ in line and marker too. Importing this module sets Matplotlib's defaults.
"""

import base64
import io
from collections.abc import Mapping, Sequence

import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from course_lib.skeletons import Skeleton

MAX_COLUMNS, MIN_POINTS, DPI, WIDTH = 4, 9, 100, 7.0  # width of a figure in inches
COLOURS = ("#0072B2", "#E69F00", "#009E73", "#CC79A7", "#D55E00", "#000000")
LINES = ("-", "--", "-.", ":", (0, (6, 2)), (0, (1, 2)))
MARKERS = ("o", "s", "^", "D", "v", "x")
OUTLINE = [withStroke(linewidth=4, foreground="white", alpha=0.7)]

plt.rcParams.update(
    {
        "figure.dpi": DPI,
        "figure.constrained_layout.use": True,
        "font.size": 10,
        "axes.titlesize": 10,
        "axes.grid": True,
        "axes.spines.top": False,
        "axes.spines.right": False,
        "grid.alpha": 0.3,
        "legend.fontsize": MIN_POINTS,
        "xtick.labelsize": MIN_POINTS,
        "ytick.labelsize": MIN_POINTS,
        "image.cmap": "viridis",
    }
)


def show(fig: Figure, alt: str) -> None:
    """Displays a figure and prints `alt`, the sentence of what to see in it.

    As PNG, or as JPEG where that is much smaller (photographs). The sentence is
    also the picture's alt text, in the output's metadata: nbconvert and site builders
    use it, JupyterLab 4.6 does not yet, hence the printed caption. Closes the figure.
    Raises ValueError without a sentence or with text below 9 pt.
    """
    if not alt.strip():
        raise ValueError("alt must say what to see in the figure, got nothing")
    for text in fig.findobj(Text):
        if text.get_text() and text.get_fontsize() < MIN_POINTS:
            seen = f"{text.get_text()!r} at {text.get_fontsize():g}"
            raise ValueError(f"text must be at least {MIN_POINTS} pt, got {seen}")
    options_of = {"image/png": {"metadata": {"Software": None}}}
    options_of["image/jpeg"] = {"format": "jpeg", "pil_kwargs": {"quality": 70}}
    coded = {}
    for kind, options in options_of.items():
        buffer = io.BytesIO()
        fig.savefig(buffer, dpi=DPI, **options)
        coded[kind] = base64.b64encode(buffer.getvalue()).decode()
    plt.close(fig)
    is_photo = len(coded["image/jpeg"]) < 0.7 * len(coded["image/png"])
    kind = "image/jpeg" if is_photo else "image/png"
    bundle = {kind: coded[kind], "text/plain": f"[figure: {alt}]"}
    display(bundle, raw=True, metadata={kind: {"alt": alt}})
    print(alt)


def _array(values) -> np.ndarray:
    """An array of what may be a tensor on any device."""
    return np.asarray(values.detach().cpu() if hasattr(values, "detach") else values)


def pixels(image) -> np.ndarray:
    """An image as (h, w, 3) or (h, w) uint8 array for Matplotlib.

    image: tensor or array, (C, h, w) with C of 1 or 3, (h, w, 3) or (h, w); uint8, or
    float 0..1. Values beyond that are clipped.
    """
    array = _array(image)
    if array.ndim == 3 and array.shape[0] in (1, 3):
        array = array[0] if array.shape[0] == 1 else array.transpose(1, 2, 0)
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[-1] != 3):
        raise ValueError(f"no image: shape {np.shape(image)}")
    if array.dtype != np.uint8:
        array = (np.clip(array, 0, 1) * 255).round().astype(np.uint8)
    return array


def picture(ax: Axes, image) -> None:
    """Shows an image (see `pixels`) without ticks; pixel centres lie at integers."""
    array = pixels(image)
    ax.imshow(array, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    ax.set_axis_off()
    ax.set_autoscale_on(False)  # joints outside must not change the frame


def pose(
    ax: Axes,
    keypoints,
    visible,
    skeleton: Skeleton,
    colour: str | None = None,
    width: float = 2.0,
) -> None:
    """Draws one person: limbs whose two ends are labelled, and labelled joints.

    keypoints: (K, 2) px, visible: (K,); joints with 1 (occluded) are hollow. colour:
    one for all, without a rim, to be laid over another pose; None colours by side.
    """
    points, flags = _array(keypoints), _array(visible)
    styles = zip(skeleton.colours, skeleton.line_styles, strict=True)
    for (a, b), (hue, line) in zip(skeleton.limb_indices, styles, strict=True):
        if flags[a] > 0 and flags[b] > 0:
            ax.plot(
                *points[[a, b]].T,
                color=colour or hue,
                linestyle=line,
                linewidth=width,
                path_effects=OUTLINE if colour is None else None,
            )
    for k in np.flatnonzero(flags > 0):
        hue = colour or skeleton.joint_colours[k]
        fill = hue if flags[k] > 1 else "white"
        ax.plot(*points[k], "o", color=hue, markerfacecolor=fill, markersize=width + 2)


def grid(images, columns: int = MAX_COLUMNS, titles: Sequence[str] = ()) -> Figure:
    """A figure with one axes per image (`fig.axes`, in order), at most 4 a row.

    Draw on them with `pose`. Raises ValueError for other column counts.
    """
    images = [pixels(image) for image in images]
    if not images or not 1 <= columns <= MAX_COLUMNS:
        raise ValueError(
            f"need images in 1 to {MAX_COLUMNS} columns, got {len(images)} in {columns}"
        )
    columns = min(columns, len(images))
    rows = -(-len(images) // columns)
    ratio = max(image.shape[0] / image.shape[1] for image in images)
    cell = min(WIDTH / columns, 3.5)
    size = (cell * columns, rows * (cell * ratio + (0.3 if titles else 0.05)))
    fig, axes = plt.subplots(rows, columns, figsize=size, squeeze=False)
    for ax in axes.flat[len(images) :]:
        ax.remove()
    for number, (ax, image) in enumerate(zip(fig.axes, images, strict=True)):
        picture(ax, image)
        if titles:
            ax.set_title(titles[number])
    return fig


def curves(
    x,
    lines: Mapping[str, Sequence[float]],
    x_name: str,
    y_name: str,
    ax: Axes | None = None,
) -> Figure:
    """Named curves over the same x; up to six, each with its colour, line and marker.

    x_name, y_name: what the axes show, with the unit. ax: None makes a new figure.
    """
    if len(lines) > len(COLOURS):
        raise ValueError(f"at most {len(COLOURS)} curves, got {len(lines)}")
    if ax is None:
        _, ax = plt.subplots(figsize=(WIDTH * 0.75, 3.2))
    looks = zip(COLOURS, LINES, MARKERS, strict=True)
    for (name, values), (colour, line, marker) in zip(
        lines.items(), looks, strict=False
    ):
        values = _array(values)
        every = max(1, len(values) // 8)
        ax.plot(_array(x), values, color=colour, linestyle=line, marker=marker,
                markevery=every, markersize=5, label=name)  # fmt: skip
    ax.set_xlabel(x_name)
    ax.set_ylabel(y_name)
    if len(lines) > 1:
        ax.legend()
    return ax.figure


def table(header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Prints rows under a header, numbers to the right; floats get two digits."""
    cells = [[_cell(value) for value in row] for row in rows]
    for row in cells:
        if len(row) != len(header):
            raise ValueError(f"need {len(header)} cells a row, got {row}")
    columns = list(zip(*rows, strict=True)) or [()] * len(header)
    right = [all(isinstance(v, (int, float)) for v in values) for values in columns]
    widths = [max(map(len, column)) for column in zip(header, *cells, strict=True)]
    for row in (header, ["-" * width for width in widths], *cells):
        padded = [
            text.rjust(width) if side else text.ljust(width)
            for text, width, side in zip(row, widths, right, strict=True)
        ]
        print("  ".join(padded).rstrip())


def _cell(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)
