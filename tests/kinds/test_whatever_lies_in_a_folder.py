"""Whatever stands in the place of a folder or a file of ours: nobody waits for it, and it can be taken away."""

from __future__ import annotations

import ast
import json
import os
from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import sim.web
from sim.report.publish.kept import take_away
from sim.scenario.plain import read_plain
from sim.study.ask.compare import Difference
from sim.study.infer.stats import Summary
from sim.web.exercises import Exercises
from sim.web.rooms import Rooms
from sim.web.studies import Studies, Study
from sim.web.uploads import Uploads
from sim.web.work import DamagedError, Request, Wanted
from tests.cli.conftest import Command
from tests.cli.test_mistakes import refused
from tests.kinds.test_mutated_uploads import answer
from tests.kinds.test_mutations import OF_LIBRARIES
from tests.web.conftest import Server, server

__all__ = ["server"]

ENDLESS: dict[str, Callable[[Path], None]] = {
    "pipe": os.mkfifo,
    "device": lambda place: place.symlink_to("/dev/zero"),
    "loop": lambda place: place.symlink_to(place.name),
    "nowhere": lambda place: place.symlink_to("nowhere"),
    "folder": lambda place: place.mkdir(),
}
"""What a file that is opened and read to its end may be."""
NAMES = (b"\xff\xfe", "\u202eabc".encode(), b"a\x1b[2Jb", b"a\nb", b"x" * 254, b"%2e%2e", b"a b?c#d", b"<script>")
"""What a folder may be called that a person, or another program, put there."""


@pytest.mark.parametrize("what", ENDLESS)
def test_only_a_regular_file_is_read(tmp_path: Path, what: str) -> None:
    """A pipe, a device, a link that leads nowhere: refused at once, in words."""
    ENDLESS[what](tmp_path / "file")
    with pytest.raises(OSError, match=r"\w") as refused:
        read_plain(tmp_path / "file")
    assert refused.value.strerror


COMMANDS = (
    "validate here.yaml", "show here.yaml", "validate over.yaml", "validate policy.yaml", "validate cases.yaml",
    "whatifs city --list --file here.yaml", "run china --posterior here.yaml", "calibrate here.yaml",
    "prove --against here.yaml", "review here.yaml", "play here.yaml --auto", "pack here.yaml --out made",
    "serve --exercises here.yaml",
    *(f"fit city --{form} {name}" for form in ("reports", "work") for name in ("here.yaml", "here.xlsx")),
)  # fmt: skip
"""Every way to name a file, in a command or in another file."""
NAMING = {
    "over.yaml": "extends: here\nname: n\n",
    "policy.yaml": "extends: china\nname: n\ndesks: {analyst: {queue: 'here.py:f'}}\n",
    "cases.yaml": "extends: china\nname: n\nvictims: {arrivals: {mine: {file: here.csv}}}\n",
}


@pytest.mark.parametrize("what", ENDLESS)
@pytest.mark.parametrize("words", COMMANDS)
def test_a_command_reads_plain_files_only(fundfreeze: Command, words: str, what: str) -> None:
    """Whatever a file is that it is given, by its words or by another file: one line, at once."""
    for name in ("here.yaml", "here.py", "here.csv", "here.xlsx"):
        ENDLESS[what](Path(name))
    for name, text in NAMING.items():
        Path(name).write_text(text)
    line = refused(fundfreeze(*words.split()))
    assert not OF_LIBRARIES.search(line)
    assert not Path("made").exists()


def test_a_file_of_gigabytes_is_not_read(tmp_path: Path) -> None:
    """What is larger than anything of ours is refused before it is in memory."""
    with (tmp_path / "file").open("wb") as file:
        file.truncate(10**12)  # takes no place on the disk
    with pytest.raises(OSError, match="too large"):
        read_plain(tmp_path / "file")
    (tmp_path / "file").write_bytes(b"1234")
    assert read_plain(tmp_path / "file", 4) == b"1234"


def test_nothing_in_a_data_folder_is_read_another_way() -> None:
    """The pages open no file by themselves but those that the program brings, and its own key."""
    own = {("access", "place.read_bytes"), ("app", "(STATIC / 'icon.svg').read_text")}
    found = {
        (file.stem, ast.unparse(call.func))
        for file in Path(sim.web.__file__).parent.glob("*.py")
        for call in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute)
        and call.func.attr in ("read_text", "read_bytes")
    }  # fmt: skip
    assert found == own


@pytest.mark.parametrize("what", ENDLESS)
def test_a_list_answers_whatever_its_files_are(tmp_path: Path, what: str) -> None:
    """Studies, rooms and exercises of which a file is a pipe, or the like, are damaged; nothing waits for them."""
    for name in ("studies/one/request.json", "rooms/one/places.json", f"exercises/{0:016x}/uploaded.yaml"):
        (tmp_path / name).parent.mkdir(parents=True)
        ENDLESS[what](tmp_path / name)
    studies, rooms = Studies(tmp_path / "studies"), Rooms(tmp_path / "rooms")
    assert studies.all() == []
    rooms.restore()
    assert list(studies.damaged) == list(rooms.broken) == ["one"]
    exercises = Exercises(tmp_path / "exercises", Uploads(tmp_path / "uploads", Path.stat))
    assert not any(exercises.is_uploaded(entry) for entry, _ in exercises.all())


@pytest.mark.parametrize("name", NAMES)
def test_a_folder_of_any_name_is_taken_away(tmp_path: Path, name: bytes) -> None:
    """Also one whose name is as long as names can be, twice, and a link, of which only the link goes."""
    folder, other = tmp_path / os.fsdecode(name), tmp_path / "other"
    folder.mkdir()
    (folder / "file").touch()
    take_away(folder)
    take_away(folder)  # somebody else was faster
    assert list(tmp_path.iterdir()) == []
    other.mkdir()
    (other / "file").touch()
    folder.symlink_to(other)
    take_away(folder)
    assert list(tmp_path.rglob("*")) == [other, other / "file"]


def test_a_study_and_a_room_are_deleted_in_two_browsers_at_once(tmp_path: Path) -> None:
    """The second who presses finds it gone, and nothing to complain of."""
    studies, rooms = Studies(tmp_path / "studies"), Rooms(tmp_path / "rooms")
    asked = studies.ask("T", [Wanted("wuhan-35min", "wuhan-35min")], 1, 1)
    (tmp_path / "rooms" / "one").mkdir(parents=True)
    rooms.restore()
    for _ in range(2):
        studies.delete(asked)
        rooms.close_broken("one")
    assert studies.all() == []
    assert rooms.broken == {}


@pytest.mark.parametrize("number", [float("inf"), float("nan"), 10**30, -1e300, True, "1", []])
@pytest.mark.parametrize("where", [("arms", "city", "loss", "mean"), ("differences", 0, "value", "mean")])
def test_a_number_that_no_study_finds_is_damage(tmp_path: Path, number: object, where: tuple[Any, ...]) -> None:
    """It is told where the result is read, before a page rounds it or writes it out."""
    study = Study("one", tmp_path, Request("T", (Wanted("city", "city"),), 1, 1, ""))
    summary: Any = {field.name: 1.0 for field in fields(Summary)}
    row = {field.name: "" for field in fields(Difference)} | {"value": summary, "change": summary}
    said: Any = {"titles": {"city": "C"}, "arms": {"city": {"loss": {"mean": 1.0, "low": None}}}, "differences": [row]}
    (tmp_path / "result.json").write_text(json.dumps(said))
    assert study.result == said
    at = said
    for step in where[:-1]:
        at = at[step]
    at[where[-1]] = number
    (tmp_path / "result.json").write_text(json.dumps(said))
    with pytest.raises(DamagedError):
        _ = study.result


def test_a_folder_of_any_name_breaks_no_page(server: Server) -> None:
    """The lists, and the page of each, answer; the log stays empty."""
    for kind in ("studies", "rooms", "uploads", "exercises"):
        for name in NAMES:
            folder = server.data / kind / os.fsdecode(name)
            folder.mkdir(parents=True)
            if kind == "studies":
                Request("half \ud800", (Wanted("a", "city"),), 1, 1, "\udfff").write(folder)
    for path in ("/planner", "/rooms"):
        assert answer(server, "GET", path)[0] == 200
    for name in NAMES:
        for path in ("/planner/study/{}", "/planner/study/{}/file/study.zip", "/room/{}/board", "/planner/upload/{}"):
            assert answer(server, "GET", path.format(quote(name, safe="")))[0] in (200, 404)
    server.kill()
    server.start()
    assert answer(server, "GET", "/rooms")[0] == 200
    assert "Traceback" not in server.errors
