"""Signals: kept until contradicted, told to every case that shares an account, taken back when a route starts anew."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.orders import Order
from sim.engine.run import Run, simulate
from sim.fraud.plan import Plan, draw_plan
from sim.fraud.settle import NEVER
from sim.scenario.models import Scenario
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import CLEARED, HOLD, HOLD_END, OBJECTION, RETURNED
from tests.worlds import (
    CHASE,
    LAW,
    case,
    criminals,
    listed,
    on_accounts,
    outcomes,
    pause,
    route,
    sharing,
    told,
    until,
    victims,
    work,
    world,
)

STOP: dict[str, Any] = {"do": "place_hold"}
FREE: dict[str, Any] = {"do": "release"}
FREEZE_IT: dict[str, Any] = {"do": "file_freeze"}


def heard(signal: str, at_most: str = "1h") -> dict[str, Any]:
    """Steps that end in `heard` if a signal is there or comes in time, else in `silence`."""
    listen = {"await": {"any": [signal], "at_most": at_most, "on_timeout": "silence"}, "leak": {"wait": "pause"}}
    return {"listen": listen, "heard": {"end": "heard"}, "silence": {"end": "silence"}}


def ending(run: Run, of: str = "account") -> set[str]:
    """Where the tokens of a route ended."""
    return {name.removeprefix(f"{of}.") for *_, name in outcomes(run) if name.startswith(f"{of}.")}


@pytest.mark.parametrize(
    ("steps", "signal", "expected"),
    [
        ({"stop": STOP}, "stopped", "heard"), ({"stop": STOP, "free": FREE}, "stopped", "silence"),
        ({"stop": STOP, "free": FREE}, "released", "heard"),
        ({"stop": STOP, "free": FREE, "again": STOP}, "released", "silence"),
        ({"stop": STOP, "free": FREE, "again": STOP}, "stopped", "heard"),
        ({"stop": STOP, "wait": pause("48h")}, "lapsed", "heard"),
        ({"stop": STOP, "wait": pause("48h")}, "stopped", "silence"),
        ({"stop": STOP, "wait": pause("48h"), "again": STOP}, "lapsed", "silence"),
        ({"stop": STOP, "file": FREEZE_IT}, "frozen", "heard"), ({"stop": STOP, "file": FREEZE_IT}, "stopped", "heard"),
        ({"stop": STOP, "file": FREEZE_IT, "free": FREE}, "frozen", "silence"),
        ({"file": FREEZE_IT}, "frozen", "silence"), ({"free": FREE}, "released", "silence"),
        ({"stop": STOP, "clear": {"do": "clear_innocent"}}, "stopped", "heard"),
        ({"stop": STOP, "clear": {"do": "clear_innocent"}}, "released", "silence"),
    ],
)  # fmt: skip
def test_a_signal_is_kept_until_it_is_contradicted(steps: dict[str, Any], signal: str, expected: str) -> None:
    """Awaited after it came, a signal is there, unless something since has said the contrary of the account."""
    routes = on_accounts(steps | heard(signal), never=route({"free": FREE}, "account"))
    assert ending(simulate(world(law=LAW, routes=routes, objections={"route": "never"}))) == {expected}


def test_a_case_keeps_what_happened_to_any_of_its_accounts() -> None:
    """One account released and the other still stopped: the case has heard of both."""
    people = victims({"list": {"cases": [case(0, loss="2000 yuan", payments=2)]}}, most_payments=2)
    call = route({"open": {"do": "open_case"}, "chase": CHASE, "wait": pause("2h"),
                  "both": {"await": {"all": ["stopped", "released"], "at_most": "1m", "on_timeout": "no"},
                           "leak": {"wait": "pause"}}, "yes": {"end": "yes"}, "no": {"end": "no"}})  # fmt: skip
    account = route({"stop": STOP, "pick": {"choose": [{"p": 0.5, "to": "free"}, {"else": "keep"}]}, "free": FREE,
                     "keep": {"end": "keep"}}, "account")  # fmt: skip
    scenario = world(victims=people, routes={"call": call, "account": account})
    seed = next(seed for seed in range(50) if len(told(simulate(scenario, seed), HOLD_END)) == 1)
    assert (120, 0, "call.yes") in outcomes(simulate(scenario, seed))


def test_letting_a_payment_go_takes_no_stop_back() -> None:
    """The release of the victim's own account does not contradict that the case has had an account stopped."""
    banks = {"bank": {"share": 1.0, "profile": "machine",
                      "monitoring": {"detects": 1.0, "least": "1500 yuan", "false_per_day": 0.0}}}  # fmt: skip
    third = {"share": 1.0, "after": "10m"}
    people = listed(0, loss="3000 yuan", most_payments=2, payment_gap="1h", third_party=third, discovery="9h")
    call = route({"open": {"do": "open_case"}, "chase": CHASE, "wait": pause("2h"), **heard("stopped", "1m")})
    routes = {
        "call": call,
        "account": route({"stop": STOP}, "account"),
        "alarm": route({"pay": {"do": "let_pay"}}, "victim"),
    }
    scenario = world(victims=people, banks=banks, prevention={"alarms": {"route": "alarm"}}, routes=routes)
    run = simulate(scenario)
    assert told(run, HOLD_END)
    assert ending(run, "call") == {"heard"}


# -- done(ROUTE) -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("again", "minute"), [(False, 20), (True, 50)])
def test_done_is_taken_back_when_the_route_starts_anew(again: bool, minute: int) -> None:
    """A route done at 10 min and begun again at 20 is not done for who comes at 20, but when it ends at 50."""
    beside = {"start": {"route": "beside"}}
    steps = {"one": beside, "wait": pause("20m"), **({"two": beside} if again else {}), "join": until("done(beside)")}
    short_then_long = {
        "pick": {"choose": [{"if": {"elapsed_at_least": "20m"}, "to": "long"}, {"else": "short"}]},
        "long": pause("30m"), "end": {"end": "end"}, "short": pause("10m"), "done": {"end": "done"},
    }  # fmt: skip
    run = simulate(world(routes={"call": route(steps), "beside": route(short_then_long)}))
    assert (minute, 0, "call.done") in outcomes(run)


def test_done_of_the_accounts_is_taken_back_in_the_case_too() -> None:
    """The account was done at 10 min; ordered anew at 15, it is awaited until 25 by the case that asks at 20."""
    steps = {"open": {"do": "open_case"}, "chase": CHASE, "wait": pause("20m"), "join": until("done(account)")}
    routes = {"call": route(steps), "account": route({"work": work(time="10m")}, "account")}
    anew = Order(15 * MINUTE, 0, "start", 0, account=1, route="account")
    assert (25, 0, "call.done") in outcomes(simulate(world(routes=routes), orders=[anew]))


# -- shared accounts -------------------------------------------------------------------------------------


def shared_run(scenario: Scenario, *cards: tuple[int, ...]) -> tuple[Run, Plan]:
    """A run in which the accounts of some rows are one."""
    plan = sharing(draw_plan(scenario, 1, 0), *(cards or ((1, 3),)))
    return simulate(scenario, plan=plan), plan


@pytest.mark.parametrize("signal", ["stopped", "lapsed", "released", "frozen", "returned"])
@pytest.mark.parametrize("shared", [True, False])
def test_what_befalls_a_shared_account_is_told_to_every_case_that_knows_it(signal: str, shared: bool) -> None:
    """A second case that only listens hears what the first one's orders do to the account that both have."""
    act = {"stopped": {}, "lapsed": {}, "released": {"free": FREE}, "frozen": {"file": FREEZE_IT},
           "returned": {"file": FREEZE_IT, "pay": {"do": "return_money"}}}[signal]  # fmt: skip
    account = {
        "who": {"choose": [{"if": {"channels": ["call"]}, "to": "wait"}, {"else": "listen"}]},
        "wait": pause("1h"), "stop": STOP, **act, "acted": {"end": "acted"}, **heard(signal, "3d"),
    }  # fmt: skip
    scenario = world(law=LAW, victims=listed(0, 1) | {"channels": {"call": {"share": 0.5}, "app": {"share": 0.5}}},
                     routes=on_accounts(account), follow_up="9d")  # fmt: skip
    for seed in range(50):
        plan = draw_plan(scenario, seed, 0)
        if plan.victims.channel.tolist() == [0, 1]:
            break
    run = simulate(scenario, plan=sharing(plan, (1, 3)) if shared else plan)
    (said,) = {name for _, number, name in outcomes(run) if number == 1 and name.startswith("account.")}
    assert said == ("account.heard" if shared else "account.silence")


def test_a_signal_is_not_kept_for_a_case_that_did_not_know_the_account() -> None:
    """A shared account that lapsed before the case with its lowest row named it is no news to that case later on."""
    people = victims({"list": {"cases": [case(0, report_lag="60h"), case(0)]}})
    who = {"choose": [{"if": {"known_before": True}, "to": "listen"}, {"else": "stop"}]}
    account = {"who": who, "stop": STOP, "acted": {"end": "acted"}, **heard("lapsed", "40h")}
    run, _ = shared_run(world(law=LAW, victims=people, routes=on_accounts(account)))
    assert [(minute // 60, number) for minute, number, *_ in told(run, HOLD_END)] == [(48, 0), (48, 1)]
    assert (100 * 60, 0, "account.silence") in outcomes(run)


def test_a_hold_on_a_shared_account_holds_everybodys_money_and_says_so() -> None:
    """Stopped for one case at 10 min, the account has a row for each of its rows, and the other's money stays too."""
    people = victims({"list": {"cases": [case(0, report_lag="10m"), case(0, reports=False), case(0, reports=False)]}})
    run, _ = shared_run(world(victims=people, routes=on_accounts({"stop": STOP})))
    assert told(run, HOLD) == [(10, 0, 1, 100_000), (10, 1, 1, 100_000)]
    assert run.times.tolist() == [0, NEVER, 0, NEVER, 0, HOUR]


def test_a_lapse_of_a_shared_account_frees_everybodys_money() -> None:
    """Each case's money goes after its retry delay, and each row of the account says that the stop is over."""
    people = victims({"list": {"cases": [case(0), case(0, reports=False)]}})
    run, _ = shared_run(world(law=LAW, victims=people, routes=on_accounts({"stop": STOP})))
    assert told(run, HOLD_END) == [(48 * 60, 0, 1, 1), (48 * 60, 1, 1, 1)]
    assert run.times.tolist() == [0, 48 * HOUR + MINUTE] * 2


def test_two_accounts_of_one_case_may_be_the_same() -> None:
    """Two payments of a victim to one account: one stop, one lapse, two rows of each, and one return of all."""
    people = victims({"list": {"cases": [case(0, loss="2000 yuan", payments=2)]}}, most_payments=2)
    steps = {"stop": STOP, "file": FREEZE_IT, "pay": {"do": "return_money"}}
    run, _ = shared_run(world(law=LAW, victims=people, routes=on_accounts(steps)), (1, 2))
    assert [account for _, _, account, _ in told(run, HOLD)] == [1, 2]
    assert told(run, RETURNED) == [(0, 0, 1, 100_000), (0, 0, 2, 100_000)]
    assert run.times.tolist() == [0, NEVER] * 2


# -- objections ------------------------------------------------------------------------------------------

INNOCENT = {"share": 1.0, "balance": "500 yuan", "objects": 1.0, "objection": "20h"}


def objected(steps: dict[str, Any], objection: dict[str, Any] | None = None, cards: Any = (), **sections: Any) -> Run:
    """A run in which the holder of every account objects 20 h after a stop."""
    routes = on_accounts(steps, objection=route(objection or {"work": work(time="1h")}, "account"))
    scenario = world(**{
        "law": LAW, "criminals": criminals(innocent=INNOCENT), "objections": {"route": "objection"}, "routes": routes,
    } | sections)  # fmt: skip
    return simulate(scenario, plan=sharing(draw_plan(scenario, 1, 0), *cards))


def test_a_holder_objects_while_the_account_is_held() -> None:
    """Stopped at 0, the account has an objection at 20 h, worked on for an hour."""
    run = objected({"stop": STOP})
    assert told(run, OBJECTION) == [(20 * 60, 0, 1, -1)]
    assert (21 * 60, 0, "objection.done") in outcomes(run)


@pytest.mark.parametrize("free", ["19h", "20h"])
def test_nobody_objects_to_a_hold_that_is_over(free: str) -> None:
    """Released before the holder comes, the account has no objection; released at that instant, it has none either."""
    run = objected({"stop": STOP, "wait": pause(free), "free": FREE})
    assert not told(run, OBJECTION)
    assert ending(run, "objection") == set()


def test_each_hold_has_an_objection_of_its_own() -> None:
    """Released at 5 h and stopped again at 10 h, an account has an objection at 30 h and not at 20."""
    run = objected({"stop": STOP, "a": pause("5h"), "free": FREE, "b": pause("5h"), "again": STOP})
    assert [minute // 60 for minute, *_ in told(run, OBJECTION)] == [30]


def test_a_stop_that_is_extended_has_one_objection() -> None:
    """A second stop of a held account is the same hold to its holder."""
    run = objected({"stop": STOP, "a": pause("5h"), "again": STOP})
    assert [minute // 60 for minute, *_ in told(run, OBJECTION)] == [20]


def test_a_shared_account_has_one_objection() -> None:
    """Its holder is one person, whatever cases use it."""
    run = objected({"stop": STOP}, cards=[(1, 3)], victims=listed(0, 0))
    assert len(told(run, OBJECTION)) == 1


def test_clearing_innocent_money_leaves_the_stolen_money_held() -> None:
    """After an objection is allowed the hold goes on until it lapses, and the log says that the rest is free."""
    run = objected({"stop": STOP}, {"clear": {"do": "clear_innocent"}})
    assert told(run, CLEARED) == [(20 * 60, 0, 1, -1)]
    assert [minute // 60 for minute, *_ in told(run, HOLD_END)] == [48]


def test_without_a_desk_for_objections_nobody_is_heard() -> None:
    """Where the scenario has no objections, holders are silent."""
    assert not told(objected({"stop": STOP}, objections=None), OBJECTION)


@pytest.mark.parametrize(("signal", "minute"), [("opened", 0), ("done(visit)", 30), ("safe", 20)])
def test_an_account_hears_from_its_case_what_only_a_case_can_tell(signal: str, minute: int) -> None:
    """A token that sends somebody to the victim goes on when the victim is safe, or when the visit is over."""
    visit = {"ride": work(time="20m"), "tell": {"do": "dissuade"}, "back": pause("10m")}
    steps = {"go": {"start": {"route": "visit", "for": "victim"}}, "hear": until(signal)}
    run = simulate(world(routes=on_accounts(steps, visit=route(visit, "victim"))))
    assert (minute, 0, "account.done") in outcomes(run)


def test_an_account_does_not_hear_from_its_case_of_other_accounts() -> None:
    """That one account of a case is stopped is no signal for the token of another."""
    people = victims({"list": {"cases": [case(0, loss="2000 yuan", payments=2)]}}, most_payments=2)
    tests = [{"p": 0.5, "to": "stop"}, {"else": "listen"}]
    account = {"pick": {"choose": tests}, "stop": STOP, "acted": {"end": "acted"}, **heard("stopped")}
    scenario = world(victims=people, routes=on_accounts(account))
    one = next(seed for seed in range(50) if len(told(simulate(scenario, seed), HOLD)) == 1)
    assert ending(simulate(scenario, one)) == {"acted", "silence"}


# -- start for victim ------------------------------------------------------------------------------------


def test_a_route_for_the_victim_is_started_from_an_account() -> None:
    """An account's token sends somebody to its victim, who pays no more, and is not itself sent there twice."""
    go = {"start": {"route": "visit", "for": "victim"}}
    visit = route({"ride": work(time="20m"), "tell": {"do": "dissuade"}}, "victim")
    third = {"share": 1.0, "after": "10m"}
    people = listed(0, loss="2000 yuan", most_payments=2, payment_gap="1h", third_party=third)
    run = simulate(world(victims=people, routes=on_accounts({"go": go, "twice": go}, visit=visit)))
    assert [end for end in outcomes(run) if end[2] == "visit.done"] == [(30, 0, "visit.done")]
    assert run.times[run.plan.transfers.parent < 0].tolist() == [0, NEVER]
    assert [account for _, _, account, _ in told(run, HOLD)] == [0]
