"""What the address of a page says of what is shown on it: a page that is loaded again, or sent on as a link, has it."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import quote

from nicegui import Client

LONGEST: Final = 16_000
"""Characters of an address that servers and proxies between still take."""


def read(text: str) -> Any:
    """A value of an address, anybody's claim; None where it is none."""
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def address(path: str, **said: Any) -> str:
    """The address of a page with what is said; what is empty is left out."""
    parts = [f"{name}={quote(json.dumps(one, ensure_ascii=False))}" for name, one in said.items() if one]
    return f"{path}?{'&'.join(parts)}" if parts else path


def stay(client: Client, at: str) -> None:
    """Write another address over that of a page that is shown, which is not loaded for it; one too long is left."""
    if len(at) <= LONGEST:
        client.run_javascript(f"history.replaceState(history.state, '', {json.dumps(at)})")
