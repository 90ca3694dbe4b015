"""Freezes that come to nothing for a reason: another force was first, or nobody can prove whose money it is."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sim.engine.run import Run, simulate
from sim.fraud.settle import NEVER
from sim.measure.metrics import measure
from sim.workflow.log import CONTESTED, FREEZE, HOLD_END, PAID
from tests.worlds import LAW, criminals, listed, on_accounts, outcomes, pause, route, same_log, told, until, world

STOP: dict[str, Any] = {"do": "place_hold"}
FILE: dict[str, Any] = {
    "file": {"do": "file_freeze"},
    "filed": {
        "choose": [
            {"if": {"contested": True}, "to": "theirs"},
            {"if": {"disputed": True}, "to": "disputed"},
            {"else": "ours"},
        ]
    },
    "theirs": {"end": "held_by_another"},
    "disputed": {"end": "disputed"},
    "ours": {"end": "frozen"},
}


def filed(claims: dict[str, float] | None, before: dict[str, Any] | None = None, count: int = 1, **more: Any) -> Run:
    """A run in which every account, credited with 1,000 yuan, is stopped at once and a freeze is filed in an hour."""
    steps = {"stop": STOP, **(before or {"wait": pause("1h")}), **FILE}
    people = listed(*range(0, count * 1000, 1000))
    money = criminals(claims=claims, exits={"cash": {"share": 1.0, "dwell": "100h"}})
    return simulate(world(law=LAW, victims=people, criminals=money, routes=on_accounts(steps, **more)))


def test_money_that_another_force_held_first_is_that_forces_for_good() -> None:
    """Filing tells it: the fen there are written down, nothing moves any more, and nothing of it counts as ours."""
    run = filed({"held_first": 1.0})
    assert told(run, CONTESTED) == [(60, 0, 1, 100_000)]
    assert told(run, FREEZE) == []
    assert told(run, HOLD_END) == []
    assert run.times.tolist() == [0, NEVER]
    assert (60, 0, "account.theirs") in outcomes(run)
    assert measure(run).metrics["recovered"] == 0


def test_where_ownership_is_disputed_the_stop_lapses() -> None:
    """No freeze is granted, and after the 48 h of the stop the money goes."""
    run = filed({"disputed": 1.0})
    assert told(run, FREEZE) == told(run, CONTESTED) == []
    assert told(run, HOLD_END) == [(48 * 60, 0, 1, 1)]
    assert (60, 0, "account.disputed") in outcomes(run)


def test_nothing_of_a_claim_is_known_before_the_filing() -> None:
    """Until the freeze is filed a run with claims on every account is the run without any, row by row."""
    steps = {"asked": {"choose": [{"if": {"contested": False, "disputed": False}, "to": "wait"}, {"else": "theirs"}]},
             "wait": pause("1h")}  # fmt: skip
    plain, claimed = (filed(claims, steps) for claims in (None, {"held_first": 0.6, "disputed": 0.4}))
    until_filing = [run.rows.part(0, int(np.searchsorted(run.rows.time, 3_600_000))) for run in (plain, claimed)]
    assert len(until_filing[0]) > 3
    assert same_log(*until_filing)


@pytest.mark.parametrize(("held_first", "disputed"), [(0.19, 0.08), (0.5, 0.0)])
def test_claims_fall_on_the_shares_of_accounts_that_are_given(held_first: float, disputed: float) -> None:
    """Of 2,000 accounts so many are contested or disputed as the shares say, within four standard deviations."""
    count = 2000
    names = [name for *_, name in outcomes(filed({"held_first": held_first, "disputed": disputed}, count=count))]
    for share, name in ((held_first, "account.theirs"), (disputed, "account.disputed")):
        assert abs(names.count(name) - share * count) <= 4 * (share * (1 - share) * count) ** 0.5


def test_a_watch_hears_that_an_account_is_contested() -> None:
    """Who awaits the end of a stop hears that it is another force's now; it would wait for ever."""
    watch = route({"over": until("lapsed", "contested"), "end": {"end": "over"}}, "account")
    run = filed({"held_first": 1.0}, {"watch": {"start": {"route": "watch"}}, "wait": pause("1h")}, watch=watch)
    assert (60, 0, "watch.end") in outcomes(run)


def test_nothing_is_returned_or_released_from_a_contested_account() -> None:
    """Our orders reach nothing there: no fen is paid, and the hold does not end."""
    theirs = {"theirs": {"do": "return_money"}, "free": {"do": "release"}, "over": {"end": "over"}}
    steps = {"stop": STOP, "file": {"do": "file_freeze"}, **theirs}
    run = simulate(world(law=LAW, criminals=criminals(claims={"held_first": 1.0}), routes=on_accounts(steps)))
    assert told(run, PAID) == told(run, HOLD_END) == []
    assert (0, 0, "account.over") in outcomes(run)
