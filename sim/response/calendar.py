"""The calendar: what follows from the scenario and the luck alone is asked, never simulated and never logged.

Rosters, absences, holidays and outages are functions of (desk, time). They are made when they are first asked for: a
run of one case asks for few of its desks.
"""

from __future__ import annotations

from sim.response.rosters import Pattern, Roster, is_weekly, roster_of
from sim.response.routes import Program
from sim.scenario.models import Scenario


class Calendar:
    """The rosters of all desks in one replication."""

    def __init__(self, program: Program, scenario: Scenario, seed: int, replication: int) -> None:
        self._desks, self._scenario = program.desks, scenario
        self._seed, self._replication = seed, replication
        self._shared: dict[int, Roster | Pattern] = program.rosters
        self._rosters: list[Roster | None] = [None] * len(program.desks)

    def __getitem__(self, desk: int) -> Roster:
        """The roster of a desk."""
        roster = self._rosters[desk]
        if roster is None:
            roster = self._rosters[desk] = self._made(desk)
        return roster

    def _made(self, desk: int) -> Roster:
        """What all replications share is kept with the workflow."""
        spec, shared = self._desks[desk], self._shared
        known = shared.get(desk)
        if known is None:
            if is_weekly(spec, self._scenario):
                known = roster_of(spec, self._scenario, self._seed, self._replication)
            else:
                known = Pattern(spec, self._scenario)
                if not known.replicated:
                    known = known.roster(self._seed, self._replication)
            shared[desk] = known
        return known if isinstance(known, Roster) else known.roster(self._seed, self._replication)
