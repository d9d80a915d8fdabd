"""Executing one chapter in a process of its own, with time limits and clear errors."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from nbformat import NotebookNode

from course_lib import notebooks
from course_lib.setup import MEMORY

# Seconds for one cell and for one whole run.
LIMITS = {"smoke": (120, 600), "fast": (900, 3600), "full": (86_400, 172_800)}


class RunError(Exception):
    """A chapter did not run to its end; the message says where and why."""


@dataclass(frozen=True)
class Run:
    """One execution of one chapter."""

    path: Path
    profile: str = "fast"
    data: str = "rendered"
    seed: int = 0
    solutions: bool = False
    record: Path | None = None
    processes: int = 1

    @property
    def name(self) -> str:
        """What to call it in messages."""
        return f"{self.path.name} ({self.profile}, {self.data}, seed {self.seed})"

    @property
    def is_canonical(self) -> bool:
        """Whether its outputs are those that are committed."""
        settings = (self.profile, self.data, self.seed, self.solutions, self.record)
        return settings == ("fast", "rendered", 0, False, None)


def environment(run: Run, threads: int) -> dict[str, str]:
    """Environment variables of the process that executes `run`."""
    ours = ("COURSE_STRICT", "COURSE_RECORD")
    keep = {name: value for name, value in os.environ.items() if name not in ours}
    keep |= MEMORY | {
        "COURSE_PROFILE": run.profile,
        "COURSE_DATA": run.data,
        "COURSE_SEED": str(run.seed),
        "OMP_NUM_THREADS": str(threads),
        "MKL_NUM_THREADS": str(threads),
        "PYTHONHASHSEED": "0",
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(notebooks.ROOT), os.environ.get("PYTHONPATH")])
        ),
        "TQDM_DISABLE": "1",
    }
    if run.solutions:
        keep["COURSE_STRICT"] = "1"
    if run.record:
        keep["COURSE_RECORD"] = str(run.record)
    if run.processes > 1 and not has_gpu():
        keep["ACCELERATE_USE_CPU"] = "true"
    return keep


def has_gpu() -> bool:
    """Whether torch sees a GPU that processes can share out."""
    import torch  # seconds to import, and only runs on several processes ask

    return torch.cuda.is_available()


def execute(run: Run, threads: int) -> NotebookNode | None:
    """The executed notebook, canonical; None for a run on several processes.

    Raises RunError naming notebook, cell and error. Works in an empty folder, as a
    reader's notebook that was downloaded alone does.
    """
    notebook = notebooks.read(run.path)
    if run.solutions:
        module = notebooks.load_solutions(run.path)
        notebook = notebooks.with_solutions(notebook, module.SOLUTIONS)
    with tempfile.TemporaryDirectory() as folder:
        if run.processes > 1:
            launch(run, notebooks.script(notebook), Path(folder), threads)
            return None
        executed = run_papermill(run, notebook, Path(folder), threads)
    return notebooks.canonical(executed)


def run_papermill(
    run: Run, notebook: NotebookNode, folder: Path, threads: int
) -> NotebookNode:
    """The notebook as papermill leaves it. RunError when a cell raised."""
    cell_limit, _ = LIMITS[run.profile]
    source, target = folder / "source.ipynb", folder / run.path.name
    notebooks.write(notebook, source)
    papermill = ["-m", "papermill", source, target, "--kernel", "python3"]
    options = ["--execution-timeout", cell_limit, "--no-progress-bar"]
    code, words = spawn(run, [*papermill, *options], folder, threads)
    executed = without_notes(notebooks.read(target)) if target.exists() else None
    error = notebooks.first_error(executed) if executed else None
    if code or error:
        raise RunError(f"{run.name}: {error or explain(words)}")
    return executed


def without_notes(notebook: NotebookNode) -> NotebookNode:
    """The notebook without the cells that papermill adds around an error."""
    notebook.cells = [
        cell
        for cell in notebook.cells
        if not any(tag.startswith("papermill-error") for tag in notebooks.tags(cell))
    ]
    return notebook


def launch(run: Run, text: str, folder: Path, threads: int) -> None:
    """Run the code cells as a script on several processes with accelerate.

    One process a GPU; without GPU the processes share the processor, which tests use.
    """
    script = folder / f"{run.path.stem}.py"
    script.write_text(text, encoding="utf-8")
    accelerate = ["-m", "accelerate.commands.launch", "--multi_gpu"]
    options = ["--num_processes", run.processes, "--num_machines", 1]
    options += ["--mixed_precision", "no", "--dynamo_backend", "no", script]
    code, words = spawn(run, [*accelerate, *options], folder, threads)
    if code:
        raise RunError(f"{run.name} on {run.processes} processes: {explain(words)}")


def spawn(run: Run, arguments: list, folder: Path, threads: int) -> tuple[int, str]:
    """Exit code and printed words of a Python process, ended at its time limit."""
    command = [sys.executable, *map(str, arguments)]
    _, limit = LIMITS[run.profile]
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=environment(run, threads),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    try:
        words, _ = process.communicate(timeout=limit)
    except subprocess.TimeoutExpired:
        raise RunError(f"{run.name} was stopped after {limit} s.") from None
    finally:
        if process.poll() is None:  # also when the reader presses Ctrl-C
            stop(process)
    return process.returncode, words


def stop(process: subprocess.Popen) -> None:
    """End a process and those it started; kernels end with their parent."""
    if hasattr(os, "killpg"):
        os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()
    process.wait()


def explain(words: str) -> str:
    """What to do about a process that failed outside the notebook's cells."""
    if "NoSuchKernel" in words or "No such kernel" in words:
        return "the Python kernel is missing; set up with: python -m course_lib.setup"
    if "No module named papermill" in words:
        return "papermill is missing; set up with: python -m course_lib.setup"
    if "CellTimeoutError" in words or "A cell timed out" in words:
        return "a cell took longer than its time limit."
    return f"the process failed; its last words were:\n{words.strip()[-1500:]}"
