"""The exercises that ship: each is whole, in two languages, and runs to its end by itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from pydantic import BaseModel

from sim.engine.run import simulate
from sim.exercise.load import Loaded, load_exercise
from sim.exercise.players import dry_run
from sim.exercise.review import Review, review
from sim.exercise.score import scores_of
from sim.exercise.session import Session
from sim.exercise.shipped import folder, names
from sim.exercise.texts import Texts
from sim.exercise.vocabulary import ALWAYS
from sim.exercise.yardsticks import conditions, end_of, saved
from tests.examples import shortly
from tests.exercise.rooms import log_of

pytestmark = pytest.mark.xdist_group("shipped")  # one worker plays each shipped exercise, for all that look at it
SHIPPED = names()


@cache
def loaded_of(name: str) -> Loaded:
    """A shipped exercise, read once."""
    return load_exercise(name)


@cache
def played(name: str) -> tuple[Session, Review]:
    """It, played by automatic players to its end, and what it came to."""
    session = dry_run(loaded_of(name))
    return session, review(session, most=40)


def texts(value: Any) -> Iterator[Texts]:
    """All texts anywhere in an exercise."""
    if isinstance(value, Texts):
        yield value
    elif isinstance(value, BaseModel):
        for name in type(value).model_fields:
            yield from texts(getattr(value, name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts(one)


@pytest.mark.parametrize("name", SHIPPED)
def test_it_has_all_that_a_room_needs(name: str) -> None:
    """Objectives, roles, five injects with what is expected, by when and a note, and questions for afterwards."""
    exercise = loaded_of(name).exercise
    full = [one for one in exercise.injects if one.expect and one.deadline and one.note]
    assert len(full) >= 5
    assert len(exercise.objectives) >= 3
    assert len(exercise.roles) >= 3
    assert len(exercise.debrief) >= 2
    assert {inject for one in exercise.objectives for inject in one.injects} <= {one.id for one in exercise.injects}
    assert all(any(role in exercise.roles for role in one.to) for one in exercise.injects)
    assert 20 * 60 <= (exercise.ends - exercise.starts) / 1000 / exercise.speed <= 90 * 60


@pytest.mark.parametrize("name", SHIPPED)
def test_its_texts_are_in_both_languages(name: str) -> None:
    """Every Chinese text is Chinese, and no English one has a Chinese character."""
    found = list(texts(loaded_of(name).exercise))
    assert len(found) >= 25
    assert [one.zh for one in found if not re.search("[一-鿿]", one.zh)] == []
    assert [one.en for one in found if re.search("[一-鿿]", one.en)] == []


@pytest.mark.parametrize("name", SHIPPED)
def test_it_runs_to_its_end_by_itself_and_fires_each_inject(name: str) -> None:
    """With automatic players at every seat the room closes at its time, nothing is left unfired, people decide."""
    session, found = played(name)
    assert session.finished
    assert session.now == session.exercise.ends
    assert found.unfired == []
    assert all(session.exercise.starts <= one.fired_at <= session.exercise.ends for one in found.injects)
    assert len({one.seat for one in session.decisions}) >= len(session.exercise.roles)
    assert sum(one.task != "" for one in session.decisions) >= 15


@pytest.mark.parametrize("name", SHIPPED)
def test_its_score_lies_where_it_should(name: str) -> None:
    """Nobody passes the ceiling; the best play found is no worse than none; points are from 0 to 100, and many."""
    session, found = played(name)
    scores = found.scores
    assert 0 < scores.result <= scores.ceiling
    assert 0 < scores.baseline < scores.best
    assert scores.unscored == ""
    assert scores.total is not None
    for points in (scores.recovered_points, scores.injects_points, scores.decisions_points, scores.total):
        assert points is not None
        assert 0 <= points <= 100
    assert scores.total >= 25
    assert scores.result == saved(session.run())


@pytest.mark.parametrize("name", shortly(SHIPPED, "county-night", "wuhan-35min"))
def test_who_decides_nothing_has_no_points(name: str) -> None:
    """Everybody sits there and nobody decides: zero of 100, whatever the desks save by themselves."""
    idle = dry_run(loaded_of(name), style="nobody")
    scores = scores_of(idle, idle.run(), None)
    assert (scores.result, scores.total) == (scores.baseline, 0)


@pytest.mark.parametrize("name", SHIPPED)
def test_it_says_that_its_seed_was_picked(name: str) -> None:
    """To the facilitator, and to who opens the file."""
    made = loaded_of(name).exercise.made
    assert made is not None
    assert made.en.startswith("The seed was picked among many")
    text = (folder() / f"{name}.yaml").read_text(encoding="utf-8").partition("schema_version")[0]
    assert "# The seed was picked among many so that decisions matter" in text
    assert "automatic players are told" in text.replace("\n# ", " ")


@pytest.mark.parametrize("name", SHIPPED)
def test_automatic_players_do_what_each_inject_asks_for(name: str) -> None:
    """Left alone, the room answers every inject that expects anything, by who should and in time."""
    _, found = played(name)
    asked = [one for one in found.injects if one.expected is not None]
    assert len(asked) >= 5
    assert [one.id for one in asked if not one.in_time] == []


@pytest.mark.parametrize("name", shortly(SHIPPED, "bank-outage", "courier-and-cash"))
def test_with_nobody_there_it_is_the_batch_run(name: str) -> None:
    """Without seats the log is the plain run's with the injects' orders; without their effects, the plain run's."""
    loaded = loaded_of(name)
    session = Session.start(loaded)
    session.advance(loaded.exercise.ends)
    run = session.finish("")
    assert log_of(run) == log_of(end_of(session, conditions(session)))
    for status in [one for one in session.injects if one.inject.effect]:
        assert status.state in ("fired", "planned")
    quiet = loaded.exercise.model_copy(
        update={"injects": [one.model_copy(update={"effect": None}) for one in loaded.exercise.injects]}
    )
    session = Session.start(Loaded(quiet, loaded.scenario))
    session.advance(quiet.ends)
    plain = simulate(loaded.scenario, quiet.seed, quiet.replication)
    assert log_of(session.finish("")) == log_of(plain)


def test_it_is_played_again_from_its_journal(tmp_path: Path) -> None:
    """A shipped exercise that was played to its end comes back from its folder with the same log and review."""
    session = dry_run(loaded_of("wuhan-35min"), folder=tmp_path)
    again = Session.load(tmp_path)
    assert log_of(again.run()) == log_of(session.run())
    assert again.finished
    assert review(again, most=3) == review(session, most=3)


@pytest.mark.parametrize("name", SHIPPED)
def test_its_review_is_whole(name: str) -> None:
    """Money never appears from nowhere, the timeline is in order, and every decision and inject is in it."""
    session, found = played(name)
    assert [one.at for one in found.timeline] == sorted(one.at for one in found.timeline)
    kinds = [one.kind for one in found.timeline]
    assert kinds.count("inject") == len(found.injects)
    assert kinds.count("decision") == len(session.decisions)
    assert {"report", "stop", "inject", "decision"} <= set(kinds)
    assert (np.diff([one.loss for one in found.money]) >= 0).all()
    assert (np.diff([one.gone for one in found.money]) >= 0).all()
    assert all(one.held + one.gone <= one.loss for one in found.money)
    people = {one.id for one in session.seats.values() if one.role not in ALWAYS}
    assert {one.seat for one in found.seats} == people
