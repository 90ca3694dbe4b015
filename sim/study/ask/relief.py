"""What may hold a centre back, and the same centre without it: people, closed hours, banks, waits, the lapse of stops.

Each is taken away whole: so many people that nobody waits, a desk that never closes, banks that answer at once, no wait
at a step, stops that last. What that brings says which of them binds; what one person more brings is another question.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Literal

import numpy as np

from sim.measure.diagnosis import Week
from sim.scenario.distributions import DurationDist
from sim.scenario.models import Scenario
from sim.scenario.people import EVERY_DAY, WEEKDAYS, Desk, Shift
from sim.study.ask.heads import ample, variables_of
from sim.study.ask.latency import with_latency
from sim.study.run.worker import Metrics
from sim.words.units import DAY, MINUTE, format_clock

Kind = Literal["heads", "hours", "bank", "rule", "lapse"]
AMPLE = 100
"""People at a desk in hours in which it is closed today: more than any of them needs."""
_WEEK = 7 * DAY // MINUTE


@dataclass(frozen=True)
class Constraint:
    """One thing that may bind."""

    kind: Kind
    """heads: too few people in the hours as they are. hours: nobody there at times. bank: a kind of bank answers late.
    rule: a wait that the routes ask for. lapse: stops end."""
    name: str
    """Of the desk, the bank profile or the stage; empty for the lapse."""

    def lifted(self, scenario: Scenario) -> Scenario:
        """The scenario without it."""
        match self.kind:
            case "heads":
                return _with_ample_people(scenario, self.name)
            case "hours":
                return open_always(scenario, self.name, AMPLE)
            case "bank":
                return _answering_at_once(scenario, self.name)
            case "rule":
                return with_latency(scenario, self.name, 0.0)
        return scenario.model_copy(update={"law": None})


def lifted(scenario: Scenario, constraints: Sequence[Constraint]) -> Scenario:
    """The scenario without any of some constraints."""
    return reduce(lambda one, constraint: constraint.lifted(one), constraints, scenario)


def constraints_of(scenario: Scenario, weeks: Sequence[Week], pilot: Sequence[Metrics]) -> list[Constraint]:
    """What may bind, by what some runs show: where somebody waits, is not there, or answers late.

    Args:
        scenario: as it is.
        weeks: of its desks (see `weeks_of`).
        pilot: the metrics of the same runs.
    """
    week = {one.desk: one for one in weeks}
    desks = [name for name, desk in scenario.desks.items() if desk.staff != "unlimited" and week[name].used]
    asked = {one.profile for one in scenario.holders if (there := week.get(_desk_of(one.name))) and there.used}
    found = [Constraint("heads", name) for name in desks if week[name].pressed]
    found += [Constraint("hours", name) for name in desks if closed_hours(scenario.desks[name])]
    found += [Constraint("bank", name) for name in scenario.bank_profiles if name in asked]
    found += [Constraint("rule", stage) for stage in waits_of_routes(scenario)]
    if scenario.law is not None and any(one.get("leak.lapsed") for one in pilot):
        found.append(Constraint("lapse", ""))
    return found


def _desk_of(holder: str) -> str:
    """The desk at which a holder is asked."""
    return holder if holder.startswith(("exit:", "rail:")) else f"bank:{holder}"


def waits_of_routes(scenario: Scenario) -> list[str]:
    """The stages of the chase at which only a drawn time passes: nobody works there, and no desk opens."""
    chase = [route for route in scenario.routes.values() if not route.background]
    steps = [step for route in scenario.routes.values() for step in route.steps.values()]
    here = {step.stage for route in chase for step in route.steps.values() if step.wait and step.wait.for_}
    other = {step.stage for step in steps if step.stage and not (step.wait and step.wait.for_)}
    return [stage for stage in scenario.stages if stage in here - other]


def closed_hours(desk: Desk) -> list[Shift]:
    """Shifts of one person for the times of an ordinary week at which a desk has none; a break is no such time."""
    if desk.shifts is None or any(shift.dates for shift in desk.shifts):
        return []
    there = np.zeros(_WEEK, dtype=bool)
    for start, end in (span for shift in desk.shifts for span in shift.spans()):
        there[np.arange(start // MINUTE, -(-end // MINUTE)) % _WEEK] = True
    if there.all() or not there.any():
        return []
    first = int(np.flatnonzero(there)[0])  # a gap over the end of the week is one
    turned = np.append(np.roll(there, -first), True)
    edges = np.flatnonzero(np.diff(turned.astype(np.int8)))
    pieces: dict[tuple[int, int], list[int]] = {}
    for begin, end in (edges + 1).reshape(-1, 2).tolist():
        for at in range(begin, end, DAY // MINUTE):
            day, clock = divmod((at + first) % _WEEK, DAY // MINUTE)
            pieces.setdefault((clock, min(end - at, DAY // MINUTE)), []).append(day)
    return [_shift(clock, length, days) for (clock, length), days in pieces.items()]


def _shift(clock: int, length: int, days: Sequence[int]) -> Shift:
    """A shift of one person from a minute of the day on, on some weekdays."""
    end = (clock + length) % (DAY // MINUTE)
    named = [WEEKDAYS[day] for day in sorted(days)]
    days_ = EVERY_DAY if len(named) == len(WEEKDAYS) else [*named]
    written = {"days": days_, "from": format_clock(clock * MINUTE), "to": format_clock(end * MINUTE), "staff": 1}
    return Shift.model_validate(written)


def open_always(scenario: Scenario, name: str, heads: int) -> Scenario:
    """The scenario with so many people at a desk whenever it is closed today."""
    desk = scenario.desks[name]
    more = [shift.model_copy(update={"staff": heads}) for shift in closed_hours(desk)]
    changed = desk.model_copy(update={"shifts": [*(desk.shifts or []), *more]})
    return scenario.model_copy(update={"desks": {**scenario.desks, name: changed}})


def _with_ample_people(scenario: Scenario, name: str) -> Scenario:
    """So many people in the hours as they are that nobody waits, who all can do everything."""
    wide = ample(scenario, variables_of(scenario, [name], priced=False))
    desk = wide.desks[name].model_copy(update={"skills": None})
    return wide.model_copy(update={"desks": {**wide.desks, name: desk}})


def _answering_at_once(scenario: Scenario, name: str) -> Scenario:
    """A kind of bank that is always there, never down, and needs no time."""
    fast = {"staff": "unlimited", "shifts": None, "absence": None, "outages": None, "time": DurationDist(fixed=0)}
    profile = scenario.bank_profiles[name].model_copy(update=fast)
    return scenario.model_copy(update={"bank_profiles": {**scenario.bank_profiles, name: profile}})
