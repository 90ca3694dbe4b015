"""The fraud, drawn before the response exists: every victim, and every transfer the criminals intend.

A plan is a forest of transfers. A root is a payment of a victim, an inner transfer forwards one earlier credit in
part after a dwell time, a leaf is an exit. Nothing in a plan depends on desks, routes or policies, so two what-ifs
meet the same victims and the same luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property
from typing import TypeVar

import numpy as np

from sim.fraud.accounts import Accounts, draw_accounts, sources
from sim.fraud.bystanders import with_bystanders
from sim.fraud.draws import roots, uniform
from sim.fraud.forest import grow
from sim.fraud.groups import Column, Ints, column
from sim.fraud.others import Others, draw_others
from sim.fraud.victims import Victims, draw_victims
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
    """The truth of one replication. Responders never see it; `workflow.knowledge` is what they see."""

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


@dataclass(frozen=True)
class Plans:
    """The plans of several replications as one, with all cases, accounts and transfers numbered through."""

    seed: int
    replications: tuple[int, ...]
    whole: Plan
    case_first: Ints
    """By replication: its first case, and the number of cases at the end."""

    def __len__(self) -> int:
        return len(self.replications)

    def __iter__(self) -> Iterator[Plan]:
        return (self[place] for place in range(len(self)))

    def __getitem__(self, place: int) -> Plan:
        """The plan of one replication alone."""
        return self.part(place, place + 1).whole

    @cached_property
    def account_first(self) -> Ints:
        """By replication: its first account, and the number of accounts at the end."""
        return self.whole.account_first[self.case_first]

    @cached_property
    def transfer_first(self) -> Ints:
        """By replication: its first transfer, and the number of transfers at the end."""
        return self.whole.transfer_first[self.case_first]

    @cached_property
    def of_case(self) -> Ints:
        """By case: the place of its replication."""
        return np.repeat(np.arange(len(self)), np.diff(self.case_first))

    @cached_property
    def of_account(self) -> Ints:
        """By account: the place of its replication."""
        return np.repeat(np.arange(len(self)), np.diff(self.account_first))

    @cached_property
    def of_transfer(self) -> Ints:
        """By transfer: the place of its replication."""
        return np.repeat(np.arange(len(self)), np.diff(self.transfer_first))

    def part(self, first: int, last: int) -> Plans:
        """The plans of replications at the places from `first` to `last` - 1."""
        if (first, last) == (0, len(self)):
            return self
        whole, cases = self.whole, slice(*self.case_first[[first, last]])
        accounts, transfers = (slice(*some[[first, last]]) for some in (self.account_first, self.transfer_first))
        others = slice(*whole.others.first[[accounts.start, accounts.stop]])
        down = {"case": cases.start, "account": accounts.start, "transfer": transfers.start}

        def cut(table: Table, rows: slice, **numbers: str) -> Table:
            """Some rows of a table; `numbers` says what its columns number, of which the first is then 0."""
            found = {one.name: getattr(table, one.name)[rows] for one in fields(table)}
            for name, of in numbers.items():
                found[name] = np.where(found[name] < 0, found[name], found[name] - down[of])
            return replace(table, **found)

        plan = Plan(
            seed=self.seed,
            replication=self.replications[first],
            victims=cut(whole.victims, cases),
            accounts=cut(whole.accounts, accounts, case="case", card="account"),
            transfers=cut(
                whole.transfers, transfers, case="case", parent="transfer", source="account", target="account"
            ),
            others=Others(
                first=whole.others.first[accounts.start : accounts.stop + 1] - others.start,
                account=whole.others.account[others] - accounts.start,
                came=whole.others.came[others],
                amount=whole.others.amount[others],
                due=whole.others.due[others],
                retry=whole.others.retry[others],
            ),
            account_first=whole.account_first[cases.start : cases.stop + 1] - accounts.start,
            transfer_first=whole.transfer_first[cases.start : cases.stop + 1] - transfers.start,
        )
        return Plans(self.seed, self.replications[first:last], plan, self.case_first[first : last + 1] - cases.start)


def plans_of(plan: Plan) -> Plans:
    """One plan as several."""
    return Plans(plan.seed, (plan.replication,), plan, np.array([0, len(plan.victims)]))


Table = TypeVar("Table", Victims, Accounts, Transfers)


def draw_plan(scenario: Scenario, seed: int, replication: int) -> Plan:
    """Draw every victim and every intended transfer of one replication.

    Args:
        scenario: only its victims, criminals, banks, times and false alerts are read.
        seed, replication: whole numbers; the same three give the same plan.
    """
    return draw_plans(scenario, seed, [replication]).whole


def draw_plans(scenario: Scenario, seed: int, replications: Sequence[int]) -> Plans:
    """Draw the plans of several replications at once, each as `draw_plan` draws it alone."""
    keys = roots(seed, replications)
    victims, of, payments = draw_victims(scenario, keys)
    victims, of, place = with_bystanders(scenario, victims, of, keys)
    forest = grow(scenario, victims, replace(payments, case=place[payments.case]))
    accounts, account_first, credited = draw_accounts(scenario, victims, forest, of, keys)
    mule = (accounts.number > 0) & (accounts.bank < len(scenario.banks))
    plan = Plan(
        seed=seed,
        replication=replications[0],
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
            retry=sample_ms(scenario.criminals.retry, uniform(forest.key, "retry")),
            size=forest.size,
        ),
        others=draw_others(scenario, accounts.key, mule.astype(np.int64), credited, forest.parent, forest.dwell),
        account_first=account_first,
        transfer_first=np.concatenate([[0], np.cumsum(np.bincount(forest.case, minlength=len(victims)))]),
    )
    return Plans(seed, tuple(replications), plan, np.searchsorted(of, np.arange(len(replications) + 1)))
