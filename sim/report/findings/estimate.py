"""An estimate in words while it sharpens: what comes back and what it costs, how well it is known, what was changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import isnan
from typing import Final

from sim.measure.diagnosis import Week
from sim.report.findings import curve, tables, text
from sim.study.ask.compare import more_is_better
from sim.study.ask.latency import Row
from sim.study.ask.minute import Step
from sim.study.ask.sharpen import Estimate
from sim.study.infer.stats import Summary
from sim.words import names
from sim.words.language import capital, duration, key, percent, say
from sim.words.names import OTHERS
from sim.words.units import MINUTE

SHOWN: Final = (
    "recovered_share", "recovered", "prevented", "cost", "net_benefit", "response_latency", "response_latency_median",
)  # fmt: skip
"""What a planner reads first; what has no meaning in a scenario is left out."""
LEAKS: Final = 5
"""Causes of loss that are told one by one."""


@dataclass(frozen=True)
class Figure:
    """One figure of an estimate."""

    metric: str
    label: str
    value: str
    """With its unit and without its interval: as `run` prints the mean."""
    interval: str
    """Of 95%; empty where there is none."""
    change: str
    """From what it was; empty where nothing is compared or nothing changed."""
    verdict: str
    """`better`, `worse` or empty: what is sure of the change."""


def figures(estimate: Estimate, *, apart: bool = False) -> list[Figure]:
    """The figures of an estimate.

    Args:
        estimate: of some runs.
        apart: other victims are robbed than in what it is compared with: then no change of an amount is told, and none
            is for the better.
    """
    found = [_figure(estimate, name) for name in SHOWN if estimate.of(name).n]
    if apart:
        alike = ("share", "s")
        found = [
            replace(one, verdict="", change=one.change if text.metric(one.metric).unit in alike else "")
            for one in found
        ]  # fmt: skip
    nothing = [name for name in ("prevented",) if not any(one.get(name) for one in estimate.runs)]
    return [one for one in found if one.metric not in nothing]


def _figure(estimate: Estimate, name: str) -> Figure:
    one, change = estimate.of(name), estimate.change(name)
    label = say(_SHORT[name]) if name in _SHORT else text.metric(name).label
    value = tables.amount(name, one.mean, one.low, one.high, unit=True)
    interval = tables.interval(name, one.mean, one.low, one.high) if one.high > one.low else ""
    return Figure(name, label, value, interval, changed(name, change), verdict(name, change))


_SHORT: Final = {"cost": key("cost"), "net_benefit": key("net benefit")}
"""Labels that need no explanation where all stand together."""


def changed(name: str, change: Summary) -> str:
    """A paired difference with its sign and half its interval, in points where it is one of shares."""
    if not change.n or isnan(change.mean) or not (change.mean or change.high > change.low):
        return ""
    unit = text.metric(name).unit
    scale = text.unit_scale(unit)
    half = (change.high - change.low) / 2 * scale
    known = max(half, _LEAST.get(unit, 0.0) * scale) if half > 0 else half
    shown = text.rounded(change.mean * scale, 0.0 if isnan(half) else known)
    sign = "+" if change.mean > 0 else ""
    word = text.change_word(unit)
    least = _LEAST.get(unit, 0.0)
    if max(abs(change.mean), *(abs(end) for end in (change.low, change.high) if not isnan(end))) < least:
        return say("less than {least} {unit}", least=f"{least * scale:g}", unit=word)
    if isnan(half) or half <= 0:
        return f"{sign}{shown} {word}".rstrip()
    return f"{sign}{shown} \N{PLUS-MINUS SIGN} {text.rounded(half, known)} {word}".rstrip()


def verdict(name: str, change: Summary) -> str:
    """Whether a change is surely for the better or the worse; empty where luck may have made it, or it matters not."""
    if not change.n or isnan(change.low) or change.low <= 0 <= change.high:
        return ""
    if abs(change.mean) < _LEAST.get(text.metric(name).unit, 0.0):
        return ""
    return "better" if (change.mean > 0) == more_is_better(name) else "worse"


_LEAST: Final[dict[str, float]] = {"share": 0.0005, "s": 6.0}
"""By unit, as measured: what a change must come to before it matters to anybody, 0.05 points or 0.1 min."""


def precision(estimate: Estimate) -> str:
    """How well the recovered share is known, and whether that is as well as was asked for."""
    share = estimate.of("recovered_share")
    half = (share.high - share.low) / 2
    if isnan(half):
        return say("nothing is lost in {n:,} runs", n=estimate.n)
    known = f"{text.rounded(100 * half, 100 * half)}"
    if estimate.settled:
        return say("settled after {n:,} runs: \N{PLUS-MINUS SIGN}{half} points", n=estimate.n, half=known)
    if estimate.over:
        return say("as good as it gets in {n:,} runs: \N{PLUS-MINUS SIGN}{half} points", n=estimate.n, half=known)
    return say("sharpening, {n:,} runs so far: \N{PLUS-MINUS SIGN}{half} points", n=estimate.n, half=known)


def in_short(estimate: Estimate) -> str:
    """What comes back of what was lost, and what it costs, in one sentence."""
    share, loss, back = (estimate.of(name) for name in ("recovered_share", "loss", "recovered"))
    if not share.n:
        return say("Nobody loses anything.")
    said = say(
        "Of {loss} lost, {back} come back ({share})", loss=_yuan("loss", loss), back=_yuan("recovered", back),
        share=percent(share.mean, 1),
    )  # fmt: skip
    cost = estimate.of("cost")
    if cost.n:
        return say("{finding}, at a cost of {cost}.", finding=said, cost=_yuan("cost", cost))
    return said + say(".")


def _yuan(name: str, one: Summary) -> str:
    """As the figures have it: a sum that stands twice is the same twice."""
    return tables.amount(name, one.mean, one.low, one.high, unit=True)


def shortened(steps: Sequence[Step]) -> list[Step]:
    """The way of the loss with its largest causes one by one and the small ones together."""
    loss, *leaks, recovered = steps
    leaks = sorted((one for one in leaks if one.amount.mean > 0), key=lambda one: -one.amount.mean)
    rest = leaks[LEAKS:]
    if len(rest) < 2:
        return [loss, *leaks, recovered]
    nothing = float("nan")

    def together(parts: Sequence[Summary]) -> Summary:
        mean = sum(one.mean for one in parts)
        return Summary(mean, nothing, nothing, nothing, nothing, nothing, parts[0].n)

    others = Step(OTHERS, together([one.amount for one in rest]), together([one.share for one in rest]))
    return [loss, *leaks[:LEAKS], others, recovered]


def step_label(step: Step) -> str:
    """What a step of the way is called."""
    if step.name == "loss":
        return text.metric("loss").label
    return say("other causes") if step.name == OTHERS else names.cause(step.name).label


def step_value(step: Step) -> str:
    """``12.3% ± 0.8``: the share of the loss with half its interval."""
    half = (step.share.high - step.share.low) / 2
    if step.name == "loss":
        return _yuan("loss", step.amount)
    shown = percent(step.share.mean, 1)
    return shown if isnan(half) else f"{shown} \N{PLUS-MINUS SIGN} {text.rounded(100 * half, 100 * half)}"


def anchored(rows: Sequence[Row], estimate: Estimate | None) -> Sequence[Row]:
    """Settings of the curve as what each changes of the estimate (see `curve.anchored`); as they are without one."""
    if estimate is None or not (today := estimate.of("recovered_share")).n:
        return rows
    return curve.anchored(rows, today, estimate.of("response_latency"))


def curve_finding(rows: Sequence[Row], estimate: Estimate | None = None) -> str:
    """What twice as fast and half as fast would bring, where it can be told from luck.

    Args:
        rows: of the curve.
        estimate: through which it goes; what it compares with is today, and the curve as changed.
    """
    base = next(row for row in rows if row.factor == 1.0)
    said = []
    for factor, words in ((0.5, key("twice as fast")), (2.0, key("half as fast"))):
        row = next(row for row in rows if row.factor == factor)
        if row.change.low > 0 or row.change.high < 0:
            said.append(say("{what}: {change}", what=say(words), change=changed("recovered_share", row.change)))
    if not said:
        said = [say("what speed changes cannot be told from luck yet")]
    now, changes = text.share(base.recovered.mean), say("; ").join(said)
    if estimate is None or not (today := estimate.was("recovered_share")).n:
        return say("{share} today; {changes}.", share=now, changes=changes)
    return say(
        "{share} as changed, {today} today in the same {n:,} runs; as changed, {changes}.", share=now,
        today=text.share(today.mean), n=estimate.n, changes=changes,
    )  # fmt: skip


def share_words(row: Row) -> str:
    """``17.5 ± 0.8``: the recovered share of a setting, in points."""
    one = row.recovered
    return tables.with_interval("recovered_share", one.mean, one.low, one.high)


def busiest_of(weeks: Sequence[Week]) -> Week:
    """The desk of some with the busiest hour; of several that are all at work, the one with the longest wait."""
    return max(weeks, key=lambda one: (min(one.busiest, 1.0), one.mean_wait))


def week_finding(weeks: Sequence[Week]) -> str:
    """The busiest desk and hour of the day, and where people or accounts wait longest."""
    there = [one for one in weeks if one.heads.any() and one.used]
    if not there:
        return say("Nobody is at work.")
    busy = busiest_of(there)
    load = busy.load_by_day_hour
    hour = int(max(range(24), key=lambda at: -1.0 if isnan(load[at]) else load[at]))
    desk = names.desk(busy.desk)
    said = say("{desk} is busiest: everybody there is at work at {hour:02d}:00", desk=desk, hour=hour)
    if busy.busiest < _ALL:
        said = say("{desk} is busiest: at {hour:02d}:00 {share} of those there are at work", desk=desk, hour=hour,
                   share=percent(busy.busiest))  # fmt: skip
    said = capital(said)
    slow = max(there, key=lambda one: one.mean_wait)
    if slow.mean_wait < MINUTE / 1000:
        return say("{finding}; nobody waits a minute on average.", finding=said)
    return say(
        "{finding}; longest is the wait at {desk}, {wait} on average.", finding=said, desk=names.desk(slow.desk),
        wait=duration(round(slow.mean_wait / 60) * MINUTE),
    )  # fmt: skip


_ALL: Final = 0.995
