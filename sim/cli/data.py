"""Commands about data: a run's log for other programs, and a centre's own files turned into a scenario."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Literal

import typer

from sim.cli.consoles import Console
from sim.cli.options import ScenarioArg, Seed, Set, UsageError, load, note_doubts, writing
from sim.cli.terminal import echo
from sim.words import language as lang
from sim.words.language import say
from sim.words.phrases import phrase

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
    from sim.engine.run import simulate_one
    from sim.report.publish import folders
    from sim.report.publish.export import FORMS, export

    read = load(scenario, set_ or ()).scenario
    note_doubts(read)
    with writing(out):
        folders.check(out, {read.name: read}, seed)
        written = export(simulate_one(read, seed, replication), out, FORMS if form == "all" else [form])
    for file in written:
        rows = lang.counted(file.rows, "{n:,} row", "{n:,} rows")
        echo(say("written: {path} ({rows})", path=file.path, rows=rows))
    if any(file.too_long for file in written):
        echo(say("Excel shows no more than the first 1,048,576 rows of a table; XES and OCEL have all."))


@app.command()
def fit(
    scenario: ScenarioArg,
    set_: Set = None,
    reports: Annotated[
        Path | None, typer.Option(metavar="FILE", help="When paid, found, reported; channel, scam, amount.")
    ] = None,
    work: Annotated[Path | None, typer.Option(metavar="FILE", help="Case, step, queued, begun, ended, person.")] = None,
    answers: Annotated[Path | None, typer.Option(metavar="FILE", help="Bank, sent, answered, result.")] = None,
    transfers: Annotated[
        Path | None, typer.Option(metavar="FILE", help="When money came, when it left, and how; case, account, layer.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(metavar="FIELD=HEAD", help="The head of a field's column, where it has another name."),
    ] = None,
    name: Annotated[str, typer.Option(help="Of the scenario that is written.")] = "own-centre",
    broken: Annotated[float, typer.Option(min=0, max=1, help="Share of a file's rows that may be unreadable.")] = 0.2,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for the results.")] = None,
) -> None:
    """Turn a centre's own files (CSV or xlsx) into a scenario: every value with its interval, n and source."""
    from sim.report.findings import fits as findings
    from sim.report.publish.fits import write
    from sim.study.ask.fit import fit as fit_all
    from sim.study.ask.forms import FORMS
    from sim.study.ask.records import read_records

    given = {"reports": reports, "work": work, "answers": answers, "transfers": transfers}
    if not any(given.values()):
        raise UsageError(phrase("fit: read no file, accepted: --reports, --work, --answers or --transfers FILE"))
    heads = dict(_heads(column or ()))
    base = load(scenario, set_ or ()).scenario
    folder = out or Path("results/runs") / f"{base.name}-fit"
    offset = base.zone.utcoffset(None)
    with writing(folder):
        files = [
            read_records(
                path, FORMS[kind], heads={one: head for one, head in heads.items() if one in FORMS[kind].fields},
                offset=int(offset.total_seconds() * 1000), most_wrong=broken,
            )
            for kind, path in given.items()
            if path is not None
        ]  # fmt: skip
        result = fit_all(base, files)
        path = Path(scenario)
        extends = os.path.relpath(path, folder) if path.is_file() else scenario
        written = write(result, folder, extends=extends, name=name)
    Console(highlight=False, emoji=False, width=None if sys.stdout.isatty() else 160).print(
        findings.main_table(result), markup=False
    )
    for line in (*findings.sentences(result), findings.headline(result)):
        echo(line)
    for one in written:
        echo(say("written: {path}", path=one))


def _heads(columns: Sequence[str]) -> Iterator[tuple[str, str]]:
    """The fields and heads of --column.

    Raises:
        UsageError: there is no such field.
    """
    from sim.study.ask.forms import FORMS

    known = {field for form in FORMS.values() for field in form.fields}
    for one in columns:
        field, equals, head = one.partition("=")
        if not equals or field not in known:
            raise UsageError(
                phrase(
                    "--column: read {read!r}, accepted: FIELD=HEAD with {fields}",
                    read=one,
                    fields=", ".join(sorted(known)),
                )
            )
        yield field, head
