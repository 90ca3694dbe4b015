"""The commands. Each reads a scenario, calls one function of `study` or `report`, and prints or writes the result."""

from __future__ import annotations

import json
import os
import re
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from sim import __version__, cli_exercise, cli_study, cli_unknowns, cli_web, lang
from sim.cli_options import (
    ClusterOption,
    Jobs,
    Out,
    PosteriorOption,
    Replications,
    Resume,
    ScenarioArg,
    Seed,
    Set,
    StoppedError,
    UsageError,
    load,
    note_doubts,
    study,
    writing,
)  # fmt: skip
from sim.consoles import Console, Table
from sim.engines import ENGINE, ENGINES
from sim.lang import key, say
from sim.measure.ways import By
from sim.mistakes import explain
from sim.scenario import catalogue
from sim.scenario.encoding import HARMFUL, character
from sim.scenario.errors import RunError, ScenarioError, clip, one_line
from sim.study.errors import StudyError
from sim.terminal import any_text

if TYPE_CHECKING:
    from sim.scenario.models import Scenario

LANGUAGE = "FUNDFREEZE_LANG"
"""Environment variable for the language, where no --lang is given."""

app = typer.Typer(
    help="How fast must a fraud be answered? Simulate the race between stolen money and the people who chase it.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
)  # fmt: skip

INTERRUPTED = 130
"""Exit status after Ctrl-C, as shells count it."""


def main() -> None:
    """Run the command line; a user's mistake is one line on standard error and exit status 2."""
    any_text()
    with lang.using("en"):  # until --lang is read
        _check_words(sys.argv[1:])
        _main()


def _check_words(words: Sequence[str]) -> None:
    """Refuse characters that would do more to a terminal or a page than be shown; lines only where a value is set."""
    for word in words:
        value = word.partition("=")[2] if word.startswith("--") else word
        value = value.encode(errors="replace").decode()  # a file's name may be in another encoding
        found = HARMFUL.search(value) or (None if "=" in value else re.search(r"[\t\r\n]", value))
        if found:
            _fail(f"{clip(one_line(word), 60)}: read the character {character(found[0])}, accepted: text without it")


def _main() -> None:
    try:
        status = app(standalone_mode=False)  # 130 after Ctrl-C; older versions of typer raise Abort
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except StoppedError as stop:
        _fail(str(stop), INTERRUPTED)
    except (ScenarioError, RunError, StudyError, UsageError) as error:
        _fail(str(error))
    except OSError as error:
        _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        said = error.format_message()  # what typer says of a wrong option, or its help where nothing was asked
        if said.startswith("Usage:"):
            typer.echo(said)
            sys.exit(0)
        _fail(said)
    if status == INTERRUPTED:
        _fail(say("interrupted: nothing half-written was left"), INTERRUPTED)
    if status:
        sys.exit(status)


def _fail(text: str, status: int = 2) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)  # `file.yaml:100:5` is no emoji
    console.print(one_line(explain(text)), style="red", markup=False)
    sys.exit(status)


def _take_engine(engine: str) -> str:
    """Run on an engine from here on; processes that are started hear of it too."""
    if engine not in ENGINES:
        raise typer.BadParameter(f"read {engine!r}, accepted: {', '.join(ENGINES)}")
    os.environ[ENGINE] = engine
    return engine


def _speak(language: str) -> str:
    """Speak from here on, so that even a command that does not exist is told in the language asked for before it."""
    try:
        lang.speak(lang.accept(language))
    except ValueError as error:
        raise UsageError(f"--lang: {error}") from None
    return language


@app.callback()
def options(
    language: Annotated[
        str,
        typer.Option(
            "--lang", metavar="en|zh", envvar=LANGUAGE, callback=_speak, is_eager=True,
            help="Language of what people read: English or Chinese.",
        ),
    ] = "en",
    engine: Annotated[
        str,
        typer.Option(
            "--engine", metavar="auto|reference|compiled", envvar=ENGINE, callback=_take_engine,
            help="What runs the simulation; the results are the same. auto: machine code where it is worth it.",
        ),
    ] = "auto",
) -> None:  # fmt: skip
    """Options before the command."""


# -- scenarios -------------------------------------------------------------------------------------------


FileArg = Annotated[
    str,
    typer.Argument(
        metavar="FILE", help="A YAML file of a scenario or an exercise (it has roles), or the name of a shipped one."
    ),
]


@app.command()
def validate(file: FileArg, set_: Set = None) -> None:
    """Check a scenario or exercise file: says what it is, or names the first mistake with its file, line and column."""
    from sim.exercise.shipped import is_exercise

    if is_exercise(file):
        from sim.exercise.load import load_exercise
        from sim.exercise.words import told

        played = load_exercise(file, set_ or ())
        name, title, files = played.exercise.name, told(played.exercise.title), played.files
        note_doubts(played.scenario)
    else:
        loaded = load(file, set_ or ())
        name, title, files = loaded.scenario.name, lang.titled(loaded.scenario.title), loaded.files
        note_doubts(loaded.scenario)
    read = ", ".join(path.name for path in files)
    typer.echo(say("{scenario}: valid ({title}; read {files})", scenario=name, title=title, files=read))


@app.command()
def show(
    scenario: ScenarioArg,
    set_: Set = None,
    sources: Annotated[bool, typer.Option("--sources", help="Also say where each value comes from.")] = False,
) -> None:
    """Print every resolved value of a scenario; with --sources its label, its source, its file and line."""
    from sim.scenario.loader import resolve_tree

    lines = resolve_tree(load(scenario, set_ or ()))
    if not sources:
        for line in lines:
            typer.echo(f"{line.path}: {_plain(line.value)}")
        return
    heads = (say("value"), say("is"), say("label"), say("source"), say("written in"))
    table = Table(*heads, show_lines=False, box=None, pad_edge=False)
    for line in lines:
        source = f"{line.source} ({line.note})" if line.note else line.source
        written = str(line.origin or say("the program"))
        table.add_row(line.path, _plain(line.value), say(_LABELS.get(line.label, line.label)), source, written)
    wide = None if sys.stdout.isatty() else 240
    Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=wide, emoji=False).print(table, markup=False)


_LABELS = {
    "printed": key("printed"), "verified": key("verified"), "derived": key("derived"), "assumed": key("assumed"),
}  # fmt: skip


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@app.command()
def schema(
    exercise: Annotated[bool, typer.Option("--exercise", help="Of an exercise file in place of a scenario's.")] = False,
) -> None:
    """Print the JSON Schema of a scenario file, or of an exercise's, for editors that complete and check YAML."""
    from sim.exercise.models import Exercise
    from sim.scenario.file_schema import file_schema
    from sim.scenario.models import Scenario

    typer.echo(json.dumps(file_schema(Exercise if exercise else Scenario), ensure_ascii=False, indent=2))


@app.command()
def scenarios() -> None:
    """List the shipped scenarios and the question each one answers."""
    table = Table(say("scenario"), say("question"), box=None, pad_edge=False)
    for entry in catalogue.list_scenarios():
        table.add_row(entry.name, lang.titled(entry.question or entry.title))
    Console(highlight=False, emoji=False).print(table, markup=False)


# -- runs ------------------------------------------------------------------------------------------------


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
    from sim.report import runs
    from sim.report.text import metric
    from sim.study.metric_names import check_metrics
    from sim.study.replicate import Target
    from sim.study.store import holds_study
    from sim.study.warm_up import WarmUp

    read = load(scenario, set_ or ()).scenario
    if log != "none" and out is None:
        raise UsageError("--log: read no --out, accepted: --log together with --out DIR")
    if posterior is not None and log != "none":
        raise UsageError("--log: read --log together with --posterior, accepted: one of them")
    if resume and out is None:
        raise UsageError("--resume: read no --out, accepted: --resume together with --out DIR")
    if warm_up is not None and by not in (None, "day"):
        raise UsageError(f"--warm-up: read --by {by}, accepted: --warm-up alone, or with --by day")
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
            runs.write(result, out, log=log)
    if json_:
        typer.echo(json.dumps(result.as_dict(), ensure_ascii=False))
    else:
        from sim.report import groups, tables

        heading = key("{title} ({n:,} replications, seed {seed})")
        if result.warm_up is not None:
            heading = key("{title} ({n:,} replications, seed {seed}, without the first {days} days)")
            if result.warm_up == 1:
                heading = key("{title} ({n:,} replications, seed {seed}, without the first day)")
        title = say(heading, title=lang.titled(read.title), n=result.replications, seed=seed, days=result.warm_up)
        console = Console(highlight=False, emoji=False)
        tables.print_metrics(result.numbers(), title, console=console)
        if by is not None:
            console.print(groups.table(by, result.groups))
        if target is not None:
            typer.echo(target.verdict(result.metrics, result.groups))
        if out is not None:
            typer.echo(say("written to {folder}", folder=out))


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
    from sim.report import curve, folders
    from sim.study.latency import with_latency

    read = load(scenario, set_ or ()).scenario
    folder = out or Path("results/runs") / f"{read.name}-latency"
    if stages:
        _value_of_a_minute(read, stage, minutes, replications, seed, jobs, cluster, folder, resume)
        return
    try:
        with_latency(read, stage, 1.0)
    except ValueError as error:
        raise UsageError(f"--stage: {error}") from None
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
        typer.echo(say("written: {path}", path=path))


def _value_of_a_minute(
    scenario: Scenario, stage: str, added: float, replications: int, seed: int, jobs: int, cluster: str | None,
    folder: Path, resume: bool,
) -> None:  # fmt: skip
    from sim.report import minutes
    from sim.study.minute import values_of_a_minute, waterfall

    asked = None if stage == "all" else [stage]
    with (
        writing(folder),
        study(
            "latency --stages", {scenario.name: scenario}, seed=seed, jobs=jobs, cluster=cluster, store=folder,
            resume=resume,
        ) as runner,
    ):  # fmt: skip
        rows, base = values_of_a_minute(runner, scenario, replications, added=added, stages=asked)
        written = minutes.write(rows, waterfall(base), folder, scenario.title, added)
    title = say("{title}: {n:g} minutes more at each stage, one by one", title=lang.titled(scenario.title), n=added)
    Console(highlight=False, emoji=False).print(minutes.table(rows, title))
    for path in written:
        typer.echo(say("written: {path}", path=path))


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
    from sim.report import dossier, folders

    read = load(scenario, set_ or ()).scenario
    with writing(out):
        if out is not None:
            folders.check(out, {read.name: read}, seed)
        try:
            lines, written = dossier.story(read, seed, replication, case, detail=detail, out=out)
        except ValueError as error:
            raise UsageError(f"--case: {error}") from None
        if out is not None and not (out / folders.MARK).exists():
            folders.mark(out, "story", {read.name: read}, seed)
    for line in lines:
        typer.echo(line)
    for path in written:
        typer.echo(say("written: {path}", path=path))


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
    from sim.report import dossier, folders

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
    typer.echo(summary)
    picture, told = folder / "latency.svg", folder / "summary.md"
    typer.echo(say("\nThe picture: {picture}\nThe summary: {summary}", picture=picture, summary=told))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(f"fundfreeze {__version__}")


# -- studies ---------------------------------------------------------------------------------------------

app.add_typer(cli_study.app)
app.add_typer(cli_exercise.app)
app.add_typer(cli_unknowns.app)
app.add_typer(cli_web.app)


# -- helpers ---------------------------------------------------------------------------------------------


@contextmanager
def _with_a_response() -> Iterator[None]:
    """A scenario in which there is no response to speed up or slow down is the user's to change."""
    from sim.study.latency import NoResponseError

    try:
        yield
    except NoResponseError as error:
        raise UsageError(str(error)) from None


if __name__ == "__main__":
    main()
