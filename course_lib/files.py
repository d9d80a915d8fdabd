"""Files: written by one process only, whole or not at all; read with plain errors."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any


class DataError(ValueError):
    """Something is wrong with a data set; the message names the file and the fix."""


def is_main_process() -> bool:
    """Whether this process is the one that prints and writes files."""
    return os.environ.get("RANK", "0") == "0"


@contextmanager
def replacing(path: str | Path) -> Iterator[Path]:
    """Yields a temporary path beside `path`; on success it takes the place of `path`.

    Folders are made as needed. When the block raises, `path` stays as it was and the
    temporary file is removed.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(
        dir=path.parent, prefix=f".{path.name}.", suffix=".part", delete=False
    ) as handle:
        temporary = Path(handle.name)
    try:
        yield temporary
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.chmod(0o666 & ~_umask())  # not the private mode of temporary files
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def read_json(path: Path) -> Any:
    """The value in a JSON file; DataError names a file that is not JSON."""
    try:
        return json.loads(path.read_bytes())
    except ValueError as error:
        raise DataError(
            f"{path} is damaged, no valid JSON ({error}): delete it and prepare it "
            "again."
        ) from error


def _umask() -> int:
    """The process's file mode mask, which can only be read by setting it."""
    mask = os.umask(0)
    os.umask(mask)
    return mask
