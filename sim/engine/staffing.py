"""Who is at each desk: the roster, those who stay after their shift, and those who are called in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from sim.engine.desks import Desk
from sim.engine.tokens import Due
from sim.fraud.draws import draw
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.scenario import people
from sim.scenario.distributions import DurationDist
from sim.scenario.models import Scenario
from sim.scenario.sampling import sample_ms
from sim.workflow.calendar import Calendar
from sim.workflow.log import AWAY, CALLED_IN, DESK_SHIFT, NOBODY, Log
from sim.workflow.program import Program
from sim.workflow.ranks import Ranks
from sim.workflow.rosters import UNLIMITED, Levels


class Extra:
    """Heads of one desk beyond its roster."""

    def __init__(self, surge: people.Surge | None, overtime: int | None) -> None:
        self.surge = surge
        self.overtime = overtime
        """The longest that anybody stays after a shift, in ms; None: nobody does."""
        self.calls = 0
        self.expected = False
        """Called, and not gone again."""
        self.called = 0
        """Heads called in who are here."""
        self.stay: list[tuple[int, Levels]] = []
        """(until when, heads of their shift by lane) of those who stay."""

    def heads(self, rostered: Levels) -> Levels:
        """Heads of the roster, and who stays after a shift: they keep the seat, a new shift does not come on top."""
        return tuple(max(lane) for lane in zip(rostered, *(levels for _, levels in self.stay), strict=True))


class Staffing:
    """Brings the desks of a run to their heads, and schedules what changes them besides the rosters."""

    def __init__(
        self,
        program: Program,
        scenario: Scenario,
        plan: Plan,
        desks: Sequence[Desk],
        log: Log,
        env: Any,
        changed: Callable[[int], None],
        interrupt: Callable[[int, Callable[[int], bool], int], None],
        calendar: Calendar,
        awaited: Callable[[int], bool],
    ) -> None:
        """
        Args:
            changed: told the number of a desk at which people came or went.
            interrupt: (desk, leaves, now): hands over what those people, by number, who leave have in hand.
            calendar: who is rostered when.
            awaited: whether a change of a desk's roster matters to anybody now.
        """
        self._calendar = calendar
        self._awaited = awaited
        self._watched = [False] * len(desks)
        """By desk: whether the next change of its roster is on the clock."""
        self.passed = -1, 0
        """(ms, desk): of the rosters that change at this instant those of the desks up to this one are through."""
        self.extra = [_extra(spec.roster) for spec in program.desks]
        self.hands_over = [_briefing(spec.roster) is not None for spec in program.desks]
        """By desk: whether its work is handed over at the end of a shift."""
        self._names = [spec.name for spec in program.desks]
        self._plan = plan
        self._desks = desks
        self._rostered: list[Levels] = [(0,)] * len(desks)
        self._ordered: list[list[tuple[int, int]]] = [[] for _ in desks]
        """By desk: (until when, heads more or fewer; 0: it was ended before) by order."""
        self._rows = log.buffer
        self._env = env
        self._changed = changed
        self._interrupt = interrupt

    def watch(self, number: int, now: int) -> None:
        """Put the next change of a desk's roster on the clock: somebody waits or works there."""
        if self._watched[number]:
            return
        since = now if (now, number) > self.passed else now + 1
        change = self._calendar[number].next_change(since - 1)
        if change is not None:
            self._watched[number] = True
            self._env.schedule(Due(self._env, self._shift, number), Ranks.SHIFT + number, change - now)

    def bring_up(self, number: int, now: int) -> None:
        """Bring a desk to the heads that its roster has now."""
        roster = self._calendar[number]
        self._rostered[number] = roster.levels(now)
        change = roster.next_change(now)
        self._desks[number].until = NEVER if change is None else change
        self._set_heads(number)

    def _shift(self, event: Due) -> None:
        """The roster of a desk changes while somebody waits or works there."""
        number, now = event.subject, self._env.now
        self._watched[number] = False
        self.passed = now, number
        roster, extra = self._calendar[number], self.extra[number]
        ended = roster.turns(now)
        if ended and self.hands_over[number]:
            called = self._called(number) if roster.lanes == 1 else 0
            self._interrupt(number, lambda person: person > called and roster.lane_of(person) in ended, now)
        elif ended and now and extra and extra.overtime and self._desks[number].waiting:
            levels, before = roster.levels(now), roster.levels(now - 1)
            fewer = [lane in ended and levels[lane] < heads for lane, heads in enumerate(before)]
            if any(fewer):
                stay = tuple(heads if less else 0 for heads, less in zip(before, fewer, strict=True))
                extra.stay.append((now + extra.overtime, stay))
                self._later(number, 2, extra.overtime, self._go_home)
        self.bring_up(number, now)
        self._changed(number)
        if self._awaited(number):
            self.watch(number, now)

    def change(self, number: int, heads: int, until: int | None) -> None:
        """Give a desk more heads than its roster has, or fewer, until a time (ms); None: to the end.

        Who goes finishes the work in hand. A desk with no end of people has nobody while heads are taken from it.
        """
        self._ordered[number].append((NEVER if until is None else until, heads))
        if until is not None:
            self._later(number, 3, until - self._env.now, self._expire)
        self._changed_by_order(number)

    def end(self, number: int, heads: int, until: int | None) -> bool:
        """End now what `change` ordered, as if it had been meant to end now; whether it was in force."""
        order = NEVER if until is None else until, heads
        if order not in self._ordered[number]:
            return False
        self._ordered[number][self._ordered[number].index(order)] = order[0], 0
        self._changed_by_order(number)
        return True

    def _expire(self, event: Due) -> None:
        number, now = event.subject, self._env.now
        if (now, 0) in self._ordered[number]:
            self._ordered[number].remove((now, 0))  # it was ended before: nobody hears of it
            return
        self._ordered[number] = [(until, heads) for until, heads in self._ordered[number] if until > now]
        self._changed_by_order(number)

    def _changed_by_order(self, number: int) -> None:
        self._rows += (self._env.now, NOBODY, AWAY + ((number + 1) << DESK_SHIFT), self._away(number))
        self._log_called(number)
        self._staff(number)

    def _away(self, number: int) -> int:
        """Heads whom an order took away."""
        return -sum(min(0, heads) for _, heads in self._ordered[number])

    def _on_duty(self, number: int) -> Levels:
        """Heads of the roster that are there, by lane: without those whom an order took away, the last ones first."""
        rostered, away = self._rostered[number], self._away(number)
        if not away:
            return rostered
        if rostered[0] == UNLIMITED:
            return (0,)
        left = max(0, sum(rostered) - away)
        return tuple(min(heads, max(0, left - sum(rostered[:lane]))) for lane, heads in enumerate(rostered))

    def _called(self, number: int) -> int:
        """Heads here beyond the roster, called in by the desk's own rule or by order."""
        extra = self.extra[number]
        return (extra.called if extra else 0) + sum(max(0, heads) for _, heads in self._ordered[number])

    def review(self, number: int, now: int) -> None:
        """After free people were assigned: call people in where too many wait, send home who stayed where none does."""
        extra, waiting = self.extra[number], self._desks[number].waiting
        if extra is None:
            return
        if extra.surge is not None and not extra.expected and waiting > extra.surge.above:
            u = draw(self._plan.seed, self._plan.replication, f"call-in:{self._names[number]}", extra.calls)
            extra.calls += 1
            extra.expected = True
            self._later(number, 1, int(sample_ms(extra.surge.after, u)[0]), self._come)
        if extra.stay and not waiting:
            extra.stay.clear()
            self._staff(number)

    def _come(self, event: Due) -> None:
        extra = self.extra[event.subject]
        assert extra is not None
        assert extra.surge is not None
        self._call(event.subject, extra, extra.surge.heads)
        self._later(event.subject, 1, extra.surge.lasts, self._go)

    def _go(self, event: Due) -> None:
        extra = self.extra[event.subject]
        assert extra is not None
        extra.expected = False
        self._call(event.subject, extra, 0)

    def _call(self, number: int, extra: Extra, heads: int) -> None:
        extra.called = heads
        self._log_called(number)
        self._staff(number)

    def _log_called(self, number: int) -> None:
        self._rows += (self._env.now, NOBODY, CALLED_IN + ((number + 1) << DESK_SHIFT), self._called(number))

    def _go_home(self, event: Due) -> None:
        extra = self.extra[event.subject]
        assert extra is not None
        extra.stay = [(until, heads) for until, heads in extra.stay if until > self._env.now]
        self._staff(event.subject)

    def _staff(self, number: int) -> None:
        self.bring_up(number, self._env.now)
        self._changed(number)

    def _set_heads(self, number: int) -> None:
        extra, on_duty = self.extra[number], self._on_duty(number)
        staying = extra.heads(on_duty) if extra else on_duty
        desk, firsts, called = self._desks[number], self._calendar[number].firsts, self._called(number)
        if len(staying) == 1:
            desk.staff(UNLIMITED if staying[0] == UNLIMITED else staying[0] + called)
        else:
            desk.staff_with(
                one
                for first, heads in zip(firsts, (*staying, called), strict=True)
                for one in range(first + 1, first + heads + 1)
            )

    def _later(self, number: int, kind: int, after: int, call: Callable[[Due], None]) -> None:
        """Schedule a change of a desk's heads; at one instant it comes after the changes of all rosters."""
        self._env.schedule(Due(self._env, call, number), Ranks.SHIFT + kind * len(self._desks) + number, after)


def _extra(rostered: people.Rostered) -> Extra | None:
    if not isinstance(rostered, people.Desk):
        return None
    overtime = rostered.shift_end.most if rostered.shift_end else None
    return Extra(rostered.surge, overtime) if rostered.surge or overtime else None


def _briefing(rostered: people.Rostered) -> DurationDist | None:
    return rostered.shift_end.briefing if isinstance(rostered, people.Desk) and rostered.shift_end else None
