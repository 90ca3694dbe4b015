"""Every lost fen has the one cause that a reader of the log would give it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.scenario.loader import load
from tests.worlds import case, criminals, listed, route, stop_everything, victims, world

CHINA = load("china").scenario


def opens(minute: int) -> dict[str, Any]:
    """A desk with somebody on duty from a minute of the first day until its end."""
    return {"shifts": [{"days": ["mon"], "from": f"{minute // 60:02d}:{minute % 60:02d}", "to": "24:00", "staff": 1}]}


def stage(name: str, **who: Any) -> dict[str, Any]:
    """A piece of work whose waiting and working have causes of their own."""
    return {"work": who, "leak": {"wait": f"{name}-queue", "work": name}}


CHASE = {"start": {"route": "account", "for": "each_revealed"}}
RACE: dict[str, Any] = {
    # Paid at 0; understood at 10, told at 20; from then on somebody waits for ten minutes and is served for ten, at
    # each stage: intake 20-30-40, entry 40-50-60, audit 60-70-80, bank 80-90-100, and the stop at 100 min.
    "victims": listed(0, discovery="10m", report_lag="10m"),
    "desks": {"intake": opens(30), "entry": opens(50), "audit": opens(70)},
    "bank_profiles": {"officer": {**opens(90), "time": "10m"}},
    "banks": {"bank": {"share": 1.0, "profile": "officer"}},
    "routes": {
        "call": route(
            {"ask": stage("intake", team={"intake": 1}, time="10m"), "open": {"do": "open_case"}, "chase": CHASE}
        ),
        "account": route(
            {
                "entry": stage("entry", team={"entry": 1}, time="10m"),
                "audit": stage("audit", team={"audit": 1}, time="10m"),
                "bank": stage("bank", desk="bank_of_account"),
                "stop": {"do": "place_hold"},
                "answer": {"do": "reveal"},
                "chase": CHASE,
                "done": {"end": "stopped"},
            },
            "account",
        ),
    },
}


def fate(dwell: str, **sections: Any) -> dict[str, float]:
    """Where the 1,000 yuan of the race are in the end, if they would leave so long after the payment."""
    exits = {"criminals": criminals(exits={"cash": {"share": 1.0, "dwell": dwell}})}
    metrics = measure(simulate(world(**(RACE | exits | sections)))).metrics
    places = {name.removeprefix("leak."): value for name, value in metrics.items() if name.startswith("leak.")}
    places |= {name: metrics[name] for name in ("recovered", "held_elsewhere", "still_moving")}
    assert sum(places.values()) == metrics["loss"]
    return {name: value for name, value in places.items() if value}


@pytest.mark.parametrize(
    ("minute", "place"),
    [
        (5, "before_discovery"), (15, "before_report"), (25, "intake-queue"), (35, "intake"), (45, "entry-queue"),
        (55, "entry"), (65, "audit-queue"), (75, "audit"), (85, "bank-queue"), (95, "bank"), (105, "recovered"),
    ],
)  # fmt: skip
def test_money_is_lost_to_the_stage_at_which_the_case_stood(minute: int, place: str) -> None:
    """Ten minutes at each stage of the race: money that leaves in them is booked there, later money is recovered."""
    assert fate(f"{minute}m") == {place: 1000}


@pytest.mark.parametrize(
    ("minute", "before"),
    [(10, "before_discovery"), (20, "before_report"), (30, "intake-queue"), (40, "intake"), (80, "audit"),
     (90, "bank-queue")],
)  # fmt: skip
def test_a_stage_begins_after_what_left_at_its_instant(minute: int, before: str) -> None:
    """Money that leaves at the instant at which a stage begins is lost to the stage before; a millisecond later not."""
    assert fate(f"{minute}m") == {before: 1000}
    assert before not in fate(f"{minute}m1ms")


def test_a_stop_at_the_instant_of_the_exit_keeps_the_money() -> None:
    """A hold begins before a debit of the same instant."""
    assert fate("99m59.999s") == {"bank": 1000}
    assert fate("100m") == {"recovered": 1000}


@pytest.mark.parametrize("dwell", ["5m", "15m", "5h"])
def test_what_is_never_reported_is_lost_to_that(dwell: str) -> None:
    """Without a report the cause is that, also for money that left before the victim understood."""
    silent = listed(0, discovery="10m", report_lag="10m", reports=0.0)
    assert fate(dwell, victims=silent) == {"never_reported": 1000}


def test_an_account_out_of_reach() -> None:
    """Until the bank would be asked the stage counts; from then on the account is out of reach."""
    far = {"far": {"share": 1.0}}
    assert fate("75m", banks=far) == {"audit": 1000}
    assert fate("85m", banks=far) == {"out_of_reach": 1000}
    assert fate("9h", banks=far) == {"out_of_reach": 1000}


def test_an_account_that_is_written_off() -> None:
    """An account that a policy gives up is lost to the outcome that says so."""
    account = {"entry": RACE["routes"]["account"]["steps"]["entry"], "off": {"end": "written-off"}}
    routes = RACE["routes"] | {"account": route(account, "account")}
    assert fate("55m", routes=routes) == {"entry": 1000}
    assert fate("65m", routes=routes) == {"written-off": 1000}


def test_an_outcome_may_name_another_cause() -> None:
    """An end with a leak of its own books what is lost after it there and not under the outcome."""
    account = {
        "entry": RACE["routes"]["account"]["steps"]["entry"],
        "off": {"end": "closed", "leak": {"wait": "policy"}},
    }
    assert fate("65m", routes=RACE["routes"] | {"account": route(account, "account")}) == {"policy": 1000}


def test_an_account_that_nobody_chases() -> None:
    """An account that is known but on no route is not chased."""
    call = {"ask": RACE["routes"]["call"]["steps"]["ask"], "open": {"do": "open_case"}}
    assert fate("35m", routes={"call": route(call)}) == {"intake": 1000}
    assert fate("45m", routes={"call": route(call)}) == {"not_chased": 1000}


def deeper(dwell: str, exit_after: str) -> dict[str, float]:
    """The race with a second layer, reached `dwell` after the payment and left `exit_after` later."""
    hops = criminals(
        exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=[dwell],
        exits={"cash": {"share": 1.0, "dwell": exit_after}},
    )  # fmt: skip
    metrics = measure(simulate(world(**(RACE | {"criminals": hops})))).metrics
    return {name.removeprefix("leak."): value for name, value in metrics.items() if name[:5] == "leak." and value}


@pytest.mark.parametrize(
    ("dwell", "exit_after", "place"),
    [
        # Layer 2 is unknown until the stop of layer 1 at 100 min: before that, the stage of layer 1 counts.
        ("5m", "40m", "entry-queue"), ("5m", "70m", "audit"), ("50m", "45m", "bank"), ("5m", "4m", "before_discovery"),
        # Then its own: entry 100-110, audit 110-120, bank 120-130.
        ("50m", "55m", "entry"), ("50m", "65m", "audit"), ("50m", "75m", "bank"), ("50m", "50m", "bank"),
    ],
)  # fmt: skip
def test_the_deepest_known_account_gives_the_cause(dwell: str, exit_after: str, place: str) -> None:
    """Money that left from layer 2 is booked at layer 2's stage once that account is known, else at layer 1's."""
    assert deeper(dwell, exit_after) == {place: 1000}


def test_money_that_a_second_layer_still_holds_is_caught() -> None:
    """Layer 2 is stopped at 130 min, thirty minutes after it became known."""
    assert deeper("50m", "79m") == {"bank": 1000}
    assert deeper("50m", "80m") == {}


def test_each_fen_of_a_payment_has_its_own_cause() -> None:
    """Of two payments of 500 yuan, 40 min apart, the first is lost to its audit and the second is caught at 110."""
    twice = victims(
        {"list": {"cases": [case(payments=2, loss="1000 yuan", discovery="0m", report_lag="0m")]}}, payment_gap="40m"
    )
    assert fate("75m", victims=twice) == {"audit": 500, "recovered": 500}


def test_a_hold_that_ended_gives_the_cause_of_what_came_after() -> None:
    """Money that a decision let go from a hold is lost to that, wherever the account stood then."""
    account = {
        "stop": {"do": "place_hold"},
        "keep": {"wait": {"for": "2h"}, "leak": {"wait": "keep"}},
        "free": {"do": "release"},
        "gone": {"end": "kept"},
    }
    scenario = world(routes=stop_everything() | {"account": route(account, "account")})
    assert measure(simulate(scenario)).metrics["leak.released"] == 1000


@pytest.mark.parametrize("replication", range(20))
def test_a_day_of_a_city_is_accounted_for_to_the_fen(replication: int) -> None:
    """On random days each loss = recovered + leaks + moving + held elsewhere; no more than the ceiling comes back."""
    result = measure(simulate(CHINA, 5, replication))
    leaks = np.sum(list(result.leak.values()), axis=0)
    assert np.array_equal(result.loss, result.recovered + leaks + result.moving + result.elsewhere)
    assert (result.recovered - result.early <= result.recoverable).all()
    assert (result.recovered <= result.stopped).all()
    metrics = result.metrics
    named = sum(value for name, value in metrics.items() if name.startswith("leak."))
    ends = metrics["recovered"] + metrics["held_elsewhere"] + metrics["still_moving"]
    assert metrics["loss"] == pytest.approx(ends + named, abs=0.005)
    assert metrics["loss"] > 0
