"""The teacher's release, made and graded by nbgrader itself."""

from __future__ import annotations

import ast
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace

import miniature
import nbformat
import pytest

from course_lib import notebooks, release

NAME = "01_miniature"
SLY = "    return min(2 * number, 99)"  # right in the open case, not in the hidden one


def submit(out: Path, student: str, answer: str) -> None:
    """Hand in the released notebook with an answer."""
    target = out / "submitted" / student / NAME / f"{NAME}.ipynb"
    target.parent.mkdir(parents=True)
    released = notebooks.read(out / "release" / NAME / f"{NAME}.ipynb")
    for cell in released.cells:
        cell.source = cell.source.replace("    return TODO", answer)
    nbformat.write(released, target)


def scores(out: Path) -> dict[str, float]:
    """The points of each student, from nbgrader's own record."""
    from nbgrader.api import Gradebook

    with Gradebook(f"sqlite:///{out / 'gradebook.db'}") as book:
        rows = book.assignment_submissions(NAME)
        return {row.student_id: row.score for row in rows}


def test_a_release_is_made_and_graded(tmp_path, monkeypatch):
    miniature.course(tmp_path)
    monkeypatch.setattr(notebooks, "ROOT", tmp_path)
    out = tmp_path / "out"
    assert release.main(["--out", str(out)]) == 0
    source = (out / "source" / NAME / f"{NAME}.ipynb").read_text()
    released = (out / "release" / NAME / f"{NAME}.ipynb").read_text()
    assert "return 2 * number" in source
    assert "doubles_infinity(double)" in source
    assert "return TODO" in released
    assert "return 2 * number" not in released
    assert "HIDDEN" not in released
    assert "infinity" not in released
    submit(out, "right", "    return number * 2")
    submit(out, "sly", SLY)
    release.nbgrader(["autograde", NAME, "--create"], out)
    assert scores(out) == {"right": 2.0, "sly": 0.0}


def double(number, times=2):
    """Twice the number.

    A docstring and a comment stand before the first line.
    """
    # This is how.
    with suppress(OverflowError):  # such blocks have bytecode without a line
        result = [number] * times
    return sum(result)


def test_the_answer_takes_the_place_of_the_stub():
    solution = SimpleNamespace(id="01.1", reference=double)
    stub = "# Exercise 01.1\ndef double(number, times=2):\n    return TODO"
    source = release.answered(stub, solution)
    namespace: dict = {"suppress": suppress}
    exec(source, namespace)
    assert namespace["double"](4) == 8
    assert source.startswith("# Exercise 01.1\ndef double(number, times=2):\n    ###")
    with pytest.raises(ValueError, match="needs one line 'return TODO'"):
        release.answered("def double(): ...", solution)


def test_gaps_are_named():
    solutions = [SimpleNamespace(id="01.2", reference=double, points=1, hidden=[])]
    with pytest.raises(ValueError, match="No solution for: # Exercise"):
        release.source_version(miniature.chapter(), solutions)
    alone = nbformat.v4.new_notebook()
    with pytest.raises(ValueError, match=r"No check cell for the exercises \['01.2'\]"):
        release.source_version(alone, solutions)


@pytest.mark.parametrize("path", notebooks.chapters(), ids=lambda path: path.stem)
def test_the_reference_answers_of_a_chapter_pass_its_graded_cells(path, monkeypatch):
    """Runs the graded cells alone, after the chapter's imports, hidden cases too."""
    solutions = notebooks.load_solutions(path).SOLUTIONS
    notebook = release.source_version(notebooks.read(path), solutions)
    cells = notebooks.code_cells(notebook)
    trees = [ast.parse(cell.source) for cell in cells]
    imports = [
        node
        for tree in trees
        for node in tree.body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    namespace: dict = {}
    exec("\n".join(map(ast.unparse, imports)), namespace)
    monkeypatch.setenv("COURSE_STRICT", "1")
    graded = [cell for cell in cells if "nbgrader" in cell.metadata]
    assert len(graded) == 2 * len(solutions)
    for cell in graded:
        exec(cell.source, namespace)
