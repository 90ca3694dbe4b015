"""The table of the bench: what counts as met, and that it is written whole or not at all."""

from __future__ import annotations

import importlib
import json
import re
from pathlib import Path
from typing import cast

import pytest

from benchmarks import __main__ as bench
from benchmarks import cities, commands, parts
from benchmarks.city_before import city_before
from benchmarks.table import Report, Row, Section, Target

TWICE = Target("at least", 2.0)


def report(*rows: Row) -> Report:
    return Report(command="bench", rounds=3, sections=[Section("Speed: of a run", rows)], machine={"processor": "one"})


def test_what_a_command_costs_in_all_follows_from_two_parts_of_it() -> None:
    """Its start is paid once: 2 s, and 0.5 s for each of 100 replications."""
    assert commands.whole({10: 7.0, 60: 32.0}, 100) == pytest.approx(52.0)
    assert commands.whole({100: 51.0}, 100) == 51.0


def test_the_median_of_the_rounds_is_judged() -> None:
    """One slow round does not miss a target, and one fast round does not meet it."""
    assert Row("ratio", [1.0, 2.5, 3.0], TWICE).met
    assert Row("ratio", [1.0, 1.5, 3.0], TWICE).met is False


def test_a_target_for_all_rounds_is_judged_by_the_worst() -> None:
    """Memory that is too much once is too much."""
    limit = Target("at most", 400, worst=True)
    assert Row("MB", [100, 100, 399], limit).met
    assert Row("MB", [100, 100, 401], limit).met is False


def test_what_is_missed_is_named_and_an_aim_fails_nothing() -> None:
    """The exit status hangs on promises, not on wishes, and not on what was not measured."""
    wish = Target("at least", 80, aim=True)
    found = report(Row("missed", [1.0], TWICE), Row("wished", [1.0], wish), Row("absent", note="no C compiler"))
    assert found.failures() == ["Speed: missed: 1.00, at least 2"]
    assert "no C compiler" in found.markdown()
    assert "aim: at least 80: NOT MET" in found.markdown()


def test_the_page_and_the_data_say_the_same(tmp_path: Path) -> None:
    """Every row of the data stands on the page, with its target."""
    report(Row("ratio", [3.0, 4.0, 5.0], TWICE)).write(tmp_path / "kept")
    data = json.loads((tmp_path / "kept" / "benchmarks.json").read_text())
    assert data["sections"][0]["rows"][0]["values"] == [3.0, 4.0, 5.0]
    assert "| ratio | 4.00 | 3.00 | 5.00 | at least 2: met |" in (tmp_path / "kept" / "benchmarks.md").read_text()


def test_a_table_that_cannot_be_written_leaves_the_earlier_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing of a later table stands where an earlier one is, until all of it does."""
    kept = tmp_path / "kept"
    report(Row("earlier", [1.0])).write(kept)

    def full(_: Report) -> str:
        raise OSError("no space left")

    monkeypatch.setattr(Report, "json", full)
    with pytest.raises(OSError, match="no space left"):
        report(Row("later", [2.0])).write(kept)
    assert "earlier" in (kept / "benchmarks.md").read_text()
    assert [one.name for one in tmp_path.iterdir()] == ["kept"]


def test_the_parts_of_the_short_form_are_parts() -> None:
    """The short form names nothing that is not there."""
    assert set(bench.IN_SHORT) < set(bench.table_of_parts(1))


def test_the_older_city_is_written_with_later_names(tmp_path: Path) -> None:
    """A payment at a machine is called a rail since; nothing else is changed."""
    old = tmp_path / "old" / "scenarios"
    old.mkdir(parents=True)
    text = "victims:\n  scams: {a: {at_atm: 0.02}}\n  atm: {delay: 24h}\nsources:\n  victims.atm: {label: assumed}\n"
    for name in ("china", "city"):
        (old / f"{name}.yaml").write_text(text)
    written = city_before(tmp_path / "old", tmp_path).read_text()
    assert "rails: {machine: 0.02}" in written
    assert "\n  rails:\n    machine: {delay: 24h}\n" in written
    assert not re.search(r"\batm\b|at_atm", written)


def test_a_city_is_held_against_what_it_cost_before_only_if_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another number of tasks in the older checkout, or other rows by the first compiled engine, is a mistake."""
    one = {"cases": 3, "tasks": 10, "rows": 50, "recovered_share": 0.2, "seconds": 1.0, "all_seconds": 3.0,
           "plan_seconds": 0.5, "loop_seconds": 0.4, "measure_seconds": 0.6, "whole_mb": 100.0}  # fmt: skip
    dearer = {**one, "all_seconds": 4.0}
    for first, said in ((one, []), ({**one, "rows": 51}, ["the city as it was: 50 rows here, 51 by the first"])):

        def in_rounds(jobs: dict[str, object], _: int, first: object = first) -> dict[str, list[object]]:
            return {name: [{"compiled": dearer, "first compiled": first}.get(name, one)] for name in jobs}

        monkeypatch.setattr(cities, "in_rounds", in_rounds)
        monkeypatch.setattr(cities, "measured", lambda job: None)
        monkeypatch.setattr(cities, "city_before", lambda old, folder: folder / "city.yaml")
        given = parts.Given(1, 30, 10, False, Path("old"), Path("first"), Path("here"))
        _, before = cities.city(given)
        [row] = [row for row in before.rows if "first version" in row.title]
        assert (row.values, row.target) == ([4.0 / 3.0], cities.COST_OF_ELEMENTS)
        assert [problem[: len(said[0])] for problem in before.problems] == said


@pytest.mark.parametrize("module", ["city", "first_compiled", "loading", "measure", "queues", "threads"])
def test_what_a_part_starts_can_be_started(module: str) -> None:
    """A part measures in processes of its own, so what it names is imported by nobody here."""
    assert importlib.import_module(f"benchmarks.{module}").__doc__


def test_the_lines_of_the_reference_engine_are_counted_where_it_stands() -> None:
    """The files of the engine that is to be read are there, and each is told."""
    [section] = parts.reading(cast("parts.Given", None))
    assert [row.title for row in section.rows] == [*parts.TO_READ, "together"]
    assert section.rows[-1].values == [sum(row.values[0] for row in section.rows[:-1])]
