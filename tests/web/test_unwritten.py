"""Wages, absence and breaks of every desk of a made centre: found by their words, turned by what somebody types."""

from __future__ import annotations

import pytest

from sim.scenario.made import made
from sim.web.estimate_centre import Centre, centre_of, scenario_of
from sim.web.estimate_inputs import called, change_words
from sim.web.form import settings_of
from sim.web.value_search import Search
from sim.words import language as lang
from sim.words import names
from sim.words.language import Language
from sim.words.units import HOUR, MINUTE
from tests.scenario.test_made import ANSWERS


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    file = tmp_path_factory.mktemp("made") / "uploaded.yaml"
    file.write_text(made(ANSWERS), encoding="utf-8")
    return centre_of(file, "/planner/upload/x")


@pytest.mark.parametrize(
    ("language", "words"),
    [("en", {"absence": "share absent", "breaks": "breaks", "wage": "wage"}),
     ("zh", {"absence": "缺勤比例", "breaks": "休息", "wage": "时薪"})],
)  # fmt: skip
def test_each_of_every_desk_is_found_whether_it_is_written_or_not(
    centre: Centre, language: Language, words: dict[str, str]
) -> None:
    """By the word for it and what the desk is called; breaks of each shift; desks come before kinds of bank."""
    with lang.using(language):
        by_path = {one.path: one for one in centre.fields}
        search = Search(centre.fields, {one.path: called(one, by_path) for one in centre.fields})
        for name, desk in centre.loaded.scenario.desks.items():
            for what, word in words.items():
                found = [one.path for one in search.found(f"{word} {names.desk(name)}")]
                shifts = range(len(desk.shifts or []))
                wanted = [f"shifts.{n}.breaks" for n in shifts] if what == "breaks" else [what]
                assert {f"desks.{name}.{one}" for one in wanted} <= set(found), (name, what)
        groups = [one.group for one in search.found(words["absence"])]
        assert groups == sorted(groups, key=["desks", "bank_profiles"].index)


def test_what_is_not_written_is_turned_as_it_is_typed(centre: Centre) -> None:
    """Breaks are typed as people say them; left empty, nothing of it is a change."""
    paths = ("desks.car.wage", "desks.car.absence", "desks.analyst.shifts.0.breaks")
    by_path = {one.path: one for one in centre.fields}
    assert all((by_path[one].value, by_path[one].label) == ("", "default") for one in paths)
    assert all(by_path[one].range for one in paths)
    assert settings_of(centre.fields, dict.fromkeys(paths, "")) == []
    typed = dict(zip(paths, ("45 yuan", "0.05", " 12:00 30m 2；12：30 1h 1"), strict=True))
    settings = settings_of(centre.fields, typed)
    found = scenario_of(centre, settings)
    assert (found.desks["car"].wage, found.desks["car"].absence) == (4500, 0.05)
    (first, second) = (found.desks["analyst"].shifts or [])[0].breaks or []
    assert (first.at, first.lasts, first.staff) == (12 * HOUR, 30 * MINUTE, 2)
    assert (second.at, second.lasts, second.staff) == (12 * HOUR + 30 * MINUTE, HOUR, 1)
    assert change_words(by_path[paths[0]], "45 yuan", "wage") == "wage: nothing → 45 yuan"
