"""What became of stopped accounts, by reason: every account and every fen found on one has exactly one."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import simulate
from sim.measure.metrics import measure
from sim.workflow.log import HOLD
from tests.worlds import LAW, criminals, listed, on_accounts, pause, route, world

FREEZE = route(
    {
        "file": {"do": "file_freeze"},
        "filed": {
            "choose": [
                {"if": {"contested": True}, "to": "theirs"},
                {"if": {"disputed": True}, "to": "disputed"},
                {"else": "frozen"},
            ]
        },
        "theirs": {"end": "held_by_another"},
        "disputed": {"end": "disputed"},
        "frozen": {"end": "frozen"},
    },
    "account",
)


@pytest.fixture(scope="module")
def by_reason() -> dict[str, float]:
    """The metrics of 200 cases of which half are another force's and a quarter disputed; nothing is returned."""
    steps: dict[str, Any] = {"stop": {"do": "place_hold"}, "wait": pause("1h"), "paper": {"start": {"route": "freeze"}}}
    money = criminals(claims={"held_first": 0.5, "disputed": 0.25}, exits={"cash": {"share": 1.0, "dwell": "100h"}})
    people = listed(*range(0, 200_000, 1000))
    run = simulate(world(law=LAW, victims=people, criminals=money, routes=on_accounts(steps, freeze=FREEZE)))
    assert len(np.unique(run.rows.case[run.rows.of(HOLD)])) == 200
    return measure(run).metrics


def test_the_reasons_add_up_to_what_was_stopped(by_reason: dict[str, float]) -> None:
    """Accounts and yuan, to the fen."""
    for stage, whole in (("stage.", by_reason["accounts_stopped"]), ("stage_money.", by_reason["stopped"])):
        assert sum(value for name, value in by_reason.items() if name.startswith(stage)) == pytest.approx(whole)


def test_each_reason_is_told_apart(by_reason: dict[str, float]) -> None:
    """What another force holds and what is frozen are the same here as in the ledger of money."""
    assert by_reason["stage_money.held_by_another"] == by_reason["held_elsewhere"]
    assert by_reason["stage_money.frozen"] == by_reason["frozen"]
    assert by_reason["stage.held_by_another"] > by_reason["stage.disputed"] > 20


def test_where_nothing_is_ever_frozen_there_are_no_stages() -> None:
    """A response without a route that files freezes has no such table."""
    names = measure(simulate(world(routes=on_accounts({"stop": {"do": "place_hold"}})))).metrics
    assert not [name for name in names if name.startswith("stage")]
