"""The explorers of chapters 9 to 12 in a real browser: what a notebook stores of each,
and those with dots to drag as with a kernel, without JupyterLab around them."""

from __future__ import annotations

import json
from functools import cache

import pytest
import test_widgets_browser as browser
from crowded_people import crowd
from dense_person import dense
from explorer_marks import of
from occluded_person import branches
from planted_fields import planted_people
from pointing_people import pointing
from surface_errors import errors
from test_widgets_browser import PIXELS, settled, watching
from walkers import crossing

from course_lib.widgets import (
    Event,
    Handle,
    basin_explorer,
    crowd_index_calculator,
    gps_tuner,
    iuv_explorer,
    paf_explorer,
    refinement_stepper,
    tracking_theatre,
    two_branch_viewer,
    vote_catcher,
)

pytestmark, chromium, watched = browser.pytestmark, browser.chromium, browser.watched
MAKERS = {
    "fields": lambda: paf_explorer(**planted_people()),
    "theatre": lambda: tracking_theatre(**crossing()),
    "branches": lambda: two_branch_viewer(**branches()),
    "crowd": lambda: crowd_index_calculator(**crowd()),
    "iuv": lambda: iuv_explorer(**dense()),
    "gps": lambda: gps_tuner(**errors()),
    "votes": vote_catcher,
    "refinement": refinement_stepper,
    "basins": lambda: basin_explorer(**pointing()),
}
DRAGGED = ("fields", "crowd", "iuv", "basins")
NAMES = "(all) => all.map((e) => e.ariaLabel || e.labels[0].firstChild.innerText)"
KEEPS = "(all) => all.every((e) => e.dataset.lmSuppressShortcuts === 'true')"
SET = """(e, at) => {
  [e.value, e.checked] = [at, at === 1];
  e.dispatchEvent(new Event("input"));
}"""
# Pixels by which the page, and the explorer on it, are wider than their room.
SPILL = """() => [document.documentElement, document.querySelector(".px-root")].map(
  (element) => element.scrollWidth - element.clientWidth)"""
# The live front end with a model whose questions go to the function `ask`.
BRIDGE = """
window.answers = 0;
const model = {
  get: () => META,
  on: (_, hear) => { model.hear = hear; },
  send: async (question) => {
    await model.hear(await window.ask(question));
    window.answers += 1;
  },
};
render({ model, el: document.body });
"""


@cache
def made(name: str):
    """The explorer of this name."""
    return MAKERS[name]()


@pytest.fixture(scope="module", params=MAKERS)
def stored(request, chromium, tmp_path_factory):
    """An explorer as it is stored, and its page, which the tests of it share."""
    explorer = made(request.param)
    path = explorer.save(tmp_path_factory.mktemp("stored") / "page.html")
    with watching(chromium) as (page, wrong):
        page.goto(path.as_uri())
        page.wait_for_selector(".px-readout:not(:empty)")
        yield getattr(explorer, "stored", explorer), page, wrong


def test_what_is_shown_and_what_takes_focus_has_its_name(stored):
    explorer, page, wrong = stored
    controls = [control.label for control in explorer.controls]
    panels = [panel.title for panel in explorer.panels]
    focusable = page.locator(".px-root :is(input, select, [tabindex])")
    assert focusable.evaluate_all(NAMES) == controls + panels
    assert focusable.evaluate_all(KEEPS)
    assert page.locator(".px-panel-title").all_inner_texts() == panels
    keys = [key.text for key in explorer.legend]
    assert page.locator(".px-key").all_inner_texts() == keys
    assert page.inner_text(".px-readout") == explorer.frame().readout
    assert wrong == []


def test_every_control_reaches_both_ends_by_keyboard(stored):
    explorer, page, wrong = stored
    for control in explorer.controls:
        field = page.locator(f"[data-control={control.name}]")
        is_toggle = control.kind == "toggle"
        seen = {}
        for key in ("Space", "Space") if is_toggle else ("End", "Home"):
            field.press(key)
            at = int(field.is_checked() if is_toggle else field.input_value())
            seen[at] = page.evaluate(PIXELS)
            if told := field.get_attribute("aria-valuetext"):
                assert told == control.texts[at]
                assert field.evaluate("(e) => e.labels[0].innerText").endswith(told)
        assert sorted(seen) == [0, len(control.states) - 1], control.name
        assert seen[0] != seen[len(control.states) - 1], control.name
        field.evaluate(SET, control.index(control.start))
    assert wrong == []


def test_fits_wide_and_narrow_pages_in_the_light_and_in_the_dark(stored):
    _, page, wrong = stored
    before = page.evaluate(PIXELS)
    for scheme in ("dark", "light"):
        page.emulate_media(color_scheme=scheme)
        for width in (360, 420, 1100):
            page.set_viewport_size({"width": width, "height": 900})
            before = settled(page, before)
            assert max(page.evaluate(SPILL)) <= 0, (scheme, width)
        assert page.locator(".px-dark").count() == (scheme == "dark")
    assert wrong == []


class Kernel:
    """Python behind a page with the live explorer, and what was asked of it."""

    def __init__(self, explorer, page) -> None:
        self.explorer, self.page = explorer, page
        self.host, self.sent, self.asked = explorer.live(), [], 0
        self.host.send = self.sent.append
        meta = f"const META = {json.dumps(self.host.meta)};"
        page.expose_function("ask", self.answer)
        page.add_style_tag(content=self.host._css)
        page.add_script_tag(content=self.host._esm + meta + BRIDGE, type="module")
        self.settle()

    def answer(self, question: dict) -> dict:
        self.host._answer(self.host, question, [])
        return self.sent.pop()

    def settle(self) -> None:
        """Wait until one more question is answered and shown."""
        self.asked += 1
        self.page.wait_for_function("(n) => window.answers === n", arg=self.asked)
        told = self.explorer.frame(self.host.values).readout
        assert self.page.inner_text(".px-readout") == told

    def dots(self) -> dict[str, tuple[float, float]]:
        """Where the dots of the picture are."""
        marks = self.explorer.frame(self.host.values).panels["image"]
        return {dot.name: (dot.x, dot.y) for dot in of(marks, Handle)}

    def on_screen(self, place) -> list[float]:
        """Where a place of the picture lies on the page."""
        box = self.page.locator("[data-panel=image]").bounding_box()
        unit = box["width"] / self.explorer.panels[0].width
        corner = box["x"], box["y"]
        return [at + (p + 0.5) * unit for at, p in zip(corner, place, strict=True)]


@pytest.mark.parametrize("name", DRAGGED)
def test_dots_are_dragged_by_mouse_and_keyboard_and_clicks_answered(watched, name):
    page, wrong = watched
    kernel = Kernel(made(name), page)
    image = made(name).panels[0]
    for dot, (x, y) in kernel.dots().items():
        target = x + (12 if x < image.width / 2 else -12), y - 3
        seen = page.evaluate(PIXELS)
        page.mouse.move(*kernel.on_screen((x, y)))
        page.mouse.down()
        page.mouse.move(*kernel.on_screen(target))
        page.mouse.up()
        kernel.settle()
        assert kernel.dots()[dot] == pytest.approx(target, abs=2.01)  # half a cell
        assert page.evaluate(PIXELS) != seen
    before = kernel.dots()
    page.locator("[data-panel=image]").press("Space")  # picks the nearest up
    page.keyboard.press("Shift+ArrowRight")
    kernel.settle()
    page.keyboard.press("Space")
    after = kernel.dots()
    (dot,) = (name for name in before if after[name] != before[name])
    x, y = before[dot]
    assert after[dot] == pytest.approx((x + 10, y), abs=2.01)
    place = image.width - 3, 2
    expected = made(name).after(kernel.host.values, Event("click", "image", *place))
    page.mouse.click(*kernel.on_screen(place))
    kernel.settle()
    assert kernel.host.values == expected
    assert wrong == []
