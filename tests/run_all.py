"""Everything that `make test` checks, one part after the other, with times.

.venv/bin/python tests/run_all.py                all parts
.venv/bin/python tests/run_all.py style pytest   only these
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PYTEST = ["-m", "pytest", "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider"]


@dataclass(frozen=True)
class Part:
    """One part of the checks: commands for Python and variables they see."""

    name: str
    commands: list[list[str]]
    variables: dict[str, str] = field(default_factory=dict)


def parts(root: Path) -> list[Part]:
    """The parts in the order that finds mistakes soonest.

    All sets are rendered before any notebook runs, so that no notebook's time limit
    pays for them. Notebooks run twice: by papermill with the reference answers, and by
    nbval, which compares the contract cells.
    """
    books = sorted(str(path) for path in root.glob("notebooks/*.ipynb"))
    smoke = ["-m", "course_lib.run", "all", "--profile", "smoke", "--solutions"]
    nbval = [*PYTEST, "--nbval-lax", "--nbval-cell-timeout", "900", "--timeout", "900"]
    found = [
        Part("style", [["-m", "ruff", "check"], ["-m", "ruff", "format", "--check"]]),
        Part("pytest", [[*PYTEST, "tests"]], {"OMP_NUM_THREADS": "1"}),
        Part("data", [["-m", "data_scripts.people", "all"]]),
    ]
    if books:
        fast = {"COURSE_PROFILE": "fast", "OMP_NUM_THREADS": "1", "TQDM_DISABLE": "1"}
        found += [Part("smoke", [smoke]), Part("fast", [[*nbval, *books]], fast)]
    return found


def passes(part: Part, root: Path) -> bool:
    """Run one part; whether all of its commands succeeded."""
    return all(
        subprocess.run(
            [sys.executable, *command],
            cwd=root,
            env={**os.environ, **part.variables},
        ).returncode
        == 0
        for command in part.commands
    )


def main(names: list[str]) -> int:
    """Run the named parts, or all; the exit code is 1 when one failed."""
    chosen = parts(ROOT)
    unknown = set(names) - {part.name for part in chosen}
    if unknown:
        known = ", ".join(part.name for part in chosen)
        print(f"No such part: {', '.join(sorted(unknown))}. Parts: {known}.")
        return 2
    lines, failed = [], 0
    chosen = [part for part in chosen if not names or part.name in names]
    for part in chosen:
        print(f"\n== {part.name}", flush=True)
        start = time.monotonic()
        good = passes(part, ROOT)
        failed += not good
        seconds = time.monotonic() - start
        lines.append(f"{part.name:8} {seconds:6.0f} s  {'ok' if good else 'FAILED'}")
    print("\n" + "\n".join(lines))
    print(f"\n{len(chosen) - failed} passed, {failed} failed", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
