"""Set-up: the lock, the environment file, and what happens when something fails."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from course_lib import setup

ROOT = setup.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(r"^([a-z0-9-]+)==([^ ]+?)(?: ; (.+?))? \\$", re.MULTILINE)


def pins() -> dict[str, list[str]]:
    """The versions of each package in the lock (some depend on the Python)."""
    found: dict[str, list[str]] = {}
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for name, version, _ in PIN.findall(text):
        found.setdefault(name, []).append(version)
    return found


def requirements(*extras: str) -> list[Requirement]:
    """What pyproject.toml asks for, extras and build system included."""
    project = PROJECT["project"]
    lines = [*project["dependencies"], *PROJECT["build-system"]["requires"]]
    for extra in extras:
        lines += project["optional-dependencies"][extra]
    return [Requirement(line) for line in lines]


def test_the_lock_satisfies_pyproject():
    have = pins()
    assert len(have) > 100
    for wanted in requirements("lab", "test"):
        versions = have.get(wanted.name, [])
        assert versions, f"{wanted.name} is not in requirements.lock: run make lock"
        for version in versions:
            assert wanted.specifier.contains(version), f"{wanted}: run make lock"


def test_every_pin_has_a_hash_and_there_is_no_address():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in text
    assert "-index" not in text
    assert "find-links" not in text
    assert len(PIN.findall(text)) == len(re.findall(r"^[a-z]", text, re.MULTILINE))
    for block in re.split(r"\n(?=[a-z])", text)[1:]:
        assert "--hash=sha256:" in block, block.split(" ")[0]


def test_there_are_no_files_that_name_hosts_or_fetch_a_python():
    assert not (ROOT / "uv.lock").exists()
    assert not (ROOT / ".python-version").exists()


def test_the_conda_door_is_in_step():
    lines = (ROOT / "environment.yml").read_text(encoding="utf-8").splitlines()
    items = [line.strip()[2:] for line in lines if line.strip().startswith("- ")]
    python = f"python{PROJECT['project']['requires-python']}"
    assert items == ["conda-forge", python, "pip", "pip:", "-e .[lab,test]"]
    assert f"name: {PROJECT['project']['name']}" in lines


def test_bounds_are_open():
    for wanted in requirements("lab", "test"):
        operators = {part.operator for part in wanted.specifier}
        assert operators == {">="}, f"{wanted}: only a lowest version"


def test_setup_uses_the_standard_library_alone():
    command = [sys.executable, "-S", "-m", "course_lib.setup", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "--lab" in done.stdout


@pytest.mark.parametrize("version", [(3, 10, 4), (3, 14, 0), (2, 7, 18)])
def test_a_python_it_does_not_know_gets_a_sentence(version):
    with pytest.raises(setup.SetupError, match=r"3\.11 to 3\.13.*make PYTHON="):
        setup.check_python(version)
    setup.check_python((3, 12, 0))


def test_failures_are_explained(tmp_path, monkeypatch):
    assert "disk is full" in setup.explain("OSError: No space left on device")
    assert "could not be reached" in setup.explain("error: Failed to fetch: dns error")
    assert "last words were:\nboom" in setup.explain("boom")
    monkeypatch.setattr(setup, "GIGABYTES", 10**9)
    with pytest.raises(setup.SetupError, match="are free"):
        setup.check_disk(tmp_path)


def test_a_step_that_fails_is_tried_again_and_explained(tmp_path):
    once = "import pathlib, sys; p = pathlib.Path('x'); b = p.exists(); p.touch()"
    setup.call([sys.executable, "-c", f"{once}; sys.exit(not b)"], tmp_path)
    failing = [sys.executable, "-c", "import sys; sys.exit('Connection refused')"]
    with pytest.raises(setup.SetupError, match="index could not be reached"):
        setup.call(failing, tmp_path)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with lock and pyproject, and the calls that set-up makes there."""
    for name in setup.INPUTS:
        (tmp_path / name).write_text(name)
    calls: list[str] = []

    def call(command, root):
        calls.append(" ".join(str(word) for word in command[1:3]))
        (root / ".venv").mkdir(exist_ok=True)

    monkeypatch.setattr(setup, "call", call)
    monkeypatch.setattr(setup, "find_uv", lambda root: Path("uv"))
    monkeypatch.setattr(setup, "check_disk", lambda root: None)
    return tmp_path, calls


def test_a_second_call_does_nothing_and_a_new_lock_installs(project):
    root, calls = project
    assert setup.install(root)
    assert calls == ["venv --clear", "pip sync", "pip install"]
    assert not setup.install(root)
    assert len(calls) == 3
    (root / "requirements.lock").write_text("changed")
    assert setup.install(root)
    assert calls[3:] == ["pip sync", "pip install"], "the environment itself is kept"


def test_an_interrupted_installation_starts_afresh(project, monkeypatch):
    root, calls = project
    setup.install(root)
    (root / "requirements.lock").write_text("changed")
    working = setup.call

    def interrupted(command, root):
        raise KeyboardInterrupt

    monkeypatch.setattr(setup, "call", interrupted)
    with pytest.raises(KeyboardInterrupt):
        setup.install(root)
    monkeypatch.setattr(setup, "call", working)
    del calls[:]
    assert setup.install(root)
    assert calls == ["venv --clear", "pip sync", "pip install"]


def test_uv_is_bootstrapped_where_it_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(setup.shutil, "which", lambda name: None)
    called = []
    monkeypatch.setattr(setup, "call", lambda command, root: called.append(command))
    uv = setup.find_uv(tmp_path)
    assert uv == setup.program(tmp_path / ".bootstrap", "uv")
    assert setup.program(tmp_path / ".bootstrap", "python").exists()
    assert called[0][1:] == ["-m", "pip", "install", "--quiet", "uv"]


def test_each_command_gets_its_arguments(tmp_path, monkeypatch):
    seen = []
    monkeypatch.setattr(setup, "run", lambda *arguments: seen.append(arguments) or 0)
    monkeypatch.setattr(setup, "install", lambda root: False)
    assert setup.main(["--lab", "--", "--no-browser"]) == 0
    assert seen == [("lab", ["--no-browser"], ROOT)]
