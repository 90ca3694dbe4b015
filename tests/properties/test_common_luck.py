"""Common random numbers: what is not touched by a change meets the same luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.engine.run import Run, simulate
from sim.fraud.plan import draw_plan
from sim.words.units import HOUR
from sim.workflow.log import CANCELLED, QUEUED, RENEGED
from tests.examples import some
from tests.properties.test_plan import check_same_cases
from tests.worlds import case, city, exponential, moments, rows_of, service_times, victims

SCAM: dict[str, Any] = {
    "loss": {"lognormal": {"median": "1k yuan", "p90": "4k yuan"}}, "most_payments": 3,
    "payment_gap": exponential(60_000), "discovery": exponential(600_000), "report_lag": exponential(300_000),
}  # fmt: skip
BASE: dict[str, Any] = {"staff": (2, 2, 1), "queue": "fifo"}
CHANGES: dict[str, dict[str, Any]] = {
    "another policy": {"queue": "largest_first"},
    "yet another policy": {"queue": "freshest_first"},
    "more people": {"staff": (4, 6, 3)},
    "people without end": {"staff": "unlimited"},
}


def records(run: Run, leave_out: set[int]) -> list[tuple[Any, ...]]:
    """The records of a log that are about a case, with ids instead of rows and without some cases."""
    named = run.named_log()
    del named["seq"]
    case_of = list(named).index("case")
    return [row for row in zip(*named.values(), strict=True) if row[case_of] not in (None, *leave_out)]


@settings(max_examples=some(30))
@given(
    seed=st.integers(0, 2**40), times=st.lists(st.integers(0, 10 * HOUR), min_size=1, max_size=12),
    new=st.integers(0, 11 * HOUR), react=st.booleans(), rated=st.booleans(),
)  # fmt: skip
def test_one_more_victim_changes_no_other_record(
    seed: int, times: list[int], new: int, react: bool, rated: bool
) -> None:
    """With people without end, a victim added to the list leaves every record of all others as it was."""
    rates = {"rate": {"per_day": 20.0}} if rated else {}
    runs = []
    for several in (times, [*times, new]):
        arrivals = {"list": {"cases": [case(time) for time in several]}, **rates}
        runs.append(simulate(city(staff="unlimited", react=react, victims=victims(arrivals, **SCAM)), seed))
    before, after = runs
    added = set(after.plan.victims.id.tolist()) - set(before.plan.victims.id.tolist())
    assert len(added) == 1
    assert records(after, set()) != records(after, added) == records(before, set())


@settings(max_examples=some(30))
@given(seed=st.integers(0, 2**40), low=st.floats(1, 40), more=st.floats(0.1, 40), react=st.booleans())
def test_a_raised_rate_changes_no_record_of_those_who_came_anyway(
    seed: int, low: float, more: float, react: bool
) -> None:
    """With people without end, a higher rate adds victims and leaves every record of the others as it was."""
    before, after = (
        simulate(city(staff="unlimited", react=react, victims=victims({"rate": {"per_day": rate}}, **SCAM)), seed)
        for rate in (low, low + more)
    )
    ids = set(before.plan.victims.id.tolist())
    assert ids <= set(after.plan.victims.id.tolist())
    assert records(before, set()) == records(after, set(after.plan.victims.id.tolist()) - ids)


def drawn_times(run: Run) -> tuple[dict[Any, int], dict[Any, int]]:
    """Working times of finished work and patience of who gave up, by (case id, account, step's name, attempt)."""
    ids, names = run.plan.victims.id.tolist(), run.program.names

    def named(times: dict[Any, int]) -> dict[Any, int]:
        return {(ids[row], account, names[step], attempt): t for (row, account, step, attempt), t in times.items()}

    cancelled = {row[2:6] for row in rows_of(run.rows, CANCELLED)}
    joined, left = moments(run.rows, QUEUED), moments(run.rows, RENEGED)
    worked = {stay: time for stay, time in service_times(run.rows).items() if stay not in cancelled}
    return named(worked), named({stay: left[stay] - joined[stay] for stay in left})


@pytest.mark.parametrize("change", CHANGES)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_change_of_the_response_changes_no_luck(change: str, seed: int) -> None:
    """Another policy or more people: the same plan, and each (subject, step, attempt) takes the same time."""
    before, after = (simulate(city(**shape), seed) for shape in (BASE, BASE | CHANGES[change]))
    check_same_cases(before.plan, np.arange(len(before.plan.victims)), after.plan, np.arange(len(after.plan.victims)))
    for one, other in zip(drawn_times(before), drawn_times(after), strict=True):
        both = one.keys() & other.keys()
        assert {key: one[key] for key in both} == {key: other[key] for key in both}
    assert len(drawn_times(before)[0].keys() & drawn_times(after)[0].keys()) > 50
    assert before.rows.time.tolist() != after.rows.time.tolist()


def test_patience_belongs_to_the_caller_and_the_attempt() -> None:
    """Who gives up in a faster and in a slower centre gives up after the same time."""
    many = victims({"rate": {"per_day": 150.0}}, **SCAM)
    before, after = (
        drawn_times(simulate(city(staff=(1, 2, 1), latency=latency, victims=many), 3))[1]
        for latency in ({"intake": {"factor": 3.0}}, {"intake": {"factor": 5.0}})
    )
    both = before.keys() & after.keys()
    assert len(both) > 50
    assert {key: before[key] for key in both} == {key: after[key] for key in both}


@pytest.mark.parametrize(("factor", "add"), [(0.5, 0), (3.0, 0), (1.0, 7000), (2.0, 1000)])
def test_a_latency_changes_the_times_of_its_stage_and_no_others(factor: float, add: int) -> None:
    """A slower analysts' desk has each of its times multiplied and prolonged; all other times stay as drawn."""
    slower = {"analyst": {"factor": factor, "add": f"{add}ms"}}
    before, after = (simulate(city(**BASE, latency=latency), 4) for latency in ({}, slower))
    check_same_cases(before.plan, np.arange(len(before.plan.victims)), after.plan, np.arange(len(after.plan.victims)))
    one, other = drawn_times(before)[0], drawn_times(after)[0]
    both = one.keys() & other.keys()
    changed = {key for key in both if key[2] == "account.entry"}
    assert len(changed) > 20
    assert len(both - changed) > 20
    assert all(other[key] == one[key] for key in both - changed)
    assert all(other[key] == round(one[key] * factor) + add for key in changed)


def test_what_the_response_is_has_no_part_in_the_plan() -> None:
    """Desks, routes, profiles and latency can all change: the plan is the same in every column."""
    plain = city(**BASE)
    other = city(
        staff="unlimited", latency={"all": {"factor": 0.0}},
        bank_profiles={
            "machine": {"staff": 1, "time": "9h"}, "officer": {"staff": 3, "time": "1m"},
        },
    )  # fmt: skip
    one, two = draw_plan(plain, 9, 4), draw_plan(other, 9, 4)
    check_same_cases(one, np.arange(len(one.victims)), two, np.arange(len(two.victims)))
    assert len(one.victims) == len(two.victims) > 0
