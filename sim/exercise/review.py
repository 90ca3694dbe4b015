"""What an exercise came to, as plain data for the report and the debriefing.

What a late decision cost is no estimate: the same session is played again with that decision taken in the moment in
which it opened, and everything else as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sim.exercise.injects import Status, answer_to
from sim.exercise.models import Exercise, Expect, Texts
from sim.exercise.score import FIRST_NUMBER, Scores, end_of, in_time, played_on, saved, scores_of
from sim.exercise.session import Decision, Session
from sim.exercise.view import Numbers
from sim.measure.holds import holds_of
from sim.measure.money import fate_of, field_of, returned_of
from sim.response.log import (
    ATTEMPTS,
    BEGIN,
    FREEZE,
    HOLD,
    HOLD_END,
    NONE,
    OVERDUE,
    QUEUED,
    REPORT,
    STEP_SHIFT,
    content,
)
from sim.response.orders import Order
from sim.response.run import Run
from sim.scenario.units import MINUTE, SECOND

MOST_REPLAYS = 240
"""Decisions that waited and are played again, in about 25 ms each."""
MOST_POINTS = 240
LATE = 30 * SECOND
"""ms by which work must have begun later for a decision to count as late."""


@dataclass(frozen=True)
class Decided:
    """One decision, of a trainee or, where nobody took it in time, of the desk's default policy."""

    at: int
    """ms since the scenario's start"""
    opened: int
    """ms at which the task joined the desk; as `at` for a decision about no task."""
    seat: str
    """Empty where nobody took it."""
    role: str
    name: str
    action: str
    """As of `Session.act`, or `default` where nobody took it."""
    case: int
    """Its number as people are shown it; NONE for a decision about a desk."""
    account: int
    desk: str
    note: str
    late: bool
    """Nobody took it in time, or work began half a minute later than if it had been taken when it opened, or more."""
    waited: int
    """ms from its opening to the decision."""
    minutes_lost: float | None
    """Minutes later that work began; None where the session was not played again for it."""
    fen_lost: int | None
    """fen more that would have been saved (fewer: negative); None likewise."""


@dataclass(frozen=True)
class Injected:
    """One inject that was fired, and what the room did."""

    id: str
    fired_at: int
    fired_by: str
    """Who fired it by hand; empty where it fired by itself."""
    to: Sequence[str]
    channel: str
    text: Texts
    note: Texts | None
    expected: Expect | None
    deadline: int | None
    """ms by which it was expected."""
    done_at: int | None
    by: str
    """The trainee's name; empty where nobody did it."""
    in_time: bool
    """True where nothing was expected."""


@dataclass(frozen=True)
class SeatScore:
    """What one seat did, and its points out of 100."""

    seat: str
    role: str
    name: str
    decisions: int
    late: int
    minutes_lost: float
    fen_lost: int
    expected: int
    """Injects after which it did in time what was expected, or its role should have and nobody did."""
    done: int
    """Of these, done in time."""
    points: float | None
    """Decisions not late and what was expected, by the weights of the exercise; None where there was nothing to do."""


@dataclass(frozen=True)
class Moment:
    """A row of the timeline."""

    at: int
    kind: str
    """report, stop, freeze, lapse, inject, decision or missed."""
    role: str = ""
    name: str = ""
    action: str = ""
    case: int = NONE
    account: int = NONE
    desk: str = ""
    amount: int | None = None
    """fen found when a stop or a freeze began."""
    id: str = ""
    """Of an inject."""


@dataclass(frozen=True)
class MoneyPoint:
    """Where the money was, in fen."""

    at: int
    loss: int
    held: int
    """Under a hold, or paid back."""
    gone: int


@dataclass(frozen=True)
class Review:
    """All of it."""

    exercise: Exercise
    scenario: str
    starts: int
    ends: int
    """ms at which the room closed."""
    scores: Scores
    seats: Sequence[SeatScore]
    decisions: Sequence[Decided]
    counterfactuals: Sequence[Decided]
    """The three dearest late decisions, the dearest first; fewer where fewer cost anything."""
    left_out: int
    """Decisions that waited and were not played again, because there were too many: nobody knows what they cost."""
    injects: Sequence[Injected]
    unfired: Sequence[str]
    """Ids of injects that were skipped or never came."""
    money: Sequence[MoneyPoint]
    timeline: Sequence[Moment]


def review(session: Session, *, most: int = MOST_REPLAYS, progress: Callable[[float], None] | None = None) -> Review:
    """What a session came to; one that is still open as if the room closed now. The session stays as it is.

    Args:
        most: of the decisions that waited, at most so many are played again, those with most money and time first.
        progress: told the share that is over, now and then.
    """
    orders = played_on(session)
    run = end_of(session, orders)
    numbers = Numbers.of(session.known)
    open_ = [*_taken(session), *_missed(session, run, numbers)]
    open_.sort(key=lambda one: (one.decided.at, one.key))
    decided = _with_losses(session, run, orders, open_, most, progress)
    decided += [_plain(one) for one in session.decisions if not one.task]
    decided.sort(key=lambda one: (one.at, one.desk, one.case, one.account))
    injects = [_injected(one, session.decisions) for one in session.injects if one.state == "fired"]
    injects.sort(key=lambda one: one.fired_at)
    dear = sorted((one for one in decided if (one.fen_lost or 0) > 0), key=lambda one: -(one.fen_lost or 0))
    closed = min(session.now, session.exercise.ends)
    return Review(
        exercise=session.exercise, scenario=session.scenario.name, starts=session.exercise.starts, ends=closed,
        scores=scores_of(session, run), seats=_seats(session, decided), decisions=decided,
        counterfactuals=dear[:3], injects=injects, left_out=sum(one.fen_lost is None for one in decided),
        unfired=[one.inject.id for one in session.injects if one.state != "fired"],
        money=_curve(run, session.exercise.starts, closed),
        timeline=_timeline(session, run, numbers, decided, injects, closed),
    )  # fmt: skip


# -- decisions -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class _Open:
    """A decision about a task that had opened, and how it would have been taken at once."""

    decided: Decided
    number: int
    """Of the decision; 0 where nobody took it."""
    key: int
    """The log's key of the task."""
    subject: tuple[int, int]
    """(row of the case, number of the account in the plan)"""


def _taken(session: Session) -> Iterator[_Open]:
    steps = {name: number for number, name in enumerate(session.engine.program.names)}
    subjects = {
        one.decision: (one.order.case, one.order.account)
        for one in session.given
        if one.decision and one.order.case != NONE
    }
    for one in session.decisions:
        if one.task:
            *_, step, attempt = one.task.rsplit("/", 2)
            subject = subjects[one.number]
            key = content(*subject) + ((steps[step] + 1) << STEP_SHIFT) + (int(attempt) & ATTEMPTS)
            yield _Open(_plain(one), one.number, key, subject)


def _plain(one: Decision) -> Decided:
    opened = one.opened if one.task else one.at
    return Decided(
        at=one.at, opened=opened, seat=one.seat, role=one.role, name=one.name, action=one.action, case=one.case,
        account=one.account, desk=one.desk, note=one.note, late=False, waited=one.at - opened, minutes_lost=0.0,
        fen_lost=0,
    )  # fmt: skip


def _missed(session: Session, run: Run, numbers: Numbers) -> Iterator[_Open]:
    """The decisions that the default policy had to take while the room was open."""
    rows = run.rows
    names = [desk.name for desk in run.program.desks]
    overdue = rows.of(OVERDUE)
    queued = _last_times(run, QUEUED)
    for row in overdue[rows.time[overdue] <= session.exercise.ends].tolist():
        key, at = int(rows.key[row]), int(rows.time[row])
        case, account = int(rows.case[row]), int(rows.account[row])
        desk = names[rows.desk[row]]
        shown = NONE if account == NONE else numbers.account.get((case, account), NONE)
        role = next((name for name, role in session.exercise.roles.items() if role.has(desk)), "")
        opened = queued[key]
        decided = Decided(
            at=at, opened=opened, seat="", role=role, name="", action="default", case=numbers.case.get(case, NONE),
            account=shown, desk=desk, note="", late=True, waited=at - opened, minutes_lost=None, fen_lost=None,
        )  # fmt: skip
        yield _Open(decided, 0, key, (case, account))


def _last_times(run: Run, kind: int) -> dict[int, int]:
    """By key: ms of its last row of a kind."""
    rows = run.rows.of(kind)
    return dict(zip(run.rows.key[rows].tolist(), run.rows.time[rows].tolist(), strict=True))


def _first_times(run: Run, kind: int) -> dict[int, int]:
    """By key: ms of its first row of a kind."""
    rows = run.rows.of(kind)[::-1]
    return dict(zip(run.rows.key[rows].tolist(), run.rows.time[rows].tolist(), strict=True))


def _with_losses(
    session: Session, run: Run, orders: Sequence[Order], open_: Sequence[_Open], most: int,
    progress: Callable[[float], None] | None,
) -> list[Decided]:  # fmt: skip
    """The decisions with what each cost."""
    result, begun = saved(run), _first_times(run, BEGIN)
    amount = session.engine.world.knowledge.amount
    first = session.engine.plan.account_first

    def stake(place: int) -> int:
        one = open_[place]
        case, account = one.subject
        return one.decided.waited * (1 + (amount[int(first[case]) + account] if account != NONE else 0))

    waited = [place for place, one in enumerate(open_) if one.decided.waited > 0]
    again = sorted(waited, key=lambda place: (-stake(place), place))[:most]
    found = [one.decided for one in open_]
    for place in set(waited) - set(again):
        found[place] = replace(found[place], minutes_lost=None, fen_lost=None)
    for done, place in enumerate(again, 1):
        one = open_[place]
        other = end_of(session, at_once(session, orders, one))
        before = _first_times(other, BEGIN).get(one.key)
        ms = max(0, begun[one.key] - before) if before is not None and one.key in begun else 0
        found[place] = replace(
            one.decided, minutes_lost=ms / MINUTE, fen_lost=saved(other) - result,
            late=one.decided.late or ms >= LATE,
        )  # fmt: skip
        if progress is not None:
            progress(done / len(again))
    return found


def at_once(session: Session, orders: Sequence[Order], one: _Open) -> list[Order]:
    """The orders of a session with one decision taken in the moment in which it opened."""
    mine = {given.order for given in session.given if one.number and given.decision == one.number}
    rest = [order for order in orders if order not in mine]
    if not one.number:
        case, account = one.subject
        moved = [Order(one.decided.opened, FIRST_NUMBER, "take", case, account, desk=one.decided.desk)]
    else:
        moved = [
            replace(order, at=one.decided.opened, number=FIRST_NUMBER + place)
            for place, order in enumerate(sorted(mine))
        ]
    return [*rest, *moved]


# -- people ----------------------------------------------------------------------------------------------------


def _injected(status: Status, decisions: Sequence[Decision]) -> Injected:
    inject, answer = status.inject, answer_to(status, decisions)
    return Injected(
        id=inject.id, fired_at=status.fired_at, fired_by=status.by, to=tuple(inject.to), channel=inject.channel,
        text=inject.text, note=inject.note, expected=inject.expect, deadline=status.deadline,
        done_at=None if answer is None else answer.at, by="" if answer is None else answer.name,
        in_time=inject.expect is None or in_time(status, answer),
    )  # fmt: skip


def _seats(session: Session, decided: Sequence[Decided]) -> list[SeatScore]:
    """Everybody who sat in the room or decided anything, in the order of their coming."""
    people = {one.seat: (one.role, one.name) for one in session.decisions}
    people |= {seat.id: (seat.role, seat.name) for seat in session.seats.values()}
    asked = [one for one in session.injects if one.state == "fired" and one.inject.expect is not None]
    in_time_ = {
        one.inject.id: answer if in_time(one, answer := answer_to(one, session.decisions)) else None for one in asked
    }
    scoring, found = session.exercise.scoring, []
    for seat, (role, name) in people.items():
        if role not in session.exercise.roles:
            continue
        mine = [one for one in decided if one.seat == seat]
        late = sum(one.late for one in mine)
        done = sum(answer is not None and answer.seat == seat for answer in in_time_.values())
        undone = sum(role in status.inject.to and in_time_[status.inject.id] is None for status in asked)
        parts = [(scoring.decisions, 1 - late / len(mine))] if mine else []
        parts += [(scoring.injects, done / (done + undone))] if done + undone else []
        whole = sum(weight for weight, _ in parts)
        score = SeatScore(
            seat=seat, role=role, name=name, decisions=len(mine), late=late,
            minutes_lost=sum(one.minutes_lost or 0.0 for one in mine),
            fen_lost=sum(one.fen_lost or 0 for one in mine), expected=done + undone, done=done,
            points=100 * sum(weight * part for weight, part in parts) / whole if whole else None,
        )  # fmt: skip
        found.append(score)
    return found


# -- time ------------------------------------------------------------------------------------------------------


def _curve(run: Run, starts: int, ends: int) -> list[MoneyPoint]:
    """Each minute of the room, or rarer in a long one, and the end of the follow-up."""
    every = max(MINUTE, (ends - starts) // MOST_POINTS)
    holds, field = holds_of(run.plan, run.rows), field_of(run.scenario, run.plan)
    points = []
    for at in dict.fromkeys([*range(starts, ends, every), ends, max(ends, run.end)]):
        fate = fate_of(
            run.plan, run.times, holds, at, field=field, lapses=run.scenario.law is not None,
            back=returned_of(run.plan, run.rows, at),
        )  # fmt: skip
        held = int(fate.held.sum() + fate.returned.sum())
        points.append(MoneyPoint(at, int(fate.paid.sum()), held, int(fate.out.sum())))
    return points


_TOLD = {REPORT: "report", HOLD: "stop", FREEZE: "freeze", HOLD_END: "lapse"}


def _timeline(
    session: Session, run: Run, numbers: Numbers, decided: Iterable[Decided], injects: Iterable[Injected], ends: int
) -> list[Moment]:
    """All that people did and were told, and what became of accounts, in the order of time."""
    found = [Moment(one.fired_at, "inject", id=one.id) for one in injects]
    for one in decided:
        kind = "decision" if one.seat else "missed"
        found.append(Moment(one.at, kind, one.role, one.name, one.action, one.case, one.account, one.desk))
    rows = run.rows
    shown = np.isin(rows.kind, list(_TOLD)) & (rows.time >= session.exercise.starts) & (rows.time < ends)
    mine = rows.at(np.flatnonzero(shown))
    columns = (mine.time, mine.kind, mine.case, mine.account, mine.value)
    for at, kind, case, account, value in zip(*(column.tolist() for column in columns), strict=True):
        number = NONE if account == NONE else numbers.account.get((case, account), NONE)
        if case in numbers.case and (kind == REPORT or number != NONE):
            amount = value if kind in (HOLD, FREEZE) else None
            found.append(Moment(at, _TOLD[kind], case=numbers.case[case], account=number, amount=amount))
    return sorted(found, key=lambda one: one.at)
