"""A dry run: what came when, what was met, how idle each seat was, and what speaks against playing it."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache, partial
from typing import Any

import pytest

from sim.exercise import fits, rehearsal
from sim.exercise.load import Loaded, load_exercise
from sim.exercise.merit import merit_of
from sim.exercise.models import Exercise
from sim.exercise.rehearsal import Rehearsal, doubts, outcome, played, points, rehearse, seats, verdict
from sim.scenario.errors import ScenarioError
from sim.words import language as lang


@cache
def tried() -> tuple[Loaded, Rehearsal]:
    """A shipped exercise and its dry run."""
    loaded = load_exercise("wuhan-35min")
    with few_plays():
        return loaded, next(iter(played(loaded)))


@contextmanager
def few_plays() -> Iterator[None]:
    """How often careless and thoughtless play is tried says nothing here."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sim.exercise.merit.AT_ONCE", 1)
        for module in ("rehearsal", "seeds"):
            patch.setattr(f"sim.exercise.{module}.merit_of", partial(merit_of, tries=2))
        yield


def changed(**parts: Any) -> Loaded:
    """The shipped exercise with other parts."""
    loaded, _ = tried()
    tree = loaded.exercise.model_dump(mode="json", by_alias=True, exclude_none=True)
    return replace(loaded, exercise=Exercise.model_validate(tree | parts), read=None)


def test_a_shipped_exercise_can_be_played_as_it_is() -> None:
    """All injects came in the order of their numbers and were met; the sentence says so, in both languages."""
    loaded, found = tried()
    assert all(one.met for one in found.injects)
    assert doubts(found, loaded.exercise) == []
    assert verdict(found, loaded.exercise).startswith("It can be played as it is: of 100 points good play has 82")
    with lang.using("zh"):
        assert verdict(found, loaded.exercise).startswith("可以直接演练")
    assert [one for one, _ in points(found)] == [
        "good play", "first come, first served", "any button, at once", "careless clicks", "nobody decides",
    ]  # fmt: skip
    assert dict(points(found))["nobody decides"] == 0
    assert [one for one, _ in seats(found, loaded.exercise)] == ["Call and audit desk", "Analyst", "Bank desk"]
    assert pickle.loads(pickle.dumps(found)) == found


def test_what_never_came_and_what_nobody_could_answer_is_said() -> None:
    """By the number of the inject, and why the last answer was wrong."""
    never = {"id": "never", "when": {"paid_at_least": "9M yuan"}, "to": ["analyst"], "channel": "phone", "text": "x"}
    wrong = {"id": "wrong", "at": "10m", "to": ["analyst"], "channel": "phone", "text": "y", "deadline": "1m",
             "expect": {"action": "stop", "account": {"bank": "icbc", "layer": 9}}}  # fmt: skip
    loaded = changed(injects=[never, wrong], objectives=[{"id": "one", "text": "One"}])
    with few_plays():
        found = rehearse(loaded)
    assert [(one.id, one.at is None, one.met) for one in found.injects] == [
        ("wrong", False, False), ("never", True, False),
    ]  # fmt: skip
    said = [outcome(one, str) for one in found.injects]
    assert said[1] == "never came"
    assert said[0].startswith(("answered wrongly", "not answered"))
    against = doubts(found, loaded.exercise)
    assert against == ["good play does not meet these injects: 1, 2"]
    assert "but one thing speaks against it" in verdict(found, loaded.exercise)


def test_what_no_room_could_play_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """As when a room is opened, before anything is simulated."""
    monkeypatch.setattr(fits, "MOST_PLAYED", 10)
    with pytest.raises(ScenarioError, match="before the room closes"):
        rehearse(tried()[0])


def test_the_best_of_some_seeds_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those after its own, ranked as `exercises find` ranks them."""
    monkeypatch.setattr(rehearsal, "TRIED", 2)
    loaded, _ = tried()
    with few_plays():
        found = next(iter(rehearsal.best_seed(loaded)))
    assert found.seed in (loaded.exercise.seed + 1, loaded.exercise.seed + 2)
