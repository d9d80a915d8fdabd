"""Executes chapters and keeps what they show.

    python -m course_lib.run 01                    rewrite chapter 1 with its outputs
    python -m course_lib.run all                   every chapter
    python -m course_lib.run 01 --claims           five seeds of its claims, stored
    python -m course_lib.run 01 --profile full     the long run, stored
    python -m course_lib.run 01 --profile smoke    two steps; shows whether it runs

Stored runs first go to a folder, `--record FOLDER` or a temporary one that is kept and
named when a run fails; the seeds that are finished there are not run again.

A notebook is rewritten when the whole run succeeded, in profile `fast` with the default
data and seed; every other run leaves it as it is. `--output` names another place.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

from nbformat import NotebookNode

from course_lib import notebooks
from course_lib.execution import LIMITS, Run, RunError, execute
from course_lib.files import replacing

SEEDS = [0, 1, 2, 3, 4]


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
            record_time(run, seconds)
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


def record_file(run: Run) -> Path:
    """Where a recorded run leaves what it found."""
    name = f"{run.path.name[:2]}-{run.data}-{run.profile}-seed{run.seed}.json"
    return run.record / name


def is_finished(run: Run) -> bool:
    """Whether an earlier command recorded this run to its end (its time comes last)."""
    if run.record is None or not record_file(run).exists():
        return False
    recorded = json.loads(record_file(run).read_text(encoding="utf-8"))
    return "chapter" in recorded["timings"]


def record_time(run: Run, seconds: float) -> None:
    """Add the time of a whole run, which it cannot know itself, to what it recorded."""
    if run.record is None:
        return
    path = record_file(run)
    if not path.exists():
        raise RunError(f"{run.name} recorded nothing; it must call results.record.")
    recorded = json.loads(path.read_text(encoding="utf-8"))
    recorded["timings"]["chapter"] = float(f"{seconds:.3g}")
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(recorded), encoding="utf-8")


def collect(folder: Path) -> None:
    """Store what runs left in a folder: results, and weights (those of one seed)."""
    from course_lib import collecting  # torch, which the other runs can do without

    written = collecting.collect(folder)
    for path in sorted(folder.glob("*.safetensors")):
        target = notebooks.ROOT / "course_lib" / "weights" / path.name
        target.parent.mkdir(exist_ok=True)
        written.append(Path(shutil.copy(path, target)))
    print("\n".join(f"wrote {path}" for path in written))


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
    parser.add_argument("--record", type=Path, help="folder of runs to be stored")
    parser.add_argument("--solutions", action="store_true", help="graded strictly")
    parser.add_argument("--processes", type=int, default=1, help="for one run")
    parser.add_argument("--jobs", type=int, default=0, help="runs at once")
    parser.add_argument("--output", type=Path, help="a notebook, or a folder of them")
    options = parser.parse_args(arguments)
    count = len(options.seeds or SEEDS)
    if options.claims and (options.profile == "smoke" or count < len(SEEDS)):
        parser.error(f"--claims needs {len(SEEDS)} seeds, and more than two steps")
    if options.record and not (options.claims or options.profile == "full"):
        parser.error("--record is for stored runs: --claims or --profile full")
    return options


def run_planned(options: argparse.Namespace, folder: Path) -> None:
    """Execute what is asked for and not finished yet, and store what was recorded."""
    runs = plan(options, folder)
    waiting = [run for run in runs if not is_finished(run)]
    if waiting:
        # A long run may need the whole machine; short ones share it.
        spare = 1 if options.profile == "full" else os.cpu_count() or 1
        jobs = options.jobs or min(len(waiting), spare // options.processes or 1)
        execute_all(waiting, jobs, options.output)
    if runs[0].record:
        collect(folder)


def tidy(folder: Path, is_done: bool) -> None:
    """Remove a temporary folder of runs, but name one that a failure must not lose."""
    if is_done or not any(folder.glob("*-seed*.json")):
        shutil.rmtree(folder)
        return
    print(
        f"The finished runs are kept in {folder}. The same command with "
        f"--record {folder} runs only the others and stores all.",
        file=sys.stderr,
    )


def main(arguments: list[str] | None = None) -> int:
    """Command line; returns the exit code."""
    options = parse(arguments)
    folder = options.record or Path(tempfile.mkdtemp(prefix="course-runs-"))
    is_done = False
    try:
        run_planned(options, folder.resolve())
        is_done = True
    except (RunError, ValueError) as error:
        print(f"\n{error}\nWhat failed was not written.", file=sys.stderr)
    finally:
        if options.record is None:
            tidy(folder, is_done)
    return 0 if is_done else 1


if __name__ == "__main__":
    sys.exit(main())
