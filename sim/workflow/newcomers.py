"""Newcomers: at a desk whose people come and go, who is new works more slowly for a while."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from itertools import count

import numpy as np

from sim.fraud.draws import Keys, key_of, root, uniform
from sim.fraud.groups import Ints
from sim.fraud.plan import Plan
from sim.scenario.people import Desk, Learning
from sim.words.units import DAY
from sim.workflow.program import Program

YEAR = 365 * DAY


def rules_of(program: Program) -> list[Learning | None]:
    """By desk: how its people come and go; None where nobody is ever new."""
    return [spec.roster.learning if isinstance(spec.roster, Desk) else None for spec in program.desks]


def concerned(program: Program) -> list[bool]:
    """By desk: whether what waits there may be worked on by somebody new, of this desk or of a team."""
    new = [rule is not None for rule in rules_of(program)]
    found = list(new)
    for team in program.team:
        if any(new[member] for member, _ in team):
            found[team[0][0]] = True
    return found


def changes_of(places: Keys, name: str, learning: Learning, until: int) -> tuple[Ints, Ints]:
    """When places at a desk changed hands: one by one and all the time, before the run too, a Poisson process for each.

    Args:
        places: the key of each: of its number at the desk, under that of its replication.
        name: of the desk.
        learning: of the desk.
        until: ms at which the run ends at the latest.

    Returns:
        ms, place by place and in order; how many there are of each place.
    """
    # who came earlier has learned it by the start
    now = np.full(len(places), -float(learning.for_))  # who came earlier has learned it by the start
    left, times, of = np.arange(len(places)), [], []
    for number in count():
        u = uniform(key_of(places[left], np.full(len(left), number)), f"turnover:{name}")
        now[left] += -np.log(u) * YEAR / learning.turnover
        left = left[now[left] < until]
        if not len(left):
            break
        times.append(now[left].astype(np.int64))
        of.append(left)
    whose = np.concatenate([left, *of])
    order = np.argsort(whose, kind="stable")
    return np.concatenate([left, *times])[order], np.bincount(whose, minlength=len(places))


class Newcomers:
    """When each place at a desk changed hands; drawn when somebody there first begins, and kept."""

    def __init__(self, name: str, learning: Learning, plan: Plan, until: int) -> None:
        self._name, self._learning, self._until = name, learning, until
        self._root = root(plan.seed, plan.replication)
        self._changes: dict[int, list[int]] = {}

    def factor(self, person: int, now: int) -> float:
        """What the working times of a person are multiplied by now."""
        changes = self._changes.get(person)
        if changes is None:
            key = key_of(self._root, np.array([person]))
            changes = self._changes[person] = changes_of(key, self._name, self._learning, self._until)[0].tolist()
        place = bisect_right(changes, now) - 1
        new = place >= 0 and now - changes[place] < self._learning.for_
        return self._learning.slower if new else 1.0


class AtDesks:
    """The newcomers of all desks of a run."""

    def __init__(self, program: Program, plan: Plan, until: int) -> None:
        """
        Args:
            program, plan: of one run.
            until: ms at which the run ends at the latest.
        """
        self._of = [
            None if rule is None else Newcomers(spec.name, rule, plan, until)
            for spec, rule in zip(program.desks, rules_of(program), strict=True)
        ]

    def lasts(self, time: int, people: Sequence[tuple[int, int]], now: int) -> int:
        """The time of work that (desk, person) begin now: longer where one of them is new."""
        new = [they.factor(person, now) for desk, person in people if (they := self._of[desk]) is not None]
        return round(time * max(new)) if new and max(new) > 1 else time
