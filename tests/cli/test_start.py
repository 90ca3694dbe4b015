"""What a command costs before it works: it loads what it needs, and knows the other commands by name only."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from sim.cli.app import app, asked, listed, with_only

OF_MODELS = ("pydantic", "charset_normalizer", "yaml")
LARGE = ("numpy", "scipy", "simpy", "polars", "matplotlib", "numba", "nicegui", "ruamel", "rich")
"""What to check a scenario needs none of."""
PRINT_LOADED = "import atexit, sys; atexit.register(lambda: print(*sorted(sys.modules)));"


def loaded(words: list[str]) -> set[str]:
    """The modules that a command has loaded when it ends."""
    code = f"{PRINT_LOADED} sys.argv = {['fundfreeze', *words]!r}; from sim.__main__ import main; main()"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


@pytest.mark.parametrize("words", [["validate", "wuhan-35min"], ["schema"], ["version"], ["run", "--help"]])
def test_what_reads_or_tells_loads_nothing_that_computes(words: list[str]) -> None:
    """No arrays, no engine, no tables, no pictures."""
    assert loaded(words).isdisjoint(LARGE)


@pytest.mark.parametrize("words", [["--help"], []])
def test_the_list_of_commands_loads_no_models(words: list[str]) -> None:
    """Nor the library that checks values: it costs more than all the rest of a list."""
    assert loaded(words).isdisjoint((*LARGE, *OF_MODELS))


def commands() -> list[str]:
    """The names of all commands."""
    from typer.main import get_group

    return sorted(get_group(app).commands)


@pytest.mark.parametrize("name", commands())
def test_a_command_alone_is_that_command(name: str) -> None:
    """Only the command that was asked for is read, and it has the options that it has among the others."""
    from typer.main import get_group

    whole, alone = get_group(app), get_group(with_only(name))
    assert name in alone.commands
    assert alone.params[0].opts == whole.params[0].opts
    assert [one.opts for one in alone.commands[name].params] == [one.opts for one in whole.commands[name].params]


def test_one_command_is_read_where_one_is_asked_for() -> None:
    """All are read for the list of commands, and for a name that no command has."""
    from typer.main import get_group

    assert list(get_group(with_only("validate")).commands) == ["validate"]
    assert with_only("valdate") is app
    assert with_only(None) is app


def test_the_list_of_commands_is_that_of_the_whole_program() -> None:
    """The list is made without the options of the commands, and reads the same, to the letter."""
    from typer.main import get_group

    whole, alone = get_group(app), get_group(listed())
    assert alone.get_help(whole.context_class(alone)) == whole.get_help(whole.context_class(whole))
    assert list(alone.commands) == list(whole.commands)


@pytest.mark.parametrize(
    ("words", "command"),
    [
        ("validate city", "validate"),
        ("--lang zh validate city", "validate"),
        ("--lang=zh validate city", "validate"),
        ("--lang zh --engine reference run city --help", "run"),
        ("--help validate", None),
        ("--help", None),
        ("", None),
    ],
)
def test_the_command_is_the_first_word_that_is_no_option(words: str, command: str | None) -> None:
    """What an option takes is no command; behind an option that may take nothing all are read."""
    assert asked(words.split()) == command
