"""Why two arms differ: the cases that differ most, told as two stories side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

import numpy as np

from sim.engine.run import Run, simulate
from sim.fraud.plan import draw_plan
from sim.measure.metrics import Measured, measure
from sim.measure.ways import By
from sim.report.findings import text
from sim.report.findings.story import tell
from sim.study.run.metric_names import with_net_loss
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import same_fraud
from sim.words.language import key, say
from sim.words.lines import padded, wrapped
from sim.words.units import YUAN

WIDTH = 160
"""Characters of both stories together in a file."""
LEAST = 120
"""Where there are fewer, one story stands under the other."""


@dataclass(frozen=True)
class Pair:
    """A case under two arms."""

    id: int
    rows: tuple[int, int]
    """Of the case, among the victims of either plan (the same where the arms share theirs)."""
    recovered: tuple[int, int]
    """fen."""


def explain(one: Arm, other: Arm, *, seed: int, replication: int, cases: int = 1, width: int = WIDTH) -> list[str]:
    """Tell the cases of a replication whose recovered money differs most between two arms.

    Args:
        one, other: run on the same luck, and on the same plan where their fraud is the same.
        seed, replication: of the runs.
        cases: how many to tell, those that differ most first.
        width: characters of a line.

    Returns:
        Plain lines; what both stories say stands on the same line, where there is room for both.
    """
    return laid_out(stories(one, other, seed=seed, replication=replication, cases=cases), width)


@dataclass(frozen=True)
class Twice:
    """A case told under two arms, or a line about all cases."""

    head: str
    arms: tuple[str, str] = ("", "")
    told: tuple[Sequence[str], Sequence[str]] = ((), ())


def stories(one: Arm, other: Arm, *, seed: int, replication: int, cases: int = 1) -> list[Twice]:
    """What `explain` tells, to be laid out for a terminal and for a file."""
    plan = draw_plan(one.scenario, seed, replication)
    shared = plan if same_fraud([one.scenario, other.scenario]) else None
    runs = (simulate(one.scenario, plan=plan), simulate(other.scenario, seed, replication, plan=shared))
    found = most_different(runs, (measure(runs[0]), measure(runs[1])), cases)
    if not found:
        none = key("In replication {replication} no case differs between {one} and {other}.")
        return [Twice(say(none, replication=replication, one=one.name, other=other.name))]
    told = []
    for number, pair in enumerate(found, start=1):
        first, second = (text.thousands(fen / YUAN) for fen in pair.recovered)
        said = say(
            "{number}. Case {case} of replication {replication}: {first} yuan recovered under {one},"
            " {second} under {other}",
            number=number, case=pair.id, replication=replication, one=one.name, other=other.name, first=first,
            second=second,
        )  # fmt: skip
        mine, theirs = (tell(run, row) for run, row in zip(runs, pair.rows, strict=True))
        told.append(Twice(said, (one.name, other.name), (mine, theirs)))
    return told


def laid_out(told: Sequence[Twice], width: int = WIDTH) -> list[str]:
    """Stories as plain lines of at most `width` characters."""
    lines: list[str] = []
    for one in told:
        lines += wrapped(one.head, width, "   ")
        if any(one.told):
            mine, theirs = ([name, *story] for name, story in zip(one.arms, one.told, strict=True))
            both = beside(mine, theirs, width) if width >= LEAST else _under(mine, theirs, width)
            lines += ["", *both, ""]
    return lines


def _under(first: Sequence[str], second: Sequence[str], width: int) -> Iterator[str]:
    """One text under the other; a mark at each line that the other does not have."""
    for number, (mine, other) in enumerate(((first, second), (second, first))):
        if number:
            yield ""
        known = set(other)
        for line in mine:
            for part in _folded(line, width - 2):
                yield f"{' ' if line in known else '!'} {part}".rstrip()


def explain_study(
    runner: Runner, arms: Sequence[Arm], replications: int, metric: str, cases: int, *, by: By | None = None
) -> list[Twice]:
    """`stories` for the first arm and another, where a metric differs most: of all arms and all replications.

    Args:
        runner: that has run the arms.
        arms: two or more.
        replications: among which to look.
        metric: of a run.
        cases: how many to tell.
        by: as in the runs that are there.
    """
    results = runner.run(arms, replications, by=by)
    values = np.array([[with_net_loss(metrics).get(metric, np.nan) for metrics in one] for one in results])
    apart = np.nan_to_num(np.abs(values - values[:, :1]))[:, 1:]
    replication, other = np.unravel_index(int(np.argmax(apart)), apart.shape)
    arm = arms[int(other) + 1]
    told = stories(arms[0], arm, seed=runner.seed, replication=int(replication), cases=cases)
    where = say(
        "Of {n:,} replications number {replication}, where {metric} differs most between {one} and {other};"
        " its cases that differ most:",
        replication=int(replication), n=replications, metric=text.metric(metric).label, one=arms[0].name,
        other=arm.name,
    )  # fmt: skip
    return [Twice(where), *told] if any(any(one.told) for one in told) else told


def most_different(runs: tuple[Run, Run], measured: tuple[Measured, Measured], most: int) -> list[Pair]:
    """The cases that both runs have and whose recovered money differs, the largest difference first."""
    ids = [run.plan.victims.id for run in runs]
    both, first, second = np.intersect1d(ids[0], ids[1], return_indices=True)
    mine, theirs = measured[0].recovered[first], measured[1].recovered[second]
    order = np.argsort(-np.abs(mine - theirs), kind="stable")[:most]
    return [
        Pair(int(both[i]), (int(first[i]), int(second[i])), (int(mine[i]), int(theirs[i])))
        for i in order.tolist()
        if mine[i] != theirs[i]
    ]


def beside(left: Sequence[str], right: Sequence[str], width: int = WIDTH) -> Iterator[str]:
    """Two texts in two columns, so that what they have in common stands side by side.

    Args:
        left, right: lines.
        width: characters of both columns together; longer lines are folded under their own indent.
    """
    half = (width - 3) // 2
    for tag, a, b, c, d in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        for mine, theirs in zip_longest(left[a:b], right[c:d], fillvalue=""):
            mark = "|" if tag == "equal" else "!"
            for one, other in zip_longest(_folded(mine, half), _folded(theirs, half), fillvalue=""):
                yield f"{padded(one, half)} {mark} {other}".rstrip()


def _folded(line: str, width: int) -> list[str]:
    indent = " " * min(28, width // 2) if line.startswith(" ") else "  "
    return wrapped(line, width, indent) or [""]
