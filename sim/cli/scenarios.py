"""Commands about scenario files: check one, show its values, print the schema, list those that are shipped."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from sim.cli.consoles import Console, Table, as_json
from sim.cli.options import (
    ScenarioArg,
    Seed,
    Set,
    UsageError,
    load,
    note_doubts,
    writing,
)  # fmt: skip
from sim.cli.terminal import echo
from sim.scenario import catalogue
from sim.scenario.errors import clip
from sim.words import language as lang
from sim.words import names
from sim.words.language import say
from sim.words.phrases import phrase

app = typer.Typer()

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

    played = None
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
    echo(say("{scenario}: valid ({title}; read {files})", scenario=name, title=title, files=read))
    if played is not None:
        from sim.cli.merits import doubts

        for line in doubts(played):
            echo(line)


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
            echo(f"{line.path}: {_plain(line.value)}")
        return
    heads = (say("value"), say("is"), say("label"), say("source"), say("written in"))
    table = Table(*heads, show_lines=False, box=None, pad_edge=False)
    for line in lines:
        source = f"{line.source} ({line.note})" if line.note else line.source
        written = str(line.origin or say("the program"))
        table.add_row(line.path, _plain(line.value), names.source_label(line.label), source, written)
    wide = None if sys.stdout.isatty() else 240
    Console(highlight=False, soft_wrap=not sys.stdout.isatty(), width=wide, emoji=False).print(table, markup=False)


def _plain(value: Any) -> str:
    return value if isinstance(value, str) else as_json(value)


@app.command()
def schema(
    exercise: Annotated[bool, typer.Option("--exercise", help="Of an exercise file in place of a scenario's.")] = False,
) -> None:
    """Print the JSON Schema of a scenario file, or of an exercise's, for editors that complete and check YAML."""
    from sim.exercise.models import Exercise
    from sim.scenario.file_schema import file_schema
    from sim.scenario.models import Scenario

    echo(as_json(file_schema(Exercise if exercise else Scenario), indent=2))


@app.command()
def scenarios() -> None:
    """List the shipped scenarios and the question each one answers."""
    table = Table(say("scenario"), say("question"), box=None, pad_edge=False)
    for entry in catalogue.list_scenarios():
        table.add_row(entry.name, lang.titled(entry.question or entry.title))
    Console(highlight=False, emoji=False).print(table, markup=False)


@app.command()
def routes(
    scenario: ScenarioArg = "city",
    set_: Set = None,
    route: Annotated[str | None, typer.Option("--route", metavar="NAME", help="Only this one.")] = None,
    replications: Annotated[int, typer.Option(min=1, max=10_000, help="Runs with different luck.")] = 4,
    seed: Seed = 1,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Also write routes.md (diagrams) and routes.csv there.")
    ] = None,
) -> None:
    """How cases go through the workflow: each step with how often, who, how long, and what money leaves there."""
    from sim.report.findings import routes as said
    from sim.report.publish import folders
    from sim.report.publish.routes import write
    from sim.study.ask.passage import passage
    from sim.study.ask.week import goes_on, representative_week

    own = list(set_ or ())
    read = load(scenario, own).scenario
    if not any(one.partition("=")[0].strip() in ("start", "horizon") for one in own):
        read = load(scenario, [*own, *representative_week(read)]).scenario
    note_doubts(read)
    if route is not None and route not in read.routes:
        raise UsageError(
            phrase("--route: read {read!r}, accepted: {accepted}", read=clip(route), accepted=", ".join(read.routes))
        )
    if out is not None:
        with writing(out):
            folders.check(out, {read.name: read}, seed)
    told = said.Told(read, passage(read, replications=replications, seed=seed), by_day=goes_on(read))
    console = Console(highlight=False, emoji=False)
    for name in [route] if route else told.routes:
        console.print(said.table(told, name))
        echo(said.finding(told, name) + "\n")
    if out is not None:
        with writing(out):
            written = write(told, out)
            folders.mark(out, "routes", {read.name: read}, seed)
        for path in written:
            echo(say("written: {path}", path=path))
