"""A browser whose connection to the server was lost finds its page as it was, or at least what was typed on it."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page

from sim.web.app import KEPT, PATIENCE, PING
from tests.web.conftest import Server, Visitor
from tests.web.room import open_room, sit

pytestmark = pytest.mark.xdist_group("connection lost")

CASE = "/planner/live/wuhan-35min"
ANALYSTS = "people at analyst"
SILENCE = 13_000
"""ms: the framework's own limit, at the ten seconds for which it kept a page, was twelve."""


@contextmanager
def frozen(server: Server) -> Iterator[None]:
    """The server does nothing meanwhile, as on a machine that others keep busy."""
    assert server.process is not None
    server.process.send_signal(signal.SIGSTOP)
    try:
        yield
    finally:
        server.process.send_signal(signal.SIGCONT)


def live(page: Page, server: Server) -> None:
    """Open the live page, change a value, and wait until that has come back from the server."""
    page.goto(server.url + CASE)
    page.locator(".inputs .field", has_text=ANALYSTS).first.locator("input").fill("3")
    page.locator("ul.plain li", has_text="→ 3").wait_for()


def same(page: Page) -> str:
    """The connection that a page has, of this loading of it."""
    return str(page.evaluate("`${performance.timeOrigin} ${window.socket.id}`"))


def again(page: Page, was: float) -> None:
    """Wait until a page was loaded again since it began (ms), and is connected."""
    page.wait_for_function("was => performance.timeOrigin !== was && window.socket?.connected", arg=was)


def test_a_silence_of_the_server_ends_no_connection(server: Server, facilitator: Visitor) -> None:
    """Longer than connections lasted before: the page is the same, and what was typed meanwhile arrives."""
    assert SILENCE < 1000 * PATIENCE < 1000 * (PING + PATIENCE) < 1000 * KEPT
    page = facilitator.page
    live(page, server)
    was = same(page)
    with frozen(server):
        since = page.evaluate("performance.now()")
        page.locator(".inputs .field", has_text=ANALYSTS).first.locator("input").fill("4")
        page.wait_for_function(f"since => performance.now() - since > {SILENCE}", arg=since)
    page.locator("ul.plain li", has_text="→ 4").wait_for()
    assert same(page) == was


def test_what_was_typed_outlives_a_server_that_is_started_again(
    server: Server, facilitator: Visitor, browser: Browser
) -> None:
    """On the live page, a roster, a board and a seat's page: what had arrived, and what was typed while it was away."""
    board = facilitator.page
    link = open_room(facilitator, server)["analyst-1"]
    seat = sit(browser, link, "Li").page
    planner, roster = (Visitor.in_context(facilitator.context).page for _ in range(2))
    live(planner, server)
    planner.get_by_role("button", name="Keep what is set now").click()
    planner.get_by_label("Name").wait_for()
    planner.locator("input[type=search]").fill("analyst absent")
    found = planner.locator(".inputs").nth(1).locator("input").first
    planner.get_by_role("status").filter(has_text="values found").wait_for()
    roster.goto(f"{server.url}/planner/scenario/wuhan-35min/roster")
    roster.get_by_role("slider").first.focus()
    roster.keyboard.press("ArrowUp")
    roster.wait_for_url("**?drawn=*")
    drawn = roster.locator("pre.code").text_content()
    pages = {page: page.evaluate("performance.timeOrigin") for page in (board, seat, planner, roster)}
    server.kill()
    planner.get_by_label("Name").fill("three of them")
    found.fill("0.5")
    seat.get_by_role("textbox", name="Message").fill("I call the bank <now>")
    board.get_by_label("What they are told").last.fill("half a sente")
    server.start()
    for page, was in pages.items():
        again(page, was)
    planner.locator("ul.plain li", has_text="→ 3").wait_for()
    planner.locator("ul.plain li", has_text="→ 0.5").wait_for()
    assert planner.get_by_label("Name").input_value() == "three of them"
    assert planner.locator("input[type=search]").input_value() == "analyst absent"
    roster.locator("pre.code").wait_for(state="attached")
    assert roster.locator("pre.code").text_content() == drawn
    holds = "([name, text]) => [...document.querySelectorAll(name)].some((one) => one.value === text)"
    seat.wait_for_function(holds, arg=["input", "I call the bank <now>"])
    board.wait_for_function(holds, arg=["textarea", "half a sente"])
    board.get_by_role("button", name="Resume").click()
    seat.locator(".clock", has_text="running").wait_for()
    seat.get_by_role("button", name="Send").click()
    seat.locator(".timeline", has_text="I call the bank <now>").first.wait_for()


def test_a_page_that_is_loaded_again_by_hand_is_new(server: Server, facilitator: Visitor) -> None:
    """With a connection nothing is put back into fields but what the address says."""
    page = facilitator.page
    live(page, server)
    page.locator("input[type=search]").fill("absent")
    page.get_by_role("status").filter(has_text="values found").wait_for()
    page.wait_for_url("**?typed=*")
    page.reload()
    page.locator("ul.plain li", has_text="→ 3").wait_for()
    assert page.locator("input[type=search]").input_value() == ""
