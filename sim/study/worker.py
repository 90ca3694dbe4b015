"""The work of one process: runs of several scenarios that meet the same victims and the same luck."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

from sim.fraud.plan import Plan, draw_plan
from sim.measure.ceiling import Ceiling, ceiling_of
from sim.measure.metrics import measure
from sim.measure.split import split_metrics
from sim.measure.ways import By
from sim.response.routes import compile_routes
from sim.response.run import simulate
from sim.scenario.models import Scenario
from sim.scenario.profiles import minds_days

Metrics = dict[str, float]
_FALSE_ALARMS = {"ages": True, "false_per_day": True}


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
    prevention = scenario.prevention
    sources = (prevention and prevention.warnings, prevention and prevention.leads)
    alarms = prevention is not None and prevention.alarms is not None
    blocking = prevention and prevention.blocking  # read where reports a day are turned into victims
    reports = any(getattr(one, "counts", "") == "reports" for one in scenario.victims.arrivals.values())
    return json.dumps(
        [
            scenario.victims.model_dump(
                mode="json", exclude={"districts": {"__all__": {"travel"}}, "rails": {"__all__": {"profile", "fails"}}}
            ),
            scenario.criminals.model_dump(
                mode="json",
                exclude={"claims": True, "reaction": {"speed"}, "exits": {"__all__": {"pending": {"reach"}}}},
            ),
            [
                bank.model_dump(mode="json", include={"share": True, "customers": True, "monitoring": _FALSE_ALARMS})
                for bank in scenario.banks.values()
            ],
            [source and source.model_dump(mode="json", include={"false_per_day", "by_hour"}) for source in sources],
            [holder.profile is not None or holder.field for holder in scenario.holders],
            alarms,
            [scenario.week_offset, scenario.horizon, scenario.follow_up],
            _days_that_count(scenario),
            blocking and blocking.model_dump(mode="json") if reports else None,
        ]
    )


def _days_that_count(scenario: Scenario) -> list[str]:
    """Days off and worked, and the first day, where some rate minds them."""
    prevention, rates = scenario.prevention, list[Any](scenario.victims.arrivals.values())
    rates += [one for one in (prevention and prevention.warnings, prevention and prevention.leads) if one]
    if not any(minds_days(getattr(one, "by_hour", None), getattr(one, "by_weekday", None)) for one in rates):
        return []
    days = [*sorted(scenario.days_off), *sorted(scenario.days_worked)]
    return [scenario.start.date().isoformat(), *(f"{day} {day in scenario.days_off}" for day in days)]


def same_fraud(arms: Sequence[Scenario]) -> bool:
    """Whether all arms meet the same plan."""
    return sum(1 for _ in groupby(fraud_of(arm) for arm in arms)) <= 1
