"""Hours, costs and service levels of desks, known beforehand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.measure.diagnosis import Week
from sim.measure.hours import WEEK_HOURS
from sim.measure.metrics import measure
from sim.workflow.log import (
    BEGIN,
    CALLED_IN,
    DESK_SHIFT,
    FINISH,
    HANDED_OVER,
    NOBODY,
    NONE,
    PERSON_SHIFT,
    QUEUED,
    REPORT,
    STEP_SHIFT,
    Log,
    content,
)
from tests.measure.test_metrics import check
from tests.worlds import listed, pause, route, work, world

MINUTE, HOUR, DAY = 60_000, 3_600_000, 86_400_000


def told(rows: list[tuple[int, int, int, int]], run: Run) -> dict[str, float]:
    """The metrics of a run whose log is written by hand: rows of (ms, kind, person, value) about case 0 at desk 0.

    People called in are about nobody.
    """
    log = Log()
    for time, kind, person, value in rows:
        key = NOBODY if kind == CALLED_IN else content(0) if kind == REPORT else content(0) + (1 << STEP_SHIFT) + 1
        doing = kind + (0 if kind == REPORT else 1 << DESK_SHIFT) + ((person + 1) << PERSON_SHIFT)
        log.buffer += (time, key, doing, value)
    return measure(replace(run, rows=log.columns())).metrics


def one_call(**sections: Any) -> Run:
    return simulate(world(routes={"call": route({"ask": work(time="1m") | {"within": "30m"}})}, **sections))


def test_work_that_is_handed_over_is_one_piece_of_work() -> None:
    """Ten minutes waiting, ten at work, handed over, ten waiting, ten at work: waited 10, busy 20 of a day."""
    rows = [
        (0, REPORT, NONE, NONE), (0, QUEUED, NONE, NONE), (10 * MINUTE, BEGIN, 1, NONE),
        (20 * MINUTE, FINISH, 1, NONE), (20 * MINUTE, HANDED_OVER, NONE, 5 * MINUTE), (30 * MINUTE, BEGIN, 1, NONE),
        (40 * MINUTE, FINISH, 1, NONE),
    ]  # fmt: skip
    metrics = told(rows, one_call())
    check(
        metrics, wait__desk=600, queue_length__desk=20 * MINUTE / DAY, utilisation__desk=20 * MINUTE / DAY,
        answered_share__desk=1,
    )  # fmt: skip
    assert metrics["within.call.ask"] == 0  # done after 40 min of 30
    assert told(rows[:-2], one_call())["within.call.ask"] == 0  # handed over at 20 min, never done


def test_the_days_after_the_last_victims_are_no_rostered_time() -> None:
    """Two hours of work on the only day on which victims pay are 2 / 24, whatever comes on the fifth day after it."""
    steps = {"ask": work(time="2h"), "rest": pause("5d"), "again": work(time="1h")}
    run = simulate(world(routes={"call": route(steps)}))
    assert run.end > 5 * DAY
    check(measure(run).metrics, utilisation__desk=2 / 24)


def test_overtime_is_beyond_the_roster_and_costs_more() -> None:
    """On duty until noon for 60 yuan an hour, at work until 13:00 for 90, and one of 730 days for 7,300 yuan."""
    shift = [{"from": "00:00", "to": "12:00", "staff": 1}]
    desk = {"shifts": shift, "wage": "60 yuan", "overtime_wage": "90 yuan", "set_up": "7300 yuan", "set_up_years": 2}
    run = simulate(
        world(victims=listed(11 * HOUR), desks={"desk": desk}, routes={"call": route({"ask": work(time="2h")})})
    )
    metrics = measure(run).metrics
    check(
        metrics, overtime__desk=3600, cost__desk=60 * 12 + 90 + 10, cost=820, utilisation__desk=2 / 12,
    )  # fmt: skip
    assert "called_in.desk" not in metrics


def test_without_wages_nothing_costs() -> None:
    """A desk without a price has no cost, and where no desk has one there is no sum."""
    metrics = measure(one_call()).metrics
    assert not [name for name in metrics if name.partition(".")[0] == "cost"]


def test_people_called_in_work_no_overtime() -> None:
    """Three at work on one roster of one with two called in: four hours called in, no overtime; unlike after them."""
    shifts = [{"from": "00:00", "to": "24:00", "staff": 1}]
    surge = {"above": 5, "heads": 2, "after": 0, "lasts": "2h"}
    run = one_call(desks={"desk": {"shifts": shifts, "surge": surge, "wage": "60 yuan"}})
    rows = [(0, QUEUED, NONE, NONE), (HOUR, CALLED_IN, NONE, 2)]
    rows += [(2 * HOUR, BEGIN, person, NONE) for person in (1, 2, 3)]
    rows += [(3 * HOUR, CALLED_IN, NONE, 0), *((4 * HOUR, FINISH, person, NONE) for person in (1, 2, 3))]
    metrics = told(rows, run)
    check(metrics, called_in__desk=4 * 3600, overtime__desk=2 * 3600, cost__desk=60 * (24 + 2 + 4))


@pytest.mark.parametrize(("limit", "share"), [("5m", 0), ("6m", 0.5), ("11m", 0.5), ("12m", 1)])
def test_a_service_level_is_the_share_done_in_time(limit: str, share: float) -> None:
    """Two calls at once, six minutes each by one person: done after 6 and 12 min of the report."""
    ask = work(time="6m") | {"within": limit}
    metrics = measure(simulate(world(victims=listed(0, 0), routes={"call": route({"ask": ask})}))).metrics
    assert metrics["within.call.ask"] == share


def test_work_not_done_counts_once_its_time_has_passed() -> None:
    """Of two calls at once one is still waiting at the end: it counts only where its time has passed by then."""
    sections = {"victims": listed(0, 0), "horizon": "1h", "follow_up": "1h"}
    for limit, share in (("110m", 0.5), ("119m", 0.5), ("3h", 1.0)):
        ask = work(time="100m") | {"within": limit}
        metrics = measure(simulate(world(**sections, routes={"call": route({"ask": ask})}))).metrics
        assert metrics["within.call.ask"] == share


def test_redials_are_later_attempts_of_people_with_patience() -> None:
    """Of two callers at once one gives up after a minute and calls again ten minutes later."""
    steps = {
        "ask": work(time="5m", patience="1m", on_renege="again", attempts=3, on_exhausted="lost"),
        "done": {"end": "done"},
        "again": {"wait": {"for": "10m"}, "leak": {"wait": "again"}, "to": "ask"},
        "lost": {"end": "lost"},
    }
    metrics = measure(simulate(world(victims=listed(0, 0), routes={"call": route(steps)}))).metrics
    check(metrics, redials__desk=1, abandoned__desk=1, answered_share__desk=2 / 3)


def test_the_days_that_only_follow_up_cost_nothing() -> None:
    """One head round the clock for 60 yuan an hour: a day of victims costs a day's wages, though work goes on."""
    desks = {"desk": {"staff": 1, "wage": "60 yuan", "set_up": "1825 yuan"}}
    run = simulate(world(desks=desks, routes={"call": route({"work": work(time="30h")})}))
    assert run.end > DAY
    check(measure(run).metrics, cost=24 * 60 + 1)


def test_an_hour_of_make_up_days_alone_is_no_hour_on_duty() -> None:
    """Its few people would be held against the overtime of all weeks, and stand in the picture as always at work."""
    heads, work = np.zeros(WEEK_HOURS), np.zeros(WEEK_HOURS)
    heads[:3], work[:3] = (1.0, 0.96, 0.02), (0.5, 0.48, 0.2)
    week = Week("legal", heads, work, np.zeros(WEEK_HOURS), np.full(WEEK_HOURS, np.nan))
    assert week.load[:2].tolist() == [0.5, 0.5]
    assert np.isnan(week.load[2:]).all()
