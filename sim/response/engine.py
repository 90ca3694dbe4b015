"""The engine: tokens move through the compiled routes on SimPy's clock.

Events at one instant are ordered by content, never by insertion: the key (rank, case, account, step, attempt) is the
integer priority of the SimPy event. Whoever becomes free and whoever joins a queue at an instant meet when everything
else of that instant is done: then free people are assigned.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import simpy

from sim.fraud.groups import filled
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.response import routes as r
from sim.response.effects import EFFECTS, World
from sim.response.floor import Floor
from sim.response.log import (
    ATTEMPTS,
    CANCELLED,
    CLOSED,
    DESK_SHIFT,
    FINISHED,
    NOBODY,
    NONE,
    ORDER,
    OUTCOME,
    QUEUED,
    RENEGED,
    REPORT,
    STEP_SHIFT,
    WAITING,
    Log,
    content,
)  # fmt: skip
from sim.response.orders import Order, carry_out
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
        again = [program.comes_again[route] for route in program.route]
        self._steps = list(zip(program.kind, program.next, again, program.desk, strict=True))
        """By step: what every move reads of it."""
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
        self._used = [filled(0, count) for count in subjects]
        """By route and subject: attempts that its earlier tokens have used."""
        self._open = 0
        self._open_by_case = [0] * len(plan.victims)
        self._open_on_route: dict[tuple[int, int], int] = {}
        """By (route, case), where signals matter."""
        self._signals: dict[tuple[bool, int], int] = {}
        self._awaiting: dict[tuple[bool, int], list[Token]] = {}
        self._at_passed: list[Callable[[Any], None]] = [self._passed]
        self._at_arrived: list[Callable[[Any], None]] = [self._arrived]
        self._at_signal: list[Callable[[Any], None]] = [self._signalled]

        self.floor = Floor(
            program, self.times, self.world.knowledge, self.log, self._env, self._done, scenario, plan,
            self._written_off,
        )  # fmt: skip
        for number in range(len(program.desks)):
            self._shift(number, 0)

        reported = plan.victims.reported
        order = np.argsort(reported, kind="stable")[: np.count_nonzero(reported < NEVER)]
        self._reports = list(zip(reported[order].tolist(), order.tolist(), strict=True))
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
        env, limit, dirty = self._env, min(until, self._limit), self.floor.dirty
        peek, step, dispatch = env.peek, env.step, self.floor.dispatch
        with _collector_paused():
            now = env.now
            while not self.finished:
                time = peek()
                if dirty and time > now:
                    dispatch(now)
                elif time < limit:
                    step()
                    now = time
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
        if self.floor.dirty and time > self.now:
            self.floor.dispatch(self.now)
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
        change = self.floor.staffing.shift(number, now)
        if change is not None:
            self._at(change, Ranks.SHIFT + number, self._on_shift, number)

    def _on_shift(self, event: Due) -> None:
        self._shift(event.subject, self._env.now)

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
        key = self.world.key[subject] if account >= 0 else content(case)
        token = tokens[subject] = Token(route, subject, case, account, key, self._used[route][subject])
        self._open += 1
        self._open_by_case[case] += 1
        if self.program.awaits:
            self._open_on_route[route, case] = self._open_on_route.get((route, case), 0) + 1
        self._go(token, self.program.first[route], now)
        return True

    def _go(self, token: Token, step: int, now: int) -> None:
        """Move a token along the steps that take no time, and into the next one that does."""
        program, steps = self.program, self._steps
        token.timer = None
        while True:
            kind, after, again, desk = steps[step]
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
            if kind == r.WORK:
                if desk == r.BANK:
                    desk = program.bank_desk[self.world.bank[token.subject]]
                    if desk < 0:  # nobody can be asked: out of reach
                        token.key = token.content
                        self._end(token)
                        return
                if program.hand_over[desk] is not None:
                    self._rows += (now, token.key, WAITING, NONE)
                    token.desk = desk
                    self._later(token, self.times.drawn(token, program.hand_over[desk], "hand-over"), self._at_arrived)
                else:
                    self._queue(token, desk, now)
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
            step = after

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
        return now + self.floor.time(token) if desk < 0 else self.floor.rosters[desk].next_open(now)

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
        self._used[route][token.subject] += max(token.attempts.values()) if token.attempts else 1
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
        self.floor.give_up(token)
        self.floor.let_go(token, self._env.now)
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
            return self.floor.rosters[argument].at(self._env.now) > 0
        if test == r.ELAPSED:
            return self.now - knowledge.reported_at[token.case] >= argument
        bank = knowledge.bank[subject] if on_account else NONE
        if test == r.PROFILE:
            return bank >= 0 and self.program.bank_profile[bank] == argument
        return bank >= 0 and (self.program.bank_desk[bank] >= 0) == bool(argument)

    # -- work ------------------------------------------------------------------------------------------------

    def _queue(self, token: Token, desk: int, now: int) -> None:
        patience = self.program.patience[token.step]
        self._rows += (now, token.key, QUEUED + ((desk + 1) << DESK_SHIFT), NONE)
        self.floor.join(token, desk, now)
        if patience is not None:
            self._set_timer(token, self.times.drawn(token, patience, "patience"), self._renege)

    def _arrived(self, token: Token) -> None:
        """A piece of work has reached the desk of another agency."""
        if token.alive:
            self._queue(token, token.desk, self._env.now)

    def _written_off(self, token: Token) -> None:
        """End a token that left its queue as nearly hopeless."""
        self._rows += (self._env.now, token.key, OUTCOME + ((token.desk + 1) << DESK_SHIFT), NONE)
        self._remove(token)

    def _done(self, token: Token) -> None:
        if token.alive:
            now = self._env.now
            self.floor.let_go(token, now)
            self._go(token, self.program.next[token.step], now)

    def _renege(self, event: Due) -> None:
        token: Token = event.subject
        if token.timer is event:
            self.floor.give_up(token)
            self._rows += (self._env.now, token.key, RENEGED + ((token.desk + 1) << DESK_SHIFT), NONE)
            self._go(token, self.program.on_renege[token.step], self._env.now)

    def prioritise(self, of_account: bool, subject: int, rank: int) -> bool:
        """Give the tokens of a subject that wait in queues another rank; False where none waits."""
        tokens = [self._tokens[route][subject] for route, it in enumerate(self.program.of_account) if it == of_account]
        return sum(self.floor.rejoin(token, rank) for token in tokens if token is not None) > 0


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
