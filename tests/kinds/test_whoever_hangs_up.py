"""Whoever hangs up, or speaks no HTTP, costs the server a harmless line at most, and not a line for each."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from nicegui.middlewares import RedirectWithPrefixMiddleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.responses import FileResponse
from starlette.types import Message, Receive, Scope, Send

from sim.web import app
from sim.web.access import FACILITATOR_COOKIE, Access, key_of
from sim.web.guards import MOST_BODY, Guards
from sim.web.sockets import NOTES
from tests.kinds.test_pages_and_sockets import ask
from tests.web.conftest import PATIENCE, PIN, Server, server

__all__ = ["server"]

FORMS = ("application/x-www-form-urlencoded", "multipart/form-data; boundary=XX", "application/json")
SOCKET = "GET /_nicegui_ws/socket.io/?EIO=4&transport=websocket"
NO_HTTP = (
    b"\x16\x03\x01\x00\xa5\x01\x00", b"GET  HTTP/9\r\n\r\n", b"\xff" * 100, b"GET / HTTP/1.1\r\nHost\r\n\r\n",
    b"POST /enter HTTP/1.1\r\nContent-Type: multipart/form-data; boundary=X\r\nContent-Length: 4\r\n\r\nabcd",
    b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: h2c\r\nConnection: Upgrade\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
)  # fmt: skip
"""What no browser sends, each with what a library says of it on a line of its own."""


def _sent(server: Server, data: bytes, *, hang_up: bool = True) -> None:
    """Send bytes; then break the connection off at once, or wait for its end."""
    with closing(socket.create_connection(("127.0.0.1", server.port), timeout=PATIENCE)) as line:
        line.sendall(data)
        if hang_up:
            line.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            line.shutdown(socket.SHUT_WR)
            while line.recv(65536):
                pass


def _head(server: Server, first: str, *more: str) -> bytes:
    cookie = Access(PIN, key_of(server.data)).enter(PIN, "")
    lines = [f"{first} HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Cookie: {FACILITATOR_COOKIE}={cookie}", *more]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


@pytest.mark.parametrize("path", ["/enter", "/planner/upload", "/rooms/upload"])
@pytest.mark.parametrize("form", FORMS)
def test_a_form_that_is_never_sent_whole(server: Server, path: str, form: str) -> None:
    """A browser that is closed while it sends, or a body that ends too soon, is no mistake of the program's."""
    kind = f"Content-Type: {form}"
    for hang_up in (True, False):
        _sent(server, _head(server, f"POST {path}", kind, "Content-Length: 100") + b"--XX\r\nabc", hang_up=hang_up)
        chunked = _head(server, f"POST {path}", kind, "Transfer-Encoding: chunked")
        _sent(server, chunked + b"5\r\n--XX\r\n9\r\nab", hang_up=hang_up)
    assert ask(server, "GET", "/")[0] == 200
    assert "Traceback" not in server.errors


def test_an_answer_that_nobody_waits_for(server: Server) -> None:
    """Pages, files and the script of the framework, asked for and not awaited."""
    for path in ("/", "/planner", "/rooms", "/planner/scenario/city", "/static/style.css", "/fonts/none"):
        for gzip in ((), ("Accept-Encoding: gzip",)):
            for _ in range(5):
                _sent(server, _head(server, f"GET {path}", *gzip))
    assert ask(server, "GET", "/")[0] == 200
    assert "Traceback" not in server.errors


def test_what_is_no_http_is_noted_now_and_then(server: Server) -> None:
    """Also where a library stumbles over it; the rest is counted."""
    upgrade = ("Upgrade: websocket", "Connection: Upgrade")
    hello = ("Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==")
    wrong = ("Sec-WebSocket-Extensions: \xff;;", "Sec-WebSocket-Protocol: \xff", "Sec-WebSocket-Version: 99")
    for _ in range(4):
        for data in NO_HTTP:
            _sent(server, data, hang_up=False)
        for header in wrong:
            _sent(server, _head(server, SOCKET, *upgrade, *hello, header), hang_up=False)
        for frame in (
            b"\xf1\x80abcd",
            b"\x81\x05hello",
            b"\x81\xff" + b"\xff" * 8,
            b"\x80\x80abcd",
            b"\x88\x81" + b"\0" * 5,
        ):
            _sent(server, _head(server, SOCKET, *upgrade, *hello) + frame, hang_up=False)
    assert ask(server, "GET", "/")[0] == 200
    log = server.errors
    assert "Traceback" not in log
    assert len(log.splitlines()) <= 3 * NOTES


@pytest.mark.parametrize("size", [0, MOST_BODY + 1])
@pytest.mark.parametrize("gone", [True, False])
def test_an_answer_that_never_came_is_a_mistake_only_where_somebody_waits(gone: bool, size: int) -> None:
    """The framework raises where whoever asked hung up before the answer began, also to what was too large; else it is
    a mistake of the program."""

    async def unanswered(scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive()).get("body") == b"":  # an empty body stands before what comes by itself
            pass
        raise RuntimeError("No response returned.")

    pieces = [{"type": "http.request", "body": b"x" * size}] if size else []

    async def receive() -> Message:
        return pieces.pop() if pieces else {"type": "http.disconnect" if gone else "http.request"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    head = [(b"content-length", f"{size}".encode())]
    asked = Guards(unanswered)({"type": "http", "path": "/", "headers": head}, receive, send)
    if gone:
        asyncio.run(asked)
        assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]
    else:
        with pytest.raises(RuntimeError, match="No response"):
            asyncio.run(asked)


def test_who_was_found_to_be_gone_is_answered_all_the_same() -> None:
    """What stands around takes no answer at all for a mistake of the program."""

    async def left(scope: Scope, receive: Receive, send: Send) -> None:
        raise ClientDisconnect

    async def receive() -> Message:
        return {"type": "http.request"}

    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    asyncio.run(Guards(left)({"type": "http", "path": "/", "headers": []}, receive, send))
    assert [one["type"] for one in sent] == ["http.response.start", "http.response.body"]


@pytest.mark.parametrize("packed", [b"gzip", b"identity"])
def test_an_answer_is_whole_or_never_begun_whenever_its_asker_hangs_up(packed: bytes) -> None:
    """Also within the framework's layers, of which one keeps the head of an answer until its body comes."""
    sheet = FileResponse(Path(app.__file__).parent / "static" / "style.css")
    asked = RedirectWithPrefixMiddleware(GZipMiddleware(Guards(sheet)))
    version = {"spec_version": "2.3"}
    head = {"type": "http", "path": "/", "method": "GET", "headers": [(b"accept-encoding", packed)], "asgi": version}
    for turns in range(60):
        seen: list[Message] = []
        request = iter([{"type": "http.request"}])

        async def receive(turns: int = turns, request: Iterator[Message] = request) -> Message:
            if body := next(request, None):
                return body
            for _ in range(turns):  # of the event loop, in which the file is opened, read and sent
                await asyncio.sleep(0)
            return {"type": "http.disconnect"}

        async def send(message: Message, seen: list[Message] = seen) -> None:
            seen.append(message)

        asyncio.run(asked(dict(head), receive, send))
        assert [one["type"] for one in seen[:1]] == ["http.response.start"]
        assert not seen[-1].get("more_body", False)
