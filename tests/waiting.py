"""Waiting for what is awaited: a test names the condition, and goes on as soon as it holds."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

from playwright.sync_api import Page

PATIENCE = 120.0
"""Seconds after which a condition will never hold, also on a busy machine."""
_LOOK = 0.02


def wait_until(holds: Callable[[], bool]) -> None:
    """Return once the condition holds; fail where it does not in time."""
    until = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < until, "what was waited for did not happen"
        time.sleep(_LOOK)


def painted(page: Page) -> None:
    """Return once a page has its fonts and is drawn as it now is."""
    page.evaluate("document.fonts.ready.then(() => new Promise((done) =>"
                  " requestAnimationFrame(() => requestAnimationFrame(() => done(true)))))")  # fmt: skip


async def until(holds: Callable[[], bool]) -> None:
    """As `wait_until`, beside what else the loop does."""
    end = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < end, "what was waited for did not happen"
        await asyncio.sleep(_LOOK)
