"""Render a set once and hand out its folder ever after."""

import os
from pathlib import Path
from typing import Any

from data_scripts.files import (
    DataError,
    cache_dir,
    check_recipe,
    claim_folder,
    folder_lock,
    make_folder,
    plain_errors,
    read_manifest,
)
from data_scripts.people.sets import (
    GENERATOR_VERSION,
    SetSpec,
    get_spec,
    resolve_counts,
)


def prepare(
    name: str,
    out: str | os.PathLike[str] | None = None,
    seed: int = 0,
    workers: int = 2,
    counts: dict[str, int] | None = None,
) -> Path:
    """Folder of a rendered set; renders what is missing, which may be nothing.

    name: `single-easy`, `single`, `groups`, `crowds`, `clips` or `dense`.
    out: the folder; by default one inside `$COURSE_DATA_DIR` or the user's cache.
    seed: whole number >= 0; another seed gives other people. workers: processes.
    counts: samples per split, `{"train": 100}`; the set's own numbers otherwise. A
    folder that has more keeps them; one that has fewer grows, its old samples as
    they were. An interrupted run goes on where it stopped, and of two callers at
    once one renders while the other waits. In a script, call it below
    `if __name__ == "__main__":`, since the workers import the script again.

    Raises `DataError` (a `ValueError`) with one sentence that names the fix.
    """
    spec = get_spec(name)
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        raise DataError(f"The seed is {seed!r}: give a whole number, 0 or more.")
    folder = Path(out).expanduser() if out is not None else default_folder(name, seed)
    return prepare_spec(spec, folder, seed, workers, counts)


def default_folder(name: str, seed: int = 0) -> Path:
    """Where a set lives when no folder is given; versions and seeds live apart."""
    return cache_dir() / f"{name}-v{GENERATOR_VERSION}-seed{seed}"


def prepare_spec(
    spec: SetSpec,
    folder: Path,
    seed: int,
    workers: int,
    counts: dict[str, int] | None = None,
) -> Path:
    """`prepare` for any spec, for instance one of the golden sets."""
    wanted = resolve_counts(spec, counts)
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise DataError(f"The number of workers is {workers!r}: give 1 or more.")
    recipe = recipe_of(spec, seed)
    with plain_errors(folder):
        if is_finished(folder, recipe, wanted):
            return folder
    make_folder(folder)
    with folder_lock(folder), plain_errors(folder):
        claim_folder(folder, recipe)
        if not is_finished(folder, recipe, wanted):
            from data_scripts.people.shards import render_missing

            render_missing(spec, folder, seed, wanted, workers)
    return folder


def recipe_of(spec: SetSpec, seed: int) -> dict[str, Any]:
    """What decides the content of a set, as the manifest keeps it."""
    return {
        "set": spec.name,
        "spec": spec.digest(),
        "generator_version": GENERATOR_VERSION,
        "seed": seed,
    }


def is_finished(folder: Path, recipe: dict[str, Any], wanted: dict[str, int]) -> bool:
    """Whether the folder holds at least the wanted samples of every split."""
    manifest = read_manifest(folder)
    if manifest is None:
        return False
    check_recipe(folder, manifest, recipe)
    return all(
        manifest["splits"].get(split, {}).get("samples", 0) >= count
        and (count == 0 or (folder / f"{split}.json").is_file())
        for split, count in wanted.items()
    )
