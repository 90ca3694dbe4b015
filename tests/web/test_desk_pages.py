"""Pages of the planner's desk beside the live one: own data, the roster, and what is asked from the live page."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from sim.report.publish.roster_sheet import written
from sim.scenario.loader import load
from sim.study.ask.shifts import lines_of
from sim.web.guards import LARGER, MOST_BODY
from tests.examples import shortly
from tests.study.own_centre import FOLDER
from tests.web.conftest import Server, Visitor
from tests.web.test_pages_in_browser import check

pytestmark = pytest.mark.xdist_group("desk pages")  # one server for all of them

NAME, PHONE = "张三丰<b>", "13900001234"
TOLD = "when <b>it</b> was told"


def personal(folder: Path) -> Path:
    """The reports of the made-up centre, with a head that nobody knows and two columns that must not be kept."""
    rows = list(csv.reader(io.StringIO((FOLDER / "reports.csv").read_text(encoding="utf-8-sig"))))
    head = [TOLD if one == "reported" else one for one in rows[0]]
    made = folder / "reports.csv"
    with made.open("w", encoding="gb18030", newline="") as file:
        csv.writer(file).writerows([[*head, "姓名", "电话"], *([*row, NAME, PHONE] for row in rows[1:])])
    return made


@pytest.mark.parametrize("language", shortly(("en", "zh"), "en"))
def test_own_data_is_fitted_and_nothing_personal_is_kept(
    server: Server, facilitator: Visitor, tmp_path: Path, language: str
) -> None:
    """A head that is not known is asked for, what is not read is named, and no file of the server has a name in it."""
    page = facilitator.page
    page.goto(f"{server.url}/language/{language}?next=/planner/fit")
    check(page)
    page.locator("input[name=reports]").set_input_files(personal(tmp_path))
    page.locator("form button[type=submit]").click()
    page.wait_for_url("**/planner/fit/*")
    panel = page.locator(".panel", has_text="reports.csv")
    assert all(one in panel.inner_text() for one in (TOLD, "姓名", "电话"))
    reported = {"en": "reported", "zh": "报案时间"}[language]
    page.get_by_label(reported, exact=True).select_option(TOLD)
    panel.locator("p", has_text="姓名").filter(has_not_text=TOLD).wait_for()
    check(page)
    page.locator("button.main").click()
    page.wait_for_url("**/planner/study/*")
    page.locator(".notice strong").wait_for()
    fitted = str(page.locator("table").text_content())
    assert {"en": "arrivals, own, victims or reports a day", "zh": "来案，本中心，每日受害人数或报案数"}[
        language
    ] in fitted
    assert "per_day" not in fitted
    check(page)
    kept = [one for one in server.data.rglob("*") if one.is_file()]
    assert any(one.name == "centre.yaml" for one in kept)
    for one in kept:
        data = one.read_bytes()
        assert not any(text.encode(code) in data for text in (PHONE, NAME[:3]) for code in ("utf-8", "gb18030")), one
    assert facilitator.mistakes == []
    if language == "en":
        page.get_by_role("button", name="Open as a centre of its own").click()
        page.wait_for_url("**/planner/live/upload/*")


def test_only_own_data_may_be_large() -> None:
    """Every other body has the limit of a scenario file."""
    assert set(LARGER) == {"/planner/fit/files"}
    assert LARGER["/planner/fit/files"] > 100 * MOST_BODY


@pytest.mark.parametrize("language", shortly(("en", "zh"), "zh"))
def test_the_roster_is_drawn_by_keyboard_and_by_hand(
    server: Server, facilitator: Visitor, language: str, tmp_path: Path
) -> None:
    """Keys move a bar and its people, a drag moves its end, cost follows, and the way back is a sheet."""
    page = facilitator.page
    page.goto(f"{server.url}/language/{language}?next=/planner/scenario/wuhan-35min/roster")
    bar = page.get_by_role("slider").first
    bar.wait_for()
    check(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    before = page.locator(".finding").inner_text()
    start = page.locator(".shift input").first
    was = start.input_value()
    bar.focus()
    page.keyboard.press("ArrowUp")
    page.locator("pre.code").wait_for(state="attached")
    assert page.locator(".finding").inner_text() != before
    page.keyboard.press("ArrowDown")
    page.locator("pre.code").wait_for(state="detached")
    page.keyboard.press("Shift+ArrowLeft")
    page.locator("pre.code").wait_for(state="attached")
    end = page.locator(".shift input").nth(1)
    shorter = end.input_value()
    box = page.get_by_role("slider").first.bounding_box()
    assert box is not None
    week = page.locator(".week").first.bounding_box()
    assert week is not None
    page.mouse.move(box["x"] + box["width"] - 2, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 2 - 3 * week["width"] / 168, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    page.wait_for_function("was => document.querySelectorAll('.shift input')[1].value !== was", arg=shorter)
    assert start.input_value() == was
    place = tmp_path / "roster.xlsx"
    place.write_bytes(written(lines_of(load("wuhan-35min").scenario)))
    page.locator("input[type=file]").set_input_files(place)
    page.locator("pre.code").wait_for(state="detached")
    page.locator("input[type=file]").set_input_files(personal(tmp_path))
    page.locator(".mistake", has_text="xlsx").wait_for()
    assert facilitator.mistakes == []


def test_the_live_page_asks_for_stories_which_a_slider_tells(server: Server, facilitator: Visitor) -> None:
    """As it is set: the study has the change; arrow keys go from moment to moment, and the money is told at each."""
    page = facilitator.page
    page.goto(f"{server.url}/planner/live/wuhan-35min")
    field = page.locator(".inputs .field", has_text="people at analyst").first.locator("input")
    field.fill("3")
    page.locator("ul.plain li", has_text="→ 3").wait_for()
    page.get_by_role("button", name="Cases, moment by moment").click()
    page.wait_for_url("**/planner/study/*")
    slider = page.get_by_role("slider")
    slider.wait_for()
    assert "people on duty: 9 → 3" in page.locator("details li").all_text_contents()[0]
    first = page.locator(".money-bar").get_attribute("aria-label")
    slider.focus()
    page.keyboard.press("End")
    page.wait_for_function("was => document.querySelector('.money-bar').ariaLabel !== was", arg=first)
    assert "out of the banks" in str(page.locator(".money-bar").get_attribute("aria-label"))
    page.get_by_role("button", name="Earlier").click()
    assert facilitator.mistakes == []
