"""What whoever decides is told, in words: the answer in two sentences, figures, what it hangs on, what is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import isnan
from typing import Final

from sim.report.findings import diagnosis, fields, sensitivities, text
from sim.report.findings.changed import Table
from sim.report.findings.comparison import verdict
from sim.report.findings.precision import cells
from sim.study.ask.brief import YEARLY, Brief
from sim.study.ask.compare import Difference
from sim.study.infer.stats import Summary
from sim.study.run.metric_names import NET_BENEFIT, NET_LOSS
from sim.study.run.parameters import Parameter
from sim.words.language import capital, key, percent, say, titled

# -- the answer --------------------------------------------------------------------------------------------


def question(brief: Brief, asked: str = "") -> str:
    """What is answered: as it was asked, else whether to make the change, else what the scenario asks."""
    if asked:
        return asked
    if brief.arm is None:
        return titled(brief.scenario.question)
    priced = key("Is it worth its money: {change}?")
    return say(priced if brief.row(NET_BENEFIT) else key("Does it help: {change}?"), change=brief.arm.name)


def answer(brief: Brief) -> tuple[str, str]:
    """The answer: what is decided and by how much, then what it costs or how things stand; both with intervals.

    Where somebody has said what the change costs it is decided by what is left after that, else by the victims' loss.
    """
    if brief.arm is None:
        return diagnosis.headline(brief.diagnosis) + say("."), _as_it_is(brief)
    loss, benefit = brief.row(NET_LOSS), brief.row(NET_BENEFIT)
    assert loss is not None  # every run has it
    if benefit is None:
        return _helps(brief, loss), say("Nobody has said what it costs; {back}.", back=_back(brief))
    second = _cost(brief, loss)
    if benefit.at_banks:
        second = say("{finding} What it costs at banks is not counted.", finding=second)
    return _pays(brief, loss, benefit), second


def _pays(brief: Brief, loss: Difference, benefit: Difference) -> str:
    """Whether the change saves more than it costs."""
    if loss.change.low == loss.change.high == 0:
        return _helps(brief, loss)
    found = verdict(benefit)
    said = {
        "better": key('Yes: "{change}" saves {amount} more {per} than it costs (95% interval {interval}).'),
        "worse": key('No: "{change}" costs {amount} more {per} than it saves (95% interval {interval}).'),
        "open": key('It is open whether "{change}" pays: after {n:,} pairs of runs, what it saves less what it costs is'
                    " {amount} {per} (95% interval {interval})."),
    }  # fmt: skip
    if found == "better" and benefit.at_banks:
        said["better"] = key(
            'Yes, before what it costs at banks: "{change}" saves {amount} more {per} than it costs here (95% interval'
            " {interval})."
        )
    left = turned(benefit.change) if found == "worse" else benefit.change
    return say(said[found], change=_named(brief), amount=_yuan(left), interval=_between(left), per=_per(brief),
               n=brief.n)  # fmt: skip


def _helps(brief: Brief, loss: Difference) -> str:
    """Whether the change saves its victims anything."""
    saved = turned(loss.change)
    values = {"change": _named(brief), "interval": _between(saved), "per": _per(brief), "n": brief.n}
    found = verdict(loss)
    if found == "better":
        return say(
            'Yes: with "{change}" victims are left with {amount} less loss {per} (95% interval {interval}).',
            amount=_yuan(saved), **values,
        )  # fmt: skip
    if found == "worse":
        values["interval"] = _between(loss.change)
        return say(
            'No: with "{change}" victims are left with {amount} more loss {per} (95% interval {interval}).',
            amount=_yuan(loss.change), **values,
        )  # fmt: skip
    if loss.change.low == loss.change.high == 0:
        return say('No: "{change}" changes nothing of what victims lose, in any of {n:,} pairs of runs.', **values)
    return say(
        'It is open: {n:,} pairs of runs do not tell whether victims are left with less loss with "{change}"; the 95%'
        " interval of what it saves is {interval} {per}.", **values,
    )  # fmt: skip


def turned(one: Summary) -> Summary:
    """The same with the other sign: less loss is what is saved."""
    return replace(one, mean=-one.mean, low=-one.high, high=-one.low)


def _named(brief: Brief) -> str:
    assert brief.arm is not None
    return brief.arm.name


def _cost(brief: Brief, loss: Difference) -> str:
    """What the change does to victims and to the cost, and what then comes back."""
    cost = row.change if (row := brief.row("cost")) else replace(loss.change, mean=0.0, low=0.0, high=0.0)
    saved, found = turned(loss.change), verdict(loss)
    victims = key("it is open whether victims are left with less loss ({interval} less)")
    if found == "better":
        victims = key("victims are left with {amount} less loss ({interval})")
    elif found == "worse":
        victims, saved = key("victims are left with {amount} more loss ({interval})"), loss.change
    paid = key("the cost is {cost} higher") if cost.mean > 0 else key("the cost is {cost} lower")
    if cost.mean == 0:
        paid = key("the cost is the same")
    per = say("Each year") if brief.diagnosis.yearly else say("In all")
    return say("{per}, {victims}, and {paid}; {back}.", per=per,
               victims=say(victims, amount=_yuan(saved), interval=_between(saved)),
               paid=say(paid, cost=_yuan(cost if cost.mean > 0 else turned(cost))), back=_back(brief))  # fmt: skip


def _back(brief: Brief) -> str:
    """What comes back with the change, and today."""
    share = brief.row("recovered_share")
    assert share is not None
    shown = cells(brief.rows)
    before, after = (shown[arm, share.metric, ""].mean_words(unit=True) for arm in (share.against, share.arm))
    return say("of what victims lose {after} comes back in place of {before}", before=before, after=after)


def _as_it_is(brief: Brief) -> str:
    """What is lost and how much of it comes back today."""
    share = text.bounded("recovered_share", brief.today["recovered_share"])
    return say(
        "Of {loss} that victims pay {per}, {share} comes back (95% interval {low} to {high}); {before} is gone before"
        " anybody reports it, or is never reported.",
        loss=_yuan(brief.a_year("loss")), per=_per(brief), share=text.share(share.mean), low=text.share(share.low),
        high=text.share(share.high), before=percent(brief.diagnosis.before.mean, 0),
    )  # fmt: skip


def _per(brief: Brief) -> str:
    return say("a year") if brief.diagnosis.yearly else say("in all")


def _yuan(one: Summary, *, sign: bool = False) -> str:
    """An amount with the digits that its interval supports, and its unit."""
    mean, unit = _scaled(one.mean, one)
    return f"{'+' if sign and one.mean > 0 else ''}{mean} {unit}"


def _between(one: Summary) -> str:
    low, unit = _scaled(one.low, one)
    high, _ = _scaled(one.high, one)
    return say("{low} to {high} {unit}", low=low, high=high, unit=unit)


def _scaled(value: float, of: Summary) -> tuple[str, str]:
    """A number of yuan in the unit that suits an amount: million yuan, or yuan; in Chinese 万元."""
    half = max((of.high - of.low) / 2, _LEAST, _FINEST * abs(of.mean))
    scale, unit = _unit([of.low, of.high])
    return text.rounded(value * scale, half * scale), unit


def _unit(amounts: Sequence[float]) -> tuple[float, str]:
    """How many of a unit a yuan is, and the unit that suits some amounts."""
    if text.unit_scale("yuan") == 1 and max(map(abs, amounts), default=0.0) >= 1e6:
        return 1e-6, say("million yuan")
    return text.unit_scale("yuan"), text.unit_word("yuan")


_LEAST: Final = 50.0
"""Half an interval of yuan below which nobody reads on: two digits of it are whole yuan."""
_FINEST: Final = 0.02
"""The same as a share of the amount: with it three or four digits are told."""


# -- tables ------------------------------------------------------------------------------------------------


def figures(brief: Brief) -> Table:
    """At most seven figures: today, with the change, and the difference with its interval; or today alone."""
    if brief.arm is None:
        return _today(brief)
    shown = cells(brief.rows)
    head = ["", say("today"), say("with the change"), say("difference"), say("95% interval")]
    rows = [head]
    for one in brief.rows:
        if one.arm == one.against:
            continue
        mine, other = shown[one.arm, one.metric, ""], shown[one.against, one.metric, ""]
        rows.append([label(one.metric, brief), other.mean_words(), mine.mean_words(), mine.change_words(unit=False),
                     mine.interval_words()])  # fmt: skip
    return rows


def _today(brief: Brief) -> Table:
    names = ("loss", "recovered", "recovered_share", "prevented", "response_latency", "wrongful_accounts", "cost")
    rows = [["", say("mean"), say("95% interval"), say("middle 90% of runs")]]
    for name in names:
        if name in brief.today:
            one = brief.a_year(name)
            spread = say("{low} to {high}", low=text.in_short(name, one.p05, unit=False),
                         high=text.in_short(name, one.p95, unit=False))  # fmt: skip
            rows.append([label(name, brief), *_mean_and_interval(name, one), spread])
    return rows


def _mean_and_interval(name: str, one: Summary) -> tuple[str, str]:
    """A mean with the digits that its interval supports, and that; of a single run ``-``."""
    kept, scale = text.bounded(name, one), text.unit_scale(text.metric(name).unit)
    if isnan(kept.low):
        return text.in_short(name, kept.mean, unit=False), "-"
    half = scale * (kept.high - kept.low) / 2
    mean, low, high = (text.rounded(scale * end, half) for end in (kept.mean, kept.low, kept.high))
    return mean, say("{low} to {high}", low=low, high=high)


def label(metric: str, brief: Brief | None = None) -> str:
    """A metric with its unit; of a yearly amount also that."""
    known = text.metric(metric)
    units = [one for one in (text.unit_word(known.unit),) if one]
    if brief is not None and metric in YEARLY:
        units.append(_per(brief))
    return say("{what} ({unit})", what=known.label, unit=say(", ").join(units)) if units else known.label


def people(brief: Brief) -> tuple[str, Table]:
    """What one person more would bring, the best first: the unit, and at most three rows under the head.

    Only a head where nobody more was tried or changed anything, or amounts are those of listed cases.
    """
    found = (
        [one for one in brief.diagnosis.nexts if one.saved.low or one.saved.high][:3] if brief.diagnosis.yearly else []
    )
    scale, unit = _unit([end for one in found for end in (one.saved.mean, one.cost.mean, one.net.low, one.net.high)])
    rows = [["", say("now"), say("saves"), say("costs"), say("net, 95% interval")]]
    for one in found:
        half = scale * max((one.net.high - one.net.low) / 2, _LEAST)
        saved, cost, low, high = (text.rounded(scale * value, half)
                                  for value in (one.saved.mean, one.cost.mean, one.net.low, one.net.high))  # fmt: skip
        money = [cost, say("{low} to {high}", low=low, high=high)] if one.priced else [say("not counted"), "-"]
        rows.append([diagnosis.person(one), str(one.now), saved, *money])
    return unit, rows


def everything(brief: Brief) -> Table:
    """Every metric of the runs: of both arms, or as it is."""
    if brief.arm is None:
        rows = [["", say("mean"), say("95% interval"), say("median"), "n"]]
        for name, one in brief.today.items():
            if one.p05 or one.p95 or one.mean:
                median = text.in_short(name, one.median, unit=False)
                rows.append([label(name), *_mean_and_interval(name, one), median, f"{one.n:,}"])
        return rows
    shown = cells(brief.every)
    rows = [["", say("today"), say("with the change"), say("difference"), say("95% interval"), "n"]]
    for row in brief.every:
        if row.arm != row.against:
            mine, other = shown[row.arm, row.metric, ""], shown[row.against, row.metric, ""]
            rows.append([label(row.metric), other.mean_words(), mine.mean_words(), mine.change_words(unit=False),
                         mine.interval_words(), f"{row.change.n:,}"])  # fmt: skip
    return rows


# -- what it hangs on --------------------------------------------------------------------------------------


def hangs(brief: Brief) -> list[str]:
    """What the result hangs on: whether any assumption would turn it, and those that move it most."""
    if not brief.hangs:
        return [say("Not looked at: the library for it is not installed (pip install 'fundfreeze[sensitivity]').")]
    turning = [one for one in brief.hangs if one.verdict != "stays"]
    first = say("Of {screened:,} assumptions, each moved to half and to twice of itself, these matter most.",
                screened=brief.screened)  # fmt: skip
    if brief.arm is not None:
        few = key("{finding} None of them alone turns the answer.")
        if turning:
            few = key("{finding} These alone turn the answer, or may: {turning}.")
        first = say(few, finding=first, turning=say("; ").join(fields.called(one.parameter.path) for one in turning))
    now = _end(brief, brief.hangs[0].base)
    if brief.metric in YEARLY:
        now = say("{mean} {per}", mean=now, per=_per(brief))
    what = capital(text.metric(brief.metric).label)
    lines = []
    for one in brief.hangs:
        low, high = (_end(brief, end) for end in (one.at_low, one.at_high))
        if low != high:
            least, most = (_moved(one.parameter, value) for value in (one.low, one.high))
            lines.append(say("{what}: {low} with {least}, {high} with {most}", what=fields.called(one.parameter.path),
                             low=low, high=high, least=least, most=most))  # fmt: skip
    if not lines:
        none = key("{what}, {now} as assumed, stays so with each of {screened:,} assumptions moved to half and to twice"
                   " of itself.")  # fmt: skip
        return [say(none, what=what, now=now, screened=brief.screened)]
    return [say("{finding} {what}, {now} as assumed:", finding=first, what=what, now=now), *lines]


def _moved(parameter: Parameter, value: float) -> str:
    """A value to which an assumption was moved, as a sentence says it."""
    if parameter.kind == "factor" and value in (0.5, 2.0):
        return say("half of it") if value < 1 else say("twice of it")
    return sensitivities.shown(parameter, value)


def _end(brief: Brief, one: Summary) -> str:
    if text.metric(brief.metric).unit == "share":
        return text.share(one.mean)
    return _yuan(one, sign=True)
