"""The commands. Each reads a scenario, calls one function of `study` or `report`, and prints or writes the result."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Sequence
from copy import copy
from inspect import getdoc
from typing import Annotated

import typer
from typer.models import CommandInfo

from sim import __version__
from sim.cli import brief, data, exercise, runs, scenarios, study, unknowns, web
from sim.cli.consoles import Console
from sim.cli.options import (
    StoppedError,
    UsageError,
)  # fmt: skip
from sim.cli.terminal import any_text, echo
from sim.cli.usage import Commands, refusal
from sim.engine.choice import ENGINE, ENGINES
from sim.scenario.encoding import HARMFUL, character
from sim.scenario.errors import RunError, ScenarioError, clip, one_line
from sim.study.run.errors import StudyError
from sim.words import language as lang
from sim.words.language import say, translate
from sim.words.phrases import phrase

LANGUAGE = "FUNDFREEZE_LANG"
"""Environment variable for the language, where no --lang is given."""

app = typer.Typer(
    help="How fast must a fraud be answered? Simulate the race between stolen money and the people who chase it.",
    cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None,
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
            where, what = clip(one_line(word), 60), character(found[0])
            _fail(phrase("{where}: read the character {what}, accepted: text without it", where=where, what=what))


def _main() -> None:
    try:
        command = asked(sys.argv[1:])
        program = listed() if command is None and {*sys.argv[1:]} <= {"--help"} else with_only(command)
        status = program(standalone_mode=False)  # 130 after Ctrl-C; older versions of typer raise Abort
    except (KeyboardInterrupt, typer.Abort):
        status = INTERRUPTED
    except StoppedError as stop:
        _fail(stop, INTERRUPTED)
    except (ScenarioError, RunError, StudyError, UsageError) as error:
        _fail(error)
    except OSError as error:
        why = error.strerror or str(error)
        _fail(phrase("{where}: {what}", where=error.filename, what=why) if error.filename else why)
    except Exception as error:
        if not hasattr(error, "format_message"):
            raise
        if type(error).__name__ == "NoArgsIsHelpError":  # nothing was asked
            echo(error.format_message())
            sys.exit(0)
        _fail(refusal(error))
    if status == INTERRUPTED:
        _fail(say("interrupted: nothing half-written was left"), INTERRUPTED)
    if status:
        sys.exit(status)


def asked(words: Sequence[str]) -> str | None:
    """The first word that is no option and no option's value: the command, or what was meant as one."""
    before = ""
    for word in words:
        if not word.startswith("-") and (not before.startswith("-") or "=" in before):
            return word
        before = word
    return None


def with_only(command: str | None) -> typer.Typer:
    """The program with one command, or with all where it has none of that name.

    To read the options of all costs as much as to read a scenario.
    """
    found = [info for info in _commands() if info.name == command]
    return _of(found) if found else app


def listed() -> typer.Typer:
    """The program as the list of commands shows it: each has its name and what it does, and none has options."""
    for info in (commands := _commands()):
        info.help, info.callback = getdoc(info.callback), lambda: None
    return _of(commands)


def _commands() -> list[CommandInfo]:
    """Every command, with its name."""
    groups = [group.typer_instance for group in app.registered_groups]
    found = [copy(info) for group in (app, *groups) if group for info in group.registered_commands]
    for info in found:
        info.name = info.name or getattr(info.callback, "__name__", "").replace("_", "-")
    return found


def _of(commands: list[CommandInfo]) -> typer.Typer:
    alone = copy(app)
    alone.registered_groups, alone.registered_commands = [], commands
    return alone


def _fail(text: object, status: int = 2) -> None:
    console = Console(stderr=True, highlight=False, soft_wrap=True, emoji=False)  # `file.yaml:100:5` is no emoji
    console.print(one_line(translate(text)), style="red", markup=False)
    sys.exit(status)


def _take_engine(engine: str) -> str:
    """Run on an engine from here on; processes that are started hear of it too."""
    if engine not in ENGINES:
        raise typer.BadParameter(
            phrase("read {read!r}, accepted: {accepted}", read=engine, accepted=", ".join(ENGINES))
        )
    os.environ[ENGINE] = engine
    return engine


def _speak(language: str) -> str:
    """Speak from here on, so that even a command that does not exist is told in the language asked for before it."""
    try:
        lang.speak(lang.accept(language))
    except ValueError as error:
        raise UsageError(phrase("{where}: {what}", where="--lang", what=error)) from None
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


@app.command()
def version() -> None:
    """Print the version."""
    echo(f"fundfreeze {__version__}")


for family in (scenarios, runs, data, study, brief, exercise, unknowns, web):
    app.add_typer(family.app)


if __name__ == "__main__":
    main()
