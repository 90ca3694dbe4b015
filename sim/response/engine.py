"""The engine: tokens move through the compiled routes on SimPy's clock.

Events at one instant are ordered by content, never by insertion: the key (rank, case, account, step, attempt) is the
integer priority of the SimPy event. Whoever becomes free and whoever joins a queue at an instant meet when everything
else of that instant is done: then free people are assigned.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from heapq import heappop, heappush
from typing import Any

import numpy as np
import simpy

from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.response import routes as r
from sim.response.desks import UNLIMITED, Desk, Roster
from sim.response.effects import EFFECTS, World
from sim.response.log import (
    ATTEMPTS,
    BEGIN,
    CANCELLED,
    CLOSED,
    DESK_SHIFT,
    FINISH,
    FINISHED,
    NOBODY,
    NONE,
    ORDER,
    OUTCOME,
    PERSON_SHIFT,
    QUEUED,
    RENEGED,
    REPORT,
    ROSTER,
    STEP_SHIFT,
    WAITING,
    Log,
    content,
)  # fmt: skip
from sim.response.orders import Order, carry_out
from sim.response.policies import POLICIES
from sim.response.routes import Program
from sim.response.times import Times
from sim.response.tokens import Due, Ranks, Token
from sim.scenario.models import Scenario


class Engine:
    """One run that can be advanced, given orders, and read at any moment."""

    def __init__(self, scenario: Scenario, plan: Plan, program: Program, orders: Iterable[Order] = ()) -> None:
        self.scenario = scenario
        self.plan = plan
        self.program = program
        self.log = Log()
        reaction = scenario.criminals.reaction
        self.world = World(plan, self.log, reaction.speed if reaction else 1.0)
        self.times = Times(program, plan)
        self._first: list[list[int] | None] = [None] * len(program.names)
        """`times.first` of each step that was reached."""
        self.finished = False
        self.end: int | None = None
        """ms at which the run ended."""
        self._env: Any = simpy.Environment()  # typed for times that may be floats; ours are whole numbers
        self._rows = self.log.buffer
        self._limit = scenario.horizon + scenario.follow_up
        self._reached = 0
        """No order may come before this."""

        subjects = [len(plan.accounts) if of_account else len(plan.victims) for of_account in program.of_account]
        self._tokens: list[list[Token | None]] = [[None] * count for count in subjects]
        """By route and subject: the token under way."""
        self._started = [[0] * count for count in subjects]
        self._open = 0
        self._open_by_case = [0] * len(plan.victims)
        self._open_on_route: dict[tuple[int, int], int] = {}
        """By (route, case), where signals matter."""
        self._signals: dict[tuple[bool, int], int] = {}
        self._awaiting: dict[tuple[bool, int], list[Token]] = {}
        self._at_done: list[Callable[[Any], None]] = [self._done]
        self._at_passed: list[Callable[[Any], None]] = [self._passed]
        self._at_signal: list[Callable[[Any], None]] = [self._signalled]

        self.desks = [Desk(number) for number in range(len(program.desks))]
        self.rosters = [Roster(spec.roster, scenario.week_offset) for spec in program.desks]
        self._policy = [None if spec.policy == "fifo" else POLICIES[spec.policy] for spec in program.desks]
        """None for first in, first out: the place in the queue says that already."""
        self._dirty: set[int] = set()
        """Desks at which someone may begin at the end of this instant."""
        self._wakes = [{number} for number in range(len(self.desks))]
        """By desk: the queues that may go on when someone of it is free (a team's queue is at its first desk)."""
        self._teams = any(program.team)
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
        self._horizon_passed = False
        self._at(scenario.horizon, Ranks.HORIZON, self._horizon, None)
        self._orders: set[tuple[int, int]] = set()
        for one in sorted(orders):
            self.order(one)

    # -- driving -------------------------------------------------------------------------------------------

    def advance(self, until: int) -> None:
        """Run the events strictly before `until` (ms since the start)."""
        env, limit, dirty = self._env, min(until, self._limit), self._dirty
        peek, step, dispatch = env.peek, env.step, self._dispatch
        with _collector_paused():
            while not self.finished:
                time = peek()
                if dirty and time > env.now:
                    dispatch()
                elif time < limit:
                    step()
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
        if self.finished or order.at < max(self._reached, self._env.now):
            raise ValueError(f"the run is past {order.at} ms")
        if not 0 <= order.case < len(self.plan.victims):
            raise ValueError(f"no case {order.case}")
        if order.action in ("start", "cancel") and order.route not in self.program.route_names:
            raise ValueError(f"no route {order.route!r}")
        if (order.at, order.number) in self._orders or not 0 <= order.number < 1 << 60:
            raise ValueError(f"order number {order.number} at {order.at} ms is taken")
        self._orders.add((order.at, order.number))
        self._at(order.at, Ranks.ORDER + order.number, self._on_order, order)

    # -- events of the world -------------------------------------------------------------------------------

    def _at(self, time: int, key: int, call: Callable[[Any], None], subject: Any) -> None:
        env = self._env
        env.schedule(Due(env, call, subject), key, time - env.now)

    def _shift(self, number: int, now: int) -> None:
        heads = self.rosters[number].at(now)
        self.desks[number].staff(heads)
        doing = ROSTER + ((number + 1) << DESK_SHIFT)
        self._rows += (now, NOBODY, doing, NONE if heads == UNLIMITED else heads)
        change = self.rosters[number].next_change(now)
        if change is not None:
            self._at(change, Ranks.SHIFT + number, self._on_shift, number)

    def _on_shift(self, event: Due) -> None:
        self._shift(event.subject, self._env.now)
        self._dirty.update(self._wakes[event.subject])

    def _schedule_report(self) -> None:
        if self._next_report < len(self._reports):
            time, case = self._reports[self._next_report]
            self._next_report += 1
            self._at(time, Ranks.ARRIVAL + case, self._on_report, case)

    def _on_report(self, event: Due) -> None:
        case, now = event.subject, self._env.now
        self._reports_left -= 1
        self._schedule_report()
        self.world.knowledge.reported_at[case] = now
        self._rows += (now, content(case), REPORT, NONE)
        self._start(self.program.route_names.index(self.scenario.on_report), case, case, NONE, now)

    def _on_order(self, event: Due) -> None:
        order: Order = event.subject
        done = carry_out(self, order)
        self._rows += (self._env.now, content(order.case, order.account), ORDER, int(done))
        self._orders.remove((order.at, order.number))  # only now: the order itself must not end the run before its row
        self._maybe_finish()

    def _horizon(self, _: Due) -> None:
        self._horizon_passed = True
        self._maybe_finish()

    def _maybe_finish(self) -> None:
        if self._horizon_passed and not (self._open or self._orders or self._reports_left):
            self._finish(self._env.now)

    def _finish(self, time: int) -> None:
        for case, tokens in enumerate(self._open_by_case):
            if tokens:
                self._rows += (time, content(case), CLOSED, 1)
        self._rows += (time, NOBODY, FINISHED, NONE)
        self.finished, self.end = True, time

    # -- tokens ----------------------------------------------------------------------------------------------

    def start(self, route: int, subject: int, case: int, account: int) -> bool:
        """Put a subject on a route; False where it is on it already."""
        return self._start(route, subject, case, account, self._env.now)

    def _start(self, route: int, subject: int, case: int, account: int, now: int) -> bool:
        tokens = self._tokens[route]
        if tokens[subject] is not None:
            return False
        earlier = self._started[route][subject]
        self._started[route][subject] = earlier + 1
        token = tokens[subject] = Token(route, subject, case, account, content(case, account), earlier * 100)
        self._open += 1
        self._open_by_case[case] += 1
        if self.program.awaits:
            self._open_on_route[route, case] = self._open_on_route.get((route, case), 0) + 1
        self._go(token, self.program.first[route], now)
        return True

    def _go(self, token: Token, step: int, now: int) -> None:
        """Move a token along the steps that take no time, and into the next one that does."""
        program = self.program
        again = program.comes_again[token.route]
        token.timer = None
        while True:
            attempt = token.before + 1
            if again:
                token.attempts = token.attempts or {}
                count = token.attempts.get(step, 0) + 1
                if 0 <= program.attempts[step] < count:
                    step = program.on_exhausted[step]
                    continue
                token.attempts[step] = count
                attempt = token.before + count
            token.step = step
            token.key = token.content + ((step + 1) << STEP_SHIFT) + (attempt & ATTEMPTS)
            kind = program.kind[step]
            if kind == r.WORK:
                desk = program.desk[step]
                if desk == r.BANK:
                    desk = program.bank_desk[self.world.bank[token.subject]]
                    if desk < 0:  # nobody can be asked: out of reach
                        token.key = token.content
                        self._end(token)
                        return
                self._rows += (now, token.key, QUEUED + ((desk + 1) << DESK_SHIFT), NONE)
                self._join(token, desk, now)
                if program.patience[step] is not None:
                    self._set_timer(token, self.times.drawn(token, program.patience[step], "patience"), self._renege)
                return
            if kind == r.DO:
                new = self._apply(program.effect[step], token.case, token.subject, now)
                if new:
                    token.revealed = token.revealed + new if token.revealed else new
            elif kind == r.START:
                route = program.start_route[step]
                if not program.each_revealed[step]:
                    self._start(route, token.subject, token.case, token.account, now)
                elif token.revealed:
                    revealed, token.revealed = token.revealed, None
                    for account in revealed:
                        self._start(route, account, token.case, self.world.number[account], now)
            elif kind == r.CHOOSE:
                step = self._choose(token, step)
                continue
            elif kind == r.WAIT:
                self._rows += (now, token.key, WAITING, NONE)
                until = self._until(token, step, now)
                if until is not None:
                    self._later(token, until - now, self._at_passed)
                return
            elif kind == r.AWAIT:
                if not self._signalled_already(token):
                    self._rows += (now, token.key, WAITING, NONE)
                    self._awaiting.setdefault((token.account >= 0, token.subject), []).append(token)
                    if program.at_most[step] is not None:
                        self._set_timer(token, self.times.drawn(token, program.at_most[step], "at-most"), self._timeout)
                    return
            elif kind == r.CANCEL:
                self.cancel(program.start_route[step], token.subject)
                if not token.alive:
                    return
            else:
                self._end(token)
                return
            step = program.next[step]

    def _later(self, token: Token, after: int, callbacks: list[Callable[[Any], None]]) -> None:
        """Schedule the end of what a token is doing."""
        token.callbacks = callbacks
        self._env.schedule(token, token.key, after)

    def _set_timer(self, token: Token, after: int, call: Callable[[Any], None]) -> None:
        """Schedule what happens if a token has not moved on by then."""
        env = self._env
        token.timer = Due(env, call, token)
        env.schedule(token.timer, token.key, after)

    def _until(self, token: Token, step: int, now: int) -> int | None:
        """When a wait is over; None if never."""
        desk = self.program.open_desk[step]
        return now + self._time(token) if desk < 0 else self.rosters[desk].next_open(now)

    def _time(self, token: Token) -> int:
        if token.key & ATTEMPTS > 1:
            return self.times.again(token)
        return (self._first[token.step] or self._first_of(token.step))[token.subject]

    def _first_of(self, step: int) -> list[int]:
        times = self._first[step] = self.times.first(step)
        return times

    def _passed(self, token: Token) -> None:
        if token.alive:
            self._go(token, self.program.next[token.step], self._env.now)

    def _end(self, token: Token) -> None:
        self._rows += (self._env.now, token.key - (token.key & ATTEMPTS), OUTCOME, NONE)
        self._remove(token)

    def _remove(self, token: Token) -> None:
        """Take a token off the board."""
        case, route = token.case, token.route
        token.alive = False
        token.timer = None
        self._tokens[route][token.subject] = None
        self._open -= 1
        self._open_by_case[case] -= 1
        if self.program.awaits:
            done = 1 << (self.program.signal_of_done + route)
            self._raise(done, token.account >= 0, token.subject)
            left = self._open_on_route[route, case] = self._open_on_route[route, case] - 1
            if not left and token.account >= 0:
                self._raise(done, False, case)
        if not self._open_by_case[case]:
            self._rows += (self._env.now, content(case), CLOSED, 0)
            self.log.pack()
            if not self._open:
                self._maybe_finish()

    def cancel(self, route: int, subject: int) -> bool:
        """Stop a subject's token on a route, whatever it is doing; False where there is none."""
        token = self._tokens[route][subject]
        if token is None:
            return False
        left = token.desk if token.place else NONE
        self._give_up(token)
        self._let_go(token, self._env.now)
        self._rows += (self._env.now, token.key, CANCELLED + ((left + 1) << DESK_SHIFT), NONE)
        self._remove(token)
        return True

    def apply(self, effect: str, case: int, subject: int) -> list[int]:
        """Carry out an effect on a subject of a case; returns the accounts newly known."""
        return self._apply(effect, case, subject, self._env.now)

    def _apply(self, effect: str, case: int, subject: int, now: int) -> list[int]:
        signals, revealed = EFFECTS[effect](self.world, subject, now)
        if self.program.awaits and signals:
            of_account = effect != "open_case"
            self._raise(signals, of_account, subject)
            if of_account:
                self._raise(signals, False, case)
        return revealed

    # -- signals and branches --------------------------------------------------------------------------------

    def _raise(self, signals: int, of_account: bool, subject: int) -> None:
        """Latch signals on a subject and let the tokens go on that awaited them, at the end of this instant's tasks."""
        self._signals[of_account, subject] = self._signals.get((of_account, subject), 0) | signals
        waiting = self._awaiting.get((of_account, subject), [])
        for token in [token for token in waiting if token.alive and self._signalled_already(token)]:
            waiting.remove(token)
            token.timer = None
            self._later(token, 0, self._at_signal)

    def _signalled_already(self, token: Token) -> bool:
        mask, every = self.program.signals[token.step]
        have = self._signals.get((token.account >= 0, token.subject), 0) & mask
        return have == mask if every else bool(have)

    def _signalled(self, token: Token) -> None:
        if token.alive:
            self._go(token, self.program.next[token.step], self._env.now)

    def _timeout(self, event: Due) -> None:
        token: Token = event.subject
        if token.timer is event:
            self._awaiting[token.account >= 0, token.subject].remove(token)
            self._go(token, self.program.on_timeout[token.step], self._env.now)

    def _choose(self, token: Token, step: int) -> int:
        """The step a choose leads to. Chances of its lines share one draw of the subject's."""
        below, u = 0.0, -1.0
        for tests, p, to in self.program.branches[step]:
            if p < 1:
                u = self.times.chance(token) if u < 0 else u
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
        if test == r.LAYER:
            return on_account and knowledge.layer[subject] >= argument
        if test == r.AMOUNT:
            return on_account and knowledge.amount[subject] >= argument
        if test == r.OPEN:
            return self.rosters[argument].at(self._env.now) > 0
        if test == r.ELAPSED:
            return self.now - knowledge.reported_at[token.case] >= argument
        bank = knowledge.bank[subject] if on_account else NONE
        if test == r.PROFILE:
            return bank >= 0 and self.program.bank_profile[bank] == argument
        return bank >= 0 and (self.program.bank_desk[bank] >= 0) == bool(argument)

    # -- desks -----------------------------------------------------------------------------------------------

    def _join(self, token: Token, number: int, since: int) -> None:
        """Put a token into a desk's queue, as one that waits since a time."""
        desk, policy, key = self.desks[number], self._policy[number], since
        if policy is not None:
            view = self.world.knowledge.view_account if token.account >= 0 else self.world.knowledge.view_case
            key = policy(view(token.subject, since))
        token.desk = number
        token.place = place = (token.rank, key, since, token.key, token)
        desk.waiting += 1
        heappush(desk.queue, place)
        self._dirty.add(number)

    def _renege(self, event: Due) -> None:
        token: Token = event.subject
        if token.timer is event:
            self._give_up(token)
            self._rows += (self._env.now, token.key, RENEGED + ((token.desk + 1) << DESK_SHIFT), NONE)
            self._go(token, self.program.on_renege[token.step], self._env.now)

    def _give_up(self, token: Token) -> None:
        """Take a token out of its queue without work: a team at the head may have kept the others waiting."""
        if token.place:
            token.place = None
            desk = self.desks[token.desk]
            desk.waiting -= 1
            if desk.waiting:
                self._dirty.add(token.desk)

    def prioritise(self, of_account: bool, subject: int, rank: int) -> bool:
        """Give the tokens of a subject that wait in queues another rank; False where none waits."""
        found = False
        for route, tokens in enumerate(self._tokens):
            token = tokens[subject] if self.program.of_account[route] == of_account else None
            if token is not None and token.place:
                found, since, token.rank = True, token.place[2], rank
                self.desks[token.desk].waiting -= 1
                self._join(token, token.desk, since)
        return found

    def _dispatch(self) -> None:
        """Assign free people to waiting tokens, desk by desk."""
        env, desks, dirty, rows, at_done = self._env, self.desks, self._dirty, self._rows, self._at_done
        now, schedule, team_of = env.now, env.schedule, self.program.team
        numbers = sorted(dirty) if len(dirty) > 1 else tuple(dirty)
        dirty.clear()
        for number in numbers:
            desk = desks[number]
            queue = desk.queue
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
                    rows += (now, key, _doing(BEGIN, number, person), NONE)
                token.callbacks = at_done
                schedule(token, key, self._time(token))

    def _done(self, token: Token) -> None:
        if not token.alive:
            return
        now, number, person = self._env.now, token.desk, token.person
        if person < 0 or self._teams:
            self._let_go(token, now)
        else:  # `_let_go` of a single person, where most of the time goes
            self._rows += (now, token.key, _doing(FINISH, number, person), NONE)
            token.person = NONE
            desk = self.desks[number]
            desk.let_go(person)
            if desk.waiting:
                self._dirty.add(number)
        self._go(token, self.program.next[token.step], now)

    def _let_go(self, token: Token, now: int) -> None:
        """End the work on a token, if there is any: its people are free again."""
        people = token.people
        if people is None:
            if token.person < 0:
                return
            number, person = token.desk, token.person
            self._rows += (now, token.key, _doing(FINISH, number, person), NONE)
            self._free(number, person)
        else:
            for number, person in people:
                self._rows += (now, token.key, _doing(FINISH, number, person), NONE)
                self._free(number, person)
        token.person, token.people = NONE, None

    def _free(self, number: int, person: int) -> None:
        """Somebody of a desk can begin something else."""
        self.desks[number].let_go(person)
        self._dirty.update(self._wakes[number])


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep Python's cycle collector from walking the plan again and again: a run makes no cycles to collect."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _doing(kind: int, desk: int, person: int) -> int:
    """Kind, desk and person of a log row as one number."""
    return kind + ((desk + 1) << DESK_SHIFT) + ((person + 1) << PERSON_SHIFT)
