"""A small rendered set for tests, and ways to look at one."""

import hashlib
import json
from dataclasses import replace
from pathlib import Path

from data_scripts.people.sets import SPECS

COUNTS = {"train": 6, "val": 2, "test": 2}


def sharded():
    return replace(SPECS["single-easy"], shard=2)


def read(folder: Path, split: str) -> dict:
    return json.loads((folder / f"{split}.json").read_text())


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file of a set but its lock."""
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != ".lock"
    }
