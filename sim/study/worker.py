"""The work of one process: runs of several scenarios that meet the same victims and the same luck."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

from sim.fraud.plan import Plan, draw_plan
from sim.measure.ceiling import Ceiling, ceiling_of
from sim.measure.metrics import measure
from sim.measure.split import split_metrics
from sim.measure.ways import By
from sim.response.routes import compile_routes
from sim.response.run import simulate
from sim.scenario.marks import drawn_from
from sim.scenario.models import Scenario

Metrics = dict[str, float]


class Finished(NamedTuple):
    """One run that is done."""

    replication: int
    arm: int
    """Its place among the arms of the chunk."""
    metrics: Metrics


def run_chunk(
    arms: Sequence[Scenario], seed: int, replications: Sequence[int], by: By | None = None,
    part: Callable[[float], None] | None = None,
) -> Iterator[Finished]:  # fmt: skip
    """Run some replications under every arm, each told as soon as it is done.

    One plan and one ceiling serve all arms with the same fraud.

    Args:
        arms: scenarios to run on the same luck.
        seed: of the study.
        replications: their numbers.
        by: how to split each run into groups; None for not at all.
        part: told now and then which share of the run under way is done.
    """
    programs = [compile_routes(arm) for arm in arms]
    frauds = [fraud_of(arm) for arm in arms]
    for replication in replications:
        known: tuple[str, Plan, Ceiling] | None = None
        for number, (arm, program, fraud) in enumerate(zip(arms, programs, frauds, strict=True)):
            if known is None or known[0] != fraud:
                plan = draw_plan(arm, seed, replication)
                known = fraud, plan, ceiling_of(arm, plan)
            run = simulate(arm, plan=known[1], program=program, progress=part)
            measured = measure(run, known[2])
            metrics = measured.metrics if by is None else measured.metrics | split_metrics(run, measured, by)
            yield Finished(replication, number, metrics)


def fraud_of(scenario: Scenario) -> str:
    """All that a plan and its ceiling are drawn from, as text (which keeps the order of names, as the draws do)."""
    return json.dumps(drawn_from(scenario))


def same_fraud(arms: Sequence[Scenario]) -> bool:
    """Whether all arms meet the same plan."""
    return sum(1 for _ in groupby(fraud_of(arm) for arm in arms)) <= 1
