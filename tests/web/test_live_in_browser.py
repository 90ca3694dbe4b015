"""The live page in a real browser: it estimates at each change, by mouse and by keyboard, in both languages."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page
from typer.testing import CliRunner

from sim.cli.app import app
from tests.examples import shortly
from tests.web.conftest import Server, Visitor
from tests.web.test_pages_in_browser import check

CASE = "/planner/live/wuhan-35min"
ANALYSTS = {"en": "people at analyst", "zh": "研判员人数"}
"""What the page calls the number of those of whom one more or fewer makes a difference at once."""


def settled(page: Page) -> None:
    """Wait for the last run of an estimate."""
    page.locator(".state", has_text=re.compile("Settled|As good as")).wait_for(timeout=120_000)


def changed(page: Page) -> None:
    """Wait for the first estimate after a change, which tells how far it is from what was."""
    page.locator(".card .tag").first.wait_for(timeout=120_000)


def test_what_is_shown_is_what_run_prints(server: Server, facilitator: Visitor) -> None:
    """The command below the figures gives the same figures, to the digit."""
    page = facilitator.page
    page.goto(server.url + CASE)
    page.locator(".inputs .field", has_text=ANALYSTS["en"]).first.locator("input").fill("3")
    changed(page)
    settled(page)
    command = page.locator("code.command").inner_text().split()
    assert command[:3] == ["fundfreeze", "run", "wuhan-35min"]
    assert "desks.analyst.shifts.0.staff=3" in command
    printed = CliRunner().invoke(app, command[1:], env={"COLUMNS": "240"}).stdout
    cards = {
        card.locator("dt").inner_text(): card.locator("dd").all_inner_texts() for card in page.locator(".card").all()
    }
    for label in ("share recovered", "recovered", "report to first stop"):
        value, interval = cards[label][:2]
        row = next(line for line in printed.splitlines() if re.match(rf"│ {label} +│", line))
        _, _, unit, mean, told, *_ = (cell.strip() for cell in row.split("│"))
        assert value in (f"{mean} {unit}", f"{mean}{unit}"), label
        assert interval == told, label


CUT = """() => [...document.querySelectorAll(".chart svg")].flatMap(svg => {
    const edge = svg.getBoundingClientRect()
    return [...svg.querySelectorAll("text")].filter(one => {
        const box = one.getBoundingClientRect()
        return box.left < edge.left - 1 || box.right > edge.right + 1
    }).map(one => one.textContent)
})"""
"""Labels of pictures that go over the edge."""


@pytest.mark.parametrize("language", shortly(("en", "zh"), "zh"))
def test_a_page_full_of_results_has_no_finding_of_axe(server: Server, facilitator: Visitor, language: str) -> None:
    """With figures, pictures, changes and a diagnosis on it, on a phone and on a projector, in both languages."""
    page = facilitator.page
    page.goto(f"{server.url}/language/{language}?next={CASE}")
    page.locator(".inputs .field", has_text=ANALYSTS[language]).first.locator("input").fill("3")
    changed(page)
    page.locator(".chart .nicegui-echart").nth(2).wait_for(timeout=240_000)
    for summary in page.locator("details > summary").all():
        summary.click()
    check(page)
    assert page.evaluate(CUT) == []
    if language == "zh":
        words = page.locator(".now, .pictures").all_inner_texts()
        assert len(words) == 2
        assert not re.search("[a-z]{4}", "".join(words)), re.findall("[a-z]{4,}", "".join(words))
    assert facilitator.mistakes == []


def test_the_keyboard_alone_suffices(server: Server, facilitator: Visitor) -> None:
    """Tab leads to the inputs, typing asks anew, the search finds another value, and Enter takes a change back."""
    page = facilitator.page
    page.goto(server.url + CASE)
    page.locator(".card").first.wait_for(timeout=120_000)
    for _ in range(20):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('.inputs input[type=number]')"):
            break
    page.keyboard.press("Control+A")
    page.keyboard.type("2")
    changed(page)
    page.locator("input[type=search]").focus()
    page.keyboard.type("analyst absent")
    page.get_by_role("status").get_by_text("values found: 1", exact=True).wait_for()  # of the last letter, not before
    page.keyboard.press("Tab")
    page.keyboard.press("Control+A")
    page.keyboard.type("0.5")
    page.locator("li", has_text="0.5").wait_for()
    assert page.locator("ul.plain li").count() == 2
    page.locator("li button").first.focus()
    page.keyboard.press("Enter")
    page.locator("ul.plain li").nth(1).wait_for(state="detached")
    page.keyboard.press("Enter") if page.evaluate("document.activeElement.matches('li button')") else None
    assert facilitator.mistakes == []


def test_a_wrong_value_is_said_beside_its_field(server: Server, facilitator: Visitor) -> None:
    """Nothing is estimated until it is mended, and the page does not say that it is being."""
    page = facilitator.page
    page.goto(server.url + CASE)
    field = page.locator(".inputs .field", has_text="payments simulated over")
    field.locator("input").fill("soon")
    field.locator(".mistake", has_text="accepted").wait_for()
    assert field.locator("input").get_attribute("aria-invalid") == "true"
    page.locator(".state", has_text="is not estimated").wait_for()
    field.locator("input").fill("2h")
    field.locator(".mistake:empty").wait_for(state="attached")
    settled(page)


def test_hostile_text_of_an_upload_is_shown_as_text(server: Server, facilitator: Visitor, tmp_path: Path) -> None:
    """Titles, names of desks and sources go into the page, its pictures and its table as what they are."""
    hostile = "<img src=x onerror=window.hacked=1>{{1+1}}"
    (tmp_path / "mine.yaml").write_text(
        f"extends: wuhan-35min\nname: mine\ntitle: '{hostile}'\nquestion: '{hostile}'\n"
        "desks: {analyst: {shifts: [{from: '00:00', to: '24:00', staff: 5}]}}\n"
        f"sources:\n  desks.analyst: {{label: assumed, source: '{hostile}'}}\n"
    )
    page = facilitator.page
    page.goto(f"{server.url}/planner")
    page.get_by_label("Scenario file").set_input_files(tmp_path / "mine.yaml")
    page.get_by_role("button", name="Open this file").click()
    page.wait_for_url("**/live/upload/**")
    page.locator(".card").first.wait_for(timeout=120_000)
    assert page.locator("h1").inner_text() == hostile
    source = page.locator(".inputs .field", has_text=ANALYSTS["en"]).first.locator("details")
    source.locator("summary").click()
    assert hostile in source.inner_text()
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img").count() == 0
    assert facilitator.mistakes == []


@pytest.mark.parametrize("language", shortly(("en", "zh"), "en"))
def test_ten_questions_make_a_centre(server: Server, facilitator: Visitor, language: str) -> None:
    """A wrong answer is said beside it; mended, the centre is kept, opened and estimated. No finding of axe."""
    page = facilitator.page
    page.goto(f"{server.url}/language/{language}?next=/planner/made")
    assert page.locator(".question").count() == 10
    page.locator("input").nth(2).fill("many")
    page.locator("button.main").click()
    page.locator(".field .mistake:not(:empty)").wait_for()
    check(page)
    page.locator("input").nth(2).fill("0.5")
    page.locator("button.main").click()
    page.wait_for_url("**/planner/live/upload/**")
    page.locator(".card").first.wait_for(timeout=240_000)
    assert facilitator.mistakes == []


def test_arms_stand_side_by_side_and_in_a_link(server: Server, facilitator: Visitor) -> None:
    """Kept, named, compared with what is set now, found again under their link, taken up and removed."""
    page = facilitator.page
    page.goto(server.url + CASE)
    field = page.locator(".inputs .field", has_text=ANALYSTS["en"]).first.locator("input")
    field.fill("3")
    changed(page)
    page.get_by_role("button", name="Keep what is set now").click()
    page.get_by_label("Name").fill("three <b>analysts</b>")
    field.fill("8")
    table = page.get_by_role("group", name="Side by side")
    table.get_by_role("columnheader", name="what is set now").wait_for(timeout=240_000)
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads == ["figure", "as it was", "three <b>analysts</b>", "what is set now"]
    check(page)
    page.goto(server.url + str(page.get_by_role("link", name="Link to these arms").get_attribute("href")))
    assert page.get_by_label("Name").input_value() == "three <b>analysts</b>"
    page.get_by_role("button", name="Take up").click()
    page.locator("ul.plain li", has_text="→ 3").wait_for()
    page.get_by_role("button", name="Remove").click()
    page.get_by_label("Name").wait_for(state="detached")
    assert facilitator.mistakes == []
