"""A pace for each case: the residence curve of many cases is the log-logistic law, mixed over a lognormal median.

Gone after t: E[1 / (1 + (m exp(sZ) / t)^k)] over a normal Z, worked out by Gauss-Hermite quadrature.
"""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.engine.run import Run, simulate
from sim.measure.metrics import measure
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.ask.experiment import replicate
from sim.words.units import MINUTE
from tests.worlds import criminals, victims, world

Floats = NDArray[np.float64]
NODES, WEIGHTS = np.polynomial.hermite_e.hermegauss(121)
SHAPE, SPREAD = 1.6, 1.46
"""Common to all countries."""


def gone(minutes: Floats | float, median: float, shape: float = SHAPE, spread: float = SPREAD) -> Floats:
    """The share of the money that has left after some minutes."""
    ratio = median * np.exp(spread * NODES) / np.maximum(np.asarray(minutes, dtype=np.float64)[..., np.newaxis], 1e-9)
    share: Floats = (WEIGHTS / (1 + ratio**shape)).sum(axis=-1) / WEIGHTS.sum()
    return share


def leaving(median: float, shape: float, spread: float) -> Run:
    """4,000 victims of one amount in four days, who never report; their money leaves layer 1 once."""
    robbed = victims({"rate": {"per_day": 1000.0}}, reports=0)
    dwell = {"loglogistic": {"median": f"{median}m", "shape": shape}}
    ways = {"cash": {"share": 1.0, "dwell": dwell}}
    return simulate(world(victims=robbed, criminals=criminals(exits=ways, pace={"spread": spread}), horizon="4d"), 3)


@pytest.mark.parametrize(
    ("median", "shape", "spread"), [(24, 1.6, 1.46), (50, 1.6, 1.8), (24, 3.0, 0.7), (24, 1.6, 0.0)]
)
def test_the_residence_curve_is_the_mixture_over_paces(median: float, shape: float, spread: float) -> None:
    """At 15, 60 and 1,440 minutes the share gone is that of theory (3.3 standard errors; joint 1.2%)."""
    run = leaving(median, shape, spread)
    metrics, n = measure(run).metrics, len(run.plan.victims) * 3 / 4  # those of the last day are not a day old
    for minutes in (15, 60, 1440):
        expected = float(gone(minutes, median, shape, spread))
        error = (expected * (1 - expected) / n) ** 0.5
        assert metrics[f"gone_layer_1.{minutes}"] == pytest.approx(expected, abs=3.3 * error + 2 / n)


def test_without_a_spread_the_curve_is_the_dwell_time_alone() -> None:
    """A spread of 0 leaves the log-logistic law: half is gone at its median."""
    assert float(gone(24, 24, spread=0.0)) == pytest.approx(0.5)
    assert float(gone(48, 24, 2.0, 0.0)) == pytest.approx(0.8)


def test_accounts_of_one_case_share_its_pace() -> None:
    """Two dwell times of one case are as alike as theory says: in logarithm, the covariance is the spread squared."""
    law = {"loglogistic": {"median": "20m", "shape": SHAPE}}
    money = criminals(
        exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=[law], exits={"cash": {"share": 1.0, "dwell": law}},
        pace={"spread": SPREAD},
    )  # fmt: skip
    run = simulate(world(victims=victims({"rate": {"per_day": 4000.0}}, reports=0), criminals=money), 5)
    t = run.plan.transfers
    payment = np.flatnonzero(t.parent < 0)
    first, second = (np.log(t.dwell[payment + behind]) for behind in (1, 2))
    found = float(np.cov(first, second)[0, 1])
    variance = SPREAD**2 + np.pi**2 / (3 * SHAPE**2)
    error = ((variance**2 + SPREAD**4) / len(payment)) ** 0.5
    assert found == pytest.approx(SPREAD**2, abs=3.3 * error)


# -- Korea -----------------------------------------------------------------------------------------------

BANDS = {"within-10m": (0, 10), "within-20m": (10, 20), "within-30m": (20, 30), "within-60m": (30, 60),
         "within-120m": (60, 120)}  # fmt: skip
PUBLISHED = {"within-10m": 0.76, "within-20m": 0.53, "within-30m": 0.46, "within-60m": 0.36, "within-120m": 0.23}
"""Financial Supervisory Service, March 2015."""


def refunded(scenario: Scenario) -> dict[str, float]:
    """What theory says is still on the account when it is stopped, by group of victims."""
    law = scenario.criminals.exits["withdrawn"].dwell.loglogistic
    assert law is not None
    delay = np.arange(0.5, 200) / 200
    statement, stop = 2.4, 1.0  # medians of the call and of the machine: minutes until the stop
    return {
        name: float(1 - gone(low + (high - low) * delay + statement + stop, law.median / MINUTE).mean())
        for name, (low, high) in BANDS.items()
    }


def test_one_law_of_pace_gives_the_korean_refunds() -> None:
    """Median 24 min, shape 1.6, spread 1.46: 72, 56, 46, 35 and 23% in theory, 0.03 off the printed at most (RMSE)."""
    theory = refunded(load("korea-2015").scenario)
    assert list(theory.values()) == pytest.approx([0.725, 0.56, 0.465, 0.355, 0.235], abs=0.01)
    assert np.sqrt(np.mean([(theory[name] - PUBLISHED[name]) ** 2 for name in BANDS])) < 0.03


def test_the_model_of_korea_is_what_theory_says() -> None:
    """Over 8 months each group's refunds are those of theory, within 3.3 standard errors."""
    scenario = load("korea-2015").scenario
    theory, runs = refunded(scenario), replicate(scenario, 8, seed=2, by="scam")
    for name, expected in theory.items():
        shares = [run[f"{name}/recovered_share"] for run in runs]
        assert np.mean(shares) == pytest.approx(expected, abs=0.01 + 3.3 * np.std(shares, ddof=1) / len(shares) ** 0.5)


# -- both countries --------------------------------------------------------------------------------------


def misfit(spread: float) -> float:
    """How far theory is from Korea's five shares and from the British residence, in squares of their tolerances, with
    the median of each country where it fits best."""
    britain, printed = np.array([15.0, 60.0, 1440.0]), np.array([0.28, 0.53, 0.85])
    delay = np.arange(0.5, 40) / 40
    stops = np.array([low + (high - low) * delay + 3.4 for low, high in BANDS.values()])
    refunds = np.array(list(PUBLISHED.values()))

    def korea(median: float) -> float:
        return float((((1 - gone(stops, median, spread=spread).mean(axis=1) - refunds) / 0.05) ** 2).sum())

    def residence(median: float) -> float:
        off = (gone(britain, median, spread=spread) - printed) / 0.03
        off[2] = min(0.0, off[2])  # at least 85% are gone after a day
        return float((off**2).sum())

    return sum(min(fit(float(m)) for m in np.arange(20, 60, 0.25)) for fit in (korea, residence))


def test_one_spread_serves_both_countries() -> None:
    """Both curves together ask for a spread of about 1.56; from 1.34 to 1.84 they are met as well, within one unit of
    chi-square. The shipped value is among those."""
    spreads = np.arange(1.2, 2.0, 0.02)
    misfits = np.array([misfit(float(one)) for one in spreads])
    assert spreads[misfits.argmin()] == pytest.approx(1.56, abs=0.04)
    as_good = spreads[misfits <= misfits.min() + 1]
    assert (as_good.min(), as_good.max()) == pytest.approx((1.34, 1.84), abs=0.03)
    assert as_good.min() < SPREAD < as_good.max()
    assert {
        load(name).scenario.criminals.pace.spread for name in ("china", "korea-2015", "uk-2025", "haryana-2024")
    } == {SPREAD}


# -- United Kingdom --------------------------------------------------------------------------------------


def test_the_same_law_with_a_slower_median_gives_the_british_residence() -> None:
    """Shape and spread are Korea's, the median about 50 min: 25, 54 and 97% gone, for 28, 53 and over 85% printed."""
    korea, britain = load("korea-2015").scenario, load("uk-2025").scenario
    assert korea.criminals.pace == britain.criminals.pace
    laws = [one.criminals.exits["withdrawn"].dwell.loglogistic for one in (korea, britain)]
    assert [law and law.shape for law in laws] == [SHAPE, SHAPE]
    theory = gone(np.array([15.0, 60.0, 1440.0]), 50)
    assert np.abs(theory[:2] - [0.28, 0.53]).max() < 0.03
    assert theory[2] > 0.85
    runs = replicate(britain, 4, seed=2)
    for minutes, expected in zip((15, 60, 1440), theory, strict=True):
        shares = [run[f"gone_layer_1.{minutes}"] for run in runs]
        victims_ = np.mean([run["victims"] for run in runs]) * len(runs) / 1.4  # amounts differ: fewer count
        assert np.mean(shares) == pytest.approx(expected, abs=3.3 * (expected * (1 - expected) / victims_) ** 0.5)
