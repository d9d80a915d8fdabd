"""Preparing a set: interruption, two at once, errors in one sentence."""

import errno
import itertools
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from rendered_sets import COUNTS, digests, read, sharded

from data_scripts import files
from data_scripts.files import PART, DataError
from data_scripts.people import prepare, shards, write
from data_scripts.people.__main__ import main
from data_scripts.people.prepare import default_folder, prepare_spec
from data_scripts.people.sets import SPECS, SPLITS
from data_scripts.people.shards import missing_spans


def test_missing_spans_fill_every_gap():
    assert list(missing_spans([], 5, 2)) == [(0, 2), (2, 4), (4, 5)]
    assert list(missing_spans([(0, 3)], 5, 2)) == [(3, 4), (4, 5)]
    assert list(missing_spans([(2, 4), (0, 2)], 4, 2)) == []
    assert list(missing_spans([(4, 6)], 6, 4)) == [(0, 4)]
    assert list(missing_spans([(0, 8)], 6, 4)) == []
    assert list(missing_spans([(2, 4)], 0, 2)) == []


@pytest.mark.parametrize("after", [0, 1, 3, 8, 16, 17, 19, 21])
def test_an_interrupted_run_goes_on(easy, tmp_path, monkeypatch, after):
    """Stopped at any write, the folder resumes to what one run would have made."""
    folder = tmp_path / "set"
    calls = itertools.count()
    real = files.write_atomic

    def stop_midway(path, data):
        if next(calls) == after:
            path.with_name(path.name + PART).write_bytes(data[: len(data) // 2])
            raise KeyboardInterrupt
        real(path, data)

    monkeypatch.setattr(write, "write_atomic", stop_midway)
    monkeypatch.setattr(files, "write_atomic", stop_midway)
    with pytest.raises(KeyboardInterrupt):
        prepare_spec(sharded(), folder, 0, 1, COUNTS)
    assert list(folder.rglob("*" + PART))
    monkeypatch.undo()
    prepare_spec(sharded(), folder, 0, 1, COUNTS)
    assert digests(folder) == digests(easy)


def test_finished_shards_are_not_rendered_again(tmp_path, monkeypatch):
    folder = tmp_path / "set"
    real, done = write.render_shard, []

    def stop_at_third(task):
        if len(done) == 2:
            raise KeyboardInterrupt
        done.append(task)
        return real(task)

    monkeypatch.setattr(write, "render_shard", stop_at_third)
    with pytest.raises(KeyboardInterrupt):
        prepare_spec(sharded(), folder, 0, 1, COUNTS)
    rendered = []
    monkeypatch.setattr(
        write, "render_shard", lambda task: rendered.append(task) or real(task)
    )
    prepare_spec(sharded(), folder, 0, 1, COUNTS)
    assert len(rendered) == 3
    assert not set(rendered) & set(done)


def test_a_finished_set_is_handed_out_at_once(easy, monkeypatch):
    monkeypatch.setattr(shards, "render_missing", None)
    start = time.perf_counter()
    prepare_spec(sharded(), easy, 0, 1, COUNTS)
    assert time.perf_counter() - start < 0.1


def test_preparing_needs_no_torch():
    code = (
        "import sys; from data_scripts.people import prepare; "
        "sys.exit('torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def command(folder: Path, *more: str) -> list[str]:
    counts = [text for split in SPLITS for text in (f"--{split}", str(COUNTS[split]))]
    start = [sys.executable, "-m", "data_scripts.people", "single-easy"]
    return [*start, "--out", str(folder), *counts, *more]


@pytest.mark.slow
def test_two_at_once_render_once(tmp_path):
    line = command(tmp_path / "set", "--workers", "1")
    both = [subprocess.Popen(line, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    outputs = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sum("Rendering" in output for output in outputs) == 1
    assert all(str(tmp_path / "set") in output for output in outputs)


def start_and_wait_for_a_shard(folder: Path) -> subprocess.Popen:
    """A run with two workers that has just finished one more shard.

    It hears Ctrl-C even when these tests run in the background, where it is ignored.
    """
    before = len(list(folder.glob(".shards/*/*.json")))
    process = subprocess.Popen(
        command(folder, "--workers", "2", "--train", "400"),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
    )
    deadline = time.monotonic() + 90
    while len(list(folder.glob(".shards/*/*.json"))) <= before:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return process


def workers_of(process: subprocess.Popen) -> list[int]:
    """Process ids of the workers of a run."""
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()
    return [
        int(child)
        for child in children.split()
        if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()
    ]


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="needs /proc")
def test_a_killed_worker_and_ctrl_c_leave_a_run_that_goes_on(tmp_path):
    folder = tmp_path / "set"
    process = start_and_wait_for_a_shard(folder)
    os.kill(workers_of(process)[0], signal.SIGKILL)
    message = process.communicate(timeout=60)[1]
    assert process.returncode == 2
    assert "run the command again with fewer workers" in message
    assert "Traceback" not in message

    process = start_and_wait_for_a_shard(folder)
    os.killpg(process.pid, signal.SIGINT)
    message = process.communicate(timeout=60)[1]
    assert process.returncode == 130
    assert "Traceback" not in message

    kept = digests(folder / ".shards" / "train")
    assert len(kept) >= 2
    assert main(command(folder, "--workers", "1", "--train", "60")[3:]) == 0
    assert len(read(folder, "train")["images"]) >= 60


def sentence(capsys) -> str:
    """The error that a command printed: one line on stderr, no traceback."""
    message = capsys.readouterr().err.strip()
    assert message
    assert "\n" not in message
    assert "Traceback" not in message
    return message


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["singles"], "choose one of single-easy, single"),
        (["single", "--workers", "0"], "give 1 or more"),
        (["single", "--seed", "-1"], "give a whole number"),
        (["single", "--train", "-3"], "give a whole number"),
    ],
)
def test_bad_options(tmp_path, capsys, arguments, named):
    assert main([*arguments, "--out", str(tmp_path / "set")]) == 2
    assert named in sentence(capsys)
    assert not (tmp_path / "set").exists()


def test_bad_counts(tmp_path):
    with pytest.raises(DataError, match="no split called 'dev'"):
        prepare("single", tmp_path / "set", counts={"dev": 3})
    with pytest.raises(DataError, match="whole number"):
        prepare("single", tmp_path / "set", counts={"val": 2.5})


def test_path_is_a_file(tmp_path, capsys):
    file = tmp_path / "file"
    file.write_text("kept")
    for path in (file, file / "below"):
        assert main(["single", "--out", str(path)]) == 2
        assert str(path) in sentence(capsys)
    assert file.read_text() == "kept"


def test_folder_without_permission(tmp_path, capsys, monkeypatch):
    def refuse(*_arguments, **_options):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(Path, "mkdir", refuse)
    assert main(["single", "--out", str(tmp_path / "set")]) == 2
    message = sentence(capsys)
    assert "cannot be written" in message
    assert str(tmp_path / "set") in message


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EDQUOT])
def test_disk_full_keeps_what_is_finished(easy, tmp_path, capsys, monkeypatch, number):
    folder = tmp_path / "set"
    real, calls = write.write_atomic, itertools.count()

    def fill(path, data):
        if next(calls) > 4:
            raise OSError(number, "No space left on device")
        real(path, data)

    monkeypatch.setattr(write, "write_atomic", fill)
    monkeypatch.setitem(SPECS, "single-easy", sharded())
    arguments = command(folder, "--workers", "1")[3:]
    assert main(arguments) == 2
    message = sentence(capsys)
    assert "is full" in message
    assert str(folder) in message
    assert list(folder.glob(".shards/train/*.json"))
    monkeypatch.setattr(write, "write_atomic", real)
    assert main(arguments) == 0
    assert digests(folder) == digests(easy)


def test_a_part_file_is_removed_when_writing_fails(tmp_path):
    with pytest.raises(IsADirectoryError):
        write.write_atomic(tmp_path, b"text")
    (tmp_path / "taken").mkdir()
    with pytest.raises(OSError, match="taken"):
        write.write_atomic(tmp_path / "taken", b"text")
    assert not list(tmp_path.glob("*" + PART))


def test_another_set_is_left_alone(easy, tmp_path, capsys):
    before = digests(easy)
    for arguments in (["single"], ["single-easy", "--seed", "1"], ["dense"]):
        assert main([*arguments, "--out", str(easy), "--workers", "1"]) == 2
        assert "another data set" in sentence(capsys)
    assert digests(easy) == before
    (tmp_path / "letter.txt").write_text("kept")
    assert main(["single", "--out", str(tmp_path)]) == 2
    assert "letter.txt" in sentence(capsys)
    assert [path.name for path in tmp_path.iterdir() if path.suffix] == ["letter.txt"]


def test_damaged_manifest(easy, tmp_path, capsys):
    (tmp_path / "manifest.json").write_text("{")
    assert main(["single", "--out", str(tmp_path)]) == 2
    assert "manifest.json is damaged" in sentence(capsys)


def test_cache_folder(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    assert default_folder("single", 3).parent == tmp_path
    assert default_folder("single", 3) != default_folder("single", 4)
    monkeypatch.delenv("COURSE_DATA_DIR")
    assert default_folder("single").is_absolute()
