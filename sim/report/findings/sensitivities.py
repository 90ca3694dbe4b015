"""The result of `fundfreeze sensitivity`: tables of all assumptions, the tornado, and what is printed."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf, isnan
from typing import Final

from rich import box
from rich.markup import escape
from rich.table import Table

from sim.report.findings import fields, text
from sim.report.findings.comparison import arm_name
from sim.report.findings.tables import with_unit
from sim.scenario.models import Scenario
from sim.study.ask.sensitivity import Sensitivity
from sim.study.infer.stats import Summary
from sim.study.run.parameters import Editor, Parameter
from sim.words.language import capital, counted, duration, key, money, say
from sim.words.lines import wrapped

End = tuple[float, float, float]
"""A change and its 95% interval, in the unit in which the metric is measured."""


@dataclass(frozen=True)
class Drawn:
    """One bar of a tornado."""

    label: str
    low: str
    high: str
    """The values at both ends, as people read them."""
    at_low: End
    at_high: End


def drawn(result: Sensitivity) -> list[Drawn]:
    """The bars of the tornado, the longest first."""
    return [
        Drawn(
            fields.called(b.parameter.path), shown(b.parameter, b.low), shown(b.parameter, b.high),
            (b.at_low.mean, b.at_low.low, b.at_low.high), (b.at_high.mean, b.at_high.low, b.at_high.high),
        )
        for b in result.bars
    ]  # fmt: skip


def hangs_most(bars: Sequence[Drawn], metric: str, base: float) -> str:
    """Which assumption a metric hangs on most, of those whose effect is no luck, and what it alone changes."""
    what = text.metric(metric)
    scale, unit = text.unit_scale(what.unit), _unit(what.unit)
    ends = [(end, at, bar) for bar in bars for end, at in ((bar.at_low, bar.low), (bar.at_high, bar.high))]
    sure = [one for one in ends if one[0][1] * one[0][2] > 0]
    if not sure:
        return say("{metric}: which assumption it hangs on most cannot be told from luck in so few runs",
                   metric=capital(what.label))  # fmt: skip
    (swing, low, high), at, longest = max(sure, key=lambda one: abs(one[0][0]))
    # A change cannot bring the metric below nothing, nor a share above all.
    furthest = 1 - base if what.unit == "share" else inf
    most = text.plus_minus(swing, (high - low) / 2, scale, least=-abs(base), most=furthest)
    return say(
        '{metric} hangs most on "{assumption}": {change} at {value}',
        metric=capital(what.label), assumption=longest.label,
        change=f"{'+' if swing > 0 else ''}{most} {unit}".rstrip(), value=at,
    )  # fmt: skip


def said(parameter: Parameter) -> str:
    """The value that a scenario has, as a file writes it; of a distribution that it is as it is, times one."""
    return shown(parameter, parameter.value) if parameter.kind == "factor" else parameter.said(parameter.value)


def shown(parameter: Parameter, value: float) -> str:
    """A value as people read it: times and amounts in words, a distribution by its factor, what lies between 0 and 1
    as a share, three digits."""
    if parameter.kind == "factor":
        return f"\N{MULTIPLICATION SIGN}{value:.3g}"
    if parameter.kind == "time":
        return duration(round(max(value, 0)))
    if parameter.kind == "money":
        return money(round(float(f"{max(value, 0):.4g}")))
    if parameter.kind == "number" and (parameter.least, parameter.most) == (0, 1):
        return f"{100 * value:.3g}%"
    return f"{value:.3g}" if parameter.kind == "number" and abs(value) < 1000 else parameter.said(value)


def main_table(
    result: Sensitivity, width: int = 160, *, paths: bool = False, titles: Mapping[str, str] | None = None
) -> Table:
    """The assumptions that matter most, with their indices and what each alone changes (of two arms: in the first).

    Args:
        result: of a study.
        width: columns of the terminal; names and paths go over several lines where there are few.
        paths: whether the path of each stands below its name, to find it in a file.
        titles: of arms by name, where a name is not said well.
    """
    narrow = width < _WIDE
    what = text.metric(result.metric)
    scale = text.unit_scale(what.unit)
    unit = say("% points") if what.unit == "share" else text.unit_word(what.unit)
    two, arms = len(result.arms) > 1, [arm_name(one, titles) for one in result.arms]
    title = say(
        "{metric}: what {of} hangs on ({screened} assumptions screened, {left} left out;"
        " {settings:,} settings of {runs})",
        metric=what.label, screened=len(result.screened), left=len(result.left_out), settings=result.evaluations,
        of=say("the difference {other} - {one}", one=arms[0], other=arms[1]) if two else arms[0],
        runs=counted(result.replications, "{n:,} run", "{n:,} runs"),
    )  # fmt: skip
    made = Table(title=escape(title), title_justify="left", title_style="bold", header_style="bold")
    if narrow:
        made.box, made.pad_edge, made.collapse_padding = box.SIMPLE_HEAD, False, True
    made.caption, made.caption_justify = meaning(), "left"
    made.add_column(say("assumption"), no_wrap=True)
    alone = f"{arms[0]} " if two else ""
    half, twice = (with_unit(alone + end, unit) for end in (say("at half"), say("at twice")))
    for column in (say("is"), with_unit("mu*", unit), say("Sobol total"), half, twice):
        made.add_column(column, justify="right")
    screened = {one.parameter.path: one for one in result.screened}
    totals = {one.parameter.path: one for one in result.indices}
    for bar in result.bars:  # in the order of the tornado: its title names what stands first here
        one, index = screened[bar.parameter.path], totals[bar.parameter.path]
        made.add_row(
            escape("\n".join(_named(one.parameter.path, 22 if narrow else 60, paths=paths))),
            shown(one.parameter, one.parameter.value),
            text.plus_minus(one.mu_star, one.conf, scale, least=0.0),
            text.plus_minus(index.total, index.total_conf, 1.0, least=0.0, most=1.0),
            _half(bar.at_low, scale), _half(bar.at_high, scale),
        )  # fmt: skip
    return made


def meaning() -> str:
    """What the two measures of an assumption are, for who has not met them."""
    return say(
        "mu*: how far the result moves on average while this assumption goes over its range. Sobol total: the share of"
        " the variance of the result in which this assumption has a part, alone or with others."
    )


_WIDE: Final = 130
"""Columns in which the longest paths stand on one line."""


def _named(path: str, wide: int, *, paths: bool) -> list[str]:
    """An assumption by its name and, where asked, its path below it, each in lines of at most so many columns."""
    return [*wrapped(fields.called(path), wide), *(broken(path, wide).splitlines() if paths else ())]


def broken(path: str, wide: int = 22) -> str:
    """A path over lines that end after a dot, at most so wide where its parts are."""
    lines = [""]
    for part in re.findall(r"[^.]+\.?", path):
        if lines[-1] and len(lines[-1] + part) > wide:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def verdicts(result: Sensitivity, titles: Mapping[str, str] | None = None) -> list[str]:
    """Which assumptions would change the ranking of two arms, a line each; nothing for one arm.

    Args:
        result: of a study.
        titles: of arms by name, where a name is not said well.
    """
    if not result.rankings:
        return []
    base = result.rankings[0].base
    first, second = (arm_name(one, titles) for one in result.arms)
    lines = [better(base, first, second, result.metric)]
    for one in result.rankings:
        if one.verdict != "stays":
            ends = [
                say(
                    "{difference} at {value}",
                    difference=_between((at.mean, at.low, at.high), result.metric),
                    value=shown(one.parameter, value),
                )
                for at, value in ((one.at_low, one.low), (one.at_high, one.high))
            ]
            lines.append(
                say(_VERDICTS[one.verdict], path=fields.called(one.parameter.path), first=first, second=second,
                    low=ends[0], high=ends[1])
            )  # fmt: skip
    if len(lines) == 1:
        lines.append(say("None of the assumptions looked at closely changes the ranking alone."))
    return lines


def better(base: Summary, first: str, second: str, metric: str) -> str:
    """Which of two arms is better, and by how much; open while its interval holds zero, or is none."""
    if base.low > 0:
        return say("{arm} is better by {difference}, n = {n}.", arm=second, n=base.n,
                   difference=_between((base.mean, base.low, base.high), metric))  # fmt: skip
    if base.high < 0:
        return say("{arm} is better by {difference}, n = {n}.", arm=first, n=base.n,
                   difference=_between((-base.mean, -base.high, -base.low), metric))  # fmt: skip
    return say("Whether {first} or {second} is better is open: {second} - {first} is {difference}, n = {n}.",
               first=first, second=second, n=base.n,
               difference=_between((base.mean, base.low, base.high), metric))  # fmt: skip


def _between(one: End, metric: str) -> str:
    """A difference with its interval and unit, as precise as the interval: ``0.42 (-0.01 to 0.85) percentage points``.

    Without the interval where there is none, of fewer than two replications.
    """
    unit = text.metric(metric).unit
    mean, low, high = (text.unit_scale(unit) * value for value in one)
    named = _unit(unit)
    half = (high - low) / 2
    if isnan(half):
        return f"{text.rounded(mean, 0.0)} {named}".rstrip()
    ends = {"low": text.rounded(low, half), "high": text.rounded(high, half)}
    return f"{say('{middle} ({low} to {high})', middle=text.rounded(mean, half), **ends)} {named}".rstrip()


def _unit(unit: text.Unit) -> str:
    """Of a difference, by the unit that it is measured in."""
    return say("percentage points") if unit == "share" else text.unit_word(unit)


def applications(result: Sensitivity, scenario: Scenario) -> list[str]:
    """The settings with which `run` has either end of each assumption that may change the ranking, a line each."""
    editor = Editor(scenario)
    return [
        say("To run {path} at {value}: {settings}", path=fields.called(one.parameter.path),
            value=shown(one.parameter, value),
            settings=shlex.join(word for setting in editor.settings({one.parameter: value})
                                for word in ("--set", setting)))
        for one in result.rankings if one.verdict != "stays" for value in (one.low, one.high)
    ]  # fmt: skip


_VERDICTS: Final = {
    "changes": key('"{path}" changes the ranking: {second} - {first} is {low}, {high}.'),
    "may change": key('"{path}" may change the ranking: {second} - {first} is {low}, {high}.'),
}


def _half(one: Summary, scale: float) -> str:
    return text.plus_minus(one.mean, (one.high - one.low) / 2, scale)
