"""Decisions held against luck: on plans that share all that had happened, and differ in how long money then rests."""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest

from sim.exercise import otherwise
from sim.exercise.counterfactual import Counterfactual
from sim.exercise.load import Loaded
from sim.exercise.other_plans import Odds, OtherPlans
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.exercise.view import Numbers
from sim.exercise.why import Why, why
from sim.exercise.yardsticks import end_of, ends_on, played_on
from sim.study.infer.stats import summary
from sim.words import language as lang
from sim.words.units import MINUTE
from sim.workflow.log import NONE
from tests.exercise.test_review import SEATS, YUAN_1000, by_hand, take
from tests.worlds import criminals, exponential, listed, stop_everything, world

PLANS = 50
SEED = 9
"""One with which both victims' money stays until it is stopped."""


def by_chance(seed: int) -> Loaded:
    """The room of `test_review`, but that money rests 20 minutes on average, and as long again after any time."""
    scenario = world(
        victims=listed(MINUTE, 31 * MINUTE), routes=stop_everything("5m"),
        criminals=criminals(exits={"cash": {"share": 1.0, "dwell": exponential(20 * MINUTE)}}),
        bank_profiles={"machine": {"staff": "unlimited", "time": "10m"}},
    )  # fmt: skip
    return Loaded(by_hand().exercise.model_copy(update={"seed": seed}), scenario)


def played(seed: int = SEED) -> Session:
    """The first case is taken 8 minutes after it opened, the second at once."""
    session = Session.start(by_chance(seed), seats=SEATS)
    take(session, 1, 9)
    take(session, 2, 31.001)
    session.advance(90 * MINUTE)
    return session


@pytest.mark.parametrize("at", [0, 10 * MINUTE, 25 * MINUTE])
def test_other_plans_share_all_that_had_happened(at: int) -> None:
    """Up to the moment the same orders write the same rows; later money moves at other times, and only times differ."""
    session = played()
    orders = played_on(session)
    run = end_of(session, orders)
    before = run.rows.time < at
    plans = OtherPlans(session, 10).at(run, at)
    assert len({tuple(dwell.tolist()) for dwell in plans}) == 10
    for dwell, again in zip(plans, ends_on(session, plans, orders), strict=True):
        plan = again.plan
        assert (plan.transfers.dwell == dwell).all()
        mine = again.rows.time < at
        assert (again.rows.time[mine] == run.rows.time[before]).all()
        assert (again.rows.key[mine] == run.rows.key[before]).all()
        assert (again.rows.doing[mine] == run.rows.doing[before]).all()
        assert (again.times[run.times <= at] == run.times[run.times <= at]).all()
        assert (again.times[run.times > at] > at).all()
        assert (plan.transfers.amount == run.plan.transfers.amount).all()
        root = plan.transfers.parent < 0
        assert (plan.transfers.dwell[root] == run.plan.transfers.dwell[root]).all()


def test_a_lucky_bad_decision_is_called_that() -> None:
    """Who let a case wait, and lost nothing since the money happened to stay, is told that it was luck."""
    session = played()
    found = review(session, plans=PLANS)
    assert found.scores.result == 2 * YUAN_1000
    one = found.lucky
    assert one is not None
    assert one.odds is not None
    assert (one.decided.case if one.decided else NONE) == 1
    assert one.more == 0 < one.odds.more.low
    assert one.odds.better > one.odds.worse == 0
    assert "a bad decision that was lucky here" in otherwise.lucky(found)


def test_what_a_wait_costs_on_other_plans_is_what_theory_says() -> None:
    """A statement takes 5 minutes, a stop 10: at once money is caught that rests for more than 15 minutes, late 23.

    Of 400 plans that share the first minute, exp(-15 / 20) - exp(-23 / 20) lose their 1,000 yuan by the wait.
    """
    session = played()
    orders = played_on(session)
    first = next(one for one in session.given if one.by == "seat").order
    early = [replace(one, at=MINUTE) if one == first else one for one in orders]
    odds = OtherPlans(session, 400).odds(end_of(session, orders), MINUTE, orders, early)
    expected = YUAN_1000 * (exp(-15 / 20) - exp(-23 / 20))
    assert odds.more.low < expected < odds.more.high
    assert odds.worse == 0


def test_why_by_hand() -> None:
    """Taken at once, the first account is stopped in minute 16; as it was played its money had left in minute 21."""
    session = Session.start(by_hand(), seats=SEATS)
    take(session, 1, 9)
    take(session, 2, 33)
    session.advance(90 * MINUTE)
    found = review(session)
    first, together, nobody = found.counterfactuals
    kept = Why("kept", YUAN_1000, 0, 0, 1, 1, "bank", 16 * MINUTE, 21 * MINUTE)
    assert first.why == kept
    assert together.why == kept
    assert together.less_than_one is None
    assert nobody.why is not None
    assert (nobody.why.kind, nobody.why.case, nobody.why.fen) == ("lost", 2, YUAN_1000)
    assert otherwise.reason(found, first) == (
        "account 1 of case 1 at bank: 1,000 yuan is still there when it is stopped at 00:16:00; as it was played, the"
        " money had left from 00:21:00 on."
    )
    run = end_of(session, played_on(session))
    assert why(run, run, Numbers.of(session.known)) is None


def odds(mean: float) -> Odds:
    """On ten plans, around a mean of fen."""
    return Odds(summary(mean + np.linspace(-100.0, 100.0, 10)), 7, 3)


@pytest.mark.parametrize(
    ("more", "mean", "told"),
    [
        (100, 10_000, "no bad luck"), (100, 0, "bad luck rather than a bad decision"),
        (100, -10_000, "a good decision"),
        (0, 10_000, "a bad decision that was lucky here"), (-100, 0, "here it was good luck"),
        (-100, -10_000, "it was no good luck"),
    ],
)  # fmt: skip
def test_what_a_decision_was_is_told_by_both(more: int, mean: float, told: str) -> None:
    """By what it comes to here and, surely or not, on other plans; in Chinese, too."""
    one = Counterfactual("all_at_once", 500, more, count=2, odds=odds(mean))
    assert told in otherwise.luck(one)
    with lang.using("zh"):
        assert "其他走势" in otherwise.luck(one)
