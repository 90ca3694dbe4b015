"""The result of `fundfreeze latency`: a table, the same with the leak by cause, and the picture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from typing import Any

from sim.scenario.listed import ListedArrivals
from sim.scenario.models import Scenario
from sim.study.ask.latency import Row, latencies
from sim.study.infer.stats import Summary, scaled, shifted
from sim.words.language import say, titled


def drawn(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """Rows as the picture takes them, each at the latency at which it stands there."""
    return [
        {
            **row.as_dict(),
            "response_latency_min": minutes,
            "as_set": minutes != row.response_latency_min,
            "change_low": row.change.low,
            "change_high": row.change.high,
            "leak": {**row.leak, "still_moving": row.still_moving},
        }
        for row, minutes in zip(rows, latencies(rows), strict=True)
    ]


def anchored(rows: Sequence[Row], share: Summary, latency: Summary) -> list[Row]:
    """Settings as the part of today's share that each leaves, where more runs say what today's is: so it is told once.

    The interval of a setting is that of its change, on the same luck; today's own is that of the runs. What is not
    recovered is parted as in the setting's own runs.

    Args:
        rows: with the scenario as it is among them.
        share: `recovered_share` today.
        latency: `response_latency` today, in seconds.
    """
    here = next(row for row in rows if row.factor == 1.0 and not row.added_min)
    longer = latency.mean / 60 / here.response_latency_min if here.response_latency_min else 1.0
    more = share.mean / here.recovered.mean if here.recovered.mean else 1.0
    found = []
    for row in rows:
        change, before = scaled(row.change, more), 1 - row.recovered.mean
        recovered = shifted(change, share.mean)
        rest = (1 - recovered.mean) / before if before else 1.0
        found.append(
            replace(
                row, recovered=recovered, change=change, leak={name: rest * part for name, part in row.leak.items()},
                still_moving=rest * row.still_moving,
                response_latency_min=row.response_latency_min * (1.0 if isnan(longer) else longer),
            )
        )  # fmt: skip
    return found


def points(scenario: Scenario) -> list[dict[str, Any]]:
    """What the sources print of the scenario's own case, as a point of the picture; none where they print nothing."""
    printed, loss = scenario.printed, loss_of(scenario)
    if printed.recovered is None or printed.containment_time is None or not loss:
        return []
    share = printed.recovered / loss
    label = say("{title}: {share:.0%} recovered", title=titled(scenario.title), share=share)
    return [{"label": label, "recovered_share": share, "containment_min": printed.containment_time / 60_000}]


def loss_of(scenario: Scenario) -> int:
    """Fen lost in all where every victim is listed with a loss; else 0."""
    losses: list[int] = []
    for source in scenario.victims.arrivals.values():
        if not isinstance(source, ListedArrivals) or any(case.loss is None for case in source.rows):
            return 0
        losses += [case.loss for case in source.rows if case.loss is not None]
    return sum(losses)
