"""The result of `fundfreeze staff`: the roster by shift and by hour, what the next head buys, what each goal costs."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from math import nan
from typing import Final

import numpy as np
from rich.markup import escape
from rich.table import Table

from sim.report.findings import text
from sim.report.findings.comparison import money_finding
from sim.report.findings.estimate import changed
from sim.report.findings.precision import balance, cells
from sim.report.findings.roster_week import by_hour, payroll
from sim.report.findings.tables import FULL, amount, interval, overload, with_head
from sim.report.findings.text import unit_word
from sim.study.ask.aim import Aim
from sim.study.ask.compare import Difference
from sim.study.ask.goals import sure
from sim.study.ask.heads import Variable, lost_skills, settings_of
from sim.study.ask.offered_load import of_hours
from sim.study.ask.staff import Change, Level, Staffed, Told, measured
from sim.study.infer.stats import Summary
from sim.words import names
from sim.words.language import duration, key, percent, say, translate
from sim.words.language import named as named_by_kind
from sim.words.units import SECOND


def headline(result: Staffed) -> list[str]:
    """What came of it in a few lines: the finding, the money, and how sure it is."""
    best, goal = result.best, result.goal
    lines = [
        *([] if result.found.certain else [say("{finding}.", finding=undecided(result))]),
        say(
            "{heads} heads (now {now}): {share} of the loss recovered; n = {n}", heads=sum(best.heads),
            now=sum(result.now.heads), share=_of("recovered_share", best.share), n=best.cost.n,
        ),
        *money_finding(compared(result), {"roster": say("this roster")}),
    ]  # fmt: skip
    aim = result.aim
    if aim is not None and aim.from_today and best.measure is not None and best.gap is not None:
        said = key("{metric}: {value}, {change} against today's; wanted no more than {least} below it")
        if aim.at_most:
            said = key("{metric}: {value}, {change} against today's; wanted no more than {least} above it")
        lines.append(
            say(said, metric=text.metric(aim.metric).label, value=_of(aim.metric, best.measure),
                change=changed(aim.metric, best.gap) or say("the same"), least=worse(aim))
        )  # fmt: skip
    elif aim is not None and best.measure is not None:
        wanted = key("{metric}: {value}, wanted at least {aim}")
        if aim.at_most:
            wanted = key("{metric}: {value}, wanted at most {aim}")
        value, least = _of(aim.metric, best.measure), amount(aim.metric, aim.value, unit=True)
        lines.append(say(wanted, metric=text.metric(aim.metric).label, value=value, aim=least))
        if result.now.measure is not None:
            lines.append(
                say(
                    _TODAY[aim.met(result.now.measure)], heads=sum(result.now.heads),
                    metric=text.metric(aim.metric).label, value=_of(aim.metric, result.now.measure),
                )
            )  # fmt: skip
    zone = amount("cost" if aim is None else aim.metric, goal.zone, goal.zone * 0.95, goal.zone * 1.05, unit=True)
    if aim is not None and aim.from_today:
        zone = worse(replace(aim, value=goal.zone))
    sure = say("{sure:.0%} confidence, differences below {zone} do not matter", sure=1 - goal.alpha, zone=zone)
    if not result.found.certain:
        sure = say("differences below {zone} do not matter", zone=zone)
    lines.append(
        say(
            "{sure}; {runs:,} runs, {rosters:,} rosters possible",
            sure=sure,
            runs=result.runs,
            rosters=len(result.space),
        )
    )
    if full := [desk for desk, busy in best.busy.items() if busy >= FULL]:
        lines.append(overload(full))
    return [*lines, *_rests_on(result)]


def _rests_on(result: Staffed) -> list[str]:
    """What the worth of heads hangs on, where the same people have work that is no case."""
    asked = {one.desk for one in result.variables}
    duties = [name for name, duty in (result.scenario.duties or {}).items() if asked & set(duty.team)]
    if not duties:
        return []
    said = key(
        "What heads are worth hangs on how much other work they have ({work}): count your own before you trust this"
    )
    return [say(said, work=say(", ").join(named_by_kind(name, "desk") for name in duties))]


def application(result: Staffed, scenario: str, settings: Sequence[str], more: Sequence[str] = ()) -> list[str]:
    """How the roster is applied: what it costs in skills, and the command that runs it.

    Args:
        result: of the study.
        scenario: as the command line has it.
        settings: those that the study was given.
        more: other words that the command needs.
    """
    lines = [
        say(
            "With these heads at most {left} of {desk} can have the skill {skill} (now {now})",
            left=left, desk=names.desk(desk), skill=named_by_kind(skill, "skill"), now=now,
        )
        for desk, skill, now, left in lost_skills(result.scenario, result.variables, result.best.heads)
    ]  # fmt: skip
    words = [*settings, *settings_of(result.scenario, result.variables, result.best.heads)]
    command = ["fundfreeze", "run", scenario, *(part for one in words for part in ("--set", one)), *more]
    return [*lines, say("To run it: {command}", command=shlex.join(command))]


def sought(aim: Aim | None) -> str:
    """What a search of rosters is for."""
    if aim is None:
        return say("the most recovered and prevented less cost")
    if aim.from_today:
        wanted = key("the least cost with {metric} no more than {least} below today's")
        if aim.at_most:
            wanted = key("the least cost with {metric} no more than {least} above today's")
        return say(wanted, metric=text.metric(aim.metric).label, least=worse(aim))
    wanted = key("the least cost with {metric} at least {value}")
    if aim.at_most:
        wanted = key("the least cost with {metric} at most {value}")
    return say(wanted, metric=text.metric(aim.metric).label, value=amount(aim.metric, aim.value, unit=True))


def worse(aim: Aim) -> str:
    """How much worse than today is accepted."""
    unit = text.metric(aim.metric).unit
    return f"{aim.value * text.unit_scale(unit):.4g} {text.change_word(unit)}"


_TODAY: Final = {
    True: key("today's roster ({heads} heads) meets the target: {metric} {value}"),
    False: key("today's roster ({heads} heads) does not meet the target: {metric} {value}"),
    None: key("whether today's roster ({heads} heads) meets the target is open: {metric} {value}"),
}


def undecided(result: Staffed) -> str:
    """What a search that ran out of runs has not found."""
    heads, now = sum(result.best.heads), sum(result.now.heads)
    if result.aim is None:
        return say("Not decided which of all rosters pays most; the best of those tried has {heads} heads", heads=heads)
    if result.best.heads == result.now.heads:
        return say(
            "Today's {heads} heads meet the target; whether a cheaper roster does was not decided: let fewer desks"
            " change at a time",
            heads=heads,
        )  # fmt: skip
    return say(
        "{heads} heads meet the target (now {now}); whether a cheaper roster does was not decided: let fewer desks"
        " change at a time",
        heads=heads, now=now,
    )  # fmt: skip


def tables(result: Staffed) -> list[Table]:
    """The roster by shift and by hour, what the next head buys, and how many heads each goal costs."""
    metric = "recovered_share" if result.aim is None else result.aim.metric
    told = ((result.aim_levels, metric, result.aim), (result.levels, "recovered_share", None))
    goals = [_goals(result, levels, name, aim) for levels, name, aim in told if levels]
    return [_against_now(result), _roster(result), by_hour(result), _next_head(result), *goals]


# -- against the scenario as it is -------------------------------------------------------------------------


def compared(result: Staffed) -> list[Difference]:
    """The roster and today's, as the arms of a comparison: what is saved, what it costs, the net benefit."""
    arms = {"today": result.now, "roster": result.best}
    return [
        Difference(name, metric, "", getattr(one, part), "today", getattr(one.change, part), nan, nan)
        for metric, part in (("saved", "saved"), ("cost", "cost"), ("net_benefit", "net"))
        for name, one in arms.items()
    ]


def _against_now(result: Staffed) -> Table:
    """What the roster changes in money, on the same luck."""
    rows = compared(result)
    shown = cells(rows)
    title = say("Money in {period}, {unit} (paired, n = {n})", period=duration(result.scenario.horizon),
                unit=text.unit_word("yuan"), n=result.best.cost.n)  # fmt: skip
    table = with_head(title, "", say("today's roster"), say("this roster"), say("difference"), say("95% interval"))
    for before, after in zip(rows[::2], rows[1::2], strict=True):
        one, other = (shown[row.arm, row.metric, ""] for row in (before, after))
        table.add_row(escape(text.metric(after.metric).label), one.mean_words(), other.mean_words(),
                      other.change_words(unit=False), other.interval_words())  # fmt: skip
    table.caption, table.caption_justify = text.not_counted(), "left"
    return table


# -- the roster --------------------------------------------------------------------------------------------


def _roster(result: Staffed) -> Table:
    table = with_head(say("The roster"), "", say("heads now"), say("heads"), say("busy on average in the busiest hour"))
    for variable, now, heads, load in shifts_of(result):
        table.add_row(escape(shift_label(variable)), str(now), str(heads), f"{load:.2f}")
    table.caption, table.caption_justify = payroll(result), "left"
    return table


def shifts_of(result: Staffed) -> Iterator[tuple[Variable, int, int, float]]:
    """Each shift with its heads now and then, and its load in the busiest hour."""
    for variable, now, heads in zip(result.variables, result.now.heads, result.best.heads, strict=True):
        load = of_hours(result.load[variable.desk], variable.hours(result.scenario))
        yield variable, now, heads, load


# -- what heads buy ----------------------------------------------------------------------------------------


def _next_head(result: Staffed) -> Table:
    title = say("The next head buys (paired, 95%, n = {n})", n=result.best.cost.n)
    table = with_head(title, "", say("recovered and prevented, yuan"), say("cost, yuan"), say("net benefit, yuan"))
    for variable, change in zip(result.variables, result.next_heads, strict=True):
        table.add_row(escape(shift_label(variable)), *_next_cells(change))
    return table


def _next_cells(change: Change) -> list[str]:
    """What a head saves, costs and leaves."""
    saved, cost, net = balance(change.saved, change.cost, change.net)
    spans = {one.metric: say("{mean} ({interval})", mean=one.change_words(unit=False), interval=one.interval_words())
             for one in (saved, net)}  # fmt: skip
    return [spans["saved"], cost.change_words(unit=False), spans["net_benefit"]]


def _goals(result: Staffed, levels: Sequence[Level], metric: str, aim: Aim | None) -> Table:
    """The goals, the easiest first, and in its place by cost today's roster with what it reaches."""
    title = say("What each goal costs ({metric}, reached with 95% confidence)", metric=text.metric(metric).label)
    table = with_head(title, say("goal"), say("heads"), say("cost, yuan"), say("roster"))
    now = result.now
    today = measured(now, aim)
    reached = sure(today, at_most=aim is not None and aim.at_most)
    edge, mean = (amount(metric, one, today.low, today.high, unit=True) for one in (reached, today.mean))
    said = say("today's roster: {sure}, on average {mean}", sure=edge, mean=mean)
    rows = [(_round(metric, one.value), one.rung) for one in levels if one.rung.heads != now.heads]
    for goal, rung in sorted([*rows, (said, now)], key=lambda row: row[1].cost.mean):
        table.add_row(goal, str(sum(rung.heads)), _yuan(rung.cost), escape(_called(result, rung)),
                      style="bold" if rung is now else None)  # fmt: skip
    return table


def _round(metric: str, value: float) -> str:
    """A goal as it is: a share in %, a time in its own units."""
    return f"{100 * value:.4g}%" if text.metric(metric).unit == "share" else duration(round(value * SECOND))


def shift_label(variable: Variable) -> str:
    """``analyst 08:00-20:00``."""
    return f"{names.desk(variable.desk)} {translate(variable.when)}"


def _called(result: Staffed, rung: Told) -> str:
    """`named` for people."""
    pairs = zip(result.variables, rung.heads, strict=True)
    parts = (say("{shift}: {heads}", shift=shift_label(one), heads=heads) for one, heads in pairs)
    return say("; ").join(parts)


def named(result: Staffed, rung: Told) -> str:
    """``analyst 08:00-20:00: 5; audit ...: 2``."""
    return "; ".join(f"{one.label}: {heads}" for one, heads in zip(result.variables, rung.heads, strict=True))


def _of(metric: str, one: Summary) -> str:
    """A mean with its interval."""
    mean, unit = amount(metric, one.mean, one.low, one.high), text.unit_word(text.metric(metric).unit)
    shown = f"{mean}%" if unit == "%" else f"{mean} {unit}".rstrip()
    return say("{mean} ({interval})", mean=shown, interval=interval(metric, one.mean, one.low, one.high))


def _yuan(one: Summary) -> str:
    return amount("cost", one.mean, one.low, one.high)


def finding(result: Staffed) -> str:
    """What the best roster gives, and whether one head more would pay."""
    best = result.best
    if not result.found.certain:
        return undecided(result)
    gives = say(
        "{heads} heads (now {now}) recover {share}", heads=sum(best.heads), now=sum(result.now.heads),
        share=percent(best.share.mean, 1),
    )  # fmt: skip
    if result.aim is not None:
        return say("Decided: {gives}; that is {sought}", gives=gives, sought=sought(result.aim))
    place = int(np.argmax([one.net.mean for one in result.next_heads]))
    change, label = result.next_heads[place], shift_label(result.variables[place])
    saved, cost, _ = balance(change.saved, change.cost, change.net)
    brings = say(
        "one more ({shift}) saves {saved} {unit} for {cost}", shift=label, saved=saved.change_words(unit=False),
        cost=cost.change_words(unit=False, sign=False), unit=unit_word("yuan"),
    )  # fmt: skip
    pays = key("{gives}; {brings}: it may not pay")
    if change.net.low > 0:
        pays = key("{gives}; {brings}: it would pay")
    elif change.net.high < 0:
        pays = key("{gives}; {brings}: it does not pay")
    return say(pays, gives=gives, brings=brings)
