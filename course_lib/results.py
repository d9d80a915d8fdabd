"""Stored results of the chapters: `course_lib/results/NN.json`.

A run drops one file per seed into the folder that COURSE_RECORD names (`record`);
`collecting` merges them into the chapter's result file; chapters read it with `stored`.
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

from torch import nn

from course_lib.checkpoints import save_weights
from course_lib.claims import Claim
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
    write(path, {**head, **_circumstances(chapter, data), **found})
    if (data, profile, seed) == ("rendered", "full", 0):
        for name, net in (nets or {}).items():
            save_weights(net, Path(target) / f"{chapter}_{name}.safetensors")


def load(path: Path) -> dict:
    """A result file. ValueError naming it when it is damaged or lacks something."""
    fix = "Restore it, or delete it and run its chapter (--claims, or --profile full)."
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


def data_version(data: str) -> str | None:
    """The version of the program that makes a data set; None where there is none."""
    if data not in MAKERS:
        return None
    source = (PACKAGE.parent / "data_scripts" / MAKERS[data]).read_text("utf-8")
    return re.search(r'^\w+_VERSION = "(.+)"', source, re.MULTILINE)[1]


def _circumstances(chapter: str, data: str) -> dict[str, Any]:
    """Which code ran, when, on what data and device."""
    return {
        "code_hash": code_hash(notebook_of(chapter)),
        "data_version": data_version(data),
        "date": date.today().isoformat(),
        "device": device_name(),
        "versions": versions(),
    }


def _plain(values: Mapping[str, Any], what: str) -> dict[str, Any]:
    """The numbers as floats and lists that JSON can hold."""
    return {
        name: rounded(value, f"record: {what} {name}") for name, value in values.items()
    }


def rounded(value: Any, what: str = "a mean") -> Any:
    """A number, or nested lists of them, with DIGITS significant digits."""
    if value is None:
        return None
    value = value.tolist() if hasattr(value, "tolist") else value
    if isinstance(value, list | tuple):
        return [rounded(part, what) for part in value]
    if not math.isfinite(value):
        raise ValueError(f"{what} is {value}, not a finite number")
    return float(f"{value:.{DIGITS}g}")


def write(path: Path, document: dict) -> None:
    """Writes a document as JSON, whole or not at all."""
    text = json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def notebook_of(chapter: str, notebooks: Path | None = None) -> Path:
    """The notebook of a chapter such as "01". ValueError when there is none."""
    notebooks = notebooks or NOTEBOOKS
    paths = list(notebooks.glob(f"{chapter}_*.ipynb"))
    if len(paths) != 1:
        raise ValueError(f"{notebooks} has {len(paths)} notebooks {chapter}_*.ipynb")
    return paths[0]
