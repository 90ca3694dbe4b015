"""Spoilt files of every kind: read or refused in one line of plain words, whatever was done to them."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path
from typing import Any, get_args

import pytest
import typer

from sim.cli import study as cli_study
from sim.cli import unknowns as cli_unknowns
from sim.exercise.merit import merit_of
from tests.cli.conftest import Command, everything_in
from tests.mutations import WRONG, Kind, mutations

KINDS: tuple[Kind, ...] = get_args(Kind)
COMMANDS: dict[Kind, tuple[tuple[str, ...], ...]] = {
    "scenario": (("validate",), ("validate",), ("show",)),
    "exercise": (("validate",),),
    "target": (("calibrate",),),
    "whatif": (("whatifs", "--list", "--file"),) * 9 + (("whatifs", "korea-2025-calls", "--file"),),
}
"""What reads a file of a kind, in turns."""
FILES: dict[Kind, int] = {"scenario": 70, "exercise": 20, "target": 55, "whatif": 55}
"""How many of each: an exercise is played by automatic players before it is called valid, which takes its time."""
OF_LIBRARIES = re.compile(
    r"pydantic|ruamel|libyaml|Input should|String should|Value error|Traceback|<class|\^\[|block end"
)

ITSELF = re.compile(r"\b(\w+): read an unknown key, accepted: \1$", re.MULTILINE)
"""A key that is refused in favour of itself."""


def no_study(*_args: Any, **_options: Any) -> None:
    """In place of a study: the file was read, which is all that is tried here."""
    raise typer.Exit


def spoil(
    kind: Kind, n: int, seed: int, fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, place: Path
) -> list[int]:
    """Give so many spoilt files to the commands that read them; the exit statuses."""
    for module in (cli_study, cli_unknowns):
        monkeypatch.setattr(module, "study", no_study)
    file, statuses = place / "file.yaml", []
    for number, one in enumerate(mutations(kind, n, seed)):
        file.write_bytes(one.data)
        command = COMMANDS[kind][number % len(COMMANDS[kind])]
        answer = fundfreeze(*command, file)
        statuses.append(answer.status)
        assert answer.status in (0, 2), one.how
        lines = answer.err.splitlines()
        if answer.status:
            assert len(lines) == 1, f"{one.how}: {answer.err}"
        else:  # what is read may be warned of: a step, say, that nothing leads to any more
            assert all(line.startswith("warning: ") for line in lines), f"{one.how}: {answer.err}"
        assert len(answer.err) < 2000, one.how
        assert not OF_LIBRARIES.search(answer.err), f"{one.how}: {answer.err}"
        assert not ITSELF.search(answer.err), f"{one.how}: {answer.err}"
        assert everything_in(Path.cwd()) == [], one.how
    return statuses


@pytest.mark.parametrize("kind", KINDS)
def test_a_spoilt_file_is_read_or_refused_in_one_line(
    kind: Kind, fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Two hundred spoilt files of all kinds: status 0 or 2, one line of plain words, nothing written."""
    monkeypatch.setattr("sim.exercise.merit.AT_ONCE", 1)
    monkeypatch.setattr("sim.cli.merits.merit_of", partial(merit_of, tries=1))
    statuses = spoil(kind, FILES[kind], 1, fundfreeze, monkeypatch, tmp_path)
    assert statuses.count(2) >= 0.4 * FILES[kind]  # else nothing was spoilt


@pytest.mark.long
@pytest.mark.parametrize("kind", KINDS)
def test_many_spoilt_files_are_read_or_refused_in_one_line(
    kind: Kind, fundfreeze: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Five hundred more of each kind."""
    assert 2 in spoil(kind, 500, 2, fundfreeze, monkeypatch, tmp_path)


@pytest.mark.parametrize("kind", KINDS)
def test_the_same_seed_spoils_alike(kind: Kind) -> None:
    """A failure can be looked at again: kind, number and seed name the file."""
    assert list(mutations(kind, 5, 3)) == list(mutations(kind, 5, 3)) != list(mutations(kind, 5, 4))


def test_what_is_put_in_place_of_a_value_stays_as_it_is() -> None:
    """Each file is spoilt by itself: what a change put in is a copy, so that the next does not find it changed."""
    before = repr(WRONG)
    assert len(list(mutations("whatif", 50, 9104))) == 50  # one of them would have put a list into itself
    assert repr(WRONG) == before
