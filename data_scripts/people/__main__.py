"""Render people from the command line.

python -m data_scripts.people single --out DIR --seed 0 --workers 2 --val 100
python -m data_scripts.people --all
python -m data_scripts.people --golden
"""

import argparse
import sys
from pathlib import Path

from data_scripts.files import DataError
from data_scripts.people.prepare import default_folder, prepare
from data_scripts.people.sets import SPECS, SPLITS

ALL = "all"


def main(arguments: list[str] | None = None) -> int:
    """Run the command: 0 done, 2 an error in one sentence, 130 stopped by Ctrl-C."""
    parser = build_parser()
    options = parser.parse_args(arguments)
    chosen = (options.name is not None) + options.all + options.golden
    if chosen != 1:
        parser.error(
            f"name one set ({', '.join(SPECS)}), or give --all or --golden alone"
        )
    try:
        run(options)
    except DataError as error:
        print(error, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(
            "Stopped. Finished parts are kept: the same command goes on from there.",
            file=sys.stderr,
        )
        return 130
    return 0


def build_parser() -> argparse.ArgumentParser:
    """The options of the command."""
    parser = argparse.ArgumentParser(
        prog="python -m data_scripts.people",
        description="Render people with exact labels, once; see docs/sets.md.",
    )
    parser.add_argument("name", nargs="?", help=f"{', '.join(SPECS)}, or {ALL}")
    parser.add_argument("--out", type=Path, help="folder (default: the course's cache)")
    parser.add_argument("--seed", type=int, default=0, help="other seed, other people")
    parser.add_argument("--workers", type=int, default=2, help="processes (default 2)")
    for split in SPLITS:
        parser.add_argument(f"--{split}", type=int, metavar="N", help="samples")
    parser.add_argument("--all", action="store_true", help="every set, one folder each")
    parser.add_argument(
        "--golden", action="store_true", help="the small set inside the package"
    )
    return parser


def run(options: argparse.Namespace) -> None:
    """Render what the options name and print the folder of each set."""
    if options.golden:
        from data_scripts.people.golden import render_golden

        for folder in render_golden(options.out, options.workers):
            print(folder)
        return
    names = list(SPECS) if options.all or options.name == ALL else [options.name]
    counts = {
        split: getattr(options, split)
        for split in SPLITS
        if getattr(options, split) is not None
    }
    for name in names:
        folder = options.out
        if folder is not None and len(names) > 1:
            folder = folder / default_folder(name, options.seed).name
        print(prepare(name, folder, options.seed, options.workers, counts))


if __name__ == "__main__":
    sys.exit(main())
