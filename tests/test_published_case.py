"""The Wuhan case as it was printed: 32 accounts within 35 minutes, 0.9 of 1.6 million yuan back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from sim.scenario.distributions import DurationDist
from sim.scenario.listed import ListedArrivals, ListedCase
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.ask.experiment import replicate
from sim.words.units import MINUTE

PRINTED = {"accounts_stopped_within.35": (31, 33)}
"""By metric: what its median may be. The print says that 32 accounts were frozen within 35 minutes: 32 accounts under a
stop 35 minutes after the report, others perhaps later."""
POSSIBLE = {"accounts_stopped_within.35": 32, "accounts_stopped": 32, "containment_time": 35 * 60, "recovered": 0.9e6}
"""The printed figures, and the stricter reading, in which the last stop came within the 35 minutes. One case of a world
in which cases differ: each must be possible, not typical."""
SETS = ("wuhan-35min", "wuhan-35min-rival")


@pytest.mark.parametrize("name", SETS)
def test_the_printed_case_may_be_the_median_and_is_possible_in_every_figure(name: str) -> None:
    """The 99% interval of the median over 600 replications meets the accounts at 35 minutes, in their literal reading;
    each printed figure, and the stricter reading, lies in the middle 90% of the cases.

    The interval lies between two order statistics: the number of replications under the true median is binomial with
    chance 1/2, whatever the distribution, so the tolerance is the sampling error of the median itself.
    """
    replications = 600
    runs = replicate(load(name).scenario, replications)
    first = int(binom.ppf(0.005, replications, 0.5)) - 1
    for metric, (least, most) in PRINTED.items():
        values = sorted(one[metric] for one in runs)
        low, high = values[first], values[replications - 1 - first]
        assert low <= most
        assert high >= least
        assert high - low < 0.25 * (least + most) / 2  # else it would say nothing
    for metric, printed in POSSIBLE.items():
        low, high = np.quantile([one[metric] for one in runs], [0.05, 0.95])
        assert low <= printed <= high, metric


@pytest.mark.long
@pytest.mark.parametrize("name", SETS)
def test_the_median_is_near_the_printed(name: str) -> None:
    """Over 1,000 replications the median case has 29 to 35 accounts under a stop 35 minutes after the report."""
    runs = replicate(load(name).scenario, 1000)
    assert 29 <= np.median([one["accounts_stopped_within.35"] for one in runs]) <= 35


def test_every_replication_has_the_printed_loss() -> None:
    """The victim of the case pays 1.6 million yuan in every replication, and reports."""
    for one in replicate(load("wuhan-35min").scenario, 10):
        assert (one["loss"], one["victims"], one["reports"]) == (1.6e6, 1, 1)


def test_in_the_city_it_is_the_same_case() -> None:
    """S1 is the Wuhan case in a city's load: the same victim, who pays all of it in every replication."""
    alone, among = (the_case(load(name).scenario) for name in ("wuhan-35min", "s01-rapid-response"))
    assert (among.loss, among.payments, among.discovery, among.report_lag) == (
        alone.loss, alone.payments, alone.discovery, alone.report_lag,
    )  # fmt: skip
    for one in replicate(load("s01-rapid-response").scenario, 10, by="scam"):
        assert (one["printed-case/loss"], one["printed-case/prevented"]) == (1.6e6, 0)


def the_case(scenario: Scenario) -> ListedCase:
    """The one victim of a scenario."""
    arrivals = scenario.victims.arrivals["resident"]
    assert isinstance(arrivals, ListedArrivals)
    assert len(arrivals.rows) == 1
    return arrivals.rows[0]


def test_the_rival_is_quite_another_explanation() -> None:
    """In the rival the mules are twice as slow or more and the report comes twice as late; the response is the same."""
    ours, rival = (load(name).scenario for name in SETS)

    def median(dwell: DurationDist) -> float:
        return float(dwell.quantile(np.array([0.5]))[0])

    for one, other in zip(ours.criminals.dwell_by_layer, rival.criminals.dwell_by_layer, strict=True):
        assert median(other) >= 2 * median(one)
    late = [(case.discovery or 0) + (case.report_lag or 0) for case in map(the_case, (ours, rival))]
    assert late[1] >= 2 * late[0] > 10 * MINUTE
    assert the_case(rival).loss == the_case(ours).loss
    assert rival.printed == ours.printed
    for part in ("desks", "routes", "bank_profiles", "banks", "on_report", "start", "latency"):
        assert getattr(rival, part) == getattr(ours, part)


def test_an_ordinary_alert_touches_about_three_accounts() -> None:
    """On an ordinary day the centre stops between 2.5 and 3.5 accounts an alert."""
    days = replicate(load("china").scenario, 25)
    accounts, alerts = (sum(one[name] for one in days) for name in ("accounts_stopped", "reports"))
    assert 30 < alerts / len(days) < 42
    assert 2.5 < accounts / alerts < 3.5
