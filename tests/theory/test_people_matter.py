"""In the shipped centres people have work to do, and how many there are decides what comes back."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from sim.engine.choice import ENGINE
from sim.scenario.loader import load
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import Metrics

MONTH = ["start=2025-03-03T00:00", "horizon=28d"]
HALF = ["desks.analyst.shifts.0.staff=5", "desks.analyst.shifts.1.staff=3"]
"""Of nine by day and five at night."""


@pytest.fixture(autouse=True)
def on_machine_code(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whose logs are those of the other engine (`tests/engine/test_engines.py`), some ten times as fast."""
    monkeypatch.setenv(ENGINE, "compiled")


def paired(name: str, changes: list[str], changed: list[str], replications: int) -> list[tuple[Metrics, Metrics]]:
    """Runs of a centre as it is and with other people, on the same luck."""
    arms = [Arm("as it is", load(name, changes).scenario), Arm("changed", load(name, [*changes, *changed]).scenario)]
    with Runner(seed=1) as runner:
        return [(one, other) for one, other in runner.run(arms, replications)]


def interval(runs: list[tuple[Metrics, Metrics]], metric: str) -> tuple[float, float]:
    """99% interval of what the change adds to a metric."""
    gained = [other[metric] - one[metric] for one, other in runs]
    low, high = stats.t.interval(0.99, len(gained) - 1, np.mean(gained), stats.sem(gained))
    return float(low), float(high)


def test_a_desk_of_the_city_is_busy_by_day_and_half_the_analysts_save_less() -> None:
    """Who calls the warned works over 60% of the day shift's hours; the analysts bind: half of them lose money."""
    runs = paired("city", MONTH, HALF, 6)
    for hour in ("08", "12"):
        assert np.mean([one[f"utilisation_by_hour.caller.{hour}"] for one, _ in runs]) > 0.6
    assert interval(runs, "recovered_share")[1] < 0
    assert interval(runs, "recovered")[1] < 0
    busier = [other["utilisation.analyst"] - one["utilisation.analyst"] for one, other in runs]
    assert min(busier) > 0.1


def test_what_analysts_are_worth_hangs_on_their_other_work() -> None:
    """As README and docs/model.md say first: without the items that they are taken to look at it is a few percent."""
    as_shipped, without = (
        np.mean([other["recovered_share"] - one["recovered_share"] for one, other in paired("city", changes, HALF, 6)])
        for changes in (MONTH, [*MONTH, "duties.warning-items=null"])
    )
    assert as_shipped < 5 * without < 0


def test_a_second_person_at_night_brings_back_more_in_the_county() -> None:
    """Where one is alone at night, the 99% interval of what a second one adds lies above zero."""
    low, high = interval(paired("county", [], ["desks.analyst.shifts.1.staff=2"], 16), "recovered_share")
    assert 0 < low < high < 0.02
