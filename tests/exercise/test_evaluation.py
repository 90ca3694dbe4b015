"""Evaluators: notes with their time, ratings, the guide they have in hand, and all of it in the report."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.exercise import words
from sim.exercise.acts import Refused
from sim.exercise.evaluation import LETTERS
from sim.exercise.guide import guide
from sim.exercise.load import load_exercise
from sim.exercise.report_page import page
from sim.exercise.report_sheets import sheets
from sim.exercise.review import review
from sim.exercise.session import Session
from sim.exercise.shipped import names
from sim.words import language
from sim.words import language as lang
from sim.words.units import MINUTE
from tests.exercise.rooms import SEATS, STARTS, room


def test_notes_and_ratings_have_their_time_and_outlive_the_program(tmp_path: Path) -> None:
    """Also those that come when the room is over; the last rating of each evaluator counts, or none."""
    session = Session.start(room(), tmp_path, seats=SEATS)
    session.advance(STARTS + 3 * MINUTE)
    evaluation = session.evaluation
    assert evaluation.observe("They asked twice", "Eva", "one").at == STARTS + 3 * MINUTE
    evaluation.rate("one", "U", "Eva")
    evaluation.rate("one", "S", "Eva")
    evaluation.rate("one", "M", "Otto")
    evaluation.rate("one", "P", "Ulf")
    session.finish("lead")
    evaluation.rate("one", "", "Ulf")
    evaluation.observe("The room was calm", "Otto")
    assert evaluation.of("one") == {"P": [], "S": ["Eva"], "M": ["Otto"], "U": []}
    again = Session.load(tmp_path)
    assert again.evaluation.notes == evaluation.notes
    assert again.evaluation.ratings == evaluation.ratings


@pytest.mark.parametrize(
    ("objective", "rating", "text"), [("two", "P", "x"), ("one", "A", " "), ("one", "PS", "x" * 5000)]
)
def test_what_cannot_be_rated_or_noted_is_refused(objective: str, rating: str, text: str) -> None:
    """No such objective or rating, nothing to say or too much: nothing is written."""
    session = Session.start(room(), seats=SEATS)
    before = len(session.journal.lines)
    with pytest.raises(Refused):
        session.evaluation.rate(objective, rating, "Eva")
    with pytest.raises(Refused):
        session.evaluation.observe(text, "Eva", objective)
    assert len(session.journal.lines) == before


def test_the_report_has_every_note_and_rating() -> None:
    """Under its objective, with time and evaluator, on the page and in the workbook, as text and never as markup."""
    session = Session.start(room(), seats=SEATS)
    session.advance(STARTS + 3 * MINUTE)
    session.evaluation.observe("They asked <b>twice</b>", "Eva", "one")
    session.evaluation.observe("The room was calm", "Otto")
    session.evaluation.rate("one", "S", "Eva")
    session.advance(session.exercise.ends)
    found = review(session, most=0)
    html = page(found, session.scenario)
    at = lang.clock(session.scenario.when(STARTS + 3 * MINUTE))
    assert f"{at} Eva: They asked &lt;b&gt;twice&lt;/b&gt;" in html
    assert f"{at} Otto: The room was calm" in html
    assert re.search(r"<strong>S</strong><br>Eva", html)
    rows = sheets(found, session.scenario)[-1].rows
    assert [tuple(row[:3]) for row in rows] == [("Decide", "S", "Eva"), ("Decide", "", "Eva"), ("", "", "Otto")]


@pytest.mark.parametrize("language_", language.LANGUAGES)
@pytest.mark.parametrize("name", names())
def test_the_guide_has_each_objective_with_what_is_expected(name: str, language_: language.Language) -> None:
    """Every inject that tries an objective stands there under the number that it has everywhere, and the ratings."""
    loaded = load_exercise(name)
    with lang.using(language_):
        html = guide(loaded)
    for one in loaded.exercise.objectives:
        text = one.text.zh if language_ == "zh" else one.text.en
        assert text.replace("'", "&#39;").replace('"', "&#34;") in html
        for role in loaded.exercise.roles:
            said = words.role(loaded.exercise, role)
            assert f"{said}: {said}: " not in html
            assert f"{said}：{said}：" not in html
    assert html.count('<tr><td class="n">') == sum(len(one.injects) for one in loaded.exercise.objectives)
    assert all(f"<strong>{letter}</strong>" in html for letter in LETTERS)
