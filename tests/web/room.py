"""What people do in a room, in a browser."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from playwright.sync_api import Browser, Page

from tests import axe
from tests.waiting import painted
from tests.web.conftest import Server, Visitor

TITLE = {"en": "Wuhan: thirty-five minutes", "zh": "武汉：三十五分钟"}
SIX = "A bank is down in a wave of reports"
"""The title of the exercise that has chairs for six."""


SIZES = {"phone": (390, 844), "desktop": (1280, 800), "projector": (1920, 1080)}


def check(page: Page) -> None:
    """No finding of axe, and nothing that has to be scrolled sideways, on any screen."""
    assert axe.findings(page) == ""
    for name, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        painted(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name


def open_room(
    facilitator: Visitor,
    server: Server,
    *,
    title: str = TITLE["en"],
    chairs: Mapping[str, int] = MappingProxyType({}),
    difficulty: str = "normal",
) -> dict[str, str]:
    """Open a room for an exercise; the links of its seats by their ids. The board is then on the page.

    Args:
        chairs: of roles, by what they are called, where it is not one.
    """
    page = facilitator.page
    page.goto(f"{server.url}/rooms")
    panel = page.locator("section.panel", has=page.get_by_role("heading", name=title, exact=True))
    for role, number in chairs.items():
        panel.get_by_label(role).select_option(f"{number}")
    panel.get_by_label("Difficulty").select_option(difficulty)
    panel.get_by_role("button", name="Open this room").click()
    page.wait_for_url("**/board")
    page.wait_for_selector("a[href*='/join/']")
    links = [one.get_attribute("href") or "" for one in page.locator("a[href*='/join/']").all()]
    return {link.split("/")[-2]: link for link in links}


def room_id(facilitator: Visitor) -> str:
    """The room whose board is on the page."""
    found = re.search(r"/room/([^/]+)/", facilitator.page.url)
    assert found is not None
    return found[1]


def sit(browser: Browser, link: str, name: str, language: str = "en", **options: object) -> Visitor:
    """Somebody opens the link of a seat and sits down."""
    made = Visitor.come(browser, language, **options)
    page = made.page
    page.goto(link)
    page.locator("section input").fill(name)
    page.locator("section button.main").click()
    page.wait_for_selector(".clock .time")
    return made


def clock(visitor: Visitor) -> str:
    """The time that a page shows."""
    return visitor.page.locator(".clock .time").inner_text()


def decide(visitor: Visitor) -> str:
    """Take the first open decision of a page with two clicks, if there is one; what it was."""
    task = visitor.page.locator(".task.soon, .task", has=visitor.page.locator(".left:not(:empty)")).first
    head = task.locator(".head")
    what = task.locator(".what").inner_text()
    if head.get_attribute("aria-expanded") != "true":
        head.click()
    task.locator(".choices button").first.click()
    return what
