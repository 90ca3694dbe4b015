"""Who gains and who loses, as a table: one row for each bank, scam, channel, layer, hour, district or age band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.markup import escape
from rich.table import Table

from sim.measure.split import ALL, OF_FEN, OWN, By
from sim.report import text
from sim.report.tables import Metrics, amount, estimates

_HEADS: Final[Mapping[By, str]] = {
    "bank": "where the money ended", "layer": "layer where it ended", "scam": "scam", "channel": "told by",
    "hour": "first payment", "district": "district", "age": "age", "day": "first payment", "delay": "reported",
}  # fmt: skip
_PLUS_MINUS: Final = " \N{PLUS-MINUS SIGN} "


def table(by: By, groups: Mapping[str, Metrics]) -> Table:
    """A table of six or seven columns, means with half of their 95% intervals; groups that nothing befell are left out.

    Args:
        by: how the money or the people were split.
        groups: by group: its metrics, as summaries over replications.
    """
    shown = {group: estimates(metrics) for group, metrics in groups.items()}
    shown = {group: one for group, one in shown.items() if any(one[name]["mean"] for name in ("loss", "prevented"))}
    runs = max((int(one["loss"]["n"]) for one in shown.values()), default=0)
    title = f"By {by} (means over {text.count(runs, 'run')}{_PLUS_MINUS}half of the 95% interval)"
    made = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    made.add_column(_HEADS[by])
    people = by not in OF_FEN
    heads = ("paid, yuan", "recovered, %", "prevented, yuan", "stopped, yuan", "most was lost")
    for head in (*heads[:2], "all / part / nothing back, victims", *heads[2::2]) if people else heads:
        made.add_column(head, justify="left" if head == heads[-1] else "right")
    for group, one in shown.items():
        parts = [_with_interval("loss", one), _with_interval("recovered_share", one)]
        if people:
            back = ("victims_whole", "victims_part", "victims_nothing")
            parts.append(" / ".join(_mean(name, one) for name in back))
        parts.append(_with_interval("prevented", one))
        if not people:
            parts.append(_with_interval("stopped", one))
        made.add_row(escape(_name(by, group)), *parts, escape(_worst(one)))
    return made


def _name(by: By, group: str) -> str:
    if group == OWN or (by == "layer" and group == "0"):
        return "victims' own accounts"
    if group == ALL:
        return "all (not told apart)"
    if by == "bank":
        return text.holder(group)
    return group if by in ("hour", "age", "day", "delay") else text.words(group)


def _mean(name: str, metrics: Mapping[str, Mapping[str, float]]) -> str:
    one = metrics[name]
    return amount(name, one["mean"], one.get("low", one["mean"]), one.get("high", one["mean"]))


def _with_interval(name: str, metrics: Mapping[str, Mapping[str, float]]) -> str:
    if name not in metrics:
        return "-"
    one = metrics[name]
    low, high = one.get("low", one["mean"]), one.get("high", one["mean"])
    half = f"{_PLUS_MINUS}{amount(name, (high - low) / 2, low, high)}" if high > low else ""
    return _mean(name, metrics) + half


def _worst(metrics: Mapping[str, Mapping[str, float]]) -> str:
    """``gone before the report, 41%``: the cause under which most of the loss left."""
    leaks = {name: one["mean"] for name, one in metrics.items() if name.startswith("leak.") and one["mean"]}
    if not leaks:
        return ""
    worst = max(leaks, key=lambda name: leaks[name])
    return f"{text.metric(worst).label}, {text.percent(leaks[worst] / metrics['loss']['mean'])}"
