"""Executes chapters and keeps what they show.

    python -m course_lib.run 01                    rewrite chapter 1 with its outputs
    python -m course_lib.run all                   every chapter
    python -m course_lib.run 01 --claims           five seeds of its claims, stored
    python -m course_lib.run 01 --profile full     the long run, stored
    python -m course_lib.run 01 --profile smoke    two steps; shows whether it runs

A notebook is rewritten when the whole run succeeded, in profile `fast` with the default
data and seed; every other run leaves it as it is. `--output` names another place.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from nbformat import NotebookNode

from course_lib import notebooks

# Seconds for one cell and for one whole run.
LIMITS = {"smoke": (120, 600), "fast": (900, 3600), "full": (86_400, 172_800)}
SEEDS = [0, 1, 2, 3, 4]


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
    keep |= {
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


def execute_all(runs: list[Run], jobs: int, output: Path | None) -> None:
    """Execute several runs at once and store each that succeeds.

    RunError names all that failed.
    """
    threads = max(1, (os.cpu_count() or 1) // (jobs * runs[0].processes))
    failed: list[str] = []
    with ThreadPoolExecutor(jobs) as pool:
        outcomes = pool.map(partial(attempt, threads=threads), runs)
        for run, (outcome, seconds) in zip(runs, outcomes, strict=True):
            if isinstance(outcome, RunError):
                failed.append(str(outcome))
                continue
            print(f"{run.name}: {seconds:.0f} s", flush=True)
            if outcome is not None and (output or run.is_canonical):
                store(run, outcome, output or run.path)
    if failed:
        raise RunError("\n".join(failed))


def attempt(run: Run, threads: int) -> tuple[NotebookNode | RunError | None, float]:
    """The executed notebook or the error that stopped it, and the seconds it took."""
    start = time.monotonic()
    try:
        return execute(run, threads), time.monotonic() - start
    except (RunError, ValueError) as error:
        return RunError(str(error)), time.monotonic() - start


def store(run: Run, notebook: NotebookNode, target: Path) -> None:
    """Write an executed notebook to a file, or into a folder under its own name."""
    if target.is_dir():
        target = target / run.path.name
    notebooks.write(notebook, target)
    print(f"wrote {target}", flush=True)


def plan(options: argparse.Namespace, record: Path) -> list[Run]:
    """The runs that the command line asks for. ValueError on an unknown chapter."""
    paths = notebooks.chapters()
    if "all" not in options.chapters:
        paths = [notebooks.chapter(number) for number in options.chapters]
    if not paths:
        raise ValueError("There is no chapter yet in notebooks/.")
    is_recorded = options.claims or options.profile == "full"
    return [
        Run(
            path,
            options.profile,
            options.data,
            seed,
            options.solutions,
            record if is_recorded else None,
            options.processes,
        )
        for path in paths
        for seed in options.seeds or (SEEDS if is_recorded else [0])
    ]


def parse(arguments: list[str] | None) -> argparse.Namespace:
    """The command line; exits with a sentence on a mistake."""
    parser = argparse.ArgumentParser("course_lib.run", description=__doc__)
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("chapters", nargs="+", help="01 02 ..., or all")
    parser.add_argument("--profile", choices=LIMITS, default="fast")
    parser.add_argument("--data", default="rendered", help="or lspet, mpii, coco ...")
    parser.add_argument("--seed", type=int, nargs=1, dest="seeds", help="default: 0")
    parser.add_argument("--seeds", type=int, nargs="+", help="several, one run each")
    parser.add_argument("--claims", action="store_true", help="store all seeds")
    parser.add_argument("--solutions", action="store_true", help="graded strictly")
    parser.add_argument("--processes", type=int, default=1, help="for one run")
    parser.add_argument("--jobs", type=int, default=0, help="runs at once")
    parser.add_argument("--output", type=Path, help="a notebook, or a folder of them")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    options = parse(arguments)
    with tempfile.TemporaryDirectory() as folder:
        try:
            runs = plan(options, Path(folder))
            # A long run may need the whole machine; short ones share it.
            spare = 1 if options.profile == "full" else os.cpu_count() or 1
            jobs = options.jobs or min(len(runs), spare // options.processes or 1)
            execute_all(runs, jobs, options.output)
            if any(run.record for run in runs):
                from course_lib import results

                print("\n".join(f"wrote {path}" for path in results.collect(folder)))
        except (RunError, ValueError) as error:
            print(f"\n{error}\nWhat failed was not written.", file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
