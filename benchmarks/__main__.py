"""`python -m benchmarks [--short] [--parts A,B] [--old DIR] [--out DIR]`: what our engines cost, against their targets.

Rounds are interleaved (usual model, reference, compiled, C, usual model ...), each measurement in a fresh process, so a
slow spell of the machine hits all. Exits with 1 where a target is missed or two models disagree.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import cities, commands, first_use, nation, parts
from benchmarks.jobs import Job, measured
from benchmarks.parts import Given, Part
from benchmarks.table import Report, show

IN_SHORT = ("simple", "queues", "city", "commands")


def table_of_parts(days: int) -> dict[str, Part]:
    """The parts by name, in the order in which they are run; `days` are the nation's."""
    return {
        "simple": parts.simple,
        "queues": parts.queues,
        "city": cities.city,
        "province": parts.province,
        "loading": parts.loading,
        "threads": parts.threads,
        "commands": commands.short,
        "pairing": parts.pairing,
        "reading": parts.reading,
        "fresh": first_use.fresh,
        "review": first_use.review,
        "studies": commands.studies,
        "nation": partial(nation.nation, days=days),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks", description="Speed and memory against their targets.")
    add: Callable[..., object] = parser.add_argument
    add("--short", action="store_true", help=f"a month in place of a year, and only {', '.join(IN_SHORT)}")
    add("--parts", help=f"only these, of {', '.join(table_of_parts(0))}")
    add("--rounds", type=int, default=3, help="measurements of each kind (default 3)")
    add("--days", type=int, help="of the simple workload, the city and the province (default 365; short 30)")
    add("--whole", action="store_true", help="commands with their whole budgets, on the reference too (hours)")
    add("--nation-days", type=int, default=10, help="days of the national run (default 10; 365 needs the memory)")
    add("--old", type=Path, help="a checkout of the version before there was a second engine")
    add("--first", type=Path, help="a checkout of the first version with a compiled engine (beside --old)")
    add("--out", type=Path, help="folder for the table, as Markdown and JSON")
    args = parser.parse_args()
    known = table_of_parts(args.nation_days)
    chosen = args.parts.split(",") if args.parts else list(IN_SHORT if args.short else known)
    if strange := [name for name in chosen if name not in known]:
        parser.error(f"--parts: no part {strange[0]!r}; there are {', '.join(known)}")
    report = Report(
        command=" ".join(["python -m benchmarks", *_without_folders(sys.argv[1:])]), rounds=args.rounds,
        not_run=list(known),
    )  # fmt: skip
    print("\n".join(f"{what}: {value}" for what, value in report.machine.items()))
    measured(Job("benchmarks.loading", ()))  # nobody's figure shall hold the first compile
    with TemporaryDirectory() as folder:
        given = Given(
            rounds=args.rounds, days=args.days or (30 if args.short else 365), folder=Path(folder),
            customers=50_000 if args.short else 200_000, old=args.old and args.old.resolve(),
            first=args.first and args.first.resolve(), whole=args.whole,
        )  # fmt: skip
        for name in chosen:
            for section in known[name](given):
                report.sections.append(section)
                show(section)
            report.not_run.remove(name)
            if args.out:
                report.write(args.out)
    failures = report.failures()
    print()
    for failure in failures:
        print(f"MISSED: {failure}")
    if args.out:
        print(f"written to {args.out}")
    return 1 if failures else 0


def _without_folders(words: list[str]) -> list[str]:
    """The command as anybody may give it: a path of this machine says nothing elsewhere."""
    return [
        "DIR" if before in ("--old", "--first", "--out") else word
        for before, word in zip(["", *words], words, strict=False)
    ]


if __name__ == "__main__":
    sys.exit(main())
