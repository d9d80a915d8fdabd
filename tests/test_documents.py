"""README, CONTRIBUTING and docs: commands exist, tables and addresses are in step."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import miniature
import nbformat
import pytest

from course_lib import contents, launch, notebooks, setup

ROOT = notebooks.ROOT
DOCUMENTS = ["README.md", "CONTRIBUTING.md", "docs/maintaining.md"]
HEADINGS = [
    *("Start", "Chapters", "Study", "Teach", "Extend", "Data and licences"),
    *("How it is checked", "Cite"),
]
CODE = re.compile(r"^ *```\n(.*?)^ *```|`([^`\n]+)`", re.MULTILINE | re.DOTALL)
STARTS = ("make ", "python ", ".venv/bin/python ")
# Commands that show their help in a second or two; the others are run by tests of
# their own, or by `make test` itself.
SHORT = ["course_lib.run", "course_lib.release", "course_lib.setup"]


def commands() -> list[str]:
    """Every command that the documents name, comments taken off."""
    found = []
    for name in DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        for block, inline in CODE.findall(text):
            for line in (block or inline).split("\n"):
                line = line.split("#")[0].strip()
                if line.startswith(STARTS):
                    found.append(line)
    return sorted(set(found))


COMMANDS = commands()


def targets() -> set[str]:
    """The targets of the Makefile."""
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z]+):", text, re.MULTILINE))


def test_commands_are_found():
    assert {"make lab", "make test", "make book"} <= set(COMMANDS)
    assert len(COMMANDS) > 15


@pytest.mark.parametrize("command", COMMANDS)
def test_the_command_exists(command):
    program, *words = shlex.split(command)
    if program == "make":
        assert words[0] in targets()
    elif words[0] == "-m":
        assert find_spec(words[1]), f"{command}: there is no module {words[1]}"
        check_options(words[1], words[2:])
    else:
        assert (ROOT / words[0]).exists()


def check_options(module: str, words: list[str]) -> None:
    """Each option of a command of ours stands in the text of its module."""
    if not module.startswith(("course_lib", "data_scripts")):
        return
    if find_spec(module).submodule_search_locations:
        module = f"{module}.__main__"
    text = Path(find_spec(module).origin).read_text(encoding="utf-8")
    for word in words:
        if word.startswith("--"):
            assert word.removeprefix("--") in text, f"{module} does not know {word}"


@pytest.mark.parametrize("module", SHORT)
def test_short_commands_run(module):
    command = [sys.executable, "-m", module, "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_make_lists_its_commands():
    done = subprocess.run(["make", "help"], cwd=ROOT, capture_output=True, text=True)
    listed = {line.split("\t")[0] for line in done.stdout.splitlines()}
    assert listed >= targets() - {"help"}


def test_the_readme_has_its_parts_in_order():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.findall(r"^## (.*)$", text, re.MULTILINE) == HEADINGS
    picture = re.search(r"!\[(.+)\]\((.+)\)", text)
    assert (ROOT / picture[2]).exists(), f"{picture[2]} is missing"


def test_the_table_is_up_to_date():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert contents.renewed(text) == text, "run: python -m course_lib.contents"
    assert len(contents.CHAPTERS) == 12


def test_the_address_is_the_same_everywhere():
    address = launch.repository()
    assert f"git clone {address}\n" in (ROOT / "README.md").read_text("utf-8")
    assert f"repository-code: {address}\n" in (ROOT / "CITATION.cff").read_text("utf-8")


def test_links_lead_somewhere():
    for name in DOCUMENTS:
        text = (ROOT / name).read_text(encoding="utf-8")
        for place in re.findall(r"\]\(([^)#]+)\)", text):
            if "://" not in place:
                assert (ROOT / name).parent.joinpath(place).exists(), place


def test_minutes_and_verdicts_come_from_stored_results():
    claim = {"id": "a", "verdict": "holds", "interval": [1, 2]}
    entry = {
        "data": "rendered",
        "profile": "fast",
        "device": "CPU",
        "timings": {"chapter": {"mean": 126.0}},
        "claims": [
            claim,
            {**claim, "id": "b", "verdict": "fails"},
            {**claim, "id": "c", "verdict": "illustration", "interval": None},
        ],
    }
    assert contents.minutes([entry]) == "2.1 (fast, CPU)"
    assert contents.minutes([entry | {"data": "lspet"}]) == "–"  # another task
    assert contents.verdicts([entry]) == "1 hold, 1 fail"
    assert contents.verdicts([entry | {"profile": "full"}]) == "1 hold, 1 fail"
    assert contents.verdicts([entry | {"data": "lspet"}]) == "–"
    assert (contents.minutes([]), contents.verdicts([])) == ("–", "–")


def test_the_launch_cell_is_put_where_it_belongs():
    card, setup = miniature.text("# 01. A"), miniature.text("## Setup")
    notebook = nbformat.v4.new_notebook(cells=[card, setup, miniature.code("1")])
    first = launch.insert(notebook, "https://github.com/a/b", "01_a.ipynb")
    assert first.cells[2].source.startswith(launch.MARK)
    assert "git+https://github.com/a/b" in first.cells[2].source
    again = launch.insert(first, "https://github.com/c/d", "01_a.ipynb")
    assert len(again.cells) == 4
    assert "git+https://github.com/c/d" in again.cells[2].source
    assert again.cells[0].source.count("Open in Colab") == 1
    compile(again.cells[2].source, "cell", "exec")
    real = launch.cell_source(launch.repository())
    assert max(map(len, real.split("\n"))) <= 88
    assert len(real.split("\n")) <= 25
    with pytest.raises(ValueError, match="no heading '## Setup'"):
        launch.insert(nbformat.v4.new_notebook(cells=[card]), "https://x", "n")


def test_the_launch_cell_does_nothing_elsewhere():
    source = launch.cell_source("https://github.com/a/b")
    fails = "import subprocess\nsubprocess.run = None\n"
    done = subprocess.run([sys.executable, "-c", fails + source], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_make_book_rewrites_a_copy(tmp_path):
    """`make book` on a copy with one miniature chapter, in profile smoke.

    The copy's environment is a stand-in that calls the Python of this test.
    """
    root = tmp_path / "copy"
    path = miniature.course(root)
    for name in ("Makefile", *setup.INPUTS):
        shutil.copy(ROOT / name, root)
    skipped = shutil.ignore_patterns("__pycache__", "assets", "weights")
    shutil.copytree(ROOT / "course_lib", root / "course_lib", ignore=skipped)
    python = setup.program(root / ".venv", "python")
    python.parent.mkdir(parents=True)
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    (root / ".venv" / "course-stamp").write_text(setup.fingerprint(root))
    done = subprocess.run(
        ["make", "book", "BOOK_ARGS=--profile smoke --output notebooks"],
        cwd=root,
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHON": sys.executable},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    cells = notebooks.code_cells(notebooks.read(path))
    assert cells[1].outputs[0].text == "smoke rendered 0\n"
