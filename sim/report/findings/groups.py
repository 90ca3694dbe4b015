"""Who gains and who loses, as a table: one row for each bank, scam, channel, layer, hour, district or age band."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from rich.markup import escape
from rich.table import Table

from sim.measure.split import ALL, OF_FEN, OWN
from sim.measure.ways import By
from sim.report.findings import text
from sim.report.findings.tables import Metrics, amount, estimates, foldable, with_interval
from sim.words import names
from sim.words.language import Kind, counted, key, language, named, percent, say

_HEADS: Final[Mapping[By, str]] = {
    "bank": key("where the money ended"), "layer": key("layer where it ended"), "scam": key("scam"),
    "channel": key("told by"), "hour": key("first payment"), "district": key("district"), "age": key("age"),
    "day": key("first payment"), "delay": key("reported"),
}  # fmt: skip
_WORDS: Final[Mapping[By, str]] = {
    "bank": key("bank"), "layer": key("layer"), "scam": key("scam"), "channel": key("channel"), "hour": key("hour"),
    "district": key("district"), "age": key("age"), "day": key("day"), "delay": key("delay"),
}  # fmt: skip
_KINDS: Final[Mapping[By, Kind]] = {"scam": "scam", "channel": "channel", "district": "district", "age": "age"}
"""Groups that have names of the configuration; the others are numbers, hours and dates."""


def table(by: By, groups: Mapping[str, Metrics]) -> Table:
    """A table of six or seven columns, means with half of their 95% intervals; groups that nothing befell are left out.

    Args:
        by: how the money or the people were split.
        groups: by group: its metrics, as summaries over replications.
    """
    shown = {group: estimates(metrics) for group, metrics in groups.items()}
    shown = {group: one for group, one in shown.items() if any(one[name]["mean"] for name in ("loss", "prevented"))}
    runs = max((int(one["loss"]["n"]) for one in shown.values()), default=0)
    over = counted(runs, "{n:,} run", "{n:,} runs")
    title = say("By {by} (means over {runs} \N{PLUS-MINUS SIGN} half of the 95% interval)", by=by_word(by), runs=over)
    made = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    made.add_column(say(_HEADS[by]))
    people = by not in OF_FEN
    heads = [say("paid, yuan"), say("recovered, %")]
    heads += [say("all / part / nothing back, victims")] if people else []
    heads += [say("prevented, yuan")] if people else [say("prevented, yuan"), say("stopped, yuan")]
    for head in heads:
        made.add_column(head, justify="right")
    made.add_column(say("most was lost"))
    for group, one in shown.items():
        parts = [_with_interval("loss", one), _with_interval("recovered_share", one)]
        if people:
            back = ("victims_whole", "victims_part", "victims_nothing")
            parts.append(" / ".join(_mean(name, one) for name in back))
        parts.append(_with_interval("prevented", one))
        if not people:
            parts.append(_with_interval("stopped", one))
        made.add_row(escape(group_name(by, group)), *parts, escape(_worst(one)))
    made.columns[-1].overflow = "fold" if language() == "zh" else "ellipsis"
    return foldable(made)


def group_name(by: By, group: str) -> str:
    if group == OWN or (by == "layer" and group == "0"):
        return say("victims' own accounts")
    if group == ALL:
        return say("all (not told apart)")
    if by == "bank":
        return names.holder(group)
    kind = _KINDS.get(by)
    return group if kind is None or (kind == "age" and language() == "en") else named(group, kind)


def by_word(by: By) -> str:
    """How money or people were split, as a word: ``bank``."""
    return say(_WORDS[by])


def _mean(name: str, metrics: Mapping[str, Mapping[str, float]]) -> str:
    one = metrics[name]
    return amount(name, one["mean"], one.get("low", one["mean"]), one.get("high", one["mean"]))


def _with_interval(name: str, metrics: Mapping[str, Mapping[str, float]]) -> str:
    if name not in metrics:
        return "-"
    one = metrics[name]
    low, high = one.get("low", one["mean"]), one.get("high", one["mean"])
    return with_interval(name, one["mean"], low, high)


def _worst(metrics: Mapping[str, Mapping[str, float]]) -> str:
    """``gone before the report, 41%``: the cause under which most of the loss left."""
    leaks = {name: one["mean"] for name, one in metrics.items() if name.startswith("leak.") and one["mean"]}
    if not leaks:
        return ""
    worst = max(leaks, key=lambda name: leaks[name])
    share = percent(leaks[worst] / metrics["loss"]["mean"])
    return say("{cause}, {share}", cause=text.metric(worst).label, share=share)
