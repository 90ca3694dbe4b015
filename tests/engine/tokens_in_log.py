"""Every token of a run, followed through the log: one subject on one route, from one place to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from sim.engine.run import Run
from sim.workflow.log import (
    BEGIN,
    CANCELLED,
    CLOSED,
    FINISH,
    FINISHED,
    HANDED_OVER,
    OUTCOME,
    QUEUED,
    RENEGED,
    WAITING,
)
from sim.workflow.program import BANK
from tests.worlds import rows_of

Subject = tuple[int, int]
"""(case, account), -1 for a case."""
IDLE, IN_QUEUE, AT_WORK, AT_WAIT = "idle", "in a queue", "at work", "at a wait"
PLACES = (QUEUED, BEGIN, FINISH, RENEGED, WAITING, OUTCOME, CANCELLED, HANDED_OVER)


@dataclass
class Followed:
    """What a log says of its tokens."""

    ends: Counter[str] = field(default_factory=Counter)
    """How many tokens ended by an outcome or were cancelled, and how many were open at the end: in a queue, at work
    or at a wait."""
    waited_for: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(desk, step) of the tokens still in a queue at the end."""


def follow(run: Run) -> Followed:
    """Follow every token of a run and check that it is at one place at a time and has exactly one end.

    Raises:
        AssertionError: a row does not follow from the rows before; a token without an end, or with two.
    """
    rows, program = run.rows, run.program
    found = Followed()
    at: dict[tuple[Subject, int], str] = {}
    """By subject and route: where its token is, while it is under way."""
    place: dict[tuple[Subject, int], tuple[int, int]] = {}
    hands: Counter[tuple[Subject, int]] = Counter()
    stays: set[tuple[int, ...]] = set()
    mine = rows.at(np.flatnonzero(np.isin(rows.kind, PLACES)))
    columns = (mine.kind, mine.case, mine.account, mine.step, mine.attempt, mine.desk)
    for kind, case, account, step, attempt, desk in zip(*(column.tolist() for column in columns), strict=True):
        subject = (case, account)
        route = program.route[step] if step >= 0 else _out_of_reach(run, at, subject)
        token = (subject, route)
        was = at.get(token)
        if kind in (QUEUED, WAITING):
            stay = (kind, case, account, step, attempt)  # on its way to another agency, work waits, then joins a queue
            assert stay not in stays, f"{stay} twice"
            stays.add(stay)
            assert was in (None, IDLE, AT_WAIT), f"{stay} joins while {was}"
            at[token] = IN_QUEUE if kind == QUEUED else AT_WAIT
            place[token] = (desk, step)
        elif kind == BEGIN:
            assert was == IN_QUEUE or (was == AT_WORK and hands[token]), f"{token} begins while {was}"
            at[token] = AT_WORK
            hands[token] += 1
        elif kind == FINISH:
            assert was == AT_WORK, f"{token} ends work while {was}"
            hands[token] -= 1
            if not hands[token]:
                at[token] = IDLE
        elif kind == HANDED_OVER:
            assert was == IDLE, f"{token} is handed over while {was}"
            at[token] = IN_QUEUE
        elif kind == RENEGED:
            assert was == IN_QUEUE, f"{token} gives up while {was}"
            at[token] = IDLE
        else:
            assert was != AT_WORK, f"{token} ends while {was}"
            assert was != IN_QUEUE or kind == CANCELLED or desk >= 0, f"{token} ends in a queue"
            at.pop(token, None)
            found.ends["outcome" if kind == OUTCOME else "cancelled"] += 1
    for token, where in at.items():
        assert where != IDLE, f"{token} was lost"
        found.ends[where] += 1
        if where == IN_QUEUE:
            desk, step = place[token]
            found.waited_for[program.desks[desk].name, program.names[step]] += 1
    _check_closed(run, Counter(subject[0] for subject, _ in at))
    return found


def _out_of_reach(run: Run, at: dict[tuple[Subject, int], str], subject: Subject) -> int:
    """The route of a token that ended without naming a step: it came to a bank that cannot be asked.

    It may have been started that very moment and have no row yet: then -1.
    """
    program = run.program
    asks = {route for route, desk in zip(program.route, program.desk, strict=True) if desk == BANK}
    routes = [route for (whose, route), where in at.items() if whose == subject and where in (IDLE, AT_WAIT)]
    return min((route for route in routes if route in asks), default=-1)


def _check_closed(run: Run, still_open: Counter[int]) -> None:
    """The run has one end, in its last row; a case with open tokens is closed as censored, any other as done."""
    kinds = run.rows.kind
    assert np.flatnonzero(kinds == FINISHED).tolist() == [len(kinds) - 1]
    assert int(run.rows.time[-1]) == run.end
    last = {row[2]: row[8] for row in rows_of(run.rows, CLOSED)}
    assert {case for case, censored in last.items() if censored} == set(still_open)
    with_rows = set(run.rows.case[np.isin(kinds, PLACES)].tolist())
    assert with_rows == set(last)
