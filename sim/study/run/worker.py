"""The work of one process: runs of several scenarios that meet the same victims and the same luck."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from sim.engine.run import Runs, how_many_together, simulate_many
from sim.fraud.plan import Plans, draw_plans
from sim.measure.ceiling import Ceiling, ceiling_of
from sim.measure.metrics import measure
from sim.measure.split import split_metrics
from sim.measure.ways import By
from sim.scenario.marks import drawn_from
from sim.scenario.models import Scenario
from sim.workflow.program import compile_routes

Metrics = dict[str, float]


class Finished(NamedTuple):
    """One run that is done."""

    replication: int
    arm: int
    """Its place among the arms of the chunk."""
    metrics: Metrics


class FirstPlans:
    """The plans of the first replications of the fraud that was asked about last, with their ceilings.

    A page asks about one centre again and again, and most of what is changed there leaves its fraud alone: a process
    that serves pages keeps `most` of them. A study keeps none, for it draws each once.
    """

    def __init__(self) -> None:
        self.most = 0
        self._of: tuple[str, int] = ("", 0)
        self._found: dict[int, tuple[Plans, Ceiling]] = {}

    def get(self, fraud: str, seed: int, replication: int) -> tuple[Plans, Ceiling] | None:
        """What is kept of a replication."""
        return self._found.get(replication) if self._of == (fraud, seed) else None

    def put(self, fraud: str, seed: int, plans: Plans, ceiling: Ceiling) -> None:
        """Keep the plan of one replication, if it is among the first."""
        if len(plans) == 1 and plans.replications[0] < self.most:
            if self._of != (fraud, seed):
                self._of, self._found = (fraud, seed), {}
            self._found[plans.replications[0]] = plans, ceiling


class Size:
    """How large the plans were that were drawn last."""

    def __init__(self) -> None:
        self.of: tuple[str, int] = ("", 0)
        """The name of the scenario, and its horizon."""
        self.accounts = 0


_size = Size()
_FEW = 4
"""Replications whose plans are not drawn to see how large they are: each would be drawn twice."""
first_plans = FirstPlans()
"""Of this process."""


def run_chunk(
    arms: Sequence[Scenario], seed: int, replications: Sequence[int], by: By | None = None,
    part: Callable[[float], None] | None = None, engine: str | None = None,
) -> Iterator[Finished]:  # fmt: skip
    """Run some replications under every arm, each told as soon as it is done.

    One plan and one ceiling serve all arms with the same fraud. Small replications are run and measured many at a time.

    Args:
        arms: scenarios to run on the same luck.
        seed: of the study.
        replications: their numbers.
        by: how to split each run into groups; None for not at all.
        part: told now and then which share of the run under way is done.
        engine: which runs them (see `simulate_many`).

    Raises:
        EngineError: the engine asked for cannot.
    """
    programs = [compile_routes(arm) for arm in arms]
    asked = len(arms) > 1 or first_plans.most  # else there is no other fraud
    frauds = [fraud_of(arm) if asked else "" for arm in arms]
    for drawn, of_drawn in _together(arms[0], frauds[0], seed, replications):
        fraud, plans, ceiling = frauds[0], drawn, of_drawn
        for number, (arm, program, its) in enumerate(zip(arms, programs, frauds, strict=True)):
            if its != fraud:
                fraud, plans = its, draw_plans(arm, seed, drawn.replications)
                ceiling = ceiling_of(arm, plans.whole)
            done = 0
            for runs in simulate_many(arm, plans, program, engine=engine, progress=part):
                first, done = done, done + len(runs)
                for replication, metrics in zip(
                    runs.plans.replications, _metrics(runs, ceiling.part(plans, first, done), by), strict=True
                ):
                    yield Finished(replication, number, metrics)


def _metrics(runs: Runs, ceiling: Ceiling, by: By | None) -> list[Metrics]:
    """The metrics of each of several runs, split where that is asked for."""
    measured = measure(runs, ceiling)
    if by is None:
        return measured.each
    return [one | parts for one, parts in zip(measured.each, split_metrics(runs, measured, by), strict=True)]


def _together(
    scenario: Scenario, fraud: str, seed: int, replications: Sequence[int]
) -> Iterator[tuple[Plans, Ceiling]]:
    """The plans of replications, in groups to be run together, each with its ceiling.

    How many these are is seen from the first, which is then drawn again with the others: run alone, it would cost as
    much as twenty of them. A few of a scenario of the same name and period are taken to be as large as the last.
    """
    left, some = list(replications), 0
    if len(left) <= _FEW and _size.of == (scenario.name, scenario.horizon):
        some = how_many_together(_size.accounts)
    while left:
        if (known := first_plans.get(fraud, seed, left[0])) is not None:
            yield known
            left = left[1:]
            continue
        plans = draw_plans(scenario, seed, left[: some or 1])
        each = max(1, len(plans.whole.accounts) // len(plans))
        one, some = not some, how_many_together(each)
        _size.of, _size.accounts = (scenario.name, scenario.horizon), each
        if one and min(some, len(left)) > 1:
            continue
        ceiling = ceiling_of(scenario, plans.whole)
        first_plans.put(fraud, seed, plans, ceiling)
        yield plans, ceiling
        left = left[len(plans) :]


def fraud_of(scenario: Scenario) -> str:
    """All that a plan and its ceiling are drawn from, as text (which keeps the order of names, as the draws do)."""
    return json.dumps(drawn_from(scenario))


def same_fraud(arms: Sequence[Scenario]) -> bool:
    """Whether all arms meet the same plan."""
    return sum(1 for _ in groupby(fraud_of(arm) for arm in arms)) <= 1
