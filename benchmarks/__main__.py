"""Runs every benchmark in this folder, one after the other: `make bench`."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).resolve().parent


def main() -> int:
    """Run them in order; the exit code is that of the first that fails."""
    for path in sorted(FOLDER.glob("[!_]*.py")):
        print(f"\n== {path.stem}", flush=True)
        code = subprocess.run([sys.executable, path, *sys.argv[1:]]).returncode
        if code:
            return code
    return 0


if __name__ == "__main__":
    sys.exit(main())
