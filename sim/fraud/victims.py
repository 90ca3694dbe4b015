"""Who is robbed, when, of how much and in how many payments; when they understand and tell."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from sim.fraud.arrivals import arrivals, id_of, rate_of
from sim.fraud.draws import Keys, key_of, uniform
from sim.fraud.groups import (
    Floats,
    Ints,
    choice,
    choice_by_group,
    counter,
    fen_by_group,
    ms_by_group,
    running_sum,
    split,
)
from sim.fraud.settle import NEVER
from sim.fraud.transfers import Transfers, drawn
from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.scenario.reports import mix_of, victims_per_day
from sim.scenario.sampling import sample_ms
from sim.scenario.victims import RateArrivals, Scam

WARNED, LEAD, ALARM = 1, 2, 3
"""In `bystander`: what falsely names a person whom nobody defrauds."""


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
    """First contact with the criminals; negative where it was before the start."""
    third_party: Ints
    """1 where somebody else reported, perhaps while the victim still pays: `reported` is that time, before the
    victim's own report (if there is one at all), while `discovered` stays the victim's. Else 0."""
    channel: Ints
    """Index into the scenario's channels; 0 where they are not told apart. Likewise the next two. The channel is the
    victim's own, also where somebody else reported."""
    age: Ints
    district: Ints
    bank: Ints
    """Index into the scenario's banks: the victim's own."""
    bystander: Ints
    """0 for a victim. Else nobody defrauds this person, who pays nothing: one more than the value of the log's
    `alert` row that brings the false warning (1), lead (2) or alarm (3). The alert comes at `first_payment`; loss is 0,
    `scam` says nothing, and what never happens is NEVER."""
    pace: Floats
    """Multiplies every time that the criminals take with this case's money; 1 where all cases run alike."""

    def __len__(self) -> int:
        return len(self.id)


def draw_victims(scenario: Scenario, roots: Keys) -> tuple[Victims, Ints, Transfers]:
    """Draw all victims of several replications and what they pay.

    Args:
        scenario: its victims and criminals are read.
        roots: what all draws of each replication hang on.

    Returns:
        The victims, replication after replication; the place of each one's replication among the roots; and all
        payments, case by case in the order of time.
    """
    of_sources = [
        _victims_of_list(scenario, source, number, roots)
        if isinstance(source, ListedArrivals)
        else _victims_of_rate(scenario, source, number, roots)
        for number, source in enumerate(scenario.victims.arrivals.values())
    ]
    heads = _Heads._make(np.concatenate(columns) for columns in zip(*of_sources, strict=True))
    order = np.lexsort((heads.id, heads.of))
    heads = _Heads._make(column[order] for column in heads)
    victims, payments = _payments(scenario, heads)
    return victims, heads.of, payments


class _Heads(NamedTuple):
    """Columns of the victims before their payments."""

    of: Ints
    """Place of the replication."""
    id: Ints
    key: Keys
    at: Ints
    scam: Ints
    loss: Ints
    payments: Ints
    discovery: Ints
    lag: Ints
    reports: NDArray[np.bool_]


def _heads(scenario: Scenario, of: Ints, ids: Ints, at: Ints, roots: Keys, scam: Ints) -> _Heads:
    key = key_of(roots[of], ids)
    scams = list(scenario.victims.scams.values())
    loss = fen_by_group(scam, [s.loss for s in scams], uniform(key, "loss"))
    typical = np.array([s.typical_payment for s in scams], dtype=np.float64)[scam]
    most = np.array([s.most_payments for s in scams], dtype=np.int64)[scam]
    loss = np.maximum(loss, 1)
    return _Heads(
        of,
        ids,
        key,
        at,
        scam,
        loss,
        np.clip(np.rint(loss / np.maximum(typical, 1)).astype(np.int64), 1, np.minimum(most, loss)),
        ms_by_group(scam, [s.discovery for s in scams], uniform(key, "discovery")),
        ms_by_group(scam, [s.report_lag for s in scams], uniform(key, "report-lag")),
        uniform(key, "reports") < np.array([s.reports for s in scams])[scam],
    )


def _victims_of_list(scenario: Scenario, source: ListedArrivals, number: int, roots: Keys) -> _Heads:
    scams, cases, runs = list(scenario.victims.scams), source.rows, len(roots)
    ids = id_of(number, np.arange(len(cases), dtype=np.int64))
    at = np.array([case.at for case in cases], dtype=np.int64)
    scam = np.array([scams.index(case.scam) for case in cases], dtype=np.int64)
    of = np.repeat(np.arange(runs), len(cases))
    heads = _heads(scenario, of, np.tile(ids, runs), np.tile(at, runs), roots, np.tile(scam, runs))
    scam_list: list[Scam] = list(scenario.victims.scams.values())
    for i, case in enumerate(cases):
        mine = slice(i, None, len(cases))  # the same case of every replication
        if case.loss is not None:
            loss, kind = max(1, case.loss), scam_list[scam[i]]
            heads.loss[mine] = loss
            heads.payments[mine] = min(max(round(loss / max(1, kind.typical_payment)), 1), kind.most_payments, loss)
        if case.payments is not None:
            heads.payments[mine] = np.minimum(case.payments, heads.loss[mine])
        if case.discovery is not None:
            heads.discovery[mine] = case.discovery
        if case.report_lag is not None:
            heads.lag[mine] = case.report_lag
        if case.reports is not None:
            heads.reports[mine] = case.reports
    return heads


def _victims_of_rate(scenario: Scenario, source: RateArrivals, number: int, roots: Keys) -> _Heads:
    per_day = victims_per_day(scenario.victims, source, scenario.prevention)
    rate = rate_of(scenario, per_day, source.by_hour, source.by_weekday)
    of, ids, at = arrivals(scenario, number, rate, roots)
    scam = choice(uniform(key_of(roots[of], ids), "scam"), mix_of(scenario.victims, source))
    return _heads(scenario, of, ids, at, roots, scam)


def _payments(scenario: Scenario, heads: _Heads) -> tuple[Victims, Transfers]:
    _, ids, case_key, at, scam, loss, payments, discovery, lag, reports = heads
    case = np.repeat(np.arange(len(ids)), payments)
    number = counter(payments)
    key = key_of(case_key[case], number)
    gaps = ms_by_group(scam[case], [s.payment_gap for s in scenario.victims.scams.values()], uniform(key, "gap"))
    time = at[case] + running_sum(np.where(number > 0, gaps, 0), payments)
    last = time[np.cumsum(payments) - 1] if len(ids) else at
    reaction = scenario.criminals.reaction
    notice = sample_ms(reaction.notice, uniform(case_key, "notice")) if reaction else np.full(len(ids), NEVER)
    scams, channels = list(scenario.victims.scams.values()), list((scenario.victims.channels or {}).values())
    channel = choice(uniform(case_key, "channel"), [c.share for c in channels]) if channels else np.zeros_like(ids)
    way = ms_by_group(channel, [c.delay for c in channels], uniform(case_key, "channel-delay"))
    reported, third_party = _earlier(
        scams, case_key, scam, at, np.where(reports, last + discovery + lag + way, NEVER).astype(np.int64)
    )
    victims = Victims(
        id=ids,
        key=case_key,
        scam=scam,
        loss=loss,
        first_payment=at,
        last_payment=last,
        discovered=last + discovery,
        reported=reported,
        notice_after=notice.astype(np.int64),
        contact=at - ms_by_group(scam, [s.contact for s in scams], uniform(case_key, "contact")),
        third_party=third_party,
        channel=channel,
        age=choice_by_group(scam, [age_shares(scenario, s) for s in scams], uniform(case_key, "age")),
        district=districts_of(scenario, case_key),
        bank=banks_of(scenario, case_key),
        bystander=np.zeros_like(ids),
        pace=_pace(scenario, case_key, scam, loss),
    )
    amount = split(loss, payments, uniform(key, "part"), scenario.criminals.amount_spread)
    return victims, drawn(case, key, amount, time)


def _pace(scenario: Scenario, key: Keys, scam: Ints, loss: Ints) -> Floats:
    """The pace of each case: lognormal with median 1, times what its scam and its loss make of it."""
    pace = scenario.criminals.pace
    if pace is None:
        return np.ones(len(key))
    of_scam = np.array([1.0 if s.pace is None else s.pace for s in scenario.victims.scams.values()])[scam]
    factor: Floats = of_scam * np.exp(pace.spread * ndtri(uniform(key, "pace")))
    if pace.by_amount is not None:
        factor = factor * (loss / pace.by_amount.at) ** pace.by_amount.elasticity
    return factor


def _earlier(scams: list[Scam], key: Keys, scam: Ints, first_payment: Ints, own: Ints) -> tuple[Ints, Ints]:
    """When each case is reported, and 1 where somebody else was first to do it, by a way without a delay.

    Args:
        own: ms of the victim's own report, or NEVER.
    """
    others = [s.third_party for s in scams]
    share = np.array([other.share if other else 0.0 for other in others])[scam]
    after = ms_by_group(scam, [other.after if other else None for other in others], uniform(key, "third-party-after"))
    first = (uniform(key, "third-party") < share) & (first_payment + after < own)
    return np.where(first, first_payment + after, own), first.astype(np.int64)


def age_shares(scenario: Scenario, scam: Scam | None = None) -> list[float]:
    """The share of each age band among the victims of a scam (None: of all); one band where ages are not told apart."""
    ages = scenario.victims.ages or {"": 1.0}
    own = scam.ages if scam and scenario.victims.ages is not None else None
    return [own.get(band, 0.0) for band in ages] if own is not None else list(ages.values())


def districts_of(scenario: Scenario, key: Keys) -> Ints:
    """The district of each person, by index; 0 where they are not told apart."""
    districts = scenario.victims.districts
    return choice(uniform(key, "district"), [d.share for d in districts.values()] if districts else [1.0])


def banks_of(scenario: Scenario, key: Keys) -> Ints:
    """The bank of each person's own account, by index."""
    return choice(
        uniform(key, "customer-of"),
        [bank.share if bank.customers is None else bank.customers for bank in scenario.banks.values()],
    )
