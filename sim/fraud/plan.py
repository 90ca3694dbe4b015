"""The fraud, drawn before the response exists: every victim, and every transfer the criminals intend.

A plan is a forest of transfers. A root is a payment of a victim, an inner transfer forwards one earlier credit in
part after a dwell time, a leaf is an exit. Nothing in a plan depends on desks, routes or policies, so two what-ifs
meet the same victims and the same luck.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.fraud.draws import Keys, key_of, uniform
from sim.fraud.groups import Column, Ints, by_group, choice, column, counter, running_sum, split
from sim.fraud.settle import NEVER
from sim.fraud.victims import Payments, Victims, draw_victims
from sim.scenario.criminals import Criminals
from sim.scenario.distributions import sample_ms
from sim.scenario.models import Scenario


@dataclass(frozen=True)
class Accounts:
    """One row per account, case by case; number 0 of a case is the victim's own (layer 0)."""

    case: Ints
    number: Ints
    layer: Ints
    bank: Ints
    """Index into the scenario's holders (its banks come first); -1 for a victim's own account."""
    key: Keys
    card: Ints
    """The first row that is one and the same account: cases may share accounts (a row no other shares has its own)."""
    place: Ints
    """Index into the scenario's places; 0 where they are not told apart."""
    wrong: Ints
    """1 where the victim gives the account's details wrong; else 0."""
    innocent: Ints
    """fen of the holder's own on it: the same in every row of a card."""
    objects_after: Ints
    """ms from a stop until the holder objects; NEVER for one who does not. The same in every row of a card."""

    def __len__(self) -> int:
        return len(self.case)


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


def draw_plan(scenario: Scenario, seed: int, replication: int) -> Plan:
    """Draw every victim and every intended transfer of one replication.

    Args:
        scenario: only its `victims`, `criminals`, `banks` and times are read.
        seed, replication: whole numbers; the same three give the same plan.
    """
    victims, payments = draw_victims(scenario, seed, replication)
    return _grow(scenario, seed, replication, victims, payments)


def _grow(scenario: Scenario, seed: int, replication: int, victims: Victims, payments: Payments) -> Plan:
    """Grow the forest layer by layer, then lay it out in preorder."""
    criminals = scenario.criminals
    count = len(payments.case)
    rows: dict[str, NDArray[Any]] = {
        "case": payments.case, "key": payments.key, "amount": payments.amount, "dwell": payments.time,
        "parent": np.full(count, -1), "exit": np.full(count, -1), "layer": np.ones(count, dtype=np.int64),
    }  # fmt: skip
    levels = [rows]
    below = 0
    while True:
        inside = np.flatnonzero(rows["exit"] < 0)
        if not len(inside):
            break
        rows = _children(criminals, rows, inside, below)
        below += len(levels[-1]["case"])
        levels.append(rows)
    column = {name: np.concatenate([level[name] for level in levels]) for name in levels[0]}
    order, size = _preorder(column["parent"], column["case"], [len(level["case"]) for level in levels])
    place = np.empty_like(order)
    place[order] = np.arange(len(order))

    credited = np.flatnonzero(column["exit"] < 0)  # level by level, so accounts are numbered layer by layer
    credited = credited[np.argsort(column["case"][credited], kind="stable")]
    cases = len(victims)
    per_case = np.bincount(column["case"][credited], minlength=cases)
    account_first = np.concatenate([[0], np.cumsum(per_case + 1)])
    account_of = np.full(len(order), -1)
    account_of[credited] = account_first[column["case"][credited]] + 1 + counter(per_case)
    accounts_case = np.repeat(np.arange(cases), per_case + 1)
    number = counter(per_case + 1)
    account_key = np.empty(len(number), dtype=np.uint64)
    account_key[account_first[:-1]] = key_of(victims.key, np.full(cases, -1))
    account_key[account_of[credited]] = column["key"][credited]
    layer = np.zeros(len(number), dtype=np.int64)
    layer[account_of[credited]] = column["layer"][credited]
    bank = np.where(number == 0, -1, choice(uniform(account_key, "bank"), [b.share for b in scenario.banks.values()]))

    parent = column["parent"]
    source = np.where(parent < 0, account_first[column["case"]], account_of[parent])
    retry = sample_ms(criminals.retry, uniform(column["key"], "retry"))
    transfers = Transfers(
        case=column["case"][order],
        parent=np.where(parent[order] < 0, -1, place[parent[order]]),
        source=source[order],
        target=account_of[order],
        exit=column["exit"][order],
        amount=column["amount"][order],
        dwell=column["dwell"][order],
        retry=retry[order],
        size=size[order],
    )
    zero = np.zeros(len(number), dtype=np.int64)
    return Plan(
        seed=seed,
        replication=replication,
        victims=victims,
        accounts=Accounts(
            case=accounts_case,
            number=number,
            layer=layer,
            bank=bank,
            key=account_key,
            card=np.arange(len(number)),
            place=zero,
            wrong=zero,
            innocent=zero,
            objects_after=zero + NEVER,
        ),
        transfers=transfers,
        account_first=account_first,
        transfer_first=np.concatenate([[0], np.cumsum(np.bincount(column["case"], minlength=cases))]),
    )


def _children(criminals: Criminals, rows: dict[str, NDArray[Any]], inside: Ints, below: int) -> dict[str, NDArray[Any]]:
    """The transfers out of the accounts that the rows `inside` have credited."""
    key, amount, layer = rows["key"][inside], rows["amount"][inside], rows["layer"][inside]
    chance = np.array(criminals.exit_by_layer)[np.minimum(layer, len(criminals.exit_by_layer)) - 1]
    leaves = (uniform(key, "leaves") < chance) | (layer >= criminals.deepest_layer)
    ratio = amount / max(1, criminals.typical_transfer)
    fan_out = np.rint(ratio * np.exp(criminals.fan_out_spread * ndtri(uniform(key, "fan-out"))))
    most = np.minimum(criminals.most_fan_out, np.maximum(amount, 1))
    parts = np.where(leaves, 1, np.clip(fan_out, 1, most)).astype(np.int64)

    ways = list(criminals.exits.values())
    way = np.where(leaves, choice(uniform(key, "exit"), [w.share for w in ways]), -1)
    dwell = by_group(
        np.minimum(layer, len(criminals.dwell_by_layer)) - 1, criminals.dwell_by_layer, uniform(key, "dwell")
    )
    dwell = np.where(leaves, by_group(np.maximum(way, 0), [w.dwell for w in ways], uniform(key, "exit-dwell")), dwell)

    of = np.repeat(np.arange(len(inside)), parts)
    sibling = counter(parts)
    child = key_of(key[of], sibling)
    spacing = np.where(sibling > 0, sample_ms(criminals.spacing, uniform(child, "spacing")), 0)
    return {
        "case": rows["case"][inside][of],
        "key": child,
        "amount": split(amount, parts, uniform(child, "part"), criminals.amount_spread),
        "dwell": dwell[of] + running_sum(spacing, parts),
        "parent": below + inside[of],
        "exit": way[of],
        "layer": layer[of] + 1,
    }


def _preorder(parent: Ints, case: Ints, sizes_of_levels: list[int]) -> tuple[Ints, Ints]:
    """Rows (level by level, siblings together) in preorder, and the size of each row's subtree (by row)."""
    ends = np.cumsum(sizes_of_levels)
    size = np.ones(len(parent), dtype=np.int64)
    for first, last in reversed(list(pairwise(ends))):
        np.add.at(size, parent[first:last], size[first:last])
    position = np.empty(len(parent), dtype=np.int64)
    roots = sizes_of_levels[0]
    position[:roots] = np.cumsum(size[:roots]) - size[:roots]  # payments stand case by case already
    for first, last in pairwise(ends):
        above = parent[first:last]
        before = np.cumsum(size[first:last]) - size[first:last]
        new = np.concatenate([[True], above[1:] != above[:-1]]) if last > first else np.zeros(0, dtype=bool)
        group = np.maximum.accumulate(np.where(new, np.arange(last - first), 0))
        position[first:last] = position[above] + 1 + before - before[group]
    order = np.empty_like(position)
    order[position] = np.arange(len(position))
    return order, size
