"""The diagnosis of a centre: right where it is known what binds, silent where nothing does; and what it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sim.report.findings import levers
from sim.report.findings.diagnosis import finding, finding_so_far, strip, tables
from sim.scenario.distributions import DurationDist
from sim.scenario.loader import load
from sim.scenario.models import Scenario
from sim.scenario.people import Desk, Shift
from sim.study.ask.diagnose import Diagnosis, Lift, _Lab, diagnose
from sim.study.ask.outside import HELD, outside
from sim.study.ask.relief import Constraint, closed_hours, lifted
from sim.study.ask.week import average_week, representative_week
from sim.study.infer.stats import summary
from sim.study.run.runner import Runner
from sim.study.run.whole import Whole
from sim.words import names
from sim.words.language import using
from sim.words.units import HOUR
from tests.study.centres import BINDING, binding, free
from tests.worlds import LAW, listed, world

pytestmark = pytest.mark.xdist_group("diagnosis")  # one worker makes each diagnosis once
PAIRS = 20
KINDS, FREE = 5, 10
"""Centres of each kind, and centres in which nothing binds, in the full form."""


@cache
def bound(what: str, number: int) -> Diagnosis:
    """The diagnosis of a centre that something binds, made once."""
    return diagnosed(binding(what, number))


def diagnosed(scenario: Scenario) -> Diagnosis:
    """A diagnosis of a small centre."""
    return diagnose(Runner(seed=1), scenario, PAIRS)


@pytest.mark.parametrize("what", BINDING)
def test_what_binds_is_found(what: str) -> None:
    """One centre of each kind: too few people at one of three desks, a slow bank, a closed night, a wait."""
    result = bound(what, 0)
    assert result.binding[0].constraint == BINDING[what]
    assert result.binding[0].gain.low > 0
    assert result.alone
    assert not result.outside


def test_an_interval_above_0_that_is_still_open_is_explained() -> None:
    """What is above 0 by itself may still be luck among many: the table says so, and only there."""
    result = bound(next(iter(BINDING)), 0)
    first, *others = result.lifts
    assert tables(result)[0].caption is None
    unsure = replace(result, lifts=[replace(first, sure=False, binds=False), *others])
    assert "considered together" in str(tables(unsure)[0].caption)


@pytest.mark.parametrize("number", [0, 1])
def test_nothing_is_said_to_bind_where_nothing_does(number: int) -> None:
    """Of the first nearly all is gone before the report, of the second nearly all comes back: and it says which."""
    result = diagnosed(free(number))
    assert not result.binding
    said = finding(result)
    why = ("gone before anybody reports it", "comes back")[number]
    assert said.startswith("Nothing in the centre binds: ")
    assert why in said
    if not number:  # holds on payments help where nobody reports in time
        assert "a wait of 24 h for payments of 1,000 yuan or more would save" in said
        assert result.outside[0].name == HELD
        assert result.outside[0].gain.low > 0.5 * result.loss.mean


def test_a_diagnosis_that_still_sharpens_says_so_first() -> None:
    """Of some of the pairs that it will have it is told so far; of all of them it says how many there were."""
    result = bound(next(iter(BINDING)), 0)
    assert finding_so_far(result, 2 * PAIRS) == f"So far, from 20 of 40 pairs of runs: {finding(result)}"
    assert finding_so_far(result, PAIRS) == f"{finding(result)} (20 pairs of runs)"
    with using("zh"):
        assert finding_so_far(result, 2 * PAIRS).startswith("暂定结果（共 40 对仿真，已完成 20 对")
        assert "暂定" not in finding_so_far(result, PAIRS)


def all_centres() -> Iterator[tuple[str, Scenario, Constraint | None]]:
    """30 centres with what binds them, and 10 that nothing binds."""
    for number in range(KINDS):
        for what, constraint in BINDING.items():
            yield f"{what} {number}", binding(what, number), constraint
    for number in range(FREE):
        yield f"free {number}", free(number), None


@pytest.mark.long
def test_of_forty_centres_nearly_all_are_diagnosed_rightly() -> None:
    """At least 27 of 30 whose binding desk is known, and at least 9 of 10 in which nothing binds."""
    right = {True: 0, False: 0}
    lines = []
    for name, scenario, constraint in all_centres():
        result = diagnosed(scenario)
        found = result.binding[0].constraint if result.binding else None
        right[constraint is None] += found == constraint
        lines.append(f"{name}: {finding(result)}")
    figure = f"{right[False]} of {6 * KINDS} whose binding desk is known, {right[True]} of {FREE} that nothing binds"
    print(figure, *lines, sep="\n")
    assert right[False] >= 27, figure
    assert right[True] >= 9, figure


def test_two_that_bind_about_equally_are_told_together() -> None:
    """Where luck may have made the first the sentence names both; where the order is sure, one and what comes next."""
    result = bound("audit", 0)
    first = result.binding[0]
    assert result.level == [first]
    assert "about equally" not in finding(result)
    second = replace(first, constraint=Constraint("heads", "analyst"))
    open_ = replace(result, lifts=[first, second], level=[first, second])
    assert finding(open_).startswith("People at audit and people at analyst bind about equally, ")
    assert "next:" not in finding(open_)
    with using("zh"):
        assert "同为瓶颈" in finding(open_)


@pytest.mark.parametrize(("behind", "order"), [((5, -5, 5, -5), "open"), ((5, 6, 5, 6), "sure")])
def test_an_order_is_sure_only_where_no_luck_can_have_made_it(behind: tuple[int, ...], order: str) -> None:
    """The differences of the pairs decide: gains that go up and down together may be sure of their order."""
    lab = _Lab(Runner(seed=1), binding("audit", 0), len(behind))
    luck = (0.0, 400.0, -300.0, 900.0)

    def arm(more: Sequence[float]) -> list[dict[str, float]]:
        return [{"recovered": 1000 + one + by, "prevented": 0.0} for one, by in zip(luck, more, strict=True)]

    audit, analyst = Constraint("heads", "audit"), Constraint("heads", "analyst")
    lab.of = {"as it is": arm((0,) * 4), "without heads audit": arm((100,) * 4)}
    lab.of["without heads analyst"] = arm([100 - one for one in behind])
    nothing = summary([1.0, 2.0])
    two = [Lift(one, nothing, nothing, sure=True, binds=True) for one in (audit, analyst)]
    assert len(lab.level(two)) == {"open": 2, "sure": 1}[order]
    assert lab.level([]) == []


@pytest.mark.parametrize("scenario", [binding("analyst", 0), free(0)])
def test_the_runs_that_are_foretold_do_not_grow(scenario: Scenario) -> None:
    """At most so many from the beginning on, also where what is beyond the centre is asked as well; never exceeded."""
    whole = Whole("")
    totals: list[float] = []

    def tell(done: float, total: float) -> None:
        whole.tell(done, total)
        totals.append(whole.total)

    runner = Runner(
        seed=1, progress=tell, expect=whole.expect, phase=whole.begin,
        bound=lambda runs: whole.expect(runs, at_most=True),
    )  # fmt: skip
    diagnose(runner, scenario, 10)
    assert totals == sorted(totals, reverse=True)
    assert whole.done <= totals[-1]


def test_one_person_more_is_worth_what_pairs_say() -> None:
    """At the desk that binds a head more saves money and costs its wage; what 100,000 yuan save is their ratio."""
    result = bound("analyst", 0)
    more = result.next_of(Constraint("heads", "analyst"))
    assert more is not None
    assert more.saved.low > 0
    assert more.cost.mean == pytest.approx(60 * 24 * 365, rel=0.01)
    assert more.net.mean == pytest.approx(more.saved.mean - more.cost.mean)
    assert more.saved_for(100_000).mean == pytest.approx(100_000 * more.saved.mean / more.cost.mean)
    assert result.nexts[0].net.mean == max(one.net.mean for one in result.nexts)
    assert result.worth_a_person[0] == "analyst"
    poor = replace(more, name="audit", net=summary([-5.0, -5.0]))
    assert replace(result, nexts=[more, poor]).worth_a_person == ["analyst"]


def test_every_desk_is_told_of_by_what_it_leaves() -> None:
    """Those that were tried, by net gain; of the others why nobody was added there."""
    result = bound("analyst", 0)
    first = result.nexts[0]
    poor = replace(first, name="audit", net=summary([-5.0, -5.0]))
    free = replace(first, name="free", cost=summary([0.0, 0.0]))
    table = tables(replace(result, nexts=[first] * 6 + [poor, free]))[-2]
    assert table.row_count == 8
    told = " ".join(levers.untried(result))
    tried = {one.name for one in result.nexts if one.kind != "bank"}
    assert tried < set(result.scenario.desks)
    assert all(names.desk(desk) in told for desk in set(result.scenario.desks) - tried)
    busy = replace(result, nexts=[], slack=[Constraint("heads", "analyst")])
    assert "analyst (" in levers.untried(busy)[0]
    assert "at work in its busiest hour): with people enough" in levers.untried(busy)[0]


def test_load_by_hour_is_of_the_whole_period() -> None:
    """A week that stands for more begins with empty desks, and ends before complaints and papers come: whoever has them
    is told idle there, and is not."""
    whole = load("city", ["horizon=42d"]).scenario
    week = load("city", representative_week(whole)).scenario
    long, short = ({one.desk: one for one in average_week(Runner(seed=1), of).desks} for of in (whole, week))
    assert long["objections"].work.sum() > 1.5 * short["objections"].work.sum()
    here = world(victims=listed(0, HOUR))
    looked = average_week(Runner(seed=2), here)
    assert diagnose(Runner(seed=1), here, 10, looked).weeks is looked.desks


def test_people_without_a_price_stand_behind_those_with_one() -> None:
    """What they would leave is not known."""
    free = diagnose(Runner(seed=1), _half_free(), 10)
    priced = [one.priced for one in free.nexts]
    assert priced == sorted(priced, reverse=True)
    nets = [one.net.mean for one in free.nexts if one.priced]
    assert nets == sorted(nets, reverse=True)
    assert set(priced) == {True, False}


def _half_free() -> Scenario:
    """A centre whose bank binds, as does a desk with a wage."""
    scenario = binding("analyst", 0)
    shift = Shift.model_validate({"from": "00:00", "to": "00:00", "staff": 1})
    slow = scenario.bank_profiles["officer"].model_copy(update={"staff": None, "shifts": [shift]})
    return scenario.model_copy(update={"bank_profiles": {"officer": slow}})


def test_a_kind_of_bank_that_binds_is_named_as_the_inputs_name_it() -> None:
    """With the ways of answering that are faster, in both languages; one with a name of its own by that."""
    result = bound("officer", 0)
    assert finding(result).startswith("Banks that answer by officers who sit at the centre bind: ")
    assert levers.changeable(result) == []
    profile = result.scenario.bank_profiles["officer"]
    fast = profile.model_copy(update={"time": DurationDist(fixed="1s")})
    wider = {"officer": profile, "interface": fast}
    more = replace(result, scenario=result.scenario.model_copy(update={"bank_profiles": wider}))
    wanted = "What can be changed at these banks is how they answer: by an interface, without people: half of the stops"
    assert levers.changeable(more)[0].startswith(wanted)
    with using("zh"):
        assert "可改变的是银行的响应方式" in levers.changeable(more)[0]
    assert levers.banks("our-own") == "banks of the kind our own"


def test_what_lapsed_is_told_where_the_lapse_binds_and_what_a_centre_can_change() -> None:
    """How the papers ended, who files them and where that is written; a trifle, or what does not bind, is not told."""
    result = bound("officer", 0)
    lift = replace(result.binding[0], constraint=Constraint("lapse", ""))
    ends = {"disputed": 0.75, "undecided": 0.245, "no_victim": 0.005}
    lapse = replace(result, scenario=load("city").scenario, lifts=[lift], level=(), lapsed=ends)
    [said] = levers.changeable(lapse)
    assert 'Of the money that lapsed, 75% ended as "disputed" and 24% was not decided in time.' in said
    assert (
        "who files the freeze (liaison and legal) and for what it is filed (the route freeze of the workflow)" in said
    )
    with using("zh"):
        assert "冻结" in levers.changeable(lapse)[0]
    assert not levers.changeable(replace(lapse, lifts=[replace(lift, binds=False)]))


def test_the_loss_is_told_a_year_and_its_way_adds_up() -> None:
    """Two days of some 90 victims a day lose 1,000 yuan each; what binds is a share of that loss."""
    result = bound("audit", 0)
    assert result.yearly
    way = {step.name: step.amount.mean for step in result.way}
    assert way["loss"] == pytest.approx(sum(value for name, value in way.items() if name != "loss"))
    assert result.loss.mean == pytest.approx(way["loss"] * 365 / 2)
    first = result.binding[0]
    assert first.share.mean == pytest.approx(first.gain.mean / result.loss.mean)


def test_listed_cases_are_told_once_and_nobody_is_idle() -> None:
    """A case that happened once has no year, and what one morning asked of a desk says nothing of its people."""
    result = diagnose(Runner(seed=1), world(victims=listed(0, HOUR)), 10)
    assert not result.yearly
    assert result.loss.mean == 2000
    assert "idle" not in finding(result)


def test_closed_hours_are_those_without_a_shift() -> None:
    """A desk of weekdays 08:00 to 18:00 is closed at night and at weekends; a desk with those shifts is not."""
    week = Desk.model_validate(
        {"shifts": [{"days": ["mon", "tue", "wed", "thu", "fri"], "from": "08:00", "to": "18:00", "staff": 2}]}
    )
    closed = closed_hours(week)
    assert sum(shift.length * len(shift.days) for shift in closed) == (7 * 24 - 50) * HOUR
    whole = week.model_copy(update={"shifts": [*(week.shifts or []), *closed]})
    assert closed_hours(whole) == []
    assert closed_hours(Desk.model_validate({"staff": 2})) == []


def test_a_lifted_constraint_is_gone() -> None:
    """Ample people, an open night, a bank that needs no time, no wait, stops that last: together and one by one."""
    scenario = binding("night", 0).model_copy(update={"law": world(law=LAW).law})
    kinds = [Constraint("heads", "audit"), Constraint("hours", "analyst"), Constraint("bank", "officer"),
             Constraint("lapse", "")]  # fmt: skip
    free_of = lifted(scenario, kinds)
    assert free_of.desks["audit"].staff != scenario.desks["audit"].staff
    assert closed_hours(scenario.desks["analyst"])
    assert not closed_hours(free_of.desks["analyst"])
    assert (free_of.bank_profiles["officer"].staff, free_of.bank_profiles["officer"].time.mean()) == ("unlimited", 0)
    assert free_of.law is None
    assert lifted(scenario, []) == scenario


def test_a_change_without_a_place_is_left_out() -> None:
    """Reports cannot come earlier where they come at once; a payment can always be made to wait."""
    assert HELD in outside(world())


def test_the_week_is_told_hour_by_hour() -> None:
    """A strip has a sign for each hour: a point where the desk is closed, and the tables say so in both languages."""
    result = bound("night", 0)
    analyst = next(one for one in result.weeks if one.desk == "analyst")
    shown = strip(analyst)
    assert (len(shown), shown[:9], shown[18:]) == (24, "." * 9, "." * 6)
    assert set(shown[9:18]) <= set("0123456789X")
    assert np.nanmax(analyst.load) <= 1 + 1e-9
    for language in ("en", "zh"):
        with using(language):
            assert all(len(table.rows) <= 8 for table in tables(result)[:-1])
            assert finding(result)
