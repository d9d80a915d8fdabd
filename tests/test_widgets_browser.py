"""The explorers in a real browser: as a page of their own, and in JupyterLab."""

from __future__ import annotations

import importlib.util
import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest
from cut_people import crowd
from explorer_marks import of
from lab_server import jupyterlab, write_notebook
from stick_people import people
from walkers import crossing

from course_lib.widgets import (
    Text,
    cascade_stepper,
    cut_explorer,
    tracking_theatre,
)

CHROMIUM = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))),
    None,
)
LACKING = [
    what
    for what, is_there in (
        ("Chromium", CHROMIUM),
        ("playwright", importlib.util.find_spec("playwright")),
    )
    if not is_there
]
pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(180),
    pytest.mark.skipif(bool(LACKING), reason=f"no {' and no '.join(LACKING)} here"),
]
FLAGS = (
    "--no-sandbox --disable-gpu --disable-background-networking "
    "--disable-component-update --disable-sync --no-first-run"
).split()
WAIT = 20_000  # ms; the longest that anything on a page may take

# The sum of all bytes of each canvas: changes when pixels do.
PIXELS = """() => [...document.querySelectorAll(".px-panel canvas")].map((canvas) => {
  const { width, height } = canvas;
  const bytes = canvas.getContext("2d").getImageData(0, 0, width, height).data;
  return bytes.reduce((sum, byte, at) => (sum + byte * (at % 251)) % 1e9, 0);
})"""
# Milliseconds from a slider's event to pixels that can be read back.
LATENCY = """() => {
  const slider = document.querySelector("[data-control=stage]");
  const canvas = document.querySelector(".px-panel canvas");
  const times = [0, 1, 2, 0, 1, 2, 0, 1, 2].map((value) => {
    const begin = performance.now();
    slider.value = value;
    slider.dispatchEvent(new Event("input", { bubbles: true }));
    canvas.getContext("2d").getImageData(0, 0, 1, 1);
    return performance.now() - begin;
  });
  return times.sort((a, b) => a - b)[4];
}"""


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=FLAGS, timeout=60_000
        )
        yield browser
        browser.close()


@contextmanager
def watching(chromium):
    """A page, and what went wrong on it: script errors and requests that leave."""
    context = chromium.new_context(viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.set_default_timeout(WAIT)
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(f"error: {error}"))

    def judge(route):
        address = route.request.url
        if address.startswith(("file:", "http://127.0.0.1:")):
            route.continue_()
        else:
            wrong.append(f"request: {address}")
            route.abort()

    page.route("**/*", judge)
    yield page, wrong
    context.close()


@pytest.fixture
def watched(chromium):
    """A page of one test, and what went wrong on it."""
    with watching(chromium) as page_and_wrong:
        yield page_and_wrong


@pytest.fixture
def opened(watched, tmp_path):
    """The cascade's explorer as a file, opened and drawn."""
    page, wrong = watched
    path = cascade_stepper(**people()).save(tmp_path / "cascade.html")
    page.goto(path.as_uri())
    page.wait_for_selector(".px-readout:not(:empty)")
    return page, wrong


def settled(page, before):
    """The pixels of every panel once they differ from those before."""
    page.wait_for_function(f"(old) => ({PIXELS})().join() !== old.join()", arg=before)
    return page.evaluate(PIXELS)


def test_every_control_answers_the_keyboard(opened):
    page, wrong = opened
    for name, key in (("stage", "ArrowRight"), ("example", "End"), ("joint", "r")):
        before = page.evaluate(PIXELS)
        told = page.inner_text(".px-readout")
        page.focus(f"[data-control={name}]")
        page.keyboard.press(key)
        settled(page, before)
        assert page.inner_text(".px-readout") != told, name
    assert page.inner_text(".px-control output >> nth=1") == "4 of 4"
    assert wrong == []


def test_everything_that_takes_focus_keeps_its_keys_and_has_a_name(opened):
    page, _ = opened
    page.evaluate(
        "() => { window.leaked = 0; "
        "document.addEventListener('keydown', () => { window.leaked += 1; }); }"
    )
    focusable = page.query_selector_all(".px-root :is(input, select, [tabindex])")
    assert len(focusable) == 6  # three controls, three panels
    for element in focusable:
        assert element.get_attribute("data-lm-suppress-shortcuts") == "true"
        element.focus()
        page.keyboard.press("ArrowRight")
        name = element.evaluate(
            "(e) => e.getAttribute('aria-label') || e.labels[0].textContent"
        )
        assert name.strip()
    assert page.evaluate("window.leaked") == 0
    assert page.query_selector(".px-readout[aria-live=polite]")


def test_cursor_reads_values_by_keyboard_and_pointer(opened):
    page, wrong = opened
    page.focus("[data-panel=image]")
    before = page.evaluate(PIXELS)
    page.keyboard.press("ArrowRight")
    settled(page, before)
    assert page.inner_text(".px-probe").startswith("x 49, y 64 · colour ")
    page.hover("[data-panel=error]")
    assert "error (px)" in page.inner_text(".px-probe")
    assert wrong == []


def test_fits_a_narrow_column_sharp_and_in_the_dark(chromium, tmp_path):
    path = cascade_stepper(**people(examples=1)).save(tmp_path / "cascade.html")
    context = chromium.new_context(
        viewport={"width": 360, "height": 700},
        color_scheme="dark",
        device_scale_factor=2,
    )
    page = context.new_page()
    page.set_default_timeout(WAIT)
    page.goto(path.as_uri())
    page.wait_for_selector(".px-root.px-dark .px-readout:not(:empty)")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    size = "(c) => [c.width, c.clientWidth]"
    stored, shown = page.eval_on_selector("[data-panel=image]", size)
    assert stored == 2 * shown
    context.close()


def test_redraws_within_fifty_milliseconds(opened):
    page, _ = opened
    assert page.evaluate(LATENCY) < 50


def test_the_clip_plays_to_its_end_and_stops_when_asked(watched, tmp_path):
    page, wrong = watched
    path = tracking_theatre(**crossing()).save(tmp_path / "theatre.html")
    page.goto(path.as_uri())
    page.wait_for_selector(".px-readout:not(:empty)")
    frame = ".px-player output"
    page.focus("[data-control=frame]")
    page.keyboard.press("Home")
    assert page.inner_text(frame) == "1 of 16"
    button = page.locator(".px-play")
    assert button.get_attribute("aria-label") == "Play: Frame"
    before = page.evaluate(PIXELS)
    page.focus(".px-play")
    page.keyboard.press("Space")
    settled(page, before)
    assert button.get_attribute("aria-label") == "Pause: Frame"
    page.keyboard.press("Space")
    stopped = page.inner_text(frame)
    page.wait_for_timeout(600)
    assert page.inner_text(frame) == stopped != "1 of 16"
    page.focus("[data-control=frame]")
    page.keyboard.press("End")
    page.click(".px-play")  # at its end it starts anew
    page.keyboard.press("Tab")
    page.wait_for_function(
        "() => document.querySelector('.px-player output').textContent === '3 of 16'"
    )
    page.wait_for_function(
        "() => document.querySelector('.px-player output').textContent === '16 of 16'"
    )
    assert button.get_attribute("aria-label") == "Play: Frame"
    assert page.inner_text(".px-readout").startswith("Up to frame 16: ")
    assert wrong == []


# --- JupyterLab --------------------------------------------------------------------

SETUP = "import sys\nsys.path[:0] = {paths!r}\nimport stick_people as sample"
INLINE = (
    "from course_lib.widgets import cascade_stepper\n"
    "cascade_stepper(**sample.people(examples=2))"
)
LIVE = "live = sample.draggable().live()\nlive"
CUT = (
    "import cut_people\n"
    "from course_lib.widgets import cut_explorer\n"
    "cut_explorer(**cut_people.crowd(distances=(60, 20))).live()"
)


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """A server with notebooks: kernel-free, live, cut, and one not to be trusted."""
    for package in ("jupyterlab", "ipykernel", "anywidget"):
        pytest.importorskip(package)
    folder = tmp_path_factory.mktemp("notebooks")
    tests = Path(__file__).parent
    setup = SETUP.format(paths=[str(tests), str(tests.parent)])
    write_notebook(folder / "inline.ipynb", [setup, INLINE])
    write_notebook(folder / "live.ipynb", [setup, LIVE])
    write_notebook(folder / "cut.ipynb", [setup, CUT])
    bundle, _ = cascade_stepper(**people(examples=1))._repr_mimebundle_()
    output = {"output_type": "display_data", "data": bundle, "metadata": {}}
    write_notebook(folder / "stored.ipynb", ["1"], [output])
    with jupyterlab(folder, tmp_path_factory.mktemp("home")) as address:
        yield address


# Run all cells of the open notebook once its kernel is there; fails after a minute.
RUN_ALL = """() => {
  const run = async () => {
    await window.jupyterapp.restored;
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.context.ready;
    await panel.sessionContext.ready;
    await window.jupyterapp.commands.execute("notebook:run-all-cells");
  };
  const late = new Promise((_, refuse) => setTimeout(refuse, 60000, "no kernel"));
  return Promise.race([run(), late]);
}"""


def open_notebook(page, lab, name: str, run: bool = True) -> None:
    """Open a notebook in a workspace of its own and run all its cells."""
    page.goto(f"{lab}/lab/workspaces/{name}/tree/{name}.ipynb?reset", timeout=60_000)
    page.wait_for_selector(".jp-Notebook .jp-Cell", timeout=60_000)
    if run:
        page.evaluate(RUN_ALL)
        page.wait_for_selector(".px-readout:not(:empty)")
    page.locator(".px-root").scroll_into_view_if_needed()


def test_lab_keys_reach_the_slider_and_not_the_notebook(watched, lab):
    page, wrong = watched
    open_notebook(page, lab, "inline")
    cells = page.locator(".jp-Notebook .jp-Cell").count()
    active = "[...document.querySelectorAll('.jp-Cell')].map((c) => c.className).join()"
    page.focus("[data-control=stage]")
    before, state = page.evaluate(PIXELS), page.evaluate(active)
    page.keyboard.press("ArrowUp")
    settled(page, before)
    assert page.inner_text(".px-control output >> nth=0") == "3 of 3"
    for key in ("d", "d", "a", "j", "ArrowDown"):
        page.keyboard.press(key)
    assert page.inner_text(".px-control output >> nth=0") == "2 of 3"
    assert page.locator(".jp-Notebook .jp-Cell").count() == cells
    assert page.evaluate(active) == state
    assert wrong == []


def test_lab_drag_is_answered_by_python(watched, lab):
    page, wrong = watched
    open_notebook(page, lab, "live")
    assert page.inner_text(".px-readout") == "Peak at 20, 24."
    before = page.evaluate(PIXELS)
    box = page.locator("[data-panel=map]").bounding_box()
    unit = box["width"] / 64
    start = box["x"] + 20.5 * unit, box["y"] + 24.5 * unit
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move(start[0] + 5 * unit, start[1], steps=3)
    page.mouse.move(start[0] + 20 * unit, start[1] - 10 * unit, steps=5)
    page.mouse.up()
    page.wait_for_function(
        "() => /Peak at 40.*, 14/.test(document.querySelector('.px-readout').innerText)"
    )
    before = settled(page, before)
    page.focus("[data-control=shown]")
    page.keyboard.press("Space")
    settled(page, before)
    assert wrong == []


def test_lab_keyboard_moves_a_dot_and_errors_are_told(watched, lab):
    page, wrong = watched
    open_notebook(page, lab, "live")
    page.focus("[data-panel=map]")
    for key in ("Space", "ArrowLeft", "ArrowDown", "Space"):
        page.keyboard.press(key)
    page.wait_for_function(
        "() => document.querySelector('.px-readout').innerText === 'Peak at 19, 25.'"
    )
    page.evaluate(
        "() => { const canvas = document.querySelector('[data-panel=map]');"
        "const at = { pointerId: 1, bubbles: true, clientX: -50, clientY: 0 };"
        "canvas.dispatchEvent(new PointerEvent('pointerup', at)); }"
    )
    page.wait_for_function(
        "() => /left of the picture/.test("
        "document.querySelector('.px-readout').innerText)"
    )
    assert wrong == []


def told(page, text: str) -> None:
    """Wait until the read-out holds a text."""
    page.wait_for_function(
        "(text) => document.querySelector('.px-readout').innerText.includes(text)",
        arg=text,
    )


def test_lab_clicks_and_keys_join_candidates(watched, lab):
    page, wrong = watched
    open_notebook(page, lab, "cut")
    told(page, "18 parts alone.")
    assert "Drag the dots" not in page.inner_text(".px-probe")
    explorer = cut_explorer(**crowd(distances=(60, 20)))
    texts = of(explorer.frame().panels["image"], Text)
    head, neck, shoulder = ((mark.x, mark.y) for mark in texts[:3])
    box = page.locator("[data-panel=image]").bounding_box()
    unit = box["width"] / explorer.panels[0].width
    for x, y in (neck, head):
        page.mouse.click(box["x"] + (x + 0.5) * unit, box["y"] + (y + 0.5) * unit)
        page.wait_for_timeout(200)  # of two clicks that come up meanwhile one is kept
    told(page, "1 person of 2 parts")
    page.focus("[data-panel=image]")
    at = [explorer.panels[0].width // 2, explorer.panels[0].height // 2]
    keys = (("ArrowLeft", "ArrowRight"), ("ArrowUp", "ArrowDown"))
    for start, end, (back, on) in zip(at, shoulder, keys, strict=True):
        for _ in range(abs(round(end) - start)):
            page.keyboard.press(on if end > start else back)
    page.keyboard.press("Enter")
    told(page, "1 triangle is broken: HT–N–RS.")
    assert wrong == []


def test_lab_shows_the_picture_where_scripts_are_not_trusted(watched, lab):
    page, wrong = watched
    open_notebook(page, lab, "stored", run=False)
    image = page.wait_for_selector(".jp-OutputArea img")
    page.wait_for_function("(e) => e.naturalWidth === 900", arg=image)
    assert page.locator(".jp-OutputArea canvas").count() == 0
    assert image.get_attribute("alt").startswith("A cascade looks again")
    assert wrong == []
