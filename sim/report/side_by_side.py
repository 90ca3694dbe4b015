"""Why two arms differ: the cases that differ most, told as two stories side by side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import zip_longest

import numpy as np

from sim.fraud.plan import draw_plan
from sim.lang import key, padded, say, wrapped
from sim.measure.metrics import Measured, measure
from sim.measure.split import By
from sim.report import text
from sim.report.story import tell
from sim.response.run import Run, simulate
from sim.scenario.units import YUAN
from sim.study.metric_names import with_net_loss
from sim.study.runner import Arm, Runner
from sim.study.worker import same_fraud

WIDTH = 160
"""Characters of both stories together."""


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
        width: characters of both stories together.

    Returns:
        Plain lines; what both stories say stands on the same line.
    """
    plan = draw_plan(one.scenario, seed, replication)
    shared = plan if same_fraud([one.scenario, other.scenario]) else None
    runs = (simulate(one.scenario, plan=plan), simulate(other.scenario, seed, replication, plan=shared))
    found = most_different(runs, (measure(runs[0]), measure(runs[1])), cases)
    if not found:
        none = key("In replication {replication} no case differs between {one} and {other}.")
        return [say(none, replication=replication, one=one.name, other=other.name)]
    lines: list[str] = []
    for number, pair in enumerate(found, start=1):
        first, second = (text.thousands(fen / YUAN) for fen in pair.recovered)
        said = say(
            "{number}. Case {case} of replication {replication}: {first} yuan recovered under {one},"
            " {second} under {other}",
            number=number, case=pair.id, replication=replication, one=one.name, other=other.name, first=first,
            second=second,
        )  # fmt: skip
        lines += [said, ""]
        stories = [tell(run, row) for run, row in zip(runs, pair.rows, strict=True)]
        lines += [*beside([one.name, *stories[0]], [other.name, *stories[1]], width), ""]
    return lines


def explain_study(
    runner: Runner, arms: Sequence[Arm], replications: int, metric: str, cases: int, *, by: By | None = None
) -> list[str]:
    """`explain` for the first arm and another, where a metric differs most: of all arms and all replications.

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
    return explain(arms[0], arms[int(other) + 1], seed=runner.seed, replication=int(replication), cases=cases)


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
