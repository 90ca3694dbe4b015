"""What was changed on the live page goes on to the pages that it leads to, and into a centre made there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from sim.study.ask.shifts import lines_of, settings_of
from sim.web import addresses
from sim.web.own_centre import as_file, next_title
from sim.web.roster_page import Whose, _as_file
from sim.web.scenarios import UPLOADED, read
from sim.web.work import Request, Wanted
from tests.examples import shortly
from tests.web.conftest import Server, Visitor

pytestmark = pytest.mark.xdist_group("desk pages")  # one server for all of them

OWN = """
schema_version: 1
extends: city
name: own
title: Our own
banks:
  icbc: {profile: interface}
bank_profiles:
  officer:
    shifts:
    - {from: 08:00, to: 22:00, staff: 2}
    - {from: 22:00, to: 08:00, staff: 1}
"""
BESIDE = ("banks.icbc.profile=payment", "bank_profiles.officer.shifts.0.to=20:00", "law.stop=3d")
NIGHT = "desks.analyst.shifts.1.staff=5"


@pytest.mark.parametrize("own", [False, True])
def test_a_centre_made_of_a_roster_has_every_change(tmp_path: Path, own: bool) -> None:
    """Banks and law as they were set, the rest of a list as it was; how long is looked at is no change of a centre."""
    source: Any = "city"
    if own:
        source = tmp_path / UPLOADED
        source.write_text(OWN, encoding="utf-8")
    loaded = read(source)
    drawn = settings_of(lines_of(loaded.scenario), lines_of(read(source, [NIGHT]).scenario))
    whose = Whose(source, loaded, (*BESIDE, NIGHT, "horizon=28d"))
    made = tmp_path / "made" / UPLOADED
    made.parent.mkdir()
    made.write_text(_as_file(whose, drawn), encoding="utf-8")
    found, wanted = read(made).scenario, read(source, [*BESIDE, NIGHT]).scenario
    assert found.horizon == wanted.horizon
    for part in ("banks", "bank_profiles", "law", "desks"):
        assert getattr(found, part) == getattr(wanted, part), part


def test_a_centre_made_of_a_roster_says_nothing_twice(tmp_path: Path) -> None:
    """Another kind of time and another form of roster take the place of the file's; what it takes away stays away."""
    source = tmp_path / UPLOADED
    source.write_text(
        "schema_version: 1\nextends: city\nname: own\ntitle: Own\nprevention: null\n"
        "desks: {analyst: {staff: 3, shifts: null}}\n"
        "routes: {call: {steps: {statement: {work: {time: {exponential: {mean: 5m}}}}}}}\n",
        encoding="utf-8",
    )
    loaded = read(source)
    night = "desks.analyst.shifts=[{from: 08:00, to: 20:00, staff: 4}, {from: 20:00, to: 08:00, staff: 2}]"
    shifts = [night, "desks.analyst.staff=null"]
    drawn = settings_of(lines_of(loaded.scenario), lines_of(read(source, shifts).scenario))
    time = "routes.call.steps.statement.work.time={lognormal: {median: 4m, p90: 9m}}"
    made = tmp_path / "made" / UPLOADED
    made.parent.mkdir()
    made.write_text(_as_file(Whose(source, loaded, (time,)), drawn), encoding="utf-8")
    found, wanted = read(made).scenario, read(source, [time, *shifts]).scenario
    for part in ("desks", "routes", "prevention"):
        assert getattr(found, part) == getattr(wanted, part), part
    assert found.prevention is None


@pytest.mark.parametrize("language", shortly(("en", "zh"), "zh"))
def test_what_was_turned_stands_on_the_pages_that_follow(server: Server, facilitator: Visitor, language: str) -> None:
    """The form names it, the roster begins with it and leads back to it, and its own centre has it."""
    page = facilitator.page
    page.goto(f"{server.url}/language/{language}?next=/planner/live/wuhan-35min")
    page.locator(".inputs .field input[type=number]").first.fill("7")
    page.locator("ul.plain li", has_text="→ 7").wait_for()
    page.wait_for_url("**typed=**")
    form, roster = page.locator("a.button[href*='typed=']").all()
    assert "/roster?" in str(roster.get_attribute("href"))
    page.goto(f"{server.url}{form.get_attribute('href')}")
    page.locator("details li", has_text="→ 7").wait_for()
    page.go_back()
    page.locator("a.button[href*='/roster?typed=']").click()
    page.locator("li", has_text={"en": "7 people", "zh": "7 人"}[language]).wait_for()
    page.locator("a.button[href*='/planner/live/wuhan-35min?typed=']").click()
    page.locator("ul.plain li", has_text="→ 7").wait_for()
    assert facilitator.mistakes == []


def test_a_shorter_period_is_that_of_what_is_compared(server: Server, facilitator: Visitor) -> None:
    """Of the centre as it was too: arms of different times were refused once all was filled in."""
    page = facilitator.page
    typed = {"horizon": "7d", "desks.analyst.shifts.0.staff": "7"}
    page.goto(server.url + addresses.address("/planner/scenario/county", typed=typed))
    page.locator("input[type=number][max]").first.fill("2")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/planner/study/*")
    page.locator(".notice strong").wait_for()
    page.get_by_role("link", name="Back to the form of this centre").click()
    page.locator("details li", has_text="→ 7").first.wait_for()
    assert facilitator.mistakes == []


def test_another_scenario_is_compared_over_the_period_of_the_form(server: Server, facilitator: Visitor) -> None:
    """A case of two hours beside a county's year: both are of the two hours, and none is refused for its time."""
    page = facilitator.page
    page.goto(f"{server.url}/planner/scenario/wuhan-35min")
    page.locator("input[type=number][max]").first.fill("2")
    page.locator("select:has(option[value=unchanged])").select_option("korea-2015")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/planner/study/*")
    page.locator(".notice strong").wait_for()
    assert facilitator.mistakes == []


def test_a_study_leads_back_to_the_page_on_which_it_was_asked(server: Server, facilitator: Visitor) -> None:
    """With what was turned there; a study of before, and one with another site's address, lead nowhere."""
    page = facilitator.page
    page.goto(server.url + addresses.address("/planner/live/wuhan-35min", typed={"desks.analyst.shifts.0.staff": "7"}))
    page.get_by_role("button", name="The log of one run, for other programs").click()
    page.wait_for_url("**/planner/study/*")
    page.get_by_role("link", name="Back to the live page of this centre").click()
    page.locator("ul.plain li", has_text="→ 7").wait_for()
    assert facilitator.mistakes == []
    arm = (Wanted("wuhan-35min", "wuhan-35min"),)
    for number, back in enumerate(("", "//elsewhere/planner/live/city", "/rooms")):
        name = f"20260101-00002{number}-aaaaaa"
        (server.data / "studies" / name).mkdir()
        Request("T", arm, 1, 1, "2026-01-01 00:00", "export", (), back).write(server.data / "studies" / name)
        page.goto(f"{server.url}/planner/study/{name}")
        page.get_by_role("button", name="Go on").wait_for()
        assert page.get_by_role("link", name="Back to").count() == 0


def test_a_centre_put_right_keeps_its_own_words(tmp_path: Path) -> None:
    """A file that is corrected twice has both corrections, and the titles of the three tell them apart."""
    source, title = tmp_path / UPLOADED, "Our own"
    source.write_text(OWN, encoding="utf-8")
    for number, changes in enumerate((BESIDE, (NIGHT, "horizon=7d"))):
        loaded = read(source)
        title = next_title(loaded.scenario.title)
        source = tmp_path / str(number) / UPLOADED
        source.parent.mkdir()
        made_of = source.parent.parent / UPLOADED if number == 0 else tmp_path / "0" / UPLOADED
        source.write_text(as_file(made_of, loaded, changes, title=title, name="unused"), encoding="utf-8")
    found, wanted = read(source).scenario, read(tmp_path / UPLOADED, [*BESIDE, NIGHT, "horizon=7d"]).scenario
    assert (found.title, found.name, found.horizon) == ("Our own (3)", "own", wanted.horizon)
    for part in ("banks", "bank_profiles", "law", "desks"):
        assert getattr(found, part) == getattr(wanted, part), part


def test_changes_of_the_live_page_are_kept_as_a_centre(server: Server, facilitator: Visitor) -> None:
    """Its live page opens with them and nothing changed: what is compared begins there. The planner lists it."""
    page = facilitator.page
    page.goto(f"{server.url}/planner/live/wuhan-35min")
    page.get_by_text("Nothing yet: turn a value").wait_for()
    assert page.get_by_role("button", name="Keep them as my centre").count() == 0
    field = page.get_by_label(re.compile("people at analyst")).first
    field.fill("7")
    field.press("Tab")
    page.get_by_role("button", name="Keep them as my centre").click()
    page.wait_for_url("**/planner/live/upload/*")
    page.get_by_role("heading", level=1, name=" (2)").wait_for()
    page.get_by_text("Nothing yet: turn a value").wait_for()
    page.goto(f"{server.url}/planner")
    page.get_by_role("link", name=" (2)").first.wait_for()
    assert facilitator.mistakes == []


def test_a_centre_of_ones_own_can_be_taken_away(server: Server, facilitator: Visitor) -> None:
    """As the file that it is, under the name by which the live page's command calls it."""
    page = facilitator.page
    page.goto(f"{server.url}/planner")
    page.locator("input[type=file]").first.set_input_files(
        {"name": "x.yaml", "mimeType": "application/yaml", "buffer": OWN.encode()}
    )
    page.get_by_role("button", name="Open this file").click()
    page.wait_for_url("**/planner/live/upload/*")
    with page.expect_download() as taken:
        page.get_by_role("link", name="Take the file of this centre").click()
    assert taken.value.suggested_filename == "own.yaml"
    assert Path(taken.value.path()).read_text(encoding="utf-8") == OWN
    page.locator("code.command", has_text="fundfreeze run own.yaml").wait_for()
    assert page.request.get(f"{server.url}/planner/upload/nobody/file").status == 404
    centre = page.url.rpartition("/")[2].partition("?")[0]
    assert facilitator.context.browser is not None
    stranger = facilitator.context.browser.new_context()  # who has not given the PIN
    assert stranger.request.get(f"{server.url}/planner/upload/{centre}/file").status == 404
    stranger.close()
    assert facilitator.mistakes == []
