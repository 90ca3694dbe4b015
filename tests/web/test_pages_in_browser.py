"""Every page in a real browser: no finding of axe, in both languages and on small and large screens; the planner."""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from shutil import copytree
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from sim.exercise.journal import FILE
from sim.exercise.load import load_exercise
from sim.exercise.models import Inject, When
from sim.exercise.session import Session
from sim.exercise.shipped import folder
from sim.words.units import MINUTE
from tests.examples import shortly
from tests.web.conftest import PIN, Server, Visitor
from tests.web.room import check, open_room, room_id, sit

EACH = [
    (path, language)
    for path in (
        "/", "/enter", "/code?wrong=code", "/planner", "/planner/scenario/wuhan-35min", "/planner/live/wuhan-35min",
        "/rooms", "/planner/study/none", "/none", "/a/b",
    )
    for language in ("en", "zh")
]  # fmt: skip


def by_turns(each: list[tuple[str, str]]) -> list[Any]:
    """Of pages in two languages, side by side, shortly one in English, the next in Chinese."""
    return shortly(each, *(one for number, one in enumerate(each) if number % 4 in (0, 3)))


@pytest.mark.parametrize(("path", "language"), by_turns(EACH))
def test_a_page_has_no_finding_of_axe(server: Server, facilitator: Visitor, path: str, language: str) -> None:
    """A page is accessible by axe's rules, says its language, and fits a phone and a projector."""
    page = facilitator.page
    page.goto(f"{server.url}/language/{language}?next={path}")
    page.locator("h1").wait_for()
    assert page.locator("html").get_attribute("lang") == {"en": "en-US", "zh": "zh-CN"}[language]
    check(page)
    assert [one for one in facilitator.mistakes if "status of 404" not in one] == []  # which Chromium logs as an error


@pytest.fixture(scope="module")
def sitting(server: Server, browser: Browser) -> Iterator[dict[str, Visitor]]:
    """A room in the middle of its story, with somebody at the board, a seat, an evaluator and before a seat."""
    facilitator = Visitor.come(browser)
    facilitator.enter(server)
    links = open_room(facilitator, server)
    people = {
        "analyst": sit(browser, links["analyst-1"], "Li"),
        "evaluator": sit(browser, links["evaluator-1"], "Chen"),
    }
    board = facilitator.page
    board.get_by_label("Speed").select_option("60")
    board.get_by_role("button", name="Resume").click()
    people["analyst"].page.locator(".task .left:not(:empty)").first.wait_for(timeout=60_000)
    board.get_by_role("button", name="Hold", exact=True).click()
    board.locator(".clock.held").wait_for()
    lobby = Visitor.come(browser)
    lobby.page.goto(f"{server.url}/code/{board.locator('.code').first.inner_text().replace(' ', '')}")
    screen = Visitor.in_context(facilitator.context)
    screen.page.goto(board.url.replace("/board", "/screen"))
    yield {**people, "board": facilitator, "lobby": lobby, "screen": screen}
    for visitor in (facilitator, lobby, *people.values()):
        visitor.context.close()


WHO = [(who, language) for who in ("board", "analyst", "evaluator", "lobby", "screen") for language in ("en", "zh")]


@pytest.mark.parametrize(("who", "language"), by_turns(WHO))
def test_a_room_has_no_finding_of_axe(sitting: dict[str, Visitor], server: Server, who: str, language: str) -> None:
    """So are the pages of a room, with tasks, money and messages on them, and with a task opened."""
    page = sitting[who].page
    address = page.url
    page.goto(f"{server.url}/language/{language}?next={address.removeprefix(server.url)}")
    page.locator("section:visible").first.wait_for()
    if who == "analyst":
        page.locator(".task .head").first.click()
        page.locator(".choices button").first.wait_for()
    check(page)
    assert sitting[who].mistakes == []


@pytest.mark.parametrize("language", shortly(("en", "zh"), "zh"))
def test_the_debriefing_has_no_finding_of_axe_and_shows_any_moment(
    sitting: dict[str, Visitor], server: Server, language: str
) -> None:
    """The slider goes back to the opening and forward again; the page is accessible with both."""
    page = sitting["board"].page
    room = room_id(sitting["board"])
    page.goto(f"{server.url}/language/{language}?next=/room/{room}/debrief")
    page.locator("input[type=range]").wait_for()
    page.locator(".clock .time:not(:empty)").wait_for()
    page.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    page.wait_for_function("document.querySelector('.clock .time').innerText === '09:45:00'")
    page.keyboard.press("End")
    page.wait_for_function("document.querySelector('.clock .time').innerText !== '09:45:00'")
    check(page)
    page.goto(f"{server.url}/language/en?next=/room/{room}/board")
    page.locator(".clock").wait_for()


def test_conditions_change_in_mid_room(server: Server, facilitator: Visitor, tmp_path: Path) -> None:
    """Each of the three changes of the board is in the journal as an exercise file would write it, and works."""
    open_room(facilitator, server)
    page, room = facilitator.page, room_id(facilitator)
    for what in ("A bank goes down", "Staff fall ill, or more come", "Another rule of who is served first"):
        page.get_by_text(what).click()
    page.get_by_label("Bank", exact=True).select_option("icbc")
    page.get_by_label("Desk", exact=True).first.select_option("analyst")
    page.get_by_label("People more, or fewer with a minus").fill("-2")
    page.get_by_label("Desk", exact=True).last.select_option("analyst")
    page.get_by_label("Served first").select_option("largest_first")
    for button in ("Take it down", "Change the staff", "Change it"):
        page.get_by_role("button", name=button, exact=True).click()
        page.get_by_text("The conditions have changed.").wait_for()
        page.get_by_role("button", name="Close this notice").click()
    journal = server.data / "rooms" / room / FILE
    told = [json.loads(line) for line in journal.read_text(encoding="utf-8").splitlines()]
    assert [one["effect"] for one in told if one.get("do") == "change"] == [
        {"bank_down": "icbc", "lasts": "10m"},
        {"staff": {"desk": "analyst", "heads": -2, "lasts": "1h"}},
        {"policy": {"desk": "analyst", "policy": "largest_first"}},
    ]
    changed = Session.load(Path(copytree(server.data / "rooms" / room, tmp_path / "room")))
    changed.resume("facilitator")
    changed.advance(changed.now + 1000)
    desks = {one["name"]: one for one in changed.view("facilitator")["desks"]}
    usual = {one["name"]: one for one in Session.start(load_exercise("wuhan-35min")).view("facilitator")["desks"]}
    assert desks["bank:icbc"]["heads"] == 0
    assert desks["analyst"]["heads"] == usual["analyst"]["heads"] - 2
    assert desks["analyst"]["policy"] == "largest_first" != usual["analyst"]["policy"]
    assert facilitator.mistakes == []


def test_an_inject_is_changed_on_the_board(server: Server, facilitator: Visitor) -> None:
    """To one of its two roles and back to both, on a condition, with another answer; each mistake names its field."""
    open_room(facilitator, server)
    page, room = facilitator.page, room_id(facilitator)
    form = page.locator("section.panel", has=page.get_by_role("button", name="Keep the change"))

    def change(inject: int) -> None:
        page.get_by_role("button", name=f"Inject {inject}: change it").click()
        form.wait_for()

    def keep() -> Inject:
        form.get_by_role("button", name="Keep the change").click()
        form.wait_for(state="detached")
        injects = Session.load(server.data / "rooms" / room).injects
        return next(one.inject for one in injects if one.inject.id == "many-accounts")

    change(5)
    form.get_by_label("Bank desk", exact=True).uncheck()
    form.get_by_label("Only by", exact=True).select_option("")
    form.get_by_role("button", name="Keep the change").click()
    told = form.locator(".mistake:visible")
    expect(told.last).to_contain_text("What a good room does about it, The act: read “call the bank”")
    form.get_by_label("Bank desk", exact=True).check()
    form.get_by_label("When, after the opening", exact=True).fill("soon")
    form.get_by_role("button", name="Keep the change").click()
    expect(told.last).to_contain_text("When, after the opening: read 'soon'")
    expect(
        form.locator(".field", has=page.get_by_label("When, after the opening")).locator(".mistake")
    ).to_contain_text("soon")
    form.get_by_label("When, after the opening", exact=True).fill("26")
    form.get_by_label("Bank desk", exact=True).uncheck()
    form.get_by_label("The act", exact=True).select_option("stop")
    form.get_by_label("accounts known, at least", exact=True).fill("3")
    check(page)
    page.set_viewport_size({"width": 1280, "height": 900})
    made = keep()
    assert made.expect is not None
    assert (made.to, made.at, made.expect.action) == (["analyst"], 26 * MINUTE, "stop")
    assert (made.when, made.expect.by) == (When(known=3), None)
    change(5)
    form.get_by_label("Bank desk", exact=True).check()
    assert keep().to == ["analyst", "bank-desk"]
    assert facilitator.mistakes == []


def test_a_branch_is_another_room_up_to_that_moment(sitting: dict[str, Visitor], server: Server) -> None:
    """A branch from the opening is at the opening, keeps its people, and stands beside the first in the debriefing."""
    page = sitting["board"].page
    room = room_id(sitting["board"])
    page.goto(f"{server.url}/language/en?next=/room/{room}/debrief")  # whatever another test has chosen before
    page.locator(".clock .time:not(:empty)").wait_for()
    page.locator("input[type=range]").focus()
    page.keyboard.press("Home")
    page.wait_for_function("document.querySelector('.clock .time').innerText === '09:45:00'")
    page.get_by_role("button", name="Branch from this moment").click()
    page.wait_for_url("**/board")
    page.locator(".clock .time").wait_for()
    assert page.locator(".clock .time").inner_text() == "09:45:00"
    page.get_by_text(re.compile("^Li is (away|gone)")).wait_for()
    assert page.get_by_text("free: the model plays").count() == 2
    page.goto(f"{server.url}/room/{room}/debrief")
    page.locator("tbody tr", has_text=f"{room} at 09:45:00").locator("td", has_text="yuan").first.wait_for()
    page.goto(f"{server.url}/room/{room}/board")
    page.locator(".clock").wait_for()


def test_the_report_of_a_room_is_made_beside_its_clock(sitting: dict[str, Visitor], server: Server) -> None:
    """The debriefing gets its finding and figures, and the report can be opened, in the language of the page."""
    page = sitting["board"].page
    room = room_id(sitting["board"])
    page.goto(f"{server.url}/language/en?next=/room/{room}/debrief")
    page.get_by_role("button", name="Make the report").click()
    page.locator(".notice .finding", has_text="nobody deciding").wait_for(timeout=180_000)
    check(page)
    opened = sitting["board"].context.request.get(f"{server.url}/room/{room}/report.html")
    assert opened.ok
    assert "<h1" in opened.text()
    assert sitting["analyst"].context.request.get(f"{server.url}/room/{room}/report.html").status == 404
    people = sitting["board"].context.request.get(f"{server.url}/room/{room}/people.html")
    assert people.text().count("<article") >= 1
    assert sitting["analyst"].context.request.get(f"{server.url}/room/{room}/people.html").status == 404
    page.goto(f"{server.url}/room/{room}/board")
    page.locator(".clock").wait_for()


def test_a_room_is_opened_at_a_difficulty(server: Server, facilitator: Visitor) -> None:
    """The board says which, and the room's journal has the times that it gives."""
    open_room(facilitator, server, difficulty="practice")
    facilitator.page.get_by_text("Difficulty: practice: deadlines 150% and speed 75%").wait_for()
    played = Session.load(server.data / "rooms" / room_id(facilitator)).exercise
    assert played == load_exercise("wuhan-35min", ["difficulty=practice"]).exercise


def test_a_room_is_deleted_only_when_asked_twice(server: Server, facilitator: Visitor) -> None:
    """The first press asks back; the second takes the room and its files away."""
    open_room(facilitator, server)
    room = room_id(facilitator)
    page = facilitator.page
    page.goto(f"{server.url}/rooms")
    page.get_by_role("button", name=f"Delete {room}").click()
    sure = page.get_by_role("button", name=f"Press again: {room}")
    sure.wait_for()
    assert (server.data / "rooms" / room).exists()
    sure.click()
    sure.wait_for(state="detached")
    assert not (server.data / "rooms" / room).exists()


def test_open_pages_of_a_deleted_room_say_that_it_is_gone(
    server: Server, facilitator: Visitor, browser: Browser
) -> None:
    """The board, the debriefing and a seat, at once and in the language of each."""
    links = open_room(facilitator, server)
    room = room_id(facilitator)
    trainee = sit(browser, links["analyst-1"], "李", "zh")
    debrief, rooms = facilitator.context.new_page(), facilitator.context.new_page()
    debrief.goto(f"{server.url}/room/{room}/debrief")
    debrief.locator(".clock .time:not(:empty)").wait_for()
    rooms.goto(f"{server.url}/rooms")
    rooms.get_by_role("button", name=f"Delete {room}").click()
    rooms.get_by_role("button", name=f"Press again: {room}").click()
    for page in (facilitator.page, debrief):
        page.get_by_role("heading", name="This room was deleted", level=1).wait_for()
        assert page.locator(".clock").count() == 0
        assert page.get_by_role("link", name="Back to the exercises").is_visible()
    trainee.page.get_by_role("heading", name="此演练室已被删除", level=1).wait_for()
    assert trainee.page.locator("main button, main a").count() == 0
    trainee.context.close()


# -- the planner -----------------------------------------------------------------------------------------


def test_a_changed_scenario_is_compared_with_what_it_was(server: Server, facilitator: Visitor) -> None:
    """Type a wrong value, mend it, run, read the finding, take the report and the archive away, delete."""
    page = facilitator.page
    page.goto(f"{server.url}/planner/scenario/wuhan-35min")
    field = page.get_by_label("analyst, shift 1, people on duty")
    field.fill("few")
    mistake = page.locator(".field", has=field).locator(".mistake")
    mistake.filter(has_text="accepted: a whole number").wait_for()
    assert field.get_attribute("aria-invalid") == "true"
    page.get_by_role("button", name="Run", exact=True).click()
    field.fill("1")  # three are away at once in its breaks: the mistake is said here, with its name
    mistake.filter(has_text="breaks").wait_for()
    assert "/scenario/" in page.url  # the click came before that, and nothing was run with a mistake
    field.fill("3")
    page.locator(".field", has=field).locator(".mistake:empty").wait_for(state="attached")
    page.get_by_label("Replications").fill("12")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/study/**")
    page.get_by_text("Download the report").wait_for(timeout=120_000)
    assert "with the changes" in page.locator(".notice").inner_text()
    assert page.locator(".picture img").count() == 3
    assert all(
        page.locator(".picture img").evaluate_all("(all) => all.map((one) => one.complete && one.naturalWidth > 0)")
    )
    check(page)
    page.set_viewport_size({"width": 390, "height": 844})
    wide, seen, said = page.locator(".picture").first.evaluate(
        "(one) => [one.querySelector('img').clientWidth, one.clientWidth, one.querySelector('figcaption').clientHeight]"
    )
    assert (
        page.locator(".picture img").first.get_attribute("src") == f"{urlsplit(page.url).path}/file/comparison.svg?en"
    )
    assert wide > 700
    assert seen < 390  # its letters can be read, and it is slid in its own box
    assert said > 0
    page.set_viewport_size({"width": 1280, "height": 900})
    report = facilitator.context.request.get(f"{page.url}/file/report.html").text()
    assert "with the changes" in report
    assert not re.search(r'(src|href)="(https?:)?//', report)
    archive = zipfile.ZipFile(BytesIO(facilitator.context.request.get(f"{page.url}/file/study.zip").body()))
    assert {"report.html", "comparison.csv", "result.json", "request.json"} <= set(archive.namelist())
    study = page.url.rpartition("/")[2]
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/planner")
    assert not (server.data / "studies" / study).exists()
    assert facilitator.mistakes == []


def test_a_study_is_stopped_and_goes_on_with_what_it_has(server: Server, facilitator: Visitor) -> None:
    """Stop keeps every finished run; go on does not do them again."""
    page = facilitator.page
    page.goto(f"{server.url}/planner/scenario/china")
    page.get_by_label("Replications").fill("400")
    page.get_by_role("button", name="Run", exact=True).click()
    page.wait_for_url("**/study/**")
    page.wait_for_function("(document.querySelector('progress')?.value ?? 0) > 3", timeout=120_000)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Go on").wait_for()
    folder = server.data / "studies" / page.url.rpartition("/")[2]
    done = json.loads((folder / "progress.json").read_text())["done"]
    assert 3 <= done < 400
    page.get_by_role("button", name="Go on").click()
    page.wait_for_function(f"(document.querySelector('progress')?.value ?? 0) >= {done}", timeout=120_000)
    page.get_by_role("button", name="Stop").click()
    page.get_by_role("button", name="Delete").click()
    page.wait_for_url("**/planner")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("schema_version: 1\nextends: china.yaml\nname: mine\ntitle: My town\n", ""),
        ("extends: ../../../etc/passwd\n", "extends"),
        ("extends: china.yaml\ndesks: {analyst: {queue: 'policies.py:large_then_fresh'}}\n", "pages run no Python"),
        ("extends: china.yaml\nhorizon: [\n", "yaml"),
        ("extends: china.yaml\ntitle: '<script>window.hacked = 1</script>'\nname: mine\n", ""),
    ],
)
def test_an_uploaded_file_is_opened_or_refused_in_a_line(
    server: Server, facilitator: Visitor, tmp_path: Path, text: str, said: str
) -> None:
    """A good file is estimated under its title, as text; a bad one says which line is wrong and why."""
    (tmp_path / "mine.yaml").write_text(text)
    page = facilitator.page
    page.goto(f"{server.url}/planner")
    page.get_by_label("Scenario file").set_input_files(tmp_path / "mine.yaml")
    page.get_by_role("button", name="Open this file").click()
    page.wait_for_url("**/upload/**")
    if said:
        page.locator(".notice.bad", has_text=said).wait_for()
        assert not (server.data / "uploads" / page.url.rpartition("/")[2]).exists()
    else:
        page.get_by_text("What may be changed").wait_for()
        assert "/live/upload/" in page.url
    assert page.evaluate("window.hacked") is None


def test_an_uploaded_scenario_is_found_again_until_it_is_deleted(
    server: Server, facilitator: Visitor, tmp_path: Path
) -> None:
    """The planner lists it before the shipped ones, with a link to its page, and deletes it only when asked twice."""
    (tmp_path / "mine.yaml").write_text("extends: china.yaml\ntitle: Found again\nname: mine\n")
    page = facilitator.page
    page.goto(f"{server.url}/planner")
    page.get_by_label("Scenario file").set_input_files(tmp_path / "mine.yaml")
    page.get_by_role("button", name="Open this file").click()
    page.wait_for_url("**/upload/**")
    name = page.url.rpartition("/")[2]
    page.goto(f"{server.url}/planner")
    shown = page.get_by_role("link", name="Found again")
    assert page.locator("section li a").first.inner_text() == "Found again"
    shown.click()
    page.wait_for_url(f"**/upload/{name}")
    page.goto(f"{server.url}/planner")
    page.get_by_role("button", name="Delete Found again").click()
    assert (server.data / "uploads" / name).exists()
    page.get_by_role("button", name="Press again").click()
    shown.wait_for(state="detached")
    assert not (server.data / "uploads" / name).exists()


def test_an_exercise_is_brought_to_the_rooms(server: Server, facilitator: Visitor, tmp_path: Path) -> None:
    """A wrong file is refused with its line and leaves nothing; a good one is offered, played, and taken away."""
    page, mine = facilitator.page, tmp_path / "mine.yaml"
    text = (folder() / "wuhan-35min.yaml").read_text(encoding="utf-8")
    for title, scenario in (("My own evening", "../secret"), ("My own evening", "wuhan-35min")):
        changed = re.sub("^title: .*$", f"title: {title}", text, count=1, flags=re.MULTILINE)
        mine.write_text(changed.replace("scenario: wuhan-35min\n", f"scenario: {scenario}\n"), encoding="utf-8")
        page.goto(f"{server.url}/rooms")
        page.get_by_label("Exercise file").set_input_files(mine)
        page.get_by_role("button", name="Add this exercise").click()
        if scenario == "../secret":
            line = changed.split("scenario: ")[0].count("\n") + 1
            page.locator(".notice.bad", has_text=f"Line {line}, column").wait_for()
            check(page)
            assert list((server.data / "exercises").iterdir()) == []
    panel = page.locator("section.panel", has=page.get_by_role("heading", name="My own evening", exact=True))
    panel.wait_for()
    check(page)
    panel.get_by_role("button", name="Open this room").click()
    page.wait_for_url("**/board")
    page.get_by_role("heading", name="My own evening", level=1).wait_for()
    page.get_by_text("Staff fall ill, or more come").click()
    heads = page.get_by_label("People more, or fewer with a minus")
    heads.evaluate("(one) => { one.type = 'text' }")
    heads.fill("9" * 5000)
    page.get_by_role("button", name="Change the staff").click()
    page.locator(".field", has=heads).locator(".mistake", has_text="accepted: -100 to 100, but not 0").wait_for()
    page.goto(f"{server.url}/rooms")
    panel.get_by_role("button", name="Delete").click()
    panel.get_by_role("button", name="Press again").click()
    panel.wait_for(state="detached")
    assert list((server.data / "exercises").iterdir()) == []
    assert facilitator.mistakes == []


LARGE = [
    (where, label, size)
    for where, label in (("planner", "情景文件"), ("rooms", "演练文件"))
    for size in (262_145, 300_000, 5_000_000)
]


@pytest.mark.parametrize(("where", "label", "size"), shortly(LARGE, LARGE[0], LARGE[-1]))
def test_a_large_upload_is_refused_on_a_page(
    server: Server, browser: Browser, tmp_path: Path, where: str, label: str, size: int
) -> None:
    """One byte more than 256 KB, or many: the page says so in the reader's language, with status 413 and a way back."""
    (tmp_path / "big.yaml").write_bytes(b"#" * size)
    visitor = Visitor.come(browser, "zh")
    visitor.enter(server)
    page = visitor.page
    page.goto(f"{server.url}/{where}")
    page.get_by_label(label).set_input_files(tmp_path / "big.yaml")
    with page.expect_navigation() as answer:
        page.locator("form button").click()
    assert answer.value.status == 413
    page.locator(".notice.bad", has_text="超过 256 KB").wait_for()
    page.locator("a.button").click()
    page.wait_for_url(f"{server.url}/{where}")
    assert not any((server.data / "uploads").glob(".new-*"))
    visitor.context.close()


def test_an_upload_of_256_kb_is_read(server: Server, facilitator: Visitor) -> None:
    """The form around a file does not count: exactly so many bytes are looked at."""
    text = b"extends: china.yaml\nname: mine\ntitle: Full\n"
    answer = facilitator.context.request.post(
        f"{server.url}/planner/upload",
        multipart={"file": {"name": "full.yaml", "mimeType": "text/yaml", "buffer": text.ljust(262_144, b"#")}},
    )
    assert answer.ok
    assert "Full" in answer.text()


@pytest.mark.parametrize("where", ["planner", "rooms"])
@pytest.mark.parametrize("sent", [{"multipart": {"other": "x"}}, {"multipart": {"file": "x"}}, {"data": "x"}])
def test_an_upload_without_a_file_is_refused_on_a_page(
    server: Server, facilitator: Visitor, where: str, sent: dict[str, Any]
) -> None:
    """Whatever is sent in place of a form with a file, a page says what would be taken."""
    answer = facilitator.context.request.post(f"{server.url}/{where}/upload", **sent)
    assert answer.headers["content-type"].startswith("text/html")
    assert "a file in YAML" in answer.text()


@pytest.mark.parametrize(
    "path",
    [
        "room/none/board", "room/none/debrief", "room/none/seat/none", "rooms/upload/none", "planner/scenario/none",
        "planner/upload/none", "planner/study/none", "planner/live/none", "planner/live/upload/none",
    ],
)  # fmt: skip
def test_what_is_not_there_has_the_status_of_that(server: Server, facilitator: Visitor, path: str) -> None:
    """A page says so to people, and 404 to programs."""
    answer = facilitator.context.request.get(f"{server.url}/{path}")
    assert answer.status == 404
    assert "Not found" in answer.text()


def test_pages_behind_the_pin_ask_for_it(server: Server, browser: Browser) -> None:
    """Without the PIN the planner and the rooms lead to the form; a wrong PIN says so, too many wait."""
    visitor = Visitor.come(browser)
    page = visitor.page
    for path in ("/planner", "/rooms", "/planner/scenario/china", "/planner/live/city", "/planner/study/x"):
        page.goto(server.url + path)
        assert page.url.startswith(f"{server.url}/enter?next={path.replace('/', '/')}")
    for _ in range(5):
        page.goto(f"{server.url}/enter")
        page.fill("input[name=pin]", "000000")
        page.click("button[type=submit]")
        page.get_by_text("This is not the PIN").wait_for()
    page.fill("input[name=pin]", PIN)
    page.click("button[type=submit]")
    page.get_by_text("Too many tries").wait_for()
    visitor.context.close()


def test_a_route_is_seen_and_a_step_changed_with_the_keyboard(server: Server, facilitator: Visitor) -> None:
    """The graph is drawn, a step is chosen in the table, its change is YAML, and axe finds nothing then either."""
    page = facilitator.page
    page.goto(f"{server.url}/language/en?next=/planner/scenario/wuhan-35min/routes")
    page.locator(".graph svg g.node").first.wait_for(timeout=120_000)
    page.get_by_label("Route", exact=True).select_option("account")
    page.get_by_role("button", name="trace", exact=True).press("Enter")
    page.get_by_label("working time, median").fill("4m")
    page.locator("pre.code", has_text="median: 4m").wait_for()
    assert "extends: wuhan-35min" in page.locator("pre.code").inner_text()
    check(page)
    page.get_by_label("working time, median").fill("four")
    page.get_by_text("One value cannot be used").wait_for()
    assert [one for one in facilitator.mistakes if "status of 404" not in one] == []


def test_a_click_on_a_node_chooses_its_step(server: Server, facilitator: Visitor) -> None:
    """As its button in the table does."""
    page = facilitator.page
    page.goto(f"{server.url}/language/en?next=/planner/scenario/wuhan-35min/routes")
    page.locator(".graph svg g.node", has_text="entry").first.click(timeout=120_000)
    page.get_by_role("heading", name="Step: entry").wait_for()
