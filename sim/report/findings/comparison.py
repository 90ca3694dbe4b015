"""Comparisons of arms: the finding in a sentence, tables of at most seven columns, and CSV."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan
from typing import Final, Literal

from rich.markup import escape
from rich.table import Table

from sim.measure.ways import By
from sim.report.findings import text
from sim.report.findings.csv_text import table as csv_of
from sim.report.findings.groups import by_word, group_name
from sim.report.findings.precision import Cells, Key, cells
from sim.report.findings.tables import foldable, with_unit
from sim.study.ask.compare import Difference, more_is_better
from sim.study.infer.stats import Summary
from sim.study.run.metric_names import MONEY, NET_BENEFIT
from sim.words.language import capital, counted, key, language, listed, named, say

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


def finding(rows: Sequence[Difference], titles: Mapping[str, str] | None = None) -> str:
    """The one sentence: which arm changes the first metric for the better, or probably does, or that this is open.

    It never says less than the table beside it: where an arm is probably best, it says so, and how probably. An arm
    with victims of its own is told of where there is no other, and never called better.

    Args:
        rows: of one comparison.
        titles: of arms by name, where a name is not said well.
    """
    first = [row for row in _first(rows) if not row.apart]
    if len(first) < 2 and (others := [row for row in _first(rows) if row.apart]):
        return _of_others(rows, others, titles)
    label = capital(text.metric(rows[0].metric).label)
    row = _chosen(rows)
    if row is not None and verdict(row) != "open":
        if verdict(row) == "better":
            better = key("{arm} raises {metric} by {size} ({interval})")
            if row.change.mean <= 0:
                better = key("{arm} lowers {metric} by {size} ({interval})")
            return capital(_effect(better, rows, row, titles))
        none = key("Against {base} no change lowers {metric}: {arm} raises it by {size} ({interval})")
        if row.change.mean <= 0:
            none = key("Against {base} no change raises {metric}: {arm} lowers it by {size} ({interval})")
        return _effect(none, rows, row, titles)
    changes = [one.change for one in first if not is_reference(one)]
    if all(one.low == one.high == 0 for one in changes):
        return say("{metric}: the same in every run, whatever is changed", metric=label)
    leader = max(first, key=lambda one: -1.0 if isnan(one.best) else one.best)
    if isnan(leader.best):
        return say("{metric}: one run cannot tell which is better", metric=label)
    name, best = arm_name(leader.arm, titles), best_words(leader)
    level = [arm_name(one.arm, titles) for one in first if best_words(one) == best]
    worse = [arm_name(one.arm, titles) for one in first if not is_reference(one) and verdict(one) == "worse"]
    if leader.best < PROBABLY:
        said = say("{metric}: which is better is open; {arm} is best with {best}%", metric=label, arm=name, best=best)
        if len(level) > 1:
            said = say(
                "{metric}: which is better is open; {arms} are best with {best}% each",
                metric=label, arms=listed(level), best=best,
            )  # fmt: skip
        return _all_but(worse, said) if worse else say("{finding}, and the intervals include zero", finding=said)
    told = cells(rows)
    shown = {one.arm: told[one.arm, one.metric, ""] for one in first}
    if is_reference(leader):
        second = min((one for one in first if not is_reference(one)), key=lambda one: abs(one.change.mean))
        said = say(
            "{metric}: {arm} is probably best ({best}%), by {size} before {other}", metric=label, arm=name, best=best,
            size=shown[second.arm].change_words(sign=False), other=arm_name(second.arm, titles),
        )  # fmt: skip
        still = key("{finding}; the intervals of the others still include zero")
        return _all_but(worse, said) if worse else say(still, finding=said)
    mine = shown[leader.arm]
    return say(
        "{metric}: {arm} is probably better ({best}%), by {size}; its interval ({interval}) still includes zero",
        metric=label, arm=name, best=best, size=mine.change_words(sign=False), interval=mine.interval_words(),
    )  # fmt: skip


def _all_but(worse: Sequence[str], said: str) -> str:
    """What is said where the intervals of all arms but some include zero."""
    only, several = "{finding}; only {arms} is surely worse", key("{finding}; only {arms} are surely worse")
    return counted(len(worse), only, several, finding=said, arms=listed(worse))


PROBABLY: Final = 0.8
"""From this probability of being best an arm is called probably better."""


def best_words(row: Difference) -> str:
    """The probability of being best in %, as tables and sentences have it."""
    return "-" if isnan(row.best) else f"{100 * row.best:.0f}"


def _first(rows: Sequence[Difference]) -> list[Difference]:
    return [row for row in rows if row.metric == rows[0].metric and not row.group]


def _chosen(rows: Sequence[Difference]) -> Difference | None:
    """The arm of which the finding speaks; None where there is none that is not compared with itself.

    A better one, else one that is probably better, else a worse one where no other may be better; else any open one.
    """
    first = [row for row in _first(rows) if not is_reference(row) and not row.apart]
    better, worse = ([row for row in first if verdict(row) == which] for which in ("better", "worse"))
    if better:
        return max(better, key=lambda row: abs(row.change.mean))
    if worse and all(verdict(row) == "worse" or not row.best > _MAY_BE_BEST for row in first):
        return max(worse, key=lambda row: abs(row.change.mean))
    still = [row for row in first if verdict(row) == "open"]
    return max(still, key=lambda row: -1.0 if isnan(row.best) else row.best, default=None)


_MAY_BE_BEST: Final = 0.1


def other_victims(arms: Sequence[str]) -> str:
    """That arms have victims of their own, and what that means."""
    said = key("other victims are robbed in {arms}, so what differs there is not what the centre does")
    return say(said, arms=listed(arms))


def _of_others(rows: Sequence[Difference], others: Sequence[Difference], titles: Mapping[str, str] | None) -> str:
    """What differs where all arms have victims of their own: by how much, and that it is not what the centre does."""
    apart = other_victims([arm_name(row.arm, titles) for row in others])
    most = max(others, key=lambda row: abs(row.change.mean))
    if verdict(most) == "open":
        return capital(apart)
    effect = key("{metric} is {size} higher in {arm} ({interval})")
    if most.change.mean <= 0:
        effect = key("{metric} is {size} lower in {arm} ({interval})")
    return say("; ").join([capital(_effect(effect, rows, most, titles)), apart])


def _effect(said: str, rows: Sequence[Difference], row: Difference, titles: Mapping[str, str] | None) -> str:
    """What an arm does to a metric, by its size and interval."""
    shown = cells(rows)[row.arm, row.metric, row.group]
    return say(
        said, arm=arm_name(row.arm, titles), base=arm_name(row.against, titles), metric=text.metric(row.metric).label,
        size=shown.change_words(sign=False), interval=shown.interval_words(sign=False),
    )  # fmt: skip


def money_finding(rows: Sequence[Difference], titles: Mapping[str, str] | None = None) -> list[str]:
    """What the change of the finding costs and whether it is worth it, and which others lose money.

    Empty where the rows do not tell cost and net benefit; where no desk has a price, that.
    """
    told = [row for row in rows if row.metric == NET_BENEFIT and not row.group and not row.apart]
    net = {row.arm: row for row in told if not is_reference(row)}
    cost = {row.arm: row for row in rows if row.metric == "cost" and not row.group}
    row = _chosen(rows)
    if row is None or row.arm not in net or row.arm not in cost:
        return []
    shown = cells(rows)
    more, gain = shown[row.arm, "cost", ""], shown[row.arm, NET_BENEFIT, ""]
    said = say(
        _WORTH[_worth(net[row.arm])], arm=arm_name(row.arm, titles), cost=more.change_words(),
        net=gain.change_words(), interval=gain.interval_words(),
    )  # fmt: skip
    lines = [capital(said)]
    if row.at_banks:
        lines = [say("{finding} What it costs at banks is not counted.", finding=lines[0])]
    losers = [arm_name(name, titles) for name, one in net.items() if one.change.high < 0 and name != row.arm]
    if losers:
        also = net[row.arm].change.high < 0
        lose = key("These lose money, too: {arms}.") if also else key("These lose money: {arms}.")
        lines.append(say(lose, arms=listed(losers)))
    return lines


def note(rows: Sequence[Difference], titles: Mapping[str, str] | None = None) -> str:
    """Whose work is in no cost of these rows, said with cost, net benefit and payback; empty where none is told."""
    if not any(row.metric in MONEY for row in rows):
        return ""
    return text.not_counted([arm_name(one, titles) for one in dict.fromkeys(row.arm for row in rows if row.at_banks)])


def as_it_is(rows: Sequence[Difference], metric: str) -> Summary:
    """A metric of the arm that the others are held against."""
    return next(one.value for one in rows if one.metric == metric and not one.group and is_reference(one))


def means_of(rows: Sequence[Difference]) -> dict[tuple[str, str], str]:
    """By (arm, metric): the mean as tables of the comparison have it, for other places that tell it."""
    return {(arm, metric): one.mean_words() for (arm, metric, group), one in cells(rows).items() if not group}


def _worth(row: Difference) -> Literal["pays", "loses", "may pay", "may lose", "same"]:
    """What a difference of net benefit says of a change."""
    if row.change.mean == 0:
        return "same"
    if row.change.low > 0 or row.change.high < 0:
        return "pays" if row.change.low > 0 else "loses"
    return "may pay" if row.change.mean > 0 else "may lose"


_WORTH: Final = {
    "pays": key("{arm} pays: cost {cost}, net benefit {net} ({interval})."),
    "loses": key("{arm} loses money: cost {cost}, net benefit {net} ({interval})."),
    "may pay": key("{arm} may pay, which is open: cost {cost}, net benefit {net} ({interval})."),
    "may lose": key("{arm} may lose money, which is open: cost {cost}, net benefit {net} ({interval})."),
    "same": key("{arm} neither pays nor loses money: cost {cost}, net benefit {net} ({interval})."),
}


def arm_name(arm: str, titles: Mapping[str, str] | None = None) -> str:
    """An arm by its title where it has one; names of one's own are said as they are."""
    known = (titles or {}).get(arm)
    return known if known is not None else arm if language() == "en" else named(arm, "arm")


def row_name(row: Difference, titles: Mapping[str, str] | None = None) -> str:
    """The arm of a row, and that it has victims of its own where it has: then pairs share no luck."""
    name = arm_name(row.arm, titles)
    return say("{arm} (victims of its own)", arm=name) if row.apart else name


def group_of(by: By, group: str) -> str:
    """A group as tables and pictures call it: in English by its name in the scenario."""
    return group if language() == "en" else group_name(by, group)


def comparison_tables(
    rows: Sequence[Difference], by: By | None = None, titles: Mapping[str, str] | None = None
) -> list[Table]:
    """One table for each metric: the whole, and then its groups where there are any.

    What is saved, its cost and the net benefit add up as they are printed, so that the cells are those of all rows.

    Args:
        rows: of one comparison.
        by: what the groups are.
        titles: of arms by name, in place of the names.
    """
    tables, shown = [], cells(rows)
    for metric in dict.fromkeys(row.metric for row in rows):
        mine = [row for row in rows if row.metric == metric]
        tables.append(_table(metric, [row for row in mine if not row.group], shown, None, titles))
        if by is not None and any(row.group for row in mine):
            tables.append(_table(metric, [row for row in mine if row.group], shown, by, titles))
    return tables


def _table(
    metric: str, rows: Sequence[Difference], shown: Mapping[Key, Cells], by: By | None, titles: Mapping[str, str] | None
) -> Table:
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
        mine, same = shown[row.arm, row.metric, row.group], is_reference(row)
        line = [group_of(by, row.group)] if by else []
        line += [row_name(row, titles), mine.mean_words(millions=big)]
        points = known.unit == "share"  # of amounts the title says the unit
        line += ["", ""] if same else [
            mine.change_words(unit=points, millions=big), mine.interval_words(millions=big),
        ]  # fmt: skip
        line.append(best_words(row))
        if not by:
            line.append(
                ""
                if same or row.apart or isnan(row.unpaired)
                else f"\N{MULTIPLICATION SIGN}{float(f'{row.unpaired:.3g}'):,.10g}"
            )
        table.add_row(*(escape(cell) for cell in line))
    if said := note(rows, titles):
        table.caption, table.caption_justify = said, "left"
    return foldable(table)


_BIG: Final = 10e6
"""Yuan from which amounts are told in millions: longer ones do not fit beside each other."""


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
