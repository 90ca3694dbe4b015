"""Intervals cover the truth as often as they say, on models whose answer is known.

Two models, each as the engine has it and in a short form that gives the same numbers in a thousandth of the time: the
waits at a desk follow from arrivals and working times alone (Kiefer and Wolfowitz, 1955), and a case that is stopped
`LATENCY` after its payment is saved where the money rests longer. The tests hold the short forms against the engine,
and then run 1,000 studies on them, drawn from the same keyed chance. The long forms run the studies on the engine.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from math import exp

import numpy as np
import pytest
from numpy.typing import NDArray

from sim.engine.run import simulate
from sim.fraud.draws import draw, key_of, root, uniform
from sim.measure.metrics import measure
from sim.scenario.models import Scenario
from sim.study.ask.experiment import replicate
from sim.study.infer.formulas import erlang_c
from sim.study.infer.stats import summary
from sim.study.run.backends import Pool
from sim.words.units import MINUTE
from sim.workflow.log import BEGIN, FINISH, QUEUED
from tests.theory.queueing import until
from tests.worlds import case, criminals, exponential, ms, route, stop_everything, victims, work, world

Floats = NDArray[np.float64]
STUDIES = 1000
LEAST, MOST = 0.93, 0.97

STAFF, LOAD = 2, 0.7
SERVICE = 60_000.0
"""ms of work in the mean; two people, so somebody comes every 43 s."""
CUSTOMERS, WARM_UP, RUNS = 2000, 200, 20
SPARE = 300
"""Customers more than are looked at, in the mean: so many come only by chance, and fewer than that never."""

DWELL, LATENCY = 20 * MINUTE, 15 * MINUTE
CASES = 100


def served(free: Floats, now: Floats, lasts: Floats) -> Floats:
    """When customers who come now begin, first come, first served; `free` says when each person is free, and is told.

    Args:
        free: [person, system], sorted by person.
        now, lasts: [system], time of arrival and of work.
    """
    begin = np.maximum(now, free[0])
    free[0] = begin + lasts
    free.sort(axis=0)
    return begin


def mean_waits(studies: int) -> Floats:
    """[study, replication]: mean wait in service times after the warm-up."""
    systems = key_of(root(1, 0), np.arange(studies * RUNS))
    free = np.zeros((STAFF, len(systems)))
    now, total = np.zeros(len(systems)), np.zeros(len(systems))
    for number in range(WARM_UP + CUSTOMERS):
        customer = key_of(systems, np.full(len(systems), number))
        now = now - np.log(uniform(customer, "arrival")) / (STAFF * LOAD)
        begin = served(free, now, -np.log(uniform(customer, "service")))
        if number >= WARM_UP:
            total += begin - now
    return (total / CUSTOMERS).reshape(studies, RUNS)


def desk(customers: int) -> Scenario:
    """A desk to which so many customers come in the mean."""
    between = SERVICE / STAFF / LOAD
    return world(
        horizon=ms(customers * between), victims=victims({"rate": {"per_day": 86_400_000 / between}}),
        desks={"desk": {"staff": STAFF}}, routes={"call": route({"work": work(time=exponential(SERVICE))})},
    )  # fmt: skip


def mean_waits_of_the_engine(study: int) -> Iterator[Floats]:
    """By replication: mean wait in service times after the warm-up, of a study whose seed is its number."""
    busy = desk(WARM_UP + CUSTOMERS + SPARE)
    waits = (until(simulate(busy, study, number), BEGIN)[WARM_UP : WARM_UP + CUSTOMERS] for number in range(RUNS))
    yield np.array([one.mean() / SERVICE if len(one) == CUSTOMERS else np.nan for one in waits])


def waits_of_the_engine(studies: int) -> Floats:
    """[study, replication]: the same of many studies, on all cores."""
    pool = Pool(os.cpu_count() or 1)
    try:
        told = dict(pool.map(mean_waits_of_the_engine, range(1, studies + 1)))
    finally:
        pool.close()
    return np.array([told[study] for study in sorted(told)])


def shares_of_the_engine(studies: int, runs: int) -> Floats:
    """[study, replication]: share of `CASES` cases that the engine saves."""
    told = replicate(one_case_model(CASES), studies * runs, seed=5)
    return np.array([one["recovered_share"] for one in told]).reshape(studies, runs)


def one_case_model(cases: int) -> Scenario:
    """Cases whose money rests once for an exponential time, and is stopped a fixed time after it came."""
    return world(
        victims=victims({"list": {"cases": [case(number) for number in range(cases)]}}),
        criminals=criminals(exits={"cash": {"share": 1.0, "dwell": exponential(DWELL)}}),
        desks={"desk": {"staff": "unlimited"}}, routes=stop_everything(ms(LATENCY)),
    )  # fmt: skip


def shares_of_cases(studies: int, runs: int) -> Floats:
    """[study, replication]: share of `CASES` cases whose money rests longer than the response takes."""
    study, run, number = np.ogrid[:studies, :runs, :CASES]
    rests = -np.log(draw(1, 0, "dwell", study, run, number)) * DWELL
    return np.asarray((rests > LATENCY).mean(axis=2))


def covered(studies: Floats, truth: float) -> float:
    """Share of studies, one a row, whose interval holds the truth."""
    told = [summary(study) for study in studies]
    return float(np.mean([one.low <= truth <= one.high for one in told]))


def test_the_short_form_of_a_desk_has_the_waits_of_the_engine() -> None:
    """From the arrivals and working times of a run, the recursion gives every wait of the engine, to the ms."""
    run = simulate(desk(1000), 3, 0)
    arrival = run.rows.time[run.rows.of(QUEUED)].astype(np.float64)
    wait = until(run, BEGIN)
    lasts = until(run, FINISH) - wait
    assert len(arrival) > 800
    assert wait.mean() > 0.3 * SERVICE
    free = np.zeros((STAFF, 1))
    told = [served(free, now, time)[0] - now[0] for now, time in zip(arrival[:, None], lasts[:, None], strict=True)]
    np.testing.assert_array_equal(told, wait)


def test_the_short_form_of_a_case_saves_what_the_engine_saves() -> None:
    """The engine saves exactly the cases whose money was to rest longer than the response takes."""
    run = simulate(one_case_model(CASES), 4, 0)
    transfers = run.plan.transfers
    rests = transfers.dwell[transfers.parent >= 0]
    saved = measure(run).recovered > 0
    assert 0 < saved.sum() < len(saved) == CASES
    np.testing.assert_array_equal(saved, rests > LATENCY)


def test_intervals_cover_the_erlang_c_wait() -> None:
    """Over 1,000 studies of 20 replications of 2,000 customers, 93 to 97% of the 95% intervals hold Erlang C's wait."""
    assert LEAST <= covered(mean_waits(STUDIES), erlang_c(STAFF, LOAD)) <= MOST


def test_intervals_cover_the_share_saved() -> None:
    """Over 1,000 studies of 20 replications of 100 cases, 93 to 97% of the 95% intervals hold exp(-L / m)."""
    assert LEAST <= covered(shares_of_cases(STUDIES, RUNS), exp(-LATENCY / DWELL)) <= MOST


@pytest.mark.long
def test_intervals_of_the_engine_cover_the_erlang_c_wait() -> None:
    """The same on the engine itself: 1,000 studies of 20 replications of 2,000 customers (20 minutes of one core)."""
    assert LEAST <= covered(waits_of_the_engine(STUDIES), erlang_c(STAFF, LOAD)) <= MOST


@pytest.mark.long
def test_intervals_of_the_engine_cover_the_share_saved() -> None:
    """The same on the engine itself: 1,000 studies of 5 replications of 100 cases."""
    assert LEAST <= covered(shares_of_the_engine(STUDIES, 5), exp(-LATENCY / DWELL)) <= MOST


if __name__ == "__main__":
    for what, found, truth in (
        (f"{RUNS} replications of {CUSTOMERS:,} customers, mean wait", waits_of_the_engine(STUDIES),
         erlang_c(STAFF, LOAD)),
        (f"5 replications of {CASES} cases, share saved", shares_of_the_engine(STUDIES, 5), exp(-LATENCY / DWELL)),
    ):  # fmt: skip
        told = summary(found.ravel())
        print(f"{STUDIES:,} studies of {what}: {told.mean:.4f} ({told.low:.4f} to {told.high:.4f}) of all, theory"
              f" {truth:.4f};")  # fmt: skip
        print(f"  the 95% intervals of {covered(found, truth):.1%} of the studies hold it")
