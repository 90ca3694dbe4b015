"""Who is robbed, when, of how much and in how many payments; when they understand and tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import pdtr

from sim.fraud.draws import Keys, key_of, root, uniform
from sim.fraud.groups import Ints, by_group, choice, counter, running_sum, split
from sim.fraud.settle import NEVER
from sim.scenario.distributions import sample_ms
from sim.scenario.models import Scenario
from sim.scenario.units import HOUR
from sim.scenario.victims import ListedArrivals, RateArrivals, Scam

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
    contact: Ints
    """First contact with the criminals."""
    third_party: Ints
    """1 where somebody else reported, perhaps while the victim still pays; else 0."""
    channel: Ints
    """Index into the scenario's channels; 0 where they are not told apart. Likewise the next two."""
    age: Ints
    district: Ints
    bank: Ints
    """Index into the scenario's banks: the victim's own."""
    bystander: Ints
    """0 for a victim. Else nobody defrauds this person, who pays nothing: one more than the value of the log's
    `alert` row that brings the false warning (1), lead (2) or alarm (3)."""

    def __len__(self) -> int:
        return len(self.id)


@dataclass(frozen=True)
class Payments:
    """One row per payment, case by case in the order of time."""

    case: Ints
    key: Keys
    amount: Ints
    time: Ints
    """ms since the start."""


def draw_victims(scenario: Scenario, seed: int, replication: int) -> tuple[Victims, Payments]:
    """Draw all victims of one replication and what they pay."""
    drawn = [
        _victims_of_list(scenario, source, number, seed, replication)
        if isinstance(source, ListedArrivals)
        else _victims_of_rate(scenario, source, number, seed, replication)
        for number, source in enumerate(scenario.victims.arrivals.values())
    ]
    heads = _Heads(*(np.concatenate(columns) for columns in zip(*drawn, strict=True)))
    return _payments(scenario, _Heads(*(column[np.argsort(heads.id)] for column in heads)))


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
        scam = choice(uniform(key, "scam"), [s.share for s in scams])
    loss = by_group(scam, [s.loss for s in scams], uniform(key, "loss"))
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
        by_group(scam, [s.discovery for s in scams], uniform(key, "discovery")),
        by_group(scam, [s.report_lag for s in scams], uniform(key, "report-lag")),
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
    cell = (hour << 14) + counter(bands)
    owner = key_of(root(seed, replication), np.array([number]))[0]
    count = np.searchsorted(_POISSON_1, uniform(key_of(owner, cell), "victims-in-cell"))
    hour, point = np.repeat(hour, count), (np.repeat(cell, count) << 5) + counter(count)
    key = key_of(owner, point)
    level = ((point >> 5) & ((1 << 14) - 1)) + uniform(key, "level")
    at = hour * HOUR - into_hour + (uniform(key, "moment") * HOUR).astype(np.int64)
    kept = (level < rate[hour]) & (at >= 0) & (at < scenario.horizon)
    ids = (number << _SOURCE_BITS) + 1 + point[kept]
    return _heads(scenario, ids, at[kept], seed, replication)


def _payments(scenario: Scenario, heads: _Heads) -> tuple[Victims, Payments]:
    ids, case_key, at, scam, loss, payments, discovery, lag, reports = heads
    case = np.repeat(np.arange(len(ids)), payments)
    number = counter(payments)
    key = key_of(case_key[case], number)
    gaps = by_group(scam[case], [s.payment_gap for s in scenario.victims.scams.values()], uniform(key, "gap"))
    time = at[case] + running_sum(np.where(number > 0, gaps, 0), payments)
    last = time[np.cumsum(payments) - 1] if len(ids) else at
    reaction = scenario.criminals.reaction
    notice = sample_ms(reaction.notice, uniform(case_key, "notice")) if reaction else np.full(len(ids), NEVER)
    zero = np.zeros(len(ids), dtype=np.int64)
    victims = Victims(
        id=ids, key=case_key, scam=scam, loss=loss, first_payment=at, last_payment=last,
        discovered=last + discovery, reported=np.where(reports, last + discovery + lag, NEVER),
        notice_after=notice.astype(np.int64),
        contact=at,
        third_party=zero,
        channel=zero,
        age=zero,
        district=zero,
        bank=zero,
        bystander=zero,
    )  # fmt: skip
    amount = split(loss, payments, uniform(key, "part"), scenario.criminals.amount_spread)
    return victims, Payments(case=case, key=key, amount=amount, time=time)
