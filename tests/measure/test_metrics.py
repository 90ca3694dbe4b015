"""Every metric in worlds so small that its value is known beforehand."""

from __future__ import annotations

from math import isnan
from typing import Any

import pytest

from sim.engine.run import simulate
from sim.measure.metrics import Measured, measure
from sim.words.units import HOUR, MINUTE
from tests.worlds import case, criminals, lapsed_lead, listed, ms, route, stop_everything, victims, work, world

DAY_S = 86_400.0
SHIFT = {"from": "00:00", "to": "12:00", "staff": 2}


def measured(**sections: Any) -> Measured:
    """A world of `worlds.world`, run and measured."""
    return measure(simulate(world(**sections)))


def metrics_of(**sections: Any) -> dict[str, float]:
    return measured(**sections).metrics


def check(metrics: dict[str, float], **expected: float | None) -> None:
    """The metrics have these values; None for a number without a meaning. A dot in a name is written as __."""
    for name, value in expected.items():
        told = metrics[name.replace("__", ".")]
        assert isnan(told) if value is None else told == pytest.approx(value, abs=1e-9), name


def test_one_account_held() -> None:
    """1,000 yuan paid at 0, told at 10 min, a statement of 5 min, a bank that acts at once: all of it is held."""
    metrics = metrics_of(
        victims=listed(0, discovery="6m", report_lag="4m"), routes=stop_everything("5m"), desks={"desk": {"staff": 2}}
    )
    check(
        metrics, victims=1, reports=1, loss=1000, reported_loss=1000, stopped=1000, accounts_stopped=1, empty_stops=0,
        frozen=1000, recovered=1000, recovered_share=1, recovered_share_reported=1, recoverable_at_report=1000,
        recoverable_share=1, response_efficiency=1, report_delay=600, response_latency=300, containment_time=300,
        cases_with_stop=1, cases_without_stop_share=0, cases_censored=0, still_moving=0, victims_whole=1,
        victims_part=0, victims_nothing=0,
        wait__desk=0, queue_length__desk=0, answered_share__desk=1, abandoned__desk=0,
        utilisation__desk=300 / (2 * DAY_S),
    )  # fmt: skip
    assert sum(value for name, value in metrics.items() if name.startswith("leak.")) == 0
    assert isnan(metrics["utilisation.bank:bank"])  # a machine has no roster to be used


def test_two_layers_and_a_stop_that_comes_too_late_for_the_first() -> None:
    """At 40 min the layer-1 account is empty since 30 min; its bank names layer 2, which is stopped 10 min later."""
    metrics = metrics_of(
        victims=listed(0, report_lag="20m"), routes=stop_everything("10m"),
        bank_profiles={"machine": {"staff": "unlimited", "time": "10m"}},
        criminals=criminals(exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=["30m"]),
    )  # fmt: skip
    check(
        metrics, accounts_stopped=2, empty_stops=1, stopped=1000, recovered=1000, response_latency=20 * 60,
        containment_time=30 * 60, report_delay=20 * 60, recoverable_at_report=1000, victims_whole=1,
    )  # fmt: skip


def test_a_bank_that_cannot_be_asked() -> None:
    """At a bank out of reach nothing is stopped and nothing could be: the ceiling is 0, efficiency has no meaning."""
    metrics = metrics_of(banks={"far": {"share": 1.0}}, routes=stop_everything())
    check(
        metrics, loss=1000, recovered=0, recoverable_at_report=0, recoverable_share=0, response_efficiency=None,
        accounts_stopped=0, stopped=0, response_latency=None, containment_time=None, cases_with_stop=0,
        cases_without_stop_share=1, victims_nothing=1, leak__out_of_reach=1000,
    )  # fmt: skip


def test_a_victim_who_never_reports() -> None:
    """Of two victims one reports and gets 1,000 yuan back: half of the loss, all of what was reported."""
    both = [case(), case(loss="3000 yuan", payments=1, reports=False)]
    metrics = metrics_of(victims=victims({"list": {"cases": both}}), routes=stop_everything())
    check(
        metrics, victims=2, reports=1, loss=4000, reported_loss=1000, recovered=1000, recovered_share=0.25,
        recovered_share_reported=1, recoverable_at_report=1000, recoverable_share=0.25, response_efficiency=1,
        leak__never_reported=3000, victims_whole=1, victims_part=0, victims_nothing=1, cases_without_stop_share=0,
    )  # fmt: skip
    metrics = metrics_of(
        victims=victims({"list": {"cases": both}}), routes=stop_everything(), banks={"far": {"share": 1}}
    )
    check(metrics, cases_without_stop_share=1, victims_nothing=2, victims_part=0)


def test_money_that_left_before_anybody_knew() -> None:
    """Taken out an hour after the payment and discovered after two: nothing was recoverable, the stop is empty."""
    metrics = metrics_of(victims=listed(0, discovery="2h", report_lag="3m"), routes=stop_everything("7m"))
    check(
        metrics, recovered=0, recoverable_at_report=0, response_efficiency=None, accounts_stopped=1, empty_stops=1,
        stopped=0, response_latency=7 * 60, report_delay=123 * 60, leak__before_discovery=1000, victims_nothing=1,
    )  # fmt: skip


def test_a_victim_who_gets_a_part_back() -> None:
    """Of two payments of 500 yuan, at 0 and 50 min, the first is out at 60 min; the stop of both is at 65 min."""
    twice = listed(0, most_payments=2, typical_payment="500 yuan", payment_gap="50m", report_lag="5m")
    metrics = metrics_of(victims=twice, routes=stop_everything("10m"))
    check(
        metrics, loss=1000, recovered=500, recovered_share=0.5, victims_part=1, victims_whole=0, victims_nothing=0,
        recoverable_at_report=1000, response_efficiency=0.5, accounts_stopped=2, empty_stops=1, stopped=500,
        report_delay=55 * 60, leak__desk=500,
    )  # fmt: skip


def test_a_fen_that_is_stopped_twice_counts_once() -> None:
    """Held on layer 1, let go, and held again on layer 2: two accounts and two stops, but 1,000 yuan stopped."""
    account = {
        "stop": {"do": "place_hold"},
        "keep": {"wait": {"for": "1h"}, "leak": {"wait": "keep"}},
        "which": {"choose": [{"if": {"layer_at_least": 2}, "to": "done"}, {"else": "free"}]},
        "free": {"do": "release"},
        "later": {"wait": {"for": "5m"}, "leak": {"wait": "later"}},
        "answer": {"do": "reveal"},
        "chase": {"start": {"route": "account", "for": "each_revealed"}},
        "done": {"end": "done"},
    }
    hops = criminals(exit_by_layer=[0.0, 1.0], deepest_layer=2, dwell_by_layer=["30m"])
    metrics = metrics_of(criminals=hops, routes=stop_everything() | {"account": route(account, "account")})
    check(metrics, stopped=1000, accounts_stopped=2, empty_stops=0, recovered=1000, containment_time=65 * 60)


def test_a_stop_that_is_lifted_recovers_nothing() -> None:
    """Money that was held and let go is stopped but not recovered, and an account stopped twice counts once."""
    account = {
        "stop": {"do": "place_hold"},
        "keep": {"wait": {"for": "2h"}, "leak": {"wait": "keep"}},
        "free": {"do": "release"},
        "later": {"wait": {"for": "2h"}, "leak": {"wait": "later"}},
        "again": {"do": "place_hold"},
    }
    metrics = metrics_of(routes=stop_everything() | {"account": route(account, "account")})
    check(metrics, stopped=1000, recovered=0, frozen=0, accounts_stopped=1, empty_stops=1, leak__released=1000)
    check(metrics, containment_time=0, response_latency=0)  # the second stop of one account is not another


def test_a_queue_of_two() -> None:
    """Two statements of 10 min, told at once to one person: the second waits 10 min; a day has 24 h of that person."""
    scenario = {"victims": listed(0, 0), "routes": {"call": route({"ask": work(time="10m")})}}
    metrics = metrics_of(**scenario)
    check(
        metrics, wait__desk=300, queue_length__desk=600 / DAY_S, utilisation__desk=1200 / DAY_S,
        answered_share__desk=1, abandoned__desk=0,
    )  # fmt: skip


def test_utilisation_is_over_rostered_time() -> None:
    """Two people on duty for 12 of 24 hours who work 10 min on each of six calls are busy 1/24 of their time."""
    desks = {"desk": {"shifts": [SHIFT]}}
    calls = listed(*(n * HOUR for n in range(6)))
    metrics = metrics_of(victims=calls, desks=desks, routes={"call": route({"ask": work(time="10m")})})
    check(metrics, utilisation__desk=6 * 600 / (2 * 12 * 3600.0), wait__desk=0)


def test_people_who_give_up_are_counted_apart() -> None:
    """Of two callers at once the second gives up after 4 of 10 min: half are answered, and only they have a wait."""
    steps = {"ask": work(time="10m", patience="4m", on_renege="gone"), "done": {"end": "done"}, "gone": {"end": "gone"}}
    metrics = metrics_of(victims=listed(0, 0), routes={"call": route(steps)})
    check(
        metrics, abandoned__desk=1, answered_share__desk=0.5, wait__desk=0, queue_length__desk=240 / DAY_S,
        utilisation__desk=600 / DAY_S,
    )  # fmt: skip


def test_a_team_is_one_piece_of_work_of_several_people() -> None:
    """Two of three police ride for 30 min, twice: each ride is answered once and busies two people."""
    steps = {"ride": {"work": {"team": {"desk": 2}, "time": "30m"}, "leak": {"wait": "ride", "work": "ride"}}}
    metrics = metrics_of(victims=listed(0, 0), desks={"desk": {"staff": 3}}, routes={"call": route(steps)})
    check(
        metrics, answered_share__desk=1, wait__desk=15 * 60, queue_length__desk=1800 / DAY_S,
        utilisation__desk=2 * 2 * 1800 / (3 * DAY_S),
    )  # fmt: skip


def test_a_bank_of_officers_has_a_queue_of_its_own() -> None:
    """Two accounts asked of one officer who takes 6 min: the second waits 6, and so the last stop is 12 min later."""
    profile = {"machine": {"staff": 1, "time": "6m"}}
    metrics = metrics_of(victims=listed(0, 0), routes=stop_everything(), bank_profiles=profile)
    wait = {name: value for name, value in metrics.items() if name.startswith("wait.bank")}
    assert list(wait.values()) == [180]
    check(metrics, response_latency=9 * 60, containment_time=9 * 60, cases_with_stop=2)


def test_money_that_has_not_left_by_the_end_is_still_moving() -> None:
    """What rests on an open account when the last case is closed is neither lost nor recovered."""
    slow = criminals(exits={"cash": {"share": 1.0, "dwell": "30d"}})
    metrics = metrics_of(criminals=slow)
    check(metrics, still_moving=1000, recovered=0, loss=1000, cases_censored=0, recoverable_at_report=1000)
    assert sum(value for name, value in metrics.items() if name.startswith("leak.")) == 0


def test_a_case_that_outlasts_the_follow_up_is_censored() -> None:
    """A case still open at the scenario's limit is counted as censored, and what it lost by then is lost."""
    metrics = metrics_of(horizon="1h", follow_up="2h", routes={"call": route({"ask": work(time="4h")})})
    check(metrics, cases_censored=1, leak__desk=1000, utilisation__desk=1)
    early = metrics_of(horizon="1h", follow_up="2h", routes={"call": route({"ask": work(time="2h")})})
    check(early, cases_censored=0)


def test_a_report_after_the_follow_up_is_none() -> None:
    """Who would tell after the scenario's limit has not reported: not in the count, the loss told or the ceiling."""
    slow = criminals(exits={"cash": {"share": 1.0, "dwell": "30d"}})
    metrics = metrics_of(horizon="1h", follow_up="2h", victims=listed(0, report_lag="4h"), criminals=slow)
    check(metrics, victims=1, reports=0, reported_loss=0, recoverable_at_report=0, report_delay=None)


def test_without_victims_there_is_nothing() -> None:
    """On a day without victims amounts are 0 and shares and times have no meaning."""
    metrics = metrics_of(victims=victims({"rate": {"per_day": 0}}), routes=stop_everything())
    check(
        metrics, victims=0, loss=0, recovered=0, recovered_share=None, recovered_share_reported=None,
        response_efficiency=None, report_delay=None, response_latency=None, containment_time=None,
        cases_without_stop_share=None, wait__desk=None, answered_share__desk=None, utilisation__desk=0,
    )  # fmt: skip


def test_means_of_cases_are_over_cases() -> None:
    """Two cases whose first stops come after 5 and 10 min have a mean of 7.5 min, whatever else they have."""
    result = measured(victims=listed(0, 0), routes=stop_everything("5m"))
    check(result.metrics, response_latency=450, response_latency_p95=585, containment_time=450, cases_with_stop=2)
    assert sorted(result.first_stop.tolist()) == sorted(result.last_stop.tolist()) == [5 * MINUTE, 10 * MINUTE]


def test_a_share_of_cases_has_no_stop() -> None:
    """Where only large accounts are chased, one of two reporters has no stop; latency is over the other alone."""
    first = {"choose": [{"if": {"amount_at_least": "2000 yuan"}, "to": "bank"}, {"else": "small"}]}
    account = {
        "which": first,
        "bank": {"work": {"desk": "bank_of_account"}, "leak": {"wait": "bank", "work": "bank"}},
        "stop": {"do": "place_hold"},
        "done": {"end": "done"},
        "small": {"end": "written-off"},
    }
    both = [case(), case(1000, loss="3000 yuan", payments=1)]
    routes = stop_everything(ms(MINUTE)) | {"account": route(account, "account")}
    metrics = metrics_of(victims=victims({"list": {"cases": both}}), routes=routes, desks={"desk": {"staff": 2}})
    check(
        metrics, cases_with_stop=1, cases_without_stop_share=0.5, response_latency=60, recovered=3000,
        victims_whole=1, victims_nothing=1,
    )  # fmt: skip
    assert metrics["leak.written-off"] == 1000


@pytest.mark.parametrize(
    ("report", "chased", "latency", "with_stop"),
    [("2h", False, 0.0, 1), ("2h", True, 0.0, 1), ("60h", False, None, 0), ("60h", True, 420.0, 1)],
)
def test_a_stop_that_lapsed_before_the_report_is_no_answer_to_it(
    report: str, chased: bool, latency: float | None, with_stop: int
) -> None:
    """A lead's stop lasts from 10 min to 48 h 10 min: at 2 h it is in force; at 60 h only what follows counts."""
    check(
        measure(lapsed_lead(report, chased=chased)).metrics, response_latency=latency, containment_time=latency,
        response_latency_p95=latency, cases_with_stop=with_stop, cases_without_stop_share=1 - with_stop,
        accounts_stopped=1,
    )  # fmt: skip
