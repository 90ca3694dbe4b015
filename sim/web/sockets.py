"""What browsers, and others, send over a websocket: looked at before the framework acts on it.

The framework takes each message as its own script would send it. Whoever writes messages by hand could put any text
into the server's log, and one traceback for each message that is not what it should be: here messages have shapes, a
socket has a number of them a second, and what is noted is one harmless line now and then.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from inspect import isawaitable
from time import monotonic
from typing import Any, Final

from starlette.types import ASGIApp, Receive, Scope, Send

from sim.scenario.errors import clip, one_line

LONGEST_LINE: Final = 300
"""Characters of somebody else's text in one line of the log."""
NOTES: Final = 10
"""Lines about what others sent that are written in `NOTES_IN` seconds; the rest is counted."""
NOTES_IN: Final = 60.0
MOST_MESSAGES: Final = 60
"""Of one socket in a second; the fastest typist sends some ten."""
LONGEST_TEXT: Final = 100_000
"""Characters of one argument of an event."""

_log = logging.getLogger(__name__)
Shape = Mapping[str, Callable[[Any], bool]]


def _text(value: Any) -> bool:
    return isinstance(value, str) and len(value) <= LONGEST_TEXT


def _arguments(value: Any) -> bool:
    return isinstance(value, list) and len(value) <= 20 and all(one is None or _text(one) for one in value)


def _number(value: Any) -> bool:
    return isinstance(value, int) and 0 <= value < 2**53


SHAPES: Final[Mapping[str, Shape]] = {
    "event": {"client_id": _text, "id": _number, "listener_id": _text, "args": _arguments},
    "javascript_response": {"client_id": _text, "request_id": _text},
    "ack": {"client_id": _text, "next_message_id": _number},
    "log": {"client_id": _text, "level": _text, "message": _text},
    "handshake": {"client_id": _text, "tab_id": _text, "document_id": _text},
}
"""What each message has to hold; more may be in it."""


def fits(name: str, message: Any) -> bool:
    """Whether a message is what the framework's own script sends under a name."""
    shape = SHAPES.get(name, {})
    return isinstance(message, dict) and all(key in message and right(message[key]) for key, right in shape.items())


class Notes:
    """The log of what others send: one line each, at most `NOTES` in a while."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._since = -NOTES_IN
        self._written = self._left = 0

    def note(self, said: str) -> None:
        """Write a line, or count it."""
        if self._clock() - self._since >= NOTES_IN:
            if self._left:
                _log.warning("%d more messages of browsers were not noted", self._left)
            self._since, self._written, self._left = self._clock(), 0, 0
        if self._written < NOTES:
            self._written += 1
            _log.warning("%s", harmless(said))
        else:
            self._left += 1


def harmless(text: str) -> str:
    """A text of somebody else's as one short line without characters that do something."""
    return clip(one_line(text[: 4 * LONGEST_LINE]), LONGEST_LINE)


class _Pace:
    """How many messages each socket has sent in this second."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._second, self._seen = 0, dict[str, int]()

    def within(self, socket: str) -> bool:
        """Whether one more is taken."""
        if (second := int(self._clock())) != self._second:
            self._second = second
            self._seen.clear()
        self._seen[socket] = self._seen.get(socket, 0) + 1
        return self._seen[socket] <= MOST_MESSAGES


def guard(sio: Any, notes: Notes, clock: Callable[[], float] = monotonic) -> None:
    """Put a look before each handler that the framework has for a socket's messages.

    Args:
        sio: the framework's socket server.
    """
    pace = _Pace(clock)
    handlers: dict[str, Callable[..., Any]] = sio.handlers["/"]
    for name in SHAPES:
        handlers[name] = _looked_at(name, handlers[name], pace, notes)
    handlers["log"] = _looked_at("log", lambda _, said: notes.note(f"a browser says: {said['message']}"), pace, notes)
    connect = handlers["connect"]

    async def connected(*args: Any) -> None:
        try:
            await connect(*args)
        except (KeyError, ValueError, TypeError):
            raise ConnectionRefusedError("no page of this server") from None

    handlers["connect"] = connected
    dispatch = sio._handle_eio_message  # the framework has no other place to look at a packet

    async def dispatched(socket: str, data: Any) -> None:
        try:
            await dispatch(socket, data)
        except Exception as error:  # whatever is not a packet: whoever sends it speaks another language
            notes.note(f"a malformed message over a socket, which was closed: {error!r}")
            with suppress(Exception):
                await sio.eio.disconnect(socket)

    sio.eio.on("message", dispatched)
    for of in ("engineio.server", "socketio.server"):
        logging.getLogger(of).addFilter(_one_line_of(notes))
    for of in ("uvicorn.error", "python_multipart.multipart", "asyncio"):
        logging.getLogger(of).addFilter(_complaints_of(notes))


def _looked_at(name: str, handle: Callable[..., Any], pace: _Pace, notes: Notes) -> Callable[..., Awaitable[Any]]:
    async def looked_at(socket: str, *args: Any) -> Any:
        if not pace.within(socket):
            return False
        if len(args) != 1 or not fits(name, args[0]):
            notes.note(f"a message that is no {name}: {str(args)[:LONGEST_LINE]}")
            return False
        try:
            found = handle(socket, args[0])
            return await found if isawaitable(found) else found
        except Exception as error:  # its shape is right, and yet the framework cannot use it
            notes.note(f"a message that is no {name}: {error!r}")
            return False

    return looked_at


def _one_line_of(notes: Notes) -> Callable[[logging.LogRecord], bool]:
    """A filter that makes a line of `notes` of whatever a library complains of."""

    def noted(record: logging.LogRecord) -> bool:
        if record.levelno >= logging.WARNING:
            why = record.exc_info[1] if record.exc_info else ""
            notes.note(f"{record.getMessage()}: {why!r}" if why else record.getMessage())
        return False

    return noted


def _complaints_of(notes: Notes) -> Callable[[logging.LogRecord], bool]:
    """A filter that makes a line of `notes` of each complaint about what somebody sent; mistakes of ours stay whole.

    A complaint is a warning, or that the parser of what comes over a connection failed.
    """

    def passed(record: logging.LogRecord) -> bool:
        said = record.getMessage()
        if not said.startswith("Fatal error") and (record.levelno != logging.WARNING or record.exc_info):
            return True
        notes.note(said)
        return False

    return passed


class Sockets:
    """Middleware: what goes wrong inside a socket is a line of the log, and the end of this socket alone."""

    def __init__(self, app: ASGIApp, notes: Notes) -> None:
        self.app, self.notes = app, notes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a socket through."""
        if scope["type"] != "websocket":
            await self.app(scope, receive, send)
            return
        try:
            await self.app(scope, receive, send)
        except Exception as error:  # a packet that cannot be read at all
            self.notes.note(f"a malformed message over a socket, which was closed: {error!r}")
            with suppress(Exception):
                await send({"type": "websocket.close", "code": 1002})
