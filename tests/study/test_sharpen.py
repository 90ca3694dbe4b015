"""An estimate that sharpens while somebody looks."""

from __future__ import annotations

import json
from collections.abc import Sequence
from itertools import pairwise

import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.study.ask.compare import compare
from sim.study.ask.sharpen import CLOSE, FACTORS, FEWEST, FIRST, Estimate, curves, estimates
from sim.study.ask.week import average_week
from sim.study.run import worker
from sim.study.run.runner import Arm, Runner
from sim.study.run.worker import FirstPlans, run_chunk

CASE = "wuhan-35min"


def case(*settings: str) -> Scenario:
    """One case, which takes milliseconds."""
    return load(CASE, settings).scenario


@pytest.fixture(scope="module")
def asked() -> Sequence[Estimate]:
    """All estimates of a case with fewer analysts, up to twenty runs."""
    return list(estimates(Runner(), case("desks.analyst.shifts.0.staff=3"), case(), most=20))


def test_an_estimate_begins_small_and_goes_on_until_all_runs_are_made(asked: Sequence[Estimate]) -> None:
    """Each has the runs of the last, and more."""
    assert asked[0].n == FIRST
    assert asked[-1].n == 20
    assert all(after.runs[: one.n] == one.runs and after.n > one.n for one, after in pairwise(asked))
    assert [one.over for one in asked] == [False] * (len(asked) - 1) + [True]
    assert not any(one.settled for one in asked)


def test_it_is_settled_once_the_share_is_known_to_a_point() -> None:
    """A case that is over before anybody reports varies in nothing."""
    late = case("victims.arrivals.resident.cases.0.report_lag=30d")
    found = list(estimates(Runner(), late))
    assert [(one.n, one.settled, one.over) for one in found][-1] == (FEWEST, True, True)
    assert not any(one.settled for one in found[:-1])
    loose = list(estimates(Runner(), case(), close=0.5))
    half = [(one.of("recovered_share").high - one.of("recovered_share").low) / 2 for one in loose]
    assert [one <= 0.5 and each.n >= FEWEST for one, each in zip(half, loose, strict=True)] == [
        one.settled for one in loose
    ]
    assert loose[-1].settled
    assert CLOSE < 0.5


@pytest.mark.parametrize("place", [0, -1])
def test_it_is_what_run_prints(asked: Sequence[Estimate], place: int) -> None:
    """For the same seed and as many replications, to the last bit of every metric."""
    one = asked[place]
    said = CliRunner().invoke(
        app,
        ["run", CASE, "--set", "desks.analyst.shifts.0.staff=3", "--replications", f"{one.n}", "--jobs", "1", "--json"],
    )
    metrics = json.loads(said.stdout)["metrics"]
    for name in ("loss", "recovered", "recovered_share", "response_latency", "prevented"):
        assert one.of(name).as_dict() | {"low": 0, "high": 0} == metrics[name] | {"low": 0, "high": 0}, name


def test_its_change_is_what_compare_prints(asked: Sequence[Estimate]) -> None:
    """Paired, replication by replication."""
    arms = [Arm("before", case()), Arm("now", case("desks.analyst.shifts.0.staff=3"))]
    names = ["recovered_share", "recovered", "net_loss", "response_latency"]
    for row in compare(Runner(), arms, 20, names):
        if row.arm == "now":
            assert asked[-1].change(row.metric) == row.change


def test_the_curve_goes_through_the_scenario_as_it_is() -> None:
    """The middle point is the estimate of the same runs, and slower never recovers more than instant."""
    last = list(curves(Runner(), case()))[-1]
    assert [row.factor for row in last] == list(FACTORS)
    here = last[FACTORS.index(1.0)]
    runs = list(estimates(Runner(), case(), most=here.n))[-1]
    assert here.recovered == runs.of("recovered_share")
    assert here.response_latency_min == runs.of("response_latency").mean / 60
    assert last[0].recovered.mean > last[-1].recovered.mean


def test_a_week_of_a_centre_has_its_desks_and_people() -> None:
    """People on duty are those of the roster: at three in the morning of a Sunday those of the night."""
    scenario = load("county", ["horizon=14d"]).scenario
    found = {one.desk: one for one in average_week(Runner(), scenario).desks}
    assert set(found) >= set(scenario.desks)
    assert found["analyst"].heads.shape == (168,)
    night, day = found["analyst"].heads[6 * 24 + 3], found["analyst"].heads[2 * 24 + 10]
    assert 0 < night < day


def test_plans_that_are_kept_change_no_number(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs on a plan of an earlier question are those on one drawn anew, also where the fraud changes."""
    asked = [case(), case("desks.analyst.shifts.0.staff=3"), case("criminals.retry=21m"), case()]
    anew = [list(run_chunk([one], 1, [0])) for one in asked]
    kept = FirstPlans()
    kept.most = 2
    monkeypatch.setattr("sim.study.run.worker.first_plans", kept)
    drawn: list[int] = []
    draw = worker.draw_plans

    def counted(*args: object) -> object:
        drawn.append(1)
        return draw(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(worker, "draw_plans", counted)
    again = [list(run_chunk([one], 1, [0])) for one in asked]
    assert repr(again) == repr(anew)
    assert len(drawn) == 3  # the second met the plan of the first; only one fraud is kept
