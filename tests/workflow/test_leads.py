"""Accounts that a shared platform shows before anybody reports them."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.fraud.plan import draw_plan
from sim.fraud.settle import NEVER
from sim.words.units import HOUR
from sim.workflow.log import ALERT, BEGIN, HOLD, KNOWN, REPORT
from tests.worlds import CHASE, listed, outcomes, pause, route, sharing, told, victims, work, world

LEADS = {"route": "lead", "share": 1.0, "after": "10m", "false_per_day": 0.0}
STOP = {"stop": {"do": "place_hold"}}
LOOK = {"look": work(time="5m")}


def shown(people: dict[str, Any], lead: dict[str, Any], account: dict[str, Any] | None = None, **leads: Any) -> Run:
    """A run in which layer-1 accounts are shown ten minutes after their credit and go through the steps `lead`."""
    routes = {
        "call": route({"open": {"do": "open_case"}, "chase": CHASE}),
        "account": route(account or STOP, "account"),
        "lead": route(lead, "lead"),
    }
    return simulate(world(victims=people, prevention={"leads": LEADS | leads}, routes=routes))


def test_a_lead_makes_an_account_known_before_the_report() -> None:
    """Credited at 0, shown at 10 min, looked at for 5 and stopped: all is kept, though the victim reports at 2 h."""
    run = shown(listed(0, report_lag="2h"), LOOK | STOP)
    assert told(run, ALERT) == [(10, 0, 1, 1)]
    assert told(run, KNOWN)[0] == (10, 0, 1, 100_000)
    assert told(run, HOLD) == [(15, 0, 1, 100_000)]
    assert run.times.tolist() == [0, NEVER]


def test_an_account_known_by_a_lead_starts_the_route_of_its_case_when_it_is_named() -> None:
    """Named two hours later, the account goes its case's route too, known before; its amount is counted once."""
    tests = [
        {"if": {"amount_at_least": "1000.01 yuan"}, "to": "no"},
        {"if": {"known_before": True, "amount_at_least": "1000 yuan"}, "to": "yes"},
    ]
    steps: dict[str, Any] = {
        "before": {"choose": [*tests, {"else": "no"}]}, "yes": {"end": "yes"}, "no": {"end": "no"},
    }  # fmt: skip
    run = shown(listed(0, report_lag="2h"), LOOK, steps)
    assert outcomes(run) == [(15, 0, "lead.done"), (120, 0, "account.yes"), (120, 0, "call.done")]
    assert [minute for minute, *_ in told(run, KNOWN)] == [10, 120]


def test_a_lead_on_an_account_that_is_known_starts_nothing() -> None:
    """Reported at 5 min, the account is on its way when the platform shows it: an alert, and no second token."""
    run = shown(listed(0, report_lag="5m"), LOOK)
    assert told(run, ALERT) == [(10, 0, 1, 1)]
    assert not told(run, BEGIN)


def test_a_lead_does_not_tell_whom_it_robs() -> None:
    """While a lead is worked on, the case is neither reported nor are its scam, channel and age known."""
    tests = [{"reported": True}, {"scams": ["scam"]}, {"channels": ["call"]}, {"ages": ["old"]}]
    steps: dict[str, Any] = {
        "ask": {"choose": [*({"if": one, "to": "knows"} for one in tests), {"else": "blind"}]},
        "knows": {"end": "knows"}, "blind": {"end": "blind"},
    }  # fmt: skip
    people = listed(0, report_lag="2h") | {"channels": {"call": {"share": 1.0}}, "ages": {"old": 1.0}}
    assert (10, 0, "lead.blind") in outcomes(shown(people, steps))


def test_time_elapsed_counts_from_the_lead_where_nobody_reported() -> None:
    """Five minutes after the lead, five minutes have elapsed, and not more."""
    tests = [{"if": {"elapsed_at_least": at}, "to": to} for at, to in (("300001ms", "more"), ("5m", "five"))]
    steps: dict[str, Any] = {**LOOK, "ask": {"choose": [*tests, {"else": "less"}]}}
    steps |= {name: {"end": name} for name in ("more", "five", "less")}
    assert (15, 0, "lead.five") in outcomes(shown(listed(0, reports=0.0), steps))


def test_leads_come_as_often_as_their_share_says_and_do_not_move_each_other() -> None:
    """A larger share shows the same accounts and others."""
    people = victims({"rate": {"per_day": 400.0}}, reports=0.0)
    few, many = ({row[1] for row in told(shown(people, LOOK, share=share), ALERT)} for share in (0.2, 0.6))
    assert few < many
    assert 40 < len(few) < 120
    assert 180 < len(many) < 300


def test_a_payment_that_was_never_made_is_not_shown() -> None:
    """Where the line is cut before the payment, there is no credit to be seen."""
    routes = {"call": route({"open": {"do": "open_case"}}), "lead": route(LOOK, "lead")}
    prevention = {"leads": LEADS, "line_cut": {"share": 1.0, "after": 0}}
    run = simulate(world(victims=listed(0), prevention=prevention, routes=routes))
    assert not told(run, ALERT)
    assert not told(run, KNOWN)


def test_false_leads_are_the_same_work_on_innocent_accounts() -> None:
    """Honest accounts among the leads are looked at and stopped like the others; nothing is found on them."""
    run = shown(listed(0, report_lag="2h"), LOOK | STOP, false_per_day=30.0)
    honest = np.flatnonzero(run.plan.victims.bystander).tolist()
    assert len(honest) > 15
    for kind in (ALERT, BEGIN, HOLD):
        assert sorted(number for _, number, *_ in told(run, kind) if number in honest) == honest
    assert {value for _, number, _, value in told(run, HOLD) if number in honest} == {0}
    assert [number for _, number, *_ in told(run, REPORT)] == [run.plan.victims.bystander.tolist().index(0)]


@pytest.mark.parametrize(("shared", "expected"), [(True, "yes"), (False, "no")])
def test_an_account_shown_for_one_case_is_known_before_in_another_that_shares_it(shared: bool, expected: str) -> None:
    """The second case names an account that a lead showed as the first one's: known before, if it is the same."""
    steps: dict[str, Any] = {
        "before": {"choose": [{"if": {"known_before": True}, "to": "yes"}, {"else": "no"}]},
        "yes": {"end": "yes"}, "no": {"end": "no"},
    }  # fmt: skip
    people = victims(
        {"list": {"cases": [{"at": "0s", "scam": "scam", "reports": False}, {"at": "1h", "scam": "scam"}]}}
    )
    routes = {
        "call": route({"wait": pause("5m"), "open": {"do": "open_case"}, "chase": CHASE}),
        "account": route(steps, "account"), "lead": route(LOOK, "lead"),
    }  # fmt: skip
    scenario = world(victims=people, prevention={"leads": LEADS}, routes=routes)
    plan = draw_plan(scenario, 1, 0)
    run = simulate(scenario, plan=sharing(plan, (1, 3)) if shared else plan)
    assert (65, 1, f"account.{expected}") in outcomes(run)
    assert plan.victims.reported.tolist() == [NEVER, HOUR]
