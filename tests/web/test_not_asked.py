"""What a made centre assumes where nothing was asked: all of it is told once, and can be turned from there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sim.scenario.made import ASKED_DESKS, made
from sim.web.estimate_centre import Centre, centre_of
from sim.web.estimate_inputs import Inputs
from sim.web.not_asked import NotAsked, assumed, is_made, said
from sim.web.own_centre import as_file
from sim.words import language as lang
from sim.words.language import LANGUAGES, Language
from tests.scenario.test_made import ANSWERS
from tests.web import inside


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Centre:
    file = tmp_path_factory.mktemp("made") / "uploaded.yaml"
    file.write_text(made(ANSWERS), encoding="utf-8")
    return centre_of(file, "/planner/upload/x")


async def nothing() -> None:
    """No estimate is asked for."""


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_told_once_with_its_value_and_whence(centre: Centre, language: Language) -> None:
    """Wages, absence and breaks of every desk that was not asked for them; each with the source of its value."""
    with lang.using(language):
        by_path = {one.path: one for one in centre.fields}
        found = {one.path: said(one, topic, by_path) for topic, mine in assumed(centre.fields) for one in mine}
        desks = centre.loaded.scenario.desks
        for name in desks:
            assert (f"desks.{name}.wage" in found) == (name not in ASKED_DESKS), name
            assert f"desks.{name}.absence" in found
        assert {f"duties.{name}.per_day" for name in centre.loaded.scenario.duties or {}} <= set(found)
        assert {"bank_profiles.acquirer.staff", "horizon"} <= set(found)
        assert "victims.arrivals.city.per_day" not in found
        if language == "zh":
            assert [one for one in found.values() if re.search("[A-Za-z]{4}", one)] == []
    if language == "en":
        assert found["desks.police.wage"] == "police: 60 yuan"
        assert found["desks.car.wage"] == "car: none"
        assert found["desks.intake.absence"] == "intake: 4%"
        assert found["desks.intake.shifts.1.breaks"] == "intake 20:00-08:00: none"
    assert by_path["desks.intake.overtime_wage"].source == "one and a half times the wage that was answered"


def test_a_value_that_is_pressed_can_be_turned(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    """It comes among the first inputs, once; what stands there already is not made twice."""

    async def look() -> None:
        with inside.new_page() as page:
            inputs = Inputs(centre.fields, {}, nothing)
            inputs.show()
            panel = NotAsked(centre.fields, inputs, "/planner/upload/x")
            panel.lead()
            panel.show()
            assert "car: none" in inside.texts(page)
            for _ in range(2):
                inputs.bring("desks.car.wage")
            assert inside.texts(page).count(inputs.names["desks.car.wage"]) == 1

    inside.run(look, monkeypatch)


def test_only_a_made_centre_has_it_and_keeps_it(centre: Centre, tmp_path: Path) -> None:
    """Also one that was changed and kept; nobody was asked about what is shipped."""
    assert not is_made(centre_of("city", "").fields)
    kept = tmp_path / "uploaded.yaml"
    settings = ["desks.car.wage=45 yuan", "desks.police.wage=99 yuan"]
    text = as_file(centre.source, centre.loaded, settings, title="x", name="x")
    kept.write_text(text, encoding="utf-8")
    fields = centre_of(kept, "").fields
    assert is_made(fields)
    told = {one.path: (one.value, one.source) for _, mine in assumed(fields) for one in mine}
    assert told["desks.car.wage"] == ("45 yuan", "")
    assert told["desks.police.wage"] == ("99 yuan", "")
