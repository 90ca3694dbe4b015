"""Heavy work beside the event loop: whatever simulates, measures, reads YAML or restores, so that no clock waits.

A thread of ours and the loop share one interpreter: the loop waits at most some turns for its own. Long
works queue for one thread, since each more that runs makes everybody's turn later; what a page needs to be shown has
threads of its own and does not wait for a room that is being opened.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
import signal
import sys
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier
from typing import Final, ParamSpec, TypeVar

from sim.scenario.errors import RunError
from sim.study.run.backends import Pool
from sim.web import garbage
from sim.words.phrases import phrase

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")

TURN: Final = 0.0002
"""Seconds after which a thread gives way to another that waits: making a page gives the turn away with each element."""
NICENESS: Final = 5
"""Of a process that works something out: the clocks of rooms go before it, studies behind."""
_LONG = ThreadPoolExecutor(1, thread_name_prefix="long")
_SHORT = ThreadPoolExecutor(2, thread_name_prefix="short")
_ELSEWHERE = ThreadPoolExecutor(2, thread_name_prefix="elsewhere")


def give_way() -> None:
    """Let threads take short turns, and set aside what is there already; once, at a server's start."""
    sys.setswitchinterval(TURN)
    for pool, number in ((_LONG, 1), (_SHORT, 2)):  # a thread is started now, not when others are at work
        together = Barrier(number)
        for _ in range(number):
            pool.submit(together.wait, 5)
    garbage.search()


async def long(do: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What something returns that takes seconds, such as opening a room; in the language of now."""
    return await _beside(_LONG, partial(garbage.without_search, partial(do, *args, **named)))


async def short(do: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What something returns that a page waits for, such as reading a scenario; in the language of now."""
    return await _beside(_SHORT, partial(do, *args, **named))


async def elsewhere(do: Callable[P, R], *args: P.args, **named: P.kwargs) -> R:
    """What something returns that another process works out, while a thread does nothing but wait for it."""
    return await _beside(_ELSEWHERE, partial(do, *args, **named))


async def in_a_process(work: Callable[[T], Iterable[R]], task: T, most: float) -> R:
    """The first thing that a picklable generator function yields of a task, worked out in a process of its own.

    The clocks of rooms go before it.

    Args:
        most: seconds of a processor that it may take.

    Raises:
        RunError: it takes longer.
        Exception: what the function raised.
    """
    return await elsewhere(one_process, partial(_in_time, most, work), task)


def one_process(work: Callable[[T], Iterable[R]], task: T) -> R:
    """`in_a_process`, waited for."""
    pool = Pool(1)
    try:
        return next(iter(pool.map(partial(_politely, work), [task])))[1]
    finally:
        pool.close()


def _in_time(most: float, work: Callable[[T], Iterable[R]], task: T) -> Iterable[R]:
    """What a work yields, unless it takes longer than so many seconds of the processor."""

    def over(*_: object) -> None:
        raise RunError(phrase("this takes longer than {most:g} s: a shorter room or fewer victims would do", most=most))

    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGPROF, over)
        signal.setitimer(signal.ITIMER_PROF, most)
    try:
        yield from work(task)
    finally:
        if hasattr(signal, "setitimer"):
            signal.setitimer(signal.ITIMER_PROF, 0)


def _politely(work: Callable[[T], Iterable[R]], task: T) -> Iterable[R]:
    if hasattr(os, "setpriority"):
        os.setpriority(os.PRIO_PROCESS, 0, NICENESS)
    yield from work(task)


async def turn() -> None:
    """Let the others have their turn: between two parts of a page that takes long to be made."""
    await asyncio.sleep(0)


async def _beside(pool: ThreadPoolExecutor, do: Callable[[], R]) -> R:
    context = contextvars.copy_context()
    return await asyncio.get_running_loop().run_in_executor(pool, context.run, do)
