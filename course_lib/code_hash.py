"""A fingerprint of the code behind a chapter's numbers, to tell when they are stale.

It covers the chapter's code cells and every function, class and constant of course_lib
that they use, directly or not. Comments, docstrings, formatting and annotations do not
count, nor does what only shows results.
"""

from __future__ import annotations

import ast
import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PACKAGE = Path(__file__).resolve().parent
LAUNCH_CELL = "# Launch cell"  # it names the course's address, and computes nothing
SKIPPED_TAGS = {"parameters", "exercise", "check", "widget", "hide-input"}
DRAWING = ("course_lib.draw.", "course_lib.widgets.")
# Shows or stores results and changes none.
PRESENTATION = (
    *DRAWING,
    "course_lib.checkpoints.",
    "course_lib.claims.",
    "course_lib.exercises.",
    "course_lib.files.",
    "course_lib.progress.",
    "course_lib.results.",
)
PRINTING = {"print", "display"}
# Differ between versions of Python, or change nothing that is computed.
SKIPPED_FIELDS = {"annotation", "returns", "type_params", "type_comment", "kind"}


def code_hash(notebook: Path, package: Path = PACKAGE) -> str:
    """Sixteen hexadecimal digits for the notebook at a path.

    ValueError when a used name of course_lib cannot be found; SyntaxError when a cell
    is not Python.
    """
    statements = ast.parse(_source(notebook)).body
    imports = _imports(statements)
    kept = [item for item in statements if not _only_shows(item, imports)]
    kept = [item for item in kept if not isinstance(item, ast.Import | ast.ImportFrom)]
    library = _Library(package)
    library.follow(kept, imports)
    everything = [_shape(kept), sorted(library.found.items())]
    return hashlib.sha256(repr(everything).encode()).hexdigest()[:16]


@dataclass(frozen=True)
class _Module:
    """Where the names of a module lead, and the statements that bind its own names."""

    paths: dict[str, str]
    statements: dict[str, list[ast.stmt]]


class _Library:
    """The definitions of course_lib that some code uses, found without running it."""

    def __init__(self, package: Path) -> None:
        self.found: dict[str, str] = {}  # path -> shape of the definition
        self._package = package
        self._modules: dict[str, _Module] = {}

    def follow(self, statements: list[ast.stmt], paths: dict[str, str]) -> None:
        """Adds what the statements use; `paths` says where a name leads."""
        paths = paths | _imports(_walk(statements))
        for node in _walk(statements):
            path = _path(node, paths)
            if path and not _dotted(path).startswith(PRESENTATION):
                self._add(path)

    def _add(self, path: str) -> None:
        """Adds the definition that a path leads to, and all that it uses.

        A definition wins over a submodule of the same name, as it does in Python.
        """
        module, _, names = path.partition(":")
        name, _, rest = names.partition(".")
        if not name:
            return  # a module by itself; what is used of it is another node
        known = self._read(module)
        if name in known.statements:
            if f"{module}:{name}" not in self.found:
                self.found[f"{module}:{name}"] = repr(_shape(known.statements[name]))
                self.follow(known.statements[name], known.paths)
        elif name in known.paths:
            self._add(_attribute(known.paths[name], rest))
        elif self._file(f"{module}.{name}"):
            self._add(f"{module}.{name}:{rest}")
        else:
            raise ValueError(f"{module} defines no {name}, so code_hash cannot follow")

    def _read(self, module: str) -> _Module:
        if module not in self._modules:
            body = ast.parse(self._file(module).read_text(encoding="utf-8")).body
            statements: dict[str, list[ast.stmt]] = {}
            for statement in body:
                for name in _bound(statement):
                    statements.setdefault(name, []).append(statement)
            own = {name: f"{module}:{name}" for name in statements}
            self._modules[module] = _Module(own | _imports(body), statements)
        return self._modules[module]

    def _file(self, module: str) -> Path | None:
        path = self._package.joinpath(*module.split(".")[1:])
        files = [path / "__init__.py", path.with_suffix(".py")]
        return next((file for file in files if file.is_file()), None)


def _source(notebook: Path) -> str:
    """The code of the cells that count, without lines for the shell."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    lines: list[str] = []
    for cell in cells:
        tags = cell.get("metadata", {}).get("tags", [])
        text = "".join(cell["source"])
        is_skipped = SKIPPED_TAGS.intersection(tags) or text.startswith(LAUNCH_CELL)
        if cell["cell_type"] == "code" and not is_skipped:
            lines += text.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(("%", "!")))


def _imports(nodes: Iterable[ast.AST]) -> dict[str, str]:
    """The path to which each name imported from course_lib leads."""
    paths = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            for item in node.names:
                path = item.name if item.asname else item.name.split(".")[0]
                paths[item.asname or path] = f"{path}:"
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(
                    f"line {node.lineno}: a relative import; write course_lib"
                )
            for item in node.names:
                paths[item.asname or item.name] = f"{node.module}:{item.name}"
    return {k: p for k, p in paths.items() if _dotted(p).startswith("course_lib.")}


def _bound(statement: ast.stmt) -> set[str]:
    """The names that a statement of a module defines; imports are not definitions."""
    if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
        return {statement.name}
    if isinstance(statement, ast.If | ast.Try | ast.With):
        parts = [n for n in ast.iter_child_nodes(statement) if isinstance(n, ast.stmt)]
        return set().union(*map(_bound, parts))
    nodes = ast.walk(statement)
    stored = (n for n in nodes if isinstance(n, ast.Name))
    return {node.id for node in stored if isinstance(node.ctx, ast.Store)}


def _path(node: ast.AST, paths: dict[str, str]) -> str | None:
    """Where a name or a chain of attributes leads in course_lib; else None.

    A path is "module:name.attribute", with dots inside the module.
    """
    if isinstance(node, ast.Name):
        return paths.get(node.id)
    if isinstance(node, ast.Attribute):
        start = _path(node.value, paths)
        return _attribute(start, node.attr) if start else None
    return None


def _attribute(path: str, name: str) -> str:
    """The path to what `name` is in the module or object at `path`."""
    return path + ("." if name and not path.endswith(":") else "") + name


def _dotted(path: str | None) -> str:
    """A path as it is compared with PRESENTATION, ending in a dot."""
    return f"{path}.".replace(":.", ".").replace(":", ".")


def _only_shows(statement: ast.stmt, imports: dict[str, str]) -> bool:
    """Whether it only prints or draws: `print(...)`, `fig = grid(...)`."""
    value = getattr(statement, "value", None)
    if not isinstance(value, ast.Call):
        return False
    path = _dotted(_path(value.func, imports))
    if isinstance(statement, ast.Assign):
        return path.startswith(DRAWING)
    is_printing = isinstance(value.func, ast.Name) and value.func.id in PRINTING
    is_bare = isinstance(statement, ast.Expr)
    return is_bare and (is_printing or path.startswith(PRESENTATION))


def _parts(node: ast.AST) -> Iterator[tuple[str, Any]]:
    """The fields of a node that count; docstrings and the like are left out."""
    for name, value in ast.iter_fields(node):
        if name in SKIPPED_FIELDS or value is None:
            continue
        if isinstance(value, list):
            value = [item for item in value if not _is_loose_constant(item)]
        if value != []:
            yield name, value


def _is_loose_constant(node: Any) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)


def _walk(item: Any) -> Iterator[ast.AST]:
    """A node or a list of them, and every node inside that counts."""
    if isinstance(item, list):
        for part in item:
            yield from _walk(part)
    elif isinstance(item, ast.AST):
        yield item
        for _, value in _parts(item):
            yield from _walk(value)


def _shape(item: Any) -> Any:
    """Nested lists that are equal when two pieces of code do the same."""
    if isinstance(item, list):
        return [_shape(part) for part in item if not _is_loose_constant(part)]
    if isinstance(item, ast.AST):
        parts = [[name, _shape(value)] for name, value in _parts(item)]
        return [type(item).__name__, *parts]
    return repr(item)
