"""The result of `fundfreeze latency --stages`: what a minute is worth at each stage, and the way of the loss."""

from __future__ import annotations

from collections.abc import Sequence
from math import floor, isnan, log10
from statistics import median
from typing import Final

from rich.markup import escape
from rich.table import Table

from sim.report.findings import text
from sim.report.findings.tables import foldable
from sim.scenario.models import Scenario
from sim.study.ask.minute import Minute
from sim.study.ask.week import goes_on
from sim.study.infer.stats import Summary, scaled, summary
from sim.study.run.worker import Metrics
from sim.words.language import listed, named, say
from sim.words.units import YEAR


def table(rows: Sequence[Minute], title: str) -> Table:
    """Six columns: the value of a minute and what it did to the recovered share."""
    n = max((row.value.n for row in rows), default=0)
    heading = say("{title} (n = {n:,} pairs)", title=title, n=n)
    made = Table(title=escape(heading), title_justify="left", title_style="bold")
    made.add_column(say("stage"))
    interval = say("95% interval")
    heads = (say("value of a minute, yuan a case"), interval, say("change of the share, points"), interval)
    for head in (*heads, say("first stop later by, min")):
        made.add_column(head, justify="right")
    wide = (_half_of([row.value for row in rows], 1), _half_of([row.share for row in rows], 100))
    for row in rows:
        latency = row.latency.mean / 60
        made.add_row(
            escape(named(row.stage, "stage")), *_cells(row.value, 1, wide[0]), *_cells(row.share, 100, wide[1]),
            "-" if isnan(latency) else f"{latency:.2f}",
        )  # fmt: skip
    return foldable(made)


def finding(rows: Sequence[Minute]) -> str:
    """Where a minute is worth most, or that none can be told from luck.

    Args:
        rows: the dearest first.
    """
    told = [row for row in rows if row.value.low > 0]
    if not told:
        n = max((row.value.n for row in rows), default=0)
        return say("At no stage can what a minute is worth be told from luck in {n:,} pairs of runs.", n=n)
    best = max(told, key=lambda row: row.value.mean)
    mean, interval = _cells(best.value, 1, _half_of([best.value], 1))
    others = [row for row in told if row is not best]
    said = say(
        "A minute is worth most at the stage {stage}: {value} yuan for each case reported ({interval})",
        stage=named(best.stage, "stage"), value=mean, interval=interval,
    )  # fmt: skip
    if not others:
        return say("{finding}; at no other can its worth be told from luck.", finding=said)
    stages = listed([named(row.stage, "stage") for row in others[:MOST_NAMED]])
    return say("{finding}; then come {stages}.", finding=said, stages=stages)


def a_year(rows: Sequence[Minute], base: Sequence[Metrics], scenario: Scenario) -> str:
    """What the dearest minute comes to in a year; empty where it cannot be told from luck, and for listed cases.

    Args:
        rows: the dearest first.
        base: the runs as it is.
        scenario: of these runs.
    """
    told = [row for row in rows if row.value.low > 0]
    if not told or not goes_on(scenario):
        return ""
    cases = summary([one["reports"] for one in base]).mean * YEAR / scenario.horizon
    best = scaled(max(told, key=lambda row: row.value.mean).value, cases)
    unit = text.unit_scale("yuan")
    half = unit * (best.high - best.low) / 2
    mean, low, high = (text.rounded(unit * value, half) for value in (best.mean, best.low, best.high))
    return say(
        "With {cases} cases reported a year that is {value} {unit} a year for each minute ({low} to {high}).",
        cases=f"{float(f'{cases:.3g}'):,.0f}", value=mean, low=low, high=high, unit=text.unit_word("yuan"),
    )  # fmt: skip


MOST_NAMED: Final = 3
"""Stages that are named after the dearest."""


def _half_of(column: Sequence[Summary], scale: float) -> float:
    """Half of an interval that has the digits of a whole column: numbers of other digits do not look sorted.

    That of the dearer half: a stage at which a minute changes nothing is known to the fen, and asks for no such digits.
    """
    halves = [half for one in column if (half := (one.high - one.low) / 2 * scale) > 0]
    return median(halves[: -(-len(halves) // 2)]) if halves else 0.0


def _cells(one: Summary, scale: float, column: float) -> tuple[str, str]:
    """A mean and its interval, with the digits of its column."""
    half = (one.high - one.low) / 2 * scale
    if isnan(one.mean) or isnan(half):
        return ("-" if isnan(one.mean) else f"{one.mean * scale:.3g}"), "-"
    mean, low, high = (_even(value * scale, column) for value in (one.mean, one.low, one.high))
    return mean, say("{low} to {high}", low=low, high=high)


def _even(value: float, half: float) -> str:
    """A number to the digits of an interval of this half width, and no more where it is small itself."""
    digits = min(1 - floor(log10(half)), 4) if half > 0 else 2
    value = round(value, digits)
    return f"{value or 0.0:,.{max(0, digits)}f}"
