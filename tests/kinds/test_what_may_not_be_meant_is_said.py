"""What is valid and perhaps not meant is said in one line each: by validate, by every study, and on the page."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from sim.engine.run import simulate
from sim.fraud.draws import roots
from sim.measure.metrics import measure
from sim.scenario import catalogue
from sim.scenario.loader import load
from sim.words import language as lang
from sim.workflow.cautions import cautions
from sim.workflow.hours import Dates
from sim.workflow.program import compile_routes
from sim.workflow.rosters import Pattern
from tests.cli.conftest import Command
from tests.web.conftest import Server, Visitor

CASE = Path(__file__).parents[1] / "cases" / "desk-never-open.yaml"
NEVER_OPEN = "desks.intake: nobody is ever on duty in the period"


def said(name: str | Path, *settings: str) -> list[str]:
    return [one.said() for one in cautions(load(name, settings).scenario)]


def shifts(*pairs: tuple[str, str]) -> str:
    listed = ", ".join(f'{{from: "{since}", to: "{until}", staff: 2}}' for since, until in pairs)
    return f"desks.analyst.shifts=[{listed}]"


def test_a_desk_that_is_never_open_is_named() -> None:
    """The dates of last year were left in: nobody is there, and 20 of 20 cases wait for ever."""
    assert said(CASE) == [NEVER_OPEN]


@pytest.mark.parametrize(
    "more", [(), ("desks.intake.absence=0.1",), ("desks.intake.shift_end={rule: overtime, most: 2h}",)]
)
def test_a_desk_that_is_never_open_can_be_run(more: Sequence[str]) -> None:
    """Its roster has no day at all: nobody comes, whoever may be absent, and nothing is answered."""
    scenario = load(CASE, more).scenario
    assert measure(simulate(scenario, 1, 0)).metrics["loss"] == 20
    (spec,) = (one for one in compile_routes(scenario).desks if one.name == "intake")
    for roster in Pattern(spec, Dates.of(scenario)).rosters(roots(1, range(3))):
        assert roster.at(0) == 0
        assert roster.next_open(0) is None


@pytest.mark.parametrize("name", catalogue.names())
def test_the_shipped_scenarios_are_meant_as_they_are(name: str) -> None:
    """None of them warns of anything."""
    assert said(name) == []


@pytest.mark.parametrize(
    ("hours", "gaps"),
    [
        ([("00:00", "24:00")], []),
        ([("08:00", "20:00"), ("20:00", "08:00")], []),
        ([("08:00", "12:00"), ("13:00", "08:00")], ["2025-07-11 12:00 to 2025-07-11 13:00"]),
        ([("08:00", "20:00"), ("20:00", "07:30")], ["2025-07-11 07:30 to 2025-07-11 08:00"]),
    ],
)
def test_a_gap_in_a_roster_is_named(hours: Sequence[tuple[str, str]], gaps: Sequence[str]) -> None:
    """Work of the chase comes at any hour; the first gap is told with its times."""
    settings = (shifts(*hours), "horizon=24h", "follow_up=0m", "start=2025-07-11T00:00")
    assert said("china", *settings) == [
        f"desks.analyst: nobody is on duty from {gap}; work may come then" for gap in gaps
    ]


def test_gaps_that_come_again_are_one_line() -> None:
    """A gap of every day is said once, with how often it comes."""
    settings = (shifts(("08:00", "12:00"), ("13:00", "08:00")), "horizon=7d", "follow_up=0m", "start=2025-07-11T00:00")
    (line,) = said("china", *settings)
    assert "2025-07-11 12:00 to 2025-07-11 13:00 (the first of 7 times)" in line


def test_hours_that_the_routes_know_are_no_gap() -> None:
    """A desk that routes wait for, or ask about, is closed at night on purpose; but not for weeks."""
    base = (CASE, "horizon=40d")
    nights = 'desks.intake.shifts=[{from: "08:00", to: "20:00", staff: 3}]'
    dates = "dates: {from: 2025-11-01, to: 2025-11-05}"
    assert said(*base, nights) == []
    left = f'desks.intake.shifts=[{{from: "08:00", to: "20:00", staff: 3, {dates}}}]'
    assert said(*base, left) == ["desks.intake: nobody is on duty from 2025-11-05 20:00 to the end of the period"]


def test_absence_is_luck_and_no_gap() -> None:
    """Rosters are asked as they were written: who may be ill is no gap, however likely."""
    assert said("china", "desks.analyst.absence=0.99") == []


def test_people_who_are_absent_for_certain_are_nobody() -> None:
    """That is no luck, at a desk or at a bank."""
    assert said("city", "desks.analyst.absence=1") == ["desks.analyst: nobody is ever on duty in the period"]
    assert said("city", "bank_profiles.officer.absence=1") == [
        "bank_profiles.officer: nobody is ever on duty in the period"
    ]


def test_a_share_of_zero_is_named() -> None:
    """A bank and a way out that nobody takes."""
    names = list(load("china").scenario.banks)
    shares = [f"banks.{name}.share={int(number == 0)}" for number, name in enumerate(names)]
    found = said("china", *shares)
    assert found == [f"banks.{name}: a share of 0, so that no mule holds an account there" for name in names[1:]]
    ways = list(load("china").scenario.criminals.exits)
    found = said("china", *(f"criminals.exits.{name}.share={int(number == 0)}" for number, name in enumerate(ways)))
    assert found == [f"criminals.exits.{name}: a share of 0, so that no money leaves that way" for name in ways[1:]]


def test_what_nobody_can_reach_is_named(tmp_path: Path) -> None:
    """A step that no other leads to, and a route that nothing starts."""
    path = tmp_path / "mine.yaml"
    path.write_text(
        f"schema_version: 1\nextends: {CASE.name}\nname: mine\ntitle: t\n"
        "desks: {intake: {staff: 1, shifts: null}}\n"
        "routes:\n  call: {steps: {spare: {end: nowhere}}}\n"
        "  other: {subject: case, first: stop, steps: {stop: {end: over}}}\n"
    )
    (tmp_path / CASE.name).write_text(CASE.read_text())
    assert said(path) == ["routes.call.steps.spare: nothing leads to it", "routes.other: nothing starts it"]


def test_validate_and_run_say_so(fundfreeze: Command) -> None:
    """On the error stream, once, in the reader's language; the result is the same."""
    for words in (("validate", CASE), ("run", CASE, "--replications", 1, "--jobs", 1)):
        found = fundfreeze(*words)
        assert found.status == 0
        assert found.err.splitlines().count(f"warning: {NEVER_OPEN}") == 1
    again = fundfreeze("compare", CASE, "--arm", "later:horizon=1h30m", "--replications", 2, "--jobs", 1)
    assert again.err.count(NEVER_OPEN) <= 1
    with lang.using("zh"):
        assert said(CASE) == ["desks.intake：整个模拟期间内始终无人在岗"]


def test_the_page_says_so(server: Server, browser: Browser) -> None:
    """The scenario's page shows the line, and a page without anything to say shows none."""
    visitor = Visitor.come(browser)
    visitor.enter(server)
    page = visitor.page
    page.goto(f"{server.url}/planner")
    page.set_input_files("input[type=file]", files=[
        {"name": "mine.yaml", "mimeType": "text/yaml", "buffer": CASE.read_bytes()},
    ])  # fmt: skip
    page.click("form button[type=submit]")
    page.wait_for_url("**/upload/**")
    page.get_by_text(f"warning: {NEVER_OPEN}").wait_for()
    page.goto(f"{server.url}/planner/scenario/wuhan-35min")
    page.get_by_text("Run it").wait_for()
    assert page.locator(".notice.warn:visible").count() == 0
    visitor.context.close()
