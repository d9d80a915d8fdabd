"""The golden set: some 200 small images that travel inside the package."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

from data_scripts.files import LOCK, MANIFEST, DataError, plain_errors, read_manifest
from data_scripts.people.prepare import prepare_spec, recipe_of
from data_scripts.people.sets import GOLDEN, GOLDEN_SEED, SetSpec

PLACE = Path(__file__).resolve().parents[2] / "course_lib" / "assets" / "golden"


def render_golden(out: Path | None = None, workers: int = 2) -> Iterator[Path]:
    """Render every golden set anew, into `out` or the package; gives each folder.

    A set replaces the one of an older version; a folder that is no golden set is
    left alone with a `DataError`.
    """
    place = Path(out) if out is not None else PLACE
    for spec in GOLDEN.values():
        yield replace_golden(spec, place / spec.name, workers)


def replace_golden(spec: SetSpec, folder: Path, workers: int) -> Path:
    """Render one golden set beside `folder` and put it in its place."""
    with plain_errors(folder):
        check_replaceable(folder, spec)
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
            fresh = Path(scratch) / spec.name
            prepare_spec(spec, fresh, GOLDEN_SEED, workers)
            (fresh / LOCK).unlink(missing_ok=True)
            if folder.exists():
                folder.rename(Path(scratch) / "old")
            fresh.rename(folder)
    return folder


def check_replaceable(folder: Path, spec: SetSpec) -> None:
    """Raise `DataError` where `folder` holds anything but a golden set."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    manifest = read_manifest(folder)
    wanted = recipe_of(spec, GOLDEN_SEED)
    found = manifest["recipe"] if manifest is not None else {}
    if any(found.get(key) != wanted[key] for key in ("set", "seed")):
        raise DataError(
            f"{folder} has no {MANIFEST} of a golden set: move it away first."
        )
