"""The runner: canonical outputs, settings, errors, nothing half written."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import miniature
import nbformat
import pytest

from course_lib import execution, notebooks, run

NOISE = """print("seen")
print("warned", file=sys.stderr)
print("  5%|#", end="\\r")
print("done")"""


@pytest.fixture
def course(tmp_path, monkeypatch):
    """Makes a miniature course and lets the runner work there."""

    def make(*cells) -> Path:
        monkeypatch.setattr(notebooks, "ROOT", tmp_path)
        return miniature.course(tmp_path, *cells)

    return make


def printed(path: Path) -> list[str]:
    """What each code cell of a notebook printed."""
    cells = notebooks.code_cells(notebooks.read(path))
    return ["".join(out.get("text", "") for out in cell.outputs) for cell in cells]


def test_fast_rewrites_the_notebook_canonically(course, capsys):
    path = course(miniature.code(NOISE))
    assert run.main(["01"]) == 0
    notebook = notebooks.read(path)
    cells = notebooks.code_cells(notebook)
    assert printed(path)[1:3] == ["fast rendered 0\n", "seen\ndone\n"]
    assert [cell.execution_count for cell in cells] == [1, 2, 3, 4, 5, 6]
    metadata = [notebook.metadata, *(cell.metadata for cell in notebook.cells)]
    assert {key for part in metadata for key in part} == {
        *("kernelspec", "language_info", "tags")
    }
    assert "wrote" in capsys.readouterr().out


def test_other_runs_leave_the_notebook_and_see_their_settings(course, tmp_path):
    """Here also with the reference answers, which make the strict check pass."""
    path = course()
    before = path.read_bytes()
    out = tmp_path / "out"
    out.mkdir()
    settings = ["--profile", "smoke", "--data", "lspet", "--seed", "3", "--solutions"]
    assert run.main(["all", *settings, "--output", str(out)]) == 0
    seen = printed(out / "01_miniature.ipynb")
    assert seen[1] == "smoke lspet 3\n"
    assert seen[-1] == "passed\n"
    assert path.read_bytes() == before


def test_an_error_names_the_cell_and_writes_nothing(course, capsys):
    path = course(miniature.code("limit = 3\nlimit / 0"))
    before = path.read_bytes()
    assert run.main(["01"]) == 1
    message = capsys.readouterr().err
    assert "01_miniature.ipynb" in message
    assert "code cell 3 ('limit = 3') raised ZeroDivisionError" in message
    assert path.read_bytes() == before


def test_a_hanging_cell_is_stopped(course, capsys, monkeypatch):
    course(miniature.code("import time; time.sleep(600)"))
    monkeypatch.setitem(execution.LIMITS, "smoke", (4, 60))
    assert run.main(["01", "--profile", "smoke"]) == 1
    assert "longer than its time limit" in capsys.readouterr().err
    monkeypatch.setitem(execution.LIMITS, "smoke", (60, 1))
    assert run.main(["01", "--profile", "smoke"]) == 1
    assert "was stopped after 1 s" in capsys.readouterr().err


def test_mistakes_get_one_sentence(course, capsys):
    course()
    assert run.main(["7"]) == 1
    assert "no notebook of chapter '7'; there are: 01" in capsys.readouterr().err
    assert "Python kernel is missing" in execution.explain("... NoSuchKernel: python3")
    assert "papermill is missing" in execution.explain("No module named papermill")
    assert "last words" in execution.explain("Killed")


def test_several_processes_run_the_exported_script(course, tmp_path):
    where = tmp_path / "ranks"
    where.mkdir()
    source = f"""from accelerate import Accelerator
state = Accelerator()
open(f'{where}/{{state.process_index}} of {{state.num_processes}}', 'w').close()"""
    course(miniature.code(source))
    assert run.main(["01", "--profile", "smoke", "--processes", "2"]) == 0
    assert sorted(path.name for path in where.iterdir()) == ["0 of 2", "1 of 2"]


def test_a_kernel_keeps_freed_memory_by_both_values(tmp_path):
    """Only the trim threshold would make glibc map every large tensor anew."""
    given = execution.environment(execution.Run(tmp_path / "01.ipynb"), threads=1)
    mapped = int(given["MALLOC_MMAP_THRESHOLD_"])
    assert 2**24 <= mapped <= 2**25 < int(given["MALLOC_TRIM_THRESHOLD_"])


def test_the_seeds_of_claims_and_of_the_full_profile(course, tmp_path):
    course()
    recorded = run.plan(run.parse(["01", "--claims"]), tmp_path)
    assert [item.seed for item in recorded] == run.SEEDS
    assert all(item.record == tmp_path for item in recorded)
    long = run.plan(run.parse(["01", "--profile", "full", "--seeds", "5", "6"]), "x")
    assert [(item.seed, item.profile) for item in long] == [(5, "full"), (6, "full")]
    assert run.plan(run.parse(["01"]), tmp_path)[0].is_canonical


def test_claims_are_stored_with_the_time_of_the_run(course, tmp_path, monkeypatch):
    (tmp_path / "course_lib").mkdir(exist_ok=True)
    source = f"""import json, pathlib
folder = pathlib.Path(os.environ.get("COURSE_RECORD", {str(tmp_path)!r}))
text = json.dumps({{"seed": seed, "timings": {{}}}})
(folder / f"01-{{data}}-{{profile}}-seed{{seed}}.json").write_text(text)
(folder / "01_net.safetensors").write_text("weights")"""
    path = course(miniature.code(source))
    before, seen = path.read_bytes(), []

    def collect(folder):
        seen.extend(json.loads(f.read_text()) for f in folder.glob("*.json"))
        return []

    monkeypatch.setattr("course_lib.collecting.collect", collect)
    monkeypatch.setattr(run, "SEEDS", [4])
    assert run.main(["01", "--claims"]) == 0
    assert seen[0]["seed"] == 4
    assert seen[0]["timings"]["chapter"] > 0
    assert (tmp_path / "course_lib" / "weights" / "01_net.safetensors").exists()
    assert path.read_bytes() == before


def test_a_failing_seed_loses_no_other(course, tmp_path, monkeypatch, capsys):
    """The fix of the failing seed runs only that seed, and stores both."""
    (tmp_path / "course_lib").mkdir(exist_ok=True)
    mended, log = tmp_path / "mended", tmp_path / "log"
    source = f"""import json, pathlib
with open({str(log)!r}, "a") as file: print(seed, file=file)
assert seed == 0 or pathlib.Path({str(mended)!r}).exists(), "seed 1 fails"
folder = pathlib.Path(os.environ["COURSE_RECORD"])
text = json.dumps({{"seed": seed, "timings": {{}}}})
(folder / f"01-{{data}}-{{profile}}-seed{{seed}}.json").write_text(text)"""
    course(miniature.code(source))
    stored = []
    monkeypatch.setattr(
        "course_lib.collecting.collect",
        lambda folder: stored.extend(sorted(folder.glob("*.json"))) or [],
    )
    command = ["01", "--profile", "full", "--seeds", "0", "1"]
    assert run.main(command) == 1
    (folder,) = re.findall(r"--record (\S+) runs only", capsys.readouterr().err)
    assert stored == []
    mended.touch()
    assert run.main([*command, "--record", folder]) == 0
    assert sorted(log.read_text().split()) == ["0", "1", "1"]
    assert [path.name[-6] for path in stored] == ["0", "1"]
    shutil.rmtree(folder)
    with pytest.raises(SystemExit):
        run.parse(["01", "--record", folder])


@pytest.mark.parametrize("settings", [["--seed", "3"], ["--profile", "smoke"]])
def test_claims_are_not_stored_from_too_little(settings, capsys):
    with pytest.raises(SystemExit):
        run.parse(["01", "--claims", *settings])
    assert "--claims needs 5 seeds" in capsys.readouterr().err


def test_a_chapter_that_records_nothing_is_named(tmp_path):
    silent = run.Run(Path("01_a.ipynb"), record=tmp_path)
    with pytest.raises(run.RunError, match=r"01_a.ipynb .* recorded nothing"):
        run.record_time(silent, 3.0)


def test_progress_and_widget_views_are_cleaned():
    words = {"text/plain": "Slider()"}
    view = {notebooks.WIDGET_VIEW: {}, **words}
    outputs = [
        nbformat.v4.new_output("stream", name="stdout", text="  1%\r 99%\rend\n"),
        nbformat.v4.new_output("stream", name="stdout", text="more\n"),
        nbformat.v4.new_output("display_data", data={notebooks.WIDGET_VIEW: {}}),
        nbformat.v4.new_output("execute_result", data=view, execution_count=9),
    ]
    stream, result = notebooks.clean_outputs(outputs, count=2)
    assert stream.text == "end\nmore\n"
    assert (result.execution_count, dict(result.data)) == (2, words)


def test_an_exercise_without_solution_is_named():
    notebook = miniature.chapter()
    with pytest.raises(ValueError, match="No solution for the exercise that begins"):
        notebooks.with_solutions(notebook, [])
