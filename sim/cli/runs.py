"""Commands about one scenario: run it many times, slow it down, tell one of its cases, report everything."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.cli.consoles import Console, as_json
from sim.cli.options import (
    ClusterOption,
    Jobs,
    Out,
    PosteriorOption,
    Replications,
    Resume,
    ScenarioArg,
    Seed,
    Set,
    UsageError,
    load,
    study,
    writing,
)  # fmt: skip
from sim.cli.terminal import echo
from sim.measure.ways import By
from sim.words import language as lang
from sim.words.language import key, say
from sim.words.phrases import phrase, text_of

if TYPE_CHECKING:
    from sim.report.findings.runs import Result
    from sim.scenario.models import Scenario
    from sim.study.ask.replicate import Target

app = typer.Typer()


@app.command()
def run(
    scenario: ScenarioArg,
    set_: Set = None,
    replications: Replications = 100,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
    posterior: PosteriorOption = None,
    json_: Annotated[bool, typer.Option("--json", help="Print one JSON object instead of a table.")] = False,
    log: Annotated[
        Literal["parquet", "jsonl", "none"], typer.Option(help="Also write the log of every replication to --out.")
    ] = "none",
    by: Annotated[
        By | None,
        typer.Option(help="Also say who gains and who loses: a line for each bank, scam and so on."),
    ] = None,
    until: Annotated[
        str | None,
        typer.Option(
            metavar="METRIC=HALFWIDTH",
            help="Stop before --replications once the 95% interval of a metric is no wider than twice this, such as "
            "recovered_share=1% or loss=50k yuan.",
        ),
    ] = None,
    warm_up: Annotated[
        str | None,
        typer.Option(metavar="DAYS|auto", help="Tell only of those who first paid later; auto finds it (MSER-5)."),
    ] = None,
) -> None:
    """Run a scenario many times and print what came of it, with 95% intervals."""
    from sim.report.findings import runs
    from sim.report.findings.text import metric
    from sim.report.publish.runs import write
    from sim.study.ask.replicate import Target
    from sim.study.ask.warm_up import WarmUp
    from sim.study.run.metric_names import check_metrics
    from sim.study.run.store import holds_study

    read = load(scenario, set_ or ()).scenario
    if log != "none" and out is None:
        raise UsageError(phrase("--log: read no --out, accepted: --log together with --out DIR"))
    if posterior is not None and log != "none":
        raise UsageError(phrase("--log: read --log together with --posterior, accepted: one of them"))
    if resume and out is None:
        raise UsageError(phrase("--resume: read no --out, accepted: --resume together with --out DIR"))
    if warm_up is not None and by not in (None, "day"):
        raise UsageError(phrase("--warm-up: read --by {by}, accepted: --warm-up alone, or with --by day", by=by))
    warm = WarmUp.read(warm_up) if warm_up is not None else None
    target = Target.read(until) if until else None
    if target is not None:
        check_metrics([target.metric], read, seed, by=by, option="--until")
        target.check_unit(metric(target.metric.rpartition("/")[2]).unit)
    keep = out if resume or (out and holds_study(out)) else None
    with (
        writing(out),
        study(
            "run", {read.name: read}, seed=seed, jobs=jobs, cluster=cluster, store=keep, resume=resume,
            posterior=posterior, settings=set_ or (), out=out,
        ) as runner,
    ):  # fmt: skip
        result = runs.replicated(read, replications, runner, by=by, target=target, warm_up=warm)
        if out is not None:
            write(result, out, log=log)
    if json_:
        echo(as_json(result.as_dict()))
    else:
        _print(result, by, target, out)


def _print(result: Result, by: By | None, target: Target | None, out: Path | None) -> None:
    """Tell what came of a run, group by group where that was asked for, and whether its target was reached."""
    from sim.report.findings import groups, tables

    heading = key("{title} ({runs}, seed {seed})")
    if result.warm_up is not None:
        heading = key("{title} ({runs}, seed {seed}, without the first {days} days)")
        if result.warm_up == 1:
            heading = key("{title} ({runs}, seed {seed}, without the first day)")
    scenario, days = result.scenario, result.warm_up
    over = lang.counted(result.replications, "{n:,} replication", "{n:,} replications")
    title = say(heading, title=lang.titled(scenario.title), runs=over, seed=result.seed, days=days)
    console = Console(highlight=False, emoji=False)
    tables.print_metrics(result.numbers(), title, console=console)
    if by is not None:
        console.print(groups.table(by, result.groups))
    if target is not None:
        echo(target.verdict(result.metrics, result.groups))
    if out is not None:
        echo(say("written to {folder}", folder=out))


@app.command()
def latency(
    scenario: ScenarioArg,
    set_: Set = None,
    stage: Annotated[
        str, typer.Option(help="Stage to slow down (intake, entry, audit, trace, bank ...), or all.")
    ] = "all",
    stages: Annotated[
        bool, typer.Option("--stages", help="Tell the value of a minute at each stage, and the way of the loss.")
    ] = False,
    minutes: Annotated[
        float, typer.Option(min=0.01, max=1440, help="With --stages: minutes added to each piece of work of a stage.")
    ] = 5.0,
    replications: Replications = 200,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
) -> None:
    """How response latency, from instant to 24 hours, changes recovered funds; or what a minute is worth by stage."""
    from sim.report.publish import curve, folders
    from sim.study.ask.latency import with_latency

    read = load(scenario, set_ or ()).scenario
    folder = out or Path("results/runs") / f"{read.name}-latency"
    if stages:
        _value_of_a_minute(read, stage, minutes, replications, seed, jobs, cluster, folder, resume)
        return
    try:
        with_latency(read, stage, 1.0)
    except ValueError as error:
        raise UsageError(phrase("{where}: {what}", where="--stage", what=error)) from None
    store = folder if resume else None
    with (
        writing(folder),
        study(
            "latency", {read.name: read}, seed=seed, jobs=jobs, cluster=cluster, store=store, resume=resume, out=folder
        ) as runner,
        _with_a_response(),
    ):
        written = curve.write(read, folder, stage, replications=replications, runner=runner)
        folders.mark(folder, "latency", {read.name: read}, seed)
    for path in written:
        echo(say("written: {path}", path=path))


def _value_of_a_minute(
    scenario: Scenario, stage: str, added: float, replications: int, seed: int, jobs: int, cluster: str | None,
    folder: Path, resume: bool,
) -> None:  # fmt: skip
    from sim.report.findings import minutes
    from sim.report.publish.minutes import write
    from sim.study.ask.minute import values_of_a_minute, waterfall

    asked = None if stage == "all" else [stage]
    with (
        writing(folder),
        study(
            "latency --stages", {scenario.name: scenario}, seed=seed, jobs=jobs, cluster=cluster, store=folder,
            resume=resume,
        ) as runner,
    ):  # fmt: skip
        rows, base = values_of_a_minute(runner, scenario, replications, added=added, stages=asked)
        written = write(rows, waterfall(base), folder, scenario.title, added)
    title = say("{title}: {n:g} minutes more at each stage, one by one", title=lang.titled(scenario.title), n=added)
    Console(highlight=False, emoji=False).print(minutes.table(rows, title))
    for line in (minutes.finding(rows), minutes.a_year(rows, base, scenario)):
        if line:
            echo(line)
    for path in written:
        echo(say("written: {path}", path=path))


@app.command()
def story(
    scenario: ScenarioArg,
    set_: Set = None,
    replication: Annotated[int, typer.Option(min=0, help="Which luck.")] = 0,
    case: Annotated[
        int | None,
        typer.Option(min=1, help="Which victim, by first payment; else the first from whom money was recovered."),
    ] = None,
    seed: Seed = 1,
    detail: Annotated[bool, typer.Option("--detail", help="Every line of the log.")] = False,
    out: Out = None,
) -> None:
    """Tell one case in plain words, and draw its timeline (with --out)."""
    from sim.report.publish import dossier, folders

    read = load(scenario, set_ or ()).scenario
    with writing(out):
        if out is not None:
            folders.check(out, {read.name: read}, seed)
        try:
            lines, written = dossier.story(read, seed, replication, case, detail=detail, out=out)
        except ValueError as error:
            raise UsageError(phrase("{where}: {what}", where="--case", what=error)) from None
        if out is not None and not (out / folders.MARK).exists():
            folders.mark(out, "story", {read.name: read}, seed)
    for line in lines:
        echo(line)
    for path in written:
        echo(say("written: {path}", path=path))


@app.command()
def report(
    scenario: ScenarioArg,
    set_: Set = None,
    rival: Annotated[str | None, typer.Option(help="A second scenario that explains the same case otherwise.")] = None,
    replications: Replications = 1000,
    latency_replications: Annotated[int, typer.Option(min=2, max=100_000, help="Runs of each latency setting.")] = 300,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
) -> None:
    """Everything about one case in a folder: summary, latency curve, spread, and the story of a typical replication."""
    from sim.report.publish import dossier, folders

    read = load(scenario, set_ or ()).scenario
    other = load(rival).scenario if rival else None
    folder = out or Path("results/runs") / read.name
    asked = [scenario, *(["--rival", rival] if rival else []), *(f"--set={one}" for one in set_ or ())]
    arms = {one.name: one for one in (read, other) if one is not None}
    store = folder if resume else None
    with (
        writing(folder),
        study("report", arms, seed=seed, jobs=jobs, cluster=cluster, store=store, resume=resume, out=folder) as runner,
        _with_a_response(),
    ):
        summary = dossier.write(
            read, other, folder, replications=replications, latency_replications=latency_replications,
            asked=shlex.join(asked), runner=runner,
        )  # fmt: skip
        folders.mark(folder, "report", arms, seed)
    echo(summary)
    picture, told = folder / "latency.svg", folder / "summary.md"
    echo(say("\nThe picture: {picture}\nThe summary: {summary}", picture=picture, summary=told))


@contextmanager
def _with_a_response() -> Iterator[None]:
    """A scenario in which there is no response to speed up or slow down is the user's to change."""
    from sim.study.ask.latency import NoResponseError

    try:
        yield
    except NoResponseError as error:
        raise UsageError(text_of(error)) from None
