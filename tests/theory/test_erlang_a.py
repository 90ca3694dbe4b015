"""A desk whose callers lose patience is the Erlang-A queue (M/M/n+M), so its waits and its losses are known.

The model: C. Palm, Research on telephone traffic carried by full availability groups, Tele 4, 1957; O. Garnett,
A. Mandelbaum and M. Reiman, Designing a call center with impatient customers, MSOM 4(3), 2002. Callers who give up do
not call again here. Every number of a cell comes from the stationary law of its birth-death chain.
"""

from __future__ import annotations

from math import exp, factorial

import numpy as np
import pytest

from sim.study.infer.formulas import erlang_a, erlang_c
from sim.workflow.log import BEGIN, RENEGED
from tests.theory.queueing import BETWEEN, batches, check_mean, desk_runs, people, until
from tests.worlds import exponential, work


def erlang_b(staff: int, load: float) -> float:
    """Share of callers turned away where nobody waits: A. K. Erlang, 1917, the sum written out."""
    offered = staff * load
    terms = [offered**k / factorial(k) for k in range(staff + 1)]
    return terms[-1] / sum(terms)


MEASURES = ("wait", "wait_answered", "abandoned", "answered")


def check_cell(staff: int, load: float, impatience: float, victims_wanted: int, cells: int) -> list[str]:
    """Hold all measures of one cell against theory: half-widths at most 5%, all cells and measures joint at 99%."""
    service = round(staff * load * BETWEEN)
    step = work(time=exponential(service), patience=exponential(service / impatience), on_renege="gone")
    means: dict[str, list[float]] = {name: [] for name in MEASURES}
    for run, number in desk_runs(staff, step, victims_wanted, gone={"end": "gone"}):
        for begun, gone in zip(batches(until(run, BEGIN), number), batches(until(run, RENEGED), number), strict=True):
            answered = np.isfinite(begun)
            assert np.array_equal(answered, ~np.isfinite(gone))
            means["wait"].append(np.where(answered, begun, gone).mean() / service)
            means["wait_answered"].append(begun[answered].mean() / service)
            means["abandoned"].append(1 - answered.mean())
            means["answered"].append(answered.mean())
    expected = erlang_a(staff, service / (staff * BETWEEN), impatience)
    return [
        check_mean(np.array(means[name]), getattr(expected, name), cells * len(MEASURES), 0.05, name)
        for name in MEASURES
    ]


# (people, offered load per person, patience ends so many times as fast as service, callers)
QUICK = [(1, 0.7, 1.0, 200_000), (5, 1.0, 0.5, 200_000), (3, 1.5, 2.0, 200_000)]
LONG = [
    (staff, load, impatience, count)
    for (staff, load), counts in {
        (1, 0.8): (100_000, 120_000, 220_000),
        (1, 1.0): (100_000, 120_000, 280_000),
        (1, 1.5): (100_000, 120_000, 180_000),
        (5, 0.8): (500_000, 240_000, 320_000),
        (5, 1.0): (340_000, 220_000, 180_000),
        (5, 1.5): (160_000, 140_000, 160_000),
        (20, 0.8): (3_600_000, 1_900_000, 1_100_000),
        (20, 1.0): (1_100_000, 640_000, 480_000),
        (20, 1.5): (160_000, 180_000, 180_000),
    }.items()
    for impatience, count in zip((0.25, 1.0, 4.0), counts, strict=True)
]
"""Counts by people and load, each for impatience 0.25, 1 and 4."""


@pytest.mark.parametrize(("staff", "load", "impatience", "count"), QUICK)
def test_a_desk_with_impatient_callers_is_the_erlang_a_queue(
    staff: int, load: float, impatience: float, count: int
) -> None:
    """Mean waits of all and of the answered, and the shares answered and abandoned, are Erlang A's (joint 99%)."""
    check_cell(staff, load, impatience, count, len(QUICK))


@pytest.mark.long
@pytest.mark.parametrize(("staff", "load", "impatience", "count"), LONG)
def test_erlang_a_over_the_whole_grid(staff: int, load: float, impatience: float, count: int) -> None:
    """Erlang A holds for 1, 5 and 20 people, under-, critically and overloaded, patient and hasty (joint 99%)."""
    check_cell(staff, load, impatience, count, len(LONG))


def test_endless_patience_gives_erlang_c() -> None:
    """Where patience hardly ever ends and the desk is not overloaded, our formula's wait is Erlang C's."""
    for staff, load in ((1, 0.5), (2, 0.9), (10, 0.7)):
        patient = erlang_a(staff, load, 1e-9)
        assert patient.wait == pytest.approx(erlang_c(staff, load), rel=1e-5)
        assert patient.wait_answered == pytest.approx(patient.wait, rel=1e-5)
        assert patient.abandoned == pytest.approx(0, abs=1e-6)


def test_no_patience_gives_erlang_b() -> None:
    """Where nobody waits at all, our formula's share abandoned is the share Erlang B turns away."""
    for staff, load in ((1, 0.5), (3, 1.5), (10, 1.0)):
        hasty = erlang_a(staff, load, 1e9)
        assert hasty.abandoned == pytest.approx(erlang_b(staff, load), rel=1e-6)
        assert hasty.wait == pytest.approx(0, abs=1e-8)


def test_patience_that_ends_as_fast_as_service_makes_a_poisson_number_of_callers() -> None:
    """With patience like service, callers in the system are Poisson: one person is idle with chance exp(-load)."""
    for load in (0.3, 1.0, 2.5):
        found = erlang_a(1, load, 1.0)
        assert found.answered == pytest.approx((1 - exp(-load)) / load)  # busy time is the answered callers' service
        assert found.wait == pytest.approx((load - (1 - exp(-load))) / load)  # mean queue = mean number - mean busy


def test_everybody_is_answered_or_gives_up_and_the_overload_must_give_up() -> None:
    """Our formula's shares sum to 1, and at a desk offered far more than it can do the answered are 1 / load."""
    for staff, load, impatience in ((1, 0.7, 1.0), (5, 1.0, 0.2), (20, 2.0, 0.5)):
        found = erlang_a(staff, load, impatience)
        assert found.answered + found.abandoned == pytest.approx(1)
    assert erlang_a(20, 2.0, 0.5).answered == pytest.approx(1 / 2.0, rel=1e-3)


if __name__ == "__main__":
    for cell in LONG:
        for said in check_cell(*cell, len(LONG)):
            print(f"{people(cell[0])}, load {cell[1]:g}, impatience {cell[2]:g}: {said}", flush=True)
