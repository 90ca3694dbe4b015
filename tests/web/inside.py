"""Pages made in the test's own process, with neither a server nor a browser: what they hold can be read at once."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from nicegui import Client, core
from nicegui.page import page
from starlette.requests import Request

from sim.web.parts import Field


def run(do: Callable[[], Coroutine[Any, Any, None]], monkeypatch: pytest.MonkeyPatch) -> None:
    """Do something with pages, in an event loop that the framework takes for its own."""

    async def inside() -> None:
        monkeypatch.setattr(core, "loop", asyncio.get_running_loop())
        await do()

    asyncio.run(inside())


def new_page() -> Client:
    """A page that nobody looks at; what is made in its context is on it."""
    return Client(page("/"), request=None)


def request() -> Request:
    """What a browser on this machine asks with."""
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": [(b"host", b"here")],
             "scheme": "http", "server": ("here", 80)}  # fmt: skip
    return Request(scope)


def choose(field: Field, value: str, event: str = "change") -> None:
    """What a browser sends when somebody has chosen something in a field, or typed it (`input`)."""
    for one in field.input._event_listeners.values():
        if one.type == event:
            one.handler(SimpleNamespace(args=value))


def texts(of: Client) -> list[str]:
    """All that a page says, piece by piece."""
    said: list[str] = []
    for one in of.elements.values():
        said += [text] if (text := getattr(one, "text", "")) else []
        said += map(unescape, re.findall(">([^<]+)<", one.props.get("innerHTML", "")))
    return said
