"""The figures of an estimate: a change is told as well as it is known, and coloured where it matters."""

from __future__ import annotations

import pytest

from sim.report.findings.estimate import changed, verdict
from sim.study.infer.stats import Summary


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
