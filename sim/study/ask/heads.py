"""The heads that a study of staffing varies: of each shift of some desks, or of a desk round the clock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from sim.engine.run import simulate_each
from sim.fraud.groups import Floats
from sim.scenario.errors import dotted, nearest
from sim.scenario.models import Scenario
from sim.scenario.people import EVERY_DAY, MOST_STAFF, Desk, Shift, lanes_of
from sim.study.ask.offered_load import HOURS, load_by_hour
from sim.study.infer.trials import Heads
from sim.study.run.errors import StudyError
from sim.words.phrases import Phrase, as_it_is, phrase
from sim.words.units import DAY, HOUR, YUAN, format_clock


@dataclass(frozen=True)
class Variable:
    """Heads that can be chosen."""

    desk: str
    shift: int | None
    """Its place among the shifts of the desk; None: round the clock."""
    when: Phrase
    """`20:00-08:00`; with its days where they are not all."""
    least: int
    """Heads that its breaks need; of the largest shift of a desk also those that a team needs to ever begin."""

    @property
    def label(self) -> str:
        """``analyst 20:00-08:00``, as files have it."""
        return f"{self.desk} {self.when}"

    def hours(self, scenario: Scenario) -> list[int]:
        """The hours of the local day in which it works."""
        if self.shift is None:
            return list(range(HOURS))
        shift = self._shift(scenario)
        first, last = shift.start // HOUR, -(-(shift.start + shift.length) // HOUR)
        return sorted({hour % HOURS for hour in range(first, last)})

    def now(self, scenario: Scenario) -> int:
        """Heads of the scenario as it is."""
        if self.shift is not None:
            return self._shift(scenario).staff
        staff = scenario.desks[self.desk].staff
        assert isinstance(staff, int)
        return staff

    def price(self, scenario: Scenario) -> float:
        """About what a head more costs until the horizon, in yuan (without overtime, holidays and absence)."""
        desk = scenario.desks[self.desk]
        share = 1.0
        if self.shift is not None:
            shift = self._shift(scenario)
            share = shift.length / DAY * sum(day in EVERY_DAY for day in shift.days) / len(EVERY_DAY)
        head = desk.set_up_for(scenario.horizon, 1)
        return ((desk.wage or 0) * share * scenario.horizon / HOUR + head) / YUAN

    def _shift(self, scenario: Scenario) -> Shift:
        shifts = scenario.desks[self.desk].shifts
        assert shifts is not None
        assert self.shift is not None
        return shifts[self.shift]


def is_priced(desk: Desk) -> bool:
    """Whether anybody says what the people of a desk cost."""
    return desk.wage is not None or desk.set_up is not None


def variables_of(scenario: Scenario, desks: Sequence[str], *, priced: bool = True) -> list[Variable]:
    """The heads of some desks.

    Args:
        scenario: as it is.
        desks: by name.
        priced: whether each must have a price.

    Raises:
        StudyError: a desk is unknown, has no end of people, or has no price.
    """
    found = []
    for name in dict.fromkeys(desks):
        desk = scenario.desks.get(name)
        if desk is None:
            raise StudyError(
                phrase(
                    "--desks: read {name!r}, accepted: {accepted}", name=name, accepted=nearest(name, scenario.desks)
                )
            )
        if desk.staff == "unlimited":
            raise StudyError(
                phrase(
                    "--desks: desks.{name}.staff: read 'unlimited', accepted: a desk with a number of staff", name=name
                )
            )
        if priced and not is_priced(desk):
            raise StudyError(
                phrase(
                    "--desks: desks.{name}.wage: read nothing, accepted: a wage such as 60 yuan (without one, cost"
                    " has no meaning)",
                    name=name,
                )
            )  # fmt: skip
        if desk.shifts is None:
            found.append(Variable(name, None, phrase("round the clock"), 1))
        for place, shift in enumerate(desk.shifts or []):
            least = max([1, *(shift.away(one) for one in shift.breaks or [])])
            found.append(Variable(name, place, when(shift), least))
        _keep_teams(scenario, found, name)
    if not found:
        raise StudyError(phrase("--desks: read nothing, accepted: some of {desks}", desks=", ".join(scenario.desks)))
    return found


def _keep_teams(scenario: Scenario, found: list[Variable], desk: str) -> None:
    """Let a shift of a desk always hold every team that a step asks for: a desk that never could is refused.

    That is the largest shift that can alone; where only shifts together can, none gets smaller than it is.
    """
    steps = (step for route in scenario.routes.values() for step in route.steps.values())
    largest = max(((step.work.team or {}).get(desk, 0) for step in steps if step.work is not None), default=0)
    surge = scenario.desks[desk].surge
    needed = largest - (surge.heads if surge else 0)
    mine = [place for place, one in enumerate(found) if one.desk == desk]
    if needed <= 1:
        return None

    def with_least(places: Sequence[int], heads: Sequence[int]) -> None:
        for place, least in zip(places, heads, strict=True):
            found[place] = replace(found[place], least=max(found[place].least, least))

    for place in sorted(mine, key=lambda one: -found[one].now(scenario)):
        alone = tuple(needed if other == place else 1 for other in mine)
        if with_heads(scenario, [found[one] for one in mine], alone).desks[desk].rostered >= needed:
            return with_least([place], [needed])
    return with_least(mine, [found[place].now(scenario) for place in mine])


_DAYS: Final[Mapping[str, Phrase]] = {
    day: day for day in (phrase("mon"), phrase("tue"), phrase("wed"), phrase("thu"), phrase("fri"), phrase("sat"),
                         phrase("sun"), phrase("holiday"))
}  # fmt: skip


def when(shift: Shift) -> Phrase:
    """``08:00-20:00``, ``mon tue 08:00-20:00``, with the dates where it has some."""
    said = as_it_is(f"{format_clock(shift.start)}-{format_clock(shift.end)}")
    if not set(EVERY_DAY) <= set(shift.days):
        for day in reversed(shift.days):
            said = phrase("{day} {rest}", day=_DAYS[day], rest=said)
    if shift.dates:
        first, last = shift.dates.first, shift.dates.last
        said = phrase("{shift} {first} to {last}", shift=said, first=first, last=last)
    return said


def with_heads(scenario: Scenario, variables: Sequence[Variable], heads: Heads) -> Scenario:
    """The scenario with other heads. Who has a rare skill is among those who are left: at most all of them."""
    desks = dict(scenario.desks)
    for variable, number in zip(variables, heads, strict=True):
        desk = desks[variable.desk]
        if variable.shift is None:
            changed = desk.model_copy(update={"staff": number})
        else:
            assert desk.shifts is not None
            shifts = list(desk.shifts)
            shifts[variable.shift] = shifts[variable.shift].model_copy(update={"staff": number})
            changed = desk.model_copy(update={"shifts": shifts})
        desks[variable.desk] = changed
    return scenario.model_copy(update={"desks": {name: _skilled(desk) for name, desk in desks.items()}})


def ample(scenario: Scenario, variables: Sequence[Variable]) -> Scenario:
    """The scenario with so many people at these desks that nobody waits while they are open."""

    def many(one: Variable) -> int:
        beside = 1 + max(lanes_of(scenario.desks[one.desk].shifts or [], bool(scenario.days_worked)), default=0)
        return min(MOST_STAFF // beside, 20 * one.now(scenario) + 100)

    return with_heads(scenario, variables, tuple(many(one) for one in variables))


def settings_of(scenario: Scenario, variables: Sequence[Variable], heads: Heads) -> list[str]:
    """What `run` is given with ``--set`` to have these heads; none where they are those of the scenario as it is.

    The skills of a desk that gets too small for them are among the settings: nothing changes that is not told.
    """
    settings = []
    for variable, number in zip(variables, heads, strict=True):
        place = () if variable.shift is None else ("shifts", variable.shift)
        if number != variable.now(scenario):
            settings.append(f"{dotted(('desks', variable.desk, *place, 'staff'))}={number}")
    lost = lost_skills(scenario, variables, heads)
    return settings + [f"{dotted(('desks', desk, 'skills', skill))}={left}" for desk, skill, _, left in lost]


def lost_skills(scenario: Scenario, variables: Sequence[Variable], heads: Heads) -> list[tuple[str, str, int, int]]:
    """(desk, skill, how many have it now, how many are left who can) of the skills that other heads reduce."""
    changed = with_heads(scenario, variables, heads)
    found = []
    for name in dict.fromkeys(one.desk for one in variables):
        before, after = (one.desks[name].skills or {} for one in (scenario, changed))
        found += [(name, skill, before[skill], after[skill]) for skill in before if after[skill] != before[skill]]
    return found


def _skilled(desk: Desk) -> Desk:
    """A desk whose skills are of no more people than its roster has: those called in bring none."""
    if desk.skills is None or max(desk.skills.values()) <= desk.rostered:
        return desk
    return desk.model_copy(update={"skills": {name: min(heads, desk.rostered) for name, heads in desk.skills.items()}})


PILOTS = 3
"""Runs from which the offered load is taken."""


def offered(scenario: Scenario, variables: Sequence[Variable], seed: int) -> dict[str, Floats]:
    """By desk: erlangs by hour of the day, a mean of pilot runs with ample people."""
    wide = ample(scenario, variables)
    runs = list(simulate_each(wide, seed, range(PILOTS)))
    places = {spec.name: place for place, spec in enumerate(runs[0].program.desks)}
    desks = dict.fromkeys(one.desk for one in variables)
    return {name: np.mean([load_by_hour(run, places[name]) for run in runs], axis=0) for name in desks}
