"""Law, prevention, field teams, machines and innocent money in worlds so small that every number is known."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.measure.metrics import measure
from sim.measure.money import HELD_ELSEWHERE, money_of
from sim.report.findings.case import gather
from sim.report.findings.story import tell
from sim.workflow.log import CONTESTED, FREEZE, HOLD, Rows, content
from tests.measure.test_metrics import check
from tests.worlds import criminals, listed, route, stop_everything, work, world

LAW = {"stop": "48h", "most_stops": 1, "freeze": "180d", "renewals": 0}
HOUR = 3_600_000


def metrics_of(**sections: Any) -> dict[str, float]:
    """The metrics of a small world; the ledger of each closes."""
    return ledger_of(simulate(world(**sections)))


def ledger_of(run: Run) -> dict[str, float]:
    """The metrics of a run; its ledger closes."""
    metrics = measure(run).metrics
    leaks = sum(value for name, value in metrics.items() if name.startswith("leak."))
    assert metrics["loss"] == metrics["recovered"] + leaks + metrics["held_elsewhere"] + metrics["still_moving"]
    return metrics


def after_stop(*effects: str, wait: str = "1h") -> dict[str, Any]:
    """The shortest response, with some effects after the stop, each after a wait."""
    steps: dict[str, Any] = {"stop": {"do": "place_hold"}}
    for number, effect in enumerate(effects):
        steps[f"wait{number}"] = {"wait": {"for": wait}, "leak": {"wait": "paper"}}
        steps[f"do{number}"] = {"do": effect}
    return stop_everything() | {"account": route(steps, "account")}


# -- law ---------------------------------------------------------------------------------------------------


def test_a_stop_that_lapses_lets_the_money_go() -> None:
    """Stopped at once for 48 hours and not frozen: it leaves a retry delay later, and that is lost to the lapse."""
    metrics = metrics_of(law=LAW, routes=after_stop(), horizon="4d")
    check(
        metrics, leak__lapsed=1000, recovered=0, frozen=0, under_stop=0, stopped=1000, lapses=1, freezes=0,
        accounts_stopped=1, recoverable_at_report=1000, response_efficiency=0, victims_nothing=1,
    )  # fmt: skip


def test_money_under_a_stop_alone_is_not_recovered() -> None:
    """When the run ends a day after the stop, the money is under a stop, and still moving in the ledger."""
    metrics = metrics_of(law=LAW, routes=after_stop(), horizon="2h", follow_up="22h")
    check(metrics, under_stop=1000, still_moving=1000, recovered=0, frozen=0, lapses=0)


def test_a_freeze_recovers() -> None:
    """A freeze filed an hour after the stop keeps the money; without a law there is nothing to file."""
    check(
        metrics_of(law=LAW, routes=after_stop("file_freeze")),
        frozen=1000, recovered=1000, under_stop=0, returned=0, freezes=1, still_moving=0, lapses=0,
    )  # fmt: skip
    check(metrics_of(routes=after_stop()), frozen=1000, recovered=1000, freezes=0, returned=0)


def test_money_paid_back_is_returned_and_no_longer_frozen() -> None:
    """Frozen and then returned: recovered stays what it was, all of it paid back."""
    metrics = metrics_of(law=LAW, routes=after_stop("file_freeze", "return_money"))
    check(metrics, returned=1000, frozen=0, recovered=1000, victims_whole=1, response_efficiency=1)


@pytest.mark.parametrize("law", [LAW, None])
def test_what_another_force_holds_is_neither_recovered_nor_lost(law: dict[str, Any] | None) -> None:
    """Filing finds after an hour that another force was first: from then on the money has a place of its own."""
    run = simulate(world(law=law, routes=after_stop("file_freeze")))
    rows = run.rows
    found = rows.of(FREEZE if law else HOLD)[0]
    row = Rows(
        np.insert(rows.time, found + 1, rows.time[found]), np.insert(rows.key, found + 1, content(0, 1)),
        np.insert(rows.doing, found + 1, CONTESTED), rows.valued + (rows.valued > found), rows.values,
    )  # fmt: skip
    run = replace(run, rows=row)
    metrics = ledger_of(run)
    check(
        metrics, held_elsewhere=1000, recovered=0, frozen=0, under_stop=0, still_moving=0, stopped=1000,
        recoverable_at_report=1000, victims_nothing=1,
    )  # fmt: skip
    before, _ = money_of(run, int(rows.time[found]) - 1)
    assert not before.fen(HELD_ELSEWHERE).any()
    assert gather(run, 0).elsewhere == 100_000
    assert any("another force" in line for line in tell(run, 0))


def test_a_released_hold_is_its_own_cause() -> None:
    """Money let go by a decision and then lost is lost to that, with a law and without."""
    for law in (LAW, None):
        check(metrics_of(law=law, routes=after_stop("release")), leak__released=1000, recovered=0, lapses=0)


def test_a_refused_order_is_counted_and_its_rework_is_a_cause() -> None:
    """Details given wrong are refused once; money that leaves during the hour of rework is lost to it."""
    account = {
        "bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}, "attempts": 3,
                 "on_exhausted": "over"},
        "check": {"do": "check_order"},
        "fits": {"choose": [{"if": {"refused": True}, "to": "ask"}, {"else": "stop"}]},
        "ask": {"wait": {"for": "2h"}, "leak": {"wait": "refused"}},
        "right": {"do": "clarify", "to": "bank"},
        "stop": {"do": "place_hold"},
        "over": {"end": "over"},
    }  # fmt: skip
    metrics = metrics_of(
        victims=listed(0, wrong_details=1.0), routes=stop_everything() | {"account": route(account, "account")}
    )
    check(metrics, refused_orders=1, leak__refused=1000, empty_stops=1)


# -- what acts early ---------------------------------------------------------------------------------------


def warned(**more: Any) -> dict[str, Any]:
    """A victim contacted an hour before the payment, whom a warning reaches at once."""
    routes = stop_everything() | {"warn": route({"say": {"do": "dissuade"}}, "victim")}
    warnings = {"route": "warn", "share": 1.0, "after": 0, "false_per_day": 0}
    return {
        "victims": listed(2 * HOUR, contact="1h", **more), "routes": routes, "prevention": {"warnings": warnings},
    }  # fmt: skip


def test_prevented_money_is_no_loss_and_not_recovered() -> None:
    """Warned in time the victim pays nothing: prevented, no victim, no report, and nothing in the ledger."""
    check(
        metrics_of(**warned()), prevented=1000, prevented_cases=1, loss=0, recovered=0, victims=0, reports=0,
        recovered_share=None, accounts_stopped=0, alerts=1, false_alerts=0, recoverable_at_report=0,
    )  # fmt: skip


def test_payments_prevented_in_the_middle_are_split_from_the_loss() -> None:
    """Of two payments an hour apart the first is made, and a warning between them prevents the second."""
    sections = warned(most_payments=2, typical_payment="500 yuan", payment_gap="1h")
    sections["prevention"]["warnings"]["after"] = "90m"
    check(
        metrics_of(**sections), prevented=500, prevented_cases=1, loss=500, victims=1, recovered=500,
        recoverable_at_report=500, response_efficiency=1,
    )  # fmt: skip


def leads(report_lag: str, effects: dict[str, Any]) -> dict[str, float]:
    """A lead shows the account ten minutes after its credit, and what a lead's route then does."""
    lead = {"route": "lead", "share": 1.0, "after": "10m", "false_per_day": 0}
    return metrics_of(
        victims=listed(0, report_lag=report_lag), prevention={"leads": lead},
        routes=stop_everything() | {"lead": route(effects, "lead")},
    )  # fmt: skip


def test_what_a_lead_recovered_before_the_report_is_left_out_of_the_comparison() -> None:
    """Held by a lead before the report: recovered, but early, and the ceiling leaves it out as well."""
    check(
        leads("30m", {"stop": {"do": "place_hold"}}), recovered=1000, recovered_early=1000, recoverable_at_report=0,
        response_efficiency=None, response_latency=0, containment_time=0,
    )  # fmt: skip
    check(
        leads("5m", {"stop": {"do": "place_hold"}}), recovered=1000, recovered_early=0, recoverable_at_report=1000,
        response_efficiency=1,
    )  # fmt: skip


@pytest.mark.parametrize("lag", ["2h", "50m"])
def test_a_known_lead_gives_the_cause_even_before_the_report(lag: str) -> None:
    """Known from minute 10 on and lost at 60: the stage of the lead is the cause, whenever the victim reports."""
    look = {"wait": {"for": "3h"}, "leak": {"wait": "look"}}
    routes = {"call": route({"ask": work(time="1h")}), "lead": route({"look": look}, "lead")}
    lead = {"route": "lead", "share": 1.0, "after": "10m", "false_per_day": 0}
    metrics = metrics_of(victims=listed(0, report_lag=lag), prevention={"leads": lead}, routes=routes)
    check(metrics, leak__look=1000, leak__before_report=0, leak__before_discovery=0)


def test_before_a_lead_is_known_the_victims_clock_counts() -> None:
    """A lead that comes after the money has left changes nothing: it was gone before the report."""
    look = {"wait": {"for": "3h"}, "leak": {"wait": "look"}}
    routes = {"call": route({"ask": work(time="1h")}), "lead": route({"look": look}, "lead")}
    lead = {"route": "lead", "share": 1.0, "after": "90m", "false_per_day": 0}
    metrics = metrics_of(victims=listed(0, report_lag="2h"), prevention={"leads": lead}, routes=routes)
    check(metrics, leak__before_report=1000, leak__look=0)


def test_steps_in_the_background_are_no_stage() -> None:
    """The account's paperwork begins after its entry; as a background route it does not change the cause."""
    paper = route({"write": work("desk", "5h")}, "account")
    paper["steps"]["write"]["leak"] = {"wait": "paper", "work": "paper"}
    account = {
        "also": {"start": {"route": "paper"}},
        "entry": {"wait": {"for": "2h"}, "leak": {"wait": "entry"}},
    }
    late = {"wait": {"for": "1m"}, "leak": {"wait": "late"}}
    paper["steps"] = {"late": late, **paper["steps"]}
    paper["first"] = "late"
    for background, cause in ((True, "entry"), (None, "paper")):
        routes = stop_everything() | {
            "account": route(account, "account"), "paper": paper | {"background": background}
        }  # fmt: skip
        metrics = metrics_of(routes=routes)
        assert metrics[f"leak.{cause}"] == 1000


# -- ways out, machines, innocent money --------------------------------------------------------------------


def test_money_caught_at_a_courier_is_intercepted() -> None:
    """A courier carries the money for two hours; a field team takes it: intercepted, recovered, and no stop."""
    exits = {"cash": {"share": 1.0, "dwell": "5m", "pending": {"share": 1.0, "dwell": "2h", "reach": "field"}}}
    account = {
        "bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}},
        "answer": {"do": "reveal"},
        "field": {"start": {"route": "field", "for": "each_cash_exit_known"}},
    }
    field = {"ride": work(time="30m"), "catch": {"do": "intercept"}}
    metrics = metrics_of(
        law=LAW, victims=listed(0, report_lag="10m"), criminals=criminals(exits=exits),
        routes=stop_everything() | {"account": route(account, "account"), "field": route(field, "cash_exit")},
    )  # fmt: skip
    check(
        metrics, intercepted=1000, recovered=1000, frozen=0, under_stop=0, accounts_stopped=0, cases_with_stop=0,
        stopped=1000, recoverable_at_report=1000, response_efficiency=1, leak__lapsed=0,
    )  # fmt: skip


def test_a_cancelled_transfer_of_a_machine_is_returned() -> None:
    """A payment at a machine waits 24 hours; cancelled meanwhile it is back with the victim at once."""
    robbed = listed(0, report_lag="10m", rails={"machine": 1.0})
    robbed |= {"rails": {"machine": {"delay": "24h", "profile": "machine"}}}
    metrics = metrics_of(law=LAW, victims=robbed, routes=after_stop())
    check(metrics, returned=1000, recovered=1000, under_stop=0, loss=1000, response_efficiency=1)


def innocent(**objections: Any) -> dict[str, Any]:
    money = {"share": 1.0, "balance": "500 yuan", "objects": 1.0, "objection": "6h"}
    return {"criminals": criminals(innocent=money), **objections}


def test_innocent_money_is_held_until_it_is_cleared() -> None:
    """500 innocent yuan are held from minute 0; cleared after 6 hours and one of work, or else to the end."""
    check(
        metrics_of(routes=after_stop(), **innocent()),
        wrongful_holds=500, wrongful_accounts=1, wrongful_days=1, objections=0, recovered=1000,
    )  # fmt: skip
    hear = route({"hear": work(time="1h"), "clear": {"do": "clear_innocent"}}, "account") | {"background": True}
    metrics = metrics_of(
        routes=after_stop() | {"hear": hear}, objections={"route": "hear"}, **innocent(),
    )  # fmt: skip
    check(
        metrics, wrongful_holds=0, wrongful_accounts=1, wrongful_days=7 / 24, objections=1, objection_work=3600,
        recovered=1000,
    )  # fmt: skip


def test_a_shared_account_is_one_account_and_one_stop() -> None:
    """Two victims' money on one card: one account, one stop, one balance of its holder; both are made whole."""
    money = {"share": 1.0, "balance": "500 yuan", "objects": 0.0, "objection": "6h"}
    shared = criminals(reuse={"share": 1.0, "pool": 1, "lifetime": "30d"}, innocent=money)
    metrics = metrics_of(victims=listed(0, 1000, report_lag="10m"), criminals=shared, routes=stop_everything())
    check(
        metrics, accounts_stopped=1, empty_stops=0, recovered=2000, victims_whole=2, wrongful_holds=500,
        wrongful_accounts=1, recoverable_at_report=2000, response_efficiency=1,
    )  # fmt: skip


def test_a_silent_victim_gains_from_a_report_about_the_same_account() -> None:
    """Who never reports gets money back from an account that another case stops; the ceiling counts it too."""
    both = {"list": {"cases": [
        {"at": 0, "scam": "scam", "reports": False}, {"at": "1s", "scam": "scam", "report_lag": "10m"},
    ]}}  # fmt: skip
    shared = criminals(reuse={"share": 1.0, "pool": 1, "lifetime": "30d"})
    metrics = metrics_of(victims=listed(0) | {"arrivals": both}, criminals=shared, routes=stop_everything())
    check(metrics, recovered=2000, reported_loss=1000, recovered_share_reported=1, recoverable_at_report=2000)
