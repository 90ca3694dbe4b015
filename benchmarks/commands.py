"""Whole commands on either engine, in one process, with the machine code kept: processor time for each run.

Unless the whole budgets are asked for, each side does a part of its command: fewer replications, or a study that is
stopped after so much processor time. What it cost, without the start of the program (`validate`), is divided by the
runs that it finished; the table says how many that were.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.jobs import Job, Result, column, in_rounds
from benchmarks.parts import COMMAND, ENGINES, Given
from benchmarks.table import Row, Section


@dataclass(frozen=True)
class Command:
    """A command, and the part of it that each engine does in the short form."""

    words: tuple[str, ...]
    replications: tuple[int, int] | None = None
    """Of the reference and of the compiled engine."""
    seconds: tuple[int, int] | None = None
    """Of processor time, of the reference and of the compiled engine."""


SHORT = {
    "run wuhan-35min --replications 1000": Command(
        ("run", "wuhan-35min", "--replications", "1000"), replications=(40, 300)
    ),
    "latency wuhan-35min --replications 300": Command(
        ("latency", "wuhan-35min", "--replications", "300"), replications=(4, 30)
    ),
    "run city --replications 20": Command(("run", "city", "--replications", "20"), replications=(1, 4)),
}
STUDIES = {
    "staff city --set horizon=28d": Command(
        ("staff", "city", "--set", "horizon=28d", "--desks", "analyst", "--maximise", "net"), seconds=(120, 60)
    ),
    "sensitivity city": Command(("sensitivity", "city"), seconds=(120, 60)),
}


def short(given: Given) -> list[Section]:
    """Commands of minutes."""
    return [_section(given, title, command) for title, command in SHORT.items()]


def studies(given: Given) -> list[Section]:
    """Commands of hours on the reference."""
    return [_section(given, title, command) for title, command in STUDIES.items()]


def _section(given: Given, title: str, command: Command) -> Section:
    jobs = {engine: _job(command, number, whole=given.whole) for number, engine in enumerate(ENGINES)}
    found = in_rounds({**jobs, "start": Job("sim", ("validate", "city"))}, given.rounds)
    for number, engine in enumerate(ENGINES):
        for one in found[engine]:
            one.setdefault("runs", _replications(command, number, whole=given.whole))
    cost = {engine: _per_run(found, engine) for engine in ENGINES}
    rows = [
        Row(f"{engine}, milliseconds per replication", [1000 * one for one in some]) for engine, some in cost.items()
    ]
    gain = [a / b for a, b in zip(cost["reference"], cost["compiled"], strict=True)]
    if given.whole:
        both = zip(found["reference"], found["compiled"], strict=True)
        whole = [a["processor_seconds"] / b["processor_seconds"] for a, b in both]
        rows += [
            Row("reference / compiled, per replication", gain),
            Row("reference / compiled, whole command", whole, COMMAND),
        ]
    else:
        rows.append(Row("reference / compiled, per replication", gain, COMMAND, _said(found)))
    rows.append(Row("compiled, peak memory, MB", column(found["compiled"], "whole_mb")))
    return Section(f"Command `{title}`", rows)


def _job(command: Command, number: int, *, whole: bool) -> Job:
    """The command on one of the engines."""
    words, seconds = command.words, None
    if not whole and command.replications is not None:
        words = (*words, "--replications", str(command.replications[number]))
    if not whole and command.seconds is not None:
        seconds = command.seconds[number]
    return Job("sim", ("--engine", ENGINES[number], *words, "--jobs", "1", "--out", "OUT"), most_seconds=seconds)


def _replications(command: Command, number: int, *, whole: bool) -> int:
    """How many replications a command has done that came to its end; 1 where it is a study."""
    if command.replications is None:
        return 1
    return int(command.words[-1]) if whole else command.replications[number]


def _per_run(found: Mapping[str, Sequence[Result]], engine: str) -> list[float]:
    return [
        (one["processor_seconds"] - start["processor_seconds"]) / one["runs"]
        for one, start in zip(found[engine], found["start"], strict=True)
    ]


def _said(found: Mapping[str, Sequence[Result]]) -> str:
    runs = " and ".join(f"{found[engine][0]['runs']:,} {engine}" for engine in ENGINES)
    return f"a part of the budget: {runs} replications"
