"""The table of chapters in the README, made from notebooks and stored results.

python -m course_lib.contents      rewrite the table
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

from course_lib import launch, notebooks
from course_lib.files import replacing

BEGIN, END = "<!-- chapters -->", "<!-- end of chapters -->"
HEADER = """| | paper | idea | minutes | claims | status |
|---|---|---|---|---|---|"""

# Number, paper and its idea in a few words.
CHAPTERS = [
    ("01", "DeepPose, 2014", "regress coordinates, refine in a cascade"),
    ("02", "Efficient Object Localization, 2015", "coarse heat map, then a fine one"),
    ("03", "Iterative Error Feedback, 2016", "correct a rendered guess, step by step"),
    ("04", "Stacked Hourglass, 2016", "down and up again, supervised each time"),
    ("05", "Convolutional Pose Machines, 2016", "belief maps that read belief maps"),
    ("06", "DeepCut, 2016", "people as the optimum of an integer program"),
    ("07", "Simple Baselines, 2018", "deconvolution on top, and tracking by flow"),
    ("08", "RMPE, 2017", "poses that survive a detector's bad boxes"),
    ("09", "OpenPose, 2017", "vector fields that say which joints belong together"),
    ("10", "Crowded Scenarios, 2019", "one heat map for seen joints, one for hidden"),
    ("11", "DensePose, 2018", "every pixel of a person, on the body's surface"),
    ("12", "PersonLab, 2018", "offsets that point at joints, and masks from them"),
]


def entries_of(number: str) -> list[dict]:
    """The stored entries of a chapter's results; empty where there are none."""
    path = notebooks.ROOT / "course_lib" / "results" / f"{number}.json"
    if not path.exists():
        return []
    return json.loads(path.read_text(encoding="utf-8"))["entries"]


def minutes(entries: list[dict]) -> str:
    """Measured minutes of a whole run on rendered people: "2.1 (fast, CPU)"."""
    found = {}
    for entry in entries:
        if entry["data"] == "rendered" and "chapter" in entry["timings"]:
            seconds = entry["timings"]["chapter"]["mean"]
            found[f"({entry['profile']}, {entry['device']})"] = f"{seconds / 60:.1f}"
    return "<br>".join(f"{value} {where}" for where, value in found.items()) or "–"


def verdicts(entries: list[dict]) -> str:
    """How many of the tested claims hold, fail or stay open: "2 hold, 1 fail".

    Claims are tested on rendered people, in the fast or in the full profile.
    """
    count = Counter(
        claim["verdict"]
        for entry in entries
        if entry["data"] == "rendered"
        for claim in entry["claims"]
        if claim["interval"]
    )
    words = {"holds": "hold", "fails": "fail", "inconclusive": "inconclusive"}
    parts = [f"{count[key]} {word}" for key, word in words.items() if count[key]]
    return ", ".join(parts) or "–"


def row(number: str, paper: str, idea: str) -> str:
    """One line of the table."""
    paths = [path for path in notebooks.chapters() if path.name[:2] == number]
    if not paths:
        return f"| {number} | {paper} | {idea} | – | – | planned |"
    link = f"[{paper}](notebooks/{paths[0].name})"
    colab = launch.link(launch.repository(), paths[0].name)
    cells = [number, link, idea]
    cells += [minutes(entries_of(number)), verdicts(entries_of(number))]
    return f"| {' | '.join(cells)} | ready · {colab} |"


def table() -> str:
    """The table between its two marks."""
    rows = [row(*chapter) for chapter in CHAPTERS]
    return "\n".join([BEGIN, HEADER, *rows, END])


def renewed(text: str) -> str:
    """The README's text with the table as it should be. ValueError without marks."""
    before, begin, rest = text.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"The README has no {BEGIN} ... {END}.")
    return before + table() + after


def main() -> int:
    """Rewrite the README's table; returns the exit code."""
    path: Path = notebooks.ROOT / "README.md"
    text = renewed(path.read_text(encoding="utf-8"))
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
    print("wrote README.md")
    return 0


if __name__ == "__main__":
    sys.exit(main())
