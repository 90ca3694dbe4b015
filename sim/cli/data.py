"""Commands about data: a run's log for other programs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.cli.options import ScenarioArg, Seed, Set, load, note_doubts, writing
from sim.words import language as lang
from sim.words.language import say

app = typer.Typer()


@app.command()
def export(
    scenario: ScenarioArg,
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder for the files.")],
    set_: Set = None,
    replication: Annotated[int, typer.Option(min=0, help="Which luck.")] = 0,
    seed: Seed = 1,
    form: Annotated[
        Literal["all", "csv", "xes", "ocel"], typer.Option(help="Only tables (csv), XES or OCEL 2.0.")
    ] = "all",
) -> None:
    """Write the log of one run for other programs: tables for a spreadsheet, XES and OCEL 2.0, a ledger in fen."""
    from sim.engine.run import simulate
    from sim.report.publish import folders
    from sim.report.publish.export import FORMS, export

    read = load(scenario, set_ or ()).scenario
    note_doubts(read)
    with writing(out):
        folders.check(out, {read.name: read}, seed)
        written = export(simulate(read, seed, replication), out, FORMS if form == "all" else [form])
    for file in written:
        rows = lang.counted(file.rows, "{n:,} row", "{n:,} rows")
        typer.echo(say("written: {path} ({rows})", path=file.path, rows=rows))
    if any(file.too_long for file in written):
        typer.echo(say("Excel shows no more than the first 1,048,576 rows of a table; XES and OCEL have all."))
