"""The launch cell and the launch link, the same in every chapter.

    python -m course_lib.launch            put them into every notebook
    python -m course_lib.launch --check    only say which notebooks differ

Both are made from the repository's address in `[project.urls]` of `pyproject.toml`.
"""

from __future__ import annotations

import sys
import tomllib
from pathlib import Path

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell

from course_lib import notebooks

MARK = "# Launch cell, the same in every chapter."
LINK = "[Open in Colab]("
CELL = (
    MARK
    + """ On Colab it installs the course beside
# the torch and numpy that are there; anywhere else it does nothing.
import subprocess
import sys
from importlib.metadata import version
from importlib.util import find_spec

if "google.colab" in sys.modules and find_spec("course_lib") is None:
    have = ("torch", "torchvision", "numpy")
    kept = [f"{{name}}=={{version(name)}}" for name in have]
    place = "git+{repository}"
    course = f"human-pose-from-scratch @ {{place}}"
    pip = [sys.executable, "-m", "pip", "install", "--quiet"]
    subprocess.run([*pip, *kept, course], check=True)"""
)


def repository(root: Path = notebooks.ROOT) -> str:
    """The public address of the course, as `pyproject.toml` gives it."""
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))
    return project["project"]["urls"]["Repository"].rstrip("/")


def cell_source(address: str) -> str:
    """Source of the launch cell."""
    return CELL.format(repository=address)


def link(address: str, name: str) -> str:
    """The line in a title card, or a README, that opens a notebook on Colab."""
    place = address.removeprefix("https://github.com/")
    host = "https://colab.research.google.com/github"
    return f"{LINK}{host}/{place}/blob/main/notebooks/{name})"


def insert(notebook: NotebookNode, address: str, name: str) -> NotebookNode:
    """The notebook with launch cell and link as they should be; it is changed.

    ValueError when there is neither an old launch cell nor a `## Setup` heading.
    """
    card = notebook.cells[0]
    lines = [line for line in card.source.split("\n") if not line.startswith(LINK)]
    card.source = "\n".join([*lines, link(address, name)])
    for cell in notebook.cells:
        if cell.source.startswith(MARK):
            cell.source = cell_source(address)
            return notebook
    for place, cell in enumerate(notebook.cells):
        if cell.source.startswith("## Setup"):
            notebook.cells.insert(place + 1, new_code_cell(cell_source(address)))
            return notebook
    raise ValueError(f"{name} has no heading '## Setup' to put the launch cell under.")


def main(arguments: list[str]) -> int:
    """Command line; returns 1 when `--check` found a notebook that differs."""
    differ = False
    for path in notebooks.chapters():
        before = notebooks.read(path)
        after = insert(notebooks.read(path), repository(), path.name)
        if before == after:
            continue
        differ = True
        if "--check" in arguments:
            print(f"{path.name} differs: python -m course_lib.launch mends it")
        else:
            notebooks.write(after, path)
            print(f"wrote {path.name}")
    return int(differ and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
