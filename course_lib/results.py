"""Stored results of the chapters: `course_lib/results/NN.json`.

A run drops one file per seed into the folder that COURSE_RECORD names (`record`);
`collect` merges them into the chapter's result file; chapters read it with `stored`.
"""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from torch import nn

from course_lib.checkpoints import save_weights
from course_lib.claims import Claim, judge
from course_lib.code_hash import code_hash
from course_lib.files import is_main_process, replacing
from course_lib.machine import device_name, versions

PACKAGE = Path(__file__).resolve().parent
FOLDER = PACKAGE / "results"
NOTEBOOKS = PACKAGE.parent / "notebooks"
DIGITS = 6  # significant digits of stored numbers
# Files in data_scripts/ that state the version of a data set.
MAKERS = {"rendered": "people/sets.py", "coco": "coco.py"}
MAKERS |= dict.fromkeys(("lsp", "lspet"), "lsp.py")
SAME = (
    *("chapter", "data", "profile", "code_hash", "data_version"),
    *("device", "versions", "claims"),
)
ENTRY = (*SAME[1:], "date", "seeds", "metrics", "timings")


def stored(
    chapter: str, data: str = "rendered", profile: str = "full", folder: Path = FOLDER
) -> dict | None:
    """The stored entry of a chapter such as "01", None where there is none yet.

    Its metrics and timings are {name: {"mean", "std", "values": {seed: value}}}.
    """
    path = folder / f"{chapter}.json"
    entries = load(path)["entries"] if path.exists() else []
    found = [e for e in entries if (e["data"], e["profile"]) == (data, profile)]
    return found[0] if found else None


def quote(entry: Mapping | None, name: str, digits: int = 2) -> str:
    """A stored number as text, mean and spread: "0.61 ± 0.02"; "-" for none."""
    summary = (entry or {}).get("metrics", {}).get(name)
    if summary is None:
        return "-"
    mean, std = summary["mean"], summary["std"]
    spread = "" if std is None else f" ± {std:.{digits}f}"
    return f"{mean:.{digits}f}{spread}"


def record(
    chapter: str,
    *,
    seed: int,
    metrics: Mapping[str, Any] | None = None,
    claims: Sequence[Claim] = (),
    effects: Mapping[str, float] | None = None,
    timings: Mapping[str, float] | None = None,
    nets: Mapping[str, nn.Module] | None = None,
    data: str | None = None,
    profile: str | None = None,
) -> None:
    """Writes what one run found into COURSE_RECORD; without it, does nothing.

    metrics: by name a number, or a list, array or tensor of them (a curve). effects: by
    claim id. timings: seconds. nets: by name, networks whose weights the full run of
    seed 0 on rendered people keeps. data, profile: as in the environment if not given.
    Claims are tested on rendered people and in one profile, "full" where their networks
    take too long for "fast". A second call with the same seed adds to the first.
    ValueError on a number that is not finite, or when claims and effects do not match.
    """
    effects = effects or {}
    if {claim.id for claim in claims} != set(effects):
        raise ValueError(f"record: effects are of {sorted(effects)}, claims of others")
    found = {
        "metrics": _plain(metrics or {}, "metric"),
        "effects": _plain(effects, "effect"),
        "timings": _plain(timings or {}, "timing"),
        "claims": {claim.id: asdict(claim) for claim in claims},
    }
    target = os.environ.get("COURSE_RECORD")
    if not target or not is_main_process():
        return
    data = data or os.environ.get("COURSE_DATA", "rendered")
    profile = profile or os.environ.get("COURSE_PROFILE", "fast")
    path = Path(target) / f"{chapter}-{data}-{profile}-seed{seed}.json"
    run = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    for name, values in found.items():
        found[name] = run.get(name, {}) | values
    head = {"chapter": chapter, "data": data, "profile": profile, "seed": seed}
    _write(path, {**head, **_circumstances(chapter, data), **found})
    if (data, profile, seed) == ("rendered", "full", 0):
        for name, net in (nets or {}).items():
            save_weights(net, Path(target) / f"{chapter}_{name}.safetensors")


def collect(folder: str | Path, target: Path = FOLDER) -> list[Path]:
    """The result files that were written from the recorded runs in a folder.

    The runs of one (chapter, data, profile) become one entry, which replaces the one
    stored before. ValueError when runs that belong together differ in code, device,
    versions or claims, or when nothing was recorded.
    """
    groups: dict[tuple, list[dict]] = {}
    for path in sorted(Path(folder).glob("*-seed*.json")):
        run = json.loads(path.read_text(encoding="utf-8"))
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


def load(path: Path) -> dict:
    """A result file. ValueError naming it when it is damaged or lacks something."""
    fix = "Restore it, or delete it and run the chapter again with --claims."
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ValueError(
            f"{path} cannot be read as results ({error}). {fix}"
        ) from error
    wanted = [(document, ("chapter", "paper", "entries"))]
    if isinstance(document, dict):
        wanted += [(entry, ENTRY) for entry in document.get("entries", [])]
    for part, keys in wanted:
        missing = [k for k in keys if not isinstance(part, dict) or k not in part]
        if missing:
            raise ValueError(f"{path} lacks {', '.join(missing)}. {fix}")
    return document


def stale(
    chapter: str, folder: Path = FOLDER, notebooks: Path = NOTEBOOKS
) -> list[str]:
    """A sentence for each stored entry whose code or data have changed since."""
    path = folder / f"{chapter}.json"
    if not path.exists():
        return []
    now = code_hash(_notebook(chapter, notebooks))
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


def data_version(data: str) -> str | None:
    """The version of the program that makes a data set; None where there is none."""
    if data not in MAKERS:
        return None
    source = (PACKAGE.parent / "data_scripts" / MAKERS[data]).read_text("utf-8")
    return re.search(r'^\w+_VERSION = "(.+)"', source, re.MULTILINE)[1]


def _circumstances(chapter: str, data: str) -> dict[str, Any]:
    """Which code ran, when, on what data and device."""
    return {
        "code_hash": code_hash(_notebook(chapter, NOTEBOOKS)),
        "data_version": data_version(data),
        "date": date.today().isoformat(),
        "device": device_name(),
        "versions": versions(),
    }


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
        "estimate": _rounded(result.estimate),
        "interval": [_rounded(x) for x in result.interval] if is_complete else None,
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
    std = _rounded(array.std(axis=0, ddof=1)) if len(array) > 1 else None
    return {"mean": _rounded(array.mean(axis=0)), "std": std, "values": values}


def _plain(values: Mapping[str, Any], what: str) -> dict[str, Any]:
    """The numbers as floats and lists that JSON can hold."""
    return {name: _rounded(value, f"{what} {name}") for name, value in values.items()}


def _rounded(value: Any, what: str = "a mean") -> Any:
    """A number, or nested lists of them, with DIGITS significant digits."""
    if value is None:
        return None
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, list | tuple):
        return [_rounded(part, what) for part in value]
    if not math.isfinite(value):
        raise ValueError(f"record: {what} is {value}, not a finite number")
    return float(f"{value:.{DIGITS}g}")


def _store(path: Path, chapter: str, entry: dict) -> None:
    """Puts the entry into the file, in place of the one with its data and profile."""
    entries = load(path)["entries"] if path.exists() else []
    key = (entry["data"], entry["profile"])
    entries = [e for e in entries if (e["data"], e["profile"]) != key] + [entry]
    entries.sort(key=lambda e: (e["data"], e["profile"]))
    paper = _title(_notebook(chapter, NOTEBOOKS))
    _write(path, {"chapter": chapter, "paper": paper, "entries": entries})


def _write(path: Path, document: dict) -> None:
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def _notebook(chapter: str, notebooks: Path) -> Path:
    """The notebook of a chapter such as "01". ValueError when there is none."""
    paths = list(notebooks.glob(f"{chapter}_*.ipynb"))
    if len(paths) != 1:
        raise ValueError(f"{notebooks} has {len(paths)} notebooks {chapter}_*.ipynb")
    return paths[0]


def _title(notebook: Path) -> str:
    """The title of a chapter: its first line `# NN. Title` without number."""
    card = json.loads(notebook.read_text(encoding="utf-8"))["cells"][0]
    line = "".join(card["source"]).split("\n")[0]
    return line.removeprefix("# ").split(". ", 1)[-1].strip()
