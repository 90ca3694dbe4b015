"""Every decision of a session, and what each that waited cost.

What a decision cost that waited is no estimate: the same session is played again with that decision taken in the moment
in which it opened, and everything else as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from sim.engine.orders import Order
from sim.engine.run import Run
from sim.exercise.session import Decision, Session
from sim.exercise.view import Numbers
from sim.exercise.yardsticks import FIRST_NUMBER, ends_of, saved
from sim.words.units import MINUTE, SECOND
from sim.workflow.log import ATTEMPTS, BEGIN, NONE, OVERDUE, QUEUED, STEP_SHIFT, content

MOST_REPLAYS = 240
"""Decisions that waited and are played again, in about 25 ms each."""
LATE = 30 * SECOND
"""ms by which work must have begun later for a decision to count as late.

The one meaning of late, in points, tables and pictures: nobody decided before the deadline, or work began half a minute
later than it would have, had it been decided when it came up, or more.
"""


@dataclass(frozen=True)
class Decided:
    """One decision, of a trainee or, where nobody took it in time, of the desk's default policy."""

    number: int
    """Of `Decision`; 0 where nobody took it."""
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
    about_task: bool
    """Whether a task waited for it."""
    late: bool
    """Nobody took it before its deadline, or it cost `LATE`."""
    waited: int
    """ms from its opening to the decision."""
    minutes_lost: float | None
    """Minutes later that work began; None where the session was not played again for it."""
    fen_lost: int | None
    """fen more that would have been saved (fewer: negative); None likewise."""


@dataclass(frozen=True)
class Open:
    """A decision about a task that had opened, and how it would have been taken at once."""

    decided: Decided
    key: int
    """The log's key of the task."""
    subject: tuple[int, int]
    """(row of the case, number of the account in the plan)"""


def opened(session: Session, run: Run) -> list[Open]:
    """All decisions about tasks, those that nobody took with them, in the order of time.

    Args:
        run: of the session, to the end of the follow-up.
    """
    found = [*_taken(session), *_missed(session, run, Numbers.of(session.known))]
    return sorted(found, key=lambda one: (one.decided.at, one.key))


def share_in_time(decided: Iterable[Decided]) -> float | None:
    """Share of the decisions about tasks that were not late; None where there is none."""
    late = [one.late for one in decided if one.about_task]
    return 1 - sum(late) / len(late) if late else None


def _taken(session: Session) -> Iterator[Open]:
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
            yield Open(plain(one), key, subject)


def plain(one: Decision) -> Decided:
    """A trainee's decision, as if it had cost nothing."""
    opened = one.opened if one.task else one.at
    return Decided(
        number=one.number, at=one.at, opened=opened, seat=one.seat, role=one.role, name=one.name, action=one.action,
        case=one.case, account=one.account, desk=one.desk, note=one.note, about_task=bool(one.task), late=False,
        waited=one.at - opened, minutes_lost=0.0, fen_lost=0,
    )  # fmt: skip


def _missed(session: Session, run: Run, numbers: Numbers) -> Iterator[Open]:
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
            number=0, at=at, opened=opened, seat="", role=role, name="", action="default",
            case=numbers.case.get(case, NONE), account=shown, desk=desk, note="", about_task=True, late=True,
            waited=at - opened, minutes_lost=None, fen_lost=None,
        )  # fmt: skip
        yield Open(decided, key, (case, account))


def _last_times(run: Run, kind: int) -> dict[int, int]:
    """By key: ms of its last row of a kind."""
    rows = run.rows.of(kind)
    return dict(zip(run.rows.key[rows].tolist(), run.rows.time[rows].tolist(), strict=True))


def _first_times(run: Run, kind: int) -> dict[int, int]:
    """By key: ms of its first row of a kind."""
    rows = run.rows.of(kind)[::-1]
    return dict(zip(run.rows.key[rows].tolist(), run.rows.time[rows].tolist(), strict=True))


def with_losses(
    session: Session, run: Run, orders: Sequence[Order], open_: Sequence[Open], most: int,
    progress: Callable[[int, int], None] | None,
) -> list[Decided]:  # fmt: skip
    """The decisions with what each cost, in their order.

    Args:
        most: of those that waited, at most so many are played again, those with most money and time first.
        progress: told the runs that are over, and how many there are.
    """
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
    others = ends_of(session, [at_once(session, orders, open_[place]) for place in again])
    for done, (place, other) in enumerate(zip(again, others, strict=True), 1):
        one = open_[place]
        before = _first_times(other, BEGIN).get(one.key)
        ms = max(0, begun[one.key] - before) if before is not None and one.key in begun else 0
        found[place] = replace(
            one.decided, minutes_lost=ms / MINUTE, fen_lost=saved(other) - result,
            late=one.decided.late or ms >= LATE,
        )  # fmt: skip
        if progress is not None:
            progress(done, len(again))
    return found


def at_once(session: Session, orders: Iterable[Order], *moved: Open) -> list[Order]:
    """The orders of a session with some decisions taken in the moments in which they opened."""
    numbers, first = {one.decided.number for one in moved} - {0}, count(FIRST_NUMBER)
    mine = {number: sorted(one.order for one in session.given if one.decision == number) for number in numbers}
    gone = {order for given in mine.values() for order in given}
    result = [order for order in orders if order not in gone]
    for one in moved:
        at, number, (case, account) = one.decided.opened, one.decided.number, one.subject
        if number:
            result += [replace(order, at=at, number=next(first)) for order in mine[number]]
        else:
            result.append(Order(at, next(first), "take", case, account, desk=one.decided.desk))
    return result
