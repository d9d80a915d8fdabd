"""The look of figures, their alt texts, and tables that reproduce exactly."""

import base64
import io

import matplotlib.pyplot as plt
import numpy as np
import pytest
import torch
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from IPython.utils.capture import capture_output
from matplotlib.text import Text
from PIL import Image

from course_lib import draw
from course_lib.skeletons import LSP14


@pytest.fixture(autouse=True)
def clean(monkeypatch):
    """No window, and what `display` was given."""
    shown = []
    plt.switch_backend("agg")
    monkeypatch.setattr(
        draw, "display", lambda *args, **more: shown.append((args, more))
    )
    yield shown
    plt.close("all")


@pytest.mark.parametrize(
    "image",
    [
        torch.rand(3, 5, 7),
        torch.rand(5, 7, 3),
        torch.rand(1, 5, 7),
        np.full((5, 7), 9, np.uint8),
        torch.full((3, 5, 7), 200, dtype=torch.uint8),
    ],
)
def test_pixels_takes_any_layout(image):
    array = draw.pixels(image)
    assert array.dtype == np.uint8
    assert array.shape[:2] == (5, 7)


def test_pixels_keeps_values_and_refuses_others():
    ramp = torch.arange(105, dtype=torch.uint8).view(3, 5, 7)
    assert np.array_equal(draw.pixels(ramp), ramp.permute(1, 2, 0).numpy())
    assert draw.pixels(torch.tensor([[-1.0, 0.5, 2.0]])).tolist() == [[0, 128, 255]]
    for shape in ((4,), (2, 5, 7), (1, 1, 1, 1)):
        with pytest.raises(ValueError, match="no image: shape"):
            draw.pixels(torch.zeros(shape))


def test_show_stores_and_prints_the_sentence(clean, capsys):
    fig = draw.curves([0, 1], {"loss": [2.0, 1.0]}, "step", "loss (px)")
    draw.show(fig, alt="The loss falls.")
    assert capsys.readouterr().out == "The loss falls.\n"
    (args, more) = clean[0]
    assert more["metadata"]["image/png"]["alt"] == "The loss falls."
    picture = Image.open(io.BytesIO(base64.b64decode(args[0]["image/png"])))
    assert round(picture.info["dpi"][0]) <= 100
    assert not plt.get_fignums()


def test_photographs_are_shown_as_jpeg(clean):
    few = torch.rand(1, 3, 9, 9, generator=torch.Generator().manual_seed(0))
    soft = torch.nn.functional.interpolate(few, (300, 300), mode="bicubic")
    draw.show(draw.grid([soft[0]] * 2), alt="Noise.")
    (args, more) = clean[0]
    assert set(args[0]) == {"image/jpeg", "text/plain"}
    assert more["metadata"] == {"image/jpeg": {"alt": "Noise."}}


def test_show_refuses_silence_and_small_print():
    with pytest.raises(ValueError, match="alt must say"):
        draw.show(plt.figure(), alt=" ")
    fig = plt.figure()
    fig.text(0.5, 0.5, "tiny", fontsize=7)
    with pytest.raises(ValueError, match="at least 9 pt, got 'tiny' at 7"):
        draw.show(fig, alt="Nothing to see.")


def test_output_in_a_notebook_is_a_picture_with_alt(monkeypatch):
    monkeypatch.setattr(draw, "display", display)
    InteractiveShell.instance()
    try:
        with capture_output() as caught:
            draw.show(draw.grid([[[0.5]]]), alt="One grey pixel.")
    finally:
        InteractiveShell.clear_instance()
    (output,) = caught.outputs
    assert output.metadata["image/png"]["alt"] == "One grey pixel."
    assert base64.b64decode(output.data["image/png"]).startswith(b"\x89PNG")
    assert caught.stdout == "One grey pixel.\n"


def test_grid_has_one_axes_per_image_and_at_most_four_a_row():
    fig = draw.grid(torch.rand(6, 3, 8, 5), titles=list("abcdef"))
    assert [ax.get_title() for ax in fig.axes] == list("abcdef")
    fig.canvas.draw()
    lefts = {round(ax.get_position().x0, 3) for ax in fig.axes}
    assert len(lefts) == 4
    assert len(draw.grid(torch.rand(1, 3, 8, 5)).axes) == 1
    for count, columns in ((6, 5), (6, 0), (0, 4)):
        with pytest.raises(ValueError, match="need images in 1 to 4 columns"):
            draw.grid(torch.rand(count, 3, 8, 5), columns=columns)


def test_pose_draws_what_is_labelled():
    fig = draw.grid(torch.rand(1, 3, 40, 30))
    ax = fig.axes[0]
    before = ax.get_xlim(), ax.get_ylim()
    visible = torch.zeros(14)
    names = ["left_hip", "left_knee", "right_hip", "right_knee", "neck"]
    for name, flag in zip(names, (2, 1, 2, 2, 1), strict=True):
        visible[LSP14.index(name)] = flag
    draw.pose(ax, torch.rand(14, 2) * 900, visible, LSP14)
    limbs = [line for line in ax.lines if len(line.get_xdata()) == 2]
    joints = [line for line in ax.lines if len(line.get_xdata()) == 1]
    assert len(limbs) == 3  # two thighs and the line between the hips
    assert len(joints) == 5
    looks = {(line.get_color(), line.get_linestyle()) for line in limbs}
    assert len(looks) == 3
    hollow = [line for line in joints if line.get_markerfacecolor() == "white"]
    assert len(hollow) == 2
    assert (ax.get_xlim(), ax.get_ylim()) == before
    draw.pose(ax, torch.rand(14, 2), visible * 0, LSP14)
    assert len(ax.lines) == 8


def test_curves_differ_without_colour_and_name_their_axes():
    lines = {name: np.random.rand(40) for name in "abcdef"}
    fig = draw.curves(range(40), lines, "alpha (torsos)", "PDJ")
    ax = fig.axes[0]
    looks = {(str(line._unscaled_dash_pattern), line.get_marker()) for line in ax.lines}
    assert len(looks) == 6
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("alpha (torsos)", "PDJ")
    assert {text.get_text() for text in ax.get_legend().get_texts()} == set("abcdef")
    fig.canvas.draw()
    sizes = [text.get_fontsize() for text in fig.findobj(Text) if text.get_text()]
    assert min(sizes) >= 9
    with pytest.raises(ValueError, match="at most 6 curves, got 7"):
        draw.curves([0], {name: [0] for name in "abcdefg"}, "x", "y")


def test_table_aligns_and_rounds(capsys):
    draw.table(["joint", "PDJ", "n"], [["wrist", 0.5, 12], ["left ankle", 0.126, 7]])
    assert capsys.readouterr().out == (
        "joint        PDJ   n\n"
        "----------  ----  --\n"
        "wrist       0.50  12\n"
        "left ankle  0.13   7\n"
    )
    draw.table(["a", "b"], [])
    assert capsys.readouterr().out == "a  b\n-  -\n"
    with pytest.raises(ValueError, match="need 2 cells a row, got"):
        draw.table(["a", "b"], [["x"]])
