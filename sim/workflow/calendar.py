"""The calendar: what follows from the scenario and the luck alone is asked, never simulated and never logged.

Rosters, absences, holidays and outages are functions of (desk, time). They are made when they are first asked for: a
run of one case asks for few of its desks.
"""

from __future__ import annotations

from collections.abc import Sequence

from sim.fraud.draws import roots
from sim.scenario.models import Scenario
from sim.workflow.hours import Dates
from sim.workflow.program import DeskSpec, Program
from sim.workflow.rosters import Pattern, Roster, shared_by_all


class Calendar:
    """The rosters of all desks in one replication."""

    def __init__(self, program: Program, scenario: Scenario, seed: int, replication: int) -> None:
        self._program, self._scenario = program, scenario
        self._seed, self._replication = seed, replication
        self._rosters: list[Roster | None] = [None] * len(program.desks)

    def __getitem__(self, desk: int) -> Roster:
        """The roster of a desk."""
        roster = self._rosters[desk]
        if roster is None:
            roster = self._rosters[desk] = self._made(desk)
        return roster

    def _made(self, desk: int) -> Roster:
        known = _shared(self._program, self._scenario, desk)
        return known if isinstance(known, Roster) else known.rosters(roots(self._seed, [self._replication]))[0]

    def keep(self, desk: int, roster: Roster) -> None:
        """Keep the roster of a desk that was made with those of other replications."""
        self._rosters[desk] = roster


def calendars_of(program: Program, scenario: Scenario, seed: int, replications: Sequence[int]) -> list[Calendar]:
    """The calendars of several replications, made together."""
    calendars = [Calendar(program, scenario, seed, replication) for replication in replications]
    keys = roots(seed, replications)
    for desk in range(len(program.desks)):
        known = _shared(program, scenario, desk)
        rosters = [known] * len(calendars) if isinstance(known, Roster) else known.rosters(keys)
        for calendar, roster in zip(calendars, rosters, strict=True):
            calendar.keep(desk, roster)
    return calendars


def _shared(program: Program, scenario: Scenario, desk: int) -> Roster | Pattern:
    """What all replications share of a desk's roster; it is kept with the workflow."""
    known: Roster | Pattern | None = program.rosters.get(desk)
    if known is None:
        known = program.rosters[desk] = _kept(program.desks[desk], Dates.of(scenario))
    return known


_late: dict[str, tuple[tuple[DeskSpec, Dates, Roster | Pattern], ...]] = {}
"""By name of a desk: what was made of late. Thousands of runs of a study differ in other things than their rosters."""
_EACH, _NAMES = 4, 200
"""So many are kept of a name, and so many names: a server reads file after file."""


def _kept(spec: DeskSpec, dates: Dates) -> Roster | Pattern:
    """What all replications of all scenarios with a desk and dates share of its roster."""
    known = _late.get(spec.name, ())
    for of, on, made in known:
        if on == dates and of == spec:
            return made
    made = shared_by_all(spec, dates)
    if len(_late) >= _NAMES:
        _late.clear()
    _late[spec.name] = ((spec, dates, made), *known[: _EACH - 1])
    return made
