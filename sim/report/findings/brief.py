"""What whoever decides is told, in words: the answer in two sentences, figures, what it hangs on, what is changed."""

from __future__ import annotations

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
from sim.words.language import key, percent, say, titled

# -- the answer --------------------------------------------------------------------------------------------


def question(brief: Brief, asked: str = "") -> str:
    """What is answered: as it was asked, else whether to make the change, else what the scenario asks."""
    if asked:
        return asked
    if brief.arm:
        return say("Is it worth its money: {change}?", change=brief.arm.name)
    return titled(brief.scenario.question)


def answer(brief: Brief) -> tuple[str, str]:
    """The answer: what is decided and by how much, then what it costs or how things stand; both with intervals."""
    if brief.arm is None:
        return diagnosis.headline(brief.diagnosis) + say("."), _as_it_is(brief)
    loss = brief.row(NET_LOSS)
    assert loss is not None  # every run has it
    return _gain(brief, loss), _worth(brief)


def _gain(brief: Brief, loss: Difference) -> str:
    """What the change saves its victims."""
    assert brief.arm is not None
    saved = replace(loss.change, mean=-loss.change.mean, low=-loss.change.high, high=-loss.change.low)
    values = {"change": brief.arm.name, "interval": _between(saved), "per": _per(brief), "n": brief.n}
    found = verdict(loss)
    if found == "better":
        return say(
            "Yes: with \"{change}\" victims are left with {amount} less loss {per} (95% interval {interval}).",
            amount=_yuan(saved), **values,
        )  # fmt: skip
    if found == "worse":
        lost = replace(saved, mean=-saved.mean)
        values["interval"] = _between(loss.change)
        return say(
            "No: with \"{change}\" victims are left with {amount} more loss {per} (95% interval {interval}).",
            amount=_yuan(lost), **values,
        )  # fmt: skip
    if loss.change.low == loss.change.high == 0:
        return say('No: "{change}" changes nothing of what victims lose, in any of {n:,} pairs of runs.', **values)
    return say(
        "It is open: {n:,} pairs of runs do not tell whether victims are left with less loss with \"{change}\"; the 95%"
        " interval of what it saves is {interval} {per}.", **values,
    )  # fmt: skip


def _worth(brief: Brief) -> str:
    """What the change costs, what is left, and what then comes back."""
    share, cost, net = (brief.row(name) for name in ("recovered_share", "cost", NET_BENEFIT))
    assert share is not None
    shown = cells(brief.rows)
    before, after = (shown[arm, share.metric, ""].mean_words(unit=True) for arm in (share.against, share.arm))
    back = say("of what victims lose {after} comes back in place of {before}", before=before, after=after)
    if cost is None or net is None:
        return say("Nobody has said what it costs; {back}.", back=back)
    values = {"cost": _yuan(cost.change, sign=True), "net": _yuan(net.change, sign=True), "back": back,
              "interval": _between(net.change), "per": _per(brief)}  # fmt: skip
    said = say("It changes the cost by {cost} and the net benefit by {net} ({interval}) {per}; {back}.", **values)
    return say("{finding} What it costs at banks is not counted.", finding=said) if cost.at_banks else said


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
    if text.unit_scale("yuan") == 1 and max(abs(of.low), abs(of.high)) >= 1e6:
        return text.rounded(value / 1e6, half / 1e6), say("million yuan")
    scale = text.unit_scale("yuan")
    return text.rounded(value * scale, half * scale), text.unit_word("yuan")


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


def people(brief: Brief) -> Table:
    """What one person more would bring, the best first: at most four rows; only a head where nobody more was tried."""
    rows = [["", say("now"), say("saves"), say("costs"), say("net, 95% interval")]]
    if not brief.diagnosis.yearly:
        return rows
    for one in brief.diagnosis.nexts[:4]:
        cost, net = (_yuan(one.cost), _between(one.net)) if one.priced else ("-", "-")
        rows.append([diagnosis.person(one), str(one.now), _yuan(one.saved), cost, net])
    return rows


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
    what = text.metric(brief.metric).label
    lines = []
    if brief.arm is not None:
        few = key(
            "Of {screened:,} assumptions, each moved from half to twice, the {n} that matter most were looked at"
            " closely: none of them alone turns the answer."
        )
        if turning:
            few = key(
                "Of {screened:,} assumptions, each moved from half to twice, the {n} that matter most were looked at"
                " closely: these alone turn the answer, or may: {turning}."
            )
        paths = say(", ").join(fields.called(one.parameter.path) for one in turning)
        lines.append(say(few, screened=brief.screened, n=len(brief.hangs), turning=paths))
    else:
        lines.append(
            say("Of {screened:,} assumptions, each moved from half to twice, these move the {what} most:",
                screened=brief.screened, what=what)
        )  # fmt: skip
    template = key("{what}: {low} at {least}, {high} at {most}")
    for one in brief.hangs:
        low, high = (_end(brief, end) for end in (one.at_low, one.at_high))
        least, most = (sensitivities.shown(one.parameter, value) for value in (one.low, one.high))
        lines.append(say(template, what=fields.called(one.parameter.path), low=low, high=high, least=least, most=most))
    return lines


def _end(brief: Brief, one: Summary) -> str:
    if text.metric(brief.metric).unit == "share":
        return text.share(one.mean)
    return _yuan(one, sign=True)
