"""Whole commands on either engine, in one process, with the machine code kept: processor time.

The compiled engine does the whole of a command. Unless whole budgets are asked for, the reference does two parts of it:
what the larger one costs more than the smaller, for each replication more, each that is left would cost. A study
that would take hours is stopped twice on each engine; what it cost from the first time to the second is divided by the
runs that it finished meanwhile.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.jobs import Job, Result, column, in_rounds
from benchmarks.parts import COMMAND, ENGINES, Given
from benchmarks.table import Row, Section


@dataclass(frozen=True)
class Command:
    """A command of minutes, its replications, and two numbers of them that the reference does in the short form."""

    words: tuple[str, ...]
    replications: int
    parts: tuple[int, int]

    @property
    def title(self) -> str:
        """As it is typed."""
        return " ".join((*self.words, "--replications", f"{self.replications}"))

    def job(self, engine: str, replications: int) -> Job:
        """It on an engine."""
        return _job(engine, (*self.words, "--replications", f"{replications}"))


COMMANDS = (
    Command(("run", "wuhan-35min"), 1000, (10, 60)),
    Command(("latency", "wuhan-35min"), 300, (2, 6)),
    Command(("run", "city"), 20, (1, 3)),
)
STUDIES = "staff city --set horizon=28d --desks analyst --maximise net", "sensitivity city"
STOPPED = {"reference": (60, 160), "compiled": (60, 120)}
"""By engine: seconds of processor time after which a study is stopped, twice: what it did between is measured."""


def short(given: Given) -> list[Section]:
    """Commands of minutes."""
    return [_of_command(given, command) for command in COMMANDS]


def studies(given: Given) -> list[Section]:
    """Commands of hours on the reference."""
    return [_of_study(given, title) for title in STUDIES]


def _of_command(given: Given, command: Command) -> Section:
    parts = (command.replications,) if given.whole else command.parts
    jobs = {f"{many}": command.job("reference", many) for many in parts}
    found = in_rounds({**jobs, "compiled": command.job("compiled", command.replications)}, given.rounds)
    spent = {name: column(some, "processor_seconds") for name, some in found.items()}
    compiled = spent.pop("compiled")
    reference = [
        whole(dict(zip(parts, some, strict=True)), command.replications) for some in zip(*spent.values(), strict=True)
    ]
    said = "" if given.whole else f"the reference by {' and '.join(jobs)} of {command.replications:,} replications"
    gain = [a / b for a, b in zip(reference, compiled, strict=True)]
    return Section(
        f"Command `{command.title}`",
        [
            Row("reference, processor seconds", reference),
            Row("compiled, processor seconds", compiled),
            Row("reference / compiled", gain, COMMAND, said),
            Row("compiled, peak memory, MB", column(found["compiled"], "whole_mb")),
        ],
    )


def whole(parts: Mapping[int, float], replications: int) -> float:
    """What a command costs in all, in seconds, by what one or two numbers of its replications cost."""
    (few, first), (many, last) = min(parts.items()), max(parts.items())
    return last if many == replications else first + (replications - few) * (last - first) / (many - few)


def _of_study(given: Given, title: str) -> Section:
    words = title.split()
    if given.whole:
        jobs = {engine: _job(engine, words) for engine in ENGINES}
    else:
        jobs = {f"{engine} {most}": _job(engine, words, most) for engine in ENGINES for most in STOPPED[engine]}
    found = in_rounds(jobs, given.rounds)
    cost = {engine: _per_run([some for name, some in found.items() if name.startswith(engine)]) for engine in ENGINES}
    rows = [Row(f"{engine}, milliseconds a run", [1000 * one for one in some]) for engine, some in cost.items()]
    gain = [a / b for a, b in zip(*cost.values(), strict=True)]
    said = "" if given.whole else f"of runs that come after others: {_said(found)}"
    rows.append(Row("reference / compiled", gain, COMMAND, said))
    rows.append(Row("compiled, peak memory, MB", column(list(found.values())[-1], "whole_mb")))
    return Section(f"Command `{title}`", rows)


def _job(engine: str, words: Sequence[str], most_seconds: int | None = None) -> Job:
    return Job("sim", ("--engine", engine, *words, "--jobs", "1", "--out", "OUT"), most_seconds=most_seconds)


def _per_run(parts: Sequence[Sequence[Result]]) -> list[float]:
    """Seconds for each run, by round: of a whole study, or for each run more when it was stopped later."""
    return [
        (last["processor_seconds"] - first["processor_seconds"]) / (last["runs"] - first["runs"])
        if len(parts) > 1
        else last["processor_seconds"] / last["runs"]
        for first, last in zip(parts[0], parts[-1], strict=True)
    ]


def _said(found: Mapping[str, Sequence[Result]]) -> str:
    return ", ".join(f"{some[0]['runs']:,} in {name} s" for name, some in found.items())
