"""What planners ask, in words: the one change that helps most, what all give together, and what does not fit."""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from typing import Final

from sim.report.findings import comparison, fields, levers, text
from sim.report.findings.comparison import arm_name
from sim.report.findings.precision import cells
from sim.scenario.models import Scenario
from sim.scenario.whatifs import LeftOut
from sim.study.ask.compare import Difference, more_is_better
from sim.study.ask.whatifs import TOGETHER
from sim.study.run.metric_names import NET_BENEFIT
from sim.words import names
from sim.words.language import Kind, capital, key, named, say, titled

MOST_NEXT: Final = 2
"""Changes that are named after the one that helps most."""
WORTH_NAMING: Final = 0.1
"""Those that bring at least this part of what it brings."""


def lead(rows: Sequence[Difference]) -> str:
    """The metric by which changes are ranked: net benefit where costs are known, else the share that comes back."""
    told = {row.metric for row in rows}
    return next((name for name in (NET_BENEFIT, "recovered_share") if name in told), rows[0].metric)


def ranked(rows: Sequence[Difference], by: str) -> list[Difference]:
    """The same rows as they are read: in each metric the centre as it is, changes, the best first, all together.

    Args:
        by: the metric that says which is best.
    """
    first = [row.arm for row in rows if row.metric == by and row.arm == row.against]
    order = [*first, *(row.arm for row in _alone(rows, by)), TOGETHER]
    metrics = list(dict.fromkeys(row.metric for row in rows))
    return sorted(rows, key=lambda row: (metrics.index(row.metric), order.index(row.arm)))


def finding(rows: Sequence[Difference], titles: Mapping[str, str], by: str, period: str) -> str:
    """Which change helps most on its own, and how much; that none does, or that it is open.

    Args:
        rows: of `compare_whatifs`.
        titles: of the changes, by name.
        by: the metric that says which is best.
        period: what each run looks at, as people say it: sums are of so long.
    """
    alone, better, best = _judged(rows, by)
    if len(alone) == 1:
        said = _MOST["one"]
    elif better:
        said = _MOST["most" if best is alone[0] else "surely"]
    else:
        said = _MOST["open" if _gain(best) > 0 else "none"]
    return capital(say(said, n=len(alone), arm=arm_name(best.arm, titles), effect=_effect(rows, best, period)))


_MOST: Final = {
    "one": key("{arm}: {effect}."),
    "most": key('Of {n} changes, each alone, "{arm}" helps most: {effect}.'),
    "surely": key('Of {n} changes, each alone, "{arm}" helps most of those that surely help: {effect}.'),
    "open": key('None of {n} changes surely helps alone; "{arm}" does most on average: {effect}.'),
    "none": key('None of {n} changes helps alone; "{arm}" comes nearest: {effect}.'),
}


def more(
    rows: Sequence[Difference], titles: Mapping[str, str], by: str, period: str, unpriced: Container[str] = ()
) -> list[str]:
    """What else is said of the changes: what is not counted of the best, all together, the next, and which lose money.

    Args:
        rows, titles, by, period: as in `finding`.
        unpriced: changes of what victims or criminals do, of which nobody has said what brings them about.
    """
    alone, better, best = _judged(rows, by)
    lines = []
    if by == NET_BENEFIT and best.arm in unpriced:
        lines.append(say("What it takes to bring that about has no price here and is not counted."))
    if by == NET_BENEFIT and best.at_banks:
        lines.append(say("What it costs at banks is not counted."))
    if better and alone[0] is not best:
        lines.append(say('"{arm}" may help more, which is open: {effect}.', arm=arm_name(alone[0].arm, titles),
                         effect=_effect(rows, alone[0], period)))  # fmt: skip
    whole = next((row for row in rows if row.arm == TOGETHER and row.metric == by and not row.group), None)
    if whole is not None:
        lines.append(say("All {n} together, more than any centre does at once: {effect}.", n=len(alone),
                         effect=_effect(rows, whole, period)))  # fmt: skip
    later = [row for row in better if row is not best and _gain(row) >= WORTH_NAMING * _gain(best)]
    if later:
        few = (say("{arm} ({effect})", arm=arm_name(row.arm, titles), effect=_size(rows, row))
               for row in later[:MOST_NEXT])  # fmt: skip
        lines.append(say("Next, each alone: {arms}.", arms=say("; ").join(few)))
    losers = [row for row in _alone(rows, NET_BENEFIT) if row.change.high < 0 and row.arm != best.arm]
    if losers:
        lines.append(say("These lose money: {arms}.", arms=say("; ").join(arm_name(row.arm, titles) for row in losers)))
    return lines


def _judged(rows: Sequence[Difference], by: str) -> tuple[list[Difference], list[Difference], Difference]:
    """The changes one by one, those of them that surely help, and the one of which is told: the best of these, else
    the best on average."""
    alone = _alone(rows, by)
    better = [row for row in alone if comparison.verdict(row) == "better"]
    return alone, better, (better or alone)[0]


def _alone(rows: Sequence[Difference], metric: str) -> list[Difference]:
    """The changes one by one in a metric, the best on average first; without those that were not measured."""
    mine = [row for row in rows if row.metric == metric and not row.group and row.arm not in (row.against, TOGETHER)]
    return sorted(mine, key=lambda row: -_gain(row) if row.change.n else 0.0)


def _gain(row: Difference) -> float:
    """How much better a change is on average, in the unit of its metric."""
    return row.change.mean if more_is_better(row.metric) else -row.change.mean


def _effect(rows: Sequence[Difference], row: Difference, period: str) -> str:
    """``net benefit +370,000 yuan in 7 d (+240,000 to +490,000)``."""
    label = say("net benefit") if row.metric == NET_BENEFIT else text.metric(row.metric).label
    size, interval = _size(rows, row), cells(rows)[row.arm, row.metric, ""].interval_words()
    if text.metric(row.metric).unit == "yuan":
        return say(
            "{metric} {size} in {period} ({interval})", metric=label, size=size, period=period, interval=interval
        )
    return say("{metric} {size} ({interval})", metric=label, size=size, interval=interval)


def _size(rows: Sequence[Difference], row: Difference) -> str:
    return cells(rows)[row.arm, row.metric, ""].change_words()


# -- what does not fit -------------------------------------------------------------------------------------


def left_out(left: Sequence[LeftOut], scenario: Scenario) -> list[str]:
    """Which changes do not fit a centre and what it lacks, or that it is so already, a line for each reason."""
    by: dict[str, list[str]] = {}
    for one in left:
        why = say("this centre has it so already") if one.why is None else lack(one.why.field, scenario)
        by.setdefault(why, []).append(titled(one.title))
    return [
        say("Left out, for {lack}: {changes}.", changes=say("; ").join(titles), lack=why) for why, titles in by.items()
    ]


def lack(path: str, scenario: Scenario) -> str:
    """What a centre has not, or has otherwise, where a change does not fit it.

    Args:
        path: of the value that the change names, as a mistake tells it.
        scenario: the centre as it is.
    """
    parts = tuple(path.split("."))
    inside = parts[2:] if parts[:2] == ("victims", "scams") else parts[1:]
    root, name = (".".join(parts[: len(parts) - len(inside)]), inside[:1])
    known = scenario.victims.scams if root == "victims.scams" else getattr(scenario, root) if root in _LACKS else None
    if name and known is not None and name[0] not in known and inside[1:2] != ("steps",):
        if root == "bank_profiles":
            return say("this centre has no {banks}", banks=levers.banks(name[0]))
        said, kind = _LACKS[root]
        return say(said, name=names.desk(name[0]) if kind == "desk" else named(name[0], kind))
    if parts[:1] == ("desks",) and parts[2:] == ("shifts",):
        return say("{desk} has no shifts here: as many people are there at every hour", desk=names.desk(parts[1]))
    if parts[0] == "routes" and len(parts) > 1:
        return say("the route {route} does not go with what is done here", route=named(parts[1], "route"))
    return say("this centre has it otherwise: {what}", what=fields.label(parts, 0))


_LACKS: Final[dict[str, tuple[str, Kind]]] = {
    "banks": (key("this centre has no bank {name}"), "bank"),
    "bank_profiles": ("", "profile"),
    "desks": (key("this centre has no desk {name}"), "desk"),
    "routes": (key("this centre has no route {name}"), "route"),
    "victims.scams": (key("this centre has no scam {name}"), "scam"),
}
"""By part of a scenario: what is said of an entry that is not there, and what its name names."""
