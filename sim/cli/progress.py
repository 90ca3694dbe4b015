"""How far a study is, and how long all of it will take: a bar on a terminal, else a line now and then.

What is told is that of `sim.study.run.whole`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Event, Lock, Thread
from typing import Final

from sim.cli.terminal import echo
from sim.study.run.whole import Whole
from sim.words.language import language, using

EVERY: Final = 10.0
"""Seconds from one line to the next where there is no terminal."""


@contextmanager
def shown(whole: Whole) -> Iterator[Callable[[], None]]:
    """Show a study: what is given is called whenever something of it has changed."""
    if _on_terminal():
        from sim.cli.progress_bar import bar

        showing = bar(whole)
    else:
        showing = _lines(whole)
    with showing as changed:
        yield changed


def _on_terminal() -> bool:
    """Whether rich takes standard error for a terminal."""
    from rich.console import Console

    return Console(stderr=True).is_terminal


@contextmanager
def _lines(whole: Whole) -> Iterator[Callable[[], None]]:
    """A line on standard error every `EVERY` seconds, also while nothing changes."""
    over, lock, speaks = Event(), Lock(), language()

    def tell() -> None:
        with using(speaks):
            while not over.wait(EVERY):
                with lock:
                    echo(whole.line(), err=True)

    teller = Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield lambda: None
    finally:
        over.set()
        teller.join()
