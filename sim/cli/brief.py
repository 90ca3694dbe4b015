"""The command for whoever decides: two pages with the answer, and an annex with everything that it stands on."""

from __future__ import annotations

import shlex
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.options import ClusterOption, Jobs, Out, Resume, ScenarioArg, Seed, Set, UsageError, load, study, writing
from sim.cli.terminal import echo
from sim.words.language import program, say, titled
from sim.words.phrases import phrase

app = typer.Typer()


@app.command()
def brief(
    scenario: ScenarioArg,
    arm: Annotated[
        str | None,
        typer.Option(
            metavar="NAME:PATH=VALUE[,...]", help="What is proposed, held against the scenario as it is; or a scenario."
        ),
    ] = None,
    question: Annotated[str, typer.Option(help="The question, as it was asked; at most 300 characters.")] = "",
    set_: Set = None,
    replications: Annotated[
        int, typer.Option("--replications", min=10, max=1_000_000, help="Pairs of runs with different luck.")
    ] = 100,
    proof: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="What prove --out wrote, to say how well the model has done; else the shipped."
        ),
    ] = None,
    seed: Seed = 1,
    jobs: Jobs = 0,
    cluster: ClusterOption = None,
    out: Out = None,
    resume: Resume = False,
) -> None:
    """Two pages for whoever decides (HTML, PDF): the answer, what it costs and hangs on; an annex with all the rest."""
    from sim.report.findings.brief import answer
    from sim.report.findings.changed import beyond_shipped, changes
    from sim.report.publish.brief import Around, write
    from sim.study.ask.brief import brief as ask
    from sim.study.ask.compare import changed_by, check_times
    from sim.study.ask.week import frame, representative_week
    from sim.study.run.runner import Arm

    if len(question) > _LONGEST or "\n" in question:
        raise UsageError(phrase("--question: read {n} characters, accepted: one line of at most {most}",
                                n=len(question), most=_LONGEST))  # fmt: skip
    table = _table_of(proof)
    own = list(set_ or ())
    timed = any(one.partition("=")[0].strip() in ("start", "horizon") for one in own)
    whole = load(scenario, own)
    base = whole if timed else load(scenario, [*own, *representative_week(whole.scenario)])
    proposed = None
    if arm is not None:
        is_file = ":" not in arm or Path(arm).is_file()
        proposed = load(arm, [*own, *frame(base.scenario)]) if is_file else changed_by(arm, base)[1]
        name = titled(proposed.scenario.title) if is_file else changed_by(arm, base)[0]
        check_times([Arm("as it is", base.scenario), Arm(name, proposed.scenario)], "--arm")
    folder = out or Path("results/runs") / f"{base.scenario.name}-brief"
    arms = {base.scenario.name: base.scenario} | ({f"{name} (--arm)": proposed.scenario} if proposed else {})
    below, called = beyond_shipped(whole)
    with (
        writing(folder),
        study("brief", arms, seed=seed, jobs=jobs, cluster=cluster, store=folder, resume=resume) as runner,
    ):
        result = ask(runner, base, Arm(name, proposed.scenario) if proposed else None, replications, whole.scenario)
        around = Around(
            loaded=base, changes=changes(base, proposed) if proposed else (), own=below, base=called, asked=question,
            command=_command(scenario, arm, question, own, replications, seed, proof), seed=seed, proof=table,
        )  # fmt: skip
        written, why = write(result, around, folder)
    for line in answer(result):
        echo(line)
    for path in written:
        echo(say("written: {path}", path=path))
    if why:
        echo(why, err=True)


_LONGEST = 300


def _table_of(proof: Path | None) -> Path | None:
    """The table in a folder of `prove`.

    Raises:
        UsageError: there is none.
    """
    if proof is None:
        return None
    table = proof / "table.csv"
    if not table.is_file():
        raise UsageError(
            phrase("--proof: read {folder!r}, which holds no table.csv; accepted: what prove --out wrote",
                   folder=str(proof))
        )  # fmt: skip
    return table


def _command(
    scenario: str, arm: str | None, question: str, own: list[str], replications: int, seed: int, proof: Path | None
) -> str:
    """What makes the pages again."""
    words = [*program(), "brief", scenario]
    words += ["--arm", arm] if arm else []
    words += ["--question", question] if question else []
    words += [word for one in own for word in ("--set", one)]
    words += ["--replications", str(replications), "--seed", str(seed)]
    return shlex.join([*words, *(["--proof", str(proof)] if proof else [])])
