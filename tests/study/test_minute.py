"""The value of a minute at each stage, and the way of the loss."""

from __future__ import annotations

from math import exp

import pytest

from sim.study.ask.experiment import replicate
from sim.study.ask.minute import minute_of, values_of_a_minute, waterfall
from sim.study.run.errors import StudyError
from sim.study.run.runner import Runner
from sim.words.units import MINUTE
from tests.worlds import city, criminals, exponential, ms, stop_everything, victims, world

DWELL, LATENCY, ADDED = 30 * MINUTE, 15 * MINUTE, 3.0


def test_by_hand() -> None:
    """100 yuan less for 4 cases and 5 minutes more are 5 yuan a case-minute; a run without a report says nothing."""
    base = [{"recovered": 300.0, "reports": 4.0, "recovered_share": 0.3, "response_latency": 60.0}] * 2
    slow = [{"recovered": 200.0, "reports": 4.0, "recovered_share": 0.2, "response_latency": 360.0}] * 2
    none = [{"recovered": 0.0, "reports": 0.0, "recovered_share": 0.0, "response_latency": 0.0}]
    row = minute_of("bank", base + none, slow + none, 5.0)
    assert (row.value.mean, row.value.low, row.value.n) == (5, 5, 2)
    assert row.latency.mean == pytest.approx(200)
    assert row.share.mean == pytest.approx(-0.2 / 3)


def test_a_minute_is_worth_what_theory_says() -> None:
    """Of 1,000 yuan exp(-L / m) is saved: the interval of the value holds (exp(-L / m) - exp(-(L + a) / m)) / a."""
    scenario = world(
        victims=victims({"rate": {"per_day": 400.0}}),
        criminals=criminals(exits={"cash": {"share": 1.0, "dwell": exponential(DWELL)}}),
        desks={"desk": {"staff": "unlimited"}}, routes=stop_everything(ms(LATENCY)),
    )  # fmt: skip
    with Runner(seed=2) as runner:
        rows, _ = values_of_a_minute(runner, scenario, 30, added=ADDED, stages=["desk"])
    saved = [1000 * exp(-latency / DWELL) for latency in (LATENCY, LATENCY + ADDED * MINUTE)]
    expected = (saved[0] - saved[1]) / ADDED
    assert rows[0].value.low <= expected <= rows[0].value.high
    assert rows[0].value.high - rows[0].value.low < 0.2 * expected
    assert rows[0].latency.mean == pytest.approx(60 * ADDED)


def test_every_stage_has_a_row_dearest_first() -> None:
    """All stages of a scenario are slowed down one by one and told in falling value."""
    with Runner() as runner:
        rows, base = values_of_a_minute(runner, city(), 3)
        assert sorted(row.stage for row in rows) == sorted(city().stages)
        assert [row.value.mean for row in rows] == sorted((row.value.mean for row in rows), reverse=True)
        assert rows[0].value.mean > 0
        assert len(base) == 3
        with pytest.raises(StudyError, match="no stage is named 'bnak'"):
            values_of_a_minute(runner, city(), 1, stages=["bnak"])


def test_the_waterfall_leads_from_the_loss_to_what_is_recovered() -> None:
    """The loss is the sum of all causes, what still moves and what is recovered; empty causes are left out."""
    steps = waterfall(replicate(city(), 4, seed=5))
    loss, *rest = steps
    assert loss.name == "loss"
    assert rest[-1].name == "recovered"
    assert loss.amount.mean == pytest.approx(sum(step.amount.mean for step in rest))
    assert sum(step.share.mean for step in rest) == pytest.approx(1)
    assert all(step.amount.mean for step in rest if step.name not in ("still_moving", "recovered"))
