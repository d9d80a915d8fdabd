"""The repository as a whole: small files, short functions, nothing of one machine."""

from __future__ import annotations

import ast
import re
import subprocess
import tokenize
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (".ci", ".github", "benchmarks", "course_lib", "data_scripts", "docs")
PLACES = [*FOLDERS, "notebooks", "solutions", "tests"]
GENERATED = {"__pycache__", ".ipynb_checkpoints"}
BINARY = {".png", ".jpg", ".npz", ".safetensors"}
# Pieces are put together here, so that this file does not hold what it looks for.
FORBIDDEN = re.compile(
    "|".join(
        [
            r"(?<![\w.~])/(work|farm)/",
            r"(?<![\w.~])/tmp/[vw]\b",
            r"files\.python" + "hosted",
            r"pypi\." + r"org/simple",
            r"registry\." + "npmjs",
            r"deb\." + "debian",
            r"\bextra-" + "index-url",
        ]
    )
)


def files() -> list[Path]:
    """What is, or would be, committed: from git where it answers, else from disk."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    if listed.returncode == 0 and listed.stdout:
        found = [ROOT / line for line in listed.stdout.splitlines()]
    else:
        found = [path for place in PLACES for path in (ROOT / place).rglob("*")]
        found += ROOT.glob("*.*")
    return [p for p in found if p.is_file() and not GENERATED & set(p.parts)]


FILES = files()
MODULES = [path for path in FILES if path.suffix == ".py"]


def name(path: Path) -> str:
    """The path as the repository knows it."""
    return path.relative_to(ROOT).as_posix()


def test_nothing_names_a_machine_or_a_package_registry():
    found = []
    for path in FILES:
        if path.suffix in BINARY:
            continue
        for number, line in enumerate(path.read_text("utf-8").split("\n"), start=1):
            if match := FORBIDDEN.search(line):
                found.append(f"{name(path)}:{number} says {match.group(0)!r}")
    assert not found, "\n".join(found)


def test_files_are_small():
    large = {name(path): path.stat().st_size for path in FILES}
    large = {k: v for k, v in large.items() if v > 2**20}
    allowed = ("notebooks/", "course_lib/assets/", "course_lib/weights/")
    assert not [path for path in large if not path.startswith(allowed)]
    assert all(size <= 3e6 for size in large.values()), large


def docstring_lines(node: ast.AST) -> int:
    """How many lines the docstring of a function takes."""
    first = node.body[0]
    if ast.get_docstring(node) is None:
        return 0
    return first.end_lineno - first.lineno + 1


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_and_functions_are_short(path):
    text = path.read_text(encoding="utf-8")
    is_list = name(path).startswith(("tests/", "solutions/"))  # of cases or of answers
    limit = 500 if is_list else 300
    count = len(text.splitlines())
    assert count <= limit, f"{name(path)} has {count} lines; split it"
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = node.end_lineno - node.lineno + 1 - docstring_lines(node)
            assert length <= 40, f"{name(path)}: {node.name} has {length} lines"


# No chapter calls these.
TOOLS = {"run", "execution", "notebooks", "code_hash", "contents", "launch"}
TOOLS |= {"release", "setup", "machine", "collecting", "judging"}
# Built in a chapter, imported by later ones.
PROMOTED = {"heatmaps", "hourglass", "simple_baseline"}
NO_CODE = {
    *(tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.ENDMARKER),
    *(tokenize.INDENT, tokenize.DEDENT),
}


def code_lines(path: Path) -> int:
    """Lines of code, without docstrings, comments and blank lines."""
    with path.open("rb") as file:
        lines = {
            line
            for token in tokenize.tokenize(file.readline)
            if token.type not in {*NO_CODE, tokenize.ENCODING}
            for line in range(token.start[0], token.end[0] + 1)
        }
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [
        node
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, documented) and ast.get_docstring(node) is not None
    ]
    return len(lines) - sum(docstring_lines(node) for node in nodes)


def test_what_chapters_call_stays_small():
    library = ROOT / "course_lib"
    modules = [*library.glob("*.py"), *(library / "metrics").glob("*.py")]
    counted = [path for path in modules if path.stem not in TOOLS | PROMOTED]
    assert sum(map(code_lines, counted)) <= 2500


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_modules_say_what_they_are_for(path):
    tree = ast.parse(path.read_text(encoding="utf-8"))
    assert not tree.body or ast.get_docstring(tree), f"{name(path)} has no docstring"


def test_the_library_does_not_import_the_data_scripts():
    for path in MODULES:
        if name(path).startswith("course_lib/"):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                imported = [alias.name for alias in getattr(node, "names", [])]
                imported.append(getattr(node, "module", None) or "")
                assert not any(str(m).startswith("data_scripts") for m in imported)
