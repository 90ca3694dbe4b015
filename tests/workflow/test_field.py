"""Field teams: couriers, branches, and the way to a district."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.run import Run, simulate
from sim.fraud.settle import NEVER
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import BEGIN, FINISH, FREEZE, HOLD, HOLD_END, PAID
from tests.worlds import CHASE, LAW, criminals, listed, outcomes, pause, route, rows_of, told, until, work, world

INTERCEPT: dict[str, Any] = {"do": "intercept"}
CASH = {"start": {"route": "field", "for": "each_cash_exit_known"}}


def courier(reach: str = "field", dwell: str = "2h") -> dict[str, Any]:
    """Criminals whose money leaves layer 1 after an hour with a courier, who is out of reach a while later."""
    exits = {"cash": {"share": 1.0, "dwell": "1h", "pending": {"share": 1.0, "dwell": dwell, "reach": reach}}}
    return criminals(exits=exits)


def robbed(account: dict[str, Any], report: str = "90m", field: Any = None, **sections: Any) -> Run:
    """A run in which each account goes through steps, and cash on its way out through those of `field`."""
    call = route({"open": {"do": "open_case"}, "chase": CHASE, "hear": until("stopped", "done(account)")})
    routes = {"call": call, "account": route(account, "account")}
    if field:
        routes["field"] = route(field, "cash_exit")
    given = {"criminals": courier(), "victims": listed(0, report_lag=report), "law": LAW, "routes": routes}
    return simulate(world(**given | sections))


def chased(field: dict[str, Any], report: str = "90m") -> Run:
    """A run in which accounts are asked where their money went, and a team goes after cash that this reveals."""
    return robbed({"answer": {"do": "reveal"}, "chase": CHASE, "cash": CASH}, report, field)


@pytest.mark.parametrize(("ride", "caught"), [("89m", True), ("90m", True), ("5400001ms", False)])
def test_a_courier_is_caught_by_a_team_that_comes_in_time(ride: str, caught: bool) -> None:
    """Told at 1:30 of a courier who is gone at 3:00, a team that needs up to 1:30 takes all, a later one nothing."""
    run = chased({"ride": work(time=ride), "catch": INTERCEPT})
    assert [value for *_, value in told(run, HOLD)] == [100_000 if caught else 0]
    assert run.times.tolist() == [0, HOUR, NEVER if caught else 3 * HOUR]


@pytest.mark.parametrize("effect", ["intercept", "place_hold"])
def test_cash_in_hand_does_not_lapse(effect: str) -> None:
    """What a team has taken from a courier stays taken under a law whose stops lapse after 48 h."""
    run = chased({"ride": work(time="10m"), "catch": {"do": effect}, "wait": pause("9d")})
    assert told(run, HOLD) == [(100, 0, 2, 100_000)]
    assert not told(run, HOLD_END)
    assert run.times.tolist() == [0, HOUR, NEVER]


def test_a_freeze_does_not_end_what_a_team_has_taken() -> None:
    """A freeze of five days filed on intercepted cash leaves it held for good."""
    run = robbed(
        {"answer": {"do": "reveal"}, "cash": CASH},
        field={"catch": INTERCEPT, "file": {"do": "file_freeze"}, "wait": pause("20d")},
        law=LAW | {"freeze": "5d"},
    )
    assert [account for _, _, account, _ in told(run, FREEZE)] == [2]
    assert not told(run, HOLD_END)
    assert run.times.tolist() == [0, HOUR, NEVER]


def test_a_team_is_not_sent_to_cash_of_which_no_answer_told() -> None:
    """Reported at 59 min, the money is still on its account when the bank answers, and no team goes."""
    run = chased({"ride": work(time="10m"), "catch": INTERCEPT}, report="59m")
    assert not told(run, BEGIN)
    assert run.times.tolist() == [0, HOUR, 3 * HOUR]


def test_a_wallet_is_asked_like_a_bank_and_no_team_is_sent() -> None:
    """A pending exit that a payment firm can stop goes the accounts' way to the firm's own desk; its stop lapses."""
    bank = {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}}
    account = {"bank": bank, "answer": {"do": "reveal"}, "stop": {"do": "place_hold"}, "chase": CHASE, "cash": CASH}
    profiles = {"machine": {"staff": "unlimited", "time": 0}, "firm": {"staff": 1, "time": "20m"}}
    run = robbed(account, field={"ride": work()}, criminals=courier("firm"), bank_profiles=profiles)
    assert told(run, HOLD) == [(90, 0, 1, 0), (110, 0, 2, 100_000)]
    assert [minute for minute, _, account, _ in told(run, HOLD_END) if account == 2] == [110 + 48 * 60]
    assert [run.program.desks[row[6]].name for row in rows_of(run.rows, BEGIN)] == ["bank:bank", "exit:cash"]


@pytest.mark.parametrize(("ride", "kept"), [("30m", True), ("60m", True), ("4h", False)])
def test_a_team_at_a_branch_catches_who_comes_for_the_cash(ride: str, kept: bool) -> None:
    """Sent at 0 to where the account's cash is drawn at 1:00, a team there in time takes it from the courier's hand."""
    run = robbed({"ride": work(time=ride), "catch": INTERCEPT}, report="0s")
    assert [account for _, _, account, _ in told(run, HOLD)] == [2]
    assert run.times.tolist() == [0, HOUR, NEVER if kept else 3 * HOUR]


def test_a_team_at_a_branch_where_no_cash_is_drawn_catches_nobody() -> None:
    """Money that leaves with nobody to be caught goes on, and no stop is signalled."""
    heard = {"await": {"any": ["stopped"], "at_most": "1h", "on_timeout": "nobody"}, "leak": {"wait": "pause"}}
    branch = {"catch": INTERCEPT, "heard": heard, "caught": {"end": "caught"}, "nobody": {"end": "nobody"}}
    run = robbed(branch, report="0s", criminals=criminals())
    assert (60, 0, "account.nobody") in outcomes(run)
    assert not told(run, HOLD)


def test_a_caught_courier_is_signalled_to_the_case() -> None:
    """A case that awaits a stop hears of the interception."""
    account = {"answer": {"do": "reveal"}, "cash": CASH, "later": pause("9h")}
    run = robbed(account, field={"ride": work(time="10m"), "catch": INTERCEPT})
    assert (100, 0, "call.done") in outcomes(run)


def test_money_taken_from_a_courier_goes_back_to_the_victim() -> None:
    """Intercepted cash is returned without a freeze: police hold it already."""
    run = chased({"ride": work(time="10m"), "catch": INTERCEPT, "pay": {"do": "return_money"}})
    assert run.times.tolist() == [0, HOUR, NEVER]
    assert run.rows.value[run.rows.of(PAID)].tolist() == [100_000]


# -- the way there ---------------------------------------------------------------------------------------

DISTRICTS = {"near": {"share": 0.5}, "far": {"share": 0.5, "travel": "40m"}}


@pytest.mark.parametrize("travel", [True, None])
def test_the_way_to_the_victims_district_is_added_to_the_work(travel: bool | None) -> None:
    """A visit of 10 min takes 50 in the far district and 10 in the near one; work without a way 10 in both."""
    people = listed(*range(0, 40 * HOUR // 2, HOUR)) | {"districts": DISTRICTS}
    visit = work(time="10m", **({"travel": True} if travel else {}))
    run = simulate(world(victims=people, routes={"call": route({"visit": visit})}, desks={"desk": {"staff": 99}}))
    begun = {row[2]: row[0] for row in rows_of(run.rows, BEGIN)}
    took = [(row[0] - begun[row[2]]) // MINUTE for row in sorted(rows_of(run.rows, FINISH), key=lambda row: row[2])]
    far = run.plan.victims.district.tolist()
    assert 0 < sum(far) < len(far)
    assert took == [10 + 40 * one * bool(travel) for one in far]


def test_each_attempt_has_its_own_way() -> None:
    """Of the ways to one place, drawn anew each time, two visits of a case seldom take the same."""
    steps = {
        "visit": work(travel=True, attempts=2, on_exhausted="home"),
        "wait": pause("5m", to="visit"),
        "home": {"end": "home"},
    }
    people = listed(*[0] * 20) | {
        "districts": {"all": {"share": 1.0, "travel": {"uniform": {"low": "1m", "high": "99m"}}}}
    }
    run = simulate(world(victims=people, routes={"call": route(steps)}, desks={"desk": {"staff": 99}}))
    took: dict[tuple[int, int], int] = {(row[2], row[5]): -row[0] for row in rows_of(run.rows, BEGIN)}
    for row in rows_of(run.rows, FINISH):
        took[row[2], row[5]] += row[0]
    assert len(set(took.values())) == 40
    assert min(took.values()) >= MINUTE
    assert max(took.values()) <= 99 * MINUTE


def test_an_account_lies_in_a_district_of_its_own() -> None:
    """Ways to accounts follow the shares of the districts, and the same account is always as far."""
    account = {"ride": work(travel=True), "wait": pause("1h"), "again": work(travel=True)}
    routes = {"call": route({"open": {"do": "open_case"}, "chase": CHASE}), "account": route(account, "account")}
    people = listed(*[0] * 60) | {"districts": DISTRICTS}
    run = simulate(world(victims=people, routes=routes, desks={"desk": {"staff": 99}}))
    took: dict[tuple[int, int], int] = {(row[2], row[4]): -row[0] for row in rows_of(run.rows, BEGIN)}
    for row in rows_of(run.rows, FINISH):
        took[row[2], row[4]] += row[0]
    steps = sorted({step for _, step in took})
    first, second = ([took[number, step] // MINUTE for number in range(60)] for step in steps)
    assert first == second
    assert set(first) == {0, 40}
    assert first != [40 * one for one in run.plan.victims.district.tolist()]
