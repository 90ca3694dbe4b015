"""The changes that planners name: each alone and all together, against the scenario on the same luck."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan
from typing import Final

from sim.scenario.loader import Loaded
from sim.scenario.models import Scenario
from sim.scenario.whatifs import WhatIf, combined
from sim.study.ask.compare import Difference, check_times, differences_of
from sim.study.run.metric_names import MONEY, NET_LOSS, check_metrics
from sim.study.run.runner import Arm, Runner

BASE: Final = "as it is"
TOGETHER: Final = "all together"
METRICS: Final = (NET_LOSS, "recovered_share", "prevented")
"""What is told of each by default: a hold prevents what it would else have to recover."""


def arms_of(loaded: Loaded[Scenario], whatifs: Sequence[WhatIf]) -> tuple[list[Arm], list[int]]:
    """The scenario, every what-if, all together, and what some are compared with; and for each arm the place of that.

    Raises:
        ScenarioError: a change does not fit the scenario.
        StudyError: a change moves the scenario to another time.
    """
    arms = [Arm(BASE, loaded.scenario), *(Arm(one.name, one.on(loaded)) for one in whatifs)]
    if len(whatifs) > 1:
        arms.append(Arm(TOGETHER, combined(whatifs, loaded)))
    against = [0] * len(arms)
    for number, one in enumerate(whatifs, start=1):
        if one.against:
            against[number] = len(arms)
            arms.append(Arm(f"without {one.name}", one.without(loaded)))
            against.append(len(arms) - 1)
    check_times(arms, "whatifs")
    return arms, against


def compare_whatifs(
    runner: Runner, loaded: Loaded[Scenario], whatifs: Sequence[WhatIf], replications: int,
    metrics: Sequence[str] = METRICS,
) -> list[Difference]:  # fmt: skip
    """Run every what-if, one at a time and all together.

    Returns:
        For each metric, and for cost and net benefit, one row for each what-if and one for all together; the scenario
        as it is stands first. All together has no probability of being best: nobody chooses between it and one change.

    Raises:
        StudyError: as `compare`.
    """
    arms, against = arms_of(loaded, whatifs)
    check_metrics(metrics, loaded.scenario, runner.seed)
    results = runner.run(arms, replications)
    told = list(dict.fromkeys([*metrics, *MONEY]))
    rows = differences_of(arms, results, told, against)
    single = range(1 + len(whatifs))
    apart = differences_of([arms[n] for n in single], [[row[n] for n in single] for row in results], told)
    best = {(row.arm, row.metric, row.group): row.best for row in apart}
    asked = {BASE, TOGETHER, *(one.name for one in whatifs)}
    return [replace(row, best=best.get((row.arm, row.metric, row.group), nan)) for row in rows if row.arm in asked]


def unpriced(whatifs: Sequence[WhatIf]) -> set[str]:
    """The names of those that change what victims or criminals do: what brings that about has no price anywhere."""
    return {one.name for one in whatifs if one.touched & {"victims", "criminals"}}
