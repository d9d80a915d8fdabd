"""A miniature course in a temporary folder, for tests of the tools around notebooks."""

from __future__ import annotations

from pathlib import Path

import nbformat

PARAMETERS = """import os
import sys

profile = os.environ.get("COURSE_PROFILE", "fast")
data = os.environ.get("COURSE_DATA", "rendered")
seed = int(os.environ.get("COURSE_SEED", "0"))"""

DEFINITIONS = """TODO = "not started"


def check(number, function):
    answer = function(3)
    print("passed" if answer == 6 else answer)
    if os.environ.get("COURSE_STRICT") == "1" and answer != 6:
        raise AssertionError(answer)"""

EXERCISE = """# Exercise 01.1 (1 min) - return twice the number
def double(number):
    return TODO"""

CHECK = 'check("01.1", double)'

SOLUTIONS = '''"""Answers of the miniature chapter."""

import math
from types import SimpleNamespace


def double(number):
    return 2 * number


def doubles_infinity(answer):
    assert answer(math.inf) == math.inf


SOLUTIONS = [
    SimpleNamespace(
        id="01.1",
        name="double",
        reference=double,
        points=2,
        hidden=[SimpleNamespace(name="infinity", test=doubles_infinity)],
    )
]
'''


def code(source: str, *tags: str) -> nbformat.NotebookNode:
    """A code cell with tags."""
    cell = nbformat.v4.new_code_cell(source)
    if tags:
        cell.metadata["tags"] = list(tags)
    return cell


def text(source: str) -> nbformat.NotebookNode:
    """A markdown cell."""
    return nbformat.v4.new_markdown_cell(source)


def chapter(*cells: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """A notebook that says its settings, runs `cells` and has one exercise."""
    parts = [
        text("# 01. A miniature"),
        code(PARAMETERS, "parameters"),
        code("print(profile, data, seed)"),
        *cells,
        text("## Exercises"),
        code(DEFINITIONS),
        code(EXERCISE, "exercise"),
        code(CHECK, "check"),
    ]
    for number, cell in enumerate(parts):
        cell.id = f"cell-{number:02d}"
    return nbformat.v4.new_notebook(cells=parts)


def course(root: Path, *cells: nbformat.NotebookNode) -> Path:
    """Write the miniature course below `root`; returns the notebook's path."""
    for name in ("notebooks", "solutions"):
        (root / name).mkdir(parents=True, exist_ok=True)
    path = root / "notebooks" / "01_miniature.ipynb"
    nbformat.write(chapter(*cells), path)
    (root / "solutions" / "01_miniature.py").write_text(SOLUTIONS, encoding="utf-8")
    return path
