"""Every chapter keeps the contract: written and shown as `docs/maintaining.md` says."""

from __future__ import annotations

import json
import warnings
from pathlib import Path

import contract_outputs
import contract_source
import pytest

from course_lib import launch, notebooks

CHAPTERS = notebooks.chapters()
RESULTS = notebooks.ROOT / "course_lib" / "results"


@pytest.fixture(params=CHAPTERS, ids=lambda path: path.stem)
def path(request) -> Path:
    """The notebook of each chapter in turn."""
    return request.param


def results_of(path: Path) -> dict:
    """The stored results of a chapter."""
    stored = RESULTS / f"{path.name[:2]}.json"
    hint = f"python -m course_lib.run {path.name[:2]} --claims"
    assert stored.exists(), f"{path.name} has no stored results; run: {hint}"
    return json.loads(stored.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "rule",
    [*contract_source.RULES, *contract_outputs.RULES],
    ids=lambda rule: rule.__name__,
)
def test_the_chapter_keeps_the_rule(path, rule):
    problems = rule(notebooks.read(path))
    assert not problems, f"{path.name}: {rule.__doc__}\n" + "\n".join(problems)


def test_its_launch_link_opens_this_chapter(path):
    card = notebooks.read(path).cells[0].source
    wanted = launch.link(launch.repository(), path.name)
    assert wanted in card.split("\n"), "run: python -m course_lib.launch"


def test_its_claims_are_tested(path):
    problems = contract_outputs.tested_claims(results_of(path))
    assert not problems, f"{path.name}:\n" + "\n".join(problems)


def test_its_claims_are_the_stored_ones(path):
    cells = notebooks.read(path).cells
    text = "\n".join(cell.source for cell in cells)
    for entry in results_of(path)["entries"]:
        for claim in entry["claims"]:
            assert claim["id"] in text, f"claim {claim['id']} is not in {path.name}"


def test_it_has_a_solution_for_each_exercise(path):
    solutions = notebooks.load_solutions(path).SOLUTIONS
    notebook = notebooks.with_solutions(notebooks.read(path), solutions)
    stubs = [c for c in notebook.cells if "exercise" in notebooks.tags(c)]
    assert len(stubs) == len(solutions)


def test_its_weights_are_small(path):
    weights = (notebooks.ROOT / "course_lib" / "weights").glob(f"{path.name[:2]}_*")
    assert sum(file.stat().st_size for file in weights) <= 1.6e6


def test_its_results_are_fresh(path):
    """A stale result is reported, not failed: refreshing takes hours."""
    from course_lib import collecting

    for message in collecting.stale(path.name[:2]):
        warnings.warn(message, stacklevel=1)
