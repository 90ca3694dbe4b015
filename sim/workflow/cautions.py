"""What a scenario says that its author may not have meant, though it can be run: one line for each.

A desk that nobody ever sits at, hours in which the chase waits though no route knows that the desk is closed, a bank or
a way out with a share of zero, a route or a step that nothing leads to. Nothing is simulated: rosters are asked,
without the absences and outages that luck brings.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.scenario.workflow import Route
from sim.scenario.workflow_checks import started
from sim.words.language import key, say
from sim.words.units import DAY
from sim.workflow.hours import closed_hours

LONG = 10 * DAY
"""A desk whose hours the routes know may be closed for a night or for holidays, but hardly for longer (ms)."""


@dataclass(frozen=True)
class Caution:
    """One line about a scenario that is valid and perhaps not what was meant."""

    text: str
    """The English, a format string."""
    values: dict[str, Any] = field(default_factory=dict)

    def said(self) -> str:
        """In the reader's language."""
        return say(self.text, **self.values)


def cautions(scenario: Scenario) -> list[Caution]:
    """All that can be said of a scenario, in the order of its parts."""
    running = started(scenario.routes, {scenario.on_report, *scenario.sources})
    return [*_sources(scenario), *_shares(scenario), *_rosters(scenario, running), *_unreached(scenario, running)]


# -- victims ---------------------------------------------------------------------------------------------


def _sources(scenario: Scenario) -> Iterator[Caution]:
    for name, source in scenario.victims.arrivals.items():
        if isinstance(source, ListedArrivals):
            if not source.rows:
                text = key("victims.arrivals.{source}: no case is listed, so that nobody is robbed")
                yield Caution(text, {"source": name})
        elif not source.per_day:
            yield Caution(key("victims.arrivals.{source}: 0 a day, so that nobody is robbed"), {"source": name})


# -- shares ----------------------------------------------------------------------------------------------


def _shares(scenario: Scenario) -> Iterator[Caution]:
    for name, bank in scenario.banks.items():
        if not bank.share:
            yield Caution(key("banks.{bank}: a share of 0, so that no mule holds an account there"), {"bank": name})
    for name, way in scenario.criminals.exits.items():
        if not way.share:
            yield Caution(key("criminals.exits.{exit}: a share of 0, so that no money leaves that way"), {"exit": name})


# -- rosters ---------------------------------------------------------------------------------------------


def _rosters(scenario: Scenario, running: set[str]) -> Iterator[Caution]:
    """Of every desk that a running route gives work, and of every kind of bank that can be asked."""
    routes = [scenario.routes[name] for name in running]
    steps = [step for route in routes for step in route.steps.values()]
    at_work = _at_work(routes)
    chase = _at_work([route for route in routes if not route.background])
    known = {step.wait.until_open for step in steps if step.wait is not None}
    known |= {branch.if_.desk_open for step in steps for branch in step.choose or () if branch.if_ is not None}
    for name, desk in scenario.desks.items():
        if name in at_work | known:
            hours = closed_hours(desk, scenario)
            yield from _of_hours(scenario, f"desks.{name}", hours, known=name in known or name not in chase)
    for name in dict.fromkeys(holder.profile for holder in scenario.holders if holder.profile is not None):
        hours = closed_hours(scenario.bank_profiles[name], scenario)
        yield from _of_hours(scenario, f"bank_profiles.{name}", hours, known=True)


def _at_work(routes: Iterable[Route]) -> set[str]:
    """The desks that some routes give work."""
    return {
        desk for route in routes for step in route.steps.values() if step.work is not None
        for desk in step.work.team or ()
    }  # fmt: skip


def _of_hours(scenario: Scenario, where: str, closed: Sequence[tuple[int, int]], *, known: bool) -> Iterator[Caution]:
    """At most one line about the hours of a desk.

    Args:
        where: the path of the desk.
        closed: when nobody is there, in order.
        known: whether the routes know that it closes, or it has background work only, or it is a bank, whose hours are
            what they are.
    """
    limit = scenario.horizon + scenario.follow_up
    gaps = [gap for gap in closed if gap[0] < scenario.horizon and (not known or gap[1] - gap[0] > LONG)]
    last = closed[-1] if closed else (limit, limit)
    if last == (0, limit):
        yield Caution(key("{where}: nobody is ever on duty in the period"), {"where": where})
    elif gaps and gaps[0][1] == limit:
        first = _when(scenario, gaps[0][0])
        yield Caution(key("{where}: nobody is on duty from {first} to the end of the period"),
                      {"where": where, "first": first})  # fmt: skip
    elif gaps:
        values = {"where": where, "first": _when(scenario, gaps[0][0]), "end": _when(scenario, gaps[0][1])}
        once = key("{where}: nobody is on duty from {first} to {end}; work may come then")
        often = key("{where}: nobody is on duty from {first} to {end} (the first of {n:,} times); work may come then")
        yield Caution(often, {**values, "n": len(gaps)}) if len(gaps) > 1 else Caution(once, values)


def _when(scenario: Scenario, time: int) -> str:
    return f"{scenario.when(time):%Y-%m-%d %H:%M}"


# -- routes ----------------------------------------------------------------------------------------------


def _unreached(scenario: Scenario, running: set[str]) -> Iterator[Caution]:
    for name, route in scenario.routes.items():
        if name not in running:
            yield Caution(key("routes.{route}: nothing starts it"), {"route": name})
            continue
        reached = _reached(route)
        for step in route.steps:
            if step not in reached:
                yield Caution(key("routes.{route}.steps.{step}: nothing leads to it"), {"route": name, "step": step})


def _reached(route: Route) -> set[str]:
    """The steps that a token of a route may come to."""
    reached: set[str] = set()
    left = [route.first]
    while left:
        step = left.pop()
        if step not in reached:
            reached.add(step)
            left.extend(route.following(step).values())
    return reached
