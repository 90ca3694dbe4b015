"""Exercises in the making: begun empty or as a copy, with texts in one language or two."""

from __future__ import annotations

from typing import Any

import pytest

from sim.exercise.drafts import copy_of, empty, free_id, opening, order, text_of, texts, well_formed
from sim.exercise.load import load_exercise
from sim.exercise.models import Exercise
from sim.exercise.shipped import names
from sim.fraud.plan import draw_plan
from sim.scenario.loader import load
from sim.words.units import MINUTE


@pytest.mark.parametrize("name", names())
def test_a_copy_is_the_same_exercise_under_another_name(name: str) -> None:
    """And changing it changes nothing of the first."""
    loaded = load_exercise(name)
    made = copy_of(loaded, "copy")
    assert well_formed(made)
    assert Exercise.model_validate(made) == loaded.exercise.model_copy(update={"name": "copy"})
    made["roles"].clear()
    assert copy_of(loaded, "copy")["roles"]


def test_a_bare_copy_has_the_cases_and_the_luck_alone() -> None:
    """What people are told, and who they are, is to be written; the same victims come at the same times."""
    loaded = load_exercise("wuhan-35min")
    made = copy_of(loaded, "copy", bare=True)
    assert not made.keys() & {"title", "roles", "injects", "objectives", "debrief", "question", "made"}
    assert {one: made[one] for one in ("scenario", "set", "seed", "starts", "ends")} == {
        one: copy_of(loaded, "copy")[one] for one in ("scenario", "set", "seed", "starts", "ends")
    }


def test_an_empty_one_lacks_only_what_people_say() -> None:
    """Title, roles and objectives; it opens a little before the first report of a scenario of few victims."""
    scenario = load("wuhan-35min").scenario
    made = empty("mine", "wuhan-35min", scenario)
    role = {"title": "Analyst", "desks": ["analyst"], "sees": ["cases"], "may": ["take"]}
    whole = Exercise.model_validate(
        made | {"title": "Mine", "roles": {"analyst": role}, "objectives": [{"id": "one", "text": "One"}]}
    )
    first = int(draw_plan(scenario, 1, 0).victims.reported.min())
    assert 0 <= first - whole.starts < 7 * MINUTE
    assert whole.ends - whole.starts == 50 * MINUTE


def test_a_large_scenario_opens_where_a_room_can_be_played() -> None:
    """In the morning, or earlier where until then too much would happen; always inside the scenario."""
    assert opening(load("county").scenario) == (540 * MINUTE, 590 * MINUTE)
    for name in ("city", "province", "s14-national-picture"):
        starts, ends = opening(load(name).scenario)
        assert 0 <= starts < ends


def test_injects_are_ordered_by_time() -> None:
    """Those without a time, or with one that cannot be read, come last."""
    assert order([{"at": "9m"}, {}, {"at": "1h"}, {"at": "soon"}, {"at": "30s"}]) == [4, 0, 2, 1, 3]


@pytest.mark.parametrize(
    ("value", "both"),
    [("A", ("A", "A")), ({"en": "A", "zh": "一"}, ("A", "一")), (None, ("", "")), ({"en": "A"}, ("A", ""))],
)
def test_texts_of_one_language_or_two(value: Any, both: tuple[str, str]) -> None:
    """One text serves both; what is written in one language only is that one."""
    assert texts(value) == both
    assert texts(text_of(*both)) == (both if both[1] else (both[0], both[0]))


def test_names_are_free() -> None:
    """Whatever was taken out in between."""
    assert free_id("inject", []) == "inject-1"
    assert free_id("inject", ["inject-1", "inject-3"]) == "inject-4"


@pytest.mark.parametrize(
    "tree",
    [5, {"roles": []}, {"roles": {"a": 5}}, {"injects": {}}, {"injects": ["x"]}, {"injects": [{"expect": []}]},
     {"injects": [{"expect": {"says": {"rubric": {}}}}]}, {"injects": [{"to": "all"}]}, {"title": ["x"]},
     {"objectives": [{"injects": [[]]}]}, {"scoring": 3}, {"starts": {}}],
)  # fmt: skip
def test_what_is_no_exercise_in_form_is_seen(tree: Any) -> None:
    """Lists where mappings should be, and the other way round: no form can show them."""
    assert not well_formed(tree)
