"""Rules for what the author of a chapter writes: headings, rhythm, cells, exercises.

Each rule takes a notebook and returns one sentence for each breach. `RULES` lists them.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from nbformat import NotebookNode

from course_lib import launch
from course_lib.notebooks import EXERCISE, code_cells, tags

SECTIONS = [
    "## Setup",
    "## The problem before this paper",
    "## The idea in ten lines",
    "## The method",
    "## Training",
    "## Results",
    "## Explore",
    "## Break it",
    "## Claims under test",
    "## Paper and this notebook",
    "## Exercises",
    "## Recap and further reading",
]
PHOTOGRAPH = "### On a photograph"
TAGS = {
    *("parameters", "nbval-check-output", "exercise", "check", "widget"),
    "hide-input",
}
PARAMETERS = [
    'profile = os.environ.get("COURSE_PROFILE", "fast")',
    'data = os.environ.get("COURSE_DATA", "rendered")',
    'seed = int(os.environ.get("COURSE_SEED", "0"))',
]
FENCED = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
BREAK = re.compile(r"\$\$.*?\$\$|!\[|^\|", re.DOTALL | re.MULTILINE)
ADDRESS = re.compile(r"(https?|ftp)://|\bwww\.")
WORD = re.compile(r"\b[\w'-]+\b")
BELITTLING = re.compile(r"\b(simply|obviously|just)\b", re.IGNORECASE)


def lines_of(cell: NotebookNode) -> list[str]:
    """The lines of a cell's source."""
    return cell.source.split("\n")


def numbered_code(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Code cells with their number, as `In [number]` shows it."""
    yield from enumerate(code_cells(notebook), start=1)


def tree_of(cell: NotebookNode) -> ast.Module | None:
    """Syntax tree of a code cell, None when it is not plain Python."""
    try:
        return ast.parse(cell.source)
    except SyntaxError:
        return None


def headings(notebook: NotebookNode, depth: int) -> list[str]:
    """The headings down to a depth, in order."""
    text = "\n".join(c.source for c in notebook.cells if c.cell_type == "markdown")
    found = re.findall(r"^#+ .*$", FENCED.sub("", text), re.MULTILINE)
    return [line.rstrip() for line in found if line.index(" ") <= depth]


def section(notebook: NotebookNode, heading: str) -> list[NotebookNode]:
    """The cells from one heading of the second level to the next."""
    found, inside = [], False
    for cell in notebook.cells:
        if cell.cell_type == "markdown" and re.match(r"##? ", cell.source):
            inside = lines_of(cell)[0].rstrip() == heading
        if inside:
            found.append(cell)
    return found


def headings_in_order(notebook: NotebookNode) -> list[str]:
    """The title card and the twelve sections, each once, in the agreed order."""
    found = headings(notebook, depth=2)
    problems = []
    if not found or not re.match(r"# \d\d\. \S", found[0]):
        problems.append("the first heading is not '# NN. Title'")
    if found[1:] != SECTIONS:
        problems.append(f"the sections are {found[1:]}, not {SECTIONS}")
    results = NotebookNode(cells=section(notebook, "## Results"))
    if PHOTOGRAPH not in headings(results, depth=3):
        problems.append(f"there is no '{PHOTOGRAPH}' in the results")
    return problems


def only_known_tags(notebook: NotebookNode) -> list[str]:
    """No tag that a runner might treat in its own way."""
    used = {tag for cell in notebook.cells for tag in tags(cell)}
    return [f"tag {tag!r} is not allowed" for tag in sorted(used - TAGS)]


def one_parameters_cell(notebook: NotebookNode) -> list[str]:
    """One cell, tagged, that reads its three settings from the environment."""
    cells = [cell for cell in code_cells(notebook) if "parameters" in tags(cell)]
    if len(cells) != 1:
        return [f"{len(cells)} cells are tagged 'parameters', not 1"]
    code = [line.split("  #")[0].rstrip() for line in lines_of(cells[0])]
    return [f"the parameters lack: {line}" for line in PARAMETERS if line not in code]


def short_cells(notebook: NotebookNode) -> list[str]:
    """25 lines a code cell, 40 where a network is defined; 88 columns."""
    problems = []
    for number, cell in numbered_code(notebook):
        limit = 40 if defines_network(cell) else 25
        if len(lines_of(cell)) > limit:
            problems.append(f"cell {number} has {len(lines_of(cell))} lines > {limit}")
        widest = max(map(len, lines_of(cell)))
        if widest > 88:
            problems.append(f"cell {number} is {widest} columns wide > 88")
    return problems


def defines_network(cell: NotebookNode) -> bool:
    """Whether a cell defines a subclass of `nn.Module`."""
    tree = tree_of(cell)
    return tree is not None and any(
        isinstance(node, ast.ClassDef)
        and any(ast.unparse(base).endswith("Module") for base in node.bases)
        for node in tree.body
    )


def number_of_cells(notebook: NotebookNode) -> list[str]:
    """40 to 60 code cells."""
    count = len(code_cells(notebook))
    return [] if 40 <= count <= 60 else [f"there are {count} code cells, not 40-60"]


def code_after_words(notebook: NotebookNode) -> list[str]:
    """Never two code cells in a row."""
    problems, number = [], 0
    for before, cell in zip([None, *notebook.cells], notebook.cells, strict=False):
        number += cell.cell_type == "code"
        if before and before.cell_type == cell.cell_type == "code":
            problems.append(f"cell {number} follows a code cell without a sentence")
    return problems


def rhythm(notebook: NotebookNode) -> list[str]:
    """At most 150 words in a row without code, display formula, table or figure."""
    problems, words = [], 0
    for place, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            words = 0
            continue
        pieces = BREAK.split(FENCED.sub("$$code$$", cell.source))
        for piece_number, piece in enumerate(pieces):
            words = len(WORD.findall(piece)) + (words if piece_number == 0 else 0)
            if words > 150:
                begin = piece.strip()[:40]
                problems.append(f"{words} words in a row at item {place}: {begin!r}")
                words = 0
    return problems


def number_of_words(notebook: NotebookNode) -> list[str]:
    """3,000 to 5,000 words of text."""
    texts = [c.source for c in notebook.cells if c.cell_type == "markdown"]
    count = sum(len(WORD.findall(text)) for text in texts)
    return [] if 3000 <= count <= 5000 else [f"{count} words, not 3,000-5,000"]


def respectful_words(notebook: NotebookNode) -> list[str]:
    """No 'simply', 'obviously' or 'just': what is easy for us need not be."""
    return [
        f"the text says {match.group(0)!r}: ...{cell.source[match.start() - 20 :][:60]}"
        for cell in notebook.cells
        if cell.cell_type == "markdown"
        for match in BELITTLING.finditer(cell.source)
    ]


def launch_cell(notebook: NotebookNode) -> list[str]:
    """The generated launch cell and link, as `course_lib.launch` writes them."""
    address = launch.repository()
    mend = "run: python -m course_lib.launch"
    problems = []
    if launch.cell_source(address) not in [c.source for c in code_cells(notebook)]:
        problems.append(f"the launch cell is missing or differs; {mend}")
    if not any(line.startswith(launch.LINK) for line in lines_of(notebook.cells[0])):
        problems.append(f"the title card has no launch link; {mend}")
    return problems


def imports_in_setup(notebook: NotebookNode) -> list[str]:
    """Every import stands in the Setup section."""
    setup = {cell.id for cell in section(notebook, "## Setup")}
    return [
        f"cell {number} imports: {ast.unparse(node)}"
        for number, cell in numbered_code(notebook)
        for node in ast.walk(tree_of(cell) or ast.Module([], []))
        if isinstance(node, ast.Import | ast.ImportFrom) and cell.id not in setup
    ]


def plain_python(notebook: NotebookNode) -> list[str]:
    """No magics, no `interact` or `Output`, and every `show` has an alt text."""
    problems = []
    for number, cell in numbered_code(notebook):
        tree = tree_of(cell)
        if tree is None:
            problems.append(f"cell {number} is not plain Python (a magic?)")
            continue
        for node in ast.walk(tree):
            name = getattr(node, "id", getattr(node, "attr", getattr(node, "name", "")))
            if name in ("interact", "interactive", "Output"):
                problems.append(f"cell {number} uses {name}, which hides errors")
            if isinstance(node, ast.Call) and not has_alt(node):
                problems.append(f"cell {number} calls show without alt text")
    return problems


def has_alt(call: ast.Call) -> bool:
    """Whether a call is no `show` or `draw.show`, or gives an alt text."""
    if ast.unparse(call.func) not in ("show", "draw.show"):
        return True
    return len(call.args) > 1 or any(word.arg == "alt" for word in call.keywords)


def no_remote(notebook: NotebookNode) -> list[str]:
    """No network address in code, no remote or nameless picture in the text."""
    problems = [
        f"cell {number} names a network address"
        for number, cell in numbered_code(notebook)
        if ADDRESS.search(cell.source) and not cell.source.startswith(launch.MARK)
    ]
    for cell in notebook.cells:
        if cell.cell_type != "markdown":
            continue
        for alt, place in re.findall(r"!\[(.*?)\]\((.*?)\)", cell.source):
            if not alt.strip():
                problems.append(f"the picture {place} has no alt text")
            if not place.startswith(("attachment:", "data:")):
                problems.append(f"the picture {place} does not travel with the chapter")
        if re.search(r"<img\b", cell.source):
            problems.append("the text holds an <img> tag")
    return problems


def exercises(notebook: NotebookNode) -> list[str]:
    """Five or more, numbered, each followed by its check."""
    inside = section(notebook, "## Exercises")
    stubs = [c for c in code_cells(notebook) if "exercise" in tags(c)]
    checks = [c.source for c in code_cells(notebook) if "check" in tags(c)]
    problems = [] if len(stubs) >= 5 else [f"{len(stubs)} exercises, not 5 or more"]
    for cell in stubs:
        number = EXERCISE.match(cell.source)
        if number is None:
            problems.append(f"no '# Exercise NN.n' in {lines_of(cell)[0]!r}")
        elif not any(f'check("{number[1]}"' in source for source in checks):
            problems.append(f"exercise {number[1]} has no check cell")
        if [line.strip() for line in lines_of(cell)].count("return TODO") != 1:
            problems.append(f"{lines_of(cell)[0]!r} has not one line 'return TODO'")
        if cell not in inside:
            problems.append(f"{lines_of(cell)[0]!r} stands outside '## Exercises'")
    return problems


def paper_table(notebook: NotebookNode) -> list[str]:
    """A table of what was kept, changed and left out."""
    cells = section(notebook, "## Paper and this notebook")
    text = "\n".join(cell.source for cell in cells if cell.cell_type == "markdown")
    rows = [line for line in text.split("\n") if line.startswith("|")]
    problems = [] if len(rows) >= 5 else ["'Paper and this notebook' has no table"]
    for word in ("kept", "changed", "left out"):
        if word not in text.lower():
            problems.append(f"'Paper and this notebook' does not say what is {word}")
    return problems


RULES = [
    headings_in_order,
    only_known_tags,
    one_parameters_cell,
    short_cells,
    number_of_cells,
    code_after_words,
    rhythm,
    number_of_words,
    respectful_words,
    launch_cell,
    imports_in_setup,
    plain_python,
    no_remote,
    exercises,
    paper_table,
]
