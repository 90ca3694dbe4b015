"""docs/reference.md and docs/reference-exercises.md: made from the models, whole, and up to date."""

from __future__ import annotations

import re

import pytest

from sim.exercise.meanings import EXERCISE
from sim.exercise.models import Exercise
from sim.scenario.loader import load, resolve_tree
from sim.scenario.meanings import meaning
from sim.scenario.models import Scenario
from sim.scenario.people import SET_UP_YEARS, Desk
from tools.reference import SCENARIO, made, sections


@pytest.mark.parametrize("number", [0, 1])
def test_the_reference_is_made_from_the_models(number: int) -> None:
    """`python tools/reference.py` changes nothing."""
    file, text = list(made().items())[number]
    assert file.read_text(encoding="utf-8") == text


def test_the_years_that_a_place_serves_are_those_that_are_charged() -> None:
    """The page says the number that the program takes where nothing is written."""
    assert meaning(Desk, "set_up_years", EXERCISE).left_out == f"{SET_UP_YEARS:g}"


@pytest.mark.parametrize("root", [Scenario, Exercise])
def test_every_value_has_a_meaning_and_a_row(root: type[Scenario | Exercise]) -> None:
    """No field of any model of a file is without a sentence, and each stands in the page in the section of its part."""
    page = next(text for file, text in made().items() if (file == SCENARIO) == (root is Scenario))
    parts = dict(re.findall(r"^## (.*?)\n(.*?)(?=^## |\Z)", page, re.MULTILINE | re.DOTALL))
    assert len(parts) == len(re.findall("^## ", page, re.MULTILINE))
    rows = 0
    for section in sections(root):
        for name, info in section.model.model_fields.items():
            assert len(meaning(section.model, name, EXERCISE).says) > 4
            assert f"\n| `{info.alias or name}` |" in parts[section.head]
            rows += 1
    assert rows == page.count("\n| `") - laws(page)


def laws(page: str) -> int:
    """The rows of the section of laws."""
    return page.partition("\n## Laws\n")[2].count("\n| `")


def test_what_a_shipped_scenario_has_stands_beside_its_source() -> None:
    """Of some values the row says what `show china --sources` says."""
    page = made()[SCENARIO]
    lines = {line.path: line for line in resolve_tree(load("china"))}
    for path in ("horizon", "law.most_stops", "criminals.fan_out_spread", "criminals.deepest_layer"):
        line = lines[path]
        found = re.search(rf"^\| `{path.split('.')[-1]}` \|.*$", page, re.MULTILINE)
        assert found
        assert f"| `{line.value}` |" in found[0]
        assert f"{line.label}: {line.source}" in found[0]


def test_links_of_the_pages_lead_to_headings() -> None:
    """Every link to a section is the anchor of a heading."""
    for page in made().values():
        heads = {
            "".join(one for one in head.lower().replace(" ", "-") if one.isalnum() or one in "-_")
            for head in re.findall("^## (.*)$", page, re.MULTILINE)
        }
        links = re.findall(r"\]\(#([^)]*)\)", page)
        assert links
        assert set(links) <= heads
