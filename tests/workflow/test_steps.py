"""What each kind of step does to a token, in worlds small enough to follow by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import binomtest, chisquare

from sim.engine.run import simulate
from sim.fraud.settle import NEVER
from sim.words.units import HOUR, MINUTE
from sim.workflow.log import BEGIN, CANCELLED, FINISH, HOLD, HOLD_END, KNOWN, OUTCOME, QUEUED, WAITING
from tests.worlds import criminals, listed, outcomes, pause, route, rows_of, stop_everything, victims, work, world


def routes_after(steps: dict[str, Any], **others: Any) -> dict[str, Any]:
    return {"call": route(steps), **others}


# -- choose ----------------------------------------------------------------------------------------------


def test_chances_of_a_choose_are_met_in_frequency() -> None:
    """Of 20,000 cases the branches take their shares, and the else takes the rest (chi-square, 1%)."""
    steps = {
        "pick": {"choose": [{"p": 0.2, "to": "a"}, {"p": 0.5, "to": "b"}, {"else": "c"}]},
        **{name: {"end": name} for name in "abc"},
    }
    run = simulate(world(victims=victims({"rate": {"per_day": 20_000.0}}), routes=routes_after(steps)))
    counts = np.bincount(run.rows.step[run.rows.of(OUTCOME)], minlength=4)[1:]
    assert counts.sum() == len(run.plan.victims)
    assert chisquare(counts, counts.sum() * np.array([0.2, 0.5, 0.3])).pvalue > 0.01


def test_each_attempt_at_a_choose_is_a_new_draw() -> None:
    """Who comes back to a choose is drawn again, independently: two of four combinations are not two of two."""
    again = {"choose": [{"p": 0.5, "to": "pause"}, {"else": "out"}], "attempts": 2, "on_exhausted": "stayed"}
    steps = {"pick": again, "pause": pause("1m", to="pick"), "out": {"end": "out"}, "stayed": {"end": "stayed"}}
    run = simulate(world(victims=victims({"rate": {"per_day": 10_000.0}}), routes=routes_after(steps)))
    stayed = sum(name == "call.stayed" for *_, name in outcomes(run))
    assert binomtest(stayed, len(run.plan.victims), 0.25).pvalue > 0.01


@pytest.mark.parametrize(
    ("predicate", "expected"),
    [
        ({"layer_at_least": 1}, True), ({"layer_at_least": 2}, False),
        ({"amount_at_least": "1000 yuan"}, True), ({"amount_at_least": "1000.01 yuan"}, False),
        ({"bank_profile": "machine"}, True), ({"bank_profile": "other"}, False),
        ({"bank_reachable": True}, True), ({"bank_reachable": False}, False),
        ({"desk_open": "desk"}, True), ({"desk_open": "closed"}, False),
        ({"elapsed_at_least": "5m"}, True), ({"elapsed_at_least": "301s"}, False),
        ({"layer_at_least": 1, "bank_reachable": False}, False),
    ],
)  # fmt: skip
def test_a_predicate_tells_what_is_known(predicate: dict[str, Any], expected: bool) -> None:
    """Each predicate holds exactly where the layer-1 account of 1,000 yuan, five minutes after the report, has it."""
    steps = {
        "pick": {"choose": [{"if": predicate, "to": "yes"}, {"else": "no"}]}, "yes": {"end": "yes"},
        "no": {"end": "no"},
    }  # fmt: skip
    go = {"start": {"route": "account", "for": "each_revealed"}}
    call = route({"wait": pause("5m"), "open": {"do": "open_case"}, "go": go})
    scenario = world(
        routes={"call": call, "account": route(steps, "account")},
        bank_profiles={name: {"staff": "unlimited", "time": 0} for name in ("machine", "other")},
        desks={"desk": {"staff": 1}, "closed": {"shifts": [{"from": "08:00", "to": "09:00", "staff": 1}]}},
    )
    assert (5, 0, f"account.{'yes' if expected else 'no'}") in outcomes(simulate(scenario))


# -- wait ------------------------------------------------------------------------------------------------


def test_a_wait_until_open_ends_when_the_desk_opens() -> None:
    """Who comes to a closed desk waits until its next shift and finds it open then; who comes in time does not wait."""
    steps = {
        "rest": {"wait": {"until_open": "desk"}, "leak": {"wait": "rest"}},
        "look": {"choose": [{"if": {"desk_open": "desk"}, "to": "open"}, {"else": "shut"}]},
        "open": {"end": "open"},
        "shut": {"end": "shut"},
    }
    afternoon = {"days": ["tue"], "from": "14:00", "to": "15:00", "staff": 1}
    shifts = [{"from": "08:00", "to": "12:00", "staff": 1}, afternoon]
    times = [7 * HOUR, 8 * HOUR, 11 * HOUR + 59 * MINUTE, 12 * HOUR, 15 * HOUR]
    scenario = world(victims=listed(*times), desks={"desk": {"shifts": shifts}}, routes=routes_after(steps))
    tomorrow = (24 + 8) * 60
    assert outcomes(simulate(scenario)) == [
        (8 * 60, 0, "call.open"), (8 * 60, 1, "call.open"), (11 * 60 + 59, 2, "call.open"), (tomorrow, 3, "call.open"),
        (tomorrow, 4, "call.open"),
    ]  # fmt: skip


def test_a_desk_is_closed_from_the_instant_at_which_its_shift_ends() -> None:
    """A piece of work that ends with the shift finds the desk closed."""
    steps = {
        "work": work(time="1h"),
        "look": {"choose": [{"if": {"desk_open": "desk"}, "to": "open"}, {"else": "shut"}]},
        "open": {"end": "open"},
        "shut": {"end": "shut"},
    }
    shifts = [{"from": "08:00", "to": "12:00", "staff": 1}]
    scenario = world(victims=listed(11 * HOUR), desks={"desk": {"shifts": shifts}}, routes=routes_after(steps))
    assert outcomes(simulate(scenario)) == [(12 * 60, 0, "call.shut")]


# -- attempts --------------------------------------------------------------------------------------------


def test_a_step_is_done_as_often_as_its_attempts_allow() -> None:
    """Three attempts are three pieces of work, numbered from 1; then on_exhausted leads on."""
    steps = {
        "try": work("desk", "1m", attempts=3, on_exhausted="enough"),
        "pause": pause("9m", to="try"),
        "enough": {"end": "enough"},
    }
    run = simulate(world(routes=routes_after(steps)))
    assert [(row[0] // MINUTE, row[5]) for row in rows_of(run.rows, BEGIN)] == [(0, 1), (10, 2), (20, 3)]
    assert outcomes(run) == [(30, 0, "call.enough")]


# -- await and signals -----------------------------------------------------------------------------------


def chase(first: dict[str, Any], account_time: str = "10m", work_time: str = "30m") -> dict[str, Any]:
    """A case that starts a piece of work beside itself, chases its account, and then goes through `first`."""
    account = {
        "work": {"wait": {"for": account_time}, "leak": {"wait": "bank"}}, "stop": {"do": "place_hold"},
        "later": pause("5m"), "tell": {"do": "reveal"}, "longer": pause("5m"), "free": {"do": "release"},
    }  # fmt: skip
    return {
        "call": route(
            {
                "open": {"do": "open_case"},
                "beside": {"start": {"route": "beside"}},
                "go": {"start": {"route": "account", "for": "each_revealed"}},
                **first,
                "done": {"end": "done"},
                "late": {"end": "late"},
            }
        ),
        "account": route(account, "account"),
        "beside": route({"work": work(time=work_time)}),
    }


@pytest.mark.parametrize(
    ("wanted", "minute"),
    [
        ({"any": ["opened"]}, 0), ({"any": ["stopped"]}, 10), ({"any": ["answered"]}, 15), ({"any": ["released"]}, 20),
        ({"any": ["done(account)"]}, 20), ({"any": ["done(beside)"]}, 30), ({"any": ["answered", "stopped"]}, 10),
        ({"all": ["opened", "stopped"]}, 10), ({"all": ["answered", "stopped"]}, 15),
        ({"all": ["stopped", "done(beside)"]}, 30),
    ],
)  # fmt: skip
def test_an_await_ends_when_its_signals_are_there(wanted: dict[str, Any], minute: int) -> None:
    """An await of any signal ends with the first of them, of all with the last; a signal raised before counts."""
    run = simulate(world(routes=chase({"join": {"await": wanted, "leak": {"wait": "join"}}})))
    assert (minute, 0, "call.done") in outcomes(run)


@pytest.mark.parametrize(("at_most", "expected"), [("9m", (9, 0, "call.late")), ("11m", (10, 0, "call.done"))])
def test_an_await_lasts_at_most_its_time(at_most: str, expected: tuple[int, int, str]) -> None:
    """When the time of an await is over first, the token leaves by on_timeout, and the later signal does nothing."""
    join = {"await": {"any": ["stopped"], "at_most": at_most, "on_timeout": "late"}, "leak": {"wait": "join"}}
    run = simulate(world(routes=chase({"join": join})))
    ends = [end for end in outcomes(run) if end[2] in ("call.done", "call.late")]
    assert ends == [expected]


def test_done_of_a_route_waits_for_the_last_of_its_tokens() -> None:
    """done(ROUTE) on a case is raised when no token of the route is left in it, not with the first that ends."""
    routes = chase({"join": {"await": {"any": ["done(account)"]}, "leak": {"wait": "join"}}})
    account = {"work": work(time="10m"), "stop": {"do": "place_hold"}}
    routes |= {"account": route(account, "account"), "beside": route({"end": {"end": "end"}})}
    scenario = world(victims=listed(0, loss="3000 yuan", typical_payment="1000 yuan", most_payments=3), routes=routes)
    assert outcomes(simulate(scenario))[-1] == (30, 0, "call.done")


# -- start and cancel ------------------------------------------------------------------------------------


@pytest.mark.parametrize("busy", [False, True])
def test_a_cancel_stops_a_token_whatever_it_does(busy: bool) -> None:
    """Cancelled while it waits for a desk or is worked on, a token ends there, and the person is free at once."""
    routes = chase({"wait": pause("7m"), "halt": {"cancel": {"route": "beside"}}})
    times = (0,) if busy else (0, 0)
    run = simulate(world(victims=listed(*times), routes=routes))
    last = len(times) - 1
    assert (7, last) in [(row[0] // MINUTE, row[2]) for row in rows_of(run.rows, CANCELLED)]
    assert [(row[0] // MINUTE, row[2]) for row in rows_of(run.rows, BEGIN)] == [(0, 0)]
    assert [(row[0] // MINUTE, row[2]) for row in rows_of(run.rows, FINISH)] == [(7, 0)]
    assert not [end for end in outcomes(run) if end[2] == "beside.done"]


def test_a_cancelled_token_frees_the_person_for_the_next() -> None:
    """When work is called off, whoever waits next begins at that instant."""
    routes = chase({"wait": pause("7m"), "halt": {"cancel": {"route": "beside"}}})
    run = simulate(world(victims=listed(0, 5 * MINUTE), routes=routes))
    assert [(row[0] // MINUTE, row[2]) for row in rows_of(run.rows, BEGIN)] == [(0, 0), (7, 1)]


def test_a_route_is_started_once_for_a_subject_at_a_time() -> None:
    """A second start for a subject on the route does nothing; once it has left, it starts anew, as attempt 2."""
    twice = {"start": {"route": "beside"}}
    steps = {"one": twice, "two": twice, "wait": pause("40m"), "three": twice}
    routes = routes_after(steps, beside=route({"work": work(time="30m")}))
    run = simulate(world(routes=routes))
    assert [(row[0] // MINUTE, row[5]) for row in rows_of(run.rows, QUEUED)] == [(0, 1), (40, 2)]


# -- effects ---------------------------------------------------------------------------------------------


def test_an_answer_names_only_what_has_happened() -> None:
    """An account that gets its credit after the answer on its parent stays unknown."""
    hops = criminals(exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=["30m"])
    for report_lag, known in (("30m", 1), ("30m1ms", 2)):
        scenario = world(victims=listed(0, report_lag=report_lag), criminals=hops, routes=stop_everything())
        assert len(rows_of(simulate(scenario).rows, KNOWN)) == known


def test_an_answer_does_not_foretell() -> None:
    """An answer on an account that was not stopped names the transfers before it, not those after it."""
    hops = criminals(exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=["30m"])
    call = stop_everything()["call"]
    for report_lag, known in (("29m", 1), ("30m", 1), ("30m1ms", 2)):
        routes = {"call": call, "account": route({"answer": {"do": "reveal"}}, "account")}
        scenario = world(victims=listed(0, report_lag=report_lag), criminals=hops, routes=routes)
        assert len(rows_of(simulate(scenario).rows, KNOWN)) == known


def test_a_second_answer_names_only_what_is_new() -> None:
    """Asked again, a bank names the transfers since its last answer, and each of them once."""
    hops = criminals(
        typical_transfer="500 yuan", most_fan_out=2, exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=["30m"],
        spacing="10m",
    )  # fmt: skip
    account = {
        "one": {"do": "reveal"},
        "wait": pause("10m"),
        "two": {"do": "reveal"},
        "still": pause("10m"),
        "three": {"do": "reveal"},
    }
    routes = {"call": stop_everything()["call"], "account": route(account, "account")}
    scenario = world(victims=listed(0, report_lag="35m"), criminals=hops, routes=routes)
    named = [(row[0] // MINUTE, row[3]) for row in rows_of(simulate(scenario).rows, KNOWN)]
    assert named == [(35, 1), (35, 2), (45, 3)]


def test_a_stop_finds_what_is_there() -> None:
    """A hold at the very instant of a debit finds the whole amount and keeps it, one a ms later finds nothing."""
    for report_lag, found, gone in (("1h", 100_000, NEVER), ("1h1ms", 0, HOUR)):
        run = simulate(world(victims=listed(0, report_lag=report_lag), routes=stop_everything()))
        assert [row[8] for row in rows_of(run.rows, HOLD)] == [found]
        assert run.times.tolist() == [0, gone]


def test_released_money_goes_after_its_retry() -> None:
    """Money whose hold is lifted leaves a retry delay later."""
    run = simulate(world(criminals=criminals(exits={"cash": {"share": 1.0, "dwell": "15m"}}), routes=chase({})))
    assert [(row[0] // MINUTE) for row in rows_of(run.rows, HOLD_END)] == [20]
    assert run.times.tolist() == [0, 21 * MINUTE]


def test_a_bank_that_cannot_be_asked_is_out_of_reach() -> None:
    """A token for an account at a bank without a profile ends where it would ask, and nothing is held."""
    run = simulate(world(banks={"far": {"share": 1.0}}, routes=stop_everything()))
    assert [row[4] for row in rows_of(run.rows, OUTCOME) if row[3] >= 0] == [-1]
    assert not rows_of(run.rows, HOLD)
    assert not rows_of(run.rows, WAITING)
