"""Whatever the shipped scenarios configure is really used in some run of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.scenario.catalogue import names
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.words.units import DAY, show_duration
from sim.workflow.effects import EFFECTS
from sim.workflow.log import BEGIN, CANCELLED, FINISH, OUTCOME, QUEUED, RENEGED, REPORT, WAITING
from sim.workflow.predicates import PREDICATES
from sim.workflow.program import WRITTEN_OFF
from sim.workflow.times import Times
from tests.worlds import city, criminals

Thing = tuple[str, str]
"""(what it is, its name)"""

LONGEST = {"province": DAY // 4, "s12-bank-training": 10 * DAY, "s14-national-picture": 14 * DAY}
"""The horizon of a run here, in ms: little happens in a few days at the smallest of 78 banks, and in a surge. Else
four days, or the scenario's own where that is shorter."""


def configured(scenario: Scenario) -> Iterator[Thing]:
    """All that a scenario names and a run can use."""
    yield from (("exit", name) for name in scenario.criminals.exits)
    yield from (("bank", name) for name in scenario.banks)
    yield from (("bank profile", name) for name in scenario.bank_profiles)
    yield from (("channel", name) for name in scenario.victims.channels or {})
    yield from (("role", name) for name in scenario.desks)
    yield from (("policy", one.queue) for one in (*scenario.desks.values(), *scenario.bank_profiles.values()))
    yield from (("route", name) for name in scenario.routes)
    yield from (("duty", name) for name in scenario.duties or {})
    for route in scenario.routes.values():
        for step in route.steps.values():
            yield "step kind", step.kind
            if step.do:
                yield "effect", step.do
            for branch in step.choose or []:
                yield from (("predicate", name) for name in branch.if_.model_fields_set) if branch.if_ else ()


def used(run: Run) -> Iterator[Thing]:
    """What a run shows to have been used, by its log and its money."""
    scenario, program, plan, rows = run.scenario, run.program, run.plan, run.rows
    gone = plan.transfers.exit[(run.times <= run.end) & (plan.transfers.exit >= 0)]
    yield from named("exit", scenario.criminals.exits, gone)
    worked = set(rows.desk[rows.of(FINISH)].tolist())
    yield from named("role", scenario.desks, worked & set(range(len(scenario.desks))))
    asked = {holder for holder, desk in enumerate(program.bank_desk) if desk in worked}
    yield from (("bank profile", str(scenario.holders[holder].profile)) for holder in asked)
    credited = plan.transfers.target[(run.times <= run.end) & (plan.transfers.target >= 0)]
    silent = {number for number, bank in enumerate(scenario.banks.values()) if bank.profile is None}
    reached = set(plan.accounts.bank[credited].tolist()) & silent
    yield from named("bank", scenario.banks, {*reached, *(holder for holder in asked if holder < len(scenario.banks))})
    if scenario.victims.channels:
        yield from named("channel", scenario.victims.channels, plan.victims.channel[rows.case[rows.of(REPORT)]])
    yield from (("policy", program.desks[desk].policy) for desk in chosen_among_several(run))

    placed = np.isin(rows.kind, (QUEUED, WAITING, OUTCOME)) & (rows.step >= 0)
    steps = set(rows.step[placed & (rows.case >= 0)].tolist())
    first = program.first[program.duties] if scenario.duties else 0
    begun = rows.step[(rows.kind == BEGIN) & (rows.case < 0)] - first
    yield from named("duty", scenario.duties or {}, begun.tolist())
    routes = {program.route[step] for step in steps}
    yield from named("route", program.route_names, routes)
    kinds = [step.kind for route in scenario.routes.values() for step in route.steps.values()]
    yield from (("step kind", kinds[step]) for step in steps)
    prevention = scenario.prevention
    sources = (
        scenario.on_report, scenario.objections, *((p.warnings, p.leads, p.alarms) if (p := prevention) else ()),
    )  # fmt: skip
    from_outside = {str(getattr(source, "route", source)) for source in sources}
    if {program.route_names[route] for route in routes} - from_outside:
        yield "step kind", "start"
    if len(rows.of(CANCELLED)):  # without orders only a step cancels
        yield "step kind", "cancel"
    ends = rows.at(rows.of(OUTCOME))
    if any(program.outcome[step] == WRITTEN_OFF for step in ends.step[ends.desk >= 0].tolist()):
        yield "dropped by", "write_off"


def named(what: str, of: Iterable[str], numbers: Iterable[int]) -> Iterator[Thing]:
    """Numbers as names."""
    of = list(of)
    return ((what, of[number]) for number in {int(number) for number in numbers})


def chosen_among_several(run: Run) -> set[int]:
    """Desks at which somebody was once free while at least two waited: where the order of the queue matters."""
    rows = run.rows
    found = set()
    for desk in range(len(run.program.desks)):
        mine = np.flatnonzero((rows.desk == desk) & np.isin(rows.kind, (QUEUED, BEGIN, RENEGED)))
        joins = rows.kind[mine] == QUEUED
        waiting = np.cumsum(np.where(joins, 1, -1))
        if (waiting[rows.kind[mine] == BEGIN] >= 1).any():  # one was taken and at least one still waits
            found.add(desk)
    return found


@pytest.fixture
def happened(monkeypatch: pytest.MonkeyPatch) -> set[Thing]:
    """What leaves no row of its own: effects that were carried out, predicates that held, chances that were drawn."""
    seen: set[Thing] = set()

    def watch(table: Any, kind: str, what: str) -> None:
        for name, function in list(table.items()):
            monkeypatch.setitem(table, name, watched(function, (("step kind", kind), (what, name))))

    def watched(function: Callable[..., Any], things: tuple[Thing, ...]) -> Callable[..., Any]:
        def call(*arguments: Any) -> Any:
            answer = function(*arguments)
            if answer is not False:  # of a predicate
                seen.update(things)
            return answer

        return call

    watch(EFFECTS, "do", "effect")
    watch(PREDICATES, "choose", "predicate")
    monkeypatch.setattr(Times, "chance", watched(Times.chance, (("step kind", "choose"),)))
    return seen


def short(name: str) -> Scenario:
    """A shipped scenario over a short time."""
    own = load(name).scenario.horizon
    return load(name, [f"horizon={show_duration(min(own, LONGEST.get(name, 4 * DAY)))}"]).scenario


def test_all_that_the_catalogue_configures_is_used(happened: set[Thing]) -> None:
    """Each exit, bank, profile, channel, role, policy, route, step kind, effect and predicate acts in some run."""
    wanted: set[Thing] = {("dropped by", "write_off")}
    found: set[Thing] = set()
    for name in names():
        scenario = short(name)
        wanted |= set(configured(scenario))
        found |= set(used(simulate(scenario)))
    found |= happened
    assert sorted(wanted - found) == []
    assert not found - wanted - {("step kind", "do"), ("step kind", "choose")}


def test_what_is_not_used_is_named(happened: set[Thing]) -> None:
    """An exit that no money takes, a desk that no step asks and a bank without accounts are found to be unused."""
    exits = {"cash": {"share": 1.0, "dwell": "1h"}, "gold": {"share": 0.0, "dwell": "1h"}}
    base = city()
    scenario = city(
        criminals=criminals(exits=exits),
        desks={name: one.model_dump(mode="json", by_alias=True, exclude_none=True) for name, one in base.desks.items()}
        | {"idle": {"staff": 1}},
        banks={"quick": {"share": 1.0, "profile": "machine"}, "empty": {"share": 0.0, "profile": "officer"}},
    )
    unused = set(configured(scenario)) - set(used(simulate(scenario))) - happened
    assert {("exit", "gold"), ("role", "idle"), ("bank", "empty"), ("bank profile", "officer")} <= unused
    assert ("exit", "cash") not in unused
    assert ("role", "intake") not in unused
