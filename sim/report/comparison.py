"""Comparisons of arms: the finding in a sentence, tables of at most seven columns, and CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from pathlib import Path
from typing import Final, Literal

from rich.markup import escape
from rich.table import Table

from sim.lang import key, language, named, say
from sim.measure.ways import By
from sim.report import text
from sim.report.curve import table as csv_of
from sim.report.files import save_figure, write_text
from sim.report.groups import by_word, group_name
from sim.report.tables import amount, foldable, with_unit
from sim.study.compare import Difference, more_is_better
from sim.study.stats import Summary

Verdict = Literal["better", "worse", "open"]
COLUMNS: Final = (
    "arm", "group", "metric", "mean", "low", "high", "against", "difference", "difference_low", "difference_high",
    "probability_best", "unpaired_replications", "n",
)  # fmt: skip


def verdict(row: Difference) -> Verdict:
    """Whether the 95% interval of a difference lies on one side of zero."""
    low, high = row.change.low, row.change.high
    if not (low > 0 or high < 0):
        return "open"
    return "better" if (low > 0) == more_is_better(row.metric) else "worse"


def is_reference(row: Difference) -> bool:
    """Whether a row is of an arm that is compared with itself."""
    return row.arm == row.against


def change_words(metric: str, change: Summary, *, sign: bool = True) -> str:
    """A difference with its unit; of shares in percentage points: ``+1.3 points``."""
    unit = text.metric(metric).unit
    word = say("points") if unit == "share" else text.unit_word(unit)
    return f"{_number(metric, change.mean, change, sign=sign)} {word}".rstrip()


def interval_words(metric: str, change: Summary, *, sign: bool = True) -> str:
    """``+0.9 to +1.8``; ``-`` where there is no interval."""
    if isnan(change.low):
        return "-"
    low, high = (_number(metric, edge, change, sign=sign) for edge in (change.low, change.high))
    return say("{low} to {high}", low=low, high=high)


def _number(metric: str, value: float, change: Summary, *, sign: bool) -> str:
    if isnan(value):
        return "-"
    scale = text.unit_scale(text.metric(metric).unit)
    half = (change.high - change.low) / 2 * scale
    shown = text.rounded(value * scale, 0.0 if isnan(half) else half)
    shown = shown.lstrip("-") if not shown.strip("-0.,") else shown
    return f"+{shown}" if sign and value > 0 and shown.strip("0.,") else shown


def finding(rows: Sequence[Difference], titles: Mapping[str, str] | None = None) -> str:
    """The one sentence: which arm changes the first metric for the better, or that none does.

    Args:
        rows: of one comparison.
        titles: of arms by name, where a name is not said well.
    """
    first = [row for row in rows if row.metric == rows[0].metric and not row.group and not is_reference(row)]
    label = text.metric(rows[0].metric).label
    better = [row for row in first if verdict(row) == "better"]
    worse = [row for row in first if verdict(row) == "worse"]
    if not better and not worse:
        return say("No difference in {metric} can be seen within these intervals", metric=label)

    def size(row: Difference) -> float:
        return abs(row.change.mean)

    row = max(better, key=size) if better else max(worse, key=size)
    by = change_words(row.metric, _positive(row.change), sign=False)
    span = interval_words(row.metric, _positive(row.change), sign=False)
    effect = key("{arm} raises {metric} by {size} ({interval})")
    if row.change.mean <= 0:
        effect = key("{arm} lowers {metric} by {size} ({interval})")
    said = say(effect, arm=arm_name(row.arm, titles), metric=label, size=by, interval=span)
    if better:
        return said[0].upper() + said[1:]
    return say("Nothing is better than {arm}: {finding}", arm=arm_name(row.against, titles), finding=said)


def arm_name(arm: str, titles: Mapping[str, str] | None = None) -> str:
    """An arm by its title where it has one; names of one's own are said as they are."""
    known = (titles or {}).get(arm)
    return known if known is not None else arm if language() == "en" else named(arm, "arm")


def row_name(row: Difference, titles: Mapping[str, str] | None = None) -> str:
    """The arm of a row, and that it has victims of its own where it has: then pairs share no luck."""
    name = arm_name(row.arm, titles)
    return say("{arm} (victims of its own)", arm=name) if row.apart else name


def _positive(change: Summary) -> Summary:
    """A difference told by its size."""
    if change.mean >= 0:
        return change
    return Summary(-change.mean, -change.high, -change.low, -change.median, -change.p95, -change.p05, change.n)


def group_of(by: By, group: str) -> str:
    """A group as tables and pictures call it: in English by its name in the scenario."""
    return group if language() == "en" else group_name(by, group)


def comparison_tables(rows: Sequence[Difference], by: By | None = None) -> list[Table]:
    """One table for each metric: the whole, and then its groups where there are any."""
    tables = []
    for metric in dict.fromkeys(row.metric for row in rows):
        mine = [row for row in rows if row.metric == metric]
        tables.append(_table(metric, [row for row in mine if not row.group], None))
        if by is not None and any(row.group for row in mine):
            tables.append(_table(metric, [row for row in mine if row.group], by))
    return tables


def _table(metric: str, rows: Sequence[Difference], by: By | None) -> Table:
    known = text.metric(metric)
    n = max((row.value.n for row in rows), default=0)
    big = language() == "en" and known.unit == "yuan" and any(abs(row.value.mean) >= _BIG for row in rows)
    unit = say("million yuan") if big else text.unit_word(known.unit)
    what = with_unit(known.label, unit)
    if by:
        what = say("{metric} by {group}", metric=what, group=by_word(by))
    better = key("{metric} (more is better; n = {n:,} pairs)")
    if not more_is_better(metric):
        better = key("{metric} (less is better; n = {n:,} pairs)")
    title = say(better, metric=what, n=n)
    table = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    if by:
        table.add_column(by_word(by))
    # numbers are never cut: names give way, and an interval may break at its "to"
    table.add_column(say("arm"), overflow="fold")
    for head in (say("mean"), say("difference")):
        table.add_column(head, justify="right", no_wrap=True)
    table.add_column(say("95% interval"), justify="right")
    table.add_column(say("best, %"), justify="right", no_wrap=True)
    if not by:
        table.add_column("\n".join(say("unpaired runs").rsplit(" ", 1)), justify="right", no_wrap=True)
    for row in rows:
        value, change, same = row.value, row.change, is_reference(row)
        cells = [group_of(by, row.group)] if by else []
        cells.append(row_name(row))
        if big:
            cells.append(_in_millions(value.mean, value))
            cells += ["", ""] if same else [_in_millions(change.mean, change, sign=True), _interval_in_millions(change)]
        else:
            cells.append(amount(metric, value.mean, value.low, value.high))
            words = change_words(metric, change).removesuffix(f" {text.unit_word('yuan')}")  # the title says it
            cells += ["", ""] if same else [words, interval_words(metric, change)]
        cells.append("-" if isnan(row.best) else f"{100 * row.best:.0f}")
        if not by:
            cells.append(
                ""
                if same or row.apart or isnan(row.unpaired)
                else f"\N{MULTIPLICATION SIGN}{float(f'{row.unpaired:.3g}'):,.10g}"
            )
        table.add_row(*(escape(cell) for cell in cells))
    return foldable(table)


_BIG: Final = 10e6
"""Yuan from which amounts are told in millions: longer ones do not fit beside each other."""


def _in_millions(value: float, one: Summary, *, sign: bool = False) -> str:
    half = (one.high - one.low) / 2e6
    shown = "-" if isnan(value) else text.rounded(value / 1e6, 0.0 if isnan(half) else half)
    return f"+{shown}" if sign and value > 0 and shown.strip("0.,") else shown


def _interval_in_millions(change: Summary) -> str:
    if isnan(change.low):
        return "-"
    low, high = (_in_millions(edge, change, sign=True) for edge in (change.low, change.high))
    return say("{low} to {high}", low=low, high=high)


def comparison_csv(rows: Sequence[Difference]) -> str:
    """All rows in long form."""
    return csv_of(
        COLUMNS,
        (
            (
                row.arm, row.group, row.metric, row.value.mean, row.value.low, row.value.high, row.against,
                row.change.mean, row.change.low, row.change.high, row.best, row.unpaired, row.change.n,
            )
            for row in rows
        ),
    )  # fmt: skip


def write(
    rows: Sequence[Difference], folder: Path, name: str, *, seed: int, titles: Mapping[str, str] | None = None,
    by: By | None = None,
) -> list[Path]:  # fmt: skip
    """Write NAME.csv, NAME.svg and NAME.png.

    Raises:
        OSError: a file cannot be written.
    """
    from sim.report.figures_compare import comparison_figure  # matplotlib only for pictures

    figure = comparison_figure(rows, seed=seed, titles=titles, by=by)
    return [write_text(folder / f"{name}.csv", comparison_csv(rows)), *save_figure(figure, folder / name)]
