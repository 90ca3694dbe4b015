"""One case of a run, gathered for telling and drawing: what its money did and what people did about it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from sim.engine.run import Run
from sim.fraud.settle import NEVER
from sim.measure.money import HELD_ELSEWHERE, MOVING, PREVENTED, UNDER_STOP, money_of
from sim.words import names
from sim.workflow.log import (
    ALERT,
    BEGIN,
    CANCELLED,
    CLARIFIED,
    CLEARED,
    CONTESTED,
    FINISH,
    FREEZE,
    HANDED_OVER,
    HOLD,
    HOLD_END,
    KNOWN,
    NONE,
    OBJECTION,
    OUTCOME,
    PAID,
    QUEUED,
    REFUSED,
    RENEGED,
    RETURNED,
    WAITING,
)

EVENTS = (FREEZE, REFUSED, CLARIFIED, RETURNED, OBJECTION, CLEARED, ALERT, PAID, CONTESTED)
"""Kinds of log rows that happen to an account or a case at one moment."""
VICTIM = 0
"""Number of the victim's own account."""


@dataclass(frozen=True)
class Move:
    """A transfer that happened. Accounts by their number in the case."""

    time: int
    amount: int
    source: int
    target: int
    """NONE for an exit."""
    way: str
    """The exit's name; empty inside the banks."""


@dataclass
class Task:
    """One stay of a case or an account at one step that takes time."""

    step: int
    attempt: int
    desk: str
    """Whose queue it waits in; empty for a wait without anybody."""
    queued: int
    begun: int | None = None
    ended: int | None = None
    fate: str = ""
    """How it ended: done, reneged, cancelled, handed over, written off; empty while it lasts."""
    people: list[tuple[str, int]] = field(default_factory=list)
    """(desk, number of the person)."""


@dataclass
class Account:
    """An account that money of the case reached."""

    number: int
    layer: int
    bank: str
    """Who holds it; empty for the victim's own."""
    by_field_team: bool = False
    """A place on the way out where only a field team comes."""
    card: bool = True
    """An account at a bank; False for a place on the way out."""
    known: int | None = None
    arrived: list[Move] = field(default_factory=list)
    left: list[Move] = field(default_factory=list)
    holds: list[list[int]] = field(default_factory=list)
    """[start, end, fen found], in order; end is NEVER where the hold lasts."""
    lapses: set[int] = field(default_factory=set)
    """ms of those ends of holds that came by themselves."""
    events: list[tuple[int, int, int]] = field(default_factory=list)
    """(ms, kind of log row out of EVENTS, value)."""
    tasks: list[Task] = field(default_factory=list)
    outcomes: list[tuple[int, str]] = field(default_factory=list)
    """(time, name) of what the chase came to, not of routes in the background; of an account whose bank cannot be asked
    the name is out_of_reach."""

    @property
    def name(self) -> str:
        """``A7``."""
        return f"A{self.number}"

    def held_at(self, time: int) -> bool:
        """Whether a hold is in force."""
        return any(start <= time < end for start, end, _ in self.holds)

    def rests(self, end: int) -> Iterator[tuple[int, int, int, bool]]:
        """(from, to, fen, held) of each time with money on the account, until `end`."""
        changes = [(m.time, m.amount) for m in self.arrived] + [(m.time, -m.amount) for m in self.left]
        changes += [(t, 0) for hold in self.holds for t in hold[:2] if t < end]
        balance, last = 0, 0
        for time, change in sorted(changes, key=lambda c: (c[0], -c[1])):
            if balance > 0 and time > last:
                yield last, time, balance, self.held_at(last)
            balance, last = balance + change, time
        if balance > 0 and end > last:
            yield last, end, balance, self.held_at(last)

    def balance(self) -> int:
        """Fen on the account at the end of the run."""
        return sum(m.amount for m in self.arrived) - sum(m.amount for m in self.left)


@dataclass(frozen=True)
class Case:
    """What there is to tell of one case. Times are ms since the scenario's start, amounts fen."""

    row: int
    id: int
    loss: int
    """Paid by the end of the run."""
    first_payment: int
    discovered: int
    reported: int | None
    """None where nobody told, or not before the run's end."""
    accounts: Sequence[Account]
    """The victim's own (number 0) first, then by number those that money or the responders reached."""
    moves: Sequence[Move]
    """In the order of time."""
    tasks: Sequence[Task]
    """On the case itself."""
    events: Sequence[tuple[int, int, int]]
    """On the case itself: (ms, kind of log row out of EVENTS, value)."""
    bystander: bool
    """Nobody robs this person: a false alert."""
    held: int
    """fen recovered: frozen, caught on the way out or paid back."""
    returned: int
    """Of these, fen paid back."""
    under_stop: int
    """fen that only a stop payment holds at the end."""
    elsewhere: int
    """fen that another force holds at the end."""
    moving: int
    """fen on open accounts at the end."""
    prevented: int
    """fen that the victim was kept from paying."""
    end: int
    """ms of the end of the run."""

    @property
    def mules(self) -> Sequence[Account]:
        """The accounts below the victim's."""
        return self.accounts[1:]

    def account(self, number: int) -> Account:
        """An account by its number."""
        return next(a for a in self.accounts if a.number == number)

    @property
    def stops(self) -> list[tuple[int, Account, int]]:
        """(time, account, fen found) of each stop, in the order of time."""
        found = [(start, a.number, a, fen) for a in self.mules if not a.by_field_team for start, _, fen in a.holds]
        return [(start, a, fen) for start, _, a, fen in sorted(found, key=lambda one: one[:2])]

    @property
    def answers(self) -> list[int]:
        """ms of each account's first stop that began at or after the report or was in force then, in order of time."""
        since = NEVER if self.reported is None else self.reported
        counts = (
            [start for start, end, _ in a.holds if start >= since or end > since]
            for a in self.mules
            if not a.by_field_team
        )
        return sorted(min(starts) for starts in counts if starts)

    @property
    def exited(self) -> dict[str, int]:
        """Fen that left the banks, by way out, the largest first."""
        ways: dict[str, int] = {}
        for move in self.moves:
            if move.way:
                ways[move.way] = ways.get(move.way, 0) + move.amount
        return dict(sorted(ways.items(), key=lambda item: (-item[1], item[0])))


def gather(run: Run, case: int) -> Case:
    """Collect one case from the plan, the settled transfers and the log.

    Args:
        run: any run, finished or not.
        case: row of the plan's victims.

    Raises:
        ValueError: there is no such case.
    """
    plan, victims = run.plan, run.plan.victims
    if not 0 <= case < len(victims):
        raise ValueError(f"there is no case {case}: the run has {len(victims)}, numbered from 0")
    first, last = int(plan.account_first[case]), int(plan.account_first[case + 1])
    holders, exits = run.scenario.holders, list(run.scenario.criminals.exits)
    layer, bank = plan.accounts.layer[first:last].tolist(), plan.accounts.bank[first:last].tolist()
    accounts = [
        Account(
            number, layer[number], names.holder(holders[of].name), holders[of].field,
            card=not names.is_way_out(holders[of].name),
        )
        if of >= 0
        else Account(number, layer[number], "")
        for number, of in enumerate(bank)
    ]  # fmt: skip

    rows = np.arange(int(plan.transfer_first[case]), int(plan.transfer_first[case + 1]))
    rows = rows[run.times[rows] <= run.end]
    rows = rows[np.lexsort((rows, run.times[rows]))]
    t = plan.transfers
    moves = [
        Move(time, amount, source - first, target - first if target >= 0 else NONE, exits[way] if way >= 0 else "")
        for time, amount, source, target, way in zip(
            run.times[rows].tolist(), t.amount[rows].tolist(), t.source[rows].tolist(), t.target[rows].tolist(),
            t.exit[rows].tolist(), strict=True,
        )
    ]  # fmt: skip
    for move in moves:
        accounts[move.source].left.append(move)
        if move.target >= 0:
            accounts[move.target].arrived.append(move)

    tasks, events = _read_log(run, case, accounts)
    reported = int(victims.reported[case])
    fate, mine = money_of(run)[0], slice(int(plan.transfer_first[case]), int(plan.transfer_first[case + 1]))

    def fen(*places: int) -> int:
        return int(fate.fen(*places)[mine].sum())

    return Case(
        row=case,
        id=int(victims.id[case]),
        loss=sum(m.amount for m in moves if m.source == VICTIM),
        first_payment=int(victims.first_payment[case]),
        discovered=int(victims.discovered[case]),
        reported=reported if reported <= run.end else None,
        accounts=[accounts[0], *(a for a in accounts[1:] if a.arrived or a.holds or a.events)],
        moves=moves,
        tasks=tasks,
        events=events,
        bystander=bool(victims.bystander[case]),
        held=int(fate.recovered[mine].sum()),
        returned=int(fate.returned[mine].sum()),
        under_stop=fen(UNDER_STOP),
        elsewhere=fen(HELD_ELSEWHERE),
        moving=fen(MOVING),
        prevented=fen(PREVENTED),
        end=run.end,
    )


def _read_log(run: Run, case: int, accounts: Sequence[Account]) -> tuple[list[Task], list[tuple[int, int, int]]]:
    """Write what the log says into the accounts; returns the tasks and events on the case itself."""
    log, program = run.rows, run.program
    mine = np.flatnonzero(log.case == case)
    columns = (log.time, log.kind, log.account, log.step, log.attempt, log.desk, log.person, log.value)
    of_case: list[Task] = []
    events: list[tuple[int, int, int]] = []
    open_tasks: dict[tuple[int, int, int], Task] = {}
    waiting: dict[tuple[int, int], Task] = {}  # by (account, route)
    for time, kind, number, step, attempt, desk, person, value in zip(
        *(c[mine].tolist() for c in columns), strict=True
    ):
        route = program.route[step] if step >= 0 else NONE
        account = accounts[number] if number >= 0 else None
        passed = waiting.pop((number, route), None)
        if passed is not None:
            passed.ended, passed.fate = time, "cancelled" if kind == CANCELLED else "done"
        if kind == HANDED_OVER:
            open_tasks[number, step, attempt].fate = "handed over"  # what is left is a task of its own
        if kind in (QUEUED, WAITING, HANDED_OVER):
            task = Task(step, attempt, program.desks[desk].name if desk >= 0 else "", time)
            (of_case if account is None else account.tasks).append(task)
            open_tasks[number, step, attempt] = task
            if kind == WAITING:
                task.begun = time
                waiting[number, route] = task
        elif kind == BEGIN:
            task = open_tasks[number, step, attempt]
            task.begun = time
            task.people.append((program.desks[desk].name, person))
        elif kind in (FINISH, RENEGED, CANCELLED):
            ended = open_tasks.get((number, step, attempt))
            if ended is not None and ended.ended is None:
                ended.ended, ended.fate = (
                    time,
                    {FINISH: "done", RENEGED: "reneged", CANCELLED: "cancelled"}[kind],
                )
        elif kind == OUTCOME and desk >= 0:
            dropped = open_tasks[number, step, attempt]
            dropped.ended, dropped.fate = time, "written off"
        if kind in EVENTS:
            (events if account is None else account.events).append((time, kind, value))
        if account is None:
            continue
        if kind == KNOWN and account.known is None:
            account.known = time
        elif kind == HOLD:
            account.holds.append([time, NEVER, value])
        elif kind == HOLD_END and account.holds:
            account.holds[-1][1] = time
            if value == 1:
                account.lapses.add(time)
        elif kind == OUTCOME and not (step >= 0 and program.background[route]):
            account.outcomes.append((time, program.outcome[step] if step >= 0 else "out_of_reach"))
    return of_case, events
