"""Rules for what a committed chapter shows: its outputs and its stored results.

Each rule takes a notebook and returns one sentence for each breach. `RULES` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import nbformat
from contract_source import ADDRESS, numbered_code
from nbformat import NotebookNode

from course_lib.notebooks import WIDGET_VIEW, code_cells, tags

PICTURES = ("image/png", "image/jpeg", "image/svg+xml")
WIDGET_BYTES, NOTEBOOK_BYTES = 300_000, 2**20
NAMESPACE = re.compile(r"https?://www\.w3\.org/[\w/.#-]*")  # names inside SVG
SLIPS = {
    "a path": re.compile(
        r"(?<![\w./])/(home|Users|root|tmp|usr|var|opt|mnt|content)/|\b[A-Z]:\\"
    ),
    "a timing": re.compile(
        r"\b\d+(\.\d+)? ?(ms|secs?|seconds)\b|\bit/s\b|[Ww]all time|\belapsed\b"
    ),
    "a warning": re.compile(r"\b\w*Warning\b"),
    "a progress bar": re.compile(r"\r|\d%\||█"),
    "an address in memory": re.compile(r"\b0x[0-9a-f]{6,}\b"),
}
VERDICTS = ("holds", "fails", "inconclusive")


def outputs(notebook: NotebookNode) -> Iterator[tuple[int, NotebookNode]]:
    """Every output with the number of its code cell."""
    for number, cell in numbered_code(notebook):
        for output in cell.get("outputs", []):
            yield number, output


def plain_text(output: NotebookNode) -> str:
    """What an output says in words."""
    return output.get("text", "") or output.get("data", {}).get("text/plain", "")


def executed_in_order(notebook: NotebookNode) -> list[str]:
    """Execution counts 1, 2, 3 ... as after one run from top to bottom."""
    counts = [cell.execution_count for cell in code_cells(notebook)]
    if counts == list(range(1, len(counts) + 1)):
        return []
    return [f"execution counts are {counts}; run: python -m course_lib.run NN"]


def no_errors(notebook: NotebookNode) -> list[str]:
    """No error and nothing on stderr."""
    return [
        f"cell {number} shows {output.get('ename', 'stderr')}"
        for number, output in outputs(notebook)
        if output.output_type == "error" or output.get("name") == "stderr"
    ]


def lasting_text(notebook: NotebookNode) -> list[str]:
    """No timings, paths, warnings, progress bars or memory addresses."""
    return [
        f"cell {number} shows {what}: {match.group(0)!r}"
        for number, output in outputs(notebook)
        for what, pattern in SLIPS.items()
        if (match := pattern.search(plain_text(output)))
    ]


def no_widget_state(notebook: NotebookNode) -> list[str]:
    """No stored widget state, which cannot be shown without its kernel."""
    problems = ["metadata.widgets is stored"] if "widgets" in notebook.metadata else []
    return problems + [
        f"cell {number} stores a widget view"
        for number, output in outputs(notebook)
        if WIDGET_VIEW in output.get("data", {})
    ]


def no_remote_outputs(notebook: NotebookNode) -> list[str]:
    """Nothing in an output asks the network for anything."""
    return [
        f"cell {number} shows a network address"
        for number, output in outputs(notebook)
        for text in [plain_text(output), *html_of(output)]
        if ADDRESS.search(NAMESPACE.sub("", text))
    ]


def html_of(output: NotebookNode) -> list[str]:
    """The HTML and SVG of an output."""
    data = output.get("data", {})
    return [data[kind] for kind in ("text/html", "image/svg+xml") if kind in data]


def pictures_have_alt(notebook: NotebookNode) -> list[str]:
    """Every picture says in words what is to be seen."""
    problems = []
    for number, output in outputs(notebook):
        shown = [kind for kind in PICTURES if kind in output.get("data", {})]
        if shown and not any(alt_of(output, kind) for kind in shown):
            problems.append(f"cell {number} shows a picture without alt text")
        for html in html_of(output):
            for image in re.findall(r"<img\b[^>]*>", html):
                if not re.search(r"\balt=(\"[^\"]+\"|'[^']+')", image):
                    problems.append(f"cell {number} has an <img> without alt text")
    return problems


def alt_of(output: NotebookNode, kind: str) -> str:
    """The alt text stored beside a picture of an output."""
    return str(output.metadata.get(kind, {}).get("alt", "")).strip()


def contract_cells(notebook: NotebookNode) -> list[str]:
    """Eight cells or more whose text must come out the same on any machine."""
    cells = [c for _, c in numbered_code(notebook) if "nbval-check-output" in tags(c)]
    problems = [] if len(cells) >= 8 else [f"{len(cells)} contract cells, not 8"]
    for number, cell in numbered_code(notebook):
        if cell in cells and not any(plain_text(out).strip() for out in cell.outputs):
            problems.append(f"contract cell {number} has no output to compare")
    return problems


def widgets_have_pictures(notebook: NotebookNode) -> list[str]:
    """At least one widget; each stores a picture; together at most 300 kB."""
    cells = [c for c in code_cells(notebook) if "widget" in tags(c)]
    problems = [] if cells else ["no cell is tagged 'widget'"]
    size = 0
    for cell in cells:
        bundles = [output.get("data", {}) for output in cell.outputs]
        if not any(kind in bundle for bundle in bundles for kind in PICTURES):
            problems.append(f"the widget {cell.source[:40]!r} stores no picture")
        size += sum(len(str(value)) for data in bundles for value in data.values())
    if size > WIDGET_BYTES:
        problems.append(f"the widgets take {size} bytes > {WIDGET_BYTES}")
    return problems


def small_file(notebook: NotebookNode) -> list[str]:
    """The whole notebook is at most 1 MB."""
    size = len(nbformat.writes(notebook).encode())
    return [] if size <= NOTEBOOK_BYTES else [f"{size} bytes > {NOTEBOOK_BYTES}"]


def tested_claims(results: dict[str, Any]) -> list[str]:
    """Three claims or more, each with five seeds, an interval and a verdict.

    results: the stored result file of a chapter. Illustrations, which have no interval,
    do not count.
    """
    stored = [claim for entry in results["entries"] for claim in entry["claims"]]
    tested = [claim for claim in stored if claim["interval"]]
    names = {claim["id"] for claim in tested}
    problems = [] if len(names) >= 3 else [f"{len(names)} claims are tested, not 3"]
    for claim in tested:
        low, high = claim["interval"]
        if len(claim["values"]) < 5:
            problems.append(f"claim {claim['id']} has {len(claim['values'])} seeds < 5")
        if claim["verdict"] != verdict(low, high, claim["threshold"]):
            problems.append(f"claim {claim['id']}: {claim['verdict']!r} is not so")
        if not low <= claim["estimate"] <= high:
            problems.append(f"claim {claim['id']}: the estimate is not in its interval")
    return problems


def verdict(low: float, high: float, threshold: float) -> str:
    """The verdict that an interval allows."""
    if low >= threshold:
        return VERDICTS[0]
    return VERDICTS[1] if high < threshold else VERDICTS[2]


RULES = [
    executed_in_order,
    no_errors,
    lasting_text,
    no_widget_state,
    no_remote_outputs,
    pictures_have_alt,
    contract_cells,
    widgets_have_pictures,
    small_file,
]
