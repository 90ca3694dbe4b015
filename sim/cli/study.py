"""The commands of studies: many runs that answer one question."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from sim.cli.consoles import Console
from sim.cli.options import (  # fmt: skip
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
)
from sim.cli.terminal import echo
from sim.measure.ways import By
from sim.words.language import duration, say, titled
from sim.words.phrases import phrase

if TYPE_CHECKING:
    from sim.study.ask.compare import Difference

app = typer.Typer()


@app.command()
def sweep(
    scenario: ScenarioArg,
    vary: Annotated[
        list[str] | None,
        typer.Option(
            metavar="PATH=A,B,C",
            help="What to change, and to what; again for one more. With --hypercube PATH=LOW:HIGH.",
        ),
    ] = None,
    hypercube: Annotated[
        int | None, typer.Option(min=1, max=100_000, help="Points of a Latin hypercube in place of the whole grid.")
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="What to print; again for one more. All are written.")
    ] = None,
    set_: Set = None,
    replications: Replications = 20,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
) -> None:
    """Run a scenario under many settings that meet the same luck: sweep.parquet, one row a point, run and metric."""
    from sim.report.findings import sweeps
    from sim.report.publish.sweeps import write
    from sim.study.ask import sweep as settings
    from sim.study.run.metric_names import check_metrics

    base = load(scenario, set_ or ()).scenario
    if hypercube is None:
        points = settings.grid([settings.read_axis(one) for one in vary or ()])
    else:
        ranges = [settings.fitted(settings.read_range(one)) for one in vary or ()]
        points = settings.hypercube(ranges, hypercube, seed)
    arms = settings.arms_of(scenario, set_ or (), points)
    folder = out or Path("results/runs") / f"{base.name}-sweep"
    shown = metric or ["recovered_share"]
    check_metrics(shown, base, seed)
    with (
        writing(folder),
        study("sweep", {base.name: base}, seed=seed, jobs=jobs, cluster=cluster, store=folder, resume=resume) as runner,
    ):
        results = runner.run(arms, replications)
        written = write(points, results, folder)
    wide = None if sys.stdout.isatty() else 240
    Console(highlight=False, emoji=False, width=wide).print(sweeps.table(points, results, shown), markup=False)
    if others := sweeps.of_others(arms):
        echo(others)
    echo(say("written: {path}", path=written))


@app.command()
def compare(
    scenarios: Annotated[
        list[str],
        typer.Argument(metavar="SCENARIO...", help="YAML files or names; the others are told against the first."),
    ],
    arm: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME:PATH=VALUE[,...]", help="The first scenario with changes, as one more arm."),
    ] = None,
    metric: Annotated[
        list[str] | None, typer.Option(help="What to compare (recovered_share, net_loss ...); again for one more.")
    ] = None,
    by: Annotated[By | None, typer.Option(help="Also compare group by group: each bank, scam and so on.")] = None,
    explain: Annotated[
        int,
        typer.Option(min=0, max=100, help="Tell this many cases that differ most between two arms, side by side."),
    ] = 0,
    set_: Set = None,
    replications: Replications = 100,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
    posterior: PosteriorOption = None,
) -> None:
    """Which of several scenarios is better, by how much and how surely: all meet the same victims and the same luck."""
    from sim.report.findings.side_by_side import WIDTH, explain_study, laid_out
    from sim.report.publish.comparison import write
    from sim.report.publish.files import write_text
    from sim.study.ask import compare as arms_
    from sim.study.run.metric_names import MONEY, check_metrics
    from sim.study.run.runner import Arm

    if explain and posterior is not None:
        raise UsageError(phrase("--explain: read --explain together with --posterior, accepted: one of them"))
    loaded = [load(one, set_ or ()) for one in scenarios]
    arms = [Arm(one.scenario.name, one.scenario) for one in loaded]
    arms += [arms_.arm_of(one, loaded[0]) for one in arm or ()]
    arms_.check_names(arms)
    arms_.check_times(arms)
    if explain and not arms_.same_victims(arms):
        raise UsageError(phrase("--explain: read arms with victims of their own, accepted: arms of the same arrivals"))
    check_metrics(metric or ["recovered_share"], arms[0].scenario, seed)
    folder = out or Path("results/runs") / f"{arms[0].name}-compare"
    asked = {one.name: one.scenario for one in arms}
    with (
        writing(folder),
        study(
            "compare",
            asked,
            seed=seed,
            jobs=jobs,
            cluster=cluster,
            store=folder,
            resume=resume,
            posterior=posterior,
            settings=set_ or (),
        ) as runner,  # fmt: skip
    ):
        rows = arms_.compare(runner, arms, replications, metric or ["recovered_share"], by=by, beside=MONEY)
        written = write(rows, folder, "compare", seed=seed, by=by)
        told = explain_study(runner, arms, replications, rows[0].metric, explain, by=by) if explain else []
        if told:
            written.append(write_text(folder / "explain.txt", "\n".join(laid_out(told)) + "\n"))
    _print_comparison(rows, written, by)
    if any(row.apart for row in rows):
        echo(say("The arms have victims of their own: what is compared is their totals, not the same people."))
    for line in laid_out(told, min(WIDTH, Console().width)):
        echo(line)


@app.command()
def whatifs(
    scenario: ScenarioArg = "city",
    only: Annotated[list[str] | None, typer.Option(help="Only this what-if; again for one more.")] = None,
    file: Annotated[
        Path | None, typer.Option("--file", help="A file of what-ifs of one's own; see scenarios/whatifs/centre.yaml.")
    ] = None,
    list_: Annotated[bool, typer.Option("--list", help="Say which there are, and run nothing.")] = False,
    metric: Annotated[list[str] | None, typer.Option(help="What to compare; again for one more.")] = None,
    set_: Set = None,
    replications: Replications = 50,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
) -> None:
    """What planners ask: 24-hour opening, officers on site, stop first ...; one at a time, and all together."""
    from sim.report.findings import whatifs as planned
    from sim.report.publish.comparison import write
    from sim.scenario.whatifs import fitting, read_whatifs
    from sim.study.ask import whatifs as asked

    found = read_whatifs(file, only or ())
    if list_:
        for one in found:
            label = say(one.provenance.label)
            echo(f"{one.name}: {titled(one.title)} ({label}: {one.provenance.source})")
        return
    loaded = load(scenario, set_ or ())
    found, left = fitting(found, loaded)
    for line in planned.left_out(left, loaded.scenario):
        echo(line)
    if not found:
        raise UsageError(
            phrase(
                "whatifs: read none that fits {name}, accepted: --file with its own what-ifs", name=loaded.scenario.name
            )
        )
    folder = out or Path("results/runs") / f"{loaded.scenario.name}-whatifs"
    arms = {arm.name: arm.scenario for arm in asked.arms_of(loaded, found)[0]}
    with (
        writing(folder),
        study("whatifs", arms, seed=seed, jobs=jobs, cluster=cluster, store=folder, resume=resume) as runner,
    ):
        rows = asked.compare_whatifs(runner, loaded, found, replications, metric or asked.METRICS)
        titles = {one.name: titled(one.title) for one in found}
        missing = {absent.name: absent.missing for absent in left}
        by = metric[0] if metric else planned.lead(rows)
        rows, period = planned.ranked(rows, by), duration(loaded.scenario.horizon)
        said = [
            planned.finding(rows, titles, by, period),
            *planned.more(rows, titles, by, period, asked.unpriced(found)),
        ]
        written = write(rows, folder, "whatifs", seed=seed, titles=titles, left_out=missing, said=said, lead=by)
    _print_comparison(rows, written, None, said)


def _print_comparison(
    rows: Sequence[Difference], written: Sequence[Path], by: By | None, said: Sequence[str] = ()
) -> None:
    from sim.report.findings import comparison

    console = Console(highlight=False, emoji=False)
    for line in said or (comparison.finding(rows), *comparison.money_finding(rows)):
        echo(line)
    for table in comparison.comparison_tables(rows, by):
        console.print(table)
    for path in written:
        echo(say("written: {path}", path=path))


@app.command()
def staff(
    scenario: ScenarioArg,
    desks: Annotated[str, typer.Option(metavar="A,B", help="Desks whose heads may change, such as analyst,audit.")],
    target: Annotated[
        str | None,
        typer.Option(
            metavar="METRIC=VALUE",
            help="Meet it at the least cost: recovered_share=0.15, answered_share.intake=0.9, "
            "p95_response_latency=30m.",
        ),
    ] = None,
    maximise: Annotated[
        Literal["net"] | None, typer.Option(help="net: the most recovered and prevented, less cost.")
    ] = None,
    zone: Annotated[
        str | None, typer.Option(help="Differences below it do not matter: 500 yuan; with a target 0.005, or 2m.")
    ] = None,
    most: Annotated[int | None, typer.Option(min=1, max=10_000, help="Heads that a shift has room for.")] = None,
    most_runs: Annotated[int, typer.Option(min=100, max=10_000_000, help="Runs that the search may take.")] = 2_000,
    set_: Set = None,
    replications: Annotated[int, typer.Option(min=2, max=100_000, help="Runs of the answer and its neighbours.")] = 50,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
    posterior: PosteriorOption = None,
) -> None:
    """How many heads on which shift: the cheapest roster that meets a target, or the one that pays most."""
    from sim.report.findings import staffing
    from sim.report.publish.staffing import write
    from sim.study.ask.aim import Aim
    from sim.study.ask.staff import staff as search

    if (target is None) == (maximise is None):
        raise UsageError(
            phrase("--target: read neither or both, accepted: either --target METRIC=VALUE or --maximise net")
        )
    read = load(scenario, set_ or ()).scenario
    aim = Aim.read(target) if target else None
    folder = out or Path("results/runs") / f"{read.name}-staff"
    names = [name for name in (part.strip() for part in desks.split(",")) if name]
    with (
        writing(folder),
        study(
            "staff",
            {read.name: read},
            seed=seed,
            jobs=jobs,
            cluster=cluster,
            store=folder,
            resume=resume,
            posterior=posterior,
            settings=[*(set_ or ()), *(f"desks.{name}.{heads}" for name in names for heads in ("staff", "shifts"))],
        ) as runner,
    ):
        result = search(runner, read, names, aim, zone=zone, most=most, budget=most_runs, replications=replications)
        written = write(result, folder)
    wide = None if sys.stdout.isatty() else 240
    console = Console(highlight=False, emoji=False, width=wide)
    for line in staffing.headline(result):
        console.print(line, markup=False, soft_wrap=True)
    for table in staffing.tables(result):
        console.print(table)
    more = ["--posterior", str(posterior)] if posterior else []
    for line in staffing.application(result, scenario, set_ or (), more):
        console.print(line, markup=False, soft_wrap=True)
    for path in written:
        echo(say("written: {path}", path=path))


@app.command()
def diagnose(
    scenario: ScenarioArg = "city",
    set_: Set = None,
    replications: Annotated[
        int, typer.Option("--replications", min=10, max=1_000_000, help="Pairs of runs with different luck.")
    ] = 200,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
) -> None:
    """Which desk, bank or rule binds, hour by hour, who stands idle, and where the next 100,000 yuan go."""
    from sim.report.findings import diagnosis as said
    from sim.report.findings import levers, minutes
    from sim.report.publish.diagnosis import write
    from sim.study.ask.diagnose import diagnose as ask
    from sim.study.ask.week import average_week, representative_week

    own = list(set_ or ())
    timed = any(one.partition("=")[0].strip() in ("start", "horizon") for one in own)
    whole = load(scenario, own).scenario
    read = whole if timed else load(scenario, [*own, *representative_week(whole)]).scenario
    folder = out or Path("results/runs") / f"{read.name}-diagnosis"
    with (
        writing(folder),
        study("diagnose", {read.name: read}, seed=seed, jobs=jobs, cluster=cluster, store=folder, resume=resume)
        as runner,
    ):  # fmt: skip
        result = ask(runner, read, replications, average_week(runner, whole))
        written = write(result, folder)
    console = Console(highlight=False, emoji=False)
    echo("\n".join([said.finding(result), *levers.changeable(result)]))
    for table in said.tables(result):
        console.print(table)
    if result.minutes:
        console.print(minutes.table(result.minutes[: said.ROWS], say("5 minutes more at each stage, one by one")))
    for path in written:
        echo(say("written: {path}", path=path))
