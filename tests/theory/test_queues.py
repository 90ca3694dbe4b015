"""The desks are queues, so queueing theory knows their mean wait."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.stats import t as student

from sim.response.log import BEGIN, QUEUED
from sim.response.run import simulate
from sim.scenario.laws import Z90
from tests.worlds import exponential, ms, route, victims, work, world

PER_DAY = 50_000.0
BETWEEN = 86_400_000 / PER_DAY
"""ms between two arrivals in the mean"""
REPLICATION = 180_000
"""Victims in one replication, about; the first tenth is the warm-up."""
SPREAD = 0.8
"""Standard deviation of the logarithm of a lognormal service time."""


def erlang_c(staff: int, load: float) -> float:
    """Mean wait in service times: A. K. Erlang, 1917 (the recursion over staff is Erlang B's)."""
    offered, blocked = staff * load, 1.0
    for k in range(1, staff + 1):
        blocked = offered * blocked / (k + offered * blocked)
    waits = blocked / (1 - load * (1 - blocked))
    return waits / (staff * (1 - load))


def pollaczek_khinchine(load: float, squared_variation: float) -> float:
    """Mean wait at one server in service times, for any law of service with this squared coefficient of variation."""
    return load / (1 - load) * (1 + squared_variation) / 2


def mean_waits(staff: int, service: object, victims_wanted: int) -> NDArray[np.float64]:
    """Means of 40 or more batches of successive waits in ms, from replications without their first tenth."""
    replications = -(-victims_wanted // REPLICATION)
    each = victims_wanted / replications / 0.9
    scenario = world(
        horizon=ms(each * BETWEEN),
        victims=victims({"rate": {"per_day": PER_DAY}}),
        desks={"desk": {"staff": staff}},
        routes={"call": route({"work": work(time=service)})},
    )
    batches = -(-40 // replications)
    means = []
    for replication in range(replications):
        rows = simulate(scenario, 1, replication).rows
        joined, begun = rows.of(QUEUED), rows.of(BEGIN)
        assert len(joined) == len(begun)
        wait = np.empty(len(joined))
        wait[rows.case[begun]] = rows.time[begun]
        wait[rows.case[joined]] -= rows.time[joined]
        order = rows.case[joined]  # rows are joined in the order of arrival
        means += [part.mean() for part in np.array_split(wait[order][len(wait) // 10 :], batches)]
    return np.array(means)


def check(staff: int, service: object, expected: float, load: float, victims_wanted: int, cells: int) -> None:
    means = mean_waits(staff, service, victims_wanted)
    quantile = student.ppf(1 - 0.01 / cells / 2, len(means) - 1)
    half = float(quantile * means.std(ddof=1) / np.sqrt(len(means)))
    assert half <= (0.05 if load <= 0.9 else 0.10) * expected, f"half-width {half / expected:.1%} of the expected wait"
    assert abs(means.mean() - expected) <= half, f"{means.mean():.0f} +- {half:.0f} ms, theory says {expected:.0f}"


def laws_of(mean: float) -> dict[str, tuple[object, float]]:
    """Service laws by name: how a file writes them, and their squared coefficient of variation."""
    median = mean * exp(-(SPREAD**2) / 2)
    return {
        "exponential": (exponential(mean), 1.0),
        "fixed": (ms(mean), 0.0),
        "lognormal": (
            {"lognormal": {"median": ms(median), "p90": ms(median * exp(SPREAD * Z90))}},
            exp(SPREAD**2) - 1,
        ),
    }


def check_erlang(staff: int, load: float, victims_wanted: int, cells: int) -> None:
    service = staff * load * BETWEEN
    check(staff, exponential(service), erlang_c(staff, load) * round(service), load, victims_wanted, cells)


def check_one_server(law: str, load: float, victims_wanted: int, cells: int) -> None:
    service = load * BETWEEN
    written, squared_variation = laws_of(service)[law]
    check(1, written, pollaczek_khinchine(load, squared_variation) * service, load, victims_wanted, cells)


QUICK_ERLANG = [(1, 0.5, 260_000), (2, 0.7, 380_000), (5, 0.7, 560_000)]
QUICK_ONE_SERVER = [("fixed", 0.7, 180_000), ("fixed", 0.9, 950_000), ("lognormal", 0.5, 260_000)]
QUICK = len(QUICK_ERLANG) + len(QUICK_ONE_SERVER)

LONG_ERLANG = [
    (staff, load, count)
    for staff, counts in {
        1: (400_000, 500_000, 3_500_000, 3_500_000),
        2: (400_000, 500_000, 3_500_000, 3_500_000),
        5: (1_200_000, 900_000, 5_500_000, 3_500_000),
        10: (6_000_000, 3_000_000, 5_500_000, 4_500_000),
    }.items()
    for load, count in zip((0.5, 0.7, 0.9, 0.95), counts, strict=True)
]
LONG_ONE_SERVER = [
    (law, load, count)
    for law, counts in {
        "fixed": (400_000, 600_000, 3_500_000, 3_500_000),
        "lognormal": (400_000, 600_000, 3_500_000, 4_500_000),
    }.items()
    for load, count in zip((0.5, 0.7, 0.9, 0.95), counts, strict=True)
]
LONG = len(LONG_ERLANG) + len(LONG_ONE_SERVER)


@pytest.mark.parametrize(("staff", "load", "count"), QUICK_ERLANG)
def test_poisson_arrivals_and_exponential_service_give_the_erlang_c_wait(staff: int, load: float, count: int) -> None:
    """The mean wait at a desk with exponential service is Erlang C's (joint 99% intervals)."""
    check_erlang(staff, load, count, QUICK)


@pytest.mark.parametrize(("law", "load", "count"), QUICK_ONE_SERVER)
def test_one_server_gives_the_pollaczek_khinchine_wait(law: str, load: float, count: int) -> None:
    """The mean wait at one server is Pollaczek and Khinchine's, whatever the law of service (joint 99% intervals)."""
    check_one_server(law, load, count, QUICK)


@pytest.mark.long
@pytest.mark.parametrize(("staff", "load", "count"), LONG_ERLANG)
def test_erlang_c_over_the_whole_grid(staff: int, load: float, count: int) -> None:
    """Erlang C holds for 1, 2, 5 and 10 people at loads from 0.5 to 0.95 (joint 99% intervals)."""
    check_erlang(staff, load, count, LONG)


@pytest.mark.long
@pytest.mark.parametrize(("law", "load", "count"), LONG_ONE_SERVER)
def test_pollaczek_khinchine_over_the_whole_grid(law: str, load: float, count: int) -> None:
    """Pollaczek and Khinchine hold for fixed and lognormal service at loads from 0.5 to 0.95 (joint 99% intervals)."""
    check_one_server(law, load, count, LONG)


def test_erlang_c_of_textbooks() -> None:
    """Our formula of Erlang C gives known waits: rho / (1 - rho) for one person, and rho^2 / (1 - rho^2) for two."""
    for load in (0.1, 0.5, 0.9):
        assert erlang_c(1, load) == pytest.approx(load / (1 - load))
        assert erlang_c(2, load) == pytest.approx(load**2 / (1 - load**2))
    assert log(erlang_c(10, 0.5)) == pytest.approx(log(0.0072212), abs=1e-3)
