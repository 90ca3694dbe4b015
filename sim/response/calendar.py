"""The calendar: what follows from the scenario and the luck alone is asked, never simulated and never logged.

Rosters, absences, holidays and outages are functions of (desk, time). They are made when they are first asked for: a
run of one case asks for few of its desks.
"""

from __future__ import annotations

from sim.response.rosters import Roster, roster_of
from sim.response.routes import Program
from sim.scenario.models import Scenario


class Calendar:
    """The rosters of all desks in one replication."""

    def __init__(self, program: Program, scenario: Scenario, seed: int, replication: int) -> None:
        self._desks, self._scenario = program.desks, scenario
        self._seed, self._replication = seed, replication
        self._rosters: list[Roster | None] = [None] * len(program.desks)

    def __getitem__(self, desk: int) -> Roster:
        """The roster of a desk."""
        roster = self._rosters[desk]
        if roster is None:
            roster = roster_of(self._desks[desk], self._scenario, self._seed, self._replication)
            self._rosters[desk] = roster
        return roster
