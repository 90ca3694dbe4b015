"""Several arms side by side: each figure of each, how far it is from the first on the same luck, and which is best."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isinf, isnan
from typing import Final

from sim.report.findings import tables, text
from sim.report.findings.comparison import other_victims
from sim.report.findings.estimate import changed
from sim.study.ask.compare import Difference
from sim.study.ask.payback import Payback
from sim.study.run.metric_names import MONEY
from sim.words.language import key, percent, say

SHOWN: Final = (
    "recovered_share", "recovered", "returned", "prevented", "cost", "net_benefit", "wrongful_holds",
    "response_latency", "response_latency_median",
)  # fmt: skip
"""What arms are compared by."""
BEST: Final = ("net_benefit", "recovered_share")
"""By what the best is told: the first of them that there is."""


def head(names: Sequence[str]) -> list[str]:
    """The columns of the table."""
    return [say("figure"), *names]


def rows(
    differences: Sequence[Difference], names: Sequence[str], paybacks: Mapping[str, Payback] | None = None
) -> list[list[str]]:
    """A row for each figure: of the first arm its value, of the others also how far they are from it.

    Args:
        paybacks: by arm; None where nothing is told of them.
    """
    found = []
    for name in SHOWN:
        mine = {one.arm: one for one in differences if one.metric == name}
        if not mine or not any(one.value.mean for one in mine.values()):
            continue
        label = say(_SHORT[name]) if name in _SHORT else text.metric(name).label
        word = text.unit_word(text.metric(name).unit)
        found.append([tables.with_unit(label, word), *(_cell(mine.get(arm), names[0]) for arm in names)])
    return [*found, *_brought(differences, names), *_payback(paybacks or {}, names), *_best(differences, names)]


_SHORT: Final = {"cost": key("cost"), "net_benefit": key("net benefit")}


def _cell(one: Difference | None, first: str) -> str:
    if one is None:
        return ""
    value = tables.with_interval(one.metric, one.value.mean, one.value.low, one.value.high)
    change = "" if one.arm == first or one.apart else changed(one.metric, one.change)
    return say("{value} ({change})", value=value, change=change) if change else value


def _brought(differences: Sequence[Difference], names: Sequence[str]) -> list[list[str]]:
    """What is recovered and prevented for each yuan more that an arm surely costs than the first."""
    more = {(one.arm, one.metric): one.change for one in differences if not one.apart}
    cells = []
    for name in names[1:]:
        cost, net = (more.get((name, metric)) for metric in ("cost", "net_benefit"))
        if cost is None or net is None or not cost.low > 0 or isnan(net.mean):
            cells.append("-")
        else:
            cells.append(f"{(net.mean + cost.mean) / cost.mean:,.1f}")
    if all(one == "-" for one in cells):
        return []
    return [[say("saved for each yuan more"), "", *cells]]


def _payback(paybacks: Mapping[str, Payback], names: Sequence[str]) -> list[list[str]]:
    """How soon what an arm buys has paid for itself; no row where none buys anything."""
    if not any(one.bought > 0 for one in paybacks.values()):
        return []
    cells = [_years(paybacks[name]) if name in paybacks else "" for name in names[1:]]
    return [[say("payback, years"), "", *cells]]


def _years(one: Payback) -> str:
    if not one.bought > 0:
        return "-"
    if isinf(one.years):
        return say("never") if isinf(one.low) else say("not on average (at least {low})", low=f"{one.low:.2g}")
    if isinf(one.high):
        return say("{years} (at least {low})", years=f"{one.years:.2g}", low=f"{one.low:.2g}")
    return say("{years} ({low} to {high})", years=f"{one.years:.2g}", low=f"{one.low:.2g}", high=f"{one.high:.2g}")


def _best(differences: Sequence[Difference], names: Sequence[str]) -> list[list[str]]:
    for metric in BEST:
        mine = {one.arm: one.best for one in differences if one.metric == metric}
        if any(not isnan(one) for one in mine.values()):
            what = say(_SHORT[metric]) if metric in _SHORT else text.metric(metric).label
            return [
                [say("probability of being best: {what}", what=what), *map(_chance, (mine[name] for name in names))]
            ]
    return []


def _chance(best: float) -> str:
    return "-" if isnan(best) else percent(best)


def finding(differences: Sequence[Difference]) -> str:
    """Which arm is best, and how sure that is; arms with victims of their own are not held against the others."""
    apart = list(dict.fromkeys(one.arm for one in differences if one.apart))
    said = _best_said(differences)
    if not apart:
        return said or say("too few runs to tell")
    other = other_victims(apart)
    return say("; ").join([said, other] if said else [other])


def _best_said(differences: Sequence[Difference]) -> str:
    """Which is best of those that meet the same victims; empty where nothing tells."""
    for metric in BEST:
        mine = [one for one in differences if one.metric == metric and not isnan(one.best)]
        if mine:
            best = max(mine, key=lambda one: one.best)
            what = say(_SHORT[metric]) if metric in _SHORT else text.metric(metric).label
            said = say(
                "best by {what}: {arm}, with a probability of {share} ({n:,} runs on the same luck)", what=what,
                arm=best.arm, share=percent(best.best), n=best.value.n,
            )  # fmt: skip
            if metric in MONEY and best.at_banks:
                return say("{finding}; what it costs at banks is not counted", finding=said)
            return said
    return ""
