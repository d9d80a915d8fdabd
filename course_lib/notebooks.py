"""Reading, cleaning and writing the chapters' notebooks.

A canonical notebook holds what a reader should see and nothing that changes between
two runs on the same machine: no timings, progress bars, warnings or widget state.
"""

from __future__ import annotations

import importlib.util
import inspect
import re
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import nbformat
from nbformat import NotebookNode

from course_lib.files import replacing

ROOT = Path(__file__).resolve().parents[1]
EXERCISE = re.compile(r"^# Exercise (\d\d\.\d+)")
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
KERNEL = {"display_name": "Python 3", "language": "python", "name": "python3"}
BACKSPACED = re.compile(r"[^\n]*\r(?!\n)")  # what a progress bar wrote over itself


def chapters() -> list[Path]:
    """The notebooks of all chapters, in order."""
    return sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))


def chapter(number: str) -> Path:
    """The notebook of one chapter: `"01"` or `"1"`. ValueError when there is none."""
    for path in chapters():
        if path.name[:2] == number.zfill(2):
            return path
    have = ", ".join(path.name[:2] for path in chapters()) or "none"
    raise ValueError(f"There is no notebook of chapter {number!r}; there are: {have}.")


def read(path: Path) -> NotebookNode:
    """The notebook at `path`."""
    return nbformat.read(path, as_version=4)


def write(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook; the file is the old or the new one, never half of it."""
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def code_cells(notebook: NotebookNode) -> list[NotebookNode]:
    """The code cells, in order."""
    return [cell for cell in notebook.cells if cell.cell_type == "code"]


def tags(cell: NotebookNode) -> list[str]:
    """The tags of a cell."""
    return cell.metadata.get("tags", [])


def canonical(notebook: NotebookNode) -> NotebookNode:
    """The notebook as it is committed; the argument is changed and returned."""
    notebook.metadata = NotebookNode(
        kernelspec=NotebookNode(KERNEL), language_info=NotebookNode(name="python")
    )
    for cell in notebook.cells:
        kept = {"tags": tags(cell)} if tags(cell) else {}
        cell.metadata = NotebookNode(kept)
    for count, cell in enumerate(code_cells(notebook), start=1):
        cell.execution_count = count
        cell.outputs = clean_outputs(cell.outputs, count)
    return notebook


def clean_outputs(outputs: list[Any], count: int) -> list[NotebookNode]:
    """The outputs without stderr, progress bars, widget views and empty ones."""
    kept: list[NotebookNode] = []
    for output in outputs:
        if output.output_type == "stream":
            add_stream(kept, output)
            continue
        if "data" in output:
            output.data.pop(WIDGET_VIEW, None)
            output.metadata.pop(WIDGET_VIEW, None)
            if not output.data:
                continue
        if output.output_type == "execute_result":
            output.execution_count = count
        kept.append(output)
    return kept


def add_stream(kept: list[NotebookNode], output: NotebookNode) -> None:
    """Append stdout text to `kept`, joined to the text before it; drop stderr."""
    text = BACKSPACED.sub("", output.text)
    if output.name != "stdout" or not text.strip():
        return
    if kept and kept[-1].output_type == "stream":
        kept[-1].text += text
    else:
        kept.append(nbformat.v4.new_output("stream", name="stdout", text=text))


def first_error(notebook: NotebookNode) -> str | None:
    """One paragraph on the first cell that raised, None where none did."""
    for number, cell in enumerate(code_cells(notebook), start=1):
        for output in cell.get("outputs", []):
            if output.output_type == "error":
                first = cell.source.strip().split("\n")[0]
                what = f"raised {output.ename}: {output.evalue}"
                if output.ename == "KeyboardInterrupt":
                    what = "took longer than its time limit"
                return f"code cell {number} ({first!r}) {what}"
    return None


def load_solutions(path: Path) -> ModuleType:
    """The module `solutions/NN_slug.py` that belongs to the notebook at `path`."""
    source = path.parents[1] / "solutions" / f"{path.stem}.py"
    if not source.exists():
        raise ValueError(f"{path.name} has no solutions: {source.name} is missing.")
    spec = importlib.util.spec_from_file_location(f"solutions_{path.stem}", source)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # inspect looks for it there
    spec.loader.exec_module(module)
    return module


def with_solutions(notebook: NotebookNode, solutions: list[Any]) -> NotebookNode:
    """The notebook with every exercise cell replaced by its reference answer.

    The answer must define the name that the stub defines; ValueError names an
    exercise without solution. The argument is changed and returned.
    """
    by_id = {solution.id: solution for solution in solutions}
    for cell in code_cells(notebook):
        if "exercise" not in tags(cell):
            continue
        number = EXERCISE.match(cell.source)
        if number is None or number[1] not in by_id:
            line = cell.source.split("\n")[0]
            raise ValueError(f"No solution for the exercise that begins {line!r}.")
        heading = cell.source.split("\n")[0]
        cell.source = f"{heading}\n{reference_source(by_id[number[1]])}"
    return notebook


def reference_source(solution: Any) -> str:
    """Source of a reference answer under the name that the exercise gives it."""
    source = inspect.getsource(solution.reference).rstrip()
    name = solution.reference.__name__
    return source if name == solution.name else f"{source}\n\n{solution.name} = {name}"


def script(notebook: NotebookNode) -> str:
    """The code cells as one Python script, for runs on several processes."""
    parts = [
        f"# %% code cell {number}\n{cell.source}"
        for number, cell in enumerate(code_cells(notebook), start=1)
    ]
    return "\n\n".join(parts) + "\n"
