"""A terminal or a redirect that is not UTF-8 never costs a study its result."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
import typer

from sim.cli.terminal import any_text, echo
from sim.report.publish.files import write_text
from tests.examples import shortly

RUN = ("run", "wuhan-35min", "--replications", "2", "--jobs", "1")
COMMANDS = {
    "run": RUN,
    "json": (*RUN, "--json"),
    "by": (*RUN, "--by", "bank"),
    "show": ("show", "wuhan-35min", "--sources"),
    "scenarios": ("scenarios",),
    "story": ("story", "wuhan-35min", "--detail"),
    "compare": (
        "compare", "wuhan-35min", "--arm", "夜班:desks.intake.absence=0.2", "--replications", "2", "--jobs", "1",
        "--out", "out",
    ),
    "mistake": ("validate", "夜班.yaml"),
    "help": ("run", "--help"),
}  # fmt: skip


def said(words: tuple[str, ...], folder: Path, encoding: str, language: str) -> subprocess.CompletedProcess[bytes]:
    """A command in a process whose standard streams have an encoding of their own."""
    return subprocess.run(
        [sys.executable, "-m", "sim", "--lang", language, *words],
        cwd=folder, env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=False, timeout=300,
    )  # fmt: skip


Answers = Callable[[str, str], subprocess.CompletedProcess[bytes]]
"""What a command answers in Chinese on streams of an encoding."""


@pytest.fixture(scope="module")
def answered(tmp_path_factory: pytest.TempPathFactory) -> Answers:
    """Each is asked once, in a folder of its own, for all that look at its answer."""
    return cache(lambda name, encoding: said(COMMANDS[name], tmp_path_factory.mktemp("said"), encoding, "zh"))


EACH = [(name, encoding) for name in COMMANDS for encoding in ("ascii", "latin-1", "gbk")]
SHORT = [*((name, "ascii") for name in COMMANDS), ("run", "gbk"), ("mistake", "gbk"), ("story", "latin-1")]


@pytest.mark.parametrize(("name", "encoding"), shortly(EACH, *SHORT))
def test_every_command_ends_well_in_every_encoding(answered: Answers, name: str, encoding: str) -> None:
    """In Chinese, most of whose characters such a stream lacks, a command ends as it does in UTF-8."""
    found = answered(name, encoding)
    assert found.returncode == (2 if name == "mistake" else 0), found.stderr.decode("latin-1")
    assert b"Traceback" not in found.stderr
    assert found.stdout or found.stderr


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "help"])
def test_all_lines_are_in_the_encoding_of_the_stream(answered: Answers, name: str) -> None:
    """A file in ASCII has no lines in UTF-8 among the others: tables and sentences go the same way."""
    found = answered(name, "ascii")
    assert found.stdout.isascii()
    assert found.stderr.isascii()


def test_a_line_has_colours_at_a_terminal_only(capsys: pytest.CaptureFixture[str]) -> None:
    """A file has the words alone, and standard error is another stream."""
    echo(typer.style("late", fg="red"))
    echo(5, err=True)
    assert capsys.readouterr() == ("late\n", "5\n")


def test_json_is_json_in_ascii(answered: Answers, tmp_path: Path) -> None:
    """What a stream cannot hold is written as JSON writes it, so that the object is the same."""
    plain, utf8 = answered("json", "ascii").stdout, said(COMMANDS["json"], tmp_path, "utf-8", "zh").stdout
    assert json.loads(plain) == json.loads(utf8.decode())


def test_signs_have_a_plain_form(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plus-minus and its like are written in ASCII, other characters as their numbers, halves of surrogates too."""
    raw = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(raw, encoding="ascii"))
    any_text()
    sys.stdout.write("4 \N{PLUS-MINUS SIGN} 1 \N{EN DASH} 诈\udc80\N{PILE OF POO}")
    sys.stdout.flush()
    assert raw.getvalue() == rb"4 +/- 1 - \u8bc8\udc80\ud83d\udca9"


def test_a_file_takes_a_name_in_another_encoding(tmp_path: Path) -> None:
    """The command that a summary repeats may hold a byte that is no UTF-8."""
    assert (
        write_text(tmp_path / "summary.md", "fundfreeze run \udcff.yaml").read_text() == r"fundfreeze run \udcff.yaml"
    )
