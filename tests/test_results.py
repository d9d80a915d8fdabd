"""Result files: recorded, merged, replaced, checked; and when they are stale."""

import json
import math
import statistics
from dataclasses import replace

import numpy as np
import pytest

from course_lib import collecting, contents, launch, results
from course_lib.claims import Claim
from course_lib.code_hash import code_hash
from data_scripts import coco, lsp
from data_scripts.people.sets import GENERATOR_VERSION

CLAIM = Claim("07.C1", "Two stages beat one", "sec. 3", "small nets", 0.1)
EFFECTS = [0.3, 0.5, 0.4, 0.6, 0.2]

LIBRARY = {
    "__init__.py": "",
    "geometry.py": '''
from course_lib import draw
from course_lib.units import PIXEL
LIMIT: float = 3.0

def centre(box):
    """The middle."""
    return half(box) + PIXEL

def half(box):
    return min(box / 2, LIMIT)

def unused(box):
    return draw.show(box)
''',
    "units.py": "PIXEL = 1\nMETRE = 2\n",
    "draw.py": "def show(x):\n    return x\n",
    "metrics/__init__.py": "from course_lib.metrics.pck import pck\n",
    "metrics/pck.py": """
def pck(x):
    from course_lib.units import METRE

    return x * METRE
""",
}
CELLS = [
    ("code", ["parameters"], "seed = 0"),
    ("markdown", [], "# 07. A paper"),
    ("code", [], "%pip install something\nfrom course_lib import draw, metrics"),
    ("code", [], "from course_lib.geometry import centre"),
    ("code", [], "x = centre(4)  # a comment\nscore = metrics.pck(x)"),
    ("code", ["hide-input"], "y = 1"),
    ("code", [], "draw.show(x)\nprint(score)\nfig = draw.show(score)"),
]


def write_notebook(folder, cells):
    path = folder / "07_paper.ipynb"
    path.parent.mkdir(parents=True, exist_ok=True)
    items = [
        {"cell_type": kind, "metadata": {"tags": tags}, "source": text}
        for kind, tags, text in cells
    ]
    path.write_text(json.dumps({"cells": items}))
    return path


def hashed(tmp_path, library=None, cell=None):
    """The hash after changing files of the library, or the text of one cell."""
    package = tmp_path / "course_lib"
    for name, text in (LIBRARY | (library or {})).items():
        (package / name).parent.mkdir(parents=True, exist_ok=True)
        (package / name).write_text(text)
    cells = list(CELLS)
    if cell:
        cells[cell[0]] = (*cells[cell[0]][:2], cell[1])
    return code_hash(write_notebook(tmp_path, cells), package)


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("geometry.py", "def unused", "def new():\n    return 5\n\ndef unused"),
        ("geometry.py", "draw.show(box)", "box + 1"),
        ("geometry.py", '"""The middle."""', '"""Other words."""  # and a comment'),
        ("geometry.py", "LIMIT: float", "LIMIT: int"),
        ("geometry.py", "def half(box):", "def half(box: float) -> float:\n"),
        ("draw.py", "return x", "return 2 * x"),
    ],
)
def test_changes_that_leave_the_hash(tmp_path, module, old, new):
    assert old in LIBRARY[module]
    changed = {module: LIBRARY[module].replace(old, new)}
    assert hashed(tmp_path, changed) == hashed(tmp_path)


@pytest.mark.parametrize(
    ("module", "old", "new"),
    [
        ("geometry.py", "half(box) +", "half(box) -"),
        ("geometry.py", "box / 2", "box / 3"),
        ("geometry.py", "= 3.0", "= 4.0"),
        ("units.py", "PIXEL = 1", "PIXEL = 2"),
        ("units.py", "METRE = 2", "METRE = 3"),
        ("metrics/pck.py", "return x", "return -x"),
    ],
)
def test_changes_that_count(tmp_path, module, old, new):
    assert old in LIBRARY[module]
    changed = {module: LIBRARY[module].replace(old, new)}
    assert hashed(tmp_path, changed) != hashed(tmp_path)


def test_which_cells_count(tmp_path):
    before = hashed(tmp_path)
    assert hashed(tmp_path, cell=(0, "seed = 1")) == before
    assert hashed(tmp_path, cell=(5, "y = 2")) == before
    assert hashed(tmp_path, cell=(6, "print(x)")) == before
    assert (
        hashed(tmp_path, cell=(4, "x = centre( 4 )\nscore = metrics.pck(x)")) == before
    )
    assert hashed(tmp_path, cell=(4, "x = centre(5)\nscore = metrics.pck(x)")) != before


def test_the_launch_cell_does_not_count(tmp_path):
    """Publishing the course under another address makes no result stale."""
    before = hashed(tmp_path)
    cells = [("code", [], launch.cell_source("anywhere")), *CELLS]
    path = write_notebook(tmp_path, cells)
    assert code_hash(path, tmp_path / "course_lib") == before


def test_a_name_that_is_not_there(tmp_path):
    with pytest.raises(ValueError, match="geometry defines no corner"):
        hashed(tmp_path, cell=(3, "from course_lib.geometry import corner as centre"))


@pytest.fixture
def house(tmp_path, monkeypatch):
    """A place with one chapter; returns the folders for runs and for results."""
    monkeypatch.setattr(results, "NOTEBOOKS", tmp_path / "notebooks")
    write_notebook(tmp_path / "notebooks", [("markdown", [], "# 07. A paper")])
    monkeypatch.setenv("COURSE_RECORD", str(tmp_path / "runs"))
    monkeypatch.setenv("COURSE_PROFILE", "full")
    monkeypatch.delenv("COURSE_DATA", raising=False)
    return tmp_path / "runs", tmp_path / "results"


def run(seed, effect, **changes):
    """One recorded run: a number, a curve and an effect."""
    metrics = {"pck": effect / 2, "curve": np.array([0.0, effect])}
    options = {"claims": [CLAIM], "effects": {"07.C1": effect}, "metrics": metrics}
    results.record("07", seed=seed, timings={"run": 60.0}, **options | changes)


def test_five_seeds_become_one_entry(house):
    runs, target = house
    for seed, effect in enumerate(EFFECTS):
        run(seed, effect)
    assert sorted(path.name for path in runs.iterdir())[0] == (
        "07-rendered-full-seed0.json"
    )
    assert collecting.collect(runs, target) == [target / "07.json"]
    assert json.loads((target / "07.json").read_text())["paper"] == "A paper"
    entry = results.stored("07", folder=target)
    assert entry["seeds"] == [0, 1, 2, 3, 4]
    assert entry["device"].startswith("CPU") or entry["device"]
    assert {"python", "torch"} <= set(entry["versions"])
    pck = entry["metrics"]["pck"]
    halves = [effect / 2 for effect in EFFECTS]
    assert pck["mean"] == pytest.approx(statistics.mean(halves))
    assert pck["std"] == pytest.approx(statistics.stdev(halves), rel=1e-5)
    assert pck["values"] == dict(zip("01234", halves, strict=True))
    assert entry["metrics"]["curve"]["mean"] == [0.0, 0.4]
    assert results.quote(entry, "pck", 3) == "0.200 ± 0.079"
    (claim,) = entry["claims"]
    assert claim["verdict"] == "holds"
    assert claim["estimate"] == 0.4
    assert claim["statement"] == CLAIM.statement
    half = 2.776 * statistics.stdev(EFFECTS) / math.sqrt(5)
    assert claim["interval"] == pytest.approx([0.4 - half, 0.4 + half], abs=1e-3)


def test_an_entry_is_replaced_and_others_stay(house, monkeypatch):
    runs, target = house
    for seed, effect in enumerate(EFFECTS):
        run(seed, effect)
    collecting.collect(runs, target)
    first = (target / "07.json").read_bytes()
    collecting.collect(runs, target)
    assert (target / "07.json").read_bytes() == first
    for seed in range(5):
        run(seed, 0.0, data="lspet")
    monkeypatch.setenv("COURSE_PROFILE", "fast")
    run(0, 0.7)
    collecting.collect(runs, target)
    entries = results.load(target / "07.json")["entries"]
    keys = [(entry["data"], entry["profile"]) for entry in entries]
    assert keys == [("lspet", "full"), ("rendered", "fast"), ("rendered", "full")]
    assert [e["claims"][0]["verdict"] for e in entries] == [
        "fails",
        "illustration",
        "holds",
    ]
    assert entries[1]["metrics"]["pck"]["std"] is None
    assert results.quote(entries[1], "pck") == "0.35"
    assert results.stored("07", data="coco", folder=target) is None
    assert results.quote(None, "pck") == "-"


def test_without_all_seeds_there_is_no_verdict(house):
    runs, target = house
    for seed in (0, 1, 8):
        run(seed, EFFECTS[0])
    collecting.collect(runs, target)
    (claim,) = results.stored("07", folder=target)["claims"]
    assert claim["verdict"] == "illustration"
    assert claim["interval"] is None
    assert set(claim["values"]) == {"0", "1"}


def test_two_calls_of_one_run_add_up(house):
    runs, target = house
    other = replace(CLAIM, id="07.C2")
    run(0, 0.5)
    run(0, 0.6, claims=[other], effects={"07.C2": 0.6}, metrics={"oks": 0.1})
    collecting.collect(runs, target)
    entry = results.stored("07", folder=target)
    assert set(entry["metrics"]) == {"pck", "curve", "oks"}
    assert [claim["id"] for claim in entry["claims"]] == ["07.C1", "07.C2"]


def test_entries_without_claims(house):
    runs, target = house
    for seed in range(2):
        run(seed, 0.5, claims=(), effects={})
    collecting.collect(runs, target)
    entry = results.stored("07", folder=target)
    assert entry["claims"] == []
    assert entry["metrics"]["pck"]["mean"] == 0.25
    assert contents.verdicts([entry]) == "–"


def test_runs_that_differ_are_refused(house):
    runs, target = house
    run(0, 0.5)
    run(1, 0.5, claims=[replace(CLAIM, threshold=0.2)])
    with pytest.raises(ValueError, match="seeds 0 and 1 differ in claims"):
        collecting.collect(runs, target)
    assert not target.exists()
    with pytest.raises(ValueError, match="No run recorded"):
        collecting.collect(target, target)


def test_what_cannot_be_recorded(house, monkeypatch):
    with pytest.raises(ValueError, match="metric pck is nan"):
        run(0, 0.5, metrics={"pck": math.nan})
    with pytest.raises(ValueError, match="effects are of"):
        run(0, 0.5, effects={})
    monkeypatch.delenv("COURSE_RECORD")
    run(0, 0.5)
    assert not house[0].exists()


@pytest.mark.parametrize("text", ["{", "[]", '{"chapter": "07"}'])
def test_a_damaged_file_is_named(tmp_path, text):
    (tmp_path / "07.json").write_text(text)
    with pytest.raises(ValueError, match=r"07\.json .*--claims"):
        results.stored("07", folder=tmp_path)


@pytest.mark.parametrize("text", ["{", "{}", "7"])
def test_a_damaged_run_is_named(house, text):
    runs, target = house
    run(0, 0.5)
    path = next(runs.glob("*-seed0.json"))
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"seed0\.json is damaged.* run that seed"):
        collecting.collect(runs, target)
    assert not target.exists() or not list(target.iterdir())


def test_data_versions_are_those_of_the_programs():
    assert results.data_version("rendered") == GENERATOR_VERSION
    assert results.data_version("lspet") == lsp.CONVERTER_VERSION
    assert results.data_version("coco") == coco.CONVERTER_VERSION
    assert results.data_version("mpii") is None


def test_stale_results_are_named(house, tmp_path, monkeypatch):
    runs, target = house
    run(0, 0.5)
    collecting.collect(runs, target)
    notebooks = tmp_path / "notebooks"
    assert collecting.stale("07", target, notebooks) == []
    with monkeypatch.context() as patch:
        patch.setattr(collecting, "data_version", lambda _: "new")
        (sentence,) = collecting.stale("07", target, notebooks)
    assert "older than the data" in sentence
    write_notebook(notebooks, [("code", [], "x = 1")])
    (sentence,) = collecting.stale("07", target, notebooks)
    assert "older than the code" in sentence
    assert "course_lib.run 07 --profile full --data rendered --claims" in sentence
    assert collecting.stale("08", target, notebooks) == []
