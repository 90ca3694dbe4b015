"""The commands about what is not known: which assumptions a result hangs on, and what observations say of them."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.consoles import Console
from sim.cli.options import ClusterOption, Jobs, Out, Resume, ScenarioArg, Seed, Set, load, study
from sim.cli.terminal import echo
from sim.words.language import say

app = typer.Typer()
CALIBRATIONS = Path("results/calibration")


@app.command()
def sensitivity(
    scenario: ScenarioArg,
    set_: Set = None,
    metric: Annotated[str, typer.Option(help="What is looked at.")] = "recovered_share",
    arms: Annotated[
        tuple[str, str] | None,
        typer.Option(
            metavar="A B",
            help="Also say which assumption would change the ranking of two arms: scenarios, or NAME:PATH=VALUE[,...].",
        ),
    ] = None,
    trajectories: Annotated[int, typer.Option(min=2, max=1000, help="Of the screening of all assumptions.")] = 4,
    samples: Annotated[
        int, typer.Option(min=8, max=65536, help="Base samples of the Sobol indices: a power of 2.")
    ] = 64,
    replications: Annotated[int, typer.Option(min=1, max=10_000, help="Runs of each setting.")] = 2,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
) -> None:
    """Which assumptions a result hangs on: all of them screened on one week, then the eight that matter most."""
    from sim.report.findings import sensitivities
    from sim.report.publish.sensitivities import write
    from sim.study.ask.compare import arm_of, check_names, check_times
    from sim.study.ask.screening import check_samples, salib
    from sim.study.ask.sensitivity import sensitivity as study_of
    from sim.study.ask.week import frame, representative_week
    from sim.study.run.assumptions import assumed
    from sim.study.run.metric_names import check_metrics
    from sim.study.run.runner import Arm

    salib()
    check_samples(samples)
    own = set_ or []
    week = representative_week(load(scenario, own).scenario)
    base = load(scenario, [*own, *week])
    tried = [Arm(base.scenario.name, base.scenario)]
    if arms is not None:
        same = frame(base.scenario)
        tried = [
            Arm(one, load(one, [*own, *same]).scenario) if ":" not in one or Path(one).is_file() else arm_of(one, base)
            for one in arms
        ]
        check_names(tried, "--arms")
        check_times(tried, "--arms")
    check_metrics([metric], base.scenario, seed)
    parameters, left = assumed(base)
    folder = out or Path("results/runs") / f"{base.scenario.name}-sensitivity"
    with study(
        "sensitivity", {arm.name: arm.scenario for arm in tried}, seed=seed, jobs=jobs, cluster=cluster, store=folder,
        resume=resume,
    ) as runner:  # fmt: skip
        result = study_of(
            tried, parameters, metric, runner, left_out=left, trajectories=trajectories, samples=samples,
            replications=replications,
        )  # fmt: skip
        written = write(result, folder)
    console = _console()
    console.print(sensitivities.main_table(result, console.width, paths=True), markup=False)
    for line in (*sensitivities.verdicts(result), *sensitivities.applications(result, tried[0].scenario)):
        echo(line)
    for path in written:
        echo(say("written: {path}", path=path))


@app.command()
def calibrate(
    targets: Annotated[
        str,
        typer.Argument(metavar="TARGETS", help="A YAML file, or the name of shipped targets (scenarios/targets)."),
    ],
    simulations: Annotated[int, typer.Option(min=100, max=10_000_000, help="Draws of the parameters to run.")] = 2000,
    rounds: Annotated[
        int, typer.Option(min=1, max=20, help="The first from the prior, each other from what is not ruled out.")
    ] = 5,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
) -> None:
    """Which values of unknown parameters agree with what was observed: the posterior, and what the data cannot tell."""
    from sim.report.findings import calibrations
    from sim.report.publish.calibrations import write
    from sim.study.ask import calibrate as abc
    from sim.study.ask.targets import read_targets

    problem = read_targets(targets)
    folder = out or Path("results/runs") / f"{problem.name}-calibration"
    with study(
        "calibrate", {editor.scenario.name: editor.scenario for editor in problem.editors}, seed=seed, jobs=jobs,
        cluster=cluster, store=folder, resume=resume,
    ) as runner:  # fmt: skip
        result = abc.calibrate(problem, runner, simulations=simulations, rounds=rounds)
        written = write(result, folder)
    _console().print(calibrations.main_table(result), markup=False)
    for line in calibrations.verdicts(result):
        echo(line)
    for line in calibrations.applications(result, written[0]):
        echo(line)
    for path in written:
        echo(say("written: {path}", path=path))


@app.command()
def prove(
    files: Annotated[
        list[str] | None,
        typer.Argument(metavar="[FILE]...", help="Published figures (scenarios/published); all that ship if none."),
    ] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="PATH=VALUE", help="Change every scenario that has the path: who notices?"),
    ] = None,
    against: Annotated[
        list[Path] | None,
        typer.Option(metavar="FILE", help="What a centre's own files say: figures.yaml of fit; theory is left out."),
    ] = None,
    quick: Annotated[float, typer.Option(min=0.01, max=1, help="Part of the replications.")] = 1.0,
    calibrations: Annotated[
        Path, typer.Option(help="What calibrate found, to leave each target out in turn.")
    ] = CALIBRATIONS,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
) -> None:
    """How well the model agrees with what is published, and with theory: every figure, its source and a verdict."""
    from sim.report.findings import proofs
    from sim.report.publish import proofs as published_folder
    from sim.study.ask.prove import prove as hold_against
    from sim.study.ask.prove import scenarios_of
    from sim.study.ask.published import read_published, shipped

    own = [read_published(str(one)) for one in against or ()]
    published = [*(read_published(one) for one in files or ([] if own else shipped())), *own]
    settings = set_ or []
    arms = {f"{file} {name}": scenario for (file, name), scenario in scenarios_of(published, settings).items()}
    with study("prove", arms, seed=seed, jobs=jobs, cluster=cluster) as runner:
        proof = hold_against(
            published, runner, settings=settings, calibrations=calibrations, quick=quick, theory=not own or bool(files)
        )
    _console().print(proofs.main_table(proof), markup=False)
    said = [*map(proofs.sentence, proof.lines), *map(proofs.sentence, proof.checks), proofs.fewer_runs(proof)]
    for sentence in filter(None, said):
        echo(sentence)
    if out is not None:
        asked = [*(files or ()), *(f"--set={one}" for one in settings), *(f"--against={one}" for one in against or ())]
        asked += [f"--quick={quick:g}"] if quick != 1 else []
        asked += [f"--calibrations={calibrations}"] if calibrations != CALIBRATIONS else []
        command = shlex.join([*proofs.COMMAND.split(), *asked])
        for path in published_folder.write(proof, out, command):
            echo(say("written: {path}", path=path))


def _console() -> Console:
    """Standard output, wide where it is no terminal: paths are long."""
    return Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 160)
