"""Staffing a scenario: what varies, what the work needs, and the answer in a small world."""

from __future__ import annotations

from dataclasses import replace
from math import ceil, nan
from typing import Any

import numpy as np
import pytest

from sim.engine.run import simulate
from sim.report.findings.roster_week import payroll, week_of
from sim.report.findings.staffing import headline, tables
from sim.scenario.models import Scenario
from sim.study.ask.aim import Aim
from sim.study.ask.goals import goals_of
from sim.study.ask.heads import ample, offered, variables_of, with_heads
from sim.study.ask.offered_load import load_by_hour, square_root
from sim.study.ask.reach import Reach
from sim.study.ask.staff import staff
from sim.study.infer.search import Found
from sim.study.infer.stats import Summary, summary
from sim.study.run.errors import StudyError
from sim.study.run.runner import Runner
from sim.web.asking import ACCEPTED, GOALS, WRITTEN
from sim.words.units import HOUR
from tests.worlds import exponential, listed, ms, stop_everything, victims, work, world

DAY_SHIFT = {"from": "08:00", "to": "20:00", "staff": 3, "breaks": [{"at": "12:00", "lasts": "1h", "staff": 2}]}
NIGHT_SHIFT = {"from": "20:00", "to": "08:00", "staff": 1}


def centre(**sections: Any) -> Scenario:
    """A day of some forty reports, each with twenty minutes of work, at one desk; money leaves within the hour."""
    desk = {"shifts": [DAY_SHIFT, NIGHT_SHIFT], "wage": "60 yuan", "set_up": "18250 yuan"}
    return world(
        **{
            "horizon": "1d", "follow_up": "2d", "desks": {"desk": desk},
            "victims": victims({"rate": {"per_day": 40.0}}), "routes": stop_everything(exponential(20 * 60_000)),
        } | sections
    )  # fmt: skip


def test_the_heads_of_every_shift_vary() -> None:
    """A desk has a variable for each shift, with the heads that its breaks need at least, and a price."""
    scenario = centre()
    day, night = variables_of(scenario, ["desk"])
    assert (day.label, day.now(scenario), day.least) == ("desk 08:00-20:00", 3, 2)
    assert (night.label, night.now(scenario), night.least) == ("desk 20:00-08:00", 1, 1)
    assert day.hours(scenario) == list(range(8, 20))
    assert night.hours(scenario) == [*range(8), *range(20, 24)]
    assert day.price(scenario) == pytest.approx(12 * 60 + 10)
    changed = with_heads(scenario, [day, night], (5, 2)).desks["desk"].shifts
    assert changed is not None
    assert [shift.staff for shift in changed] == [5, 2]


def test_skills_are_of_people_who_are_left() -> None:
    """Of a desk that shrinks below the number of those with a skill all have it, as the scenario would be written."""
    scenario = world(desks={"desk": {"staff": 4, "skills": {"crypto": 3}, "wage": "60 yuan"}})
    small = with_heads(scenario, variables_of(scenario, ["desk"]), (2,))
    assert small.desks["desk"].skills == {"crypto": 2}
    Scenario.model_validate(small.model_dump(mode="json", by_alias=True, exclude_none=True))


def test_the_load_is_the_work_of_each_hour() -> None:
    """Two reports at 05:30, with 45 minutes of work each: one erlang from 05:30 to 06:00, half of one an hour later."""
    scenario = world(
        start="2025-07-07T05:00:00", horizon="1d", victims=listed(HOUR // 2, HOUR // 2),
        desks={"desk": {"staff": 9, "wage": "60 yuan"}}, routes=stop_everything("45m"),
    )  # fmt: skip
    load = load_by_hour(simulate(scenario), 0)
    assert load[5] == pytest.approx(1.0)
    assert load[6] == pytest.approx(0.5)
    assert load.sum() == pytest.approx(1.5)


def test_the_load_does_not_depend_on_the_heads() -> None:
    """The pilot has ample people: a desk with a head too few is offered what one with enough of them is."""
    few, enough = centre(), centre(desks={"desk": {"staff": 9, "wage": "60 yuan"}})
    loads = [offered(one, variables_of(one, ["desk"]), 1)["desk"] for one in (few, enough)]
    assert np.array_equal(*loads)
    assert loads[0].mean() == pytest.approx(40 * 20 / 1440, rel=0.35)
    assert ample(few, variables_of(few, ["desk"])).desks["desk"].most > 100


def test_square_root_staffing() -> None:
    """A load of 9 needs 9 and three standard deviations of one: 12 heads; a load of nothing one head."""
    assert (square_root(9.0), square_root(9.0, 2.0), square_root(0.0)) == (12, 15, 1)


def test_the_least_cost_for_a_target() -> None:
    """The answer meets the target, a roster with a head fewer on a shift does not or is no roster; n is told."""
    result = staff(Runner(), centre(), ["desk"], Aim.read("recovered_share=0.6"), zone="0.05", replications=20)
    assert result.found.met
    assert result.best.share.mean >= 0.55
    assert result.best.cost.n == 20
    assert len(result.next_heads) == 2
    assert all(one.cost.mean > 0 for one in result.next_heads)
    assert result.best.cost.mean == min(
        one.cost.mean for one in result.ladder if one.share.mean >= result.best.share.mean
    )
    said = " ".join(headline(result))
    assert "differences below 5.00% do not matter" in said
    assert "zone" not in said
    shown = [str(column.header) for table in tables(result) for column in table.columns]
    assert "busy on average in the busiest hour" in shown


@pytest.mark.parametrize(
    ("target", "name"), [("response_latency_p95=75m", "response_latency_p95"), ("answered_share.desk=90%", "answered")]
)
def test_what_each_goal_of_another_metric_costs(target: str, name: str) -> None:
    """Goals are told of the target's metric too: each is reached by its rung and by no cheaper one, dearer in turn."""
    call = work(time=exponential(20 * 60_000), patience=exponential(30 * 60_000), on_renege="gone")
    routes = stop_everything(0)
    routes["call"]["steps"] |= {"statement": call, "gone": {"end": "gone"}}
    scenario = centre(routes=routes)
    result = staff(Runner(), scenario, ["desk"], Aim.read(target), zone="10m" if "p95" in target else "0.05",
                   replications=10)  # fmt: skip
    assert name in (result.aim.metric if result.aim else "")
    assert result.aim_levels
    known = [*result.aim_ladder, result.now]
    edges = {one.heads: one.measure.high if "p95" in target else one.measure.low
             for one in known if one.measure}  # fmt: skip
    sign = -1 if "p95" in target else 1
    for level in result.aim_levels:
        assert sign * edges[level.rung.heads] >= sign * level.value - 1e-9
        cheaper = [one for one in known if one.cost.mean < level.rung.cost.mean]
        assert all(sign * edges[one.heads] < sign * level.value for one in cheaper)
    costs = [level.rung.cost.mean for level in result.aim_levels]
    assert costs == sorted(costs)


@pytest.mark.parametrize("target", [None, "response_latency_p95=75m"])
def test_todays_roster_stands_among_the_goals(target: str | None) -> None:
    """In each table once, in its place by cost, with what it reaches: the table may not stop below today."""
    rich = centre(desks={"desk": {"shifts": [DAY_SHIFT | {"staff": 6}, NIGHT_SHIFT], "wage": "200 yuan"}})
    aim = Aim.read(target) if target else None
    result = staff(Runner(), rich, ["desk"], aim, zone="10m" if target else None, replications=10)
    goals = [one for one in tables(result) if "What each goal costs" in str(one.title)]
    assert len(goals) == 1 + bool(target)
    for table in goals:
        heads, costs, said = (list(table.columns[place]._cells) for place in (1, 2, 0))
        (today,) = [place for place, one in enumerate(said) if str(one).startswith("today's roster: ")]
        assert heads[today] == str(sum(result.now.heads))
        numbers = [float(str(one).replace(",", "")) for one in costs]
        assert numbers == sorted(numbers)


def test_goals_lie_no_closer_than_intervals_tell_apart() -> None:
    """Goals half an interval apart at least; where that leaves none, the hardest one that is reached."""
    assert [mark for mark, _ in goals_of([0.112, 0.151, 0.187], width=0.04)] == pytest.approx([0.15])
    assert [mark for mark, _ in goals_of([0.112, 0.151, 0.187], width=0.3)] == pytest.approx([0.18])
    assert [mark for mark, _ in goals_of([4000.0, 900.0], at_most=True, width=3000.0)] == pytest.approx([3600.0])


@pytest.mark.parametrize(
    ("low", "high", "met"), [(0.15, 0.2, True), (0.1, 0.14, False), (0.1, 0.2, None), (nan, nan, None)]
)  # fmt: skip
def test_a_target_is_met_where_the_whole_interval_meets_it(low: float, high: float, met: bool | None) -> None:
    """Below it is not met, across it open; of a time the other way round."""
    one = Summary(0.15, low, high, 0.15, low, high, 10)
    assert Aim("recovered_share", 0.15, at_most=False).met(one) is met
    late = Summary(-0.15, -high, -low, -0.15, -high, -low, 10)
    assert Aim("wait", -0.15, at_most=True).met(late) is met


@pytest.mark.parametrize(
    ("sure", "at_most", "goals"),
    [
        ([0.112, 0.151, 0.148, 0.187], False, [(0.12, 1), (0.14, 1), (0.16, 3), (0.18, 3)]),
        ([4000.0, 2000.0, nan, 900.0], True, [(3600.0, 1), (3000.0, 1), (2400.0, 1), (1800.0, 3), (1200.0, 3)]),
        ([0.5, 0.5], False, []),
        ([nan], True, []),
    ],
)  # fmt: skip
def test_goals_are_round_and_reached(sure: list[float], at_most: bool, goals: list[tuple[float, int]]) -> None:
    """Round shares rise and round times fall; each goes to the first rung, by cost, whose interval is within it."""
    found = goals_of(sure, at_most=at_most)
    assert [place for _, place in found] == [place for _, place in goals]
    assert [mark for mark, _ in found] == pytest.approx([mark for mark, _ in goals])


def test_the_most_net_beats_the_present_roster() -> None:
    """Five night heads with nothing to do are dismissed: the net of the answer is above that of the scenario."""
    idle = centre(desks={"desk": {"shifts": [DAY_SHIFT, NIGHT_SHIFT | {"staff": 6}], "wage": "200 yuan"}})
    result = staff(Runner(), idle, ["desk"], zone="2000 yuan", budget=1500, replications=20)
    assert result.best.heads[1] < 6
    assert result.best.change.net.low > 0
    assert result.now.change.net.mean == 0
    assert 0 < result.best.busy["desk"] < 0.9
    days = [sum(map(sum, week_of(idle, result, one.heads)["desk"])) for one in (result.best, result.now)]
    hours, people, now = days[0], *(ceil(one / 40) for one in days)
    assert payroll(result).endswith(f" {hours} hours a week: {people} people at 40 hours each (now {now}).")
    full = replace(result, best=replace(result.best, busy={"desk": 0.98}))
    said = [[one for one in headline(some) if "more work than people" in one] for some in (result, full)]
    assert not any("other work" in line for line in headline(result))
    busy = {"desk": {"team": {"desk": 1}, "time": "5m", "per_day": 3, "by_hour": [1.0] * 24}}
    of_others = replace(result, scenario=centre(duties={"call-backs": busy["desk"]}))
    assert "how much other work they have (call backs)" in headline(of_others)[-1]
    assert [len(one) for one in said] == [0, 1]  # a queue that grows with the period: a short one tells little


def test_a_roster_as_good_as_todays_is_told_against_it() -> None:
    """Five night heads with nothing to do are dismissed, and the difference of the metric is paired."""
    idle = centre(desks={"desk": {"shifts": [DAY_SHIFT, NIGHT_SHIFT | {"staff": 6}], "wage": "200 yuan"}})
    aim = Aim.read("recovered_share=today-3%")
    result = staff(Runner(), idle, ["desk"], aim, budget=2000, replications=20)
    assert result.best.heads[1] < 6
    assert result.best.cost.high < result.now.cost.low
    assert result.best.gap is not None
    assert result.best.gap.low > -0.06
    lines = headline(result)
    assert any("against today's; wanted no more than 3 points below it" in line for line in lines)
    assert any("differences below 3 points do not matter" in line for line in lines)
    assert not any("meets the target" in line for line in lines)


@pytest.mark.parametrize(
    ("text", "aim"),
    [
        ("recovered_share=today-1%", Aim("recovered_share", 0.01, at_most=False, from_today=True)),
        ("p95_response_latency = today + 2m", Aim("response_latency_p95", 120.0, at_most=True, from_today=True)),
        ("recovered_share=today", None),
        ("recovered_share=today+1%", None),
        ("recovered_share=today-0%", None),
        ("recovered_share=today-130%", None),
        ("response_latency=today-2m", None),
        ("response_latency=todayish", None),
    ],
)
def test_targets_told_from_today(text: str, aim: Aim | None) -> None:
    """How much worse is accepted, in the unit of the metric; anything else in one line."""
    if aim is None:
        with pytest.raises(StudyError, match=r"--target: read 'today.*accepted: how much worse than today may be"):
            Aim.read(text)
    else:
        assert Aim.read(text) == aim


def test_every_goal_of_a_page_is_one_of_the_command() -> None:
    """What is typed there is read as what `staff --target` reads."""
    assert {*GOALS} == {*WRITTEN, *ACCEPTED, "net"}
    assert [Aim.read(one.format(value="3")).from_today for one in WRITTEN.values()] == [False, False, True]


def test_wages_after_the_horizon_do_not_count() -> None:
    """A longer follow-up changes neither the answer nor its cost."""
    short, long = (
        staff(Runner(), centre(follow_up=wait), ["desk"], zone="2000 yuan", budget=400, replications=5)
        for wait in ("2d", "20d")
    )
    assert short.best.heads == long.best.heads
    assert short.best.cost == long.best.cost


@pytest.mark.parametrize(
    ("change", "desks", "said"),
    [
        ({}, ["dek"], "--desks: read 'dek', accepted: desk"),
        ({"desks": {"desk": {"staff": 2}}}, ["desk"], "without one, cost has no meaning"),
        ({"desks": {"desk": {"staff": "unlimited", "wage": "1 yuan"}}}, ["desk"], "a desk with a number of staff"),
        ({}, [], "--desks: read nothing"),
    ],
)
def test_desks_that_cannot_be_staffed(change: dict[str, Any], desks: list[str], said: str) -> None:
    """An unknown desk, one without a price, or without an end of people is refused in one line."""
    with pytest.raises(StudyError, match=said):
        variables_of(centre(**change), desks)


@pytest.mark.parametrize("text", ["recovered=1", "recovered_share", "recovered_share=2", "p95_response_latency=30"])
def test_targets_that_cannot_be_read(text: str) -> None:
    """A target is a known metric and a value of its kind."""
    with pytest.raises(StudyError, match="--target: read"):
        Aim.read(text)


def test_targets_that_can() -> None:
    """A share is the least, a time the most that is accepted; the planner's word for the 95th percentile is known."""
    assert Aim.read("answered_share.intake=90%") == Aim("answered_share.intake", 0.9, at_most=False)
    assert Aim.read("p95_response_latency=30m") == Aim("response_latency_p95", 1800.0, at_most=True)


def test_a_target_out_of_reach_says_the_best_reachable() -> None:
    """A bank that takes an hour leaves no latency of ten minutes, whoever is at the desk: one line says what is."""
    slow = centre(bank_profiles={"machine": {"staff": "unlimited", "time": ms(HOUR)}})
    with pytest.raises(StudyError, match=r"--target: read response_latency=600, accepted: at least \d{4}") as said:
        staff(Runner(), slow, ["desk"], Aim.read("response_latency=10m"))
    assert "\n" not in str(said.value)


def test_an_unknown_metric_of_a_known_group() -> None:
    """answered_share of a desk that is not there is refused with the nearest."""
    with pytest.raises(StudyError, match=r"answered_share\.desk"):
        staff(Runner(), centre(), ["desk"], Aim.read("answered_share.desk1=0.9"))


@pytest.mark.parametrize(
    ("aim", "mean", "certain", "accepted"),
    [
        (Aim("recovered_share", 0.16, at_most=False), 0.1737, False, "more --most-runs, or an easier target"),
        (Aim("recovered_share", 0.17, at_most=False), 0.1737, False, "more --most-runs, or at most 0.1637"),
        (Aim("recovered_share", 0.2, at_most=False), 0.1737, True, "accepted: at most 0.1637"),
        (Aim("wait", 60.0, at_most=True), -65.0, False, "or at least 65.01"),
    ],
)
def test_what_is_accepted_is_not_what_was_read(aim: Aim, mean: float, certain: bool, accepted: str) -> None:
    """A target out of reach is told the best, and a bound that the target itself is beyond."""
    variables = variables_of(centre(), ["desk"])
    tested = summary([mean - 0.01, mean + 0.01])
    said = Reach(aim, Found((5, 3), certain, met=False), variables, 0.02, tested, tested).why()
    assert accepted in said
    assert "is the best that can be reached" in said
