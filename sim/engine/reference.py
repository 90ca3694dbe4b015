"""The engine: tokens move through the compiled routes on SimPy's clock.

Events at one instant are ordered by content, never by insertion: the key (rank, case, account, step, attempt) is the
integer priority of the SimPy event. Whoever becomes free and whoever joins a queue at an instant meet when everything
else of that instant is done: then free people are assigned.
"""

from __future__ import annotations

import gc
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import simpy

from sim.engine.branches import Branches
from sim.engine.carrying_out import carry_out
from sim.engine.floor import Floor
from sim.engine.orders import Order, check, deadlines_by_desk
from sim.engine.raised import Signals
from sim.engine.seats import Seats, Undecided
from sim.engine.tokens import Due, Token
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.scenario.workflow import CASE_EFFECTS
from sim.workflow import program as r
from sim.workflow.calendar import Calendar
from sim.workflow.duties import Duties
from sim.workflow.effects import EFFECTS, SIGNAL
from sim.workflow.knowledge import FREE, UNKNOWN
from sim.workflow.log import (
    ATTEMPTS,
    CANCELLED,
    CLOSED,
    DESK_SHIFT,
    FINISHED,
    NOBODY,
    NONE,
    OBJECTION,
    ORDER,
    OUTCOME,
    QUEUED,
    RENEGED,
    STEP_SHIFT,
    WAITING,
    Log,
    content,
)  # fmt: skip
from sim.workflow.program import Program
from sim.workflow.ranks import Ranks
from sim.workflow.sources import Arrival, Sources, arrivals_of
from sim.workflow.times import Times
from sim.workflow.world import World

_PARTS = 50
"""Of the horizon, after each of which a long run says how far it is."""


class Engine:
    """One run that can be advanced, given orders, and read at any moment."""

    def __init__(
        self,
        scenario: Scenario,
        plan: Plan,
        program: Program,
        orders: Iterable[Order] = (),
        deadlines: Mapping[str, int] | None = None,
    ) -> None:
        """Make a run at its start.

        Args:
            scenario, plan, program: of one fraud.
            orders: decisions from outside known from the start.
            deadlines: by desk, ms that somebody from outside has to decide what is next there (see `Seats`).

        Raises:
            ValueError: a desk that is not there.
        """
        self.scenario = scenario
        self.plan = plan
        self.program = program
        self.log = Log()
        self.world = World(scenario, plan, self.log, self._at_hold_end, self._at_objection, self._at_understanding)
        districts = scenario.victims.districts
        self.duties = Duties(scenario, plan)
        self.times = Times(program, plan, districts, self.duties.keys)
        self._steps = list(zip(program.kind, program.next, program.comes_again, program.desk, strict=True))
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
        self._tokens: list[dict[int, Token]] = [{} for _ in program.first]
        """By route and subject: the token under way."""
        self._used = [array("H", bytes(2 * count)) for count in subjects]
        """By route and subject: attempts that its earlier tokens have used."""
        self._open = 0
        self._open_by_case = [0] * len(plan.victims)
        self._open_on_route: dict[tuple[int, int], int] = {}
        """By (route, case), where signals matter."""
        self._at_passed: list[Callable[[Any], None]] = [self._passed]
        self._at_arrived: list[Callable[[Any], None]] = [self._arrived]
        self._at_signal: list[Callable[[Any], None]] = [self._signalled]
        self._signals = Signals(program, lambda token: self._later(token, 0, self._at_signal))
        self._matter = self._signals.matter
        self._effects = {step: EFFECTS[name] for step, name in enumerate(program.effect) if name}
        """By step that does something: what it does."""
        self._agencies = any(law is not None for law in program.hand_over)
        self._done_awaited = [
            bool(self._signals.matter >> (program.signal_of_done + route) & 1) for route in range(len(program.first))
        ]
        """By route: whether any step awaits its end."""

        self.calendar = Calendar(program, scenario, plan.seed, plan.replication)
        self.floor = Floor(
            program, self.times, self.world.knowledge, self.log, self._env, self._done, scenario, plan,
            self._written_off, self.calendar,
        )  # fmt: skip
        self.seats = Seats(self.floor, deadlines_by_desk(program, deadlines), self._rows, self._at)
        self._branches = Branches(program, self.world, self.floor, self.times)
        self._cash_exits = any(self.world.field)
        self._stop_is_freeze = scenario.law is None and bool(SIGNAL["frozen"] & self._signals.matter)
        """Without a law a stop is as good as a freeze; said where somebody awaits one."""
        self._sources = Sources(scenario, plan, program, self.world, self.start)
        self._arrivals = arrivals_of(scenario, plan)
        self._next_arrival = 0
        self._arrivals_left = len(self._arrivals)
        self._schedule_arrival()
        for number in range(len(self.duties)):
            self._schedule_duty(number)
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

    def run(self, progress: Callable[[float], None] | None = None) -> None:
        """Run to the end: no case is open after the horizon, or the follow-up is over.

        Args:
            progress: told the share of the horizon that is over, now and then.
        """
        horizon = self.scenario.horizon
        if progress is not None:
            for part in range(1, _PARTS + 1):
                self.advance(horizon * part // _PARTS)
                progress(part / (_PARTS + 1))
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

    def heads(self, number: int) -> int:
        """Heads at a desk after all that has happened so far; UNLIMITED where there are always enough."""
        return self.floor.brought_up(number, max(self.now, self._reached - 1)).capacity

    def order(self, order: Order) -> None:
        """Take an order for a time that has not been passed.

        Raises:
            ValueError: the run is past that time, the number is taken, or the order names a route, case, desk or
                policy that is not there.
        """
        if self.finished or order.at < max(self._reached, self._env.now):
            raise ValueError(f"the run is past {order.at} ms")
        check(order, self.program, len(self.plan.victims))
        if (order.at, order.number) in self._orders or not 0 <= order.number < 1 << 60:
            raise ValueError(f"order number {order.number} at {order.at} ms is taken")
        self._orders.add((order.at, order.number))
        self._at(order.at, Ranks.ORDER + order.number, self._on_order, order)

    # -- events of the world -------------------------------------------------------------------------------

    def _at(self, time: int, key: int, call: Callable[[Any], None], subject: Any) -> None:
        env, due = self._env, Due(self._env, call, subject)
        if key >= Ranks.ARRIVAL:
            due.callbacks.insert(0, self._at_rosters_passed)
        env.schedule(due, key, time - env.now)

    def _at_rosters_passed(self, _: Due) -> None:
        self.floor.staffing.passed = self._env.now, len(self.program.desks)

    def _schedule_arrival(self) -> None:
        if self._next_arrival < len(self._arrivals):
            arrival = self._arrivals[self._next_arrival]
            self._next_arrival += 1
            self._at(arrival.time, arrival.rank, self._on_arrival, arrival)

    def _on_arrival(self, event: Due) -> None:
        arrival: Arrival = event.subject
        self._arrivals_left -= 1
        self._schedule_arrival()
        self._sources.happen(arrival)
        self._maybe_finish()

    def _schedule_duty(self, number: int) -> None:
        due = self.duties.due(number)
        if due is not None:
            self._at(due, Ranks.DUTY + number, self._on_duty, number)

    def _on_duty(self, event: Due) -> None:
        """A piece of work that is no case comes in: no seat decides about it, and no run waits for it."""
        token = Token.of_duty(self.program, event.subject, *self.duties.take(event.subject))
        self._schedule_duty(event.subject)
        now = self._env.now
        self._rows += (now, token.key, QUEUED + ((token.desk + 1) << DESK_SHIFT), NONE)
        self.floor.join(token, token.desk, now)
        self._be_patient(token)

    def _at_hold_end(self, time: int) -> None:
        self._at(time, Ranks.HOLD_END, self._on_hold_ends, None)

    def _on_hold_ends(self, _: Due) -> None:
        now = self._env.now
        for card in self.world.ends.due(now):
            if self.world.end_of_hold(card, now):
                self._raise_on_account("lapsed", card)
        self._maybe_finish()

    def _at_objection(self, time: int, account: int) -> None:
        if self.scenario.objections is not None:
            self._at(time, Ranks.OBJECTION + account, self._on_objection, account)

    def _on_objection(self, event: Due) -> None:
        account, now, world = event.subject, self._env.now, self.world
        if self.scenario.objections is None or world.holds.since[account] != now - world.objects_after[account]:
            return  # the hold objected to is over; a later one has an objection of its own
        self._rows += (now, world.key[account], OBJECTION, NONE)
        route = self.program.route_names.index(self.scenario.objections.route)
        self.start(route, account, world.case_of[account], world.number[account])

    def _at_understanding(self, time: int, case: int) -> None:
        self._at(time, Ranks.HOLD_START + case, self._on_understanding, case)

    def _on_understanding(self, event: Due) -> None:
        """The victim understands: a payment that a bank delayed until now is not made."""
        case = event.subject
        self.world.hold(self.world.account_first[case], self._env.now)
        self.world.safe.add(case)

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
        if self._horizon_passed and not (
            self._open or self._orders or self._arrivals_left or self.world.temporary or self.finished
        ):
            self._finish(self._env.now)

    def _finish(self, time: int) -> None:
        cut_off = {case for case, tokens in enumerate(self._open_by_case) if tokens} | self.world.undecided(time)
        for case in sorted(cut_off):
            self._rows += (time, content(case), CLOSED, 1)
        self._rows += (time, NOBODY, FINISHED, NONE)
        self.finished, self.end = True, time

    # -- tokens ----------------------------------------------------------------------------------------------

    def start(self, route: int, subject: int, case: int, account: int) -> bool:
        """Put a subject on a route; False where it is on it already."""
        return self._start(route, subject, case, account, self._env.now)

    def _start(self, route: int, subject: int, case: int, account: int, now: int) -> bool:
        tokens = self._tokens[route]
        if subject in tokens:
            return False
        key = self.world.key[subject] if account >= 0 else content(case)
        token = tokens[subject] = Token(route, subject, case, account, key, self._used[route][subject])
        self._open += 1
        self._open_by_case[case] += 1
        if self._done_awaited[route]:
            self._open_on_route[route, case] = self._open_on_route.get((route, case), 0) + 1
            for one in ((account >= 0, subject), (False, case)):
                self._signals.withdraw(1 << (self.program.signal_of_done + route), one)
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
                if self._agencies and program.hand_over[desk] is not None:
                    self._rows += (now, token.key, WAITING, NONE)
                    token.desk = desk
                    self._later(token, self.times.common(token, program.hand_over[desk], "hand-over"), self._at_arrived)
                else:
                    self._queue(token, desk, now)
                return
            if kind == r.DO:
                signal, new = self._effects[step](self.world, token.subject, now)
                if new:
                    token.revealed = token.revealed + new if token.revealed else new
                if self._matter and signal:
                    self._tell(signal, program.effect[step], token.case, token.subject)
            elif kind == r.START:
                route = program.start_route[step]
                whom = program.start_for[step]
                if whom == r.THIS:
                    self._start(route, token.subject, token.case, token.account, now)
                elif whom == r.VICTIM:
                    self._start(route, token.case, token.case, NONE, now)
                elif token.revealed:
                    self._start_each(token, route, cash_exits=whom == r.CASH_EXITS, now=now)
            elif kind == r.CHOOSE:
                step = self._branches.choose(token, step, now)
                continue
            elif kind == r.WAIT:
                self._rows += (now, token.key, WAITING, NONE)
                until = self._until(token, step, now)
                if until is not None:
                    self._later(token, until - now, self._at_passed)
                return
            elif kind == r.AWAIT:
                if not self._signals.met(token):
                    self._rows += (now, token.key, WAITING, NONE)
                    self._signals.wait(token)
                    if program.at_most[step] is not None:
                        self._set_timer(
                            token, self.times.common(token, program.at_most[step], "at-most"), self._timeout
                        )
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
        desk, before = self.program.open_desk[step], self.program.before_lapse[step]
        if before != NONE:
            until = self.world.knowledge.until[self.world.card[token.subject]]
            return now if until in (FREE, NEVER) else max(now, until - before)
        return now + self.floor.time(token) if desk < 0 else self.calendar[desk].next_open(now)

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
        del self._tokens[route][token.subject]
        self._used[route][token.subject] += max(token.attempts.values()) if token.attempts else 1
        self._open -= 1
        self._open_by_case[case] -= 1
        if self._done_awaited[route]:
            done = 1 << (self.program.signal_of_done + route)
            self._signals.raise_(done, (token.account >= 0, token.subject))
            left = self._open_on_route[route, case] = self._open_on_route[route, case] - 1
            if not left and token.account >= 0:
                self._signals.raise_(done, (False, case))
        if not self._open_by_case[case]:
            self._rows += (self._env.now, content(case), CLOSED, 0)
            self.log.pack()
            if not self._open:
                self._maybe_finish()

    def cancel(self, route: int, subject: int) -> bool:
        """Stop a subject's token on a route, whatever it is doing; False where there is none."""
        token = self._tokens[route].get(subject)
        if token is None:
            return False
        left = token.desk if self.waits(token) else NONE
        self._leave_queue(token)
        self.floor.let_go(token, self._env.now)
        self._rows += (self._env.now, token.key, CANCELLED + ((left + 1) << DESK_SHIFT), NONE)
        self._remove(token)
        return True

    def apply(self, effect: str, case: int, subject: int) -> bool:
        """Carry out an effect on a subject of a case; False where nothing can come of it."""
        signal, _ = EFFECTS[effect](self.world, subject, self._env.now)
        if signal:
            self._tell(signal, effect, case, subject)
        return bool(signal)

    def _tell(self, signal: str, effect: str, case: int, subject: int) -> None:
        """Raise the signal of an effect, where it matters to anybody."""
        if SIGNAL[signal] & self._matter:
            if effect in CASE_EFFECTS:
                self._signals.raise_(SIGNAL[signal], (False, case))
            else:
                self._raise_on_account(signal, subject)
        if signal == "stopped" and self._stop_is_freeze:
            self._raise_on_account("frozen", subject)

    def _start_each(self, token: Token, route: int, *, cash_exits: bool, now: int) -> None:
        """Start a route for what a token has revealed: accounts, or cash on its way out that a field team can catch."""
        number, revealed, others = self.world.number, token.revealed or [], None
        if self._cash_exits or cash_exits:
            field, bank = self.world.field, self.world.bank
            others = [account for account in revealed if field[bank[account]] != cash_exits]
            revealed = [account for account in revealed if field[bank[account]] == cash_exits]
        for account in revealed:
            self._start(route, account, token.case, number[account], now)
        token.revealed = others or None

    # -- signals --------------------------------------------------------------------------------------------

    def _raise_on_account(self, signal: str, account: int) -> None:
        """Raise a signal on an account in every case that knows it, and on those cases."""
        bit, signals, world = SIGNAL[signal], self._signals, self.world
        if bit & signals.matter:
            for row in world.rows_of(account):
                if world.knowledge.known_at[row] != UNKNOWN:
                    signals.raise_(bit, (True, row))
                    if bit & signals.matter_to_cases:
                        signals.raise_(bit, (False, world.case_of[row]))

    def _signalled(self, token: Token) -> None:
        if token.alive:
            self._go(token, self.program.next[token.step], self._env.now)

    def _timeout(self, event: Due) -> None:
        token: Token = event.subject
        if token.timer is event:
            self._signals.leave(token)
            self._go(token, self.program.on_timeout[token.step], self._env.now)

    # -- work ------------------------------------------------------------------------------------------------

    def _queue(self, token: Token, desk: int, now: int) -> None:
        self._rows += (now, token.key, QUEUED + ((desk + 1) << DESK_SHIFT), NONE)
        if not self.seats.hold(token, desk, now):
            self.floor.join(token, desk, now)
        self._be_patient(token)

    def _be_patient(self, token: Token) -> None:
        """See to it that a token in a queue leaves it when its patience is over."""
        if self.program.patience[token.step] is not None:
            self._set_timer(
                token, self.times.common(token, self.program.patience[token.step], "patience"), self._renege
            )

    def _arrived(self, token: Token) -> None:
        """A piece of work has reached the desk of another agency."""
        if token.alive:
            self._queue(token, token.desk, self._env.now)

    def waits(self, token: Token) -> bool:
        """Whether a token waits for people, in a queue or undecided."""
        return token.place is not None or token in self.seats

    def _leave_queue(self, token: Token) -> None:
        if not self.seats.give_up(token):
            self.floor.give_up(token)

    def _written_off(self, token: Token) -> None:
        """End a token that left its queue as nearly hopeless."""
        self._rows += (self._env.now, token.key, OUTCOME + ((token.desk + 1) << DESK_SHIFT), NONE)
        if token.account >= 0:
            self.world.knowledge.written_off.add(token.subject)
        self._remove(token)

    def _done(self, token: Token) -> None:
        if token.alive:
            now = self._env.now
            self.floor.let_go(token, now)
            if token.case < 0:  # a duty: that was all of it
                token.alive = False
                return
            self._go(token, self.program.next[token.step], now)

    def _renege(self, event: Due) -> None:
        token: Token = event.subject
        if token.timer is event:
            self._leave_queue(token)
            self._rows += (self._env.now, token.key, RENEGED + ((token.desk + 1) << DESK_SHIFT), NONE)
            if token.case < 0:
                token.alive, token.timer = False, None
                return
            self._go(token, self.program.on_renege[token.step], self._env.now)

    def prioritise(self, of_account: bool, subject: int, rank: int) -> bool:
        """Give the tokens of a subject that wait in queues another rank; False where none waits."""
        waiting = self._waiting_of(of_account, subject)
        return sum(self.seats.rank(token, rank) or self.floor.rejoin(token, rank) for token in waiting) > 0

    def take(self, desk: int, of_account: bool, subject: int) -> bool:
        """Let what waits of a subject at a desk be next there; False where nothing does."""
        waiting = [token for token in self._waiting_of(of_account, subject) if token.desk == desk]
        return sum(self.seats.take(token) for token in waiting) > 0

    def write_off(self, of_account: bool, subject: int) -> bool:
        """End what waits of a subject as not worth while; False where nothing waits."""
        waiting = self._waiting_of(of_account, subject)
        for token in waiting:
            self._leave_queue(token)
            self._written_off(token)
        return bool(waiting)

    def is_open(self, case: int) -> bool:
        """Whether something is being done about a case."""
        return self._open_by_case[case] > 0

    def under_way(self) -> Iterator[Token]:
        """All tokens under way, route by route."""
        return (token for tokens in self._tokens for token in tokens.values())

    def undecided(self) -> list[Undecided]:
        """The tasks on which nobody has decided yet, in the order in which they opened."""
        desks, steps = self.program.desks, self.program.names
        return [
            Undecided(
                opened, deadline, token.case, token.account, desks[token.desk].name, steps[token.step], token.attempt
            )
            for token, opened, deadline in self.seats
        ]

    def _waiting_of(self, of_account: bool, subject: int) -> list[Token]:
        tokens = (
            self._tokens[route].get(subject) for route, it in enumerate(self.program.of_account) if it == of_account
        )
        return [token for token in tokens if token is not None and self.waits(token)]


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
