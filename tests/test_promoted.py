"""What a chapter builds and course_lib keeps for later ones is the same in both.

The copy's docstring ends with: Built in chapter 04, "Heading in that chapter".
"""

import ast
import copy
import difflib
import re

import pytest
from contract_source import headings

from course_lib.notebooks import ROOT, code_cells, read

MENTION = "Built in chapter"
NOTE = re.compile(rf'^{MENTION} (\d\d), "(.+)"\.\Z', re.MULTILINE)  # the last line
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef


def docstring(node):
    """The docstring of a definition without its indentation; "" where it has none."""
    return (ast.get_docstring(node) or "").strip()


def bare(node):
    """A definition without its docstring."""
    node = copy.deepcopy(node)
    if ast.get_docstring(node) is not None:
        del node.body[0]
    return node


def promoted(source):
    """The definitions in `source` that say that a chapter built them."""
    nodes = [n for n in ast.walk(ast.parse(source)) if isinstance(n, DEFINITION)]
    return [node for node in nodes if MENTION in docstring(node)]


def difference(kept, source):
    """What to do so that `kept` is as in `source`, the code of a chapter, or ""."""
    found = [n for n in ast.parse(source).body if isinstance(n, DEFINITION)]
    found = [n for n in found if n.name == kept.name]
    if not found:
        return f"define {kept.name} in a code cell, not inside anything else"
    built = found[-1]  # the one that the name means at the end
    if ast.dump(bare(kept)) != ast.dump(bare(built)):
        sides = [ast.unparse(bare(node)).split("\n") for node in (built, kept)]
        lines = difflib.unified_diff(*sides, "notebook", "course_lib", lineterm="")
        return "make the code the same:\n" + "\n".join(lines)
    if (text := NOTE.sub("", docstring(kept)).strip()) != docstring(built):
        return f"make the docstring the same, not {text!r} and {docstring(built)!r}"
    return ""


FILES = sorted((ROOT / "course_lib").rglob("*.py"))
CASES = [
    pytest.param(path, node, id=f"{path.stem}.{node.name}")
    for path in FILES
    for node in promoted(path.read_text(encoding="utf-8"))
]


@pytest.mark.parametrize(("path", "node"), CASES)
def test_a_copy_is_what_its_chapter_built(path, node):
    where = f"{path.relative_to(ROOT).as_posix()}, {node.name}"
    note = NOTE.search(docstring(node))
    assert note, f'{where}: end the docstring with the line: {MENTION} NN, "Heading".'
    number, heading = note.groups()
    notebooks = sorted((ROOT / "notebooks").glob(f"{number}_*.ipynb"))
    if not notebooks:
        pytest.skip(f"there is no notebooks/{number}_*.ipynb yet")
    notebook = read(notebooks[0])
    titles = [line.lstrip("#").strip() for line in headings(notebook, depth=6)]
    name = notebooks[0].name
    wanted = f"{where}: no heading {heading!r} in {name}; add it or mend the docstring"
    assert heading in titles, wanted
    source = "\n\n".join(cell.source for cell in code_cells(notebook))
    todo = difference(node, source)
    assert not todo, f"{where} and {name}: {todo}"


BUILT = 'def half(x: int) -> float:\n    """A half.\n\n    x: any.\n    """\n'
BUILT += "    return x / 2\n"
KEPT = BUILT.replace("any.\n", f'any.\n    {MENTION} 04, "Halves".\n')
SHORT = 'class A:\n    """One line."""\n\n    b = 1\n'
LONGER = SHORT.replace("line.", f'line.\n\n    {MENTION} 04, "Halves".\n    ')


@pytest.mark.parametrize(("kept", "built"), [(KEPT, BUILT), (LONGER, SHORT)])
def test_equal_definitions_have_no_difference(kept, built):
    (node,) = promoted(kept)
    assert difference(node, built) == ""
    assert difference(node, f"import os\n\n{built}  # and a comment") == ""
    assert promoted(built) == []


@pytest.mark.parametrize(
    ("old", "new", "todo"),
    [
        ("x / 2", "x // 2", "code the same"),
        ("x: int", "x: float", "code the same"),
        ("def half", "@cache\ndef half", "code the same"),
        ("any", "even", "docstring the same"),
        ("half", "third", "define half"),
    ],
)
def test_a_difference_is_named(old, new, todo):
    (node,) = promoted(KEPT)
    assert todo in difference(node, BUILT.replace(old, new))


def test_of_two_definitions_the_last_counts():
    (node,) = promoted(KEPT)
    other = BUILT.replace("/", "//")
    assert difference(node, other + BUILT) == ""
    assert "code the same" in difference(node, BUILT + other)
