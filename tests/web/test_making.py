"""An exercise in the making, as the server keeps it: whole at each change, and never over the work of another."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from time import process_time
from typing import Any

import pytest

from sim.exercise.expect import Says
from sim.exercise.load import load_exercise
from sim.exercise.models import Exercise
from sim.scenario.errors import Origin, RunError, ScenarioError
from sim.web import aside
from sim.web.exercise_form import Draught
from sim.web.exercise_making import Making, begin_copy, begin_empty, scenarios_of
from sim.web.exercise_wrong import beside, label, wrong_words
from sim.web.exercises import Exercises
from sim.web.guards import MOST_BYTES
from sim.web.parts import Field
from sim.web.scenarios import read
from sim.web.uploads import Uploads
from sim.words import language as lang
from sim.words.language import translate
from sim.words.phrases import phrase
from tests.web import inside


@pytest.fixture
def exercises(tmp_path: Path) -> Exercises:
    """What a server offers that has only shipped exercises yet."""
    return Exercises(tmp_path / "exercises", Uploads(tmp_path / "uploads", read))


@pytest.fixture
def making(exercises: Exercises) -> Making:
    """A copy of a shipped exercise."""
    return Making(exercises, begin_copy(exercises, lambda: load_exercise("wuhan-35min")))


def test_a_copy_is_offered_and_every_change_is_kept(exercises: Exercises, making: Making) -> None:
    """Under a name of its own; what is wrong is said with its path, and the file is there all the same."""
    draft = making.opened()
    assert making.looked(draft).wrong is None
    entry, load = exercises.all()[0]
    assert (entry.exercise.name, load().exercise.seed) == (draft["name"], 2)
    draft["seed"] = 5
    assert making.looked(draft).trouble == ""
    assert exercises.all()[0][1]().exercise.seed == 5
    draft["injects"][2]["expect"]["account"]["bank"] = "nobody"
    draft["ends"] = "1m"
    look = making.looked(draft)
    assert look.wrong is not None
    assert (look.wrong.field, look.loaded) == ("ends", None)
    assert making.path.read_text(encoding="utf-8") == look.text
    exercises.all()
    assert making.path in exercises.damaged
    assert exercises.title_of(making.path) == draft["title"]


def test_an_empty_one_is_begun_and_says_what_is_missing(exercises: Exercises) -> None:
    """And what its scenario has to choose from; a scenario that is not there is refused."""
    making = Making(exercises, begin_empty(exercises, "county"))
    look = making.looked(making.opened())
    assert look.wrong is not None
    assert look.wrong.field == "title"
    assert look.around is not None
    assert "analyst" in look.around.desks
    assert "county" in [name for name, _ in scenarios_of(exercises)]
    with pytest.raises(ScenarioError, match="scenario"):
        begin_empty(exercises, "../secret")


def test_nothing_of_somebody_else_is_overwritten(exercises: Exercises, making: Making) -> None:
    """Of two who have it open the second is told; so is who has it open when it is deleted."""
    draft = making.opened()
    other = Making(exercises, making.name)
    theirs = other.opened()
    theirs["seed"] = 7
    assert other.looked(theirs).trouble == ""
    draft["seed"] = 8
    assert "somebody else has changed" in making.looked(draft).trouble
    assert exercises.all()[0][1]().exercise.seed == 7
    exercises.uploads.delete(other.path)
    assert "somebody else has deleted" in other.looked(theirs).trouble
    assert exercises.uploads.find(making.name) is None


def test_what_is_too_large_is_not_kept(making: Making) -> None:
    """The file stays as it was, and the page is told."""
    draft = making.opened()
    before = making.path.read_bytes()
    draft["made"] = "x" * MOST_BYTES
    assert translate(making.looked(draft).trouble).startswith("more than 256 KB")
    assert making.path.read_bytes() == before


def test_opening_changes_nothing(exercises: Exercises) -> None:
    """Neither comments nor sources; a source goes with its value."""
    text = load_exercise("wuhan-35min").files[0].read_bytes()
    making = Making(exercises, exercises.uploads.put(text))
    draft = making.opened()
    assert making.looked(draft, keep=False).wrong is None
    assert making.path.read_bytes() == text
    del draft["question"]
    assert making.looked(draft).wrong is None
    assert "question" not in making.opened()["sources"]
    assert "title" in making.opened()["sources"]


@pytest.mark.parametrize("text", ["roles: []", "injects: [5]", "- a", "", "a: [", "\x00", "title: {en: [x]}"])
def test_what_no_form_can_show_is_refused(exercises: Exercises, text: str) -> None:
    """In one line, whatever stands in the folder."""
    making = Making(exercises, exercises.uploads.put(text.encode()))
    with pytest.raises(ScenarioError, match=r"\A[^\n]+\Z"):
        making.opened()


def test_values_are_put_and_taken_away_with_what_is_around_them() -> None:
    """An expectation that says nothing is none; a role or an inject that says nothing stays."""
    heard: list[Any] = []
    draught = Draught({"injects": [{"id": "a"}], "roles": {"x": {"title": "X"}}}, heard.append)
    place = ("injects", 0, "expect", "account", "pick")
    draught.put(place, "largest")
    assert draught.tree["injects"] == [{"id": "a", "expect": {"account": {"pick": "largest"}}}]
    draught.put(place, None)
    assert draught.tree["injects"] == [{"id": "a"}]
    draught.put(("roles", "x", "title"), None)
    assert draught.tree["roles"] == {"x": {}}
    assert heard[0] == place


def test_what_is_looked_for_in_words_has_fields_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """It was shown as a file has it, in one field that broke it; now each can be changed, taken out, or added."""
    first, second = {"text": {"en": "One", "zh": "一"}, "words": ["a", "b"]}, {"text": "Two"}
    place = ("injects", 0, "expect", "says")
    heard: list[Any] = []

    async def look() -> None:
        draught = Draught({"injects": [{"expect": {"says": {"rubric": [first, second]}}}]}, heard.append)
        with inside.new_page():
            draught.field(Says, "rubric", (*place, "rubric"))

        def put(name: str, value: str) -> None:
            field = draught.shown[".".join(map(str, (*place, "rubric", name)))]
            assert isinstance(field, Field)
            inside.choose(field, value, "input")

        put("0.words", "c")
        put("2.text", "Three")
        put("3.words", "x")
        put("1.text", "")
        assert draught.get((*place, "rubric")) == [first | {"words": ["c"]}, {"text": "Three"}, {"words": ["x"]}]
        assert heard[0] == (*place, "rubric")

    inside.run(look, monkeypatch)


@pytest.mark.parametrize(("field", "name", "said"), [
    ("injects.0.channel", "message", "消息"), ("injects.0.expect.action", "call_in", "人手"),
])  # fmt: skip
def test_a_mistake_calls_acts_and_ways_as_the_fields_do(field: str, name: str, said: str) -> None:
    """Not by the names that they have in a file."""
    wrong = ScenarioError(Origin("file"), field, f"'{name}'", phrase("no role may {action}", action=name))
    with lang.using("zh"):
        told = wrong_words(wrong)
    assert f"'{name}'" not in told
    assert said in told


def test_a_mistake_finds_its_field_and_its_name() -> None:
    """The nearest field that is on the page; the names of fields, not of keys."""
    shown: dict[str, Any] = dict.fromkeys(["injects.2", "injects.2.expect", "injects.21"])
    assert beside("injects.2.expect.account.bank", shown) == "injects.2.expect"
    said = label(["injects", "2", "expect", "account", "bank"], Exercise, 2)
    assert said == "What a good room does about it, Only about an account that is, held by"


def endless(_: int) -> Iterator[int]:
    """A work without an end."""
    until = process_time() + 600
    while process_time() < until:
        pass
    yield 1


def short_one(n: int) -> Iterator[int]:
    """A work with one."""
    yield n + 1


def test_a_work_that_takes_too_long_is_ended() -> None:
    """A dry run holds nobody up for ever: its process is ended after its time, and the reason is said."""
    assert asyncio.run(aside.in_a_process(short_one, 1, 30)) == 2
    with pytest.raises(RunError, match=r"longer than 0\.5 s"):
        asyncio.run(aside.in_a_process(endless, 1, 0.5))
