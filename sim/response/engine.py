"""The engine: tokens move through the compiled routes on SimPy's clock.

Events at one instant are ordered by content, never by insertion: the key (rank, case, account, step, attempt) is the
integer priority of the SimPy event. Whoever becomes free and whoever joins a queue at an instant meet when everything
else of that instant is done: then free people are assigned.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, Literal

import numpy as np
import simpy

from sim.fraud.draws import uniform, uniform_one
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.response import routes as r
from sim.response.desks import UNLIMITED, Desk, Roster
from sim.response.effects import EFFECTS, World
from sim.response.log import (
    BEGIN, CANCELLED, CLOSED, FINISH, FINISHED, NONE, ORDER, OUTCOME, QUEUED, RENEGED, REPORT, ROSTER, WAITING, Log,
)  # fmt: skip
from sim.response.policies import POLICIES
from sim.response.routes import Program
from sim.scenario.distributions import DurationDist, sample_ms
from sim.scenario.models import Scenario

# Ranks of the kinds of event at one instant. Holds and debits come first: `settle` blocks a debit at the instant at
# which a hold starts, whatever the engine does then.
_TASK_END, _SHIFT, _ARRIVAL, _ORDER, _HORIZON = (rank << 60 for rank in range(5))
_CASE, _ACCOUNT, _STEP = 36, 20, 8  # places of the parts of a key

Action = Literal["stop", "start", "cancel", "prioritise"]


@dataclass(frozen=True, order=True)
class Order:
    """A decision from outside the routes, at a time: of a trainee, a facilitator or a what-if."""

    at: int
    """ms since the start"""
    number: int
    """Orders of one instant are carried out by their numbers, whenever they were given; none twice."""
    action: Action
    case: int
    """Row of the case."""
    account: int = NONE
    """The account's number in the case; NONE for the case itself."""
    route: str = ""
    """Of `start` and `cancel`."""
    rank: int = -1
    """Of `prioritise`: a queue serves the lowest rank first, and everything not prioritised has 0."""


Place = tuple[int, int, int, int, "Token"]
"""In a queue: (rank by order, key of the policy, ms of joining, content, token); the smallest is served first."""


class Due(simpy.Event):
    """An event with a subject, triggered from the start."""

    def __init__(self, env: simpy.Environment, call: Callable[[Any], None], subject: Any) -> None:
        self.env = env
        self.callbacks = [call]
        self._value = None
        self._ok = True
        self.subject = subject


class Token:
    """One subject on its way along one route."""

    __slots__ = (
        "account", "alive", "attempt", "attempts", "before", "case", "content", "desk", "due", "people", "place", "rank",
        "revealed", "route", "step", "subject",
    )  # fmt: skip

    def __init__(self, route: int, subject: int, case: int, account: int, before: int) -> None:
        self.route = route
        self.subject = subject
        """Row of the account or the case."""
        self.case = case
        self.account = account
        """Number of the account in its case; NONE for a case."""
        self.content = (case << _CASE) + ((account + 1) << _ACCOUNT)
        self.step = NONE
        self.attempt = 0
        self.attempts: dict[int, int] = {}
        self.before = before
        """Attempts of earlier tokens of the subject on this route (a bound on them)."""
        self.alive = True
        self.place: Place | None = None
        """Its place in a desk's queue, while it waits there; a place it has left counts no more."""
        self.due: Due | None = None
        """The event that ends its stay at the step; an event of an earlier stay counts no more."""
        self.rank = 0
        self.desk = NONE
        self.people: list[tuple[int, int]] = []
        """(desk, person) at work on it."""
        self.revealed: list[int] = []

    def __lt__(self, other: Token) -> bool:
        return False


class Engine:
    """One run that can be advanced, given orders, and read at any moment."""

    def __init__(self, scenario: Scenario, plan: Plan, program: Program, orders: Iterable[Order] = ()) -> None:
        self.scenario = scenario
        self.plan = plan
        self.program = program
        self.log = Log()
        reaction = scenario.criminals.reaction
        self.world = World(plan, self.log, reaction.speed if reaction else 1.0)
        self.finished = False
        self.end: int | None = None
        """ms at which the run ended."""
        self._env = simpy.Environment()
        self._rows = self.log.buffer
        self._limit = scenario.horizon + scenario.follow_up
        self._reached = 0
        self._open = 0
        self._open_by_case = [0] * len(plan.victims)
        self._orders: set[tuple[int, int]] = set()
        self._horizon_passed = False
        self._tokens: dict[tuple[int, int], Token] = {}
        self._started: dict[tuple[int, int], int] = {}
        self._times: list[list[int] | None] = [None] * len(program.names)
        self._signals: dict[tuple[bool, int], int] = {}
        self._awaiting: dict[tuple[bool, int], list[Token]] = {}
        self._done_open: dict[tuple[int, int], int] = {}

        self.desks = [Desk(number) for number in range(len(program.desks))]
        self.rosters = [Roster(spec.roster, scenario.week_offset) for spec in program.desks]
        self._policy = [None if spec.policy == "fifo" else POLICIES[spec.policy] for spec in program.desks]
        """None for first in, first out: the place in the queue says that already."""
        self._dirty: set[int] = set()
        self._wakes = [{number} for number in range(len(self.desks))]
        """By desk: the queues that may go on when someone of it is free (a team's queue is at its first desk)."""
        for team in program.team:
            for member, _ in team:
                self._wakes[member].add(team[0][0])
        for number in range(len(self.desks)):
            self._shift(number, 0)
        reported = plan.victims.reported
        order = np.lexsort((np.arange(len(reported)), reported))
        self._reports = [(int(reported[c]), int(c)) for c in order if reported[c] < NEVER]
        self._next_report = 0
        self._reports_left = len(self._reports)
        self._schedule_report()
        self._at(scenario.horizon, _HORIZON, self._horizon, None)
        for one in sorted(orders):
            self.order(one)

    # -- driving -------------------------------------------------------------------------------------------

    def advance(self, until: int) -> None:
        """Run the events strictly before `until` (ms since the start)."""
        env, limit = self._env, min(until, self._limit)
        while not self.finished:
            time = env.peek()
            if self._dirty and time > env.now:
                self._dispatch()
            elif time < limit:
                env.step()
            else:
                break
        self._reached = max(self._reached, until)
        if not self.finished and until > self._limit:
            self._finish(self._limit)

    def run(self) -> None:
        """Run to the end: no case is open after the horizon, or the follow-up is over."""
        self.advance(self._limit + 1)

    def step(self) -> None:
        """Run the next single event, or assign free people at the end of an instant."""
        time = self._env.peek()
        if self.finished:
            return
        if self._dirty and time > self.now:
            self._dispatch()
        elif time < self._limit:
            self._env.step()
            self._reached = max(self._reached, self.now + 1)  # an order for this instant might belong before the event
        else:
            self._finish(self._limit)

    @property
    def now(self) -> int:
        """ms of the last event."""
        return int(self._env.now)

    def order(self, order: Order) -> None:
        """Take an order for a time that has not been passed.

        Raises:
            ValueError: the run is past that time, the number is taken, or the order names a route or case that
                is not there.
        """
        if self.finished or order.at < max(self._reached, self.now):
            raise ValueError(f"the run is past {order.at} ms")
        if not 0 <= order.case < len(self.plan.victims):
            raise ValueError(f"no case {order.case}")
        if order.action in ("start", "cancel") and order.route not in self.program.route_names:
            raise ValueError(f"no route {order.route!r}")
        if (order.at, order.number) in self._orders or not 0 <= order.number < 1 << 60:
            raise ValueError(f"order number {order.number} at {order.at} ms is taken")
        self._orders.add((order.at, order.number))
        self._at(order.at, _ORDER + order.number, self._carry_out, order)

    # -- events ----------------------------------------------------------------------------------------------

    def _at(self, time: int, key: int, call: Callable[[Any], None], subject: Any) -> None:
        env = self._env
        env.schedule(Due(env, call, subject), key, time - env.now)  # type: ignore[arg-type]

    def _shift(self, number: int, now: int) -> None:
        heads = self.rosters[number].at(now)
        self.desks[number].staff(heads)
        self._rows += (
            now, ROSTER, NONE, NONE, NONE, NONE, number, NONE, NONE if heads == UNLIMITED else heads,
        )  # fmt: skip
        change = self.rosters[number].next_change(now)
        if change is not None:
            self._at(change, _SHIFT + number, self._on_shift, number)

    def _on_shift(self, event: Due) -> None:
        self._shift(event.subject, self.now)
        self._dirty.update(self._wakes[event.subject])

    def _schedule_report(self) -> None:
        if self._next_report < len(self._reports):
            time, case = self._reports[self._next_report]
            self._next_report += 1
            self._at(time, _ARRIVAL + (case << _CASE), self._on_report, case)

    def _on_report(self, event: Due) -> None:
        case, now = event.subject, self.now
        self._reports_left -= 1
        self._schedule_report()
        self.world.knowledge.reported_at[case] = now
        self._rows += (now, REPORT, case, NONE, NONE, NONE, NONE, NONE, NONE)
        route = self.program.route_names.index(self.scenario.on_report)
        self._start(route, case, case, NONE)

    def _horizon(self, _: Due) -> None:
        self._horizon_passed = True
        self._maybe_finish()

    def _maybe_finish(self) -> None:
        if self._horizon_passed and not (self._open or self._orders or self._reports_left):
            self._finish(self.now)

    def _finish(self, time: int) -> None:
        for case, tokens in enumerate(self._open_by_case):
            if tokens:
                self._rows += (time, CLOSED, case, NONE, NONE, NONE, NONE, NONE, 1)
        self._rows += (time, FINISHED, NONE, NONE, NONE, NONE, NONE, NONE, NONE)
        self.finished, self.end = True, time

    def _carry_out(self, event: Due) -> None:
        order: Order = event.subject
        done = self._obey(order)
        self._rows += (self.now, ORDER, order.case, order.account, NONE, NONE, NONE, NONE, int(done))
        self._orders.remove((order.at, order.number))  # only now: the order itself must not end the run before its row
        self._maybe_finish()

    def _obey(self, order: Order) -> bool:
        """Carry out an order; False where it names what the responders do not know or what is not there."""
        plan, now = self.plan, self.now
        knowledge = self.world.knowledge
        subject = order.case
        if knowledge.reported_at[order.case] < 0:
            return False
        if order.account >= 0:
            subject = int(plan.account_first[order.case]) + order.account
            if subject >= plan.account_first[order.case + 1] or knowledge.known_at[subject] < 0:
                return False
        if order.action == "stop":
            if order.account < 0 or self.program.bank_desk[knowledge.bank[subject]] < 0:
                return False
            self._apply("place_hold", True, subject, order.case, now)
            return True
        if order.action == "prioritise":
            waiting = [t for t in self._tokens.values() if t.place and (t.case, t.account) == (order.case, order.account)]
            for token in waiting:
                since = token.place[2] if token.place else now
                token.rank = order.rank
                self._leave(token)
                self._join(token, token.desk, since)
            return bool(waiting)
        route = self.program.route_names.index(order.route)
        if self.program.of_account[route] != (order.account >= 0):
            return False
        if order.action == "start":
            return self._start(route, subject, order.case, order.account)
        return self._cancel(route, subject)

    # -- tokens ----------------------------------------------------------------------------------------------

    def _start(self, route: int, subject: int, case: int, account: int) -> bool:
        """Put a subject on a route, unless it is on it already."""
        if (route, subject) in self._tokens:
            return False
        earlier = self._started.get((route, subject), 0)
        self._started[route, subject] = earlier + 1
        token = Token(route, subject, case, account, earlier * 100)
        self._tokens[route, subject] = token
        self._open += 1
        self._open_by_case[case] += 1
        if self.program.awaits:
            self._done_open[route, case] = self._done_open.get((route, case), 0) + 1
        self._go(token, self.program.first[route], self.now)
        return True

    def _go(self, token: Token, step: int, now: int) -> None:
        """Move a token along the steps that take no time, and into the next one that does."""
        program = self.program
        token.due = None
        again = program.comes_again[token.route]
        while True:
            count = 1
            if again:
                count = token.attempts.get(step, 0) + 1
                if 0 <= program.attempts[step] < count:
                    step = program.on_exhausted[step]
                    continue
                token.attempts[step] = count
            token.attempt = token.before + count
            token.step = step
            kind = program.kind[step]
            if kind == r.WORK:
                desk = program.desk[step]
                if desk == r.BANK:
                    desk = program.bank_desk[self.world.bank[token.subject]]
                    if desk < 0:
                        self._end(token, NONE)
                        return
                self._rows += (now, QUEUED, token.case, token.account, step, token.attempt, desk, NONE, NONE)
                self._join(token, desk, now)
                if program.patience[step] is not None:
                    self._later(token, self._draw(token, program.patience[step], "patience"), self._renege)
                return
            if kind == r.DO:
                token.revealed += self._apply(program.effect[step], token.account >= 0, token.subject, token.case, now)
            elif kind == r.START:
                route = program.start_route[step]
                if program.each_revealed[step]:
                    revealed, token.revealed = token.revealed, []
                    for account in revealed:
                        self._start(route, account, token.case, self.world.number[account])
                else:
                    self._start(route, token.subject, token.case, token.account)
            elif kind == r.CHOOSE:
                step = self._choose(token, step)
                continue
            elif kind == r.WAIT:
                self._rows += (now, WAITING, token.case, token.account, step, token.attempt, NONE, NONE, NONE)
                desk = program.open_desk[step]
                if desk < 0:
                    self._later(token, self._time(token), self._passed)
                else:
                    opening = self.rosters[desk].next_open(now)
                    if opening is not None:
                        self._later(token, opening - now, self._passed)
                return
            elif kind == r.AWAIT:
                mask, every = program.signals[step]
                have = self._signals.get((token.account >= 0, token.subject), 0) & mask
                if have != mask if every else not have:
                    self._rows += (now, WAITING, token.case, token.account, step, token.attempt, NONE, NONE, NONE)
                    self._awaiting.setdefault((token.account >= 0, token.subject), []).append(token)
                    if program.at_most[step] is not None:
                        self._later(token, self._draw(token, program.at_most[step], "at-most"), self._timeout)
                    return
            elif kind == r.CANCEL:
                self._cancel(program.start_route[step], token.subject)
                if not token.alive:
                    return
            else:
                self._end(token, step)
                return
            step = program.next[step]

    def _end(self, token: Token, step: int) -> None:
        self._rows += (self.now, OUTCOME, token.case, token.account, step, NONE, NONE, NONE, NONE)
        self._remove(token)

    def _remove(self, token: Token) -> None:
        """Take a token off the board."""
        case, route = token.case, token.route
        token.alive = False
        token.due = None
        del self._tokens[route, token.subject]
        self._open -= 1
        self._open_by_case[case] -= 1
        if self.program.awaits:
            self._raise(1 << (self.program.signal_of_done + route), token.account >= 0, token.subject)
            left = self._done_open[route, case] = self._done_open[route, case] - 1
            if not left and token.account >= 0:
                self._raise(1 << (self.program.signal_of_done + route), False, case)
        if not self._open_by_case[case]:
            self._rows += (self.now, CLOSED, case, NONE, NONE, NONE, NONE, NONE, 0)
            self.log.pack()
            if not self._open:
                self._maybe_finish()

    def _cancel(self, route: int, subject: int) -> bool:
        """Stop a subject's token on a route, whatever it is doing."""
        token = self._tokens.get((route, subject))
        if token is None:
            return False
        left = token.desk if token.place else NONE
        self._give_up(token)
        self._let_go(token, self.now)
        self._rows += (self.now, CANCELLED, token.case, token.account, token.step, token.attempt, left, NONE, NONE)
        self._remove(token)
        return True

    def _apply(self, effect: str, of_account: bool, subject: int, case: int, now: int) -> list[int]:
        signals, revealed = EFFECTS[effect](self.world, subject, now)
        if self.program.awaits and signals:
            self._raise(signals, of_account, subject)
            if of_account:
                self._raise(signals, False, case)
        return revealed

    def _raise(self, signals: int, of_account: bool, subject: int) -> None:
        """Latch signals on a subject and let the tokens go on that awaited them, at the end of this instant's tasks."""
        have = self._signals[of_account, subject] = self._signals.get((of_account, subject), 0) | signals
        waiting = self._awaiting.get((of_account, subject))
        for token in waiting or ():
            mask, every = self.program.signals[token.step]
            if token.alive and (have & mask == mask if every else have & mask):
                self._later(token, 0, self._signalled)

    def _signalled(self, event: Due) -> None:
        token: Token = event.subject
        if token.due is event:
            self._awaiting[token.account >= 0, token.subject].remove(token)
            self._go(token, self.program.next[token.step], self.now)

    def _timeout(self, event: Due) -> None:
        token: Token = event.subject
        if token.due is event:
            self._awaiting[token.account >= 0, token.subject].remove(token)
            self._go(token, self.program.on_timeout[token.step], self.now)

    def _choose(self, token: Token, step: int) -> int:
        """The step a choose leads to. Chances of its lines share one draw of the subject's."""
        below, u = 0.0, -1.0
        for tests, p, to in self.program.branches[step]:
            if p < 1:
                if u < 0:
                    u = uniform_one(self._key(token), f"choose:{self.program.names[step]}:{token.attempt}")
                below += p
                if u < below:
                    return to
            else:
                for test, argument in tests:
                    if not self._holds(token, test, argument):
                        break
                else:
                    return to
        return self.program.branches[step][-1][2]

    def _holds(self, token: Token, test: int, argument: int) -> bool:
        """A predicate over what is known of the subject."""
        knowledge, subject, on_account = self.world.knowledge, token.subject, token.account >= 0
        bank = knowledge.bank[subject] if on_account else NONE
        if test == r.LAYER:
            return on_account and knowledge.layer[subject] >= argument
        if test == r.AMOUNT:
            return on_account and knowledge.amount[subject] >= argument
        if test == r.PROFILE:
            return bank >= 0 and self.program.bank_profile[bank] == argument
        if test == r.REACHABLE:
            return bank >= 0 and (self.program.bank_desk[bank] >= 0) == bool(argument)
        if test == r.OPEN:
            return self.rosters[argument].at(self.now) > 0  # a shift that changes now may not have changed yet
        return self.now - knowledge.reported_at[token.case] >= argument

    # -- time that belongs to a token --------------------------------------------------------------------------

    def _later(self, token: Token, after: int, call: Callable[[Any], None]) -> None:
        """Schedule the end of this stay of the token at its step; a token that moved on meanwhile ignores it."""
        env = self._env
        due = token.due = Due(env, call, token)
        key = _TASK_END + token.content + (token.step << _STEP) + (token.attempt & 255)
        env.schedule(due, key, after)  # type: ignore[arg-type]

    def _passed(self, event: Due) -> None:
        token: Token = event.subject
        if token.due is event:
            self._go(token, self.program.next[token.step], self.now)

    def _renege(self, event: Due) -> None:
        token: Token = event.subject
        if token.due is event:
            self._give_up(token)
            self._rows += (
                self.now, RENEGED, token.case, token.account, token.step, token.attempt, token.desk, NONE, NONE,
            )  # fmt: skip
            self._go(token, self.program.on_renege[token.step], self.now)

    def _key(self, token: Token) -> int:
        keys = self.plan.accounts.key if token.account >= 0 else self.plan.victims.key
        return int(keys[token.subject])

    def _draw(self, token: Token, dist: DurationDist | None, what: str) -> int:
        """A drawn time of the subject for this step and attempt, in ms."""
        assert dist is not None
        u = uniform_one(self._key(token), f"{what}:{self.program.names[token.step]}:{token.attempt}")
        return int(sample_ms(dist, np.array([u]))[0])

    def _time(self, token: Token) -> int:
        """The working or waiting time of a token at its step. First attempts are drawn for all subjects at once."""
        step = token.step
        if token.attempt == 1:
            times = self._times[step]
            if times is None:
                times = self._times[step] = self._times_of(step)
            return times[token.subject]
        dist = self.program.time[step]
        if dist is None:
            dist = self.program.profile_time[self.program.bank_profile[self.world.bank[token.subject]]]
        return self._changed(step, self._draw(token, dist, "time"))

    def _changed(self, step: int, time: int) -> int:
        return round(time * self.program.factor[step]) + self.program.add[step]

    def _times_of(self, step: int) -> list[int]:
        """Times of all subjects at a step, first attempt; ms."""
        program = self.program
        on_account = program.of_account[program.route[step]]
        u = uniform(self.plan.accounts.key if on_account else self.plan.victims.key, f"time:{program.names[step]}:1")
        dist = program.time[step]
        if dist is not None:
            drawn = sample_ms(dist, u)
        else:
            drawn = np.zeros(len(u), dtype=np.int64)
            profile = np.array([*program.bank_profile, NONE])[self.plan.accounts.bank]
            for number, time in enumerate(program.profile_time):
                mine = profile == number
                if mine.any():
                    drawn[mine] = sample_ms(time, u[mine])
        if program.factor[step] != 1.0:
            drawn = np.rint(drawn * program.factor[step]).astype(np.int64)
        times: list[int] = (drawn + program.add[step]).tolist()
        return times

    # -- desks -----------------------------------------------------------------------------------------------

    def _join(self, token: Token, number: int, since: int) -> None:
        """Put a token into a desk's queue, as one that waits since a time."""
        desk, policy, key = self.desks[number], self._policy[number], since
        if policy is not None:
            view = self.world.knowledge.view_account if token.account >= 0 else self.world.knowledge.view_case
            key = policy(view(token.subject, since))
        token.desk = number
        content = token.content + (token.step << _STEP) + (token.attempt & 255)
        token.place = place = (token.rank, key, since, content, token)
        desk.waiting += 1
        heappush(desk.queue, place)
        self._dirty.add(number)

    def _leave(self, token: Token) -> None:
        """Take a token out of the queue it is in, if it is in one; its place in the heap counts no more."""
        if token.place:
            token.place = None
            self.desks[token.desk].waiting -= 1

    def _give_up(self, token: Token) -> None:
        """Take a token out of its queue without work: a team at the head may have kept the others waiting."""
        if token.place:
            self._leave(token)
            if self.desks[token.desk].waiting:
                self._dirty.add(token.desk)

    def _dispatch(self) -> None:
        """Assign free people to waiting tokens, desk by desk."""
        now = self.now
        numbers = sorted(self._dirty) if len(self._dirty) > 1 else tuple(self._dirty)
        self._dirty.clear()
        for number in numbers:
            desk = self.desks[number]
            queue = desk.queue
            while queue and (desk.free or desk.capacity == UNLIMITED):
                place = queue[0]
                token: Token = place[4]
                if token.place is not place:
                    heappop(queue)
                    continue
                team = self.program.team[token.step]
                if team and any(self.desks[d].available() < heads for d, heads in team):
                    break  # the first in the queue waits for the others of its team
                heappop(queue)
                self._leave(token)
                self._begin(token, number, team, now)

    def _begin(self, token: Token, number: int, team: tuple[tuple[int, int], ...], now: int) -> None:
        if team:
            token.people = [(d, self.desks[d].seize()) for d, heads in team for _ in range(heads)]
        else:
            token.people = [(number, self.desks[number].seize())]
        for d, person in token.people:
            self._rows += (now, BEGIN, token.case, token.account, token.step, token.attempt, d, person, NONE)
        self._later(token, self._time(token), self._done)

    def _done(self, event: Due) -> None:
        token: Token = event.subject
        if token.due is event:
            now = self.now
            self._let_go(token, now)
            self._go(token, self.program.next[token.step], now)

    def _let_go(self, token: Token, now: int) -> None:
        """End the work on a token: its people are free again."""
        for number, person in token.people:
            self._rows += (now, FINISH, token.case, token.account, token.step, token.attempt, number, person, NONE)
            self.desks[number].let_go(person)
            for queue in self._wakes[number]:
                if self.desks[queue].waiting:
                    self._dirty.add(queue)
        token.people = []
