"""What happened in a run as events for process mining: work, money, and what else the log tells of cases.

The names are those of the scenario and the log in every language: other programs read them.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sim.measure.ledger import EXIT, PAYMENT, TRANSFER
from sim.measure.work import ENDINGS, HANDED, IN_HAND
from sim.report.findings.exported import FEN_KINDS, Exported
from sim.workflow.log import (
    ALERT,
    CLARIFIED,
    CLEARED,
    CLOSED,
    CONTESTED,
    FREEZE,
    HOLD,
    HOLD_END,
    KINDS,
    KNOWN,
    OBJECTION,
    ORDER,
    OTHERS,
    OUTCOME,
    OVERDUE,
    PAID,
    REFUSED,
    REPORT,
    RETURNED,
    WAITING,
)

MOVEMENTS = {PAYMENT: "payment", TRANSFER: "transfer", EXIT: "exit"}
"""Entries of the ledger that are events of their own; a return is a row of the log."""
TOLD = (
    REPORT, KNOWN, WAITING, HOLD, HOLD_END, OUTCOME, CLOSED, ORDER, FREEZE, REFUSED, CLARIFIED, RETURNED, PAID,
    OBJECTION, CLEARED, ALERT, OVERDUE, CONTESTED, OTHERS,
)  # fmt: skip
"""Rows of the log that are events of their own; the others tell of work or of staff."""
OF_STOPS = (HOLD, HOLD_END, FREEZE, CONTESTED, RETURNED)
"""Of these, what happens to a stop."""


@dataclass(frozen=True)
class Spell:
    """Work of a person, or work that nobody began."""

    name: str
    """``route.step``."""
    case: int
    """Row of the case; below zero for work that is no case."""
    subject: str
    """The case, or the piece of work that is no case, by its label."""
    account: int
    """Row of the account; -1 for none."""
    attempt: int
    desk: str
    person: str
    enabled: int
    begun: int
    """-1 where nobody began; likewise the next."""
    ended: int
    ending: str
    fate: int
    """The ending's number."""
    again: bool
    """It goes on with work that was handed over."""


@dataclass(frozen=True)
class Event:
    """What happened to a case at an instant."""

    name: str
    time: int
    case: int
    account: int
    """Row of the account, the one debited; -1 for none."""
    fen: int = -1
    step: str = ""
    transfer: int = -1
    target: int = -1
    """Row of the account credited; -1 for none."""
    way: str = ""
    """Of an exit."""
    kind: int = -1
    """Of a row of the log."""


def spells(of: Exported) -> Iterator[Spell]:
    """All work, in the order in which it could begin."""
    work, run, at = of.work, of.run, of.labels
    rows, names = work.rows, run.program.names
    handed = set()
    desks = [desk.name for desk in run.program.desks]
    columns = zip(
        rows.case.tolist(), rows.account.tolist(), rows.step.tolist(), rows.attempt.tolist(), rows.desk.tolist(),
        rows.person.tolist(), rows.key.tolist(), work.enabled.tolist(), work.begun.tolist(), work.ended.tolist(),
        work.ending.tolist(), strict=True,
    )  # fmt: skip
    for case, account, step, attempt, desk, person, piece, enabled, begun, ended, ending in columns:
        own = case >= 0
        again = (piece, enabled) in handed
        if ending == HANDED:
            handed.add((piece, ended))
        yield Spell(
            name=names[step], case=case, subject=at.case[case] if own else at.duty(step, account),
            account=int(run.plan.account_first[case]) + account if own and account >= 0 else -1, attempt=attempt,
            desk=desks[desk], person=f"{desks[desk]} {person}" if begun >= 0 and person > 0 else "",
            enabled=enabled, begun=begun, ended=ended, ending=ENDINGS[ending], fate=ending, again=again,
        )  # fmt: skip


def events(of: Exported) -> Iterator[Event]:
    """All that happened to cases but work: movements of money, then what the log tells, each in the order of time."""
    run, ledger, t = of.run, of.ledger, of.run.plan.transfers
    exits = list(run.scenario.criminals.exits)
    moved = np.flatnonzero(np.isin(ledger.kind, tuple(MOVEMENTS)))
    for entry in moved.tolist():
        transfer = int(ledger.transfer[entry])
        way = int(t.exit[transfer])
        yield Event(
            name=MOVEMENTS[int(ledger.kind[entry])], time=int(ledger.time[entry]), case=int(ledger.case[entry]),
            account=int(ledger.source[entry]), fen=int(ledger.fen[entry]), transfer=transfer,
            target=int(ledger.target[entry]), way=exits[way] if way >= 0 else "",
        )  # fmt: skip
    rows = run.rows.at(np.flatnonzero(np.isin(run.rows.kind, TOLD) & (run.rows.case >= 0)))
    first, names = run.plan.account_first, run.program.names
    columns = zip(
        rows.kind.tolist(), rows.time.tolist(), rows.case.tolist(), rows.account.tolist(), rows.step.tolist(),
        rows.value.tolist(), rows.desk.tolist(), strict=True,
    )  # fmt: skip
    for kind, time, case, account, step, value, desk in columns:
        if kind == OUTCOME and desk >= 0:
            continue  # it left a queue: that is how its work ended
        yield Event(
            name=KINDS[kind], time=time, case=case, account=int(first[case]) + account if account >= 0 else -1,
            fen=value if kind in FEN_KINDS else -1, step=names[step] if step >= 0 else "", kind=kind,
        )  # fmt: skip


def lasted(spell: Spell, end: int) -> int:
    """When a spell was over; the end of the run where it was not."""
    return end if spell.ended < 0 or spell.fate == IN_HAND else spell.ended
