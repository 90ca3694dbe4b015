"""The bank's check of an order: how often it refuses, whose luck that is, and how details are put right."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest

from sim.engine.run import Run, simulate
from sim.words.units import MINUTE
from sim.workflow.log import BEGIN, CLARIFIED, HOLD, REFUSED
from tests.worlds import listed, on_accounts, outcomes, pause, route, rows_of, told, until, victims, work, world

CHECKED_TWICE: dict[str, Any] = {
    "check": {"do": "check_order", "attempts": 2, "on_exhausted": "refused"},
    "result": {"choose": [{"if": {"refused": True}, "to": "wait"}, {"else": "stop"}]},
    "wait": pause("1m", to="check"),
    "refused": {"end": "refused"},
    "stop": {"do": "place_hold"},
    "done": {"end": "done"},
}
WITH_THE_VICTIM: dict[str, Any] = {
    "bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}, "attempts": 3,
             "on_exhausted": "refused"},
    "check": {"do": "check_order"},
    "result": {"choose": [{"if": {"refused": True}, "to": "ask"}, {"else": "stop"}]},
    "ask": {"start": {"route": "clarify"}},
    "right": {"await": {"any": ["clarified"], "at_most": "6h", "on_timeout": "refused"}, "leak": {"wait": "refused"},
              "to": "bank"},
    "refused": {"end": "refused"},
    "stop": {"do": "place_hold"},
    "done": {"end": "done"},
}  # fmt: skip


def checked(people: dict[str, Any], time: Any = 0, **profile: Any) -> Run:
    """A run in which each order is checked, and once more a minute later if it was refused."""
    machine = {"machine": {"staff": "unlimited", "time": time, **profile}}
    bank = {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}}
    return simulate(world(victims=people, bank_profiles=machine, routes=on_accounts({"bank": bank, **CHECKED_TWICE})))


def refusals(run: Run) -> tuple[set[int], set[int]]:
    """Cases whose first order, and whose second, was refused."""
    first, second = set[int](), set[int]()
    for _, case, *_ in told(run, REFUSED):
        (second if case in first else first).add(case)
    return first, second


def test_orders_are_refused_as_often_as_mismatch_and_refusal_say() -> None:
    """Of 6,000 orders 1 - 0.7 x 0.8 are refused, and as many of those sent again (binomial, jointly 1%)."""
    run = checked(victims({"rate": {"per_day": 6_000.0}}), mismatch=0.3, refusal=0.2)
    first, second = refusals(run)
    assert binomtest(len(first), len(run.plan.victims), 0.44).pvalue > 0.005
    assert binomtest(len(second), len(first), 0.44).pvalue > 0.005
    assert len(told(run, HOLD)) == len(run.plan.victims) - len(second)


@pytest.mark.parametrize("profile", [{"mismatch": 0.44}, {"refusal": 0.44}, {"mismatch": 0.3, "refusal": 0.2}])
def test_the_draw_of_a_check_belongs_to_the_account_and_the_attempt(profile: dict[str, Any]) -> None:
    """A slower bank, another mix of the same chance and other victims leave each account its luck."""
    few = victims({"rate": {"per_day": 300.0}})
    expected = refusals(checked(few, mismatch=0.3, refusal=0.2))
    assert all(expected)
    assert refusals(checked(few, "2h", **profile)) == expected
    more = checked(
        few | {"arrivals": few["arrivals"] | {"list": {"cases": [{"at": "0s", "scam": "scam"}] * 3}}}, **profile
    )
    first, second = refusals(more)
    rated = np.flatnonzero(more.plan.victims.id < 1 << 40).tolist()
    assert ({rated.index(n) for n in first if n in rated}, {rated.index(n) for n in second if n in rated}) == expected


def test_a_bank_that_refuses_more_refuses_the_same_orders_and_others() -> None:
    """With the chance of a mismatch raised, no order that was refused passes."""
    people = victims({"rate": {"per_day": 300.0}})
    strict, lenient = (refusals(checked(people, mismatch=chance))[0] for chance in (0.5, 0.2))
    assert lenient < strict


def test_a_bank_without_such_chances_refuses_nothing() -> None:
    """Right details always match where no mismatch or refusal is given."""
    assert not told(checked(victims({"rate": {"per_day": 300.0}})), REFUSED)


def with_the_victim(clarify: dict[str, Any], **profile: Any) -> Run:
    """A run in which all details are given wrong, and put right as `clarify` says; the bank takes 5 minutes."""
    machine = {"machine": {"staff": "unlimited", "time": "5m", **profile}}
    routes = on_accounts(WITH_THE_VICTIM, clarify=route(clarify, "account"))
    return simulate(world(victims=listed(0, wrong_details=1.0), bank_profiles=machine, routes=routes))


def test_wrong_details_are_refused_until_they_are_put_right() -> None:
    """Refused at 5 min, clarified at 15 by a call of ten minutes, stopped at 20 at the second attempt of the bank."""
    run = with_the_victim({"call": work(time="10m"), "right": {"do": "clarify"}})
    assert told(run, REFUSED) == [(5, 0, 1, -1)]
    assert told(run, CLARIFIED) == [(15, 0, 1, -1)]
    assert [minute for minute, *_ in told(run, HOLD)] == [20]
    bank = run.program.names.index("account.bank")
    assert [(row[0] // MINUTE, row[5]) for row in rows_of(run.rows, BEGIN) if row[4] == bank] == [(0, 1), (15, 2)]


def test_wrong_details_never_match_before() -> None:
    """Sent again unclarified, an order with wrong details is refused every time."""
    run = simulate(world(victims=listed(0, wrong_details=1.0), routes=on_accounts(CHECKED_TWICE)))
    assert len(told(run, REFUSED)) == 2
    assert not told(run, HOLD)


def test_clarified_details_may_still_fail_the_banks_own_chance() -> None:
    """A bank that refuses everything refuses three times, clarified or not; then the order is given up."""
    run = with_the_victim({"right": {"do": "clarify"}}, refusal=1.0)
    assert [minute for minute, *_ in told(run, REFUSED)] == [5, 10, 15]
    assert outcomes(run)[-1] == (15, 0, "account.refused")


def test_what_nobody_clarifies_is_given_up_in_time() -> None:
    """A clarification that takes seven hours is not waited for beyond six."""
    run = with_the_victim({"wait": pause("7h"), "right": {"do": "clarify"}})
    assert (5 + 6 * 60, 0, "account.refused") in outcomes(run)
    assert not told(run, HOLD)


def test_a_stop_takes_a_refusal_back() -> None:
    """Once an order that was refused has passed, whoever awaits a refusal waits for the next one."""
    later = {"await": {"any": ["refused"], "at_most": "3h", "on_timeout": "none"}, "leak": {"wait": "pause"}}
    steps = {
        "check": {"do": "check_order"}, "heard": until("refused"), "stop": {"do": "place_hold"},
        "later": later, "again": {"end": "again"}, "none": {"end": "none"},
    }  # fmt: skip
    run = simulate(world(victims=listed(0, wrong_details=1.0), routes=on_accounts(steps)))
    assert outcomes(run)[-1] == (180, 0, "account.none")
