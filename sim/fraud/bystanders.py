"""Honest people whom a warning, a lead or a bank's alarm names falsely: nobody robs them, but they cost the same work.

Each kind (and each bank's monitoring) is a source of cases of its own, numbered after all that bring victims. So
bystanders stand behind the victims in the plan, and neither moves the other.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from sim.fraud.arrivals import arrivals, rate_of
from sim.fraud.draws import Keys, key_of, uniform
from sim.fraud.groups import Ints, choice
from sim.fraud.settle import NEVER
from sim.fraud.tables import joined, rows_of
from sim.fraud.victims import ALARM, LEAD, WARNED, Victims, age_shares, banks_of, districts_of
from sim.scenario.models import Scenario
from sim.scenario.profiles import AnyProfile

_FIRST_SOURCE = 64  # arrivals have at most 60 sources


def with_bystanders(scenario: Scenario, victims: Victims, of: Ints, roots: Keys) -> tuple[Victims, Ints, Ints]:
    """The victims of several replications, and after those of each its bystanders of every kind, by their ids.

    Args:
        scenario: its false warnings, leads and alarms are read.
        victims: replication after replication.
        of: by victim: the place of its replication among the roots.
        roots: what all draws of each replication hang on.

    Returns:
        The cases; the replication of each; and where each victim stands among them.
    """
    kinds = [(victims, of), *_drawn(scenario, roots)]
    if len(kinds) == 1:
        return victims, of, np.arange(len(victims))
    whose = np.concatenate([mine for _, mine in kinds])
    order = np.argsort(whose, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return rows_of(joined([kind for kind, _ in kinds]), order), whose[order], place[: len(victims)]


def _drawn(scenario: Scenario, roots: Keys) -> Iterator[tuple[Victims, Ints]]:
    """The bystanders, source by source, and the replication of each."""
    prevention, ages = scenario.prevention, age_shares(scenario)

    def one(
        kind: int, source: int, per_day: float, by_hour: AnyProfile | None,
        ages: Sequence[float] = ages, bank: int | None = None,
    ) -> tuple[Victims, Ints]:  # fmt: skip
        of, ids, at = arrivals(scenario, _FIRST_SOURCE + source, rate_of(scenario, per_day, by_hour), roots)
        return _bystanders(scenario, kind, ids, at, roots[of], ages, bank), of

    if prevention and (warnings := prevention.warnings):
        yield one(WARNED, 0, warnings.false_per_day, warnings.by_hour)
    if prevention and (leads := prevention.leads):
        yield one(LEAD, 1, leads.false_per_day, leads.by_hour)
    bands = list(scenario.victims.ages or ())
    for number, bank in enumerate(scenario.banks.values()):
        if (watch := bank.monitoring) and prevention and prevention.alarms:
            watched = ages
            if watch.ages is not None and bands:
                watched = [share if band in watch.ages else 0.0 for band, share in zip(bands, ages, strict=True)]
                if not sum(watched):  # bands that no victim belongs to
                    watched = [float(band in watch.ages) for band in bands]
            yield one(ALARM, 2 + number, watch.false_per_day, None, watched, number)


def _bystanders(
    scenario: Scenario, kind: int, ids: Ints, at: Ints, owner: Keys, ages: Sequence[float], bank: int | None
) -> Victims:
    """Rows of people without a loss; of one bank where it is given."""
    key = key_of(owner, ids)
    zero, never = np.zeros_like(ids), np.full_like(ids, NEVER)
    return Victims(
        id=ids,
        key=key,
        scam=zero,
        loss=zero,
        first_payment=at,
        last_payment=at,
        discovered=never,
        reported=never,
        notice_after=never,
        contact=at,
        third_party=zero,
        channel=zero,
        age=choice(uniform(key, "age"), ages),
        district=districts_of(scenario, key),
        bank=banks_of(scenario, key) if bank is None else zero + bank,
        bystander=zero + kind,
        pace=np.ones(len(ids)),
    )
