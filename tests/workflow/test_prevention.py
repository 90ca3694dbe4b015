"""What acts before money is lost: blocking, cut lines, warnings, banks that watch; and people nobody defrauds."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.fraud.settle import NEVER
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import ALERT, BEGIN, HOLD, HOLD_END, REPORT
from tests.worlds import case, listed, outcomes, pause, route, stop_everything, told, victims, work, world

TWO = {"loss": "2000 yuan", "most_payments": 2, "payment_gap": "1h"}
"""Two payments an hour apart."""


def prevented(prevention: dict[str, Any], people: dict[str, Any], routes: Any = None, **sections: Any) -> Run:
    """A run with some prevention, whose response stops every account it hears of."""
    return simulate(world(victims=people, prevention=prevention, routes=stop_everything() | (routes or {}), **sections))


def payments(run: Run) -> list[int]:
    """ms of every payment of the plan."""
    return run.times[run.plan.transfers.parent < 0].tolist()


# -- blocking and cut lines ------------------------------------------------------------------------------


def test_who_is_blocked_at_the_source_pays_nothing_and_reports_nothing() -> None:
    """With every fraud blocked no payment is made, nobody reports and nothing works; money held there is layer 0."""
    run = prevented({"blocking": {"share": 1.0}}, listed(0, HOUR, **TWO))
    assert payments(run) == [NEVER] * 4
    assert [account for _, _, account, _ in told(run, HOLD)] == [0, 0]
    assert not told(run, REPORT)
    assert set(run.rows.kind.tolist()) <= {HOLD, run.rows.kind[-1]}


def test_blocking_is_of_the_scams_it_names() -> None:
    """Blocking of one scam leaves the victims of another alone."""
    people = listed(0)
    people["scams"]["other"] = people["scams"]["scam"]
    people["arrivals"]["list"]["cases"].append(case(0) | {"scam": "other"})
    run = prevented({"blocking": {"share": 1.0, "scams": ["other"]}}, people)
    assert payments(run) == [0, NEVER]


@pytest.mark.parametrize(
    ("after", "paid"),
    [("0s", [NEVER, NEVER]), ("1ms", [0, NEVER]), ("30m", [0, NEVER]), ("1h", [0, NEVER]), ("3600001ms", [0, HOUR])],
)
def test_a_line_that_is_cut_ends_the_payments_from_then_on(after: str, paid: list[int]) -> None:
    """Cut up to the very moment of a payment it is not made; those before are lost and reported."""
    run = prevented({"line_cut": {"share": 1.0, "after": after}}, listed(0, **TWO))
    assert payments(run) == paid
    assert bool(told(run, REPORT)) == (paid[0] == 0)


def test_a_line_cut_after_the_last_payment_does_nothing() -> None:
    """Cut two hours after the first contact, when both payments are made, the line has nothing to say in the log."""
    run = prevented({"line_cut": {"share": 1.0, "after": "2h"}}, listed(0, **TWO))
    assert payments(run) == [0, HOUR]
    assert not [account for _, _, account, _ in told(run, HOLD) if account == 0]


# -- warnings --------------------------------------------------------------------------------------------

CALL_THEM = {"warn": route({"call": work(time="10m"), "tell": {"do": "dissuade"}}, "victim")}
WARNINGS = {"route": "warn", "share": 1.0, "after": "20m", "false_per_day": 0.0}


@pytest.mark.parametrize(("contact", "paid"), [("30m", NEVER), ("29m", 6 * HOUR)])
def test_a_warning_in_time_prevents_the_payment(contact: str, paid: int) -> None:
    """Listed 20 min after the first contact and called for 10, a victim does not pay 30 min after the contact."""
    run = prevented({"warnings": WARNINGS}, listed(6 * HOUR, contact=contact), CALL_THEM)
    assert payments(run) == [paid]
    assert [value for *_, value in told(run, ALERT)] == [0]
    assert len(told(run, REPORT)) == (paid < NEVER)


def test_a_warning_between_two_payments_saves_the_second() -> None:
    """The first payment is lost and reported, the second is never made."""
    run = prevented({"warnings": WARNINGS}, listed(0, **TWO), CALL_THEM)
    assert payments(run) == [0, NEVER]
    assert [(minute, number) for minute, number, *_ in told(run, REPORT)] == [(60, 0)]


def test_a_protective_stop_is_the_same_for_the_money() -> None:
    """`protect` ends the payments as `dissuade` does."""
    protect = {"warn": route({"call": work(time="10m"), "stop": {"do": "protect"}}, "victim")}
    runs = [prevented({"warnings": WARNINGS}, listed(0, **TWO), routes) for routes in (CALL_THEM, protect)]
    assert payments(runs[0]) == payments(runs[1])
    assert told(runs[0], HOLD) == told(runs[1], HOLD)


def test_false_warnings_cost_the_same_work_and_nothing_else() -> None:
    """People whom nobody defrauds are called by the same desk as victims, and no money is touched."""
    quiet, busy = (
        prevented({"warnings": WARNINGS | {"false_per_day": rate}}, listed(0, **TWO), CALL_THEM) for rate in (0.0, 40.0)
    )
    strangers = np.flatnonzero(busy.plan.victims.bystander)
    assert len(strangers) > 20
    calls = [number for _, number, *_ in told(busy, BEGIN) if busy.plan.victims.bystander[number]]
    assert sorted(calls) == strangers.tolist()
    assert sum(name == "warn.done" for *_, name in outcomes(busy)) == len(strangers) + 1
    assert len(told(busy, ALERT)) == len(strangers) + 1
    assert payments(busy) == [0, NEVER] == payments(quiet)
    assert len(told(busy, REPORT)) == 1


# -- a bank that watches ---------------------------------------------------------------------------------


def watched(people: dict[str, Any], steps: dict[str, Any], false: float = 0.0, **watching: Any) -> Run:
    """A run in which the victims' bank holds payments of 1,000 yuan and more, and a route decides on them."""
    monitoring = {"detects": 1.0, "least": "1000 yuan", "false_per_day": false, **watching}
    banks = {"bank": {"share": 1.0, "profile": "machine", "monitoring": monitoring}}
    return prevented({"alarms": {"route": "alarm"}}, people, {"alarm": route(steps, "victim")}, banks=banks)


LET_PAY = {"ask": work(time="30m"), "pay": {"do": "let_pay"}}


def test_a_held_payment_waits_until_the_bank_lets_it_go() -> None:
    """Asked for half an hour, a victim who insists pays then, after the retry delay; later payments are watched too."""
    run = watched(listed(0, discovery="10h", **TWO), LET_PAY)
    assert payments(run) == [31 * MINUTE, 91 * MINUTE]
    assert [(minute, value) for minute, _, _, value in told(run, ALERT)] == [(0, 2), (60, 2)]
    assert [(minute, account) for minute, _, account, _ in told(run, HOLD_END)] == [(30, 0), (90, 0)]


def test_a_payment_that_the_bank_stops_is_prevented() -> None:
    """Where the bank protects the customer, nothing is paid, and there is nothing to report."""
    run = watched(listed(0, discovery="10h", **TWO), {"ask": work(time="30m"), "stop": {"do": "protect"}})
    assert payments(run) == [NEVER, NEVER]
    assert not told(run, REPORT)


@pytest.mark.parametrize(
    ("discovery", "paid"), [("29m", NEVER), ("30m", NEVER), ("30m30s", NEVER), ("31m", NEVER), ("31m1ms", 31 * MINUTE)]
)
def test_a_victim_who_understood_meanwhile_does_not_pay(discovery: str, paid: int) -> None:
    """A payment due at 31 min is made only by a victim who has not understood by then; unpaid, it is not reported."""
    run = watched(listed(0, discovery=discovery), LET_PAY)
    assert payments(run) == [paid]
    assert len(told(run, HOLD_END)) == (discovery not in ("29m", "30m"))  # who understood first is not let pay
    assert len(told(run, REPORT)) == (paid < NEVER)


def test_a_payment_held_when_its_victim_understands_is_not_reported() -> None:
    """With the decision still open when the victim reports, nothing has been paid and nobody is asked for a stop."""
    run = watched(listed(0, discovery="10m"), {"ask": work(time="3h"), "pay": {"do": "let_pay"}})
    assert payments(run) == [NEVER]
    assert not told(run, REPORT)


@pytest.mark.parametrize(("least", "held"), [("1000 yuan", 1), ("1000.01 yuan", 0)])
def test_a_bank_looks_only_at_large_payments(least: str, held: int) -> None:
    """A payment below the bank's least amount passes."""
    run = watched(listed(0, discovery="10h"), LET_PAY, least=least)
    assert len(told(run, ALERT)) == held
    assert payments(run) == [31 * MINUTE if held else 0]


def test_false_alarms_hold_honest_people_and_work_the_same_desk() -> None:
    """Honest payments are held, asked about by the same people and let go; only the victim reports."""
    run = watched(listed(20 * HOUR, discovery="10h"), LET_PAY, false=30.0)
    honest = np.flatnonzero(run.plan.victims.bystander)
    assert len(honest) > 15
    assert sorted(number for _, number, *_ in told(run, ALERT)) == list(range(len(run.plan.victims)))
    for kind in (HOLD, HOLD_END, BEGIN):
        assert sorted(number for _, number, *_ in told(run, kind) if number in honest) == honest.tolist()
    assert [number not in honest for _, number, *_ in told(run, REPORT)] == [True]


def test_one_who_is_blocked_meets_no_other_prevention() -> None:
    """Blocked at the source, a victim is neither warned nor held by a bank."""
    monitoring = {"detects": 1.0, "least": 0, "false_per_day": 0.0}
    run = prevented(
        {"blocking": {"share": 1.0}, "warnings": WARNINGS, "alarms": {"route": "warn"}},
        victims({"rate": {"per_day": 30.0}}, contact="1h"), CALL_THEM,
        banks={"bank": {"share": 1.0, "profile": "machine", "monitoring": monitoring}},
    )  # fmt: skip
    assert not told(run, ALERT)
    assert not told(run, BEGIN)


def test_prevention_holds_for_good_under_a_law() -> None:
    """A stop of the law's 48 h says nothing of a victim's own account: what is prevented stays so."""
    law = {"stop": "48h", "most_stops": 2, "freeze": "180d", "renewals": 0}
    routes = CALL_THEM | {"call": route({"long": pause("9d")})}
    run = prevented({"warnings": WARNINGS}, listed(0, **TWO), routes, law=law)
    assert run.end >= 9 * 24 * HOUR
    assert payments(run) == [0, NEVER]
    assert not [row for row in told(run, HOLD_END) if row[2] == 0]
