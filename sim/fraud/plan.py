"""The fraud, drawn before the response exists: every victim, and every transfer the criminals intend.

A plan is a forest of transfers. A root is a payment of a victim, an inner transfer forwards one earlier credit in
part after a dwell time, a leaf is an exit. Nothing in a plan depends on desks, routes or policies, so two what-ifs
meet the same victims and the same luck.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from sim.fraud.accounts import Accounts, draw_accounts
from sim.fraud.bystanders import with_bystanders
from sim.fraud.draws import roots
from sim.fraud.forest import grow
from sim.fraud.groups import Ints
from sim.fraud.others import Others, draw_others
from sim.fraud.tables import Table, rows_of
from sim.fraud.transfers import Forest, Transfers
from sim.fraud.victims import Victims, draw_victims
from sim.scenario.models import Scenario


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
    def outgoing(self) -> tuple[Ints, Ints]:
        """The transfers that debit each account, and by account the first of them (see `Transfers.by_source`), made
        once: all arms of a study run on one plan."""
        return self.transfers.by_source(len(self.accounts))

    @cached_property
    def same_card(self) -> Ints:
        """By row of an account: the next row that is the same account, -1 for the last; made once."""
        return self.accounts.next_of_card()

    @cached_property
    def forest(self) -> Forest:
        """The transfers to walk one by one, made once."""
        return self.transfers.forest(*self.outgoing)


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
            found = rows_of(table, rows)
            columns = {name: getattr(found, name) for name in numbers}
            return replace(found, **{name: np.where(c < 0, c, c - down[numbers[name]]) for name, c in columns.items()})

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
    transfers, credited = grow(scenario, victims, replace(payments, case=place[payments.case]))
    accounts, account_first, transfers = draw_accounts(scenario, victims, transfers, credited, of, keys)
    plan = Plan(
        seed=seed,
        replication=replications[0],
        victims=victims,
        accounts=accounts,
        transfers=transfers,
        others=draw_others(scenario, accounts, transfers),
        account_first=account_first,
        transfer_first=np.concatenate([[0], np.cumsum(np.bincount(transfers.case, minlength=len(victims)))]),
    )
    return Plans(seed, tuple(replications), plan, np.searchsorted(of, np.arange(len(replications) + 1)))
