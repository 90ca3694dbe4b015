"""The commands of exercises: list them, play one alone at a terminal, make a session's report again, print a pack."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.consoles import Console, Table
from sim.cli.options import StoppedError, UsageError, alone, progress_of, writing
from sim.cli.terminal import echo
from sim.exercise.levels import Difficulty
from sim.words.language import clock, say, translate
from sim.words.lines import wrapped
from sim.words.phrases import Phrase, phrase, text_of
from sim.words.spelling import SECOND

if TYPE_CHECKING:
    from sim.exercise.load import Loaded
    from sim.exercise.review import Review
    from sim.exercise.session import Session
    from sim.exercise.solo import Solo

app = typer.Typer()
_COLOURS = {"late": "red", "soon": "yellow", "asks": "bright_cyan", "said": "cyan"}
"""By the tone of a line."""
PlansOpt = Annotated[
    int | None,
    typer.Option(
        min=0, max=1000, help="Other plans on which each counterfactual is held against luck; 50 if not said, 0: none."
    ),
]
ExerciseArg = Annotated[str, typer.Argument(metavar="EXERCISE", help="A YAML file, or the name of a shipped exercise.")]


@app.command()
def exercises(
    what: Annotated[
        str | None,
        typer.Argument(metavar="[find|check]", help="find: seeds of FILE that teach. check: hold exercises to theirs."),
    ] = None,
    file: Annotated[
        str | None,
        typer.Argument(metavar="[FILE]", help="A YAML file or a name; none: all shipped ones."),
    ] = None,
    seeds: Annotated[
        int, typer.Option(min=1, max=100_000, help="How many seeds: find tries so many, check wants so many accepted.")
    ] = 20,
    jobs: Annotated[int, typer.Option("-j", "--jobs", min=1, max=64, help="Processes.")] = 1,
) -> None:
    """List the shipped exercises; find seeds in which decisions matter; check that the shipped ones hold."""
    if what is None:
        _list()
    elif what == "find" and file is not None:
        from sim.cli.merits import find

        find(file, seeds, jobs)
    elif what == "check":
        from sim.cli.merits import check

        check(file, seeds, jobs)
    else:
        accepted = "find FILE, check, check FILE"
        raise UsageError(phrase("exercises: read {read!r}, accepted: {accepted}", read=what, accepted=accepted))


def _list() -> None:
    from sim.exercise.load import list_exercises
    from sim.exercise.words import told

    table = Table(box=None, pad_edge=False)
    for head in (say("exercise"), say("question"), say("roles")):
        table.add_column(head, overflow="fold")
    for entry in list_exercises():
        one = entry.exercise
        table.add_row(entry.name, told(one.question or one.title), ", ".join(one.roles))
    Console(highlight=False, emoji=False).print(table, markup=False)
    echo("")
    note = say(
        "The seed of each was picked among many, so that decisions matter and every inject meets its moment; with"
        " another seed they often matter less. Automatic players (--auto) are told what each inject expects."
    )
    for line in wrapped(note, 100):
        echo(line)


@app.command()
def play(
    exercise: ExerciseArg,
    role: Annotated[
        str | None, typer.Option(metavar="NAME", help="Play one role; the model plays the others. Else: all of them.")
    ] = None,
    seed: Annotated[int | None, typer.Option(min=0, max=2**63 - 1, help="Other victims and other luck.")] = None,
    difficulty: Annotated[
        Difficulty | None, typer.Option(help="How long people may think, and whether messages say what they ask for.")
    ] = None,
    auto: Annotated[bool, typer.Option("--auto", help="Automatic players at every seat; nobody is asked.")] = False,
    speed: Annotated[
        float,
        typer.Option(min=0, max=3600, help="Simulated seconds that pass in a second of thinking; 0: only as you say."),
    ] = 0,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for the journal.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with the exercise that --out holds.")] = False,
    plans: PlansOpt = None,
) -> None:
    """Play an exercise alone at the terminal: you decide what is next, the model does the rest."""
    from sim.exercise.load import load_exercise
    from sim.exercise.players import dry_run
    from sim.exercise.solo import Solo

    chosen = {"seed": seed, "difficulty": difficulty}
    loaded = load_exercise(exercise, [f"{name}={value}" for name, value in chosen.items() if value is not None])
    _check(loaded, role, chosen, auto, out, resume)
    if auto:
        with alone(out), writing(out):
            session = dry_run(loaded, folder=out)
        _end(session, out, plans)
        return
    there = out if not resume or (out and out.is_dir()) else None  # a folder to go on with is not made
    with alone(there), writing(there):
        session = _session(loaded, out, resume)
        roles = [role] if role else list(loaded.exercise.roles)
        solo = Solo(session, roles)
        again = f"fundfreeze play {exercise}" + (f" --role {role}" if role else "") + f" --out {out} --resume"
        try:
            _converse(solo, _lines(), speed)
        except KeyboardInterrupt:
            if session.finished:
                raise
            session.tick()
            raise StoppedError(_how_to_go_on(session, out, again)) from None
    if solo.left:
        session.tick()
        echo(translate(_how_to_go_on(session, out, again)))
        return
    _end(session, out, plans)


def _check(
    loaded: Loaded, role: str | None, chosen: Mapping[str, object], auto: bool, out: Path | None, resume: bool
) -> None:
    """Refuse what does not go together, before anything is done.

    Raises:
        UsageError: the first mistake.
    """
    from sim.exercise.journal import FILE

    roles = list(loaded.exercise.roles)
    if role is not None and role not in roles:
        raise UsageError(phrase("--role: read {role!r}, accepted: one of {roles}", role=role, roles=", ".join(roles)))
    if auto and (role is not None or resume):
        other = "--role" if role is not None else "--resume"
        raise UsageError(phrase("--auto: read {other} together with --auto, accepted: one of them", other=other))
    if resume and out is None:
        raise UsageError(phrase("--resume: read no --out, accepted: --resume together with --out DIR"))
    if resume and chosen["seed"] is not None:
        raise UsageError(
            phrase("--resume: read --seed together with --resume, accepted: the seed that the journal has")
        )
    if resume and chosen["difficulty"] is not None:
        raise UsageError(phrase("--resume: read --difficulty together with --resume, accepted: --resume without it"))
    if out is not None and not resume and (out / FILE).exists():
        raise UsageError(
            phrase("--out: read {out!r}, which holds an exercise; accepted: another folder, or --resume", out=str(out))
        )


def _session(loaded: Loaded, out: Path | None, resume: bool) -> Session:
    """A new session, or the one that the folder holds.

    Raises:
        UsageError: the folder holds none, or that of another exercise, or one that is over.
    """
    from sim.exercise.session import Session

    if not resume:
        return Session.start(loaded, out)
    assert out is not None  # checked before
    session = _kept(out, "--resume")
    if session.exercise.name != loaded.exercise.name:
        raise UsageError(
            phrase(
                "--resume: read the exercise {name!r} in {out!r}, accepted: {wanted!r}, or its name in place of this"
                " one",
                name=session.exercise.name, out=str(out), wanted=loaded.exercise.name,
            )
        )  # fmt: skip
    if session.finished:
        raise UsageError(
            phrase(
                "--resume: read an exercise that is over, accepted: fundfreeze review {out}, which tells of it", out=out
            )
        )
    if session.held:
        session.resume("solo")
    return session


def _kept(folder: Path, option: str) -> Session:
    """The session that a folder holds.

    Raises:
        UsageError: it holds none that can be played again.
    """
    from sim.exercise.session import JournalError, Session

    try:
        return Session.load(folder)
    except JournalError as error:
        raise UsageError(phrase("{where}: {what}", where=option, what=error)) from None


def _lines() -> Iterator[str]:
    """What is typed, line by line, behind a sign on a terminal; of a file, each line is shown as if it were typed."""
    asks = sys.stdin.isatty()
    while True:
        try:
            line = input("> ") if asks else sys.stdin.readline()
        except EOFError:
            return
        except UnicodeDecodeError:
            echo(say("read a line that is not UTF-8, accepted: UTF-8"))
            continue
        if not asks:
            if not line:
                return
            echo(f"> {line.rstrip()}")
        yield line


def _converse(solo: Solo, lines: Iterator[str], speed: float) -> None:
    """Play until the exercise is over, the trainee leaves, or nothing more comes."""
    _say(solo.opening())
    began = time.monotonic()
    for line in lines:
        if speed:
            passed = round((time.monotonic() - began) * speed) * SECOND
            _say(solo.thought(passed))
        if not solo.over:
            _say(solo.do(line))
            solo.session.tick()
        if solo.over:
            return
        began = time.monotonic()
    solo.left = True


def _say(lines: list[str]) -> None:
    """Show lines; those with a tone in its colour, on a terminal that wants any."""
    from sim.exercise.solo_lines import Line

    for line in lines:
        shown = "".join(one if one.isprintable() else " " for one in line)
        if isinstance(line, Line) and not os.environ.get("NO_COLOR"):
            shown = typer.style(shown, fg=_COLOURS[line.tone])
        echo(shown)  # where there is no terminal, without the colour


def _how_to_go_on(session: Session, out: Path | None, again: str) -> Phrase:
    at = clock(session.scenario.when(session.now))
    if out is None:
        return phrase("left at {clock}: nothing is kept without --out DIR", clock=at)
    return phrase("left at {clock}; go on with: {command}", clock=at, command=again)


def _end(session: Session, out: Path | None, plans: int | None) -> None:
    """Play on to the end of the follow-up, and tell the score."""
    from sim.exercise.solo_lines import closing

    session.finish("solo")
    _say(closing(_reviewed(session, plans)))
    if out is not None:
        echo(say("The whole report: {command}", command=f"fundfreeze review {out}"))


def _reviewed(session: Session, plans: int | None) -> Review:
    from sim.exercise.other_plans import usual
    from sim.exercise.review import review as reviewed

    with progress_of(say("played again")) as tell:
        return reviewed(session, plans=usual() if plans is None else plans, progress=tell)


@app.command()
def review(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Of a session: it holds the journal.")],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="Folder for the report; else FOLDER.")
    ] = None,
    plans: PlansOpt = None,
) -> None:
    """Make the after-action report of a session: report.html, report.xlsx, report.pdf."""
    from sim.exercise import report

    _installed()
    session = _kept(folder, "FOLDER")
    into = out or folder
    with writing(into, "FOLDER" if out is None else "--out"):
        found = _reviewed(session, plans)
        written, why = report.write_report(found, session.scenario, into)
    _tell_of(written, why)


@app.command()
def pack(
    exercise: ExerciseArg,
    out: Annotated[Path | None, typer.Option("--out", metavar="DIR", help="Folder for the pack.")] = None,
) -> None:
    """Print an exercise on paper: pack (briefing, role sheets, injects), facilitator's copy, cards; HTML and PDF."""
    from sim.exercise import report
    from sim.exercise.load import load_exercise

    _installed()
    loaded = load_exercise(exercise)
    into = out or Path("results/runs") / f"{loaded.exercise.name}-pack"
    with writing(into):
        written, why = report.write_pack(loaded, into)
    _tell_of(written, why)


def _installed() -> None:
    from sim.exercise.report import MissingError, check

    try:
        check()
    except MissingError as error:
        raise UsageError(text_of(error)) from None


def _tell_of(written: list[Path], why: str) -> None:
    for path in written:
        echo(say("written: {path}", path=path))
    if why:
        echo(translate(why), err=True)
