"""What the documents tell people to type works, in the order and in the one folder in which they are told to."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest

from sim.cli.options import StoppedError
from sim.exercise.session import Session
from sim.words.phrases import phrase
from tests.cli.conftest import Command
from tests.cli.documented import ROOT, typed

DOCS = ROOT / "docs"
LINE = re.compile(r"^ {4}fundfreeze (?P<line>.+)$", re.MULTILINE)
CODE = re.compile(r"`fundfreeze (?P<code>[a-z]+ [^`]*[^`.]{3})`", re.MULTILINE)
FILE = re.compile(r"`(?P<name>[a-z-]+\.yaml)`:\n\n```yaml\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
TUTORIALS = ("tutorial-planner.md", "tutorial-trainer.md")
ALONE = tuple(sorted(path.name for path in DOCS.glob("*.md") if path.name not in TUTORIALS))
"""Documents whose commands hang on nothing before them."""


def steps(name: str) -> Iterator[tuple[str, str]]:
    """What a reader does, in the order of the text: (file, its text), or ("", command)."""
    text = (DOCS / name).read_text(encoding="utf-8")
    found = [(one.start(), one.groupdict()) for pattern in (LINE, CODE, FILE) for one in pattern.finditer(text)]
    for _, one in sorted(found, key=lambda one: one[0]):
        yield (one["name"], one["text"]) if "name" in one else ("", one.get("line") or one["code"])


def own(command: str) -> bool:
    """Whether a command is whole: no place in it is to be filled in, and it ends by itself."""
    return not re.search(r"\b(SCENARIO|DIR/|serve)\b|\.\.\.|^story --", command)


@pytest.mark.parametrize("name", TUTORIALS)
def test_a_tutorial_works_from_its_first_line_to_its_last(
    fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Its files are saved and its commands typed in one folder; only how long they take is cut short."""
    monkeypatch.setattr("sim.cli.exercise._end", lambda session, *_: told(session))
    monkeypatch.setattr("sim.cli.exercise._reviewed", lambda *_: None)
    monkeypatch.setattr("sim.exercise.report.write_report", lambda *_: ([Path("report.html")], ""))
    done = 0
    for file, what in steps(name):
        if file:
            Path(file).write_text(what, encoding="utf-8")
        elif own(what):
            typed(fundfreeze, monkeypatch, what)
            done += 1
    assert done >= 7


@pytest.mark.long
@pytest.mark.parametrize("command", ["run mine.yaml", "compare mine.yaml", "diagnose mine.yaml"])
def test_the_planners_tutorial_repeats_what_its_commands_print(fundfreeze: Command, command: str) -> None:
    """Each number of the sentence after a command stands in what the command prints, in full; of amounts, in yuan."""
    for file, what in steps("tutorial-planner.md"):
        if file:
            Path(file).write_text(what, encoding="utf-8")
        elif what.startswith(command):
            printed = " ".join(fundfreeze(*shlex.split(what)).out.split()).lower()
    text = " ".join((DOCS / "tutorial-planner.md").read_text(encoding="utf-8").split())
    said = re.search(FOUND[command], text)
    assert said is not None
    assert [number for number in said.groups() if number not in printed] == []


FOUND = {
    "run mine.yaml": r"Here (\S+)% of the loss comes back \((\S+ to \S+)\), and the first stop comes after (\S+)"
    r" minutes \((\S+ to \S+)\)",
    "compare mine.yaml": r"victims with (\S+ yuan) less loss in two weeks \((\S+ to \S+) yuan\), and pay",
    "diagnose mine.yaml": r"Here: (the lapse of stops binds), and (\S+%) of the money that lapsed ended as (\w+), .*"
    r" next come the (\w+)s\.",
}
"""By command: what the tutorial says of it; each group is printed."""


def told(session: Session) -> None:
    """The end of a play without its review, which is tested elsewhere, and slow."""
    session.finish("solo")
    print("over")


def commands() -> Iterator[tuple[str, str]]:
    """(document, command): of those that take long, such as `fit` with the same files, one."""
    seen: set[str] = set()
    for name in ALONE:
        for file, what in steps(name):
            first = what.split()[0]
            if not file and own(what) and not (first in ("fit", "export") and first in seen):
                seen.add(first)
                yield name, what


@pytest.mark.parametrize(("name", "command"), list(commands()))
def test_a_command_of_a_document_works(
    fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, name: str, command: str
) -> None:
    """Typed as it stands it ends with status 0; a study only begins: the README's run one of each to its end."""
    monkeypatch.setattr("sim.cli.exercise._end", lambda session, *_: told(session))
    for module in ("study", "runs", "unknowns", "brief"):
        monkeypatch.setattr(f"sim.cli.{module}.study", begun)
    assert name
    typed(fundfreeze, monkeypatch, command, begun=True)


def begun(*_: object, **__: object) -> NoReturn:
    """A study that could begin: its words, scenarios, arms and metrics are right."""
    raise StoppedError(phrase("begun"))


def test_there_is_a_how_to_for_each_question(fundfreeze: Command) -> None:
    """Every command that answers a question has its place in how-to.md, with a heading that asks one."""
    text = (DOCS / "how-to.md").read_text(encoding="utf-8")
    parts = re.findall(r"^## ([^\n]*\?)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    answered = {LINE.search(part).group("line").split()[0] for _, part in parts if LINE.search(part)}  # type: ignore[union-attr]
    listed = re.search(r"Commands:\n(.*)", fundfreeze().out, re.DOTALL)
    assert listed
    commands = set(re.findall(r"^  ([a-z]+) ", listed[1], re.MULTILINE))
    about_files = {
        "version",
        "validate",
        "show",
        "schema",
        "scenarios",
        "exercises",
        "serve",
        "run",
        "report",
        "calibrate",
    }
    assert commands - about_files - {"review", "pack"} == answered


def test_the_documents_point_at_files_that_are_there() -> None:
    """Every link within the repository leads to a file."""
    for path in DOCS.glob("*.md"):
        links = [link for link in re.findall(r"\]\(([^)#]+)\)", path.read_text(encoding="utf-8")) if "://" not in link]
        assert [link for link in links if not (DOCS / link).exists()] == [], path.name
