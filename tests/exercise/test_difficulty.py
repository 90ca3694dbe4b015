"""The difficulty of a room: twice the time to decide in practice, half of it where it is hard, hints in practice."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.exercise import words
from sim.exercise.difficulty import at
from sim.exercise.levels import LEVELS, Difficulty
from sim.exercise.load import load_exercise
from sim.exercise.models import Exercise
from sim.exercise.pack import facilitator, pack
from sim.exercise.players import dry_run
from sim.exercise.report_page import page
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.exercise.solo import Solo
from sim.scenario.errors import ScenarioError
from sim.words import language as lang
from tests.exercise.test_review import by_hand

NAME = "wuhan-35min"


def loaded_at(difficulty: Difficulty) -> Exercise:
    return load_exercise(NAME, [f"difficulty={difficulty}"]).exercise


def own_time(exercise: Exercise) -> list[float]:
    """ms of the trainees' own time for each decision and each answer."""
    injects = [one.deadline for one in exercise.injects if one.deadline is not None]
    return [one / exercise.speed for one in (*(role.deadline for role in exercise.roles.values()), *injects)]


@pytest.mark.parametrize(("difficulty", "times"), [("practice", 2.0), ("normal", 1.0), ("hard", 0.5)])
def test_people_have_so_much_time_of_their_own(difficulty: Difficulty, times: float) -> None:
    """For every decision and every answer."""
    written = load_exercise(NAME).exercise
    assert own_time(loaded_at(difficulty)) == pytest.approx([times * one for one in own_time(written)])


def test_it_changes_nothing_else() -> None:
    """Roles, texts, times of injects, weights and luck are those of the file."""
    written, hard = load_exercise(NAME), load_exercise(NAME, ["difficulty=hard"])
    assert hard.scenario == written.scenario
    assert at(hard.exercise, "normal") == written.exercise


def test_one_level_is_reached_from_every_other() -> None:
    """What a file says and what is chosen when its room is opened are one thing, not one on top of the other."""
    for chosen in LEVELS:
        found = [at(loaded_at(one), chosen) for one in LEVELS]
        assert all(one.model_dump() == found[0].model_dump() for one in found)


def test_a_room_is_as_hard_when_it_comes_back(tmp_path: Path) -> None:
    """The journal has the exercise as it is played: read again, it is made no harder."""
    loaded = load_exercise(NAME, ["difficulty=hard"])
    Session.start(loaded, tmp_path)
    assert Session.load(tmp_path).exercise == loaded.exercise


def test_another_word_is_refused() -> None:
    """With the words that are accepted."""
    with pytest.raises(ScenarioError) as caught:
        load_exercise(NAME, ["difficulty=easy"])
    assert caught.value.field == "difficulty"
    assert "practice" in str(caught.value)


@pytest.mark.parametrize("language", lang.LANGUAGES)
def test_only_practice_says_what_is_asked_for(language: lang.Language) -> None:
    """As the facilitator's guide says it, without the deadline, which stands beside it."""
    with lang.using(language):
        for difficulty, level in LEVELS.items():
            exercise = loaded_at(difficulty)
            hints = {one.id: words.hint(exercise, one.id) for one in exercise.injects}
            assert {name for name, text in hints.items() if text} == (
                {one.id for one in exercise.injects if one.expect is not None} if level.hints else set()
            )


def test_the_terminal_says_it_with_the_message() -> None:
    """Where an answer is still open."""
    for difficulty, hinted in (("normal", False), ("practice", True)):
        session = Session.start(load_exercise(NAME, [f"difficulty={difficulty}"]))
        solo = Solo(session, list(session.exercise.roles))
        lines = solo.opening()
        while not session.finished and not any(one.state == "fired" and one.deadline for one in session.injects):
            lines += solo.do("wait 1m")
        assert ("(asked for:" in " ".join(lines)) == hinted


HARD = "Difficulty: hard: deadlines 75% and speed 150% of what is written, so half as long"


@pytest.mark.parametrize(("language", "said"), [("en", HARD), ("zh", "难度：困难")])
def test_the_report_says_it(language: lang.Language, said: str) -> None:
    """Beside scenario and seed."""
    loaded = by_hand()
    hard = type(loaded)(at(loaded.exercise, "hard"), loaded.scenario)
    session = dry_run(hard)
    with lang.using(language):
        assert re.search(said, page(review(session, most=1), session.scenario))


@pytest.mark.parametrize(("language", "said"), [("en", "Difficulty: hard: deadlines 75%"), ("zh", "难度：困难")])
def test_what_is_printed_says_it(language: lang.Language, said: str) -> None:
    """The pack and the facilitator's part, whose times are other than those of the file; as written nothing is said."""
    with lang.using(language):
        for made in (pack, facilitator):
            assert said in made(load_exercise(NAME, ["difficulty=hard"]))
            assert said.partition(": ")[0].partition("：")[0] not in made(load_exercise(NAME))


def test_paper_says_what_is_asked_for_in_practice_alone() -> None:
    """On the card of each inject that asks for something."""
    for difficulty, level in LEVELS.items():
        loaded = load_exercise(NAME, [f"difficulty={difficulty}"])
        asking = sum(one.expect is not None for one in loaded.exercise.injects)
        assert pack(loaded).count("(asked for: ") == (asking if level.hints else 0)
