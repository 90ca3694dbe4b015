"""Work that is no case: it keeps people busy, and leaves no trace but its own rows in the log."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.fraud.plan import draw_plan
from sim.measure.metrics import measure
from sim.scenario.models import Scenario
from sim.words.units import DAY, HOUR, MINUTE
from sim.workflow.log import BEGIN, FINISH, QUEUED, RENEGED
from tests.worlds import exponential, listed, route, same_log, victims, world


def duty(**more: Any) -> dict[str, Any]:
    """A duty of one person of the desk, 24 a day, of ten minutes."""
    return {"team": {"desk": 1}, "time": "10m", "per_day": 24.0} | more


def with_duties(*several: dict[str, Any], **sections: Any) -> Scenario:
    """A world with duties, named a, b, ... in order."""
    return world(**{"duties": dict(zip("abc", several, strict=False)), "horizon": "10d", "follow_up": "1d"} | sections)


def of_duties(run: Run) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """By row of the log: it is about a duty."""
    return (run.rows.case < 0) & np.isin(run.rows.kind, (QUEUED, BEGIN, FINISH, RENEGED))


def test_as_many_come_in_as_are_said_and_each_is_worked_on_once() -> None:
    """Ten days at 24 a day bring 240, give or take four standard deviations; each is queued, begun and ended."""
    rows = (run := simulate(with_duties(duty()))).rows
    mine = rows.at(np.flatnonzero(of_duties(run)))
    counts = [np.count_nonzero(mine.kind == kind) for kind in (QUEUED, BEGIN, FINISH)]
    assert abs(counts[0] - 240) <= 4 * 240**0.5
    assert counts[0] == counts[1] == counts[2]
    begun, ended = (mine.at(np.flatnonzero(mine.kind == kind)) for kind in (BEGIN, FINISH))
    assert np.array_equal(ended.time - begun.time, np.full(counts[0], 10 * MINUTE))
    assert run.plan.victims.id.size == 1


def test_they_come_in_by_hour_and_weekday() -> None:
    """With weights on one hour of one day all come in then; 7 July 2025 is a Monday."""
    weights = {"by_hour": [0.0] * 9 + [1.0] + [0.0] * 14, "by_weekday": [0, 0, 1, 0, 0, 0, 0]}
    run = simulate(with_duties(duty(**weights)))
    queued = run.rows.at(np.flatnonzero(of_duties(run) & (run.rows.kind == QUEUED)))
    assert len(queued) > 100
    assert set((queued.time // HOUR).tolist()) <= {2 * 24 + 9, 9 * 24 + 9}


def test_another_rate_or_another_duty_moves_nobody_else() -> None:
    """More of a duty adds pieces and moves none; a second duty, and the first one's time, are independent."""

    def came(*several: dict[str, Any]) -> set[int]:
        run = simulate(with_duties(*several, desks={"desk": {"staff": "unlimited"}}))
        step = run.program.names.index("duties.a")
        return set(run.rows.time[of_duties(run) & (run.rows.kind == QUEUED) & (run.rows.step == step)].tolist())

    few, many = came(duty()), came(duty(per_day=48.0), duty(time="3m"))
    assert few < many


def test_cases_are_none_the_wiser() -> None:
    """At a desk that never makes anyone wait, the plan and every row of a case are as without duties."""
    sections: dict[str, Any] = {
        "victims": victims({"rate": {"per_day": 30.0}}), "desks": {"desk": {"staff": "unlimited"}},
        "horizon": "2d", "follow_up": "1d",
    }  # fmt: skip
    plain, busy = simulate(world(**sections)), simulate(with_duties(duty(), duty(time=exponential(HOUR)), **sections))
    assert same_log(plain.rows, busy.rows.at(np.flatnonzero(~of_duties(busy))))
    assert plain.end == busy.end


@pytest.mark.parametrize("after_cases", [True, None])
def test_who_is_first(after_cases: bool | None) -> None:
    """At a desk with a queue of duties a case is next if they wait for it, and else after those that came before it."""
    duties = duty(time="30m", per_day=100.0, after_cases=after_cases)
    run = simulate(with_duties(duties, victims=listed(12 * HOUR), horizon="1d", follow_up="10d"))
    rows = run.rows
    began, joined = (int(rows.time[(rows.case == 0) & (rows.kind == kind)][0]) for kind in (BEGIN, QUEUED))
    mine = rows.at(np.flatnonzero(of_duties(run)))
    before = set(mine.key[(mine.kind == QUEUED) & (mine.time < joined)].tolist())
    begun = set(mine.key[(mine.kind == BEGIN) & (mine.time < began)].tolist())
    assert (before <= begun) == (after_cases is None)
    assert (began - joined <= 30 * MINUTE) == (after_cases is True)


def test_a_case_does_not_break_into_a_duty() -> None:
    """Served after cases means begun after them: what is in hand is finished, each piece in one go."""
    run = simulate(with_duties(duty(after_cases=True, per_day=140.0), victims=victims({"rate": {"per_day": 20.0}})))
    mine = run.rows.at(np.flatnonzero(of_duties(run)))
    begun, ended = (mine.at(np.flatnonzero(mine.kind == kind)) for kind in (BEGIN, FINISH))
    both = np.isin(begun.key, ended.key)
    assert np.array_equal(np.sort(begun.time[both]) + 10 * MINUTE, np.sort(ended.time))


def test_who_is_not_patient_goes_away() -> None:
    """With a patience of a minute most calls at a busy desk are given up, and none of them is worked on."""
    run = simulate(with_duties(duty(time="1h", patience="1m")))
    mine = run.rows.at(np.flatnonzero(of_duties(run)))
    gone, begun = (set(mine.key[mine.kind == kind].tolist()) for kind in (RENEGED, BEGIN))
    assert len(gone) > 50
    assert gone.isdisjoint(begun)
    assert measure(run).metrics["duty_done_share.a"] == pytest.approx(len(begun) / (len(begun) + len(gone)))


def test_a_team_is_seized_together() -> None:
    """A visit by two with a car has three rows of work that begin and end together."""
    visit = {"team": {"desk": 2, "car": 1}, "time": "40m", "per_day": 24.0}
    run = simulate(with_duties(visit, desks={"desk": {"staff": 3}, "car": {"staff": 1}}))
    mine = run.rows.at(np.flatnonzero(of_duties(run)))
    for kind in (BEGIN, FINISH):
        _, rows = np.unique(mine.key[mine.kind == kind], return_counts=True)
        assert set(rows.tolist()) == {3}


def test_utilisation_counts_them_and_waits_do_not() -> None:
    """A desk with duties of 4 h a day and no case is busy a sixth of the time, all of it on duties."""
    metrics = measure(simulate(with_duties(duty(), horizon="60d"))).metrics
    assert metrics["utilisation.desk"] == pytest.approx(1 / 6, rel=0.1)
    assert metrics["duties.desk"] == pytest.approx(metrics["utilisation.desk"], rel=0.01)
    assert metrics["answered_share.desk"] == 1
    assert metrics["wait.desk"] == 0 or metrics["wait.desk"] <= 600
    assert metrics["duty_wait.a"] > 0


def test_they_come_in_as_long_as_a_stop_may_last_and_no_run_waits_for_them() -> None:
    """Without a law nothing comes in after the horizon; with one, so long as its stops last."""
    law = {"stop": "2d", "most_stops": 2, "freeze": "9d", "renewals": 0}
    for rule, last in ((None, 10), (law, 14)):
        scenario = with_duties(duty(), law=rule, follow_up="60d", victims=listed(9 * DAY), routes=LONG)
        run = simulate(scenario)
        queued = run.rows.time[of_duties(run) & (run.rows.kind == QUEUED)]
        assert last - 1 < queued.max() / DAY < last
    assert simulate(with_duties(duty(), law=law, follow_up="60d")).end == 10 * DAY


LONG = {"call": route({"wait": {"wait": {"for": "30d"}, "leak": {"wait": "long"}}})}


def test_the_speed_of_the_response_is_not_that_of_duties() -> None:
    """A centre that is slower with cases works on duties as it does; one that is faster is held up by them less."""

    def each(**latency: dict[str, Any]) -> set[int]:
        run = simulate(with_duties(duty(), latency=latency))
        mine = run.rows.at(np.flatnonzero(of_duties(run)))
        begun, ended = (mine.at(np.flatnonzero(mine.kind == kind)) for kind in (BEGIN, FINISH))
        assert len(begun) > 150
        assert begun.key.tolist() == ended.key.tolist()
        assert (measure(run).metrics["duties.desk"] > 0) == bool((ended.time > begun.time).any())
        return set((ended.time - begun.time).tolist())

    assert each() == each(all={"factor": 3.0}) == each(all={"factor": 1.0, "add": "1h"}) == {10 * MINUTE}
    assert each(all={"factor": 0.5}) == {5 * MINUTE}
    assert each(all={"factor": 0.0}) == {0}  # nothing holds up an instant centre


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"a": duty(team={"nobody": 1})}, "no desk is named 'nobody'"),
        ({"a": duty(team={"desk": 2})}, "2 heads of a desk that never has more than 1"),
        ({"a": duty(per_day=40_000.0)}, "pieces of work in the whole run"),
        ({"done": duty()}, "a name that is taken"),
        ({"a": duty(by_weekday=[0.0] * 7)}, "weights of 0 only"),
    ],
)
def test_what_cannot_be_is_refused(wrong: dict[str, Any], says: str) -> None:
    """A duty of a desk that is not there, or too small, or of more pieces than a log can tell apart."""
    with pytest.raises(ValueError, match=says):
        world(duties=wrong, horizon="100d")


def test_a_plan_is_the_same_with_and_without_duties() -> None:
    """Duties are no part of the fraud."""
    plain, busy = (draw_plan(one, 1, 0) for one in (world(), with_duties(duty(), horizon="1d", follow_up="60d")))
    assert plain.victims.key.tolist() == busy.victims.key.tolist()
    assert plain.transfers.dwell.tolist() == busy.transfers.dwell.tolist()
