"""The figures of an estimate: a change is told as well as it is known, and coloured where it matters."""

from __future__ import annotations

import pytest

from sim.report.findings.estimate import anchored, changed, curve_finding, figures, in_short, verdict
from sim.scenario.loader import load
from sim.study.ask.sharpen import curves, estimates
from sim.study.infer.stats import Summary
from sim.study.run.runner import Runner
from sim.web.estimate_charts import curve_options


def change(mean: float, half: float) -> Summary:
    """A paired difference with half its interval, as measured."""
    return Summary(mean, mean - half, mean + half, mean, mean - half, mean + half, 10)


@pytest.mark.parametrize(
    ("metric", "mean", "half", "said", "judged"),
    [
        ("response_latency_median", 0.70, 0.45, "less than 0.1 min", ""),
        ("recovered_share", -0.000006, 0.00015, "less than 0.05 points", ""),
        ("response_latency", 4.0, 3.0, "+0.07 \N{PLUS-MINUS SIGN} 0.05 min", ""),
        ("recovered_share", 0.0029, 0.0016, "+0.29 \N{PLUS-MINUS SIGN} 0.16 points", "better"),
        ("response_latency", -600.0, 66.0, "-10.0 \N{PLUS-MINUS SIGN} 1.1 min", "better"),
        ("response_latency", 29.6, 0.5, "+0.49 \N{PLUS-MINUS SIGN} 0.008 min", "worse"),
        ("recovered", 1000.0, 2000.0, "+1,000 \N{PLUS-MINUS SIGN} 2,000 yuan", ""),
    ],
)
def test_a_change_is_told_as_it_matters(metric: str, mean: float, half: float, said: str, judged: str) -> None:
    """Below 0.05 points or 0.1 min nothing is told but that, and no colour; nor where the interval holds zero."""
    assert changed(metric, change(mean, half)) == said
    assert verdict(metric, change(mean, half)) == judged


def test_the_curve_goes_through_the_estimate() -> None:
    """Today is told once: a setting of few runs is what it leaves, on the same luck, of an estimate of many."""
    scenario = load("wuhan-35min", ["horizon=1h"]).scenario
    estimate = list(estimates(Runner(), scenario, most=9))[-1]
    (rows, *_) = curves(Runner(), scenario)
    drawn = anchored(rows, estimate)
    here = next(row for row in drawn if row.factor == 1.0)
    today = estimate.of("recovered_share").mean
    assert rows[0].n < estimate.n
    assert here.recovered.mean == here.recovered.low == here.recovered.high == pytest.approx(today)
    assert here.response_latency_min == pytest.approx(estimate.of("response_latency").mean / 60)
    whole = next(row.recovered.mean for row in rows if row.factor == 1.0)
    for row, before in zip(drawn, rows, strict=True):
        assert row.recovered.mean / today == pytest.approx(before.recovered.mean / whole)
        assert row.change.mean == pytest.approx(row.recovered.mean - today)
    assert curve_finding(drawn).startswith(f"{100 * today:.1f}% today")
    assert anchored(rows, None) is rows


def test_what_was_turned_is_called_as_changed_and_today_is_what_it_was() -> None:
    """On the curve and beside it; the curve goes through the turned state, and today's point stands beside it."""
    scenario = load("wuhan-35min", ["horizon=1h"]).scenario
    turned = load("wuhan-35min", ["horizon=1h", "latency.all.factor=4"]).scenario
    estimate = list(estimates(Runner(), turned, scenario, most=8))[-1]
    (rows, *_) = curves(Runner(), turned)
    drawn = anchored(rows, estimate)
    now, today = (100 * one("recovered_share").mean for one in (estimate.of, estimate.was))
    assert curve_finding(drawn, estimate).startswith(f"{now:.1f}% as changed, {today:.1f}% today in the same 8 runs; ")
    points = {one["label"]["formatter"]: one["data"][0] for one in curve_options(drawn, estimate)["series"] if
              "label" in one}  # fmt: skip
    assert points["as changed"][1] == pytest.approx(now, abs=0.001)
    assert points["today"] == pytest.approx([estimate.was("response_latency").mean / 60, today], abs=0.01)
    unturned = list(estimates(Runner(), scenario, most=8))[-1]
    (rows, *_) = curves(Runner(), scenario)
    told = curve_options(rows, unturned)["series"]
    assert [one["label"]["formatter"] for one in told if "label" in one] == ["today"]
    assert "changed" not in curve_finding(rows, unturned)


def test_more_crime_is_no_gain() -> None:
    """Where other victims are robbed no amount is said to have changed, and nothing is coloured as better."""
    before = load("china", ["horizon=3d"]).scenario
    more = load("china", ["horizon=3d", "victims.arrivals.city.per_day=9"]).scenario
    estimate = list(estimates(Runner(), more, before, most=8))[-1]
    assert any(one.change and one.verdict for one in figures(estimate))
    told = {one.metric: one for one in figures(estimate, apart=True)}
    assert {one.verdict for one in told.values()} == {""}
    assert [told[name].change for name in ("recovered", "net_benefit", "cost")] == ["", "", ""]
    assert told["recovered_share"].change


def test_a_sum_stands_twice_as_the_same_sum() -> None:
    """The sentence has what the figures have, to the digit."""
    estimate = list(estimates(Runner(), load("wuhan-35min").scenario, most=9))[-1]
    figure = next(one for one in figures(estimate) if one.metric == "recovered")
    assert f"{figure.value} come back" in in_short(estimate)
