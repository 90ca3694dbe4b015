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
from scipy.special import ndtri, pdtr

from sim.fraud.draws import Keys, key_of, root, uniform
from sim.fraud.settle import NEVER
from sim.scenario.distributions import DurationDist, sample_ms
from sim.scenario.models import Criminals, ListedArrivals, RateArrivals, Scam, Scenario
from sim.scenario.units import HOUR

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_SOURCE_BITS = 40  # a case id is (number of its source, number within the source)
_POISSON_1 = pdtr(np.arange(31), 1.0)  # P(N <= k) of a Poisson number with mean 1


@dataclass(frozen=True)
class Victims:
    """One row per case, in the order of their ids. All times in ms since the start, money in fen."""

    id: Ints
    key: Keys
    """What everything drawn for the case hangs on."""
    scam: Ints
    """Index into the scenario's scams."""
    loss: Ints
    first_payment: Ints
    last_payment: Ints
    discovered: Ints
    reported: Ints
    """NEVER for a victim who tells nobody."""
    notice_after: Ints
    """From the first blocked transfer until the criminals know; NEVER where they do not react."""

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Accounts:
    """One row per account, case by case; number 0 of a case is the victim's own (layer 0)."""

    case: Ints
    number: Ints
    layer: Ints
    bank: Ints
    """Index into the scenario's banks; -1 for a victim's own account."""
    key: Keys

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
class Lists:
    """The columns that are walked one by one, as Python lists (numpy scalars are slow to walk)."""

    parent: Sequence[int]
    source: Sequence[int]
    target: Sequence[int]
    amount: Sequence[int]
    dwell: Sequence[int]
    retry: Sequence[int]
    size: Sequence[int]
    outgoing: Sequence[Sequence[int]]
    """By account: the transfers that debit it."""


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
    def lists(self) -> Lists:
        """The transfers as Python lists, made once."""
        t = self.transfers
        outgoing: list[list[int]] = [[] for _ in range(len(self.accounts))]
        source = t.source.tolist()
        for i, account in enumerate(source):
            outgoing[account].append(i)
        return Lists(
            parent=t.parent.tolist(), source=source, target=t.target.tolist(), amount=t.amount.tolist(),
            dwell=t.dwell.tolist(), retry=t.retry.tolist(), size=t.size.tolist(), outgoing=outgoing,
        )  # fmt: skip


def draw_plan(scenario: Scenario, seed: int, replication: int) -> Plan:
    """Draw every victim and every intended transfer of one replication.

    Args:
        scenario: only its `victims`, `criminals`, `banks` and times are read.
        seed, replication: whole numbers; the same three give the same plan.
    """
    listed = [
        _victims_of_list(scenario, source, number, seed, replication)
        if isinstance(source, ListedArrivals)
        else _victims_of_rate(scenario, source, number, seed, replication)
        for number, source in enumerate(scenario.victims.arrivals.values())
    ]
    heads = _Heads(*(np.concatenate(columns) for columns in zip(*listed, strict=True)))
    heads = _Heads(*(column[np.argsort(heads.id)] for column in heads))
    payments, victims = _payments(scenario, heads)
    return _grow(scenario, seed, replication, victims, payments)


# -- victims ---------------------------------------------------------------------------------------------


class _Heads(tuple[Any, ...]):
    """Columns of the victims before their payments: id, key, at, scam, loss, payments, discovery, lag, reports."""

    id = property(lambda self: self[0])

    def __new__(cls, *columns: NDArray[Any]) -> _Heads:
        return super().__new__(cls, columns)


def _heads(
    scenario: Scenario, ids: Ints, at: Ints, seed: int, replication: int, scam: Ints | None = None
) -> tuple[NDArray[Any], ...]:
    key = key_of(root(seed, replication), ids)
    scams = list(scenario.victims.scams.values())
    if scam is None:
        scam = _choice(uniform(key, "scam"), [s.share for s in scams])
    loss = _by_group(scam, [s.loss for s in scams], uniform(key, "loss"))
    typical = np.array([s.typical_payment for s in scams], dtype=np.float64)[scam]
    most = np.array([s.most_payments for s in scams], dtype=np.int64)[scam]
    loss = np.maximum(loss, 1)
    return (
        ids,
        key,
        at,
        scam,
        loss,
        np.clip(np.rint(loss / np.maximum(typical, 1)).astype(np.int64), 1, np.minimum(most, loss)),
        _by_group(scam, [s.discovery for s in scams], uniform(key, "discovery")),
        _by_group(scam, [s.report_lag for s in scams], uniform(key, "report-lag")),
        uniform(key, "reports") < np.array([s.reports for s in scams])[scam],
    )


def _victims_of_list(
    scenario: Scenario, source: ListedArrivals, number: int, seed: int, replication: int
) -> tuple[NDArray[Any], ...]:
    scams = list(scenario.victims.scams)
    ids = (number << _SOURCE_BITS) + 1 + np.arange(len(source.cases), dtype=np.int64)
    at = np.array([case.at for case in source.cases], dtype=np.int64)
    scam = np.array([scams.index(case.scam) for case in source.cases], dtype=np.int64)
    columns = _heads(scenario, ids, at, seed, replication, scam)
    _, _, _, _, loss, payments, discovery, lag, reports = columns
    scam_list: list[Scam] = list(scenario.victims.scams.values())
    for i, case in enumerate(source.cases):
        if case.loss is not None:
            loss[i] = max(1, case.loss)
            of = scam_list[scam[i]]
            payments[i] = np.clip(round(loss[i] / max(1, of.typical_payment)), 1, min(of.most_payments, loss[i]))
        if case.payments is not None:
            payments[i] = min(case.payments, loss[i])
        if case.discovery is not None:
            discovery[i] = case.discovery
        if case.report_lag is not None:
            lag[i] = case.report_lag
        if case.reports is not None:
            reports[i] = case.reports
    return columns


def _victims_of_rate(
    scenario: Scenario, source: RateArrivals, number: int, seed: int, replication: int
) -> tuple[NDArray[Any], ...]:
    """Thinning of a Poisson process of rate 1 in the plane of time and level (Lewis and Shedler, 1979).

    The plane is cut in cells of one local hour by one victim an hour; a point of a cell is a victim where its level
    lies under the rate. A higher rate uncovers more points and moves none, so it adds victims and renumbers nobody.
    """
    into_hour = scenario.week_offset % HOUR
    hours = np.arange(-(-(scenario.horizon + into_hour) // HOUR), dtype=np.int64)
    of_week = (scenario.week_offset // HOUR + hours) % 168
    by_hour = np.array(source.by_hour) / np.mean(source.by_hour)
    by_weekday = np.array(source.by_weekday) / np.mean(source.by_weekday)
    rate = source.per_day / 24 * by_hour[of_week % 24] * by_weekday[of_week // 24]
    bands = np.ceil(rate).astype(np.int64)
    hour = np.repeat(hours, bands)
    cell = (hour << 14) + _counter(bands)
    owner = key_of(root(seed, replication), np.array([number]))[0]
    count = np.searchsorted(_POISSON_1, uniform(key_of(owner, cell), "victims-in-cell"))
    hour, point = np.repeat(hour, count), (np.repeat(cell, count) << 5) + _counter(count)
    key = key_of(owner, point)
    level = ((point >> 5) & ((1 << 14) - 1)) + uniform(key, "level")
    at = hour * HOUR - into_hour + (uniform(key, "moment") * HOUR).astype(np.int64)
    kept = (level < rate[hour]) & (at >= 0) & (at < scenario.horizon)
    ids = (number << _SOURCE_BITS) + 1 + point[kept]
    return _heads(scenario, ids, at[kept], seed, replication)


def _payments(scenario: Scenario, heads: _Heads) -> tuple[dict[str, NDArray[Any]], Victims]:
    ids, case_key, at, scam, loss, payments, discovery, lag, reports = heads
    case = np.repeat(np.arange(len(ids)), payments)
    number = _counter(payments)
    key = key_of(case_key[case], number)
    gaps = _by_group(scam[case], [s.payment_gap for s in scenario.victims.scams.values()], uniform(key, "gap"))
    time = at[case] + _running_sum(np.where(number > 0, gaps, 0), payments)
    last = time[np.cumsum(payments) - 1] if len(ids) else at
    reaction = scenario.criminals.reaction
    notice = sample_ms(reaction.notice, uniform(case_key, "notice")) if reaction else np.full(len(ids), NEVER)
    victims = Victims(
        id=ids, key=case_key, scam=scam, loss=loss, first_payment=at, last_payment=last,
        discovered=last + discovery, reported=np.where(reports, last + discovery + lag, NEVER),
        notice_after=notice.astype(np.int64),
    )  # fmt: skip
    amount = _split(loss, payments, uniform(key, "part"), scenario.criminals.amount_spread)
    return {"case": case, "key": key, "amount": amount, "dwell": time}, victims


# -- the forest ------------------------------------------------------------------------------------------


def _grow(scenario: Scenario, seed: int, replication: int, victims: Victims, payments: dict[str, NDArray[Any]]) -> Plan:
    """Grow the forest layer by layer, then lay it out in preorder."""
    criminals = scenario.criminals
    count = len(payments["case"])
    rows = payments | {
        "parent": np.full(count, -1),
        "exit": np.full(count, -1),
        "layer": np.ones(count, dtype=np.int64),
    }
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
    account_of[credited] = account_first[column["case"][credited]] + 1 + _counter(per_case)
    accounts_case = np.repeat(np.arange(cases), per_case + 1)
    number = _counter(per_case + 1)
    account_key = np.empty(len(number), dtype=np.uint64)
    account_key[account_first[:-1]] = key_of(victims.key, np.full(cases, -1))
    account_key[account_of[credited]] = column["key"][credited]
    layer = np.zeros(len(number), dtype=np.int64)
    layer[account_of[credited]] = column["layer"][credited]
    bank = np.where(number == 0, -1, _choice(uniform(account_key, "bank"), [b.share for b in scenario.banks.values()]))

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
    return Plan(
        seed=seed,
        replication=replication,
        victims=victims,
        accounts=Accounts(case=accounts_case, number=number, layer=layer, bank=bank, key=account_key),
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
    way = np.where(leaves, _choice(uniform(key, "exit"), [w.share for w in ways]), -1)
    dwell = _by_group(
        np.minimum(layer, len(criminals.dwell_by_layer)) - 1, criminals.dwell_by_layer, uniform(key, "dwell")
    )
    dwell = np.where(leaves, _by_group(np.maximum(way, 0), [w.dwell for w in ways], uniform(key, "exit-dwell")), dwell)

    of = np.repeat(np.arange(len(inside)), parts)
    sibling = _counter(parts)
    child = key_of(key[of], sibling)
    spacing = np.where(sibling > 0, sample_ms(criminals.spacing, uniform(child, "spacing")), 0)
    return {
        "case": rows["case"][inside][of],
        "key": child,
        "amount": _split(amount, parts, uniform(child, "part"), criminals.amount_spread),
        "dwell": dwell[of] + _running_sum(spacing, parts),
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


# -- small helpers over arrays ---------------------------------------------------------------------------


def _counter(counts: NDArray[np.integer]) -> Ints:
    """0, 1, ... within each group of the given sizes: [2, 3] -> [0, 1, 0, 1, 2]."""
    ends = np.cumsum(counts)
    number: Ints = np.arange(ends[-1] if len(ends) else 0, dtype=np.int64) - np.repeat(ends - counts, counts)
    return number


def _running_sum(values: Ints, counts: NDArray[np.integer]) -> Ints:
    """Cumulative sum within each group of the given sizes."""
    total = np.cumsum(values)
    firsts = np.cumsum(counts) - counts
    return np.asarray(total - np.repeat((total - values)[firsts] if len(total) else total[:0], counts), dtype=np.int64)


def _choice(u: Floats, shares: Sequence[float]) -> Ints:
    """Index drawn by shares (they need not sum to 1: they are scaled)."""
    edges = np.cumsum(shares)
    index: Ints = np.searchsorted(edges / edges[-1], u, side="right").astype(np.int64)
    return np.minimum(index, len(shares) - 1)


def _by_group(group: Ints, dists: Sequence[DurationDist | Any], u: Floats) -> Ints:
    """One draw per row from the distribution of its group; whole ms or fen."""
    out = np.empty(len(u), dtype=np.int64)
    for number, dist in enumerate(dists):
        mine = group == number
        if mine.any():
            out[mine] = sample_ms(dist, u[mine])
    return out


def _split(totals: Ints, counts: Ints, u: Floats, spread: float) -> Ints:
    """Split each total into parts with lognormal weights, to the fen, by the largest remainder.

    Args:
        totals: fen, one per group.
        counts: parts of each group.
        u: one uniform number per part.
        spread: standard deviation of the logarithm of the weights.
    """
    group = np.repeat(np.arange(len(totals)), counts)
    weight = np.exp(spread * ndtri(u))
    sums = np.bincount(group, weights=weight, minlength=len(totals))
    exact = totals[group] * (weight / sums[group])
    floor = np.floor(exact).astype(np.int64)
    missing = totals - np.bincount(group, weights=floor, minlength=len(totals)).astype(np.int64)
    by_remainder = np.lexsort((-(exact - floor), group))
    rank = np.empty(len(group), dtype=np.int64)
    rank[by_remainder] = _counter(counts)
    split: Ints = floor + (rank < missing[group])
    return split
