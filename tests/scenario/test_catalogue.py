"""The shipped scenarios are found by name, and each of them loads."""

import re
from pathlib import Path

import pytest

from sim.scenario import catalogue
from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load, resolve_tree


def _shop(tmp_path: Path) -> Path:
    (tmp_path / "town.yaml").write_text("title: A town\nquestion: Who waits?\n", encoding="utf-8")
    (tmp_path / "broken.yaml").write_text("title: [", encoding="utf-8")
    return tmp_path


def test_a_list_shows_title_and_question(tmp_path: Path) -> None:
    """Every scenario is listed with its title and question, and a broken one hides no other."""
    shown = [(e.name, e.title, e.question) for e in catalogue.list_scenarios(_shop(tmp_path))]
    assert shown == [("broken", "", ""), ("town", "A town", "Who waits?")]


def test_a_name_is_found_with_and_without_its_ending(tmp_path: Path) -> None:
    """`town` and `town.yaml` are the same shipped scenario."""
    shop = _shop(tmp_path)
    assert catalogue.find("town", shop) == catalogue.find("town.yaml", shop) == shop / "town.yaml"


def test_an_existing_path_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file of that name in the working directory comes before the shipped scenario."""
    shop = _shop(tmp_path)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    Path("town.yaml").write_text("title: Mine\n", encoding="utf-8")
    assert catalogue.find("town.yaml", shop) == Path("town.yaml")


def test_a_wrong_name_is_told_the_nearest(tmp_path: Path) -> None:
    """A name that does not exist is answered with the nearest ones."""
    with pytest.raises(ScenarioError) as caught:
        catalogue.find("twon", _shop(tmp_path))
    assert str(caught.value) == ("twon: file: read no such file, accepted: a scenario file, or town")


@pytest.mark.parametrize("name", catalogue.names())
def test_shipped_scenarios_load(name: str) -> None:
    """Every shipped scenario is valid and states its title and question."""
    loaded = load(name)
    assert loaded.scenario.title
    assert loaded.scenario.question
    assert resolve_tree(loaded)


def test_each_system_of_the_documents_is_a_scenario_on_the_city() -> None:
    """S1 to S15 are there once each, on top of the city, and begin with what they ask and what came out."""
    systems = [name for name in catalogue.names() if re.match(r"s\d\d-", name)]
    assert [name[:3] for name in systems] == [f"s{number:02d}" for number in range(1, 16)]
    for name in systems:
        loaded = load(name)
        assert "city.yaml" in [file.name for file in loaded.files]
        comment = loaded.files[0].read_text(encoding="utf-8").partition("schema_version")[0]
        assert all(f"# {word}" in comment for word in ("What it asks: ", "Printed", "What came out")), name
        assert loaded.scenario.question.endswith("?")
