"""How long money stays on layer 1, and how late a report is: worlds in which every number is known."""

from __future__ import annotations

import pytest

from sim.engine.run import Run, simulate
from sim.measure.metrics import measure
from sim.measure.split import DELAYS, split_metrics
from tests.worlds import case, criminals, exponential, listed, ms, stop_everything, victims, world

MINUTE = 60_000


def run_of(dwell: object, count: int = 1, **sections: object) -> Run:
    """Victims who never report, whose money leaves layer 1 after some time."""
    exits = {"cash": {"share": 1.0, "dwell": dwell}}
    cases = {"cases": [case(number) for number in range(count)]}
    return simulate(world(victims=victims({"list": cases}, reports=0), criminals=criminals(exits=exits), **sections))


@pytest.mark.parametrize(("minutes", "gone"), [(14, 1.0), (15, 1.0), (16, 0.0)])
def test_money_that_leaves_by_the_time_is_gone(minutes: int, gone: float) -> None:
    """Out after 15 minutes or less: all gone at 15 minutes; after 16, nothing; at an hour it always is."""
    metrics = measure(run_of(ms(minutes * MINUTE))).metrics
    assert (metrics["gone_layer_1.15"], metrics["gone_layer_1.60"]) == (gone, 1)


def test_the_curve_is_that_of_the_dwell_time() -> None:
    """Of 4,000 credits with exponential dwell h of an hour, 1 - exp(-t / h) are gone after t (3.3 standard errors)."""
    metrics = measure(run_of(exponential(60 * MINUTE), 4000)).metrics
    assert metrics["gone_layer_1.15"] == pytest.approx(0.2212, abs=3.3 * (0.2212 * 0.7788 / 4000) ** 0.5)
    assert metrics["gone_layer_1.60"] == pytest.approx(0.6321, abs=3.3 * (0.6321 * 0.3679 / 4000) ** 0.5)


def test_what_a_stop_holds_is_not_gone() -> None:
    """Money stopped at once stays on layer 1 for good."""
    metrics = measure(simulate(world(victims=listed(0), routes=stop_everything()))).metrics
    assert metrics["gone_layer_1.1440"] == 0


@pytest.mark.parametrize(
    ("delay", "band"), [(0, "to-10m"), (10 * MINUTE, "to-10m"), (10 * MINUTE + 1, "to-20m"), (120 * MINUTE, "to-2h"),
                        (360 * MINUTE, "to-6h"), (1440 * MINUTE, "to-24h"), (4320 * MINUTE, "to-72h"),
                        (4320 * MINUTE + 1, "later"), (None, "never")],
)  # fmt: skip
def test_a_case_is_in_the_band_of_its_report(delay: int | None, band: str) -> None:
    """A report after exactly ten minutes is within ten minutes; one more ms, and it is not; bands split the loss."""
    scam = {"reports": 0} if delay is None else {"discovery": ms(delay)}
    run = simulate(world(victims=listed(0, **scam), routes=stop_everything()))
    [told] = split_metrics(run, measure(run), "delay")
    losses = {name: told[f"{name}/loss"] for name in (*DELAYS, "later", "never")}
    assert {name for name, loss in losses.items() if loss} == {band}
    assert losses[band] == 1000
