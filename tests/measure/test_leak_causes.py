"""The cause of a loss, in a world where every minute belongs to a known stage."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.orders import Order
from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.scenario.models import Scenario
from sim.words.units import MINUTE
from sim.workflow.log import ORDER
from tests.worlds import criminals, listed, route, rows_of, world

LOSS = 100_000


def stage(name: str, desk: str = "many") -> dict[str, Any]:
    """Ten minutes of work by one of a desk."""
    work = {"team": {desk: 1}, "time": "10m"}
    return {"work": work, "leak": {"wait": f"{name}-wait", "work": f"{name}-work"}}


def race(exit_after: str, *, few: bool = False, times: tuple[int, ...] = (0,), **more: Any) -> Scenario:
    """Discovery 10 min after the payment, report at 20, then statement, entry and bank take 10 min each.

    With `few`, one person does all entries, and each further case waits for the one before it.
    """
    chase = {"start": {"route": "account", "for": "each_revealed"}}
    steps = {
        "entry": stage("entry", "one" if few else "many"), "bank": stage("bank"), "stop": {"do": "place_hold"},
        "answer": {"do": "reveal"}, "chase": chase,
    }  # fmt: skip
    call = {"statement": stage("statement"), "open": {"do": "open_case"}, "chase": chase}
    sections: dict[str, Any] = {
        "victims": listed(*times, discovery="10m", report_lag="10m"),
        "criminals": criminals(exits={"cash": {"share": 1.0, "dwell": exit_after}}),
        "desks": {"many": {"staff": "unlimited"}, "one": {"staff": 1}},
        "routes": {"call": route(call), "account": route(steps, "account")},
    }
    return world(**(sections | more))


def causes(scenario: Scenario, case: int = 0) -> dict[str, int]:
    """Fen by cause of one case, and what was recovered; nothing that is 0."""
    result = measure(simulate(scenario))
    fen = {name: int(by_case[case]) for name, by_case in result.leak.items()} | {
        "recovered": int(result.recovered[case])
    }
    return {name: amount for name, amount in fen.items() if amount}


@pytest.mark.parametrize(
    ("minutes", "cause"),
    [
        (5, "before_discovery"), (10, "before_discovery"), (15, "before_report"), (20, "before_report"),
        (25, "statement-work"), (30, "statement-work"), (35, "entry-work"), (40, "entry-work"), (45, "bank-work"),
        (50, "recovered"), (55, "recovered"),
    ],
)  # fmt: skip
def test_a_loss_is_booked_under_the_stage_at_its_exit(minutes: int, cause: str) -> None:
    """Money that leaves at a minute of the race is booked under the stage of that minute; from the stop on it stays."""
    assert causes(race(f"{minutes}m")) == {cause: LOSS}


def test_an_order_about_an_account_that_is_not_there_changes_no_cause() -> None:
    """An order that was refused, because the case has no such account, leaves the ledger as it was."""
    scenario = race("35m")
    order = Order(at=30 * MINUTE, number=0, action="stop", case=0, account=2)
    run = simulate(scenario, orders=[order])
    assert [(row[3], row[8]) for row in rows_of(run.rows, ORDER)] == [(2, 0)]
    assert int(measure(run).leak["entry-work"].sum()) == LOSS


def test_waiting_has_its_own_cause() -> None:
    """The second of two cases waits for the one person who does entries, and loses its money meanwhile."""
    assert causes(race("36m", few=True, times=(0, 0)), case=1) == {"entry-wait": LOSS}
    assert causes(race("46m", few=True, times=(0, 0)), case=1) == {"entry-work": LOSS}


def test_who_never_reports_loses_for_that() -> None:
    """A victim who tells nobody loses everything under one cause."""
    assert causes(race("35m", victims=listed(0, discovery="10m", reports=0.0))) == {"never_reported": LOSS}


def test_an_account_that_cannot_be_asked_is_out_of_reach() -> None:
    """Where the route ended because the bank cannot be asked, the loss is out of reach."""
    steps = {"bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank-wait", "work": "bank-work"}}}
    call = {"open": {"do": "open_case"}, "chase": {"start": {"route": "account", "for": "each_revealed"}}}
    routes = {"call": route(call), "account": route(steps, "account")}
    assert causes(race("35m", banks={"far": {"share": 1.0}}, routes=routes)) == {"out_of_reach": LOSS}


@pytest.mark.parametrize(("second_hop", "cause"), [("3m", "bank-work"), ("5m", "bank-work"), ("12m", "entry-work")])
def test_the_deepest_known_account_on_the_path_decides(second_hop: str, cause: str) -> None:
    """Money moves on at minute 45: leaving at once it is the first account's loss, later that of the account behind it.

    The first account is stopped at minute 50, where its bank names the second, whose entry begins.
    """
    hops = criminals(
        exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=["45m"],
        exits={"cash": {"share": 1.0, "dwell": second_hop}},
    )  # fmt: skip
    assert causes(race("0m", criminals=hops)) == {cause: LOSS}
