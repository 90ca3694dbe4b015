"""Heavy work beside the event loop: whatever simulates, measures, reads YAML or restores, so that no clock waits.

A thread of ours and the loop share one interpreter: the loop waits at most some turns of a few ms for its own. Long
works queue for one thread, since each more that runs makes everybody's turn later; what a page needs to be shown has
threads of its own and does not wait for a room that is being opened.
"""

from __future__ import annotations

import asyncio
import contextvars
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

TURN: Final = 0.001
"""Seconds after which a thread gives way to another that waits."""
_LONG = ThreadPoolExecutor(1, thread_name_prefix="long")
_SHORT = ThreadPoolExecutor(2, thread_name_prefix="short")


def give_way() -> None:
    """Let threads take short turns; once, when a server starts."""
    sys.setswitchinterval(TURN)


async def long(do: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What something returns that takes seconds, such as opening a room; in the language of now."""
    return await _beside(_LONG, partial(do, *args, **named))


async def short(do: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What something returns that a page waits for, such as reading a scenario; in the language of now."""
    return await _beside(_SHORT, partial(do, *args, **named))


async def _beside(pool: ThreadPoolExecutor, do: Callable[[], R]) -> R:
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(pool, context.run, do)
