"""The fraud, drawn before the response exists: every victim, and every transfer the criminals intend.

A plan is a forest of transfers. A root is a payment of a victim, an inner transfer forwards one earlier credit in
part after a dwell time, a leaf is an exit. Nothing in a plan depends on desks, routes or policies, so two what-ifs
meet the same victims and the same luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from sim.fraud.accounts import Accounts, draw_accounts, sources
from sim.fraud.bystanders import with_bystanders
from sim.fraud.draws import uniform
from sim.fraud.forest import Forest, grow
from sim.fraud.groups import Column, Ints, column
from sim.fraud.others import Others, draw_others
from sim.fraud.victims import Payments, Victims, draw_victims
from sim.scenario.models import Scenario
from sim.scenario.sampling import sample_ms


@dataclass(frozen=True)
class Transfers:
    """One row per transfer, case by case, each case in preorder: a subtree is a contiguous range."""

    case: Ints
    parent: Ints
    """The transfer whose credit is forwarded; -1 for a payment."""
    source: Ints
    target: Ints
    """Account credited; -1 for an exit."""
    exit: Ints
    """Index into the scenario's exits; -1 for a transfer inside the banks."""
    amount: Ints
    dwell: Ints
    """ms after the parent; for a payment, ms after the scenario's start."""
    retry: Ints
    size: Ints
    """Transfers in the subtree, this one included."""

    def __len__(self) -> int:
        return len(self.case)


@dataclass(frozen=True)
class Columns:
    """The columns that are walked one by one, as Python's own arrays (numpy scalars are slow to walk)."""

    parent: Column
    source: Column
    target: Column
    amount: Column
    dwell: Column
    retry: Column
    size: Column
    _outgoing: Column
    _outgoing_first: Column

    def outgoing(self, account: int) -> Sequence[int]:
        """The transfers that debit an account."""
        return self._outgoing[self._outgoing_first[account] : self._outgoing_first[account + 1]]


@dataclass(frozen=True)
class Plan:
    """The truth of one replication. Responders never see it; `response.knowledge` is what they see."""

    seed: int
    replication: int
    victims: Victims
    accounts: Accounts
    transfers: Transfers
    others: Others
    account_first: Ints
    """Row of the first account of each case, and the number of accounts at the end."""
    transfer_first: Ints
    """Row of the first transfer of each case, and the number of transfers at the end."""

    @cached_property
    def columns(self) -> Columns:
        """The transfers as arrays to walk, made once."""
        t = self.transfers
        by_source = np.argsort(t.source, kind="stable")
        first = np.searchsorted(t.source[by_source], np.arange(len(self.accounts) + 1))
        return Columns(
            parent=column(t.parent), source=column(t.source), target=column(t.target), amount=column(t.amount),
            dwell=column(t.dwell), retry=column(t.retry), size=column(t.size),
            _outgoing=column(by_source), _outgoing_first=column(first),
        )  # fmt: skip


Table = TypeVar("Table", Victims, Payments)


def draw_plan(scenario: Scenario, seed: int, replication: int) -> Plan:
    """Draw every victim and every intended transfer of one replication.

    Args:
        scenario: only its victims, criminals, banks, times and false alerts are read.
        seed, replication: whole numbers; the same three give the same plan.
    """
    return draw_plans(scenario, seed, [replication])[0]


def draw_plans(scenario: Scenario, seed: int, replications: Sequence[int]) -> list[Plan]:
    """The plans of several replications, each as `draw_plan` draws it: the forests of all of them grow together."""
    drawn = [draw_victims(scenario, seed, replication) for replication in replications]
    victims = [
        with_bystanders(scenario, known, seed, replication)
        for (known, _), replication in zip(drawn, replications, strict=True)
    ]
    firsts = np.cumsum([0, *(len(some) for some in victims)])
    payments = [replace(some, case=some.case + first) for (_, some), first in zip(drawn, firsts[:-1], strict=True)]
    forest = grow(scenario, _one_after_another(victims), _one_after_another(payments))
    retry = sample_ms(scenario.criminals.retry, uniform(forest.key, "retry"))
    cuts = np.searchsorted(forest.case, firsts)
    plans = []
    for place, replication in enumerate(replications):
        mine = slice(cuts[place], cuts[place + 1])
        one = replace(forest, **{column.name: getattr(forest, column.name)[mine] for column in fields(forest)})
        one = replace(
            one, case=one.case - firsts[place], parent=np.where(one.parent < 0, one.parent, one.parent - cuts[place])
        )
        plans.append(_plan(scenario, seed, replication, victims[place], one, retry[mine]))
    return plans


def _one_after_another(tables: Sequence[Table]) -> Table:
    """Tables of the same columns as one."""
    if len(tables) == 1:
        return tables[0]
    columns = {one.name: np.concatenate([getattr(table, one.name) for table in tables]) for one in fields(tables[0])}
    return replace(tables[0], **columns)


def _plan(scenario: Scenario, seed: int, replication: int, victims: Victims, forest: Forest, retry: Ints) -> Plan:
    accounts, account_first, credited = draw_accounts(scenario, victims, forest, seed, replication)
    mule = (accounts.number > 0) & (accounts.bank < len(scenario.banks))
    others = draw_others(scenario, accounts.key, mule.astype(np.int64), credited, forest.parent, forest.dwell)
    return Plan(
        seed=seed,
        replication=replication,
        victims=victims,
        accounts=accounts,
        transfers=Transfers(
            case=forest.case,
            parent=forest.parent,
            source=sources(forest, account_first, credited),
            target=credited,
            exit=forest.exit,
            amount=forest.amount,
            dwell=forest.dwell,
            retry=retry,
            size=forest.size,
        ),
        others=others,
        account_first=account_first,
        transfer_first=np.concatenate([[0], np.cumsum(np.bincount(forest.case, minlength=len(victims)))]),
    )
