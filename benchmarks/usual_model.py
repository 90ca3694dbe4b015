"""The same model as an ordinary SimPy user writes it: a process for everything, an event for every transfer.

A process per victim, per mule account, per case and per stop order; `simpy.PriorityResource` for the desks, whose
priority is the order of the queue; money moves between balances when its timeout is over. It meets the very victims,
transfers and working times that our engine meets (`Drawn`), so both must stop the same accounts at the same
milliseconds and keep the same money to the fen.
"""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush
from typing import Any

import simpy

from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.workflow.program import Program
from sim.workflow.rosters import UNLIMITED, Roster, weekly
from sim.workflow.times import Times

Process = Generator[simpy.Event, Any, None]


@dataclass(frozen=True)
class Drawn:
    """The workload, drawn beforehand; lists by case, by account or by transfer. Times in ms, money in fen."""

    first_account: Sequence[int]
    reported: Sequence[int]
    case: Sequence[int]
    bank: Sequence[int]
    outgoing: Sequence[Sequence[int]]
    target: Sequence[int]
    amount: Sequence[int]
    dwell: Sequence[int]
    statement: Sequence[int]
    entry: Sequence[int]
    audit: Sequence[int]
    execution: Sequence[int]
    """What the bank needs to execute a stop of the account."""


def drawn(scenario: Scenario, plan: Plan, program: Program) -> Drawn:
    """The plan as lists, and the working times that our engine draws from it."""
    drawn_times = Times(program, plan)

    def times(step: str) -> list[int]:
        return list(drawn_times.first(program.names.index(step)))

    return Drawn(
        first_account=plan.account_first.tolist(),
        reported=plan.victims.reported.tolist(),
        case=plan.accounts.case.tolist(),
        bank=plan.accounts.bank.tolist(),
        outgoing=[list(plan.forest.outgoing(account)) for account in range(len(plan.accounts))],
        target=list(plan.forest.target),
        amount=list(plan.forest.amount),
        dwell=list(plan.forest.dwell),
        statement=times("call.statement"),
        entry=times("account.entry"),
        audit=times("account.audit"),
        execution=times("account.bank"),
    )


class Desk:
    """People with one role. Those who are off duty are held by the roster; the lowest free number works.

    Whoever is at work when the shift ends finishes that piece and then goes home.
    """

    def __init__(self, env: simpy.Environment, roster: Roster, until: int) -> None:
        self.env = env
        self.roster = roster
        self.until = until
        heads = [roster.at(0)]
        change = roster.next_change(0)
        for _ in range(1000):  # a week has fewer changes
            if change is None:
                break
            heads.append(roster.at(change))
            change = roster.next_change(change)
        self.on_duty = most = max(heads)
        self.places = simpy.PriorityResource(env, capacity=most)
        self.free = list(range(1, most + 1))
        self.off: dict[int, Any] = {}
        self.set_heads(heads[0])
        env.process(self.follow_roster())

    def follow_roster(self) -> Process:
        change = self.roster.next_change(0)
        while change is not None and change < self.until:
            yield self.env.timeout(change - self.env.now)
            self.set_heads(self.roster.at(change))
            change = self.roster.next_change(change)

    def set_heads(self, heads: int) -> None:
        self.on_duty = heads
        for person in [p for p in self.free if p > heads]:
            self.free.remove(person)
            self.off[person] = self.places.request(priority=(-1, 0, 0))  # type: ignore[arg-type]
        heapify(self.free)
        for person in [p for p in self.off if p <= heads]:
            heappush(self.free, person)
            self.places.release(self.off.pop(person))

    def work(self, order: tuple[float, int, int], time: int) -> Process:
        request = self.places.request(priority=order)  # type: ignore[arg-type]
        yield request
        person = heappop(self.free)
        yield self.env.timeout(time)
        if person <= self.on_duty:
            heappush(self.free, person)
            self.places.release(request)
        else:
            self.off[person] = request


class UsualModel:
    """The whole model; `run` it, then read `stops`, `exited` and `recovered`."""

    def __init__(self, scenario: Scenario, plan: Drawn, program: Program) -> None:
        self.plan = plan
        self.limit = scenario.horizon + scenario.follow_up
        self.env = simpy.Environment()
        self.balance = [0] * len(plan.case)
        self.stopped = [False] * len(plan.case)
        self.went_to: list[list[int]] = [[] for _ in plan.case]
        """By account: the accounts its money has gone to so far."""
        self.seen = [False] * len(plan.case)
        self.stops: list[tuple[int, float]] = []
        """(account, ms at which the stop took effect)"""
        self.exited = 0
        desks: list[Desk | None] = []
        for spec in program.desks:
            roster = weekly(spec.roster, scenario.week_offset)
            desks.append(None if roster.at(0) == UNLIMITED else Desk(self.env, roster, self.limit))
        number = {spec.name: n for n, spec in enumerate(program.desks)}
        self.intake, self.analyst, self.audit = (desks[number[name]] for name in ("intake", "analyst", "audit"))
        self.bank = [desks[n] for n in program.bank_desk]
        for case in range(len(plan.reported)):
            self.env.process(self.victim(case))

    def run(self) -> None:
        self.env.run()

    @property
    def recovered(self) -> int:
        return sum(self.balance)

    # -- the money -------------------------------------------------------------------------------------------

    def victim(self, case: int) -> Process:
        env, plan = self.env, self.plan
        account = plan.first_account[case]
        for payment in plan.outgoing[account]:
            yield env.timeout(plan.dwell[payment] - env.now)
            self.credit(account, payment)
        if plan.reported[case] < NEVER:
            yield env.timeout(plan.reported[case] - env.now)
            yield env.process(self.take_statement(case, account))

    def mule(self, account: int) -> Process:
        env, plan, credited = self.env, self.plan, self.env.now
        for transfer in plan.outgoing[account]:
            yield env.timeout(credited + plan.dwell[transfer] - env.now)
            if self.stopped[account]:
                return
            self.balance[account] -= plan.amount[transfer]
            self.credit(account, transfer)

    def credit(self, source: int, transfer: int) -> None:
        target, amount = self.plan.target[transfer], self.plan.amount[transfer]
        if target < 0:
            self.exited += amount
            return
        self.balance[target] += amount
        self.went_to[source].append(target)
        self.env.process(self.mule(target))

    # -- the people ------------------------------------------------------------------------------------------

    def take_statement(self, case: int, account: int) -> Process:
        assert self.intake is not None
        yield from self.intake.work((self.env.now, case, 0), self.plan.statement[case])
        self.chase(case, account)

    def chase(self, case: int, account: int) -> None:
        """An answer came in: stop every account the money went to."""
        for target in self.went_to[account]:
            if not self.seen[target]:
                self.seen[target] = True
                self.env.process(self.stop(case, target))

    def stop(self, case: int, account: int) -> Process:
        env, plan = self.env, self.plan
        assert self.analyst is not None
        assert self.audit is not None
        yield from self.analyst.work((env.now, case, account), plan.entry[account])
        yield from self.audit.work((env.now, case, account), plan.audit[account])
        bank = self.bank[plan.bank[account]]
        if bank is None:
            yield env.timeout(plan.execution[account])
        else:
            yield from bank.work((env.now, case, account), plan.execution[account])
        if env.now >= self.limit:
            return
        self.stopped[account] = True
        self.stops.append((account, env.now))
        self.chase(case, account)
