"""People are answered with pages, redirects name no machine, and nobody writes into the server's log at will."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from contextlib import closing, nullcontext
from http.client import HTTPConnection
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlencode

import aiohttp
import httpx
import pytest
from fastapi import Request
from nicegui import app, ui

from benchmarks.rooms import connect
from sim.web import refusals
from sim.web.access import (
    DEVICE_COOKIE,
    FACILITATOR_COOKIE,
    MANY,
    MOST_TRIES,
    WINDOW,
    Access,
    TooManyTriesError,
    key_of,
)
from sim.web.guards import relative
from sim.web.parts import go_on
from sim.web.site import Site
from sim.web.sockets import LONGEST_LINE, MOST_MESSAGES, NOTES, SHAPES, Notes, fits, guard, harmless
from tests.web.conftest import PATIENCE, PIN, Server, server

__all__ = ["server"]

FORM = {"content-type": "application/x-www-form-urlencoded"}


def ask(
    server: Server, method: str, path: str, body: bytes = b"", headers: Mapping[str, str] | None = None
) -> tuple[int, dict[str, str], str]:
    """Status, headers and text of an answer, not followed."""
    with closing(HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE)) as line:
        line.request(method, path, body or None, dict(headers or {}))
        with line.getresponse() as answer:
            found = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, found, answer.read().decode("utf-8", "replace")


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("POST", "/enter", b"", 422), ("POST", "/enter", urlencode({"pin": "1" * 200}).encode(), 422),
        ("POST", "/enter", b"\xff\xfe=", 422), ("GET", "/nothing", b"", 404), ("DELETE", "/enter", b"", 405),
        ("PUT", "/planner", b"x", 405), ("GET", "/room/none/report.html", b"", 404),
        ("GET", "/planner/study/none/file/report.html", b"", 404), ("POST", "/rooms/upload", b"x" * 400_000, 413),
    ],
)  # fmt: skip
def test_people_are_answered_with_pages(server: Server, method: str, path: str, body: bytes, status: int) -> None:
    """Whatever is wrong with what was asked: a page with a way back, no JSON."""
    found, headers, text = ask(server, method, path, body, FORM)
    assert found == status
    assert headers["content-type"].startswith("text/html")
    assert "detail" not in text[:200]
    assert "href" in text


@pytest.mark.parametrize(("closed", "led"), [(False, ["/room/one/board"]), (True, [])])
def test_a_page_that_was_closed_meanwhile_is_led_nowhere(
    monkeypatch: pytest.MonkeyPatch, closed: bool, led: list[str]
) -> None:
    """A room that is open at last leads its page on, and writes no mistake into the log where nobody waits any more."""
    found: list[str] = []

    def to(path: str) -> None:
        if closed:
            raise RuntimeError("The parent element this slot belongs to has been deleted.")  # as the framework does
        found.append(path)

    monkeypatch.setattr(ui.navigate, "to", to)
    place: Any = nullcontext()
    place.is_deleted = closed
    go_on("/room/one/board", place)
    assert found == led


def test_what_breaks_inside_is_a_page_as_well(tmp_path: Path) -> None:
    """500: a page that says so, without what was wrong inside."""
    refusals.build(Site(tmp_path, Access(PIN, b"k" * 32)))

    @app.get("/breaks-for-a-test")
    def breaks(request: Request) -> None:
        raise RuntimeError("secret")

    async def asked() -> httpx.Response:
        to = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=to, base_url="http://here") as client:
            return await client.get("/breaks-for-a-test")

    answer = asyncio.run(asked())
    assert answer.status_code == 500
    assert "Something went wrong here" in answer.text
    assert "secret" not in answer.text


@pytest.mark.parametrize(
    "path", ["/planner", "/rooms/", "/planner/", "/language/zh?next=/rooms", "/leave", "/join/a/b/c"]
)
def test_redirects_name_no_machine(server: Server, path: str) -> None:
    """Behind any proxy, and whatever the request claims to be the host."""
    status, headers, _ = ask(server, "GET", path, headers={"host": "evil.example"})
    assert status in (303, 307)
    assert headers["location"].startswith("/")
    assert "evil" not in headers["location"]


def test_a_wrong_pin_leads_back_to_its_form_on_this_machine(server: Server) -> None:
    """The redirect of the form itself."""
    body = urlencode({"pin": "0", "to": "/rooms"}).encode()
    _, headers, _ = ask(server, "POST", "/enter", body, FORM | {"host": "evil.example"})
    assert headers["location"] == "/enter?next=%2Frooms&wrong=pin"


@pytest.mark.parametrize(
    ("location", "to"),
    [
        ("http://h:1/a?b=c#d", "/a?b=c#d"),
        ("/a", "/a"),
        ("//evil.org/a", "/a"),
        ("https://h", "/"),
        ("/\\evil", "/evil"),
    ],
)
def test_a_location_is_made_relative(location: str, to: str) -> None:
    """Path, query and fragment stay."""
    assert relative(location) == to


# -- the PIN -----------------------------------------------------------------------------------------------------


@pytest.fixture
def clock() -> list[float]:
    """A clock that a test sets."""
    return [1000.0]


@pytest.fixture
def access(clock: list[float]) -> Access:
    """A server's secrets."""
    return Access(PIN, b"k" * 32, clock=lambda: clock[0])


def guess(access: Access, address: str, device: str = "") -> bool:
    """Whether a wrong PIN was looked at."""
    try:
        access.enter("000000", address, device)
    except TooManyTriesError:
        return False
    return True


def test_many_wrong_pins_from_many_addresses_do_not_lock_out_the_right_one(access: Access) -> None:
    """Five thousand addresses guess; whoever has the PIN comes in at the first try, from any address of their own."""
    for number in range(5000):
        guess(access, f"10.{number >> 8}.{number & 255}.1")
    assert access.enter(PIN, "192.0.2.1") is not None


def test_a_browser_that_was_let_in_is_held_up_by_nobody(access: Access) -> None:
    """Also where somebody at the same address guesses all the time; its own wrong tries are still counted."""
    device = access.new_device()
    for number in range(2 * MANY):
        guess(access, "192.0.2.1")
        guess(access, f"203.0.113.{number}")
    with pytest.raises(TooManyTriesError):
        access.enter(PIN, "192.0.2.1")
    assert access.enter(PIN, "192.0.2.1", device) is not None
    assert sum(guess(access, "192.0.2.1", device) for _ in range(50)) == MOST_TRIES


def test_no_cookie_of_ones_own_making_gives_more_tries(access: Access) -> None:
    """A made-up device counts as none."""
    assert sum(guess(access, "192.0.2.1", f"{number}.x") for number in range(50)) == MOST_TRIES


def test_while_many_guess_an_address_has_one_try_in_ten_minutes(access: Access, clock: list[float]) -> None:
    """And the wait is bounded: after it the right PIN is taken there, too."""
    for number in range(MANY):
        guess(access, f"203.0.113.{number}")
    assert sum(guess(access, "192.0.2.1") for _ in range(20)) == 1
    clock[0] += WINDOW + 1
    assert access.enter(PIN, "192.0.2.1") is not None


def test_addresses_of_one_network_count_as_one(access: Access) -> None:
    """Whoever has an IPv6 network has more addresses than anybody can count."""
    assert sum(guess(access, f"2001:db8::{number:x}") for number in range(1, 50)) == MOST_TRIES
    assert access.enter(PIN, "2001:db8:0:1::1") is not None


def test_the_form_knows_a_browser_again(server: Server) -> None:
    """The first right PIN leaves a cookie for the form alone; it names nobody and is no key."""
    status, headers, _ = ask(server, "POST", "/enter", urlencode({"pin": PIN}).encode(), FORM)
    assert status == 303
    assert DEVICE_COOKIE in headers["set-cookie"] or FACILITATOR_COOKIE in headers["set-cookie"]


# -- sockets -----------------------------------------------------------------------------------------------------


def test_only_messages_of_the_right_shape_are_taken() -> None:
    """Every key that the framework reads has its type."""
    whole = {"client_id": "c", "id": 4, "listener_id": "l", "args": ["1", None]}
    assert fits("event", whole)
    for key in whole:
        for value in (None, 5.5, [1], {}, "x" * 10**6, -1):
            assert not fits("event", whole | {key: value}), (key, value)
        assert not fits("event", {name: one for name, one in whole.items() if name != key})
    assert not any(fits(name, message) for name in SHAPES for message in (None, 5, "x", [], {}))


def test_somebody_else_s_text_is_a_harmless_line() -> None:
    """No escapes, no second line, no marks that turn the direction of a text, and not long."""
    line = harmless("a\x1b[31m\r\nERROR: forged\u202e\x07" + "x" * 10**6)
    assert line.isprintable()
    assert len(line) <= LONGEST_LINE


def test_the_log_is_written_now_and_then(caplog: pytest.LogCaptureFixture) -> None:
    """What is more is counted."""
    at = [0.0]
    notes = Notes(lambda: at[0])
    for _ in range(1000):
        notes.note("x")
    assert len(caplog.records) == NOTES
    at[0] = 1e6
    notes.note("y")
    assert f"{1000 - NOTES} more" in caplog.text


def test_a_socket_has_so_many_messages_a_second() -> None:
    """The others are dropped."""
    taken: list[Any] = []
    quiet: dict[str, Any] = dict.fromkeys((*SHAPES, "connect"), lambda *_: taken.append(1))
    handlers = {"/": quiet}
    sio = SimpleNamespace(handlers=handlers, _handle_eio_message=None, eio=SimpleNamespace(on=lambda *_: None))
    guard(sio, Notes(), lambda: 5.0)
    message = {"client_id": "c", "next_message_id": 1}

    async def send() -> None:
        for _ in range(10 * MOST_MESSAGES):
            await handlers["/"]["ack"]("socket", message)

    asyncio.run(send())
    assert len(taken) == MOST_MESSAGES


RAW = (
    "9", "40", "4", "42", "42[", '42["event"]', '42["event",5]', '42["event",{}]', '42["log",null]',
    '42["ack",{"a":1}]',
    '42["javascript_response",{"client_id":"x"}]', "451-[]", "44x", "47", "2probe", "x" * 2000,
    "\x1b[31m", '42[' * 5000,
)  # fmt: skip


def test_no_message_over_a_socket_writes_at_will_into_the_log(server: Server) -> None:
    """Forged lines, escapes and packets that are none: a few harmless lines, no traceback, and the server goes on."""
    cookie = Access(PIN, key_of(server.data)).enter(PIN, "") or ""

    async def attack() -> None:
        for _ in range(3):
            client = await connect(server.url, "/rooms", {FACILITATOR_COOKIE: cookie}, clock=False)
            for _ in range(30):
                forged = {"client_id": client.client_id, "level": "error", "message": "\x1b[2J\r\nERROR forged\n" * 50}
                await client.sio.emit("log", forged)
                await client.sio.emit("log", {**forged, "level": "nonsense", "message": {"a": 1}})
                await client.sio.emit("event", {"client_id": client.client_id})
                event = {"client_id": client.client_id, "id": 5, "listener_id": "x", "args": ["{"]}
                await client.sio.emit("event", event)
            await asyncio.to_thread(ask, server, "GET", "/")  # answered after what came before
            await client.sio.disconnect()
        async with aiohttp.ClientSession() as session:
            for raw in RAW:
                for first in ("", "40"):
                    address = f"{server.url}/_nicegui_ws/socket.io/?EIO=4&transport=websocket"
                    async with session.ws_connect(address) as line:
                        if first:
                            await line.send_str(first)
                        await line.send_str(raw)
                        await line.send_bytes(b"\x00\xff" + raw.encode()[:20])
                        await asyncio.to_thread(ask, server, "GET", "/")

    asyncio.run(attack())
    assert ask(server, "GET", "/")[0] == 200
    log = server.errors
    assert "Traceback" not in log
    assert "\x1b" not in log
    assert len(log.splitlines()) <= 2 * NOTES + 5
    assert all(len(line) <= LONGEST_LINE + 100 for line in log.splitlines())
    assert json.dumps(log)
