"""Stops that lapse, freezes that are filed in time or too late, and how long a run waits for them."""

from __future__ import annotations

from typing import Any

import pytest

from sim.engine.run import Run, simulate
from sim.fraud.settle import NEVER
from sim.words.units import DAY, HOUR, MINUTE
from sim.workflow.log import CLOSED, FREEZE, HOLD, HOLD_END, OUTCOME
from tests.worlds import (
    LAW,
    criminals,
    listed,
    on_accounts,
    outcomes,
    pause,
    route,
    stop_everything,
    told,
    until,
    world,
)

STOP: dict[str, Any] = {"do": "place_hold"}
FREEZE_IT: dict[str, Any] = {"do": "file_freeze"}


def under(law: dict[str, Any] | None, steps: dict[str, Any], **sections: Any) -> Run:
    """A run in which the only account, credited at 0 with 1,000 yuan, is stopped at once and then goes through steps.

    Its money would leave after an hour; the retry delay is a minute.
    """
    return simulate(world(law=law, routes=on_accounts({"stop": STOP, **steps}), **sections))


def ends(run: Run) -> list[tuple[int, int]]:
    """(hour, value) of every end of a hold."""
    return [(minute // 60, value) for minute, _, _, value in told(run, HOLD_END)]


# -- stops -----------------------------------------------------------------------------------------------


def test_a_stop_lapses_after_its_time_and_frees_the_money() -> None:
    """A stop in effect at minute 10 is over 48 h later to the ms, and the money goes after its retry delay."""
    run = simulate(world(law=LAW, victims=listed(0, report_lag="10m"), routes=stop_everything()))
    lapse = 10 * MINUTE + 48 * HOUR
    assert told(run, HOLD) == [(10, 0, 1, 100_000)]
    assert told(run, HOLD_END) == [(10 + 48 * 60, 0, 1, 1)]
    assert run.times.tolist() == [0, lapse + MINUTE]
    assert run.rows.time[run.rows.of(HOLD_END)].tolist() == [lapse]


@pytest.mark.parametrize(
    ("dwell", "leaves"), [("30h", 48 * HOUR + MINUTE), ("172799999ms", 48 * HOUR + MINUTE), ("48h", 48 * HOUR)]
)
def test_only_money_that_was_blocked_waits_for_its_retry(dwell: str, leaves: int) -> None:
    """A debit due at the very end of a stop, or later, goes when it is due; one due before waits and tries again."""
    exits = {"cash": {"share": 1.0, "dwell": dwell}}
    run = under(LAW, {}, criminals=criminals(exits=exits))
    assert run.times.tolist() == [0, leaves]


def test_a_lapse_is_told_once_for_each_stop() -> None:
    """Who watches for the lapse hears of it once, may stop again at that instant, and hears of the second lapse."""
    steps = {
        "watch": until("lapsed", attempts=9, on_exhausted="many"),
        "left": {"choose": [{"if": {"stops_left": True}, "to": "again"}, {"else": "gone"}]},
        "again": STOP | {"to": "watch"},
        "gone": {"end": "gone"},
        "many": {"end": "many"},
    }
    run = under(LAW, steps)
    assert ends(run) == [(48, 1), (96, 1)]
    assert [minute for minute, *_ in told(run, HOLD)] == [0, 48 * 60]
    assert (96 * 60, 0, "account.gone") in outcomes(run)
    assert run.times.tolist() == [0, 96 * HOUR + MINUTE]


@pytest.mark.parametrize(("most", "lapse"), [(1, 48), (2, 58), (3, 68)])
def test_a_further_stop_extends_the_one_in_force_as_often_as_the_law_allows(most: int, lapse: int) -> None:
    """Stopped at 0 h, 10 h and 20 h, an account is held until 48 h after the last stop that the law allows."""
    run = under(LAW | {"most_stops": most}, {"a": pause("10h"), "two": STOP, "b": pause("10h"), "three": STOP})
    assert ends(run) == [(lapse, 1)]
    assert len(told(run, HOLD)) == 1


def test_a_stop_beyond_the_law_has_no_effect_after_a_lapse() -> None:
    """Stopped at 0 h, 50 h and 100 h under two stops, an account is held twice, and nobody hears of a third stop."""
    steps = {
        "a": pause("50h"), "two": STOP, "b": pause("50h"), "three": STOP,
        "hear": {"await": {"any": ["stopped"], "at_most": "5h", "on_timeout": "silence"}, "leak": {"wait": "pause"}},
        "stopped": {"end": "stopped"}, "silence": {"end": "silence"},
    }  # fmt: skip
    run = under(LAW, steps)
    assert [minute // 60 for minute, *_ in told(run, HOLD)] == [0, 50]
    assert ends(run) == [(48, 1), (98, 1)]
    assert (105 * 60, 0, "account.silence") in outcomes(run)


def test_stops_are_counted_by_account() -> None:
    """That one account has used its stops leaves another's untouched."""
    steps = {"a": pause("50h"), "again": STOP}
    run = under(LAW | {"most_stops": 2}, steps, victims=listed(0, HOUR))
    assert [case for _, case, *_ in told(run, HOLD)] == [0, 1, 0, 1]


def test_without_a_law_a_stop_is_permanent() -> None:
    """Where no law is given, nothing lapses and the run ends with the horizon."""
    run = under(None, {})
    assert not ends(run)
    assert run.times.tolist() == [0, NEVER]
    assert run.end == DAY


# -- freezes ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("filed", "kept"), [("0h", True), ("172799999ms", True), ("48h", False), ("50h", False)])
def test_only_a_freeze_filed_before_the_lapse_keeps_the_money(filed: str, kept: bool) -> None:
    """Filed up to a ms before the stop lapses a freeze keeps it; filed at that instant or later it does nothing."""
    run = under(LAW, {"wait": pause(filed), "file": FREEZE_IT})
    assert [value for *_, value in told(run, FREEZE)] == [100_000] * kept
    assert ends(run) == [(48, 1)] * (not kept)
    assert run.times.tolist() == [0, NEVER if kept else 48 * HOUR + MINUTE]


def test_a_freeze_is_signalled_and_contradicts_a_lapse() -> None:
    """Who awaits a lapse or a freeze hears of the freeze when it is filed, and of no lapse two days later."""
    steps = {"wait": pause("5h"), "file": FREEZE_IT, "hear": until("frozen", "lapsed")}
    late = {"await": {"any": ["lapsed"], "at_most": "50d", "on_timeout": "kept"}, "leak": {"wait": "pause"}}
    run = under(LAW, steps | {"never": late, "lapsed": {"end": "lapsed"}, "kept": {"end": "kept"}})
    assert (5 * 60 + 50 * 24 * 60, 0, "account.kept") in outcomes(run)


@pytest.mark.parametrize(("renewals", "end"), [(0, 11), (1, 21), (2, 31)])
def test_a_freeze_is_renewed_as_often_as_the_law_says(renewals: int, end: int) -> None:
    """Filed on day 1 for ten days, a freeze goes on ten days with each renewal, then ends by itself as a lapse."""
    law = LAW | {"freeze": "10d", "renewals": renewals}
    run = under(law, {"wait": pause("1d"), "file": FREEZE_IT, "watch": until("lapsed")})
    assert [minute // 60 // 24 for minute, *_ in told(run, FREEZE)] == [1 + 10 * n for n in range(renewals + 1)]
    assert ends(run) == [(24 * end, 1)]
    assert outcomes(run)[-1] == (24 * 60 * end, 0, "account.done")


def test_a_freeze_filed_anew_has_all_its_renewals_before_it() -> None:
    """A second filing on day 5 never shortens the first: ten days from then, and its renewal."""
    law = LAW | {"freeze": "10d", "renewals": 1}
    run = under(law, {"file": FREEZE_IT, "wait": pause("5d"), "anew": FREEZE_IT, "watch": until("lapsed")})
    assert [minute // 60 // 24 for minute, *_ in told(run, FREEZE)] == [0, 5, 15]
    assert ends(run) == [(24 * 25, 1)]


def test_a_frozen_account_needs_no_further_stop() -> None:
    """A stop order on a frozen account is done already: it uses up no stop and does not shorten the freeze."""
    steps = {
        "file": FREEZE_IT, "again": STOP, "more": STOP,
        "left": {"choose": [{"if": {"stops_left": True, "frozen": True, "held": True}, "to": "yes"}, {"else": "no"}]},
        "yes": {"end": "yes"}, "no": {"end": "no"},
    }  # fmt: skip
    run = under(LAW, steps)
    assert (0, 0, "account.yes") in outcomes(run)
    assert not ends(run)


def test_a_freeze_does_not_end_what_is_held_for_good() -> None:
    """Under a law, a freeze filed on an account that is held for good leaves it held for good."""
    steps = {"file": FREEZE_IT, "pay": {"do": "return_money"}, "anew": FREEZE_IT, "wait": pause("20d")}
    run = under(LAW | {"freeze": "10d"}, steps)
    assert not ends(run)
    assert run.times.tolist() == [0, NEVER]


def test_a_release_ends_a_freeze() -> None:
    """A released account is neither held nor frozen, and may be stopped and lapse like any other."""
    run = under(LAW, {"file": FREEZE_IT, "wait": pause("5h"), "free": {"do": "release"}, "b": pause("1m"), "two": STOP})
    assert told(run, HOLD_END) == [(5 * 60, 0, 1, -1), (5 * 60 + 1 + 48 * 60, 0, 1, 1)]


# -- waiting for a lapse ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("law", "before", "after", "hour"),
    [(LAW, "8h", "0h", 40), (LAW, "8h", "45h", 45), (LAW, "50h", "0h", 0), (None, "1h", "3h", 3)],
)  # fmt: skip
def test_a_wait_before_a_lapse_ends_so_long_before_it(
    law: dict[str, Any] | None, before: str, after: str, hour: int
) -> None:
    """It is over that long before the end of the stop; at once where less is left, or where nothing will lapse."""
    run = under(law, {"late": pause(after), "ripe": {"wait": {"before_lapse": before}, "leak": {"wait": "ripe"}}})
    assert outcomes(run)[-1] == (hour * 60, 0, "account.done")


def test_a_wait_before_a_lapse_of_nothing_is_over_at_once() -> None:
    """Where no stop is in force there is nothing to wait for."""
    steps = {"ripe": {"wait": {"before_lapse": "8h"}, "leak": {"wait": "ripe"}}}
    run = simulate(world(law=LAW, routes=on_accounts(steps)))
    assert outcomes(run)[-1] == (0, 0, "account.done")


# -- the end of the run ----------------------------------------------------------------------------------


def test_a_run_lasts_until_no_stop_is_left_that_will_lapse() -> None:
    """All tokens gone, the run still waits for the lapse at 48 h; a freeze filed then is not waited for."""
    assert under(LAW, {}).end == 48 * HOUR
    assert under(LAW, {"wait": pause("30h"), "file": FREEZE_IT}).end == 30 * HOUR


@pytest.mark.parametrize(("follow_up", "lapses"), [("1d", 0), ("86400001ms", 1)])
def test_the_limit_of_the_follow_up_comes_first(follow_up: str, lapses: int) -> None:
    """Where the limit is at the lapse or before, the money is still held at the end; a ms later the stop has lapsed."""
    run = under(LAW, {}, follow_up=follow_up)
    assert len(ends(run)) == lapses
    assert run.end == 48 * HOUR


def test_a_case_open_at_the_limit_is_censored() -> None:
    """Who still watches for the lapse at the limit is cut off there, and the log says so."""
    run = under(LAW, {"watch": until("lapsed")}, follow_up="10h")
    assert run.end == 34 * HOUR
    assert told(run, CLOSED) == [(34 * 60, 0, -1, 1)]
    assert not [row for row in outcomes(run) if row[2] == "account.done"]
    assert not told(run, HOLD_END)


def test_a_case_whose_money_is_still_under_a_stop_at_the_limit_is_censored() -> None:
    """No token is left, but nobody knows whether the money is saved; an empty stop leaves nothing open."""
    run = simulate(world(law=LAW, victims=listed(0, 0, report_lag="2h"), routes=stop_everything(), follow_up="0s"))
    assert not [row for row in told(run, CLOSED) if row[3] == 1]
    run = under(LAW, {}, follow_up="10h")
    assert [(minute // 60, case, value) for minute, case, _, value in told(run, CLOSED)] == [(0, 0, 0), (34, 0, 1)]


def test_lapses_of_several_accounts_come_each_in_its_time() -> None:
    """Three accounts stopped at 0 h, 1 h and 2 h lapse at 48 h, 49 h and 50 h, and the run ends with the last."""
    run = simulate(world(law=LAW, victims=listed(0, HOUR, 2 * HOUR), routes=stop_everything()))
    assert [(minute // 60, case) for minute, case, *_ in told(run, HOLD_END)] == [(48, 0), (49, 1), (50, 2)]
    assert run.end == 50 * HOUR
    assert len(told(run, OUTCOME)) == 6


def test_a_freeze_route_files_in_time_while_the_chase_goes_on() -> None:
    """Started beside the stop, a route that waits until 20 h before the lapse files the freeze at 28 h."""
    freeze = {"ripe": {"wait": {"before_lapse": "20h"}, "leak": {"wait": "paper"}}, "file": FREEZE_IT}
    steps = {"stop": STOP, "paper": {"start": {"route": "freeze"}}, "answer": {"do": "reveal"}}
    run = simulate(world(law=LAW, routes=on_accounts(steps, freeze=route(freeze, "account"))))
    assert told(run, FREEZE) == [(28 * 60, 0, 1, 100_000)]
    assert not told(run, HOLD_END)
