"""Exercises of one's own, by upload and by option, and what is left of what was refused."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import pytest

from sim.exercise import words
from sim.exercise.shipped import folder
from sim.scenario.errors import ScenarioError
from sim.web.exercises import Exercises, own
from sim.web.numbers import whole
from sim.web.rooms import Rooms
from sim.web.scenarios import read
from sim.web.uploads import Uploads
from sim.words import language as lang
from sim.words.language import translate

SHIPPED = (folder() / "wuhan-35min.yaml").read_text(encoding="utf-8")
MINE = re.sub(r"^(set:\n(?:[ #].*\n)+|  set: .*\n)", "", SHIPPED, flags=re.MULTILINE)
"""A shipped exercise without its own settings of the scenario."""
START = "scenario: wuhan-35min\n"
LINE = MINE.split(START)[0].count("\n") + 1
"""Where it names its scenario."""
STARTS = MINE.split("starts: 45m\n")[0].count("\n") + 1
PLAIN = MINE.replace('title: {en: "Wuhan: thirty-five minutes", zh: "武汉：三十五分钟"}', "title: My own evening", 1)


@pytest.fixture
def scenarios(tmp_path: Path) -> Uploads:
    """Uploaded scenarios."""
    return Uploads(tmp_path / "uploads", read)


@pytest.fixture
def exercises(tmp_path: Path, scenarios: Uploads) -> Exercises:
    """What a server offers that has only shipped exercises yet."""
    return Exercises(tmp_path / "exercises", scenarios)


def add(uploads: Uploads, text: str) -> ScenarioError | None:
    """Upload a file; what it is refused by."""
    return uploads.refused.get(asyncio.run(uploads.add(text.encode())))


def files(below: Path) -> list[Path]:
    """Everything that lies below a folder, but for empty folders of ours."""
    return [path for path in below.rglob("*") if path.is_file() or path.name.startswith(".")]


def test_an_uploaded_exercise_is_played_in_a_room(exercises: Exercises, tmp_path: Path) -> None:
    """It is offered first, a plain title is said in both languages, and it is gone when it is deleted."""
    assert add(exercises.uploads, PLAIN) is None
    entry, load = exercises.all()[0]
    for language in lang.LANGUAGES:
        with lang.using(language):
            assert words.told(entry.exercise.title) == "My own evening"
    room = Rooms(tmp_path / "rooms").open(load(), {})
    assert room.session.exercise.title.en == "My own evening"
    assert exercises.is_uploaded(entry)
    exercises.uploads.delete(entry.path)
    assert not any(exercises.is_uploaded(one) for one, _ in exercises.all())


@pytest.mark.parametrize(
    ("text", "field", "line"),
    [
        (PLAIN.replace(START, START + "set: {desks.analyst.queue: 'x.py:f'}\n"), "queue", LINE + 1),
        (PLAIN.replace(START, START + "set: {desks.analyst: {queue: 'x.py:f'}}\n"), "queue", LINE + 1),
        (PLAIN.replace(START, "scenario: ../secret\n"), "scenario", LINE),
        (PLAIN.replace(START, "scenario: /etc/passwd\n"), "scenario", LINE),
        (PLAIN.replace(START, START + "extends: ../../secret.yaml\n"), "extends", LINE + 1),
        (PLAIN.replace("starts: 45m", "starts: soon"), "starts", STARTS),
        ("roles: [\n", "yaml", 2),
    ],
)
def test_a_refused_exercise_says_its_line_and_leaves_nothing(
    exercises: Exercises, tmp_path: Path, text: str, field: str, line: int
) -> None:
    """No Python, no file but a shipped or uploaded scenario; nothing of the upload stays on the disk."""
    (tmp_path / "secret.yaml").write_text("name: SECRET\n")
    error = add(exercises.uploads, text)
    assert error is not None
    assert (error.field.rpartition(".")[2], error.line) == (field, line)
    assert "SECRET" not in str(error)
    assert files(tmp_path / "exercises") == []


def test_an_uploaded_exercise_is_played_over_an_uploaded_scenario(exercises: Exercises, scenarios: Uploads) -> None:
    """By its name, once it is there."""
    text = PLAIN.replace(START, "scenario: ours\n")
    assert add(exercises.uploads, text) is not None
    assert add(scenarios, "schema_version: 1\nextends: wuhan-35min\nname: ours\ntitle: Ours\n") is None
    assert add(exercises.uploads, text) is None
    assert exercises.all()[0][1]().scenario.name == "ours"


def test_nothing_of_a_refused_scenario_stays(scenarios: Uploads) -> None:
    """Nor of one at which a server was looking when it was killed."""
    assert add(scenarios, "extends: /etc/passwd\n") is not None
    assert files(scenarios.folder) == []
    (scenarios.folder / ".new-x").mkdir()
    (scenarios.folder / ".new-x" / "uploaded.yaml").write_text("half")
    assert files(Uploads(scenarios.folder, read).folder) == []


def test_exercises_of_a_folder_are_offered(tmp_path: Path) -> None:
    """Beside scenarios of the same folder; a wrong one is refused at the start, and so is a folder without any."""
    with pytest.raises(ScenarioError, match="a folder without an exercise"):
        own(tmp_path)
    (tmp_path / "town.yaml").write_text("schema_version: 1\nextends: wuhan-35min\nname: town\ntitle: Town\n")
    (tmp_path / "mine.yaml").write_text(PLAIN.replace(START, "scenario: town.yaml\n"), encoding="utf-8")
    assert [one.name for one in own(tmp_path)] == ["mine"]
    assert [one.name for one in own(tmp_path / "mine.yaml")] == ["mine"]
    (tmp_path / "bad.yaml").write_text("scenario: nowhere\n")
    with pytest.raises(ScenarioError, match=r"bad\.yaml"):
        own(tmp_path)


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), ("-5", -5), ("５", 5), ("－５", -5), (" 7 ", 7), ("", None), ("-", None), ("--5", None), ("5.0", None),
     ("1e2", None), ("²", None), ("9" * 5000, None), ("-" + "9" * 5000, None), ("101", None)],
)  # fmt: skip
def test_a_number_is_whole_and_within_its_limits_or_none(text: str, number: int | None) -> None:
    """However long it is, and in full-width digits as well."""
    assert whole(text, -100, 100) == number


@pytest.mark.parametrize("damage", ["nonsense\n", '{"at":"x","do":"hold"}\n', '{"at":1e999}\n', "[]\n", "\x00\n"])
def test_a_damaged_journal_is_one_line_beside_the_other_rooms(
    exercises: Exercises, tmp_path: Path, damage: str
) -> None:
    """Without a path of the server in it, and in Chinese where that is asked for."""
    rooms = Rooms(tmp_path / "rooms")
    load = dict(zip((one.name for one, _ in exercises.all()), (load for _, load in exercises.all()), strict=True))
    well, hurt = (rooms.open(load["wuhan-35min"](), {}) for _ in range(2))
    with (hurt.folder / "journal.jsonl").open("a") as file:
        file.write(damage)
    again = Rooms(rooms.folder)
    again.restore()
    assert list(again.rooms) == [well.id]
    assert "\n" not in again.broken[hurt.id]
    assert str(tmp_path) not in again.broken[hurt.id]
    with lang.using("zh"):
        assert "accepted" not in translate(again.broken[hurt.id])


def test_a_room_that_cannot_be_made_leaves_no_folder(
    exercises: Exercises, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that is full half way."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sim.web.places.write_text", full)
    rooms = Rooms(tmp_path / "rooms")
    with pytest.raises(OSError, match="No space"):
        rooms.open(exercises.all()[0][1](), {})
    assert list(rooms.folder.iterdir()) == []
    assert rooms.rooms == {}
