"""What was parsed once is not parsed again, and says the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from sim.scenario.errors import ScenarioError
from sim.scenario.loader import load, read_file
from sim.scenario.once import LARGEST
from tests.effort import calls

TEXT = "name: town\n" + "".join(f"key-{number}: 1\n" for number in range(300))


def test_a_text_that_is_read_again_is_not_parsed_again(tmp_path: Path) -> None:
    """The second reading of a file, and that of its copy under its name, costs next to nothing."""
    (tmp_path / "town.yaml").write_text(TEXT)
    with calls() as first:
        tree = read_file(tmp_path / "town.yaml")
    with calls() as second:
        again = read_file(tmp_path / "town.yaml")
    assert again.plain() == tree.plain()
    assert second.many < first.many / 20


def test_a_file_that_was_changed_is_read_as_it_is_now(tmp_path: Path) -> None:
    """And under another name, mistakes are said in that one."""
    file = tmp_path / "town.yaml"
    for name in ("one", "other"):
        file.write_text(TEXT.replace("town", name))
        assert read_file(file).plain()["name"] == name
    (tmp_path / "copy.yaml").write_text(file.read_text())
    assert [read_file(one).at.file.endswith(one.name) for one in (file, tmp_path / "copy.yaml")] == [True, True]


def test_a_mistake_is_said_each_time(tmp_path: Path) -> None:
    """What cannot be read is not kept, and what says a wrong source says so again."""
    (tmp_path / "town.yaml").write_text("a: [\n")
    (tmp_path / "wrong.yaml").write_text("extends: china\nname: wrong\nsources: {desks: {label: guessed}}\n")
    for _ in range(2):
        with pytest.raises(ScenarioError, match="yaml"):
            read_file(tmp_path / "town.yaml")
        with pytest.raises(ScenarioError, match="sources"):
            load(tmp_path / "wrong.yaml")


def test_a_scenario_is_the_same_each_time_it_is_read() -> None:
    """With the provenance of every value, whatever was laid on it in between."""
    first = load("city")
    load("city", ["desks.analyst.staff=3"])
    again = load("city")
    assert again.scenario == first.scenario
    assert first.provenance(("desks", "analyst")) == again.provenance(("desks", "analyst"))


def test_a_large_text_is_not_kept(tmp_path: Path) -> None:
    """What somebody sends to a server takes no room there for longer than it is looked at."""
    (tmp_path / "large.yaml").write_text(f"name: large\nnote: '{'x' * LARGEST}'\n")
    assert read_file(tmp_path / "large.yaml").value["note"] is not read_file(tmp_path / "large.yaml").value["note"]
