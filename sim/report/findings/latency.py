"""What response latency does to recovered funds, in a sentence: what one more minute costs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sim.report.findings import text
from sim.words.language import duration, key, say
from sim.words.units import MINUTE, YUAN

Row = Mapping[str, Any]


def base_of(rows: Sequence[Row]) -> int:
    """Number of the row that changes nothing (factor 1, nothing added); the first where there is none."""
    return next((i for i, row in enumerate(rows) if row["factor"] == 1 and row["added_min"] == 0), 0)


def finding(rows: Sequence[Row], loss: int = 0) -> str:
    """What one more minute costs just beyond the scenario as it is: the slope from the base row to the next.

    Where the two intervals leave no difference visible, it says so, and takes the ends of the rows instead.
    """
    first, last = rows[0], rows[-1]
    minute = cost_of_a_minute(rows)
    if minute is not None and minute.low > 0:
        costs = key("From {start:.0f} to {end:.0f} min, each minute of response latency costs {share}% of the loss")
        if loss:
            costs = key(
                "From {start:.0f} to {end:.0f} min, each minute of response latency costs {share}% of the loss"
                " ({yuan} yuan)"
            )
        yuan = text.two_digits(minute.each * loss / YUAN)
        each = float(f"{100 * minute.each:.2g}")  # two digits, however little it is
        return say(costs, start=minute.start, end=minute.end, share=text.rounded(each, each), yuan=yuan)
    if first is not last and _apart(first, last):
        ends = [
            say(
                "{share} at {latency}",
                share=text.share(row["recovered_share"]), latency=minutes_words(row["response_latency_min"]),
            )
            for row in (first, last)
        ]  # fmt: skip
        return say("Recovered share falls from {first} to {last} of response latency", first=ends[0], last=ends[1])
    return say("Within these intervals, no effect of response latency can be seen")


@dataclass(frozen=True)
class Minute:
    """What one more minute of response latency costs between two settings, as a share of the loss."""

    start: float
    end: float
    """Minutes of response latency of the two settings."""
    each: float
    low: float
    high: float
    """95% interval: paired over replications where the rows carry `change_low` and `change_high`."""


def cost_of_a_minute(rows: Sequence[Row]) -> Minute | None:
    """The slope from the row that changes nothing to the next slower one; None where there is none."""
    base = rows[base_of(rows)]
    later = [row for row in rows if row["response_latency_min"] > base["response_latency_min"]]
    if not later:
        return None
    after = later[0]
    start, end = base["response_latency_min"], after["response_latency_min"]
    drop = base["recovered_share"] - after["recovered_share"]
    half = sum(((row["high"] - row["low"]) / 2) ** 2 for row in (base, after)) ** 0.5
    low, high = -after.get("change_high", half - drop), -after.get("change_low", -half - drop)
    return Minute(start, end, *(value / (end - start) for value in (drop, low, high)))


def _apart(one: Row, other: Row) -> bool:
    """Whether the difference of two shares exceeds the interval of a difference of two independent means."""
    half = [(row["high"] - row["low"]) / 2 for row in (one, other)]
    return bool(abs(one["recovered_share"] - other["recovered_share"]) > (half[0] ** 2 + half[1] ** 2) ** 0.5)


def minutes_words(minutes: float) -> str:
    return duration(round(minutes) * MINUTE)
