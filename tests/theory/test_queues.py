"""The desks are queues, so queueing theory knows their mean wait."""

from __future__ import annotations

from math import exp, log

import numpy as np
import pytest

from sim.scenario.law_parameters import Z90
from sim.study.infer.formulas import erlang_c, pollaczek_khinchine
from sim.workflow.log import BEGIN
from tests.theory.queueing import BETWEEN, batches, check_mean, desk_runs, people, until
from tests.worlds import exponential, ms, work

SPREAD = 0.8
"""Standard deviation of the logarithm of a lognormal service time."""


def check(staff: int, service: object, expected: float, load: float, victims_wanted: int, cells: int) -> str:
    means = [
        part.mean()
        for run, number in desk_runs(staff, work(time=service), victims_wanted)
        for part in batches(until(run, BEGIN), number)
    ]
    return check_mean(np.array(means), expected, cells, 0.05 if load <= 0.9 else 0.10, "mean wait, ms")


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


def check_erlang(staff: int, load: float, victims_wanted: int, cells: int) -> str:
    service = staff * load * BETWEEN
    return check(staff, exponential(service), erlang_c(staff, load) * round(service), load, victims_wanted, cells)


def check_one_server(law: str, load: float, victims_wanted: int, cells: int) -> str:
    service = load * BETWEEN
    written, squared_variation = laws_of(service)[law]
    return check(1, written, pollaczek_khinchine(load, squared_variation) * service, load, victims_wanted, cells)


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


if __name__ == "__main__":
    for staff, load, count in LONG_ERLANG:
        print(f"{people(staff)}, exponential, load {load:g}: {check_erlang(staff, load, count, LONG)}", flush=True)
    for law, load, count in LONG_ONE_SERVER:
        print(f"1 person, {law}, load {load:g}: {check_one_server(law, load, count, LONG)}", flush=True)
