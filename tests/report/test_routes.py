"""Routes as diagrams and tables: what they say is the passage's, and no name of a file is read as Mermaid."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sim.cli.app import app
from sim.report.findings.routes import Told, _safe, cells_by_step, diagram, finding, rows_of
from sim.report.publish.routes import write
from sim.scenario.loader import load
from sim.study.ask.passage import passage

SCENARIO = load("china", ["follow_up=20d"]).scenario


@pytest.fixture(scope="module")
def told() -> Told:
    """A day of the base."""
    return Told(SCENARIO, passage(SCENARIO), by_day=True)


def test_a_diagram_has_each_step_and_each_arrow_of_its_route(told: Told) -> None:
    """One node a step, one arrow for each way on; those that were taken say how often."""
    text = diagram(told, "account")
    steps = SCENARIO.routes["account"].steps
    assert len(re.findall(r"^  s\d+[\[({]", text, re.MULTILINE)) == len(steps)
    ways = sum(len(set(SCENARIO.routes["account"].following(name).values())) for name in steps)
    assert len(re.findall(r"-->|-\.->", text)) == ways
    first = told.passage.steps_of(list(SCENARIO.routes).index("account"))[0]
    assert f"{told.number(int(told.passage.reached[first]))}#215;" in text or "×" in text


@pytest.mark.parametrize("text", ['"]; click s1 "x"', "<img src=x onerror=alert(1)>", "a|b", "`x`", "end\nclick"])
def test_text_of_a_file_is_text_in_a_diagram(text: str) -> None:
    """Whatever would end a label, or be a tag, is an entity."""
    assert not re.search(r'["<>|`\n\[\]{};](?!.*)', re.sub(r"#\d+;", "", _safe(text)))
    assert not set(re.sub(r"#\d+;", "", _safe(text))) & set('"<>|`\n[]{}')


def test_the_sentence_and_the_table_agree(told: Told, tmp_path: Path) -> None:
    """What a route's sentence says is in its table, and in the file in full digits."""
    said = finding(told, "call")
    cells = {name: cells for _, (name, *cells) in cells_by_step(told, "call")}
    worst = re.search(r"most money leaves while “(.+?)”", said)
    assert worst
    assert cells[worst[1]][-1] == max(
        (row[-1] for row in cells.values() if row[-1]), key=lambda one: float(one.replace(",", ""))
    )
    write(told, tmp_path)
    rows = list(csv.DictReader(io.StringIO((tmp_path / "routes.csv").read_text(encoding="utf-8"))))
    assert len(rows) == len(rows_of(told)) == sum(len(route.steps) for route in SCENARIO.routes.values())
    assert {row["route"] for row in rows} == set(SCENARIO.routes)
    assert (tmp_path / "routes.md").read_text(encoding="utf-8").count("```mermaid") == len(told.routes)


def test_an_unknown_route_is_one_line() -> None:
    """With those that there are."""
    done = CliRunner().invoke(app, ["routes", "wuhan-35min", "--route", "nowhere"])
    assert "--route: read 'nowhere', accepted: call, account" in str(done.exception)
