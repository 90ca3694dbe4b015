"""A server of its own for each module of tests, and Debian's Chromium to look at it."""

from __future__ import annotations

import os
import signal
import socket
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from shutil import which
from urllib.request import urlopen

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, StorageState, WebSocket, sync_playwright
from playwright.sync_api import Error as BrowserError

from tests.waiting import wait_until
from tests.web.nursery import Forked, Nursery

CHROMIUM = which("chromium-headless-shell") or "/usr/bin/chromium"
"""Without a window it draws the same pages with less work."""
PIN = "271828"
PATIENCE = 150.0
"""Seconds that a test waits at most for something that should come at once: a busy machine takes its time."""
ROOT = Path(__file__).parents[2]
CLEAN = {name: value for name, value in os.environ.items() if not name.startswith(("PYTEST", "NICEGUI"))}
"""The environment of a server: that of the tests would make it one of the framework's own tests."""


@dataclass
class Server:
    """A `fundfreeze serve` in a process of its own, which can be killed and started again on the same data."""

    data: Path
    port: int
    nursery: Nursery
    process: Forked | None = None
    options: list[str] = field(default_factory=list)
    """More words of its command line."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        command = ["serve", "--port", f"{self.port}", "--data", str(self.data), "--pin", PIN, *self.options]
        self.process = self.nursery.start(command, self.data.parent / "errors.txt")
        wait_until(self._answers)

    def _answers(self) -> bool:
        assert self.process is not None
        try:
            with urlopen(f"{self.url}/enter", timeout=PATIENCE):
                return True
        except OSError:
            assert not self.process.ended(), self.errors
            return False

    def kill(self) -> None:
        """kill -9"""
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        assert self.process.ended(PATIENCE)

    def end(self) -> None:
        """Ctrl-C, where it is still there."""
        if self.process is not None:
            self.process.end(PATIENCE)

    @property
    def errors(self) -> str:
        """What it has complained of."""
        return (self.data.parent / "errors.txt").read_text()


@pytest.fixture(scope="session")
def nursery() -> Iterator[Nursery]:
    """The process from which the servers of this worker are forked."""
    made = Nursery(ROOT, CLEAN)
    yield made
    made.close()


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A running server with an empty data folder."""
    made = Server(tmp_path_factory.mktemp("web") / "data", free_port(), nursery)
    try:
        made.start()
        yield made
    finally:
        made.end()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window."""
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield made
        made.close()


@dataclass
class Visitor:
    """One person with a browser of its own, and all that went over its wires."""

    context: BrowserContext
    page: Page
    frames: list[str] = field(default_factory=list)
    """What came over websockets."""
    requests: list[str] = field(default_factory=list)
    mistakes: list[str] = field(default_factory=list)
    """Errors in the console."""

    @classmethod
    def come(cls, browser: Browser, language: str = "en", **options: object) -> Visitor:
        """A new person, who prefers a language."""
        locale = {"en": "en-US", "zh": "zh-CN"}[language]
        return cls.in_context(browser.new_context(locale=locale, **options))  # type: ignore[arg-type]

    @classmethod
    def in_context(cls, context: BrowserContext) -> Visitor:
        """A new page of a browser that may have others: seats tell their pages apart by the path of their cookies."""
        page = context.new_page()
        page.set_default_timeout(1000 * PATIENCE)
        made = cls(context, page)

        def listen(socket_: WebSocket) -> None:
            made.requests.append(socket_.url)
            socket_.on("framereceived", lambda said: made.frames.append(
                said if isinstance(said, str) else said.decode("utf-8", "replace")))  # fmt: skip

        page.on("websocket", listen)
        page.on("request", lambda request: made.requests.append(request.url))
        page.on("pageerror", lambda error: made.mistakes.append(str(error)))
        page.on("console", lambda said: made.mistakes.append(said.text) if said.type in ("error", "warning") else None)
        return made

    def enter(self, server: Server) -> None:
        """Give the PIN."""
        self.page.goto(f"{server.url}/enter")
        self.page.fill("input[name=pin]", PIN)
        self.page.click("button[type=submit]")
        self.page.wait_for_url(f"{server.url}/")


@pytest.fixture(scope="module")
def ticket(server: Server, browser: Browser) -> StorageState:
    """What a browser holds that has given the PIN: so it is given once for all tests of a module."""
    made = Visitor.come(browser)
    made.enter(server)
    held = made.context.storage_state()
    made.context.close()
    return held


@pytest.fixture(scope="module")
def desk(browser: Browser, ticket: StorageState) -> Iterator[BrowserContext]:
    """The browser of somebody who has given the PIN, which has the scripts of the pages once one of them was open."""
    made = browser.new_context(locale="en-US", viewport={"width": 1280, "height": 900}, storage_state=ticket)
    yield made
    made.close()


@pytest.fixture
def facilitator(desk: BrowserContext, ticket: StorageState) -> Iterator[Visitor]:
    """Somebody who has given the PIN, on a page in whose browser nothing else is kept."""
    desk.clear_cookies()
    desk.add_cookies(ticket["cookies"])  # type: ignore[arg-type]
    yield Visitor.in_context(desk)
    for page in desk.pages:
        page.close()


MOST_ERRORS = 4_000
"""Characters of a server's errors that are shown with a test that failed."""
LOOK = 5_000
"""ms that a page of a test that failed may take to say what is on it."""


def shown_by(page: Page) -> str:
    """The address of an open page, whether its socket is up, and the text that somebody sees on it."""
    seen = """() => JSON.stringify({
        state: document.readyState, language: document.documentElement.lang, socket: window.socket?.connected,
        lost: document.getElementById('popup')?.ariaHidden === 'false',
    })"""
    lines = [page.url]
    try:
        page.set_default_timeout(LOOK)
        lines += [page.title(), page.evaluate(seen), page.locator("body").inner_text(timeout=LOOK)]
    except BrowserError as error:
        lines.append(f"it says nothing: {error.message}")
    return "\n".join(lines)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """What every open page showed when a test failed, what browsers complained of, and what the servers did."""
    report = yield
    if report.failed:
        for name, one in getattr(item, "funcargs", {}).items():
            if isinstance(one, Browser):
                for number, page in enumerate(page for context in one.contexts for page in context.pages):
                    report.sections.append((f"page {number}", shown_by(page)))
            elif isinstance(one, Server):
                report.sections.append((f"errors of {name}", one.errors[-MOST_ERRORS:]))
            elif isinstance(one, Visitor):
                report.sections.append((f"console of {name}", "\n".join(one.mistakes[-20:])))
    return report
