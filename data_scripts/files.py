"""Files and folders that survive interruption, two users at once and a full disk.

Everything is written to `NAME.part` and renamed, so a file under its own name is
complete. A folder belongs to one recipe, named in its `manifest.json`.
"""

import errno
import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from course_lib.files import DataError, read_json

MANIFEST = "manifest.json"
LOCK = ".lock"
PART = ".part"
CACHE_NAME = "human-pose-from-scratch"


def cache_dir() -> Path:
    """Folder of prepared data: `$COURSE_DATA_DIR` or the user's cache folder."""
    chosen = os.environ.get("COURSE_DATA_DIR", "").strip()
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs  # installed with pooch; only needed without the variable

    return Path(platformdirs.user_cache_dir(CACHE_NAME, appauthor=False))


def plain_sentence(error: OSError, path: Path) -> str:
    """What an operating-system error means for someone who writes to `path`."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return (
            f"The disk that holds {path} is full: free some space and run the same "
            "command again; finished parts are kept."
        )
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return (
            f"{path} cannot be written: choose another folder or change its "
            "permissions."
        )
    if error.errno in (errno.ENOTDIR, errno.EEXIST, errno.EISDIR):
        return (
            f"{path} or a folder above it is a file, not a folder: choose another "
            "folder."
        )
    reason = error.strerror or str(error)
    return f"{path} cannot be used ({reason}): check the disk or choose another folder."


@contextmanager
def plain_errors(path: Path) -> Iterator[None]:
    """Turn an `OSError` of the block into a `DataError` that names `path`."""
    try:
        yield
    except OSError as error:
        raise DataError(plain_sentence(error, path)) from error


def write_atomic(path: Path, data: bytes) -> None:
    """Write `data` so that `path` is either absent, as before, or complete.

    Other than `course_lib.files.replacing`, it does not wait for the disk, and its part
    file has a fixed name, so a resumed run replaces what a killed one left.
    """
    part = path.with_name(path.name + PART)
    try:
        part.write_bytes(data)
        os.replace(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def write_json(path: Path, value: Any) -> None:
    """Write compact JSON atomically; the same value gives the same bytes."""
    text = json.dumps(value, separators=(",", ":"), allow_nan=False)
    write_atomic(path, text.encode())


def take_image(source: Path, target: Path) -> tuple[int, int]:
    """Put an image into the set; returns its (width, height) in pixels."""
    from PIL import Image

    if not source.is_file():
        raise DataError(f"{source} is missing: unpack the release again.")
    try:
        with Image.open(source) as image:
            image.load()
            size = image.size
    except (OSError, SyntaxError, ValueError) as error:
        raise DataError(
            f"{source} is no readable image: unpack the release again."
        ) from error
    if target.is_file() and target.stat().st_size == source.stat().st_size:
        return size
    part = target.with_name(target.name + PART)
    part.unlink(missing_ok=True)
    try:
        os.link(source, part)
    except OSError:
        shutil.copyfile(source, part)
    os.replace(part, target)
    return size


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """The manifest of a folder, None where there is none."""
    path = folder / MANIFEST
    if not path.is_file():
        return None
    manifest = read_json(path)
    if not isinstance(manifest, dict) or not {"recipe", "splits"} <= manifest.keys():
        raise DataError(
            f"{path} is no manifest of this course: choose another folder for the data."
        )
    return manifest


def claim_folder(folder: Path, recipe: dict[str, Any]) -> dict[str, Any]:
    """Manifest of a folder that belongs to `recipe`, made when the folder is empty.

    Nothing is ever overwritten: `DataError` when the folder holds something else, or
    the same set made another way.
    """
    manifest = read_manifest(folder)
    if manifest is None:
        present = [p.name for p in folder.iterdir() if p.name != LOCK]
        strangers = [name for name in present if not name.endswith(PART)]
        if strangers:
            raise DataError(
                f"{folder} holds other files ({sorted(strangers)[0]}, ...): choose an "
                "empty or new folder."
            )
        manifest = {"recipe": recipe, "splits": {}}
        write_json(folder / MANIFEST, manifest)
    check_recipe(folder, manifest, recipe)
    return manifest


def check_recipe(
    folder: Path, manifest: dict[str, Any], recipe: dict[str, Any]
) -> None:
    """Raise `DataError` naming the differences between a folder and a recipe."""
    found = manifest["recipe"]
    keys = sorted(found.keys() | recipe.keys())
    differences = [
        f"{key} is {found.get(key)!r}, wanted {recipe.get(key)!r}"
        for key in keys
        if found.get(key) != recipe.get(key)
    ]
    if differences:
        raise DataError(
            f"{folder} holds another data set ({'; '.join(differences)}): choose "
            "another folder or delete this one."
        )


def make_folder(folder: Path) -> None:
    """Create a folder that can be written; `DataError` where that is impossible."""
    with plain_errors(folder):
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK | os.X_OK):
            raise PermissionError(errno.EACCES, "Permission denied", str(folder))


@contextmanager
def folder_lock(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; say so when another process has it, then wait."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / LOCK)
    with plain_errors(folder):
        try:
            lock.acquire(timeout=0)
        except Timeout:
            print(f"Another process prepares {folder}; waiting for it.", flush=True)
            lock.acquire()
    try:
        yield
    finally:
        lock.release()
