"""The teacher's release: the course as an nbgrader course.

    python -m course_lib.release --out DIR

`DIR/source` holds every chapter with its reference answers and points, `DIR/release`
what students get: the same without the answers. Grade with `nbgrader autograde NAME`.
"""

from __future__ import annotations

import argparse
import ast
import inspect
import os
import subprocess
import sys
import sysconfig
import textwrap
from pathlib import Path
from typing import Any

from nbformat import NotebookNode

from course_lib import notebooks

BEGIN, END = "### BEGIN {}", "### END {}"
STUB = "return TODO"
STRICT = f"""{BEGIN.format("HIDDEN TESTS")}
os.environ["COURSE_STRICT"] = "1"  # check raises where it would only say
{END.format("HIDDEN TESTS")}"""
CONFIG = f'''"""Settings of this nbgrader course; see the course's README."""

import os

# Grading trains two steps, enough for the exercises; "fast" trains as students do.
os.environ.setdefault("COURSE_PROFILE", "smoke")

c = get_config()
c.CourseDirectory.course_id = "human-pose-from-scratch"
c.ClearSolutions.code_stub = {{"python": "{STUB}"}}
c.ExecutePreprocessor.timeout = 900
'''


def region(kind: str, lines: str) -> str:
    """Lines between the marks that nbgrader looks for."""
    return f"{BEGIN.format(kind)}\n{lines.strip()}\n{END.format(kind)}"


def body(function: Any) -> str:
    """Source of a function's body, from the first column."""
    lines = inspect.getsource(function).rstrip().split("\n")
    first = function.__code__.co_firstlineno
    rows = [row for *_, row in function.__code__.co_lines() if row]  # some have none
    start = min(row for row in rows if row > first)
    return textwrap.dedent("\n".join(lines[start - first :]))


def answered(stub: str, solution: Any) -> str:
    """The stub of an exercise with its reference answer in place of `return TODO`.

    ValueError when the stub has not exactly one such line.
    """
    lines = stub.split("\n")
    places = [n for n, line in enumerate(lines) if line.strip() == STUB]
    if len(places) != 1:
        raise ValueError(f"Exercise {solution.id} needs one line {STUB!r}.")
    place = places[0]
    indent = lines[place].removesuffix(STUB)
    answer = textwrap.indent(region("SOLUTION", body(solution.reference)), indent)
    return "\n".join([*lines[:place], answer, *lines[place + 1 :]])


def hidden_tests(solution: Any) -> str:
    """Code that runs the hidden cases of an exercise on the answer; it may be empty.

    A case's function may use what its module imports, and nothing else of it.
    """
    module = inspect.getmodule(solution.reference)
    imports = [
        ast.unparse(node)
        for node in ast.parse(inspect.getsource(module)).body
        if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    tests = [case.test for case in solution.hidden]
    sources = [inspect.getsource(test).rstrip() for test in tests]
    calls = [f"{test.__name__}({solution.name})" for test in tests]
    return "\n".join([*imports, *sources, *calls]) if tests else "pass"


def graded(cell: NotebookNode, name: str, points: float | None) -> None:
    """Mark a cell for nbgrader: an answer, or a test that gives points."""
    is_test = points is not None
    settings = {"grade": is_test, "solution": not is_test, "locked": is_test}
    name = name.replace(".", "-")  # nbgrader's names have no dots
    settings |= {"grade_id": name, "schema_version": 3, "task": False}
    if is_test:
        settings["points"] = points
    cell.metadata["nbgrader"] = settings


def source_version(notebook: NotebookNode, solutions: list[Any]) -> NotebookNode:
    """The chapter with answers, points and strict checks; it is changed and returned.

    ValueError names an exercise without solution, or without check cell.
    """
    by_id = {solution.id: solution for solution in solutions}
    missing = set(by_id)
    for cell in notebooks.code_cells(notebook):
        if "exercise" in notebooks.tags(cell):
            number = notebooks.EXERCISE.match(cell.source)
            if number is None or number[1] not in by_id:
                raise ValueError(f"No solution for: {cell.source.splitlines()[0]}")
            cell.source = answered(cell.source, by_id[number[1]])
            graded(cell, f"exercise-{number[1]}", None)
        if "check" in notebooks.tags(cell):
            found = [id_ for id_ in by_id if f'"{id_}"' in cell.source]
            if len(found) != 1:
                raise ValueError(f"This check names no one exercise: {cell.source}")
            solution = by_id[found[0]]
            hidden = region("HIDDEN TESTS", hidden_tests(solution))
            cell.source = "\n".join([STRICT, cell.source, hidden])
            graded(cell, f"check-{solution.id}", solution.points)
            missing -= set(found)
    if missing:
        raise ValueError(f"No check cell for the exercises {sorted(missing)}.")
    return notebook


def write_source(path: Path, out: Path) -> Path:
    """Write the source version of a chapter into the nbgrader course at `out`."""
    solutions = notebooks.load_solutions(path).SOLUTIONS
    notebook = source_version(notebooks.read(path), solutions)
    target = out / "source" / path.stem / path.name
    notebooks.write(notebook, target)
    return target


def nbgrader(arguments: list[str], out: Path) -> None:
    """Run an nbgrader command in a course; SystemExit with its words on failure."""
    command = [sys.executable, "-m", "nbgrader", *arguments]
    # It calls programs that are installed beside it.
    path = os.pathsep.join([sysconfig.get_path("scripts"), os.environ.get("PATH", "")])
    environment = {**os.environ, "PATH": path}
    done = subprocess.run(
        command, cwd=out, capture_output=True, text=True, env=environment
    )
    if done.returncode:
        raise SystemExit(f"nbgrader {arguments[0]} failed:\n{done.stderr[-1500:]}")


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    parser = argparse.ArgumentParser("course_lib.release", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("--out", type=Path, default=Path(".release"))
    out = parser.parse_args(arguments).out
    if not notebooks.chapters():
        print("There is no chapter yet in notebooks/.", file=sys.stderr)
        return 1
    out.mkdir(parents=True, exist_ok=True)
    (out / "nbgrader_config.py").write_text(CONFIG, encoding="utf-8")
    for path in notebooks.chapters():
        try:
            write_source(path, out)
        except ValueError as error:
            print(f"{path.name}: {error}", file=sys.stderr)
            return 1
        nbgrader(["generate_assignment", path.stem, "--create", "--force"], out)
        print(f"released {path.stem}")
    print(f"The course is in {out}: `source` for teachers, `release` for students.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
