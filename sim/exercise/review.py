"""What an exercise came to, as plain data for the report and the debriefing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import numpy as np

from sim.engine.run import Run
from sim.exercise import words
from sim.exercise.counterfactual import (
    MOST_UNDONE,
    Counterfactual,
    Explained,
    all_at_once,
    counterfactuals,
    most_played,
)
from sim.exercise.decided import MOST_REPLAYS, Decided, opened, plain, share_in_time, with_losses
from sim.exercise.evaluation import Note, Rating
from sim.exercise.expect import Expect
from sim.exercise.injects import Missing, Status, answer_to, in_time, to_judge, wrong_answer_to
from sim.exercise.models import Effect, Exercise
from sim.exercise.objectives import Shown, shown
from sim.exercise.other_plans import OtherPlans
from sim.exercise.score import Scores, points_of, scores_of
from sim.exercise.session import Decision, Session
from sim.exercise.talk import Address
from sim.exercise.texts import Texts
from sim.exercise.view import Numbers
from sim.exercise.yardsticks import end_of, played_on
from sim.measure.holds import holds_of
from sim.measure.money import fate_of, field_of, returned_of
from sim.scenario.people import NAMED_POLICIES
from sim.words.units import MINUTE
from sim.workflow.log import FREEZE, HOLD, HOLD_END, NONE, REPORT

MOST_POINTS = 240


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
    asked: Sequence[str]
    """The roles of which it was expected and that somebody had from its telling to its deadline."""
    done_at: int | None
    """ms at which it was first done, in time or not."""
    by: str
    """The trainee's name; empty where nobody did it."""
    in_time: bool
    """True where nothing was expected."""
    wrong_at: int | None = None
    """ms of the last wrong answer, where none was right."""
    wrong_by: str = ""
    missing: Sequence[Missing] = ()
    """What it lacked."""
    judged_by_nobody: str = ""
    """Who answered it so that only whoever leads could tell whether it was right, where they said nothing."""

    @property
    def unmanned(self) -> bool:
        """Whether something was expected where nobody sat: the model plays there, and it counts for nobody."""
        return self.expected is not None and not self.asked

    @property
    def failed(self) -> bool:
        """Whether somebody was asked, and it was not done in time."""
        return bool(self.asked) and not self.in_time

    @property
    def late(self) -> bool:
        """Whether it was done, but after its deadline."""
        return self.done_at is not None and not self.in_time


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
    answered_late: int
    """Of these, done by it after the deadline."""
    points: float | None
    """What was expected and decisions not late, by the weights of the exercise, without the money, which is the whole
    room's; None where nothing of that weighs anything, or there was nothing to do."""


@dataclass(frozen=True)
class Moment:
    """A row of the timeline."""

    at: int
    kind: str
    """report, stop, freeze, lapse, inject, heard, note, decision, missed, or that of what who leads did."""
    role: str = ""
    name: str = ""
    """Who decided, or did it by hand."""
    action: str = ""
    case: int = NONE
    account: int = NONE
    desk: str = ""
    amount: int | None = None
    """fen found when a stop or a freeze began."""
    id: str = ""
    """Of an inject."""
    effect: Effect | None = None
    """Of a change of conditions."""
    text: str = ""
    """Of a note."""


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
    began: datetime
    """Of 0 ms."""
    starts: int
    ends: int
    """ms at which the room closed."""
    scores: Scores
    seats: Sequence[SeatScore]
    decisions: Sequence[Decided]
    counterfactuals: Sequence[Counterfactual]
    """Three, the most telling first; fewer only where the room had nothing at all to decide."""
    lucky: Counterfactual | None
    """The decision that cost nothing here and on other plans most; None where none surely costs there."""
    together: Counterfactual | None
    """All decisions that waited taken when they came up; None where none did."""
    left_out: int
    """Decisions that waited and were not played again, because there were too many: nobody knows what they cost."""
    injects: Sequence[Injected]
    unfired: Sequence[str]
    """Ids of injects that were skipped or never came."""
    money: Sequence[MoneyPoint]
    timeline: Sequence[Moment]
    numbers: Mapping[str, str]
    """What each inject is called by, by its id."""
    addresses: Mapping[int, Address]
    """To whom messages went that were not for everybody, by the number of the decision."""
    notes: Sequence[Note]
    """Of evaluators."""
    objectives: Sequence[Shown]
    """What the exercise shows of each."""
    ratings: Mapping[str, Mapping[Rating, Sequence[str]]]
    """By objective and rating: who rated it so."""


def review(
    session: Session, *, most: int = MOST_REPLAYS, plans: int = 0, progress: Callable[[int, int], None] | None = None
) -> Review:
    """What a session came to; one that is still open as if the room closed now. The session stays as it is.

    Args:
        most: of the decisions that waited, at most so many are played again, those with most money and time first.
        plans: other plans on which each counterfactual is held against luck; 0: on none.
        progress: told the runs that are over, now and then, and about how many there are.
    """
    then = _THEN + most_played(plans)
    whole, over = then, 0

    def told(done: int, of: int) -> None:
        nonlocal whole, over
        whole, over = of + then, done
        if progress is not None:
            progress(over, whole)

    def one_more() -> None:
        told(over + 1, whole - then)

    orders = played_on(session)
    run = end_of(session, orders)
    numbers = Numbers.of(session.known)
    open_ = opened(session, run)
    about_tasks = with_losses(session, run, orders, open_, most, told)
    share = share_in_time(about_tasks)
    scores = scores_of(session, run, share)
    decided = [*about_tasks, *(plain(one) for one in session.decisions if not one.task)]
    decided.sort(key=lambda one: (one.at, one.desk, one.case, one.account))
    injects = [_injected(one, session.decisions) for one in session.injects if one.state == "fired"]
    injects.sort(key=lambda one: one.fired_at)
    closed = min(session.now, session.exercise.ends)
    together = all_at_once(session, scores, orders, open_)
    explained = Explained(session, run, orders, open_, about_tasks, OtherPlans(session, plans), one_more)
    three = explained.all(counterfactuals(session, scores, orders, together, about_tasks))
    return Review(
        exercise=session.exercise, scenario=session.scenario.name, began=session.scenario.when(0),
        starts=session.exercise.starts, ends=closed, scores=scores, seats=_seats(session, decided),
        decisions=decided, counterfactuals=three,
        lucky=explained.lucky(scores.result, three) if plans else None, together=together,
        injects=injects, left_out=sum(one.fen_lost is None for one in decided),
        unfired=[one.inject.id for one in session.injects if one.state != "fired"],
        money=_curve(run, session.exercise.starts, closed),
        timeline=_timeline(session, run, numbers, decided, injects, closed),
        numbers=words.numbers(session.exercise, [one.inject.id for one in session.injects]),
        addresses=dict(session.talk.addresses), notes=list(session.evaluation.notes),
        objectives=shown(session.exercise, session.injects, session.decisions, run, closed),
        ratings={one.id: session.evaluation.of(one.id) for one in session.exercise.objectives},
    )  # fmt: skip


_THEN: Final = MOST_UNDONE + len(NAMED_POLICIES) + 2
"""Runs that follow those of the decisions that waited: single others, each order of work, all at once and nobody."""


# -- people ----------------------------------------------------------------------------------------------------


def _injected(status: Status, decisions: Sequence[Decision]) -> Injected:
    inject, answer, wrong = status.inject, answer_to(status, decisions), wrong_answer_to(status)
    open_ = to_judge(status)
    return Injected(
        id=inject.id, fired_at=status.fired_at, fired_by=status.by, to=tuple(inject.to), channel=inject.channel,
        text=inject.text, note=inject.note, expected=inject.expect, deadline=status.deadline,
        asked=tuple(status.asked), done_at=None if answer is None else answer.at,
        by="" if answer is None else answer.name, in_time=inject.expect is None or in_time(status, answer),
        wrong_at=None if wrong is None else wrong.at, missing=() if wrong is None else wrong.missing,
        wrong_by="" if wrong is None else decisions[wrong.number - 1].name,
        judged_by_nobody="" if open_ is None else decisions[open_.number - 1].name,
    )  # fmt: skip


def _seats(session: Session, decided: Sequence[Decided]) -> list[SeatScore]:
    """Everybody who sat in the room or decided anything, in the order of their coming."""
    people = {one.seat: (one.role, one.name) for one in session.decisions}
    people |= {seat.id: (seat.role, seat.name) for seat in session.seats.values()}
    asked = [one for one in session.injects if one.asked]
    answered = [(status, answer_to(status, session.decisions)) for status in asked]
    scoring, found = session.exercise.scoring, []
    for seat, (role, name) in people.items():
        if role not in session.exercise.roles:
            continue
        mine = [one for one in decided if one.seat == seat]
        late = sum(one.late for one in mine)
        kept = [in_time(status, answer) for status, answer in answered if answer is not None and answer.seat == seat]
        undone = sum(role in status.asked and not in_time(status, answer) for status, answer in answered)
        done, share = sum(kept), share_in_time(mine)
        parts = [] if share is None else [(scoring.decisions, share)]
        parts += [(scoring.injects, done / (done + undone))] if done + undone else []
        score = SeatScore(
            seat=seat, role=role, name=name, decisions=len(mine), late=late,
            minutes_lost=sum(one.minutes_lost or 0.0 for one in mine),
            fen_lost=sum(one.fen_lost or 0 for one in mine), expected=done + undone, done=done,
            answered_late=len(kept) - done,
            points=points_of(parts),
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
    found = [Moment(one.fired_at, "inject", name=one.fired_by, id=one.id) for one in injects]
    found += [Moment(one.at, one.kind, name=one.by, id=one.id, effect=one.effect) for one in session.steered]
    heard = session.talk.heard.items()
    found += [Moment(one.at, "heard", role, one.name, id=inject) for (inject, role), one in heard]
    found += [Moment(one.at, "note", name=one.by, text=one.text) for one in session.evaluation.notes]
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
