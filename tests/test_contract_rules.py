"""Each rule of the contract passes a good miniature notebook and finds its breach."""

from __future__ import annotations

import contract_outputs as shown
import contract_source as written
import nbformat
import pytest
from miniature import code, text

from course_lib import launch

WORDS = "word " * 140
STUB = "# Exercise 01.{} (5 min) - add\ndef add(a, b):\n    return TODO"
TABLE = """## Paper and this notebook

| part | paper | here |
|---|---|---|
| kept | loss | the same |
| changed | 220 | 96 |
| left out | ensembles | - |"""


def notebook(*cells):
    """A notebook with execution counts."""
    made = nbformat.v4.new_notebook(cells=list(cells))
    codes = [cell for cell in made.cells if cell.cell_type == "code"]
    for count, cell in enumerate(codes, start=1):
        cell.execution_count = count
    return made


def printed(words, *tags, name="stdout"):
    """A code cell that has printed words."""
    cell = code("print(words)", *tags)
    cell.outputs = [nbformat.v4.new_output("stream", name=name, text=words)]
    return cell


def pictured(kind="image/png", alt="a person", *tags, **data):
    """A code cell that has shown a picture."""
    cell = code('show(figure, alt="a person")', *tags)
    metadata = {kind: {"alt": alt}} if alt else {}
    shown_data = {kind: "iVBORw0KGgo=", "text/plain": "Figure", **data}
    cell.outputs = [
        nbformat.v4.new_output("display_data", data=shown_data, metadata=metadata)
    ]
    return cell


def sections(*, drop="", photograph=True):
    """A notebook with nothing but its headings."""
    cells = [text("# 01. DeepPose")]
    for heading in written.SECTIONS:
        if heading != drop:
            cells.append(text(f"{heading}\n\nWords.\n\n```\n# no heading\n```"))
        if heading == "## Results" and photograph:
            cells.append(text(written.PHOTOGRAPH))
    return notebook(*cells)


def launched(address=None, link=True):
    """A notebook with the generated launch cell."""
    address = address or launch.repository()
    card = launch.link(address, "01_deeppose.ipynb") if link else "no link"
    return notebook(text(f"# 01. A\n\n{card}"), code(launch.cell_source(address)))


def exercised(count=5, *, checked=True, stub=STUB):
    """A notebook with exercises."""
    cells = [text("## Exercises")]
    for k in range(1, count + 1):
        cells += [code(stub.format(k), "exercise"), text("Is it right?")]
        number = k if checked else 9
        cells += [code(f'check("01.{number}", add)', "check"), text("Next.")]
    return notebook(*cells)


def parameters(*lines):
    """A notebook with one cell of parameters."""
    return notebook(code("\n".join(lines), "parameters"))


network = code("class Net(nn.Module):\n" + "    x = 1\n" * 38)
error = nbformat.v4.new_output("error", ename="ValueError", evalue="", traceback=[])
failing = code("raise ValueError")
failing.outputs = [error]
stated = notebook(text("a"))
stated.metadata["widgets"] = {}
unordered = notebook(code("1"))
unordered.cells[0].execution_count = 7

# rule, a notebook that keeps it, notebooks that break it
CASES = [
    (
        written.headings_in_order,
        sections(),
        [sections(drop="## Training"), sections(photograph=False)],
    ),
    (
        written.only_known_tags,
        notebook(code("1", "widget", "hide-input")),
        [notebook(code("1", "raises-exception"))],
    ),
    (
        written.one_parameters_cell,
        parameters(*written.PARAMETERS),
        [parameters(*written.PARAMETERS[:2], "seed = 0"), notebook(code("1"))],
    ),
    (
        written.short_cells,
        notebook(network, code("1\n" * 24 + "1")),
        [notebook(code("1\n" * 25 + "1")), notebook(code("1" * 89))],
    ),
    (
        written.number_of_cells,
        notebook(*[code("1") for _ in range(40)]),
        [
            notebook(*[code("1") for _ in range(39)]),
            notebook(*[code("1") for _ in range(61)]),
        ],
    ),
    (
        written.code_after_words,
        notebook(code("1"), text("then"), code("2")),
        [notebook(code("1"), code("2"))],
    ),
    (
        written.rhythm,
        notebook(text(WORDS), code("1"), text(WORDS + "\n\n$$x$$\n\n" + WORDS)),
        [notebook(text(WORDS), text(WORDS)), notebook(text(WORDS + WORDS))],
    ),
    (
        written.number_of_words,
        notebook(text("word " * 3000)),
        [notebook(text("word " * 2999)), notebook(text("word " * 5001))],
    ),
    (
        written.respectful_words,
        notebook(text("We adjust it.")),
        [notebook(text("We simply add.")), notebook(text("Just add."))],
    ),
    (
        written.launch_cell,
        launched(),
        [launched("https://example.org/other"), launched(link=False)],
    ),
    (
        written.imports_in_setup,
        notebook(text("## Setup"), code("import os"), text("## The method")),
        [notebook(text("## Setup"), text("## The method"), code("import os"))],
    ),
    (
        written.plain_python,
        notebook(code('show(grid(images), alt="four people")')),
        [
            notebook(code("%matplotlib inline")),
            notebook(code("interact(f)")),
            notebook(code("from ipywidgets import Output")),
            notebook(code("draw.show(figure)")),
        ],
    ),
    (
        written.no_remote,
        notebook(text("[paper](https://example.org)"), code("1")),
        [
            notebook(code('url = "https://example.org"')),
            notebook(text("![a net](https://example.org/a.png)")),
            notebook(text("![](attachment:a.png)")),
        ],
    ),
    (
        written.exercises,
        exercised(),
        [exercised(4), exercised(checked=False), exercised(stub="def add(): ...")],
    ),
    (
        written.paper_table,
        notebook(text(TABLE)),
        [
            notebook(text("## Paper and this notebook\n\nWe kept all.")),
            notebook(text(TABLE.replace("left out", "dropped"))),
        ],
    ),
    (shown.executed_in_order, notebook(code("1"), code("2")), [unordered]),
    (
        shown.no_errors,
        notebook(printed("fine")),
        [notebook(failing), notebook(printed("warned", name="stderr"))],
    ),
    (
        shown.lasting_text,
        notebook(printed("PCK 0.52 of 31 joints, 96x96 px, 0.5 s/px")),
        [
            notebook(printed("read /home/reader/a.jpg")),
            notebook(printed("took 3.2 seconds")),
            notebook(printed("UserWarning: old")),
            notebook(printed("50%|##")),
            notebook(printed("<Net object at 0x7f3a1b2c3d>")),
        ],
    ),
    (
        shown.no_widget_state,
        notebook(pictured()),
        [stated, notebook(pictured(**{shown.WIDGET_VIEW: {}}))],
    ),
    (
        shown.no_remote_outputs,
        notebook(pictured(**{"text/html": "<svg xmlns='http://www.w3.org/2000/svg'>"})),
        [notebook(pictured(**{"text/html": "<img src='https://example.org/a'>"}))],
    ),
    (
        shown.pictures_have_alt,
        notebook(pictured(), pictured("image/jpeg")),
        [
            notebook(pictured(alt="")),
            notebook(pictured(**{"text/html": "<img src='data:image/png;base64,'>"})),
        ],
    ),
    (
        shown.contract_cells,
        notebook(*[printed("(8, 14, 2)", "nbval-check-output") for _ in range(8)]),
        [
            notebook(printed("(8, 14, 2)", "nbval-check-output")),
            notebook(*[code("1", "nbval-check-output") for _ in range(8)]),
        ],
    ),
    (
        shown.widgets_have_pictures,
        notebook(pictured("image/jpeg", "a person", "widget")),
        [
            notebook(printed("a widget", "widget")),
            notebook(code("1")),
            notebook(pictured("image/png", "a", "widget", html="x" * 300_000)),
        ],
    ),
    (shown.small_file, notebook(text("a")), [notebook(text("a" * 2**20))]),
]
CLAIM = {
    "id": "01.a",
    "values": dict.fromkeys("01234", 3.0),
    "threshold": 1.0,
    "estimate": 3.0,
    "interval": [2.0, 4.0],
    "verdict": "holds",
}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0].__name__)
def test_the_rule_passes_the_good_and_finds_the_bad(case):
    rule, good, bad = case
    assert rule(good) == []
    for example in bad:
        assert rule(example), "this breach was not found"


def test_every_rule_has_a_case():
    assert [case[0] for case in CASES] == [*written.RULES, *shown.RULES]


def stored(**changes):
    """A result file with three claims, the first of them changed."""
    claims = [{**CLAIM, "id": f"01.{name}"} for name in "abc"]
    claims[0] |= changes
    return {"entries": [{"claims": claims}]}


def test_claims_that_are_tested_pass():
    assert shown.tested_claims(stored()) == []
    low = {"estimate": 0.0, "interval": [-1.0, 0.5], "verdict": "fails"}
    assert shown.tested_claims(stored(**low)) == []
    wide = {"interval": [0.5, 4.0], "verdict": "inconclusive"}
    assert shown.tested_claims(stored(**wide)) == []


@pytest.mark.parametrize(
    "change",
    [
        {"values": dict.fromkeys("0123", 3.0)},
        {"interval": None, "verdict": "illustration"},
        {"verdict": "fails"},
        {"estimate": 5.0},
        {"id": "01.b"},
    ],
)
def test_claims_that_are_not_are_found(change):
    assert shown.tested_claims(stored(**change))
