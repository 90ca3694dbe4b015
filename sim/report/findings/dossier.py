"""Everything about one case in a folder: the summary, the latency curve, the spread, the story of a typical run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan, nan

import numpy as np

from sim import __version__
from sim.engine.run import digest
from sim.measure.stops import STOPPED_WITHIN
from sim.report.findings import curve, text
from sim.report.findings.latency import cost_of_a_minute, finding
from sim.scenario.models import Scenario
from sim.study.ask.experiment import Metrics
from sim.study.ask.latency import Row, latencies
from sim.study.infer.stats import Summary, summaries
from sim.words import names
from sim.words.language import key, say, titled
from sim.words.units import MINUTE, YUAN

TRIPLE = ("accounts_stopped", "containment_time", "recovered")
"""What the sources print of a case, and what it is fitted to."""
_ALIKE = 0.05
"""Medians that differ by less than this share are called the same."""


def case_metrics(scenario: Scenario) -> tuple[str, ...]:
    """The metrics that a case is read by: accounts, time, money.

    Where so many accounts are printed for so many minutes, they are those under a stop by then, and others may come
    later; the last stop beside them is the stricter reading.
    """
    p = scenario.printed
    if p.accounts_stopped is None or p.containment_time is None:
        return TRIPLE
    known = STOPPED_WITHIN if scenario.stopped_within is None else scenario.stopped_within
    within = f"accounts_stopped_within.{p.containment_time // MINUTE}"
    return (within, *TRIPLE[1:]) if p.containment_time in known else TRIPLE


def typical_replication(runs: Sequence[Mapping[str, float]], metrics: Sequence[str] = TRIPLE) -> int:
    """The replication nearest to the medians of the metrics of a case, in units of their interquartile ranges."""
    values = np.array([[one[name] for name in metrics] for one in runs], dtype=np.float64)
    low, middle, high = np.nanquantile(values, [0.25, 0.5, 0.75], axis=0)
    distance = np.abs(values - middle) / np.where(high > low, high - low, 1.0)
    return int(np.argmin(np.where(np.isnan(distance).any(axis=1), np.inf, distance.sum(axis=1))))


def printed_of(scenario: Scenario) -> dict[str, float]:
    """What the sources print of the case, in the units of the metrics (yuan and seconds)."""
    p = scenario.printed
    values = {
        case_metrics(scenario)[0]: p.accounts_stopped,
        "containment_time": None if p.containment_time is None else p.containment_time / 1000,
        "recovered": None if p.recovered is None else p.recovered / YUAN,
    }
    return {name: float(value) for name, value in values.items() if value is not None}


def samples_of(runs: Sequence[Metrics], metrics: Sequence[str] = TRIPLE) -> dict[str, list[float]]:
    """The values of each metric over replications, without those in which it has none."""
    return {name: [one[name] for one in runs if not isnan(one[name])] for name in metrics}


# -- the half page -----------------------------------------------------------------------------------------


def summary(
    scenario: Scenario,
    rival: Scenario | None,
    runs: Sequence[Metrics],
    others: Sequence[Metrics],
    rows: Sequence[Row],
    other_rows: Sequence[Row],
    typical: int,
    seed: int,
    latency_replications: int,
    asked: str,
    binds: str,
) -> str:
    printed = printed_of(scenario)
    own, other = summaries(runs), summaries(others)
    command = f"fundfreeze report {asked}"
    columns = ["", *([say("printed")] if printed else []), say("median"), say("middle 90% of replications")]
    table = [columns + ([say("median, rival set"), say("middle 90%")] if rival else [])]
    for name in case_metrics(scenario):
        label = text.metric(name).label
        line = [label, *([text.in_short(name, printed.get(name, nan))] if printed else [])]
        for metrics in (own, other) if rival else (own,):
            one = metrics[name]
            low, high = text.in_short(name, one.p05, unit=False), text.in_short(name, one.p95)
            line += [text.in_short(name, one.median), say("{low} to {high}", low=low, high=high)]
        table.append(line)
    lines = [
        f"# {titled(scenario.title)}",
        "",
        titled(scenario.question),
        "",
        *_markdown(table),
        "",
        *_findings(scenario, own, rows),
        f"- {binds}",
        *_rival_findings(scenario, rival, own, other, rows, other_rows),
        "",
        f"![{say('recovered share against response latency')}](latency.svg)",
        "",
        "- "
        + say(
            "`latency.csv`, `latency-leak.csv`: the curve, {n:,} replications a setting under common random numbers;"
            " `metrics.csv`: every metric; `binds.csv`: what would be saved without each thing that may bind.",
            n=latency_replications,
        ),
        "- " + say("`story.txt`, `timeline.svg`: replication {n}, the nearest to the medians.", n=typical),
        "- "
        + (
            say("`spread.svg` and `two-sets.svg`: what one case cannot tell.")
            if rival
            else say("`spread.svg`: what one case cannot tell.")
        ),
        "",
        say(
            "Printed by `{command}`, version {version}, scenario {digest}. `{show}` says of every value whether it is"
            " printed, verified, derived or assumed.",
            command=f"{command} --seed {seed} --replications {len(runs)} --latency-replications {latency_replications}",
            version=__version__, digest=digest(scenario), show=f"fundfreeze show {scenario.name} --sources",
        ),
    ]  # fmt: skip
    return "\n".join(lines) + "\n"


def _markdown(table: Sequence[Sequence[str]]) -> list[str]:
    head, *body = table
    return ["| " + " | ".join(head) + " |", "|---" * len(head) + "|", *("| " + " | ".join(row) + " |" for row in body)]


def _findings(scenario: Scenario, own: Mapping[str, Summary], rows: Sequence[Row]) -> list[str]:
    drawn = curve.drawn(rows)
    base = next(row for row in rows if row.factor == 1 and not row.added_min)
    share, instant = own["recovered_share"], rows[0]
    low_share, high_share = (text.possible("recovered_share", edge, share.mean) for edge in (share.low, share.high))
    causes = sorted(base.leak.items(), key=lambda item: -item[1])[:3]
    lost = say(", ").join(f"{names.cause(name).label} {text.share(value)}" for name, value in causes if value >= 0.005)
    minute, loss = cost_of_a_minute(drawn), curve.loss_of(scenario) / YUAN
    interval = ""
    if minute is not None and loss:
        low, high = (text.two_digits(value * loss) for value in (minute.low, minute.high))
        interval = say(
            " All stages are slowed down alike; 95% interval {low} to {high} yuan, paired, n = {n:,}.",
            low=low, high=high, n=base.n,
        )  # fmt: skip
    found = [
        say("{finding}.", finding=finding(drawn, curve.loss_of(scenario))) + interval,
        say(
            "Recovered on average: {share} of the loss (95% interval {low} to {high}, n = {n:,}); an instant response"
            " recovers {instant} (n = {of:,}): the rest had left before the report, or was stopped and not frozen.",
            share=text.share(share.mean), low=text.share(low_share), high=text.share(high_share), n=share.n,
            instant=text.share(instant.recovered.mean), of=instant.n,
        ),
        say(
            "First stop {first} after the report on average; last stop {median} after it at the median, {last} on"
            " average: a few stops come days later.",
            first=text.in_short("response_latency", own["response_latency"].mean),
            median=text.in_short("containment_time", own["containment_time"].median),
            last=text.in_short("containment_time", own["containment_time"].mean),
        ),
        say("Where most of the loss went: {causes}.", causes=lost),
    ]  # fmt: skip
    return [f"- {one}" for one in found]


def _rival_findings(
    scenario: Scenario,
    rival: Scenario | None,
    own: Mapping[str, Summary],
    other: Mapping[str, Summary],
    rows: Sequence[Row],
    other_rows: Sequence[Row],
) -> list[str]:
    if rival is None:
        return []

    def at(curve_: Sequence[Row], minutes: float) -> float:
        return float(np.interp(minutes, latencies(curve_), [row.recovered.mean for row in curve_]))

    sets = [
        say("{instant} and {hour}", instant=text.share(at(which, 0)), hour=text.share(at(which, 60)))
        for which in (rows, other_rows)
    ]
    pairs = [(own[name].median, other[name].median) for name in case_metrics(scenario)]
    printed = printed_of(scenario).items()
    alike = all(abs(there - here) <= _ALIKE * here for here, there in pairs)
    medians = key("Another set of assumptions ({rival}) has other medians.")
    if alike:
        medians = key(
            "The case alone does not settle the criminals: another set of assumptions ({rival}) has the same medians."
        )
    elif printed and all(one[name].p05 <= value <= one[name].p95 for one in (own, other) for name, value in printed):
        medians = key(
            "The case alone does not settle the criminals: another set of assumptions ({rival}) has other medians, and"
            " what is printed lies in the middle 90% of both."
        )
    shares = say(
        " Recovered share with an instant response and with the first stop after 1 h: {here} here, {there} there.",
        here=sets[0], there=sets[1],
    )  # fmt: skip
    return ["- " + say(medians, rival=rival.name) + shares]
