"""The commands of studies: many runs that answer one question."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from sim.cli_options import (
    ClusterOption,
    Jobs,
    Out,
    Replications,
    Resume,
    ScenarioArg,
    Seed,
    Set,
    UsageError,
    study,
    writing,
)  # fmt: skip
from sim.scenario.loader import load

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
    from sim.report import sweeps
    from sim.study import sweep as settings
    from sim.study.metric_names import check_metrics

    base = load(scenario, set_ or ()).scenario
    if hypercube is None:
        points = settings.grid([settings.read_axis(one) for one in vary or ()])
    else:
        points = settings.hypercube([settings.read_range(one) for one in vary or ()], hypercube, seed)
    arms = settings.arms_of(scenario, set_ or (), points)
    folder = out or Path("results/runs") / f"{base.name}-sweep"
    shown = metric or ["recovered_share"]
    check_metrics(shown, base, seed)
    with (
        writing(folder),
        study("sweep", {base.name: base}, seed=seed, jobs=jobs, cluster=cluster, store=folder, resume=resume) as runner,
    ):
        results = runner.run(arms, replications)
        written = sweeps.write(points, results, folder)
    wide = None if sys.stdout.isatty() else 240
    Console(highlight=False, emoji=False, width=wide).print(sweeps.table(points, results, shown), markup=False)
    typer.echo(f"written: {written}")


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
    maximise: Annotated[Literal["net"] | None, typer.Option(help="net: the most recovered less cost.")] = None,
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
) -> None:
    """How many heads on which shift: the cheapest roster that meets a target, or the one that pays most."""
    from sim.report import staffing
    from sim.study.staff import Aim
    from sim.study.staff import staff as search

    if (target is None) == (maximise is None):
        raise UsageError("--target: read neither or both, accepted: either --target METRIC=VALUE or --maximise net")
    read = load(scenario, set_ or ()).scenario
    aim = Aim.read(target) if target else None
    folder = out or Path("results/runs") / f"{read.name}-staff"
    names = [name for name in (part.strip() for part in desks.split(",")) if name]
    with (
        writing(folder),
        study("staff", {read.name: read}, seed=seed, jobs=jobs, cluster=cluster, store=folder, resume=resume) as runner,
    ):
        result = search(runner, read, names, aim, zone=zone, most=most, budget=most_runs, replications=replications)
        written = staffing.write(result, folder)
    wide = None if sys.stdout.isatty() else 240
    console = Console(highlight=False, emoji=False, width=wide)
    for line in staffing.headline(result):
        console.print(line, markup=False, soft_wrap=True)
    for table in staffing.tables(result):
        console.print(table)
    for path in written:
        typer.echo(f"written: {path}")
