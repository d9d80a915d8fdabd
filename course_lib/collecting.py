"""Merges what runs recorded into the result files, and tells what is stale."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

from course_lib.code_hash import code_hash
from course_lib.judging import judge
from course_lib.results import (
    FOLDER,
    SAME,
    data_version,
    load,
    notebook_of,
    rounded,
    write,
)


def collect(folder: str | Path, target: Path = FOLDER) -> list[Path]:
    """The result files that were written from the recorded runs in a folder.

    The runs of one (chapter, data, profile) become one entry, which replaces the one
    stored before. ValueError when runs that belong together differ in code, device,
    versions, claims or the length of a curve, when a claim has none of its seeds, when
    a file is damaged, or when nothing was recorded.
    """
    groups: dict[tuple, list[dict]] = {}
    for path in sorted(Path(folder).glob("*-seed*.json")):
        run = _recorded(path)
        key = (run["chapter"], run["data"], run["profile"])
        groups.setdefault(key, []).append(run)
    if not groups:
        raise ValueError(f"No run recorded anything in {folder}.")
    merged = [_merge(runs) for runs in groups.values()]  # all, before any is written
    written = []
    for (chapter, *_), entry in zip(groups, merged, strict=True):
        path = target / f"{chapter}.json"
        _store(path, chapter, entry)
        written.append(path)
    return sorted(set(written))


def _recorded(path: Path) -> dict:
    """What one run recorded. ValueError naming the file when it is damaged."""
    parts = {*SAME, "seed", "date", "metrics", "effects", "timings"}
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        missing = sorted(parts - set(run))
    except (ValueError, TypeError) as error:
        missing = [f"JSON ({error})"]
    if missing:
        fix = "Delete it and run that seed again."
        raise ValueError(f"{path} is damaged, it lacks {', '.join(missing)}. {fix}")
    return run


def stale(
    chapter: str, folder: Path = FOLDER, notebooks: Path | None = None
) -> list[str]:
    """A sentence for each stored entry whose code or data have changed since."""
    path = folder / f"{chapter}.json"
    if not path.exists():
        return []
    now = code_hash(notebook_of(chapter, notebooks))
    return [
        f"{path.name}: the results of profile {e['profile']}, data {e['data']} are "
        f"older than the {changed}. Run: python -m course_lib.run {chapter} --profile "
        f"{e['profile']} --data {e['data']} --claims"
        for e in load(path)["entries"]
        if (changed := _changed(e, now))
    ]


def _changed(entry: dict, code: str) -> str:
    """What is no longer as it was when the entry was made; empty if nothing."""
    if entry["code_hash"] != code:
        return "code"
    return "data" if entry["data_version"] != data_version(entry["data"]) else ""


def _merge(runs: list[dict]) -> dict:
    """One entry from the runs of several seeds."""
    runs = sorted(runs, key=lambda run: run["seed"])
    first = runs[0]
    for run in runs:
        for name in SAME:
            if run[name] != first[name]:
                seeds = f"seeds {first['seed']} and {run['seed']}"
                raise ValueError(
                    f"chapter {first['chapter']}: {seeds} differ in {name}; run again"
                )
    return {
        **{name: first[name] for name in SAME[1:]},
        "date": max(run["date"] for run in runs),
        "seeds": [run["seed"] for run in runs],
        "metrics": _summaries(runs, "metrics"),
        "timings": _summaries(runs, "timings"),
        "claims": [_verdict(claim, runs) for claim in first["claims"].values()],
    }


def _verdict(claim: dict, runs: list[dict]) -> dict:
    """A claim with its effects; without all seeds of its protocol, an illustration."""
    values = {
        str(run["seed"]): run["effects"][claim["id"]]
        for run in runs
        if run["seed"] in claim["seeds"]
    }
    if not values:
        raise ValueError(f"claim {claim['id']}: no run has a seed of {claim['seeds']}")
    result = judge(list(values.values()), claim["threshold"])
    is_complete = len(values) == len(claim["seeds"])
    return {
        **claim,
        "values": values,
        "estimate": rounded(result.estimate),
        "interval": [rounded(x) for x in result.interval] if is_complete else None,
        "verdict": result.verdict if is_complete else "illustration",
    }


def _summaries(runs: list[dict], part: str) -> dict:
    """Mean and standard deviation over the seeds, and the values, of each number."""
    names = sorted({name for run in runs for name in run[part]})
    return {name: _summary(runs, part, name) for name in names}


def _summary(runs: list[dict], part: str, name: str) -> dict:
    values = {str(run["seed"]): run[part][name] for run in runs if name in run[part]}
    try:
        array = np.array(list(values.values()), dtype=float)
    except ValueError as error:
        raise ValueError(f"{part} {name}: the seeds differ in length") from error
    std = rounded(array.std(axis=0, ddof=1)) if len(array) > 1 else None
    return {"mean": rounded(array.mean(axis=0)), "std": std, "values": values}


def _store(path: Path, chapter: str, entry: dict) -> None:
    """Puts the entry into the file, in place of the one with its data and profile."""
    entries = load(path)["entries"] if path.exists() else []
    key = (entry["data"], entry["profile"])
    entries = [e for e in entries if (e["data"], e["profile"]) != key] + [entry]
    entries.sort(key=lambda e: (e["data"], e["profile"]))
    paper = _title(notebook_of(chapter))
    write(path, {"chapter": chapter, "paper": paper, "entries": entries})


def _title(notebook: Path) -> str:
    """The title of a chapter: its first line `# NN. Title` without number."""
    card = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]
    line = "".join(card["source"]).split("\n")[0]
    return line.removeprefix("# ").split(". ", 1)[-1].strip()
