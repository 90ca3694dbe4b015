"""Arms on the same luck: differences, who is best, and the arms that a command line names."""

from __future__ import annotations

from math import isnan

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load
from sim.study.ask.compare import arm_of, check_names, compare, differences, more_is_better
from sim.study.ask.latency import with_latency
from sim.study.run.errors import StudyError
from sim.study.run.metric_names import with_net_loss
from sim.study.run.runner import Arm, Runner
from tests.worlds import city

RESULTS = [
    [{"loss": 100.0, "recovered": 10.0}, {"loss": 100.0, "recovered": 13.0}],
    [{"loss": 300.0, "recovered": 50.0}, {"loss": 300.0, "recovered": 55.0}],
    [{"loss": 200.0, "recovered": 20.0}, {"loss": 200.0, "recovered": 21.0}],
]


def test_a_difference_is_taken_replication_by_replication() -> None:
    """By hand: gains of 3, 5 and 1 are 3 in the mean, +- 4.303 * 2 / sqrt(3); above 0 with a chance of 0.9392."""
    first, second = differences(["a", "b"], RESULTS, ["recovered"])
    assert (first.arm, first.against, first.change.mean, first.change.low) == ("a", "a", 0, 0)
    assert (second.arm, second.against, second.value.mean) == ("b", "a", pytest.approx(89 / 3))
    assert (second.change.mean, second.change.n) == (3, 3)
    assert second.change.high - 3 == pytest.approx(4.302653 * 2 / 3**0.5, rel=1e-6)
    assert (first.best, second.best) == (pytest.approx(0.060845, abs=1e-6), pytest.approx(0.939155, abs=1e-6))


def test_pairing_saves_as_many_runs_as_the_variances_say() -> None:
    """The variance of two independent runs, over that of the pair: (1300/3 + 1489.33/3) / 4 here; NaN for no change."""
    first, second = differences(["a", "b"], RESULTS, ["recovered"])
    assert isnan(first.unpaired)
    variances = [sum((x - sum(v) / 3) ** 2 for x in v) / 2 for v in ([10, 50, 20], [13, 55, 21])]
    assert second.unpaired == pytest.approx(sum(variances) / 4)


def test_what_is_lost_is_better_low() -> None:
    """The arm that recovers more has the lower net loss, and is best by that too."""
    assert with_net_loss(RESULTS[0][1])["net_loss"] == 87
    first, second = differences(["a", "b"], RESULTS, ["net_loss"])
    assert (second.change.mean, second.best) == (-3, pytest.approx(0.939155, abs=1e-6))
    assert first.best + second.best == pytest.approx(1)
    assert not more_is_better("leak.bank")
    assert more_is_better("answered_share.intake")


def test_groups_follow_the_whole() -> None:
    """With a split each metric is told for the whole first, then group by group."""
    results = [[{"loss": 4.0, "a/loss": 1.0, "b/loss": 3.0}] * 2] * 2
    rows = differences(["x", "y"], results, ["loss"])
    assert [(row.group, row.arm, row.value.mean) for row in rows] == [
        ("", "x", 4), ("", "y", 4), ("a", "x", 1), ("a", "y", 1), ("b", "x", 3), ("b", "y", 3)
    ]  # fmt: skip


def test_an_arm_may_be_told_against_another_than_the_first() -> None:
    """`against` names the place of the other arm."""
    results = [[{"m": 1.0}, {"m": 5.0}, {"m": 7.0}]] * 2
    rows = differences(["a", "b", "c"], results, ["m"], against=[0, 2, 0])
    assert [(row.against, row.change.mean) for row in rows] == [("a", 0), ("c", -2), ("a", 6)]


def test_a_slower_response_recovers_less_and_surely_so() -> None:
    """Ten times slower on the same luck: the recovered share falls, and the plans are the same."""
    arms = [Arm("city", city()), Arm("slow", with_latency(city(), "all", 10.0))]
    with Runner(seed=3) as runner:
        rows = compare(runner, arms, 6, ["recovered_share", "loss"])
    assert rows[1].change.high < 0
    assert rows[0].best > 0.99
    assert (rows[3].change.mean, rows[3].change.low) == (0, 0)


def test_a_metric_that_nobody_has_is_told_the_nearest() -> None:
    """Before the runs, in one line, with the names that are nearest."""
    with Runner() as runner, pytest.raises(StudyError, match="read 'recoverd', accepted: recovered"):
        compare(runner, [Arm("a", city()), Arm("b", city())], 2, ["recoverd"])


def test_an_arm_is_named_with_its_changes() -> None:
    """NAME:PATH=VALUE,PATH=VALUE changes the base; commas in brackets belong to a value."""
    base = load("city", ["horizon=1d"])
    arm = arm_of("more:desks.analyst.shifts.1.staff=4,prevention.line_cut.scams=[police, loan],desks.car.staff=6", base)
    assert arm.name == "more"
    assert arm.scenario.desks["analyst"].shifts is not None
    assert arm.scenario.desks["analyst"].shifts[1].staff == 4
    assert arm.scenario.prevention is not None
    assert arm.scenario.prevention.line_cut is not None
    assert arm.scenario.prevention.line_cut.scams == ["police", "loan"]
    assert arm.scenario.desks["car"].staff == 6
    assert base.scenario.desks["car"].staff == 5


@pytest.mark.parametrize(
    ("text", "error", "said"),
    [
        ("more", StudyError, "read 'more', accepted: NAME:PATH=VALUE"),
        ("desks.car.staff=6", StudyError, "accepted: NAME:PATH=VALUE"),
        (":desks.car.staff=6", StudyError, "accepted: NAME:PATH=VALUE"),
        ("x:desks.cra.staff=6", ScenarioError, "accepted: car"),
        ("x:desks.car.staff=many", ScenarioError, "desks.car.staff: read 'many'"),
    ],
)
def test_a_wrong_arm_is_said_in_one_line(text: str, error: type[Exception], said: str) -> None:
    """A form, a path or a value that is wrong is told with what would be accepted."""
    with pytest.raises(error) as caught:
        arm_of(text, load("city"))
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_arms_need_different_names() -> None:
    """One arm alone, or two of one name, are refused."""
    with pytest.raises(StudyError, match="two or more"):
        check_names([Arm("a", city())])
    with pytest.raises(StudyError, match="two arms named 'a'"):
        check_names([Arm("a", city()), Arm("a", city())])
