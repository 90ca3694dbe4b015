"""What comes from outside the routes: reports, warnings, leads and alarms; and victims who are out of reach.

Who is blocked, warned, shown by a platform or held by a bank is drawn by key from the victim, the account or the
payment it concerns, so that another share or another roster moves nobody else's luck.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from sim.fraud.draws import uniform
from sim.fraud.plan import Plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.scenario.sampling import sample_ms
from sim.workflow.knowledge import UNKNOWN
from sim.workflow.log import ALERT, NONE, REPORT, content
from sim.workflow.program import Program
from sim.workflow.ranks import Ranks
from sim.workflow.world import World

Ints = NDArray[np.int64]
Flags = NDArray[np.bool_]

BLOCKED, HELD, REPORTED, WARNED, LEAD, ALARM = range(6)
"""What an arrival is: the victim is out of the criminals' reach from now on; a bank may hold a payment; a report; a
warning; a lead; an alarm about an honest payment."""
WARNING_VALUE, LEAD_VALUE, ALARM_VALUE = range(3)
"""Values of the log's `alert` rows; one less than what `bystander` says of a person whom nobody defrauds."""
_KIND_SHIFT = 40


class Arrival(NamedTuple):
    """Something that comes from outside, in the order in which it comes."""

    time: int
    rank: int
    """Its place among the events of its instant."""
    kind: int
    subject: int
    """Row of a case; of an account for a lead; of a transfer where a payment is held."""


def arrivals_of(scenario: Scenario, plan: Plan) -> list[Arrival]:
    """All that comes from outside in one run, in the order of time."""
    return _in_order(arriving(scenario, plan))


def arriving(scenario: Scenario, plan: Plan) -> list[tuple[int, Ints, Ints]]:
    """All that comes from outside: kinds, with their times and subjects."""
    victims, prevention = plan.victims, scenario.prevention
    real = victims.bystander == 0
    blocked = np.zeros(len(victims), dtype=bool)
    found: list[tuple[int, Ints, Ints]] = []
    if prevention and prevention.blocking:
        blocking = prevention.blocking
        blocked = real & _of(scenario, plan, blocking.scams) & (uniform(victims.key, "blocking") < blocking.share)
        found.append((BLOCKED, np.maximum(victims.contact[blocked], 0), np.flatnonzero(blocked)))
    reached = real & ~blocked
    if prevention and prevention.line_cut:
        cut = prevention.line_cut
        mine = reached & _of(scenario, plan, cut.scams) & (uniform(victims.key, "line-cut") < cut.share)
        at = victims.contact + sample_ms(cut.after, uniform(victims.key, "line-cut-after"))
        mine &= at <= victims.last_payment  # later it would stop nothing
        found.append((BLOCKED, np.maximum(at[mine], 0), np.flatnonzero(mine)))
    if prevention and prevention.warnings:
        warnings = prevention.warnings
        mine = reached & _of(scenario, plan, warnings.scams) & (uniform(victims.key, "warning") < warnings.share)
        at = victims.contact + sample_ms(warnings.after, uniform(victims.key, "warning-after"))
        mine &= at >= 0
        found.append((WARNED, at[mine], np.flatnonzero(mine)))
        found.append(_bystanders(plan, WARNING_VALUE, WARNED))
    if prevention and prevention.leads:
        found.append((LEAD, *_leads(scenario, plan, reached)))
    if prevention and prevention.alarms:
        found.append((HELD, *_watched(scenario, plan, reached)))
        found.append(_bystanders(plan, ALARM_VALUE, ALARM))
    told = reached & (victims.reported < NEVER)
    found.append((REPORTED, victims.reported[told], np.flatnonzero(told)))
    return found


def _in_order(found: Sequence[tuple[int, Ints, Ints]]) -> list[Arrival]:
    arrivals = [
        Arrival(time, _rank(kind) + subject, kind, subject)
        for kind, times, subjects in found
        for time, subject in zip(times.tolist(), subjects.tolist(), strict=True)
    ]
    arrivals.sort()
    return arrivals


def key_among_arrivals(kind: Ints, subject: Ints) -> Ints:
    """What orders the arrivals of one instant and one rank: reports first, then by kind, each by subject."""
    return np.where(kind == REPORTED, 0, kind << _KIND_SHIFT) + subject


def _rank(kind: int) -> int:
    if kind in (BLOCKED, HELD):
        return Ranks.HOLD_START + (kind << _KIND_SHIFT)
    return Ranks.ARRIVAL + (0 if kind == REPORTED else kind << _KIND_SHIFT)


def _of(scenario: Scenario, plan: Plan, scams: Sequence[str] | None) -> Flags:
    """Victims of some scams; of all for None."""
    if scams is None:
        return np.ones(len(plan.victims), dtype=bool)
    names = list(scenario.victims.scams)
    return np.isin(plan.victims.scam, [names.index(name) for name in scams])


def _bystanders(plan: Plan, value: int, kind: int) -> tuple[int, Ints, Ints]:
    rows = np.flatnonzero(plan.victims.bystander == value + 1)
    return kind, plan.victims.first_payment[rows], rows


def _leads(scenario: Scenario, plan: Plan, reached: Flags) -> tuple[Ints, Ints]:
    """Times and accounts: some layer-1 accounts a while after they were credited, and honest accounts."""
    assert scenario.prevention is not None
    assert scenario.prevention.leads is not None
    leads, accounts, transfers = scenario.prevention.leads, plan.accounts, plan.transfers
    credited = np.full(len(accounts), NEVER, dtype=np.int64)
    root = transfers.parent < 0
    credited[transfers.target[root]] = transfers.dwell[root]  # a payment's dwell is its time
    mine = (accounts.layer == 1) & (accounts.bank < len(scenario.banks)) & (credited < NEVER) & reached[accounts.case]
    rows = np.flatnonzero(mine & (uniform(accounts.key, "lead") < leads.share))
    at = credited[rows] + sample_ms(leads.after, uniform(accounts.key[rows], "lead-after"))
    false = np.flatnonzero((accounts.number == 1) & (plan.victims.bystander[accounts.case] == LEAD_VALUE + 1))
    alerted = plan.victims.first_payment[accounts.case[false]]
    return np.concatenate([at, alerted]), np.concatenate([rows, false])


def _watched(scenario: Scenario, plan: Plan, reached: Flags) -> tuple[Ints, Ints]:
    """Times and transfers: payments that the victims' own banks hold."""
    victims, transfers = plan.victims, plan.transfers
    banks, ages = list(scenario.banks.values()), list(scenario.victims.ages or {})
    detects = np.array([bank.monitoring.detects if bank.monitoring else 0.0 for bank in banks])
    least = np.array([bank.monitoring.least if bank.monitoring else NEVER for bank in banks], dtype=np.int64)
    of_age = np.ones((len(banks), max(1, len(ages))), dtype=bool)
    for number, watching in enumerate(bank.monitoring for bank in banks):
        if watching and watching.ages is not None and ages:
            of_age[number] = [age in watching.ages for age in ages]
    payment = np.flatnonzero(transfers.parent < 0)
    case, key = transfers.case[payment], transfers.key[payment]
    bank = victims.bank[case]
    held = reached[case] & of_age[bank, victims.age[case]]
    held &= (transfers.amount[payment] >= least[bank]) & (uniform(key, "monitoring") < detects[bank])
    return transfers.dwell[payment[held]], payment[held]


def routes_of_sources(scenario: Scenario, program: Program) -> tuple[int, int, int, int]:
    """The routes that a report, a warning, a lead and an alarm start; NONE for one that there is not."""
    by, number = scenario.prevention, program.route_names.index
    others = (by.warnings, by.leads, by.alarms) if by else (None, None, None)
    report, (warning, lead, alarm) = scenario.on_report, (NONE if one is None else number(one.route) for one in others)
    return NONE if report is None else number(report), warning, lead, alarm


class Sources:
    """Lets what arrives happen: writes it down, holds what is to be held, and starts the routes."""

    def __init__(
        self, scenario: Scenario, plan: Plan, program: Program, world: World,
        start: Callable[[int, int, int, int], bool],
    ) -> None:  # fmt: skip
        """
        Args:
            start: puts (route, subject, case, account number) on its way.
        """
        self._plan, self._world, self._start = plan, world, start
        self._report, self._warning, self._lead, self._alarm = routes_of_sources(scenario, program)

    def happen(self, arrival: Arrival) -> None:
        """Let an arrival happen, at its time."""
        now, _, kind, subject = arrival
        if kind == REPORTED:
            self._reported(subject, now)
        elif kind == BLOCKED:
            self._world.hold(self._world.account_first[subject], now)
            self._world.safe.add(subject)
        elif kind == HELD:
            self._payment(subject, now)
        elif kind == LEAD:
            self._on_lead(subject, now)
        else:
            value, route = (WARNING_VALUE, self._warning) if kind == WARNED else (ALARM_VALUE, self._alarm)
            if kind == ALARM:
                self._world.hold(self._world.account_first[subject], now)
            self._alert(subject, value, now)
            self._start(route, subject, subject, NONE)

    def _reported(self, case: int, now: int) -> None:
        world = self._world
        understood = case in world.safe or now >= int(self._plan.victims.discovered[case])
        if understood and not world.loss(case, now):
            return  # saved before the first payment: there is nothing to report
        world.knowledge.reported_at[case] = now
        self._told(case)
        world.log.buffer += (now, content(case), REPORT, NONE)
        self._start(self._report, case, case, NONE)

    def _payment(self, transfer: int, now: int) -> None:
        """A payment about to be made catches the bank's eye: it waits until somebody decides."""
        world = self._world
        own = world.forest.source[transfer]
        if world.times[transfer] != now:
            return  # put off or prevented by a hold before
        case = world.case_of[own]
        world.hold(own, now)
        self._alert(case, ALARM_VALUE, now)
        self._start(self._alarm, case, case, NONE)

    def _on_lead(self, account: int, now: int) -> None:
        """A platform shows an account that it has seen credited; what it has not seen it cannot show."""
        world = self._world
        onward = world.forest.outgoing(account)
        credit = world.forest.parent[onward[0]] if len(onward) else NONE
        credited = world.times[credit] if credit >= 0 else now
        if credited > now:
            return
        case = world.case_of[account]
        self._alert(case, LEAD_VALUE, now, world.number[account])
        if world.knowledge.known_at[account] == UNKNOWN:
            world.learn(account, world.forest.amount[credit] if credit >= 0 else 0, credited, now)
            world.knowledge.by_lead.add(account)
            self._start(self._lead, account, case, world.number[account])

    def _alert(self, case: int, value: int, now: int, account: int = NONE) -> None:
        world = self._world
        if world.knowledge.alerted_at[case] == UNKNOWN:
            world.knowledge.alerted_at[case] = now
        if value != LEAD_VALUE:  # a lead shows an account, not whom it robs
            self._told(case)
        world.log.buffer += (now, content(case, account), ALERT, value)

    def _told(self, case: int) -> None:
        victims = self._plan.victims
        self._world.knowledge.told(
            case, int(victims.channel[case]), int(victims.scam[case]), int(victims.age[case]),
            int(victims.third_party[case]),
        )  # fmt: skip
