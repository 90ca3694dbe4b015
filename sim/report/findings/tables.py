"""Metrics as tables on a terminal."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan, nan
from typing import Final

from rich import box
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from sim.report.findings import text
from sim.study.infer.stats import Summary
from sim.study.run.metric_names import of_each
from sim.words import names
from sim.words.language import counted, key, language, listed, say

Estimate = Mapping[str, float]
"""Over replications: mean, low and high (95% interval of the mean), median, p05, p95, n. Missing ones are left out."""
Metrics = Mapping[str, Summary | Mapping[str, float | int | None]]
"""By name: a summary over replications, or the same as a mapping (None where a number has no meaning)."""

HEADLINE: Final = (
    "loss", "recovered", "recovered_share", "recoverable_share", "response_latency", "containment_time",
    "accounts_stopped",
)  # fmt: skip
"""What a director reads first: at most seven rows."""
_LOST: Final = key("Where the rest was lost")
GROUPS: Final[Mapping[str, Sequence[str]]] = {
    key("Money"): (
        "reported_loss", "recovered_share_reported", "recoverable_at_report", "response_efficiency", "recovered_early",
        "stopped", "frozen", "intercepted", "returned", "under_stop", "prevented", "still_moving",
        "held_elsewhere", "stopped_all", "frozen_all", "stopped_per_account", "stopped_all_per_account",
        "credited_to_stopped",
    ),
    _LOST: ("leak",),
    key("Speed and stops"): (
        "response_latency_p05", "response_latency_median", "response_latency_p95", "report_delay",
        "accounts_stopped_within", "loss_reported_within", "within", "empty_stops", "accounts_found", "cases_with_stop",
        "cases_without_stop_share", "freezes", "lapses", "refused_orders", "cases_censored",
    ),
    key("What became of stopped accounts"): ("stage", "stage_money", "stage_money_all"),
    key("Victims"): ("victims", "reports", "victims_whole", "victims_part", "victims_nothing", "prevented_cases"),
    key("Innocent people"): (
        "wrongful_holds", "wrongful_accounts", "wrongful_days", "objections", "objection_work", "alerts",
        "false_alerts",
    ),
    key("Cost"): ("cost",),
}  # fmt: skip
"""Details by group: names of metrics, or what stands before the dot in them. The rest stands under Other."""
ONLY_IF_ANY: Final = (
    "leak", "recovered_early", "intercepted", "returned", "under_stop", "prevented", "prevented_cases", "freezes",
    "lapses", "refused_orders", "wrongful_holds", "wrongful_accounts", "wrongful_days", "objections",
    "objection_work", "alerts", "false_alerts",
)  # fmt: skip
"""Left out where they are 0 in every run: most scenarios leave most elements of the response out."""
QUEUES: Final[Mapping[str, str]] = {
    "wait": key("wait, min"), "queue_length": key("in the queue"), "answered_share": key("answered, %"),
    "abandoned": key("gave up"), "redials": key("called again"),
}  # fmt: skip
"""Columns of the table of queues: what stands before the dot in a metric's name, and its head."""
HOURS: Final[Mapping[str, str]] = {
    "utilisation": key("at work, %"), "duties": key("on no case, %"), "overtime": key("overtime, min"),
    "called_in": key("called in, min"), "cost": key("cost, yuan"),
}  # fmt: skip
"""The same of the table of hours. Two tables, for together they are wider than a terminal."""
BY_HOUR: Final = "utilisation_by_hour"
DESKS: Final = (*QUEUES, *HOURS, BY_HOUR)


def estimates(metrics: Metrics) -> dict[str, Estimate]:
    """The metrics that have a mean, as mappings without the numbers that have no meaning."""
    plain = {name: one.as_dict() if isinstance(one, Summary) else one for name, one in metrics.items()}
    told = {name: {part: v for part, v in one.items() if v is not None and not isnan(v)} for name, one in plain.items()}
    return {name: one for name, one in told.items() if "mean" in one}


def amount(name: str, value: float, low: float = 0.0, high: float = 0.0, *, unit: bool = False) -> str:
    """A measured value as people read it, with the digits that its interval supports.

    Args:
        name: of the metric (decides the unit: yuan, min, %).
        value, low, high: as measured, in yuan, seconds, shares or counts; low = high where there is no interval.
        unit: whether to say the unit.
    """
    if isnan(value):
        return "-"
    kind = text.metric(name).unit
    scale = text.unit_scale(kind)
    half = (high - low) / 2 * scale
    if half > 0:
        shown = text.rounded(value * scale, half)
    elif kind == "yuan" and language() == "zh":  # no interval: what people can use of it
        shown = text.rounded(value * scale, 0.5).rstrip("0").rstrip(".")
    else:
        half = {"yuan": 50.0, "s": 5.0, "share": 5.0, "count": 10.0 if value == round(value) else 0.5}[kind]
        shown = text.rounded(value * scale, half)
    word = text.unit_word(kind)
    return (f"{shown}%" if word == "%" else f"{shown} {word}".rstrip()) if unit else shown


def with_head(title: str, first: str, *columns: str) -> Table:
    """An empty table under a bold title; all columns but the first are for numbers."""
    table = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    table.add_column(first)
    for column in columns:
        table.add_column(escape(column), justify="right")
    return table


def foldable(table: Table) -> Table:
    """Let every cell of a table that is too wide go over several lines.

    A name that is squeezed to nothing, or a number that is cut, would leave a row that cannot be read or is misread.
    """
    for column in table.columns:
        column.overflow = "fold"
    return table


def with_unit(label: str, unit: str) -> str:
    """``recovered, yuan``; the label alone where there is no unit."""
    return say("{what}, {unit}", what=label, unit=unit) if unit else label


def interval(name: str, mean: float, low: float, high: float) -> str:
    """``770,000 to 823,000``: an interval within what the metric can be, with the digits of the whole of it."""
    least, most = (amount(name, text.possible(name, edge, mean), low, high) for edge in (low, high))
    return say("{low} to {high}", low=least, high=most)


def with_interval(name: str, mean: float, low: float, high: float) -> str:
    """``4.2 \N{PLUS-MINUS SIGN} 0.3``; ``11 (0 to 100)`` where the interval meets the end of what the metric can be."""
    shown = amount(name, mean, low, high)
    if not high > low:
        return shown
    if all(text.possible(name, edge, mean) == edge for edge in (low, high)):
        return f"{shown} \N{PLUS-MINUS SIGN} {amount(name, (high - low) / 2, low, high)}"
    least, most = (amount(name, text.possible(name, edge, mean), low, high) for edge in (low, high))
    return say("{middle} ({low} to {high})", middle=shown, low=least, high=most)


def metrics_tables(metrics: Metrics, title: str = "", *, details: bool = True) -> list[Table]:
    """A headline of at most seven rows, then the details by group.

    Args:
        metrics: by name.
        title: over the headline.
        details: whether to add the groups.
    """
    shown = estimates(metrics)
    tables = [_table(title or say("In short"), {name: shown[name] for name in HEADLINE if name in shown})]
    if not details:
        return tables
    left = {name: one for name, one in shown.items() if name not in HEADLINE and not _absent(name, one)}
    desks = {name: one for name, one in left.items() if name.partition(".")[0] in DESKS and "." in name}
    left = {name: one for name, one in left.items() if name not in desks}
    for group, kinds in GROUPS.items():
        mine = {name: one for kind in kinds for name, one in left.items() if name.partition(".")[0] == kind}
        if group == _LOST:
            mine = dict(sorted(mine.items(), key=lambda item: -item[1]["mean"]))
        left = {name: one for name, one in left.items() if name not in mine}
        if mine:
            tables.append(_table(say(group), mine))
            note = text.NOT_COUNTED if "cost" in mine else text.AT_BANKS if any(map(_is_stage, mine)) else ""
            if note:
                tables[-1].caption, tables[-1].caption_justify = say(note), "left"
    if desks:
        half = say("\N{PLUS-MINUS SIGN} half of the 95% interval")
        told = ((say("Queues ({half})", half=half), QUEUES), (say("Desks ({half})", half=half), HOURS))
        shown_as = [*(_desks(desks, title, heads) for title, heads in told), _by_hour(desks)]
        tables += [one for one in shown_as if one is not None]
    if left:
        tables.append(_table(say("Other"), left))
    return tables


def _is_stage(name: str) -> bool:
    return name.partition(".")[0] == "stage"


def _absent(name: str, one: Estimate) -> bool:
    return name.partition(".")[0] in ONLY_IF_ANY and not any(one.get(part) for part in ("mean", "p05", "p95"))


def print_metrics(metrics: Metrics, title: str = "", *, details: bool = True, console: Console | None = None) -> None:
    """Print `metrics_tables`."""
    console = console or Console()
    for table in metrics_tables(metrics, title, details=details):
        console.print(table)


def _table(title: str, metrics: Mapping[str, Estimate]) -> Table:
    table = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    table.add_column("")
    table.add_column(say("unit"))
    numbers = {int(one["n"]) for one in metrics.values() if "n" in one}
    several = any(n > 1 for n in numbers)
    table.add_column(say("mean") if several else say("value"), justify="right", overflow="fold")
    if several:
        table.add_column(say("95% interval, n = {n:,}", n=max(numbers)), justify="right", overflow="fold")
        table.add_column(say("median"), justify="right", overflow="fold")
        table.add_column(say("middle 90%"), justify="right", overflow="fold")
    for name, one in metrics.items():
        metric = text.metric(name)
        low, high = one.get("low", one["mean"]), one.get("high", one["mean"])
        cells = [escape(metric.label), text.unit_word(metric.unit), amount(name, one["mean"], low, high)]
        if several:
            cells.append(interval(name, one["mean"], low, high))
            # A quantile is known less well than the mean: one digit fewer, but not so few that the spread is gone.
            spread = one.get("p95", nan) - one.get("p05", nan)
            wide = (low, low + (min(10 * (high - low), spread) if spread > 0 else 10 * (high - low)))
            cells.append(amount(name, one["median"], *wide) if "median" in one else "")
            ends = {edge: amount(name, one[at], *wide) for edge, at in (("low", "p05"), ("high", "p95")) if at in one}
            cells.append(say("{low} to {high}", **ends) if ends else "")
        table.add_row(*cells)
    return foldable(table)


def _desks(metrics: Mapping[str, Estimate], title: str, heads: Mapping[str, str]) -> Table | None:
    """One row per desk: mean and half width of the 95% interval; None where there is nothing to say.

    A desk, or a column, that is nothing but 0 and "all were answered" says nothing.
    """
    shown = {name: one for name, one in metrics.items() if name.partition(".")[0] in heads}
    telling = [name for name, one in shown.items() if not _idle(name, one)]
    columns = [kind for kind in heads if any(name.partition(".")[0] == kind for name in telling)]
    desks = dict.fromkeys(name.partition(".")[2] for name in shown)
    desks = {desk: None for desk in desks if any(f"{kind}.{desk}" in telling for kind in columns)}
    if not columns:
        return None
    left = len({name.partition(".")[2] for name in shown}) - len(desks)
    caption = None
    if left and heads is QUEUES:
        caption = counted(
            left, "and {n} desk where nobody waits or gives up", "and {n} desks where nobody waits or gives up"
        )
    if heads is HOURS and (full := overloaded(metrics)):
        caption = overload(full)
    table = Table(
        title=title, title_justify="left", title_style="bold", caption=caption, caption_justify="left",
        box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True,
    )  # fmt: skip
    table.add_column("", overflow="fold", min_width=10)
    for kind in columns:
        head = say(heads[kind])
        table.add_column("\n".join(head.rsplit(" ", 1)) if len(head) > 10 else head, justify="right")
    for desk in desks:
        mine = (f"{kind}.{desk}" for kind in columns)
        cells = [_with_half(name, shown[name]) if name in shown else "" for name in mine]
        rostered = f"utilisation.{desk}" in metrics  # a share of the rostered time: unlimited staff has none
        table.add_row(escape(names.desk(desk, unlimited=not rostered)), *cells)
    return foldable(table)


def overloaded(metrics: Mapping[str, Estimate]) -> list[str]:
    """The desks that are asked for all that their people can do, or more: what waits there grows with the period."""
    return [desk for desk, one in of_each(metrics, "utilisation").items() if one.get("mean", 0.0) >= FULL]


def overload(desks: Sequence[str]) -> str:
    """What that means for whoever reads the result."""
    return say(
        "{desks}: more work than people. What waits there grows for as long as the period lasts, and the result hangs"
        " on its length: try a longer one before you trust it.",
        desks=listed([names.desk(one) for one in desks]),
    )  # fmt: skip


FULL: Final = 0.97
"""Share of the rostered time from which on a queue hardly ever empties; over 1 it is worked off in overtime."""


def _by_hour(metrics: Mapping[str, Estimate]) -> Table | None:
    """One row per desk, one column per part of the day: work as a share of the time for which people are rostered."""
    kinds = [name.split(".") for name in metrics if name.startswith(f"{BY_HOUR}.")]
    parts = sorted({hour for _, _, hour in kinds})
    rows = {}
    for desk in dict.fromkeys(desk for _, desk, _ in kinds):
        shares = [metrics.get(f"{BY_HOUR}.{desk}.{hour}", {}).get("mean") for hour in parts]
        if any(share is not None and share >= _BUSY for share in shares):
            rows[desk] = ["" if share is None else f"{share:.0%}" for share in shares]
    if not rows:
        return None
    table = Table(
        title=say("At work by hour of the day, of those rostered"), title_justify="left", title_style="bold",
        box=box.SIMPLE_HEAD, pad_edge=False, collapse_padding=True,
    )  # fmt: skip
    table.add_column("", overflow="fold", min_width=10)
    for hour, end in zip(parts, [*parts[1:], "24"], strict=True):
        table.add_column(f"{hour}-{end}", justify="right", no_wrap=True)
    for desk, cells in rows.items():
        table.add_row(escape(names.desk(desk)), *cells)
    if any(metrics.get(f"{BY_HOUR}.{desk}.{hour}", {}).get("mean", 0) > 1 for desk in rows for hour in parts):
        table.caption = say("over 100%: with those called in, or who finish after their shift")
        table.caption_justify = "left"
    return foldable(table)


_BUSY: Final = 0.005
"""Desks that are never so busy are left out."""


def _idle(name: str, one: Estimate) -> bool:
    usual = 1.0 if name.startswith("answered_share.") else 0.0
    return all(one.get(kind, usual) == usual for kind in ("mean", "p05", "p95"))


def _with_half(name: str, one: Estimate) -> str:
    """``4.2 \N{PLUS-MINUS SIGN} 0.3``; ``< 0.01`` where a planner need not know more."""
    low, high = one.get("low", one["mean"]), one.get("high", one["mean"])
    scale = text.unit_scale(text.metric(name).unit)
    if 0 < one["mean"] * scale < _TINY and high * scale < 10 * _TINY:
        return f"< {_TINY}"
    return with_interval(name, one["mean"], low, high)


_TINY: Final = 0.01
