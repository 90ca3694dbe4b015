"""A new exercise of three roles and six injects: made on the page alone, tried, opened as a room and played."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from xlsxwriter import Workbook

from sim.exercise.injects import answer_to
from sim.exercise.load import load_exercise
from sim.exercise.session import Session
from tests.examples import shortly
from tests.web.conftest import PATIENCE, Server, Visitor
from tests.web.room import check, room_id, sit

pytestmark = pytest.mark.xdist_group("making")  # one server, and one exercise that is made for all of them
expect.set_options(timeout=1000 * PATIENCE)

HOSTILE: Final = '<img src=x onerror="window.hacked = 1"><script>window.hacked = 1</script> {{ 1 + 1 }}'
TITLE: Final = f"A morning {HOSTILE}"
ROLES: Final = {
    "Call desk": ("intake", "audit"), "Analyst": ("analyst", "stop the account"),
    "Bank desk": ("any bank", "any place on the way out", "call the bank"),
}  # fmt: skip
"""By what a chair is called: the boxes that are ticked."""
INJECTS: Final = (
    ("Say aloud what you take.", ("Call desk", "Analyst"), "0", "tell the others"),
    (f"The caller weeps. {HOSTILE}", ("Call desk",), "8", "tell the others"),
    ("Which account is the largest?", ("Analyst",), "14", "stop the account"),
    ("The bank asks what to look at first.", ("Bank desk",), "20m", "call the bank"),
    ("A reporter rings.", ("Call desk",), "28", "tell the others"),
    ("The next shift asks what is open.", ("Analyst", "Bank desk"), "40", ""),
)
"""What they are told, who, when, and the act that is expected."""


@dataclass
class Made:
    """The page on which it was made."""

    leader: Visitor
    address: str

    @property
    def page(self) -> Page:
        return self.leader.page

    @property
    def state(self) -> Locator:
        """What the page says of the exercise."""
        return state_of(self.page)

    def file(self, server: Server) -> Path:
        """As the server keeps it."""
        return server.data / "exercises" / self.address.rpartition("/")[2] / "uploaded.yaml"


def state_of(page: Page) -> Locator:
    """What a page says of the exercise that is made on it."""
    return page.locator(".sticky [role=status]")


def entry(page: Page) -> Locator:
    """The entry that is open."""
    return page.locator(".entry", has=page.get_by_role("button", name="Done"))


def done(page: Page) -> None:
    """Close the entry that is open."""
    page.get_by_role("button", name="Done").click()
    expect(page.get_by_role("button", name="Done")).to_have_count(0)


@pytest.fixture(scope="module")
def made(server: Server, browser: Browser) -> Iterator[Made]:
    """A new exercise, begun empty, of three roles, one objective and six injects."""
    leader = Visitor.come(browser, viewport={"width": 1280, "height": 900})
    leader.enter(server)
    page = leader.page
    page.goto(f"{server.url}/rooms")
    page.get_by_role("link", name="Make an exercise").click()
    page.get_by_role("button", name="Begin empty").click()
    page.wait_for_url("**/rooms/make/*")
    expect(state_of(page)).to_have_text("Not finished: Title: this is still missing")
    page.get_by_label("Title", exact=True).fill(TITLE)
    for title, ticked in ROLES.items():
        page.get_by_role("button", name="Add a role").click()
        entry(page).get_by_label("What the chair is called", exact=True).fill(title)
        for one in ticked:
            entry(page).get_by_label(one, exact=True).check()
        done(page)
    page.get_by_role("button", name="Add an objective").click()
    page.get_by_label("What the room is to learn", exact=True).fill("Stop before you trace.")
    for text, to, at, act in INJECTS:
        page.get_by_role("button", name="Add an inject").click()
        entry(page).get_by_label("What they are told", exact=True).fill(text)
        for one in to:
            entry(page).get_by_label(one, exact=True).check()
        entry(page).get_by_label("When, after the opening", exact=True).fill(at)
        if act:
            entry(page).get_by_label("The act", exact=True).select_option(label=act)
        done(page)
    expect(state_of(page)).to_have_text("It can be played.")
    yield Made(leader, page.url)
    assert leader.mistakes == []
    leader.context.close()


def test_what_was_made_is_kept_as_a_file(made: Made, server: Server) -> None:
    """As `validate` and `play` read it: three roles with their desks and acts, six injects with their answers."""
    exercise = load_exercise(made.file(server)).exercise
    assert exercise.title.en == exercise.title.zh == TITLE
    assert [(one.title.en, one.desks) for one in exercise.roles.values()] == [
        ("Call desk", ["intake", "audit"]), ("Analyst", ["analyst"]), ("Bank desk", ["bank:*", "exit:*"]),
    ]  # fmt: skip
    assert [one.text.en for one in exercise.injects] == [text for text, *_ in INJECTS]
    assert [one.at for one in exercise.injects] == [0, 480_000, 840_000, 1_200_000, 1_680_000, 2_400_000]
    acts = [one.expect.action if one.expect else "" for one in exercise.injects]
    assert acts == ["message", "message", "stop", "call_bank", "message", ""]
    assert [one.deadline for one in exercise.injects] == [*[300_000] * 5, None]


def test_what_was_changed_a_moment_ago_is_in_what_is_done_next(made: Made, server: Server, tmp_path: Path) -> None:
    """A button presses on no older exercise: the file that is asked for at once has the last word, and is kept."""
    page = made.page
    page.get_by_role("button", name="Change Inject 6").click()
    words = entry(page).get_by_label("What they are told", exact=True)
    with page.expect_download() as taken:
        words.fill("Who comes next?")
        page.get_by_role("button", name="Download the file (YAML)").click()
    taken.value.save_as(tmp_path / "now.yaml")
    assert load_exercise(tmp_path / "now.yaml").exercise.injects[-1].text.en == "Who comes next?"
    assert load_exercise(made.file(server)).exercise.injects[-1].text.en == "Who comes next?"
    words.fill(INJECTS[-1][0])
    done(page)
    expect(made.state).to_have_text("It can be played.")
    assert load_exercise(made.file(server)).exercise.injects[-1].text.en == INJECTS[-1][0]


def test_it_is_tried_and_told_in_a_sentence(made: Made) -> None:
    """Which injects came and were met, the points of each way of playing, how idle each seat was."""
    page = made.page
    page.get_by_role("button", name="Dry run").click()
    told = page.locator(".notice .finding")
    expect(told).to_contain_text("It can be played")
    rows = page.locator("table", has_text="in good play").first.locator("tbody tr")
    expect(rows).to_have_count(len(INJECTS))
    expect(rows.first).to_contain_text("answered at")
    expect(page.get_by_role("row", name="nobody decides 0")).to_have_count(1)
    for title in ROLES:
        expect(page.get_by_role("row").filter(has_text=title).filter(has_text="%")).to_have_count(1)


def test_a_mistake_is_said_at_its_field(made: Made) -> None:
    """And in the line that is always there; a time after the close, an act that no role has, a name of a file."""
    page = made.page
    page.get_by_role("button", name="Change Inject 5").click()
    time = entry(page).locator(".field", has=page.get_by_label("When, after the opening", exact=True))
    time.locator("input").fill("90")
    expect(time.locator(".mistake")).to_contain_text("after the room has closed")
    expect(made.state).to_contain_text("Inject 6, When, after the opening: read '90m'")
    expect(page.get_by_role("button", name="Dry run")).to_be_disabled()
    time.locator("input").fill("28m")
    expect(made.state).to_have_text("It can be played.")
    done(page)


@pytest.mark.parametrize("language", shortly(("en", "zh"), "zh"))
def test_pages_are_accessible_and_fit(made: Made, server: Server, language: str) -> None:
    """No finding of axe, nothing cut at 390 px: the beginning, and the page with a role and an inject open."""
    page = made.page
    page.goto(f"{server.url}/language/{language}?next=/rooms/make")
    page.locator("select").first.wait_for()
    check(page)
    page.goto(made.address)
    expect(made.state).to_have_text({"en": "It can be played.", "zh": "可以演练。"}[language])
    page.locator(".entry button[aria-expanded]").first.click()
    page.locator(".entry .checks").first.wait_for()
    page.locator(".entry button[aria-expanded]:visible").last.click()
    page.locator(".entry textarea").first.wait_for()
    for one in page.locator(".entry details").all():
        one.evaluate("(one) => { one.open = true; }")
    check(page)
    assert page.evaluate("window.hacked") is None
    assert page.locator("main img").count() == 0
    page.goto(f"{server.url}/language/en?next=/rooms/make")
    page.goto(made.address)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_injects_go_out_and_come_back_as_a_sheet(made: Made, server: Server, tmp_path: Path) -> None:
    """The same exercise after the way out and in; of a sheet made elsewhere the columns are asked, and lines named."""
    page = made.page
    page.goto(made.address)
    expect(made.state).to_have_text("It can be played.")
    page.get_by_text("As a sheet: the events list").click()
    before = load_exercise(made.file(server)).exercise
    with page.expect_download() as taken:
        page.get_by_role("button", name="Download the events list").click()
    taken.value.save_as(tmp_path / "out.xlsx")
    page.get_by_label("Bring an events list").set_input_files(tmp_path / "out.xlsx")
    expect(page.get_by_text("6 injects were taken over.")).to_be_visible()
    expect(made.state).to_have_text("It can be played.")
    assert load_exercise(made.file(server)).exercise == before
    with Workbook(tmp_path / "other.xlsx") as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, [HOSTILE])
        sheet.write_row(1, 0, ["Serial", "Uhrzeit", "Empfänger", "Inject", "Weather"])
        sheet.write_row(2, 0, ["1", "09:50", "Analyst", "A new call.", "rain"])
        sheet.write_row(3, 0, ["2", "soon", "Mayor", HOSTILE, "sun"])
    page.get_by_label("Bring an events list").set_input_files(tmp_path / "other.xlsx")
    above = page.get_by_text("The heads are those of line 2. The line above them is no inject:")
    expect(above).to_be_visible()
    page.get_by_label("minutes after the opening", exact=True).select_option(label="Uhrzeit")
    page.get_by_label("told to", exact=True).select_option(label="Empfänger")
    page.get_by_label("Times such as 10:20 are").select_option(label="times of day")
    page.get_by_role("button", name="Take these 2 rows").click()
    expect(above).to_be_visible()
    expect(page.locator("li.mistake")).to_have_text([
        "Line 4, Uhrzeit: read 'soon', accepted: a time such as 8m, 0:08 or 10:20",
        "Line 4, Empfänger: read 'Mayor', accepted: Call desk, Analyst, Bank desk, Facilitator, Observer",
    ])  # fmt: skip
    expect(made.state).to_contain_text("read 'soon'")
    kept = made.file(server).read_text(encoding="utf-8")
    assert all(one in kept for one in ("Weather: rain", "Weather: sun", "Mayor", "at: 8m", "A new call."))
    assert page.evaluate("window.hacked") is None
    page.get_by_role("button", name="Take the sheet back").click()
    expect(made.state).to_have_text("It can be played.")
    assert load_exercise(made.file(server)).exercise == before


def test_a_room_is_opened_with_it_and_an_inject_answered(made: Made, server: Server, browser: Browser) -> None:
    """Somebody sits down at the call desk, reads the first inject, answers it, and it counts."""
    page = made.page
    page.goto(made.address)
    page.get_by_role("button", name="Open a room with it").click()
    page.get_by_role("button", name="Open this room").click()
    page.wait_for_url("**/board")
    page.wait_for_selector("a[href*='/join/']")
    links = [one.get_attribute("href") or "" for one in page.locator("a[href*='/join/']").all()]
    caller = sit(browser, next(one for one in links if "/role-1-1/" in one), "Li")
    page.get_by_label("Speed").select_option("0.5")
    page.get_by_role("button", name="Resume").click()
    expect(caller.page.locator(".timeline li", has_text=INJECTS[0][0]).first).to_be_visible()
    caller.page.get_by_label("Message", exact=True).fill("I take the next call")
    caller.page.get_by_role("button", name="Send", exact=True).click()
    expect(caller.page.locator(".notice-line", has_text="Sent")).to_be_visible()
    session = Session.load(server.data / "rooms" / room_id(made.leader))
    first = session.injects[0]
    answer = answer_to(first, session.decisions)
    assert first.inject.text.en == INJECTS[0][0]
    assert answer is not None
    assert answer.name == "Li"
    caller.context.close()
    assert server.errors == ""
