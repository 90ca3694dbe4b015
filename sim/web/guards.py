"""What every answer and every request of the server goes through: headers, the size of a body, where it comes from."""

from __future__ import annotations

import asyncio
from typing import Final
from urllib.parse import urlencode, urlsplit, urlunsplit

import anyio
from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sim.web.numbers import whole

MOST_BYTES: Final = 256 * 1024
"""Of an uploaded file: a scenario is a few kilobytes."""
MOST_BODY: Final = MOST_BYTES + 16 * 1024
"""Of a request: a form writes its own lines around a file."""
MOST_FILES: Final = 32_000_000
"""Of a centre's own files together, which are fitted: some 300,000 rows."""
LARGER: Final = {"/planner/fit/files": MOST_FILES + 16 * 1024}
"""By path: the size of a body where it is another."""
MOST_THROWN: Final = 16 * 1024 * 1024
"""Of a body that is too large, read and thrown away: a browser looks at the answer only when all is sent."""
TURNS: Final = 100
"""Of the event loop, in which one who is gone is known to be: each of the framework's layers around takes some."""
TOO_LARGE: Final = "/too-large"
"""The page that answers in place of the one that was asked; its query says as `back` where to go from there."""

POLICY: Final = "; ".join(
    (
        "default-src 'self'",
        "script-src 'self' 'unsafe-inline' 'unsafe-eval'",  # the framework compiles its templates in the page
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self' data:",
        "connect-src 'self'",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""Nothing is loaded from, or sent to, another machine."""

HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), microphone=(), geolocation=()",
}


class TooLargeError(Exception):
    """A body that grew beyond `MOST_BODY`, or a file in it beyond `MOST_BYTES`."""


class Guards:
    """Middleware: security headers on every answer, a limit on every body, no socket for another site's page.

    An answer is begun and ended also where whoever asked has gone away meanwhile: the framework takes an answer that
    was broken off for a mistake of the program's, and writes a traceback for each. So a piece that is being sent is
    sent to its end, where the answer is called off meanwhile too: layers around that hold a piece back have it or lose
    it, and nobody here would know.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] == "websocket" and not same_origin(Headers(scope=scope)):
            await receive()
            await send({"type": "websocket.close", "code": 1008})
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answered, ended, status = False, False, 0

        async def guarded(message: Message) -> None:
            nonlocal answered, ended
            ended |= message["type"] != "http.response.start" and not message.get("more_body", False)
            if message["type"] == "http.response.start":
                answered = True
                headers = MutableHeaders(scope=message)
                headers.update(HEADERS)
                if "location" in headers:
                    headers["location"] = relative(headers["location"])
                message["status"] = status or message["status"]
            with anyio.CancelScope(shield=True):
                await send(message)

        most = LARGER.get(scope["path"], MOST_BODY)
        body = _Body(receive, most)

        async def answer(asked: Scope, received: Receive) -> None:
            try:
                await self.app(asked, received, guarded)
            except ClientDisconnect:
                body.gone = True  # nobody reads what follows
            except RuntimeError:  # the framework's, of whom nobody waits for an answer: "No response returned."
                if answered or not await body.hung_up():
                    raise

        try:
            if whole(Headers(scope=scope).get("content-length", "0"), 0, most) is None:
                raise TooLargeError
            await answer(scope, body.receive)
        except TooLargeError:
            if not answered:
                status = 413
                await body.throw_away()
                await answer(_refusal_of(scope), _nothing_before(body.rest))
        if body.gone and not ended:
            if not answered:
                await guarded({"type": "http.response.start", "status": 400, "headers": []})
            await guarded({"type": "http.response.body"})


def relative(location: str) -> str:
    """Where a redirect leads, without the name of a machine: every page is on this one, whatever a proxy calls it."""
    path = urlunsplit(("", "", *urlsplit(location)[2:]))
    return "/" + path.lstrip("/\\") if path[:1] in ("/", "\\") else path or "/"


def same_origin(headers: Headers) -> bool:
    """Whether a socket is asked for by a page of this server (or by no page at all)."""
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc == headers.get("host")


class _Body:
    """A body that is read up to a size; `gone`: whoever sent it has hung up."""

    gone = False

    def __init__(self, receive: Receive, most: int) -> None:
        self._receive, self._most, self._seen, self._over = receive, most, 0, False

    async def receive(self) -> Message:
        """The next piece.

        Raises:
            TooLargeError: it is one too many.
        """
        message = await self.rest()
        if self._seen > self._most:
            raise TooLargeError
        return message

    async def throw_away(self) -> None:
        """Read what is left of it."""
        while not self._over and self._seen < MOST_THROWN:
            await self.rest()

    async def hung_up(self) -> bool:
        """Whether whoever sent it is gone by now, also where nobody has looked since."""
        if not self.gone:
            coming = asyncio.ensure_future(self.rest())
            for _ in range(TURNS):
                await asyncio.sleep(0)
            coming.cancel()
        return self.gone

    async def rest(self) -> Message:
        """The next piece, whatever its size."""
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        self._over = not message.get("more_body", False)
        self.gone |= message["type"] == "http.disconnect"
        return message


def _refusal_of(scope: Scope) -> Scope:
    """What asks, as the same browser, for the page that says that a body is too large."""
    query = urlencode({"back": scope["path"].rpartition("/")[0] or "/"}).encode()
    return {**scope, "method": "GET", "path": TOO_LARGE, "raw_path": TOO_LARGE.encode(), "query_string": query}


def _nothing_before(receive: Receive) -> Receive:
    """An empty body, and then what comes by itself."""
    over = False

    async def received() -> Message:
        nonlocal over
        if over:
            return await receive()
        over = True
        return {"type": "http.request", "body": b"", "more_body": False}

    return received
