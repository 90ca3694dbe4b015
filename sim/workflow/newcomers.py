"""Newcomers: at a desk whose people come and go, who is new works more slowly for a while."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import count

import numpy as np

from sim.fraud.draws import draw
from sim.fraud.plan import Plan
from sim.scenario.people import Desk, Learning
from sim.words.units import DAY
from sim.workflow.program import Program

YEAR = 365 * DAY


class Newcomers:
    """When each place at a desk changed hands; drawn by the desk's name, the place and a number, and kept.

    Places change hands one by one and all the time, before the run too: a Poisson process for each.
    """

    def __init__(self, name: str, learning: Learning, plan: Plan, until: int) -> None:
        self._name, self._learning, self._plan, self._until = name, learning, plan, until
        self._changes: dict[int, list[int]] = {}

    def factor(self, person: int, now: int) -> float:
        """What the working times of a person are multiplied by now."""
        changes = self._changes.get(person)
        if changes is None:
            changes = self._changes[person] = self._drawn(person)
        place = bisect_right(changes, now) - 1
        new = place >= 0 and now - changes[place] < self._learning.for_
        return self._learning.slower if new else 1.0

    def _drawn(self, person: int) -> list[int]:
        times: list[int] = []
        now = float(-self._learning.for_)  # who came earlier has learned it by the start
        for number in count():
            u = draw(self._plan.seed, self._plan.replication, f"turnover:{self._name}", person, number)
            now += float(-np.log(u[0])) * YEAR / self._learning.turnover
            if now >= self._until:
                return times
            times.append(int(now))
        raise AssertionError


class AtDesks:
    """The newcomers of all desks of a run."""

    def __init__(self, program: Program, plan: Plan, until: int) -> None:
        """
        Args:
            program, plan: of one run.
            until: ms at which the run ends at the latest.
        """
        rules = [spec.roster.learning if isinstance(spec.roster, Desk) else None for spec in program.desks]
        self._of = [
            None if rule is None else Newcomers(spec.name, rule, plan, until)
            for spec, rule in zip(program.desks, rules, strict=True)
        ]
        self._with = [{number} for number in range(len(self._of))]
        for team in program.team:
            self._with[team[0][0] if team else 0].update(member for member, _ in team)

    def concern(self, number: int) -> bool:
        """Whether what waits at a desk may be worked on by somebody new, of this desk or of a team."""
        return any(self._of[member] is not None for member in self._with[number])

    def lasts(self, time: int, people: Sequence[tuple[int, int]], now: int) -> int:
        """The time of work that (desk, person) begin now: longer where one of them is new."""
        new = [they.factor(person, now) for desk, person in people if (they := self._of[desk]) is not None]
        return round(time * max(new)) if new and max(new) > 1 else time
