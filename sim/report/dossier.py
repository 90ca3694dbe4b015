"""Everything about one case in a folder: the summary, the latency curve, the spread, the story of a typical run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isnan, nan
from pathlib import Path

import numpy as np

from sim import __version__
from sim.lang import key, say, titled
from sim.report import curve, text
from sim.report.files import save_figure, write_text
from sim.report.story import choose_case, tell
from sim.response.run import digest, simulate
from sim.scenario.models import Scenario
from sim.scenario.units import YUAN
from sim.study.experiment import Metrics
from sim.study.latency import ALL, Row, latencies, latency_curve, settings_for
from sim.study.runner import Arm, Runner
from sim.study.stats import Summary, summaries

TRIPLE = ("accounts_stopped", "containment_time", "recovered")
"""What the sources print of a case, and what it is fitted to."""
_ALIKE = 0.05
"""Medians that differ by less than this share are called the same."""


def story(
    scenario: Scenario, seed: int, replication: int, number: int | None = None, *, detail: bool = False,
    out: Path | None = None,
) -> tuple[list[str], list[Path]]:  # fmt: skip
    """Tell one case of one replication; with a folder also write story.txt and timeline.svg/.png.

    Args:
        scenario, seed, replication: of the run.
        number: of the case by first payment, from 1; None for the first from which money was recovered.
        detail: every line of the log.
        out: the folder; None to write nothing.

    Raises:
        ValueError: the replication has no case of that number.
        OSError: a file cannot be written.
    """
    run = simulate(scenario, seed, replication)
    case = choose_case(run, number)
    lines = tell(run, case, detail=detail)
    if out is None:
        return lines, []
    from sim.report.figures import timeline  # matplotlib only for pictures

    return lines, [
        write_text(out / "story.txt", "\n".join(lines) + "\n"),
        *save_figure(timeline(run, case), out / "timeline"),
    ]


def write(
    scenario: Scenario,
    rival: Scenario | None,
    folder: Path,
    *,
    replications: int,
    latency_replications: int,
    asked: str,
    runner: Runner,
) -> str:
    """Write the whole folder and return the text of its summary.md.

    Args:
        rival: another scenario of the same case, to show what one case cannot tell.
        replications: of the scenario, and of the rival.
        latency_replications: of each setting of the latency curve.
        asked: the scenario, rival and changes as the command line has them, for the summary.
        runner: its seed, and where the runs are made.

    Raises:
        NoResponseError: see `latency_curve`.
        OSError: a file cannot be written.
    """
    from sim.report.figures import spread_figure, two_sets_figure  # matplotlib only for pictures

    seed = runner.seed
    settings = 1 + len(settings_for(ALL, 1.0))  # about: how many there are hangs on the first runs
    runner.begin(key("runs of the case"), (replications + settings * latency_replications) * (2 if rival else 1))
    runs, others = (
        [arms[0] for arms in runner.run([Arm(one.name, one)], replications)] if one else [] for one in (scenario, rival)
    )
    rows = latency_curve(scenario, replications=latency_replications, runner=runner)
    other_rows = latency_curve(rival, replications=latency_replications, runner=runner) if rival else []
    typical = typical_replication(runs)
    printed = printed_of(scenario)

    curve.write_rows(scenario, rows, folder, own=summaries(runs))
    save_figure(spread_figure(_samples(runs), printed), folder / "spread")
    if rival:
        first, second = (titled(scenario.title), _samples(runs)), (titled(rival.title), _samples(others))
        save_figure(two_sets_figure(first, second, printed), folder / "two-sets")
    else:  # of an earlier report with a rival
        for form in ("svg", "png"):
            (folder / f"two-sets.{form}").unlink(missing_ok=True)
    write_text(folder / "metrics.csv", _metrics_table(summaries(runs)))
    story(scenario, seed, typical, out=folder)
    text_ = _summary(scenario, rival, runs, others, rows, other_rows, typical, seed, latency_replications, asked)
    write_text(folder / "summary.md", text_)
    return text_


def typical_replication(runs: Sequence[Mapping[str, float]]) -> int:
    """The replication nearest to the medians of the triple, in units of their interquartile ranges."""
    values = np.array([[one[name] for name in TRIPLE] for one in runs], dtype=np.float64)
    low, middle, high = np.nanquantile(values, [0.25, 0.5, 0.75], axis=0)
    distance = np.abs(values - middle) / np.where(high > low, high - low, 1.0)
    return int(np.argmin(np.where(np.isnan(distance).any(axis=1), np.inf, distance.sum(axis=1))))


def printed_of(scenario: Scenario) -> dict[str, float]:
    """What the sources print of the case, in the units of the metrics (yuan and seconds)."""
    p = scenario.printed
    values = {
        "accounts_stopped": p.accounts_stopped,
        "containment_time": None if p.containment_time is None else p.containment_time / 1000,
        "recovered": None if p.recovered is None else p.recovered / YUAN,
    }
    return {name: float(value) for name, value in values.items() if value is not None}


def _samples(runs: Sequence[Metrics]) -> dict[str, list[float]]:
    return {name: [one[name] for one in runs if not isnan(one[name])] for name in TRIPLE}


def _metrics_table(metrics: Mapping[str, Summary]) -> str:
    columns = ("metric", "mean", "low", "high", "median", "p05", "p95", "n")
    rows = ([name, *text.bounded(name, one).as_dict().values()] for name, one in metrics.items())
    return curve.table(columns, rows)


# -- the half page -----------------------------------------------------------------------------------------


def _summary(
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
) -> str:
    printed = printed_of(scenario)
    own, other = summaries(runs), summaries(others)
    command = f"fundfreeze report {asked}"
    columns = ["", *([say("printed")] if printed else []), say("median"), say("middle 90% of replications")]
    table = [columns + ([say("median, rival set"), say("middle 90%")] if rival else [])]
    for name in TRIPLE:
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
        *_rival_findings(rival, own, other, rows, other_rows),
        "",
        f"![{say('recovered share against response latency')}](latency.svg)",
        "",
        "- "
        + say(
            "`latency.csv`, `latency-leak.csv`: the curve, {n:,} replications a setting under common random numbers;"
            " `metrics.csv`: every metric.",
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
    from sim.report.figures_latency import cost_of_a_minute, finding  # matplotlib only for pictures

    drawn = curve.drawn(rows)
    base = next(row for row in rows if row.factor == 1 and not row.added_min)
    share, instant = own["recovered_share"], rows[0]
    low_share, high_share = (text.possible("recovered_share", edge, share.mean) for edge in (share.low, share.high))
    causes = sorted(base.leak.items(), key=lambda item: -item[1])[:3]
    lost = say(", ").join(f"{text.cause(name).label} {text.share(value)}" for name, value in causes if value >= 0.005)
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
            " recovers {instant} (n = {of:,}): the rest had left before the report.",
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
    alike = all(abs(other[name].median - own[name].median) <= _ALIKE * own[name].median for name in TRIPLE)
    medians = key("Another set of assumptions ({rival}) has other medians.")
    if alike:
        medians = key(
            "The case alone does not settle the criminals: another set of assumptions ({rival}) has the same medians."
        )
    shares = say(
        " Recovered share with an instant response and with the first stop after 1 h: {here} here, {there} there.",
        here=sets[0], there=sets[1],
    )  # fmt: skip
    return ["- " + say(medians, rival=rival.name) + shares]
