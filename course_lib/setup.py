"""Sets up the course: makes `.venv`, installs the pinned packages, runs a command.

Only the standard library is used, because nothing else is there yet. `make` calls this
module; where make is missing, call it yourself:

    python -m course_lib.setup           set up (returns at once when that was done)
    python -m course_lib.setup --lab     ... and open JupyterLab
    python -m course_lib.setup --test    ... and run all tests

Arguments after `--` go to the command, for example `--lab -- --no-browser`.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
INPUTS = ("requirements.lock", "pyproject.toml")  # a change here means: install again
OLDEST, NEWEST = (3, 11), (3, 13)
GIGABYTES = 8 if sys.platform == "linux" else 3  # torch for Linux brings CUDA along
# Bytes: glibc keeps freed memory, and takes pieces of up to 32 MB from what it keeps.
# A training step frees and takes its tensors anew; handed back to the kernel and asked
# for again, they cost up to half of its time. (The second alone makes it worse.)
MEMORY = {
    "MALLOC_MMAP_THRESHOLD_": str(2**25),
    "MALLOC_TRIM_THRESHOLD_": str(2**31 - 1),
}

# Each command is a list of steps, run with the Python of the environment.
COMMANDS = {
    "lab": [
        ["-m", "data_scripts.people", "single-easy"],
        ["-m", "jupyter", "lab", "--LabApp.default_url=/lab/tree/notebooks"],
    ],
    "test": [["tests/run_all.py"]],
    "book": [["-m", "course_lib.run", "all"]],
    "data": [["-m", "data_scripts.people", "all"]],
    "bench": [["-m", "benchmarks"]],
    "release": [["-m", "course_lib.release"]],
}
LOCK = [
    *("pip", "compile", "pyproject.toml", "--extra", "lab", "--extra", "test"),
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--no-annotate"),
    *("--no-emit-index-url", "--no-emit-find-links", "--quiet"),
    *("--custom-compile-command", "make lock", "--output-file", "requirements.lock"),
]


class SetupError(Exception):
    """Something the reader can mend; the message says how."""


def check_python(version: tuple[int, ...] = tuple(sys.version_info)) -> None:
    """Raises SetupError unless the Python that runs this is one the course knows."""
    if OLDEST <= tuple(version[:2]) <= NEWEST:
        return
    have = ".".join(str(part) for part in version[:3])
    raise SetupError(
        f"The course needs Python 3.{OLDEST[1]} to 3.{NEWEST[1]}, and this is {have}. "
        f"Install one of them and name it: make PYTHON=python3.{NEWEST[1]} lab"
    )


def check_disk(root: Path) -> None:
    """Raises SetupError when there is clearly no room for the packages."""
    free = shutil.disk_usage(root).free / 1e9
    if free < GIGABYTES:
        raise SetupError(
            f"The packages take about {GIGABYTES} GB and {free:.1f} GB are free "
            f"in {root}. Make room there, then run the same command again."
        )


def fingerprint(root: Path) -> str:
    """This Python's version and a hash of the files that say what is installed."""
    sha = hashlib.sha256()
    for name in INPUTS:
        sha.update((root / name).read_bytes())
    return f"{sys.version_info[0]}.{sys.version_info[1]} {sha.hexdigest()}"


def program(folder: Path, name: str) -> Path:
    """Path of a program inside a virtual environment, on any system."""
    if os.name == "nt":
        return folder / "Scripts" / f"{name}.exe"
    return folder / "bin" / name


def find_uv(root: Path) -> Path:
    """Path of a uv that runs: the system's, else one installed in `.bootstrap`."""
    bootstrap = root / ".bootstrap"
    for candidate in (shutil.which("uv"), program(bootstrap, "uv")):
        if candidate and answers(Path(candidate)):
            return Path(candidate)
    print("Installing uv, which installs the rest ...", flush=True)
    made = [sys.executable, "-m", "venv", "--clear", str(bootstrap)]
    if subprocess.run(made).returncode:
        raise SetupError(
            "Python could not make a virtual environment. On Debian and Ubuntu its "
            "venv module is a package of its own: apt install python3-venv"
        )
    python = program(bootstrap, "python")
    call([python, "-m", "pip", "install", "--quiet", "uv"], root)
    return program(bootstrap, "uv")


def answers(uv: Path) -> bool:
    """Whether this uv can be run (a version manager's stand-in may not)."""
    try:
        done = subprocess.run([uv, "--version"], capture_output=True, check=False)
    except OSError:
        return False
    return done.returncode == 0


def call(command: list, root: Path) -> None:
    """Run a step of the installation; when it fails, try again and say why it does."""
    quiet = {"VIRTUAL_ENV": str(root / ".venv"), "UV_PYTHON_DOWNLOADS": "never"}
    options = {"cwd": root, "env": {**os.environ, **quiet}}
    words = [str(word) for word in command]
    if subprocess.run(words, **options).returncode == 0:
        return
    print("That failed; trying once more ...", flush=True)
    again = subprocess.run(words, capture_output=True, text=True, **options)
    if again.returncode:
        raise SetupError(explain(again.stdout + again.stderr))


def explain(output: str) -> str:
    """One sentence on what to do about the failed step that printed `output`."""
    text = output.lower()
    if "no space left" in text or "os error 28" in text or "disk quota" in text:
        return f"The disk is full. About {GIGABYTES} GB are needed; make room, repeat."
    network = ("dns", "failed to fetch", "connection", "timed out", "versions: none")
    if any(word in text for word in network):
        return (
            "The package index could not be reached. Check the network (or the proxy "
            f"and index settings of pip and uv), then run the same command again.\n"
            f"{output.strip()[-600:]}"
        )
    return f"The installation failed; the last words were:\n{output.strip()[-1500:]}"


def install(root: Path) -> bool:
    """Bring `.venv` in step with the lock; False when it already was.

    The stamp is taken away first and written last, so an interrupted installation is
    started afresh by the next call.
    """
    check_python()
    stamp, wanted = root / ".venv" / "course-stamp", fingerprint(root)
    had = stamp.read_text() if stamp.exists() else ""
    if had == wanted:
        return False
    uv = find_uv(root)
    if had.split(" ")[0] != wanted.split(" ")[0]:
        check_disk(root)
        call([uv, "venv", "--clear", "--python", sys.executable, ".venv"], root)
    stamp.unlink(missing_ok=True)
    print("Installing the packages (the first time, some minutes) ...", flush=True)
    call([uv, "pip", "sync", "--require-hashes", "requirements.lock"], root)
    own = [uv, "pip", "install", "--no-deps", "--no-build-isolation", "-e", "."]
    call([*own, "--quiet"], root)
    stamp.write_text(wanted)
    return True


def run(command: str, arguments: list[str], root: Path) -> int:
    """Run the steps of one of COMMANDS; the arguments go to the last step.

    Where the system can, the last step takes the place of this process, so that Ctrl-C
    reaches JupyterLab alone and it can ask.
    """
    python = str(program(root / ".venv", "python"))
    os.environ.update(MEMORY)
    *steps, last = [[python, *step] for step in COMMANDS[command]]
    last += arguments
    for step in steps:
        code = subprocess.run(step, cwd=root).returncode
        if code:
            return code
    if os.name == "nt":
        return subprocess.run(last, cwd=root).returncode
    os.chdir(root)
    os.execv(python, last)
    return 0  # not reached


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    split = words.index("--") if "--" in words else len(words)
    parser = argparse.ArgumentParser("course_lib.setup", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    group = parser.add_mutually_exclusive_group()
    for name in COMMANDS:
        group.add_argument(
            f"--{name}", dest="command", action="store_const", const=name
        )
    group.add_argument("--lock", action="store_true", help="renew requirements.lock")
    options = parser.parse_args(words[:split])
    try:
        if options.lock:
            call([find_uv(ROOT), *LOCK, *words[split + 1 :]], ROOT)
            return 0
        fresh = install(ROOT)
        if options.command:
            return run(options.command, words[split + 1 :], ROOT)
        print("The environment .venv is ready." if fresh else "Nothing to do.")
    except SetupError as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. The same command goes on from here.", file=sys.stderr)
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
