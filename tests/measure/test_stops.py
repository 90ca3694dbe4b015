"""How many accounts are under a stop some time after the report, which stops count, and how late money is reported."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import simulate
from sim.fraud.settle import NEVER
from sim.measure.holds import holds_of
from sim.measure.metrics import measure
from sim.measure.stops import stops_of
from sim.words.units import MINUTE
from sim.workflow.log import HOLD
from tests.measure.whole import whole
from tests.worlds import (
    branching,
    case,
    city,
    criminals,
    listed,
    on_accounts,
    pause,
    route,
    rows_of,
    victims,
    work,
    world,
)

LAW = {"stop": "48h", "most_stops": 2, "freeze": "180d", "renewals": 0}
SLOW = criminals(exits={"cash": {"share": 1.0, "dwell": "200h"}})


def one_stop(**sections: Any) -> dict[str, float]:
    """A report at 0, a stop 20 minutes later that lapses after 48 hours, and a second one an hour after that."""
    again = route({"over": {"await": {"any": ["lapsed"]}, "leak": {"wait": "paper"}}, "rest": pause("1h"),
                   "again": {"do": "place_hold"}}, "account")  # fmt: skip
    steps = {"bank": work(time="20m"), "stop": {"do": "place_hold"}, "watch": {"start": {"route": "again"}}}
    return measure(
        simulate(world(**{"criminals": SLOW, "law": LAW, "routes": on_accounts(steps, again=again)} | sections))
    ).metrics


def test_a_stop_that_is_repeated_after_a_lapse_is_not_the_last() -> None:
    """The only account is stopped at 20 min, and again after the lapse: first and last stop are both at 20 min."""
    metrics = one_stop()
    assert metrics["lapses"] == 2
    assert metrics["response_latency"] == metrics["containment_time"] == 20 * 60


def test_accounts_are_counted_at_the_minute() -> None:
    """Under a stop from 20 min on, until it lapses at 48 h 20 min: at 20, and not in the hour between."""
    metrics = one_stop(stopped_within=["10m", "20m", "35m", f"{48 * 60 + 20}m", f"{48 * 60 + 50}m", f"{50 * 60}m"])
    found = {int(name.partition(".")[2]): value for name, value in metrics.items() if "stopped_within" in name}
    assert found == {10: 0, 20: 1, 35: 1, 2900: 0, 2930: 0, 3000: 1}


def test_only_whole_minutes_name_a_metric() -> None:
    """35.5 minutes would have no name."""
    with pytest.raises(ValueError, match="whole minutes"):
        world(stopped_within=["35m30s"])


@pytest.mark.parametrize("seed", range(3))
def test_the_count_is_that_of_the_log(seed: int) -> None:
    """Where no stop ends, it is the accounts of each case whose hold began within the time."""
    scenario = city(
        staff="unlimited",
        routes=on_accounts(
            {
                "bank": work("analyst", time="3m"),
                "stop": {"do": "place_hold"},
                "answer": {"do": "reveal"},
                "next": {"start": {"route": "account", "for": "each_revealed"}},
            }
        ),
    )
    run = simulate(scenario, seed)
    metrics, told = measure(run).metrics, run.plan.victims.reported
    for minutes in (10, 35, 60):
        rows = {(row[2], row[3]) for row in rows_of(run.rows, HOLD) if row[0] <= told[row[2]] + minutes * MINUTE}
        assert metrics[f"accounts_stopped_within.{minutes}"] == len(rows) > 0


@pytest.mark.parametrize("seed", range(4))
def test_each_account_of_a_case_has_one_stop_that_counts(seed: int) -> None:
    """With every element on: the stop is the first in force at or after the report, and no account has two."""
    run = simulate(whole(), seed)
    table, reported = holds_of(run.plan, run.rows), run.plan.victims.reported.copy()
    reported[reported > run.end] = NEVER
    stops = stops_of(run, table, reported)
    pairs = list(zip(stops.case.tolist(), stops.card.tolist(), strict=True))
    assert len(set(pairs)) == len(pairs) > 10
    for (case_, card), time in zip(pairs, stops.time.tolist(), strict=True):
        mine = np.flatnonzero(table.card == card)
        counts = [
            int(table.start[i]) for i in mine if table.end[i] > reported[case_] or table.start[i] >= reported[case_]
        ]
        assert time == min(counts)


def test_money_is_reported_by_delay() -> None:
    """9,000 yuan told after 5 min, 1,000 after 2 h, 6,000 never: by value 9/16 within 10 min, 10/16 within a day."""
    people = [
        case(0, loss="9000 yuan", discovery="5m"), case(0, loss="1000 yuan", discovery="2h"),
        case(0, loss="6000 yuan", reports=False),
    ]  # fmt: skip
    robbed = victims({"list": {"cases": people}}, typical_payment="9000 yuan")
    metrics = measure(simulate(world(victims=robbed, criminals=branching()))).metrics
    found = {int(name.partition(".")[2]): value for name, value in metrics.items() if name.startswith("loss_reported")}
    assert found == {10: 9 / 16, 60: 9 / 16, 360: 10 / 16, 1440: 10 / 16, 4320: 10 / 16}


def test_nothing_paid_has_no_share() -> None:
    """Where nobody pays, no share of the money was reported."""
    free = {"route": "warn", "share": 0.0, "after": "1h", "false_per_day": 1.0}
    scenario = world(
        victims=listed(), prevention={"warnings": free}, horizon="1h",
        routes={"call": route({"work": work()}), "warn": route({"work": work()}, "victim")},
    )  # fmt: skip
    assert np.isnan(measure(simulate(scenario)).metrics["loss_reported_within.10"])
