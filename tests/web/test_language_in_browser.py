"""A page stays in its language, whatever is done on it, and what it says goes again."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route

from tests.examples import shortly
from tests.waiting import painted
from tests.web.conftest import Server, Visitor
from tests.web.room import open_room, room_id

NAMES = r"fundfreeze|English|wuhan-35min-[0-9a-f]+|HTML|XLSX|PDF|POS|ICBC|http://[\w.:/]+|\b[2-9A-Z]{3} [2-9A-Z]{3}\b"
"""What stands in Latin letters on a Chinese page: names, addresses, codes, and the way to the other language."""


def english(page: Page) -> list[str]:
    """The words that are left of another language, seen or spoken."""
    said = page.locator("body").inner_text()
    said += "\n".join(page.locator("[aria-label]").evaluate_all("(all) => all.map((one) => one.ariaLabel)"))
    return re.findall("[A-Za-z]{2,}", re.sub(NAMES, "", said))


@pytest.fixture(scope="module")
def story(server: Server, browser: Browser) -> Iterator[Visitor]:
    """A room in the middle of its story, on hold, and its facilitator."""
    made = Visitor.come(browser, viewport={"width": 1280, "height": 900})
    made.enter(server)
    open_room(made, server)
    page = made.page
    page.get_by_label("Speed").select_option("60")
    page.get_by_role("button", name="Resume").click()
    page.wait_for_function("document.querySelector('.clock .time').innerText > '10:01'")
    page.get_by_role("button", name="Hold", exact=True).click()
    page.locator(".clock.held").wait_for()
    yield made
    made.context.close()


@pytest.fixture
def room(server: Server, story: Visitor) -> Iterator[Page]:
    """Its board in Chinese."""
    page = story.page
    page.set_viewport_size({"width": 1280, "height": 900})
    page.goto(f"{server.url}/language/zh?next=/room/{room_id(story)}/board")
    page.locator(".board").wait_for()
    first = page.url
    yield page
    page.goto(first)


def test_a_chinese_page_stays_chinese(room: Page, server: Server) -> None:
    """The board, the debriefing after its slider, its steps and its report, and a branch hold no English word."""
    page = room
    page.locator(".flow-list li").first.wait_for(state="attached")
    assert english(page) == []
    page.goto(page.url.replace("/board", "/debrief"))
    page.locator(".clock .time:not(:empty)").wait_for()
    page.locator(".timeline li .at:not(:empty)").first.wait_for()
    assert english(page) == []
    then = page.locator(".clock .time").inner_text()
    for press in (
        lambda: page.locator("input[type=range]").press("ArrowLeft"),
        lambda: page.get_by_role("button", name="早一分钟").click(),
        lambda: page.get_by_role("button", name="晚十秒").click(),
    ):
        press()
        page.wait_for_function("(then) => document.querySelector('.clock .time').innerText !== then", arg=then)
        then = page.locator(".clock .time").inner_text()
        assert english(page) == []
    page.get_by_role("button", name="生成报告").click()
    page.locator(".finding", has_text="元").wait_for(timeout=180_000)
    assert english(page) == []
    page.get_by_role("button", name="从此刻另开分支").click()
    page.wait_for_url("**/board")
    page.locator(".board .tasks").wait_for()
    assert english(page) == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_board_leads_from_one_screen(room: Page, server: Server, language: str) -> None:
    """On a projector clock, open decisions, injects and the money's way are seen whole without scrolling."""
    page = room
    page.goto(f"{server.url}/language/{language}?next={page.url.removeprefix(server.url)}")
    page.set_viewport_size({"width": 1920, "height": 1080})
    for part in (".sticky", ".board .panel:has(.tasks)", ".board .panel:has(.long)", ".board .panel:has(.flow)"):
        found = page.locator(part).bounding_box()
        assert found is not None
        assert found["y"] >= 0, part
        assert found["y"] + found["height"] <= 1080, part


@pytest.mark.parametrize("width", shortly((390, 1280, 1920), 390))
def test_no_label_of_the_flow_lies_on_another(room: Page, width: int) -> None:
    """The names and amounts beside the groups of the money-flow picture do not overlap, at any width."""
    page = room
    for path in ("board", "debrief"):
        page.goto(re.sub("[a-z]+$", path, page.url))
        page.set_viewport_size({"width": width, "height": 1000})
        page.locator(".flow svg text").first.wait_for()
        painted(page)
        boxes = page.locator(".flow svg text").evaluate_all(
            "(all) => all.map((one) => { const b = one.getBoundingClientRect();"
            " return [one.textContent, b.left, b.top, b.right, b.bottom]; })"
        )
        assert len(boxes) >= 4
        for number, (text, left, top, right, bottom) in enumerate(boxes):
            for other, left2, top2, right2, bottom2 in boxes[number + 1 :]:
                apart = right <= left2 or right2 <= left or bottom <= top2 + 3 or bottom2 <= top + 3
                assert apart, (path, text, other)


@pytest.mark.parametrize(("wide", "high"), shortly([(1280, 720), (1366, 768), (1440, 900)], (1280, 720)))
def test_the_list_below_the_flow_is_below_it(room: Page, wide: int, high: int) -> None:
    """On the board of a laptop the picture has its whole height, and its list begins where it ends."""
    page = room
    page.goto(re.sub("[a-z]+$", "board", page.url))
    page.set_viewport_size({"width": wide, "height": high})
    page.locator(".flow svg text").first.wait_for()
    page.add_style_tag(content=".flow { min-height: 400px !important }")  # a rule outlives each drawing of the picture
    painted(page)
    picture, names = page.evaluate(  # at one moment: the picture is drawn anew while the window takes its size
        "['.flow', '.flow-list'].map((part) => { const b = document.querySelector(part).getBoundingClientRect();"
        " return [b.top, b.bottom]; })"
    )
    assert picture[1] - picture[0] >= 400
    if page.locator(".flow-list").is_visible():
        assert names[0] >= picture[1]
    else:
        assert wide >= 1440


def test_a_notice_covers_nothing_and_goes(room: Page) -> None:
    """What became of a deed is announced in a line of its own, and goes by a press or by itself."""
    page = room

    def tell() -> None:
        page.get_by_label("告知内容").fill("请注意")
        page.get_by_role("button", name="立即告知").click()
        page.get_by_role("status").get_by_text("已告知").wait_for()

    place = "(one) => one.getBoundingClientRect().top + window.scrollY"
    before = page.get_by_role("button", name="立即告知").evaluate(place)
    tell()
    assert page.get_by_role("button", name="立即告知").evaluate(place) == before
    page.evaluate("window.scrollTo(0, 0)")
    line = page.locator(".notice-line").bounding_box()
    assert line is not None
    for one in page.locator("button:visible:not(.close), a:visible").all():
        box = one.bounding_box()
        assert box is not None
        inside = page.locator(".notice-line").evaluate("(line, one) => line.contains(one)", one.element_handle())
        apart = (
            box["x"] + box["width"] <= line["x"] or line["x"] + line["width"] <= box["x"]
            or box["y"] + box["height"] <= line["y"] or line["y"] + line["height"] <= box["y"]
        )  # fmt: skip
        assert apart or inside, one.inner_text()
    page.get_by_role("button", name="关闭提示").click()
    page.locator(".notice-line.good").wait_for(state="detached")
    tell()
    page.locator(".notice-line.good").wait_for(state="detached", timeout=15_000)


def test_an_inject_says_on_what_it_waits(server: Server, facilitator: Visitor) -> None:
    """A condition is said in words, with the latest time at which it comes; without one the time alone is said."""
    open_room(facilitator, server)
    page = facilitator.page
    page.get_by_text("as soon as one case is reported, at the latest at 09:53:00").wait_for()
    page.get_by_text("as soon as 15 accounts are known, until 10:10:00, else never").wait_for()
    page.get_by_text("comes at 10:07:00").wait_for()
    assert page.get_by_text("caller-cries").count() == 0


WHOLE = """() => {
    const title = document.querySelector("h1"), text = document.createRange()
    text.selectNodeContents(title)
    const size = parseFloat(getComputedStyle(title).fontSize)
    return text.getBoundingClientRect().width > 0.9 * size * title.innerText.length
}"""
"""Whether the letters of a Chinese title are about as wide as they are high: boxes in their place are narrower."""


def test_letters_that_come_late_take_the_place_of_their_boxes(server: Server, facilitator: Visitor) -> None:
    """Of a title, too, which is drawn before its font is there and is never drawn again."""
    page, held = facilitator.page, list[Route]()

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/*.woff2", hold)
    with page.expect_request("**/*.woff2"):
        page.goto(f"{server.url}/language/zh?next=/planner/made", wait_until="domcontentloaded")
    page.locator("select").nth(4).wait_for()
    for one in held:
        one.continue_()
    page.wait_for_function(WHOLE, timeout=30_000)
