"""The commands of studies: many runs that answer one question."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

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
    from sim.study.errors import check_metric
    from sim.study.runner import Arm

    base = load(scenario, set_ or ()).scenario
    if hypercube is None:
        points = settings.grid([settings.read_axis(one) for one in vary or ()])
    else:
        points = settings.hypercube([settings.read_range(one) for one in vary or ()], hypercube, seed)
    arms = settings.arms_of(scenario, set_ or (), points)
    folder = out or Path("results/runs") / f"{base.name}-sweep"
    shown = metric or ["recovered_share"]
    with (
        writing(folder),
        study("sweep", {base.name: base}, seed=seed, jobs=jobs, cluster=cluster, store=folder, resume=resume) as runner,
    ):
        [[one]] = runner.run([Arm(base.name, base)], 1)  # before hours of work: are there such metrics?
        for name in shown:
            check_metric(name, one)
        results = runner.run(arms, replications)
        written = sweeps.write(points, results, folder)
    Console(highlight=False, emoji=False).print(sweeps.table(points, results, shown), markup=False)
    typer.echo(f"written: {written}")
