"""The learning record: a table of results and xAPI statements that a store takes."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import replace

import pytest

from sim.exercise.learning import OWN, VERBS, results_csv, statements, statements_json
from sim.exercise.teams import teams
from sim.words import language as lang
from tests.exercise.plays import FORMULA, exercise, reviewed

pytestmark = pytest.mark.xdist_group("played")  # one worker plays and reviews the room, for all that read of it

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")


def test_the_statements_have_the_form_that_xapi_asks_for() -> None:
    """Each has its own id, one actor with one identifier, a verb and an object that are addresses, a scaled score."""
    made = json.loads(statements_json(reviewed()))
    assert len({one["id"] for one in made}) == len(made) > len(reviewed().seats)
    for one in made:
        assert UUID.fullmatch(one["id"])
        assert UUID.fullmatch(one["context"]["registration"])
        assert set(one["actor"]["account"]) == {"homePage", "name"}
        assert {"mbox", "openid", "mbox_sha1sum"}.isdisjoint(one["actor"])
        assert re.match(r"^[a-z]+:", one["verb"]["id"])
        assert one["object"]["id"].startswith(f"{OWN}:exercise:wuhan-35min")
        for extension in [*one["result"].get("extensions", {}), *one["context"]["extensions"]]:
            assert re.match(r"^urn:[a-z]+:", extension)
        score = one["result"].get("score")
        assert score is None or (-1 <= score["scaled"] <= 1 and score["min"] <= score["raw"] <= score["max"])


def test_the_statements_say_what_the_review_counts() -> None:
    """Everybody came; points are those of the seat; as many successful answers as were done in time."""
    made = list(statements(reviewed()))
    for seat in reviewed().seats:
        mine = [one for one in made if one["actor"]["account"]["name"] == seat.seat]
        verbs = [one["verb"]["id"] for one in mine]
        assert verbs.count(VERBS["attended"][0]) == 1
        scored = [one["result"]["score"]["raw"] for one in mine if one["verb"]["id"] == VERBS["scored"][0]]
        assert scored == ([] if seat.points is None else [round(seat.points, 1)])
        answered = [one["result"]["success"] for one in mine if one["verb"]["id"] == VERBS["answered"][0]]
        wrong = sum(one.wrong_by == seat.name for one in reviewed().injects)
        assert (sum(answered), len(answered)) == (seat.done, seat.done + seat.answered_late + wrong)


def test_the_same_session_has_the_same_ids_and_another_has_others() -> None:
    """A store that is given the file twice keeps each statement once."""
    ids = {one["id"] for one in statements(reviewed())}
    assert {one["id"] for one in statements(reviewed())} == ids
    other = replace(reviewed(), decisions=reviewed().decisions[1:])
    assert ids.isdisjoint({one["id"] for one in statements(other)})


@pytest.mark.parametrize("language", lang.LANGUAGES)
def test_the_table_has_teams_and_people_and_no_formula(language: lang.Language) -> None:
    """A row for each with its figures, behind a mark of the encoding; a name that is a formula is text."""
    with lang.using(language):
        text = results_csv(reviewed(), exercise().scenario)
    assert text.startswith("\ufeff")
    head, *rows = csv.reader(io.StringIO(text[1:]))
    assert len(rows) == len(list(teams(reviewed()))) + len(reviewed().seats)
    assert len({len(row) for row in [head, *rows]}) == 1
    assert [row[2] for row in rows[-len(reviewed().seats) :]] == [str(one.decisions) for one in reviewed().seats]
    assert f"'{FORMULA}" in {row[0] for row in rows}
    assert FORMULA not in {row[0] for row in rows}
