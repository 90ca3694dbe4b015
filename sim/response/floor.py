"""The floor: all desks with their rosters and queues, and who works on what.

Whoever becomes free and whoever joins a queue at an instant meet in `dispatch`, which the engine calls when everything
else of that instant is done.
"""

from __future__ import annotations

from collections.abc import Callable
from heapq import heappop, heappush
from typing import Any

from sim.fraud.groups import Column
from sim.fraud.plan import Plan
from sim.response.desks import Desk
from sim.response.knowledge import Knowledge
from sim.response.log import ATTEMPTS, BEGIN, DESK_SHIFT, FINISH, NOBODY, NONE, PERSON_SHIFT, ROSTER, Log
from sim.response.policies import POLICIES
from sim.response.rosters import UNLIMITED, roster_of
from sim.response.routes import Program
from sim.response.times import Times
from sim.response.tokens import Token
from sim.scenario.models import Scenario


class Floor:
    """The desks of one run. It schedules the end of work; what a token does then is the engine's."""

    def __init__(
        self,
        program: Program,
        times: Times,
        knowledge: Knowledge,
        log: Log,
        env: Any,
        done: Callable[[Any], None],
        scenario: Scenario,
        plan: Plan,
    ) -> None:
        self.desks = [Desk(number) for number in range(len(program.desks))]
        self.rosters = [roster_of(spec, scenario, plan.seed, plan.replication) for spec in program.desks]
        self.dirty: set[int] = set()
        """Desks at which someone may begin at the end of this instant."""
        self._program = program
        self._times = times
        self._first: list[Column | None] = [None] * len(program.names)
        """`times.first` of each step that was reached."""
        self._knowledge = knowledge
        self._rows = log.buffer
        self._env = env
        self._at_done = [done]
        begins = [_doing(BEGIN, number, 0) for number in range(len(self.desks))]
        self._finish = [_doing(FINISH, number, 0) for number in range(len(self.desks))]
        self._bound = (
            self.desks, self.dirty, self._rows, env.schedule, program.team, self._at_done, self._first, begins,
        )  # fmt: skip
        """What every dispatch reads, in one piece."""
        self._policy = [None if spec.policy == "fifo" else POLICIES[spec.policy] for spec in program.desks]
        """None for first in, first out: the place in the queue says that already."""
        self._teams = any(program.team)
        self._wakes = [{number} for number in range(len(self.desks))]
        """By desk: the queues that may go on when someone of it is free (a team's queue is at its first desk)."""
        for team in program.team:
            for member, _ in team:
                self._wakes[member].add(team[0][0])

    def shift(self, number: int, now: int) -> int | None:
        """Bring a desk to the heads of its roster; returns when they change next, None if never."""
        heads = self.rosters[number].at(now)
        self.desks[number].staff(heads)
        self._rows += (now, NOBODY, _doing(ROSTER, number, NONE), NONE if heads == UNLIMITED else heads)
        self.dirty.update(self._wakes[number])
        return self.rosters[number].next_change(now)

    def join(self, token: Token, number: int, since: int) -> None:
        """Put a token into a desk's queue, as one that waits since a time."""
        desk, policy, key = self.desks[number], self._policy[number], since
        if policy is not None:
            view = self._knowledge.view_account if token.account >= 0 else self._knowledge.view_case
            key = policy(view(token.subject, since))
        token.desk = number
        token.place = place = (token.rank, key, since, token.key, token)
        desk.waiting += 1
        heappush(desk.queue, place)
        self.dirty.add(number)

    def rejoin(self, token: Token, rank: int) -> bool:
        """Give a waiting token another rank in its queue; False where it does not wait."""
        if not token.place:
            return False
        self.desks[token.desk].waiting -= 1
        token.rank = rank
        self.join(token, token.desk, token.place[2])
        return True

    def give_up(self, token: Token) -> None:
        """Take a token out of its queue without work: a team at the head may have kept the others waiting."""
        if token.place:
            token.place = None
            desk = self.desks[token.desk]
            desk.waiting -= 1
            if desk.waiting:
                self.dirty.add(token.desk)

    def dispatch(self, now: int) -> None:
        """Assign free people to waiting tokens, desk by desk."""
        desks, dirty, rows, schedule, team_of, at_done, first, begins = self._bound
        numbers = sorted(dirty) if len(dirty) > 1 else tuple(dirty)
        dirty.clear()
        for number in numbers:
            desk = desks[number]
            queue, begin = desk.queue, begins[number]
            while queue and (desk.free or desk.capacity == UNLIMITED):
                place = queue[0]
                token: Token = place[4]
                if token.place is not place:
                    heappop(queue)
                    continue
                team = team_of[token.step]
                if team and any(desks[d].available() < heads for d, heads in team):
                    break  # the first in the queue waits for the others of its team
                heappop(queue)
                desk.waiting -= 1
                token.place = token.timer = None
                key = token.key
                if team:
                    token.people = [(d, desks[d].seize()) for d, heads in team for _ in range(heads)]
                    for d, person in token.people:
                        rows += (now, key, _doing(BEGIN, d, person), NONE)
                else:
                    token.person = person = desk.seize()
                    rows += (now, key, begin + (person << PERSON_SHIFT), NONE)
                token.callbacks = at_done
                times = first[token.step] if key & ATTEMPTS == 1 else None
                schedule(token, key, times[token.subject] if times else self.time(token))

    def let_go(self, token: Token, now: int) -> None:
        """End the work on a token, if there is any: its people are free again."""
        person = token.person
        if person >= 0:
            desk = self.desks[token.desk]
            self._rows += (now, token.key, self._finish[token.desk] + (person << PERSON_SHIFT), NONE)
            token.person = NONE
            desk.let_go(person)
            if self._teams:
                self.dirty.update(self._wakes[token.desk])
            elif desk.waiting:
                self.dirty.add(token.desk)
        elif token.people is not None:
            for number, one in token.people:
                self._rows += (now, token.key, _doing(FINISH, number, one), NONE)
                self.desks[number].let_go(one)
                self.dirty.update(self._wakes[number])
            token.people = None

    def time(self, token: Token) -> int:
        """The working or waiting time of a token at its step, in ms."""
        if token.key & ATTEMPTS > 1:
            return self._times.again(token)
        return (self._first[token.step] or self._first_of(token.step))[token.subject]

    def _first_of(self, step: int) -> Column:
        times = self._first[step] = self._times.first(step)
        return times


def _doing(kind: int, desk: int, person: int) -> int:
    """Kind, desk and person of a log row as one number."""
    return kind + ((desk + 1) << DESK_SHIFT) + ((person + 1) << PERSON_SHIFT)
