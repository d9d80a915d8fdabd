"""The checks' own order, closing lines and exit codes."""

from __future__ import annotations

import run_all
from run_all import Part


def test_data_is_rendered_before_any_notebook_runs(tmp_path):
    names = [part.name for part in run_all.parts(tmp_path)]
    assert names == ["style", "pytest", "data"]
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "notebooks" / "01_a.ipynb").touch()
    parts = run_all.parts(tmp_path)
    assert [part.name for part in parts] == [*names, "smoke", "fast"]
    assert parts[-1].variables["OMP_NUM_THREADS"] == "1"
    assert parts[-1].commands[0][-1].endswith("01_a.ipynb")


def test_it_ends_in_a_plain_line(monkeypatch, capsys):
    good = Part(
        "good", [["-c", "import os; assert os.environ['A'] == 'b'"]], {"A": "b"}
    )
    bad = Part("bad", [["-c", "import sys; sys.exit(3)"], ["-c", "print('not run')"]])
    monkeypatch.setattr(run_all, "parts", lambda root: [good, bad])
    assert run_all.main([]) == 1
    lines = capsys.readouterr().out.rstrip().split("\n")
    assert lines[-1] == "1 passed, 1 failed"
    assert lines[-4].startswith("good")
    assert lines[-3].endswith("FAILED")
    assert run_all.main(["good"]) == 0
    assert capsys.readouterr().out.endswith("\n1 passed, 0 failed\n")


def test_an_unknown_part_is_named(capsys):
    assert run_all.main(["everything"]) == 2
    assert "No such part: everything. Parts: style" in capsys.readouterr().out
