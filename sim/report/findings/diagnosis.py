"""The result of `fundfreeze diagnose`: what binds in one sentence, and where the next money goes."""

from __future__ import annotations

from collections.abc import Sequence
from math import isnan
from typing import Final

import numpy as np
from rich import box
from rich.markup import escape
from rich.table import Table

from sim.measure.diagnosis import Week
from sim.report.findings import levers, text
from sim.report.findings.tables import foldable, with_head
from sim.study.ask.diagnose import Diagnosis, Lift, Outside
from sim.study.ask.next_person import Next
from sim.study.ask.outside import EARLIER, WAITS, large
from sim.study.ask.relief import Constraint
from sim.study.infer.stats import Summary
from sim.words import names
from sim.words.language import capital, key, language, listed, money, named, percent, say, translate
from sim.words.language import duration as said_duration

ROWS: Final = 7
"""The most rows of a table that a director reads."""
NEXT_YUAN: Final = 100_000.0
_MILLION: Final = 1e6
_NAMED: Final = 3
"""Idle desks that the sentence names."""
_WHOLE: Final = 0.95
"""Of the loss: where as much comes back, there is nothing left to bind."""


def finding(result: Diagnosis) -> str:
    """The one sentence: what binds and what one person more saves, or that nothing in the centre does; who is idle."""
    parts = [headline(result)]
    others = [_called(one.constraint) for one in result.binding[len(_equals(result)) or 1 : 3]]
    if others:
        parts.append(say("next: {what}", what=listed(others)))
    if result.idle and result.yearly:  # nobody is called idle for what one morning asked of him
        desks = [names.desk(one) for one in result.idle[:_NAMED]]
        idle = key("{desks} stand idle") if len(result.idle) > 1 else key("{desks} stands idle")
        if len(result.idle) > _NAMED:
            idle = key("{desks} and {n} more desks stand idle")
        parts.append(say(idle, desks=listed(desks), n=len(result.idle) - _NAMED))
    return say("; ").join(parts) + say(".")


def finding_so_far(result: Diagnosis, pairs: int) -> str:
    """The same while it sharpens: said first where more pairs of runs follow, which may tell otherwise.

    Args:
        result: of the pairs that there are.
        pairs: of runs, in the end.
    """
    if result.n < pairs:
        return say("So far, from {n:,} of {pairs:,} pairs of runs: {finding}", n=result.n, pairs=pairs,
                   finding=finding(result))  # fmt: skip
    return f"{finding(result)} {say('({n:,} pairs of runs)', n=result.n)}"


def headline(result: Diagnosis) -> str:
    """The first part of the sentence: what binds most, or that nothing does."""
    said = _equal(result) if _equals(result) else _worst(result) if result.binding else _nothing(result)
    return capital(said)


def _equals(result: Diagnosis) -> Sequence[Lift]:
    """What binds about equally, as far as the sentence names it; nothing where one surely binds most."""
    return result.level[:2] if len(result.level) > 1 else ()


def _equal(result: Diagnosis) -> str:
    """Two that bind, of which luck may have made the first: each with what would be saved without it."""
    one, other = _equals(result)
    return say(
        "{what} and {other} bind about equally, which of them more is open after {n:,} pairs of runs: without the first"
        " {gain} more would be saved {per}, without the second {less}",
        what=_called(one.constraint), other=_called(other.constraint), n=result.n, gain=amount(one.gain),
        less=amount(other.gain), per=_per(result),
    )  # fmt: skip


def _worst(result: Diagnosis) -> str:
    """What binds most, and what a person more there, or no such thing at all, would bring."""
    lift = result.binding[0]
    more, constraint, per = result.next_of(lift.constraint), lift.constraint, _per(result)
    if not result.alone:
        return say(
            "{what} binds, with others: nothing brings much alone, and without it all together save {gain} less {per}",
            what=_called(constraint), gain=amount(lift.gain), per=per,
        )  # fmt: skip
    if constraint.kind == "heads" and more is not None and more.saved.low > 0:
        template = key("{desk} binds ({when}, {now} there): one more saves {gain} {per}")
        if more.kind == "hours":
            template = key("{desk} binds: one person there ({when}) saves {gain} {per}")
        return say(template, desk=names.desk(constraint.name), when=translate(more.when), now=more.now,
                   gain=amount(more.saved), per=per)  # fmt: skip
    if constraint.kind == "hours" and more is not None and more.kind == "hours" and more.saved.low > 0:
        return say(
            "the closed hours of {desk} bind ({when}): one person there saves {gain} {per}",
            desk=names.desk(constraint.name), when=translate(more.when), gain=amount(more.saved), per=per,
        )  # fmt: skip
    return say(_LIFTED[constraint.kind], what=_name(constraint), gain=amount(lift.gain), per=per)


_LIFTED: Final = {
    "heads": key("{what} binds: with people enough it would save {gain} more {per}"),
    "hours": key("the closed hours of {what} bind: people there would save {gain} more {per}"),
    "bank": key("{what} bind: answers at once would save {gain} more {per}"),
    "rule": key("the wait {what} binds: without it {gain} more would be saved {per}"),
    "lapse": key("the lapse of stops binds: if they lasted, {gain} more would be saved {per}"),
}


def _nothing(result: Diagnosis) -> str:
    """That nothing in the centre binds, why, and what would help instead."""
    if may := [_called(one.constraint) for one in result.lifts if one.may]:
        return say("after {n:,} pairs of runs it is open whether {what} binds", n=result.n, what=may[0])
    recovered = next(step for step in result.way if step.name == "recovered").share.mean
    if recovered >= _WHOLE:
        return say("nothing in the centre binds: {share} of the loss comes back", share=percent(recovered, 0))
    why = say("nothing in the centre binds: {share} of the loss is gone before anybody reports it, or never reported",
              share=percent(result.before.mean, 0))  # fmt: skip
    helps = [_outside(result, one) for one in result.outside if one.gain.low > 0]
    return say("; ").join([why, *helps])


def _outside(result: Diagnosis, one: Outside) -> str:
    """What would help, and by how much victims would be left with less loss."""
    if one.name == EARLIER:
        return say("reports in half the time would save {gain} {per}", gain=amount(one.gain), per=_per(result))
    return say(
        "a wait of {time} for payments of {least} or more would save {gain} {per}", gain=amount(one.gain),
        per=_per(result), least=money(large(result.scenario)), time=said_duration(WAITS),
    )  # fmt: skip


def amount(one: Summary) -> str:
    """``1.2 ± 0.3 million yuan``, ``45,000 ± 9,000 yuan``; in Chinese in 万元."""
    if language() == "en" and abs(one.mean) >= _MILLION:
        return f"{text.plus_minus(one.mean, (one.high - one.low) / 2, 1 / _MILLION)} {say('million yuan')}"
    return f"{_yuan(one)} {text.unit_word('yuan')}"


# -- tables ------------------------------------------------------------------------------------------------


def tables(result: Diagnosis) -> list[Table]:
    """What binds, where the next money goes, and who is at work when: at most seven rows each."""
    shown = [_lifts(result)] if result.lifts else []
    if result.outside:
        shown.append(_beyond(result))
    if result.nexts:
        shown.append(_nexts(result))
    return [*shown, _hours(result)]


def _lifts(result: Diagnosis) -> Table:
    title = say("What would be saved without it, {unit} {per} (paired, n = {n:,})", **_head(result))
    if not result.alone:
        title = say("What all together lose without it, {unit} {per} (paired, n = {n:,})", **_head(result))
    table = with_head(title, "", say("95% interval"), say("of the loss"), "")
    for one in result.lifts[:ROWS]:
        word = say("binds") if one.binds else say("may bind") if one.may else ""
        table.add_row(_called(one.constraint), _yuan(one.gain), percent(one.share.mean, 1), word)
    if result.together is not None and result.alone:
        all_ = result.together
        table.add_row(say("all together"), _yuan(all_.gain), percent(all_.share.mean, 1), "")
    if any(one.may and one.gain.low > 0 for one in result.lifts[:ROWS]):
        table.caption = say("may bind: above 0 by itself, but not with all that may bind considered together")
        table.caption_justify = "left"
    return foldable(table)


def _beyond(result: Diagnosis) -> Table:
    title = say("What would help instead, {unit} {per} (paired, n = {n:,})", **_head(result))
    table = with_head(title, "", say("95% interval"))
    for one in result.outside:
        what = say("reports in half the time")
        if one.name != EARLIER:
            what = say("payments of {least} or more wait for {time}", least=money(large(result.scenario)),
                       time=said_duration(WAITS))  # fmt: skip
        table.add_row(what, _yuan(one.gain))
    return foldable(table)


def _nexts(result: Diagnosis) -> Table:
    """One person more at all desks where it was tried, whoever leaves most first, and why it was not at others."""
    title = say("One person more, {unit} {per} (paired, n = {n:,})", **_head(result))
    table = with_head(title, "", say("now"), say("saves"), say("costs"), say("net"),
                 say("{money} save", money=money(NEXT_YUAN * 100)))  # fmt: skip
    for one in result.nexts:
        known = one.priced and result.yearly
        cost, net = (text.two_digits(one.cost.mean), _yuan(one.net)) if known else ("-", "-")
        buys = _yuan(one.saved_for(NEXT_YUAN)) if known and one.cost.mean > 0 else "-"
        table.add_row(escape(person(one)), str(one.now), _yuan(one.saved), cost, net, buys)
    if untried := levers.untried(result):
        table.caption, table.caption_justify = " ".join(untried), "left"
    return foldable(table)


def _hours(result: Diagnosis) -> Table:
    """Of every desk of the centre, hour by hour, how much of the time of those on duty is taken."""
    shown = [one for one in result.weeks if one.desk in result.scenario.desks and one.heads.any()]
    shown = sorted(shown, key=lambda one: (-one.mean_wait, -one.busiest))
    title = say("At work by hour, in tenths of those on duty")
    table = Table(title=title, title_justify="left", title_style="bold", box=box.SIMPLE_HEAD, pad_edge=False,
                  collapse_padding=True)  # fmt: skip
    table.add_column("", overflow="fold", min_width=8)
    table.add_column("0     6     12    18    ", no_wrap=True)
    table.add_column(say("wait, min"), justify="right")
    table.add_column("")
    for one in shown:
        wait = text.rounded(one.mean_wait / 60, 0.5)
        table.add_row(
            escape(names.desk(one.desk)),
            strip(one),
            wait,
            say("idle") if one.desk in result.idle and result.yearly else "",
        )
    table.caption, table.caption_justify = say(". nobody on duty, X all of them at work"), "left"
    return table


def strip(week: Week) -> str:
    """A character for each hour of the day: tenths of those on duty who are at work, X where it is all of them."""
    return "".join("." if isnan(one) else "X" if one >= _FULL else str(int(10 * one)) for one in week.load_by_day_hour)


_FULL: Final = 0.995


def _called(one: Constraint) -> str:
    """A constraint as a row calls it."""
    return say(_CALLED[one.kind], what=_name(one))


_CALLED: Final = {
    "heads": key("people at {what}"), "hours": key("closed hours of {what}"), "bank": "{what}",
    "rule": key("the wait {what}"), "lapse": key("the lapse of stops"),
}  # fmt: skip


def _name(one: Constraint) -> str:
    if one.kind in ("heads", "hours"):
        return names.desk(one.name)
    return levers.banks(one.name) if one.kind == "bank" else named(one.name, "stage")


def person(one: Next) -> str:
    """``analyst 20:00-08:00``; an officer of a kind of bank."""
    if one.kind == "bank":
        return say("one at each of the {banks}", banks=levers.banks(one.name))
    return f"{names.desk(one.name)} {translate(one.when)}"


def _yuan(one: Summary) -> str:
    """A mean and half its interval, in the reader's unit of money."""
    return text.plus_minus(one.mean, (one.high - one.low) / 2, text.unit_scale("yuan"))


def _per(result: Diagnosis) -> str:
    return say("a year") if result.yearly else say("in all")


def _head(result: Diagnosis) -> dict[str, object]:
    return {"unit": text.unit_word("yuan"), "per": _per(result), "n": result.n}


# -- files -------------------------------------------------------------------------------------------------

LIFT_COLUMNS: Final = ("kind", "name", "gain", "low", "high", "per", "share_of_loss", "binds", "n")
NEXT_COLUMNS: Final = (
    "kind", "name", "when", "now", "saved", "saved_low", "saved_high", "cost", "net", "net_low", "net_high", "per",
    "saved_for_100000", "n",
)  # fmt: skip
HOUR_COLUMNS: Final = ("weekday", "hour", "desk", "heads", "at_work", "came", "wait_min")


def lift_rows(result: Diagnosis) -> list[tuple[object, ...]]:
    """The rows of binds.csv: yuan, a year's or of the listed cases in all."""
    return [
        (one.constraint.kind, one.constraint.name, one.gain.mean, one.gain.low, one.gain.high, _period(result),
         one.share.mean, int(one.binds), one.gain.n)
        for one in result.lifts
    ]  # fmt: skip


def next_rows(result: Diagnosis) -> list[tuple[object, ...]]:
    """The rows of next-person.csv, likewise."""
    return [
        (one.kind, one.name, str(one.when), one.now, one.saved.mean, one.saved.low, one.saved.high, one.cost.mean,
         one.net.mean, one.net.low, one.net.high, _period(result),
         one.saved_for(NEXT_YUAN).mean if one.priced and one.cost.mean > 0 else "", one.saved.n)
        for one in result.nexts
    ]  # fmt: skip


def _period(result: Diagnosis) -> str:
    return "year" if result.yearly else "all"


def hour_rows(weeks: Sequence[Week], days: Sequence[str]) -> list[tuple[object, ...]]:
    """The rows of week-by-hour.csv: every desk that anybody works at, by hour of the week."""
    told = [one for one in weeks if one.used]
    return [
        (day, hour, one.desk, one.heads[at], one.work[at], one.came[at],
         "" if np.isnan(one.wait[at]) else one.wait[at] / 60)
        for one in told for at, (day, hour) in enumerate((day, hour) for day in days for hour in range(24))
    ]  # fmt: skip
