"""`python -m benchmarks.reading OLD [--rounds N]`: what reading costs, against an older checkout of this program.

Each round runs `fundfreeze validate city` once with this code and once with the code in OLD, each in a fresh process,
and reads a file of 60,000 keys with this code; `--help` and `validate wuhan-35min` stand beside an empty program that
only loads the libraries each needs. What counts is processor time, user and system. Exits with 1 where a median is
above its target: half of the older code, twice and one and a half times the libraries.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

HERE = Path(__file__).resolve().parent.parent
MOST_OF_OLD = 0.5
KEYS = 60_000
BESIDE = (
    ("--help", ("--help",), "typer, rich", 2.0),
    ("validate wuhan-35min", ("validate", "wuhan-35min"), "numpy, pydantic, typer, ruamel.yaml", 1.5),
)
"""A command, the libraries that it is held against, and how many times their cost it may have."""


def cost(code: Path, words: Sequence[str], *, status: int = 0) -> float:
    """Seconds of processor time of one command of a checkout; the status is what it must end with."""
    return cost_of(code, ["-m", "sim", *words], status)


def cost_of(code: Path, words: Sequence[str], status: int = 0) -> float:
    """Seconds of processor time of Python with these words."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, *words]
    environment = {**os.environ, "PYTHONPATH": str(code)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # what is installed is compiled once
    done = subprocess.run(command, cwd=code, env=environment, capture_output=True, text=True, check=False)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode != status:
        sys.exit(f"{code}: {' '.join(words)} ended with {done.returncode}:\n{done.stderr}")
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def many_keys(folder: Path) -> Path:
    """A scenario with 60,000 keys that nobody knows."""
    path = folder / "keys.yaml"
    head = ["schema_version: 1", "extends: china", "name: keys", "title: keys", "question: keys"]
    path.write_text("\n".join([*head, *(f"key-{number}: 1" for number in range(KEYS))]) + "\n", encoding="utf-8")
    return path


def main() -> int:
    parser = argparse.ArgumentParser(prog="benchmarks.reading", description="What reading costs beside older code.")
    parser.add_argument("old", type=Path, help="a checkout of the older code")
    parser.add_argument("--rounds", type=int, default=9, help="measurements of each (default 9)")
    args = parser.parse_args()
    old = args.old.resolve()
    for code in (HERE, old):
        cost(code, ("validate", "city"))  # compiles what is not compiled yet
    new_, old_, keys = [], [], []
    beside = defaultdict[tuple[str, bool], list[float]](list)
    with TemporaryDirectory() as folder:
        large = many_keys(Path(folder))
        for _ in range(args.rounds):
            new_.append(cost(HERE, ("validate", "city")))
            old_.append(cost(old, ("validate", "city")))
            keys.append(cost(HERE, ("validate", str(large)), status=2))
            for title, words, libraries, _ in BESIDE:
                beside[title, True].append(cost(HERE, words))
                beside[title, False].append(cost_of(HERE, ["-c", f"import {libraries}"]))
    print(f"{args.rounds} interleaved rounds, seconds of processor time\n{'':44}{'median':>8}{'min':>8}{'max':>8}")
    for title, values in (
        ("validate city, here", new_),
        ("validate city, before", old_),
        (f"{KEYS:,} keys, here", keys),
    ):
        print(f"{title:44}{median(values):8.3f}{min(values):8.3f}{max(values):8.3f}")
    missed = []
    for title, _, libraries, most in BESIDE:
        here = beside[title, True]
        ratio = median(here) / median(beside[title, False])
        print(f"{title:44}{median(here):8.3f}{min(here):8.3f}{max(here):8.3f}")
        print(f"{f'  / import {libraries} (target {most} at most)':60}{ratio:8.3f}")
        if ratio > most:
            missed.append(f"{title} costs {ratio:.2f} of its libraries, target {most}")
    share = median(new_) / median(old_)
    print(f"{f'  here / before (target {MOST_OF_OLD} at most)':44}{share:8.3f}")
    if share > MOST_OF_OLD:
        missed.append(f"reading costs {share:.2f} of what it cost before, target {MOST_OF_OLD}")
    for one in missed:
        print(f"MISSED: {one}")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
