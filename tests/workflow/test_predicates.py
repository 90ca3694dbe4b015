"""Every predicate of a choose, true and false, in worlds where it is known which it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import pytest

from sim.engine.run import simulate
from sim.fraud.plan import draw_plan
from sim.workflow.predicates import PREDICATES
from tests.worlds import CHASE, LAW, criminals, listed, outcomes, pause, route, sharing, work, world

STOP: dict[str, Any] = {"do": "place_hold"}
STOP_TWICE: dict[str, Any] = {"stop": STOP, "again": STOP}


@dataclass(frozen=True)
class Asked:
    """A predicate, what the account goes through before it is asked, and the answer."""

    predicate: dict[str, Any]
    expected: bool
    before: dict[str, Any] | None = None
    third: bool = False
    """Whether somebody else reports."""
    held_first: float = 0.0
    disputed: float = 0.0
    """Chances that another force held the account first, and that nobody can prove whose money it is."""


def _both(name: str, true: Any, false: Any, before: dict[str, Any] | None = None) -> Iterable[Asked]:
    return Asked({name: true}, True, before), Asked({name: false}, False, before)


FREEZE: dict[str, Any] = {"stop": STOP, "file": {"do": "file_freeze"}}
TABLE = [
    *_both("layer_at_least", 1, 2),
    *_both("amount_at_least", "1000 yuan", "1000.01 yuan"),
    *_both("caught_at_least", "0 yuan", "1 fen", {"stop": STOP}),
    *_both("found_at_least", "0 yuan", "1 fen", {"stop": STOP}),
    *_both("bank_profile", "machine", "other"),
    *_both("bank_reachable", True, False),
    *_both("desk_open", "desk", "closed"),
    *_both("elapsed_at_least", "5m", "300001ms"),
    *_both("places", ["abroad", "town"], ["abroad"]),
    *_both("channels", ["app", "call"], ["app"]),
    *_both("scams", ["scam"], ["other"]),
    *_both("ages", ["old"], ["young"]),
    *_both("refused", False, True), *_both("refused", True, False, {"check": {"do": "check_order"}}),
    *_both("refused", False, True, {"check": {"do": "check_order"}, "right": {"do": "clarify"}}),
    *_both("known_before", False, True),
    *_both("held", False, True), *_both("held", True, False, {"stop": STOP}),
    *_both("held", True, False, FREEZE), *_both("held", False, True, {"stop": STOP, "wait": pause("48h")}),
    *_both("held", False, True, {"stop": STOP, "free": {"do": "release"}}),
    *_both("frozen", False, True), *_both("frozen", False, True, {"stop": STOP}), *_both("frozen", True, False, FREEZE),
    *_both("contested", False, True, {"stop": STOP}), Asked({"contested": True}, True, FREEZE, held_first=1.0),
    *_both("disputed", False, True, {"stop": STOP}), Asked({"disputed": True}, True, FREEZE, disputed=1.0),
    Asked({"frozen": True}, False, FREEZE, held_first=1.0), Asked({"frozen": True}, False, FREEZE, disputed=1.0),
    *_both("stops_left", True, False, {"stop": STOP}), *_both("stops_left", False, True, STOP_TWICE),
    *_both("one_inflow", True, False),
    *_both("reported", True, False),
    *_both("third_party", False, True), Asked({"third_party": True}, True, third=True),
    *_both("waiting", {"desk": 2}, {"desk": 3}),
    Asked({"waiting": {"desk": 2, "closed": 1}}, False),
    Asked({"layer_at_least": 1, "held": True}, False), Asked({"layer_at_least": 1, "held": True}, True, {"stop": STOP}),
]  # fmt: skip


def answer(asked: Asked) -> bool:
    """The answer in a world of one case by phone of an old victim; its account is in town, its details are wrong.

    Five minutes after the report one piece of work is in hand at the desk and two wait for it.
    """
    steps = {
        **(asked.before or {}),
        "ask": {"choose": [{"if": asked.predicate, "to": "yes"}, {"else": "no"}]},
        "yes": {"end": "yes"}, "no": {"end": "no"},
    }  # fmt: skip
    busy = {f"busy{n}": route({"work": work(time="9h")}) for n in range(3)}
    start = {f"start{n}": {"start": {"route": f"busy{n}"}} for n in range(3)}
    call = route({**start, "wait": pause("5m"), "open": {"do": "open_case"}, "chase": CHASE})
    third = {"share": 1.0, "after": "10m"} if asked.third else None
    people = listed(0, report_lag="3h", wrong_details=1.0, third_party=third)
    people |= {"channels": {"call": {"share": 1.0}, "app": {"share": 0.0}}, "ages": {"young": 0.0, "old": 1.0}}
    people["scams"]["other"] = people["scams"]["scam"] | {"share": 0.0}
    claims = {"held_first": asked.held_first, "disputed": asked.disputed}
    scenario = world(
        law=LAW, victims=people, criminals=criminals(places={"town": 1.0, "abroad": 0.0}, claims=claims),
        routes={"call": call, "account": route(steps, "account"), **busy},
        bank_profiles={name: {"staff": "unlimited", "time": 0} for name in ("machine", "other")},
        desks={"desk": {"staff": 1}, "closed": {"shifts": [{"from": "08:00", "to": "09:00", "staff": 1}]}},
    )  # fmt: skip
    (said,) = {name for *_, name in outcomes(simulate(scenario))} & {"account.yes", "account.no"}
    return said == "account.yes"


@pytest.mark.parametrize("asked", TABLE, ids=str)
def test_a_predicate_holds_exactly_where_it_should(asked: Asked) -> None:
    """Each line of the table has the answer that the world gives it."""
    assert answer(asked) == asked.expected


def test_the_table_asks_for_every_predicate_and_gets_both_answers() -> None:
    """No predicate is left out of the table, and each is true in one line and false in another."""
    asked = {(name, line.expected) for line in TABLE for name in line.predicate}
    assert asked == {(name, expected) for name in PREDICATES for expected in (True, False)}


SHARED: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "known_before": ({"known_before": True}, {"known_before": False}),
    "held": ({"held": True}, {"held": False}),
    "stops_left": ({"stops_left": False}, {"stops_left": True}),
    "one_inflow": ({"one_inflow": False}, {"one_inflow": True}),
}


@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("name", list(SHARED))
def test_what_another_case_did_to_a_shared_account_is_seen(name: str, shared: bool) -> None:
    """An account stopped twice for the first case is known before, held, without stops and of two inflows for the
    second, an hour later, if both are the same; an account of its own is none of this.
    """
    tests = [{"if": SHARED[name][not shared], "to": "yes"}, {"else": "no"}]
    steps = {"ask": {"choose": tests}, "yes": STOP, "again": STOP, "so": {"end": "so"}, "no": {"end": "no"}}
    first = {
        "choose": [{"if": {"known_before": False, "one_inflow": True, "held": False}, "to": "yes"}, {"else": "ask"}]
    }
    scenario = world(law=LAW, victims=listed(0, 3_600_000), routes={
        "call": route({"open": {"do": "open_case"}, "chase": CHASE}),
        "account": route({"first": first, **steps} if shared else steps, "account"),
    })  # fmt: skip
    plan = draw_plan(scenario, 1, 0)
    run = simulate(scenario, plan=sharing(plan, (1, 3)) if shared else plan)
    assert (60, 1, "account.so") in outcomes(run)


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ({"held": True}, "yes"), ({"held": False}, "no"), ({"refused": False}, "yes"), ({"refused": True}, "no"),
        ({"known_before": False}, "yes"), ({"known_before": True}, "no"), ({"layer_at_least": 1}, "no"),
        ({"amount_at_least": 0}, "no"), ({"bank_reachable": False}, "no"), ({"bank_reachable": True}, "no"),
    ],
)  # fmt: skip
def test_a_case_is_asked_about_the_victims_own_account(test: dict[str, Any], expected: str) -> None:
    """For a case, held is of the victim's own account; what only an account of a mule has does not hold."""
    steps = {
        "safe": {"do": "dissuade"}, "ask": {"choose": [{"if": test, "to": "yes"}, {"else": "no"}]},
        "yes": {"end": "yes"}, "no": {"end": "no"},
    }  # fmt: skip
    run = simulate(world(victims=listed(0, report_lag="1m"), routes={"call": route(steps)}))
    assert outcomes(run) == [(1, 0, f"call.{expected}")]


def test_the_details_that_a_predicate_sees_are_not_the_truth() -> None:
    """An account given wrong is not refused before a bank has checked it: the truth alone changes no answer."""
    scenario = world(routes={
        "call": route({"open": {"do": "open_case"}, "chase": CHASE}),
        "account": route({"ask": {"choose": [{"if": {"refused": True}, "to": "yes"}, {"else": "no"}]},
                          "yes": {"end": "yes"}, "no": {"end": "no"}}, "account"),
    })  # fmt: skip
    plan = draw_plan(scenario, 1, 0)
    wrong = replace(plan, accounts=replace(plan.accounts, wrong=plan.accounts.wrong + 1))
    assert outcomes(simulate(scenario, plan=wrong)) == outcomes(simulate(scenario, plan=plan))


@pytest.mark.parametrize(("stop_after", "frozen"), [("30m", True), ("90m", False)])
def test_a_freeze_may_ask_what_the_stop_caught(stop_after: str, frozen: bool) -> None:
    """Money that lies on the account when it is stopped was caught; of money that left before nothing was."""
    steps = {
        "later": pause(stop_after), "stop": STOP,
        "ask": {"choose": [{"if": {"caught_at_least": "1000 yuan"}, "to": "file"}, {"else": "small"}]},
        "file": {"do": "file_freeze"}, "done": {"end": "filed"}, "small": {"end": "small"},
    }  # fmt: skip
    call = route({"open": {"do": "open_case"}, "chase": CHASE})
    run = simulate(world(law=LAW, victims=listed(0), routes={"call": call, "account": route(steps, "account")}))
    assert ("account.done" in {name for *_, name in outcomes(run)}) == frozen
